/* Runs when memory ends at any allocation: a status, no leak (seen by the address sanitizer), no
 * half a result; and nothing is allocated once paths are simulated. */
#include "support/cmocka_all.h"
#include "support/failing.h"
#include "support/random_model.h"

#include "cardhouse/cardhouse.h"

static int ignore(void *context, const char *text, size_t size)
{
    (void)context, (void)text, (void)size;
    return 0;
}

typedef ch_status call_fn(const ch_model *model);

static ch_status run(const ch_model *model)
{
    ch_run_options options = ch_run_options_default();
    options.paths = 64;
    options.threads = 1;
    ch_result *result = (ch_result *)8;
    ch_diags *diags = (ch_diags *)8;
    ch_status status = ch_run(model, &options, &result, &diags);
    assert_true((result != NULL) == (status == CH_OK));
    assert_null(diags);
    ch_result_free(result);
    return status;
}

static ch_status trace(const ch_model *model)
{
    ch_run_options options = ch_run_options_default();
    ch_diags *diags;
    ch_status status = ch_trace(model, &options, 5, ignore, NULL, &diags);
    assert_null(diags);
    return status;
}

static ch_status print_plan(const ch_model *model)
{
    return ch_plan_print(model, ignore, NULL);
}

/* Fails the n-th allocation, alone or with all that follow, until the call succeeds. */
static void fail_each(call_fn *call, void (*end_memory)(size_t))
{
    ch_model *model = random_model(4, random_size_deals);
    size_t number = 1;
    for (bool happened = true; happened; number++) {
        end_memory(number);
        ch_status status = call(model);
        happened = failing_happened();
        failing_stop();
        assert_int_equal(status, happened ? CH_E_MEMORY : CH_OK);
    }
    assert_true(number > 2);
    ch_model_free(model);
}

static void test_run(void **state)
{
    (void)state;
    fail_each(run, failing_once);
    fail_each(run, failing_from);
}

static void test_trace(void **state)
{
    (void)state;
    fail_each(trace, failing_once);
    fail_each(trace, failing_from);
}

static void test_plan_print(void **state)
{
    (void)state;
    fail_each(print_plan, failing_once);
    fail_each(print_plan, failing_from);
}

/* From the first report of progress on, all memory could be gone until the paths are done. */
static int take_memory(void *context, uint64_t done, uint64_t total)
{
    (void)context;
    failing_from(1);
    if (done >= total) {
        assert_false(failing_happened());
        failing_stop();
    }
    return 0;
}

static void test_nothing_allocated_during_a_run(void **state)
{
    (void)state;
    ch_model *model = random_model(4, random_size_deals);
    ch_run_options options = ch_run_options_default();
    options.paths = 64 * 5;
    options.tile_paths = 64;
    options.threads = 1;
    options.progress = take_memory;
    ch_result *result;
    ch_diags *diags;
    assert_int_equal(ch_run(model, &options, &result, &diags), CH_OK);
    ch_result_free(result);
    ch_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_run), cmocka_unit_test(test_trace),
        cmocka_unit_test(test_plan_print), cmocka_unit_test(test_nothing_allocated_during_a_run)};
    return cmocka_run_group_tests_name("run_memory", tests, NULL, NULL);
}

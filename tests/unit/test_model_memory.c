/* Loading when memory ends at any allocation: a status, no leak, no half a model. And the hash of a
 * model: of what can move a result, and of nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cardhouse/ch_model.h"
#include "support/failing.h"

#include <stdio.h>

#define EVERY_KIND CARDHOUSE_ROOT "/tests/models/every-kind.yaml"

static int ignore(void *context, const char *text, size_t size)
{
    (void)text;
    *(size_t *)context += size;
    return 0;
}

static void load_fails(void **state)
{
    (void)state;
    size_t number = 1;
    for (;; number++) {
        ch_model *model = (ch_model *)8;
        ch_diags *diags = (ch_diags *)8;
        failing_once(number);
        ch_status status = ch_model_load_file(EVERY_KIND, NULL, &model, &diags);
        bool happened = failing_happened();
        failing_stop();
        if (!happened) {
            assert_int_equal(status, CH_OK);
            ch_model_free(model);
            break;
        }
        /* a list of diagnostics can do without the text of a file, so that a load may succeed */
        assert_true(status == CH_E_MEMORY || status == CH_OK);
        assert_int_equal(model != NULL, status == CH_OK);
        assert_null(diags);
        ch_model_free(model);
    }
    assert_true(number > 5);
}

static void describe_fails(void **state)
{
    (void)state;
    ch_model *model;
    size_t size = 0, number = 1;
    assert_int_equal(ch_model_load_file(EVERY_KIND, NULL, &model, NULL), CH_OK);
    for (;; number++) {
        failing_once(number);
        ch_status status = ch_model_describe(model, ignore, &size);
        bool happened = failing_happened();
        failing_stop();
        assert_int_equal(status, happened ? CH_E_MEMORY : CH_OK);
        if (!happened)
            break;
    }
    assert_true(number > 2 && size > 1000);
    ch_model_free(model);
}

static void scenarios_fail(void **state)
{
    (void)state;
    for (size_t number = 1;; number++) {
        ch_scenarios *list = NULL;
        failing_once(number);
        ch_status status = ch_scenarios_load_file(EVERY_KIND, &list, NULL);
        bool happened = failing_happened();
        failing_stop();
        assert_true(status == CH_OK || (happened && status == CH_E_MEMORY));
        assert_int_equal(list != NULL, status == CH_OK);
        ch_scenarios_free(list);
        if (!happened)
            break;
    }
}

/* --- hash ------------------------------------------------------------------------------------- */

static uint64_t hash_with(const char *source, const char *rate, const char *comment)
{
    char text[1000];
    ch_model *model;
    int size = snprintf(text, sizeof text,
        "format: 1\ntitle: T\ncurrency: USD\nstart: 2025-12-31\nmonths: 12\n%sfirms:\n"
        "  a: {opening: {assets: {cash: 1}, liabilities: {debt: 1}, equity: {own: 0}}}\n"
        "contracts:\n  l: {kind: loan, borrower: a, lender: outside, notional: 1, rate: %s,\n"
        "    interest: 1 month, maturity: 2030-12-31%s}\n",
        comment, rate, source);
    assert_int_equal(ch_model_load_text(text, (size_t)size, "text", NULL, &model, NULL), CH_OK);
    uint64_t hash = ch_model_hash(model);
    ch_model_free(model);
    return hash;
}

static void hash(void **state)
{
    (void)state;
    uint64_t plain = hash_with("", "5%", "");
    assert_true(plain == hash_with("", "5%", ""));
    assert_true(plain == hash_with(", source: \"the 10-Q\", basis: reported", "5%", ""));
    assert_true(plain == hash_with("", "0.05", "# a remark\n\n"));
    assert_true(plain != hash_with("", "5.0001%", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(load_fails),
        cmocka_unit_test(describe_fails),
        cmocka_unit_test(scenarios_fail),
        cmocka_unit_test(hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

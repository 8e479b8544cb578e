/* The replay of one path tells its chain of causes in order, and what was paid. */
#include "support/cmocka_all.h"
#include "support/collect.h"
#include "support/hand_model.h"
#include "support/random_model.h"

#include "cardhouse/cardhouse.h"

#include <stdio.h>
#include <string.h>

static char *trace(const ch_model *model, uint64_t path, collected *text)
{
    ch_run_options options = ch_run_options_default();
    ch_diags *diags;
    assert_int_equal(ch_trace(model, &options, path, collect_write, text, &diags), CH_OK);
    assert_null(diags);
    return text->text;
}

/* Each of the texts must stand after the one before it. */
static void in_order(const char *text, const char *const *parts, size_t count)
{
    const char *from = text;
    for (size_t i = 0; i < count; i++) {
        const char *found = strstr(from, parts[i]);
        if (!found)
            fail_msg("'%s' is missing after '%s' in:\n%s", parts[i], i ? parts[i - 1] : "", text);
        from = found + strlen(parts[i]);
    }
}

/* A contract is cancelled; the seller may miss one month, breaches its covenant, its facility is
 * stopped; it fails, and its lender loses. */
static void test_chain_in_order(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 6);
    uint32_t seller = hand_sim(&h, "seller", 12.0);
    uint32_t bank = hand_add_firm(&h, hand_firm(&h, "bank", CHI_REDUCED));
    hand_firm_at(&h, seller)->grace_months = 1;
    hand_customer(&h, "capacity", seller, 0, 10.0);
    hand_line(&h, seller, "rent", CHI_LINE_COST, 0, 10.0);
    chi_loan *loan = hand_loan(&h, "facility", seller, bank, 50.0, 24);
    loan->kind = CHI_LOAN_DRAWN;
    loan->commitment = 55.0;
    hand_rung(&h, seller, CHI_RUNG_DRAW, 0);
    chi_covenant *covenant = hand_covenant(&h, "minimum-cash", seller, CHI_ITEM_CASH, 1.0);
    covenant->defaults = 0;
    covenant->stops_draws = 1;
    hand_event(&h, CHI_EVENT_CANCEL, 0, 2, 3, 0.0);
    ch_model *model = hand_freeze(&h);
    collected text = {0};
    /* month 3: 12 - 10; month 4: 2 + 5 drawn, 3 short; month 5: 13 due, the second in arrears */
    static const char *const parts[] = {"path 7, seed 1: by hand", "\nmonth 1, to 2025-07-31",
        "bill", "10.000", "paid", "10.000", "= seller: cash 12.000, debt 50.000", "month 3",
        "cancelled", "= seller: cash 2.000", "month 4", "draw", "5.000", "money missing", "3.000",
        "not paid", "covenant breached", "draws stopped", "month 5", "= seller (failed)",
        "chain of causes: seller fails in month 5 (2025-11-30)", "3", "capacity", "cancelled",
        "  4", "money missing", "  4", "rent", "not paid", "  4", "minimum-cash",
        "covenant breached", "  4", "facility", "draws stopped", "  5", "event of default"};
    in_order(trace(model, 7, &text), parts, sizeof parts / sizeof *parts - 1);
    collect_free(&text);
    ch_model_free(model);
}

static void test_no_failure(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 2);
    hand_sim(&h, "firm", 1.0);
    ch_model *model = hand_freeze(&h);
    collected text = {0};
    assert_non_null(strstr(trace(model, 0, &text), "\nNo firm fails on this path.\n"));
    collect_free(&text);
    ch_model_free(model);
}

/* Traces of the paths of a run fail as often as the run says. */
static void test_trace_agrees_with_run(void **state)
{
    (void)state;
    ch_model *model = random_model(21, random_size_default);
    ch_run_options options = ch_run_options_default();
    options.paths = 64;
    ch_result *result;
    ch_diags *diags;
    assert_int_equal(ch_run(model, &options, &result, &diags), CH_OK);
    size_t told = 0;
    double counted = 0.0;
    for (uint64_t path = 0; path < 64; path++) {
        collected text = {0};
        const char *at = trace(model, path, &text);
        while ((at = strstr(at, "chain of causes: ")) != NULL) {
            at++;
            told++;
        }
        collect_free(&text);
    }
    for (size_t f = 0; f < ch_model_firm_count(model); f++)
        counted += 64.0 * (1.0 - ch_result_alive(result, f, ch_result_months(result) - 1).share);
    NEAR((double)told, counted);
    assert_true(told > 0);
    ch_result_free(result);
    ch_model_free(model);
}

static void test_bad_arguments(void **state)
{
    (void)state;
    ch_model *model = random_model(3, random_size_default);
    ch_diags *diags;
    collected text = {0};
    ch_run_options options = ch_run_options_default();
    assert_int_equal(
        ch_trace(model, &options, (UINT64_C(1) << 47) + 1, collect_write, &text, &diags),
        CH_E_ARGUMENT);
    options.months = ch_model_months(model) + 1;
    assert_int_equal(ch_trace(model, &options, 0, collect_write, &text, &diags), CH_E_ARGUMENT);
    options.months = 1;
    collected stop = {.stop_after = 1};
    assert_int_equal(ch_trace(model, &options, 0, collect_write, &stop, &diags), CH_E_IO);
    collect_free(&stop);
    collect_free(&text);
    ch_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_chain_in_order),
        cmocka_unit_test(test_no_failure), cmocka_unit_test(test_trace_agrees_with_run),
        cmocka_unit_test(test_bad_arguments)};
    return cmocka_run_group_tests_name("trace", tests, NULL, NULL);
}

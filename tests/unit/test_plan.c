/* The plan: what it prints for a small model, who owes whom, and how causes are numbered. */
#include "support/cmocka_all.h"
#include "support/collect.h"
#include "support/hand_model.h"
#include "support/random_model.h"

#include "cardhouse/cardhouse.h"
#include "text/daycount.h"

#include <string.h>

/* A floating amortiser that can be drawn, a customer, a market, a covenant and two events. */
static ch_model *small_model(void)
{
    hand h;
    hand_begin(&h, 3);
    uint32_t firm = hand_sim(&h, "maker", 100.0);
    uint32_t bank = hand_add_firm(&h, hand_firm(&h, "bank", CHI_REDUCED));
    hand_driver(&h, "sofr", CHI_PATH, 0.04);
    hand_line(&h, firm, "rent", CHI_LINE_COST, 0, 4.0);
    hand_line(&h, firm, "sales", CHI_LINE_REVENUE, 0, 0.0)->amount =
        (chi_amount){7.0, CHI_NONE, hand_driver_expr(&h, 0)};
    chi_loan *loan = hand_loan(&h, "term", firm, bank, 60.0, 3);
    loan->kind = CHI_LOAN_DRAWN;
    loan->commitment = 80.0;
    loan->index = 0;
    loan->spread = 0.02;
    loan->interest_months = 1;
    loan->interest_anchor = chi_day_of(2025, 7, 15);
    loan->redemption_months = 1;
    loan->redemption_anchor = chi_day_of(2025, 8, 31);
    loan->redemption = 5.0;
    loan->draw_instalment = 0.25;
    loan->draw_end_month = 2;
    uint32_t market = hand_market(&h, "bonds", 0.05, 30.0, 0.0);
    chi_loan *notes = hand_loan(&h, "bonds:maker", firm, 0, 0.0, 600);
    notes->kind = CHI_LOAN_ISSUED;
    notes->market = market;
    hand_rung(&h, firm, CHI_RUNG_DRAW, 0);
    hand_rung(&h, firm, CHI_RUNG_ISSUE, 1);
    hand_rung(&h, firm, CHI_RUNG_DEFER, CHI_NONE);
    hand_customer(&h, "capacity", firm, bank, 9.0)->first_month = 1;
    hand_covenant(&h, "minimum-cash", firm, CHI_ITEM_CASH, 1.0)->every_months = 2;
    hand_event(&h, CHI_EVENT_SHUT, market, 0, 2, 0.0);
    hand_event(&h, CHI_EVENT_SHIFT, 0, 1, 3, 0.01);
    hand_event(&h, CHI_EVENT_CANCEL, 0, 2, 3, 0.0);
    return hand_freeze(&h);
}

/* Year fractions are 30E/360. The redemption cycle begins on 31 August; draws may be made in the
 * first two months; the covenant is tested every second month. The text before this has the sizes
 * of the model and of the state. */
static const char golden[] =
    "drawn each month: normals 0, uniforms 0, normals of jump sizes 0\n"
    "\n"
    "month 1, to 2025-07-31\n"
    "  1 event      shut bonds for 2 months\n"
    "  2 drivers    move; intensities draw defaults and cancellations\n"
    "  3 due        term                     2025-07-15  years 0.041667  IP  RR\n"
    "  3 due        term                     2025-07-31  years 0.041667\n"
    "  3 due        bonds:maker              2025-07-31  years 0.083333\n"
    "  3 due        rent                     of maker: 4\n"
    "  3 due        sales                    of maker: 7 times an expression\n"
    "  4 fund       maker: term, bonds:maker, defer-capex\n"
    "  5 clear      5 pairs\n"
    "  6 test       minimum-cash\n"
    "\n"
    "month 2, to 2025-08-31\n"
    "  1 event      shift sofr by 0.01 for 2 months\n"
    "  2 drivers    move; intensities draw defaults and cancellations\n"
    "  3 due        capacity                 bill 9\n"
    "  3 due        term                     2025-08-15  years 0.041667  IP  RR\n"
    "  3 due        term                     2025-08-31  years 0.041667  PR 5  PR 0.25 of drawn\n"
    "  3 due        bonds:maker              2025-08-31  years 0.083333\n"
    "  3 due        rent                     of maker: 4\n"
    "  3 due        sales                    of maker: 7 times an expression\n"
    "  4 fund       maker: term, bonds:maker, defer-capex\n"
    "  5 clear      5 pairs\n"
    "\n"
    "month 3, to 2025-09-30\n"
    "  1 event      cancel capacity\n"
    "  2 drivers    move; intensities draw defaults and cancellations\n"
    "  3 due        capacity                 bill 9\n"
    "  3 due        term                     2025-09-15  years 0.041667  IP  RR\n"
    "  3 due        term                     2025-09-30  years 0.041667  MD  IP  RR\n"
    "  3 due        bonds:maker              2025-09-30  years 0.083333\n"
    "  3 due        rent                     of maker: 4\n"
    "  3 due        sales                    of maker: 7 times an expression\n"
    "  4 fund       maker: term (ended), bonds:maker, defer-capex\n"
    "  5 clear      5 pairs\n"
    "  6 test       minimum-cash\n";

static void test_print(void **state)
{
    (void)state;
    ch_model *model = small_model();
    collected text = {0};
    assert_int_equal(ch_plan_print(model, collect_write, &text), CH_OK);
    const char *from = strstr(text.text, "drawn each month: ");
    assert_non_null(from);
    assert_string_equal(from, golden);
    assert_non_null(
        strstr(text.text, "plan of 'by hand'\n"
                          "months 3, firms 3 (simulated 1), drivers 1, loans 2, customer\n"
                          "contracts 1, lines 2, covenants 1, pairs 5,"));
    collect_free(&text);
    ch_model_free(model);
}

static void test_print_stops_when_told(void **state)
{
    (void)state;
    ch_model *model = small_model();
    collected text = {.stop_after = 1};
    assert_int_equal(ch_plan_print(model, collect_write, &text), CH_E_IO);
    collect_free(&text);
    ch_model_free(model);
}

/* Each debtor, class and creditor once; pairs of simulated debtors first; flows listed whole. */
static void test_pairs(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed < 30; seed++) {
        ch_model *model = random_model(seed, random_size_default);
        chi_arena arena;
        chi_arena_init(&arena);
        const chi_plan *plan = chi_plan_build(model, model->months, &arena);
        uint32_t in = 0, out = 0;
        for (uint32_t p = 0; p < plan->counts.pairs; p++) {
            const chi_pair *pair = &plan->pair[p];
            assert_true((plan->sim_of_firm[pair->debtor] != CHI_NONE) == (p < plan->pairs_of_sims));
            in += plan->sim_of_firm[pair->creditor] != CHI_NONE;
            out += plan->sim_of_firm[pair->debtor] != CHI_NONE;
            for (uint32_t q = 0; q < p; q++)
                assert_false(pair->debtor == plan->pair[q].debtor &&
                             pair->class == plan->pair[q].class &&
                             pair->creditor == plan->pair[q].creditor);
        }
        assert_int_equal(plan->inflow_first[plan->counts.sims], in);
        assert_int_equal(plan->outflow_first[plan->counts.sims * CHI_CLASSES], out);
        chi_arena_free(&arena);
        ch_model_free(model);
    }
}

/* Numbers of causes and roots lead back to their kind and row. */
static void test_causes_and_roots(void **state)
{
    (void)state;
    ch_model *model = small_model();
    chi_arena arena;
    chi_arena_init(&arena);
    const chi_plan *plan = chi_plan_build(model, model->months, &arena);
    for (uint32_t i = 0; i < plan->cause_count; i++) {
        chi_cause cause = chi_plan_cause_of(plan, i);
        assert_int_equal(chi_plan_cause(plan, (chi_cause_kind)cause.kind, cause.row), i);
    }
    for (uint32_t i = 0; i < plan->root_count; i++) {
        uint32_t row;
        chi_root_kind kind = chi_plan_root_of(plan, i, &row);
        assert_int_equal(chi_plan_root(plan, kind, row), i);
    }
    chi_arena_free(&arena);
    ch_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_print),
        cmocka_unit_test(test_print_stops_when_told), cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_causes_and_roots)};
    return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}

/* Whole months of tiny models, worked out by hand: dues, the funding ladder, clearing. */
#include "support/cmocka_all.h"
#include "support/hand_model.h"

#include "cardhouse/cardhouse.h"
#include "text/daycount.h"

#include <math.h>

static void fraction_paid(
    const hand_run *run, uint32_t firm, chi_class class, double want, int line)
{
    hand_near(STATE(run, paid, firm * CHI_CLASSES + (uint32_t) class), want, "fraction paid", line);
}
#define PAID(run, firm, class, want) fraction_paid(run, firm, class, want, __LINE__)

/* --- 3: due ------------------------------------------------------------------------------- */

/* An advance is worked off by half of each bill of 80: 50 last for one bill and a bit. The advance
 * of 60 that falls due in the fourth month counts from the fifth on. */
static void test_advance(void **state)
{
    (void)state;
    static const double due[] = {40.0, 70.0, 80.0, 140.0, 40.0, 60.0};
    static const double advance[] = {10.0, 0.0, 0.0, 60.0, 20.0, 0.0};
    hand h;
    hand_begin(&h, 6);
    uint32_t seller = hand_sim(&h, "seller", 0.0);
    chi_customer *customer = hand_customer(&h, "capacity", seller, 0, 80.0);
    customer->advance_open = 50.0;
    customer->advance_share = 0.5;
    customer->advance_month = 3;
    customer->advance = 60.0;
    hand_run run;
    hand_run_start(&run, &h);
    double cash = 0.0;
    for (uint32_t m = 0; m < 6; m++) {
        hand_run_months(&run, 1);
        cash += due[m];
        NEAR(CASH(&run, seller), cash);
        NEAR(STATE(&run, advance, 0), advance[m]);
    }
    hand_run_end(&run);
}

/* A floating loan: the rate of a period is set at its beginning, from the index plus the shift of
 * the month of the reset; the floor holds the index up. */
static void test_floating_rate(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 4);
    uint32_t firm = hand_sim(&h, "borrower", 100.0);
    chi_driver *driver = hand_driver(&h, "index", CHI_PATH, 0.0);
    driver->path = hand_table(&h, (double[]){0.04, 0.05, 0.01, 0.01});
    chi_loan *loan = hand_loan(&h, "loan", firm, 0, 1200.0, 12);
    loan->interest_months = 1;
    loan->index = 0;
    loan->spread = 0.02;
    loan->floor = 0.015;
    hand_event(&h, CHI_EVENT_SHIFT, 0, 1, 2, 0.03);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1); /* 1200 (0.04 + 0.02) / 12 */
    NEAR(STATE(&run, interest, 0), 6.0);
    hand_run_months(&run, 1); /* reset at the end of month 1, to 0.04 + 0.02 */
    NEAR(STATE(&run, interest, 0), 6.0);
    NEAR(STATE(&run, driver, 0), 0.08);
    hand_run_months(&run, 1); /* 0.05 + 0.03 + 0.02 */
    NEAR(STATE(&run, interest, 0), 10.0);
    hand_run_months(&run, 1); /* 0.01 is below the floor: 0.015 + 0.02 */
    NEAR(STATE(&run, interest, 0), 3.5);
    NEAR(CASH(&run, firm), 100.0 - 25.5);
    hand_run_end(&run);
}

/* Expressions use the lines before them; tax is no cost; depreciation is no cash. */
static void test_lines(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 1);
    chi_firm row = hand_firm(&h, "firm", CHI_SIMULATED);
    row.cash = 10.0;
    row.property = 100.0;
    uint32_t firm = hand_add_firm(&h, row);
    hand_line(&h, firm, "sales", CHI_LINE_REVENUE, 0, 60.0);
    uint32_t half = hand_item_expr(&h, firm, CHI_ITEM_REVENUE, 20.0);
    hand_line(&h, firm, "wages", CHI_LINE_COST, 0, 0.0)->amount = (chi_amount){0.5, CHI_NONE, half};
    hand_line(&h, firm, "tax", CHI_LINE_TAX, 0, 5.0);
    hand_line(&h, firm, "refund", CHI_LINE_COST, 0, -7.0);
    hand_line(&h, firm, "plant", CHI_LINE_CAPEX, 0, 11.0);
    hand_line(&h, firm, "stocks", CHI_LINE_WORKING_CAPITAL, 0, -3.0);
    hand_line(&h, firm, "debtors", CHI_LINE_WORKING_CAPITAL, 0, 2.0);
    hand_line(&h, firm, "wear", CHI_LINE_DEPRECIATION, 0, 4.0);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    NEAR(CASH(&run, firm), 10.0 + 60.0 - 20.0 - 5.0 - 11.0 - 3.0 + 2.0);
    NEAR(STATE(&run, property, firm), 100.0 + 11.0 - 4.0);
    NEAR(STATE(&run, item, CHI_ITEM_COST), 20.0);
    NEAR(STATE(&run, item, CHI_ITEM_CAPEX), 11.0);
    hand_run_end(&run);
}

/* Principal that is due is owed until it is paid: one per cent of the debt of 100 in the month in
 * which it matures, nothing after; a covenant sees the debt after the payments. */
static void test_debt_before_and_after_payments(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 2);
    uint32_t firm = hand_sim(&h, "firm", 200.0);
    hand_loan(&h, "loan", firm, 0, 100.0, 1);
    uint32_t debt = hand_item_expr(&h, firm, CHI_ITEM_DEBT, 0.0);
    hand_line(&h, firm, "fee", CHI_LINE_COST, 0, 0.0)->amount = (chi_amount){0.01, CHI_NONE, debt};
    hand_covenant(&h, "debt", firm, CHI_ITEM_DEBT, 1.0)->defaults = 0;
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    NEAR(CASH(&run, firm), 99.0);
    NEAR(STATE(&run, breach, 0), 1.0);
    hand_run_months(&run, 1);
    NEAR(CASH(&run, firm), 99.0);
    hand_run_end(&run);
}

/* --- 4: fund ------------------------------------------------------------------------------ */

static void facility(hand *h, const char *name, uint32_t firm, uint32_t lender, chi_loan_kind kind,
    double drawn, double commitment)
{
    chi_loan *loan = hand_loan(h, name, firm, lender, drawn, 24);
    loan->kind = (uint32_t)kind;
    loan->commitment = commitment;
}

static void notes(hand *h, uint32_t firm, uint32_t market)
{
    chi_loan *loan = hand_loan(h, "notes", firm, 0, 0.0, 600);
    loan->kind = CHI_LOAN_ISSUED;
    loan->class = CHI_CLASS_UNSECURED;
    loan->market = market;
}

/* 150 due and nothing there. 20 are left of the loan, 25 of the revolver; notes of 40 bring 39.2;
 * 50 of capital expenditure give way; 15.8 of the 100 of wages stay unpaid. */
static void test_ladder_in_order(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 1);
    uint32_t firm = hand_sim(&h, "firm", 0.0);
    hand_firm_at(&h, firm)->grace_months = 1;
    hand_line(&h, firm, "wages", CHI_LINE_COST, 0, 100.0);
    hand_line(&h, firm, "growth", CHI_LINE_CAPEX_UNCOMMITTED, 0, 50.0);
    facility(&h, "term", firm, 0, CHI_LOAN_DRAWN, 10.0, 30.0);
    facility(&h, "revolver", firm, 0, CHI_LOAN_REVOLVER, 5.0, 32.0);
    h.b.loan.at[1].other_use = 2.0;
    notes(&h, firm, hand_market(&h, "bonds", 0.10, 40.0, 0.02));
    hand_rung(&h, firm, CHI_RUNG_DRAW, 0);
    hand_rung(&h, firm, CHI_RUNG_DRAW, 1);
    hand_rung(&h, firm, CHI_RUNG_ISSUE, 2);
    hand_rung(&h, firm, CHI_RUNG_DEFER, CHI_NONE);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, notional, 0), 30.0);
    NEAR(STATE(&run, drawn, 0), 20.0);
    NEAR(STATE(&run, notional, 1), 30.0);
    NEAR(STATE(&run, notional, 2), 40.0);
    NEAR(STATE(&run, rate, 2), 0.10);
    NEAR(STATE(&run, need, 0), 15.8);
    NEAR(STATE(&run, line_due, 1), 0.0);
    NEAR(STATE(&run, property, firm), 0.0);
    NEAR(STATE(&run, line_arrears, 0), 15.8);
    NEAR(CASH(&run, firm), 0.0);
    assert_true(STATE(&run, alive, firm) == 1.0);
    hand_run_end(&run);
}

/* The target is kept after payments; what the ladder brings is no more than what is missing. */
static void test_target_is_held(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 2);
    uint32_t firm = hand_sim(&h, "firm", 30.0);
    hand_firm_at(&h, firm)->target = chi_amount_constant(20.0);
    hand_line(&h, firm, "sales", CHI_LINE_REVENUE, 0, 15.0);
    hand_line(&h, firm, "wages", CHI_LINE_COST, 0, 60.0);
    facility(&h, "term", firm, 0, CHI_LOAN_DRAWN, 0.0, 500.0);
    hand_rung(&h, firm, CHI_RUNG_DRAW, 0);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, notional, 0), 35.0);
    NEAR(CASH(&run, firm), 20.0);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, notional, 0), 80.0);
    NEAR(CASH(&run, firm), 20.0);
    hand_run_end(&run);
}

/* Both lines give way in the same proportion; what is deferred is not owed later. */
static void test_deferral_is_pro_rata(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 2);
    uint32_t firm = hand_sim(&h, "firm", 20.0);
    hand_line(&h, firm, "big", CHI_LINE_CAPEX_UNCOMMITTED, 0, 0.0)->amount =
        hand_table(&h, (double[]){30.0, 0.0});
    hand_line(&h, firm, "small", CHI_LINE_CAPEX_UNCOMMITTED, 0, 0.0)->amount =
        hand_table(&h, (double[]){10.0, 0.0});
    hand_rung(&h, firm, CHI_RUNG_DEFER, CHI_NONE);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, line_due, 0), 15.0);
    NEAR(STATE(&run, line_due, 1), 5.0);
    NEAR(STATE(&run, property, firm), 20.0);
    NEAR(CASH(&run, firm), 0.0);
    hand_run_months(&run, 1);
    NEAR(CASH(&run, firm), 0.0);
    NEAR(STATE(&run, property, firm), 20.0);
    assert_true(STATE(&run, alive, firm) == 1.0);
    hand_run_end(&run);
}

/* Notes of 100 at 10 %, then of 50 at 4 %: 150 at 8 %, 1 of interest in the third month. */
static void test_notes_pool_their_rates(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 3);
    uint32_t firm = hand_sim(&h, "firm", 0.0);
    hand_driver(&h, "base", CHI_PATH, 0.03);
    uint32_t market = hand_market(&h, "bonds", 0.0, 1e9, 0.0);
    h.b.market.at[market].base = 0;
    h.b.market.at[market].spread = hand_table(&h, (double[]){0.07, 0.01, 0.0});
    notes(&h, firm, market);
    h.b.loan.at[0].interest_months = 1;
    h.b.loan.at[0].interest_anchor = h.b.start;
    hand_line(&h, firm, "wages", CHI_LINE_COST, 0, 0.0)->amount =
        hand_table(&h, (double[]){100.0, 50.0 - 100.0 * 0.10 / 12.0, 0.0});
    hand_rung(&h, firm, CHI_RUNG_ISSUE, 0);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, rate, 0), 0.10);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, notional, 0), 150.0);
    NEAR(STATE(&run, rate, 0), 0.08);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, interest, 0), 1.0);
    hand_run_end(&run);
}

/* As a file has it: notes keep the rate of their month, 7.04 % for the first 100, whatever base and
 * spread do later; the 0.586667 of interest are borrowed at 6 % + 3.06 %. */
static void test_notes_of_a_file(void **state)
{
    (void)state;
    static const char text[] =
        "format: 1\ntitle: notes\ncurrency: USD\nunit: million\nstart: 2025-06-30\nmonths: 3\n"
        "drivers: {sofr: {process: path, by: {2025-06-30: 4%, 2025-08-01: 6%}}}\n"
        "firms:\n  a:\n    opening: {assets: {cash: 0}, equity: {shares: 0}}\n"
        "    operations: {cost: {rent: {by: {2025-06-30: 100, 2025-08-01: 0}}}}\n"
        "    funding: {ladder: [bonds]}\n"
        "markets:\n  bonds: {base: sofr, spread: 3% + 1% * sofr, capacity: 1000,\n"
        "    tenor: 60 months, interest: 1 month, day_count: 30/360, lenders: {outside: 100%}}\n";
    ch_model *model;
    ch_diags *diags;
    assert_int_equal(
        ch_model_load_text(text, sizeof text - 1, "text", NULL, &model, &diags), CH_OK);
    ch_diags_free(diags);
    chi_arena arena;
    chi_arena_init(&arena);
    chi_oracle oracle;
    chi_oracle_init(&oracle, chi_plan_build(model, 3, &arena), &arena);
    chi_oracle_start(&oracle, 1, 0);
    chi_oracle_month(&oracle);
    NEAR(CHI_O(&oracle, rate, 0), 0.0704);
    chi_oracle_month(&oracle);
    NEAR(CHI_O(&oracle, interest, 0), 7.04 / 12.0);
    chi_oracle_month(&oracle);
    NEAR(CHI_O(&oracle, interest, 0), (7.04 + 7.04 / 12.0 * 0.0906) / 12.0);
    chi_arena_free(&arena);
    ch_model_free(model);
}

/* The fee is on the free part: 90 in the first month, 60 after a draw of 30, which bears interest
 * from then on. */
static void test_undrawn_fee(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 2);
    uint32_t firm = hand_sim(&h, "firm", 0.0);
    facility(&h, "revolver", firm, 0, CHI_LOAN_REVOLVER, 0.0, 100.0);
    h.b.loan.at[0].other_use = 10.0;
    h.b.loan.at[0].undrawn_fee = 0.012;
    h.b.loan.at[0].spread = 0.12;
    h.b.loan.at[0].interest_months = 1;
    hand_line(&h, firm, "wages", CHI_LINE_COST, 0, 30.0 - 0.09);
    hand_rung(&h, firm, CHI_RUNG_DRAW, 0);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, interest, 0), 0.09);
    NEAR(STATE(&run, notional, 0), 30.0);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, interest, 0), 0.06 + 0.3);
    hand_run_end(&run);
}

/* Cash above the target of 20 repays the revolver, to its lenders by share. */
static void test_revolver_is_swept(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 2);
    uint32_t firm = hand_sim(&h, "firm", 60.0);
    uint32_t bank = hand_add_firm(&h, hand_firm(&h, "bank", CHI_REDUCED));
    hand_firm_at(&h, firm)->target = chi_amount_constant(20.0);
    hand_firm_at(&h, firm)->repays_revolvers = 1;
    hand_line(&h, firm, "sales", CHI_LINE_REVENUE, 0, 0.0)->amount =
        hand_table(&h, (double[]){0.0, 25.0});
    facility(&h, "revolver", firm, 0, CHI_LOAN_REVOLVER, 50.0, 100.0);
    hand_share(&h, bank, 0.25);
    hand_rung(&h, firm, CHI_RUNG_DRAW, 0);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, notional, 0), 10.0);
    NEAR(CASH(&run, firm), 20.0);
    NEAR(CASH(&run, bank), 10.0);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, notional, 0), 0.0);
    NEAR(CASH(&run, firm), 35.0);
    hand_run_end(&run);
}

/* A lender that is itself short pays a quarter of its part of the draw: only that is borrowed. */
static void test_lender_is_short(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 1);
    uint32_t firm = hand_sim(&h, "firm", 0.0), bank = hand_sim(&h, "bank", 5.0);
    hand_firm_at(&h, firm)->grace_months = hand_firm_at(&h, bank)->grace_months = 3;
    hand_line(&h, firm, "wages", CHI_LINE_COST, 0, 40.0);
    facility(&h, "term", firm, bank, CHI_LOAN_DRAWN, 0.0, 100.0);
    hand_share(&h, 0, 0.5);
    hand_rung(&h, firm, CHI_RUNG_DRAW, 0);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    PAID(&run, bank, CHI_CLASS_OPERATING, 0.25);
    NEAR(STATE(&run, notional, 0), 25.0);
    NEAR(STATE(&run, line_arrears, 0), 15.0);
    NEAR(CASH(&run, bank), 0.0);
    hand_run_end(&run);
}

/* A loan that is lent later arrives in its month and bears interest from that day. */
static void test_loan_lent_later(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 3);
    uint32_t firm = hand_sim(&h, "firm", 0.0);
    chi_loan *loan = hand_loan(&h, "later", firm, 0, 100.0, 12);
    loan->initial_exchange = chi_day_of(2025, 8, 15);
    loan->interest_months = 1;
    loan->spread = 0.12;
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    NEAR(CASH(&run, firm), 0.0);
    hand_run_months(&run, 1);
    NEAR(CASH(&run, firm), 100.0);
    NEAR(STATE(&run, notional, 0), 100.0);
    hand_run_end(&run);
}

/* --- 5: clear ----------------------------------------------------------------------------- */

/* 100 for 40 operating, 40 and 80 secured and 10 subordinated: 40, then half of 120, then none. */
static void test_seniority_and_pro_rata(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 1);
    uint32_t firm = hand_sim(&h, "firm", 100.0);
    uint32_t a = hand_add_firm(&h, hand_firm(&h, "a", CHI_REDUCED));
    uint32_t b = hand_add_firm(&h, hand_firm(&h, "b", CHI_REDUCED));
    uint32_t c = hand_add_firm(&h, hand_firm(&h, "c", CHI_REDUCED));
    hand_line(&h, firm, "wages", CHI_LINE_COST, 0, 40.0);
    hand_loan(&h, "small", firm, a, 40.0, 1)->grace_months = 1;
    hand_loan(&h, "large", firm, b, 80.0, 1)->grace_months = 1;
    chi_loan *junior = hand_loan(&h, "junior", firm, c, 10.0, 1);
    junior->grace_months = 1;
    junior->class = CHI_CLASS_SUBORDINATED;
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    PAID(&run, firm, CHI_CLASS_OPERATING, 1.0);
    PAID(&run, firm, CHI_CLASS_SECURED, 0.5);
    PAID(&run, firm, CHI_CLASS_UNSECURED, 1.0); /* nothing is due */
    PAID(&run, firm, CHI_CLASS_SUBORDINATED, 0.0);
    NEAR(CASH(&run, a), 20.0);
    NEAR(CASH(&run, b), 40.0);
    NEAR(CASH(&run, c), 0.0);
    NEAR(STATE(&run, loan_arrears, 2), 10.0);
    assert_true(STATE(&run, alive, firm) == 1.0);
    hand_run_end(&run);
}

typedef struct edge {
    uint32_t from, to;
    double due;
} edge;

/* A month whose only dues are those of a network: paid in all by each firm, and cash left. */
static void clear_network(const edge *edges, size_t count, uint32_t firms, const double *cash,
    double alpha, double beta, const double *payments, const double *left)
{
    hand h;
    hand_begin(&h, 1);
    for (uint32_t f = 0; f < firms; f++) {
        chi_firm row = hand_firm(&h, "firm", CHI_SIMULATED);
        row.cash = cash[f];
        row.keep_own = alpha;
        row.keep_received = beta;
        row.grace_months = 1;
        hand_add_firm(&h, row);
    }
    for (size_t i = 0; i < count; i++)
        hand_line(&h, 1 + edges[i].from, "due", CHI_LINE_COST, 1 + edges[i].to, edges[i].due);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    double costs = 0.0;
    for (uint32_t f = 0; f < firms; f++) {
        double due = STATE(&run, class_due, f * CHI_CLASSES);
        NEAR(due * STATE(&run, paid, (1 + f) * CHI_CLASSES), payments[f]);
        NEAR(CASH(&run, 1 + f), left[f]);
        costs += cash[f] - left[f];
    }
    NEAR(CASH(&run, 0), costs); /* costs go outside, payments stay among the firms */
    hand_run_end(&run);
}

/* Three firms in a cycle, two of them short; payments as published with the NetworkValuation
 * routines (Siebenbrunner): 24.5454.., 26.3636.., 10 of 30, 29, 10 (Eisenberg and Noe 2001). By
 * hand: x = 10 + y 5/29 + 10, y = 10 + x 20/30. */
static void test_eisenberg_noe_cycle(void **state)
{
    (void)state;
    static const edge edges[] = {{0, 1, 20}, {0, 2, 10}, {1, 0, 5}, {1, 2, 24}, {2, 0, 10}};
    clear_network(edges, 5, 3, (double[]){10.0, 10.0, 10.0}, 1.0, 1.0,
        (double[]){270.0 / 11.0, 290.0 / 11.0, 10.0}, (double[]){0.0, 0.0, 30.0});
}

/* Two firms that owe each other 1 and own nothing: the greatest vector pays all (Eisenberg and Noe
 * 2001, on uniqueness). */
static void test_greatest_vector(void **state)
{
    (void)state;
    static const edge edges[] = {{0, 1, 1}, {1, 0, 1}};
    clear_network(
        edges, 2, 2, (double[]){0.0, 0.0}, 1.0, 1.0, (double[]){1.0, 1.0}, (double[]){0.0, 0.0});
}

/* Rogers and Veraart (2013), example 3.3: with alpha = beta = 1/2 the greatest vector is (2, 2.2).
 */
static void test_rogers_veraart_example(void **state)
{
    (void)state;
    static const edge edges[] = {{0, 1, 2.0}, {1, 0, 2.2}};
    clear_network(
        edges, 2, 2, (double[]){1.0, 1.0}, 0.5, 0.5, (double[]){2.0, 2.2}, (double[]){1.2, 0.8});
}

/* Default costs on a cycle, alpha 0.8, beta 0.6: y = 0.8 + 0.6 (0.1 + z), z = 0.8 + 0.6 (0.7 + y
 * 10.5/12.5). The network is the test of package FinNetValu; exact payments by elimination. */
static void test_rogers_veraart_cycle(void **state)
{
    (void)state;
    static const edge edges[] = {{0, 1, 0.1}, {0, 2, 0.7}, {1, 0, 2.0}, {1, 2, 10.5}, {2, 1, 8.4}};
    double y = (0.86 + 0.6 * 1.22) / (1.0 - 0.6 * 0.504), z = 1.22 + 0.504 * y;
    clear_network(edges, 5, 3, (double[]){1.0, 1.0, 1.0}, 0.8, 0.6, (double[]){0.8, y, z},
        (double[]){0.2 + 0.16 * y, 0.0, 0.0});
}

/* Of 30 due 10 are paid; the other 20 are due again a month later, and paid. */
static void test_arrears_then_paid(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 3);
    uint32_t firm = hand_sim(&h, "firm", 10.0);
    hand_firm_at(&h, firm)->grace_months = 1;
    hand_line(&h, firm, "sales", CHI_LINE_REVENUE, 0, 0.0)->amount =
        hand_table(&h, (double[]){0.0, 25.0, 0.0});
    hand_line(&h, firm, "rent", CHI_LINE_COST, 0, 0.0)->amount =
        hand_table(&h, (double[]){30.0, 0.0, 0.0});
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, line_arrears, 1), 20.0);
    NEAR(STATE(&run, clock, firm), 1.0);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, line_due, 1), 20.0);
    NEAR(STATE(&run, line_arrears, 1), 0.0);
    NEAR(STATE(&run, clock, firm), 0.0);
    NEAR(CASH(&run, firm), 5.0);
    hand_run_months(&run, 1);
    assert_true(STATE(&run, alive, firm) == 1.0);
    hand_run_end(&run);
}

/* A draw that fills the gap exactly is no default, whatever its rounding. */
static void test_exact_fill_is_no_default(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 24);
    uint32_t firm = hand_sim(&h, "firm", 0.1);
    hand_line(&h, firm, "rent", CHI_LINE_COST, 0, 1.0 / 3.0);
    facility(&h, "term", firm, 0, CHI_LOAN_DRAWN, 0.0, 100.0);
    hand_share(&h, 0, 0.3);
    hand_share(&h, 0, 0.1);
    h.b.loan.at[0].maturity = chi_day_of(2030, 1, 1);
    hand_rung(&h, firm, CHI_RUNG_DRAW, 0);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 24);
    assert_true(STATE(&run, alive, firm) == 1.0);
    NEAR(STATE(&run, notional, 0), 8.0 - 0.1);
    hand_run_end(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_advance),
        cmocka_unit_test(test_floating_rate), cmocka_unit_test(test_lines),
        cmocka_unit_test(test_debt_before_and_after_payments),
        cmocka_unit_test(test_ladder_in_order), cmocka_unit_test(test_target_is_held),
        cmocka_unit_test(test_deferral_is_pro_rata), cmocka_unit_test(test_notes_pool_their_rates),
        cmocka_unit_test(test_notes_of_a_file), cmocka_unit_test(test_undrawn_fee),
        cmocka_unit_test(test_revolver_is_swept), cmocka_unit_test(test_lender_is_short),
        cmocka_unit_test(test_loan_lent_later), cmocka_unit_test(test_seniority_and_pro_rata),
        cmocka_unit_test(test_eisenberg_noe_cycle), cmocka_unit_test(test_greatest_vector),
        cmocka_unit_test(test_rogers_veraart_example), cmocka_unit_test(test_rogers_veraart_cycle),
        cmocka_unit_test(test_arrears_then_paid), cmocka_unit_test(test_exact_fill_is_no_default)};
    return cmocka_run_group_tests_name("month", tests, NULL, NULL);
}

/* Tests and failures of tiny models, worked out by hand: grace, covenants, cross-default,
 * acceleration, the estate, losses that travel, events of the scenario. */
#include "support/cmocka_all.h"
#include "support/hand_model.h"

#include "num/philox.h"
#include "text/daycount.h"

#include <math.h>
#include <string.h>

static void has_cause(const hand_run *run, uint32_t firm, chi_cause_kind kind, uint32_t row)
{
    chi_cause cause = chi_plan_cause_of(run->plan, (uint32_t)STATE(run, cause, firm));
    assert_int_equal(cause.kind, kind);
    assert_int_equal(cause.row, row);
}

static void has_root(const hand_run *run, uint32_t firm, chi_root_kind kind, uint32_t row)
{
    uint32_t at, root = (uint32_t)STATE(run, root, firm);
    assert_int_equal(chi_plan_root_of(run->plan, root, &at), kind);
    assert_int_equal(at, row);
}

/* Runs to the end: the firm must be alive after `month - 1` months and failed after `month`. */
static void fails_in(hand_run *run, uint32_t firm, uint32_t month)
{
    hand_run_months(run, month - 1);
    assert_true(STATE(run, alive, firm) == 1.0);
    hand_run_months(run, 1);
    assert_true(STATE(run, alive, firm) == 0.0);
    assert_true(STATE(run, failed, firm) == month);
}

/* --- grace -------------------------------------------------------------------------------- */

/* Arrears may stand `grace` months: with 2, the third month in a row is the failure. */
static void test_grace_of_operating_dues(void **state)
{
    (void)state;
    for (uint32_t grace = 0; grace < 4; grace++) {
        hand h;
        hand_begin(&h, 6);
        uint32_t firm = hand_sim(&h, "firm", 0.0);
        hand_firm_at(&h, firm)->grace_months = grace;
        hand_line(&h, firm, "sales", CHI_LINE_REVENUE, 0, 5.0);
        hand_line(&h, firm, "rent", CHI_LINE_COST, 0, 6.0);
        hand_run run;
        hand_run_start(&run, &h);
        fails_in(&run, firm, grace + 1);
        has_cause(&run, firm, CHI_CAUSE_LINE, 1);
        hand_run_end(&run);
    }
}

static void late_on_loan(uint32_t grace, bool interest)
{
    hand h;
    hand_begin(&h, 6);
    uint32_t firm = hand_sim(&h, "firm", 0.0);
    chi_loan *loan = hand_loan(&h, "loan", firm, 0, 120.0, interest ? 24 : 2);
    loan->grace_months = grace;
    loan->interest_months = interest ? 1 : 0;
    loan->spread = interest ? 0.10 : 0.0;
    hand_run run;
    hand_run_start(&run, &h);
    fails_in(&run, firm, grace + (interest ? 1 : 2));
    has_cause(&run, firm, interest ? CHI_CAUSE_INTEREST : CHI_CAUSE_PRINCIPAL, 0);
    has_root(&run, firm, CHI_ROOT_NONE, 0);
    hand_run_end(&run);
}

static void test_grace_of_loans(void **state)
{
    (void)state;
    for (uint32_t grace = 0; grace < 3; grace++) {
        late_on_loan(grace, true);
        late_on_loan(grace, false);
    }
}

/* --- covenants ---------------------------------------------------------------------------- */

/* Cash must be 50. It is 40 in the first two months and, if `cured`, 60 from the second on. */
static void breach(uint32_t cure, bool cured, uint32_t every, uint32_t want)
{
    hand h;
    hand_begin(&h, 8);
    uint32_t firm = hand_sim(&h, "firm", 40.0);
    hand_line(&h, firm, "sales", CHI_LINE_REVENUE, 0, 0.0)->amount =
        hand_table(&h, (double[]){0.0, cured ? 20.0 : 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0});
    hand_loan(&h, "loan", firm, 0, 500.0, 24);
    chi_covenant *covenant = hand_covenant(&h, "minimum-cash", firm, CHI_ITEM_CASH, 50.0);
    covenant->cure_months = cure;
    covenant->every_months = every;
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 8);
    assert_true(STATE(&run, failed, firm) == want);
    if (want)
        has_cause(&run, firm, CHI_CAUSE_COVENANT, 0);
    hand_run_end(&run);
}

static void test_covenant_and_cure(void **state)
{
    (void)state;
    breach(0, false, 1, 1);
    breach(1, false, 1, 2);
    breach(3, false, 1, 4);
    breach(0, true, 1, 1);
    breach(1, true, 1, 0); /* cured by the test of the second month */
    breach(1, true, 3, 2); /* the next test would be in the fourth month: too late */
    breach(3, true, 3, 0); /* in time */
    breach(2, false, 3, 3);
}

/* A limit reached exactly holds, unless the test is strict. */
static void test_covenant_at_its_limit(void **state)
{
    (void)state;
    for (uint32_t strict = 0; strict < 2; strict++) {
        hand h;
        hand_begin(&h, 1);
        uint32_t firm = hand_sim(&h, "firm", 50.0);
        hand_loan(&h, "loan", firm, 0, 500.0, 24);
        hand_covenant(&h, "minimum-cash", firm, CHI_ITEM_CASH, 50.0)->strict = strict;
        hand_run run;
        hand_run_start(&run, &h);
        hand_run_months(&run, 1);
        assert_true(STATE(&run, alive, firm) == (strict ? 0.0 : 1.0));
        hand_run_end(&run);
    }
}

/* An undisclosed threshold is one uniform draw for each path, from the covenant's own stream. */
static void test_undisclosed_threshold(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 1);
    uint32_t firm = hand_sim(&h, "firm", 50.0);
    chi_covenant *covenant = hand_covenant(&h, "leverage", firm, CHI_ITEM_CASH, 0.0);
    covenant->threshold_low = 6.0;
    covenant->threshold_high = 9.0;
    hand_run run;
    hand_run_start(&run, &h);
    for (uint64_t path = 0; path < 100; path++) {
        double two[2];
        hand_run_path(&run, 5, path);
        chi_uniforms_one(5, path, 0, chi_stream_id("leverage"), two);
        NEAR(STATE(&run, threshold, 0), 6.0 + 3.0 * two[0]);
    }
    hand_run_end(&run);
}

/* Cash 40 against 50 stops draws from the second month on; 60 in the second month lets them go on
 * in the third. */
static void test_draw_stop_lifts_after_cure(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 3);
    uint32_t firm = hand_sim(&h, "firm", 40.0);
    hand_firm_at(&h, firm)->target = hand_table(&h, (double[]){0.0, 200.0, 100.0});
    hand_line(&h, firm, "sales", CHI_LINE_REVENUE, 0, 0.0)->amount =
        hand_table(&h, (double[]){0.0, 20.0, 0.0});
    chi_loan *loan = hand_loan(&h, "term", firm, 0, 0.0, 24);
    loan->kind = CHI_LOAN_DRAWN;
    loan->commitment = 1000.0;
    hand_rung(&h, firm, CHI_RUNG_DRAW, 0);
    chi_covenant *covenant = hand_covenant(&h, "minimum-cash", firm, CHI_ITEM_CASH, 50.0);
    covenant->defaults = 0;
    covenant->stops_draws = 1;
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    assert_true(STATE(&run, stopped, 0) == 1.0);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, notional, 0), 0.0);
    assert_true(STATE(&run, stopped, 0) == 0.0);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, notional, 0), 40.0);
    NEAR(CASH(&run, firm), 100.0);
    hand_run_end(&run);
}

/* --- cross-default and acceleration -------------------------------------------------------- */

/* A (100) defaults by its covenant. B (160) follows a default of 90 and more, C (500) one of
 * `threshold`: A and B together are 260. */
static void cross_default(
    hand_run *run, double cash, double threshold, uint32_t *firm, bool backwards)
{
    hand h;
    hand_begin(&h, 3);
    *firm = hand_sim(&h, "firm", cash);
    uint32_t a = backwards ? 2 : 0;
    for (uint32_t i = 0; i < 3; i++) {
        bool is_c = i == 2 - a, is_b = i == 1;
        chi_loan *loan = hand_loan(&h,
            is_c   ? "c"
            : is_b ? "b"
                   : "a",
            *firm, 0,
            is_c   ? 500.0
            : is_b ? 160.0
                   : 100.0,
            24);
        loan->cross_default = is_b || is_c;
        loan->cross_threshold = is_b ? 90.0 : threshold;
    }
    hand_covenant(&h, "trigger", *firm, CHI_ITEM_CASH, 1e6)->loan = a;
    hand_run_start(run, &h);
    hand_run_months(run, 1);
}

static void test_cross_default_chain(void **state)
{
    (void)state;
    for (int backwards = 0; backwards < 2; backwards++) {
        uint32_t firm, a = backwards ? 2 : 0, c = backwards ? 0 : 2;
        hand_run run;
        /* the chain stops before C: 260 are paid, the firm lives, C stands */
        cross_default(&run, 1000.0, 270.0, &firm, backwards);
        assert_int_equal(hand_entries(&run, 0, CHI_ENTRY_EVENT_OF_DEFAULT, NULL), 1);
        assert_int_equal(hand_entries(&run, 0, CHI_ENTRY_CROSS_DEFAULT, NULL), 1);
        assert_true(STATE(&run, alive, firm) == 1.0);
        NEAR(CASH(&run, firm), 740.0);
        NEAR(STATE(&run, notional, c), 500.0);
        NEAR(STATE(&run, notional, a), 0.0);
        assert_true(STATE(&run, stopped, a) == 2.0); /* closed for good */
        hand_run_months(&run, 2);
        assert_true(STATE(&run, alive, firm) == 1.0);
        hand_run_end(&run);
        /* it reaches C, and 1000 pay all */
        cross_default(&run, 1000.0, 260.0, &firm, backwards);
        assert_int_equal(hand_entries(&run, 0, CHI_ENTRY_CROSS_DEFAULT, NULL), 2);
        NEAR(CASH(&run, firm), 240.0);
        hand_run_end(&run);
        /* 700 do not */
        cross_default(&run, 700.0, 260.0, &firm, backwards);
        assert_true(STATE(&run, alive, firm) == 0.0);
        has_cause(&run, firm, CHI_CAUSE_COVENANT, 0);
        NEAR(run.lost[firm][0], 60.0);
        hand_run_end(&run);
    }
}

/* Nothing begins a default by itself: two loans that point at each other stay performing. */
static void test_least_fixed_point(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 1);
    uint32_t firm = hand_sim(&h, "firm", 0.0);
    hand_loan(&h, "a", firm, 0, 100.0, 24)->cross_default = 1;
    hand_loan(&h, "b", firm, 0, 100.0, 24)->cross_default = 1;
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    assert_true(STATE(&run, alive, firm) == 1.0);
    hand_run_end(&run);
}

/* --- the estate --------------------------------------------------------------------------- */

/* Cash 40, restricted 10, half of property of 100, less a tenth: 90. Secured 60 whole; 50 of notes
 * and 25 of an advance share 30; the subordinated 10 get nothing. */
static void test_estate(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 1);
    chi_firm row = hand_firm(&h, "firm", CHI_SIMULATED);
    row.cash = 40.0;
    row.restricted_cash = 10.0;
    row.property = 100.0;
    row.recovery_property = 0.5;
    row.default_cost = 0.1;
    uint32_t firm = hand_add_firm(&h, row);
    uint32_t bank = hand_add_firm(&h, hand_firm(&h, "bank", CHI_REDUCED));
    uint32_t fund = hand_add_firm(&h, hand_firm(&h, "fund", CHI_REDUCED));
    uint32_t buyer = hand_add_firm(&h, hand_firm(&h, "buyer", CHI_REDUCED));
    uint32_t junior = hand_add_firm(&h, hand_firm(&h, "junior", CHI_REDUCED));
    hand_loan(&h, "secured", firm, bank, 60.0, 24);
    hand_loan(&h, "notes", firm, fund, 50.0, 24)->class = CHI_CLASS_UNSECURED;
    hand_loan(&h, "junior", firm, junior, 10.0, 24)->class = CHI_CLASS_SUBORDINATED;
    hand_customer(&h, "capacity", firm, buyer, 0.0)->advance_open = 25.0;
    hand_event(&h, CHI_EVENT_DEFAULT, firm, 0, 1, 0.0);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    has_cause(&run, firm, CHI_CAUSE_EVENT, 0);
    NEAR(CASH(&run, bank), 60.0);
    NEAR(CASH(&run, fund), 20.0);
    NEAR(CASH(&run, buyer), 10.0);
    NEAR(CASH(&run, junior), 0.0);
    NEAR(CASH(&run, 0), 10.0 - 50.0); /* the cost came, the price of the property went */
    NEAR(run.lost[firm][fund], 30.0);
    NEAR(run.lost[firm][buyer], 15.0);
    NEAR(run.lost[firm][junior], 10.0);
    NEAR(run.lost[firm][bank], 0.0);
    NEAR(STATE(&run, property, firm) + STATE(&run, restricted, firm), 0.0);
    NEAR(CASH(&run, firm), 0.0);
    hand_run_end(&run);
}

/* A claim has the interest accrued to the month's end: 100 at 12 % for two months and half. */
static void test_claim_accrues(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 3);
    uint32_t firm = hand_sim(&h, "firm", 0.0);
    chi_loan *loan = hand_loan(&h, "loan", firm, 0, 100.0, 24);
    loan->spread = 0.12;
    loan->accrued = 0.5;
    hand_event(&h, CHI_EVENT_DEFAULT, firm, 1, 2, 0.0);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 2);
    NEAR(run.lost[firm][0], 102.5);
    hand_run_months(&run, 1);
    NEAR(run.lost[firm][0], 102.5); /* once */
    hand_run_end(&run);
}

/* A reduced-form firm defaults before it owes the month's dues: no bill, no interest of that
 * month; its loan of 100 with a month's interest pays its recovery of 40 %. */
static void test_reduced_form_default(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 3);
    uint32_t lender = hand_sim(&h, "lender", 0.0);
    chi_firm row = hand_firm(&h, "buyer", CHI_REDUCED);
    row.recovery = 0.4;
    uint32_t buyer = hand_add_firm(&h, row);
    chi_loan *loan = hand_loan(&h, "loan", buyer, lender, 100.0, 24);
    loan->spread = 0.12;
    hand_customer(&h, "capacity", lender, buyer, 10.0);
    hand_event(&h, CHI_EVENT_DEFAULT, buyer, 1, 2, 0.0);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    NEAR(CASH(&run, lender), 10.0);
    hand_run_months(&run, 1);
    NEAR(CASH(&run, lender), 10.0 + 0.4 * 101.0);
    NEAR(run.lost[buyer][lender], 0.6 * 101.0);
    assert_true(STATE(&run, live, 0) == 0.0 && STATE(&run, failed, buyer) == 2.0);
    has_root(&run, lender, CHI_ROOT_FIRM, buyer);
    hand_run_months(&run, 1);
    NEAR(CASH(&run, lender), 10.0 + 0.4 * 101.0);
    hand_run_end(&run);
}

/* The bank's buffer is 50. The first firm's failure costs it 60, so it defaults in the next month
 * and its half of the 30 that the second firm could still draw is lost. */
static void test_losses_travel(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 3);
    uint32_t first = hand_sim(&h, "first", 40.0), second = hand_sim(&h, "second", 0.0);
    chi_firm row = hand_firm(&h, "bank", CHI_REDUCED);
    row.equity = 50.0;
    uint32_t bank = hand_add_firm(&h, row);
    hand_line(&h, second, "wages", CHI_LINE_COST, 0, 30.0);
    hand_loan(&h, "loan", first, bank, 100.0, 24);
    chi_loan *loan = hand_loan(&h, "facility", second, bank, 0.0, 24);
    loan->kind = CHI_LOAN_DRAWN;
    loan->commitment = 60.0;
    hand_share(&h, 0, 0.5);
    hand_rung(&h, second, CHI_RUNG_DRAW, 1);
    hand_event(&h, CHI_EVENT_DEFAULT, first, 0, 1, 0.0);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, loss, bank), 60.0);
    NEAR(STATE(&run, notional, 1), 30.0);
    assert_true(STATE(&run, alive, bank) == 1.0 && STATE(&run, alive, second) == 1.0);
    hand_run_months(&run, 1);
    assert_true(STATE(&run, failed, bank) == 2.0);
    has_cause(&run, bank, CHI_CAUSE_LOSSES, 0);
    has_root(&run, bank, CHI_ROOT_FIRM, first);
    NEAR(STATE(&run, need, 1), 15.0);
    assert_true(STATE(&run, failed, second) == 2.0);
    hand_run_end(&run);
}

/* What a failed firm owes on lines of others ends with it: revenue and working capital alike. */
static void test_receipts_end_with_the_payer(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 3);
    uint32_t firm = hand_sim(&h, "firm", 0.0);
    uint32_t buyer = hand_add_firm(&h, hand_firm(&h, "buyer", CHI_REDUCED));
    hand_line(&h, firm, "sales", CHI_LINE_REVENUE, buyer, 10.0);
    hand_line(&h, firm, "debtors", CHI_LINE_WORKING_CAPITAL, buyer, 1.0);
    hand_event(&h, CHI_EVENT_DEFAULT, buyer, 1, 2, 0.0);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 3);
    NEAR(CASH(&run, firm), 11.0);
    hand_run_end(&run);
}

/* --- the scenario ------------------------------------------------------------------------- */

static void test_cancellation_in_its_month(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 4);
    uint32_t seller = hand_sim(&h, "seller", 0.0);
    hand_customer(&h, "capacity", seller, 0, 10.0);
    hand_line(&h, seller, "rent", CHI_LINE_COST, 0, 9.0);
    hand_event(&h, CHI_EVENT_CANCEL, 0, 2, 3, 0.0);
    hand_run run;
    hand_run_start(&run, &h);
    fails_in(&run, seller, 3);
    assert_int_equal(hand_entries(&run, 2, CHI_ENTRY_CANCELLED, NULL), 1);
    has_root(&run, seller, CHI_ROOT_CANCELLED, 0);
    NEAR(run.lost[seller][0], 7.0); /* 2 of cash against 9 of rent */
    hand_run_end(&run);
}

/* The market is shut in months 2 and 3; the firm needs money each month and may miss one. */
static void test_shut_market_is_the_root(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 4);
    uint32_t firm = hand_sim(&h, "firm", 0.0);
    hand_firm_at(&h, firm)->grace_months = 1;
    hand_line(&h, firm, "wages", CHI_LINE_COST, 0, 10.0);
    uint32_t market = hand_market(&h, "bonds", 0.1, 1e9, 0.0);
    chi_loan *notes = hand_loan(&h, "notes", firm, 0, 0.0, 600);
    notes->kind = CHI_LOAN_ISSUED;
    notes->market = market;
    hand_rung(&h, firm, CHI_RUNG_ISSUE, 0);
    hand_event(&h, CHI_EVENT_SHUT, market, 1, 3, 0.0);
    hand_run run;
    hand_run_start(&run, &h);
    fails_in(&run, firm, 3);
    NEAR(STATE(&run, notional, 0), 0.0); /* settled */
    has_cause(&run, firm, CHI_CAUSE_LINE, 0);
    has_root(&run, firm, CHI_ROOT_SHUT, market);
    assert_int_equal(hand_entries(&run, 0, CHI_ENTRY_SHUT, NULL), 0);
    assert_int_equal(hand_entries(&run, 1, CHI_ENTRY_SHUT, NULL), 1);
    hand_run_end(&run);
}

/* A market that was shut for a while and a need met since is not what a later failure came from. */
static void test_need_met_later_clears_the_blame(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 3);
    uint32_t firm = hand_sim(&h, "firm", 0.0);
    hand_firm_at(&h, firm)->grace_months = 1;
    hand_line(&h, firm, "sales", CHI_LINE_REVENUE, 0, 0.0)->amount =
        hand_table(&h, (double[]){0.0, 20.0, 0.0});
    hand_line(&h, firm, "wages", CHI_LINE_COST, 0, 10.0);
    uint32_t market = hand_market(&h, "bonds", 0.1, 1e9, 0.0);
    chi_loan *notes = hand_loan(&h, "notes", firm, 0, 0.0, 600);
    notes->kind = CHI_LOAN_ISSUED;
    notes->market = market;
    hand_rung(&h, firm, CHI_RUNG_ISSUE, 0);
    hand_event(&h, CHI_EVENT_SHUT, market, 0, 1, 0.0);
    hand_event(&h, CHI_EVENT_DEFAULT, firm, 2, 3, 0.0);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    assert_true(STATE(&run, blocked, firm) != 0.0);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, line_arrears, 1), 0.0);
    assert_true(STATE(&run, blocked, firm) == 0.0);
    hand_run_months(&run, 1);
    has_root(&run, firm, CHI_ROOT_NONE, 0);
    hand_run_end(&run);
}

/* A failed seller's contracts end: the buyer's root is the seller, the seller has none of its own.
 */
static void test_a_firm_is_not_its_own_root(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 2);
    uint32_t seller = hand_sim(&h, "seller", 0.0), buyer = hand_sim(&h, "buyer", 100.0);
    hand_line(&h, seller, "rent", CHI_LINE_COST, 0, 20.0);
    hand_customer(&h, "capacity", seller, buyer, 10.0);
    hand_run run;
    hand_run_start(&run, &h);
    fails_in(&run, seller, 1);
    has_root(&run, seller, CHI_ROOT_NONE, 0);
    has_root(&run, buyer, CHI_ROOT_FIRM, seller);
    hand_run_end(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_grace_of_operating_dues),
        cmocka_unit_test(test_grace_of_loans), cmocka_unit_test(test_covenant_and_cure),
        cmocka_unit_test(test_covenant_at_its_limit), cmocka_unit_test(test_undisclosed_threshold),
        cmocka_unit_test(test_draw_stop_lifts_after_cure),
        cmocka_unit_test(test_cross_default_chain), cmocka_unit_test(test_least_fixed_point),
        cmocka_unit_test(test_estate), cmocka_unit_test(test_claim_accrues),
        cmocka_unit_test(test_reduced_form_default), cmocka_unit_test(test_losses_travel),
        cmocka_unit_test(test_receipts_end_with_the_payer),
        cmocka_unit_test(test_cancellation_in_its_month),
        cmocka_unit_test(test_shut_market_is_the_root),
        cmocka_unit_test(test_need_met_later_clears_the_blame),
        cmocka_unit_test(test_a_firm_is_not_its_own_root)};
    return cmocka_run_group_tests_name("fall", tests, NULL, NULL);
}

/* Formulas against numbers worked out by hand or printed in a paper or textbook; the source stands
 * beside each table. */
#include "support/cmocka_all.h"
#include "support/hand_model.h"

#include "cardhouse/cardhouse.h"
#include "clear/clear.lane.h"
#include "contract/customer.lane.h"
#include "contract/loan.lane.h"
#include "contract/operations.lane.h"
#include "num/driver.lane.h"
#include "result/result.h"
#include "text/daycount.h"

#include <math.h>

#define DT (1.0 / 12.0)

static void near_to(double have, double want, double within)
{
    if (!(fabs(have - want) <= within))
        fail_msg("have %.15g, want %.15g", have, want);
}

/* --- drivers ------------------------------------------------------------------------------ */

/* Vasicek (1977): speed 0.6, volatility 0.9 %, mean 3.5 %, from 4.3 %. With e^-0.05 = 0.951229 and
 * (1 - e^-0.1) / 1.2 = 0.0793022: mean 0.035 + 0.008 e^-0.05, deviation 0.009 sqrt(0.0793022). */
static void test_vasicek(void **state)
{
    (void)state;
    double decay = lane_vasicek_decay(0.6, DT), deviation = lane_vasicek_deviation(0.6, 0.009, DT);
    near_to(decay, 0.951229424500714, 1e-15);
    near_to(deviation, 0.00253445739411274, 1e-17);
    near_to(lane_vasicek(0.043, 0.035, decay, deviation, 0.0), 0.0426098353960057, 1e-15);
    near_to(lane_vasicek(0.043, 0.035, decay, deviation, -2.0),
        0.0426098353960057 - 2.0 * 0.00253445739411274, 1e-15);
    /* speed 0 is a Brownian motion: deviation 0.009 / sqrt(12) */
    near_to(lane_vasicek_deviation(0.0, 0.009, DT), 0.00259807621135332, 1e-17);
    near_to(lane_vasicek_decay(0.0, DT), 1.0, 0.0);
}

/* Two monthly steps must have the mean and variance of one step of two months. */
static void test_vasicek_steps_compose(void **state)
{
    (void)state;
    double d1 = lane_vasicek_decay(0.6, DT), d2 = lane_vasicek_decay(0.6, 2.0 * DT);
    double s1 = lane_vasicek_deviation(0.6, 0.009, DT);
    double s2 = lane_vasicek_deviation(0.6, 0.009, 2.0 * DT);
    near_to(d1 * d1, d2, 1e-15);
    near_to(d1 * d1 * s1 * s1 + s1 * s1, s2 * s2, 1e-19);
}

/* Drift 20 %, volatility 35 %: the logarithm grows by (0.2 - 0.06125) / 12 = 0.0115625 a month;
 * e^0.0115625 = 1.01162960408. A jump of the logarithm is added to it. */
static void test_gbm(void **state)
{
    (void)state;
    double growth = lane_gbm_growth(0.2, 0.35, DT);
    near_to(growth, 0.0115625, 1e-16);
    near_to(lane_gbm(1.0, growth, 0.1, 0.0, 0.0), 1.01162960408, 1e-11);
    near_to(lane_gbm(2.0, growth, 0.1, 1.5, 0.0), 2.0 * exp(0.1615625), 1e-14);
    near_to(lane_gbm(2.0, growth, 0.1, 1.5, -0.3), 2.0 * exp(-0.1384375), 1e-14);
}

/* Merton (1976): n jumps of mean -0.2 and deviation 0.1 sum to -0.2 n + 0.1 sqrt(n) z. */
static void test_jump_sums(void **state)
{
    (void)state;
    static const double table[][3] = {{0, 1.0, 0.0}, {1, 1.0, -0.1}, {1, -2.0, -0.4},
        {4, 1.0, -0.6}, {4, -1.0, -1.0}, {9, 2.0, -1.2}};
    for (size_t i = 0; i < 6; i++)
        near_to(lane_jumps(table[i][0], -0.2, 0.1, table[i][1]), table[i][2], 1e-15);
}

/* P(count <= k) of a Poisson count with mean 1, as in any table of the distribution. */
static void test_jump_counts(void **state)
{
    (void)state;
    static const double table[] = {0.367879, 0.735759, 0.919699, 0.981012, 0.996340, 0.999406};
    hand h;
    hand_begin(&h, 1);
    chi_driver *driver = hand_driver(&h, "shocks", CHI_VASICEK, 0.0);
    driver->normal = 0;
    driver->jump_rate = 12.0;
    h.b.normal_count = 1;
    *CHI_PUSH(&h.arena, &h.b.factor) = 1.0;
    hand_run run;
    hand_run_start(&run, &h);
    for (size_t k = 0; k < 6; k++)
        near_to(run.plan->jump_cdf[k], table[k], 5e-7);
    assert_true(run.plan->jump_terms[0] == CHI_JUMPS_MAX);
    hand_run_end(&run);
}

/* Two states with intensities a = 1 (opening) and b = 2 (shutting) a year: the transition matrix
 * of one month is P(open -> open) = 1/3 + 2/3 e^-0.25 and P(shut -> open) = 1/3 - 1/3 e^-0.25
 * (Norris 1997, Markov Chains, example 2.1.2). */
static void test_chain(void **state)
{
    (void)state;
    near_to(lane_chain_open(1.0, 1.0, 2.0, DT), 0.852533855380937, 1e-15);
    near_to(lane_chain_open(0.0, 1.0, 2.0, DT), 0.0737330723095317, 1e-16);
    double open = lane_chain_open(1.0, 1.0, 2.0, DT), shut = lane_chain_open(0.0, 1.0, 2.0, DT);
    near_to(open * open + (1.0 - open) * shut, lane_chain_open(1.0, 1.0, 2.0, 2.0 * DT), 1e-15);
    near_to(lane_chain_open(0.0, 1.0, 2.0, 1e3), 1.0 / 3.0, 1e-15);
    near_to(lane_chain_open(1.0, 0.0, 0.0, DT), 1.0, 0.0);
    near_to(lane_chain_open(0.0, 0.0, 0.0, DT), 0.0, 0.0);
}

static void test_hazard(void **state)
{
    (void)state;
    near_to(lane_hazard_left(0.5, 1.2, DT), 0.4, 1e-16);
    near_to(lane_hazard_left(0.5, -1.2, DT), 0.5, 0.0);
    near_to(lane_hazard_left(0.05, 1.2, DT), -0.05, 1e-16);
}

/* Without volatility a driver draws nothing and follows its mean: 0.043 goes to 0.035 by e^-0.05
 * a month; 1 grows by e^(0.24 / 12) a month. The tiles say the same. */
static void test_drivers_without_volatility(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 2);
    chi_driver *rate = hand_driver(&h, "rate", CHI_VASICEK, 0.043);
    rate->mean = 0.035;
    rate->speed = 0.6;
    hand_driver(&h, "index", CHI_GBM, 1.0)->drift = 0.24;
    uint32_t firm = hand_sim(&h, "firm", 1.0);
    hand_line(&h, firm, "rent", CHI_LINE_COST, 0, 0.0)->amount =
        (chi_amount){1.0, CHI_NONE, hand_driver_expr(&h, 0)};
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 2);
    NEAR(STATE(&run, driver, 0), 0.035 + 0.008 * exp(-0.1));
    NEAR(STATE(&run, driver, 1), exp(0.04));
    ch_run_options options = ch_run_options_default();
    options.paths = 64;
    ch_result *result;
    ch_diags *diags;
    assert_int_equal(ch_run(run.model, &options, &result, &diags), CH_OK);
    assert_true(fabs(ch_result_cash(result, firm, 1, 0.5) - CASH(&run, firm)) <= 0.002);
    ch_result_free(result);
    hand_run_end(&run);
}

/* A chain that stands before the driver its rate names sees last month's value, at first the start:
 * here a rate of 10,000 times 1, which surely opens it, and not of 0. */
static void test_chain_before_its_driver(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 1);
    chi_driver *chain = hand_driver(&h, "window", CHI_CHAIN, 0.0);
    chain->open_rate = (chi_amount){1e4, CHI_NONE, hand_driver_expr(&h, 1)};
    hand_driver(&h, "index", CHI_PATH, 1.0);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, driver, 0), 1.0);
    hand_run_end(&run);
}

/* --- contracts ---------------------------------------------------------------------------- */

/* ACTUS technical specification v1.1, STF and POF of PAM and LAM, worked by hand. */
static void test_loan_equations(void **state)
{
    (void)state;
    near_to(lane_loan_accrue(3.0, 0.25, 0.08, 1000.0), 23.0, 1e-13); /* 3 + 0.25 x 80 */
    near_to(lane_loan_redemption(1000.0, 50.0, 0.0), 50.0, 0.0);
    near_to(lane_loan_redemption(30.0, 50.0, 0.0), 30.0, 0.0); /* capped at what is left */
    near_to(lane_loan_redemption(1000.0, 50.0, 1.0), 1000.0, 0.0);
    near_to(lane_loan_rate(0.043, -HUGE_VAL, 1.0, 0.065), 0.108, 1e-16);
    near_to(lane_loan_rate(0.004, 0.01, 1.0, 0.06), 0.07, 1e-16); /* the floor is on the index */
    near_to(lane_loan_rate(0.02, -HUGE_VAL, 1.5, 0.01), 0.04, 1e-16);
    near_to(lane_loan_rate(-0.05, -HUGE_VAL, 1.0, 0.01), 0.0, 0.0); /* never below zero */
    near_to(lane_loan_claim((chi_loan_state){1000.0, 12.0, 0.06, 3.0}, 0.5, 7.0), 1052.0, 1e-12);
}

/* 100 at 10 % and 50 more at 4 %: 12 of interest on 150, 8 %. */
static void test_pool_rate(void **state)
{
    (void)state;
    near_to(lane_loan_pool_rate(100.0, 0.10, 50.0, 0.04), 0.08, 1e-16);
    near_to(lane_loan_pool_rate(0.0, 0.10, 50.0, 0.04), 0.04, 1e-16);
    near_to(lane_loan_pool_rate(100.0, 0.10, 0.0, 0.04), 0.10, 0.0);
    near_to(lane_loan_pool_rate(100.0, 0.09, 50.0, -0.04), 0.06, 1e-16);
}

static void test_customer_and_lines(void **state)
{
    (void)state;
    near_to(lane_customer_bill(1.0, 80.0), 80.0, 0.0);
    near_to(lane_customer_bill(0.0, 80.0), 0.0, 0.0);
    near_to(lane_customer_bill(1.0, -80.0), 0.0, 0.0);
    near_to(lane_customer_credit(100.0, 0.25, 80.0), 20.0, 0.0);
    near_to(lane_customer_credit(15.0, 0.25, 80.0), 15.0, 0.0);
    near_to(lane_line_due(1.0, 5.0), 5.0, 0.0);
    near_to(lane_line_due(1.0, -5.0), 0.0, 0.0);
    near_to(lane_line_due(0.0, 5.0), 0.0, 0.0);
    near_to(lane_property_left(10.0, 4.0), 6.0, 0.0);
    near_to(lane_property_left(3.0, 4.0), 0.0, 0.0);
}

/* An instant as a table has it: date, 360ths of a year, and which events it has. */
typedef struct row {
    int year, month, day;
    double days, pays, capitalises, redemption, matures;
} row;

static void expect_instants(const chi_loan *terms, const row *rows, size_t count)
{
    hand h;
    hand_begin(&h, 14);
    uint32_t firm = hand_sim(&h, "borrower", 0.0);
    chi_loan *loan = hand_loan(&h, "loan", firm, 0, 100.0, 14);
    chi_slice lenders = loan->lenders;
    uint32_t name = loan->name;
    *loan = *terms;
    loan->lenders = lenders;
    loan->name = name;
    loan->borrower = firm;
    ch_model *model = hand_freeze(&h);
    chi_arena arena;
    chi_arena_init(&arena);
    chi_instants list = {0};
    chi_loan_instants(model, 0, &arena, &list);
    assert_int_equal(list.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(list.at[i].day, chi_day_of(rows[i].year, rows[i].month, rows[i].day));
        near_to(list.at[i].years, rows[i].days / 360.0, 1e-15);
        near_to(list.at[i].pays, rows[i].pays, 0.0);
        near_to(list.at[i].capitalises, rows[i].capitalises, 0.0);
        near_to(list.at[i].redemption, rows[i].redemption, 0.0);
        near_to(list.at[i].matures, rows[i].matures, 0.0);
    }
    chi_arena_free(&arena);
    ch_model_free(model);
}

static chi_loan quarterly(void)
{
    return (chi_loan){.kind = CHI_LOAN_LAM,
        .day_count = CHI_DC_30E_360,
        .initial_exchange = chi_day_of(2025, 6, 30),
        .maturity = chi_day_of(2026, 7, 15),
        .interest_months = 3,
        .interest_anchor = chi_day_of(2026, 7, 15),
        .redemption_months = 6,
        .redemption_anchor = chi_day_of(2025, 10, 15),
        .redemption = 20.0,
        .instalments = CHI_NONE,
        .index = CHI_NONE,
        .market = CHI_NONE,
        .condition = CHI_NONE,
        .notional = 100.0,
        .floor = -HUGE_VAL};
}

/* Interest each quarter through the 15th; principal each half-year from 15 October; the interest
 * cycle runs through its anchor both ways; principal at maturity is the rest (ACTUS LAM). */
static void test_instants_of_amortiser(void **state)
{
    (void)state;
    static const row rows[] = {{2025, 7, 15, 15, 1, 0, 0, 0}, {2025, 10, 15, 90, 1, 0, 20, 0},
        {2026, 1, 15, 90, 1, 0, 0, 0}, {2026, 4, 15, 90, 1, 0, 20, 0},
        {2026, 7, 15, 90, 1, 0, 0, 1}};
    chi_loan loan = quarterly();
    expect_instants(&loan, rows, 5);
}

/* Capitalised interest: IPCI on every interest date but the last, which pays. */
static void test_instants_of_capitaliser(void **state)
{
    (void)state;
    static const row rows[] = {{2025, 7, 15, 15, 0, 1, 0, 0}, {2025, 10, 15, 90, 0, 1, 0, 0},
        {2026, 1, 15, 90, 0, 1, 0, 0}, {2026, 4, 15, 90, 0, 1, 0, 0},
        {2026, 7, 15, 90, 1, 0, 0, 1}};
    chi_loan loan = quarterly();
    loan.capitalises = 1;
    loan.redemption_months = 0;
    expect_instants(&loan, rows, 5);
}

/* Month ends stay month ends: 31 August, 30 November, 28 February; counted from the anchor. */
static void test_instants_at_month_ends(void **state)
{
    (void)state;
    static const row rows[] = {{2025, 8, 31, 60, 1, 0, 0, 0}, {2025, 11, 30, 90, 1, 0, 0, 0},
        {2026, 2, 28, 88, 1, 0, 0, 0}, {2026, 5, 31, 92, 1, 0, 0, 0},
        {2026, 8, 31, 90, 1, 0, 0, 1}};
    chi_loan loan = quarterly();
    loan.maturity = loan.interest_anchor = chi_day_of(2026, 8, 31);
    loan.redemption_months = 0;
    expect_instants(&loan, rows, 5);
}

/* --- clearing ----------------------------------------------------------------------------- */

static void test_clearing_lanes(void **state)
{
    (void)state;
    near_to(lane_covers(100.0, 100.0), 1.0, 0.0);
    near_to(lane_covers(100.0 - 1e-8, 100.0), 1.0, 0.0); /* within the slack of 1e-9 */
    near_to(lane_covers(100.0 - 1e-6, 100.0), 0.0, 0.0);
    near_to(lane_paid_fraction(30.0, 40.0), 0.75, 0.0);
    near_to(lane_paid_fraction(50.0, 40.0), 1.0, 0.0);
    near_to(lane_paid_fraction(-5.0, 40.0), 0.0, 0.0);
    near_to(lane_paid_fraction(0.0, 0.0), 1.0, 0.0);
    near_to(lane_need(50.0, 120.0, 30.0, 60.0), 80.0, 0.0);
    /* Rogers and Veraart (2013), equation 2.1: all it has, or alpha of its own plus beta of what
     * it receives */
    near_to(lane_resources(4.0, 6.0, 10.0, 0.5, 0.8), 10.0, 0.0);
    near_to(lane_resources(4.0, 6.0, 11.0, 0.5, 0.8), 6.8, 1e-15);
    near_to(lane_resources(-2.0, 6.0, 11.0, 0.5, 0.8), 2.8, 1e-15); /* a debt is not forgiven */
}

/* Wilson's interval, as printed by Newcombe (1998, Statistics in Medicine 17, 857-872), table I,
 * method 3. */
static void test_wilson(void **state)
{
    (void)state;
    static const struct {
        uint64_t count, of;
        double low, high;
    } table[] = {{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0.0, 0.1611},
        {1, 29, 0.0061, 0.1718}};
    for (size_t i = 0; i < 4; i++) {
        ch_share share = chi_wilson(table[i].count, table[i].of);
        near_to(share.share, (double)table[i].count / (double)table[i].of, 0.0);
        near_to(share.low, table[i].low, 5e-5);
        near_to(share.high, table[i].high, 5e-5);
        ch_share mirror = chi_wilson(table[i].of - table[i].count, table[i].of);
        near_to(mirror.low, 1.0 - share.high, 1e-15);
    }
    assert_true(chi_wilson(0, 0).low == 0.0 && chi_wilson(0, 0).high == 1.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_vasicek),
        cmocka_unit_test(test_vasicek_steps_compose), cmocka_unit_test(test_gbm),
        cmocka_unit_test(test_jump_sums), cmocka_unit_test(test_jump_counts),
        cmocka_unit_test(test_chain), cmocka_unit_test(test_hazard),
        cmocka_unit_test(test_drivers_without_volatility),
        cmocka_unit_test(test_chain_before_its_driver), cmocka_unit_test(test_loan_equations),
        cmocka_unit_test(test_pool_rate), cmocka_unit_test(test_customer_and_lines),
        cmocka_unit_test(test_instants_of_amortiser),
        cmocka_unit_test(test_instants_of_capitaliser),
        cmocka_unit_test(test_instants_at_month_ends), cmocka_unit_test(test_clearing_lanes),
        cmocka_unit_test(test_wilson)};
    return cmocka_run_group_tests_name("lanes", tests, NULL, NULL);
}

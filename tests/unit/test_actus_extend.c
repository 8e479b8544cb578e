/* What the standard leaves out, against values computed by hand: prepayments, penalties, draws,
 * overnight rates in arrears, interest in advance, stepped spreads, interest in kind. */
#include "cardhouse/ch_contract.h"
#include "support/cmocka_all.h"
#include "support/collect.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A loan of 1000 at 1 % a month. */
#define MONTHLY                                                                                    \
    "contractRole: RPA, currency: USD, statusDate: 2024-12-31, initialExchangeDate: 2025-01-01, "  \
    "notionalPrincipal: 1000, nominalInterestRate: 0.12, dayCountConvention: 30E360, "             \
    "cycleAnchorDateOfInterestPayment: 2025-02-01, cycleOfInterestPayment: P1ML1"
#define REDEEMED                                                                                   \
    ", cycleAnchorDateOfPrincipalRedemption: 2025-02-01, cycleOfPrincipalRedemption: P1ML1"
#define OBSERVED(type, value)                                                                      \
    ", eventsObserved: [{time: 2025-02-01, type: " type ", value: " value "}]"

typedef struct wanted {
    const char *date, *type;
    double payoff, notional;
} wanted;

static void check(const char *terms, const char *rest, const wanted *want, size_t count)
{
    char text[4096];
    ch_contracts *contracts;
    ch_diags *diags;
    snprintf(text, sizeof text, "c: {terms: {%s}%s}\n", terms, rest);
    assert_int_equal(
        ch_contracts_load_text(text, strlen(text), "case.yaml", &contracts, &diags), CH_OK);
    if (diags) {
        char *said = collect_diags(diags, CH_DIAG_TEXT);
        fail_msg("%s", said);
    }
    assert_int_equal(ch_contracts_event_count(contracts, 0), count);
    for (size_t i = 0; i < count; i++) {
        ch_event have = ch_contracts_event(contracts, 0, i);
        char date[11];
        assert_int_equal(ch_day_format(have.day, date), CH_OK);
        if (strcmp(date, want[i].date) != 0 || strcmp(have.type, want[i].type) != 0 ||
            fabs(have.payoff - want[i].payoff) > 1e-9 ||
            fabs(have.notional - want[i].notional) > 1e-9)
            fail_msg("event %zu: want %s %s %.12g %.12g, have %s %s %.12g %.12g", i, want[i].date,
                want[i].type, want[i].payoff, want[i].notional, date, have.type, have.payoff,
                have.notional);
    }
    ch_contracts_free(contracts);
}

#define CHECK(terms, rest, want) check(terms, rest, want, sizeof want / sizeof *want)

static void test_prepayment_of_linear_loan(void **state)
{
    (void)state;
    const char *loan = "contractType: LAM, maturityDate: 2025-04-01, "
                       "nextPrincipalRedemptionPayment: 100, " MONTHLY REDEEMED;
    const wanted plan_stays[] = {{"2025-01-01", "IED", -1000, 1000}, {"2025-02-01", "PR", 100, 900},
        {"2025-02-01", "PP", 300, 600}, {"2025-02-01", "IP", 10, 600},
        {"2025-03-01", "PR", 100, 500}, {"2025-03-01", "IP", 6, 500}, {"2025-04-01", "IP", 5, 500},
        {"2025-04-01", "MD", 500, 0}};
    CHECK(loan, OBSERVED("PP", "300"), plan_stays);
    /* A: 100 * 600 / 900 from then on; a penalty of 2 % of 300. */
    char smaller[1024];
    snprintf(smaller, sizeof smaller, "%s, prepaymentEffect: A, penaltyType: R, penaltyRate: 0.02",
        loan);
    const double part = 200.0 / 3.0;
    const wanted shrinks[] = {{"2025-01-01", "IED", -1000, 1000}, {"2025-02-01", "PR", 100, 900},
        {"2025-02-01", "PY", 6, 900}, {"2025-02-01", "PP", 300, 600}, {"2025-02-01", "IP", 10, 600},
        {"2025-03-01", "PR", part, 600 - part}, {"2025-03-01", "IP", 6, 600 - part},
        {"2025-04-01", "IP", 0.01 * (600 - part), 600 - part}, {"2025-04-01", "MD", 600 - part, 0}};
    CHECK(smaller, OBSERVED("PP", "300"), shrinks);
    /* More than is owed is cut to it; a fixed penalty. */
    snprintf(smaller, sizeof smaller, "%s, penaltyType: A, penaltyRate: 7", loan);
    const wanted all[] = {{"2025-01-01", "IED", -1000, 1000}, {"2025-02-01", "PR", 100, 900},
        {"2025-02-01", "PY", 7, 900}, {"2025-02-01", "PP", 900, 0}, {"2025-02-01", "IP", 10, 0},
        {"2025-03-01", "PR", 0, 0}, {"2025-03-01", "IP", 0, 0}, {"2025-04-01", "IP", 0, 0},
        {"2025-04-01", "MD", 0, 0}};
    CHECK(smaller, OBSERVED("PP", "5000"), all);
}

static void test_prepayment_of_annuity(void **state)
{
    (void)state;
    const char *loan = "contractType: ANN, maturityDate: 2025-04-01, prepaymentEffect: A, "
                       "nextPrincipalRedemptionPayment: 340, " MONTHLY REDEEMED;
    /* 1000 - 330 - 300 = 370 left, level over two months: 370 * 0.01 / (1 - 1.01^-2). */
    const double level = 370.0 * 0.01 / (1.0 - 1.0 / (1.01 * 1.01));
    const double left = 370.0 - (level - 3.7);
    const wanted want[] = {{"2025-01-01", "IED", -1000, 1000}, {"2025-02-01", "PR", 330, 670},
        {"2025-02-01", "PP", 300, 370}, {"2025-02-01", "IP", 10, 370},
        {"2025-03-01", "PR", level - 3.7, left}, {"2025-03-01", "IP", 3.7, left},
        {"2025-04-01", "IP", 0.01 * left, left}, {"2025-04-01", "MD", left, 0}};
    CHECK(loan, OBSERVED("PP", "300"), want);
    assert_true(fabs(1.01 * left - level) < 1e-9); /* the last payment is level too */
}

static void test_draws(void **state)
{
    (void)state;
    const char *loan =
        "contractType: PAM, maturityDate: 2025-03-01, creditLineAmount: 1500, " MONTHLY;
    const wanted want[] = {{"2025-01-01", "IED", -1000, 1000}, {"2025-02-01", "PD", -500, 1500},
        {"2025-02-01", "IP", 10, 1500}, {"2025-03-01", "IP", 15, 1500},
        {"2025-03-01", "MD", 1500, 0}};
    CHECK(loan, OBSERVED("PD", "600"), want);
}

static void test_interest_in_advance(void **state)
{
    (void)state;
    const char *loan = "contractType: PAM, maturityDate: 2025-04-01, "
                       "cyclePointOfInterestPayment: B, " MONTHLY;
    /* The broken month before the anchor is paid at it, with the month that begins. */
    const wanted want[] = {{"2025-01-01", "IED", -1000, 1000}, {"2025-02-01", "IP", 20, 1000},
        {"2025-03-01", "IP", 10, 1000}, {"2025-04-01", "IP", 0, 1000},
        {"2025-04-01", "MD", 1000, 0}};
    CHECK(loan, "", want);
}

static void test_interest_in_kind(void **state)
{
    (void)state;
    const char *loan = "contractType: PAM, maturityDate: 2025-05-01, "
                       "cardhouse: {pikShare: 0.5, pikUntil: 2025-03-01}, " MONTHLY;
    const wanted want[] = {{"2025-01-01", "IED", -1000, 1000}, {"2025-02-01", "IP", 5, 1000},
        {"2025-02-01", "IPCI", 0, 1005}, {"2025-03-01", "IP", 5.025, 1005},
        {"2025-03-01", "IPCI", 0, 1010.025}, {"2025-04-01", "IP", 10.10025, 1010.025},
        {"2025-05-01", "IP", 10.10025, 1010.025}, {"2025-05-01", "MD", 1010.025, 0}};
    CHECK(loan, "", want);
}

static void test_stepped_spread_and_floor(void **state)
{
    (void)state;
    const char *loan =
        "contractType: PAM, maturityDate: 2025-05-01, cycleAnchorDateOfRateReset: 2025-02-01, "
        "cycleOfRateReset: P1ML1, marketObjectCodeOfRateReset: SOFR, rateSpread: 0.01, "
        "cardhouse: {indexFloor: 0, spreadDates: [2025-03-01, 2025-04-01], "
        "spreads: [0.06, 0.024]}, " MONTHLY;
    /* Index -1 % (floored at 0), then 1.2 %: 1 %, 0 + 6 %, 1.2 % + 2.4 % a year. */
    const wanted want[] = {{"2025-01-01", "IED", -1000, 1000}, {"2025-02-01", "IP", 10, 1000},
        {"2025-02-01", "RR", 0, 1000}, {"2025-03-01", "IP", 1000 * 0.01 / 12, 1000},
        {"2025-03-01", "RR", 0, 1000}, {"2025-04-01", "IP", 5, 1000}, {"2025-04-01", "RR", 0, 1000},
        {"2025-05-01", "IP", 3, 1000}, {"2025-05-01", "MD", 1000, 0}};
    CHECK(loan,
        ", dataObserved: {SOFR: {data: [{timestamp: 2025-02-01, value: -0.01}, "
        "{timestamp: 2025-04-01, value: 0.012}]}}",
        want);
}

/* Five overnight rates of a week; the last counts for three days (Friday to Monday). */
#define WEEK                                                                                       \
    ", dataObserved: {SOFR: {data: [{timestamp: 2025-01-03, value: 0.05}, "                        \
    "{timestamp: 2025-01-06, value: 0.043}, {timestamp: 2025-01-07, value: 0.0431}, "              \
    "{timestamp: 2025-01-08, value: 0.0433}, {timestamp: 2025-01-09, value: 0.0429}, "             \
    "{timestamp: 2025-01-10, value: 0.043}]}}"

static void test_overnight_rates_in_arrears(void **state)
{
    (void)state;
    static const char loan[] =
        "contractType: PAM, contractRole: RPA, currency: USD, statusDate: 2025-01-05, "
        "initialExchangeDate: 2025-01-06, maturityDate: 2025-01-13, notionalPrincipal: 1000000, "
        "nominalInterestRate: 0, dayCountConvention: A360, calendar: MF, "
        "cycleAnchorDateOfInterestPayment: 2025-01-13, cycleOfInterestPayment: P7DL1, "
        "cycleOfRateReset: P7DL1, marketObjectCodeOfRateReset: SOFR, cyclePointOfRateReset: E, "
        "cardhouse: {overnight: %s}";
    char terms[1024];
    /* The compounded rate is row dc386 of the day-count table. */
    const double interest = 1e6 * 0.0430560969315833 * 7.0 / 360.0;
    const wanted compounded[] = {{"2025-01-06", "IED", -1e6, 1e6}, {"2025-01-13", "RR", 0, 1e6},
        {"2025-01-13", "IP", interest, 1e6}, {"2025-01-13", "MD", 1e6, 0}};
    snprintf(terms, sizeof terms, loan, "compounded");
    CHECK(terms, WEEK, compounded);
    /* Averaged with a lookback of one business day: 5 %, 4.3 %, 4.31 %, 4.33 %, 3 x 4.29 %. */
    const double sum = 0.05 + 0.043 + 0.0431 + 0.0433 + 3 * 0.0429;
    const wanted averaged[] = {{"2025-01-06", "IED", -1e6, 1e6}, {"2025-01-13", "RR", 0, 1e6},
        {"2025-01-13", "IP", 1e6 * sum / 360.0, 1e6}, {"2025-01-13", "MD", 1e6, 0}};
    snprintf(terms, sizeof terms, loan, "averaged, lookback: 1");
    CHECK(terms, WEEK, averaged);
}

static void test_period_bounds(void **state)
{
    (void)state;
    const char *loan =
        "contractType: PAM, maturityDate: 2025-04-01, cycleAnchorDateOfRateReset: 2025-02-01, "
        "cycleOfRateReset: P1ML1, marketObjectCodeOfRateReset: SOFR, periodCap: 0.024, "
        "periodFloor: 0.012, " MONTHLY;
    /* 12 % rises to 30 % asked, 14.4 % given; then falls to 1 % asked, 13.2 % given. */
    const wanted want[] = {{"2025-01-01", "IED", -1000, 1000}, {"2025-02-01", "IP", 10, 1000},
        {"2025-02-01", "RR", 0, 1000}, {"2025-03-01", "IP", 12, 1000},
        {"2025-03-01", "RR", 0, 1000}, {"2025-04-01", "IP", 11, 1000},
        {"2025-04-01", "MD", 1000, 0}};
    CHECK(loan,
        ", dataObserved: {SOFR: {data: [{timestamp: 2025-02-01, value: 0.30}, "
        "{timestamp: 2025-03-01, value: 0.01}]}}",
        want);
}

static void test_fee_on_notional(void **state)
{
    (void)state;
    const char *loan = "contractType: PAM, maturityDate: 2025-03-01, feeBasis: N, feeRate: 0.006, "
                       "cycleAnchorDateOfFee: 2025-02-01, cycleOfFee: P1ML1, " MONTHLY;
    const wanted want[] = {{"2025-01-01", "IED", -1000, 1000}, {"2025-02-01", "FP", 0.5, 1000},
        {"2025-02-01", "IP", 10, 1000}, {"2025-03-01", "FP", 0.5, 1000},
        {"2025-03-01", "IP", 10, 1000}, {"2025-03-01", "MD", 1000, 0}};
    CHECK(loan, "", want);
}

static void test_grid_of_spreads(void **state)
{
    (void)state;
    const char *loan =
        "contractType: PAM, maturityDate: 2025-05-01, cycleAnchorDateOfRateReset: 2025-02-01, "
        "cycleOfRateReset: P1ML1, marketObjectCodeOfRateReset: SOFR, rateSpread: 0.01, "
        "cardhouse: {gridObject: LEVERAGE, gridLevels: [3, 4], gridSpreads: [0.02, 0.03, "
        "0.05]}, " MONTHLY;
    /* SOFR 3 % + 1 % + 2 % below 3 times, + 3 % from 3 times on, + 5 % from 4 times on. */
    const wanted want[] = {{"2025-01-01", "IED", -1000, 1000}, {"2025-02-01", "IP", 10, 1000},
        {"2025-02-01", "RR", 0, 1000}, {"2025-03-01", "IP", 5, 1000}, {"2025-03-01", "RR", 0, 1000},
        {"2025-04-01", "IP", 1000 * 0.07 / 12, 1000}, {"2025-04-01", "RR", 0, 1000},
        {"2025-05-01", "IP", 7.5, 1000}, {"2025-05-01", "MD", 1000, 0}};
    CHECK(loan,
        ", dataObserved: {SOFR: {data: [{timestamp: 2025-01-01, value: 0.03}]}, LEVERAGE: {data: "
        "[{timestamp: 2025-01-31, value: 2.9}, {timestamp: 2025-03-01, value: 3}, "
        "{timestamp: 2025-04-01, value: 4.5}]}}",
        want);
}

static void test_interest_in_kind_by_test(void **state)
{
    (void)state;
    const char *loan = "contractType: PAM, maturityDate: 2025-04-01, cardhouse: {pikShare: 1, "
                       "pikObject: CASH, pikBelow: 50, pikMargin: 0.024}, " MONTHLY;
    /* Cash of 40 at the first date: 10 in kind and 0.2 % of 1000 on top; then 60: all in cash. */
    const wanted want[] = {{"2025-01-01", "IED", -1000, 1000}, {"2025-02-01", "IP", 0, 1000},
        {"2025-02-01", "IPCI", 0, 1012}, {"2025-03-01", "IP", 10.12, 1012},
        {"2025-03-01", "IPCI", 0, 1012}, {"2025-04-01", "IP", 10.12, 1012},
        {"2025-04-01", "MD", 1012, 0}};
    CHECK(loan,
        ", dataObserved: {CASH: {data: [{timestamp: 2025-01-01, value: 40}, "
        "{timestamp: 2025-02-15, value: 60}]}}",
        want);
    const char *half = "contractType: PAM, maturityDate: 2025-03-01, "
                       "cardhouse: {pikShare: 0.5, pikMargin: 0.012}, " MONTHLY;
    const wanted kind[] = {{"2025-01-01", "IED", -1000, 1000}, {"2025-02-01", "IP", 5, 1000},
        {"2025-02-01", "IPCI", 0, 1005.5}, {"2025-03-01", "IP", 10.055, 1005.5},
        {"2025-03-01", "MD", 1005.5, 0}};
    CHECK(half, "", kind);
}

#define CREDIT(time, performance)                                                                  \
    "{time: " time ", type: CE, states: {contractPerformance: " performance "}}"

static void test_arrears(void **state)
{
    (void)state;
    const char *loan = "contractType: PAM, maturityDate: 2025-05-01, delinquencyRate: 0.24, "
                       "gracePeriod: P5D, " MONTHLY;
    /* 10 late by 45 days of 360 and 10 by 15: 24 % a year is 3 % and 1 %. */
    const wanted late[] = {{"2025-01-01", "IED", -1000, 1000}, {"2025-02-01", "IP", 0, 1000},
        {"2025-02-01", "CE", 0, 1000}, {"2025-03-01", "IP", 0, 1000},
        {"2025-03-16", "CE", 10 * 1.03 + 10 * 1.01, 1000}, {"2025-04-01", "IP", 10, 1000},
        {"2025-05-01", "IP", 10, 1000}, {"2025-05-01", "MD", 1000, 0}};
    CHECK(loan,
        ", eventsObserved: [" CREDIT("2025-03-16", "PF") ", " CREDIT("2025-02-01", "DL") "]", late);
    /* Within the grace period: no interest. Never: the last payments stay unpaid. */
    const wanted grace[] = {{"2025-01-01", "IED", -1000, 1000}, {"2025-02-01", "IP", 0, 1000},
        {"2025-02-01", "CE", 0, 1000}, {"2025-02-06", "CE", 10, 1000},
        {"2025-03-01", "IP", 10, 1000}, {"2025-04-01", "IP", 10, 1000},
        {"2025-04-20", "CE", 0, 1000}, {"2025-05-01", "IP", 0, 1000}, {"2025-05-01", "MD", 0, 0}};
    CHECK(loan,
        ", eventsObserved: [" CREDIT("2025-02-01", "DL") ", " CREDIT(
            "2025-02-06", "PF") ", " CREDIT("2025-04-20", "DQ") "]",
        grace);
    /* Cured after the maturity: 2 x 3 % of 1000 and of the interest, 3 months and 2. */
    const wanted after[] = {{"2025-01-01", "IED", -1000, 1000}, {"2025-02-01", "IP", 10, 1000},
        {"2025-03-01", "IP", 10, 1000}, {"2025-03-15", "CE", 0, 1000},
        {"2025-04-01", "IP", 0, 1000}, {"2025-05-01", "IP", 0, 1000}, {"2025-05-01", "MD", 0, 0},
        {"2025-07-01", "CE", 10 * 1.06 + 10 * 1.04 + 1000 * 1.04, 0}};
    CHECK(loan,
        ", eventsObserved: [" CREDIT("2025-03-15", "DL") ", " CREDIT("2025-07-01", "PF") "]",
        after);
}

static void test_default_interest(void **state)
{
    (void)state;
    const char *loan =
        "contractType: PAM, maturityDate: 2025-05-01, cycleAnchorDateOfRateReset: 2025-03-01, "
        "cycleOfRateReset: P1ML1, marketObjectCodeOfRateReset: SOFR, lifeCap: 0.06, "
        "cardhouse: {defaultMargin: 0.024}, " MONTHLY;
    /* From the middle of February 12 % + 2.4 %: half a month of each. The reset is capped at 6 %
     * before the margin; the cure takes the margin away on 16 April. */
    const double march = 1000 * 0.084 / 12, april = 1000 * (0.084 + 0.06) / 24;
    const wanted want[] = {{"2025-01-01", "IED", -1000, 1000}, {"2025-02-01", "IP", 10, 1000},
        {"2025-02-16", "CE", 0, 1000}, {"2025-03-01", "IP", 0, 1000}, {"2025-03-01", "RR", 0, 1000},
        {"2025-04-01", "IP", 0, 1000}, {"2025-04-01", "RR", 0, 1000},
        {"2025-04-16", "CE", 11 + march, 1000}, {"2025-05-01", "IP", april, 1000},
        {"2025-05-01", "MD", 1000, 0}};
    CHECK(loan,
        ", dataObserved: {SOFR: {data: [{timestamp: 2025-01-01, value: 0.09}]}}, "
        "eventsObserved: [" CREDIT("2025-02-16", "DF") ", " CREDIT("2025-04-16", "PF") "]",
        want);
}

static void test_settlement_currency(void **state)
{
    (void)state;
    const char *loan =
        "contractType: PAM, maturityDate: 2025-03-01, settlementCurrency: EUR, " MONTHLY;
    const wanted want[] = {{"2025-01-01", "IED", -900, 1000}, {"2025-02-01", "IP", 8, 1000},
        {"2025-03-01", "IP", 8.5, 1000}, {"2025-03-01", "MD", 850, 0}};
    CHECK(loan,
        ", dataObserved: {USD/EUR: {data: [{timestamp: 2025-01-01, value: 0.9}, "
        "{timestamp: 2025-02-01, value: 0.8}, {timestamp: 2025-02-20, value: 0.85}]}}",
        want);
}

static void test_interest_differential(void **state)
{
    (void)state;
    const char *loan = "contractType: PAM, maturityDate: 2025-03-01, penaltyType: I, "
                       "marketObjectCodeOfRateReset: SOFR, " MONTHLY;
    /* 15 days since the last event, 12 % - 6 % on 1000. */
    const wanted want[] = {{"2025-01-01", "IED", -1000, 1000}, {"2025-02-01", "IP", 10, 1000},
        {"2025-02-16", "PY", 2.5, 1000}, {"2025-02-16", "PP", 300, 700},
        {"2025-03-01", "IP", 8.5, 700}, {"2025-03-01", "MD", 700, 0}};
    CHECK(loan,
        ", eventsObserved: [{time: 2025-02-16, type: PP, value: 300}], "
        "dataObserved: {SOFR: {data: [{timestamp: 2025-01-01, value: 0.06}]}}",
        want);
}

static void test_coupon_day_counts(void **state)
{
    (void)state;
#define COUPON(ied, md, first, cycle, count)                                                       \
    "contractType: PAM, contractRole: RPA, currency: USD, statusDate: 2023-01-01, "                \
    "initialExchangeDate: " ied ", maturityDate: " md ", notionalPrincipal: 1000, "                \
    "nominalInterestRate: 0.08, dayCountConvention: " count ", "                                   \
    "cycleAnchorDateOfInterestPayment: " first ", cycleOfInterestPayment: " cycle
    /* A short first period of 136 days in one of 181; then halves of a year, exactly. */
    const wanted icma[] = {{"2025-02-15", "IED", -1000, 1000},
        {"2025-07-01", "IP", 40.0 * 136 / 181, 1000}, {"2026-01-01", "IP", 40, 1000},
        {"2026-07-01", "IP", 40, 1000}, {"2026-07-01", "MD", 1000, 0}};
    CHECK(COUPON("2025-02-15", "2026-07-01", "2025-07-01", "P6ML1", "ACT/ACT ICMA"), "", icma);
    /* ACT/365L by half-years: the basis is 366 where a period ends in a leap year. */
    const wanted halves[] = {{"2023-07-01", "IED", -1000, 1000},
        {"2024-01-01", "IP", 80.0 * 184 / 366, 1000}, {"2024-07-01", "IP", 80.0 * 182 / 366, 1000},
        {"2025-01-01", "IP", 80.0 * 184 / 365, 1000}, {"2025-01-01", "MD", 1000, 0}};
    CHECK(COUPON("2023-07-01", "2025-01-01", "2024-01-01", "P6ML1", "ACT/365L"), "", halves);
    /* By years: 366 where 29 February falls into the period. */
    const wanted years[] = {{"2023-07-01", "IED", -1000, 1000}, {"2024-07-01", "IP", 80, 1000},
        {"2025-07-01", "IP", 80, 1000}, {"2025-07-01", "MD", 1000, 0}};
    CHECK(COUPON("2023-07-01", "2025-07-01", "2024-07-01", "P1YL1", "ACT/365L"), "", years);
}

static void test_observed_exercise(void **state)
{
    (void)state;
    const char *option =
        "contractType: OPTNS, contractRole: BUY, currency: USD, statusDate: 2025-01-01, "
        "maturityDate: 2025-06-30, optionType: P, optionStrike1: 80, settlementPeriod: P3D, "
        "marketObjectCode: SHARE, cycleAnchorDateOfOptionality: 2025-02-01, "
        "cycleOfOptionality: P1ML1, optionExerciseType: ";
    const char *world = ", eventsObserved: [{time: 2025-04-01, type: XD}], dataObserved: {SHARE: "
                        "{data: [{timestamp: 2025-01-01, value: 50}, "
                        "{timestamp: 2025-05-01, value: 70}]}}";
    char terms[1024];
    const wanted early[] = {{"2025-04-01", "XD", 0, 0}, {"2025-04-04", "STD", 30, 0}};
    snprintf(terms, sizeof terms, "%sA", option);
    CHECK(terms, world, early);
    snprintf(terms, sizeof terms, "%sB", option);
    CHECK(terms, world, early);
    /* Not exercised before: at maturity, as a European one. */
    const wanted late[] = {
        {"2025-06-30", "MD", 0, 0}, {"2025-06-30", "XD", 0, 0}, {"2025-07-03", "STD", 10, 0}};
    CHECK(terms, strstr(world, ", dataObserved"), late);
}

/* Nothing accrues between two events of one day, whatever the rule about ends of months. */
static void test_events_of_one_day(void **state)
{
    (void)state;
    static const struct {
        const char *count, *end;
        double years;
    } rows[] = {{"30E+/360", "2025-03-31", 0.25}, {"30E360ISDA", "2025-02-28", 57.0 / 360.0}};
    for (int i = 0; i < 2; i++) {
        char loan[1024];
        snprintf(loan, sizeof loan,
            "contractType: PAM, contractRole: RPA, currency: USD, statusDate: 2024-12-31, "
            "initialExchangeDate: 2025-01-01, maturityDate: %s, notionalPrincipal: 1000, "
            "nominalInterestRate: 0.12, dayCountConvention: %s",
            rows[i].end, rows[i].count);
        const wanted want[] = {{"2025-01-01", "IED", -1000, 1000},
            {rows[i].end, "IP", 120 * rows[i].years, 1000}, {rows[i].end, "MD", 1000, 0}};
        CHECK(loan, "", want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prepayment_of_linear_loan),
        cmocka_unit_test(test_prepayment_of_annuity),
        cmocka_unit_test(test_draws),
        cmocka_unit_test(test_interest_in_advance),
        cmocka_unit_test(test_interest_in_kind),
        cmocka_unit_test(test_stepped_spread_and_floor),
        cmocka_unit_test(test_overnight_rates_in_arrears),
        cmocka_unit_test(test_period_bounds),
        cmocka_unit_test(test_fee_on_notional),
        cmocka_unit_test(test_grid_of_spreads),
        cmocka_unit_test(test_interest_in_kind_by_test),
        cmocka_unit_test(test_arrears),
        cmocka_unit_test(test_default_interest),
        cmocka_unit_test(test_settlement_currency),
        cmocka_unit_test(test_interest_differential),
        cmocka_unit_test(test_coupon_day_counts),
        cmocka_unit_test(test_observed_exercise),
        cmocka_unit_test(test_events_of_one_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

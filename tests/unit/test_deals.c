/* Contracts by the ACTUS standard between the firms of a model: their cash flows are those of
 * `schedule`, and what they do in a failure is worked out by hand. */
#include "support/cmocka_all.h"
#include "support/hand_model.h"

#include "contract/deal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define HEAD                                                                                       \
    "format: 1\ntitle: Hand\ncurrency: USD\nunit: million\nstart: 2025-12-31\nmonths: 24\n"        \
    "drivers:\n"                                                                                   \
    "  rate: {process: path, by: {2025-12-31: 4%, 2026-07: 5%, 2027-01: 3%}}\n"                    \
    "  price: {process: path, by: {2025-12-31: 10, 2026-04: 12, 2027-01: 8}}\n"

/* Two firms with cash enough for everything: acme is row 1, bank row 2. */
#define RICH                                                                                       \
    HEAD "firms:\n"                                                                                \
         "  acme: {opening: {assets: {cash: 5000}, equity: {own: 5000}}}\n"                        \
         "  bank: {opening: {assets: {cash: 5000}, equity: {own: 5000}}}\n"                        \
         "contracts:\n"
enum { ACME = 1, BANK = 2 };

/* --- the same flows as `schedule` ------------------------------------------------------------ */

typedef struct flow_case {
    uint32_t creator; /* whose cash the payoffs are compared with */
    const char *text;
} flow_case;

static const flow_case flow_cases[] = {
    {BANK, "  c: {type: PAM, lender: bank, borrower: acme, notional: 0, premium: 0, rate: 5%, "
           "initial_exchange: 2025-12-31, maturity: 2027-06-30}\n"},
    {BANK, "  c: {type: PAM, lender: bank, borrower: acme, notional: 100, premium: -2, index: "
           "rate, spread: 1%, initial_exchange: 2026-02-15, interest: 3 months, maturity: "
           "2027-08-15, day_count: 30E360, prepayments: {2026-12-01: 30}}\n"},
    {BANK, "  c: {type: LAM, lender: bank, borrower: acme, notional: 100, rate: 6%, redemption: "
           "12, initial_exchange: 2026-01-31, redemption_cycle: 2 months, interest: 1 month, "
           "end_of_month: EOM}\n"},
    {BANK, "  c: {type: NAM, lender: bank, borrower: acme, notional: 100, index: rate, spread: "
           "2%, redemption: 8, initial_exchange: 2026-01-15, redemption_cycle: 1 month, "
           "interest: 1 month, maturity: 2027-09-15}\n"},
    {BANK, "  c: {type: ANN, lender: bank, borrower: acme, notional: 100, index: rate, spread: "
           "2%, initial_exchange: 2026-01-15, redemption_cycle: 1 month, maturity: 2027-09-15, "
           "reset: 6 months, first_reset: 2026-07-15}\n"},
    {BANK, "  c: {type: LAX, lender: bank, borrower: acme, notional: 100, rate: 5%, "
           "initial_exchange: 2026-01-15, maturity: 2027-09-15, redemption_dates: [2026-02-15, "
           "2026-12-15], redemption_cycles: [P1ML1, P3ML1], redemptions: [5, 7], directions: "
           "[INC, DEC], interest_dates: [2026-02-15], interest_cycles: [P1ML1]}\n"},
    {BANK, "  c: {type: CLM, lender: bank, borrower: acme, notional: 100, rate: 5%, "
           "initial_exchange: 2026-01-15, interest: 1 month, called: 2026-10-20, notice: 30d}\n"},
    {BANK, "  c: {type: UMP, lender: bank, borrower: acme, notional: 100, index: rate, "
           "initial_exchange: 2026-01-15, interest: 1 month, flows: {2026-05-05: 20, 2026-09-30: "
           "-60}}\n"},
    {ACME, "  c: {type: COM, buyer: acme, seller: bank, quantity: 3, price: price, purchase: "
           "2026-03-05, purchase_price: 9, termination: 2026-11-01, termination_price: 13}\n"},
    {ACME, "  c: {type: STK, holder: acme, issuer: bank, price: price, purchase: 2026-02-05, "
           "purchase_price: 9, dividends: price, dividend_cycle: 6 months, first_dividend: "
           "2026-05-31, end_of_month: EOM}\n"},
    {ACME, "  c: {type: FXOUT, buyer: acme, seller: bank, notional: 100, notional2: 9, "
           "second_currency: EUR, price: price, maturity: 2026-12-20, settlement: 20d}\n"},
    {BANK, "  c: {type: SWPPV, receiver: bank, payer: acme, notional: 100, rate: 4.5%, index: "
           "rate, spread: 0.5%, initial_exchange: 2026-01-15, interest: 3 months, maturity: "
           "2027-07-15}\n"},
    {ACME, "  c: {contractType: SWPPV, creatorID: acme, counterpartyID: bank, contractRole: PF, "
           "notionalPrincipal: 100, nominalInterestRate: 4.5%, nominalInterestRate2: 4%, "
           "marketObjectCodeOfRateReset: rate, cycleOfRateReset: P6ML1, initialExchangeDate: "
           "2026-01-15, cycleOfInterestPayment: P3ML1, maturityDate: 2027-07-15, "
           "deliverySettlement: D, dayCountConvention: A365}\n"},
    {BANK, "  c: {type: SWAPS, receiver: bank, payer: acme, first: {type: PAM, notional: 100, "
           "rate: 5%, initial_exchange: 2026-01-15, interest: 6 months, maturity: 2027-07-15}, "
           "second: {type: PAM, notional: 95, index: rate, initial_exchange: 2026-01-15, "
           "interest: 3 months, maturity: 2027-07-15}}\n"},
    {ACME, "  c: {type: CAPFL, buyer: acme, seller: bank, cap: 4.25%, purchase: 2026-01-10, "
           "purchase_price: 1, underlying: {type: PAM, notional: 100, index: rate, "
           "initial_exchange: 2026-01-15, interest: 3 months, maturity: 2027-07-15}}\n"},
    {ACME, "  c: {type: OPTNS, buyer: acme, seller: bank, option: C, strike: 9, price: price, "
           "maturity: 2026-11-30, settlement: 5d, purchase: 2026-01-05, purchase_price: 2}\n"},
    {ACME, "  c: {type: FUTUR, buyer: acme, seller: bank, future_price: 9.5, price: price, "
           "maturity: 2027-03-31, settlement: 2d}\n"},
};

typedef struct world {
    chi_actus_series series[3];
    chi_moment times[25];
    double values[3][25];
    chi_actus_observed observed[8];
} world;

/* What the engine sees of a driver as observations: the value of a month from its first day on. */
static void observe(const hand_run *run, world *w)
{
    const ch_model *model = run->model;
    w->times[0] = chi_moment_of(model->start);
    for (uint32_t m = 0; m < 24; m++)
        w->times[m + 1] =
            chi_moment_of((m ? chi_month_date(model->start, m - 1) : model->start) + 1);
    for (uint32_t d = 0; d < 3; d++) {
        const chi_amount *path = &model->driver[d == 2 ? 1 : d].path;
        w->values[d][0] = chi_amount_at(model, path, 0);
        for (uint32_t m = 0; m < 24; m++)
            w->values[d][m + 1] = chi_amount_at(model, path, m);
        const char *name = d == 2 ? "EUR/USD" : chi_model_text(model, model->driver[d].name);
        w->series[d] = (chi_actus_series){name, 25, w->times, w->values[d]};
    }
}

/* Runs the contract by itself; its payoffs are added up by month. */
static void schedule(hand_run *run, double *sums)
{
    static const uint8_t kinds[] = {
        CHI_EVENT_PR, CHI_EVENT_PI, CHI_EVENT_PP, CHI_EVENT_PD, CHI_EVENT_XD};
    const ch_model *model = run->model;
    world w;
    chi_actus_reader reader;
    ch_diags *diags = chi_diags_new();
    chi_actus_reader_init(&reader, &run->arena, diags);
    observe(run, &w);
    for (uint32_t i = 0; i < model->deal_event_count; i++)
        w.observed[i] = (chi_actus_observed){.time = chi_moment_of(model->deal_event[i].day),
            .kind = kinds[model->deal_event[i].kind],
            .value = model->deal_event[i].amount};
    chi_actus_case one = {.id = "c",
        .terms = chi_actus_terms_read(&reader, chi_deal_terms(model, 0, &run->arena), "c", NULL),
        .to = 2 * chi_month_date(model->start, 23) + 1,
        .series = w.series,
        .series_count = 3,
        .observed = w.observed,
        .observed_count = model->deal_event_count};
    assert_non_null(one.terms);
    assert_true(chi_actus_run_case(&run->arena, diags, &one));
    assert_int_equal(ch_diags_count(diags), 0);
    for (size_t i = 0; i < one.rows.count; i++) {
        uint32_t month = chi_month_of(model, chi_moment_day(one.rows.at[i].time), 24);
        assert_true(month < 24);
        sums[month] += one.rows.at[i].payoff;
    }
    ch_diags_free(diags);
}

static void test_flows_are_those_of_schedule(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof flow_cases / sizeof *flow_cases; c++) {
        char text[4096];
        double sums[24] = {0}, total = 0.0;
        hand_run run;
        snprintf(text, sizeof text, "%s%s", RICH, flow_cases[c].text);
        hand_run_text(&run, text);
        schedule(&run, sums);
        for (uint32_t m = 0; m < 24; m++) {
            double before = CASH(&run, flow_cases[c].creator);
            hand_run_months(&run, 1);
            double moved = CASH(&run, flow_cases[c].creator) - before;
            if (fabs(moved - sums[m]) > 1e-9)
                fail_msg("case %zu, month %u: %.12g in the model, %.12g by schedule", c, m + 1,
                    moved, sums[m]);
            total += fabs(moved);
        }
        assert_true(c == 0 || total > 0.1);
        hand_run_end(&run);
    }
}

/* --- a loan in both forms -------------------------------------------------------------------- */

#define TIGHT                                                                                      \
    "format: 1\ntitle: Hand\ncurrency: USD\nunit: million\nstart: 2025-12-31\nmonths: 36\n"        \
    "drivers:\n"                                                                                   \
    "  rate: {process: vasicek, start: 4%, mean: 4%, speed: 0.5, volatility: 2%}\n"                \
    "  demand: {process: gbm, start: 1, drift: 0%, volatility: 30%}\n"                             \
    "firms:\n"                                                                                     \
    "  acme:\n"                                                                                    \
    "    opening: {assets: {cash: 20, property: 180}, liabilities: {debt: 100}, equity: {own: "    \
    "100}}\n"                                                                                      \
    "    operations: {revenue: {sales: 5 * demand}, cost: {running: 4.4}}\n"                       \
    "    covenants: {cover: {test: ebitda >= 0.2 * interest, every: 3 months, cure: 3 months}}\n"  \
    "  bank: {equity: 60}\n"                                                                       \
    "contracts:\n"

static const char loan_text[] = TIGHT
    "  c: {kind: loan, borrower: acme, lender: bank, notional: 100, rate: 'max(rate, 0%) + 2%', "
    "interest: 3 months, maturity: 2027-12-31, day_count: ACT/360, cross_default: yes}\n";
static const char pam_text[] = TIGHT
    "  c: {type: PAM, borrower: acme, lender: bank, notional: 100, index: rate, spread: 2%, "
    "interest: 3 months, first_interest: 2026-03-31, end_of_month: EOM, maturity: 2027-12-31, "
    "own_terms: {indexFloor: 0}, cross_default: yes}\n";

static uint32_t kind_of_cause(const hand_run *run)
{
    return chi_plan_cause_of(run->plan, (uint32_t)STATE(run, cause, ACME)).kind;
}

static void test_a_loan_in_both_forms(void **state)
{
    (void)state;
    hand_run a, b;
    size_t failures = 0;
    hand_run_text(&a, loan_text);
    hand_run_text(&b, pam_text);
    for (uint64_t path = 0; path < 200; path++) {
        hand_run_path(&a, 1, path);
        hand_run_path(&b, 1, path);
        for (uint32_t m = 0; m < 36; m++) {
            hand_run_months(&a, 1);
            hand_run_months(&b, 1);
            NEAR(CASH(&a, 1), CASH(&b, 1));
            NEAR(STATE(&a, notional, 0), STATE(&b, notional, 0));
            assert_true(STATE(&a, alive, 1) == STATE(&b, alive, 1));
            assert_true(STATE(&a, alive, 2) == STATE(&b, alive, 2));
        }
        assert_int_equal(kind_of_cause(&a), kind_of_cause(&b));
        NEAR(a.lost[1][2], b.lost[1][2]);
        failures += STATE(&a, alive, 1) == 0.0;
    }
    assert_in_range(failures, 20, 200);
    hand_run_end(&a);
    hand_run_end(&b);
}

/* --- hedges ---------------------------------------------------------------------------------- */

#define TWO_LEGS                                                                                   \
    "    maturity: 2027-12-31\n    interest: 3 months\n    first_interest: 2026-03-31\n"           \
    "    end_of_month: EOM\n"

static const char fixed_text[] =
    TIGHT "  c:\n    type: PAM\n    borrower: acme\n    lender: bank\n    notional: 100\n    rate: "
          "6.1%\n" TWO_LEGS;
static const char swapped_text[] = TIGHT
    "  c:\n    type: PAM\n    borrower: acme\n    lender: bank\n    notional: 100\n    index: "
    "rate\n    spread: 2%\n" TWO_LEGS
    "  swap:\n    type: SWPPV\n    payer: acme\n    receiver: outside\n    notional: 100\n    "
    "rate: 4.1%\n    index: rate\n" TWO_LEGS;

/* A payer swap turns a floating loan into a fixed one: cash, the covenant's interest, and what
 * fails. The first floating rate is that of the start in both. */
static void test_a_swap_fixes_a_floating_loan(void **state)
{
    (void)state;
    hand_run a, b;
    size_t failures = 0;
    hand_run_text(&a, fixed_text);
    hand_run_text(&b, swapped_text);
    for (uint64_t path = 0; path < 100; path++) {
        hand_run_path(&a, 1, path);
        hand_run_path(&b, 1, path);
        for (uint32_t m = 0; m < 36 && STATE(&a, alive, 1) != 0.0; m++) {
            hand_run_months(&a, 1);
            hand_run_months(&b, 1);
            assert_true(STATE(&a, alive, 1) == STATE(&b, alive, 1));
            NEAR(STATE(&a, item, CHI_ITEM_INTEREST), STATE(&b, item, CHI_ITEM_INTEREST));
            if (STATE(&a, alive, 1) != 0.0)
                NEAR(CASH(&a, 1), CASH(&b, 1));
        }
        failures += STATE(&a, alive, 1) == 0.0;
    }
    assert_in_range(failures, 10, 100);
    hand_run_end(&a);
    hand_run_end(&b);
}

static const char capped_text[] = RICH
    "  c: {type: PAM, borrower: acme, lender: bank, notional: 0, rate: 1%, maturity: 2027-12-31}\n"
    "  cap:\n    type: CAPFL\n    buyer: acme\n    seller: bank\n    cap: 4.25%\n    underlying: "
    "{type: PAM, notional: 1200, index: rate, interest: 1 month, first_interest: 2026-01-31, "
    "end_of_month: EOM, maturity: 2027-12-31, day_count: 30E360}\n";

/* 1,200 at 5 % from July 2026 on: the reset of the end of July holds from August. The cap pays what
 * is above 4.25 %: 1200 x 0.75 % / 12 = 0.75 a month until the reset of January 2027. */
static void test_a_cap_bounds_interest(void **state)
{
    (void)state;
    hand_run run;
    hand_run_text(&run, capped_text);
    for (uint32_t m = 0; m < 24; m++) {
        double before = CASH(&run, ACME);
        hand_run_months(&run, 1);
        NEAR(CASH(&run, ACME) - before, m >= 7 && m <= 12 ? 0.75 : 0.0);
        NEAR(STATE(&run, item, CHI_ITEM_INTEREST), m >= 7 && m <= 12 ? -0.75 : 0.0);
    }
    hand_run_end(&run);
}

/* --- failures -------------------------------------------------------------------------------- */

/* acme owes 100 at the end of February 2026 and has 30: its estate pays 30. */
#define POOR                                                                                       \
    HEAD "firms:\n"                                                                                \
         "  acme: {opening: {assets: {cash: 30}, liabilities: {debt: 100}, equity: {own: -70}}, "  \
         "failure: {cost: 0%}}\n"                                                                  \
         "  bank: {opening: {assets: {cash: 10}, equity: {own: 10}}}\n"                            \
         "  parent: {opening: {assets: {cash: 500}, equity: {own: 500}}}\n"                        \
         "contracts:\n"                                                                            \
         "  loan: {type: PAM, borrower: acme, lender: bank, notional: 100, rate: 0%, maturity: "   \
         "2026-02-28}\n"
enum { PARENT = 3 };

static void test_a_guarantee_pays(void **state)
{
    (void)state;
    hand_run run;
    hand_run_text(&run, POOR
        "  guarantee: {type: CEG, beneficiary: bank, guarantor: parent, covers: [loan], coverage: "
        "60%}\n");
    hand_run_months(&run, 2);
    NEAR(STATE(&run, alive, ACME), 0.0);
    NEAR(CASH(&run, BANK), 10.0 + 30.0); /* what acme could pay */
    /* of the 70 that are missing the guarantor takes 60 % of the claim of 70 that was left */
    NEAR(run.lost[ACME][BANK], 70.0 - 42.0);
    NEAR(run.lost[ACME][PARENT], 42.0);
    NEAR(CASH(&run, PARENT), 500.0);
    hand_run_months(&run, 1); /* and pays it in the month after */
    NEAR(CASH(&run, BANK), 40.0 + 42.0);
    NEAR(CASH(&run, PARENT), 458.0);
    hand_run_months(&run, 1);
    NEAR(CASH(&run, PARENT), 458.0);
    hand_run_end(&run);
}

/* The notional of a guarantee is the most that it pays; a fee goes the other way until then. */
static void test_a_guarantee_is_capped_and_paid_for(void **state)
{
    (void)state;
    hand_run run;
    hand_run_text(&run, POOR
        "  guarantee: {type: CEG, beneficiary: bank, guarantor: parent, covers: [loan], notional: "
        "25, fee_basis: A, fee: 0.5, fee_cycle: 1 month, first_fee: 2026-01-31, end_of_month: EOM, "
        "maturity: 2026-04-30}\n");
    hand_run_months(&run, 1);
    NEAR(CASH(&run, BANK), 9.5);
    NEAR(CASH(&run, PARENT), 500.5);
    hand_run_months(&run, 2);
    NEAR(run.lost[ACME][BANK], 45.0);
    NEAR(run.lost[ACME][PARENT], 25.0);
    NEAR(CASH(&run, BANK), 10.0 - 3 * 0.5 + 30.0 + 25.0);
    hand_run_end(&run);
}

/* A guarantor that cannot pay fails in turn, and the lender loses after all. */
static void test_a_guarantor_may_fail(void **state)
{
    (void)state;
    hand_run run;
    hand_run_text(&run, HEAD
        "firms:\n"
        "  acme: {opening: {assets: {cash: 30}, liabilities: {debt: 100}, equity: {own: -70}}, "
        "failure: {cost: 0%}}\n"
        "  bank: {opening: {assets: {cash: 10}, equity: {own: 10}}}\n"
        "  parent: {opening: {assets: {cash: 14}, equity: {own: 14}}, failure: {cost: 0%}}\n"
        "contracts:\n"
        "  loan: {type: PAM, borrower: acme, lender: bank, notional: 100, rate: 0%, maturity: "
        "2026-02-28}\n"
        "  guarantee: {type: CEG, beneficiary: bank, guarantor: parent, covers: [loan]}\n");
    hand_run_months(&run, 2);
    NEAR(run.lost[ACME][BANK], 0.0);
    NEAR(run.lost[ACME][PARENT], 70.0);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, alive, PARENT), 0.0);
    NEAR(CASH(&run, BANK), 10.0 + 30.0 + 14.0);
    NEAR(run.lost[PARENT][BANK], 56.0);
    assert_true(
        chi_plan_cause_of(run.plan, (uint32_t)STATE(&run, cause, PARENT)).kind == CHI_CAUSE_DEAL);
    hand_run_end(&run);
}

/* Collateral goes first to the lender that holds it: 3 units at 12 are 36 of the claim of 70 that
 * is left after acme's 30; nothing is left of the metal. */
static void test_collateral_caps_a_loss(void **state)
{
    (void)state;
    hand_run run;
    hand_run_text(&run,
        POOR "  metal: {type: COM, buyer: acme, seller: outside, quantity: 3, value: 12}\n"
             "  pledge: {type: CEC, beneficiary: bank, provider: acme, covers: [loan], collateral: "
             "[metal]}\n");
    hand_run_months(&run, 2);
    NEAR(STATE(&run, alive, ACME), 0.0);
    NEAR(CASH(&run, BANK), 10.0 + 30.0 + 36.0);
    NEAR(run.lost[ACME][BANK], 34.0);
    NEAR(STATE(&run, deal_live, 1), 0.0);
    hand_run_end(&run);
}

/* More collateral than claim: the rest stays in the estate, and nobody loses. 20 units at 12 are
 * 240; 70 of it are taken. */
static void test_collateral_beyond_the_claim(void **state)
{
    (void)state;
    hand_run run;
    hand_run_text(&run,
        POOR "  metal: {type: COM, buyer: acme, seller: outside, quantity: 20, value: 12}\n"
             "  pledge: {type: CEC, beneficiary: bank, provider: acme, covers: [loan], collateral: "
             "[metal]}\n");
    hand_run_months(&run, 2);
    NEAR(CASH(&run, BANK), 110.0);
    NEAR(run.lost[ACME][BANK], 0.0);
    NEAR(CASH(&run, ACME), 170.0); /* what the metal brings beyond */
    hand_run_end(&run);
}

/* Without a pledge the metal is sold for all creditors: here there is one. */
static void test_assets_are_sold_in_a_failure(void **state)
{
    (void)state;
    hand_run run;
    hand_run_text(&run,
        POOR "  metal: {type: COM, buyer: acme, seller: outside, quantity: 3, value: 12}\n"
             "  account: {type: CSH, holder: acme, custodian: outside, notional: 4}\n");
    hand_run_months(&run, 2);
    NEAR(CASH(&run, BANK), 10.0 + 30.0 + 36.0 + 4.0);
    NEAR(run.lost[ACME][BANK], 30.0);
    hand_run_end(&run);
}

/* Shares: the dividend is paid from what is left after the dues, and the failure of the issuer
 * costs the holder what they were worth: 2 units at 12. The driver is the whole dividend. */
static void test_shares_follow_their_issuer(void **state)
{
    (void)state;
    hand_run run;
    hand_run_text(&run, POOR
        "  shares: {type: STK, holder: parent, issuer: acme, quantity: 2, price: price, dividends: "
        "price, dividend_cycle: 1 month, first_dividend: 2026-01-31, end_of_month: EOM}\n");
    hand_run_months(&run, 1);
    NEAR(CASH(&run, ACME), 20.0); /* a dividend of 10 */
    NEAR(CASH(&run, PARENT), 510.0);
    hand_run_months(&run, 1);
    NEAR(CASH(&run, BANK), 30.0); /* the rest of acme's cash goes to the loan: no dividend */
    NEAR(CASH(&run, PARENT), 510.0);
    NEAR(run.lost[ACME][PARENT], 20.0);
    NEAR(run.lost[ACME][BANK], 80.0);
    hand_run_months(&run, 1);
    NEAR(CASH(&run, PARENT), 510.0);
    hand_run_end(&run);
}

/* A deposit is a claim on its bank like any loan: acme fails, and the 100 of the loan share its 30
 * with the 50 of the deposit that ranks as high. */
static void test_a_deposit_is_lost_with_its_bank(void **state)
{
    (void)state;
    hand_run run;
    hand_run_text(&run, HEAD
        "firms:\n"
        "  acme: {opening: {assets: {cash: 30}, liabilities: {debt: 150}, equity: {own: -120}}, "
        "failure: {cost: 0%}}\n"
        "  bank: {opening: {assets: {cash: 10}, equity: {own: 10}}}\n"
        "  parent: {opening: {assets: {cash: 500}, equity: {own: 500}}}\n"
        "contracts:\n"
        "  loan: {type: PAM, borrower: acme, lender: bank, notional: 100, rate: 0%, maturity: "
        "2026-02-28}\n"
        "  deposit: {type: UMP, borrower: acme, lender: parent, notional: 50, rate: 0%, seniority: "
        "senior_secured}\n");
    hand_run_months(&run, 2);
    NEAR(STATE(&run, alive, ACME), 0.0);
    /* the month's clearing gives all 30 to the loan that is due; the claims are 70 and 50 */
    NEAR(CASH(&run, BANK), 40.0);
    NEAR(run.lost[ACME][BANK], 70.0);
    NEAR(run.lost[ACME][PARENT], 50.0);
    hand_run_end(&run);
}

/* The ladder takes 25 of a deposit of 40 at the end of the second month; what they have earned
 * until then stays to be capitalised at the quarter's end. 12 % a year are 1 % a month. */
static void test_a_ladder_withdraws_a_deposit(void **state)
{
    (void)state;
    hand_run run;
    hand_run_text(&run, HEAD
        "firms:\n"
        "  acme:\n    opening: {assets: {cash: 5}, equity: {own: 5}}\n    funding: {ladder: "
        "[deposit]}\n    operations: {cost: {bill: {by: {2025-12-31: 0, 2026-02: 30, 2026-03: "
        "0}}}}\n"
        "  bank: {opening: {assets: {cash: 500}, liabilities: {debt: 40}, equity: {own: 460}}}\n"
        "contracts:\n"
        "  deposit: {type: UMP, lender: acme, borrower: bank, notional: 40, rate: 12%, day_count: "
        "30E360, interest: 3 months, first_interest: 2026-03-31, end_of_month: EOM}\n");
    hand_run_months(&run, 2);
    NEAR(STATE(&run, notional, 0), 15.0);
    NEAR(CASH(&run, ACME), 0.0);
    NEAR(CASH(&run, BANK), 475.0);
    hand_run_months(
        &run, 1); /* 90 days on 15, and 58 on the 25, as 30E/360 counts to 28 February */
    NEAR(STATE(&run, notional, 0), 15.0 + 0.12 * (15.0 * 90.0 + 25.0 * 58.0) / 360.0);
    hand_run_end(&run);
}

/* A forward on which the failed firm stands to gain: 5 x (12 - 9) is owed to its estate in the
 * month after; one on which it stands to lose is a claim. */
static void test_positions_are_closed_out(void **state)
{
    (void)state;
    hand_run run;
    hand_run_text(&run, HEAD
        "firms:\n"
        "  acme: {opening: {assets: {cash: 30}, liabilities: {debt: 100}, equity: {own: -70}}, "
        "failure: {cost: 0%}}\n"
        "  bank: {opening: {assets: {cash: 10}, equity: {own: 10}}}\n"
        "  parent: {opening: {assets: {cash: 500}, equity: {own: 500}}}\n"
        "contracts:\n"
        "  loan: {type: PAM, borrower: acme, lender: bank, notional: 100, rate: 0%, maturity: "
        "2026-04-30}\n"
        "  gain: {type: FUTUR, buyer: acme, seller: parent, future_price: 9, quantity: 5, price: "
        "price, maturity: 2027-06-30}\n"
        "  loss: {type: FUTUR, buyer: parent, seller: acme, future_price: 11, quantity: 5, price: "
        "price, maturity: 2027-06-30}\n");
    hand_run_months(&run, 4);
    NEAR(STATE(&run, alive, ACME), 0.0);
    NEAR(run.lost[ACME][PARENT], 5.0);
    NEAR(run.lost[ACME][BANK], 70.0);
    NEAR(CASH(&run, PARENT), 500.0);
    hand_run_months(&run, 1);
    NEAR(CASH(&run, PARENT), 485.0);
    NEAR(CASH(&run, ACME), 15.0);
    hand_run_months(&run, 19);
    NEAR(CASH(&run, PARENT), 485.0);
    hand_run_end(&run);
}

/* A lender that has failed lends nothing: the loan of July does not come into being. */
static void test_a_failed_lender_does_not_lend(void **state)
{
    (void)state;
    hand_run run;
    hand_run_text(&run, HEAD
        "firms:\n"
        "  acme: {opening: {assets: {cash: 30}, equity: {own: 30}}}\n"
        "  bank: {opening: {assets: {cash: 10}, equity: {own: 10}}, failure: {cost: 0%}}\n"
        "contracts:\n"
        "  bill: {type: PAM, borrower: bank, lender: outside, notional: 0, rate: 0%, maturity: "
        "2026-02-28}\n"
        "  half: {type: PAM, borrower: acme, lenders: {bank: 50%, outside: 50%}, notional: 40, "
        "rate: 6%, initial_exchange: 2026-07-31, interest: 6 months, maturity: 2027-07-31, "
        "day_count: 30E360}\n");
    CHI_O(&run.oracle, alive, BANK) = 0.0;
    hand_run_months(&run, 7);
    NEAR(CASH(&run, ACME), 50.0);
    NEAR(STATE(&run, notional, 1), 20.0);
    hand_run_months(&run, 6);
    NEAR(CASH(&run, ACME), 50.0 - 0.6);
    hand_run_end(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_flows_are_those_of_schedule),
        cmocka_unit_test(test_a_loan_in_both_forms),
        cmocka_unit_test(test_a_swap_fixes_a_floating_loan),
        cmocka_unit_test(test_a_cap_bounds_interest), cmocka_unit_test(test_a_guarantee_pays),
        cmocka_unit_test(test_a_guarantee_is_capped_and_paid_for),
        cmocka_unit_test(test_a_guarantor_may_fail), cmocka_unit_test(test_collateral_caps_a_loss),
        cmocka_unit_test(test_collateral_beyond_the_claim),
        cmocka_unit_test(test_assets_are_sold_in_a_failure),
        cmocka_unit_test(test_shares_follow_their_issuer),
        cmocka_unit_test(test_a_deposit_is_lost_with_its_bank),
        cmocka_unit_test(test_a_ladder_withdraws_a_deposit),
        cmocka_unit_test(test_positions_are_closed_out),
        cmocka_unit_test(test_a_failed_lender_does_not_lend)};
    return cmocka_run_group_tests_name("deals", tests, NULL, NULL);
}

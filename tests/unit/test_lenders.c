/* Facilities of several lenders, one of which fails or is short: nobody ever lends beyond its own
 * share of the commitment. Worked out by hand, and on random models. */
#include "support/cmocka_all.h"
#include "support/effort.h"
#include "support/hand_model.h"
#include "support/random_model.h"

#include <math.h>
#include <stdio.h>

enum { FIRM = 1, FAILING, OTHER, MODELS = 600, PATHS = 4 };

/* A firm that draws on two reduced-form lenders, 60 % and 40 % of 100, with a fee of 1 % a month on
 * what is undrawn. The first lender fails in `month`. */
static void two_lenders(hand *h, chi_loan_kind kind, uint32_t month)
{
    hand_begin(h, 4);
    (void)hand_sim(h, "firm", 0.0);
    hand_firm_at(h, FIRM)->grace_months = 9;
    (void)hand_add_firm(h, hand_firm(h, "failing", CHI_REDUCED));
    (void)hand_add_firm(h, hand_firm(h, "other", CHI_REDUCED));
    chi_loan *loan = hand_loan(h, "facility", FIRM, FAILING, 0.0, 24);
    loan->kind = (uint32_t)kind;
    loan->commitment = 100.0;
    loan->undrawn_fee = 0.12;
    loan->interest_months = 1;
    loan->grace_months = 9;
    hand_share(h, OTHER, 0.4);
    hand_rung(h, FIRM, CHI_RUNG_DRAW, 0);
    hand_event(h, CHI_EVENT_DEFAULT, FAILING, month, month + 1, 0.0);
}

static double lent(const hand_run *run, uint32_t month)
{
    double sum;
    (void)hand_entries(run, month, CHI_ENTRY_DRAW, &sum);
    return sum;
}

/* 20 are drawn of both. Then 40 % of the 80 undrawn are left: 16 and 16, and no more. */
static void test_lender_fails_after_a_draw(void **state)
{
    (void)state;
    hand h;
    two_lenders(&h, CHI_LOAN_DRAWN, 1);
    hand_line(&h, FIRM, "wages", CHI_LINE_COST, 0, 0.0)->amount =
        hand_table(&h, (double[]){20.0 - 1.0, 16.0 - 0.32, 30.0 - 0.16, 0.0});
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    NEAR(lent(&run, 0), 20.0);
    NEAR(CASH(&run, FAILING), -12.0 + 0.6);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, promised, 0), 0.4);
    NEAR(STATE(&run, interest, 0), 0.01 * 0.4 * 80.0);
    NEAR(STATE(&run, draw, 0), 40.0);
    NEAR(STATE(&run, forgone, 0), 24.0);
    NEAR(lent(&run, 1), 16.0);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, interest, 0), 0.01 * 0.4 * 40.0);
    NEAR(lent(&run, 2), 16.0);
    NEAR(STATE(&run, notional, 0), 52.0);
    NEAR(STATE(&run, line_arrears, 0), 30.0 - 0.16 - 16.0);
    NEAR(CASH(&run, OTHER), -0.4 * 100.0 + 0.4 * (1.0 + 0.32));
    NEAR(CASH(&run, FAILING), -12.0 + 0.6 * (1.0 + 0.32));
    hand_run_months(&run, 1);
    NEAR(lent(&run, 3), 0.0);
    NEAR(STATE(&run, interest, 0), 0.0);
    hand_run_end(&run);
}

/* Repayment goes to both by share, and what was repaid to the lender that lives is lent again. */
static void test_revolver_after_a_failure(void **state)
{
    (void)state;
    hand h;
    two_lenders(&h, CHI_LOAN_REVOLVER, 0);
    hand_firm_at(&h, FIRM)->repays_revolvers = 1;
    h.b.loan.at[0].undrawn_fee = 0.0;
    hand_line(&h, FIRM, "wages", CHI_LINE_COST, 0, 0.0)->amount =
        hand_table(&h, (double[]){40.0, 0.0, 50.0, 0.0});
    hand_line(&h, FIRM, "sales", CHI_LINE_REVENUE, 0, 0.0)->amount =
        hand_table(&h, (double[]){0.0, 70.0, 0.0, 0.0});
    hand_covenant(&h, "at-most", FIRM, CHI_ITEM_AVAILABLE, 16.0 + 1e-9)->defaults = 0;
    hand_covenant(&h, "at-least", FIRM, CHI_ITEM_AVAILABLE, 16.0 - 1e-9)->defaults = 0;
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    NEAR(CASH(&run, OTHER), -40.0);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, notional, 0), 0.0);
    NEAR(CASH(&run, OTHER), -40.0 + 16.0);
    NEAR(CASH(&run, FAILING), 24.0);
    assert_true(STATE(&run, breach, 0) > 0.0 && STATE(&run, breach, 1) <= 0.0);
    hand_run_months(&run, 1);
    NEAR(lent(&run, 2), 16.0);
    NEAR(CASH(&run, OTHER), -40.0);
    NEAR(STATE(&run, line_arrears, 0), 50.0 - 30.0 - 16.0);
    hand_run_end(&run);
}

/* With all lenders gone nothing is promised, no fee is owed and nothing is lent. */
static void test_all_lenders_fail(void **state)
{
    (void)state;
    hand h;
    two_lenders(&h, CHI_LOAN_DRAWN, 1);
    hand_event(&h, CHI_EVENT_DEFAULT, OTHER, 2, 3, 0.0);
    hand_line(&h, FIRM, "wages", CHI_LINE_COST, 0, 0.0)->amount =
        hand_table(&h, (double[]){0.0, 0.0, 10.0, 10.0});
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 3);
    assert_true(STATE(&run, promised, 0) == 0.0 && STATE(&run, interest, 0) == 0.0);
    assert_true(STATE(&run, draw, 0) == 0.0 && STATE(&run, forgone, 0) >= 0.0);
    NEAR(lent(&run, 2), 0.0);
    hand_run_end(&run);
}

/* A lender that is short pays 10 of 30. With another beside it the part is lost, since draws go by
 * share; alone it keeps its promise and gives the rest a month later. */
static void lender_is_short(bool alone, double forgone, double drawn)
{
    hand h;
    hand_begin(&h, 3);
    uint32_t firm = hand_sim(&h, "firm", 0.0), bank = hand_sim(&h, "bank", 10.0);
    hand_firm_at(&h, firm)->grace_months = hand_firm_at(&h, bank)->grace_months = 9;
    hand_line(&h, firm, "wages", CHI_LINE_COST, 0, 0.0)->amount =
        hand_table(&h, (double[]){alone ? 30.0 : 60.0, 0.0, 0.0});
    hand_line(&h, bank, "fees", CHI_LINE_REVENUE, 0, 0.0)->amount =
        hand_table(&h, (double[]){0.0, 500.0, 0.0});
    chi_loan *loan = hand_loan(&h, "facility", firm, bank, 0.0, 24);
    loan->kind = CHI_LOAN_DRAWN;
    loan->commitment = 60.0;
    if (!alone)
        hand_share(&h, 0, 0.5);
    hand_rung(&h, firm, CHI_RUNG_DRAW, 0);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, forgone, 0), forgone);
    NEAR(STATE(&run, drawn, 0), alone ? 10.0 : 40.0);
    CHI_O(&run.oracle, stopped, 0) = 0.0; /* arrears stop draws; here the room is looked at */
    hand_run_months(&run, 1);
    NEAR(STATE(&run, drawn, 0), drawn);
    hand_run_end(&run);
}

static void test_lender_is_short(void **state)
{
    (void)state;
    lender_is_short(true, 0.0, 30.0);
    lender_is_short(false, 20.0, 40.0);
}

/* --- random models -------------------------------------------------------------------------- */

/* What one lender of a facility has out, as a part of its own share of the commitment: the most on
 * the way of a path. Principal comes back when it falls due, paid or not. */
static double most_out(const hand_run *run, uint32_t l, uint32_t lender, size_t *after_failure)
{
    const ch_model *model = run->model;
    const chi_loan *loan = &model->loan[l];
    double own = 0.0, most = 0.0;
    for (uint32_t s = 0; s < loan->lenders.count; s++)
        if (model->share[loan->lenders.first + s].firm == lender)
            own += model->share[loan->lenders.first + s].fraction;
    double out = own * loan->notional;
    for (size_t i = 0; i < run->ledger.entries.count; i++) {
        const chi_entry *entry = &run->ledger.entries.at[i];
        if (entry->subject != CHI_OF_LOAN || entry->row != l)
            continue;
        if (entry->kind == CHI_ENTRY_DRAW && entry->from == lender)
            out += entry->amount;
        if (entry->kind == CHI_ENTRY_REPAID && entry->to == lender)
            out -= entry->amount;
        if (entry->kind == CHI_ENTRY_PRINCIPAL && loan->kind == CHI_LOAN_REVOLVER)
            out -= own * entry->amount;
        most = fmax(most, out / (own * (loan->commitment - loan->other_use)));
        double month = STATE(run, failed, lender);
        *after_failure += entry->kind == CHI_ENTRY_DRAW && entry->from != lender && month > 0.0 &&
                          month < entry->month;
    }
    return most;
}

static double most_asked(const hand_run *run, size_t *after_failure)
{
    double most = 0.0;
    for (uint32_t l = 0; l < run->model->loan_count; l++) {
        const chi_loan *loan = &run->model->loan[l];
        bool facility = loan->kind == CHI_LOAN_DRAWN || loan->kind == CHI_LOAN_REVOLVER;
        /* a line that is overdrawn from the start lends nothing */
        if (!facility || loan->lenders.count < 2 ||
            loan->notional > loan->commitment - loan->other_use)
            continue;
        for (uint32_t s = 0; s < loan->lenders.count; s++)
            most = fmax(most,
                most_out(run, l, run->model->share[loan->lenders.first + s].firm, after_failure));
    }
    return most;
}

static void test_no_lender_beyond_its_share(void **state)
{
    (void)state;
    size_t after_failure = 0;
    uint64_t models = (uint64_t)with_effort(MODELS);
    for (uint64_t seed = 1; seed <= models; seed++) {
        hand_run run;
        hand_run_model(&run, random_model(seed, random_size_default));
        for (uint64_t path = 0; path < PATHS; path++) {
            hand_run_path(&run, seed, path);
            for (uint32_t m = 0; m < run.plan->months; m++)
                chi_oracle_month(&run.oracle);
            double most = most_asked(&run, &after_failure);
            if (most > 1.0 + 1e-9)
                fail_msg("seed %llu, path %llu: a lender has %.12g of its share out",
                    (unsigned long long)seed, (unsigned long long)path, most);
        }
        hand_run_end(&run);
    }
    printf("%zu draws after the failure of a lender\n", after_failure);
    assert_true(after_failure > models / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lender_fails_after_a_draw),
        cmocka_unit_test(test_revolver_after_a_failure), cmocka_unit_test(test_all_lenders_fail),
        cmocka_unit_test(test_lender_is_short), cmocka_unit_test(test_no_lender_beyond_its_share)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

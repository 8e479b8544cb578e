/* The ties of the flagship: what examples/coreweave/2025-06-30.yaml must reproduce of CoreWeave's
 * filings (10-Q for 30 June 2025, note 10), and that each of its numbers says where it is from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cardhouse/cardhouse.h"
#include "model/model.h"
#include "text/daycount.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define FLAGSHIP CARDHOUSE_ROOT "/examples/coreweave/2025-06-30.yaml"

enum { YEARS = 6, YEAR_FIRST = 2025 };
static const double ladder_filed[YEARS] = {986.052, 4218.457, 2833.142, 1010.054, 123.780, 2000.0};
static const double principal_filed = 11171.485;
static const double interest_filed = 250.0; /* contractual, second quarter of 2025, rounded */

static int print_to_stderr(void *context, const char *text, size_t size)
{
    (void)context;
    return fwrite(text, 1, size, stderr) == size ? 0 : 1;
}

static ch_model *load(const char *scenario)
{
    ch_model *model = NULL;
    ch_diags *diags = NULL;
    ch_status status = ch_model_load_file(FLAGSHIP, scenario, &model, &diags);
    if (ch_diags_count(diags) > 0)
        ch_diags_print(diags, CH_DIAG_TEXT, print_to_stderr, NULL);
    assert_int_equal(status, CH_OK);
    assert_int_equal(ch_diags_count(diags), 0);
    ch_diags_free(diags);
    return model;
}

static uint32_t firm_named(const ch_model *model, const char *id)
{
    for (uint32_t f = 0; f < model->firm_count; f++)
        if (strcmp(chi_model_text(model, model->firm[f].name), id) == 0)
            return f;
    fail_msg("no firm %s", id);
    return CHI_NONE;
}

/* Debt that stands at the start; what is lent later is not in the filed table. */
static double principal_at_start(const ch_model *model, const chi_loan *loan)
{
    return loan->initial_exchange <= model->start ? loan->notional : 0.0;
}

static void test_facilities_sum_to_the_filed_principal(void **state)
{
    (void)state;
    ch_model *model = load(NULL);
    uint32_t firm = firm_named(model, "coreweave");
    double sum = 0.0;
    for (uint32_t i = 0; i < model->loan_count; i++)
        if (model->loan[i].borrower == firm)
            sum += principal_at_start(model, &model->loan[i]);
    assert_true(fabs(sum - principal_filed) < 1e-6);
    ch_model_free(model);
}

static int year_slot(chi_day day)
{
    int slot = chi_ymd_of(day).year - YEAR_FIRST;
    return slot < 0 ? 0 : slot >= YEARS ? YEARS - 1 : slot;
}

static void add_loan_to_ladder(const ch_model *model, const chi_loan *loan, double *ladder)
{
    double rest = principal_at_start(model, loan);
    for (uint32_t m = 0; loan->instalments != CHI_NONE && m < model->months; m++) {
        double due = fmin(rest, model->values[loan->instalments + m]);
        ladder[year_slot(chi_month_date(model->start, m))] += due;
        rest -= due;
    }
    ladder[year_slot(loan->maturity)] += rest;
}

static void test_ladder_of_principal_is_the_filed_one(void **state)
{
    (void)state;
    ch_model *model = load(NULL);
    uint32_t firm = firm_named(model, "coreweave");
    double ladder[YEARS] = {0};
    for (uint32_t i = 0; i < model->loan_count; i++)
        if (model->loan[i].borrower == firm)
            add_loan_to_ladder(model, &model->loan[i], ladder);
    for (int y = 0; y < YEARS; y++) {
        if (fabs(ladder[y] - ladder_filed[y]) > 0.01 * ladder_filed[y])
            print_error("%d: %.3f, filed %.3f\n", YEAR_FIRST + y, ladder[y], ladder_filed[y]);
        assert_true(fabs(ladder[y] - ladder_filed[y]) <= 0.01 * ladder_filed[y]);
    }
    ch_model_free(model);
}

static double rate_at_start(const ch_model *model, const chi_loan *loan)
{
    if (loan->index == CHI_NONE)
        return loan->spread;
    return loan->multiplier * fmax(model->driver[loan->index].start, loan->floor) + loan->spread;
}

/* Principal repaid by the end of the months before `day`. */
static double repaid_before(const ch_model *model, const chi_loan *loan, chi_day day)
{
    double sum = 0.0;
    for (uint32_t m = 0; loan->instalments != CHI_NONE && m < model->months; m++)
        if (chi_month_date(model->start, m) < day)
            sum += model->values[loan->instalments + m];
    return sum;
}

/* Interest and fees of the debt at the start that fall due up to `end`, with rates as they are. */
static double interest_due(const ch_model *model, const chi_loan *loan, chi_day end)
{
    if (loan->interest_months == 0)
        return 0.0; /* with the principal, later */
    double due = 0.0, accrued = loan->accrued;
    chi_day last = model->start;
    for (chi_day day = model->start + 1; day <= end; day++) {
        int steps = (chi_ymd_of(loan->interest_anchor).year - chi_ymd_of(day).year) * 12 +
                    chi_ymd_of(loan->interest_anchor).month - chi_ymd_of(day).month;
        if (steps % (int)loan->interest_months != 0 ||
            chi_day_add_months(loan->interest_anchor, -steps) != day)
            continue;
        double years = chi_year_fraction((chi_daycount)loan->day_count, last, day, NULL);
        double owed = principal_at_start(model, loan) - repaid_before(model, loan, day);
        accrued += years * rate_at_start(model, loan) * owed;
        if (loan->kind == CHI_LOAN_REVOLVER)
            accrued += years * loan->undrawn_fee * (loan->commitment - owed - loan->other_use);
        due += accrued;
        accrued = 0.0;
        last = day;
    }
    return due;
}

static void test_interest_of_the_first_quarter_is_near_the_filed(void **state)
{
    (void)state;
    ch_model *model = load(NULL);
    uint32_t firm = firm_named(model, "coreweave");
    double sum = 0.0;
    for (uint32_t i = 0; i < model->loan_count; i++)
        if (model->loan[i].borrower == firm && model->loan[i].kind != CHI_LOAN_ISSUED)
            sum += interest_due(model, &model->loan[i], chi_month_date(model->start, 2));
    if (fabs(sum - interest_filed) > 0.05 * interest_filed)
        print_error("interest due in the first quarter: %.3f\n", sum);
    assert_true(fabs(sum - interest_filed) <= 0.05 * interest_filed);
    ch_model_free(model);
}

/* 100 basis points cost about 18 a quarter (10-Q for 31 March 2025, market risk). */
static void test_floating_debt_reacts_as_the_company_says(void **state)
{
    (void)state;
    ch_model *model = load(NULL);
    uint32_t firm = firm_named(model, "coreweave");
    double floating = 0.0;
    for (uint32_t i = 0; i < model->loan_count; i++)
        if (model->loan[i].borrower == firm && model->loan[i].index != CHI_NONE &&
            model->loan[i].kind != CHI_LOAN_ISSUED)
            floating += principal_at_start(model, &model->loan[i]);
    assert_true(fabs(0.01 * floating / 4.0 - 18.0) < 0.5);
    ch_model_free(model);
}

static void test_sheets_balance(void **state)
{
    (void)state;
    ch_model *model = load(NULL);
    const char *simulated[] = {"coreweave", "core-scientific"};
    for (size_t i = 0; i < sizeof simulated / sizeof *simulated; i++) {
        const chi_firm *firm = &model->firm[firm_named(model, simulated[i])];
        assert_int_equal(firm->kind, CHI_SIMULATED);
        assert_true(firm->asset_total > 0.0);
        assert_true(fabs(firm->asset_total - firm->liability_total - firm->equity) <=
                    1e-6 * firm->asset_total);
    }
    assert_true(fabs(model->firm[firm_named(model, "coreweave")].asset_total - 26370.001) < 1e-6);
    ch_model_free(model);
}

/* Advances of the customers are the deferred revenue of the sheet. */
static void test_advances_are_the_deferred_revenue(void **state)
{
    (void)state;
    ch_model *model = load(NULL);
    double open = 0.0;
    for (uint32_t i = 0; i < model->customer_count; i++)
        open += model->customer[i].advance_open;
    assert_true(fabs(open - 4740.0) < 1e-9);
    ch_model_free(model);
}

static void test_every_number_says_where_it_is_from(void **state)
{
    (void)state;
    ch_model *model = load(NULL);
    int bad = 0;
    for (uint32_t i = 0; i < model->evidence_count; i++) {
        const chi_evidence *e = &model->evidence[i];
        bool stated = e->basis != CHI_UNSTATED && *chi_model_text(model, e->source) != '\0';
        bool ranged = e->basis != CHI_ESTIMATE || (!isnan(e->low) && !isnan(e->high));
        if (!stated || !ranged) {
            print_error("line %u, %s: %s\n", (unsigned)e->span.line, chi_model_text(model, e->path),
                stated ? "no low and high" : "no source");
            bad++;
        }
    }
    assert_true(model->evidence_count > 150);
    assert_int_equal(bad, 0);
    ch_model_free(model);
}

static void test_all_scenarios_load(void **state)
{
    (void)state;
    const char *scenarios[] = {"largest-customer-leaves", "market-shut", "rates-up-300bp"};
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
        ch_model *model = load(scenarios[i]);
        assert_int_equal(model->event_count, 1);
        ch_model_free(model);
    }
}

enum { PATHS = 2000 };

/* Share of paths on which CoreWeave lives at the end of a month, counted from 1. */
static double alive_after(const char *scenario, const uint32_t *months, size_t count, double *out)
{
    ch_model *model = load(scenario);
    ch_run_options options = ch_run_options_default();
    options.paths = PATHS;
    ch_result *result = NULL;
    ch_diags *diags = NULL;
    assert_int_equal(ch_run(model, &options, &result, &diags), CH_OK);
    for (size_t i = 0; i < count; i++)
        out[i] = ch_result_alive(result, firm_named(model, "coreweave"), months[i] - 1).share;
    double residual = ch_result_largest_residual(result);
    ch_result_free(result);
    ch_model_free(model);
    return residual;
}

/* Wide bands: they guard against a file or an engine that kills the firm at once or never. */
static void test_the_answer_is_plausible_and_scenarios_hurt(void **state)
{
    (void)state;
    const uint32_t months[] = {3, 12, 18, 36};
    double base[4], leaves[4], shut[4], rates[4];
    assert_true(alive_after(NULL, months, 4, base) < 1e-9);
    assert_true(alive_after("largest-customer-leaves", months, 4, leaves) < 1e-9);
    assert_true(alive_after("market-shut", months, 4, shut) < 1e-9);
    assert_true(alive_after("rates-up-300bp", months, 4, rates) < 1e-9);
    assert_true(base[0] > 0.99 && base[1] > 0.85 && base[3] > 0.4 && base[3] < 0.95);
    assert_true(leaves[1] < base[1] - 0.3);
    assert_true(shut[1] < base[1] && shut[2] < base[2] - 0.1);
    assert_true(rates[3] < base[3] - 0.005 && rates[3] > base[3] - 0.2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_facilities_sum_to_the_filed_principal),
        cmocka_unit_test(test_ladder_of_principal_is_the_filed_one),
        cmocka_unit_test(test_interest_of_the_first_quarter_is_near_the_filed),
        cmocka_unit_test(test_floating_debt_reacts_as_the_company_says),
        cmocka_unit_test(test_sheets_balance),
        cmocka_unit_test(test_advances_are_the_deferred_revenue),
        cmocka_unit_test(test_every_number_says_where_it_is_from),
        cmocka_unit_test(test_all_scenarios_load),
        cmocka_unit_test(test_the_answer_is_plausible_and_scenarios_hurt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

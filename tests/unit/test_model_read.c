/* Reading a model: the rows that a file of every kind becomes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int to_stderr(void *context, const char *text, size_t size)
{
    (void)context;
    return fwrite(text, 1, size, stderr) != size;
}

static ch_model *load(const char *path, const char *scenario)
{
    ch_model *model = NULL;
    ch_diags *diags = NULL;
    ch_status status = ch_model_load_file(path, scenario, &model, &diags);
    ch_diags_print(diags, CH_DIAG_TEXT, to_stderr, NULL);
    ch_diags_free(diags);
    assert_int_equal(status, CH_OK);
    assert_non_null(model);
    return model;
}

#define EVERY_KIND CARDHOUSE_ROOT "/tests/models/every-kind.yaml"

static uint32_t firm_named(const ch_model *model, const char *name)
{
    for (uint32_t i = 0; i < model->firm_count; i++)
        if (strcmp(chi_model_text(model, model->firm[i].name), name) == 0)
            return i;
    fail_msg("no firm %s", name);
    return 0;
}

static const chi_loan *loan_named(const ch_model *model, const char *name)
{
    for (uint32_t i = 0; i < model->loan_count; i++)
        if (strcmp(chi_model_text(model, model->loan[i].name), name) == 0)
            return &model->loan[i];
    fail_msg("no loan %s", name);
    return NULL;
}

static const chi_line *line_named(const ch_model *model, const char *name)
{
    for (uint32_t i = 0; i < model->line_count; i++)
        if (strcmp(chi_model_text(model, model->line[i].name), name) == 0)
            return &model->line[i];
    fail_msg("no line %s", name);
    return NULL;
}

static double near(double value)
{
    return 1e-12 * fmax(1.0, fabs(value));
}

#define assert_near(a, b) assert_true(fabs((a) - (b)) <= near(b))

static void head(void **state)
{
    (void)state;
    ch_model *model = load(EVERY_KIND, NULL);
    assert_string_equal(ch_model_title(model), "Everything");
    assert_string_equal(ch_model_currency(model), "USD million");
    assert_int_equal(ch_model_months(model), 36);
    char day[11];
    ch_model_month_date(model, 0, day);
    assert_string_equal(day, "2025-07-31");
    ch_model_month_date(model, 35, day);
    assert_string_equal(day, "2028-06-30");
    assert_true(ch_model_firm_is_simulated(model, firm_named(model, "alpha")));
    assert_false(ch_model_firm_is_simulated(model, firm_named(model, "bank")));
    assert_string_equal(ch_model_firm_name(model, firm_named(model, "alpha")), "Alpha Inc.");
    ch_model_free(model);
}

static void drivers(void **state)
{
    (void)state;
    ch_model *model = load(EVERY_KIND, NULL);
    assert_int_equal(model->driver_count, 6);
    assert_int_equal(model->normal_count, 2);
    assert_near(model->driver[0].start, 0.043);
    assert_near(model->driver[0].volatility, 0.009);
    /* log(1 - 20 %) - 10 %^2 / 2 */
    assert_near(model->driver[1].jump_mean, log(0.8) - 0.005);
    /* steps: the value of the start until 2025-12, then that of January, which is month 6 */
    const double *power = model->values + model->driver[2].path.table;
    assert_near(power[0], 1.0);
    assert_near(power[5], 1.0);
    assert_near(power[6], 1.1);
    assert_near(power[35], 1.1);
    assert_int_equal(model->driver[5].process, CHI_CHAIN);
    assert_int_not_equal(model->driver[5].open_rate.expr, CHI_NONE);
    const double factor[] = {1.0, 0.0, -0.1, sqrt(0.99)};
    for (size_t i = 0; i < 4; i++)
        assert_near(model->factor[i], factor[i]);
    ch_model_free(model);
}

static void contagion(void **state)
{
    (void)state;
    ch_model *model = load(EVERY_KIND, NULL);
    assert_int_equal(model->holding_count, 2);
    assert_int_equal(model->holding[0].issuer, firm_named(model, "alpha"));
    assert_int_equal(model->holding[0].holder, firm_named(model, "maker"));
    assert_near(model->holding[0].open, 2466.0);
    assert_near(model->holding[0].per_equity, 2466.0 / 6163.0);
    assert_near(model->holding[1].open, 500.0);
    assert_near(model->holding[1].per_equity, 0.005);
    assert_int_equal(model->supply_count, 2);
    assert_int_equal(model->supply[0].months, 12);
    assert_int_equal(model->supply[0].essential, 1);
    assert_int_equal(model->supply[1].months, CHI_NONE);
    assert_near(model->supply[1].dependency, 0.3);
    assert_int_equal(model->asset_count, 1);
    assert_near(model->asset[0].rate, log(0.8) / 10000.0);
    assert_int_equal(model->asset[0].owners.count, 2);
    assert_near(model->owner[0].amount, 0.8);
    assert_near(model->owner[1].amount, 2500.0);
    assert_int_equal(model->rank_count, 1);
    assert_int_equal(model->rank[0].class, CHI_CLASS_OPERATING);
    assert_int_equal(model->contagion->rule, CHI_CLAIM_THRESHOLD);
    assert_int_equal(model->contagion->window, 24);
    assert_near(model->contagion->threshold, 0.1);
    assert_near(model->contagion->recovery, 0.55);
    ch_model_free(model);
}

static void loans(void **state)
{
    (void)state;
    ch_model *model = load(EVERY_KIND, NULL);
    assert_int_equal(model->loan_count, 7);
    const chi_loan *ddtl = loan_named(model, "ddtl-2");
    assert_int_equal(ddtl->kind, CHI_LOAN_DRAWN);
    assert_near(ddtl->commitment, 7600.0);
    assert_near(ddtl->spread, 0.065);
    assert_near(ddtl->multiplier, 1.0);
    assert_int_equal(ddtl->index, 0);
    assert_int_equal(ddtl->draw_end_month, 12); /* until 2026-06-30, the end of month 11 */
    assert_int_equal(ddtl->lenders.count, 3);
    assert_near(model->values[ddtl->instalments + 3], 229.0);
    assert_near(model->values[ddtl->instalments + 4], 0.0);
    assert_int_not_equal(ddtl->condition, CHI_NONE);
    assert_near(ddtl->cross_threshold, 50.0);
    const chi_loan *term = loan_named(model, "term-loan");
    assert_int_equal(term->kind, CHI_LOAN_LAM);
    assert_near(term->floor, 0.005);
    assert_near(term->redemption, 50.0);
    const chi_loan *notes = loan_named(model, "notes-2030");
    assert_int_equal(notes->class, CHI_CLASS_UNSECURED);
    assert_int_equal(notes->index, CHI_NONE);
    assert_near(notes->spread, 0.0925);
    const chi_loan *issued = loan_named(model, "high-yield:alpha");
    assert_int_equal(issued->kind, CHI_LOAN_ISSUED);
    assert_near(issued->notional, 0.0);
    assert_int_equal(issued->market, 0);
    ch_model_free(model);
}

static void repayments(void **state)
{
    (void)state;
    ch_model *model = load(EVERY_KIND, NULL);
    double sum = 0.0, all = 0.0;
    for (uint32_t i = 0; i < model->repayment_count; i++)
        if (model->loan[model->repayment[i].loan].kind != CHI_LOAN_ACTUS)
            sum += model->repayment[i].amount;
    for (uint32_t i = 0; i < model->loan_count; i++)
        if (model->loan[i].kind != CHI_LOAN_ACTUS)
            all += model->loan[i].notional;
    assert_near(sum, all);
    ch_model_free(model);
}

static const char *term_of(const ch_model *model, const chi_deal *deal, const char *name)
{
    for (uint32_t i = deal->terms.first; i < deal->terms.first + deal->terms.count; i++)
        if (strcmp(chi_model_text(model, model->term[i].name), name) == 0)
            return chi_model_text(model, model->term[i].text);
    return "";
}

/* Standard contracts in both ways of writing them. */
static void deals(void **state)
{
    (void)state;
    ch_model *model = load(EVERY_KIND, NULL);
    uint32_t alpha = firm_named(model, "alpha"), bank = firm_named(model, "bank");
    assert_int_equal(model->deal_count, 7);
    const chi_deal *swap = &model->deal[0], *legs = &model->deal[1], *account = &model->deal[3];
    assert_int_equal(swap->type, CHI_DEAL_SWPPV);
    assert_int_equal(swap->creator, bank); /* the receiver is the long party */
    assert_int_equal(swap->counterparty, alpha);
    assert_int_equal(swap->class, CHI_CLASS_SECURED);
    assert_string_equal(term_of(model, swap, "notionalPrincipal"), "500");
    assert_string_equal(term_of(model, swap, "cycleOfRateReset"), "P3ML1");
    assert_string_equal(term_of(model, swap, "initialExchangeDate"), "2025-06-30");
    assert_near(strtod(term_of(model, swap, "nominalInterestRate2"), NULL), 0.043);
    assert_int_equal(legs->creator, alpha); /* the standard's own names keep their role */
    assert_string_equal(term_of(model, legs, "contractRole"), "PFL");
    assert_string_equal(term_of(model, legs, "deliverySettlement"), "S");
    assert_int_equal(account->loan, 5);
    assert_int_equal(model->loan[5].kind, CHI_LOAN_ACTUS);
    assert_int_equal(model->loan[5].borrower, bank);
    assert_near(model->loan[5].notional, 40.0);
    assert_int_equal(account->observed.count, 1);
    assert_int_equal(model->deal_event[account->observed.first].kind, CHI_DEAL_REDEEM);
    assert_near(model->deal_event[account->observed.first].amount, 10.0);
    assert_int_equal(model->deal[5].covers.count, 1);
    assert_int_equal(model->cover[model->deal[6].collateral.first].row, 4); /* copper */
    ch_model_free(model);
}

static void amounts(void **state)
{
    (void)state;
    ch_model *model = load(EVERY_KIND, NULL);
    assert_near(line_named(model, "on-demand")->amount.constant, 8.0);
    const chi_line *capex = line_named(model, "gpus-ordered");
    assert_near(model->values[capex->amount.table + 0], 300.0);
    assert_near(model->values[capex->amount.table + 3], 250.0);
    assert_near(model->values[capex->amount.table + 6], 0.0);
    assert_int_equal(capex->counterparty, firm_named(model, "maker"));
    const chi_customer *first = &model->customer[0], *second = &model->customer[1];
    assert_near(model->values[first->amount.table + 5], 290.0);
    assert_near(model->values[first->amount.table + 6], 310.0);
    assert_int_equal(first->end_month, 36);
    assert_near(first->advance_open, 3000.0);
    assert_near(second->amount.constant, 290.0);
    assert_int_not_equal(second->amount.expr, CHI_NONE);
    assert_int_equal(second->advance_month, 6);
    assert_near(model->market[0].capacity.constant, 1000.0);
    ch_model_free(model);
}

/* A line comes after all it needs: tax names depreciation, which stands below it in the file. */
static void order_of_lines(void **state)
{
    (void)state;
    ch_model *model = load(EVERY_KIND, NULL);
    assert_true(line_named(model, "straight-line") < line_named(model, "income-tax"));
    assert_true(line_named(model, "power-and-rent") < line_named(model, "income-tax"));
    assert_true(line_named(model, "on-demand") < line_named(model, "power-and-rent"));
    for (uint32_t i = 0; i < model->line_count; i++) {
        uint32_t expr = model->line[i].amount.expr;
        if (expr == CHI_NONE)
            continue;
        chi_slice ops = model->expr[expr].ops;
        for (uint32_t k = ops.first; k < ops.first + ops.count; k++)
            if (model->op[k].code == CHI_OP_LINE)
                assert_true(model->op[k].index < i);
    }
    ch_model_free(model);
}

static void scenarios(void **state)
{
    (void)state;
    const struct {
        const char *name;
        uint32_t kind, month, end;
        double value;
    } expected[] = {{"largest-customer-leaves", CHI_EVENT_CANCEL, 4, 36, 0.0},
        {"market-shut", CHI_EVENT_SHUT, 1, 14, 0.0},
        {"rates-up-300bp", CHI_EVENT_SHIFT, 0, 36, 0.03},
        {"bank-fails", CHI_EVENT_DEFAULT, 2, 36, 0.0}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        ch_model *model = load(EVERY_KIND, expected[i].name);
        assert_int_equal(model->event_count, 1);
        assert_int_equal(model->event[0].kind, expected[i].kind);
        assert_int_equal(model->event[0].month, expected[i].month);
        assert_int_equal(model->event[0].end_month, expected[i].end);
        assert_near(model->event[0].value, expected[i].value);
        ch_model_free(model);
    }
    ch_model *model = load(EVERY_KIND, "no-capex");
    assert_near(line_named(model, "expansion")->amount.constant, 0.0);
    assert_int_equal(line_named(model, "expansion")->amount.expr, CHI_NONE);
    ch_model_free(model);
}

static void scenario_list(void **state)
{
    (void)state;
    ch_scenarios *list = NULL;
    ch_diags *diags = NULL;
    assert_int_equal(ch_scenarios_load_file(EVERY_KIND, &list, &diags), CH_OK);
    assert_null(diags);
    assert_int_equal(ch_scenarios_count(list), 5);
    assert_string_equal(ch_scenarios_name(list, 1), "market-shut");
    ch_scenarios_free(list);
    assert_int_equal(ch_scenarios_load_file("/nowhere", &list, &diags), CH_E_IO);
    assert_null(list);
}

static void examples(void **state)
{
    (void)state;
    ch_model_free(load(CARDHOUSE_ROOT "/examples/one-loan.yaml", NULL));
    ch_model_free(load(CARDHOUSE_ROOT "/examples/two-firms-and-a-bank.yaml", "supplier-fails"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(head),
        cmocka_unit_test(drivers),
        cmocka_unit_test(contagion),
        cmocka_unit_test(loans),
        cmocka_unit_test(repayments),
        cmocka_unit_test(deals),
        cmocka_unit_test(amounts),
        cmocka_unit_test(order_of_lines),
        cmocka_unit_test(scenarios),
        cmocka_unit_test(scenario_list),
        cmocka_unit_test(examples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What small pieces of a file become: code of expressions, tests, months, shares, schedules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/model.h"
#include "model/passes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define assert_near(a, b) assert_true(fabs((a) - (b)) <= 1e-12 * fmax(1.0, fabs(b)))

static int to_stderr(void *context, const char *text, size_t size)
{
    (void)context;
    return fwrite(text, 1, size, stderr) != size;
}

/* A model of one firm with 100 of debt, with more text in it. */
static ch_model *read_with(const char *firm, const char *contracts, const char *start)
{
    static char text[8192];
    ch_model *model = NULL;
    ch_diags *diags = NULL;
    int size = snprintf(text, sizeof text,
        "format: 1\ntitle: T\ncurrency: USD\nunit: million\nstart: %s\nmonths: 24\n"
        "drivers:\n"
        "  sofr: {process: vasicek, start: 4%%, mean: 3%%, speed: 0.5, volatility: 1%%}\n"
        "  demand: {process: gbm, drift: 5%%, volatility: 20%%}\n"
        "  power: {process: gbm, drift: 2%%, volatility: 30%%}\n"
        "correlations: [[sofr, demand, 50%%], [demand, power, -25%%], [sofr, power, 10%%]]\n"
        "firms:\n  bank: {equity: 5}\n  b: {}\n  acme:\n"
        "    opening: {assets: {cash: 200}, liabilities: {debt: 100}, equity: {own: 100}}\n%s"
        "contracts:\n%s",
        start, firm, contracts);
    ch_status status = ch_model_load_text(text, (size_t)size, "text", NULL, &model, &diags);
    if (ch_diags_errors(diags))
        ch_diags_print(diags, CH_DIAG_TEXT, to_stderr, NULL);
    ch_diags_free(diags);
    assert_int_equal(status, CH_OK);
    return model;
}

#define LOAN                                                                                       \
    "  l: {kind: loan, borrower: acme, lender: bank, notional: 100, rate: 5%, interest: 3 months," \
    " maturity: 2030-06-30"

/* The code of the only expression of a line, as text: "0.38 item:4 *". */
static const char *code_of(const ch_model *model, uint32_t expr)
{
    static char text[1024];
    static const char *const names[CHI_OP_COUNT] = {
#define NAME(id, operands, name) name,
        CHI_OP_LIST(NAME)
#undef NAME
    };
    text[0] = '\0';
    chi_slice ops = model->expr[expr].ops;
    for (uint32_t i = ops.first; i < ops.first + ops.count; i++) {
        const chi_op *op = &model->op[i];
        size_t used = strlen(text);
        if (op->code == CHI_OP_CONST)
            snprintf(text + used, sizeof text - used, "%s%g", used ? " " : "", op->constant);
        else if (op->code == CHI_OP_ITEM)
            snprintf(text + used, sizeof text - used, "%sitem:%u", used ? " " : "", op->item);
        else if (op->code <= CHI_OP_THRESHOLD)
            snprintf(text + used, sizeof text - used, "%s%s:%u", used ? " " : "", names[op->code],
                op->index);
        else
            snprintf(text + used, sizeof text - used, "%s%s", used ? " " : "", names[op->code]);
    }
    return text;
}

static void expressions(void **state)
{
    (void)state;
    const struct {
        const char *text, *code;
        uint32_t depth;
    } cases[] = {
        {"0.38 * revenue", "0.38 item:4 *", 2},
        {"cash + 2 * (debt - 5m)", "item:0 2 item:1 5 - * +", 4},
        {"min(cash, debt, 24/quarter)", "item:0 item:1 min 8 min", 2},
        {"-cash / 60", "item:0 neg 60 /", 2},
        {"300 * demand * (1 - alive(bank))", "300 driver:1 * 1 alive:1 - *", 3},
        {"10% * ebitda", "0.1 item:4 item:5 - *", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char firm[256];
        snprintf(firm, sizeof firm, "    operations: {tax: {x: '%s'}}\n", cases[i].text);
        ch_model *model = read_with(firm, LOAN "}\n", "2025-12-31");
        uint32_t expr = model->line[0].amount.expr;
        assert_string_equal(code_of(model, expr), cases[i].code);
        assert_int_equal(model->expr[expr].depth, cases[i].depth);
        ch_model_free(model);
    }
}

static void constants_fold(void **state)
{
    (void)state;
    ch_model *model = read_with(
        "    operations: {tax: {x: '2 * (3 + max(1, 4)) - 1', y: {value: 12, times: 2 * 3}}}\n",
        LOAN "}\n", "2025-12-31");
    assert_near(model->line[0].amount.constant, 13.0);
    assert_near(model->line[1].amount.constant, 72.0);
    assert_int_equal(model->expr_count, 0);
    ch_model_free(model);
}

/* A test holds while its expression is at least 0, or above 0 if it is strict. */
static void tests(void **state)
{
    (void)state;
    ch_model *model = read_with("    covenants:\n"
                                "      a: {test: cash >= 5}\n"
                                "      b: {test: cash < 5}\n"
                                "      c: {test: net_debt <= threshold * 12 * ebitda,"
                                " threshold: {low: 6x, high: 9x}, every: 6 months}\n"
                                "      d: {test: alive(bank), first: 2026-02}\n",
        LOAN "}\n", "2025-12-31");
    assert_string_equal(code_of(model, model->covenant[0].expr), "item:0 5 -");
    assert_int_equal(model->covenant[0].strict, 0);
    assert_int_equal(model->covenant[0].first_month, 2);
    assert_string_equal(code_of(model, model->covenant[1].expr), "5 item:0 -");
    assert_int_equal(model->covenant[1].strict, 1);
    assert_string_equal(code_of(model, model->covenant[2].expr),
        "threshold:2 12 * item:4 item:5 - * item:1 item:0 - -");
    assert_near(model->covenant[2].threshold_low, 6.0);
    assert_near(model->covenant[2].threshold_high, 9.0);
    assert_int_equal(model->covenant[2].first_month, 5);
    assert_string_equal(code_of(model, model->covenant[3].expr), "alive:1 0.5 -");
    assert_int_equal(model->covenant[3].first_month, 1);
    ch_model_free(model);
}

/* The factor times its transpose is the correlation. */
static void correlation(void **state)
{
    (void)state;
    ch_model *model = read_with("", LOAN "}\n", "2025-12-31");
    const double wanted[3][3] = {{1, 0.5, 0.1}, {0.5, 1, -0.25}, {0.1, -0.25, 1}};
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++) {
            double sum = 0.0;
            for (size_t k = 0; k < 3; k++)
                sum += model->factor[3 * i + k] * model->factor[3 * j + k];
            assert_near(sum, wanted[i][j]);
            assert_true(j <= i || model->factor[3 * i + j] == 0.0);
        }
    ch_model_free(model);
    const double impossible[] = {1, 0.9, -0.9, 0.9, 1, 0.9, -0.9, 0.9, 1};
    double factor[9];
    assert_int_equal(chi_cholesky(impossible, 3, factor), 2);
}

/* What a borrower pays is what its lenders get, to the last bit. */
static void shares(void **state)
{
    (void)state;
    ch_model *model = read_with("",
        "  l: {kind: loan, borrower: acme, lenders: {bank: 33.33333%, b: 33.33333%,"
        " outside: 33.33333%}, notional: 100, rate: 5%, interest: 3 months,"
        " maturity: 2030-06-30}\n",
        "2025-12-31");
    double sum = 0.0;
    for (uint32_t i = 0; i < 3; i++)
        sum += model->share[i].fraction;
    assert_true(sum == 1.0);
    assert_true(fabs(model->share[0].fraction - 1.0 / 3.0) < 1e-9);
    ch_model_free(model);
}

static void months_of_days(void **state)
{
    (void)state;
    const struct {
        const char *start, *day;
        int month;
    } cases[] = {{"2025-06-30", "2025-06-30", -1}, {"2025-06-30", "2025-07-01", 0},
        {"2025-06-30", "2025-07-31", 0}, {"2025-06-30", "2025-08-01", 1},
        {"2025-06-30", "2026-06-30", 11}, {"2025-06-15", "2025-06-20", 0},
        {"2025-06-15", "2025-07-15", 0}, {"2025-06-15", "2025-07-16", 1},
        {"2025-02-28", "2025-03-30", 0}, {"2025-02-28", "2025-03-31", 0},
        {"2025-02-28", "2024-01-01", -1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        chi_reader reader = {0};
        chi_day day;
        assert_true(chi_day_parse(cases[i].start, 10, &reader.build.start));
        assert_true(chi_day_parse(cases[i].day, 10, &day));
        assert_int_equal(chi_reader_month(&reader, day), cases[i].month);
    }
}

static void rates(void **state)
{
    (void)state;
    const struct {
        const char *text;
        uint32_t index;
        double multiplier, spread, floor;
    } cases[] = {{"9.25%", CHI_NONE, 1.0, 0.0925, -HUGE_VAL},
        {"sofr + 6.5%", 0, 1.0, 0.065, -HUGE_VAL}, {"6.5% + sofr", 0, 1.0, 0.065, -HUGE_VAL},
        {"sofr - 25bp", 0, 1.0, -0.0025, -HUGE_VAL}, {"sofr", 0, 1.0, 0.0, -HUGE_VAL},
        {"1.2 * max(sofr, 0.5%) + 2%", 0, 1.2, 0.02, 0.005},
        {"{index: sofr, spread: 4%, floor: 1%}", 0, 1.0, 0.04, 0.01},
        {"{value: sofr + 4%, source: x}", 0, 1.0, 0.04, -HUGE_VAL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char loan[256];
        bool plain = cases[i].text[0] == '{';
        snprintf(loan, sizeof loan,
            "  l: {kind: loan, borrower: acme, lender: bank, notional: 100, rate: %s%s%s,"
            " interest: 3 months, maturity: 2030-06-30}\n",
            plain ? "" : "'", cases[i].text, plain ? "" : "'");
        ch_model *model = read_with("", loan, "2025-12-31");
        assert_int_equal(model->loan[0].index, cases[i].index);
        assert_near(model->loan[0].multiplier, cases[i].multiplier);
        assert_near(model->loan[0].spread, cases[i].spread);
        assert_true(model->loan[0].floor == cases[i].floor ||
                    fabs(model->loan[0].floor - cases[i].floor) < 1e-15);
        ch_model_free(model);
    }
}

static void check_payments(const ch_model *model, const char *const *days, const double *amounts)
{
    uint32_t i = 0;
    for (; i < model->repayment_count; i++) {
        char day[11];
        chi_day_format(model->repayment[i].day, day);
        assert_non_null(days[i]);
        assert_string_equal(day, days[i]);
        assert_near(model->repayment[i].amount, amounts[i]);
    }
    assert_null(days[i]);
}

static void repayments(void **state)
{
    (void)state;
    ch_model *model =
        read_with("", LOAN ", redemption: 40, redemption_cycle: 2 years}\n", "2025-12-31");
    const char *const cycle[] = {"2027-12-31", "2029-12-31", "2030-06-30", NULL};
    check_payments(model, cycle, (const double[]){40, 40, 20});
    ch_model_free(model);
    model = read_with("", LOAN ", instalments: {2026-03-15: 30, 2029-01: 20}}\n", "2025-12-31");
    const char *const dated[] = {"2026-03-15", "2029-01-31", "2030-06-30", NULL};
    check_payments(model, dated, (const double[]){30, 20, 50});
    assert_near(model->values[model->loan[0].instalments + 2], 30.0);
    ch_model_free(model);
    /* the last payment is what is left; nothing is due after that */
    model =
        read_with("", LOAN ", instalments: 60/year, first_redemption: 2026-06-30}\n", "2025-12-31");
    const char *const periodic[] = {"2026-06-30", "2027-06-30", NULL};
    check_payments(model, periodic, (const double[]){60, 40});
    ch_model_free(model);
}

/* Reading and checking the flagship is meant to take less than 50 ms; it takes a few. */
static void speed(void **state)
{
    (void)state;
    double best = HUGE_VAL;
    const char *effort = getenv("CARDHOUSE_TEST_EFFORT");
    for (int i = 0; i < 5; i++) {
        ch_model *model = NULL;
        clock_t start = clock();
        if (ch_model_load_file(
                CARDHOUSE_ROOT "/examples/coreweave/2025-06-30.yaml", NULL, &model, NULL) != CH_OK)
            skip();
        best = fmin(best, (double)(clock() - start) / (double)CLOCKS_PER_SEC);
        ch_model_free(model);
    }
    assert_true(best < (effort ? 5.0 : 0.05));
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(expressions),
        cmocka_unit_test(constants_fold),
        cmocka_unit_test(tests),
        cmocka_unit_test(correlation),
        cmocka_unit_test(shares),
        cmocka_unit_test(months_of_days),
        cmocka_unit_test(rates),
        cmocka_unit_test(repayments),
        cmocka_unit_test(speed),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}

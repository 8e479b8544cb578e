/* Whole runs: closed forms within four standard errors, one hash for every way of running, money
 * conserved, losses counted, states that are not finite reported. */
#include "support/cmocka_all.h"

#include "support/cache_folder.h"
#include "support/effort.h"
#include "support/hand_model.h"
#include "support/random_model.h"
#include "support/text_model.h"

#include "cardhouse/cardhouse.h"
#include "num/isa.h"
#include "num/philox.h"
#include "text/daycount.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- closed forms ------------------------------------------------------------------------- */

static ch_result *finish(hand *k, ch_model **model, uint64_t paths)
{
    *model = hand_freeze(k);
    ch_run_options options = ch_run_options_default();
    options.paths = paths;
    ch_result *result;
    ch_diags *diags;
    assert_int_equal(ch_run(*model, &options, &result, &diags), CH_OK);
    assert_null(diags);
    return result;
}

static void near(double have, double want, uint64_t paths)
{
    double error = sqrt(want * (1.0 - want) / (double)paths);
    if (!(fabs(have - want) <= 4.0 * error))
        fail_msg("have %.6f, want %.6f within %.6f", have, want, 4.0 * error);
}

enum { PATHS = 200000 };

/* Survival under a constant intensity is e^(-lambda t). */
static void test_constant_intensity(void **state)
{
    (void)state;
    hand k;
    hand_begin(&k, 36);
    chi_firm row = hand_firm(&k, "reduced", CHI_REDUCED);
    row.intensity = chi_amount_constant(0.1);
    uint32_t at = hand_add_firm(&k, row);
    ch_model *model;
    ch_result *result = finish(&k, &model, PATHS);
    for (uint32_t m = 0; m < 36; m += 5)
        near(ch_result_alive(result, at, m).share, exp(-0.1 * (m + 1) / 12.0), PATHS);
    ch_result_free(result);
    ch_model_free(model);
}

/* Merton (1974): default at T if V_T < D, so P = N(-d2) under the growth rate given. The firm's
 * only money is a payment of V_T in the month of maturity. */
static void test_merton(void **state)
{
    (void)state;
    enum { MONTHS = 24 };
    const double assets = 100.0, debt = 90.0, drift = 0.05, volatility = 0.25, years = 2.0;
    hand k;
    hand_begin(&k, MONTHS);
    *CHI_PUSH(&k.arena, &k.b.driver) = (chi_driver){.process = CHI_GBM,
        .stream = chi_stream_id("assets"),
        .start = 1.0,
        .drift = drift,
        .volatility = volatility};
    k.b.normal_count = 1;
    *CHI_PUSH(&k.arena, &k.b.factor) = 1.0;
    uint32_t at = hand_add_firm(&k, hand_firm(&k, "merton", CHI_SIMULATED));
    for (int m = 0; m < MONTHS; m++)
        *CHI_PUSH(&k.arena, &k.b.values) = m == MONTHS - 1 ? assets : 0.0;
    *CHI_PUSH(&k.arena, &k.b.line) = (chi_line){.name = chi_builder_text(&k.b, "assets"),
        .kind = CHI_LINE_REVENUE,
        .firm = at,
        .amount = {0.0, 0, hand_driver_expr(&k, 0)}};
    k.b.firm.at[at].lines = (chi_slice){0, 1};
    hand_loan(&k, "loan", at, 0, debt, MONTHS);
    ch_model *model;
    ch_result *result = finish(&k, &model, PATHS);
    double d2 = (log(assets / debt) + (drift - 0.5 * volatility * volatility) * years) /
                (volatility * sqrt(years));
    near(1.0 - ch_result_alive(result, at, MONTHS - 1).share, 0.5 * erfc(d2 / sqrt(2.0)), PATHS);
    assert_true(ch_result_alive(result, at, MONTHS - 2).share == 1.0);
    assert_int_equal(ch_result_cause_count(result, at), 1);
    assert_string_equal(ch_result_cause(result, at, 0).cause, "loan: principal not paid");
    ch_result_free(result);
    ch_model_free(model);
}

/* A default intensity that is a Vasicek rate: survival is the price of the Vasicek bond, here for
 * the sum over months, whose mean and variance follow from the transition (Vasicek 1977). */
static void test_vasicek_bond(void **state)
{
    (void)state;
    enum { MONTHS = 36 };
    const double start = 0.2, mean = 0.15, speed = 0.8, volatility = 0.02, dt = 1.0 / 12.0;
    hand k;
    hand_begin(&k, MONTHS);
    *CHI_PUSH(&k.arena, &k.b.driver) = (chi_driver){.process = CHI_VASICEK,
        .stream = chi_stream_id("rate"),
        .start = start,
        .mean = mean,
        .speed = speed,
        .volatility = volatility};
    k.b.normal_count = 1;
    *CHI_PUSH(&k.arena, &k.b.factor) = 1.0;
    chi_firm row = hand_firm(&k, "bond", CHI_REDUCED);
    row.intensity = (chi_amount){1.0, CHI_NONE, hand_driver_expr(&k, 0)};
    uint32_t at = hand_add_firm(&k, row);
    ch_model *model;
    ch_result *result = finish(&k, &model, PATHS);
    double decay = exp(-speed * dt);
    double step = volatility * sqrt((1.0 - exp(-2.0 * speed * dt)) / (2.0 * speed));
    double level = start, expected = 0.0, variance = 0.0;
    for (int m = 0; m < MONTHS; m++) {
        level = mean + (level - mean) * decay;
        expected += level * dt;
        /* the shock of month m reaches the remaining MONTHS - m terms of the sum */
        double reach = (1.0 - pow(decay, MONTHS - m)) / (1.0 - decay);
        variance += step * step * reach * reach * dt * dt;
    }
    near(ch_result_alive(result, at, MONTHS - 1).share, exp(-expected + 0.5 * variance), PATHS);
    ch_result_free(result);
    ch_model_free(model);
}

/* An annuity: dated instalments that make every payment equal, P = N r / (1 - (1 + r)^-n); after
 * n payments the loan is gone and n P has been paid. */
static void test_annuity(void **state)
{
    (void)state;
    enum { MONTHS = 24 };
    const double notional = 1000.0, rate = 0.12, r = rate / 12.0, cash = 1200.0;
    double payment = notional * r / (1.0 - pow(1.0 + r, -MONTHS));
    hand k;
    hand_begin(&k, MONTHS);
    chi_firm row = hand_firm(&k, "annuity", CHI_SIMULATED);
    row.cash = cash;
    uint32_t at = hand_add_firm(&k, row);
    double left = notional;
    for (int m = 0; m < MONTHS; m++) {
        double principal = payment - left * r;
        *CHI_PUSH(&k.arena, &k.b.values) = principal;
        left -= principal;
    }
    chi_loan *loan = hand_loan(&k, "loan", at, 0, notional, MONTHS);
    loan->kind = CHI_LOAN_LAM;
    loan->spread = rate;
    loan->instalments = 0;
    loan->interest_months = 1;
    ch_model *model;
    ch_result *result = finish(&k, &model, 64);
    for (uint32_t m = 0; m < MONTHS; m++) {
        double want = cash - (m + 1) * payment;
        double have = ch_result_cash(result, at, m, 0.5);
        if (!(fabs(have - want) <= 0.005 * want))
            fail_msg("month %u: cash %.6f, want %.6f", m, have, want);
    }
    assert_true(ch_result_alive(result, at, MONTHS - 1).share == 1.0);
    ch_result_free(result);
    ch_model_free(model);
}

/* --- one hash ----------------------------------------------------------------------------- */

static uint64_t hash_of(const ch_model *model, uint32_t threads, uint32_t width, const char *isa)
{
    if (isa)
        setenv("CARDHOUSE_ISA", isa, 1);
    ch_run_options options = ch_run_options_default();
    options.paths = 1000; /* not a multiple of a tile: the last one is padded */
    options.threads = threads;
    options.tile_paths = width;
    ch_result *result;
    ch_diags *diags;
    assert_int_equal(ch_run(model, &options, &result, &diags), CH_OK);
    uint64_t hash = ch_result_hash(result);
    assert_int_equal(ch_result_paths(result), 1000);
    assert_true(ch_result_largest_residual(result) <= 1e-9);
    ch_result_free(result);
    unsetenv("CARDHOUSE_ISA");
    return hash;
}

static void test_one_hash(void **state)
{
    (void)state;
    static const uint32_t threads[] = {1, 2, 7}, widths[] = {64, 128, 256, 0};
    static const char *const isas[] = {"base", "v3", "v4", NULL};
    for (uint64_t seed = 1; seed <= (uint64_t)with_effort(4); seed++) {
        ch_model *model =
            random_model(seed, seed % 2 ? random_size_default : random_size_contagion);
        uint64_t want = hash_of(model, 1, 64, NULL);
        for (size_t t = 0; t < 3; t++)
            for (size_t w = 0; w < 4; w++)
                for (size_t i = 0; i < 4; i++)
                    assert_true(hash_of(model, threads[t], widths[w], isas[i]) == want);
        ch_model_free(model);
    }
}

/* Runs with compiling asked for; the hash, and the warnings that came with it. */
static uint64_t hash_compiled(const ch_model *model, ch_diags **diags)
{
    ch_run_options options = ch_run_options_default();
    options.paths = 1003; /* neither whole vectors nor whole tiles */
    options.compile = 1;
    ch_result *result;
    assert_int_equal(ch_run(model, &options, &result, diags), CH_OK);
    uint64_t hash = ch_result_hash(result);
    ch_result_free(result);
    return hash;
}

/* Without a compiler, or without a folder that is ours alone, there is a warning and the same
 * answer. */
static void test_compiling_may_fail(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value, *says;
    } trouble[] = {{"CC", "no-such-compiler", "'no-such-compiler' failed or is missing"},
        {"XDG_CACHE_HOME", "/proc", "no private folder"}, {"CARDHOUSE_ISA", "base", "AVX2"}};
    ch_model *model = random_model(7, random_size_default);
    ch_run_options options = ch_run_options_default();
    options.paths = 1003;
    ch_result *result;
    ch_diags *diags;
    assert_int_equal(ch_run(model, &options, &result, &diags), CH_OK);
    uint64_t want = ch_result_hash(result);
    ch_result_free(result);
    cache_folder folder = cache_folder_make();
    for (size_t i = 0; i < sizeof trouble / sizeof trouble[0]; i++) {
        setenv("XDG_CACHE_HOME", folder.path, 1);
        setenv(trouble[i].name, trouble[i].value, 1);
        assert_true(hash_compiled(model, &diags) == want);
        assert_int_equal(ch_diags_count(diags), 1);
        assert_int_equal(ch_diags_at(diags, 0)->code, 591);
        bool said = strstr(ch_diags_at(diags, 0)->message, trouble[i].says) != NULL;
        said = said || chi_isa_best() == CHI_ISA_BASE; /* then it is always the processor */
        assert_true(said);
        ch_diags_free(diags);
        unsetenv(trouble[i].name);
    }
    setenv("XDG_CACHE_HOME", folder.path, 1);
    assert_true(hash_compiled(model, &diags) == want); /* made now */
    ch_diags_free(diags);
    assert_true(hash_compiled(model, &diags) == want); /* found */
    ch_diags_free(diags);
    static const char *const compilers[] = {"gcc", "clang"};
    for (size_t i = 0; i < 2 && chi_isa_best() != CHI_ISA_BASE; i++) {
        char there[64];
        snprintf(there, sizeof there, "command -v %s >/dev/null", compilers[i]);
        if (system(there) != 0) {
            printf("skipped: there is no %s\n", compilers[i]);
            continue;
        }
        setenv("CC", compilers[i], 1);
        assert_true(hash_compiled(model, &diags) == want);
        assert_null(diags);
        unsetenv("CC");
    }
    cache_folder_remove(&folder);
    ch_model_free(model);
}

/* A due of 4e11 that is put off all but a little leaves its rounding in the sums that are paid by:
 * 6e-5, which is much of what moves and nothing of what was due. */
static void test_huge_dues_put_off(void **state)
{
    (void)state;
    static const char text[] =
        "format: 1\ntitle: T\ncurrency: USD\nstart: 2025-06-30\nmonths: 12\n"
        "drivers: {demand: {process: gbm, start: 1e9, drift: 0%, volatility: 30%}}\n"
        "firms:\n"
        "  acme:\n"
        "    opening: {assets: {cash: 90.3, property: 50}, equity: {own: 140.3}}\n"
        "    operations:\n"
        "      revenue: {rent: 7.3/month}\n"
        "      cost: {staff: 5.1/month}\n"
        "      capex: {uncommitted: {expansion: {amount: 400/month, times: demand, to: maker}}}\n"
        "    funding: {target: 20.7, ladder: [defer-capex]}\n"
        "  maker: {}\n";
    ch_model *model = text_model(text, sizeof text - 1);
    ch_run_options options = ch_run_options_default();
    options.paths = 512;
    ch_result *result;
    ch_diags *diags;
    assert_int_equal(ch_run(model, &options, &result, &diags), CH_OK);
    assert_true(ch_result_largest_residual(result) <= 1e-14);
    ch_result_free(result);
    ch_model_free(model);
}

/* The hash of one model, seed and version, on every machine and compiler. */
static void test_golden_hash(void **state)
{
    (void)state;
    ch_model *model = random_model(7, random_size_default);
    assert_int_equal(hash_of(model, 1, 64, NULL), UINT64_C(0x88c137d8aba6dfcd));
    ch_model_free(model);
}

/* --- bad states and stops ------------------------------------------------------------------ */

/* A growth without bound must be reported, never recorded. */
static void test_not_finite(void **state)
{
    (void)state;
    hand k;
    hand_begin(&k, 24);
    *CHI_PUSH(&k.arena, &k.b.driver) = (chi_driver){.name = chi_builder_text(&k.b, "boom"),
        .process = CHI_GBM,
        .stream = chi_stream_id("boom"),
        .start = 1.0,
        .drift = 600.0,
        .volatility = 0.1};
    k.b.normal_count = 1;
    *CHI_PUSH(&k.arena, &k.b.factor) = 1.0;
    hand_add_firm(&k, hand_firm(&k, "any", CHI_SIMULATED));
    ch_model *model = hand_freeze(&k);
    ch_run_options options = ch_run_options_default();
    ch_result *result;
    ch_diags *diags;
    assert_int_equal(ch_run(model, &options, &result, &diags), CH_E_INPUT);
    assert_null(result);
    assert_int_equal(ch_diags_count(diags), 1);
    assert_int_equal(ch_diags_at(diags, 0)->code, 590);
    assert_non_null(strstr(ch_diags_at(diags, 0)->message, "'boom' is infinite on path"));
    ch_diags_free(diags);
    ch_model_free(model);
}

/* States are looked at eight at a time, by their sum: that may overflow before any of them does. */
static void test_sum_not_finite(void **state)
{
    (void)state;
    hand k;
    hand_begin(&k, 12);
    for (int i = 0; i < 8; i++)
        *CHI_PUSH(&k.arena, &k.b.driver) = (chi_driver){.name = chi_builder_text(&k.b, "huge"),
            .process = CHI_PATH,
            .path = {1.7e308, CHI_NONE, CHI_NONE}};
    hand_add_firm(&k, hand_firm(&k, "any", CHI_SIMULATED));
    ch_model *model = hand_freeze(&k);
    ch_run_options options = ch_run_options_default();
    ch_result *result;
    ch_diags *diags;
    assert_int_equal(ch_run(model, &options, &result, &diags), CH_E_INPUT);
    assert_string_equal(ch_diags_at(diags, 0)->message, "a sum of states is infinite on path 0");
    ch_diags_free(diags);
    ch_model_free(model);
}

/* An amount that is not a number vanishes in the next maximum with zero; it is reported too. */
static void test_amount_not_finite(void **state)
{
    (void)state;
    hand k;
    hand_begin(&k, 12);
    uint32_t seller = hand_add_firm(&k, hand_firm(&k, "seller", CHI_SIMULATED));
    for (int i = 0; i < 2; i++)
        *CHI_PUSH(&k.arena, &k.b.op) = (chi_op){CHI_OP_ITEM, seller, CHI_ITEM_DEBT, 0, 0.0};
    *CHI_PUSH(&k.arena, &k.b.op) = (chi_op){.code = CHI_OP_DIV};
    *CHI_PUSH(&k.arena, &k.b.expr) = (chi_expr_row){{0, 3}, 2, 0};
    *CHI_PUSH(&k.arena, &k.b.customer) = (chi_customer){.name = chi_builder_text(&k.b, "zero"),
        .seller = seller,
        .end_month = 12,
        .advance_month = CHI_NONE,
        .cancellation = chi_amount_constant(0.0),
        .amount = {1.0, CHI_NONE, 0}};
    ch_model *model = hand_freeze(&k);
    ch_run_options options = ch_run_options_default();
    ch_result *result;
    ch_diags *diags;
    assert_int_equal(ch_run(model, &options, &result, &diags), CH_E_INPUT);
    assert_string_equal(ch_diags_at(diags, 0)->message,
        "the amount of contract 'zero' between 'seller' and 'outside' is not a number on path 0 in "
        "month 1");
    ch_diags_free(diags);
    ch_model_free(model);
}

static int stop_at_once(void *context, uint64_t done, uint64_t total)
{
    (void)context;
    return done > 0 && done < total;
}

static void test_stop_gives_what_is_known(void **state)
{
    (void)state;
    ch_model *model = random_model(3, random_size_default);
    ch_run_options options = ch_run_options_default();
    options.progress = stop_at_once;
    options.threads = 2;
    ch_result *result;
    ch_diags *diags;
    assert_int_equal(ch_run(model, &options, &result, &diags), CH_E_CANCELLED);
    assert_true(ch_result_partial(result) && ch_result_paths(result) > 0);
    assert_true(ch_result_paths(result) < options.paths);
    ch_result_free(result);
    ch_model_free(model);
}

static void test_bad_options(void **state)
{
    (void)state;
    ch_model *model = random_model(3, random_size_default);
    ch_run_options bad[] = {ch_run_options_default(), ch_run_options_default(),
        ch_run_options_default(), ch_run_options_default(), ch_run_options_default()};
    bad[0].paths = 0;
    bad[1].months = model->months + 1;
    bad[2].tile_paths = 100;
    bad[3].path_first = 1;
    bad[4].struct_size = 1;
    for (size_t i = 0; i < 5; i++) {
        ch_result *result;
        ch_diags *diags;
        assert_int_equal(ch_run(model, &bad[i], &result, &diags), CH_E_ARGUMENT);
        assert_null(result);
    }
    ch_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_constant_intensity),
        cmocka_unit_test(test_merton), cmocka_unit_test(test_vasicek_bond),
        cmocka_unit_test(test_annuity), cmocka_unit_test(test_one_hash),
        cmocka_unit_test(test_huge_dues_put_off), cmocka_unit_test(test_golden_hash),
        cmocka_unit_test(test_compiling_may_fail), cmocka_unit_test(test_not_finite),
        cmocka_unit_test(test_sum_not_finite), cmocka_unit_test(test_amount_not_finite),
        cmocka_unit_test(test_stop_gives_what_is_known), cmocka_unit_test(test_bad_options)};
    return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}

/* Two runs on the same paths: the difference is counted path by path, as the oracle finds it, and
 * its interval covers. */
#include "support/cmocka_all.h"
#include "support/random_model.h"

#include "cardhouse/cardhouse.h"
#include "engine/oracle.h"
#include "result/result.h"

#include <math.h>
#include <stdio.h>

enum { PATHS = 200, SAMPLES = 4000, PAIRS = 150 };

static ch_model *load(const char *scenario)
{
    ch_model *model;
    ch_diags *diags;
    const char *path = CARDHOUSE_ROOT "/examples/two-firms-and-a-bank.yaml";
    assert_int_equal(ch_model_load_file(path, scenario, &model, &diags), CH_OK);
    ch_diags_free(diags);
    return model;
}

static ch_run_options options_of(uint64_t paths)
{
    ch_run_options options = ch_run_options_default();
    options.paths = paths;
    options.keep_ends = 1;
    return options;
}

static ch_result *run(const ch_model *model, const ch_run_options *options, ch_status want)
{
    ch_result *result;
    ch_diags *diags;
    assert_int_equal(ch_run(model, options, &result, &diags), want);
    ch_diags_free(diags);
    return result;
}

/* Month from 1 in which each firm fails on a path, 0 for never. */
static void ends_of(const ch_model *model, uint64_t path, double *out)
{
    chi_arena arena;
    chi_arena_init(&arena);
    chi_plan *plan = chi_plan_build(model, ch_model_months(model), &arena);
    chi_oracle oracle;
    chi_oracle_init(&oracle, plan, &arena);
    chi_oracle_start(&oracle, 1, path);
    while (oracle.month < plan->months)
        chi_oracle_month(&oracle);
    for (size_t f = 0; f < ch_model_firm_count(model); f++)
        out[f] = CHI_O(&oracle, failed, f);
    chi_arena_free(&arena);
}

static double alive(double end, uint32_t month)
{
    return end == 0.0 || end > month + 1.0;
}

static void test_counts_are_those_of_the_oracle(void **state)
{
    (void)state;
    ch_model *model = load("metal-up-half"), *base_model = load(NULL);
    static double here[PATHS][16], there[PATHS][16];
    ch_run_options options = options_of(PATHS);
    options.path_first = 128;
    options.threads = 3;
    ch_result *result = run(model, &options, CH_OK), *base = run(base_model, &options, CH_OK);
    uint64_t discordant = 0;
    for (size_t i = 0; i < PATHS; i++) {
        ends_of(model, 128 + i, here[i]);
        ends_of(base_model, 128 + i, there[i]);
    }
    for (size_t f = 0; f < ch_model_firm_count(model); f++) {
        ch_difference d[CH_MONTHS_MAX];
        assert_int_equal(ch_result_differences(result, base, f, d), 1);
        for (uint32_t m = 0; m < ch_model_months(model); m++) {
            uint64_t only_here = 0, only_base = 0;
            for (size_t i = 0; i < PATHS; i++) {
                only_here += alive(here[i][f], m) > alive(there[i][f], m);
                only_base += alive(here[i][f], m) < alive(there[i][f], m);
            }
            assert_true(d[m].only_here == only_here && d[m].only_base == only_base);
            assert_true(d[m].paths == PATHS);
            double want = ch_result_alive(result, f, m).share - ch_result_alive(base, f, m).share;
            assert_true(fabs(d[m].difference - want) < 1e-12);
            assert_true(d[m].low <= d[m].difference && d[m].difference <= d[m].high);
            discordant += only_here + only_base;
        }
    }
    assert_true(discordant > 0);
    ch_result_free(result);
    ch_result_free(base);
    ch_model_free(model);
    ch_model_free(base_model);
}

/* Two runs pair only if both kept the ends of the same paths. */
static void test_what_does_not_pair(void **state)
{
    (void)state;
    ch_model *model = load(NULL);
    ch_run_options options[4] = {options_of(64), options_of(64), options_of(64), options_of(64)};
    options[0].keep_ends = 0;
    options[1].seed = 2;
    options[2].path_first = 64;
    options[3].months = 3;
    ch_run_options usual = options_of(64);
    ch_result *result = run(model, &usual, CH_OK);
    ch_difference d[CH_MONTHS_MAX];
    for (size_t i = 0; i < 4; i++) {
        ch_result *other = run(model, &options[i], CH_OK);
        assert_int_equal(ch_result_differences(result, other, 1, d), 0);
        assert_int_equal(ch_result_differences(other, result, 1, d), 0);
        ch_result_free(other);
    }
    assert_int_equal(ch_result_differences(result, result, 1, d), 1);
    assert_true(d[0].difference == 0.0 && d[0].only_here == 0 && d[0].only_base == 0);
    ch_result_free(result);
    ch_model_free(model);
}

static int stop_at_once(void *context, uint64_t done, uint64_t total)
{
    (void)context;
    (void)done;
    (void)total;
    return 1;
}

/* Of an interrupted run the paths that were finished pair. */
static void test_interrupted(void **state)
{
    (void)state;
    ch_model *model = load(NULL);
    ch_run_options options = options_of(6400);
    options.tile_paths = 64;
    options.threads = 1;
    ch_result *base = run(model, &options, CH_OK);
    options.progress = stop_at_once;
    ch_result *result = run(model, &options, CH_E_CANCELLED);
    ch_difference d[CH_MONTHS_MAX];
    assert_int_equal(ch_result_differences(result, base, 1, d), 1);
    assert_true(d[0].paths == ch_result_paths(result) && d[0].paths == 64);
    assert_true(d[0].only_here == 0 && d[0].only_base == 0);
    ch_result_free(result);
    ch_result_free(base);
    ch_model_free(model);
}

/* Agresti and Min's formula by hand for 1 and 7 of 21: the middle is -6/23, the half width
 * 1.96 sqrt(9 - 36/23)/23. */
static void test_interval_by_hand(void **state)
{
    (void)state;
    ch_difference d = chi_paired(1, 7, 21);
    assert_true(fabs(d.difference + 6.0 / 21.0) < 1e-15);
    assert_true(fabs(d.low + 0.493225) < 1e-6 && fabs(d.high + 0.028514) < 1e-6);
    d = chi_paired(0, 0, 100);
    assert_true(d.difference == 0.0 && fabs(d.high - CHI_Z95 / 102.0) < 1e-15 && d.low == -d.high);
    d = chi_paired(5, 0, 5);
    assert_true(d.difference == 1.0 && d.high == 1.0 && d.low > 0.0);
    d = chi_paired(0, 0, 0);
    assert_true(d.difference == 0.0 && d.low == -1.0 && d.high == 1.0);
}

/* Pairs are drawn with known chances; 95 of 100 intervals must hold the difference. */
static void test_interval_covers(void **state)
{
    (void)state;
    static const double chances[][2] = {{0.10, 0.04}, {0.02, 0.02}, {0.30, 0.10}};
    uint64_t bits = 5;
    for (size_t c = 0; c < 3; c++) {
        size_t held = 0;
        double truth = chances[c][0] - chances[c][1];
        for (size_t i = 0; i < SAMPLES; i++) {
            uint64_t here = 0, there = 0;
            for (size_t k = 0; k < PAIRS; k++) {
                double u = (double)(random_bits(&bits) >> 11) * 0x1p-53;
                here += u < chances[c][0];
                there += u >= chances[c][0] && u < chances[c][0] + chances[c][1];
            }
            ch_difference d = chi_paired(here, there, PAIRS);
            held += d.low <= truth && truth <= d.high;
        }
        double share = (double)held / SAMPLES;
        printf("%.2f and %.2f: %.4f of intervals hold\n", chances[c][0], chances[c][1], share);
        assert_true(share > 0.935 && share < 0.985);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_counts_are_those_of_the_oracle),
        cmocka_unit_test(test_what_does_not_pair), cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_interval_by_hand), cmocka_unit_test(test_interval_covers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

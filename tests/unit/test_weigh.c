/* What an answer hangs on: estimates at their ends, on the same paths. */
#include "support/cmocka_all.h"
#include "support/failing.h"

#include "cardhouse/cardhouse.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATHS = 512, TEXT_BYTES = 4000 };

/* The firm has 100 and pays wages of 10 a month, so it lives for ten months of twelve. `%s` stand
 * for wages, rent and the share that an order is cancelled. */
static const char text_of_model[] =
    "format: 1\ntitle: Weighed\ncurrency: EUR\nunit: thousand\nstart: 2025-12-31\nmonths: 12\n"
    "drivers:\n  demand: {process: gbm, start: 1, drift: 0%%, volatility: %s}\n"
    "firms:\n  workshop:\n    opening:\n"
    "      assets: {cash: {value: 100, low: 90, high: 110, basis: estimate}}\n"
    "      equity: {common: 100}\n"
    "    operations:\n"
    "      revenue: {sales: {value: 5, times: demand}}\n"
    "      cost:\n        wages: %s\n        rent: %s\n        power: %s\n";

static char path[] = "/tmp/cardhouse-weigh-XXXXXX";

static void write_model(
    const char *volatility, const char *wages, const char *rent, const char *power)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fprintf(file, text_of_model, volatility, wages, rent, power) > 0);
    assert_int_equal(fclose(file), 0);
}

static void write_usual(void)
{
    write_model("{value: 40%, low: 10%, high: 80%, basis: estimate}",
        "{value: 13, low: 5, high: 25, basis: estimate}",
        "{value: {2026-01: 1}, low: 0, high: 2, basis: estimate}",
        "{value: {2026-01: 1, 2026-06: 0.5}, low: 0, high: 1, basis: estimate}");
}

static int set_up(void **state)
{
    (void)state;
    int file = mkstemp(path);
    return file < 0 || close(file) != 0;
}

static int tear_down(void **state)
{
    (void)state;
    return remove(path);
}

static ch_run_options options_of(uint32_t threads)
{
    ch_run_options options = ch_run_options_default();
    options.paths = PATHS;
    options.threads = threads;
    return options;
}

static ch_weights *weigh(const ch_run_options *options)
{
    ch_weights *weights;
    ch_diags *diags;
    assert_int_equal(ch_weigh_file(path, NULL, options, &weights, &diags), CH_OK);
    ch_diags_free(diags);
    return weights;
}

/* Share alive at the end of the file as it is now. */
static double alive_now(void)
{
    ch_model *model;
    ch_result *result;
    ch_diags *diags;
    ch_run_options options = options_of(1);
    assert_int_equal(ch_model_load_file(path, NULL, &model, &diags), CH_OK);
    ch_diags_free(diags);
    assert_int_equal(ch_run(model, &options, &result, &diags), CH_OK);
    ch_diags_free(diags);
    double alive = ch_result_alive(result, 1, ch_result_months(result) - 1).share;
    ch_result_free(result);
    ch_model_free(model);
    return alive;
}

static ch_weight weight_of(const ch_weights *weights, const char *end_of_path)
{
    for (size_t i = 0; i < ch_weights_count(weights); i++) {
        ch_weight weight = ch_weights_at(weights, i);
        size_t size = strlen(weight.evidence.path), end = strlen(end_of_path);
        if (size >= end && strcmp(weight.evidence.path + size - end, end_of_path) == 0)
            return weight;
    }
    fail_msg("%s has not been weighed", end_of_path);
    return (ch_weight){0};
}

/* Each end is what the file with that number in it gives. */
static void test_ends_are_runs(void **state)
{
    (void)state;
    write_usual();
    ch_run_options options = options_of(1);
    ch_weights *weights = weigh(&options);
    double stands = alive_now();
    assert_true(ch_weights_alive(weights).share == stands);
    assert_true(ch_weights_paths(weights) == PATHS && ch_weights_months(weights) == 12);
    assert_int_equal(ch_weights_firm(weights), 1);
    const char *volatility = "40%", *power = "{2026-01: 1, 2026-06: 0.5}";
    write_model(volatility, "5", "{2026-01: 1}", power);
    assert_true(weight_of(weights, ".wages").low == alive_now());
    write_model(volatility, "25", "{2026-01: 1}", power);
    assert_true(weight_of(weights, ".wages").high == alive_now());
    write_model("10%", "13", "{2026-01: 1}", power);
    assert_true(weight_of(weights, ".volatility").low == alive_now());
    write_model(volatility, "13", "{2026-01: 2}", power);
    ch_weight rent = weight_of(weights, ".rent"); /* the one number of its one date */
    assert_true(rent.high == alive_now() && rent.low > stands && rent.high < stands);
    ch_weight wages = weight_of(weights, ".wages");
    assert_true(wages.low == 1.0 && wages.high == 0.0 && wages.change.difference == -1.0);
    assert_true(wages.change.low < -0.98 && wages.change.high > -1.0);
    ch_weights_free(weights);
}

/* The largest change first; what has several dates, or would not balance, is left and said. */
static void test_order_and_rest(void **state)
{
    (void)state;
    write_usual();
    ch_run_options options = options_of(2);
    ch_weights *weights = weigh(&options);
    assert_int_equal(ch_weights_count(weights), 3);
    assert_non_null(strstr(ch_weights_at(weights, 0).evidence.path, ".wages"));
    double stands = ch_weights_alive(weights).share;
    for (size_t i = 0; i < ch_weights_count(weights); i++) {
        ch_weight weight = ch_weights_at(weights, i);
        double most = fmax(fabs(weight.low - stands), fabs(weight.high - stands));
        most = fmax(most, fabs(weight.high - weight.low));
        assert_true(fabs(fabs(weight.change.difference) - most) < 1e-12);
    }
    for (size_t i = 1; i < ch_weights_count(weights); i++)
        assert_true(fabs(ch_weights_at(weights, i).change.difference) <=
                    fabs(ch_weights_at(weights, i - 1).change.difference));
    assert_int_equal(ch_weights_left_count(weights), 2);
    assert_non_null(strstr(ch_weights_left(weights, 0).path, "cash"));
    assert_non_null(strstr(ch_weights_left(weights, 1).path, "power"));
    ch_weights_free(weights);
}

static int stop(void *context, uint64_t done, uint64_t total)
{
    (void)total;
    *(uint64_t *)context = done;
    return done > 3 * PATHS;
}

static int stop_at_once(void *context, uint64_t done, uint64_t total)
{
    (void)total;
    *(uint64_t *)context = done;
    return 1;
}

static void test_refused_and_stopped(void **state)
{
    (void)state;
    write_usual();
    ch_weights *weights;
    ch_diags *diags;
    ch_run_options options = options_of(1);
    assert_int_equal(ch_weigh_file("-", NULL, &options, &weights, &diags), CH_E_ARGUMENT);
    assert_int_equal(ch_weigh_file("/no/such.yaml", NULL, &options, &weights, &diags), CH_E_IO);
    assert_int_equal(ch_weigh_file(path, "none-such", &options, &weights, &diags), CH_E_INPUT);
    assert_true(ch_diags_count(diags) == 1 && !weights);
    ch_diags_free(diags);
    uint64_t done = 0;
    options.progress = stop;
    options.progress_context = &done;
    assert_int_equal(ch_weigh_file(path, NULL, &options, &weights, &diags), CH_E_CANCELLED);
    assert_true(done > 3 * PATHS && !diags);
    /* what was weighed before stays, the rest is missing, and the words say so */
    char missing[100];
    assert_int_equal(ch_weights_count(weights) + ch_weights_left_count(weights) +
                         ch_weights_missing_count(weights),
        5);
    assert_true(ch_weights_missing_count(weights) > 0 && ch_weights_missing_count(weights) < 5);
    assert_true(ch_weights_interrupted(weights, missing, sizeof missing) == 1);
    assert_non_null(strstr(missing, " of 5 estimates were weighed"));
    ch_weights_free(weights);
    options.progress = stop_at_once;
    assert_int_equal(ch_weigh_file(path, NULL, &options, &weights, &diags), CH_E_CANCELLED);
    assert_true(ch_weights_missing_count(weights) == 5 && ch_weights_count(weights) == 0);
    ch_weights_free(weights);
}

/* Whichever allocation fails, there are no weights or all, since messages about numbers that are
 * left may be lost. */
static void test_memory_ends(void **state)
{
    (void)state;
    write_usual();
    ch_run_options options = options_of(1);
    options.paths = 64;
    bool happened = true;
    for (size_t number = 1; happened; number += 1 + number / 8) {
        ch_weights *weights;
        ch_diags *diags;
        failing_once(number);
        ch_status status = ch_weigh_file(path, NULL, &options, &weights, &diags);
        happened = failing_happened();
        failing_stop();
        assert_true(status == CH_OK || (happened && status == CH_E_MEMORY));
        assert_true((weights != NULL) == (status == CH_OK));
        if (weights)
            assert_true(ch_weights_count(weights) == 3 && ch_weights_left_count(weights) == 2);
        ch_diags_free(diags);
        ch_weights_free(weights);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ends_are_runs),
        cmocka_unit_test(test_order_and_rest), cmocka_unit_test(test_refused_and_stopped),
        cmocka_unit_test(test_memory_ends)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

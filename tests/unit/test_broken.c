/* What becomes infinite or not a number is refused by every engine, alike and by name; what is
 * infinite on the way to a sensible number is not. */
#include "support/cmocka_all.h"
#include "support/collect.h"
#include "support/text_model.h"

#include "cardhouse/cardhouse.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Places of a sound model, and what stands there in it. */
static const struct {
    const char *place, *usual;
} places[] = {{"BILL", "6"}, {"REVENUE", "4 * demand"}, {"COST", "0.42 * revenue"}, {"TARGET", "5"},
    {"TEST", "cash >= -1000"}, {"CONDITION", "cash >= -1000"}, {"LEAVING", "5%"},
    {"INTENSITY", "0"}};
enum { PLACES = sizeof places / sizeof *places };

static const char template[] =
    "format: 1\ntitle: broken\ncurrency: USD\nunit: million\nstart: 2025-12-31\nmonths: 6\n"
    "drivers:\n"
    "  demand: {process: gbm, start: 1.0, drift: 0%, volatility: 40%}\n"
    "  zero: {process: path, by: {2026-01: 1, 2026-03: 0}}\n"
    "firms:\n"
    "  cloud:\n"
    "    opening: {assets: {cash: 20, property: 220}, equity: {capital: 240}}\n"
    "    operations:\n"
    "      revenue: {on-demand: \"@REVENUE\"}\n"
    "      cost: {power: \"@COST\", staff: 2.5}\n"
    "    covenants: {cover: {test: \"@TEST\", every: 1 month}}\n"
    "    funding: {target: \"@TARGET\", ladder: [facility]}\n"
    "  anchor: {default: {intensity: \"@INTENSITY\", recovery: 40%}}\n"
    "contracts:\n"
    "  capacity: {kind: take_or_pay, seller: cloud, buyer: anchor, amount: \"@BILL\",\n"
    "    cancellation: \"@LEAVING\"}\n"
    "  facility: {kind: delayed_draw_loan, borrower: cloud, lender: outside, commitment: 15,\n"
    "    drawn: 0, availability_end: 2026-12-31, draw_condition: \"@CONDITION\", rate: 8%,\n"
    "    interest: 1 month, maturity: 2028-06-30, seniority: senior_secured}\n";

/* The model with `text` at one of the places. */
static ch_model *model_with(const char *place, const char *text)
{
    char out[4096];
    size_t size = 0;
    for (const char *at = template; *at;) {
        size_t found = 0;
        while (found < PLACES && (*at != '@' || strncmp(at + 1, places[found].place,
                                                    strlen(places[found].place)) != 0))
            found++;
        if (found == PLACES) {
            out[size++] = *at++;
            continue;
        }
        const char *word = strcmp(places[found].place, place) == 0 ? text : places[found].usual;
        size += (size_t)snprintf(out + size, sizeof out - size, "%s", word);
        at += 1 + strlen(places[found].place);
    }
    return text_model(out, size);
}

static ch_status run(const ch_model *model, uint32_t compile, ch_diags **diags)
{
    ch_run_options options = ch_run_options_default();
    options.paths = 64;
    options.threads = 1;
    options.compile = compile;
    ch_result *result;
    ch_status status = ch_run(model, &options, &result, diags);
    ch_result_free(result);
    return status;
}

/* The last diagnostic is the refusal; one before it can only say that nothing was compiled. */
static void says(const ch_diags *diags, const char *message)
{
    size_t count = ch_diags_count(diags);
    assert_true(count == 1 || count == 2);
    assert_int_equal(ch_diags_at(diags, count - 1)->code, 590);
    assert_string_equal(ch_diags_at(diags, count - 1)->message, message);
}

static void refused(const char *place, const char *text, const char *message)
{
    ch_model *model = model_with(place, text);
    for (uint32_t compile = 0; compile <= 1; compile++) {
        ch_diags *diags;
        assert_int_equal(run(model, compile, &diags), CH_E_INPUT);
        says(diags, message);
        ch_diags_free(diags);
    }
    ch_run_options options = ch_run_options_default();
    collected story = {0};
    ch_diags *diags;
    assert_int_equal(ch_trace(model, &options, 0, collect_write, &story, &diags), CH_E_INPUT);
    says(diags, message);
    /* the months before are told, of the broken one and of causes nothing is */
    bool at_once = strstr(message, "in month 1") != NULL;
    assert_int_equal(strstr(story.text, "\nmonth 2, ") == NULL, at_once);
    assert_null(strstr(story.text, at_once ? "\nmonth 1, " : "\nmonth 3, "));
    assert_null(strstr(story.text, "chain of causes"));
    assert_null(strstr(story.text, "No firm fails"));
    assert_null(strstr(story.text, " nan"));
    assert_null(strstr(story.text, "-nan"));
    ch_diags_free(diags);
    collect_free(&story);
    ch_model_free(model);
}

static void accepted(const char *place, const char *text)
{
    ch_model *model = model_with(place, text);
    ch_run_options options = ch_run_options_default();
    collected story = {0};
    ch_diags *diags;
    assert_int_equal(run(model, 0, &diags), CH_OK);
    assert_null(diags);
    assert_int_equal(ch_trace(model, &options, 0, collect_write, &story, &diags), CH_OK);
    assert_null(diags);
    collect_free(&story);
    ch_model_free(model);
}

static void test_amounts(void **state)
{
    (void)state;
    refused("BILL", "6 / zero",
        "the amount of contract 'capacity' between 'cloud' and 'anchor' is infinite on path 0 in "
        "month 3");
    refused("REVENUE", "4 / zero",
        "revenue 'on-demand' of firm 'cloud' is infinite on path 0 in month 3");
    refused(
        "COST", "revenue / zero", "cost 'power' of firm 'cloud' is infinite on path 0 in month 3");
    refused("TARGET", "5 / zero",
        "the funding target of firm 'cloud' is infinite on path 0 in month 3");
    refused("LEAVING", "1 / zero",
        "the cancellation intensity of contract 'capacity' between 'cloud' and 'anchor' is "
        "infinite on path 0 in month 3");
    refused("INTENSITY", "1 / zero",
        "the default intensity of firm 'anchor' is infinite on path 0 in month 3");
}

/* A comparison with what is not a number is neither true nor false. */
static void test_comparisons(void **state)
{
    (void)state;
    refused("TEST", "0 * cash / zero >= 5",
        "covenant 'cover' of firm 'cloud' is not a number on path 0 in month 3");
    refused("CONDITION", "0 / 0 >= 5",
        "the draw_condition of contract 'facility' of firm 'cloud' is not a number on path 0 in "
        "month 1");
    refused("TEST", "max(0 * property / zero, 5) >= 1",
        "covenant 'cover' of firm 'cloud' is not a number on path 0 in month 3");
    refused("CONDITION", "0 * cash / zero >= 5",
        "the draw_condition of contract 'facility' of firm 'cloud' is not a number on path 0 in "
        "month 3");
    refused("TEST", "cash >= -1000 + min(1, zero / zero) * 1",
        "covenant 'cover' of firm 'cloud' is not a number on path 0 in month 3");
}

/* Whichever way round its operands stand. */
static void test_extremes(void **state)
{
    (void)state;
    static const char *const ways[] = {"max(4, 0 * demand / zero)", "max(0 * demand / zero, 4)",
        "min(4, 0 * demand / zero)", "min(0 * demand / zero, 4)", "max(4, 4 * zero / zero)",
        "max(4 * zero / zero, 4)"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        refused("REVENUE", ways[i],
            "revenue 'on-demand' of firm 'cloud' is not a number on path 0 in month 3");
    /* one number for all paths */
    refused("REVENUE", "demand * max(4, 4 * 0 / 0)",
        "revenue 'on-demand' of firm 'cloud' is not a number on path 0 in month 1");
    refused("REVENUE", "demand * max(4 * 0 / 0, 4)",
        "revenue 'on-demand' of firm 'cloud' is not a number on path 0 in month 1");
    refused("TEST", "0 / 0 >= 5 * alive(anchor)",
        "covenant 'cover' of firm 'cloud' is not a number on path 0 in month 1");
}

/* A cap of infinity caps nothing, a ratio to nothing is above every limit, and the ratios of a firm
 * that has failed are nobody's. */
static void test_sensible(void **state)
{
    (void)state;
    accepted("REVENUE", "min(10, 5 / zero)");
    accepted("REVENUE", "max(-5 / zero, 4)");
    accepted("TEST", "property / zero >= 5");
    accepted("TEST", "revenue / interest >= 5");
    accepted("TEST", "revenue / revenue >= 2");
    accepted("TEST", "max(revenue / revenue, 0) >= 2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_amounts),
        cmocka_unit_test(test_comparisons), cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_sensible)};
    return cmocka_run_group_tests_name("broken", tests, NULL, NULL);
}

/* Day counts, overnight rates: the reference table and the rules that it does not pin down. */
#include "support/reference.h"
#include "text/calendar.h"
#include "text/daycount.h"
#include "text/schedule.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static chi_day day(const char *text)
{
    chi_day at;
    assert_true(chi_day_parse(text, 10, &at));
    return at;
}

typedef struct row {
    char text[2048];
    char *id, *kind, *convention, *start, *end, *options, *exact, *expected;
} row;

/* The first eight columns hold no quotes. */
static void split(row *r)
{
    char **columns[] = {
        &r->id, &r->kind, &r->convention, &r->start, &r->end, &r->options, &r->exact, &r->expected};
    char *at = r->text;
    for (int i = 0; i < 8; i++) {
        *columns[i] = at;
        at = strchr(at, ',');
        assert_non_null(at);
        *at++ = 0;
    }
}

static double fraction(const char *exact, const char *decimal)
{
    const char *slash = strchr(exact, '/');
    return slash ? strtod(exact, NULL) / strtod(slash + 1, NULL) : strtod(decimal, NULL);
}

static void check_daycount(const row *r)
{
    chi_daycount kind;
    assert_true(chi_daycount_parse(r->convention, &kind));
    chi_daycount_period period = {0};
    chi_daycount_context context = {.termination = INT32_MIN};
    if (strncmp(r->options, "termination=", 12) == 0)
        context.termination = day(r->options + 12);
    if (strncmp(r->options, "freq=", 5) == 0)
        context.frequency = atoi(r->options + 5);
    if (strncmp(r->options, "periods=", 8) == 0) {
        period =
            (chi_daycount_period){day(r->options + 8), day(r->options + 19), atoi(r->options + 30)};
        context.periods = &period;
        context.period_count = 1;
    }
    double have = chi_year_fraction(kind, day(r->start), day(r->end), &context);
    double want = fraction(r->exact, r->expected);
    if (!(fabs(have - want) <= 1e-14))
        fail_msg("%s: have %.17g, want %.17g", r->id, have, want);
}

static void check_schedule(const row *r)
{
    chi_cycle cycle;
    chi_schedule schedule;
    const char *text = r->convention + strlen("cycle=");
    assert_true(chi_cycle_parse(text, strlen(text), &cycle));
    assert_true(chi_schedule_make(chi_moment_of(day(r->start)), cycle, chi_moment_of(day(r->end)),
        strcmp(r->options, "eom=EOM") == 0, &schedule));
    char have[2048] = "";
    for (int32_t k = 0; k <= schedule.regular; k++) {
        char date[20];
        chi_moment_format(chi_schedule_at(&schedule, k), date);
        snprintf(have + strlen(have), sizeof have - strlen(have), "%s%.10s", k ? ";" : "", date);
    }
    assert_string_equal(have, r->exact);
}

static void check_business_day(const row *r)
{
    chi_arena arena;
    chi_business_rule rule;
    chi_arena_init(&arena);
    const chi_calendar *calendar = chi_calendar_builtin(&arena, "MF");
    assert_true(chi_business_rule_parse(r->convention, &rule));
    char pay[11], calc[11], have[64];
    chi_day_format(chi_pay_day(calendar, rule, day(r->start)), pay);
    chi_day_format(chi_accrual_day(calendar, rule, day(r->start)), calc);
    snprintf(have, sizeof have, "pay=%s;calc=%s", pay, calc);
    assert_string_equal(have, r->exact);
    chi_arena_free(&arena);
}

static void check_overnight(const row *r)
{
    double rates[64];
    int days[64], basis = strcmp(r->convention, "ACT/365F") == 0 ? 365 : 360;
    size_t count = 0, day_count = 0;
    const char *at = r->options + strlen("rates=");
    for (char *end; *at != ';'; at = end + (*end == ' '))
        rates[count++] = strtod(at, &end);
    at += strlen(";days=");
    for (char *end; *at; at = end + (*end == ' '))
        days[day_count++] = (int)strtol(at, &end, 10);
    assert_int_equal(count, day_count);
    double have = strcmp(r->kind, "compound") == 0
                      ? chi_overnight_compounded(rates, days, count, basis)
                      : chi_overnight_averaged(rates, days, count);
    assert_true(fabs(have - fraction(r->exact, r->expected)) <= 1e-14);
}

static void test_reference_table(void **state)
{
    (void)state;
    char path[512];
    if (!reference_path("daycount.csv", path, sizeof path)) {
        print_message("skipped: %s is not there\n", path);
        skip();
    }
    FILE *file = fopen(path, "rb");
    row r;
    int rows = 0;
    assert_non_null(fgets(r.text, sizeof r.text, file));
    while (fgets(r.text, sizeof r.text, file)) {
        split(&r);
        rows++;
        if (strcmp(r.kind, "daycount") == 0)
            check_daycount(&r);
        else if (strcmp(r.kind, "schedule") == 0)
            check_schedule(&r);
        else if (strcmp(r.kind, "businessday") == 0)
            check_business_day(&r);
        else
            check_overnight(&r);
    }
    fclose(file);
    assert_int_equal(rows, 197);
}

static double years(chi_daycount kind, const char *from, const char *to)
{
    return chi_year_fraction(kind, day(from), day(to), NULL);
}

static void test_edges(void **state)
{
    (void)state;
    /* AFB: 29 February at the start counts, at the end it does not. */
    assert_true(years(CHI_DC_ACT_ACT_AFB, "2024-02-29", "2024-03-30") == 30.0 / 366.0);
    assert_true(years(CHI_DC_ACT_ACT_AFB, "2024-01-30", "2024-02-29") == 30.0 / 365.0);
    /* No leap: 29 February is the same day as the 28th. */
    assert_true(years(CHI_DC_NL_365, "2024-02-28", "2024-02-29") == 0.0);
    assert_true(years(CHI_DC_NL_365, "2024-02-29", "2025-02-28") == 1.0);
    assert_true(years(CHI_DC_30EP_360, "2024-12-01", "2024-12-31") == 30.0 / 360.0);
    /* Reversed dates give the negative. */
    for (int kind = 0; kind < CHI_DC_COUNT; kind++) {
        chi_daycount_context context = {.termination = INT32_MIN,
            .period_start = day("2024-01-15"),
            .period_end = day("2025-01-15"),
            .frequency = 1};
        double there =
            chi_year_fraction((chi_daycount)kind, day("2024-01-31"), day("2024-08-30"), &context);
        double back =
            chi_year_fraction((chi_daycount)kind, day("2024-08-30"), day("2024-01-31"), &context);
        assert_true(there > 0.0 && there == -back);
    }
}

static void test_icma_periods(void **state)
{
    (void)state;
    /* A short first coupon and a long last one, split over notional periods (ISDA memorandum,
     * 1998, examples of the short and the long first period). */
    chi_daycount_period periods[] = {
        {day("1999-01-01"), day("1999-07-01"), 2}, {day("1999-07-01"), day("2000-01-01"), 2}};
    chi_daycount_context context = {.periods = periods, .period_count = 2};
    double have =
        chi_year_fraction(CHI_DC_ACT_ACT_ICMA, day("1999-02-01"), day("1999-12-01"), &context);
    assert_true(fabs(have - (150.0 / 362.0 + 153.0 / 368.0)) < 1e-15);
    /* What the periods do not cover cannot be counted. */
    assert_true(isnan(
        chi_year_fraction(CHI_DC_ACT_ACT_ICMA, day("1998-12-31"), day("1999-12-01"), &context)));
    assert_true(isnan(years(CHI_DC_ACT_ACT_ICMA, "1999-01-01", "1999-12-01")));
    assert_true(isnan(years(CHI_DC_ACT_365L, "1999-01-01", "1999-12-01")));
}

static void test_names(void **state)
{
    (void)state;
    chi_daycount kind;
    assert_true(chi_daycount_parse("A365", &kind) && kind == CHI_DC_ACT_365F);
    assert_true(chi_daycount_parse("30E360ISDA", &kind) && kind == CHI_DC_30E_360_ISDA);
    assert_false(chi_daycount_parse("", &kind));
    assert_false(chi_daycount_parse("BUS/252", &kind));
    assert_int_equal(chi_daycount_fixed_basis(CHI_DC_ACT_360), 360);
    assert_int_equal(chi_daycount_fixed_basis(CHI_DC_30_360), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference_table),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_icma_periods),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Calendars: known holidays, the rule language and its errors, the eight shifting rules. */
#include "text/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static chi_arena arena;

static int setup(void **state)
{
    (void)state;
    chi_arena_init(&arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    chi_arena_free(&arena);
    return 0;
}

static chi_day day(const char *text)
{
    chi_day at;
    assert_true(chi_day_parse(text, 10, &at));
    return at;
}

static void assert_closed(const chi_calendar *calendar, const char *text)
{
    if (chi_is_business_day(calendar, day(text)))
        fail_msg("%s should be closed", text);
}

static void assert_open(const chi_calendar *calendar, const char *text)
{
    if (!chi_is_business_day(calendar, day(text)))
        fail_msg("%s should be open", text);
}

static void test_target(void **state)
{
    (void)state;
    const chi_calendar *target = chi_calendar_builtin(&arena, "TARGET");
    /* Good Friday and Easter Monday as the European Central Bank published them. */
    static const char *const closed[] = {"2024-03-29", "2024-04-01", "2025-04-18", "2025-04-21",
        "2026-04-03", "2026-04-06", "2025-05-01", "2025-12-25", "2025-12-26", "2026-01-01",
        "1999-12-31", "2001-12-31", "2025-06-28"};
    static const char *const open[] = {
        "1999-04-02", "2002-12-31", "2025-12-24", "2025-06-27", "2026-12-28", "1999-05-03"};
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        assert_closed(target, closed[i]);
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        assert_open(target, open[i]);
}

static void test_us(void **state)
{
    (void)state;
    const chi_calendar *us = chi_calendar_builtin(&arena, "US");
    const chi_calendar *fed = chi_calendar_builtin(&arena, "FED");
    /* Office of Personnel Management, list of federal holidays 2021, 2022, 2025 and 2026. */
    static const char *const closed[] = {"2025-01-20", "2025-02-17", "2025-05-26", "2025-06-19",
        "2025-07-04", "2025-09-01", "2025-10-13", "2025-11-11", "2025-11-27", "2025-12-25",
        "2026-07-03", "2021-06-18", "2021-07-05", "2021-12-24", "2021-12-31", "2022-06-20",
        "2022-12-26", "2023-01-02"};
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        assert_closed(us, closed[i]);
    assert_open(us, "2020-06-19");
    assert_open(us, "2025-12-24");
    assert_open(fed, "2021-12-31");
    assert_open(fed, "2026-07-03");
    assert_closed(fed, "2022-12-26");
    assert_closed(fed, "2025-10-13");
}

static void test_rules_of_shifting(void **state)
{
    (void)state;
    const chi_calendar *week = chi_calendar_builtin(&arena, "MF");
    chi_day sunday = day("2013-06-30");
    assert_int_equal(chi_pay_day(week, CHI_BR_NONE, sunday), sunday);
    assert_int_equal(chi_pay_day(week, CHI_BR_SCF, sunday), day("2013-07-01"));
    assert_int_equal(chi_pay_day(week, CHI_BR_SCMF, sunday), day("2013-06-28"));
    assert_int_equal(chi_accrual_day(week, CHI_BR_SCMF, sunday), day("2013-06-28"));
    assert_int_equal(chi_accrual_day(week, CHI_BR_CSMF, sunday), sunday);
    const chi_calendar *open = chi_calendar_builtin(&arena, "NC");
    assert_true(chi_calendar_is_open(open));
    assert_int_equal(chi_pay_day(open, CHI_BR_SCF, sunday), sunday);
    assert_null(chi_calendar_builtin(&arena, "LONDON"));
}

static void test_table_agrees_with_rules(void **state)
{
    (void)state;
    /* The years on either side of the table follow the same rules. */
    const chi_calendar *us = chi_calendar_builtin(&arena, "US");
    assert_closed(us, "2200-07-04");
    assert_closed(us, "2199-12-25");
    assert_closed(us, "2300-12-25");
    assert_open(us, "2300-12-24");
    assert_closed(us, "1899-12-25");
}

static void test_language(void **state)
{
    (void)state;
    static const char good[] = "# bank holidays\nweekend friday saturday\n\n"
                               "fixed 06-15 2000 2010\nsunday 12-24\neaster 49\n"
                               "weekday -1 monday 8\n2026-07-03 # once\n";
    int line;
    const char *error;
    const chi_calendar *c = chi_calendar_parse(&arena, good, strlen(good), &line, &error);
    assert_non_null(c);
    assert_closed(c, "2026-07-03");
    assert_open(c, "2027-07-04");
    assert_open(c, "2011-06-15");
    assert_closed(c, "2010-06-15");
    assert_closed(c, "2025-06-08"); /* Whit Sunday */
    assert_closed(c, "2025-08-25");
    static const struct {
        const char *text;
        int line;
    } bad[] = {
        {"weekend\n", 1},
        {"weekend someday\n", 1},
        {"\nfixed 13-01\n", 2},
        {"fixed 02-29\n", 1},
        {"fixed 01-01 2000 1999\n", 1},
        {"fixed 01-01 2500\n", 1},
        {"easter monday\n", 1},
        {"weekday 5 monday 1\n", 1},
        {"2026-13-01\n", 1},
        {"2026-01-01 2027-01-01\n", 1},
        {"one two three four five six seven eight nine\n", 1},
        {"weekend monday tuesday wednesday thursday friday saturday sunday\n", 0},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_null(chi_calendar_parse(&arena, bad[i].text, strlen(bad[i].text), &line, &error));
        assert_int_equal(line, bad[i].line);
        assert_non_null(error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_target, setup, teardown),
        cmocka_unit_test_setup_teardown(test_us, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rules_of_shifting, setup, teardown),
        cmocka_unit_test_setup_teardown(test_table_agrees_with_rules, setup, teardown),
        cmocka_unit_test_setup_teardown(test_language, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Cycles and schedules: spellings, stubs, month ends, times of day, limits. */
#include "text/schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static chi_moment moment(const char *text)
{
    chi_moment at;
    assert_true(chi_moment_parse(text, strlen(text), &at));
    return at;
}

static chi_cycle cycle(const char *text)
{
    chi_cycle c;
    assert_true(chi_cycle_parse(text, strlen(text), &c));
    return c;
}

static void test_cycles(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int count;
        char unit;
        bool is_short;
    } good[] = {{"P1ML0", 1, 'M', false}, {"P1QL1", 3, 'M', true}, {"P1H", 6, 'M', false},
        {"P2Y", 24, 'M', false}, {"P2WL1", 14, 'D', true}, {"1M-", 1, 'M', true},
        {"1M+", 1, 'M', false}, {" P5D", 5, 'D', false}, {"P0D", 0, 'D', false}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        chi_cycle c = cycle(good[i].text);
        assert_int_equal(c.count, good[i].count);
        assert_int_equal(c.unit, good[i].unit);
        assert_int_equal(c.short_stub, good[i].is_short);
    }
    static const char *const bad[] = {
        "", "P", "PM", "P1", "P1X", "P1ML2", "P1ML", "P-1M", "P99999D", "P1M1D", "monthly", "P1M "};
    chi_cycle c;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(chi_cycle_parse(bad[i], strlen(bad[i]), &c));
}

static void test_moments(void **state)
{
    (void)state;
    char text[20];
    assert_int_equal(moment("2013-12-31T23:59:59"), moment("2013-12-31") + 1);
    assert_true(moment("2013-12-31T23:59:59") < moment("2014-01-01T00:00:00"));
    assert_int_equal(chi_moment_accrual(moment("2013-12-31T23:59:59")),
        chi_moment_day(moment("2014-01-01T00:00")));
    chi_moment_format(moment("1950-12-31T23:59:59"), text);
    assert_string_equal(text, "1950-12-31T23:59:59");
    chi_moment_format(moment("1950-12-31T00:00:00"), text);
    assert_string_equal(text, "1950-12-31T00:00");
    static const char *const bad[] = {"2013-02-29", "2013-01-01T12:00", "2013-01-01T00:00:00Z",
        "2013-1-1", "", "20130101", "2013-01-01 00:00"};
    chi_moment at;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(chi_moment_parse(bad[i], strlen(bad[i]), &at));
}

static int32_t count(const char *anchor, const char *by, const char *end)
{
    chi_schedule s;
    assert_true(chi_schedule_make(moment(anchor), cycle(by), moment(end), false, &s));
    for (int32_t k = 1; k <= s.regular; k++)
        assert_true(chi_schedule_at(&s, k - 1) < chi_schedule_at(&s, k));
    return s.regular + 1;
}

static void test_stubs(void **state)
{
    (void)state;
    assert_int_equal(count("2013-01-31", "P1ML0", "2013-04-30"), 4);
    assert_int_equal(count("2013-01-31", "P1ML0", "2013-04-15"), 3);
    assert_int_equal(count("2013-01-31", "P1ML1", "2013-04-15"), 4);
    /* 23:59:59 is compared as written: 1 January is not 31 December 23:59:59. */
    assert_int_equal(count("2013-02-01", "P1ML0", "2013-12-31T23:59:59"), 11);
    assert_int_equal(count("2013-02-01", "P1ML0", "2014-01-01"), 12);
    /* The anchor at or after the end leaves the end alone. */
    assert_int_equal(count("2014-01-01", "P1ML0", "2014-01-01"), 1);
    assert_int_equal(count("2015-01-01", "P1ML0", "2014-01-01"), 1);
    assert_int_equal(count("2013-06-01", "P0D", "2014-01-01"), 2);
}

static void test_counted_from_the_anchor(void **state)
{
    (void)state;
    chi_schedule s;
    chi_moment anchor = moment("2012-01-31"), end = moment("2012-12-31");
    assert_true(chi_schedule_make(anchor, cycle("P1ML1"), end, false, &s));
    assert_int_equal(chi_schedule_at(&s, 1), moment("2012-02-29"));
    assert_int_equal(chi_schedule_at(&s, 2), moment("2012-03-31"));
    /* The end-of-month rule acts only on the last day of a month and on months. */
    assert_true(chi_schedule_make(moment("2012-02-29"), cycle("P1ML1"), end, true, &s));
    assert_int_equal(chi_schedule_at(&s, 1), moment("2012-03-31"));
    assert_true(chi_schedule_make(moment("2012-01-30"), cycle("P1ML1"), end, true, &s));
    assert_int_equal(chi_schedule_at(&s, 2), moment("2012-03-30"));
    assert_true(chi_schedule_make(moment("2012-02-29"), cycle("P30DL1"), end, true, &s));
    assert_int_equal(chi_schedule_at(&s, 1), moment("2012-03-30"));
}

/* Adding months by its own arithmetic gives what the calendar's gives, both ways. */
static void test_adding_months(void **state)
{
    (void)state;
    for (int32_t day = -200000; day < 200000; day += 997)
        for (int32_t times = -40; times <= 40; times++) {
            chi_cycle by = {7, 'M', false};
            chi_moment have = chi_cycle_add(2 * day + 1, by, times, false);
            assert_int_equal(have, 2 * chi_day_add_months(day, 7 * times) + 1);
            have = chi_cycle_add(2 * day, by, times, true);
            assert_int_equal(have, 2 * chi_month_end(chi_day_add_months(day, 7 * times)));
        }
}

static void test_limits(void **state)
{
    (void)state;
    chi_schedule s;
    chi_moment anchor = moment("2013-01-01"), end = moment("9999-12-31");
    assert_false(chi_schedule_make(anchor, cycle("P1DL1"), end, false, &s));
    assert_true(chi_schedule_make(anchor, cycle("P1ML1"), end, false, &s));
    assert_int_equal(s.regular, 12 * (10000 - 2013));
    assert_true(chi_schedule_make(anchor, cycle("P9999YL1"), end, false, &s));
    assert_int_equal(s.regular, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cycles),
        cmocka_unit_test(test_moments),
        cmocka_unit_test(test_stubs),
        cmocka_unit_test(test_counted_from_the_anchor),
        cmocka_unit_test(test_adding_months),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

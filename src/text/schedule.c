/* Schedules: dates are counted from the anchor, never from the date before, so that clipped month
 * ends do not drift (31 January, 28 February, 31 March). */
#include "text/schedule.h"

#include "base/check.h"

#include <string.h>

chi_moment chi_moment_of(chi_day day)
{
    return 2 * day;
}

chi_day chi_moment_day(chi_moment moment)
{
    return (moment - (moment & 1)) / 2;
}

chi_day chi_moment_accrual(chi_moment moment)
{
    return chi_moment_day(moment) + (moment & 1);
}

bool chi_moment_parse(const char *text, size_t size, chi_moment *moment)
{
    static const char *const times[] = {"T00:00", "T00:00:00", "T23:59:59", "T23:59"};
    chi_day day;
    while (size > 0 && *text == ' ') {
        text++;
        size--;
    }
    if (size < 10 || !chi_day_parse(text, 10, &day))
        return false;
    *moment = 2 * day;
    if (size == 10)
        return true;
    for (int i = 0; i < 4; i++)
        if (strlen(times[i]) == size - 10 && memcmp(times[i], text + 10, size - 10) == 0) {
            *moment += i >= 2;
            return true;
        }
    return false;
}

void chi_moment_format(chi_moment moment, char out[20])
{
    chi_day_format(chi_moment_day(moment), out);
    memcpy(out + 10, moment & 1 ? "T23:59:59" : "T00:00", moment & 1 ? 10 : 7);
}

/* The units as days or months. */
static bool unit_of(char letter, char *unit, int32_t *factor)
{
    static const char letters[] = "DWMQHY";
    static const int32_t factors[] = {1, 7, 1, 3, 6, 12};
    const char *at = letter ? strchr(letters, letter) : NULL;
    if (!at)
        return false;
    *unit = letter == 'D' || letter == 'W' ? 'D' : 'M';
    *factor = factors[at - letters];
    return true;
}

bool chi_cycle_parse(const char *text, size_t size, chi_cycle *cycle)
{
    size_t at = 0;
    int32_t count = 0, factor;
    while (at < size && text[at] == ' ')
        at++;
    at += at < size && text[at] == 'P';
    size_t first_digit = at;
    for (; at < size && text[at] >= '0' && text[at] <= '9'; at++) {
        count = 10 * count + (text[at] - '0');
        if (count > CHI_CYCLE_COUNT_MAX)
            return false;
    }
    char unit;
    if (at == first_digit || at == size || !unit_of(text[at], &unit, &factor))
        return false;
    size_t rest = size - at - 1;
    const char *stub = text + at + 1;
    bool is_short = (rest == 2 && memcmp(stub, "L1", 2) == 0) || (rest == 1 && *stub == '-');
    bool is_long =
        rest == 0 || (rest == 2 && memcmp(stub, "L0", 2) == 0) || (rest == 1 && *stub == '+');
    *cycle = (chi_cycle){count * factor, unit, is_short};
    return is_short || is_long;
}

chi_moment chi_cycle_add(chi_moment moment, chi_cycle cycle, int32_t times, bool to_month_end)
{
    chi_day day = chi_moment_day(moment);
    if (cycle.unit == 'D' || cycle.count == 0)
        return 2 * (day + times * cycle.count) + (moment & 1);
    chi_ymd at = chi_ymd_of(day);
    int month = at.month - 1 + times * cycle.count;
    int years = month >= 0 ? month / 12 : -((11 - month) / 12);
    month -= 12 * years;
    int last = chi_days_in_month(at.year + years, month + 1);
    int to_day = to_month_end || at.day > last ? last : at.day;
    return 2 * chi_day_of(at.year + years, month + 1, to_day) + (moment & 1);
}

/* The greatest k with anchor + k cycles < end; the anchor is before the end. */
static int64_t last_before(const chi_schedule *s)
{
    int64_t k;
    if (s->cycle.unit == 'D') {
        int64_t span = (int64_t)s->end - s->anchor - 1;
        return span / (2 * (int64_t)s->cycle.count);
    }
    chi_ymd a = chi_ymd_of(chi_moment_day(s->anchor)), b = chi_ymd_of(chi_moment_day(s->end));
    k = (12 * (b.year - a.year) + (b.month - a.month)) / s->cycle.count;
    /* The day of the month decides whether the last one is still before the end. */
    if (k > 0 && chi_cycle_add(s->anchor, s->cycle, (int32_t)k, s->to_month_end) >= s->end)
        k--;
    return k;
}

bool chi_schedule_make(
    chi_moment anchor, chi_cycle cycle, chi_moment end, bool eom, chi_schedule *schedule)
{
    CHI_ASSERT(anchor != CHI_MOMENT_NONE && end != CHI_MOMENT_NONE && cycle.count >= 0);
    *schedule = (chi_schedule){anchor, end, cycle, false, 0};
    if (anchor >= end)
        return true;
    if (cycle.count == 0) {
        schedule->regular = 1;
        return true;
    }
    schedule->to_month_end = eom && cycle.unit == 'M' && chi_is_month_end(chi_moment_day(anchor));
    int64_t last = last_before(schedule);
    if (last >= CHI_SCHEDULE_DATES_MAX)
        return false;
    schedule->regular = (int32_t)last + 1;
    /* A long stub swallows the last regular date unless the end is regular too. */
    if (!cycle.short_stub && schedule->regular >= 2 &&
        chi_cycle_add(anchor, cycle, (int32_t)last + 1, schedule->to_month_end) != end)
        schedule->regular--;
    return true;
}

chi_moment chi_schedule_at(const chi_schedule *schedule, int32_t k)
{
    CHI_ASSERT(k >= 0 && k <= schedule->regular);
    if (k == schedule->regular)
        return schedule->end;
    return chi_cycle_add(schedule->anchor, schedule->cycle, k, schedule->to_month_end);
}

void chi_schedule_fill(const chi_schedule *schedule, chi_moment *dates)
{
    const chi_cycle cycle = schedule->cycle;
    const chi_moment late = schedule->anchor & 1;
    chi_ymd at = chi_ymd_of(chi_moment_day(schedule->anchor));
    int month = at.month - 1, year = at.year;
    for (int32_t k = 0; k < schedule->regular; k++) {
        if (cycle.unit == 'D' || cycle.count == 0) {
            dates[k] = schedule->anchor + 2 * k * cycle.count;
            continue;
        }
        int last = chi_days_in_month(year, month + 1);
        int day = schedule->to_month_end || at.day > last ? last : at.day;
        dates[k] = 2 * chi_day_of(year, month + 1, day) + late;
        month += cycle.count;
        year += month / 12;
        month %= 12;
    }
    dates[schedule->regular] = schedule->end;
}

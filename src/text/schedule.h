/* Cycles and the schedules they make, after the ACTUS technical specification, section 3.
 *
 * A moment is a day with a mark for "23:59:59, the end of that day": 2 * day, plus 1 with the mark.
 * Moments are compared as written; accrual counts the mark as the next day. */
#ifndef CHI_TEXT_SCHEDULE_H
#define CHI_TEXT_SCHEDULE_H

#include "text/date.h"

typedef int32_t chi_moment;

#define CHI_MOMENT_NONE INT32_MIN

chi_moment chi_moment_of(chi_day day);
chi_day chi_moment_day(chi_moment moment);     /* the day as written */
chi_day chi_moment_accrual(chi_moment moment); /* 23:59:59 belongs to the next day */
/* Accepts YYYY-MM-DD, alone or with T00:00, T00:00:00, T23:59 or T23:59:59. */
bool chi_moment_parse(const char *text, size_t size, chi_moment *moment);
void chi_moment_format(chi_moment moment, char out[20]); /* "YYYY-MM-DDTHH:MM", ":SS" at 23:59:59 */

/* n days or n months; weeks, quarters, half-years and years are brought to these two. */
typedef struct chi_cycle {
    int32_t count; /* 0: no cycle */
    char unit;     /* 'D' or 'M' */
    bool short_stub;
} chi_cycle;

enum { CHI_CYCLE_COUNT_MAX = 9999 };

/* "P1ML0", "P3M", "1Q-": n units with an optional stub: L0 or + long, L1 or - short; long if none.
 * False if it is not a cycle. n may be 0 (a period of no length); whoever needs a cycle that moves
 * refuses it. */
bool chi_cycle_parse(const char *text, size_t size, chi_cycle *cycle);

/* `moment` plus `times` cycles, counted from it, clipped to the month's end; `to_month_end` moves
 * every result of a monthly cycle to its month's end. */
chi_moment chi_cycle_add(chi_moment moment, chi_cycle cycle, int32_t times, bool to_month_end);

enum { CHI_SCHEDULE_DATES_MAX = 200000 }; /* a daily cycle for 547 years */

/* A schedule from `anchor` by `cycle` to `end`, which is its last date (or its only one when the
 * cycle's count is 0 or the anchor is not before the end). `eom` asks for the end-of-month rule;
 * it acts only on a monthly cycle whose anchor is the last day of its month. */
typedef struct chi_schedule {
    chi_moment anchor, end;
    chi_cycle cycle;
    bool to_month_end; /* the rule acts */
    int32_t regular;   /* dates anchor + k cycles that stay; the end comes after them */
} chi_schedule;

/* False if it would have more than CHI_SCHEDULE_DATES_MAX dates. */
bool chi_schedule_make(
    chi_moment anchor, chi_cycle cycle, chi_moment end, bool eom, chi_schedule *schedule);
/* Date k of schedule->regular + 1 dates; the last is the end. */
chi_moment chi_schedule_at(const chi_schedule *schedule, int32_t k);
/* All of them, schedule->regular + 1, faster than one by one. */
void chi_schedule_fill(const chi_schedule *schedule, chi_moment *dates);

#endif

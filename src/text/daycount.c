/* Day counts as their standards word them: 2006 ISDA Definitions 4.16 for the ISDA ones, ICMA rule
 * 251 for ACT/ACT ICMA, the AFB master agreement for ACT/ACT AFB, SIA "Standard Securities
 * Calculation Methods" for 30U/360, the ACTUS dictionary for 28E/336. */
#include "text/daycount.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

static const char *const names[CHI_DC_COUNT][2] = {
#define CHI_DAYCOUNT_ROW(id, name, actus) {name, actus},
    CHI_DAYCOUNT_LIST(CHI_DAYCOUNT_ROW)
#undef CHI_DAYCOUNT_ROW
};

bool chi_daycount_parse(const char *text, chi_daycount *kind)
{
    for (int i = 0; i < CHI_DC_COUNT; i++)
        if (strcmp(text, names[i][0]) == 0 || (names[i][1][0] && strcmp(text, names[i][1]) == 0)) {
            *kind = (chi_daycount)i;
            return true;
        }
    return false;
}

int chi_daycount_fixed_basis(chi_daycount kind)
{
    return kind == CHI_DC_ACT_360    ? 360
           : kind == CHI_DC_ACT_364  ? 364
           : kind == CHI_DC_ACT_365F ? 365
                                     : 0;
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool is_february_end(chi_ymd at)
{
    return at.month == 2 && at.day == chi_days_in_month(at.year, 2);
}

/* Number of leap years among the years 1 to `year`. */
static int leap_years_to(int year)
{
    return year / 4 - year / 100 + year / 400;
}

/* How many 29 Februaries lie after `from`, up to and including `to`. */
static int leap_days(chi_day from, chi_day to)
{
    chi_ymd a = chi_ymd_of(from), b = chi_ymd_of(to);
    int past_a = is_leap(a.year) && (a.month > 2 || (a.month == 2 && a.day == 29));
    int past_b = is_leap(b.year) && (b.month > 2 || (b.month == 2 && b.day == 29));
    return leap_years_to(b.year - 1) + past_b - leap_years_to(a.year - 1) - past_a;
}

/* Days between two dates of a calendar whose months all have `month` days. */
static double months_of(int month, chi_ymd a, chi_ymd b)
{
    int days = 12 * month * (b.year - a.year) + month * (b.month - a.month) + (b.day - a.day);
    return (double)days / (double)(12 * month);
}

/* The family with months of 30 (or 28) days differs only in how the two day numbers are moved. */
static double thirty(
    chi_daycount kind, chi_day from, chi_day to, const chi_daycount_context *context)
{
    chi_ymd a = chi_ymd_of(from), b = chi_ymd_of(to);
    bool february_a = is_february_end(a), february_b = is_february_end(b);
    switch (kind) {
    case CHI_DC_30_360:
        a.day = a.day == 31 ? 30 : a.day;
        b.day = b.day == 31 && a.day == 30 ? 30 : b.day;
        return months_of(30, a, b);
    case CHI_DC_30E_360:
        a.day = a.day == 31 ? 30 : a.day;
        b.day = b.day == 31 ? 30 : b.day;
        return months_of(30, a, b);
    case CHI_DC_30E_360_ISDA: {
        bool is_termination = context && context->termination == to;
        a.day = a.day == 31 || february_a ? 30 : a.day;
        b.day = b.day == 31 || (february_b && !is_termination) ? 30 : b.day;
        return months_of(30, a, b);
    }
    case CHI_DC_30U_360:
        b.day = february_a && february_b ? 30 : b.day;
        a.day = february_a ? 30 : a.day;
        b.day = b.day == 31 && a.day >= 30 ? 30 : b.day;
        a.day = a.day == 31 ? 30 : a.day;
        return months_of(30, a, b);
    case CHI_DC_30EP_360:
        a.day = a.day == 31 ? 30 : a.day;
        b.month += b.day == 31; /* month 13 is January of the next year in the formula */
        b.day = b.day == 31 ? 1 : b.day;
        return months_of(30, a, b);
    default: /* 28E/336 */
        a.day = a.day > 28 ? 28 : a.day;
        b.day = b.day > 28 ? 28 : b.day;
        return months_of(28, a, b);
    }
}

static double act_act_isda(chi_day from, chi_day to)
{
    chi_ymd a = chi_ymd_of(from), b = chi_ymd_of(to);
    double length_a = is_leap(a.year) ? 366.0 : 365.0, length_b = is_leap(b.year) ? 366.0 : 365.0;
    if (a.year == b.year)
        return (double)(to - from) / length_a;
    double first = (double)(chi_day_of(a.year + 1, 1, 1) - from) / length_a;
    double last = (double)(to - chi_day_of(b.year, 1, 1)) / length_b;
    return (double)(b.year - a.year - 1) + (first + last);
}

/* One year before `day`; from 28 February to 29 February where that exists, as the AFB rule asks.
 */
static chi_day year_before_afb(chi_day day)
{
    chi_day before = chi_day_add_months(day, -12);
    chi_ymd at = chi_ymd_of(before);
    return before + (at.month == 2 && at.day == 28 && is_leap(at.year));
}

/* Whole years are counted back from the end; the rest is over 366 if it holds a 29 February. */
static double act_act_afb(chi_day from, chi_day to)
{
    int years = 0;
    chi_day end = to;
    for (chi_day before = year_before_afb(end); before >= from; before = year_before_afb(end)) {
        years++;
        end = before;
    }
    /* 29 February counts if it lies in [from, end), hence the shift by one day. */
    double length = leap_days(from - 1, end - 1) > 0 ? 366.0 : 365.0;
    return (double)years + (double)(end - from) / length;
}

static double act_act_icma(chi_day from, chi_day to, const chi_daycount_context *context)
{
    if (!context)
        return (double)NAN;
    chi_daycount_period only = {context->period_start, context->period_end, context->frequency};
    const chi_daycount_period *periods = context->period_count ? context->periods : &only;
    size_t count = context->period_count ? context->period_count : 1;
    double years = 0.0;
    int covered = 0;
    for (size_t i = 0; i < count; i++) {
        chi_day start = periods[i].start, end = periods[i].end;
        if (end <= start || periods[i].frequency <= 0)
            return (double)NAN;
        int days = (to < end ? to : end) - (from > start ? from : start);
        if (days > 0) {
            years += (double)days / ((double)(end - start) * (double)periods[i].frequency);
            covered += days;
        }
    }
    return covered == to - from ? years : (double)NAN;
}

static double act_365l(chi_day from, chi_day to, const chi_daycount_context *context)
{
    if (!context || context->frequency <= 0)
        return (double)NAN;
    bool leap = context->frequency == 1 ? leap_days(from, to) > 0 : is_leap(chi_ymd_of(to).year);
    return (double)(to - from) / (leap ? 366.0 : 365.0);
}

double chi_year_fraction(
    chi_daycount kind, chi_day from, chi_day to, const chi_daycount_context *context)
{
    if (to < from)
        return -chi_year_fraction(kind, to, from, context);
    switch (kind) {
    case CHI_DC_ACT_360:
        return (double)(to - from) / 360.0;
    case CHI_DC_ACT_364:
        return (double)(to - from) / 364.0;
    case CHI_DC_ACT_365F:
        return (double)(to - from) / 365.0;
    case CHI_DC_NL_365:
        return (double)(to - from - leap_days(from, to)) / 365.0;
    case CHI_DC_ACT_ACT_ISDA:
        return act_act_isda(from, to);
    case CHI_DC_ACT_ACT_AFB:
        return act_act_afb(from, to);
    case CHI_DC_ACT_ACT_ICMA:
        return act_act_icma(from, to, context);
    case CHI_DC_ACT_365L:
        return act_365l(from, to, context);
    case CHI_DC_30_360:
    case CHI_DC_30E_360:
    case CHI_DC_30E_360_ISDA:
    case CHI_DC_28E_336:
    case CHI_DC_30U_360:
    case CHI_DC_30EP_360:
        return thirty(kind, from, to, context);
    case CHI_DC_COUNT:
        break;
    }
    CHI_NEVER("unknown day count");
}

double chi_overnight_compounded(const double *rates, const int *days, size_t count, int basis)
{
    double growth = 1.0;
    long total = 0;
    for (size_t i = 0; i < count; i++) {
        growth *= 1.0 + rates[i] * (double)days[i] / (double)basis;
        total += days[i];
    }
    return total > 0 ? (growth - 1.0) * (double)basis / (double)total : (double)NAN;
}

double chi_overnight_averaged(const double *rates, const int *days, size_t count)
{
    double sum = 0.0;
    long total = 0;
    for (size_t i = 0; i < count; i++) {
        sum += rates[i] * (double)days[i];
        total += days[i];
    }
    return total > 0 ? sum / (double)total : (double)NAN;
}

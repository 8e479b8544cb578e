/* Days and months. The conversion is Howard Hinnant's "days from civil" scheme: years start in
 * March, so that the leap day is the last of the year
 * (http://howardhinnant.github.io/date_algorithms.html). */
#include "text/date.h"

#include <stdio.h>

enum {
    ERAS = 14695
}; /* of 400 years before the year 0: just more than an int32 of days reaches
    * back, and so few that days after it still fit in an uint32 */

static int floor_div(int a, int b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

chi_day chi_day_of(int year, int month, int day)
{
    if (month < 1 || month > 12) {
        year += floor_div(month - 1, 12);
        month = month - 12 * floor_div(month - 1, 12);
    }
    /* Years are counted from so early that none is negative; the sum is right modulo 2^32. */
    uint32_t y = (uint32_t)(year - (month <= 2)) + 400u * ERAS;
    uint32_t day_of_year = (uint32_t)((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1);
    uint32_t days = 365u * y + y / 4u - y / 100u + y / 400u + day_of_year;
    return (chi_day)(int32_t)(days - 719468u - 146097u * ERAS);
}

chi_ymd chi_ymd_of(chi_day day)
{
    /* Counted from as early as in chi_day_of(), so that nothing is negative. */
    uint32_t z = (uint32_t)day + 719468u + 146097u * ERAS;
    uint32_t era = z / 146097u, doe = z % 146097u;
    uint32_t yoe = (doe - doe / 1460u + doe / 36524u - doe / 146096u) / 365u;
    uint32_t doy = doe - (365u * yoe + yoe / 4u - yoe / 100u);
    uint32_t mp = (5u * doy + 2u) / 153u;
    int month = (int)mp < 10 ? (int)mp + 3 : (int)mp - 9;
    int year = (int)yoe + 400 * ((int)era - ERAS) + (month <= 2);
    return (chi_ymd){year, month, (int)(doy - (153u * mp + 2u) / 5u + 1u)};
}

int chi_days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

bool chi_is_month_end(chi_day day)
{
    chi_ymd at = chi_ymd_of(day);
    return at.day == chi_days_in_month(at.year, at.month);
}

chi_day chi_month_end(chi_day day)
{
    chi_ymd at = chi_ymd_of(day);
    return day - at.day + chi_days_in_month(at.year, at.month);
}

chi_day chi_day_add_months(chi_day day, int months)
{
    chi_ymd at = chi_ymd_of(day);
    chi_ymd target = chi_ymd_of(chi_day_of(at.year, at.month + months, 1));
    int last = chi_days_in_month(target.year, target.month);
    return chi_day_of(target.year, target.month, at.day < last ? at.day : last);
}

int chi_weekday(chi_day day)
{
    return (day + 3) - 7 * floor_div(day + 3, 7);
}

static bool digits(const char *text, int count, int *value)
{
    *value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *value = 10 * *value + (text[i] - '0');
    }
    return true;
}

bool chi_day_parse(const char *text, size_t size, chi_day *day)
{
    int y, m, d;
    if (size != 10 || text[4] != '-' || text[7] != '-' || !digits(text, 4, &y) ||
        !digits(text + 5, 2, &m) || !digits(text + 8, 2, &d))
        return false;
    if (y < CHI_YEAR_MIN || m < 1 || m > 12 || d < 1 || d > chi_days_in_month(y, m))
        return false;
    *day = chi_day_of(y, m, d);
    return true;
}

void chi_day_format(chi_day day, char out[11])
{
    chi_ymd at = chi_ymd_of(day);
    snprintf(out, 11, "%04u-%02u-%02u", (unsigned)at.year % 10000u, (unsigned)at.month % 100u,
        (unsigned)at.day % 100u);
}

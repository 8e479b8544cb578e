/* Days and months. The conversion is Howard Hinnant's "days from civil" scheme: years start in
 * March, so that the leap day is the last of the year
 * (http://howardhinnant.github.io/date_algorithms.html). */
#include "text/date.h"

#include <stdio.h>

enum { ERAS = 20000 }; /* of 400 years before the year 0: more than an int32 of days reaches back */

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
    int z = day + 719468;
    int era = floor_div(z, 146097);
    int doe = z - 146097 * era;
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (5 * doy + 2) / 153;
    int month = mp < 10 ? mp + 3 : mp - 9;
    return (chi_ymd){yoe + 400 * era + (month <= 2), month, doy - (153 * mp + 2) / 5 + 1};
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

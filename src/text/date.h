/* Calendar days. A day is an int32 counted from 1970-01-01 in the proleptic Gregorian calendar. */
#ifndef CHI_TEXT_DATE_H
#define CHI_TEXT_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int32_t chi_day;

typedef struct chi_ymd {
    int year, month, day; /* month and day from 1 */
} chi_ymd;

enum { CHI_YEAR_MIN = 1583, CHI_YEAR_MAX = 9999 };

chi_day chi_day_of(int year, int month, int day); /* month may be any integer; day is taken as is */
chi_ymd chi_ymd_of(chi_day day);
int chi_days_in_month(int year, int month);
bool chi_is_month_end(chi_day day);
chi_day chi_month_end(chi_day day);
/* The same day of the month `months` later, clipped to that month's end. */
chi_day chi_day_add_months(chi_day day, int months);
int chi_weekday(chi_day day); /* 0 = Monday */

/* "YYYY-MM-DD", exactly. False if it is not a date of the calendar. */
bool chi_day_parse(const char *text, size_t size, chi_day *day);
void chi_day_format(chi_day day, char out[11]);

#endif

/* Decimal to double. Most numbers have few digits: then mantissa and power of ten are both exact
 * doubles and one operation rounds once (W. D. Clinger, "How to read floating point numbers
 * accurately", PLDI 1990). The rest goes to strtod as digits and exponent, without a decimal point,
 * so that the locale has no say. */
#include "text/number.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { DIGITS_MAX = 700, EXPONENT_MAX = 100000, EXACT_POWER_MAX = 22 };

typedef struct parts {
    bool negative;
    uint64_t mantissa; /* of the first 19 digits that count */
    size_t digits;     /* that count: leading zeros do not */
    int exponent;      /* of the last digit */
    const char *start; /* of the first digit that counts */
    const char *end;   /* after the last digit */
} parts;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads digits and a point; NULL if there is no digit. */
static const char *read_digits(const char *at, const char *end, parts *number)
{
    const char *begin = at;
    bool point = false, any = false;
    for (; at < end && (is_digit(*at) || (*at == '.' && !point)); at++) {
        if (*at == '.') {
            point = true;
            continue;
        }
        any = true;
        number->exponent -= point;
        if (number->digits == 0 && *at == '0')
            continue;
        if (number->digits == 0)
            begin = at;
        if (number->digits < 19)
            number->mantissa = 10 * number->mantissa + (uint64_t)(*at - '0');
        number->digits++;
    }
    number->start = begin;
    number->end = at;
    return any ? at : NULL;
}

static const char *read_exponent(const char *at, const char *end, parts *number)
{
    if (at == end || (*at != 'e' && *at != 'E'))
        return at;
    at++;
    bool negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    if (at == end || !is_digit(*at))
        return NULL;
    int exponent = 0;
    for (; at < end && is_digit(*at); at++)
        if (exponent < EXPONENT_MAX)
            exponent = 10 * exponent + (*at - '0');
    number->exponent += negative ? -exponent : exponent;
    return at;
}

static bool slow_value(const parts *number, double *value)
{
    char text[DIGITS_MAX + 16];
    size_t used = 0;
    if (number->digits > DIGITS_MAX)
        return false;
    for (const char *at = number->start; at < number->end; at++)
        if (*at != '.')
            text[used++] = *at;
    snprintf(text + used, sizeof text - used, "e%d", number->exponent);
    *value = strtod(text, NULL);
    return isfinite(*value);
}

bool chi_number_parse(const char *text, size_t size, double *value)
{
    static const double powers[EXACT_POWER_MAX + 1] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8,
        1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const char *at = text, *end = text + size;
    parts number = {.negative = size > 0 && *text == '-'};
    if (size > 0 && (*at == '-' || *at == '+'))
        at++;
    at = read_digits(at, end, &number);
    if (at)
        at = read_exponent(at, end, &number);
    if (at != end || size == 0)
        return false;
    double magnitude = (double)number.mantissa;
    if (number.digits == 0)
        magnitude = 0.0;
    else if (number.digits <= 19 && number.mantissa <= (uint64_t)1 << 53 &&
             number.exponent >= -EXACT_POWER_MAX && number.exponent <= EXACT_POWER_MAX)
        magnitude = number.exponent < 0 ? magnitude / powers[-number.exponent]
                                        : magnitude * powers[number.exponent];
    else if (!slow_value(&number, &magnitude))
        return false;
    *value = number.negative ? -magnitude : magnitude;
    return true;
}

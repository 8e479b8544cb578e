/* Quantities: what the text of a scalar means, exactly.
 *
 *   1150  -3.5  1e3          a number
 *   2.3bn  40k  7m  USD 2.3bn  2.3bn USD      money; k m mn bn tn, or the words thousand to
 * trillion 9.62%  450bp             a fraction 6.00x                    a multiple
 *   115/quarter  1.2bn/year  2%/month         a flow; the value is per month
 *   3 months  2q  5y  90d  2w                 a period: d, w; mo, q, y or months, quarters, years
 *   2028-03-28  2025-11      a day, a month
 *   yes no true false        a truth
 *
 * `m` is million, never months or minutes. Money is given in the unit of the model: with the unit
 * million, 2.3bn is 2300, and a plain number in a money field is millions already. Numbers are
 * rounded once, to the nearest double, whatever the locale. What is not listed is refused. */
#ifndef CHI_TEXT_QUANTITY_H
#define CHI_TEXT_QUANTITY_H

#include "base/diag.h"
#include "text/node.h"

#include <stdbool.h>
#include <stddef.h>

/* X(name, "what a message calls it", "example") */
#define CHI_UNIT_LIST(X)                                                                           \
    X(CHI_UNIT_NUMBER, "a number", "1150")                                                         \
    X(CHI_UNIT_MONEY, "an amount of money", "2.3bn")                                               \
    X(CHI_UNIT_FRACTION, "a percentage", "9.62%")                                                  \
    X(CHI_UNIT_MULTIPLE, "a multiple", "6.00x")                                                    \
    X(CHI_UNIT_NUMBER_PER_MONTH, "a number per period", "115/quarter")                             \
    X(CHI_UNIT_MONEY_PER_MONTH, "an amount of money per period", "1.2bn/year")                     \
    X(CHI_UNIT_FRACTION_PER_MONTH, "a percentage per period", "2%/month")                          \
    X(CHI_UNIT_MONTHS, "a period in months", "3 months")                                           \
    X(CHI_UNIT_DAYS, "a period in days", "90d")                                                    \
    X(CHI_UNIT_DATE, "a date", "2028-03-28")                                                       \
    X(CHI_UNIT_MONTH, "a month", "2025-11")                                                        \
    X(CHI_UNIT_BOOL, "yes or no", "yes")

typedef enum chi_unit {
#define CHI_UNIT_ENUM(name, text, example) name,
    CHI_UNIT_LIST(CHI_UNIT_ENUM)
#undef CHI_UNIT_ENUM
        CHI_UNIT_COUNT
} chi_unit;

/* A set of units, for what a field accepts. */
#define CHI_UNIT_BIT(unit) (1u << (unit))

enum {
    CHI_ACCEPT_ANY = 0,
    CHI_ACCEPT_MONEY = CHI_UNIT_BIT(CHI_UNIT_NUMBER) | CHI_UNIT_BIT(CHI_UNIT_MONEY),
    CHI_ACCEPT_FLOW =
        CHI_UNIT_BIT(CHI_UNIT_NUMBER_PER_MONTH) | CHI_UNIT_BIT(CHI_UNIT_MONEY_PER_MONTH),
    CHI_ACCEPT_PERIOD = CHI_UNIT_BIT(CHI_UNIT_MONTHS) | CHI_UNIT_BIT(CHI_UNIT_DAYS),
    CHI_ACCEPT_TIME = CHI_UNIT_BIT(CHI_UNIT_DATE) | CHI_UNIT_BIT(CHI_UNIT_MONTH),
    CHI_NUMBER_DIGITS_MAX = 64, /* of one number */
    CHI_NUMBER_EXPONENT_MAX = 400,
};

typedef struct chi_quantity {
    double value; /* money in the model's unit; DATE: chi_day; MONTH: chi_day of its first day */
    chi_unit unit;
} chi_quantity;

/* How money is read; NULL where one is asked for means {0, NULL}. */
typedef struct chi_quantity_context {
    int unit_exponent;    /* 0, 3, 6, 9 or 12: the model's unit is 10^this */
    const char *currency; /* the model's, such as "USD"; NULL: any is accepted */
} chi_quantity_context;

typedef struct chi_quantity_error {
    uint32_t code;       /* of base/diag_codes.h; 0: no error */
    size_t offset, size; /* the part of the text that is wrong */
    char message[200], hint[200];
} chi_quantity_error;

/* Reads the whole text. `accept` is a set of CHI_UNIT_BITs, or CHI_ACCEPT_ANY. False with *error
 * filled and *quantity 0 if the text is not one quantity, or one that is not accepted. Never
 * allocates. */
bool chi_quantity_parse(const char *text, size_t size, const chi_quantity_context *context,
    unsigned accept, chi_quantity *quantity, chi_quantity_error *error);

/* Reads the longest quantity at the start of a text; returns the bytes it takes, or 0 with *error
 * filled. Names (yes, no) are not read. A word after a space that is not a unit is left alone. */
size_t chi_quantity_scan(const char *text, size_t size, const chi_quantity_context *context,
    chi_quantity *quantity, chi_quantity_error *error);

/* The same from a node; reports what is wrong with the caret on the wrong part. */
bool chi_quantity_read(const chi_node *node, const chi_quantity_context *context, unsigned accept,
    ch_diags *diags, chi_quantity *quantity);

/* "a percentage"; "a percentage, such as 9.62%". Static strings. */
const char *chi_unit_text(chi_unit unit);
const char *chi_unit_example(chi_unit unit);

#endif

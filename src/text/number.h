/* Plain decimal numbers in bulk, as programs write them: tables of ten million rows have thirty
 * million of them. quantity.h reads what people write. */
#ifndef CHI_TEXT_NUMBER_H
#define CHI_TEXT_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/* [+-] digits [. digits] [e [+-] digits], the whole text, rounded to the nearest double whatever
 * the locale; ".5" and "5." are fine. False for anything else, for too many digits (700) and for
 * what is not finite. A number too small for a double is 0 or subnormal. */
bool chi_number_parse(const char *text, size_t size, double *value);

#endif

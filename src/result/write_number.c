/* Numbers as text, the same on every machine. */
#include "result/write.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const chi_quantile chi_quantiles[CHI_QUANTILES] = {
    {"p05", 0.05}, {"p25", 0.25}, {"p50", 0.50}, {"p75", 0.75}, {"p95", 0.95}};

void chi_write_number(chi_writer *writer, double value, const char *absent)
{
    char text[40];
    if (!isfinite(value)) {
        chi_write_text(writer, absent);
        return;
    }
    if (!(value < 0) && !(value > 0)) {
        chi_write_text(writer, "0"); /* also for the zero with a sign */
        return;
    }
    /* 17 digits always suffice for a double, 15 often do (IEEE 754-2008, 5.12.2) */
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (!(strtod(text, NULL) < value) && !(strtod(text, NULL) > value))
            break;
    }
    char *comma = strchr(text, ',');
    if (comma)
        *comma = '.';
    chi_write_text(writer, text);
}

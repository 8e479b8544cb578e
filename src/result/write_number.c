/* Numbers as text, the same on every machine. */
#include "result/write.h"
#include "text/json_out.h"

#include <math.h>

const chi_quantile chi_quantiles[CHI_QUANTILES] = {
    {"p05", 0.05}, {"p25", 0.25}, {"p50", 0.50}, {"p75", 0.75}, {"p95", 0.95}};

void chi_write_number(chi_writer *writer, double value, const char *absent)
{
    char text[CHI_JSON_NUMBER_BYTES];
    if (isfinite(value))
        chi_write(writer, text, chi_number_format(value, text));
    else
        chi_write_text(writer, absent);
}

/* Column loops over single lanes; see num/math_columns.h. */
#include "num/math_columns.h"

#include "num/isa.h"
#include "num/math.lane.h"

chi_column_fn CHI_ISA_NAME(chi_column_exp), CHI_ISA_NAME(chi_column_log),
    CHI_ISA_NAME(chi_column_normal_inverse);
chi_column_pair_fn CHI_ISA_NAME(chi_column_sincos_2pi);

void CHI_ISA_NAME(chi_column_exp)(const double *in, double *out, size_t count)
{
    CHI_LOOP
    for (size_t i = 0; i < count; i++)
        out[i] = lane_exp(in[i]);
}

void CHI_ISA_NAME(chi_column_log)(const double *in, double *out, size_t count)
{
    CHI_LOOP
    for (size_t i = 0; i < count; i++)
        out[i] = lane_log(in[i]);
}

void CHI_ISA_NAME(chi_column_normal_inverse)(const double *in, double *out, size_t count)
{
    CHI_LOOP
    for (size_t i = 0; i < count; i++)
        out[i] = lane_normal_inverse(in[i]);
}

void CHI_ISA_NAME(chi_column_sincos_2pi)(
    const double *in, double *first, double *second, size_t count)
{
    CHI_LOOP
    for (size_t i = 0; i < count; i++)
        lane_sincos_2pi(in[i], &first[i], &second[i]);
}

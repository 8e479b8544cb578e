/* The lanes of num/math.lane.h over columns, one copy per instruction set. For set-up work, for
 * tests that all copies agree, and for benchmarks; the engine's loops call the lanes themselves. */
#ifndef CHI_NUM_MATH_COLUMNS_H
#define CHI_NUM_MATH_COLUMNS_H

#include <stddef.h>

/* out[i] = f(in[i]); out may be in. */
typedef void chi_column_fn(const double *in, double *out, size_t count);
typedef void chi_column_pair_fn(const double *in, double *first, double *second, size_t count);
typedef struct chi_columns {
    chi_column_fn *exp, *log, *normal_inverse;
    chi_column_pair_fn *sincos_2pi;
} chi_columns;

/* For isa of num/isa.h. */
chi_columns chi_columns_for(int isa);

#endif

/* Chooses among the copies of math_columns.isa.c. */
#include "num/math_columns.h"

#include "base/check.h"
#include "num/isa.h"

#define DECLARE(isa)                                                                               \
    chi_column_fn chi_column_exp_##isa, chi_column_log_##isa, chi_column_normal_inverse_##isa;     \
    chi_column_pair_fn chi_column_sincos_2pi_##isa
#define COLUMNS(isa)                                                                               \
    ((chi_columns){chi_column_exp_##isa, chi_column_log_##isa, chi_column_normal_inverse_##isa,    \
        chi_column_sincos_2pi_##isa})

DECLARE(base);
#if defined(__x86_64__)
DECLARE(v3);
DECLARE(v4);
#endif

chi_columns chi_columns_for(int isa)
{
#if defined(__x86_64__)
    if (isa == CHI_ISA_V4)
        return COLUMNS(v4);
    if (isa == CHI_ISA_V3)
        return COLUMNS(v3);
#endif
    CHI_ASSERT(isa == CHI_ISA_BASE);
    return COLUMNS(base);
}

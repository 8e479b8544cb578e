/* Chooses among the copies of math_columns.isa.c. */
#include "num/math_columns.h"

#include "base/check.h"
#include "num/isa.h"

#define COPY(isa)                                                                                  \
    chi_column_fn chi_column_exp_##isa, chi_column_log_##isa, chi_column_normal_inverse_##isa;     \
    chi_column_pair_fn chi_column_sincos_2pi_##isa;                                                \
    static const chi_columns columns_##isa = {chi_column_exp_##isa, chi_column_log_##isa,          \
        chi_column_normal_inverse_##isa, chi_column_sincos_2pi_##isa};
CHI_ISA_COPIES(COPY)

chi_columns chi_columns_for(int isa)
{
    CHI_ASSERT(isa >= CHI_ISA_BASE && isa < CHI_ISA_COUNT);
    return CHI_ISA_CHOOSE(isa, columns);
}

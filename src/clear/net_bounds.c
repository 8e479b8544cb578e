/* The copies of the loops of net_bounds.h. */
#include "clear/net_bounds.h"

#include "num/isa.h"

#define KERNELS(isa)                                                                               \
    extern chi_net_answer_fn chi_net_answer_##isa;                                                 \
    extern chi_net_weigh_fn chi_net_weigh_##isa;                                                   \
    extern chi_net_bound_fn chi_net_bound_##isa;                                                   \
    extern chi_net_cash_fn chi_net_cash_##isa;                                                     \
    static const chi_net_firm_kernels kernels_##isa = {                                            \
        chi_net_answer_##isa, chi_net_weigh_##isa, chi_net_bound_##isa, chi_net_cash_##isa};
CHI_ISA_COPIES(KERNELS)

chi_net_firm_kernels chi_net_firm_kernels_for(int isa)
{
    return CHI_ISA_CHOOSE(isa, kernels);
}

/* What each single default does to all others: the ranking of systemic importance. */
#ifndef CHI_CLEAR_NET_RANK_H
#define CHI_CLEAR_NET_RANK_H

#include "clear/net_distress.h"

typedef struct chi_net_ranked {
    double additional_stress; /* weighted stress of the others */
    double additional_losses; /* money: losses of all others, not capped at their capital */
    double losses;            /* money, capped at capital: what owners lose */
    size_t defaults;          /* others brought down */
    size_t passes;
} chi_net_ranked;

typedef struct chi_net_rank_input {
    const chi_net_matrix *impact, *out; /* out: transposed */
    const double *capital, *weights;
    chi_net_distress_method method;
    size_t rounds_max; /* 0: the limit */
    size_t threads;
} chi_net_rank_input;

/* One entry a firm. Threshold cascades and single hits walk along the frontier; repeated DebtRank
 * is solved in the limit: with the set of firms at full stress guessed too large, their losses
 * passed on in full, one linear solve bounds all others from above; firms that then fall short of
 * full stress leave the set, which can only shrink. Results do not depend on the threads. */
void chi_net_rank_defaults(
    chi_arena *arena, const chi_net_rank_input *input, chi_net_ranked *ranked);

#endif

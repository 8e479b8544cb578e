/* Reverse stress without a given direction: the least money that has to be lost for a firm to fail.
 *
 * The size of a shock is the sum of outside assets lost, no firm losing more than it has. Shocks to
 * one firm alone are followed one by one, exactly. Shocks to any set of firms lie between a bound
 * from below and the cheapest shock found. */
#ifndef CHI_CLEAR_NET_DIRECTED_H
#define CHI_CLEAR_NET_DIRECTED_H

#include "clear/net_reverse.h"

/* What a shock has to bring about: that `target` fails or, if it is UINT32_MAX, that `count` firms
 * have failed in all. */
typedef struct chi_net_aim {
    uint32_t target;
    size_t count;
} chi_net_aim;

typedef struct chi_net_singles {
    double *loss;  /* per firm: money it alone has to lose; INFINITY: losing all is not enough */
    uint32_t best; /* the cheapest; the lower number of equals; UINT32_MAX: there is none */
    bool met;      /* without any shock; then nothing else is filled in */
    bool converged;
} chi_net_singles;
chi_net_singles chi_net_directed_singles(
    chi_arena *arena, const chi_net_problem *problem, chi_net_aim aim);

typedef struct chi_net_directed {
    double *loss;       /* per firm: of the cheapest shock found */
    double total;       /* their sum; INFINITY: even if all assets are lost the target stands */
    double lower_bound; /* no shock with a smaller sum is enough; 0 if not bounded */
    bool bounded;       /* the bound applies: no costs of default and no holdings */
    bool met, converged;
} chi_net_directed;
/* Shocks to any set of firms that fail `target`. */
chi_net_directed chi_net_directed_any(
    chi_arena *arena, const chi_net_problem *problem, uint32_t target);

#endif

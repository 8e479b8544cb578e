/* A network as it is read: firms by name, what they own and owe, who owes whom, who holds whom. */
#ifndef CHI_CLEAR_NET_NETWORK_H
#define CHI_CLEAR_NET_NETWORK_H

#include "clear/net_clear.h"

typedef struct chi_network {
    size_t firms;
    const char **names;      /* NULL: firms are called by their number */
    double *outside;         /* outside assets, money */
    double *external;        /* owed to outsiders, money, in tier 0; NULL: nothing */
    bool external_senior;    /* outsiders come before the network, instead of beside it */
    chi_net_edges exposures; /* from debtor to creditor */
    uint32_t *tier;          /* per exposure, from 0, most senior first; NULL: all 0 */
    size_t tiers;            /* at least 1 */
    double *external_tier;   /* tiers * firms, owed to outsiders in each tier; NULL: nothing */
    chi_net_edges holdings;  /* from issuer to holder: share of the issuer's equity */
} chi_network;

/* The clearing problem of a network. With one tier and no holdings it has one node a firm. */
typedef struct chi_net_build {
    chi_net_problem problem;
    chi_net_matrix matrix;
    double *tier_debt; /* tiers * firms: all debt of the tier, network and outsiders */
} chi_net_build;

void chi_net_build_problem(
    chi_arena *arena, const chi_network *network, double alpha, double beta, chi_net_build *build);

#endif

/* Distress passed on before default: DebtRank in its two forms, threshold cascades, and the
 * communicability measures.
 *
 * Matrix: row = creditor, column = debtor, weight = claim / capital of the creditor, the share of
 * capital lost when the debtor loses everything. Stress is loss / capital, not capped at 1; what is
 * passed on is capped. Sources: Battiston et al. (2012, single hit); Bardoscia et al. (2015,
 * repeated); Furfine (2003, threshold); Silva, de Souza and Tabak (2015, communicability). */
#ifndef CHI_CLEAR_NET_DISTRESS_H
#define CHI_CLEAR_NET_DISTRESS_H

#include "clear/net_matrix.h"

/* X(enum, name) */
#define CHI_NET_DISTRESS_LIST(X)                                                                   \
    X(CHI_NET_DEBTRANK, "debtrank")                                                                \
    X(CHI_NET_SINGLE_HIT, "debtrank_single_hit")                                                   \
    X(CHI_NET_THRESHOLD, "threshold")

typedef enum chi_net_distress_method {
#define CHI_NET_DISTRESS_ENUM(id, name) id,
    CHI_NET_DISTRESS_LIST(CHI_NET_DISTRESS_ENUM)
#undef CHI_NET_DISTRESS_ENUM
        CHI_NET_DISTRESS_COUNT
} chi_net_distress_method;

const char *chi_net_distress_name(chi_net_distress_method method);
chi_net_distress_method chi_net_distress_find(const char *name);

/* Claims over capital. A firm without capital has failed at once and loses nothing more: its row
 * is empty. */
chi_net_matrix chi_net_impact(chi_arena *arena, size_t firms, size_t count, const uint32_t *debtor,
    const uint32_t *creditor, const double *amount, const double *capital);

/* Work space of one walk; one per thread. */
typedef struct chi_net_walk {
    const chi_net_matrix *out; /* transposed impact: row = debtor, column = creditor */
    double *stress;            /* the answer, per firm */
    double *passed;            /* what each firm has passed on */
    double *pending;           /* what it passes on in the present round */
    uint32_t *frontier, *next; /* firms that pass something on */
    uint8_t *listed;
} chi_net_walk;

chi_net_walk chi_net_walk_new(chi_arena *arena, const chi_net_matrix *out);

/* Round by round from `start`, touching only firms whose stress rose: at most `rounds_max` rounds
 * (0: until nothing above `least` is passed on). Returns the rounds. Stress stays in walk->stress.
 */
size_t chi_net_walk_run(chi_net_walk *walk, chi_net_distress_method method, const double *start,
    size_t rounds_max, double least);

/* The limit of repeated DebtRank without walking: it is the least clearing vector of a network in
 * which capital takes the place of debt and losses that of cash, so the kernel of clearing solves
 * it exactly. stress is per firm. Returns false if it did not converge; *error is in stress. */
bool chi_net_debtrank_limit(chi_arena *arena, const chi_net_matrix *impact, const double *start,
    double *stress, double *error, size_t *passes);

/* Weighted sums of a scenario. */
typedef struct chi_net_distress_sums {
    double original_stress, additional_stress, original_losses, additional_losses;
    size_t original_defaults, additional_defaults;
} chi_net_distress_sums;
chi_net_distress_sums chi_net_distress_sum(size_t firms, const double *start, const double *stress,
    const double *capital, const double *weights);

/* Largest eigenvalue of the impact matrix by power iteration (Bardoscia et al. 2017: at 1 and above
 * a small shock can grow until capital is gone). */
double chi_net_radius(chi_arena *arena, const chi_net_matrix *impact);

/* Communicability of a matrix V with entries in [0, 1], row = debtor. */
typedef struct chi_net_communicability {
    double *criticality;     /* row sums of V */
    double *susceptibility;  /* column sums of exp(V) without its diagonal, over those of V */
    double fluidity;         /* mean of susceptibility */
    double *start, *between; /* diffusion of each firm: over its own links, over others' */
} chi_net_communicability;
/* Beyond this largest row sum the series needs too many terms; callers refuse. */
#define CHI_NET_COMMUNICABILITY_NORM_MAX 120.0
double chi_net_row_norm(const chi_net_matrix *v);
chi_net_communicability chi_net_communicate(chi_arena *arena, const chi_net_matrix *v);

#endif

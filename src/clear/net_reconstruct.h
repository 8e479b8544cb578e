/* Networks that fit known totals: what each firm lent in all (rows) and borrowed in all (columns),
 * nobody lending to itself.
 *
 * Maximum entropy (Upper and Worm 2004) spreads every total as evenly as it goes, which is known to
 * understate contagion; minimum density (Anand, Craig and von Peter 2015) uses as few links as
 * possible; the Bayesian sampler (Gandy and Veraart 2017) draws networks from a posterior. */
#ifndef CHI_CLEAR_NET_RECONSTRUCT_H
#define CHI_CLEAR_NET_RECONSTRUCT_H

#include "clear/net_matrix.h"

typedef struct chi_net_totals {
    size_t firms;
    const double *lent, *borrowed; /* row and column totals, >= 0 */
} chi_net_totals;

/* Why totals cannot be met: sums differ, or a firm lent and borrowed more than there is. */
typedef enum chi_net_feasibility {
    CHI_NET_FEASIBLE,
    CHI_NET_SUMS_DIFFER,
    CHI_NET_FIRM_TOO_LARGE
} chi_net_feasibility;

/* `firm` receives the worst offender of the last kind; sums the two totals. */
chi_net_feasibility chi_net_totals_check(
    const chi_net_totals *totals, uint32_t *firm, double sums[2]);

/* Amount from i to j is row[i] * column[j] off the diagonal. */
typedef struct chi_net_entropy {
    double *row, *column;
    size_t sweeps;
    double error; /* largest miss of a total, money */
    bool converged;
} chi_net_entropy;
/* When one firm is party to everything (lent + borrowed = the sum), the limit is not a product;
 * then row and column are NULL and the amounts are: others lend to `hub` all they lend, `hub` lends
 * to others all they borrow. */
chi_net_entropy chi_net_maximum_entropy(
    chi_arena *arena, const chi_net_totals *totals, uint32_t *hub);

/* As few links as possible. Without sub-totals that match, that is rows + columns - 1 and any basic
 * solution has it; each split of the firms into groups whose totals match saves a link. Groups are
 * searched completely up to 20 rows and columns; beyond that there is a bound from below. */
typedef struct chi_net_sparse {
    chi_net_edges links; /* from lender to borrower */
    size_t generic;      /* rows + columns - 1 */
    size_t lower_bound;  /* on links; their number if that is proven to be the least */
    bool proven;
} chi_net_sparse;
chi_net_sparse chi_net_minimum_density(chi_arena *arena, const chi_net_totals *totals);

/* No network with fewer links meets the totals: what pairs of equal totals and the size of single
 * totals demand, without looking at sums of totals. */
size_t chi_net_bound_links(chi_arena *arena, const chi_net_totals *totals);

/* Links for the totals as one group, at most rows + columns - 1; used by the above and as the start
 * of the sampler. Appends to `links`, which has room. */
void chi_net_tree_links(chi_arena *arena, size_t firms, const double *lent, const double *borrowed,
    chi_net_edges *links);

typedef struct chi_net_posterior_input {
    chi_net_totals totals;
    double probability; /* of a link */
    double rate;        /* of the exponential law of its amount, 1 / money */
    uint64_t seed;
    size_t samples, thin; /* kept samples; between two of them thin * firms moves are made */
    size_t threads;
} chi_net_posterior_input;

/* Means over the posterior, firms * firms each, row = lender; _se are standard errors from batches
 * of several chains. */
typedef struct chi_net_posterior {
    double *amount, *amount_se, *link, *link_se, *square, *square_se;
    double links;        /* mean number of links */
    size_t *links_table; /* samples by number of links, firms * firms + 1 */
    size_t samples;
} chi_net_posterior;
chi_net_posterior chi_net_posterior_sample(chi_arena *arena, const chi_net_posterior_input *input);

#endif

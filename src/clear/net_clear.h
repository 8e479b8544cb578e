/* Clearing of a network of debts, tiers of seniority and holdings of equity.
 *
 * Unknown is v, each firm's asset value: outside assets plus what it receives. A firm's debts and
 * its equity are nodes stacked by seniority: a node receives clamp(cash - bottom, 0, size). Plain
 * debts have one node a firm; with tiers and equity held by others a firm has several. What node k
 * hands to firm j is weight(j, k) times its output: for debt the output is the fraction paid and
 * the weight the amount owed, for equity the output is money and the weight the share held.
 * Sources: Eisenberg and Noe (2001); Rogers and Veraart (2013); Elsinger (2009); Suzuki (2002). */
#ifndef CHI_CLEAR_NET_CLEAR_H
#define CHI_CLEAR_NET_CLEAR_H

#include "clear/net_slices.h"

typedef struct chi_net_problem {
    size_t firms, nodes;
    const chi_net_matrix *matrix; /* rows: firms, columns: nodes */
    const uint32_t *first_node;   /* firms + 1, or NULL: node i belongs to firm i */
    const double *bottom;         /* per node: cash that goes to more senior claims first */
    const double *size;           /* per node: amount owed; INFINITY for equity */
    const double *debt;           /* per firm: all debt; at or above it the firm is solvent */
    const double *outside;        /* per firm: outside assets, >= 0 */
    double alpha, beta;           /* shares of outside assets and of receipts left in default */
    bool holdings;                /* some nodes are equity */
    bool senior;                  /* one node a firm: some `bottom` is not 0 */
    const double *face;           /* per firm: receipts if everybody pays in full; may be NULL */
    bool no_rounds;               /* rounds of default are not wanted: sets are found faster */
    /* The matrix laid out for that, or NULL: then it is done in every call. */
    const chi_net_slices *slices;
} chi_net_problem;

/* One solution. Arrays are per firm but for `output`, which is per node. */
typedef struct chi_net_clearing {
    double *value;   /* asset value before default costs, money */
    double *output;  /* per node: fraction paid; equity: money */
    uint8_t *failed; /* 1: cannot pay in full */
    uint32_t *round; /* of the fictitious default algorithm, from 1; 0: never failed */
    size_t rounds;   /* rounds of default until nobody new failed */
    size_t passes;   /* over the matrix, counting a partial pass as one */
    double residual; /* largest mismatch of v = outside + receipts, money */
    bool converged;
    /* The certificate: no payment is further than `error` money from the exact answer, provided
     * the exact numbers keep every firm on its side of its threshold; `close_calls` counts firms
     * nearer to it than their own bound, of which nothing can be promised. */
    bool certified;
    double error;
    size_t close_calls;
    uint32_t nearest_firm; /* the firm nearest to its threshold, by share of its debt */
    double nearest_margin; /* its assets less its debt, money; NAN if no firm has debt */
} chi_net_clearing;

/* The greatest solution, by the fictitious default algorithm from above: exact default sets, each
 * round one linear solve on the firms that failed. `error` is in money. */
chi_net_clearing chi_net_clear_greatest(chi_arena *arena, const chi_net_problem *problem);

/* The least solution. Plain iteration from below is not enough: with default costs its limit need
 * not be a solution (Rogers and Veraart 2013, example 3.3); see net_least.c. */
chi_net_clearing chi_net_clear_least(chi_arena *arena, const chi_net_problem *problem);

/* True if the least solution may differ from the greatest: default costs, or firms that no cash
 * can reach, or claims of outsiders that come first and exceed a firm's own assets. */
bool chi_net_may_be_many(chi_arena *arena, const chi_net_problem *problem);

/* Cash a firm hands out when its assets are worth `value`, after default costs if it failed. */
double chi_net_cash(const chi_net_problem *problem, size_t firm, double value, bool failed);

#endif

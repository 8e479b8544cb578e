/* Production lost along supply chains: the economic systemic risk index (Diem et al. 2022) with
 * its generalised Leontief production functions.
 *
 * Edges run from supplier to customer. Inputs that are essential to a customer's sector limit its
 * output each for itself; the others add up. Demand that falls away works the other way round. */
#ifndef CHI_CLEAR_NET_SUPPLY_H
#define CHI_CLEAR_NET_SUPPLY_H

#include "clear/net_slices.h"

typedef struct chi_net_supply_input {
    size_t firms, sectors;
    chi_net_edges edges;      /* from supplier to customer */
    const uint32_t *sector;   /* per firm */
    const uint8_t *essential; /* sectors * sectors, [supplier][customer]: 2 essential, 1 not, 0 no
                                 use */
    bool replaceable;         /* lost output may be replaced by firms of the same sector */
    const double *revenue, *costs; /* NULL: sales and purchases within the network */
} chi_net_supply_input;

/* The network made ready: essential inputs of a customer grouped by the supplier's sector, the
 * others in rows. Whole steps use the layouts for eight rows at a time, single firms the rows. */
typedef struct chi_net_supply {
    size_t firms, sectors, groups, edges;
    uint32_t *sector;
    size_t *first_group;   /* per customer, into groups: firms + 1 */
    size_t *first_edge;    /* per group, into supplier[]: groups + 1 */
    uint32_t *supplier;    /* per essential edge */
    double *down;          /* per essential edge: share of what the customer needs of the sector */
    chi_net_matrix others; /* row: customer, column: supplier, share of all purchases */
    chi_net_slices others_slices, up_slices;
    chi_net_matrix up;      /* row: supplier, column: customer, share of the supplier's sales */
    chi_net_matrix buyers;  /* row: supplier, column: customer: whom a loss reaches downward */
    chi_net_matrix sellers; /* row: customer, column: supplier: whom it reaches upward */
    double *sales, total_sales;
    bool replaceable;
    size_t leaky; /* firms with sales outside the network: final demand */
} chi_net_supply;

chi_net_supply chi_net_supply_build(chi_arena *arena, const chi_net_supply_input *input);

/* Work space of one scenario; one per thread. Only firms that were touched are ever looked at. */
typedef struct chi_net_supply_state {
    const chi_net_supply *net;
    double *lost_down, *lost_up; /* share of output lost, per firm: the answer */
    double *missing;             /* of it, what customers miss */
    double *fresh, *shock;
    double *sector_lost, *sector_sales;
    uint32_t *sector_alive, *sector_firms; /* firms with sales: still producing, and all */
    uint8_t *sector_moved, *queued, *touched;
    double *product, *zeros; /* of a whole step */
    uint32_t *list, *all, *moved_down, *moved_up;
    size_t all_count, moved_down_count, moved_up_count;
} chi_net_supply_state;

chi_net_supply_state chi_net_supply_state_new(chi_arena *arena, const chi_net_supply *net);

typedef struct chi_net_supply_result {
    double esri, esri_down, esri_up;
    size_t iterations;
    bool converged;
} chi_net_supply_result;

/* `count` firms lose at once a share `by` of their output; then step by step until no firm's output
 * falls by more than eps: the stopping rule of the published program. Reset before the next run. */
chi_net_supply_result chi_net_supply_run(chi_net_supply_state *state, const uint32_t *hit,
    const double *by, size_t count, double eps, size_t steps_max);
void chi_net_supply_reset(chi_net_supply_state *state);

/* The failure of one firm, which loses all its output, until that has spread so far that all firms
 * are better looked at; false then, and net_supply_batch.h goes on. True if it ended before. */
bool chi_net_supply_begin(chi_net_supply_state *state, uint32_t hit, double eps, size_t steps_max,
    chi_net_supply_result *result);

/* Adds the index up over firms order[0] .. order[count - 1], whose losses are `stride` apart. */
void chi_net_supply_sum(const chi_net_supply *net, const uint32_t *order, size_t count,
    const double *lost_down, const double *lost_up, size_t stride, chi_net_supply_result *result);

/* Failures of single firms. */
typedef struct chi_net_supply_ranking {
    const uint32_t *firms; /* NULL: all in turn */
    size_t count;
    double eps;
    size_t steps_max, threads;
} chi_net_supply_ranking;

/* One result each, which does not depend on the threads. */
void chi_net_supply_rank(chi_arena *arena, const chi_net_supply *net,
    const chi_net_supply_ranking *ranking, chi_net_supply_result *results);

#endif

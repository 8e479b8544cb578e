/* Supply shocks of eight firms at once: eight columns side by side, so that an edge is read once
 * for all eight. A scenario begins alone, on the few firms it touches, and takes a column when it
 * has spread; when it ends the next one takes its column. Its numbers are those of the scenario
 * alone, bit for bit: sums are taken in the same order. */
#ifndef CHI_CLEAR_NET_SUPPLY_BATCH_H
#define CHI_CLEAR_NET_SUPPLY_BATCH_H

#include "clear/net_supply.h"

enum { CHI_NET_SUPPLY_LANES = 8 };

/* Arrays of lanes hold CHI_NET_SUPPLY_LANES numbers a firm or sector, aligned to 64 bytes. */

/* One step: fresh losses from the old ones, from what customers miss (downward) or from the old
 * losses themselves (upward). rise[lane] becomes the largest rise of any firm. What firms lose by
 * the shock itself is not in it. */
typedef void chi_net_supply_down_fn(const chi_net_supply *net, const double *missing,
    const double *old, double *fresh, double *rise);
typedef void chi_net_supply_up_fn(
    const chi_net_supply *net, const double *old, double *fresh, double *rise);
/* What customers miss once firms of the same sector have replaced what they can. lost[] and
 * alive[] are per sector: sales lost, firms with sales that still produce. */
typedef struct chi_net_replacing {
    const double *old, *fresh, *sector_sales;
    double *lost, *alive, *missing;
} chi_net_replacing;
typedef void chi_net_supply_replace_fn(const chi_net_supply *net, const chi_net_replacing *r);

typedef struct chi_net_supply_kernels {
    chi_net_supply_down_fn *down;
    chi_net_supply_up_fn *up;
    chi_net_supply_replace_fn *replace;
} chi_net_supply_kernels;
chi_net_supply_kernels chi_net_supply_kernels_for(int isa);

/* Scenarios to run, and where their results go: firm firms[k], or k itself if firms is NULL, loses
 * all its output. */
typedef struct chi_net_supply_jobs {
    const uint32_t *firms;
    size_t next, end;
    double eps;
    size_t steps_max;
    chi_net_supply_result *results;
} chi_net_supply_jobs;

/* A scenario in its column. */
typedef struct chi_net_supply_lane {
    bool busy;
    uint32_t hit;
    size_t job;
    chi_net_supply_result result;
    uint32_t *order; /* of adding up: firms as they were touched */
} chi_net_supply_lane;

/* Work space; one per thread. */
typedef struct chi_net_supply_batch {
    const chi_net_supply *net;
    chi_net_supply_state alone;
    double *down, *up, *fresh, *missing; /* lanes per firm; missing is down without replacement */
    double *sector_lost, *sector_alive;  /* lanes per sector */
    chi_net_supply_lane lane[CHI_NET_SUPPLY_LANES];
    chi_net_supply_kernels kernels;
} chi_net_supply_batch;

chi_net_supply_batch chi_net_supply_batch_new(chi_arena *arena, const chi_net_supply *net);

/* Runs jobs next .. end - 1. */
void chi_net_supply_batch_run(chi_net_supply_batch *batch, chi_net_supply_jobs *jobs);

#endif

/* Distress after eight single defaults at once: eight columns side by side, so that a claim is read
 * once for all eight. Solves x = min(1, W x) with x of the failed firm held at 1, W being claims
 * over capital; the solution is unique where all distress dies down in the end (radius of W below
 * 1). */
#ifndef CHI_CLEAR_NET_BATCH_H
#define CHI_CLEAR_NET_BATCH_H

#include "clear/net_matrix.h"

enum { CHI_NET_BATCH = 8 };

/* Firms are renumbered so that rows of like length follow each other. Arrays of lanes hold
 * CHI_NET_BATCH numbers a row and are aligned to 64 bytes. Lane l belongs to the default of the
 * firm of row pinned + l. */

/* A sweep over rows from .. end - 1, in place. Adds weight[row] * change to moved[lane]; raises
 * largest[lane] to the largest change. */
typedef void chi_net_batch_sweep_fn(const chi_net_matrix *impact, size_t from, size_t end,
    size_t pinned, const double *weight, double *values, double *moved, double *largest);
/* values += factor[lane] * along[row], kept between 0 and 1 and at 1 where pinned. */
typedef void chi_net_batch_shift_fn(
    size_t rows, size_t pinned, const double *factor, const double *along, double *values);
/* One row of W times all lanes. */
typedef void chi_net_batch_times_fn(
    const chi_net_matrix *impact, size_t row, const double *values, double *out);

typedef struct chi_net_batch_kernels {
    chi_net_batch_sweep_fn *sweep;
    chi_net_batch_shift_fn *shift;
    chi_net_batch_times_fn *times;
} chi_net_batch_kernels;
chi_net_batch_kernels chi_net_batch_kernels_for(int isa);

/* What all batches share. `along` is the slowest direction of sweeps and `weight` tells from a
 * sweep's changes how much of it is left, so that it can be taken away at once (deflation by the
 * dominant eigenvector). `reach` >= 1 proves that the solution is unique and bounds it: with
 * reach - W reach >= slack, an answer whose mismatch is r is wrong by max(r / slack) * reach. */
typedef struct chi_net_batch {
    chi_net_matrix impact;                    /* renumbered */
    uint32_t *firm;                           /* per row: the firm */
    double *along, *weight, *reach, *unslack; /* 1 / slack */
    double reach_most;                        /* of reach / the least slack */
    chi_net_batch_kernels kernels;
} chi_net_batch;

/* False if W does not let distress die down, or only so slowly that it cannot be shown. */
bool chi_net_batch_prepare(chi_arena *arena, const chi_net_matrix *impact, chi_net_batch *batch);

/* Solves for rows first .. first + 7 (those there are), into values. False if it takes too long.
 * passes counts sweeps. */
bool chi_net_batch_solve(
    const chi_net_batch *batch, size_t first, double tolerance, double *values, size_t *passes);

#endif

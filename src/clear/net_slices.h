/* Square sparse matrices laid out for sweeps: eight rows side by side.
 *
 * Rows of similar length are put next to each other (within windows, so that neighbours stay
 * neighbours) and stored in chunks of eight: a step holds one entry of each of the eight rows. Sums
 * of eight rows then run at once, without a branch at the end of each row, and every row is still
 * summed in the order of its entries, so that all instruction sets give the same bits (the layout
 * is SELL-C-sigma: Kreutzer et al. 2014). A row far longer than its neighbours gets a chunk of its
 * own and is dealt out over the lanes.
 *
 * Vectors that go with the matrix are in order of position: lanes * chunks long, padding between.
 */
#ifndef CHI_CLEAR_NET_SLICES_H
#define CHI_CLEAR_NET_SLICES_H

#include "clear/net_matrix.h"

enum { CHI_NET_LANES = 8 };

typedef struct chi_net_slices chi_net_slices;

/* One Gauss-Seidel sweep in place, chunk by chunk: fraction = (base + A y) * inverse and
 * y = min(limit, fraction), but at least floor, which may be NULL; later chunks see the new values
 * of earlier ones. Returns the largest change of y. */
typedef double chi_net_sweep_fn(const chi_net_slices *slices, const double *base,
    const double *inverse, double limit, const double *floor, double *y, double *fraction);
/* out = base + A x. */
typedef void chi_net_times_fn(
    const chi_net_slices *slices, const double *base, const double *x, double *out);

/* For the balance of net_flow.h. `inside` holds a bit per lane. Chunks where the lanes with y < 1
 * and inverse > 0 are no longer those of inside[] go into changed[]; returns how many. */
typedef size_t chi_net_inside_fn(const chi_net_slices *slices, const double *inverse,
    const double *y, const uint8_t *inside, uint32_t *changed);
/* Sums, in a fixed order: *in of base over lanes inside and of y * (debt - leak) over the others,
 * *out of y * leak over lanes inside. */
typedef void chi_net_sums_fn(const chi_net_slices *slices, const uint8_t *inside,
    const double *base, const double *debt, const double *leak, const double *y, double *in,
    double *out);
/* y = min(limit, factor * y) on the lanes inside. */
typedef void chi_net_scale_fn(
    const chi_net_slices *slices, const uint8_t *inside, double factor, double limit, double *y);

/* Vectors of a flow (net_flow.h) by position from vectors by row. y is limited to 1; without
 * `first` it comes from what a row receives when all pay in full, and without that either it is
 * 1. */
typedef struct chi_net_rows {
    const double *base, *debt;
    const double *first, *face; /* may be NULL */
} chi_net_rows;
typedef struct chi_net_vectors {
    double *base, *debt, *inverse, *y;
} chi_net_vectors;
typedef void chi_net_start_fn(
    const chi_net_slices *slices, const chi_net_rows *rows, const chi_net_vectors *out);

/* Leaves the rows that pay in part: base = debt and w = guess there, else 0, and inverse 0. */
typedef void chi_net_narrow_fn(
    const chi_net_slices *slices, const chi_net_vectors *vectors, double guess, double *w);
/* slack = w - A w * inverse. */
typedef void chi_net_slack_fn(
    const chi_net_slices *slices, const double *inverse, const double *w, double *slack);

/* Keeps of some rows of a matrix the entries whose column has a place: it becomes place - 1. The
 * weights of columns without a place (0) are added to the row's base, those of columns with
 * CHI_NET_NOWHERE to nothing. `column` and `weight` need room for more entries than the rows have.
 */
#define CHI_NET_NOWHERE UINT32_MAX
enum { CHI_NET_PICK_MORE = 16 };
typedef struct chi_net_picking {
    const chi_net_matrix *matrix;
    const uint32_t *row, *place; /* the rows; per column */
    size_t count;                /* of rows */
    const double *outside;       /* per row of the matrix */
    size_t *start;               /* what is kept, count + 1 */
    uint32_t *column;
    double *weight, *base;
} chi_net_picking;
typedef void chi_net_pick_fn(const chi_net_picking *picking);

/* Entries of compressed rows into their slices, but for wide chunks; padding has the lane's own
 * column, whose value is at hand. */
typedef void chi_net_lay_fn(
    chi_net_slices *slices, const size_t *start, const uint32_t *column, const double *weight);

typedef struct chi_net_kernels {
    chi_net_sweep_fn *sweep;
    chi_net_times_fn *times;
    chi_net_inside_fn *inside;
    chi_net_sums_fn *sums;
    chi_net_scale_fn *scale;
    chi_net_slack_fn *slack;
    chi_net_start_fn *start;
    chi_net_narrow_fn *narrow;
    chi_net_pick_fn *pick;
    chi_net_lay_fn *lay;
} chi_net_kernels;

struct chi_net_slices {
    size_t rows, chunks, steps, positions; /* positions: lanes * chunks */
    size_t *start;                         /* per chunk, into steps: chunks + 1 */
    uint8_t *wide;                         /* per chunk: one row over all lanes */
    uint32_t *column;                      /* lanes * steps: position of the entry's column */
    double *weight;                        /* lanes * steps; 0 in padding */
    uint32_t *row;                         /* per position; UINT32_MAX in padding */
    uint32_t *at;                          /* per row: its position */
    chi_net_kernels kernels;
    bool columns_stay;
    uint32_t *order;
    size_t rows_room, chunks_room, steps_room;
};

/* Rows so that those of like length are neighbours, within windows: order[0] comes first. */
void chi_net_order_rows(size_t rows, const size_t *start, uint32_t *order);

/* Kernels for isa of num/isa.h. */
chi_net_kernels chi_net_kernels_for(int isa);

/* Lays out the compressed rows; keeps and reuses the room of an earlier use. `slices` starts as
 * zeros. Columns are row numbers and become positions; with columns_stay (for products only, no
 * sweeps) they remain what they are. */
void chi_net_slices_fill(chi_arena *arena, chi_net_slices *slices, size_t rows, const size_t *start,
    const uint32_t *column, const double *weight);

#endif

/* Tiles: a block of paths simulated together, column by column.
 *
 * tile_*.isa.c hold the column loops and are compiled once per instruction set; they call the same
 * lanes as the oracle, one loop for each operator and row. What is rare (path.h) is done path by
 * path: the loops run as if everybody paid in full, and the paths on which somebody does not are
 * mended afterwards. */
#ifndef CHI_ENGINE_TILE_H
#define CHI_ENGINE_TILE_H

#include "engine/path.h"
#include "engine/plan.h"
#include "engine/rare.h"
#include "engine/sums.column.h"
#include "num/isa.h"
#include "num/philox.h"

/* Columns of the tile's own, behind those of the state: moved, residual, finite, `owed` and
 * `put_off` of each simulated firm, and next month's drivers. */
static inline size_t chi_tile_own_columns(const chi_plan *plan)
{
    return 3 + 2 * plan->counts.sims + 2 * plan->counts.drivers;
}

typedef struct chi_tile {
    chi_tile_flags flags; /* first: generated code knows where they are */
    const chi_plan *plan;
    chi_state state;
    chi_draws draws;
    uint64_t seed, first; /* number of the first path */
    uint64_t end;         /* paths from this number on are padding and not counted */
    uint32_t month;
    uint16_t late[CHI_TILE_PATHS_MAX], short_of[CHI_TILE_PATHS_MAX]; /* their places, rising */
    double *saved;      /* firms: cash of one path before payments */
    double *spare;      /* of a path */
    int paying;         /* from step 3 to the payments: principal due is still owed */
    uint64_t unsettled; /* months of paths on which clearing stopped at its limit */
    chi_lost_fn lost;
    void *context;
    double *moved;    /* per path: most money that lay about or moved in one month so far */
    double *residual; /* per path: largest residual of all cash so far, relative to that */
    double *finite;   /* per path: 0 while every state is a finite number, else NaN */
    double *owed;     /* own columns, sims: debt while payments are due, once it is summed */
    uint8_t *summed;  /* sims: 1 if it is */
    double *put_off;  /* own columns, sims: capex put off this month, if it can be */
    double *latent_next, *driver_next; /* own columns, drivers: of the odd month, in the even one */
    struct chi_emit *emit;             /* where straight-line code is written to; else NULL */
} chi_tile;

/* One instruction set's copy of the tile. */
typedef struct chi_tile_ops {
    void (*start)(chi_tile *tile); /* opening state of all paths */
    void (*month)(chi_tile *tile); /* steps 1 to 8 of tile->month, then checks */
} chi_tile_ops;

const chi_tile_ops *chi_tile_ops_for(chi_isa isa);

/* Gives the tile a plan and memory for `paths` side by side. */
void chi_tile_init(chi_tile *tile, const chi_plan *plan, uint32_t paths, chi_arena *arena);

/* A path of the tile, for the rare steps. */
chi_path chi_tile_path(chi_tile *tile, size_t lane, uint32_t months_closed);

/* Column `row` of a field. */
#define CHI_T(tile, field, row) CHI_COL(&(tile)->state, field, row)

#ifdef CHI_ISA
/* An amount or the value of an expression: a column, or one number for all paths. */
typedef struct chi_operand {
    const double *column; /* NULL: uniform */
    double uniform;
} chi_operand;

#define chi_tile_value CHI_ISA_NAME(chi_tile_value)
#define chi_tile_factor CHI_ISA_NAME(chi_tile_factor)
#define chi_tile_times CHI_ISA_NAME(chi_tile_times)
#define chi_tile_expr CHI_ISA_NAME(chi_tile_expr)
#define chi_tile_compared CHI_ISA_NAME(chi_tile_compared)
#define chi_tile_start CHI_ISA_NAME(chi_tile_start)
#define chi_tile_drivers CHI_ISA_NAME(chi_tile_drivers)
#define chi_tile_due CHI_ISA_NAME(chi_tile_due)
#define chi_tile_fund CHI_ISA_NAME(chi_tile_fund)
#define chi_tile_settle CHI_ISA_NAME(chi_tile_settle)
#define chi_tile_close CHI_ISA_NAME(chi_tile_close)
#define chi_tile_month CHI_ISA_NAME(chi_tile_month)

/* Value of an amount this month; scratch columns from `base` on are used. */
chi_operand chi_tile_value(chi_tile *tile, const chi_amount *amount, size_t base);
/* The same in two steps: the expression, and its multiple. */
chi_operand chi_tile_factor(chi_tile *tile, const chi_amount *amount, size_t base);
chi_operand chi_tile_times(
    chi_tile *tile, const chi_amount *amount, chi_operand factor, size_t base);
/* Of an expression. What is not a number is noted before a minimum or maximum swallows it, on paths
 * on which the firm lives; 0, outside, lives on all. */
chi_operand chi_tile_expr(chi_tile *tile, uint32_t expr, size_t base, uint32_t firm);
/* The same of a value that is only compared with 0. */
chi_operand chi_tile_compared(chi_tile *tile, uint32_t expr, uint32_t firm);
void chi_tile_start(chi_tile *tile);
void chi_tile_drivers(chi_tile *tile);
void chi_tile_due(chi_tile *tile);
void chi_tile_fund(chi_tile *tile);
void chi_tile_settle(chi_tile *tile);
void chi_tile_close(chi_tile *tile);
void chi_tile_month(chi_tile *tile);

/* What a tile does to its columns is said in five words, so that the same text serves the tiles and
 * the writer of straight-line code (emit.h):
 *   CHI_DO    run a kernel (*.column.h) on columns and numbers
 *   CHI_WHEN  { do this } if a kernel that asks a question says yes
 *   CHI_IF    { do this } if a condition on `flags` holds
 *   CHI_RARE  if a condition on `flags` holds, call a function of tile_rare.c
 *   CHI_PART  a good place to cut straight-line code in two
 * Everything else in tile_*.isa.c depends on plan and month alone. */
#ifdef CHI_EMIT
#include "engine/emit.h"
#else
#define CHI_DO(tile, kernel, ...) k_##kernel((tile)->state.paths, __VA_ARGS__)
#define CHI_WHEN(tile, kernel, ...) if (k_##kernel((tile)->state.paths, __VA_ARGS__))
#define CHI_IF(tile, condition)                                                                    \
    for (const chi_tile_flags *flags = &(tile)->flags; flags && (condition); flags = NULL)
#define CHI_RARE(tile, condition, function, row, column)                                           \
    CHI_IF(tile, condition) chi_rare_##function(tile, row, column)
#define CHI_PART(tile) ((void)(tile))
/* `rows` streams of the plan from `first` on, the first `normals` of them as normals, into the
 * columns from `now` and `next` on. */
#define CHI_DRAW(tile, month, first_stream, rows_, normals, now, next)                             \
    (tile)->draws.rows((tile)->seed, (tile)->first, (tile)->state.paths, month,                    \
        (tile)->plan->stream + (first_stream), rows_, normals, (tile)->state.stride, now, next)
#endif

static inline void fill(chi_tile *tile, double *out, double value)
{
    CHI_DO(tile, fill, out, value);
}

/* Columns `first` to `first + count` of one field, in one go. */
static inline void fill_zero(chi_tile *tile, double *first, size_t count)
{
    CHI_DO(tile, zero, first, count * tile->state.stride);
}

/* out = 0 + columns `id` of a field one after the other, four to a loop: the sums stay in a
 * register, and the order is that of the list. Of no columns nothing is written. */
static inline void sum_columns(
    chi_tile *tile, double *out, const double *field, const uint32_t *id, size_t count)
{
    size_t stride = tile->state.stride, k = count % 4;
    const double *x = k > 0 ? field + id[0] * stride : NULL;
    const double *y = k > 1 ? field + id[1] * stride : NULL;
    if (k == 1)
        CHI_DO(tile, sum1, out, x);
    else if (k == 2)
        CHI_DO(tile, sum2, out, x, y);
    else if (k == 3)
        CHI_DO(tile, sum3, out, x, y, field + id[2] * stride);
    else if (count > 0)
        fill(tile, out, 0.0);
    for (; k + 4 <= count; k += 4)
        CHI_DO(tile, add_more4, out, field + id[k] * stride, field + id[k + 1] * stride,
            field + id[k + 2] * stride, field + id[k + 3] * stride);
}

/* What counts against the commitment of a facility; a scratch column may be used. */
static inline const double *used_of(chi_tile *tile, uint32_t row)
{
    bool revolves = tile->plan->model->loan[row].kind == CHI_LOAN_REVOLVER;
    const double *used = revolves ? CHI_T(tile, notional, row) : CHI_T(tile, drawn, row);
    double *all = CHI_T(tile, scratch, CHI_EXPR_DEPTH_MAX + 1);
    if (!chi_plan_forgoes(tile->plan, row))
        return used;
    CHI_DO(tile, plus, all, used, CHI_T(tile, forgone, row));
    return all;
}

/* 1 where the borrower lives, times the part of the promise that stands. */
static inline const double *promised_of(chi_tile *tile, uint32_t row)
{
    const double *alive = CHI_T(tile, alive, tile->plan->model->loan[row].borrower);
    double *promised = CHI_T(tile, scratch, CHI_EXPR_DEPTH_MAX + 3);
    if (!tile->plan->can_lose[row])
        return alive;
    CHI_DO(tile, product, promised, alive, CHI_T(tile, promised, row));
    return promised;
}

/* An operand as a column, copied into scratch column `base` if it is uniform. */
static inline const double *as_column(chi_tile *tile, chi_operand value, size_t base)
{
    if (value.column)
        return value.column;
    fill(tile, CHI_T(tile, scratch, base), value.uniform);
    return CHI_T(tile, scratch, base);
}
#endif

#endif

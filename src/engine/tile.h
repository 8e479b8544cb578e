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
#include "num/isa.h"
#include "num/math.lane.h"
#include "num/philox.h"

#include <string.h>

enum { CHI_TILE_PATHS_MAX = 256 };

typedef struct chi_tile {
    const chi_plan *plan;
    chi_state state;
    chi_draws draws;
    uint64_t seed, first; /* number of the first path */
    uint64_t end;         /* paths from this number on are padding and not counted */
    uint32_t month;
    size_t late_count;  /* paths with arrears or running clocks */
    size_t short_count; /* paths on which `paid` is not all 1 */
    uint16_t late[CHI_TILE_PATHS_MAX], short_of[CHI_TILE_PATHS_MAX]; /* their places, rising */
    double *saved;      /* firms: cash of one path before payments */
    int strikes;        /* a reduced-form firm defaults on some path */
    int paying;         /* from step 3 to the payments: principal due is still owed */
    int fell;           /* somebody has fallen since losses were last looked at */
    uint64_t unsettled; /* months of paths on which clearing stopped at its limit */
    void (*lost)(void *context, uint64_t path, uint32_t from, uint32_t to, double amount);
    void *context;
    double *moved;    /* per path: most money that lay about or moved in one month so far */
    double *residual; /* per path: largest residual of all cash so far, relative to that */
    double *finite;   /* per path: 0 while every state is a finite number, else NaN */
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

#ifdef CHI_ISA
/* An amount or the value of an expression: a column, or one number for all paths. */
typedef struct chi_operand {
    const double *column; /* NULL: uniform */
    double uniform;
} chi_operand;

#define chi_tile_value CHI_ISA_NAME(chi_tile_value)
#define chi_tile_expr CHI_ISA_NAME(chi_tile_expr)
#define chi_tile_start CHI_ISA_NAME(chi_tile_start)
#define chi_tile_drivers CHI_ISA_NAME(chi_tile_drivers)
#define chi_tile_due CHI_ISA_NAME(chi_tile_due)
#define chi_tile_fund CHI_ISA_NAME(chi_tile_fund)
#define chi_tile_settle CHI_ISA_NAME(chi_tile_settle)
#define chi_tile_close CHI_ISA_NAME(chi_tile_close)
#define chi_tile_month CHI_ISA_NAME(chi_tile_month)

/* Value of an amount this month; scratch columns from `base` on are used. */
chi_operand chi_tile_value(chi_tile *tile, const chi_amount *amount, size_t base);
chi_operand chi_tile_expr(chi_tile *tile, uint32_t expr, size_t base);
void chi_tile_start(chi_tile *tile);
void chi_tile_drivers(chi_tile *tile);
void chi_tile_due(chi_tile *tile);
void chi_tile_fund(chi_tile *tile);
void chi_tile_settle(chi_tile *tile);
void chi_tile_close(chi_tile *tile);
void chi_tile_month(chi_tile *tile);

/* Loops over all paths of the tile; columns never overlap. */
#define CHI_LANES(tile, i) CHI_LOOP for (size_t i = 0, n_ = (tile)->state.paths; i < n_; i++)
#define CHI_T(tile, field, row) CHI_COL(&(tile)->state, field, row)

static inline void fill(chi_tile *tile, double *restrict out, double value)
{
    CHI_LANES(tile, i) out[i] = value;
}

/* Columns `first` to `first + count` of one field, in one go. */
static inline void fill_zero(chi_tile *tile, double *first, size_t count)
{
    memset(first, 0, count * tile->state.stride * sizeof *first);
}

/* out = 0 + columns `id` of a field one after the other, four to a loop: the sums stay in a
 * register, and the order is that of the list. Of no columns nothing is written. */
static inline void sum_columns(
    chi_tile *tile, double *restrict out, const double *field, const uint32_t *id, size_t count)
{
    size_t stride = tile->state.stride, k = count % 4;
    double start = 0.0;
    const double *restrict x = k > 0 ? field + id[0] * stride : NULL;
    const double *restrict y = k > 1 ? field + id[1] * stride : NULL;
    const double *restrict z = k > 2 ? field + id[2] * stride : NULL;
    if (k == 1)
        CHI_LANES(tile, i) out[i] = start + x[i];
    else if (k == 2)
        CHI_LANES(tile, i) out[i] = start + x[i] + y[i];
    else if (k == 3)
        CHI_LANES(tile, i) out[i] = start + x[i] + y[i] + z[i];
    else if (count > 0)
        fill(tile, out, 0.0);
    for (; k + 4 <= count; k += 4) {
        const double *restrict a = field + id[k] * stride, *restrict b = field + id[k + 1] * stride;
        const double *restrict c = field + id[k + 2] * stride;
        const double *restrict d = field + id[k + 3] * stride;
        CHI_LANES(tile, i) out[i] = out[i] + a[i] + b[i] + c[i] + d[i];
    }
}

/* An operand as a column, copied into scratch column `base` if it is uniform. */
static inline const double *as_column(chi_tile *tile, chi_operand value, size_t base)
{
    if (value.column)
        return value.column;
    fill(tile, CHI_T(tile, scratch, base), value.uniform);
    return CHI_T(tile, scratch, base);
}

/* Is any number of the column different from zero? */
static inline int any(const chi_tile *tile, const double *restrict column)
{
    uint64_t bits = 0;
    CHI_LANES(tile, i) bits |= lane_bits(column[i]) << 1;
    return bits != 0;
}
#endif

#endif

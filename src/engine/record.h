/* What a run keeps of its paths: integer counters only, so that parts merge exactly and the result
 * does not depend on threads or tiles. One recorder for each worker, sized before the run. */
#ifndef CHI_ENGINE_RECORD_H
#define CHI_ENGINE_RECORD_H

#include "engine/path.h"
#include "num/sum.h"

enum {
    CHI_CASH_OCTAVES = 28,         /* of cash kept, down from the plan's scale */
    CHI_CASH_STEP_BITS = 8,        /* 256 bins in an octave: within 0.2 % of the value */
    CHI_CASH_STEP_BITS_MIN = 4,    /* 16 bins: within 3.1 %, for very large models */
    CHI_CASH_BYTES_MAX = 64 << 20, /* of one recorder; fewer bins in an octave above that */
    CHI_FALL_ROOM = 1 << 15,       /* different (firm, cause, root) that are told apart */
    CHI_WAKE_BYTES_MAX = 8 << 20,  /* of one recorder; above it waves are not told apart */
};

/* How often a firm failed by a cause with a root event. */
typedef struct chi_fall_count {
    uint64_t count; /* 0: free place */
    uint32_t firm, cause, root;
    uint32_t unused;
} chi_fall_count;

typedef struct chi_loss_sum {
    chi_sum128 sum[CHI_CHANNEL_COUNT];
    uint64_t count; /* losses; 0: free place */
    uint32_t from, to;
} chi_loss_sum;

/* What one round of the waves that one firm began did to one firm. */
typedef struct chi_wake {
    uint64_t falls;  /* paths on which it failed in that round */
    chi_sum128 loss; /* what it lost by the failures of that round */
} chi_wake;

/* Bins are equal steps of the logarithm as far as the bits of a double give it for nothing: the
 * exponent and the leading bits of the fraction. */
typedef struct chi_cash_scale {
    uint64_t low;   /* step of the smallest amount kept */
    size_t half;    /* bins of one sign */
    uint32_t shift; /* bits of a double below a step */
} chi_cash_scale;

/* The bin of each number of a column, `none` of what is not a number; compiled once per instruction
 * set. */
typedef void chi_cash_bins_fn(
    chi_cash_scale scale, size_t paths, const double *cash, uint32_t none, uint32_t *bin);

/* The sum of the hashes of all firms' cash, on paths from number `first` on; likewise. */
typedef uint64_t chi_cash_hash_fn(
    uint64_t first, size_t paths, size_t firms, const double *cash, size_t stride);

/* In which month each path ended for each firm, shared by the recorders of a run, which write
 * different paths of it. */
typedef struct chi_ends {
    uint16_t *month; /* firms x paths: from 1; 0 alive, CHI_END_UNKNOWN not run; NULL: not kept */
    uint64_t first, paths;
} chi_ends;
enum { CHI_END_UNKNOWN = UINT16_MAX };

typedef struct chi_recorder {
    const chi_plan *plan;
    chi_cash_bins_fn *bins_of;
    chi_cash_hash_fn *hash_of;
    chi_cash_scale scale;
    uint64_t paths;
    uint64_t path_end;     /* number of the run's last path plus one */
    uint64_t *failed;      /* firms x months: paths on which the firm failed in that month */
    uint32_t step_bits;    /* bins in an octave of cash are 2^step_bits */
    size_t bins;           /* of cash: negative, zero, positive */
    uint32_t *cash;        /* sims x months x bins: of paths on which it is alive; then spare */
    double *kept;          /* sims x months x CHI_TILE_PATHS_MAX: cash not counted yet, or NULL */
    chi_fall_count *fall;  /* CHI_FALL_ROOM places, open addressing */
    size_t loss_room;      /* a power of two, above twice the pairs that can lose */
    chi_loss_sum *loss;    /* loss_room places */
    size_t firsts;         /* firms, or 1: waves are not told apart by the firm that fell first */
    chi_wake *wake;        /* firsts x CH_ROUNDS x firms */
    uint64_t falls_untold; /* failures beyond CHI_FALL_ROOM kinds */
    uint64_t unsettled;    /* months of paths on which clearing stopped at its limit */
    double residual;       /* largest relative residual of cash */
    chi_ends ends;
    uint64_t state_hash; /* sum over paths of the final state's hash */
} chi_recorder;

chi_recorder *chi_recorder_new(const chi_plan *plan, chi_arena *arena);

/* Cash of simulated firms at the end of a month, on the state's first `paths` paths. */
void chi_record_month(chi_recorder *recorder, const chi_state *state, size_t paths, uint32_t month);

/* The same for compiled code, which keeps the cash of a few paths at a time in `kept`, simulated
 * firms by months, CHI_TILE_PATHS_MAX apart, and not a number where the firm has failed. The room
 * for it is made beforehand; it is the arena's. Then the first `paths` places of all months are
 * counted, row by row, while a row is in the cache. */
void chi_record_make_room(chi_recorder *recorder, chi_arena *arena);
void chi_record_kept(chi_recorder *recorder, size_t paths);

/* Failures, residual and hash of the first `paths` paths, the first being number `first`. */
void chi_record_end(chi_recorder *recorder, const chi_state *state, size_t paths, uint64_t first,
    const double *residual);

/* A claim lost; fits the `lost` of tiles. `context` is the recorder. Paths from `path_end` on are
 * the padding of the last tile and do not count. */
void chi_record_loss(void *context, uint64_t path, const chi_lost *lost);

/* What happened to `firm` in a round, of CH_ROUNDS; `first` is 0 where firsts are not told apart.
 */
const chi_wake *chi_wake_at(
    const chi_recorder *recorder, uint32_t first, uint32_t round, uint32_t firm);

/* Adds `part` to `total`; both of the same plan. Any order gives the same totals. */
void chi_recorder_merge(chi_recorder *total, const chi_recorder *part);

/* Value in the middle of a bin. */
double chi_cash_bin_value(const chi_recorder *recorder, size_t bin);

#endif

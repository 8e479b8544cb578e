/* Straight-line code for one plan: written by emit.h, compiled by the system's C compiler, loaded.
 *
 * It computes the same bits as the tiles, on CHI_NATIVE_PATHS paths at a time, whose columns all
 * stay in the first-level cache. Compiling takes seconds, so that it pays from some hundred
 * thousand paths on. */
#ifndef CHI_ENGINE_NATIVE_H
#define CHI_ENGINE_NATIVE_H

#include "engine/native_frame.h"
#include "engine/tile.h"

enum { CHI_NATIVE_PATHS = 8 }; /* one vector */

typedef struct chi_native {
    void *library; /* of dlopen; NULL: there is none */
    chi_native_month_fn *month;
    chi_native_run_fn *run;
    chi_rare_fn *const
        *rare;          /* in the order of CHI_RARE_LIST; measurements put clocks around them */
    const char *reason; /* why there is none, in words for the user; the arena's */
} chi_native;

/* Compiles for the instruction set, or finds what was compiled before. On failure `month` is NULL
 * and `reason` says why. The caller releases it with chi_native_close. */
chi_native chi_native_open(const chi_plan *plan, chi_isa isa, chi_arena *arena);
void chi_native_close(chi_native *native);

/* As chi_tile_ops: opening state, and steps 1 to 8 of tile->month with their checks. The tile is
 * one of CHI_NATIVE_PATHS paths. */
void chi_native_start(const chi_native *native, chi_tile *tile);
void chi_native_month(const chi_native *native, chi_tile *tile);
/* Both, for all months of the plan. `kept` is the place of the tile's first path among those whose
 * cash a recorder keeps, see chi_record_make_room. */
void chi_native_run(const chi_native *native, chi_tile *tile, double *kept);

#endif

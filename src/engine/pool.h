/* Running all tiles of a run on threads that take tile numbers from one counter. */
#ifndef CHI_ENGINE_POOL_H
#define CHI_ENGINE_POOL_H

#include "engine/native.h"
#include "engine/record.h"
#include "engine/tile.h"

typedef struct chi_pool_options {
    uint64_t seed, first, paths; /* path numbers first .. first + paths - 1 */
    uint32_t workers, tile_paths;
    int keep_ends;            /* of each path, see chi_ends */
    const chi_native *native; /* compiled code to run instead of the tiles' loops; or NULL */
    int (*progress)(void *context, uint64_t done, uint64_t total); /* from the caller's thread */
    void *context;
} chi_pool_options;

typedef struct chi_pool_result {
    chi_recorder *total;
    int stopped; /* progress asked to stop */
    int broken;  /* a state was not a finite number: see below */
    uint64_t broken_path;
} chi_pool_result;

/* The widest tile whose columns, of which a month touches about half, fit 1.25 MiB: the
 * second-level cache of today's processors. */
uint32_t chi_pool_tile_paths(const chi_plan *plan);

/* Runs everything. All memory is taken from the arena before the first path begins. */
chi_pool_result chi_pool_run(
    const chi_plan *plan, const chi_pool_options *options, chi_arena *arena);

#endif

/* Tiles: memory, and the choice of the copy for an instruction set. */
#include "engine/tile.h"

#define COPY(isa)                                                                                  \
    void chi_tile_start_##isa(chi_tile *tile), chi_tile_month_##isa(chi_tile *tile);               \
    static const chi_tile_ops ops_##isa = {chi_tile_start_##isa, chi_tile_month_##isa};
CHI_ISA_COPIES(COPY)

const chi_tile_ops *chi_tile_ops_for(chi_isa isa)
{
    return CHI_ISA_CHOOSE(isa, &ops);
}

void chi_tile_init(chi_tile *tile, const chi_plan *plan, uint32_t paths, chi_arena *arena)
{
    size_t state = chi_state_doubles(&plan->counts, paths);
    size_t stride = state / chi_state_columns(&plan->counts);
    double *memory =
        chi_arena_alloc(arena, (state + chi_tile_own_columns(plan) * stride) * sizeof *memory);
    *tile = (chi_tile){.plan = plan, .end = UINT64_MAX};
    chi_state_place(&tile->state, &plan->counts, paths, memory);
    tile->moved = memory + state;
    tile->residual = tile->moved + stride;
    tile->finite = tile->residual + stride;
    tile->owed = tile->finite + stride;
    tile->put_off = tile->owed + plan->counts.sims * stride;
    tile->latent_next = tile->put_off + plan->counts.sims * stride;
    tile->driver_next = tile->latent_next + plan->counts.drivers * stride;
    tile->summed = chi_arena_alloc(arena, plan->counts.sims + 1);
    tile->spare = chi_arena_alloc(arena, chi_plan_spare(plan) * sizeof(double));
    tile->saved = chi_arena_alloc(arena, paths * plan->counts.firms * sizeof(double));
}

chi_path chi_tile_path(chi_tile *tile, size_t lane, uint32_t months_closed)
{
    return (chi_path){.plan = tile->plan,
        .state = &tile->state,
        .lane = lane,
        .month = tile->month,
        .months_closed = months_closed,
        .spare = tile->spare,
        .lost = tile->lost,
        .context = tile->context,
        .path_number = tile->first + lane};
}

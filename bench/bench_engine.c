/* Where a path-month goes: the flagship's month by phase, one core, tiles of every width. */
#include "bench.h"

#include "cardhouse/cardhouse.h"
#include "engine/native.h"
#include "engine/pool.h"
#include "engine/tile.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

enum { PHASES = 7, TILES = 24, ROUNDS = 7 };
static const char *const phase_names[PHASES] = {
    "start", "random and drivers", "due", "fund", "settle", "close", "record"};

void chi_tile_drivers_v4(chi_tile *), chi_tile_due_v4(chi_tile *), chi_tile_fund_v4(chi_tile *),
    chi_tile_settle_v4(chi_tile *), chi_tile_close_v4(chi_tile *), chi_tile_start_v4(chi_tile *);
void chi_tile_drivers_v3(chi_tile *), chi_tile_due_v3(chi_tile *), chi_tile_fund_v3(chi_tile *),
    chi_tile_settle_v3(chi_tile *), chi_tile_close_v3(chi_tile *), chi_tile_start_v3(chi_tile *);
typedef void phase_fn(chi_tile *);

static void run(const ch_model *model, int v4, uint32_t width)
{
    phase_fn *const v4s[] = {chi_tile_start_v4, chi_tile_drivers_v4, chi_tile_due_v4,
        chi_tile_fund_v4, chi_tile_settle_v4, chi_tile_close_v4};
    phase_fn *const v3s[] = {chi_tile_start_v3, chi_tile_drivers_v3, chi_tile_due_v3,
        chi_tile_fund_v3, chi_tile_settle_v3, chi_tile_close_v3};
    phase_fn *const *fn = v4 ? v4s : v3s;
    chi_arena arena;
    chi_arena_init(&arena);
    chi_plan *plan = chi_plan_build(model, model->months, &arena);
    chi_recorder *recorder = chi_recorder_new(plan, &arena);
    recorder->path_end = UINT64_MAX;
    chi_tile tile;
    chi_tile_init(&tile, plan, width, &arena);
    tile.draws = chi_draws_for(v4 ? CHI_ISA_V4 : CHI_ISA_V3);
    tile.seed = 1;
    tile.lost = chi_record_loss;
    tile.context = recorder;
    double best[PHASES], total = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        double spent[PHASES] = {0};
        for (int k = 0; k < TILES; k++) {
            tile.first = (uint64_t)k * width;
            double t0 = now();
            fn[0](&tile);
            spent[0] += now() - t0;
            for (uint32_t m = 0; m < plan->months; m++) {
                tile.month = m;
                for (int p = 1; p < 6; p++) {
                    t0 = now();
                    fn[p](&tile);
                    spent[p] += now() - t0;
                }
                t0 = now();
                chi_record_month(recorder, &tile.state, width, m);
                spent[6] += now() - t0;
            }
        }
        double sum = 0.0;
        for (int p = 0; p < PHASES; p++)
            sum += spent[p];
        if (sum < total) {
            total = sum;
            for (int p = 0; p < PHASES; p++)
                best[p] = spent[p];
        }
    }
    double steps = (double)TILES * width * plan->months;
    for (int p = 0; p < PHASES; p++)
        printf("month,%s tile %u %s,%.4g,ns\n", v4 ? "v4" : "v3", width, phase_names[p],
            best[p] / steps * 1e9);
    printf("month,%s tile %u all,%.4g,ns\n", v4 ? "v4" : "v3", width, total / steps * 1e9);
    printf("columns,tile,%zu,count\n", tile.state.columns);
    chi_arena_free(&arena);
}

/* Compiled straight-line code, one vector of paths at a time. */
static void run_native(const ch_model *model, chi_isa isa)
{
    chi_arena arena;
    chi_arena_init(&arena);
    chi_plan *plan = chi_plan_build(model, model->months, &arena);
    chi_recorder *recorder = chi_recorder_new(plan, &arena);
    chi_native native = chi_native_open(plan, isa, &arena);
    const char *name = chi_isa_name(isa);
    if (!native.month) {
        fprintf(stderr, "native %s is not measured: %s\n", name, native.reason);
        chi_arena_free(&arena);
        return;
    }
    recorder->path_end = UINT64_MAX;
    chi_tile tile;
    chi_tile_init(&tile, plan, CHI_NATIVE_PATHS, &arena);
    tile.draws = chi_draws_for((int)isa);
    tile.seed = 1;
    tile.lost = chi_record_loss;
    tile.context = recorder;
    double best[2] = {1e9, 1e9};
    enum { VECTORS = TILES * 32 };
    for (int round = 0; round < 2 * ROUNDS; round++) {
        double start = now();
        for (uint64_t k = 0; k < VECTORS; k++) {
            tile.first = k * CHI_NATIVE_PATHS;
            chi_native_start(&native, &tile, 1);
            for (uint32_t m = 0; m < plan->months; m++) {
                tile.month = m;
                chi_native_month(&native, &tile, 1);
                if (round % 2)
                    chi_record_month(recorder, &tile.state, CHI_NATIVE_PATHS, m);
            }
        }
        double spent = now() - start;
        best[round % 2] = spent < best[round % 2] ? spent : best[round % 2];
    }
    double steps = (double)VECTORS * CHI_NATIVE_PATHS * plan->months;
    printf("month,native %s without record,%.4g,ns\n", name, best[0] / steps * 1e9);
    printf("month,native %s all,%.4g,ns\n", name, best[1] / steps * 1e9);
    if (native.seconds > 0.0)
        printf("compile,native %s,%.4g,s\n", name, native.seconds);
    chi_native_close(&native);
    chi_arena_free(&arena);
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "examples/coreweave/2025-06-30.yaml";
    ch_model *model;
    ch_diags *diags;
    if (ch_model_load_file(path, NULL, &model, &diags) != CH_OK)
        return 1;
    ch_diags_free(diags);
    chi_isa best = chi_isa_best();
    for (int isa = CHI_ISA_V3; isa <= (int)best; isa++)
        run_native(model, (chi_isa)isa);
    for (uint32_t width = 64; width <= 256; width *= 2)
        for (int v4 = 0; v4 <= (best == CHI_ISA_V4); v4++)
            run(model, v4, width);
    ch_model_free(model);
    return 0;
}

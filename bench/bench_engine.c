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

/* --- compiled code ------------------------------------------------------------------------- */

static uint64_t ticks(void)
{
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#else
    return 0; /* compiled code is for x86-64 */
#endif
}

/* Ticks spent in what is done path by path: shortages, arrears, failures. */
static uint64_t rare_ticks;

#define TIMED(function, doc)                                                                       \
    static void timed_##function(chi_tile *tile, uint32_t row, double *column)                     \
    {                                                                                              \
        uint64_t start = ticks();                                                                  \
        chi_rare_##function(tile, row, column);                                                    \
        rare_ticks += ticks() - start;                                                             \
    }
CHI_RARE_LIST(TIMED)
#undef TIMED

static chi_rare_fn *const timed[CHI_RARE_COUNT] = {
#define TIMED_ADDRESS(function, doc) timed_##function,
    CHI_RARE_LIST(TIMED_ADDRESS)
#undef TIMED_ADDRESS
};

enum { VECTORS = 32 * TILES };

/* One round over all paths; with `counts`, their cash is counted too. Seconds. */
static double vectors(const chi_native *native, chi_tile *tile, chi_recorder *recorder, bool counts)
{
    double start = now();
    for (uint64_t k = 0; k < VECTORS; k++) {
        size_t at = k * CHI_NATIVE_PATHS % CHI_TILE_PATHS_MAX;
        tile->first = k * CHI_NATIVE_PATHS;
        chi_native_run(native, tile, recorder->kept + at);
        if (counts && at + CHI_NATIVE_PATHS == CHI_TILE_PATHS_MAX)
            chi_record_kept(recorder, CHI_TILE_PATHS_MAX);
    }
    return now() - start;
}

/* Compiled straight-line code, one vector of paths at a time: everything, the months without the
 * counting of the cash that they keep, and of these the column code alone, without what is done
 * path by path. */
static void measure_native(
    chi_native *native, chi_tile *tile, chi_recorder *recorder, const char *name)
{
    double all = 1e9, months = 1e9, kernel = 1e9;
    double steps = (double)VECTORS * CHI_NATIVE_PATHS * tile->plan->months;
    for (int round = 0; round < ROUNDS; round++) {
        double seconds = vectors(native, tile, recorder, true);
        all = seconds < all ? seconds : all;
        seconds = vectors(native, tile, recorder, false);
        months = seconds < months ? seconds : months;
    }
    native->rare = timed;
    for (int round = 0; round < ROUNDS; round++) {
        rare_ticks = 0;
        uint64_t start = ticks();
        double seconds = vectors(native, tile, recorder, false);
        seconds *= 1.0 - (double)rare_ticks / (double)(ticks() - start);
        kernel = seconds < kernel ? seconds : kernel;
    }
    printf("month,native %s all,%.4g,ns\n", name, all / steps * 1e9);
    printf("month,native %s without record,%.4g,ns\n", name, months / steps * 1e9);
    printf("month,native %s column code,%.4g,ns\n", name, kernel / steps * 1e9);
}

static void run_native(const ch_model *model, chi_isa isa)
{
    chi_arena arena;
    chi_arena_init(&arena);
    chi_plan *plan = chi_plan_build(model, model->months, &arena);
    chi_recorder *recorder = chi_recorder_new(plan, &arena);
    chi_record_make_room(recorder, &arena);
    chi_native native = chi_native_open(plan, isa, &arena);
    if (native.month) {
        recorder->path_end = UINT64_MAX;
        chi_tile tile;
        chi_tile_init(&tile, plan, CHI_NATIVE_PATHS, &arena);
        tile.draws = chi_draws_for((int)isa);
        tile.seed = 1;
        tile.lost = chi_record_loss;
        tile.context = recorder;
        measure_native(&native, &tile, recorder, chi_isa_name(isa));
    } else {
        fprintf(stderr, "native %s is not measured: %s\n", chi_isa_name(isa), native.reason);
    }
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

/* Oracle against tiles, and against compiled code: every state column of every path, after every
 * month, in every bit. */
#include "support/cmocka_all.h"

#include "support/cache_folder.h"
#include "support/effort.h"
#include "support/random_model.h"

#include "cardhouse/cardhouse.h"
#include "engine/native.h"
#include "engine/oracle.h"
#include "engine/tile.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MODELS = 2000, PATHS = 64, PATHS_COMPARED = 4 };

static char where[256];

/* First column in which the tile's path differs from the oracle; scratch registers do not count. */
static bool same_state(const chi_tile *tile, size_t lane, const chi_oracle *oracle)
{
    size_t last = tile->state.columns - (CHI_EXPR_DEPTH_MAX + 4);
    for (size_t c = 0; c < last; c++) {
        double a = tile->state.block[c * tile->state.stride + lane];
        double b = oracle->state.block[c];
        if (memcmp(&a, &b, sizeof a) != 0) {
            size_t row;
            const char *name = chi_state_column_name(&tile->plan->counts, c, &row);
            snprintf(where, sizeof where, "%s[%zu] path %zu month %u: tile %.17g oracle %.17g",
                name, row, lane, tile->month, a, b);
            return false;
        }
    }
    return true;
}

/* What an earlier path may have left, at its worst. Columns that begin with zeros may also be those
 * of nobody, which stay as they are given: zero. */
static void soil(chi_tile *tile)
{
    const chi_counts *n = &tile->plan->counts;
#define SOIL(name, count, begins, doc)                                                             \
    for (size_t i = 0; (begins) == CHI_SET && i < (count)*tile->state.stride; i++)                 \
        tile->state.name[i] = (double)NAN;
    CHI_STATE_LIST(SOIL)
#undef SOIL
}

/* Compares the engines on one model; false with `where` filled if they differ. */
static bool engines_agree(const ch_model *model, uint64_t seed, chi_isa isa, size_t *failures)
{
    chi_arena arena;
    chi_arena_init(&arena);
    chi_plan *plan = chi_plan_build(model, model->months, &arena);
    chi_tile tile;
    chi_tile_init(&tile, plan, PATHS, &arena);
    tile.draws = chi_draws_for((int)isa);
    tile.seed = seed;
    tile.first = 64;
    chi_oracle oracle[PATHS_COMPARED];
    const chi_tile_ops *ops = chi_tile_ops_for(isa);
    soil(&tile);
    ops->start(&tile);
    for (size_t k = 0; k < PATHS_COMPARED; k++) {
        chi_oracle_init(&oracle[k], plan, &arena);
        chi_oracle_start(&oracle[k], seed, tile.first + k * 17);
    }
    bool same = true;
    for (uint32_t m = 0; same && m < plan->months; m++) {
        tile.month = m;
        ops->month(&tile);
        for (size_t k = 0; same && k < PATHS_COMPARED; k++) {
            chi_oracle_month(&oracle[k]);
            same = same_state(&tile, k * 17, &oracle[k]);
            assert_false(oracle[k].broken.happened);
        }
    }
    for (size_t i = 0; same && i < PATHS; i++) {
        for (uint32_t f = 0; f < model->firm_count; f++)
            *failures += CHI_AT(&tile.state, failed, f, i) > 0.0;
        if (tile.residual[i] > 1e-9 || tile.finite[i] != 0.0) {
            snprintf(where, sizeof where, "path %zu: residual %g finite %g", i, tile.residual[i],
                tile.finite[i]);
            same = false;
        }
    }
    chi_arena_free(&arena);
    return same;
}

static bool seed_agrees(uint64_t seed, random_size size, chi_isa isa, size_t *failures)
{
    ch_model *model = random_model(seed, size);
    bool same = engines_agree(model, seed, isa, failures);
    ch_model_free(model);
    return same;
}

/* Halves each count in turn while the case still fails, and reports the smallest. */
static void shrink(uint64_t seed, random_size size, chi_isa isa)
{
    uint32_t *count = (uint32_t *)&size;
    size_t ignored = 0;
    for (bool smaller = true; smaller;) {
        smaller = false;
        for (size_t i = 0; i < sizeof size / sizeof *count; i++) {
            uint32_t least = i == 0 ? 2 : i == 5 || i == 6 ? 1 : 0, before = count[i];
            count[i] = before / 2 < least ? least : before / 2;
            if (count[i] != before && !seed_agrees(seed, size, isa, &ignored))
                smaller = true;
            else
                count[i] = before;
        }
    }
    (void)seed_agrees(seed, size, isa, &ignored);
    fail_msg("engines differ: seed %llu, isa %s, firms %u loans %u customers %u lines %u covenants "
             "%u drivers %u months %u events %u contagion %u deals %u: %s",
        (unsigned long long)seed, chi_isa_name(isa), size.firms, size.loans, size.customers,
        size.lines, size.covenants, size.drivers, size.months, size.events, size.contagion,
        size.deals, where);
}

static void compare(random_size size, uint64_t models)
{
    size_t failures = 0;
    const char *text = getenv("CARDHOUSE_SEED");
    uint64_t first = text ? strtoull(text, NULL, 10) : 1;
    for (uint64_t seed = first; seed < first + models; seed++) {
        chi_isa isa = (chi_isa)(seed % (chi_isa_best() + 1u));
        if (!seed_agrees(seed, size, isa, &failures))
            shrink(seed, size, isa);
    }
    printf("%llu models from seed %llu, %zu failures of firms\n", (unsigned long long)models,
        (unsigned long long)first, failures);
    assert_true(failures > 5 * models);
}

static void test_oracle_equals_tiles(void **state)
{
    (void)state;
    compare(random_size_default, (uint64_t)with_effort(MODELS));
}

/* Stakes, supplies, common assets and rules of value come on top. */
static void test_contagion_in_both_engines(void **state)
{
    (void)state;
    compare(random_size_contagion, (uint64_t)with_effort(MODELS) / 2);
}

/* Contracts by the ACTUS standard, of all eighteen types. */
static void test_deals_in_both_engines(void **state)
{
    (void)state;
    compare(random_size_deals, (uint64_t)with_effort(MODELS));
}

enum { COMPILED_MODELS = 6, COMPILED_PATHS = 64 };

/* Is what was kept of the last month the cash of those that live, and not a number for others? */
static bool same_kept(const chi_tile *tile, size_t lane, const double *kept)
{
    const chi_plan *plan = tile->plan;
    for (uint32_t s = 0; s < plan->counts.sims; s++) {
        size_t row = (size_t)(s + 1) * plan->months - 1;
        double have = kept[row * CHI_TILE_PATHS_MAX + lane];
        double cash = CHI_AT(&tile->state, cash, plan->firm_of_sim[s], lane);
        bool lives = CHI_AT(&tile->state, alive, plan->firm_of_sim[s], lane) != 0.0;
        snprintf(where, sizeof where, "kept cash %g of path %zu", have, lane);
        if (lives ? have != cash : have == have)
            return false;
    }
    return true;
}

/* Runs one vector of paths in compiled code and path by path in the oracle. */
static bool vector_agrees(const chi_native *native, chi_tile *tile, chi_arena *arena)
{
    chi_oracle oracle[CHI_NATIVE_PATHS];
    bool same = true;
    chi_native_start(native, tile);
    for (size_t k = 0; k < CHI_NATIVE_PATHS; k++) {
        chi_oracle_init(&oracle[k], tile->plan, arena);
        chi_oracle_start(&oracle[k], tile->seed, tile->first + k);
    }
    for (uint32_t m = 0; same && m < tile->plan->months; m++) {
        tile->month = m;
        chi_native_month(native, tile);
        for (size_t k = 0; same && k < CHI_NATIVE_PATHS; k++) {
            chi_oracle_month(&oracle[k]);
            same = same_state(tile, k, &oracle[k]);
        }
    }
    /* again, in one call */
    double *kept = chi_arena_alloc(arena,
        (tile->plan->counts.sims * tile->plan->months * CHI_TILE_PATHS_MAX + 1) * sizeof *kept);
    soil(tile);
    chi_native_run(native, tile, kept);
    for (size_t k = 0; same && k < CHI_NATIVE_PATHS; k++)
        same = same_state(tile, k, &oracle[k]) && same_kept(tile, k, kept);
    return same;
}

/* 1 if compiled code agrees with the oracle, 0 if not, -1 if the model cannot be compiled. */
static int compiled_agrees(const ch_model *model, uint64_t seed, chi_isa isa, uint64_t paths)
{
    chi_arena arena;
    chi_arena_init(&arena);
    chi_plan *plan = chi_plan_build(model, model->months, &arena);
    chi_native native = chi_native_open(plan, isa, &arena);
    int agrees = native.month ? 1 : -1;
    chi_tile tile;
    chi_tile_init(&tile, plan, CHI_NATIVE_PATHS, &arena);
    tile.draws = chi_draws_for((int)isa);
    tile.seed = seed;
    for (uint64_t first = 0; agrees == 1 && first < paths; first += CHI_NATIVE_PATHS) {
        tile.first = first;
        agrees = vector_agrees(&native, &tile, &arena);
    }
    if (agrees == -1)
        printf("seed %llu is not compiled: %s\n", (unsigned long long)seed, native.reason);
    chi_native_close(&native);
    chi_arena_free(&arena);
    return agrees;
}

static void test_oracle_equals_compiled(void **state)
{
    (void)state;
    if (chi_isa_best() == CHI_ISA_BASE)
        skip();
    const random_size sizes[] = {random_size_default, random_size_contagion, random_size_deals};
    cache_folder folder = cache_folder_make();
    for (uint64_t seed = 1; seed <= (uint64_t)with_effort(COMPILED_MODELS); seed++) {
        chi_isa isa = seed % 4 < 2 ? chi_isa_best() : CHI_ISA_V3;
        ch_model *model = random_model(seed, sizes[seed % 3]);
        if (compiled_agrees(model, seed, isa, COMPILED_PATHS) != 1)
            fail_msg("compiled code differs: seed %llu, %s: %s", (unsigned long long)seed,
                chi_isa_name(isa), where);
        ch_model_free(model);
    }
    cache_folder_remove(&folder);
}

/* These have what random models hardly ever have: intensities that are multiples of one expression,
 * and contracts of every kind and type in one model. */
static void test_files_in_all_engines(void **state)
{
    (void)state;
    static const char *const files[] = {CARDHOUSE_ROOT "/examples/coreweave/2025-06-30.yaml",
        CARDHOUSE_ROOT "/tests/models/every-kind.yaml"};
    cache_folder folder = cache_folder_make();
    for (size_t k = 0; k < sizeof files / sizeof *files; k++) {
        size_t failures = 0;
        ch_model *model;
        ch_diags *diags;
        assert_int_equal(ch_model_load_file(files[k], NULL, &model, &diags), CH_OK);
        ch_diags_free(diags);
        for (chi_isa isa = CHI_ISA_BASE; isa <= chi_isa_best(); isa++)
            if (!engines_agree(model, 1, isa, &failures))
                fail_msg("engines differ: %s, %s: %s", files[k], chi_isa_name(isa), where);
        assert_true(failures > 0);
        if (chi_isa_best() != CHI_ISA_BASE && compiled_agrees(model, 1, chi_isa_best(), 256) != 1)
            fail_msg("compiled code differs: %s: %s", files[k], where);
        ch_model_free(model);
    }
    cache_folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_oracle_equals_tiles),
        cmocka_unit_test(test_contagion_in_both_engines),
        cmocka_unit_test(test_deals_in_both_engines), cmocka_unit_test(test_oracle_equals_compiled),
        cmocka_unit_test(test_files_in_all_engines)};
    return cmocka_run_group_tests_name("engines", tests, NULL, NULL);
}

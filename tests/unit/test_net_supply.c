/* Supply shocks of many firms side by side are those of each firm alone, bit for bit, whatever the
 * threads and the instruction set; and a chain computed by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clear/net_supply_batch.h"
#include "num/isa.h"

#include <math.h>
#include <string.h>

enum { FIRMS = 130, SECTORS = 12, EDGES = 6 * FIRMS, STEPS_MAX = 150 };

static uint64_t next_word(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static double uniform(uint64_t *state)
{
    return (double)(next_word(state) >> 11) * 0x1p-53;
}

static chi_net_supply make(chi_arena *arena, uint64_t seed, bool replaceable, bool final_demand)
{
    uint64_t state = seed * 0x9e3779b97f4a7c15u + 1;
    chi_net_edges e = {0, chi_arena_alloc(arena, 4 * EDGES), chi_arena_alloc(arena, 4 * EDGES),
        chi_arena_alloc(arena, 8 * EDGES)};
    double *revenue = chi_arena_alloc(arena, 8 * FIRMS);
    uint32_t *sector = chi_arena_alloc(arena, 4 * FIRMS);
    uint8_t *essential = chi_arena_alloc(arena, SECTORS * SECTORS);
    for (size_t k = 0; k < SECTORS * SECTORS; k++)
        essential[k] = (uint8_t)(next_word(&state) % 3);
    for (size_t i = 0; i < FIRMS; i++)
        sector[i] = (uint32_t)(next_word(&state) % SECTORS);
    for (size_t k = 0; k < EDGES; k++) {
        uint32_t from = (uint32_t)(next_word(&state) % FIRMS);
        uint32_t to = (uint32_t)(next_word(&state) % (seed % 2 ? FIRMS : FIRMS / 3));
        if (from == to)
            continue;
        e.from[e.count] = from;
        e.to[e.count] = to;
        e.amount[e.count] = exp(2.0 * uniform(&state));
        revenue[from] += e.amount[e.count++] * (1.0 + uniform(&state));
    }
    chi_net_supply_input in = {.firms = FIRMS,
        .sectors = SECTORS,
        .edges = e,
        .sector = sector,
        .essential = essential,
        .replaceable = replaceable,
        .revenue = final_demand ? revenue : NULL};
    return chi_net_supply_build(arena, &in);
}

static void check_result(const chi_net_supply_result *a, const chi_net_supply_result *b)
{
    assert_memory_equal(&a->esri, &b->esri, sizeof a->esri);
    assert_memory_equal(&a->esri_down, &b->esri_down, sizeof a->esri);
    assert_memory_equal(&a->esri_up, &b->esri_up, sizeof a->esri);
    assert_int_equal(a->iterations, b->iterations);
    assert_int_equal(a->converged, b->converged);
}

/* Firms one by one, all side by side on some threads, and a few of them in another order. */
static void check(uint64_t seed, double eps, size_t steps_max)
{
    chi_arena arena;
    chi_arena_init(&arena);
    chi_net_supply net = make(&arena, seed, seed & 2, seed & 4);
    chi_net_supply_result alone[FIRMS], beside[FIRMS];
    uint32_t backward[FIRMS];
    chi_net_supply_state state = chi_net_supply_state_new(&arena, &net);
    for (uint32_t i = 0; i < FIRMS; i++) {
        double all = 1.0;
        alone[i] = chi_net_supply_run(&state, &i, &all, 1, eps, steps_max);
        chi_net_supply_reset(&state);
        backward[i] = FIRMS - 1 - i;
    }
    for (size_t threads = 1; threads < 4; threads++) {
        chi_net_supply_ranking all = {NULL, FIRMS, eps, steps_max, threads};
        chi_net_supply_rank(&arena, &net, &all, beside);
        for (size_t i = 0; i < FIRMS; i++)
            check_result(&alone[i], &beside[i]);
    }
    chi_net_supply_ranking some = {backward, 100, eps, steps_max, 1};
    chi_net_supply_rank(&arena, &net, &some, beside);
    for (size_t i = 0; i < 100; i++)
        check_result(&alone[FIRMS - 1 - i], &beside[i]);
    for (int isa = CHI_ISA_BASE; isa <= (int)chi_isa_best(); isa++) {
        chi_net_supply_batch batch = chi_net_supply_batch_new(&arena, &net);
        batch.kernels = chi_net_supply_kernels_for(isa);
        chi_net_supply_jobs jobs = {NULL, 0, 40, eps, steps_max, beside};
        chi_net_supply_batch_run(&batch, &jobs);
        for (size_t i = 0; i < 40; i++)
            check_result(&alone[i], &beside[i]);
    }
    chi_arena_free(&arena);
}

static void test_side_by_side_is_alone(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 8; seed++) {
        check(seed, 0.01, STEPS_MAX);
        check(seed, 1e-7, STEPS_MAX);
        check(seed, 0.0, 7); /* stopped before the end */
    }
}

/* 0 sells 3 to 1 and 1 to 2, 2 sells 1 to 1, 1 sells 2 to 2; no input is essential. 0 fails: of
 * its inputs 1 lacks 3/4 and a quarter of what 2 lacks, 2 a third and two thirds of what 1 lacks.
 */
static void test_a_chain_by_hand(void **state)
{
    (void)state;
    chi_arena arena;
    chi_arena_init(&arena);
    uint32_t from[] = {0, 0, 2, 1}, to[] = {1, 2, 1, 2}, sector[] = {0, 0, 0};
    double amount[] = {3.0, 1.0, 1.0, 2.0};
    uint8_t essential[] = {1};
    chi_net_supply_input in = {.firms = 3,
        .sectors = 1,
        .edges = {4, from, to, amount},
        .sector = sector,
        .essential = essential};
    chi_net_supply net = chi_net_supply_build(&arena, &in);
    chi_net_supply_ranking ranking = {NULL, 1, 0.0, 3, 1};
    chi_net_supply_result r;
    chi_net_supply_rank(&arena, &net, &ranking, &r);
    /* step 1: 3/4, 1/3; step 2: 3/4 + 1/12 = 5/6, 1/3 + 1/2 = 5/6; step 3: 3/4 + 5/24, 1/3 + 5/9 */
    double one = 0.75 + 5.0 / 24.0, two = 1.0 / 3.0 + 5.0 / 9.0;
    assert_int_equal(r.iterations, 3);
    assert_false(r.converged);
    assert_true(fabs(r.esri_down - (4.0 + 2.0 * one + two) / 7.0) < 1e-15);
    assert_true(r.esri_up == 4.0 / 7.0); /* nobody sells to 0 */
    chi_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_side_by_side_is_alone),
        cmocka_unit_test(test_a_chain_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

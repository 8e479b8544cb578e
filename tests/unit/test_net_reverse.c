/* Breakpoints along a ray where claims have tiers, equity is held and outsiders come first: by
 * hand, and against bisection on random networks. */
#include "clear/net_reverse.h"
#include "support/net_sample.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { TIERS = 3, NETWORKS = 100 };

/* --- by hand --------------------------------------------------------------------------------- */

typedef struct expected {
    uint32_t firm;
    double size;
    bool knocked;
} expected;

static void check_ray(
    const chi_network *network, double alpha, double beta, size_t count, const expected *want)
{
    chi_arena arena;
    chi_arena_init(&arena);
    chi_net_build b;
    chi_net_build_problem(&arena, network, alpha, beta, &b);
    chi_net_reverse ray = chi_net_reverse_follow(
        &arena, &b.problem, network->outside, 1.0, UINT32_MAX, network->firms);
    assert_true(ray.converged);
    assert_int_equal(ray.count, count);
    for (size_t k = 0; k < count && k < ray.count; k++) {
        assert_int_equal(ray.breaks[k].firm, want[k].firm);
        assert_int_equal(ray.breaks[k].knocked, want[k].knocked);
        assert_true(fabs(ray.breaks[k].size - want[k].size) <= 1e-14);
    }
    chi_arena_free(&arena);
}

/* A owes B in the first tier and C in the second; B and C owe outside. */
static chi_network two_tiers(double external[3])
{
    static uint32_t from[] = {0, 0}, to[] = {1, 2}, tier[] = {0, 1};
    static double amount[] = {4.0, 8.0}, outside[] = {16.0, 4.0, 2.0};
    return (chi_network){.firms = 3,
        .outside = outside,
        .external = external,
        .tiers = 2,
        .tier = tier,
        .exposures = {2, from, to, amount}};
}

/* A has 16 and owes B 4 in the first tier and C 8 in the second. It fails at a shock of 1/4, when
 * it has 12. B has 4 of its own and owes 6 outside: it gets 4 until A is down to 4, at 3/4, and by
 * then has 1 of its own. B fails when 4 (1 - t) + 4 = 6, at 1/2. C has 2 and owes 3: with A's cash
 * of 16 (1 - t), 2 (1 - t) + 16 (1 - t) - 4 = 3 at t = 11/18. */
static void test_tiers(void **state)
{
    (void)state;
    double external[] = {0.0, 6.0, 3.0};
    chi_network network = two_tiers(external);
    const expected want[] = {{0, 0.25, false}, {1, 0.5, false}, {2, 11.0 / 18.0, false}};
    check_ray(&network, 1.0, 1.0, 3, want);
    /* B owes 4.5 only: at 3/4 it has 1 + 4 and A's first tier begins to be cut. B fails when
     * 4 (1 - t) + 16 (1 - t) = 4.5, at 31/40. */
    external[1] = 4.5;
    const expected later[] = {{0, 0.25, false}, {2, 11.0 / 18.0, false}, {1, 31.0 / 40.0, false}};
    check_ray(&network, 1.0, 1.0, 3, later);
}

/* The same with half of everything lost in default. At 1/4 A's 12 become 6, of which C gets 2: it
 * has 1.5 + 2 and goes on until 2 (1 - t) + 8 (1 - t) - 4 = 3, at 3/10. A's cash is down to 4 at
 * 1/2, where B too reaches its threshold. */
static void test_tiers_with_costs(void **state)
{
    (void)state;
    double external[] = {0.0, 6.0, 3.0};
    chi_network network = two_tiers(external);
    const expected want[] = {{0, 0.25, false}, {2, 0.3, false}, {1, 0.5, false}};
    check_ray(&network, 0.5, 0.5, 3, want);
    /* C owes 3.75: it has 1.5 + 2 at 1/4 and is knocked over. */
    external[2] = 3.75;
    const expected knocked[] = {{0, 0.25, false}, {2, 0.25, true}, {1, 0.5, false}};
    check_ray(&network, 0.5, 0.5, 3, knocked);
}

/* B holds half of A. A has 10 and owes 4 outside, B has 2 and owes 4: B fails when
 * 2 (1 - t) + (10 (1 - t) - 4) / 2 = 4, at 1/7, A at 3/5. */
static void test_holdings(void **state)
{
    (void)state;
    uint32_t from[] = {0}, to[] = {1};
    double share[] = {0.5}, outside[] = {10.0, 2.0}, external[] = {4.0, 4.0};
    chi_network network = {.firms = 2,
        .outside = outside,
        .external = external,
        .tiers = 1,
        .holdings = {1, from, to, share}};
    const expected want[] = {{1, 1.0 / 7.0, false}, {0, 0.6, false}};
    check_ray(&network, 1.0, 1.0, 2, want);
}

/* A and B owe each other 10. A owes outsiders 2 who come first, and has 2.5; B has 0.5. A fails at
 * 1/5. From there on B gets less, but can pay until both have nothing left over: when
 * 2.5 (1 - t) + 0.5 (1 - t) = 2, at 1/3, where B reaches its threshold. Beyond it no money stays to
 * go round: payments fall, at that size, until all that A has goes to outsiders. */
static void test_a_circle_collapses(void **state)
{
    (void)state;
    uint32_t from[] = {0, 1}, to[] = {1, 0};
    double amount[] = {10.0, 10.0}, outside[] = {2.5, 0.5}, external[] = {2.0, 0.0};
    chi_network network = {.firms = 2,
        .outside = outside,
        .external = external,
        .external_senior = true,
        .tiers = 1,
        .exposures = {2, from, to, amount}};
    const expected want[] = {{0, 0.2, false}, {1, 1.0 / 3.0, false}};
    check_ray(&network, 1.0, 1.0, 2, want);
}

/* --- against bisection
 * ---------------------------------------------------------------------------- */

/* The network of a sample with what its kind asks for: tiers, holdings, senior outsiders. */
typedef struct made {
    uint32_t tier[EDGES_MAX], from[FIRMS_MAX], to[FIRMS_MAX];
    double share[FIRMS_MAX], external_tier[TIERS * FIRMS_MAX], outside[FIRMS_MAX];
    chi_network network;
} made;

enum { WITH_TIERS = 1, WITH_HOLDINGS = 2 };
static int kind;

static void make(made *m, sample *s)
{
    *m = (made){.network = {.firms = s->firms,
                    .outside = m->outside,
                    .tiers = 1,
                    .exposures = {s->edges, s->from, s->to, s->amount}}};
    chi_network *n = &m->network;
    memcpy(m->outside, s->outside, s->firms * sizeof *m->outside);
    for (size_t k = 0; k < s->edges; k++)
        m->tier[k] = (uint32_t)((s->from[k] + k) % TIERS);
    for (uint32_t i = 0; i < s->firms; i++) {
        m->external_tier[(i % TIERS) * s->firms + i] = s->external[i];
        uint32_t holder = (uint32_t)((i * 7 + s->edges) % s->firms);
        size_t at = n->holdings.count;
        if (holder == i || i % 4 == 0 || !(kind & WITH_HOLDINGS))
            continue;
        m->from[at] = i;
        m->to[at] = holder;
        m->share[at] = 0.1 + 0.02 * (double)(i % 40);
        n->holdings = (chi_net_edges){at + 1, m->from, m->to, m->share};
    }
    if (kind & WITH_TIERS) {
        n->tiers = TIERS;
        n->tier = m->tier;
        n->external_tier = m->external_tier;
    } else {
        n->external = s->external;
        n->external_senior = s->senior;
    }
}

/* Just beyond a collapse a solution takes very long to walk down to; `sure` says whether it has
 * been reached. */
static bool fails_at(chi_arena *arena, sample *s, double size, uint32_t firm, bool *sure)
{
    made m;
    chi_net_build b;
    make(&m, s);
    for (size_t i = 0; i < s->firms; i++)
        m.outside[i] = s->outside[i] - size * s->outside[i];
    chi_net_build_problem(arena, &m.network, s->alpha, s->beta, &b);
    chi_net_clearing c = chi_net_clear_greatest(arena, &b.problem);
    *sure = *sure && c.converged;
    return c.failed[firm];
}

/* Every firm fails beyond its size and not before, however near. */
static bool bisection_agrees(chi_arena *arena, sample *s)
{
    enum { TURNS = 40 };
    made m;
    chi_net_build b;
    make(&m, s);
    chi_net_build_problem(arena, &m.network, s->alpha, s->beta, &b);
    chi_net_reverse ray =
        chi_net_reverse_follow(arena, &b.problem, s->outside, 1.0, UINT32_MAX, s->firms);
    if (!ray.converged)
        return false;
    double before = 0.0;
    uint8_t failed[FIRMS_MAX] = {0};
    for (size_t k = 0; k < ray.count; k++) {
        double size = ray.breaks[k].size;
        if (size < before - 1e-10)
            return false;
        before = size;
        failed[ray.breaks[k].firm] = 1;
    }
    for (uint32_t i = 0; i < s->firms; i++) {
        double size = 1.0, low = 0.0, high = 1.0;
        for (size_t k = 0; k < ray.count; k++)
            size = ray.breaks[k].firm == i ? ray.breaks[k].size : size;
        bool sure = true;
        for (int turn = 0; turn < TURNS; turn++) {
            double middle = 0.5 * (low + high);
            bool fails = fails_at(arena, s, middle, i, &sure);
            high = fails ? middle : high;
            low = fails ? low : middle;
        }
        /* A firm whose value hardly moves with the shock is seen to fail a little later, because
         * what is within 1e-13 of its debt counts as solvent. */
        if (!sure && fabs(high - size) < 1e-5)
            continue;
        if (fabs(high - size) > 1e-9 || (failed[i] && size > high + 1e-11))
            return false;
    }
    return true;
}

static void test_bisection_agrees(void **state)
{
    (void)state;
    uint64_t words = 0x9e3779b97f4a7c15u;
    for (int k = 0; k < NETWORKS; k++) {
        kind = k % 4;
        sample s = draw(&words, k % 20 == 19 ? 30 : 12, k % 3 == 0);
        s.senior = k % 8 < 4;
        if (k % 5 < 2) {
            s.alpha = k % 7 == 0 ? 0.0 : 0.5 + 0.5 * uniform(&words);
            s.beta = k % 6 == 0 ? 1.0 : 0.4 + 0.6 * uniform(&words);
        }
        check(bisection_agrees, s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tiers),
        cmocka_unit_test(test_tiers_with_costs),
        cmocka_unit_test(test_holdings),
        cmocka_unit_test(test_a_circle_collapses),
        cmocka_unit_test(test_bisection_agrees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

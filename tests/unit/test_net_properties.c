/* What must hold on any network: thousands of random ones, a failing one being shrunk to the few
 * edges that still show the failure. Small ones with whole amounts are solved again in exact
 * arithmetic, to see that the certificate tells the truth. */
#include "clear/net_network.h"
#include "clear/net_rank.h"
#include "clear/net_reverse.h"
#include "support/net_sample.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static double payment(const chi_net_problem *p, const chi_net_clearing *c, size_t firm)
{
    return p->size[firm] * c->output[firm];
}

/* Payments solve the equations: solvent firms pay in full, failed ones all they have left. */
static bool solves(const chi_net_problem *p, const chi_net_clearing *c)
{
    for (size_t i = 0; i < p->firms; i++) {
        double receipts = chi_net_row_times(p->matrix, i, c->output);
        double value = p->outside[i] + receipts, scale = 1.0 + value + p->debt[i];
        double cash = p->alpha * p->outside[i] + p->beta * receipts - p->bottom[i];
        double paid = payment(p, c, i), left = c->failed[i] ? 0.0 : value - p->debt[i];
        double due = c->failed[i] ? fmin(p->size[i], fmax(0.0, cash)) : p->size[i];
        if (fabs(paid - due) > 1e-12 * scale || paid > p->size[i] * (1.0 + 1e-12))
            return false;
        if (left < -1e-12 * scale || (c->failed[i] && value > p->debt[i] * (1.0 + 1e-12)))
            return false;
    }
    return c->converged;
}

static bool both_solve(chi_arena *arena, sample *s)
{
    chi_net_build b = build_of(arena, s);
    b.problem.matrix = &b.matrix;
    chi_net_clearing most = chi_net_clear_greatest(arena, &b.problem);
    chi_net_clearing least = chi_net_clear_least(arena, &b.problem);
    bool fine = solves(&b.problem, &most) && solves(&b.problem, &least);
    for (size_t i = 0; i < s->firms && fine; i++)
        fine = most.value[i] >= least.value[i] - 1e-11 * (1.0 + most.value[i]) &&
               most.failed[i] <= least.failed[i];
    if (!chi_net_may_be_many(arena, &b.problem)) {
        for (size_t i = 0; i < s->firms && fine; i++)
            fine = fabs(most.value[i] - least.value[i]) <= 1e-10 * (1.0 + most.value[i]);
    }
    return fine;
}

/* A walk down from the top and one up from nothing end at the greatest and above the least. */
static bool walk_agrees(chi_arena *arena, sample *s)
{
    chi_net_build b = build_of(arena, s);
    b.problem.matrix = &b.matrix;
    const chi_net_problem *p = &b.problem;
    chi_net_clearing most = chi_net_clear_greatest(arena, p);
    double x[FIRMS_MAX], y[FIRMS_MAX];
    for (size_t i = 0; i < s->firms; i++)
        x[i] = 1.0;
    for (int step = 0; step < 3000; step++) {
        for (size_t i = 0; i < s->firms; i++) {
            double receipts = chi_net_row_times(p->matrix, i, x);
            bool fails = p->outside[i] + receipts < p->debt[i] * (1.0 - 1e-13);
            double cash = p->alpha * p->outside[i] + p->beta * receipts - p->bottom[i];
            y[i] = fails && p->size[i] > 0.0 ? fmin(1.0, fmax(0.0, cash) / p->size[i]) : 1.0;
        }
        memcpy(x, y, sizeof x);
    }
    for (size_t i = 0; i < s->firms; i++) {
        if (fabs(x[i] - most.output[i]) > 1e-6 * (p->size[i] > 0.0))
            return false;
    }
    return true;
}

static bool conserves(chi_arena *arena, sample *s)
{
    chi_net_build b = build_of(arena, s);
    b.problem.matrix = &b.matrix;
    chi_net_clearing c = chi_net_clear_greatest(arena, &b.problem);
    double in = 0.0, out = 0.0, owed[FIRMS_MAX] = {0};
    for (size_t k = 0; k < s->edges; k++)
        owed[s->from[k]] += s->amount[k];
    for (size_t i = 0; i < s->firms; i++) {
        in += s->outside[i];
        out += payment(&b.problem, &c, i) - owed[i] * c.output[i];
        out += c.failed[i] ? 0.0 : c.value[i] - b.problem.debt[i];
    }
    return fabs(in - out) <= 1e-11 * (1.0 + in);
}

static bool more_never_hurts(chi_arena *arena, sample *s)
{
    chi_net_build b = build_of(arena, s);
    b.problem.matrix = &b.matrix;
    chi_net_clearing before = chi_net_clear_greatest(arena, &b.problem);
    sample richer = *s;
    richer.outside[s->edges % s->firms] += 1.5;
    chi_net_build r = build_of(arena, &richer);
    r.problem.matrix = &r.matrix;
    chi_net_clearing after = chi_net_clear_greatest(arena, &r.problem);
    for (size_t i = 0; i < s->firms; i++) {
        if (after.value[i] < before.value[i] - 1e-11 * (1.0 + before.value[i]))
            return false;
    }
    return true;
}

/* Names do not matter: the mirror image has the mirrored answer. */
static bool relabels(chi_arena *arena, sample *s)
{
    sample m = *s;
    uint32_t last = (uint32_t)s->firms - 1;
    for (size_t i = 0; i < s->firms; i++) {
        m.outside[i] = s->outside[last - i];
        m.external[i] = s->external[last - i];
    }
    for (size_t k = 0; k < s->edges; k++) {
        m.from[k] = last - s->from[s->edges - 1 - k];
        m.to[k] = last - s->to[s->edges - 1 - k];
        m.amount[k] = s->amount[s->edges - 1 - k];
    }
    chi_net_build a = build_of(arena, s), b = build_of(arena, &m);
    a.problem.matrix = &a.matrix;
    b.problem.matrix = &b.matrix;
    chi_net_clearing one = chi_net_clear_greatest(arena, &a.problem);
    chi_net_clearing two = chi_net_clear_greatest(arena, &b.problem);
    for (size_t i = 0; i < s->firms; i++) {
        if (fabs(one.value[i] - two.value[last - i]) > 1e-11 * (1.0 + one.value[i]))
            return false;
    }
    return true;
}

static bool quick_agrees(chi_arena *arena, sample *s)
{
    chi_net_build b = build_of(arena, s);
    b.problem.matrix = &b.matrix;
    chi_net_clearing slow = chi_net_clear_greatest(arena, &b.problem);
    b.problem.no_rounds = true;
    chi_net_clearing quick = chi_net_clear_greatest(arena, &b.problem);
    for (size_t i = 0; i < s->firms; i++) {
        if (fabs(slow.value[i] - quick.value[i]) > 1e-11 * (1.0 + slow.value[i]) ||
            slow.failed[i] != quick.failed[i])
            return false;
    }
    return quick.converged;
}

/* Between two breakpoints exactly those have failed that the list says. */
static bool reverse_agrees(chi_arena *arena, sample *s)
{
    chi_net_build b = build_of(arena, s);
    b.problem.matrix = &b.matrix;
    chi_net_reverse ray =
        chi_net_reverse_follow(arena, &b.problem, s->outside, 1.0, UINT32_MAX, s->firms);
    for (size_t k = 0; k + 1 < ray.count && ray.converged; k++) {
        double low = ray.breaks[k].size, high = ray.breaks[k + 1].size;
        if (high - low < 1e-6 || k + 1 < ray.failed_at_start)
            continue;
        sample hit = *s;
        for (size_t i = 0; i < s->firms; i++)
            hit.outside[i] *= 1.0 - 0.5 * (low + high);
        chi_net_build h = build_of(arena, &hit);
        h.problem.matrix = &h.matrix;
        chi_net_clearing c = chi_net_clear_greatest(arena, &h.problem);
        size_t failed = 0;
        for (size_t i = 0; i < s->firms; i++)
            failed += c.failed[i];
        if (failed != k + 1)
            return false;
    }
    return ray.converged;
}

/* Tiers and shares: every node gets what its place in the order of claims leaves it. */
static bool tiers_solve(chi_arena *arena, sample *s)
{
    uint32_t tier[EDGES_MAX], from[FIRMS_MAX], to[FIRMS_MAX];
    double share[FIRMS_MAX], external[3 * FIRMS_MAX] = {0};
    size_t shares = 0;
    for (size_t k = 0; k < s->edges; k++)
        tier[k] = (uint32_t)((s->from[k] + k) % 3);
    for (uint32_t i = 0; i < s->firms; i++) {
        external[(i % 3) * s->firms + i] = s->external[i];
        uint32_t holder = (uint32_t)((i * 7 + s->edges) % s->firms);
        if (holder == i || i % 4 == 0)
            continue;
        from[shares] = i;
        to[shares] = holder;
        share[shares++] = 0.1 + 0.02 * (double)(i % 40);
    }
    chi_network network = {.firms = s->firms,
        .outside = s->outside,
        .tiers = 3,
        .tier = tier,
        .external_tier = external,
        .exposures = {s->edges, s->from, s->to, s->amount},
        .holdings = {shares, from, to, share}};
    chi_net_build b;
    chi_net_build_problem(arena, &network, 1.0, 1.0, &b);
    chi_net_clearing c = chi_net_clear_greatest(arena, &b.problem);
    for (size_t i = 0; i < s->firms && c.converged; i++) {
        double value = s->outside[i] + chi_net_row_times(&b.matrix, i, c.output);
        if (fabs(value - c.value[i]) > 1e-11 * (1.0 + value))
            return false;
        for (uint32_t k = b.problem.first_node[i]; k < b.problem.first_node[i + 1]; k++) {
            double left = fmax(0.0, value - b.problem.bottom[k]), size = b.problem.size[k];
            bool equity = size > 1e300;
            double due = equity ? left : size > 0.0 ? fmin(1.0, left / size) : 1.0;
            if (fabs(due - c.output[k]) > 1e-11 * (1.0 + due) + (equity ? 1e-11 * value : 0.0))
                return false;
        }
    }
    return c.converged;
}

static void test_solutions(void **state)
{
    (void)state;
    run(both_solve, 700, false, false);
    run(both_solve, 700, true, false);
    run(both_solve, 300, false, true);
    run(both_solve, 300, true, true);
}

static void test_tiers(void **state)
{
    (void)state;
    run(tiers_solve, 800, false, false);
}

static void test_walk(void **state)
{
    (void)state;
    run(walk_agrees, 60, true, false);
    run(walk_agrees, 30, true, true);
}

static void test_money(void **state)
{
    (void)state;
    run(conserves, 600, false, false);
    run(more_never_hurts, 400, false, false);
    run(relabels, 400, true, false);
}

static void test_other_roads(void **state)
{
    (void)state;
    run(quick_agrees, 800, false, false);
    run(quick_agrees, 200, false, true);
    run(reverse_agrees, 60, false, false);
    run(reverse_agrees, 30, false, true);
    run(reverse_agrees, 30, true, true);
    run(reverse_agrees, 60, true, false);
}

/* A owes B 10, has 4 and holds nine tenths of B, which has 1 and owes 4 outside. If A pays, B has 7
 * left, of which A gets 6.3, and can pay. If A failed half of all would be lost and B have nothing
 * left: that is a solution too, but not the greatest. */
static void test_holdings_with_costs(void **state)
{
    (void)state;
    chi_arena arena;
    chi_arena_init(&arena);
    uint32_t debtor[] = {0}, creditor[] = {1}, issuer[] = {1}, holder[] = {0};
    double amount[] = {10.0}, share[] = {0.9}, outside[] = {4.0, 1.0}, external[] = {0.0, 4.0};
    chi_network network = {.firms = 2,
        .outside = outside,
        .external = external,
        .tiers = 1,
        .exposures = {1, debtor, creditor, amount},
        .holdings = {1, issuer, holder, share}};
    chi_net_build b;
    chi_net_build_problem(&arena, &network, 0.5, 0.5, &b);
    chi_net_clearing most = chi_net_clear_greatest(&arena, &b.problem);
    assert_true(most.converged && !most.failed[0] && !most.failed[1]);
    assert_true(fabs(most.value[0] - 10.3) < 1e-12 && fabs(most.value[1] - 11.0) < 1e-12);
    chi_net_clearing least = chi_net_clear_least(&arena, &b.problem);
    assert_true(least.converged && least.failed[0] && least.failed[1]);
    assert_true(fabs(least.value[0] - 4.0) < 1e-12 && fabs(least.value[1] - 3.0) < 1e-12);
    chi_arena_free(&arena);
}

/* --- exact arithmetic ------------------------------------------------------------------------ */

enum { EXACT_MAX = 5 };
__extension__ typedef __int128 wide;

/* Determinant of a small whole matrix, by cofactors. */
static wide determinant(wide m[EXACT_MAX][EXACT_MAX], size_t n)
{
    if (n == 0)
        return 1;
    wide sum = 0, sign = 1;
    for (size_t c = 0; c < n; c++, sign = -sign) {
        wide minor[EXACT_MAX][EXACT_MAX];
        for (size_t row = 1; row < n; row++) {
            for (size_t k = 0, at = 0; k < n; k++) {
                if (k != c)
                    minor[row - 1][at++] = m[row][k];
            }
        }
        sum += sign * m[0][c] * determinant(minor, n - 1);
    }
    return sum;
}

/* Fractions paid on the default set, top[i] / bottom, by Cramer's rule; bottom 0: singular. */
static wide exact_solve(const wide owes[EXACT_MAX][EXACT_MAX], const wide *outside,
    const wide *debt, const bool *failed, size_t n, wide *top)
{
    size_t set[EXACT_MAX], size = 0;
    wide m[EXACT_MAX][EXACT_MAX], right[EXACT_MAX];
    for (size_t i = 0; i < n; i++) {
        if (failed[i])
            set[size++] = i;
    }
    for (size_t a = 0; a < size; a++) {
        right[a] = outside[set[a]];
        for (size_t j = 0; j < n; j++)
            right[a] += failed[j] ? 0 : owes[j][set[a]];
        for (size_t b = 0; b < size; b++)
            m[a][b] = (a == b ? debt[set[a]] : 0) - owes[set[b]][set[a]];
    }
    wide bottom = determinant(m, size);
    for (size_t b = 0; b < size; b++) {
        wide with[EXACT_MAX][EXACT_MAX];
        memcpy(with, m, sizeof with);
        for (size_t a = 0; a < size; a++)
            with[a][b] = right[a];
        top[set[b]] = determinant(with, size);
    }
    for (size_t i = 0; i < n; i++)
        top[i] = failed[i] ? top[i] : bottom;
    return bottom;
}

static bool exact_agrees(chi_arena *arena, sample *s)
{
    size_t n = s->firms;
    wide owes[EXACT_MAX][EXACT_MAX] = {{0}}, outside[EXACT_MAX], debt[EXACT_MAX], top[EXACT_MAX];
    bool failed[EXACT_MAX] = {false};
    for (size_t i = 0; i < n; i++) {
        outside[i] = (wide)s->outside[i];
        debt[i] = (wide)s->external[i];
        top[i] = 1;
    }
    for (size_t k = 0; k < s->edges; k++) {
        owes[s->from[k]][s->to[k]] += (wide)s->amount[k];
        debt[s->from[k]] += (wide)s->amount[k];
    }
    wide bottom = 1;
    for (bool more = true; more;) {
        more = false;
        bool next[EXACT_MAX];
        memcpy(next, failed, sizeof next);
        for (size_t i = 0; i < n; i++) {
            wide value = outside[i] * bottom;
            for (size_t j = 0; j < n; j++)
                value += owes[j][i] * top[j];
            if (!failed[i] && value < debt[i] * bottom)
                more = next[i] = true;
        }
        memcpy(failed, next, sizeof failed);
        bottom = exact_solve((const wide(*)[EXACT_MAX])owes, outside, debt, failed, n, top);
        if (bottom <= 0)
            return false;
    }
    chi_net_build b = build_of(arena, s);
    b.problem.matrix = &b.matrix;
    bool certified = true;
    for (int road = 0; road < 2; road++) {
        b.problem.no_rounds = road == 1;
        chi_net_clearing c = chi_net_clear_greatest(arena, &b.problem);
        for (size_t i = 0; i < n; i++) {
            long double exact = (long double)debt[i] * (long double)top[i] / (long double)bottom;
            long double ours = (long double)payment(&b.problem, &c, i);
            long double slack = (long double)c.error + 1e-17L * exact;
            if (c.failed[i] != failed[i] || fabsl(ours - exact) > slack)
                return false;
        }
        certified = certified && c.certified;
    }
    return certified;
}

static void test_certificate(void **state)
{
    (void)state;
    uint64_t luck = 77;
    for (size_t k = 0; k < 6000; k++)
        check(exact_agrees, draw(&luck, EXACT_MAX, true));
}

/* --- distress -------------------------------------------------------------------------------- */

static bool distress_agrees(chi_arena *arena, sample *s)
{
    double capital[FIRMS_MAX], start[FIRMS_MAX] = {0}, stress[FIRMS_MAX], error;
    for (size_t i = 0; i < s->firms; i++)
        capital[i] = 4.0 + 3.0 * s->outside[i];
    chi_net_matrix impact =
        chi_net_impact(arena, s->firms, s->edges, s->from, s->to, s->amount, capital);
    chi_net_matrix out = chi_net_matrix_transpose(arena, &impact);
    chi_net_walk walk = chi_net_walk_new(arena, &out);
    size_t passes;
    chi_net_ranked one[FIRMS_MAX], two[FIRMS_MAX];
    chi_net_rank_input rank = {&impact, &out, capital, capital, CHI_NET_DEBTRANK, 0, 1};
    chi_net_rank_defaults(arena, &rank, one);
    rank.threads = 3;
    chi_net_rank_defaults(arena, &rank, two);
    if (memcmp(one, two, s->firms * sizeof *one) != 0)
        return false;
    for (size_t hit = 0; hit < s->firms; hit += 7) {
        memset(start, 0, sizeof start);
        start[hit] = 1.0;
        if (!chi_net_debtrank_limit(arena, &impact, start, stress, &error, &passes))
            return false;
        chi_net_walk_run(&walk, CHI_NET_DEBTRANK, start, 200000, 1e-15);
        chi_net_distress_sums sums =
            chi_net_distress_sum(s->firms, start, stress, capital, capital);
        for (size_t i = 0; i < s->firms; i++) {
            if (fabs(walk.stress[i] - stress[i]) > 1e-7 * (1.0 + stress[i]))
                return false;
        }
        if (fabs(sums.additional_stress - one[hit].additional_stress) > 1e-9)
            return false;
    }
    return true;
}

static void test_distress(void **state)
{
    (void)state;
    run(distress_agrees, 40, false, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_solutions),
        cmocka_unit_test(test_walk),
        cmocka_unit_test(test_tiers),
        cmocka_unit_test(test_money),
        cmocka_unit_test(test_other_roads),
        cmocka_unit_test(test_certificate),
        cmocka_unit_test(test_distress),
        cmocka_unit_test(test_holdings_with_costs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

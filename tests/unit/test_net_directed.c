/* The least loss at which a firm fails: worked out by hand on a chain, and on random networks. */
#include "clear/net_directed.h"

#include "cardhouse/network.h"
#include "support/cmocka_all.h"
#include "support/collect.h"
#include "support/failing.h"
#include "support/net_sample.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Whether firm 0 fails after losses. */
static bool fails_after(chi_arena *arena, const chi_net_problem *p, const double *loss)
{
    double outside[FIRMS_MAX];
    for (size_t i = 0; i < p->firms; i++)
        outside[i] = fmax(0.0, p->outside[i] - loss[i]);
    chi_net_problem left = *p;
    left.outside = outside;
    return chi_net_clear_greatest(arena, &left).failed[0];
}

/* One firm alone: a little less than its loss is not enough, a little more is; and where there is
 * none, all is not enough. */
static bool singles_agree(chi_arena *arena, sample *s)
{
    chi_net_build b = build_of(arena, s);
    b.problem.matrix = &b.matrix;
    chi_net_singles one = chi_net_directed_singles(arena, &b.problem, (chi_net_aim){0, 0});
    if (one.met || !one.converged)
        return one.converged;
    for (size_t i = 0; i < s->firms; i++) {
        double loss[FIRMS_MAX] = {0};
        bool fails = isfinite(one.loss[i]);
        loss[i] = fails ? one.loss[i] - 1e-6 : s->outside[i];
        if (loss[i] > 0.0 && fails_after(arena, &b.problem, loss))
            return false;
        loss[i] += 2e-6;
        if (fails && loss[i] <= s->outside[i] && !fails_after(arena, &b.problem, loss))
            return false;
        if (fails && one.loss[i] < one.loss[one.best])
            return false;
    }
    return true;
}

/* What was found fails firm 0, costs no more than one firm alone and no less than the bound; no
 * shock drawn with a smaller sum than the bound is enough. */
static bool any_agrees(chi_arena *arena, sample *s)
{
    chi_net_build b = build_of(arena, s);
    b.problem.matrix = &b.matrix;
    chi_net_directed d = chi_net_directed_any(arena, &b.problem, 0);
    if (d.met || !d.converged)
        return d.converged;
    double loss[FIRMS_MAX], all[FIRMS_MAX], sum = 0.0;
    for (size_t i = 0; i < s->firms; i++) {
        sum += d.loss[i];
        loss[i] = d.loss[i] > 0.0 ? fmin(s->outside[i], d.loss[i] + 1e-6) : 0.0;
        all[i] = s->outside[i];
    }
    if (!isfinite(d.total))
        return !fails_after(arena, &b.problem, all);
    if (fabs(sum - d.total) > 1e-9 * (1.0 + sum) || d.total < d.lower_bound * (1.0 - 1e-9) - 1e-9 ||
        !fails_after(arena, &b.problem, loss))
        return false;
    uint64_t luck = 5 + s->edges;
    for (size_t turn = 0; turn < 40 && d.bounded; turn++) {
        double left = d.lower_bound * (1.0 - 1e-6) - 1e-9;
        memset(loss, 0, sizeof loss);
        for (size_t k = 0; k < 60 && left > 0.0; k++) {
            size_t i = next_word(&luck) % (turn % 2 ? s->firms : s->firms < 4 ? s->firms : 4);
            double more = fmin(left, (s->outside[i] - loss[i]) * (k % 3 ? 1.0 : uniform(&luck)));
            loss[i] += more;
            left -= more;
        }
        if (fails_after(arena, &b.problem, loss))
            return false;
    }
    return true;
}

/* A owes B, B owes X: losses of 2, 3 and 5 as worked out beside it. X has 4 + 8 against 10, so 2 is
 * enough. B, with 5 + 4 against 8, has to pay X less than 6, so it loses 3. A, with 6 against 4,
 * has to leave B with less than 6, so it pays 1 and loses 5. */
static void test_directed(void **state)
{
    (void)state;
    run(singles_agree, 60, false, false);
    run(singles_agree, 60, true, false);
    run(singles_agree, 2, false, true);
    run(any_agrees, 150, false, false);
    run(any_agrees, 60, true, false);
    run(any_agrees, 2, false, true);
    chi_arena arena;
    chi_arena_init(&arena);
    sample s = {.firms = 3,
        .edges = 2,
        .from = {1, 2},
        .to = {0, 1},
        .amount = {8.0, 4.0},
        .outside = {4.0, 5.0, 6.0},
        .external = {10.0},
        .alpha = 1.0,
        .beta = 1.0};
    chi_net_build b = build_of(&arena, &s);
    b.problem.matrix = &b.matrix;
    chi_net_singles one = chi_net_directed_singles(&arena, &b.problem, (chi_net_aim){0, 0});
    for (size_t i = 0; i < 3; i++)
        assert_true(fabs(one.loss[i] - (double[]){2.0, 3.0, 5.0}[i]) < 1e-14);
    assert_int_equal(one.best, 0);
    chi_net_directed d = chi_net_directed_any(&arena, &b.problem, 0);
    assert_true(fabs(d.total - 2.0) < 1e-14 && fabs(d.lower_bound - 2.0) < 1e-9);
    /* X has only 1 to lose: 1 more has to come over B, which can bear 1 itself. */
    s.outside[0] = 1.0;
    s.external[0] = 7.0;
    b = build_of(&arena, &s);
    b.problem.matrix = &b.matrix;
    one = chi_net_directed_singles(&arena, &b.problem, (chi_net_aim){0, 0});
    assert_true(isinf(one.loss[0]) && fabs(one.loss[1] - 3.0) < 1e-14 && one.best == 1);
    d = chi_net_directed_any(&arena, &b.problem, 0);
    assert_true(fabs(d.total - 3.0) < 1e-14 && fabs(d.lower_bound - 2.0) < 1e-9);
    /* Two firms down: A fails beyond 2, and B, one above its debt, beyond 3. */
    one = chi_net_directed_singles(&arena, &b.problem, (chi_net_aim){UINT32_MAX, 2});
    assert_true(fabs(one.loss[2] - 3.0) < 1e-14);
    chi_arena_free(&arena);
}

/* Whenever memory ends, the command says so and leaves nothing behind (watched by the sanitizer).
 */
static void test_memory(void **state)
{
    (void)state;
    const char *folder = "/tmp/cardhouse-directed";
    char balances[64], exposures[64];
    snprintf(balances, sizeof balances, "%s-%d-b.csv", folder, (int)getpid());
    snprintf(exposures, sizeof exposures, "%s-%d-e.csv", folder, (int)getpid());
    FILE *file = fopen(balances, "w");
    assert_non_null(file);
    fputs("firm,external_assets,external_liabilities\nx,1,7\nb,5,0\na,6,0\n", file);
    fclose(file);
    file = fopen(exposures, "w");
    assert_non_null(file);
    fputs("debtor,creditor,amount\nb,x,8\na,b,4\n", file);
    fclose(file);
    ch_status status = CH_E_MEMORY;
    for (size_t nth = 1; nth < 5000 && status != CH_OK; nth++) {
        ch_network_job job = ch_network_job_default(CH_NETWORK_REVERSE);
        job.balances_path = balances;
        job.exposures_path = exposures;
        job.firm = "x";
        job.method = "any";
        collected out = {0};
        ch_diags *diags = NULL;
        failing_from(nth);
        status = ch_network_run(&job, collect_write, &out, &diags);
        failing_stop();
        assert_true(status == CH_OK || status == CH_E_MEMORY);
        ch_diags_free(diags);
        collect_free(&out);
    }
    assert_int_equal(status, CH_OK);
    remove(balances);
    remove(exposures);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_directed),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

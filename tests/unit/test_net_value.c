/* The bound of a valuation: true against exact answers, and near to nothing where it should be. */
#include "clear/net_clear.h"
#include "clear/net_value.h"

#include "support/cmocka_all.h"
#include "support/net_sample.h"

#include <math.h>

/* Against clearing, whose own error is certified: equities of firms under Eisenberg and Noe. */
static bool bound_is_true(chi_arena *arena, sample *s)
{
    for (size_t i = 0; i < s->firms; i++)
        s->external[i] += 0.5; /* money leaves, so that the solution is unique */
    chi_net_build b = build_of(arena, s);
    b.problem.matrix = &b.matrix;
    chi_net_clearing c = chi_net_clear_greatest(arena, &b.problem);
    chi_net_valuation_input in = {&b.matrix, s->outside, s->outside, s->external, NULL, 0.0};
    chi_net_valuation v = chi_net_value(arena, &in, CHI_NET_EISENBERG_NOE);
    double bound = chi_net_value_bound(arena, &in, CHI_NET_EISENBERG_NOE, &v);
    if (!c.certified || !v.converged || !(bound < 1e-9))
        return false;
    for (size_t i = 0; i < s->firms; i++) {
        double exact = c.value[i] - b.problem.debt[i];
        if (fabs(v.equity[i] - exact) > bound + 20.0 * c.error + 1e-13 * (1.0 + fabs(exact)))
            return false;
    }
    /* An answer that is off is found out. */
    v.equity[0] += 1e-3;
    return chi_net_value_bound(arena, &in, CHI_NET_EISENBERG_NOE, &v) >= 0.999e-3;
}

static void test_bound(void **state)
{
    (void)state;
    run(bound_is_true, 300, false, false);
}

/* Two firms that owe each other 1 and have nothing else: both pay, or neither does. The bound shows
 * that, as the walk up stays at nothing: it is 1, the equity that the greatest solution has less
 * that of the least, -1. */
static void test_several_solutions(void **state)
{
    (void)state;
    chi_arena arena;
    chi_arena_init(&arena);
    uint32_t from[] = {0, 1}, to[] = {1, 0};
    double amount[] = {1.0, 1.0}, none[] = {0.0, 0.0};
    chi_net_matrix claims = chi_net_matrix_build(&arena, 2, 2, 2, to, from, amount);
    chi_net_valuation_input in = {&claims, none, none, none, NULL, 0.0};
    chi_net_valuation v = chi_net_value(&arena, &in, CHI_NET_EISENBERG_NOE);
    double bound = chi_net_value_bound(&arena, &in, CHI_NET_EISENBERG_NOE, &v);
    assert_true(v.equity[0] == 0.0 && fabs(bound - 1.0) < 1e-12);
    chi_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bound),
        cmocka_unit_test(test_several_solutions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Networks of few links: the bound from below against complete searches, and where both meet. */
#include "clear/net_reconstruct.h"

#include "support/cmocka_all.h"
#include "support/net_sample.h"

#include <string.h>

/* Totals of a random network of whole amounts. */
static void draw_totals(uint64_t *luck, size_t firms, size_t links, double *lent, double *borrowed)
{
    memset(lent, 0, firms * sizeof *lent);
    memset(borrowed, 0, firms * sizeof *borrowed);
    for (size_t k = 0; k < links; k++) {
        size_t from = next_word(luck) % firms, to = next_word(luck) % firms;
        if (from == to)
            continue;
        double amount = (double)(1 + next_word(luck) % 6);
        lent[from] += amount;
        borrowed[to] += amount;
    }
}

/* Up to 7 firms the least is known. The bound is never above it and often is it. */
static void test_bound_is_below_the_least(void **state)
{
    (void)state;
    uint64_t luck = 4;
    size_t met = 0, above_sides = 0;
    for (size_t k = 0; k < 3000; k++) {
        double lent[7], borrowed[7];
        size_t firms = 2 + next_word(&luck) % 6;
        draw_totals(&luck, firms, 1 + next_word(&luck) % 12, lent, borrowed);
        chi_arena arena;
        chi_arena_init(&arena);
        chi_net_totals totals = {firms, lent, borrowed};
        chi_net_sparse least = chi_net_minimum_density(&arena, &totals);
        size_t bound = chi_net_bound_links(&arena, &totals);
        assert_true(least.proven && least.lower_bound == least.links.count);
        assert_true(bound <= least.links.count);
        met += bound == least.links.count;
        above_sides += bound > 0;
        chi_arena_free(&arena);
    }
    assert_true(met > 1000 && above_sides > 2000);
}

static chi_net_sparse least_of(
    chi_arena *arena, size_t firms, const double *lent, const double *borrowed)
{
    chi_net_totals totals = {firms, lent, borrowed};
    return chi_net_minimum_density(arena, &totals);
}

/* Too many firms to search. One lender to 40 firms needs 40 links. 30 pairs with equal totals, all
 * different, need 30. Lenders of 5 and 2, ten of each, and ten borrowers of 7: groups of three, two
 * links in each, so 20. */
static void test_known_beyond_the_search(void **state)
{
    (void)state;
    chi_arena arena;
    chi_arena_init(&arena);
    double lent[60] = {0}, borrowed[60] = {0};
    for (size_t i = 1; i <= 40; i++) {
        borrowed[i] = (double)i;
        lent[0] += (double)i;
    }
    chi_net_sparse star = least_of(&arena, 41, lent, borrowed);
    assert_int_equal(star.lower_bound, 40);
    assert_true(star.proven && star.links.count == 40);
    memset(lent, 0, sizeof lent);
    memset(borrowed, 0, sizeof borrowed);
    for (size_t i = 0; i < 30; i++)
        lent[i] = borrowed[30 + i] = (double)(i + 1);
    chi_net_sparse pairs = least_of(&arena, 60, lent, borrowed);
    assert_int_equal(pairs.lower_bound, 30);
    assert_true(pairs.proven && pairs.links.count == 30);
    memset(lent, 0, sizeof lent);
    memset(borrowed, 0, sizeof borrowed);
    for (size_t i = 0; i < 10; i++) {
        lent[i] = 5.0;
        lent[10 + i] = 2.0;
        borrowed[20 + i] = 7.0;
    }
    chi_net_sparse threes = least_of(&arena, 30, lent, borrowed);
    assert_int_equal(threes.lower_bound, 20);
    assert_true(threes.links.count >= 20 && threes.links.count <= 29);
    assert_int_equal(threes.proven, threes.links.count == 20);
    chi_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bound_is_below_the_least),
        cmocka_unit_test(test_known_beyond_the_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

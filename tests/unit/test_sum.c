/* Exact sums: against integers, in any order and grouping, at the edges; and the hashes. */
#include "num/hash.h"
#include "num/math.lane.h"
#include "num/sum.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { COUNT = 20000 };

static uint64_t next_random(uint64_t *state)
{
    return chi_mix64(*state += 0x9e3779b97f4a7c15u);
}

/* Mostly amounts of money of both signs, over many sizes. */
static double next_amount(uint64_t *state, int largest_exponent)
{
    uint64_t bits = next_random(state);
    double size = 1.0 + (double)(bits >> 12) * 0x1p-52;
    double value = ldexp(size, largest_exponent - 1 - (int)(bits % 90));
    return (bits & 0x800) ? -value : value;
}

static void fill(double *values, size_t count, uint64_t seed, int largest_exponent)
{
    for (size_t i = 0; i < count; i++)
        values[i] = next_amount(&seed, largest_exponent);
}

static void assert_same(const chi_sum128 *a, const chi_sum128 *b)
{
    assert_int_equal(a->low, b->low);
    assert_int_equal(a->high, b->high);
    assert_int_equal(a->refused_count, b->refused_count);
}

static double sum_of(int quantum_exponent, const double *values, size_t count)
{
    chi_sum128 sum = chi_sum128_new(quantum_exponent);
    for (size_t i = 0; i < count; i++)
        chi_sum128_add(&sum, values[i]);
    return chi_sum128_value(&sum);
}

static void small_cases(void **state)
{
    (void)state;
    assert_true(sum_of(0, NULL, 0) == 0.0);
    assert_true(sum_of(0, (double[]){1, 2, 3}, 3) == 6.0);
    assert_true(sum_of(-20, (double[]){0.1, -0.1}, 2) == 0.0);
    assert_true(sum_of(-20, (double[]){1e17, 1.0, -1e17}, 3) == 1.0);
    assert_true(sum_of(0, (double[]){0.5, 1.5, 2.5, -0.5, -1.5}, 5) == 2.0); /* 0 + 2 + 2 - 0 - 2 */
    assert_true(sum_of(0, (double[]){0.49999999999999994}, 1) == 0.0);
    assert_true(sum_of(0, (double[]){0x1p80 - 0x1p27}, 1) == 0x1p80 - 0x1p27);
    assert_true(sum_of(0, (double[]){-0x1p64, 1.0}, 2) == -0x1p64); /* rounds to even */
    assert_true(sum_of(-40, (double[]){5e-324, -5e-324, 0x1p-41}, 3) == 0.0);
    assert_true(sum_of(900, (double[]){0x1p901, 0x1p900}, 2) == 0x1.8p901);
    assert_true(sum_of(-900, (double[]){0x1p-899, -0x1p-900}, 2) == 0x1p-900);
}

/* Rounding of the total: 2^53 + 1 lies half way, 2^54 + 3 nearer the upper neighbour, and one
 * quantum far below the half decides. */
static void value_rounds_once(void **state)
{
    (void)state;
    assert_true(sum_of(0, (double[]){0x1p53, 1}, 2) == 0x1p53);
    assert_true(sum_of(0, (double[]){0x1p53, 3}, 2) == 0x1p53 + 4);
    assert_true(sum_of(0, (double[]){0x1p54, 3}, 2) == 0x1p54 + 4);
    assert_true(sum_of(-10, (double[]){0x1p69, 0x1p16, 0x1p-10}, 3) == 0x1p69 + 0x1p17);
    assert_true(sum_of(-10, (double[]){0x1p69, 0x1p16, -0x1p-10}, 3) == 0x1p69);
    assert_true(sum_of(-10, (double[]){-0x1p69, -0x1p16, -0x1p-10}, 3) == -0x1p69 - 0x1p17);
}

static void refused_values(void **state)
{
    (void)state;
    const double bad[] = {(double)NAN, (double)INFINITY, -(double)INFINITY, 0x1p80, -0x1p80, 1e300};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_true(isnan(sum_of(0, (double[]){1.0, bad[i], 2.0}, 3)));
        double column[64] = {[37] = bad[i]};
        chi_sum128 sum = chi_sum128_new(0), total = chi_sum128_new(0);
        chi_sum128_add_column(&sum, column, 64);
        assert_int_equal(sum.refused_count, 1);
        chi_sum128_merge(&total, &sum);
        chi_sum128_merge(&total, &sum);
        assert_int_equal(total.refused_count, 2);
        total.refused_count = UINT32_MAX;
        chi_sum128_merge(&total, &sum);
        assert_int_equal(total.refused_count, UINT32_MAX);
        assert_true(isnan(chi_sum128_value(&total)));
    }
}

static int compare_sizes(const void *a, const void *b)
{
    double x = fabs(*(const double *)a), y = fabs(*(const double *)b);
    return (x > y) - (x < y);
}

/* Every order, grouping and way of adding gives the same words. */
static void order_does_not_matter(void **state)
{
    (void)state;
    static double values[COUNT];
    static const int quanta[] = {-20, -60, 0, 10}, largest[] = {20, 19, 79, 40};
    for (size_t c = 0; c < 4; c++) {
        fill(values, COUNT, c, largest[c]);
        chi_sum128 forward = chi_sum128_new(quanta[c]), backward = forward, sorted = forward;
        chi_sum128 column = forward, merged = forward;
        for (size_t i = 0; i < COUNT; i++) {
            chi_sum128_add(&forward, values[i]);
            chi_sum128_add(&backward, values[COUNT - 1 - i]);
        }
        chi_sum128_add_column(&column, values, COUNT);
        uint64_t random = 5;
        for (size_t i = 0; i < COUNT;) {
            size_t size = next_random(&random) % 700;
            size = size < COUNT - i ? size : COUNT - i;
            chi_sum128 part = chi_sum128_new(quanta[c]);
            chi_sum128_add_column(&part, values + i, size);
            chi_sum128_merge(&merged, &part);
            i += size;
        }
        qsort(values, COUNT, sizeof *values, compare_sizes);
        for (size_t i = 0; i < COUNT; i++)
            chi_sum128_add(&sorted, values[i]);
        assert_same(&forward, &backward);
        assert_same(&forward, &column);
        assert_same(&forward, &merged);
        assert_same(&forward, &sorted);
        assert_int_equal(forward.refused_count, 0);
    }
}

/* Multiples of the quantum: the sum is exact, so integers give the answer. */
static void equals_integers(void **state)
{
    (void)state;
    static double values[COUNT];
    uint64_t random = 11;
    int64_t total = 0;
    for (size_t i = 0; i < COUNT; i++) {
        int64_t quanta = (int64_t)(next_random(&random) >> 16) - ((int64_t)1 << 47);
        values[i] = ldexp((double)quanta, -13);
        total += quanta;
    }
    chi_sum128 sum = chi_sum128_new(-13);
    chi_sum128_add_column(&sum, values, COUNT);
    assert_int_equal(sum.low, (uint64_t)total);
    assert_int_equal(sum.high, total < 0 ? -1 : 0);
    assert_true(chi_sum128_value(&sum) == ldexp((double)total, -13));
}

/* As if the value had been added to each, refused ones among them. */
static void two_at_once(void **state)
{
    (void)state;
    static const double values[] = {0.1, -7e11, 0x1p-70, (double)NAN, 3e9, (double)INFINITY, -0.0};
    chi_sum128 one = chi_sum128_new(-20), a = one, b = one;
    chi_sum128_add(&b, 12.5); /* they need not hold the same */
    chi_sum128 other = b;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        chi_sum128_add(&one, values[i]);
        chi_sum128_add(&other, values[i]);
        chi_sum128_add_to_both(&a, &b, values[i]);
        assert_same(&a, &one);
        assert_same(&b, &other);
    }
    assert_int_equal(a.refused_count, 2);
}

/* FNV's published vectors; SplitMix64's first outputs from state 0 (its finaliser of the golden
 * ratio's multiples), as printed by the authors' reference program. */
static void hashes(void **state)
{
    (void)state;
    assert_int_equal(chi_hash64(CHI_HASH64_START, "", 0), 0xcbf29ce484222325u);
    assert_int_equal(chi_hash64(CHI_HASH64_START, "a", 1), 0xaf63dc4c8601ec8cu);
    assert_int_equal(chi_hash64(CHI_HASH64_START, "foobar", 6), 0x85944171f73967e8u);
    uint64_t pieces = chi_hash64(chi_hash64(CHI_HASH64_START, "foo", 3), "bar", 3);
    assert_int_equal(pieces, 0x85944171f73967e8u);
    assert_int_equal(chi_mix64(0x9e3779b97f4a7c15u), 0xe220a8397b1dcdafu);
    assert_int_equal(chi_mix64(2 * 0x9e3779b97f4a7c15u), 0x6e789e6aa1b965f4u);
}

static void column_hash_adds(void **state)
{
    (void)state;
    double values[100], other[100];
    fill(values, 100, 3, 20);
    memcpy(other, values, sizeof values);
    uint64_t whole = chi_hash64_column(1000, values, 100);
    assert_int_equal(
        whole, chi_hash64_column(1040, values + 40, 60) + chi_hash64_column(1000, values, 40));
    assert_int_not_equal(whole, chi_hash64_column(1001, values, 100));
    other[3] = values[4], other[4] = values[3];
    assert_int_not_equal(whole, chi_hash64_column(1000, other, 100));
    other[3] = values[3], other[4] = lane_from_bits(lane_bits(values[4]) ^ 1);
    assert_int_not_equal(whole, chi_hash64_column(1000, other, 100));
    assert_int_not_equal(
        chi_hash64_column(0, (double[]){0.0}, 1), chi_hash64_column(0, (double[]){-0.0}, 1));
    assert_int_equal(chi_hash64_column(0, NULL, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_cases),
        cmocka_unit_test(value_rounds_once),
        cmocka_unit_test(refused_values),
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(equals_integers),
        cmocka_unit_test(two_at_once),
        cmocka_unit_test(hashes),
        cmocka_unit_test(column_hash_adds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

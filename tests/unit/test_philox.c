/* Random numbers: published known answers, equal bits of all copies, and their statistics. */
#include "num/isa.h"
#include "num/philox.h"
#include "num/philox.lane.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { BLOCK = 4096 };

static uint64_t bits_of(double x)
{
    return lane_bits(x);
}

static uint64_t hash_values(uint64_t hash, const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (int shift = 0; shift < 64; shift += 8)
            hash = (hash ^ (bits_of(values[i]) >> shift & 0xff)) * 1099511628211u;
    return hash;
}

/* Copies this processor can run. */
static int isa_count(void)
{
    return (int)chi_isa_best() + 1;
}

/* Random123, tests/kat_vectors, lines "philox4x32 10". */
static void known_answers(void **state)
{
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], answer[4];
    } cases[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff},
            {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0},
            {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t seed = (uint64_t)cases[i].key[1] << 32 | cases[i].key[0];
        uint64_t path = (uint64_t)cases[i].counter[1] << 32 | cases[i].counter[0];
        chi_philox_block block = chi_philox(seed, path, cases[i].counter[2], cases[i].counter[3]);
        assert_memory_equal(block.word, cases[i].answer, sizeof block.word);
    }
}

/* FNV-1a test vectors published with the function's draft (IETF draft-eastlake-fnv). */
static void stream_ids(void **state)
{
    (void)state;
    assert_int_equal(chi_stream_id(""), 0x811c9dc5);
    assert_int_equal(chi_stream_id("a"), 0xe40c292c);
    assert_int_equal(chi_stream_id("foobar"), 0xbf9cf968);
}

static void one_equals_block(void **state)
{
    (void)state;
    static double a[BLOCK], b[BLOCK];
    static const uint64_t firsts[] = {
        0, 8, 1000003, 0xfffffff8u - 1000, 0x100000000u, (uint64_t)-8};
    static const size_t counts[] = {8, 16, 24, 256, 264, 2048};
    for (int isa = 0; isa < isa_count(); isa++) {
        chi_draws draws = chi_draws_for(isa);
        for (size_t f = 0; f < sizeof firsts / sizeof *firsts; f++)
            for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
                uint32_t month = (uint32_t)(7 * f), stream = 0xdeadbeefu * (uint32_t)(c + 1);
                uint64_t seed = 0x0123456789abcdefu * (c + 1);
                for (int normal = 0; normal < 2; normal++) {
                    (normal ? draws.normals : draws.uniforms)(
                        seed, firsts[f], counts[c], month, stream, a, b);
                    for (size_t i = 0; i < counts[c]; i++) {
                        double one[2];
                        (normal ? chi_normals_one : chi_uniforms_one)(
                            seed, firsts[f] + i, month, stream, one);
                        assert_int_equal(bits_of(a[i]), bits_of(one[0]));
                        assert_int_equal(bits_of(b[i]), bits_of(one[1]));
                    }
                }
            }
    }
}

/* Several streams at once, as many as fill groups and some that do not. */
static void one_equals_rows(void **state)
{
    (void)state;
    enum { ROWS = 13, WIDTH = 16, STRIDE = 24 };
    static double a[ROWS * STRIDE], b[ROWS * STRIDE];
    static const uint64_t firsts[] = {0, 1000003, 0xfffffff8u, 0x100000000u, 0x7ffffffffff0u};
    uint32_t stream[ROWS];
    for (uint32_t r = 0; r < ROWS; r++)
        stream[r] = 0x9e3779b9u * (r + 1);
    for (int isa = 0; isa < isa_count(); isa++)
        for (size_t f = 0; f < sizeof firsts / sizeof *firsts; f++)
            for (size_t rows = 0; rows <= ROWS; rows++)
                for (size_t width = 8; width <= WIDTH; width += 8) {
                    size_t stride = width == 8 ? width : STRIDE, normals = rows * 2 / 3;
                    chi_draws_for(isa).rows(
                        77, firsts[f], width, 5, stream, rows, normals, stride, a, b);
                    for (size_t r = 0; r < rows; r++)
                        for (size_t i = 0; i < width; i++) {
                            double one[2];
                            (r < normals ? chi_normals_one : chi_uniforms_one)(
                                77, firsts[f] + i, 5, stream[r], one);
                            assert_int_equal(bits_of(a[r * stride + i]), bits_of(one[0]));
                            assert_int_equal(bits_of(b[r * stride + i]), bits_of(one[1]));
                        }
                }
}

/* One constant for every compiler and instruction set. */
static void golden_hash(void **state)
{
    (void)state;
    static double a[BLOCK], b[BLOCK];
    for (int isa = 0; isa < isa_count(); isa++) {
        chi_draws draws = chi_draws_for(isa);
        uint64_t uniforms = 14695981039346656037u, normals = uniforms;
        for (uint32_t month = 0; month < 8; month++) {
            draws.uniforms(20250630, 1u << 20, BLOCK, month, chi_stream_id("sofr"), a, b);
            uniforms = hash_values(hash_values(uniforms, a, BLOCK), b, BLOCK);
            draws.normals(20250630, 1u << 20, BLOCK, month, chi_stream_id("sofr"), a, b);
            normals = hash_values(hash_values(normals, a, BLOCK), b, BLOCK);
        }
        assert_int_equal(uniforms, 0x996cd0acaaebd851u);
        assert_int_equal(normals, 0x2de9352a00012000u);
    }
}

/* The ends of the uniforms' range, and what Box-Muller makes of them. */
static void extremes(void **state)
{
    (void)state;
    const double least = lane_uniform(0, 0), most = lane_uniform(0xffffffffu, 0xffffffffu);
    assert_true(least == 0x1p-53);
    assert_true(most == 1.0 - 0x1p-53);
    assert_true(lane_uniform(0xfffu, 0) == least); /* the low 12 bits do not count */
    assert_true(lane_uniform(0x1000u, 0) == 3 * 0x1p-53);
    const double ends[] = {least, 0.5 - 0x1p-53, 0.5 + 0x1p-53, most};
    for (int i = 0; i < 16; i++) {
        double first, second;
        lane_box_muller(ends[i / 4], ends[i % 4], &first, &second);
        double radius = sqrt(-2.0 * log(ends[i / 4]));
        assert_true(fabs(sqrt(first * first + second * second) - radius) <= 1e-15 * radius);
        assert_true(radius < 8.58);
    }
}

/* Statistics. Seeds are fixed, so a test that passes once always passes; the limits are five
 * standard errors, which sound numbers exceed once in a million. */
enum { SAMPLE = 1 << 19 };
static double sample_a[SAMPLE], sample_b[SAMPLE], sample_c[SAMPLE], sample_d[SAMPLE];

static void draw_normals(
    uint64_t seed, uint64_t first, uint32_t month, const char *name, double *a, double *b)
{
    chi_draws draws = chi_draws_for((int)chi_isa_best());
    draws.normals(seed, first, SAMPLE, month, chi_stream_id(name), a, b);
}

static void check_moments(const double *x)
{
    double n = SAMPLE, power[5] = {0};
    for (int i = 0; i < SAMPLE; i++)
        for (int k = 1; k <= 4; k++)
            power[k] += pow(x[i], k);
    assert_true(fabs(power[1] / n) < 5 * sqrt(1 / n));
    assert_true(fabs(power[2] / n - 1) < 5 * sqrt(2 / n));
    assert_true(fabs(power[3] / n) < 5 * sqrt(15 / n));
    assert_true(fabs(power[4] / n - 3) < 5 * sqrt(96 / n));
}

static void check_tails(const double *x)
{
    for (double limit = 0.5; limit <= 4.5; limit += 0.5) {
        double expected = SAMPLE * erfc(limit / sqrt(2.0)) / 2, above = 0, below = 0;
        for (int i = 0; i < SAMPLE; i++)
            above += x[i] > limit, below += x[i] < -limit;
        assert_true(fabs(above - expected) < 5 * sqrt(expected) + 1);
        assert_true(fabs(below - expected) < 5 * sqrt(expected) + 1);
    }
}

static void normals_are_normal(void **state)
{
    (void)state;
    draw_normals(1, 0, 0, "sofr", sample_a, sample_b);
    check_moments(sample_a);
    check_moments(sample_b);
    check_tails(sample_a);
    check_tails(sample_b);
}

/* Along paths, and along months, streams and seeds, which is how a model uses them. */
static void normals_along_every_axis(void **state)
{
    (void)state;
    chi_draws draws = chi_draws_for((int)chi_isa_best());
    enum { PIECES = 1 << 14, WIDTH = SAMPLE / PIECES };
    for (int axis = 0; axis < 3; axis++) {
        for (uint32_t i = 0; i < PIECES; i++)
            draws.normals(axis == 0 ? i : 7, 96, WIDTH, axis == 1 ? i : 3,
                axis == 2 ? i : 0x5eed5eed, sample_a + i * WIDTH, sample_b + i * WIDTH);
        check_moments(sample_a);
        check_moments(sample_b);
        check_tails(sample_a);
        check_tails(sample_b);
    }
}

/* Correlation of values and of sizes, which catches a shared radius. */
static void check_unrelated(const double *x, const double *y, int count)
{
    double n = count, product = 0, sizes = 0;
    for (int i = 0; i < count; i++) {
        product += x[i] * y[i];
        sizes += (x[i] * x[i] - 1) * (y[i] * y[i] - 1);
    }
    assert_true(fabs(product / n) < 5 / sqrt(n));
    assert_true(fabs(sizes / n) < 5 * 2 / sqrt(n));
}

static void neighbours_are_unrelated(void **state)
{
    (void)state;
    draw_normals(1, 0, 5, "sofr", sample_a, sample_b);
    check_unrelated(sample_a, sample_b, SAMPLE);
    for (int lag = 1; lag <= 8; lag++) {
        check_unrelated(sample_a, sample_a + lag, SAMPLE - lag);
        check_unrelated(sample_a, sample_b + lag, SAMPLE - lag);
    }
    const struct {
        uint64_t seed, first;
        uint32_t month;
        const char *name;
    } others[] = {{1, 0, 6, "sofr"}, {1, 0, 4, "sofr"}, {1, 0, 5, "sofs"}, {1, 0, 5, "ai_demand"},
        {2, 0, 5, "sofr"}, {(uint64_t)1 << 32 | 1, 0, 5, "sofr"}, {1, (uint64_t)1 << 32, 5, "sofr"},
        {1, SAMPLE, 5, "sofr"}, {0, 0, 5, "sofr"}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        draw_normals(
            others[i].seed, others[i].first, others[i].month, others[i].name, sample_c, sample_d);
        check_unrelated(sample_a, sample_c, SAMPLE);
        check_unrelated(sample_a, sample_d, SAMPLE);
        check_unrelated(sample_b, sample_c, SAMPLE);
        check_unrelated(sample_b, sample_d, SAMPLE);
    }
}

/* Each of the 52 bits is set half the time, and 1024 equal parts are hit equally often. */
static void uniforms_are_uniform(void **state)
{
    (void)state;
    chi_draws draws = chi_draws_for((int)chi_isa_best());
    draws.uniforms(3, 0, SAMPLE, 0, 0, sample_a, sample_b);
    enum { PARTS = 1024 };
    for (int half = 0; half < 2; half++) {
        const double *x = half ? sample_b : sample_a;
        int set[52] = {0};
        static int hits[PARTS];
        memset(hits, 0, sizeof hits);
        for (int i = 0; i < SAMPLE; i++) {
            uint64_t bits = (uint64_t)(x[i] * 0x1p52);
            assert_true(x[i] > 0 && x[i] < 1);
            for (int bit = 0; bit < 52; bit++)
                set[bit] += (int)(bits >> bit & 1);
            hits[bits >> 42]++;
        }
        for (int bit = 0; bit < 52; bit++)
            assert_true(abs(2 * set[bit] - SAMPLE) < 5 * sqrt(SAMPLE));
        double squares = 0, expected = (double)SAMPLE / PARTS;
        for (int i = 0; i < PARTS; i++)
            squares += (hits[i] - expected) * (hits[i] - expected) / expected;
        assert_true(fabs(squares - (PARTS - 1)) < 5 * sqrt(2.0 * (PARTS - 1)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),
        cmocka_unit_test(stream_ids),
        cmocka_unit_test(one_equals_block),
        cmocka_unit_test(one_equals_rows),
        cmocka_unit_test(golden_hash),
        cmocka_unit_test(extremes),
        cmocka_unit_test(normals_are_normal),
        cmocka_unit_test(normals_along_every_axis),
        cmocka_unit_test(neighbours_are_unrelated),
        cmocka_unit_test(uniforms_are_uniform),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

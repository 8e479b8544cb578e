/* Random numbers: published known answers, equal bits of all copies, and their statistics. */
#include "num/isa.h"
#include "num/philox.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { BLOCK = 4096 };

static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
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
        assert_int_equal(normals, 0x64ebb18e59944c97u);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),
        cmocka_unit_test(stream_ids),
        cmocka_unit_test(one_equals_block),
        cmocka_unit_test(golden_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

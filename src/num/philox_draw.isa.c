/* Blocks of uniforms and normals: as many counters at a time as a register holds, then Box-Muller
 * as a column loop over the same lanes that the reference uses.
 *
 * Each 32-bit word sits in a 64-bit slot, so that the one wide multiplication these sets have
 * (32 x 32 -> 64, per slot) serves without shuffles; bits above the 32nd are ignored by it and need
 * not be cleared. In a block only the path's low word varies, so that half of the first two rounds
 * is the same for all paths and is done once (philox_start). */
#include "num/isa.h"
#include "num/philox.lane.h"

#if defined(__AVX2__)
#include <immintrin.h>
#if defined(__clang__)
#define EACH _Pragma("clang loop unroll(full)") for (int k = 0; k < group; k++)
#else
#define EACH _Pragma("GCC unroll 8") for (int k = 0; k < group; k++)
#endif
#endif

chi_draw_fn CHI_ISA_NAME(chi_draw_uniforms), CHI_ISA_NAME(chi_draw_normals);
chi_draw_rows_fn CHI_ISA_NAME(chi_draw_rows);

/* One path at a time: the fallback, and for the blocks in which the path's high word changes. */
static __attribute__((noinline)) void uniforms_plain(uint64_t seed, uint64_t first, size_t count,
    uint32_t month, uint32_t stream, double *a, double *b)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t path = first + i;
        chi_philox_block counter = {{(uint32_t)path, (uint32_t)(path >> 32), month, stream}};
        chi_philox_block block = lane_philox(counter, seed);
        a[i] = lane_uniform(block.word[0], block.word[1]);
        b[i] = lane_uniform(block.word[2], block.word[3]);
    }
}

#if defined(__AVX512F__)
enum { WIDTH = 8, GROUP = 4 };
typedef __m512i words;
#define SPREAD(x) _mm512_set1_epi64((long long)(x))
#define PRODUCT(a, b) _mm512_mul_epu32(a, b)
#define HIGH(a) _mm512_srli_epi64(a, 32)
#define XOR(a, b) _mm512_xor_si512(a, b)
#define XOR3(a, b, c) _mm512_ternarylogic_epi64(a, b, c, 0x96)
#define PATHS(first) _mm512_add_epi64(SPREAD(first), _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7))

/* (high's low half) << 32 | (low's low half) */
#define JOIN(high, low)                                                                            \
    _mm512_mask_shuffle_epi32(low, 0xaaaa, high, (_MM_PERM_ENUM)_MM_SHUFFLE(2, 2, 0, 0))
#define UNIFORM(join)                                                                              \
    _mm512_sub_pd(_mm512_castsi512_pd(                                                             \
                      _mm512_or_si512(_mm512_srli_epi64(join, 12), SPREAD(0x3ff0000000000000))),   \
        _mm512_set1_pd(1.0 - 0x1p-53))
#define STORE(at, values) _mm512_storeu_pd(at, values)
#elif defined(__AVX2__)
enum { WIDTH = 4, GROUP = 4 };
typedef __m256i words;
#define SPREAD(x) _mm256_set1_epi64x((long long)(x))
#define PRODUCT(a, b) _mm256_mul_epu32(a, b)
#define HIGH(a) _mm256_srli_epi64(a, 32)
#define XOR(a, b) _mm256_xor_si256(a, b)
#define XOR3(a, b, c) XOR(XOR(a, b), c)
#define PATHS(first) _mm256_add_epi64(SPREAD(first), _mm256_setr_epi64x(0, 1, 2, 3))

#define JOIN(high, low)                                                                            \
    _mm256_blend_epi32(low, _mm256_shuffle_epi32(high, _MM_SHUFFLE(2, 2, 0, 0)), 0xaa)
#define UNIFORM(join)                                                                              \
    _mm256_sub_pd(_mm256_castsi256_pd(                                                             \
                      _mm256_or_si256(_mm256_srli_epi64(join, 12), SPREAD(0x3ff0000000000000))),   \
        _mm256_set1_pd(1.0 - 0x1p-53))
#define STORE(at, values) _mm256_storeu_pd(at, values)
#endif

#if defined(__AVX2__)
/* What all paths and streams of a block share after the first round, and the keys of all rounds. */
typedef struct philox_start {
    uint64_t key0[PHILOX_ROUNDS], key1[PHILOX_ROUNDS];
    uint64_t word1;    /* after round 1 */
    uint64_t product0; /* of round 2 */
} philox_start;

/* One register of counters: its first path, its stream, where its values go. */
typedef struct vector {
    uint64_t first;
    uint64_t stream;
    double *a, *b;
} vector;

static inline void begin(philox_start *start, uint64_t seed, uint32_t path_high, uint32_t month)
{
    /* bits above the 32nd may be anything, also in keys */
    for (uint64_t round = 0; round < PHILOX_ROUNDS; round++)
        start->key0[round] = seed + round * PHILOX_WEYL_0;
    for (uint64_t round = 0; round < PHILOX_ROUNDS; round++)
        start->key1[round] = (seed >> 32) + round * PHILOX_WEYL_1;
    uint64_t product1 = (uint64_t)PHILOX_MULTIPLIER_1 * month;
    uint32_t word0 = (uint32_t)(product1 >> 32) ^ path_high ^ (uint32_t)seed;
    start->word1 = product1;
    start->product0 = (uint64_t)PHILOX_MULTIPLIER_0 * word0;
}

/* `group` registers of counters side by side, of any streams: a round is a chain of three dependent
 * instructions, and one chain alone would leave the processor waiting. */
CH_LANE void uniforms_group(const philox_start *start, const vector *at, const int group)
{
    const words multiplier0 = SPREAD(PHILOX_MULTIPLIER_0);
    const words multiplier1 = SPREAD(PHILOX_MULTIPLIER_1);
    words word0[GROUP], word1[GROUP], word2[GROUP], word3[GROUP], product0[GROUP], product1[GROUP];
    EACH /* round 1 */
    {
        word3[k] = PRODUCT(multiplier0, PATHS(at[k].first));
        word2[k] = XOR(HIGH(word3[k]), SPREAD(at[k].stream ^ start->key1[0]));
    }
    EACH /* round 2 */
    {
        word1[k] = PRODUCT(multiplier1, word2[k]);
        word0[k] = XOR(HIGH(word1[k]), SPREAD(start->word1 ^ start->key0[1]));
        word2[k] = XOR(word3[k], SPREAD((start->product0 >> 32) ^ start->key1[1]));
        word3[k] = SPREAD(start->product0);
    }
    for (int round = 2; round < PHILOX_ROUNDS; round++) {
        EACH product0[k] = PRODUCT(multiplier0, word0[k]);
        EACH product1[k] = PRODUCT(multiplier1, word2[k]);
        EACH word0[k] = XOR3(HIGH(product1[k]), word1[k], SPREAD(start->key0[round]));
        EACH word2[k] = XOR3(HIGH(product0[k]), word3[k], SPREAD(start->key1[round]));
        EACH word1[k] = product1[k];
        EACH word3[k] = product0[k];
    }
    EACH STORE(at[k].a, UNIFORM(JOIN(word1[k], word0[k])));
    EACH STORE(at[k].b, UNIFORM(JOIN(word3[k], word2[k])));
}

/* One register of paths of GROUP rows, which share what is the same for all streams. Not inlined:
 * keys spread out ahead of a loop that runs once cost more than they save. */
static __attribute__((noinline)) void uniforms_across(const philox_start *start, uint64_t first,
    const uint32_t *stream, size_t stride, double *a, double *b)
{
    vector at[GROUP];
    for (size_t k = 0; k < GROUP; k++)
        at[k] = (vector){first, stream[k], a + k * stride, b + k * stride};
    uniforms_group(start, at, GROUP);
}

/* A few rows: registers of one row or, if it has few, of several rows make a group. */
static __attribute__((noinline)) void uniforms_along(const philox_start *start, uint64_t first,
    size_t count, const uint32_t *stream, size_t rows, size_t stride, double *a, double *b)
{
    size_t total = rows * (count / WIDTH), row = 0, path = 0;
    for (size_t done = 0; done < total;) {
        vector at[GROUP];
        const int group = total - done < GROUP ? 1 : GROUP;
        for (int k = 0; k < group; k++) {
            size_t place = row * stride + path;
            at[k] = (vector){first + path, stream[row], a + place, b + place};
            path += WIDTH;
            row += path == count;
            path = path == count ? 0 : path;
        }
        if (group == GROUP)
            uniforms_group(start, at, GROUP);
        else
            uniforms_group(start, at, 1);
        done += (size_t)group;
    }
}

/* Needs first .. first + count - 1 to share the high word, and count to be a multiple of WIDTH. */
static void uniforms_wide(uint64_t seed, uint64_t first, size_t count, uint32_t month,
    const uint32_t *stream, size_t rows, size_t stride, double *a, double *b)
{
    philox_start start;
    size_t row = 0;
    begin(&start, seed, (uint32_t)(first >> 32), month);
    for (; row + GROUP <= rows; row += GROUP)
        for (size_t path = 0; path < count; path += WIDTH)
            uniforms_across(&start, first + path, stream + row, stride, a + row * stride + path,
                b + row * stride + path);
    if (row < rows)
        uniforms_along(&start, first, count, stream + row, rows - row, stride, a + row * stride,
            b + row * stride);
}
#endif

static void uniforms_rows(uint64_t seed, uint64_t first, size_t count, uint32_t month,
    const uint32_t *stream, size_t rows, size_t stride, double *a, double *b)
{
#if defined(__AVX2__)
    if (count % WIDTH == 0 && first >> 32 == (first + count) >> 32) {
        uniforms_wide(seed, first, count, month, stream, rows, stride, a, b);
        return;
    }
#endif
    for (size_t r = 0; r < rows; r++)
        uniforms_plain(seed, first, count, month, stream[r], a + r * stride, b + r * stride);
}

static void box_muller(double *restrict a, double *restrict b, size_t count)
{
    CHI_LOOP
    for (size_t i = 0; i < count; i++)
        lane_box_muller(a[i], b[i], &a[i], &b[i]);
}

void CHI_ISA_NAME(chi_draw_uniforms)(uint64_t seed, uint64_t first, size_t count, uint32_t month,
    uint32_t stream, double *a, double *b)
{
    uniforms_rows(seed, first, count, month, &stream, 1, count, a, b);
}

enum { PIECE = 256 }; /* values that stay in the first-level cache between the two loops */

void CHI_ISA_NAME(chi_draw_normals)(uint64_t seed, uint64_t first, size_t count, uint32_t month,
    uint32_t stream, double *a, double *b)
{
    for (size_t done = 0; done < count; done += PIECE) {
        size_t size = count - done < PIECE ? count - done : PIECE;
        uniforms_rows(seed, first + done, size, month, &stream, 1, size, a + done, b + done);
        box_muller(a + done, b + done, size);
    }
}

void CHI_ISA_NAME(chi_draw_rows)(uint64_t seed, uint64_t first, size_t count, uint32_t month,
    const uint32_t *stream, size_t rows, size_t normals, size_t stride, double *a, double *b)
{
    uniforms_rows(seed, first, count, month, stream, rows, stride, a, b);
    if (stride == count) {
        box_muller(a, b, normals * stride);
        return;
    }
    for (size_t r = 0; r < normals; r++)
        box_muller(a + r * stride, b + r * stride, count);
}

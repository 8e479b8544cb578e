/* Column kernels: everything that a month does to whole columns, one loop over paths each.
 *
 * X.lane.h says what happens on one path, X.column.h what happens to a column. The tiles call these
 * kernels with the width of the tile. The straight-line back end (native.h) carries the text of
 * lanes and kernels into the C it writes, and calls them with a constant width and constant
 * columns. So the arithmetic of a month is written once; which kernel runs on which columns is for
 * tile_*.isa.c to say.
 *
 * A kernel takes the number of paths, then columns and numbers; it knows neither model nor plan.
 * Columns of one call do not overlap, except where `out` may be one of the inputs itself. Here:
 * copies, sums, expressions. */
#ifndef CHI_ENGINE_SUMS_COLUMN_H
#define CHI_ENGINE_SUMS_COLUMN_H

#include "model/expr.lane.h"
#include "num/isa.h"
#include "num/math.lane.h"

#include <stddef.h>
#include <stdint.h>
#if defined(__AVX2__)
#include <immintrin.h>
#endif

#define K_FN static inline __attribute__((always_inline, unused)) void
#define K_ASK static inline __attribute__((always_inline, unused)) int
#define K_PATHS CHI_LOOP for (size_t i = 0; i < n; i++)
#define K_IN const double *restrict
#define K_OUT double *restrict

/* --- copies and sums ------------------------------------------------------------------------ */

K_FN k_fill(size_t n, K_OUT out, double value)
{
    K_PATHS out[i] = value;
}

/* `words` doubles from `first` on, paddings of columns among them. */
K_FN k_zero(size_t n, double *first, size_t words)
{
    (void)n;
    CHI_LOOP for (size_t i = 0; i < words; i++) first[i] = 0.0;
}

/* The same with another number. */
K_FN k_fill_rows(size_t n, double *first, double value, size_t words)
{
    (void)n;
    CHI_LOOP for (size_t i = 0; i < words; i++) first[i] = value;
}

K_FN k_copy_rows(size_t n, K_OUT out, K_IN x, size_t words)
{
    (void)n;
    CHI_LOOP for (size_t i = 0; i < words; i++) out[i] = x[i];
}

K_FN k_copy(size_t n, K_OUT out, K_IN x)
{
    K_PATHS out[i] = x[i];
}

/* Sums of columns begin with 0, which turns a negative zero into a positive one. */
K_FN k_sum1(size_t n, K_OUT out, K_IN x)
{
    double start = 0.0;
    K_PATHS out[i] = start + x[i];
}

K_FN k_sum2(size_t n, K_OUT out, K_IN x, K_IN y)
{
    double start = 0.0;
    K_PATHS out[i] = start + x[i] + y[i];
}

K_FN k_sum3(size_t n, K_OUT out, K_IN x, K_IN y, K_IN z)
{
    double start = 0.0;
    K_PATHS out[i] = start + x[i] + y[i] + z[i];
}

K_FN k_add_more4(size_t n, K_OUT out, K_IN a, K_IN b, K_IN c, K_IN d)
{
    K_PATHS out[i] = out[i] + a[i] + b[i] + c[i] + d[i];
}

K_FN k_plus(size_t n, K_OUT out, K_IN x, K_IN y)
{
    K_PATHS out[i] = x[i] + y[i];
}

K_FN k_product(size_t n, K_OUT out, K_IN x, K_IN y)
{
    K_PATHS out[i] = x[i] * y[i];
}

K_FN k_add_to(size_t n, K_OUT out, K_IN x)
{
    K_PATHS out[i] = out[i] + x[i];
}

K_FN k_take_from(size_t n, K_OUT out, K_IN x)
{
    K_PATHS out[i] = out[i] - x[i];
}

/* out += fraction x */
K_FN k_add_share(size_t n, K_OUT out, double fraction, K_IN x)
{
    K_PATHS out[i] = lane_fma(fraction, x[i], out[i]);
}

K_FN k_or(size_t n, K_OUT out, K_IN x)
{
    K_PATHS out[i] = lane_or(out[i], x[i]);
}

K_FN k_or_above(size_t n, K_OUT out, double level, K_IN x)
{
    K_PATHS out[i] = lane_or(out[i], lane_lt(level, x[i]));
}

K_FN k_times(size_t n, K_OUT out, K_IN x)
{
    K_PATHS out[i] = x[i] * out[i];
}

/* Do the comparison and any number of the column hold? Compilers make a long reduction of what is
 * one instruction and a test. Widths are multiples of 8. */
#if defined(__AVX512F__)
#define K_ANY(x, compare, how)                                                                     \
    unsigned found = 0;                                                                            \
    for (size_t i = 0; i < n; i += 8)                                                              \
        found |= _mm512_cmp_pd_mask(_mm512_loadu_pd(x + i), _mm512_setzero_pd(), how);             \
    return found != 0
#elif defined(__AVX2__)
#define K_ANY(x, compare, how)                                                                     \
    __m256d found = _mm256_setzero_pd();                                                           \
    for (size_t i = 0; i < n; i += 4)                                                              \
        found =                                                                                    \
            _mm256_or_pd(found, _mm256_cmp_pd(_mm256_loadu_pd(x + i), _mm256_setzero_pd(), how));  \
    return _mm256_movemask_pd(found) != 0
#else
#define K_ANY(x, compare, how)                                                                     \
    int found = 0;                                                                                 \
    for (size_t i = 0; i < n; i++)                                                                 \
        found |= x[i] compare 0.0;                                                                 \
    return found
#endif

/* Is any number of the column different from zero? NaN is. */
K_ASK k_any(size_t n, K_IN x)
{
    K_ANY(x, !=, _CMP_NEQ_UQ);
}

K_ASK k_any_at_most_zero(size_t n, K_IN x)
{
    K_ANY(x, <=, _CMP_LE_OQ);
}

/* --- expressions ---------------------------------------------------------------------------- */

/* column with column, column with number, number with column; `out` may be x or y */
#define K_BINARY(name, lane)                                                                       \
    K_FN k_##name##_cc(size_t n, double *out, const double *x, const double *y)                    \
    {                                                                                              \
        K_PATHS out[i] = lane(x[i], y[i]);                                                         \
    }                                                                                              \
    K_FN k_##name##_cn(size_t n, double *out, const double *x, double q)                           \
    {                                                                                              \
        K_PATHS out[i] = lane(x[i], q);                                                            \
    }                                                                                              \
    K_FN k_##name##_nc(size_t n, double *out, double p, const double *y)                           \
    {                                                                                              \
        K_PATHS out[i] = lane(p, y[i]);                                                            \
    }
K_BINARY(add, lane_expr_add)
K_BINARY(sub, lane_expr_sub)
K_BINARY(mul, lane_expr_mul)
K_BINARY(div, lane_expr_div)
K_BINARY(min, lane_min)
K_BINARY(max, lane_max)
#undef K_BINARY

K_FN k_neg(size_t n, double *out, const double *x)
{
    K_PATHS out[i] = -x[i];
}

K_FN k_abs(size_t n, double *out, const double *x)
{
    K_PATHS out[i] = lane_expr_abs(x[i]);
}

/* Zero stays zero by every finite x and becomes NaN by the others, whatever the compiler assumes of
 * NaN. Rounded once or twice it is the same, so one instruction where the processor has it. */
CH_LANE double lane_note(double finite, double x)
{
#if defined(__FMA__)
    return lane_fma(0.0, x, finite);
#else
    return finite + 0.0 * x;
#endif
}

K_FN k_note_finite(size_t n, K_OUT finite, K_IN x)
{
    K_PATHS finite[i] = lane_note(finite[i], x[i]);
}

/* A number that is about to vanish in a comparison: infinite it compares as it should, but nothing
 * is above or below what is not a number. It matters where `counts` is not 0. */
CH_LANE double lane_uncompared(double counts, double x)
{
    return lane_select(counts, x == x ? 0.0 : x, 0.0);
}

K_FN k_note_compared(size_t n, K_OUT finite, K_IN counts, K_IN x)
{
    K_PATHS finite[i] = lane_note(finite[i], lane_uncompared(counts[i], x[i]));
}

/* The same of one number for all paths. */
K_FN k_note_compared_n(size_t n, K_OUT finite, K_IN counts, double x)
{
    K_PATHS finite[i] = lane_note(finite[i], lane_uncompared(counts[i], x));
}

/* Of eight at once by their sum, which is finite if all are: the numbers of a model are far too
 * small for a sum of eight to overflow before one of them does. */
K_FN k_note_finite8(
    size_t n, K_OUT finite, K_IN a, K_IN b, K_IN c, K_IN d, K_IN e, K_IN f, K_IN g, K_IN h)
{
    K_PATHS finite[i] =
        lane_note(finite[i], ((a[i] + b[i]) + (c[i] + d[i])) + ((e[i] + f[i]) + (g[i] + h[i])));
}

/* What a revolver would still lend. */
K_FN k_available(size_t n, K_OUT out, K_IN alive, K_IN stopped, K_IN used, double limit)
{
    K_PATHS out[i] =
        out[i] + alive[i] * lane_select(stopped[i], 0.0, lane_positive(limit - used[i]));
}

#endif

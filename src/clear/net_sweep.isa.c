/* Sweeps and products over sliced matrices: eight rows at a time; see net_slices.h. Each lane adds
 * its entries in order, products rounded before they are added, so that all copies agree. */
#include "clear/net_batch.h"
#include "clear/net_eight.h"
#include "clear/net_slices.h"

#include "num/isa.h"

#include <math.h>

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

chi_net_sweep_fn CHI_ISA_NAME(chi_net_sweep);
chi_net_times_fn CHI_ISA_NAME(chi_net_times);
chi_net_inside_fn CHI_ISA_NAME(chi_net_inside);
chi_net_sums_fn CHI_ISA_NAME(chi_net_sums);
chi_net_scale_fn CHI_ISA_NAME(chi_net_scale);
chi_net_slack_fn CHI_ISA_NAME(chi_net_slack);
chi_net_batch_sweep_fn CHI_ISA_NAME(chi_net_batch_sweep);
chi_net_batch_shift_fn CHI_ISA_NAME(chi_net_batch_shift);
chi_net_batch_times_fn CHI_ISA_NAME(chi_net_batch_times);

enum { LANES = CHI_NET_LANES };

/* A row over all lanes: their sum into the first. */
static void gather_wide(double *sum)
{
    sum[0] = add_lanes(sum);
    for (size_t l = 1; l < LANES; l++)
        sum[l] = 0.0;
}

#if defined(__AVX512F__)

typedef __m512d lanes;

static inline lanes chunk_sums(const chi_net_slices *s, size_t c, lanes sum, const double *x)
{
    for (size_t k = s->start[c], end = s->start[c + 1]; k < end; k++) {
        __m256i column = _mm256_loadu_si256((const void *)&s->column[LANES * k]);
        lanes weight = _mm512_loadu_pd(&s->weight[LANES * k]);
        sum = _mm512_add_pd(sum, _mm512_mul_pd(weight, _mm512_i32gather_pd(column, x, 8)));
    }
    if (s->wide[c]) {
        double each[LANES];
        _mm512_storeu_pd(each, sum);
        gather_wide(each);
        sum = _mm512_loadu_pd(each);
    }
    return sum;
}

double CHI_ISA_NAME(chi_net_sweep)(const chi_net_slices *s, const double *base,
    const double *inverse, double limit, const double *floor, double *y, double *fraction)
{
    lanes largest = _mm512_setzero_pd(), most = _mm512_set1_pd(limit);
    for (size_t c = 0; c < s->chunks; c++) {
        lanes sum = chunk_sums(s, c, _mm512_loadu_pd(&base[LANES * c]), y);
        sum = _mm512_mul_pd(sum, _mm512_loadu_pd(&inverse[LANES * c]));
        _mm512_storeu_pd(&fraction[LANES * c], sum);
        sum = _mm512_min_pd(sum, most);
        if (floor)
            sum = _mm512_max_pd(sum, _mm512_loadu_pd(&floor[LANES * c]));
        lanes change = _mm512_abs_pd(_mm512_sub_pd(sum, _mm512_loadu_pd(&y[LANES * c])));
        largest = _mm512_max_pd(change, largest);
        _mm512_storeu_pd(&y[LANES * c], sum);
    }
    return _mm512_reduce_max_pd(largest);
}

void CHI_ISA_NAME(chi_net_times)(
    const chi_net_slices *s, const double *base, const double *x, double *out)
{
    for (size_t c = 0; c < s->chunks; c++)
        _mm512_storeu_pd(&out[LANES * c], chunk_sums(s, c, _mm512_loadu_pd(&base[LANES * c]), x));
}

void CHI_ISA_NAME(chi_net_slack)(
    const chi_net_slices *s, const double *inverse, const double *w, double *slack)
{
    for (size_t c = 0; c < s->chunks; c++) {
        lanes sum = chunk_sums(s, c, _mm512_setzero_pd(), w);
        sum = _mm512_mul_pd(sum, _mm512_loadu_pd(&inverse[LANES * c]));
        _mm512_storeu_pd(&slack[LANES * c], _mm512_sub_pd(_mm512_loadu_pd(&w[LANES * c]), sum));
    }
}

size_t CHI_ISA_NAME(chi_net_inside)(const chi_net_slices *s, const double *inverse, const double *y,
    const uint8_t *inside, uint32_t *changed)
{
    lanes one = _mm512_set1_pd(1.0), zero = _mm512_setzero_pd();
    size_t count = 0;
    for (size_t c = 0; c < s->chunks; c++) {
        __mmask8 below = _mm512_cmp_pd_mask(_mm512_loadu_pd(&y[LANES * c]), one, _CMP_LT_OQ);
        below =
            _mm512_mask_cmp_pd_mask(below, _mm512_loadu_pd(&inverse[LANES * c]), zero, _CMP_GT_OQ);
        changed[count] = (uint32_t)c;
        count += below != inside[c];
    }
    return count;
}

void CHI_ISA_NAME(chi_net_sums)(const chi_net_slices *s, const uint8_t *inside, const double *base,
    const double *debt, const double *leak, const double *y, double *in, double *out)
{
    lanes sum_in = _mm512_setzero_pd(), sum_out = _mm512_setzero_pd();
    for (size_t c = 0; c < s->chunks; c++) {
        __mmask8 here = inside[c];
        lanes paid = _mm512_loadu_pd(&y[LANES * c]), away = _mm512_loadu_pd(&leak[LANES * c]);
        lanes kept = _mm512_mul_pd(paid, _mm512_sub_pd(_mm512_loadu_pd(&debt[LANES * c]), away));
        sum_in = _mm512_add_pd(
            sum_in, _mm512_mask_blend_pd(here, kept, _mm512_loadu_pd(&base[LANES * c])));
        sum_out = _mm512_mask_add_pd(sum_out, here, sum_out, _mm512_mul_pd(paid, away));
    }
    double each[LANES];
    _mm512_storeu_pd(each, sum_in);
    *in = add_lanes(each);
    _mm512_storeu_pd(each, sum_out);
    *out = add_lanes(each);
}

void CHI_ISA_NAME(chi_net_scale)(
    const chi_net_slices *s, const uint8_t *inside, double factor, double limit, double *y)
{
    lanes by = _mm512_set1_pd(factor), most = _mm512_set1_pd(limit);
    for (size_t c = 0; c < s->chunks; c++) {
        lanes paid = _mm512_loadu_pd(&y[LANES * c]);
        lanes next = _mm512_min_pd(_mm512_mul_pd(paid, by), most);
        _mm512_storeu_pd(&y[LANES * c], _mm512_mask_blend_pd(inside[c], paid, next));
    }
}

#else

static inline void chunk_sums(const chi_net_slices *s, size_t c, double *sum, const double *x)
{
    double a0 = sum[0], a1 = sum[1], a2 = sum[2], a3 = sum[3];
    double a4 = sum[4], a5 = sum[5], a6 = sum[6], a7 = sum[7];
    for (size_t k = s->start[c], end = s->start[c + 1]; k < end; k++) {
        const uint32_t *column = &s->column[LANES * k];
        const double *weight = &s->weight[LANES * k];
        a0 += weight[0] * x[column[0]];
        a1 += weight[1] * x[column[1]];
        a2 += weight[2] * x[column[2]];
        a3 += weight[3] * x[column[3]];
        a4 += weight[4] * x[column[4]];
        a5 += weight[5] * x[column[5]];
        a6 += weight[6] * x[column[6]];
        a7 += weight[7] * x[column[7]];
    }
    sum[0] = a0;
    sum[1] = a1;
    sum[2] = a2;
    sum[3] = a3;
    sum[4] = a4;
    sum[5] = a5;
    sum[6] = a6;
    sum[7] = a7;
    if (s->wide[c])
        gather_wide(sum);
}

double CHI_ISA_NAME(chi_net_sweep)(const chi_net_slices *s, const double *base,
    const double *inverse, double limit, const double *floor, double *y, double *fraction)
{
    double largest = 0.0;
    for (size_t c = 0; c < s->chunks; c++) {
        double sum[LANES];
        for (size_t l = 0; l < LANES; l++)
            sum[l] = base[LANES * c + l];
        chunk_sums(s, c, sum, y);
        for (size_t l = 0; l < LANES; l++) {
            double value = sum[l] * inverse[LANES * c + l];
            fraction[LANES * c + l] = value;
            value = value < limit ? value : limit;
            if (floor)
                value = value > floor[LANES * c + l] ? value : floor[LANES * c + l];
            double change = fabs(value - y[LANES * c + l]);
            largest = change > largest ? change : largest;
            y[LANES * c + l] = value;
        }
    }
    return largest;
}

void CHI_ISA_NAME(chi_net_times)(
    const chi_net_slices *s, const double *base, const double *x, double *out)
{
    for (size_t c = 0; c < s->chunks; c++) {
        double *sum = &out[LANES * c];
        for (size_t l = 0; l < LANES; l++)
            sum[l] = base[LANES * c + l];
        chunk_sums(s, c, sum, x);
    }
}

void CHI_ISA_NAME(chi_net_slack)(
    const chi_net_slices *s, const double *inverse, const double *w, double *slack)
{
    for (size_t c = 0; c < s->chunks; c++) {
        double sum[LANES] = {0};
        chunk_sums(s, c, sum, w);
        for (size_t l = 0; l < LANES; l++)
            slack[LANES * c + l] = w[LANES * c + l] - sum[l] * inverse[LANES * c + l];
    }
}

size_t CHI_ISA_NAME(chi_net_inside)(const chi_net_slices *s, const double *inverse, const double *y,
    const uint8_t *inside, uint32_t *changed)
{
    size_t count = 0;
    for (size_t c = 0; c < s->chunks; c++) {
        unsigned below = 0;
        for (size_t l = 0; l < LANES; l++)
            below |= (unsigned)(y[LANES * c + l] < 1.0 && inverse[LANES * c + l] > 0.0) << l;
        changed[count] = (uint32_t)c;
        count += below != inside[c];
    }
    return count;
}

void CHI_ISA_NAME(chi_net_sums)(const chi_net_slices *s, const uint8_t *inside, const double *base,
    const double *debt, const double *leak, const double *y, double *in, double *out)
{
    double sum_in[LANES] = {0}, sum_out[LANES] = {0};
    for (size_t c = 0; c < s->chunks; c++) {
        for (size_t l = 0; l < LANES; l++) {
            size_t p = LANES * c + l;
            bool here = inside[c] >> l & 1;
            sum_in[l] += here ? base[p] : y[p] * (debt[p] - leak[p]);
            sum_out[l] += here ? y[p] * leak[p] : 0.0;
        }
    }
    *in = add_lanes(sum_in);
    *out = add_lanes(sum_out);
}

void CHI_ISA_NAME(chi_net_scale)(
    const chi_net_slices *s, const uint8_t *inside, double factor, double limit, double *y)
{
    for (size_t c = 0; c < s->chunks; c++) {
        for (size_t l = 0; l < LANES; l++) {
            double *paid = &y[LANES * c + l], next = *paid * factor;
            next = next < limit ? next : limit;
            *paid = inside[c] >> l & 1 ? next : *paid;
        }
    }
}

#endif

/* --- eight scenarios at once ------------------------------------------------------------------ */

#define ROW_SUM(sum, m, row, x)                                                                    \
    do {                                                                                           \
        for (size_t k_ = (m)->start[row], end_ = (m)->start[(row) + 1]; k_ < end_; k_++)           \
            (sum) += (m)->weight[k_] * (x)[(m)->column[k_]];                                       \
    } while (0)

void CHI_ISA_NAME(chi_net_batch_sweep)(const chi_net_matrix *m, size_t from, size_t end,
    size_t pinned, const double *weight, double *values, double *moved, double *largest)
{
    eight *x = (eight *)values, *total = (eight *)moved, *most = (eight *)largest;
    eight one = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0}, dot = *total, high = *most;
    for (size_t i = from; i < end; i++) {
        eight sum = {0.0};
        ROW_SUM(sum, m, i, x);
        sum = CHOOSE(sum < one, sum, one);
        if (i - pinned < LANES)
            sum[i - pinned] = 1.0;
        eight change = sum - x[i], size = CHOOSE(change < 0.0 * one, -change, change);
        dot += weight[i] * change;
        high = CHOOSE(size > high, size, high);
        x[i] = sum;
    }
    *total = dot;
    *most = high;
}

void CHI_ISA_NAME(chi_net_batch_shift)(
    size_t rows, size_t pinned, const double *factor, const double *along, double *values)
{
    eight *x = (eight *)values, by = *(const eight *)factor;
    eight one = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0}, zero = 0.0 * one;
    for (size_t i = 0; i < rows; i++) {
        eight next = x[i] + along[i] * by;
        next = CHOOSE(next < one, next, one);
        x[i] = CHOOSE(next > zero, next, zero);
    }
    for (size_t l = 0; l < LANES && pinned + l < rows; l++)
        x[pinned + l][l] = 1.0;
}

void CHI_ISA_NAME(chi_net_batch_times)(
    const chi_net_matrix *m, size_t row, const double *values, double *out)
{
    const eight *x = (const eight *)values;
    eight sum = {0.0};
    ROW_SUM(sum, m, row, x);
    *(eight *)out = sum;
}

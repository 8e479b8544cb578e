/* Making parts of a network ready for sweeps: the entries among their firms, laid out in slices,
 * and the vectors that go with them. All copies give the same bits. */
#include "clear/net_eight.h"
#include "clear/net_slices.h"

#include "num/isa.h"

#include <float.h>

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

chi_net_start_fn CHI_ISA_NAME(chi_net_start);
chi_net_narrow_fn CHI_ISA_NAME(chi_net_narrow);
chi_net_pick_fn CHI_ISA_NAME(chi_net_pick);
chi_net_lay_fn CHI_ISA_NAME(chi_net_lay);

enum { LANES = CHI_NET_LANES };

/* A row without debt pays in full whatever it gets; padding pays nothing. */
void CHI_ISA_NAME(chi_net_start)(
    const chi_net_slices *s, const chi_net_rows *rows, const chi_net_vectors *out)
{
    const uint32_t *row = s->row;
    const double *base = rows->base, *owed = rows->debt;
    chi_net_vectors v = *out;
    CHI_LOOP
    for (size_t p = 0; p < s->positions; p++) {
        bool real = row[p] != UINT32_MAX;
        uint32_t r = real ? row[p] : 0;
        double debt = owed[r], own = base[r];
        bool owes = debt > 0.0;
        double inverse = owes ? 1.0 / debt : DBL_MAX / 2.0;
        own = owes ? own : own + 1.0;
        v.base[p] = real ? own : 0.0;
        v.debt[p] = real ? debt : 0.0;
        v.inverse[p] = real ? inverse : 0.0;
    }
    const double *first = rows->first ? rows->first : rows->face;
    if (!first)
        first = rows->debt;
    bool ready = rows->first, known = rows->face;
    CHI_LOOP
    for (size_t p = 0; p < s->positions; p++) {
        double value = first[row[p] != UINT32_MAX ? row[p] : 0];
        double paid = (v.base[p] + value) * v.inverse[p];
        paid = ready ? value : known ? paid : 1.0;
        paid = paid < 1.0 ? paid : 1.0;
        v.y[p] = v.inverse[p] > 0.0 ? paid : 0.0;
    }
}

void CHI_ISA_NAME(chi_net_narrow)(
    const chi_net_slices *s, const chi_net_vectors *vectors, double guess, double *w)
{
    chi_net_vectors v = *vectors;
    CHI_LOOP
    for (size_t p = 0; p < s->positions; p++) {
        double inverse = v.inverse[p], here = inverse > 0.0 ? 1.0 : 0.0;
        here = v.y[p] < 1.0 ? here : 0.0;
        double debt = v.debt[p];
        w[p] = here * guess;
        v.base[p] = here > 0.0 ? debt : 0.0;
        v.inverse[p] = here > 0.0 ? inverse : 0.0;
    }
}

#if defined(__AVX512F__)

enum { WIDE = 16, AHEAD = 8 };

/* What is kept so far, and the sum of weights that have no place, lane by lane. */
typedef struct taken {
    uint32_t *column;
    double *weight;
    __m512d sum;
} taken;

static inline __attribute__((always_inline)) taken take_half(
    taken t, __mmask8 some, __mmask8 in, __mmask8 out, const double *weight)
{
    __m512d value = _mm512_maskz_loadu_pd(some, weight);
    t.sum = _mm512_mask_add_pd(t.sum, out, t.sum, value);
    _mm512_storeu_pd(t.weight, _mm512_maskz_compress_pd(in, value));
    t.weight += __builtin_popcount(in);
    return t;
}

/* Up to 16 entries of a row at a time. */
static inline __attribute__((always_inline)) taken take(
    taken t, const uint32_t *column, const double *weight, const uint32_t *place, size_t left)
{
    __m512i one = _mm512_set1_epi32(1), zero = _mm512_setzero_si512();
    __mmask16 some = (__mmask16)(left < WIDE ? (1u << left) - 1u : 0xffffu);
    __m512i from = _mm512_maskz_loadu_epi32(some, column);
    __m512i at = _mm512_mask_i32gather_epi32(zero, some, from, place, 4);
    __mmask16 has = _mm512_mask_test_epi32_mask(some, at, at), out = some & (__mmask16)~has;
    __mmask16 in = _mm512_mask_cmpneq_epi32_mask(has, at, _mm512_set1_epi32(-1));
    _mm512_storeu_si512(t.column, _mm512_maskz_compress_epi32(in, _mm512_sub_epi32(at, one)));
    t = take_half(t, (__mmask8)some, (__mmask8)in, (__mmask8)out, weight);
    t = take_half(t, (__mmask8)(some >> LANES), (__mmask8)(in >> LANES), (__mmask8)(out >> LANES),
        weight + LANES);
    t.column += __builtin_popcount(in);
    return t;
}

void CHI_ISA_NAME(chi_net_pick)(const chi_net_picking *picking)
{
    chi_net_picking p = *picking;
    const size_t *start = p.matrix->start;
    const uint32_t *column = p.matrix->column, *place = p.place;
    const double *weight = p.matrix->weight;
    taken t = {p.column, p.weight, _mm512_setzero_pd()};
    for (size_t a = 0; a < p.count; a++) {
        uint32_t row = p.row[a], ahead = p.row[a + AHEAD < p.count ? a + AHEAD : a];
        size_t next = start[ahead];
        __builtin_prefetch(&column[next]);
        __builtin_prefetch(&weight[next]);
        __builtin_prefetch(&weight[next + LANES]);
        p.start[a] = (size_t)(t.weight - p.weight);
        t.sum = _mm512_setzero_pd();
        for (size_t k = start[row], end = start[row + 1]; k < end; k += WIDE)
            t = take(t, &column[k], &weight[k], place, end - k);
        double each[LANES];
        _mm512_storeu_pd(each, t.sum);
        p.base[a] = p.outside[row] + add_lanes(each);
    }
    p.start[p.count] = (size_t)(t.weight - p.weight);
}

void CHI_ISA_NAME(chi_net_lay)(
    chi_net_slices *s, const size_t *start, const uint32_t *column, const double *weight)
{
    __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7), none = _mm256_set1_epi32(-1);
    for (size_t c = 0; c < s->chunks; c++) {
        if (s->wide[c])
            continue;
        __m256i row = _mm256_loadu_si256((const void *)&s->row[LANES * c]);
        __mmask8 real = _mm256_cmpneq_epi32_mask(row, none);
        __m512i from = _mm512_mask_i32gather_epi64(_mm512_setzero_si512(), real, row, start, 8);
        __m512i end = _mm512_mask_i32gather_epi64(_mm512_setzero_si512(), real, row, start + 1, 8);
        __m256i own = _mm256_add_epi32(lane, _mm256_set1_epi32((int)(LANES * c)));
        own = s->columns_stay ? _mm256_setzero_si256() : own;
        for (size_t k = s->start[c]; k < s->start[c + 1]; k++) {
            __mmask8 some = _mm512_cmplt_epu64_mask(from, end);
            __m256i at = _mm512_mask_i64gather_epi32(own, some, from, column, 4);
            if (!s->columns_stay)
                at = _mm256_mmask_i32gather_epi32(own, some, at, s->at, 4);
            _mm256_storeu_si256((void *)&s->column[LANES * k], at);
            _mm512_storeu_pd(&s->weight[LANES * k],
                _mm512_mask_i64gather_pd(_mm512_setzero_pd(), some, from, weight, 8));
            from = _mm512_add_epi64(from, _mm512_set1_epi64(1));
        }
    }
}

#else

void CHI_ISA_NAME(chi_net_pick)(const chi_net_picking *picking)
{
    chi_net_picking p = *picking;
    const uint32_t *column = p.matrix->column;
    const double *weight = p.matrix->weight;
    size_t to = 0;
    for (size_t a = 0; a < p.count; a++) {
        uint32_t row = p.row[a];
        double sum[LANES] = {0};
        p.start[a] = to;
        size_t from = p.matrix->start[row], count = p.matrix->start[row + 1] - from;
        for (size_t k = 0; k < count; k++) {
            uint32_t at = p.place[column[from + k]];
            p.column[to] = at - 1;
            p.weight[to] = weight[from + k];
            to += (at != 0) & (at != CHI_NET_NOWHERE);
            /* A product and not a choice, which would be a jump that nobody can foresee. */
            sum[k % LANES] += weight[from + k] * (double)(at == 0);
        }
        p.base[a] = p.outside[row] + add_lanes(sum);
    }
    p.start[p.count] = to;
}

static void lay_lane(
    chi_net_slices *s, size_t position, size_t count, const uint32_t *column, const double *weight)
{
    size_t chunk = position / LANES, to = LANES * s->start[chunk] + position % LANES;
    size_t steps = s->start[chunk + 1] - s->start[chunk];
    for (size_t k = 0; k < count; k++, to += LANES) {
        s->column[to] = s->columns_stay ? column[k] : s->at[column[k]];
        s->weight[to] = weight[k];
    }
    for (size_t k = count; k < steps; k++, to += LANES) {
        s->column[to] = s->columns_stay ? 0 : (uint32_t)position;
        s->weight[to] = 0.0;
    }
}

void CHI_ISA_NAME(chi_net_lay)(
    chi_net_slices *s, const size_t *start, const uint32_t *column, const double *weight)
{
    for (size_t p = 0; p < s->positions; p++) {
        uint32_t row = s->row[p];
        bool real = row != UINT32_MAX;
        size_t from = real ? start[row] : 0, count = real ? start[row + 1] - from : 0;
        if (!s->wide[p / LANES])
            lay_lane(s, p, count, &column[from], &weight[from]);
    }
}

#endif

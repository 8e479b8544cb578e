/* Communicability measures without dense exponentials.
 *
 * exp(V) - exp(V with row q struck out) counts the walks that leave q at some step. With a_k =
 * V_q^k e_q and b_l = (row q of V) V^l it is the sum over k and l of a_k b_l' / (k + l + 1)!, whose
 * row sums and diagonal need vectors only; all terms are positive, so nothing cancels. */
#include "clear/net_distress.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

enum { TERMS_MAX = 400 };

/* Work space: TERMS_MAX vectors of a_k / k! and of b_l / l!, and beta[k][l] = k! l! / (k+l+1)!. */
typedef struct work {
    const chi_net_matrix *v, *vt; /* V and its transpose */
    double *a, *b, *beta, *row_sum;
    size_t terms, n;
} work;

double chi_net_row_norm(const chi_net_matrix *v)
{
    double norm = 0.0;
    for (size_t i = 0; i < v->rows; i++) {
        double sum = chi_net_row_sum(v, i);
        norm = sum > norm ? sum : norm;
    }
    return norm;
}

/* The number of terms of exp(V) that count, from its largest row sum. */
static size_t count_terms(const chi_net_matrix *v)
{
    double norm = chi_net_row_norm(v), term = 1.0;
    size_t k = 1;
    for (; k < TERMS_MAX; k++) {
        term *= norm / (double)k;
        if ((double)k > norm && term < 1e-18)
            break;
    }
    return k + 1;
}

static void fill_beta(work *w)
{
    for (size_t k = 0; k < w->terms; k++) {
        for (size_t l = 0; l < w->terms; l++) {
            double *at = &w->beta[k * w->terms + l];
            if (k == 0)
                *at = 1.0 / (double)(l + 1);
            else
                *at = w->beta[(k - 1) * w->terms + l] * (double)k / (double)(k + l + 1);
        }
    }
}

/* next = M x / k, with row `skip` of the product left out (rows: none). */
static void power(const chi_net_matrix *m, const double *x, double *next, double k, size_t skip)
{
    for (size_t i = 0; i < m->rows; i++)
        next[i] = i == skip ? 0.0 : chi_net_row_times(m, i, x) / k;
}

/* a_k / k! for firm q, b_l / l! of its row. */
static void fill_powers(work *w, size_t q)
{
    size_t n = w->n;
    memset(w->a, 0, n * sizeof(double));
    w->a[q] = 1.0;
    for (size_t k = 1; k < w->terms; k++)
        power(w->v, w->a + (k - 1) * n, w->a + k * n, (double)k, q);
    memset(w->b, 0, n * sizeof(double));
    for (size_t e = w->v->start[q]; e < w->v->start[q + 1]; e++)
        w->b[w->v->column[e]] = w->v->weight[e];
    for (size_t l = 1; l < w->terms; l++)
        power(w->vt, w->b + (l - 1) * n, w->b + l * n, (double)l, n);
}

/* Row sums of the difference without its diagonal: own row and all others together. */
static void diffuse(work *w, size_t q, double *start, double *between)
{
    size_t n = w->n, terms = w->terms;
    double total[TERMS_MAX + 2], own = 0.0, others = 0.0;
    for (size_t l = 0; l < terms; l++) {
        total[l] = 0.0;
        for (size_t j = 0; j < n; j++)
            total[l] += w->b[l * n + j];
    }
    for (size_t i = 0; i < n; i++) {
        double sum = 0.0;
        for (size_t k = 0; k < terms; k++) {
            double a = w->a[k * n + i], inner = 0.0;
            if (a == 0.0)
                continue;
            for (size_t l = 0; l < terms; l++)
                inner += w->beta[k * terms + l] * (total[l] - w->b[l * n + i]);
            sum += a * inner;
        }
        if (i == q)
            own = sum;
        else
            others += sum;
    }
    *start = w->row_sum[q] > 0.0 ? own / w->row_sum[q] : 0.0;
    *between = w->row_sum[q] > 0.0 ? others / w->row_sum[q] : 0.0;
}

/* Column sums of exp(V): ones' exp(V), by its series. */
static void column_sums(const work *w, double *sums, double *x, double *y)
{
    for (size_t i = 0; i < w->n; i++)
        sums[i] = x[i] = 1.0;
    for (size_t k = 1; k < w->terms; k++) {
        power(w->vt, x, y, (double)k, w->n);
        for (size_t i = 0; i < w->n; i++) {
            sums[i] += y[i];
            x[i] = y[i];
        }
    }
}

chi_net_communicability chi_net_communicate(chi_arena *arena, const chi_net_matrix *v)
{
    size_t n = v->rows;
    CHI_ASSERT(v->columns == n);
    chi_net_matrix vt = chi_net_matrix_transpose(arena, v);
    work w = {.v = v, .vt = &vt, .n = n, .terms = count_terms(v)};
    CHI_ASSERT(w.terms <= TERMS_MAX + 1);
    w.a = chi_arena_alloc(arena, (w.terms * n + 1) * sizeof(double));
    w.b = chi_arena_alloc(arena, (w.terms * n + 1) * sizeof(double));
    w.beta = chi_arena_alloc(arena, w.terms * w.terms * sizeof(double));
    w.row_sum = chi_arena_alloc(arena, (n + 1) * sizeof(double));
    fill_beta(&w);
    chi_net_communicability c = {.criticality = w.row_sum};
    c.susceptibility = chi_arena_alloc(arena, (n + 1) * sizeof(double));
    c.start = chi_arena_alloc(arena, (n + 1) * sizeof(double));
    c.between = chi_arena_alloc(arena, (n + 1) * sizeof(double));
    double *sums = chi_arena_alloc(arena, (n + 1) * sizeof(double));
    for (size_t i = 0; i < n; i++)
        w.row_sum[i] = chi_net_row_sum(v, i);
    column_sums(&w, sums, c.start, c.between);
    for (size_t q = 0; q < n; q++) {
        fill_powers(&w, q);
        double diagonal = 1.0;
        for (size_t l = 0; l + 1 < w.terms; l++)
            diagonal += w.b[l * n + q] / (double)(l + 1);
        double column = chi_net_row_sum(&vt, q);
        c.susceptibility[q] = column > 0.0 ? (sums[q] - diagonal) / column : 0.0;
        diffuse(&w, q, &c.start[q], &c.between[q]);
        c.fluidity += c.susceptibility[q];
    }
    c.fluidity /= n ? (double)n : 1.0;
    return c;
}

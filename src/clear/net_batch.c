/* Distress after eight single defaults at once. */
#include "clear/net_batch.h"

#include "clear/net_slices.h"
#include "num/isa.h"

#include <math.h>
#include <string.h>

enum { POWER_STEPS = 60, REACH_SWEEPS = 400, SWEEPS_MAX = 120 };
#define RADIUS_MOST 0.98 /* beyond it nothing is gained */
#define SLACK_LEAST 0.25
#define SHIFT_LEAST 1e-15 /* smaller corrections are not worth a pass */

#define KERNELS(isa)                                                                               \
    extern chi_net_batch_sweep_fn chi_net_batch_sweep_##isa;                                       \
    extern chi_net_batch_shift_fn chi_net_batch_shift_##isa;                                       \
    extern chi_net_batch_times_fn chi_net_batch_times_##isa;                                       \
    static const chi_net_batch_kernels kernels_##isa = {                                           \
        chi_net_batch_sweep_##isa, chi_net_batch_shift_##isa, chi_net_batch_times_##isa};
CHI_ISA_COPIES(KERNELS)

chi_net_batch_kernels chi_net_batch_kernels_for(int isa)
{
    return CHI_ISA_CHOOSE(isa, kernels);
}

/* x = W x, or W' x, scaled to a largest entry of 1, into y; returns the factor. */
static double power_step(const chi_net_matrix *m, bool transposed, const double *x, double *y)
{
    double largest = 0.0;
    if (transposed) {
        memset(y, 0, m->rows * sizeof *y);
        for (size_t i = 0; i < m->rows; i++) {
            for (size_t k = m->start[i]; k < m->start[i + 1]; k++)
                y[m->column[k]] += m->weight[k] * x[i];
        }
    } else {
        chi_net_multiply(m, NULL, x, y);
    }
    for (size_t i = 0; i < m->rows; i++)
        largest = y[i] > largest ? y[i] : largest;
    for (size_t i = 0; i < m->rows; i++)
        y[i] = largest > 0.0 ? y[i] / largest : 1.0;
    return largest;
}

static double dominant(const chi_net_matrix *m, bool transposed, double *x, double *work)
{
    double factor = 0.0;
    for (size_t i = 0; i < m->rows; i++)
        x[i] = 1.0;
    for (size_t step = 0; step < POWER_STEPS; step += 2) {
        factor = power_step(m, transposed, x, work);
        factor = power_step(m, transposed, work, x);
    }
    return factor;
}

/* What a sweep's change d tells. With l the left and u the right eigenvector of W at radius r, W's
 * strictly lower part in L and e the error before the sweep, (I - L) d = (I - W) e, so that
 * l (I - L) d / (1 - r) is l e, and less l d it is what the sweep left of it. */
static void find_weight(chi_net_batch *b, const double *left, double radius)
{
    const chi_net_matrix *m = &b->impact;
    double norm = 0.0;
    for (size_t i = 0; i < m->rows; i++) {
        b->weight[i] += left[i];
        norm += left[i] * b->along[i];
        for (size_t k = m->start[i]; k < m->start[i + 1]; k++) {
            if (m->column[k] < i)
                b->weight[m->column[k]] -= left[i] * m->weight[k];
        }
    }
    for (size_t i = 0; i < m->rows; i++) {
        double all = (b->weight[i] / (1.0 - radius) - left[i]) / norm;
        b->weight[i] = norm > 0.0 ? all : 0.0;
    }
}

/* reach - W reach = 1, nearly. */
static bool find_reach(chi_net_batch *b, double radius)
{
    const chi_net_matrix *m = &b->impact;
    double least = HUGE_VAL, most = 0.0;
    for (size_t i = 0; i < m->rows; i++)
        b->reach[i] = 1.0 / (1.0 - radius);
    for (size_t sweep = 0; sweep < REACH_SWEEPS; sweep++) {
        double largest = 0.0;
        for (size_t i = 0; i < m->rows; i++) {
            double next = 1.0 + chi_net_row_times(m, i, b->reach);
            double change = fabs(next - b->reach[i]);
            largest = change > largest ? change : largest;
            b->reach[i] = next;
        }
        if (largest < 0.1)
            break;
    }
    for (size_t i = 0; i < m->rows; i++) {
        double slack = b->reach[i] - chi_net_row_times(m, i, b->reach);
        b->unslack[i] = 1.0 / slack;
        least = slack < least ? slack : least;
        most = b->reach[i] > most ? b->reach[i] : most;
    }
    b->reach_most = most / least;
    return least > SLACK_LEAST && most < 1e6;
}

static void renumber(chi_arena *arena, const chi_net_matrix *m, chi_net_batch *b)
{
    chi_net_matrix *to = &b->impact;
    *to = (chi_net_matrix){.rows = m->rows, .columns = m->columns};
    b->firm = chi_arena_alloc(arena, (m->rows + 1) * sizeof *b->firm);
    uint32_t *row = chi_arena_alloc(arena, (m->rows + 1) * sizeof *row);
    to->start = chi_arena_alloc(arena, (m->rows + 1) * sizeof *to->start);
    to->column = chi_arena_alloc(arena, (m->entries + 1) * sizeof *to->column);
    to->weight = chi_arena_alloc(arena, (m->entries + 1) * sizeof *to->weight);
    chi_net_order_rows(m->rows, m->start, b->firm);
    for (uint32_t r = 0; r < m->rows; r++)
        row[b->firm[r]] = r;
    for (size_t r = 0; r < m->rows; r++) {
        uint32_t firm = b->firm[r];
        for (size_t k = m->start[firm]; k < m->start[firm + 1]; k++) {
            to->column[to->entries] = row[m->column[k]];
            to->weight[to->entries++] = m->weight[k];
        }
        to->start[r + 1] = to->entries;
    }
}

bool chi_net_batch_prepare(chi_arena *arena, const chi_net_matrix *impact, chi_net_batch *batch)
{
    size_t size = (impact->rows + 1) * sizeof(double);
    *batch = (chi_net_batch){0};
    renumber(arena, impact, batch);
    batch->kernels = chi_net_batch_kernels_for((int)chi_isa_best());
    batch->along = chi_arena_alloc(arena, size);
    batch->weight = chi_arena_alloc(arena, size);
    batch->reach = chi_arena_alloc(arena, size);
    batch->unslack = chi_arena_alloc(arena, size);
    double *left = chi_arena_alloc(arena, size), *work = chi_arena_alloc(arena, size);
    double radius = dominant(&batch->impact, false, batch->along, work);
    if (!(radius < RADIUS_MOST))
        return false;
    dominant(&batch->impact, true, left, work);
    find_weight(batch, left, radius);
    return find_reach(batch, radius);
}

bool chi_net_batch_solve(
    const chi_net_batch *b, size_t first, double tolerance, double *values, size_t *passes)
{
    size_t n = b->impact.rows;
    memset(values, 0, CHI_NET_BATCH * n * sizeof *values);
    for (size_t l = 0; l < CHI_NET_BATCH && first + l < n; l++)
        values[CHI_NET_BATCH * (first + l) + l] = 1.0;
    for (size_t sweep = 0; sweep < SWEEPS_MAX; sweep++) {
        _Alignas(64) double moved[CHI_NET_BATCH] = {0}, largest[CHI_NET_BATCH] = {0};
        b->kernels.sweep(&b->impact, 0, n, first, b->weight, values, moved, largest);
        ++*passes;
        double most = 0.0, shift = 0.0;
        for (size_t l = 0; l < CHI_NET_BATCH; l++) {
            most = largest[l] > most ? largest[l] : most;
            shift = fabs(moved[l]) > shift ? fabs(moved[l]) : shift;
        }
        if (most * b->reach_most <= tolerance)
            return true;
        if (shift > SHIFT_LEAST)
            b->kernels.shift(n, first, moved, b->along, values);
    }
    return false;
}

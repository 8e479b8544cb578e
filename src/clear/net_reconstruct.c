/* Totals: what can be met, and maximum entropy. */
#include "clear/net_reconstruct.h"

#include "base/check.h"

#include <math.h>

enum { SWEEPS_MAX = 1000000 };

/* Sums of decimals rarely agree to the last bit. */
#define TOTALS_TOLERANCE 1e-9

chi_net_feasibility chi_net_totals_check(
    const chi_net_totals *totals, uint32_t *firm, double sums[2])
{
    sums[0] = sums[1] = 0.0;
    for (size_t i = 0; i < totals->firms; i++) {
        sums[0] += totals->lent[i];
        sums[1] += totals->borrowed[i];
    }
    double largest = sums[0] > sums[1] ? sums[0] : sums[1];
    if (fabs(sums[0] - sums[1]) > TOTALS_TOLERANCE * largest)
        return CHI_NET_SUMS_DIFFER;
    double worst = TOTALS_TOLERANCE * largest;
    chi_net_feasibility answer = CHI_NET_FEASIBLE;
    for (size_t i = 0; i < totals->firms; i++) {
        double excess = totals->lent[i] + totals->borrowed[i] - largest;
        if (excess > worst) {
            worst = excess;
            *firm = (uint32_t)i;
            answer = CHI_NET_FIRM_TOO_LARGE;
        }
    }
    return answer;
}

/* The firm that is party to everything, or UINT32_MAX. */
static uint32_t find_hub(const chi_net_totals *totals)
{
    double sum = 0.0;
    for (size_t i = 0; i < totals->firms; i++)
        sum += totals->lent[i];
    for (size_t i = 0; i < totals->firms && sum > 0.0; i++) {
        if (totals->lent[i] + totals->borrowed[i] >= sum * (1.0 - TOTALS_TOLERANCE))
            return (uint32_t)i;
    }
    return UINT32_MAX;
}

static double sum_of(const double *values, size_t count)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum;
}

/* One side of the scaling: own[i] = total[i] / (sum of the other side - its i-th); only the two
 * vectors are kept, so a sweep costs O(firms). Returns the largest miss before the change. */
static double scale_side(const double *total, double *own, const double *other, size_t count)
{
    double sum = sum_of(other, count), miss = 0.0;
    for (size_t i = 0; i < count; i++) {
        double base = sum - other[i];
        double gap = fabs(own[i] * base - total[i]);
        miss = gap > miss ? gap : miss;
        own[i] = total[i] > 0.0 && base > 0.0 ? total[i] / base : 0.0;
    }
    return miss;
}

chi_net_entropy chi_net_maximum_entropy(
    chi_arena *arena, const chi_net_totals *totals, uint32_t *hub)
{
    size_t n = totals->firms;
    chi_net_entropy e = {.converged = true};
    *hub = find_hub(totals);
    if (*hub != UINT32_MAX)
        return e;
    e.row = chi_arena_alloc(arena, (n + 1) * sizeof *e.row);
    e.column = chi_arena_alloc(arena, (n + 1) * sizeof *e.column);
    double scale = 0.0;
    for (size_t i = 0; i < n; i++) {
        e.column[i] = totals->borrowed[i] > 0.0 ? 1.0 : 0.0;
        scale = totals->lent[i] > scale ? totals->lent[i] : scale;
    }
    e.converged = scale == 0.0;
    double before = (double)INFINITY;
    while (!e.converged && e.sweeps < SWEEPS_MAX) {
        scale_side(totals->borrowed, e.column, e.row, e.sweeps ? n : 0);
        e.error = scale_side(totals->lent, e.row, e.column, n);
        e.sweeps++;
        bool still = e.error >= 0.5 * before && e.error <= 1e-13 * scale;
        e.converged = e.sweeps > 2 && (e.error <= 1e-16 * scale || still);
        before = e.error;
    }
    return e;
}

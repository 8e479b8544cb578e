/* Column kernels of steps 1 and 2: random numbers, drivers, intensities. See sums.column.h. */
#ifndef CHI_ENGINE_DRIVERS_COLUMN_H
#define CHI_ENGINE_DRIVERS_COLUMN_H

#include "engine/sums.column.h"
#include "num/driver.lane.h"

/* --- random numbers and drivers ------------------------------------------------------------- */

/* Unit exponential of a uniform. */
K_FN k_exponential(size_t n, K_OUT x)
{
    K_PATHS x[i] = -lane_log(x[i]);
}

K_FN k_between(size_t n, K_OUT x, double low, double range)
{
    K_PATHS x[i] = low + range * x[i];
}

K_FN k_weigh_first(size_t n, K_OUT out, double weight, K_IN z)
{
    double start = 0.0;
    K_PATHS out[i] = start + weight * z[i];
}

K_FN k_above(size_t n, K_OUT out, K_IN u, double level)
{
    K_PATHS out[i] = lane_lt(level, u[i]);
}

/* How many of four levels a uniform is above. Counts are whole numbers: any order will do. */
K_FN k_count_above4(size_t n, K_OUT out, K_IN u, double p, double q, double r, double t)
{
    K_PATHS out[i] =
        out[i] + ((lane_lt(p, u[i]) + lane_lt(q, u[i])) + (lane_lt(r, u[i]) + lane_lt(t, u[i])));
}

K_FN k_jumps(size_t n, K_OUT out, double mean, double volatility, K_IN z)
{
    K_PATHS out[i] = lane_jumps(out[i], mean, volatility, z[i]);
}

K_FN k_vasicek(size_t n, K_OUT x, K_OUT seen, double mean, double decay, double deviation, K_IN z,
    double shift)
{
    double none = 0.0;
    K_PATHS
    {
        x[i] = lane_vasicek(x[i], mean, decay, deviation, z[i]) + none;
        seen[i] = x[i] + shift;
    }
}

K_FN k_vasicek_jump(size_t n, K_OUT x, K_OUT seen, double mean, double decay, double deviation,
    K_IN z, K_IN jump, double shift)
{
    K_PATHS
    {
        x[i] = lane_vasicek(x[i], mean, decay, deviation, z[i]) + jump[i];
        seen[i] = x[i] + shift;
    }
}

K_FN k_gbm(
    size_t n, K_OUT x, K_OUT seen, double growth, double deviation, K_IN z, K_IN jump, double shift)
{
    K_PATHS
    {
        x[i] = lane_gbm(x[i], growth, deviation, z[i], jump[i]);
        seen[i] = x[i] + shift;
    }
}

K_FN k_chain(size_t n, K_OUT open, K_OUT seen, K_IN u, K_IN opening, K_IN shutting, double years,
    double shift)
{
    K_PATHS
    {
        open[i] = lane_le(u[i],
            lane_chain_open(open[i], lane_positive(opening[i]), lane_positive(shutting[i]), years));
        seen[i] = open[i] + shift;
    }
}

/* out = the least of it and what four intensities known beforehand leave of their exponentials */
K_FN k_least_left4(size_t n, K_OUT out, const double *a, const double *b, const double *c,
    const double *d, double p, double q, double r, double t)
{
    K_PATHS out[i] =
        lane_min(out[i], lane_min(lane_min(a[i] - p, b[i] - q), lane_min(c[i] - r, d[i] - t)));
}

/* Uses up this month's intensity; has anything arrived on some path? */
K_ASK k_use_up(size_t n, K_OUT left, K_IN rate, double years)
{
    K_PATHS left[i] = lane_hazard_left(left[i], rate[i], years);
    return k_any_at_most_zero(n, left);
}

K_FN k_arrive(size_t n, K_OUT hit, K_OUT left, K_IN on, double used)
{
    K_PATHS
    {
        double arrives = lane_le(left[i], used);
        hit[i] = on[i] * arrives;
        left[i] = lane_select(arrives, LANE_HAZARD_SPENT, left[i]);
    }
}

/* Losses that used up a reduced-form firm's equity strike it. */
K_FN k_strike(size_t n, K_OUT struck, K_IN alive, double equity, K_IN loss)
{
    K_PATHS struck[i] = lane_or(struck[i], alive[i] * lane_le(equity, loss[i]));
}

#endif

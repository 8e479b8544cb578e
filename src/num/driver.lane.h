/* Exact monthly transitions of drivers; sources in docs/method.md. */
#ifndef CHI_NUM_DRIVER_LANE_H
#define CHI_NUM_DRIVER_LANE_H

#include "num/lane.h"
#include "num/math.lane.h"

/* Vasicek (1977): mean + (x - mean) decay + deviation z, decay = e^(-speed dt), deviation =
 * volatility sqrt((1 - e^(-2 speed dt)) / (2 speed)). */
CH_LANE double lane_vasicek(double x, double mean, double decay, double deviation, double z)
{
    return lane_fma(deviation, z, lane_fma(x - mean, decay, mean));
}

/* e^(-speed dt); speed 0 is a Brownian motion. */
CH_LANE double lane_vasicek_decay(double speed, double years)
{
    return lane_exp(-speed * years);
}

/* Standard deviation of the step; the limit volatility sqrt(dt) for speed 0. */
CH_LANE double lane_vasicek_deviation(double speed, double volatility, double years)
{
    double safe = lane_select(speed, speed, 1.0);
    double variance = (1.0 - lane_exp(-2.0 * speed * years)) / (2.0 * safe);
    return volatility * lane_sqrt(lane_select(speed, variance, years));
}

/* Mean of the logarithm of a GBM step. */
CH_LANE double lane_gbm_growth(double drift, double volatility, double years)
{
    return (drift - 0.5 * volatility * volatility) * years;
}

/* Geometric Brownian motion: x e^(growth + deviation z + jump), growth = (drift - vol^2/2) dt. */
CH_LANE double lane_gbm(double x, double growth, double deviation, double z, double jump)
{
    return x * lane_exp(lane_fma(deviation, z, growth) + jump);
}

/* Sum of `count` independent normal jumps (Merton 1976): mean count + volatility sqrt(count) z. */
CH_LANE double lane_jumps(double count, double mean, double volatility, double z)
{
    return lane_select(count, lane_fma(volatility * z, lane_sqrt(count), mean * count), 0.0);
}

/* Two-state chain with constant intensities within the month: probability of being open at its
 * end, from the exact transition matrix. a = opening, b = shutting intensity a year. */
CH_LANE double lane_chain_open(double open, double opening, double shutting, double years)
{
    double sum = opening + shutting;
    double safe = lane_select(lane_lt(0.0, sum), sum, 1.0);
    double level = lane_select(lane_lt(0.0, sum), opening / safe, open);
    return lane_fma(open - level, lane_exp(-sum * years), level);
}

/* A first arrival of a Cox process (Lando 1998): the unit exponential drawn at the start, less the
 * intensity used up so far; it arrives when nothing is left. Of an intensity known beforehand
 * nothing is taken: it arrives when the exponential is no more than the plan's sum. */
#define LANE_HAZARD_SPENT 1e30 /* what is left after it has arrived: it does so once */
CH_LANE double lane_hazard_left(double left, double intensity, double years)
{
    return lane_fma(-lane_positive(intensity), years, left);
}

#endif

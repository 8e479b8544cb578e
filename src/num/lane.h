/* A lane is a pure, branch-free function of one path. Oracle, column loops, schedule and tests all
 * call the same lanes, which is why they agree bit for bit.
 *
 * Rules: no state, no memory, no libm except sqrt and fma (both correctly rounded everywhere);
 * masks are doubles, 1.0 for yes and 0.0 for no; every choice is a select. */
#ifndef CHI_NUM_LANE_H
#define CHI_NUM_LANE_H

#define CH_LANE static inline __attribute__((always_inline, unused))

/* a * b + c, rounded once. */
CH_LANE double lane_fma(double a, double b, double c)
{
    return __builtin_fma(a, b, c);
}

/* a where mask is not zero, else b. */
CH_LANE double lane_select(double mask, double a, double b)
{
    return mask != 0.0 ? a : b;
}

CH_LANE double lane_min(double a, double b)
{
    return a < b ? a : b;
}

CH_LANE double lane_max(double a, double b)
{
    return a > b ? a : b;
}

/* 0.0, as a variable: of a maximum with a constant gcc makes two or three instructions, of one with
 * a variable the one that there is. */
extern const double chi_lane_zero;

CH_LANE double lane_positive(double x)
{
    return lane_max(x, chi_lane_zero);
}

CH_LANE double lane_clamp(double x, double low, double high)
{
    return lane_min(lane_max(x, low), high);
}

/* 1.0 if a <= b, else 0.0 (also for NaN). */
CH_LANE double lane_le(double a, double b)
{
    return a <= b ? 1.0 : 0.0;
}

CH_LANE double lane_lt(double a, double b)
{
    return a < b ? 1.0 : 0.0;
}

/* Masks combine by multiplication and this. */
CH_LANE double lane_or(double a, double b)
{
    return lane_max(a, b);
}

CH_LANE double lane_not(double a)
{
    return 1.0 - a;
}

#endif

/* Column kernels of steps 5 to 8: payments, draws, covenants, checks. See sums.column.h. */
#ifndef CHI_ENGINE_CLOSE_COLUMN_H
#define CHI_ENGINE_CLOSE_COLUMN_H

#include "clear/clear.lane.h"
#include "engine/sums.column.h"

/* --- clearing and draws --------------------------------------------------------------------- */

K_FN k_find_short(size_t n, K_OUT is_short, K_IN cash, K_IN in, K_IN a, K_IN b, K_IN c, K_IN d)
{
    K_PATHS is_short[i] =
        lane_or(is_short[i], lane_is_short(cash[i] + in[i], a[i] + b[i] + c[i] + d[i]));
}

K_FN k_transfer(size_t n, double *from, double *to, K_IN due)
{
    K_PATHS
    {
        from[i] = from[i] - due[i];
        to[i] = to[i] + due[i];
    }
}

/* Principal rises by what a lender has paid out. */
K_FN k_book_draw(size_t n, K_OUT notional, K_OUT drawn, K_IN alive, K_IN face, K_IN paid,
    double fraction, double counts)
{
    K_PATHS
    {
        double got = alive[i] * (fraction * face[i]) * paid[i];
        notional[i] = notional[i] + got;
        drawn[i] = drawn[i] + counts * got;
    }
}

/* What failed lenders were asked for and did not give is lost to the facility. */
K_FN k_forgo(size_t n, K_OUT forgone, K_IN face, K_IN promised)
{
    K_PATHS forgone[i] = forgone[i] + face[i] * (1.0 - promised[i]);
}

/* The same of one that lives and is short, as only a simulated lender can be. */
K_FN k_forgo_unpaid(size_t n, K_OUT forgone, K_IN alive, K_IN face, K_IN paid, double fraction)
{
    K_PATHS forgone[i] = forgone[i] + alive[i] * (fraction * face[i]) * (1.0 - paid[i]);
}

/* Cash above the target repays a revolver. */
K_FN k_repay(size_t n, K_OUT repaid, K_OUT notional, K_IN cash, K_IN target)
{
    K_PATHS
    {
        repaid[i] = lane_min(notional[i], lane_positive(cash[i] - target[i]));
        notional[i] = notional[i] - repaid[i];
    }
}

K_FN k_transfer_share(size_t n, double *from, double *to, double fraction, K_IN x)
{
    K_PATHS
    {
        double flow = fraction * x[i];
        from[i] = from[i] - flow;
        to[i] = to[i] + flow;
    }
}

/* --- covenants ------------------------------------------------------------------------------ */

/* In months without a test a standing breach ages. */
K_FN k_age_breach(size_t n, K_OUT breach)
{
    K_PATHS breach[i] = lane_select(lane_lt(0.0, breach[i]), breach[i] + 1.0, 0.0);
}

K_FN k_test(size_t n, K_OUT breach, K_IN alive, K_IN room, double strict)
{
    K_PATHS
    {
        double holds = lane_select(strict, lane_lt(0.0, room[i]), lane_le(0.0, room[i]));
        breach[i] = alive[i] * lane_select(holds, 0.0, breach[i] + 1.0);
    }
}

/* 2 and above: stopped for good. */
K_FN k_stop(size_t n, K_OUT stopped, K_IN stop)
{
    K_PATHS stopped[i] = lane_select(lane_lt(1.5, stopped[i]), stopped[i], stop[i]);
}

/* --- checks --------------------------------------------------------------------------------- */

K_FN k_count_cash(size_t n, K_OUT sum, K_OUT size, K_IN a)
{
    K_PATHS
    {
        sum[i] = sum[i] + a[i];
        size[i] = size[i] + __builtin_fabs(a[i]);
    }
}

K_FN k_count_cash4(size_t n, K_OUT sum, K_OUT size, K_IN a, K_IN b, K_IN c, K_IN d)
{
    K_PATHS
    {
        sum[i] = sum[i] + ((a[i] + b[i]) + (c[i] + d[i]));
        size[i] = size[i] + ((__builtin_fabs(a[i]) + __builtin_fabs(b[i])) +
                                (__builtin_fabs(c[i]) + __builtin_fabs(d[i])));
    }
}

/* Cash to be counted: not a number where the firm has failed. */
K_FN k_keep_cash(size_t n, K_OUT out, K_IN alive, K_IN cash)
{
    const double nothing = __builtin_nan("");
    K_PATHS out[i] = lane_select(alive[i], cash[i], nothing);
}

K_FN k_residual(size_t n, K_OUT residual, K_OUT moved, K_IN sum, K_IN size, double total)
{
    K_PATHS
    {
        double off = sum[i] - total;
        moved[i] = lane_max(moved[i], size[i]);
        residual[i] = lane_max(residual[i], lane_max(-off, off) / moved[i]);
    }
}

#endif

/* Column kernels of step 4: the funding ladder. See sums.column.h. */
#ifndef CHI_ENGINE_FUND_COLUMN_H
#define CHI_ENGINE_FUND_COLUMN_H

#include "clear/clear.lane.h"
#include "contract/loan.lane.h"
#include "engine/sums.column.h"

/* --- funding -------------------------------------------------------------------------------- */

K_FN k_lend_part(size_t n, K_OUT part, K_IN alive, double fraction, K_IN face)
{
    K_PATHS part[i] = (alive[i] * fraction) * face[i]; /* what waits for the face comes last */
}

/* Lowers `limit` to zero where the condition of a draw does not hold. */
K_FN k_require(size_t n, K_OUT limit, K_IN x)
{
    K_PATHS limit[i] = limit[i] * lane_le(0.0, x[i]);
}

K_FN k_draw_limit(size_t n, K_OUT limit, K_IN alive, K_IN stopped, double most, K_IN used)
{
    K_PATHS limit[i] = alive[i] * lane_select(stopped[i], 0.0, lane_positive(most - used[i]));
}

K_FN k_draw(size_t n, K_OUT limit, K_OUT face, K_IN need)
{
    K_PATHS
    {
        limit[i] = lane_min(lane_positive(need[i]), limit[i]);
        face[i] = face[i] + limit[i];
    }
}

/* The same where lenders may have failed. */
K_FN k_draw_promised(size_t n, K_OUT limit, K_OUT face, K_IN need, K_IN per_promised)
{
    K_PATHS
    {
        limit[i] = lane_draw_face(need[i], per_promised[i], limit[i]);
        face[i] = face[i] + limit[i];
    }
}

K_FN k_chain_open(size_t n, K_OUT open, double allowed, K_IN chain)
{
    K_PATHS open[i] = allowed * lane_lt(0.5, chain[i]);
}

/* A shut market that was needed is remembered. */
K_FN k_note_shut(size_t n, K_OUT open, K_OUT blocked, K_IN alive, K_IN need, double root)
{
    K_PATHS
    {
        double wanted = alive[i] * lane_lt(0.0, need[i]);
        blocked[i] = lane_select(wanted * lane_le(open[i], 0.0), root, blocked[i]);
        open[i] = alive[i] * open[i];
    }
}

K_FN k_unless(size_t n, K_OUT out, K_IN mask)
{
    K_PATHS out[i] = lane_select(mask[i], 0.0, out[i]);
}

K_FN k_issue_face(size_t n, K_OUT face, K_IN open, K_IN need, double per_proceeds, K_IN most)
{
    K_PATHS face[i] =
        lane_min(lane_positive(need[i]) * per_proceeds, open[i] * lane_positive(most[i]));
}

K_FN k_pool_rate(size_t n, K_OUT rate, K_IN notional, K_IN face, K_IN new_rate)
{
    K_PATHS rate[i] = lane_loan_pool_rate(notional[i], rate[i], face[i], new_rate[i]);
}

/* out += what is new of a line's due */
K_FN k_add_new(size_t n, K_OUT out, K_IN due, K_IN arrears)
{
    K_PATHS out[i] = out[i] + (due[i] - arrears[i]);
}

K_FN k_defer(size_t n, K_OUT fraction, K_OUT put_off, K_OUT need, K_IN total)
{
    K_PATHS
    {
        put_off[i] = lane_min(lane_positive(need[i]), total[i]);
        fraction[i] = put_off[i] / lane_select(lane_lt(0.0, total[i]), total[i], 1.0);
        need[i] = need[i] - put_off[i];
    }
}

K_FN k_cut(size_t n, K_OUT cut, K_OUT due, K_IN fraction, K_IN arrears)
{
    K_PATHS
    {
        cut[i] = -(fraction[i] * (due[i] - arrears[i]));
        due[i] = due[i] + cut[i];
    }
}

K_FN k_need(size_t n, K_OUT need, K_IN alive, K_IN target, K_IN a, K_IN b, K_IN c, K_IN d,
    K_IN cash, K_IN expected)
{
    K_PATHS need[i] =
        alive[i] * lane_need(target[i], a[i] + b[i] + c[i] + d[i], cash[i], expected[i]);
}

/* A need that was met in full is not the market's doing any more. */
K_FN k_forget_shut(size_t n, K_OUT blocked, K_IN need)
{
    K_PATHS blocked[i] = lane_select(lane_lt(CHI_PAY_SLACK, need[i]), blocked[i], 0.0);
}

K_FN k_scale(size_t n, K_OUT out, K_IN x, double factor)
{
    K_PATHS out[i] = x[i] * factor;
}

#endif

/* Funding and clearing of one firm on one path. */
#ifndef CHI_CLEAR_CLEAR_LANE_H
#define CHI_CLEAR_CLEAR_LANE_H

#include "num/lane.h"

/* A firm counts as able to pay when what it has reaches what it owes up to this relative slack, so
 * that the rounding of a draw that exactly fills a gap is not a default. */
#define CHI_PAY_SLACK 1e-9

/* 1 if `have` covers `owe`. */
CH_LANE double lane_covers(double have, double owe)
{
    return lane_le(owe - CHI_PAY_SLACK * owe, have);
}

/* 1 if something is owed and `have` does not cover it. A failed firm's cash may be a rounding below
 * zero; it owes nothing. */
CH_LANE double lane_is_short(double have, double owe)
{
    return lane_lt(0.0, owe) * lane_not(lane_covers(have, owe));
}

/* Fraction of a class paid out of `rest`, what more senior classes left (Eisenberg and Noe 2001,
 * with priority classes as in Elsinger 2009). 1 where nothing is due. */
CH_LANE double lane_paid_fraction(double rest, double due)
{
    double divisor = lane_select(lane_lt(0.0, due), due, 1.0);
    return lane_select(lane_covers(rest, due), 1.0, lane_positive(rest) / divisor);
}

/* What a firm can pay with (Rogers and Veraart 2013): all it has if that covers its dues, else
 * the share `keep_own` of its cash and `keep_received` of what it receives. */
CH_LANE double lane_resources(
    double cash, double inflow, double due, double keep_own, double keep_received)
{
    double own = lane_select(lane_lt(0.0, cash), keep_own * cash, cash);
    return lane_select(
        lane_covers(cash + inflow, due), cash + inflow, own + keep_received * inflow);
}

/* What is missing to hold `target` after all dues, if everybody pays in full. */
CH_LANE double lane_need(double target, double due, double cash, double expected)
{
    return target + due - cash - expected;
}

#endif

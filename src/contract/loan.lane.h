/* Loans: one instant of one contract on one path.
 *
 * All ACTUS events of one loan at one time make an instant; their order within it is the
 * standard's (ACTUS technical specification v1.1, event sequence): accrue, PR, MD, IP, IPCI, RR.
 * Weights are 0 or 1 and the same on all paths: they say which events the instant has. */
#ifndef CHI_CONTRACT_LOAN_LANE_H
#define CHI_CONTRACT_LOAN_LANE_H

#include "num/lane.h"

/* ACTUS states Nt, Ipac, Ipnr, Feac, unsigned (the creditor's view). */
typedef struct chi_loan_state {
    double notional, accrued, rate, fee;
} chi_loan_state;

/* What falls due at an instant. */
typedef struct chi_loan_due {
    double interest, principal;
} chi_loan_due;

/* Accrual up to the instant, ACTUS STF_*: Ipac += Y Ipnr Nt, Feac += Y FER base. */
CH_LANE double lane_loan_accrue(double accrued, double years, double rate, double notional)
{
    return lane_fma(years * rate, notional, accrued);
}

/* POF_PR_LAM with the cap at what is outstanding; at maturity (POF_MD) all of it. */
CH_LANE double lane_loan_redemption(double notional, double scheduled, double at_maturity)
{
    return lane_select(at_maturity, notional, lane_min(notional, scheduled));
}

/* STF_RR: RRMLT times the index plus RRSP. The floor is on the index, as credit agreements have it;
 * the rate as a whole never falls below zero: a lender does not pay to lend. */
CH_LANE double lane_loan_rate(double index, double floor, double multiplier, double spread)
{
    return lane_positive(lane_fma(multiplier, lane_max(index, floor), spread));
}

/* Rate of a pool of notes after `face` more is issued at `rate`: the average by face. */
CH_LANE double lane_loan_pool_rate(double notional, double rate, double face, double new_rate)
{
    double total = notional + face;
    return lane_select(lane_lt(0.0, face),
        (notional * rate + face * lane_positive(new_rate)) /
            lane_select(lane_lt(0.0, total), total, 1.0),
        rate);
}

/* Face of a draw that brings `need` from the lenders that are left: they lend their shares of the
 * face and the others nothing. per_promised is 1 over the sum of their shares, 0 without any. */
CH_LANE double lane_draw_face(double need, double per_promised, double room)
{
    return lane_min(lane_positive(need) * per_promised, room);
}

/* Claim at a moment `years` after the last instant. */
CH_LANE double lane_loan_claim(chi_loan_state s, double years, double arrears)
{
    return s.notional + lane_loan_accrue(s.accrued, years, s.rate, s.notional) + s.fee + arrears;
}

#endif

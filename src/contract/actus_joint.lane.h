/* Lanes of contracts made of contracts: CAPFL, CEG and CEC of the ACTUS technical specification
 * v1.1, with the coverage ratio applied once, as the public cases have it. */
#ifndef CHI_CONTRACT_ACTUS_JOINT_LANE_H
#define CHI_CONTRACT_ACTUS_JOINT_LANE_H

#include "contract/actus.lane.h"

/* CAPFL: what a bound changes of a payment, to the holder's good. */
CH_LANE double lane_actus_difference(double unbounded, double bounded, double role)
{
    double change = unbounded - bounded;
    return role * lane_max(change, -change);
}

/* What a covered contract owes `years` after its last event, without the role's sign. */
CH_LANE double lane_actus_owed(chi_actus_state s, double years, double counts_interest, double role)
{
    s = lane_actus_accrue(s, years, 0.0);
    return role * (s.nt + lane_select(counts_interest, s.ipac, 0.0));
}

/* Xa of CEG, and of CEC, which pays at most what the collateral is worth. */
CH_LANE double lane_actus_claim(double exposure, double ratio, double role)
{
    return role * (ratio * exposure);
}

CH_LANE double lane_actus_claim_secured(
    double exposure, double collateral, double ratio, double role)
{
    return role * lane_min(collateral, ratio * exposure);
}

/* Fee of a guarantee on its exposure; the rate is R FER CECV. */
CH_LANE double lane_actus_cover_fee(double rate, double exposure, double years)
{
    return (rate * exposure) * years;
}

#endif

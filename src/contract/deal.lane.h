/* Deals: how the payoff of one ACTUS event becomes a due, and what a deal is worth when it ends
 * early. The payoff and the state themselves are those of actus.lane.h. */
#ifndef CHI_CONTRACT_DEAL_LANE_H
#define CHI_CONTRACT_DEAL_LANE_H

#include "contract/actus.lane.h"

/* What one event of a debt moves, in the direction from borrower to lender; `lent` the other way.
 * `face` is what it adds to the principal. */
typedef struct chi_debt_due {
    double interest, principal, lent, face;
} chi_debt_due;

/* Which part of the payoff is principal: all of a redemption, Nsc Nt of a maturity; a maturity and
 * an interest payment pay the rest as interest. Weights are 0 or 1 and the same on all paths. */
CH_LANE chi_debt_due lane_debt_due(double payoff, double owed_before, double face, double role,
    double lends, double redeems, double matures)
{
    double paid = role * payoff;
    double principal = lane_select(matures, owed_before, lane_select(redeems, paid, 0.0));
    chi_debt_due due;
    due.lent = lane_select(lends, -paid, 0.0);
    due.face = lane_select(lends, face, 0.0);
    due.principal = lane_select(lends, 0.0, principal);
    due.interest = lane_select(lends, 0.0, paid - principal);
    return due;
}

/* Principal owed to the lender: R Nsc Nt. */
CH_LANE double lane_debt_owed(double nt, double nsc, double role)
{
    return role * (nsc * nt);
}

/* State after `part` of what is owed is withdrawn `years` after the last event: what it has earned
 * until then stays, as the next event will accrue over the whole period on what is left. */
CH_LANE chi_actus_state lane_debt_withdraw(
    chi_actus_state s, double part, double role, double years, double base_follows)
{
    double change = role * (part / lane_select(s.nsc, s.nsc, 1.0));
    s.ipac = s.ipac + (years * s.ipnr) * change;
    return lane_actus_move(s, -change, base_follows);
}

/* Claim of the lender `years` after the last event. */
CH_LANE double lane_debt_claim(
    chi_actus_state s, double years, double fee_rate, double role, double arrears)
{
    s = lane_actus_accrue(s, years, fee_rate);
    return role * ((s.nsc * s.nt + s.isc * s.ipac) + s.feac) + arrears;
}

/* Value to the creator of a leg that ends before its time: what has accrued, and the principal of a
 * leg that exchanges it. Payments still to come are worth nothing: a model has no curves. */
CH_LANE double lane_leg_value(chi_actus_state s, double years)
{
    s = lane_actus_accrue(s, years, 0.0);
    return s.nsc * s.nt + s.isc * s.ipac;
}

CH_LANE double lane_swap_value(chi_actus_state s, const chi_actus_constants *c, double years)
{
    s = lane_actus_swap_accrue(s, c, years);
    return s.ipac + s.second;
}

#endif

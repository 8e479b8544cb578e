/* Lanes for what the ACTUS standard names without equations or leaves out. The rules are
 * Cardhouse's own; docs/contracts.md states them. */
#ifndef CHI_CONTRACT_ACTUS_OWN_LANE_H
#define CHI_CONTRACT_ACTUS_OWN_LANE_H

#include "contract/actus.lane.h"

/* PP: capped at what is outstanding. With scales_plan the next redemption shrinks in proportion. */
CH_LANE chi_actus_flow lane_actus_prepay(
    chi_actus_state s, const chi_actus_constants *c, double amount)
{
    double paid = lane_actus_cap(c->role * amount, s.nt, c->role);
    double left = 1.0 - paid / lane_select(lane_lt(0.0, c->role * s.nt), s.nt, c->role);
    s.prnxt = lane_select(c->scales_plan, s.prnxt * left, s.prnxt);
    return (chi_actus_flow){lane_actus_move(s, -paid, c->base_follows), paid};
}

/* PY: a share of what will be prepaid at the same instant. */
CH_LANE double lane_actus_penalty(chi_actus_state s, const chi_actus_constants *c, double amount)
{
    return c->penalty_rate * lane_actus_cap(c->role * amount, s.nt, c->role);
}

/* PY of type I, as the standard words it: so many years of what the rate is above the market's. */
CH_LANE double lane_actus_penalty_rate(chi_actus_state s, double years, double observed)
{
    return (years * s.nt) * lane_max(s.ipnr - observed, 0.0);
}

/* PD: cut to what the line leaves. */
CH_LANE chi_actus_flow lane_actus_draw(
    chi_actus_state s, const chi_actus_constants *c, double amount)
{
    double room = lane_max(c->line - c->role * s.nt, 0.0);
    double drawn = c->role * lane_min(amount, room);
    return (chi_actus_flow){lane_actus_move(s, drawn, c->base_follows), -drawn};
}

/* IP at the start of its period: what has accrued and the period's interest at today's rate, which
 * then stands as interest paid but not yet earned and accrues back to zero. */
CH_LANE chi_actus_flow lane_actus_interest_advance(chi_actus_state s, double years)
{
    double ahead = (years * s.ipnr) * s.ipcb;
    double paid = s.isc * (s.ipac + ahead);
    s.ipac = -ahead;
    return (chi_actus_flow){s, paid};
}

/* IP of a PIK period: the cash share; the rest stays for the IPCI of the same instant. */
CH_LANE chi_actus_flow lane_actus_interest_part(chi_actus_state s, double share)
{
    double paid = share * s.ipac;
    s.ipac = s.ipac - paid;
    return (chi_actus_flow){s, s.isc * paid};
}

/* The same under a test: the cash share where the observed figure is below the limit, else all. */
CH_LANE double lane_actus_cash_share(double observed, double below, double share)
{
    return lane_select(lane_lt(observed, below), share, 1.0);
}

/* Spread of a grid from one level on. */
CH_LANE double lane_actus_grid_step(double spread, double observed, double level, double next)
{
    return lane_select(lane_le(level, observed), next, spread);
}

/* Arrears after an unpaid amount; `growth` holds the interest on it until it is paid. */
CH_LANE double lane_actus_overdue(double arrears, double unpaid, double growth)
{
    return arrears + unpaid * growth;
}

#endif

/* ACTUS payoff (POF) and state transition (STF) functions as lanes: one event of one contract on
 * one path. ACTUS technical specification v1.1, sections 7.1 to 7.18; where the public cases decide
 * otherwise, the comment says so.
 *
 * Amounts are signed: the creator's role R is already in Nt, Ipac, Feac, Prnxt and the base. Every
 * event but the initial exchange accrues first. Interest is (y Ipnr) base, added to Ipac, from left
 * to right, so that everybody who calls these lanes gets the same bits. */
#ifndef CHI_CONTRACT_ACTUS_LANE_H
#define CHI_CONTRACT_ACTUS_LANE_H

#include "num/lane.h"

/* The state of the standard: outstanding notional, nominal rate, accrued interest and fee, scaling
 * multipliers of notional and interest, base of interest, next redemption. */
typedef struct chi_actus_state {
    double nt, ipnr, ipac, feac, nsc, isc, ipcb, prnxt;
    double second; /* accrued interest of a swap's floating leg; exercise amount Xa of options;
                    * interest fixed by a call; spread that a grid adds */
} chi_actus_state;

/* What a contract's lanes need of its terms; the same on all paths. */
typedef struct chi_actus_constants {
    double role;         /* R(CNTRL): 1 or -1 */
    double notional;     /* R NT, lent at the initial exchange */
    double exchange;     /* payoff of the initial exchange, -R (NT + PDIED) */
    double rate;         /* IPNR at the initial exchange (IPNR2 for a swap's floating leg) */
    double base;         /* base of interest at the initial exchange, signed */
    double base_follows; /* 1: the base is the notional (IPCB = NT); 0: it moves at IPCB only */
    double fee_rate;     /* FER if the fee accrues on the notional, else 0 */
    double multiplier;   /* RRMLT */
    double life_cap, life_floor, period_cap, period_floor; /* infinite if none */
    double scales_notional, scales_interest;               /* 1 if SCEF says so */
    double scaling_base;                                   /* SCIXCDD */
    double fixed_rate;                                     /* of a swap's fixed leg */
    double notional2;                                      /* R NT2 of an FX outright */
    double index_floor;                       /* of the observed rate; -infinity if none */
    double pik_below;                         /* the test of interest in kind fails below it */
    const double *grid_levels, *grid_spreads; /* spread by level; one level less than spreads */
    int grid_count;                           /* levels */
    double scales_plan;                /* 1: a prepayment makes the instalments smaller (PPEF A) */
    double penalty_rate;               /* of what is prepaid */
    double line;                       /* most that may be drawn in all; infinity if nothing says */
    double strike, strike2, call, put; /* options and futures: weights of max(S - K, 0) and so on */
    double forward;                    /* 1: the payoff is S - K, floor or not (futures) */
} chi_actus_constants;

/* State after an event and what it pays. */
typedef struct chi_actus_flow {
    chi_actus_state state;
    double payoff;
} chi_actus_flow;

/* Ipac += y Ipnr base, Feac += y FER Nt. */
CH_LANE chi_actus_state lane_actus_accrue(chi_actus_state s, double years, double fee_rate)
{
    s.ipac = s.ipac + (years * s.ipnr) * s.ipcb;
    s.feac = s.feac + (years * fee_rate) * s.nt;
    return s;
}

/* A change of the notional, with the base where it follows. */
CH_LANE chi_actus_state lane_actus_move(chi_actus_state s, double change, double base_follows)
{
    s.nt = s.nt + change;
    s.ipcb = lane_select(base_follows, s.nt, s.ipcb);
    return s;
}

/* The smaller of two amounts in the direction of the role. */
CH_LANE double lane_actus_cap(double amount, double most, double role)
{
    return role * lane_min(role * amount, role * most);
}

/* IED: -R (NT + PDIED). `accrued` is what has accrued on a cycle that began before. */
CH_LANE chi_actus_flow lane_actus_exchange(
    chi_actus_state s, const chi_actus_constants *c, double accrued)
{
    s.nt = c->notional;
    s.ipnr = c->rate;
    s.ipac = accrued;
    s.ipcb = c->base;
    return (chi_actus_flow){s, c->exchange};
}

/* PR of LAM (net 0) and of NAM and ANN (net 1: the instalment holds the accrued interest, which
 * stays for the IP of the same instant). Capped at what is outstanding, as case lam25 has it. */
CH_LANE chi_actus_flow lane_actus_redeem(
    chi_actus_state s, const chi_actus_constants *c, double net)
{
    double planned = s.prnxt - lane_select(net, s.ipac, 0.0);
    double paid = lane_actus_cap(planned, s.nt, c->role);
    return (chi_actus_flow){lane_actus_move(s, -paid, c->base_follows), s.nsc * paid};
}

/* PR of LAX and of observed flows: a stated amount, capped at what is outstanding. */
CH_LANE chi_actus_flow lane_actus_redeem_step(
    chi_actus_state s, const chi_actus_constants *c, double amount)
{
    double paid = lane_actus_cap(c->role * amount, s.nt, c->role);
    return (chi_actus_flow){lane_actus_move(s, -paid, c->base_follows), s.nsc * paid};
}

CH_LANE chi_actus_flow lane_actus_increase_step(
    chi_actus_state s, const chi_actus_constants *c, double amount)
{
    double lent = c->role * amount;
    return (chi_actus_flow){lane_actus_move(s, lent, c->base_follows), -(s.nsc * lent)};
}

CH_LANE chi_actus_flow lane_actus_interest(chi_actus_state s)
{
    double paid = s.isc * s.ipac;
    s.ipac = 0.0;
    return (chi_actus_flow){s, paid};
}

CH_LANE chi_actus_flow lane_actus_capitalise(chi_actus_state s, const chi_actus_constants *c)
{
    s = lane_actus_move(s, s.ipac, c->base_follows);
    s.ipac = 0.0;
    return (chi_actus_flow){s, 0.0};
}

/* RR: the change is bounded per period, the new rate over the life. */
CH_LANE double lane_actus_reset(
    double rate, double observed, double spread, const chi_actus_constants *c)
{
    double index = lane_max(observed, c->index_floor);
    double change = index * c->multiplier + spread - rate;
    double bounded = lane_clamp(change, c->period_floor, c->period_cap);
    return lane_clamp(rate + bounded, c->life_floor, c->life_cap);
}

/* One step back of the annuity's sums: growth of 1 to the end, and its sum over the dates. */
typedef struct chi_actus_annuity {
    double growth, sum;
} chi_actus_annuity;

CH_LANE chi_actus_annuity lane_actus_annuity_step(chi_actus_annuity a, double rate, double years)
{
    a.growth = (1.0 + rate * years) * a.growth;
    a.sum = a.sum + a.growth;
    return a;
}

/* PRF of ANN: the level payment that redeems Nt and what accrues on it to the next date. */
CH_LANE double lane_actus_annuity(chi_actus_state s, chi_actus_annuity a, double years)
{
    double accrued = s.ipac + (years * s.ipnr) * s.nt;
    return (s.nt + accrued) * a.growth / a.sum;
}

CH_LANE chi_actus_flow lane_actus_scale(
    chi_actus_state s, const chi_actus_constants *c, double observed)
{
    double index = observed / c->scaling_base;
    s.nsc = lane_select(c->scales_notional, index, s.nsc);
    s.isc = lane_select(c->scales_interest, index, s.isc);
    return (chi_actus_flow){s, 0.0};
}

/* MD: what is left, with interest and fee; the rate stays as it was. */
CH_LANE chi_actus_flow lane_actus_mature(chi_actus_state s)
{
    double paid = (s.nsc * s.nt + s.isc * s.ipac) + s.feac;
    s.nt = 0.0;
    s.ipac = 0.0;
    s.feac = 0.0;
    s.ipcb = 0.0;
    return (chi_actus_flow){s, paid};
}

/* PRD and TD carry the accrued interest with the role's sign once more; public cases nam04 and
 * others fix it, though it makes a debtor's accrued interest reduce what he pays. */
CH_LANE double lane_actus_purchase(chi_actus_state s, double role, double price)
{
    return -(role * (price + s.ipac));
}

CH_LANE chi_actus_flow lane_actus_terminate(chi_actus_state s, double role, double price)
{
    double paid = role * (price + s.ipac);
    s.nt = 0.0;
    s.ipac = 0.0;
    s.feac = 0.0;
    s.ipcb = 0.0;
    s.prnxt = 0.0;
    s.second = 0.0;
    return (chi_actus_flow){s, paid};
}

/* XD of CLM: when the call settles later, the interest due then is fixed (cases clm07, clm08); at
 * once, it stays accrued interest (case clm09). */
CH_LANE chi_actus_state lane_actus_call(chi_actus_state s, double settles_later)
{
    s.second = lane_select(settles_later, s.ipac, 0.0);
    s.ipac = lane_select(settles_later, 0.0, s.ipac);
    return s;
}

CH_LANE chi_actus_flow lane_actus_called_interest(chi_actus_state s)
{
    double paid = s.isc * (s.ipac + s.second);
    s.ipac = 0.0;
    s.second = 0.0;
    return (chi_actus_flow){s, paid};
}

/* SWPPV: the fixed leg accrues in Ipac, the floating leg in `second`. */
CH_LANE chi_actus_state lane_actus_swap_accrue(
    chi_actus_state s, const chi_actus_constants *c, double years)
{
    s.ipac = s.ipac + (years * c->fixed_rate) * s.nt;
    s.second = s.second - (years * s.ipnr) * s.nt;
    return s;
}

/* Payoff at exercise: options max(S - K, 0) and max(K - S, 0), futures S - K. */
CH_LANE double lane_actus_exercise(double observed, const chi_actus_constants *c)
{
    double call = lane_max(observed - c->strike, 0.0);
    double put = lane_max(c->strike2 - observed, 0.0);
    return lane_select(c->forward, observed - c->strike, c->call * call + c->put * put);
}

#endif

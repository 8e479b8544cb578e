/* The part of the plan for contracts by the ACTUS standard: their compiled legs, the events of each
 * month, where market values come from, who owes whom. Empty for a model without such contracts. */
#ifndef CHI_ENGINE_PLAN_DEALS_H
#define CHI_ENGINE_PLAN_DEALS_H

#include "contract/deal.h"

typedef struct chi_plan chi_plan;

/* One event of one leg. Weights are 0 or 1. */
typedef struct chi_leg_event {
    uint32_t month, deal, leg; /* leg: row of all legs */
    uint32_t place;            /* among the leg's events */
    uint32_t market;           /* driver of this month that it reads; CHI_NONE */
    uint32_t seen;             /* column of `seen` that it reads instead; CHI_NONE */
    const chi_actus_event *event;
    const chi_actus_constants *constants;
    const double *years; /* of an annuity */
    uint32_t year_count;
    uint32_t pairs_with_next;       /* 1: CAPFL, the other leg's event follows */
    double lends, redeems, matures; /* of debts; see lane_debt_due() */
    double interest;                /* counts as interest */
    double shown;                   /* 0: acts, but pays nothing here */
} chi_leg_event;

/* A market value that is kept: the driver at the end of the month. */
typedef struct chi_seen_slot {
    uint32_t driver, month; /* month CHI_NONE: at the start */
} chi_seen_slot;

typedef struct chi_deal_row {
    const chi_deal_plan *terms;
    uint32_t first_leg;
    uint32_t pair_in, pair_out; /* counterparty to creator and back; CHI_NONE for debts */
    uint32_t owner, other;      /* the long and the short party */
    double role;                /* 1 if the creator is the long party, else -1 */
} chi_deal_row;

typedef struct chi_deals_plan {
    chi_deal_row *row;          /* deals */
    const chi_actus_plan **leg; /* legs */
    double *tail_years;         /* legs x months: from the last event to the month's end */
    uint8_t *open;              /* deals x (months + 1): in force at the end of a month; 0: start */
    uint8_t *lends;             /* deals x months: a debt may be lent more in the month */
    chi_leg_event *event;       /* by month, deal, place, leg */
    uint32_t *event_first;      /* months + 1 */
    chi_seen_slot *seen;
} chi_deals_plan;

/* Compiles the deals of a plan whose model and months are set; sets their counts. */
void chi_deals_plan_build(chi_plan *plan, chi_arena *arena);

/* The first and last event (exclusive) of a deal in a month, from `from` on. */
static inline uint32_t chi_deal_events_end(
    const chi_deals_plan *deals, uint32_t from, uint32_t last, uint32_t deal)
{
    while (from < last && deals->event[from].deal == deal)
        from++;
    return from;
}

#endif

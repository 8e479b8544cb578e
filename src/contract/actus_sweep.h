/* The sweep: the events of one plan over a block of paths, columns innermost. */
#ifndef CHI_CONTRACT_ACTUS_SWEEP_H
#define CHI_CONTRACT_ACTUS_SWEEP_H

#include "contract/actus.h"

enum { CHI_ACTUS_BLOCK = 32 }; /* paths of a block; callers pad to it */

/* The state of CHI_ACTUS_BLOCK paths, by field. */
typedef struct chi_actus_columns {
    double nt[CHI_ACTUS_BLOCK], ipnr[CHI_ACTUS_BLOCK], ipac[CHI_ACTUS_BLOCK];
    double feac[CHI_ACTUS_BLOCK], nsc[CHI_ACTUS_BLOCK], isc[CHI_ACTUS_BLOCK];
    double ipcb[CHI_ACTUS_BLOCK], prnxt[CHI_ACTUS_BLOCK], second[CHI_ACTUS_BLOCK];
} chi_actus_columns;

/* One path's state in the columns and back. */
CH_LANE chi_actus_state lane_actus_load(const chi_actus_columns *c, int i)
{
    return (chi_actus_state){c->nt[i], c->ipnr[i], c->ipac[i], c->feac[i], c->nsc[i], c->isc[i],
        c->ipcb[i], c->prnxt[i], c->second[i]};
}

CH_LANE void lane_actus_store(chi_actus_columns *c, int i, chi_actus_state s)
{
    c->nt[i] = s.nt;
    c->ipnr[i] = s.ipnr;
    c->ipac[i] = s.ipac;
    c->feac[i] = s.feac;
    c->nsc[i] = s.nsc;
    c->isc[i] = s.isc;
    c->ipcb[i] = s.ipcb;
    c->prnxt[i] = s.prnxt;
    c->second[i] = s.second;
}

void chi_actus_columns_set(chi_actus_columns *columns, chi_actus_state state);
chi_actus_state chi_actus_columns_get(const chi_actus_columns *columns, int path);

/* chi_actus_family of each operation. */
static const uint8_t chi_actus_families[CHI_ACTUS_OP_COUNT] = {
#define CHI_ACTUS_OP_FAMILY(id, kind, family, amount) CHI_FAMILY_##family,
    CHI_ACTUS_OPS(CHI_ACTUS_OP_FAMILY)
#undef CHI_ACTUS_OP_FAMILY
};

/* One event on all paths of a block. `market` has the row of market values of the event's slot,
 * NULL if it needs none; `years` the year fractions of annuities, from the event's slot to their
 * end. Payoffs go to `payoff`. */
typedef struct chi_actus_step {
    const chi_actus_event *event;
    const chi_actus_constants *constants;
    const double *market;
    const double *years;
    uint32_t year_count;
} chi_actus_step;
void chi_actus_sweep_step(const chi_actus_step *step, chi_actus_columns *columns, double *payoff);
/* True if the operation reads a row of market values. */
bool chi_actus_op_observes(uint8_t op);

/* A valuation of a plan over `paths` paths, a multiple of CHI_ACTUS_BLOCK. */
typedef struct chi_actus_valuation {
    size_t paths;
    const double *market;        /* [slot of the book][path] */
    const double *weights;       /* [row][path], what a payoff is multiplied by; NULL: 1 */
    const uint32_t *weight_rows; /* row of each event of the plan; NULL: its own index */
    double *value;               /* [path]: receives the sum over the events that are shown */
} chi_actus_valuation;
void chi_actus_sweep(
    const chi_actus_book *book, const chi_actus_plan *plan, const chi_actus_valuation *valuation);

#endif

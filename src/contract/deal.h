/* Contracts of a model by the ACTUS standard: from rows of terms to compiled events.
 *
 * The same compilation serves the reader, which reports what is wrong with the places of the file,
 * and the plan of a run. A deal has one leg, two if it is made of two contracts (SWAPS, CAPFL), and
 * one more for prices and fees where those stand beside the legs. */
#ifndef CHI_CONTRACT_DEAL_H
#define CHI_CONTRACT_DEAL_H

#include "contract/actus_sweep.h"
#include "model/deal_query.h"
#include "model/model.h"

enum { CHI_DEAL_LEGS_MAX = 3 };

/* How the payoffs of a deal's events become dues. */
typedef enum chi_deal_sum {
    CHI_SUM_GROSS,     /* each event by itself, one way or the other */
    CHI_SUM_NET,       /* the balance of the month */
    CHI_SUM_DIFFERENCE /* CAPFL: the absolute difference of the two legs, event by event */
} chi_deal_sum;

typedef struct chi_deal_plan {
    const chi_actus_terms *terms;
    chi_actus_book book; /* events, market slots and annuity years of all legs */
    chi_actus_plan leg[CHI_DEAL_LEGS_MAX];
    uint32_t legs;
    chi_deal_sum sum;
    double role;            /* R(CNTRL) */
    double coverage;        /* COVER: CECV */
    double most;            /* COVER: notional times coverage; infinity if it has none */
    chi_moment from, until; /* ASSET: held after the purchase up to the termination */
} chi_deal_plan;

/* What a deal is compiled from. */
typedef struct chi_deal_input {
    chi_arena *arena;
    ch_diags *diags;       /* NULL: the terms are known to be right */
    const chi_node *terms; /* dictionary names to values, parts under contractStructure */
    const char *id;
    uint32_t type; /* chi_deal_type */
    const chi_deal_event *events;
    size_t event_count;
    chi_moment to; /* CHI_MOMENT_NONE: to its own end */
} chi_deal_input;

/* False after diagnostics. */
bool chi_deal_compile(const chi_deal_input *input, chi_deal_plan *plan);

/* The terms of a model's row as a tree, as the reader wrote them. */
const chi_node *chi_deal_terms(const ch_model *model, uint32_t deal, chi_arena *arena);

/* Y(from, to) on a leg. */
double chi_deal_years(const chi_actus_plan *leg, chi_day from, chi_day to);

/* What the reader asks about a deal, and what it learns; fits chi_deal_check_fn of the model. */
bool chi_deal_check(chi_deal_query *query);

#endif

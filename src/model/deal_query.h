/* The reader's question about the terms of a contract. The answer comes from src/contract, which
 * knows the standard and is told to the reader as a function: model does not include contract. */
#ifndef CHI_MODEL_DEAL_QUERY_H
#define CHI_MODEL_DEAL_QUERY_H

#include "base/arena.h"
#include "base/diag.h"
#include "model/deal.h"
#include "model/evidence.h"
#include "text/node.h"

typedef struct chi_deal_query {
    chi_arena *arena;
    ch_diags *diags;
    const chi_node *terms; /* dictionary names to values, with the places of the file */
    const char *id;
    uint32_t type; /* chi_deal_type */
    const chi_deal_event *events;
    size_t event_count;
    chi_day start, horizon;
    /* Value of a market object at the start; NaN if the model has no such driver. */
    double (*market)(void *context, const char *object);
    void *context;
    double role; /* the answer: R(CNTRL) */
    /* For DEBT: principal, rate and accrued interest at the start or at the initial
     * exchange, unsigned; and the principal due by day, the market standing still. */
    double notional, rate, accrued;
    chi_day initial_exchange, maturity; /* maturity: the horizon + 1 if it has none */
    uint32_t lends;                     /* 1: money is lent after the start */
    CHI_VEC(chi_repayment) repayments;
} chi_deal_query;

/* False after diagnostics. */
typedef bool chi_deal_check_fn(chi_deal_query *query);

#endif

/* The oracle: one path at a time, plain loops over the same lanes, with a full ledger.
 *
 * It is written from docs/method.md, not from the tiles, and must agree with them in every bit of
 * every state column after every month. */
#ifndef CHI_ENGINE_ORACLE_H
#define CHI_ENGINE_ORACLE_H

#include "engine/path.h"

/* What first came out as it must not: an amount infinite or not a number, or a comparison with what
 * is not a number. */
typedef struct chi_broken {
    bool happened;
    const chi_amount *amount; /* NULL: the test `expr` */
    uint32_t expr;            /* CHI_NONE: none */
    bool infinite;            /* else not a number */
    bool inherited;           /* something that it names was infinite or not a number before */
} chi_broken;

typedef struct chi_oracle {
    const chi_plan *plan;
    chi_state state; /* one path, stride 1 */
    uint64_t seed, path;
    uint32_t month;
    bool paying; /* from step 3 to the payments: principal due is still owed */
    chi_broken broken;
    chi_ledger *ledger; /* may be NULL */
    double *spare;      /* of a path */
    chi_lost_fn lost;
    void *context;
} chi_oracle;

/* Memory is the arena's; the plan must outlive the oracle. */
void chi_oracle_init(chi_oracle *oracle, const chi_plan *plan, chi_arena *arena);

/* Opening state of a path. */
void chi_oracle_start(chi_oracle *oracle, uint64_t seed, uint64_t path);

/* Goes through month `oracle->month` and moves on to the next. */
void chi_oracle_month(chi_oracle *oracle);

/* Parts of a month, in the other file. */
void chi_oracle_draw(chi_oracle *oracle);
void chi_oracle_due(chi_oracle *oracle);
double chi_oracle_value(chi_oracle *oracle, const chi_amount *amount);
/* Of a test of the firm: what is not a number matters while the firm lives. */
double chi_oracle_compared(chi_oracle *oracle, uint32_t expr, uint32_t firm);

/* Contracts by the ACTUS standard, oracle_deals.c: opening states, dues, what is done after the
 * payments, what a firm is late with. They do nothing in a model without such contracts. */
void chi_oracle_start_deals(chi_oracle *oracle);
void chi_oracle_due_deals(chi_oracle *oracle);
void chi_oracle_add_deal_arrears(chi_oracle *oracle);
double chi_oracle_withdraw(chi_oracle *oracle, uint32_t loan, double need); /* what stays needed */
void chi_oracle_book_deals(chi_oracle *oracle);
double chi_oracle_deal_arrears(const chi_oracle *oracle, uint32_t firm);

#define CHI_O(oracle, field, i) ((oracle)->state.field[i])

/* What counts against the commitment of a facility: what is lent, and what was asked for in vain.
 */
static inline double chi_oracle_used(const chi_oracle *o, uint32_t row)
{
    bool revolves = o->plan->model->loan[row].kind == CHI_LOAN_REVOLVER;
    double used = revolves ? CHI_O(o, notional, row) : CHI_O(o, drawn, row);
    return chi_plan_forgoes(o->plan, row) ? used + CHI_O(o, forgone, row) : used;
}

/* 1 while the borrower lives, times the part of the promise that stands. */
static inline double chi_oracle_promised(const chi_oracle *o, uint32_t row)
{
    double alive = CHI_O(o, alive, o->plan->model->loan[row].borrower);
    return o->plan->can_lose[row] ? alive * CHI_O(o, promised, row) : alive;
}

#endif

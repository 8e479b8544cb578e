/* Small models built row by row, whose months can be worked out by hand. */
#ifndef TESTS_SUPPORT_HAND_MODEL_H
#define TESTS_SUPPORT_HAND_MODEL_H

#include "engine/oracle.h"

typedef struct hand {
    chi_arena arena;
    chi_builder b;
} hand;

/* Starts on 2025-06-30 with firm 0, `outside`. */
void hand_begin(hand *h, uint32_t months);
ch_model *hand_freeze(hand *h); /* and gives the builder's memory back */

/* A firm without cash, target, default costs or grace; equity is unlimited. */
chi_firm hand_firm(hand *h, const char *name, chi_firm_kind kind);
uint32_t hand_add_firm(hand *h, chi_firm row);
uint32_t hand_sim(hand *h, const char *name, double cash);
chi_firm *hand_firm_at(hand *h, uint32_t firm);

/* Lines and rungs of one firm must be added one after the other. */
chi_line *hand_line(
    hand *h, uint32_t firm, const char *name, chi_line_kind kind, uint32_t other, double amount);
void hand_rung(hand *h, uint32_t firm, chi_rung_kind kind, uint32_t loan);

/* A bullet of `months` without interest, 30E/360, senior secured, no grace. The pointer is good
 * until the next loan. */
chi_loan *hand_loan(hand *h, const char *name, uint32_t borrower, uint32_t lender, double notional,
    uint32_t months);
void hand_share(hand *h, uint32_t lender, double fraction); /* one more for the last loan */
uint32_t hand_last_loan(const hand *h);

chi_customer *hand_customer(
    hand *h, const char *name, uint32_t seller, uint32_t buyer, double amount);
chi_driver *hand_driver(hand *h, const char *name, chi_process process, double start);
uint32_t hand_market(hand *h, const char *name, double spread, double capacity, double discount);
void hand_event(
    hand *h, chi_event_kind kind, uint32_t target, uint32_t month, uint32_t end, double value);

/* A covenant that holds while item >= level; a breach is an event of default at once. */
chi_covenant *hand_covenant(hand *h, const char *name, uint32_t firm, chi_item item, double level);
uint32_t hand_driver_expr(hand *h, uint32_t driver);
uint32_t hand_item_expr(hand *h, uint32_t firm, chi_item item, double less);
chi_amount hand_table(hand *h, const double *values); /* one value for each month */

/* One path of a model by the oracle, with its ledger and the losses of firms. */
typedef struct hand_run {
    chi_arena arena;
    ch_model *model;
    chi_plan *plan;
    chi_oracle oracle;
    chi_ledger ledger;
    double lost[16][16]; /* from, to */
} hand_run;

void hand_run_start(hand_run *run, hand *h);
void hand_run_model(hand_run *run, ch_model *model);             /* takes the model */
void hand_run_text(hand_run *run, const char *text);             /* of a model file */
void hand_run_path(hand_run *run, uint64_t seed, uint64_t path); /* starts another one */
void hand_run_months(hand_run *run, uint32_t count);
void hand_run_end(hand_run *run);

/* Entries of a kind in a month (0-based), and the sum of their amounts. */
size_t hand_entries(const hand_run *run, uint32_t month, chi_entry_kind kind, double *sum);

/* Fails the test if the two differ by more than 1e-12 of the larger, or 1e-12. */
void hand_near(double have, double want, const char *what, int line);
#define NEAR(have, want) hand_near(have, want, #have, __LINE__)
#define CASH(run, firm) CHI_O(&(run)->oracle, cash, firm)
#define STATE(run, field, i) CHI_O(&(run)->oracle, field, i)

#endif

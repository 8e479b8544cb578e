/* The ledger of one path: every flow with its two ends, every event with its cause. */
#ifndef CHI_ENGINE_LEDGER_H
#define CHI_ENGINE_LEDGER_H

#include "base/arena.h"

#include <stdint.h>

/* X(enum, text in the ledger) */
#define CHI_ENTRY_LIST(X)                                                                          \
    X(CHI_ENTRY_BILL, "bill") /* due on a customer contract */                                     \
    X(CHI_ENTRY_ADVANCE, "settled from advance")                                                   \
    X(CHI_ENTRY_ADVANCE_PAID, "advance due")                                                       \
    X(CHI_ENTRY_INTEREST, "interest")                                                              \
    X(CHI_ENTRY_PRINCIPAL, "principal")                                                            \
    X(CHI_ENTRY_CAPITALISED, "interest capitalised")                                               \
    X(CHI_ENTRY_RATE, "rate reset")                                                                \
    X(CHI_ENTRY_LINE, "due")                                                                       \
    X(CHI_ENTRY_DEPRECIATION, "depreciation")                                                      \
    X(CHI_ENTRY_DRAW, "draw")                                                                      \
    X(CHI_ENTRY_ISSUE, "issue of notes")                                                           \
    X(CHI_ENTRY_DEFERRED, "capex deferred")                                                        \
    X(CHI_ENTRY_SHORT, "money missing after funding")                                              \
    X(CHI_ENTRY_PAID, "paid")                                                                      \
    X(CHI_ENTRY_COST, "cost of being short")                                                       \
    X(CHI_ENTRY_ARREARS, "not paid")                                                               \
    X(CHI_ENTRY_REPAID, "revolver repaid from surplus")                                            \
    X(CHI_ENTRY_BREACH, "covenant breached")                                                       \
    X(CHI_ENTRY_STOPPED, "draws stopped")                                                          \
    X(CHI_ENTRY_EVENT_OF_DEFAULT, "event of default")                                              \
    X(CHI_ENTRY_CROSS_DEFAULT, "cross-default")                                                    \
    X(CHI_ENTRY_ACCELERATED, "accelerated")                                                        \
    X(CHI_ENTRY_FAILS, "fails")                                                                    \
    X(CHI_ENTRY_SALE, "property sold")                                                             \
    X(CHI_ENTRY_RELEASED, "restricted cash released")                                              \
    X(CHI_ENTRY_FAILURE_COST, "cost of failure")                                                   \
    X(CHI_ENTRY_RECOVERY, "recovered")                                                             \
    X(CHI_ENTRY_LOSS, "lost")                                                                      \
    X(CHI_ENTRY_ENDS, "customer contract ends")                                                    \
    X(CHI_ENTRY_CANCELLED, "cancelled")                                                            \
    X(CHI_ENTRY_EVENT, "") /* of a standard contract; `detail` says which */                       \
    X(CHI_ENTRY_WITHDRAWN, "withdrawn")                                                            \
    X(CHI_ENTRY_DIVIDEND, "dividend paid")                                                         \
    X(CHI_ENTRY_CALLED, "guarantee called")                                                        \
    X(CHI_ENTRY_COLLATERAL, "paid from collateral")                                                \
    X(CHI_ENTRY_CLOSED, "closed out")                                                              \
    X(CHI_ENTRY_SHUT, "market shut when money was needed")                                         \
    X(CHI_ENTRY_STAKE_LOST, "stake lost")                                                          \
    X(CHI_ENTRY_STAKE_SOLD, "stakes sold")                                                         \
    X(CHI_ENTRY_PRICE_FELL, "written down with the price")                                         \
    X(CHI_ENTRY_MARKED, "marked down")                                                             \
    X(CHI_ENTRY_OUTPUT, "output for lack of supply, %")

typedef enum chi_entry_kind {
#define CHI_ENTRY_ENUM(id, text) id,
    CHI_ENTRY_LIST(CHI_ENTRY_ENUM)
#undef CHI_ENTRY_ENUM
        CHI_ENTRY_COUNT
} chi_entry_kind;

typedef enum chi_subject {
    CHI_OF_FIRM,
    CHI_OF_LOAN,
    CHI_OF_LINE,
    CHI_OF_CUSTOMER,
    CHI_OF_COVENANT,
    CHI_OF_PAIR,
    CHI_OF_MARKET,
    CHI_OF_DEAL,
    CHI_OF_HOLDING,
    CHI_OF_ASSET
} chi_subject;

typedef struct chi_entry {
    uint32_t month, kind;  /* chi_entry_kind */
    uint32_t subject, row; /* chi_subject and its row */
    uint32_t from, to;     /* firms; equal where nothing flows between two */
    double amount;
    uint32_t detail; /* EVENT: chi_actus_kind */
} chi_entry;

typedef struct chi_ledger {
    chi_arena *arena;
    uint32_t month;
    CHI_VEC(chi_entry) entries;
} chi_ledger;

/* Adds an entry; a NULL ledger takes nothing, so that the tiles can call the same code. */
static inline void chi_ledger_add(chi_ledger *ledger, chi_entry_kind kind, chi_subject subject,
    uint32_t row, uint32_t from, uint32_t to, double amount)
{
    if (ledger)
        *CHI_PUSH(ledger->arena, &ledger->entries) =
            (chi_entry){ledger->month, (uint32_t)kind, (uint32_t)subject, row, from, to, amount, 0};
}

#endif

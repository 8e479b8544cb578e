/* Rows of contracts by the ACTUS standard: `deals`. What such a contract does is computed in
 * src/contract from its terms; here stands who the parties are and what it leans on. */
#ifndef CHI_MODEL_DEAL_H
#define CHI_MODEL_DEAL_H

#include "model/ops.h"
#include "text/date.h"

/* X(ACTUS type, group, key of the long party, key of the short party, role of the long party,
 * seniority of what is owed if the file states none, what it is). The long party is the one with
 * R = 1: a positive payoff flows to it. The order is that of the standard's types in
 * src/contract/actus_events.h. */
#define CHI_DEAL_TYPES(X)                                                                          \
    X(PAM, DEBT, "lender", "borrower", "RPA", "senior_secured", "principal at maturity")           \
    X(LAM, DEBT, "lender", "borrower", "RPA", "senior_secured", "linear amortiser")                \
    X(NAM, DEBT, "lender", "borrower", "RPA", "senior_secured", "negative amortiser")              \
    X(ANN, DEBT, "lender", "borrower", "RPA", "senior_secured", "annuity")                         \
    X(LAX, DEBT, "lender", "borrower", "RPA", "senior_secured", "amortiser by steps")              \
    X(CLM, DEBT, "lender", "borrower", "RPA", "senior_unsecured", "call money")                    \
    X(UMP, DEBT, "lender", "borrower", "RPA", "senior_unsecured", "deposit")                       \
    X(CSH, ASSET, "holder", "custodian", "RPA", "senior_unsecured", "cash held elsewhere")         \
    X(COM, ASSET, "buyer", "seller", "RPA", "operating", "commodity")                              \
    X(STK, ASSET, "holder", "issuer", "RPA", "subordinated", "shares")                             \
    X(FXOUT, TRADE, "buyer", "seller", "RPA", "senior_secured", "currency forward")                \
    X(SWPPV, HEDGE, "receiver", "payer", "RFL", "senior_secured", "interest rate swap")            \
    X(SWAPS, HEDGE, "receiver", "payer", "RFL", "senior_secured", "swap of two contracts")         \
    X(CAPFL, HEDGE, "buyer", "seller", "BUY", "senior_secured", "cap or floor")                    \
    X(OPTNS, TRADE, "buyer", "seller", "BUY", "senior_secured", "option")                          \
    X(FUTUR, TRADE, "buyer", "seller", "BUY", "senior_secured", "future")                          \
    X(CEG, COVER, "beneficiary", "guarantor", "BUY", "senior_unsecured", "guarantee")              \
    X(CEC, COVER, "beneficiary", "provider", "BUY", "senior_unsecured", "collateral")

typedef enum chi_deal_type {
    CHI_DEAL_NONE,
#define CHI_DEAL_ENUM(type, group, long_key, short_key, role, class, doc) CHI_DEAL_##type,
    CHI_DEAL_TYPES(CHI_DEAL_ENUM)
#undef CHI_DEAL_ENUM
        CHI_DEAL_TYPE_COUNT
} chi_deal_type;

typedef enum chi_deal_group {
    CHI_GROUP_DEBT,  /* has a row of `loan` and behaves as one */
    CHI_GROUP_ASSET, /* held by one party; sold when it fails */
    CHI_GROUP_TRADE, /* settles both ways; a gain is revenue, a loss cost */
    CHI_GROUP_HEDGE, /* settles both ways; its interest counts as interest */
    CHI_GROUP_COVER  /* acts when a debt that it covers defaults */
} chi_deal_group;

/* One contract. */
typedef struct chi_deal {
    uint32_t name;
    uint32_t type;                  /* chi_deal_type */
    uint32_t creator, counterparty; /* a positive payoff flows from counterparty to creator */
    uint32_t class;                 /* chi_class of what either party owes */
    uint32_t loan;                  /* DEBT: row of loan; else CHI_NONE */
    uint32_t driver;                /* FXOUT: its rate; ASSET: price of one unit; CHI_NONE */
    uint32_t unused;
    chi_slice terms;      /* rows of term */
    chi_slice observed;   /* rows of deal_event: draws, prepayments, calls, flows of deposits */
    chi_slice covers;     /* COVER: rows of cover that name loans */
    chi_slice collateral; /* CEC: rows of cover that name deals of the group ASSET */
    double scale;         /* factor on payoffs: quantity of options and futures, else 1 */
    double size;          /* the largest amount that it may move, for the scale of sums */
} chi_deal;

/* A term with its dictionary name, as text. Consecutive rows of one name are a list. Part 0 is the
 * contract itself, 1 and 2 are what it is made of. */
typedef struct chi_term {
    uint32_t part, name, text, unused;
} chi_term;

/* Kinds of what happens to a contract on a stated day. */
typedef enum chi_deal_event_kind {
    CHI_DEAL_REDEEM,   /* UMP: less principal */
    CHI_DEAL_INCREASE, /* UMP: more principal */
    CHI_DEAL_PREPAY,
    CHI_DEAL_DRAW,
    CHI_DEAL_CALL /* CLM */
} chi_deal_event_kind;

typedef struct chi_deal_event {
    uint32_t kind; /* chi_deal_event_kind */
    chi_day day;
    double amount;
} chi_deal_event;

/* What a guarantee or collateral leans on: a row of loan or of deal. */
typedef struct chi_cover {
    uint32_t row;
} chi_cover;

#endif

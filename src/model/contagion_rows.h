/* Rows of the model about stakes, supplies, common assets and how losses travel; see model/model.h.
 */
#ifndef CHI_MODEL_CONTAGION_ROWS_H
#define CHI_MODEL_CONTAGION_ROWS_H

#include "model/ops.h"

/* A stake in the equity of an issuer. */
typedef struct chi_holding {
    uint32_t name;
    uint32_t issuer, holder;
    uint32_t unused;
    double share;      /* of the issuer's equity; those of one issuer sum to at most 1 */
    double open;       /* what it is carried at at the start */
    double per_equity; /* what it is carried at for one unit of the issuer's equity */
} chi_holding;

/* A firm's need of another. */
typedef struct chi_supply {
    uint32_t name;
    uint32_t supplier, customer; /* the customer is simulated */
    uint32_t essential;          /* 1: limits output by itself; else shortages add up */
    uint32_t months;             /* until it is replaced; CHI_NONE: never */
    uint32_t unused;
    double dependency; /* share of the customer's revenue lost without the supplier */
} chi_supply;

/* What several firms own at one price, 1 at the start. */
typedef struct chi_asset {
    uint32_t name;
    uint32_t unused;
    chi_slice owners; /* rows of owner */
    double rate;      /* of the price's logarithm, for a unit sold; negative */
} chi_asset;

typedef struct chi_owner {
    uint32_t firm;
    uint32_t unused;
    double amount; /* simulated firm: share of its property; else units, the money at the start */
} chi_owner;

/* What claims on a firm that lives are worth. */
typedef enum chi_claim_rule {
    CHI_CLAIM_FACE,
    CHI_CLAIM_DEBTRANK,
    CHI_CLAIM_THRESHOLD
} chi_claim_rule;

/* What a customer's claim on its advance ranks as in the seller's failure, where that is not senior
 * unsecured. */
typedef struct chi_rank {
    uint32_t customer, class; /* row of customer; chi_class */
} chi_rank;

/* At most one row: how losses travel. */
typedef struct chi_contagion {
    uint32_t rule;   /* chi_claim_rule */
    uint32_t window; /* months that a hit counts */
    double threshold, recovery;
} chi_contagion;

#endif

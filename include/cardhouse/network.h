/* Cardhouse: who falls with it. Clearing, valuation, distress, reconstruction, fire sales, supply
 * shocks, reverse stress and loops on networks of firms.
 *
 * Amounts are in any one unit of money, the same in all files. Firms are known by name; the same
 * pair may occur more than once, amounts then add up. An edge debtor -> creditor says "debtor owes
 * creditor amount". */
#ifndef CARDHOUSE_NETWORK_H
#define CARDHOUSE_NETWORK_H

#include "cardhouse/ch_base.h"
#include "cardhouse/ch_diag.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum ch_network_command {
    CH_NETWORK_CLEAR,       /* who pays what when all pay at once */
    CH_NETWORK_VALUE,       /* what claims are worth before maturity */
    CH_NETWORK_DISTRESS,    /* losses passed on before anybody defaults */
    CH_NETWORK_RECONSTRUCT, /* networks that fit known totals */
    CH_NETWORK_FIRESALE,    /* sales that move prices that force sales */
    CH_NETWORK_SUPPLY,      /* production lost along the supply chain */
    CH_NETWORK_REVERSE,     /* the smallest shock that brings a firm down */
    CH_NETWORK_LOOPS        /* circles of debt */
} ch_network_command;

typedef enum ch_network_format {
    CH_NETWORK_TABLE,
    CH_NETWORK_JSON,
    CH_NETWORK_CSV,
    CH_NETWORK_DOT,
    CH_NETWORK_GRAPHML
} ch_network_format;

typedef enum ch_network_which {
    CH_NETWORK_BOTH, /* greatest, and least where it may differ */
    CH_NETWORK_GREATEST,
    CH_NETWORK_LEAST
} ch_network_which;

/* What to read and how to compute. Start from ch_network_job_default(). Paths are NULL if absent,
 * "-" is standard input. Strings are only read during the call. */
typedef struct ch_network_job {
    ch_network_command command;
    ch_network_format format;
    const char *case_path;      /* cases in JSON; the other files must then be NULL */
    const char *balances_path;  /* CSV: firm,external_assets,external_liabilities,... */
    const char *exposures_path; /* CSV: debtor,creditor,amount[,tier] */
    const char *holdings_path;  /* CSV: issuer,holder,share */
    const char *sectors_path;   /* supply, CSV: from,to,essential (2, 1 or 0) */
    const char *method;         /* which, where there are several; NULL: default */
    const char *firm;           /* distress, supply, reverse: the firm in question; NULL: all */
    const char *asset;          /* fire sales: the asset shocked */
    double alpha, beta;         /* shares of outside assets and receipts left in default */
    ch_network_which which;
    int senior_outsiders; /* nonzero: outsiders come before the network */
    double shock;         /* share of outside assets lost, or initial stress */
    double recovery;      /* value, distress: share recovered from a failed firm */
    double impact;        /* fire sales: price fall when 5 % of the market is sold */
    double leverage_min, leverage_buffer, leverage_target; /* equity over assets */
    double probability, rate; /* Bayesian: of a link; of the exponential law of its amount */
    double eps;               /* supply: largest change per step at which it stops */
    double least_amount;      /* loops: smallest edge looked at */
    uint64_t seed;
    size_t samples, thin, steps, rounds, count, top;
    int replaceable;  /* supply: lost output may be replaced within a sector */
    unsigned threads; /* 0: all processors. Results do not depend on it */
} ch_network_job;

ch_network_job ch_network_job_default(ch_network_command command);

/* Name of a command as on the command line, or NULL past the last. Static. */
const char *ch_network_command_name(unsigned command);

/* Reads, computes, writes. *diags, if diags is not NULL, receives everything found wrong with the
 * input; the caller frees it with ch_diags_free(). CH_E_INPUT: see *diags; output may be partial
 * for a case file of which some cases are wrong. CH_E_ARGUMENT: a number out of its range. CH_E_IO:
 * a file cannot be read or write asked to stop. CH_E_MEMORY. */
ch_status ch_network_run(
    const ch_network_job *job, ch_write_fn write, void *context, ch_diags **diags);

/* --- clearing in memory ---------------------------------------------------------------------- */

/* Who owes whom. Firms are numbered from 0. To be used by one thread at a time. */
typedef struct ch_debts ch_debts;

/* debtor[k] owes creditor[k] amount[k]; outsiders[i], or NULL for nothing, is what firm i owes to
 * others than these firms, ranking equally. Arrays are copied. CH_E_ARGUMENT: no firm, a number of
 * a firm out of range, a debt to oneself, an amount that is negative or not finite. CH_E_MEMORY. */
ch_status ch_debts_new(size_t firms, const double *outsiders, size_t edges, const uint32_t *debtor,
    const uint32_t *creditor, const double *amount, ch_debts **debts);
void ch_debts_free(ch_debts *debts);

typedef struct ch_clearing_terms {
    double alpha, beta; /* shares of outside assets and of receipts left in default; 1: no costs */
    int least;          /* nonzero: the least solution instead of the greatest */
    int rounds;         /* nonzero: tell the rounds of default, at some more work */
} ch_clearing_terms;

/* One solution; arrays have an entry a firm and belong to the ch_debts, until its next use. */
typedef struct ch_clearing {
    const double *fraction; /* of its debts that a firm pays; 1 if it has none */
    const double *value;    /* outside assets and receipts, money, before costs of default */
    const uint8_t *failed;  /* 1: cannot pay in full */
    const uint32_t *round;  /* of default, from 1; 0: did not fail, or rounds were not asked for */
    size_t rounds;          /* until nobody new failed */
    int converged;          /* 0: nothing of this may be used */
    int unique;             /* 0: there may be other solutions */
    int certified;          /* 1: no payment is further than `error` money from the exact one, */
    double error;           /* unless a firm is on the wrong side of its threshold, */
    size_t close_calls;     /* which may be so for as many firms */
    uint32_t nearest_firm;  /* to its threshold, by share of its debt */
    double nearest_margin;  /* its value less its debt, money; NaN if nobody owes anything */
} ch_clearing;

/* Clears with these outside assets, one a firm, not negative; terms NULL: greatest, no costs, no
 * rounds. CH_E_ARGUMENT: an asset or a term out of range. CH_E_MEMORY. */
ch_status ch_debts_clear(
    ch_debts *debts, const double *assets, const ch_clearing_terms *terms, ch_clearing *clearing);

#ifdef __cplusplus
}
#endif
#endif

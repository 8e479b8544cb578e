/* Cardhouse: what a run found. All counts are integers, so that results merge exactly. */
#ifndef CARDHOUSE_CH_RESULT_H
#define CARDHOUSE_CH_RESULT_H

#include "cardhouse/ch_run.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A share of paths with its Wilson score interval at 95 %. */
typedef struct ch_share {
    double share, low, high;
} ch_share;

const ch_model *ch_result_model(const ch_result *result); /* the model that was run */
uint64_t ch_result_seed(const ch_result *result);
uint64_t ch_result_paths(const ch_result *result);
uint32_t ch_result_months(const ch_result *result);
uint64_t ch_result_hash(const ch_result *result); /* same for any threads, tile or machine */
int ch_result_partial(const ch_result *result);   /* 1 if the run was interrupted */
double ch_result_largest_residual(const ch_result *result); /* of cash, relative */
/* Months of paths on which clearing stopped at its limit of rounds before payments had settled;
 * their payments are close to, not at, the greatest clearing vector. 0 in all but odd models. */
uint64_t ch_result_unsettled(const ch_result *result);

/* Share of paths on which the firm has not failed by the end of month `month` (0-based). */
ch_share ch_result_alive(const ch_result *result, size_t firm, uint32_t month);

/* What a change makes of a share alive, on the same paths: `result` less `base`, with its interval
 * at 95 % for paired data (Agresti and Min 2005). */
typedef struct ch_difference {
    double difference, low, high;
    uint64_t only_here, only_base; /* paths on which the firm is alive in one of the two runs */
    uint64_t paths;                /* that both runs finished */
} ch_difference;

/* Fills `out` with one difference for each month that was run. 1 if it did; 0 if the two runs do
 * not pair: other seed, first path, months or firms, or one did not keep its ends (keep_ends). */
int ch_result_differences(
    const ch_result *result, const ch_result *base, size_t firm, ch_difference *out);

/* Quantile of a simulated firm's cash at the end of a month over the paths on which it is alive,
 * within 0.2 % of its value (up to 3 % in models of thousands of firms and months, docs/method.md
 * says when); NaN if it is alive on none. 0 < probability < 1. */
double ch_result_cash(const ch_result *result, size_t firm, uint32_t month, double probability);

/* Why a firm fails: causes in falling order of share of its failed paths. */
typedef struct ch_cause {
    const char *cause; /* "ddtl-2: principal not paid", owned by the result */
    const char *kind;  /* "payment", "covenant", "intensity", "losses" or "event" */
    const char *root;  /* root event: "microsoft-capacity cancelled", "market high-yield shut";
                          "" if nothing happened but that dues exceeded cash and funding */
    ch_share share;    /* of the firm's failed paths */
    uint64_t paths;
} ch_cause;
size_t ch_result_cause_count(const ch_result *result, size_t firm);
ch_cause ch_result_cause(const ch_result *result, size_t firm, size_t index);

/* What `firm` loses by the failure of `from`, in money of the model. */
typedef struct ch_loss {
    size_t firm, from;
    double mean;               /* over all paths */
    double mean_given_failure; /* over the paths on which `from` failed; 0 if none */
    /* Parts of `mean`: claims not paid, stakes in `from`, common assets that it sold. */
    double claims, stakes, prices;
} ch_loss;
size_t ch_result_loss_count(const ch_result *result);
ch_loss ch_result_loss(const ch_result *result, size_t index);

/* Who falls with whom. A failure of round 0 is a firm's own; a firm that fails after it was hit by
 * one of round r (through a claim, a stake, a price, a contract, a supply, or because it was itself
 * not paid), as long before as the model's `window` lets count, falls in round r + 1 of the wave
 * that the same firm began. */
enum { CH_ROUNDS = 8 }; /* rounds 0 to 7; the last has all later ones too */

/* A firm in one round, whoever began it. */
typedef struct ch_round {
    ch_share failed; /* share of all paths on which it fails in this round */
    uint64_t paths;
    double loss; /* mean over all paths of what it loses by failures of this round, money */
} ch_round;
ch_round ch_result_round(const ch_result *result, size_t firm, uint32_t round);

/* A firm in one round of the waves that `first` began. */
typedef struct ch_wake {
    size_t first, firm;
    uint32_t round;
    uint64_t paths;  /* on which `firm` fails in this round */
    ch_share failed; /* the same as a share of the paths on which `first` fails in round 0 */
    double loss;     /* mean over all paths of what it loses by failures of this round, money */
    double loss_given_first; /* mean over the paths on which `first` fails in round 0; 0 if none */
} ch_wake;

/* Rows by `first`, round and firm, none without failures and losses. There are none in models of
 * more than some 180 firms, where waves are not told apart by the firm that began them. */
size_t ch_result_wake_count(const ch_result *result);
ch_wake ch_result_wake(const ch_result *result, size_t index);
uint32_t ch_result_wave_months(const ch_result *result); /* how long a hit counts; at most all */
/* Paths on which the firm fails in round 0. */
uint64_t ch_result_first_paths(const ch_result *result, size_t firm);

typedef struct ch_weights ch_weights; /* ch_weigh.h */

typedef enum ch_format { CH_JSON, CH_CSV, CH_TEXT } ch_format;

/* JSON: schema 1. CSV: long table measure,firm,month,date,value,low,high. TEXT: a page for a
 * terminal; `color` 1 allows ANSI colours, `base` (may be NULL) is compared with. Intervals of
 * differences need runs that kept their ends. */
typedef struct ch_write_options {
    uint32_t struct_size;
    int color;
    int ascii;                 /* 1: only ASCII characters, for terminals without UTF-8 */
    int width;                 /* columns of the page, 60 to 200; 0 means 100 */
    const ch_result *base;     /* result of the base model on the same paths, or NULL */
    const ch_weights *weights; /* what the answer hangs on, or NULL */
    const char *missing;       /* what else an interruption left out, in words that follow a list,
                                  as "scenario market-shut was not run"; NULL if nothing */
} ch_write_options;

/* Says in words what an interruption left out of what ch_result_write() writes with these options,
 * as "64,000 of 100,000 paths were finished; 3 of 40 estimates were weighed". 0 and an empty text
 * if nothing is missing. The writers mark what they write with the same words. */
int ch_result_interrupted(
    const ch_result *result, const ch_write_options *options, char *out, size_t size);

ch_status ch_result_write(const ch_result *result, ch_format format,
    const ch_write_options *options, ch_write_fn write, void *context);

/* The result keeps a pointer to its model, which must outlive it. */
void ch_result_free(ch_result *result);

#ifdef __cplusplus
}
#endif
#endif

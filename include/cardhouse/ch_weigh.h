/* Cardhouse: what an answer hangs on. Each estimate of a model is set to its low and to its high
 * while all else stays, and both are run on the same paths as the model as it stands. */
#ifndef CARDHOUSE_CH_WEIGH_H
#define CARDHOUSE_CH_WEIGH_H

#include "cardhouse/ch_result.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One estimate. Shares are of paths on which the firm has not failed by the last month. */
typedef struct ch_weight {
    ch_evidence evidence; /* strings are owned by the weights */
    double low, high;     /* share alive with the estimate at its low, at its high */
    /* The largest change between two of low, as it stands and high, in this order: negative if the
     * share falls from the first of the two to the second. */
    ch_difference change;
} ch_weight;

/* Weighs all estimates of a file that have a low and a high; `scenario` as in ch_model_load_file().
 * Of the options `paths`, `path_first`, `months`, `seed`, `threads` and `progress` are used: each
 * of up to 2 x estimates + 1 runs has so many paths, and progress counts those of all. Which firm:
 * the first that is simulated. Errors: those of ch_model_load_file() and ch_run(); CH_E_ARGUMENT
 * for standard input, which cannot be read again; CH_E_CANCELLED (*out is valid and holds
 * what was weighed before, and which estimates were not). */
ch_status ch_weigh_file(const char *path, const char *scenario, const ch_run_options *options,
    ch_weights **out, ch_diags **diags);

const ch_model *ch_weights_model(
    const ch_weights *weights); /* as it stands; owned by the weights */
size_t ch_weights_firm(const ch_weights *weights);
uint32_t ch_weights_months(const ch_weights *weights);
uint64_t ch_weights_paths(const ch_weights *weights); /* of the model as it stands */
ch_share ch_weights_alive(const ch_weights *weights); /* as the model stands */

/* Those that were varied, by falling size of their change, then in the order of the file. */
size_t ch_weights_count(const ch_weights *weights);
ch_weight ch_weights_at(const ch_weights *weights, size_t index); /* index < count */

/* Estimates with a low and a high that cannot be varied alone, because they have several dates or
 * the model would be wrong then, such as a sheet that does not balance. */
size_t ch_weights_left_count(const ch_weights *weights);
ch_evidence ch_weights_left(const ch_weights *weights, size_t index); /* index < left count */

/* Estimates that an interruption left unweighed; none if there was none. */
size_t ch_weights_missing_count(const ch_weights *weights);
ch_evidence ch_weights_missing(const ch_weights *weights, size_t index);
/* Says in words what is missing, as "3 of 40 estimates were weighed"; 0 and an empty text if
 * nothing is. */
int ch_weights_interrupted(const ch_weights *weights, char *out, size_t size);

/* Writes all of them as a table; `ascii`, `color` and `width` of the options count, which may be
 * NULL. Errors as of ch_result_write(). */
ch_status ch_weights_write(
    const ch_weights *weights, const ch_write_options *options, ch_write_fn write, void *context);

void ch_weights_free(ch_weights *weights);

#ifdef __cplusplus
}
#endif
#endif

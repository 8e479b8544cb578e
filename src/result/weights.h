/* What an answer hangs on, as api_weigh.c measures it. */
#ifndef CHI_RESULT_WEIGHTS_H
#define CHI_RESULT_WEIGHTS_H

#include "cardhouse/ch_weigh.h"

struct ch_weights {
    ch_model *base; /* owned: the texts of the evidence */
    ch_weight *weight;
    ch_evidence *left;
    ch_evidence *missing; /* not reached before an interruption */
    size_t count, left_count, missing_count;
    size_t firm;
    uint32_t months;
    uint64_t paths;
    ch_share alive;
};

/* Puts the largest change first; equal ones stay in the order of the file. */
void chi_weights_sort(ch_weights *weights);

#endif

/* A result: the merged counters of a run with the plan that gives them meaning. */
#ifndef CHI_RESULT_RESULT_H
#define CHI_RESULT_RESULT_H

#include "cardhouse/ch_result.h"
#include "engine/record.h"

struct ch_result {
    const ch_model *model; /* the caller's */
    chi_arena arena;       /* plan, counters, texts */
    const chi_plan *plan;
    const chi_recorder *total;
    uint64_t seed, first;
    uint64_t asked; /* paths of the options; more than were finished if interrupted */
    int partial;
    ch_cause **causes; /* firms: its causes in falling order */
    size_t *cause_counts;
    ch_loss *losses;
    size_t loss_count;
    ch_wake *wakes;
    size_t wake_count;
    uint64_t hash;
};

/* Lists what each round of each wave did: result_waves.c. */
void chi_result_list_wakes(ch_result *result);

/* Works out shares, texts and the hash from result->total; memory is the result's arena. */
void chi_result_finish(ch_result *result);

#define CHI_Z95 1.959963984540054 /* 97.5 % point of the normal distribution */

/* Wilson score interval at 95 % (Wilson 1927). Of no paths: 0, 0, 1. */
ch_share chi_wilson(uint64_t count, uint64_t of);

/* Difference of two shares of the same paths, of which `only_here` and `only_base` are in one of
 * them alone, with the interval of Agresti and Min (2005), which adds half a path to each of the
 * four counts. Of no paths: 0, -1, 1. */
ch_difference chi_paired(uint64_t only_here, uint64_t only_base, uint64_t of);

#endif

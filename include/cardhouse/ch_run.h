/* Cardhouse: simulating many futures of one model. */
#ifndef CARDHOUSE_CH_RUN_H
#define CARDHOUSE_CH_RUN_H

#include "cardhouse/ch_model.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ch_result ch_result;

#define CH_PATHS_MAX UINT32_MAX /* paths of one run; counters of one month are 32 bits wide */
#define CH_THREADS_MAX 256      /* of one run */
#define CH_RESIDUAL_MAX 1e-9    /* relative change of all cash that ends a run as a bug of ours */

/* Called now and then from the thread that called ch_run, with the number of finished paths and of
 * all. A return value other than 0 stops the run: the result then covers the finished paths. */
typedef int (*ch_progress_fn)(void *context, uint64_t done, uint64_t total);

typedef struct ch_run_options {
    uint32_t struct_size;    /* set by ch_run_options_default() */
    uint32_t months;         /* 0: the model's horizon; at most that */
    uint64_t paths;          /* number of random futures, 1 to CH_PATHS_MAX */
    uint64_t path_first;     /* number of the first path, a multiple of 64 up to 2^47 */
    uint64_t seed;           /* of all random draws */
    uint32_t threads;        /* 0: one for each processor; at most CH_THREADS_MAX */
    uint32_t tile_paths;     /* 0: chosen from the model; else 64, 128 or 256. Never changes bits */
    uint32_t keep_ends;      /* 1: keep in which month each firm fails on each path, two bytes each,
                                for ch_result_differences(). Never changes bits */
    uint32_t compile;        /* 1: make machine code of the model first, see docs/compile.md. Takes
                                seconds and a C compiler; never changes bits */
    ch_progress_fn progress; /* may be NULL */
    void *progress_context;
} ch_run_options;

ch_run_options ch_run_options_default(void); /* 20,000 paths, seed 1 */

/* Runs the model. Errors: CH_E_ARGUMENT, CH_E_MEMORY, CH_E_INPUT (a state became infinite or not a
 * number: *diags says which firm, contract, month and path), CH_E_CANCELLED (*out is valid and
 * covers what was finished). *diags may be NULL on return; the caller frees it. With CH_OK it holds
 * warnings, such as that compiling was not possible and the run was made without. */
ch_status ch_run(
    const ch_model *model, const ch_run_options *options, ch_result **out, ch_diags **diags);

/* Writes the plan of a run: what happens in which month, in order. */
ch_status ch_plan_print(const ch_model *model, ch_write_fn write, void *context);

/* Replays one path alone with the oracle and writes its ledger month by month and the chain of
 * causes of every failure. Errors: CH_E_ARGUMENT, CH_E_MEMORY, CH_E_IO, CH_E_INPUT (a state became
 * infinite or not a number: *diags says which firm, contract, month and path; the months before are
 * written, that month and chains of causes are not). *diags may be NULL on return; the caller frees
 * it. */
ch_status ch_trace(const ch_model *model, const ch_run_options *options, uint64_t path,
    ch_write_fn write, void *context, ch_diags **diags);

#ifdef __cplusplus
}
#endif
#endif

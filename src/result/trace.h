/* The ledger of one path in words. */
#ifndef CHI_RESULT_TRACE_H
#define CHI_RESULT_TRACE_H

#include "base/diag.h"
#include "engine/oracle.h"

/* Which path, and where memory comes from and mistakes go to. */
typedef struct chi_replay {
    uint64_t seed, path;
    chi_arena *arena;
    ch_diags *diags;
} chi_replay;

/* Replays the path with the oracle and writes its ledger, month by month, the state of simulated
 * firms after each month, and the chain of causes of every failure. CH_E_INPUT, with a diagnostic,
 * in the month in which something becomes infinite or not a number: of that month and of causes
 * nothing is written. */
ch_status chi_trace_write(
    const chi_plan *plan, const chi_replay *replay, ch_write_fn write, void *context);

#endif

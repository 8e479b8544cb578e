/* The ledger of one path in words. */
#ifndef CHI_RESULT_TRACE_H
#define CHI_RESULT_TRACE_H

#include "engine/oracle.h"

/* Replays the path with the oracle and writes its ledger, month by month, the state of simulated
 * firms after each month, and the chain of causes of every failure. */
ch_status chi_trace_write(const chi_plan *plan, uint64_t seed, uint64_t path, chi_arena *arena,
    ch_write_fn write, void *context);

/* What a column of the state is: "cash of coreweave", "principal of ddtl-2". */
const char *chi_trace_column(const chi_plan *plan, chi_arena *arena, size_t column);

/* What an amount of the model is: "the bill of 'anchor-capacity'". */
const char *chi_trace_amount(const chi_plan *plan, chi_arena *arena, const chi_amount *amount);

#endif

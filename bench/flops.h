/* Floating-point operations of one path in one month, counted from the plan.
 *
 * The rule: an addition, subtraction, multiplication, division, square root, comparison, minimum or
 * maximum of doubles is one operation, a fused multiply-add two; exp, log and normals count as the
 * operations their lanes consist of. What moves or chooses data (copies, fills, selects, the bits
 * of a double) and integer work (Philox, counters) counts nothing, nor do the checks that every
 * state is finite. Counted is the common month, without arrears, shortages and failures; what is
 * the same on all paths of a tile is not counted. The count is of what the formulas ask for, not of
 * what one version of the loops happens to execute. */
#ifndef CARDHOUSE_BENCH_FLOPS_H
#define CARDHOUSE_BENCH_FLOPS_H

#include "engine/plan.h"

/* Mean over the months of the plan, by step. */
typedef struct chi_flops {
    double random, drivers, due, fund, settle, close;
} chi_flops;

chi_flops chi_flops_count(const chi_plan *plan);
double chi_flops_total(const chi_flops *flops);

#endif

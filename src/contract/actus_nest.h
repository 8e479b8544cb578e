/* What the contracts made of contracts share. */
#ifndef CHI_CONTRACT_ACTUS_NEST_H
#define CHI_CONTRACT_ACTUS_NEST_H

#include "contract/actus_joint.h"

/* A part that has been run to its end. */
typedef struct chi_actus_part_run {
    const chi_actus_terms *terms;
    chi_actus_rows rows;
    chi_actus_state start; /* before its first row */
    chi_moment maturity;
} chi_actus_part_run;

/* Compiles the next part of a joint. False after diagnostics; one made of contracts is refused. */
bool chi_actus_compile_part(
    chi_actus_book *book, const chi_actus_terms *terms, chi_moment to, chi_actus_joint *joint);
bool chi_actus_run_part(chi_arena *arena, ch_diags *diags, const chi_actus_terms *terms,
    const chi_actus_case *world, chi_moment to, chi_actus_part_run *part);

chi_actus_row chi_actus_row_of(
    const chi_actus_terms *t, chi_moment time, chi_actus_kind kind, double payoff);
/* By time, order of events, leg. */
void chi_actus_rows_sort(chi_arena *arena, chi_actus_rows *rows);
/* Drops what lies outside the status date, the purchase, the termination and the end. */
void chi_actus_rows_cut(const chi_actus_terms *t, chi_moment to, chi_actus_rows *rows);

/* CEG and CEC. */
bool chi_actus_run_cover(chi_arena *arena, ch_diags *diags, const chi_actus_terms *t,
    chi_actus_case *world, chi_actus_rows *rows);

#endif

/* Watches a replayed path for what becomes infinite or not a number, and names it. */
#ifndef CHI_RESULT_WATCH_H
#define CHI_RESULT_WATCH_H

#include "base/diag.h"
#include "engine/oracle.h"

typedef struct chi_watch {
    chi_oracle *oracle;
    chi_arena *arena;
    bool *before; /* columns: was it infinite or not a number when the month began? */
} chi_watch;

/* The oracle has started on its path. */
void chi_watch_init(chi_watch *watch, chi_oracle *oracle, chi_arena *arena);

/* Goes through the oracle's month. False if something became infinite or not a number in it:
 * *diags then says what, whose, on which path and in which month. */
bool chi_watch_month(chi_watch *watch, ch_diags *diags);

#endif

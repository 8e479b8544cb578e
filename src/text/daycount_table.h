/* Tables of day counts, schedules, business-day shifts and overnight rates in CSV, as `cardhouse
 * daycount` reads them. */
#ifndef CHI_TEXT_DAYCOUNT_TABLE_H
#define CHI_TEXT_DAYCOUNT_TABLE_H

#include "base/arena.h"
#include "base/diag.h"

#include <stdbool.h>

/* Columns id, kind (daycount, schedule, businessday, compound, average), convention, start, end and
 * options, in any order; others are ignored. Options are separated by semicolons: termination=DATE,
 * freq=N, periods=FROM/TO/N;FROM/TO/N..., midnight, eom=SD|EOM, calendar=NAME, rates=..., days=....
 * Writes id and value of every good row; bad ones are reported (CH_E_INPUT). */
ch_status chi_daycount_table_write(chi_arena *arena, ch_diags *diags, const char *name,
    const char *text, size_t size, bool as_json, ch_write_fn write, void *context);

#endif

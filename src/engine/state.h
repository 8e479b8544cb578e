/* State of a run: columns of doubles, laid out once for any number of paths side by side. */
#ifndef CHI_ENGINE_STATE_H
#define CHI_ENGINE_STATE_H

#include "engine/state_fields.h"
#include "model/model.h"

#include <stddef.h>

enum { CHI_TILE_PATHS_MAX = 256, CHI_SCRATCH_COLUMNS = CHI_EXPR_DEPTH_MAX + 4 };

/* How a field begins on a path. */
enum { CHI_SET, CHI_ZERO };

/* How many columns each field has. */
typedef struct chi_counts {
    size_t firms, sims, drivers, normals, uniforms, jumps, hazards;
    size_t loans, customers, lines, covenants, pairs;
    size_t holdings, assets;
    size_t marks;                    /* firms, or 0 where nothing is marked */
    size_t supplied;                 /* firms, or 0 where no firm needs another */
    size_t legs, deals, seen, taken; /* contracts by the ACTUS standard */
} chi_counts;

/* Pointers to the first column of each field; column i of a field starts i * stride later. */
typedef struct chi_state {
    size_t paths, stride; /* paths side by side; doubles from column to column */
    double *block;        /* all columns, in the order of the list */
    size_t columns;
#define CHI_STATE_POINTER(name, count, begins, doc) double *name;
    CHI_STATE_LIST(CHI_STATE_POINTER)
#undef CHI_STATE_POINTER
} chi_state;

/* Doubles of memory for `paths` side by side. Tiles pad each column by a cache line, so that
 * columns do not fall on the same cache sets; one vector of paths (8) or one path is not padded. */
size_t chi_state_doubles(const chi_counts *counts, size_t paths);
void chi_state_place(chi_state *state, const chi_counts *counts, size_t paths, double *memory);
size_t chi_state_columns(const chi_counts *counts);

/* Name of the field that owns column `column`, and its row in it. For messages. */
const char *chi_state_column_name(const chi_counts *counts, size_t column, size_t *row);

/* What its rows are, as the list says it: "n->loans". */
const char *chi_state_column_rows(const chi_counts *counts, size_t column);

/* Column i of a field, and one path's number in it. */
#define CHI_COL(state, field, i) ((state)->field + (size_t)(i) * (state)->stride)
#define CHI_AT(state, field, i, lane) ((state)->field[(size_t)(i) * (state)->stride + (lane)])

#endif

/* Text in columns, for people: widths follow the contents, and no line is wider than 100. */
#ifndef CHI_MODEL_GRID_H
#define CHI_MODEL_GRID_H

#include "base/arena.h"
#include "base/write.h"

typedef struct chi_grid {
    chi_arena *arena;
    const char *align; /* one letter a column: l or r, L for a text that may be cut first */
    CHI_VEC(const char *) cells;
} chi_grid;

chi_grid chi_grid_make(chi_arena *arena, const char *align);
/* Adds one row: as many texts as there are columns. They must outlive the grid. */
void chi_grid_row(chi_grid *grid, const char *const *cells);
/* The same from arguments. */
#define CHI_GRID_ROW(grid, ...) chi_grid_row((grid), (const char *const[]){__VA_ARGS__})
/* Writes the rows; texts on the left are cut where a line would be too wide. */
void chi_grid_write(const chi_grid *grid, chi_writer *writer);

/* "11,171.485" with at most `decimals` digits after the point and no zeros at the end. */
const char *chi_number_text(chi_arena *arena, double value, int decimals);
const char *chi_percent_text(chi_arena *arena, double fraction); /* "9.25%" */

#endif

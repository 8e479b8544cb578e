/* Sparse matrices of networks: compressed rows, one row per receiving firm.
 *
 * Row j lists what j holds against others: the columns are emitting nodes (usually firms), the
 * weights amounts of money or shares. Entries of one pair are added up, columns rise within a row,
 * so that every sum is taken in one order whatever the order of the input was. */
#ifndef CHI_CLEAR_NET_MATRIX_H
#define CHI_CLEAR_NET_MATRIX_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct chi_net_matrix {
    size_t rows, columns, entries;
    size_t *start;    /* rows + 1 */
    uint32_t *column; /* entries */
    double *weight;   /* entries */
} chi_net_matrix;

/* An edge list, column by column: what `from` owes `to`, or sells to it, or is held by it. */
typedef struct chi_net_edges {
    size_t count;
    uint32_t *from, *to;
    double *amount;
} chi_net_edges;

/* Builds the matrix with `row` and `column` of each entry; zero weights are dropped. */
chi_net_matrix chi_net_matrix_build(chi_arena *arena, size_t rows, size_t columns, size_t count,
    const uint32_t *row, const uint32_t *column, const double *weight);

chi_net_matrix chi_net_matrix_transpose(chi_arena *arena, const chi_net_matrix *matrix);

/* out[j] = base[j] + sum of weight * x over row j; base may be NULL. */
void chi_net_multiply(
    const chi_net_matrix *matrix, const double *base, const double *x, double *out);

/* Sum of a row's weights, and of one row times x. */
double chi_net_row_sum(const chi_net_matrix *matrix, size_t row);
double chi_net_row_times(const chi_net_matrix *matrix, size_t row, const double *x);

/* Strongly connected components of a square matrix by Tarjan's algorithm (1972), without
 * recursion: component[i] numbers them so that a component comes after all it has entries from.
 * Returns their number. */
size_t chi_net_components(chi_arena *arena, const chi_net_matrix *matrix, uint32_t *component);

#endif

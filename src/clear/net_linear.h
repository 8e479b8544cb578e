/* Linear systems of the active set: y = T y + right side on the firms whose payments still move.
 *
 * T is never formed. Row j of T is row j of the network matrix, each entry times what its node
 * emits per unit of its firm's unknown, over the scale of j. With the scales of section "units" of
 * net_clear.c every unknown is a fraction of a firm's debt, so small firms count as much as big
 * ones. I - T is an M-matrix in every use (Eisenberg and Noe 2001; Rogers and Veraart 2013). */
#ifndef CHI_CLEAR_NET_LINEAR_H
#define CHI_CLEAR_NET_LINEAR_H

#include "clear/net_matrix.h"

typedef struct chi_net_linear {
    const chi_net_matrix *matrix;
    const uint32_t *first_node; /* rows + 1, or NULL: node i belongs to firm i */
    size_t active_count;
    const uint32_t *active; /* rising firm numbers */
    const double *emit;     /* per node: output per unit of the firm's unknown; 0 if it is fixed */
    const double *scale;    /* per firm: > 0 on the active set */
    double *z;              /* per node: work space, zero outside the nodes of active firms */
    double *work;           /* chi_net_linear_work_size(active_count) doubles */
} chi_net_linear;

size_t chi_net_linear_work_size(size_t active_count);

typedef struct chi_net_linear_report {
    size_t passes;   /* over the active rows of the matrix */
    double residual; /* largest entry, in units of the unknown */
    bool converged;
} chi_net_linear_report;

/* Solves for y (active_count) to |residual| <= tolerance, starting from zero. Dense elimination up
 * to 48 firms; else BiCGSTAB (van der Vorst 1992) on the system preconditioned by one forward
 * Gauss-Seidel sweep, which costs no more than the plain product: a sweep is one pass over the
 * rows. Falls back to plain Gauss-Seidel sweeps, which always converge here. */
chi_net_linear_report chi_net_linear_solve(
    const chi_net_linear *system, const double *right, double *y, double tolerance);

/* out = y - T y, for certificates. */
void chi_net_linear_apply(const chi_net_linear *system, const double *y, double *out);

#endif

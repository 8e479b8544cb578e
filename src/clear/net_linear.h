/* Linear systems of the active set: y = T y + right side on the firms whose payments still move.
 *
 * Row j of T is row j of the network matrix, each entry times what its node emits per unit of its
 * firm's unknown, over the scale of j. With the scales of net_clear.c every unknown is a fraction
 * of a firm's debt, so small firms count as much as big ones. I - T is an M-matrix in every use
 * (Eisenberg and Noe 2001; Rogers and Veraart 2013). T is copied out before it is used: where 39 %
 * of the firms fail it has a sixth of the network's entries. */
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
} chi_net_linear;

/* T and work space; kept between solves. */
typedef struct chi_net_compact {
    chi_arena *arena; /* grows here; NULL: room for everything was made at the start */
    size_t rows, entries, rows_room, entries_room, work_room;
    size_t *start;
    uint32_t *column;
    double *weight, *work;
    uint32_t *place; /* per node: row of its firm + 1 while it is active, else 0 */
} chi_net_compact;

/* `whole`: makes all the room at once, for threads, which must not allocate. */
chi_net_compact chi_net_compact_new(chi_arena *arena, const chi_net_matrix *matrix, bool whole);

typedef struct chi_net_linear_report {
    size_t passes;   /* over T, and one for copying it */
    double residual; /* largest entry, in units of the unknown */
    bool converged;
} chi_net_linear_report;

/* Solves for y (active_count) to |residual| <= tolerance. Dense elimination up to 48 firms; else
 * Gauss-Seidel sweeps while they converge fast, and if not BiCGSTAB (van der Vorst 1992) on the
 * system preconditioned by one such sweep, which costs no more than the plain product. */
chi_net_linear_report chi_net_linear_solve(const chi_net_linear *system, chi_net_compact *compact,
    const double *right, double *y, double tolerance);

/* The same with the T of the last solve, for another right side. */
chi_net_linear_report chi_net_linear_again(
    chi_net_compact *compact, const double *right, double *y, double tolerance);

/* Solves for the whole unknown instead of a step: y = T y + (base + sum of weight * constant) /
 * scale, `constant` being per node what it emits at an unknown of 0. The right side is then not
 * negative and y is close to a multiple of what sweeps leave over, so that one scalar correction a
 * sweep takes the slowest part of the error away (aggregation into one state; Chatelin and Miranker
 * 1982). y holds a guess. Falls back to BiCGSTAB. */
chi_net_linear_report chi_net_linear_whole(const chi_net_linear *system, chi_net_compact *compact,
    const double *base, const double *constant, double *right, double *y, double tolerance);
/* Goes on with the T and the right side of that. */
chi_net_linear_report chi_net_linear_whole_again(
    chi_net_compact *compact, const double *right, double *y, double tolerance);

/* out = y - T y with the T of the last solve, for certificates. */
void chi_net_linear_apply(const chi_net_compact *compact, const double *y, double *out);

#endif

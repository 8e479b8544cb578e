/* Loops of debt: strongly connected components, and circles in which everybody owes the next. */
#ifndef CHI_CLEAR_NET_LOOPS_H
#define CHI_CLEAR_NET_LOOPS_H

#include "clear/net_matrix.h"

enum { CHI_NET_LOOP_FIRMS_MAX = 12 };

typedef struct chi_net_loop {
    double amount; /* the smallest debt on it: what could be cancelled all around */
    uint32_t length;
    uint32_t firm[CHI_NET_LOOP_FIRMS_MAX]; /* each owes the next, the last the first */
} chi_net_loop;

typedef struct chi_net_loops {
    chi_net_loop *at; /* by falling amount */
    size_t count;
    double threshold;    /* all edges at or above it were searched */
    bool complete;       /* all loops of at most CHI_NET_LOOP_FIRMS_MAX firms down to `threshold` */
    uint32_t *component; /* per firm, over edges of at least the smallest amount asked for */
    size_t components, largest; /* with more than one firm; firms of the largest */
    uint32_t largest_component;
} chi_net_loops;

/* The largest loops of a matrix (row: debtor, column: creditor), at most `wanted` of them, on edges
 * of at least `least`. */
chi_net_loops chi_net_find_loops(
    chi_arena *arena, const chi_net_matrix *debts, double least, size_t wanted);

/* Firms in the largest strongly connected component without one edge. */
size_t chi_net_largest_without(
    chi_arena *arena, const chi_net_matrix *debts, uint32_t from, uint32_t to);

#endif

/* Loops over firms at the end of a clearing, once per instruction set: what the payments found say
 * about each firm, and how far each of them can be off; see net_certify.c.
 *
 * Vectors are per firm, but for paid, received, weight and slack, which are by position of
 * net_slices.h: firm i is at at[i]. There are at least 8 firms. */
#ifndef CHI_CLEAR_NET_BOUNDS_H
#define CHI_CLEAR_NET_BOUNDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Who pays less than all fails; whose payments are neither all nor nothing moves with its value,
 * which is then what it pays. Returns whether nobody pays in full who cannot, or in part who can,
 * by more than a share `tie` of its debt. */
typedef struct chi_net_answers {
    const double *outside, *debt, *paid, *received;
    const uint32_t *at;
    double *receipt, *output, *value;
    uint8_t *failed;
} chi_net_answers;
typedef bool chi_net_answer_fn(const chi_net_answers *answers, size_t firms, double tie);

/* The certificate of the firms that move. */
typedef struct chi_net_bounds {
    const double *outside, *debt, *receipt, *output, *value;
    const double *face;   /* receipts if all pay in full; may be NULL */
    const size_t *start;  /* of the matrix's rows: how many terms a receipt has */
    const uint32_t *at;   /* positions of: */
    const double *weight; /* w */
    const double *slack;  /* w - T w */
    double weight_least, slack_least, residual, factor; /* found by chi_net_weigh */
    double error, share; /* the largest error of a value, money; of a fraction paid; found by: */
    double *bound;       /* chi_net_bound: per firm; rough, with a minus, where it does not move */
    double nearest;      /* least distance from the threshold, as a share of debt */
    bool close;          /* a firm is within its bound, which may be rough, of its threshold */
} chi_net_bounds;
typedef void chi_net_weigh_fn(chi_net_bounds *bounds, size_t firms);
typedef void chi_net_bound_fn(chi_net_bounds *bounds, size_t firms);

/* True if every firm that owes something has cash of its own for the network. */
typedef bool chi_net_cash_fn(
    size_t firms, const double *outside, const double *bottom, const double *debt, double alpha);

typedef struct chi_net_firm_kernels {
    chi_net_answer_fn *answer;
    chi_net_weigh_fn *weigh;
    chi_net_bound_fn *bound;
    chi_net_cash_fn *cash;
} chi_net_firm_kernels;

/* Kernels for isa of num/isa.h. */
chi_net_firm_kernels chi_net_firm_kernels_for(int isa);

#endif

/* Money flowing among firms that pay as much as they can: y = min(1, (base + A y) / debt), y being
 * the fraction of its debt each firm pays, solved by sweeps.
 *
 * Sweeps alone are slow where little money leaves the network: what is in the way then is nearly a
 * multiple of y itself, for it goes round in circles. So every sweep is followed by a balance: the
 * firms that pay in part must hand out to others as much as they get from others, which sets one
 * factor for all their payments (a coarse correction of one unknown; Chatelin and Miranker 1982).
 */
#ifndef CHI_CLEAR_NET_FLOW_H
#define CHI_CLEAR_NET_FLOW_H

#include "clear/net_slices.h"

typedef struct chi_net_flow {
    const chi_net_slices *slices; /* weights in money: what the column owes the row */
    double *base;                 /* per position: money from outside these firms */
    double *debt, *inverse;       /* per position: debt, and 1 / debt; inverse 0: y is fixed at 0 */
    const double *floor;          /* per position: y is no less; NULL: all 0 */
    double *y;                    /* per position: fraction paid, the answer */
    double *fraction;             /* per position: the same, not limited to 1 */
    double *leak;                 /* per position: part of the debt owed to firms not inside */
    uint8_t *inside;              /* per chunk, a bit per lane: pays in part */
    uint32_t *changed;            /* work space: per chunk */
    bool balanced;                /* leak and inside are kept */
    size_t sweeps;                /* so far */
    double change, rate;          /* of y in the last sweep, the largest; against the one before */
} chi_net_flow;

/* Room for vectors: every position has to be set by one of the two functions that follow. */
chi_net_flow chi_net_flow_new(chi_arena *arena, const chi_net_slices *slices);

/* A firm. One without debt pays in full whatever it gets. */
void chi_net_flow_set(chi_net_flow *flow, size_t position, double base, double debt, double y);
/* A firm that pays nothing whatever it gets, or padding. */
void chi_net_flow_still(chi_net_flow *flow, size_t position, double debt);

/* Forgets how fast changes shrink: for when something else has changed. */
void chi_net_flow_restart(chi_net_flow *flow);

/* A sweep, and a balance where that helps. Returns an estimate of how far y still is from the
 * answer. */
double chi_net_flow_step(chi_net_flow *flow);

/* Sweeps until nothing changes by more than `until`, or rounding allows no better; at most `most`
 * sweeps. True if it got there. */
bool chi_net_flow_solve(chi_net_flow *flow, double until, size_t most);

/* Firms within `tie` of paying in full do so. */
void chi_net_flow_snap(chi_net_flow *flow, double tie);

/* w with w - T w close to 1 on the firms that pay in part, T being A over debt: into w[], zero
 * elsewhere; w - T w as computed into slack[]. Overwrites y, base and fraction. */
void chi_net_flow_weights(chi_net_flow *flow, double *w, double *slack);

#endif

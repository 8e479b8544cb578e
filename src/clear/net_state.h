/* The kernel behind clearing: which linear piece every firm sits on, and Newton steps between
 * pieces. Shared by the greatest and the least solution; nobody else includes it. */
#ifndef CHI_CLEAR_NET_STATE_H
#define CHI_CLEAR_NET_STATE_H

#include "clear/net_bounds.h"
#include "clear/net_clear.h"
#include "clear/net_flow.h"
#include "clear/net_linear.h"

/* How a firm's rule is bent for the inner problems of the least solution. */
typedef enum chi_net_mode {
    CHI_NET_NORMAL,     /* pays in full if it can, else bears the costs */
    CHI_NET_COSTS_ONLY, /* bears the costs whatever its assets, up to its full debt */
    CHI_NET_FULL,       /* pays in full */
    CHI_NET_NOTHING     /* pays nothing */
} chi_net_mode;

/* A firm within this share of its debt of the threshold is taken to be at it, thus solvent:
 * rounding may have put it just below. */
#define CHI_NET_TIE 1e-13

typedef struct chi_net_state {
    const chi_net_problem *problem;
    const uint8_t *mode; /* per firm, or NULL: all normal */
    chi_net_clearing clearing;
    double *receipt; /* per firm, of the quick descent */
    /* For the linear solver, if solver_ready. */
    uint8_t *piece; /* per node: 0 nothing, 1 partly, 2 full */
    double *emit;   /* per node, see net_linear.h */
    double *scale;  /* per firm */
    uint32_t *active;
    size_t active_count;
    double *z, *right, *step;
    chi_net_compact compact;
    chi_net_flow flow;       /* of the quick descent, if its slices are not NULL: solved */
    const uint32_t *flow_at; /* per firm: its position there, behind all if it has none */
    chi_net_firm_kernels kernels;
    chi_arena *arena;
    bool solver_ready;
    bool floors;             /* a failed firm may stop and start to pay: others come first */
    bool compact_is_current; /* its matrix is that of the active set */
    bool descending;         /* on the way down without jumps */
    bool solvent_set;        /* nodes of firms that have not failed are as they should be */
} chi_net_state;

chi_net_state chi_net_state_new(
    chi_arena *arena, const chi_net_problem *problem, const uint8_t *mode);

/* Room for the linear solver: the quick descent does without. */
void chi_net_state_ready_solver(chi_net_state *state);

/* The linear system of the active firms. */
chi_net_linear chi_net_state_system(const chi_net_state *state);

/* Everything pays in full; values follow. The start of the search from above. */
void chi_net_state_top(chi_net_state *state);

/* Outputs, slopes and pieces from values and default flags; true if a piece changed. */
bool chi_net_state_evaluate(chi_net_state *state);

/* Values of the firms whose outputs do not depend on them (or of all, if `all`). */
void chi_net_state_refresh(chi_net_state *state, bool all);

/* Mismatch of value and receipts of the active firms, as a share of their scale, into right[];
 * returns the largest. */
double chi_net_state_mismatch(chi_net_state *state);

/* Newton steps on the present default flags until values agree with receipts to `tolerance` (as a
 * share of each firm's scale) on unchanging pieces. False if that does not happen. */
bool chi_net_state_settle(chi_net_state *state, double tolerance);

/* Marks firms that now fail, in `round`; returns how many were new (or recovered: holdings). */
size_t chi_net_state_classify(chi_net_state *state, uint32_t round, double tie);

/* The whole descent from the top. */
void chi_net_state_descend(chi_net_state *state);

/* The descent of plain networks without costs or senior outsiders whose solution is unique (modes:
 * only COSTS_ONLY, which is then the plain rule, and NOTHING; then without rounds). What each firm
 * receives is left in receipt[]. False if it has to be done the other way: with rounds, where
 * sweeps are too slow. */
bool chi_net_state_is_quick(chi_net_state *state);
bool chi_net_state_quick(chi_net_state *state);
bool chi_net_state_rounds(chi_net_state *state);

/* Fills the certificate of the clearing. */
void chi_net_state_certify(chi_net_state *state);

#endif

/* The certificate of a clearing vector: how far any payment can be from the exact one.
 *
 * Let r be the mismatch of v = outside + receipts on the active firms, with what rounding of the
 * check itself may hide added on, and w > 0 with w - T w >= y > 0 entrywise. Then (I - T)^-1 is not
 * negative, so |v - exact v| <= w * max(r / y) as long as no firm changes its piece (guide to
 * M-matrices: Berman and Plemmons 1994, chapter 6). w need not be exact, only y must be computed.
 */
#include "clear/net_state.h"

#include "base/check.h"

#include <float.h>
#include <math.h>

/* Mismatch of one firm plus a bound on the rounding errors made in computing it. */
static double mismatch_bound(const chi_net_state *state, size_t firm)
{
    const chi_net_problem *problem = state->problem;
    const chi_net_matrix *matrix = problem->matrix;
    double receipts = state->flow.slices ? state->receipt[firm]
                                         : chi_net_row_times(matrix, firm, state->clearing.output);
    double value = state->clearing.value[firm];
    double gap = fabs(problem->outside[firm] + receipts - value);
    double terms = (double)(matrix->start[firm + 1] - matrix->start[firm]) + 8.0;
    return gap + terms * DBL_EPSILON * (problem->outside[firm] + receipts + fabs(value));
}

/* Weights for find_weights() from the sweeps of the quick descent. */
static void flow_weights(chi_net_state *state, double *w, double *y)
{
    chi_net_flow *flow = &state->flow;
    size_t size = (flow->slices->positions + CHI_NET_LANES) * sizeof(double);
    double *all = chi_arena_room(state->arena, size), *slack = chi_arena_room(state->arena, size);
    chi_net_flow_weights(flow, all, slack);
    for (size_t a = 0; a < state->active_count; a++) {
        uint32_t firm = state->active[a];
        size_t at = flow->slices->at[state->flow_place ? state->flow_place[firm] - 1 : firm];
        w[a] = all[at];
        y[a] = slack[at];
    }
}

/* Weights for find_weights() from the linear solver. */
static void solver_weights(chi_net_state *state, double *w, double *y)
{
    chi_net_linear system = chi_net_state_system(state);
    for (size_t a = 0; a < state->active_count; a++)
        state->right[a] = 1.0;
    chi_net_linear_report report =
        state->compact_is_current
            ? chi_net_linear_again(&state->compact, state->right, w, 0.5)
            : chi_net_linear_solve(&system, &state->compact, state->right, w, 0.5);
    state->clearing.passes += report.passes + 1;
    if (state->active_count)
        chi_net_linear_apply(&state->compact, w, y);
}

/* w with w - T w = y close to 1; w only has to be positive and roughly right. */
static bool find_weights(chi_net_state *state, double *w, double *y)
{
    if (state->flow.slices)
        flow_weights(state, w, y);
    else
        solver_weights(state, w, y);
    for (size_t a = 0; a < state->active_count; a++) {
        if (!(w[a] > 0.0) || !(y[a] > 0.01))
            return false;
    }
    return true;
}

/* How far the value of a firm that is not active can be off: rounding, and what its debtors may be
 * off; state->z holds the latter per node. */
static double passive_bound(const chi_net_state *state, size_t firm)
{
    return mismatch_bound(state, firm) + chi_net_row_times(state->problem->matrix, firm, state->z);
}

/* At least as large as passive_bound(), from the sum of a firm's claims alone; INFINITY if that is
 * not known. `share` is the largest error of any debtor's fraction paid. */
static double rough_bound(const chi_net_state *state, size_t firm, double share)
{
    const chi_net_problem *p = state->problem;
    if (!p->face)
        return (double)INFINITY;
    double terms = (double)(p->matrix->start[firm + 1] - p->matrix->start[firm]) + 16.0;
    double size = p->outside[firm] + p->face[firm] + fabs(state->clearing.value[firm]);
    return share * p->face[firm] + 2.0 * terms * DBL_EPSILON * size;
}

/* Errors of the active firms' outputs, per node, into state->z; the largest. */
static double spread_bounds(chi_net_state *state, const double *bound)
{
    const chi_net_problem *problem = state->problem;
    double largest = 0.0;
    for (size_t k = 0; k < problem->nodes; k++)
        state->z[k] = 0.0;
    for (size_t a = 0; a < state->active_count; a++) {
        uint32_t firm = state->active[a];
        size_t first = problem->first_node ? problem->first_node[firm] : firm;
        size_t end = problem->first_node ? problem->first_node[firm + 1] : firm + 1;
        for (size_t k = first; k < end; k++) {
            state->z[k] = state->emit[k] / state->scale[firm] * bound[firm];
            largest = state->z[k] > largest ? state->z[k] : largest;
        }
    }
    return largest;
}

/* The firm nearest to its threshold, and how many are nearer than their own error. bound[] holds
 * the active firms' errors; the others' rough ones are put in with a minus. */
static void find_nearest(chi_net_state *state, double *bound, double share)
{
    const chi_net_problem *problem = state->problem;
    chi_net_clearing *c = &state->clearing;
    double nearest = (double)INFINITY;
    c->nearest_margin = (double)NAN;
    for (size_t i = 0, a = 0; i < problem->firms; i++) {
        bool active = a < state->active_count && state->active[a] == i;
        a += active;
        double rough = rough_bound(state, i, share);
        bound[i] = active ? bound[i] : -rough;
    }
    for (size_t i = 0; i < problem->firms; i++) {
        if (!(problem->debt[i] > 0.0))
            continue;
        double margin = fabs(c->value[i] - problem->debt[i]);
        if (margin <= fabs(bound[i]))
            c->close_calls += bound[i] >= 0.0 || margin <= passive_bound(state, i);
        if (margin < nearest * problem->debt[i]) {
            nearest = margin / problem->debt[i];
            c->nearest_firm = (uint32_t)i;
            c->nearest_margin = c->value[i] - problem->debt[i];
        }
    }
}

void chi_net_state_certify(chi_net_state *state)
{
    const chi_net_problem *problem = state->problem;
    chi_net_clearing *c = &state->clearing;
    double *bound = chi_arena_room(state->arena, (problem->firms + 1) * sizeof *bound);
    double *y = chi_arena_room(state->arena, (state->active_count + 1) * sizeof *y);
    bool found = find_weights(state, state->step, y);
    double factor = 0.0, residual = 0.0, error = 0.0;
    for (size_t a = 0; a < state->active_count; a++) {
        uint32_t firm = state->active[a];
        double r = mismatch_bound(state, firm);
        residual = r > residual ? r : residual;
        double ratio = r / (state->scale[firm] * (found ? y[a] : 1.0));
        factor = ratio > factor ? ratio : factor;
    }
    for (size_t a = 0; a < state->active_count; a++) {
        uint32_t firm = state->active[a];
        bound[firm] = state->step[a] * factor * state->scale[firm];
        error = bound[firm] > error ? bound[firm] : error;
    }
    c->residual = residual;
    c->error = error;
    double share = spread_bounds(state, bound);
    c->certified = found && c->converged;
    find_nearest(state, bound, share);
    c->passes += 2;
}

chi_net_clearing chi_net_clear_greatest(chi_arena *arena, const chi_net_problem *problem)
{
    CHI_ASSERT(problem->alpha >= 0.0 && problem->alpha <= 1.0);
    CHI_ASSERT(problem->beta >= 0.0 && problem->beta <= 1.0);
    chi_net_state state = chi_net_state_new(arena, problem, NULL);
    chi_net_state_descend(&state);
    chi_net_state_certify(&state);
    return state.clearing;
}

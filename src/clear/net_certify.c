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

#define SLACK_LEAST 0.01 /* weights with less are not good enough */

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

/* w with w - T w = y close to 1, from the linear solver; w only has to be positive and roughly
 * right. */
static bool find_weights(chi_net_state *state, double *w, double *y)
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
    for (size_t a = 0; a < state->active_count; a++) {
        if (!(w[a] > 0.0) || !(y[a] > SLACK_LEAST))
            return false;
    }
    return true;
}

/* How far the value of a firm that is not active can be off: rounding, and what its debtors may be
 * off, per node. */
static double passive_bound(const chi_net_state *state, size_t firm, const double *off)
{
    return mismatch_bound(state, firm) + chi_net_row_times(state->problem->matrix, firm, off);
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
            c->close_calls += bound[i] >= 0.0 || margin <= passive_bound(state, i, state->z);
        if (margin < nearest * problem->debt[i]) {
            nearest = margin / problem->debt[i];
            c->nearest_firm = (uint32_t)i;
            c->nearest_margin = c->value[i] - problem->debt[i];
        }
    }
}

static void certify_slowly(chi_net_state *state)
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

/* --- after the quick descent ------------------------------------------------------------------ */

/* Firms nearer to their threshold than their own bound; none is far the commonest answer, and then
 * this is not done. */
static void count_close(chi_net_state *state, const chi_net_bounds *b)
{
    const chi_net_problem *p = state->problem;
    chi_net_clearing *c = &state->clearing;
    double *off = chi_arena_room(state->arena, (p->firms + 1) * sizeof *off);
    for (size_t i = 0; i < p->firms; i++)
        off[i] = b->bound[i] > 0.0 ? b->weight[b->at[i]] * b->factor : 0.0;
    for (size_t i = 0; i < p->firms; i++) {
        double margin = fabs(c->value[i] - p->debt[i]);
        if (!(p->debt[i] > 0.0) || margin > fabs(b->bound[i]))
            continue;
        c->close_calls += b->bound[i] >= 0.0 || margin <= passive_bound(state, i, off);
    }
}

static void name_nearest(chi_net_state *state, double nearest)
{
    const chi_net_problem *p = state->problem;
    chi_net_clearing *c = &state->clearing;
    c->nearest_margin = (double)NAN;
    for (size_t i = 0; i < p->firms && nearest < (double)INFINITY; i++) {
        double margin = c->value[i] - p->debt[i];
        if (!(p->debt[i] > 0.0) || fabs(margin) / p->debt[i] > nearest)
            continue;
        c->nearest_firm = (uint32_t)i;
        c->nearest_margin = margin;
        return;
    }
}

static void certify_quickly(chi_net_state *state)
{
    const chi_net_problem *p = state->problem;
    chi_net_clearing *c = &state->clearing;
    size_t count = state->flow.slices->positions, size = (count + CHI_NET_LANES) * sizeof(double);
    double *weight = chi_arena_room(state->arena, size),
           *slack = chi_arena_room(state->arena, size);
    chi_net_flow_weights(&state->flow, weight, slack);
    weight[count] = 0.0; /* where firms are that are not part of it */
    slack[count] = 1.0;
    chi_net_bounds b = {.outside = p->outside,
        .debt = p->debt,
        .receipt = state->receipt,
        .output = c->output,
        .value = c->value,
        .face = p->face,
        .start = p->matrix->start,
        .at = state->flow_at,
        .weight = weight,
        .slack = slack,
        .bound = chi_arena_room(state->arena, (p->firms + 1) * sizeof(double))};
    state->kernels.weigh(&b, p->firms);
    c->certified = c->converged && b.weight_least > 0.0 && b.slack_least > SLACK_LEAST;
    for (size_t k = 0; k < count && !c->certified; k++)
        slack[k] = 1.0;
    if (!c->certified)
        state->kernels.weigh(&b, p->firms);
    state->kernels.bound(&b, p->firms);
    c->residual = b.residual;
    c->error = b.error;
    if (b.close)
        count_close(state, &b);
    name_nearest(state, b.nearest);
    c->passes += 2;
}

void chi_net_state_certify(chi_net_state *state)
{
    if (state->flow.slices)
        certify_quickly(state);
    else
        certify_slowly(state);
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

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
    double receipts = chi_net_row_times(matrix, firm, state->clearing.output);
    double value = state->clearing.value[firm];
    double gap = fabs(problem->outside[firm] + receipts - value);
    double terms = (double)(matrix->start[firm + 1] - matrix->start[firm]) + 8.0;
    return gap + terms * DBL_EPSILON * (problem->outside[firm] + receipts + fabs(value));
}

/* w with w - T w close to 1, by the solver; it only has to be positive and roughly right. */
static bool find_weights(chi_net_state *state, chi_net_linear *system, double *w, double *y)
{
    for (size_t a = 0; a < state->active_count; a++)
        state->right[a] = 1.0;
    chi_net_linear_report report = chi_net_linear_solve(system, state->right, w, 0.05);
    state->clearing.passes += report.passes + 1;
    chi_net_linear_apply(system, w, y);
    for (size_t a = 0; a < state->active_count; a++) {
        if (!(w[a] > 0.0) || !(y[a] > 0.01))
            return false;
    }
    return true;
}

/* The firm nearest to its threshold, and how many are nearer than their own error. */
static void find_nearest(chi_net_state *state, const double *bound)
{
    const chi_net_problem *problem = state->problem;
    chi_net_clearing *c = &state->clearing;
    double nearest = (double)INFINITY;
    c->nearest_margin = (double)NAN;
    for (size_t i = 0; i < problem->firms; i++) {
        if (!(problem->debt[i] > 0.0))
            continue;
        double margin = c->value[i] - problem->debt[i];
        if (fabs(margin) <= bound[i])
            c->close_calls++;
        if (fabs(margin) / problem->debt[i] < nearest) {
            nearest = fabs(margin) / problem->debt[i];
            c->nearest_firm = (uint32_t)i;
            c->nearest_margin = margin;
        }
    }
}

/* Errors of values spread to the firms that are not active: row sums of what others may be off. */
static void spread_bounds(chi_net_state *state, double *bound)
{
    const chi_net_problem *problem = state->problem;
    for (size_t k = 0; k < problem->nodes; k++)
        state->z[k] = 0.0;
    for (size_t a = 0; a < state->active_count; a++) {
        uint32_t firm = state->active[a];
        size_t first = problem->first_node ? problem->first_node[firm] : firm;
        size_t end = problem->first_node ? problem->first_node[firm + 1] : firm + 1;
        for (size_t k = first; k < end; k++)
            state->z[k] = state->emit[k] / state->scale[firm] * bound[firm];
    }
    size_t a = 0;
    for (size_t i = 0; i < problem->firms; i++) {
        if (a < state->active_count && state->active[a] == i) {
            a++;
            continue;
        }
        bound[i] = mismatch_bound(state, i) + chi_net_row_times(problem->matrix, i, state->z);
    }
}

void chi_net_state_certify(chi_net_state *state)
{
    const chi_net_problem *problem = state->problem;
    chi_net_clearing *c = &state->clearing;
    double *bound = chi_arena_alloc(state->arena, (problem->firms + 1) * sizeof *bound);
    double *y = chi_arena_alloc(state->arena, (state->active_count + 1) * sizeof *y);
    chi_net_linear system = {.matrix = problem->matrix,
        .first_node = problem->first_node,
        .active_count = state->active_count,
        .active = state->active,
        .emit = state->emit,
        .scale = state->scale,
        .z = state->z};
    system.work = chi_arena_alloc(
        state->arena, (chi_net_linear_work_size(state->active_count) + 1) * sizeof(double));
    bool found = find_weights(state, &system, state->step, y);
    double factor = 0.0;
    c->residual = 0.0;
    for (size_t a = 0; a < state->active_count; a++) {
        uint32_t firm = state->active[a];
        double r = mismatch_bound(state, firm);
        c->residual = r > c->residual ? r : c->residual;
        double ratio = r / state->scale[firm] / (found ? y[a] : 1.0);
        factor = ratio > factor ? ratio : factor;
    }
    c->error = 0.0;
    for (size_t a = 0; a < state->active_count; a++) {
        uint32_t firm = state->active[a];
        bound[firm] = state->step[a] * factor * state->scale[firm];
        c->error = bound[firm] > c->error ? bound[firm] : c->error;
    }
    spread_bounds(state, bound);
    c->certified = found && c->converged;
    find_nearest(state, bound);
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

/* The least clearing vector, exactly.
 *
 * With S the firms known to be able to pay, let G_S be the map in which S pays in full and every
 * other firm bears the costs, min(debt, alpha e + beta receipts). The true map lies above G_S, so
 * its least fixed point does too; firms that can pay at the least fixed point of G_S join S. When
 * nobody joins, that point solves the true map and is its least solution. G_S is concave, so on
 * the firms that cash can reach its fixed point is unique and the descent of net_state.c finds it;
 * the others pay nothing. This replaces the limit of an upward iteration, which with costs may
 * fail to be a solution (Rogers and Veraart 2013, example 3.3).
 *
 * Where outsiders come first, or there are tiers or holdings, G_S is not concave: then we walk up
 * from nothing and jump only to points on the same linear pieces, which such a walk must reach. */
#include "clear/net_state.h"

#include "base/check.h"
#include "num/isa.h"

#include <math.h>
#include <string.h>

enum { CLIMB_SWEEPS_MAX = 200000, CLIMB_JUMP_EVERY = 24 };

/* Claims that come before the network's and exceed what is surely there bend the map upward. */
static bool is_concave(const chi_net_problem *problem)
{
    if (problem->first_node || problem->holdings)
        return false;
    if (!problem->senior)
        return true;
    for (size_t i = 0; i < problem->firms; i++) {
        if (problem->bottom[i] > problem->alpha * problem->outside[i])
            return false;
    }
    return true;
}

/* Every firm that owes something has cash of its own for the network. */
static bool all_have_cash(const chi_net_problem *p)
{
    chi_net_firm_kernels kernels = chi_net_firm_kernels_for((int)chi_isa_best());
    return kernels.cash(p->firms, p->outside, p->bottom, p->debt, p->alpha);
}

/* Marks in reach[] every firm that cash gets to: those with own cash, those in S, and all that
 * hold claims on them, directly or not. `out` is the transposed matrix, not looked at if all have
 * cash. */
static void find_reach(chi_arena *arena, const chi_net_problem *problem, const chi_net_matrix *out,
    const uint8_t *pays, uint8_t *reach)
{
    if (all_have_cash(problem)) {
        memset(reach, 1, problem->firms);
        return;
    }
    uint32_t *queue = chi_arena_alloc(arena, (problem->firms + 1) * sizeof *queue);
    size_t head = 0, tail = 0;
    memset(reach, 0, problem->firms);
    for (size_t i = 0; i < problem->firms; i++) {
        double own = problem->alpha * problem->outside[i] - problem->bottom[i];
        if (own > 0.0 || pays[i] || problem->debt[i] == 0.0) {
            reach[i] = 1;
            queue[tail++] = (uint32_t)i;
        }
    }
    while (head < tail) {
        uint32_t from = queue[head++];
        for (size_t k = out->start[from]; k < out->start[from + 1]; k++) {
            uint32_t to = out->column[k];
            if (!reach[to] && (problem->beta > 0.0)) {
                reach[to] = 1;
                queue[tail++] = to;
            }
        }
    }
}

bool chi_net_may_be_many(chi_arena *arena, const chi_net_problem *problem)
{
    if (problem->alpha < 1.0 || problem->beta < 1.0)
        return true;
    if (!is_concave(problem)) {
        if (!problem->first_node && !problem->holdings)
            return true;
        /* Tiers: unique if every firm has own cash beyond nothing, see guide to Elsinger (2009). */
        for (size_t i = 0; i < problem->firms; i++) {
            if (problem->outside[i] <= 0.0)
                return true;
        }
        return false;
    }
    if (all_have_cash(problem))
        return false;
    chi_net_matrix out = chi_net_matrix_transpose(arena, problem->matrix);
    uint8_t *reach = chi_arena_alloc(arena, problem->firms + 1);
    uint8_t *pays = chi_arena_alloc(arena, problem->firms + 1);
    find_reach(arena, problem, &out, pays, reach);
    for (size_t i = 0; i < problem->firms; i++) {
        if (!reach[i] && chi_net_row_sum(problem->matrix, i) > 0.0)
            return true;
    }
    return false;
}

/* Firms outside S that can pay in full at the present values join it. */
static size_t join(const chi_net_state *state, uint8_t *pays)
{
    const chi_net_problem *problem = state->problem;
    size_t joined = 0;
    for (size_t i = 0; i < problem->firms; i++) {
        if (pays[i] || problem->debt[i] == 0.0)
            continue;
        if (state->clearing.value[i] >= problem->debt[i] * (1.0 - CHI_NET_TIE)) {
            pays[i] = 1;
            joined++;
        }
    }
    return joined;
}

static chi_net_clearing least_concave(chi_arena *arena, const chi_net_problem *problem)
{
    size_t n = problem->firms;
    chi_net_matrix out = {0};
    if (!all_have_cash(problem))
        out = chi_net_matrix_transpose(arena, problem->matrix);
    uint8_t *pays = chi_arena_alloc(arena, n + 1);
    uint8_t *reach = chi_arena_alloc(arena, n + 1);
    uint8_t *mode = chi_arena_alloc(arena, n + 1);
    chi_net_state state = chi_net_state_new(arena, problem, mode);
    size_t rounds = 0, passes = 0;
    bool again;
    do {
        find_reach(arena, problem, &out, pays, reach);
        for (size_t i = 0; i < n; i++)
            mode[i] = pays[i] ? CHI_NET_FULL : reach[i] ? CHI_NET_COSTS_ONLY : CHI_NET_NOTHING;
        memset(state.clearing.failed, 0, n);
        chi_net_state_descend(&state);
        if (!state.flow.slices)
            chi_net_state_refresh(&state, true);
        passes = state.clearing.passes;
        rounds++;
        /* Without costs S does not bend the map: its members pay in full by themselves. */
        bool joined = join(&state, pays) > 0;
        again = joined && (problem->alpha < 1.0 || problem->beta < 1.0);
    } while (again);
    for (size_t i = 0; i < n; i++) {
        state.clearing.failed[i] = !pays[i] && problem->debt[i] > 0.0;
        state.clearing.round[i] = 0;
    }
    state.clearing.rounds = rounds;
    state.clearing.passes = passes;
    chi_net_state_certify(&state);
    return state.clearing;
}

/* Tries the solution on the present pieces: accepted only if the pieces are the same there, for
 * then the walk would have stayed on them all the way. */
static bool climb_jump(chi_net_state *state, double *keep, uint8_t *keep_piece)
{
    const chi_net_problem *problem = state->problem;
    memcpy(keep, state->clearing.value, problem->firms * sizeof *keep);
    memcpy(keep_piece, state->piece, problem->nodes);
    for (int step = 0; step < 4; step++) {
        if (!chi_net_state_settle(state, 1e-14))
            break;
        chi_net_state_evaluate(state);
        chi_net_state_refresh(state, false);
    }
    chi_net_state_evaluate(state);
    bool same = memcmp(keep_piece, state->piece, problem->nodes) == 0;
    for (size_t i = 0; same && i < problem->firms; i++) {
        same = state->clearing.value[i] >= keep[i] * (1.0 - 1e-12);
        bool solvent = state->clearing.value[i] >= problem->debt[i] * (1.0 - CHI_NET_TIE);
        if (same && state->clearing.failed[i] && solvent) {
            state->clearing.failed[i] = 0; /* the limit of the walk reaches the threshold */
            return false;
        }
    }
    if (!same)
        memcpy(state->clearing.value, keep, problem->firms * sizeof *keep);
    return same;
}

static chi_net_clearing least_climb(chi_arena *arena, const chi_net_problem *problem)
{
    size_t n = problem->firms;
    chi_net_state state = chi_net_state_new(arena, problem, NULL);
    chi_net_state_ready_solver(&state);
    double *keep = chi_arena_alloc(arena, (n + 1) * sizeof *keep);
    uint8_t *keep_piece = chi_arena_alloc(arena, problem->nodes + 1);
    for (size_t i = 0; i < n; i++) {
        state.clearing.value[i] = problem->outside[i];
        state.clearing.failed[i] = problem->outside[i] < problem->debt[i];
    }
    for (size_t sweep = 0; sweep < CLIMB_SWEEPS_MAX && !state.clearing.converged; sweep++) {
        chi_net_state_evaluate(&state);
        if (sweep % CLIMB_JUMP_EVERY == CLIMB_JUMP_EVERY - 1 &&
            climb_jump(&state, keep, keep_piece)) {
            state.clearing.converged = true;
            break;
        }
        chi_net_state_evaluate(&state);
        chi_net_state_refresh(&state, true);
        for (size_t i = 0; i < n; i++) {
            if (state.clearing.value[i] >= problem->debt[i] * (1.0 - CHI_NET_TIE))
                state.clearing.failed[i] = 0;
        }
        state.clearing.rounds = 1;
    }
    chi_net_state_certify(&state);
    return state.clearing;
}

chi_net_clearing chi_net_clear_least(chi_arena *arena, const chi_net_problem *problem)
{
    CHI_ASSERT(problem->alpha >= 0.0 && problem->beta >= 0.0);
    return is_concave(problem) ? least_concave(arena, problem) : least_climb(arena, problem);
}

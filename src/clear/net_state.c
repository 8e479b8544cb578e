/* The kernel of clearing: pieces, Newton steps on them, rounds of default, the certificate. */
#include "clear/net_state.h"

#include "base/check.h"
#include "num/isa.h"

#include <math.h>
#include <string.h>

enum {
    WAVES_MAX = 1000,
    WALK_SWEEPS = 40,
    SETTLE_STEPS_MAX = 3000,
    SETTLE_NEWTON_MAX = 40,
    DESCENT_ROUNDS_MAX = 1 << 30
};

chi_net_state chi_net_state_new(
    chi_arena *arena, const chi_net_problem *problem, const uint8_t *mode)
{
    size_t n = problem->firms ? problem->firms : 1;
    size_t nodes = problem->nodes ? problem->nodes : 1;
    chi_net_state state = {.problem = problem, .mode = mode, .arena = arena};
    state.clearing.value = chi_arena_room(arena, n * sizeof(double));
    state.clearing.output = chi_arena_room(arena, nodes * sizeof(double));
    state.clearing.failed = chi_arena_alloc(arena, n);
    state.clearing.round = chi_arena_alloc(arena, n * sizeof(uint32_t));
    state.receipt = chi_arena_room(arena, n * sizeof(double));
    state.kernels = chi_net_firm_kernels_for((int)chi_isa_best());
    state.floors = problem->holdings || problem->first_node || problem->senior;
    return state;
}

void chi_net_state_ready_solver(chi_net_state *state)
{
    if (state->solver_ready)
        return;
    chi_arena *arena = state->arena;
    size_t n = state->problem->firms + 1, nodes = state->problem->nodes + 1;
    state->piece = chi_arena_alloc(arena, nodes);
    state->emit = chi_arena_alloc(arena, nodes * sizeof(double));
    state->z = chi_arena_alloc(arena, nodes * sizeof(double));
    state->scale = chi_arena_alloc(arena, n * sizeof(double));
    state->active = chi_arena_room(arena, n * sizeof(uint32_t));
    state->right = chi_arena_room(arena, n * sizeof(double));
    state->step = chi_arena_room(arena, n * sizeof(double));
    state->compact = chi_net_compact_new(arena, state->problem->matrix, false);
    state->solver_ready = true;
}

static chi_net_mode mode_of(const chi_net_state *state, size_t firm)
{
    return state->mode ? (chi_net_mode)state->mode[firm] : CHI_NET_NORMAL;
}

static void node_range(const chi_net_problem *problem, size_t firm, size_t *first, size_t *end)
{
    *first = problem->first_node ? problem->first_node[firm] : firm;
    *end = problem->first_node ? problem->first_node[firm + 1] : firm + 1;
}

double chi_net_cash(const chi_net_problem *problem, size_t firm, double value, bool failed)
{
    if (!failed || (problem->alpha == 1.0 && problem->beta == 1.0))
        return value;
    double outside = problem->outside[firm];
    double receipts = value - outside;
    return problem->alpha * outside + problem->beta * (receipts > 0.0 ? receipts : 0.0);
}

void chi_net_state_top(chi_net_state *state)
{
    const chi_net_problem *problem = state->problem;
    for (size_t k = 0; k < problem->nodes; k++)
        state->clearing.output[k] = problem->size[k] < (double)INFINITY ? 1.0 : 0.0;
    for (size_t i = 0; state->mode && i < problem->firms; i++) {
        size_t first, end;
        node_range(problem, i, &first, &end);
        for (size_t k = first; k < end && state->mode[i] == CHI_NET_NOTHING; k++)
            state->clearing.output[k] = 0.0;
    }
    chi_net_multiply(
        problem->matrix, problem->outside, state->clearing.output, state->clearing.value);
    state->clearing.passes++;
}

/* Output, slope (per unit of cash) and piece of one node. A node of size 0 owes nothing: "paid in
 * full" by definition, which keeps recovery at 1 for firms without debt. */
static uint8_t node_apply(double cash, double bottom, double size, double *output, double *slope)
{
    *slope = 0.0;
    if (size == (double)INFINITY) {
        bool in_money = cash > bottom;
        *output = in_money ? cash - bottom : 0.0;
        *slope = in_money ? 1.0 : 0.0;
        return in_money ? 1 : 0;
    }
    if (cash >= bottom + size || size == 0.0) {
        *output = 1.0;
        return 2;
    }
    if (cash <= bottom) {
        *output = 0.0;
        return 0;
    }
    *output = (cash - bottom) / size;
    *slope = 1.0 / size;
    return 1;
}

static bool evaluate_firm(chi_net_state *state, size_t firm)
{
    const chi_net_problem *problem = state->problem;
    chi_net_mode mode = mode_of(state, firm);
    bool failed = state->clearing.failed[firm];
    double value = state->clearing.value[firm];
    bool costs = failed || mode == CHI_NET_COSTS_ONLY;
    double cash = chi_net_cash(problem, firm, value, costs);
    if (!failed && mode == CHI_NET_NORMAL && cash < problem->debt[firm])
        cash = problem->debt[firm]; /* a tie, taken as solvent */
    double slope_cash = costs ? problem->beta : 1.0;
    double scale = failed || mode != CHI_NET_NORMAL || problem->debt[firm] > value
                       ? problem->debt[firm]
                       : value;
    state->scale[firm] = scale > 0.0 ? scale : 1.0;
    size_t first, end;
    node_range(problem, firm, &first, &end);
    bool changed = false, active = false;
    for (size_t k = first; k < end; k++) {
        double slope;
        uint8_t piece = node_apply(
            cash, problem->bottom[k], problem->size[k], &state->clearing.output[k], &slope);
        if (mode == CHI_NET_FULL || mode == CHI_NET_NOTHING) {
            piece = mode == CHI_NET_FULL ? 2 : 0;
            state->clearing.output[k] = mode == CHI_NET_FULL ? 1.0 : 0.0;
            slope = 0.0;
        }
        changed |= piece != state->piece[k];
        state->piece[k] = piece;
        state->emit[k] = slope * slope_cash * state->scale[firm];
        state->z[k] = 0.0;
        active |= piece == 1;
    }
    if (active)
        state->active[state->active_count++] = (uint32_t)firm;
    return changed;
}

/* In plain networks a firm that has not failed pays in full and its node does not move: once set,
 * it need not be looked at again. */
static bool evaluate_failed(chi_net_state *state)
{
    bool changed = false;
    const uint8_t *failed = state->clearing.failed;
    for (size_t i = 0; i < state->problem->firms; i++) {
        if (failed[i])
            changed |= evaluate_firm(state, i);
    }
    return changed;
}

bool chi_net_state_evaluate(chi_net_state *state)
{
    bool changed = false;
    state->active_count = 0;
    if (state->solvent_set)
        return evaluate_failed(state);
    for (size_t i = 0; i < state->problem->firms; i++)
        changed |= evaluate_firm(state, i);
    state->solvent_set = state->descending && !state->mode && !state->problem->first_node;
    return changed;
}

void chi_net_state_refresh(chi_net_state *state, bool all)
{
    const chi_net_problem *problem = state->problem;
    size_t a = 0;
    for (size_t i = 0; i < problem->firms; i++) {
        bool active = a < state->active_count && state->active[a] == i;
        a += active;
        if (active && !all)
            continue;
        state->clearing.value[i] =
            problem->outside[i] + chi_net_row_times(problem->matrix, i, state->clearing.output);
    }
    state->clearing.passes++;
}

chi_net_linear chi_net_state_system(const chi_net_state *state)
{
    return (chi_net_linear){.matrix = state->problem->matrix,
        .first_node = state->problem->first_node,
        .active_count = state->active_count,
        .active = state->active,
        .emit = state->emit,
        .scale = state->scale};
}

/* Mismatch of the active firms, as a share of their scale, into right[]; the largest. */
double chi_net_state_mismatch(chi_net_state *state)
{
    const chi_net_problem *problem = state->problem;
    double largest = 0.0;
    for (size_t a = 0; a < state->active_count; a++) {
        uint32_t firm = state->active[a];
        double receipts = chi_net_row_times(problem->matrix, firm, state->clearing.output);
        double gap = problem->outside[firm] + receipts - state->clearing.value[firm];
        state->right[a] = gap / state->scale[firm];
        double size = fabs(state->right[a]);
        largest = size > largest ? size : largest;
    }
    state->clearing.passes++;
    return largest;
}

/* One Newton step on the present pieces. False, with all values as they were, if there is none: on
 * a closed circle behind senior claims the pieces may have no solution, or one below nothing. */
static bool newton_step(chi_net_state *state, double target)
{
    chi_net_linear system = chi_net_state_system(state);
    chi_net_linear_report report =
        chi_net_linear_solve(&system, &state->compact, state->right, state->step, target);
    state->clearing.passes += report.passes;
    bool sound = report.converged;
    for (size_t a = 0; a < state->active_count && sound; a++) {
        uint32_t firm = state->active[a];
        double value = state->clearing.value[firm] + state->step[a] * state->scale[firm];
        sound = value >= state->problem->outside[firm] - 1e-9 * state->scale[firm];
    }
    for (size_t a = 0; a < state->active_count && sound; a++) {
        uint32_t firm = state->active[a];
        state->clearing.value[firm] += state->step[a] * state->scale[firm];
    }
    return sound;
}

/* Plain iterations: from above they stay above the solution whatever the pieces do. */
static void walk(chi_net_state *state)
{
    for (size_t k = 0; k < WALK_SWEEPS; k++) {
        chi_net_state_evaluate(state);
        chi_net_state_refresh(state, true);
    }
}

/* Pieces at the present values; true if any changed. A failed firm that pays nothing may begin to,
 * and so let the next one begin to. */
static bool find_pieces(chi_net_state *state)
{
    bool changed = chi_net_state_evaluate(state), again = state->floors;
    for (size_t wave = 0; again && wave < WAVES_MAX; wave++) {
        chi_net_state_refresh(state, false);
        again = chi_net_state_evaluate(state);
        changed |= again;
    }
    return changed;
}

bool chi_net_state_settle(chi_net_state *state, double tolerance)
{
    /* A rough round takes the solver's own word for its precision. */
    bool rough = tolerance > 1e-10;
    double before = (double)INFINITY;
    for (size_t step = 0; step < SETTLE_STEPS_MAX; step++) {
        bool changed = find_pieces(state);
        double gap = chi_net_state_mismatch(state);
        if (gap == 0.0 || (gap <= tolerance && (!changed || step > 0)))
            return true;
        /* Rounding in long rows can keep the mismatch above what was asked: then this is it. */
        if (gap <= 1e-11 && step > 2 && gap >= 0.25 * before)
            return true;
        before = gap;
        /* Newton may also go round in circles, which holdings of equity can cause. */
        bool circling = step >= SETTLE_NEWTON_MAX && step % SETTLE_NEWTON_MAX == 0;
        double target = tolerance < gap * 1e-2 ? tolerance * 0.5 : gap * 1e-2;
        if (circling || !newton_step(state, target))
            walk(state);
        else if (rough && !state->floors && !chi_net_state_evaluate(state))
            return true;
    }
    return false;
}

size_t chi_net_state_classify(chi_net_state *state, uint32_t round, double tie)
{
    const chi_net_problem *problem = state->problem;
    size_t changes = 0;
    /* Failure is for good on the way down, but for two reasons: with holdings the start need not
     * lie above the solution; without costs a rough round may have gone too far. */
    bool free = problem->alpha == 1.0 && problem->beta == 1.0;
    bool recover = problem->holdings || (free && tie <= CHI_NET_TIE);
    for (size_t i = 0; i < problem->firms; i++) {
        chi_net_mode mode = mode_of(state, i);
        if (mode == CHI_NET_FULL || mode == CHI_NET_NOTHING)
            continue;
        double value =
            chi_net_cash(problem, i, state->clearing.value[i], mode == CHI_NET_COSTS_ONLY);
        bool fails = problem->debt[i] > 0.0 && value < problem->debt[i] * (1.0 - tie);
        if (fails && !state->clearing.failed[i]) {
            state->clearing.failed[i] = 1;
            state->clearing.round[i] = round;
            changes++;
        } else if (!fails && state->clearing.failed[i] && recover) {
            state->clearing.failed[i] = 0;
            state->clearing.round[i] = 0;
            state->solvent_set = false; /* its node has to be set to "pays" again */
            changes++;
        }
    }
    return changes;
}

void chi_net_state_descend(chi_net_state *state)
{
    const chi_net_problem *problem = state->problem;
    if (chi_net_state_is_quick(state)) {
        if (chi_net_state_quick(state))
            return;
        memset(state->clearing.failed, 0, problem->firms);
        memset(state->clearing.round, 0, problem->firms * sizeof *state->clearing.round);
    }
    chi_net_state_ready_solver(state);
    bool smooth = problem->alpha == 1.0 && problem->beta == 1.0 && !problem->holdings;
    /* Where no jump is near, an early round needs little precision: it only has to tell who fails.
     * A firm nearer to its threshold than that waits for the next, sharper round. */
    double tolerance = smooth ? 1e-9 : 1e-14;
    state->descending = smooth;
    state->solvent_set = false;
    chi_net_state_top(state);
    bool settled = true;
    /* The top has no equity in it, which holders count on: it begins where all pay in full. */
    if (problem->holdings) {
        settled = chi_net_state_settle(state, 1e-14);
        chi_net_state_refresh(state, false);
    }
    uint32_t round = 1;
    for (size_t step = 0; step < DESCENT_ROUNDS_MAX; step++) {
        double tie = tolerance > 1e-14 ? 10.0 * tolerance : CHI_NET_TIE;
        size_t changes = chi_net_state_classify(state, round, tie);
        if (!changes && step > 0 && tolerance <= 1e-14)
            break;
        if (changes)
            state->clearing.rounds = round++;
        else
            tolerance = 1e-14;
        settled = chi_net_state_settle(state, tolerance);
        chi_net_state_refresh(state, false);
        if (problem->holdings && step > 4 * problem->firms + 100)
            settled = false;
        if (!settled && tolerance <= 1e-14)
            break;
    }
    state->clearing.converged = settled;
    state->solvent_set = state->descending = false;
}

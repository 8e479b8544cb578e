/* The descent where the solution is unique: any way that gets there will do.
 *
 * A few sweeps over all firms from full payment show which surely fail and which may. If those are
 * few, the network among them is copied out and solved for itself, the others paying in full; then
 * all are looked at again. What is slow for sweeps is left to Newton steps with BiCGSTAB. */
#include "clear/net_state.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

enum {
    SMALL = 48, /* up to so many firms elimination is exact and as fast */
    FIRST_SWEEPS = 2,
    SWEEPS_MAX = 200,
    ROUNDS_MAX = 40,
    PART_FIRMS_MIN = 8, /* fewer are not worth a copy */
    NEWTON_ROUGH_STEPS = 20,
    NEWTON_STEPS_MAX = 200
};
#define QUICK_TOLERANCE 1e-14
#define QUICK_ROUGH 0.01
#define CHANGE_SMALL 0.3  /* below it the failed are nearly known */
#define MARGIN 0.4        /* firms this many changes above their threshold may still fail */
#define PART_LARGEST 0.45 /* of the edges: larger parts are not copied out */

bool chi_net_state_is_quick(chi_net_state *state)
{
    const chi_net_problem *p = state->problem;
    if (p->alpha != 1.0 || p->beta != 1.0 || state->floors)
        return false;
    if (p->firms <= SMALL && !p->no_rounds)
        return false;
    /* With modes the caller has taken the firms out that no cash reaches. */
    return state->mode || !chi_net_may_be_many(state->arena, p);
}

static bool pays_nothing(const chi_net_state *state, size_t firm)
{
    return state->mode && state->mode[firm] == CHI_NET_NOTHING;
}

/* A part of the network at work. */
typedef struct partial {
    size_t count;
    uint32_t *firm, *place; /* its firms, rising; per firm of the network: its number + 1 */
    uint32_t *at;           /* per firm of the network: its position in the slices */
    size_t *start;
    uint32_t *column;
    double *weight, *base, *debt, *first;
    chi_net_slices slices;
    size_t rows_room, entries_room;
} partial;

/* --- all firms ------------------------------------------------------------------------------ */

static void start_flow(chi_net_flow *flow, const chi_net_rows *rows)
{
    chi_net_vectors vectors = {flow->base, flow->debt, flow->inverse, flow->y};
    flow->slices->kernels.start(flow->slices, rows, &vectors);
}

static chi_net_flow *start_whole(chi_net_state *state)
{
    const chi_net_problem *p = state->problem;
    const chi_net_matrix *m = p->matrix;
    const chi_net_slices *s = p->slices;
    if (!s) {
        chi_net_slices *own = chi_arena_alloc(state->arena, sizeof *own);
        chi_net_slices_fill(state->arena, own, m->rows, m->start, m->column, m->weight);
        s = own;
    }
    chi_net_flow *flow = chi_arena_alloc(state->arena, sizeof *flow);
    *flow = chi_net_flow_new(state->arena, s);
    chi_net_rows rows = {.base = p->outside, .debt = p->debt, .face = p->face};
    start_flow(flow, &rows);
    for (size_t i = 0; state->mode && i < p->firms; i++) {
        if (pays_nothing(state, i))
            chi_net_flow_still(flow, s->at[i], p->debt[i]);
    }
    return flow;
}

/* --- the part that may fail ----------------------------------------------------------------- */

static void make_room(chi_arena *arena, partial *part, size_t firms, size_t rows, size_t entries)
{
    if (!part->place) {
        part->place = chi_arena_room(arena, (firms + 1) * sizeof *part->place);
        part->firm = chi_arena_room(arena, (firms + 1) * sizeof *part->firm);
        part->at = chi_arena_room(arena, (firms + 1) * sizeof *part->at);
    }
    if (rows > part->rows_room || !part->start) {
        part->start = chi_arena_room(arena, (rows + 1) * sizeof *part->start);
        part->base = chi_arena_room(arena, (rows + 1) * sizeof *part->base);
        part->debt = chi_arena_room(arena, (rows + 1) * sizeof *part->debt);
        part->first = chi_arena_room(arena, (rows + 1) * sizeof *part->first);
        part->rows_room = rows;
    }
    if (entries > part->entries_room || !part->column) {
        size_t room = entries + CHI_NET_PICK_MORE;
        part->column = chi_arena_room(arena, room * sizeof *part->column);
        part->weight = chi_arena_room(arena, room * sizeof *part->weight);
        part->entries_room = entries;
    }
}

/* Lists the firms that fail or may fail once payments have fallen by another `margin`. False if
 * the network among them is not worth a copy. */
static bool list_part(
    const chi_net_state *state, partial *part, const chi_net_flow *flow, double margin)
{
    const chi_net_problem *p = state->problem;
    make_room(state->arena, part, p->firms, 0, 0);
    const uint32_t *at = flow->slices->at;
    uint32_t count = 0;
    for (uint32_t i = 0; i < p->firms; i++) {
        uint32_t in = (flow->fraction[at[i]] < 1.0 + margin) & !pays_nothing(state, i);
        part->firm[count] = i;
        count += in;
        part->place[i] = (0u - in) & count;
    }
    for (size_t i = 0; state->mode && i < p->firms; i++)
        part->place[i] = pays_nothing(state, i) ? CHI_NET_NOWHERE : part->place[i];
    part->count = count;
    double share = (double)count / (double)p->firms;
    return count >= PART_FIRMS_MIN && share * share < PART_LARGEST;
}

/* The matrix among the part's firms, and what they get from the others: they pay in full, but for
 * those that pay nothing. What the part's firms are known to pay is the start. */
static void copy_part(const chi_net_state *state, const chi_net_flow *whole, partial *part)
{
    const chi_net_problem *p = state->problem;
    const chi_net_matrix *m = p->matrix;
    size_t entries = 0;
    for (size_t a = 0; a < part->count; a++) {
        uint32_t i = part->firm[a];
        entries += m->start[i + 1] - m->start[i];
    }
    make_room(state->arena, part, p->firms, part->count, entries);
    for (size_t a = 0; a < part->count; a++) {
        uint32_t i = part->firm[a];
        part->debt[a] = p->debt[i];
        part->first[a] = whole->y[whole->slices->at[i]];
    }
    chi_net_picking picking = {m, part->firm, part->place, part->count, p->outside, part->start,
        part->column, part->weight, part->base};
    whole->slices->kernels.pick(&picking);
}

/* Where each firm is in the slices of the part; behind their end if it is not. */
static void place_part(const chi_net_state *state, partial *part)
{
    uint32_t none = (uint32_t)part->slices.positions;
    for (size_t i = 0; i < state->problem->firms; i++)
        part->at[i] = none;
    for (size_t a = 0; a < part->count; a++)
        part->at[part->firm[a]] = part->slices.at[a];
}

static bool solve_part(chi_net_state *state, partial *part, chi_net_flow *whole, chi_net_flow *flow)
{
    copy_part(state, whole, part);
    chi_net_slices *s = &part->slices;
    chi_net_slices_fill(state->arena, s, part->count, part->start, part->column, part->weight);
    place_part(state, part);
    *flow = chi_net_flow_new(state->arena, s);
    chi_net_rows rows = {.base = part->base, .debt = part->debt, .first = part->first};
    start_flow(flow, &rows);
    bool solved = chi_net_flow_solve(flow, QUICK_TOLERANCE, SWEEPS_MAX);
    chi_net_flow_snap(flow, CHI_NET_TIE);
    for (size_t at = 0; at < whole->slices->positions; at++)
        whole->y[at] = whole->inverse[at] > 0.0 ? 1.0 : 0.0;
    for (size_t a = 0; a < part->count; a++)
        whole->y[whole->slices->at[part->firm[a]]] = flow->y[s->at[a]];
    double share = (double)s->steps / (double)(whole->slices->steps + 1);
    state->clearing.passes += (size_t)ceil((double)flow->sweeps * share) + 1;
    return solved;
}

/* --- the answer ----------------------------------------------------------------------------- */

/* Values and flags from the payments; what each firm receives. False if somebody pays in full who
 * cannot, or in part who can. */
static bool read_off(chi_net_state *state, const chi_net_flow *whole, const double *received)
{
    const chi_net_problem *p = state->problem;
    chi_net_clearing *c = &state->clearing;
    chi_net_answers answers = {p->outside, p->debt, whole->y, received, whole->slices->at,
        state->receipt, c->output, c->value, c->failed};
    return state->kernels.answer(&answers, p->firms, 2.0 * CHI_NET_TIE);
}

/* Sweeps over all firms, then over the part that may fail, until both agree. */
static bool solve(chi_net_state *state, chi_net_flow *whole)
{
    const chi_net_slices *s = whole->slices;
    partial *p = chi_arena_alloc(state->arena, sizeof *p);
    double *none = chi_arena_alloc(state->arena, (s->positions + 1) * sizeof *none);
    double *received = chi_arena_room(state->arena, (s->positions + 1) * sizeof *received);
    double margin = MARGIN * whole->change;
    for (size_t round = 0; round < ROUNDS_MAX; round++) {
        bool small = whole->change < CHANGE_SMALL && list_part(state, p, whole, margin);
        if (small) {
            if (!solve_part(state, p, whole, &state->flow))
                return false;
        } else {
            state->flow = *whole;
            bool solved = chi_net_flow_solve(&state->flow, QUICK_TOLERANCE, SWEEPS_MAX);
            whole->change = state->flow.change;
            if (!solved)
                return false;
            chi_net_flow_snap(&state->flow, CHI_NET_TIE);
        }
        state->flow_at = small ? p->at : s->at;
        s->kernels.times(s, none, whole->y, received);
        state->clearing.passes++;
        if (read_off(state, whole, received))
            return true;
        for (size_t at = 0; at < s->positions; at++) {
            whole->fraction[at] = (whole->base[at] + received[at]) * whole->inverse[at];
            whole->y[at] = whole->fraction[at] < 1.0 ? whole->fraction[at] : 1.0;
        }
        margin = MARGIN * CHANGE_SMALL;
    }
    return false;
}

/* --- Newton steps, where sweeps are slow ----------------------------------------------------- */

/* Output of a firm at its present value; marks whether it fails. */
static void pay(chi_net_state *state, size_t firm)
{
    const chi_net_problem *p = state->problem;
    double cash = state->clearing.value[firm] - p->bottom[firm];
    bool fails =
        p->debt[firm] > 0.0 && state->clearing.value[firm] < p->debt[firm] * (1.0 - CHI_NET_TIE);
    state->clearing.failed[firm] = fails;
    if (fails)
        state->clearing.output[firm] =
            cash > 0.0 && p->size[firm] > 0.0 ? cash / p->size[firm] : 0.0;
    else
        state->clearing.output[firm] = 1.0;
}

/* The firms whose payments move with their value. */
static void list_active(chi_net_state *state)
{
    const chi_net_problem *p = state->problem;
    state->active_count = 0;
    for (size_t i = 0; i < p->firms; i++) {
        bool moves = state->clearing.failed[i] && !pays_nothing(state, i) && p->size[i] > 0.0 &&
                     state->clearing.value[i] > p->bottom[i];
        state->emit[i] = moves ? p->debt[i] / p->size[i] : 0.0;
        if (moves) {
            state->scale[i] = p->debt[i];
            state->active[state->active_count++] = (uint32_t)i;
        }
    }
}

/* Active firms take the solved values; others follow from what they receive. Returns how many
 * firms changed sides. */
static size_t move(chi_net_state *state)
{
    const chi_net_problem *p = state->problem;
    size_t changes = 0;
    for (size_t a = 0; a < state->active_count; a++) {
        uint32_t firm = state->active[a];
        state->clearing.value[firm] = state->step[a] * state->scale[firm];
        pay(state, firm);
        changes += !state->clearing.failed[firm] || state->clearing.output[firm] == 0.0;
    }
    for (size_t i = 0, a = 0; i < p->firms; i++) {
        if (a < state->active_count && state->active[a] == i) {
            a++;
            continue;
        }
        double receipts = chi_net_row_times(p->matrix, i, state->clearing.output);
        state->clearing.value[i] = p->outside[i] + receipts;
        if (pays_nothing(state, i))
            continue;
        double paid = state->clearing.output[i];
        pay(state, i);
        changes += paid != state->clearing.output[i];
    }
    state->clearing.passes++;
    return changes;
}

/* What each node pays if its firm's unknown were 0, and the present unknowns. */
static void set_constants(chi_net_state *state)
{
    const chi_net_problem *p = state->problem;
    for (size_t i = 0; i < p->firms; i++)
        state->z[i] =
            state->emit[i] != 0.0 ? -p->bottom[i] / p->size[i] : state->clearing.output[i];
    for (size_t a = 0; a < state->active_count; a++) {
        uint32_t firm = state->active[a];
        state->step[a] = state->clearing.value[firm] / state->scale[firm];
    }
}

/* From the present values on. While many firms change sides a rough answer is enough; they may
 * change back. */
static bool solve_newton(chi_net_state *state)
{
    const chi_net_problem *p = state->problem;
    size_t changes = p->firms;
    for (size_t step = 0; step < NEWTON_STEPS_MAX; step++) {
        chi_net_linear_report report;
        bool rough = step < NEWTON_ROUGH_STEPS && 500 * changes > p->firms;
        if (changes) {
            list_active(state);
            set_constants(state);
            chi_net_linear system = chi_net_state_system(state);
            report = chi_net_linear_whole(&system, &state->compact, p->outside, state->z,
                state->right, state->step, rough ? QUICK_ROUGH : QUICK_TOLERANCE);
        } else {
            report = chi_net_linear_whole_again(
                &state->compact, state->right, state->step, QUICK_TOLERANCE);
        }
        state->clearing.passes += report.passes;
        if (!report.converged)
            return false;
        changes = move(state);
        if (!rough && !changes)
            return true;
    }
    return false;
}

/* Newton steps from what the sweeps have found. */
static bool go_on(chi_net_state *state, const chi_net_flow *whole)
{
    chi_net_state_ready_solver(state);
    for (uint32_t i = 0; i < state->problem->firms; i++) {
        size_t at = whole->slices->at[i];
        state->clearing.value[i] = whole->y[at] * state->problem->debt[i];
        if (pays_nothing(state, i))
            state->clearing.output[i] = 0.0;
        else
            pay(state, i);
    }
    bool solved = solve_newton(state);
    for (size_t i = 0; i < state->problem->firms; i++)
        state->z[i] = 0.0;
    return solved;
}

bool chi_net_state_quick(chi_net_state *state)
{
    const chi_net_problem *p = state->problem;
    chi_net_flow *whole = start_whole(state);
    chi_net_flow_solve(whole, QUICK_TOLERANCE, FIRST_SWEEPS);
    bool solved = p->firms > SMALL && solve(state, whole);
    state->clearing.passes += whole->sweeps;
    state->clearing.rounds = 1;
    bool rounds = !p->no_rounds && !state->mode;
    if (solved && rounds)
        solved = chi_net_state_rounds(state);
    if (!solved) {
        state->flow.slices = NULL;
        state->compact_is_current = solved = !rounds && go_on(state, whole);
    }
    state->clearing.converged = solved;
    return solved || !rounds;
}

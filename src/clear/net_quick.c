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
    FIRST_SWEEPS = 3,
    SWEEPS_MAX = 200,
    ROUNDS_MAX = 40,
    PART_FIRMS_MIN = 8, /* fewer are not worth a copy */
    NEWTON_ROUGH_STEPS = 20,
    NEWTON_STEPS_MAX = 200
};
#define QUICK_TOLERANCE 1e-14
#define QUICK_ROUGH 0.01
#define CHANGE_SMALL 0.3  /* below it the failed are nearly known */
#define MARGIN 0.5        /* firms this many changes above their threshold may still fail */
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
    size_t *start;
    uint32_t *column;
    double *weight, *base;
    chi_net_slices slices;
    size_t rows_room, entries_room;
} partial;

/* --- all firms ------------------------------------------------------------------------------ */

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
    for (size_t at = 0; at < s->positions; at++) {
        uint32_t i = s->row[at];
        if (i == UINT32_MAX || pays_nothing(state, i)) {
            chi_net_flow_still(flow, at, i == UINT32_MAX ? 0.0 : p->debt[i]);
            continue;
        }
        chi_net_flow_set(flow, at, p->outside[i], p->debt[i], 1.0);
        double first = p->face ? (p->outside[i] + p->face[i]) * flow->inverse[at] : 1.0;
        flow->y[at] = first < 1.0 ? first : 1.0;
    }
    return flow;
}

/* --- the part that may fail ----------------------------------------------------------------- */

static void make_room(chi_arena *arena, partial *part, size_t firms, size_t rows, size_t entries)
{
    if (!part->place) {
        part->place = chi_arena_room(arena, (firms + 1) * sizeof *part->place);
        part->firm = chi_arena_room(arena, (firms + 1) * sizeof *part->firm);
    }
    if (rows > part->rows_room || !part->start) {
        part->start = chi_arena_room(arena, (rows + 1) * sizeof *part->start);
        part->base = chi_arena_room(arena, (rows + 1) * sizeof *part->base);
        part->rows_room = rows;
    }
    if (entries > part->entries_room || !part->column) {
        part->column = chi_arena_room(arena, (entries + CHI_NET_LANES) * sizeof *part->column);
        part->weight = chi_arena_room(arena, (entries + CHI_NET_LANES) * sizeof *part->weight);
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
    part->count = 0;
    for (uint32_t i = 0; i < p->firms; i++) {
        size_t at = flow->slices->at[i];
        part->firm[part->count] = i;
        part->count += (flow->fraction[at] < 1.0 + margin) & !pays_nothing(state, i);
    }
    double share = (double)part->count / (double)p->firms;
    return part->count >= PART_FIRMS_MIN && share * share < PART_LARGEST;
}

/* The matrix among the part's firms, and what they get from the others: they pay in full, but for
 * those that pay nothing. */
static void copy_part(const chi_net_state *state, const chi_net_kernels *kernels, partial *part)
{
    const chi_net_problem *p = state->problem;
    const chi_net_matrix *m = p->matrix;
    size_t entries = 0, to = 0;
    for (size_t i = 0; i < p->firms; i++)
        part->place[i] = pays_nothing(state, i) ? CHI_NET_NOWHERE : 0;
    for (size_t a = 0; a < part->count; a++) {
        uint32_t i = part->firm[a];
        part->place[i] = (uint32_t)a + 1;
        entries += m->start[i + 1] - m->start[i];
    }
    make_room(state->arena, part, p->firms, part->count, entries);
    for (size_t a = 0; a < part->count; a++) {
        uint32_t i = part->firm[a];
        size_t from = m->start[i], count = m->start[i + 1] - from;
        double rest;
        part->start[a] = to;
        to += kernels->pick(count, &m->column[from], &m->weight[from], part->place,
            &part->column[to], &part->weight[to], &rest);
        part->base[a] = p->outside[i] + rest;
    }
    part->start[part->count] = to;
}

static bool solve_part(chi_net_state *state, partial *part, chi_net_flow *whole, chi_net_flow *flow)
{
    copy_part(state, &whole->slices->kernels, part);
    chi_net_slices *s = &part->slices;
    chi_net_slices_fill(state->arena, s, part->count, part->start, part->column, part->weight);
    *flow = chi_net_flow_new(state->arena, s);
    for (size_t at = 0; at < s->positions; at++) {
        uint32_t a = s->row[at];
        if (a == UINT32_MAX) {
            chi_net_flow_still(flow, at, 0.0);
            continue;
        }
        uint32_t i = part->firm[a];
        double y = whole->y[whole->slices->at[i]];
        chi_net_flow_set(flow, at, part->base[a], state->problem->debt[i], y);
    }
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

/* Values, flags and active firms from the payments; what each firm receives. False if somebody pays
 * in full who cannot, or in part who can. */
static bool read_off(chi_net_state *state, const chi_net_flow *whole, const double *receipt)
{
    const chi_net_problem *p = state->problem;
    chi_net_clearing *c = &state->clearing;
    const uint32_t *at = whole->slices->at;
    for (size_t i = 0; i < p->firms; i++) {
        state->receipt[i] = receipt[at[i]];
        c->output[i] = whole->y[at[i]];
        c->failed[i] = c->output[i] < 1.0;
    }
    chi_net_answers answers = {
        p->outside, p->debt, state->receipt, c->output, c->value, state->emit};
    size_t wrong = whole->slices->kernels.answer(&answers, p->firms, 2.0 * CHI_NET_TIE);
    memcpy(state->scale, p->debt, p->firms * sizeof *p->debt);
    memset(state->z, 0, p->firms * sizeof *state->z);
    state->active_count = 0;
    for (uint32_t i = 0; i < p->firms; i++) {
        state->active[state->active_count] = i;
        state->active_count += state->emit[i] > 0.0;
    }
    return wrong == 0;
}

/* Sweeps over all firms, then over the part that may fail, until both agree. */
static bool solve(chi_net_state *state, chi_net_flow *whole)
{
    const chi_net_slices *s = whole->slices;
    partial *p = chi_arena_alloc(state->arena, sizeof *p);
    double *none = chi_arena_alloc(state->arena, (s->positions + 1) * sizeof *none);
    double *receipt = chi_arena_room(state->arena, (s->positions + 1) * sizeof *receipt);
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
        state->flow_place = small ? p->place : NULL;
        s->kernels.times(s, none, whole->y, receipt);
        state->clearing.passes++;
        if (read_off(state, whole, receipt))
            return true;
        for (size_t at = 0; at < s->positions; at++) {
            whole->fraction[at] = (whole->base[at] + receipt[at]) * whole->inverse[at];
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
    for (uint32_t i = 0; i < state->problem->firms; i++) {
        size_t at = whole->slices->at[i];
        state->clearing.value[i] = whole->y[at] * state->problem->debt[i];
        if (!pays_nothing(state, i))
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

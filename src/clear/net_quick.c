/* The descent without rounds: sweeps from above, then Newton steps on the set that fails. */
#include "clear/net_state.h"

#include "base/check.h"

#include <math.h>

enum { QUICK_SWEEPS = 2, QUICK_ROUGH_STEPS = 20, QUICK_STEPS_MAX = 200 };
#define QUICK_TOLERANCE 1e-14
#define QUICK_ROUGH 0.01

bool chi_net_state_is_quick(const chi_net_state *state)
{
    const chi_net_problem *p = state->problem;
    return p->no_rounds && p->alpha == 1.0 && p->beta == 1.0 && !state->floors;
}

static bool pays_nothing(const chi_net_state *state, size_t firm)
{
    return state->mode && state->mode[firm] == CHI_NET_NOTHING;
}

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

static void start_at_face(chi_net_state *state)
{
    const chi_net_problem *p = state->problem;
    for (size_t i = 0; i < p->firms; i++) {
        double face = p->face ? p->face[i] : chi_net_row_sum(p->matrix, i);
        state->clearing.value[i] = p->outside[i] + face;
        state->z[i] = state->emit[i] = 0.0;
        if (pays_nothing(state, i)) {
            state->clearing.output[i] = 0.0;
            state->clearing.failed[i] = p->debt[i] > 0.0;
        } else {
            pay(state, i);
        }
    }
}

/* One sweep over all firms, each seeing the new payments of those before it. */
static void sweep_all(chi_net_state *state)
{
    const chi_net_problem *p = state->problem;
    for (size_t i = 0; i < p->firms; i++) {
        double receipts = chi_net_row_times(p->matrix, i, state->clearing.output);
        state->clearing.value[i] = p->outside[i] + receipts;
        if (!pays_nothing(state, i))
            pay(state, i);
    }
    state->clearing.passes++;
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

void chi_net_state_quick(chi_net_state *state)
{
    CHI_ASSERT(chi_net_state_is_quick(state));
    const chi_net_problem *p = state->problem;
    start_at_face(state);
    for (size_t k = 0; k < QUICK_SWEEPS; k++)
        sweep_all(state);
    size_t changes = p->firms;
    state->clearing.converged = false;
    for (size_t step = 0; step < QUICK_STEPS_MAX; step++) {
        chi_net_linear_report report;
        /* While many firms change sides a rough answer is enough; they may change back. */
        bool rough = step < QUICK_ROUGH_STEPS && 500 * changes > p->firms;
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
        state->clearing.rounds++;
        if (!report.converged)
            break;
        changes = move(state);
        if (!rough && !changes) {
            state->clearing.converged = true;
            state->compact_is_current = true;
            break;
        }
    }
    for (size_t i = 0; i < p->firms; i++)
        state->z[i] = 0.0;
}

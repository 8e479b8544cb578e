/* Rounds of default, when it is known who fails in the end: in each round those who have failed pay
 * what they can and all others in full, which is solved until nobody is too near to say who fails
 * next. Firms that never fail stay out of it. */
#include "clear/net_state.h"

#include <math.h>
#include <string.h>

enum { ROUND_SWEEPS_MAX = 60 };
#define SURE 100.0    /* a firm this many times as far from its threshold as y from the answer */
#define NEARLY 1e-9   /* firms so near to their threshold may have failed in another round */
#define PRECISE 1e-14 /* no more can be had */

/* Names of the firms at positions of the flow. */
static uint32_t *firms_of(const chi_net_state *state)
{
    const chi_net_slices *s = state->flow.slices;
    uint32_t *firm = chi_arena_room(state->arena, (s->positions + 1) * sizeof *firm);
    memset(firm, 0xff, (s->positions + 1) * sizeof *firm);
    for (uint32_t i = 0; i < state->problem->firms; i++)
        firm[state->flow_at[i]] = i;
    return firm;
}

/* Firms that still pay in full and now cannot: they fail in `round`. Returns how many. */
static size_t let_fail(chi_net_state *state, const chi_net_flow *f, const uint32_t *firm,
    double *floor, uint32_t round)
{
    size_t count = 0;
    for (size_t p = 0; p < f->slices->positions; p++) {
        if (floor[p] > 0.0 && f->fraction[p] < 1.0 - CHI_NET_TIE) {
            floor[p] = 0.0;
            state->clearing.round[firm[p]] = round;
            count++;
        }
    }
    return count;
}

/* How near to its threshold the nearest firm is that pays in full, as a share of its debt. */
static double nearest(const chi_net_flow *f, const double *floor)
{
    double least = (double)INFINITY;
    for (size_t p = 0; p < f->slices->positions; p++) {
        double margin = fabs(f->fraction[p] - 1.0);
        margin = floor[p] > 0.0 ? margin : (double)INFINITY;
        least = margin < least ? margin : least;
    }
    return least;
}

/* What failed in the end has a round and nothing else has one. */
static bool rounds_agree(chi_net_state *state)
{
    const chi_net_problem *p = state->problem;
    chi_net_clearing *c = &state->clearing;
    for (size_t i = 0; i < p->firms; i++) {
        if (c->failed[i] == (c->round[i] > 0))
            continue;
        if (fabs(c->value[i] - p->debt[i]) > NEARLY * p->debt[i])
            return false;
        c->round[i] = c->failed[i] ? (uint32_t)c->rounds : 0;
    }
    return true;
}

bool chi_net_state_rounds(chi_net_state *state)
{
    chi_net_flow f = chi_net_flow_new(state->arena, state->flow.slices);
    f.base = state->flow.base;
    f.debt = state->flow.debt;
    f.inverse = state->flow.inverse;
    const chi_net_slices *s = f.slices;
    const uint32_t *firm = firms_of(state);
    double *floor = chi_arena_room(state->arena, (s->positions + 1) * sizeof *floor);
    for (size_t p = 0; p < s->positions; p++)
        f.y[p] = floor[p] = firm[p] != UINT32_MAX && f.inverse[p] > 0.0 ? 1.0 : 0.0;
    f.floor = floor;
    s->kernels.sweep(s, f.base, f.inverse, 1.0, floor, f.y, f.fraction); /* all at face */
    uint32_t round = 1;
    for (; let_fail(state, &f, firm, floor, round) > 0; round++) {
        double left = 1.0;
        chi_net_flow_restart(&f);
        for (size_t k = 0; k < ROUND_SWEEPS_MAX && left > PRECISE; k++) {
            left = chi_net_flow_step(&f);
            if (left < 1e-3 && nearest(&f, floor) > SURE * left)
                break;
        }
        if (left > NEARLY && nearest(&f, floor) <= SURE * left)
            return false;
    }
    state->clearing.rounds = round - 1;
    state->clearing.passes += f.sweeps;
    return rounds_agree(state);
}

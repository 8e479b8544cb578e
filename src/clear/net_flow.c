/* Money flowing among firms: sweeps, the balance, weights for certificates. */
#include "clear/net_flow.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum {
    WEIGHT_SWEEPS_MAX = 60,
    FLOOR_SWEEPS = 8,
    JUDGE_EVERY = 16,
    JUDGE_FIRST = 31,
    JUDGE_AHEAD = 6
};
#define RATE_SLOW 0.3      /* sweeps are left alone while they shrink changes by more than this */
#define FLOOR 1e-12        /* changes below it may be rounding */
#define FACTOR_LEAST 0.015 /* of the balance */

chi_net_flow chi_net_flow_new(chi_arena *arena, const chi_net_slices *slices)
{
    chi_net_flow f = {.slices = slices, .change = (double)INFINITY, .rate = 1.0};
    size_t size = (slices->positions + CHI_NET_LANES) * sizeof(double);
    f.base = chi_arena_room(arena, size);
    f.debt = chi_arena_room(arena, size);
    f.inverse = chi_arena_room(arena, size);
    f.y = chi_arena_room(arena, size);
    f.fraction = chi_arena_room(arena, size);
    f.leak = chi_arena_room(arena, size);
    f.inside = chi_arena_room(arena, slices->chunks + 1);
    f.changed = chi_arena_room(arena, (slices->chunks + 1) * sizeof(uint32_t));
    return f;
}

void chi_net_flow_still(chi_net_flow *f, size_t position, double debt)
{
    f->base[position] = f->inverse[position] = f->y[position] = 0.0;
    f->debt[position] = debt;
}

void chi_net_flow_set(chi_net_flow *f, size_t position, double base, double debt, double y)
{
    bool owes = debt > 0.0;
    f->base[position] = owes ? base : base + 1.0;
    f->inverse[position] = owes ? 1.0 / debt : DBL_MAX / 2.0;
    f->debt[position] = debt;
    f->y[position] = y;
}

/* Firms that begin or cease to pay in part: what their debtors owe them stays inside or not. */
static void move_leaks(chi_net_flow *f, uint32_t chunk, unsigned flips)
{
    const chi_net_slices *s = f->slices;
    for (size_t l = 0; l < CHI_NET_LANES; l++) {
        if (!(flips >> l & 1))
            continue;
        double sign = f->inside[chunk] >> l & 1 ? 1.0 : -1.0;
        size_t from = CHI_NET_LANES * s->start[chunk], end = CHI_NET_LANES * s->start[chunk + 1];
        size_t stride = s->wide[chunk] ? 1 : CHI_NET_LANES;
        for (size_t k = from + (s->wide[chunk] ? 0 : l); k < end; k += stride)
            f->leak[s->column[k]] += sign * s->weight[k];
    }
    f->inside[chunk] = (uint8_t)(f->inside[chunk] ^ flips);
}

static void find_inside(chi_net_flow *f)
{
    const chi_net_slices *s = f->slices;
    if (!f->balanced) {
        memcpy(f->leak, f->debt, s->positions * sizeof(double));
        memset(f->inside, 0, s->chunks);
        f->balanced = true;
    }
    size_t count = s->kernels.inside(s, f->inverse, f->y, f->inside, f->changed);
    for (size_t k = 0; k < count; k++) {
        uint32_t c = f->changed[k];
        unsigned now = 0;
        for (size_t l = 0; l < CHI_NET_LANES; l++) {
            size_t p = CHI_NET_LANES * c + l;
            now |= (unsigned)(f->y[p] < 1.0 && f->inverse[p] > 0.0) << l;
        }
        move_leaks(f, c, now ^ f->inside[c]);
    }
}

static void balance(chi_net_flow *f, double limit)
{
    const chi_net_slices *s = f->slices;
    double in, out;
    s->kernels.sums(s, f->inside, f->base, f->debt, f->leak, f->y, &in, &out);
    double factor = in / out;
    if (factor > FACTOR_LEAST && factor < 1.0 / FACTOR_LEAST && factor != 1.0)
        s->kernels.scale(s, f->inside, factor, limit, f->y);
}

/* Whether changes that shrank from `old` to `change` will be below `until` after a few times as
 * many sweeps again. */
static bool is_in_sight(double old, double change, double until)
{
    double rate = change / old;
    for (int k = 0; k < JUDGE_AHEAD && change > until; k++)
        change *= rate;
    return change <= until;
}

void chi_net_flow_restart(chi_net_flow *f)
{
    f->change = (double)INFINITY;
    f->rate = 1.0;
}

double chi_net_flow_step(chi_net_flow *f)
{
    const chi_net_slices *s = f->slices;
    double before = f->change;
    f->change = s->kernels.sweep(s, f->base, f->inverse, 1.0, f->floor, f->y, f->fraction);
    f->sweeps++;
    double rate = before < (double)INFINITY ? f->change / before : 1.0;
    double worse = rate > f->rate ? rate : f->rate;
    f->rate = rate;
    if (f->change > 0.0 && (f->balanced || (f->sweeps > 2 && rate > RATE_SLOW))) {
        find_inside(f);
        balance(f, 1.0);
    }
    /* What is left after a change that shrinks at this rate. */
    return worse < 0.9 ? f->change * worse / (1.0 - worse) : 10.0 * f->change;
}

bool chi_net_flow_solve(chi_net_flow *f, double until, size_t most)
{
    double old = (double)INFINITY;
    for (size_t k = 0; k < most; k++) {
        double left = chi_net_flow_step(f);
        if (left <= until || (f->change <= FLOOR && f->rate >= 0.5 && k > FLOOR_SWEEPS))
            return true;
        if (k % JUDGE_EVERY == JUDGE_EVERY - 1) {
            if (k >= JUDGE_FIRST && !is_in_sight(old, f->change, until))
                return false;
            old = f->change;
        }
    }
    return false;
}

void chi_net_flow_snap(chi_net_flow *f, double tie)
{
    for (size_t p = 0; p < f->slices->positions; p++)
        f->y[p] = f->y[p] < 1.0 - tie ? f->y[p] : f->inverse[p] > 0.0 ? 1.0 : 0.0;
}

/* w where all rows are alike: 1 / (1 - t) with t the sum of a row of T, whose square is how fast
 * Gauss-Seidel sweeps shrink changes. A balance does without. */
static double guess_weight(const chi_net_flow *f)
{
    double rate = f->rate < RATE_SLOW ? f->rate : RATE_SLOW;
    return f->balanced || !(rate > 0.0) ? 1.0 : 1.0 / (1.0 - sqrt(rate));
}

void chi_net_flow_weights(chi_net_flow *f, double *w, double *slack)
{
    const chi_net_slices *s = f->slices;
    if (f->balanced)
        find_inside(f);
    chi_net_vectors vectors = {f->base, f->debt, f->inverse, f->y};
    s->kernels.narrow(s, &vectors, guess_weight(f), w);
    f->y = w;
    double before = (double)INFINITY;
    for (size_t k = 0; k < WEIGHT_SWEEPS_MAX; k++) {
        if (f->balanced)
            balance(f, (double)INFINITY);
        double change =
            s->kernels.sweep(s, f->base, f->inverse, (double)INFINITY, NULL, w, f->fraction);
        if (change <= 0.25 || (k > 4 && change > 0.9 * before && change <= 0.5))
            break;
        before = change;
    }
    s->kernels.slack(s, f->inverse, w, slack);
}

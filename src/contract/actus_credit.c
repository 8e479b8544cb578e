/* Arrears and default in a schedule, which the ACTUS standard names (performance, grace period,
 * delinquency rate) without equations. A credit event seen of the debtor begins a lapse: what falls
 * due from its day on is not paid until performance PF is seen, which pays all of it, with the
 * delinquency rate on what was late by more than the grace period. While performance DF holds, the
 * rate is higher by the default margin. The rules are Cardhouse's own; docs/contracts.md. */
#include "contract/actus_build.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

enum { PERFORMING = 1, DEFAULTED = 4 }; /* PF and DF in the list of performances */

static bool is_mine(const chi_actus_terms *t, const chi_actus_observed *o)
{
    return o->kind == CHI_EVENT_CE && o->performance >= PERFORMING && o->performance <= DEFAULTED &&
           (!o->contract || strcmp(o->contract, t->id ? t->id : "") == 0);
}

/* By time; a cure comes last at its instant. */
static int compare_observed(const void *a, const void *b)
{
    const chi_actus_observed *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return (x->performance < y->performance) - (x->performance > y->performance);
}

/* The credit events of this contract in order of time. */
static size_t collect(const chi_actus_build *b, chi_actus_observed **events)
{
    size_t count = 0;
    for (size_t i = 0; i < b->observed_count; i++)
        count += is_mine(b->t, &b->observed[i]);
    if (count == 0)
        return 0;
    *events = chi_arena_alloc(b->book->arena, count * sizeof **events);
    count = 0;
    for (size_t i = 0; i < b->observed_count; i++)
        if (is_mine(b->t, &b->observed[i]))
            (*events)[count++] = b->observed[i];
    qsort(*events, count, sizeof **events, compare_observed);
    return count;
}

/* Credit events as shown, and the lapses that they make. */
static void push_events(
    chi_actus_build *b, const chi_actus_observed *events, size_t count, chi_actus_lapse *lapses)
{
    double margin = chi_given(b->t->default_margin) ? b->t->default_margin : 0.0;
    chi_actus_lapse *open = NULL;
    for (size_t i = 0; i < count; i++) {
        chi_moment time = events[i].time;
        if (events[i].performance == PERFORMING) {
            bool defaulted = open && chi_given_at(open->defaults);
            chi_actus_push(b, CHI_ACTUS_OP_CURE, time, CHI_PLACE_STATED, defaulted ? -margin : 0.0);
            if (open)
                open->cure = time;
            open = NULL;
            continue;
        }
        if (!open) {
            open = &lapses[b->lapse_count++];
            *open = (chi_actus_lapse){time, CHI_MOMENT_NONE, CHI_MOMENT_NONE};
        }
        bool defaults = events[i].performance == DEFAULTED && !chi_given_at(open->defaults);
        if (defaults)
            open->defaults = time;
        chi_actus_push(
            b, CHI_ACTUS_OP_CREDIT_EVENT, time, CHI_PLACE_STATED, defaults ? margin : 0.0);
    }
}

/* The lapse that `time` falls into, its first and last instant included; NULL if none. */
static const chi_actus_lapse *lapse_at(const chi_actus_build *b, chi_moment time)
{
    size_t low = 0, high = b->lapse_count;
    while (low < high) { /* the first lapse that begins after `time` */
        size_t middle = low + (high - low) / 2;
        if (b->lapses[middle].from <= time)
            low = middle + 1;
        else
            high = middle;
    }
    if (low > 1 && b->lapses[low - 2].cure == time)
        return &b->lapses[low - 2];
    if (low == 0)
        return NULL;
    const chi_actus_lapse *lapse = &b->lapses[low - 1];
    return chi_given_at(lapse->cure) && time > lapse->cure ? NULL : lapse;
}

static void push_margin(chi_actus_build *b, const chi_actus_event *reset, double change, int rank)
{
    chi_actus_event *event =
        chi_actus_push(b, CHI_ACTUS_OP_CREDIT_EVENT, reset->pay, CHI_PLACE_STATED, change);
    event->calc = reset->calc;
    event->rank = (uint8_t)rank;
    event->hidden = CHI_HIDDEN;
}

/* A rate is reset without the margin of a default, which bounds and level payments do not know. */
static void push_margins(chi_actus_build *b)
{
    double margin = b->t->default_margin;
    size_t count = b->book->events.count;
    for (size_t i = b->plan->first; i < count; i++) {
        const chi_actus_event event = b->book->events.at[i];
        if (event.kind != CHI_EVENT_RR && event.kind != CHI_EVENT_RRF)
            continue;
        const chi_actus_lapse *lapse = event.hidden ? NULL : lapse_at(b, event.pay);
        if (!lapse || !chi_given_at(lapse->defaults) || event.pay <= lapse->defaults)
            continue;
        push_margin(b, &event, -margin, CHI_ACTUS_RANK_MARGIN_OFF);
        push_margin(b, &event, margin, CHI_ACTUS_RANK_MARGIN_ON);
    }
}

void chi_actus_push_credit(chi_actus_build *b)
{
    chi_actus_observed *events;
    size_t count = collect(b, &events);
    if (count == 0)
        return;
    chi_actus_lapse *lapses = chi_arena_alloc(b->book->arena, count * sizeof *lapses);
    b->lapses = lapses;
    push_events(b, events, count, lapses);
    if (chi_given(b->t->default_margin))
        push_margins(b);
}

static bool is_due(uint8_t kind)
{
    return kind == CHI_EVENT_IP || kind == CHI_EVENT_PR || kind == CHI_EVENT_FP ||
           kind == CHI_EVENT_MD;
}

/* What an unpaid amount has become at the cure. */
static double growth_of(
    const chi_actus_build *b, const chi_actus_event *event, const chi_actus_lapse *lapse)
{
    const chi_actus_terms *t = b->t;
    chi_cycle grace = chi_given_cycle(t->grp) ? t->grp : (chi_cycle){0, 'D', false};
    if (!chi_given_at(lapse->cure) || !chi_given(t->dqr) ||
        lapse->cure <= chi_cycle_add(event->pay, grace, 1, false))
        return 1.0;
    chi_day from = chi_moment_accrual(event->pay), to = chi_moment_accrual(lapse->cure);
    return 1.0 + t->dqr * chi_actus_years(b, from, to);
}

uint8_t chi_actus_showing_of(chi_actus_build *b, const chi_actus_event *event)
{
    if (event->hidden || !is_due(event->kind))
        return event->hidden;
    const chi_actus_lapse *lapse = lapse_at(b, event->pay);
    if (!lapse)
        return CHI_SHOWN;
    *CHI_PUSH(b->book->arena, &b->book->years) = growth_of(b, event, lapse);
    return CHI_UNPAID;
}

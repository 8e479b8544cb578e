/* Contracts made of contracts: SWAPS and CAPFL, whose parts happen side by side. (CEG and CEC,
 * which only look at what they cover, are in actus_cover.c.) */
#include "contract/actus_nest.h"

#include "base/check.h"
#include "contract/actus_joint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t rank_of_kind[CHI_EVENT_COUNT] = {0,
#define CHI_ACTUS_KIND_RANK(id, rank, text) rank,
    CHI_ACTUS_KINDS(CHI_ACTUS_KIND_RANK)
#undef CHI_ACTUS_KIND_RANK
};

chi_actus_row chi_actus_row_of(
    const chi_actus_terms *t, chi_moment time, chi_actus_kind kind, double payoff)
{
    return (chi_actus_row){.time = time,
        .kind = (uint8_t)kind,
        .currency = t->cur,
        .payoff = payoff,
        .exercise_date = CHI_MOMENT_NONE,
        .observed = (double)NAN,
        .fx = 1.0,
        .op = CHI_ACTUS_OP_NOTHING};
}

typedef struct row_place {
    int64_t key;
    size_t index;
} row_place;

static int compare_places(const void *a, const void *b)
{
    const row_place *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

/* By time, rank and leg; equal ones keep their order. */
void chi_actus_rows_sort(chi_arena *arena, chi_actus_rows *rows)
{
    row_place *places = chi_arena_alloc(arena, (rows->count + 1) * sizeof *places);
    chi_actus_row *sorted = chi_arena_alloc(arena, (rows->count + 1) * sizeof *sorted);
    for (size_t i = 0; i < rows->count; i++) {
        const chi_actus_row *row = &rows->at[i];
        int64_t key = ((int64_t)row->time << 16) | (rank_of_kind[row->kind] << 8) | row->leg;
        places[i] = (row_place){key, i};
    }
    qsort(places, rows->count, sizeof *places, compare_places);
    for (size_t i = 0; i < rows->count; i++)
        sorted[i] = rows->at[places[i].index];
    rows->at = sorted;
    rows->room = rows->count;
}

void chi_actus_rows_cut(const chi_actus_terms *t, chi_moment to, chi_actus_rows *rows)
{
    size_t kept = 0;
    bool closed = false;
    for (size_t i = 0; i < rows->count && !closed; i++) {
        const chi_actus_row *row = &rows->at[i];
        bool past = row->time <= t->sd || (chi_given_at(to) && row->time > to);
        bool before_purchase = chi_given_at(t->prd) && t->prd > t->sd && row->time <= t->prd &&
                               row->kind != CHI_EVENT_PRD;
        closed = row->kind == CHI_EVENT_TD && row->leg == 0;
        if (!past && !before_purchase)
            rows->at[kept++] = *row;
    }
    rows->count = kept;
}

static const chi_actus_terms *part_of(const chi_actus_terms *t, uint8_t role)
{
    for (size_t i = 0; i < t->part_count; i++)
        if (t->parts[i].role == role && t->parts[i].terms)
            return t->parts[i].terms;
    CHI_NEVER("the parts were checked");
}

static bool nets(uint8_t kind)
{
    return kind == CHI_EVENT_IED || kind == CHI_EVENT_IP || kind == CHI_EVENT_PR ||
           kind == CHI_EVENT_MD;
}

/* A leg on its way to joins: its events that are still to come, and the first one that no join has
 * taken along. */
typedef struct leg_walk {
    const chi_actus_event *first, *next, *end;
    uint32_t part, from;
} leg_walk;

/* Both legs, the prices of purchase and termination in order of time, and what is shown. */
typedef struct legs {
    chi_actus_book *book;
    chi_actus_joint *joint;
    chi_moment to, after; /* shown are events after the status date and the purchase */
    leg_walk legs[2];
    chi_actus_join prices[2];
    int price_count, price_next;
} legs;

static chi_actus_join price_of(chi_moment time, chi_actus_kind kind, double amount)
{
    return (chi_actus_join){
        .action = CHI_JOIN_PAY, .pay = time, .amount = amount, .kind = (uint8_t)kind};
}

/* SWAPS pays the price with the role's sign at purchase and without it at termination (cases
 * swaps09 and swaps10); CAPFL as options do. */
static void set_prices(legs *l)
{
    const chi_actus_terms *t = l->joint->terms;
    double role = l->joint->role;
    bool swaps = t->type == CHI_ACTUS_SWAPS;
    if (chi_given_at(t->prd) && t->prd > t->sd)
        l->prices[l->price_count++] =
            price_of(t->prd, CHI_EVENT_PRD, swaps ? role * t->pprd : -(role * t->pprd));
    if (chi_given_at(t->td) && t->td > t->sd)
        l->prices[l->price_count++] = price_of(t->td, CHI_EVENT_TD, swaps ? t->ptd : role * t->ptd);
}

static int64_t order_of(chi_moment pay, uint8_t rank, uint8_t leg)
{
    return (int64_t)pay * 65536 + (rank << 8 | leg);
}

/* Order of the next event of a leg, and of the next price. */
static int64_t leg_order(const leg_walk *leg)
{
    return leg->next == leg->end
               ? INT64_MAX
               : order_of(leg->next->pay, leg->next->rank, (uint8_t)(leg->part + 1));
}

static int64_t price_order(const legs *l)
{
    const chi_actus_join *price = &l->prices[l->price_next];
    return l->price_next == l->price_count ? INT64_MAX
                                           : order_of(price->pay, rank_of_kind[price->kind], 0);
}

/* Cash settlement: what both legs do at the same instant becomes one event. `one` is the last join,
 * `other` the new one. */
static void net(const chi_actus_terms *t, chi_actus_join *one, chi_actus_join *other)
{
    if (t->ds == CHI_WORD_CASH && one->action == CHI_JOIN_EVENT && one->leg == 1 &&
        other->leg == 2 && one->kind == other->kind && one->pay == other->pay &&
        nets(other->kind)) {
        one->action = CHI_JOIN_HOLD;
        other->action = CHI_JOIN_NET;
    }
}

/* Field by field, where the join will stay: a copy would wait for the stores. */
static void put_event(chi_actus_join *join, chi_actus_join_action action, const leg_walk *leg,
    const chi_actus_event *event, uint8_t shown_leg)
{
    join->amount = 0.0;
    join->pay = event->pay;
    join->part = leg->part;
    join->from = leg->from;
    join->at = (uint32_t)(event - leg->first);
    join->action = (uint8_t)action;
    join->kind = event->kind;
    join->leg = shown_leg;
}

/* SWAPS: a leg's events that come before `limit`; there is room for them. */
static void run_leg(legs *l, leg_walk *leg, int64_t limit)
{
    const chi_actus_terms *t = l->joint->terms;
    chi_actus_join *first = l->book->joins.at + l->joint->first;
    chi_actus_join *stretch = l->book->joins.at + l->book->joins.count, *join = stretch;
    uint8_t number = (uint8_t)(leg->part + 1);
    for (; leg_order(leg) < limit; leg->next++) {
        const chi_actus_event *event = leg->next;
        if (event->hidden || event->pay <= l->after)
            continue;
        put_event(join, CHI_JOIN_EVENT, leg, event, number);
        leg->from = (uint32_t)(event - leg->first) + 1;
        /* Only the first of a stretch follows one of the other leg. */
        if (join == stretch && join > first)
            net(t, join - 1, join);
        join++;
    }
    l->book->joins.count = (size_t)(join - l->book->joins.at);
}

/* CAPFL shows what the bounds change in the interest: the second part is the same loan with the
 * bounds. */
static void run_bounded(legs *l, leg_walk *leg, int64_t limit)
{
    chi_actus_join *join = l->book->joins.at + l->book->joins.count;
    leg_walk bounded = *leg;
    bounded.part = 1;
    for (; leg_order(leg) < limit; leg->next++) {
        const chi_actus_event *event = leg->next;
        if (event->hidden || event->pay <= l->after || event->kind != CHI_EVENT_IP)
            continue;
        bounded.from = leg->from;
        put_event(join++, CHI_JOIN_HOLD, leg, event, 0);
        put_event(join++, CHI_JOIN_DIFFERENCE, &bounded, event, 0);
        leg->from = (uint32_t)(event - leg->first) + 1;
    }
    l->book->joins.count = (size_t)(join - l->book->joins.at);
}

/* Room for every join that the legs and the prices can make. */
static void reserve_joins(legs *l)
{
    chi_actus_book *book = l->book;
    size_t events =
        (size_t)(l->legs[0].end - l->legs[0].first) + (size_t)(l->legs[1].end - l->legs[1].first);
    size_t need = book->joins.count + 2 * events + 2, room = 2 * need;
    if (need <= book->joins.room)
        return;
    book->joins.at = chi_arena_grow(book->arena, book->joins.at,
        book->joins.room * sizeof *book->joins.at, room * sizeof *book->joins.at);
    book->joins.room = room;
}

static void open_legs(legs *l)
{
    const chi_actus_terms *t = l->joint->terms;
    bool bought = chi_given_at(t->prd) && t->prd > t->sd;
    l->after = bought ? t->prd : t->sd;
    for (uint32_t part = 0; part < (t->type == CHI_ACTUS_SWAPS ? 2 : 1); part++) {
        const chi_actus_plan *plan = chi_actus_part_plan(l->book, l->joint, part);
        const chi_actus_event *first = l->book->events.at + plan->first;
        l->legs[part] = (leg_walk){first, first, first + plan->count, part, 0};
    }
    set_prices(l);
    reserve_joins(l);
}

/* Both legs in order of time, cut at the end and at the termination: stretch by stretch, each up to
 * where another source goes on. */
static void merge_legs(legs *l)
{
    chi_actus_joint *joint = l->joint;
    bool swaps = joint->terms->type == CHI_ACTUS_SWAPS;
    int64_t end = chi_given_at(l->to) ? order_of(l->to, UINT8_MAX, UINT8_MAX) : INT64_MAX - 1;
    joint->first = l->book->joins.count;
    for (bool closed = false; !closed;) {
        int64_t order[2] = {leg_order(&l->legs[0]), leg_order(&l->legs[1])};
        int64_t price = price_order(l);
        int next = order[1] < order[0];
        if (order[next] > end && price > end)
            break;
        if (price < order[next]) {
            closed = l->prices[l->price_next].kind == CHI_EVENT_TD;
            l->book->joins.at[l->book->joins.count++] = l->prices[l->price_next++];
            continue;
        }
        int64_t limit = order[1 - next] < price ? order[1 - next] : price;
        limit = limit <= end ? limit : end + 1;
        (swaps ? run_leg : run_bounded)(l, &l->legs[next], limit);
    }
    joint->count = l->book->joins.count - joint->first;
}

/* CAPFL: the underlying with the bounds. They change no date, so that its events are shared. */
static void bound_plan(chi_actus_plan *plan, const chi_actus_terms *t)
{
    chi_actus_constants *c = &plan->constants;
    c->life_cap = chi_given(t->rrlc) ? t->rrlc : c->life_cap;
    c->life_floor = chi_given(t->rrlf) ? t->rrlf : c->life_floor;
    c->period_cap = chi_given(t->rrpc) ? t->rrpc : c->period_cap;
    c->period_floor = chi_given(t->rrpf) ? -t->rrpf : c->period_floor;
}

bool chi_actus_join_legs(chi_actus_book *book, chi_moment to, chi_actus_joint *joint)
{
    const chi_actus_terms *t = joint->terms;
    bool swaps = t->type == CHI_ACTUS_SWAPS;
    legs l = {.book = book, .joint = joint, .to = to};
    if (!chi_actus_compile_part(book, part_of(t, swaps ? CHI_PART_FIL : CHI_PART_UDL), to, joint))
        return false;
    if (swaps) {
        if (!chi_actus_compile_part(book, part_of(t, CHI_PART_SEL), to, joint))
            return false;
    } else {
        chi_actus_plan bounded = *chi_actus_part_plan(book, joint, 0);
        bound_plan(&bounded, t);
        *CHI_PUSH(book->arena, &book->parts) = bounded;
        joint->part_count++;
    }
    open_legs(&l);
    merge_legs(&l);
    return true;
}

bool chi_actus_compile_part(
    chi_actus_book *book, const chi_actus_terms *terms, chi_moment to, chi_actus_joint *joint)
{
    chi_actus_plan plan;
    if (chi_actus_is_nest(terms)) {
        chi_actus_term_error(book->diags, 605, terms, "contractType", NULL,
            "is itself made of contracts; that is not supported as a part of another");
        book->errors++;
        return false;
    }
    if (!chi_actus_compile(book, terms, to, NULL, 0, &plan))
        return false;
    *CHI_PUSH(book->arena, &book->parts) = plan;
    joint->part_count++;
    return true;
}

bool chi_actus_compile_joint(chi_actus_book *book, const chi_actus_terms *terms, chi_moment to,
    const chi_actus_observed *observed, size_t observed_count, chi_actus_joint *joint)
{
    CHI_ASSERT(chi_actus_is_nest(terms));
    *joint = (chi_actus_joint){.terms = terms,
        .first_part = book->parts.count,
        .role = chi_actus_sign(terms),
        .ratio = 1.0};
    if (terms->type == CHI_ACTUS_SWAPS || terms->type == CHI_ACTUS_CAPFL)
        return chi_actus_join_legs(book, to, joint);
    return chi_actus_join_cover(book, observed, observed_count, to, joint);
}

/* The row of one shown join; `held` is the row of the join before. */
static chi_actus_row joined_row(const chi_actus_joint *joint, const chi_actus_join *join,
    const chi_actus_row *held, const chi_actus_row *own)
{
    const chi_actus_terms *t = joint->terms;
    chi_actus_row row = *own;
    switch (join->action) {
    case CHI_JOIN_NET:
        row = *held;
        row.payoff += own->payoff;
        row.state.nt += own->state.nt;
        row.state.ipac += own->state.ipac;
        row.state.ipnr = 0.0;
        row.leg = 0;
        return row;
    case CHI_JOIN_DIFFERENCE:
        return chi_actus_row_of(t, join->pay, (chi_actus_kind)join->kind,
            lane_actus_difference(held->payoff, own->payoff, joint->role));
    case CHI_JOIN_PAY:
        return chi_actus_row_of(t, join->pay, (chi_actus_kind)join->kind, join->amount);
    default:
        row.leg = join->leg;
        return row;
    }
}

static bool run_legs(chi_arena *arena, ch_diags *diags, const chi_actus_terms *t,
    chi_actus_case *world, chi_actus_rows *rows)
{
    chi_actus_book book;
    chi_actus_joint joint;
    chi_actus_runner *runners = chi_arena_alloc(arena, 2 * sizeof *runners);
    chi_actus_book_init(&book, arena, diags);
    if (!chi_actus_compile_joint(&book, t, world->to, NULL, 0, &joint))
        return false;
    for (size_t leg = 0; leg < 2; leg++)
        chi_actus_runner_open(&runners[leg], &book, chi_actus_part_plan(&book, &joint, leg), world);
    chi_actus_row held = {0}, own = {0};
    for (size_t k = 0; k < joint.count; k++) {
        const chi_actus_join *join = &book.joins.at[joint.first + k];
        for (uint32_t e = join->from; join->action != CHI_JOIN_PAY && e <= join->at; e++)
            if (!chi_actus_runner_step(&runners[join->part], e, &own))
                return false;
        if (join->action == CHI_JOIN_HOLD)
            held = own;
        if (!chi_actus_join_shown[join->action])
            continue;
        chi_actus_row row = joined_row(&joint, join, &held, &own);
        if (!isfinite(row.payoff) || !isfinite(row.state.nt) || !isfinite(row.state.ipac)) {
            chi_actus_term_error(diags, 604, t, "contractStructure", NULL,
                "leads to figures that are too large to compute with");
            return false;
        }
        *CHI_PUSH(arena, rows) = row;
    }
    return true;
}

bool chi_actus_run_nest(chi_arena *arena, ch_diags *diags, const chi_actus_terms *terms,
    chi_actus_case *world, chi_actus_rows *rows)
{
    CHI_ASSERT(chi_actus_is_nest(terms));
    if (terms->type == CHI_ACTUS_SWAPS || terms->type == CHI_ACTUS_CAPFL)
        return run_legs(arena, diags, terms, world, rows);
    return chi_actus_run_cover(arena, diags, terms, world, rows);
}

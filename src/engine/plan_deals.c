/* Deals in the plan. */
#include "engine/plan.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

typedef struct maker {
    chi_plan *plan;
    chi_deals_plan *deals;
    chi_arena *arena;
    CHI_VEC(const chi_actus_plan *) legs;
    CHI_VEC(chi_leg_event) events;
    CHI_VEC(chi_seen_slot) seen;
} maker;

/* --- compiling ------------------------------------------------------------------------------ */

static bool is_trade(const chi_deal *deal)
{
    return deal->type == CHI_DEAL_FXOUT || deal->type == CHI_DEAL_OPTNS ||
           deal->type == CHI_DEAL_FUTUR;
}

static void compile_deal(maker *m, uint32_t d)
{
    const ch_model *model = m->plan->model;
    const chi_deal *deal = &model->deal[d];
    chi_deal_plan *terms = chi_arena_alloc(m->arena, sizeof *terms);
    chi_day horizon = chi_month_date(model->start, m->plan->months - 1);
    chi_deal_input input = {.arena = m->arena,
        .terms = chi_deal_terms(model, d, m->arena),
        .id = chi_model_text(model, deal->name),
        .type = deal->type,
        .events = model->deal_event + deal->observed.first,
        .event_count = deal->observed.count,
        /* Trades are compiled to their end: as long as one has not settled it has a value. */
        .to = is_trade(deal) ? CHI_MOMENT_NONE : 2 * horizon + 1};
    bool good = chi_deal_compile(&input, terms);
    CHI_ASSERT(good); /* the reader compiled it too */
    chi_deal_row *row = &m->deals->row[d];
    *row = (chi_deal_row){terms, (uint32_t)m->legs.count, CHI_NONE, CHI_NONE, deal->creator,
        deal->counterparty, terms->role};
    if (terms->role < 0.0) {
        row->owner = deal->counterparty;
        row->other = deal->creator;
    }
    for (uint32_t k = 0; k < terms->legs; k++)
        *CHI_PUSH(m->arena, &m->legs) = &terms->leg[k];
}

/* --- market --------------------------------------------------------------------------------- */

static uint32_t driver_of(const maker *m, const chi_deal *deal, const char *object)
{
    const ch_model *model = m->plan->model;
    if (deal->type == CHI_DEAL_FXOUT)
        return deal->driver;
    for (uint32_t d = 0; d < model->driver_count; d++)
        if (strcmp(chi_model_text(model, model->driver[d].name), object) == 0)
            return d;
    CHI_NEVER("a market object that is no driver");
}

/* A value is the driver of the month of its day; one that is read in another month is kept. */
static void find_market(maker *m, chi_leg_event *at, const chi_deal_plan *terms)
{
    const chi_deal *deal = &m->plan->model->deal[at->deal];
    const chi_actus_slot *slot = &terms->book.slots.at[at->event->slot];
    uint32_t driver = driver_of(m, deal, terms->book.objects.at[slot->object]);
    uint32_t month = chi_month_of(m->plan->model, chi_moment_day(slot->time), m->plan->months);
    if (month == at->month) {
        at->market = driver;
        return;
    }
    CHI_ASSERT(month == CHI_NONE || month < at->month);
    for (size_t i = 0; i < m->seen.count && at->seen == CHI_NONE; i++)
        if (m->seen.at[i].driver == driver && m->seen.at[i].month == month)
            at->seen = (uint32_t)i;
    if (at->seen == CHI_NONE) {
        at->seen = (uint32_t)m->seen.count;
        *CHI_PUSH(m->arena, &m->seen) = (chi_seen_slot){driver, month};
    }
}

/* --- events --------------------------------------------------------------------------------- */

static void weigh(chi_leg_event *at)
{
    uint8_t op = at->event->op, kind = at->event->kind;
    at->lends =
        op == CHI_ACTUS_OP_IED || op == CHI_ACTUS_OP_INCREASE_STEP || op == CHI_ACTUS_OP_DRAW;
    at->redeems = op == CHI_ACTUS_OP_REDEEM || op == CHI_ACTUS_OP_REDEEM_NET ||
                  op == CHI_ACTUS_OP_REDEEM_STEP || op == CHI_ACTUS_OP_PREPAY ||
                  op == CHI_ACTUS_OP_TERMINATE;
    at->matures = op == CHI_ACTUS_OP_MATURE || op == CHI_ACTUS_OP_CALL_SETTLE;
    at->interest = kind == CHI_EVENT_IP || kind == CHI_EVENT_IPFX || kind == CHI_EVENT_IPFL;
    at->shown = !at->event->hidden;
}

static void add_event(maker *m, uint32_t d, uint32_t k, uint32_t place)
{
    const chi_deal_plan *terms = m->deals->row[d].terms;
    const chi_actus_plan *leg = &terms->leg[k];
    const chi_actus_event *event = &terms->book.events.at[leg->first + place];
    chi_leg_event at = {.deal = d,
        .leg = m->deals->row[d].first_leg + k,
        .place = place,
        .market = CHI_NONE,
        .seen = CHI_NONE,
        .event = event,
        .constants = &leg->constants};
    at.month = chi_month_of(m->plan->model, chi_moment_day(event->pay), m->plan->months);
    if (at.month == CHI_NONE)
        at.month = 0; /* the payment of an annuity that is fixed before the first month */
    if (at.month >= m->plan->months)
        return;
    weigh(&at);
    if (terms->sum == CHI_SUM_DIFFERENCE && k < 2) {
        at.pairs_with_next = k == 0;
        at.shown = at.shown != 0.0 && event->kind == CHI_EVENT_IP;
    }
    if (event->op == CHI_ACTUS_OP_ANNUITY) {
        at.years = terms->book.years.at + event->slot;
        at.year_count = leg->years_end - event->slot;
    }
    if (chi_actus_op_observes(event->op))
        find_market(m, &at, terms);
    *CHI_PUSH(m->arena, &m->events) = at;
}

static int by_month(const void *a, const void *b)
{
    const chi_leg_event *x = a, *y = b;
    if (x->month != y->month)
        return x->month < y->month ? -1 : 1;
    if (x->deal != y->deal)
        return x->deal < y->deal ? -1 : 1;
    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    return (x->leg > y->leg) - (x->leg < y->leg);
}

static void list_events(maker *m)
{
    uint32_t months = m->plan->months;
    for (uint32_t d = 0; d < m->plan->counts.deals; d++)
        for (uint32_t k = 0; k < m->deals->row[d].terms->legs; k++)
            for (uint32_t e = 0; e < m->deals->row[d].terms->leg[k].count; e++)
                add_event(m, d, k, e);
    if (m->events.count)
        qsort(m->events.at, m->events.count, sizeof *m->events.at, by_month);
    m->deals->event = m->events.at;
    m->deals->event_first = chi_arena_alloc(m->arena, (months + 1) * sizeof(uint32_t));
    uint32_t at = 0;
    for (uint32_t month = 0; month < months; month++) {
        m->deals->event_first[month] = at;
        while (at < m->events.count && m->events.at[at].month == month)
            at++;
    }
    m->deals->event_first[months] = at;
}

/* --- monthly tables ------------------------------------------------------------------------- */

static void list_tails(maker *m)
{
    const chi_plan *plan = m->plan;
    chi_deals_plan *deals = m->deals;
    size_t legs = plan->counts.legs;
    deals->tail_years = chi_arena_alloc(m->arena, (legs * plan->months + 1) * sizeof(double));
    chi_day *last = chi_arena_alloc(m->arena, (legs + 1) * sizeof *last);
    for (size_t g = 0; g < legs; g++)
        last[g] = chi_moment_accrual(deals->leg[g]->terms->sd);
    for (uint32_t month = 0; month < plan->months; month++) {
        for (uint32_t k = deals->event_first[month]; k < deals->event_first[month + 1]; k++)
            last[deals->event[k].leg] = deals->event[k].event->calc;
        for (size_t g = 0; g < legs; g++)
            deals->tail_years[g * plan->months + month] =
                chi_deal_years(deals->leg[g], last[g], chi_month_date(plan->model->start, month));
    }
}

/* The day on which a trade has settled; others end by their state. */
static chi_moment end_of(const chi_deal *deal, const chi_deal_plan *terms)
{
    chi_moment end = terms->until;
    if (is_trade(deal) && terms->leg[0].count > 0) {
        const chi_actus_plan *leg = &terms->leg[0];
        end = terms->book.events.at[leg->first + leg->count - 1].pay;
    } else if (is_trade(deal)) {
        end = INT32_MIN;
    }
    return end < terms->until ? end : terms->until;
}

static void list_months(maker *m)
{
    const chi_plan *plan = m->plan;
    const ch_model *model = plan->model;
    chi_deals_plan *deals = m->deals;
    deals->open = chi_arena_alloc(m->arena, plan->counts.deals * (plan->months + 1) + 1);
    deals->lends = chi_arena_alloc(m->arena, plan->counts.deals * plan->months + 1);
    for (uint32_t d = 0; d < plan->counts.deals; d++) {
        const chi_deal_plan *terms = deals->row[d].terms;
        chi_moment end = end_of(&model->deal[d], terms);
        for (uint32_t month = 0; month <= plan->months; month++) {
            chi_moment at =
                2 * (month ? chi_month_date(model->start, month - 1) : model->start) + 1;
            deals->open[d * (plan->months + 1) + month] = terms->from <= at && at < end;
        }
    }
    for (size_t k = 0; k < m->events.count; k++)
        if (m->events.at[k].lends != 0.0)
            deals->lends[m->events.at[k].deal * plan->months + m->events.at[k].month] = 1;
}

void chi_deals_plan_build(chi_plan *plan, chi_arena *arena)
{
    const ch_model *model = plan->model;
    maker m = {.plan = plan, .deals = &plan->deals, .arena = arena};
    plan->counts.deals = model->deal_count;
    m.deals->row = chi_arena_alloc(arena, (model->deal_count + 1) * sizeof *m.deals->row);
    for (uint32_t d = 0; d < model->deal_count; d++) {
        compile_deal(&m, d);
        if (model->deal[d].type == CHI_DEAL_CEC)
            plan->counts.taken = model->share_count;
    }
    m.deals->leg = m.legs.at;
    plan->counts.legs = m.legs.count;
    list_events(&m);
    m.deals->seen = m.seen.at;
    plan->counts.seen = m.seen.count;
    list_tails(&m);
    list_months(&m);
}

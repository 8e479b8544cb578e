/* Events of the types that are bought and sold, settled or swapped: CSH, COM, STK, FXOUT, SWPPV,
 * OPTNS, FUTUR. */
#include "contract/actus_build.h"

#include "base/check.h"

#include <string.h>

static double quantity_of(const chi_actus_terms *t)
{
    return chi_given(t->qt) ? t->qt : 1.0;
}

/* Purchase and termination as plain payments. `sign` of the termination is the type's own: fixed
 * by the public cases without the role for FXOUT and SWPPV. */
static void push_prices(chi_actus_build *b, double quantity, double termination_sign)
{
    const chi_actus_terms *t = b->t;
    bool swap = t->type == CHI_ACTUS_SWPPV;
    if (chi_given_at(t->prd) && t->prd > t->sd)
        chi_actus_push(b, swap ? CHI_ACTUS_OP_SWAP_PAY : CHI_ACTUS_OP_PAY, t->prd, CHI_PLACE_STATED,
            -(b->role * quantity * t->pprd));
    if (chi_given_at(t->td) && t->td > t->sd)
        chi_actus_push(b, swap ? CHI_ACTUS_OP_SWAP_PAY_CLOSE : CHI_ACTUS_OP_PAY_CLOSE, t->td,
            CHI_PLACE_STATED, termination_sign * quantity * t->ptd);
}

/* STK: a dividend on every date of the cycle up to and including the end of the projection. */
static void push_dividends(chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    chi_schedule s;
    chi_cycle cycle = t->dvcl;
    if (!chi_given_at(t->dvanx) && !chi_given_cycle(cycle))
        return;
    cycle.short_stub = true; /* a share has no last period that a stub could lengthen */
    chi_moment end = chi_given_at(b->to) ? b->to : t->td;
    if (!chi_actus_schedule_to(b, t->dvanx, cycle, end + 1, "cycleOfDividendPayment", &s))
        return;
    const chi_actus_dates *dates = chi_actus_dates_of(b, &s);
    for (int32_t k = 0; k < s.regular; k++) {
        chi_actus_event *event = chi_actus_push_date(b, CHI_ACTUS_OP_DIVIDEND, dates, k, 0.0);
        if (event->pay > t->sd)
            event->slot = chi_actus_slot_of(b, t->dvmo, dates->times[k]);
    }
}

static chi_moment settlement_of(const chi_actus_build *b, chi_moment exercise)
{
    const chi_actus_terms *t = b->t;
    chi_cycle period = chi_given_cycle(t->stp) ? t->stp : (chi_cycle){0, 'D', false};
    return chi_cycle_add(exercise, period, 1, false);
}

/* FXOUT: both currencies at maturity, or their net value one settlement period later. */
static void make_fx(chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    chi_actus_constants *c = &b->plan->constants;
    c->notional = b->role * t->nt;
    c->notional2 = b->role * t->nt2;
    push_prices(b, 1.0, 1.0);
    if (t->ds == CHI_WORD_CASH) {
        chi_actus_event *event = chi_actus_push(
            b, CHI_ACTUS_OP_FX_SETTLE, settlement_of(b, t->md), CHI_PLACE_SHIFTED, 0.0);
        const char *rate = chi_arena_format(b->book->arena, "%s/%s", t->cur2, t->cur);
        if (event->pay > t->sd)
            event->slot = chi_actus_slot_of(b, rate, t->md);
        return;
    }
    for (uint32_t second = 0; second < 2; second++) {
        chi_actus_event *event = chi_actus_push(
            b, CHI_ACTUS_OP_PAY, t->md, CHI_PLACE_STATED, second ? -c->notional2 : c->notional);
        event->kind = CHI_EVENT_MD;
        event->rank = 110;
        event->slot = second;
    }
}

/* Accrued interest of a swap at the status date: stated, or from the last payment date. */
static void accrue_swap(chi_actus_build *b, const chi_schedule *s)
{
    const chi_actus_terms *t = b->t;
    chi_actus_state *start = &b->plan->start;
    double years = 0.0;
    for (int32_t k = 0; k < s->regular && chi_schedule_at(s, k) < t->sd; k++)
        years = chi_actus_years(
            b, chi_actus_accrual_day(t, chi_schedule_at(s, k)), chi_moment_accrual(t->sd));
    start->nt = b->plan->constants.notional;
    start->ipnr = t->ipnr2;
    start->ipac = chi_given(t->ipac) ? b->role * t->ipac : (years * t->ipnr) * start->nt;
    start->second = chi_given(t->ipac2) ? -(b->role * t->ipac2) : -((years * t->ipnr2) * start->nt);
}

static void push_swap_interest(chi_actus_build *b, chi_moment time, chi_actus_placing placing)
{
    if (b->t->ds == CHI_WORD_CASH) {
        chi_actus_push(b, CHI_ACTUS_OP_SWAP_NET, time, placing, 0.0);
        return;
    }
    chi_actus_push(b, CHI_ACTUS_OP_SWAP_FIXED, time, placing, 0.0);
    chi_actus_push(b, CHI_ACTUS_OP_SWAP_FLOATING, time, placing, 0.0);
}

/* SWPPV: fixed rate IPNR, floating rate from IPNR2 on; no principal is exchanged. */
static void make_swap(chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    chi_actus_constants *c = &b->plan->constants;
    b->has_exchange = true;
    b->seasoned = t->ied <= t->sd;
    b->end = t->md;
    b->end_stated = true;
    b->plan->maturity = t->md;
    c->notional = b->role * t->nt;
    c->base = c->notional;
    c->base_follows = 1.0;
    c->rate = t->ipnr2;
    c->fixed_rate = t->ipnr;
    c->multiplier = chi_given(t->rrmlt) ? t->rrmlt : 1.0;
    c->life_cap = chi_given(t->rrlc) ? t->rrlc : c->life_cap;
    c->life_floor = chi_given(t->rrlf) ? t->rrlf : c->life_floor;
    c->period_cap = chi_given(t->rrpc) ? t->rrpc : c->period_cap;
    c->period_floor = chi_given(t->rrpf) ? -t->rrpf : c->period_floor;
    chi_schedule s = {.anchor = t->md, .end = t->md};
    bool has_cycle = chi_actus_schedule(b, t->ipanx, t->ipcl, "cycleOfInterestPayment", &s);
    if (b->failed)
        return;
    if (b->seasoned)
        accrue_swap(b, &s);
    else
        chi_actus_push(b, CHI_ACTUS_OP_SWAP_START, t->ied, CHI_PLACE_STATED, 0.0);
    const chi_moment *dates = chi_actus_dates_of(b, &s)->times;
    for (int32_t k = 0; has_cycle && k < s.regular; k++)
        push_swap_interest(b, dates[k], CHI_PLACE_SHIFTED);
    push_swap_interest(b, t->md, CHI_PLACE_STATED);
    chi_actus_push_resets(b, CHI_ACTUS_OP_SWAP_RESET, CHI_ACTUS_OP_SWAP_RESET_KNOWN);
    chi_actus_push_end(b, CHI_ACTUS_OP_SWAP_END, 0.0);
    push_prices(b, 1.0, 1.0);
}

static const char *underlying_of(const chi_actus_terms *t)
{
    for (size_t i = 0; i < t->part_count; i++)
        if (t->parts[i].market_object)
            return t->parts[i].market_object;
    return t->moc;
}

/* The exercise of an American or Bermudan option: stated, or the first one that is observed. */
static chi_moment exercise_of(chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    chi_moment exercise = t->xd;
    for (size_t i = 0; i < b->observed_count && !chi_given_at(t->xd) && t->opxt > 1; i++) {
        const chi_actus_observed *o = &b->observed[i];
        bool is_mine = !o->contract || !t->id || strcmp(o->contract, t->id) == 0;
        if (o->kind == CHI_EVENT_XD && is_mine && o->time > t->sd && o->time <= t->md &&
            (!chi_given_at(exercise) || o->time < exercise))
            exercise = o->time;
    }
    if (exercise == t->xd || t->opxt != CHI_WORD_BERMUDAN)
        return exercise;
    chi_schedule s;
    if (!chi_actus_schedule_to(b, t->opanx, t->opcl, t->md, "cycleOfOptionality", &s))
        return exercise;
    for (int32_t k = 0; k <= s.regular; k++)
        if (chi_schedule_at(&s, k) == exercise)
            return exercise;
    chi_actus_term_error(b->book->diags, 604, t, "cycleOfOptionality", NULL,
        "and its anchor do not name the day of the observed exercise (XD)");
    b->failed = true;
    return exercise;
}

/* OPTNS and FUTUR: exercised at maturity, unless an exercise is stated or observed. */
static void make_exercise(chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    chi_actus_constants *c = &b->plan->constants;
    bool future = t->type == CHI_ACTUS_FUTUR;
    c->forward = future ? 1.0 : 0.0;
    c->strike = future ? t->pfut : t->ops1;
    c->strike2 = t->optp == CHI_WORD_COLLAR ? t->ops2 : t->ops1;
    c->call = t->optp == CHI_WORD_PUT ? 0.0 : 1.0;
    c->put = t->optp == CHI_WORD_CALL ? 0.0 : 1.0;
    push_prices(b, 1.0, b->role);
    chi_moment exercise = exercise_of(b);
    bool stated = chi_given_at(exercise), past = stated && exercise <= t->sd;
    if (b->failed)
        return;
    exercise = stated ? exercise : t->md;
    if (!stated) {
        chi_actus_event *event = chi_actus_push(b, CHI_ACTUS_OP_PAY, t->md, CHI_PLACE_STATED, 0.0);
        event->kind = CHI_EVENT_MD;
        event->rank = 110;
    }
    if (past)
        b->plan->start.second = t->xa;
    else {
        uint32_t slot = chi_actus_slot_of(b, underlying_of(t), exercise);
        chi_actus_push(b, CHI_ACTUS_OP_EXERCISE, exercise, CHI_PLACE_STATED, 0.0)->slot = slot;
    }
    chi_actus_push(
        b, CHI_ACTUS_OP_EXERCISE_SETTLE, settlement_of(b, exercise), CHI_PLACE_SHIFTED, 0.0);
}

void chi_actus_make_trade(chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    switch ((chi_actus_type)t->type) {
    case CHI_ACTUS_CSH:
        b->plan->start.nt = b->role * t->nt;
        break;
    case CHI_ACTUS_COM:
        push_prices(b, quantity_of(t), b->role);
        break;
    case CHI_ACTUS_STK:
        push_prices(b, quantity_of(t), b->role);
        push_dividends(b);
        break;
    case CHI_ACTUS_FXOUT:
        make_fx(b);
        break;
    case CHI_ACTUS_SWPPV:
        make_swap(b);
        break;
    case CHI_ACTUS_OPTNS:
    case CHI_ACTUS_FUTUR:
        make_exercise(b);
        break;
    default:
        CHI_NEVER("a type without events of its own");
    }
    if (!b->failed)
        chi_actus_push_common(b);
}

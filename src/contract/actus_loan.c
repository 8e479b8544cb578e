/* Events of the types that lend and pay interest: PAM, LAM, NAM, ANN, LAX, CLM, UMP. */
#include "contract/actus_build.h"

#include "base/check.h"

/* Constants and state at the start, before interest and redemption are planned. */
static void set_start(chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    chi_actus_constants *c = &b->plan->constants;
    chi_actus_state *s = &b->plan->start;
    bool base_stands =
        t->ipcb == CHI_WORD_NTL && t->type >= CHI_ACTUS_LAM && t->type <= CHI_ACTUS_LAX;
    c->notional = b->role * t->nt;
    c->exchange = -(b->role * (t->nt + (chi_given(t->pdied) ? t->pdied : 0.0)));
    c->rate = chi_given(t->ipnr) ? t->ipnr : 0.0;
    c->base_follows = base_stands ? 0.0 : 1.0;
    c->base = base_stands && chi_given(t->ipcba) ? b->role * t->ipcba : c->notional;
    c->fee_rate = t->feb == CHI_WORD_FEE_NOTIONAL ? t->fer : 0.0;
    c->multiplier = chi_given(t->rrmlt) ? t->rrmlt : 1.0;
    c->life_cap = chi_given(t->rrlc) ? t->rrlc : c->life_cap;
    c->life_floor = chi_given(t->rrlf) ? t->rrlf : c->life_floor;
    c->period_cap = chi_given(t->rrpc) ? t->rrpc : c->period_cap;
    c->period_floor = chi_given(t->rrpf) ? -t->rrpf : c->period_floor;
    c->pik_below = t->pik_below;
    c->grid_levels = t->grid_levels.numbers;
    c->grid_spreads = t->grid_spreads.numbers;
    c->grid_count = (int)t->grid_levels.count;
    c->scales_notional = t->scales_notional ? 1.0 : 0.0;
    c->scales_interest = t->scales_interest ? 1.0 : 0.0;
    c->scaling_base = chi_given(t->scixcdd) ? t->scixcdd : t->scixsd;
    s->nsc = chi_given(t->scnt) ? t->scnt : 1.0;
    s->isc = chi_given(t->scip) ? t->scip : 1.0;
    if (b->seasoned) {
        s->nt = c->notional;
        s->ipnr = c->rate;
        s->ipcb = c->base;
        s->feac = b->role * (chi_given(t->feac) ? t->feac : 0.0);
    }
}

/* Interest on date k of a schedule, or at the end if there is none: capitalised up to and including
 * IPCED. */
static void push_interest(chi_actus_build *b, const chi_actus_dates *dates, int32_t k)
{
    const chi_actus_terms *t = b->t;
    bool is_end = !dates;
    chi_moment time = is_end ? b->end : dates->times[k];
    bool capitalises = t->type == CHI_ACTUS_UMP || (t->type == CHI_ACTUS_CLM && !is_end) ||
                       (chi_given_at(t->ipced) && time <= t->ipced);
    chi_actus_op op = capitalises ? CHI_ACTUS_OP_CAPITALISE : CHI_ACTUS_OP_INTEREST;
    if (is_end)
        chi_actus_push_end(b, op, 0.0);
    else if (op == CHI_ACTUS_OP_INTEREST && chi_actus_is_pik(t, time))
        chi_actus_push_pik(b, dates, k);
    else
        chi_actus_push_date(b, op, dates, k, 0.0);
}

/* Accrued interest at the status date when the terms do not state it: from the last interest date
 * before it, nothing if there was none (case lam18). Call money and undefined profiles have no
 * interest dates, only capitalisation, and start at nothing (cases clm05, clm07, clm10). */
static void note_interest_date(chi_actus_build *b, chi_moment time)
{
    const chi_actus_terms *t = b->t;
    if (!b->seasoned || chi_given(t->ipac) || time >= t->sd || t->type >= CHI_ACTUS_CLM)
        return;
    chi_actus_state *s = &b->plan->start;
    double years = chi_actus_years(b, chi_actus_accrual_day(t, time), chi_moment_accrual(t->sd));
    s->ipac = (years * s->ipnr) * s->ipcb;
}

/* True if every date of interest pays it in full and none says what had accrued at the start. */
static bool pays_plainly(const chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    return !b->seasoned && t->type < CHI_ACTUS_CLM && !chi_given_at(t->ipced) &&
           !chi_given(t->pik_share);
}

static void push_interest_schedule(chi_actus_build *b, const chi_schedule *s, bool with_end)
{
    if (pays_plainly(b) && !with_end) {
        chi_actus_push_regular(b, s, CHI_ACTUS_OP_INTEREST, 0.0);
        return;
    }
    const chi_actus_dates *dates = chi_actus_dates_of(b, s);
    for (int32_t k = 0; k < s->regular + (with_end ? 1 : 0); k++) {
        note_interest_date(b, dates->times[k]);
        push_interest(b, dates, k);
    }
}

/* NAM and ANN: the interest cycle up to one redemption cycle before the first redemption, then the
 * redemption dates. */
static void push_interest_with_redemption(chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    chi_moment first = chi_given_at(t->pranx) ? t->pranx : chi_cycle_add(t->ied, t->prcl, 1, false);
    chi_moment last = chi_cycle_add(first, t->prcl, -1, false);
    chi_schedule s;
    if ((chi_given_at(t->ipanx) || chi_given_cycle(t->ipcl)) &&
        chi_actus_schedule_to(b, t->ipanx, t->ipcl, last, "cycleOfInterestPayment", &s) &&
        s.anchor <= last)
        push_interest_schedule(b, &s, true);
    if (!b->failed && chi_actus_schedule(b, first, t->prcl, "cycleOfPrincipalRedemption", &s))
        push_interest_schedule(b, &s, false);
}

static void push_interest_segments(chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    for (size_t i = 0; i < t->aripanx.count; i++) {
        chi_schedule s;
        if (chi_actus_segment(
                b, &t->aripanx, &t->aripcl, i, b->end, "arrayCycleOfInterestPayment", &s))
            push_interest_schedule(b, &s, false);
    }
}

/* The capitalisation at IPCED itself, unless an interest date falls there. */
static void push_capitalisation_end(chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    if (!chi_given_at(t->ipced) || t->ipced >= b->end)
        return;
    for (size_t i = b->plan->first; i < b->book->events.count; i++) {
        const chi_actus_event *e = &b->book->events.at[i];
        if (e->op == CHI_ACTUS_OP_CAPITALISE && e->calc == chi_actus_accrual_day(t, t->ipced))
            return;
    }
    chi_actus_push(b, CHI_ACTUS_OP_CAPITALISE, t->ipced, CHI_PLACE_SHIFTED, 0.0);
}

static void push_interests(chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    chi_schedule s;
    if (!chi_given(t->ipnr))
        return;
    if (t->type == CHI_ACTUS_NAM || t->type == CHI_ACTUS_ANN)
        push_interest_with_redemption(b);
    else if (t->type == CHI_ACTUS_LAX)
        push_interest_segments(b);
    else {
        chi_moment anchor = t->ipanx;
        chi_cycle cycle = t->ipcl;
        /* Call money capitalises from the initial exchange on (case clm12). */
        if (t->type == CHI_ACTUS_CLM && !chi_given_at(anchor) && chi_given_cycle(cycle))
            anchor = t->ied;
        /* What has no end of its own has no last period that a stub could lengthen. */
        cycle.short_stub |=
            t->type == CHI_ACTUS_UMP || (t->type == CHI_ACTUS_CLM && !b->end_stated);
        if (chi_actus_schedule(b, anchor, cycle, "cycleOfInterestPayment", &s)) {
            if (t->ippnt == CHI_WORD_ADVANCE)
                chi_actus_push_advance(b, &s);
            else
                push_interest_schedule(b, &s, false);
        }
    }
    if (t->type != CHI_ACTUS_UMP && t->type != CHI_ACTUS_CLM) {
        push_interest(b, NULL, 0);
        push_capitalisation_end(b);
    }
}

static void push_fees(chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    chi_schedule s;
    if (!chi_actus_schedule(b, t->feanx, t->fecl, "cycleOfFee", &s))
        return;
    bool accrues = t->feb == CHI_WORD_FEE_NOTIONAL;
    chi_actus_op op = accrues ? CHI_ACTUS_OP_FEE_ACCRUED : CHI_ACTUS_OP_FEE_FIXED;
    double amount = accrues ? 0.0 : b->role * t->fer;
    chi_actus_push_regular(b, &s, op, amount);
    if (t->type != CHI_ACTUS_UMP)
        chi_actus_push_end(b, op, amount);
}

static void push_scaling(chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    chi_schedule s;
    if ((!t->scales_interest && !t->scales_notional) ||
        !chi_actus_schedule(b, t->scanx, t->sccl, "cycleOfScalingIndex", &s))
        return;
    const chi_actus_dates *dates = chi_actus_dates_of(b, &s);
    for (int32_t k = 0; k < s.regular; k++) {
        chi_actus_event *event = chi_actus_push_date(b, CHI_ACTUS_OP_SCALE, dates, k, 0.0);
        if (event->pay > t->sd)
            event->slot = chi_actus_slot_of(b, t->scmo, dates->times[k]);
    }
}

static void push_bases(chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    chi_schedule s;
    if (b->plan->constants.base_follows == 0.0 &&
        chi_actus_schedule(b, t->ipcbanx, t->ipcbcl, "cycleOfInterestCalculationBase", &s))
        chi_actus_push_regular(b, &s, CHI_ACTUS_OP_BASE, 0.0);
}

/* LAX: the rate of each segment is fixed, or a spread over the market. */
static void push_reset_segments(chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    for (size_t i = 0; i < t->arrranx.count; i++) {
        chi_schedule s;
        if (!chi_actus_segment(b, &t->arrranx, &t->arrrcl, i, b->end, "arrayCycleOfRateReset", &s))
            continue;
        double rate = t->arrate.numbers[t->arrate.count == 1 ? 0 : i];
        bool varies = t->arfixvar.count > 0 &&
                      t->arfixvar.words[t->arfixvar.count == 1 ? 0 : i] == CHI_WORD_VAR;
        const chi_actus_dates *dates = chi_actus_dates_of(b, &s);
        for (int32_t k = 0; k < s.regular; k++) {
            chi_actus_event *event = chi_actus_push_date(
                b, varies ? CHI_ACTUS_OP_RESET : CHI_ACTUS_OP_RESET_KNOWN, dates, k, rate);
            if (varies && event->pay > t->sd)
                event->slot = chi_actus_slot_of(b, t->rrmo, dates->times[k]);
        }
    }
}

/* UMP: principal flows come from outside, redemptions as PR, increases as PI or PD. */
static void push_observed_flows(chi_actus_build *b)
{
    for (size_t i = 0; i < b->observed_count; i++) {
        const chi_actus_observed *o = &b->observed[i];
        bool redeems = o->kind == CHI_EVENT_PR || o->kind == CHI_EVENT_PP;
        if (!redeems && o->kind != CHI_EVENT_PI && o->kind != CHI_EVENT_PD)
            continue;
        chi_actus_event *event =
            chi_actus_push(b, redeems ? CHI_ACTUS_OP_REDEEM_STEP : CHI_ACTUS_OP_INCREASE_STEP,
                o->time, CHI_PLACE_STATED, o->value);
        event->kind = o->kind;
    }
}

/* The end: maturity, or the settlement of a call one notice later. */
static void push_end_events(chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    if (chi_given_at(b->called)) {
        chi_cycle notice = chi_given_cycle(t->xdn) ? t->xdn : (chi_cycle){0, 'D', false};
        chi_moment settles = chi_cycle_add(b->called, notice, 1, false);
        chi_actus_push(
            b, CHI_ACTUS_OP_CALL, b->called, CHI_PLACE_STATED, settles > b->called ? 1.0 : 0.0);
        chi_actus_push(b, CHI_ACTUS_OP_CALL_INTEREST, settles, CHI_PLACE_SHIFTED, 0.0);
        chi_actus_push(b, CHI_ACTUS_OP_CALL_SETTLE, settles, CHI_PLACE_SHIFTED, 0.0);
        return;
    }
    if (t->type == CHI_ACTUS_UMP || (t->type == CHI_ACTUS_CLM && !b->end_stated))
        return;
    if (t->type == CHI_ACTUS_CLM)
        push_interest(b, NULL, 0);
    chi_actus_push_end(b, CHI_ACTUS_OP_MATURE, 0.0);
}

/* Interest at the initial exchange: stated, or accrued on a cycle that began before it. */
static double interest_at_exchange(const chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    const chi_actus_constants *c = &b->plan->constants;
    if (chi_given(t->ipac))
        return b->role * t->ipac;
    if (!chi_given_at(t->ipanx) || t->ipanx >= t->ied)
        return 0.0;
    double years =
        chi_actus_years(b, chi_actus_accrual_day(t, t->ipanx), chi_actus_accrual_day(t, t->ied));
    return (years * c->rate) * c->notional;
}

void chi_actus_make_loan(chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    b->has_exchange = true;
    b->seasoned = t->ied <= t->sd;
    chi_actus_find_end(b);
    if (b->failed)
        return;
    set_start(b);
    if (b->seasoned && chi_given(t->ipac))
        b->plan->start.ipac = b->role * t->ipac;
    if (!b->seasoned)
        chi_actus_push(b, CHI_ACTUS_OP_IED, t->ied, CHI_PLACE_STATED, interest_at_exchange(b));
    chi_actus_push_redemption(b);
    push_interests(b);
    push_fees(b);
    if (t->type == CHI_ACTUS_LAX)
        push_reset_segments(b);
    else if (t->rrpnt == CHI_WORD_ARREARS)
        chi_actus_push_arrears(b);
    else
        chi_actus_push_resets(b, CHI_ACTUS_OP_RESET, CHI_ACTUS_OP_RESET_KNOWN);
    push_scaling(b);
    push_bases(b);
    if (t->type == CHI_ACTUS_UMP)
        push_observed_flows(b);
    else if (t->type != CHI_ACTUS_CLM)
        chi_actus_push_behaviour(b);
    push_end_events(b);
    if (chi_given_at(t->prd) && t->prd > t->sd)
        chi_actus_push(b, CHI_ACTUS_OP_PURCHASE, t->prd, CHI_PLACE_STATED, t->pprd);
    if (chi_given_at(t->td) && t->td > t->sd)
        chi_actus_push(b, CHI_ACTUS_OP_TERMINATE, t->td, CHI_PLACE_STATED, t->ptd);
    chi_actus_push_common(b);
    if (t->type <= CHI_ACTUS_LAX)
        chi_actus_push_credit(b);
}

/* What the ACTUS standard names without equations, or leaves out: prepayments with their effect and
 * penalty, draws, rates set in arrears from overnight rates, interest in advance, stepped spreads,
 * interest partly in kind. The rules are Cardhouse's own; docs/contracts.md states them. */
#include "contract/actus_build.h"

#include "base/check.h"

double chi_actus_spread_at(const chi_actus_terms *t, chi_moment time)
{
    double spread = chi_given(t->rrsp) ? t->rrsp : 0.0;
    for (size_t i = 0; i < t->spread_dates.count && t->spread_dates.moments[i] <= time; i++)
        spread = t->spreads.numbers[i];
    return spread;
}

bool chi_actus_is_pik(const chi_actus_terms *t, chi_moment time)
{
    return chi_given(t->pik_share) && (!chi_given_at(t->pik_from) || time >= t->pik_from) &&
           (!chi_given_at(t->pik_until) || time <= t->pik_until);
}

void chi_actus_push_grid(chi_actus_build *b, const chi_actus_dates *dates, int32_t k, uint8_t rank)
{
    if (!b->t->grid_object)
        return;
    uint32_t slot = chi_actus_slot_of(b, b->t->grid_object, dates->times[k]);
    chi_actus_event *event = chi_actus_push_date(b, CHI_ACTUS_OP_GRID, dates, k, 0.0);
    event->slot = slot;
    event->rank = rank;
    event->hidden = CHI_HIDDEN;
}

/* The margin on what is paid in kind, for the period that ends on date k. */
static void push_pik_margin(
    chi_actus_build *b, const chi_actus_dates *dates, int32_t k, uint32_t slot)
{
    const chi_actus_terms *t = b->t;
    chi_day from = k > 0 ? dates->accruals[k - 1] : chi_actus_accrual_day(t, t->ied);
    double margin = (t->pik_share * t->pik_margin) * chi_actus_years(b, from, dates->accruals[k]);
    chi_actus_op op = t->pik_object ? CHI_ACTUS_OP_PIK_MARGIN_TEST : CHI_ACTUS_OP_PIK_MARGIN;
    chi_actus_event *event = chi_actus_push_date(b, op, dates, k, margin);
    event->slot = slot;
    event->rank = CHI_ACTUS_RANK_PIK;
    event->hidden = CHI_HIDDEN;
}

void chi_actus_push_pik(chi_actus_build *b, const chi_actus_dates *dates, int32_t k)
{
    const chi_actus_terms *t = b->t;
    bool tests = t->pik_object != NULL;
    uint32_t slot = 0;
    chi_actus_event *event =
        chi_actus_push_date(b, tests ? CHI_ACTUS_OP_INTEREST_TEST : CHI_ACTUS_OP_INTEREST_PART,
            dates, k, 1.0 - t->pik_share);
    if (tests && event->pay > t->sd)
        slot = chi_actus_slot_of(b, t->pik_object, dates->times[k]);
    event->slot = slot;
    if (chi_given(t->pik_margin))
        push_pik_margin(b, dates, k, slot);
    chi_actus_push_date(b, CHI_ACTUS_OP_CAPITALISE, dates, k, 0.0);
}

static void push_prepayment(chi_actus_build *b, const chi_actus_observed *o)
{
    const chi_actus_terms *t = b->t;
    if (t->pytp == CHI_WORD_PENALTY_ABSOLUTE)
        chi_actus_push(b, CHI_ACTUS_OP_PENALTY_FIXED, o->time, CHI_PLACE_STATED, b->role * t->pyrt);
    if (t->pytp == CHI_WORD_PENALTY_RELATIVE) {
        b->plan->constants.penalty_rate = t->pyrt;
        chi_actus_push(b, CHI_ACTUS_OP_PENALTY, o->time, CHI_PLACE_STATED, o->value);
    }
    if (t->pytp == CHI_WORD_PENALTY_DIFFERENTIAL) {
        uint32_t slot = chi_actus_slot_of(b, t->rrmo, o->time);
        chi_actus_push(b, CHI_ACTUS_OP_PENALTY_RATE, o->time, CHI_PLACE_STATED, 0.0)->slot = slot;
    }
    chi_actus_push(b, CHI_ACTUS_OP_PREPAY, o->time, CHI_PLACE_STATED, o->value);
    if (t->ppef != CHI_WORD_SMALLER)
        return;
    if (t->type == CHI_ACTUS_ANN)
        chi_actus_push_silent_annuity(b, o->time, CHI_ACTUS_RANK_REFIX);
    else
        b->plan->constants.scales_plan = 1.0;
}

void chi_actus_push_behaviour(chi_actus_build *b)
{
    for (size_t i = 0; i < b->observed_count; i++) {
        const chi_actus_observed *o = &b->observed[i];
        if (o->time <= b->t->sd)
            continue;
        if (o->kind == CHI_EVENT_PP)
            push_prepayment(b, o);
        if (o->kind == CHI_EVENT_PD) {
            chi_actus_push(b, CHI_ACTUS_OP_DRAW, o->time, CHI_PLACE_STATED, o->value);
            if (b->t->type == CHI_ACTUS_ANN)
                chi_actus_push_silent_annuity(b, o->time, CHI_ACTUS_RANK_REFIX);
        }
    }
}

/* `dates` NULL: the reset at the end. */
static void push_arrears_at(
    chi_actus_build *b, chi_moment from, const chi_actus_dates *dates, int32_t k)
{
    const chi_actus_terms *t = b->t;
    bool is_end = !dates;
    chi_moment time = is_end ? b->end : dates->times[k];
    double spread = chi_actus_spread_at(t, time);
    chi_actus_event *event =
        is_end ? chi_actus_push_end(b, CHI_ACTUS_OP_RESET_ARREARS, spread)
               : chi_actus_push_date(b, CHI_ACTUS_OP_RESET_ARREARS, dates, k, spread);
    if (event->pay <= t->sd)
        return;
    event->slot = t->overnight ? chi_actus_slot_over(b, t->rrmo, from, time)
                               : chi_actus_slot_of(b, t->rrmo, time);
}

/* A reset at the end of every interest period, the last one included. */
void chi_actus_push_arrears(chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    chi_schedule s = {.anchor = b->end, .end = b->end};
    chi_moment from = t->ied;
    if (!chi_actus_schedule(b, t->ipanx, t->ipcl, "cycleOfInterestPayment", &s) && b->failed)
        return;
    const chi_actus_dates *dates = chi_actus_dates_of(b, &s);
    for (int32_t k = 0; k < s.regular; k++) {
        if (dates->times[k] > from)
            push_arrears_at(b, from, dates, k);
        from = dates->times[k] > from ? dates->times[k] : from;
    }
    push_arrears_at(b, from, NULL, 0);
}

void chi_actus_push_advance(chi_actus_build *b, const chi_schedule *schedule)
{
    const chi_actus_dates *dates = chi_actus_dates_of(b, schedule);
    for (int32_t k = 0; k < schedule->regular; k++) {
        chi_day from = dates->accruals[k];
        chi_day to = dates->accruals[k + 1];
        chi_actus_push_date(
            b, CHI_ACTUS_OP_INTEREST_ADVANCE, dates, k, chi_actus_years(b, from, to));
    }
}

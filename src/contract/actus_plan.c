/* The plan of redemption: when a loan ends if nobody says so, what it redeems on the way, and the
 * level payments of annuities. ACTUS technical specification v1.1, sections 7.2 to 7.5; the
 * maturity is anchor + (n - 1) cycles, as 19 public cases have it against the text's n. */
#include "contract/actus_build.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

static void fail(chi_actus_build *b, const char *name, const char *text)
{
    chi_actus_term_error(b->book->diags, 604, b->t, name, NULL, "%s", text);
    b->failed = true;
}

/* PRANX, or IED + PRCL. */
static chi_moment redemption_anchor(const chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    return chi_given_at(t->pranx) ? t->pranx : chi_cycle_add(t->ied, t->prcl, 1, false);
}

/* How many dates of the redemption cycle lie at or before the status date. */
static int32_t dates_past(const chi_actus_build *b, chi_moment anchor)
{
    chi_schedule past;
    chi_cycle cycle = b->t->prcl;
    cycle.short_stub = true;
    if (!b->seasoned || anchor > b->t->sd || !chi_given_cycle(cycle) || cycle.count == 0 ||
        !chi_schedule_make(anchor, cycle, b->t->sd + 1, b->t->eomc == CHI_WORD_EOM, &past))
        return 0;
    return past.regular;
}

/* LAM, NAM and ANN without a maturity: so many cycles as the next payment needs to redeem the
 * notional, interest at today's rate included for NAM and ANN. What is then left is paid at MD. */
static void find_amortised_end(chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    chi_moment anchor = redemption_anchor(b);
    bool month_end =
        t->eomc == CHI_WORD_EOM && t->prcl.unit == 'M' && chi_is_month_end(chi_moment_day(anchor));
    double payment = t->prnxt;
    if (t->type != CHI_ACTUS_LAM) {
        double rate = chi_given(t->ipnr) ? t->ipnr : 0.0;
        chi_moment second = chi_cycle_add(anchor, t->prcl, 1, month_end);
        payment -= t->nt * rate *
                   chi_actus_years(b, chi_moment_accrual(anchor), chi_moment_accrual(second));
    }
    if (!(payment > 0.0)) {
        fail(b, "nextPrincipalRedemptionPayment",
            "does not cover the interest of one cycle, so that the loan would never be redeemed; "
            "give maturityDate or a larger payment");
        return;
    }
    double payments = ceil(t->nt / payment);
    if (payments > (double)CHI_SCHEDULE_DATES_MAX) {
        fail(b, "nextPrincipalRedemptionPayment",
            "is so small that the loan would need more than 200000 payments");
        return;
    }
    int32_t times = dates_past(b, anchor) + (int32_t)payments - 1;
    b->end = chi_cycle_add(anchor, t->prcl, times, month_end);
    if (chi_ymd_of(chi_moment_day(b->end)).year > CHI_YEAR_MAX)
        fail(b, "nextPrincipalRedemptionPayment",
            "is so small that the loan would end after the year 9999");
}

/* Entry `index` of a list in which one entry may stand for all. */
static size_t entry(const chi_actus_list *list, size_t index)
{
    return list->count == 1 ? 0 : index;
}

bool chi_actus_segment(chi_actus_build *b, const chi_actus_list *anchors,
    const chi_actus_list *cycles, size_t index, chi_moment end, const char *name,
    chi_schedule *schedule)
{
    chi_moment anchor = anchors->moments[index];
    chi_moment next = index + 1 < anchors->count ? anchors->moments[index + 1] : end;
    chi_cycle cycle = {0, 'D', false};
    if (cycles->count > 0)
        cycle = cycles->cycles[entry(cycles, index)];
    if (anchor >= end)
        return false;
    return chi_actus_schedule_to(b, anchor, cycle, next < end ? next : end, name, schedule);
}

/* Change of the notional in segment `index` of LAX: positive when it falls. */
static double segment_redemption(const chi_actus_terms *t, size_t index)
{
    double amount = t->arprnxt.numbers[entry(&t->arprnxt, index)];
    bool increases =
        t->arincdec.count > 0 && t->arincdec.words[entry(&t->arincdec, index)] == CHI_WORD_INC;
    return increases ? -amount : amount;
}

/* LAX without a maturity ends when the sum of its steps reaches zero. */
static void find_stepped_end(chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    const chi_actus_list *anchors = &t->arpranx;
    double left = t->nt;
    int32_t dates = 0;
    for (size_t i = 0; i < anchors->count; i++) {
        bool is_last = i + 1 == anchors->count;
        chi_moment next = is_last ? INT32_MAX : anchors->moments[i + 1];
        chi_cycle cycle = {0, 'D', false};
        if (t->arprcl.count > 0)
            cycle = t->arprcl.cycles[entry(&t->arprcl, i)];
        bool month_end = t->eomc == CHI_WORD_EOM && cycle.unit == 'M' &&
                         chi_is_month_end(chi_moment_day(anchors->moments[i]));
        for (int32_t k = 0;; k++) {
            chi_moment time = chi_cycle_add(anchors->moments[i], cycle, k, month_end);
            if (time >= next || (cycle.count == 0 && k > 0))
                break;
            if (++dates > CHI_SCHEDULE_DATES_MAX ||
                chi_ymd_of(chi_moment_day(time)).year > CHI_YEAR_MAX) {
                fail(b, "maturityDate",
                    "is not given, and the steps do not redeem the notional by the year 9999");
                return;
            }
            if (b->seasoned && time <= t->sd)
                continue;
            left -= segment_redemption(t, i);
            if (left <= 1e-12 * t->nt) {
                b->end = time;
                return;
            }
        }
    }
    fail(b, "maturityDate", "is not given, and the steps do not redeem the notional");
}

/* The call of call money: the first one observed while it can be called. */
static void find_call(chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    for (size_t i = 0; i < b->observed_count; i++) {
        const chi_actus_observed *o = &b->observed[i];
        bool in_time = o->time > t->sd && o->time >= t->ied &&
                       !(chi_given_at(t->md) && o->time > t->md) &&
                       !(chi_given_at(b->to) && o->time > b->to);
        bool is_mine = !o->contract || !t->id || strcmp(o->contract, t->id) == 0;
        if (o->kind == CHI_EVENT_XD && in_time && is_mine &&
            (!chi_given_at(b->called) || o->time < b->called))
            b->called = o->time;
    }
    if (chi_given_at(b->called))
        b->end = b->called;
    else if (!chi_given_at(t->md))
        b->end = b->to;
    if (chi_given_at(b->end))
        return;
    chi_actus_term_error(b->book->diags, 603, t, "maturityDate", NULL,
        "is not given; without it the case must say `to`, or a call (XD) must be observed");
    b->failed = true;
}

void chi_actus_find_end(chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    b->end_stated = chi_given_at(t->md);
    b->end = t->md;
    if (t->type == CHI_ACTUS_CLM)
        find_call(b);
    else if (t->type == CHI_ACTUS_UMP)
        b->end = chi_given_at(b->to) ? b->to : t->td;
    else if (!b->end_stated && t->type == CHI_ACTUS_ANN && chi_given_at(t->amd)) {
        b->end = t->amd;
        b->end_stated = true;
    } else if (!b->end_stated && t->type == CHI_ACTUS_LAX)
        find_stepped_end(b);
    else if (!b->end_stated && t->type != CHI_ACTUS_PAM)
        find_amortised_end(b);
    if (b->failed)
        return;
    CHI_ASSERT(chi_given_at(b->end));
    b->plan->maturity = t->type == CHI_ACTUS_UMP ? CHI_MOMENT_NONE : b->end;
    if (chi_given_at(t->ied) && b->end <= t->ied && t->type <= CHI_ACTUS_LAX)
        fail(b, "maturityDate", "is not after initialExchangeDate");
}

/* The dates that annuities count, as times and (in the book) as year fractions between them. */
static bool collect_dates(chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    chi_moment end = chi_given_at(t->amd) ? t->amd : b->end;
    chi_schedule s;
    if (!chi_actus_schedule_to(
            b, redemption_anchor(b), t->prcl, end, "cycleOfPrincipalRedemption", &s))
        return false;
    b->book->counted.count = 0;
    chi_day before = 0;
    const chi_actus_dates *dates = chi_actus_dates_of(b, &s);
    for (int32_t k = 0; k <= s.regular; k++) {
        chi_day day = dates->accruals[k];
        *CHI_PUSH(b->book->arena, &b->book->counted) = (chi_actus_date){dates->times[k], day};
        if (k > 0)
            *CHI_PUSH(b->book->arena, &b->book->years) = chi_actus_years(b, before, day);
        before = day;
    }
    b->plan->years_end = (uint32_t)b->book->years.count;
    return true;
}

/* How many redemption dates lie before `time`, or at it. Fixings come in order of time, so that the
 * search begins where the last one ended. */
static uint32_t dates_before(chi_actus_build *b, chi_moment time)
{
    const chi_actus_date *dates = b->book->counted.at;
    uint32_t count = (uint32_t)b->book->counted.count, next = b->next_date;
    if (next > 0 && dates[next - 1].time > time)
        next = 0;
    while (next < count && dates[next].time <= time)
        next++;
    b->next_date = next;
    return next;
}

/* What a fixing of the level payment needs. It counts the redemption dates after `time`. */
static chi_actus_event *aim_annuity(chi_actus_build *b, chi_actus_event *event, chi_moment time)
{
    const chi_actus_date *dates = b->book->counted.at;
    uint32_t next = dates_before(b, time), left = (uint32_t)b->book->counted.count - next;
    event->slot = b->plan->years_end;
    if (left == 0)
        return event;
    b->annuity_steps += left;
    if (b->annuity_steps > CHI_ACTUS_ANNUITY_STEPS_MAX && !b->failed) {
        chi_actus_term_error(b->book->diags, 607, b->t, "cycleOfRateReset", NULL,
            "has the level payment fixed so often over so many dates that they are more than %d in "
            "all",
            (int)CHI_ACTUS_ANNUITY_STEPS_MAX);
        b->failed = true;
    }
    event->slot -= left - 1;
    bool is_regular = next > 0 && dates[next - 1].accrual == event->calc;
    event->amount = is_regular ? b->book->years.at[event->slot - 1]
                               : chi_actus_years(b, event->calc, dates[next].accrual);
    return event;
}

/* PRF of ANN: one day before the first redemption when no payment is given; where that day is not
 * after the start, the payment is fixed silently at the start. Those at resets come with them. */
static void push_first_annuity(chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    if (!collect_dates(b))
        return;
    if (!chi_given(t->prnxt)) {
        chi_moment day_before = redemption_anchor(b) - 2;
        bool shown = b->seasoned ? day_before > t->sd : day_before >= t->ied;
        chi_moment start = b->seasoned ? t->sd : t->ied;
        chi_moment time = shown ? day_before : start;
        chi_actus_event *event =
            chi_actus_push(b, CHI_ACTUS_OP_ANNUITY, time, CHI_PLACE_STATED, 0.0);
        /* At the initial exchange a redemption on the same day counts. */
        aim_annuity(b, event, shown || b->seasoned ? time : time - 1);
        if (!shown) {
            event->hidden = 1;
            event->rank = CHI_ACTUS_RANK_CALL; /* after IED, before PR */
        }
    }
}

void chi_actus_push_annuity(chi_actus_build *b, const chi_actus_dates *dates, int32_t k)
{
    aim_annuity(b, chi_actus_push_date(b, CHI_ACTUS_OP_ANNUITY, dates, k, 0.0), dates->times[k]);
}

void chi_actus_push_silent_annuity(chi_actus_build *b, chi_moment time, uint8_t rank)
{
    chi_actus_event *event = chi_actus_push(b, CHI_ACTUS_OP_ANNUITY, time, CHI_PLACE_STATED, 0.0);
    aim_annuity(b, event, time);
    event->hidden = 1;
    event->rank = rank;
}

static void push_steps(chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    for (size_t i = 0; i < t->arpranx.count; i++) {
        chi_schedule s;
        if (!chi_actus_segment(
                b, &t->arpranx, &t->arprcl, i, b->end, "arrayCycleOfPrincipalRedemption", &s))
            continue;
        double redemption = segment_redemption(t, i);
        chi_actus_op op = redemption < 0.0 ? CHI_ACTUS_OP_INCREASE_STEP : CHI_ACTUS_OP_REDEEM_STEP;
        chi_actus_push_regular(b, &s, op, fabs(redemption));
    }
}

void chi_actus_push_redemption(chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    if (t->type == CHI_ACTUS_LAX) {
        push_steps(b);
        return;
    }
    if (t->type != CHI_ACTUS_LAM && t->type != CHI_ACTUS_NAM && t->type != CHI_ACTUS_ANN)
        return;
    chi_schedule s;
    if (!chi_actus_schedule(b, redemption_anchor(b), t->prcl, "cycleOfPrincipalRedemption", &s))
        return;
    chi_actus_op op = t->type == CHI_ACTUS_LAM ? CHI_ACTUS_OP_REDEEM : CHI_ACTUS_OP_REDEEM_NET;
    chi_actus_push_regular(b, &s, op, 0.0);
    b->plan->start.prnxt = b->role * (chi_given(t->prnxt) ? t->prnxt : 0.0);
    if (t->type == CHI_ACTUS_ANN)
        push_first_annuity(b);
    else if (!chi_given(t->prnxt))
        b->plan->start.prnxt =
            b->role * t->nt / (double)(s.regular + 1 - dates_past(b, redemption_anchor(b)));
}

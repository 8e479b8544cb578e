/* Guarantees (CEG) and collateral (CEC): they follow the exposure of what they cover and pay when
 * a covered contract is seen in the credit event that they cover. The coverage ratio is applied
 * once, as the public cases have it (the specification's text applies it twice). */
#include "contract/actus_nest.h"

#include "base/check.h"
#include "contract/actus_build.h"
#include "contract/actus_joint.h"

#include <math.h>
#include <string.h>

enum { DEFAULT_EVENT = 4 /* DF in the list of performances */ };

typedef struct cover {
    chi_arena *arena;
    ch_diags *diags;
    const chi_actus_terms *t;
    const chi_actus_case *world; /* NULL while compiling */
    chi_actus_part_run *covered; /* one for each part that has terms */
    size_t covered_count;
    double role, ratio;
    chi_moment end;      /* maturity, the last event of what is covered if not given */
    chi_moment exercise; /* XD, CHI_MOMENT_NONE if nothing happened */
    double amount;       /* Xa, signed */
    bool failed;
} cover;

/* True if the exposure is what covered loans owe, so that their states must be known. */
static bool follows_states(const chi_actus_terms *t)
{
    return t->cege != CHI_WORD_MV && !chi_given(t->nt);
}

static bool refuse_no_loan(ch_diags *diags, const chi_actus_terms *covered)
{
    chi_actus_term_error(diags, 605, covered, "contractType", NULL,
        "is not a loan; cover it by notionalPrincipal or guaranteedExposure MV");
    return false;
}

/* False after a diagnostic if there is no end. */
static bool ends(ch_diags *diags, const chi_actus_terms *t, chi_moment end)
{
    if (!chi_given_at(end))
        chi_actus_term_error(diags, 603, t, "maturityDate", NULL,
            "is not given, and what is covered has no event left");
    return chi_given_at(end);
}

static chi_moment last_shown(const chi_actus_book *book, const chi_actus_plan *plan)
{
    for (uint32_t e = plan->count; e-- > 0;)
        if (!book->events.at[plan->first + e].hidden)
            return book->events.at[plan->first + e].pay;
    return CHI_MOMENT_NONE;
}

/* The last event of a contract of any type; CHI_MOMENT_NONE if it has none. */
static bool last_event(chi_actus_book *book, const chi_actus_terms *covered, chi_moment *last)
{
    chi_actus_plan plan;
    chi_actus_joint joint;
    *last = CHI_MOMENT_NONE;
    if (!chi_actus_is_nest(covered)) {
        if (!chi_actus_compile(book, covered, CHI_MOMENT_NONE, NULL, 0, &plan))
            return false;
        *last = last_shown(book, &plan);
        return true;
    }
    if (!chi_actus_compile_joint(book, covered, CHI_MOMENT_NONE, NULL, 0, &joint))
        return false;
    for (size_t k = 0; k < joint.count; k++)
        if (book->joins.at[joint.first + k].pay > *last)
            *last = book->joins.at[joint.first + k].pay;
    return true;
}

/* When the cover ends: its maturity, or the last event of what it covers. */
static bool find_end(chi_actus_book *book, const chi_actus_terms *t, chi_moment *end)
{
    chi_moment last = CHI_MOMENT_NONE, one;
    *end = t->md;
    if (chi_given_at(t->md))
        return true;
    for (size_t i = 0; i < t->part_count; i++) {
        if (t->parts[i].role != CHI_PART_COVE || !t->parts[i].terms)
            continue;
        if (!last_event(book, t->parts[i].terms, &one))
            return false;
        last = one > last ? one : last;
    }
    *end = last;
    return ends(book->diags, t, last);
}

/* How far a covered contract runs: to its own end, or to that of the cover if it has none. */
static chi_moment horizon_of(const chi_actus_terms *t, const chi_actus_terms *covered)
{
    bool has_end = covered->type == CHI_ACTUS_UMP || covered->type == CHI_ACTUS_STK
                       ? chi_given_at(covered->td)
                       : covered->type != CHI_ACTUS_CLM || chi_given_at(covered->md);
    return has_end ? CHI_MOMENT_NONE : t->md;
}

static bool run_covered(cover *c)
{
    const chi_actus_terms *t = c->t;
    chi_actus_book book;
    chi_actus_book_init(&book, c->arena, c->diags);
    c->covered = chi_arena_alloc(c->arena, (t->part_count + 1) * sizeof *c->covered);
    if (!find_end(&book, t, &c->end))
        return false;
    for (size_t i = 0; i < t->part_count; i++) {
        const chi_actus_terms *covered = t->parts[i].terms;
        if (t->parts[i].role != CHI_PART_COVE || !covered)
            continue;
        chi_actus_part_run *run = &c->covered[c->covered_count++];
        *run = (chi_actus_part_run){.terms = covered};
        if (!follows_states(t))
            continue;
        if (covered->type > CHI_ACTUS_UMP)
            return refuse_no_loan(c->diags, covered);
        if (!chi_actus_run_part(c->arena, c->diags, covered, c->world, horizon_of(t, covered), run))
            return false;
    }
    return true;
}

/* Year fraction from a covered loan's last event to `time`, if its interest counts. */
static double years_owed(
    const chi_actus_terms *t, const chi_actus_terms *covered, chi_day since, chi_moment time)
{
    return t->cege == CHI_WORD_NI && covered->dcc != CHI_DC_COUNT
               ? chi_year_fraction(covered->dcc, since, chi_actus_accrual_day(covered, time), NULL)
               : 0.0;
}

/* What one covered contract owes at a time: notional, with interest for NI. */
static double owed(const cover *c, const chi_actus_part_run *run, chi_moment time)
{
    const chi_actus_terms *t = run->terms;
    chi_actus_state s = run->start;
    chi_day since = chi_moment_accrual(t->sd);
    size_t low = 0, high = run->rows.count;
    while (low < high) { /* the first row after `time` */
        size_t middle = low + (high - low) / 2;
        if (run->rows.at[middle].time <= time)
            low = middle + 1;
        else
            high = middle;
    }
    if (low > 0) {
        s = run->rows.at[low - 1].state;
        since = run->rows.at[low - 1].calc;
    }
    return lane_actus_owed(s, years_owed(c->t, t, since, time),
        c->t->cege == CHI_WORD_NI ? 1.0 : 0.0, chi_actus_sign(t));
}

/* Market value of a contract: what is observed of its market object, or stated, times quantity. */
static double value_of(cover *c, const chi_actus_terms *t, chi_moment time)
{
    double value = t->mvo, quantity = chi_given(t->qt) ? t->qt : 1.0;
    if (t->moc && !chi_actus_observe(c->world, t->moc, time, &value)) {
        char when[20];
        chi_moment_format(time, when);
        chi_diag(c->diags, 606, t->node ? t->node->span : c->world->span, NULL,
            "contract %s: there is no observation of %s at or before %s", t->id, t->moc, when);
        c->failed = true;
        return 0.0;
    }
    if (!chi_given(value)) {
        chi_actus_term_error(c->diags, 603, t, "marketObjectCode", NULL,
            "is not given; the contract's value is observed through it");
        c->failed = true;
        return 0.0;
    }
    return quantity * value;
}

/* E(t): the guarantee's own notional if it has one, else the sum over what it covers. */
static double exposure(cover *c, chi_moment time)
{
    double sum = 0.0;
    if (chi_given(c->t->nt))
        return c->t->nt;
    for (size_t i = 0; i < c->covered_count; i++)
        sum += c->t->cege == CHI_WORD_MV ? value_of(c, c->covered[i].terms, time)
                                         : owed(c, &c->covered[i], time);
    return sum;
}

static bool covers(const chi_actus_terms *t, chi_moment end, const chi_actus_observed *o)
{
    bool is_event = t->cetc.count == 0 && o->performance == DEFAULT_EVENT;
    for (size_t i = 0; i < t->cetc.count; i++)
        is_event |= t->cetc.words[i] == o->performance;
    if (o->kind != CHI_EVENT_CE || !is_event || !o->contract || o->time <= t->sd || o->time > end)
        return false;
    for (size_t i = 0; i < t->part_count; i++)
        if (t->parts[i].role == CHI_PART_COVE && t->parts[i].id &&
            strcmp(t->parts[i].id, o->contract) == 0)
            return true;
    return false;
}

/* XD and Xa are stated by the terms. */
static bool is_stated(const chi_actus_terms *t)
{
    return chi_given_at(t->xd) && chi_given(t->xa);
}

/* XD: stated, or the first credit event that is covered. */
static chi_moment exercise_of(const chi_actus_terms *t, chi_moment end,
    const chi_actus_observed *observed, size_t observed_count)
{
    chi_moment exercise = CHI_MOMENT_NONE;
    if (is_stated(t))
        return t->xd;
    for (size_t i = 0; i < observed_count; i++)
        if (covers(t, end, &observed[i]) &&
            (!chi_given_at(exercise) || observed[i].time < exercise))
            exercise = observed[i].time;
    return exercise;
}

static void find_exercise(cover *c)
{
    const chi_actus_terms *t = c->t;
    c->exercise = exercise_of(t, c->end, c->world->observed, c->world->observed_count);
    if (is_stated(t))
        c->amount = c->role * t->xa;
    if (is_stated(t) || !chi_given_at(c->exercise))
        return;
    double exposed = exposure(c, c->exercise), value = 0.0;
    for (size_t i = 0; i < t->part_count && t->type == CHI_ACTUS_CEC; i++)
        if (t->parts[i].role == CHI_PART_COVI && t->parts[i].terms)
            value += value_of(c, t->parts[i].terms, c->exercise);
    c->amount = t->type == CHI_ACTUS_CEC
                    ? lane_actus_claim_secured(exposed, value, c->ratio, c->role)
                    : lane_actus_claim(exposed, c->ratio, c->role);
}

/* STD: one settlement period after XD, moved off a holiday. */
static chi_moment settlement_of(const chi_actus_terms *t, chi_moment exercise)
{
    chi_cycle period = chi_given_cycle(t->stp) ? t->stp : (chi_cycle){0, 'D', false};
    chi_moment settles = chi_cycle_add(exercise, period, 1, false);
    return 2 * chi_pay_day(t->business_days, t->bdc, chi_moment_day(settles)) + (settles & 1);
}

static void push(cover *c, chi_actus_rows *rows, chi_moment time, chi_actus_kind kind, double pay)
{
    chi_actus_row row = chi_actus_row_of(c->t, time, kind, pay);
    bool over = kind == CHI_EVENT_MD || kind == CHI_EVENT_STD || kind == CHI_EVENT_TD;
    row.state.nt = over ? 0.0 : lane_actus_claim(exposure(c, time), c->ratio, c->role);
    if (kind == CHI_EVENT_XD || kind == CHI_EVENT_STD) {
        row.exercise_amount = c->amount;
        row.exercise_date = c->exercise;
    }
    *CHI_PUSH(c->arena, rows) = row;
}

/* The fee dates up to the end. False if there are none, or after a diagnostic. */
static bool fee_schedule(
    ch_diags *diags, const chi_actus_terms *t, chi_moment end, chi_schedule *s, bool *failed)
{
    if (!chi_given_at(t->feanx) && !chi_given_cycle(t->fecl))
        return false;
    chi_cycle cycle = chi_given_cycle(t->fecl) ? t->fecl : (chi_cycle){0, 'D', false};
    chi_moment anchor = chi_given_at(t->feanx) ? t->feanx : chi_cycle_add(t->sd, cycle, 1, false);
    if (chi_schedule_make(anchor, cycle, end, t->eomc == CHI_WORD_EOM, s))
        return true;
    chi_actus_term_error(diags, 607, t, "cycleOfFee", NULL,
        "makes more than %d dates before the end of the contract", CHI_SCHEDULE_DATES_MAX);
    *failed = true;
    return false;
}

static double years_between(const chi_actus_terms *t, chi_moment from, chi_moment to)
{
    return chi_year_fraction(
        t->dcc, chi_actus_accrual_day(t, from), chi_actus_accrual_day(t, to), NULL);
}

static chi_moment fee_time(const chi_actus_terms *t, chi_moment time)
{
    return 2 * chi_pay_day(t->business_days, t->bdc, chi_moment_day(time)) + (time & 1);
}

/* A fixed fee at the exercise: pro rata of the period from the last fee date to one cycle later
 * (case guarantee14). */
static double fixed_fee_accrued(const chi_actus_terms *t, chi_moment last, chi_moment exercise)
{
    chi_moment next = chi_cycle_add(last, t->fecl, 1, false);
    return chi_actus_sign(t) * t->fer * years_between(t, last, exercise) /
           years_between(t, last, next);
}

/* The fee dates up to the exercise or the end, and the fee accrued at the exercise. */
static double push_fees(cover *c, chi_actus_rows *rows)
{
    const chi_actus_terms *t = c->t;
    chi_schedule s;
    if (!fee_schedule(c->diags, t, c->end, &s, &c->failed))
        return 0.0;
    bool exercised = chi_given_at(c->exercise);
    bool on_notional = t->feb == CHI_WORD_FEE_NOTIONAL;
    double rate = (c->role * t->fer) * c->ratio;
    chi_moment last = CHI_MOMENT_NONE;
    for (int32_t k = 0; k <= s.regular; k++) {
        chi_moment time = chi_schedule_at(&s, k);
        if (exercised && time > c->exercise)
            break;
        double fee = c->role * t->fer;
        if (on_notional)
            fee = chi_given_at(last)
                      ? lane_actus_cover_fee(rate, exposure(c, last), years_between(t, last, time))
                      : 0.0;
        push(c, rows, fee_time(t, time), CHI_EVENT_FP, fee);
        last = time;
    }
    if (!exercised || !chi_given_at(last) || !chi_given_cycle(t->fecl))
        return 0.0;
    if (on_notional)
        return lane_actus_cover_fee(rate, exposure(c, last), years_between(t, last, c->exercise));
    return fixed_fee_accrued(t, last, c->exercise);
}

bool chi_actus_run_cover(chi_arena *arena, ch_diags *diags, const chi_actus_terms *t,
    chi_actus_case *world, chi_actus_rows *rows)
{
    cover c = {.arena = arena,
        .diags = diags,
        .t = t,
        .world = world,
        .role = chi_actus_sign(t),
        .ratio = chi_given(t->cecv) ? t->cecv : 1.0};
    if (!run_covered(&c))
        return false;
    find_exercise(&c);
    if (chi_given_at(t->prd) && t->prd > t->sd)
        push(&c, rows, t->prd, CHI_EVENT_PRD, -(c.role * t->pprd));
    double fee = push_fees(&c, rows);
    if (chi_given_at(t->td) && t->td > t->sd)
        push(&c, rows, t->td, CHI_EVENT_TD, c.role * t->ptd);
    if (chi_given_at(c.exercise)) {
        push(&c, rows, c.exercise, CHI_EVENT_XD, 0.0);
        push(&c, rows, settlement_of(t, c.exercise), CHI_EVENT_STD, c.amount + fee);
    } else
        push(&c, rows, c.end, CHI_EVENT_MD, 0.0);
    chi_actus_rows_sort(arena, rows);
    chi_actus_rows_cut(t, world->to, rows);
    for (size_t i = 0; i < rows->count && !c.failed; i++)
        if (!isfinite(rows->at[i].payoff) || !isfinite(rows->at[i].state.nt)) {
            chi_actus_term_error(diags, 604, t, "notionalPrincipal", NULL,
                "and the other terms lead to figures that are too large to compute with");
            c.failed = true;
        }
    return !c.failed;
}

/* --- compiled ------------------------------------------------------------------------------- */

/* A cover on its way to joins. Exposures are asked for in order of time, so that every covered
 * loan's events are appended once. */
typedef struct cover_build {
    chi_actus_book *book;
    const chi_actus_terms *t;
    chi_actus_joint *joint;
    uint32_t *next; /* by part: its first event that is not appended yet */
    chi_moment to;
    bool failed;
} cover_build;

static void join(cover_build *b, chi_actus_join_action action, chi_moment pay, double amount)
{
    *CHI_PUSH(b->book->arena, &b->book->joins) =
        (chi_actus_join){.action = (uint8_t)action, .pay = pay, .amount = amount};
}

/* Appends the events of a part up to `time` and what it then owes. */
static void join_owed(cover_build *b, uint32_t part, chi_moment time)
{
    const chi_actus_plan *plan = chi_actus_part_plan(b->book, b->joint, part);
    const chi_actus_event *events = b->book->events.at + plan->first;
    uint32_t *next = &b->next[part];
    uint32_t from = *next;
    while (*next < plan->count && events[*next].pay <= time)
        ++*next;
    chi_day since = *next > 0 ? events[*next - 1].calc : chi_moment_accrual(plan->terms->sd);
    *CHI_PUSH(b->book->arena, &b->book->joins) = (chi_actus_join){.action = CHI_JOIN_OWED,
        .pay = time,
        .amount = years_owed(b->t, plan->terms, since, time),
        .part = part,
        .from = from,
        .at = *next};
}

/* The market value of a contract, as exposure or as collateral. */
static void join_value(
    cover_build *b, const chi_actus_terms *t, chi_moment time, bool is_collateral)
{
    double quantity = chi_given(t->qt) ? t->qt : 1.0;
    chi_actus_build slots = {.book = b->book};
    if (t->moc) {
        uint32_t slot = chi_actus_slot_of(&slots, t->moc, time);
        join(b, is_collateral ? CHI_JOIN_COVER : CHI_JOIN_OBSERVED, time, quantity);
        b->book->joins.at[b->book->joins.count - 1].at = slot;
    } else if (chi_given(t->mvo))
        join(b, is_collateral ? CHI_JOIN_COVER_STATED : CHI_JOIN_STATED, time, quantity * t->mvo);
    else {
        chi_actus_term_error(b->book->diags, 603, t, "marketObjectCode", NULL,
            "is not given; the contract's value is observed through it");
        b->failed = true;
    }
}

static void join_exposure(cover_build *b, chi_moment time)
{
    const chi_actus_terms *t = b->t;
    bool is_stated = chi_given(t->nt);
    uint32_t part = 0;
    join(b, CHI_JOIN_EXPOSE, time, is_stated ? t->nt : 0.0);
    for (size_t i = 0; i < t->part_count && !is_stated; i++) {
        if (t->parts[i].role != CHI_PART_COVE || !t->parts[i].terms)
            continue;
        if (t->cege == CHI_WORD_MV)
            join_value(b, t->parts[i].terms, time, false);
        else
            join_owed(b, part++, time);
    }
}

/* True if a payment is within what the contract shows; on the day of the termination only if it
 * comes before it. */
static bool is_shown(const cover_build *b, chi_moment pay, bool before_termination)
{
    const chi_actus_terms *t = b->t;
    bool bought_later = chi_given_at(t->prd) && t->prd > t->sd && pay <= t->prd;
    bool closed = chi_given_at(t->td) && t->td > t->sd &&
                  (pay > t->td || (pay == t->td && !before_termination));
    return pay > t->sd && !(chi_given_at(b->to) && pay > b->to) && !bought_later && !closed;
}

static void join_fees(cover_build *b, chi_moment end, chi_moment exercise)
{
    const chi_actus_terms *t = b->t;
    chi_schedule s;
    if (!fee_schedule(b->book->diags, t, end, &s, &b->failed))
        return;
    bool exercised = chi_given_at(exercise), on_notional = t->feb == CHI_WORD_FEE_NOTIONAL;
    chi_moment last = CHI_MOMENT_NONE;
    for (int32_t k = 0; k <= s.regular; k++) {
        chi_moment time = chi_schedule_at(&s, k), pay = fee_time(t, time);
        if (exercised && time > exercise)
            break;
        if (is_shown(b, pay, true) && !on_notional)
            join(b, CHI_JOIN_PAY, pay, b->joint->role * t->fer);
        else if (is_shown(b, pay, true) && chi_given_at(last)) {
            join_exposure(b, last);
            join(b, CHI_JOIN_FEE, pay, years_between(t, last, time));
        }
        last = time;
    }
    if (!exercised || !chi_given_at(last) || !chi_given_cycle(t->fecl))
        return;
    if (!on_notional) {
        join(b, CHI_JOIN_FEE_STATED, exercise, fixed_fee_accrued(t, last, exercise));
        return;
    }
    join_exposure(b, last);
    join(b, CHI_JOIN_FEE_ACCRUED, exercise, years_between(t, last, exercise));
}

static void join_claim(cover_build *b, chi_moment exercise)
{
    const chi_actus_terms *t = b->t;
    if (is_stated(t)) {
        join(b, CHI_JOIN_CLAIM_STATED, exercise, b->joint->role * t->xa);
        return;
    }
    join_exposure(b, exercise);
    for (size_t i = 0; i < t->part_count && t->type == CHI_ACTUS_CEC; i++)
        if (t->parts[i].role == CHI_PART_COVI && t->parts[i].terms)
            join_value(b, t->parts[i].terms, exercise, true);
    join(b, CHI_JOIN_CLAIM, exercise, 0.0);
}

/* Plans of the covered loans, where the exposure follows them. */
static bool compile_covered(cover_build *b)
{
    const chi_actus_terms *t = b->t;
    b->next = chi_arena_alloc(b->book->arena, (t->part_count + 1) * sizeof *b->next);
    for (size_t i = 0; i < t->part_count && follows_states(t); i++) {
        const chi_actus_terms *covered = t->parts[i].terms;
        if (t->parts[i].role != CHI_PART_COVE || !covered)
            continue;
        if (covered->type > CHI_ACTUS_UMP)
            return refuse_no_loan(b->book->diags, covered);
        if (!chi_actus_compile_part(b->book, covered, horizon_of(t, covered), b->joint))
            return false;
    }
    return true;
}

/* As find_end(), without compiling again what is compiled. */
static bool find_end_of_parts(cover_build *b, chi_moment *end)
{
    const chi_actus_joint *joint = b->joint;
    if (chi_given_at(b->t->md) || !follows_states(b->t))
        return find_end(b->book, b->t, end);
    *end = CHI_MOMENT_NONE;
    for (uint32_t p = 0; p < joint->part_count; p++) {
        chi_moment last = last_shown(b->book, chi_actus_part_plan(b->book, joint, p));
        *end = last > *end ? last : *end;
    }
    return ends(b->book->diags, b->t, *end);
}

bool chi_actus_join_cover(chi_actus_book *book, const chi_actus_observed *observed,
    size_t observed_count, chi_moment to, chi_actus_joint *joint)
{
    const chi_actus_terms *t = joint->terms;
    cover_build b = {.book = book, .t = t, .joint = joint, .to = to};
    chi_moment end;
    joint->ratio = chi_given(t->cecv) ? t->cecv : 1.0;
    joint->fee_rate = (joint->role * t->fer) * joint->ratio;
    joint->counts_interest = t->cege == CHI_WORD_NI;
    joint->has_collateral = t->type == CHI_ACTUS_CEC;
    if (!compile_covered(&b) || !find_end_of_parts(&b, &end))
        return false;
    joint->first = book->joins.count;
    chi_moment exercise = exercise_of(t, end, observed, observed_count);
    if (chi_given_at(t->prd) && t->prd > t->sd && !(chi_given_at(to) && t->prd > to))
        join(&b, CHI_JOIN_PAY, t->prd, -(joint->role * t->pprd));
    join_fees(&b, end, exercise);
    chi_moment settles = chi_given_at(exercise) ? settlement_of(t, exercise) : exercise;
    if (chi_given_at(exercise) && is_shown(&b, settles, false)) {
        join_claim(&b, exercise);
        join(&b, CHI_JOIN_SETTLE, settles, 0.0);
    }
    if (chi_given_at(t->td) && t->td > t->sd && is_shown(&b, t->td, true))
        join(&b, CHI_JOIN_PAY, t->td, joint->role * t->ptd);
    joint->count = book->joins.count - joint->first;
    return !b.failed;
}

/* Guarantees (CEG) and collateral (CEC): they follow the exposure of what they cover and pay when
 * a covered contract is seen in the credit event that they cover. The coverage ratio is applied
 * once, as the public cases have it (the specification's text applies it twice). */
#include "contract/actus_nest.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

enum { DEFAULT_EVENT = 4 /* DF in the list of performances */ };

typedef struct cover {
    chi_arena *arena;
    ch_diags *diags;
    const chi_actus_terms *t;
    const chi_actus_case *world;
    chi_actus_part_run *covered; /* one for each part that has terms */
    size_t covered_count;
    double role, ratio;
    chi_moment end;      /* maturity, the last event of what is covered if not given */
    chi_moment exercise; /* XD, CHI_MOMENT_NONE if nothing happened */
    double amount;       /* Xa, signed */
    bool failed;
} cover;

static bool run_covered(cover *c)
{
    const chi_actus_terms *t = c->t;
    c->covered = chi_arena_alloc(c->arena, (t->part_count + 1) * sizeof *c->covered);
    c->end = t->md;
    chi_moment last = CHI_MOMENT_NONE;
    for (size_t i = 0; i < t->part_count; i++) {
        if (t->parts[i].role != CHI_PART_COVE || !t->parts[i].terms)
            continue;
        chi_actus_part_run *run = &c->covered[c->covered_count++];
        if (!chi_actus_run_part(
                c->arena, c->diags, t->parts[i].terms, c->world, CHI_MOMENT_NONE, run))
            return false;
        bool is_loan = run->terms->type <= CHI_ACTUS_UMP;
        if (!is_loan && t->cege != CHI_WORD_MV && !chi_given(t->nt)) {
            chi_actus_term_error(c->diags, 605, run->terms, "contractType", NULL,
                "is not a loan; cover it by notionalPrincipal or guaranteedExposure MV");
            return false;
        }
        for (size_t k = 0; k < run->rows.count; k++)
            if (run->rows.at[k].time > last)
                last = run->rows.at[k].time;
    }
    if (!chi_given_at(c->end))
        c->end = last;
    if (!chi_given_at(c->end)) {
        chi_actus_term_error(c->diags, 603, t, "maturityDate", NULL,
            "is not given, and what is covered has no event left");
        return false;
    }
    return true;
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
    if (c->t->cege == CHI_WORD_NI && t->dcc != CHI_DC_COUNT)
        s = lane_actus_accrue(
            s, chi_year_fraction(t->dcc, since, chi_actus_accrual_day(t, time), NULL), 0.0);
    double principal = c->t->cege == CHI_WORD_NI ? s.nt + s.ipac : s.nt;
    return chi_actus_sign(t) * principal;
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

static bool covers(const cover *c, const chi_actus_observed *o)
{
    const chi_actus_terms *t = c->t;
    bool is_event = t->cetc.count == 0 && o->performance == DEFAULT_EVENT;
    for (size_t i = 0; i < t->cetc.count; i++)
        is_event |= t->cetc.words[i] == o->performance;
    if (o->kind != CHI_EVENT_CE || !is_event || !o->contract || o->time <= t->sd ||
        o->time > c->end)
        return false;
    for (size_t i = 0; i < t->part_count; i++)
        if (t->parts[i].role == CHI_PART_COVE && t->parts[i].id &&
            strcmp(t->parts[i].id, o->contract) == 0)
            return true;
    return false;
}

/* XD and Xa: stated by the terms, or from the first credit event that is covered. */
static void find_exercise(cover *c)
{
    const chi_actus_terms *t = c->t;
    c->exercise = CHI_MOMENT_NONE;
    if (chi_given_at(t->xd) && chi_given(t->xa)) {
        c->exercise = t->xd;
        c->amount = c->role * t->xa;
        return;
    }
    for (size_t i = 0; i < c->world->observed_count; i++) {
        const chi_actus_observed *o = &c->world->observed[i];
        if (covers(c, o) && (!chi_given_at(c->exercise) || o->time < c->exercise))
            c->exercise = o->time;
    }
    if (!chi_given_at(c->exercise))
        return;
    double covered = c->ratio * exposure(c, c->exercise), value = 0.0;
    if (t->type == CHI_ACTUS_CEC) {
        for (size_t i = 0; i < t->part_count; i++)
            if (t->parts[i].role == CHI_PART_COVI && t->parts[i].terms)
                value += value_of(c, t->parts[i].terms, c->exercise);
        covered = lane_min(value, covered);
    }
    c->amount = c->role * covered;
}

static void push(cover *c, chi_actus_rows *rows, chi_moment time, chi_actus_kind kind, double pay)
{
    chi_actus_row row = chi_actus_row_of(c->t, time, kind, pay);
    bool over = kind == CHI_EVENT_MD || kind == CHI_EVENT_STD || kind == CHI_EVENT_TD;
    row.state.nt = over ? 0.0 : c->role * c->ratio * exposure(c, time);
    if (kind == CHI_EVENT_XD || kind == CHI_EVENT_STD) {
        row.exercise_amount = c->amount;
        row.exercise_date = c->exercise;
    }
    *CHI_PUSH(c->arena, rows) = row;
}

/* The fee dates up to the exercise or the end, and the fee accrued at the exercise: pro rata of the
 * period from the last fee date to one cycle later (case guarantee14). */
static double push_fees(cover *c, chi_actus_rows *rows)
{
    const chi_actus_terms *t = c->t;
    chi_schedule s;
    if (!chi_given_at(t->feanx) && !chi_given_cycle(t->fecl))
        return 0.0;
    chi_cycle cycle = chi_given_cycle(t->fecl) ? t->fecl : (chi_cycle){0, 'D', false};
    chi_moment anchor = chi_given_at(t->feanx) ? t->feanx : chi_cycle_add(t->sd, cycle, 1, false);
    if (!chi_schedule_make(anchor, cycle, c->end, t->eomc == CHI_WORD_EOM, &s)) {
        chi_actus_term_error(c->diags, 607, t, "cycleOfFee", NULL,
            "makes more than %d dates before the end of the contract", CHI_SCHEDULE_DATES_MAX);
        c->failed = true;
        return 0.0;
    }
    bool exercised = chi_given_at(c->exercise);
    bool on_notional = t->feb == CHI_WORD_FEE_NOTIONAL;
    chi_moment last = CHI_MOMENT_NONE;
    for (int32_t k = 0; k <= s.regular; k++) {
        chi_moment time = chi_schedule_at(&s, k);
        if (exercised && time > c->exercise)
            break;
        double fee = c->role * t->fer;
        if (on_notional)
            fee = chi_given_at(last) ? c->role * t->fer * c->ratio * exposure(c, last) *
                                           chi_year_fraction(t->dcc, chi_actus_accrual_day(t, last),
                                               chi_actus_accrual_day(t, time), NULL)
                                     : 0.0;
        push(c, rows, 2 * chi_pay_day(t->business_days, t->bdc, chi_moment_day(time)) + (time & 1),
            CHI_EVENT_FP, fee);
        last = time;
    }
    if (!exercised || !chi_given_at(last) || cycle.count == 0)
        return 0.0;
    chi_day from = chi_actus_accrual_day(t, last);
    double passed = chi_year_fraction(t->dcc, from, chi_actus_accrual_day(t, c->exercise), NULL);
    if (on_notional)
        return c->role * t->fer * c->ratio * exposure(c, last) * passed;
    chi_moment next = chi_cycle_add(last, cycle, 1, false);
    return c->role * t->fer * passed /
           chi_year_fraction(t->dcc, from, chi_actus_accrual_day(t, next), NULL);
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
        chi_cycle period = chi_given_cycle(t->stp) ? t->stp : (chi_cycle){0, 'D', false};
        chi_moment settles = chi_cycle_add(c.exercise, period, 1, false);
        settles =
            2 * chi_pay_day(t->business_days, t->bdc, chi_moment_day(settles)) + (settles & 1);
        push(&c, rows, c.exercise, CHI_EVENT_XD, 0.0);
        push(&c, rows, settles, CHI_EVENT_STD, c.amount + fee);
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

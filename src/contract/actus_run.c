/* One case, one path: the events of a plan with the market that was observed, as rows. The same
 * column loops run as over many scenarios. */
#include "contract/actus_joint.h"

#include "base/check.h"
#include "contract/actus_case.h"
#include "contract/actus_nest.h"

#include <math.h>
#include <string.h>

static const chi_actus_series *find_series(const chi_actus_case *world, const char *object)
{
    for (size_t i = 0; i < world->series_count; i++)
        if (strcmp(world->series[i].object, object) == 0)
            return &world->series[i];
    return world->market ? chi_actus_market_find(world->market, object) : NULL;
}

static bool observe_series(const chi_actus_series *series, chi_moment time, double *value)
{
    size_t low = 0, high = series ? series->count : 0;
    while (low < high) { /* the first observation after `time` */
        size_t middle = low + (high - low) / 2;
        if (series->times[middle] <= time)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return false;
    *value = series->values[low - 1];
    return true;
}

bool chi_actus_observe(
    const chi_actus_case *world, const char *object, chi_moment time, double *value)
{
    return observe_series(find_series(world, object), time, value);
}

bool chi_actus_has_room(const chi_arena *arena, ch_diags *diags, ch_span span, const char *id)
{
    if (arena->bytes <= CHI_ACTUS_BYTES_MAX)
        return true;
    chi_diag(diags, 607, span, "split the file",
        "contract %s: the contracts before it need more than 2 GiB of memory", id);
    return false;
}

typedef chi_actus_runner runner;

/* The business day `count` business days before `day`; a closed day counts as the one before. */
static chi_day business_days_before(const chi_calendar *calendar, chi_day day, int count)
{
    day = chi_pay_day(calendar, CHI_BR_SCP, day);
    for (; count > 0; count--)
        day = chi_pay_day(calendar, CHI_BR_SCP, day - 1);
    return day;
}

/* One rate from the overnight rates of a period: each business day's counts until the next one,
 * observed `lookback` business days earlier with the weight of its own day (2021 ISDA Definitions
 * 7.2; no observation shift). *missing is the day without observation. */
static bool join_overnight(
    const runner *r, const chi_actus_slot *slot, double *value, chi_moment *missing)
{
    const chi_actus_terms *t = r->plan->terms;
    const chi_calendar *calendar = t->business_days;
    double basis = (double)chi_daycount_fixed_basis(t->dcc), growth = 1.0, sum = 0.0;
    int lookback = chi_given(t->lookback) ? (int)t->lookback : 0;
    chi_day from = chi_actus_accrual_day(t, slot->from), to = chi_actus_accrual_day(t, slot->time);
    for (chi_day day = from; day < to;) {
        chi_day next = chi_pay_day(calendar, CHI_BR_SCF, day + 1);
        double days = (double)((next < to ? next : to) - day), rate;
        *missing = chi_moment_of(business_days_before(calendar, day, lookback));
        if (!observe_series(r->series[slot->object], *missing, &rate))
            return false;
        growth *= 1.0 + rate * days / basis;
        sum += rate * days;
        day = next;
    }
    double years = (double)(to - from) / basis;
    *value = t->overnight == CHI_WORD_COMPOUNDED ? (growth - 1.0) / years : sum / (years * basis);
    return true;
}

static bool lookup(const runner *r, const chi_actus_event *event, double *value)
{
    const chi_actus_slot *slot = &r->book->slots.at[event->slot];
    chi_moment time = slot->time;
    if (chi_given_at(slot->from) ? join_overnight(r, slot, value, &time)
                                 : observe_series(r->series[slot->object], time, value))
        return true;
    const chi_actus_terms *t = r->plan->terms;
    char when[20];
    chi_moment_format(time, when);
    if (r->book->diags)
        chi_diag(r->book->diags, 606, t->node ? t->node->span : r->world->span, NULL,
            "contract %s: there is no observation of %s at or before %s", t->id,
            r->book->objects.at[slot->object], when);
    return false;
}

static bool is_finite(const chi_actus_row *row)
{
    chi_actus_state s = row->state;
    return isfinite(row->payoff) && isfinite(s.nt) && isfinite(s.ipnr) && isfinite(s.ipac) &&
           isfinite(s.second) && isfinite(s.isc) && isfinite(s.nsc);
}

/* What the exercise will be worth, known at the maturity of the same instant. */
static double exercise_value(const runner *r, uint32_t from)
{
    double observed;
    for (uint32_t e = from; e < r->plan->count; e++) {
        const chi_actus_event *event = &r->book->events.at[r->plan->first + e];
        if (event->op == CHI_ACTUS_OP_EXERCISE && lookup(r, event, &observed))
            return lane_actus_exercise(observed, &r->plan->constants);
    }
    return 0.0;
}

/* OPTNS and FUTUR fix the exercise date at maturity when they are in the money; a future is
 * exercised in any case. */
static void follow_exercise(runner *r, uint32_t index, chi_actus_row *row)
{
    const chi_actus_event *event = &r->book->events.at[r->plan->first + index];
    uint8_t type = r->plan->terms->type;
    if (type != CHI_ACTUS_OPTNS && type != CHI_ACTUS_FUTUR)
        return;
    if (event->kind == CHI_EVENT_MD && exercise_value(r, index) > 0.0)
        r->exercise = event->pay;
    if (event->op == CHI_ACTUS_OP_EXERCISE && (type == CHI_ACTUS_FUTUR || row->state.second != 0.0))
        r->exercise = event->pay;
    row->exercise_amount = row->state.second;
    row->exercise_date = r->exercise;
}

/* What is not paid joins the arrears; a cure pays them. */
static void follow_arrears(runner *r, const chi_actus_event *event, chi_actus_row *row)
{
    if (event->hidden == CHI_UNPAID) {
        row->unpaid = row->payoff;
        r->arrears = lane_actus_overdue(r->arrears, row->payoff, r->book->years.at[r->late++]);
        row->payoff = 0.0;
    }
    if (event->op == CHI_ACTUS_OP_CURE) {
        row->payoff = r->arrears;
        r->arrears = 0.0;
    }
}

/* What an event needs beside the state: its market row, one value for every path of the block, or
 * the year fractions of an annuity. False if the market was not observed. */
static bool prepare(const runner *r, chi_actus_step *step, double *market, double *observed)
{
    *observed = (double)NAN;
    if (step->event->op == CHI_ACTUS_OP_ANNUITY) {
        step->years = r->book->years.at + step->event->slot;
        step->year_count = r->plan->years_end - step->event->slot;
    }
    if (!chi_actus_op_observes(step->event->op))
        return true;
    if (!lookup(r, step->event, observed))
        return false;
    for (int i = 0; i < CHI_ACTUS_BLOCK; i++)
        market[i] = *observed;
    step->market = market;
    return true;
}

/* The level payment on one path, which the columns would compute for a whole block. */
static void fix_annuity(runner *r, const chi_actus_step *step)
{
    chi_actus_state s = chi_actus_columns_get(&r->columns, 0);
    chi_actus_annuity a = {1.0, 1.0};
    for (uint32_t k = step->year_count; k-- > 0;)
        a = lane_actus_annuity_step(a, s.ipnr, step->years[k]);
    s = lane_actus_accrue(s, step->event->years, step->constants->fee_rate);
    s.prnxt = lane_actus_annuity(s, a, step->event->amount);
    chi_actus_columns_set(&r->columns, s);
}

static const char *currency_of(const chi_actus_plan *plan, const chi_actus_event *event)
{
    const chi_actus_terms *t = plan->terms;
    if (plan->converts)
        return t->curs;
    return event->op == CHI_ACTUS_OP_PAY && event->slot == 1 ? t->cur2 : t->cur;
}

bool chi_actus_runner_step(runner *r, uint32_t index, chi_actus_row *out)
{
    const chi_actus_terms *t = r->plan->terms;
    double payoff[CHI_ACTUS_BLOCK], market[CHI_ACTUS_BLOCK];
    const chi_actus_event *event = &r->book->events.at[r->plan->first + index];
    chi_actus_step step = {event, &r->plan->constants, NULL, NULL, 0};
    chi_actus_row row = {.time = event->pay,
        .kind = event->kind,
        .hidden = event->hidden == CHI_HIDDEN,
        .currency = currency_of(r->plan, event),
        .before = chi_actus_columns_get(&r->columns, 0),
        .calc = event->calc,
        .years = event->years,
        .amount = event->amount,
        .op = event->op,
        .exercise_date = CHI_MOMENT_NONE};
    if (!prepare(r, &step, market, &row.observed))
        return false;
    payoff[0] = 0.0;
    if (event->op == CHI_ACTUS_OP_ANNUITY)
        fix_annuity(r, &step);
    else
        chi_actus_sweep_step(&step, &r->columns, payoff);
    row.payoff = payoff[0];
    row.state = chi_actus_columns_get(&r->columns, 0);
    follow_arrears(r, event, &row);
    if (event->op == CHI_ACTUS_OP_FX)
        r->fx = row.payoff;
    else
        row.payoff = row.payoff * r->fx;
    row.fx = r->fx;
    follow_exercise(r, index, &row);
    if (!is_finite(&row)) {
        chi_actus_term_error(r->book->diags, 604, t, "notionalPrincipal", NULL,
            "and the other terms lead to figures that are too large to compute with");
        return false;
    }
    *out = row;
    return true;
}

void chi_actus_runner_open(
    runner *r, const chi_actus_book *book, const chi_actus_plan *plan, const chi_actus_case *world)
{
    *r = (runner){.book = book,
        .plan = plan,
        .world = world,
        .exercise = plan->exercise,
        .late = plan->late,
        .fx = 1.0};
    r->series =
        chi_arena_alloc(book->arena, (book->objects.count + 1) * sizeof(chi_actus_series *));
    for (size_t i = 0; i < book->objects.count; i++)
        r->series[i] = find_series(world, book->objects.at[i]);
    chi_actus_columns_set(&r->columns, plan->start);
}

/* The rows of a plan; those of hidden events are kept if `all` says so. */
static bool run_plan(const chi_actus_book *book, const chi_actus_plan *plan,
    const chi_actus_case *world, bool all, chi_actus_rows *rows)
{
    runner r;
    chi_actus_runner_open(&r, book, plan, world);
    for (uint32_t e = 0; e < plan->count; e++) {
        chi_actus_row row;
        if (!chi_actus_runner_step(&r, e, &row))
            return false;
        if (all || !row.hidden)
            *CHI_PUSH(book->arena, rows) = row;
    }
    return true;
}

bool chi_actus_run(const chi_actus_book *book, const chi_actus_plan *plan,
    const chi_actus_case *world, chi_actus_rows *rows)
{
    return run_plan(book, plan, world, false, rows);
}

bool chi_actus_run_part(chi_arena *arena, ch_diags *diags, const chi_actus_terms *terms,
    const chi_actus_case *world, chi_moment to, chi_actus_part_run *part)
{
    *part = (chi_actus_part_run){.terms = terms};
    if (!chi_actus_has_room(arena, diags, world->span, terms->id))
        return false;
    chi_actus_book book;
    chi_actus_plan plan;
    chi_actus_book_init(&book, arena, diags);
    if (!chi_actus_compile(&book, terms, to, NULL, 0, &plan) ||
        !run_plan(&book, &plan, world, true, &part->rows))
        return false;
    part->start = plan.start;
    part->maturity = plan.maturity;
    return true;
}

bool chi_actus_run_case(chi_arena *arena, ch_diags *diags, chi_actus_case *world)
{
    const chi_actus_terms *t = world->terms;
    CHI_ASSERT(t != NULL);
    if (!chi_actus_has_room(arena, diags, world->span, t->id) ||
        !chi_actus_check(diags, t, world->to))
        return false;
    if (chi_actus_is_nest(t))
        return chi_actus_run_nest(arena, diags, t, world, &world->rows);
    chi_actus_book book;
    chi_actus_plan plan;
    chi_actus_book_init(&book, arena, diags);
    return chi_actus_compile(&book, t, world->to, world->observed, world->observed_count, &plan) &&
           chi_actus_run(&book, &plan, world, &world->rows);
}

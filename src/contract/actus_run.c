/* One case, one path: the events of a plan with the market that was observed, as rows. The same
 * column loops run as over many scenarios. */
#include "contract/actus_sweep.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

static const chi_actus_series *find_series(const chi_actus_case *world, const char *object)
{
    for (size_t i = 0; i < world->series_count; i++)
        if (strcmp(world->series[i].object, object) == 0)
            return &world->series[i];
    return NULL;
}

bool chi_actus_observe(
    const chi_actus_case *world, const char *object, chi_moment time, double *value)
{
    const chi_actus_series *series = find_series(world, object);
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

static bool lookup(const chi_actus_book *book, const chi_actus_terms *t,
    const chi_actus_case *world, const chi_actus_event *event, double *value)
{
    const chi_actus_slot *slot = &book->slots.at[event->slot];
    const char *object = book->objects.at[slot->object];
    if (chi_actus_observe(world, object, slot->time, value))
        return true;
    char when[20];
    chi_moment_format(slot->time, when);
    if (book->diags)
        chi_diag(book->diags, 606, t->node ? t->node->span : world->span, NULL,
            "contract %s: there is no observation of %s at or before %s", t->id, object, when);
    return false;
}

static bool is_finite(const chi_actus_row *row)
{
    chi_actus_state s = row->state;
    return isfinite(row->payoff) && isfinite(s.nt) && isfinite(s.ipnr) && isfinite(s.ipac) &&
           isfinite(s.second) && isfinite(s.isc) && isfinite(s.nsc);
}

/* OPTNS and FUTUR fix the exercise date at maturity when they are in the money; a future is
 * exercised in any case. */
static void follow_exercise(const chi_actus_plan *plan, const chi_actus_event *event,
    double at_maturity, chi_actus_row *row, chi_moment *exercise)
{
    uint8_t type = plan->terms->type;
    if (type != CHI_ACTUS_OPTNS && type != CHI_ACTUS_FUTUR)
        return;
    if (event->kind == CHI_EVENT_MD && at_maturity > 0.0)
        *exercise = event->pay;
    if (event->op == CHI_OP_EXERCISE && (type == CHI_ACTUS_FUTUR || row->state.second != 0.0))
        *exercise = event->pay;
    row->exercise_amount = row->state.second;
    row->exercise_date = *exercise;
}

/* What the exercise will be worth, known at the maturity of the same instant. */
static double exercise_value(const chi_actus_book *book, const chi_actus_plan *plan,
    const chi_actus_case *world, uint32_t from)
{
    double observed;
    for (uint32_t e = from; e < plan->count; e++) {
        const chi_actus_event *event = &book->events.at[plan->first + e];
        if (event->op == CHI_OP_EXERCISE && lookup(book, plan->terms, world, event, &observed))
            return lane_actus_exercise(observed, &plan->constants);
    }
    return 0.0;
}

/* The market row of an event: one value for every path of the block. False if there is none. */
static bool set_market(const chi_actus_book *book, const chi_actus_plan *plan,
    const chi_actus_case *world, chi_actus_step *step, double *market, double *observed)
{
    *observed = (double)NAN;
    if (step->event->op == CHI_OP_ANNUITY) {
        step->years = book->years.at + step->event->slot;
        step->year_count = plan->years_end - step->event->slot;
    }
    if (!chi_actus_op_observes(step->event->op))
        return true;
    if (!lookup(book, plan->terms, world, step->event, observed))
        return false;
    for (int i = 0; i < CHI_ACTUS_BLOCK; i++)
        market[i] = *observed;
    step->market = market;
    return true;
}

bool chi_actus_run(const chi_actus_book *book, const chi_actus_plan *plan,
    const chi_actus_case *world, chi_actus_rows *rows)
{
    const chi_actus_terms *t = plan->terms;
    chi_actus_columns columns;
    double payoff[CHI_ACTUS_BLOCK], market[CHI_ACTUS_BLOCK];
    chi_moment exercise = plan->exercise;
    chi_actus_columns_set(&columns, plan->start);
    for (uint32_t e = 0; e < plan->count; e++) {
        const chi_actus_event *event = &book->events.at[plan->first + e];
        chi_actus_step step = {event, &plan->constants, NULL, NULL, 0};
        chi_actus_row row = {.time = event->pay,
            .kind = event->kind,
            .currency = event->op == CHI_OP_PAY && event->slot == 1 ? t->cur2 : t->cur,
            .before = chi_actus_columns_get(&columns, 0),
            .years = event->years,
            .amount = event->amount,
            .op = event->op,
            .exercise_date = CHI_MOMENT_NONE};
        if (!set_market(book, plan, world, &step, market, &row.observed))
            return false;
        chi_actus_sweep_step(&step, &columns, payoff);
        row.payoff = payoff[0];
        row.state = chi_actus_columns_get(&columns, 0);
        bool decides = event->kind == CHI_EVENT_MD && event->op == CHI_OP_PAY;
        double worth = decides ? exercise_value(book, plan, world, e) : 0.0;
        follow_exercise(plan, event, worth, &row, &exercise);
        if (!is_finite(&row)) {
            chi_actus_term_error(book->diags, 604, t, "notionalPrincipal", NULL,
                "and the other terms lead to figures that are too large to compute with");
            return false;
        }
        if (!event->hidden)
            *CHI_PUSH(book->arena, rows) = row;
    }
    return true;
}

bool chi_actus_run_case(chi_arena *arena, ch_diags *diags, chi_actus_case *world)
{
    const chi_actus_terms *t = world->terms;
    CHI_ASSERT(t != NULL);
    if (!chi_actus_check(diags, t, world->to))
        return false;
    if (chi_actus_is_nest(t))
        return chi_actus_run_nest(arena, diags, t, world, &world->rows);
    chi_actus_book book;
    chi_actus_plan plan;
    chi_actus_book_init(&book, arena, diags);
    return chi_actus_compile(&book, t, world->to, world->observed, world->observed_count, &plan) &&
           chi_actus_run(&book, &plan, world, &world->rows);
}

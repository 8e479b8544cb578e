/* Schedules of loans: interest and redemption dates on their cycles, maturity, draw dates. */
#include "contract/loan.h"

#include "base/check.h"
#include "text/daycount.h"

#include <stdlib.h>

/* Which events fall on a day, gathered before they are made instants. */
typedef struct dated {
    chi_day day;
    int pays, redeems, matures, month_end;
    double amount;
} dated;

typedef CHI_VEC(dated) dateds;

uint32_t chi_month_of(const ch_model *model, chi_day day, uint32_t months)
{
    if (day <= model->start)
        return CHI_NONE;
    for (uint32_t m = 0; m < months; m++)
        if (day <= chi_month_date(model->start, m))
            return m;
    return months;
}

double chi_loan_years(const chi_loan *loan, chi_day from, chi_day to)
{
    chi_daycount_context context = {.termination = loan->maturity};
    return chi_year_fraction((chi_daycount)loan->day_count, from, to, &context);
}

/* Day k cycles from the anchor, counted from the anchor itself (ACTUS: never from a clipped date);
 * an anchor at a month's end stays at month ends. */
static chi_day cycle_day(chi_day anchor, int months)
{
    chi_day day = chi_day_add_months(anchor, months);
    return chi_is_month_end(anchor) ? chi_month_end(day) : day;
}

static void add(chi_arena *arena, dateds *list, dated event)
{
    *CHI_PUSH(arena, list) = event;
}

static void add_interest_dates(
    const chi_loan *loan, chi_day from, chi_day last, chi_arena *arena, dateds *list)
{
    int step = (int)loan->interest_months;
    if (step == 0)
        return;
    int k = 0;
    while (cycle_day(loan->interest_anchor, k) > from)
        k -= step;
    for (k += step; cycle_day(loan->interest_anchor, k) <= last; k += step)
        add(arena, list, (dated){.day = cycle_day(loan->interest_anchor, k), .pays = 1});
}

static void add_redemption_dates(
    const chi_loan *loan, chi_day from, chi_day last, chi_arena *arena, dateds *list)
{
    int step = (int)loan->redemption_months;
    if (step == 0)
        return;
    for (int k = 0; cycle_day(loan->redemption_anchor, k) <= last; k += step) {
        chi_day day = cycle_day(loan->redemption_anchor, k);
        if (day > from && day < loan->maturity)
            add(arena, list, (dated){.day = day, .redeems = 1, .amount = loan->redemption});
    }
}

static void add_dated_instalments(
    const ch_model *model, const chi_loan *loan, uint32_t months, chi_arena *arena, dateds *list)
{
    for (uint32_t m = 0; loan->instalments != CHI_NONE && m < model->months && m < months; m++) {
        double amount = model->values[loan->instalments + m];
        chi_day day = chi_month_date(model->start, m);
        if (amount > 0.0 && day < loan->maturity)
            add(arena, list, (dated){.day = day, .redeems = 2, .amount = amount});
    }
}

static int can_draw(const chi_loan *loan)
{
    return loan->kind == CHI_LOAN_DRAWN || loan->kind == CHI_LOAN_REVOLVER ||
           loan->kind == CHI_LOAN_ISSUED;
}

static int by_day(const void *a, const void *b)
{
    const dated *x = a, *y = b;
    return (x->day > y->day) - (x->day < y->day);
}

/* All events of one day become one instant. `draws_share` only on the redemption cycle. */
static chi_instant merge_day(const chi_loan *loan, const dated *events, size_t count)
{
    chi_instant at = {.day = events[0].day};
    for (size_t i = 0; i < count; i++) {
        at.pays = events[i].pays || events[i].matures ? 1.0 : at.pays;
        at.matures = events[i].matures ? 1.0 : at.matures;
        at.redemption += events[i].amount;
        if (events[i].redeems == 1)
            at.draw_share = loan->draw_instalment;
    }
    if (loan->capitalises && at.matures == 0.0) {
        at.capitalises = at.pays;
        at.pays = 0.0;
    }
    at.resets = loan->index != CHI_NONE && (at.pays != 0.0 || at.capitalises != 0.0) ? 1.0 : 0.0;
    return at;
}

void chi_loan_instants_until(
    const ch_model *model, uint32_t row, uint32_t months, chi_arena *arena, chi_instants *out)
{
    CHI_ASSERT(row < model->loan_count && months > 0);
    const chi_loan *loan = &model->loan[row];
    chi_day horizon = chi_month_date(model->start, months - 1);
    chi_day from = loan->initial_exchange > model->start ? loan->initial_exchange : model->start;
    chi_day last = loan->maturity < horizon ? loan->maturity : horizon;
    dateds list = {0};
    add_interest_dates(loan, from, last, arena, &list);
    add_redemption_dates(loan, from, last, arena, &list);
    add_dated_instalments(model, loan, months, arena, &list);
    for (uint32_t m = 0; can_draw(loan) && m < months; m++)
        if (chi_month_date(model->start, m) <= last && chi_month_date(model->start, m) > from)
            add(arena, &list, (dated){.day = chi_month_date(model->start, m), .month_end = 1});
    if (loan->maturity > from && loan->maturity <= horizon)
        add(arena, &list, (dated){.day = loan->maturity, .matures = 1});
    if (list.count)
        qsort(list.at, list.count, sizeof *list.at, by_day);
    chi_day before = from;
    for (size_t i = 0, next; i < list.count; i = next) {
        for (next = i + 1; next < list.count && list.at[next].day == list.at[i].day;)
            next++;
        chi_instant at = merge_day(loan, &list.at[i], next - i);
        at.loan = row;
        at.month = chi_month_of(model, at.day, months);
        at.years = chi_loan_years(loan, before, at.day);
        before = at.day;
        *CHI_PUSH(arena, out) = at;
    }
}

void chi_loan_instants(const ch_model *model, uint32_t row, chi_arena *arena, chi_instants *out)
{
    chi_loan_instants_until(model, row, model->months, arena, out);
}

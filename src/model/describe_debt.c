/* What a model owes: who to whom, when, and what it costs in the first quarter. */
#include "model/describe.h"

#include "base/check.h"
#include "text/daycount.h"

#include <math.h>
#include <stdlib.h>

enum { QUARTER_MONTHS = 3, YEAR_MONTHS = 12 };

double chi_loan_rate_at_start(const ch_model *model, const chi_loan *loan)
{
    if (loan->index == CHI_NONE)
        return loan->spread;
    double index = model->driver[loan->index].start;
    return loan->multiplier * fmax(index, loan->floor) + loan->spread;
}

/* The first row of scheduled principal of a loan; rows stand in the order of loans. */
static uint32_t first_repayment(const ch_model *model, uint32_t loan)
{
    uint32_t low = 0, high = model->repayment_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (model->repayment[middle].loan < loan)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

double chi_loan_interest_until(const ch_model *model, uint32_t row, chi_day until)
{
    const chi_loan *loan = &model->loan[row];
    chi_daycount_context context = {.termination = loan->maturity};
    double rate = chi_loan_rate_at_start(model, loan), left = loan->notional, sum = 0.0;
    bool facility = loan->kind == CHI_LOAN_DRAWN || loan->kind == CHI_LOAN_REVOLVER;
    chi_day from = model->start;
    if (loan->initial_exchange > model->start || loan->kind == CHI_LOAN_ISSUED)
        return 0.0;
    for (uint32_t i = first_repayment(model, row); from < until; i++) {
        const chi_repayment *next = &model->repayment[i];
        bool last = i == model->repayment_count || next->loan != row;
        chi_day to = last || next->day > until ? until : next->day;
        to = to > loan->maturity ? loan->maturity : to;
        double years = chi_year_fraction((chi_daycount)loan->day_count, from, to, &context);
        double undrawn = facility ? fmax(loan->commitment - left - loan->other_use, 0.0) : 0.0;
        sum += (left * rate + undrawn * loan->undrawn_fee) * years;
        from = to;
        if (last)
            break;
        left -= next->amount;
    }
    return sum;
}

/* --- who owes whom ------------------------------------------------------------------------------
 */

typedef struct claim {
    uint32_t debtor, creditor;
    double principal, undrawn, bills;
} claim;

typedef struct claims {
    CHI_VEC(claim) list;
} claims;

static void add_claim(chi_describer *d, claims *all, claim fresh)
{
    *CHI_PUSH(d->arena, &all->list) = fresh;
}

static double size_of(const claim *c)
{
    return c->principal + c->bills + c->undrawn;
}

static int by_size(const void *a, const void *b)
{
    double x = size_of(a), y = size_of(b);
    return (x < y) - (x > y);
}

static int by_pair(const void *a, const void *b)
{
    const claim *x = a, *y = b;
    if (x->debtor != y->debtor)
        return x->debtor < y->debtor ? -1 : 1;
    return (x->creditor > y->creditor) - (x->creditor < y->creditor);
}

/* One row a pair of firms, the largest first. */
static void merge_claims(claims *all)
{
    size_t kept = 0;
    if (all->list.count == 0)
        return;
    qsort(all->list.at, all->list.count, sizeof *all->list.at, by_pair);
    for (size_t i = 1; i < all->list.count; i++) {
        claim *last = &all->list.at[kept];
        const claim *next = &all->list.at[i];
        if (by_pair(last, next) != 0) {
            all->list.at[++kept] = *next;
            continue;
        }
        last->principal += next->principal;
        last->undrawn += next->undrawn;
        last->bills += next->bills;
    }
    all->list.count = kept + 1;
    qsort(all->list.at, all->list.count, sizeof *all->list.at, by_size);
}

/* Bills of the first year that are fixed in advance; those that follow drivers at their start. */
static double bills_of_year(const ch_model *model, const chi_customer *customer)
{
    double sum = 0.0;
    for (uint32_t m = customer->first_month; m < customer->end_month && m < YEAR_MONTHS; m++)
        sum += chi_amount_at_start(model, &customer->amount, m);
    return sum;
}

/* What an operation without operands pushes at the start; NaN where only a run can tell. */
static double leaf_at_start(const ch_model *model, const chi_op *op, uint32_t month)
{
    switch (op->code) {
    case CHI_OP_CONST:
        return op->constant;
    case CHI_OP_TABLE:
        return model->values[op->index + month];
    case CHI_OP_DRIVER:
        return model->driver[op->index].start;
    case CHI_OP_ALIVE:
    case CHI_OP_LIVE:
        return 1.0;
    default:
        return (double)NAN;
    }
}

double chi_amount_at_start(const ch_model *model, const chi_amount *amount, uint32_t month)
{
    double stack[CHI_EXPR_DEPTH_MAX + 1] = {0};
    size_t top = 0;
    double value =
        amount->table == CHI_NONE ? amount->constant : model->values[amount->table + month];
    if (amount->expr == CHI_NONE)
        return value;
    chi_slice ops = model->expr[amount->expr].ops;
    for (uint32_t i = ops.first; i < ops.first + ops.count; i++) {
        const chi_op *op = &model->op[i];
        if (op->code < CHI_OP_ADD) {
            double leaf = leaf_at_start(model, op, month);
            if (isnan(leaf))
                return leaf; /* a minimum would hide it */
            stack[top++] = leaf;
            continue;
        }
        top -= op->code < CHI_OP_NEG;
        stack[top - 1] = chi_op_apply(op->code, stack[top - 1], stack[top]);
    }
    return value * stack[0];
}

static claims list_claims(chi_describer *d)
{
    const ch_model *model = d->model;
    claims all = {0};
    for (uint32_t i = 0; i < model->loan_count; i++) {
        const chi_loan *loan = &model->loan[i];
        bool facility = loan->kind == CHI_LOAN_DRAWN || loan->kind == CHI_LOAN_REVOLVER;
        double undrawn = facility ? loan->commitment - loan->notional - loan->other_use : 0.0;
        double principal = loan->initial_exchange <= model->start ? loan->notional : 0.0;
        for (uint32_t s = 0; s < loan->lenders.count; s++) {
            const chi_share *share = &model->share[loan->lenders.first + s];
            add_claim(d, &all,
                (claim){.debtor = loan->borrower,
                    .creditor = share->firm,
                    .principal = share->fraction * principal,
                    .undrawn = share->fraction * fmax(undrawn, 0.0)});
        }
    }
    for (uint32_t i = 0; i < model->customer_count; i++) {
        const chi_customer *customer = &model->customer[i];
        add_claim(d, &all,
            (claim){.debtor = customer->buyer,
                .creditor = customer->seller,
                .bills = bills_of_year(model, customer)});
    }
    merge_claims(&all);
    return all;
}

static const char *cell(chi_describer *d, double value)
{
    return value == 0.0 ? "" : chi_number_text(d->arena, value, 1);
}

void chi_describe_claims(chi_describer *d)
{
    claims all = list_claims(d);
    if (all.list.count == 0)
        return;
    chi_describe_head(d, "Who owes whom");
    chi_grid grid = chi_grid_make(d->arena, "lllrrr");
    CHI_GRID_ROW(&grid, "", "", "", "principal", "bills of a year", "may still draw");
    for (size_t i = 0; i < all.list.count; i++) {
        const claim *c = &all.list.at[i];
        CHI_GRID_ROW(&grid, chi_describe_name(d, d->model->firm[c->debtor].name), "owes",
            chi_describe_name(d, d->model->firm[c->creditor].name), cell(d, c->principal),
            cell(d, c->bills), cell(d, c->undrawn));
    }
    chi_grid_write(&grid, d->writer);
}

/* --- ladder and interest ---------------------------------------------------------------------- */

static int year_of(chi_day day)
{
    return chi_ymd_of(day).year;
}

/* Years of the ladder; what is due beyond them is one column more. */
enum { LADDER_YEARS = 8 };

/* Principal due by firm (row) and column: the years, what is later, all. */
typedef struct ladder {
    int first, years;
    bool more;
    double *due; /* firms x (LADDER_YEARS + 2) */
} ladder;

static double *due_at(const ladder *of, uint32_t firm, int column)
{
    return &of->due[(size_t)firm * (LADDER_YEARS + 2) + (size_t)column];
}

static ladder sum_ladder(chi_describer *d)
{
    const ch_model *model = d->model;
    ladder out = {.first = year_of(model->repayment[0].day)};
    int last = out.first;
    for (uint32_t i = 0; i < model->repayment_count; i++) {
        int year = year_of(model->repayment[i].day);
        out.first = year < out.first ? year : out.first;
        last = year > last ? year : last;
    }
    out.more = last - out.first >= LADDER_YEARS;
    out.years = out.more ? LADDER_YEARS : last - out.first + 1;
    out.due =
        chi_arena_alloc(d->arena, (size_t)model->firm_count * (LADDER_YEARS + 2) * sizeof *out.due);
    for (uint32_t i = 0; i < model->repayment_count; i++) {
        const chi_repayment *row = &model->repayment[i];
        uint32_t firm = model->loan[row->loan].borrower;
        int column = year_of(row->day) - out.first;
        *due_at(&out, firm, column < out.years ? column : LADDER_YEARS) += row->amount;
        *due_at(&out, firm, LADDER_YEARS + 1) += row->amount;
    }
    return out;
}

static void add_ladder_row(chi_describer *d, chi_grid *grid, const ladder *of, uint32_t firm)
{
    const char *cells[LADDER_YEARS + 3];
    int at = 0;
    cells[at++] = firm ? chi_describe_name(d, d->model->firm[firm].name) : "";
    for (int i = 0; i < of->years; i++)
        cells[at++] =
            firm ? cell(d, *due_at(of, firm, i)) : chi_arena_format(d->arena, "%d", of->first + i);
    if (of->more)
        cells[at++] = firm ? cell(d, *due_at(of, firm, LADDER_YEARS)) : "later";
    cells[at] = firm ? chi_number_text(d->arena, *due_at(of, firm, LADDER_YEARS + 1), 1) : "all";
    chi_grid_row(grid, cells);
}

void chi_describe_ladder(chi_describer *d)
{
    static const char align[] = "lrrrrrrrrrrr";
    if (d->model->repayment_count == 0)
        return;
    ladder of = sum_ladder(d);
    size_t columns = (size_t)(of.years + of.more + 2);
    chi_describe_head(d, "Scheduled principal, by calendar year");
    chi_grid grid = chi_grid_make(d->arena, chi_arena_text(d->arena, align, columns));
    add_ladder_row(d, &grid, &of, 0);
    for (uint32_t f = 1; f < d->model->firm_count; f++)
        if (*due_at(&of, f, LADDER_YEARS + 1) > 0.0)
            add_ladder_row(d, &grid, &of, f);
    chi_grid_write(&grid, d->writer);
}

/* A day on a cycle; an anchor at a month's end stays at month ends. */
static chi_day cycle_day(chi_day anchor, int months)
{
    chi_day day = chi_day_add_months(anchor, months);
    return chi_is_month_end(anchor) ? chi_month_end(day) : day;
}

/* The last interest date in (start, until]; the start if there is none. */
static chi_day last_interest_date(const ch_model *model, const chi_loan *loan, chi_day until)
{
    if (loan->maturity <= until)
        return loan->maturity;
    if (loan->interest_months == 0)
        return model->start;
    int months = (chi_ymd_of(until).year - chi_ymd_of(loan->interest_anchor).year) * YEAR_MONTHS +
                 chi_ymd_of(until).month - chi_ymd_of(loan->interest_anchor).month;
    int period = (int)loan->interest_months;
    int steps = months / period - (months % period < 0) + 1;
    chi_day day = cycle_day(loan->interest_anchor, steps * period);
    while (day > until)
        day = cycle_day(loan->interest_anchor, --steps * period);
    return day > model->start ? day : model->start;
}

/* Interest that falls due: what accrued before the start comes with the first payment. */
static double interest_due(const ch_model *model, uint32_t row, chi_day until)
{
    const chi_loan *loan = &model->loan[row];
    chi_day last = last_interest_date(model, loan, until);
    return last > model->start ? loan->accrued + chi_loan_interest_until(model, row, last) : 0.0;
}

void chi_describe_interest(chi_describer *d)
{
    const ch_model *model = d->model;
    chi_day end = chi_month_date(model->start, QUARTER_MONTHS - 1);
    size_t bytes = model->firm_count * sizeof(double);
    double *accrues = chi_arena_alloc(d->arena, bytes), *due = chi_arena_alloc(d->arena, bytes);
    for (uint32_t i = 0; i < model->loan_count; i++) {
        accrues[model->loan[i].borrower] += chi_loan_interest_until(model, i, end);
        due[model->loan[i].borrower] += interest_due(model, i, end);
    }
    chi_grid grid = chi_grid_make(d->arena, "lrr");
    CHI_GRID_ROW(&grid, "", "due", "accrues");
    for (uint32_t f = 1; f < model->firm_count; f++)
        if (accrues[f] != 0.0)
            CHI_GRID_ROW(&grid, chi_describe_name(d, model->firm[f].name),
                chi_number_text(d->arena, due[f], 3), chi_number_text(d->arena, accrues[f], 3));
    if (grid.cells.count == 3)
        return;
    chi_describe_head(d, "Interest and fees of the first quarter, at the rates of the start");
    chi_grid_write(&grid, d->writer);
}

/* From the model to the plan: sizes, pairs, instants, monthly tables. */
#include "engine/plan.h"

#include "base/check.h"
#include "contract/loan.lane.h"
#include "num/math.lane.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

uint32_t *chi_plan_ids(chi_arena *arena, size_t count)
{
    uint32_t *out = chi_arena_alloc(arena, (count + 1) * sizeof *out);
    for (size_t i = 0; i < count; i++)
        out[i] = CHI_NONE;
    return out;
}

static void number_firms(chi_plan *plan, chi_arena *arena)
{
    const ch_model *model = plan->model;
    plan->counts.firms = model->firm_count;
    plan->sim_of_firm = chi_plan_ids(arena, model->firm_count);
    plan->firm_of_sim = chi_plan_ids(arena, model->firm_count);
    for (uint32_t f = 0; f < model->firm_count; f++)
        if (model->firm[f].kind == CHI_SIMULATED) {
            plan->sim_of_firm[f] = (uint32_t)plan->counts.sims;
            plan->firm_of_sim[plan->counts.sims++] = f;
        }
}

/* --- pairs: the network inside a path ------------------------------------------------------ */

typedef CHI_VEC(chi_pair) pair_vec;

/* Index of a pair, made if new; linear search is enough for the networks inside one model. */
static uint32_t pair_of(
    chi_arena *arena, pair_vec *pairs, uint32_t debtor, uint32_t class, uint32_t creditor)
{
    for (uint32_t i = 0; i < pairs->count; i++)
        if (pairs->at[i].debtor == debtor && pairs->at[i].class == class &&
            pairs->at[i].creditor == creditor)
            return i;
    *CHI_PUSH(arena, pairs) = (chi_pair){debtor, class, creditor};
    return (uint32_t)pairs->count - 1;
}

static void pair_lines(chi_plan *plan, chi_arena *arena, pair_vec *pairs)
{
    const ch_model *model = plan->model;
    plan->line_pair = chi_plan_ids(arena, model->line_count);
    plan->line_pair_in = chi_plan_ids(arena, model->line_count);
    for (uint32_t i = 0; i < model->line_count; i++) {
        const chi_line *line = &model->line[i];
        bool in = line->kind == CHI_LINE_REVENUE || line->kind == CHI_LINE_WORKING_CAPITAL;
        bool out = line->kind != CHI_LINE_REVENUE && line->kind != CHI_LINE_DEPRECIATION;
        if (in)
            plan->line_pair_in[i] =
                pair_of(arena, pairs, line->counterparty, line->class, line->firm);
        if (out)
            plan->line_pair[i] = pair_of(arena, pairs, line->firm, line->class, line->counterparty);
    }
}

static void pair_contracts(chi_plan *plan, chi_arena *arena, pair_vec *pairs)
{
    const ch_model *model = plan->model;
    plan->customer_pair = chi_plan_ids(arena, model->customer_count);
    for (uint32_t i = 0; i < model->customer_count; i++)
        plan->customer_pair[i] = pair_of(arena, pairs, model->customer[i].buyer,
            model->customer[i].class, model->customer[i].seller);
    plan->share_pair = chi_plan_ids(arena, model->share_count);
    plan->share_draw_pair = chi_plan_ids(arena, model->share_count);
    for (uint32_t i = 0; i < model->loan_count; i++) {
        const chi_loan *loan = &model->loan[i];
        bool lends = loan->initial_exchange > model->start || loan->kind == CHI_LOAN_DRAWN ||
                     loan->kind == CHI_LOAN_REVOLVER || loan->kind == CHI_LOAN_ISSUED ||
                     loan->kind == CHI_LOAN_ACTUS;
        for (uint32_t s = loan->lenders.first; s < loan->lenders.first + loan->lenders.count; s++) {
            uint32_t lender = model->share[s].firm;
            plan->share_pair[s] = pair_of(arena, pairs, loan->borrower, loan->class, lender);
            if (lends)
                plan->share_draw_pair[s] =
                    pair_of(arena, pairs, lender, CHI_CLASS_OPERATING, loan->borrower);
        }
    }
}

/* Debts by the standard have the pairs of loans; others may owe both ways. */
static void pair_deals(chi_plan *plan, chi_arena *arena, pair_vec *pairs)
{
    for (uint32_t i = 0; i < plan->model->deal_count; i++) {
        const chi_deal *deal = &plan->model->deal[i];
        if (deal->loan != CHI_NONE)
            continue;
        plan->deals.row[i].pair_in =
            pair_of(arena, pairs, deal->counterparty, deal->class, deal->creator);
        plan->deals.row[i].pair_out =
            pair_of(arena, pairs, deal->creator, deal->class, deal->counterparty);
    }
}

static void renumber(uint32_t *list, size_t count, const uint32_t *fresh)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] != CHI_NONE)
            list[i] = fresh[list[i]];
}

/* Pairs whose debtor is simulated come first: only those can be paid in part. */
static void number_pairs(chi_plan *plan, chi_arena *arena)
{
    const ch_model *model = plan->model;
    pair_vec pairs = {0};
    pair_lines(plan, arena, &pairs);
    pair_contracts(plan, arena, &pairs);
    pair_deals(plan, arena, &pairs);
    plan->counts.pairs = pairs.count;
    plan->pair = chi_arena_alloc(arena, (pairs.count + 1) * sizeof *plan->pair);
    uint32_t *fresh = chi_plan_ids(arena, pairs.count);
    uint32_t next = 0;
    for (int others = 0; others < 2; others++) {
        for (uint32_t i = 0; i < pairs.count; i++)
            if ((plan->sim_of_firm[pairs.at[i].debtor] == CHI_NONE) == (others == 1)) {
                fresh[i] = next;
                plan->pair[next++] = pairs.at[i];
            }
        if (!others)
            plan->pairs_of_sims = next;
    }
    renumber(plan->line_pair, model->line_count, fresh);
    renumber(plan->line_pair_in, model->line_count, fresh);
    renumber(plan->customer_pair, model->customer_count, fresh);
    renumber(plan->share_pair, model->share_count, fresh);
    renumber(plan->share_draw_pair, model->share_count, fresh);
    for (uint32_t i = 0; i < model->deal_count; i++) {
        renumber(&plan->deals.row[i].pair_in, 1, fresh);
        renumber(&plan->deals.row[i].pair_out, 1, fresh);
    }
}

/* Pairs by creditor and by debtor, each in the order of pairs. */
static void list_flows(chi_plan *plan, chi_arena *arena)
{
    plan->inflow = chi_plan_ids(arena, plan->counts.pairs);
    plan->inflow_first = chi_plan_ids(arena, plan->counts.sims + 1);
    uint32_t at = 0;
    for (uint32_t s = 0; s < plan->counts.sims; s++) {
        plan->inflow_first[s] = at;
        for (uint32_t p = 0; p < plan->counts.pairs; p++)
            if (plan->pair[p].creditor == plan->firm_of_sim[s])
                plan->inflow[at++] = p;
    }
    plan->inflow_first[plan->counts.sims] = at;
    plan->outflow = chi_plan_ids(arena, plan->counts.pairs);
    plan->outflow_first = chi_plan_ids(arena, plan->counts.sims * CHI_CLASSES + 1);
    at = 0;
    for (uint32_t k = 0; k < plan->counts.sims * CHI_CLASSES; k++) {
        plan->outflow_first[k] = at;
        for (uint32_t p = 0; p < plan->pairs_of_sims; p++)
            if (plan->pair[p].debtor == plan->firm_of_sim[k / CHI_CLASSES] &&
                plan->pair[p].class == k % CHI_CLASSES)
                plan->outflow[at++] = p;
    }
    plan->outflow_first[plan->counts.sims * CHI_CLASSES] = at;
}

static void list_debts(chi_plan *plan, chi_arena *arena)
{
    const ch_model *model = plan->model;
    plan->debt = chi_plan_ids(arena, model->loan_count);
    plan->debt_first = chi_plan_ids(arena, model->firm_count + 1);
    plan->owed = chi_plan_ids(arena, model->line_count);
    plan->owed_first = chi_plan_ids(arena, model->firm_count + 1);
    uint32_t debts = 0, owed = 0;
    for (uint32_t f = 0; f < model->firm_count; f++) {
        plan->debt_first[f] = debts;
        plan->owed_first[f] = owed;
        for (uint32_t l = 0; l < model->loan_count; l++)
            if (model->loan[l].borrower == f)
                plan->debt[debts++] = l;
        for (uint32_t k = 0; k < model->line_count; k++)
            if (chi_line_debtor(&model->line[k]) == f)
                plan->owed[owed++] = k;
    }
    plan->debt_first[model->firm_count] = debts;
    plan->owed_first[model->firm_count] = owed;
}

/* --- who is touched by a failure ---------------------------------------------------------- */

static void touch(chi_plan *plan, chi_arena *arena, pair_vec *list, uint32_t from, uint32_t to)
{
    if (from != to && from != 0 && to != 0 && plan->model->firm[to].kind == CHI_SIMULATED)
        (void)pair_of(arena, list, from, 0, to);
}

/* An amount of `firm` that names alive(other) hangs on the other. */
static void touch_by_amount(
    chi_plan *plan, chi_arena *arena, pair_vec *list, const chi_amount *amount, uint32_t firm)
{
    const ch_model *model = plan->model;
    if (amount->expr == CHI_NONE)
        return;
    chi_slice ops = model->expr[amount->expr].ops;
    for (uint32_t k = ops.first; k < ops.first + ops.count; k++)
        if (model->op[k].code == CHI_OP_ALIVE)
            touch(plan, arena, list, model->op[k].index, firm);
}

static void touch_by_contracts(chi_plan *plan, chi_arena *arena, pair_vec *list)
{
    const ch_model *model = plan->model;
    for (uint32_t i = 0; i < model->line_count; i++) {
        const chi_line *line = &model->line[i];
        if (line->kind == CHI_LINE_REVENUE)
            touch(plan, arena, list, line->counterparty, line->firm);
        touch_by_amount(plan, arena, list, &line->amount, line->firm);
    }
    for (uint32_t i = 0; i < model->customer_count; i++) {
        touch(plan, arena, list, model->customer[i].buyer, model->customer[i].seller);
        touch(plan, arena, list, model->customer[i].seller, model->customer[i].buyer);
    }
    for (uint32_t i = 0; i < model->supply_count; i++)
        touch(plan, arena, list, model->supply[i].supplier, model->supply[i].customer);
    for (uint32_t i = 0; i < model->loan_count; i++) {
        const chi_loan *loan = &model->loan[i];
        for (uint32_t s = loan->lenders.first; s < loan->lenders.first + loan->lenders.count; s++) {
            touch(plan, arena, list, loan->borrower, model->share[s].firm);
            if (plan->share_draw_pair[s] != CHI_NONE)
                touch(plan, arena, list, model->share[s].firm, loan->borrower);
        }
    }
}

/* The parties of a deal, and who covers a debt with its borrower. */
static void touch_by_deals(chi_plan *plan, chi_arena *arena, pair_vec *list)
{
    const ch_model *model = plan->model;
    for (uint32_t i = 0; i < model->deal_count; i++) {
        const chi_deal *deal = &model->deal[i];
        if (deal->loan != CHI_NONE)
            continue;
        touch(plan, arena, list, deal->creator, deal->counterparty);
        touch(plan, arena, list, deal->counterparty, deal->creator);
        for (uint32_t k = deal->covers.first; k < deal->covers.first + deal->covers.count; k++)
            touch(plan, arena, list, model->loan[model->cover[k].row].borrower,
                plan->deals.row[i].other);
    }
}

/* Whose money hangs on whom: the buyer of what it sells, the seller of what it buys, those who owe
 * it, those it may draw on, those its lines name. */
static void list_touched(chi_plan *plan, chi_arena *arena)
{
    pair_vec list = {0}; /* debtor: who fails; creditor: whom it touches */
    touch_by_contracts(plan, arena, &list);
    touch_by_deals(plan, arena, &list);
    plan->touched = chi_plan_ids(arena, list.count);
    plan->touched_first = chi_plan_ids(arena, plan->counts.firms + 1);
    uint32_t at = 0;
    for (uint32_t f = 0; f < plan->counts.firms; f++) {
        plan->touched_first[f] = at;
        for (size_t i = 0; i < list.count; i++)
            if (list.at[i].debtor == f)
                plan->touched[at++] = list.at[i].creditor;
    }
    plan->touched_first[plan->counts.firms] = at;
}

/* --- loans -------------------------------------------------------------------------------- */

static int by_month_and_loan(const void *a, const void *b)
{
    const chi_instant *x = a, *y = b;
    if (x->month != y->month)
        return x->month < y->month ? -1 : 1;
    if (x->loan != y->loan)
        return x->loan < y->loan ? -1 : 1;
    return (x->day > y->day) - (x->day < y->day);
}

static void list_instants(chi_plan *plan, chi_arena *arena)
{
    const ch_model *model = plan->model;
    chi_instants all = {0};
    for (uint32_t i = 0; i < model->loan_count; i++)
        if (model->loan[i].kind != CHI_LOAN_ACTUS)
            chi_loan_instants_until(model, i, plan->months, arena, &all);
    if (all.count)
        qsort(all.at, all.count, sizeof *all.at, by_month_and_loan);
    plan->instant = all.at;
    plan->instant_first = chi_arena_alloc(arena, (plan->months + 1) * sizeof(uint32_t));
    size_t cells = (size_t)model->loan_count * plan->months + 1;
    plan->tail_years = chi_arena_alloc(arena, cells * sizeof(double));
    plan->has_due = chi_arena_alloc(arena, cells);
    uint32_t at = 0;
    for (uint32_t m = 0; m < plan->months; m++) {
        plan->instant_first[m] = at;
        for (; at < all.count && all.at[at].month == m; at++)
            plan->has_due[(size_t)all.at[at].loan * plan->months + m] = 1;
    }
    plan->instant_first[plan->months] = at;
}

/* Items that expressions read. */
static void list_reads(chi_plan *plan, chi_arena *arena)
{
    const ch_model *model = plan->model;
    plan->reads = chi_arena_alloc(arena, plan->counts.sims * CHI_ITEM_COUNT + 1);
    for (uint32_t e = 0; e < model->expr_count; e++) {
        chi_slice ops = model->expr[e].ops;
        for (uint32_t k = ops.first; k < ops.first + ops.count; k++) {
            const chi_op *op = &model->op[k];
            if (op->code == CHI_OP_ITEM && plan->sim_of_firm[op->index] != CHI_NONE)
                plan->reads[plan->sim_of_firm[op->index] * CHI_ITEM_COUNT + op->item] = 1;
        }
    }
}

/* Facilities with a lender other than outside, which never fails. */
static void list_promises(chi_plan *plan, chi_arena *arena)
{
    const ch_model *model = plan->model;
    plan->can_lose = chi_arena_alloc(arena, model->loan_count + 1);
    for (uint32_t i = 0; i < model->loan_count; i++) {
        const chi_loan *loan = &model->loan[i];
        if (loan->kind != CHI_LOAN_DRAWN && loan->kind != CHI_LOAN_REVOLVER)
            continue;
        for (uint32_t s = loan->lenders.first; s < loan->lenders.first + loan->lenders.count; s++)
            plan->can_lose[i] |= model->share[s].firm != 0;
    }
}

/* Year fraction between the loan's last instant and each month's end. */
static void list_tails(chi_plan *plan)
{
    const ch_model *model = plan->model;
    for (uint32_t i = 0; i < model->loan_count; i++) {
        const chi_loan *loan = &model->loan[i];
        chi_day last =
            loan->initial_exchange > model->start ? loan->initial_exchange : model->start;
        for (uint32_t m = 0; m < plan->months; m++) {
            for (uint32_t k = plan->instant_first[m]; k < plan->instant_first[m + 1]; k++)
                if (plan->instant[k].loan == i)
                    last = plan->instant[k].day;
            chi_day end = chi_month_date(model->start, m);
            plan->tail_years[(size_t)i * plan->months + m] =
                end > last && last < loan->maturity ? chi_loan_years(loan, last, end) : 0.0;
        }
    }
}

double chi_driver_start(const ch_model *model, uint32_t row)
{
    const chi_driver *driver = &model->driver[row];
    return driver->process == CHI_PATH ? chi_amount_at(model, &driver->path, 0) : driver->start;
}

static void list_lending(chi_plan *plan, chi_arena *arena)
{
    const ch_model *model = plan->model;
    size_t cells = (size_t)model->loan_count * plan->months + 1;
    plan->lend = chi_arena_alloc(arena, cells * sizeof(double));
    plan->can_draw = chi_arena_alloc(arena, cells);
    plan->rate_start = chi_arena_alloc(arena, (model->loan_count + 1) * sizeof(double));
    for (uint32_t i = 0; i < model->loan_count; i++) {
        const chi_loan *loan = &model->loan[i];
        uint32_t month = chi_month_of(model, loan->initial_exchange, plan->months);
        if (month < plan->months && loan->kind != CHI_LOAN_ACTUS)
            plan->lend[(size_t)i * plan->months + month] = loan->notional;
        for (uint32_t m = 0; m < plan->months; m++)
            plan->can_draw[(size_t)i * plan->months + m] =
                loan->kind != CHI_LOAN_PAM && loan->kind != CHI_LOAN_LAM &&
                loan->kind != CHI_LOAN_ACTUS && m < loan->draw_end_month &&
                chi_month_date(model->start, m) < loan->maturity &&
                chi_month_date(model->start, m) >= loan->initial_exchange;
        plan->rate_start[i] = loan->index == CHI_NONE
                                  ? loan->spread
                                  : lane_loan_rate(chi_driver_start(model, loan->index),
                                        loan->floor, loan->multiplier, loan->spread);
    }
}

/* --- the scenario ------------------------------------------------------------------ */

static void list_scenario(chi_plan *plan, chi_arena *arena)
{
    const ch_model *model = plan->model;
    plan->shift =
        chi_arena_alloc(arena, ((size_t)model->driver_count * plan->months + 1) * sizeof(double));
    plan->shut = chi_arena_alloc(arena, (size_t)model->market_count * plan->months + 1);
    for (uint32_t e = 0; e < model->event_count; e++) {
        const chi_event *event = &model->event[e];
        for (uint32_t m = event->month; m < event->end_month && m < plan->months; m++) {
            if (event->kind == CHI_EVENT_SHIFT)
                plan->shift[(size_t)event->target * plan->months + m] += event->value;
            else if (event->kind == CHI_EVENT_SHUT)
                plan->shut[(size_t)event->target * plan->months + m] = 1;
        }
    }
}

/* --- totals ------------------------------------------------------------------------------- */

static double largest(double a, double b)
{
    return b > a && isfinite(b) ? b : a;
}

/* A power of two above everything one failure can lose, for fixed-point sums over paths. */
static double money_scale(const ch_model *model)
{
    double most = 1.0;
    for (uint32_t f = 0; f < model->firm_count; f++)
        most = largest(most, model->firm[f].cash + model->firm[f].property);
    for (uint32_t i = 0; i < model->loan_count; i++)
        most = largest(most, model->loan[i].notional + largest(0.0, model->loan[i].commitment));
    for (uint32_t i = 0; i < model->deal_count; i++)
        most = largest(most, model->deal[i].size);
    for (uint32_t i = 0; i < model->values_count; i++)
        most = largest(most, fabs(model->values[i]));
    most = largest(most, chi_plan_contagion_money(model));
    int exponent;
    frexp(most, &exponent);
    return ldexp(1.0, exponent + 10);
}

chi_plan *chi_plan_build(const ch_model *model, uint32_t months, chi_arena *arena)
{
    CHI_ASSERT(months >= 1 && months <= model->months);
    chi_plan *plan = chi_arena_alloc(arena, sizeof *plan);
    plan->model = model;
    plan->months = months;
    plan->counts.loans = model->loan_count;
    plan->counts.customers = model->customer_count;
    plan->counts.lines = model->line_count;
    plan->counts.covenants = model->covenant_count;
    number_firms(plan, arena);
    chi_plan_contagion(plan, arena);
    chi_deals_plan_build(plan, arena);
    number_pairs(plan, arena);
    list_flows(plan, arena);
    list_debts(plan, arena);
    list_touched(plan, arena);
    list_instants(plan, arena);
    list_tails(plan);
    list_lending(plan, arena);
    list_promises(plan, arena);
    list_reads(plan, arena);
    chi_plan_draws(plan, arena);
    list_scenario(plan, arena);
    for (uint32_t f = 0; f < model->firm_count; f++)
        plan->cash_total += model->firm[f].cash + model->firm[f].restricted_cash;
    plan->scale = money_scale(model);
    plan->cause_count = chi_plan_cause(plan, CHI_CAUSE_KIND_COUNT, 0);
    plan->root_count = chi_plan_root(plan, CHI_ROOT_SHUT, model->market_count);
    return plan;
}

/* --- causes and roots --------------------------------------------------------------------- */

static uint32_t cause_rows(const ch_model *model, chi_cause_kind kind)
{
    switch (kind) {
    case CHI_CAUSE_PRINCIPAL:
    case CHI_CAUSE_INTEREST:
        return model->loan_count;
    case CHI_CAUSE_LINE:
        return model->line_count;
    case CHI_CAUSE_CUSTOMER:
        return model->customer_count;
    case CHI_CAUSE_DEAL:
        return model->deal_count;
    case CHI_CAUSE_COVENANT:
        return model->covenant_count;
    default:
        return 1;
    }
}

uint32_t chi_plan_cause(const chi_plan *plan, chi_cause_kind kind, uint32_t row)
{
    uint32_t first = 0;
    for (int k = 0; k < (int)kind; k++)
        first += cause_rows(plan->model, (chi_cause_kind)k);
    return first + row;
}

chi_cause chi_plan_cause_of(const chi_plan *plan, uint32_t cause)
{
    for (int k = 0; k < CHI_CAUSE_KIND_COUNT; k++) {
        uint32_t rows = cause_rows(plan->model, (chi_cause_kind)k);
        if (cause < rows)
            return (chi_cause){(uint32_t)k, cause};
        cause -= rows;
    }
    CHI_NEVER("cause out of range");
}

const char *chi_cause_kind_name(chi_cause_kind kind)
{
    static const char *const names[] = {
#define CHI_CAUSE_NAME(id, name) name,
        CHI_CAUSE_KIND_LIST(CHI_CAUSE_NAME)
#undef CHI_CAUSE_NAME
    };
    return names[kind];
}

uint32_t chi_plan_root(const chi_plan *plan, chi_root_kind kind, uint32_t row)
{
    switch (kind) {
    case CHI_ROOT_NONE:
        return 0;
    case CHI_ROOT_CANCELLED:
        return 1 + row;
    case CHI_ROOT_FIRM:
        return 1 + plan->model->customer_count + row;
    default:
        return 1 + plan->model->customer_count + plan->model->firm_count + row;
    }
}

chi_root_kind chi_plan_root_of(const chi_plan *plan, uint32_t root, uint32_t *row)
{
    *row = 0;
    if (root == 0)
        return CHI_ROOT_NONE;
    root -= 1;
    *row = root;
    if (root < plan->model->customer_count)
        return CHI_ROOT_CANCELLED;
    root -= plan->model->customer_count;
    *row = root;
    if (root < plan->model->firm_count)
        return CHI_ROOT_FIRM;
    *row = root - plan->model->firm_count;
    return CHI_ROOT_SHUT;
}

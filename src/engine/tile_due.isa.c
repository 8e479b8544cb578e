/* Step 3 of a month: what falls due on customer contracts, loans and lines of operations. */
#include "engine/tile.h"

#include "engine/due.column.h"

#include <string.h>

static double *item_of(chi_tile *tile, uint32_t firm, chi_item item)
{
    uint32_t row = chi_plan_item(tile->plan, firm, item);
    return row == CHI_NONE ? NULL : CHI_T(tile, item, row);
}

/* out += x, if there is an out. */
static void add_to(chi_tile *tile, double *out, const double *x)
{
    if (out)
        CHI_DO(tile, add_to, out, x);
}

/* What a firm earns of an amount when its suppliers do not all deliver; `x` itself where none can
 * fail it. */
static const double *supplied(chi_tile *tile, uint32_t firm, const double *x)
{
    double *out = CHI_T(tile, scratch, CHI_EXPR_DEPTH_MAX + 1);
    if (tile->plan->counts.supplied == 0)
        return x;
    CHI_DO(tile, product, out, x, CHI_T(tile, output, firm));
    return out;
}

/* --- customer contracts ------------------------------------------------------------------- */

static void bill(chi_tile *tile, uint32_t row)
{
    const chi_customer *customer = &tile->plan->model->customer[row];
    double *due = CHI_T(tile, customer_due, row);
    double *billed = CHI_T(tile, scratch, 0);
    if (tile->month < customer->first_month || tile->month >= customer->end_month) {
        fill(tile, due, 0.0);
    } else {
        chi_operand amount = chi_tile_value(tile, &customer->amount, 1);
        const double *x = supplied(tile, customer->seller, as_column(tile, amount, 1));
        CHI_DO(tile, bill, billed, due, CHI_T(tile, advance, row), CHI_T(tile, live, row), x,
            customer->advance_share);
        add_to(tile, item_of(tile, customer->seller, CHI_ITEM_REVENUE), billed);
        add_to(tile, item_of(tile, customer->buyer, CHI_ITEM_COST), billed);
    }
    if (customer->advance_month == tile->month)
        CHI_DO(tile, pay_advance, CHI_T(tile, advance, row), due, CHI_T(tile, live, row),
            customer->advance);
    add_to(tile, CHI_T(tile, pair, tile->plan->customer_pair[row]), due);
}

/* --- loans -------------------------------------------------------------------------------- */

/* All events of one instant, in the standard's order; see loan.lane.h. */
static void loan_instant(chi_tile *tile, const chi_instant *at)
{
    const chi_loan *loan = &tile->plan->model->loan[at->loan];
    double *notional = CHI_T(tile, notional, at->loan);
    double *accrued = CHI_T(tile, accrued, at->loan);
    double *rate = CHI_T(tile, rate, at->loan);
    if (at->pays != 0.0)
        CHI_DO(tile, pay_interest, CHI_T(tile, interest, at->loan), accrued, at->years, rate,
            notional);
    else
        CHI_DO(tile, accrue, accrued, at->years, rate, notional);
    if (at->redemption != 0.0 || at->draw_share != 0.0 || at->matures != 0.0)
        CHI_DO(tile, redeem, notional, CHI_T(tile, principal, at->loan),
            CHI_T(tile, drawn, at->loan), at->redemption, at->draw_share, at->matures);
    if (at->capitalises != 0.0)
        CHI_DO(tile, capitalise, notional, accrued);
    if (at->resets != 0.0)
        CHI_DO(tile, reset_rate, rate, CHI_T(tile, driver, loan->index), loan->floor,
            loan->multiplier, loan->spread);
}

/* The fee accrues on what could still be drawn; revolvers: on what is not outstanding. */
static void loan_fee(chi_tile *tile, const chi_instant *at)
{
    const chi_loan *loan = &tile->plan->model->loan[at->loan];
    if (loan->undrawn_fee == 0.0)
        return;
    bool revolves = loan->kind == CHI_LOAN_REVOLVER;
    double limit = loan->commitment - loan->other_use - (revolves ? 0.0 : loan->notional);
    double open = tile->plan->can_draw[(size_t)at->loan * tile->plan->months + tile->month];
    const double *promised = promised_of(tile, at->loan), *used = used_of(tile, at->loan);
    CHI_DO(tile, loan_fee, CHI_T(tile, fee, at->loan), CHI_T(tile, interest, at->loan), promised,
        used, limit, loan->undrawn_fee * open, at->years, at->pays);
}

/* A loan's dues of the month go to its lenders by share. */
static void loan_due(chi_tile *tile, uint32_t row)
{
    const chi_plan *plan = tile->plan;
    const chi_loan *loan = &plan->model->loan[row];
    double *due = CHI_T(tile, loan_due, row);
    const double *interest = CHI_T(tile, interest, row), *principal = CHI_T(tile, principal, row);
    CHI_DO(tile, loan_due, due, interest, principal);
    add_to(tile, item_of(tile, loan->borrower, CHI_ITEM_INTEREST), interest);
    add_to(tile, item_of(tile, loan->borrower, CHI_ITEM_PRINCIPAL), principal);
    for (uint32_t s = loan->lenders.first; s < loan->lenders.first + loan->lenders.count; s++)
        CHI_DO(tile, add_share, CHI_T(tile, pair, plan->share_pair[s]),
            plan->model->share[s].fraction, due);
}

static void loans(chi_tile *tile)
{
    const chi_plan *plan = tile->plan;
    fill_zero(tile, tile->state.interest, plan->model->loan_count);
    fill_zero(tile, tile->state.principal, plan->model->loan_count);
    for (uint32_t k = plan->instant_first[tile->month]; k < plan->instant_first[tile->month + 1];
         k++) {
        /* The fee is on what was undrawn over the period, before this instant's redemption. */
        loan_fee(tile, &plan->instant[k]);
        loan_instant(tile, &plan->instant[k]);
    }
    CHI_PART(tile);
    for (uint32_t l = 0; l < plan->model->loan_count; l++)
        if (plan->has_due[(size_t)l * plan->months + tile->month])
            loan_due(tile, l);
        else
            fill(tile, CHI_T(tile, loan_due, l), 0.0);
}

/* --- lines -------------------------------------------------------------------------------- */

/* Positive comes in from the counterparty while it has not failed, negative goes out to it. */
static void working_capital(chi_tile *tile, uint32_t row, const double *amount)
{
    const chi_line *line = &tile->plan->model->line[row];
    double *due = CHI_T(tile, line_due, row);
    CHI_DO(tile, working_capital, CHI_T(tile, pair, tile->plan->line_pair_in[row]), due,
        CHI_T(tile, alive, line->counterparty), CHI_T(tile, alive, line->firm), amount);
    add_to(tile, CHI_T(tile, pair, tile->plan->line_pair[row]), due);
}

static chi_item item_of_line(const chi_line *line)
{
    switch (line->kind) {
    case CHI_LINE_REVENUE:
        return CHI_ITEM_REVENUE;
    case CHI_LINE_COST:
        return CHI_ITEM_COST;
    case CHI_LINE_CAPEX:
    case CHI_LINE_CAPEX_UNCOMMITTED:
        return CHI_ITEM_CAPEX;
    default:
        return CHI_ITEM_COUNT;
    }
}

/* Revenue from a named firm is its cost and ends with it. */
static void revenue_from_firm(chi_tile *tile, uint32_t row, const double *amount)
{
    const chi_line *line = &tile->plan->model->line[row];
    double *due = CHI_T(tile, line_due, row);
    CHI_DO(tile, line_from_firm, due, CHI_T(tile, alive, line->counterparty),
        CHI_T(tile, alive, line->firm), amount);
    add_to(tile, item_of(tile, line->counterparty, CHI_ITEM_COST), due);
    add_to(tile, item_of(tile, line->firm, CHI_ITEM_REVENUE), due);
    add_to(tile, CHI_T(tile, pair, tile->plan->line_pair_in[row]), due);
}

static void payable_line(chi_tile *tile, uint32_t row, const double *amount)
{
    const chi_plan *plan = tile->plan;
    const chi_line *line = &plan->model->line[row];
    const double *alive = CHI_T(tile, alive, line->firm);
    bool comes_in = line->kind == CHI_LINE_REVENUE;
    uint32_t pair = comes_in ? plan->line_pair_in[row] : plan->line_pair[row];
    chi_item item = item_of_line(line);
    double *due = CHI_T(tile, line_due, row);
    if (line->kind == CHI_LINE_CAPEX)
        CHI_DO(tile, build_line, CHI_T(tile, property, line->firm), alive, amount);
    CHI_DO(tile, line_due, due, CHI_T(tile, pair, pair), alive, amount);
    if (item != CHI_ITEM_COUNT) /* tax belongs to none */
        add_to(tile, item_of(tile, line->firm, item), due);
}

static void depreciate(chi_tile *tile, uint32_t row, const double *amount)
{
    uint32_t firm = tile->plan->model->line[row].firm;
    double *charge = CHI_T(tile, scratch, CHI_EXPR_DEPTH_MAX);
    CHI_DO(tile, depreciate, charge, CHI_T(tile, property, firm), CHI_T(tile, alive, firm), amount);
    add_to(tile, item_of(tile, firm, CHI_ITEM_DEPRECIATION), charge);
}

static void line_due(chi_tile *tile, uint32_t row)
{
    const chi_line *line = &tile->plan->model->line[row];
    chi_operand value = chi_tile_value(tile, &line->amount, 0);
    double *amount = CHI_T(tile, amount, row);
    if (value.column)
        CHI_DO(tile, copy, amount, value.column);
    else
        fill(tile, amount, value.uniform);
    if (line->kind == CHI_LINE_REVENUE && tile->plan->counts.supplied > 0)
        CHI_DO(tile, copy, amount, supplied(tile, line->firm, amount));
    if (line->kind == CHI_LINE_DEPRECIATION)
        depreciate(tile, row, amount);
    else if (line->kind == CHI_LINE_WORKING_CAPITAL)
        working_capital(tile, row, amount);
    else if (line->kind == CHI_LINE_REVENUE && line->counterparty != 0)
        revenue_from_firm(tile, row, amount);
    else
        payable_line(tile, row, amount);
}

void chi_tile_due(chi_tile *tile)
{
    const chi_plan *plan = tile->plan;
    for (size_t k = 0; k < plan->counts.sims * CHI_ITEM_COUNT; k++)
        if (plan->reads[k])
            fill_zero(tile, CHI_T(tile, item, k), 1);
    fill_zero(tile, tile->state.pair, plan->counts.pairs);
    if (plan->counts.supplied > 0)
        CHI_RARE(tile, 1, supply, 0, NULL);
    for (uint32_t c = 0; c < plan->model->customer_count; c++)
        bill(tile, c);
    CHI_PART(tile);
    loans(tile);
    if (plan->counts.deals > 0)
        CHI_RARE(tile, 1, due_deals, 0, NULL);
    CHI_PART(tile);
    tile->paying = 1;
    memset(tile->summed, 0, plan->counts.sims);
    for (uint32_t k = 0; k < plan->model->line_count; k++)
        line_due(tile, k);
    CHI_RARE(tile, flags->late_count > 0, add_arrears, 0, NULL);
}

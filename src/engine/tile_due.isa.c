/* Step 3 of a month: what falls due on customer contracts, loans and lines of operations. */
#include "engine/tile.h"

#include "contract/customer.lane.h"
#include "contract/loan.lane.h"
#include "contract/operations.lane.h"

#include <string.h>

static double *item_of(chi_tile *tile, uint32_t firm, chi_item item)
{
    uint32_t sim = tile->plan->sim_of_firm[firm];
    return sim == CHI_NONE ? NULL : CHI_T(tile, item, sim * CHI_ITEM_COUNT + (size_t)item);
}

/* out += x, if there is an out. */
static void add_to(chi_tile *tile, double *restrict out, const double *restrict x)
{
    if (out)
        CHI_LANES(tile, i) out[i] = out[i] + x[i];
}

/* --- customer contracts ------------------------------------------------------------------- */

static void bill(chi_tile *tile, uint32_t row)
{
    const chi_customer *customer = &tile->plan->model->customer[row];
    double *restrict due = CHI_T(tile, customer_due, row);
    double *restrict advance = CHI_T(tile, advance, row);
    const double *restrict live = CHI_T(tile, live, row);
    double *restrict billed = CHI_T(tile, scratch, 0);
    if (tile->month < customer->first_month || tile->month >= customer->end_month) {
        fill(tile, due, 0.0);
    } else {
        chi_operand amount = chi_tile_value(tile, &customer->amount, 1);
        const double *x = as_column(tile, amount, 1);
        CHI_LANES(tile, i) billed[i] = lane_customer_bill(live[i], x[i]);
        double share = customer->advance_share;
        CHI_LANES(tile, i)
        {
            double credit = lane_customer_credit(advance[i], share, billed[i]);
            advance[i] = advance[i] - credit;
            due[i] = billed[i] - credit;
        }
        add_to(tile, item_of(tile, customer->seller, CHI_ITEM_REVENUE), billed);
        add_to(tile, item_of(tile, customer->buyer, CHI_ITEM_COST), billed);
    }
    if (customer->advance_month == tile->month) {
        double paid = customer->advance;
        CHI_LANES(tile, i)
        {
            advance[i] = advance[i] + live[i] * paid;
            due[i] = due[i] + live[i] * paid;
        }
    }
    add_to(tile, CHI_T(tile, pair, tile->plan->customer_pair[row]), due);
}

/* --- loans -------------------------------------------------------------------------------- */

/* IPCI: interest is added to principal. */
static void capitalise(chi_tile *tile, uint32_t loan)
{
    double *restrict notional = CHI_T(tile, notional, loan);
    double *restrict accrued = CHI_T(tile, accrued, loan);
    CHI_LANES(tile, i)
    {
        notional[i] = notional[i] + accrued[i];
        accrued[i] = 0.0;
    }
}

/* PR and MD. Redemption does not touch the interest accrued up to it. */
static void redeem(chi_tile *tile, const chi_instant *at)
{
    double *restrict notional = CHI_T(tile, notional, at->loan);
    double *restrict principal = CHI_T(tile, principal, at->loan);
    const double *restrict drawn = CHI_T(tile, drawn, at->loan);
    double scheduled = at->redemption, share = at->draw_share, matures = at->matures;
    CHI_LANES(tile, i)
    {
        double paid = lane_loan_redemption(notional[i], scheduled + share * drawn[i], matures);
        notional[i] = notional[i] - paid;
        principal[i] = principal[i] + paid;
    }
}

/* All events of one instant, in the standard's order; see loan.lane.h. */
static void loan_instant(chi_tile *tile, const chi_instant *at)
{
    const chi_loan *loan = &tile->plan->model->loan[at->loan];
    const double *restrict notional = CHI_T(tile, notional, at->loan);
    double *restrict accrued = CHI_T(tile, accrued, at->loan);
    double *restrict rate = CHI_T(tile, rate, at->loan);
    double *restrict interest = CHI_T(tile, interest, at->loan);
    double years = at->years;
    if (at->pays != 0.0)
        CHI_LANES(tile, i)
        {
            interest[i] = interest[i] + lane_loan_accrue(accrued[i], years, rate[i], notional[i]);
            accrued[i] = 0.0;
        }
    else
        CHI_LANES(tile, i)
    accrued[i] = lane_loan_accrue(accrued[i], years, rate[i], notional[i]);
    if (at->redemption != 0.0 || at->draw_share != 0.0 || at->matures != 0.0)
        redeem(tile, at);
    if (at->capitalises != 0.0)
        capitalise(tile, at->loan);
    if (at->resets != 0.0) {
        const double *restrict index = CHI_T(tile, driver, loan->index);
        double floor = loan->floor, multiplier = loan->multiplier, spread = loan->spread;
        CHI_LANES(tile, i) rate[i] = lane_loan_rate(index[i], floor, multiplier, spread);
    }
}

/* The fee accrues on what could still be drawn; revolvers: on what is not outstanding. */
static void loan_fee(chi_tile *tile, const chi_instant *at)
{
    const chi_loan *loan = &tile->plan->model->loan[at->loan];
    if (loan->undrawn_fee == 0.0)
        return;
    double *restrict fee = CHI_T(tile, fee, at->loan);
    double *restrict interest = CHI_T(tile, interest, at->loan);
    const double *restrict alive = CHI_T(tile, alive, loan->borrower);
    const double *restrict used = loan->kind == CHI_LOAN_REVOLVER ? CHI_T(tile, notional, at->loan)
                                                                  : CHI_T(tile, drawn, at->loan);
    double limit = loan->commitment - loan->other_use -
                   (loan->kind == CHI_LOAN_REVOLVER ? 0.0 : loan->notional);
    double open = tile->plan->can_draw[(size_t)at->loan * tile->plan->months + tile->month];
    double rate = loan->undrawn_fee * open, years = at->years, pays = at->pays;
    CHI_LANES(tile, i)
    {
        double base = alive[i] * lane_max(limit - used[i], 0.0);
        double accrued = lane_loan_accrue(fee[i], years, rate, base);
        interest[i] = interest[i] + pays * accrued;
        fee[i] = accrued - pays * accrued;
    }
}

/* A loan's dues of the month go to its lenders by share. */
static void loan_due(chi_tile *tile, uint32_t row)
{
    const chi_plan *plan = tile->plan;
    const chi_loan *loan = &plan->model->loan[row];
    double *restrict due = CHI_T(tile, loan_due, row);
    const double *restrict interest = CHI_T(tile, interest, row);
    const double *restrict principal = CHI_T(tile, principal, row);
    double *restrict all_interest = item_of(tile, loan->borrower, CHI_ITEM_INTEREST);
    double *restrict all_principal = item_of(tile, loan->borrower, CHI_ITEM_PRINCIPAL);
    if (all_interest)
        CHI_LANES(tile, i)
        {
            due[i] = interest[i] + principal[i];
            all_interest[i] = all_interest[i] + interest[i];
            all_principal[i] = all_principal[i] + principal[i];
        }
    else
        CHI_LANES(tile, i) due[i] = interest[i] + principal[i];
    for (uint32_t s = loan->lenders.first; s < loan->lenders.first + loan->lenders.count; s++) {
        double *restrict pair = CHI_T(tile, pair, plan->share_pair[s]);
        double fraction = plan->model->share[s].fraction;
        CHI_LANES(tile, i) pair[i] = pair[i] + fraction * due[i];
    }
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
    for (uint32_t l = 0; l < plan->model->loan_count; l++)
        if (plan->has_due[(size_t)l * plan->months + tile->month])
            loan_due(tile, l);
        else
            fill(tile, CHI_T(tile, loan_due, l), 0.0);
}

/* --- lines -------------------------------------------------------------------------------- */

static void depreciate(chi_tile *tile, const chi_line *line, const double *restrict amount)
{
    const double *restrict alive = CHI_T(tile, alive, line->firm);
    double *restrict property = CHI_T(tile, property, line->firm);
    double *restrict total = item_of(tile, line->firm, CHI_ITEM_DEPRECIATION);
    CHI_LANES(tile, i)
    {
        double charge = lane_line_due(alive[i], amount[i]);
        total[i] = total[i] + charge;
        property[i] = lane_property_left(property[i], charge);
    }
}

/* Positive comes in from the counterparty while it has not failed, negative goes out to it. */
static void working_capital(chi_tile *tile, uint32_t row, const double *restrict amount)
{
    const chi_line *line = &tile->plan->model->line[row];
    const double *restrict alive = CHI_T(tile, alive, line->firm);
    const double *restrict there = CHI_T(tile, alive, line->counterparty);
    double *restrict in = CHI_T(tile, pair, tile->plan->line_pair_in[row]);
    double *restrict due = CHI_T(tile, line_due, row);
    CHI_LANES(tile, i)
    {
        in[i] = in[i] + there[i] * lane_line_due(alive[i], amount[i]);
        due[i] = lane_line_due(alive[i], -amount[i]);
    }
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
static void revenue_from_firm(chi_tile *tile, uint32_t row, const double *restrict amount)
{
    const chi_line *line = &tile->plan->model->line[row];
    const double *restrict alive = CHI_T(tile, alive, line->firm);
    const double *restrict there = CHI_T(tile, alive, line->counterparty);
    double *restrict due = CHI_T(tile, line_due, row);
    CHI_LANES(tile, i) due[i] = there[i] * lane_line_due(alive[i], amount[i]);
    add_to(tile, item_of(tile, line->counterparty, CHI_ITEM_COST), due);
    add_to(tile, item_of(tile, line->firm, CHI_ITEM_REVENUE), due);
    add_to(tile, CHI_T(tile, pair, tile->plan->line_pair_in[row]), due);
}

static void payable_line(chi_tile *tile, uint32_t row, const double *restrict amount)
{
    const chi_plan *plan = tile->plan;
    const chi_line *line = &plan->model->line[row];
    const double *restrict alive = CHI_T(tile, alive, line->firm);
    double *restrict due = CHI_T(tile, line_due, row);
    bool comes_in = line->kind == CHI_LINE_REVENUE;
    double *restrict pair =
        CHI_T(tile, pair, comes_in ? plan->line_pair_in[row] : plan->line_pair[row]);
    chi_item item = item_of_line(line);
    /* tax belongs to no item: it is added up where nobody looks */
    double *restrict total = item == CHI_ITEM_COUNT ? CHI_T(tile, scratch, CHI_EXPR_DEPTH_MAX)
                                                    : item_of(tile, line->firm, item);
    if (line->kind == CHI_LINE_CAPEX) {
        double *restrict property = CHI_T(tile, property, line->firm);
        CHI_LANES(tile, i) property[i] = property[i] + lane_line_due(alive[i], amount[i]);
    }
    CHI_LANES(tile, i)
    {
        due[i] = lane_line_due(alive[i], amount[i]);
        total[i] = total[i] + due[i];
        pair[i] = pair[i] + due[i];
    }
}

static void line_due(chi_tile *tile, uint32_t row)
{
    const chi_line *line = &tile->plan->model->line[row];
    chi_operand value = chi_tile_value(tile, &line->amount, 0);
    double *restrict amount = CHI_T(tile, amount, row);
    if (value.column) {
        const double *restrict x = value.column;
        CHI_LANES(tile, i) amount[i] = x[i];
    } else {
        fill(tile, amount, value.uniform);
    }
    if (line->kind == CHI_LINE_DEPRECIATION)
        depreciate(tile, line, amount);
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
    fill_zero(tile, tile->state.item, plan->counts.sims * CHI_ITEM_COUNT);
    fill_zero(tile, tile->state.pair, plan->counts.pairs);
    for (uint32_t c = 0; c < plan->model->customer_count; c++)
        bill(tile, c);
    loans(tile);
    tile->paying = 1;
    for (uint32_t k = 0; k < plan->model->line_count; k++)
        line_due(tile, k);
    for (size_t j = 0; j < tile->late_count; j++) {
        chi_path path = chi_tile_path(tile, tile->late[j], tile->month);
        chi_path_add_arrears(&path);
    }
}

/* Step 4 of a month: each firm's funding ladder against its shortfall. */
#include "engine/tile.h"

#include "engine/fund.column.h"

/* Dues by class and expected receipts of simulated firms, summed over pairs in their order. */
static void sum_pairs(chi_tile *tile)
{
    const chi_plan *plan = tile->plan;
    for (size_t k = 0; k < plan->counts.sims * CHI_CLASSES; k++)
        sum_columns(tile, CHI_T(tile, class_due, k), tile->state.pair,
            plan->outflow + plan->outflow_first[k],
            plan->outflow_first[k + 1] - plan->outflow_first[k]);
    for (size_t s = 0; s < plan->counts.sims; s++)
        sum_columns(tile, CHI_T(tile, expected, s), tile->state.pair,
            plan->inflow + plan->inflow_first[s],
            plan->inflow_first[s + 1] - plan->inflow_first[s]);
}

/* `amount` more is owed on a pair; the sums follow. */
static void owe(chi_tile *tile, uint32_t p, const double *amount)
{
    const chi_plan *plan = tile->plan;
    uint32_t debtor = plan->sim_of_firm[plan->pair[p].debtor];
    uint32_t creditor = plan->sim_of_firm[plan->pair[p].creditor];
    CHI_DO(tile, add_to, CHI_T(tile, pair, p), amount);
    if (debtor != CHI_NONE)
        CHI_DO(tile, add_to, CHI_T(tile, class_due, debtor * CHI_CLASSES + plan->pair[p].class),
            amount);
    if (creditor != CHI_NONE)
        CHI_DO(tile, add_to, CHI_T(tile, expected, creditor), amount);
}

/* Lenders that have not failed each provide their share of `face` times `proceeds`. What they
 * promise lowers `need`. */
static void lend(chi_tile *tile, uint32_t row, const double *face, double proceeds, double *need)
{
    const chi_plan *plan = tile->plan;
    const chi_loan *loan = &plan->model->loan[row];
    double *part = CHI_T(tile, scratch, CHI_EXPR_DEPTH_MAX + 1);
    for (uint32_t s = loan->lenders.first; s < loan->lenders.first + loan->lenders.count; s++) {
        const chi_share *share = &plan->model->share[s];
        CHI_DO(tile, lend_part, part, CHI_T(tile, alive, share->firm), share->fraction * proceeds,
            face);
        owe(tile, plan->share_draw_pair[s], part);
        if (need)
            CHI_DO(tile, take_from, need, part);
    }
}

static void draw(chi_tile *tile, uint32_t row, double *need)
{
    const chi_plan *plan = tile->plan;
    const chi_loan *loan = &plan->model->loan[row];
    if (!plan->can_draw[(size_t)row * plan->months + tile->month])
        return;
    bool revolves = loan->kind == CHI_LOAN_REVOLVER;
    const double *used = used_of(tile, row);
    double *limit = CHI_T(tile, scratch, CHI_EXPR_DEPTH_MAX);
    double most = loan->commitment - loan->other_use - (revolves ? 0.0 : loan->notional);
    CHI_DO(tile, draw_limit, limit, CHI_T(tile, alive, loan->borrower), CHI_T(tile, stopped, row),
        most, used);
    if (loan->condition != CHI_NONE) {
        chi_operand value = chi_tile_compared(tile, loan->condition, loan->borrower);
        CHI_DO(tile, require, limit, as_column(tile, value, 0));
    }
    if (plan->can_lose[row])
        CHI_DO(tile, draw_promised, limit, CHI_T(tile, draw, row), need,
            CHI_T(tile, per_promised, row));
    else
        CHI_DO(tile, draw, limit, CHI_T(tile, draw, row), need);
    lend(tile, row, limit, 1.0, need);
}

/* Is the market open? A shut one that was needed is remembered with the firm. */
static void market_open(
    chi_tile *tile, uint32_t market, uint32_t firm, const double *need, double *open)
{
    const chi_market *terms = &tile->plan->model->market[market];
    double root = chi_plan_root(tile->plan, CHI_ROOT_SHUT, market);
    double allowed = !tile->plan->shut[(size_t)market * tile->plan->months + tile->month];
    if (terms->chain == CHI_NONE)
        fill(tile, open, allowed);
    else
        CHI_DO(tile, chain_open, open, allowed, CHI_T(tile, driver, terms->chain));
    CHI_DO(tile, note_shut, open, CHI_T(tile, blocked, firm), CHI_T(tile, alive, firm), need, root);
}

static void issue(chi_tile *tile, uint32_t row, double *need)
{
    const ch_model *model = tile->plan->model;
    const chi_loan *loan = &model->loan[row];
    const chi_market *market = &model->market[loan->market];
    if (!tile->plan->can_draw[(size_t)row * tile->plan->months + tile->month])
        return;
    double *open = CHI_T(tile, scratch, CHI_EXPR_DEPTH_MAX);
    double *new_rate = CHI_T(tile, scratch, CHI_EXPR_DEPTH_MAX + 2);
    double *face = CHI_T(tile, draw, row);
    market_open(tile, loan->market, loan->borrower, need, open);
    CHI_DO(tile, unless, open, CHI_T(tile, stopped, row));
    chi_operand capacity = chi_tile_value(tile, &market->capacity, 0);
    const double *most = as_column(tile, capacity, 0);
    double proceeds = 1.0 - market->discount;
    CHI_DO(tile, issue_face, face, open, need, 1.0 / proceeds, most);
    chi_operand spread = chi_tile_value(tile, &market->spread, 0);
    const double *above = as_column(tile, spread, 0);
    if (market->base == CHI_NONE)
        CHI_DO(tile, copy, new_rate, above);
    else
        CHI_DO(tile, plus, new_rate, CHI_T(tile, driver, market->base), above);
    CHI_DO(tile, pool_rate, CHI_T(tile, rate, row), CHI_T(tile, notional, row), face, new_rate);
    lend(tile, row, face, proceeds, need);
}

/* Uncommitted capex of this month gives way, all lines in the same proportion. */
static void defer(chi_tile *tile, uint32_t firm, double *need)
{
    const chi_plan *plan = tile->plan;
    chi_slice lines = plan->model->firm[firm].lines;
    double *total = CHI_T(tile, scratch, CHI_EXPR_DEPTH_MAX);
    double *cut = CHI_T(tile, scratch, CHI_EXPR_DEPTH_MAX + 1);
    double *fraction = CHI_T(tile, scratch, CHI_EXPR_DEPTH_MAX + 2);
    fill(tile, total, 0.0);
    for (uint32_t k = lines.first; k < lines.first + lines.count; k++)
        if (plan->model->line[k].kind == CHI_LINE_CAPEX_UNCOMMITTED)
            CHI_DO(tile, add_new, total, CHI_T(tile, line_due, k), CHI_T(tile, line_arrears, k));
    double *put_off = tile->put_off + plan->sim_of_firm[firm] * tile->state.stride;
    CHI_DO(tile, defer, fraction, put_off, need, total);
    for (uint32_t k = lines.first; k < lines.first + lines.count; k++)
        if (plan->model->line[k].kind == CHI_LINE_CAPEX_UNCOMMITTED) {
            CHI_DO(
                tile, cut, cut, CHI_T(tile, line_due, k), fraction, CHI_T(tile, line_arrears, k));
            owe(tile, plan->line_pair[k], cut);
        }
}

/* Uncommitted capex that goes ahead becomes property. */
static void build(chi_tile *tile, uint32_t firm)
{
    const chi_plan *plan = tile->plan;
    chi_slice lines = plan->model->firm[firm].lines;
    for (uint32_t k = lines.first; k < lines.first + lines.count; k++)
        if (plan->model->line[k].kind == CHI_LINE_CAPEX_UNCOMMITTED)
            CHI_DO(tile, add_new, CHI_T(tile, property, firm), CHI_T(tile, line_due, k),
                CHI_T(tile, line_arrears, k));
}

static void fund_firm(chi_tile *tile, uint32_t sim)
{
    const chi_plan *plan = tile->plan;
    uint32_t firm = plan->firm_of_sim[sim];
    const chi_firm *terms = &plan->model->firm[firm];
    double *need = CHI_T(tile, need, sim);
    const double *due[CHI_CLASSES];
    for (size_t k = 0; k < CHI_CLASSES; k++)
        due[k] = CHI_T(tile, class_due, sim * CHI_CLASSES + k);
    chi_operand value = chi_tile_value(tile, &terms->target, 0);
    CHI_DO(tile, need, need, CHI_T(tile, alive, firm), as_column(tile, value, 0), due[0], due[1],
        due[2], due[3], CHI_T(tile, cash, firm), CHI_T(tile, expected, sim));
    for (uint32_t r = terms->rungs.first; r < terms->rungs.first + terms->rungs.count; r++) {
        const chi_rung *rung = &plan->model->rung[r];
        if (rung->kind == CHI_RUNG_DRAW)
            draw(tile, rung->loan, need);
        else if (rung->kind == CHI_RUNG_ISSUE)
            issue(tile, rung->loan, need);
        else if (rung->kind == CHI_RUNG_WITHDRAW)
            CHI_RARE(tile, 1, withdraw, rung->loan, need);
        else
            defer(tile, firm, need);
    }
    build(tile, firm);
    CHI_DO(tile, forget_shut, CHI_T(tile, blocked, firm), need);
}

/* Loans lent on a later day than the start: the lenders owe the principal on that day. */
static void lend_new_loans(chi_tile *tile)
{
    const chi_plan *plan = tile->plan;
    for (uint32_t l = 0; l < plan->model->loan_count; l++) {
        size_t at = (size_t)l * plan->months + tile->month;
        double *face = CHI_T(tile, draw, l);
        if (plan->lend[at] != 0.0) {
            const double *alive = CHI_T(tile, alive, plan->model->loan[l].borrower);
            CHI_DO(tile, scale, face, alive, plan->lend[at]);
            lend(tile, l, face, 1.0, NULL);
        } else if (plan->can_draw[at]) {
            fill(tile, face, 0.0);
        }
    }
}

void chi_tile_fund(chi_tile *tile)
{
    sum_pairs(tile);
    lend_new_loans(tile);
    CHI_PART(tile);
    for (uint32_t s = 0; s < tile->plan->counts.sims; s++)
        fund_firm(tile, s);
}

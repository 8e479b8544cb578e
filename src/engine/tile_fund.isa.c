/* Step 4 of a month: each firm's funding ladder against its shortfall. */
#include "engine/tile.h"

#include "clear/clear.lane.h"
#include "contract/loan.lane.h"

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
static void owe(chi_tile *tile, uint32_t p, const double *restrict amount)
{
    const chi_plan *plan = tile->plan;
    double *restrict pair = CHI_T(tile, pair, p);
    CHI_LANES(tile, i) pair[i] = pair[i] + amount[i];
    uint32_t debtor = plan->sim_of_firm[plan->pair[p].debtor];
    uint32_t creditor = plan->sim_of_firm[plan->pair[p].creditor];
    if (debtor != CHI_NONE) {
        double *restrict due = CHI_T(tile, class_due, debtor * CHI_CLASSES + plan->pair[p].class);
        CHI_LANES(tile, i) due[i] = due[i] + amount[i];
    }
    if (creditor != CHI_NONE) {
        double *restrict in = CHI_T(tile, expected, creditor);
        CHI_LANES(tile, i) in[i] = in[i] + amount[i];
    }
}

/* Lenders that have not failed each provide their share of `face` times `proceeds`. What they
 * promise lowers `need`. */
static void lend(
    chi_tile *tile, uint32_t row, const double *restrict face, double proceeds, double *need)
{
    const chi_plan *plan = tile->plan;
    const chi_loan *loan = &plan->model->loan[row];
    double *restrict part = CHI_T(tile, scratch, CHI_EXPR_DEPTH_MAX + 1);
    double *restrict left = need;
    for (uint32_t s = loan->lenders.first; s < loan->lenders.first + loan->lenders.count; s++) {
        const chi_share *share = &plan->model->share[s];
        const double *restrict alive = CHI_T(tile, alive, share->firm);
        double fraction = share->fraction * proceeds;
        CHI_LANES(tile, i) part[i] = alive[i] * (fraction * face[i]);
        owe(tile, plan->share_draw_pair[s], part);
        if (left)
            CHI_LANES(tile, i) left[i] = left[i] - part[i];
    }
}

/* Lowers `limit` to zero where the condition of a draw does not hold. */
static void require(chi_tile *tile, uint32_t condition, double *restrict limit)
{
    if (condition == CHI_NONE)
        return;
    chi_operand value = chi_tile_expr(tile, condition, 0);
    const double *restrict x = as_column(tile, value, 0);
    CHI_LANES(tile, i) limit[i] = limit[i] * lane_le(0.0, x[i]);
}

static void draw(chi_tile *tile, uint32_t row, double *restrict need)
{
    const chi_plan *plan = tile->plan;
    const chi_loan *loan = &plan->model->loan[row];
    if (!plan->can_draw[(size_t)row * plan->months + tile->month])
        return;
    bool revolves = loan->kind == CHI_LOAN_REVOLVER;
    const double *restrict used = revolves ? CHI_T(tile, notional, row) : CHI_T(tile, drawn, row);
    const double *restrict alive = CHI_T(tile, alive, loan->borrower);
    const double *restrict stopped = CHI_T(tile, stopped, row);
    double *restrict face = CHI_T(tile, draw, row);
    double *restrict limit = CHI_T(tile, scratch, CHI_EXPR_DEPTH_MAX);
    double most = loan->commitment - loan->other_use - (revolves ? 0.0 : loan->notional);
    CHI_LANES(tile, i)
    limit[i] = alive[i] * lane_select(stopped[i], 0.0, lane_max(most - used[i], 0.0));
    require(tile, loan->condition, limit);
    CHI_LANES(tile, i)
    {
        limit[i] = lane_min(lane_max(need[i], 0.0), limit[i]);
        face[i] = face[i] + limit[i];
    }
    lend(tile, row, limit, 1.0, need);
}

/* Is the market open? A shut one that was needed is remembered with the firm. */
static void market_open(
    chi_tile *tile, uint32_t market, uint32_t firm, const double *restrict need, double *out)
{
    const chi_market *terms = &tile->plan->model->market[market];
    const double *restrict alive = CHI_T(tile, alive, firm);
    double *restrict open = out;
    double *restrict blocked = CHI_T(tile, blocked, firm);
    double root = chi_plan_root(tile->plan, CHI_ROOT_SHUT, market);
    double allowed = !tile->plan->shut[(size_t)market * tile->plan->months + tile->month];
    if (terms->chain == CHI_NONE) {
        fill(tile, open, allowed);
    } else {
        const double *restrict chain = CHI_T(tile, driver, terms->chain);
        CHI_LANES(tile, i) open[i] = allowed * lane_lt(0.5, chain[i]);
    }
    CHI_LANES(tile, i)
    {
        double wanted = alive[i] * lane_lt(0.0, need[i]);
        blocked[i] = lane_select(wanted * lane_le(open[i], 0.0), root, blocked[i]);
        open[i] = alive[i] * open[i];
    }
}

static void issue(chi_tile *tile, uint32_t row, double *restrict need)
{
    const ch_model *model = tile->plan->model;
    const chi_loan *loan = &model->loan[row];
    const chi_market *market = &model->market[loan->market];
    if (!tile->plan->can_draw[(size_t)row * tile->plan->months + tile->month])
        return;
    double *restrict open = CHI_T(tile, scratch, CHI_EXPR_DEPTH_MAX);
    double *restrict new_rate = CHI_T(tile, scratch, CHI_EXPR_DEPTH_MAX + 2);
    double *restrict face = CHI_T(tile, draw, row);
    market_open(tile, loan->market, loan->borrower, need, open);
    const double *restrict stopped = CHI_T(tile, stopped, row);
    CHI_LANES(tile, i) open[i] = lane_select(stopped[i], 0.0, open[i]);
    chi_operand capacity = chi_tile_value(tile, &market->capacity, 0);
    const double *restrict most = as_column(tile, capacity, 0);
    double proceeds = 1.0 - market->discount, per_proceeds = 1.0 / proceeds;
    CHI_LANES(tile, i)
    face[i] = open[i] * lane_min(lane_max(need[i], 0.0) * per_proceeds, lane_max(most[i], 0.0));
    chi_operand spread = chi_tile_value(tile, &market->spread, 0);
    const double *restrict above = as_column(tile, spread, 0);
    if (market->base == CHI_NONE) {
        CHI_LANES(tile, i) new_rate[i] = above[i];
    } else {
        const double *restrict base = CHI_T(tile, driver, market->base);
        CHI_LANES(tile, i) new_rate[i] = base[i] + above[i];
    }
    double *restrict rate = CHI_T(tile, rate, row);
    const double *restrict notional = CHI_T(tile, notional, row);
    CHI_LANES(tile, i)
    rate[i] = lane_loan_pool_rate(notional[i], rate[i], face[i], new_rate[i]);
    lend(tile, row, face, proceeds, need);
}

/* Uncommitted capex of this month gives way, all lines in the same proportion. */
static void defer(chi_tile *tile, uint32_t firm, double *restrict need)
{
    const chi_plan *plan = tile->plan;
    chi_slice lines = plan->model->firm[firm].lines;
    double *restrict total = CHI_T(tile, scratch, CHI_EXPR_DEPTH_MAX);
    double *restrict cut = CHI_T(tile, scratch, CHI_EXPR_DEPTH_MAX + 1);
    double *restrict fraction = CHI_T(tile, scratch, CHI_EXPR_DEPTH_MAX + 2);
    fill(tile, total, 0.0);
    for (uint32_t k = lines.first; k < lines.first + lines.count; k++)
        if (plan->model->line[k].kind == CHI_LINE_CAPEX_UNCOMMITTED) {
            const double *restrict due = CHI_T(tile, line_due, k);
            const double *restrict arrears = CHI_T(tile, line_arrears, k);
            CHI_LANES(tile, i) total[i] = total[i] + (due[i] - arrears[i]);
        }
    CHI_LANES(tile, i)
    {
        double wanted = lane_min(lane_max(need[i], 0.0), total[i]);
        fraction[i] = wanted / lane_select(lane_lt(0.0, total[i]), total[i], 1.0);
        need[i] = need[i] - wanted;
    }
    for (uint32_t k = lines.first; k < lines.first + lines.count; k++)
        if (plan->model->line[k].kind == CHI_LINE_CAPEX_UNCOMMITTED) {
            double *restrict due = CHI_T(tile, line_due, k);
            const double *restrict arrears = CHI_T(tile, line_arrears, k);
            CHI_LANES(tile, i)
            {
                cut[i] = -(fraction[i] * (due[i] - arrears[i]));
                due[i] = due[i] + cut[i];
            }
            owe(tile, plan->line_pair[k], cut);
        }
}

/* Uncommitted capex that goes ahead becomes property. */
static void build(chi_tile *tile, uint32_t firm)
{
    const chi_plan *plan = tile->plan;
    chi_slice lines = plan->model->firm[firm].lines;
    double *restrict property = CHI_T(tile, property, firm);
    for (uint32_t k = lines.first; k < lines.first + lines.count; k++)
        if (plan->model->line[k].kind == CHI_LINE_CAPEX_UNCOMMITTED) {
            const double *restrict due = CHI_T(tile, line_due, k);
            const double *restrict arrears = CHI_T(tile, line_arrears, k);
            CHI_LANES(tile, i) property[i] = property[i] + (due[i] - arrears[i]);
        }
}

static void fund_firm(chi_tile *tile, uint32_t sim)
{
    const chi_plan *plan = tile->plan;
    uint32_t firm = plan->firm_of_sim[sim];
    const chi_firm *terms = &plan->model->firm[firm];
    double *restrict need = CHI_T(tile, need, sim);
    const double *restrict cash = CHI_T(tile, cash, firm);
    const double *restrict alive = CHI_T(tile, alive, firm);
    const double *restrict expected = CHI_T(tile, expected, sim);
    const double *restrict due[CHI_CLASSES];
    for (size_t k = 0; k < CHI_CLASSES; k++)
        due[k] = CHI_T(tile, class_due, sim * CHI_CLASSES + k);
    chi_operand value = chi_tile_value(tile, &terms->target, 0);
    const double *restrict target = as_column(tile, value, 0);
    CHI_LANES(tile, i)
    need[i] = alive[i] * lane_need(target[i], due[0][i] + due[1][i] + due[2][i] + due[3][i],
                             cash[i], expected[i]);
    for (uint32_t r = terms->rungs.first; r < terms->rungs.first + terms->rungs.count; r++) {
        const chi_rung *rung = &plan->model->rung[r];
        if (rung->kind == CHI_RUNG_DRAW)
            draw(tile, rung->loan, need);
        else if (rung->kind == CHI_RUNG_ISSUE)
            issue(tile, rung->loan, need);
        else
            defer(tile, firm, need);
    }
    build(tile, firm);
    /* A need that was met in full is not the market's doing any more. */
    double *restrict blocked = CHI_T(tile, blocked, firm);
    CHI_LANES(tile, i)
    blocked[i] = lane_select(lane_lt(CHI_PAY_SLACK, need[i]), blocked[i], 0.0);
}

/* Loans lent on a later day than the start: the lenders owe the principal on that day. */
static void lend_new_loans(chi_tile *tile)
{
    const chi_plan *plan = tile->plan;
    for (uint32_t l = 0; l < plan->model->loan_count; l++) {
        double lent = plan->lend[(size_t)l * plan->months + tile->month];
        double *restrict face = CHI_T(tile, draw, l);
        const double *restrict alive = CHI_T(tile, alive, plan->model->loan[l].borrower);
        CHI_LANES(tile, i) face[i] = alive[i] * lent;
        if (lent != 0.0)
            lend(tile, l, face, 1.0, NULL);
    }
}

void chi_tile_fund(chi_tile *tile)
{
    sum_pairs(tile);
    lend_new_loans(tile);
    for (uint32_t s = 0; s < tile->plan->counts.sims; s++)
        fund_firm(tile, s);
}

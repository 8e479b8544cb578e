/* Steps 5 to 8 of a month: clear, test, fall; then the checks that every month must pass. */
#include "engine/tile.h"

#include "clear/clear.lane.h"

/* --- 5: clear ----------------------------------------------------------------------------- */

/* Marks in scratch 0 the paths on which a simulated firm cannot pay all its dues. */
static int find_short(chi_tile *tile)
{
    const chi_plan *plan = tile->plan;
    double *restrict is_short = CHI_T(tile, scratch, 0);
    fill(tile, is_short, 0.0);
    for (uint32_t s = 0; s < plan->counts.sims; s++) {
        const double *restrict cash = CHI_T(tile, cash, plan->firm_of_sim[s]);
        const double *restrict in = CHI_T(tile, expected, s);
        const double *restrict a = CHI_T(tile, class_due, s * CHI_CLASSES);
        const double *restrict b = CHI_T(tile, class_due, s * CHI_CLASSES + 1);
        const double *restrict c = CHI_T(tile, class_due, s * CHI_CLASSES + 2);
        const double *restrict d = CHI_T(tile, class_due, s * CHI_CLASSES + 3);
        CHI_LANES(tile, i)
        is_short[i] =
            lane_or(is_short[i], lane_is_short(cash[i] + in[i], a[i] + b[i] + c[i] + d[i]));
    }
    return any(tile, is_short);
}

/* Last month's part payments are over. */
static void reset_paid(chi_tile *tile)
{
    for (size_t j = 0; j < tile->short_count; j++) {
        chi_path path = chi_tile_path(tile, tile->short_of[j], tile->month + 1);
        chi_path_reset_paid(&path);
    }
    tile->short_count = 0;
}

/* Fractions paid on the paths marked in scratch 0. What default costs take goes outside. */
static void clear_short_paths(chi_tile *tile)
{
    for (size_t i = 0; i < tile->state.paths; i++) {
        if (CHI_AT(&tile->state, scratch, 0, i) == 0.0)
            continue;
        chi_path path = chi_tile_path(tile, i, tile->month + 1);
        chi_path_clear(&path);
        tile->unsettled += path.unsettled != 0 && path.path_number < tile->end;
        chi_path_costs(&path);
        tile->short_of[tile->short_count++] = (uint16_t)i;
    }
}

/* What simulated firms pay leaves them class by class. */
static void debit_sims(chi_tile *tile)
{
    const chi_plan *plan = tile->plan;
    for (uint32_t s = 0; s < plan->counts.sims; s++) {
        double *restrict cash = CHI_T(tile, cash, plan->firm_of_sim[s]);
        for (size_t k = 0; k < CHI_CLASSES; k++) {
            if (plan->outflow_first[s * CHI_CLASSES + k] ==
                plan->outflow_first[s * CHI_CLASSES + k + 1])
                continue;
            const double *restrict due = CHI_T(tile, class_due, s * CHI_CLASSES + k);
            CHI_LANES(tile, i) cash[i] = cash[i] - due[i];
        }
    }
}

/* Every pair's money arrives with its creditor. */
static void move_pairs(chi_tile *tile)
{
    const chi_plan *plan = tile->plan;
    debit_sims(tile);
    for (uint32_t p = 0; p < plan->counts.pairs; p++) {
        const chi_pair *pair = &plan->pair[p];
        const double *restrict due = CHI_T(tile, pair, p);
        double *restrict from = CHI_T(tile, cash, pair->debtor);
        double *restrict to = CHI_T(tile, cash, pair->creditor);
        if (p >= plan->pairs_of_sims)
            CHI_LANES(tile, i)
            {
                from[i] = from[i] - due[i];
                to[i] = to[i] + due[i];
            }
        else
            CHI_LANES(tile, i) to[i] = to[i] + due[i];
    }
}

/* Keeps the cash of the paths that pay in part, and gives it back after the column loops. */
static void swap_cash(chi_tile *tile, bool give_back)
{
    size_t firms = tile->plan->counts.firms;
    for (size_t j = 0; j < tile->short_count; j++)
        for (size_t f = 0; f < firms; f++) {
            double *cash = &CHI_AT(&tile->state, cash, f, tile->short_of[j]);
            if (give_back)
                *cash = tile->saved[j * firms + f];
            else
                tile->saved[j * firms + f] = *cash;
        }
}

static void move_money(chi_tile *tile)
{
    swap_cash(tile, false);
    move_pairs(tile);
    swap_cash(tile, true);
    for (size_t j = 0; j < tile->short_count; j++) {
        chi_path path = chi_tile_path(tile, tile->short_of[j], tile->month + 1);
        chi_path_pay(&path);
    }
}

/* Arrears and clocks stand at zero on all paths but those that are short now or were late. */
static void book_arrears(chi_tile *tile)
{
    uint8_t look[CHI_TILE_PATHS_MAX] = {0};
    for (size_t j = 0; j < tile->late_count; j++)
        look[tile->late[j]] = 1;
    for (size_t j = 0; j < tile->short_count; j++)
        look[tile->short_of[j]] = 1;
    tile->late_count = 0;
    for (size_t i = 0; i < tile->state.paths; i++) {
        if (!look[i])
            continue;
        chi_path path = chi_tile_path(tile, i, tile->month + 1);
        bool late = chi_path_book_arrears(&path);
        if (chi_path_run_clocks(&path) || late)
            tile->late[tile->late_count++] = (uint16_t)i;
    }
}

/* Principal rises by what lenders have paid out. */
static void book_draws(chi_tile *tile)
{
    const chi_plan *plan = tile->plan;
    for (uint32_t l = 0; l < plan->model->loan_count; l++) {
        const chi_loan *loan = &plan->model->loan[l];
        size_t at = (size_t)l * plan->months + tile->month;
        if (!plan->can_draw[at] && plan->lend[at] == 0.0)
            continue;
        const double *restrict face = CHI_T(tile, draw, l);
        double *restrict notional = CHI_T(tile, notional, l);
        double *restrict drawn = CHI_T(tile, drawn, l);
        double counts = plan->lend[at] == 0.0 ? 1.0 : 0.0;
        for (uint32_t s = loan->lenders.first; s < loan->lenders.first + loan->lenders.count; s++) {
            const chi_share *share = &plan->model->share[s];
            const double *restrict alive = CHI_T(tile, alive, share->firm);
            const double *restrict paid =
                CHI_T(tile, paid, (size_t)share->firm * CHI_CLASSES + CHI_CLASS_OPERATING);
            double fraction = share->fraction;
            CHI_LANES(tile, i)
            {
                double got = alive[i] * (fraction * face[i]) * paid[i];
                notional[i] = notional[i] + got;
                drawn[i] = drawn[i] + counts * got;
            }
        }
    }
}

/* Cash above the target repays revolvers, in the order of the ladder. */
static void sweep(chi_tile *tile, uint32_t sim)
{
    const chi_plan *plan = tile->plan;
    const ch_model *model = plan->model;
    uint32_t firm = plan->firm_of_sim[sim];
    const chi_firm *terms = &model->firm[firm];
    if (!terms->repays_revolvers)
        return;
    double *restrict cash = CHI_T(tile, cash, firm);
    double *restrict repaid = CHI_T(tile, scratch, CHI_EXPR_DEPTH_MAX);
    chi_operand value = chi_tile_value(tile, &terms->target, 0);
    const double *restrict target = as_column(tile, value, 0);
    for (uint32_t r = terms->rungs.first; r < terms->rungs.first + terms->rungs.count; r++) {
        const chi_rung *rung = &model->rung[r];
        if (rung->kind != CHI_RUNG_DRAW || model->loan[rung->loan].kind != CHI_LOAN_REVOLVER)
            continue;
        const chi_loan *loan = &model->loan[rung->loan];
        double *restrict notional = CHI_T(tile, notional, rung->loan);
        CHI_LANES(tile, i)
        {
            repaid[i] = lane_min(notional[i], lane_max(cash[i] - target[i], 0.0));
            notional[i] = notional[i] - repaid[i];
        }
        for (uint32_t s = loan->lenders.first; s < loan->lenders.first + loan->lenders.count; s++) {
            double *restrict to = CHI_T(tile, cash, model->share[s].firm);
            double fraction = model->share[s].fraction;
            CHI_LANES(tile, i)
            {
                double flow = fraction * repaid[i];
                cash[i] = cash[i] - flow;
                to[i] = to[i] + flow;
            }
        }
    }
}

void chi_tile_settle(chi_tile *tile)
{
    reset_paid(tile);
    if (find_short(tile))
        clear_short_paths(tile);
    move_money(tile);
    tile->paying = 0;
    book_arrears(tile);
    book_draws(tile);
    for (uint32_t s = 0; s < tile->plan->counts.sims; s++)
        sweep(tile, s);
}

/* --- 6: test ------------------------------------------------------------------------------ */

/* Counts failed tests in a row; in months without a test a standing breach ages. */
static void test_covenant(chi_tile *tile, uint32_t c)
{
    const chi_covenant *covenant = &tile->plan->model->covenant[c];
    double *restrict breach = CHI_T(tile, breach, c);
    const double *restrict alive = CHI_T(tile, alive, covenant->firm);
    if (!chi_covenant_due(covenant, tile->month)) {
        CHI_LANES(tile, i) breach[i] = lane_select(lane_lt(0.0, breach[i]), breach[i] + 1.0, 0.0);
        return;
    }
    chi_operand value = chi_tile_expr(tile, covenant->expr, 0);
    const double *restrict room = as_column(tile, value, 0);
    double strict = covenant->strict;
    CHI_LANES(tile, i)
    {
        double holds = lane_select(strict, lane_lt(0.0, room[i]), lane_le(0.0, room[i]));
        breach[i] = alive[i] * lane_select(holds, 0.0, breach[i] + 1.0);
    }
}

/* Draws stop while the borrower has arrears or is in breach of a covenant that says so. */
static void stop_draws(chi_tile *tile, uint32_t l)
{
    const ch_model *model = tile->plan->model;
    uint32_t firm = model->loan[l].borrower;
    double *restrict stopped = CHI_T(tile, stopped, l);
    uint32_t sim = tile->plan->sim_of_firm[firm];
    if (sim == CHI_NONE)
        return;
    const double *restrict overdue = CHI_T(tile, overdue, sim);
    double *restrict stop = CHI_T(tile, scratch, 0);
    CHI_LANES(tile, i) stop[i] = overdue[i];
    for (uint32_t c = 0; c < model->covenant_count; c++) {
        const chi_covenant *covenant = &model->covenant[c];
        if (covenant->firm != firm || !covenant->stops_draws ||
            (covenant->loan != CHI_NONE && covenant->loan != l))
            continue;
        const double *restrict breach = CHI_T(tile, breach, c);
        CHI_LANES(tile, i) stop[i] = lane_or(stop[i], lane_lt(0.0, breach[i]));
    }
    CHI_LANES(tile, i)
    stopped[i] = lane_select(lane_lt(1.5, stopped[i]), stopped[i], stop[i]);
}

static void find_triggers(chi_tile *tile, uint32_t sim)
{
    const chi_plan *plan = tile->plan;
    const ch_model *model = plan->model;
    uint32_t firm = plan->firm_of_sim[sim];
    double *restrict trigger = CHI_T(tile, trigger, sim);
    fill(tile, trigger, chi_plan_forced(plan, firm, tile->month) ? 1.0 : 0.0);
    for (size_t j = 0; j < tile->late_count; j++) {
        chi_path path = chi_tile_path(tile, tile->late[j], tile->month + 1);
        if (chi_path_past_grace(&path, firm))
            trigger[tile->late[j]] = 1.0;
    }
    for (uint32_t c = 0; c < model->covenant_count; c++)
        if (model->covenant[c].firm == firm && model->covenant[c].defaults) {
            const double *restrict breach = CHI_T(tile, breach, c);
            double cure = model->covenant[c].cure_months;
            CHI_LANES(tile, i) trigger[i] = lane_or(trigger[i], lane_lt(cure, breach[i]));
        }
    const double *restrict alive = CHI_T(tile, alive, firm);
    CHI_LANES(tile, i) trigger[i] = alive[i] * trigger[i];
}

/* --- 7: fall ------------------------------------------------------------------------------ */

static void fall(chi_tile *tile)
{
    double *restrict hit = CHI_T(tile, scratch, 0);
    fill(tile, hit, 0.0);
    for (uint32_t s = 0; s < tile->plan->counts.sims; s++) {
        const double *restrict trigger = CHI_T(tile, trigger, s);
        CHI_LANES(tile, i) hit[i] = lane_or(hit[i], trigger[i]);
    }
    if (!any(tile, hit))
        return;
    tile->fell = 1;
    for (size_t i = 0; i < tile->state.paths; i++)
        if (hit[i] != 0.0) {
            chi_path path = chi_tile_path(tile, i, tile->month + 1);
            chi_path_test(&path);
        }
}

/* --- checks ------------------------------------------------------------------------------- */

/* Cash of all firms must be what it was at start, relative to the most money that lay about or came
 * to simulated firms in one month: rounding is relative to what is added. */
static void check_conservation(chi_tile *tile)
{
    const chi_plan *plan = tile->plan;
    double *restrict sum = CHI_T(tile, scratch, 0);
    double *restrict size = CHI_T(tile, scratch, 1);
    fill(tile, sum, 0.0);
    fill(tile, size, 1.0);
    for (uint32_t f = 0; f < plan->model->firm_count; f++) {
        const double *restrict cash = CHI_T(tile, cash, f);
        const double *restrict restricted = CHI_T(tile, restricted, f);
        if (plan->model->firm[f].restricted_cash == 0.0) {
            CHI_LANES(tile, i)
            {
                sum[i] = sum[i] + cash[i];
                size[i] = size[i] + lane_max(cash[i], -cash[i]);
            }
            continue;
        }
        CHI_LANES(tile, i)
        {
            double money = cash[i] + restricted[i];
            sum[i] = sum[i] + money;
            size[i] = size[i] + lane_max(money, -money);
        }
    }
    for (uint32_t s = 0; s < plan->counts.sims; s++) {
        const double *restrict received = CHI_T(tile, expected, s);
        CHI_LANES(tile, i) size[i] = size[i] + received[i];
    }
    double *restrict residual = tile->residual;
    double *restrict moved = tile->moved;
    double total = plan->cash_total;
    CHI_LANES(tile, i)
    {
        double off = sum[i] - total;
        moved[i] = lane_max(moved[i], size[i]);
        residual[i] = lane_max(residual[i], lane_max(-off, off) / moved[i]);
    }
}

static void check_columns(chi_tile *tile, const double *first, size_t count)
{
    double *restrict finite = tile->finite;
    size_t stride = tile->state.stride, c = 0;
    for (; c + 4 <= count; c += 4) {
        const double *restrict x = first + c * stride, *restrict y = x + stride;
        const double *restrict z = y + stride, *restrict w = z + stride;
        CHI_LANES(tile, i)
        finite[i] = finite[i] + ((0.0 * x[i] + 0.0 * y[i]) + (0.0 * z[i] + 0.0 * w[i]));
    }
    for (; c < count; c++) {
        const double *restrict x = first + c * stride;
        CHI_LANES(tile, i) finite[i] = finite[i] + 0.0 * x[i];
    }
}

/* x * 0 is 0 for every finite x and NaN for the others, whatever the compiler assumes of NaN. The
 * states that arithmetic moves are looked at; masks and counters are 0, 1, 2, ... by construction,
 * and amounts are looked at where they are computed; arrears are parts of dues
 * that the cash of the same month shows. */
static void check_finite(chi_tile *tile)
{
    const chi_counts *n = &tile->plan->counts;
    check_columns(tile, tile->state.latent, n->drivers);
    check_columns(tile, tile->state.hazard, n->hazards);
    check_columns(tile, tile->state.cash, n->firms);
    for (uint32_t s = 0; s < n->sims; s++)
        check_columns(tile, CHI_T(tile, property, tile->plan->firm_of_sim[s]), 1);
    check_columns(tile, tile->state.notional, n->loans);
    check_columns(tile, tile->state.accrued, n->loans);
    check_columns(tile, tile->state.rate, n->loans);
    check_columns(tile, tile->state.advance, n->customers);
}

void chi_tile_close(chi_tile *tile)
{
    const ch_model *model = tile->plan->model;
    for (uint32_t c = 0; c < model->covenant_count; c++)
        test_covenant(tile, c);
    for (uint32_t l = 0; l < model->loan_count; l++)
        if (tile->plan->can_draw[(size_t)l * tile->plan->months + tile->month])
            stop_draws(tile, l);
    for (uint32_t s = 0; s < tile->plan->counts.sims; s++)
        find_triggers(tile, s);
    fall(tile);
    check_conservation(tile);
    check_finite(tile);
}

void chi_tile_month(chi_tile *tile)
{
    chi_tile_drivers(tile);
    chi_tile_due(tile);
    chi_tile_fund(tile);
    chi_tile_settle(tile);
    chi_tile_close(tile);
}

/* Steps 5 to 8 of a month: clear, test, fall; then the checks that every month must pass. */
#include "engine/tile.h"

#include "engine/close.column.h"

/* --- 5: clear ----------------------------------------------------------------------------- */

/* Marks in scratch 0 the paths on which a simulated firm cannot pay all its dues. */
static double *find_short(chi_tile *tile)
{
    const chi_plan *plan = tile->plan;
    double *is_short = CHI_T(tile, scratch, 0);
    fill(tile, is_short, 0.0);
    for (uint32_t s = 0; s < plan->counts.sims; s++)
        CHI_DO(tile, find_short, is_short, CHI_T(tile, cash, plan->firm_of_sim[s]),
            CHI_T(tile, expected, s), CHI_T(tile, class_due, s * CHI_CLASSES),
            CHI_T(tile, class_due, s * CHI_CLASSES + 1),
            CHI_T(tile, class_due, s * CHI_CLASSES + 2),
            CHI_T(tile, class_due, s * CHI_CLASSES + 3));
    return is_short;
}

/* What simulated firms pay leaves them class by class. */
static void debit_sims(chi_tile *tile)
{
    const chi_plan *plan = tile->plan;
    for (uint32_t s = 0; s < plan->counts.sims; s++) {
        for (size_t k = 0; k < CHI_CLASSES; k++)
            if (plan->outflow_first[s * CHI_CLASSES + k] !=
                plan->outflow_first[s * CHI_CLASSES + k + 1])
                CHI_DO(tile, take_from, CHI_T(tile, cash, plan->firm_of_sim[s]),
                    CHI_T(tile, class_due, s * CHI_CLASSES + k));
    }
}

/* Every pair's money arrives with its creditor. */
static void move_pairs(chi_tile *tile)
{
    const chi_plan *plan = tile->plan;
    debit_sims(tile);
    for (uint32_t p = 0; p < plan->counts.pairs; p++) {
        const chi_pair *pair = &plan->pair[p];
        const double *due = CHI_T(tile, pair, p);
        double *from = CHI_T(tile, cash, pair->debtor), *to = CHI_T(tile, cash, pair->creditor);
        if (p >= plan->pairs_of_sims)
            CHI_DO(tile, transfer, from, to, due);
        else
            CHI_DO(tile, add_to, to, due);
    }
}

/* The loops run as if everybody paid in full; on short paths what they did is taken back. */
static void move_money(chi_tile *tile)
{
    CHI_RARE(tile, flags->short_count > 0, keep_cash, 0, NULL);
    move_pairs(tile);
    CHI_RARE(tile, flags->short_count > 0, pay, 0, NULL);
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
        double counts = plan->lend[at] == 0.0 ? 1.0 : 0.0;
        if (chi_plan_forgoes(plan, l))
            CHI_DO(tile, forgo, CHI_T(tile, forgone, l), CHI_T(tile, draw, l),
                CHI_T(tile, promised, l));
        for (uint32_t s = loan->lenders.first; s < loan->lenders.first + loan->lenders.count; s++) {
            const chi_share *share = &plan->model->share[s];
            const double *paid =
                CHI_T(tile, paid, (size_t)share->firm * CHI_CLASSES + CHI_CLASS_OPERATING);
            CHI_DO(tile, book_draw, CHI_T(tile, notional, l), CHI_T(tile, drawn, l),
                CHI_T(tile, alive, share->firm), CHI_T(tile, draw, l), paid, share->fraction,
                counts);
            if (plan->sim_of_firm[share->firm] != CHI_NONE && chi_plan_forgoes(plan, l))
                CHI_DO(tile, forgo_unpaid, CHI_T(tile, forgone, l), CHI_T(tile, alive, share->firm),
                    CHI_T(tile, draw, l), paid, share->fraction);
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
    double *cash = CHI_T(tile, cash, firm), *repaid = CHI_T(tile, scratch, CHI_EXPR_DEPTH_MAX);
    chi_operand value = chi_tile_value(tile, &terms->target, 0);
    const double *target = as_column(tile, value, 0);
    for (uint32_t r = terms->rungs.first; r < terms->rungs.first + terms->rungs.count; r++) {
        const chi_rung *rung = &model->rung[r];
        if (rung->kind != CHI_RUNG_DRAW || model->loan[rung->loan].kind != CHI_LOAN_REVOLVER)
            continue;
        const chi_loan *loan = &model->loan[rung->loan];
        CHI_DO(tile, repay, repaid, CHI_T(tile, notional, rung->loan), cash, target);
        for (uint32_t s = loan->lenders.first; s < loan->lenders.first + loan->lenders.count; s++)
            CHI_DO(tile, transfer_share, cash, CHI_T(tile, cash, model->share[s].firm),
                model->share[s].fraction, repaid);
    }
}

void chi_tile_settle(chi_tile *tile)
{
    CHI_RARE(tile, flags->short_count > 0, reset_paid, 0, NULL);
    double *is_short = find_short(tile);
    CHI_WHEN(tile, any, is_short)
    CHI_RARE(tile, 1, clear, 0, is_short);
    move_money(tile);
    tile->paying = 0;
    CHI_RARE(tile, (flags->late_count | flags->short_count) > 0, book_arrears, 0, NULL);
    book_draws(tile);
    if (tile->plan->counts.deals > 0)
        CHI_RARE(tile, 1, book_deals, 0, NULL);
    for (uint32_t s = 0; s < tile->plan->counts.sims; s++)
        sweep(tile, s);
}

/* --- 6: test ------------------------------------------------------------------------------ */

/* Counts failed tests in a row; in months without a test a standing breach ages. */
static void test_covenant(chi_tile *tile, uint32_t c)
{
    const chi_covenant *covenant = &tile->plan->model->covenant[c];
    double *breach = CHI_T(tile, breach, c);
    if (!chi_covenant_due(covenant, tile->month)) {
        CHI_DO(tile, age_breach, breach);
        return;
    }
    chi_operand value = chi_tile_compared(tile, covenant->expr, covenant->firm);
    const double *room = as_column(tile, value, 0);
    CHI_DO(tile, test, breach, CHI_T(tile, alive, covenant->firm), room, (double)covenant->strict);
}

/* Draws stop while the borrower has arrears or is in breach of a covenant that says so. */
static void stop_draws(chi_tile *tile, uint32_t l)
{
    const ch_model *model = tile->plan->model;
    uint32_t firm = model->loan[l].borrower;
    uint32_t sim = tile->plan->sim_of_firm[firm];
    if (sim == CHI_NONE)
        return;
    double *stop = CHI_T(tile, scratch, 0);
    CHI_DO(tile, copy, stop, CHI_T(tile, overdue, sim));
    for (uint32_t c = 0; c < model->covenant_count; c++) {
        const chi_covenant *covenant = &model->covenant[c];
        if (covenant->firm != firm || !covenant->stops_draws ||
            (covenant->loan != CHI_NONE && covenant->loan != l))
            continue;
        CHI_DO(tile, or_above, stop, 0.0, CHI_T(tile, breach, c));
    }
    CHI_DO(tile, stop, CHI_T(tile, stopped, l), stop);
}

static void find_triggers(chi_tile *tile, uint32_t sim)
{
    const chi_plan *plan = tile->plan;
    const ch_model *model = plan->model;
    uint32_t firm = plan->firm_of_sim[sim];
    double *trigger = CHI_T(tile, trigger, sim);
    fill(tile, trigger, chi_plan_forced(plan, firm, tile->month) ? 1.0 : 0.0);
    CHI_RARE(tile, flags->late_count > 0, past_grace, sim, trigger);
    for (uint32_t c = 0; c < model->covenant_count; c++)
        if (model->covenant[c].firm == firm && model->covenant[c].defaults)
            CHI_DO(tile, or_above, trigger, (double)model->covenant[c].cure_months,
                CHI_T(tile, breach, c));
    CHI_DO(tile, times, trigger, CHI_T(tile, alive, firm));
}

/* --- 7: fall ------------------------------------------------------------------------------ */

static void fall(chi_tile *tile)
{
    double *hit = CHI_T(tile, scratch, 0);
    fill(tile, hit, 0.0);
    for (uint32_t s = 0; s < tile->plan->counts.sims; s++)
        CHI_DO(tile, or, hit, CHI_T(tile, trigger, s));
    CHI_WHEN(tile, any, hit)
    CHI_RARE(tile, 1, fall, 0, hit);
}

/* --- checks ------------------------------------------------------------------------------- */

static void count_cash(chi_tile *tile, double *sum, double *size, const double *first, size_t count)
{
    size_t d = tile->state.stride, c = 0;
    for (; c + 4 <= count; c += 4) {
        const double *x = first + c * d;
        CHI_DO(tile, count_cash4, sum, size, x, x + d, x + 2 * d, x + 3 * d);
    }
    for (; c < count; c++)
        CHI_DO(tile, count_cash, sum, size, first + c * d);
}

static bool defers(const chi_tile *tile, uint32_t sim)
{
    const ch_model *model = tile->plan->model;
    chi_slice rungs = model->firm[tile->plan->firm_of_sim[sim]].rungs;
    for (uint32_t r = rungs.first; r < rungs.first + rungs.count; r++)
        if (model->rung[r].kind == CHI_RUNG_DEFER)
            return true;
    return false;
}

/* Cash of all firms must be what it was at start, relative to the most money that lay about, came
 * to simulated firms or was due from them and put off in one month: rounding is relative to what is
 * added and taken away. Returns that sum. */
static const double *check_conservation(chi_tile *tile)
{
    const chi_plan *plan = tile->plan;
    double *sum = CHI_T(tile, scratch, 0), *size = CHI_T(tile, scratch, 1);
    fill(tile, sum, 0.0);
    fill(tile, size, 1.0);
    count_cash(tile, sum, size, tile->state.cash, plan->counts.firms);
    for (uint32_t f = 0; f < plan->model->firm_count; f++)
        if (plan->model->firm[f].restricted_cash != 0.0)
            CHI_DO(tile, count_cash, sum, size, CHI_T(tile, restricted, f));
    for (uint32_t s = 0; s < plan->counts.sims; s++) {
        CHI_DO(tile, add_to, size, CHI_T(tile, expected, s));
        if (defers(tile, s))
            CHI_DO(tile, add_to, size, tile->put_off + s * tile->state.stride);
    }
    CHI_DO(tile, residual, tile->residual, tile->moved, sum, size, plan->cash_total);
    return size;
}

/* Columns that wait to be looked at. */
typedef struct chi_looked {
    const double *column[8];
    size_t count;
} chi_looked;

static void look_at(chi_tile *tile, chi_looked *at, const double *column)
{
    const double **c = at->column;
    c[at->count++] = column;
    if (at->count < 8)
        return;
    CHI_DO(tile, note_finite8, tile->finite, c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]);
    at->count = 0;
}

static void look_at_rows(chi_tile *tile, chi_looked *at, const double *first, size_t count)
{
    for (size_t c = 0; c < count; c++)
        look_at(tile, at, first + c * tile->state.stride);
}

/* What this month's instants have moved. Accrued interest that has been paid is zero. */
static void look_at_instants(chi_tile *tile, chi_looked *at)
{
    const chi_plan *plan = tile->plan;
    for (uint32_t k = plan->instant_first[tile->month]; k < plan->instant_first[tile->month + 1];
         k++) {
        const chi_instant *done = &plan->instant[k];
        if (done->redemption != 0.0 || done->draw_share != 0.0 || done->matures != 0.0 ||
            done->capitalises != 0.0)
            look_at(tile, at, CHI_T(tile, notional, done->loan));
        if (done->pays == 0.0)
            look_at(tile, at, CHI_T(tile, accrued, done->loan));
        if (done->resets != 0.0)
            look_at(tile, at, CHI_T(tile, rate, done->loan));
    }
}

/* Looked at are the states that arithmetic moves, cash by the sum of its sizes. Not: masks and
 * counters, which are 0, 1, 2, ... by construction; hazards and advances, which only fall, by
 * amounts looked at where they are computed; arrears and fees, parts of dues that cash shows. */
static void check_finite(chi_tile *tile, const double *cash)
{
    const chi_plan *plan = tile->plan;
    chi_looked at = {.count = 0};
    look_at(tile, &at, cash);
    look_at_rows(tile, &at, tile->state.latent, plan->counts.drivers);
    for (uint32_t s = 0; s < plan->counts.sims; s++)
        look_at(tile, &at, CHI_T(tile, property, plan->firm_of_sim[s]));
    look_at_instants(tile, &at);
    for (uint32_t l = 0; l < plan->counts.loans; l++) {
        size_t k = (size_t)l * plan->months + tile->month;
        if (plan->can_draw[k] || plan->lend[k] != 0.0) {
            look_at(tile, &at, CHI_T(tile, notional, l));
            look_at(tile, &at, CHI_T(tile, rate, l));
        }
    }
    look_at_rows(tile, &at, tile->state.leg_nt, plan->counts.legs);
    look_at_rows(tile, &at, tile->state.leg_ipac, plan->counts.legs);
    look_at_rows(tile, &at, tile->state.leg_second, plan->counts.legs);
    look_at_rows(tile, &at, tile->state.equity, plan->counts.marks);
    look_at_rows(tile, &at, tile->state.price, plan->counts.assets);
    for (size_t c = 0; c < at.count; c++)
        CHI_DO(tile, note_finite, tile->finite, at.column[c]);
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
    if (tile->plan->counts.marks > 0)
        CHI_RARE(tile, 1, mark, 0, NULL);
    check_finite(tile, check_conservation(tile));
}

void chi_tile_month(chi_tile *tile)
{
    chi_tile_drivers(tile);
    CHI_PART(tile);
    chi_tile_due(tile);
    CHI_PART(tile);
    chi_tile_fund(tile);
    CHI_PART(tile);
    chi_tile_settle(tile);
    CHI_PART(tile);
    chi_tile_close(tile);
}

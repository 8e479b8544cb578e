/* Contracts by the ACTUS standard, column by column: what falls due on them in step 3, and what is
 * done after the payments of step 5. Each event runs through the loops of the standard
 * (contract/actus_sweep.isa.c) in blocks of paths. Called by name like the rare functions, so that
 * generated code need not know them. */
#include "engine/tile.h"

#include "contract/deal.lane.h"

#include <string.h>

/* A loop over all paths of the tile; columns never overlap. */
#define CHI_LANES(tile, i) CHI_LOOP for (size_t i = 0, n_ = (tile)->state.paths; i < n_; i++)

static void set_all(chi_tile *tile, double *restrict out, double value)
{
    CHI_LANES(tile, i) out[i] = value;
}

/* The scratch columns of this file; no expression is computed meanwhile. */
enum { RUNS, PAYOFF, OTHER, SUM_IN, SUM_OUT, INTEREST, OWED, NT };

/* --- one event ------------------------------------------------------------------------------ */

/* Paths of the block that begins at `at`; a tile may have fewer than a block. */
static size_t block_paths(const chi_tile *tile, size_t at)
{
    size_t left = tile->state.paths - at;
    return left < CHI_ACTUS_BLOCK ? left : CHI_ACTUS_BLOCK;
}

static void load(const chi_tile *tile, uint32_t g, size_t at, chi_actus_columns *c)
{
    size_t bytes = block_paths(tile, at) * sizeof(double);
    if (bytes < sizeof c->nt)
        memset(c, 0, sizeof *c);
#define LOAD(field) memcpy(c->field, CHI_T(tile, leg_##field, g) + at, bytes);
    LOAD(nt)
    LOAD(ipnr)
    LOAD(ipac)
    LOAD(feac)
    LOAD(nsc)
    LOAD(isc)
    LOAD(ipcb)
    LOAD(prnxt)
    LOAD(second)
#undef LOAD
}

/* Where the contract does not run its state stays. */
static void keep(
    double *restrict to, const double *restrict from, const double *restrict runs, size_t paths)
{
    CHI_LOOP for (size_t i = 0; i < paths; i++) to[i] = lane_select(runs[i], from[i], to[i]);
}

static void store(
    chi_tile *tile, uint32_t g, size_t at, const chi_actus_columns *c, const double *runs)
{
    size_t paths = block_paths(tile, at);
#define STORE(field) keep(CHI_T(tile, leg_##field, g) + at, c->field, runs + at, paths);
    STORE(nt)
    STORE(ipnr)
    STORE(ipac)
    STORE(feac)
    STORE(nsc)
    STORE(isc)
    STORE(ipcb)
    STORE(prnxt)
    STORE(second)
#undef STORE
}

/* Runs an event on all paths where `runs` is 1; payoffs of all paths go to `payoff`. */
static void run_event(
    chi_tile *tile, const chi_leg_event *at, const double *runs, double *restrict payoff)
{
    const double *seen = at->seen != CHI_NONE     ? CHI_T(tile, seen, at->seen)
                         : at->market != CHI_NONE ? CHI_T(tile, driver, at->market)
                                                  : NULL;
    for (size_t b = 0; b < tile->state.paths; b += CHI_ACTUS_BLOCK) {
        chi_actus_columns columns;
        double paid[CHI_ACTUS_BLOCK], market[CHI_ACTUS_BLOCK] = {0};
        size_t bytes = block_paths(tile, b) * sizeof(double);
        chi_actus_step step = {at->event, at->constants, market, at->years, at->year_count};
        load(tile, at->leg, b, &columns);
        if (seen)
            memcpy(market, seen + b, bytes);
        chi_actus_sweep_step(&step, &columns, paid);
        store(tile, at->leg, b, &columns, runs);
        memcpy(payoff + b, paid, bytes);
    }
}

/* --- debts ---------------------------------------------------------------------------------- */

static void debt_event(chi_tile *tile, const chi_leg_event *at, uint32_t loan)
{
    const double role = tile->plan->deals.row[at->deal].role;
    const double lends = at->lends, redeems = at->redeems, matures = at->matures;
    const double *restrict runs = CHI_T(tile, scratch, RUNS);
    const double *restrict nt = CHI_T(tile, leg_nt, at->leg);
    const double *restrict nsc = CHI_T(tile, leg_nsc, at->leg);
    double *restrict payoff = CHI_T(tile, scratch, PAYOFF);
    double *restrict owed = CHI_T(tile, scratch, OWED);
    double *restrict before = CHI_T(tile, scratch, NT);
    CHI_LANES(tile, i)
    {
        owed[i] = lane_debt_owed(nt[i], nsc[i], role);
        before[i] = nt[i];
    }
    run_event(tile, at, runs, payoff);
    double *restrict interest = CHI_T(tile, interest, loan);
    double *restrict principal = CHI_T(tile, principal, loan);
    double *restrict lent = CHI_T(tile, leg_lent, at->leg);
    double *restrict face = CHI_T(tile, leg_face, at->leg);
    CHI_LANES(tile, i)
    {
        chi_debt_due due = lane_debt_due(
            payoff[i], owed[i], role * (nt[i] - before[i]), role, lends, redeems, matures);
        interest[i] = interest[i] + lane_select(runs[i], due.interest, 0.0);
        principal[i] = principal[i] + lane_select(runs[i], due.principal, 0.0);
        lent[i] = lent[i] + lane_select(runs[i], due.lent, 0.0);
        face[i] = face[i] + lane_select(runs[i], due.face, 0.0);
    }
}

static void mirror(chi_tile *tile, uint32_t d)
{
    const chi_deal_row *row = &tile->plan->deals.row[d];
    uint32_t loan = tile->plan->model->deal[d].loan, g = row->first_leg;
    const double role = row->role;
    const double *restrict nt = CHI_T(tile, leg_nt, g), *restrict nsc = CHI_T(tile, leg_nsc, g);
    const double *restrict ipac = CHI_T(tile, leg_ipac, g);
    const double *restrict isc = CHI_T(tile, leg_isc, g);
    const double *restrict ipnr = CHI_T(tile, leg_ipnr, g);
    const double *restrict feac = CHI_T(tile, leg_feac, g);
    double *restrict notional = CHI_T(tile, notional, loan);
    double *restrict accrued = CHI_T(tile, accrued, loan);
    double *restrict rate = CHI_T(tile, rate, loan);
    double *restrict fee = CHI_T(tile, fee, loan);
    CHI_LANES(tile, i)
    {
        notional[i] = lane_debt_owed(nt[i], nsc[i], role);
        accrued[i] = lane_debt_owed(ipac[i], isc[i], role);
        rate[i] = ipnr[i];
        fee[i] = role * feac[i];
    }
}

static void add_to_item(chi_tile *tile, uint32_t firm, chi_item item, const double *restrict x)
{
    uint32_t row = chi_plan_item(tile->plan, firm, item);
    if (row == CHI_NONE)
        return;
    double *restrict out = CHI_T(tile, item, row);
    CHI_LANES(tile, i) out[i] = out[i] + x[i];
}

/* What the month's events add up to is owed to the lenders, or by them. */
static void owe_debt(chi_tile *tile, uint32_t loan, uint32_t g)
{
    const chi_plan *plan = tile->plan;
    const chi_loan *terms = &plan->model->loan[loan];
    const double *restrict interest = CHI_T(tile, interest, loan);
    const double *restrict principal = CHI_T(tile, principal, loan);
    double *restrict due = CHI_T(tile, loan_due, loan);
    double *restrict lent = CHI_T(tile, leg_lent, g);
    add_to_item(tile, terms->borrower, CHI_ITEM_INTEREST, interest);
    add_to_item(tile, terms->borrower, CHI_ITEM_PRINCIPAL, principal);
    CHI_LANES(tile, i)
    {
        double sum = interest[i] + principal[i];
        lent[i] = lane_max(lent[i], 0.0) + lane_max(-sum, 0.0);
        due[i] = lane_max(sum, 0.0);
    }
    for (uint32_t s = terms->lenders.first; s < terms->lenders.first + terms->lenders.count; s++) {
        const chi_share *share = &plan->model->share[s];
        const double *restrict alive = CHI_T(tile, alive, share->firm);
        double *restrict to = CHI_T(tile, pair, plan->share_pair[s]);
        double *restrict from = CHI_T(tile, pair, plan->share_draw_pair[s]);
        const double fraction = share->fraction;
        CHI_LANES(tile, i)
        {
            to[i] = to[i] + fraction * due[i];
            from[i] = from[i] + alive[i] * (fraction * lent[i]);
        }
    }
}

static void run_debt(chi_tile *tile, uint32_t d, uint32_t from, uint32_t to)
{
    const chi_plan *plan = tile->plan;
    uint32_t loan = plan->model->deal[d].loan, g = plan->deals.row[d].first_leg;
    const double *restrict alive = CHI_T(tile, alive, plan->model->loan[loan].borrower);
    const double *restrict stopped = CHI_T(tile, stopped, loan);
    double *restrict runs = CHI_T(tile, scratch, RUNS);
    set_all(tile, CHI_T(tile, leg_lent, g), 0.0);
    set_all(tile, CHI_T(tile, leg_face, g), 0.0);
    if (from == to)
        return;
    CHI_LANES(tile, i) runs[i] = alive[i] * lane_le(stopped[i], 1.5);
    for (uint32_t k = from; k < to; k++)
        debt_event(tile, &plan->deals.event[k], loan);
    mirror(tile, d);
    owe_debt(tile, loan, g);
}

/* --- the others ----------------------------------------------------------------------------- */

/* Payoffs of an event, of a cap the difference that its bounds make, where the deal runs. */
static void event_payoff(chi_tile *tile, const chi_leg_event *at)
{
    const chi_deal_row *row = &tile->plan->deals.row[at->deal];
    const double scale = tile->plan->model->deal[at->deal].scale, shown = at->shown;
    const double *restrict runs = CHI_T(tile, scratch, RUNS);
    double *restrict payoff = CHI_T(tile, scratch, PAYOFF);
    double *restrict bounded = CHI_T(tile, scratch, OTHER);
    run_event(tile, at, runs, payoff);
    CHI_LANES(tile, i) payoff[i] = lane_select(runs[i], payoff[i], 0.0);
    if (at->pairs_with_next) {
        const double role = row->role;
        run_event(tile, at + 1, runs, bounded);
        CHI_LANES(tile, i)
        {
            double change = payoff[i] - lane_select(runs[i], bounded[i], 0.0);
            payoff[i] = role * lane_max(change, -change);
        }
    }
    CHI_LANES(tile, i) payoff[i] = shown * (scale * payoff[i]);
}

static void deal_event(chi_tile *tile, const chi_leg_event *at)
{
    const double *restrict payoff = CHI_T(tile, scratch, PAYOFF);
    double *restrict in = CHI_T(tile, scratch, SUM_IN);
    double *restrict out = CHI_T(tile, scratch, SUM_OUT);
    double *restrict interest = CHI_T(tile, scratch, INTEREST);
    const double weight = at->interest;
    event_payoff(tile, at);
    if (at->event->op == CHI_ACTUS_OP_DIVIDEND) {
        double *restrict dividend = CHI_T(tile, dividend, at->deal);
        CHI_LANES(tile, i) dividend[i] = dividend[i] + payoff[i];
        return;
    }
    if (tile->plan->deals.row[at->deal].terms->sum == CHI_SUM_GROSS)
        CHI_LANES(tile, i)
        {
            in[i] = in[i] + lane_max(payoff[i], 0.0);
            out[i] = out[i] + lane_max(-payoff[i], 0.0);
        }
    else
        CHI_LANES(tile, i) in[i] = in[i] + payoff[i];
    CHI_LANES(tile, i) interest[i] = interest[i] + weight * payoff[i];
}

static void add_items(chi_tile *tile, const chi_deal *deal)
{
    const double *in = CHI_T(tile, scratch, SUM_IN), *out = CHI_T(tile, scratch, SUM_OUT);
    const double *restrict interest = CHI_T(tile, scratch, INTEREST);
    double *restrict minus = CHI_T(tile, scratch, OTHER);
    if (deal->type >= CHI_DEAL_SWPPV && deal->type <= CHI_DEAL_CAPFL) {
        CHI_LANES(tile, i) minus[i] = -interest[i];
        add_to_item(tile, deal->creator, CHI_ITEM_INTEREST, minus);
        add_to_item(tile, deal->counterparty, CHI_ITEM_INTEREST, interest);
        return;
    }
    if (deal->type == CHI_DEAL_CSH || deal->type == CHI_DEAL_STK)
        return;
    add_to_item(tile, deal->creator, CHI_ITEM_REVENUE, in);
    add_to_item(tile, deal->creator, CHI_ITEM_COST, out);
    add_to_item(tile, deal->counterparty, CHI_ITEM_REVENUE, out);
    add_to_item(tile, deal->counterparty, CHI_ITEM_COST, in);
}

/* The sums of the month, and what was called or closed out before, are owed. */
static void owe_deal(chi_tile *tile, uint32_t d)
{
    const chi_deal_row *row = &tile->plan->deals.row[d];
    const double *restrict in = CHI_T(tile, scratch, SUM_IN);
    const double *restrict out = CHI_T(tile, scratch, SUM_OUT);
    double *restrict owed_in = CHI_T(tile, deal_owed_in, d);
    double *restrict owed_out = CHI_T(tile, deal_owed_out, d);
    double *restrict due_in = CHI_T(tile, deal_in, d);
    double *restrict due_out = CHI_T(tile, deal_out, d);
    double *restrict pair_in = CHI_T(tile, pair, row->pair_in);
    double *restrict pair_out = CHI_T(tile, pair, row->pair_out);
    CHI_LANES(tile, i)
    {
        due_in[i] = in[i] + owed_in[i];
        due_out[i] = out[i] + owed_out[i];
        owed_in[i] = 0.0;
        owed_out[i] = 0.0;
    }
    CHI_LANES(tile, i) pair_in[i] = pair_in[i] + due_in[i];
    CHI_LANES(tile, i) pair_out[i] = pair_out[i] + due_out[i];
}

static void run_deal(chi_tile *tile, uint32_t d, uint32_t from, uint32_t to)
{
    const chi_deal *deal = &tile->plan->model->deal[d];
    const double *restrict live = CHI_T(tile, deal_live, d);
    const double *restrict creator = CHI_T(tile, alive, deal->creator);
    const double *restrict other = CHI_T(tile, alive, deal->counterparty);
    double *restrict runs = CHI_T(tile, scratch, RUNS);
    double *restrict in = CHI_T(tile, scratch, SUM_IN);
    double *restrict out = CHI_T(tile, scratch, SUM_OUT);
    set_all(tile, in, 0.0);
    set_all(tile, out, 0.0);
    set_all(tile, CHI_T(tile, scratch, INTEREST), 0.0);
    set_all(tile, CHI_T(tile, dividend, d), 0.0);
    CHI_LANES(tile, i) runs[i] = lane_select(live[i], 1.0, 0.0) * creator[i] * other[i];
    for (uint32_t k = from; k < to; k++) {
        deal_event(tile, &tile->plan->deals.event[k]);
        k += tile->plan->deals.event[k].pairs_with_next;
    }
    if (tile->plan->deals.row[d].terms->sum != CHI_SUM_GROSS)
        CHI_LANES(tile, i)
        {
            double sum = in[i];
            in[i] = lane_max(sum, 0.0);
            out[i] = lane_max(-sum, 0.0);
        }
    if (from != to)
        add_items(tile, deal);
    owe_deal(tile, d);
}

void chi_rare_due_deals(chi_tile *tile, uint32_t row, double *column)
{
    const chi_plan *plan = tile->plan;
    (void)row;
    (void)column;
    for (uint32_t k = 0; k < plan->counts.seen; k++)
        if (plan->deals.seen[k].month == tile->month) {
            const double *restrict x = CHI_T(tile, driver, plan->deals.seen[k].driver);
            double *restrict seen = CHI_T(tile, seen, k);
            CHI_LANES(tile, i) seen[i] = x[i];
        }
    uint32_t from = plan->deals.event_first[tile->month];
    uint32_t last = plan->deals.event_first[tile->month + 1];
    for (uint32_t d = 0; d < plan->counts.deals; d++) {
        uint32_t to = chi_deal_events_end(&plan->deals, from, last, d);
        if (plan->model->deal[d].loan != CHI_NONE)
            run_debt(tile, d, from, to);
        else
            run_deal(tile, d, from, to);
        from = to;
    }
}

/* --- funding -------------------------------------------------------------------------------- */

static void add_to(chi_tile *tile, double *restrict out, const double *restrict x)
{
    CHI_LANES(tile, i) out[i] = out[i] + x[i];
}

/* What is needed of a deposit, as far as it goes; `need` falls by it. */
static void take_part(chi_tile *tile, uint32_t loan, double *restrict need)
{
    const chi_loan *terms = &tile->plan->model->loan[loan];
    uint32_t lender = tile->plan->model->share[terms->lenders.first].firm;
    const double *restrict mine = CHI_T(tile, alive, lender);
    const double *restrict theirs = CHI_T(tile, alive, terms->borrower);
    const double *restrict stopped = CHI_T(tile, stopped, loan);
    const double *restrict notional = CHI_T(tile, notional, loan);
    double *restrict part = CHI_T(tile, scratch, OTHER);
    CHI_LANES(tile, i)
    {
        double runs = mine[i] * theirs[i] * lane_le(stopped[i], 1.5);
        part[i] = runs * lane_min(lane_max(need[i], 0.0), lane_max(notional[i], 0.0));
        need[i] = need[i] - part[i];
    }
}

void chi_rare_withdraw(chi_tile *tile, uint32_t loan, double *column)
{
    const chi_plan *plan = tile->plan;
    const chi_loan *terms = &plan->model->loan[loan];
    const chi_deal_row *row = &plan->deals.row[terms->deal];
    uint32_t g = row->first_leg, debtor = plan->sim_of_firm[terms->borrower];
    uint32_t lender = plan->sim_of_firm[plan->model->share[terms->lenders.first].firm];
    const double years = plan->deals.tail_years[(size_t)g * plan->months + tile->month];
    const double role = row->role, follows = plan->deals.leg[g]->constants.base_follows;
    const double *restrict part = CHI_T(tile, scratch, OTHER);
    const double *restrict ipnr = CHI_T(tile, leg_ipnr, g);
    const double *restrict nsc = CHI_T(tile, leg_nsc, g);
    double *restrict nt = CHI_T(tile, leg_nt, g), *restrict ipac = CHI_T(tile, leg_ipac, g);
    double *restrict base = CHI_T(tile, leg_ipcb, g);
    take_part(tile, loan, column);
    CHI_LANES(tile, i)
    {
        chi_actus_state s = {
            .nt = nt[i], .ipnr = ipnr[i], .ipac = ipac[i], .nsc = nsc[i], .ipcb = base[i]};
        s = lane_debt_withdraw(s, part[i], role, years, follows);
        nt[i] = s.nt;
        ipac[i] = s.ipac;
        base[i] = s.ipcb;
    }
    mirror(tile, terms->deal);
    add_to(tile, CHI_T(tile, principal, loan), part);
    add_to(tile, CHI_T(tile, loan_due, loan), part);
    add_to(tile, CHI_T(tile, pair, plan->share_pair[terms->lenders.first]), part);
    if (debtor != CHI_NONE)
        add_to(tile, CHI_T(tile, class_due, debtor * CHI_CLASSES + terms->class), part);
    add_to(tile, CHI_T(tile, expected, lender), part);
}

/* --- after the payments --------------------------------------------------------------------- */

/* Principal that the lenders have not paid out is not owed. */
static void book_lending(chi_tile *tile, uint32_t d)
{
    const chi_plan *plan = tile->plan;
    uint32_t g = plan->deals.row[d].first_leg;
    chi_slice lenders = plan->model->loan[plan->model->deal[d].loan].lenders;
    const double role = plan->deals.row[d].role;
    const double follows = plan->deals.leg[g]->constants.base_follows;
    double *restrict missing = CHI_T(tile, scratch, OTHER);
    double *restrict nt = CHI_T(tile, leg_nt, g), *restrict base = CHI_T(tile, leg_ipcb, g);
    const double *restrict face = CHI_T(tile, leg_face, g);
    set_all(tile, missing, 0.0);
    for (uint32_t s = lenders.first; s < lenders.first + lenders.count; s++) {
        const chi_share *share = &plan->model->share[s];
        const double *restrict alive = CHI_T(tile, alive, share->firm);
        const double *restrict paid =
            CHI_T(tile, paid, (size_t)share->firm * CHI_CLASSES + CHI_CLASS_OPERATING);
        const double fraction = share->fraction;
        CHI_LANES(tile, i) missing[i] = missing[i] + fraction * (1.0 - alive[i] * paid[i]);
    }
    CHI_LANES(tile, i)
    {
        chi_actus_state s = {.nt = nt[i], .ipcb = base[i]};
        s = lane_actus_move(s, -(role * face[i]) * missing[i], follows);
        nt[i] = s.nt;
        base[i] = s.ipcb;
    }
    mirror(tile, d);
}

static void pay_dividend(chi_tile *tile, uint32_t d)
{
    const chi_deal_row *row = &tile->plan->deals.row[d];
    const double role = row->role;
    const double *restrict dividend = CHI_T(tile, dividend, d);
    double *restrict amount = CHI_T(tile, scratch, OTHER);
    double *restrict from = CHI_T(tile, cash, row->other);
    double *restrict to = CHI_T(tile, cash, row->owner);
    CHI_LANES(tile, i) amount[i] = lane_max(role * dividend[i], 0.0);
    if (tile->plan->sim_of_firm[row->other] != CHI_NONE)
        CHI_LANES(tile, i) amount[i] = lane_min(amount[i], lane_max(from[i], 0.0));
    CHI_LANES(tile, i)
    {
        from[i] = from[i] - amount[i];
        to[i] = to[i] + amount[i];
    }
}

void chi_rare_book_deals(chi_tile *tile, uint32_t row, double *column)
{
    const chi_plan *plan = tile->plan;
    (void)row;
    (void)column;
    for (uint32_t d = 0; d < plan->counts.deals; d++) {
        const chi_deal *deal = &plan->model->deal[d];
        if (deal->type == CHI_DEAL_STK)
            pay_dividend(tile, d);
        else if (deal->loan != CHI_NONE &&
                 plan->deals.lends[(size_t)d * plan->months + tile->month])
            book_lending(tile, d);
    }
}

/* --- the opening ---------------------------------------------------------------------------- */

static void start_leg(chi_tile *tile, uint32_t g)
{
    const chi_actus_state s = tile->plan->deals.leg[g]->start;
#define START(field) set_all(tile, CHI_T(tile, leg_##field, g), s.field);
    START(nt)
    START(ipnr) START(ipac) START(feac) START(nsc) START(isc) START(ipcb) START(prnxt) START(second)
#undef START
}

void chi_rare_start_deals(chi_tile *tile, uint32_t row, double *column)
{
    const chi_plan *plan = tile->plan;
    (void)row;
    (void)column;
    for (uint32_t g = 0; g < plan->counts.legs; g++)
        start_leg(tile, g);
    for (uint32_t d = 0; d < plan->counts.deals; d++) {
        if (plan->model->deal[d].loan != CHI_NONE) {
            mirror(tile, d);
            continue;
        }
        set_all(tile, CHI_T(tile, deal_live, d), 1.0);
        set_all(tile, CHI_T(tile, deal_left, d), plan->deals.row[d].terms->most);
    }
    for (uint32_t k = 0; k < plan->counts.seen; k++)
        set_all(
            tile, CHI_T(tile, seen, k), chi_driver_start(plan->model, plan->deals.seen[k].driver));
}

/* The oracle's part for contracts by the ACTUS standard: what falls due on them, and what is done
 * after the payments. */
#include "engine/oracle.h"

#include "contract/deal.lane.h"

/* --- states --------------------------------------------------------------------------------- */

static chi_actus_state leg_state(const chi_oracle *o, uint32_t g)
{
    return (chi_actus_state){CHI_O(o, leg_nt, g), CHI_O(o, leg_ipnr, g), CHI_O(o, leg_ipac, g),
        CHI_O(o, leg_feac, g), CHI_O(o, leg_nsc, g), CHI_O(o, leg_isc, g), CHI_O(o, leg_ipcb, g),
        CHI_O(o, leg_prnxt, g), CHI_O(o, leg_second, g)};
}

static void set_leg(chi_oracle *o, uint32_t g, chi_actus_state s)
{
    CHI_O(o, leg_nt, g) = s.nt;
    CHI_O(o, leg_ipnr, g) = s.ipnr;
    CHI_O(o, leg_ipac, g) = s.ipac;
    CHI_O(o, leg_feac, g) = s.feac;
    CHI_O(o, leg_nsc, g) = s.nsc;
    CHI_O(o, leg_isc, g) = s.isc;
    CHI_O(o, leg_ipcb, g) = s.ipcb;
    CHI_O(o, leg_prnxt, g) = s.prnxt;
    CHI_O(o, leg_second, g) = s.second;
}

/* The columns of a loan show what the legs of its deal say. */
static void mirror(chi_oracle *o, uint32_t d)
{
    const chi_deal_row *row = &o->plan->deals.row[d];
    uint32_t loan = o->plan->model->deal[d].loan;
    chi_actus_state s = leg_state(o, row->first_leg);
    CHI_O(o, notional, loan) = lane_debt_owed(s.nt, s.nsc, row->role);
    CHI_O(o, accrued, loan) = lane_debt_owed(s.ipac, s.isc, row->role);
    CHI_O(o, rate, loan) = s.ipnr;
    CHI_O(o, fee, loan) = row->role * s.feac;
}

void chi_oracle_start_deals(chi_oracle *o)
{
    const chi_plan *plan = o->plan;
    for (uint32_t g = 0; g < plan->counts.legs; g++)
        set_leg(o, g, plan->deals.leg[g]->start);
    for (uint32_t d = 0; d < plan->counts.deals; d++) {
        if (plan->model->deal[d].loan != CHI_NONE) {
            mirror(o, d);
            continue;
        }
        CHI_O(o, deal_live, d) = 1.0;
        CHI_O(o, deal_left, d) = plan->deals.row[d].terms->most;
    }
    for (uint32_t i = 0; i < plan->counts.seen; i++)
        CHI_O(o, seen, i) = chi_driver_start(plan->model, plan->deals.seen[i].driver);
}

/* One event by the loops of the standard, all paths of a block alike. */
static chi_actus_flow run_event(chi_oracle *o, const chi_leg_event *at)
{
    chi_actus_columns columns;
    double payoff[CHI_ACTUS_BLOCK], market[CHI_ACTUS_BLOCK];
    double value = at->seen != CHI_NONE     ? CHI_O(o, seen, at->seen)
                   : at->market != CHI_NONE ? CHI_O(o, driver, at->market)
                                            : 0.0;
    for (int i = 0; i < CHI_ACTUS_BLOCK; i++)
        market[i] = value;
    chi_actus_step step = {at->event, at->constants, market, at->years, at->year_count};
    chi_actus_columns_set(&columns, leg_state(o, at->leg));
    chi_actus_sweep_step(&step, &columns, payoff);
    return (chi_actus_flow){chi_actus_columns_get(&columns, 0), payoff[0]};
}

static void note_event(chi_oracle *o, const chi_leg_event *at, double payoff)
{
    const chi_deal *deal = &o->plan->model->deal[at->deal];
    uint32_t from = payoff > 0.0 ? deal->counterparty : deal->creator;
    uint32_t to = payoff < 0.0 ? deal->counterparty : deal->creator;
    if (!o->ledger)
        return;
    if (at->event->kind == CHI_EVENT_RR || at->event->kind == CHI_EVENT_RRF) {
        chi_ledger_add(o->ledger, CHI_ENTRY_RATE, CHI_OF_DEAL, at->deal, deal->counterparty,
            deal->counterparty, CHI_O(o, leg_ipnr, at->leg));
        return;
    }
    chi_ledger_add(
        o->ledger, CHI_ENTRY_EVENT, CHI_OF_DEAL, at->deal, from, to, lane_max(payoff, -payoff));
    o->ledger->entries.at[o->ledger->entries.count - 1].detail = at->event->kind;
}

/* --- debts ---------------------------------------------------------------------------------- */

static void debt_event(chi_oracle *o, const chi_leg_event *at, uint32_t loan, double runs)
{
    double role = o->plan->deals.row[at->deal].role;
    chi_actus_state before = leg_state(o, at->leg);
    chi_actus_flow flow = run_event(o, at);
    chi_debt_due due = lane_debt_due(flow.payoff, lane_debt_owed(before.nt, before.nsc, role),
        role * (flow.state.nt - before.nt), role, at->lends, at->redeems, at->matures);
    CHI_O(o, interest, loan) += lane_select(runs, due.interest, 0.0);
    CHI_O(o, principal, loan) += lane_select(runs, due.principal, 0.0);
    CHI_O(o, leg_lent, at->leg) += lane_select(runs, due.lent, 0.0);
    CHI_O(o, leg_face, at->leg) += lane_select(runs, due.face, 0.0);
    if (runs == 0.0)
        return;
    set_leg(o, at->leg, flow.state);
    note_event(o, at, flow.payoff);
}

static void add_item(chi_oracle *o, uint32_t firm, chi_item item, double amount)
{
    uint32_t row = chi_plan_item(o->plan, firm, item);
    if (row != CHI_NONE)
        CHI_O(o, item, row) += amount;
}

/* What the events of the month have added up to is owed, one way and the other. */
static void owe_debt(chi_oracle *o, uint32_t loan, uint32_t g)
{
    const chi_plan *plan = o->plan;
    const chi_loan *terms = &plan->model->loan[loan];
    double interest = CHI_O(o, interest, loan), principal = CHI_O(o, principal, loan);
    double due = interest + principal;
    double lent = lane_max(CHI_O(o, leg_lent, g), 0.0) + lane_max(-due, 0.0);
    add_item(o, terms->borrower, CHI_ITEM_INTEREST, interest);
    add_item(o, terms->borrower, CHI_ITEM_PRINCIPAL, principal);
    CHI_O(o, loan_due, loan) = lane_max(due, 0.0);
    CHI_O(o, leg_lent, g) = lent;
    for (uint32_t s = terms->lenders.first; s < terms->lenders.first + terms->lenders.count; s++) {
        const chi_share *share = &plan->model->share[s];
        CHI_O(o, pair, plan->share_pair[s]) += share->fraction * lane_max(due, 0.0);
        CHI_O(o, pair, plan->share_draw_pair[s]) +=
            CHI_O(o, alive, share->firm) * (share->fraction * lent);
    }
}

static void run_debt(chi_oracle *o, uint32_t d, uint32_t from, uint32_t to)
{
    uint32_t loan = o->plan->model->deal[d].loan, g = o->plan->deals.row[d].first_leg;
    double runs = CHI_O(o, alive, o->plan->model->loan[loan].borrower) *
                  lane_le(CHI_O(o, stopped, loan), 1.5);
    CHI_O(o, leg_lent, g) = CHI_O(o, leg_face, g) = 0.0;
    if (from == to)
        return;
    for (uint32_t k = from; k < to; k++)
        debt_event(o, &o->plan->deals.event[k], loan, runs);
    mirror(o, d);
    owe_debt(o, loan, g);
}

/* --- the others ----------------------------------------------------------------------------- */

static double run_payoff(chi_oracle *o, const chi_leg_event *at, double runs)
{
    chi_actus_flow flow = run_event(o, at);
    if (runs != 0.0)
        set_leg(o, at->leg, flow.state);
    return lane_select(runs, flow.payoff, 0.0);
}

/* What a month's events bring the creator: all of it, and what of it is interest. */
typedef struct month_sum {
    double in, out, interest;
} month_sum;

static void deal_event(
    chi_oracle *o, const chi_leg_event *at, const chi_leg_event *next, double runs, month_sum *sum)
{
    const chi_deal_row *row = &o->plan->deals.row[at->deal];
    double payoff = run_payoff(o, at, runs);
    if (at->pairs_with_next) {
        double change = payoff - run_payoff(o, next, runs);
        payoff = row->role * lane_max(change, -change);
    }
    payoff = at->shown * (o->plan->model->deal[at->deal].scale * payoff);
    if (runs != 0.0)
        note_event(o, at, payoff);
    if (at->event->op == CHI_ACTUS_OP_DIVIDEND) {
        CHI_O(o, dividend, at->deal) += payoff;
        return;
    }
    if (row->terms->sum == CHI_SUM_GROSS) {
        sum->in = sum->in + lane_max(payoff, 0.0);
        sum->out = sum->out + lane_max(-payoff, 0.0);
    } else {
        sum->in = sum->in + payoff;
    }
    sum->interest = sum->interest + at->interest * payoff;
}

/* Hedges count as interest; a gain on a trade or a fee is revenue, what is paid cost. */
static void add_items(chi_oracle *o, const chi_deal *deal, double in, double out, double interest)
{
    if (deal->type >= CHI_DEAL_SWPPV && deal->type <= CHI_DEAL_CAPFL) {
        add_item(o, deal->creator, CHI_ITEM_INTEREST, -interest);
        add_item(o, deal->counterparty, CHI_ITEM_INTEREST, interest);
        return;
    }
    if (deal->type == CHI_DEAL_CSH || deal->type == CHI_DEAL_STK)
        return;
    add_item(o, deal->creator, CHI_ITEM_REVENUE, in);
    add_item(o, deal->creator, CHI_ITEM_COST, out);
    add_item(o, deal->counterparty, CHI_ITEM_REVENUE, out);
    add_item(o, deal->counterparty, CHI_ITEM_COST, in);
}

static void run_deal(chi_oracle *o, uint32_t d, uint32_t from, uint32_t to)
{
    const chi_deal *deal = &o->plan->model->deal[d];
    const chi_deal_row *row = &o->plan->deals.row[d];
    double runs = lane_select(CHI_O(o, deal_live, d), 1.0, 0.0) * CHI_O(o, alive, deal->creator) *
                  CHI_O(o, alive, deal->counterparty);
    month_sum sum = {0.0, 0.0, 0.0};
    CHI_O(o, dividend, d) = 0.0;
    for (uint32_t k = from; k < to; k++) {
        const chi_leg_event *at = &o->plan->deals.event[k];
        deal_event(o, at, at + 1, runs, &sum);
        k += at->pairs_with_next;
    }
    double in = sum.in, out = sum.out;
    if (row->terms->sum != CHI_SUM_GROSS) {
        in = lane_max(sum.in, 0.0);
        out = lane_max(-sum.in, 0.0);
    }
    if (from != to)
        add_items(o, deal, in, out, sum.interest);
    in = in + CHI_O(o, deal_owed_in, d);
    out = out + CHI_O(o, deal_owed_out, d);
    CHI_O(o, deal_owed_in, d) = CHI_O(o, deal_owed_out, d) = 0.0;
    CHI_O(o, deal_in, d) = in;
    CHI_O(o, deal_out, d) = out;
    CHI_O(o, pair, row->pair_in) += in;
    CHI_O(o, pair, row->pair_out) += out;
}

void chi_oracle_due_deals(chi_oracle *o)
{
    const chi_plan *plan = o->plan;
    if (plan->counts.deals == 0)
        return;
    for (uint32_t i = 0; i < plan->counts.seen; i++)
        if (plan->deals.seen[i].month == o->month)
            CHI_O(o, seen, i) = CHI_O(o, driver, plan->deals.seen[i].driver);
    uint32_t from = plan->deals.event_first[o->month], last = plan->deals.event_first[o->month + 1];
    for (uint32_t d = 0; d < plan->counts.deals; d++) {
        uint32_t to = chi_deal_events_end(&plan->deals, from, last, d);
        if (plan->model->deal[d].loan != CHI_NONE)
            run_debt(o, d, from, to);
        else
            run_deal(o, d, from, to);
        from = to;
    }
}

/* --- 4: fund -------------------------------------------------------------------------------- */

/* A deposit or call money gives what is needed: its borrower owes it now. */
double chi_oracle_withdraw(chi_oracle *o, uint32_t loan, double need)
{
    const chi_plan *plan = o->plan;
    const chi_loan *terms = &plan->model->loan[loan];
    const chi_deal_row *row = &plan->deals.row[terms->deal];
    uint32_t g = row->first_leg, p = plan->share_pair[terms->lenders.first];
    uint32_t lender = plan->model->share[terms->lenders.first].firm;
    double runs = CHI_O(o, alive, lender) * CHI_O(o, alive, terms->borrower) *
                  lane_le(CHI_O(o, stopped, loan), 1.5);
    double part = runs * lane_min(lane_max(need, 0.0), lane_max(CHI_O(o, notional, loan), 0.0));
    set_leg(o, g,
        lane_debt_withdraw(leg_state(o, g), part, row->role,
            plan->deals.tail_years[(size_t)g * plan->months + o->month],
            plan->deals.leg[g]->constants.base_follows));
    mirror(o, terms->deal);
    CHI_O(o, principal, loan) += part;
    CHI_O(o, loan_due, loan) += part;
    CHI_O(o, pair, p) += part;
    if (plan->sim_of_firm[terms->borrower] != CHI_NONE)
        CHI_O(o, class_due, plan->sim_of_firm[terms->borrower] * CHI_CLASSES + terms->class) +=
            part;
    CHI_O(o, expected, plan->sim_of_firm[lender]) += part;
    if (part > 0.0)
        chi_ledger_add(
            o->ledger, CHI_ENTRY_WITHDRAWN, CHI_OF_LOAN, loan, terms->borrower, lender, part);
    return need - part;
}

/* What was not paid last month is owed again. */
void chi_oracle_add_deal_arrears(chi_oracle *o)
{
    const chi_plan *plan = o->plan;
    for (uint32_t d = 0; d < plan->counts.deals; d++) {
        if (plan->model->deal[d].loan != CHI_NONE)
            continue;
        CHI_O(o, deal_in, d) += CHI_O(o, deal_arrears_in, d);
        CHI_O(o, deal_out, d) += CHI_O(o, deal_arrears_out, d);
        CHI_O(o, pair, plan->deals.row[d].pair_in) += CHI_O(o, deal_arrears_in, d);
        CHI_O(o, pair, plan->deals.row[d].pair_out) += CHI_O(o, deal_arrears_out, d);
    }
}

/* --- after the payments --------------------------------------------------------------------- */

/* Principal that the lenders have not paid out is not owed. */
static void book_lending(chi_oracle *o, uint32_t d)
{
    const chi_plan *plan = o->plan;
    const chi_deal_row *row = &plan->deals.row[d];
    chi_slice lenders = plan->model->loan[plan->model->deal[d].loan].lenders;
    double missing = 0.0;
    for (uint32_t s = lenders.first; s < lenders.first + lenders.count; s++) {
        const chi_share *share = &plan->model->share[s];
        double paid = CHI_O(o, alive, share->firm) *
                      CHI_O(o, paid, (size_t)share->firm * CHI_CLASSES + CHI_CLASS_OPERATING);
        missing = missing + share->fraction * (1.0 - paid);
    }
    chi_actus_state s = lane_actus_move(leg_state(o, row->first_leg),
        -(row->role * CHI_O(o, leg_face, row->first_leg)) * missing,
        plan->deals.leg[row->first_leg]->constants.base_follows);
    set_leg(o, row->first_leg, s);
    mirror(o, d);
}

/* Dividends are paid from what cash is left after all dues, and never owed. */
static void pay_dividend(chi_oracle *o, uint32_t d)
{
    const chi_deal_row *row = &o->plan->deals.row[d];
    double amount = lane_max(row->role * CHI_O(o, dividend, d), 0.0);
    if (o->plan->sim_of_firm[row->other] != CHI_NONE)
        amount = lane_min(amount, lane_max(CHI_O(o, cash, row->other), 0.0));
    CHI_O(o, cash, row->other) -= amount;
    CHI_O(o, cash, row->owner) += amount;
    if (amount > 0.0)
        chi_ledger_add(
            o->ledger, CHI_ENTRY_DIVIDEND, CHI_OF_DEAL, d, row->other, row->owner, amount);
}

static double not_paid(const chi_oracle *o, uint32_t firm, uint32_t class, double due)
{
    return due * (1.0 - CHI_O(o, paid, (size_t)firm * CHI_CLASSES + class));
}

static void note_arrears(chi_oracle *o, uint32_t d, uint32_t from, uint32_t to, double arrears)
{
    if (arrears > 0.0)
        chi_ledger_add(o->ledger, CHI_ENTRY_ARREARS, CHI_OF_DEAL, d, from, to, arrears);
}

void chi_oracle_book_deals(chi_oracle *o)
{
    const chi_plan *plan = o->plan;
    for (uint32_t d = 0; d < plan->counts.deals; d++) {
        const chi_deal *deal = &plan->model->deal[d];
        if (deal->loan != CHI_NONE) {
            if (plan->deals.lends[(size_t)d * plan->months + o->month])
                book_lending(o, d);
            continue;
        }
        CHI_O(o, deal_arrears_in, d) =
            not_paid(o, deal->counterparty, deal->class, CHI_O(o, deal_in, d));
        CHI_O(o, deal_arrears_out, d) =
            not_paid(o, deal->creator, deal->class, CHI_O(o, deal_out, d));
        note_arrears(o, d, deal->counterparty, deal->creator, CHI_O(o, deal_arrears_in, d));
        note_arrears(o, d, deal->creator, deal->counterparty, CHI_O(o, deal_arrears_out, d));
        if (deal->type == CHI_DEAL_STK)
            pay_dividend(o, d);
    }
}

double chi_oracle_deal_arrears(const chi_oracle *o, uint32_t firm)
{
    double owed = 0.0;
    for (uint32_t d = 0; d < o->plan->counts.deals; d++) {
        if (o->plan->model->deal[d].counterparty == firm)
            owed = owed + CHI_O(o, deal_arrears_in, d);
        if (o->plan->model->deal[d].creator == firm)
            owed = owed + CHI_O(o, deal_arrears_out, d);
    }
    return owed;
}

/* The oracle's opening state and steps 4 to 8: fund, clear, test, fall. */
#include "engine/oracle.h"

#include "base/check.h"
#include "clear/clear.lane.h"
#include "contract/loan.lane.h"
#include "num/math.lane.h"
#include "num/philox.h"

#include <string.h>

/* --- opening ------------------------------------------------------------------------------ */

void chi_oracle_init(chi_oracle *o, const chi_plan *plan, chi_arena *arena)
{
    memset(o, 0, sizeof *o);
    o->plan = plan;
    double *memory = chi_arena_alloc(arena, chi_state_doubles(&plan->counts, 1) * sizeof(double));
    chi_state_place(&o->state, &plan->counts, 1, memory);
    o->spare = chi_arena_alloc(arena, chi_plan_spare(plan) * sizeof(double));
}

static void start_draws(chi_oracle *o)
{
    double two[2];
    for (uint32_t h = 0; h < o->plan->counts.hazards; h++) {
        chi_uniforms_one(o->seed, o->path, 0, o->plan->hazard[h].stream, two);
        CHI_O(o, hazard, h) = -lane_log(two[0]);
    }
    for (uint32_t c = 0; c < o->plan->model->covenant_count; c++) {
        const chi_covenant *covenant = &o->plan->model->covenant[c];
        double low = covenant->threshold_low, range = covenant->threshold_high - low;
        chi_uniforms_one(o->seed, o->path, 0, covenant->stream, two);
        CHI_O(o, threshold, c) = range == 0.0 ? low : low + range * two[0];
    }
}

void chi_oracle_start(chi_oracle *o, uint64_t seed, uint64_t path)
{
    const ch_model *model = o->plan->model;
    memset(o->state.block, 0, o->state.columns * sizeof(double));
    o->seed = seed;
    o->path = path;
    o->month = 0;
    o->broken = (chi_broken){0};
    for (uint32_t d = 0; d < model->driver_count; d++)
        CHI_O(o, latent, d) = CHI_O(o, driver, d) = model->driver[d].start;
    for (uint32_t f = 0; f < model->firm_count; f++) {
        CHI_O(o, alive, f) = 1.0;
        CHI_O(o, cash, f) = model->firm[f].cash;
        CHI_O(o, restricted, f) = model->firm[f].restricted_cash;
        CHI_O(o, property, f) = model->firm[f].property;
        for (size_t k = 0; k < CHI_CLASSES; k++)
            CHI_O(o, paid, f * CHI_CLASSES + k) = 1.0;
    }
    for (uint32_t l = 0; l < model->loan_count; l++) {
        bool stands = model->loan[l].initial_exchange <= model->start;
        CHI_O(o, notional, l) = stands ? model->loan[l].notional : 0.0;
        CHI_O(o, accrued, l) = stands ? model->loan[l].accrued : 0.0;
        CHI_O(o, rate, l) = o->plan->rate_start[l];
        CHI_O(o, promised, l) = CHI_O(o, per_promised, l) = 1.0;
    }
    for (uint32_t c = 0; c < model->customer_count; c++) {
        CHI_O(o, live, c) = 1.0;
        CHI_O(o, advance, c) = model->customer[c].advance_open;
    }
    chi_oracle_start_deals(o);
    start_draws(o);
    chi_path_open(&(chi_path){.plan = o->plan, .state = &o->state, .spare = o->spare});
}

/* --- 4: fund ------------------------------------------------------------------------------ */

/* `amount` more on a pair, and in the sums that funding looks at. */
static void owe(chi_oracle *o, uint32_t p, double amount)
{
    const chi_pair *pair = &o->plan->pair[p];
    uint32_t debtor = o->plan->sim_of_firm[pair->debtor];
    uint32_t creditor = o->plan->sim_of_firm[pair->creditor];
    if (debtor != CHI_NONE)
        CHI_O(o, class_due, debtor * CHI_CLASSES + pair->class) += amount;
    if (creditor != CHI_NONE)
        CHI_O(o, expected, creditor) += amount;
}

/* Lenders that have not failed owe their shares of `face`; returns what is still needed. */
static double lend(chi_oracle *o, uint32_t row, double face, double proceeds, double need)
{
    const ch_model *model = o->plan->model;
    const chi_loan *loan = &model->loan[row];
    for (uint32_t s = loan->lenders.first; s < loan->lenders.first + loan->lenders.count; s++) {
        const chi_share *share = &model->share[s];
        double part = CHI_O(o, alive, share->firm) * (share->fraction * proceeds * face);
        CHI_O(o, pair, o->plan->share_draw_pair[s]) += part;
        owe(o, o->plan->share_draw_pair[s], part);
        need = need - part;
        if (part != 0.0)
            chi_ledger_add(o->ledger,
                loan->kind == CHI_LOAN_ISSUED ? CHI_ENTRY_ISSUE : CHI_ENTRY_DRAW, CHI_OF_LOAN, row,
                share->firm, loan->borrower, part);
    }
    return need;
}

static double draw(chi_oracle *o, uint32_t row, double need)
{
    const chi_loan *loan = &o->plan->model->loan[row];
    if (!o->plan->can_draw[(size_t)row * o->plan->months + o->month])
        return need;
    bool revolves = loan->kind == CHI_LOAN_REVOLVER;
    double most = loan->commitment - loan->other_use - (revolves ? 0.0 : loan->notional);
    double limit =
        CHI_O(o, alive, loan->borrower) *
        lane_select(CHI_O(o, stopped, row), 0.0, lane_max(most - chi_oracle_used(o, row), 0.0));
    if (loan->condition != CHI_NONE)
        limit = limit * lane_le(0.0, chi_oracle_compared(o, loan->condition, loan->borrower));
    double face = lane_draw_face(need, CHI_O(o, per_promised, row), limit);
    CHI_O(o, draw, row) += face;
    return lend(o, row, face, 1.0, need);
}

static double issue(chi_oracle *o, uint32_t row, double need)
{
    const chi_plan *plan = o->plan;
    const chi_loan *loan = &plan->model->loan[row];
    const chi_market *market = &plan->model->market[loan->market];
    uint32_t firm = loan->borrower;
    if (!plan->can_draw[(size_t)row * plan->months + o->month])
        return need;
    double open = !plan->shut[(size_t)loan->market * plan->months + o->month];
    if (market->chain != CHI_NONE)
        open = open * lane_lt(0.5, CHI_O(o, driver, market->chain));
    if (CHI_O(o, alive, firm) * lane_lt(0.0, need) * lane_le(open, 0.0) != 0.0) {
        CHI_O(o, blocked, firm) = chi_plan_root(plan, CHI_ROOT_SHUT, loan->market);
        chi_ledger_add(o->ledger, CHI_ENTRY_SHUT, CHI_OF_MARKET, loan->market, firm, firm, need);
    }
    open = lane_select(CHI_O(o, stopped, row), 0.0, CHI_O(o, alive, firm) * open);
    double proceeds = 1.0 - market->discount;
    double face = open * lane_min(lane_max(need, 0.0) * (1.0 / proceeds),
                             lane_max(chi_oracle_value(o, &market->capacity), 0.0));
    double new_rate = chi_oracle_value(o, &market->spread);
    if (market->base != CHI_NONE)
        new_rate = CHI_O(o, driver, market->base) + new_rate;
    CHI_O(o, rate, row) =
        lane_loan_pool_rate(CHI_O(o, notional, row), CHI_O(o, rate, row), face, new_rate);
    CHI_O(o, draw, row) = face;
    return lend(o, row, face, proceeds, need);
}

/* Uncommitted capex due this month, without what is in arrears. */
static double fresh(const chi_oracle *o, uint32_t line)
{
    return CHI_O(o, line_due, line) - CHI_O(o, line_arrears, line);
}

static double defer(chi_oracle *o, uint32_t firm, double need)
{
    const ch_model *model = o->plan->model;
    chi_slice lines = model->firm[firm].lines;
    double total = 0.0;
    for (uint32_t k = lines.first; k < lines.first + lines.count; k++)
        if (model->line[k].kind == CHI_LINE_CAPEX_UNCOMMITTED)
            total = total + fresh(o, k);
    double wanted = lane_min(lane_max(need, 0.0), total);
    double fraction = wanted / lane_select(lane_lt(0.0, total), total, 1.0);
    for (uint32_t k = lines.first; k < lines.first + lines.count; k++)
        if (model->line[k].kind == CHI_LINE_CAPEX_UNCOMMITTED) {
            double cut = -(fraction * fresh(o, k));
            CHI_O(o, line_due, k) += cut;
            CHI_O(o, pair, o->plan->line_pair[k]) += cut;
            owe(o, o->plan->line_pair[k], cut);
            chi_ledger_add(o->ledger, CHI_ENTRY_DEFERRED, CHI_OF_LINE, k, firm, firm, -cut);
        }
    return need - wanted;
}

static void fund_firm(chi_oracle *o, uint32_t sim)
{
    const ch_model *model = o->plan->model;
    uint32_t firm = o->plan->firm_of_sim[sim];
    const chi_firm *terms = &model->firm[firm];
    const double *due = &CHI_O(o, class_due, sim * CHI_CLASSES);
    double need = CHI_O(o, alive, firm) * lane_need(chi_oracle_value(o, &terms->target),
                                              due[0] + due[1] + due[2] + due[3],
                                              CHI_O(o, cash, firm), CHI_O(o, expected, sim));
    for (uint32_t r = terms->rungs.first; r < terms->rungs.first + terms->rungs.count; r++) {
        const chi_rung *rung = &model->rung[r];
        need = rung->kind == CHI_RUNG_DRAW       ? draw(o, rung->loan, need)
               : rung->kind == CHI_RUNG_ISSUE    ? issue(o, rung->loan, need)
               : rung->kind == CHI_RUNG_WITHDRAW ? chi_oracle_withdraw(o, rung->loan, need)
                                                 : defer(o, firm, need);
    }
    CHI_O(o, need, sim) = need;
    for (uint32_t k = terms->lines.first; k < terms->lines.first + terms->lines.count; k++)
        if (model->line[k].kind == CHI_LINE_CAPEX_UNCOMMITTED)
            CHI_O(o, property, firm) += fresh(o, k);
    if (lane_lt(CHI_PAY_SLACK, need) == 0.0)
        CHI_O(o, blocked, firm) = 0.0;
    else
        chi_ledger_add(o->ledger, CHI_ENTRY_SHORT, CHI_OF_FIRM, firm, firm, firm, need);
}

static void fund(chi_oracle *o)
{
    const chi_plan *plan = o->plan;
    for (size_t k = 0; k < plan->counts.sims * CHI_CLASSES; k++)
        CHI_O(o, class_due, k) = 0.0;
    for (size_t k = 0; k < plan->counts.sims; k++)
        CHI_O(o, expected, k) = 0.0;
    for (uint32_t p = 0; p < plan->counts.pairs; p++)
        owe(o, p, CHI_O(o, pair, p));
    for (uint32_t l = 0; l < plan->model->loan_count; l++) {
        size_t at = (size_t)l * plan->months + o->month;
        if (plan->lend[at] != 0.0 || plan->can_draw[at])
            CHI_O(o, draw, l) = CHI_O(o, alive, plan->model->loan[l].borrower) * plan->lend[at];
        if (plan->lend[at] != 0.0)
            (void)lend(o, l, CHI_O(o, draw, l), 1.0, 0.0);
    }
    for (uint32_t s = 0; s < plan->counts.sims; s++)
        fund_firm(o, s);
}

/* --- 5: clear ----------------------------------------------------------------------------- */

static chi_path rare(chi_oracle *o)
{
    return (chi_path){.plan = o->plan,
        .state = &o->state,
        .month = o->month,
        .months_closed = o->month + 1,
        .ledger = o->ledger,
        .spare = o->spare,
        .lost = o->lost,
        .context = o->context,
        .path_number = o->path};
}

static bool is_short(const chi_oracle *o, uint32_t sim)
{
    const double *due = &CHI_O(o, class_due, sim * CHI_CLASSES);
    return lane_is_short(CHI_O(o, cash, o->plan->firm_of_sim[sim]) + CHI_O(o, expected, sim),
               due[0] + due[1] + due[2] + due[3]) != 0.0;
}

static double not_paid(const chi_oracle *o, uint32_t debtor, uint32_t class, double due)
{
    return due * (1.0 - CHI_O(o, paid, (size_t)debtor * CHI_CLASSES + class));
}

static void note_arrears(
    chi_oracle *o, chi_subject subject, uint32_t row, uint32_t from, uint32_t to, double arrears)
{
    if (arrears > 0.0)
        chi_ledger_add(o->ledger, CHI_ENTRY_ARREARS, subject, row, from, to, arrears);
}

static void book_arrears(chi_oracle *o)
{
    const ch_model *model = o->plan->model;
    for (uint32_t c = 0; c < model->customer_count; c++) {
        const chi_customer *customer = &model->customer[c];
        CHI_O(o, customer_arrears, c) =
            not_paid(o, customer->buyer, customer->class, CHI_O(o, customer_due, c));
        note_arrears(o, CHI_OF_CUSTOMER, c, customer->buyer, customer->seller,
            CHI_O(o, customer_arrears, c));
    }
    for (uint32_t l = 0; l < model->loan_count; l++) {
        const chi_loan *loan = &model->loan[l];
        CHI_O(o, loan_arrears, l) = not_paid(o, loan->borrower, loan->class, CHI_O(o, loan_due, l));
        note_arrears(o, CHI_OF_LOAN, l, loan->borrower, model->share[loan->lenders.first].firm,
            CHI_O(o, loan_arrears, l));
    }
    for (uint32_t k = 0; k < model->line_count; k++) {
        const chi_line *line = &model->line[k];
        if (line->kind == CHI_LINE_DEPRECIATION)
            continue;
        CHI_O(o, line_arrears, k) =
            not_paid(o, chi_line_debtor(line), line->class, CHI_O(o, line_due, k));
        note_arrears(o, CHI_OF_LINE, k, chi_line_debtor(line), chi_line_creditor(line),
            CHI_O(o, line_arrears, k));
    }
}

static void book_draws(chi_oracle *o)
{
    const chi_plan *plan = o->plan;
    for (uint32_t l = 0; l < plan->model->loan_count; l++) {
        const chi_loan *loan = &plan->model->loan[l];
        size_t at = (size_t)l * plan->months + o->month;
        if (!plan->can_draw[at] && plan->lend[at] == 0.0)
            continue;
        if (chi_plan_forgoes(plan, l))
            CHI_O(o, forgone, l) += CHI_O(o, draw, l) * (1.0 - CHI_O(o, promised, l));
        for (uint32_t s = loan->lenders.first; s < loan->lenders.first + loan->lenders.count; s++) {
            const chi_share *share = &plan->model->share[s];
            double got = CHI_O(o, alive, share->firm) * (share->fraction * CHI_O(o, draw, l)) *
                         CHI_O(o, paid, (size_t)share->firm * CHI_CLASSES);
            CHI_O(o, notional, l) += got;
            if (plan->lend[at] == 0.0)
                CHI_O(o, drawn, l) += got;
            if (plan->sim_of_firm[share->firm] != CHI_NONE && chi_plan_forgoes(plan, l))
                CHI_O(o, forgone, l) += CHI_O(o, alive, share->firm) *
                                        (share->fraction * CHI_O(o, draw, l)) *
                                        (1.0 - CHI_O(o, paid, (size_t)share->firm * CHI_CLASSES));
        }
    }
}

static void sweep(chi_oracle *o, uint32_t firm)
{
    const ch_model *model = o->plan->model;
    const chi_firm *terms = &model->firm[firm];
    if (!terms->repays_revolvers)
        return;
    double target = chi_oracle_value(o, &terms->target);
    for (uint32_t r = terms->rungs.first; r < terms->rungs.first + terms->rungs.count; r++) {
        uint32_t l = model->rung[r].loan;
        if (model->rung[r].kind != CHI_RUNG_DRAW || model->loan[l].kind != CHI_LOAN_REVOLVER)
            continue;
        double repaid =
            lane_min(CHI_O(o, notional, l), lane_max(CHI_O(o, cash, firm) - target, 0.0));
        CHI_O(o, notional, l) -= repaid;
        chi_slice lenders = model->loan[l].lenders;
        for (uint32_t s = lenders.first; s < lenders.first + lenders.count; s++) {
            double flow = model->share[s].fraction * repaid;
            CHI_O(o, cash, firm) -= flow;
            CHI_O(o, cash, model->share[s].firm) += flow;
            if (flow > 0.0)
                chi_ledger_add(
                    o->ledger, CHI_ENTRY_REPAID, CHI_OF_LOAN, l, firm, model->share[s].firm, flow);
        }
    }
}

static void clear(chi_oracle *o)
{
    const chi_plan *plan = o->plan;
    for (size_t k = 0; k < plan->counts.firms * CHI_CLASSES; k++)
        CHI_O(o, paid, k) = 1.0;
    bool any = false;
    for (uint32_t s = 0; s < plan->counts.sims; s++)
        any = any || is_short(o, s);
    if (any) {
        chi_path path = rare(o);
        chi_path_clear(&path);
        chi_path_costs(&path);
    }
    for (uint32_t s = 0; s < plan->counts.sims; s++)
        for (size_t k = 0; k < CHI_CLASSES; k++) {
            uint32_t firm = plan->firm_of_sim[s];
            CHI_O(o, cash, firm) -=
                CHI_O(o, class_due, s * CHI_CLASSES + k) * CHI_O(o, paid, firm * CHI_CLASSES + k);
        }
    for (uint32_t p = 0; p < plan->counts.pairs; p++) {
        const chi_pair *pair = &plan->pair[p];
        double flow =
            CHI_O(o, pair, p) * CHI_O(o, paid, (size_t)pair->debtor * CHI_CLASSES + pair->class);
        if (plan->sim_of_firm[pair->debtor] == CHI_NONE)
            CHI_O(o, cash, pair->debtor) -= flow;
        CHI_O(o, cash, pair->creditor) += flow;
        if (flow != 0.0)
            chi_ledger_add(
                o->ledger, CHI_ENTRY_PAID, CHI_OF_PAIR, p, pair->debtor, pair->creditor, flow);
    }
    o->paying = false;
    book_arrears(o);
    book_draws(o);
    chi_oracle_book_deals(o);
    for (uint32_t s = 0; s < plan->counts.sims; s++)
        sweep(o, plan->firm_of_sim[s]);
}

/* --- 6 and 7: test and fall ---------------------------------------------------------------- */

static void run_clocks(chi_oracle *o, uint32_t firm)
{
    const ch_model *model = o->plan->model;
    double owed = 0.0;
    for (uint32_t k = 0; k < model->line_count; k++)
        if (chi_line_debtor(&model->line[k]) == firm)
            owed = owed + CHI_O(o, line_arrears, k);
    for (uint32_t c = 0; c < model->customer_count; c++)
        if (model->customer[c].buyer == firm)
            owed = owed + CHI_O(o, customer_arrears, c);
    owed = owed + chi_oracle_deal_arrears(o, firm);
    bool overdue = owed > 0.0;
    CHI_O(o, clock, firm) = owed > 0.0 ? CHI_O(o, clock, firm) + 1.0 : 0.0;
    for (uint32_t l = 0; l < model->loan_count; l++) {
        if (model->loan[l].borrower != firm)
            continue;
        bool late = CHI_O(o, loan_arrears, l) > 0.0;
        if (late && CHI_O(o, loan_clock, l) <= 0.0)
            CHI_O(o, missed_principal, l) = CHI_O(o, principal, l) > 0.0 ? 1.0 : 0.0;
        CHI_O(o, loan_clock, l) = late ? CHI_O(o, loan_clock, l) + 1.0 : 0.0;
        overdue = overdue || late;
    }
    CHI_O(o, overdue, o->plan->sim_of_firm[firm]) = overdue ? 1.0 : 0.0;
}

static void test_covenant(chi_oracle *o, uint32_t c)
{
    const chi_covenant *covenant = &o->plan->model->covenant[c];
    double breach = CHI_O(o, breach, c);
    if (chi_covenant_due(covenant, o->month)) {
        double room = chi_oracle_compared(o, covenant->expr, covenant->firm);
        bool holds = covenant->strict ? room > 0.0 : room >= 0.0;
        breach = CHI_O(o, alive, covenant->firm) * (holds ? 0.0 : breach + 1.0);
    } else {
        breach = breach > 0.0 ? breach + 1.0 : 0.0;
    }
    CHI_O(o, breach, c) = breach;
    if (breach > 0.0 && CHI_O(o, alive, covenant->firm) != 0.0)
        chi_ledger_add(o->ledger, CHI_ENTRY_BREACH, CHI_OF_COVENANT, c, covenant->firm,
            covenant->firm, breach);
}

static void stop_draws(chi_oracle *o, uint32_t l)
{
    const ch_model *model = o->plan->model;
    uint32_t firm = model->loan[l].borrower;
    if (o->plan->sim_of_firm[firm] == CHI_NONE)
        return;
    bool stop = CHI_O(o, overdue, o->plan->sim_of_firm[firm]) != 0.0;
    for (uint32_t c = 0; c < model->covenant_count; c++) {
        const chi_covenant *covenant = &model->covenant[c];
        stop = stop || (covenant->firm == firm && covenant->stops_draws &&
                           (covenant->loan == CHI_NONE || covenant->loan == l) &&
                           CHI_O(o, breach, c) > 0.0);
    }
    if (stop && CHI_O(o, stopped, l) == 0.0)
        chi_ledger_add(o->ledger, CHI_ENTRY_STOPPED, CHI_OF_LOAN, l, firm, firm, 0.0);
    if (CHI_O(o, stopped, l) <= 1.5)
        CHI_O(o, stopped, l) = stop ? 1.0 : 0.0;
}

static bool triggered(const chi_oracle *o, uint32_t firm)
{
    const ch_model *model = o->plan->model;
    bool hit = chi_plan_forced(o->plan, firm, o->month) ||
               CHI_O(o, clock, firm) > model->firm[firm].grace_months;
    for (uint32_t l = 0; l < model->loan_count; l++)
        hit = hit || (model->loan[l].borrower == firm &&
                         CHI_O(o, loan_clock, l) > model->loan[l].grace_months);
    for (uint32_t c = 0; c < model->covenant_count; c++)
        hit = hit || (model->covenant[c].firm == firm && model->covenant[c].defaults &&
                         CHI_O(o, breach, c) > model->covenant[c].cure_months);
    return hit && CHI_O(o, alive, firm) != 0.0;
}

static void test(chi_oracle *o)
{
    const chi_plan *plan = o->plan;
    for (uint32_t s = 0; s < plan->counts.sims; s++)
        run_clocks(o, plan->firm_of_sim[s]);
    for (uint32_t c = 0; c < plan->model->covenant_count; c++)
        test_covenant(o, c);
    for (uint32_t l = 0; l < plan->model->loan_count; l++)
        if (plan->can_draw[(size_t)l * plan->months + o->month])
            stop_draws(o, l);
    for (uint32_t s = 0; s < plan->counts.sims; s++)
        CHI_O(o, trigger, s) = triggered(o, plan->firm_of_sim[s]) ? 1.0 : 0.0;
    chi_path path = rare(o);
    chi_path_test(&path);
    if (plan->counts.marks > 0)
        chi_path_mark(&path);
}

void chi_oracle_month(chi_oracle *o)
{
    CHI_ASSERT(o->month < o->plan->months);
    if (o->ledger)
        o->ledger->month = o->month;
    chi_oracle_draw(o);
    chi_oracle_due(o);
    fund(o);
    clear(o);
    test(o);
    o->month++;
}

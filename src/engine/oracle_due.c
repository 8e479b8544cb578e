/* The oracle's steps 1 to 3: events, drivers, defaults and cancellations drawn, dues. */
#include "engine/oracle.h"

#include "base/check.h"
#include "contract/customer.lane.h"
#include "contract/loan.lane.h"
#include "contract/operations.lane.h"
#include "num/driver.lane.h"
#include "num/philox.h"

static chi_path rare(chi_oracle *o, uint32_t months_closed)
{
    return (chi_path){.plan = o->plan,
        .state = &o->state,
        .month = o->month,
        .months_closed = months_closed,
        .ledger = o->ledger,
        .spare = o->spare,
        .lost = o->lost,
        .context = o->context,
        .path_number = o->path};
}

/* --- expressions -------------------------------------------------------------------------- */

static double debt(const chi_oracle *o, uint32_t firm)
{
    double principal = 0.0, due = 0.0, arrears = 0.0;
    for (uint32_t l = 0; l < o->plan->model->loan_count; l++)
        if (o->plan->model->loan[l].borrower == firm) {
            principal = principal + CHI_O(o, notional, l);
            due = due + CHI_O(o, principal, l);
            arrears = arrears + CHI_O(o, loan_arrears, l);
        }
    return (o->paying ? principal + due : principal) + arrears;
}

static double available(const chi_oracle *o, uint32_t firm)
{
    double sum = 0.0;
    for (uint32_t l = 0; l < o->plan->model->loan_count; l++) {
        const chi_loan *loan = &o->plan->model->loan[l];
        if (loan->borrower == firm && loan->kind == CHI_LOAN_REVOLVER &&
            o->plan->can_draw[(size_t)l * o->plan->months + o->month]) {
            double room = lane_max(loan->commitment - loan->other_use - chi_oracle_used(o, l), 0.0);
            sum = sum + chi_oracle_promised(o, l) * lane_select(CHI_O(o, stopped, l), 0.0, room);
        }
    }
    return sum;
}

static double leaf(const chi_oracle *o, const chi_op *op)
{
    switch (op->code) {
    case CHI_OP_CONST:
        return op->constant;
    case CHI_OP_TABLE:
        return o->plan->model->values[op->index + o->month];
    case CHI_OP_DRIVER:
        return CHI_O(o, driver, op->index);
    case CHI_OP_LINE:
        return CHI_O(o, amount, op->index);
    case CHI_OP_ALIVE:
        return CHI_O(o, alive, op->index);
    case CHI_OP_LIVE:
        return CHI_O(o, live, op->index);
    case CHI_OP_THRESHOLD:
        return CHI_O(o, threshold, op->index);
    default:
        break;
    }
    CHI_ASSERT(op->code == CHI_OP_ITEM);
    switch (op->item) {
    case CHI_ITEM_CASH:
        return CHI_O(o, cash, op->index);
    case CHI_ITEM_PROPERTY:
        return CHI_O(o, property, op->index);
    case CHI_ITEM_DEBT:
        return debt(o, op->index);
    case CHI_ITEM_AVAILABLE:
        return available(o, op->index);
    default:
        return CHI_O(o, item, o->plan->sim_of_firm[op->index] * CHI_ITEM_COUNT + op->item);
    }
}

/* What happens inside an expression that its value does not show. */
typedef struct inside {
    bool swallowed; /* a minimum or maximum was taken of what is not a number */
    bool inherited; /* something named in it was infinite or not a number already */
} inside;

static double evaluate(const chi_oracle *o, uint32_t expr, inside *seen)
{
    const ch_model *model = o->plan->model;
    chi_slice ops = model->expr[expr].ops;
    double stack[CHI_EXPR_DEPTH_MAX + 1] = {0};
    size_t top = 0;
    for (uint32_t k = ops.first; k < ops.first + ops.count; k++) {
        const chi_op *op = &model->op[k];
        if (op->code < CHI_OP_ADD) {
            double value = leaf(o, op);
            seen->inherited = seen->inherited || value - value != 0.0;
            stack[top++] = value;
        } else if (op->code < CHI_OP_NEG) {
            top--;
            double a = stack[top - 1], b = stack[top];
            if (op->code == CHI_OP_MIN || op->code == CHI_OP_MAX)
                seen->swallowed = seen->swallowed || a != a || b != b;
            stack[top - 1] = chi_op_apply(op->code, a, b);
        } else {
            stack[top - 1] = chi_op_apply(op->code, stack[top - 1], 0.0);
        }
    }
    return stack[0];
}

static void note_broken(chi_oracle *o, chi_broken broken)
{
    broken.happened = true;
    if (!o->broken.happened)
        o->broken = broken;
}

double chi_oracle_value(chi_oracle *o, const chi_amount *amount)
{
    inside seen = {0};
    double value = chi_amount_at(o->plan->model, amount, o->month);
    if (amount->expr != CHI_NONE)
        value = value * evaluate(o, amount->expr, &seen);
    if (value - value != 0.0 || seen.swallowed)
        note_broken(o, (chi_broken){.amount = amount,
                           .expr = amount->expr,
                           .infinite = value == value && !seen.swallowed,
                           .inherited = seen.inherited});
    return value;
}

double chi_oracle_compared(chi_oracle *o, uint32_t expr, uint32_t firm)
{
    inside seen = {0};
    double value = evaluate(o, expr, &seen);
    if ((value != value || seen.swallowed) && CHI_O(o, alive, firm) != 0.0)
        note_broken(o, (chi_broken){.expr = expr, .inherited = seen.inherited});
    return value;
}

/* --- 1 and 2: events and drivers ----------------------------------------------------------- */

/* Two months at once, an even one and the odd one after it. */
static void draw_two_months(chi_oracle *o)
{
    const chi_plan *plan = o->plan;
    uint32_t pair = o->month / 2;
    double two[2];
    for (uint32_t r = 0; r < plan->counts.normals; r++) {
        uint32_t stream = plan->model->driver[plan->driver_of_normal[r]].stream;
        chi_normals_one(o->seed, o->path, pair, stream, two);
        CHI_O(o, normal, r) = two[0];
        CHI_O(o, normal_next, r) = two[1];
    }
    for (uint32_t u = 0; u < plan->counts.uniforms; u++) {
        chi_uniforms_one(o->seed, o->path, pair, plan->uniform_stream[u], two);
        CHI_O(o, uniform, u) = two[0];
        CHI_O(o, uniform_next, u) = two[1];
    }
    for (uint32_t j = 0; j < plan->counts.jumps; j++) {
        chi_normals_one(o->seed, o->path, pair, plan->jump_stream[j], two);
        CHI_O(o, jump, j) = two[0];
        CHI_O(o, jump_next, j) = two[1];
    }
}

/* This month's draw of a kind. */
#define DRAWN(o, kind, row) ((o)->month % 2 == 0 ? CHI_O(o, kind, row) : CHI_O(o, kind##_next, row))

/* 0 for a driver without volatility, which draws no normal. */
static double correlated(const chi_oracle *o, uint32_t r)
{
    const ch_model *model = o->plan->model;
    if (r == CHI_NONE)
        return 0.0;
    const double *factor = model->factor + (size_t)r * model->normal_count;
    double sum = 0.0;
    for (uint32_t j = 0; j <= r; j++)
        if (factor[j] != 0.0)
            sum = lane_fma(factor[j], DRAWN(o, normal, j), sum);
    return sum;
}

static double jump_sum(const chi_oracle *o, uint32_t d)
{
    const chi_plan *plan = o->plan;
    if (plan->jump_of_driver[d] == CHI_NONE)
        return 0.0;
    double count = 0.0, u = DRAWN(o, uniform, plan->uniform_of_driver[d]);
    for (uint32_t k = 0; k < plan->jump_terms[d]; k++)
        count = count + lane_lt(plan->jump_cdf[(size_t)d * CHI_JUMPS_MAX + k], u);
    const chi_driver *driver = &plan->model->driver[d];
    return lane_jumps(
        count, driver->jump_mean, driver->jump_volatility, DRAWN(o, jump, plan->jump_of_driver[d]));
}

static double next_value(chi_oracle *o, uint32_t d)
{
    const chi_driver *driver = &o->plan->model->driver[d];
    double x = CHI_O(o, latent, d), dt = CHI_MONTH_YEARS;
    switch (driver->process) {
    case CHI_PATH:
        return chi_amount_at(o->plan->model, &driver->path, o->month);
    case CHI_CHAIN: {
        double opening = lane_max(chi_oracle_value(o, &driver->open_rate), 0.0);
        double shutting = lane_max(chi_oracle_value(o, &driver->shut_rate), 0.0);
        double u = DRAWN(o, uniform, o->plan->uniform_of_driver[d]);
        return lane_le(u, lane_chain_open(x, opening, shutting, dt));
    }
    case CHI_VASICEK:
        return lane_vasicek(x, driver->mean, lane_vasicek_decay(driver->speed, dt),
                   lane_vasicek_deviation(driver->speed, driver->volatility, dt),
                   correlated(o, driver->normal)) +
               jump_sum(o, d);
    default:
        return lane_gbm(x, lane_gbm_growth(driver->drift, driver->volatility, dt),
            driver->volatility * lane_sqrt(dt), correlated(o, driver->normal), jump_sum(o, d));
    }
}

static void cancel(chi_oracle *o, uint32_t customer)
{
    chi_path path = rare(o, o->month);
    chi_path_end_customer(
        &path, customer, chi_plan_root(o->plan, CHI_ROOT_CANCELLED, customer), CHI_ENTRY_CANCELLED);
}

static void draw_hazards(chi_oracle *o)
{
    for (uint32_t h = 0; h < o->plan->counts.hazards; h++) {
        const chi_hazard *hazard = &o->plan->hazard[h];
        double left = CHI_O(o, hazard, h), used = 0.0;
        if (hazard->used)
            used = hazard->used[o->month];
        else
            left = lane_hazard_left(left, chi_oracle_value(o, &hazard->intensity), CHI_MONTH_YEARS);
        double arrives = lane_le(left, used);
        CHI_O(o, hazard, h) = lane_select(arrives, LANE_HAZARD_SPENT, left);
        if (hazard->is_firm)
            CHI_O(o, struck, hazard->row) = CHI_O(o, alive, hazard->row) * arrives;
        else if (CHI_O(o, live, hazard->row) * arrives != 0.0)
            cancel(o, hazard->row);
    }
}

static void strike(chi_oracle *o)
{
    const ch_model *model = o->plan->model;
    for (uint32_t f = 1; f < model->firm_count; f++) {
        const chi_firm *firm = &model->firm[f];
        if (firm->kind != CHI_REDUCED)
            continue;
        if (chi_plan_forced(o->plan, f, o->month))
            CHI_O(o, struck, f) = CHI_O(o, alive, f);
        else if (firm->equity < 1e300)
            CHI_O(o, struck, f) = lane_or(
                CHI_O(o, struck, f), CHI_O(o, alive, f) * lane_le(firm->equity, CHI_O(o, loss, f)));
    }
    chi_path path = rare(o, o->month);
    chi_path_strike(&path);
}

void chi_oracle_draw(chi_oracle *o)
{
    const ch_model *model = o->plan->model;
    for (uint32_t e = 0; e < model->event_count; e++)
        if (model->event[e].kind == CHI_EVENT_CANCEL && model->event[e].month == o->month)
            cancel(o, model->event[e].target);
    if (o->month % 2 == 0)
        draw_two_months(o);
    for (uint32_t d = 0; d < model->driver_count; d++) {
        CHI_O(o, latent, d) = next_value(o, d);
        CHI_O(o, driver, d) =
            CHI_O(o, latent, d) + o->plan->shift[(size_t)d * o->plan->months + o->month];
    }
    draw_hazards(o);
    strike(o);
}

/* --- 3: due ------------------------------------------------------------------------------- */

/* Adds to an item that is kept. */
static void add_item(chi_oracle *o, uint32_t firm, chi_item item, double amount)
{
    uint32_t row = chi_plan_item(o->plan, firm, item);
    if (row != CHI_NONE)
        CHI_O(o, item, row) += amount;
}

/* What a firm earns of an amount when its suppliers do not all deliver. */
static double supplied(const chi_oracle *o, uint32_t firm, double amount)
{
    return o->plan->counts.supplied ? amount * CHI_O(o, output, firm) : amount;
}

static void bill(chi_oracle *o, uint32_t row)
{
    const chi_customer *customer = &o->plan->model->customer[row];
    double due = 0.0, live = CHI_O(o, live, row);
    if (o->month >= customer->first_month && o->month < customer->end_month) {
        double billed = lane_customer_bill(
            live, supplied(o, customer->seller, chi_oracle_value(o, &customer->amount)));
        double credit =
            lane_customer_credit(CHI_O(o, advance, row), customer->advance_share, billed);
        CHI_O(o, advance, row) -= credit;
        due = billed - credit;
        add_item(o, customer->seller, CHI_ITEM_REVENUE, billed);
        add_item(o, customer->buyer, CHI_ITEM_COST, billed);
        chi_ledger_add(o->ledger, CHI_ENTRY_BILL, CHI_OF_CUSTOMER, row, customer->buyer,
            customer->seller, billed);
        chi_ledger_add(o->ledger, CHI_ENTRY_ADVANCE, CHI_OF_CUSTOMER, row, customer->buyer,
            customer->seller, credit);
    }
    if (customer->advance_month == o->month) {
        double paid = live * customer->advance;
        CHI_O(o, advance, row) += paid;
        due += paid;
        chi_ledger_add(o->ledger, CHI_ENTRY_ADVANCE_PAID, CHI_OF_CUSTOMER, row, customer->buyer,
            customer->seller, paid);
    }
    CHI_O(o, customer_due, row) = due;
    CHI_O(o, pair, o->plan->customer_pair[row]) += due;
}

static void accrue_fee(chi_oracle *o, const chi_instant *at)
{
    const chi_loan *loan = &o->plan->model->loan[at->loan];
    if (loan->undrawn_fee == 0.0)
        return;
    int revolves = loan->kind == CHI_LOAN_REVOLVER;
    double limit = loan->commitment - loan->other_use - (revolves ? 0.0 : loan->notional);
    double base =
        chi_oracle_promised(o, at->loan) * lane_max(limit - chi_oracle_used(o, at->loan), 0.0);
    double open = o->plan->can_draw[(size_t)at->loan * o->plan->months + o->month];
    double fee =
        lane_loan_accrue(CHI_O(o, fee, at->loan), at->years, loan->undrawn_fee * open, base);
    CHI_O(o, interest, at->loan) += at->pays * fee;
    CHI_O(o, fee, at->loan) = fee - at->pays * fee;
}

static void loan_instant(chi_oracle *o, const chi_instant *at)
{
    uint32_t l = at->loan;
    const chi_loan *loan = &o->plan->model->loan[l];
    uint32_t lender = o->plan->model->share[loan->lenders.first].firm;
    CHI_O(o, accrued, l) =
        lane_loan_accrue(CHI_O(o, accrued, l), at->years, CHI_O(o, rate, l), CHI_O(o, notional, l));
    double scheduled = at->redemption + at->draw_share * CHI_O(o, drawn, l);
    if (at->redemption != 0.0 || at->draw_share != 0.0 || at->matures != 0.0) {
        double paid = lane_loan_redemption(CHI_O(o, notional, l), scheduled, at->matures);
        CHI_O(o, notional, l) -= paid;
        CHI_O(o, principal, l) += paid;
        chi_ledger_add(
            o->ledger, CHI_ENTRY_PRINCIPAL, CHI_OF_LOAN, l, loan->borrower, lender, paid);
    }
    if (at->pays != 0.0) {
        CHI_O(o, interest, l) += CHI_O(o, accrued, l);
        CHI_O(o, accrued, l) = 0.0;
    }
    if (at->capitalises != 0.0) {
        chi_ledger_add(o->ledger, CHI_ENTRY_CAPITALISED, CHI_OF_LOAN, l, loan->borrower, lender,
            CHI_O(o, accrued, l));
        CHI_O(o, notional, l) += CHI_O(o, accrued, l);
        CHI_O(o, accrued, l) = 0.0;
    }
    if (at->resets != 0.0) {
        CHI_O(o, rate, l) = lane_loan_rate(
            CHI_O(o, driver, loan->index), loan->floor, loan->multiplier, loan->spread);
        if (CHI_O(o, alive, loan->borrower) != 0.0)
            chi_ledger_add(o->ledger, CHI_ENTRY_RATE, CHI_OF_LOAN, l, loan->borrower,
                loan->borrower, CHI_O(o, rate, l));
    }
}

static void loans(chi_oracle *o)
{
    const chi_plan *plan = o->plan;
    for (uint32_t l = 0; l < plan->model->loan_count; l++)
        CHI_O(o, interest, l) = CHI_O(o, principal, l) = 0.0;
    for (uint32_t k = plan->instant_first[o->month]; k < plan->instant_first[o->month + 1]; k++) {
        accrue_fee(o, &plan->instant[k]);
        loan_instant(o, &plan->instant[k]);
    }
    for (uint32_t l = 0; l < plan->model->loan_count; l++) {
        const chi_loan *loan = &plan->model->loan[l];
        double interest = CHI_O(o, interest, l), principal = CHI_O(o, principal, l);
        double due = interest + principal;
        add_item(o, loan->borrower, CHI_ITEM_INTEREST, interest);
        add_item(o, loan->borrower, CHI_ITEM_PRINCIPAL, principal);
        CHI_O(o, loan_due, l) = due;
        for (uint32_t s = loan->lenders.first; s < loan->lenders.first + loan->lenders.count; s++) {
            double *pair = &CHI_O(o, pair, plan->share_pair[s]);
            *pair = lane_fma(plan->model->share[s].fraction, due, *pair);
        }
        if (interest != 0.0)
            chi_ledger_add(o->ledger, CHI_ENTRY_INTEREST, CHI_OF_LOAN, l, loan->borrower,
                plan->model->share[loan->lenders.first].firm, interest);
    }
}

/* Lines that move no money or go both ways; false for the others. */
static bool special_line(chi_oracle *o, uint32_t row, double amount)
{
    const chi_line *line = &o->plan->model->line[row];
    double alive = CHI_O(o, alive, line->firm);
    if (line->kind == CHI_LINE_DEPRECIATION) {
        double charge = lane_line_due(alive, amount);
        add_item(o, line->firm, CHI_ITEM_DEPRECIATION, charge);
        CHI_O(o, property, line->firm) = lane_property_left(CHI_O(o, property, line->firm), charge);
        chi_ledger_add(
            o->ledger, CHI_ENTRY_DEPRECIATION, CHI_OF_LINE, row, line->firm, line->firm, charge);
        return true;
    }
    if (line->kind != CHI_LINE_WORKING_CAPITAL)
        return false;
    double in = CHI_O(o, alive, line->counterparty) * lane_line_due(alive, amount);
    double due = lane_line_due(alive, -amount);
    CHI_O(o, pair, o->plan->line_pair_in[row]) += in;
    CHI_O(o, line_due, row) = due;
    CHI_O(o, pair, o->plan->line_pair[row]) += due;
    chi_ledger_add(o->ledger, CHI_ENTRY_LINE, CHI_OF_LINE, row,
        in > 0.0 ? line->counterparty : line->firm, in > 0.0 ? line->firm : line->counterparty,
        in > 0.0 ? in : due);
    return true;
}

static void line_due(chi_oracle *o, uint32_t row)
{
    const chi_plan *plan = o->plan;
    const chi_line *line = &plan->model->line[row];
    double amount = chi_oracle_value(o, &line->amount);
    if (line->kind == CHI_LINE_REVENUE)
        amount = supplied(o, line->firm, amount);
    CHI_O(o, amount, row) = amount;
    if (special_line(o, row, amount))
        return;
    double due = lane_line_due(CHI_O(o, alive, line->firm), amount);
    if (line->kind == CHI_LINE_REVENUE && line->counterparty != 0) {
        due = CHI_O(o, alive, line->counterparty) * due;
        add_item(o, line->counterparty, CHI_ITEM_COST, due);
    }
    if (line->kind == CHI_LINE_REVENUE)
        add_item(o, line->firm, CHI_ITEM_REVENUE, due);
    if (line->kind == CHI_LINE_COST)
        add_item(o, line->firm, CHI_ITEM_COST, due);
    if (line->kind == CHI_LINE_CAPEX || line->kind == CHI_LINE_CAPEX_UNCOMMITTED)
        add_item(o, line->firm, CHI_ITEM_CAPEX, due);
    if (line->kind == CHI_LINE_CAPEX)
        CHI_O(o, property, line->firm) += due;
    chi_ledger_add(o->ledger, CHI_ENTRY_LINE, CHI_OF_LINE, row, chi_line_debtor(line),
        chi_line_creditor(line), due);
    CHI_O(o, line_due, row) = due;
    CHI_O(o, pair,
        line->kind == CHI_LINE_REVENUE ? plan->line_pair_in[row] : plan->line_pair[row]) += due;
}

/* What was not paid last month is owed again, after all that is new. */
static void add_arrears(chi_oracle *o)
{
    const chi_plan *plan = o->plan;
    const ch_model *model = plan->model;
    for (uint32_t c = 0; c < model->customer_count; c++) {
        CHI_O(o, customer_due, c) += CHI_O(o, customer_arrears, c);
        CHI_O(o, pair, plan->customer_pair[c]) += CHI_O(o, customer_arrears, c);
    }
    for (uint32_t l = 0; l < model->loan_count; l++) {
        chi_slice lenders = model->loan[l].lenders;
        CHI_O(o, loan_due, l) += CHI_O(o, loan_arrears, l);
        for (uint32_t s = lenders.first; s < lenders.first + lenders.count; s++)
            CHI_O(o, pair, plan->share_pair[s]) +=
                model->share[s].fraction * CHI_O(o, loan_arrears, l);
    }
    for (uint32_t k = 0; k < model->line_count; k++) {
        bool in = model->line[k].kind == CHI_LINE_REVENUE;
        if (model->line[k].kind == CHI_LINE_DEPRECIATION)
            continue;
        CHI_O(o, line_due, k) += CHI_O(o, line_arrears, k);
        CHI_O(o, pair, in ? plan->line_pair_in[k] : plan->line_pair[k]) +=
            CHI_O(o, line_arrears, k);
    }
    chi_oracle_add_deal_arrears(o);
}

void chi_oracle_due(chi_oracle *o)
{
    const chi_plan *plan = o->plan;
    for (size_t k = 0; k < plan->counts.sims * CHI_ITEM_COUNT; k++)
        CHI_O(o, item, k) = 0.0;
    for (size_t k = 0; k < plan->counts.pairs; k++)
        CHI_O(o, pair, k) = 0.0;
    if (plan->counts.supplied > 0) {
        chi_path path = rare(o, o->month);
        chi_path_supply(&path);
    }
    for (uint32_t c = 0; c < plan->model->customer_count; c++)
        bill(o, c);
    loans(o);
    chi_oracle_due_deals(o);
    o->paying = true;
    for (uint32_t k = 0; k < plan->model->line_count; k++)
        line_due(o, k);
    add_arrears(o);
}

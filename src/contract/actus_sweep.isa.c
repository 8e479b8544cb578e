/* Column loops over the ACTUS lanes, one copy per instruction set. The choice of the operation
 * stands outside the loop; inside there is only arithmetic on columns of one block. */
#include "contract/actus_joint.h"
#include "num/isa.h"

#include <string.h>

void CHI_ISA_NAME(chi_actus_step_columns)(
    const chi_actus_step *step, chi_actus_columns *columns, double *payoff);
void CHI_ISA_NAME(chi_actus_sweep_block)(const chi_actus_book *book, const chi_actus_plan *plan,
    const chi_actus_valuation *v, size_t at);
void CHI_ISA_NAME(chi_actus_sweep_joint_block)(const chi_actus_book *book,
    const chi_actus_joint *joint, const chi_actus_valuation *v, chi_actus_columns *states,
    size_t at);

CH_LANE chi_actus_flow pay(chi_actus_state s, double payoff)
{
    return (chi_actus_flow){s, payoff};
}

CH_LANE chi_actus_flow keep(chi_actus_state s)
{
    return (chi_actus_flow){s, 0.0};
}

/* A loop over the block in which `flow` is set from `s`, the state after accrual. */
#define COLUMNS(accrued, body)                                                                     \
    CHI_LOOP for (int i = 0; i < CHI_ACTUS_BLOCK; i++)                                             \
    {                                                                                              \
        chi_actus_state s = lane_actus_load(columns, i);                                           \
        s = accrued;                                                                               \
        chi_actus_flow flow;                                                                       \
        body;                                                                                      \
        lane_actus_store(columns, i, flow.state);                                                  \
        payoff[i] = flow.payoff;                                                                   \
    }                                                                                              \
    return

#define LOAN(body) COLUMNS(lane_actus_accrue(s, y, c.fee_rate), body)
#define SWAP(body) COLUMNS(lane_actus_swap_accrue(s, &c, y), body)
#define PLAIN(body) COLUMNS(s, body)

/* The level payment: sums over the dates that are left run backwards, columns innermost. */
static void fix_annuity(
    const chi_actus_step *step, chi_actus_columns *restrict columns, double *restrict payoff)
{
    const double y = step->event->years, fee_rate = step->constants->fee_rate;
    const double to_next = step->event->amount;
    chi_actus_annuity a[CHI_ACTUS_BLOCK];
    for (int i = 0; i < CHI_ACTUS_BLOCK; i++)
        a[i] = (chi_actus_annuity){1.0, 1.0};
    for (uint32_t k = step->year_count; k-- > 0;) {
        const double years = step->years[k];
        for (int i = 0; i < CHI_ACTUS_BLOCK; i++)
            a[i] = lane_actus_annuity_step(a[i], columns->ipnr[i], years);
    }
    for (int i = 0; i < CHI_ACTUS_BLOCK; i++) {
        chi_actus_state s = lane_actus_accrue(lane_actus_load(columns, i), y, fee_rate);
        s.prnxt = lane_actus_annuity(s, a[i], to_next);
        lane_actus_store(columns, i, s);
        payoff[i] = 0.0;
    }
}

/* Loans: what the standard has no equations for. */
static void loan_own(
    const chi_actus_step *step, chi_actus_columns *restrict columns, double *restrict payoff)
{
    const chi_actus_constants c = *step->constants;
    const double y = step->event->years, amount = step->event->amount;
    switch (step->event->op) {
    case CHI_ACTUS_OP_PENALTY_FIXED:
        LOAN(flow = pay(s, amount));
    case CHI_ACTUS_OP_PREPAY:
        LOAN(flow = lane_actus_prepay(s, &c, amount));
    case CHI_ACTUS_OP_PENALTY:
        LOAN(flow = pay(s, lane_actus_penalty(s, &c, amount)));
    case CHI_ACTUS_OP_DRAW:
        LOAN(flow = lane_actus_draw(s, &c, amount));
    case CHI_ACTUS_OP_INTEREST_ADVANCE:
        LOAN(flow = lane_actus_interest_advance(s, amount));
    case CHI_ACTUS_OP_INTEREST_PART:
        LOAN(flow = lane_actus_interest_part(s, amount));
    case CHI_ACTUS_OP_PIK_MARGIN:
        LOAN(s.ipac = s.ipac + amount * s.ipcb; flow = keep(s));
    default: /* CREDIT_EVENT, CURE */
        LOAN(s.ipnr = s.ipnr + amount; flow = keep(s));
    }
}

/* Loans: notional, interest, redemption. */
static void loan(
    const chi_actus_step *step, chi_actus_columns *restrict columns, double *restrict payoff)
{
    const chi_actus_constants c = *step->constants;
    const double y = step->event->years, amount = step->event->amount;
    switch (step->event->op) {
    case CHI_ACTUS_OP_IED:
        PLAIN(flow = lane_actus_exchange(s, &c, amount));
    case CHI_ACTUS_OP_REDEEM:
        LOAN(flow = lane_actus_redeem(s, &c, 0.0));
    case CHI_ACTUS_OP_REDEEM_NET:
        LOAN(flow = lane_actus_redeem(s, &c, 1.0));
    case CHI_ACTUS_OP_REDEEM_STEP:
        LOAN(flow = lane_actus_redeem_step(s, &c, amount));
    case CHI_ACTUS_OP_INCREASE_STEP:
        LOAN(flow = lane_actus_increase_step(s, &c, amount));
    case CHI_ACTUS_OP_INTEREST:
        LOAN(flow = lane_actus_interest(s));
    case CHI_ACTUS_OP_CAPITALISE:
        LOAN(flow = lane_actus_capitalise(s, &c));
    case CHI_ACTUS_OP_RESET_KNOWN:
        LOAN(s.ipnr = amount; flow = keep(s));
    case CHI_ACTUS_OP_ANNUITY:
        fix_annuity(step, columns, payoff);
        return;
    case CHI_ACTUS_OP_BASE:
        LOAN(s.ipcb = s.nt; flow = keep(s));
    case CHI_ACTUS_OP_MATURE:
    case CHI_ACTUS_OP_CALL_SETTLE:
        LOAN(flow = lane_actus_mature(s));
    case CHI_ACTUS_OP_TERMINATE:
        LOAN(flow = lane_actus_terminate(s, c.role, amount));
    case CHI_ACTUS_OP_PURCHASE:
        LOAN(flow = pay(s, lane_actus_purchase(s, c.role, amount)));
    case CHI_ACTUS_OP_FEE_FIXED:
        LOAN(flow = pay(s, amount));
    case CHI_ACTUS_OP_FEE_ACCRUED:
        LOAN(flow = pay(s, s.feac); flow.state.feac = 0.0);
    case CHI_ACTUS_OP_CALL:
        LOAN(flow = keep(lane_actus_call(s, amount)));
    case CHI_ACTUS_OP_CALL_INTEREST:
        LOAN(flow = lane_actus_called_interest(s));
    case CHI_ACTUS_OP_NOTHING:
        LOAN(flow = keep(s));
    default:
        loan_own(step, columns, payoff);
    }
}

/* The spread of a grid at what is observed. */
static void find_in_grid(
    const chi_actus_step *step, chi_actus_columns *restrict columns, double *restrict payoff)
{
    const chi_actus_constants *c = step->constants;
    const double *restrict market = step->market;
    for (int i = 0; i < CHI_ACTUS_BLOCK; i++) {
        columns->second[i] = c->grid_spreads[0];
        payoff[i] = 0.0;
    }
    for (int k = 0; k < c->grid_count; k++) {
        const double level = c->grid_levels[k], next = c->grid_spreads[k + 1];
        CHI_LOOP for (int i = 0; i < CHI_ACTUS_BLOCK; i++)
        {
            columns->second[i] = lane_actus_grid_step(columns->second[i], market[i], level, next);
        }
    }
}

/* Loans: what looks at the market. */
static void loan_seen(
    const chi_actus_step *step, chi_actus_columns *restrict columns, double *restrict payoff)
{
    const chi_actus_constants c = *step->constants;
    const double y = step->event->years, amount = step->event->amount;
    const double *restrict market = step->market;
    switch (step->event->op) {
    case CHI_ACTUS_OP_RESET:
        LOAN(s.ipnr = lane_actus_reset(s.ipnr, market[i], amount + s.second, &c); flow = keep(s));
    case CHI_ACTUS_OP_RESET_ARREARS:
        PLAIN(s.ipnr = lane_actus_reset(s.ipnr, market[i], amount + s.second, &c);
              flow = keep(lane_actus_accrue(s, y, c.fee_rate)));
    case CHI_ACTUS_OP_GRID:
        find_in_grid(step, columns, payoff);
        return;
    case CHI_ACTUS_OP_INTEREST_TEST:
        LOAN(flow = lane_actus_interest_part(
                 s, lane_actus_cash_share(market[i], c.pik_below, amount)));
    case CHI_ACTUS_OP_PIK_MARGIN_TEST:
        LOAN(s.ipac = s.ipac + lane_select(lane_lt(market[i], c.pik_below), amount, 0.0) * s.ipcb;
             flow = keep(s));
    case CHI_ACTUS_OP_PENALTY_RATE:
        LOAN(flow = pay(s, lane_actus_penalty_rate(s, amount, market[i])));
    default: /* SCALE */
        LOAN(flow = lane_actus_scale(s, &c, market[i]));
    }
}

/* Contracts that are bought and sold rather than lent. */
static void trade(
    const chi_actus_step *step, chi_actus_columns *restrict columns, double *restrict payoff)
{
    const chi_actus_constants c = *step->constants;
    const double amount = step->event->amount;
    const double *restrict market = step->market;
    switch (step->event->op) {
    case CHI_ACTUS_OP_PAY:
        PLAIN(flow = pay(s, amount));
    case CHI_ACTUS_OP_PAY_CLOSE:
        PLAIN(flow = lane_actus_terminate(s, 0.0, 0.0); flow.payoff = amount);
    case CHI_ACTUS_OP_FX: /* kept beside the state by whoever runs the plan */
        PLAIN(flow = pay(s, market[i]));
    case CHI_ACTUS_OP_DIVIDEND:
        PLAIN(flow = pay(s, c.role * market[i]));
    case CHI_ACTUS_OP_FX_SETTLE:
        PLAIN(flow = pay(s, c.notional - market[i] * c.notional2));
    case CHI_ACTUS_OP_EXERCISE:
        PLAIN(s.second = lane_actus_exercise(market[i], &c); flow = keep(s));
    default: /* EXERCISE_SETTLE */
        PLAIN(flow = pay(s, c.role * s.second); flow.state.second = 0.0);
    }
}

static void swap(
    const chi_actus_step *step, chi_actus_columns *restrict columns, double *restrict payoff)
{
    const chi_actus_constants c = *step->constants;
    const double y = step->event->years, amount = step->event->amount;
    const double *restrict market = step->market;
    switch (step->event->op) {
    case CHI_ACTUS_OP_SWAP_START:
        PLAIN(flow = lane_actus_exchange(s, &c, amount); flow.payoff = 0.0);
    case CHI_ACTUS_OP_SWAP_FIXED:
        SWAP(flow = pay(s, s.ipac); flow.state.ipac = 0.0);
    case CHI_ACTUS_OP_SWAP_FLOATING:
        SWAP(flow = pay(s, s.second); flow.state.second = 0.0);
    case CHI_ACTUS_OP_SWAP_NET:
        SWAP(flow = pay(s, s.ipac + s.second); flow.state.ipac = 0.0; flow.state.second = 0.0);
    case CHI_ACTUS_OP_SWAP_RESET:
        SWAP(s.ipnr = lane_actus_reset(s.ipnr, market[i], amount, &c); flow = keep(s));
    case CHI_ACTUS_OP_SWAP_RESET_KNOWN:
        SWAP(s.ipnr = amount; flow = keep(s));
    case CHI_ACTUS_OP_SWAP_PAY:
        SWAP(flow = pay(s, amount));
    case CHI_ACTUS_OP_SWAP_PAY_CLOSE:
        SWAP(flow = lane_actus_terminate(s, 0.0, 0.0); flow.payoff = amount);
    case CHI_ACTUS_OP_SWAP_END:
        SWAP(flow = lane_actus_mature(s); flow.payoff = 0.0; flow.state.second = 0.0);
    default: /* SWAP_NOTHING */
        SWAP(flow = keep(s));
    }
}

/* The loops for one event. */
static void step_event(
    const chi_actus_step *step, uint8_t family, chi_actus_columns *columns, double *payoff)
{
    switch (family) {
    case CHI_FAMILY_LOAN:
        loan(step, columns, payoff);
        return;
    case CHI_FAMILY_LOAN_SEEN:
        loan_seen(step, columns, payoff);
        return;
    case CHI_FAMILY_TRADE:
    case CHI_FAMILY_TRADE_SEEN:
        trade(step, columns, payoff);
        return;
    default:
        swap(step, columns, payoff);
    }
}

void CHI_ISA_NAME(chi_actus_step_columns)(
    const chi_actus_step *step, chi_actus_columns *columns, double *payoff)
{
    step_event(step, chi_actus_families[step->event->op], columns, payoff);
}

static bool pays_nothing(uint8_t op)
{
    return op == CHI_ACTUS_OP_RESET || op == CHI_ACTUS_OP_RESET_KNOWN ||
           op == CHI_ACTUS_OP_ANNUITY || op == CHI_ACTUS_OP_SCALE || op == CHI_ACTUS_OP_BASE ||
           op == CHI_ACTUS_OP_CAPITALISE || op == CHI_ACTUS_OP_SWAP_RESET ||
           op == CHI_ACTUS_OP_SWAP_RESET_KNOWN || op == CHI_ACTUS_OP_RESET_ARREARS;
}

/* sum += payoff * weight */
static void add(double *restrict sum, const double *restrict payoff, const double *restrict weight)
{
    CHI_LOOP for (int i = 0; i < CHI_ACTUS_BLOCK; i++) sum[i] += payoff[i] * weight[i];
}

/* One event of a plan on the block of paths that begins at `at`. */
static void step_plan(const chi_actus_book *book, const chi_actus_plan *plan,
    const chi_actus_event *event, const chi_actus_valuation *v, size_t at,
    chi_actus_columns *columns, double *payoff)
{
    const uint8_t family = chi_actus_families[event->op];
    chi_actus_step step = {event, &plan->constants, NULL, NULL, 0};
    if (family == CHI_FAMILY_LOAN_SEEN || family == CHI_FAMILY_TRADE_SEEN ||
        family == CHI_FAMILY_SWAP_SEEN)
        step.market = v->market + event->slot * v->paths + at;
    if (event->op == CHI_ACTUS_OP_ANNUITY) {
        step.years = book->years.at + event->slot;
        step.year_count = plan->years_end - event->slot;
    }
    step_event(&step, family, columns, payoff);
}

void CHI_ISA_NAME(chi_actus_sweep_block)(
    const chi_actus_book *book, const chi_actus_plan *plan, const chi_actus_valuation *v, size_t at)
{
    chi_actus_columns columns;
    double payoff[CHI_ACTUS_BLOCK], ones[CHI_ACTUS_BLOCK], sum[CHI_ACTUS_BLOCK];
    double arrears[CHI_ACTUS_BLOCK] = {0}, fx[CHI_ACTUS_BLOCK];
    uint32_t late = plan->late;
    chi_actus_columns_set(&columns, plan->start);
    for (int i = 0; i < CHI_ACTUS_BLOCK; i++) {
        ones[i] = 1.0;
        sum[i] = 0.0;
    }
    for (uint32_t e = 0; e < plan->count; e++) {
        const chi_actus_event *event = &book->events.at[plan->first + e];
        step_plan(book, plan, event, v, at, &columns, payoff);
        if (event->hidden == CHI_UNPAID) {
            const double growth = book->years.at[late++];
            for (int i = 0; i < CHI_ACTUS_BLOCK; i++)
                arrears[i] = lane_actus_overdue(arrears[i], payoff[i], growth);
            continue;
        }
        if (event->op == CHI_ACTUS_OP_CURE)
            for (int i = 0; i < CHI_ACTUS_BLOCK; i++) {
                payoff[i] = arrears[i];
                arrears[i] = 0.0;
            }
        if (event->op == CHI_ACTUS_OP_FX)
            memcpy(fx, payoff, sizeof fx);
        if (event->hidden || pays_nothing(event->op))
            continue;
        if (plan->converts)
            for (int i = 0; i < CHI_ACTUS_BLOCK; i++)
                payoff[i] = payoff[i] * fx[i];
        uint32_t row = v->weight_rows ? v->weight_rows[e] : e;
        add(sum, payoff, v->weights ? v->weights + row * v->paths + at : ones);
    }
    for (int i = 0; i < CHI_ACTUS_BLOCK; i++)
        v->value[at + (size_t)i] = sum[i];
}

/* What a contract made of contracts keeps beside the states of its parts. */
typedef struct registers {
    double payoff[CHI_ACTUS_BLOCK], held[CHI_ACTUS_BLOCK], exposure[CHI_ACTUS_BLOCK];
    double collateral[CHI_ACTUS_BLOCK], claim[CHI_ACTUS_BLOCK], fee[CHI_ACTUS_BLOCK];
} registers;

#define EACH(body)                                                                                 \
    CHI_LOOP for (int i = 0; i < CHI_ACTUS_BLOCK; i++)                                             \
    {                                                                                              \
        body;                                                                                      \
    }                                                                                              \
    return

/* Joins that move a part, after its event. */
static void join_payoffs(
    const chi_actus_joint *joint, const chi_actus_join *join, registers *restrict r)
{
    const double role = joint->role;
    switch (join->action) {
    case CHI_JOIN_HOLD:
        EACH(r->held[i] = r->payoff[i]);
    case CHI_JOIN_NET:
        EACH(r->payoff[i] = r->held[i] + r->payoff[i]);
    case CHI_JOIN_DIFFERENCE:
        EACH(r->payoff[i] = lane_actus_difference(r->held[i], r->payoff[i], role));
    default: /* EVENT */
        return;
    }
}

/* The events of a part that a join runs through, up to `end`. */
static void join_events(const chi_actus_book *book, const chi_actus_joint *joint,
    const chi_actus_join *join, uint32_t end, const chi_actus_valuation *v, size_t at,
    chi_actus_columns *states, double *payoff)
{
    const chi_actus_plan *plan = chi_actus_part_plan(book, joint, join->part);
    for (uint32_t e = join->from; e < end; e++)
        step_plan(
            book, plan, &book->events.at[plan->first + e], v, at, &states[join->part], payoff);
}

/* Joins of CEG and CEC. */
static void join_cover(const chi_actus_joint *joint, const chi_actus_join *join, double sign,
    const chi_actus_columns *restrict part, const double *restrict market, registers *restrict r)
{
    const double amount = join->amount, role = joint->role, ratio = joint->ratio;
    const double rate = joint->fee_rate, interest = joint->counts_interest ? 1.0 : 0.0;
    switch (join->action) {
    case CHI_JOIN_PAY:
        EACH(r->payoff[i] = amount);
    case CHI_JOIN_EXPOSE:
        EACH(r->exposure[i] = amount);
    case CHI_JOIN_OWED:
        EACH(r->exposure[i] += lane_actus_owed(lane_actus_load(part, i), amount, interest, sign));
    case CHI_JOIN_OBSERVED:
        EACH(r->exposure[i] += amount * market[i]);
    case CHI_JOIN_STATED:
        EACH(r->exposure[i] += amount);
    case CHI_JOIN_COVER:
        EACH(r->collateral[i] += amount * market[i]);
    case CHI_JOIN_COVER_STATED:
        EACH(r->collateral[i] += amount);
    case CHI_JOIN_CLAIM:
        if (joint->has_collateral) {
            EACH(r->claim[i] =
                     lane_actus_claim_secured(r->exposure[i], r->collateral[i], ratio, role));
        }
        EACH(r->claim[i] = lane_actus_claim(r->exposure[i], ratio, role));
    case CHI_JOIN_CLAIM_STATED:
        EACH(r->claim[i] = amount);
    case CHI_JOIN_FEE:
        EACH(r->payoff[i] = lane_actus_cover_fee(rate, r->exposure[i], amount));
    case CHI_JOIN_FEE_ACCRUED:
        EACH(r->fee[i] = lane_actus_cover_fee(rate, r->exposure[i], amount));
    case CHI_JOIN_FEE_STATED:
        EACH(r->fee[i] = amount);
    default: /* SETTLE */
        EACH(r->payoff[i] = r->claim[i] + r->fee[i]);
    }
}

void CHI_ISA_NAME(chi_actus_sweep_joint_block)(const chi_actus_book *book,
    const chi_actus_joint *joint, const chi_actus_valuation *v, chi_actus_columns *states,
    size_t at)
{
    registers r = {0};
    double ones[CHI_ACTUS_BLOCK], sum[CHI_ACTUS_BLOCK];
    for (size_t p = 0; p < joint->part_count; p++)
        chi_actus_columns_set(&states[p], chi_actus_part_plan(book, joint, p)->start);
    for (int i = 0; i < CHI_ACTUS_BLOCK; i++) {
        ones[i] = 1.0;
        sum[i] = 0.0;
    }
    for (size_t k = 0; k < joint->count; k++) {
        const chi_actus_join *join = &book->joins.at[joint->first + k];
        if (join->action <= CHI_JOIN_DIFFERENCE) {
            join_events(book, joint, join, join->at + 1, v, at, states, r.payoff);
            join_payoffs(joint, join, &r);
        } else {
            double sign = 1.0; /* of what a part owes */
            if (join->action == CHI_JOIN_OWED) {
                join_events(book, joint, join, join->at, v, at, states, r.payoff);
                sign = chi_actus_part_plan(book, joint, join->part)->constants.role;
            }
            bool observes = join->action == CHI_JOIN_OBSERVED || join->action == CHI_JOIN_COVER;
            const double *market = observes ? v->market + join->at * v->paths + at : NULL;
            join_cover(joint, join, sign, &states[join->part], market, &r);
        }
        if (!chi_actus_join_shown[join->action])
            continue;
        size_t row = v->weight_rows ? v->weight_rows[k] : k;
        add(sum, r.payoff, v->weights ? v->weights + row * v->paths + at : ones);
    }
    for (int i = 0; i < CHI_ACTUS_BLOCK; i++)
        v->value[at + (size_t)i] = sum[i];
}

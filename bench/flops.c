/* Counts operations row by row, in the order of src/engine/tile_*.isa.c; the rule is in flops.h. */
#include "flops.h"

enum { /* of src/num/math.lane.h, counted there: a fused multiply-add is two */
    EXP = 35,
    LOG = 30,
    BOX_MULLER = 82, /* two normals */
    UNIFORM = 1
};

typedef struct counter {
    const chi_plan *plan;
    const ch_model *model;
    uint32_t month;
    chi_flops sum;
} counter;

static bool is_sim(const counter *c, uint32_t firm)
{
    return c->plan->sim_of_firm[firm] != CHI_NONE;
}

/* --- expressions ---------------------------------------------------------------------------- */

static double debt(const counter *c, uint32_t firm)
{
    return c->plan->debt_first[firm + 1] - c->plan->debt_first[firm];
}

static double available(const counter *c, uint32_t firm)
{
    double sum = 0.0;
    for (uint32_t l = 0; l < c->model->loan_count; l++)
        if (c->model->loan[l].borrower == firm && c->model->loan[l].kind == CHI_LOAN_REVOLVER &&
            c->plan->can_draw[(size_t)l * c->plan->months + c->month])
            sum += 4; /* limit - notional, max, times alive, add */
    return sum;
}

static double leaf(const counter *c, const chi_op *op)
{
    if (op->code != CHI_OP_ITEM)
        return 0.0;
    return op->item == CHI_ITEM_DEBT        ? debt(c, op->index)
           : op->item == CHI_ITEM_AVAILABLE ? available(c, op->index)
                                            : 0.0;
}

/* Operations of an expression; those between numbers that all paths share are done once a tile. */
static double expr(const counter *c, uint32_t row, bool *column)
{
    bool stack[CHI_EXPR_DEPTH_MAX + 1] = {0};
    size_t top = 0;
    double sum = 0.0;
    chi_slice ops = c->model->expr[row].ops;
    for (uint32_t k = ops.first; k < ops.first + ops.count; k++) {
        const chi_op *op = &c->model->op[k];
        if (op->code < CHI_OP_ADD) {
            stack[top++] = op->code != CHI_OP_CONST && op->code != CHI_OP_TABLE;
            sum += leaf(c, op);
        } else if (op->code < CHI_OP_NEG) {
            top--;
            stack[top - 1] = stack[top - 1] || stack[top];
            sum += stack[top - 1] ? 1.0 : 0.0;
        } else {
            sum += op->code == CHI_OP_ABS && stack[top - 1] ? 1.0 : 0.0;
        }
    }
    *column = stack[0];
    return sum;
}

static double amount(const counter *c, const chi_amount *value)
{
    if (value->expr == CHI_NONE)
        return 0.0;
    bool column;
    double sum = expr(c, value->expr, &column);
    return sum + (column && chi_amount_at(c->model, value, c->month) != 1.0 ? 1.0 : 0.0);
}

static double condition(const counter *c, uint32_t row)
{
    bool column;
    return row == CHI_NONE ? 0.0 : expr(c, row, &column) + 2; /* compare, times the limit */
}

/* --- 1 and 2: drivers ------------------------------------------------------------------------ */

static double correlate(const counter *c, uint32_t row)
{
    double terms = 0.0;
    for (uint32_t j = 0; j <= row; j++)
        terms += c->model->factor[(size_t)row * c->model->normal_count + j] != 0.0;
    return row == 0 ? 0.0 : 2.0 * terms - 1.0;
}

static double driver(const counter *c, uint32_t d)
{
    const chi_driver *row = &c->model->driver[d];
    double sum = 0.0;
    if (row->process == CHI_PATH)
        return 0.0;
    if (c->plan->shift[(size_t)d * c->plan->months + c->month] != 0.0)
        sum += 1;
    if (row->process == CHI_CHAIN) /* two maxima, sum, its test, level, step, exp, comparison */
        return sum + amount(c, &row->open_rate) + amount(c, &row->shut_rate) + 10 + EXP;
    sum += correlate(c, row->normal) + (row->process == CHI_VASICEK ? 5 : 3 + EXP);
    if (c->plan->jump_of_driver[d] != CHI_NONE) /* is there a jump? mostly none; added */
        sum += 2;
    return sum;
}

static void count_drivers(counter *c)
{
    const chi_counts *n = &c->plan->counts;
    c->sum.random += (double)(n->normals + n->jumps) * (BOX_MULLER / 2.0 + UNIFORM) +
                     (double)n->uniforms * UNIFORM;
    /* drawn once a path */
    c->sum.random += (double)n->hazards * (LOG + UNIFORM) / c->plan->months;
    for (uint32_t d = 0; d < c->model->driver_count; d++)
        c->sum.drivers += driver(c, d);
    for (uint32_t h = 0; h < n->hazards; h++) {
        const chi_hazard *hazard = &c->plan->hazard[h];
        c->sum.drivers += hazard->used ? 1 : 4 + amount(c, &hazard->intensity);
    }
    for (uint32_t f = 1; f < c->model->firm_count; f++)
        if (c->model->firm[f].kind == CHI_REDUCED && c->model->firm[f].equity < 1e300)
            c->sum.drivers += 2; /* comparison, or */
}

/* --- 3: due ---------------------------------------------------------------------------------- */

static double customer(const counter *c, uint32_t row)
{
    const chi_customer *terms = &c->model->customer[row];
    double sum = 1; /* into the pair */
    if (c->month >= terms->first_month && c->month < terms->end_month)
        sum += 6 + amount(c, &terms->amount) + is_sim(c, terms->seller) + is_sim(c, terms->buyer);
    return sum + (terms->advance_month == c->month ? 4 : 0);
}

static double instant(const counter *c, const chi_instant *at)
{
    const chi_loan *loan = &c->model->loan[at->loan];
    double sum = 3 + (at->pays != 0.0) + (at->capitalises != 0.0) + (at->resets != 0.0 ? 4 : 0);
    if (at->redemption != 0.0 || at->draw_share != 0.0 || at->matures != 0.0)
        sum += 5;
    return sum + (loan->undrawn_fee != 0.0 ? 6 + 4 * (at->pays != 0.0) : 0);
}

static double line(const counter *c, uint32_t row)
{
    const chi_line *terms = &c->model->line[row];
    double sum = amount(c, &terms->amount);
    switch (terms->kind) {
    case CHI_LINE_DEPRECIATION:
        return sum + 5;
    case CHI_LINE_WORKING_CAPITAL:
        return sum + 6;
    case CHI_LINE_CAPEX:
        return sum + 5;
    case CHI_LINE_TAX:
        return sum + 3;
    case CHI_LINE_REVENUE:
        return sum + 4 + (terms->counterparty == 0 ? 0 : 1 + is_sim(c, terms->counterparty));
    default:
        return sum + 4;
    }
}

static void count_due(counter *c)
{
    const chi_plan *plan = c->plan;
    for (uint32_t k = 0; k < c->model->customer_count; k++)
        c->sum.due += customer(c, k);
    for (uint32_t k = plan->instant_first[c->month]; k < plan->instant_first[c->month + 1]; k++)
        c->sum.due += instant(c, &plan->instant[k]);
    for (uint32_t l = 0; l < c->model->loan_count; l++)
        if (plan->has_due[(size_t)l * plan->months + c->month])
            c->sum.due += 1 + 2 * is_sim(c, c->model->loan[l].borrower) +
                          2.0 * c->model->loan[l].lenders.count;
    for (uint32_t k = 0; k < c->model->line_count; k++)
        c->sum.due += line(c, k);
}

/* --- 4: fund --------------------------------------------------------------------------------- */

/* Shares times face times alive, into pair, sums and need. */
static double lend(const counter *c, uint32_t l)
{
    return (4.0 + is_sim(c, c->model->loan[l].borrower)) * c->model->loan[l].lenders.count;
}

static double rung(const counter *c, const chi_rung *row, double lines)
{
    if (row->kind == CHI_RUNG_DEFER) /* total, what of it, then each line and its sums */
        return 5 + lines * (2 + 3 + 2);
    const chi_loan *loan = &c->model->loan[row->loan];
    if (!c->plan->can_draw[(size_t)row->loan * c->plan->months + c->month])
        return 0.0;
    if (row->kind == CHI_RUNG_DRAW)
        return 6 + condition(c, loan->condition) + lend(c, row->loan);
    const chi_market *market = &c->model->market[loan->market];
    return 6 + 5 + 8 + (market->base == CHI_NONE ? 0 : 1) + amount(c, &market->capacity) +
           amount(c, &market->spread) + lend(c, row->loan);
}

static void count_fund(counter *c)
{
    const chi_plan *plan = c->plan;
    for (size_t p = 0; p < plan->counts.pairs; p++)
        c->sum.fund += is_sim(c, plan->pair[p].debtor) + is_sim(c, plan->pair[p].creditor);
    for (uint32_t l = 0; l < c->model->loan_count; l++)
        if (plan->lend[(size_t)l * plan->months + c->month] != 0.0)
            c->sum.fund += 1 + lend(c, l);
    for (uint32_t s = 0; s < plan->counts.sims; s++) {
        const chi_firm *firm = &c->model->firm[plan->firm_of_sim[s]];
        double lines = 0.0;
        for (uint32_t k = firm->lines.first; k < firm->lines.first + firm->lines.count; k++)
            lines += c->model->line[k].kind == CHI_LINE_CAPEX_UNCOMMITTED;
        c->sum.fund += 7 + amount(c, &firm->target) + 2 * lines + 1;
        for (uint32_t r = firm->rungs.first; r < firm->rungs.first + firm->rungs.count; r++)
            c->sum.fund += rung(c, &c->model->rung[r], lines);
    }
}

/* --- 5 to 8 ---------------------------------------------------------------------------------- */

static double sweep(const counter *c, const chi_firm *firm)
{
    double sum = amount(c, &firm->target);
    for (uint32_t r = firm->rungs.first; r < firm->rungs.first + firm->rungs.count; r++) {
        const chi_rung *row = &c->model->rung[r];
        if (row->kind == CHI_RUNG_DRAW && c->model->loan[row->loan].kind == CHI_LOAN_REVOLVER)
            sum += 4 + 3.0 * c->model->loan[row->loan].lenders.count;
    }
    return sum;
}

static void count_settle(counter *c)
{
    const chi_plan *plan = c->plan;
    for (uint32_t s = 0; s < plan->counts.sims; s++) {
        const chi_firm *firm = &c->model->firm[plan->firm_of_sim[s]];
        c->sum.settle += 9 + (firm->repays_revolvers ? sweep(c, firm) : 0.0);
        for (uint32_t k = s * CHI_CLASSES; k < (s + 1) * CHI_CLASSES; k++)
            c->sum.settle += plan->outflow_first[k] != plan->outflow_first[k + 1];
    }
    for (size_t p = 0; p < plan->counts.pairs; p++)
        c->sum.settle += 1 + !is_sim(c, plan->pair[p].debtor);
    for (uint32_t l = 0; l < c->model->loan_count; l++) {
        size_t at = (size_t)l * plan->months + c->month;
        if (plan->can_draw[at] || plan->lend[at] != 0.0)
            c->sum.settle += 6.0 * c->model->loan[l].lenders.count;
    }
}

static double stop_draws(const counter *c, uint32_t l)
{
    const chi_loan *loan = &c->model->loan[l];
    double sum = 2;
    for (uint32_t k = 0; k < c->model->covenant_count; k++) {
        const chi_covenant *row = &c->model->covenant[k];
        if (row->firm == loan->borrower && row->stops_draws &&
            (row->loan == CHI_NONE || row->loan == l))
            sum += 2;
    }
    return sum;
}

static void count_close(counter *c)
{
    for (uint32_t k = 0; k < c->model->covenant_count; k++) {
        const chi_covenant *row = &c->model->covenant[k];
        bool column;
        c->sum.close += chi_covenant_due(row, c->month) ? 3 + expr(c, row->expr, &column) : 2;
        c->sum.close += row->defaults ? 2 : 0;
    }
    for (uint32_t l = 0; l < c->model->loan_count; l++)
        if (c->plan->can_draw[(size_t)l * c->plan->months + c->month])
            c->sum.close += stop_draws(c, l);
    c->sum.close += 4.0 * (double)c->plan->counts.sims; /* triggers */
    for (uint32_t f = 0; f < c->model->firm_count; f++) /* conservation */
        c->sum.close += 3 + (c->model->firm[f].restricted_cash != 0.0);
    c->sum.close += 4;
}

chi_flops chi_flops_count(const chi_plan *plan)
{
    counter c = {.plan = plan, .model = plan->model};
    for (c.month = 0; c.month < plan->months; c.month++) {
        count_drivers(&c);
        count_due(&c);
        count_fund(&c);
        count_settle(&c);
        count_close(&c);
    }
    double *const parts[] = {
        &c.sum.random, &c.sum.drivers, &c.sum.due, &c.sum.fund, &c.sum.settle, &c.sum.close};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        *parts[i] /= plan->months;
    return c.sum;
}

double chi_flops_total(const chi_flops *f)
{
    return f->random + f->drivers + f->due + f->fund + f->settle + f->close;
}

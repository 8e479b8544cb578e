/* Expressions and amounts over columns. */
#include "engine/tile.h"

#include "base/check.h"

/* debt = principal of the firm's loans, then what of it is due, then their arrears, in the order of
 * loans. */
static void sum_debt(chi_tile *tile, uint32_t firm, double *out)
{
    const chi_plan *plan = tile->plan;
    const uint32_t *loans = plan->debt + plan->debt_first[firm];
    size_t count = plan->debt_first[firm + 1] - plan->debt_first[firm];
    if (count == 0)
        fill(tile, out, 0.0);
    sum_columns(tile, out, tile->state.notional, loans, count);
    if (tile->paying && count > 0) {
        double *due = CHI_T(tile, scratch, CHI_EXPR_DEPTH_MAX + 3);
        sum_columns(tile, due, tile->state.principal, loans, count);
        CHI_DO(tile, add_to, out, due);
    }
    CHI_RARE(tile, flags->late_count > 0, add_debt_arrears, firm, out);
}

/* From the end of step 3 to the payments nothing moves the debt of a firm, except on contracts by
 * the standard: it is summed once. */
static bool stands_still(const chi_tile *tile, uint32_t firm)
{
    const chi_plan *plan = tile->plan;
    for (uint32_t k = plan->debt_first[firm]; k < plan->debt_first[firm + 1]; k++)
        if (plan->model->loan[plan->debt[k]].kind == CHI_LOAN_ACTUS)
            return false;
    return tile->paying && plan->sim_of_firm[firm] != CHI_NONE;
}

static const double *debt(chi_tile *tile, uint32_t firm, double *out)
{
    if (!stands_still(tile, firm)) {
        sum_debt(tile, firm, out);
        return out;
    }
    uint32_t sim = tile->plan->sim_of_firm[firm];
    double *owed = tile->owed + sim * tile->state.stride;
    if (!tile->summed[sim])
        sum_debt(tile, firm, owed);
    tile->summed[sim] = 1;
    return owed;
}

/* available = what the firm's revolvers would still lend. */
static void available(chi_tile *tile, uint32_t firm, double *out)
{
    const ch_model *model = tile->plan->model;
    fill(tile, out, 0.0);
    for (uint32_t l = 0; l < model->loan_count; l++) {
        const chi_loan *loan = &model->loan[l];
        if (loan->borrower != firm || loan->kind != CHI_LOAN_REVOLVER ||
            !tile->plan->can_draw[(size_t)l * tile->plan->months + tile->month])
            continue;
        const double *promised = promised_of(tile, l), *used = used_of(tile, l);
        CHI_DO(tile, available, out, promised, CHI_T(tile, stopped, l), used,
            loan->commitment - loan->other_use);
    }
}

static const double *item(chi_tile *tile, uint32_t firm, uint32_t which, double *out)
{
    switch (which) {
    case CHI_ITEM_CASH:
        return CHI_T(tile, cash, firm);
    case CHI_ITEM_PROPERTY:
        return CHI_T(tile, property, firm);
    case CHI_ITEM_DEBT:
        return debt(tile, firm, out);
    case CHI_ITEM_AVAILABLE:
        available(tile, firm, out);
        return out;
    default:
        return CHI_T(tile, item, tile->plan->sim_of_firm[firm] * CHI_ITEM_COUNT + which);
    }
}

static chi_operand leaf(chi_tile *tile, const chi_op *op, double *out)
{
    const ch_model *model = tile->plan->model;
    switch (op->code) {
    case CHI_OP_CONST:
        return (chi_operand){NULL, op->constant};
    case CHI_OP_TABLE:
        return (chi_operand){NULL, model->values[op->index + tile->month]};
    case CHI_OP_DRIVER:
        return (chi_operand){CHI_T(tile, driver, op->index), 0.0};
    case CHI_OP_ITEM:
        return (chi_operand){item(tile, op->index, op->item, out), 0.0};
    case CHI_OP_LINE:
        return (chi_operand){CHI_T(tile, amount, op->index), 0.0};
    case CHI_OP_ALIVE:
        return (chi_operand){CHI_T(tile, alive, op->index), 0.0};
    case CHI_OP_LIVE:
        return (chi_operand){CHI_T(tile, live, op->index), 0.0};
    case CHI_OP_THRESHOLD:
        return (chi_operand){CHI_T(tile, threshold, op->index), 0.0};
    default:
        CHI_NEVER("not a leaf");
    }
}

/* One binary operation: uniform with uniform stays uniform. */
#define BINARY(kernel, lane)                                                                       \
    do {                                                                                           \
        if (a.column && b.column)                                                                  \
            CHI_DO(tile, kernel##_cc, out, a.column, b.column);                                    \
        else if (a.column)                                                                         \
            CHI_DO(tile, kernel##_cn, out, a.column, b.uniform);                                   \
        else if (b.column)                                                                         \
            CHI_DO(tile, kernel##_nc, out, a.uniform, b.column);                                   \
        else                                                                                       \
            return (chi_operand){NULL, lane(a.uniform, b.uniform)};                                \
        return (chi_operand){out, 0.0};                                                            \
    } while (0)

static chi_operand binary(chi_tile *tile, uint32_t code, chi_operand a, chi_operand b, double *out)
{
    switch (code) {
    case CHI_OP_ADD:
        BINARY(add, lane_expr_add);
    case CHI_OP_SUB:
        BINARY(sub, lane_expr_sub);
    case CHI_OP_MUL:
        BINARY(mul, lane_expr_mul);
    case CHI_OP_DIV:
        BINARY(div, lane_expr_div);
    case CHI_OP_MIN:
        BINARY(min, lane_min);
    case CHI_OP_MAX:
        BINARY(max, lane_max);
    default:
        CHI_NEVER("not a binary operation");
    }
}

static chi_operand unary(chi_tile *tile, uint32_t code, chi_operand a, double *out)
{
    if (!a.column)
        return (chi_operand){NULL, code == CHI_OP_NEG ? -a.uniform : lane_expr_abs(a.uniform)};
    if (code == CHI_OP_NEG)
        CHI_DO(tile, neg, out, a.column);
    else
        CHI_DO(tile, abs, out, a.column);
    return (chi_operand){out, 0.0};
}

/* A comparison with what is not a number comes out one way or the other, and nobody sees it. */
static void note_compared(chi_tile *tile, chi_operand value, uint32_t firm)
{
    const double *counts = CHI_T(tile, alive, firm);
    if (value.column)
        CHI_DO(tile, note_compared, tile->finite, counts, value.column);
    else if (value.uniform != value.uniform)
        CHI_DO(tile, note_compared_n, tile->finite, counts, value.uniform);
}

/* Of finite numbers only a division makes what is not a number: without one nothing is noted. */
static void note_operands(
    chi_tile *tile, const chi_operand *operand, const bool *divides, uint32_t firm)
{
    for (size_t k = 0; k < 2; k++)
        if (divides[k])
            note_compared(tile, operand[k], firm);
}

chi_operand chi_tile_expr(chi_tile *tile, uint32_t expr, size_t base, uint32_t firm)
{
    const ch_model *model = tile->plan->model;
    chi_slice ops = model->expr[expr].ops;
    chi_operand stack[CHI_EXPR_DEPTH_MAX + 1];
    bool divides[CHI_EXPR_DEPTH_MAX + 1]; /* is there a division in the operand? */
    size_t top = 0;
    for (uint32_t k = ops.first; k < ops.first + ops.count; k++) {
        const chi_op *op = &model->op[k];
        if (op->code >= CHI_OP_NEG) {
            stack[top - 1] =
                unary(tile, op->code, stack[top - 1], CHI_T(tile, scratch, base + top - 1));
        } else if (op->code >= CHI_OP_ADD) {
            top--;
            if (op->code == CHI_OP_MIN || op->code == CHI_OP_MAX)
                note_operands(tile, stack + top - 1, divides + top - 1, firm);
            stack[top - 1] = binary(
                tile, op->code, stack[top - 1], stack[top], CHI_T(tile, scratch, base + top - 1));
            divides[top - 1] = divides[top - 1] || divides[top] || op->code == CHI_OP_DIV;
        } else {
            CHI_ASSERT(top < CHI_EXPR_DEPTH_MAX);
            stack[top] = leaf(tile, op, CHI_T(tile, scratch, base + top));
            divides[top] = false;
            top++;
        }
    }
    CHI_ASSERT(top == 1);
    return stack[0];
}

static bool has_division(const ch_model *model, uint32_t expr)
{
    chi_slice ops = model->expr[expr].ops;
    for (uint32_t k = ops.first; k < ops.first + ops.count; k++)
        if (model->op[k].code == CHI_OP_DIV)
            return true;
    return false;
}

chi_operand chi_tile_compared(chi_tile *tile, uint32_t expr, uint32_t firm)
{
    chi_operand value = chi_tile_expr(tile, expr, 0, firm);
    if (has_division(tile->plan->model, expr))
        note_compared(tile, value, firm);
    return value;
}

/* An amount that is infinite or not a number would vanish in the next maximum with zero. */
static void check_amount(chi_tile *tile, chi_operand value)
{
    double nothing = 0.0 * value.uniform;
    if (value.column)
        CHI_DO(tile, note_finite, tile->finite, value.column);
    else if (nothing != 0.0)
        fill(tile, tile->finite, nothing);
}

chi_operand chi_tile_factor(chi_tile *tile, const chi_amount *amount, size_t base)
{
    if (amount->expr == CHI_NONE)
        return (chi_operand){NULL, 1.0};
    chi_operand value = chi_tile_expr(tile, amount->expr, base, 0);
    check_amount(tile, value);
    return value;
}

chi_operand chi_tile_times(
    chi_tile *tile, const chi_amount *amount, chi_operand factor, size_t base)
{
    double uniform = chi_amount_at(tile->plan->model, amount, tile->month);
    if (!factor.column)
        return (chi_operand){NULL, uniform * factor.uniform};
    if (uniform == 1.0)
        return factor;
    double *out = CHI_T(tile, scratch, base);
    CHI_DO(tile, mul_nc, out, uniform, factor.column);
    return (chi_operand){out, 0.0};
}

chi_operand chi_tile_value(chi_tile *tile, const chi_amount *amount, size_t base)
{
    return chi_tile_times(tile, amount, chi_tile_factor(tile, amount, base), base);
}

/* Expressions and amounts over columns. */
#include "engine/tile.h"

#include "base/check.h"
#include "model/expr.lane.h"

/* debt = principal of the firm's loans, then what of it is due, then their arrears, in the order of
 * loans. */
static void debt(chi_tile *tile, uint32_t firm, double *restrict out)
{
    const chi_plan *plan = tile->plan;
    const uint32_t *loans = plan->debt + plan->debt_first[firm];
    size_t count = plan->debt_first[firm + 1] - plan->debt_first[firm];
    if (count == 0)
        fill(tile, out, 0.0);
    sum_columns(tile, out, tile->state.notional, loans, count);
    if (tile->paying && count > 0) {
        double *restrict due = CHI_T(tile, scratch, CHI_EXPR_DEPTH_MAX + 3);
        sum_columns(tile, due, tile->state.principal, loans, count);
        CHI_LANES(tile, i) out[i] = out[i] + due[i];
    }
    for (size_t j = 0; j < tile->late_count; j++) {
        size_t i = tile->late[j];
        double arrears = 0.0;
        for (size_t k = 0; k < count; k++)
            arrears += CHI_AT(&tile->state, loan_arrears, loans[k], i);
        out[i] += arrears;
    }
}

/* available = what the firm's revolvers would still lend. */
static void available(chi_tile *tile, uint32_t firm, double *restrict out)
{
    const ch_model *model = tile->plan->model;
    const double *restrict alive = CHI_T(tile, alive, firm);
    fill(tile, out, 0.0);
    for (uint32_t l = 0; l < model->loan_count; l++) {
        const chi_loan *loan = &model->loan[l];
        if (loan->borrower != firm || loan->kind != CHI_LOAN_REVOLVER ||
            !tile->plan->can_draw[(size_t)l * tile->plan->months + tile->month])
            continue;
        const double *restrict notional = CHI_T(tile, notional, l);
        const double *restrict stopped = CHI_T(tile, stopped, l);
        double limit = loan->commitment - loan->other_use;
        CHI_LANES(tile, i)
        out[i] =
            out[i] + alive[i] * lane_select(stopped[i], 0.0, lane_max(limit - notional[i], 0.0));
    }
}

static const double *item(chi_tile *tile, uint32_t firm, uint32_t which, double *restrict out)
{
    switch (which) {
    case CHI_ITEM_CASH:
        return CHI_T(tile, cash, firm);
    case CHI_ITEM_PROPERTY:
        return CHI_T(tile, property, firm);
    case CHI_ITEM_DEBT:
        debt(tile, firm, out);
        return out;
    case CHI_ITEM_AVAILABLE:
        available(tile, firm, out);
        return out;
    default:
        return CHI_T(tile, item, tile->plan->sim_of_firm[firm] * CHI_ITEM_COUNT + which);
    }
}

static chi_operand leaf(chi_tile *tile, const chi_op *op, double *restrict out)
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
#define BINARY(lane)                                                                               \
    do {                                                                                           \
        const double *x = a.column, *y = b.column;                                                 \
        double p = a.uniform, q = b.uniform;                                                       \
        if (x && y)                                                                                \
            CHI_LANES(tile, i) out[i] = lane(x[i], y[i]);                                          \
        else if (x)                                                                                \
            CHI_LANES(tile, i) out[i] = lane(x[i], q);                                             \
        else if (y)                                                                                \
            CHI_LANES(tile, i) out[i] = lane(p, y[i]);                                             \
        else                                                                                       \
            return (chi_operand){NULL, lane(p, q)};                                                \
        return (chi_operand){out, 0.0};                                                            \
    } while (0)

static chi_operand binary(chi_tile *tile, uint32_t code, chi_operand a, chi_operand b, double *out)
{
    switch (code) {
    case CHI_OP_ADD:
        BINARY(lane_expr_add);
    case CHI_OP_SUB:
        BINARY(lane_expr_sub);
    case CHI_OP_MUL:
        BINARY(lane_expr_mul);
    case CHI_OP_DIV:
        BINARY(lane_expr_div);
    case CHI_OP_MIN:
        BINARY(lane_min);
    case CHI_OP_MAX:
        BINARY(lane_max);
    default:
        CHI_NEVER("not a binary operation");
    }
}

static chi_operand unary(chi_tile *tile, uint32_t code, chi_operand a, double *out)
{
    const double *x = a.column;
    if (!x)
        return (chi_operand){NULL, code == CHI_OP_NEG ? -a.uniform : lane_expr_abs(a.uniform)};
    if (code == CHI_OP_NEG)
        CHI_LANES(tile, i) out[i] = -x[i];
    else
        CHI_LANES(tile, i) out[i] = lane_expr_abs(x[i]);
    return (chi_operand){out, 0.0};
}

chi_operand chi_tile_expr(chi_tile *tile, uint32_t expr, size_t base)
{
    const ch_model *model = tile->plan->model;
    chi_slice ops = model->expr[expr].ops;
    chi_operand stack[CHI_EXPR_DEPTH_MAX + 1];
    size_t top = 0;
    for (uint32_t k = ops.first; k < ops.first + ops.count; k++) {
        const chi_op *op = &model->op[k];
        if (op->code >= CHI_OP_NEG) {
            stack[top - 1] =
                unary(tile, op->code, stack[top - 1], CHI_T(tile, scratch, base + top - 1));
        } else if (op->code >= CHI_OP_ADD) {
            top--;
            stack[top - 1] = binary(
                tile, op->code, stack[top - 1], stack[top], CHI_T(tile, scratch, base + top - 1));
        } else {
            CHI_ASSERT(top < CHI_EXPR_DEPTH_MAX);
            stack[top] = leaf(tile, op, CHI_T(tile, scratch, base + top));
            top++;
        }
    }
    CHI_ASSERT(top == 1);
    return stack[0];
}

/* An amount that is infinite or not a number would vanish in the next maximum with zero. */
static void check_amount(chi_tile *tile, chi_operand value)
{
    double *restrict finite = tile->finite;
    const double *restrict x = value.column;
    double nothing = 0.0 * value.uniform;
    if (x)
        CHI_LANES(tile, i) finite[i] = finite[i] + 0.0 * x[i];
    else if (nothing != 0.0)
        CHI_LANES(tile, i) finite[i] = nothing;
}

chi_operand chi_tile_value(chi_tile *tile, const chi_amount *amount, size_t base)
{
    double uniform = chi_amount_at(tile->plan->model, amount, tile->month);
    if (amount->expr == CHI_NONE)
        return (chi_operand){NULL, uniform};
    chi_operand value = chi_tile_expr(tile, amount->expr, base);
    check_amount(tile, value);
    if (!value.column)
        return (chi_operand){NULL, uniform * value.uniform};
    if (uniform == 1.0)
        return value;
    double *restrict out = CHI_T(tile, scratch, base);
    const double *x = value.column;
    CHI_LANES(tile, i) out[i] = uniform * x[i];
    return (chi_operand){out, 0.0};
}

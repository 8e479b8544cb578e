/* The arithmetic of expressions where the model itself needs it: constants are worked out when a
 * file is read, and descriptions show values at the start. */
#include "model/ops.h"

#include "model/expr.lane.h"

#include <math.h>

double chi_op_apply(uint32_t code, double a, double b)
{
    switch (code) {
    case CHI_OP_ADD:
        return lane_expr_add(a, b);
    case CHI_OP_SUB:
        return lane_expr_sub(a, b);
    case CHI_OP_MUL:
        return lane_expr_mul(a, b);
    case CHI_OP_DIV:
        return lane_expr_div(a, b);
    case CHI_OP_MIN:
        return lane_min(a, b);
    case CHI_OP_MAX:
        return lane_max(a, b);
    case CHI_OP_NEG:
        return -a;
    case CHI_OP_ABS:
        return lane_expr_abs(a);
    default:
        return (double)NAN;
    }
}

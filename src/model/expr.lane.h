/* Expressions, one operation on one path: for the engines, and where the model itself works out a
 * constant. */
#ifndef CHI_MODEL_EXPR_LANE_H
#define CHI_MODEL_EXPR_LANE_H

#include "num/lane.h"

CH_LANE double lane_expr_add(double a, double b)
{
    return a + b;
}

CH_LANE double lane_expr_sub(double a, double b)
{
    return a - b;
}

CH_LANE double lane_expr_mul(double a, double b)
{
    return a * b;
}

CH_LANE double lane_expr_div(double a, double b)
{
    return a / b;
}

CH_LANE double lane_expr_abs(double a)
{
    return lane_select(lane_lt(a, 0.0), -a, a);
}

#endif

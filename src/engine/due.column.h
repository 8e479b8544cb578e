/* Column kernels of step 3: customers, loans, lines. See sums.column.h. */
#ifndef CHI_ENGINE_DUE_COLUMN_H
#define CHI_ENGINE_DUE_COLUMN_H

#include "contract/customer.lane.h"
#include "contract/loan.lane.h"
#include "contract/operations.lane.h"
#include "engine/sums.column.h"

/* What suppliers allow of an amount. */
/* --- customers ------------------------------------------------------------------------------ */

K_FN k_bill(size_t n, K_OUT billed, K_OUT due, K_OUT advance, K_IN live, K_IN x, double share)
{
    K_PATHS
    {
        billed[i] = lane_customer_bill(live[i], x[i]);
        double credit = lane_customer_credit(advance[i], share, billed[i]);
        advance[i] = advance[i] - credit;
        due[i] = billed[i] - credit;
    }
}

K_FN k_pay_advance(size_t n, K_OUT advance, K_OUT due, K_IN live, double paid)
{
    K_PATHS
    {
        advance[i] = advance[i] + live[i] * paid;
        due[i] = due[i] + live[i] * paid;
    }
}

/* --- loans ---------------------------------------------------------------------------------- */

/* IPCI: interest is added to principal. */
K_FN k_capitalise(size_t n, K_OUT notional, K_OUT accrued)
{
    K_PATHS
    {
        notional[i] = notional[i] + accrued[i];
        accrued[i] = 0.0;
    }
}

/* PR and MD. Redemption does not touch the interest accrued up to it. */
K_FN k_redeem(size_t n, K_OUT notional, K_OUT principal, K_IN drawn, double scheduled, double share,
    double matures)
{
    K_PATHS
    {
        double paid = lane_loan_redemption(notional[i], scheduled + share * drawn[i], matures);
        notional[i] = notional[i] - paid;
        principal[i] = principal[i] + paid;
    }
}

/* IP: what has accrued falls due. */
K_FN k_pay_interest(size_t n, K_OUT interest, K_OUT accrued, double years, K_IN rate, K_IN notional)
{
    K_PATHS
    {
        interest[i] = interest[i] + lane_loan_accrue(accrued[i], years, rate[i], notional[i]);
        accrued[i] = 0.0;
    }
}

K_FN k_accrue(size_t n, K_OUT accrued, double years, K_IN rate, K_IN notional)
{
    K_PATHS accrued[i] = lane_loan_accrue(accrued[i], years, rate[i], notional[i]);
}

K_FN k_reset_rate(size_t n, K_OUT rate, K_IN index, double floor, double multiplier, double spread)
{
    K_PATHS rate[i] = lane_loan_rate(index[i], floor, multiplier, spread);
}

K_FN k_loan_fee(size_t n, K_OUT fee, K_OUT interest, K_IN alive, K_IN used, double limit,
    double rate, double years, double pays)
{
    K_PATHS
    {
        double base = alive[i] * lane_positive(limit - used[i]);
        double accrued = lane_loan_accrue(fee[i], years, rate, base);
        interest[i] = interest[i] + pays * accrued;
        fee[i] = accrued - pays * accrued;
    }
}

K_FN k_loan_due(size_t n, K_OUT due, K_IN interest, K_IN principal)
{
    K_PATHS due[i] = interest[i] + principal[i];
}

/* --- lines ---------------------------------------------------------------------------------- */

K_FN k_depreciate(size_t n, K_OUT charge, K_OUT property, K_IN alive, K_IN amount)
{
    K_PATHS
    {
        charge[i] = lane_line_due(alive[i], amount[i]);
        property[i] = lane_property_left(property[i], charge[i]);
    }
}

K_FN k_working_capital(size_t n, K_OUT in, K_OUT due, K_IN there, K_IN alive, K_IN amount)
{
    K_PATHS
    {
        in[i] = in[i] + there[i] * lane_line_due(alive[i], amount[i]);
        due[i] = lane_line_due(alive[i], -amount[i]);
    }
}

K_FN k_line_from_firm(size_t n, K_OUT due, K_IN there, K_IN alive, K_IN amount)
{
    K_PATHS due[i] = there[i] * lane_line_due(alive[i], amount[i]);
}

K_FN k_build_line(size_t n, K_OUT property, K_IN alive, K_IN amount)
{
    K_PATHS property[i] = property[i] + lane_line_due(alive[i], amount[i]);
}

K_FN k_line_due(size_t n, K_OUT due, K_OUT pair, K_IN alive, K_IN amount)
{
    K_PATHS
    {
        due[i] = lane_line_due(alive[i], amount[i]);
        pair[i] = pair[i] + due[i];
    }
}

#endif

/* What claims, stakes and common assets are worth, and what a firm can earn without a supplier. The
 * monthly engine and the commands on tables use the same formulas. */
#ifndef CHI_CLEAR_CONTAGION_LANE_H
#define CHI_CLEAR_CONTAGION_LANE_H

#include "num/math.lane.h"

/* Value of a claim under linear DebtRank (Bardoscia et al. 2015): the share of its book equity that
 * the debtor has left. */
CH_LANE double lane_claim_linear(double equity, double book)
{
    double divisor = lane_select(lane_lt(0.0, book), book, 1.0);
    double part = lane_select(lane_le(book, equity), 1.0, lane_max(equity, 0.0) / divisor);
    return lane_select(lane_lt(0.0, book), part, 0.0);
}

/* Value of a claim that is whole until the debtor's equity is down to a level (Furfine 2003 with
 * the level 0). */
CH_LANE double lane_claim_threshold(double equity, double level, double recovery)
{
    return lane_select(lane_lt(level, equity), 1.0, recovery);
}

/* A stake: equity pays after all debts and is never negative (Elsinger 2009). */
CH_LANE double lane_stake(double per_equity, double equity)
{
    return per_equity * lane_max(equity, 0.0);
}

/* Price after a sale (Cont and Schaanning 2017, exponential impact); `rate` is negative. */
CH_LANE double lane_price_after(double price, double sold, double rate)
{
    return price * lane_exp(sold * rate);
}

/* What a seller gets for each unit of value: sold half-way down. */
CH_LANE double lane_sale_factor(double before, double after)
{
    return 0.5 * (before + after) / before;
}

/* 1 if a supplier that failed is missing: from the month after its failure, or in that month if it
 * fails before dues, until it is replaced. */
CH_LANE double lane_is_missing(double first, double month, double months)
{
    return lane_le(first, month) * lane_lt(month - first, months);
}

/* Share of output lost: the lack of an essential input limits it by itself, lacks of the others add
 * up (Diem et al. 2022, generalised Leontief function); `own` is what the firm has lost anyway. */
CH_LANE double lane_output_lost(double worst_essential, double sum_of_others, double own)
{
    double lost = lane_max(worst_essential, sum_of_others);
    return lane_min(lane_max(lost, own), 1.0);
}

#endif

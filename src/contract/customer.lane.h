/* Take-or-pay: the bill of a month, the part settled from the advance, the part due in cash. */
#ifndef CHI_CONTRACT_CUSTOMER_LANE_H
#define CHI_CONTRACT_CUSTOMER_LANE_H

#include "num/lane.h"

/* Take-or-pay: the amount is owed while the contract runs, used or not; never negative. */
CH_LANE double lane_customer_bill(double live, double amount)
{
    return live * lane_positive(amount);
}

/* An advance is worked off by `share` of each bill until it is used up. */
CH_LANE double lane_customer_credit(double advance, double share, double bill)
{
    return lane_min(advance, share * bill);
}

#endif

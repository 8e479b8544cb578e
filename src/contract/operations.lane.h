/* Lines of a firm's operations. */
#ifndef CHI_CONTRACT_OPERATIONS_LANE_H
#define CHI_CONTRACT_OPERATIONS_LANE_H

#include "num/lane.h"

/* What a line makes due: nothing once the firm has failed, nothing for a negative amount. */
CH_LANE double lane_line_due(double alive, double amount)
{
    return alive * lane_positive(amount);
}

/* Depreciation stops at zero. */
CH_LANE double lane_property_left(double property, double depreciation)
{
    return lane_positive(property - depreciation);
}

#endif

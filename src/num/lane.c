/* A constant that lanes are not to see through. */
#include "num/lane.h"

const double chi_lane_zero = 0.0;

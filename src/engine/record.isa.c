/* The bins of a column of cash; see record.c. */
#include "engine/record.h"
#include "num/isa.h"
#include "num/math.lane.h"

chi_cash_bins_fn CHI_ISA_NAME(chi_cash_bins);

void CHI_ISA_NAME(chi_cash_bins)(chi_cash_scale scale, size_t paths, const double *restrict cash,
    uint32_t none, uint32_t *restrict bin)
{
    const int64_t low = (int64_t)scale.low, half = (int64_t)scale.half;
    CHI_LOOP
    for (size_t i = 0; i < paths; i++) {
        int64_t magnitude = (int64_t)((lane_bits(cash[i]) & (UINT64_MAX >> 1)) >> scale.shift);
        int64_t above = magnitude - low;
        int64_t step = above < 0 ? 0 : above;
        step = step > half ? half : step;
        int64_t at = half + (cash[i] < 0.0 ? -step : step);
        bin[i] = cash[i] == cash[i] ? (uint32_t)at : none;
    }
}

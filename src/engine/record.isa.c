/* The bins of a column of cash, and its hash; see record.c. */
#include "engine/record.h"
#include "num/hash.h"
#include "num/isa.h"
#include "num/math.lane.h"

chi_cash_bins_fn CHI_ISA_NAME(chi_cash_bins);
chi_cash_hash_fn CHI_ISA_NAME(chi_cash_hash);

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

uint64_t CHI_ISA_NAME(chi_cash_hash)(
    uint64_t first, size_t paths, size_t firms, const double *cash, size_t stride)
{
    uint64_t sum = 0;
    for (size_t f = 0; f < firms; f++)
        sum += chi_hash64_column(first + ((uint64_t)f << 48), cash + f * stride, paths);
    return sum;
}

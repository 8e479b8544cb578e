/* Hashes of models and results; see num/hash.h. */
#include "num/hash.h"

#include "base/check.h"
#include "num/math.lane.h"

uint64_t chi_hash64(uint64_t hash, const void *bytes, size_t size)
{
    CHI_ASSERT(bytes || size == 0);
    const unsigned char *at = bytes;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ at[i]) * 1099511628211u;
    return hash;
}

uint64_t chi_hash64_column(uint64_t first, const double *values, size_t count)
{
    CHI_ASSERT(values || count == 0);
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        /* The golden ratio keeps index 0 and value 0.0 from mixing to nothing. */
        sum += chi_mix64(chi_mix64(first + i + 0x9e3779b97f4a7c15u) ^ lane_bits(values[i]));
    return sum;
}

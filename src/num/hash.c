/* Hashes of models and results; see num/hash.h. */
#include "num/hash.h"

#include "base/check.h"

uint64_t chi_hash64(uint64_t hash, const void *bytes, size_t size)
{
    CHI_ASSERT(bytes || size == 0);
    const unsigned char *at = bytes;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ at[i]) * 1099511628211u;
    return hash;
}

/* 64-bit hashes that name a model or a result: equal input, equal hash, on every machine. They are
 * no protection against someone who wants two inputs to collide. */
#ifndef CHI_NUM_HASH_H
#define CHI_NUM_HASH_H

#include "num/isa.h"
#include "num/math.lane.h"

#include <stddef.h>
#include <stdint.h>

#define CHI_HASH64_START 14695981039346656037u

/* FNV-1a, 64 bits (Fowler, Noll, Vo). Texts in pieces: begin with CHI_HASH64_START and hand the
 * last hash on. */
uint64_t chi_hash64(uint64_t hash, const void *bytes, size_t size);

/* A bijection of 64-bit words in which each bit of the input moves about half of the output's:
 * the finaliser of SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number
 * generators", with the constants of D. Stafford's variant 13). */
CH_LANE uint64_t chi_mix64(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* Hash of a column: the sum, modulo 2^64, of one term for each (index, value), index = first + i.
 * The parts of a column may be hashed by anyone in any order and their hashes added. Values count
 * by their bits: -0.0 is not 0.0. */
static inline uint64_t chi_hash64_column(uint64_t first, const double *values, size_t count)
{
    uint64_t sum = 0;
    CHI_LOOP
    for (size_t i = 0; i < count; i++)
        /* The golden ratio keeps index 0 and value 0.0 from mixing to nothing. */
        sum += chi_mix64(chi_mix64(first + i + 0x9e3779b97f4a7c15u) ^ lane_bits(values[i]));
    return sum;
}

#endif

/* Philox4x32-10 for one counter, and the uniform made of two of its words. */
#ifndef CHI_NUM_PHILOX_LANE_H
#define CHI_NUM_PHILOX_LANE_H

#include "num/math.lane.h"
#include "num/philox.h"

/* Multipliers and key increments (Weyl sequence: golden ratio, sqrt(3) - 1) of Salmon et al. 2011,
 * section 3.3 and table 2. */
#define PHILOX_MULTIPLIER_0 0xd2511f53u
#define PHILOX_MULTIPLIER_1 0xcd9e8d57u
#define PHILOX_WEYL_0 0x9e3779b9u
#define PHILOX_WEYL_1 0xbb67ae85u
enum { PHILOX_ROUNDS = 10 };

CH_LANE chi_philox_block lane_philox_round(chi_philox_block c, uint32_t key0, uint32_t key1)
{
    uint64_t product0 = (uint64_t)PHILOX_MULTIPLIER_0 * c.word[0];
    uint64_t product1 = (uint64_t)PHILOX_MULTIPLIER_1 * c.word[2];
    return (chi_philox_block){{(uint32_t)(product1 >> 32) ^ c.word[1] ^ key0, (uint32_t)product1,
        (uint32_t)(product0 >> 32) ^ c.word[3] ^ key1, (uint32_t)product0}};
}

CH_LANE chi_philox_block lane_philox(chi_philox_block counter, uint64_t seed)
{
    uint32_t key0 = (uint32_t)seed, key1 = (uint32_t)(seed >> 32);
    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        counter = lane_philox_round(counter, key0, key1);
        key0 += PHILOX_WEYL_0;
        key1 += PHILOX_WEYL_1;
    }
    return counter;
}

/* The top 52 bits of (high, low), and a half, over 2^52: the middle of one of 2^52 equal parts of
 * (0, 1). Exact: 1 + bits / 2^52 is a double's own layout, and the difference fits 53 bits. */
CH_LANE double lane_uniform(uint32_t low, uint32_t high)
{
    uint64_t bits = (uint64_t)high << 20 | low >> 12;
    return lane_from_bits(bits | 0x3ff0000000000000u) - (1.0 - 0x1p-53);
}

#endif

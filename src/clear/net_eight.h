/* Words for loops over eight firms, or eight scenarios, at a time: what the vector files of this
 * folder (net_*.isa.c) share. Compilers split them where the registers are narrower. */
#ifndef CHI_CLEAR_NET_EIGHT_H
#define CHI_CLEAR_NET_EIGHT_H

#include "num/lane.h"

/* Lanes of arrays that are aligned to 64 bytes. */
typedef double eight __attribute__((vector_size(64)));
typedef long long eight_flags __attribute__((vector_size(64)));

/* a where the flag is set, else b. */
#define CHOOSE(flags, a, b) ((eight)(((flags) & (eight_flags)(a)) | (~(flags) & (eight_flags)(b))))
#define LARGER(a, b) CHOOSE((a) > (b), a, b)
#define SMALLER(a, b) CHOOSE((a) < (b), a, b)
#define ALL(value) ((eight){value, value, value, value, value, value, value, value})

/* The sum of eight lanes, always in this order. */
CH_LANE double add_lanes(const double *sum)
{
    double low = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    return low + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

#endif

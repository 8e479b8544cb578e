/* Reverse stress: along a ray of shocks, who falls first, second, and at which size exactly.
 *
 * Outside assets are e - t * fall. Between two breakpoints the clearing vector moves on straight
 * lines, so the next firm to reach its threshold, or the next claim of which nothing is left, is
 * found by division, not by search. Where costs of default, or money that goes round in a closed
 * circle, make payments jump, the jump is at such a point, and what is beyond it is solved anew. */
#ifndef CHI_CLEAR_NET_REVERSE_H
#define CHI_CLEAR_NET_REVERSE_H

#include "clear/net_clear.h"

typedef struct chi_net_break {
    double size; /* t: beyond it the firm fails, at it the firm just pays */
    uint32_t firm;
    bool knocked; /* fails because of the others that fail at the same size */
} chi_net_break;

typedef struct chi_net_reverse {
    chi_net_break *breaks; /* in the order of failing; those that fail at no shock have size 0 */
    size_t count, failed_at_start;
    double reached; /* the ray was followed to here */
    bool converged;
} chi_net_reverse;

/* Follows the ray from 0 to `size_max` until `target` fails (UINT32_MAX: nobody in particular) or
 * `count_max` firms have failed in all. fall >= 0; e - size_max * fall >= 0. */
chi_net_reverse chi_net_reverse_follow(chi_arena *arena, const chi_net_problem *problem,
    const double *fall, double size_max, uint32_t target, size_t count_max);

#endif

/* A ray being followed: what the two ways of net_reverse.c and net_reverse_nodes.c share. */
#ifndef CHI_CLEAR_NET_REVERSE_RAY_H
#define CHI_CLEAR_NET_REVERSE_RAY_H

#include "clear/net_reverse.h"
#include "clear/net_state.h"

typedef struct chi_net_ray {
    chi_arena *arena;
    chi_net_problem problem; /* with outside[] at the present size */
    const double *first, *fall;
    double *outside;
    double *slope;     /* per firm: of its value, per unit of size */
    double *slope_out; /* per node: of its output */
    chi_net_state state;
    chi_net_reverse found;
    double size;
    uint32_t target;
    size_t count_max;
    double size_max;
} chi_net_ray;

void chi_net_ray_set_size(chi_net_ray *ray, double size);
void chi_net_ray_add_break(chi_net_ray *ray, uint32_t firm, bool knocked);
bool chi_net_ray_is_over(const chi_net_ray *ray);

/* Where firms have nodes in a stack: tiers, holdings, outsiders that come first. */
void chi_net_ray_follow_nodes(chi_net_ray *ray);

#endif

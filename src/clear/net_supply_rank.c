/* The index of every firm: scenarios are independent, so threads share them and nothing else. */
#include "clear/net_supply.h"
#include "clear/net_threads.h"

#include <string.h>

typedef struct ranking {
    const chi_net_supply *net;
    double eps;
    size_t steps_max;
    chi_net_supply_result *results;
    double *first_down, *first_up;
    chi_net_supply_state *states; /* one per thread */
} ranking;

static void rank_one(void *context, size_t thread, size_t firm)
{
    ranking *r = context;
    chi_net_supply_state *state = &r->states[thread];
    uint32_t hit = (uint32_t)firm;
    double by = 1.0;
    r->results[firm] = chi_net_supply_run(state, &hit, &by, 1, r->eps, r->steps_max);
    if (firm == 0 && r->first_down)
        memcpy(r->first_down, state->lost_down, r->net->firms * sizeof(double));
    if (firm == 0 && r->first_up)
        memcpy(r->first_up, state->lost_up, r->net->firms * sizeof(double));
    chi_net_supply_reset(state);
}

void chi_net_supply_rank(chi_arena *arena, const chi_net_supply *net, double eps, size_t steps_max,
    size_t threads, chi_net_supply_result *results, double *first_down, double *first_up)
{
    threads = chi_net_threads(threads, net->firms);
    ranking r = {net, eps, steps_max, results, first_down, first_up, NULL};
    r.states = chi_arena_alloc(arena, threads * sizeof *r.states);
    for (size_t t = 0; t < threads; t++)
        r.states[t] = chi_net_supply_state_new(arena, net);
    chi_net_parallel(threads, net->firms, rank_one, &r);
}

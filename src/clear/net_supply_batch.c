/* Supply shocks of eight firms at once: scenarios enter and leave columns. */
#include "clear/net_supply_batch.h"

#include "base/check.h"
#include "num/isa.h"

#include <string.h>

enum { LANES = CHI_NET_SUPPLY_LANES };

#define KERNELS(isa)                                                                               \
    extern chi_net_supply_down_fn chi_net_supply_down_##isa;                                       \
    extern chi_net_supply_up_fn chi_net_supply_up_##isa;                                           \
    extern chi_net_supply_replace_fn chi_net_supply_replace_##isa;                                 \
    static const chi_net_supply_kernels kernels_##isa = {                                          \
        chi_net_supply_down_##isa, chi_net_supply_up_##isa, chi_net_supply_replace_##isa};
CHI_ISA_COPIES(KERNELS)

chi_net_supply_kernels chi_net_supply_kernels_for(int isa)
{
    return CHI_ISA_CHOOSE(isa, kernels);
}

chi_net_supply_batch chi_net_supply_batch_new(chi_arena *arena, const chi_net_supply *net)
{
    size_t size = LANES * (net->firms + 1) * sizeof(double);
    size_t sectors = LANES * (net->sectors + 1) * sizeof(double);
    chi_net_supply_batch b = {.net = net, .alone = chi_net_supply_state_new(arena, net)};
    b.down = chi_arena_alloc(arena, size);
    b.up = chi_arena_alloc(arena, size);
    b.fresh = chi_arena_alloc(arena, size);
    b.missing = net->replaceable ? chi_arena_alloc(arena, size) : b.down;
    b.sector_lost = chi_arena_alloc(arena, sectors);
    b.sector_alive = chi_arena_alloc(arena, sectors);
    for (size_t l = 0; l < LANES; l++)
        b.lane[l].order = chi_arena_alloc(arena, (net->firms + 1) * sizeof(uint32_t));
    b.kernels = chi_net_supply_kernels_for((int)chi_isa_best());
    return b;
}

/* The scenario that has begun alone goes on in column l. */
static void take_over(chi_net_supply_batch *b, size_t l)
{
    const chi_net_supply_state *s = &b->alone;
    size_t n = b->net->firms;
    for (size_t i = 0; i < n; i++) {
        b->down[LANES * i + l] = s->lost_down[i];
        b->up[LANES * i + l] = s->lost_up[i];
    }
    for (size_t i = 0; i < n && b->net->replaceable; i++)
        b->missing[LANES * i + l] = s->missing[i];
    for (size_t k = 0; k < b->net->sectors; k++) {
        b->sector_lost[LANES * k + l] = s->sector_lost[k];
        b->sector_alive[LANES * k + l] = (double)s->sector_alive[k];
    }
    CHI_ASSERT(s->all_count == n);
    memcpy(b->lane[l].order, s->all, n * sizeof(uint32_t));
}

/* Starts jobs until one has spread so far that it needs a column. */
static void fill_lane(chi_net_supply_batch *b, chi_net_supply_jobs *jobs, size_t l)
{
    chi_net_supply_lane *lane = &b->lane[l];
    while (!lane->busy && jobs->next < jobs->end) {
        lane->job = jobs->next++;
        lane->hit = jobs->firms ? jobs->firms[lane->job] : (uint32_t)lane->job;
        lane->busy =
            !chi_net_supply_begin(&b->alone, lane->hit, jobs->eps, jobs->steps_max, &lane->result);
        if (lane->busy)
            take_over(b, l);
        else
            jobs->results[lane->job] = lane->result;
        chi_net_supply_reset(&b->alone);
    }
}

/* The shock itself: firms that were hit have lost all, whatever else happens. */
static void keep_hit(const chi_net_supply_batch *b)
{
    for (size_t l = 0; l < LANES; l++) {
        if (b->lane[l].busy)
            b->fresh[LANES * b->lane[l].hit + l] = 1.0;
    }
}

static void swap(double **a, double **b)
{
    double *keep = *a;
    *a = *b;
    *b = keep;
}

static void step(chi_net_supply_batch *b, double *rise_down, double *rise_up)
{
    b->kernels.down(b->net, b->missing, b->down, b->fresh, rise_down);
    keep_hit(b);
    if (b->net->replaceable) {
        chi_net_replacing r = {
            b->down, b->fresh, b->alone.sector_sales, b->sector_lost, b->sector_alive, b->missing};
        b->kernels.replace(b->net, &r);
    }
    swap(&b->down, &b->fresh);
    if (!b->net->replaceable)
        b->missing = b->down;
    b->kernels.up(b->net, b->up, b->fresh, rise_up);
    keep_hit(b);
    swap(&b->up, &b->fresh);
}

static void finish(chi_net_supply_batch *b, const chi_net_supply_jobs *jobs, size_t l)
{
    chi_net_supply_lane *lane = &b->lane[l];
    chi_net_supply_sum(
        b->net, lane->order, b->net->firms, &b->down[l], &b->up[l], LANES, &lane->result);
    jobs->results[lane->job] = lane->result;
    lane->busy = false;
}

void chi_net_supply_batch_run(chi_net_supply_batch *b, chi_net_supply_jobs *jobs)
{
    for (;;) {
        bool any = false;
        for (size_t l = 0; l < LANES; l++) {
            fill_lane(b, jobs, l);
            any |= b->lane[l].busy;
        }
        if (!any)
            return;
        _Alignas(64) double down[LANES], up[LANES];
        step(b, down, up);
        for (size_t l = 0; l < LANES; l++) {
            chi_net_supply_result *result = &b->lane[l].result;
            if (!b->lane[l].busy)
                continue;
            result->iterations++;
            result->converged = down[l] <= jobs->eps && up[l] <= jobs->eps;
            if (result->converged || result->iterations >= jobs->steps_max)
                finish(b, jobs, l);
        }
    }
}

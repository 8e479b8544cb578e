/* Steps of supply shocks, eight scenarios at once; see net_supply_batch.h. */
#include "clear/net_eight.h"
#include "clear/net_supply_batch.h"

#include "num/isa.h"

chi_net_supply_down_fn CHI_ISA_NAME(chi_net_supply_down);
chi_net_supply_up_fn CHI_ISA_NAME(chi_net_supply_up);
chi_net_supply_replace_fn CHI_ISA_NAME(chi_net_supply_replace);

enum { LANES = CHI_NET_SUPPLY_LANES, AHEAD = 16 };

/* Entries from .. end - 1 of rows, added to sum in their order; those that follow soon are
 * fetched. */
#define ADD_ENTRIES(sum, from, end, entries, column, weight, x)                                    \
    do {                                                                                           \
        for (size_t k_ = (from), end_ = (end); k_ < end_; k_++) {                                  \
            size_t soon_ = k_ + AHEAD < (entries) ? k_ + AHEAD : k_;                               \
            __builtin_prefetch(&(x)[(column)[soon_]]);                                             \
            (sum) += (weight)[k_] * (x)[(column)[k_]];                                             \
        }                                                                                          \
    } while (0)

void CHI_ISA_NAME(chi_net_supply_down)(const chi_net_supply *net, const double *missing,
    const double *old, double *fresh, double *rise)
{
    const eight *x = (const eight *)missing, *before = (const eight *)old;
    eight *out = (eight *)fresh, one = ALL(1.0), largest = ALL(0.0);
    const chi_net_matrix *m = &net->others;
    for (size_t i = 0; i < net->firms; i++) {
        eight sum = ALL(0.0), worst = ALL(0.0);
        ADD_ENTRIES(sum, m->start[i], m->start[i + 1], m->entries, m->column, m->weight, x);
        for (size_t g = net->first_group[i], last = net->first_group[i + 1]; g < last; g++) {
            eight loss = ALL(0.0);
            ADD_ENTRIES(loss, net->first_edge[g], net->first_edge[g + 1], net->edges, net->supplier,
                net->down, x);
            worst = LARGER(loss, worst);
        }
        /* lane_output_lost() of contagion.lane.h */
        eight lost = LARGER(sum, worst);
        lost = SMALLER(lost, one);
        eight change = lost - before[i];
        largest = LARGER(change, largest);
        out[i] = lost;
    }
    *(eight *)rise = largest;
}

void CHI_ISA_NAME(chi_net_supply_up)(
    const chi_net_supply *net, const double *old, double *fresh, double *rise)
{
    const eight *x = (const eight *)old;
    eight *out = (eight *)fresh, one = ALL(1.0), largest = ALL(0.0);
    const chi_net_matrix *m = &net->up;
    for (size_t i = 0; i < net->firms; i++) {
        eight lost = ALL(0.0);
        ADD_ENTRIES(lost, m->start[i], m->start[i + 1], m->entries, m->column, m->weight, x);
        lost = SMALLER(lost, one);
        eight change = lost - x[i];
        largest = LARGER(change, largest);
        out[i] = lost;
    }
    *(eight *)rise = largest;
}

void CHI_ISA_NAME(chi_net_supply_replace)(const chi_net_supply *net, const chi_net_replacing *r)
{
    const eight *old = (const eight *)r->old, *fresh = (const eight *)r->fresh;
    eight *lost = (eight *)r->lost, *alive = (eight *)r->alive, *missing = (eight *)r->missing;
    eight zero = ALL(0.0), one = ALL(1.0);
    for (size_t i = 0; i < net->firms; i++) {
        uint32_t sector = net->sector[i];
        lost[sector] += net->sales[i] * (fresh[i] - old[i]);
        if (net->sales[i] > 0.0)
            alive[sector] -= CHOOSE((fresh[i] >= one) & (old[i] < one), one, zero);
    }
    for (size_t i = 0; i < net->firms; i++) {
        uint32_t sector = net->sector[i];
        eight sales = ALL(net->sales[i]), left = ALL(r->sector_sales[sector]) - lost[sector];
        /* As published: a sector without output divides by 1. */
        eight base = CHOOSE(alive[sector] > zero, left, one);
        eight_flags small = sales < base;
        eight share = CHOOSE(small, sales / CHOOSE(small, base, one), one);
        missing[i] = share * fresh[i];
    }
}

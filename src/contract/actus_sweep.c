/* Chooses the copy of the column loops for this processor and drives them over a plan's events. */
#include "contract/actus_sweep.h"

#include "base/check.h"
#include "num/isa.h"

typedef void step_fn(const chi_actus_step *step, chi_actus_columns *columns, double *payoff);

step_fn chi_actus_step_columns_base;
#if defined(__x86_64__)
step_fn chi_actus_step_columns_v3, chi_actus_step_columns_v4;
#endif

static step_fn *best_step(void)
{
#if defined(__x86_64__)
    static step_fn *const steps[CHI_ISA_COUNT] = {
        chi_actus_step_columns_base, chi_actus_step_columns_v3, chi_actus_step_columns_v4};
    return steps[chi_isa_best()];
#else
    return chi_actus_step_columns_base;
#endif
}

void chi_actus_columns_set(chi_actus_columns *columns, chi_actus_state s)
{
    for (int i = 0; i < CHI_ACTUS_BLOCK; i++) {
        columns->nt[i] = s.nt;
        columns->ipnr[i] = s.ipnr;
        columns->ipac[i] = s.ipac;
        columns->feac[i] = s.feac;
        columns->nsc[i] = s.nsc;
        columns->isc[i] = s.isc;
        columns->ipcb[i] = s.ipcb;
        columns->prnxt[i] = s.prnxt;
        columns->second[i] = s.second;
    }
}

chi_actus_state chi_actus_columns_get(const chi_actus_columns *c, int i)
{
    CHI_ASSERT(i >= 0 && i < CHI_ACTUS_BLOCK);
    return (chi_actus_state){c->nt[i], c->ipnr[i], c->ipac[i], c->feac[i], c->nsc[i], c->isc[i],
        c->ipcb[i], c->prnxt[i], c->second[i]};
}

void chi_actus_sweep_step(const chi_actus_step *step, chi_actus_columns *columns, double *payoff)
{
    best_step()(step, columns, payoff);
}

static const uint8_t families[CHI_OP_COUNT] = {
#define CHI_ACTUS_OP_FAMILY(id, kind, family, amount) CHI_FAMILY_##family,
    CHI_ACTUS_OPS(CHI_ACTUS_OP_FAMILY)
#undef CHI_ACTUS_OP_FAMILY
};

bool chi_actus_op_observes(uint8_t op)
{
    CHI_ASSERT(op < CHI_OP_COUNT);
    return families[op] == CHI_FAMILY_LOAN_SEEN || families[op] == CHI_FAMILY_TRADE_SEEN ||
           op == CHI_OP_SWAP_RESET;
}

void chi_actus_sweep(const chi_actus_book *book, const chi_actus_plan *plan, const double *market,
    const double *weights, size_t paths, double *value)
{
    CHI_ASSERT(paths % CHI_ACTUS_BLOCK == 0);
    step_fn *step_columns = best_step();
    for (size_t at = 0; at < paths; at += CHI_ACTUS_BLOCK) {
        chi_actus_columns columns;
        double payoff[CHI_ACTUS_BLOCK], sum[CHI_ACTUS_BLOCK] = {0};
        chi_actus_columns_set(&columns, plan->start);
        for (uint32_t e = 0; e < plan->count; e++) {
            const chi_actus_event *event = &book->events.at[plan->first + e];
            chi_actus_step step = {event, &plan->constants, NULL, NULL, 0};
            if (chi_actus_op_observes(event->op))
                step.market = market + event->slot * paths + at;
            if (event->op == CHI_OP_ANNUITY) {
                step.years = book->years.at + event->slot;
                step.year_count = plan->years_end - event->slot;
            }
            step_columns(&step, &columns, payoff);
            if (event->hidden)
                continue;
            const double *weight = weights ? weights + e * paths + at : NULL;
            for (int i = 0; i < CHI_ACTUS_BLOCK; i++)
                sum[i] += weight ? payoff[i] * weight[i] : payoff[i];
        }
        for (int i = 0; i < CHI_ACTUS_BLOCK; i++)
            value[at + (size_t)i] = sum[i];
    }
}

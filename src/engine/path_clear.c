/* Clearing of one path on which somebody is short. */
#include "engine/path.h"

#include "clear/clear.lane.h"

/* Payments to a simulated firm under the current fractions, in the order of pairs. */
static double inflow(const chi_path *path, uint32_t sim)
{
    const chi_plan *plan = path->plan;
    double sum = 0.0;
    for (uint32_t k = plan->inflow_first[sim]; k < plan->inflow_first[sim + 1]; k++) {
        uint32_t i = plan->inflow[k];
        const chi_pair *pair = &plan->pair[i];
        sum += CHI_P(path, pair, i) *
               CHI_P(path, paid, (size_t)pair->debtor * CHI_CLASSES + pair->class);
    }
    return sum;
}

static double dues(const chi_path *path, uint32_t sim)
{
    double sum = 0.0;
    for (size_t k = 0; k < CHI_CLASSES; k++)
        sum += CHI_P(path, class_due, sim * CHI_CLASSES + k);
    return sum;
}

double chi_path_resources(const chi_path *path, uint32_t sim, double *cost)
{
    uint32_t firm = path->plan->firm_of_sim[sim];
    const chi_firm *terms = &path->plan->model->firm[firm];
    double cash = CHI_P(path, cash, firm), in = inflow(path, sim);
    double have = lane_resources(cash, in, dues(path, sim), terms->keep_own, terms->keep_received);
    *cost = cash + in - have;
    return have;
}

/* One firm's fractions by class from what it has. Returns the largest fall of a fraction. */
static double waterfall(chi_path *path, uint32_t sim, double have, double *next)
{
    uint32_t firm = path->plan->firm_of_sim[sim];
    double most = 0.0;
    for (size_t k = 0; k < CHI_CLASSES; k++) {
        double due = CHI_P(path, class_due, sim * CHI_CLASSES + k);
        next[k] = lane_paid_fraction(have, due);
        have -= next[k] * due;
        most = lane_max(most, CHI_P(path, paid, (size_t)firm * CHI_CLASSES + k) - next[k]);
    }
    return most;
}

/* One firm's fractions go down to what it can pay. Returns the largest fall of one. */
static double lower_firm(chi_path *path, uint32_t sim)
{
    double cost, next[CHI_CLASSES];
    double have = chi_path_resources(path, sim, &cost);
    double most = waterfall(path, sim, have, next);
    for (size_t k = 0; k < CHI_CLASSES; k++) {
        size_t at = (size_t)path->plan->firm_of_sim[sim] * CHI_CLASSES + k;
        CHI_P(path, paid, at) = lane_min(CHI_P(path, paid, at), next[k]);
    }
    return most;
}

bool chi_path_lower(chi_path *path, bool sunk_only)
{
    for (int round = 0; round < CHI_CLEAR_ROUNDS_MAX; round++) {
        double most = 0.0;
        /* Firms in order, each on the newest fractions: the map is monotone, so going down from
         * full payment reaches the same greatest fixed point in any order. */
        for (uint32_t sim = 0; sim < path->plan->counts.sims; sim++)
            if (!sunk_only || CHI_P(path, sunk, sim) != 0.0)
                most = lane_max(most, lower_firm(path, sim));
        if (most <= CHI_CLEAR_TOLERANCE)
            return true;
    }
    return false;
}

bool chi_path_is_short(const chi_path *path, uint32_t sim)
{
    double have = CHI_P(path, cash, path->plan->firm_of_sim[sim]) + inflow(path, sim);
    return lane_is_short(have, dues(path, sim)) != 0.0;
}

void chi_path_clear(chi_path *path)
{
    path->unsettled = !chi_path_lower(path, false);
    chi_path_find_rounds(path);
}

void chi_path_costs(chi_path *path)
{
    for (uint32_t sim = 0; sim < path->plan->counts.sims; sim++) {
        uint32_t firm = path->plan->firm_of_sim[sim];
        double cost;
        (void)chi_path_resources(path, sim, &cost);
        if (!(cost > 0.0))
            continue;
        CHI_P(path, cash, firm) -= cost;
        CHI_P(path, cash, 0) += cost;
        chi_ledger_add(path->ledger, CHI_ENTRY_COST, CHI_OF_FIRM, firm, firm, 0, cost);
    }
}

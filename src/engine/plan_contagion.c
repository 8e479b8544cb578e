/* The part of the plan about stakes, claims, common assets and supplies. */
#include "engine/plan.h"

void chi_plan_contagion(chi_plan *plan, chi_arena *arena)
{
    const ch_model *model = plan->model;
    const chi_contagion *rules = model->contagion_count ? model->contagion : NULL;
    bool marks = model->holding_count > 0 || (rules && rules->rule != CHI_CLAIM_FACE);
    plan->wave_months = rules && rules->window < plan->months ? rules->window : plan->months;
    plan->counts.holdings = model->holding_count;
    plan->counts.assets = model->asset_count;
    plan->counts.marks = marks ? model->firm_count : 0;
    plan->counts.supplied = model->supply_count > 0 ? model->firm_count : 0;
    plan->advance_class =
        chi_arena_alloc(arena, (model->customer_count + 1) * sizeof *plan->advance_class);
    for (uint32_t c = 0; c < model->customer_count; c++)
        plan->advance_class[c] = CHI_CLASS_UNSECURED;
    for (uint32_t i = 0; i < model->rank_count; i++)
        plan->advance_class[model->rank[i].customer] = model->rank[i].class;
}

double chi_plan_contagion_money(const ch_model *model)
{
    double most = 0.0;
    for (uint32_t h = 0; h < model->holding_count; h++)
        most = model->holding[h].open > most ? model->holding[h].open : most;
    for (uint32_t k = 0; k < model->owner_count; k++)
        most = model->owner[k].amount > most ? model->owner[k].amount : most;
    return most;
}

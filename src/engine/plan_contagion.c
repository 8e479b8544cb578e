/* The part of the plan about stakes, claims, common assets and supplies. */
#include "engine/plan.h"

/* Who may have to write off what. */
static void list_bonds(chi_plan *plan, chi_arena *arena, bool claims)
{
    const ch_model *model = plan->model;
    uint32_t at = 0;
    plan->bond = chi_arena_alloc(arena, (model->share_count + 1) * sizeof *plan->bond);
    plan->bond_first = chi_arena_alloc(arena, (plan->counts.firms + 1) * sizeof(uint32_t));
    for (uint32_t f = 0; f < model->firm_count; f++) {
        plan->bond_first[f] = at;
        for (uint32_t l = 0; claims && l < model->loan_count; l++) {
            chi_slice lenders = model->loan[l].lenders;
            for (uint32_t s = lenders.first; s < lenders.first + lenders.count; s++)
                if (model->share[s].firm == f)
                    plan->bond[at++] =
                        (chi_bond){model->loan[l].borrower, l, model->share[s].fraction};
        }
    }
    plan->bond_first[model->firm_count] = at;
}

static void list_stakes(chi_plan *plan, chi_arena *arena)
{
    const ch_model *model = plan->model;
    uint32_t at = 0;
    plan->stake = chi_arena_alloc(arena, (model->holding_count + 1) * sizeof *plan->stake);
    plan->stake_first = chi_arena_alloc(arena, (plan->counts.firms + 1) * sizeof(uint32_t));
    for (uint32_t f = 0; f < model->firm_count; f++) {
        plan->stake_first[f] = at;
        for (uint32_t h = 0; h < model->holding_count; h++)
            if (model->holding[h].holder == f)
                plan->stake[at++] = h;
    }
    plan->stake_first[model->firm_count] = at;
}

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
    if (!marks)
        return;
    list_bonds(plan, arena, rules && rules->rule != CHI_CLAIM_FACE);
    list_stakes(plan, arena);
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

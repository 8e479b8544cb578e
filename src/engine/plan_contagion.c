/* The part of the plan about stakes, claims, common assets and supplies. */
#include "engine/plan.h"

/* Books at the start, as the marks of later months compute them. */
static void list_books(chi_plan *plan, chi_arena *arena)
{
    const ch_model *model = plan->model;
    double *book = chi_arena_alloc(arena, plan->counts.firms * sizeof *book);
    for (uint32_t f = 0; f < model->firm_count; f++)
        book[f] = model->firm[f].cash + model->firm[f].restricted_cash + model->firm[f].property;
    for (uint32_t l = 0; l < model->loan_count; l++) {
        const chi_loan *loan = &model->loan[l];
        if (loan->initial_exchange > model->start)
            continue;
        double claim = loan->notional + loan->accrued;
        book[loan->borrower] -= claim;
        for (uint32_t s = loan->lenders.first; s < loan->lenders.first + loan->lenders.count; s++)
            book[model->share[s].firm] += model->share[s].fraction * claim;
    }
    for (uint32_t c = 0; c < model->customer_count; c++) {
        book[model->customer[c].buyer] += model->customer[c].advance_open;
        book[model->customer[c].seller] -= model->customer[c].advance_open;
    }
    plan->book_open = chi_arena_alloc(arena, (plan->counts.sims + 1) * sizeof(double));
    for (size_t s = 0; s < plan->counts.sims; s++)
        plan->book_open[s] = book[plan->firm_of_sim[s]];
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
    if (marks)
        list_books(plan, arena);
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

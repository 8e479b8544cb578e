/* The plan in words, month by month. */
#include "engine/plan.h"

#include "base/write.h"

static const char *firm_name(const chi_plan *plan, uint32_t firm)
{
    return chi_model_text(plan->model, plan->model->firm[firm].name);
}

static void write_sizes(chi_writer *w, const chi_plan *plan)
{
    const chi_counts *n = &plan->counts;
    chi_write_format(w,
        "plan of '%s'\nmonths %u, firms %zu (simulated %zu), drivers %zu, loans %zu, customer\n"
        "contracts %zu, lines %zu, covenants %zu, pairs %zu, columns of state %zu\n",
        chi_model_text(plan->model, plan->model->title), plan->months, n->firms, n->sims,
        n->drivers, n->loans, n->customers, n->lines, n->covenants, n->pairs, chi_state_columns(n));
    if (n->deals > 0)
        chi_write_format(w, "standard contracts %zu, legs %zu, market values kept %zu\n", n->deals,
            n->legs, n->seen);
    chi_write_format(w, "drawn each month: normals %zu, uniforms %zu, normals of jump sizes %zu\n",
        n->normals, n->uniforms, n->jumps);
}

static void write_events(chi_writer *w, const chi_plan *plan, uint32_t month)
{
    static const char *const verbs[] = {"cancel", "default", "shut", "shift"};
    const ch_model *model = plan->model;
    for (uint32_t e = 0; e < model->event_count; e++) {
        const chi_event *event = &model->event[e];
        if (event->month != month)
            continue;
        uint32_t names[] = {event->kind == CHI_EVENT_CANCEL    ? model->customer[event->target].name
                            : event->kind == CHI_EVENT_DEFAULT ? model->firm[event->target].name
                            : event->kind == CHI_EVENT_SHUT    ? model->market[event->target].name
                                                               : model->driver[event->target].name};
        chi_write_format(
            w, "  1 event      %s %s", verbs[event->kind], chi_model_text(model, names[0]));
        if (event->kind == CHI_EVENT_SHIFT)
            chi_write_format(w, " by %g", event->value);
        if (event->end_month > month + 1)
            chi_write_format(w, " for %u months", event->end_month - month);
        chi_write_text(w, "\n");
    }
}

static void write_instant(chi_writer *w, const chi_plan *plan, const chi_instant *at)
{
    char date[11];
    chi_day_format(at->day, date);
    chi_write_format(w, "  3 due        %-24.40s %s  years %.6f",
        chi_model_text(plan->model, plan->model->loan[at->loan].name), date, at->years);
    if (at->redemption != 0.0)
        chi_write_format(w, "  PR %g", at->redemption);
    if (at->draw_share != 0.0)
        chi_write_format(w, "  PR %g of drawn", at->draw_share);
    chi_write_format(w, "%s%s%s%s\n", at->matures != 0.0 ? "  MD" : "",
        at->pays != 0.0 ? "  IP" : "", at->capitalises != 0.0 ? "  IPCI" : "",
        at->resets != 0.0 ? "  RR" : "");
}

/* Events of contracts by the ACTUS standard, each leg by itself. */
static void write_deals(chi_writer *w, const chi_plan *plan, uint32_t month)
{
    static const char *const kinds[CHI_EVENT_COUNT] = {"",
#define KIND_NAME(id, rank, text) #id,
        CHI_ACTUS_KINDS(KIND_NAME)
#undef KIND_NAME
    };
    const chi_deals_plan *deals = &plan->deals;
    for (uint32_t k = deals->event_first[month]; k < deals->event_first[month + 1]; k++) {
        const chi_leg_event *at = &deals->event[k];
        char date[11];
        chi_day_format(chi_moment_day(at->event->pay), date);
        chi_write_format(w, "  3 due        %-24.40s %s  years %.6f  %s\n",
            chi_model_text(plan->model, plan->model->deal[at->deal].name), date, at->event->years,
            kinds[at->event->kind]);
    }
}

static void write_due(chi_writer *w, const chi_plan *plan, uint32_t month)
{
    const ch_model *model = plan->model;
    for (uint32_t c = 0; c < model->customer_count; c++) {
        const chi_customer *customer = &model->customer[c];
        if (month < customer->first_month || month >= customer->end_month)
            continue;
        chi_write_format(w, "  3 due        %-24.40s bill %g%s\n",
            chi_model_text(model, customer->name), chi_amount_at(model, &customer->amount, month),
            customer->amount.expr == CHI_NONE ? "" : " times an expression");
    }
    for (uint32_t k = plan->instant_first[month]; k < plan->instant_first[month + 1]; k++)
        write_instant(w, plan, &plan->instant[k]);
    write_deals(w, plan, month);
    for (uint32_t k = 0; k < model->line_count; k++)
        chi_write_format(w, "  3 due        %-24.40s of %s: %g%s\n",
            chi_model_text(model, model->line[k].name), firm_name(plan, model->line[k].firm),
            chi_amount_at(model, &model->line[k].amount, month),
            model->line[k].amount.expr == CHI_NONE ? "" : " times an expression");
}

static void write_fund(chi_writer *w, const chi_plan *plan, uint32_t month)
{
    const ch_model *model = plan->model;
    for (uint32_t s = 0; s < plan->counts.sims; s++) {
        chi_slice rungs = model->firm[plan->firm_of_sim[s]].rungs;
        chi_write_format(w, "  4 fund       %s:", firm_name(plan, plan->firm_of_sim[s]));
        for (uint32_t r = rungs.first; r < rungs.first + rungs.count; r++) {
            const chi_rung *rung = &model->rung[r];
            bool open = rung->kind == CHI_RUNG_DEFER || rung->kind == CHI_RUNG_WITHDRAW ||
                        plan->can_draw[(size_t)rung->loan * plan->months + month];
            chi_write_format(w, "%s %s%s", r == rungs.first ? "" : ",",
                rung->kind == CHI_RUNG_DEFER ? "defer-capex"
                                             : chi_model_text(model, model->loan[rung->loan].name),
                open ? "" : " (ended)");
        }
        chi_write_text(w, rungs.count ? "\n" : " nothing\n");
    }
}

ch_status chi_plan_write(const chi_plan *plan, ch_write_fn write, void *context)
{
    chi_writer w;
    chi_writer_init(&w, write, context);
    write_sizes(&w, plan);
    for (uint32_t m = 0; m < plan->months; m++) {
        char date[11];
        chi_day_format(chi_month_date(plan->model->start, m), date);
        chi_write_format(&w, "\nmonth %u, to %s\n", m + 1, date);
        write_events(&w, plan, m);
        chi_write_text(&w, "  2 drivers    move; intensities draw defaults and cancellations\n");
        if (plan->counts.supplied > 0)
            chi_write_format(&w, "  3 supply     %u supplies\n", plan->model->supply_count);
        write_due(&w, plan, m);
        write_fund(&w, plan, m);
        chi_write_format(&w, "  5 clear      %zu pairs\n", plan->counts.pairs);
        for (uint32_t c = 0; c < plan->model->covenant_count; c++)
            if (chi_covenant_due(&plan->model->covenant[c], m))
                chi_write_format(&w, "  6 test       %s\n",
                    chi_model_text(plan->model, plan->model->covenant[c].name));
        if (plan->counts.marks > 0)
            chi_write_format(&w, "  7 mark       %zu stakes, claims of %zu loans\n",
                plan->counts.holdings, plan->counts.loans);
    }
    return chi_writer_finish(&w);
}

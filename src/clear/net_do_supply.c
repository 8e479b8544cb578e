/* `network supply` on tables: the index of every firm, as published and converged side by side. */
#include "clear/net_do.h"

#include "base/check.h"
#include "clear/net_supply.h"

#include <math.h>
#include <string.h>

enum { SECTORS_MAX = 10000, STEPS_MAX = 200000, CONVERGE_ALL_MAX = 500 };
#define CONVERGED_EPS 1e-11

static bool read_sectors(chi_net_input *in, chi_net_supply_input *supply)
{
    chi_net_names sectors;
    chi_net_names_init(&sectors, in->arena);
    supply->sector = chi_net_table_names(in->balances, "sector", &sectors, CHI_NET_NAMES_ANY);
    if (!supply->sector)
        return false;
    chi_net_table *table = NULL;
    uint32_t *from = NULL, *to = NULL;
    double *use = NULL;
    if (in->job->sectors_path) {
        table = chi_net_table_read(in->arena, in->diags, in->job->sectors_path);
        if (!table)
            return false;
        from = chi_net_table_names(table, "from", &sectors, CHI_NET_NAMES_ANY);
        to = chi_net_table_names(table, "to", &sectors, CHI_NET_NAMES_ANY);
        use = chi_net_table_numbers(table, "essential", 0.0);
        if (!from || !to || !use)
            return false;
    }
    size_t m = sectors.count;
    if (m > SECTORS_MAX) {
        chi_net_input_error(in, 711, "%zu sectors are more than %d", m, (int)SECTORS_MAX);
        return false;
    }
    uint8_t *essential = chi_arena_alloc(in->arena, m * m + 1);
    memset(essential, 1, m * m);
    for (size_t k = 0; table && k < table->rows; k++) {
        if (use[k] != 0.0 && use[k] != 1.0 && use[k] != 2.0) {
            chi_net_table_error(table, k, "essential", 703,
                "essential is 2 (essential), 1 (not essential) or 0 (of no use)");
            return false;
        }
        essential[from[k] * m + to[k]] = (uint8_t)use[k];
    }
    supply->sectors = m;
    supply->essential = essential;
    return true;
}

typedef struct columns {
    double *published, *down, *up, *steps, *converged;
} columns;

static columns columns_new(chi_arena *arena, size_t firms)
{
    columns c;
    double **all[5] = {&c.published, &c.down, &c.up, &c.steps, &c.converged};
    for (size_t k = 0; k < 5; k++)
        *all[k] = chi_arena_alloc(arena, (firms + 1) * sizeof(double));
    return c;
}

/* All firms in turn; the converged index for all of a small network, else for the top. */
static void rank_all(chi_net_input *in, chi_net_report *report, const chi_net_supply *net)
{
    size_t n = net->firms;
    columns c = columns_new(in->arena, n);
    chi_net_supply_result *r = chi_arena_alloc(in->arena, (n + 1) * sizeof *r);
    chi_net_supply_ranking all = {NULL, n, in->job->eps, STEPS_MAX, in->job->threads};
    chi_net_supply_rank(in->arena, net, &all, r);
    for (size_t i = 0; i < n; i++) {
        c.published[i] = r[i].esri;
        c.down[i] = r[i].esri_down;
        c.up[i] = r[i].esri_up;
        c.steps[i] = (double)r[i].iterations;
        c.converged[i] = (double)NAN;
    }
    chi_net_report_rank(report, c.published);
    size_t top = n <= CONVERGE_ALL_MAX || report->top == 0 ? n : report->top;
    top = top < n ? top : n;
    chi_net_supply_ranking on_top = {
        report->order, top, CONVERGED_EPS, STEPS_MAX, in->job->threads};
    chi_net_supply_rank(in->arena, net, &on_top, r);
    size_t open = 0;
    for (size_t k = 0; k < top; k++) {
        open += !r[k].converged;
        c.converged[report->order[k]] = r[k].esri;
    }
    chi_net_report_texts(report, "firm", in->network.names);
    chi_net_report_numbers(report, "esri", CHI_NET_SHARE, c.published);
    chi_net_report_numbers(report, "esri_converged", CHI_NET_SHARE, c.converged);
    chi_net_report_numbers(report, "esri_down", CHI_NET_SHARE, c.down);
    chi_net_report_numbers(report, "esri_up", CHI_NET_SHARE, c.up);
    chi_net_report_numbers(report, "steps", CHI_NET_COUNT, c.steps);
    chi_net_report_note(report,
        "esri stops, as published, when no firm's output falls by more than %g in a step; "
        "esri_converged goes on to %g%s.",
        in->job->eps, CONVERGED_EPS, top < n ? ", for the firms on top only" : "");
    if (open)
        chi_net_report_note(report, "%zu firms had not converged after %d steps.", open, STEPS_MAX);
}

static bool run_firm(chi_net_input *in, chi_net_report *report, const chi_net_supply *net)
{
    size_t n = net->firms;
    uint32_t hit = chi_net_input_firm(in, in->job->firm);
    if (hit == UINT32_MAX)
        return false;
    double by = in->job->shock > 0.0 ? in->job->shock : 1.0;
    columns c = columns_new(in->arena, n);
    chi_net_supply_state state = chi_net_supply_state_new(in->arena, net);
    chi_net_supply_result r = chi_net_supply_run(&state, &hit, &by, 1, in->job->eps, STEPS_MAX);
    memcpy(c.down, state.lost_down, n * sizeof(double));
    memcpy(c.up, state.lost_up, n * sizeof(double));
    chi_net_supply_reset(&state);
    chi_net_supply_result full = chi_net_supply_run(&state, &hit, &by, 1, CONVERGED_EPS, STEPS_MAX);
    for (size_t i = 0; i < n; i++) {
        c.published[i] = c.down[i] > c.up[i] ? c.down[i] : c.up[i];
        c.converged[i] =
            state.lost_down[i] > state.lost_up[i] ? state.lost_down[i] : state.lost_up[i];
    }
    chi_net_report_texts(report, "firm", in->network.names);
    chi_net_report_numbers(report, "output_lost", CHI_NET_SHARE, c.published);
    chi_net_report_numbers(report, "lost_converged", CHI_NET_SHARE, c.converged);
    chi_net_report_numbers(report, "lost_for_want_of_inputs", CHI_NET_SHARE, c.down);
    chi_net_report_numbers(report, "lost_for_want_of_demand", CHI_NET_SHARE, c.up);
    chi_net_report_fact(report, "esri", r.esri);
    chi_net_report_fact(report, "esri_down", r.esri_down);
    chi_net_report_fact(report, "esri_up", r.esri_up);
    chi_net_report_fact(report, "steps", (double)r.iterations);
    chi_net_report_fact(report, "esri_converged", full.esri);
    chi_net_report_note(report,
        "%s loses %.4g %% of its output: the index is %.4f as published (%zu steps), %.4f "
        "converged (%zu steps).",
        in->job->firm, 100.0 * by, r.esri, r.iterations, full.esri, full.iterations);
    chi_net_report_rank(report, c.published);
    return true;
}

bool chi_net_do_supply(chi_net_input *in, chi_net_report *report)
{
    bool ok = true;
    if (!in->job->balances_path) {
        chi_net_input_error(in, 711, "--balances FILE.csv with columns firm and sector is needed");
        return false;
    }
    if (!chi_net_input_read(in, CHI_NET_NEEDS_EXPOSURES | CHI_NET_SUPPLIES))
        return false;
    chi_net_supply_input supply = {.firms = in->network.firms,
        .edges = in->network.exposures,
        .replaceable = in->job->replaceable != 0};
    supply.revenue = chi_net_input_column(in, "revenue", 0.0, false, &ok);
    supply.costs = chi_net_input_column(in, "costs", 0.0, false, &ok);
    if (!ok || !read_sectors(in, &supply))
        return false;
    chi_net_supply net = chi_net_supply_build(in->arena, &supply);
    report->title = "Supply: output lost when a firm fails (economic systemic risk index)";
    report->rows = in->network.firms;
    chi_net_report_fact(report, "eps", in->job->eps);
    if (in->job->firm)
        ok = run_firm(in, report, &net);
    else
        rank_all(in, report, &net);
    if (!in->job->sectors_path)
        chi_net_report_note(report, "Assumed: no input is essential (--sectors FILE.csv with from, "
                                    "to, essential says otherwise).");
    chi_net_report_fact(report, "firms_with_final_demand", (double)net.leaky);
    if (net.leaky == 0)
        chi_net_report_note(report,
            "Warning: nobody sells outside the network (no column revenue above its sales), so "
            "lost demand never leaves it and the converged answer tends to total collapse.");
    return ok;
}

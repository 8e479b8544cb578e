/* Cases of supply chains. */
#include "clear/net_case.h"
#include "clear/net_supply.h"

#include <math.h>
#include <string.h>

enum { STEPS_MAX = 1000000, SECTORS_MAX = 100000 };

static void read_essential(chi_net_case *c, chi_net_supply_input *in)
{
    size_t m = chi_net_case_length(c, c->root, "essential");
    if (m == 0 || m > SECTORS_MAX) {
        chi_net_case_error(c, c->root, 701, "\"essential\" should be a square matrix");
        return;
    }
    uint8_t *essential = chi_arena_alloc(c->arena, m * m);
    size_t row = 0;
    for (const chi_node *at = chi_node_get(c->root, "essential")->first; at; at = at->next) {
        size_t column = 0;
        for (const chi_node *cell = at->first; cell && at->size == m; cell = cell->next) {
            double value = -1.0;
            if (cell->kind == CHI_SCALAR)
                chi_net_number(cell->text, cell->size, &value);
            if (value != 0.0 && value != 1.0 && value != 2.0)
                chi_net_case_error(c, cell, 701, "an entry of \"essential\" is 0, 1 or 2");
            else
                essential[row * m + column] = (uint8_t)value;
            column++;
        }
        if (at->size != m)
            chi_net_case_error(c, at, 701, "\"essential\" should be a square matrix");
        row++;
    }
    in->sectors = m;
    in->essential = essential;
}

static void read_sectors(chi_net_case *c, chi_net_supply_input *in)
{
    double *numbers = chi_net_case_vector(c, c->root, "sector", in->firms, 0.0);
    uint32_t *sector = chi_arena_alloc(c->arena, (in->firms + 1) * sizeof *sector);
    for (size_t i = 0; numbers && i < in->firms && !c->failed; i++) {
        if (numbers[i] >= (double)in->sectors || numbers[i] != floor(numbers[i]))
            chi_net_case_error(c, chi_node_get(c->root, "sector"), 701,
                "firm %zu is in sector %g; there are %zu sectors", i, numbers[i], in->sectors);
        else
            sector[i] = (uint32_t)numbers[i];
    }
    if (!numbers && !c->failed)
        chi_net_case_error(c, c->root, 701, "\"sector\" is missing");
    in->sector = sector;
}

static void write_runs(chi_net_json *json, const chi_net_supply_result *results, size_t firms)
{
    static const char *const keys[3] = {"esri", "esri_down", "esri_up"};
    for (size_t which = 0; which < 3; which++) {
        chi_net_json_key(json, keys[which]);
        chi_net_json_open(json, '[');
        for (size_t i = 0; i < firms; i++) {
            const chi_net_supply_result *r = &results[i];
            chi_net_json_number(json, which == 0   ? r->esri
                                      : which == 1 ? r->esri_down
                                                   : r->esri_up);
        }
        chi_net_json_close(json, ']');
    }
    chi_net_json_key(json, "iterations");
    chi_net_json_open(json, '[');
    for (size_t i = 0; i < firms; i++)
        chi_net_json_integer(json, (int64_t)results[i].iterations);
    chi_net_json_close(json, ']');
}

static void run_one(
    chi_net_case *c, const chi_net_supply *net, const char *label, const char *code, double eps)
{
    size_t n = net->firms;
    chi_net_supply_result *results = chi_arena_alloc(c->arena, (n + 1) * sizeof *results);
    double *down = chi_arena_alloc(c->arena, (n + 1) * sizeof *down);
    double *up = chi_arena_alloc(c->arena, (n + 1) * sizeof *up);
    chi_net_supply_ranking ranking = {NULL, n, eps, STEPS_MAX, c->threads};
    chi_net_supply_rank(c->arena, net, &ranking, results);
    if (n > 0) {
        chi_net_supply_state state = chi_net_supply_state_new(c->arena, net);
        uint32_t first = 0;
        double all = 1.0;
        chi_net_supply_run(&state, &first, &all, 1, eps, STEPS_MAX);
        memcpy(down, state.lost_down, n * sizeof *down);
        memcpy(up, state.lost_up, n * sizeof *up);
    }
    chi_net_json_open(c->json, '{');
    chi_net_json_string(c->json, "label", label);
    chi_net_json_field(c->json, "eps", eps);
    if (code)
        chi_net_json_string(c->json, "code", code);
    write_runs(c->json, results, n);
    chi_net_json_vector(c->json, "h_down_first", down, n);
    chi_net_json_vector(c->json, "h_up_first", up, n);
    chi_net_json_close(c->json, '}');
}

static void run_all(chi_net_case *c, const chi_net_supply *net)
{
    const chi_node *runs = chi_node_get(c->root, "runs");
    chi_net_json_key(c->json, "runs");
    chi_net_json_open(c->json, '[');
    if (runs && runs->kind == CHI_SEQUENCE) {
        for (const chi_node *at = runs->first; at && !c->failed; at = at->next) {
            double eps = chi_net_case_number(c, at, "eps", 0.01);
            if (!(eps >= 0.0))
                chi_net_case_error(c, at, 714, "eps cannot be negative");
            else
                run_one(c, net, chi_net_case_text(c, at, "label", "run"),
                    chi_net_case_text(c, at, "code", NULL), eps);
        }
    } else {
        run_one(c, net, "as_published_eps_0.01", NULL, 0.01);
        run_one(c, net, "converged_eps_1e-11", NULL, 1e-11);
    }
    chi_net_json_close(c->json, ']');
}

void chi_net_case_supply(chi_net_case *c)
{
    chi_net_supply_input in = {.firms = chi_net_case_firms(c)};
    in.edges = chi_net_case_edges(c, c->root, "edges", in.firms);
    read_essential(c, &in);
    if (!c->failed)
        read_sectors(c, &in);
    in.revenue = chi_net_case_vector(c, c->root, "revenue", in.firms, 0.0);
    in.costs = chi_net_case_vector(c, c->root, "costs", in.firms, 0.0);
    in.replaceable = strcmp(chi_net_case_text(c, c->root, "replaceability", "false"), "true") == 0;
    if (c->failed)
        return;
    chi_net_supply net = chi_net_supply_build(c->arena, &in);
    run_all(c, &net);
}

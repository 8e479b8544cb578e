/* Cases of DebtRank and threshold cascades, and of communicability. */
#include "clear/net_case.h"
#include "clear/net_distress.h"
#include "clear/net_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The program behind the cases stops after so many rounds, which shows where losses decay slowly:
 * as published, then, not the limit. */
enum { PUBLISHED_ROUNDS_MAX = 3000 };

typedef struct distress_input {
    size_t firms;
    double *capital, *weights;
    chi_net_walk walk;
} distress_input;

/* "uniform_5pct", "default_of_7", or a vector of the case by that name. */
static double *scenario_start(chi_net_case *c, const chi_node *at, const char *name, size_t firms)
{
    const chi_node *vectors = chi_node_get(c->root, "initial_stress");
    if (vectors && chi_node_get(vectors, name))
        return chi_net_case_vector(c, vectors, name, firms, 0.0);
    double *start = chi_arena_alloc(c->arena, (firms + 1) * sizeof *start);
    double value;
    size_t size = strlen(name);
    if (strncmp(name, "uniform_", 8) == 0 && size > 11 && strcmp(name + size - 3, "pct") == 0 &&
        chi_net_number(name + 8, size - 11, &value) && value >= 0.0) {
        for (size_t i = 0; i < firms; i++)
            start[i] = value / 100.0;
    } else if (strncmp(name, "default_of_", 11) == 0 &&
               chi_net_number(name + 11, size - 11, &value) && value >= 0.0 &&
               value < (double)firms) {
        start[(size_t)value] = 1.0;
    } else {
        chi_net_case_error(c, at, 701, "there is no scenario \"%.60s\"", name);
    }
    return start;
}

static void run_scenario(
    chi_net_case *c, const distress_input *in, const chi_node *at, const char *method_name)
{
    const char *method_text = chi_net_case_text(c, at, "method", method_name);
    const char *name = chi_net_case_text(c, at, "scenario", "");
    chi_net_distress_method method = chi_net_distress_find(method_text);
    double *start = scenario_start(c, at, name, in->firms);
    if (method == CHI_NET_DISTRESS_COUNT)
        chi_net_case_error(c, at, 701, "\"%.40s\" is not a method", method_text);
    if (c->failed)
        return;
    chi_net_walk walk = in->walk;
    size_t rounds = chi_net_walk_run(&walk, method, start, PUBLISHED_ROUNDS_MAX, 1e-17);
    chi_net_distress_sums sums =
        chi_net_distress_sum(in->firms, start, walk.stress, in->capital, in->weights);
    chi_net_json_open(c->json, '{');
    chi_net_json_string(c->json, "method", method_text);
    chi_net_json_string(c->json, "scenario", name);
    chi_net_json_field(c->json, "original_stress", sums.original_stress);
    chi_net_json_field(c->json, "additional_stress", sums.additional_stress);
    chi_net_json_field(c->json, "original_losses", sums.original_losses);
    chi_net_json_field(c->json, "additional_losses", sums.additional_losses);
    chi_net_json_count(c->json, "additional_defaults", sums.additional_defaults);
    chi_net_json_vector(c->json, "final_stress", walk.stress, in->firms);
    chi_net_json_count(c->json, "rounds", rounds);
    chi_net_json_close(c->json, '}');
}

/* Without a list of results: every vector of the case under every method. */
static void run_all(chi_net_case *c, const distress_input *in)
{
    const chi_node *vectors = chi_node_get(c->root, "initial_stress");
    for (unsigned m = 0; m < CHI_NET_DISTRESS_COUNT; m++) {
        for (const chi_node *at = vectors ? vectors->first : NULL; at; at = at->next) {
            chi_node scenario = {.kind = CHI_SCALAR, .key = "scenario", .text = at->key};
            chi_node map = {.kind = CHI_MAPPING, .span = at->span, .first = &scenario, .size = 1};
            run_scenario(c, in, &map, chi_net_distress_name((chi_net_distress_method)m));
        }
    }
}

static void run_listed(chi_net_case *c, const distress_input *in)
{
    const char *list = chi_node_get(c->root, "scenarios") ? "scenarios" : "results";
    const chi_node *results = chi_node_get(c->root, list);
    const char *method = chi_net_case_text(c, c->root, "method", "debtrank");
    chi_net_json_key(c->json, list);
    chi_net_json_open(c->json, '[');
    if (results && results->kind == CHI_SEQUENCE) {
        for (const chi_node *at = results->first; at && !c->failed; at = at->next)
            run_scenario(c, in, at, method);
    } else {
        run_all(c, in);
    }
    chi_net_json_close(c->json, ']');
}

/* The tables a case names lie beside it. Firm k is row k of the table of firms. */
static chi_net_edges read_tables(chi_net_case *c, distress_input *in)
{
    chi_net_edges edges = {0};
    const char *nodes = chi_net_case_text(c, c->root, "nodes", NULL);
    const char *network = chi_net_case_text(c, c->root, "network", NULL);
    if (!nodes || !network) {
        chi_net_case_error(c, c->root, 701, "\"nodes\" or \"network\" is missing");
        return edges;
    }
    const char *path = chi_arena_format(c->arena, "%s%s", c->folder, nodes);
    chi_net_table *firms = chi_net_table_read(c->arena, c->diags, path);
    path = chi_arena_format(c->arena, "%s%s", c->folder, network);
    chi_net_table *links = chi_net_table_read(c->arena, c->diags, path);
    if (!firms || !links) {
        c->failed = true;
        return edges;
    }
    in->firms = firms->rows;
    in->capital = chi_net_table_numbers(firms, "buffer", 0.0);
    in->weights = chi_net_table_numbers(firms, "weights", 0.0);
    edges.count = links->rows;
    edges.from = chi_net_table_indices(links, "debtor", in->firms);
    edges.to = chi_net_table_indices(links, "creditor", in->firms);
    edges.amount = chi_net_table_numbers(links, "amount", 0.0);
    c->failed = !in->capital || !in->weights || !edges.from || !edges.to || !edges.amount;
    return edges;
}

void chi_net_case_debtrank(chi_net_case *c)
{
    distress_input in = {0};
    chi_net_edges edges;
    if (chi_node_get(c->root, "network")) {
        edges = read_tables(c, &in);
    } else {
        in.firms = chi_net_case_firms(c);
        in.capital = chi_net_case_vector(c, c->root, "capital", in.firms, 0.0);
        in.weights = chi_net_case_vector(c, c->root, "weights", in.firms, 0.0);
        edges = chi_net_case_edges(c, c->root, "edges", in.firms);
        if (!c->failed && !in.capital)
            chi_net_case_error(c, c->root, 701, "\"capital\" is missing");
    }
    if (c->failed)
        return;
    if (!in.weights) {
        in.weights = chi_arena_alloc(c->arena, (in.firms + 1) * sizeof(double));
        for (size_t k = 0; k < edges.count; k++)
            in.weights[edges.to[k]] += edges.amount[k];
    }
    chi_net_matrix impact = chi_net_impact(
        c->arena, in.firms, edges.count, edges.from, edges.to, edges.amount, in.capital);
    chi_net_matrix out = chi_net_matrix_transpose(c->arena, &impact);
    in.walk = chi_net_walk_new(c->arena, &out);
    run_listed(c, &in);
}

static void write_diffusion(
    chi_net_case *c, const char *key, const chi_net_communicability *m, size_t firms)
{
    chi_net_json_key(c->json, key);
    chi_net_json_open(c->json, '[');
    for (size_t i = 0; i < firms; i++) {
        chi_net_json_open(c->json, '{');
        chi_net_json_field(c->json, "start", m->start[i]);
        chi_net_json_field(c->json, "intermediate", m->between[i]);
        chi_net_json_field(c->json, "total", m->start[i] + m->between[i]);
        chi_net_json_close(c->json, '}');
    }
    chi_net_json_close(c->json, ']');
}

void chi_net_case_communicability(chi_net_case *c)
{
    size_t n = chi_net_case_firms(c);
    double *buffer = chi_net_case_vector(c, c->root, "buffer", n, 1e-300);
    chi_net_edges edges = chi_net_case_edges(c, c->root, "edges", n);
    if (c->failed || !buffer)
        return;
    chi_net_matrix impact =
        chi_net_impact(c->arena, n, edges.count, edges.from, edges.to, edges.amount, buffer);
    for (size_t k = 0; k < impact.entries; k++)
        impact.weight[k] = impact.weight[k] < 1.0 ? impact.weight[k] : 1.0;
    chi_net_matrix v = chi_net_matrix_transpose(c->arena, &impact);
    if (chi_net_row_norm(&v) > CHI_NET_COMMUNICABILITY_NORM_MAX) {
        chi_net_case_error(c, c->root, 715, "the links are too strong for these measures");
        return;
    }
    chi_net_communicability plain = chi_net_communicate(c->arena, &v);
    for (size_t k = 0; k < v.entries; k++)
        v.weight[k] = v.weight[k] >= 1.0 ? 1.0 : 0.0;
    chi_net_communicability binary = chi_net_communicate(c->arena, &v);
    chi_net_json_vector(c->json, "criticality", plain.criticality, n);
    chi_net_json_vector(c->json, "criticality_binary", binary.criticality, n);
    chi_net_json_vector(c->json, "impact_susceptibility", binary.susceptibility, n);
    chi_net_json_field(c->json, "impact_fluidity", binary.fluidity);
    write_diffusion(c, "impact_diffusion", &binary, n);
    chi_net_json_vector(c->json, "impact_susceptibility_nonbinary", plain.susceptibility, n);
    chi_net_json_field(c->json, "impact_fluidity_nonbinary", plain.fluidity);
    write_diffusion(c, "impact_diffusion_nonbinary", &plain, n);
}

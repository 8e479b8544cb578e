/* Cases of clearing, and of debt tiers with holdings of equity. */
#include "clear/net_case.h"

#include <math.h>
#include <string.h>

/* One run of a clearing case as its results[] name it. */
typedef struct request {
    double alpha, beta;
    bool least;
} request;

static void write_rounds(chi_net_json *json, const chi_net_clearing *found, size_t firms)
{
    chi_net_json_key(json, "default_rounds");
    chi_net_json_open(json, '[');
    for (uint32_t round = 1; round <= found->rounds; round++) {
        chi_net_json_open(json, '[');
        for (size_t i = 0; i < firms; i++) {
            if (found->failed[i] && found->round[i] == round)
                chi_net_json_integer(json, (int64_t)i);
        }
        chi_net_json_close(json, ']');
    }
    chi_net_json_close(json, ']');
}

static void write_certificate(
    chi_net_json *json, const chi_net_clearing *found, const chi_net_problem *problem)
{
    (void)problem;
    chi_net_json_key(json, "certificate");
    chi_net_json_open(json, '{');
    chi_net_json_key(json, "certified");
    chi_net_json_bool(json, found->certified);
    chi_net_json_field(json, "error", found->error);
    chi_net_json_count(json, "rounds", found->rounds);
    chi_net_json_count(json, "close_calls", found->close_calls);
    if (isfinite(found->nearest_margin)) {
        chi_net_json_count(json, "nearest_firm", found->nearest_firm);
        chi_net_json_field(json, "nearest_margin", found->nearest_margin);
    }
    chi_net_json_close(json, '}');
}

/* Fields in the names of the case files; with senior outsiders only what the network gets counts
 * as payment. */
static void write_clearing(
    chi_net_case *c, const chi_net_build *build, const request *run, const chi_net_clearing *found)
{
    const chi_net_problem *problem = &build->problem;
    size_t n = problem->firms;
    double *payments = chi_arena_alloc(c->arena, (n + 1) * sizeof *payments);
    double *equity = chi_arena_alloc(c->arena, (n + 1) * sizeof *equity);
    double *book = chi_arena_alloc(c->arena, (n + 1) * sizeof *book);
    for (size_t i = 0; i < n; i++) {
        payments[i] = problem->size[i] * found->output[i];
        double rest = found->value[i] - problem->debt[i];
        equity[i] = found->failed[i] || rest < 0.0 ? 0.0 : rest;
        book[i] = problem->outside[i] + chi_net_row_sum(problem->matrix, i) - problem->debt[i];
    }
    chi_net_json_open(c->json, '{');
    chi_net_json_field(c->json, "alpha", run->alpha);
    chi_net_json_field(c->json, "beta", run->beta);
    chi_net_json_string(c->json, "which", run->least ? "least" : "greatest");
    chi_net_json_vector(c->json, "payments", payments, n);
    chi_net_json_vector(c->json, "total_liabilities", problem->size, n);
    chi_net_json_vector(c->json, "recovery", found->output, n);
    chi_net_json_vector(c->json, "equity", equity, n);
    chi_net_json_vector(c->json, "asset_value_before_costs", found->value, n);
    chi_net_json_vector(c->json, "book_equity", book, n);
    chi_net_json_flags(c->json, "defaulted", found->failed, n);
    if (!run->least)
        write_rounds(c->json, found, n);
    write_certificate(c->json, found, problem);
    chi_net_json_close(c->json, '}');
}

/* The simple domino model: a failed firm pays nothing at all (Furfine 2003 with recovery 0). */
static void write_domino(chi_net_case *c, const chi_network *network)
{
    chi_net_build build;
    chi_net_build_problem(c->arena, network, 0.0, 0.0, &build);
    chi_net_clearing found = chi_net_clear_greatest(c->arena, &build.problem);
    chi_net_json_flags(c->json, "domino_zero_recovery_defaulted", found.failed, network->firms);
}

static void run_clearing(chi_net_case *c, const chi_network *network, const request *run)
{
    if (!(run->alpha >= 0.0 && run->alpha <= 1.0 && run->beta >= 0.0 && run->beta <= 1.0)) {
        chi_net_case_error(c, c->root, 714, "alpha and beta are shares between 0 and 1");
        return;
    }
    chi_net_build build;
    chi_net_build_problem(c->arena, network, run->alpha, run->beta, &build);
    chi_net_clearing found = run->least ? chi_net_clear_least(c->arena, &build.problem)
                                        : chi_net_clear_greatest(c->arena, &build.problem);
    if (!found.converged)
        chi_net_case_error(c, c->root, 715, "the clearing did not converge");
    write_clearing(c, &build, run, &found);
}

static void run_all(chi_net_case *c, const chi_network *network)
{
    const chi_node *results = chi_node_get(c->root, "results");
    chi_net_json_key(c->json, "results");
    chi_net_json_open(c->json, '[');
    if (results && results->kind == CHI_SEQUENCE) {
        for (const chi_node *at = results->first; at && !c->failed; at = at->next) {
            const char *which = chi_net_case_text(c, at, "which", "greatest");
            request run = {chi_net_case_number(c, at, "alpha", 1.0),
                chi_net_case_number(c, at, "beta", 1.0), strcmp(which, "least") == 0};
            run_clearing(c, network, &run);
        }
    } else {
        request run = {chi_net_case_number(c, c->root, "alpha", 1.0),
            chi_net_case_number(c, c->root, "beta", 1.0), false};
        run_clearing(c, network, &run);
        run.least = true;
        run_clearing(c, network, &run);
    }
    chi_net_json_close(c->json, ']');
}

void chi_net_case_clearing(chi_net_case *c)
{
    size_t n = chi_net_case_firms(c);
    const char *rank = chi_net_case_text(c, c->root, "external_rank", "pari_passu");
    chi_network network = {.firms = n, .tiers = 1};
    network.external_senior = strcmp(rank, "senior") == 0;
    if (!network.external_senior && strcmp(rank, "pari_passu") != 0)
        chi_net_case_error(c, chi_node_get(c->root, "external_rank"), 701,
            "external_rank is \"pari_passu\" or \"senior\"");
    network.outside = chi_net_case_vector(c, c->root, "external_assets", n, 0.0);
    network.external = chi_net_case_vector(c, c->root, "external_liabilities", n, 0.0);
    network.exposures = chi_net_case_edges(c, c->root, "edges", n);
    if (!network.outside && !c->failed)
        chi_net_case_error(c, c->root, 701, "\"external_assets\" is missing");
    if (c->failed)
        return;
    run_all(c, &network);
    if (!network.external_senior)
        write_domino(c, &network);
}

/* Reads the tiers into one list of exposures, most senior first as the file has them. */
static void read_tiers(chi_net_case *c, chi_network *network)
{
    size_t n = network->firms, count = 0;
    const chi_node *tiers = chi_node_get(c->root, "debt_tiers");
    network->tiers = chi_net_case_length(c, c->root, "debt_tiers");
    if (network->tiers < 1 || network->tiers > 64) {
        chi_net_case_error(c, tiers, 701, "debt_tiers should list 1 to 64 tiers");
        return;
    }
    for (const chi_node *at = tiers->first; at; at = at->next)
        count += chi_net_case_length(c, at, "edges");
    chi_net_edges *all = &network->exposures;
    all->from = chi_arena_alloc(c->arena, (count + 1) * sizeof *all->from);
    all->to = chi_arena_alloc(c->arena, (count + 1) * sizeof *all->to);
    all->amount = chi_arena_alloc(c->arena, (count + 1) * sizeof *all->amount);
    network->tier = chi_arena_alloc(c->arena, (count + 1) * sizeof *network->tier);
    network->external_tier =
        chi_arena_alloc(c->arena, (network->tiers * n + 1) * sizeof *network->external_tier);
    size_t tier = 0;
    for (const chi_node *at = tiers->first; at; at = at->next, tier++) {
        chi_net_edges edges = chi_net_case_edges(c, at, "edges", n);
        for (size_t k = 0; k < edges.count; k++) {
            all->from[all->count] = edges.from[k];
            all->to[all->count] = edges.to[k];
            all->amount[all->count] = edges.amount[k];
            network->tier[all->count++] = (uint32_t)tier;
        }
        double *outsiders = chi_net_case_vector(c, at, "owed_to_outsiders", n, 0.0);
        for (size_t i = 0; outsiders && i < n; i++)
            network->external_tier[tier * n + i] = outsiders[i];
    }
}

/* Shares must be at most 1 in all: more would pay a firm's equity out twice. */
static void check_holdings(chi_net_case *c, const chi_network *network)
{
    double *held = chi_arena_alloc(c->arena, (network->firms + 1) * sizeof *held);
    for (size_t k = 0; k < network->holdings.count; k++)
        held[network->holdings.from[k]] += network->holdings.amount[k];
    for (size_t i = 0; i < network->firms; i++) {
        if (held[i] > 1.0 + 1e-9)
            chi_net_case_error(c, chi_node_get(c->root, "equity_holdings"), 710,
                "others hold %g of the equity of firm %zu; it has only 1 to hold", held[i], i);
    }
}

static void write_holdings(chi_net_case *c, const chi_net_build *build, const chi_network *network,
    const chi_net_clearing *found)
{
    const chi_net_problem *problem = &build->problem;
    size_t n = problem->firms, tiers = network->tiers;
    double *equity = chi_arena_alloc(c->arena, (n + 1) * sizeof *equity);
    double *signed_equity = chi_arena_alloc(c->arena, (n + 1) * sizeof *signed_equity);
    double *paid = chi_arena_alloc(c->arena, (n + 1) * sizeof *paid);
    for (size_t i = 0; i < n; i++) {
        signed_equity[i] = found->value[i] - problem->debt[i];
        equity[i] = signed_equity[i] > 0.0 ? signed_equity[i] : 0.0;
    }
    chi_net_json_key(c->json, "result");
    chi_net_json_open(c->json, '{');
    chi_net_json_vector(c->json, "total_asset_value", found->value, n);
    chi_net_json_key(c->json, "debt_payments_by_tier");
    chi_net_json_open(c->json, '[');
    for (size_t tier = 0; tier < tiers; tier++) {
        chi_net_json_open(c->json, '[');
        for (size_t i = 0; i < n; i++) {
            size_t node = problem->first_node ? problem->first_node[i] + tier : i;
            paid[i] = problem->size[node] * found->output[node];
            chi_net_json_number(c->json, paid[i]);
        }
        chi_net_json_close(c->json, ']');
    }
    chi_net_json_close(c->json, ']');
    chi_net_json_vector(c->json, "equity", equity, n);
    chi_net_json_vector(c->json, "signed_equity", signed_equity, n);
    chi_net_json_vector(c->json, "total_debt", problem->debt, n);
    chi_net_json_flags(c->json, "defaulted", found->failed, n);
    write_certificate(c->json, found, problem);
    chi_net_json_close(c->json, '}');
}

void chi_net_case_holdings(chi_net_case *c)
{
    chi_network network = {.firms = chi_net_case_firms(c), .tiers = 1};
    size_t n = network.firms;
    network.outside = chi_net_case_vector(c, c->root, "external_assets", n, 0.0);
    if (!network.outside && !c->failed)
        chi_net_case_error(c, c->root, 701, "\"external_assets\" is missing");
    read_tiers(c, &network);
    if (chi_node_get(c->root, "equity_holdings"))
        network.holdings = chi_net_case_edges(c, c->root, "equity_holdings", n);
    if (!c->failed)
        check_holdings(c, &network);
    if (c->failed)
        return;
    chi_net_build build;
    chi_net_build_problem(c->arena, &network, 1.0, 1.0, &build);
    chi_net_clearing found = chi_net_clear_greatest(c->arena, &build.problem);
    if (!found.converged)
        chi_net_case_error(c, c->root, 715, "the clearing did not converge");
    write_holdings(c, &build, &network, &found);
}

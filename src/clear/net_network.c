/* From a network as it is read to the nodes and the matrix of the clearing problem. */
#include "clear/net_network.h"

#include "base/check.h"

#include <math.h>

/* What each firm owes in each tier. */
static double *sum_debts(chi_arena *arena, const chi_network *network)
{
    size_t n = network->firms;
    double *debt = chi_arena_alloc(arena, (network->tiers * n + 1) * sizeof *debt);
    for (size_t k = 0; k < network->exposures.count; k++) {
        size_t tier = network->tier ? network->tier[k] : 0;
        debt[tier * n + network->exposures.from[k]] += network->exposures.amount[k];
    }
    for (size_t k = 0; network->external_tier && k < network->tiers * n; k++)
        debt[k] += network->external_tier[k];
    for (size_t i = 0; network->external && !network->external_senior && i < n; i++)
        debt[i] += network->external[i];
    return debt;
}

/* One node a firm: node i is the debt of firm i. */
static void build_plain(chi_arena *arena, const chi_network *network, chi_net_build *build)
{
    size_t n = network->firms;
    build->matrix = chi_net_matrix_build(arena, n, n, network->exposures.count,
        network->exposures.to, network->exposures.from, network->exposures.amount);
    double *bottom = chi_arena_alloc(arena, (n + 1) * sizeof *bottom);
    double *debt = chi_arena_alloc(arena, (n + 1) * sizeof *debt);
    for (size_t i = 0; i < n; i++) {
        bottom[i] = network->external && network->external_senior ? network->external[i] : 0.0;
        debt[i] = bottom[i] + build->tier_debt[i];
        build->problem.senior |= bottom[i] > 0.0;
    }
    build->problem.nodes = n;
    build->problem.bottom = bottom;
    build->problem.size = build->tier_debt;
    build->problem.debt = debt;
}

/* A node for each tier and one for the equity: node firm * (tiers + 1) + tier. */
static void stack_nodes(
    const chi_network *network, chi_net_build *build, double *bottom, double *size, double *debt)
{
    size_t n = network->firms, stack = network->tiers + 1;
    for (size_t i = 0; i < n; i++) {
        double below = network->external && network->external_senior ? network->external[i] : 0.0;
        for (size_t tier = 0; tier < network->tiers; tier++) {
            bottom[i * stack + tier] = below;
            size[i * stack + tier] = build->tier_debt[tier * n + i];
            below += build->tier_debt[tier * n + i];
        }
        bottom[i * stack + network->tiers] = below;
        debt[i] = below;
    }
    for (size_t k = 0; k < network->holdings.count; k++)
        size[network->holdings.from[k] * stack + network->tiers] = (double)INFINITY;
}

static void build_stacked(chi_arena *arena, const chi_network *network, chi_net_build *build)
{
    size_t n = network->firms, stack = network->tiers + 1, nodes = n * stack;
    double *bottom = chi_arena_alloc(arena, (nodes + 1) * sizeof *bottom);
    double *size = chi_arena_alloc(arena, (nodes + 1) * sizeof *size);
    double *debt = chi_arena_alloc(arena, (n + 1) * sizeof *debt);
    stack_nodes(network, build, bottom, size, debt);
    uint32_t *first = chi_arena_alloc(arena, (n + 1) * sizeof *first);
    for (size_t i = 0; i <= n; i++)
        first[i] = (uint32_t)(i * stack);
    size_t debts = network->exposures.count, count = debts + network->holdings.count;
    uint32_t *row = chi_arena_alloc(arena, (count + 1) * sizeof *row);
    uint32_t *column = chi_arena_alloc(arena, (count + 1) * sizeof *column);
    double *weight = chi_arena_alloc(arena, (count + 1) * sizeof *weight);
    for (size_t k = 0; k < count; k++) {
        const chi_net_edges *edges = k < debts ? &network->exposures : &network->holdings;
        size_t at = k < debts ? k : k - debts;
        size_t tier = k >= debts ? network->tiers : network->tier ? network->tier[at] : 0;
        row[k] = edges->to[at];
        column[k] = (uint32_t)(edges->from[at] * stack + tier);
        weight[k] = edges->amount[at];
    }
    build->matrix = chi_net_matrix_build(arena, n, nodes, count, row, column, weight);
    build->problem.nodes = nodes;
    build->problem.first_node = first;
    build->problem.bottom = bottom;
    build->problem.size = size;
    build->problem.debt = debt;
    build->problem.holdings = network->holdings.count > 0;
}

void chi_net_build_problem(
    chi_arena *arena, const chi_network *network, double alpha, double beta, chi_net_build *build)
{
    CHI_ASSERT(network->tiers >= 1);
    CHI_ASSERT(network->firms * (network->tiers + 1) < UINT32_MAX);
    *build = (chi_net_build){0};
    build->tier_debt = sum_debts(arena, network);
    build->problem.firms = network->firms;
    build->problem.outside = network->outside;
    build->problem.alpha = alpha;
    build->problem.beta = beta;
    if (network->tiers == 1 && network->holdings.count == 0)
        build_plain(arena, network, build);
    else
        build_stacked(arena, network, build);
    build->problem.matrix = &build->matrix;
    if (build->problem.first_node)
        return;
    double *face = chi_arena_alloc(arena, (network->firms + 1) * sizeof *face);
    for (size_t i = 0; i < network->firms; i++)
        face[i] = chi_net_row_sum(&build->matrix, i);
    build->problem.face = face;
}

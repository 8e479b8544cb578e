/* The public face of clearing in memory: argument checks, ownership, the one road of failure. */
#include "cardhouse/network.h"
#include "clear/net_network.h"

#include <math.h>
#include <string.h>

struct ch_debts {
    chi_arena arena, work; /* of the network; of one solution, emptied for the next */
    chi_net_build build;
    chi_net_slices slices;
};

static int is_money(double amount)
{
    return amount >= 0.0 && isfinite(amount);
}

static int are_money(const double *amounts, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        if (!is_money(amounts[k]))
            return 0;
    }
    return 1;
}

static void build(ch_debts *debts, size_t firms, const double *outsiders, size_t edges,
    const uint32_t *debtor, const uint32_t *creditor, const double *amount)
{
    chi_arena *arena = &debts->arena;
    chi_net_edges copy = {edges, chi_arena_room(arena, (edges + 1) * sizeof *debtor),
        chi_arena_room(arena, (edges + 1) * sizeof *creditor),
        chi_arena_room(arena, (edges + 1) * sizeof *amount)};
    chi_network network = {.firms = firms, .tiers = 1, .exposures = copy};
    if (edges) {
        memcpy(copy.from, debtor, edges * sizeof *debtor);
        memcpy(copy.to, creditor, edges * sizeof *creditor);
        memcpy(copy.amount, amount, edges * sizeof *amount);
    }
    network.external = chi_arena_alloc(arena, firms * sizeof *outsiders);
    if (outsiders)
        memcpy(network.external, outsiders, firms * sizeof *outsiders);
    chi_net_build_problem(arena, &network, 1.0, 1.0, &debts->build);
    const chi_net_matrix *m = &debts->build.matrix;
    debts->build.problem.matrix = m;
    chi_net_slices_fill(arena, &debts->slices, m->rows, m->start, m->column, m->weight);
    debts->build.problem.slices = &debts->slices;
}

ch_status ch_debts_new(size_t firms, const double *outsiders, size_t edges, const uint32_t *debtor,
    const uint32_t *creditor, const double *amount, ch_debts **debts)
{
    if (!debts)
        return CH_E_ARGUMENT;
    *debts = NULL;
    if (firms == 0 || firms > INT32_MAX / 8 || (edges && (!debtor || !creditor || !amount)))
        return CH_E_ARGUMENT;
    for (size_t k = 0; k < edges; k++) {
        if (debtor[k] >= firms || creditor[k] >= firms || debtor[k] == creditor[k])
            return CH_E_ARGUMENT;
    }
    if (!are_money(amount, edges) || (outsiders && !are_money(outsiders, firms)))
        return CH_E_ARGUMENT;
    ch_debts *made = chi_memory_alloc(sizeof *made);
    if (!made)
        return CH_E_MEMORY;
    chi_arena_init(&made->arena);
    chi_arena_init(&made->work);
    jmp_buf failure;
    made->arena.on_failure = &failure;
    if (setjmp(failure) != 0) {
        ch_debts_free(made);
        return CH_E_MEMORY;
    }
    build(made, firms, outsiders, edges, debtor, creditor, amount);
    made->arena.on_failure = NULL;
    *debts = made;
    return CH_OK;
}

void ch_debts_free(ch_debts *debts)
{
    if (!debts)
        return;
    chi_arena_free(&debts->work);
    chi_arena_free(&debts->arena);
    chi_memory_free(debts);
}

static void solve(ch_debts *debts, const chi_net_problem *problem, int least, ch_clearing *clearing)
{
    chi_arena *work = &debts->work;
    chi_net_clearing found =
        least ? chi_net_clear_least(work, problem) : chi_net_clear_greatest(work, problem);
    *clearing = (ch_clearing){.fraction = found.output,
        .value = found.value,
        .failed = found.failed,
        .round = found.round,
        .rounds = found.rounds,
        .converged = found.converged,
        .unique = !chi_net_may_be_many(work, problem),
        .certified = found.certified,
        .error = found.error,
        .close_calls = found.close_calls,
        .nearest_firm = found.nearest_firm,
        .nearest_margin = found.nearest_margin};
    if (least || problem->no_rounds) {
        memset(found.round, 0, problem->firms * sizeof *found.round);
        clearing->rounds = 0;
    }
}

static ch_status solve_or_fail(
    ch_debts *debts, const chi_net_problem *problem, int least, ch_clearing *clearing)
{
    jmp_buf failure;
    chi_arena_clear(&debts->work);
    debts->work.on_failure = &failure;
    if (setjmp(failure) != 0) {
        chi_arena_free(&debts->work);
        *clearing = (ch_clearing){0};
        return CH_E_MEMORY;
    }
    solve(debts, problem, least, clearing);
    debts->work.on_failure = NULL;
    return CH_OK;
}

ch_status ch_debts_clear(
    ch_debts *debts, const double *assets, const ch_clearing_terms *terms, ch_clearing *clearing)
{
    static const ch_clearing_terms plain = {1.0, 1.0, 0, 0};
    if (!debts || !assets || !clearing)
        return CH_E_ARGUMENT;
    *clearing = (ch_clearing){0};
    const ch_clearing_terms *t = terms ? terms : &plain;
    int shares = t->alpha >= 0.0 && t->alpha <= 1.0 && t->beta >= 0.0 && t->beta <= 1.0;
    if (!shares || !are_money(assets, debts->build.problem.firms))
        return CH_E_ARGUMENT;
    chi_net_problem problem = debts->build.problem;
    problem.outside = assets;
    problem.alpha = t->alpha;
    problem.beta = t->beta;
    problem.no_rounds = !t->rounds;
    return solve_or_fail(debts, &problem, t->least, clearing);
}

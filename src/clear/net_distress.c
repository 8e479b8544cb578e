/* Distress passed on before default: walks round by round, the limit, sums. */
#include "clear/net_distress.h"

#include "base/check.h"
#include "clear/net_clear.h"
#include "clear/net_table.h"

#include <math.h>
#include <string.h>

static const char *const names[CHI_NET_DISTRESS_COUNT] = {
#define METHOD_NAME(id, name) name,
    CHI_NET_DISTRESS_LIST(METHOD_NAME)
#undef METHOD_NAME
};

const char *chi_net_distress_name(chi_net_distress_method method)
{
    CHI_ASSERT(method < CHI_NET_DISTRESS_COUNT);
    return names[method];
}

chi_net_distress_method chi_net_distress_find(const char *name)
{
    return (chi_net_distress_method)chi_net_word_find(name, names, CHI_NET_DISTRESS_COUNT);
}

chi_net_matrix chi_net_impact(chi_arena *arena, size_t firms, size_t count, const uint32_t *debtor,
    const uint32_t *creditor, const double *amount, const double *capital)
{
    chi_net_matrix impact =
        chi_net_matrix_build(arena, firms, firms, count, creditor, debtor, amount);
    size_t write = 0;
    for (size_t j = 0; j < firms; j++) {
        size_t from = impact.start[j], end = impact.start[j + 1];
        impact.start[j] = write;
        for (size_t k = from; k < end && capital[j] > 0.0; k++) {
            impact.column[write] = impact.column[k];
            impact.weight[write++] = impact.weight[k] / capital[j];
        }
    }
    impact.start[firms] = write;
    impact.entries = write;
    return impact;
}

chi_net_walk chi_net_walk_new(chi_arena *arena, const chi_net_matrix *out)
{
    size_t n = out->rows + 1;
    chi_net_walk walk = {.out = out};
    walk.stress = chi_arena_alloc(arena, n * sizeof(double));
    walk.passed = chi_arena_alloc(arena, n * sizeof(double));
    walk.pending = chi_arena_alloc(arena, n * sizeof(double));
    walk.frontier = chi_arena_alloc(arena, n * sizeof(uint32_t));
    walk.next = chi_arena_alloc(arena, n * sizeof(uint32_t));
    walk.listed = chi_arena_alloc(arena, n);
    return walk;
}

/* What a firm passes on now, given its stress and what it passed on before. */
static double pass_on(chi_net_distress_method method, double stress, double passed)
{
    if (method == CHI_NET_THRESHOLD)
        return stress >= 1.0 && passed == 0.0 ? 1.0 : 0.0;
    double capped = stress < 1.0 ? stress : 1.0;
    if (method == CHI_NET_SINGLE_HIT)
        return passed == 0.0 ? capped : 0.0;
    return capped - passed;
}

/* Hands the pending stress of the frontier to its creditors; collects whom it reached. */
static size_t hand_out(chi_net_walk *w, size_t count)
{
    const chi_net_matrix *out = w->out;
    size_t reached = 0;
    for (size_t f = 0; f < count; f++) {
        uint32_t from = w->frontier[f];
        double amount = w->pending[from];
        for (size_t k = out->start[from], end = out->start[from + 1]; k < end; k++) {
            uint32_t to = out->column[k];
            w->stress[to] += amount * out->weight[k];
            if (!w->listed[to]) {
                w->listed[to] = 1;
                w->next[reached++] = to;
            }
        }
    }
    return reached;
}

/* Of the firms reached, keeps those with something to pass on. */
static size_t next_frontier(
    chi_net_walk *w, chi_net_distress_method method, size_t reached, double least)
{
    size_t count = 0;
    for (size_t r = 0; r < reached; r++) {
        uint32_t firm = w->next[r];
        w->listed[firm] = 0;
        double amount = pass_on(method, w->stress[firm], w->passed[firm]);
        if (amount > least) {
            w->pending[firm] = amount;
            w->passed[firm] += amount;
            w->frontier[count++] = firm;
        }
    }
    return count;
}

size_t chi_net_walk_run(chi_net_walk *w, chi_net_distress_method method, const double *start,
    size_t rounds_max, double least)
{
    size_t n = w->out->rows, reached = 0, rounds = 0;
    memcpy(w->stress, start, n * sizeof(double));
    memset(w->passed, 0, n * sizeof(double));
    for (uint32_t i = 0; i < n; i++) {
        if (start[i] > 0.0)
            w->next[reached++] = i;
    }
    size_t count = next_frontier(w, method, reached, least);
    while (count && (rounds_max == 0 || rounds < rounds_max)) {
        reached = hand_out(w, count);
        rounds++;
        count = next_frontier(w, method, reached, least);
    }
    return rounds;
}

bool chi_net_debtrank_limit(chi_arena *arena, const chi_net_matrix *impact, const double *start,
    double *stress, double *error, size_t *passes)
{
    size_t n = impact->rows;
    double *bottom = chi_arena_alloc(arena, (n + 1) * sizeof *bottom);
    double *one = chi_arena_alloc(arena, (n + 1) * sizeof *one);
    for (size_t i = 0; i < n; i++)
        one[i] = 1.0;
    chi_net_problem problem = {.firms = n,
        .nodes = n,
        .matrix = impact,
        .bottom = bottom,
        .size = one,
        .debt = one,
        .outside = start,
        .alpha = 1.0,
        .beta = 1.0,
        .no_rounds = true};
    chi_net_clearing found = chi_net_clear_least(arena, &problem);
    memcpy(stress, found.value, n * sizeof *stress);
    *error = found.error;
    *passes = found.passes;
    return found.converged;
}

chi_net_distress_sums chi_net_distress_sum(size_t firms, const double *start, const double *stress,
    const double *capital, const double *weights)
{
    chi_net_distress_sums sums = {0};
    double total = 0.0;
    for (size_t i = 0; i < firms; i++)
        total += weights[i];
    for (size_t i = 0; i < firms; i++) {
        double share = total > 0.0 ? weights[i] / total : 0.0;
        double first = start[i] < 1.0 ? start[i] : 1.0;
        double last = stress[i] < 1.0 ? stress[i] : 1.0;
        sums.original_stress += share * first;
        sums.additional_stress += share * (last - first);
        sums.original_losses += capital[i] * start[i];
        sums.additional_losses += capital[i] * (stress[i] - start[i]);
        sums.original_defaults += start[i] >= 1.0;
        sums.additional_defaults += stress[i] >= 1.0 && start[i] < 1.0;
    }
    return sums;
}

double chi_net_radius(chi_arena *arena, const chi_net_matrix *impact)
{
    size_t n = impact->rows;
    double *x = chi_arena_alloc(arena, (n + 1) * sizeof *x);
    double *y = chi_arena_alloc(arena, (n + 1) * sizeof *y);
    double radius = 0.0;
    for (size_t i = 0; i < n; i++)
        x[i] = 1.0;
    for (size_t step = 0; step < 400; step++) {
        /* Adding the identity makes circles of even length converge too. */
        double largest = 0.0;
        for (size_t i = 0; i < n; i++) {
            y[i] = x[i] + chi_net_row_times(impact, i, x);
            largest = y[i] > largest ? y[i] : largest;
        }
        double change = fabs(largest - 1.0 - radius);
        radius = largest - 1.0;
        for (size_t i = 0; i < n; i++)
            x[i] = y[i] / largest;
        if (step > 3 && change <= 1e-9 * (1.0 + radius))
            break;
    }
    return radius;
}

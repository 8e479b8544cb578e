/* Random networks, properties and their shrinking. */
#include "support/net_sample.h"

#include "support/cmocka_all.h"

#include <math.h>
#include <string.h>

uint64_t next_word(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

double uniform(uint64_t *state)
{
    return (double)(next_word(state) >> 11) * 0x1p-53;
}

sample draw(uint64_t *state, size_t most, bool whole)
{
    sample s = {.firms = 2 + next_word(state) % (most - 1), .alpha = 1.0, .beta = 1.0};
    size_t degree = 1 + next_word(state) % 6;
    double wealth = 2.0 * uniform(state);
    for (uint32_t i = 0; i < s.firms; i++) {
        for (size_t k = 0; k < degree && s.edges < EDGES_MAX; k++) {
            uint32_t to = (uint32_t)(next_word(state) % s.firms);
            double amount = 1.0 + 9.0 * uniform(state);
            if (to == i)
                continue;
            s.from[s.edges] = i;
            s.to[s.edges] = to;
            s.amount[s.edges++] = whole ? floor(amount) : amount;
        }
        double outside = uniform(state) < 0.25 ? 0.0 : 8.0 * wealth * uniform(state);
        double external = uniform(state) < 0.5 ? 0.0 : 5.0 * uniform(state);
        s.outside[i] = whole ? floor(outside) : outside;
        s.external[i] = whole ? floor(external) : external;
    }
    return s;
}

chi_net_build build_of(chi_arena *arena, sample *s)
{
    chi_network network = {.firms = s->firms,
        .outside = s->outside,
        .external = s->external,
        .external_senior = s->senior,
        .tiers = 1,
        .exposures = {s->edges, s->from, s->to, s->amount}};
    chi_net_build build;
    chi_net_build_problem(arena, &network, s->alpha, s->beta, &build);
    build.problem.matrix = NULL; /* points into the copy that is returned: set by the caller */
    return build;
}

static bool holds(property_fn *property, sample *s)
{
    chi_arena arena;
    chi_arena_init(&arena);
    bool yes = property(&arena, s);
    chi_arena_free(&arena);
    return yes;
}

/* Drops edges one by one as long as the property still fails. */
static void shrink(property_fn *property, sample *s)
{
    for (size_t k = 0; k < s->edges;) {
        sample fewer = *s;
        fewer.edges--;
        fewer.from[k] = s->from[fewer.edges];
        fewer.to[k] = s->to[fewer.edges];
        fewer.amount[k] = s->amount[fewer.edges];
        if (holds(property, &fewer))
            k++;
        else
            *s = fewer;
    }
}

void check(property_fn *property, sample s)
{
    if (holds(property, &s))
        return;
    shrink(property, &s);
    print_error("alpha %.17g beta %.17g senior %d\n", s.alpha, s.beta, s.senior);
    for (size_t i = 0; i < s.firms; i++)
        print_error("firm %zu: %.17g outside, %.17g owed out\n", i, s.outside[i], s.external[i]);
    for (size_t k = 0; k < s.edges; k++)
        print_error("%u owes %u %.17g\n", s.from[k], s.to[k], s.amount[k]);
    fail();
}

void run(property_fn *property, size_t count, bool costs, bool senior)
{
    uint64_t state = 0x9e3779b97f4a7c15u ^ count;
    for (size_t k = 0; k < count; k++) {
        sample s = draw(&state, FIRMS_MAX, k % 3 == 0);
        s.senior = senior;
        if (costs) {
            s.alpha = k % 7 == 0 ? 0.0 : 0.5 + 0.5 * uniform(&state);
            s.beta = k % 5 == 0 ? 1.0 : 0.4 + 0.6 * uniform(&state);
        }
        check(property, s);
    }
}

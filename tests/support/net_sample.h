/* Random networks for the tests of clearing, and properties that are shrunk when they fail: edges
 * are dropped one by one as long as the property still does. */
#ifndef TESTS_SUPPORT_NET_SAMPLE_H
#define TESTS_SUPPORT_NET_SAMPLE_H

#include "clear/net_network.h"

#include <stdint.h>

enum { FIRMS_MAX = 60, EDGES_MAX = 400 };

typedef struct sample {
    size_t firms, edges;
    uint32_t from[EDGES_MAX], to[EDGES_MAX];
    double amount[EDGES_MAX], outside[FIRMS_MAX], external[FIRMS_MAX];
    double alpha, beta;
    bool senior;
} sample;

uint64_t next_word(uint64_t *state); /* xorshift; state is not 0 */
double uniform(uint64_t *state);     /* in [0, 1) */

/* A network of 2 to `most` firms without costs; `whole`: all amounts are whole. */
sample draw(uint64_t *state, size_t most, bool whole);

/* The problem; its matrix is in the build itself, so the caller sets problem.matrix. */
chi_net_build build_of(chi_arena *arena, sample *s);

/* A property is run in an arena of its own. */
typedef bool property_fn(chi_arena *arena, sample *s);

/* Fails the test, showing the shrunk network, if the property does not hold. */
void check(property_fn *property, sample s);

/* Checks `count` networks, with costs of default or with senior outsiders. */
void run(property_fn *property, size_t count, bool costs, bool senior);

#endif

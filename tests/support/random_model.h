/* Random small models that use every kind of row, for comparing engines. */
#ifndef TESTS_SUPPORT_RANDOM_MODEL_H
#define TESTS_SUPPORT_RANDOM_MODEL_H

#include "model/model.h"

/* How large a random model may get; halving these shrinks a failing case. */
typedef struct random_size {
    uint32_t firms, loans, customers, lines, covenants, drivers, months, events;
    uint32_t contagion; /* stakes and supplies at most, and rules; 0: none */
    uint32_t deals;     /* contracts by the ACTUS standard */
} random_size;

extern const random_size random_size_default;   /* without contagion and deals */
extern const random_size random_size_contagion; /* with it */
extern const random_size random_size_deals;     /* with it and contracts by the ACTUS standard */

/* The model of a seed and size. Freed with ch_model_free(). */
ch_model *random_model(uint64_t seed, random_size size);

/* 64 random bits from a running state (splitmix64). */
uint64_t random_bits(uint64_t *state);

#endif

/* Random contracts by the ACTUS standard between the firms of a model. */
#ifndef TESTS_SUPPORT_RANDOM_DEALS_H
#define TESTS_SUPPORT_RANDOM_DEALS_H

#include "model/model.h"

/* Adds `count` of them; firms, drivers and loans must be there. */
void random_deals(chi_builder *b, uint32_t count, uint64_t *state);

#endif

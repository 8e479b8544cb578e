/* Memory that ends on demand, for tests that fail the n-th allocation. */
#ifndef TESTS_SUPPORT_FAILING_H
#define TESTS_SUPPORT_FAILING_H

#include <stdbool.h>
#include <stddef.h>

void failing_from(
    size_t number); /* the number-th allocation from now (from 1) and all after fail */
void failing_once(size_t number); /* only the number-th fails */
void failing_stop(void);          /* back to plain memory */
bool failing_happened(void);      /* has any allocation failed since? */

#endif

/* Collects what a ch_write_fn is given, and shows diagnostics as one text. */
#ifndef TESTS_SUPPORT_COLLECT_H
#define TESTS_SUPPORT_COLLECT_H

#include "cardhouse/ch_diag.h"

#include <stddef.h>

typedef struct collected {
    char *text; /* NUL-terminated; "" at first */
    size_t size;
    size_t stop_after; /* asks to stop once size has reached it; 0: never */
} collected;

int collect_write(void *collected_text, const char *text, size_t size); /* a ch_write_fn */
void collect_free(collected *text);

/* All diagnostics in one style; to be freed with free(). */
char *collect_diags(const ch_diags *diags, ch_diag_style style);

#endif

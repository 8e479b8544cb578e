/* Collects diagnostics. Every pass gets the list and goes on after an error where that makes sense. */
#ifndef CHI_BASE_DIAG_H
#define CHI_BASE_DIAG_H

#include "base/arena.h"
#include "cardhouse/ch_diag.h"

#include <stdarg.h>

enum { CHI_DIAGS_MAX = 100 }; /* errors kept; one more becomes "further errors are not shown" */

/* NULL when memory ends. Freed with ch_diags_free(). */
ch_diags *chi_diags_new(void);

/* Registers a source text for excerpts; returns its file number. Name and text are copied. */
uint32_t chi_diags_add_file(ch_diags *diags, const char *name, const char *text, size_t size);

/* Adds one diagnostic. `code` is one of base/diag_codes.h; its list gives severity and default
 * hint; hint NULL takes that default. Never fails: when memory ends the count still rises. */
void chi_diag(ch_diags *diags, uint32_t code, ch_span span, const char *hint, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* The same with a second place. */
void chi_diag_related(ch_diags *diags, uint32_t code, ch_span span, ch_span related,
    const char *hint, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* The nearest of `count` names to `word` by edit distance, or NULL if none is near enough. */
const char *chi_nearest_name(const char *word, const char *const *names, size_t count);

#endif

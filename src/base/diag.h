/* Collects diagnostics. Every pass gets the list and goes on after an error where that makes sense.
 */
#ifndef CHI_BASE_DIAG_H
#define CHI_BASE_DIAG_H

#include "base/arena.h"
#include "cardhouse/ch_diag.h"

#include <stdarg.h>

enum {
    CHI_DIAGS_MAX = 100,       /* kept; one more becomes "further diagnostics are not shown" */
    CHI_DIAG_BYTES_MAX = 1024, /* of a message or a hint */
};

/* NULL when memory ends. Freed with ch_diags_free(). */
ch_diags *chi_diags_new(void);

/* Registers a source text for excerpts; returns its file number. Name and text are copied; text
 * NULL registers only the name. A byte order mark at its start is not part of line 1. When memory
 * ends the file has no name or no excerpts, but still a number. */
uint32_t chi_diags_add_file(ch_diags *diags, const char *name, const char *text, size_t size);
/* Gives one line of a file whose text was not registered because it is too large to keep. */
void chi_diags_add_line(
    ch_diags *diags, uint32_t file, uint32_t line, const char *text, size_t size);

/* Adds one diagnostic. `code` is one of base/diag_codes.h; its list gives severity and default
 * hint; hint NULL takes that default. Never fails: when memory ends the count still rises. Messages
 * are cut at CHI_DIAG_BYTES_MAX. The list is always in order of place, those without a place last;
 * a full list gives up its last warning or note for a new error. */
void chi_diag(ch_diags *diags, uint32_t code, ch_span span, const char *hint, const char *format,
    ...) __attribute__((format(printf, 5, 6)));
/* The same with a second place. */
void chi_diag_related(ch_diags *diags, uint32_t code, ch_span span, ch_span related,
    const char *hint, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* Message and hint already formatted; for passes that find errors far from where they report them.
 */
void chi_diag_text(ch_diags *diags, uint32_t code, ch_span span, ch_span related,
    const char *message, const char *hint);

/* A span of one line: `width` characters from line:column on. */
ch_span chi_span_make(uint32_t file, uint32_t line, uint32_t column, uint32_t width);

/* From now on words of messages and hints are said in backquotes as `word_of` has them; NULL for a
 * word leaves it. What stands in single quotes is left alone. NULL instead of a function ends it.
 */
typedef const char *chi_word_fn(const void *context, const char *word);
void chi_diags_words(ch_diags *diags, chi_word_fn *word_of, const void *context);

/* The nearest of `count` names to `word` by edit distance, or NULL if none is near enough. */
const char *chi_nearest_name(const char *word, const char *const *names, size_t count);

#endif

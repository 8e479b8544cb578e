/* Cardhouse: diagnostics, the list of everything wrong with what the user wrote.
 *
 * Lines and columns are 1-based; columns count characters, not bytes; 0 means "no place". */
#ifndef CARDHOUSE_CH_DIAG_H
#define CARDHOUSE_CH_DIAG_H

#include "cardhouse/ch_base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum ch_severity { CH_ERROR, CH_WARNING, CH_NOTE } ch_severity;

/* A stretch of a source file; the end is exclusive. file counts the files of one load from 0. */
typedef struct ch_span {
    uint32_t file, line, column, end_line, end_column;
} ch_span;

typedef struct ch_diag {
    ch_severity severity;
    uint32_t code;       /* CH0214 is 214 */
    ch_span span;        /* where; line 0 if it has no place */
    ch_span related;     /* the other half of the mistake, if it has one; line 0 if not */
    const char *message; /* what is wrong; UTF-8, no newline */
    const char *hint;    /* what would be accepted; "" if there is nothing to say */
} ch_diag;

/* A list of diagnostics with the source text they point into. Freed with ch_diags_free(). */
typedef struct ch_diags ch_diags;

/* CH_DIAG_TEXT: FILE:LINE:COLUMN: error CHnnnn: message, excerpt, caret, hint.
 * CH_DIAG_JSON: one JSON object a line. */
typedef enum ch_diag_style { CH_DIAG_TEXT, CH_DIAG_JSON } ch_diag_style;

size_t ch_diags_count(const ch_diags *diags);                    /* all severities; 0 for NULL */
size_t ch_diags_errors(const ch_diags *diags);                   /* errors only; 0 for NULL */
const ch_diag *ch_diags_at(const ch_diags *diags, size_t index); /* NULL past the end */
const char *ch_diags_file(const ch_diags *diags, uint32_t file); /* name of a file, or "" */

/* Writes all diagnostics in order of place. CH_E_IO if write asks to stop. */
ch_status ch_diags_print(
    const ch_diags *diags, ch_diag_style style, ch_write_fn write, void *context);
void ch_diags_free(ch_diags *diags);

#ifdef __cplusplus
}
#endif
#endif

/* What is inside a ch_diags; shared by diag.c, which fills it, and diag_print.c, which shows it. */
#ifndef CHI_BASE_DIAG_LIST_H
#define CHI_BASE_DIAG_LIST_H

#include "base/arena.h"
#include "base/diag.h"

typedef struct chi_diag_file {
    const char *name;
    const char *text; /* without a byte order mark; NULL if it was not registered */
    size_t size;
} chi_diag_file;

/* One line kept for the excerpt of a file whose whole text is not. */
typedef struct chi_diag_line chi_diag_line;
struct chi_diag_line {
    chi_diag_line *next;
    uint32_t file, line;
    const char *text;
    size_t size;
};

struct ch_diags {
    chi_arena arena; /* on_failure stays NULL: a list of errors must not jump */
    CHI_VEC(chi_diag_file) files;
    uint32_t file_count; /* numbers handed out; more than files.count once memory has ended */
    chi_diag_line *lines;
    chi_word_fn *word_of; /* NULL: words stay */
    const void *word_context;
    size_t count;   /* of list, in order of place */
    size_t errors;  /* all errors ever reported, kept or not */
    size_t dropped; /* reported and not kept */
    ch_diag list[CHI_DIAGS_MAX];
    ch_diag closing; /* the note that stands for those not kept */
    char closing_text[80];
};

#endif

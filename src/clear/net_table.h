/* Tables of a network: CSV with a header, columns found by name in any order.
 *
 * The text is kept as it is and each column is parsed when asked for, so that ten million rows
 * need little more memory than their bytes. Every error names file, line and column. Fields are
 * separated by commas; a row without one may use semicolons, tabs or blanks. Quotes follow RFC
 * 4180, but for line breaks inside them, which are errors. */
#ifndef CHI_CLEAR_NET_TABLE_H
#define CHI_CLEAR_NET_TABLE_H

#include "base/arena.h"
#include "base/diag.h"

#include <stdbool.h>
#include <stdint.h>

enum { CHI_NET_COLUMNS_MAX = 64 };

typedef struct chi_net_slice {
    const char *at;
    size_t size;
} chi_net_slice;

typedef struct chi_net_table {
    chi_arena *arena;
    char *whole; /* the file's text */
    ch_diags *diags;
    const char *path;
    uint32_t file;
    const char *text; /* behind the header */
    size_t size, rows, columns;
    uint32_t first_line; /* line number of `text` */
    const char *header[CHI_NET_COLUMNS_MAX];
    bool failed;
} chi_net_table;

/* Says that a file gave no text, after chi_file_read() has returned `status`. */
void chi_net_unreadable(ch_diags *diags, const char *path, ch_status status);

/* NULL after adding diagnostics: the file cannot be read, is empty, has unequal rows. */
chi_net_table *chi_net_table_read(chi_arena *arena, ch_diags *diags, const char *path);
/* Gives the text of a large file back; no errors can be reported on the table any more. */
void chi_net_table_close(chi_net_table *table);

/* The same from a text, for tests; the text must outlive the table. */
chi_net_table *chi_net_table_parse(
    chi_arena *arena, ch_diags *diags, const char *path, const char *text, size_t size);

bool chi_net_table_has(const chi_net_table *table, const char *column);

/* One value a row: what is not a number or below `least` is reported, sets `failed` and is NaN.
 * NULL without the column. */
double *chi_net_table_values(chi_net_table *table, const char *column, double least);
/* The same, but NULL after any diagnostic. */
double *chi_net_table_numbers(chi_net_table *table, const char *column, double least);
/* The same where a field may be a sum, "12+340". */
double *chi_net_table_sums(chi_net_table *table, const char *column, double least);
/* Whole numbers below `limit`. */
uint32_t *chi_net_table_indices(chi_net_table *table, const char *column, size_t limit);

/* Names and their numbers, in order of first appearance. */
typedef struct chi_net_names {
    chi_arena *arena;
    chi_net_slice *at; /* by number */
    size_t count, room;
    uint32_t *slots; /* open addressing: number + 1, 0 if free */
    size_t slot_count;
} chi_net_names;

void chi_net_names_init(chi_net_names *names, chi_arena *arena);
/* The number of a name; adds it if it is new and `add`; UINT32_MAX if it is unknown. */
uint32_t chi_net_names_find(chi_net_names *names, chi_net_slice name, bool add);
const char *chi_net_names_text(const chi_net_names *names, uint32_t number); /* a copy */
const char **chi_net_names_all(const chi_net_names *names);

/* The place of a word in a short list of words; `count` if it is not there. */
size_t chi_net_word_find(const char *word, const char *const *words, size_t count);

/* What to do with a name that is not in the list, or already is. */
typedef enum chi_net_naming {
    CHI_NET_NAMES_NEW,   /* every name must be new: the table defines firms */
    CHI_NET_NAMES_KNOWN, /* every name must be known */
    CHI_NET_NAMES_ANY    /* unknown ones are added */
} chi_net_naming;
/* Their numbers; what is no name is reported, sets `failed` and is UINT32_MAX. NULL without the
 * column. */
uint32_t *chi_net_table_places(
    chi_net_table *table, const char *column, chi_net_names *names, chi_net_naming naming);
/* The same, but NULL after any diagnostic. */
uint32_t *chi_net_table_names(
    chi_net_table *table, const char *column, chi_net_names *names, chi_net_naming naming);

/* A diagnostic at a field of a row (rows from 0); column NULL: the whole row. */
void chi_net_table_error(chi_net_table *table, size_t row, const char *column, uint32_t code,
    const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif

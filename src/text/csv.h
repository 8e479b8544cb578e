/* Tables in CSV (RFC 4180) with a header row, by slices of one text: no copy, no allocation per
 * row.
 *
 *   chi_csv table;
 *   chi_csv_init(&table, arena, diags, "exposures.csv", text, size);
 *   static const char *const names[] = {"from", "to", "amount"};
 *   if (chi_csv_header(&table, names, 3, 3))
 *       while (chi_csv_next(&table)) { chi_csv_text(&table, 0) ... chi_csv_number(&table, 2, &x) }
 *   if (table.errors) ... the table is not good, and diagnostics say why
 *
 * Fields are separated by commas; those in quotes may hold commas, line breaks and doubled quotes.
 * Lines end in LF or CR LF; empty lines are skipped; a byte order mark is skipped. Columns stand in
 * any order; those not asked for are ignored. Reading ends after CHI_CSV_ERRORS_MAX errors. */
#ifndef CHI_TEXT_CSV_H
#define CHI_TEXT_CSV_H

#include "base/arena.h"
#include "base/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CHI_CSV_COLUMNS_MAX = 1024,
    CHI_CSV_ASKED_MAX = 64, /* columns one reader can ask for */
    CHI_CSV_ERRORS_MAX = 20,
};

typedef struct chi_csv_field {
    const char *text; /* not NUL-terminated; valid as long as the table's text and arena */
    size_t size;
} chi_csv_field;

/* A field as it stands in the text. */
typedef struct chi_csv_cell {
    size_t offset, size;  /* without its quotes */
    bool quoted, doubled; /* has "" in it */
} chi_csv_cell;

typedef struct chi_csv {
    chi_arena *arena;
    ch_diags *diags;
    uint32_t file;
    const char *text;
    size_t size, at;
    size_t line_number, line_start; /* of the physical line read last */
    size_t row_line, row_start;     /* of the current row */
    size_t rows;                    /* read so far, without the header */
    size_t errors;                  /* reported so far */
    size_t column_count;            /* of the header */
    chi_csv_cell *cells;            /* of the current row */
    size_t cell_count;
    size_t asked_count;
    const char *asked_names[CHI_CSV_ASKED_MAX];
    size_t asked[CHI_CSV_ASKED_MAX]; /* column of each name, SIZE_MAX if absent */
} chi_csv;

/* The text must outlive the table. */
void chi_csv_init(chi_csv *csv, chi_arena *arena, ch_diags *diags, const char *name,
    const char *text, size_t size);

/* Reads the header. The first `required` of `count` names must be there; each name once. */
bool chi_csv_header(chi_csv *csv, const char *const *names, size_t required, size_t count);

/* The next row with the right number of fields; false at the end, or after too many errors. */
bool chi_csv_next(chi_csv *csv);

/* The k-th name asked for. An absent column has empty fields. */
bool chi_csv_has(const chi_csv *csv, size_t k);
chi_csv_field chi_csv_text(chi_csv *csv, size_t k);
bool chi_csv_number(chi_csv *csv, size_t k, double *value); /* false after reporting CH0144 */

/* Reports something wrong with a field of the current row. */
void chi_csv_report(chi_csv *csv, size_t k, uint32_t code, const char *hint, const char *format,
    ...) __attribute__((format(printf, 5, 6)));

#endif

/* One pass over the bytes of a table. A row is a few offsets; text is copied only where doubled
 * quotes must become single. */
#include "text/csv.h"

#include "base/check.h"
#include "base/str.h"
#include "text/number.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN_LINE_BYTES_MAX = 4000 };

void chi_csv_init(chi_csv *csv, chi_arena *arena, ch_diags *diags, const char *name,
    const char *text, size_t size)
{
    CHI_ASSERT(csv && arena && diags && name && (text || size == 0));
    bool mark = size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0;
    *csv = (chi_csv){.arena = arena, .diags = diags, .text = text ? text : "", .size = size};
    csv->file = chi_diags_add_file(diags, name, NULL, 0);
    csv->at = csv->line_start = mark ? 3 : 0;
    csv->line_number = 1;
}

/* End of the physical line that starts at `start`. */
static size_t line_end(const chi_csv *csv, size_t start)
{
    const char *newline = memchr(csv->text + start, '\n', csv->size - start);
    size_t end = newline ? (size_t)(newline - csv->text) : csv->size;
    return end > start && csv->text[end - 1] == '\r' ? end - 1 : end;
}

/* Reports at [offset, offset + size), which lies in the current row. */
static void report_text(
    chi_csv *csv, size_t offset, size_t size, uint32_t code, const char *hint, const char *message)
{
    csv->errors++;
    size_t line = csv->row_line, start = csv->row_start;
    for (size_t i = start; i < offset; i++)
        if (csv->text[i] == '\n') {
            line++;
            start = i + 1;
        }
    size_t end = line_end(csv, start);
    if (offset + size > end)
        size = end > offset ? end - offset : 0;
    size_t shown = end - start < SHOWN_LINE_BYTES_MAX ? end - start : SHOWN_LINE_BYTES_MAX;
    uint32_t number = line < UINT32_MAX ? (uint32_t)line : UINT32_MAX;
    chi_diags_add_line(csv->diags, csv->file, number, csv->text + start, shown);
    uint32_t column = (uint32_t)chi_utf8_count(csv->text + start, offset - start) + 1;
    uint32_t width = (uint32_t)chi_utf8_count(csv->text + offset, size);
    ch_span span = chi_span_make(csv->file, number, column, width ? width : 1);
    chi_diag_text(csv->diags, code, span, (ch_span){0}, message, hint);
}

static void report(chi_csv *csv, size_t offset, size_t size, uint32_t code, const char *hint,
    const char *format, ...) __attribute__((format(printf, 6, 7)));

static void report(chi_csv *csv, size_t offset, size_t size, uint32_t code, const char *hint,
    const char *format, ...)
{
    char message[CHI_DIAG_BYTES_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    report_text(csv, offset, size, code, hint, message);
}

static bool ends_line(char c)
{
    return c == '\n' || c == '\r';
}

/* True for bytes that need a look: the ends of a field, quotes, controls, and what is not ASCII. */
static bool is_special(unsigned char c)
{
    return c < 0x20 || c == ',' || c == '"' || c >= 0x7F;
}

/* Steps over one character that is not plain ASCII; false after a report. */
static bool skip_character(chi_csv *csv)
{
    uint32_t code;
    size_t bytes = chi_utf8_next(csv->text + csv->at, csv->size - csv->at, &code);
    if (bytes == 0) {
        report(csv, csv->at, 1, 102, NULL, "byte 0x%02X at offset %zu is not UTF-8",
            (unsigned)(unsigned char)csv->text[csv->at], csv->at);
        return false;
    }
    if (code != '\t' && code != '\n' && code != '\r' && (code < 0x20 || code == 0x7F)) {
        report(csv, csv->at, 1, code ? 104 : 103, NULL, "control character U+%04X at offset %zu",
            (unsigned)code, csv->at);
        return false;
    }
    csv->at += bytes;
    return true;
}

/* Reads a field that begins with a quote, up to what follows the closing one. */
static bool read_quoted(chi_csv *csv, chi_csv_cell *cell)
{
    size_t opened = csv->at++;
    *cell = (chi_csv_cell){.offset = csv->at, .quoted = true};
    for (;;) {
        while (csv->at < csv->size && !is_special((unsigned char)csv->text[csv->at]))
            csv->at++;
        if (csv->at == csv->size) {
            report(csv, opened, 1, 140, "close the field with a quote", "a quote is left open");
            return false;
        }
        bool quote = csv->text[csv->at] == '"';
        bool twice = quote && csv->at + 1 < csv->size && csv->text[csv->at + 1] == '"';
        if (quote && !twice)
            break;
        cell->doubled |= twice;
        if (csv->text[csv->at] == ',' || csv->text[csv->at] == '\n')
            csv->at++;
        else if (twice)
            csv->at += 2;
        else if (!skip_character(csv))
            return false;
    }
    cell->size = csv->at++ - cell->offset;
    if (csv->at == csv->size || csv->text[csv->at] == ',' || ends_line(csv->text[csv->at]))
        return true;
    report(csv, csv->at, 1, 140, "double a quote inside a quoted field",
        "text follows the closing quote of a field");
    return false;
}

static bool read_plain(chi_csv *csv, chi_csv_cell *cell)
{
    *cell = (chi_csv_cell){.offset = csv->at};
    for (;;) {
        while (csv->at < csv->size && !is_special((unsigned char)csv->text[csv->at]))
            csv->at++;
        char c = csv->at < csv->size ? csv->text[csv->at] : '\n';
        if (c == ',' || ends_line(c))
            break;
        if (c == '"') {
            report(csv, csv->at, 1, 140, "put the whole field in quotes, and double this one",
                "a quote stands inside a field without quotes");
            return false;
        }
        if (!skip_character(csv))
            return false;
    }
    cell->size = csv->at - cell->offset;
    return true;
}

/* Steps over the end of a line; false if a carriage return stands alone. */
static bool end_line(chi_csv *csv)
{
    if (csv->at < csv->size && csv->text[csv->at] == '\r') {
        csv->at++;
        if (csv->at < csv->size && csv->text[csv->at] != '\n') {
            report(csv, csv->at - 1, 1, 140, "end lines with LF or CR LF",
                "a carriage return without a line feed");
            return false;
        }
    }
    csv->at += csv->at < csv->size;
    return true;
}

/* Goes to the line after a mistake. */
static void skip_line(chi_csv *csv)
{
    const char *newline = memchr(csv->text + csv->at, '\n', csv->size - csv->at);
    csv->at = newline ? (size_t)(newline - csv->text) + 1 : csv->size;
}

/* Counts the lines from line_start up to `at`. */
static void count_lines(chi_csv *csv)
{
    while (csv->line_start < csv->at) {
        const char *newline = memchr(csv->text + csv->line_start, '\n', csv->at - csv->line_start);
        if (!newline)
            return;
        csv->line_start = (size_t)(newline - csv->text) + 1;
        csv->line_number++;
    }
}

/* Reads all fields of a row into cells; those beyond `room` are only counted. */
static bool read_cells(chi_csv *csv, size_t room)
{
    csv->cell_count = 0;
    for (;;) {
        chi_csv_cell cell;
        bool quoted = csv->at < csv->size && csv->text[csv->at] == '"';
        if (!(quoted ? read_quoted(csv, &cell) : read_plain(csv, &cell)))
            return false;
        if (csv->cell_count < room)
            csv->cells[csv->cell_count] = cell;
        csv->cell_count++;
        if (csv->at == csv->size || csv->text[csv->at] != ',')
            return end_line(csv);
        csv->at++;
    }
}

/* Reads the next row that is not empty; false at the end. *good tells whether it could be read. */
static bool read_row(chi_csv *csv, size_t room, bool *good)
{
    while (csv->at < csv->size) {
        csv->row_start = csv->at;
        csv->row_line = csv->line_number;
        *good = read_cells(csv, room);
        if (!*good)
            skip_line(csv);
        count_lines(csv);
        bool empty = csv->cell_count == 1 && csv->cells[0].size == 0 && !csv->cells[0].quoted;
        if (!*good || !empty)
            return true;
    }
    return false;
}

/* The text of a cell; doubled quotes become single in arena memory, once. */
static chi_csv_field cell_text(chi_csv *csv, chi_csv_cell *cell)
{
    const char *text = csv->text + cell->offset;
    if (!cell->doubled)
        return (chi_csv_field){text, cell->size};
    char *copy = chi_arena_alloc(csv->arena, cell->size);
    if (!copy)
        return (chi_csv_field){"", 0};
    size_t used = 0;
    for (size_t i = 0; i < cell->size; i++) {
        copy[used++] = text[i];
        i += text[i] == '"';
    }
    return (chi_csv_field){copy, used};
}

static bool has_text(chi_csv *csv, size_t column, const char *name)
{
    chi_csv_field field = cell_text(csv, &csv->cells[column]);
    while (field.size && field.text[0] == ' ') {
        field.text++;
        field.size--;
    }
    while (field.size && field.text[field.size - 1] == ' ')
        field.size--;
    return chi_text_equal(field.text, field.size, name);
}

/* Finds the column of one name in the header. */
static void find_column(chi_csv *csv, size_t k, bool required)
{
    csv->asked[k] = SIZE_MAX;
    for (size_t column = 0; column < csv->column_count; column++) {
        if (!has_text(csv, column, csv->asked_names[k]))
            continue;
        if (csv->asked[k] != SIZE_MAX) {
            report(csv, csv->cells[column].offset, csv->cells[column].size, 143, NULL,
                "column '%s' occurs twice", csv->asked_names[k]);
            break;
        }
        csv->asked[k] = column;
    }
    if (!required || csv->asked[k] != SIZE_MAX)
        return;
    size_t end = line_end(csv, csv->row_start);
    bool other = csv->column_count == 1 &&
                 (memchr(csv->text + csv->row_start, ';', end - csv->row_start) ||
                     memchr(csv->text + csv->row_start, '\t', end - csv->row_start));
    report(csv, csv->row_start, end - csv->row_start, 142,
        other ? "separate the fields with commas" : "the first line names the columns",
        "there is no column '%s'", csv->asked_names[k]);
}

bool chi_csv_header(chi_csv *csv, const char *const *names, size_t required, size_t count)
{
    CHI_ASSERT(required <= count && count <= CHI_CSV_ASKED_MAX && !csv->cells);
    csv->asked_count = count;
    csv->cells = chi_arena_alloc(csv->arena, CHI_CSV_COLUMNS_MAX * sizeof *csv->cells);
    for (size_t k = 0; k < count; k++) {
        csv->asked_names[k] = names[k];
        csv->asked[k] = SIZE_MAX;
    }
    bool good = false;
    csv->row_line = 1;
    csv->row_start = csv->at;
    if (!csv->cells || !read_row(csv, CHI_CSV_COLUMNS_MAX, &good)) {
        csv->row_start = csv->line_start;
        csv->row_line = csv->line_number;
        report(csv, csv->row_start, 0, 142, "the first line names the columns",
            "the table has no header");
        return false;
    }
    if (good && csv->cell_count > CHI_CSV_COLUMNS_MAX) {
        report(csv, csv->row_start, 1, 140, NULL, "the table has %zu columns; at most %d are read",
            csv->cell_count, (int)CHI_CSV_COLUMNS_MAX);
        good = false;
    }
    if (!good)
        return false;
    csv->column_count = csv->cell_count;
    for (size_t k = 0; k < count; k++)
        find_column(csv, k, k < required);
    return csv->errors == 0;
}

bool chi_csv_next(chi_csv *csv)
{
    CHI_ASSERT(csv->cells);
    bool good;
    while (csv->errors < CHI_CSV_ERRORS_MAX && read_row(csv, csv->column_count, &good)) {
        if (!good)
            continue;
        csv->rows++;
        if (csv->cell_count == csv->column_count)
            return true;
        report(csv, csv->row_start, line_end(csv, csv->row_start) - csv->row_start, 141, NULL,
            "the row has %zu fields; the header has %zu", csv->cell_count, csv->column_count);
    }
    return false;
}

bool chi_csv_has(const chi_csv *csv, size_t k)
{
    CHI_ASSERT(k < csv->asked_count);
    return csv->asked[k] != SIZE_MAX;
}

chi_csv_field chi_csv_text(chi_csv *csv, size_t k)
{
    CHI_ASSERT(k < csv->asked_count);
    if (csv->asked[k] == SIZE_MAX)
        return (chi_csv_field){"", 0};
    return cell_text(csv, &csv->cells[csv->asked[k]]);
}

bool chi_csv_number(chi_csv *csv, size_t k, double *value)
{
    chi_csv_field field = chi_csv_text(csv, k);
    while (field.size && field.text[0] == ' ') {
        field.text++;
        field.size--;
    }
    while (field.size && field.text[field.size - 1] == ' ')
        field.size--;
    *value = 0.0;
    if (chi_number_parse(field.text, field.size, value))
        return true;
    int shown = field.size < 60 ? (int)field.size : (int)chi_utf8_clip(field.text, 60);
    if (field.size == 0)
        chi_csv_report(csv, k, 144, NULL, "%s is empty", csv->asked_names[k]);
    else
        chi_csv_report(csv, k, 144, NULL, "'%.*s' is not a number", shown, field.text);
    return false;
}

void chi_csv_report(
    chi_csv *csv, size_t k, uint32_t code, const char *hint, const char *format, ...)
{
    CHI_ASSERT(k < csv->asked_count);
    char message[CHI_DIAG_BYTES_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    size_t column = csv->asked[k];
    size_t offset = column == SIZE_MAX ? csv->row_start : csv->cells[column].offset;
    report_text(csv, offset, column == SIZE_MAX ? 0 : csv->cells[column].size, code, hint, message);
}

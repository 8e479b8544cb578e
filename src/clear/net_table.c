/* Tables of a network: reading, splitting, one column at a time. */
#include "clear/net_table.h"

#include "base/check.h"
#include "base/str.h"
#include "clear/net_case.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { TABLE_ERRORS_MAX = 20 }; /* of one column; more say nothing new */
#define TABLE_BYTES_MAX ((size_t)4 << 30)

/* The fields of one row. */
typedef struct fields {
    size_t count;
    chi_net_slice at[CHI_NET_COLUMNS_MAX];
} fields;

/* A walk over the rows that are not empty. */
typedef struct cursor {
    const char *at, *end;
    uint32_t line; /* of the row last taken */
} cursor;

static bool next_row(cursor *c, chi_net_slice *row)
{
    while (c->at < c->end) {
        const char *stop = memchr(c->at, '\n', (size_t)(c->end - c->at));
        const char *after = stop ? stop + 1 : c->end;
        if (!stop)
            stop = c->end;
        if (stop > c->at && stop[-1] == '\r')
            stop--;
        *row = (chi_net_slice){c->at, (size_t)(stop - c->at)};
        c->at = after;
        c->line++;
        for (size_t i = 0; i < row->size; i++) {
            if (row->at[i] != ' ' && row->at[i] != '\t')
                return true;
        }
    }
    return false;
}

static chi_net_slice trim(const char *from, const char *to)
{
    while (from < to && (*from == ' ' || *from == '\t'))
        from++;
    while (to > from && (to[-1] == ' ' || to[-1] == '\t'))
        to--;
    if (to - from >= 2 && *from == '"' && to[-1] == '"') {
        from++;
        to--;
    }
    return (chi_net_slice){from, (size_t)(to - from)};
}

static void add_field(fields *f, chi_net_slice field)
{
    if (f->count < CHI_NET_COLUMNS_MAX)
        f->at[f->count] = field;
    f->count++;
}

static void split_blanks(chi_net_slice row, fields *f)
{
    const char *at = row.at, *end = row.at + row.size;
    while (at < end) {
        while (at < end && (*at == ' ' || *at == '\t'))
            at++;
        const char *from = at;
        while (at < end && *at != ' ' && *at != '\t')
            at++;
        if (at > from)
            add_field(f, (chi_net_slice){from, (size_t)(at - from)});
    }
}

static void split(chi_net_slice row, fields *f)
{
    f->count = 0;
    char separator = memchr(row.at, ',', row.size) ? ',' : memchr(row.at, ';', row.size) ? ';' : 0;
    if (!separator) {
        split_blanks(row, f);
        return;
    }
    const char *from = row.at, *end = row.at + row.size;
    bool quoted = false;
    for (const char *at = row.at; at < end; at++) {
        if (*at == '"')
            quoted = !quoted;
        if (*at == separator && !quoted) {
            add_field(f, trim(from, at));
            from = at + 1;
        }
    }
    add_field(f, trim(from, end));
}

static cursor rows_of(const chi_net_table *table)
{
    return (cursor){table->text, table->text + table->size, table->first_line - 1};
}

/* Reports at a place of which line and field are known. */
static void report(chi_net_table *table, uint32_t line, chi_net_slice row, chi_net_slice field,
    uint32_t code, const char *message)
{
    size_t offset = field.at ? (size_t)(field.at - row.at) : 0;
    uint32_t column = (uint32_t)chi_utf8_count(row.at, offset) + 1;
    uint32_t width = (uint32_t)chi_utf8_count(row.at + offset, field.at ? field.size : row.size);
    chi_diags_add_line(table->diags, table->file, line, row.at, row.size < 400 ? row.size : 400);
    chi_diag(table->diags, code, chi_span_make(table->file, line, column, width ? width : 1), NULL,
        "%s", message);
    table->failed = true;
}

static int column_of(const chi_net_table *table, const char *name)
{
    for (size_t k = 0; k < table->columns; k++) {
        if (strcmp(table->header[k], name) == 0)
            return (int)k;
    }
    return -1;
}

bool chi_net_table_has(const chi_net_table *table, const char *column)
{
    return column_of(table, column) >= 0;
}

void chi_net_table_error(
    chi_net_table *table, size_t row, const char *column, uint32_t code, const char *format, ...)
{
    char message[600];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    cursor c = rows_of(table);
    chi_net_slice line;
    fields f = {0};
    for (size_t k = 0; next_row(&c, &line) && k < row; k++) {
    }
    split(line, &f);
    int at = column ? column_of(table, column) : -1;
    chi_net_slice field = at >= 0 && (size_t)at < f.count ? f.at[at] : (chi_net_slice){0};
    report(table, c.line, line, field, code, message);
}

static bool read_header(chi_net_table *table, cursor *c)
{
    chi_net_slice row;
    fields f;
    if (!next_row(c, &row)) {
        chi_diag(table->diags, 707, chi_span_make(table->file, 1, 1, 1), NULL,
            "%s is empty; its first line should name the columns", table->path);
        return false;
    }
    split(row, &f);
    if (f.count > CHI_NET_COLUMNS_MAX) {
        report(table, c->line, row, (chi_net_slice){0}, 708, "the table has too many columns");
        return false;
    }
    table->columns = f.count;
    for (size_t k = 0; k < f.count; k++) {
        table->header[k] = chi_arena_text(table->arena, f.at[k].at, f.at[k].size);
        for (size_t other = 0; other < k; other++) {
            if (strcmp(table->header[other], table->header[k]) == 0) {
                report(table, c->line, row, f.at[k], 706, "this column occurs twice");
                return false;
            }
        }
    }
    return true;
}

/* Counts rows and makes sure that all have as many fields as the header. */
static void count_rows(chi_net_table *table)
{
    cursor c = rows_of(table);
    chi_net_slice row;
    fields f;
    size_t errors = 0;
    while (next_row(&c, &row) && errors < TABLE_ERRORS_MAX) {
        split(row, &f);
        table->rows++;
        if (f.count == table->columns)
            continue;
        char message[120];
        snprintf(message, sizeof message, "the row has %zu fields; the header has %zu", f.count,
            table->columns);
        report(table, c.line, row, (chi_net_slice){0}, 708, message);
        errors++;
    }
}

chi_net_table *chi_net_table_parse(
    chi_arena *arena, ch_diags *diags, const char *path, const char *text, size_t size)
{
    chi_net_table *table = chi_arena_alloc(arena, sizeof *table);
    table->arena = arena;
    table->diags = diags;
    table->path = path;
    table->file = chi_diags_add_file(diags, path, NULL, 0);
    if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        size -= 3;
    }
    cursor c = {text, text + size, 0};
    if (!read_header(table, &c))
        return NULL;
    table->text = c.at;
    table->size = (size_t)(c.end - c.at);
    table->first_line = c.line + 1;
    count_rows(table);
    return table->failed ? NULL : table;
}

/* A regular file in one piece, without the doubling that a pipe needs. */
static char *read_sized(chi_arena *arena, const char *path, size_t *size)
{
    FILE *stream = strcmp(path, "-") ? fopen(path, "rb") : NULL;
    if (!stream)
        return NULL;
    long end = fseek(stream, 0, SEEK_END) == 0 ? ftell(stream) : -1;
    fclose(stream);
    if (end <= 0 || (size_t)end > TABLE_BYTES_MAX)
        return NULL;
    char *text = chi_arena_alloc(arena, (size_t)end + 1);
    stream = fopen(path, "rb");
    if (!stream)
        return NULL;
    *size = fread(text, 1, (size_t)end, stream);
    bool whole = *size == (size_t)end && !ferror(stream);
    fclose(stream);
    return whole ? text : NULL;
}

void chi_net_unreadable(ch_diags *diags, const char *path, ch_status status)
{
    chi_diag(diags, 713, (ch_span){0}, NULL, "%s could not be read: %s", path,
        status == CH_E_INPUT ? "it is too large"
        : errno != 0         ? strerror(errno)
                             : "it ended too early");
}

chi_net_table *chi_net_table_read(chi_arena *arena, ch_diags *diags, const char *path)
{
    size_t size;
    char *text = read_sized(arena, path, &size);
    ch_status status =
        text ? CH_OK : chi_file_read_limit(arena, path, TABLE_BYTES_MAX, &text, &size);
    if (status != CH_OK) {
        chi_net_unreadable(diags, path, status);
        return NULL;
    }
    chi_net_table *table = chi_net_table_parse(arena, diags, path, text, size);
    if (table)
        table->whole = text;
    return table;
}

void chi_net_table_close(chi_net_table *table)
{
    if (table->whole)
        chi_arena_release(table->arena, table->whole);
    table->whole = NULL;
    table->text = NULL;
    table->size = table->rows = 0;
}

static int require_column(chi_net_table *table, const char *name)
{
    int column = column_of(table, name);
    if (column < 0) {
        const char *near = chi_nearest_name(name, table->header, table->columns);
        chi_diag(table->diags, 707, chi_span_make(table->file, 1, 1, 1), NULL,
            "%s has no column \"%s\"%s%s%s", table->path, name, near ? "; is \"" : "",
            near ? near : "", near ? "\" meant?" : "");
        table->failed = true;
    }
    return column;
}

/* One number, or a sum of numbers joined by plus signs. */
static bool field_number(chi_net_slice field, bool sums, double *value)
{
    if (!sums)
        return chi_net_number(field.at, field.size, value);
    double total = 0.0;
    size_t from = 0;
    for (size_t i = 0; i <= field.size; i++) {
        bool exponent = i > 0 && i < field.size && (field.at[i - 1] | 32) == 'e';
        if (i < field.size && (field.at[i] != '+' || i == 0 || exponent))
            continue;
        if (!chi_net_number(field.at + from, i - from, value))
            return false;
        total += *value;
        from = i + 1;
    }
    *value = total;
    return true;
}

/* Values of a column; NaN and a diagnostic for what is not a number or below `least`. `errors`: how
 * many. After too many of them the rest is NaN without a word. */
static double *numbers(
    chi_net_table *table, const char *name, double least, bool sums, size_t *errors)
{
    int column = require_column(table, name);
    *errors = column < 0;
    if (column < 0)
        return NULL;
    double *values = chi_arena_alloc(table->arena, (table->rows + 1) * sizeof *values);
    cursor c = rows_of(table);
    chi_net_slice row;
    fields f;
    for (size_t k = 0; next_row(&c, &row); k++) {
        if (*errors == TABLE_ERRORS_MAX) {
            values[k] = (double)NAN;
            continue;
        }
        split(row, &f);
        chi_net_slice field = f.at[column];
        int shown = field.size < 60 ? (int)field.size : 60;
        char message[200];
        uint32_t code = 0;
        if (!field_number(field, sums, &values[k])) {
            snprintf(message, sizeof message, "%s is \"%.*s\", which is not a number", name, shown,
                field.at);
            code = 702;
        } else if (values[k] < least) {
            snprintf(message, sizeof message, "%s is %.*s; it cannot be less than %g", name, shown,
                field.at, least);
            code = 703;
        }
        if (code == 0)
            continue;
        report(table, c.line, row, field, code, message);
        values[k] = (double)NAN;
        ++*errors;
    }
    return values;
}

double *chi_net_table_values(chi_net_table *table, const char *column, double least)
{
    size_t errors;
    return numbers(table, column, least, false, &errors);
}

double *chi_net_table_numbers(chi_net_table *table, const char *column, double least)
{
    size_t errors;
    double *values = numbers(table, column, least, false, &errors);
    return errors ? NULL : values;
}

double *chi_net_table_sums(chi_net_table *table, const char *column, double least)
{
    size_t errors;
    double *values = numbers(table, column, least, true, &errors);
    return errors ? NULL : values;
}

uint32_t *chi_net_table_indices(chi_net_table *table, const char *name, size_t limit)
{
    double *values = chi_net_table_numbers(table, name, 0.0);
    if (!values)
        return NULL;
    uint32_t *indices = chi_arena_alloc(table->arena, (table->rows + 1) * sizeof *indices);
    for (size_t k = 0; k < table->rows; k++) {
        if (values[k] >= (double)limit || values[k] != (double)(uint32_t)values[k]) {
            chi_net_table_error(table, k, name, 705,
                "there is no firm %g; firms are numbered from 0 to %zu", values[k], limit - 1);
            return NULL;
        }
        indices[k] = (uint32_t)values[k];
    }
    return indices;
}

/* What is wrong with a name, or NULL. */
static const char *judge(
    chi_net_names *names, chi_net_slice field, chi_net_naming naming, uint32_t *number)
{
    *number = UINT32_MAX;
    if (field.size == 0)
        return "the name of the firm is empty";
    size_t before = names->count;
    *number = chi_net_names_find(names, field, naming != CHI_NET_NAMES_KNOWN);
    if (naming == CHI_NET_NAMES_NEW && names->count == before)
        return "this firm occurs twice";
    if (*number == UINT32_MAX)
        return "this firm is not in the table of balances";
    return NULL;
}

static uint32_t *places(chi_net_table *table, const char *name, chi_net_names *names,
    chi_net_naming naming, size_t *errors)
{
    int column = require_column(table, name);
    *errors = column < 0;
    if (column < 0)
        return NULL;
    uint32_t *number = chi_arena_alloc(table->arena, (table->rows + 1) * sizeof *number);
    cursor c = rows_of(table);
    chi_net_slice row;
    fields f;
    for (size_t k = 0; next_row(&c, &row); k++) {
        number[k] = UINT32_MAX;
        if (*errors == TABLE_ERRORS_MAX)
            continue;
        split(row, &f);
        chi_net_slice field = f.at[column];
        const char *wrong = judge(names, field, naming, &number[k]);
        if (!wrong)
            continue;
        char message[200];
        snprintf(message, sizeof message, "\"%.*s\": %s", field.size < 60 ? (int)field.size : 60,
            field.at, wrong);
        report(table, c.line, row, field, naming == CHI_NET_NAMES_NEW && field.size ? 706 : 705,
            message);
        number[k] = UINT32_MAX;
        ++*errors;
    }
    return number;
}

uint32_t *chi_net_table_places(
    chi_net_table *table, const char *column, chi_net_names *names, chi_net_naming naming)
{
    size_t errors;
    return places(table, column, names, naming, &errors);
}

uint32_t *chi_net_table_names(
    chi_net_table *table, const char *column, chi_net_names *names, chi_net_naming naming)
{
    size_t errors;
    uint32_t *number = places(table, column, names, naming, &errors);
    return errors ? NULL : number;
}

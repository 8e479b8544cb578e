/* Reports of network commands: filling, and the tables for readers, programs and spreadsheets. */
#include "clear/net_report.h"

#include "base/check.h"
#include "base/str.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { CELL_BYTES = 48, NAME_COLUMNS_MAX = 40 };

chi_net_report chi_net_report_new(chi_arena *arena, const char *command, const char *title)
{
    return (chi_net_report){
        .arena = arena, .command = command, .title = title, .rows_name = "firms"};
}

static chi_net_column *add_column(chi_net_report *report, const char *name, chi_net_kind kind)
{
    CHI_ASSERT(report->column_count < CHI_NET_REPORT_COLUMNS);
    chi_net_column *column = &report->columns[report->column_count++];
    *column = (chi_net_column){.name = name, .kind = kind};
    return column;
}

void chi_net_report_numbers(
    chi_net_report *report, const char *name, chi_net_kind kind, const double *values)
{
    add_column(report, name, kind)->values = values;
}

void chi_net_report_quiet(
    chi_net_report *report, const char *name, chi_net_kind kind, const double *values)
{
    chi_net_column *column = add_column(report, name, kind);
    column->values = values;
    column->quiet = true;
}

void chi_net_report_texts(chi_net_report *report, const char *name, const char *const *texts)
{
    add_column(report, name, CHI_NET_TEXT)->texts = texts;
}

void chi_net_report_fact(chi_net_report *report, const char *name, double value)
{
    CHI_ASSERT(report->fact_count < CHI_NET_REPORT_FACTS);
    report->facts[report->fact_count].name = name;
    report->facts[report->fact_count++].value = value;
}

void chi_net_report_word(chi_net_report *report, const char *name, const char *text)
{
    chi_net_report_fact(report, name, 0.0);
    report->facts[report->fact_count - 1].text = text;
}

void chi_net_report_note(chi_net_report *report, const char *format, ...)
{
    char text[1000];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    CHI_ASSERT(report->note_count < CHI_NET_REPORT_NOTES);
    report->notes[report->note_count++] = chi_arena_text(report->arena, text, strlen(text));
}

/* Merge sort: stable, so that ties keep the order of the input. */
static void merge_sort(uint32_t *items, uint32_t *spare, size_t count, const double *key)
{
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t low = 0; low < count; low += 2 * width) {
            size_t middle = low + width < count ? low + width : count;
            size_t high = low + 2 * width < count ? low + 2 * width : count;
            size_t a = low, b = middle;
            for (size_t k = low; k < high; k++) {
                bool left = b >= high || (a < middle && !(key[items[b]] > key[items[a]]));
                spare[k] = left ? items[a++] : items[b++];
            }
        }
        memcpy(items, spare, count * sizeof *items);
    }
}

void chi_net_report_rank(chi_net_report *report, const double *key)
{
    size_t room = (report->rows + 1) * sizeof(uint32_t);
    report->order = chi_arena_alloc(report->arena, room);
    for (size_t k = 0; k < report->rows; k++)
        report->order[k] = (uint32_t)k;
    merge_sort(report->order, chi_arena_alloc(report->arena, room), report->rows, key);
}

const char *chi_net_money(double amount, char out[48])
{
    char plain[48];
    double size = fabs(amount);
    if (!isfinite(amount) || size >= 1e15 || (size > 0.0 && size < 1e-6)) {
        snprintf(out, 48, "%.4g", amount);
        return out;
    }
    int decimals = size >= 10000.0 ? 0 : size >= 100.0 ? 1 : size >= 1.0 ? 2 : size > 0.0 ? 4 : 0;
    snprintf(plain, sizeof plain, "%.*f", decimals, amount);
    size_t digits = strcspn(plain, "."), first = plain[0] == '-', at = 0;
    for (size_t k = 0; plain[k]; k++) {
        if (k > first && k < digits && (digits - k) % 3 == 0)
            out[at++] = ',';
        out[at++] = plain[k];
    }
    out[at] = '\0';
    return out;
}

/* The text of a cell for readers. */
static const char *cell_text(const chi_net_column *column, size_t row, char out[CELL_BYTES])
{
    double value = column->values ? column->values[row] : 0.0;
    switch (column->kind) {
    case CHI_NET_TEXT:
        return column->texts[row];
    case CHI_NET_MONEY:
        return isfinite(value) ? chi_net_money(value, out) : "-";
    case CHI_NET_SHARE:
        snprintf(out, CELL_BYTES, isfinite(value) ? "%.2f %%" : "-", 100.0 * value);
        return out;
    case CHI_NET_NUMBER:
        snprintf(out, CELL_BYTES, isfinite(value) ? "%.5g" : "-", value);
        return out;
    case CHI_NET_COUNT:
        snprintf(out, CELL_BYTES, isfinite(value) && value != 0.0 ? "%.0f" : "-", value);
        return out;
    }
    CHI_NEVER("unknown kind of column");
}

static size_t width_of(const char *text)
{
    size_t width = chi_utf8_count(text, strlen(text));
    return width < NAME_COLUMNS_MAX ? width : NAME_COLUMNS_MAX;
}

static void put_cell(chi_writer *writer, const char *text, size_t width, bool left)
{
    size_t own = width_of(text), size = strlen(text);
    width = width > own ? width : own;
    if (!left)
        chi_write_repeat(writer, ' ', width - own);
    size_t shown = 0;
    for (size_t k = 0; k < own && shown < size; k++) {
        uint32_t code;
        size_t step = chi_utf8_next(text + shown, size - shown, &code);
        shown += step ? step : 1;
    }
    chi_write_plain(writer, text, shown);
    if (left)
        chi_write_repeat(writer, ' ', width - own);
}

static void put_header(chi_writer *writer, const char *name, size_t width, bool left)
{
    char text[CELL_BYTES];
    snprintf(text, sizeof text, "%s", name);
    for (char *at = text; *at; at++)
        *at = *at == '_' ? ' ' : *at;
    put_cell(writer, text, width, left);
}

static size_t row_at(const chi_net_report *report, size_t place)
{
    return report->order ? report->order[place] : place;
}

static void put_rows(chi_writer *writer, const chi_net_report *r, size_t shown)
{
    size_t width[CHI_NET_REPORT_COLUMNS];
    char cell[CELL_BYTES];
    size_t last = 0;
    for (size_t c = 0; c < r->column_count; c++) {
        last = r->columns[c].quiet ? last : c;
        width[c] = width_of(r->columns[c].name);
        for (size_t k = 0; k < shown; k++) {
            size_t own = width_of(cell_text(&r->columns[c], row_at(r, k), cell));
            width[c] = own > width[c] ? own : width[c];
        }
    }
    for (size_t k = 0; k <= shown; k++) {
        bool first = true;
        for (size_t c = 0; c < r->column_count; c++) {
            const chi_net_column *column = &r->columns[c];
            if (column->quiet)
                continue;
            chi_write_text(writer, first ? "" : "  ");
            first = false;
            bool left = column->kind == CHI_NET_TEXT;
            size_t wide = left && c == last ? 0 : width[c]; /* no blanks at the end of a line */
            if (k == 0)
                put_header(writer, column->name, wide, left);
            else
                put_cell(writer, cell_text(column, row_at(r, k - 1), cell), wide, left);
        }
        chi_write_text(writer, "\n");
    }
}

ch_status chi_net_report_table(const chi_net_report *r, ch_write_fn write, void *context)
{
    chi_writer *writer = chi_arena_alloc(r->arena, sizeof *writer);
    chi_writer_init(writer, write, context);
    chi_write_text(writer, r->title);
    chi_write_text(writer, "\n\n");
    size_t shown = r->top && r->top < r->rows ? r->top : r->rows;
    if (r->rows)
        put_rows(writer, r, shown);
    if (shown < r->rows)
        chi_write_format(writer, "... and %zu more; --top 0 shows all\n", r->rows - shown);
    if (r->note_count && r->rows)
        chi_write_text(writer, "\n");
    for (size_t k = 0; k < r->note_count; k++) {
        chi_write_plain(writer, r->notes[k], strlen(r->notes[k]));
        chi_write_text(writer, "\n");
    }
    return chi_writer_finish(writer);
}

ch_status chi_net_report_json(const chi_net_report *r, ch_write_fn write, void *context)
{
    chi_net_json *json = chi_arena_alloc(r->arena, sizeof *json);
    chi_json_init(&json->json, write, context, 2);
    chi_net_json_open(json, '{');
    chi_net_json_count(json, "schema", 1);
    chi_net_json_string(json, "command", r->command);
    for (size_t k = 0; k < r->fact_count; k++) {
        if (r->facts[k].text)
            chi_net_json_string(json, r->facts[k].name, r->facts[k].text);
        else
            chi_net_json_field(json, r->facts[k].name, r->facts[k].value);
    }
    chi_net_json_key(json, "notes");
    chi_net_json_open(json, '[');
    for (size_t k = 0; k < r->note_count; k++)
        chi_net_json_text(json, r->notes[k]);
    chi_net_json_close(json, ']');
    chi_net_json_key(json, r->rows_name);
    chi_net_json_open(json, '[');
    for (size_t row = 0; row < r->rows; row++) {
        chi_net_json_open(json, '{');
        for (size_t c = 0; c < r->column_count; c++) {
            if (r->columns[c].texts)
                chi_net_json_string(json, r->columns[c].name, r->columns[c].texts[row]);
            else
                chi_net_json_field(json, r->columns[c].name, r->columns[c].values[row]);
        }
        chi_net_json_close(json, '}');
    }
    chi_net_json_close(json, ']');
    chi_net_json_close(json, '}');
    return chi_net_json_finish(json);
}

/* A field of CSV, in quotes where RFC 4180 asks for them. */
static void put_field(chi_writer *writer, const char *text)
{
    if (!strpbrk(text, ",\"\n\r;")) {
        chi_write_text(writer, text);
        return;
    }
    chi_write_text(writer, "\"");
    for (; *text; text++) {
        if (*text == '"')
            chi_write_text(writer, "\"");
        chi_write(writer, text, 1);
    }
    chi_write_text(writer, "\"");
}

ch_status chi_net_report_csv(const chi_net_report *r, ch_write_fn write, void *context)
{
    chi_writer *writer = chi_arena_alloc(r->arena, sizeof *writer);
    chi_writer_init(writer, write, context);
    for (size_t c = 0; c < r->column_count; c++) {
        chi_write_text(writer, c ? "," : "");
        put_field(writer, r->columns[c].name);
    }
    chi_write_text(writer, "\n");
    for (size_t row = 0; row < r->rows; row++) {
        for (size_t c = 0; c < r->column_count; c++) {
            char number[CHI_JSON_NUMBER_BYTES] = "";
            const chi_net_column *column = &r->columns[c];
            chi_write_text(writer, c ? "," : "");
            if (!column->texts && isfinite(column->values[row]))
                chi_number_format(column->values[row], number);
            put_field(writer, column->texts ? column->texts[row] : number);
        }
        chi_write_text(writer, "\n");
    }
    return chi_writer_finish(writer);
}

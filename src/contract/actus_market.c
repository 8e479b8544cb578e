/* Market data of a file: one observation a row, in any order, common to all contracts. */
#include "contract/actus_case.h"

#include "base/check.h"
#include "text/csv.h"

#include <stdlib.h>
#include <string.h>

typedef struct market_row {
    const char *object;
    chi_moment time;
    double value;
    uint32_t line;
} market_row;

static int compare_rows(const void *a, const void *b)
{
    const market_row *x = a, *y = b;
    int order = strcmp(x->object, y->object);
    if (order != 0)
        return order;
    return x->time != y->time ? (x->time > y->time) - (x->time < y->time)
                              : (x->line > y->line) - (x->line < y->line);
}

static bool read_row(chi_csv *table, market_row *row)
{
    chi_csv_field object = chi_csv_text(table, 0), time = chi_csv_text(table, 1);
    if (object.size == 0) {
        chi_csv_report(table, 0, 640, NULL, "expected the name of a market object");
        return false;
    }
    if (!chi_moment_parse(time.text, time.size, &row->time)) {
        chi_csv_report(table, 1, 640, NULL,
            "'%.*s' is not a date as YYYY-MM-DD, alone or with T00:00:00 or T23:59:59",
            (int)(time.size < 40 ? time.size : 40), time.text);
        return false;
    }
    row->object = chi_arena_text(table->arena, object.text, object.size);
    row->line = (uint32_t)table->row_line;
    return chi_csv_number(table, 2, &row->value);
}

/* Sorted rows of one object as a series. False after reporting two values at one time. */
static bool make_series(
    chi_csv *table, const market_row *rows, size_t count, chi_actus_series *series)
{
    chi_moment *times = chi_arena_alloc(table->arena, count * sizeof *times);
    double *values = chi_arena_alloc(table->arena, count * sizeof *values);
    for (size_t i = 0; i < count; i++) {
        times[i] = rows[i].time;
        values[i] = rows[i].value;
        if (i > 0 && times[i] == times[i - 1]) {
            ch_span span = {table->file, rows[i].line, 1, rows[i].line, 1};
            chi_diag(table->diags, 640, span, NULL, "%s has another value at this time, on line %u",
                rows[i].object, (unsigned)rows[i - 1].line);
            table->errors++;
            return false;
        }
    }
    *series = (chi_actus_series){rows[0].object, count, times, values};
    return true;
}

bool chi_actus_market_read(chi_arena *arena, ch_diags *diags, const char *name, const char *text,
    size_t size, chi_actus_market *market)
{
    static const char *const names[] = {"object", "time", "value"};
    CHI_VEC(market_row) rows = {0};
    chi_csv table;
    *market = (chi_actus_market){0};
    chi_csv_init(&table, arena, diags, name, text, size);
    if (!chi_csv_header(&table, names, 3, 3))
        return false;
    while (chi_csv_next(&table)) {
        market_row row;
        if (read_row(&table, &row))
            *CHI_PUSH(arena, &rows) = row;
    }
    if (table.errors > 0 || rows.count == 0)
        return table.errors == 0;
    qsort(rows.at, rows.count, sizeof *rows.at, compare_rows);
    chi_actus_series *series = chi_arena_alloc(arena, rows.count * sizeof *series);
    for (size_t from = 0, to; from < rows.count; from = to) {
        for (to = from + 1; to < rows.count; to++)
            if (strcmp(rows.at[to].object, rows.at[from].object) != 0)
                break;
        if (!make_series(&table, &rows.at[from], to - from, &series[market->count]))
            return false;
        market->count++;
    }
    market->series = series;
    return true;
}

static int compare_object(const void *key, const void *element)
{
    return strcmp(key, ((const chi_actus_series *)element)->object);
}

const chi_actus_series *chi_actus_market_find(const chi_actus_market *market, const char *object)
{
    return market->count == 0 ? NULL
                              : bsearch(object, market->series, market->count,
                                    sizeof *market->series, compare_object);
}

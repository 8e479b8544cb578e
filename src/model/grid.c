/* Text in columns. */
#include "model/grid.h"

#include "base/check.h"
#include "base/str.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH_MAX = 100, INDENT = 2, GAP = 2, COLUMNS_MAX = 16, CELL_FIRST = 10, CELL_LAST = 6 };

chi_grid chi_grid_make(chi_arena *arena, const char *align)
{
    CHI_ASSERT(strlen(align) <= COLUMNS_MAX);
    return (chi_grid){.arena = arena, .align = align};
}

void chi_grid_row(chi_grid *grid, const char *const *cells)
{
    for (size_t i = 0; grid->align[i]; i++)
        *CHI_PUSH(grid->arena, &grid->cells) = cells[i];
}

static size_t width_of(const char *text)
{
    return chi_utf8_count(text, strlen(text));
}

/* The widest of the columns aligned as `align` that is wider than `least`; `columns` if none. */
static size_t widest_of(
    const chi_grid *grid, size_t columns, const size_t *widths, char align, size_t least)
{
    size_t widest = columns;
    for (size_t i = 0; i < columns; i++)
        if (grid->align[i] == align && widths[i] > least &&
            (widest == columns || widths[i] > widths[widest]))
            widest = i;
    return widest;
}

/* Widths of the columns, texts made narrower until the line fits. */
static void find_widths(const chi_grid *grid, size_t columns, size_t *widths)
{
    size_t total = INDENT + GAP * (columns - 1);
    memset(widths, 0, columns * sizeof *widths);
    for (size_t i = 0; i < grid->cells.count; i++) {
        size_t width = width_of(grid->cells.at[i]);
        if (width > widths[i % columns])
            widths[i % columns] = width;
    }
    for (size_t i = 0; i < columns; i++)
        total += widths[i];
    for (; total > WIDTH_MAX; total--) {
        size_t cut = widest_of(grid, columns, widths, 'L', CELL_FIRST);
        cut = cut < columns ? cut : widest_of(grid, columns, widths, 'l', CELL_LAST);
        if (cut == columns)
            return;
        widths[cut]--;
    }
}

/* Bytes of the first `count` characters. */
static size_t bytes_of(const char *text, size_t count)
{
    size_t size = 0;
    for (; count > 0 && text[size]; count--)
        do
            size++;
        while (((unsigned char)text[size] & 0xC0u) == 0x80u);
    return size;
}

static void write_cell(chi_writer *writer, const char *text, size_t width, char align, bool last)
{
    size_t own = width_of(text);
    if (own > width) {
        chi_write_plain(writer, text, bytes_of(text, width - 2));
        chi_write_text(writer, "..");
        own = width;
    } else {
        chi_write_repeat(writer, ' ', align == 'r' ? width - own : 0);
        chi_write_plain(writer, text, strlen(text));
    }
    if (!last)
        chi_write_repeat(writer, ' ', (align == 'r' ? 0 : width - own) + GAP);
}

/* The last cell that has a text; nothing is written after it. */
static size_t last_cell(const char *const *cells, size_t columns)
{
    size_t last = columns;
    while (last > 1 && !*cells[last - 1])
        last--;
    return last;
}

void chi_grid_write(const chi_grid *grid, chi_writer *writer)
{
    size_t columns = strlen(grid->align), widths[COLUMNS_MAX];
    find_widths(grid, columns, widths);
    for (size_t row = 0; row < grid->cells.count; row += columns) {
        const char *const *cells = &grid->cells.at[row];
        size_t last = last_cell(cells, columns);
        chi_write_repeat(writer, ' ', INDENT);
        for (size_t i = 0; i < last; i++)
            write_cell(writer, cells[i], widths[i], grid->align[i], i + 1 == last);
        chi_write_text(writer, "\n");
    }
}

const char *chi_number_text(chi_arena *arena, double value, int decimals)
{
    if (isinf(value))
        return value > 0.0 ? "unlimited" : "-unlimited";
    if (isnan(value))
        return "";
    const char *plain = chi_arena_format(arena, "%.*f", decimals, value);
    size_t size = strlen(plain);
    if (strchr(plain, '.'))
        while (plain[size - 1] == '0' || plain[size - 1] == '.') {
            size--;
            if (plain[size] == '.')
                break;
        }
    size_t whole = strcspn(plain, ".");
    bool negative = plain[0] == '-';
    if (size == 2 && plain[0] == '-' && plain[1] == '0')
        return "0";
    char *text = chi_arena_alloc(arena, size + whole / 3 + 2);
    size_t at = 0;
    for (size_t i = 0; i < size; i++) {
        if (i > (size_t)negative && i < whole && (whole - i) % 3 == 0)
            text[at++] = ',';
        text[at++] = plain[i];
    }
    return text;
}

const char *chi_percent_text(chi_arena *arena, double fraction)
{
    return chi_arena_format(arena, "%s%%", chi_number_text(arena, 100.0 * fraction, 3));
}

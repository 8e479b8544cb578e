/* The survival curve in characters: filled below the estimate, shaded over its interval.
 *
 * A row of characters is a tenth of the paths; block elements divide it into eighths (Unicode 15,
 * U+2581 to U+2588). Each month has the same number of columns, so that the picture is a step
 * curve and nothing is smoothed. */
#include "result/page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 10, AXIS_COLUMNS = 8, MONTH_COLUMNS_MAX = 3, LABEL_COLUMNS = 9 };

typedef struct curve {
    size_t firm;
    uint32_t months;        /* shown */
    uint32_t months_column; /* months that share a column when they are too many */
    size_t month_columns;   /* columns of one month */
} curve;

static uint32_t columns_of(const curve *c)
{
    return (c->months + c->months_column - 1) / c->months_column;
}

/* The last month that column group `g` stands for. */
static uint32_t month_of(const curve *c, uint32_t g)
{
    uint32_t month = (g + 1) * c->months_column - 1;
    return month < c->months ? month : c->months - 1;
}

static const char *cell(const chi_page *page, const curve *c, uint32_t month, int row)
{
    static const char *const eighths[] = {" ", "\xE2\x96\x81", "\xE2\x96\x82", "\xE2\x96\x83",
        "\xE2\x96\x84", "\xE2\x96\x85", "\xE2\x96\x86", "\xE2\x96\x87", "\xE2\x96\x88"};
    ch_share alive = ch_result_alive(page->result, c->firm, month);
    double low = (double)row / ROWS, high = (double)(row + 1) / ROWS;
    if (isnan(alive.share))
        return " ";
    double filled = 8 * (alive.share - low) * ROWS;
    int fill = filled <= 0 ? 0 : filled >= 8 ? 8 : (int)(filled + 0.5);
    if (page->base) {
        double other = ch_result_alive(page->base, c->firm, month).share;
        if (other > low && other <= high && fabs(other - alive.share) > 0.5 / ROWS)
            return page->ascii ? "o" : "\xE2\x97\x8B";
    }
    if (fill == 0 && alive.high >= high - 0.5 / ROWS)
        return page->ascii ? ":" : "\xE2\x96\x91";
    if (fill == 8 && alive.low <= low + 0.5 / ROWS && alive.low < alive.share)
        return page->ascii ? "+" : "\xE2\x96\x92";
    return page->ascii ? (fill >= 4 ? "#" : " ") : eighths[fill];
}

static void put_row(chi_page *page, const curve *c, int row)
{
    char label[16] = "";
    if (row % 5 == 4)
        snprintf(label, sizeof label, "%3d %% ", (row + 1) * 100 / ROWS);
    chi_page_right(page, label, AXIS_COLUMNS - 2);
    chi_page_text(page, page->ascii ? "| " : "\xE2\x94\x82 ");
    for (uint32_t g = 0; g < columns_of(c); g++)
        for (size_t i = 0; i < c->month_columns; i++)
            chi_page_text(page, cell(page, c, month_of(c, g), row));
    chi_page_line(page);
}

/* Months between two labels of the axis: whole half-years, wide enough for a date. */
static uint32_t label_months(const curve *c)
{
    uint32_t step = 6;
    while (step / c->months_column * c->month_columns < LABEL_COLUMNS)
        step += 6;
    return step;
}

static void put_axis(chi_page *page, const curve *c)
{
    uint32_t step = label_months(c);
    size_t used = 0;
    chi_page_right(page, "0 % ", AXIS_COLUMNS - 2);
    chi_page_text(page, page->ascii ? "+-" : "\xE2\x94\x94\xE2\x94\x80");
    for (uint32_t g = 0; g < columns_of(c); g++)
        for (size_t i = 0; i < c->month_columns; i++) {
            bool tick = i + 1 == c->month_columns && (month_of(c, g) + 1) % step == 0;
            if (page->ascii)
                chi_page_text(page, tick ? "+" : "-");
            else
                chi_page_text(page, tick ? "\xE2\x94\xAC" : "\xE2\x94\x80");
        }
    chi_page_line(page);
    for (uint32_t month = step - 1; month < c->months; month += step) {
        size_t at = AXIS_COLUMNS + (month / c->months_column + 1) * c->month_columns - 1;
        char date[11];
        ch_model_month_date(page->model, month, date);
        date[7] = 0; /* year and month say enough */
        chi_page_right(page, date, at + 4 - used);
        used = at + 4;
    }
    chi_page_line(page);
}

void chi_page_curve(chi_page *page, size_t firm)
{
    curve c = {.firm = firm, .months = ch_result_months(page->result), .months_column = 1};
    size_t room = page->width - AXIS_COLUMNS - 4;
    while ((c.months + c.months_column - 1) / c.months_column > room)
        c.months_column++;
    c.month_columns = room / columns_of(&c);
    if (c.month_columns > MONTH_COLUMNS_MAX)
        c.month_columns = MONTH_COLUMNS_MAX;
    for (int row = ROWS - 1; row >= 0; row--)
        put_row(page, &c, row);
    put_axis(page, &c);
}

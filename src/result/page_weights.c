/* What the answer hangs on: estimates in the order of what they change. */
#include "result/page.h"

#include "cardhouse/ch_weigh.h"
#include "result/write.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ALIVE_COLUMNS = 9, CHANGE_COLUMNS = 23, LINE_BYTES = 400 };

/* "15%  (0 to 30%)" */
const char *chi_estimate_text(ch_evidence number, char *out, size_t size)
{
    snprintf(out, size, "%.200s", number.text);
    if (!isfinite(number.low) || !isfinite(number.high))
        return out;
    size_t used = strlen(out);
    bool percent = used > 0 && out[used - 1] == '%';
    double scale = percent ? 100 : 1;
    snprintf(out + used, size - used, "  (%.6g to %.6g%s)", scale * number.low, scale * number.high,
        percent ? "%" : "");
    return out;
}

/* The names and the numbers share what the other columns leave. */
static size_t number_columns(const chi_page *page)
{
    return page->width > 90 ? 24 : 12;
}

static size_t name_columns(const chi_page *page)
{
    return page->width - 2 - number_columns(page) - 2 * ALIVE_COLUMNS - CHANGE_COLUMNS;
}

/* The end of a path says more than its beginning. */
static const char *short_path(const chi_page *page, const char *path, char out[LINE_BYTES])
{
    size_t size = strlen(path), room = name_columns(page) - 1;
    if (size <= room)
        return path;
    snprintf(out, LINE_BYTES, "..%s", path + size - (room - 2));
    return out;
}

static void put_head(chi_page *page)
{
    chi_page_text(page, "  ");
    chi_page_left(page, "", name_columns(page) + number_columns(page));
    chi_page_right(page, "at low", ALIVE_COLUMNS);
    chi_page_right(page, "at high", ALIVE_COLUMNS);
    chi_page_right(page, "points", CHANGE_COLUMNS);
    chi_page_line(page);
}

static void put_weight(chi_page *page, ch_weight weight)
{
    char text[LINE_BYTES], cell[CHI_CELL_BYTES], range[CHI_CELL_BYTES];
    chi_page_text(page, "  ");
    chi_page_left(page, short_path(page, weight.evidence.path, text), name_columns(page) - 1);
    chi_page_blanks(page, 1);
    chi_page_left(
        page, chi_estimate_text(weight.evidence, text, sizeof text), number_columns(page));
    chi_page_right(page, chi_percent(weight.low, cell), ALIVE_COLUMNS);
    chi_page_right(page, chi_percent(weight.high, cell), ALIVE_COLUMNS);
    snprintf(text, sizeof text, "%s (%s)", chi_points(weight.change.difference, cell),
        chi_points_range(weight.change, ", ", range));
    chi_page_right(page, text, CHANGE_COLUMNS);
    chi_page_line(page);
}

static void put_number(chi_page *page, ch_evidence number)
{
    char text[LINE_BYTES];
    chi_page_text(page, "    ");
    chi_page_left(page, short_path(page, number.path, text), name_columns(page) - 1);
    chi_page_blanks(page, 1);
    chi_page_text(page, chi_estimate_text(number, text, sizeof text));
    chi_page_line(page);
}

/* How many of the weights, from the first on, are those of estimates that change any path. */
static size_t moving(const ch_weights *weights)
{
    size_t count = ch_weights_count(weights);
    while (count > 0) {
        ch_difference change = ch_weights_at(weights, count - 1).change;
        if (change.only_here + change.only_base > 0)
            break;
        count--;
    }
    return count;
}

static void put_missing(chi_page *page, const ch_weights *weights, bool all)
{
    size_t missing = ch_weights_missing_count(weights);
    if (missing == 0)
        return;
    chi_page_format(
        page, "  %zu were not weighed before the interruption%s", missing, all ? ":" : "");
    chi_page_line(page);
    for (size_t i = 0; all && i < missing; i++)
        put_number(page, ch_weights_missing(weights, i));
}

static void put_rest(chi_page *page, const ch_weights *weights, size_t moves, bool all)
{
    size_t count = ch_weights_count(weights), left = ch_weights_left_count(weights);
    if (moves < count) {
        chi_page_format(
            page, "  %zu change nothing on these paths%s", count - moves, all ? ":" : "");
        chi_page_line(page);
    }
    for (size_t i = moves; all && i < count; i++)
        put_number(page, ch_weights_at(weights, i).evidence);
    if (left > 0) {
        chi_page_format(page, "  %zu cannot be changed alone: several dates, or what must add up%s",
            left, all ? ":" : "");
        chi_page_line(page);
    }
    for (size_t i = 0; all && i < left; i++)
        put_number(page, ch_weights_left(weights, i));
    put_missing(page, weights, all);
}

void chi_page_weights(chi_page *page, const ch_weights *weights, size_t shown_max)
{
    char text[LINE_BYTES], paths[CHI_CELL_BYTES], alive[CHI_CELL_BYTES];
    if (ch_weights_count(weights) + ch_weights_left_count(weights) == 0) {
        if (ch_weights_missing_count(weights) > 0) {
            put_missing(page, weights, shown_max == SIZE_MAX);
            return;
        }
        chi_page_wrap(page, 0, "no estimate states a low and a high, so none can be weighed");
        return;
    }
    size_t moves = moving(weights), shown = moves < shown_max ? moves : shown_max;
    snprintf(text, sizeof text,
        "estimates by what their low and high change: share of %s paths on which %.120s is alive "
        "after %u months, %s as it stands, all with the same luck; the largest change with its "
        "95 %% interval:",
        chi_count(ch_weights_paths(weights), paths),
        ch_model_firm_name(page->model, ch_weights_firm(weights)), ch_weights_months(weights),
        chi_percent(ch_weights_alive(weights).share, alive));
    chi_page_wrap(page, 0, text);
    if (shown > 0)
        put_head(page);
    for (size_t i = 0; i < shown; i++)
        put_weight(page, ch_weights_at(weights, i));
    if (moves > shown) {
        chi_page_format(page, "  and %zu more that change less", moves - shown);
        chi_page_line(page);
    }
    put_rest(page, weights, moves, shown_max == SIZE_MAX);
}

void chi_write_weights(
    chi_writer *writer, const ch_weights *weights, const ch_write_options *options)
{
    chi_page page = {
        .writer = writer,
        .model = ch_weights_model(weights),
        .width = (size_t)options->width,
        .ascii = options->ascii != 0,
        .color = options->color != 0,
    };
    chi_page_heading(&page, "What the answer hangs on", "");
    char missing[LINE_BYTES], text[LINE_BYTES + 60];
    if (ch_weights_interrupted(weights, missing, sizeof missing)) {
        chi_page_tone(&page, CHI_BAD);
        snprintf(text, sizeof text, "INTERRUPTED: these results are partial: %s.", missing);
        chi_page_wrap(&page, 0, text);
        chi_page_tone(&page, CHI_PLAIN);
    }
    chi_page_weights(&page, weights, SIZE_MAX);
}

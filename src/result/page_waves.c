/* Who falls with whom: for the firms whose failure brings others down most often, who they are, how
 * often and in which round. */
#include "result/page.h"

#include <stdio.h>

enum {
    FIRSTS_SHOWN_MAX = 4,
    FALLEN_SHOWN_MAX = 6,
    SHARE_COLUMNS = 10,
    INTERVAL_COLUMNS = 16,
    ROUND_COLUMNS = 10,
    LINE_BYTES = 600,
};

/* Paths on which somebody falls after `first`, counted once for each firm that does. */
static uint64_t fallen_with(const ch_result *result, size_t first)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < ch_result_wake_count(result); i++) {
        ch_wake wake = ch_result_wake(result, i);
        if (wake.first == first && wake.round > 0)
            sum += wake.paths;
    }
    return sum;
}

/* The first after `last` in falling order of what it brings down; 0 if there is none. */
static size_t next_first(const chi_page *page, size_t last)
{
    uint64_t bound = last ? fallen_with(page->result, last) : UINT64_MAX, most = 0;
    size_t found = 0;
    for (size_t firm = 1; firm < ch_model_firm_count(page->model); firm++) {
        uint64_t count = fallen_with(page->result, firm);
        bool after = count < bound || (count == bound && firm > last);
        if (after && count > most) {
            most = count;
            found = firm;
        }
    }
    return found;
}

/* The row of `first` after `last` in falling order of paths; SIZE_MAX if there is none. */
static size_t next_row(const chi_page *page, size_t first, size_t last)
{
    uint64_t bound = last == SIZE_MAX ? UINT64_MAX : ch_result_wake(page->result, last).paths;
    uint64_t most = 0;
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < ch_result_wake_count(page->result); i++) {
        ch_wake wake = ch_result_wake(page->result, i);
        bool after = wake.paths < bound || (wake.paths == bound && last != SIZE_MAX && i > last);
        if (wake.first == first && wake.round > 0 && after && wake.paths > most) {
            most = wake.paths;
            found = i;
        }
    }
    return found;
}

static double lost_with(const chi_page *page, size_t first)
{
    double sum = 0;
    for (size_t i = 0; i < ch_result_wake_count(page->result); i++)
        if (ch_result_wake(page->result, i).first == first)
            sum += ch_result_wake(page->result, i).loss_given_first;
    return sum;
}

static void put_first(chi_page *page, size_t first)
{
    char text[LINE_BYTES], paths[CHI_CELL_BYTES], money[CHI_CELL_BYTES];
    snprintf(text, sizeof text, "when %.200s falls first (%s paths; all lose %s in the mean)",
        ch_model_firm_name(page->model, first),
        chi_count(ch_result_first_paths(page->result, first), paths),
        chi_money(lost_with(page, first), money));
    chi_page_wrap(page, 2, text);
}

static void put_row(chi_page *page, ch_wake wake)
{
    char cell[CHI_CELL_BYTES], text[LINE_BYTES];
    chi_page_text(page, "    ");
    chi_page_left(page, ch_model_firm_name(page->model, wake.firm),
        page->width - 4 - SHARE_COLUMNS - INTERVAL_COLUMNS - ROUND_COLUMNS);
    chi_page_right(page, chi_percent(wake.failed.share, cell), SHARE_COLUMNS);
    chi_page_right(page, chi_interval(page, wake.failed, cell), INTERVAL_COLUMNS);
    snprintf(text, sizeof text, "round %u", wake.round);
    chi_page_right(page, text, ROUND_COLUMNS);
    chi_page_line(page);
}

void chi_page_waves(chi_page *page)
{
    size_t first = next_first(page, 0);
    if (first == 0)
        return;
    chi_page_heading(page, "Who falls with whom", "share of the paths on which the first fails");
    for (int i = 0; first != 0 && i < FIRSTS_SHOWN_MAX; i++, first = next_first(page, first)) {
        put_first(page, first);
        size_t row = next_row(page, first, SIZE_MAX);
        for (int k = 0; row != SIZE_MAX && k < FALLEN_SHOWN_MAX; k++) {
            put_row(page, ch_result_wake(page->result, row));
            row = next_row(page, first, row);
        }
    }
}

/* The page of a run: the verdict first, then the evidence for it in the order in which a credit
 * memo gives it: how long, what breaks it, who loses, what the answer rests on. */
#include "result/page.h"
#include "result/write.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    FIRMS_SHOWN_MAX = 4, /* simulated firms with a section of their own */
    HORIZONS_MAX = 8,
    VERDICT_MONTHS = 12, /* of the first sentence */
    LABEL_COLUMNS = 18,
    HORIZON_COLUMNS = 14,
    SENTENCE_BYTES = 1000,
};

static void put_head(chi_page *page, const ch_write_options *options)
{
    char start[11], line[SENTENCE_BYTES], paths[CHI_CELL_BYTES], missing[CHI_MISSING_BYTES];
    ch_model_start(page->model, start);
    chi_page_tone(page, CHI_BOLD);
    chi_page_wrap(page, 0, ch_model_title(page->model));
    chi_page_tone(page, CHI_PLAIN);
    const char *scenario = ch_model_scenario(page->model);
    snprintf(line, sizeof line, "%s%.200s, %u months from %s, %s random futures, money in %.60s",
        strcmp(scenario, "base") ? "scenario " : "", scenario, ch_result_months(page->result),
        start, chi_count(ch_result_paths(page->result), paths), ch_model_currency(page->model));
    chi_page_wrap(page, 0, line);
    if (!ch_result_interrupted(page->result, options, missing, sizeof missing))
        return;
    chi_page_tone(page, CHI_BAD);
    snprintf(line, sizeof line, "INTERRUPTED: these results are partial: %s.", missing);
    chi_page_wrap(page, 0, line);
    chi_page_tone(page, CHI_PLAIN);
}

/* First month by whose end at most half of the paths are alive; the number of months if none. */
static uint32_t median_month(const chi_page *page, size_t firm)
{
    uint32_t month = 0;
    while (month < ch_result_months(page->result) &&
           ch_result_alive(page->result, firm, month).share > 0.5)
        month++;
    return month;
}

static void append(char out[SENTENCE_BYTES], const char *text)
{
    size_t used = strlen(out);
    snprintf(out + used, SENTENCE_BYTES - used, "%s", text);
}

static void append_cause(const chi_page *page, size_t firm, char out[SENTENCE_BYTES])
{
    char piece[600], share[CHI_CELL_BYTES];
    ch_cause first;
    if (!chi_page_first_cause(page, firm, false, &first))
        return;
    snprintf(piece, sizeof piece, " Most often it fails by %.200s (%s of its failures)",
        first.cause, chi_percent(first.share.share, share));
    append(out, piece);
    if (chi_page_first_cause(page, firm, true, &first) && *first.root) {
        snprintf(piece, sizeof piece, "; most often it began with %.200s (%s)", first.cause,
            chi_percent(first.share.share, share));
        append(out, piece);
    }
    append(out, ".");
}

static void put_verdict(chi_page *page, size_t firm)
{
    uint32_t months = ch_result_months(page->result), median = median_month(page, firm);
    uint32_t first = months < VERDICT_MONTHS ? months : VERDICT_MONTHS;
    ch_share alive = ch_result_alive(page->result, firm, first - 1);
    ch_share end = ch_result_alive(page->result, firm, months - 1);
    char text[SENTENCE_BYTES] = "", piece[600], date[11];
    char cells[3][CHI_CELL_BYTES];
    snprintf(piece, sizeof piece, "%.200s holds %u months on %s of %s paths (%s)",
        ch_model_firm_name(page->model, firm), first, chi_percent(alive.share, cells[0]),
        chi_count(ch_result_paths(page->result), cells[1]), chi_interval(page, alive, cells[2]));
    append(text, piece);
    if (median < months) {
        ch_model_month_date(page->model, median, date);
        snprintf(piece, sizeof piece, "; half of the paths have failed by %s", date);
        append(text, piece);
    } else if (months > first) {
        snprintf(
            piece, sizeof piece, ", and all %u on %s", months, chi_percent(end.share, cells[0]));
        append(text, piece);
    }
    append(text, ".");
    append_cause(page, firm, text);
    chi_page_line(page);
    chi_page_tone(page, alive.share >= 0.95  ? CHI_GOOD
                        : alive.share >= 0.8 ? CHI_DOUBTFUL
                                             : CHI_BAD);
    chi_page_wrap(page, 0, text);
    chi_page_tone(page, CHI_PLAIN);
}

static void put_comparison(chi_page *page, size_t firm)
{
    uint32_t months = ch_result_months(page->result);
    uint32_t at[2] = {months < VERDICT_MONTHS ? months : VERDICT_MONTHS, months};
    char text[SENTENCE_BYTES] = "On the same paths, with the same luck, the base holds ";
    char differences[200] = "", piece[200], cells[2][CHI_CELL_BYTES];
    for (int i = 0; i < (at[0] < at[1] ? 2 : 1); i++) {
        double with = ch_result_alive(page->result, firm, at[i] - 1).share;
        double without = ch_result_alive(page->base, firm, at[i] - 1).share;
        snprintf(piece, sizeof piece, "%s%u months on %s", i ? " and " : "", at[i],
            chi_percent(without, cells[0]));
        append(text, piece);
        size_t used = strlen(differences);
        snprintf(differences + used, sizeof differences - used, "%s%s", i ? " and " : "",
            chi_points(with - without, cells[1]));
        used = strlen(differences);
        if (page->paired)
            snprintf(differences + used, sizeof differences - used, " (%s)",
                chi_points_range(page->difference[at[i] - 1], " to ", cells[1]));
    }
    append(text, "; the scenario makes a difference of ");
    append(text, differences);
    append(text, " points.");
    chi_page_wrap(page, 0, text);
}

/* Months (counted from 1) of the table's columns: what fits, the last month always. */
static size_t horizons(const chi_page *page, uint32_t out[HORIZONS_MAX])
{
    static const uint32_t usual[] = {6, 12, 18, 24, 36, 48, 60};
    size_t room = (page->width - LABEL_COLUMNS) / HORIZON_COLUMNS, count = 0;
    uint32_t months = ch_result_months(page->result);
    if (room > HORIZONS_MAX)
        room = HORIZONS_MAX;
    for (size_t i = 0; i < sizeof usual / sizeof usual[0] && usual[i] < months; i++)
        if (count + 1 < room)
            out[count++] = usual[i];
    out[count++] = months;
    return count;
}

typedef enum row_kind {
    ROW_MONTHS,
    ROW_DATE,
    ROW_ALIVE,
    ROW_INTERVAL,
    ROW_BASE,
    ROW_DIFFERENCE,
    ROW_DIFFERENCE_INTERVAL,
    ROW_CASH_MEDIAN,
    ROW_CASH_LOW,
    ROW_CASH_BASE
} row_kind;

static void put_cell(chi_page *page, size_t firm, uint32_t month, row_kind kind)
{
    char text[CHI_CELL_BYTES] = "", date[11];
    ch_share alive = ch_result_alive(page->result, firm, month);
    switch (kind) {
    case ROW_MONTHS:
        snprintf(text, sizeof text, "%u month%s", month + 1, month ? "s" : "");
        break;
    case ROW_DATE:
        ch_model_month_date(page->model, month, date);
        strcpy(text, date);
        break;
    case ROW_ALIVE:
        chi_percent(alive.share, text);
        break;
    case ROW_INTERVAL:
        chi_interval(page, alive, text);
        break;
    case ROW_BASE:
        chi_percent(ch_result_alive(page->base, firm, month).share, text);
        break;
    case ROW_DIFFERENCE:
        chi_points(alive.share - ch_result_alive(page->base, firm, month).share, text);
        break;
    case ROW_DIFFERENCE_INTERVAL:
        chi_points_range(page->difference[month], ", ", text);
        break;
    case ROW_CASH_MEDIAN:
        chi_money(ch_result_cash(page->result, firm, month, 0.5), text);
        break;
    case ROW_CASH_LOW:
        chi_money(ch_result_cash(page->result, firm, month, 0.05), text);
        break;
    case ROW_CASH_BASE:
        chi_money(ch_result_cash(page->base, firm, month, 0.5), text);
        break;
    }
    chi_page_right(page, text, HORIZON_COLUMNS);
}

static void put_table(chi_page *page, size_t firm)
{
    static const struct {
        row_kind kind;
        int base; /* 1: only with a base, 2: only without, 3: only where differences are known */
        const char *label;
    } rows[] = {
        {ROW_MONTHS, 0, ""},
        {ROW_DATE, 0, ""},
        {ROW_BASE, 1, "alive, base"},
        {ROW_ALIVE, 1, "alive, scenario"},
        {ROW_ALIVE, 2, "alive"},
        {ROW_INTERVAL, 0, "95 % interval"},
        {ROW_DIFFERENCE, 1, "difference, points"},
        {ROW_DIFFERENCE_INTERVAL, 3, "95 % interval"},
        {ROW_CASH_BASE, 1, "cash median, base"},
        {ROW_CASH_MEDIAN, 0, "cash, median"},
        {ROW_CASH_LOW, 0, "cash, 5 % below"},
    };
    uint32_t months[HORIZONS_MAX];
    size_t count = horizons(page, months);
    chi_page_line(page);
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        if ((rows[r].base == 1 && !page->base) || (rows[r].base == 2 && page->base) ||
            (rows[r].base == 3 && !page->paired))
            continue;
        chi_page_left(page, rows[r].label, LABEL_COLUMNS);
        for (size_t i = 0; i < count; i++)
            put_cell(page, firm, months[i] - 1, rows[r].kind);
        chi_page_line(page);
    }
}

/* A firm that never fails gets a sentence; its curve would be a full box. */
static bool never_fails(const chi_page *page, size_t firm)
{
    uint32_t last = ch_result_months(page->result) - 1;
    return ch_result_alive(page->result, firm, last).share >= 1 &&
           (!page->base || ch_result_alive(page->base, firm, last).share >= 1);
}

static void put_firm(chi_page *page, size_t firm)
{
    char text[SENTENCE_BYTES], paths[CHI_CELL_BYTES];
    if (never_fails(page, firm)) {
        snprintf(text, sizeof text, "%.200s fails on none of %s paths in %u months.",
            ch_model_firm_name(page->model, firm), chi_count(ch_result_paths(page->result), paths),
            ch_result_months(page->result));
        chi_page_line(page);
        chi_page_wrap(page, 0, text);
        return;
    }
    put_verdict(page, firm);
    page->paired =
        page->base && ch_result_differences(page->result, page->base, firm, page->difference) != 0;
    if (page->base)
        put_comparison(page, firm);
    snprintf(text, sizeof text, "Survival of %.200s", ch_model_firm_name(page->model, firm));
    chi_page_heading(
        page, text, page->base ? (page->ascii ? "o is the base" : "\xE2\x97\x8B is the base") : "");
    chi_page_curve(page, firm);
    put_table(page, firm);
    chi_page_causes(page, firm);
}

void chi_write_page(chi_writer *writer, const ch_result *result, const ch_write_options *options)
{
    chi_page page = {
        .writer = writer,
        .result = result,
        .base = options->base,
        .weights = options->weights,
        .model = ch_result_model(result),
        .width = (size_t)options->width,
        .ascii = options->ascii != 0,
        .color = options->color != 0,
    };
    size_t shown[FIRMS_SHOWN_MAX], count = 0;
    put_head(&page, options);
    for (size_t firm = 1; firm < ch_model_firm_count(page.model) && count < FIRMS_SHOWN_MAX; firm++)
        if (ch_model_firm_is_simulated(page.model, firm))
            shown[count++] = firm;
    for (size_t i = 0; i < count && ch_result_paths(result) > 0; i++)
        put_firm(&page, shown[i]);
    if (ch_result_paths(result) > 0) {
        chi_page_others(&page, shown, count);
        chi_page_waves(&page);
        chi_page_losses(&page);
    }
    chi_page_estimates(&page);
    chi_page_proof(&page);
}

/* Sections of the page after the firms: who else falls, who loses, what the answer rests on, and
 * how to get it again. */
#include "result/page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    LOSSES_SHOWN_MAX = 12,
    OTHERS_SHOWN_MAX = 12,
    ESTIMATES_SHOWN_MAX = 10,
    NAME_COLUMNS_MAX = 36,
    CAUSE_COLUMNS_MIN = 16,
    SHARE_COLUMNS = 12,
    MONEY_COLUMNS = 14,
    LINE_BYTES = 600,
};

/* The next firm in falling order of failures: fewest paths alive at the end, then file order.
 * `last` is the one before it, 0 for the first; returns 0 when there is none left. */
static size_t next_other(const chi_page *page, const size_t *shown, size_t count, size_t last)
{
    uint32_t end = ch_result_months(page->result) - 1;
    double bound = last ? ch_result_alive(page->result, last, end).share : -1;
    double best = 1;
    size_t found = 0;
    for (size_t firm = 1; firm < ch_model_firm_count(page->model); firm++) {
        bool skip = false;
        for (size_t i = 0; i < count; i++)
            skip = skip || shown[i] == firm;
        double share = ch_result_alive(page->result, firm, end).share;
        bool after = share > bound || (!(share < bound) && firm > last);
        if (!skip && after && share < best) {
            best = share;
            found = firm;
        }
    }
    return found;
}

/* Columns of the names beside those of the shares; a cause stands behind if there is room. */
static size_t name_columns(const chi_page *page)
{
    size_t shares = page->base ? 3 : 2, room = page->width - 2 - shares * SHARE_COLUMNS;
    return room < NAME_COLUMNS_MAX ? room : NAME_COLUMNS_MAX;
}

static size_t cause_columns(const chi_page *page)
{
    size_t shares = page->base ? 3 : 2;
    size_t room = page->width - 2 - shares * SHARE_COLUMNS - name_columns(page);
    return room >= CAUSE_COLUMNS_MIN ? room : 0;
}

static void put_other(chi_page *page, size_t firm)
{
    uint32_t months = ch_result_months(page->result);
    uint32_t columns[] = {months < 12 ? months : 12, months};
    char cell[CHI_CELL_BYTES], text[LINE_BYTES];
    chi_page_text(page, "  ");
    chi_page_left(page, ch_model_firm_name(page->model, firm), name_columns(page));
    for (int i = 0; i < 2; i++)
        chi_page_right(page,
            chi_percent(ch_result_alive(page->result, firm, columns[i] - 1).share, cell),
            SHARE_COLUMNS);
    text[0] = 0;
    if (page->base)
        chi_page_right(page, chi_percent(ch_result_alive(page->base, firm, months - 1).share, cell),
            SHARE_COLUMNS);
    ch_cause cause;
    if (chi_page_first_cause(page, firm, false, &cause))
        snprintf(text, sizeof text, "  %.200s", cause.cause);
    chi_page_left(page, text, cause_columns(page));
    chi_page_line(page);
}

void chi_page_others(chi_page *page, const size_t *shown, size_t count)
{
    size_t firm = next_other(page, shown, count, 0);
    uint32_t months = ch_result_months(page->result);
    char text[CHI_CELL_BYTES];
    if (firm == 0)
        return;
    chi_page_heading(page, "Who else falls", "paths on which it has not failed");
    chi_page_text(page, "  ");
    chi_page_left(page, "", name_columns(page));
    snprintf(text, sizeof text, "%u months", months < 12 ? months : 12);
    chi_page_right(page, text, SHARE_COLUMNS);
    snprintf(text, sizeof text, "%u months", months);
    chi_page_right(page, text, SHARE_COLUMNS);
    if (page->base)
        chi_page_right(page, "in the base", SHARE_COLUMNS);
    chi_page_left(page, "  most often by", cause_columns(page));
    chi_page_line(page);
    for (int i = 0; firm != 0 && i < OTHERS_SHOWN_MAX; i++) {
        put_other(page, firm);
        firm = next_other(page, shown, count, firm);
    }
}

/* The loss after `last` in falling order of its mean, then of its index; SIZE_MAX if none. */
static size_t next_loss(const chi_page *page, size_t last)
{
    size_t found = SIZE_MAX;
    double bound = last == SIZE_MAX ? (double)INFINITY : ch_result_loss(page->result, last).mean;
    double best = 0;
    for (size_t i = 0; i < ch_result_loss_count(page->result); i++) {
        double mean = ch_result_loss(page->result, i).mean;
        bool after = mean < bound || (!(mean > bound) && last != SIZE_MAX && i > last);
        if (after && mean > best) {
            best = mean;
            found = i;
        }
    }
    return found;
}

static double base_loss(const chi_page *page, ch_loss loss)
{
    for (size_t i = 0; i < ch_result_loss_count(page->base); i++) {
        ch_loss other = ch_result_loss(page->base, i);
        if (other.firm == loss.firm && other.from == loss.from)
            return other.mean;
    }
    return 0;
}

/* The one firm whose failure makes all losses; 0 if there are several. */
static size_t only_source(const chi_page *page)
{
    size_t from = 0;
    for (size_t i = 0; i < ch_result_loss_count(page->result); i++) {
        ch_loss loss = ch_result_loss(page->result, i);
        if (loss.mean > 0 && from != 0 && loss.from != from)
            return 0;
        if (loss.mean > 0)
            from = loss.from;
    }
    return from;
}

static void put_loss(chi_page *page, ch_loss loss, bool names_source)
{
    char text[LINE_BYTES], cell[CHI_CELL_BYTES];
    size_t columns = page->base ? 3 : 2;
    snprintf(text, sizeof text, "  %.200s", ch_model_firm_name(page->model, loss.firm));
    if (names_source) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, ", by %.200s",
            ch_model_firm_name(page->model, loss.from));
    }
    chi_page_left(page, text, page->width - columns * MONEY_COLUMNS);
    if (page->base)
        chi_page_right(page, chi_money(base_loss(page, loss), cell), MONEY_COLUMNS);
    chi_page_right(page, chi_money(loss.mean, cell), MONEY_COLUMNS);
    chi_page_right(page, chi_money(loss.mean_given_failure, cell), MONEY_COLUMNS);
    chi_page_line(page);
}

void chi_page_losses(chi_page *page)
{
    size_t at = next_loss(page, SIZE_MAX), left = 0;
    char text[LINE_BYTES];
    size_t columns = page->base ? 3 : 2;
    if (at == SIZE_MAX)
        return;
    size_t from = only_source(page);
    snprintf(text, sizeof text, "Who loses%s%.200s", from ? " by the failure of " : "",
        from ? ch_model_firm_name(page->model, from) : "");
    chi_page_heading(page, text, ch_model_currency(page->model));
    chi_page_left(page, "", page->width - columns * MONEY_COLUMNS);
    if (page->base)
        chi_page_right(page, "base", MONEY_COLUMNS);
    chi_page_right(page, page->base ? "scenario" : "all paths", MONEY_COLUMNS);
    chi_page_right(page, "when it fails", MONEY_COLUMNS);
    chi_page_line(page);
    for (int i = 0; at != SIZE_MAX; i++, at = next_loss(page, at)) {
        if (i < LOSSES_SHOWN_MAX)
            put_loss(page, ch_result_loss(page->result, at), from == 0);
        else
            left++;
    }
    if (left > 0) {
        chi_page_format(page, "  and %zu more", left);
        chi_page_line(page);
    }
}

/* Width of an estimate's range, relative to its larger end: 2 when it spans zero evenly. */
static double range_width(ch_evidence number)
{
    double end = fmax(fabs(number.low), fabs(number.high));
    bool known = isfinite(number.low) && isfinite(number.high) && end > 0;
    return known ? fabs(number.high - number.low) / end : 0;
}

/* The estimate after `last` by falling width of its range, then in file order; SIZE_MAX if none. */
static size_t next_estimate(const chi_page *page, size_t last)
{
    size_t found = SIZE_MAX, count = ch_model_evidence_count(page->model);
    double bound = (double)INFINITY, best = -1;
    if (last != SIZE_MAX)
        bound = range_width(ch_model_evidence(page->model, last));
    for (size_t i = 0; i < count; i++) {
        ch_evidence number = ch_model_evidence(page->model, i);
        double width = range_width(number);
        bool after = width < bound || (!(width > bound) && last != SIZE_MAX && i > last);
        if (number.basis == CH_ESTIMATE && after && width > best) {
            best = width;
            found = i;
        }
    }
    return found;
}

static void put_estimate(chi_page *page, ch_evidence number)
{
    char text[LINE_BYTES];
    size_t path_columns = page->width * 6 / 10 - 2;
    chi_page_text(page, "  ");
    chi_page_left(page, number.path, path_columns);
    chi_page_blanks(page, 1);
    (void)chi_estimate_text(number, text, sizeof text);
    chi_page_left(page, text, page->width - path_columns - 3);
    chi_page_line(page);
}

void chi_page_estimates(chi_page *page)
{
    size_t counts[4] = {0}, count = ch_model_evidence_count(page->model), shown = 0;
    char text[LINE_BYTES];
    for (size_t i = 0; i < count; i++)
        counts[ch_model_evidence(page->model, i).basis]++;
    if (count == 0)
        return;
    snprintf(text, sizeof text,
        "%zu numbers: %zu reported, %zu derived, %zu estimates, %zu unstated", count,
        counts[CH_REPORTED], counts[CH_DERIVED], counts[CH_ESTIMATE], counts[CH_UNSTATED]);
    chi_page_heading(page, "What it rests on", text);
    if (page->weights) {
        chi_page_weights(page, page->weights, ESTIMATES_SHOWN_MAX);
        return; /* in the order that was measured */
    }
    size_t at = next_estimate(page, SIZE_MAX);
    if (at != SIZE_MAX) {
        bool ranges = range_width(ch_model_evidence(page->model, at)) > 0;
        chi_page_text(
            page, ranges ? "estimates, those with the widest ranges first; --weigh N ranks them by "
                           "what they change:"
                         : "estimates:");
        chi_page_line(page);
    }
    for (; at != SIZE_MAX && shown < ESTIMATES_SHOWN_MAX; at = next_estimate(page, at), shown++)
        put_estimate(page, ch_model_evidence(page->model, at));
    if (counts[CH_ESTIMATE] > shown) {
        chi_page_format(
            page, "  and %zu more, which `cardhouse check` lists", counts[CH_ESTIMATE] - shown);
        chi_page_line(page);
    }
}

void chi_page_proof(chi_page *page)
{
    char text[LINE_BYTES], paths[CHI_CELL_BYTES], residual[CHI_CELL_BYTES] = "to the last digit";
    if (ch_result_largest_residual(page->result) > 0)
        snprintf(residual, sizeof residual, "to %.1e of what moves",
            ch_result_largest_residual(page->result));
    chi_page_line(page);
    snprintf(text, sizeof text, "seed %llu, %s paths; cash is conserved %s; model %016llx",
        (unsigned long long)ch_result_seed(page->result),
        chi_count(ch_result_paths(page->result), paths), residual,
        (unsigned long long)ch_model_hash(page->model));
    chi_page_tone(page, CHI_DIM);
    chi_page_wrap(page, 0, text);
    chi_page_tone(page, CHI_PLAIN);
    if (ch_result_unsettled(page->result) > 0) {
        snprintf(text, sizeof text,
            "in %s months of paths payments between firms had not settled after the limit of "
            "rounds",
            chi_count(ch_result_unsettled(page->result), paths));
        chi_page_wrap(page, 0, text);
    }
    chi_page_format(page, "result %016llx%s", (unsigned long long)ch_result_hash(page->result),
        ch_result_partial(page->result) ? " (partial)" : "");
    chi_page_line(page);
}

/* What breaks a firm, and what that began with: the pairs of cause and root event in a result,
 * summed both ways. */
#include "result/page.h"
#include "result/result.h"

#include <stdio.h>
#include <string.h>

enum {
    GROUPS_MAX = 64, /* kept apart; what is rarer is summed */
    CAUSES_SHOWN_MAX = 6,
    ROOTS_SHOWN_MAX = 6,
    ROOTS_OF_CAUSE_MAX = 3,
    SHARE_COLUMNS = 9,
    INTERVAL_COLUMNS = 15,
    LINE_BYTES = 600,
};

#define ROOT_SHARE_MIN 0.01 /* of a cause, to be named behind it */

typedef struct group {
    const char *text;
    uint64_t paths;
} group;

typedef struct grouping {
    group at[GROUPS_MAX];
    size_t count;
    uint64_t paths; /* of all groups, also those that did not fit */
} grouping;

static const char *root_name(const char *root)
{
    return *root ? root : "nothing from outside";
}

static void group_add(grouping *groups, const char *text, uint64_t paths)
{
    size_t i = 0;
    groups->paths += paths;
    while (i < groups->count && strcmp(groups->at[i].text, text) != 0)
        i++;
    if (i == GROUPS_MAX)
        return;
    if (i == groups->count)
        groups->at[groups->count++] = (group){text, 0};
    groups->at[i].paths += paths;
    /* a group that has grown moves up, behind those of its size: equal groups keep their order */
    group grown = groups->at[i];
    for (; i > 0 && groups->at[i - 1].paths < grown.paths; i--)
        groups->at[i] = groups->at[i - 1];
    groups->at[i] = grown;
}

/* Sums by cause, or by root event; only those with this cause if `cause` is not NULL. */
static void group_causes(
    const chi_page *page, size_t firm, bool by_root, const char *cause, grouping *groups)
{
    *groups = (grouping){0};
    for (size_t i = 0; i < ch_result_cause_count(page->result, firm); i++) {
        ch_cause row = ch_result_cause(page->result, firm, i);
        if (!cause || !strcmp(cause, row.cause))
            group_add(groups, by_root ? row.root : row.cause, row.paths);
    }
}

bool chi_page_first_cause(const chi_page *page, size_t firm, bool by_root, ch_cause *first)
{
    grouping groups;
    group_causes(page, firm, by_root, NULL, &groups);
    if (groups.paths == 0)
        return false;
    *first = (ch_cause){.cause = by_root ? root_name(groups.at[0].text) : groups.at[0].text,
        .kind = "",
        .root = by_root ? groups.at[0].text : "",
        .share = chi_wilson(groups.at[0].paths, groups.paths),
        .paths = groups.at[0].paths};
    return true;
}

static void put_group(chi_page *page, const group *row, uint64_t of, const char *text)
{
    char cell[CHI_CELL_BYTES];
    ch_share share = chi_wilson(row->paths, of);
    chi_page_right(page, chi_percent(share.share, cell), SHARE_COLUMNS);
    chi_page_right(page, chi_interval(page, share, cell), INTERVAL_COLUMNS);
    chi_page_blanks(page, 2);
    chi_page_left(page, text, page->width - SHARE_COLUMNS - INTERVAL_COLUMNS - 2);
    chi_page_line(page);
}

static void put_rest(chi_page *page, const grouping *groups, size_t shown, const char *what)
{
    char cell[CHI_CELL_BYTES];
    uint64_t paths = groups->paths;
    for (size_t i = 0; i < shown; i++)
        paths -= groups->at[i].paths;
    if (paths == 0)
        return;
    chi_page_right(page, chi_percent((double)paths / (double)groups->paths, cell), SHARE_COLUMNS);
    chi_page_blanks(page, INTERVAL_COLUMNS + 2);
    chi_page_text(page, what);
    chi_page_line(page);
}

/* "began with market high-yield shut 71 %, other-capacity cancelled 8 %" */
static void put_roots_of(chi_page *page, size_t firm, const group *cause)
{
    grouping roots;
    char line[LINE_BYTES] = "began with ";
    group_causes(page, firm, true, cause->text, &roots);
    if (roots.count == 1 && !*roots.at[0].text)
        return;
    for (size_t i = 0; i < roots.count && i < ROOTS_OF_CAUSE_MAX; i++) {
        size_t used = strlen(line);
        double share = (double)roots.at[i].paths / (double)roots.paths;
        if (share < ROOT_SHARE_MIN)
            break;
        snprintf(line + used, sizeof line - used, "%s%.150s %.0f %%", i ? ", " : "",
            root_name(roots.at[i].text), 100 * share);
    }
    chi_page_tone(page, CHI_DIM);
    chi_page_wrap(page, SHARE_COLUMNS + INTERVAL_COLUMNS + 4, line);
    chi_page_tone(page, CHI_PLAIN);
}

void chi_page_causes(chi_page *page, size_t firm)
{
    grouping groups;
    char text[LINE_BYTES], note[LINE_BYTES], cell[CHI_CELL_BYTES];
    group_causes(page, firm, false, NULL, &groups);
    if (groups.paths == 0)
        return;
    snprintf(text, sizeof text, "What breaks %.200s", ch_model_firm_name(page->model, firm));
    snprintf(note, sizeof note, "share of its %s failures", chi_count(groups.paths, cell));
    chi_page_heading(page, text, note);
    size_t shown = groups.count < CAUSES_SHOWN_MAX ? groups.count : CAUSES_SHOWN_MAX;
    for (size_t i = 0; i < shown; i++) {
        put_group(page, &groups.at[i], groups.paths, groups.at[i].text);
        put_roots_of(page, firm, &groups.at[i]);
    }
    put_rest(page, &groups, shown, "other causes");

    group_causes(page, firm, true, NULL, &groups);
    if (groups.count == 1 && !*groups.at[0].text)
        return;
    chi_page_heading(page, "What it began with", note);
    shown = groups.count < ROOTS_SHOWN_MAX ? groups.count : ROOTS_SHOWN_MAX;
    for (size_t i = 0; i < shown; i++)
        put_group(page, &groups.at[i], groups.paths, root_name(groups.at[i].text));
    put_rest(page, &groups, shown, "other events");
}

/* Single values of a mapping: words, names, dates, durations, plain numbers. */
#include "model/read.h"

#include "base/check.h"

#include <string.h>

enum { WORD_BYTES = 64, WORDS_MAX = 20 };

static bool is_scalar(chi_reader *reader, const chi_node *node)
{
    if (node->kind == CHI_SCALAR && (node->size > 0 || node->quoted))
        return true;
    chi_shape_error(reader, node, "a single value");
    return false;
}

const char *chi_get_text(chi_reader *reader, const chi_map *map, const char *key)
{
    const chi_node *node = chi_map_node(map, key);
    return node && is_scalar(reader, node) ? node->text : chi_map_field(map, key)->fallback;
}

/* --- words ---------------------------------------------------------------------------------- */

static uint32_t word_index(const char *detail, const char *text)
{
    char word[WORD_BYTES];
    for (uint32_t i = 0; chi_detail_word(detail, i, word, sizeof word); i++)
        if (strcmp(word, text) == 0)
            return i;
    return CHI_NONE;
}

static void report_word(chi_reader *reader, const chi_node *node, const char *detail)
{
    char(*words)[WORD_BYTES] = chi_arena_alloc(reader->arena, WORDS_MAX * WORD_BYTES);
    const char *list[WORDS_MAX];
    const char *all = "";
    size_t count = 0;
    for (; count < WORDS_MAX && chi_detail_word(detail, count, words[count], WORD_BYTES); count++) {
        list[count] = words[count];
        all = chi_arena_format(reader->arena, "%s%s%s", all, count ? ", " : "", words[count]);
    }
    const char *near = chi_nearest_name(node->text, list, count);
    const char *hint = near ? chi_arena_format(reader->arena, "did you mean `%s`?", near)
                            : chi_arena_format(reader->arena, "accepted: %s", all);
    if (node->key)
        chi_diag(reader->diags, 206, node->span, hint, "`%s` is no value of `%s`", node->text,
            node->key);
    else
        chi_diag(reader->diags, 206, node->span, hint, "`%s` is not accepted here", node->text);
}

uint32_t chi_read_choice(chi_reader *reader, const chi_node *node, const char *detail)
{
    if (!is_scalar(reader, node))
        return CHI_NONE;
    uint32_t index = word_index(detail, node->text);
    if (index == CHI_NONE)
        report_word(reader, node, detail);
    return index;
}

uint32_t chi_get_choice(chi_reader *reader, const chi_map *map, const char *key)
{
    const chi_field *field = chi_map_field(map, key);
    const chi_node *node = chi_map_node(map, key);
    return node ? chi_read_choice(reader, node, field->detail)
                : word_index(field->detail, field->fallback);
}

bool chi_get_yes(chi_reader *reader, const chi_map *map, const char *key)
{
    const chi_node *node = chi_map_node(map, key);
    if (!node)
        return strcmp(chi_map_field(map, key)->fallback, "yes") == 0;
    if (!is_scalar(reader, node))
        return false;
    bool yes = strcmp(node->text, "yes") == 0 || strcmp(node->text, "true") == 0;
    bool no = strcmp(node->text, "no") == 0 || strcmp(node->text, "false") == 0;
    if (!yes && !no)
        chi_diag(reader->diags, 207, node->span, NULL, "`%s` must be yes or no, not `%s`", key,
            node->text);
    return yes;
}

/* --- dates ---------------------------------------------------------------------------------- */

/* "2025-06": the month's last day. */
static bool parse_month(const char *text, chi_day *day)
{
    char full[11];
    if (strlen(text) != 7)
        return false;
    memcpy(full, text, 7);
    memcpy(full + 7, "-01", 4);
    if (!chi_day_parse(full, 10, day))
        return false;
    *day = chi_month_end(*day);
    return true;
}

bool chi_date_parse(const char *text, chi_day *day)
{
    return chi_day_parse(text, strlen(text), day) || parse_month(text, day);
}

bool chi_read_date(chi_reader *reader, const chi_node *node, const char *text, chi_day *day)
{
    if (chi_date_parse(text, day))
        return true;
    bool is_key = text == node->key;
    chi_diag(reader->diags, 212, is_key ? node->key_span : node->span, NULL,
        "`%s` is not a date of the calendar", text);
    return false;
}

bool chi_get_date(chi_reader *reader, const chi_map *map, const char *key, chi_day *day)
{
    const chi_node *node = chi_map_node(map, key);
    *day = 0;
    return node && is_scalar(reader, node) && chi_read_date(reader, node, node->text, day);
}

int chi_reader_month(const chi_reader *reader, chi_day day)
{
    if (day <= reader->build.start)
        return -1;
    chi_ymd from = chi_ymd_of(reader->build.start), to = chi_ymd_of(day);
    int month = 12 * (to.year - from.year) + to.month - from.month - 1;
    if (month < 0 || day > chi_month_date(reader->build.start, (uint32_t)month))
        month++;
    return month;
}

uint32_t chi_month_inside(chi_reader *reader, const chi_node *node, chi_day day)
{
    if (!reader->dated)
        return 0;
    int month = chi_reader_month(reader, day);
    if (month >= 0 && month < (int)reader->build.months)
        return (uint32_t)month;
    char first[11], last[11];
    chi_day_format(reader->build.start, first);
    chi_day_format(reader->horizon, last);
    chi_diag(reader->diags, 407, node->span, NULL,
        "%s lies outside the model, which runs from %s to %s", node->text ? node->text : "the date",
        first, last);
    return 0;
}

/* --- names ---------------------------------------------------------------------------------- */

static void report_name(chi_reader *reader, uint32_t code, const chi_node *node, const char *text,
    const char *what, const chi_names *names)
{
    const char *near = chi_names_nearest(reader, names, text);
    ch_span span = text == node->key ? node->key_span : node->span;
    chi_diag(reader->diags, code, span,
        near ? chi_arena_format(reader->arena, "did you mean `%s`?", near) : NULL,
        "there is no %s `%s`", what, text);
}

uint32_t chi_read_firm(chi_reader *reader, const chi_node *node, const char *text)
{
    if (strcmp(text, "outside") == 0)
        return 0;
    const chi_name *name = chi_names_find(&reader->firms, text);
    if (!name)
        report_name(reader, 301, node, text, "firm", &reader->firms);
    return name ? name->row : CHI_NONE;
}

uint32_t chi_get_firm(chi_reader *reader, const chi_map *map, const char *key)
{
    const chi_node *node = chi_map_node(map, key);
    if (node)
        return is_scalar(reader, node) ? chi_read_firm(reader, node, node->text) : CHI_NONE;
    return strcmp(chi_map_field(map, key)->fallback, "outside") == 0 ? 0 : CHI_NONE;
}

uint32_t chi_read_name(chi_reader *reader, const chi_node *node, uint32_t code, const char *what,
    const chi_names *names)
{
    if (!is_scalar(reader, node))
        return CHI_NONE;
    const chi_name *name = chi_names_find(names, node->text);
    if (!name)
        report_name(reader, code, node, node->text, what, names);
    return name ? name->row : CHI_NONE;
}

uint32_t chi_get_driver(chi_reader *reader, const chi_map *map, const char *key)
{
    const chi_node *node = chi_map_node(map, key);
    return node ? chi_read_name(reader, node, 302, "driver", &reader->drivers) : CHI_NONE;
}

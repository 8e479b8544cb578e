/* Reads cases: terms, the end of the projection, what was observed. */
#include "contract/actus_case.h"

#include "base/check.h"
#include "text/csv.h"

#include <stdlib.h>
#include <string.h>

static const char *const kind_names[CHI_EVENT_COUNT] = {"",
#define CHI_ACTUS_KIND_NAME(id, rank, text) #id,
    CHI_ACTUS_KINDS(CHI_ACTUS_KIND_NAME)
#undef CHI_ACTUS_KIND_NAME
};

static const char *const type_names[CHI_ACTUS_TYPE_COUNT] = {"",
#define CHI_ACTUS_TYPE_NAME(id, text) #id,
    CHI_ACTUS_TYPES(CHI_ACTUS_TYPE_NAME)
#undef CHI_ACTUS_TYPE_NAME
};

const char *chi_actus_kind_name(uint8_t kind)
{
    CHI_ASSERT(kind < CHI_EVENT_COUNT);
    return kind_names[kind];
}

const char *chi_actus_type_name(uint8_t type)
{
    CHI_ASSERT(type < CHI_ACTUS_TYPE_COUNT);
    return type_names[type];
}

static void wrong(chi_actus_reader *reader, const chi_actus_case *one, const chi_node *node,
    const char *what, const char *expected)
{
    reader->errors++;
    chi_diag(
        reader->diags, 608, node->span, NULL, "case %s: %s: expected %s", one->id, what, expected);
}

static bool is_empty(const chi_node *node)
{
    return node->kind == CHI_SCALAR ? node->size == 0 || strcmp(node->text, "null") == 0
                                    : node->size == 0;
}

typedef struct observation {
    chi_moment time;
    double value;
    size_t index;
} observation;

static int compare_observations(const void *a, const void *b)
{
    const observation *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static bool read_observation(const chi_node *node, observation *out)
{
    if (node->kind != CHI_MAPPING)
        return false;
    const chi_node *time = chi_node_get(node, "timestamp"), *value = chi_node_get(node, "value");
    return time && value && time->kind == CHI_SCALAR &&
           chi_moment_parse(time->text, time->size, &out->time) &&
           chi_actus_number_parse(value, &out->value);
}

static bool read_series(chi_actus_reader *reader, const chi_actus_case *one, const chi_node *node,
    chi_actus_series *series)
{
    const chi_node *data = node->kind == CHI_MAPPING ? chi_node_get(node, "data") : node;
    if (!data || data->kind != CHI_SEQUENCE || data->size > CHI_ACTUS_LIST_MAX) {
        wrong(reader, one, node, "dataObserved",
            "a list `data` of at most 10000 pairs of timestamp and value");
        return false;
    }
    observation *list = chi_arena_alloc(reader->arena, (data->size + 1) * sizeof *list);
    size_t count = 0;
    for (const chi_node *at = data->first; at; at = at->next, count++) {
        list[count].index = count;
        if (!read_observation(at, &list[count])) {
            wrong(reader, one, at, "dataObserved", "a timestamp (a date) and a value (a number)");
            return false;
        }
    }
    qsort(list, count, sizeof *list, compare_observations);
    chi_moment *times = chi_arena_alloc(reader->arena, (count + 1) * sizeof *times);
    double *values = chi_arena_alloc(reader->arena, (count + 1) * sizeof *values);
    for (size_t i = 0; i < count; i++) {
        times[i] = list[i].time;
        values[i] = list[i].value;
    }
    *series = (chi_actus_series){node->key, count, times, values};
    return true;
}

static void read_market(chi_actus_reader *reader, chi_actus_case *one, const chi_node *node)
{
    if (!node || is_empty(node))
        return;
    if (node->kind != CHI_MAPPING) {
        wrong(reader, one, node, "dataObserved", "a mapping of market objects to observations");
        return;
    }
    chi_actus_series *series = chi_arena_alloc(reader->arena, node->size * sizeof *series);
    one->series = series;
    for (const chi_node *at = node->first; at; at = at->next)
        if (read_series(reader, one, at, &series[one->series_count]))
            one->series_count++;
}

static uint8_t kind_of(const char *name)
{
    for (uint8_t kind = 1; kind < CHI_EVENT_COUNT; kind++)
        if (strcmp(kind_names[kind], name) == 0)
            return kind;
    return 0;
}

static const chi_node *scalar_of(const chi_node *mapping, const char *key)
{
    const chi_node *node = mapping->kind == CHI_MAPPING ? chi_node_get(mapping, key) : NULL;
    return node && node->kind == CHI_SCALAR ? node : NULL;
}

static bool read_event(const chi_node *node, chi_actus_observed *out)
{
    const chi_node *time = scalar_of(node, "time"), *type = scalar_of(node, "type");
    const chi_node *value = scalar_of(node, "value"), *contract = scalar_of(node, "contractId");
    const chi_node *states = node->kind == CHI_MAPPING ? chi_node_get(node, "states") : NULL;
    const chi_node *performance = states ? scalar_of(states, "contractPerformance") : NULL;
    *out = (chi_actus_observed){0};
    if (!time || !type || !chi_moment_parse(time->text, time->size, &out->time))
        return false;
    out->kind = kind_of(type->text);
    contract = contract ? contract : scalar_of(node, "contractID");
    out->contract = contract ? contract->text : NULL;
    if (value && value->size > 0 && !chi_actus_number_parse(value, &out->value))
        return false;
    if (performance &&
        !chi_actus_word_parse("PF DL DQ DF MA TE", performance->text, &out->performance))
        return false;
    return out->kind != 0;
}

/* Which observed events a type acts on; others would be lost without a word. */
static bool acts_on(const chi_actus_terms *t, const chi_actus_observed *event)
{
    uint8_t kind = event->kind;
    bool own_credit = kind == CHI_EVENT_CE && event->performance >= 1 && event->performance <= 4 &&
                      (!event->contract || strcmp(event->contract, t->id) == 0);
    bool flow = kind == CHI_EVENT_PR || kind == CHI_EVENT_PP || kind == CHI_EVENT_PI ||
                kind == CHI_EVENT_PD;
    return kind == CHI_EVENT_AD || (kind == CHI_EVENT_XD && t->type == CHI_ACTUS_CLM) ||
           (kind == CHI_EVENT_XD && t->type == CHI_ACTUS_OPTNS && t->opxt > 1) ||
           (kind == CHI_EVENT_CE && (t->type == CHI_ACTUS_CEG || t->type == CHI_ACTUS_CEC)) ||
           (own_credit && t->type <= CHI_ACTUS_LAX) || (flow && t->type == CHI_ACTUS_UMP) ||
           (kind == CHI_EVENT_PP && t->type <= CHI_ACTUS_LAX) ||
           (kind == CHI_EVENT_PD && t->type <= CHI_ACTUS_ANN);
}

static void read_events(chi_actus_reader *reader, chi_actus_case *one, const chi_node *node)
{
    if (!node || is_empty(node))
        return;
    if (node->kind != CHI_SEQUENCE || node->size > CHI_ACTUS_LIST_MAX) {
        wrong(reader, one, node, "eventsObserved", "a list of at most 10000 events");
        return;
    }
    chi_actus_observed *list = chi_arena_alloc(reader->arena, node->size * sizeof *list);
    one->observed = list;
    for (const chi_node *at = node->first; at; at = at->next) {
        chi_actus_observed *event = &list[one->observed_count];
        if (!read_event(at, event)) {
            wrong(reader, one, at, "eventsObserved",
                "time (a date), type (an event of the dictionary), value, contractId and states");
            continue;
        }
        if (one->terms && !acts_on(one->terms, event)) {
            reader->errors++;
            chi_diag(reader->diags, 605, at->span, NULL, "case %s: %s cannot act on an observed %s",
                one->id, type_names[one->terms->type], kind_names[event->kind]);
            continue;
        }
        bool is_flow = event->kind == CHI_EVENT_PR || event->kind == CHI_EVENT_PP ||
                       event->kind == CHI_EVENT_PI || event->kind == CHI_EVENT_PD;
        if (is_flow && !(event->value > 0.0)) {
            wrong(reader, one, at, "eventsObserved", "a value above zero for a flow of principal");
            continue;
        }
        one->observed_count++;
    }
}

static void read_end(chi_actus_reader *reader, chi_actus_case *one, const chi_node *node)
{
    one->to = CHI_MOMENT_NONE;
    if (node && !is_empty(node) &&
        (node->kind != CHI_SCALAR || !chi_moment_parse(node->text, node->size, &one->to)))
        wrong(reader, one, node, "to", "a date as YYYY-MM-DD, or nothing");
}

static void read_case(chi_actus_reader *reader, const chi_node *node, chi_actus_case *one)
{
    size_t errors = reader->errors;
    const chi_node *terms = node->kind == CHI_MAPPING ? chi_node_get(node, "terms") : NULL;
    *one = (chi_actus_case){.id = node->key, .span = node->span, .to = CHI_MOMENT_NONE};
    if (!terms && (node->kind != CHI_MAPPING || !chi_node_get(node, "contractType"))) {
        wrong(reader, one, node, "the case", "terms, or the terms themselves with contractType");
        return;
    }
    one->terms = chi_actus_terms_read(reader, terms ? terms : node, one->id, NULL);
    if (terms) {
        read_end(reader, one, chi_node_get(node, "to"));
        read_market(reader, one, chi_node_get(node, "dataObserved"));
        read_events(reader, one, chi_node_get(node, "eventsObserved"));
    }
    if (reader->errors != errors)
        one->terms = NULL;
}

bool chi_actus_cases_read(chi_actus_reader *reader, const chi_node *root, chi_actus_cases *cases)
{
    *cases = (chi_actus_cases){0};
    if (root->kind != CHI_MAPPING || root->size == 0) {
        reader->errors++;
        chi_diag(reader->diags, 608, root->span, NULL, "the file is not an object of cases");
        return false;
    }
    cases->at = chi_arena_alloc(reader->arena, root->size * sizeof *cases->at);
    for (const chi_node *at = root->first; at; at = at->next) {
        if (!chi_actus_has_room(reader->arena, reader->diags, at->span, at->key))
            return false;
        read_case(reader, at, &cases->at[cases->count++]);
    }
    return true;
}

/* --- CSV ------------------------------------------------------------------------------------ */

/* The names of the header, up to the number that a table reader can be asked for. */
static size_t header_names(
    chi_arena *arena, const char *text, size_t size, const char *names[CHI_CSV_ASKED_MAX])
{
    static const char mark[] = "\xEF\xBB\xBF";
    size_t at = size >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0, count = 0;
    while (at < size && count < CHI_CSV_ASKED_MAX) {
        size_t end = at;
        while (end < size && text[end] != ',' && text[end] != '\n' && text[end] != '\r')
            end++;
        size_t from = at, to = end;
        while (from < to && (text[from] == '"' || text[from] == ' '))
            from++;
        while (to > from && (text[to - 1] == '"' || text[to - 1] == ' '))
            to--;
        if (to > from)
            names[count++] = chi_arena_text(arena, text + from, to - from);
        if (end >= size || text[end] != ',')
            break;
        at = end + 1;
    }
    return count;
}

static chi_node *new_node(chi_arena *arena, chi_node_kind kind, const char *key, ch_span span)
{
    chi_node *node = chi_arena_alloc(arena, sizeof *node);
    node->kind = kind;
    node->key = key;
    node->span = span;
    node->key_span = span;
    return node;
}

static void add_child(chi_node *parent, chi_node **last, chi_node *child)
{
    if (*last)
        (*last)->next = child;
    else
        parent->first = child;
    *last = child;
    parent->size++;
}

/* A field as a node; values of a list are separated by semicolons. */
static chi_node *field_node(chi_arena *arena, const char *key, chi_csv_field field, ch_span span)
{
    bool is_list = strncmp(key, "array", 5) == 0 && memchr(field.text, ';', field.size);
    chi_node *node = new_node(arena, is_list ? CHI_SEQUENCE : CHI_SCALAR, key, span);
    if (!is_list) {
        node->text = chi_arena_text(arena, field.text, field.size);
        node->size = field.size;
        return node;
    }
    chi_node *last = NULL;
    for (size_t at = 0; at <= field.size;) {
        const char *end = memchr(field.text + at, ';', field.size - at);
        size_t length = end ? (size_t)(end - field.text) - at : field.size - at;
        chi_node *entry = new_node(arena, CHI_SCALAR, NULL, span);
        entry->text = chi_arena_text(arena, field.text + at, length);
        entry->size = length;
        add_child(node, &last, entry);
        at += length + 1;
    }
    return node;
}

static chi_node *row_node(chi_arena *arena, chi_csv *table, const char *const *names, size_t count)
{
    uint32_t line = (uint32_t)table->row_line;
    ch_span span = {table->file, line, 1, line, 1};
    chi_node *node = new_node(arena, CHI_MAPPING, NULL, span), *last = NULL;
    for (size_t k = 0; k < count; k++) {
        chi_csv_field field = chi_csv_text(table, k);
        span.column = (uint32_t)k + 1;
        if (field.size > 0)
            add_child(node, &last, field_node(arena, names[k], field, span));
    }
    return node;
}

bool chi_actus_cases_read_csv(chi_actus_reader *reader, const char *name, const char *text,
    size_t size, chi_actus_cases *cases)
{
    const char *names[CHI_CSV_ASKED_MAX];
    size_t count = header_names(reader->arena, text, size, names);
    CHI_VEC(chi_actus_case) list = {0};
    chi_csv table;
    *cases = (chi_actus_cases){0};
    chi_csv_init(&table, reader->arena, reader->diags, name, text, size);
    if (!chi_csv_header(&table, names, count, count)) {
        reader->errors++;
        return false;
    }
    if (table.column_count > count) {
        reader->errors++;
        chi_diag(reader->diags, 608, (ch_span){table.file, 1, 1, 1, 1}, NULL,
            "the table has %zu columns, at most %d are read", table.column_count,
            CHI_CSV_ASKED_MAX);
        return false;
    }
    while (chi_csv_next(&table)) {
        chi_node *node = row_node(reader->arena, &table, names, count);
        chi_actus_case one = {.span = node->span, .to = CHI_MOMENT_NONE};
        const chi_node *id = chi_node_get(node, "contractID");
        if (!chi_actus_has_room(reader->arena, reader->diags, node->span, "of this row"))
            return false;
        one.id = id ? id->text : chi_arena_format(reader->arena, "row-%zu", table.rows);
        node->key = one.id;
        one.terms = chi_actus_terms_read(reader, node, one.id, NULL);
        *CHI_PUSH(reader->arena, &list) = one;
    }
    reader->errors += table.errors;
    cases->at = list.at;
    cases->count = list.count;
    return table.errors == 0;
}

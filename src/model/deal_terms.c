/* Terms of contracts by the ACTUS standard: from the keys of the file, in either of their names and
 * with units, to dictionary names and plain values. */
#include "model/deals.h"

#include "base/check.h"
#include "model/schema_deals.h"
#include "text/quantity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef enum term_kind {
    TERM_MONEY,
    TERM_NUMBER,
    TERM_RATE,
    TERM_DATE,
    TERM_CYCLE,
    TERM_TEXT,
    TERM_DRIVER,
    TERM_LIST,
    TERM_OWN
} term_kind;

typedef struct term_row {
    const char *own, *name;
    term_kind kind;
} term_row;

#define TERM_ROW(X, own, name, type, doc) {own, name, TERM_##type},
static const term_row terms[] = {CHI_DEAL_TERMS(TERM_ROW, )};

/* --- the tree and the rows ------------------------------------------------------------------ */

static chi_node *add_node(deal_reader *r, chi_node_kind kind, const char *key, const chi_node *from)
{
    chi_node *node = chi_arena_alloc(r->reader->arena, sizeof *node);
    node->kind = kind;
    node->key = key;
    if (from) {
        node->span = from->span;
        node->key_span = chi_key_span(from);
    }
    if (r->last)
        r->last->next = node;
    else
        r->into->first = node;
    r->last = node;
    r->into->size++;
    return node;
}

static void add_row(deal_reader *r, const char *name, const char *text)
{
    chi_builder *build = &r->reader->build;
    uint32_t at = chi_builder_text(build, name);
    *CHI_PUSH(r->reader->arena, &build->term) =
        (chi_term){r->part, at, chi_builder_text(build, text), 0};
}

/* A term with one value; `from` gives its place in the file. */
static void add_term(deal_reader *r, const char *name, const char *text, const chi_node *from)
{
    chi_node *node = add_node(r, CHI_SCALAR, name, from);
    node->text = text;
    node->size = strlen(text);
    node->quoted = from && from->quoted;
    add_row(r, name, text);
}

static void add_number(deal_reader *r, const char *name, double value, const chi_node *from)
{
    add_term(r, name, chi_arena_format(r->reader->arena, "%.17g", value), from);
}

double chi_deal_number(const deal_reader *r, const char *name, double fallback)
{
    const chi_node *node = chi_node_get(r->tree, name);
    return node && node->kind == CHI_SCALAR ? strtod(node->text, NULL) : fallback;
}

double chi_driver_at_start(const chi_reader *reader, uint32_t row)
{
    const chi_driver *driver = &reader->build.driver.at[row];
    if (driver->process != CHI_PATH)
        return driver->start;
    return driver->path.table == CHI_NONE ? driver->path.constant
                                          : reader->build.values.at[driver->path.table];
}

/* --- values --------------------------------------------------------------------------------- */

static bool is_scalar(deal_reader *r, const chi_node *node)
{
    if (node->kind == CHI_SCALAR)
        return true;
    chi_shape_error(r->reader, node, "a single value");
    return false;
}

/* A date as the file has them, or a moment as the standard writes it. */
static void read_date(deal_reader *r, const term_row *term, const chi_node *node)
{
    chi_day day;
    chi_moment moment;
    if (!is_scalar(r, node))
        return;
    if (chi_date_parse(node->text, &day)) {
        char *text = chi_arena_alloc(r->reader->arena, 11);
        chi_day_format(day, text);
        add_term(r, term->name, text, node);
    } else if (chi_moment_parse(node->text, node->size, &moment)) {
        add_term(r, term->name, node->text, node);
    } else {
        (void)chi_read_date(r->reader, node, node->text, &day);
    }
}

/* A cycle of the standard, or a time: its last period may be short, as that of loans. */
static void read_cycle(deal_reader *r, const term_row *term, const chi_node *node)
{
    chi_cycle cycle;
    chi_quantity quantity;
    chi_quantity_context context = chi_reader_context(r->reader);
    if (!is_scalar(r, node))
        return;
    if (node->text[0] == 'P' && chi_cycle_parse(node->text, node->size, &cycle)) {
        add_term(r, term->name, node->text, node);
        return;
    }
    if (!chi_quantity_read(node, &context, CHI_ACCEPT_PERIOD | CHI_UNIT_BIT(CHI_UNIT_NUMBER),
            r->reader->diags, &quantity))
        return;
    bool period =
        strcmp(term->name, "settlementPeriod") == 0 || strcmp(term->name, "xDayNotice") == 0;
    if (quantity.value < 0.0 || quantity.value > CHI_CYCLE_COUNT_MAX ||
        quantity.value != floor(quantity.value)) {
        chi_diag(r->reader->diags, 210, node->span, "a whole number of days or months",
            "`%s` is out of range: %s", node->key, node->text);
    } else if (quantity.value > 0.0 || period) {
        add_term(r, term->name,
            chi_arena_format(r->reader->arena, "P%.0f%cL1", quantity.value,
                quantity.unit == CHI_UNIT_DAYS ? 'D' : 'M'),
            node);
    }
}

static void read_driver(deal_reader *r, const term_row *term, const chi_node *node)
{
    chi_reader *reader = r->reader;
    uint32_t row = chi_read_name(reader, node, 302, "driver", &reader->drivers);
    if (row == CHI_NONE)
        return;
    if (reader->build.driver.at[row].process == CHI_CHAIN) {
        chi_diag(reader->diags, 311, node->span, NULL,
            "a market value cannot be `%s`, which is open or shut", node->text);
        return;
    }
    add_term(r, term->name, reader->drivers.list.at[row].text, node);
}

/* A list as it stands; each entry is a row. */
static void read_list(deal_reader *r, const char *name, const chi_node *node)
{
    if (node->kind == CHI_SCALAR) {
        add_term(r, name, node->text, node);
        return;
    }
    if (node->kind == CHI_MAPPING) {
        chi_shape_error(r->reader, node, "a list");
        return;
    }
    chi_node *list = add_node(r, CHI_SEQUENCE, name, node);
    list->first = node->first;
    list->size = node->size;
    for (const chi_node *entry = node->first; entry; entry = entry->next)
        if (entry->kind == CHI_SCALAR)
            add_row(r, name, entry->text);
        else
            chi_shape_error(r->reader, entry, "a single value");
}

/* Cardhouse's own terms: kept as they stand under their mapping. */
static void read_own(deal_reader *r, const chi_node *node)
{
    if (node->kind != CHI_MAPPING) {
        chi_shape_error(r->reader, node, "a mapping");
        return;
    }
    chi_node *own = add_node(r, CHI_MAPPING, "cardhouse", node);
    own->first = node->first;
    own->size = node->size;
    for (const chi_node *term = node->first; term; term = term->next) {
        const char *name = chi_arena_format(r->reader->arena, "cardhouse.%s", term->key);
        const chi_node *entry = term->kind == CHI_SEQUENCE ? term->first : term;
        for (; entry; entry = term->kind == CHI_SEQUENCE ? entry->next : NULL)
            if (entry->kind == CHI_SCALAR)
                add_row(r, name, entry->text);
    }
}

static void read_number(
    deal_reader *r, const chi_map *map, const term_row *term, const chi_node *node)
{
    double value;
    const chi_field *field = chi_map_field(map, node->key);
    if (chi_read_number(
            r->reader, map, node, field, chi_map_path(r->reader, map, node->key), &value))
        add_number(r, term->name, value, node);
}

static void read_term(
    deal_reader *r, const chi_map *map, const term_row *term, const chi_node *node)
{
    switch (term->kind) {
    case TERM_MONEY:
    case TERM_NUMBER:
    case TERM_RATE:
        read_number(r, map, term, node);
        return;
    case TERM_DATE:
        read_date(r, term, node);
        return;
    case TERM_CYCLE:
        read_cycle(r, term, node);
        return;
    case TERM_TEXT:
        if (is_scalar(r, node))
            add_term(r, term->name, node->text, node);
        return;
    case TERM_DRIVER:
        read_driver(r, term, node);
        return;
    case TERM_LIST:
        read_list(r, term->name, node);
        return;
    default:
        read_own(r, node);
    }
}

static void read_terms(deal_reader *r, const chi_map *map)
{
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        const chi_node *own = chi_map_node(map, terms[i].own);
        const chi_node *node = chi_map_node(map, terms[i].name);
        if (own && node)
            chi_diag_related(r->reader->diags, 650, chi_key_span(node), chi_key_span(own), NULL,
                "`%s` and `%s` are one term", own->key, node->key);
        else if (own || node)
            read_term(r, map, &terms[i], own ? own : node);
    }
}

/* --- what is taken if a term is absent ------------------------------------------------------- */

static bool has(const deal_reader *r, const char *name)
{
    return chi_node_get(r->into, name) != NULL;
}

static const char *text_of(const deal_reader *r, const char *name)
{
    const chi_node *node = chi_node_get(r->into, name);
    return node && node->kind == CHI_SCALAR ? node->text : "";
}

static double number_of(const deal_reader *r, const char *name, double fallback)
{
    return has(r, name) ? strtod(text_of(r, name), NULL) : fallback;
}

/* The first rate of what follows an index: that of the index at the start. */
static void add_first_rate(deal_reader *r, const char *name, const chi_node *from)
{
    const chi_name *index =
        chi_names_find(&r->reader->drivers, text_of(r, "marketObjectCodeOfRateReset"));
    double rate = chi_driver_at_start(r->reader, index->row) * number_of(r, "rateMultiplier", 1.0) +
                  number_of(r, "rateSpread", 0.0);
    rate = fmin(rate, number_of(r, "lifeCap", rate));
    add_number(r, name, fmax(rate, number_of(r, "lifeFloor", rate)), from);
}

/* Resets stand on the interest dates unless the terms say otherwise. */
static void add_floating(deal_reader *r, uint32_t type)
{
    const chi_node *index = chi_node_get(r->into, "marketObjectCodeOfRateReset");
    const char *cycle = text_of(r, "cycleOfInterestPayment");
    const char *anchor = text_of(r, "cycleAnchorDateOfInterestPayment");
    if (!index || type == CHI_DEAL_LAX)
        return;
    const char *name = type == CHI_DEAL_SWPPV ? "nominalInterestRate2" : "nominalInterestRate";
    if (!has(r, name))
        add_first_rate(r, name, index);
    if (has(r, "cycleOfRateReset") || has(r, "cycleAnchorDateOfRateReset"))
        return;
    if (*cycle)
        add_term(r, "cycleOfRateReset", cycle, index);
    if (*anchor)
        add_term(r, "cycleAnchorDateOfRateReset", anchor, index);
}

static bool bears_interest(uint32_t type)
{
    return (type >= CHI_DEAL_PAM && type <= CHI_DEAL_UMP) || type == CHI_DEAL_SWPPV;
}

static void add_defaults(deal_reader *r, uint32_t type, const chi_node *from)
{
    char start[11];
    chi_day_format(r->reader->build.start, start);
    if (bears_interest(type) && !has(r, "initialExchangeDate"))
        add_term(
            r, "initialExchangeDate", chi_arena_text(r->reader->arena, start, strlen(start)), from);
    if (bears_interest(type) && !has(r, "dayCountConvention"))
        add_term(r, "dayCountConvention", "ACT/360", from);
    if (bears_interest(type))
        add_floating(r, type);
    bool settles = type == CHI_DEAL_FXOUT || type == CHI_DEAL_SWPPV || type == CHI_DEAL_SWAPS;
    if (settles && !has(r, "deliverySettlement"))
        add_term(r, "deliverySettlement", "S", from);
    if ((type == CHI_DEAL_CEG || type == CHI_DEAL_CEC) && !has(r, "guaranteedExposure"))
        add_term(r, "guaranteedExposure", "NI", from);
}

/* --- parts ---------------------------------------------------------------------------------- */

static uint32_t type_of(deal_reader *r, const chi_map *map)
{
    const chi_node *node = chi_map_node(map, "contractType");
    node = node ? node : chi_map_node(map, "type");
    if (!node) {
        chi_diag(r->reader->diags, 653, chi_map_span(map), "type: PAM",
            "a part of a standard contract needs its `type`");
        return CHI_DEAL_NONE;
    }
    if (chi_read_choice(r->reader, node, CHI_DEAL_TYPE_WORDS) == CHI_NONE)
        return CHI_DEAL_NONE;
    add_term(r, "contractType", node->text, node);
    return chi_deal_type_of(node->text);
}

/* The list of parts in the tree, made with the first of them. */
static chi_node *part_list(deal_reader *r)
{
    if (r->parts)
        return r->parts;
    chi_node *into = r->into, *last = r->last;
    r->into = r->tree;
    r->last = NULL;
    for (chi_node *node = r->tree->first; node; node = node->next)
        r->last = node;
    r->parts = add_node(r, CHI_SEQUENCE, "contractStructure", r->map->node);
    r->into = into;
    r->last = last;
    return r->parts;
}

/* One part: an entry of the list with its role, and its terms. */
static void read_part(deal_reader *r, const chi_node *node, const char *path, const char *role)
{
    deal_reader part = *r;
    chi_map map;
    chi_node *list = part_list(r);
    if (!chi_map_open(r->reader, &map, node, path, CHI_KIND_ACTUS_LEG, r->map) || !map.node)
        return;
    part.part = (uint32_t)list->size + 1;
    part.into = list;
    part.last = list->first;
    while (part.last && part.last->next)
        part.last = part.last->next;
    part.into = add_node(&part, CHI_MAPPING, NULL, node);
    part.last = NULL;
    chi_node *head = add_node(&part, CHI_SCALAR, "referenceRole", node);
    head->text = role;
    head->size = strlen(role);
    add_row(&part, "role", role);
    head = add_node(&part, CHI_SCALAR, "referenceType", node);
    head->text = "CNT";
    head->size = 3;
    part.into = add_node(&part, CHI_MAPPING, "object", node);
    part.last = NULL;
    uint32_t type = type_of(&part, &map);
    if (chi_map_node(&map, "contractRole") && is_scalar(&part, chi_map_node(&map, "contractRole")))
        add_term(&part, "contractRole", chi_map_node(&map, "contractRole")->text,
            chi_map_node(&map, "contractRole"));
    read_terms(&part, &map);
    add_defaults(&part, type, node);
}

/* An entry of `contractStructure`: a part, the name of what is covered, or a price. */
static void read_reference(deal_reader *r, const chi_node *entry)
{
    const chi_node *object = entry->kind == CHI_MAPPING ? chi_node_get(entry, "object") : NULL;
    const chi_node *role = object ? chi_node_get(entry, "referenceRole") : NULL;
    role = role || !object ? role : chi_node_get(entry, "role");
    if (!object || !role || role->kind != CHI_SCALAR) {
        chi_diag(r->reader->diags, 653, entry->span, NULL,
            "here must stand a mapping of `object`, `referenceType` and `referenceRole`");
        return;
    }
    static const term_row price = {"price", "marketObjectCode", TERM_DRIVER};
    bool leg = strcmp(role->text, "FIL") == 0 || strcmp(role->text, "SEL") == 0 ||
               strcmp(role->text, "UDL") == 0;
    const chi_node *code =
        object->kind == CHI_MAPPING ? chi_node_get(object, "marketObjectCode") : object;
    if (leg && r->words->group == CHI_GROUP_HEDGE)
        read_part(r, object, chi_map_path(r->reader, r->map, "contractStructure"), role->text);
    else if (leg && code && code->kind == CHI_SCALAR)
        read_driver(r, &price, code);
    else if (!leg && strcmp(role->text, "COVE") != 0 && strcmp(role->text, "COVI") != 0)
        chi_diag(r->reader->diags, 653, role->span, "FIL, SEL, UDL, COVE or COVI",
            "`%s` is no role of a part", role->text);
}

static void read_parts(deal_reader *r)
{
    static const struct {
        const char *key, *role;
        uint32_t type;
    } keys[] = {{"first", "FIL", CHI_DEAL_SWAPS}, {"second", "SEL", CHI_DEAL_SWAPS},
        {"underlying", "UDL", CHI_DEAL_CAPFL}};
    const chi_node *list = chi_map_node(r->map, "contractStructure");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const chi_node *node = chi_map_node(r->map, keys[i].key);
        if (node && r->type != keys[i].type)
            chi_diag(r->reader->diags, 653, chi_key_span(node), NULL, "`%s` is no part of %s",
                node->key, r->words->type);
        else if (node)
            read_part(r, node, chi_map_path(r->reader, r->map, keys[i].key), keys[i].role);
    }
    if (list && list->kind != CHI_SEQUENCE)
        chi_shape_error(r->reader, list, "a list");
    for (const chi_node *entry = list && list->kind == CHI_SEQUENCE ? list->first : NULL; entry;
         entry = entry->next)
        read_reference(r, entry);
}

/* --- dated events --------------------------------------------------------------------------- */

static void add_event(
    deal_reader *r, const chi_node *node, const char *key, chi_deal_event_kind kind)
{
    double amount;
    chi_day day;
    if (!chi_read_date(r->reader, node, node->key, &day) || !is_scalar(r, node) ||
        !chi_read_scalar(r->reader, node, node->text, chi_map_field(r->map, key), &amount))
        return;
    if (kind == CHI_DEAL_INCREASE && amount < 0.0) {
        kind = CHI_DEAL_REDEEM;
        amount = -amount;
    }
    *CHI_PUSH(r->reader->arena, &r->reader->build.deal_event) =
        (chi_deal_event){(uint32_t)kind, day, amount};
}

static void read_events(deal_reader *r, const char *key, chi_deal_event_kind kind, uint32_t type)
{
    const chi_node *node = chi_map_node(r->map, key);
    if (!node)
        return;
    bool debt = r->words->group == CHI_GROUP_DEBT && r->type != CHI_DEAL_UMP;
    if (type == CHI_DEAL_NONE ? !debt || r->type == CHI_DEAL_CLM : r->type != type) {
        chi_diag(
            r->reader->diags, 653, chi_key_span(node), NULL, "%s has no `%s`", r->words->type, key);
        return;
    }
    if (node->kind != CHI_MAPPING) {
        chi_shape_error(r->reader, node, "dates with amounts");
        return;
    }
    for (const chi_node *child = node->first; child; child = child->next)
        add_event(r, child, key, kind);
}

static void read_call(deal_reader *r)
{
    chi_day day;
    const chi_node *node = chi_map_node(r->map, "called");
    if (!node || !chi_get_date(r->reader, r->map, "called", &day))
        return;
    if (r->type != CHI_DEAL_CLM)
        chi_diag(
            r->reader->diags, 653, chi_key_span(node), NULL, "%s has no `called`", r->words->type);
    else
        *CHI_PUSH(r->reader->arena, &r->reader->build.deal_event) =
            (chi_deal_event){CHI_DEAL_CALL, day, 0.0};
}

/* --- all of it ------------------------------------------------------------------------------ */

/* What the model itself says; the file may say the same. */
static void add_head(deal_reader *r, const char *role)
{
    chi_reader *reader = r->reader;
    const chi_node *date = chi_map_node(r->map, "statusDate");
    const chi_node *currency = chi_map_node(r->map, "currency");
    char *start = chi_arena_alloc(reader->arena, 11);
    chi_day day;
    chi_day_format(reader->build.start, start);
    add_term(r, "contractType", r->words->type, r->map->node);
    add_term(r, "contractRole", role, r->map->node);
    add_term(r, "statusDate", start, r->map->node);
    add_term(r, "currency", reader->currency ? reader->currency : "USD", r->map->node);
    if (date && date->kind == CHI_SCALAR && reader->dated &&
        !(chi_date_parse(date->text, &day) && day == reader->build.start))
        chi_diag(reader->diags, 653, date->span, "leave it out", "the status date of a model is %s",
            start);
    if (currency && currency->kind == CHI_SCALAR && reader->currency &&
        strcmp(currency->text, reader->currency) != 0)
        chi_diag(reader->diags, 653, currency->span,
            "FXOUT and a driver as index bring other currencies in", "the model is in %s",
            reader->currency);
}

void chi_deal_terms_read(deal_reader *r, const char *role)
{
    r->tree = chi_arena_alloc(r->reader->arena, sizeof *r->tree);
    r->tree->kind = CHI_MAPPING;
    r->tree->span = chi_map_span(r->map);
    r->into = r->tree;
    r->last = NULL;
    r->part = 0;
    add_head(r, role);
    read_terms(r, r->map);
    add_defaults(r, r->type, r->map->node);
    read_events(r, "flows", CHI_DEAL_INCREASE, CHI_DEAL_UMP);
    read_events(r, "prepayments", CHI_DEAL_PREPAY, CHI_DEAL_NONE);
    read_events(r, "draws", CHI_DEAL_DRAW, CHI_DEAL_NONE);
    read_call(r);
    read_parts(r);
}

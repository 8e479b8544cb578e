/* Reads ACTUS terms from a mapping of dictionary names, with the spellings that the public cases
 * and older data have: numbers as texts with spaces, a single value where a list is meant, periods
 * without a stub, scaling effects with the letter O. */
#include "contract/actus.h"

#include "base/check.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct term_row {
    const char *name;
    char kind; /* n number, m moment, c cycle, p period, w word, t text, l list */
    char list_kind;
    size_t offset;
    const char *words;
} term_row;

#define AT(field) offsetof(chi_actus_terms, field)
static const term_row rows[] = {
#define ROW_NUMBER(field, name) {name, 'n', 0, AT(field), NULL},
#define ROW_MOMENT(field, name) {name, 'm', 0, AT(field), NULL},
#define ROW_CYCLE(field, name) {name, 'c', 0, AT(field), NULL},
#define ROW_PERIOD(field, name) {name, 'p', 0, AT(field), NULL},
#define ROW_WORD(field, name, words) {name, 'w', 0, AT(field), words},
#define ROW_TEXT(field, name) {name, 't', 0, AT(field), NULL},
#define ROW_LIST(field, name, kind, words) {name, 'l', kind, AT(field), words},
    CHI_ACTUS_NUMBERS(ROW_NUMBER) CHI_ACTUS_MOMENTS(ROW_MOMENT) CHI_ACTUS_CYCLES(ROW_CYCLE)
        CHI_ACTUS_PERIODS(ROW_PERIOD) CHI_ACTUS_WORDS(ROW_WORD) CHI_ACTUS_TEXTS(ROW_TEXT)
            CHI_ACTUS_LISTS(ROW_LIST)};

/* The terms of the mapping `cardhouse`. */
static const term_row own_rows[] = {
    CHI_CARDHOUSE_NUMBERS(ROW_NUMBER) CHI_CARDHOUSE_MOMENTS(ROW_MOMENT)
        CHI_CARDHOUSE_TEXTS(ROW_TEXT) CHI_CARDHOUSE_WORDS(ROW_WORD) CHI_CARDHOUSE_LISTS(ROW_LIST)};

enum {
    ROW_COUNT = sizeof rows / sizeof *rows,
    OWN_COUNT = sizeof own_rows / sizeof *own_rows,
};

/* Spellings of the dictionary where the public cases' own name is the one in the list. */
static const char *const aliases[][2] = {
    {"cycleAnchorDateOfDividend", "cycleAnchorDateOfDividendPayment"},
    {"cycleOfDividend", "cycleOfDividendPayment"},
    {"marketObjectCodeOfDividendRate", "marketObjectCodeOfDividends"},
    {"amortisationDate", "amortizationDate"},
    {"capitalisationEndDate", "capitalizationEndDate"},
};

bool chi_actus_is_nest(const chi_actus_terms *t)
{
    return t->type == CHI_ACTUS_SWAPS || t->type == CHI_ACTUS_CAPFL || t->type == CHI_ACTUS_CEG ||
           t->type == CHI_ACTUS_CEC;
}

/* Finds `text` in a list of words; those joined by = share a value. */
bool chi_actus_word_parse(const char *list, const char *text, uint8_t *word)
{
    size_t size = strlen(text);
    uint8_t value = 1;
    for (const char *at = list; *at && size;) {
        size_t length = strcspn(at, " =");
        if (length == size && memcmp(at, text, size) == 0) {
            *word = value;
            return true;
        }
        value = (uint8_t)(value + (at[length] == ' '));
        at += length + (at[length] != 0);
    }
    return false;
}

double chi_actus_sign(const chi_actus_terms *t)
{
    static const char *const roles[] = {"RPA", "RPL", "RFL", "PFL", "RF", "PF", "BUY", "SEL", "LG",
        "ST", "COL", "CNO", "OBL", "GUA", "UDL", "UDLP", "UDLM"};
    uint8_t word;
    if (t->role == 0)
        return 1.0;
    return chi_actus_word_parse(CHI_ACTUS_NEGATIVE_ROLES, roles[t->role - 1], &word) ? -1.0 : 1.0;
}

void chi_actus_reader_init(chi_actus_reader *reader, chi_arena *arena, ch_diags *diags)
{
    *reader = (chi_actus_reader){.arena = arena, .diags = diags};
}

bool chi_actus_reader_add_calendar(
    chi_actus_reader *reader, const char *name, const chi_calendar *calendar)
{
    size_t room = sizeof reader->calendars / sizeof *reader->calendars;
    if (reader->calendar_count == room)
        return false;
    reader->calendars[reader->calendar_count].name = name;
    reader->calendars[reader->calendar_count++].calendar = calendar;
    return true;
}

/* "Not given", by kind of term. */
static void clear_row(chi_actus_terms *t, const term_row *row)
{
    void *field = (char *)t + row->offset;
    if (row->kind == 'n')
        *(double *)field = (double)NAN;
    else if (row->kind == 'm')
        *(chi_moment *)field = CHI_MOMENT_NONE;
    else if (row->kind == 'c' || row->kind == 'p')
        ((chi_cycle *)field)->count = -1;
}

chi_actus_terms *chi_actus_terms_new(chi_arena *arena)
{
    chi_actus_terms *t = chi_arena_alloc(arena, sizeof *t);
    for (int i = 0; i < ROW_COUNT; i++)
        clear_row(t, &rows[i]);
    for (int i = 0; i < OWN_COUNT; i++)
        clear_row(t, &own_rows[i]);
    t->dcc = CHI_DC_COUNT;
    return t;
}

void chi_actus_term_error(ch_diags *diags, uint32_t code, const chi_actus_terms *terms,
    const char *name, const char *hint, const char *format, ...)
{
    char text[400];
    va_list arguments;
    if (!diags)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    ch_span span = {0};
    const chi_node *node = NULL;
    if (terms->node) {
        node = chi_node_get(terms->node, name);
        span = node ? node->span : terms->node->span;
    }
    const char *id = terms->id ? terms->id : "(no id)";
    if (node && node->kind == CHI_SCALAR)
        chi_diag(diags, code, span, hint, "contract %s: %s %s (it is '%.60s')", id, name, text,
            node->text);
    else
        chi_diag(diags, code, span, hint, "contract %s: %s %s", id, name, text);
}

static void complain(
    chi_actus_reader *reader, const chi_actus_terms *t, const chi_node *node, const char *expected)
{
    reader->errors++;
    const char *value = node->kind == CHI_SCALAR ? node->text : "(a list or mapping)";
    chi_diag(reader->diags, 601, node->span, NULL, "contract %s: %s is '%.60s', expected %s", t->id,
        node->key ? node->key : "an entry", value, expected);
}

bool chi_actus_number_parse(const chi_node *node, double *value)
{
    if (node->kind != CHI_SCALAR)
        return false;
    const char *at = node->text + strspn(node->text, " ");
    if (at[strspn(at, "0123456789+-.eE")] != 0 && at[strspn(at, "0123456789+-.eE ")] != 0)
        return false;
    char *end;
    *value = strtod(at, &end);
    return end != at && end[strspn(end, " ")] == 0 && isfinite(*value);
}

static bool read_moment(const chi_node *node, chi_moment *value)
{
    return node->kind == CHI_SCALAR && chi_moment_parse(node->text, node->size, value);
}

static bool read_cycle(const chi_node *node, chi_cycle *value)
{
    return node->kind == CHI_SCALAR && chi_cycle_parse(node->text, node->size, value);
}

/* A value of no length stands for "not given", as in exports of spreadsheets. */
static bool is_blank(const chi_node *node)
{
    return node->kind == CHI_SCALAR && (node->text[strspn(node->text, " ")] == 0 ||
                                           (!node->quoted && strcmp(node->text, "null") == 0));
}

static bool read_entry(const term_row *row, const chi_node *node, chi_actus_list *list, size_t i)
{
    switch (row->list_kind) {
    case 'n':
        return chi_actus_number_parse(node, (double *)&list->numbers[i]);
    case 'm':
        return read_moment(node, (chi_moment *)&list->moments[i]);
    case 'c':
        return read_cycle(node, (chi_cycle *)&list->cycles[i]) && list->cycles[i].count > 0;
    default:
        return node->kind == CHI_SCALAR &&
               chi_actus_word_parse(row->words, node->text, (uint8_t *)&list->words[i]);
    }
}

static const char *expected_of(char kind, const term_row *row)
{
    switch (kind) {
    case 'n':
        return "a number";
    case 'm':
        return "a date as YYYY-MM-DD, alone or with T00:00:00 or T23:59:59";
    case 'c':
        return "a cycle of at least one day, for example P3ML1";
    case 'p':
        return "a period, for example P5D";
    case 't':
        return "a text";
    default:
        return row->words;
    }
}

static void read_list(
    chi_actus_reader *reader, chi_actus_terms *t, const term_row *row, const chi_node *node)
{
    chi_actus_list *list = (chi_actus_list *)(void *)((char *)t + row->offset);
    bool is_list = node->kind == CHI_SEQUENCE;
    size_t count = is_list ? node->size : 1;
    if (count > CHI_ACTUS_LIST_MAX) {
        reader->errors++;
        chi_diag(reader->diags, 607, node->span, NULL, "contract %s: %s has more than %d entries",
            t->id, row->name, CHI_ACTUS_LIST_MAX);
        return;
    }
    list->numbers = chi_arena_alloc(reader->arena, count * sizeof(double));
    list->moments = chi_arena_alloc(reader->arena, count * sizeof(chi_moment));
    list->cycles = chi_arena_alloc(reader->arena, count * sizeof(chi_cycle));
    list->words = chi_arena_alloc(reader->arena, count);
    const chi_node *at = is_list ? node->first : node;
    for (; at && list->count < count; at = is_list ? at->next : NULL) {
        if (!read_entry(row, at, list, list->count)) {
            complain(reader, t, at, expected_of(row->list_kind, row));
            return;
        }
        list->count++;
    }
}

static void read_row(
    chi_actus_reader *reader, chi_actus_terms *t, const term_row *row, const chi_node *node)
{
    void *field = (char *)t + row->offset;
    bool good = true;
    if (row->kind == 'l') {
        read_list(reader, t, row, node);
        return;
    }
    if (row->kind == 'n')
        good = chi_actus_number_parse(node, field);
    else if (row->kind == 'm')
        good = read_moment(node, field);
    else if (row->kind == 'c')
        good = read_cycle(node, field) && ((chi_cycle *)field)->count > 0;
    else if (row->kind == 'p')
        good = read_cycle(node, field);
    else if (row->kind == 'w')
        good = node->kind == CHI_SCALAR && chi_actus_word_parse(row->words, node->text, field);
    else {
        good = node->kind == CHI_SCALAR;
        *(const char **)field = node->text;
    }
    if (!good)
        complain(reader, t, node, expected_of(row->kind, row));
}

static void read_calendar(chi_actus_reader *reader, chi_actus_terms *t, const chi_node *node)
{
    const char *name = node && !is_blank(node) ? node->text : "NC";
    if (!name) {
        complain(reader, t, node, "a name");
        return;
    }
    for (size_t i = 0; i < reader->calendar_count && !t->business_days; i++)
        if (strcmp(reader->calendars[i].name, name) == 0)
            t->business_days = reader->calendars[i].calendar;
    if (t->business_days)
        return;
    t->business_days = chi_calendar_builtin(reader->arena, name);
    if (!t->business_days)
        complain(reader, t, node, "NC, MF, TARGET, US, FED or what --calendar gives");
    else
        chi_actus_reader_add_calendar(reader, name, t->business_days);
}

/* SCEF: three letters, interest, principal, and a third that says how; 0 and the letter O mean no.
 */
static void read_scaling(chi_actus_reader *reader, chi_actus_terms *t, const chi_node *node)
{
    const char *text = node->kind == CHI_SCALAR ? node->text : "";
    bool good = strlen(text) == 3 && strchr("I0O", text[0]) && strchr("N0O", text[1]) &&
                strchr("M0OD", text[2]);
    if (!good) {
        complain(reader, t, node, "000, I00, 0N0 or IN0 (the letter O is read as 0)");
        return;
    }
    t->scales_interest = text[0] == 'I';
    t->scales_notional = text[1] == 'N';
}

static void read_coded(chi_actus_reader *reader, chi_actus_terms *t, const chi_node *mapping)
{
    const chi_node *node = chi_node_get(mapping, "dayCountConvention");
    if (node && !is_blank(node) &&
        (node->kind != CHI_SCALAR || !chi_daycount_parse(node->text, &t->dcc)))
        complain(reader, t, node,
            "AA, A360, A365, 30E360, 30E360ISDA, 28E336 or another name of "
            "the list in docs/contracts.md");
    node = chi_node_get(mapping, "businessDayConvention");
    if (node && !is_blank(node) && strcmp(node->text ? node->text : "", "NULL") != 0 &&
        (node->kind != CHI_SCALAR || !chi_business_rule_parse(node->text, &t->bdc)))
        complain(reader, t, node, "NOS, SCF, SCMF, CSF, CSMF, SCP, SCMP, CSP or CSMP");
    node = chi_node_get(mapping, "scalingEffect");
    if (node && !is_blank(node))
        read_scaling(reader, t, node);
    read_calendar(reader, t, chi_node_get(mapping, "calendar"));
}

static const term_row *find_row(const char *name)
{
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strcmp(name, aliases[i][0]) == 0)
            name = aliases[i][1];
    for (int i = 0; i < ROW_COUNT; i++)
        if (strcmp(name, rows[i].name) == 0)
            return &rows[i];
    return NULL;
}

static void report_unknown(chi_actus_reader *reader, const chi_actus_terms *t, const chi_node *node)
{
    const char *names[ROW_COUNT];
    for (int i = 0; i < ROW_COUNT; i++)
        names[i] = rows[i].name;
    bool is_shown = reader->errors < CHI_DIAGS_MAX;
    const char *near = is_shown ? chi_nearest_name(node->key, names, ROW_COUNT) : NULL;
    char hint[120] = "";
    if (near)
        snprintf(hint, sizeof hint, "did you mean %s?", near);
    reader->errors++;
    chi_diag(reader->diags, 602, node->key_span, near ? hint : NULL,
        "contract %s: '%.60s' is not a term of the ACTUS dictionary", t->id, node->key);
}

/* The mapping of Cardhouse's own terms. */
static void read_own(chi_actus_reader *reader, chi_actus_terms *t, const chi_node *mapping)
{
    if (mapping->kind != CHI_MAPPING) {
        complain(reader, t, mapping, "a mapping of Cardhouse's own terms");
        return;
    }
    for (const chi_node *at = mapping->first; at; at = at->next) {
        int i = 0;
        while (i < OWN_COUNT && strcmp(at->key, own_rows[i].name) != 0)
            i++;
        if (i == OWN_COUNT) {
            reader->errors++;
            chi_diag(reader->diags, 602, at->key_span, NULL,
                "contract %s: '%.60s' is not one of Cardhouse's own terms", t->id, at->key);
        } else if (!is_blank(at))
            read_row(reader, t, &own_rows[i], at);
    }
}

static const char *text_of(const chi_node *mapping, const char *key)
{
    const chi_node *node = chi_node_get(mapping, key);
    return node && node->kind == CHI_SCALAR && !is_blank(node) ? node->text : NULL;
}

/* What a part leaves out comes from its parent: the status date, the currency, and for the legs of
 * SWAPS the role (RFL: the first leg is received). */
static void inherit(chi_actus_terms *t, const chi_actus_terms *parent, uint8_t part_role)
{
    if (!chi_given_at(t->sd))
        t->sd = parent->sd;
    if (!t->cur)
        t->cur = parent->cur;
    uint8_t received = 1, paid = 2; /* RPA, RPL */
    if (parent->type == CHI_ACTUS_SWAPS) {
        bool first = part_role == CHI_PART_FIL;
        t->role = first == (chi_actus_sign(parent) > 0.0) ? received : paid;
    } else if (t->role == 0)
        t->role = received;
}

static void read_part(chi_actus_reader *reader, chi_actus_terms *t, const chi_node *node,
    chi_actus_part *part, int depth);

static void read_parts(
    chi_actus_reader *reader, chi_actus_terms *t, const chi_node *node, int depth)
{
    if (node->kind != CHI_SEQUENCE || node->size > CHI_ACTUS_PARTS_MAX) {
        complain(reader, t, node, "a list of at most 1000 references");
        return;
    }
    chi_actus_part *parts = chi_arena_alloc(reader->arena, node->size * sizeof *parts + 1);
    t->parts = parts;
    for (const chi_node *at = node->first; at; at = at->next)
        read_part(reader, t, at, &parts[t->part_count++], depth);
}

static const chi_actus_terms *read_terms(chi_actus_reader *reader, const chi_node *node,
    const char *id, const chi_actus_terms *parent, uint8_t part_role, int depth)
{
    chi_actus_terms *t = chi_actus_terms_new(reader->arena);
    size_t errors = reader->errors;
    const char *own = text_of(node, "contractID");
    t->node = node;
    t->id = own ? own : text_of(node, "contractIdentifier");
    t->id = t->id ? t->id : id ? id : "(no id)";
    for (const chi_node *at = node->first; at; at = at->next) {
        const term_row *row = find_row(at->key);
        uint8_t silent;
        if (row && !is_blank(at))
            read_row(reader, t, row, at);
        else if (!row && !chi_actus_word_parse(CHI_ACTUS_SILENT, at->key, &silent))
            report_unknown(reader, t, at);
    }
    read_coded(reader, t, node);
    if (chi_node_get(node, "cardhouse"))
        read_own(reader, t, chi_node_get(node, "cardhouse"));
    if (parent)
        inherit(t, parent, part_role);
    const chi_node *parts = chi_node_get(node, "contractStructure");
    if (parts && !is_blank(parts))
        read_parts(reader, t, parts, depth);
    return reader->errors == errors ? t : NULL;
}

static void read_part(chi_actus_reader *reader, chi_actus_terms *t, const chi_node *node,
    chi_actus_part *part, int depth)
{
    const chi_node *object = node->kind == CHI_MAPPING ? chi_node_get(node, "object") : NULL;
    const char *role = NULL, *type = NULL;
    if (node->kind == CHI_MAPPING) {
        role =
            text_of(node, "referenceRole") ? text_of(node, "referenceRole") : text_of(node, "role");
        type =
            text_of(node, "referenceType") ? text_of(node, "referenceType") : text_of(node, "type");
    }
    if (!object || !role || !type ||
        !chi_actus_word_parse(CHI_ACTUS_PART_ROLES, role, &part->role)) {
        complain(reader, t, node,
            "a mapping of object, referenceType (CNT, CID, MOC) and referenceRole (UDL, FIL, SEL, "
            "COVE, COVI)");
        return;
    }
    bool plain = object->kind == CHI_SCALAR;
    if (strcmp(type, "MOC") == 0)
        part->market_object = plain ? object->text : text_of(object, "marketObjectCode");
    else if (strcmp(type, "CID") == 0 || strcmp(type, "EID") == 0) {
        part->id = plain ? object->text : text_of(object, "contractIdentifier");
        if (!part->id && !plain)
            part->id = text_of(object, "contractID");
    } else if (object->kind == CHI_MAPPING && depth < CHI_ACTUS_NEST_MAX) {
        const char *id = chi_arena_format(reader->arena, "%s, part %s", t->id, role);
        part->terms = read_terms(reader, object, id, t, part->role, depth + 1);
        part->id = part->terms ? part->terms->id : NULL;
        if (!part->terms)
            return;
    }
    if (!part->id && !part->market_object)
        complain(reader, t, node,
            "an object with terms, a contractIdentifier or a "
            "marketObjectCode, as its referenceType says");
}

const chi_actus_terms *chi_actus_terms_read(
    chi_actus_reader *reader, const chi_node *node, const char *id, const chi_actus_terms *parent)
{
    CHI_ASSERT(node != NULL);
    if (node->kind != CHI_MAPPING) {
        reader->errors++;
        chi_diag(reader->diags, 608, node->span, NULL,
            "contract %s: the terms are not a mapping of names to values", id ? id : "(no id)");
        return NULL;
    }
    return read_terms(reader, node, id, parent, CHI_PART_NONE, 0);
}

/* Lines of operations. They may name each other, so they are read first, as if in the order of the
 * file, and then put into an order in which each comes after all it needs. */
#include "model/passes.h"

#include "base/check.h"

#include <string.h>

enum { LINES_PER_FIRM_MAX = 1000 };

/* A group of lines: its key, the kind of its rows and of its mappings. */
typedef struct group {
    const char *key;
    chi_line_kind kind;
    chi_kind_id schema;
} group;

static const group groups[] = {{"revenue", CHI_LINE_REVENUE, CHI_KIND_LINE_IN},
    {"cost", CHI_LINE_COST, CHI_KIND_LINE_OUT}, {"tax", CHI_LINE_TAX, CHI_KIND_LINE_OUT},
    {"working_capital", CHI_LINE_WORKING_CAPITAL, CHI_KIND_LINE_SWING},
    {"depreciation", CHI_LINE_DEPRECIATION, CHI_KIND_LINE_BOOK}};
static const group capex_groups[] = {{"committed", CHI_LINE_CAPEX, CHI_KIND_LINE_OUT},
    {"uncommitted", CHI_LINE_CAPEX_UNCOMMITTED, CHI_KIND_LINE_OUT}};

/* Calls for every line of a firm's operations, in the order of the table above. */
typedef void line_fn(chi_reader *reader, uint32_t firm, const chi_map *around, const group *group,
    const chi_node *node);

static void each_in(chi_reader *reader, uint32_t firm, const chi_map *around, const group *list,
    size_t count, line_fn *call)
{
    for (size_t i = 0; i < count; i++) {
        const chi_node *child = chi_map_children(reader, around, list[i].key);
        for (; child; child = child->next)
            call(reader, firm, around, &list[i], child);
    }
}

/* Mappings are opened once: opening reports what is wrong with them. */
typedef struct operations {
    chi_map map, capex;
} operations;

static void each_line(chi_reader *reader, uint32_t firm, const operations *of, line_fn *call)
{
    each_in(reader, firm, &of->map, groups, 3, call);
    each_in(reader, firm, &of->capex, capex_groups, 2, call);
    each_in(reader, firm, &of->map, groups + 3, 2, call);
}

/* --- names ---------------------------------------------------------------------------------- */

static void index_line(chi_reader *reader, uint32_t firm, const chi_map *around, const group *from,
    const chi_node *node)
{
    chi_names *names = &reader->lines[firm];
    (void)around, (void)from;
    if (!chi_name_check(reader, node, "a line"))
        return;
    const chi_name *same = chi_names_find(names, node->key);
    const chi_name *driver = chi_names_find(&reader->drivers, node->key);
    if (same) {
        chi_diag_related(reader->diags, 307, node->key_span, same->span, NULL,
            "the firm has two lines `%s`", node->key);
    } else if (driver) {
        chi_diag_related(reader->diags, 307, node->key_span, driver->span, NULL,
            "`%s` names a line and a driver", node->key);
    } else if (names->list.count == LINES_PER_FIRM_MAX) {
        chi_diag(reader->diags, 231, node->key_span, NULL, "a firm has at most %d lines",
            (int)LINES_PER_FIRM_MAX);
    } else {
        chi_names_add(
            reader->arena, names, node->key, (uint32_t)reader->build.line.count, node->key_span);
        (void)CHI_PUSH(reader->arena, &reader->build.line);
    }
}

/* --- rows ----------------------------------------------------------------------------------- */

static void read_other_end(chi_reader *reader, const chi_map *map, uint32_t firm, chi_line *line)
{
    const char *key = chi_kind_field(map->kind, "from") ? "from" : "to";
    if (!chi_kind_field(map->kind, key))
        return;
    uint32_t other = chi_get_firm(reader, map, key);
    uint32_t class = chi_get_choice(reader, map, "seniority");
    line->counterparty = other == CHI_NONE ? 0 : other;
    line->class = class == CHI_NONE ? CHI_CLASS_OPERATING : class;
    if (other == firm)
        chi_diag(reader->diags, 411, chi_map_node(map, key)->span, NULL, "`%s` would pay itself",
            chi_map_node(map, key)->text);
}

/* `amount: {value: 12, times: demand}`: the key holds all there is to say of how much. */
static bool has_whole_amount(const chi_map *map)
{
    const chi_node *amount = chi_map_node(map, "amount");
    return amount && amount->kind == CHI_MAPPING && !chi_is_dated(amount) &&
           !chi_map_node(map, "value") && !chi_map_node(map, "by") && !chi_map_node(map, "times");
}

static void read_line(chi_reader *reader, uint32_t firm, const chi_map *around, const group *from,
    const chi_node *node)
{
    const chi_name *name = chi_names_find(&reader->lines[firm], node->key);
    if (!name || name->span.line != node->key_span.line ||
        name->span.column != node->key_span.column)
        return;
    const char *path =
        chi_arena_format(reader->arena, "%s.%s.%s", around->path, from->key, node->key);
    chi_scope scope = {.kind = CHI_SCOPE_LINE, .firm = firm};
    const chi_field *field = chi_kind_field(chi_kind_at(from->schema), "amount");
    chi_line line = {.name = chi_builder_text(&reader->build, node->key),
        .kind = from->kind,
        .firm = firm,
        .class = CHI_CLASS_OPERATING,
        .amount = chi_amount_constant(0.0)};
    if (node->kind == CHI_MAPPING && !chi_is_dated(node)) {
        chi_map map;
        chi_map_open(reader, &map, node, path, from->schema, around);
        line.amount = has_whole_amount(&map) ? chi_get_amount(reader, &map, "amount", &scope)
                                             : chi_read_amount_map(reader, &map, field, &scope);
        read_other_end(reader, &map, firm, &line);
    } else {
        line.amount = chi_read_amount(reader, around, node, field, path, &scope);
    }
    if (line.kind != CHI_LINE_WORKING_CAPITAL)
        chi_amount_check_sign(reader, node, &line.amount, node->key);
    reader->build.line.at[name->row] = line;
}

/* --- order ---------------------------------------------------------------------------------- */

/* Items that are sums of lines stand in the graph as points after the lines. */
enum { SUM_REVENUE, SUM_COST, SUM_CAPEX, SUM_DEPRECIATION, SUMS };

static const struct {
    const char *name;
    chi_item item;
} sums[SUMS] = {{"revenue", CHI_ITEM_REVENUE}, {"cost", CHI_ITEM_COST}, {"capex", CHI_ITEM_CAPEX},
    {"depreciation", CHI_ITEM_DEPRECIATION}};

typedef enum mark { UNSEEN, OPEN, DONE } mark;

typedef struct sorter {
    chi_reader *reader;
    uint32_t first, count; /* the firm's lines */
    uint8_t *marks;        /* of lines, then of sums */
    uint32_t *stack;       /* points being visited, for a cycle */
    size_t depth;
    uint32_t *order; /* old rows in their new order */
    size_t done;
    bool cyclic;
} sorter;

static const char *point_name(const sorter *s, uint32_t point)
{
    const chi_builder *build = &s->reader->build;
    if (point >= s->count)
        return sums[point - s->count].name;
    return build->text.at + build->line.at[s->first + point].name;
}

static void report_cycle(sorter *s, uint32_t point)
{
    size_t from = s->depth;
    while (s->stack[from - 1] != point)
        from--;
    const char *text = point_name(s, point);
    for (size_t i = from; i < s->depth; i++)
        text = chi_arena_format(s->reader->arena, "%s -> %s", text, point_name(s, s->stack[i]));
    text = chi_arena_format(s->reader->arena, "%s -> %s", text, point_name(s, point));
    uint32_t blamed = point;
    for (size_t i = from; blamed >= s->count && i < s->depth; i++)
        blamed = s->stack[i];
    s->cyclic = true;
    const chi_names *names = &s->reader->lines[s->reader->build.line.at[s->first + blamed].firm];
    chi_diag(s->reader->diags, 319, names->list.at[blamed].span, NULL,
        "lines need each other in a circle: %s", text);
}

static void visit(sorter *s, uint32_t point);

static void visit_if_new(sorter *s, uint32_t point)
{
    if (s->marks[point] == OPEN && !s->cyclic)
        report_cycle(s, point);
    else if (s->marks[point] == UNSEEN)
        visit(s, point);
}

static bool counts_in(uint32_t kind, uint32_t sum)
{
    switch (sum) {
    case SUM_REVENUE:
        return kind == CHI_LINE_REVENUE;
    case SUM_COST:
        return kind == CHI_LINE_COST;
    case SUM_CAPEX:
        return kind == CHI_LINE_CAPEX || kind == CHI_LINE_CAPEX_UNCOMMITTED;
    default:
        return kind == CHI_LINE_DEPRECIATION;
    }
}

static void visit_needs(sorter *s, uint32_t point)
{
    const chi_builder *build = &s->reader->build;
    uint32_t expr = build->line.at[s->first + point].amount.expr;
    if (expr == CHI_NONE)
        return;
    chi_slice ops = build->expr.at[expr].ops;
    for (uint32_t i = ops.first; i < ops.first + ops.count; i++) {
        const chi_op *op = &build->op.at[i];
        if (op->code == CHI_OP_LINE)
            visit_if_new(s, op->index - s->first);
        for (uint32_t sum = 0; op->code == CHI_OP_ITEM && sum < SUMS; sum++)
            if (op->item == (uint32_t)sums[sum].item)
                visit_if_new(s, s->count + sum);
    }
}

static void visit(sorter *s, uint32_t point)
{
    s->marks[point] = OPEN;
    s->stack[s->depth++] = point;
    if (point < s->count) {
        visit_needs(s, point);
        s->order[s->done++] = s->first + point;
    } else {
        for (uint32_t i = 0; i < s->count; i++)
            if (counts_in(s->reader->build.line.at[s->first + i].kind, point - s->count))
                visit_if_new(s, i);
    }
    s->depth--;
    s->marks[point] = DONE;
}

static void sort_firm(chi_reader *reader, uint32_t first, uint32_t count, uint32_t *order)
{
    size_t points = count + SUMS;
    sorter s = {.reader = reader,
        .first = first,
        .count = count,
        .marks = chi_arena_alloc(reader->arena, points),
        .stack = chi_arena_alloc(reader->arena, points * sizeof(uint32_t)),
        .order = order + first};
    for (uint32_t i = 0; i < count; i++)
        visit_if_new(&s, i);
    CHI_ASSERT(s.done == count);
}

/* Puts the rows into their new order and lets the code of expressions follow. */
static void reorder(chi_reader *reader, const uint32_t *order)
{
    chi_builder *build = &reader->build;
    size_t count = build->line.count;
    chi_line *old = chi_arena_alloc(reader->arena, (count + 1) * sizeof *old);
    uint32_t *fresh = chi_arena_alloc(reader->arena, (count + 1) * sizeof *fresh);
    if (count)
        memcpy(old, build->line.at, count * sizeof *old);
    for (uint32_t i = 0; i < count; i++) {
        build->line.at[i] = old[order[i]];
        fresh[order[i]] = i;
    }
    for (size_t i = 0; i < build->op.count; i++)
        if (build->op.at[i].code == CHI_OP_LINE)
            build->op.at[i].index = fresh[build->op.at[i].index];
}

void chi_lines_read(chi_reader *reader)
{
    size_t firms = reader->firms.list.count;
    operations *of = chi_arena_alloc(reader->arena, (firms + 1) * sizeof *of);
    for (size_t i = 0; i < firms; i++) {
        uint32_t row = reader->firms.list.at[i].row;
        const chi_map *map = &reader->firm_map[row];
        reader->build.firm.at[row].lines.first = (uint32_t)reader->build.line.count;
        if (map->kind != chi_kind_at(CHI_KIND_FIRM_SIMULATED))
            continue;
        of[i].map = chi_map_under(reader, map, "operations", CHI_KIND_OPERATIONS);
        of[i].capex = chi_map_under(reader, &of[i].map, "capex", CHI_KIND_CAPEX);
        each_line(reader, row, &of[i], index_line);
    }
    for (size_t i = 0; i < firms; i++)
        if (of[i].map.kind)
            each_line(reader, reader->firms.list.at[i].row, &of[i], read_line);
    uint32_t *order =
        chi_arena_alloc(reader->arena, (reader->build.line.count + 1) * sizeof *order);
    for (size_t i = 0; i < firms; i++) {
        uint32_t row = reader->firms.list.at[i].row;
        chi_slice *lines = &reader->build.firm.at[row].lines;
        lines->count = (uint32_t)reader->lines[row].list.count;
        sort_firm(reader, lines->first, lines->count, order);
    }
    reorder(reader, order);
}

/* Amounts: a number, dated steps or an expression, each perhaps times a factor. */
#include "model/amount.h"

#include "base/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES_MAX = 1 << 24 }; /* of all tables together */

/* An amount in pieces: constant (or table) times code. */
typedef struct parts {
    double constant;
    uint32_t table;
    chi_code *code; /* NULL: none */
} parts;

typedef struct step {
    chi_day day;
    int month;
    double value;
    const chi_node *node;
} step;

uint32_t chi_table_add(chi_reader *reader, ch_span span)
{
    chi_builder *build = &reader->build;
    if (build->values.count + build->months > VALUES_MAX) {
        chi_diag(
            reader->diags, 231, span, NULL, "a model has at most %d dated values", (int)VALUES_MAX);
        return CHI_NONE;
    }
    uint32_t table = (uint32_t)build->values.count;
    for (uint32_t m = 0; m < build->months; m++)
        (void)CHI_PUSH(reader->arena, &build->values);
    return table;
}

/* --- steps ---------------------------------------------------------------------------------- */

bool chi_is_dated(const chi_node *node)
{
    return node->kind == CHI_MAPPING && node->first && node->first->key[0] >= '0' &&
           node->first->key[0] <= '9';
}

static int by_day(const void *a, const void *b)
{
    const step *x = a, *y = b;
    return (x->day > y->day) - (x->day < y->day);
}

/* Reads the dates and their values; false after an error. */
static bool list_steps(
    chi_reader *reader, const chi_node *node, const chi_field *field, step *steps)
{
    bool good = true;
    size_t count = 0;
    for (const chi_node *child = node->first; child; child = child->next) {
        step *at = &steps[count++];
        at->node = child;
        if (!chi_read_date(reader, child, child->key, &at->day)) {
            good = false;
            continue;
        }
        at->month = chi_reader_month(reader, at->day);
        if (child->kind != CHI_SCALAR) {
            chi_shape_error(reader, child, "a number");
            good = false;
        } else {
            good = chi_read_scalar(reader, child, child->text, field, &at->value) && good;
        }
    }
    return good;
}

static bool check_steps(chi_reader *reader, const step *steps, size_t count)
{
    bool good = true;
    for (size_t i = 1; i < count; i++)
        if (steps[i].month >= 0 && steps[i].month == steps[i - 1].month) {
            chi_diag_related(reader->diags, 219, chi_key_span(steps[i].node),
                chi_key_span(steps[i - 1].node), NULL, "`%s` and `%s` fall in the same month",
                steps[i - 1].node->key, steps[i].node->key);
            good = false;
        }
    return good;
}

uint32_t chi_read_steps(chi_reader *reader, const chi_node *node, const chi_field *field)
{
    if (node->kind != CHI_MAPPING || node->size == 0) {
        chi_shape_error(reader, node, "a mapping of dates to numbers");
        return CHI_NONE;
    }
    size_t count = node->size;
    step *steps = chi_arena_alloc(reader->arena, count * sizeof *steps);
    if (!list_steps(reader, node, field, steps) || !reader->dated)
        return CHI_NONE;
    qsort(steps, count, sizeof *steps, by_day);
    if (!check_steps(reader, steps, count))
        return CHI_NONE;
    uint32_t table = chi_table_add(reader, node->span);
    if (table == CHI_NONE)
        return CHI_NONE;
    size_t next = 0;
    double value = 0.0;
    for (int m = 0; m < (int)reader->build.months; m++) {
        for (; next < count && steps[next].month <= m; next++)
            value = steps[next].value;
        reader->build.values.at[table + (uint32_t)m] = value;
    }
    return table;
}

/* --- one scalar ------------------------------------------------------------------------------ */

static bool takes_expression(const chi_field *field)
{
    return field->type == CHI_TYPE_FLOW || field->type == CHI_TYPE_LEVEL ||
           field->type == CHI_TYPE_FACTOR || field->type == CHI_TYPE_INTENSITY;
}

static bool is_expression(const chi_reader *reader, const char *text)
{
    chi_quantity_context context = chi_reader_context(reader);
    chi_quantity quantity;
    chi_quantity_error error;
    if (chi_quantity_parse(text, strlen(text), &context, CHI_ACCEPT_ANY, &quantity, &error))
        return false;
    char first = text[0];
    return (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first == '_' ||
           strpbrk(text, "*/+()<>") || strstr(text, " - ");
}

static bool check_measure(
    chi_reader *reader, const chi_node *node, const chi_field *field, chi_measure measure)
{
    bool money = field->type == CHI_TYPE_FLOW || field->type == CHI_TYPE_LEVEL;
    chi_measure wanted = money ? CHI_MEASURE_MONEY : CHI_MEASURE_NUMBER;
    if (measure == CHI_MEASURE_ANY || measure == wanted)
        return true;
    chi_diag(reader->diags, 228, node->span,
        money ? "multiply it by an amount, for example 300 * demand" : "divide by an amount",
        "`%s` needs %s; the expression gives %s", node->key ? node->key : field->key,
        money ? "money" : "a number", money ? "a number" : "money");
    return false;
}

static parts number_parts(double value)
{
    return (parts){value, CHI_NONE, NULL};
}

/* What kind of value came out, for who decides later whether it fits. */
static parts read_any_expression(
    chi_reader *reader, const chi_node *node, const chi_scope *scope, chi_measure *measure)
{
    *measure = CHI_MEASURE_ANY;
    chi_quantity_context context = chi_reader_context(reader);
    const chi_expr *expr =
        chi_expr_parse(reader->arena, reader->diags, node, &context, CHI_EXPR_VALUE);
    if (!expr)
        return number_parts(0.0);
    chi_code *code = chi_arena_alloc(reader->arena, sizeof *code);
    if (!chi_compile(reader, expr, scope, code, measure)) {
        *measure = CHI_MEASURE_ANY;
        return number_parts(0.0);
    }
    if (code->varies)
        return (parts){1.0, CHI_NONE, code};
    double value = chi_code_value(code);
    if (!isfinite(value))
        chi_diag(reader->diags, 210, node->span, NULL, "`%s` is not a finite number", node->text);
    return number_parts(value);
}

static parts read_expression(
    chi_reader *reader, const chi_node *node, const chi_field *field, const chi_scope *scope)
{
    chi_measure measure;
    parts out = read_any_expression(reader, node, scope, &measure);
    return check_measure(reader, node, field, measure) ? out : number_parts(0.0);
}

static parts read_scalar(
    chi_reader *reader, const chi_node *node, const chi_field *field, const chi_scope *scope)
{
    double value;
    if (takes_expression(field) && is_expression(reader, node->text))
        return read_expression(reader, node, field, scope);
    chi_read_scalar(reader, node, node->text, field, &value);
    return number_parts(value);
}

static parts read_parts(
    chi_reader *reader, const chi_node *node, const chi_field *field, const chi_scope *scope)
{
    if (node->kind == CHI_SCALAR)
        return read_scalar(reader, node, field, scope);
    if (node->kind != CHI_MAPPING) {
        chi_shape_error(reader, node, "an amount");
        return number_parts(0.0);
    }
    uint32_t table = chi_read_steps(reader, node, field);
    return (parts){0.0, table, NULL};
}

/* --- products -------------------------------------------------------------------------------- */

static double *table_at(chi_reader *reader, uint32_t table)
{
    return reader->build.values.at + table;
}

/* A table that is another times a number, or two tables month by month. */
static uint32_t table_times(chi_reader *reader, uint32_t table, double factor, uint32_t other)
{
    uint32_t fresh = chi_table_add(reader, (ch_span){0});
    for (uint32_t m = 0; fresh != CHI_NONE && m < reader->build.months; m++) {
        double value = table_at(reader, table)[m] * factor;
        if (other != CHI_NONE)
            value *= table_at(reader, other)[m];
        table_at(reader, fresh)[m] = value;
    }
    return fresh;
}

static parts multiply(chi_reader *reader, parts a, parts b)
{
    parts out = {a.constant * b.constant, CHI_NONE, a.code ? a.code : b.code};
    if (a.table != CHI_NONE)
        out.table = table_times(reader, a.table, b.table == CHI_NONE ? b.constant : 1.0, b.table);
    else if (b.table != CHI_NONE)
        out.table = table_times(reader, b.table, a.constant, CHI_NONE);
    if (a.code && b.code) {
        chi_code_append(a.code, reader->arena, b.code);
        chi_code_push(a.code, reader->arena, (chi_op){.code = CHI_OP_MUL});
    }
    return out;
}

static chi_amount finish(chi_reader *reader, parts from, ch_span span)
{
    chi_amount amount = {from.constant, from.table, CHI_NONE};
    if (from.code)
        amount.expr = chi_code_store(reader, from.code, span);
    return amount;
}

/* --- mappings -------------------------------------------------------------------------------- */

/* The one of amount, value and by that is given; NULL after saying that there is not one. */
static const chi_node *find_amount(chi_reader *reader, const chi_map *map)
{
    static const char *const keys[] = {"amount", "value", "by"};
    const chi_node *found = NULL;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const chi_node *node = chi_map_node(map, keys[i]);
        if (node && found) {
            chi_diag_related(reader->diags, 217, chi_key_span(node), chi_key_span(found), NULL,
                "`%s` and `%s` both say how much", found->key, node->key);
            return NULL;
        }
        found = node ? node : found;
    }
    if (!found)
        chi_diag(reader->diags, 217, chi_map_span(map), "one of `amount`, `value`, `by`",
            "%s does not say how much", map->kind->title);
    return found;
}

/* The factor of an amount. In `{value: 20%, times: revenue}` the factor is the money and the value
 * a number: *field, by which the value is read, then becomes that of factors. */
static parts read_times(chi_reader *reader, const chi_map *map, const chi_node *times,
    const chi_scope *scope, const chi_field **field)
{
    const chi_field *factor = chi_map_field(map, "times");
    bool money = (*field)->type == CHI_TYPE_FLOW || (*field)->type == CHI_TYPE_LEVEL;
    if (!money || times->kind != CHI_SCALAR || !is_expression(reader, times->text))
        return read_parts(reader, times, factor, scope);
    chi_measure measure;
    parts out = read_any_expression(reader, times, scope, &measure);
    if (measure == CHI_MEASURE_MONEY)
        *field = factor;
    return out;
}

chi_amount chi_read_amount_map(
    chi_reader *reader, const chi_map *map, const chi_field *field, const chi_scope *scope)
{
    const chi_node *node = find_amount(reader, map);
    const chi_node *times = chi_map_node(map, "times");
    double bounds[2];
    parts factor = number_parts(1.0);
    if (times)
        factor = read_times(reader, map, times, scope, &field);
    if (!node)
        return chi_amount_constant(0.0);
    parts product = read_parts(reader, node, field, scope);
    bool constant = product.table == CHI_NONE && !product.code;
    chi_bounds_read(reader, map, field, constant ? product.constant : (double)NAN, bounds);
    if (times)
        product = multiply(reader, product, factor);
    chi_evidence_add(reader, map, map->path, map->node, NULL, bounds[0], bounds[1]);
    return finish(reader, product, node->span);
}

chi_amount chi_read_amount(chi_reader *reader, const chi_map *outer, const chi_node *node,
    const chi_field *field, const char *path, const chi_scope *scope)
{
    if (node->kind == CHI_MAPPING && !chi_is_dated(node)) {
        chi_map map;
        chi_map_open(reader, &map, node, path, CHI_KIND_VALUE, outer);
        return chi_read_amount_map(reader, &map, field, scope);
    }
    chi_evidence_add(reader, outer, path, node, NULL, (double)NAN, (double)NAN);
    return finish(reader, read_parts(reader, node, field, scope), node->span);
}

chi_amount chi_get_amount(
    chi_reader *reader, const chi_map *map, const char *key, const chi_scope *scope)
{
    const chi_field *field = chi_map_field(map, key);
    const chi_node *node = chi_map_node(map, key);
    double value = 0.0;
    if (node)
        return chi_read_amount(reader, map, node, field, chi_map_path(reader, map, key), scope);
    if (*field->fallback)
        chi_read_scalar(reader, NULL, field->fallback, field, &value);
    return chi_amount_constant(value);
}

void chi_amount_check_sign(
    chi_reader *reader, const chi_node *node, const chi_amount *amount, const char *name)
{
    bool dated = amount->table != CHI_NONE;
    bool negative = !dated && amount->constant < 0.0;
    for (uint32_t m = 0; dated && m < reader->build.months; m++)
        negative = negative || reader->build.values.at[amount->table + m] < 0.0;
    if (negative && amount->expr == CHI_NONE)
        chi_diag(reader->diags, 210, node->span,
            "write amounts without a minus; who pays whom is said elsewhere", "`%s` is below zero",
            name);
}

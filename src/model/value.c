/* Numbers with units, their ranges and their evidence. */
#include "model/read.h"

#include "base/check.h"
#include "model/amount.h"
#include "text/quantity.h"

#include <math.h>
#include <string.h>

enum {
    ACCEPT_PURE = CHI_UNIT_BIT(CHI_UNIT_NUMBER) | CHI_UNIT_BIT(CHI_UNIT_FRACTION),
    ACCEPT_NUMBER = ACCEPT_PURE | CHI_UNIT_BIT(CHI_UNIT_MULTIPLE),
    ACCEPT_RATE_FLOW =
        CHI_UNIT_BIT(CHI_UNIT_NUMBER_PER_MONTH) | CHI_UNIT_BIT(CHI_UNIT_FRACTION_PER_MONTH),
};

static const double rate_suspicious = 1.0; /* a rate above 100 % a year is more often a slip */

unsigned chi_field_accepts(const chi_field *field)
{
    switch (field->type) {
    case CHI_TYPE_COUNT:
        return CHI_UNIT_BIT(CHI_UNIT_NUMBER);
    case CHI_TYPE_MONTHS:
        return CHI_UNIT_BIT(CHI_UNIT_NUMBER) | CHI_UNIT_BIT(CHI_UNIT_MONTHS);
    case CHI_TYPE_SHARE:
    case CHI_TYPE_SHARES:
    case CHI_TYPE_STAKES:
    case CHI_TYPE_CORRELATIONS:
    case CHI_TYPE_RATE:
    case CHI_TYPE_LOAN_RATE:
        return ACCEPT_PURE;
    case CHI_TYPE_INTENSITY:
        return ACCEPT_PURE | ACCEPT_RATE_FLOW;
    case CHI_TYPE_THRESHOLD:
        return ACCEPT_NUMBER | CHI_ACCEPT_MONEY;
    case CHI_TYPE_MONEY:
    case CHI_TYPE_SHEET:
    case CHI_TYPE_LEVEL:
    case CHI_TYPE_INSTALMENTS:
        return CHI_ACCEPT_MONEY;
    case CHI_TYPE_FLOW:
        return CHI_ACCEPT_MONEY | CHI_ACCEPT_FLOW;
    default:
        return ACCEPT_NUMBER;
    }
}

chi_quantity_context chi_reader_context(const chi_reader *reader)
{
    double scale = reader->build.unit_scale;
    int exponent = scale >= 1e9 ? 9 : scale >= 1e6 ? 6 : scale >= 1e3 ? 3 : 0;
    return (chi_quantity_context){exponent, reader->currency};
}

/* A number of a field as a user would write it. */
static const char *number_text(chi_reader *reader, const chi_field *field, double value)
{
    bool percent = field->type == CHI_TYPE_SHARE || field->type == CHI_TYPE_SHARES ||
                   field->type == CHI_TYPE_STAKES || field->type == CHI_TYPE_RATE ||
                   field->type == CHI_TYPE_LOAN_RATE || field->type == CHI_TYPE_INTENSITY ||
                   field->type == CHI_TYPE_CORRELATIONS;
    return percent ? chi_arena_format(reader->arena, "%.10g%%", 100.0 * value)
                   : chi_arena_format(reader->arena, "%.10g", value);
}

static bool check_range(chi_reader *reader, const chi_node *node, const chi_field *field,
    double value, const char *text)
{
    const char *key = node->key ? node->key : field->key;
    if (value >= field->low && value <= field->high)
        return true;
    const char *low = number_text(reader, field, field->low);
    const char *high = number_text(reader, field, field->high);
    const char *hint = chi_arena_format(reader->arena, "from %s to %s", low, high);
    if (isinf(field->high))
        hint = chi_arena_format(reader->arena, "at least %s", low);
    if (field->low == field->high)
        hint = chi_arena_format(reader->arena, "this version reads %s only", low);
    chi_diag(reader->diags, 210, node->span, hint, "`%s` is out of range: %s", key, text);
    return false;
}

static bool is_money(const chi_field *field)
{
    return field->type == CHI_TYPE_MONEY || field->type == CHI_TYPE_SHEET ||
           field->type == CHI_TYPE_LEVEL || field->type == CHI_TYPE_FLOW ||
           field->type == CHI_TYPE_INSTALMENTS;
}

/* More than there is on earth is a slip of the unit. */
static bool check_money(chi_reader *reader, const chi_node *node, const chi_field *field,
    double value, const char *text)
{
    if (!is_money(field) || fabs(value) * reader->build.unit_scale <= CHI_MONEY_MAX)
        return true;
    chi_diag(reader->diags, 210, node->span,
        chi_arena_format(reader->arena, "plain numbers are in %s already",
            reader->build.text.at + reader->build.unit),
        "`%s` is out of range: %s is more than a thousand trillion",
        node->key ? node->key : field->key, text);
    return false;
}

static void warn_rate(
    chi_reader *reader, ch_span span, const chi_field *field, double value, const char *text)
{
    bool rate = field->type == CHI_TYPE_RATE || field->type == CHI_TYPE_LOAN_RATE;
    if (rate && fabs(value) > rate_suspicious)
        chi_diag(reader->diags, 211, span,
            chi_arena_format(reader->arena, "write %.10g%% if that is meant", value),
            "`%s` is %s, which is %.10g%% a year", field->key, text, 100.0 * value);
}

bool chi_read_scalar(chi_reader *reader, const chi_node *node, const char *text,
    const chi_field *field, double *value)
{
    chi_quantity_context context = chi_reader_context(reader);
    chi_quantity quantity = {0};
    *value = 0.0;
    if (node && text == node->text) {
        if (!chi_quantity_read(node, &context, chi_field_accepts(field), reader->diags, &quantity))
            return false;
    } else {
        chi_quantity_error error;
        bool read = chi_quantity_parse(
            text, strlen(text), &context, chi_field_accepts(field), &quantity, &error);
        CHI_ASSERT(read); /* fallbacks are our own words */
    }
    double months_a_year = 12.0;
    bool yearly = field->type == CHI_TYPE_INTENSITY &&
                  (CHI_UNIT_BIT(quantity.unit) & (unsigned)ACCEPT_RATE_FLOW) != 0;
    *value = yearly ? months_a_year * quantity.value : quantity.value;
    if (!node)
        return true;
    if (!check_range(reader, node, field, *value, text) ||
        !check_money(reader, node, field, *value, text))
        return false;
    warn_rate(reader, node->span, field, *value, text);
    return true;
}

/* --- evidence ------------------------------------------------------------------------------- */

static const char *written(chi_reader *reader, const chi_node *node)
{
    if (node->kind == CHI_SCALAR)
        return node->text;
    if (node->kind == CHI_SEQUENCE) {
        const char *text = "";
        for (const chi_node *child = node->first; child && child->kind == CHI_SCALAR;
             child = child->next)
            text = chi_arena_format(reader->arena, "%s%s%s", text, *text ? ", " : "", child->text);
        return text;
    }
    static const char *const keys[] = {"value", "amount", "by", "index"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const chi_node *child = chi_node_get(node, keys[i]);
        if (child && child->kind == CHI_SCALAR)
            return child->text;
        if (child)
            node = child;
    }
    if (!chi_is_dated(node))
        return "a range";
    return chi_arena_format(reader->arena, "%zu date%s", node->size, node->size == 1 ? "" : "s");
}

void chi_evidence_add(chi_reader *reader, const chi_map *map, const char *path,
    const chi_node *node, const chi_map *value, double low, double high)
{
    const chi_map *note = value ? value : map;
    if (strncmp(path, "scenarios.", 10) == 0)
        return; /* a scenario supposes; nothing stands behind its numbers */
    chi_pending *row = CHI_PUSH(reader->arena, &reader->evidence);
    row->path = path;
    row->text = written(reader, node);
    row->source = note->source;
    row->row = (chi_evidence){.basis = note->basis, .span = node->span, .low = low, .high = high};
}

void chi_evidence_store(chi_reader *reader)
{
    chi_builder *build = &reader->build;
    build->hashed_text = (uint32_t)build->text.count;
    for (size_t i = 0; i < reader->evidence.count; i++) {
        chi_pending *pending = &reader->evidence.at[i];
        pending->row.path = chi_builder_text(build, pending->path);
        pending->row.text = chi_builder_text(build, pending->text);
        pending->row.source = chi_builder_text(build, pending->source);
        *CHI_PUSH(reader->arena, &build->evidence) = pending->row;
    }
}

/* --- one number ------------------------------------------------------------------------------ */

static double read_bound(
    chi_reader *reader, const chi_map *map, const chi_field *field, const char *key)
{
    const chi_node *node = chi_map_node(map, key);
    double bound = (double)NAN;
    if (node && node->kind != CHI_SCALAR)
        chi_shape_error(reader, node, "a number");
    else if (node && !chi_read_scalar(reader, node, node->text, field, &bound))
        bound = (double)NAN;
    return bound;
}

void chi_bounds_read(
    chi_reader *reader, const chi_map *map, const chi_field *field, double value, double bounds[2])
{
    bounds[0] = read_bound(reader, map, field, "low");
    bounds[1] = read_bound(reader, map, field, "high");
    if (bounds[0] > bounds[1] || value < bounds[0] || value > bounds[1])
        chi_diag(reader->diags, 218, chi_map_span(map), NULL,
            "low, value and high do not stand in this order");
}

/* A number written as a mapping with its evidence. */
static bool read_with_evidence(chi_reader *reader, const chi_map *outer, const chi_node *node,
    const chi_field *field, const char *path, double *number)
{
    chi_map value;
    chi_map_open(reader, &value, node, path, CHI_KIND_VALUE, outer);
    const chi_node *inner = chi_map_node(&value, "value");
    const chi_node *other = chi_map_node(&value, "amount");
    other = other ? other : chi_map_node(&value, "by");
    other = other ? other : chi_map_node(&value, "times");
    if (other) {
        chi_diag(reader->diags, 217, chi_key_span(other), "write `value`",
            "`%s` takes one number, not `%s`", field->key, other->key);
        return false;
    }
    if (!inner || inner->kind != CHI_SCALAR) {
        chi_diag(reader->diags, 217, chi_key_span(node),
            "{value: 1150, low: 920, high: 1535, source: ...}", "`%s` needs one `value`",
            node->key ? node->key : field->key);
        return false;
    }
    bool read = chi_read_scalar(reader, inner, inner->text, field, number);
    double bounds[2];
    chi_bounds_read(reader, &value, field, read ? *number : (double)NAN, bounds);
    chi_evidence_add(reader, outer, path, node, &value, bounds[0], bounds[1]);
    return read;
}

bool chi_read_number(chi_reader *reader, const chi_map *map, const chi_node *node,
    const chi_field *field, const char *path, double *number)
{
    *number = 0.0;
    if (node->kind == CHI_MAPPING)
        return read_with_evidence(reader, map, node, field, path, number);
    if (node->kind != CHI_SCALAR) {
        chi_shape_error(
            reader, node, chi_arena_format(reader->arena, "a %s", chi_type_name(field->type)));
        return false;
    }
    chi_evidence_add(reader, map, path, node, NULL, (double)NAN, (double)NAN);
    return chi_read_scalar(reader, node, node->text, field, number);
}

static bool is_whole(chi_reader *reader, const chi_node *node, double value)
{
    if (value == floor(value))
        return true;
    chi_diag(reader->diags, 221, node->span, NULL, "`%s` must be a whole number, not %s", node->key,
        node->text);
    return false;
}

double chi_get_number(chi_reader *reader, const chi_map *map, const char *key)
{
    const chi_field *field = chi_map_field(map, key);
    const chi_node *node = chi_map_node(map, key);
    double value = 0.0;
    if (!node) {
        if (*field->fallback)
            chi_read_scalar(reader, NULL, field->fallback, field, &value);
        return value;
    }
    if (field->type == CHI_TYPE_COUNT) {
        if (node->kind != CHI_SCALAR)
            chi_shape_error(reader, node, "a whole number");
        else if (chi_read_scalar(reader, node, node->text, field, &value))
            return is_whole(reader, node, value) ? value : field->low;
        return field->low;
    }
    chi_read_number(reader, map, node, field, chi_map_path(reader, map, key), &value);
    return value;
}

uint32_t chi_get_months(chi_reader *reader, const chi_map *map, const char *key)
{
    const chi_field *field = chi_map_field(map, key);
    const chi_node *node = chi_map_node(map, key);
    double value = 0.0;
    if (node && node->kind != CHI_SCALAR) {
        chi_shape_error(reader, node, "a number of months");
        return (uint32_t)field->low;
    }
    const char *text = node ? node->text : field->fallback;
    if (!*text || !chi_read_scalar(reader, node, text, field, &value) ||
        (node && !is_whole(reader, node, value)))
        return (uint32_t)field->low;
    return (uint32_t)value;
}

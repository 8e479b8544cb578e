/* The rate of a loan: fixed, or multiplier * max(index, floor) + spread, however it is written. */
#include "model/amount.h"
#include "model/passes.h"

#include <math.h>
#include <string.h>

/* A rate as a linear form of at most one index. */
typedef struct form {
    uint32_t index; /* driver; CHI_NONE */
    double multiplier, spread, floor;
} form;

typedef struct analysis {
    chi_reader *reader;
    const chi_node *node;
    bool failed;
} analysis;

static form constant_form(double value)
{
    return (form){CHI_NONE, 0.0, value, -(double)INFINITY};
}

static form refuse(analysis *a, const chi_expr *expr)
{
    if (!a->failed)
        chi_diag(a->reader->diags, 237, expr->span, NULL,
            "a rate is a number, or one driver with a factor, a floor and a spread");
    a->failed = true;
    return constant_form(0.0);
}

static bool is_index_alone(form f)
{
    return f.index != CHI_NONE && f.multiplier == 1.0 && f.spread == 0.0 && isinf(f.floor);
}

static form analyse(analysis *a, const chi_expr *expr);

static form analyse_name(analysis *a, const chi_expr *expr)
{
    const chi_name *driver = chi_names_find(&a->reader->drivers, expr->name);
    if (driver)
        return (form){driver->row, 1.0, 0.0, -(double)INFINITY};
    const char *near = chi_names_nearest(a->reader, &a->reader->drivers, expr->name);
    chi_diag(a->reader->diags, 302, expr->span,
        near ? chi_arena_format(a->reader->arena, "did you mean `%s`?", near) : NULL,
        "there is no driver `%s`", expr->name);
    a->failed = true;
    return constant_form(0.0);
}

static form analyse_sum(analysis *a, const chi_expr *expr)
{
    form left = analyse(a, expr->left), right = analyse(a, expr->right);
    bool minus = expr->kind == CHI_EXPR_SUBTRACT;
    if (right.index != CHI_NONE && (minus || left.index != CHI_NONE))
        return refuse(a, expr);
    form sum = right.index == CHI_NONE ? left : right;
    sum.spread = minus ? left.spread - right.spread : left.spread + right.spread;
    return sum;
}

static form analyse_product(analysis *a, const chi_expr *expr)
{
    form left = analyse(a, expr->left), right = analyse(a, expr->right);
    if (left.index != CHI_NONE && right.index != CHI_NONE)
        return refuse(a, expr);
    form out = left.index == CHI_NONE ? right : left;
    double factor = left.index == CHI_NONE ? left.spread : right.spread;
    out.multiplier *= factor;
    out.spread *= factor;
    return out;
}

static form analyse_floor(analysis *a, const chi_expr *expr)
{
    form left = analyse(a, expr->left), right = analyse(a, expr->right);
    form out = left.index == CHI_NONE ? right : left;
    form bound = left.index == CHI_NONE ? left : right;
    if (!is_index_alone(out) || bound.index != CHI_NONE)
        return refuse(a, expr);
    out.floor = bound.spread;
    return out;
}

static form analyse(analysis *a, const chi_expr *expr)
{
    switch (expr->kind) {
    case CHI_EXPR_QUANTITY:
        if (expr->quantity.unit != CHI_UNIT_NUMBER && expr->quantity.unit != CHI_UNIT_FRACTION &&
            expr->quantity.unit != CHI_UNIT_MULTIPLE)
            return refuse(a, expr);
        return constant_form(expr->quantity.value);
    case CHI_EXPR_NAME:
        return analyse_name(a, expr);
    case CHI_EXPR_ADD:
    case CHI_EXPR_SUBTRACT:
        return analyse_sum(a, expr);
    case CHI_EXPR_MULTIPLY:
        return analyse_product(a, expr);
    case CHI_EXPR_MAX:
        return analyse_floor(a, expr);
    default:
        return refuse(a, expr);
    }
}

static void set_rate(chi_reader *reader, const chi_node *node, form rate, chi_loan *loan)
{
    loan->index = rate.index;
    loan->multiplier = rate.index == CHI_NONE ? 1.0 : rate.multiplier;
    loan->spread = rate.spread;
    loan->floor = rate.floor;
    if (rate.index != CHI_NONE && reader->build.driver.at[rate.index].process == CHI_CHAIN)
        chi_diag(reader->diags, 311, node->span, NULL,
            "a rate cannot follow `%s`, which is open or shut",
            reader->drivers.list.at[rate.index].text);
}

static void read_written(
    chi_reader *reader, const chi_map *map, const chi_node *node, chi_loan *loan)
{
    const chi_field *field = chi_map_field(map, "rate");
    chi_quantity_context context = chi_reader_context(reader);
    chi_quantity quantity;
    chi_quantity_error error;
    double value;
    if (chi_quantity_parse(node->text, node->size, &context, CHI_ACCEPT_ANY, &quantity, &error)) {
        if (chi_read_scalar(reader, node, node->text, field, &value))
            set_rate(reader, node, constant_form(value), loan);
        return;
    }
    const chi_expr *expr =
        chi_expr_parse(reader->arena, reader->diags, node, &context, CHI_EXPR_VALUE);
    analysis a = {reader, node, false};
    form rate = expr ? analyse(&a, expr) : constant_form(0.0);
    if (expr && !a.failed)
        set_rate(reader, node, rate, loan);
}

static void read_parts(chi_reader *reader, const chi_map *map, const chi_node *node, chi_loan *loan)
{
    chi_map rate = chi_map_under(reader, map, "rate", CHI_KIND_RATE);
    form parts = {.index = chi_get_driver(reader, &rate, "index"),
        .multiplier = chi_get_number(reader, &rate, "multiplier"),
        .spread = chi_get_number(reader, &rate, "spread"),
        .floor = -(double)INFINITY};
    if (chi_map_node(&rate, "floor"))
        parts.floor = chi_get_number(reader, &rate, "floor");
    if (parts.index != CHI_NONE)
        set_rate(reader, node, parts, loan);
}

void chi_rate_read(chi_reader *reader, const chi_map *map, chi_loan *loan)
{
    const chi_node *node = chi_map_node(map, "rate");
    loan->index = CHI_NONE;
    loan->multiplier = 1.0;
    loan->floor = -(double)INFINITY;
    if (!node)
        return;
    if (node->kind == CHI_MAPPING && !chi_node_get(node, "value")) {
        read_parts(reader, map, node, loan);
        return;
    }
    const char *path = chi_map_path(reader, map, "rate");
    if (node->kind == CHI_MAPPING) {
        chi_map value;
        chi_map_open(reader, &value, node, path, CHI_KIND_VALUE, map);
        double bounds[2];
        chi_bounds_read(reader, &value, chi_map_field(map, "rate"), (double)NAN, bounds);
        chi_evidence_add(reader, map, path, node, &value, bounds[0], bounds[1]);
        node = chi_map_node(&value, "value");
    } else {
        chi_evidence_add(reader, map, path, node, NULL, (double)NAN, (double)NAN);
    }
    if (node->kind == CHI_SCALAR && node->size > 0)
        read_written(reader, map, node, loan);
    else
        chi_shape_error(reader, node, "a rate");
}

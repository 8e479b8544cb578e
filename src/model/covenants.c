/* Covenants, and tests as expressions. */
#include "model/passes.h"

#include "num/philox.h"

#include <math.h>
#include <string.h>

/* a <= b holds while b - a >= 0. A call such as alive(firm) alone holds while it is above 0.5. */
uint32_t chi_test_read(
    chi_reader *reader, const chi_map *map, const char *key, const chi_scope *scope, bool *strict)
{
    const chi_node *node = chi_map_node(map, key);
    chi_quantity_context context = chi_reader_context(reader);
    *strict = false;
    if (node->kind != CHI_SCALAR) {
        chi_shape_error(reader, node, "a test");
        return CHI_NONE;
    }
    const chi_expr *expr =
        chi_expr_parse(reader->arena, reader->diags, node, &context, CHI_EXPR_TEST);
    if (!expr)
        return CHI_NONE;
    chi_code code = {0};
    chi_measure measure;
    if (!chi_compile(reader, expr, scope, &code, &measure))
        return CHI_NONE;
    if (!chi_expr_is_comparison(expr->kind)) {
        chi_code_push(&code, reader->arena, (chi_op){.code = CHI_OP_CONST, .constant = 0.5});
        chi_code_push(&code, reader->arena, (chi_op){.code = CHI_OP_SUB});
    }
    *strict = expr->kind == CHI_EXPR_LESS || expr->kind == CHI_EXPR_GREATER;
    return chi_code_store(reader, &code, node->span);
}

/* What a threshold is measured in, from how it is written. */
static chi_measure measure_of(const chi_reader *reader, const chi_node *node)
{
    chi_quantity_context context = chi_reader_context(reader);
    chi_quantity quantity;
    chi_quantity_error error;
    if (node && node->kind == CHI_MAPPING) {
        const chi_node *value = chi_node_get(node, "value");
        node = value ? value : chi_node_get(node, "low");
    }
    if (!node || node->kind != CHI_SCALAR ||
        !chi_quantity_parse(node->text, node->size, &context, 0, &quantity, &error) ||
        quantity.unit == CHI_UNIT_NUMBER)
        return CHI_MEASURE_ANY;
    return quantity.unit == CHI_UNIT_MONEY ? CHI_MEASURE_MONEY : CHI_MEASURE_NUMBER;
}

/* A number, or a range from which each path draws its own: the level is not disclosed. */
static void read_threshold(chi_reader *reader, const chi_map *map, chi_covenant *covenant)
{
    const chi_node *node = chi_map_node(map, "threshold");
    const chi_field *field = chi_map_field(map, "threshold");
    const char *path = chi_map_path(reader, map, "threshold");
    if (!node)
        return;
    if (node->kind != CHI_MAPPING || chi_node_get(node, "value")) {
        chi_read_number(reader, map, node, field, path, &covenant->threshold_low);
        covenant->threshold_high = covenant->threshold_low;
        return;
    }
    chi_map range;
    double bounds[2];
    chi_map_open(reader, &range, node, path, CHI_KIND_VALUE, map);
    chi_bounds_read(reader, &range, field, (double)NAN, bounds);
    chi_evidence_add(reader, map, path, node, &range, bounds[0], bounds[1]);
    if (isnan(bounds[0]) || isnan(bounds[1])) {
        if (!chi_map_node(&range, "low") || !chi_map_node(&range, "high"))
            chi_diag(reader->diags, 217, chi_map_span(&range), "{low: 6.0x, high: 9.0x}",
                "a threshold is a number, or has `low` and `high`");
        return;
    }
    covenant->threshold_low = bounds[0];
    covenant->threshold_high = bounds[1];
}

static void read_effects(chi_reader *reader, const chi_map *map, chi_covenant *covenant)
{
    const chi_node *node = chi_map_node(map, "effect");
    const char *words = chi_map_field(map, "effect")->detail;
    if (!node) {
        covenant->defaults = 1;
        return;
    }
    const chi_node *word = node->kind == CHI_SEQUENCE ? node->first : node;
    if (!word || node->kind == CHI_MAPPING) {
        chi_shape_error(reader, node, "a list of words");
        return;
    }
    for (; word; word = node->kind == CHI_SEQUENCE ? word->next : NULL) {
        uint32_t index = chi_read_choice(reader, word, words);
        covenant->stops_draws |= index == 0;
        covenant->defaults |= index == 1;
    }
}

static void read_first(chi_reader *reader, const chi_map *map, chi_covenant *covenant)
{
    chi_day day;
    covenant->first_month = covenant->every_months - 1;
    if (chi_get_date(reader, map, "first", &day))
        covenant->first_month = chi_month_inside(reader, chi_map_node(map, "first"), day);
}

static void read_loan(chi_reader *reader, const chi_map *map, uint32_t firm, chi_covenant *covenant)
{
    const chi_node *node = chi_map_node(map, "loan");
    covenant->loan = CHI_NONE;
    if (!node)
        return;
    uint32_t row = chi_read_name(reader, node, 303, "contract", &reader->contracts);
    if (row == CHI_NONE || reader->contract.at[row].row == CHI_NONE)
        return;
    const chi_contract *contract = &reader->contract.at[row];
    if (contract->kind != CHI_CONTRACT_LOAN) {
        chi_diag(reader->diags, 312, node->span, NULL, "`%s` is %s, not a loan", node->text,
            chi_kind_at(contract->schema)->title);
        return;
    }
    covenant->loan = contract->row;
    uint32_t borrower = reader->build.loan.at[contract->row].borrower;
    if (borrower != firm && borrower != CHI_NONE)
        chi_diag(reader->diags, 314, node->span, NULL,
            "`%s` is not a loan of `%s`: `%s` borrows it", node->text,
            reader->build.text.at + reader->build.firm.at[firm].name,
            reader->build.text.at + reader->build.firm.at[borrower].name);
}

static void read_covenant(
    chi_reader *reader, const chi_map *firm_map, const chi_node *node, uint32_t firm)
{
    chi_map map;
    const char *path =
        chi_arena_format(reader->arena, "%s.covenants.%s", firm_map->path, node->key);
    if (!chi_map_open(reader, &map, node, path, CHI_KIND_COVENANT, firm_map))
        return;
    bool used = false, strict = false;
    chi_covenant covenant = {.name = chi_builder_text(&reader->build, node->key),
        .firm = firm,
        .expr = CHI_NONE,
        .every_months = chi_get_months(reader, &map, "every"),
        .cure_months = chi_get_months(reader, &map, "cure"),
        .stream = chi_stream_id(path)};
    chi_scope scope = {.kind = CHI_SCOPE_COVENANT,
        .firm = firm,
        .covenant = (uint32_t)reader->build.covenant.count,
        .threshold = measure_of(reader, chi_map_node(&map, "threshold")),
        .threshold_used = &used};
    read_threshold(reader, &map, &covenant);
    read_first(reader, &map, &covenant);
    read_loan(reader, &map, firm, &covenant);
    read_effects(reader, &map, &covenant);
    if (chi_map_node(&map, "test"))
        covenant.expr = chi_test_read(reader, &map, "test", &scope, &strict);
    covenant.strict = strict;
    const chi_node *threshold = chi_map_node(&map, "threshold");
    if (used != (threshold != NULL) && covenant.expr != CHI_NONE)
        chi_diag(reader->diags, 317, threshold ? chi_key_span(threshold) : chi_map_span(&map), NULL,
            used ? "the test names `threshold`, which is not given"
                 : "`threshold` is given, but the test does not name it");
    *CHI_PUSH(reader->arena, &reader->build.covenant) = covenant;
}

void chi_covenants_read(chi_reader *reader)
{
    for (size_t i = 0; i < reader->firms.list.count; i++) {
        uint32_t row = reader->firms.list.at[i].row;
        const chi_map *map = &reader->firm_map[row];
        if (map->kind != chi_kind_at(CHI_KIND_FIRM_SIMULATED))
            continue;
        const chi_node *child = chi_map_children(reader, map, "covenants");
        for (; child; child = child->next)
            if (chi_name_check(reader, child, "a covenant"))
                read_covenant(reader, map, child, row);
    }
}

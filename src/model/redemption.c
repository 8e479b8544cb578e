/* When a loan is repaid: dated instalments, cycles, and what is left at maturity. */
#include "model/passes.h"

#include "base/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct payment {
    chi_day day;
    double amount;
} payment;

typedef struct payments {
    CHI_VEC(payment) list;
} payments;

/* "115/quarter": how many months lie between two payments. */
static uint32_t period_months(const char *text)
{
    const char *slash = strchr(text, '/');
    static const struct {
        const char *word;
        uint32_t months;
    } words[] = {{"month", 1}, {"mo", 1}, {"quarter", 3}, {"q", 3}, {"year", 12}, {"y", 12}};
    while (slash && *++slash == ' ')
        continue;
    for (size_t i = 0; slash && i < sizeof words / sizeof *words; i++)
        if (strcmp(slash, words[i].word) == 0)
            return words[i].months;
    return 0;
}

/* Instalments of so much a period: the loan's own cycle. */
static void read_periodic(
    chi_reader *reader, const chi_map *map, const chi_node *node, chi_loan *loan)
{
    chi_field field = *chi_map_field(map, "instalments");
    field.type = CHI_TYPE_FLOW;
    double monthly;
    if (!chi_read_scalar(reader, node, node->text, &field, &monthly))
        return;
    uint32_t months = period_months(node->text);
    if (months == 0) {
        chi_diag(reader->diags, 414, node->span, "write 115/quarter, or {2025-10-31: 115}",
            "`instalments` needs a period or dates");
        return;
    }
    if (loan->redemption_months != 0 && loan->redemption_months != months) {
        chi_diag(reader->diags, 414, node->span, NULL,
            "the period of `instalments` is not the `redemption_cycle`");
        return;
    }
    loan->redemption_months = months;
    loan->redemption = monthly * (double)months;
}

static void add_instalment(chi_reader *reader, const chi_map *map, const chi_loan *loan,
    const chi_node *node, payments *out)
{
    payment at;
    if (!chi_read_date(reader, node, node->key, &at.day))
        return;
    if (node->kind != CHI_SCALAR) {
        chi_shape_error(reader, node, "an amount");
        return;
    }
    if (!chi_read_scalar(reader, node, node->text, chi_map_field(map, "instalments"), &at.amount))
        return;
    if (reader->dated && (at.day <= loan->initial_exchange || at.day > loan->maturity))
        chi_diag(reader->diags, 415, chi_key_span(node), NULL,
            "the instalment of %s does not lie between the start and maturity", node->key);
    else
        *CHI_PUSH(reader->arena, &out->list) = at;
}

static const chi_node *open_instalments(
    chi_reader *reader, const chi_map *map, const chi_node *node)
{
    const char *path = chi_map_path(reader, map, "instalments");
    if (node->kind == CHI_MAPPING && !chi_is_dated(node)) {
        chi_map value;
        chi_map_open(reader, &value, node, path, CHI_KIND_VALUE, map);
        chi_evidence_add(reader, map, path, node, &value, (double)NAN, (double)NAN);
        const chi_node *inner = chi_map_node(&value, "by");
        inner = inner ? inner : chi_map_node(&value, "value");
        return inner ? inner : chi_map_node(&value, "amount");
    }
    chi_evidence_add(reader, map, path, node, NULL, (double)NAN, (double)NAN);
    return node;
}

static void read_instalments(chi_reader *reader, const chi_map *map, chi_loan *loan, payments *out)
{
    const chi_node *node = chi_map_node(map, "instalments");
    if (!node)
        return;
    node = open_instalments(reader, map, node);
    if (!node || node->kind == CHI_SEQUENCE) {
        chi_shape_error(reader, chi_map_node(map, "instalments"), "dates with amounts");
        return;
    }
    if (node->kind == CHI_SCALAR) {
        read_periodic(reader, map, node, loan);
        return;
    }
    for (const chi_node *child = node->first; child; child = child->next)
        add_instalment(reader, map, loan, child, out);
}

static int by_day(const void *a, const void *b)
{
    const payment *x = a, *y = b;
    return (x->day > y->day) - (x->day < y->day);
}

/* The dated instalments by month of the horizon, as the engine takes them. */
static uint32_t table_of(chi_reader *reader, const payments *list)
{
    chi_builder *build = &reader->build;
    if (list->list.count == 0 || !reader->dated)
        return CHI_NONE;
    uint32_t table = chi_table_add(reader, (ch_span){0});
    for (size_t i = 0; table != CHI_NONE && i < list->list.count; i++) {
        int month = chi_reader_month(reader, list->list.at[i].day);
        if (month >= 0 && month < (int)build->months)
            build->values.at[table + (uint32_t)month] += list->list.at[i].amount;
    }
    return table;
}

/* Redemptions on the cycle, counted from the anchor; at month ends if the anchor is one. */
static void add_cycle(chi_reader *reader, const chi_loan *loan, payments *out)
{
    chi_day anchor = loan->redemption_anchor, day = anchor;
    if (loan->redemption_months == 0 || loan->redemption <= 0.0)
        return;
    for (int k = 0; day < loan->maturity; k += (int)loan->redemption_months) {
        day = chi_day_add_months(anchor, k);
        day = chi_is_month_end(anchor) ? chi_month_end(day) : day;
        if (day > loan->initial_exchange && day < loan->maturity)
            *CHI_PUSH(reader->arena, &out->list) = (payment){day, loan->redemption};
    }
}

/* The loan's scheduled principal as it stands at the start, what is left at maturity included. */
static void add_repayments(chi_reader *reader, const chi_loan *loan, uint32_t row, payments *list)
{
    double left = loan->notional;
    if (loan->initial_exchange > reader->build.start || !reader->dated)
        return;
    if (list->list.count)
        qsort(list->list.at, list->list.count, sizeof *list->list.at, by_day);
    for (size_t i = 0; i < list->list.count && left > 0.0; i++) {
        double amount = fmin(list->list.at[i].amount, left);
        left -= amount;
        *CHI_PUSH(reader->arena, &reader->build.repayment) =
            (chi_repayment){row, list->list.at[i].day, amount};
    }
    if (left > 0.0)
        *CHI_PUSH(reader->arena, &reader->build.repayment) =
            (chi_repayment){row, loan->maturity, left};
}

static void check_sum(
    chi_reader *reader, const chi_map *map, const chi_loan *loan, const payments *list)
{
    double sum = 0.0;
    for (size_t i = 0; i < list->list.count; i++)
        sum += list->list.at[i].amount;
    if (list->list.count > 0 && sum > loan->notional * (1.0 + 1e-9))
        chi_diag(reader->diags, 412, chi_key_span(chi_map_node(map, "instalments")), NULL,
            "the instalments sum to %.10g, %.10g more than the principal of %.10g", sum,
            sum - loan->notional, loan->notional);
}

static void read_cycle(chi_reader *reader, const chi_map *map, chi_loan *loan)
{
    chi_day day;
    if (loan->redemption_months == 0) {
        const chi_node *need =
            chi_kind_field(map->kind, "redemption") ? chi_map_node(map, "redemption") : NULL;
        if (!need && loan->draw_instalment > 0.0)
            need = chi_map_node(map, "draw_instalment");
        if (need)
            chi_diag(reader->diags, 414, chi_key_span(need), "redemption_cycle: 3 months",
                "`%s` needs a `redemption_cycle`", need->key);
        return;
    }
    loan->redemption_anchor =
        chi_day_add_months(loan->initial_exchange, (int)loan->redemption_months);
    if (chi_is_month_end(loan->initial_exchange))
        loan->redemption_anchor = chi_month_end(loan->redemption_anchor);
    if (chi_get_date(reader, map, "first_redemption", &day))
        loan->redemption_anchor = day;
}

void chi_redemption_read(chi_reader *reader, const chi_map *map, chi_loan *loan, uint32_t row)
{
    payments list = {0};
    if (chi_kind_field(map->kind, "redemption_cycle")) {
        loan->redemption_months = chi_get_months(reader, map, "redemption_cycle");
        if (chi_kind_field(map->kind, "redemption"))
            loan->redemption = chi_get_number(reader, map, "redemption");
        read_instalments(reader, map, loan, &list);
        read_cycle(reader, map, loan);
        check_sum(reader, map, loan, &list);
        loan->instalments = table_of(reader, &list);
    }
    add_cycle(reader, loan, &list);
    add_repayments(reader, loan, row, &list);
}

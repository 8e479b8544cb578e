/* Take-or-pay contracts: capacity that is paid for whether it is used or not. */
#include "model/passes.h"

#include "num/philox.h"

static void check_parties(chi_reader *reader, const chi_map *map, const chi_customer *customer)
{
    const chi_kind *simulated = chi_kind_at(CHI_KIND_FIRM_SIMULATED);
    if (customer->seller == CHI_NONE || customer->buyer == CHI_NONE)
        return;
    if (reader->firm_map[customer->seller].kind != simulated &&
        reader->firm_map[customer->buyer].kind != simulated)
        chi_diag(reader->diags, 421, chi_map_span(map), NULL, "neither side of `%s` is simulated",
            map->node->key);
    if (customer->seller == customer->buyer)
        chi_diag(reader->diags, 411, chi_map_node(map, "buyer")->span, NULL,
            "`%s` would owe itself: it is seller and buyer", chi_map_node(map, "buyer")->text);
}

static void read_months(chi_reader *reader, const chi_map *map, chi_customer *customer)
{
    chi_day from = 0, until = 0;
    bool starts = chi_get_date(reader, map, "from", &from);
    bool ends = chi_get_date(reader, map, "until", &until);
    customer->end_month = reader->build.months;
    if (starts && reader->dated) {
        int month = chi_reader_month(reader, from);
        if (month >= (int)reader->build.months)
            (void)chi_month_inside(reader, chi_map_node(map, "from"), from);
        customer->first_month = month < 0 ? 0 : (uint32_t)month;
    }
    if (!ends || !reader->dated)
        return;
    int last = chi_reader_month(reader, until);
    if (last < 0)
        (void)chi_month_inside(reader, chi_map_node(map, "until"), until);
    else if (last < (int)reader->build.months)
        customer->end_month = (uint32_t)last + 1;
    if (starts && until < from)
        chi_diag(
            reader->diags, 413, chi_map_node(map, "until")->span, NULL, "`until` is before `from`");
}

static void read_advance(
    chi_reader *reader, const chi_map *map, chi_customer *customer, uint32_t row)
{
    chi_map advance = chi_map_under(reader, map, "advance", CHI_KIND_ADVANCE);
    chi_day at;
    customer->advance_month = CHI_NONE;
    if (!advance.node)
        return;
    customer->advance_open = chi_get_number(reader, &advance, "open");
    customer->advance = chi_get_number(reader, &advance, "amount");
    customer->advance_share = chi_get_number(reader, &advance, "share");
    uint32_t class = chi_get_choice(reader, &advance, "seniority");
    if (class != CHI_NONE && class != CHI_CLASS_UNSECURED)
        *CHI_PUSH(reader->arena, &reader->build.rank) = (chi_rank){row, class};
    bool dated = chi_get_date(reader, &advance, "at", &at);
    if (dated)
        customer->advance_month = chi_month_inside(reader, chi_map_node(&advance, "at"), at);
    if (dated != (customer->advance > 0.0) &&
        !chi_map_node(&advance, "at") != !chi_map_node(&advance, "amount"))
        chi_diag(reader->diags, 419, chi_map_span(&advance), NULL,
            "`amount` and `at` of an advance belong together");
}

void chi_customer_read(chi_reader *reader, const chi_contract *contract)
{
    const chi_map *map = &contract->map;
    const char *key = map->node->key;
    chi_scope scope = {.kind = CHI_SCOPE_DRIVERS};
    chi_customer customer = {.name = chi_builder_text(&reader->build, key),
        .stream = chi_stream_id(chi_arena_format(reader->arena, "contracts.%s.cancellation", key)),
        .seller = chi_get_firm(reader, map, "seller"),
        .buyer = chi_get_firm(reader, map, "buyer")};
    uint32_t class = chi_get_choice(reader, map, "seniority");
    customer.class = class == CHI_NONE ? CHI_CLASS_OPERATING : class;
    check_parties(reader, map, &customer);
    read_months(reader, map, &customer);
    read_advance(reader, map, &customer, contract->row);
    customer.amount = chi_get_amount(reader, map, "amount", &scope);
    if (chi_map_node(map, "amount"))
        chi_amount_check_sign(reader, chi_map_node(map, "amount"), &customer.amount, "amount");
    customer.cancellation = chi_get_amount(reader, map, "cancellation", &scope);
    reader->build.customer.at[contract->row] = customer;
}

/* Names first: everything a file defines gets its row before any of it is read, so that the file
 * may name things in any order. */
#include "model/passes.h"

#include "base/check.h"

#include <string.h>

static bool open_named(chi_reader *reader, const chi_node *child, const char *section,
    const char *what, chi_names *names, size_t limit)
{
    if (!chi_name_check(reader, child, what))
        return false;
    if (names->list.count < limit)
        return true;
    if (names->list.count == limit)
        chi_diag(reader->diags, 231, chi_key_span(child), NULL, "a model has at most %zu %s", limit,
            section);
    return false;
}

static void index_drivers(chi_reader *reader)
{
    const chi_node *child = chi_map_children(reader, &reader->top, "drivers");
    for (; child; child = child->next)
        if (open_named(reader, child, "drivers", "a driver", &reader->drivers, CHI_DRIVERS_MAX))
            chi_names_add(reader->arena, &reader->drivers, child->key,
                (uint32_t)reader->drivers.list.count, child->key_span);
}

/* A firm with an opening sheet, or with anything else that only such a firm has, is simulated. */
static chi_kind_id kind_of_firm(const chi_node *node)
{
    static const char *const keys[] = {"opening", "operations", "funding", "covenants", "failure"};
    if (chi_node_get(node, "opening"))
        return CHI_KIND_FIRM_SIMULATED;
    if (chi_node_get(node, "default") || chi_node_get(node, "equity"))
        return CHI_KIND_FIRM_REDUCED;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (chi_node_get(node, keys[i]))
            return CHI_KIND_FIRM_SIMULATED;
    return CHI_KIND_FIRM_REDUCED;
}

static void index_firms(chi_reader *reader)
{
    chi_builder *build = &reader->build;
    const chi_node *child = chi_map_children(reader, &reader->top, "firms");
    const chi_node *list = child;
    size_t count = 1;
    *CHI_PUSH(reader->arena, &build->firm) = (chi_firm){.name = chi_builder_text(build, "outside"),
        .title = chi_builder_text(build, "everyone else"),
        .kind = CHI_OUTSIDE,
        .intensity = chi_amount_constant(0.0),
        .target = chi_amount_constant(0.0),
        .keep_own = 1.0,
        .keep_received = 1.0};
    for (; child; child = child->next)
        if (open_named(reader, child, "firms", "a firm", &reader->firms, CHI_FIRMS_MAX - 1)) {
            chi_names_add(
                reader->arena, &reader->firms, child->key, (uint32_t)count++, child->key_span);
            CHI_PUSH(reader->arena, &build->firm)->name = chi_builder_text(build, child->key);
        }
    reader->firm_map = chi_arena_alloc(reader->arena, count * sizeof *reader->firm_map);
    reader->lines = chi_arena_alloc(reader->arena, count * sizeof *reader->lines);
    for (; list; list = list->next) {
        const chi_name *name = chi_names_find(&reader->firms, list->key);
        if (!name)
            continue;
        const char *path = chi_arena_format(reader->arena, "firms.%s", list->key);
        chi_map_open(
            reader, &reader->firm_map[name->row], list, path, kind_of_firm(list), &reader->top);
    }
}

/* The type of a contract by the standard; CHI_DEAL_NONE after an error. */
static uint32_t read_type(chi_reader *reader, const chi_node *node)
{
    const chi_node *own = chi_node_get(node, "type"), *type = chi_node_get(node, "contractType");
    if (own && type)
        chi_diag_related(reader->diags, 650, chi_key_span(type), chi_key_span(own), NULL,
            "`type` and `contractType` are one term");
    type = type ? type : own;
    if (!type) {
        chi_diag(reader->diags, 202, chi_key_span(node),
            "`type` is an ACTUS type such as PAM or SWPPV",
            "a standard contract needs the key `type`");
        return CHI_DEAL_NONE;
    }
    const char *all = chi_kind_field(chi_kind_at(CHI_KIND_ACTUS), "type")->detail;
    return chi_read_choice(reader, type, all) == CHI_NONE ? CHI_DEAL_NONE
                                                          : chi_deal_type_of(type->text);
}

static bool is_standard(const chi_node *node)
{
    return !chi_node_get(node, "kind") &&
           (chi_node_get(node, "type") || chi_node_get(node, "contractType"));
}

/* Finds the kind of a contract from its `kind`. False after an error. */
static bool open_contract(chi_reader *reader, const chi_node *node, chi_contract *contract)
{
    static const chi_kind_id kinds[] = {CHI_KIND_LOAN, CHI_KIND_DELAYED_DRAW_LOAN,
        CHI_KIND_REVOLVER, CHI_KIND_TAKE_OR_PAY, CHI_KIND_ACTUS};
    if (node->kind != CHI_MAPPING) {
        chi_shape_error(reader, node, "a mapping");
        return false;
    }
    const chi_node *kind = chi_node_get(node, "kind");
    const char *all = chi_map_field(&reader->top, "contracts")->detail;
    contract->schema = CHI_KIND_ACTUS;
    if (!kind && !is_standard(node)) {
        chi_diag(reader->diags, 202, chi_key_span(node),
            "`kind` is one of loan, delayed_draw_loan, revolver, take_or_pay, actus",
            "a contract needs the key `kind`");
        return false;
    }
    if (kind) {
        uint32_t index = chi_read_choice(reader, kind, all);
        if (index == CHI_NONE)
            return false;
        contract->schema = kinds[index];
    }
    const char *path = chi_arena_format(reader->arena, "contracts.%s", node->key);
    contract->kind =
        contract->schema == CHI_KIND_TAKE_OR_PAY ? CHI_CONTRACT_CUSTOMER : CHI_CONTRACT_LOAN;
    if (contract->schema == CHI_KIND_ACTUS) {
        contract->type = read_type(reader, node);
        if (contract->type == CHI_DEAL_NONE)
            return false;
        if (contract->type > CHI_DEAL_UMP)
            contract->kind = CHI_CONTRACT_DEAL;
    }
    return chi_map_open(reader, &contract->map, node, path, contract->schema, &reader->top);
}

/* Its rows, to be filled when it is read. */
static void add_rows(chi_reader *reader, chi_contract *contract)
{
    chi_builder *build = &reader->build;
    if (contract->schema == CHI_KIND_ACTUS) {
        contract->deal = (uint32_t)build->deal.count;
        CHI_PUSH(reader->arena, &build->deal)->creator = CHI_NONE;
    }
    if (contract->kind == CHI_CONTRACT_DEAL) {
        contract->row = contract->deal;
    } else if (contract->kind == CHI_CONTRACT_LOAN) {
        contract->row = (uint32_t)build->loan.count;
        CHI_PUSH(reader->arena, &build->loan)->borrower = CHI_NONE;
    } else {
        contract->row = (uint32_t)build->customer.count;
        CHI_PUSH(reader->arena, &build->customer)->seller = CHI_NONE;
    }
}

/* A contract that cannot be opened still has its name, so that it is not reported as unknown. */
static void index_contracts(chi_reader *reader)
{
    const chi_node *child = chi_map_children(reader, &reader->top, "contracts");
    for (; child; child = child->next) {
        if (!open_named(
                reader, child, "contracts", "a contract", &reader->contracts, CHI_CONTRACTS_MAX))
            continue;
        chi_contract contract = {.kind = CHI_CONTRACT_LOAN, .row = CHI_NONE};
        if (open_contract(reader, child, &contract))
            add_rows(reader, &contract);
        chi_names_add(reader->arena, &reader->contracts, child->key,
            (uint32_t)reader->contract.count, child->key_span);
        *CHI_PUSH(reader->arena, &reader->contract) = contract;
    }
}

/* A ladder names loans and markets alike, so their names must differ. */
static void index_markets(chi_reader *reader)
{
    const chi_node *list = chi_map_children(reader, &reader->top, "markets");
    size_t count = 0;
    for (const chi_node *child = list; child; child = child->next) {
        if (!open_named(reader, child, "markets", "a market", &reader->markets, CHI_FIRMS_MAX))
            continue;
        const chi_name *contract = chi_names_find(&reader->contracts, child->key);
        if (contract)
            chi_diag_related(reader->diags, 310, child->key_span, contract->span, NULL,
                "`%s` names a contract and a market", child->key);
        else
            chi_names_add(
                reader->arena, &reader->markets, child->key, (uint32_t)count++, child->key_span);
    }
    reader->market_map = chi_arena_alloc(reader->arena, (count + 1) * sizeof(chi_map));
    for (const chi_node *child = list; child; child = child->next) {
        const chi_name *name = chi_names_find(&reader->markets, child->key);
        if (!name)
            continue;
        const char *path = chi_arena_format(reader->arena, "markets.%s", child->key);
        chi_map_open(
            reader, &reader->market_map[name->row], child, path, CHI_KIND_MARKET, &reader->top);
    }
    for (size_t i = 0; i < count; i++)
        (void)CHI_PUSH(reader->arena, &reader->build.market);
}

void chi_index_read(chi_reader *reader)
{
    index_drivers(reader);
    index_firms(reader);
    index_contracts(reader);
    index_markets(reader);
}

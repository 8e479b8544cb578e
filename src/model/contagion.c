/* Holdings, supplies, common assets, and how losses travel; and that they can be true together. */
#include "model/passes.h"

#include "base/check.h"
#include "num/math.lane.h"

#include <math.h>
#include <string.h>

enum { RELATIONS_MAX = 1 << 16 }; /* rows of one table */

/* --- shared ------------------------------------------------------------------------------- */

static const char *firm_text(const chi_reader *reader, uint32_t firm)
{
    return reader->build.text.at + reader->build.firm.at[firm].name;
}

static bool is_simulated(const chi_reader *reader, uint32_t firm)
{
    return reader->build.firm.at[firm].kind == CHI_SIMULATED;
}

/* A firm of the file; CHI_NONE after an error. */
static uint32_t read_party(chi_reader *reader, const chi_map *map, const char *key)
{
    uint32_t firm = chi_get_firm(reader, map, key);
    if (firm != 0)
        return firm;
    chi_diag(
        reader->diags, 673, chi_map_node(map, key)->span, NULL, "`outside` cannot be the %s", key);
    return CHI_NONE;
}

static bool differ(
    chi_reader *reader, const chi_map *map, const char *key, uint32_t a, uint32_t b, const char *as)
{
    if (a == CHI_NONE || b == CHI_NONE)
        return false;
    if (a == b)
        chi_diag(reader->diags, 671, chi_map_node(map, key)->span, NULL, "`%s` would %s itself",
            firm_text(reader, a), as);
    return a != b;
}

/* The map of a child of `section`; false if it cannot be read. */
static bool open_row(
    chi_reader *reader, const chi_node *child, const char *section, chi_kind_id kind, chi_map *map)
{
    const char *path = chi_arena_format(reader->arena, "%s.%s", section, child->key);
    return chi_name_check(reader, child, chi_kind_at(kind)->title) &&
           chi_map_open(reader, map, child, path, kind, &reader->top);
}

static bool has_room(chi_reader *reader, const chi_node *child, size_t count, const char *section)
{
    if (count == RELATIONS_MAX)
        chi_diag(reader->diags, 231, chi_key_span(child), NULL, "a model has at most %d %s",
            (int)RELATIONS_MAX, section);
    return count < RELATIONS_MAX;
}

/* One row for a pair of firms: two would be a slip or belong into one. */
static void check_pair(chi_reader *reader, chi_names *seen, const chi_map *map, uint32_t a,
    uint32_t b, const char *what)
{
    const char *pair = chi_arena_format(reader->arena, "%u %u", a, b);
    const chi_name *same = chi_names_find(seen, pair);
    if (same)
        chi_diag_related(reader->diags, 675, chi_map_span(map), same->span, NULL,
            "%s `%s` and `%s` is given twice", what, firm_text(reader, a), firm_text(reader, b));
    else
        chi_names_add(reader->arena, seen, pair, 0, chi_map_span(map));
}

/* --- holdings ----------------------------------------------------------------------------- */

/* What the stake is carried at, and how that follows the issuer's equity. */
static void value_stake(chi_reader *reader, const chi_map *map, chi_holding *row)
{
    const chi_firm *issuer = &reader->build.firm.at[row->issuer];
    if (!isfinite(issuer->equity)) {
        chi_diag(reader->diags, 674, chi_map_node(map, "issuer")->span, NULL,
            "the equity of `%s` is not known", firm_text(reader, row->issuer));
        return;
    }
    row->per_equity = row->share;
    row->open = row->share * fmax(issuer->equity, 0.0);
    if (!chi_map_node(map, "value"))
        return;
    const double most = 1e9; /* times the equity: beyond it the equity is a rounding */
    row->open = chi_get_number(reader, map, "value");
    if (issuer->equity > 0.0 && row->open <= most * issuer->equity) {
        row->per_equity = row->open / issuer->equity;
        return;
    }
    chi_diag(reader->diags, 676, chi_map_node(map, "value")->span, NULL,
        "the value cannot follow the equity of `%s`, which is %.10g at the start",
        firm_text(reader, row->issuer), issuer->equity);
}

static void read_holding(chi_reader *reader, const chi_node *child, chi_names *seen)
{
    chi_map map;
    chi_builder *build = &reader->build;
    if (!has_room(reader, child, build->holding.count, "holdings") ||
        !open_row(reader, child, "holdings", CHI_KIND_HOLDING, &map))
        return;
    chi_holding row = {.name = chi_builder_text(build, child->key),
        .issuer = read_party(reader, &map, "issuer"),
        .holder = read_party(reader, &map, "holder"),
        .share = chi_get_number(reader, &map, "share")};
    if (!differ(reader, &map, "holder", row.issuer, row.holder, "own"))
        return;
    check_pair(reader, seen, &map, row.issuer, row.holder, "the stake of");
    value_stake(reader, &map, &row);
    *CHI_PUSH(reader->arena, &build->holding) = row;
}

static ch_span span_of_holding(const chi_reader *reader, uint32_t row)
{
    const chi_node *all = chi_map_node(&reader->top, "holdings");
    return chi_key_span(
        chi_node_get(all, reader->build.text.at + reader->build.holding.at[row].name));
}

/* Shares of each issuer, and the last holding of it. */
static void check_sums(chi_reader *reader, double *sum)
{
    const double tolerance = 1e-9; /* shares are written to a few digits */
    for (uint32_t i = 0; i < reader->build.holding.count; i++) {
        const chi_holding *row = &reader->build.holding.at[i];
        bool good = sum[row->issuer] <= 1.0 + tolerance;
        sum[row->issuer] += row->share;
        if (good && sum[row->issuer] > 1.0 + tolerance)
            chi_diag(reader->diags, 670, span_of_holding(reader, i), NULL,
                "with this stake %.10g%% of the equity of `%s` is held", 100.0 * sum[row->issuer],
                firm_text(reader, row->issuer));
    }
}

/* Firms that are owned whole by each other: their equities hang on nothing. What is left when all
 * are struck out that have an owner outside the rest. */
static void check_circles(chi_reader *reader, const double *sum)
{
    const chi_builder *build = &reader->build;
    bool *whole = chi_arena_alloc(reader->arena, build->firm.count * sizeof *whole);
    for (size_t f = 0; f < build->firm.count; f++)
        whole[f] = sum[f] > 1.0 - 1e-9;
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < build->holding.count; i++) {
            const chi_holding *row = &build->holding.at[i];
            if (row->share > 0.0 && whole[row->issuer] && !whole[row->holder]) {
                whole[row->issuer] = false;
                changed = true;
            }
        }
    }
    for (uint32_t i = 0; i < build->holding.count; i++)
        if (whole[build->holding.at[i].issuer]) {
            chi_diag(reader->diags, 672, span_of_holding(reader, i), NULL,
                "`%s` is owned whole by firms that it owns whole, by way of others or at once",
                firm_text(reader, build->holding.at[i].issuer));
            return;
        }
}

/* Is `to` among the owners of `from`, or theirs? */
static bool is_owned_by(const chi_reader *reader, uint32_t from, uint32_t to, bool *seen)
{
    const chi_builder *build = &reader->build;
    memset(seen, 0, build->firm.count * sizeof *seen);
    seen[from] = true;
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < build->holding.count; i++) {
            const chi_holding *row = &build->holding.at[i];
            if (seen[row->issuer] && !seen[row->holder])
                changed = seen[row->holder] = true;
        }
    }
    return seen[to];
}

/* In a circle a stake and the equity it is measured by move each other: only the share of book
 * equity has a fixed point for certain (Elsinger 2009). */
static void check_values(chi_reader *reader)
{
    const chi_builder *build = &reader->build;
    const chi_node *all = chi_map_node(&reader->top, "holdings");
    bool *seen = chi_arena_alloc(reader->arena, build->firm.count * sizeof *seen);
    for (uint32_t i = 0; i < build->holding.count; i++) {
        const chi_holding *row = &build->holding.at[i];
        const chi_node *node = chi_node_get(all, build->text.at + row->name);
        const chi_node *value = node ? chi_node_get(node, "value") : NULL;
        if (value && is_owned_by(reader, row->holder, row->issuer, seen))
            chi_diag(reader->diags, 676, value->span, NULL,
                "`%s` owns a part of its holder: the value would follow itself",
                firm_text(reader, row->issuer));
    }
}

static void read_holdings(chi_reader *reader)
{
    chi_names seen = {0};
    const chi_node *child = chi_map_children(reader, &reader->top, "holdings");
    for (; child; child = child->next)
        read_holding(reader, child, &seen);
    if (reader->build.holding.count == 0)
        return;
    double *sum = chi_arena_alloc(reader->arena, reader->build.firm.count * sizeof *sum);
    check_sums(reader, sum);
    check_circles(reader, sum);
    check_values(reader);
}

/* --- supplies ----------------------------------------------------------------------------- */

static void read_supply(chi_reader *reader, const chi_node *child, chi_names *seen)
{
    chi_map map;
    chi_builder *build = &reader->build;
    if (!has_room(reader, child, build->supply.count, "supplies") ||
        !open_row(reader, child, "supply", CHI_KIND_SUPPLY, &map))
        return;
    chi_supply row = {.name = chi_builder_text(build, child->key),
        .supplier = read_party(reader, &map, "supplier"),
        .customer = read_party(reader, &map, "customer"),
        .dependency = chi_get_number(reader, &map, "dependency"),
        .essential = chi_get_yes(reader, &map, "essential"),
        .months = CHI_NONE};
    if (chi_map_node(&map, "replaced_after"))
        row.months = chi_get_months(reader, &map, "replaced_after");
    if (!differ(reader, &map, "customer", row.supplier, row.customer, "supply"))
        return;
    check_pair(reader, seen, &map, row.supplier, row.customer, "the supply of");
    if (is_simulated(reader, row.customer))
        *CHI_PUSH(reader->arena, &build->supply) = row;
    else
        chi_diag(reader->diags, 677, chi_map_node(&map, "customer")->span,
            "name a firm with an `opening` sheet", "`%s` has no revenue that could fall",
            firm_text(reader, row.customer));
}

/* --- common assets ------------------------------------------------------------------------ */

/* One owner, in `property` or in `held`. */
static void read_owner(
    chi_reader *reader, const chi_map *map, const char *key, const chi_node *child, chi_names *seen)
{
    bool property = strcmp(key, "property") == 0;
    chi_owner row = {.firm = chi_read_firm(reader, child, child->key)};
    const char *path = chi_arena_format(reader->arena, "%s.%s.%s", map->path, key, child->key);
    bool good = chi_read_number(reader, map, child, chi_map_field(map, key), path, &row.amount);
    if (row.firm == CHI_NONE || !good)
        return;
    if (row.firm == 0)
        chi_diag(reader->diags, 673, chi_key_span(child), NULL, "`outside` cannot be an owner");
    else if (is_simulated(reader, row.firm) != property)
        chi_diag(reader->diags, 677, chi_key_span(child),
            property ? "write how much it owns under `held`"
                     : "write a share of its property under `property`",
            property ? "`%s` has no sheet with property" : "`%s` has a sheet",
            firm_text(reader, row.firm));
    else if (row.amount < 0.0)
        chi_diag(reader->diags, 210, child->span, "at least 0", "`%s` is out of range: %s",
            child->key, child->text ? child->text : "negative");
    else if (chi_names_find(seen, child->key))
        return; /* the same key twice is an error of the file itself */
    else {
        chi_names_add(reader->arena, seen, child->key, 0, chi_key_span(child));
        *CHI_PUSH(reader->arena, &reader->build.owner) = row;
    }
}

static void read_asset(chi_reader *reader, const chi_node *child)
{
    static const char *const keys[] = {"property", "held"};
    chi_map map;
    chi_names seen = {0};
    chi_builder *build = &reader->build;
    if (!has_room(reader, child, build->asset.count, "common assets") ||
        !open_row(reader, child, "common_assets", CHI_KIND_COMMON_ASSET, &map))
        return;
    double impact = chi_get_number(reader, &map, "impact");
    double sale = chi_get_number(reader, &map, "sale");
    chi_asset row = {.name = chi_builder_text(build, child->key),
        .owners = {(uint32_t)build->owner.count, 0},
        .rate = sale > 0.0 ? lane_log(1.0 - impact) / sale : 0.0};
    for (int k = 0; k < 2; k++)
        for (const chi_node *owner = chi_map_children(reader, &map, keys[k]); owner;
             owner = owner->next)
            read_owner(reader, &map, keys[k], owner, &seen);
    row.owners.count = (uint32_t)build->owner.count - row.owners.first;
    *CHI_PUSH(reader->arena, &build->asset) = row;
}

/* The common kinds of a firm's property are parts of it. */
static void check_property(chi_reader *reader)
{
    const chi_builder *build = &reader->build;
    const chi_node *all = chi_map_node(&reader->top, "common_assets");
    double *sum = chi_arena_alloc(reader->arena, build->firm.count * sizeof *sum);
    for (size_t a = 0; a < build->asset.count; a++)
        for (uint32_t k = 0; k < build->asset.at[a].owners.count; k++) {
            const chi_owner *owner = &build->owner.at[build->asset.at[a].owners.first + k];
            if (!is_simulated(reader, owner->firm) || sum[owner->firm] > 1.0 + 1e-9)
                continue;
            sum[owner->firm] += owner->amount;
            if (sum[owner->firm] > 1.0 + 1e-9)
                chi_diag(reader->diags, 678,
                    chi_key_span(chi_node_get(all, build->text.at + build->asset.at[a].name)), NULL,
                    "%.10g%% of the property of `%s` would be of common kinds",
                    100.0 * sum[owner->firm], firm_text(reader, owner->firm));
        }
}

/* --- contagion ---------------------------------------------------------------------------- */

/* A rule that measures claims by the equity that is left needs some to begin with. */
static void check_debtors(chi_reader *reader, const chi_map *map)
{
    const chi_builder *build = &reader->build;
    bool *told = chi_arena_alloc(reader->arena, build->firm.count * sizeof *told);
    for (size_t l = 0; l < build->loan.count && !reader->loans_unclear; l++) {
        uint32_t firm = build->loan.at[l].borrower;
        if (firm == CHI_NONE || build->firm.at[firm].equity > 0.0 || told[firm])
            continue;
        told[firm] = true;
        chi_diag(reader->diags, 679, chi_map_node(map, "claims")->span, NULL,
            "`%s` owes `%s` and has equity of %.10g at the start", firm_text(reader, firm),
            build->text.at + build->loan.at[l].name, build->firm.at[firm].equity);
    }
}

static void read_rules(chi_reader *reader)
{
    static const char *const keys[] = {"threshold", "recovery"};
    chi_map map = chi_map_under(reader, &reader->top, "contagion", CHI_KIND_CONTAGION);
    if (!map.node)
        return;
    uint32_t rule = chi_get_choice(reader, &map, "claims");
    chi_contagion row = {.rule = rule == CHI_NONE ? CHI_CLAIM_FACE : rule,
        .window = CHI_MONTHS_MAX,
        .threshold = chi_get_number(reader, &map, "threshold"),
        .recovery = chi_get_number(reader, &map, "recovery")};
    if (chi_map_node(&map, "window"))
        row.window = chi_get_months(reader, &map, "window");
    for (int k = 0; k < 2; k++)
        if (rule != CHI_NONE && rule != CHI_CLAIM_THRESHOLD && chi_map_node(&map, keys[k]))
            chi_diag(reader->diags, 680, chi_key_span(chi_map_node(&map, keys[k])), NULL,
                "`%s` has no effect here", keys[k]);
    if (row.rule != CHI_CLAIM_FACE)
        check_debtors(reader, &map);
    *CHI_PUSH(reader->arena, &reader->build.contagion) = row;
}

void chi_contagion_read(chi_reader *reader)
{
    chi_names seen = {0};
    const chi_node *child;
    read_holdings(reader);
    for (child = chi_map_children(reader, &reader->top, "supply"); child; child = child->next)
        read_supply(reader, child, &seen);
    child = chi_map_children(reader, &reader->top, "common_assets");
    for (; child; child = child->next)
        read_asset(reader, child);
    check_property(reader);
    read_rules(reader);
}

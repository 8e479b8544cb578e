/* Firms: opening sheets, defaults, what a failure leaves. */
#include "model/amount.h"
#include "model/passes.h"

#include "base/check.h"
#include "num/philox.h"

#include <math.h>
#include <string.h>

/* What the three sides of a sheet add up to, and the items that have a meaning. */
typedef struct sheet {
    double total;
    double cash, restricted_cash, property, debt;
} sheet;

static void add_item(
    chi_reader *reader, const chi_map *opening, const char *side, const chi_node *item, sheet *sum)
{
    const chi_field *field = chi_map_field(opening, side);
    const char *path = chi_arena_format(reader->arena, "%s.%s.%s", opening->path, side, item->key);
    double value;
    chi_read_number(reader, opening, item, field, path, &value);
    sum->total += value;
    struct {
        const char *side, *key;
        double *at;
    } const known[] = {{"assets", "cash", &sum->cash},
        {"assets", "restricted_cash", &sum->restricted_cash},
        {"assets", "property", &sum->property}, {"liabilities", "debt", &sum->debt}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].side, side) != 0 || strcmp(known[i].key, item->key) != 0)
            continue;
        *known[i].at = value;
        if (value < 0.0)
            chi_diag(reader->diags, 210, item->span, "at least 0", "`%s` is out of range: %s",
                item->key, item->text ? item->text : "negative");
    }
}

static sheet read_side(chi_reader *reader, const chi_map *opening, const char *side)
{
    sheet sum = {0};
    const chi_node *item = chi_map_children(reader, opening, side);
    for (; item; item = item->next)
        add_item(reader, opening, side, item, &sum);
    return sum;
}

static void check_sheet(
    chi_reader *reader, const chi_map *opening, double assets, double liabilities, double equity)
{
    const double tolerance = 1e-6; /* relative: what is written to six digits can be off by this */
    double off = assets - liabilities - equity;
    double size = fmax(fabs(assets), fmax(fabs(liabilities), fabs(equity)));
    if (fabs(off) <= tolerance * size)
        return;
    chi_diag(reader->diags, 402, chi_map_span(opening),
        chi_arena_format(reader->arena, "assets %.10g, liabilities %.10g, equity %.10g", assets,
            liabilities, equity),
        "the opening sheet is off by %.10g: assets are %s than liabilities and equity", fabs(off),
        off > 0.0 ? "more" : "less");
}

static void check_debt(chi_reader *reader, const chi_map *opening, uint32_t row, double debt)
{
    const double tolerance = 1e-3, least = 1.0; /* of the debt, or one unit of the model's money */
    double discount = chi_get_number(reader, opening, "debt_discount");
    double principal = chi_principal_at_start(reader, row);
    double off = debt + discount - principal;
    if (reader->loans_unclear ||
        fabs(off) <= fmax(tolerance * fabs(principal), fmin(least, fabs(principal))))
        return;
    chi_diag(reader->diags, 403, chi_map_span(opening),
        chi_arena_format(reader->arena, "debt %.10g + debt_discount %.10g against principal %.10g",
            debt, discount, principal),
        "the liability `debt` is off by %.10g from the principal of the firm's loans", fabs(off));
}

static void read_opening(chi_reader *reader, const chi_map *map, chi_firm *firm)
{
    chi_map opening = chi_map_under(reader, map, "opening", CHI_KIND_OPENING);
    if (!opening.node)
        return;
    size_t errors = ch_diags_errors(reader->diags);
    sheet assets = read_side(reader, &opening, "assets");
    sheet liabilities = read_side(reader, &opening, "liabilities");
    sheet equity = read_side(reader, &opening, "equity");
    firm->cash = assets.cash;
    firm->restricted_cash = assets.restricted_cash;
    firm->property = assets.property;
    firm->asset_total = assets.total;
    firm->liability_total = liabilities.total;
    firm->equity = equity.total;
    if (ch_diags_errors(reader->diags) > errors)
        return; /* a sheet with a number missing cannot be compared with anything */
    if (chi_map_node(&opening, "assets") && chi_map_node(&opening, "equity"))
        check_sheet(reader, &opening, assets.total, liabilities.total, equity.total);
    check_debt(reader, &opening, (uint32_t)(firm - reader->build.firm.at), liabilities.debt);
}

static void read_simulated(chi_reader *reader, const chi_map *map, chi_firm *firm)
{
    firm->kind = CHI_SIMULATED;
    read_opening(reader, map, firm);
    firm->grace_months = chi_get_months(reader, map, "grace");
    chi_map failure = chi_map_under(reader, map, "failure", CHI_KIND_FAILURE);
    firm->recovery_property = chi_get_number(reader, &failure, "property_recovery");
    firm->default_cost = chi_get_number(reader, &failure, "cost");
    firm->keep_own = chi_get_number(reader, &failure, "keep_own");
    firm->keep_received = chi_get_number(reader, &failure, "keep_received");
}

static void read_reduced(chi_reader *reader, const chi_map *map, chi_firm *firm)
{
    firm->kind = CHI_REDUCED;
    firm->equity = (double)INFINITY;
    if (chi_map_node(map, "equity"))
        firm->equity = chi_get_number(reader, map, "equity");
    chi_map fails = chi_map_under(reader, map, "default", CHI_KIND_DEFAULT);
    chi_scope scope = {.kind = CHI_SCOPE_DRIVERS};
    firm->intensity = chi_get_amount(reader, &fails, "intensity", &scope);
    firm->recovery = chi_get_number(reader, &fails, "recovery");
    firm->keep_own = firm->keep_received = 1.0;
}

void chi_firms_read(chi_reader *reader)
{
    for (size_t i = 0; i < reader->firms.list.count; i++) {
        const chi_name *name = &reader->firms.list.at[i];
        const chi_map *map = &reader->firm_map[name->row];
        chi_builder *build = &reader->build;
        chi_firm *firm = &build->firm.at[name->row];
        *firm = (chi_firm){.name = firm->name,
            .stream =
                chi_stream_id(chi_arena_format(reader->arena, "firms.%s.default", name->text)),
            .kind = CHI_REDUCED,
            .intensity = chi_amount_constant(0.0),
            .target = chi_amount_constant(0.0),
            .equity = (double)INFINITY};
        firm->title = firm->name;
        if (!map->node)
            continue;
        if (chi_map_node(map, "name"))
            firm->title = chi_builder_text(build, chi_get_text(reader, map, "name"));
        if (map->kind == chi_kind_at(CHI_KIND_FIRM_SIMULATED))
            read_simulated(reader, map, firm);
        else
            read_reduced(reader, map, firm);
    }
}

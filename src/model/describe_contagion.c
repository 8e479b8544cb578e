/* Stakes, supplies, common assets and rules of contagion in words, for `cardhouse check`. */
#include "model/describe.h"

#include <math.h>

static const char *firm_name(const chi_describer *d, uint32_t firm)
{
    return chi_describe_name(d, d->model->firm[firm].name);
}

static void describe_holdings(chi_describer *d)
{
    if (d->model->holding_count == 0)
        return;
    chi_describe_head(d, "Stakes");
    chi_grid grid = chi_grid_make(d->arena, "lllr");
    for (uint32_t i = 0; i < d->model->holding_count; i++) {
        const chi_holding *row = &d->model->holding[i];
        CHI_GRID_ROW(&grid, chi_describe_name(d, row->name),
            chi_arena_format(d->arena, "%s of %s", chi_percent_text(d->arena, row->share),
                firm_name(d, row->issuer)),
            chi_arena_format(d->arena, "held by %s", firm_name(d, row->holder)),
            chi_arena_format(d->arena, "carried at %s", chi_number_text(d->arena, row->open, 3)));
    }
    chi_grid_write(&grid, d->writer);
}

static void describe_supplies(chi_describer *d)
{
    if (d->model->supply_count == 0)
        return;
    chi_describe_head(d, "Supplies");
    chi_grid grid = chi_grid_make(d->arena, "lllll");
    for (uint32_t i = 0; i < d->model->supply_count; i++) {
        const chi_supply *row = &d->model->supply[i];
        CHI_GRID_ROW(&grid, chi_describe_name(d, row->name), firm_name(d, row->supplier),
            chi_arena_format(d->arena, "to %s", firm_name(d, row->customer)),
            chi_arena_format(d->arena, "%s of revenue%s",
                chi_percent_text(d->arena, row->dependency), row->essential ? ", essential" : ""),
            row->months == CHI_NONE
                ? "never replaced"
                : chi_arena_format(d->arena, "replaced after %u mo.", row->months));
    }
    chi_grid_write(&grid, d->writer);
}

static const char *owned(const chi_describer *d, const chi_owner *owner)
{
    return d->model->firm[owner->firm].kind == CHI_SIMULATED
               ? chi_arena_format(
                     d->arena, "%s of its property", chi_percent_text(d->arena, owner->amount))
               : chi_number_text(d->arena, owner->amount, 3);
}

static void describe_assets(chi_describer *d)
{
    if (d->model->asset_count == 0)
        return;
    chi_describe_head(d, "Common assets");
    chi_grid grid = chi_grid_make(d->arena, "lllr");
    for (uint32_t i = 0; i < d->model->asset_count; i++) {
        const chi_asset *row = &d->model->asset[i];
        for (uint32_t k = row->owners.first; k < row->owners.first + row->owners.count; k++) {
            const chi_owner *owner = &d->model->owner[k];
            double units = owner->amount;
            if (d->model->firm[owner->firm].kind == CHI_SIMULATED)
                units *= d->model->firm[owner->firm].property;
            CHI_GRID_ROW(&grid, chi_describe_name(d, row->name), firm_name(d, owner->firm),
                owned(d, owner),
                chi_arena_format(
                    d->arena, "its sale: price %+.3g%%", 100.0 * expm1(units * row->rate)));
        }
    }
    chi_grid_write(&grid, d->writer);
}

void chi_describe_contagion(chi_describer *d)
{
    describe_holdings(d);
    describe_supplies(d);
    describe_assets(d);
    if (d->model->contagion_count == 0 || d->model->contagion->rule == CHI_CLAIM_FACE)
        return;
    const chi_contagion *rules = d->model->contagion;
    chi_describe_head(d, "Claims on firms that live");
    if (rules->rule == CHI_CLAIM_DEBTRANK)
        chi_write_text(d->writer, "  worth the share of opening equity that is left\n");
    else
        chi_write_format(d->writer, "  worth %s once no more than %s of opening equity is left\n",
            chi_percent_text(d->arena, rules->recovery),
            chi_percent_text(d->arena, rules->threshold));
}

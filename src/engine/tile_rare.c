/* The rare functions of a tile: they pick the paths and hand each to path.h. */
#include "engine/tile.h"

void chi_rare_reset(chi_tile *tile, uint32_t row, double *column)
{
    (void)row;
    (void)column;
    tile->flags = (chi_tile_flags){0, 0, 0, 0};
    tile->month = 0;
    tile->unsettled = 0;
}

void chi_rare_cancel(chi_tile *tile, uint32_t row, double *column)
{
    uint32_t root = chi_plan_root(tile->plan, CHI_ROOT_CANCELLED, row);
    for (size_t i = 0; i < tile->state.paths; i++)
        if (column[i] != 0.0) {
            chi_path path = chi_tile_path(tile, i, tile->month);
            chi_path_end_customer(&path, row, root, CHI_ENTRY_CANCELLED);
        }
}

void chi_rare_note_strike(chi_tile *tile, uint32_t row, double *column)
{
    (void)row;
    (void)column;
    tile->flags.strikes = 1;
}

void chi_rare_strike(chi_tile *tile, uint32_t row, double *column)
{
    (void)row;
    tile->flags.fell = 0;
    tile->flags.strikes = 0;
    for (size_t i = 0; i < tile->state.paths; i++)
        if (column[i] != 0.0) {
            chi_path path = chi_tile_path(tile, i, tile->month);
            chi_path_strike(&path);
            tile->flags.fell = 1;
        }
}

void chi_rare_add_debt_arrears(chi_tile *tile, uint32_t row, double *column)
{
    const chi_plan *plan = tile->plan;
    for (size_t j = 0; j < tile->flags.late_count; j++) {
        double arrears = 0.0;
        for (uint32_t k = plan->debt_first[row]; k < plan->debt_first[row + 1]; k++)
            arrears += CHI_AT(&tile->state, loan_arrears, plan->debt[k], tile->late[j]);
        column[tile->late[j]] += arrears;
    }
}

void chi_rare_add_arrears(chi_tile *tile, uint32_t row, double *column)
{
    (void)row;
    (void)column;
    for (size_t j = 0; j < tile->flags.late_count; j++) {
        chi_path path = chi_tile_path(tile, tile->late[j], tile->month);
        chi_path_add_arrears(&path);
    }
}

void chi_rare_reset_paid(chi_tile *tile, uint32_t row, double *column)
{
    (void)row;
    (void)column;
    for (size_t j = 0; j < tile->flags.short_count; j++) {
        chi_path path = chi_tile_path(tile, tile->short_of[j], tile->month + 1);
        chi_path_reset_paid(&path);
    }
    tile->flags.short_count = 0;
}

/* Fractions paid on the marked paths. What default costs take goes outside. */
void chi_rare_clear(chi_tile *tile, uint32_t row, double *column)
{
    (void)row;
    for (size_t i = 0; i < tile->state.paths; i++) {
        if (column[i] == 0.0)
            continue;
        chi_path path = chi_tile_path(tile, i, tile->month + 1);
        chi_path_clear(&path);
        tile->unsettled += path.unsettled != 0 && path.path_number < tile->end;
        chi_path_costs(&path);
        tile->short_of[tile->flags.short_count++] = (uint16_t)i;
    }
}

void chi_rare_keep_cash(chi_tile *tile, uint32_t row, double *column)
{
    (void)row;
    (void)column;
    size_t firms = tile->plan->counts.firms;
    for (size_t j = 0; j < tile->flags.short_count; j++)
        for (size_t f = 0; f < firms; f++)
            tile->saved[j * firms + f] = CHI_AT(&tile->state, cash, f, tile->short_of[j]);
}

void chi_rare_pay(chi_tile *tile, uint32_t row, double *column)
{
    (void)row;
    (void)column;
    size_t firms = tile->plan->counts.firms;
    for (size_t j = 0; j < tile->flags.short_count; j++) {
        for (size_t f = 0; f < firms; f++)
            CHI_AT(&tile->state, cash, f, tile->short_of[j]) = tile->saved[j * firms + f];
        chi_path path = chi_tile_path(tile, tile->short_of[j], tile->month + 1);
        chi_path_pay(&path);
    }
}

/* Arrears and clocks stand at zero on all paths but those that are short now or were late. */
void chi_rare_book_arrears(chi_tile *tile, uint32_t row, double *column)
{
    uint8_t look[CHI_TILE_PATHS_MAX] = {0};
    (void)row;
    (void)column;
    for (size_t j = 0; j < tile->flags.late_count; j++)
        look[tile->late[j]] = 1;
    for (size_t j = 0; j < tile->flags.short_count; j++)
        look[tile->short_of[j]] = 1;
    tile->flags.late_count = 0;
    for (size_t i = 0; i < tile->state.paths; i++) {
        if (!look[i])
            continue;
        chi_path path = chi_tile_path(tile, i, tile->month + 1);
        bool late = chi_path_book_arrears(&path);
        if (chi_path_run_clocks(&path) || late)
            tile->late[tile->flags.late_count++] = (uint16_t)i;
    }
}

void chi_rare_past_grace(chi_tile *tile, uint32_t row, double *column)
{
    for (size_t j = 0; j < tile->flags.late_count; j++) {
        chi_path path = chi_tile_path(tile, tile->late[j], tile->month + 1);
        if (chi_path_past_grace(&path, tile->plan->firm_of_sim[row]))
            column[tile->late[j]] = 1.0;
    }
}

void chi_rare_fall(chi_tile *tile, uint32_t row, double *column)
{
    (void)row;
    tile->flags.fell = 1;
    for (size_t i = 0; i < tile->state.paths; i++)
        if (column[i] != 0.0) {
            chi_path path = chi_tile_path(tile, i, tile->month + 1);
            chi_path_test(&path);
        }
}

void chi_rare_open(chi_tile *tile, uint32_t row, double *column)
{
    (void)row;
    (void)column;
    for (size_t i = 0; i < tile->state.paths; i++) {
        chi_path path = chi_tile_path(tile, i, 0);
        chi_path_open(&path);
    }
}

void chi_rare_supply(chi_tile *tile, uint32_t row, double *column)
{
    (void)row;
    (void)column;
    for (size_t i = 0; i < tile->state.paths; i++) {
        chi_path path = chi_tile_path(tile, i, tile->month);
        chi_path_supply(&path);
    }
}

/* Marks move losses whether somebody fell or not, so they are looked at in the next month. */
void chi_rare_mark(chi_tile *tile, uint32_t row, double *column)
{
    (void)row;
    (void)column;
    tile->flags.fell = 1;
    for (size_t i = 0; i < tile->state.paths; i++) {
        chi_path path = chi_tile_path(tile, i, tile->month + 1);
        chi_path_mark(&path);
        tile->unsettled += path.unsettled != 0 && path.path_number < tile->end;
    }
}

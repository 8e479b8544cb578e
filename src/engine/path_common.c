/* Common assets and supplies on one path: what a failure does to those who own the same things, and
 * to those who cannot earn without the firm that failed. */
#include "engine/path.h"

#include "clear/contagion.lane.h"

/* --- common assets ------------------------------------------------------------------------ */

#define PRICE_MIN 1e-9 /* of the price at the start: a price that rounds to zero divides by it */

/* Units that an owner has, at the prices of the start. */
static double units_of(const chi_path *path, uint32_t asset, const chi_owner *owner)
{
    if (path->plan->sim_of_firm[owner->firm] == CHI_NONE)
        return owner->amount;
    return owner->amount * CHI_P(path, property, owner->firm) / CHI_P(path, price, asset);
}

/* The price has fallen: property is written down, and a reduced-form firm's buffer. */
static void write_down(
    chi_path *path, uint32_t asset, const chi_owner *owner, uint32_t seller, double fall)
{
    uint32_t firm = owner->firm;
    double lost = units_of(path, asset, owner) * fall;
    if (firm == seller || CHI_P(path, alive, firm) == 0.0 || !(lost > 0.0))
        return;
    if (path->plan->sim_of_firm[firm] != CHI_NONE)
        CHI_P(path, property, firm) -= lost;
    else
        CHI_P(path, loss, firm) += lost;
    chi_ledger_add(path->ledger, CHI_ENTRY_PRICE_FELL, CHI_OF_ASSET, asset, firm, seller, lost);
    chi_path_book_loss(path, CHI_BY_PRICE, seller, firm, lost);
    chi_path_note_ruin(path, firm, seller, 0.0);
}

/* The owner sells all it has of the asset; returns what it gets for a unit of book value. */
static double sell(chi_path *path, uint32_t asset, const chi_owner *owner)
{
    const ch_model *model = path->plan->model;
    const chi_asset *terms = &model->asset[asset];
    double before = CHI_P(path, price, asset), sold = units_of(path, asset, owner);
    double after = lane_max(lane_price_after(before, sold, terms->rate), PRICE_MIN);
    /* others' units are counted at the price before, which their books still have */
    for (uint32_t k = terms->owners.first; k < terms->owners.first + terms->owners.count; k++)
        write_down(path, asset, &model->owner[k], owner->firm, before - after);
    CHI_P(path, price, asset) = after;
    return lane_sale_factor(before, after);
}

double chi_path_dump(chi_path *path, uint32_t firm)
{
    const ch_model *model = path->plan->model;
    double factor = 1.0;
    for (uint32_t a = 0; a < path->plan->counts.assets; a++) {
        chi_slice owners = model->asset[a].owners;
        for (uint32_t k = owners.first; k < owners.first + owners.count; k++)
            if (model->owner[k].firm == firm) {
                double got = sell(path, a, &model->owner[k]);
                if (path->plan->sim_of_firm[firm] != CHI_NONE)
                    factor -= model->owner[k].amount * (1.0 - got);
            }
    }
    return factor;
}

/* --- supplies ----------------------------------------------------------------------------- */

/* What of the supplier is missing: all of it if it has failed and is not replaced, else as much as
 * it lacked itself last month. */
static double shortage(const chi_path *path, const chi_supply *supply, const double *last)
{
    uint32_t firm = supply->supplier;
    double failed = CHI_P(path, failed, firm);
    if (failed == 0.0)
        return 1.0 - last[firm];
    /* a simulated firm has delivered in the month at whose end it fails */
    double first = path->plan->sim_of_firm[firm] == CHI_NONE ? failed - 1.0 : failed;
    double months = supply->months == CHI_NONE ? 2.0 * CHI_MONTHS_MAX : supply->months;
    return lane_is_missing(first, path->month, months);
}

void chi_path_supply(chi_path *path)
{
    const chi_plan *plan = path->plan;
    const ch_model *model = plan->model;
    size_t firms = plan->counts.firms;
    double *last = path->spare, *worst = last + firms, *other = worst + firms;
    for (size_t f = 0; f < firms; f++) {
        last[f] = CHI_P(path, output, f);
        worst[f] = other[f] = 0.0;
    }
    for (uint32_t s = 0; s < model->supply_count; s++) {
        const chi_supply *supply = &model->supply[s];
        double lacks = supply->dependency * shortage(path, supply, last);
        if (supply->essential)
            worst[supply->customer] = lane_max(worst[supply->customer], lacks);
        else
            other[supply->customer] += lacks;
    }
    for (uint32_t f = 0; f < firms; f++) {
        double output = 1.0 - lane_output_lost(worst[f], other[f], 0.0);
        if (output != last[f] && CHI_P(path, alive, f) != 0.0)
            chi_ledger_add(path->ledger, CHI_ENTRY_OUTPUT, CHI_OF_FIRM, f, f, f, 100.0 * output);
        CHI_P(path, output, f) = output;
    }
}

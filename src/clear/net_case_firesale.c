/* Cases of fire sales, on the table of banks that lies beside them. */
#include "clear/net_case.h"
#include "clear/net_firesale.h"
#include "clear/net_table.h"

#include <math.h>
#include <string.h>

enum { CORPORATE, GOVERNMENT, ASSETS };
static const char *const asset_names[ASSETS] = {"corporate_bonds", "government_bonds"};

/* Balance sheets from the public table: total assets = capital / leverage ratio, 5 % cash, half of
 * the liabilities repayable loans. */
static bool read_banks(chi_net_case *c, chi_net_firesale_input *in, const char ***names)
{
    const char *name = chi_net_case_text(c, c->root, "bank_table", "eba_2018_banks.csv");
    const char *path = chi_arena_format(c->arena, "%s%s", c->folder, name);
    chi_net_table *table = chi_net_table_read(c->arena, c->diags, path);
    if (!table)
        return false;
    chi_net_names ids;
    chi_net_names_init(&ids, c->arena);
    double *capital = chi_net_table_sums(table, "CET1E", 0.0);
    double *leverage = chi_net_table_sums(table, "leverage", 1e-9);
    double *debt = chi_net_table_sums(table, "debt_sec", 0.0);
    double *government = chi_net_table_sums(table, "govbonds", 0.0);
    uint32_t *id = chi_net_table_names(table, "bank_id", &ids, CHI_NET_NAMES_NEW);
    if (!capital || !leverage || !debt || !government || !id)
        return false;
    size_t n = table->rows;
    double *cash = chi_arena_alloc(c->arena, (n + 1) * sizeof *cash);
    double *other = chi_arena_alloc(c->arena, (n + 1) * sizeof *other);
    double *liabilities = chi_arena_alloc(c->arena, (n + 1) * sizeof *liabilities);
    double *loan = chi_arena_alloc(c->arena, (n + 1) * sizeof *loan);
    double *holdings = chi_arena_alloc(c->arena, (ASSETS * n + 1) * sizeof *holdings);
    for (size_t i = 0; i < n; i++) {
        double assets = capital[i] / (leverage[i] / 100.0);
        cash[i] = 0.05 * assets;
        other[i] = assets - debt[i] - cash[i];
        liabilities[i] = assets - capital[i];
        loan[i] = liabilities[i] / 2.0;
        holdings[i * ASSETS + CORPORATE] = debt[i] - government[i];
        holdings[i * ASSETS + GOVERNMENT] = government[i];
    }
    *in = (chi_net_firesale_input){.firms = n,
        .assets = ASSETS,
        .cash = cash,
        .other = other,
        .liabilities = liabilities,
        .loan = loan,
        .holdings = holdings};
    *names = chi_net_names_all(&ids);
    return true;
}

static double share_of(chi_net_case *c, const char *key, double fallback, double most)
{
    double value = chi_net_case_number(c, c->root, key, fallback);
    if (!(value >= 0.0 && value <= most))
        chi_net_case_error(
            c, chi_node_get(c->root, key), 714, "%s should lie between 0 and %g", key, most);
    return value;
}

static void read_parameters(chi_net_case *c, chi_net_firesale_input *in)
{
    in->shock = share_of(c, "initial_shock", 0.0, 1.0);
    in->impact = share_of(c, "price_impact", 0.0, 0.999999);
    in->leverage_min = share_of(c, "leverage_min", 0.03, 1.0);
    in->leverage_buffer = share_of(c, "leverage_buffer", 0.04, 1.0);
    in->leverage_target = share_of(c, "leverage_target", 0.05, 1.0);
    double steps = chi_net_case_number(c, c->root, "steps", 6.0);
    if (!(steps >= 1.0 && steps <= 100000.0) || steps != floor(steps))
        chi_net_case_error(c, chi_node_get(c->root, "steps"), 701, "steps is a whole number");
    else
        in->steps = (size_t)steps;
    if (!(in->leverage_target > 0.0))
        chi_net_case_error(c, c->root, 714, "leverage_target should be above 0");
    const char *asset = chi_net_case_text(c, c->root, "shocked_asset", asset_names[GOVERNMENT]);
    in->shocked = strcmp(asset, asset_names[CORPORATE]) == 0 ? CORPORATE : GOVERNMENT;
    if (strcmp(asset, asset_names[in->shocked]) != 0)
        chi_net_case_error(c, chi_node_get(c->root, "shocked_asset"), 701,
            "shocked_asset is \"corporate_bonds\" or \"government_bonds\"");
}

static void write_firesale(
    chi_net_case *c, const chi_net_firesale_input *in, const chi_net_firesale *out)
{
    chi_net_json_field(c->json, "initial_shock", in->shock);
    chi_net_json_field(c->json, "price_impact", in->impact);
    chi_net_json_field(c->json, "leverage_buffer", in->leverage_buffer);
    chi_net_json_field(c->json, "leverage_target", in->leverage_target);
    chi_net_json_field(c->json, "leverage_min", in->leverage_min);
    chi_net_json_string(c->json, "shocked_asset", asset_names[in->shocked]);
    chi_net_json_count(c->json, "steps", in->steps);
    chi_net_json_key(c->json, "defaults_per_step");
    chi_net_json_open(c->json, '[');
    for (size_t step = 0; step <= out->steps; step++)
        chi_net_json_integer(c->json, (int64_t)out->defaults[step]);
    chi_net_json_close(c->json, ']');
    chi_net_json_vector(c->json, "fraction_sold_per_step", out->fraction_sold, out->steps);
    chi_net_json_key(c->json, "final_prices");
    chi_net_json_open(c->json, '{');
    for (size_t a = 0; a < ASSETS; a++)
        chi_net_json_field(c->json, asset_names[a], out->prices[a]);
    chi_net_json_close(c->json, '}');
    chi_net_json_vector(c->json, "final_equity", out->equity, in->firms);
    chi_net_json_vector(c->json, "final_assets", out->assets, in->firms);
    chi_net_json_flags(c->json, "alive", out->alive, in->firms);
}

void chi_net_case_firesale(chi_net_case *c)
{
    chi_net_firesale_input in = {0};
    const char **names;
    if (!read_banks(c, &in, &names)) {
        c->failed = true;
        return;
    }
    read_parameters(c, &in);
    if (c->failed)
        return;
    chi_net_firesale out = chi_net_firesale_published(c->arena, &in);
    write_firesale(c, &in, &out);
    chi_net_json_key(c->json, "banks");
    chi_net_json_open(c->json, '[');
    for (size_t i = 0; i < in.firms; i++)
        chi_net_json_text(c->json, names[i]);
    chi_net_json_close(c->json, ']');
}

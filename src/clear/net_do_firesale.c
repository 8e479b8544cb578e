/* `network firesale` on tables. */
#include "clear/net_do.h"

#include "clear/net_firesale.h"

#include <math.h>
#include <string.h>

enum { PORTFOLIO_CELLS_MAX = 50000000 };

static bool read_portfolios(chi_net_input *in, chi_net_names *assets, chi_net_firesale_input *sale)
{
    chi_net_table *table = chi_net_table_read(in->arena, in->diags, in->job->exposures_path);
    if (!table)
        return false;
    uint32_t *firm = chi_net_table_names(table, "firm", &in->names, CHI_NET_NAMES_KNOWN);
    uint32_t *asset = chi_net_table_names(table, "asset", assets, CHI_NET_NAMES_ANY);
    double *amount = chi_net_table_numbers(table, "amount", 0.0);
    if (!firm || !asset || !amount)
        return false;
    size_t cells = in->network.firms * assets->count;
    if (assets->count == 0 || cells / assets->count != in->network.firms ||
        cells > PORTFOLIO_CELLS_MAX) {
        chi_net_input_error(in, 711, "%s holds no assets, or too many", in->job->exposures_path);
        return false;
    }
    double *holdings = chi_arena_alloc(in->arena, (cells + 1) * sizeof *holdings);
    for (size_t k = 0; k < table->rows; k++)
        holdings[firm[k] * assets->count + asset[k]] += amount[k];
    sale->firms = in->network.firms;
    sale->assets = assets->count;
    sale->holdings = holdings;
    return true;
}

static bool read_sale(chi_net_input *in, chi_net_names *assets, chi_net_firesale_input *sale)
{
    bool ok = true;
    const ch_network_job *job = in->job;
    size_t n = in->network.firms;
    if (!read_portfolios(in, assets, sale))
        return false;
    sale->cash = chi_net_input_column(in, "cash", 0.0, true, &ok);
    sale->other = chi_net_input_column(in, "other_assets", 0.0, false, &ok);
    sale->liabilities = chi_net_input_column(in, "liabilities", 0.0, true, &ok);
    sale->loan = chi_net_input_column(in, "loan", 0.0, false, &ok);
    if (!ok)
        return false;
    if (!sale->other)
        sale->other = chi_arena_alloc(in->arena, (n + 1) * sizeof(double));
    if (!sale->loan) {
        double *loan = chi_arena_alloc(in->arena, (n + 1) * sizeof *loan);
        for (size_t i = 0; i < n; i++)
            loan[i] = sale->liabilities[i] / 2.0;
        sale->loan = loan;
    }
    if (job->shock > 0.0 && !job->asset) {
        chi_net_input_error(in, 711, "--asset NAME is needed: which price does --shock lower?");
        return false;
    }
    if (job->asset)
        sale->shocked =
            chi_net_names_find(assets, (chi_net_slice){job->asset, strlen(job->asset)}, false);
    if (sale->shocked >= assets->count) {
        chi_net_input_error(in, 705, "nobody holds an asset \"%s\"", job->asset);
        return false;
    }
    sale->shock = job->shock;
    sale->impact = job->impact;
    sale->leverage_min = job->leverage_min;
    sale->leverage_buffer = job->leverage_buffer;
    sale->leverage_target = job->leverage_target;
    sale->steps = job->steps;
    return true;
}

static void tell_sale(chi_net_input *in, chi_net_report *report, const chi_net_names *assets,
    const chi_net_firesale *out)
{
    size_t dead = 0;
    for (size_t step = 0; step <= out->steps; step++)
        dead += out->defaults[step];
    double sold = out->steps ? out->fraction_sold[out->steps - 1] : 0.0;
    chi_net_report_fact(report, "defaults", (double)dead);
    chi_net_report_fact(report, "fraction_sold", sold);
    chi_net_report_fact(report, "steps", (double)out->steps);
    chi_net_report_note(report,
        "%zu of %zu firms default in %zu steps; %.2f %% of all tradable assets are sold.", dead,
        in->network.firms, out->steps, 100.0 * sold);
    for (uint32_t a = 0; a < assets->count && a < 20; a++) {
        const char *name = chi_net_names_text(assets, a);
        chi_net_report_fact(
            report, chi_arena_format(in->arena, "price_of_%s", name), out->prices[a]);
        chi_net_report_note(report, "Price of %s: %.4f of what it was.", name, out->prices[a]);
    }
}

bool chi_net_do_firesale(chi_net_input *in, chi_net_report *report)
{
    const char *method = in->job->method ? in->job->method : "published";
    bool steps = strcmp(method, "published") == 0;
    if (!steps && strcmp(method, "cont_schaanning") != 0) {
        chi_net_input_error(
            in, 711, "--method of firesale is published or cont_schaanning, not \"%.40s\"", method);
        return false;
    }
    chi_net_firesale_input sale = {0};
    chi_net_names assets;
    chi_net_names_init(&assets, in->arena);
    if (!in->job->exposures_path || !in->job->balances_path) {
        chi_net_input_error(in, 711,
            "--balances FILE.csv with columns firm, cash and liabilities "
            "is needed, and --exposures FILE.csv with firm, asset, amount");
        return false;
    }
    if (!chi_net_input_read(in, CHI_NET_PORTFOLIOS) || !read_sale(in, &assets, &sale))
        return false;
    chi_net_firesale out = steps ? chi_net_firesale_published(in->arena, &sale)
                                 : chi_net_firesale_cont_schaanning(in->arena, &sale);
    size_t n = in->network.firms;
    double *leverage = chi_arena_alloc(in->arena, (n + 1) * sizeof *leverage);
    double *key = chi_arena_alloc(in->arena, (n + 1) * sizeof *key);
    const char **status = chi_arena_alloc(in->arena, (n + 1) * sizeof *status);
    for (size_t i = 0; i < n; i++) {
        leverage[i] = out.assets[i] > 0.0 ? out.equity[i] / out.assets[i] : (double)NAN;
        status[i] = out.alive[i] ? "alive" : "defaulted";
        key[i] = -leverage[i];
    }
    report->title = "Fire sales: prices fall, limits bind, more is sold";
    report->rows = n;
    chi_net_report_word(report, "method", method);
    chi_net_report_texts(report, "firm", in->network.names);
    chi_net_report_texts(report, "status", status);
    chi_net_report_numbers(report, "assets", CHI_NET_MONEY, out.assets);
    chi_net_report_numbers(report, "equity", CHI_NET_MONEY, out.equity);
    chi_net_report_numbers(report, "equity_to_assets", CHI_NET_SHARE, leverage);
    tell_sale(in, report, &assets, &out);
    chi_net_report_rank(report, key);
    return true;
}

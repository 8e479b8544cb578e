/* A network from its tables. */
#include "clear/net_input.h"

#include "base/check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { TIERS_MAX = 64, ERRORS_MAX = 20 };

void chi_net_input_error(chi_net_input *in, uint32_t code, const char *format, ...)
{
    char message[500];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    chi_diag(in->diags, code, (ch_span){0}, NULL, "%s", message);
}

double *chi_net_input_column(
    chi_net_input *in, const char *name, double least, bool required, bool *ok)
{
    if (!in->balances || !chi_net_table_has(in->balances, name)) {
        if (required && in->balances)
            chi_net_table_numbers(in->balances, name, least); /* says what is missing */
        else if (required)
            chi_net_input_error(in, 711, "--balances is needed for the column %s", name);
        *ok = *ok && !required;
        return NULL;
    }
    double *values = chi_net_table_values(in->balances, name, -(double)INFINITY);
    *ok = *ok && !in->balances->failed;
    size_t errors = 0;
    for (size_t i = 0; values && i < in->balances->rows && errors < ERRORS_MAX; i++) {
        if (!(values[i] < least))
            continue;
        chi_net_table_error(in->balances, i, name, 703,
            "%s of %s is %.15g; it cannot be less than %g", name, in->network.names[i], values[i],
            least);
        errors++;
        *ok = false;
    }
    return values;
}

uint32_t chi_net_input_firm(chi_net_input *in, const char *name)
{
    uint32_t firm = chi_net_names_find(&in->names, (chi_net_slice){name, strlen(name)}, false);
    if (firm == UINT32_MAX) {
        const char *near = chi_nearest_name(name, in->network.names, in->network.firms);
        chi_net_input_error(in, 705, "there is no firm \"%s\"%s%s%s", name, near ? "; is \"" : "",
            near ? near : "", near ? "\" meant?" : "");
    }
    return firm;
}

static bool read_balances(chi_net_input *in)
{
    const char *path = in->job->balances_path;
    if (!path)
        return true;
    in->balances = chi_net_table_read(in->arena, in->diags, path);
    if (!in->balances || !chi_net_table_names(in->balances, "firm", &in->names, CHI_NET_NAMES_NEW))
        return false;
    in->network.names = chi_net_names_all(&in->names);
    in->network.firms = in->names.count;
    return true;
}

/* Numbers of a column of names, where "outside" may stand for everybody else. */
static uint32_t *read_parties(chi_net_input *in, chi_net_table *table, const char *column)
{
    return chi_net_table_places(
        table, column, &in->names, in->balances ? CHI_NET_NAMES_KNOWN : CHI_NET_NAMES_ANY);
}

/* Of rows whose names are known; an amount that is not a number is below nothing. */
static bool check_edges(
    chi_net_table *table, const char *const names[3], const chi_net_edges *edges, const char **who)
{
    size_t errors = 0;
    for (size_t k = 0; k < edges->count && errors < ERRORS_MAX; k++) {
        if (edges->from[k] == UINT32_MAX || edges->to[k] == UINT32_MAX)
            continue;
        const char *from = who[edges->from[k]], *to = who[edges->to[k]];
        if (edges->amount[k] < 0.0) {
            chi_net_table_error(table, k, names[2], 703,
                "%s %s to %s %s is %.15g: negative; a negative %s is one the other way round",
                names[0], from, names[1], to, edges->amount[k], names[2]);
            errors++;
        }
        if (edges->from[k] == edges->to[k]) {
            chi_net_table_error(table, k, names[1], 704,
                "%s has an edge of %.15g to itself; net it before, or correct the name", from,
                edges->amount[k]);
            errors++;
        }
    }
    return errors == 0;
}

/* Takes edges to "outside" out of the list; `sink` is that name's number. */
static void drop_outside(chi_net_input *in, uint32_t sink, const uint32_t *tier)
{
    chi_net_edges *edges = &in->network.exposures;
    chi_network *net = &in->network;
    size_t write = 0;
    if (!net->external_tier)
        net->external_tier =
            chi_arena_alloc(in->arena, (net->tiers * net->firms + 1) * sizeof(double));
    for (size_t k = 0; k < edges->count; k++) {
        size_t level = tier ? tier[k] : 0;
        if (edges->to[k] == sink) {
            net->external_tier[level * net->firms + edges->from[k]] += edges->amount[k];
            continue;
        }
        edges->from[write] = edges->from[k];
        edges->to[write] = edges->to[k];
        edges->amount[write] = edges->amount[k];
        if (net->tier)
            net->tier[write] = net->tier[k];
        write++;
    }
    edges->count = write;
}

static bool read_tiers(chi_net_input *in)
{
    chi_net_table *table = in->exposures;
    in->network.tiers = 1;
    if (!chi_net_table_has(table, "tier"))
        return true;
    double *tier = chi_net_table_numbers(table, "tier", 1.0);
    if (!tier)
        return false;
    in->network.tier = chi_arena_alloc(in->arena, (table->rows + 1) * sizeof(uint32_t));
    for (size_t k = 0; k < table->rows; k++) {
        if (tier[k] > TIERS_MAX || tier[k] != floor(tier[k])) {
            chi_net_table_error(table, k, "tier", 701,
                "a tier is a whole number from 1, most senior, to %d", (int)TIERS_MAX);
            return false;
        }
        in->network.tier[k] = (uint32_t)tier[k] - 1;
        size_t tiers = (size_t)tier[k];
        in->network.tiers = tiers > in->network.tiers ? tiers : in->network.tiers;
    }
    return true;
}

/* "outside", number `sink`, owes nothing here: what it owes is an asset of the other. */
static bool check_debtors(chi_net_table *table, const char *const names[3],
    const chi_net_edges *edges, const char **who, uint32_t sink)
{
    size_t errors = 0;
    for (size_t k = 0; k < edges->count && errors < ERRORS_MAX; k++) {
        if (edges->from[k] != sink || sink == UINT32_MAX || edges->to[k] == UINT32_MAX)
            continue;
        chi_net_table_error(table, k, names[0], 705,
            "\"outside\" cannot stand here: put %.15g into the external_assets of %s",
            edges->amount[k], who[edges->to[k]]);
        errors++;
    }
    return errors == 0;
}

static bool read_exposures(chi_net_input *in, const char *const names[3])
{
    in->exposures = chi_net_table_read(in->arena, in->diags, in->job->exposures_path);
    chi_net_table *table = in->exposures;
    if (!table)
        return false;
    bool outside_is_firm =
        chi_net_names_find(&in->names, (chi_net_slice){"outside", 7}, false) != UINT32_MAX;
    uint32_t sink = UINT32_MAX;
    if (!outside_is_firm)
        sink = chi_net_names_find(&in->names, (chi_net_slice){"outside", 7}, true);
    chi_net_edges edges = {.count = table->rows};
    edges.from = read_parties(in, table, names[0]);
    edges.to = read_parties(in, table, names[1]);
    edges.amount = chi_net_table_values(table, names[2], -(double)INFINITY);
    bool tiers = read_tiers(in);
    if (!edges.from || !edges.to || !edges.amount)
        return false;
    const char **who = chi_net_names_all(&in->names);
    bool debtors = check_debtors(table, names, &edges, who, sink);
    if (!check_edges(table, names, &edges, who) || !debtors || !tiers || table->failed)
        return false;
    in->network.exposures = edges;
    if (!in->balances) {
        in->network.names = who;
        in->network.firms = in->names.count;
    }
    if (sink != UINT32_MAX)
        drop_outside(in, sink, in->network.tier);
    /* With balances all names are theirs, and nobody needs the text any more. */
    if (in->balances) {
        chi_net_table_close(table);
        in->exposures = NULL;
    }
    return true;
}

/* Without balances the list of names may hold "outside", which is no firm: names after it move. */
static void close_names(chi_net_input *in)
{
    chi_network *net = &in->network;
    uint32_t sink = chi_net_names_find(&in->names, (chi_net_slice){"outside", 7}, false);
    if (in->balances || sink == UINT32_MAX)
        return;
    for (size_t k = 0; k < net->exposures.count; k++) {
        net->exposures.from[k] -= net->exposures.from[k] > sink;
        net->exposures.to[k] -= net->exposures.to[k] > sink;
    }
    const char **names = chi_arena_alloc(in->arena, (net->firms + 1) * sizeof *names);
    size_t write = 0;
    chi_net_names fresh;
    chi_net_names_init(&fresh, in->arena);
    for (uint32_t i = 0; i < net->firms; i++) {
        if (i == sink)
            continue;
        names[write++] = net->names[i];
        chi_net_names_find(&fresh, (chi_net_slice){net->names[i], strlen(net->names[i])}, true);
    }
    in->names = fresh;
    net->names = names;
    net->firms = write;
    net->external_tier = NULL; /* sums for outsiders are of no use without balances */
}

static bool check_shares(chi_net_input *in)
{
    chi_network *net = &in->network;
    double *held = chi_arena_alloc(in->arena, (net->firms + 1) * sizeof *held);
    bool ok = true;
    for (size_t k = 0; k < net->holdings.count; k++) {
        uint32_t issuer = net->holdings.from[k];
        double share = net->holdings.amount[k];
        held[issuer] += share;
        if (share > 1.0 || held[issuer] > 1.0 + 1e-9) {
            chi_net_table_error(in->holdings, k, "share", 710,
                "with this, %g of the equity of %s is held; there is only 1 to hold", held[issuer],
                net->names[issuer]);
            ok = false;
            held[issuer] = 0.0;
        }
    }
    return ok;
}

static bool read_holdings(chi_net_input *in)
{
    static const char *const names[3] = {"issuer", "holder", "share"};
    if (!in->job->holdings_path)
        return true;
    in->holdings = chi_net_table_read(in->arena, in->diags, in->job->holdings_path);
    chi_net_table *table = in->holdings;
    if (!table)
        return false;
    chi_net_edges edges = {.count = table->rows};
    edges.from = read_parties(in, table, names[0]);
    edges.to = read_parties(in, table, names[1]);
    edges.amount = chi_net_table_values(table, names[2], 0.0);
    if (!edges.from || !edges.to || !edges.amount)
        return false;
    const char **who = chi_net_names_all(&in->names);
    if (!check_edges(table, names, &edges, who) || table->failed)
        return false;
    in->network.holdings = edges;
    bool ok = check_shares(in);
    /* Shares held outside leave the network: no edge. */
    size_t write = 0;
    for (size_t k = 0; k < edges.count; k++) {
        if (edges.to[k] >= in->network.firms || edges.from[k] >= in->network.firms)
            continue;
        edges.from[write] = edges.from[k];
        edges.to[write] = edges.to[k];
        edges.amount[write++] = edges.amount[k];
    }
    in->network.holdings.count = write;
    return ok;
}

static bool read_sheets(chi_net_input *in, unsigned needs)
{
    bool ok = true;
    bool wanted = (needs & CHI_NET_NEEDS_BALANCES) != 0;
    size_t n = in->network.firms;
    in->network.outside = chi_net_input_column(in, "external_assets", 0.0, wanted, &ok);
    in->network.external = chi_net_input_column(in, "external_liabilities", 0.0, false, &ok);
    in->network.external_senior = in->job->senior_outsiders != 0;
    if (!in->network.outside)
        in->network.outside = chi_arena_alloc(in->arena, (n + 1) * sizeof(double));
    return ok;
}

bool chi_net_input_read(chi_net_input *in, unsigned needs)
{
    static const char *const debts[3] = {"debtor", "creditor", "amount"};
    static const char *const sales[3] = {"supplier", "customer", "amount"};
    const ch_network_job *job = in->job;
    chi_net_names_init(&in->names, in->arena);
    in->network.tiers = 1;
    if ((needs & CHI_NET_NEEDS_BALANCES) && !job->balances_path) {
        chi_net_input_error(in, 711, "--balances FILE.csv is needed, or --case FILE.json");
        return false;
    }
    if ((needs & CHI_NET_NEEDS_EXPOSURES) && !job->exposures_path) {
        chi_net_input_error(in, 711, "--exposures FILE.csv is needed, or --case FILE.json");
        return false;
    }
    bool ok = read_balances(in);
    if (ok && job->exposures_path && !(needs & CHI_NET_PORTFOLIOS)) {
        ok = read_exposures(in, needs & CHI_NET_SUPPLIES ? sales : debts);
        if (ok)
            close_names(in);
    }
    ok = ok && read_holdings(in);
    if (ok && in->network.firms == 0) {
        chi_net_input_error(in, 701, "the tables hold no firm");
        ok = false;
    }
    return ok && read_sheets(in, needs);
}

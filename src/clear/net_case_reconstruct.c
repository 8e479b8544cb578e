/* Cases of reconstruction from totals. */
#include "clear/net_case.h"
#include "clear/net_reconstruct.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { FIRMS_MAX = 20000, POSTERIOR_FIRMS_MAX = 1000 };

/* Totals under the two keys; refuses what cannot be met. */
static bool read_totals(
    chi_net_case *c, const char *rows, const char *columns, chi_net_totals *totals)
{
    size_t n = chi_net_case_length(c, c->root, rows);
    totals->firms = n;
    totals->lent = chi_net_case_vector(c, c->root, rows, n, 0.0);
    totals->borrowed = chi_net_case_vector(c, c->root, columns, n, 0.0);
    if (!c->failed && (n < 2 || n > FIRMS_MAX || !totals->lent || !totals->borrowed))
        chi_net_case_error(
            c, c->root, 701, "\"%s\" and \"%s\" should list 2 firms or more", rows, columns);
    if (c->failed)
        return false;
    uint32_t firm = 0;
    double sums[2];
    switch (chi_net_totals_check(totals, &firm, sums)) {
    case CHI_NET_FEASIBLE:
        return true;
    case CHI_NET_SUMS_DIFFER:
        chi_net_case_error(c, chi_node_get(c->root, rows), 709,
            "%s add up to %.15g, %s to %.15g; every loan is one of each", rows, sums[0], columns,
            sums[1]);
        return false;
    case CHI_NET_FIRM_TOO_LARGE:
        chi_net_case_error(c, chi_node_get(c->root, rows), 709,
            "firm %u has %s of %.15g and %s of %.15g, together more than all loans, %.15g: it "
            "would "
            "have to lend to itself",
            firm, rows, totals->lent[firm], columns, totals->borrowed[firm], sums[0]);
        return false;
    }
    return false;
}

static double entropy_amount(
    const chi_net_totals *totals, const chi_net_entropy *e, uint32_t hub, size_t i, size_t j)
{
    if (i == j)
        return 0.0;
    if (hub == UINT32_MAX)
        return e->row ? e->row[i] * e->column[j] : 0.0;
    return j == hub ? totals->lent[i] : i == hub ? totals->borrowed[j] : 0.0;
}

void chi_net_case_reconstruction(chi_net_case *c)
{
    chi_net_totals totals;
    if (!read_totals(c, "assets", "liabilities", &totals))
        return;
    uint32_t hub;
    chi_net_entropy e = chi_net_maximum_entropy(c->arena, &totals, &hub);
    if (!e.converged)
        chi_net_case_error(c, c->root, 715, "maximum entropy did not converge");
    chi_net_json_key(c->json, "max_entropy");
    chi_net_json_open(c->json, '[');
    for (size_t i = 0; i < totals.firms; i++) {
        chi_net_json_open(c->json, '[');
        for (size_t j = 0; j < totals.firms; j++)
            chi_net_json_number(c->json, entropy_amount(&totals, &e, hub, i, j));
        chi_net_json_close(c->json, ']');
    }
    chi_net_json_close(c->json, ']');
    chi_net_sparse sparse = chi_net_minimum_density(c->arena, &totals);
    chi_net_json_key(c->json, "min_density_links");
    chi_net_json_open(c->json, '[');
    chi_net_json_integer(c->json, (int64_t)sparse.links.count);
    chi_net_json_close(c->json, ']');
    chi_net_json_count(c->json, "generic_minimum_links", sparse.generic);
    chi_net_json_key(c->json, "min_density_proven");
    chi_net_json_bool(c->json, sparse.proven);
    chi_net_json_key(c->json, "min_density");
    chi_net_json_open(c->json, '[');
    for (size_t k = 0; k < sparse.links.count; k++) {
        chi_net_json_open(c->json, '[');
        chi_net_json_integer(c->json, sparse.links.from[k]);
        chi_net_json_integer(c->json, sparse.links.to[k]);
        chi_net_json_number(c->json, sparse.links.amount[k]);
        chi_net_json_close(c->json, ']');
    }
    chi_net_json_close(c->json, ']');
}

static void write_matrix(chi_net_json *json, const char *key, const double *cells, size_t n)
{
    chi_net_json_key(json, key);
    chi_net_json_open(json, '[');
    for (size_t i = 0; i < n; i++) {
        chi_net_json_open(json, '[');
        for (size_t j = 0; j < n; j++)
            chi_net_json_number(json, cells[i * n + j]);
        chi_net_json_close(json, ']');
    }
    chi_net_json_close(json, ']');
}

static void write_table(chi_net_json *json, const chi_net_posterior *p, size_t n)
{
    chi_net_json_key(json, "links_table");
    chi_net_json_open(json, '{');
    for (size_t count = 0; count <= n * n; count++) {
        char key[24];
        snprintf(key, sizeof key, "%zu", count);
        if (p->links_table[count])
            chi_net_json_count(json, key, p->links_table[count]);
    }
    chi_net_json_close(json, '}');
}

static size_t whole(chi_net_case *c, const char *key, double fallback, double most)
{
    double value = chi_net_case_number(c, c->root, key, fallback);
    if (!(value >= 1.0 && value <= most) || value != floor(value)) {
        chi_net_case_error(c, chi_node_get(c->root, key), 701,
            "%s should be a whole number from 1 to %g", key, most);
        return 1;
    }
    return (size_t)value;
}

/* Here rows are debtors: liabilities are row totals. */
void chi_net_case_posterior(chi_net_case *c)
{
    chi_net_posterior_input in = {.threads = c->threads};
    if (!read_totals(c, "liabilities", "assets", &in.totals))
        return;
    in.probability = chi_net_case_number(c, c->root, "p", 0.5);
    in.rate = chi_net_case_number(c, c->root, "lambda", 0.0);
    in.samples = whole(c, "samples", 10000.0, 1e9);
    in.thin = whole(c, "thin", 10.0, 1e6);
    double seed = chi_net_case_number(c, c->root, "seed", 1.0);
    in.seed = seed >= 0.0 && seed < 0x1p53 ? (uint64_t)seed : 1;
    if (!(in.probability > 0.0 && in.probability <= 1.0))
        chi_net_case_error(c, c->root, 714, "p should lie above 0 and be at most 1");
    if (!(in.rate > 0.0))
        chi_net_case_error(c, c->root, 703, "lambda should be above 0");
    if (in.totals.firms > POSTERIOR_FIRMS_MAX)
        chi_net_case_error(
            c, c->root, 701, "the sampler takes at most %d firms", (int)POSTERIOR_FIRMS_MAX);
    if (c->failed)
        return;
    chi_net_posterior p = chi_net_posterior_sample(c->arena, &in);
    size_t n = in.totals.firms;
    chi_net_json_count(c->json, "samples", p.samples);
    write_matrix(c->json, "mean_amount", p.amount, n);
    write_matrix(c->json, "mean_amount_se", p.amount_se, n);
    write_matrix(c->json, "prob_link", p.link, n);
    write_matrix(c->json, "prob_link_se", p.link_se, n);
    write_matrix(c->json, "mean_square", p.square, n);
    write_matrix(c->json, "mean_square_se", p.square_se, n);
    chi_net_json_field(c->json, "links_mean", p.links);
    write_table(c->json, &p, n);
}

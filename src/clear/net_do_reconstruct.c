/* `network reconstruct` on tables. */
#include "clear/net_do.h"

#include "clear/net_reconstruct.h"

#include <math.h>
#include <string.h>

enum { DENSE_FIRMS_MAX = 3000, POSTERIOR_FIRMS_MAX = 1000 };

/* Rows of the report: debtor, creditor, amount, as `--exposures` reads them. */
typedef struct rows {
    const char **debtor, **creditor;
    double *amount, *link, *error;
    size_t count;
} rows;

static rows rows_new(chi_arena *arena, size_t room)
{
    rows r = {0};
    r.debtor = chi_arena_alloc(arena, (room + 1) * sizeof *r.debtor);
    r.creditor = chi_arena_alloc(arena, (room + 1) * sizeof *r.creditor);
    r.amount = chi_arena_alloc(arena, (room + 1) * sizeof *r.amount);
    r.link = chi_arena_alloc(arena, (room + 1) * sizeof *r.link);
    r.error = chi_arena_alloc(arena, (room + 1) * sizeof *r.error);
    return r;
}

static void add_row(rows *r, const chi_network *net, size_t lender, size_t borrower, double amount)
{
    r->debtor[r->count] = net->names[borrower];
    r->creditor[r->count] = net->names[lender];
    r->amount[r->count++] = amount;
}

static bool read_totals(chi_net_input *in, chi_net_totals *totals)
{
    bool ok = true;
    if (!in->job->balances_path) {
        chi_net_input_error(
            in, 711, "--balances FILE.csv with columns firm, lent and borrowed is needed");
        return false;
    }
    if (!chi_net_input_read(in, 0))
        return false;
    totals->firms = in->network.firms;
    totals->lent = chi_net_input_column(in, "lent", 0.0, true, &ok);
    totals->borrowed = chi_net_input_column(in, "borrowed", 0.0, true, &ok);
    if (!ok)
        return false;
    uint32_t firm = 0;
    double sums[2];
    switch (chi_net_totals_check(totals, &firm, sums)) {
    case CHI_NET_FEASIBLE:
        return true;
    case CHI_NET_SUMS_DIFFER:
        chi_net_input_error(in, 709,
            "%s: lent adds up to %.15g, borrowed to %.15g; every loan is one of each",
            in->job->balances_path, sums[0], sums[1]);
        return false;
    case CHI_NET_FIRM_TOO_LARGE:
        chi_net_table_error(in->balances, firm, "lent", 709,
            "%s lent %.15g and borrowed %.15g, together more than all loans, %.15g: it would have "
            "to lend to itself",
            in->network.names[firm], totals->lent[firm], totals->borrowed[firm], sums[0]);
        return false;
    }
    return false;
}

static bool by_entropy(chi_net_input *in, chi_net_report *report, const chi_net_totals *t, rows *r)
{
    size_t n = t->firms;
    if (n > DENSE_FIRMS_MAX) {
        chi_net_input_error(in, 711,
            "maximum entropy links everybody with everybody; %zu firms are more than the %d that "
            "can be written out",
            n, (int)DENSE_FIRMS_MAX);
        return false;
    }
    uint32_t hub;
    chi_net_entropy e = chi_net_maximum_entropy(in->arena, t, &hub);
    if (!e.converged) {
        chi_net_input_error(in, 715, "maximum entropy did not converge");
        return false;
    }
    *r = rows_new(in->arena, n * n);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            double amount = hub != UINT32_MAX ? (j == hub      ? t->lent[i]
                                                    : i == hub ? t->borrowed[j]
                                                               : 0.0)
                            : e.row           ? e.row[i] * e.column[j]
                                              : 0.0;
            if (i != j && amount > 0.0)
                add_row(r, &in->network, i, j, amount);
        }
    }
    chi_net_report_note(report,
        "Maximum entropy, %zu links; totals are met to %.2g. It spreads risk as evenly as it goes "
        "and so understates contagion.",
        r->count, e.error);
    return true;
}

static bool by_density(chi_net_input *in, chi_net_report *report, const chi_net_totals *t, rows *r)
{
    chi_net_sparse sparse = chi_net_minimum_density(in->arena, t);
    *r = rows_new(in->arena, sparse.links.count);
    for (size_t k = 0; k < sparse.links.count; k++)
        add_row(r, &in->network, sparse.links.from[k], sparse.links.to[k], sparse.links.amount[k]);
    chi_net_report_fact(report, "generic_minimum_links", (double)sparse.generic);
    chi_net_report_fact(report, "lower_bound_links", (double)sparse.lower_bound);
    chi_net_report_fact(report, "gap_links", (double)(sparse.links.count - sparse.lower_bound));
    chi_net_report_word(report, "proven", sparse.proven ? "yes" : "no");
    chi_net_report_note(report,
        "%zu links. Without sub-totals that match, rows and columns less one, %zu, would be the "
        "least.",
        sparse.links.count, sparse.generic);
    if (sparse.proven)
        chi_net_report_note(report, "This is the least: proven.");
    else
        chi_net_report_note(report,
            "Not proven to be the least: groups with matching totals were not searched "
            "completely. At least %zu links are needed, %zu fewer.",
            sparse.lower_bound, sparse.links.count - sparse.lower_bound);
    return true;
}

static bool by_posterior(
    chi_net_input *in, chi_net_report *report, const chi_net_totals *t, rows *r)
{
    size_t n = t->firms;
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += t->lent[i];
    const ch_network_job *job = in->job;
    double links = job->probability * (double)n * (double)(n - 1);
    chi_net_posterior_input p = {.totals = *t,
        .probability = job->probability,
        .seed = job->seed,
        .samples = job->samples,
        .thin = job->thin ? job->thin : 10,
        .threads = job->threads};
    /* Unless it is given, the rate makes the expected links carry the expected amount. */
    p.rate = job->rate > 0.0 ? job->rate : sum > 0.0 ? links / sum : 1.0;
    if (n < 2 || n > POSTERIOR_FIRMS_MAX || !(p.probability > 0.0) || job->samples == 0) {
        chi_net_input_error(in, 711,
            "the sampler takes 2 to %d firms, a probability above 0 and at least one sample",
            (int)POSTERIOR_FIRMS_MAX);
        return false;
    }
    chi_net_posterior found = chi_net_posterior_sample(in->arena, &p);
    *r = rows_new(in->arena, n * n);
    for (size_t k = 0; k < n * n; k++) {
        if (found.link[k] == 0.0)
            continue;
        r->link[r->count] = found.link[k];
        r->error[r->count] = found.amount_se[k];
        add_row(r, &in->network, k / n, k % n, found.amount[k]);
    }
    chi_net_report_fact(report, "samples", (double)found.samples);
    chi_net_report_fact(report, "mean_links", found.links);
    chi_net_report_fact(report, "rate", p.rate);
    chi_net_report_note(report,
        "Means over %zu networks drawn from the posterior (link probability %g, amounts "
        "exponential with mean %.6g); %.1f links on average. Use many draws, never one.",
        found.samples, p.probability, 1.0 / p.rate, found.links);
    return true;
}

bool chi_net_do_reconstruct(chi_net_input *in, chi_net_report *report)
{
    chi_net_totals totals = {0};
    if (!read_totals(in, &totals))
        return false;
    const char *method = in->job->method ? in->job->method : "minimum_density";
    bool bayes = strcmp(method, "bayes") == 0;
    rows r = {0};
    bool ok;
    if (strcmp(method, "minimum_density") == 0) {
        ok = by_density(in, report, &totals, &r);
    } else if (strcmp(method, "maximum_entropy") == 0) {
        ok = by_entropy(in, report, &totals, &r);
    } else if (bayes) {
        ok = by_posterior(in, report, &totals, &r);
    } else {
        chi_net_input_error(in, 711,
            "--method of reconstruct is minimum_density, maximum_entropy or bayes, not \"%.40s\"",
            method);
        ok = false;
    }
    if (!ok)
        return false;
    report->title = "Reconstruction: a network that fits the totals";
    report->rows_name = "links";
    report->rows = r.count;
    chi_net_report_word(report, "method", method);
    chi_net_report_fact(report, "links_count", (double)r.count);
    chi_net_report_texts(report, "debtor", r.debtor);
    chi_net_report_texts(report, "creditor", r.creditor);
    chi_net_report_numbers(report, "amount", CHI_NET_MONEY, r.amount);
    if (bayes) {
        chi_net_report_numbers(report, "amount_error", CHI_NET_MONEY, r.error);
        chi_net_report_numbers(report, "link_probability", CHI_NET_SHARE, r.link);
    }
    chi_net_report_rank(report, r.amount);
    return true;
}

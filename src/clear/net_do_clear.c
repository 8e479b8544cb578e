/* `network clear` on tables: who pays what, who fails in which round, and what is certain of it. */
#include "clear/net_do.h"

#include "base/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Columns of one solution. */
typedef struct sheet {
    double *debt, *pays, *recovery, *equity, *lost, *round, *shortfall, *margin;
    const char **status;
} sheet;

static double *numbers(chi_net_input *in)
{
    return chi_arena_alloc(in->arena, (in->network.firms + 1) * sizeof(double));
}

/* What a firm pays in all tiers, outsiders included. */
static double paid_by(const chi_net_problem *problem, const chi_net_clearing *c, size_t firm)
{
    size_t first = problem->first_node ? problem->first_node[firm] : firm;
    size_t end = problem->first_node ? problem->first_node[firm + 1] : firm + 1;
    double paid = 0.0;
    for (size_t k = first; k < end; k++) {
        if (problem->size[k] < (double)INFINITY)
            paid += problem->size[k] * c->output[k];
    }
    if (problem->first_node || problem->bottom[firm] == 0.0)
        return paid;
    double cash = chi_net_cash(problem, firm, c->value[firm], c->failed[firm]);
    return paid + (cash < problem->bottom[firm] ? cash : problem->bottom[firm]);
}

/* Claims that are not paid, by creditor. */
static void sum_losses(const chi_net_build *build, const chi_net_clearing *c, double *lost)
{
    const chi_net_matrix *m = &build->matrix;
    for (size_t j = 0; j < m->rows; j++) {
        for (size_t k = m->start[j]; k < m->start[j + 1]; k++) {
            uint32_t node = m->column[k];
            if (build->problem.size[node] < (double)INFINITY)
                lost[j] += m->weight[k] * (1.0 - c->output[node]);
        }
    }
}

static sheet fill_sheet(chi_net_input *in, const chi_net_build *build, const chi_net_clearing *c)
{
    sheet s = {.debt = numbers(in),
        .pays = numbers(in),
        .recovery = numbers(in),
        .equity = numbers(in),
        .lost = numbers(in),
        .round = numbers(in),
        .shortfall = numbers(in),
        .margin = numbers(in)};
    s.status = chi_arena_alloc(in->arena, (in->network.firms + 1) * sizeof *s.status);
    for (size_t i = 0; i < in->network.firms; i++) {
        s.debt[i] = build->problem.debt[i];
        s.pays[i] = c->failed[i] ? paid_by(&build->problem, c, i) : s.debt[i];
        s.recovery[i] = s.debt[i] > 0.0 ? s.pays[i] / s.debt[i] : 1.0;
        s.shortfall[i] = s.debt[i] - s.pays[i];
        s.margin[i] = c->value[i] - s.debt[i];
        s.equity[i] = c->failed[i] || s.margin[i] < 0.0 ? 0.0 : s.margin[i];
        s.round[i] = c->round[i];
        s.status[i] = c->failed[i] ? "fails" : "pays";
    }
    sum_losses(build, c, s.lost);
    return s;
}

static size_t count_failed(const chi_net_clearing *c, size_t firms)
{
    size_t count = 0;
    for (size_t i = 0; i < firms; i++)
        count += c->failed[i];
    return count;
}

/* "A, B, C and 5 more": the first names of a set. */
static const char *name_some(chi_net_input *in, const uint8_t *marked, const uint8_t *but)
{
    char text[400];
    size_t at = 0, shown = 0, more = 0;
    for (size_t i = 0; i < in->network.firms; i++) {
        if (!marked[i] || (but && but[i]))
            continue;
        const char *name = in->network.names[i];
        if (shown < 8 && at + strlen(name) + 40 < sizeof text) {
            at += (size_t)snprintf(text + at, sizeof text - at, "%s%s", shown ? ", " : "", name);
            shown++;
        } else {
            more++;
        }
    }
    if (more)
        snprintf(text + at, sizeof text - at, " and %zu more", more);
    else
        text[at] = '\0';
    return chi_arena_text(in->arena, text, strlen(text));
}

/* The band between the greatest and the least solution, in words and numbers. */
static void tell_band(chi_net_input *in, chi_net_report *report, sheet *s,
    const chi_net_clearing *most, const chi_net_clearing *least)
{
    size_t n = in->network.firms;
    size_t sure = count_failed(most, n), feared = count_failed(least, n);
    size_t band = 0;
    for (size_t i = 0; i < n; i++) {
        if (least->failed[i] && !most->failed[i]) {
            s->status[i] = "fails if expected";
            band++;
        }
    }
    chi_net_report_fact(report, "failed_least", (double)feared);
    chi_net_report_fact(report, "panic_band", (double)band);
    if (band == 0) {
        chi_net_report_note(report, "The greatest and the least solution agree on who fails.");
        return;
    }
    chi_net_report_note(report,
        "Panic band: %zu firm%s in any case%s%s; %zu more only if everybody expects it: %s.", sure,
        sure == 1 ? " fails" : "s fail", sure ? ": " : "",
        sure ? name_some(in, most->failed, NULL) : "", band,
        name_some(in, least->failed, most->failed));
}

static void tell_certificate(chi_net_input *in, chi_net_report *report, const char *which,
    const chi_net_clearing *c, const chi_net_problem *problem)
{
    char error[48], margin[48];
    if (c->certified && c->close_calls == 0)
        chi_net_report_note(report,
            "Certificate (%s): every payment is right to within %s; %zu round%s of default.", which,
            chi_net_money(c->error, error), c->rounds, c->rounds == 1 ? "" : "s");
    else if (c->certified)
        chi_net_report_note(report,
            "Certificate (%s): every payment is right to within %s, if the %zu firm%s exactly at "
            "the threshold pay%s, as assumed.",
            which, chi_net_money(c->error, error), c->close_calls, c->close_calls == 1 ? "" : "s",
            c->close_calls == 1 ? "s" : "");
    else
        chi_net_report_note(report, "No certificate (%s): the error could not be bounded.", which);
    if (isfinite(c->nearest_margin)) {
        uint32_t firm = c->nearest_firm;
        chi_net_report_note(report,
            "Nearest threshold: %s has %s %s than it owes (%.3g %% of its debt); if the data are "
            "off by that much, the answer changes.",
            in->network.names[firm], chi_net_money(fabs(c->nearest_margin), margin),
            c->nearest_margin < 0.0 ? "less" : "more",
            100.0 * fabs(c->nearest_margin) / problem->debt[firm]);
    }
}

static void tell_sums(chi_net_input *in, chi_net_report *report, const sheet *s,
    const chi_net_clearing *c, const chi_net_problem *problem)
{
    size_t n = in->network.firms;
    double debt = 0.0, shortfall = 0.0, lost = 0.0, deadweight = 0.0, book = 0.0;
    for (size_t i = 0; i < n; i++) {
        debt += s->debt[i];
        shortfall += s->shortfall[i];
        lost += s->lost[i];
        if (c->failed[i])
            deadweight += c->value[i] - chi_net_cash(problem, i, c->value[i], true);
        double face = chi_net_row_sum(problem->matrix, i);
        book += !in->network.holdings.count && problem->outside[i] + face < problem->debt[i];
    }
    chi_net_report_fact(report, "firms_count", (double)n);
    chi_net_report_fact(report, "edges", (double)in->network.exposures.count);
    chi_net_report_fact(report, "alpha", problem->alpha);
    chi_net_report_fact(report, "beta", problem->beta);
    chi_net_report_fact(report, "total_debt", debt);
    chi_net_report_fact(report, "shortfall", shortfall);
    chi_net_report_fact(report, "shortfall_to_network", lost);
    chi_net_report_fact(report, "deadweight", deadweight);
    chi_net_report_fact(report, "failed", (double)count_failed(c, n));
    chi_net_report_fact(report, "failed_by_own_books", book);
    chi_net_report_fact(report, "rounds", (double)c->rounds);
    chi_net_report_fact(report, "error", c->error);
    chi_net_report_word(report, "certified", c->certified ? "yes" : "no");
    chi_net_report_fact(report, "close_calls", (double)c->close_calls);
    char a[48], b[48], d[48];
    chi_net_report_note(report,
        "%zu of %zu firms fail. Of debts of %s, %s stay unpaid; %s are lost to costs of default.",
        count_failed(c, n), n, chi_net_money(debt, a), chi_net_money(shortfall, b),
        chi_net_money(deadweight, d));
}

static void tell_assumptions(chi_net_input *in, chi_net_report *report)
{
    if (in->network.external && in->network.tiers > 1 && !in->network.external_senior)
        chi_net_report_note(report, "Assumed: external_liabilities rank with tier 1; an exposure "
                                    "to the creditor \"outside\" may have any tier.");
    else if (in->network.external && !in->network.external_senior)
        chi_net_report_note(report, "Assumed: outsiders rank equally with the network (--outsiders "
                                    "senior puts them first).");
}

static void add_columns(chi_net_input *in, chi_net_report *report, const sheet *s)
{
    chi_net_report_texts(report, "firm", in->network.names);
    chi_net_report_texts(report, "status", s->status);
    chi_net_report_numbers(report, "round", CHI_NET_COUNT, s->round);
    chi_net_report_numbers(report, "debt", CHI_NET_MONEY, s->debt);
    chi_net_report_numbers(report, "payments", CHI_NET_MONEY, s->pays);
    chi_net_report_numbers(report, "recovery", CHI_NET_SHARE, s->recovery);
    chi_net_report_numbers(report, "equity", CHI_NET_MONEY, s->equity);
    chi_net_report_numbers(report, "claims_lost", CHI_NET_MONEY, s->lost);
    chi_net_report_numbers(report, "assets_less_debt", CHI_NET_MONEY, s->margin);
}

bool chi_net_do_clear(chi_net_input *in, chi_net_report *report)
{
    if (!chi_net_input_read(in, CHI_NET_NEEDS_BALANCES | CHI_NET_NEEDS_EXPOSURES))
        return false;
    const ch_network_job *job = in->job;
    for (size_t i = 0; i < in->network.firms; i++)
        in->network.outside[i] *= 1.0 - job->shock;
    chi_net_build build;
    chi_net_build_problem(in->arena, &in->network, job->alpha, job->beta, &build);
    bool many = job->which != CH_NETWORK_GREATEST &&
                (job->which == CH_NETWORK_LEAST || chi_net_may_be_many(in->arena, &build.problem));
    chi_net_clearing least = {0}, most = {0};
    if (many)
        least = chi_net_clear_least(in->arena, &build.problem);
    if (job->which != CH_NETWORK_LEAST)
        most = chi_net_clear_greatest(in->arena, &build.problem);
    chi_net_clearing *shown = job->which == CH_NETWORK_LEAST ? &least : &most;
    if (!shown->converged) {
        chi_net_input_error(in, 715, "the clearing did not converge");
        return false;
    }
    sheet s = fill_sheet(in, &build, shown);
    report->title = "Clearing: who pays what when all pay at once";
    report->rows = in->network.firms;
    tell_sums(in, report, &s, shown, &build.problem);
    if (many && job->which == CH_NETWORK_BOTH) {
        tell_band(in, report, &s, &most, &least);
        sheet fear = fill_sheet(in, &build, &least);
        add_columns(in, report, &s);
        chi_net_report_numbers(report, "payments_least", CHI_NET_MONEY, fear.pays);
    } else {
        if (job->which == CH_NETWORK_BOTH)
            chi_net_report_note(report, "The solution is unique: no costs of default, and own cash "
                                        "reaches every firm with claims.");
        add_columns(in, report, &s);
    }
    tell_certificate(
        in, report, shown == &most ? "greatest solution" : "least solution", shown, &build.problem);
    tell_assumptions(in, report);
    report->marked = shown->failed;
    chi_net_report_rank(report, s.shortfall);
    return true;
}

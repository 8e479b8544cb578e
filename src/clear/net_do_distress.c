/* `network distress` and `network value` on tables. */
#include "clear/net_do.h"

#include "base/check.h"
#include "clear/net_distress.h"
#include "clear/net_rank.h"
#include "clear/net_value.h"

#include <math.h>
#include <string.h>

static double *numbers(chi_net_input *in)
{
    return chi_arena_alloc(in->arena, (in->network.firms + 1) * sizeof(double));
}

/* Capital as given, or assets less debts. */
static double *find_capital(chi_net_input *in, bool *ok)
{
    double *capital = chi_net_input_column(in, "capital", 0.0, false, ok);
    if (capital || !*ok)
        return capital;
    chi_net_build build;
    chi_net_build_problem(in->arena, &in->network, 1.0, 1.0, &build);
    capital = numbers(in);
    for (size_t k = 0; k < in->network.exposures.count; k++)
        capital[in->network.exposures.to[k]] += in->network.exposures.amount[k];
    for (size_t i = 0; i < in->network.firms; i++) {
        capital[i] += in->network.outside[i] - build.problem.debt[i];
        if (capital[i] < 0.0)
            capital[i] = 0.0;
    }
    return capital;
}

/* Weights as given, or claims on the network. */
static double *find_weights(chi_net_input *in, bool *ok)
{
    double *weights = chi_net_input_column(in, "weight", 0.0, false, ok);
    if (weights || !*ok)
        return weights;
    weights = numbers(in);
    for (size_t k = 0; k < in->network.exposures.count; k++)
        weights[in->network.exposures.to[k]] += in->network.exposures.amount[k];
    return weights;
}

/* Stress at the start: a column, one firm, or a share for all. NULL: rank single defaults. */
static double *find_start(chi_net_input *in, const double *capital, bool *ok)
{
    double *start = chi_net_input_column(in, "initial_stress", 0.0, false, ok);
    if (!*ok)
        return NULL;
    if (in->job->firm) {
        uint32_t firm = chi_net_input_firm(in, in->job->firm);
        start = numbers(in);
        *ok = firm != UINT32_MAX;
        if (*ok)
            start[firm] = 1.0;
    } else if (in->job->shock > 0.0) {
        start = numbers(in);
        for (size_t i = 0; i < in->network.firms; i++)
            start[i] = in->job->shock;
    }
    for (size_t i = 0; start && i < in->network.firms; i++) {
        if (capital[i] == 0.0 && start[i] < 1.0)
            start[i] = 1.0; /* without capital a firm has failed at once */
    }
    return start;
}

static void tell_radius(chi_net_input *in, chi_net_report *report, const chi_net_matrix *impact)
{
    double radius = chi_net_radius(in->arena, impact);
    chi_net_report_fact(report, "spectral_radius", radius);
    if (radius >= 1.0)
        chi_net_report_note(report,
            "Losses feed on themselves: the impact matrix has spectral radius %.4g, at or above 1, "
            "so a small shock can grow until capital is gone.",
            radius);
    else
        chi_net_report_note(report,
            "Spectral radius of the impact matrix: %.4g. Below 1 a small shock dies out.", radius);
}

static void rank_all(chi_net_input *in, chi_net_report *report, chi_net_rank_input *rank)
{
    size_t n = in->network.firms;
    chi_net_ranked *ranked = chi_arena_alloc(in->arena, (n + 1) * sizeof *ranked);
    chi_net_rank_defaults(in->arena, rank, ranked);
    double *stress = numbers(in), *losses = numbers(in), *defaults = numbers(in);
    double *additional = numbers(in);
    for (size_t i = 0; i < n; i++) {
        stress[i] = ranked[i].additional_stress;
        losses[i] = ranked[i].losses;
        defaults[i] = (double)ranked[i].defaults;
        additional[i] = ranked[i].additional_losses;
    }
    report->rows = n;
    report->title = "Distress: what each firm's default does to the others, ranked";
    chi_net_report_texts(report, "firm", in->network.names);
    chi_net_report_numbers(report, "stress_of_others", CHI_NET_SHARE, stress);
    chi_net_report_numbers(report, "capital_destroyed", CHI_NET_MONEY, losses);
    chi_net_report_numbers(report, "others_failed", CHI_NET_COUNT, defaults);
    chi_net_report_quiet(report, "additional_losses", CHI_NET_MONEY, additional);
    chi_net_report_rank(report, stress);
}

static bool run_one(
    chi_net_input *in, chi_net_report *report, const chi_net_rank_input *rank, const double *start)
{
    size_t n = in->network.firms, rounds = 0, passes = 0;
    double error = 0.0, *stress = numbers(in), *losses = numbers(in), *capped = numbers(in);
    if (rank->method == CHI_NET_DEBTRANK && rank->rounds_max == 0) {
        if (!chi_net_debtrank_limit(in->arena, rank->impact, start, stress, &error, &passes)) {
            chi_net_input_error(in, 715, "DebtRank did not converge");
            return false;
        }
        chi_net_report_note(
            report, "The limit of all rounds, right to within %.2g of capital.", error);
    } else {
        chi_net_walk walk = chi_net_walk_new(in->arena, rank->out);
        rounds = chi_net_walk_run(&walk, rank->method, start, rank->rounds_max, 1e-17);
        memcpy(stress, walk.stress, n * sizeof *stress);
        chi_net_report_note(report, "%zu rounds until nothing more was passed on.", rounds);
    }
    chi_net_distress_sums sums =
        chi_net_distress_sum(n, start, stress, rank->capital, rank->weights);
    for (size_t i = 0; i < n; i++) {
        capped[i] = stress[i] < 1.0 ? stress[i] : 1.0;
        losses[i] = stress[i] * rank->capital[i];
    }
    report->rows = n;
    report->title = "Distress: losses passed on before anybody defaults on a debt";
    chi_net_report_texts(report, "firm", in->network.names);
    chi_net_report_numbers(report, "stress_at_first", CHI_NET_SHARE, start);
    chi_net_report_numbers(report, "stress", CHI_NET_SHARE, capped);
    chi_net_report_numbers(report, "losses", CHI_NET_MONEY, losses);
    chi_net_report_quiet(report, "final_stress", CHI_NET_NUMBER, stress);
    chi_net_report_fact(report, "original_stress", sums.original_stress);
    chi_net_report_fact(report, "additional_stress", sums.additional_stress);
    chi_net_report_fact(report, "original_losses", sums.original_losses);
    chi_net_report_fact(report, "additional_losses", sums.additional_losses);
    chi_net_report_fact(report, "additional_defaults", (double)sums.additional_defaults);
    chi_net_report_fact(report, "rounds", (double)rounds);
    char money[48];
    chi_net_report_note(report,
        "The shock is %.2f %% of the system; contagion adds %.2f %%, losses of %s and %zu firm%s "
        "without capital.",
        100.0 * sums.original_stress, 100.0 * sums.additional_stress,
        chi_net_money(sums.additional_losses, money), sums.additional_defaults,
        sums.additional_defaults == 1 ? "" : "s");
    chi_net_report_rank(report, losses);
    return true;
}

static bool run_communicability(chi_net_input *in, chi_net_report *report, const double *capital)
{
    const chi_net_edges *e = &in->network.exposures;
    chi_net_matrix impact =
        chi_net_impact(in->arena, in->network.firms, e->count, e->from, e->to, e->amount, capital);
    for (size_t k = 0; k < impact.entries; k++)
        impact.weight[k] = impact.weight[k] < 1.0 ? impact.weight[k] : 1.0;
    chi_net_matrix v = chi_net_matrix_transpose(in->arena, &impact);
    if (in->network.firms > 5000 || chi_net_row_norm(&v) > CHI_NET_COMMUNICABILITY_NORM_MAX) {
        chi_net_input_error(
            in, 711, "communicability is for at most 5000 firms with few strong links");
        return false;
    }
    chi_net_communicability c = chi_net_communicate(in->arena, &v);
    report->rows = in->network.firms;
    report->title = "Communicability: reach of each firm along all paths";
    chi_net_report_texts(report, "firm", in->network.names);
    chi_net_report_numbers(report, "criticality", CHI_NET_NUMBER, c.criticality);
    chi_net_report_numbers(report, "impact_susceptibility", CHI_NET_NUMBER, c.susceptibility);
    chi_net_report_numbers(report, "diffusion_start", CHI_NET_NUMBER, c.start);
    chi_net_report_numbers(report, "diffusion_intermediate", CHI_NET_NUMBER, c.between);
    chi_net_report_fact(report, "impact_fluidity", c.fluidity);
    chi_net_report_note(report, "Impact fluidity, the mean susceptibility: %.5g.", c.fluidity);
    chi_net_report_rank(report, c.criticality);
    return true;
}

static bool find_method(chi_net_input *in, chi_net_distress_method *method)
{
    const char *name = in->job->method ? in->job->method : "debtrank";
    *method = chi_net_distress_find(name);
    if (*method == CHI_NET_DISTRESS_COUNT) {
        chi_net_input_error(in, 711,
            "--method of distress is debtrank, debtrank_single_hit, threshold or communicability, "
            "not \"%.40s\"",
            name);
        return false;
    }
    return true;
}

bool chi_net_do_distress(chi_net_input *in, chi_net_report *report)
{
    bool ok = true;
    if (!chi_net_input_read(in, CHI_NET_NEEDS_EXPOSURES) || !in->job->balances_path) {
        if (!in->job->balances_path)
            chi_net_input_error(in, 711, "--balances FILE.csv with a column capital is needed");
        return false;
    }
    chi_net_rank_input rank = {.rounds_max = in->job->rounds, .threads = in->job->threads};
    double *capital = find_capital(in, &ok);
    if (ok && in->job->method && strcmp(in->job->method, "communicability") == 0)
        return run_communicability(in, report, capital);
    rank.weights = find_weights(in, &ok);
    if (!ok || !find_method(in, &rank.method))
        return false;
    double *start = find_start(in, capital, &ok);
    if (!ok)
        return false;
    const chi_net_edges *e = &in->network.exposures;
    double keep = 1.0 - in->job->recovery;
    double *amount = chi_arena_alloc(in->arena, (e->count + 1) * sizeof *amount);
    for (size_t k = 0; k < e->count; k++)
        amount[k] = e->amount[k] * keep;
    chi_net_matrix impact =
        chi_net_impact(in->arena, in->network.firms, e->count, e->from, e->to, amount, capital);
    chi_net_matrix out = chi_net_matrix_transpose(in->arena, &impact);
    rank.impact = &impact;
    rank.out = &out;
    rank.capital = capital;
    chi_net_report_word(report, "method", chi_net_distress_name(rank.method));
    if (start)
        ok = run_one(in, report, &rank, start);
    else
        rank_all(in, report, &rank);
    tell_radius(in, report, &impact);
    return ok;
}

static bool read_valuation(chi_net_input *in, chi_net_valuation_input *v, chi_net_rule *rule)
{
    bool ok = true;
    const char *name = in->job->method ? in->job->method : "eisenberg_noe";
    *rule = chi_net_rule_find(name);
    if (*rule == CHI_NET_RULE_COUNT) {
        chi_net_input_error(in, 711,
            "--method of value is furfine, furfine_recovery, eisenberg_noe, linear_debtrank, "
            "merton, merton_fixed_recovery or blackcox, not \"%.40s\"",
            name);
        return false;
    }
    size_t n = in->network.firms;
    v->book = in->network.outside;
    v->external = in->network.external ? in->network.external : numbers(in);
    v->recovery = in->job->recovery;
    v->sigma = chi_net_input_column(in, "sigma", 1e-300, chi_net_rule_needs_sigma(*rule), &ok);
    double *shock = chi_net_input_column(in, "shock", 0.0, false, &ok);
    double *outside = numbers(in);
    for (size_t i = 0; i < n; i++)
        outside[i] = v->book[i] * (1.0 - in->job->shock) - (shock ? shock[i] : 0.0);
    v->outside = outside;
    return ok;
}

bool chi_net_do_value(chi_net_input *in, chi_net_report *report)
{
    chi_net_valuation_input input = {0};
    chi_net_rule rule;
    if (!chi_net_input_read(in, CHI_NET_NEEDS_BALANCES | CHI_NET_NEEDS_EXPOSURES) ||
        !read_valuation(in, &input, &rule))
        return false;
    const chi_net_edges *e = &in->network.exposures;
    size_t n = in->network.firms;
    chi_net_matrix claims =
        chi_net_matrix_build(in->arena, n, n, e->count, e->to, e->from, e->amount);
    input.claims = &claims;
    chi_net_valuation v = chi_net_value(in->arena, &input, rule);
    if (!v.converged) {
        chi_net_input_error(in, 715, "the valuation did not converge in %zu rounds", v.sweeps);
        return false;
    }
    double *loss = numbers(in);
    double before = 0.0, lost = 0.0;
    for (size_t i = 0; i < n; i++) {
        loss[i] = v.book_equity[i] - v.equity[i];
        before += v.book_equity[i];
        lost += loss[i];
    }
    report->rows = n;
    report->title = "Valuation of claims before maturity";
    chi_net_report_texts(report, "firm", in->network.names);
    chi_net_report_numbers(report, "book_equity", CHI_NET_MONEY, v.book_equity);
    chi_net_report_numbers(report, "equity", CHI_NET_MONEY, v.equity);
    chi_net_report_numbers(report, "equity_lost", CHI_NET_MONEY, loss);
    chi_net_report_numbers(report, "valuation", CHI_NET_SHARE, v.value);
    chi_net_report_quiet(report, "equity_after_first_round", CHI_NET_MONEY, v.first_round);
    chi_net_report_word(report, "method", chi_net_rule_name(rule));
    chi_net_report_fact(report, "rounds", (double)v.sweeps);
    chi_net_report_fact(report, "error_estimate", v.error);
    double bound = chi_net_value_bound(in->arena, &input, rule, &v);
    chi_net_report_fact(report, "error_bound", bound);
    char a[48], b[48], c[48];
    chi_net_report_note(report,
        "Rule %s: equity falls by %s of %s; %zu rounds, estimated error %s.",
        chi_net_rule_name(rule), chi_net_money(lost, a), chi_net_money(before, b), v.sweeps,
        chi_net_money(v.error, c));
    chi_net_report_note(report,
        "No equity is further than %s from that of the greatest solution%s.",
        chi_net_money(bound, a),
        chi_net_rule_needs_sigma(rule) ? ", if the rule is computed to 1e-13" : ": proven");
    chi_net_report_rank(report, loss);
    return true;
}

/* Cases of valuation before maturity. */
#include "clear/net_case.h"
#include "clear/net_value.h"

static void write_valuation(
    chi_net_case *c, const chi_net_valuation_input *input, chi_net_rule rule)
{
    size_t n = input->claims->rows;
    chi_net_valuation v = chi_net_value(c->arena, input, rule);
    if (!v.converged)
        chi_net_case_error(c, c->root, 715, "the rule %s did not converge in %zu rounds",
            chi_net_rule_name(rule), v.sweeps);
    chi_net_json_open(c->json, '{');
    chi_net_json_string(c->json, "method", chi_net_rule_name(rule));
    chi_net_json_vector(c->json, "equity", v.equity, n);
    chi_net_json_vector(c->json, "valuation", v.value, n);
    chi_net_json_vector(c->json, "equity_after_first_round", v.first_round, n);
    chi_net_json_count(c->json, "rounds", v.sweeps);
    chi_net_json_close(c->json, '}');
}

static void run_rules(chi_net_case *c, const chi_net_valuation_input *input)
{
    const chi_node *results = chi_node_get(c->root, "results");
    chi_net_json_key(c->json, "results");
    chi_net_json_open(c->json, '[');
    if (results && results->kind == CHI_SEQUENCE) {
        for (const chi_node *at = results->first; at && !c->failed; at = at->next) {
            const char *name = chi_net_case_text(c, at, "method", "");
            chi_net_rule rule = chi_net_rule_find(name);
            if (rule == CHI_NET_RULE_COUNT)
                chi_net_case_error(c, at, 701, "\"%.40s\" is not a valuation rule", name);
            else if (chi_net_rule_needs_sigma(rule) && !input->sigma)
                chi_net_case_error(c, at, 701, "%s needs \"sigma_assets\"", name);
            else
                write_valuation(c, input, rule);
        }
    } else {
        for (unsigned rule = 0; rule < CHI_NET_RULE_COUNT && !c->failed; rule++) {
            if (input->sigma || !chi_net_rule_needs_sigma((chi_net_rule)rule))
                write_valuation(c, input, (chi_net_rule)rule);
        }
    }
    chi_net_json_close(c->json, ']');
}

void chi_net_case_valuation(chi_net_case *c)
{
    size_t n = chi_net_case_firms(c);
    double *book = chi_net_case_vector(c, c->root, "external_assets", n, 0.0);
    double *external = chi_net_case_vector(c, c->root, "external_liabilities", n, 0.0);
    double *shock = chi_net_case_vector(c, c->root, "shock_to_external_assets", n, 0.0);
    double *sigma = chi_net_case_vector(c, c->root, "sigma_assets", n, 1e-300);
    double recovery = chi_net_case_number(c, c->root, "rho", 0.0);
    chi_net_edges edges = chi_net_case_edges(c, c->root, "edges", n);
    if (recovery < 0.0 || recovery > 1.0)
        chi_net_case_error(c, chi_node_get(c->root, "rho"), 714, "rho is a share between 0 and 1");
    if (!c->failed && !book)
        chi_net_case_error(c, c->root, 701, "\"external_assets\" is missing");
    if (c->failed)
        return;
    double *outside = chi_arena_alloc(c->arena, (n + 1) * sizeof *outside);
    for (size_t i = 0; i < n; i++)
        outside[i] = book[i] - (shock ? shock[i] : 0.0);
    if (!external)
        external = chi_arena_alloc(c->arena, (n + 1) * sizeof *external);
    chi_net_matrix claims =
        chi_net_matrix_build(c->arena, n, n, edges.count, edges.to, edges.from, edges.amount);
    chi_net_valuation_input input = {&claims, outside, book, external, sigma, recovery};
    run_rules(c, &input);
    double *equity = chi_net_value(c->arena, &input, CHI_NET_FURFINE).book_equity;
    chi_net_json_vector(c->json, "book_equity_before_shock", equity, n);
}

/* The published and computed network cases, against what `cardhouse network --case` prints.
 *
 * Every expected field must be there with the same nesting and order; the tolerance is the one the
 * cases' own page states. Fields that repeat a certain program's raw output are left out. */
#include "base/diag.h"
#include "base/write.h"
#include "cardhouse/network.h"
#include "clear/net_case.h"
#include "support/reference.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct comparison {
    const char *id;
    double tolerance, scale;
    size_t compared, wrong;
    double worst;
} comparison;

static bool to_number(const chi_node *node, double *value)
{
    return node->kind == CHI_SCALAR && !node->quoted &&
           chi_net_number(node->text, node->size, value);
}

static const char *const not_ours[] = {"package", "neva", "max_rel_difference", "default_rounds",
    "note", "source", "min_density_links", "links_table", "_se", "samples"};

static bool is_ours(const char *key)
{
    for (size_t k = 0; k < sizeof not_ours / sizeof *not_ours; k++) {
        if (strstr(key, not_ours[k]))
            return false;
    }
    return true;
}

static double largest(const chi_node *node)
{
    double value;
    if (node->kind == CHI_SCALAR)
        return to_number(node, &value) ? fabs(value) : 0.0;
    double most = 0.0;
    for (const chi_node *at = node->first; at; at = at->next) {
        double one = largest(at);
        most = one > most ? one : most;
    }
    return most;
}

static void complain(comparison *c, const char *key, const char *what, double want, double got)
{
    if (c->wrong++ < 10)
        print_error("%s: %s: %s, expected %.17g, got %.17g\n", c->id, key, what, want, got);
}

static void compare(comparison *c, const char *key, const chi_node *want, const chi_node *got)
{
    if (!got || want->kind != got->kind) {
        complain(c, key, "missing or of another kind", 0.0, 0.0);
        return;
    }
    if (want->kind == CHI_MAPPING) {
        for (const chi_node *at = want->first; at; at = at->next) {
            if (is_ours(at->key))
                compare(c, at->key, at, chi_node_get(got, at->key));
        }
        return;
    }
    if (want->kind == CHI_SEQUENCE) {
        if (want->size != got->size)
            complain(c, key, "length differs", (double)want->size, (double)got->size);
        const chi_node *other = got->first;
        for (const chi_node *at = want->first; at && other; at = at->next, other = other->next)
            compare(c, key, at, other);
        return;
    }
    double a, b;
    c->compared++;
    if (to_number(want, &a) && to_number(got, &b)) {
        double error = fabs(a - b) / c->scale;
        c->worst = error > c->worst ? error : c->worst;
        if (!(error <= c->tolerance))
            complain(c, key, "differs", a, b);
    } else if (strcmp(want->text, got->text) != 0) {
        complain(c, key, "text differs", 0.0, 0.0);
    }
}

static chi_node *run_file(
    chi_arena *arena, const char *path, ch_network_command command, ch_diags *parse)
{
    ch_network_job job = ch_network_job_default(command);
    job.case_path = path;
    chi_text_buffer text = {.arena = arena};
    ch_diags *diags;
    ch_status status = ch_network_run(&job, chi_text_buffer_write, &text, &diags);
    for (size_t k = 0; k < ch_diags_count(diags); k++)
        print_error("%s\n", ch_diags_at(diags, k)->message);
    ch_diags_free(diags);
    assert_int_equal(status, CH_OK);
    return chi_node_parse(arena, parse, "output", text.at, text.size);
}

/* Money scales of a case: errors are relative to its largest amount. */
static const char *const scale_keys[] = {"external_assets", "external_liabilities", "capital",
    "results", "result", "scenarios", "assets", "liabilities", "final_assets", NULL};

static void check_file(
    const char *name, ch_network_command command, const char *const *fields, double tolerance)
{
    char path[512];
    char file_name[128];
    snprintf(file_name, sizeof file_name, "contagion/%s", name);
    if (!reference_path(file_name, path, sizeof path))
        skip();
    chi_arena arena;
    chi_arena_init(&arena);
    ch_diags *diags = chi_diags_new();
    char *text;
    size_t size;
    assert_int_equal(chi_file_read(&arena, path, &text, &size), CH_OK);
    chi_node *file = chi_node_parse(&arena, diags, name, text, size);
    chi_node *output = run_file(&arena, path, command, diags);
    assert_non_null(file);
    assert_non_null(output);
    comparison c = {.tolerance = tolerance};
    for (const chi_node *at = chi_node_get(file, "cases")->first; at; at = at->next) {
        c.id = chi_node_get(at, "id")->text;
        c.scale = 1.0;
        for (size_t k = 0; scale_keys[k]; k++) {
            const chi_node *node = chi_node_get(at, scale_keys[k]);
            double most = node ? largest(node) : 0.0;
            c.scale = most > c.scale ? most : c.scale;
        }
        const chi_node *got = chi_node_get(output, c.id);
        for (size_t k = 0; fields[k]; k++) {
            const chi_node *want = chi_node_get(at, fields[k]);
            if (want)
                compare(&c, fields[k], want, got ? chi_node_get(got, fields[k]) : NULL);
        }
    }
    print_message("%s: %zu numbers, largest relative error %.2g\n", name, c.compared, c.worst);
    ch_diags_free(diags);
    chi_arena_free(&arena);
    assert_true(c.compared > 0);
    assert_int_equal(c.wrong, 0);
}

static void test_clearing(void **state)
{
    (void)state;
    const char *const fields[] = {"results", "domino_zero_recovery_defaulted", NULL};
    check_file("clearing.json", CH_NETWORK_CLEAR, fields, 1e-13);
}

static void test_holdings(void **state)
{
    (void)state;
    const char *const fields[] = {"result", NULL};
    check_file("cross_holdings.json", CH_NETWORK_CLEAR, fields, 1e-13);
}

static void test_valuation(void **state)
{
    (void)state;
    const char *const fields[] = {"results", "book_equity_before_shock", NULL};
    check_file("network_valuation.json", CH_NETWORK_VALUE, fields, 1e-13);
}

static void test_debtrank(void **state)
{
    (void)state;
    const char *const fields[] = {"results", "scenarios", NULL};
    check_file("debtrank.json", CH_NETWORK_DISTRESS, fields, 1e-11);
}

static void test_communicability(void **state)
{
    (void)state;
    const char *const fields[] = {"criticality", "criticality_binary", "impact_susceptibility",
        "impact_fluidity", "impact_diffusion", "impact_susceptibility_nonbinary",
        "impact_fluidity_nonbinary", "impact_diffusion_nonbinary", NULL};
    check_file("communicability.json", CH_NETWORK_DISTRESS, fields, 1e-11);
}

static void test_reconstruction(void **state)
{
    (void)state;
    const char *const fields[] = {"max_entropy", "generic_minimum_links", NULL};
    check_file("reconstruction.json", CH_NETWORK_RECONSTRUCT, fields, 1e-12);
}

static void test_firesale(void **state)
{
    (void)state;
    const char *const fields[] = {"defaults_per_step", "fraction_sold_per_step", "final_prices",
        "final_equity", "final_assets", "alive", "banks", NULL};
    check_file("fire_sale.json", CH_NETWORK_FIRESALE, fields, 1e-13);
}

static void test_supply(void **state)
{
    (void)state;
    const char *const fields[] = {"runs", NULL};
    check_file("supply_chain.json", CH_NETWORK_SUPPLY, fields, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clearing),
        cmocka_unit_test(test_holdings),
        cmocka_unit_test(test_valuation),
        cmocka_unit_test(test_debtrank),
        cmocka_unit_test(test_communicability),
        cmocka_unit_test(test_reconstruction),
        cmocka_unit_test(test_firesale),
        cmocka_unit_test(test_supply),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

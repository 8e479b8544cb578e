/* The Bayesian sampler against published means: within five combined standard errors. */
#include "clear/net_case.h"
#include "clear/net_reconstruct.h"
#include "support/reference.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static double number(const chi_node *node)
{
    double value = (double)NAN;
    if (node && node->kind == CHI_SCALAR)
        chi_net_number(node->text, node->size, &value);
    return value;
}

static const double *vector(chi_arena *arena, const chi_node *node)
{
    double *values = chi_arena_alloc(arena, node->size * sizeof *values);
    size_t i = 0;
    for (const chi_node *at = node->first; at; at = at->next)
        values[i++] = number(at);
    return values;
}

static double entry(const chi_node *matrix, size_t i, size_t j)
{
    const chi_node *row = matrix->first;
    while (i--)
        row = row->next;
    const chi_node *cell = row->first;
    while (j--)
        cell = cell->next;
    return number(cell);
}

static void compare(const chi_node *test, const char *key, const char *key_se, const double *mean,
    const double *error, size_t n)
{
    double worst = 0.0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            double gap = fabs(entry(chi_node_get(test, key), i, j) - mean[i * n + j]);
            double se = hypot(entry(chi_node_get(test, key_se), i, j), error[i * n + j]);
            double z = se > 0.0 ? gap / se : gap > 1e-9 ? 99.0 : 0.0;
            worst = z > worst ? z : worst;
        }
    }
    print_message("%s %s: %.2f standard errors\n", chi_node_get(test, "id")->text, key, worst);
    assert_true(worst < 5.0);
}

static void check(chi_arena *arena, const chi_node *test)
{
    chi_net_posterior_input in = {.probability = number(chi_node_get(test, "p")),
        .rate = number(chi_node_get(test, "lambda")),
        .seed = 11,
        .samples = 4096,
        .thin = 40};
    in.totals.firms = chi_node_get(test, "assets")->size;
    in.totals.lent = vector(arena, chi_node_get(test, "liabilities"));
    in.totals.borrowed = vector(arena, chi_node_get(test, "assets"));
    chi_net_posterior one = chi_net_posterior_sample(arena, &in);
    size_t n = in.totals.firms;
    compare(test, "mean_amount", "mean_amount_se", one.amount, one.amount_se, n);
    compare(test, "prob_link", "prob_link_se", one.link, one.link_se, n);
    compare(test, "mean_square", "mean_square_se", one.square, one.square_se, n);
    in.threads = 1;
    chi_net_posterior again = chi_net_posterior_sample(arena, &in);
    assert_memory_equal(one.amount, again.amount, n * n * sizeof(double));
}

static void test_published(void **state)
{
    (void)state;
    char path[512];
    if (!reference_path("contagion/reconstruction_posterior.json", path, sizeof path))
        skip();
    chi_arena arena;
    chi_arena_init(&arena);
    ch_diags *diags = chi_diags_new();
    char *text;
    size_t size;
    assert_int_equal(chi_file_read(&arena, path, &text, &size), CH_OK);
    chi_node *file = chi_node_parse(&arena, diags, "posterior", text, size);
    assert_non_null(file);
    for (const chi_node *at = chi_node_get(file, "cases")->first; at; at = at->next)
        check(&arena, at);
    ch_diags_free(diags);
    chi_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_published)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

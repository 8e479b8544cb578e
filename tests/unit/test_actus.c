/* ACTUS contracts against the public cases: order, type, exact time, payoff and every state field
 * that is given, at 1e-9 (guarantee14's one cut figure at 1e-6). */
#include "contract/actus_case.h"
#include "support/cmocka_all.h"
#include "support/collect.h"
#include "support/reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const files[] = {"ann", "capfl", "cec", "ceg", "clm", "com", "csh", "futur",
    "fxout", "lam", "lax", "nam", "optns", "pam", "stk", "swaps", "swppv", "ump"};

static double number_of(const chi_node *row, const char *key, bool *given)
{
    double value = 0.0;
    const chi_node *node = chi_node_get(row, key);
    *given = node != NULL;
    if (node)
        assert_true(chi_actus_number_parse(node, &value));
    return value;
}

/* Returns a text that says what differs, or NULL. */
static const char *differs(const chi_node *want, const chi_actus_row *have, double tolerance)
{
    static char text[256];
    const struct {
        const char *key;
        double value;
    } numbers[] = {{"payoff", have->payoff}, {"notionalPrincipal", have->state.nt},
        {"nominalInterestRate", have->state.ipnr}, {"accruedInterest", have->state.ipac},
        {"exerciseAmount", have->exercise_amount}};
    chi_moment time;
    const chi_node *date = chi_node_get(want, "eventDate");
    assert_true(chi_moment_parse(date->text, date->size, &time));
    const char *type = chi_node_get(want, "eventType")->text;
    if (time != have->time || strcmp(type, chi_actus_kind_name(have->kind)) != 0) {
        char when[20];
        chi_moment_format(have->time, when);
        snprintf(text, sizeof text, "want %s %s, have %s %s", date->text, type, when,
            chi_actus_kind_name(have->kind));
        return text;
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        bool given;
        double value = number_of(want, numbers[i].key, &given);
        double bound = tolerance * (fabs(value) > 1.0 ? fabs(value) : 1.0);
        if (given && !(fabs(value - numbers[i].value) <= bound)) {
            snprintf(text, sizeof text, "%s %s: %s: want %.17g, have %.17g", date->text, type,
                numbers[i].key, value, numbers[i].value);
            return text;
        }
    }
    const chi_node *exercise = chi_node_get(want, "exerciseDate");
    if (exercise) {
        assert_true(chi_moment_parse(exercise->text, exercise->size, &time));
        if (time != have->exercise_date)
            return "exerciseDate differs";
    }
    if (strcmp(chi_node_get(want, "currency")->text, have->currency) != 0)
        return "currency differs";
    return NULL;
}

static int check_case(const chi_node *node, chi_actus_case *one)
{
    const chi_node *results = chi_node_get(node, "results");
    size_t i = 0;
    double tolerance = strcmp(one->id, "guarantee14") == 0 ? 1e-6 : 1e-9;
    for (const chi_node *want = results->first; want; want = want->next, i++) {
        const char *text =
            i < one->rows.count ? differs(want, &one->rows.at[i], tolerance) : "row is missing";
        if (text) {
            print_message("%s row %zu: %s\n", one->id, i, text);
            return 1;
        }
    }
    if (i != one->rows.count) {
        print_message("%s: %zu rows more than wanted\n", one->id, one->rows.count - i);
        return 1;
    }
    return 0;
}

static int check_file(const char *path, size_t *count)
{
    chi_arena arena;
    char *text;
    size_t size;
    int wrong = 0;
    chi_arena_init(&arena);
    ch_diags *diags = chi_diags_new();
    assert_int_equal(chi_file_read(&arena, path, &text, &size), CH_OK);
    chi_node *root = chi_node_parse(&arena, diags, path, text, size);
    assert_non_null(root);
    chi_actus_reader reader;
    chi_actus_cases cases;
    chi_actus_reader_init(&reader, &arena, diags);
    assert_true(chi_actus_cases_read(&reader, root, &cases));
    const chi_node *node = root->first;
    for (size_t i = 0; i < cases.count; i++, node = node->next) {
        bool ran = cases.at[i].terms && chi_actus_run_case(&arena, diags, &cases.at[i]);
        wrong += ran ? check_case(node, &cases.at[i]) : 1;
    }
    if (ch_diags_count(diags)) {
        char *said = collect_diags(diags, CH_DIAG_TEXT);
        print_message("%s", said);
        free(said);
    }
    *count += cases.count;
    ch_diags_free(diags);
    chi_arena_free(&arena);
    return wrong;
}

static void test_public_cases(void **state)
{
    (void)state;
    size_t count = 0;
    int wrong = 0;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char name[64], path[512];
        snprintf(name, sizeof name, "actus/actus-tests-%s.json", files[i]);
        if (!reference_path(name, path, sizeof path)) {
            print_message("skipped: %s is not there\n", path);
            skip();
        }
        wrong += check_file(path, &count);
    }
    print_message("%zu cases, %d wrong\n", count, wrong);
    assert_int_equal(wrong, 0);
    assert_int_equal(count, 164);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_public_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Expressions: the tree that each text becomes, and every mistake with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/collect.h"
#include "support/failing.h"
#include "text/expr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const chi_quantity_context millions = {6, "USD"};

static void show(const chi_expr *expr, char *out, size_t room)
{
    size_t used = strlen(out);
    if (expr->kind == CHI_EXPR_QUANTITY)
        snprintf(out + used, room - used, "%g", expr->quantity.value);
    else if (expr->kind == CHI_EXPR_NAME)
        snprintf(out + used, room - used, "%s", expr->name);
    else if (expr->kind == CHI_EXPR_CALL)
        snprintf(out + used, room - used, "%s:%s", expr->name, expr->argument);
    else {
        snprintf(out + used, room - used, "(%s ", chi_expr_kind_text(expr->kind));
        show(expr->left, out, room);
        if (expr->right) {
            strcat(out, " ");
            show(expr->right, out, room);
        }
        strcat(out, ")");
    }
}

/* A scalar in memory, as if it stood alone in line 1. */
static chi_node scalar_of(const char *text, size_t size)
{
    return (chi_node){
        .kind = CHI_SCALAR, .text = text, .size = size, .span = {0, 1, 1, 1, (uint32_t)size + 1}};
}

static void assert_tree(const char *text, chi_expr_form form, const char *expected)
{
    chi_arena arena;
    chi_arena_init(&arena);
    ch_diags *diags = chi_diags_new();
    chi_node scalar = scalar_of(text, strlen(text));
    const chi_expr *expr = chi_expr_parse(&arena, diags, &scalar, &millions, form);
    char shown[1000] = "";
    if (!expr)
        print_error("'%s': %s\n", text, ch_diags_at(diags, 0)->message);
    assert_non_null(expr);
    assert_int_equal(ch_diags_count(diags), 0);
    show(expr, shown, sizeof shown);
    assert_string_equal(shown, expected);
    assert_int_equal(expr->span.column, 1);
    assert_int_equal(expr->span.end_column, strlen(text) + 1);
    ch_diags_free(diags);
    chi_arena_free(&arena);
}

/* Diagnostics as "code@column-end code@column-end". */
static void assert_wrong(const char *text, chi_expr_form form, const char *expected)
{
    chi_arena arena;
    chi_arena_init(&arena);
    ch_diags *diags = chi_diags_new();
    chi_node scalar = scalar_of(text, strlen(text));
    assert_null(chi_expr_parse(&arena, diags, &scalar, &millions, form));
    char shown[1000] = "";
    for (size_t i = 0; i < ch_diags_count(diags); i++) {
        const ch_diag *diag = ch_diags_at(diags, i);
        size_t used = strlen(shown);
        snprintf(shown + used, sizeof shown - used, "%s%u@%u-%u", i ? " " : "",
            (unsigned)diag->code, (unsigned)diag->span.column, (unsigned)diag->span.end_column);
    }
    if (strcmp(shown, expected) != 0)
        print_error("'%s'\n", text);
    assert_string_equal(shown, expected);
    ch_diags_free(diags);
    chi_arena_free(&arena);
}

static void test_values(void **state)
{
    (void)state;
    assert_tree("ebitda", CHI_EXPR_VALUE, "ebitda");
    assert_tree("sofr + 6.5%", CHI_EXPR_VALUE, "(+ sofr 0.065)");
    assert_tree("0.31 * revenue", CHI_EXPR_VALUE, "(* 0.31 revenue)");
    assert_tree("a - b - c", CHI_EXPR_VALUE, "(- (- a b) c)");
    assert_tree("a + b * c / d", CHI_EXPR_VALUE, "(+ a (/ (* b c) d))");
    assert_tree("(a + b) * c", CHI_EXPR_VALUE, "(* (+ a b) c)");
    assert_tree("-a * b", CHI_EXPR_VALUE, "(* (- a) b)");
    assert_tree("--3", CHI_EXPR_VALUE, "(- (- 3))");
    assert_tree("a * -b", CHI_EXPR_VALUE, "(* a (- b))");
    assert_tree("115/quarter * 3", CHI_EXPR_VALUE, "(* 38.3333 3)");
    assert_tree("115/quarterly", CHI_EXPR_VALUE, "(/ 115 quarterly)");
    assert_tree("USD 2.3bn + 7m", CHI_EXPR_VALUE, "(+ 2300 7)");
    assert_tree("USDX + 1", CHI_EXPR_VALUE, "(+ USDX 1)");
    assert_tree("max(a, min(1,2) + 3, c)", CHI_EXPR_VALUE, "(max (max a (+ (min 1 2) 3)) c)");
    assert_tree("abs(a - b)", CHI_EXPR_VALUE, "(abs (- a b))");
    assert_tree("min * max", CHI_EXPR_VALUE, "(* min max)");
    assert_tree("alive(customer-a) * 5", CHI_EXPR_VALUE, "(* alive:customer-a 5)");
    assert_tree("net_debt/ebitda.ltm", CHI_EXPR_VALUE, "(/ net_debt ebitda.ltm)");
}

static void test_names_with_a_sign(void **state)
{
    (void)state;
    assert_tree("ddtl-2 + customer-a", CHI_EXPR_VALUE, "(+ ddtl-2 customer-a)");
    assert_tree("a-b", CHI_EXPR_VALUE, "a-b");
    assert_tree("a - b", CHI_EXPR_VALUE, "(- a b)");
    assert_tree("a -b", CHI_EXPR_VALUE, "(- a b)");
    assert_tree("a- b", CHI_EXPR_VALUE, "(- a b)");
    assert_tree("a-1", CHI_EXPR_VALUE, "a-1");
    assert_tree("(a)-1", CHI_EXPR_VALUE, "(- a 1)");
    assert_tree("5-3", CHI_EXPR_VALUE, "(- 5 3)");
    assert_tree("_x.y.z-2.w", CHI_EXPR_VALUE, "_x.y.z-2.w");
}

static void test_tests(void **state)
{
    (void)state;
    assert_tree("net_debt / ebitda.ltm <= 6.00x", CHI_EXPR_TEST, "(<= (/ net_debt ebitda.ltm) 6)");
    assert_tree("cash < 100m", CHI_EXPR_TEST, "(< cash 100)");
    assert_tree("a+1>=b", CHI_EXPR_EITHER, "(>= (+ a 1) b)");
    assert_tree("a > b", CHI_EXPR_TEST, "(> a b)");
    assert_tree("a == b", CHI_EXPR_TEST, "(== a b)");
    assert_tree("alive(firm)", CHI_EXPR_TEST, "alive:firm");
    assert_tree("a", CHI_EXPR_EITHER, "a");
    assert_wrong("a <= b", CHI_EXPR_VALUE, "134@3-5");
    assert_wrong("a", CHI_EXPR_TEST, "134@1-2");
    assert_wrong("1x <= a <= 2x", CHI_EXPR_TEST, "134@9-11");
    assert_wrong("(a <= b)", CHI_EXPR_TEST, "131@4-6");
}

static void test_mistakes(void **state)
{
    (void)state;
    assert_wrong("", CHI_EXPR_VALUE, "130@1-2");
    assert_wrong("a +", CHI_EXPR_VALUE, "130@4-5");
    assert_wrong("a + * b", CHI_EXPR_VALUE, "131@5-6");
    assert_wrong("a b", CHI_EXPR_VALUE, "131@3-4");
    assert_wrong("3 apples", CHI_EXPR_VALUE, "131@3-9");
    assert_wrong("(a + b", CHI_EXPR_VALUE, "130@7-8");
    assert_wrong("a + b)", CHI_EXPR_VALUE, "131@6-7");
    assert_wrong("min(a)", CHI_EXPR_VALUE, "133@1-7");
    assert_wrong("abs(a, b)", CHI_EXPR_VALUE, "133@1-10");
    assert_wrong("max()", CHI_EXPR_VALUE, "131@5-6");
    assert_wrong("alive(3)", CHI_EXPR_VALUE, "133@7-8");
    assert_wrong("alive(a, b)", CHI_EXPR_VALUE, "131@8-9");
    assert_wrong("a = b", CHI_EXPR_TEST, "131@3-4");
    assert_wrong("a ^ 2", CHI_EXPR_VALUE, "131@3-4");
    assert_wrong("1.", CHI_EXPR_VALUE, "122@1-3");
    assert_wrong("2025-13-01 + 1", CHI_EXPR_VALUE, "124@1-11");
    assert_wrong("a \xE2\x88\x92 b", CHI_EXPR_VALUE, "131@1-8");
}

static void test_several_mistakes_are_reported_at_once(void **state)
{
    (void)state;
    assert_wrong(
        "5foo + 7bar * (1e999 - $x)", CHI_EXPR_VALUE, "121@2-5 121@9-12 123@17-21 131@24-25");
    assert_wrong("a b + 5foo", CHI_EXPR_VALUE, "131@3-4 121@8-11");
}

static void assert_code(const char *text, uint32_t code)
{
    chi_arena arena;
    chi_arena_init(&arena);
    ch_diags *diags = chi_diags_new();
    chi_node scalar = scalar_of(text, strlen(text));
    const chi_expr *expr = chi_expr_parse(&arena, diags, &scalar, NULL, CHI_EXPR_VALUE);
    assert_int_equal(expr != NULL, code == 0);
    if (code) {
        assert_int_equal(ch_diags_count(diags), 1);
        assert_int_equal(ch_diags_at(diags, 0)->code, code);
    }
    ch_diags_free(diags);
    chi_arena_free(&arena);
}

static void test_limits(void **state)
{
    (void)state;
    char text[CHI_EXPR_BYTES_MAX + 2];
    for (size_t depth = CHI_EXPR_NESTING_MAX - 1; depth <= CHI_EXPR_NESTING_MAX; depth++) {
        memset(text, '(', depth);
        text[depth] = 'a';
        memset(text + depth + 1, ')', depth);
        text[2 * depth + 1] = '\0';
        assert_code(text, depth < CHI_EXPR_NESTING_MAX ? 0 : 132);
        memset(text, '-', depth);
        text[depth] = 'a';
        text[depth + 1] = '\0';
        assert_code(text, depth < CHI_EXPR_NESTING_MAX ? 0 : 132);
    }
    for (size_t terms = 512; terms <= 513; terms++) {
        memset(text, '+', 2 * terms);
        for (size_t i = 0; i < terms; i++)
            text[2 * i] = 'a';
        text[2 * terms - 1] = '\0';
        assert_code(text, terms == 512 ? 0 : 132);
    }
    memset(text, ' ', sizeof text);
    text[0] = 'a';
    text[CHI_EXPR_BYTES_MAX] = '\0';
    assert_code(text, 0);
    text[CHI_EXPR_BYTES_MAX] = ' ';
    text[CHI_EXPR_BYTES_MAX + 1] = '\0';
    assert_code(text, 132);
}

static void test_carets_in_a_file(void **state)
{
    (void)state;
    static const char text[] = "rate: sofr + 6.5parts\nlist: [1]\n";
    chi_arena arena;
    chi_arena_init(&arena);
    ch_diags *diags = chi_diags_new();
    const chi_node *root = chi_node_parse(&arena, diags, "m.yaml", text, sizeof text - 1);
    for (const chi_node *node = root->first; node; node = node->next)
        assert_null(chi_expr_parse(&arena, diags, node, NULL, CHI_EXPR_VALUE));
    char *shown = collect_diags(diags, CH_DIAG_TEXT);
    assert_non_null(strstr(shown, " 1 | rate: sofr + 6.5parts\n   |                 ^^^^^\n"));
    assert_non_null(strstr(shown, "m.yaml:2:7: error CH0131: a list stands where"));
    free(shown);
    ch_diags_free(diags);
    chi_arena_free(&arena);
}

static void test_spans_of_parts(void **state)
{
    (void)state;
    static const char text[] = "alive(customer-a) * (b + 7%)";
    chi_arena arena;
    chi_arena_init(&arena);
    ch_diags *diags = chi_diags_new();
    chi_node scalar = scalar_of(text, sizeof text - 1);
    const chi_expr *expr = chi_expr_parse(&arena, diags, &scalar, NULL, CHI_EXPR_VALUE);
    assert_int_equal(expr->left->span.end_column, 18);
    assert_int_equal(expr->left->argument_span.column, 7);
    assert_int_equal(expr->left->argument_span.end_column, 17);
    assert_int_equal(expr->right->span.column, 21);
    assert_int_equal(expr->right->span.end_column, 29);
    assert_int_equal(expr->right->right->span.column, 26);
    assert_int_equal(expr->right->right->quantity.unit, CHI_UNIT_FRACTION);
    ch_diags_free(diags);
    chi_arena_free(&arena);
}

static void test_memory_may_fail_anywhere(void **state)
{
    (void)state;
    static const char text[] = "max(alive(a) * b, 3) + c";
    chi_node scalar = scalar_of(text, sizeof text - 1);
    for (size_t number = 1;; number++) {
        ch_diags *diags = chi_diags_new();
        chi_arena arena;
        chi_arena_init(&arena);
        failing_once(number);
        const chi_expr *expr = chi_expr_parse(&arena, diags, &scalar, NULL, CHI_EXPR_VALUE);
        failing_stop();
        assert_int_equal(expr == NULL, failing_happened());
        chi_arena_free(&arena);
        ch_diags_free(diags);
        if (!failing_happened())
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_names_with_a_sign),
        cmocka_unit_test(test_tests),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_several_mistakes_are_reported_at_once),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_carets_in_a_file),
        cmocka_unit_test(test_spans_of_parts),
        cmocka_unit_test(test_memory_may_fail_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Trees from YAML: values and places, every construct that is refused, and memory that ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/collect.h"
#include "support/failing.h"
#include "text/node.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct parsed {
    chi_arena arena;
    ch_diags *diags;
    chi_node *root;
} parsed;

static void parse_sized(parsed *p, const char *text, size_t size)
{
    chi_arena_init(&p->arena);
    p->diags = chi_diags_new();
    p->root = chi_node_parse(&p->arena, p->diags, "m.yaml", text, size);
}

static void parse(parsed *p, const char *text)
{
    parse_sized(p, text, strlen(text));
}

static void drop(parsed *p)
{
    chi_arena_free(&p->arena);
    ch_diags_free(p->diags);
}

static void assert_value(const parsed *p, const char *path, const char *text)
{
    const chi_node *node = chi_node_find(p->root, path);
    assert_non_null(node);
    assert_int_equal(node->kind, CHI_SCALAR);
    assert_string_equal(node->text, text);
    assert_int_equal(node->size, strlen(text));
}

static void assert_place(
    ch_span span, uint32_t line, uint32_t column, uint32_t end_line, uint32_t end_column)
{
    assert_int_equal(span.line, line);
    assert_int_equal(span.column, column);
    assert_int_equal(span.end_line, end_line);
    assert_int_equal(span.end_column, end_column);
}

/* The text is refused, and the first diagnostic has this code and place. */
static void assert_refused_sized(
    const char *text, size_t size, uint32_t code, uint32_t line, uint32_t column)
{
    parsed p;
    parse_sized(&p, text, size);
    assert_null(p.root);
    const ch_diag *diag = ch_diags_at(p.diags, 0);
    assert_non_null(diag);
    if (diag->code != code || diag->span.line != line || diag->span.column != column) {
        char *shown = collect_diags(p.diags, CH_DIAG_TEXT);
        print_error("%s", shown);
        free(shown);
    }
    assert_int_equal(diag->code, code);
    assert_int_equal(diag->span.line, line);
    assert_int_equal(diag->span.column, column);
    drop(&p);
}

static void assert_refused(const char *text, uint32_t code, uint32_t line, uint32_t column)
{
    assert_refused_sized(text, strlen(text), code, line, column);
}

static void test_values_and_places(void **state)
{
    (void)state;
    parsed p;
    parse(&p, "format: 1\n"
              "firms:\n"
              "  \xC3\xBCml: {cash: '2.3bn', none: , list: [a, \"b\\tc\", [d]]}\n"
              "  no: no\n"
              "  text: |\n"
              "    two\n"
              "    lines\n"
              "  empty:\n"
              "last:\n"
              "- x: 1\n"
              "  y: 1e3 # comment\n"
              "- ~\n");
    assert_non_null(p.root);
    assert_value(&p, "format", "1");
    assert_value(&p, "firms.\xC3\xBCml.cash", "2.3bn");
    assert_value(&p, "firms.\xC3\xBCml.none", "");
    assert_value(&p, "firms.\xC3\xBCml.list[1]", "b\tc");
    assert_value(&p, "firms.\xC3\xBCml.list[2][0]", "d");
    assert_value(&p, "firms.\xC3\xBCml.list.2.0", "d");
    assert_value(&p, "firms.no", "no");
    assert_value(&p, "firms.text", "two\nlines\n");
    assert_value(&p, "firms.empty", "");
    assert_value(&p, "last[0].y", "1e3");
    assert_value(&p, "last[1]", "~");
    const chi_node *cash = chi_node_find(p.root, "firms.\xC3\xBCml.cash");
    assert_true(cash->quoted);
    assert_place(cash->span, 3, 15, 3, 22);
    assert_place(cash->key_span, 3, 9, 3, 13);
    assert_place(chi_node_span_at(cash, 3, 2), 3, 19, 3, 21);
    assert_place(chi_node_find(p.root, "firms")->span, 3, 3, 8, 9);
    assert_place(chi_node_find(p.root, "firms.\xC3\xBCml.list")->span, 3, 38, 3, 54);
    assert_place(chi_node_find(p.root, "firms.empty")->span, 8, 8, 8, 9);
    assert_place(chi_node_find(p.root, "last[0].y")->span, 11, 6, 11, 9);
    const chi_node *escaped = chi_node_find(p.root, "firms.\xC3\xBCml.list[1]");
    assert_place(chi_node_span_at(escaped, 2, 1), 3, 42, 3, 48);
    assert_int_equal(p.root->size, 3);
    assert_string_equal(p.root->first->key, "format");
    drop(&p);
}

static void test_finding(void **state)
{
    (void)state;
    parsed p;
    parse(&p, "{\"a\": {\"b\": [1, {\"c\": 2}]}}");
    assert_value(&p, "a.b[1].c", "2");
    static const char *const absent[] = {"x", "a.x", "a.b[2]", "a.b[x]", "a.b[", "a.b[]", "a..b",
        "a.b[0].c", "a.b[99999999999]", "a[0]"};
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        assert_null(chi_node_find(p.root, absent[i]));
    assert_ptr_equal(chi_node_find(p.root, ""), p.root);
    assert_null(chi_node_find(NULL, "a"));
    assert_null(chi_node_get(chi_node_find(p.root, "a.b"), "c"));
    chi_node *node = chi_node_find(p.root, "a.b");
    chi_node_replace(node, chi_node_find(p.root, "a.b[1].c"));
    assert_value(&p, "a.b", "2");
    assert_string_equal(node->key, "b");
    drop(&p);
}

static void test_line_ends_and_byte_order_mark(void **state)
{
    (void)state;
    parsed p;
    parse(&p, "\xEF\xBB\xBF"
              "a: 1\r\nb:\r\n  c: 2\r\n");
    assert_value(&p, "a", "1");
    assert_value(&p, "b.c", "2");
    assert_place(p.root->first->key_span, 1, 1, 1, 2);
    assert_place(chi_node_find(p.root, "b.c")->span, 3, 6, 3, 7);
    drop(&p);
}

static void test_aliases(void **state)
{
    (void)state;
    parsed p;
    parse(&p, "a: &x {k: [1, 2]}\nb: *x\nc: [*x, *x]\nd: &x 5\ne: *x\n");
    assert_value(&p, "b.k[1]", "2");
    assert_value(&p, "c[1].k[0]", "1");
    assert_value(&p, "e", "5");
    assert_ptr_not_equal(chi_node_find(p.root, "a.k"), chi_node_find(p.root, "b.k"));
    assert_string_equal(chi_node_find(p.root, "b")->key, "b");
    drop(&p);
}

static void test_refused_constructs(void **state)
{
    (void)state;
    assert_refused("a: [1, 2\nb: 3\n", 101, 3, 1);
    assert_refused("a: \"x\n", 101, 1, 5);
    assert_refused("a: b: c\n", 101, 1, 5);
    assert_refused("a: {x: 1,, y\n", 101, 1, 10);
    assert_refused("\xC3\xBC: 1\nb: \xFF", 102, 2, 4);
    assert_refused("a: \xED\xA0\x80", 102, 1, 4);
    assert_refused("\xFF\xFE"
                   "a",
        102, 1, 1);
    assert_refused_sized("a: 1\nb\0: 2\n", 11, 103, 2, 2);
    assert_refused("a: \"x\\0y\"\n", 103, 1, 4);
    assert_refused("a: \x1B[0m\n", 104, 1, 4);
    assert_refused("a: 1\rb: 2\n", 104, 1, 5);
    assert_refused("", 105, 1, 1);
    assert_refused("# only words\n", 105, 1, 1);
    assert_refused("---\n...\n", 105, 1, 1);
    assert_refused("a: *x\n", 110, 1, 5);
    assert_refused("a: &x [1, *x]\n", 111, 1, 12);
    assert_refused("a: !!int 3\n", 112, 1, 4);
    assert_refused("a: !mine [3]\n", 112, 1, 4);
    assert_refused("a: &x {b: 1}\nc:\n  <<: *x\n", 113, 3, 3);
    assert_refused("a: 1\n---\nb: 2\n", 114, 2, 1);
    assert_refused("? [a]\n: 1\n", 116, 1, 3);
    assert_refused("{a: 1}: 1\n", 116, 1, 1);
    assert_refused("a: &x b\n*x : 1\n", 116, 2, 2);
    assert_refused("&x a: 1\n", 116, 1, 4);
    assert_refused("\"\": 1\n", 116, 1, 1);
    assert_refused("\"a\\nb\": 1\n", 116, 1, 1);
    assert_refused("a:\n\tb: 1\n", 117, 2, 1);
    assert_refused("a: 1\n\tb: 1\n", 117, 2, 1);
    assert_refused("%YAML 1.1\n---\na: 1\n", 118, 1, 1);
    assert_refused("# c\n\n%TAG ! x:\n---\na: 1\n", 118, 3, 1);
    assert_refused("a: 1\n...\n# c\n%FOO\n---\nb: 1\n", 118, 4, 1);
    assert_refused("%YAML 1.2 long\n---\na: 1\n", 118, 1, 1);
}

static void test_a_yaml_directive_of_our_version_is_fine(void **state)
{
    (void)state;
    parsed p;
    parse(&p, "%YAML 1.2\n---\na: 1\n...\n");
    assert_value(&p, "a", "1");
    drop(&p);
}

static void test_empty_lines(void **state)
{
    (void)state;
    for (int count = CHI_TEXT_BLANK_LINES_MAX; count <= CHI_TEXT_BLANK_LINES_MAX + 1; count++) {
        char text[1000] = "a: |\n  x\n";
        memset(text + strlen(text), '\n', (size_t)count);
        strcat(text, "  y\n");
        parsed p;
        parse(&p, text);
        assert_int_equal(p.root != NULL, count == CHI_TEXT_BLANK_LINES_MAX);
        if (!p.root) {
            assert_int_equal(ch_diags_at(p.diags, 0)->code, 119);
            assert_int_equal(ch_diags_at(p.diags, 0)->span.line, 3 + CHI_TEXT_BLANK_LINES_MAX);
        }
        drop(&p);
    }
}

static void test_percent_signs_inside_a_document(void **state)
{
    (void)state;
    parsed p;
    parse(&p, "a: |\n  %b\nc: 5%\n");
    assert_value(&p, "a", "%b\n");
    assert_value(&p, "c", "5%");
    drop(&p);
}

static void test_duplicate_keys(void **state)
{
    (void)state;
    assert_refused("a: 1\nb: {c: 1, d: 2, c: 3}\n", 115, 2, 17);
    parsed p;
    char text[4096] = "";
    for (int i = 0; i < 40; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "key%d: 1\n", i * 7 % 33);
    parse(&p, text);
    assert_null(p.root);
    assert_int_equal(ch_diags_errors(p.diags), 7);
    const ch_diag *diag = ch_diags_at(p.diags, 0);
    assert_int_equal(diag->code, 115);
    assert_int_equal(diag->span.line, 34);
    assert_int_equal(diag->related.line, 1);
    drop(&p);
}

static void test_several_errors_at_once(void **state)
{
    (void)state;
    parsed p;
    parse(&p, "a: !x 1\nb: *none\n<<: 1\na: 2\n");
    assert_int_equal(ch_diags_errors(p.diags), 4);
    assert_null(p.root);
    drop(&p);
}

static void test_depth(void **state)
{
    (void)state;
    char text[1000];
    for (size_t depth = CHI_TEXT_DEPTH_MAX - 1; depth <= CHI_TEXT_DEPTH_MAX + 1; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        text[2 * depth] = '\0';
        parsed p;
        parse(&p, text);
        assert_int_equal(p.root != NULL, depth <= CHI_TEXT_DEPTH_MAX);
        assert_int_equal(ch_diags_errors(p.diags), depth > CHI_TEXT_DEPTH_MAX);
        if (!p.root)
            assert_int_equal(ch_diags_at(p.diags, 0)->code, 107);
        drop(&p);
    }
    /* an alias adds the depth of its anchor */
    int used = snprintf(text, sizeof text, "a: &x ");
    memset(text + used, '[', 40);
    memset(text + used + 40, ']', 40);
    used += 80;
    snprintf(text + used, sizeof text - (size_t)used,
        "\nb: [[[[[[[[[[[[[[[[[[[[[[[[[[*x]]]]]]]]]]"
        "]]]]]]]]]]]]]]]]\n");
    assert_refused(text, 107, 2, 31);
}

static void test_alias_bomb(void **state)
{
    (void)state;
    char text[2000];
    int used = snprintf(text, sizeof text, "a: &a [x,x,x,x,x,x,x,x,x,x]\n");
    for (char c = 'b'; c < 'l'; c++) {
        used += snprintf(text + used, sizeof text - (size_t)used, "%c: &%c [", c, c);
        for (int i = 0; i < 10; i++)
            used += snprintf(text + used, sizeof text - (size_t)used, "*%c,", c - 1);
        used += snprintf(text + used, sizeof text - (size_t)used, "]\n");
    }
    parsed p;
    parse(&p, text);
    assert_null(p.root);
    assert_int_equal(ch_diags_at(p.diags, 0)->code, 109);
    assert_true(p.arena.bytes < (size_t)256 << 20);
    drop(&p);
}

static void test_sizes(void **state)
{
    (void)state;
    size_t size = (size_t)CHI_TEXT_BYTES_MAX + 1;
    char *text = calloc(1, size);
    assert_refused_sized(text, size, 106, 1, 1);
    /* more values than are accepted */
    size_t values = (size_t)CHI_TEXT_NODES_MAX + 10;
    for (size_t i = 0; i < values; i++)
        memcpy(text + 2 * i, "1,", 2);
    text[0] = '[';
    text[1] = ' ';
    memcpy(text + 2 * values, "1]", 2);
    parsed p;
    parse_sized(&p, text, 2 * values + 2);
    assert_null(p.root);
    assert_int_equal(ch_diags_at(p.diags, 0)->code, 108);
    drop(&p);
    free(text);
}

static const char *const memory_text =
    "a: &x {k: [1, 2, 3], l: 'text'}\nb: *x\n"
    "c:\n  - {d: 1, e: 2}\n  - \"long text with an escape \\t\"\n"
    "m: {a1: 1, a2: 1, a3: 1, a4: 1, a5: 1, a6: 1, a7: 1, a8: 1, a9: 1, b1: 1, b2: 1, b3: 1,"
    " b4: 1, b5: 1, b6: 1, b7: 1, b8: 1, b9: 1}\n";

/* Fails the n-th allocation until the parse succeeds; a leak would be seen by the sanitizer. */
static void test_memory_may_fail_anywhere(void **state)
{
    (void)state;
    size_t filler_size = 300000;
    char *text = malloc(filler_size + 1000);
    int used = snprintf(text, 1000, "%sfill:\n", memory_text);
    for (size_t i = 0; i < 3000; i++)
        used += snprintf(text + used, 60, "  - {number: %zu, of: &n%zu [x, y]}\n", i, i % 900);
    for (size_t number = 1;; number++) {
        chi_arena arena;
        chi_arena_init(&arena);
        ch_diags *diags = chi_diags_new();
        jmp_buf on_failure;
        volatile bool jumped = true;
        chi_node *volatile root = NULL;
        failing_once(number);
        if (setjmp(on_failure) == 0) {
            arena.on_failure = number % 2 ? &on_failure : NULL;
            root = chi_node_parse(&arena, diags, "m.yaml", text, (size_t)used);
            jumped = false;
        }
        bool happened = failing_happened();
        failing_stop();
        if (jumped)
            assert_null(root);
        if (!happened)
            assert_non_null(root);
        assert_int_equal(ch_diags_errors(diags), 0);
        chi_arena_free(&arena);
        ch_diags_free(diags);
        if (!happened)
            break;
        assert_true(number < 1000);
    }
    free(text);
}

static void test_files(void **state)
{
    (void)state;
    chi_arena arena;
    chi_arena_init(&arena);
    char *text;
    size_t size;
    assert_int_equal(chi_file_read(&arena, CARDHOUSE_ROOT "/VERSION", &text, &size), CH_OK);
    assert_true(size > 0 && strlen(text) == size);
    errno = 0;
    assert_int_equal(chi_file_read(&arena, "/nonexistent/x", &text, &size), CH_E_IO);
    assert_int_equal(errno, ENOENT);
    assert_null(text);
    assert_int_equal(chi_file_read(&arena, CARDHOUSE_ROOT, &text, &size), CH_E_IO);
    assert_int_equal(
        chi_file_read_limit(&arena, CARDHOUSE_ROOT "/VERSION", 2, &text, &size), CH_E_INPUT);
    failing_from(1);
    chi_arena empty;
    chi_arena_init(&empty);
    assert_int_equal(chi_file_read(&empty, CARDHOUSE_ROOT "/VERSION", &text, &size), CH_E_MEMORY);
    failing_stop();
    chi_arena_free(&empty);
    chi_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_and_places),
        cmocka_unit_test(test_finding),
        cmocka_unit_test(test_line_ends_and_byte_order_mark),
        cmocka_unit_test(test_aliases),
        cmocka_unit_test(test_refused_constructs),
        cmocka_unit_test(test_a_yaml_directive_of_our_version_is_fine),
        cmocka_unit_test(test_empty_lines),
        cmocka_unit_test(test_percent_signs_inside_a_document),
        cmocka_unit_test(test_duplicate_keys),
        cmocka_unit_test(test_several_errors_at_once),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_alias_bomb),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_memory_may_fail_anywhere),
        cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

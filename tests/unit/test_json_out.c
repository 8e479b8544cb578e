/* The JSON writer: layout, escapes, numbers that read back as themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "support/collect.h"
#include "support/failing.h"
#include "text/json_out.h"
#include "text/node.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void write_sample(chi_json *json)
{
    chi_json_object(json);
    chi_json_key_uint(json, "schema", 1);
    chi_json_key(json, "empty");
    chi_json_array(json);
    chi_json_end(json);
    chi_json_key(json, "rows");
    chi_json_array(json);
    for (int i = 0; i < 2; i++) {
        chi_json_object(json);
        chi_json_key_number(json, "x", i + 0.5);
        chi_json_key_bool(json, "even", i % 2 == 0);
        chi_json_end(json);
    }
    chi_json_end(json);
    chi_json_key_string(json, "none", NULL);
    chi_json_key(json, "hash");
    chi_json_hex64(json, 0xABCDu);
    chi_json_key(json, "low");
    chi_json_int(json, INT64_MIN);
    chi_json_key(json, "null");
    chi_json_null(json);
    chi_json_end(json);
}

static void assert_sample(int line_depth, const char *expected)
{
    collected all = {0};
    chi_json json;
    chi_json_init(&json, collect_write, &all, line_depth);
    write_sample(&json);
    assert_int_equal(chi_json_finish(&json), CH_OK);
    assert_string_equal(all.text, expected);
    collect_free(&all);
}

static void test_layout(void **state)
{
    (void)state;
    assert_sample(0, "{\"schema\":1,\"empty\":[],\"rows\":[{\"x\":0.5,\"even\":true},"
                     "{\"x\":1.5,\"even\":false}],\"none\":null,\"hash\":\"000000000000abcd\","
                     "\"low\":-9223372036854775808,\"null\":null}\n");
    assert_sample(2, "{\n  \"schema\": 1,\n  \"empty\": [],\n  \"rows\": [\n"
                     "    {\"x\":0.5,\"even\":true},\n    {\"x\":1.5,\"even\":false}\n  ],\n"
                     "  \"none\": null,\n  \"hash\": \"000000000000abcd\",\n"
                     "  \"low\": -9223372036854775808,\n  \"null\": null\n}\n");
}

static void test_strings(void **state)
{
    (void)state;
    collected all = {0};
    chi_json json;
    chi_json_init(&json, collect_write, &all, 0);
    chi_json_text(&json, "a\"b\\c\n\r\t\b\f\x01\0\x7F/\xC3\xBC\xFF", 17);
    assert_int_equal(chi_json_finish(&json), CH_OK);
    assert_string_equal(all.text, "\"a\\\"b\\\\c\\n\\r\\t\\b\\f\\u0001\\u0000\\u007f/\xC3\xBC"
                                  "\xEF\xBF\xBD\"\n");
    collect_free(&all);
}

static void assert_number17(double value, const char *expected)
{
    char text[CHI_JSON_NUMBER_BYTES];
    assert_int_equal(chi_number_format17(value, text), strlen(expected));
    assert_string_equal(text, expected);
}

static void assert_number(double value, const char *expected)
{
    char text[CHI_JSON_NUMBER_BYTES];
    size_t size = chi_number_format(value, text);
    assert_int_equal(size, strlen(text));
    assert_string_equal(text, expected);
}

static void test_numbers(void **state)
{
    (void)state;
    assert_number(0.0, "0");
    assert_number(-0.0, "0");
    assert_number(1150.0, "1150");
    assert_number(-0.1, "-0.1");
    assert_number(0.1 + 0.2, "0.30000000000000004");
    assert_number(1e22, "1e+22");
    assert_number(DBL_MAX, "1.7976931348623157e+308");
    assert_number(4.9406564584124654e-324, "4.94065645841247e-324");
    assert_number(1.0 / 3, "0.3333333333333333");
    assert_number17(0.1, "0.10000000000000001");
    assert_number17(-0.0, "0");
    assert_number17(1150.0, "1150");
    assert_number17(-2.5, "-2.5");
    uint64_t bits = 88172645463325252u;
    for (int i = 0; i < 50000; i++) {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        double value;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        char text[CHI_JSON_NUMBER_BYTES];
        chi_number_format(value, text);
        assert_true(strtod(text, NULL) == value);
    }
}

static void test_what_is_written_can_be_read(void **state)
{
    (void)state;
    chi_arena arena;
    chi_arena_init(&arena);
    chi_text_buffer buffer = {.arena = &arena};
    chi_json json;
    chi_json_init(&json, chi_text_buffer_write, &buffer, 1);
    chi_json_array(&json);
    for (int i = 0; i < 20000; i++)
        chi_json_number(&json, i * 0.25);
    chi_json_end(&json);
    assert_int_equal(chi_json_finish(&json), CH_OK);
    ch_diags *diags = chi_diags_new();
    const chi_node *root = chi_node_parse(&arena, diags, "x.json", buffer.at, buffer.size);
    assert_non_null(root);
    assert_int_equal(root->size, 20000);
    assert_string_equal(chi_node_find(root, "[19999]")->text, "4999.75");
    ch_diags_free(diags);
    chi_arena_free(&arena);
}

static void test_a_write_that_stops(void **state)
{
    (void)state;
    collected all = {.stop_after = 1};
    chi_json json;
    chi_json_init(&json, collect_write, &all, 0);
    chi_json_array(&json);
    for (int i = 0; i < 100000; i++)
        chi_json_int(&json, i);
    chi_json_end(&json);
    assert_int_equal(chi_json_finish(&json), CH_E_IO);
    assert_true(all.size < 10000);
    collect_free(&all);
    chi_arena arena;
    chi_arena_init(&arena);
    chi_text_buffer buffer = {.arena = &arena};
    failing_from(1);
    chi_json_init(&json, chi_text_buffer_write, &buffer, 0);
    chi_json_null(&json);
    assert_int_equal(chi_json_finish(&json), CH_E_IO);
    failing_stop();
    chi_arena_free(&arena);
}

/* Runs something that must end the process as a mistake of ours. */
static void assert_ends(void (*mistake)(chi_json *json))
{
    pid_t child = fork();
    if (child == 0) {
        fclose(stderr);
        collected all = {0};
        chi_json json;
        chi_json_init(&json, collect_write, &all, 0);
        mistake(&json);
        chi_json_finish(&json);
        _Exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 70);
}

static void write_nan(chi_json *json)
{
    chi_json_number(json, (double)NAN);
}

static void write_infinity(chi_json *json)
{
    chi_json_number(json, (double)INFINITY);
}

static void write_two_values(chi_json *json)
{
    chi_json_null(json);
    chi_json_null(json);
}

static void write_value_without_key(chi_json *json)
{
    chi_json_object(json);
    chi_json_null(json);
}

static void leave_open(chi_json *json)
{
    chi_json_array(json);
}

static void test_mistakes_of_ours_end_the_program(void **state)
{
    (void)state;
    assert_ends(write_nan);
    assert_ends(write_infinity);
    assert_ends(write_two_values);
    assert_ends(write_value_without_key);
    assert_ends(leave_open);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_what_is_written_can_be_read),
        cmocka_unit_test(test_a_write_that_stops),
        cmocka_unit_test(test_mistakes_of_ours_end_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Diagnostics: order, limits, excerpts with the caret in the right column, JSON lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/diag.h"
#include "base/str.h"
#include "base/write.h"
#include "support/collect.h"
#include "support/failing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void assert_shows(const ch_diags *diags, ch_diag_style style, const char *expected)
{
    char *shown = collect_diags(diags, style);
    assert_string_equal(shown, expected);
    free(shown);
}

static void assert_one(const char *text, ch_span span, const char *expected)
{
    ch_diags *diags = chi_diags_new();
    span.file = chi_diags_add_file(diags, "m.yaml", text, strlen(text));
    chi_diag(diags, 101, span, "", "wrong");
    assert_shows(diags, CH_DIAG_TEXT, expected);
    ch_diags_free(diags);
}

static void test_text_style(void **state)
{
    (void)state;
    assert_one("a: 1\nshare: 77%\n", (ch_span){0, 2, 8, 2, 11},
        "m.yaml:2:8: error CH0101: wrong\n 2 | share: 77%\n   |        ^^^\n");
    /* an end of line with CR LF, and a span that goes on to the next line */
    assert_one("a: 1\r\nb: 2\r\nc: 3", (ch_span){0, 2, 1, 3, 2},
        "m.yaml:2:1: error CH0101: wrong\n 2 | b: 2\n   | ^^^^\n");
    /* the end of the text */
    assert_one(
        "a: [\n", (ch_span){0, 2, 1, 2, 2}, "m.yaml:2:1: error CH0101: wrong\n 2 | \n   | ^\n");
    /* a line that does not exist has no excerpt */
    assert_one("a", (ch_span){0, 9, 1, 9, 2}, "m.yaml:9:1: error CH0101: wrong\n");
    /* no place at all */
    assert_one("a", (ch_span){0}, "error CH0101: wrong\n");
    /* a byte order mark is not a column */
    assert_one("\xEF\xBB\xBF"
               "ab",
        (ch_span){0, 1, 2, 1, 3}, "m.yaml:1:2: error CH0101: wrong\n 1 | ab\n   |  ^\n");
}

static void test_caret_columns(void **state)
{
    (void)state;
    assert_one("\tx:\ty", (ch_span){0, 1, 5, 1, 6},
        "m.yaml:1:5: error CH0101: wrong\n 1 |     x:  y\n   |         ^\n");
    assert_one("\xC3\xBC: \xE6\x97\xA5\xE6\x9C\xAC z", (ch_span){0, 1, 7, 1, 8},
        "m.yaml:1:7: error CH0101: wrong\n 1 | \xC3\xBC: \xE6\x97\xA5\xE6\x9C\xAC z\n"
        "   |         ^\n");
    assert_one("e\xCC\x81: x", (ch_span){0, 1, 5, 1, 6},
        "m.yaml:1:5: error CH0101: wrong\n 1 | e\xCC\x81: x\n   |    ^\n");
    assert_one("a\x1B[31m\xFFz", (ch_span){0, 1, 8, 1, 9},
        "m.yaml:1:8: error CH0101: wrong\n 1 | a\xEF\xBF\xBD[31m\xEF\xBF\xBDz\n   |        ^\n");
}

static void test_long_lines_are_cut(void **state)
{
    (void)state;
    char line[1001];
    for (int i = 0; i < 1000; i++)
        line[i] = (char)('0' + i % 10);
    line[1000] = '\0';
    char expected[1000];
    snprintf(expected, sizeof expected,
        "m.yaml:1:501: error CH0101: wrong\n 1 | ...%.90s...\n   | %43s%s\n", line + 460, "",
        "^^^");
    assert_one(line, (ch_span){0, 1, 501, 1, 504}, expected);
    snprintf(expected, sizeof expected, "m.yaml:1:1: error CH0101: wrong\n 1 | %.90s...\n   | %s\n",
        line, "^");
    assert_one(line, (ch_span){0, 1, 1, 1, 2}, expected);
    snprintf(expected, sizeof expected,
        "m.yaml:1:1000: error CH0101: wrong\n 1 | ...%.90s\n   | %92s^\n", line + 910, "");
    assert_one(line, (ch_span){0, 1, 1000, 1, 1001}, expected);
}

static void test_related_hint_and_json(void **state)
{
    (void)state;
    ch_diags *diags = chi_diags_new();
    const char *text = "a: 1\nb: 2\na: 3\n";
    uint32_t file = chi_diags_add_file(diags, "m \"q\".yaml", text, strlen(text));
    chi_diag_related(diags, 115, chi_span_make(file, 3, 1, 1), chi_span_make(file, 1, 1, 1), NULL,
        "key '%s' occurs twice", "a");
    assert_shows(diags, CH_DIAG_TEXT,
        "m \"q\".yaml:3:1: error CH0115: key 'a' occurs twice\n 3 | a: 3\n   | ^\n"
        "m \"q\".yaml:1:1: the other place\n 1 | a: 1\n   | ^\n"
        "  hint: remove or rename one of the two\n");
    chi_diag(diags, 101, (ch_span){0}, "try \t\x01\xFF", "no place");
    assert_shows(diags, CH_DIAG_JSON,
        "{\"severity\":\"error\",\"code\":\"CH0115\",\"file\":\"m \\\"q\\\".yaml\",\"line\":3,"
        "\"column\":1,\"end_line\":3,\"end_column\":2,\"message\":\"key 'a' occurs twice\","
        "\"hint\":\"remove or rename one of the two\",\"related\":{\"file\":\"m \\\"q\\\".yaml\","
        "\"line\":1,\"column\":1,\"end_line\":1,\"end_column\":2}}\n"
        "{\"severity\":\"error\",\"code\":\"CH0101\",\"file\":\"\",\"line\":0,\"column\":0,"
        "\"end_line\":0,\"end_column\":0,\"message\":\"no place\",\"hint\":\"try \\t\\u0001"
        "\xEF\xBF\xBD\",\"related\":null}\n");
    assert_int_equal(ch_diags_count(diags), 2);
    assert_int_equal(ch_diags_errors(diags), 2);
    assert_string_equal(ch_diags_file(diags, file), "m \"q\".yaml");
    assert_string_equal(ch_diags_file(diags, 7), "");
    assert_null(ch_diags_at(diags, 2));
    ch_diags_free(diags);
}

static void test_order_and_limit(void **state)
{
    (void)state;
    ch_diags *diags = chi_diags_new();
    chi_diags_add_file(diags, "m.yaml", NULL, 0);
    for (uint32_t i = 250; i > 0; i--)
        chi_diag(diags, 101, chi_span_make(0, i, 1, 1), NULL, "line %u", i);
    assert_int_equal(ch_diags_errors(diags), 250);
    assert_int_equal(ch_diags_count(diags), CHI_DIAGS_MAX + 1);
    for (size_t i = 1; i < CHI_DIAGS_MAX; i++)
        assert_true(ch_diags_at(diags, i - 1)->span.line < ch_diags_at(diags, i)->span.line);
    const ch_diag *closing = ch_diags_at(diags, CHI_DIAGS_MAX);
    assert_int_equal(closing->severity, CH_NOTE);
    assert_string_equal(closing->message, "150 further diagnostics are not shown");
    ch_diags_free(diags);
}

static void test_nothing_is_not_an_error(void **state)
{
    (void)state;
    assert_int_equal(ch_diags_count(NULL), 0);
    assert_int_equal(ch_diags_errors(NULL), 0);
    assert_null(ch_diags_at(NULL, 0));
    assert_string_equal(ch_diags_file(NULL, 0), "");
    ch_diags_free(NULL);
    ch_diags *diags = chi_diags_new();
    assert_shows(diags, CH_DIAG_TEXT, "");
    assert_int_equal(ch_diags_print(diags, CH_DIAG_TEXT, NULL, NULL), CH_E_ARGUMENT);
    ch_diags_free(diags);
}

static void test_kept_lines_and_long_messages(void **state)
{
    (void)state;
    ch_diags *diags = chi_diags_new();
    uint32_t file = chi_diags_add_file(diags, "big.csv", NULL, 0);
    chi_diags_add_line(diags, file, 7000000, "a,b", 3);
    chi_diag(diags, 101, chi_span_make(file, 7000000, 3, 1), "", "wrong\nhere");
    assert_shows(diags, CH_DIAG_TEXT,
        "big.csv:7000000:3: error CH0101: wrong\xEF\xBF\xBDhere\n 7000000 | a,b\n"
        "         |   ^\n");
    char long_text[5000];
    for (size_t i = 0; i + 2 < sizeof long_text; i += 2)
        memcpy(long_text + i, "\xC3\xBC", 3);
    chi_diag(diags, 101, (ch_span){0}, long_text, "x%s", long_text);
    const ch_diag *diag = ch_diags_at(diags, 1);
    assert_int_equal(strlen(diag->message), CHI_DIAG_BYTES_MAX - 1);
    assert_int_equal(strlen(diag->hint), CHI_DIAG_BYTES_MAX);
    ch_diags_free(diags);
}

static void test_writing_stops_when_asked(void **state)
{
    (void)state;
    ch_diags *diags = chi_diags_new();
    for (int i = 0; i < 90; i++)
        chi_diag(diags, 101, (ch_span){0}, NULL, "%0500d", i);
    collected all = {.stop_after = 1};
    assert_int_equal(ch_diags_print(diags, CH_DIAG_TEXT, collect_write, &all), CH_E_IO);
    assert_true(all.size < 10000);
    collect_free(&all);
    ch_diags_free(diags);
}

/* Whatever allocation fails, the list still counts, prints and frees. */
static void test_memory_may_fail_anywhere(void **state)
{
    (void)state;
    char text[70000];
    memset(text, 'x', sizeof text);
    for (size_t number = 1;; number++) {
        failing_once(number);
        ch_diags *diags = chi_diags_new();
        if (diags) {
            for (int i = 0; i < 12; i++)
                chi_diags_add_file(diags, "m.yaml", text, sizeof text);
            chi_diags_add_line(diags, 3, 1, text, sizeof text);
            for (uint32_t i = 0; i < 150; i++)
                chi_diag(diags, 101, chi_span_make(i % 25, 1, i, 1), NULL, "%.900s", text);
            failing_stop();
            assert_int_equal(ch_diags_errors(diags), 150);
            free(collect_diags(diags, CH_DIAG_TEXT));
            free(collect_diags(diags, CH_DIAG_JSON));
        }
        failing_stop();
        ch_diags_free(diags);
        if (!failing_happened())
            break;
    }
}

static void test_nearest_name(void **state)
{
    (void)state;
    const char *const names[] = {"firms", "contracts", "currency", "drivers", "unit", "up", NULL};
    assert_string_equal(chi_nearest_name("frims", names, 7), "firms");
    assert_string_equal(chi_nearest_name("contract", names, 7), "contracts");
    assert_string_equal(chi_nearest_name("Curency", names, 7), "currency");
    assert_string_equal(chi_nearest_name("UNIT", names, 7), "unit");
    assert_null(chi_nearest_name("zebra", names, 7));
    assert_null(chi_nearest_name("xx", names, 7));
    assert_null(chi_nearest_name("", names, 7));
    assert_null(chi_nearest_name("firms", NULL, 0));
    const char *const spelled[] = {"ai_demand"};
    assert_string_equal(chi_nearest_name("ai-demand", spelled, 1), "ai_demand");
}

static void test_utf8(void **state)
{
    (void)state;
    uint32_t code;
    char bytes[4];
    for (uint32_t c = 0; c <= 0x10FFFF; c += c < 0x3000 ? 1 : 37) {
        if (c >= 0xD800 && c <= 0xDFFF)
            continue;
        size_t size = chi_utf8_put(c, bytes);
        assert_int_equal(chi_utf8_next(bytes, size, &code), size);
        assert_int_equal(code, c);
        assert_int_equal(chi_utf8_next(bytes, size - 1, &code), 0);
        assert_int_equal(chi_utf8_clip(bytes, size), size);
        assert_int_equal(chi_utf8_clip(bytes, size - 1), 0);
    }
    static const char *const bad[] = {"\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80",
        "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\x80", "\xFF", "\xC3("};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(chi_utf8_next(bad[i], strlen(bad[i]), &code), 0);
    assert_int_equal(chi_utf8_count("a\xC3\xBC\xFF", 4), 3);
}

/* --- words --------------------------------------------------------------------------------- */

static const char *other_word(const void *context, const char *word)
{
    (void)context;
    return strcmp(word, "lifeCap") == 0 ? "cap" : strcmp(word, "same") == 0 ? "same" : NULL;
}

/* Names are said as the reader knows them; quotations and longer words stay. */
static void test_words(void **state)
{
    (void)state;
    ch_diags *diags = chi_diags_new();
    chi_diags_words(diags, other_word, NULL);
    chi_diag(diags, 603, (ch_span){0}, "give lifeCap",
        "the bond's lifeCap is 'lifeCap', not lifeCaps or --lifeCap; same");
    chi_diags_words(diags, NULL, NULL);
    chi_diag(diags, 603, (ch_span){0}, NULL, "lifeCap");
    assert_string_equal(ch_diags_at(diags, 0)->message,
        "the bond's `cap` is 'lifeCap', not lifeCaps or --lifeCap; `same`");
    assert_string_equal(ch_diags_at(diags, 0)->hint, "give `cap`");
    assert_string_equal(ch_diags_at(diags, 1)->message, "lifeCap");
    ch_diags_free(diags);
}

/* A message that grows beyond its limit is cut. */
static void test_words_are_cut(void **state)
{
    (void)state;
    char text[CHI_DIAG_BYTES_MAX + 1] = "";
    while (strlen(text) + 6 < sizeof text)
        strcat(text, "same ");
    ch_diags *diags = chi_diags_new();
    chi_diags_words(diags, other_word, NULL);
    chi_diag(diags, 603, (ch_span){0}, NULL, "%s", text);
    size_t size = strlen(ch_diags_at(diags, 0)->message);
    assert_true(size <= CHI_DIAG_BYTES_MAX && size > CHI_DIAG_BYTES_MAX - 8);
    ch_diags_free(diags);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_style),
        cmocka_unit_test(test_caret_columns),
        cmocka_unit_test(test_long_lines_are_cut),
        cmocka_unit_test(test_related_hint_and_json),
        cmocka_unit_test(test_order_and_limit),
        cmocka_unit_test(test_nothing_is_not_an_error),
        cmocka_unit_test(test_kept_lines_and_long_messages),
        cmocka_unit_test(test_writing_stops_when_asked),
        cmocka_unit_test(test_memory_may_fail_anywhere),
        cmocka_unit_test(test_nearest_name),
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_words_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tables: the forms of RFC 4180, columns in any order, and every mistake with its line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/collect.h"
#include "text/csv.h"
#include "text/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"from", "to", "amount", "note"};

typedef struct table {
    chi_arena arena;
    ch_diags *diags;
    chi_csv csv;
    bool header;
} table;

/* Three columns are required, the fourth is not. */
static void open_table(table *t, const char *text)
{
    chi_arena_init(&t->arena);
    t->diags = chi_diags_new();
    chi_csv_init(&t->csv, &t->arena, t->diags, "t.csv", text, strlen(text));
    t->header = chi_csv_header(&t->csv, names, 3, 4);
}

static void close_table(table *t)
{
    chi_arena_free(&t->arena);
    ch_diags_free(t->diags);
}

static void assert_field(table *t, size_t k, const char *expected)
{
    chi_csv_field field = chi_csv_text(&t->csv, k);
    assert_int_equal(field.size, strlen(expected));
    assert_memory_equal(field.text, expected, field.size);
}

/* Reads all rows with their amounts; the diagnostics, as text, are `expected`. */
static void assert_report(const char *text, size_t rows, const char *expected)
{
    table t;
    open_table(&t, text);
    size_t count = 0;
    double amount;
    if (t.header)
        for (; chi_csv_next(&t.csv); count++)
            chi_csv_number(&t.csv, 2, &amount);
    assert_int_equal(count, rows);
    char *shown = collect_diags(t.diags, CH_DIAG_TEXT);
    assert_string_equal(shown, expected);
    assert_int_equal(t.csv.errors, ch_diags_errors(t.diags));
    free(shown);
    close_table(&t);
}

static void test_plain_rows_in_any_order(void **state)
{
    (void)state;
    table t;
    open_table(&t, "\xEF\xBB\xBFid,amount,to, from \r\n1,2.5,b,a\r\n\r\n2,-3e2,\xC3\xBC,\r\n");
    assert_true(t.header);
    assert_true(chi_csv_next(&t.csv));
    assert_field(&t, 0, "a");
    assert_field(&t, 1, "b");
    assert_field(&t, 3, "");
    assert_false(chi_csv_has(&t.csv, 3));
    assert_true(chi_csv_has(&t.csv, 0));
    double amount;
    assert_true(chi_csv_number(&t.csv, 2, &amount));
    assert_true(amount == 2.5);
    assert_true(chi_csv_next(&t.csv));
    assert_field(&t, 0, "");
    assert_field(&t, 1, "\xC3\xBC");
    assert_true(chi_csv_number(&t.csv, 2, &amount));
    assert_true(amount == -300.0);
    assert_false(chi_csv_next(&t.csv));
    assert_int_equal(t.csv.rows, 2);
    assert_int_equal(t.csv.errors, 0);
    close_table(&t);
}

static void test_quotes(void **state)
{
    (void)state;
    table t;
    open_table(&t, "\"from\",to,amount,note\n\"a,b\",\"say \"\"x\"\"\",1,\"two\nlines\"\n"
                   "\"\",\"\"\"\",2,\"\"");
    assert_true(t.header);
    assert_true(chi_csv_next(&t.csv));
    assert_field(&t, 0, "a,b");
    assert_field(&t, 1, "say \"x\"");
    assert_field(&t, 3, "two\nlines");
    assert_true(chi_csv_next(&t.csv));
    assert_field(&t, 0, "");
    assert_field(&t, 1, "\"");
    assert_int_equal(t.csv.row_line, 4);
    assert_false(chi_csv_next(&t.csv));
    assert_int_equal(t.csv.errors, 0);
    close_table(&t);
}

static void test_mistakes_in_rows(void **state)
{
    (void)state;
    assert_report("from,to,amount\na,b\na,b,1,2\na,b,3\n", 1,
        "t.csv:2:1: error CH0141: the row has 2 fields; the header has 3\n 2 | a,b\n   | ^^^\n"
        "t.csv:3:1: error CH0141: the row has 4 fields; the header has 3\n 3 | a,b,1,2\n"
        "   | ^^^^^^^\n");
    assert_report("from,to,amount\na,b,1\xC3\xA9\n\xC3\xBC,b,\n", 2,
        "t.csv:2:5: error CH0144: '1\xC3\xA9' is not a number\n 2 | a,b,1\xC3\xA9\n   |     ^^\n"
        "  hint: numbers are written 1150 or -3.5e6\n"
        "t.csv:3:5: error CH0144: amount is empty\n 3 | \xC3\xBC,b,\n   |     ^\n"
        "  hint: numbers are written 1150 or -3.5e6\n");
    assert_report("from,to,amount\na,b\"c,1\n\"a\"b,c,1\n\"a\n,b,2", 0,
        "t.csv:2:4: error CH0140: a quote stands inside a field without quotes\n 2 | a,b\"c,1\n"
        "   |    ^\n  hint: put the whole field in quotes, and double this one\n"
        "t.csv:3:4: error CH0140: text follows the closing quote of a field\n 3 | \"a\"b,c,1\n"
        "   |    ^\n  hint: double a quote inside a quoted field\n"
        "t.csv:4:1: error CH0140: a quote is left open\n 4 | \"a\n   | ^\n"
        "  hint: close the field with a quote\n");
    assert_report("from,to,amount\n\"x\ny\",\xFF,1\na,\x01,1\na,b,1\rc,d,2\na,b,7\n", 1,
        "t.csv:3:4: error CH0102: byte 0xFF at offset 21 is not UTF-8\n 3 | y\",\xEF\xBF\xBD,1\n"
        "   |    ^\n  hint: save the file as UTF-8\n"
        "t.csv:4:3: error CH0104: control character U+0001 at offset 27\n"
        " 4 | a,\xEF\xBF\xBD,1\n   |   ^\n  hint: remove it\n"
        "t.csv:5:6: error CH0140: a carriage return without a line feed\n"
        " 5 | a,b,1\xEF\xBF\xBD"
        "c,d,2\n   |      ^\n  hint: end lines with LF or CR LF\n");
}

static void test_mistakes_in_the_header(void **state)
{
    (void)state;
    assert_report("", 0,
        "t.csv:1:1: error CH0142: the table has no header\n 1 | \n   | ^\n"
        "  hint: the first line names the columns\n");
    assert_report("\n\n", 0,
        "t.csv:3:1: error CH0142: the table has no header\n 3 | \n   | ^\n"
        "  hint: the first line names the columns\n");
    assert_report("from,amount\na,1\n", 0,
        "t.csv:1:1: error CH0142: there is no column 'to'\n 1 | from,amount\n   | ^^^^^^^^^^^\n"
        "  hint: the first line names the columns\n");
    assert_report("from,to,amount,to,to\n", 0,
        "t.csv:1:16: error CH0143: column 'to' occurs twice\n 1 | from,to,amount,to,to\n"
        "   |                ^^\n  hint: remove or rename one of the two\n");
    table t;
    open_table(&t, "from;to;amount\na;b;1\n");
    assert_false(t.header);
    assert_int_equal(t.csv.errors, 3);
    assert_string_equal(ch_diags_at(t.diags, 0)->hint, "separate the fields with commas");
    close_table(&t);
}

static void test_too_many_columns(void **state)
{
    (void)state;
    char text[4 * CHI_CSV_COLUMNS_MAX] = "from,to,amount";
    for (int i = 3; i < CHI_CSV_COLUMNS_MAX; i++)
        strcat(text, ",x");
    table t;
    open_table(&t, text);
    assert_true(t.header);
    close_table(&t);
    strcat(text, ",x");
    open_table(&t, text);
    assert_false(t.header);
    assert_int_equal(ch_diags_at(t.diags, 0)->code, 140);
    close_table(&t);
}

static void test_errors_end(void **state)
{
    (void)state;
    char text[20000] = "from,to,amount\n";
    for (int i = 0; i < 1000; i++)
        strcat(text, "a,b\n");
    table t;
    open_table(&t, text);
    assert_false(chi_csv_next(&t.csv));
    assert_int_equal(t.csv.errors, CHI_CSV_ERRORS_MAX);
    close_table(&t);
}

static void test_reports_of_the_reader(void **state)
{
    (void)state;
    table t;
    open_table(&t, "from,to,amount\nacme,b,1\n");
    assert_true(chi_csv_next(&t.csv));
    chi_csv_report(&t.csv, 0, 140, "", "no firm '%s'", "acme");
    chi_csv_report(&t.csv, 3, 140, "", "no note");
    char *shown = collect_diags(t.diags, CH_DIAG_TEXT);
    assert_string_equal(shown, "t.csv:2:1: error CH0140: no firm 'acme'\n 2 | acme,b,1\n   | ^^^^\n"
                               "t.csv:2:1: error CH0140: no note\n 2 | acme,b,1\n   | ^\n");
    free(shown);
    close_table(&t);
}

static void assert_number(const char *text, double expected)
{
    double value;
    assert_true(chi_number_parse(text, strlen(text), &value));
    if (value != expected)
        print_error("'%s' is %.17g\n", text, value);
    assert_true(value == expected);
}

static void test_numbers(void **state)
{
    (void)state;
    assert_number("0", 0.0);
    assert_number("-0.0", 0.0);
    assert_number("1150", 1150.0);
    assert_number("+3.5e6", 3.5e6);
    assert_number(".5", 0.5);
    assert_number("5.", 5.0);
    assert_number("0.000123", 0.000123);
    assert_number("9007199254740993", 9007199254740992.0);
    assert_number("123456789012345678901234567890", 123456789012345678901234567890.0);
    assert_number("1e-400", 0.0);
    assert_number("4.9e-324", 4.9e-324);
    assert_number("0.1e1", 1.0);
    static const char *const bad[] = {"", "-", ".", "e5", "1e", "1e+", "1,5", "1 ", " 1", "1x",
        "nan", "inf", "0x10", "1e400", "1.2.3", "--1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double value;
        assert_false(chi_number_parse(bad[i], strlen(bad[i]), &value));
    }
    char digits[800];
    memset(digits, '7', sizeof digits);
    double value;
    assert_true(chi_number_parse(digits, 300, &value));
    assert_false(chi_number_parse(digits, 701, &value));
}

/* Against strtod, in the C locale of the tests. */
static void test_numbers_round_to_nearest(void **state)
{
    (void)state;
    uint64_t bits = 88172645463325252u;
    for (int i = 0; i < 200000; i++) {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        char text[64];
        int exponent = (int)(bits % 60) - 30;
        snprintf(text, sizeof text, "%.*e", (int)(bits >> 32) % 20,
            ldexp((double)(bits >> 11), exponent));
        assert_number(text, strtod(text, NULL));
        snprintf(text, sizeof text, "%.*f", (int)(bits >> 40) % 6, (double)(bits >> 34) / 64);
        assert_number(text, strtod(text, NULL));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_rows_in_any_order),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_mistakes_in_rows),
        cmocka_unit_test(test_mistakes_in_the_header),
        cmocka_unit_test(test_too_many_columns),
        cmocka_unit_test(test_errors_end),
        cmocka_unit_test(test_reports_of_the_reader),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_numbers_round_to_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

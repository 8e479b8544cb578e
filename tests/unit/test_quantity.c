/* Quantities: every form with its exact value, every refusal with its place and hint. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/collect.h"
#include "text/date.h"
#include "text/quantity.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const chi_quantity_context millions = {6, "USD"};

static void assert_means(const char *text, chi_unit unit, double value)
{
    chi_quantity quantity;
    chi_quantity_error error;
    bool good =
        chi_quantity_parse(text, strlen(text), &millions, CHI_ACCEPT_ANY, &quantity, &error);
    if (!good)
        print_error("'%s': %s\n", text, error.message);
    assert_true(good);
    assert_int_equal(error.code, 0);
    if (quantity.unit != unit || quantity.value != value)
        print_error("'%s' is %.17g, %s\n", text, quantity.value, chi_unit_text(quantity.unit));
    assert_int_equal(quantity.unit, unit);
    assert_true(quantity.value == value);
}

static void assert_refused(const char *text, uint32_t code, size_t offset, const char *hint_part)
{
    chi_quantity quantity;
    chi_quantity_error error;
    bool good =
        chi_quantity_parse(text, strlen(text), &millions, CHI_ACCEPT_ANY, &quantity, &error);
    if (good || error.code != code || error.offset != offset || !strstr(error.hint, hint_part))
        print_error("'%s': %d, CH%04u at %zu: %s (%s)\n", text, good, (unsigned)error.code,
            error.offset, error.message, error.hint);
    assert_false(good);
    assert_int_equal(error.code, code);
    assert_int_equal(error.offset, offset);
    assert_true(error.offset + error.size <= strlen(text));
    assert_non_null(strstr(error.hint, hint_part));
    assert_true(error.message[0] != '\0');
}

static void test_numbers(void **state)
{
    (void)state;
    assert_means("1150", CHI_UNIT_NUMBER, 1150.0);
    assert_means("  -3.5 ", CHI_UNIT_NUMBER, -3.5);
    assert_means("+7", CHI_UNIT_NUMBER, 7.0);
    assert_means("1e3", CHI_UNIT_NUMBER, 1000.0);
    assert_means("1.5E-3", CHI_UNIT_NUMBER, 1.5e-3);
    assert_means("0", CHI_UNIT_NUMBER, 0.0);
    assert_means("-0.000", CHI_UNIT_NUMBER, 0.0);
    assert_means("007", CHI_UNIT_NUMBER, 7.0);
    assert_means("0.1", CHI_UNIT_NUMBER, 0.1);
    assert_means("11171.485", CHI_UNIT_NUMBER, 11171.485);
    assert_means("9007199254740993", CHI_UNIT_NUMBER, 9007199254740992.0);
    assert_means("9007199254740993.00001", CHI_UNIT_NUMBER, 9007199254740994.0);
    assert_means("0.00000000000000000000000000000000000000001", CHI_UNIT_NUMBER, 1e-41);
    assert_means("1e0", CHI_UNIT_NUMBER, 1.0);
}

static void test_units(void **state)
{
    (void)state;
    assert_means("2.3bn", CHI_UNIT_MONEY, 2300.0);
    assert_means("2.3 billion", CHI_UNIT_MONEY, 2300.0);
    assert_means("USD 2.3bn", CHI_UNIT_MONEY, 2300.0);
    assert_means("USD2.3bn", CHI_UNIT_MONEY, 2300.0);
    assert_means("-2.3bn USD", CHI_UNIT_MONEY, -2300.0);
    assert_means("40k", CHI_UNIT_MONEY, 0.04);
    assert_means("7m", CHI_UNIT_MONEY, 7.0);
    assert_means("7 mn", CHI_UNIT_MONEY, 7.0);
    assert_means("1.2tn", CHI_UNIT_MONEY, 1200000.0);
    assert_means("903.6m", CHI_UNIT_MONEY, 903.6);
    assert_means("9.62%", CHI_UNIT_FRACTION, 0.0962);
    assert_means("0.1 %", CHI_UNIT_FRACTION, 0.001);
    assert_means("-20%", CHI_UNIT_FRACTION, -0.2);
    assert_means("450bp", CHI_UNIT_FRACTION, 0.045);
    assert_means("1 bps", CHI_UNIT_FRACTION, 0.0001);
    assert_means("6.00x", CHI_UNIT_MULTIPLE, 6.0);
    assert_means("115/month", CHI_UNIT_NUMBER_PER_MONTH, 115.0);
    assert_means("115/quarter", CHI_UNIT_NUMBER_PER_MONTH, 115.0 / 3);
    assert_means("1.2bn/year", CHI_UNIT_MONEY_PER_MONTH, 100.0);
    assert_means("USD 1.2bn / year", CHI_UNIT_MONEY_PER_MONTH, 100.0);
    assert_means("2%/month", CHI_UNIT_FRACTION_PER_MONTH, 0.02);
    assert_means("3 months", CHI_UNIT_MONTHS, 3.0);
    assert_means("1 month", CHI_UNIT_MONTHS, 1.0);
    assert_means("6mo", CHI_UNIT_MONTHS, 6.0);
    assert_means("2q", CHI_UNIT_MONTHS, 6.0);
    assert_means("5y", CHI_UNIT_MONTHS, 60.0);
    assert_means("1.5y", CHI_UNIT_MONTHS, 18.0);
    assert_means("90d", CHI_UNIT_DAYS, 90.0);
    assert_means("2w", CHI_UNIT_DAYS, 14.0);
    assert_means("0d", CHI_UNIT_DAYS, 0.0);
    assert_means("2028-03-28", CHI_UNIT_DATE, chi_day_of(2028, 3, 28));
    assert_means("2024-02-29", CHI_UNIT_DATE, chi_day_of(2024, 2, 29));
    assert_means("2025-11", CHI_UNIT_MONTH, chi_day_of(2025, 11, 1));
    assert_means("yes", CHI_UNIT_BOOL, 1.0);
    assert_means("true", CHI_UNIT_BOOL, 1.0);
    assert_means("no", CHI_UNIT_BOOL, 0.0);
    assert_means("false", CHI_UNIT_BOOL, 0.0);
}

static void test_refused_numbers(void **state)
{
    (void)state;
    assert_refused("", 120, 0, "1150");
    assert_refused("   ", 120, 0, "1150");
    assert_refused("abc", 120, 0, "1150");
    assert_refused("SOFR", 120, 0, "1150");
    assert_refused(".inf", 120, 0, "1150");
    assert_refused("nan", 120, 0, "1150");
    assert_refused("~", 120, 0, "1150");
    assert_refused("-", 120, 0, "1150");
    assert_refused("--1", 120, 0, "1150");
    assert_refused("$5", 120, 0, "USD 2.3bn");
    assert_refused("\xE2\x82\xAC"
                   "5",
        120, 0, "EUR");
    assert_refused("\xE2\x88\x92"
                   "5",
        120, 0, "hyphen-minus");
    assert_refused("(5)", 120, 0, "minus");
    assert_refused("1,000", 122, 1, "without a comma");
    assert_refused("1,5", 122, 1, "without a comma");
    assert_refused("1_000", 122, 1, "without separators");
    assert_refused("1'000", 122, 1, "without separators");
    assert_refused("1 000", 122, 1, "without spaces");
    assert_refused("1.000.000", 122, 5, "one point");
    assert_refused(".5", 122, 0, "0.5");
    assert_refused("5.", 122, 0, "5.0");
    assert_refused("1e999", 123, 1, "1e308");
    assert_refused("1e309", 123, 0, "1e308");
    assert_refused("1e-320", 123, 0, "1e308");
    assert_refused("1e99999999999999999999", 123, 1, "1e308");
    assert_refused(
        "12345678901234567890123456789012345678901234567890123456789012345", 123, 0, "17 digits");
}

static void test_refused_units(void **state)
{
    (void)state;
    assert_refused("5M", 121, 1, "k or m");
    assert_refused("5 B", 121, 2, "bn");
    assert_refused("5mm", 121, 1, "million");
    assert_refused("5BN", 121, 1, "'bn'");
    assert_refused("3 monhts", 121, 2, "'months'");
    assert_refused("0x10", 120, 2, "one quantity");
    assert_refused("5 parsecs", 121, 2, "accepted");
    assert_refused("115/day", 121, 4, "per month");
    assert_refused("115/q", 121, 3, "/quarter");
    assert_refused("115/months", 121, 3, "/quarter");
    assert_refused("3 months/year", 121, 8, "/quarter");
    assert_refused("2.5 months", 127, 0, "whole");
    assert_refused("-3d", 127, 0, "without a sign");
    assert_refused("1e9y", 127, 0, "120000");
    assert_refused("EUR 5m", 125, 0, "USD");
    assert_refused("5m EUR", 125, 3, "USD");
    assert_refused("USD 5m USD", 125, 7, "once");
    assert_refused("USD 115", 125, 0, "leave the currency out");
    assert_refused("5 USD", 125, 0, "leave the currency out");
    assert_refused("9.62% USD", 121, 6, "accepted");
    assert_refused("9.62% 3", 120, 6, "one quantity");
    assert_refused("5\xC3\xBC", 120, 1, "one quantity");
}

static void test_refused_dates(void **state)
{
    (void)state;
    assert_refused("2025-13", 124, 0, "2025-11");
    assert_refused("2025-00-10", 124, 0, "2025-11");
    assert_refused("2025-02-29", 124, 0, "2028-03-28");
    assert_refused("2025-1-1", 124, 0, "2028-03-28");
    assert_refused("2025-1", 124, 0, "2028-03-28");
    assert_refused("28/03/2028", 124, 0, "2028-03-28");
    assert_refused("1200-01-01", 124, 0, "2028-03-28");
    assert_refused("2025-01-01T00:00", 120, 10, "one quantity");
}

static void test_accepted_units(void **state)
{
    (void)state;
    chi_quantity quantity;
    chi_quantity_error error;
    assert_true(chi_quantity_parse("5", 1, NULL, CHI_ACCEPT_MONEY, &quantity, &error));
    assert_true(chi_quantity_parse("5 USD", 5, NULL, CHI_ACCEPT_MONEY, &quantity, &error));
    assert_true(quantity.value == 5.0 && quantity.unit == CHI_UNIT_MONEY);
    assert_false(chi_quantity_parse("5%", 2, NULL, CHI_ACCEPT_MONEY, &quantity, &error));
    assert_int_equal(error.code, 126);
    assert_string_equal(error.message, "a percentage is not accepted here");
    assert_string_equal(error.hint, "accepted: a number (1150), an amount of money (2.3bn)");
    assert_false(chi_quantity_parse("6m", 2, NULL, CHI_ACCEPT_PERIOD, &quantity, &error));
    assert_string_equal(error.hint, "m means million; write months, as in 3 months");
    assert_false(
        chi_quantity_parse("yes", 3, NULL, ~0u ^ CHI_UNIT_BIT(CHI_UNIT_BOOL), &quantity, &error));
}

static void test_scan_takes_the_longest_quantity(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t size;
        chi_unit unit;
    } cases[] = {{"6.5% + sofr", 4, CHI_UNIT_FRACTION}, {"115/month", 9, CHI_UNIT_NUMBER_PER_MONTH},
        {"115/monthly", 3, CHI_UNIT_NUMBER}, {"115 / revenue", 3, CHI_UNIT_NUMBER},
        {"1,2", 1, CHI_UNIT_NUMBER}, {"3 apples", 1, CHI_UNIT_NUMBER},
        {"5y after draw", 2, CHI_UNIT_MONTHS}, {"2.3bn)", 5, CHI_UNIT_MONEY},
        {"2025-11-30-1", 10, CHI_UNIT_DATE}, {"100/4/2", 3, CHI_UNIT_NUMBER},
        {"5-3", 1, CHI_UNIT_NUMBER}, {"5 USD", 5, CHI_UNIT_MONEY}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        chi_quantity quantity;
        chi_quantity_error error;
        const char *text = cases[i].text;
        assert_int_equal(
            chi_quantity_scan(text, strlen(text), NULL, &quantity, &error), cases[i].size);
        assert_int_equal(quantity.unit, cases[i].unit);
    }
}

/* Any double written with 17 digits comes back as itself, in any unit scale that cancels. */
static void test_numbers_round_to_nearest(void **state)
{
    (void)state;
    uint64_t bits = 88172645463325252u;
    for (int i = 0; i < 50000; i++) {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        double wanted = (double)(int64_t)bits * 1e-19 * (i % 2 ? 1e-8 : 1e12);
        char text[64];
        snprintf(text, sizeof text, "%.17g%s", wanted, i % 3 ? "" : "m");
        chi_quantity quantity;
        chi_quantity_error error;
        assert_true(
            chi_quantity_parse(text, strlen(text), &millions, CHI_ACCEPT_ANY, &quantity, &error));
        assert_true(quantity.value == wanted);
    }
}

static void test_locale_has_no_say(void **state)
{
    (void)state;
    static const char *const names[] = {"de_DE.UTF-8", "de_DE", "fr_FR.UTF-8"};
    for (size_t i = 0; i < 3; i++)
        if (setlocale(LC_NUMERIC, names[i]))
            break;
    assert_means("9.62%", CHI_UNIT_FRACTION, 0.0962);
    assert_means("1.5", CHI_UNIT_NUMBER, 1.5);
    setlocale(LC_NUMERIC, "C");
}

static void test_nodes_get_carets(void **state)
{
    (void)state;
    static const char text[] = "a: 5 parsecs\nb: \"1,000\"\nc: [1]\nd: {x: 1}\ne: 7\n";
    chi_arena arena;
    chi_arena_init(&arena);
    ch_diags *diags = chi_diags_new();
    chi_node *root = chi_node_parse(&arena, diags, "m.yaml", text, sizeof text - 1);
    chi_quantity quantity;
    for (chi_node *node = root->first; node; node = node->next)
        assert_int_equal(chi_quantity_read(node, &millions, CHI_ACCEPT_MONEY, diags, &quantity),
            node->key[0] == 'e');
    char *shown = collect_diags(diags, CH_DIAG_TEXT);
    assert_string_equal(shown,
        "m.yaml:1:6: error CH0121: 'parsecs' is not a unit\n 1 | a: 5 parsecs\n"
        "   |      ^^^^^^^\n  hint: accepted: k m bn tn (money), % bp, x, d w mo q y or their "
        "words "
        "(periods)\n"
        "m.yaml:2:6: error CH0122: a number cannot contain a comma\n 2 | b: \"1,000\"\n"
        "   |      ^\n  hint: write 1000 or 1.5: digits without a comma, and a point before "
        "decimals\n"
        "m.yaml:3:4: error CH0120: a list stands where one value is wanted\n 3 | c: [1]\n"
        "   |    ^^^\n  hint: accepted: a number (1150), an amount of money (2.3bn)\n"
        "m.yaml:4:4: error CH0120: a mapping stands where one value is wanted\n 4 | d: {x: 1}\n"
        "   |    ^^^^^^\n  hint: accepted: a number (1150), an amount of money (2.3bn)\n");
    free(shown);
    ch_diags_free(diags);
    chi_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_refused_numbers),
        cmocka_unit_test(test_refused_units),
        cmocka_unit_test(test_refused_dates),
        cmocka_unit_test(test_accepted_units),
        cmocka_unit_test(test_scan_takes_the_longest_quantity),
        cmocka_unit_test(test_numbers_round_to_nearest),
        cmocka_unit_test(test_locale_has_no_say),
        cmocka_unit_test(test_nodes_get_carets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

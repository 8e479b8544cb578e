/* Clearing in memory: published numbers, bad arguments, the same network with other assets, memory
 * that ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cardhouse/network.h"
#include "support/failing.h"

#include <math.h>

/* Rogers and Veraart (2013), example 3.3: with half of everything lost in default, both pay in
 * full: each gets 2.2 and 2 against debts of 2 and 2.2. */
static void test_published_example(void **state)
{
    (void)state;
    uint32_t debtor[] = {0, 1}, creditor[] = {1, 0};
    double amount[] = {2.0, 2.2}, assets[] = {1.0, 1.0};
    ch_debts *debts;
    assert_int_equal(ch_debts_new(2, NULL, 2, debtor, creditor, amount, &debts), CH_OK);
    ch_clearing_terms terms = {0.5, 0.5, 0, 1};
    ch_clearing c;
    for (terms.least = 0; terms.least < 2; terms.least++) {
        assert_int_equal(ch_debts_clear(debts, assets, &terms, &c), CH_OK);
        assert_true(c.converged && !c.unique);
        assert_true(c.fraction[0] == 1.0 && c.fraction[1] == 1.0);
        assert_int_equal(c.failed[0] + c.failed[1], 0);
    }
    /* Without assets nobody has anything to start with: all is paid, or nothing. */
    double none[] = {0.0, 0.0};
    assert_int_equal(ch_debts_clear(debts, none, NULL, &c), CH_OK);
    assert_true(!c.unique && c.fraction[0] == 1.0 && fabs(c.fraction[1] - 2.0 / 2.2) < 1e-15);
    terms = (ch_clearing_terms){1.0, 1.0, 1, 0};
    assert_int_equal(ch_debts_clear(debts, none, &terms, &c), CH_OK);
    assert_true(c.fraction[0] == 0.0 && c.fraction[1] == 0.0);
    ch_debts_free(debts);
}

/* A row of firms, each owing the next one 10 and the last one outsiders: what the first lacks goes
 * from one to the other. */
static void test_a_row_of_firms(void **state)
{
    (void)state;
    enum { FIRMS = 200 };
    uint32_t debtor[FIRMS - 1], creditor[FIRMS - 1];
    double amount[FIRMS - 1], assets[FIRMS] = {4.0}, outsiders[FIRMS] = {0.0};
    for (uint32_t i = 0; i + 1 < FIRMS; i++) {
        debtor[i] = i;
        creditor[i] = i + 1;
        amount[i] = 10.0;
        assets[i + 1] = 0.01;
    }
    outsiders[FIRMS - 1] = 10.0;
    ch_debts *debts;
    assert_int_equal(
        ch_debts_new(FIRMS, outsiders, FIRMS - 1, debtor, creditor, amount, &debts), CH_OK);
    ch_clearing_terms terms = {1.0, 1.0, 0, 1};
    for (int turn = 0; turn < 3; turn++) {
        ch_clearing c;
        assets[0] = 4.0 + turn;
        assert_int_equal(ch_debts_clear(debts, assets, &terms, &c), CH_OK);
        assert_true(c.converged && c.unique && c.certified && c.error < 1e-11);
        for (size_t i = 0; i < FIRMS; i++) {
            double value = assets[0] + 0.01 * (double)i;
            assert_true(fabs(c.value[i] - value) <= 1e-12 * value);
            assert_int_equal(c.round[i], i + 1);
        }
        assert_int_equal(c.rounds, FIRMS);
    }
    ch_debts_free(debts);
}

static void test_bad_arguments(void **state)
{
    (void)state;
    uint32_t debtor[] = {0, 1}, creditor[] = {1, 0}, far[] = {1, 2}, same[] = {0, 1};
    double amount[] = {2.0, 2.2}, negative[] = {1.0, -1.0}, wrong[] = {(double)NAN, 1.0};
    ch_debts *debts;
    assert_int_equal(ch_debts_new(0, NULL, 0, NULL, NULL, NULL, &debts), CH_E_ARGUMENT);
    assert_int_equal(ch_debts_new(2, NULL, 2, debtor, far, amount, &debts), CH_E_ARGUMENT);
    assert_int_equal(ch_debts_new(2, NULL, 2, debtor, same, amount, &debts), CH_E_ARGUMENT);
    assert_int_equal(ch_debts_new(2, NULL, 2, debtor, creditor, negative, &debts), CH_E_ARGUMENT);
    assert_int_equal(ch_debts_new(2, wrong, 2, debtor, creditor, amount, &debts), CH_E_ARGUMENT);
    assert_null(debts);
    assert_int_equal(ch_debts_new(2, NULL, 0, NULL, NULL, NULL, &debts), CH_OK);
    ch_clearing c;
    assert_int_equal(ch_debts_clear(debts, negative, NULL, &c), CH_E_ARGUMENT);
    assert_int_equal(ch_debts_clear(debts, NULL, NULL, &c), CH_E_ARGUMENT);
    ch_clearing_terms terms = {1.5, 1.0, 0, 0};
    assert_int_equal(ch_debts_clear(debts, amount, &terms, &c), CH_E_ARGUMENT);
    assert_int_equal(ch_debts_clear(debts, amount, NULL, &c), CH_OK);
    assert_true(c.fraction[0] == 1.0 && isnan(c.nearest_margin));
    ch_debts_free(debts);
    ch_debts_free(NULL);
}

static void test_memory_that_ends(void **state)
{
    (void)state;
    uint32_t debtor[] = {0, 1}, creditor[] = {1, 0};
    double amount[] = {2.0, 2.2}, assets[] = {1.0, 0.1};
    for (size_t nth = 1; nth < 100; nth++) {
        ch_debts *debts;
        ch_clearing c;
        failing_from(nth);
        ch_status status = ch_debts_new(2, NULL, 2, debtor, creditor, amount, &debts);
        if (status == CH_OK)
            status = ch_debts_clear(debts, assets, NULL, &c);
        failing_stop();
        assert_true(status == CH_OK || status == CH_E_MEMORY);
        if (debts)
            assert_int_equal(ch_debts_clear(debts, assets, NULL, &c), CH_OK);
        ch_debts_free(debts);
        if (status == CH_OK)
            return;
    }
    fail();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_example),
        cmocka_unit_test(test_a_row_of_firms),
        cmocka_unit_test(test_bad_arguments),
        cmocka_unit_test(test_memory_that_ends),
    };
    return cmocka_run_group_tests_name("debts", tests, NULL, NULL);
}

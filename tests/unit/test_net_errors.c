/* What a user gets told about wrong tables, cases and options: code, line, firm and money. */
#include "base/diag.h"
#include "base/write.h"
#include "cardhouse/network.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/cardhouse-network-XXXXXX";

static const char *put(const char *name, const char *text, char path[128])
{
    snprintf(path, 128, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return path;
}

/* Runs a job that must be refused with `code` at `line`, in words that hold `words`. */
static void refused(ch_network_job *job, uint32_t code, uint32_t line, const char *words)
{
    chi_arena arena;
    chi_arena_init(&arena);
    chi_text_buffer out = {.arena = &arena};
    ch_diags *diags;
    ch_status status = ch_network_run(job, chi_text_buffer_write, &out, &diags);
    assert_int_not_equal(status, CH_OK);
    bool found = false;
    for (size_t k = 0; k < ch_diags_count(diags); k++) {
        const ch_diag *d = ch_diags_at(diags, k);
        found |= d->code == code && d->span.line == line && strstr(d->message, words);
    }
    for (size_t k = 0; !found && k < ch_diags_count(diags); k++) {
        const ch_diag *d = ch_diags_at(diags, k);
        print_error("got CH%04u line %u: %s\n", d->code, d->span.line, d->message);
    }
    assert_true(found);
    ch_diags_free(diags);
    chi_arena_free(&arena);
}

static void tables(const char *balances, const char *exposures, const char *holdings, uint32_t code,
    uint32_t line, const char *words)
{
    char b[128], e[128], h[128];
    ch_network_job job = ch_network_job_default(CH_NETWORK_CLEAR);
    job.balances_path = put("b.csv", balances, b);
    job.exposures_path = exposures ? put("e.csv", exposures, e) : NULL;
    job.holdings_path = holdings ? put("h.csv", holdings, h) : NULL;
    refused(&job, code, line, words);
}

static void cases(ch_network_command command, const char *text, uint32_t code, const char *words)
{
    char path[128];
    ch_network_job job = ch_network_job_default(command);
    job.case_path = put("c.json", text, path);
    refused(&job, code, code == 713 ? 0 : 1, words);
}

#define FIRMS "firm,external_assets\nAlpha,5\nBeta,7\n"
#define DEBTS "debtor,creditor,amount\n"

static void test_tables(void **state)
{
    (void)state;
    tables(FIRMS, DEBTS "Alpha,Beta,3\nBeta,Gamma,4\n", NULL, 705, 3, "Gamma");
    tables(FIRMS, DEBTS "Alpha,Alpha,12.5\n", NULL, 704, 2, "Alpha has an edge of 12.5 to itself");
    tables(FIRMS, DEBTS "Alpha,Beta,-3.5\n", NULL, 703, 2, "-3.5");
    tables(FIRMS, DEBTS "Alpha,Beta,much\n", NULL, 702, 2, "much");
    tables(FIRMS, DEBTS "Alpha,Beta,nan\n", NULL, 702, 2, "nan");
    tables(FIRMS, DEBTS "Alpha,Beta\n", NULL, 708, 2, "2 fields");
    tables(FIRMS, "debtor,creditors,amount\nAlpha,Beta,1\n", NULL, 707, 1, "creditors");
    tables(FIRMS, DEBTS "outside,Beta,4\n", NULL, 705, 2, "external_assets of Beta");
    tables("firm,external_assets\nAlpha,5\nAlpha,6\n", DEBTS, NULL, 706, 3, "Alpha");
    tables("firm,external_assets\nAlpha,-5\nBeta,1\n", DEBTS, NULL, 703, 2, "Alpha is -5");
    tables("firm\nAlpha\n", DEBTS, NULL, 707, 1, "external_assets");
    tables("", DEBTS, NULL, 707, 1, "is empty");
    tables(FIRMS, NULL, NULL, 711, 0, "--exposures");
    tables(FIRMS, "debtor,creditor,amount,tier\nAlpha,Beta,1,0\n", NULL, 703, 2, "tier");
    tables(FIRMS, DEBTS "Alpha,Beta,1\n", "issuer,holder,share\nAlpha,Beta,0.7\nAlpha,Beta,0.6\n",
        710, 3, "1.3 of the equity of Alpha");
}

static void test_cases(void **state)
{
    (void)state;
    const char *clear = "{\"id\":\"x\",\"n\":2,\"edges\":[[0,1,-2]],\"external_assets\":[1,1]}";
    cases(CH_NETWORK_CLEAR, clear, 703, "case \"x\"");
    cases(CH_NETWORK_VALUE, clear, 712, "cardhouse network clear");
    cases(CH_NETWORK_CLEAR, "{\"n\":2,\"edges\":[[0,0,2]],\"external_assets\":[1,1]}", 704, "2");
    cases(CH_NETWORK_CLEAR, "{\"n\":2,\"edges\":[[0,5,2]],\"external_assets\":[1,1]}", 705, "5");
    cases(CH_NETWORK_CLEAR, "{\"n\":2,\"edges\":[],\"external_assets\":[1]}", 701, "2 numbers");
    cases(CH_NETWORK_CLEAR,
        "{\"n\":1,\"edges\":[],\"external_assets\":[1],\"results\":[{\"alpha\":2}]}", 714, "alpha");
    cases(CH_NETWORK_RECONSTRUCT, "{\"assets\":[10,1,1],\"liabilities\":[3,5,4]}", 709,
        "10 and liabilities of 3");
    cases(CH_NETWORK_RECONSTRUCT, "{\"assets\":[10,1,1],\"liabilities\":[9,1,1]}", 709, "add up");
    cases(CH_NETWORK_CLEAR, "{\"cases\":[]}", 701, "no cases");
    cases(CH_NETWORK_FIRESALE, "{\"price_impact\":0.1}", 713, "eba_2018_banks.csv");
}

/* One mistake does not hide another: each of these rows has its own, and all are said. */
static void test_all_at_once(void **state)
{
    (void)state;
    static const char debts[] = DEBTS "Alpha,Beta,5\nBeta,Alpha,-3\nAlpha,Beta,x\nGamma,Alpha,2\n"
                                      "Beta,Beta,4\noutside,Alpha,3\n";
    static const char sheets[] = "firm,external_assets\nAlpha,1\nBeta,-5\nDelta,abc\nEps,-1\n";
    tables(FIRMS, debts, NULL, 703, 3, "negative");
    tables(FIRMS, debts, NULL, 702, 4, "not a number");
    tables(FIRMS, debts, NULL, 705, 5, "Gamma");
    tables(FIRMS, debts, NULL, 704, 6, "itself");
    tables(FIRMS, debts, NULL, 705, 7, "cannot stand here");
    tables(sheets, DEBTS "Alpha,Beta,1\n", NULL, 703, 3, "Beta is -5");
    tables(sheets, DEBTS "Alpha,Beta,1\n", NULL, 702, 4, "not a number");
    tables(sheets, DEBTS "Alpha,Beta,1\n", NULL, 703, 5, "Eps is -1");
}

/* One debtor of 400 creditors, each of which it would bring down: walks over the links grow as
 * exp(400), and no answer comes out of that. */
static void test_no_convergence(void **state)
{
    (void)state;
    enum { CREDITORS = 400 };
    static char text[32 * CREDITORS + 200];
    char *at = text;
    at += sprintf(at, "{\"id\":\"star\",\"n\":%d,\"buffer\":[1", CREDITORS + 1);
    for (int k = 0; k < CREDITORS; k++)
        at += sprintf(at, ",1");
    at += sprintf(at, "],\"edges\":[[0,1,5]");
    for (int k = 2; k <= CREDITORS; k++)
        at += sprintf(at, ",[0,%d,5]", k);
    sprintf(at, "]}");
    cases(CH_NETWORK_DISTRESS, text, 715, "too strong");
}

static void test_arguments(void **state)
{
    (void)state;
    ch_diags *diags;
    ch_network_job job = ch_network_job_default(CH_NETWORK_CLEAR);
    chi_arena arena;
    chi_arena_init(&arena);
    chi_text_buffer out = {.arena = &arena};
    assert_int_equal(ch_network_run(&job, chi_text_buffer_write, &out, &diags), CH_E_ARGUMENT);
    job.case_path = "none.json";
    job.alpha = 1.5;
    assert_int_equal(ch_network_run(&job, chi_text_buffer_write, &out, &diags), CH_E_ARGUMENT);
    assert_int_equal(ch_network_run(NULL, chi_text_buffer_write, &out, &diags), CH_E_ARGUMENT);
    job.alpha = 1.0;
    assert_int_equal(ch_network_run(&job, chi_text_buffer_write, &out, NULL), CH_E_IO);
    assert_null(ch_network_command_name(99));
    chi_arena_free(&arena);
}

static int setup(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    static const char *const names[] = {"b.csv", "e.csv", "h.csv", "c.json"};
    for (size_t k = 0; k < 4; k++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", folder, names[k]);
        unlink(path);
    }
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_all_at_once),
        cmocka_unit_test(test_no_convergence),
        cmocka_unit_test(test_arguments),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

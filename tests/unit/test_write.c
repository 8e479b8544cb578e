/* The writers: pages keep their width and their character set, refuse bad options, and stop when
 * the reader does. What JSON and CSV say is compared with each other by tests/checks/outputs. */
#include "cardhouse/cardhouse.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PATHS = 256, PAGE_BYTES_MAX = 1 << 20 };

typedef struct loaded {
    ch_model *model, *base_model;
    ch_result *result, *base;
} loaded;

typedef struct page {
    char text[PAGE_BYTES_MAX];
    size_t size, calls, calls_max; /* stops after calls_max calls */
} page;

static int keep(void *context, const char *text, size_t size)
{
    page *out = context;
    if (out->calls++ >= out->calls_max || size > sizeof out->text - out->size - 1)
        return 1;
    memcpy(out->text + out->size, text, size);
    out->size += size;
    out->text[out->size] = 0;
    return 0;
}

static ch_result *run_one(const ch_model *model)
{
    ch_run_options options = ch_run_options_default();
    ch_result *result;
    ch_diags *diags;
    options.paths = PATHS;
    options.threads = 1;
    assert_int_equal(ch_run(model, &options, &result, &diags), CH_OK);
    return result;
}

static int set_up(void **state)
{
    static loaded all;
    const char *path = CARDHOUSE_ROOT "/examples/two-firms-and-a-bank.yaml";
    ch_diags *diags;
    assert_int_equal(ch_model_load_file(path, "metal-up-half", &all.model, &diags), CH_OK);
    ch_diags_free(diags);
    assert_int_equal(ch_model_load_file(path, NULL, &all.base_model, &diags), CH_OK);
    ch_diags_free(diags);
    all.result = run_one(all.model);
    all.base = run_one(all.base_model);
    *state = &all;
    return 0;
}

static int tear_down(void **state)
{
    loaded *all = *state;
    ch_result_free(all->result);
    ch_result_free(all->base);
    ch_model_free(all->model);
    ch_model_free(all->base_model);
    return 0;
}

static void write_page(const loaded *all, ch_write_options options, page *out)
{
    options.struct_size = sizeof options;
    out->size = out->calls = 0;
    out->calls_max = SIZE_MAX;
    assert_int_equal(ch_result_write(all->result, CH_TEXT, &options, keep, out), CH_OK);
    assert_true(out->size > 1000);
}

/* Columns of the longest line; colour sequences and continuation bytes take none. */
static size_t widest(const char *text)
{
    size_t most = 0, columns = 0;
    for (; *text; text++) {
        if (*text == '\033') {
            text += strcspn(text, "m");
        } else if (*text == '\n') {
            columns = 0;
        } else if (((unsigned char)*text & 0xC0) != 0x80) {
            columns++;
        }
        most = columns > most ? columns : most;
    }
    return most;
}

static page the_page;

static void test_page_width(void **state)
{
    for (int width = 60; width <= 200; width += 20)
        for (int with_base = 0; with_base < 2; with_base++) {
            loaded *all = *state;
            write_page(all,
                (ch_write_options){.width = width, .base = with_base ? all->base : NULL},
                &the_page);
            assert_true(widest(the_page.text) <= (size_t)width);
        }
}

static void test_page_ascii(void **state)
{
    write_page(*state, (ch_write_options){.ascii = 1, .base = ((loaded *)*state)->base}, &the_page);
    for (const char *at = the_page.text; *at; at++)
        assert_true(*at == '\n' || (*at >= ' ' && *at <= '~'));
}

static void test_page_color(void **state)
{
    write_page(*state, (ch_write_options){.color = 1}, &the_page);
    assert_non_null(strstr(the_page.text, "\033["));
    assert_true(widest(the_page.text) <= 100);
    write_page(*state, (ch_write_options){.color = 0}, &the_page);
    assert_null(strchr(the_page.text, '\033'));
}

static void test_no_blank_ends_a_line(void **state)
{
    write_page(*state, (ch_write_options){.base = ((loaded *)*state)->base}, &the_page);
    assert_null(strstr(the_page.text, " \n"));
}

static void test_bad_options(void **state)
{
    loaded *all = *state;
    ch_write_options good = {.struct_size = sizeof good};
    ch_write_options bad[] = {good, good, good};
    bad[0].struct_size = 1;
    bad[1].width = 59;
    bad[2].width = 201;
    the_page.calls = the_page.size = 0;
    the_page.calls_max = SIZE_MAX;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(
            ch_result_write(all->result, CH_TEXT, &bad[i], keep, &the_page), CH_E_ARGUMENT);
    assert_int_equal(
        ch_result_write(all->result, (ch_format)7, &good, keep, &the_page), CH_E_ARGUMENT);
    assert_int_equal(the_page.calls, 0);
}

/* A full disk at any point is an error, and nothing more is written after it. */
static void test_writer_stops(void **state)
{
    loaded *all = *state;
    for (ch_format format = CH_JSON; format <= CH_TEXT; format++) {
        ch_status status = CH_E_IO;
        for (size_t calls = 0; status == CH_E_IO; calls++) {
            the_page.size = the_page.calls = 0;
            the_page.calls_max = calls;
            status = ch_result_write(all->result, format, NULL, keep, &the_page);
            assert_true(the_page.calls <= calls + 1);
        }
        assert_int_equal(status, CH_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_page_width),
        cmocka_unit_test(test_page_ascii),
        cmocka_unit_test(test_page_color),
        cmocka_unit_test(test_no_blank_ends_a_line),
        cmocka_unit_test(test_bad_options),
        cmocka_unit_test(test_writer_stops),
    };
    return cmocka_run_group_tests_name("write", tests, set_up, tear_down);
}

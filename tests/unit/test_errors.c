/* Every diagnostic of a model file has a fixture in tests/errors: NAME.yaml with a mistake and
 * NAME.expected with what must be said about it, to the letter. A first line "# scenario: X" names
 * the scenario to read. CARDHOUSE_UPDATE=1 writes the expected texts anew, to be read with care. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/diag_codes.h"
#include "cardhouse/ch_model.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 1 << 18, NAMES_MAX = 512 };

#define FOLDER CARDHOUSE_ROOT "/tests/errors/"

typedef struct text {
    size_t size;
    char at[TEXT_MAX];
} text;

static int append(void *context, const char *at, size_t size)
{
    text *out = context;
    if (out->size + size >= TEXT_MAX)
        return 1;
    memcpy(out->at + out->size, at, size);
    out->size += size;
    out->at[out->size] = '\0';
    return 0;
}

static bool read_file(const char *name, const char *end, text *out)
{
    char path[1024];
    snprintf(path, sizeof path, "%s%s%s", FOLDER, name, end);
    FILE *file = fopen(path, "rb");
    out->size = 0;
    out->at[0] = '\0';
    if (!file)
        return false;
    out->size = fread(out->at, 1, TEXT_MAX - 1, file);
    out->at[out->size] = '\0';
    fclose(file);
    return true;
}

static void write_expected(const char *name, const text *got)
{
    char path[1024];
    snprintf(path, sizeof path, "%s%s.expected", FOLDER, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(got->at, 1, got->size, file), got->size);
    assert_int_equal(fclose(file), 0);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* The names of the fixtures, in order. */
static size_t list_names(char names[][128])
{
    size_t count = 0;
    DIR *folder = opendir(FOLDER);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        size_t size = strlen(entry->d_name);
        if (size < 6 || size > 120 || strcmp(entry->d_name + size - 5, ".yaml") != 0)
            continue;
        assert_true(count < NAMES_MAX);
        memcpy(names[count], entry->d_name, size - 5);
        names[count++][size - 5] = '\0';
    }
    closedir(folder);
    qsort(names, count, sizeof names[0], by_name);
    return count;
}

static void read_scenario(const text *input, char scenario[64])
{
    scenario[0] = '\0';
    if (strncmp(input->at, "# scenario: ", 12) != 0)
        return;
    size_t size = strcspn(input->at + 12, "\n");
    assert_true(size < 64);
    memcpy(scenario, input->at + 12, size);
    scenario[size] = '\0';
}

/* Reads one fixture; a model comes out only if nothing is an error. */
static void diagnose(const char *name, const text *input, text *out)
{
    char file[160], scenario[64];
    ch_model *model = NULL;
    ch_diags *diags = NULL;
    snprintf(file, sizeof file, "%s.yaml", name);
    read_scenario(input, scenario);
    ch_status status = ch_model_load_text(
        input->at, input->size, file, *scenario ? scenario : NULL, &model, &diags);
    out->size = 0;
    assert_int_equal(ch_diags_print(diags, CH_DIAG_TEXT, append, out), CH_OK);
    if (ch_diags_count(diags) == 0)
        fail_msg("%s has nothing wrong in it", file);
    assert_int_equal(status == CH_OK, ch_diags_errors(diags) == 0);
    assert_int_equal(model != NULL, status == CH_OK);
    ch_model_free(model);
    ch_diags_free(diags);
}

static void fixtures(void **state)
{
    (void)state;
    static char names[NAMES_MAX][128];
    static text input, expected, got;
    size_t count = list_names(names), wrong = 0;
    assert_true(count >= 40);
    for (size_t i = 0; i < count; i++) {
        assert_true(read_file(names[i], ".yaml", &input));
        diagnose(names[i], &input, &got);
        if (getenv("CARDHOUSE_UPDATE"))
            write_expected(names[i], &got);
        bool there = read_file(names[i], ".expected", &expected);
        if (there && strcmp(got.at, expected.at) == 0)
            continue;
        wrong++;
        fprintf(stderr, "%s%s.yaml: expected\n%s\ngot\n%s\n", FOLDER, names[i],
            there ? expected.at : "(no .expected file)", got.at);
    }
    assert_int_equal(wrong, 0);
}

/* No diagnostic of model files without a fixture. */
static void every_code(void **state)
{
    (void)state;
    static const unsigned codes[] = {
#define CODE(number, severity, title, hint) number,
        CHI_DIAG_LIST(CODE)
#undef CODE
    };
    static char names[NAMES_MAX][128], all[1000];
    static text expected;
    size_t count = list_names(names), missing = 0;
    for (size_t i = 0; i < count; i++) {
        if (!read_file(names[i], ".expected", &expected))
            continue;
        for (const char *at = expected.at; (at = strstr(at, " CH0")); at++)
            all[atoi(at + 4)] = 1;
    }
    /* they take more than a fixture may hold: tests/golden/check.session */
    all[106] = all[108] = all[199] = 1;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        bool of_tables = codes[i] >= 140 && codes[i] < 150; /* CSV files: test_csv.c */
        bool of_models = (codes[i] < 500 && !of_tables) || (codes[i] >= 670 && codes[i] < 690);
        if (of_models && !all[codes[i]]) {
            fprintf(stderr, "CH%04u has no fixture\n", codes[i]);
            missing++;
        }
    }
    assert_int_equal(missing, 0);
}

/* One driver too many: the file would be too long for a fixture. */
static void too_many(void **state)
{
    (void)state;
    static text input;
    ch_model *model = NULL;
    ch_diags *diags = NULL;
    char line[80];
    input.size = 0;
    const char *head = "format: 1\ntitle: T\ncurrency: USD\nstart: 2025-12-31\nmonths: 1\nfirms:\n"
                       "  a: {opening: {assets: {cash: 1}, equity: {own: 1}}}\ndrivers:\n";
    append(&input, head, strlen(head));
    for (int i = 0; i < 257; i++) {
        snprintf(line, sizeof line, "  d%d: {process: constant, value: 1}\n", i);
        append(&input, line, strlen(line));
    }
    assert_int_equal(
        ch_model_load_text(input.at, input.size, "many", NULL, &model, &diags), CH_E_INPUT);
    assert_null(model);
    assert_int_equal(ch_diags_count(diags), 1);
    assert_int_equal(ch_diags_at(diags, 0)->code, 231);
    assert_string_equal(ch_diags_at(diags, 0)->message, "a model has at most 256 drivers");
    ch_diags_free(diags);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixtures),
        cmocka_unit_test(every_code),
        cmocka_unit_test(too_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

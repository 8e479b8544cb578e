/* Any bytes as a table: every field lies in the text or the arena, every mistake has a line. */
#include "base/check.h"
#include "text/csv.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int swallow(void *context, const char *text, size_t size)
{
    (void)context, (void)text, (void)size;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"a", "b", "c"};
    chi_arena arena;
    chi_arena_init(&arena);
    ch_diags *diags = chi_diags_new();
    chi_csv csv;
    chi_csv_init(&csv, &arena, diags, "f.csv", (const char *)data, size);
    size_t sum = 0;
    if (chi_csv_header(&csv, names, 1, 3))
        while (chi_csv_next(&csv)) {
            double value;
            for (size_t k = 0; k < 3; k++) {
                chi_csv_field field = chi_csv_text(&csv, k);
                for (size_t i = 0; i < field.size; i++)
                    sum += (unsigned char)field.text[i];
            }
            chi_csv_number(&csv, 0, &value);
        }
    CHI_ASSERT(csv.errors == ch_diags_errors(diags) && sum <= 3 * 255 * size + 1);
    CHI_ASSERT(csv.at == csv.size || csv.errors > 0);
    for (size_t i = 0; i < ch_diags_count(diags); i++)
        CHI_ASSERT(ch_diags_at(diags, i)->span.line > 0);
    ch_diags_print(diags, CH_DIAG_TEXT, swallow, NULL);
    ch_diags_free(diags);
    chi_arena_free(&arena);
    return 0;
}

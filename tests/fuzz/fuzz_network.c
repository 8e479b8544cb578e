/* Any bytes as the tables and case files of the network commands: no crash, no endless loop, no
 * number from bad input without a diagnostic. The first byte chooses the command, the second how
 * the bytes are read: as a case file, as exposures, as balances. */
#include "base/check.h"
#include "base/write.h"
#include "clear/net_case.h"
#include "clear/net_do.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int swallow(void *context, const char *text, size_t size)
{
    (void)context, (void)text, (void)size;
    return 0;
}

static void as_case(
    chi_arena *arena, ch_diags *diags, unsigned command, const char *text, size_t size)
{
    const chi_node *root = chi_node_parse(arena, diags, "case.json", text, size);
    if (!root)
        return;
    chi_net_json *json = chi_arena_alloc(arena, sizeof *json);
    chi_net_json_init(json, swallow, NULL);
    chi_net_case cases = {
        .arena = arena, .diags = diags, .json = json, .folder = "/nowhere/", .threads = 1};
    ch_status status = chi_net_cases_run(&cases, (chi_net_command)command, root);
    CHI_ASSERT(status == CH_OK || ch_diags_errors(diags) > 0);
    chi_net_json_finish(json);
}

static void as_table(chi_arena *arena, ch_diags *diags, const char *text, size_t size)
{
    chi_net_table *table = chi_net_table_parse(arena, diags, "table.csv", text, size);
    if (!table) {
        CHI_ASSERT(ch_diags_errors(diags) > 0);
        return;
    }
    chi_net_names names;
    chi_net_names_init(&names, arena);
    uint32_t *firm = chi_net_table_names(table, "firm", &names, CHI_NET_NAMES_NEW);
    uint32_t *debtor = chi_net_table_names(table, "debtor", &names, CHI_NET_NAMES_ANY);
    uint32_t *index = chi_net_table_indices(table, "creditor", 10);
    double *amount = chi_net_table_numbers(table, "amount", 0.0);
    double *sum = chi_net_table_sums(table, "govbonds", 0.0);
    for (size_t k = 0; k < table->rows; k++) {
        CHI_ASSERT(!firm || firm[k] < names.count);
        CHI_ASSERT(!debtor || debtor[k] < names.count);
        CHI_ASSERT(!index || index[k] < 10);
        CHI_ASSERT(!amount || amount[k] >= 0.0);
        CHI_ASSERT(!sum || sum[k] >= 0.0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    chi_arena arena;
    chi_arena_init(&arena);
    ch_diags *diags = chi_diags_new();
    const char *text = (const char *)data + 2;
    unsigned command = data[0] % CHI_NET_COMMAND_COUNT;
    if (data[1] & 1)
        as_case(&arena, diags, command, text, size - 2);
    else
        as_table(&arena, diags, text, size - 2);
    ch_diags_print(diags, CH_DIAG_TEXT, swallow, NULL);
    ch_diags_free(diags);
    chi_arena_free(&arena);
    return 0;
}

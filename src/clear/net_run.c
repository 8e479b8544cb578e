/* One network job from files to text: case files here, tables in net_tables.c. */
#include "clear/net_run.h"

#include <string.h>

/* Everything up to and with the last slash. */
static const char *folder_of(chi_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? chi_arena_text(arena, path, (size_t)(slash - path) + 1) : "";
}

static ch_status run_cases(
    chi_arena *arena, const ch_network_job *job, ch_diags *diags, ch_write_fn write, void *context)
{
    char *text;
    size_t size;
    ch_status status = chi_file_read(arena, job->case_path, &text, &size);
    if (status != CH_OK) {
        chi_diag(diags, 713, (ch_span){0}, NULL, "%s cannot be read", job->case_path);
        return status;
    }
    const chi_node *root = chi_node_parse(arena, diags, job->case_path, text, size);
    if (!root)
        return CH_E_INPUT;
    chi_net_json *json = chi_arena_alloc(arena, sizeof *json);
    chi_net_json_init(json, write, context);
    chi_net_case cases = {.arena = arena,
        .diags = diags,
        .json = json,
        .folder = folder_of(arena, job->case_path),
        .threads = job->threads};
    status = chi_net_cases_run(&cases, (chi_net_command)job->command, root);
    ch_status written = chi_net_json_finish(json);
    return status == CH_OK ? written : status;
}

ch_status chi_net_run(
    chi_arena *arena, const ch_network_job *job, ch_diags *diags, ch_write_fn write, void *context)
{
    return run_cases(arena, job, diags, write, context);
}

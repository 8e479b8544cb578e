/* One network job from files to text: case files as they are, tables through a report. */
#include "clear/net_run.h"

#include "clear/net_do.h"

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
    if (job->balances_path || job->exposures_path || job->holdings_path) {
        chi_diag(diags, 711, (ch_span){0}, NULL,
            "--case holds everything; --balances, --exposures and --holdings cannot join it");
        return CH_E_INPUT;
    }
    char *text;
    size_t size;
    ch_status status = chi_file_read(arena, job->case_path, &text, &size);
    if (status != CH_OK) {
        chi_net_unreadable(diags, job->case_path, status);
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

typedef bool do_fn(chi_net_input *input, chi_net_report *report);

static do_fn *const commands[CHI_NET_COMMAND_COUNT] = {
    [CHI_NET_CLEAR] = chi_net_do_clear,
    [CHI_NET_VALUE] = chi_net_do_value,
    [CHI_NET_DISTRESS] = chi_net_do_distress,
    [CHI_NET_RECONSTRUCT] = chi_net_do_reconstruct,
    [CHI_NET_FIRESALE] = chi_net_do_firesale,
    [CHI_NET_SUPPLY] = chi_net_do_supply,
    [CHI_NET_REVERSE] = chi_net_do_reverse,
    [CHI_NET_LOOPS] = chi_net_do_loops,
};

static ch_status write_report(
    const chi_net_report *report, ch_network_format format, ch_write_fn write, void *context)
{
    switch (format) {
    case CH_NETWORK_TABLE:
        return chi_net_report_table(report, write, context);
    case CH_NETWORK_JSON:
        return chi_net_report_json(report, write, context);
    case CH_NETWORK_CSV:
        return chi_net_report_csv(report, write, context);
    case CH_NETWORK_DOT:
        return chi_net_report_dot(report, write, context);
    case CH_NETWORK_GRAPHML:
        return chi_net_report_graphml(report, write, context);
    }
    return CH_E_ARGUMENT;
}

/* A table that gave no text is a failure of the machine, not of the network. */
static ch_status status_of(const ch_diags *diags)
{
    for (size_t i = 0; i < ch_diags_count(diags); i++)
        if (ch_diags_at(diags, i)->code == 713)
            return CH_E_IO;
    return CH_E_INPUT;
}

ch_status chi_net_run(
    chi_arena *arena, const ch_network_job *job, ch_diags *diags, ch_write_fn write, void *context)
{
    if (job->case_path)
        return run_cases(arena, job, diags, write, context);
    chi_net_input input = {.arena = arena, .diags = diags, .job = job};
    chi_net_report report =
        chi_net_report_new(arena, chi_net_command_name((chi_net_command)job->command), "");
    report.top = job->top;
    report.network = &input.network;
    if (!commands[job->command](&input, &report))
        return status_of(diags);
    return write_report(&report, job->format, write, context);
}

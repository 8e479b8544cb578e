/* `cardhouse run`: loads, simulates, and writes the answer where it is wanted.
 */
#include "cli.h"

#include <string.h>

/* Everything one run owns; run_free releases it in any state. */
typedef struct run_job {
    const cli_parsed *parsed;
    ch_model *model, *base_model;
    ch_result *result, *base;
    ch_weights *weights;
    cli_output json, csv;
    cli_limit limits[CLI_FAIL_IF_MAX];
    uint32_t months;
    bool scenario_left; /* an interruption came before the scenario: `result` is the base */
    char missing[300];  /* what else it left out */
} run_job;

static void run_free(run_job *job)
{
    cli_output_discard(&job->json);
    cli_output_discard(&job->csv);
    ch_result_free(job->result);
    ch_result_free(job->base);
    ch_weights_free(job->weights);
    ch_model_free(job->model);
    ch_model_free(job->base_model);
}

/* Combinations that the table of options cannot see. */
static int arguments_check(const cli_parsed *parsed)
{
    const char *json = parsed->text[CLI_JSON_FILE], *csv = parsed->text[CLI_CSV];
    if (parsed->text[CLI_REPORT]) {
        cli_complain("--report is not available in this version; "
                     "--json and --csv write the results for other programs");
        return CLI_WRONG;
    }
    if (json && csv && !strcmp(json, csv)) {
        cli_complain("--json and --csv cannot both write to %s", json);
        return CLI_WRONG;
    }
    if (parsed->text[CLI_COMPARE] && !parsed->text[CLI_SCENARIO]) {
        cli_complain("--compare needs --scenario NAME, which is compared with the base");
        return CLI_WRONG;
    }
    return CLI_DONE;
}

static int run_load(run_job *job)
{
    const cli_parsed *parsed = job->parsed;
    if (!cli_weigh_possible(parsed))
        return CLI_WRONG;
    const char *scenario = parsed->text[CLI_SCENARIO];
    if (parsed->text[CLI_COMPARE] && !strcmp(parsed->operand, "-")) {
        cli_complain("--compare reads the model twice, which standard input does not allow");
        return CLI_WRONG;
    }
    int code = cli_model_load(parsed->operand, scenario, CLI_SHOW_TEXT, &job->model);
    if (code == CLI_DONE && parsed->text[CLI_COMPARE])
        /* the same warnings have been shown for the other model */
        code = cli_model_load(parsed->operand, NULL, CLI_SHOW_ERRORS, &job->base_model);
    if (code != CLI_DONE)
        return code;
    uint32_t horizon = ch_model_months(job->model);
    job->months = parsed->text[CLI_MONTHS] ? (uint32_t)parsed->number[CLI_MONTHS] : horizon;
    if (job->months > horizon) {
        cli_complain(
            "--months %u is beyond the model's horizon of %u months", job->months, horizon);
        return CLI_WRONG;
    }
    for (int i = 0; i < parsed->fail_if_count; i++)
        if (!cli_limit_parse(parsed->fail_if[i], job->model, job->months, &job->limits[i]))
            return CLI_WRONG;
    return CLI_DONE;
}

/* What pairing two runs may take of memory; beyond it differences have no interval. */
#define ENDS_BYTES_MAX (UINT64_C(1) << 30)

static bool ends_fit(const ch_model *model, uint64_t paths)
{
    return paths <= ENDS_BYTES_MAX / (2 * sizeof(uint16_t) * ch_model_firm_count(model));
}

/* Simulates one model. CLI_INTERRUPTED leaves a result of the paths that were
 * finished. */
static int simulate(const run_job *job, const ch_model *model, ch_result **result)
{
    const cli_parsed *parsed = job->parsed;
    ch_run_options options = ch_run_options_default();
    cli_progress progress = cli_progress_start(ch_model_scenario(model));
    options.months = job->months;
    if (parsed->text[CLI_PATHS])
        options.paths = parsed->number[CLI_PATHS];
    if (parsed->text[CLI_SEED])
        options.seed = parsed->number[CLI_SEED];
    if (parsed->text[CLI_THREADS])
        options.threads = (uint32_t)parsed->number[CLI_THREADS];
    options.keep_ends = job->base_model != NULL && ends_fit(model, options.paths);
    options.compile = parsed->text[CLI_COMPILE] != NULL;
    options.progress = cli_progress_step;
    options.progress_context = &progress;
    ch_diags *diags = NULL;
    ch_status status = ch_run(model, &options, result, &diags);
    cli_progress_end(&progress);
    cli_show_diags(diags);
    return cli_finish(status, parsed->operand);
}

static int run_simulate(run_job *job)
{
    int code = CLI_DONE;
    if (job->base_model)
        code = simulate(job, job->base_model, &job->base);
    if (code == CLI_DONE)
        return simulate(job, job->model, &job->result);
    if (code == CLI_INTERRUPTED && job->base) {
        /* the scenario has not begun: what is known is the base */
        job->result = job->base;
        job->base = NULL;
        job->scenario_left = true;
    }
    return code;
}

static void miss(run_job *job, const char *format, const char *name)
{
    size_t used = strlen(job->missing);
    if (used > 0)
        used += (size_t)snprintf(job->missing + used, sizeof job->missing - used, "; ");
    snprintf(job->missing + used, sizeof job->missing - used, format, name);
}

/* What was asked for and had not begun when the run was interrupted. */
static void note_missing(run_job *job)
{
    if (job->scenario_left)
        miss(job, "scenario %.100s was not run", ch_model_scenario(job->model));
    if (job->scenario_left && job->parsed->fail_if_count > 0)
        miss(job, "%s was not judged", "--fail-if");
    if (job->parsed->text[CLI_WEIGH])
        miss(job, "%s was weighed", "no estimate");
}

static ch_write_options write_options(const run_job *job)
{
    ch_write_options options = cli_page_options();
    options.base = job->base;
    options.weights = job->weights;
    options.missing = *job->missing ? job->missing : NULL;
    return options;
}

static bool write_one(const run_job *job, ch_format format, cli_output *output)
{
    ch_write_options options = write_options(job);
    if (!output->stream)
        return true;
    ch_status status = ch_result_write(job->result, format, &options, cli_output_write, output);
    return cli_output_end(output, status) == CLI_DONE;
}

static bool run_write(run_job *job)
{
    cli_output page = {.stream = stdout, .name = "-"};
    bool taken = job->json.stream == stdout || job->csv.stream == stdout;
    bool good = write_one(job, CH_JSON, &job->json);
    good = write_one(job, CH_CSV, &job->csv) && good;
    if (!taken)
        good = write_one(job, CH_TEXT, &page) && good;
    return good;
}

/* Whatever was written where, standard error says that it is not all. */
static void say_interrupted(const run_job *job)
{
    char missing[CLI_MISSING_BYTES];
    ch_write_options options = write_options(job);
    ch_result_interrupted(job->result, &options, missing, sizeof missing);
    cli_say_interrupted(missing);
}

static int judge(const run_job *job, int code)
{
    for (int i = 0; i < job->parsed->fail_if_count && !job->scenario_left; i++)
        if (cli_limit_holds(&job->limits[i], job->model, job->result) && code == CLI_DONE)
            code = CLI_LIMIT_FAILED;
    return code;
}

static int run_job_do(run_job *job)
{
    const cli_parsed *parsed = job->parsed;
    int code = run_load(job);
    if (code != CLI_DONE)
        return code;
    if (parsed->text[CLI_PLAN]) {
        return cli_finish(ch_plan_print(job->model, cli_stdout_write, NULL), "the plan");
    }
    if (!cli_output_open(&job->json, parsed->text[CLI_JSON_FILE]) ||
        !cli_output_open(&job->csv, parsed->text[CLI_CSV]))
        return CLI_BROKEN;
    code = run_simulate(job);
    if (!job->result)
        return code;
    if (code == CLI_DONE)
        code = cli_weigh(parsed, job->months, &job->weights);
    else if (code == CLI_INTERRUPTED)
        note_missing(job);
    bool good = run_write(job);
    if (code == CLI_INTERRUPTED)
        say_interrupted(job);
    return good ? judge(job, code) : CLI_BROKEN;
}

int cmd_run(const cli_parsed *parsed)
{
    run_job job = {.parsed = parsed};
    cli_interrupt_catch();
    int code = arguments_check(parsed);
    if (code == CLI_DONE)
        code = run_job_do(&job);
    run_free(&job);
    return code;
}

/* `--weigh N`: what the answer hangs on. */
#include "cli.h"

#include <string.h>

bool cli_weigh_possible(const cli_parsed *parsed)
{
    if (!parsed->text[CLI_WEIGH] || strcmp(parsed->operand, "-") != 0)
        return true;
    cli_complain("--weigh reads the model many times, which standard input does not allow");
    return false;
}

int cli_weigh(const cli_parsed *parsed, uint32_t months, ch_weights **weights)
{
    *weights = NULL;
    if (!parsed->text[CLI_WEIGH])
        return CLI_DONE;
    ch_run_options options = ch_run_options_default();
    cli_progress progress = cli_progress_start("weighing");
    options.paths = parsed->number[CLI_WEIGH];
    options.months = months;
    if (parsed->text[CLI_SEED])
        options.seed = parsed->number[CLI_SEED];
    if (parsed->text[CLI_THREADS])
        options.threads = (uint32_t)parsed->number[CLI_THREADS];
    options.progress = cli_progress_step;
    options.progress_context = &progress;
    ch_diags *diags = NULL;
    ch_status status =
        ch_weigh_file(parsed->operand, parsed->text[CLI_SCENARIO], &options, weights, &diags);
    cli_progress_end(&progress);
    cli_show_diags(diags);
    return cli_finish(status, parsed->operand);
}

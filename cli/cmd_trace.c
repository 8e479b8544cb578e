/* `cardhouse trace`: one path alone, with its whole ledger. */
#include "cli.h"

static int trace_print(const cli_parsed *parsed, const ch_model *model)
{
    ch_run_options options = ch_run_options_default();
    uint32_t horizon = ch_model_months(model);
    if (parsed->text[CLI_SEED])
        options.seed = parsed->number[CLI_SEED];
    if (parsed->text[CLI_MONTHS])
        options.months = (uint32_t)parsed->number[CLI_MONTHS];
    if (options.months > horizon) {
        cli_complain(
            "--months %u is beyond the model's horizon of %u months", options.months, horizon);
        return CLI_WRONG;
    }
    ch_diags *diags = NULL;
    ch_status status =
        ch_trace(model, &options, parsed->number[CLI_PATH], cli_stdout_write, NULL, &diags);
    cli_show_diags(diags);
    return cli_finish(status, parsed->operand);
}

int cmd_trace(const cli_parsed *parsed)
{
    if (!parsed->text[CLI_PATH]) {
        cli_complain("'trace' needs --path N, the number of the path to replay");
        return CLI_WRONG;
    }
    ch_model *model = NULL;
    int code = cli_model_load(parsed->operand, parsed->text[CLI_SCENARIO], CLI_SHOW_TEXT, &model);
    if (code == CLI_DONE)
        code = trace_print(parsed, model);
    ch_model_free(model);
    return code;
}

/* `cardhouse check`: everything wrong with a model, or what it says and rests
 * on. */
#include "cli.h"

#include <string.h>

/* Lays every scenario of the file over the model: each must be right too. */
static int check_scenarios(const char *path, cli_show show)
{
    ch_scenarios *list = NULL;
    ch_diags *diags = NULL;
    ch_status status = ch_scenarios_load_file(path, &list, &diags);
    ch_diags_free(diags); /* shown when the model was loaded */
    int code = cli_finish(status, path);
    for (size_t i = 0; i < ch_scenarios_count(list); i++) {
        ch_model *model = NULL;
        int found = cli_model_load(path, ch_scenarios_name(list, i), show, &model);
        ch_model_free(model);
        if (found != CLI_DONE) {
            cli_complain("scenario '%s' has errors", ch_scenarios_name(list, i));
            code = found;
        }
    }
    ch_scenarios_free(list);
    return code;
}

/* What the answer hangs on, if it is asked for. */
static int check_weigh(const cli_parsed *parsed)
{
    ch_weights *weights = NULL;
    ch_write_options options = cli_page_options();
    cli_interrupt_catch();
    int code = cli_weigh(parsed, 0, &weights);
    if (weights) {
        int written = cli_finish(
            ch_weights_write(weights, &options, cli_stdout_write, NULL), "standard output");
        if (code == CLI_INTERRUPTED) {
            char missing[CLI_MISSING_BYTES];
            ch_weights_interrupted(weights, missing, sizeof missing);
            cli_say_interrupted(missing);
        }
        code = written == CLI_DONE ? code : written;
    }
    ch_weights_free(weights);
    return code;
}

int cmd_check(const cli_parsed *parsed)
{
    const char *scenario = parsed->text[CLI_SCENARIO];
    bool json = parsed->text[CLI_JSON_LINES] != NULL;
    if (!cli_weigh_possible(parsed))
        return CLI_WRONG;
    ch_model *model = NULL;
    int code =
        cli_model_load(parsed->operand, scenario, json ? CLI_SHOW_JSON : CLI_SHOW_TEXT, &model);
    /* standard input has been read; a named scenario was asked about alone */
    if (code == CLI_DONE && !scenario && strcmp(parsed->operand, "-") != 0)
        code = check_scenarios(parsed->operand, json ? CLI_SHOW_JSON : CLI_SHOW_ERRORS);
    if (code == CLI_DONE && !json) {
        code = cli_finish(ch_model_describe(model, cli_stdout_write, NULL), "standard output");
    }
    if (code == CLI_DONE && !json)
        code = check_weigh(parsed);
    ch_model_free(model);
    return code;
}

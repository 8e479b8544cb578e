/* `cardhouse help` and `cardhouse version`. */
#include "cli.h"

int cmd_help(const cli_parsed *parsed)
{
    if (!parsed->operand) {
        cli_print_overview(stdout);
        return CLI_DONE;
    }
    const cli_command *command = cli_command_find(parsed->operand);
    if (!command)
        return cli_command_unknown(parsed->operand);
    if (command->run_own) {
        char name[32], help[] = "--help";
        snprintf(name, sizeof name, "%s", command->name);
        char *argv[] = {name, help, NULL};
        return command->run_own(2, argv);
    }
    cli_print_help(command, stdout);
    return CLI_DONE;
}

int cmd_version(const cli_parsed *parsed)
{
    (void)parsed;
    printf("cardhouse %s\n", ch_version());
    return CLI_DONE;
}

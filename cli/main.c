/* The program: finds the command and makes sure that what was printed has been
 * written. */
#include "cli.h"

#include <string.h>

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
            return true;
    return false;
}

static int dispatch(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;
    if (!name) {
        cli_print_overview(stderr);
        return CLI_WRONG;
    }
    if (!strcmp(name, "--help") || !strcmp(name, "-h"))
        name = "help";
    if (!strcmp(name, "--version"))
        name = "version";
    const cli_command *command = cli_command_find(name);
    if (!command)
        return cli_command_unknown(name);
    if (command->run_own)
        return command->run_own(argc - 1, argv + 1);
    if (asks_for_help(argc - 1, argv + 1)) {
        cli_print_help(command, stdout);
        return CLI_DONE;
    }
    cli_parsed parsed;
    if (!cli_parse(command, argc - 1, argv + 1, &parsed))
        return CLI_WRONG;
    return command->run(&parsed);
}

int main(int argc, char **argv)
{
    int code = dispatch(argc, argv);
    /* a full disk shows only when the buffer is written */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        cli_complain("standard output could not be written");
        if (code == CLI_DONE || code == CLI_LIMIT_FAILED)
            code = CLI_BROKEN;
    }
    return code;
}

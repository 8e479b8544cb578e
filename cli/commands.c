/* The one list of commands. */
#include "cli.h"

#include <string.h>

static const cli_command the_commands[] = {
    {.name = "run",
        .summary = "simulate a model and say how long it holds and what breaks it",
        .usage = "MODEL [options]",
        .examples = "  cardhouse run examples/coreweave/2025-06-30.yaml\n"
                    "  cardhouse run model.yaml --scenario market-shut --compare\n"
                    "  cardhouse run model.yaml --paths 1000000 --json results.json\n"
                    "  cardhouse run model.yaml --fail-if 'survival@24m < 90%'\n",
        .options = CLI_FOR_RUN,
        .operand_needed = true,
        .run = cmd_run},
    {.name = "check",
        .summary = "validate a model and print what it says, its ties and its "
                   "open questions",
        .usage = "MODEL [options]",
        .examples = "  cardhouse check model.yaml\n"
                    "  cardhouse check model.yaml --json\n"
                    "  cardhouse check model.yaml --weigh 4000\n",
        .options = CLI_FOR_CHECK,
        .operand_needed = true,
        .run = cmd_check},
    {.name = "trace",
        .summary = "replay one path with its whole ledger and its chain of causes",
        .usage = "MODEL --path N [options]",
        .examples = "  cardhouse trace model.yaml --path 17\n"
                    "  cardhouse trace model.yaml --path 17 --scenario market-shut\n",
        .options = CLI_FOR_TRACE,
        .operand_needed = true,
        .run = cmd_trace},
    {.name = "schedule", .summary = "events of financial contracts", .run_own = cmd_schedule},
    {.name = "daycount",
        .summary = "year fractions, schedules, business days",
        .run_own = cmd_daycount},
    {.name = "network",
        .summary = "clear debts and follow contagion on a network of firms",
        .run_own = cmd_network},
    {.name = "help",
        .summary = "explain a command",
        .usage = "[COMMAND]",
        .examples = "  cardhouse help run\n",
        .run = cmd_help},
    {.name = "version",
        .summary = "print the version",
        .usage = "",
        .examples = "  cardhouse version\n",
        .run = cmd_version},
};

size_t cli_command_count(void)
{
    return sizeof the_commands / sizeof the_commands[0];
}

const cli_command *cli_command_at(size_t index)
{
    return index < cli_command_count() ? &the_commands[index] : NULL;
}

const cli_command *cli_command_find(const char *name)
{
    for (size_t i = 0; i < cli_command_count(); i++)
        if (!strcmp(the_commands[i].name, name))
            return &the_commands[i];
    return NULL;
}

int cli_command_unknown(const char *name)
{
    const char *names[sizeof the_commands / sizeof the_commands[0]];
    for (size_t i = 0; i < cli_command_count(); i++)
        names[i] = the_commands[i].name;
    const char *near = ch_nearest_name(name, names, cli_command_count());
    if (near)
        cli_complain("there is no command '%s'; is '%s' meant?", name, near);
    else
        cli_complain("there is no command '%s'; `cardhouse help` lists them", name);
    return CLI_WRONG;
}

/* Reads a command line by the option table, and writes the help from the same
 * table. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct option_row {
    const char *name, *argument;
    cli_kind kind;
    uint64_t low, high;
    unsigned commands;
    const char *help;
} option_row;

static const option_row the_options[] = {
#define OPTION_ROW(id, name, argument, kind, low, high, commands, help)                            \
    {name, argument, kind, low, high, commands, help},
    CLI_OPTION_LIST(OPTION_ROW)
#undef OPTION_ROW
};

/* The option of this command that is named by the first `size` bytes of `word`;
 * -1 if none is. */
static int option_find(const cli_command *command, const char *word, size_t size)
{
    for (int i = 0; i < CLI_OPTION_COUNT; i++)
        if ((the_options[i].commands & command->options) && strlen(the_options[i].name) == size &&
            !memcmp(the_options[i].name, word, size))
            return i;
    return -1;
}

static bool complain_usage(const cli_command *command)
{
    fprintf(stderr, "usage: cardhouse %s %s; see `cardhouse help %s`\n", command->name,
        command->usage, command->name);
    return false;
}

static bool complain_option(const cli_command *command, const char *word, size_t size)
{
    const char *names[CLI_OPTION_COUNT + 1];
    size_t count = 0;
    for (int i = 0; i < CLI_OPTION_COUNT; i++)
        if (the_options[i].commands & command->options)
            names[count++] = the_options[i].name;
    names[count++] = "--help";
    char name[64];
    snprintf(name, sizeof name, "%.*s", size < 63 ? (int)size : 63, word);
    const char *near = ch_nearest_name(name, names, count);
    if (near)
        cli_complain("'%s' has no option %s; is %s meant?", command->name, name, near);
    else
        cli_complain("'%s' has no option %s", command->name, name);
    return complain_usage(command);
}

/* A whole number in decimal; digits may be grouped by underscores. */
static bool number_read(const char *text, uint64_t *out)
{
    uint64_t value = 0;
    bool any = false;
    for (; *text; text++) {
        if (*text == '_' && any && text[1])
            continue;
        if (*text < '0' || *text > '9')
            return false;
        uint64_t digit = (uint64_t)(*text - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return false;
        value = 10 * value + digit;
        any = true;
    }
    *out = value;
    return any;
}

static bool option_take(const cli_command *command, int id, const char *value, cli_parsed *parsed)
{
    const option_row *row = &the_options[id];
    if (id == CLI_FAIL_IF) {
        if (parsed->fail_if_count == CLI_FAIL_IF_MAX) {
            cli_complain("%s may be given at most %d times", row->name, CLI_FAIL_IF_MAX);
            return complain_usage(command);
        }
        parsed->fail_if[parsed->fail_if_count++] = value;
        return true;
    }
    if (parsed->text[id]) {
        cli_complain("%s is given twice", row->name);
        return complain_usage(command);
    }
    parsed->text[id] = value;
    if (row->kind != CLI_NUMBER)
        return true;
    uint64_t number = 0;
    if (!number_read(value, &number) || number < row->low || number > row->high) {
        cli_complain("%s needs a whole number from %llu to %llu, not '%s'", row->name,
            (unsigned long long)row->low, (unsigned long long)row->high, value);
        return complain_usage(command);
    }
    parsed->number[id] = number;
    return true;
}

/* Takes the option at argv[*at], with its value if it has one. */
static bool option_read(
    const cli_command *command, int argc, char **argv, int *at, cli_parsed *parsed)
{
    const char *word = argv[*at];
    const char *equals = strchr(word, '=');
    size_t size = equals ? (size_t)(equals - word) : strlen(word);
    int id = option_find(command, word, size);
    if (id < 0)
        return complain_option(command, word, size);
    const option_row *row = &the_options[id];
    if (row->kind == CLI_FLAG) {
        if (equals) {
            cli_complain("%s takes no value", row->name);
            return complain_usage(command);
        }
        return option_take(command, id, "", parsed);
    }
    if (!equals && *at + 1 >= argc) {
        cli_complain("%s needs a value: %s %s", row->name, row->name, row->argument);
        return complain_usage(command);
    }
    const char *value = equals ? equals + 1 : argv[++*at];
    if (!*value) {
        cli_complain("%s needs a value that is not empty", row->name);
        return complain_usage(command);
    }
    return option_take(command, id, value, parsed);
}

bool cli_parse(const cli_command *command, int argc, char **argv, cli_parsed *parsed)
{
    *parsed = (cli_parsed){0};
    bool operands_only = false;
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        if (!operands_only && !strcmp(word, "--")) {
            operands_only = true;
        } else if (!operands_only && word[0] == '-' && word[1]) {
            if (!option_read(command, argc, argv, &i, parsed))
                return false;
        } else if (parsed->operand || !*command->usage) {
            cli_complain("'%s' is one argument too many", word);
            return complain_usage(command);
        } else {
            parsed->operand = word;
        }
    }
    if (command->operand_needed && !parsed->operand) {
        cli_complain("'%s' needs a model file", command->name);
        return complain_usage(command);
    }
    return true;
}

void cli_print_help(const cli_command *command, FILE *out)
{
    fprintf(out, "cardhouse %s: %s\n\n%s\n", command->name, command->summary, command->examples);
    fprintf(out, "usage: cardhouse %s%s%s\n", command->name, *command->usage ? " " : "",
        command->usage);
    for (int i = 0; i < CLI_OPTION_COUNT; i++) {
        const option_row *row = &the_options[i];
        char left[40];
        if (!(row->commands & command->options))
            continue;
        snprintf(left, sizeof left, "%s %s", row->name, row->argument);
        fprintf(out, "  %-18s %s\n", left, row->help);
    }
    if (command->options & CLI_FOR_RUN)
        fputs("\nLIMIT is [FIRM.]survival@MONTHSm < PERCENT, also with <=, > or "
              ">=; FIRM is the id "
              "of a firm,\nby default the first that is simulated.\n",
            out);
    if (command->operand_needed)
        fputs("MODEL is a file in format 1 (docs/reference/file-format.md); - is "
              "standard input.\n",
            out);
}

void cli_print_overview(FILE *out)
{
    fputs("cardhouse: stress-test a debt-financed company and the firms around "
          "it.\n\n"
          "  cardhouse check model.yaml          what the model says, and what "
          "is wrong with it\n"
          "  cardhouse run model.yaml            how long it holds, what breaks "
          "it, who loses\n"
          "  cardhouse trace model.yaml --path 7 one of the simulated futures, "
          "line by line\n\n"
          "commands:\n",
        out);
    for (size_t i = 0; i < cli_command_count(); i++)
        fprintf(out, "  %-10s %s\n", cli_command_at(i)->name, cli_command_at(i)->summary);
    fputs("\n`cardhouse help COMMAND` explains one. Exit codes: 0 done; 1 a "
          "stated limit failed;\n"
          "2 the model or the command line is wrong; 3 a file or the machine "
          "failed;\n"
          "70 a bug of ours; 130 interrupted.\n",
        out);
}

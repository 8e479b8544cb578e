/* cardhouse schedule: the events of ACTUS contracts. */
#include "cli.h"

#include <errno.h>
#include <string.h>

enum { CALENDARS_MAX = 8 };

typedef struct schedule_arguments {
    const char *file, *json, *csv, *explain, *market;
    ch_calendar_file calendars[CALENDARS_MAX];
    char calendar_names[CALENDARS_MAX][64];
    size_t calendar_count;
} schedule_arguments;

static void print_help(FILE *out)
{
    fputs("cardhouse schedule: the events of financial contracts by the ACTUS standard\n\n"
          "  cardhouse schedule contracts.json\n"
          "  cardhouse schedule contracts.json --json -\n"
          "  cardhouse schedule loans.csv --csv events.csv\n"
          "  cardhouse schedule contracts.json --explain loan-1\n\n"
          "usage: cardhouse schedule FILE [--json FILE] [--csv FILE] [--explain ID]\n"
          "                          [--market FILE] [--calendar NAME=FILE]\n"
          "  --json FILE        write the events as JSON: case id -> array of events\n"
          "  --csv FILE         write the events as one table\n"
          "  --explain ID       show for each event of one contract the numbers that entered it\n"
          "  --market FILE      observations for all contracts: a table with the columns object,\n"
          "                     time and value; what a case observes itself goes first\n"
          "  --calendar NAME=F  know another calendar, with rules in the file F\n"
          "A FILE written to may be -, standard output, which then has no tables.\n"
          "FILE is an object of cases in the form of the public ACTUS tests, or, if its name ends\n"
          "in .csv, a table with one contract a row and dictionary names as header.\n",
        out);
}

static bool add_calendar(schedule_arguments *a, const char *text)
{
    const char *equals = strchr(text, '=');
    size_t size = equals ? (size_t)(equals - text) : 0;
    if (size == 0 || size >= sizeof a->calendar_names[0] || !equals[1]) {
        cli_complain("--calendar expects NAME=FILE, not '%s'", text);
        return false;
    }
    if (a->calendar_count == CALENDARS_MAX) {
        cli_complain("--calendar can be given %d times", (int)CALENDARS_MAX);
        return false;
    }
    char *name = a->calendar_names[a->calendar_count];
    memcpy(name, text, size);
    name[size] = 0;
    a->calendars[a->calendar_count++] = (ch_calendar_file){name, equals + 1};
    return true;
}

/* An option with its value, which may be joined by "=". NULL if this is another argument. */
static const char *value_of(const char *option, int argc, char **argv, int *at, bool *good)
{
    size_t size = strlen(option);
    if (strncmp(argv[*at], option, size) != 0)
        return NULL;
    if (argv[*at][size] == '=')
        return argv[*at] + size + 1;
    if (argv[*at][size] != 0)
        return NULL;
    if (*at + 1 < argc)
        return argv[++*at];
    cli_complain("%s needs a value", option);
    *good = false;
    return NULL;
}

static bool read_arguments(int argc, char **argv, schedule_arguments *a)
{
    bool good = true;
    for (int i = 1; i < argc && good; i++) {
        const char *value;
        if ((value = value_of("--json", argc, argv, &i, &good)))
            a->json = value;
        else if (good && (value = value_of("--csv", argc, argv, &i, &good)))
            a->csv = value;
        else if (good && (value = value_of("--explain", argc, argv, &i, &good)))
            a->explain = value;
        else if (good && (value = value_of("--market", argc, argv, &i, &good)))
            a->market = value;
        else if (good && (value = value_of("--calendar", argc, argv, &i, &good)))
            good = add_calendar(a, value);
        else if (good && argv[i][0] == '-' && argv[i][1]) {
            cli_complain(
                "schedule has no option '%s'; `cardhouse help schedule` lists them", argv[i]);
            good = false;
        } else if (good && a->file) {
            cli_complain("schedule reads one file; '%s' is a second", argv[i]);
            good = false;
        } else if (good)
            a->file = argv[i];
    }
    if (good && !a->file) {
        cli_complain("schedule needs a file of contracts; `cardhouse help schedule` says which");
        good = false;
    }
    return good;
}

/* Writes one kind of output. */
static int write_file(const char *name, const ch_contracts *contracts,
    ch_status (*print)(const ch_contracts *, ch_write_fn, void *))
{
    cli_output output;
    if (!name)
        return CLI_DONE;
    if (!cli_output_open(&output, name))
        return CLI_BROKEN;
    return cli_output_end(&output, print(contracts, cli_output_write, &output));
}

static int write_all(const schedule_arguments *a, const ch_contracts *contracts)
{
    int code = write_file(a->json, contracts, ch_contracts_write_json);
    if (code == CLI_DONE)
        code = write_file(a->csv, contracts, ch_contracts_write_csv);
    if (code == CLI_DONE && a->explain) {
        ch_status status = ch_contracts_explain(contracts, a->explain, cli_stdout_write, NULL);
        if (status == CH_E_ARGUMENT)
            cli_complain("there is no contract '%s' with events in %s", a->explain, a->file);
        return status == CH_E_ARGUMENT ? CLI_WRONG : cli_finish(status, "standard output");
    }
    if (code == CLI_DONE && !a->json && !a->csv)
        code = cli_finish(
            ch_contracts_write_text(contracts, cli_stdout_write, NULL), "standard output");
    return code;
}

int cmd_schedule(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
            print_help(stdout);
            return CLI_DONE;
        }
    schedule_arguments a = {0};
    ch_contracts *contracts;
    ch_diags *diags;
    if (!read_arguments(argc, argv, &a))
        return CLI_WRONG;
    errno = 0;
    const ch_contracts_world world = {a.calendars, a.calendar_count, a.market};
    ch_status status = ch_contracts_load_file_in(a.file, &world, &contracts, &diags);
    bool said = ch_diags_count(diags) > 0;
    int load_code = said ? ch_status_exit_code(status) : cli_finish_reading(status, a.file);
    cli_show_diags(diags);
    if (status != CH_OK)
        return load_code;
    int code = write_all(&a, contracts);
    size_t wrong = ch_contracts_wrong(contracts);
    if (wrong > 0)
        cli_complain("%zu of %zu contracts are wrong and have no events", wrong,
            ch_contracts_count(contracts));
    ch_contracts_free(contracts);
    return code == CLI_DONE && wrong > 0 ? CLI_WRONG : code;
}

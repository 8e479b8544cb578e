/* cardhouse daycount: a table of day counts, schedules, shifts and overnight rates. */
#include "cli.h"

#include <errno.h>
#include <string.h>

static void print_help(FILE *out)
{
    fputs("cardhouse daycount: year fractions, schedules and business days of a table\n\n"
          "  cardhouse daycount questions.csv\n"
          "  cardhouse daycount questions.csv --json\n\n"
          "usage: cardhouse daycount FILE.csv [--json]\n"
          "  --json             print one JSON object, id -> value, instead of a table\n"
          "The table has the columns id, kind, convention, start, end and options, in any order;\n"
          "others are ignored. Kinds: daycount, schedule, businessday, compound, average.\n"
          "Options, separated by semicolons: termination=DATE, freq=N, periods=FROM/TO/N;...,\n"
          "midnight, eom=SD or EOM, calendar=NAME, rates=... and days=....\n",
        out);
}

int cmd_daycount(int argc, char **argv)
{
    const char *file = NULL;
    int as_json = 0;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
            print_help(stdout);
            return CLI_DONE;
        }
        if (!strcmp(argv[i], "--json"))
            as_json = 1;
        else if (argv[i][0] == '-' && argv[i][1]) {
            cli_complain(
                "daycount has no option '%s'; `cardhouse help daycount` lists them", argv[i]);
            return CLI_WRONG;
        } else if (file) {
            cli_complain("daycount reads one file; '%s' is a second", argv[i]);
            return CLI_WRONG;
        } else
            file = argv[i];
    }
    if (!file) {
        cli_complain("daycount needs a table; `cardhouse help daycount` describes it");
        return CLI_WRONG;
    }
    ch_diags *diags;
    errno = 0;
    ch_status status = ch_daycount_table(file, as_json, cli_stdout_write, NULL, &diags);
    int code = cli_finish_reading(status, file);
    cli_show_diags(diags);
    return code;
}

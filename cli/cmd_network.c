/* `cardhouse network COMMAND`: its own table of options, then one call of the library. */
#include "cli.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { COMMANDS = 8 };

/* Commands an option belongs to, as bits in the order of ch_network_command. */
enum {
    FOR_CLEAR = 1 << CH_NETWORK_CLEAR,
    FOR_VALUE = 1 << CH_NETWORK_VALUE,
    FOR_DISTRESS = 1 << CH_NETWORK_DISTRESS,
    FOR_RECONSTRUCT = 1 << CH_NETWORK_RECONSTRUCT,
    FOR_FIRESALE = 1 << CH_NETWORK_FIRESALE,
    FOR_SUPPLY = 1 << CH_NETWORK_SUPPLY,
    FOR_REVERSE = 1 << CH_NETWORK_REVERSE,
    FOR_LOOPS = 1 << CH_NETWORK_LOOPS,
    FOR_DEBTS = FOR_CLEAR | FOR_REVERSE | FOR_LOOPS,
    FOR_ALL = (1 << COMMANDS) - 1
};

typedef enum kind { TEXT, REAL, WHOLE, FLAG, FORMAT } kind;

typedef struct option {
    const char *name, *argument;
    kind kind;
    unsigned commands;
    size_t offset;    /* of the field in ch_network_job */
    double low, high; /* of a number */
    const char *help;
} option;

#define FIELD(name) offsetof(ch_network_job, name)
#define BELOW "\n                         " /* the next line of a sentence of the help */

static const option options[] = {
    {"--case", "FILE", TEXT, FOR_ALL, FIELD(case_path), 0, 0,
        "compute the cases of a JSON file; --json says where to"},
    {"--balances", "FILE", TEXT, FOR_ALL, FIELD(balances_path), 0, 0,
        "table of firms, with the columns below"},
    {"--exposures", "FILE", TEXT, FOR_ALL & ~(FOR_SUPPLY | FOR_FIRESALE | FOR_RECONSTRUCT),
        FIELD(exposures_path), 0, 0, "table of debts: debtor,creditor,amount[,tier]"},
    {"--exposures", "FILE", TEXT, FOR_SUPPLY, FIELD(exposures_path), 0, 0,
        "table of deliveries: supplier,customer,amount"},
    {"--exposures", "FILE", TEXT, FOR_FIRESALE, FIELD(exposures_path), 0, 0,
        "table of assets held: firm,asset,amount"},
    {"--holdings", "FILE", TEXT, FOR_DEBTS, FIELD(holdings_path), 0, 0,
        "table of equity held: issuer,holder,share"},
    {"--sectors", "FILE", TEXT, FOR_SUPPLY, FIELD(sectors_path), 0, 0,
        "table of inputs: from,to,essential (2, 1 or 0)"},
    {"--method", "NAME", TEXT, FOR_VALUE, FIELD(method), 0, 0,
        "furfine, furfine_recovery, eisenberg_noe (default), linear_debtrank," BELOW
        "merton, merton_fixed_recovery or blackcox"},
    {"--method", "NAME", TEXT, FOR_DISTRESS, FIELD(method), 0, 0,
        "debtrank (default), debtrank_single_hit, threshold or communicability"},
    {"--method", "NAME", TEXT, FOR_RECONSTRUCT, FIELD(method), 0, 0,
        "minimum_density (default), maximum_entropy or bayes"},
    {"--method", "NAME", TEXT, FOR_FIRESALE, FIELD(method), 0, 0,
        "published (default) or cont_schaanning"},
    {"--method", "NAME", TEXT, FOR_REVERSE, FIELD(method), 0, 0,
        "ray (default): all lose in the proportions of direction; single: the" BELOW
        "cheapest loss of one firm alone; any: of any set of firms (needs --firm)"},
    {"--alpha", "A", REAL, FOR_DEBTS, FIELD(alpha), 0, 1,
        "share of outside assets left in default (1)"},
    {"--beta", "B", REAL, FOR_DEBTS, FIELD(beta), 0, 1, "share of receipts left in default (1)"},
    {"--which", "W", TEXT, FOR_CLEAR, 0, 0, 0, "greatest, least or both solutions (both)"},
    {"--outsiders", "RANK", TEXT, FOR_DEBTS, 0, 0, 0,
        "outside creditors: equal to the network or senior (equal)"},
    {"--firm", "NAME", TEXT, FOR_DISTRESS | FOR_SUPPLY, FIELD(firm), 0, 0,
        "the firm that fails; without it all are ranked"},
    {"--firm", "NAME", TEXT, FOR_REVERSE, FIELD(firm), 0, 0, "the firm in question"},
    {"--count", "K", WHOLE, FOR_REVERSE, FIELD(count), 1, 1e9,
        "smallest shock that brings K firms down (1)"},
    {"--shock", "S", REAL, FOR_CLEAR | FOR_VALUE, FIELD(shock), 0, 1,
        "share of its external assets that each firm loses at first (0)"},
    {"--shock", "S", REAL, FOR_DISTRESS, FIELD(shock), 0, 1,
        "share of its capital that each firm loses at first"},
    {"--shock", "S", REAL, FOR_FIRESALE, FIELD(shock), 0, 1,
        "share by which the price of --asset falls at first (0)"},
    {"--shock", "S", REAL, FOR_SUPPLY, FIELD(shock), 0, 1,
        "share of its output that --firm loses at first (1)"},
    {"--recovery", "R", REAL, FOR_VALUE | FOR_DISTRESS, FIELD(recovery), 0, 1,
        "share recovered from a failed firm (0)"},
    {"--rounds", "N", WHOLE, FOR_DISTRESS, FIELD(rounds), 0, 1e9,
        "stop after N rounds (0: the limit)"},
    {"--asset", "NAME", TEXT, FOR_FIRESALE, FIELD(asset), 0, 0, "asset whose price --shock lowers"},
    {"--impact", "I", REAL, FOR_FIRESALE, FIELD(impact), 0, 0.999999,
        "price fall when 5 % of an asset is sold (0.05)"},
    {"--leverage-min", "L", REAL, FOR_FIRESALE, FIELD(leverage_min), 0, 1,
        "equity / assets below which a firm defaults (0.03)"},
    {"--leverage-buffer", "L", REAL, FOR_FIRESALE, FIELD(leverage_buffer), 0, 1,
        "below which it sells (0.04)"},
    {"--leverage-target", "L", REAL, FOR_FIRESALE, FIELD(leverage_target), 1e-9, 1,
        "to which it sells (0.05)"},
    {"--steps", "N", WHOLE, FOR_FIRESALE, FIELD(steps), 1, 100000, "steps taken (6)"},
    {"--eps", "E", REAL, FOR_SUPPLY, FIELD(eps), 0, 1,
        "stop when no output falls by more in a step (0.01)"},
    {"--replaceable", "", FLAG, FOR_SUPPLY, 0, 0, 0,
        "lost output may be replaced by firms of the same sector"},
    {"--probability", "P", REAL, FOR_RECONSTRUCT, FIELD(probability), 0, 1,
        "bayes: of a link (0.5)"},
    {"--rate", "R", REAL, FOR_RECONSTRUCT, FIELD(rate), 0, 1e300,
        "bayes: of the exponential law of an amount (fits the totals)"},
    {"--samples", "N", WHOLE, FOR_RECONSTRUCT, FIELD(samples), 1, 1e9, "bayes: networks drawn"},
    {"--thin", "N", WHOLE, FOR_RECONSTRUCT, FIELD(thin), 1, 1e6, "bayes: moves kept apart (10)"},
    {"--seed", "K", WHOLE, FOR_RECONSTRUCT, 0, 0, 9e15, "bayes: seed of the draws (1)"},
    {"--least", "AMOUNT", REAL, FOR_LOOPS, FIELD(least_amount), 0, 1e300,
        "look at edges of at least this amount (0)"},
    {"--top", "N", WHOLE, FOR_ALL, FIELD(top), 0, 1e9, "rows of the table; 0 for all (20)"},
    {"--threads", "T", WHOLE, FOR_ALL, 0, 0, 1024,
        "threads (one for each processor); never changes a result"},
    {"--json", "FILE", FORMAT, FOR_ALL, CH_NETWORK_JSON, 0, 0, "write JSON; - is standard output"},
    {"--csv", "FILE", FORMAT, FOR_ALL, CH_NETWORK_CSV, 0, 0, "write CSV"},
    {"--dot", "FILE", FORMAT, FOR_ALL, CH_NETWORK_DOT, 0, 0, "write the graph for Graphviz"},
    {"--graphml", "FILE", FORMAT, FOR_ALL, CH_NETWORK_GRAPHML, 0, 0, "write the graph as GraphML"},
};
enum { OPTIONS = sizeof options / sizeof *options };

static const char *const summaries[COMMANDS] = {
    "who pays what when all pay at once, and who fails in which round",
    "what claims are worth before they fall due",
    "losses passed on before anybody defaults; ranking of all single defaults",
    "networks that fit what each firm lent and borrowed in all",
    "sales that lower prices that force more sales",
    "output lost along the supply chain when a firm fails",
    "the smallest shock at which a firm, or several, fail",
    "circles of debt and what cutting each edge does",
};

/* Columns of --balances. */
static const char *const columns[COMMANDS] = {
    "firm,external_assets[,external_liabilities]",
    "firm,external_assets[,external_liabilities,sigma,shock]; sigma, the yearly volatility of\n"
    "  assets, is needed by merton, merton_fixed_recovery and blackcox; shock is an amount",
    "firm[,capital,external_assets,external_liabilities,weight,initial_stress]; capital is\n"
    "  else assets less debts, weight what others owe the firm",
    "firm,lent,borrowed",
    "firm,cash,liabilities[,other_assets,loan]; loan, what can be repaid, is else half of the\n"
    "  liabilities",
    "firm,sector[,revenue,costs]",
    "firm,external_assets[,external_liabilities,direction]; direction, else 1, is the share of\n"
    "  its external assets that a firm loses at a shock of 1",
    "firm[,external_assets,external_liabilities]",
};

static void print_overview(FILE *out)
{
    fputs("usage: cardhouse network COMMAND [options]\n\n", out);
    for (unsigned k = 0; k < COMMANDS; k++)
        fprintf(out, "  %-12s %s\n", ch_network_command_name(k), summaries[k]);
    fputs("\n`cardhouse network COMMAND --help` lists its options.\n"
          "\nexample:\n"
          "  cardhouse network clear --balances firms.csv --exposures debts.csv --alpha 0.8\n",
        out);
}

static void print_help(unsigned command, FILE *out)
{
    fprintf(out, "usage: cardhouse network %s [options]\n%s\n\n", ch_network_command_name(command),
        summaries[command]);
    for (size_t k = 0; k < OPTIONS; k++) {
        if (!(options[k].commands & (1u << command)))
            continue;
        char name[40];
        snprintf(name, sizeof name, "%s %s", options[k].name, options[k].argument);
        fprintf(out, "  %-22s %s\n", name, options[k].help);
    }
    fprintf(out, "\nColumns of the table of firms:\n  %s.\n", columns[command]);
    if ((FOR_DEBTS | FOR_VALUE | FOR_DISTRESS) & (1u << command))
        fputs("The creditor `outside` stands for everybody who is not in the table.\n", out);
    fputs("Without --json, --csv, --dot or --graphml a table is printed.\n", out);
}

static bool complain(unsigned command)
{
    fprintf(stderr, "see `cardhouse network %s --help`\n", ch_network_command_name(command));
    return false;
}

static const option *find_option(unsigned command, const char *word, size_t size)
{
    const char *names[OPTIONS];
    size_t count = 0;
    for (size_t k = 0; k < OPTIONS; k++) {
        if (!(options[k].commands & (1u << command)))
            continue;
        if (strlen(options[k].name) == size && memcmp(options[k].name, word, size) == 0)
            return &options[k];
        names[count++] = options[k].name;
    }
    char name[64];
    snprintf(name, sizeof name, "%.*s", size < 63 ? (int)size : 63, word);
    const char *near = ch_nearest_name(name, names, count);
    cli_complain("'network %s' has no option %s%s%s%s", ch_network_command_name(command), name,
        near ? "; is " : "", near ? near : "", near ? " meant?" : "");
    return NULL;
}

/* Options that take one of a few words. */
static bool take_word(const option *o, const char *value, ch_network_job *job)
{
    if (strcmp(o->name, "--which") == 0) {
        const char *const words[] = {"both", "greatest", "least"};
        for (int k = 0; k < 3; k++) {
            if (strcmp(value, words[k]) == 0) {
                job->which = (ch_network_which)k;
                return true;
            }
        }
        cli_complain("--which is both, greatest or least, not '%s'", value);
        return false;
    }
    job->senior_outsiders = strcmp(value, "senior") == 0;
    if (job->senior_outsiders || strcmp(value, "equal") == 0)
        return true;
    cli_complain("--outsiders is equal or senior, not '%s'", value);
    return false;
}

static bool take_number(const option *o, const char *value, ch_network_job *job)
{
    char *end;
    double number = strtod(value, &end);
    bool whole = o->kind != WHOLE || number == floor(number);
    if (end == value || *end || !(number >= o->low && number <= o->high) || !whole) {
        cli_complain("%s needs a%s number from %g to %g, not '%s'", o->name,
            o->kind == WHOLE ? " whole" : "", o->low, o->high, value);
        return false;
    }
    if (strcmp(o->name, "--threads") == 0)
        job->threads = (unsigned)number;
    else if (strcmp(o->name, "--seed") == 0)
        job->seed = (uint64_t)number;
    else if (o->kind == WHOLE)
        *(size_t *)(void *)((char *)job + o->offset) = (size_t)number;
    else
        *(double *)(void *)((char *)job + o->offset) = number;
    return true;
}

static bool take_option(const option *o, const char *value, ch_network_job *job, const char **out)
{
    switch (o->kind) {
    case FLAG:
        job->replaceable = 1;
        return true;
    case FORMAT:
        if (*out) {
            cli_complain("one of --json, --csv, --dot and --graphml at a time");
            return false;
        }
        *out = value;
        job->format = (ch_network_format)o->offset;
        return true;
    case TEXT:
        if (o->offset == 0 && strcmp(o->name, "--case") != 0)
            return take_word(o, value, job);
        *(const char **)(void *)((char *)job + o->offset) = value;
        return true;
    case REAL:
    case WHOLE:
        return take_number(o, value, job);
    }
    return false;
}

static bool parse(unsigned command, int argc, char **argv, ch_network_job *job, const char **out)
{
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i], *equals = strchr(word, '=');
        if (word[0] != '-' || word[1] != '-') {
            cli_complain("'%s' is one argument too many", word);
            return complain(command);
        }
        size_t size = equals ? (size_t)(equals - word) : strlen(word);
        const option *o = find_option(command, word, size);
        if (!o)
            return complain(command);
        const char *value = "";
        if (o->kind != FLAG) {
            if (!equals && i + 1 >= argc) {
                cli_complain("%s needs a value: %s %s", o->name, o->name, o->argument);
                return complain(command);
            }
            value = equals ? equals + 1 : argv[++i];
        }
        if (!take_option(o, value, job, out))
            return complain(command);
    }
    return true;
}

static int run(const ch_network_job *job, const char *out_name)
{
    cli_output out;
    if (!cli_output_open(&out, out_name ? out_name : "-"))
        return CLI_BROKEN;
    ch_diags *diags;
    ch_status status = ch_network_run(job, cli_output_write, &out, &diags);
    bool said = ch_diags_count(diags) > 0;
    cli_show_diags(diags);
    if (status == CH_OK || !said)
        return cli_output_end(&out, status);
    if (job->case_path) /* the other cases of the file have their answers */
        cli_output_close(&out);
    else
        cli_output_discard(&out);
    return ch_status_exit_code(status);
}

int cmd_network(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_overview(argc < 2 ? stderr : stdout);
        return argc < 2 ? CLI_WRONG : CLI_DONE;
    }
    const char *names[COMMANDS];
    unsigned command = COMMANDS;
    for (unsigned k = 0; k < COMMANDS; k++) {
        names[k] = ch_network_command_name(k);
        if (strcmp(argv[1], names[k]) == 0)
            command = k;
    }
    if (command == COMMANDS) {
        const char *near = ch_nearest_name(argv[1], names, COMMANDS);
        cli_complain("'network' has no command '%s'%s%s%s", argv[1], near ? "; is '" : "",
            near ? near : "", near ? "' meant?" : "");
        fputs("see `cardhouse network --help`\n", stderr);
        return CLI_WRONG;
    }
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            print_help(command, stdout);
            return CLI_DONE;
        }
    }
    ch_network_job job = ch_network_job_default((ch_network_command)command);
    const char *out = NULL;
    if (!parse(command, argc - 2, argv + 2, &job, &out))
        return CLI_WRONG;
    if (!job.case_path && !job.balances_path && !job.exposures_path) {
        cli_complain("network %s needs --balances and --exposures, or --case", names[command]);
        complain(command);
        return CLI_WRONG;
    }
    return run(&job, out);
}

/* The program around the library: one table of options, one file per command.
 *
 * Everything here uses only the public headers. Data goes to standard output;
 * messages, diagnostics and progress to standard error. Commands return the
 * exit code: 0 done; 1 done, but a stated limit failed; 2 the model or the
 * command line is wrong; 3 a file or the machine failed; 70 a bug of ours; 130
 * interrupted. */
#ifndef CARDHOUSE_CLI_H
#define CARDHOUSE_CLI_H

#include "cardhouse/cardhouse.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { CLI_DONE = 0, CLI_LIMIT_FAILED = 1, CLI_WRONG = 2, CLI_BROKEN = 3, CLI_INTERRUPTED = 130 };
enum { CLI_FAIL_IF_MAX = 16 }; /* limits of one command line */

/* --- the option table (options.c) ------------------------------------------------------------- */

/* Commands an option belongs to, as bits. */
enum { CLI_FOR_RUN = 1, CLI_FOR_CHECK = 2, CLI_FOR_TRACE = 4 };

typedef enum cli_kind { CLI_FLAG, CLI_NUMBER, CLI_TEXT } cli_kind;

/* The one list of options: id, name, argument in the help ("" for a flag),
 * kind, range of a number, commands, sentence of the help. Options of other
 * commands are read by those commands. */
#define CLI_OPTION_LIST(X)                                                                         \
    X(CLI_SCENARIO, "--scenario", "NAME", CLI_TEXT, 0, 0,                                          \
        CLI_FOR_RUN | CLI_FOR_CHECK | CLI_FOR_TRACE,                                               \
        "lay this scenario of the file over the model")                                            \
    X(CLI_COMPARE, "--compare", "", CLI_FLAG, 0, 0, CLI_FOR_RUN,                                   \
        "run the base too, on the same luck, and show the difference with its interval")           \
    X(CLI_PATHS, "--paths", "N", CLI_NUMBER, 1, CH_PATHS_MAX, CLI_FOR_RUN,                         \
        "number of random futures (20000)")                                                        \
    X(CLI_WEIGH, "--weigh", "N", CLI_NUMBER, 1, 10000000, CLI_FOR_RUN | CLI_FOR_CHECK,             \
        "rank estimates by what they change: N paths with each at its low and its high")           \
    X(CLI_PATH, "--path", "N", CLI_NUMBER, 0, ((uint64_t)1 << 40) - 1, CLI_FOR_TRACE,              \
        "number of the path to replay, counted from 0 (required)")                                 \
    X(CLI_MONTHS, "--months", "M", CLI_NUMBER, 1, CH_MONTHS_MAX, CLI_FOR_RUN | CLI_FOR_TRACE,      \
        "stop after M months (the horizon of the model)")                                          \
    X(CLI_SEED, "--seed", "K", CLI_NUMBER, 0, UINT64_MAX, CLI_FOR_RUN | CLI_FOR_TRACE,             \
        "seed of all random draws (1)")                                                            \
    X(CLI_THREADS, "--threads", "T", CLI_NUMBER, 1, CH_THREADS_MAX, CLI_FOR_RUN,                   \
        "threads (one for each processor); never changes a result")                                \
    X(CLI_COMPILE, "--compile", "", CLI_FLAG, 0, 0, CLI_FOR_RUN,                                   \
        "make machine code of the model first: for millions of paths; same results")               \
    X(CLI_JSON_FILE, "--json", "FILE", CLI_TEXT, 0, 0, CLI_FOR_RUN,                                \
        "write the results as JSON; - is standard output, which then has no page")                 \
    X(CLI_JSON_LINES, "--json", "", CLI_FLAG, 0, 0, CLI_FOR_CHECK,                                 \
        "print only the diagnostics, one JSON object a line")                                      \
    X(CLI_CSV, "--csv", "FILE", CLI_TEXT, 0, 0, CLI_FOR_RUN,                                       \
        "write the results as a table: measure,firm,month,date,value,low,high")                    \
    X(CLI_FAIL_IF, "--fail-if", "LIMIT", CLI_TEXT, 0, 0, CLI_FOR_RUN,                              \
        "end with exit code 1 if LIMIT holds; may be given several times")                         \
    X(CLI_PLAN, "--plan", "", CLI_FLAG, 0, 0, CLI_FOR_RUN,                                         \
        "print what happens in which month, and do not run")                                       \
    X(CLI_REPORT, "--report", "FILE", CLI_TEXT, 0, 0, CLI_FOR_RUN,                                 \
        "refused: reports are not available in this version")

typedef enum cli_option_id {
#define CLI_OPTION_ENUM(id, name, argument, kind, low, high, commands, help) id,
    CLI_OPTION_LIST(CLI_OPTION_ENUM)
#undef CLI_OPTION_ENUM
        CLI_OPTION_COUNT
} cli_option_id;

/* A command line after parsing. Strings point into argv. */
typedef struct cli_parsed {
    const char *operand;                /* the one operand: a model file, or the command to
                                           explain; NULL if none */
    const char *text[CLI_OPTION_COUNT]; /* as given; NULL if not; flags: "" */
    uint64_t number[CLI_OPTION_COUNT];  /* of number options that were given */
    const char *fail_if[CLI_FAIL_IF_MAX];
    int fail_if_count;
} cli_parsed;

typedef struct cli_command {
    const char *name, *summary;
    const char *usage;    /* after the command's name; NULL: the command reads its
                             own arguments */
    const char *examples; /* lines of text */
    unsigned options;     /* CLI_FOR_ bit; 0: takes no options */
    bool operand_needed;
    int (*run)(const cli_parsed *parsed);  /* one of the two is set */
    int (*run_own)(int argc, char **argv); /* argv[0] is the command's name */
} cli_command;

size_t cli_command_count(void);
const cli_command *cli_command_at(size_t index);
const cli_command *cli_command_find(const char *name); /* NULL if there is none */
/* Says that there is no such command and which one may be meant; returns
 * CLI_WRONG. */
int cli_command_unknown(const char *name);

/* Reads argv[1..] by the table. False after printing what is wrong and what
 * would be accepted. */
bool cli_parse(const cli_command *command, int argc, char **argv, cli_parsed *parsed);
void cli_print_help(const cli_command *command, FILE *out);
void cli_print_overview(FILE *out);

/* --- messages, models, outputs (output.c), progress (progress.c) ------------------------------ */

/* "cardhouse: ..." on standard error. */
void cli_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* One line on standard error about what an interruption left out, in the words of the library. */
enum { CLI_MISSING_BYTES = 600 };
void cli_say_interrupted(const char *missing);
/* Prints diagnostics on standard error, if there are any, and frees them. */
void cli_show_diags(ch_diags *diags);
/* Complains about a status other than CH_OK unless diagnostics have said it
 * all; its exit code. */
int cli_finish(ch_status status, const char *what);
/* The same after a file was read, with the reason from errno, zeroed before. */
int cli_finish_reading(ch_status status, const char *path);

typedef enum cli_show { CLI_SHOW_TEXT, CLI_SHOW_JSON, CLI_SHOW_ERRORS } cli_show;
/* Loads a model; scenario NULL is the base. Shows diagnostics: as text on
 * standard error, as JSON lines on standard output, or as text and only if
 * there are errors. Returns the exit code. */
int cli_model_load(const char *path, const char *scenario, cli_show show, ch_model **model);

/* A file to be written, "-" being standard output. Zeroed when not wanted. */
typedef struct cli_output {
    FILE *stream;
    const char *name; /* NULL: not wanted */
    int reason;       /* errno of the first write that failed; 0 if none did */
} cli_output;
bool cli_output_open(cli_output *output, const char *name); /* complains if it cannot be opened */
int cli_output_write(void *output, const char *text, size_t size); /* a ch_write_fn */
int cli_stdout_write(void *unused, const char *text, size_t size); /* the same, standard output */
bool cli_output_close(cli_output *output); /* complains if anything was not written */
int cli_output_end(cli_output *output, ch_status status); /* closes after a writer; exit code */
void cli_output_discard(cli_output *output);              /* closes and removes what was begun */

/* How standard output wants its page. */
ch_write_options cli_page_options(void);

/* The progress callback of a run: shows rate and time left if standard error is
 * a terminal, and stops the run after Ctrl-C. */
typedef struct cli_progress {
    const char *what; /* "base", "market-shut" */
    bool shows, shown;
    double started, printed; /* seconds of a steady clock */
} cli_progress;
void cli_interrupt_catch(void); /* from now on Ctrl-C stops runs, not the process */
bool cli_interrupted(void);
cli_progress cli_progress_start(const char *what);
int cli_progress_step(void *progress, uint64_t done, uint64_t total); /* a ch_progress_fn */
void cli_progress_end(cli_progress *progress);

/* Weighs the estimates of the file that the command line names, if it says --weigh; *weights stays
 * NULL if not. Returns the exit code. */
bool cli_weigh_possible(const cli_parsed *parsed); /* complains if the model is standard input */
int cli_weigh(const cli_parsed *parsed, uint32_t months, ch_weights **weights);

/* --- limits (limit.c) ------------------------------------------------------------------------- */

/* "coreweave.survival@24m < 90%". */
typedef struct cli_limit {
    const char *text;
    size_t firm;
    uint32_t month; /* 0-based */
    bool less, equal;
    double bound; /* fraction */
} cli_limit;
/* Complains and returns false if the text is not a limit on this model. */
bool cli_limit_parse(const char *text, const ch_model *model, uint32_t months, cli_limit *limit);
/* Whether the limit holds of the result, which is a failure; says so on
 * standard error. */
bool cli_limit_holds(const cli_limit *limit, const ch_model *model, const ch_result *result);

/* --- commands --------------------------------------------------------------------------------- */

int cmd_run(const cli_parsed *parsed);
int cmd_check(const cli_parsed *parsed);
int cmd_trace(const cli_parsed *parsed);
int cmd_schedule(int argc, char **argv);
int cmd_daycount(int argc, char **argv);
int cmd_network(int argc, char **argv);
int cmd_help(const cli_parsed *parsed);
int cmd_version(const cli_parsed *parsed);

#endif

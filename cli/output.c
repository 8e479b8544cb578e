/* Messages and files: every write is checked, the last one too. */
#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { PAGE_COLUMNS_MIN = 60, PAGE_COLUMNS_MAX = 100 };

void cli_complain(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fflush(stdout);
    fputs("cardhouse: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

void cli_say_interrupted(const char *missing)
{
    cli_complain("interrupted%s%s", *missing ? "; these results are partial: " : "", missing);
}

static int write_stderr(void *unused, const char *text, size_t size)
{
    (void)unused;
    return fwrite(text, 1, size, stderr) == size ? 0 : 1;
}

int cli_stdout_write(void *unused, const char *text, size_t size)
{
    (void)unused;
    return fwrite(text, 1, size, stdout) == size ? 0 : 1;
}

void cli_show_diags(ch_diags *diags)
{
    if (ch_diags_count(diags) > 0) {
        fflush(stdout);
        ch_diags_print(diags, CH_DIAG_TEXT, write_stderr, NULL);
    }
    ch_diags_free(diags);
}

int cli_finish(ch_status status, const char *what)
{
    bool said = status == CH_E_INPUT || status == CH_E_CANCELLED;
    if (status != CH_OK && !said && !(status == CH_E_IO && ferror(stdout)))
        cli_complain("%s: %s", what, ch_status_text(status));
    return ch_status_exit_code(status);
}

int cli_finish_reading(ch_status status, const char *path)
{
    if (status != CH_E_IO || errno == 0 || ferror(stdout))
        return cli_finish(status, path);
    cli_complain("%s could not be read: %s", path, strerror(errno));
    return CLI_BROKEN;
}

int cli_model_load(const char *path, const char *scenario, cli_show show, ch_model **model)
{
    ch_diags *diags = NULL;
    errno = 0;
    ch_status status = ch_model_load_file(path, scenario, model, &diags);
    cli_finish_reading(status, path);
    if (show == CLI_SHOW_JSON && ch_diags_count(diags) > 0)
        ch_diags_print(diags, CH_DIAG_JSON, cli_stdout_write, NULL);
    if (show == CLI_SHOW_TEXT || (show == CLI_SHOW_ERRORS && status != CH_OK))
        cli_show_diags(diags);
    else
        ch_diags_free(diags);
    return ch_status_exit_code(status);
}

bool cli_output_open(cli_output *output, const char *name)
{
    *output = (cli_output){.name = name};
    if (!name)
        return true;
    output->stream = strcmp(name, "-") ? fopen(name, "w") : stdout;
    if (!output->stream)
        cli_complain("%s could not be opened for writing: %s", name, strerror(errno));
    return output->stream != NULL;
}

int cli_output_write(void *context, const char *text, size_t size)
{
    cli_output *output = context;
    errno = 0;
    if (fwrite(text, 1, size, output->stream) == size)
        return 0;
    if (!output->reason)
        output->reason = errno ? errno : EIO;
    return 1;
}

bool cli_output_close(cli_output *output)
{
    FILE *stream = output->stream;
    output->stream = NULL;
    if (!stream)
        return true;
    if (stream == stdout) /* main() says so if it cannot be written */
        return fflush(stdout) == 0 && !ferror(stdout);
    errno = 0;
    if (fclose(stream) != 0 && !output->reason)
        output->reason = errno ? errno : EIO;
    if (output->reason)
        cli_complain("%s could not be written: %s", output->name, strerror(output->reason));
    return output->reason == 0;
}

int cli_output_end(cli_output *output, ch_status status)
{
    bool closed = cli_output_close(output);
    if (status != CH_OK && status != CH_E_IO)
        return cli_finish(status, output->name);
    return status == CH_OK && closed ? CLI_DONE : CLI_BROKEN;
}

void cli_output_discard(cli_output *output)
{
    if (!output->stream || output->stream == stdout)
        return;
    fclose(output->stream);
    output->stream = NULL;
    /* an empty file would look like a result; devices and pipes cannot be removed
     * this way */
    if (strncmp(output->name, "/dev/", 5) != 0)
        remove(output->name);
}

/* Whether the environment says that the terminal reads UTF-8. */
static bool reads_utf8(void)
{
    const char *names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (int i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return strstr(value, "UTF-8") || strstr(value, "utf8") || strstr(value, "utf-8");
    }
    return false;
}

ch_write_options cli_page_options(void)
{
    ch_write_options options = {.struct_size = sizeof options, .width = PAGE_COLUMNS_MAX};
    const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
    bool is_terminal = isatty(STDOUT_FILENO) == 1;
    options.ascii = !reads_utf8();
    options.color =
        is_terminal && !(no_color && *no_color) && !(terminal && !strcmp(terminal, "dumb"));
    struct winsize size;
    if (is_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 &&
        size.ws_col < PAGE_COLUMNS_MAX)
        options.width = size.ws_col < PAGE_COLUMNS_MIN ? PAGE_COLUMNS_MIN : size.ws_col;
    return options;
}

/* Progress on a terminal, and Ctrl-C: the handler only sets a flag, which the
 * run reads. */
#include "cli.h"

#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Some programs that stop others send the signal twice, so only the third ends at once. */
enum { INTERRUPTS_MAX = 2 };

static volatile sig_atomic_t the_interrupts;

static void note_interrupt(int number)
{
    (void)number;
    if (the_interrupts >= INTERRUPTS_MAX)
        _exit(CLI_INTERRUPTED);
    the_interrupts = the_interrupts + 1;
}

void cli_interrupt_catch(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = note_interrupt;
    action.sa_flags = SA_RESTART;
    sigaction(SIGINT, &action, NULL);
}

bool cli_interrupted(void)
{
    return the_interrupts != 0;
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

cli_progress cli_progress_start(const char *what)
{
    cli_progress progress = {.what = what, .shows = isatty(STDERR_FILENO) == 1};
    progress.started = progress.printed = seconds_now();
    return progress;
}

/* "12,345" */
static const char *grouped(uint64_t number, char out[32])
{
    char digits[24];
    int count = snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    int used = 0;
    for (int i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0)
            out[used++] = ',';
        out[used++] = digits[i];
    }
    out[used] = 0;
    return out;
}

int cli_progress_step(void *context, uint64_t done, uint64_t total)
{
    cli_progress *progress = context;
    double now = seconds_now();
    if (progress->shows && total > 0 && now - progress->printed >= 0.1) {
        char text[2][32];
        double elapsed = now - progress->started;
        double rate = elapsed > 0 ? (double)done / elapsed : 0;
        double left = rate > 0 ? (double)(total - done) / rate : 0;
        fprintf(stderr, "\r\033[K%s: %s paths, %.0f %%, %s a second, %.0f s left", progress->what,
            grouped(done, text[0]), 100.0 * (double)done / (double)total,
            grouped((uint64_t)rate, text[1]), left);
        fflush(stderr);
        progress->printed = now;
        progress->shown = true;
    }
    return the_interrupts != 0;
}

void cli_progress_end(cli_progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
}

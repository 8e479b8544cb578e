/* The public face of the network commands: argument checks and the one road of failure. */
#include "base/diag.h"
#include "cardhouse/network.h"
#include "clear/net_run.h"

#include <math.h>

const char *ch_network_command_name(unsigned command)
{
    return command < CHI_NET_COMMAND_COUNT ? chi_net_command_name((chi_net_command)command) : NULL;
}

ch_network_job ch_network_job_default(ch_network_command command)
{
    return (ch_network_job){.command = command,
        .alpha = 1.0,
        .beta = 1.0,
        .shock = 0.0,
        .recovery = 0.0,
        .impact = 0.05,
        .leverage_min = 0.03,
        .leverage_buffer = 0.04,
        .leverage_target = 0.05,
        .probability = 0.5,
        .eps = 0.01,
        .seed = 1,
        .samples = 1000,
        .steps = 6,
        .count = 1,
        .top = 20};
}

static int is_share(double value)
{
    return value >= 0.0 && value <= 1.0;
}

static int is_sound(const ch_network_job *job)
{
    return (unsigned)job->command < CHI_NET_COMMAND_COUNT && is_share(job->alpha) &&
           is_share(job->beta) && is_share(job->shock) && is_share(job->recovery) &&
           job->impact >= 0.0 && job->impact < 1.0 && job->leverage_min >= 0.0 &&
           job->leverage_buffer >= 0.0 && job->leverage_target > 0.0 &&
           is_share(job->probability) && job->rate >= 0.0 && isfinite(job->rate) &&
           job->eps >= 0.0 && job->least_amount >= 0.0 &&
           (job->case_path || job->balances_path || job->exposures_path);
}

ch_status ch_network_run(
    const ch_network_job *job, ch_write_fn write, void *context, ch_diags **diags)
{
    if (diags)
        *diags = NULL;
    if (!job || !write || !is_sound(job))
        return CH_E_ARGUMENT;
    ch_diags *list = chi_diags_new();
    if (!list)
        return CH_E_MEMORY;
    chi_arena arena;
    chi_arena_init(&arena);
    jmp_buf failure;
    arena.on_failure = &failure;
    ch_status status = CH_E_MEMORY;
    if (setjmp(failure) == 0)
        status = chi_net_run(&arena, job, list, write, context);
    chi_arena_free(&arena);
    if (diags)
        *diags = list;
    else
        ch_diags_free(list);
    return status;
}

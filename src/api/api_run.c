/* Implements ch_run.h: checks the options, takes all memory, runs, wraps the counters. */
#include "base/check.h"
#include "base/diag.h"
#include "engine/oracle.h"
#include "engine/pool.h"
#include "result/result.h"
#include "result/trace.h"
#include "result/watch.h"

#include <string.h>
#include <unistd.h>

enum { PATHS_USUAL = 20000 };

ch_run_options ch_run_options_default(void)
{
    return (ch_run_options){.struct_size = sizeof(ch_run_options), .paths = PATHS_USUAL, .seed = 1};
}

static uint32_t processors(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : count > CH_THREADS_MAX ? CH_THREADS_MAX : (uint32_t)count;
}

static bool options_are_good(const ch_model *model, const ch_run_options *o)
{
    bool width =
        o->tile_paths == 0 || o->tile_paths == 64 || o->tile_paths == 128 || o->tile_paths == 256;
    return o->struct_size == sizeof *o && o->months <= model->months && o->paths >= 1 &&
           o->paths <= CH_PATHS_MAX && o->path_first % 64 == 0 &&
           o->path_first <= (UINT64_C(1) << 47) && o->threads <= CH_THREADS_MAX && width &&
           o->compile <= 1 && o->keep_ends <= 1;
}

/* The oracle finds the month and the thing. */
static void explain_broken(
    ch_diags *diags, const chi_plan *plan, uint64_t seed, uint64_t path, chi_arena *arena)
{
    chi_oracle oracle;
    chi_watch watch;
    chi_oracle_init(&oracle, plan, arena);
    chi_oracle_start(&oracle, seed, path);
    chi_watch_init(&watch, &oracle, arena);
    while (oracle.month < plan->months)
        if (!chi_watch_month(&watch, diags))
            return;
    /* the sum in which it was looked for is not finite, though each of its numbers is */
    chi_diag(diags, 590, (ch_span){0}, NULL, "a sum of states is infinite on path %llu",
        (unsigned long long)path);
}

/* Compiled code for the plan, or a warning why there is none. */
static const chi_native *compile(
    chi_native *native, const chi_plan *plan, ch_diags *diags, chi_arena *arena)
{
    *native = chi_native_open(plan, chi_isa_best(), arena);
    if (native->month)
        return native;
    chi_diag(diags, 591, (ch_span){0}, NULL, "%s; the run is made without", native->reason);
    return NULL;
}

/* `native` is the caller's to close, whatever happens here. */
static ch_status run(
    ch_result *result, const ch_run_options *o, ch_diags *diags, chi_native *native)
{
    const ch_model *model = result->model;
    chi_arena *arena = &result->arena;
    const chi_plan *plan = chi_plan_build(model, o->months ? o->months : model->months, arena);
    chi_pool_options pool = {.seed = o->seed,
        .first = o->path_first,
        .paths = o->paths,
        .workers = o->threads ? o->threads : processors(),
        .tile_paths = o->tile_paths ? o->tile_paths : chi_pool_tile_paths(plan),
        .keep_ends = o->keep_ends != 0,
        .native = o->compile ? compile(native, plan, diags, arena) : NULL,
        .progress = o->progress,
        .context = o->progress_context};
    uint64_t tiles = (o->paths + pool.tile_paths - 1) / pool.tile_paths;
    pool.workers = tiles < pool.workers ? (uint32_t)tiles : pool.workers;
    chi_pool_result found = chi_pool_run(plan, &pool, arena);
    if (found.broken) {
        explain_broken(diags, plan, o->seed, found.broken_path, arena);
        return CH_E_INPUT;
    }
    CHI_ASSERT(found.total->residual <= CH_RESIDUAL_MAX); /* money never leaks */
    result->plan = plan;
    result->total = found.total;
    result->seed = o->seed;
    result->first = o->path_first;
    result->asked = o->paths;
    result->partial = found.total->paths < o->paths;
    chi_result_finish(result);
    return result->partial ? CH_E_CANCELLED : CH_OK;
}

/* The boundary that every failed allocation of a run returns to. */
static ch_status run_guarded(
    ch_result *result, const ch_run_options *options, ch_diags *diags, chi_native *native)
{
    jmp_buf failure;
    if (setjmp(failure) != 0)
        return CH_E_MEMORY;
    result->arena.on_failure = &failure;
    ch_status status = run(result, options, diags, native);
    result->arena.on_failure = NULL;
    return status;
}

ch_status ch_run(
    const ch_model *model, const ch_run_options *options, ch_result **out, ch_diags **diags)
{
    CHI_ASSERT(model != NULL && options != NULL && out != NULL && diags != NULL);
    *out = NULL;
    *diags = NULL;
    if (!options_are_good(model, options))
        return CH_E_ARGUMENT;
    ch_result *result = chi_memory_alloc(sizeof *result);
    ch_diags *list = chi_diags_new();
    ch_status status = CH_E_MEMORY;
    chi_native native = {0};
    if (result && list) {
        result->model = model;
        status = run_guarded(result, options, list, &native);
    }
    chi_native_close(&native);
    if (status == CH_OK || status == CH_E_CANCELLED) {
        *out = result;
        result = NULL;
    }
    ch_result_free(result);
    if (ch_diags_count(list) > 0) {
        *diags = list;
        list = NULL;
    }
    ch_diags_free(list);
    return status;
}

ch_status ch_plan_print(const ch_model *model, ch_write_fn write, void *context)
{
    CHI_ASSERT(model != NULL && write != NULL);
    chi_arena arena;
    chi_arena_init(&arena);
    jmp_buf failure;
    volatile ch_status status = CH_E_MEMORY;
    arena.on_failure = &failure;
    if (setjmp(failure) == 0)
        status = chi_plan_write(chi_plan_build(model, model->months, &arena), write, context);
    chi_arena_free(&arena);
    return status;
}

static ch_status trace(const ch_model *model, const ch_run_options *options, chi_replay replay,
    ch_write_fn write, void *context)
{
    uint32_t months = options->months ? options->months : model->months;
    const chi_plan *plan = chi_plan_build(model, months, replay.arena);
    return chi_trace_write(plan, &replay, write, context);
}

ch_status ch_trace(const ch_model *model, const ch_run_options *options, uint64_t path,
    ch_write_fn write, void *context, ch_diags **diags)
{
    CHI_ASSERT(model != NULL && options != NULL && write != NULL && diags != NULL);
    *diags = NULL;
    if (!options_are_good(model, options) || path > (UINT64_C(1) << 47))
        return CH_E_ARGUMENT;
    chi_arena arena;
    chi_arena_init(&arena);
    jmp_buf failure;
    ch_diags *volatile list = chi_diags_new();
    volatile ch_status status = CH_E_MEMORY;
    arena.on_failure = &failure;
    if (list && setjmp(failure) == 0)
        status = trace(model, options,
            (chi_replay){.seed = options->seed, .path = path, .arena = &arena, .diags = list},
            write, context);
    chi_arena_free(&arena);
    if (ch_diags_count(list) > 0)
        *diags = list;
    else
        ch_diags_free(list);
    return status;
}

/* Threads take tiles; each has its own tile, recorder and no locks. */
#include "engine/pool.h"

#include "base/check.h"
#include "cardhouse/ch_run.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

typedef struct pool {
    const chi_plan *plan;
    const chi_pool_options *options;
    const chi_tile_ops *ops;
    uint64_t tile_count;
    atomic_uint_fast64_t next, done_paths;
    atomic_int stop;
    atomic_uint_fast64_t broken_path; /* lowest path with a state that is not finite, or max */
} pool;

typedef struct worker {
    pool *pool;
    chi_tile tile;
    chi_recorder *recorder;
} worker;

uint32_t chi_pool_tile_paths(const chi_plan *plan)
{
    size_t columns = chi_state_columns(&plan->counts);
    for (uint32_t paths = 256; paths > 64; paths /= 2)
        if (columns * (paths + 8) * sizeof(double) <= 1280 * 1024)
            return paths;
    return 64;
}

static void note_broken(pool *p, uint64_t path)
{
    uint64_t lowest = atomic_load(&p->broken_path);
    while (path < lowest && !atomic_compare_exchange_weak(&p->broken_path, &lowest, path))
        ;
    atomic_store(&p->stop, 1);
}

/* All months of one tile, and its cash after each. `at`: place of its first path among the paths of
 * compiled code that are counted together. */
static void run_months(worker *w, size_t at, size_t paths)
{
    const chi_native *native = w->pool->options->native;
    if (native) {
        chi_native_run(native, &w->tile, w->recorder->kept + at);
        return;
    }
    w->pool->ops->start(&w->tile);
    for (uint32_t m = 0; m < w->tile.plan->months; m++) {
        w->tile.month = m;
        w->pool->ops->month(&w->tile);
        chi_record_month(w->recorder, &w->tile.state, paths, m);
    }
}

/* One tile, of which the first `paths` count; the others pad it. False if a state stopped being a
 * finite number: that stays noted in `finite`. */
static bool run_tile(worker *w, size_t at, size_t paths)
{
    chi_tile *tile = &w->tile;
    run_months(w, at, paths);
    for (size_t i = 0; i < paths; i++)
        if (tile->finite[i] != 0.0) {
            note_broken(w->pool, tile->first + i);
            return false;
        }
    w->recorder->unsettled += tile->unsettled;
    chi_record_end(w->recorder, &tile->state, paths, tile->first, tile->residual);
    return true;
}

/* `paths` paths, as one tile or, in compiled code, one vector after the other. */
static bool run_paths(worker *w, uint64_t first, size_t paths)
{
    bool native = w->pool->options->native != NULL;
    size_t width = native ? CHI_NATIVE_PATHS : (paths + 63) / 64 * 64;
    chi_state_place(&w->tile.state, &w->tile.plan->counts, width, w->tile.state.block);
    for (size_t done = 0; done < paths; done += width) {
        w->tile.first = first + done;
        if (!run_tile(w, done, paths - done < width ? paths - done : width))
            return false;
    }
    if (native)
        chi_record_kept(w->recorder, paths);
    return true;
}

static bool run_one(worker *w)
{
    pool *p = w->pool;
    if (atomic_load(&p->stop))
        return false;
    uint64_t number = atomic_fetch_add(&p->next, 1);
    if (number >= p->tile_count)
        return false;
    size_t width = p->options->tile_paths;
    uint64_t before = number * width, left = p->options->paths - before;
    size_t paths = left < width ? (size_t)left : width;
    if (!run_paths(w, p->options->first + before, paths))
        return false;
    atomic_fetch_add(&p->done_paths, paths);
    return true;
}

static void *work(void *context)
{
    while (run_one(context))
        ;
    return NULL;
}

static chi_ends new_ends(const pool *p, chi_arena *arena)
{
    const chi_pool_options *o = p->options;
    size_t count = p->plan->counts.firms * (size_t)o->paths;
    chi_ends ends = {NULL, o->first, o->paths};
    if (!o->keep_ends)
        return ends;
    ends.month = chi_arena_alloc(arena, count * sizeof *ends.month);
    memset(ends.month, 0xff, count * sizeof *ends.month);
    return ends;
}

static void init_worker(worker *w, pool *p, const chi_ends *ends, chi_arena *arena)
{
    const chi_pool_options *o = p->options;
    w->pool = p;
    w->recorder = chi_recorder_new(p->plan, arena);
    if (o->native)
        chi_record_make_room(w->recorder, arena);
    w->recorder->path_end = o->first + o->paths;
    w->recorder->ends = *ends;
    chi_tile_init(&w->tile, p->plan, o->native ? CHI_NATIVE_PATHS : o->tile_paths, arena);
    w->tile.draws = chi_draws_for((int)chi_isa_best());
    w->tile.seed = o->seed;
    w->tile.end = o->first + o->paths;
    w->tile.lost = chi_record_loss;
    w->tile.context = w->recorder;
}

/* The caller's thread works too, and reports between its tiles. */
static int work_and_report(worker *w)
{
    pool *p = w->pool;
    const chi_pool_options *o = p->options;
    while (run_one(w))
        if (o->progress && o->progress(o->context, atomic_load(&p->done_paths), o->paths)) {
            atomic_store(&p->stop, 1);
            return 1;
        }
    return 0;
}

chi_pool_result chi_pool_run(
    const chi_plan *plan, const chi_pool_options *options, chi_arena *arena)
{
    CHI_ASSERT(options->workers >= 1 && options->workers <= CH_THREADS_MAX);
    CHI_ASSERT(options->tile_paths % 64 == 0 && options->paths > 0);
    pool p = {.plan = plan, .options = options, .ops = chi_tile_ops_for(chi_isa_best())};
    p.tile_count = (options->paths + options->tile_paths - 1) / options->tile_paths;
    atomic_init(&p.next, 0);
    atomic_init(&p.done_paths, 0);
    atomic_init(&p.stop, 0);
    atomic_init(&p.broken_path, UINT64_MAX);
    worker *workers = chi_arena_alloc(arena, options->workers * sizeof *workers);
    pthread_t *threads = chi_arena_alloc(arena, options->workers * sizeof *threads);
    chi_ends ends = new_ends(&p, arena);
    for (uint32_t i = 0; i < options->workers; i++)
        init_worker(&workers[i], &p, &ends, arena);
    uint32_t started = 1;
    while (started < options->workers &&
           pthread_create(&threads[started], NULL, work, &workers[started]) == 0)
        started++;
    int stopped = work_and_report(&workers[0]);
    for (uint32_t i = 1; i < started; i++)
        pthread_join(threads[i], NULL);
    for (uint32_t i = 1; i < options->workers; i++)
        chi_recorder_merge(workers[0].recorder, workers[i].recorder);
    uint64_t broken = atomic_load(&p.broken_path);
    return (chi_pool_result){workers[0].recorder, stopped, broken != UINT64_MAX, broken};
}

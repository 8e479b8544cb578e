/* The ranking of single defaults. */
#include "clear/net_rank.h"

#include "base/check.h"
#include "clear/net_batch.h"
#include "clear/net_linear.h"
#include "clear/net_threads.h"

#include <math.h>
#include <string.h>

#define RANK_TOLERANCE 1e-12
#define BATCH_ERROR_MAX 1e-10
#define GUESS_TOLERANCE 0.02
enum { SHRINK_MAX = 60, FALLBACK_ROUNDS = 100000 };

typedef struct rank_worker {
    chi_net_walk walk;
    double *passed, *start, *emit, *one, *right, *step;
    chi_net_compact compact;
    uint32_t *active;
    uint8_t *full;  /* passes on everything */
    double *values; /* lanes of a batch */
} rank_worker;

typedef struct ranking {
    const chi_net_rank_input *in;
    rank_worker *workers;
    chi_net_ranked *ranked;
    double total_weight;
    chi_net_batch batch;
} ranking;

static rank_worker worker_new(chi_arena *arena, const chi_net_rank_input *in)
{
    size_t n = in->impact->rows + 1, size = n * sizeof(double);
    rank_worker w = {.walk = chi_net_walk_new(arena, in->out)};
    w.start = chi_arena_alloc(arena, size);
    w.passed = chi_arena_alloc(arena, size);
    w.emit = chi_arena_alloc(arena, size);
    w.one = chi_arena_alloc(arena, size);
    w.right = chi_arena_alloc(arena, size);
    w.step = chi_arena_alloc(arena, size);
    w.compact = chi_net_compact_new(arena, in->impact, true);
    w.active = chi_arena_alloc(arena, n * sizeof(uint32_t));
    w.full = chi_arena_alloc(arena, n);
    w.values = chi_arena_alloc(arena, CHI_NET_BATCH * size);
    for (size_t i = 0; i < n; i++)
        w.one[i] = 1.0;
    return w;
}

/* One solve with the present set of full firms, on top of what is passed on now. */
static bool solve(const chi_net_rank_input *in, rank_worker *w, double tolerance, size_t *passes)
{
    size_t n = in->impact->rows, count = 0;
    for (uint32_t i = 0; i < n; i++) {
        w->emit[i] = w->full[i] ? 0.0 : 1.0;
        if (w->full[i])
            w->passed[i] = 1.0;
        else
            w->active[count++] = i;
    }
    for (size_t a = 0; a < count; a++) {
        uint32_t i = w->active[a];
        w->right[a] = chi_net_row_times(in->impact, i, w->passed) - w->passed[i];
    }
    chi_net_linear system = {.matrix = in->impact,
        .active_count = count,
        .active = w->active,
        .emit = w->emit,
        .scale = w->one};
    chi_net_linear_report report =
        chi_net_linear_solve(&system, &w->compact, w->right, w->step, tolerance);
    *passes += report.passes + 1;
    bool sound = report.converged;
    for (size_t a = 0; a < count; a++) {
        double *passed = &w->passed[w->active[a]];
        *passed += w->step[a];
        /* A negative answer says that losses grow without end: no linear answer exists. */
        sound = sound && *passed > -1e-6;
        *passed = *passed > 0.0 ? *passed : 0.0;
    }
    return sound;
}

/* The limit after firm `hit` fails, into walk.stress. False if it has to be walked. */
static bool find_limit(const chi_net_rank_input *in, rank_worker *w, uint32_t hit, size_t *passes)
{
    size_t n = in->impact->rows;
    memset(w->passed, 0, n * sizeof(double));
    memset(w->full, 0, n);
    w->full[hit] = 1;
    if (!solve(in, w, GUESS_TOLERANCE, passes))
        return false;
    for (size_t i = 0; i < n; i++)
        w->full[i] |= w->passed[i] >= 1.0 - 2.5 * GUESS_TOLERANCE;
    for (size_t step = 0; step < SHRINK_MAX; step++) {
        if (!solve(in, w, RANK_TOLERANCE, passes))
            return false;
        size_t left = 0;
        for (uint32_t i = 0; i < n; i++) {
            bool solved = !w->full[i];
            double stress = solved ? w->passed[i] : chi_net_row_times(in->impact, i, w->passed);
            w->walk.stress[i] = stress + (i == hit ? 1.0 : 0.0);
            if (solved && stress > 1.0 + 1e-6)
                return false; /* the guess was too small */
            if (!solved && i != hit && stress < 1.0 - RANK_TOLERANCE) {
                w->full[i] = 0;
                w->passed[i] = stress;
                left++;
            }
        }
        if (!left)
            return true;
    }
    return false;
}

static void sum_one(const ranking *r, const rank_worker *w, uint32_t hit)
{
    const chi_net_rank_input *in = r->in;
    chi_net_ranked *out = &r->ranked[hit];
    for (uint32_t i = 0; i < in->impact->rows; i++) {
        double stress = w->walk.stress[i] - (i == hit ? 1.0 : 0.0);
        out->additional_losses += in->capital[i] * stress;
        if (i == hit)
            continue;
        double capped = stress < 1.0 ? stress : 1.0;
        out->additional_stress += in->weights[i] * capped;
        out->losses += in->capital[i] * capped;
        out->defaults += stress >= 1.0 - RANK_TOLERANCE;
    }
    if (r->total_weight > 0.0)
        out->additional_stress /= r->total_weight;
}

static void rank_one(void *context, size_t thread, size_t piece)
{
    ranking *r = context;
    rank_worker *w = &r->workers[thread];
    uint32_t hit = (uint32_t)piece;
    r->ranked[hit] = (chi_net_ranked){0};
    bool limit = r->in->method == CHI_NET_DEBTRANK && r->in->rounds_max == 0;
    if (!limit || !find_limit(r->in, w, hit, &r->ranked[hit].passes)) {
        w->start[hit] = 1.0;
        size_t most = limit ? FALLBACK_ROUNDS : r->in->rounds_max;
        chi_net_walk_run(&w->walk, r->in->method, w->start, most, limit ? 1e-14 : 1e-17);
        w->start[hit] = 0.0;
    }
    sum_one(r, w, hit);
}

/* Sums of all lanes of a batch, and the proof that its answers are right: false if it fails. */
static bool sum_batch(const ranking *r, const rank_worker *w, size_t first, chi_net_ranked *sums)
{
    const chi_net_rank_input *in = r->in;
    size_t n = in->impact->rows;
    double wrong = 0.0;
    for (size_t row = 0; row < n; row++) {
        _Alignas(64) double stress[CHI_NET_BATCH];
        r->batch.kernels.times(&r->batch.impact, row, w->values, stress);
        uint32_t firm = r->batch.firm[row];
        double capital = in->capital[firm], weight = in->weights[firm];
        for (size_t l = 0; l < CHI_NET_BATCH; l++) {
            double capped = stress[l] < 1.0 ? stress[l] : 1.0;
            double other = row != first + l ? 1.0 : 0.0;
            double gap = fabs(capped - w->values[CHI_NET_BATCH * row + l]) * r->batch.unslack[row];
            wrong = other * gap > wrong ? gap : wrong;
            sums[l].additional_losses += capital * stress[l];
            sums[l].additional_stress += other * weight * capped;
            sums[l].losses += other * capital * capped;
            sums[l].defaults += row != first + l && stress[l] >= 1.0 - RANK_TOLERANCE;
        }
    }
    return wrong * r->batch.reach_most <= BATCH_ERROR_MAX;
}

static void rank_batch(void *context, size_t thread, size_t piece)
{
    ranking *r = context;
    rank_worker *w = &r->workers[thread];
    chi_net_ranked sums[CHI_NET_BATCH] = {{0}};
    size_t first = piece * CHI_NET_BATCH, n = r->in->impact->rows, passes = 0;
    size_t end = first + CHI_NET_BATCH < n ? first + CHI_NET_BATCH : n;
    bool solved = chi_net_batch_solve(&r->batch, first, RANK_TOLERANCE, w->values, &passes) &&
                  sum_batch(r, w, first, sums);
    for (size_t row = first; row < end; row++) {
        uint32_t hit = r->batch.firm[row];
        if (!solved) {
            rank_one(context, thread, hit);
            continue;
        }
        r->ranked[hit] = sums[row - first];
        r->ranked[hit].passes = passes;
        if (r->total_weight > 0.0)
            r->ranked[hit].additional_stress /= r->total_weight;
    }
}

void chi_net_rank_defaults(chi_arena *arena, const chi_net_rank_input *in, chi_net_ranked *ranked)
{
    size_t n = in->impact->rows, threads = chi_net_threads(in->threads, n);
    ranking r = {.in = in, .ranked = ranked};
    r.workers = chi_arena_alloc(arena, threads * sizeof *r.workers);
    for (size_t t = 0; t < threads; t++)
        r.workers[t] = worker_new(arena, in);
    for (size_t i = 0; i < n; i++)
        r.total_weight += in->weights[i];
    bool limit = in->method == CHI_NET_DEBTRANK && in->rounds_max == 0;
    if (limit && chi_net_batch_prepare(arena, in->impact, &r.batch))
        chi_net_parallel(threads, (n + CHI_NET_BATCH - 1) / CHI_NET_BATCH, rank_batch, &r);
    else
        chi_net_parallel(threads, n, rank_one, &r);
}

/* The least loss of outside assets at which a firm fails: rays of single firms, and a bound. */
#include "clear/net_directed.h"

#include "base/check.h"

#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

enum { HIT_SWEEPS = 200 };

/* One ray along `fall`, in memory of its own: its size where the aim is met, INFINITY if it is not,
 * -1 if it could not be followed. */
typedef struct ray_end {
    double size;
    bool at_start, converged;
} ray_end;

static ray_end follow(
    chi_arena *arena, const chi_net_problem *problem, const double *fall, chi_net_aim aim)
{
    size_t n = problem->firms;
    size_t most = aim.target == UINT32_MAX ? aim.count : n + 1;
    chi_net_reverse found = chi_net_reverse_follow(arena, problem, fall, 1.0, aim.target, most);
    ray_end end = {.size = (double)INFINITY, .converged = found.converged};
    for (size_t k = 0; k < found.count; k++) {
        bool is_it =
            aim.target == UINT32_MAX ? k + 1 == aim.count : found.breaks[k].firm == aim.target;
        if (!is_it)
            continue;
        end.size = found.breaks[k].size;
        end.at_start = k < found.failed_at_start;
        break;
    }
    return end;
}

/* Rays of many firms would fill the caller's memory: each has its own, which is freed before the
 * caller's road of failure is taken. */
static ray_end follow_one(
    chi_arena *arena, const chi_net_problem *problem, double *fall, uint32_t firm, chi_net_aim aim)
{
    chi_arena scratch;
    jmp_buf failure;
    chi_arena_init(&scratch);
    if (setjmp(failure) != 0) {
        chi_arena_free(&scratch);
        chi_arena_fail(arena);
        return (ray_end){0};
    }
    scratch.on_failure = &failure;
    fall[firm] = problem->outside[firm];
    ray_end end = follow(&scratch, problem, fall, aim);
    fall[firm] = 0.0;
    chi_arena_free(&scratch);
    return end;
}

chi_net_singles chi_net_directed_singles(
    chi_arena *arena, const chi_net_problem *problem, chi_net_aim aim)
{
    size_t n = problem->firms;
    CHI_ASSERT(aim.target == UINT32_MAX || aim.target < n);
    chi_net_singles s = {.best = UINT32_MAX, .converged = true};
    s.loss = chi_arena_alloc(arena, (n + 1) * sizeof *s.loss);
    double *fall = chi_arena_alloc(arena, (n + 1) * sizeof *fall);
    for (uint32_t i = 0; i < n && s.converged && !s.met; i++) {
        ray_end end = follow_one(arena, problem, fall, i, aim);
        s.converged = end.converged;
        s.met = end.at_start;
        bool fails = isfinite(end.size);
        s.loss[i] = fails ? end.size * problem->outside[i] : (double)INFINITY;
        if (fails && (s.best == UINT32_MAX || s.loss[i] < s.loss[s.best]))
            s.best = i;
    }
    return s;
}

/* --- shocks to any set of firms -------------------------------------------------------------- */

/* hit[i]: how much the target can lose at most for each unit of money that firm i loses, as long as
 * the target pays in full. Without costs a firm passes on at most what it loses, so one node's loss
 * reaches its creditors in the parts in which they share it. hit = 1 at the target, else the
 * largest of a firm's nodes of the sum of weight / size * hit over its creditors. The sweeps fall
 * from 1 to that solution, and each of them is a bound already. */
static void find_hits(chi_arena *arena, const chi_net_problem *p, uint32_t target, double *hit)
{
    chi_net_matrix to = chi_net_matrix_transpose(arena, p->matrix);
    for (size_t i = 0; i < p->firms; i++)
        hit[i] = 1.0;
    for (int turn = 0; turn < HIT_SWEEPS; turn++) {
        double change = 0.0;
        for (size_t i = 0; i < p->firms; i++) {
            size_t first = p->first_node ? p->first_node[i] : i;
            size_t end = p->first_node ? p->first_node[i + 1] : i + 1;
            double most = 0.0;
            for (size_t node = first; node < end && i != target; node++) {
                double part =
                    p->size[node] > 0.0 ? chi_net_row_times(&to, node, hit) / p->size[node] : 0.0;
                most = part > most ? part : most;
            }
            /* Rounding must not lower a bound. */
            most = i == target ? 1.0 : fmin(hit[i], most * (1.0 + 1e-12));
            change = fmax(change, hit[i] - most);
            hit[i] = most;
        }
        if (change == 0.0)
            return;
    }
}

typedef struct candidate {
    double hit, money;
    uint32_t firm;
} candidate;

static int by_hit(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    if (x->hit != y->hit)
        return x->hit > y->hit ? -1 : 1;
    return x->firm < y->firm ? -1 : x->firm > y->firm;
}

/* The least money that lowers the target by `gap` if every unit did all it can: the firms of the
 * largest hit first, a fractional knapsack (Dantzig 1957). INFINITY if all money is not enough. */
static double knapsack(const candidate *list, size_t count, double gap)
{
    double money = 0.0;
    for (size_t k = 0; k < count && list[k].hit > 0.0; k++) {
        double most = list[k].hit * list[k].money;
        if (most >= gap)
            return money + gap / list[k].hit;
        gap -= most;
        money += list[k].money;
    }
    return (double)INFINITY;
}

/* The search: firms in the order in which they are taken from, and what is taken. */
typedef struct hunt {
    chi_arena *arena;
    const chi_net_problem *problem;
    uint32_t target;
    candidate *list;
    size_t count;
    double *loss, *outside, *fall; /* per firm */
    bool converged;
} hunt;

/* Takes all from one firm after another until the target fails, of the last one only what is
 * needed. The sum, INFINITY if the target stands. */
static double take_in_order(hunt *h)
{
    size_t n = h->problem->firms;
    chi_net_problem left = *h->problem;
    double total = 0.0;
    memcpy(h->outside, h->problem->outside, n * sizeof *h->outside);
    memset(h->loss, 0, n * sizeof *h->loss);
    left.outside = h->outside;
    for (size_t k = 0; k < h->count && h->list[k].hit > 0.0 && h->converged; k++) {
        uint32_t firm = h->list[k].firm;
        ray_end end = follow_one(h->arena, &left, h->fall, firm, (chi_net_aim){h->target, 0});
        h->converged = end.converged;
        h->loss[firm] = (end.size < 1.0 ? end.size : 1.0) * h->outside[firm];
        total += h->loss[firm];
        if (isfinite(end.size))
            return total;
        h->outside[firm] = 0.0;
    }
    return (double)INFINITY;
}

static bool fails_now(const hunt *h)
{
    chi_arena scratch;
    jmp_buf failure;
    chi_arena_init(&scratch);
    if (setjmp(failure) != 0) {
        chi_arena_free(&scratch);
        chi_arena_fail(h->arena);
        return false;
    }
    scratch.on_failure = &failure;
    chi_net_problem left = *h->problem;
    for (size_t i = 0; i < left.firms; i++)
        h->outside[i] = h->problem->outside[i] - h->loss[i];
    left.outside = h->outside;
    bool fails = chi_net_clear_greatest(&scratch, &left).failed[h->target];
    chi_arena_free(&scratch);
    return fails;
}

/* Gives back what was taken in vain, the least effective first, then takes from the last of those
 * that are left as little as is needed. */
static double give_back(hunt *h)
{
    for (size_t k = 0; k < h->count; k++) {
        uint32_t firm = h->list[k].firm;
        h->loss[firm] = h->loss[firm] > 0.0 ? h->problem->outside[firm] : 0.0;
    }
    for (size_t k = h->count; k-- > 0;) {
        uint32_t firm = h->list[k].firm;
        double was = h->loss[firm];
        h->loss[firm] = 0.0;
        if (was > 0.0 && !fails_now(h))
            h->loss[firm] = was;
    }
    size_t kept = 0;
    for (size_t k = 0; k < h->count; k++)
        if (h->loss[h->list[k].firm] > 0.0)
            h->list[kept++] = h->list[k];
    h->count = kept;
    return take_in_order(h);
}

/* The cheapest of three: one firm alone; all of one firm after another; that without what was taken
 * in vain. */
static void search(chi_arena *arena, hunt *h, chi_net_directed *d)
{
    size_t n = h->problem->firms;
    h->loss = chi_arena_alloc(arena, (n + 1) * sizeof(double));
    h->outside = chi_arena_alloc(arena, (n + 1) * sizeof(double));
    h->fall = chi_arena_alloc(arena, (n + 1) * sizeof(double));
    chi_net_singles one = chi_net_directed_singles(arena, h->problem, (chi_net_aim){h->target, 0});
    h->converged = one.converged;
    if (one.best != UINT32_MAX)
        d->total = d->loss[one.best] = one.loss[one.best];
    for (int turn = 0; turn < 2 && h->converged; turn++) {
        double total = turn == 0 ? take_in_order(h) : give_back(h);
        if (total < d->total) {
            d->total = total;
            memcpy(d->loss, h->loss, n * sizeof *h->loss);
        }
        if (!isfinite(total))
            break;
    }
    d->converged = h->converged;
}

chi_net_directed chi_net_directed_any(
    chi_arena *arena, const chi_net_problem *problem, uint32_t target)
{
    size_t n = problem->firms;
    CHI_ASSERT(target < n);
    chi_net_directed d = {.total = (double)INFINITY, .converged = true};
    d.loss = chi_arena_alloc(arena, (n + 1) * sizeof *d.loss);
    chi_net_clearing now = chi_net_clear_greatest(arena, problem);
    d.converged = now.converged;
    d.met = now.failed[target];
    d.bounded = problem->alpha == 1.0 && problem->beta == 1.0 && !problem->holdings;
    if (d.met || !d.converged)
        return d;
    double *hit = chi_arena_alloc(arena, (n + 1) * sizeof *hit);
    candidate *list = chi_arena_alloc(arena, (n + 1) * sizeof *list);
    if (problem->holdings) {
        for (size_t i = 0; i < n; i++)
            hit[i] = i == target ? 2.0 : 1.0;
    } else {
        find_hits(arena, problem, target, hit);
    }
    for (uint32_t i = 0; i < n; i++)
        list[i] = (candidate){hit[i], problem->outside[i], i};
    qsort(list, n, sizeof *list, by_hit);
    double gap = now.value[target] - problem->debt[target];
    if (d.bounded)
        d.lower_bound = knapsack(list, n, gap > 0.0 ? gap : 0.0);
    hunt h = {.arena = arena, .problem = problem, .target = target, .list = list, .count = n};
    search(arena, &h, &d);
    return d;
}

/* Reverse stress by breakpoints along a ray. */
#include "clear/net_reverse_ray.h"

#include "base/check.h"

#include <math.h>

void chi_net_ray_set_size(chi_net_ray *r, double size)
{
    r->size = size;
    for (size_t i = 0; i < r->problem.firms; i++) {
        double left = r->first[i] - size * r->fall[i];
        r->outside[i] = left > 0.0 ? left : 0.0;
    }
}

void chi_net_ray_add_break(chi_net_ray *r, uint32_t firm, bool knocked)
{
    r->found.breaks[r->found.count++] = (chi_net_break){r->size, firm, knocked};
}

bool chi_net_ray_is_over(const chi_net_ray *r)
{
    return r->found.count >= r->count_max ||
           (r->target != UINT32_MAX && r->state.clearing.failed[r->target]);
}

/* The firms whose payments move with the ray: failed, with something left for the network. A firm
 * that has just reached its threshold still pays all it owes, but not for any larger shock. */
static void find_moving(chi_net_ray *r)
{
    const chi_net_problem *p = &r->problem;
    chi_net_state *s = &r->state;
    chi_net_state_evaluate(s);
    s->active_count = 0;
    for (uint32_t i = 0; i < p->firms; i++) {
        if (!s->clearing.failed[i] || s->piece[i] == 0 || p->size[i] == 0.0)
            continue;
        s->piece[i] = 1;
        s->emit[i] = p->beta / p->size[i] * s->scale[i];
        s->active[s->active_count++] = i;
    }
}

/* Change of every value per unit of size, on the present pieces. With D the failed firms that pay
 * in part, v' = e' + A_D (beta v' + (alpha - beta) e') / size. */
static bool find_slopes(chi_net_ray *r)
{
    const chi_net_problem *p = &r->problem;
    chi_net_state *s = &r->state;
    find_moving(r);
    for (size_t i = 0; i < p->firms; i++) {
        bool moves = s->piece[i] == 1 && s->clearing.failed[i];
        r->slope_out[i] = moves ? (p->alpha - p->beta) * -r->fall[i] / p->size[i] : 0.0;
    }
    for (size_t a = 0; a < s->active_count; a++) {
        uint32_t i = s->active[a];
        double own = -r->fall[i] + chi_net_row_times(p->matrix, i, r->slope_out);
        s->right[a] = own / s->scale[i];
    }
    chi_net_linear system = chi_net_state_system(s);
    double largest = 1e-300;
    for (size_t a = 0; a < s->active_count; a++)
        largest = fabs(s->right[a]) > largest ? fabs(s->right[a]) : largest;
    chi_net_linear_report report =
        chi_net_linear_solve(&system, &s->compact, s->right, s->step, 1e-14 * largest);
    for (size_t a = 0; a < s->active_count; a++) {
        uint32_t i = s->active[a];
        double slope = s->step[a] * s->scale[i];
        r->slope[i] = slope;
        r->slope_out[i] += p->beta * slope / p->size[i];
    }
    size_t a = 0;
    for (size_t i = 0; i < p->firms; i++) {
        bool active = a < s->active_count && s->active[a] == i;
        a += active;
        if (!active)
            r->slope[i] = -r->fall[i] + chi_net_row_times(p->matrix, i, r->slope_out);
    }
    return report.converged;
}

/* How far the ray goes until a solvent firm reaches its threshold; the firm in *who, UINT32_MAX if
 * none does. */
static double next_stop(const chi_net_ray *r, uint32_t *who)
{
    const chi_net_problem *p = &r->problem;
    double nearest = (double)INFINITY;
    *who = UINT32_MAX;
    for (uint32_t i = 0; i < p->firms; i++) {
        double slope = r->slope[i];
        if (r->state.clearing.failed[i] || p->debt[i] == 0.0 || slope >= 0.0)
            continue;
        double gap = r->state.clearing.value[i] - p->debt[i];
        double step = gap > 0.0 ? gap / -slope : 0.0;
        if (step < nearest) {
            nearest = step;
            *who = i;
        }
    }
    return nearest;
}

/* Lets one firm fail at the present size and everybody whom that knocks over. */
static bool let_fail(chi_net_ray *r, uint32_t firm)
{
    chi_net_state *s = &r->state;
    uint32_t round = (uint32_t)r->found.count + 2;
    if (!s->clearing.failed[firm]) {
        s->clearing.failed[firm] = 1;
        chi_net_ray_add_break(r, firm, false);
    }
    for (;;) {
        if (!chi_net_state_settle(s, 1e-14))
            return false;
        chi_net_state_evaluate(s);
        chi_net_state_refresh(s, false);
        if (!chi_net_state_classify(s, round, 1e-12))
            return true;
        for (uint32_t i = 0; i < r->problem.firms; i++) {
            if (s->clearing.failed[i] && s->clearing.round[i] == round) {
                s->clearing.round[i] = 1;
                chi_net_ray_add_break(r, i, true);
            }
        }
    }
}

static void follow(chi_net_ray *r)
{
    while (!chi_net_ray_is_over(r)) {
        uint32_t who;
        if (!find_slopes(r)) {
            r->found.converged = false;
            return;
        }
        double step = next_stop(r, &who);
        if (who == UINT32_MAX || r->size + step >= r->size_max) {
            r->found.reached = r->size_max;
            return;
        }
        for (size_t i = 0; i < r->problem.firms; i++)
            r->state.clearing.value[i] += step * r->slope[i];
        chi_net_ray_set_size(r, r->size + step);
        if (!let_fail(r, who)) {
            r->found.converged = false;
            return;
        }
        r->found.reached = r->size;
    }
}

chi_net_reverse chi_net_reverse_follow(chi_arena *arena, const chi_net_problem *problem,
    const double *fall, double size_max, uint32_t target, size_t count_max)
{
    size_t n = problem->firms;
    chi_net_ray r = {.arena = arena,
        .problem = *problem,
        .first = problem->outside,
        .fall = fall,
        .target = target,
        .count_max = count_max,
        .size_max = size_max};
    r.outside = chi_arena_alloc(arena, (n + 1) * sizeof(double));
    r.slope = chi_arena_alloc(arena, (n + 1) * sizeof(double));
    r.slope_out = chi_arena_alloc(arena, (problem->nodes + 1) * sizeof(double));
    r.problem.outside = r.outside;
    r.found.breaks = chi_arena_alloc(arena, (n + 1) * sizeof *r.found.breaks);
    chi_net_ray_set_size(&r, 0.0);
    r.state = chi_net_state_new(arena, &r.problem, NULL);
    chi_net_state_descend(&r.state);
    chi_net_state_ready_solver(&r.state);
    r.found.converged = r.state.clearing.converged;
    for (uint32_t i = 0; i < n; i++) {
        if (r.state.clearing.failed[i])
            chi_net_ray_add_break(&r, i, false);
    }
    r.found.failed_at_start = r.found.count;
    if (r.state.floors)
        chi_net_ray_follow_nodes(&r);
    else
        follow(&r);
    return r.found;
}

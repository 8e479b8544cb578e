/* Reverse stress by breakpoints where firms have nodes in a stack: tiers, equity held by others,
 * outsiders that come first.
 *
 * Each node is on a piece: it gets nothing, or all of what its firm still has to give, or is served
 * in full; a node of equity gets what is left of a firm that pays. While no node changes its piece
 * values move on straight lines. Values never rise with the size of the shock, so that pieces
 * change one way only: a firm fails, or a claim is left with nothing and the next more senior one
 * begins to be cut. There are at most as many such points as firms and nodes. */
#include "clear/net_reverse_ray.h"

#include "base/check.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { NOTHING, PARTLY, FULL }; /* pieces, as in net_state.h */

#define ROUNDING 1e-13 /* slopes that may be rounding, as a share of what all firms lose */
#define NEAR 1e-12     /* shares of a firm's debt that rounding may have put there */
/* How far beyond a jump its other side is looked for, as a share of the ray, and how many times as
 * far as the shock itself can explain some value must have fallen. */
#define BEYOND_FIRST 1e-12
#define BEYOND_LAST 1e-6
#define JUMP_LEAST 1e3
#define LEAK 1e-8 /* makes a closed circle solvable */

typedef struct walk {
    chi_net_ray *r;
    uint8_t *moving;  /* per firm: its outputs follow its value */
    uint8_t *reached; /* per firm: by the shock */
    bool solved;      /* the solver's matrix is that of the moving firms */
    bool rough;       /* values come from a collapse */
    double fall_sum;
    /* For solutions found anew: those that have failed stay so, by their modes. */
    uint8_t *mode;
    chi_net_state anew;
} walk;

static void node_range(const chi_net_problem *p, size_t firm, size_t *first, size_t *end)
{
    *first = p->first_node ? p->first_node[firm] : firm;
    *end = p->first_node ? p->first_node[firm + 1] : firm + 1;
}

/* --- pieces --------------------------------------------------------------------------------- */

/* What a failed firm hands out, not limited to what there is, so that it stays a straight line. */
static double cash_of(const chi_net_ray *r, size_t firm)
{
    const chi_net_problem *p = &r->problem;
    double value = r->state.clearing.value[firm], outside = r->outside[firm];
    return r->state.clearing.failed[firm] ? p->alpha * outside + p->beta * (value - outside)
                                          : value;
}

/* Pieces of one firm from its value. At a boundary the more senior node is the one that moves. */
static void read_pieces(chi_net_ray *r, size_t firm)
{
    const chi_net_problem *p = &r->problem;
    bool failed = r->state.clearing.failed[firm];
    double cash = cash_of(r, firm), near = NEAR * p->debt[firm];
    size_t first, end;
    node_range(p, firm, &first, &end);
    for (size_t k = first; k < end; k++) {
        uint8_t *piece = &r->state.piece[k];
        if (p->size[k] == (double)INFINITY)
            *piece = failed ? NOTHING : PARTLY;
        else if (!failed || p->size[k] == 0.0 || cash > p->bottom[k] + p->size[k] + near)
            *piece = FULL;
        else
            *piece = cash > p->bottom[k] + near ? PARTLY : NOTHING;
    }
}

/* The most junior node before `end` with something owed is the one that is now cut. */
static void cut_next(chi_net_ray *r, size_t first, size_t end)
{
    for (size_t k = end; k-- > first;) {
        double size = r->problem.size[k];
        if (size > 0.0 && size < (double)INFINITY) {
            r->state.piece[k] = PARTLY;
            return;
        }
    }
}

/* Begins to cut the most junior debt: the pieces of a firm that fails, or that is at its threshold
 * and hands on every unit it may lose. */
static void begin_cuts(chi_net_ray *r, size_t firm)
{
    size_t first, end;
    node_range(&r->problem, firm, &first, &end);
    for (size_t k = first; k < end; k++) {
        if (r->problem.size[k] == (double)INFINITY)
            r->state.piece[k] = NOTHING;
    }
    cut_next(r, first, end);
}

/* Firms at a boundary get the pieces that they have beyond it, all of them before slopes are
 * looked for: else one of them might seem to fall because of another that cannot. */
static void settle_boundaries(chi_net_ray *r)
{
    const chi_net_problem *p = &r->problem;
    for (size_t i = 0; i < p->firms; i++) {
        double cash = cash_of(r, i), near = NEAR * p->debt[i];
        size_t first, end;
        node_range(p, i, &first, &end);
        if (!r->state.clearing.failed[i]) {
            if (p->debt[i] > 0.0 && cash <= p->debt[i] + near)
                begin_cuts(r, i);
            continue;
        }
        for (size_t k = end; k-- > first;) {
            if (r->state.piece[k] != PARTLY || cash > p->bottom[k] + near)
                continue;
            r->state.piece[k] = NOTHING;
            cut_next(r, first, k);
        }
    }
}

/* Output of a node per unit of its firm's cash. */
static double slope_of(const chi_net_ray *r, size_t node)
{
    double size = r->problem.size[node];
    if (r->state.piece[node] != PARTLY || size == 0.0)
        return 0.0;
    return size == (double)INFINITY ? 1.0 : 1.0 / size;
}

/* --- slopes --------------------------------------------------------------------------------- */

/* The firms whose outputs follow their value, and what moves in them with the shock itself. */
static void list_moving(chi_net_ray *r)
{
    const chi_net_problem *p = &r->problem;
    chi_net_state *s = &r->state;
    s->active_count = 0;
    for (uint32_t i = 0; i < p->firms; i++) {
        bool failed = s->clearing.failed[i], moves = false;
        double size = p->debt[i] > s->clearing.value[i] ? p->debt[i] : s->clearing.value[i];
        s->scale[i] = size > 0.0 ? size : 1.0;
        size_t first, end;
        node_range(p, i, &first, &end);
        for (size_t k = first; k < end; k++) {
            double slope = slope_of(r, k);
            s->emit[k] = slope * (failed ? p->beta : 1.0) * s->scale[i];
            r->slope_out[k] = failed ? slope * (p->alpha - p->beta) * -r->fall[i] : 0.0;
            moves |= s->emit[k] > 0.0;
        }
        s->active[s->active_count] = i;
        s->active_count += moves;
    }
}

/* Adds to the slopes of a firm's nodes what comes from the slope of its value. */
static void pass_on(chi_net_ray *r, uint32_t firm)
{
    size_t first, end;
    node_range(&r->problem, firm, &first, &end);
    double part = r->slope[firm] / r->state.scale[firm];
    for (size_t k = first; k < end; k++)
        r->slope_out[k] += r->state.emit[k] * part;
}

/* Leaves out the moving firms that the shock does not reach: they stay where they are, and may be
 * a circle that has no solution of its own. */
static void leave_unreached(walk *w)
{
    const chi_net_problem *p = &w->r->problem;
    chi_net_state *s = &w->r->state;
    uint8_t *reached = w->reached;
    memset(reached, 0, p->firms);
    memset(s->z, 0, p->nodes * sizeof *s->z);
    for (bool more = true; more;) {
        more = false;
        for (size_t a = 0; a < s->active_count; a++) {
            uint32_t i = s->active[a];
            if (reached[i] ||
                (w->r->fall[i] == 0.0 && chi_net_row_times(p->matrix, i, s->z) == 0.0 &&
                    chi_net_row_times(p->matrix, i, w->r->slope_out) == 0.0))
                continue;
            size_t first, end;
            node_range(p, i, &first, &end);
            for (size_t k = first; k < end; k++)
                s->z[k] = s->emit[k] != 0.0 ? 1.0 : 0.0;
            reached[i] = more = true;
        }
    }
    size_t kept = 0;
    for (size_t a = 0; a < s->active_count; a++) {
        uint32_t i = s->active[a];
        size_t first, end;
        node_range(p, i, &first, &end);
        for (size_t k = first; k < end && !reached[i]; k++)
            s->emit[k] = 0.0;
        s->active[kept] = i;
        kept += reached[i];
    }
    s->active_count = kept;
}

static bool solve_slopes(walk *w)
{
    chi_net_ray *r = w->r;
    const chi_net_problem *p = &r->problem;
    chi_net_state *s = &r->state;
    double largest = 0.0;
    for (size_t a = 0; a < s->active_count; a++) {
        uint32_t i = s->active[a];
        double own = -r->fall[i] + chi_net_row_times(p->matrix, i, r->slope_out);
        s->right[a] = own / s->scale[i];
        largest = fmax(largest, fabs(s->right[a]));
        s->step[a] = 0.0;
    }
    w->solved = largest > 0.0;
    if (!w->solved)
        return true;
    chi_net_linear system = chi_net_state_system(s);
    chi_net_linear_report report =
        chi_net_linear_solve(&system, &s->compact, s->right, s->step, 1e-14 * largest);
    bool sound = report.converged;
    for (size_t a = 0; a < s->active_count && sound; a++)
        sound = isfinite(s->step[a]) && s->step[a] <= NEAR * largest;
    return sound;
}

/* Slopes of all firms from those of the moving ones. */
static void spread_slopes(walk *w)
{
    chi_net_ray *r = w->r;
    chi_net_state *s = &r->state;
    memset(w->moving, 0, r->problem.firms);
    for (size_t a = 0; a < s->active_count; a++) {
        uint32_t i = s->active[a];
        w->moving[i] = 1;
        r->slope[i] = s->step[a] * s->scale[i];
        pass_on(r, i);
    }
    for (size_t i = 0; i < r->problem.firms; i++) {
        if (!w->moving[i])
            r->slope[i] = -r->fall[i] + chi_net_row_times(r->problem.matrix, i, r->slope_out);
    }
}

/* Change of every value per unit of size on the present pieces: v' = e' + W out', and in failed
 * firms cash' = beta v' + (alpha - beta) e'. False where there is none: a closed circle of firms
 * that hand on every unit they lose, which is where payments collapse. */
static bool find_slopes(walk *w)
{
    list_moving(w->r);
    bool solved = solve_slopes(w);
    if (!solved) {
        leave_unreached(w);
        solved = solve_slopes(w);
    }
    if (solved)
        spread_slopes(w);
    return solved;
}

/* The direction in which payments of a closed circle collapse, in the place of slopes: that in
 * which they would fall very fast if a little of the money that goes round were lost (inverse
 * iteration). To be called after find_slopes(). */
static bool find_collapse(walk *w)
{
    for (size_t k = 0; k < w->r->problem.nodes; k++)
        w->r->state.emit[k] *= 1.0 - LEAK;
    if (!solve_slopes(w))
        return false;
    spread_slopes(w);
    return true;
}

/* --- along the ray ---------------------------------------------------------------------------- */

/* What comes next: a firm reaches its threshold (node UINT32_MAX) or a node is left with nothing.
 */
typedef struct event {
    double step;
    uint32_t firm, node;
} event;

/* `least`: slopes no larger are rounding. */
static void nearer(
    event *next, double least, double gap, double slope, uint32_t firm, uint32_t node)
{
    if (!(slope < -least))
        return;
    double step = gap > 0.0 ? gap / -slope : 0.0;
    if (step < next->step)
        *next = (event){step, firm, node};
}

static event next_event(const walk *w)
{
    const chi_net_ray *r = w->r;
    double least = ROUNDING * w->fall_sum;
    const chi_net_problem *p = &r->problem;
    event next = {(double)INFINITY, UINT32_MAX, UINT32_MAX};
    for (uint32_t i = 0; i < p->firms; i++) {
        if (p->debt[i] == 0.0)
            continue;
        if (!r->state.clearing.failed[i]) {
            nearer(
                &next, least, r->state.clearing.value[i] - p->debt[i], r->slope[i], i, UINT32_MAX);
            continue;
        }
        double slope = p->beta * r->slope[i] + (p->alpha - p->beta) * -r->fall[i];
        size_t first, end;
        node_range(p, i, &first, &end);
        for (size_t k = first; k < end; k++) {
            if (r->state.piece[k] == PARTLY && p->size[k] > 0.0)
                nearer(&next, least, cash_of(r, i) - p->bottom[k], slope, i, (uint32_t)k);
        }
    }
    return next;
}

/* Outputs on the present pieces. */
static void hand_out(chi_net_ray *r)
{
    const chi_net_problem *p = &r->problem;
    for (size_t i = 0; i < p->firms; i++) {
        double cash = cash_of(r, i);
        size_t first, end;
        node_range(p, i, &first, &end);
        for (size_t k = first; k < end; k++) {
            double full = p->size[k] < (double)INFINITY ? 1.0 : 0.0;
            double part = (cash - p->bottom[k]) * slope_of(r, k);
            r->state.clearing.output[k] = r->state.piece[k] == PARTLY ? part
                                          : r->state.piece[k] == FULL ? full
                                                                      : 0.0;
        }
    }
}

/* Takes away what rounding has left between values and receipts: a Newton step on the present
 * pieces, whose matrix is at hand. */
static void polish(walk *w)
{
    const chi_net_problem *p = &w->r->problem;
    chi_net_state *s = &w->r->state;
    double *value = s->clearing.value, largest = 0.0;
    hand_out(w->r);
    for (size_t a = 0; a < s->active_count; a++) {
        uint32_t i = s->active[a];
        double receipts = chi_net_row_times(p->matrix, i, s->clearing.output);
        s->right[a] = (w->r->outside[i] + receipts - value[i]) / s->scale[i];
        largest = fmax(largest, fabs(s->right[a]));
        s->step[a] = 0.0;
    }
    if (w->solved && largest > DBL_EPSILON &&
        chi_net_linear_again(&s->compact, s->right, s->step, 1e-3 * largest).converged) {
        for (size_t a = 0; a < s->active_count; a++)
            value[s->active[a]] += s->step[a] * s->scale[s->active[a]];
        hand_out(w->r);
    }
    for (size_t i = 0; i < p->firms; i++) {
        if (!w->moving[i])
            value[i] = w->r->outside[i] + chi_net_row_times(p->matrix, i, s->clearing.output);
    }
}

static void advance(walk *w, double step)
{
    chi_net_ray *r = w->r;
    for (size_t i = 0; i < r->problem.firms; i++)
        r->state.clearing.value[i] += step * r->slope[i];
    chi_net_ray_set_size(r, r->size + step);
    polish(w);
}

/* --- jumps --------------------------------------------------------------------------------------
 */

/* The greatest solution at the present size in which all that have failed bear the costs, though
 * they may just reach their threshold: the limit from beyond. */
static bool clear_anew(walk *w)
{
    size_t n = w->r->problem.firms;
    for (size_t i = 0; i < n; i++)
        w->mode[i] = w->r->state.clearing.failed[i] ? CHI_NET_COSTS_ONLY : CHI_NET_NORMAL;
    memset(w->anew.clearing.failed, 0, n);
    chi_net_state_descend(&w->anew);
    return w->anew.clearing.converged;
}

/* Takes over values and failures of the solution found anew; `size` is that at which firms that
 * have failed since did so. */
static void take_over(walk *w, double size)
{
    chi_net_ray *r = w->r;
    const chi_net_clearing *c = &w->anew.clearing;
    double now = r->size;
    r->size = size;
    for (uint32_t i = 0; i < r->problem.firms; i++) {
        if (c->failed[i] && !r->state.clearing.failed[i]) {
            r->state.clearing.failed[i] = 1;
            chi_net_ray_add_break(r, i, true);
        }
        r->state.clearing.value[i] = c->value[i];
    }
    r->size = now;
    for (size_t i = 0; i < r->problem.firms; i++)
        read_pieces(r, i);
}

/* Whether more has changed than a shock larger by `more` can explain. */
static bool has_jumped(const walk *w, double more)
{
    const chi_net_clearing *before = &w->r->state.clearing, *after = &w->anew.clearing;
    for (size_t i = 0; i < w->r->problem.firms; i++) {
        if (after->failed[i] && !before->failed[i])
            return true;
        if (before->value[i] - after->value[i] > JUMP_LEAST * more * w->fall_sum)
            return true;
    }
    return false;
}

/* Payments jump at the present size: goes on from the first size beyond it that shows it. */
static bool jump(walk *w)
{
    chi_net_ray *r = w->r;
    double at = r->size;
    for (double beyond = BEYOND_FIRST; beyond <= BEYOND_LAST; beyond *= 10.0) {
        double more = beyond * r->size_max;
        if (at + more >= r->size_max) {
            chi_net_ray_set_size(r, r->size_max);
            return true;
        }
        chi_net_ray_set_size(r, at + more);
        if (!clear_anew(w))
            return false;
        if (has_jumped(w, more)) {
            take_over(w, at);
            return true;
        }
    }
    take_over(w, r->size);
    return true;
}

static bool has_costs(const walk *w)
{
    return w->r->problem.alpha < 1.0 || w->r->problem.beta < 1.0;
}

/* A firm fails at the present size. Without costs nothing jumps: it begins to cut its most junior
 * debt. */
static bool let_fail(walk *w, uint32_t firm, bool knocked)
{
    chi_net_ray *r = w->r;
    r->state.clearing.failed[firm] = 1;
    chi_net_ray_add_break(r, firm, knocked);
    if (has_costs(w)) {
        if (!clear_anew(w))
            return false;
        take_over(w, r->size);
        return true;
    }
    begin_cuts(r, firm);
    return true;
}

static bool happen(walk *w, event what, bool knocked)
{
    if (what.node == UINT32_MAX)
        return let_fail(w, what.firm, knocked);
    size_t first, end;
    node_range(&w->r->problem, what.firm, &first, &end);
    w->r->state.piece[what.node] = NOTHING;
    cut_next(w->r, first, what.node);
    return true;
}

/* Payments of a closed circle fall at the present size until somebody fails or has nothing left for
 * a claim; rounding is taken away when values move on straight lines again. */
static bool collapse(walk *w)
{
    if (!find_collapse(w))
        return false;
    event next = next_event(w);
    if (next.firm == UINT32_MAX)
        return false;
    for (size_t i = 0; i < w->r->problem.firms; i++)
        w->r->state.clearing.value[i] += next.step * w->r->slope[i];
    w->rough = true;
    return happen(w, next, true);
}

/* --- the whole ray -----------------------------------------------------------------------------
 */

static walk walk_new(chi_net_ray *r)
{
    size_t n = r->problem.firms;
    walk w = {.r = r};
    w.moving = chi_arena_alloc(r->arena, n + 1);
    w.reached = chi_arena_alloc(r->arena, n + 1);
    w.mode = chi_arena_alloc(r->arena, n + 1);
    w.anew = chi_net_state_new(r->arena, &r->problem, w.mode);
    for (size_t i = 0; i < n; i++) {
        w.fall_sum += r->fall[i];
        read_pieces(r, i);
    }
    return w;
}

/* To the next point at which something changes, and past it. False if that cannot be found. */
static bool go_on(walk *w)
{
    chi_net_ray *r = w->r;
    settle_boundaries(r);
    if (!find_slopes(w))
        return has_costs(w) ? jump(w) : collapse(w);
    if (w->rough)
        polish(w);
    w->rough = false;
    event next = next_event(w);
    if (next.firm == UINT32_MAX || r->size + next.step >= r->size_max) {
        r->size = r->size_max;
        return true;
    }
    advance(w, next.step);
    return happen(w, next, false);
}

void chi_net_ray_follow_nodes(chi_net_ray *r)
{
    walk w = walk_new(r);
    size_t left = 4 * (r->problem.firms + r->problem.nodes) + 16;
    CHI_ASSERT(r->state.floors);
    while (!chi_net_ray_is_over(r) && r->size < r->size_max && r->found.converged) {
        r->found.converged = go_on(&w) && left-- > 0;
        r->found.reached = r->size;
    }
}

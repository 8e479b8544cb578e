/* Linear systems of the active set: dense elimination, preconditioned BiCGSTAB, sweeps. */
#include "clear/net_linear.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

enum {
    DENSE_MAX = 48,     /* unknowns up to which elimination is used */
    KRYLOV_VECTORS = 7, /* work vectors of BiCGSTAB */
    KRYLOV_STEPS_MAX = 400,
    SWEEPS_MAX = 20000,
    SINGULAR_SWEEPS_MAX = 100,
    TRIAL_SWEEPS = 3, /* sweeps after which their rate is judged */
    AGGREGATE_SWEEPS_MAX = 60,
};
#define RATE_SLOW 0.3

static size_t work_size(size_t rows)
{
    size_t dense = rows <= DENSE_MAX ? rows * rows : 0;
    size_t krylov = KRYLOV_VECTORS * rows;
    return dense > krylov ? dense : krylov;
}

static void make_room(chi_net_compact *c, size_t rows, size_t entries)
{
    size_t work = work_size(rows);
    CHI_ASSERT(
        c->arena || (rows <= c->rows_room && entries <= c->entries_room && work <= c->work_room));
    if (rows > c->rows_room || !c->start) {
        c->start = chi_arena_alloc(c->arena, (rows + 1) * sizeof *c->start);
        c->rows_room = rows;
    }
    if (entries > c->entries_room || !c->column) {
        c->column = chi_arena_alloc(c->arena, (entries + 1) * sizeof *c->column);
        c->weight = chi_arena_alloc(c->arena, (entries + 1) * sizeof *c->weight);
        c->entries_room = entries;
    }
    if (work > c->work_room || !c->work) {
        c->work = chi_arena_alloc(c->arena, (work + 1) * sizeof *c->work);
        c->work_room = work;
    }
}

chi_net_compact chi_net_compact_new(chi_arena *arena, const chi_net_matrix *matrix, bool whole)
{
    chi_net_compact c = {.arena = arena};
    c.place = chi_arena_alloc(arena, (matrix->columns + 1) * sizeof *c.place);
    if (whole) {
        size_t rows = matrix->rows > DENSE_MAX ? matrix->rows : DENSE_MAX;
        make_room(&c, rows, matrix->entries);
        size_t dense = DENSE_MAX * DENSE_MAX;
        if (c.work_room < dense) {
            c.work = chi_arena_alloc(arena, dense * sizeof *c.work);
            c.work_room = dense;
        }
        c.arena = NULL;
    }
    return c;
}

static void node_range(const chi_net_linear *s, uint32_t firm, uint32_t *first, uint32_t *end)
{
    *first = s->first_node ? s->first_node[firm] : firm;
    *end = s->first_node ? s->first_node[firm + 1] : firm + 1;
}

/* Marks the nodes that move with their row (+ 1), or takes the marks off. */
static void mark(const chi_net_linear *s, chi_net_compact *c, bool on)
{
    for (size_t a = 0; a < s->active_count; a++) {
        uint32_t first, end;
        node_range(s, s->active[a], &first, &end);
        for (uint32_t k = first; k < end; k++)
            c->place[k] = on && s->emit[k] != 0.0 ? (uint32_t)a + 1 : 0;
    }
}

/* Copies T out of the network: active rows, columns that move, weights ready to use. */
static void copy_out(const chi_net_linear *s, chi_net_compact *c, const double *base,
    const double *constant, double *right)
{
    const chi_net_matrix *m = s->matrix;
    size_t most = 0, at = 0;
    for (size_t a = 0; a < s->active_count; a++)
        most += m->start[s->active[a] + 1] - m->start[s->active[a]];
    make_room(c, s->active_count, most);
    mark(s, c, true);
    for (size_t a = 0; a < s->active_count; a++) {
        uint32_t firm = s->active[a];
        double inverse = 1.0 / s->scale[firm];
        c->start[a] = at;
        double sum = constant ? base[firm] : 0.0;
        for (size_t k = m->start[firm], end = m->start[firm + 1]; k < end; k++) {
            uint32_t node = m->column[k], place = c->place[node];
            c->column[at] = place - 1;
            c->weight[at] = place ? m->weight[k] * s->emit[node] * inverse : 0.0;
            at += place != 0;
            sum += constant ? m->weight[k] * constant[node] : 0.0;
        }
        if (constant)
            right[a] = sum * inverse;
    }
    c->start[s->active_count] = at;
    c->rows = s->active_count;
    c->entries = at;
    mark(s, c, false);
}

/* One Gauss-Seidel sweep in place: y = T y + right, each row seeing the new values of the rows
 * before it. Returns the largest change. */
static double sweep(const chi_net_compact *c, const double *right, double *y)
{
    double largest = 0.0;
    for (size_t a = 0; a < c->rows; a++) {
        double value = right ? right[a] : 0.0;
        for (size_t k = c->start[a], end = c->start[a + 1]; k < end; k++)
            value += c->weight[k] * y[c->column[k]];
        double change = fabs(value - y[a]);
        largest = change > largest ? change : largest;
        y[a] = value;
    }
    return largest;
}

void chi_net_linear_apply(const chi_net_compact *c, const double *y, double *out)
{
    for (size_t a = 0; a < c->rows; a++) {
        double sum = 0.0;
        for (size_t k = c->start[a], end = c->start[a + 1]; k < end; k++)
            sum += c->weight[k] * y[c->column[k]];
        out[a] = y[a] - sum;
    }
}

/* out = y - (forward sweep of T from y) = (I - lower)^-1 (I - T) y: one pass over the rows. */
static void apply_preconditioned(const chi_net_compact *c, const double *y, double *out)
{
    memcpy(out, y, c->rows * sizeof *out);
    sweep(c, NULL, out);
    for (size_t a = 0; a < c->rows; a++)
        out[a] = y[a] - out[a];
}

static double largest_entry(const double *x, size_t count)
{
    double largest = 0.0;
    for (size_t a = 0; a < count; a++) {
        double size = fabs(x[a]);
        largest = size > largest ? size : largest;
    }
    return largest;
}

/* Four partial sums in a fixed order: the same bits everywhere, and not one long chain of adds. */
static double dot(const double *x, const double *y, size_t count)
{
    double sum[4] = {0.0, 0.0, 0.0, 0.0};
    size_t a = 0;
    for (; a + 4 <= count; a += 4) {
        for (size_t b = 0; b < 4; b++)
            sum[b] += x[a + b] * y[a + b];
    }
    for (; a < count; a++)
        sum[0] += x[a] * y[a];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static void fill_dense(const chi_net_compact *c, double *dense)
{
    size_t m = c->rows;
    memset(dense, 0, m * m * sizeof *dense);
    for (size_t a = 0; a < m; a++) {
        dense[a * m + a] = 1.0;
        for (size_t k = c->start[a]; k < c->start[a + 1]; k++)
            dense[a * m + c->column[k]] -= c->weight[k];
    }
}

/* Gaussian elimination with partial pivoting; y holds the right side and becomes the solution. */
static bool eliminate(double *dense, double *y, size_t m)
{
    for (size_t c = 0; c < m; c++) {
        size_t pivot = c;
        for (size_t r = c + 1; r < m; r++) {
            if (fabs(dense[r * m + c]) > fabs(dense[pivot * m + c]))
                pivot = r;
        }
        if (!(fabs(dense[pivot * m + c]) > 1e-15))
            return false;
        for (size_t b = 0; b < m && pivot != c; b++) {
            double keep = dense[c * m + b];
            dense[c * m + b] = dense[pivot * m + b];
            dense[pivot * m + b] = keep;
        }
        double keep = y[c];
        y[c] = y[pivot];
        y[pivot] = keep;
        for (size_t r = c + 1; r < m; r++) {
            double factor = dense[r * m + c] / dense[c * m + c];
            if (factor == 0.0)
                continue;
            for (size_t b = c; b < m; b++)
                dense[r * m + b] -= factor * dense[c * m + b];
            y[r] -= factor * y[c];
        }
    }
    for (size_t c = m; c-- > 0;) {
        for (size_t b = c + 1; b < m; b++)
            y[c] -= dense[c * m + b] * y[b];
        y[c] /= dense[c * m + c];
    }
    return true;
}

static chi_net_linear_report solve_dense(const chi_net_compact *c, const double *right, double *y)
{
    fill_dense(c, c->work);
    memcpy(y, right, c->rows * sizeof *y);
    chi_net_linear_report report = {.passes = c->rows};
    report.converged = eliminate(c->work, y, c->rows);
    return report;
}

/* Sweeps from the present y; gives up early where they are slow, if asked to. */
static chi_net_linear_report solve_sweeps(
    const chi_net_compact *c, const double *right, double *y, double tolerance, bool only_fast)
{
    chi_net_linear_report report = {0};
    double before = 0.0;
    /* What elimination could not solve has no solution, or many; sweeps soon find one of these. */
    size_t most = c->rows <= DENSE_MAX ? SINGULAR_SWEEPS_MAX : SWEEPS_MAX;
    while (report.passes < most) {
        double change = sweep(c, right, y);
        double rate = before > 0.0 ? change / before : 1.0;
        before = change;
        report.residual = change;
        /* What is left after a change shrinking at this rate. */
        double left = rate < 0.99 ? change * rate / (1.0 - rate) : change;
        if (change == 0.0 ||
            (report.passes++ > 0 && left <= tolerance && change <= 1e3 * tolerance)) {
            report.converged = true;
            break;
        }
        if (only_fast && report.passes >= TRIAL_SWEEPS && rate > RATE_SLOW)
            break;
    }
    return report;
}

/* The vectors of BiCGSTAB in one piece of work space. */
typedef struct krylov {
    double *r, *shadow, *p, *v, *s, *t, *b;
} krylov;

static krylov krylov_vectors(double *work, size_t m)
{
    return (krylov){
        work, work + m, work + 2 * m, work + 3 * m, work + 4 * m, work + 5 * m, work + 6 * m};
}

/* One step; false when it breaks down. Names as in van der Vorst (1992). */
static bool krylov_step(const chi_net_compact *c, const krylov *k, double *y, double *rho)
{
    size_t m = c->rows;
    apply_preconditioned(c, k->p, k->v);
    double denominator = dot(k->shadow, k->v, m);
    if (!(fabs(denominator) > 0.0))
        return false;
    double alpha = *rho / denominator;
    for (size_t a = 0; a < m; a++)
        k->s[a] = k->r[a] - alpha * k->v[a];
    apply_preconditioned(c, k->s, k->t);
    double tt = dot(k->t, k->t, m);
    double omega = tt > 0.0 ? dot(k->t, k->s, m) / tt : 0.0;
    for (size_t a = 0; a < m; a++) {
        y[a] += alpha * k->p[a] + omega * k->s[a];
        k->r[a] = k->s[a] - omega * k->t[a];
    }
    double next = dot(k->shadow, k->r, m);
    if (!(fabs(omega) > 0.0) || !(fabs(*rho) > 0.0) || !isfinite(next))
        return false;
    double beta = next / *rho * (alpha / omega);
    *rho = next;
    for (size_t a = 0; a < m; a++)
        k->p[a] = k->r[a] + beta * (k->p[a] - omega * k->v[a]);
    return true;
}

/* From the present y onward. */
static chi_net_linear_report solve_krylov(
    const chi_net_compact *c, const double *right, double *y, double tolerance)
{
    size_t m = c->rows;
    krylov k = krylov_vectors(c->work, m);
    chi_net_linear_report report = {.passes = 1};
    /* A sweep from y less y itself is the residual of the preconditioned system. */
    memcpy(k.r, y, m * sizeof(double));
    sweep(c, right, k.r);
    for (size_t a = 0; a < m; a++)
        k.r[a] -= y[a];
    memcpy(k.shadow, k.r, m * sizeof(double));
    memcpy(k.p, k.r, m * sizeof(double));
    double rho = dot(k.shadow, k.r, m);
    report.residual = largest_entry(k.r, m);
    for (size_t step = 0; step < KRYLOV_STEPS_MAX && report.residual > tolerance; step++) {
        bool fine = krylov_step(c, &k, y, &rho);
        report.passes += 2;
        report.residual = largest_entry(k.r, m);
        if (!fine || !isfinite(report.residual))
            break;
    }
    report.converged = report.residual <= tolerance;
    return report;
}

chi_net_linear_report chi_net_linear_again(
    chi_net_compact *c, const double *right, double *y, double tolerance)
{
    CHI_ASSERT(tolerance > 0.0);
    chi_net_linear_report report = {.converged = c->rows == 0};
    if (c->rows > 0 && c->rows <= DENSE_MAX)
        report = solve_dense(c, right, y);
    if (c->rows > DENSE_MAX) {
        memcpy(y, right, c->rows * sizeof *y);
        report = solve_sweeps(c, right, y, tolerance, true);
        size_t passes = report.passes;
        if (!report.converged)
            report = solve_krylov(c, right, y, tolerance);
        report.passes += passes;
    }
    if (!report.converged) {
        memset(y, 0, c->rows * sizeof *y);
        report = solve_sweeps(c, right, y, tolerance, false);
    }
    return report;
}

chi_net_linear_report chi_net_linear_solve(
    const chi_net_linear *s, chi_net_compact *c, const double *right, double *y, double tolerance)
{
    copy_out(s, c, NULL, NULL, NULL);
    chi_net_linear_report report = chi_net_linear_again(c, right, y, tolerance);
    report.passes++;
    return report;
}

/* Sweeps with one scalar correction each. With G the sweep's matrix and b the sweep from zero, the
 * error of theta * y is balanced when sum b = theta * sum (y - G y). False if it is too slow. */
static bool solve_aggregate(const chi_net_compact *c, const double *right, double *y,
    double tolerance, chi_net_linear_report *report)
{
    double *b = c->work, total = 0.0, before = 0.0;
    memset(b, 0, c->rows * sizeof *b);
    sweep(c, right, b);
    for (size_t a = 0; a < c->rows; a++)
        total += b[a];
    report->passes++;
    for (size_t step = 0; step < AGGREGATE_SWEEPS_MAX; step++) {
        double largest = 0.0, balance = 0.0;
        for (size_t a = 0; a < c->rows; a++) {
            double value = right[a];
            for (size_t k = c->start[a], end = c->start[a + 1]; k < end; k++)
                value += c->weight[k] * y[c->column[k]];
            double change = value - y[a];
            balance += b[a] - change;
            change = fabs(change);
            largest = change > largest ? change : largest;
            y[a] = value;
        }
        report->passes++;
        report->residual = largest;
        if (largest <= tolerance)
            return true;
        double theta = total / balance;
        if (theta > 0.25 && theta < 4.0) {
            for (size_t a = 0; a < c->rows; a++)
                y[a] *= theta;
        }
        /* The corrections make single steps uneven: four of them are judged together. */
        if (step % 4 == 3) {
            if (step > 4 && largest > 0.3 * before)
                return false;
            before = largest;
        }
    }
    return false;
}

chi_net_linear_report chi_net_linear_whole_again(
    chi_net_compact *c, const double *right, double *y, double tolerance)
{
    chi_net_linear_report report = {0};
    if (c->rows <= DENSE_MAX) {
        if (c->rows)
            report = solve_dense(c, right, y);
        report.converged |= c->rows == 0;
    } else {
        report = solve_sweeps(c, right, y, tolerance, true);
        if (!report.converged)
            report.converged = solve_aggregate(c, right, y, tolerance, &report);
    }
    if (!report.converged && c->rows > DENSE_MAX) {
        size_t passes = report.passes;
        report = solve_krylov(c, right, y, tolerance);
        report.passes += passes;
    }
    if (!report.converged)
        report = solve_sweeps(c, right, y, tolerance, false);
    return report;
}

chi_net_linear_report chi_net_linear_whole(const chi_net_linear *s, chi_net_compact *c,
    const double *base, const double *constant, double *right, double *y, double tolerance)
{
    copy_out(s, c, base, constant, right);
    chi_net_linear_report report = chi_net_linear_whole_again(c, right, y, tolerance);
    report.passes++;
    return report;
}

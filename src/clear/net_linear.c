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
};

size_t chi_net_linear_work_size(size_t active_count)
{
    size_t dense = active_count <= DENSE_MAX ? active_count * active_count : 0;
    size_t krylov = KRYLOV_VECTORS * active_count;
    return dense > krylov ? dense : krylov;
}

/* Puts a firm's unknown where its nodes emit it. */
static inline void spread(const chi_net_linear *s, uint32_t firm, double value)
{
    if (!s->first_node) {
        s->z[firm] = s->emit[firm] * value;
        return;
    }
    for (uint32_t k = s->first_node[firm]; k < s->first_node[firm + 1]; k++)
        s->z[k] = s->emit[k] * value;
}

static void spread_all(const chi_net_linear *s, const double *y)
{
    for (size_t a = 0; a < s->active_count; a++)
        spread(s, s->active[a], y[a]);
}

/* One Gauss-Seidel sweep over the active rows from the values now in z: out = T z + right, each
 * row seeing the new values of the rows before it. Returns the largest change against `old`. */
static double sweep(const chi_net_linear *s, const double *right, const double *old, double *out)
{
    double largest = 0.0;
    for (size_t a = 0; a < s->active_count; a++) {
        uint32_t firm = s->active[a];
        double value = chi_net_row_times(s->matrix, firm, s->z) / s->scale[firm];
        if (right)
            value += right[a];
        spread(s, firm, value);
        if (old) {
            double change = fabs(value - old[a]);
            largest = change > largest ? change : largest;
        }
        out[a] = value;
    }
    return largest;
}

void chi_net_linear_apply(const chi_net_linear *s, const double *y, double *out)
{
    spread_all(s, y);
    for (size_t a = 0; a < s->active_count; a++) {
        uint32_t firm = s->active[a];
        out[a] = y[a] - chi_net_row_times(s->matrix, firm, s->z) / s->scale[firm];
    }
}

/* out = y - (forward sweep of T from y) = (I - lower)^-1 (I - T) y: one pass over the rows. */
static void apply_preconditioned(const chi_net_linear *s, const double *y, double *out)
{
    spread_all(s, y);
    sweep(s, NULL, NULL, out);
    for (size_t a = 0; a < s->active_count; a++)
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

/* Fills the dense matrix I - T row by row. z serves to find a column's place in the active set. */
static void fill_dense(const chi_net_linear *s, double *dense)
{
    size_t m = s->active_count;
    for (size_t b = 0; b < m; b++) {
        spread(s, s->active[b], 1.0);
        for (size_t a = 0; a < m; a++) {
            uint32_t firm = s->active[a];
            double t = chi_net_row_times(s->matrix, firm, s->z) / s->scale[firm];
            dense[a * m + b] = (a == b ? 1.0 : 0.0) - t;
        }
        spread(s, s->active[b], 0.0);
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

static chi_net_linear_report solve_dense(const chi_net_linear *s, const double *right, double *y)
{
    size_t m = s->active_count;
    for (size_t a = 0; a < m; a++)
        spread(s, s->active[a], 0.0);
    fill_dense(s, s->work);
    memcpy(y, right, m * sizeof *y);
    chi_net_linear_report report = {.passes = m};
    report.converged = eliminate(s->work, y, m);
    return report;
}

static chi_net_linear_report solve_sweeps(
    const chi_net_linear *s, const double *right, double *y, double tolerance)
{
    chi_net_linear_report report = {0};
    spread_all(s, y);
    for (size_t step = 0; step < SWEEPS_MAX; step++) {
        report.residual = sweep(s, right, y, y);
        report.passes++;
        if (report.residual <= tolerance) {
            report.converged = true;
            break;
        }
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
static bool krylov_step(const chi_net_linear *sys, const krylov *k, double *y, double *rho)
{
    size_t m = sys->active_count;
    apply_preconditioned(sys, k->p, k->v);
    double denominator = dot(k->shadow, k->v, m);
    if (!(fabs(denominator) > 0.0))
        return false;
    double alpha = *rho / denominator;
    for (size_t a = 0; a < m; a++)
        k->s[a] = k->r[a] - alpha * k->v[a];
    apply_preconditioned(sys, k->s, k->t);
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

static chi_net_linear_report solve_krylov(
    const chi_net_linear *s, const double *right, double *y, double tolerance)
{
    size_t m = s->active_count;
    krylov k = krylov_vectors(s->work, m);
    chi_net_linear_report report = {.passes = 1};
    for (size_t a = 0; a < m; a++)
        y[a] = 0.0;
    spread_all(s, y);
    sweep(s, right, NULL, k.b);
    memcpy(k.r, k.b, m * sizeof(double));
    memcpy(k.shadow, k.b, m * sizeof(double));
    memcpy(k.p, k.b, m * sizeof(double));
    double rho = dot(k.shadow, k.r, m);
    report.residual = largest_entry(k.r, m);
    for (size_t step = 0; step < KRYLOV_STEPS_MAX; step++) {
        if (report.residual <= tolerance) {
            report.converged = true;
            return report;
        }
        bool fine = krylov_step(s, &k, y, &rho);
        report.passes += 2;
        report.residual = largest_entry(k.r, m);
        if (!fine || !isfinite(report.residual))
            break;
    }
    report.converged = report.residual <= tolerance;
    return report;
}

chi_net_linear_report chi_net_linear_solve(
    const chi_net_linear *s, const double *right, double *y, double tolerance)
{
    CHI_ASSERT(tolerance > 0.0);
    if (s->active_count == 0)
        return (chi_net_linear_report){.converged = true};
    if (s->active_count <= DENSE_MAX) {
        chi_net_linear_report report = solve_dense(s, right, y);
        if (report.converged)
            return report;
    } else {
        chi_net_linear_report report = solve_krylov(s, right, y, tolerance);
        if (report.converged)
            return report;
    }
    memset(y, 0, s->active_count * sizeof *y);
    return solve_sweeps(s, right, y, tolerance);
}

/* Valuation before maturity: the seven rules and the iteration from above. */
#include "clear/net_value.h"

#include "base/check.h"
#include "clear/contagion.lane.h"
#include "clear/net_table.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { SWEEPS_MAX = 200000 };

static const char *const names[CHI_NET_RULE_COUNT] = {
#define RULE_NAME(id, name) name,
    CHI_NET_RULE_LIST(RULE_NAME)
#undef RULE_NAME
};

const char *chi_net_rule_name(chi_net_rule rule)
{
    CHI_ASSERT(rule < CHI_NET_RULE_COUNT);
    return names[rule];
}

chi_net_rule chi_net_rule_find(const char *name)
{
    return (chi_net_rule)chi_net_word_find(name, names, CHI_NET_RULE_COUNT);
}

bool chi_net_rule_needs_sigma(chi_net_rule rule)
{
    return rule == CHI_NET_MERTON || rule == CHI_NET_MERTON_FIXED || rule == CHI_NET_BLACKCOX;
}

/* What a rule may look at: the debtor's own numbers. */
typedef struct debtor {
    double equity, book_equity, assets, debt, sigma, recovery;
} debtor;

static double normal(double x)
{
    return 0.5 * erfc(-x * 0.70710678118654752440);
}

/* Probability that assets fall by more than `equity` within the horizon (Barucca et al. 2020,
 * section 4: geometric Brownian motion without drift). */
static double default_probability(const debtor *d, double equity)
{
    if (d->assets <= 0.0)
        return 1.0;
    if (equity >= d->assets)
        return 0.0;
    return normal((lane_log(1.0 - equity / d->assets) + 0.5 * d->sigma * d->sigma) / d->sigma);
}

/* Share of the expected assets that falls in the stretch where creditors get a remainder. */
static double remainder_term(const debtor *d)
{
    double sum = 0.0, half = 0.5 * d->sigma * d->sigma;
    if (d->assets > d->equity)
        sum += normal((lane_log(1.0 - d->equity / d->assets) - half) / d->sigma);
    double low = d->equity + d->debt;
    if (d->assets > low)
        sum -= normal((lane_log(1.0 - low / d->assets) - half) / d->sigma);
    return d->assets * sum;
}

static double value_merton(const debtor *d)
{
    if (d->debt <= 0.0)
        return 1.0;
    double fails = default_probability(d, d->equity);
    double ruined = default_probability(d, d->equity + d->debt);
    double rest = (1.0 + (d->equity - d->assets) / d->debt) * (fails - ruined);
    double value = 1.0 - fails + d->recovery * (rest + remainder_term(d) / d->debt);
    return value < 0.0 ? 0.0 : value > 1.0 ? 1.0 : value;
}

/* Black and Cox (1976): fails as soon as assets touch the barrier within the horizon. */
static double value_blackcox(const debtor *d)
{
    double fails;
    if (d->equity <= 0.0) {
        fails = 1.0;
    } else if (d->equity >= d->assets) {
        fails = 0.0;
    } else {
        double x = lane_log(1.0 - d->equity / d->assets), half = 0.5 * d->sigma * d->sigma;
        fails = normal((x + half) / d->sigma) +
                d->assets / (d->assets - d->equity) * normal((x - half) / d->sigma);
    }
    return 1.0 - (1.0 - d->recovery) * fails;
}

static double value_of(chi_net_rule rule, const debtor *d)
{
    switch (rule) {
    case CHI_NET_FURFINE:
        return lane_claim_threshold(d->equity, 0.0, 0.0);
    case CHI_NET_FURFINE_RECOVERY:
        return lane_claim_threshold(d->equity, 0.0, d->recovery);
    case CHI_NET_EISENBERG_NOE:
        if (d->equity > 0.0 || d->debt <= 0.0)
            return 1.0;
        return d->equity + d->debt > 0.0 ? (d->equity + d->debt) / d->debt : 0.0;
    case CHI_NET_LINEAR_DEBTRANK:
        return lane_claim_linear(d->equity, d->book_equity);
    case CHI_NET_MERTON:
        return value_merton(d);
    case CHI_NET_MERTON_FIXED:
        return 1.0 - (1.0 - d->recovery) * default_probability(d, d->equity);
    case CHI_NET_BLACKCOX:
        return value_blackcox(d);
    case CHI_NET_RULE_COUNT:
        break;
    }
    CHI_NEVER("unknown valuation rule");
}

/* Equity with all claims at face, and what each firm owes its peers. */
static void book_values(const chi_net_valuation_input *in, double *owed, double *book)
{
    const chi_net_matrix *claims = in->claims;
    for (size_t k = 0; k < claims->entries; k++)
        owed[claims->column[k]] += claims->weight[k];
    for (size_t i = 0; i < claims->rows; i++)
        book[i] = in->book[i] - in->external[i] - owed[i] + chi_net_row_sum(claims, i);
}

static void value_all(const chi_net_valuation_input *in, chi_net_rule rule, const double *owed,
    const chi_net_valuation *v)
{
    for (size_t i = 0; i < in->claims->rows; i++) {
        debtor d = {v->equity[i], v->book_equity[i], in->outside[i], owed[i] + in->external[i],
            in->sigma ? in->sigma[i] : 0.0, in->recovery};
        v->value[i] = value_of(rule, &d);
    }
}

/* One sweep; returns the largest change of equity. */
static double sweep(
    const chi_net_valuation_input *in, const double *owed, const chi_net_valuation *v)
{
    double largest = 0.0;
    for (size_t i = 0; i < in->claims->rows; i++) {
        double own = in->outside[i] - in->external[i] - owed[i];
        double equity = own + chi_net_row_times(in->claims, i, v->value);
        double change = fabs(equity - v->equity[i]);
        largest = change > largest ? change : largest;
        v->equity[i] = equity;
    }
    return largest;
}

/* What rounding can do: to the equity of a firm, and to the value of its debt. */
typedef struct slack {
    double *equity, *value;
} slack;

/* A sum of k terms is off by at most about k half-units of its largest partial sum (Higham 2002,
 * section 4.2). Book equity divides in the linear rule. */
static slack find_slack(chi_arena *arena, const chi_net_valuation_input *in, chi_net_rule rule,
    const double *owed, const chi_net_valuation *v)
{
    const chi_net_matrix *claims = in->claims;
    size_t n = claims->rows;
    slack s = {chi_arena_alloc(arena, (n + 1) * sizeof(double)),
        chi_arena_alloc(arena, (n + 1) * sizeof(double))};
    for (size_t k = 0; k < claims->entries; k++)
        s.value[claims->column[k]] += 1.0; /* for now, its debts */
    for (size_t i = 0; i < n; i++) {
        double debts = s.value[i] + 8.0;
        double held = (double)(claims->start[i + 1] - claims->start[i]) + 8.0;
        double own = fabs(in->outside[i]) + fabs(in->book[i]) + in->external[i] + owed[i];
        double most = DBL_EPSILON * (debts * own + (held + debts) * chi_net_row_sum(claims, i));
        double book = v->book_equity[i];
        s.equity[i] = most;
        s.value[i] = DBL_EPSILON * debts + (chi_net_rule_needs_sigma(rule) ? 1e-13 : 0.0);
        if (rule == CHI_NET_LINEAR_DEBTRANK && book > -most)
            s.value[i] += book > 0.0 ? 2.0 * most / book : 1.0;
    }
    return s;
}

/* The walk from face value down (side 1) or from nothing up (side -1), rounded outward; every step
 * is a bound, so it can stop anywhere. Equities are left in walk->equity. */
static void walk_outside(const chi_net_valuation_input *in, chi_net_rule rule, const double *owed,
    const slack *s, const chi_net_valuation *walk, double side)
{
    size_t n = in->claims->rows, steps = 2 * walk->sweeps + 100;
    for (size_t i = 0; i < n; i++)
        walk->value[i] = side > 0.0 ? 1.0 : 0.0;
    for (size_t step = 0; step < steps; step++) {
        double change = sweep(in, owed, walk);
        for (size_t i = 0; i < n; i++)
            walk->equity[i] += side * s->equity[i];
        if (step > 0 && change <= 2.0 * walk->error)
            return;
        value_all(in, rule, owed, walk);
        for (size_t i = 0; i < n; i++) {
            double value = walk->value[i] + side * s->value[i];
            walk->value[i] = value < 0.0 ? 0.0 : value > 1.0 ? 1.0 : value;
        }
    }
}

double chi_net_value_bound(chi_arena *arena, const chi_net_valuation_input *in, chi_net_rule rule,
    const chi_net_valuation *found)
{
    size_t n = in->claims->rows;
    double *owed = chi_arena_alloc(arena, (n + 1) * sizeof *owed);
    double *book = chi_arena_alloc(arena, (n + 1) * sizeof *book), worst = 0.0;
    book_values(in, owed, book);
    slack s = find_slack(arena, in, rule, owed, found);
    chi_net_valuation walk = *found;
    walk.equity = chi_arena_alloc(arena, (n + 1) * sizeof(double));
    walk.value = chi_arena_alloc(arena, (n + 1) * sizeof(double));
    walk.error = 0.0; /* a step as small as its rounding changes nothing any more */
    for (size_t i = 0; i < n; i++)
        walk.error = fmax(walk.error, s.equity[i]);
    for (int side = -1; side <= 1; side += 2) {
        walk_outside(in, rule, owed, &s, &walk, side);
        for (size_t i = 0; i < n; i++)
            worst = fmax(worst, side * (walk.equity[i] - found->equity[i]));
    }
    return worst;
}

chi_net_valuation chi_net_value(
    chi_arena *arena, const chi_net_valuation_input *in, chi_net_rule rule)
{
    size_t n = in->claims->rows;
    CHI_ASSERT(in->sigma || !chi_net_rule_needs_sigma(rule));
    double *owed = chi_arena_alloc(arena, (n + 1) * sizeof *owed);
    chi_net_valuation v = {0};
    v.book_equity = chi_arena_alloc(arena, (n + 1) * sizeof(double));
    v.equity = chi_arena_alloc(arena, (n + 1) * sizeof(double));
    v.value = chi_arena_alloc(arena, (n + 1) * sizeof(double));
    v.first_round = chi_arena_alloc(arena, (n + 1) * sizeof(double));
    book_values(in, owed, v.book_equity);
    double scale = 0.0;
    for (size_t i = 0; i < n; i++) {
        v.value[i] = 1.0;
        double size = fabs(in->outside[i]) + in->external[i] + owed[i];
        scale = size > scale ? size : scale;
    }
    sweep(in, owed, &v);
    double before = (double)INFINITY;
    while (v.sweeps < SWEEPS_MAX) {
        value_all(in, rule, owed, &v);
        double step = sweep(in, owed, &v);
        if (v.sweeps++ == 0)
            memcpy(v.first_round, v.equity, n * sizeof(double));
        double rate = step < before ? step / before : 0.999;
        v.error = step * rate / (1.0 - rate > 1e-6 ? 1.0 - rate : 1e-6);
        before = step;
        if (step <= 1e-16 * scale || (step <= 4e-16 * scale && v.sweeps > 1000)) {
            v.converged = true;
            break;
        }
    }
    value_all(in, rule, owed, &v);
    return v;
}

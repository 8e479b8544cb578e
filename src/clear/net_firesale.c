/* Fire sales on overlapping portfolios. */
#include "clear/net_firesale.h"

#include "base/check.h"
#include "clear/contagion.lane.h"

#include <string.h>

/* What changes while it runs. Units are amounts at a price of 1. */
typedef struct market {
    const chi_net_firesale_input *in;
    double *cash, *liabilities, *loan; /* per firm */
    double *units, *orders;            /* firms * assets */
    double *first, *sold;              /* per asset: units of all firms at first, and sold */
    double beta;                       /* price sensitivity: exp(-beta * share sold) */
    uint8_t *dying;                    /* defaulted in the last step: sells everything now */
    chi_net_firesale out;
} market;

static double *copy_of(chi_arena *arena, const double *values, size_t count)
{
    double *copy = chi_arena_alloc(arena, (count + 1) * sizeof *copy);
    memcpy(copy, values, count * sizeof *copy);
    return copy;
}

static market market_open(chi_arena *arena, const chi_net_firesale_input *in)
{
    CHI_ASSERT(in->impact >= 0.0 && in->impact < 1.0 && in->shocked < in->assets);
    size_t n = in->firms, k = in->assets;
    market m = {.in = in};
    m.cash = copy_of(arena, in->cash, n);
    m.liabilities = copy_of(arena, in->liabilities, n);
    m.loan = copy_of(arena, in->loan, n);
    m.units = copy_of(arena, in->holdings, n * k);
    m.orders = chi_arena_alloc(arena, (n * k + 1) * sizeof(double));
    m.first = chi_arena_alloc(arena, (k + 1) * sizeof(double));
    m.sold = chi_arena_alloc(arena, (k + 1) * sizeof(double));
    m.dying = chi_arena_alloc(arena, n + 1);
    m.out.defaults = chi_arena_alloc(arena, (in->steps + 1) * sizeof(size_t));
    m.out.fraction_sold = chi_arena_alloc(arena, (in->steps + 1) * sizeof(double));
    m.out.prices = chi_arena_alloc(arena, (k + 1) * sizeof(double));
    m.out.assets = chi_arena_alloc(arena, (n + 1) * sizeof(double));
    m.out.equity = chi_arena_alloc(arena, (n + 1) * sizeof(double));
    m.out.alive = chi_arena_alloc(arena, n + 1);
    memset(m.out.alive, 1, n);
    /* The price fall is stated for 5 % of the market. */
    m.beta = -lane_log(1.0 - in->impact) / 0.05;
    for (size_t a = 0; a < k; a++) {
        m.out.prices[a] = a == in->shocked ? 1.0 - in->shock : 1.0;
        for (size_t i = 0; i < n; i++)
            m.first[a] += m.units[i * k + a];
    }
    return m;
}

/* Marketable assets of a firm at present prices. */
static double marketable(const market *m, size_t firm)
{
    double sum = 0.0;
    for (size_t a = 0; a < m->in->assets; a++)
        sum += m->units[firm * m->in->assets + a] * m->out.prices[a];
    return sum;
}

static double total_assets(const market *m, size_t firm)
{
    return m->cash[firm] + marketable(m, firm) + m->in->other[firm];
}

/* Fills all orders: each price falls with the share of its asset that is sold, and sellers get the
 * mean of the old and the new price. */
static void fill_orders(market *m)
{
    size_t n = m->in->firms, k = m->in->assets;
    for (size_t a = 0; a < k; a++) {
        double total = 0.0;
        for (size_t i = 0; i < n; i++)
            total += m->orders[i * k + a];
        double share = m->first[a] > 0.0 ? total / m->first[a] : 0.0;
        double price = lane_price_after(m->out.prices[a], share, -m->beta);
        double middle = (m->out.prices[a] + price) / 2.0;
        for (size_t i = 0; i < n; i++) {
            m->cash[i] += m->orders[i * k + a] * middle;
            m->units[i * k + a] -= m->orders[i * k + a];
            m->orders[i * k + a] = 0.0;
        }
        m->out.prices[a] = price;
        m->sold[a] += total;
    }
}

static double fraction_sold(const market *m)
{
    double sold = 0.0, first = 0.0;
    for (size_t a = 0; a < m->in->assets; a++) {
        sold += m->sold[a];
        first += m->first[a];
    }
    return first > 0.0 ? sold / first : 0.0;
}

/* Repays the loan from cash and places orders for what is missing; proportional to value. */
static void deleverage(market *m, size_t firm, double assets, double equity)
{
    size_t k = m->in->assets;
    double amount = assets - equity / m->in->leverage_target;
    amount = amount < m->loan[firm] ? amount : m->loan[firm];
    if (amount <= 0.0)
        return;
    double paid = amount < m->cash[firm] ? amount : m->cash[firm];
    m->cash[firm] -= paid;
    m->loan[firm] -= paid;
    m->liabilities[firm] -= paid;
    double value = marketable(m, firm), missing = amount - paid;
    if (missing <= 0.0 || value <= 0.0)
        return;
    double share = missing < value ? missing / value : 1.0;
    for (size_t a = 0; a < k; a++)
        m->orders[firm * k + a] = m->units[firm * k + a] * share;
}

static void published_step(market *m, size_t step)
{
    size_t n = m->in->firms, k = m->in->assets;
    for (size_t i = 0; i < n; i++) {
        if (m->dying[i])
            memcpy(m->orders + i * k, m->units + i * k, k * sizeof(double));
        m->dying[i] = 0;
    }
    fill_orders(m);
    m->out.fraction_sold[step] = fraction_sold(m);
    for (size_t i = 0; i < n; i++) {
        if (!m->out.alive[i])
            continue;
        double assets = total_assets(m, i), equity = assets - m->liabilities[i];
        double leverage = assets > 0.0 ? equity / assets : 0.0;
        if (leverage < m->in->leverage_min) {
            m->out.alive[i] = 0;
            m->dying[i] = 1;
            m->out.defaults[step + 1]++;
        } else if (leverage < m->in->leverage_buffer) {
            deleverage(m, i, assets, equity);
        }
    }
}

static chi_net_firesale close_market(market *m)
{
    for (size_t i = 0; i < m->in->firms; i++) {
        m->out.assets[i] = total_assets(m, i);
        m->out.equity[i] = m->out.assets[i] - m->liabilities[i];
    }
    return m->out;
}

chi_net_firesale chi_net_firesale_published(chi_arena *arena, const chi_net_firesale_input *in)
{
    market m = market_open(arena, in);
    for (size_t step = 0; step < in->steps; step++)
        published_step(&m, step);
    m.out.steps = in->steps;
    return close_market(&m);
}

/* Orders of one round: the share of the portfolio that brings leverage back to target. True if
 * anybody sells. */
static bool place_shares(market *m, size_t step)
{
    size_t k = m->in->assets;
    bool any = false;
    for (size_t i = 0; i < m->in->firms; i++) {
        double assets = total_assets(m, i), equity = assets - m->liabilities[i];
        double value = marketable(m, i);
        double share = 0.0;
        if (equity <= 0.0 || equity < m->in->leverage_buffer * assets)
            share = value > 0.0 ? (assets - equity / m->in->leverage_target) / value : 0.0;
        if (m->out.alive[i] && equity < m->in->leverage_min * assets) {
            m->out.alive[i] = 0;
            m->out.defaults[step + 1]++;
        }
        share = share < 0.0 ? 0.0 : share > 1.0 ? 1.0 : share;
        any |= share * value > 0.0;
        for (size_t a = 0; a < k; a++)
            m->orders[i * k + a] = m->units[i * k + a] * share;
    }
    return any;
}

/* Proceeds repay debt, so that assets shrink with liabilities. */
static void repay(market *m, const double *before)
{
    for (size_t i = 0; i < m->in->firms; i++) {
        double proceeds = m->cash[i] - before[i];
        m->cash[i] = before[i];
        m->liabilities[i] -= proceeds;
    }
}

chi_net_firesale chi_net_firesale_cont_schaanning(
    chi_arena *arena, const chi_net_firesale_input *in)
{
    market m = market_open(arena, in);
    double *before = chi_arena_alloc(arena, (in->firms + 1) * sizeof *before);
    size_t step = 0;
    for (; step < in->steps && place_shares(&m, step); step++) {
        memcpy(before, m.cash, in->firms * sizeof *before);
        fill_orders(&m);
        repay(&m, before);
        m.out.fraction_sold[step] = fraction_sold(&m);
    }
    m.out.steps = step;
    return close_market(&m);
}

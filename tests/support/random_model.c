/* The generator of random models: valid by construction, rich in shortages and failures. At most
 * one random call in an expression or initialiser: C leaves their order open. */
#include "support/random_model.h"

#include "support/random_deals.h"

#include "num/philox.h"
#include "text/daycount.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const random_size random_size_default = {6, 6, 4, 8, 3, 4, 18, 3, 0, 0};
const random_size random_size_contagion = {6, 6, 4, 8, 3, 4, 18, 3, 4, 0};
const random_size random_size_deals = {6, 6, 4, 8, 3, 4, 18, 3, 2, 5};

/* Steele, Lea, Flood (2014), "Fast splittable pseudorandom number generators". */
uint64_t random_bits(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

typedef struct maker {
    uint64_t state;
    chi_builder b;
    random_size size;
    chi_arena arena;
} maker;

static uint32_t pick(maker *m, uint32_t count)
{
    return count ? (uint32_t)(random_bits(&m->state) % count) : 0;
}

static bool chance(maker *m, double p)
{
    return (double)(random_bits(&m->state) >> 11) * 0x1p-53 < p;
}

static double between(maker *m, double low, double high)
{
    return low + (high - low) * ((double)(random_bits(&m->state) >> 11) * 0x1p-53);
}

static uint32_t name(maker *m, const char *kind, uint32_t row)
{
    char text[32];
    snprintf(text, sizeof text, "%s-%u", kind, row);
    return chi_builder_text(&m->b, text);
}

static uint32_t stream(const char *kind, uint32_t row)
{
    char text[32];
    snprintf(text, sizeof text, "%s-%u", kind, row);
    return chi_stream_id(text);
}

static uint32_t table(maker *m, double low, double high)
{
    uint32_t first = (uint32_t)m->b.values.count;
    for (uint32_t i = 0; i < m->size.months; i++)
        *CHI_PUSH(&m->arena, &m->b.values) = chance(m, 0.3) ? 0.0 : between(m, low, high);
    return first;
}

/* --- expressions -------------------------------------------------------------------------- */

typedef struct names {
    uint32_t firm;                     /* whose items may be named, CHI_NONE: drivers only */
    uint32_t lines_first, lines_count; /* lines computed already */
    uint32_t covenant;                 /* whose threshold may be named, CHI_NONE */
} names;

static void push(maker *m, uint32_t code, uint32_t index, uint32_t item, double constant)
{
    *CHI_PUSH(&m->arena, &m->b.op) = (chi_op){code, index, item, 0, constant};
}

static void leaf(maker *m, const names *n)
{
    switch (pick(m, 7)) {
    case 0:
        push(m, CHI_OP_CONST, 0, 0, between(m, -2.0, 2.0));
        return;
    case 1:
        push(m, CHI_OP_TABLE, table(m, 0.0, 2.0), 0, 0.0);
        return;
    case 2:
        if (n->firm != CHI_NONE) {
            push(m, CHI_OP_ITEM, n->firm, pick(m, CHI_ITEM_COUNT), 0.0);
            return;
        }
        break;
    case 3:
        if (n->firm != CHI_NONE) {
            push(m, CHI_OP_ALIVE, pick(m, (uint32_t)m->b.firm.count), 0, 0.0);
            return;
        }
        break;
    case 4:
        if (n->lines_count) {
            push(m, CHI_OP_LINE, n->lines_first + pick(m, n->lines_count), 0, 0.0);
            return;
        }
        break;
    case 5:
        if (n->covenant != CHI_NONE) {
            push(m, CHI_OP_THRESHOLD, n->covenant, 0, 0.0);
            return;
        }
        break;
    default:
        break;
    }
    push(m, CHI_OP_DRIVER, pick(m, m->size.drivers), 0, 0.0);
}

static uint32_t tree(maker *m, const names *n, uint32_t depth)
{
    if (depth == 0 || chance(m, 0.3)) {
        leaf(m, n);
        return 1;
    }
    uint32_t a = tree(m, n, depth - 1);
    if (chance(m, 0.2)) {
        push(m, chance(m, 0.5) ? CHI_OP_NEG : CHI_OP_ABS, 0, 0, 0.0);
        return a;
    }
    uint32_t b = tree(m, n, depth - 1);
    static const uint32_t codes[] = {CHI_OP_ADD, CHI_OP_SUB, CHI_OP_MUL, CHI_OP_MIN, CHI_OP_MAX};
    push(m, codes[pick(m, 5)], 0, 0, 0.0);
    return a > b + 1 ? a : b + 1;
}

static uint32_t expression(maker *m, names n)
{
    chi_expr_row row = {.ops.first = (uint32_t)m->b.op.count};
    /* Bounded to [-2, 2] at the end, so that no random formula explodes. */
    row.depth = tree(m, &n, 3);
    push(m, CHI_OP_CONST, 0, 0, 2.0);
    push(m, CHI_OP_MIN, 0, 0, 0.0);
    push(m, CHI_OP_CONST, 0, 0, -2.0);
    push(m, CHI_OP_MAX, 0, 0, 0.0);
    row.depth = row.depth < 2 ? 2 : row.depth;
    row.ops.count = (uint32_t)m->b.op.count - row.ops.first;
    *CHI_PUSH(&m->arena, &m->b.expr) = row;
    return (uint32_t)m->b.expr.count - 1;
}

static chi_amount amount(maker *m, double low, double high, names n)
{
    chi_amount a = chi_amount_constant(between(m, low, high));
    if (chance(m, 0.4))
        a.table = table(m, low, high);
    if (chance(m, 0.5))
        a.expr = expression(m, n);
    return a;
}

static const names drivers_only = {CHI_NONE, 0, 0, CHI_NONE};

/* --- rows --------------------------------------------------------------------------------- */

static void make_drivers(maker *m)
{
    for (uint32_t i = 0; i < m->size.drivers; i++) {
        chi_driver d = {.name = name(m, "driver", i), .stream = stream("driver", i)};
        d.process = i == 0 ? CHI_GBM : pick(m, 4);
        d.normal = CHI_NONE;
        d.start = between(m, 0.5, 1.5);
        d.path = chi_amount_constant(between(m, 0.5, 1.5));
        if (d.process == CHI_CHAIN) {
            d.start = chance(m, 0.7);
            d.shut_rate = chi_amount_constant(between(m, 0.2, 4.0));
            d.open_rate = chi_amount_constant(between(m, 0.2, 4.0));
            if (chance(m, 0.5)) { /* also of itself, or of one that moves after it */
                chi_expr_row row = {.ops = {(uint32_t)m->b.op.count, 1}, .depth = 1};
                uint32_t named = chance(m, 0.6) ? pick(m, i) : pick(m, m->size.drivers);
                push(m, CHI_OP_DRIVER, named, 0, 0.0);
                *CHI_PUSH(&m->arena, &m->b.expr) = row;
                d.shut_rate.expr = (uint32_t)m->b.expr.count - 1;
                if (chance(m, 0.5))
                    d.open_rate.expr = d.shut_rate.expr;
            }
        } else if (d.process != CHI_PATH) {
            d.normal = m->b.normal_count++;
            d.mean = between(m, 0.5, 1.5);
            d.speed = chance(m, 0.2) ? 0.0 : between(m, 0.1, 2.0);
            d.drift = between(m, -0.2, 0.2);
            d.volatility = between(m, 0.05, 0.5);
            if (chance(m, 0.5)) {
                d.jump_rate = between(m, 0.2, 6.0);
                d.jump_mean = between(m, -0.2, 0.2);
                d.jump_volatility = between(m, 0.0, 0.1);
            }
        }
        *CHI_PUSH(&m->arena, &m->b.driver) = d;
    }
    uint32_t n = m->b.normal_count;
    for (uint32_t i = 0; i < n; i++) {
        double row[64], norm = 0.0;
        for (uint32_t j = 0; j < n; j++) {
            row[j] = j > i ? 0.0 : j == i ? 1.0 : between(m, -0.4, 0.4);
            norm += row[j] * row[j];
        }
        for (uint32_t j = 0; j < n; j++)
            *CHI_PUSH(&m->arena, &m->b.factor) = row[j] / sqrt(norm);
    }
}

static void make_firms(maker *m)
{
    *CHI_PUSH(&m->arena, &m->b.firm) = (chi_firm){.name = chi_builder_text(&m->b, "outside"),
        .kind = CHI_OUTSIDE,
        .equity = HUGE_VAL,
        .intensity = chi_amount_constant(0.0),
        .target = chi_amount_constant(0.0),
        .keep_own = 1.0,
        .keep_received = 1.0};
    for (uint32_t i = 1; i < m->size.firms; i++) {
        chi_firm f = {.name = name(m, "firm", i), .stream = stream("firm", i)};
        f.kind = i == 1 || chance(m, 0.5) ? CHI_SIMULATED : CHI_REDUCED;
        f.equity = HUGE_VAL;
        f.intensity = f.target = chi_amount_constant(0.0);
        f.keep_own = f.keep_received = 1.0;
        f.recovery = between(m, 0.0, 1.0);
        if (f.kind == CHI_SIMULATED) {
            f.cash = between(m, 20.0, 200.0);
            f.restricted_cash = chance(m, 0.3) ? between(m, 0.0, 20.0) : 0.0;
            f.property = between(m, 0.0, 300.0);
            f.target = chi_amount_constant(between(m, 0.0, 40.0));
            f.grace_months = pick(m, 3);
            f.repays_revolvers = chance(m, 0.5);
            f.keep_own = chance(m, 0.3) ? between(m, 0.5, 1.0) : 1.0;
            f.keep_received = chance(m, 0.3) ? between(m, 0.5, 1.0) : 1.0;
            f.recovery_property = between(m, 0.0, 0.8);
            f.default_cost = between(m, 0.0, 0.2);
        } else {
            f.intensity = chance(m, 0.6) ? amount(m, 0.0, 0.5, drivers_only) : f.intensity;
            f.equity = chance(m, 0.5) ? between(m, 5.0, 100.0) : HUGE_VAL;
        }
        *CHI_PUSH(&m->arena, &m->b.firm) = f;
    }
}

static uint32_t other_firm(maker *m, uint32_t than)
{
    uint32_t f = pick(m, m->size.firms - 1);
    return f >= than ? f + 1 : f;
}

static void make_lenders(maker *m, chi_loan *loan)
{
    loan->lenders = (chi_slice){(uint32_t)m->b.share.count, 1 + pick(m, 3)};
    double left = 1.0;
    for (uint32_t s = 0; s < loan->lenders.count; s++) {
        double part = s + 1 < loan->lenders.count ? left * between(m, 0.1, 0.9) : left;
        uint32_t lender = other_firm(m, loan->borrower);
        *CHI_PUSH(&m->arena, &m->b.share) = (chi_share){lender, 0, part};
        left -= part;
    }
}

static void make_schedule(maker *m, chi_loan *l)
{
    l->initial_exchange = m->b.start;
    if (l->kind <= CHI_LOAN_LAM && chance(m, 0.2))
        l->initial_exchange = m->b.start + 20 + (chi_day)pick(m, 200);
    l->maturity = chi_month_date(m->b.start, pick(m, m->size.months * 2) + 3);
    if (l->maturity <= l->initial_exchange)
        l->maturity = l->initial_exchange + 40;
    l->day_count = pick(m, CHI_DC_28E_336);
    l->interest_months = pick(m, 4);
    l->interest_anchor = l->maturity - (chi_day)pick(m, 20);
    l->capitalises = chance(m, 0.15);
    l->instalments = CHI_NONE;
    if (l->kind != CHI_LOAN_PAM && l->kind != CHI_LOAN_ISSUED && chance(m, 0.7)) {
        l->redemption_months = 1 + pick(m, 3);
        l->redemption_anchor = m->b.start + 15 + (chi_day)pick(m, 60);
        l->redemption = between(m, 1.0, 10.0);
        l->draw_instalment = chance(m, 0.5) ? between(m, 0.0, 0.2) : 0.0;
    } else if (chance(m, 0.3)) {
        l->instalments = table(m, 0.0, 5.0);
    }
}

static void make_loan(maker *m, uint32_t row, uint32_t kind, uint32_t borrower)
{
    chi_loan l = {.name = name(m, "loan", row), .kind = kind, .borrower = borrower};
    make_lenders(m, &l);
    l.class = 1 + pick(m, CHI_CLASSES - 1);
    l.notional = kind == CHI_LOAN_ISSUED ? 0.0 : between(m, 10.0, 150.0);
    make_schedule(m, &l);
    l.accrued = chance(m, 0.3) ? between(m, 0.0, 1.0) : 0.0;
    l.index = kind != CHI_LOAN_ISSUED && chance(m, 0.5) ? pick(m, m->size.drivers) : CHI_NONE;
    l.market = CHI_NONE;
    l.multiplier = chance(m, 0.8) ? 0.05 : -0.02;
    l.spread = between(m, 0.0, 0.15);
    l.floor = chance(m, 0.5) ? 0.5 : -HUGE_VAL;
    l.commitment = l.notional + between(m, 0.0, 100.0);
    l.draw_end_month = pick(m, m->size.months + 1);
    l.undrawn_fee = chance(m, 0.5) ? 0.01 : 0.0;
    l.other_use = kind == CHI_LOAN_REVOLVER && chance(m, 0.5) ? 3.0 : 0.0;
    l.condition = CHI_NONE;
    if (kind > CHI_LOAN_LAM && chance(m, 0.3))
        l.condition = expression(m, (names){borrower, 0, 0, CHI_NONE});
    l.cross_default = chance(m, 0.5);
    l.cross_threshold = chance(m, 0.5) ? between(m, 0.0, 50.0) : 0.0;
    l.grace_months = pick(m, 2);
    if (m->b.firm.at[borrower].kind != CHI_SIMULATED && kind > CHI_LOAN_LAM)
        l.kind = CHI_LOAN_PAM;
    if (kind == CHI_LOAN_ISSUED) {
        l.market = (uint32_t)m->b.market.count;
        l.draw_end_month = m->size.months;
        l.maturity = chi_month_date(m->b.start, m->size.months + 10);
        l.interest_anchor = l.maturity;
        uint32_t chain = CHI_NONE;
        for (uint32_t d = 0; d < m->size.drivers; d++)
            chain = m->b.driver.at[d].process == CHI_CHAIN ? d : chain;
        chi_market market = {.name = name(m, "market", row), .chain = chain, .base = CHI_NONE};
        market.tenor_months = m->size.months + 11;
        market.spread = amount(m, 0.05, 0.1, drivers_only);
        market.capacity = amount(m, 0.0, 40.0, drivers_only);
        market.discount = chance(m, 0.5) ? 0.02 : 0.0;
        *CHI_PUSH(&m->arena, &m->b.market) = market;
    }
    *CHI_PUSH(&m->arena, &m->b.loan) = l;
}

static void make_customers(maker *m)
{
    for (uint32_t i = 0; i < m->size.customers; i++) {
        chi_customer c = {.name = name(m, "customer", i), .stream = stream("customer", i)};
        c.seller = 1 + pick(m, m->size.firms - 1);
        c.buyer = other_firm(m, c.seller);
        c.first_month = pick(m, 4);
        c.end_month = c.first_month + 1 + pick(m, m->size.months);
        c.amount = amount(m, 0.0, 30.0, drivers_only);
        c.cancellation =
            chance(m, 0.5) ? amount(m, 0.0, 0.6, drivers_only) : chi_amount_constant(0.0);
        c.advance_open = chance(m, 0.4) ? between(m, 0.0, 50.0) : 0.0;
        c.advance_month = chance(m, 0.4) ? pick(m, m->size.months) : CHI_NONE;
        c.advance = between(m, 0.0, 30.0);
        c.advance_share = between(m, 0.0, 0.5);
        *CHI_PUSH(&m->arena, &m->b.customer) = c;
    }
}

static void make_lines(maker *m, uint32_t firm)
{
    chi_firm *f = &m->b.firm.at[firm];
    f->lines.first = (uint32_t)m->b.line.count;
    for (uint32_t i = 0; i < m->size.lines; i++) {
        chi_line line = {.name = name(m, "line", (uint32_t)m->b.line.count), .firm = firm};
        line.kind = pick(m, CHI_LINE_DEPRECIATION + 1);
        line.counterparty = chance(m, 0.5) ? 0 : other_firm(m, firm);
        if (line.kind == CHI_LINE_WORKING_CAPITAL)
            line.counterparty = 0;
        line.class = chance(m, 0.8) ? CHI_CLASS_OPERATING : pick(m, CHI_CLASSES);
        line.amount = amount(m, -2.0, line.kind == CHI_LINE_REVENUE ? 25.0 : 12.0,
            (names){firm, f->lines.first, i, CHI_NONE});
        *CHI_PUSH(&m->arena, &m->b.line) = line;
    }
    f->lines.count = m->size.lines;
}

static void make_covenants(maker *m)
{
    for (uint32_t i = 0; i < m->size.covenants; i++) {
        chi_covenant c = {.name = name(m, "covenant", i), .stream = stream("covenant", i)};
        c.firm = 1;
        c.loan = CHI_NONE;
        for (uint32_t l = 0; l < m->b.loan.count; l++)
            if (m->b.loan.at[l].borrower == 1 && chance(m, 0.3))
                c.loan = l;
        c.threshold_low = between(m, -1.0, 1.0);
        c.threshold_high = c.threshold_low + (chance(m, 0.5) ? 0.5 : 0.0);
        c.expr = expression(m, (names){1, 0, 0, i});
        c.strict = chance(m, 0.3);
        c.first_month = pick(m, 4);
        c.every_months = 1 + pick(m, 3);
        c.cure_months = pick(m, 4);
        c.stops_draws = chance(m, 0.5);
        c.defaults = chance(m, 0.4);
        *CHI_PUSH(&m->arena, &m->b.covenant) = c;
    }
}

static void make_ladder(maker *m, uint32_t firm)
{
    chi_firm *f = &m->b.firm.at[firm];
    f->rungs.first = (uint32_t)m->b.rung.count;
    for (uint32_t l = 0; l < m->b.loan.count; l++) {
        const chi_loan *loan = &m->b.loan.at[l];
        if (loan->borrower == firm && loan->kind > CHI_LOAN_LAM)
            *CHI_PUSH(&m->arena, &m->b.rung) =
                (chi_rung){loan->kind == CHI_LOAN_ISSUED ? CHI_RUNG_ISSUE : CHI_RUNG_DRAW, l};
    }
    if (chance(m, 0.6))
        *CHI_PUSH(&m->arena, &m->b.rung) = (chi_rung){CHI_RUNG_DEFER, CHI_NONE};
    f->rungs.count = (uint32_t)m->b.rung.count - f->rungs.first;
}

static void make_events(maker *m)
{
    for (uint32_t i = 0; i < m->size.events; i++) {
        chi_event e = {.kind = pick(m, 4)};
        e.month = pick(m, m->size.months);
        e.end_month = e.kind == CHI_EVENT_SHUT || e.kind == CHI_EVENT_SHIFT
                          ? e.month + 1 + pick(m, 6)
                          : e.month + 1;
        uint32_t counts[] = {(uint32_t)m->b.customer.count, (uint32_t)m->b.firm.count,
            (uint32_t)m->b.market.count, (uint32_t)m->b.driver.count};
        e.target =
            e.kind == CHI_EVENT_DEFAULT ? 1 + pick(m, counts[1] - 1) : pick(m, counts[e.kind]);
        e.value = between(m, -0.3, 0.3);
        if (counts[e.kind] > 0 && chance(m, 0.5))
            *CHI_PUSH(&m->arena, &m->b.event) = e;
    }
}

/* --- contagion ---------------------------------------------------------------------------- */

/* Equity that stakes and rules can measure by: of all firms that are not simulated, and on sheets.
 */
static void make_equities(maker *m)
{
    for (uint32_t f = 1; f < m->b.firm.count; f++) {
        chi_firm *firm = &m->b.firm.at[f];
        if (firm->kind == CHI_SIMULATED)
            firm->equity = between(m, 10.0, 200.0);
        else if (chance(m, 0.6))
            firm->equity = between(m, 5.0, 100.0);
    }
}

/* Shares of one issuer stay below 100 %; circles of owners are welcome. */
static void make_holdings(maker *m)
{
    double left[64];
    for (size_t f = 0; f < 64; f++)
        left[f] = 0.95;
    for (uint32_t i = 0; i < m->size.contagion; i++) {
        chi_holding h = {.name = name(m, "holding", i)};
        h.issuer = 1 + pick(m, m->size.firms - 1);
        h.holder = other_firm(m, h.issuer);
        h.share = between(m, 0.0, left[h.issuer]);
        const chi_firm *issuer = &m->b.firm.at[h.issuer];
        if (h.holder == 0 || h.holder == h.issuer || issuer->equity > 1e6)
            continue;
        left[h.issuer] -= h.share;
        h.per_equity = h.share;
        h.open = h.share * issuer->equity;
        *CHI_PUSH(&m->arena, &m->b.holding) = h;
    }
}

static void make_supplies(maker *m)
{
    for (uint32_t i = 0; i < m->size.contagion; i++) {
        chi_supply s = {.name = name(m, "supply", i)};
        s.customer = 1 + pick(m, m->size.firms - 1);
        s.supplier = other_firm(m, s.customer);
        s.essential = chance(m, 0.5);
        s.months = chance(m, 0.5) ? 1 + pick(m, 6) : CHI_NONE;
        s.dependency = between(m, 0.0, 1.0);
        if (m->b.firm.at[s.customer].kind == CHI_SIMULATED && s.supplier != 0)
            *CHI_PUSH(&m->arena, &m->b.supply) = s;
    }
}

static void make_assets(maker *m)
{
    double left[64];
    for (size_t f = 0; f < 64; f++)
        left[f] = 1.0;
    for (uint32_t i = 0; i < (m->size.contagion + 1) / 2; i++) {
        chi_asset a = {.name = name(m, "asset", i)};
        a.rate = -between(m, 0.0, 0.02);
        a.owners.first = (uint32_t)m->b.owner.count;
        for (uint32_t f = 1; f < m->size.firms; f++) {
            bool simulated = m->b.firm.at[f].kind == CHI_SIMULATED;
            chi_owner o = {.firm = f, .amount = between(m, 0.0, simulated ? left[f] : 100.0)};
            if (chance(m, 0.4))
                continue;
            if (simulated)
                left[f] -= o.amount;
            *CHI_PUSH(&m->arena, &m->b.owner) = o;
        }
        a.owners.count = (uint32_t)m->b.owner.count - a.owners.first;
        *CHI_PUSH(&m->arena, &m->b.asset) = a;
    }
}

static void make_contagion(maker *m)
{
    if (m->size.contagion == 0)
        return;
    make_equities(m);
    if (chance(m, 0.7))
        make_holdings(m);
    if (chance(m, 0.7))
        make_supplies(m);
    if (chance(m, 0.7))
        make_assets(m);
    for (uint32_t i = 0; i < m->b.customer.count; i++)
        if (chance(m, 0.3))
            *CHI_PUSH(&m->arena, &m->b.rank) = (chi_rank){i, pick(m, CHI_CLASSES)};
    if (chance(m, 0.3))
        return;
    chi_contagion c = {.rule = pick(m, 3), .window = 1 + pick(m, 12)};
    c.threshold = between(m, 0.0, 1.0);
    c.recovery = between(m, 0.0, 1.0);
    *CHI_PUSH(&m->arena, &m->b.contagion) = c;
}

/* Firms may withdraw what they have lent at call or on deposit: one more step of their ladders,
 * which move to the end of the table. */
static void add_withdrawals(maker *m)
{
    for (uint32_t f = 1; f < m->b.firm.count; f++)
        for (uint32_t l = 0; l < m->b.loan.count; l++) {
            const chi_loan *loan = &m->b.loan.at[l];
            chi_slice *rungs = &m->b.firm.at[f].rungs;
            uint32_t first = (uint32_t)m->b.rung.count;
            if (loan->kind != CHI_LOAN_ACTUS || m->b.share.at[loan->lenders.first].firm != f ||
                m->b.deal.at[loan->deal].type < CHI_DEAL_CLM ||
                m->b.firm.at[f].kind != CHI_SIMULATED || chance(m, 0.2))
                continue;
            *CHI_PUSH(&m->arena, &m->b.rung) = (chi_rung){CHI_RUNG_WITHDRAW, l};
            for (uint32_t r = 0; r < rungs->count; r++) {
                chi_rung rung = m->b.rung.at[rungs->first + r];
                *CHI_PUSH(&m->arena, &m->b.rung) = rung;
            }
            *rungs = (chi_slice){first, rungs->count + 1};
        }
}

ch_model *random_model(uint64_t seed, random_size size)
{
    maker m = {.state = seed, .size = size};
    chi_arena_init(&m.arena);
    chi_builder_init(&m.b, &m.arena);
    m.b.months = size.months;
    m.b.start = chi_day_of(2025, 1 + (int)pick(&m, 12), 1) - 1;
    m.b.title = chi_builder_text(&m.b, "random");
    make_drivers(&m);
    make_firms(&m);
    for (uint32_t i = 0; i < size.loans; i++) {
        uint32_t kind = i < 5 ? i : pick(&m, 5);
        uint32_t borrower = chance(&m, 0.7) ? 1 : 1 + pick(&m, size.firms - 1);
        make_loan(&m, i, kind, borrower);
    }
    for (uint32_t i = 0; i < m.b.loan.count; i++)
        if (m.b.loan.at[i].kind == CHI_LOAN_PAM)
            m.b.loan.at[i].market = CHI_NONE;
    make_customers(&m);
    for (uint32_t f = 1; f < size.firms; f++)
        if (m.b.firm.at[f].kind == CHI_SIMULATED) {
            make_lines(&m, f);
            make_ladder(&m, f);
        }
    make_covenants(&m);
    make_events(&m);
    make_contagion(&m);
    random_deals(&m.b, size.deals, &m.state);
    add_withdrawals(&m);
    ch_model *model = chi_model_freeze(&m.b);
    chi_arena_free(&m.arena);
    return model;
}

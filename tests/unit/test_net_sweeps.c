/* Large networks: the layout for sweeps gives every instruction set's copy the same bits, and what
 * it solves is certified against sums in long double. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clear/net_batch.h"
#include "clear/net_bounds.h"
#include "clear/net_network.h"
#include "clear/net_rank.h"
#include "num/isa.h"

#include <math.h>
#include <string.h>

enum { FIRMS = 3000, DEGREE = 8, EDGES = FIRMS * (DEGREE + 2) };

static uint64_t next_word(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static double uniform(uint64_t *state)
{
    return (double)(next_word(state) >> 11) * 0x1p-53;
}

/* What a made network looks like. */
typedef struct shape {
    double outside, external; /* shares of what a firm owes in the network */
    size_t hubs;              /* the first firms, to whom everybody owes something */
    size_t groups;            /* firms owe within their group only, but for one in a thousand */
} shape;

static chi_network make(chi_arena *arena, const shape *like, uint64_t seed)
{
    uint64_t state = seed * 0x9e3779b97f4a7c15u + 1;
    chi_network network = {.firms = FIRMS, .tiers = 1};
    chi_net_edges *e = &network.exposures;
    *e = (chi_net_edges){0, chi_arena_alloc(arena, 4 * EDGES), chi_arena_alloc(arena, 4 * EDGES),
        chi_arena_alloc(arena, 8 * EDGES)};
    network.outside = chi_arena_alloc(arena, 8 * FIRMS);
    network.external = chi_arena_alloc(arena, 8 * FIRMS);
    size_t size = FIRMS / like->groups;
    for (uint32_t i = 0; i < FIRMS; i++) {
        double owed = 0.0;
        for (size_t k = 0; k < DEGREE + (like->hubs > 0); k++) {
            bool far = uniform(&state) < 0.001;
            uint32_t to = (uint32_t)(far ? next_word(&state) % FIRMS
                                         : i / size * size + next_word(&state) % size);
            if (k == DEGREE)
                to = (uint32_t)(next_word(&state) % like->hubs);
            if (to == i || to >= FIRMS)
                continue;
            e->from[e->count] = i;
            e->to[e->count] = to;
            e->amount[e->count] = exp(2.0 * uniform(&state));
            owed += e->amount[e->count++];
        }
        network.outside[i] = 2.0 * like->outside * owed * uniform(&state);
        network.external[i] = like->external * owed;
    }
    return network;
}

static chi_net_slices lay_out(chi_arena *arena, const chi_net_matrix *m)
{
    chi_net_slices slices = {0};
    chi_net_slices_fill(arena, &slices, m->rows, m->start, m->column, m->weight);
    return slices;
}

static void test_layout_keeps_the_matrix(void **state)
{
    (void)state;
    chi_arena arena;
    chi_arena_init(&arena);
    for (uint64_t seed = 0; seed < 4; seed++) {
        shape hubs = {0.3, 0.2, seed * 3, 1};
        chi_network network = make(&arena, &hubs, seed);
        chi_net_build b;
        chi_net_build_problem(&arena, &network, 1.0, 1.0, &b);
        chi_net_slices s = lay_out(&arena, &b.matrix);
        size_t size = s.positions * sizeof(double), wide = 0;
        double *x = chi_arena_alloc(&arena, size), *out = chi_arena_alloc(&arena, size);
        double *none = chi_arena_alloc(&arena, size), by_row[FIRMS];
        for (size_t i = 0; i < FIRMS; i++)
            by_row[i] = x[s.at[i]] = 1.0 + (double)(i % 7) / 3.0;
        s.kernels.times(&s, none, x, out);
        for (size_t c = 0; c < s.chunks; c++)
            wide += s.wide[c];
        assert_true(hubs.hubs != 3 || wide == 3);
        for (size_t i = 0; i < FIRMS; i++) {
            double sum = chi_net_row_times(&b.matrix, i, by_row);
            assert_true(fabs(out[s.at[i]] - sum) <= 1e-12 * sum);
        }
    }
    chi_arena_free(&arena);
}

/* Columns of numbers that kernels write, for comparing. */
typedef struct pages {
    chi_arena *arena;
    size_t count;
    double *all;
} pages;

enum { PAGES_MAX = 400000 };

static double *page(pages *to, size_t count)
{
    to->count += count;
    assert_true(to->count <= PAGES_MAX);
    return &to->all[to->count - count];
}

static void write_integers(pages *to, size_t count, const uint32_t *numbers)
{
    double *out = page(to, count);
    for (size_t k = 0; k < count; k++)
        out[k] = (double)numbers[k];
}

/* A few sweeps and balances; the vectors are made by the kernel for it. */
static void write_sweeps(
    pages *to, const chi_net_slices *s, const chi_net_problem *p, const chi_net_kernels *k)
{
    size_t n = s->positions;
    double *y = page(to, n), *fraction = page(to, n), *inverse = page(to, n), *base = page(to, n);
    double *debt = page(to, n), *out = page(to, n), *end = page(to, 5);
    uint8_t *inside = chi_arena_alloc(to->arena, s->chunks);
    uint32_t *changed = chi_arena_alloc(to->arena, 4 * s->chunks + 4);
    chi_net_rows rows = {p->outside, p->debt, NULL, p->face};
    chi_net_vectors vectors = {base, debt, inverse, y};
    k->start(s, &rows, &vectors);
    end[0] = k->sweep(s, base, inverse, 1.0, NULL, y, fraction);
    end[1] = (double)k->inside(s, inverse, y, inside, changed);
    for (size_t c = 0; c < s->chunks; c++)
        inside[c] = (uint8_t)(y[8 * c + c % 8] < 1.0 ? 1u << c % 8 | 0x11u : 0x05u);
    k->sums(s, inside, base, debt, fraction, y, &end[2], &end[3]);
    k->scale(s, inside, 1.25, 1.0, y);
    end[4] = k->sweep(s, base, inverse, 1.0, base, y, fraction);
    k->times(s, base, y, out);
    double *first = page(to, p->firms), *w = page(to, n), *slack = page(to, n);
    for (size_t i = 0; i < p->firms; i++)
        first[i] = 0.7 * y[s->at[i]];
    rows.first = first;
    k->start(s, &rows, &vectors);
    k->narrow(s, &vectors, 1.25, w);
    k->slack(s, inverse, w, slack);
}

/* Some rows picked out, and the whole matrix laid out again. */
static void write_parts(
    pages *to, const chi_net_slices *s, const chi_net_problem *p, const chi_net_kernels *k)
{
    const chi_net_matrix *m = p->matrix;
    size_t room = m->entries + CHI_NET_PICK_MORE, count = 0;
    uint32_t *row = chi_arena_alloc(to->arena, 4 * FIRMS),
             *place = chi_arena_alloc(to->arena, 4 * FIRMS);
    uint32_t *column = chi_arena_alloc(to->arena, 4 * room);
    size_t *start = chi_arena_alloc(to->arena, 8 * (FIRMS + 1));
    double *weight = chi_arena_alloc(to->arena, 8 * room);
    for (uint32_t i = 0; i < FIRMS; i++) {
        place[i] = i % 3 == 0 ? 0 : i % 5 == 0 ? CHI_NET_NOWHERE : i;
        row[count] = i;
        count += i % 4 != 1;
    }
    chi_net_picking picking = {
        m, row, place, count, p->outside, start, column, weight, page(to, count)};
    k->pick(&picking);
    write_integers(to, start[count], column);
    memcpy(page(to, start[count]), weight, 8 * start[count]);
    chi_net_slices again = *s;
    again.column = chi_arena_alloc(to->arena, 32 * (s->steps + 1));
    again.weight = chi_arena_alloc(to->arena, 64 * (s->steps + 1));
    for (int stay = 0; stay < 2; stay++) {
        again.columns_stay = stay;
        k->lay(&again, m->start, m->column, m->weight);
        write_integers(to, 8 * s->steps, again.column);
        memcpy(page(to, 8 * s->steps), again.weight, 64 * s->steps);
    }
}

/* What is said about firms in the end. */
static void write_bounds(pages *to, const chi_net_slices *s, const chi_net_problem *p, int isa)
{
    chi_net_firm_kernels k = chi_net_firm_kernels_for(isa);
    size_t n = s->positions + 1;
    double *paid = page(to, n), *received = page(to, n), *slack = page(to, n), *w = page(to, n);
    double *receipt = page(to, FIRMS), *output = page(to, FIRMS), *value = page(to, FIRMS);
    double *end = page(to, 8), *bound = page(to, FIRMS);
    uint8_t *failed = chi_arena_alloc(to->arena, FIRMS);
    uint64_t state = 77;
    for (size_t at = 0; at < n; at++) {
        double draw = uniform(&state);
        paid[at] = draw < 0.1 ? 0.0 : draw > 0.5 ? 1.0 : draw;
        received[at] = 30.0 * uniform(&state);
        w[at] = 1.0 + uniform(&state);
        slack[at] = 0.1 + uniform(&state);
    }
    chi_net_answers answers = {
        p->outside, p->debt, paid, received, s->at, receipt, output, value, failed};
    end[0] = k.answer(&answers, FIRMS - 3, 1e-13) ? 1.0 : 0.0;
    chi_net_bounds b = {.outside = p->outside,
        .debt = p->debt,
        .receipt = receipt,
        .output = output,
        .value = value,
        .face = p->face,
        .start = p->matrix->start,
        .at = s->at,
        .weight = w,
        .slack = slack,
        .bound = bound};
    k.weigh(&b, FIRMS - 3);
    k.bound(&b, FIRMS - 3);
    double found[] = {b.weight_least, b.slack_least, b.residual, b.factor, b.error, b.share};
    memcpy(&end[1], found, sizeof found);
    end[7] = b.nearest + (b.close ? 1.0 : 0.0);
    for (size_t i = 0; i < FIRMS - 3; i++)
        assert_int_equal(failed[i], output[i] < 1.0);
    assert_true(k.cash(FIRMS, p->outside, p->bottom, p->debt, 1.0));
    double keep = p->bottom[FIRMS - 1];
    ((double *)p->bottom)[FIRMS - 1] = 1e9;
    assert_false(k.cash(FIRMS, p->outside, p->bottom, p->debt, 1.0));
    assert_true(k.cash(FIRMS - 1, p->outside, p->bottom, p->debt, 1.0));
    ((double *)p->bottom)[FIRMS - 1] = keep;
}

static void test_every_copy_gives_the_same_bits(void **state)
{
    (void)state;
    chi_arena arena;
    chi_arena_init(&arena);
    shape hubs = {0.3, 0.2, 5, 3};
    chi_network network = make(&arena, &hubs, 11);
    chi_net_build b;
    chi_net_build_problem(&arena, &network, 1.0, 1.0, &b);
    chi_net_slices s = lay_out(&arena, &b.matrix);
    pages plain = {0};
    for (int isa = CHI_ISA_BASE; isa <= (int)chi_isa_best(); isa++) {
        pages other = {&arena, 0, chi_arena_alloc(&arena, PAGES_MAX * sizeof(double))};
        chi_net_kernels k = chi_net_kernels_for(isa);
        write_sweeps(&other, &s, &b.problem, &k);
        write_parts(&other, &s, &b.problem, &k);
        write_bounds(&other, &s, &b.problem, isa);
        plain = isa == CHI_ISA_BASE ? other : plain;
        assert_int_equal(plain.count, other.count);
        assert_memory_equal(plain.all, other.all, plain.count * sizeof *plain.all);
    }
    chi_arena_free(&arena);
}

/* Fractions paid in long double, from a good guess: sweeps until nothing moves any more. */
static long double *precise(chi_arena *arena, const chi_net_problem *p, const double *guess)
{
    long double *y = chi_arena_alloc(arena, FIRMS * sizeof *y);
    for (size_t i = 0; i < FIRMS; i++)
        y[i] = (long double)guess[i];
    long double change = 1.0L;
    for (int sweep = 0; sweep < 20000 && change > 1e-18L; sweep++) {
        change = 0.0L;
        for (size_t i = 0; i < FIRMS; i++) {
            long double value = (long double)p->outside[i], debt = (long double)p->debt[i];
            for (size_t k = p->matrix->start[i]; k < p->matrix->start[i + 1]; k++)
                value += (long double)p->matrix->weight[k] * y[p->matrix->column[k]];
            value = value < debt ? value / debt : 1.0L;
            change = fmaxl(change, fabsl(value - y[i]));
            y[i] = value;
        }
    }
    return y;
}

/* Rounds as they are defined: those who have failed pay what they can, all others in full. */
static void check_rounds(chi_arena *arena, const chi_net_problem *p, const chi_net_clearing *c)
{
    double *y = chi_arena_alloc(arena, FIRMS * sizeof *y);
    uint32_t *round = chi_arena_alloc(arena, FIRMS * sizeof *round), now = 1;
    for (size_t i = 0; i < FIRMS; i++)
        y[i] = 1.0;
    for (size_t more = 1; more > 0; now++) {
        double change = 1.0;
        for (int sweep = 0; sweep < 20000 && change > 1e-15 && now > 1; sweep++) {
            change = 0.0;
            for (size_t i = 0; i < FIRMS; i++) {
                double value = p->outside[i] + chi_net_row_times(p->matrix, i, y);
                double next = round[i] > 0 ? value / p->debt[i] : 1.0;
                change = fmax(change, fabs(next - y[i]));
                y[i] = next;
            }
        }
        more = 0;
        for (size_t i = 0; i < FIRMS; i++) {
            double value = p->outside[i] + chi_net_row_times(p->matrix, i, y);
            bool fails = round[i] == 0 && value < p->debt[i] * (1.0 - 1e-13);
            round[i] = fails ? now : round[i];
            more += fails;
        }
    }
    assert_memory_equal(round, c->round, FIRMS * sizeof *round);
    assert_int_equal(c->rounds, now - 2);
}

/* Both roads agree with each other, and each with its certificate. */
static void check(const shape *like, uint64_t seed)
{
    chi_arena arena;
    chi_arena_init(&arena);
    chi_network network = make(&arena, like, seed);
    chi_net_build b;
    chi_net_build_problem(&arena, &network, 1.0, 1.0, &b);
    chi_net_clearing slow = chi_net_clear_greatest(&arena, &b.problem);
    b.problem.no_rounds = true;
    chi_net_clearing quick = chi_net_clear_greatest(&arena, &b.problem);
    assert_true(slow.converged && quick.converged && slow.certified && quick.certified);
    long double *exact = precise(&arena, &b.problem, quick.output);
    for (size_t i = 0; i < FIRMS; i++) {
        long double size = (long double)b.problem.size[i], paid = exact[i] * size;
        long double quickly = (long double)quick.output[i] * size;
        long double slowly = (long double)slow.output[i] * size;
        assert_true(fabsl(quickly - paid) <= (long double)quick.error + 1e-17L);
        assert_true(fabsl(slowly - paid) <= (long double)slow.error + 1e-17L);
        assert_int_equal(quick.failed[i], slow.failed[i]);
    }
    assert_true(quick.error < 1e-9 && slow.error < 1e-9);
    check_rounds(&arena, &b.problem, &slow);
    chi_arena_free(&arena);
}

static void test_certificates_of_large_networks(void **state)
{
    (void)state;
    static const shape shapes[] = {
        {0.4, 0.5, 0, 1},     /* some fail */
        {0.4, 0.5, 4, 1},     /* with hubs */
        {0.05, 0.1, 0, 1},    /* most fail */
        {0.001, 0.02, 0, 1},  /* all fail, money goes round many times */
        {0.001, 0.02, 3, 1},  /* with hubs */
        {0.001, 0.02, 0, 10}, /* ten circles of money, each slow */
        {0.0005, 0.001, 0, 5} /* too slow for sweeps */
    };
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++)
        check(&shapes[k], k);
}

/* A firm that owes exactly what it has is named as the nearest, and as one that nothing is promised
 * of, whether or not it is known what each firm receives at most. */
static void test_firms_at_their_threshold(void **state)
{
    (void)state;
    chi_arena arena;
    chi_arena_init(&arena);
    shape some = {0.4, 0.5, 0, 1};
    chi_network network = make(&arena, &some, 2);
    chi_net_build b;
    chi_net_build_problem(&arena, &network, 1.0, 1.0, &b);
    chi_net_clearing before = chi_net_clear_greatest(&arena, &b.problem);
    assert_int_equal(before.close_calls, 0);
    size_t pays = 7;
    for (; before.failed[pays]; pays++) {
    }
    network.external[pays] += before.value[pays] - b.problem.debt[pays];
    chi_net_build_problem(&arena, &network, 1.0, 1.0, &b);
    for (int known = 0; known < 2; known++) {
        const double *face = b.problem.face;
        b.problem.face = known ? face : NULL;
        chi_net_clearing c = chi_net_clear_greatest(&arena, &b.problem);
        b.problem.face = face;
        assert_true(c.certified && !c.failed[pays]);
        assert_int_equal(c.close_calls, 1);
        assert_int_equal(c.nearest_firm, pays);
        assert_true(fabs(c.nearest_margin) < 1e-12);
    }
    chi_arena_free(&arena);
}

/* --- single defaults, eight at a time --------------------------------------------------------- */

static void test_batches_give_the_same_bits(void **state)
{
    (void)state;
    chi_arena arena;
    chi_arena_init(&arena);
    shape plain = {0.3, 0.2, 0, 1};
    chi_network network = make(&arena, &plain, 5);
    const chi_net_edges *e = &network.exposures;
    double *capital = chi_arena_alloc(&arena, FIRMS * sizeof *capital);
    for (size_t k = 0; k < e->count; k++)
        capital[e->to[k]] += e->amount[k] / 0.8;
    chi_net_matrix impact =
        chi_net_impact(&arena, FIRMS, e->count, e->from, e->to, e->amount, capital);
    chi_net_batch batch;
    assert_true(chi_net_batch_prepare(&arena, &impact, &batch));
    size_t size = CHI_NET_BATCH * FIRMS * sizeof(double), passes = 0;
    double *first = chi_arena_alloc(&arena, size), *other = chi_arena_alloc(&arena, size);
    for (int isa = CHI_ISA_BASE; isa <= (int)chi_isa_best(); isa++) {
        batch.kernels = chi_net_batch_kernels_for(isa);
        double *values = isa == CHI_ISA_BASE ? first : other;
        assert_true(chi_net_batch_solve(&batch, 16, 1e-12, values, &passes));
        _Alignas(64) double sums[CHI_NET_BATCH];
        batch.kernels.times(&batch.impact, 7, values, sums);
        memcpy(values, sums, sizeof sums);
        if (isa > CHI_ISA_BASE)
            assert_memory_equal(first, other, size);
    }
    chi_arena_free(&arena);
}

/* Every default of the ranking against a walk of its own. */
static void check_ranking(double leverage, size_t hubs)
{
    enum { COUNT = 203 };
    chi_arena arena;
    chi_arena_init(&arena);
    shape like = {0.3, 0.2, hubs, 1};
    chi_network network = make(&arena, &like, 3);
    chi_net_edges e = {0, network.exposures.from, network.exposures.to, network.exposures.amount};
    double capital[COUNT] = {0}, start[COUNT] = {0};
    for (size_t k = 0; k < network.exposures.count; k++) {
        e.from[e.count] = e.from[k] % COUNT;
        e.to[e.count] = e.to[k] % COUNT;
        e.amount[e.count] = e.amount[k];
        e.count += e.from[e.count] != e.to[e.count] && k % 9 == 0;
    }
    for (size_t k = 0; k < e.count; k++)
        capital[e.to[k]] += e.amount[k] / leverage * (e.to[k] % 4 == 0 ? 0.6 : 1.3);
    chi_net_matrix impact = chi_net_impact(&arena, COUNT, e.count, e.from, e.to, e.amount, capital);
    chi_net_matrix out = chi_net_matrix_transpose(&arena, &impact);
    chi_net_ranked one[COUNT], three[COUNT];
    chi_net_rank_input rank = {&impact, &out, capital, capital, CHI_NET_DEBTRANK, 0, 1};
    chi_net_rank_defaults(&arena, &rank, one);
    rank.threads = 3;
    chi_net_rank_defaults(&arena, &rank, three);
    chi_net_walk walk = chi_net_walk_new(&arena, &out);
    for (size_t hit = 0; hit < COUNT; hit++) {
        start[hit] = 1.0;
        chi_net_walk_run(&walk, CHI_NET_DEBTRANK, start, 0, 1e-15);
        start[hit] = 0.0;
        double losses = 0.0, all = 0.0;
        size_t defaults = 0;
        for (size_t i = 0; i < COUNT; i++) {
            bool other = i != hit;
            losses += other ? capital[i] * fmin(1.0, walk.stress[i]) : 0.0;
            all += capital[i] * (walk.stress[i] - (other ? 0.0 : 1.0));
            defaults += other && walk.stress[i] >= 1.0 - 1e-9;
        }
        assert_true(fabs(one[hit].losses - losses) <= 1e-8 * (1.0 + losses));
        assert_true(fabs(one[hit].additional_losses - all) <= 1e-8 * (1.0 + all));
        assert_int_equal(one[hit].defaults, defaults);
        assert_true(one[hit].losses == three[hit].losses);
        assert_true(one[hit].additional_stress == three[hit].additional_stress);
    }
    chi_arena_free(&arena);
}

static void test_ranking_is_that_of_single_walks(void **state)
{
    (void)state;
    check_ranking(0.3, 0);
    check_ranking(0.9, 0);
    check_ranking(0.9, 2);
    check_ranking(1.6, 0); /* does not die down: each default for itself */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout_keeps_the_matrix),
        cmocka_unit_test(test_every_copy_gives_the_same_bits),
        cmocka_unit_test(test_certificates_of_large_networks),
        cmocka_unit_test(test_firms_at_their_threshold),
        cmocka_unit_test(test_batches_give_the_same_bits),
        cmocka_unit_test(test_ranking_is_that_of_single_walks),
    };
    return cmocka_run_group_tests_name("net_sweeps", tests, NULL, NULL);
}

/* Clearing, DebtRank, the ranking of defaults and supply shocks on a network written by
 * bench_network_scipy.py, which runs this program beside SciPy on the same files. Without a file
 * it measures nothing: the script is what `make bench` runs. CPU time, one thread. */
#include "clear/net_flow.h"
#include "clear/net_network.h"
#include "clear/net_rank.h"
#include "clear/net_supply.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SUPPLY_SECTORS = 60, SUPPLY_STEPS_MAX = 100000 };
#define SUPPLY_EPS 0.01

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

typedef struct input {
    chi_network network;
    double *capital;
} input;

static bool read_block(FILE *file, void *at, size_t size, size_t count)
{
    return fread(at, size, count, file) == count;
}

static bool read_input(const char *path, chi_arena *arena, input *in)
{
    uint64_t head[2];
    FILE *file = fopen(path, "rb");
    if (!file || !read_block(file, head, sizeof *head, 2))
        return false;
    size_t n = head[0], m = head[1];
    chi_net_edges edges = {m, chi_arena_alloc(arena, 4 * m), chi_arena_alloc(arena, 4 * m),
        chi_arena_alloc(arena, 8 * m)};
    in->network = (chi_network){.firms = n, .tiers = 1, .exposures = edges};
    in->network.outside = chi_arena_alloc(arena, 8 * n);
    in->network.external = chi_arena_alloc(arena, 8 * n);
    in->capital = chi_arena_alloc(arena, 8 * n);
    bool whole = read_block(file, edges.from, 4, m) && read_block(file, edges.to, 4, m) &&
                 read_block(file, edges.amount, 8, m) &&
                 read_block(file, in->network.outside, 8, n) &&
                 read_block(file, in->network.external, 8, n);
    fclose(file);
    for (size_t k = 0; whole && k < m; k++)
        in->capital[edges.to[k]] += edges.amount[k] / 0.9;
    for (size_t i = 0; whole && i < n; i++)
        in->capital[i] = in->capital[i] > 1e-9 ? in->capital[i] : 1e-9;
    return whole;
}

static void line(
    const char *what, const char *tag, const char *variant, double value, const char *unit)
{
    printf("network_%s_%s,%s,%.4f,%s\n", what, tag, variant, value, unit);
}

/* GB/s of reading memory that no cache holds, on one thread: one word of each line, so that not the
 * adding is measured. */
static double bandwidth(void)
{
    enum { LINE_WORDS = 8 };
    size_t count = (size_t)64 << 20;
    uint64_t *words = malloc(count * sizeof *words), one = 0, two = 0;
    if (!words)
        return 0.0;
    memset(words, 1, count * sizeof *words);
    double best = HUGE_VAL;
    for (int turn = 0; turn < 5; turn++) {
        double start = now();
        for (size_t k = 0; k < count; k += 2 * LINE_WORDS) {
            one += words[k];
            two += words[k + LINE_WORDS];
        }
        double took = now() - start;
        best = took < best ? took : best;
    }
    best = one + two == 7 ? 0.0 : best; /* so that the loop is not left out */
    free(words);
    return 8e-6 * (double)count / best;
}

/* ns per edge of the best of many sweeps. */
static double time_sweeps(const chi_net_slices *s, chi_net_flow *flow, size_t edges)
{
    double best = HUGE_VAL, began = now();
    do {
        double start = now();
        s->kernels.sweep(s, flow->base, flow->inverse, 1.0, NULL, flow->y, flow->fraction);
        double took = now() - start;
        best = took < best ? took : best;
    } while (now() - began < 300.0);
    return 1e6 * best / (double)edges;
}

static double time_rows(const chi_net_problem *p, double *y, size_t edges)
{
    double best = HUGE_VAL, began = now();
    do {
        double start = now();
        for (size_t i = 0; i < p->firms; i++) {
            double value = p->outside[i] + chi_net_row_times(p->matrix, i, y);
            y[i] = value < p->debt[i] ? value / p->debt[i] : 1.0;
        }
        double took = now() - start;
        best = took < best ? took : best;
    } while (now() - began < 300.0);
    return 1e6 * best / (double)edges;
}

/* One sweep over the whole network: row by row, as it is done, with every column next to its row,
 * so that nothing has to be fetched from afar, and what reading the matrix and vectors would take
 * at the bandwidth of memory. */
static void sweeps(const chi_net_build *build, chi_arena *arena, const char *tag)
{
    const chi_net_problem *p = &build->problem;
    const chi_net_matrix *m = &build->matrix;
    double *y = chi_arena_alloc(arena, (p->firms + 1) * sizeof *y);
    line("sweep", tag, "row_by_row", time_rows(p, y, m->entries), "ns");
    chi_net_slices s = {0};
    chi_net_slices_fill(arena, &s, m->rows, m->start, m->column, m->weight);
    chi_net_flow flow = chi_net_flow_new(arena, &s);
    for (size_t at = 0; at < s.positions; at++) {
        uint32_t i = s.row[at];
        if (i == UINT32_MAX)
            chi_net_flow_still(&flow, at, 0.0);
        else
            chi_net_flow_set(&flow, at, p->outside[i], p->debt[i], 1.0);
    }
    line("sweep", tag, "cardhouse", time_sweeps(&s, &flow, m->entries), "ns");
    for (size_t c = 0; c < s.chunks; c++) {
        for (size_t k = CHI_NET_LANES * s.start[c]; k < CHI_NET_LANES * s.start[c + 1]; k++)
            s.column[k] = (uint32_t)(CHI_NET_LANES * c + k % CHI_NET_LANES);
    }
    line("sweep", tag, "cardhouse_near_columns", time_sweeps(&s, &flow, m->entries), "ns");
    double bytes = 12.0 * (double)(CHI_NET_LANES * s.steps) + 40.0 * (double)s.positions;
    double speed = bandwidth();
    line("sweep", tag, "memory", speed, "GB/s");
    line("sweep", tag, "at_memory_bandwidth", bytes / speed / (double)m->entries, "ns");
}

static void clear(const input *in, chi_arena *arena, const char *tag, bool no_rounds)
{
    chi_net_build build;
    chi_net_build_problem(arena, &in->network, 1.0, 1.0, &build);
    build.problem.no_rounds = no_rounds;
    chi_net_slices slices = {0};
    double laid = now();
    chi_net_slices_fill(arena, &slices, build.matrix.rows, build.matrix.start, build.matrix.column,
        build.matrix.weight);
    laid = now() - laid;
    build.problem.slices = &slices;
    double best = HUGE_VAL, first = HUGE_VAL, began = now();
    chi_arena work;
    chi_arena_init(&work);
    do {
        chi_arena_clear(&work);
        double start = now();
        chi_net_clear_greatest(&work, &build.problem);
        double took = now() - start;
        first = first == HUGE_VAL ? took : first;
        best = took < best ? took : best;
    } while (now() - began < 800.0);
    chi_arena_free(&work);
    line("clear", tag, no_rounds ? "cardhouse" : "cardhouse_with_rounds", best, "ms");
    if (!no_rounds)
        return;
    line("clear", tag, "cardhouse_first_call", first, "ms");
    line("clear", tag, "cardhouse_layout_once", laid, "ms");
    sweeps(&build, arena, tag);
}

static void debtrank(const input *in, chi_arena *arena, const char *tag, bool rank_too)
{
    const chi_net_edges *e = &in->network.exposures;
    size_t n = in->network.firms, passes;
    chi_net_matrix impact =
        chi_net_impact(arena, n, e->count, e->from, e->to, e->amount, in->capital);
    chi_net_matrix out = chi_net_matrix_transpose(arena, &impact);
    double *start = chi_arena_alloc(arena, 8 * n), *stress = chi_arena_alloc(arena, 8 * n), error;
    for (size_t i = 0; i < n; i++)
        start[i] = 0.01;
    double best = HUGE_VAL, began = now();
    chi_arena work;
    chi_arena_init(&work);
    do {
        chi_arena_clear(&work);
        double first = now();
        chi_net_debtrank_limit(&work, &impact, start, stress, &error, &passes);
        double took = now() - first;
        best = took < best ? took : best;
    } while (now() - began < 800.0);
    chi_arena_free(&work);
    line("debtrank", tag, "cardhouse", best, "ms");
    if (!rank_too)
        return;
    chi_net_ranked *ranked = chi_arena_alloc(arena, n * sizeof *ranked);
    chi_net_rank_input rank = {&impact, &out, in->capital, in->capital, CHI_NET_DEBTRANK, 0, 1};
    double first = now();
    chi_net_rank_defaults(arena, &rank, ranked);
    line("rank_all_defaults", tag, "cardhouse", (now() - first) / 1e3, "s");
}

static void supply_alone(
    const chi_net_supply *net, chi_arena *arena, const char *tag, size_t sample)
{
    chi_net_supply_state state = chi_net_supply_state_new(arena, net);
    size_t steps = 0;
    double first = now();
    for (size_t k = 0; k < sample; k++) {
        uint32_t hit = (uint32_t)(k * (net->firms / sample));
        double by = 1.0;
        steps += chi_net_supply_run(&state, &hit, &by, 1, SUPPLY_EPS, SUPPLY_STEPS_MAX).iterations;
        chi_net_supply_reset(&state);
    }
    line("supply", tag, "cardhouse_alone_per_edge_and_step",
        1e6 * (now() - first) / (double)steps / (double)net->up.entries, "ns");
}

/* Failures of single firms at the published stopping rule, per scenario, and per edge of the whole
 * network and step, which is how the published program was measured; it too runs through firms. */
static void supply(const input *in, chi_arena *arena, const char *tag)
{
    size_t n = in->network.firms, sample = n <= 1000 ? n : n <= 10000 ? 400 : 40, steps = 0;
    uint8_t *essential = chi_arena_alloc(arena, SUPPLY_SECTORS * SUPPLY_SECTORS);
    uint32_t *sector = chi_arena_alloc(arena, 4 * n), *firms = chi_arena_alloc(arena, 4 * sample);
    for (size_t k = 0; k < SUPPLY_SECTORS * SUPPLY_SECTORS; k++)
        essential[k] = k % 7 == 0 ? 2 : 1;
    for (size_t i = 0; i < n; i++)
        sector[i] = (uint32_t)(i * 2654435761u % SUPPLY_SECTORS);
    for (size_t k = 0; k < sample; k++)
        firms[k] = (uint32_t)(k * (n / sample));
    chi_net_supply_input supply_input = {.firms = n,
        .sectors = SUPPLY_SECTORS,
        .edges = in->network.exposures,
        .sector = sector,
        .essential = essential};
    chi_net_supply net = chi_net_supply_build(arena, &supply_input);
    chi_net_supply_result *results = chi_arena_alloc(arena, sample * sizeof *results);
    chi_net_supply_ranking ranking = {firms, sample, SUPPLY_EPS, SUPPLY_STEPS_MAX, 1};
    double first = now();
    chi_net_supply_rank(arena, &net, &ranking, results);
    double took = now() - first;
    for (size_t k = 0; k < sample; k++)
        steps += results[k].iterations;
    line("supply", tag, "cardhouse_per_scenario", took / (double)sample, "ms");
    line("supply", tag, "cardhouse_per_edge_and_step",
        1e6 * took / (double)steps / (double)net.up.entries, "ns");
    supply_alone(&net, arena, tag, sample / 4);
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 0;
    chi_arena arena;
    chi_arena_init(&arena);
    input in;
    if (!read_input(argv[1], &arena, &in)) {
        fprintf(stderr, "%s is not a network\n", argv[1]);
        return 1;
    }
    clear(&in, &arena, argv[2], true);
    clear(&in, &arena, argv[2], false);
    debtrank(&in, &arena, argv[2], strcmp(argv[2], "10000_mild") == 0);
    if (in.network.firms <= 100000)
        supply(&in, &arena, argv[2]);
    chi_arena_free(&arena);
    return 0;
}

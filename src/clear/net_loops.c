/* Loops of debt. Every loop is found once, from its lowest firm; edges are admitted from the
 * largest downward until enough loops are found, so that the largest loops come first. */
#include "clear/net_loops.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

enum { KEEP_MAX = 4096 };
#define STEPS_MAX ((size_t)20000000)

typedef struct search {
    const chi_net_matrix *debts; /* edges admitted */
    const uint32_t *component;
    chi_net_loop *keep; /* a heap, smallest amount on top */
    size_t kept, room, steps;
    uint32_t path[CHI_NET_LOOP_FIRMS_MAX];
    double smallest[CHI_NET_LOOP_FIRMS_MAX + 1];
    size_t next[CHI_NET_LOOP_FIRMS_MAX];
    bool *on_path;
    bool cut_short;
} search;

/* A copy of the edges of at least `least`. */
static chi_net_matrix filter(chi_arena *arena, const chi_net_matrix *m, double least)
{
    chi_net_matrix f = {.rows = m->rows, .columns = m->columns};
    f.start = chi_arena_alloc(arena, (m->rows + 1) * sizeof *f.start);
    f.column = chi_arena_alloc(arena, (m->entries + 1) * sizeof *f.column);
    f.weight = chi_arena_alloc(arena, (m->entries + 1) * sizeof *f.weight);
    for (size_t row = 0; row < m->rows; row++) {
        f.start[row] = f.entries;
        for (size_t k = m->start[row]; k < m->start[row + 1]; k++) {
            if (m->weight[k] < least)
                continue;
            f.column[f.entries] = m->column[k];
            f.weight[f.entries++] = m->weight[k];
        }
    }
    f.start[m->rows] = f.entries;
    return f;
}

static void sink(chi_net_loop *heap, size_t count, size_t at)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= count)
            return;
        if (child + 1 < count && heap[child + 1].amount < heap[child].amount)
            child++;
        if (heap[at].amount <= heap[child].amount)
            return;
        chi_net_loop other = heap[at];
        heap[at] = heap[child];
        heap[child] = other;
        at = child;
    }
}

/* Keeps the `room` largest loops. */
static void keep_loop(search *s, size_t length, double amount)
{
    chi_net_loop loop = {.amount = amount, .length = (uint32_t)length};
    memcpy(loop.firm, s->path, length * sizeof *loop.firm);
    if (s->kept == s->room) {
        s->cut_short = true;
        if (amount <= s->keep[0].amount)
            return;
        s->keep[0] = loop;
        sink(s->keep, s->kept, 0);
        return;
    }
    s->keep[s->kept++] = loop;
    if (s->kept == s->room) {
        for (size_t at = s->kept / 2; at-- > 0;)
            sink(s->keep, s->kept, at);
    }
}

/* Depth first from `root` over higher firms of its component. */
static void walk(search *s, uint32_t root)
{
    size_t depth = 1;
    s->path[0] = root;
    s->smallest[0] = (double)INFINITY;
    s->next[0] = s->debts->start[root];
    while (depth && s->steps < STEPS_MAX) {
        uint32_t firm = s->path[depth - 1];
        if (s->next[depth - 1] == s->debts->start[firm + 1]) {
            s->on_path[firm] = false;
            depth--;
            continue;
        }
        size_t k = s->next[depth - 1]++;
        uint32_t to = s->debts->column[k];
        double amount = s->debts->weight[k];
        amount = amount < s->smallest[depth - 1] ? amount : s->smallest[depth - 1];
        s->steps++;
        if (to == root) {
            keep_loop(s, depth, amount);
        } else if (to > root && !s->on_path[to] && s->component[to] == s->component[root] &&
                   depth < CHI_NET_LOOP_FIRMS_MAX) {
            s->path[depth] = to;
            s->smallest[depth] = amount;
            s->next[depth] = s->debts->start[to];
            s->on_path[to] = true;
            depth++;
        }
    }
    while (depth--)
        s->on_path[s->path[depth]] = false;
}

static void sort_loops(chi_net_loop *loops, size_t count)
{
    for (size_t at = count / 2; at-- > 0;)
        sink(loops, count, at);
    for (size_t left = count; left > 1; left--) {
        chi_net_loop smallest = loops[0];
        loops[0] = loops[left - 1];
        loops[left - 1] = smallest;
        sink(loops, left - 1, 0);
    }
}

static double largest_edge(const chi_net_matrix *m)
{
    double largest = 0.0;
    for (size_t k = 0; k < m->entries; k++)
        largest = m->weight[k] > largest ? m->weight[k] : largest;
    return largest;
}

/* All loops over edges of at least `threshold`. */
static void search_at(chi_arena *arena, const chi_net_matrix *debts, double threshold,
    size_t wanted, chi_net_loops *found)
{
    chi_net_matrix edges = filter(arena, debts, threshold);
    size_t n = debts->rows;
    uint32_t *component = chi_arena_alloc(arena, (n + 1) * sizeof *component);
    chi_net_components(arena, &edges, component);
    search s = {.debts = &edges, .component = component, .room = wanted};
    s.keep = chi_arena_alloc(arena, (wanted + 1) * sizeof *s.keep);
    s.on_path = chi_arena_alloc(arena, n + 1);
    for (uint32_t root = 0; root < n; root++)
        walk(&s, root);
    sort_loops(s.keep, s.kept);
    found->at = s.keep;
    found->count = s.kept;
    found->threshold = threshold;
    found->complete = !s.cut_short && s.steps < STEPS_MAX;
}

chi_net_loops chi_net_find_loops(
    chi_arena *arena, const chi_net_matrix *debts, double least, size_t wanted)
{
    size_t n = debts->rows;
    wanted = wanted && wanted < KEEP_MAX ? wanted : KEEP_MAX;
    chi_net_loops found = {0};
    chi_net_matrix edges = filter(arena, debts, least);
    found.component = chi_arena_alloc(arena, (n + 1) * sizeof *found.component);
    size_t components = chi_net_components(arena, &edges, found.component);
    size_t *size = chi_arena_alloc(arena, (components + 1) * sizeof *size);
    for (size_t i = 0; i < n; i++)
        size[found.component[i]]++;
    for (size_t c = 0; c < components; c++) {
        found.components += size[c] > 1;
        if (size[c] > found.largest) {
            found.largest = size[c];
            found.largest_component = (uint32_t)c;
        }
    }
    double threshold = largest_edge(&edges);
    for (int step = 0; step < 200 && threshold > 0.0; step++) {
        search_at(arena, &edges, threshold, wanted, &found);
        if (found.count >= wanted || threshold <= least)
            break;
        /* Each round admits edges a quarter smaller; the last one all that were asked for. */
        threshold *= 0.75;
        if (threshold < least || step == 198)
            threshold = least;
        if (step == 60 && least == 0.0)
            threshold = 0.0;
        if (threshold == 0.0) {
            search_at(arena, &edges, 0.0, wanted, &found);
            break;
        }
    }
    return found;
}

size_t chi_net_largest_without(
    chi_arena *arena, const chi_net_matrix *debts, uint32_t from, uint32_t to)
{
    size_t n = debts->rows;
    chi_net_matrix edges = filter(arena, debts, 0.0);
    size_t write = 0;
    for (uint32_t row = 0; row < n; row++) {
        size_t first = edges.start[row], end = edges.start[row + 1];
        edges.start[row] = write;
        for (size_t k = first; k < end; k++) {
            if (row == from && edges.column[k] == to)
                continue;
            edges.column[write] = edges.column[k];
            edges.weight[write++] = edges.weight[k];
        }
    }
    edges.start[n] = write;
    uint32_t *component = chi_arena_alloc(arena, (n + 1) * sizeof *component);
    size_t components = chi_net_components(arena, &edges, component), largest = 0;
    size_t *size = chi_arena_alloc(arena, (components + 1) * sizeof *size);
    for (size_t i = 0; i < n; i++) {
        size[component[i]]++;
        largest = size[component[i]] > largest ? size[component[i]] : largest;
    }
    return largest;
}

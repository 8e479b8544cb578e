/* Matrices laid out for sweeps: order of rows, chunks, entries. */
#include "clear/net_slices.h"

#include "base/check.h"
#include "num/isa.h"

#include <string.h>

enum {
    WINDOW = 512,       /* rows sorted by length at a time */
    LENGTHS = 256,      /* longer rows of a window are sorted by comparing */
    WIDE_ENTRIES = 512, /* padding of a chunk that is borne in any case */
    WIDE_LENGTH_MIN = WIDE_ENTRIES / CHI_NET_LANES
};

#define KERNELS(isa)                                                                               \
    extern chi_net_sweep_fn chi_net_sweep_##isa;                                                   \
    extern chi_net_times_fn chi_net_times_##isa;                                                   \
    extern chi_net_inside_fn chi_net_inside_##isa;                                                 \
    extern chi_net_sums_fn chi_net_sums_##isa;                                                     \
    extern chi_net_scale_fn chi_net_scale_##isa;                                                   \
    extern chi_net_slack_fn chi_net_slack_##isa;                                                   \
    extern chi_net_start_fn chi_net_start_##isa;                                                   \
    extern chi_net_narrow_fn chi_net_narrow_##isa;                                                 \
    extern chi_net_pick_fn chi_net_pick_##isa;                                                     \
    extern chi_net_lay_fn chi_net_lay_##isa;                                                       \
    static const chi_net_kernels kernels_##isa = {chi_net_sweep_##isa, chi_net_times_##isa,        \
        chi_net_inside_##isa, chi_net_sums_##isa, chi_net_scale_##isa, chi_net_slack_##isa,        \
        chi_net_start_##isa, chi_net_narrow_##isa, chi_net_pick_##isa, chi_net_lay_##isa};
CHI_ISA_COPIES(KERNELS)

chi_net_kernels chi_net_kernels_for(int isa)
{
    return CHI_ISA_CHOOSE(isa, kernels);
}

static void make_row_room(chi_arena *arena, chi_net_slices *s, size_t rows, size_t entries)
{
    size_t chunks = rows / CHI_NET_LANES + rows / WINDOW + entries / WIDE_LENGTH_MIN + 3;
    if (rows > s->rows_room || !s->at) {
        s->at = chi_arena_room(arena, (rows + 1) * sizeof *s->at);
        s->order = chi_arena_room(arena, (rows + 1) * sizeof *s->order);
        s->rows_room = rows;
    }
    if (chunks > s->chunks_room) {
        s->start = chi_arena_room(arena, (chunks + 1) * sizeof *s->start);
        s->wide = chi_arena_room(arena, chunks);
        s->row = chi_arena_room(arena, CHI_NET_LANES * chunks * sizeof *s->row);
        s->chunks_room = chunks;
    }
}

static void make_step_room(chi_arena *arena, chi_net_slices *s)
{
    if (s->steps <= s->steps_room && s->column)
        return;
    size_t lanes = (s->steps + 1) * CHI_NET_LANES;
    s->column = chi_arena_room(arena, lanes * sizeof *s->column);
    s->weight = chi_arena_room(arena, lanes * sizeof *s->weight);
    s->steps_room = s->steps;
}

/* Rows first .. end - 1 by falling length into order[]; equal ones keep their order. */
static void sort_window(uint32_t *order, const size_t *start, size_t first, size_t end)
{
    uint32_t count[LENGTHS + 1] = {0};
    for (size_t r = first; r < end; r++) {
        size_t length = start[r + 1] - start[r];
        count[LENGTHS - (length < LENGTHS ? length : LENGTHS - 1)]++;
    }
    for (size_t k = 1; k <= LENGTHS; k++)
        count[k] += count[k - 1];
    size_t longest = count[1];
    for (size_t r = first; r < end; r++) {
        size_t length = start[r + 1] - start[r];
        size_t key = LENGTHS - (length < LENGTHS ? length : LENGTHS - 1);
        order[first + count[key - 1]++] = (uint32_t)r;
    }
    for (size_t a = first + 1; a < first + longest; a++) {
        uint32_t keep = order[a];
        size_t length = start[keep + 1] - start[keep], to = a;
        for (; to > first && start[order[to - 1] + 1] - start[order[to - 1]] < length; to--)
            order[to] = order[to - 1];
        order[to] = keep;
    }
}

/* How many of the rows from `at` on share the next chunk, and its steps. */
static size_t plan_chunk(
    const chi_net_slices *s, const size_t *start, size_t at, size_t *steps, bool *wide)
{
    size_t longest = 0, where = 0, sum = 0;
    size_t count = s->rows - at < CHI_NET_LANES ? s->rows - at : CHI_NET_LANES;
    for (size_t l = 0; l < count; l++) {
        uint32_t row = s->order[at + l];
        size_t length = start[row + 1] - start[row];
        where = length > longest ? l : where;
        longest = length > longest ? length : longest;
        sum += length;
    }
    *wide = CHI_NET_LANES * longest > 2 * sum + WIDE_ENTRIES;
    *steps = longest;
    if (!*wide)
        return count;
    if (where == 0) {
        *steps = (longest + CHI_NET_LANES - 1) / CHI_NET_LANES;
        return 1;
    }
    /* A new window begins within these eight: what is left of the old one makes a chunk. */
    *wide = false;
    *steps = 0;
    for (size_t l = 0; l < where; l++) {
        uint32_t row = s->order[at + l];
        size_t length = start[row + 1] - start[row];
        *steps = length > *steps ? length : *steps;
    }
    return where;
}

void chi_net_order_rows(size_t rows, const size_t *start, uint32_t *order)
{
    for (size_t first = 0; first < rows; first += WINDOW)
        sort_window(order, start, first, first + WINDOW < rows ? first + WINDOW : rows);
}

static void plan(chi_net_slices *s, const size_t *start)
{
    chi_net_order_rows(s->rows, start, s->order);
    s->chunks = s->steps = 0;
    for (size_t at = 0; at < s->rows;) {
        CHI_ASSERT(s->chunks < s->chunks_room);
        size_t steps;
        bool wide;
        size_t count = plan_chunk(s, start, at, &steps, &wide);
        s->start[s->chunks] = s->steps;
        s->wide[s->chunks] = wide;
        uint32_t *row = &s->row[CHI_NET_LANES * s->chunks];
        for (size_t l = 0; l < CHI_NET_LANES; l++) {
            row[l] = l < count ? s->order[at + l] : UINT32_MAX;
            if (l < count)
                s->at[row[l]] = (uint32_t)(CHI_NET_LANES * s->chunks + l);
        }
        s->steps += steps;
        s->chunks++;
        at += count;
    }
    s->start[s->chunks] = s->steps;
    s->positions = CHI_NET_LANES * s->chunks;
}

/* The one row of a wide chunk, over all lanes in turn. */
static void fill_wide(chi_net_slices *s, size_t chunk, const size_t *start, const uint32_t *column,
    const double *weight)
{
    size_t to = CHI_NET_LANES * s->start[chunk], end = CHI_NET_LANES * s->start[chunk + 1];
    uint32_t row = s->row[CHI_NET_LANES * chunk];
    for (size_t k = start[row]; k < start[row + 1]; k++, to++) {
        s->column[to] = s->columns_stay ? column[k] : s->at[column[k]];
        s->weight[to] = weight[k];
    }
    for (; to < end; to++) {
        s->column[to] = s->columns_stay ? 0 : (uint32_t)(CHI_NET_LANES * chunk);
        s->weight[to] = 0.0;
    }
}

void chi_net_slices_fill(chi_arena *arena, chi_net_slices *s, size_t rows, const size_t *start,
    const uint32_t *column, const double *weight)
{
    CHI_ASSERT(rows < INT32_MAX / 4);
    make_row_room(arena, s, rows, start[rows]);
    s->kernels = chi_net_kernels_for((int)chi_isa_best());
    s->rows = rows;
    plan(s, start);
    make_step_room(arena, s);
    s->kernels.lay(s, start, column, weight);
    for (size_t c = 0; c < s->chunks; c++) {
        if (s->wide[c])
            fill_wide(s, c, start, column, weight);
    }
}

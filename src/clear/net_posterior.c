/* Bayesian reconstruction: the Gibbs sampler of Gandy and Veraart (2017) on networks with given
 * totals, prior: an entry is zero with probability 1 - p, else exponential.
 *
 * A move picks a circle of k rows and columns and shifts one amount around it: added at (r_m, c_m),
 * taken at (r_m, c_m+1), which leaves every total as it is. Given all else, the shift lies at one
 * end of its range, where a cell vanishes, or anywhere between: with one rate for all cells their
 * sum does not change, so the law between is uniform and its weight is its length times p * rate
 * against 1 - p for either end. Where several cells would vanish at once, the end with the most
 * zeros has all the mass, because the other outcomes are of a lower dimension. */
#include "clear/net_reconstruct.h"

#include "base/check.h"
#include "clear/net_threads.h"
#include "num/philox.h"

#include <math.h>
#include <string.h>

enum { CHAINS = 8, BATCHES = 8, CIRCLE_MAX = 24 };

/* Words of one chain's luck, a block at a time. */
typedef struct luck {
    uint64_t seed, block;
    uint32_t stream, used;
    chi_philox_block words;
} luck;

static uint32_t luck_word(luck *l)
{
    if (l->used == 4) {
        l->words = chi_philox(l->seed, l->block++, 0, l->stream);
        l->used = 0;
    }
    return l->words.word[l->used++];
}

static uint32_t luck_below(luck *l, uint32_t bound)
{
    return (uint32_t)(((uint64_t)luck_word(l) * bound) >> 32);
}

static double luck_uniform(luck *l)
{
    uint64_t high = luck_word(l), low = luck_word(l);
    return ((double)((high << 32 | low) >> 12) + 0.5) * 0x1p-52;
}

typedef struct chain {
    const chi_net_posterior_input *in;
    size_t n;
    double *cell, tiny;
    uint32_t *rows, *columns; /* permutations, shuffled in part by each move */
    luck luck;
    double *sums; /* BATCHES * 3 * n * n: amount, link, square */
    size_t *table;
    double links;
    size_t samples; /* of this chain */
} chain;

static void shuffle_front(luck *l, uint32_t *items, uint32_t count, uint32_t front)
{
    for (uint32_t k = 0; k < front; k++) {
        uint32_t other = k + luck_below(l, count - k);
        uint32_t keep = items[k];
        items[k] = items[other];
        items[other] = keep;
    }
}

/* Length of the circle: k with probability 2^-(k-1), at most the number of firms. */
static uint32_t circle_length(chain *c)
{
    uint32_t most = c->n < CIRCLE_MAX ? (uint32_t)c->n : CIRCLE_MAX;
    uint32_t k = 2, bits = luck_word(&c->luck);
    while (k < most && (bits & 1)) {
        bits >>= 1;
        k++;
    }
    return k;
}

/* The range of the shift, and how many cells vanish at each end. */
typedef struct range {
    double down, up;
    uint32_t zeros_down, zeros_up;
} range;

static void take_end(double amount, double tiny, double *least, uint32_t *zeros)
{
    if (amount < *least - tiny) {
        *least = amount;
        *zeros = 1;
    } else if (amount <= *least + tiny) {
        *least = amount < *least ? amount : *least;
        (*zeros)++;
    }
}

static double *cell_at(const chain *c, uint32_t row, uint32_t column)
{
    return &c->cell[row * c->n + column];
}

static double draw_shift(chain *c, const range *r)
{
    double length = r->down + r->up;
    if (length <= c->tiny)
        return 0.0;
    if (r->zeros_down > 1 || r->zeros_up > 1) {
        if (r->zeros_down != r->zeros_up)
            return r->zeros_down > r->zeros_up ? -r->down : r->up;
        return luck_uniform(&c->luck) < 0.5 ? -r->down : r->up;
    }
    double end = 1.0 - c->in->probability;
    double inside = c->in->probability * c->in->rate * length;
    double u = luck_uniform(&c->luck) * (2.0 * end + inside);
    if (u < end)
        return -r->down;
    if (u < 2.0 * end)
        return r->up;
    return -r->down + luck_uniform(&c->luck) * length;
}

static void apply_shift(chain *c, uint32_t k, double shift)
{
    for (uint32_t m = 0; m < k; m++) {
        double *plus = cell_at(c, c->rows[m], c->columns[m]);
        double *minus = cell_at(c, c->rows[m], c->columns[m + 1 < k ? m + 1 : 0]);
        *plus = *plus + shift > c->tiny ? *plus + shift : 0.0;
        *minus = *minus - shift > c->tiny ? *minus - shift : 0.0;
    }
}

static void move(chain *c)
{
    uint32_t k = circle_length(c);
    shuffle_front(&c->luck, c->rows, (uint32_t)c->n, k);
    shuffle_front(&c->luck, c->columns, (uint32_t)c->n, k);
    range r = {(double)INFINITY, (double)INFINITY, 0, 0};
    for (uint32_t m = 0; m < k; m++) {
        uint32_t row = c->rows[m], next = c->columns[m + 1 < k ? m + 1 : 0];
        if (row == c->columns[m] || row == next)
            return; /* nobody lends to itself */
        take_end(*cell_at(c, row, c->columns[m]), c->tiny, &r.down, &r.zeros_down);
        take_end(*cell_at(c, row, next), c->tiny, &r.up, &r.zeros_up);
    }
    double shift = draw_shift(c, &r);
    if (shift != 0.0)
        apply_shift(c, k, shift);
}

static void record(chain *c, double *sums)
{
    size_t cells = c->n * c->n, links = 0;
    for (size_t k = 0; k < cells; k++) {
        double amount = c->cell[k];
        sums[k] += amount;
        sums[cells + k] += amount > 0.0;
        sums[2 * cells + k] += amount * amount;
        links += amount > 0.0;
    }
    c->table[links]++;
    c->links += (double)links;
}

static void run_chain(void *context, size_t thread, size_t number)
{
    (void)thread;
    chain *c = (chain *)context + number;
    size_t moves = c->in->thin * c->n, cells = c->n * c->n;
    for (size_t burn = 0; burn < moves * (c->samples / 10 + 10); burn++)
        move(c);
    for (size_t s = 0; s < c->samples; s++) {
        for (size_t m = 0; m < moves; m++)
            move(c);
        record(c, c->sums + s * BATCHES / c->samples * 3 * cells);
    }
}

/* Totals moved by parts in ten million, alike on both sides in all. Round numbers have sub-totals
 * that match exactly, and a prior with a density gives those splits all the mass; real totals are
 * rounded, so we sample the law of totals near them, which has none of that. */
static void blur_totals(chi_arena *arena, chi_net_posterior_input *in)
{
    size_t n = in->totals.firms;
    luck l = {in->seed, 0, 0xb1a5u, 4, {{0}}};
    double *lent = chi_arena_alloc(arena, (n + 1) * sizeof *lent);
    double *borrowed = chi_arena_alloc(arena, (n + 1) * sizeof *borrowed);
    double sums[2] = {0.0, 0.0}, all = 0.0;
    for (size_t i = 0; i < n; i++)
        all += in->totals.lent[i];
    for (size_t i = 0; i < n; i++) {
        if (in->totals.lent[i] + in->totals.borrowed[i] > all * (1.0 - 1e-5))
            return; /* that firm is party to nearly everything; there is hardly anything to sample
                     */
        lent[i] = in->totals.lent[i] * (1.0 + 2e-7 * (luck_uniform(&l) - 0.5));
        borrowed[i] = in->totals.borrowed[i] * (1.0 + 2e-7 * (luck_uniform(&l) - 0.5));
        sums[0] += lent[i];
        sums[1] += borrowed[i];
    }
    for (size_t i = 0; i < n && sums[1] > 0.0; i++)
        borrowed[i] *= sums[0] / sums[1];
    in->totals.lent = lent;
    in->totals.borrowed = borrowed;
}

/* Maximum entropy is the start: no cell of it vanishes. */
static void fill_start(chi_arena *arena, chain *c)
{
    uint32_t hub;
    const chi_net_totals *totals = &c->in->totals;
    chi_net_entropy e = chi_net_maximum_entropy(arena, totals, &hub);
    double largest = 0.0;
    for (size_t i = 0; i < c->n; i++) {
        for (size_t j = 0; j < c->n; j++) {
            double amount = i == j              ? 0.0
                            : hub == UINT32_MAX ? e.row ? e.row[i] * e.column[j] : 0.0
                            : j == hub          ? totals->lent[i]
                            : i == hub          ? totals->borrowed[j]
                                                : 0.0;
            c->cell[i * c->n + j] = amount;
            largest = amount > largest ? amount : largest;
        }
    }
    c->tiny = 1e-11 * largest;
}

static void start_chain(
    chi_arena *arena, chain *c, const chi_net_posterior_input *in, uint32_t number)
{
    size_t n = in->totals.firms, cells = n * n;
    *c = (chain){.in = in, .n = n, .luck = {in->seed, 0, number, 4, {{0}}}};
    c->samples = (in->samples + CHAINS - 1) / CHAINS;
    c->samples = c->samples < BATCHES ? BATCHES : c->samples;
    c->cell = chi_arena_alloc(arena, (cells + 1) * sizeof(double));
    c->sums = chi_arena_alloc(arena, BATCHES * 3 * (cells + 1) * sizeof(double));
    c->table = chi_arena_alloc(arena, (cells + 2) * sizeof(size_t));
    c->rows = chi_arena_alloc(arena, (n + 1) * sizeof(uint32_t));
    c->columns = chi_arena_alloc(arena, (n + 1) * sizeof(uint32_t));
    fill_start(arena, c);
    for (uint32_t i = 0; i < n; i++)
        c->rows[i] = c->columns[i] = i;
}

/* Mean and standard error of one quantity of one cell over all batches of all chains. */
static void summarise(const chain *chains, size_t at, double *mean, double *error)
{
    size_t cells = chains[0].n * chains[0].n, count = CHAINS * BATCHES;
    double sum = 0.0, squares = 0.0;
    double size = (double)chains[0].samples / BATCHES;
    for (size_t k = 0; k < count; k++) {
        const double *sums = chains[k / BATCHES].sums + k % BATCHES * 3 * cells;
        sum += sums[at] / size;
    }
    *mean = sum / (double)count;
    for (size_t k = 0; k < count; k++) {
        const double *sums = chains[k / BATCHES].sums + k % BATCHES * 3 * cells;
        double gap = sums[at] / size - *mean;
        squares += gap * gap;
    }
    *error = sqrt(squares / (double)(count * (count - 1)));
}

chi_net_posterior chi_net_posterior_sample(chi_arena *arena, const chi_net_posterior_input *input)
{
    chi_net_posterior_input blurred = *input, *in = &blurred;
    size_t n = in->totals.firms, cells = n * n;
    CHI_ASSERT(n >= 2 && in->probability > 0.0 && in->rate > 0.0);
    blur_totals(arena, in);
    chain *chains = chi_arena_alloc(arena, CHAINS * sizeof *chains);
    for (uint32_t k = 0; k < CHAINS; k++) {
        start_chain(arena, &chains[k], in, k);
        chains[k].samples -= chains[k].samples % BATCHES;
    }
    chi_net_parallel(chi_net_threads(in->threads, CHAINS), CHAINS, run_chain, chains);
    chi_net_posterior p = {.samples = CHAINS * chains[0].samples};
    double **fields[6] = {&p.amount, &p.amount_se, &p.link, &p.link_se, &p.square, &p.square_se};
    for (size_t f = 0; f < 6; f++)
        *fields[f] = chi_arena_alloc(arena, (cells + 1) * sizeof(double));
    p.links_table = chi_arena_alloc(arena, (cells + 2) * sizeof(size_t));
    for (size_t k = 0; k < cells; k++) {
        for (size_t f = 0; f < 3; f++)
            summarise(chains, f * cells + k, &(*fields[2 * f])[k], &(*fields[2 * f + 1])[k]);
    }
    for (size_t k = 0; k < CHAINS; k++) {
        p.links += chains[k].links / (double)p.samples;
        for (size_t count = 0; count <= cells; count++)
            p.links_table[count] += chains[k].table[count];
    }
    return p;
}

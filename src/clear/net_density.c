/* Minimum density: groups whose totals match, and a tree of links in each. */
#include "clear/net_reconstruct.h"

#include "base/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDES_MAX = 20, GROUPS_MAX = 6000 };

/* --- a tree of links for one group ----------------------------------------------------------- */

/* A heap of firms, largest key on top, that knows where each firm is. */
typedef struct heap {
    const double *key, *other; /* a firm's rank is key + other (other may be NULL) */
    uint32_t *at, *place;
    size_t count;
} heap;

static double rank_of(const heap *h, uint32_t firm)
{
    return h->key[firm] + (h->other ? h->other[firm] : 0.0);
}

static void heap_put(heap *h, size_t place, uint32_t firm)
{
    h->at[place] = firm;
    h->place[firm] = (uint32_t)place;
}

/* Moves a firm down to where it belongs; ties go to the lower number. */
static void heap_sink(heap *h, uint32_t firm)
{
    size_t place = h->place[firm];
    for (;;) {
        size_t child = 2 * place + 1;
        if (child >= h->count)
            break;
        if (child + 1 < h->count && rank_of(h, h->at[child + 1]) > rank_of(h, h->at[child]))
            child++;
        if (rank_of(h, h->at[child]) <= rank_of(h, firm))
            break;
        heap_put(h, place, h->at[child]);
        place = child;
    }
    heap_put(h, place, firm);
}

static heap heap_make(chi_arena *arena, size_t firms, const double *key, const double *other)
{
    heap h = {.key = key, .other = other, .count = firms};
    h.at = chi_arena_alloc(arena, (firms + 1) * sizeof(uint32_t));
    h.place = chi_arena_alloc(arena, (firms + 1) * sizeof(uint32_t));
    for (uint32_t i = 0; i < firms; i++)
        heap_put(&h, i, i);
    for (size_t i = firms / 2; i-- > 0;)
        heap_sink(&h, h.at[i]);
    return h;
}

/* The top-ranked firm that is neither a nor b: it is among the top seven of the heap. */
static uint32_t heap_top_but(const heap *h, uint32_t a, uint32_t b)
{
    uint32_t best = UINT32_MAX;
    for (size_t place = 0; place < 7 && place < h->count; place++) {
        uint32_t firm = h->at[place];
        if (firm != a && firm != b && (best == UINT32_MAX || rank_of(h, firm) > rank_of(h, best)))
            best = firm;
    }
    return best;
}

static void add_link(chi_net_edges *links, uint32_t from, uint32_t to, double amount)
{
    links->from[links->count] = from;
    links->to[links->count] = to;
    links->amount[links->count++] = amount;
}

/* Firm `hub` is party to all that is left: everyone else deals with it and nobody else. */
static void link_hub(size_t firms, uint32_t hub, const double *lent, const double *borrowed,
    chi_net_edges *links, double least)
{
    for (uint32_t i = 0; i < firms; i++) {
        if (i == hub)
            continue;
        if (lent[i] > least)
            add_link(links, i, hub, lent[i]);
        if (borrowed[i] > least)
            add_link(links, hub, i, borrowed[i]);
    }
}

/* Pairs the largest lender with the largest borrower. A link uses up one of the two totals, unless
 * a third firm would then be party to more than is left: then the link stops there, that firm is
 * party to everything, and the rest follows with one link less. Hence at most rows + columns - 1.
 */
void chi_net_tree_links(chi_arena *arena, size_t firms, const double *lent_in,
    const double *borrowed_in, chi_net_edges *links)
{
    double *lent = chi_arena_alloc(arena, (firms + 1) * sizeof *lent);
    double *borrowed = chi_arena_alloc(arena, (firms + 1) * sizeof *borrowed);
    memcpy(lent, lent_in, firms * sizeof *lent);
    memcpy(borrowed, borrowed_in, firms * sizeof *borrowed);
    heap lenders = heap_make(arena, firms, lent, NULL);
    heap borrowers = heap_make(arena, firms, borrowed, NULL);
    heap both = heap_make(arena, firms, lent, borrowed);
    double left = 0.0;
    for (size_t i = 0; i < firms; i++)
        left += lent[i];
    double least = 1e-12 * left;
    while (firms && lent[lenders.at[0]] > least && borrowed[borrowers.at[0]] > least) {
        uint32_t top = both.at[0];
        if (lent[top] + borrowed[top] >= left - least) {
            link_hub(firms, top, lent, borrowed, links, least);
            return;
        }
        uint32_t from = lenders.at[0], to = borrowers.at[0];
        if (from == to)
            to = heap_top_but(&borrowers, from, from);
        if (to == UINT32_MAX || borrowed[to] <= least)
            return;
        double amount = lent[from] < borrowed[to] ? lent[from] : borrowed[to];
        uint32_t third = heap_top_but(&both, from, to);
        double slack = third == UINT32_MAX ? left : left - lent[third] - borrowed[third];
        amount = amount < slack ? amount : slack;
        add_link(links, from, to, amount);
        lent[from] -= amount;
        borrowed[to] -= amount;
        left -= amount;
        heap_sink(&lenders, from);
        heap_sink(&borrowers, to);
        heap_sink(&both, from);
        heap_sink(&both, to);
    }
}

/* --- groups whose totals match --------------------------------------------------------------- */

/* Sides are rows and columns with a positive total; a set of sides is a bit mask. */
typedef struct sides {
    size_t count;
    uint32_t firm[SIDES_MAX];
    double amount[SIDES_MAX]; /* positive: lent; negative: borrowed */
} sides;

static sides find_sides(const chi_net_totals *totals)
{
    sides s = {0};
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < totals->firms; i++) {
            double amount = pass == 0 ? totals->lent[i] : -totals->borrowed[i];
            if (amount == 0.0)
                continue;
            if (s.count < SIDES_MAX) {
                s.firm[s.count] = (uint32_t)i;
                s.amount[s.count] = amount;
            }
            s.count++;
        }
    }
    return s;
}

/* Whether the totals of a set match, and nobody in it is party to more than there is. */
static bool is_group(const sides *s, uint32_t set, double tolerance)
{
    double sum = 0.0, lent = 0.0;
    for (size_t k = 0; k < s->count; k++) {
        if (set >> k & 1) {
            sum += s->amount[k];
            lent += s->amount[k] > 0.0 ? s->amount[k] : 0.0;
        }
    }
    if (fabs(sum) > tolerance)
        return false;
    for (size_t k = 0; k < s->count; k++) {
        for (size_t m = k + 1; m < s->count; m++) {
            bool same = (set >> k & 1) && (set >> m & 1) && s->firm[k] == s->firm[m];
            if (same && s->amount[k] - s->amount[m] > lent + tolerance)
                return false;
        }
    }
    return true;
}

/* All groups, small sets of sides first by number. Zero if there are too many to search. */
static size_t find_groups(const sides *s, double tolerance, uint32_t *groups)
{
    uint32_t all = (uint32_t)((1u << s->count) - 1);
    size_t count = 0;
    for (uint32_t set = 1; set <= all; set++) {
        double total = 0.0;
        for (uint32_t rest = set; rest; rest &= rest - 1)
            total += s->amount[__builtin_ctz(rest)];
        if (fabs(total) > tolerance || !is_group(s, set, tolerance))
            continue;
        if (count == GROUPS_MAX)
            return 0;
        groups[count++] = set;
    }
    return count;
}

/* The most groups a set can be split into, by building up unions of groups: best[g] is for
 * groups[g], last[g] the group split off last. Groups rise, and a part is below its union. */
static void split_groups(const uint32_t *groups, size_t count, uint32_t *best, uint32_t *last)
{
    for (size_t g = 0; g < count; g++) {
        best[g] = 1;
        last[g] = (uint32_t)g;
        for (size_t part = 0; part < g; part++) {
            if ((groups[part] & groups[g]) != groups[part])
                continue;
            uint32_t rest = groups[g] & ~groups[part];
            /* The rest is a group too if its members allow it; find it by bisection. */
            size_t low = 0, high = g;
            while (low < high) {
                size_t middle = (low + high) / 2;
                if (groups[middle] < rest)
                    low = middle + 1;
                else
                    high = middle;
            }
            if (low < g && groups[low] == rest && best[low] + best[part] > best[g] &&
                best[part] == 1) {
                best[g] = best[low] + 1;
                last[g] = (uint32_t)part;
            }
        }
    }
}

static size_t index_of(const uint32_t *groups, size_t count, uint32_t set)
{
    for (size_t g = 0; g < count; g++) {
        if (groups[g] == set)
            return g;
    }
    CHI_NEVER("a part of a split is not among the groups");
}

/* Links of the sides in one set. */
static void link_set(
    chi_arena *arena, const sides *s, uint32_t set, size_t firms, chi_net_edges *links)
{
    double *lent = chi_arena_alloc(arena, (firms + 1) * sizeof *lent);
    double *borrowed = chi_arena_alloc(arena, (firms + 1) * sizeof *borrowed);
    for (size_t k = 0; k < s->count; k++) {
        if (!(set >> k & 1))
            continue;
        if (s->amount[k] > 0.0)
            lent[s->firm[k]] = s->amount[k];
        else
            borrowed[s->firm[k]] = -s->amount[k];
    }
    chi_net_tree_links(arena, firms, lent, borrowed, links);
}

/* The complete search; false if there are too many sides or groups for it. */
static bool search(
    chi_arena *arena, const chi_net_totals *totals, const sides *s, chi_net_edges *links)
{
    if (s->count > SIDES_MAX || s->count == 0)
        return s->count == 0;
    double largest = 0.0;
    for (size_t k = 0; k < s->count; k++)
        largest = fabs(s->amount[k]) > largest ? fabs(s->amount[k]) : largest;
    uint32_t *groups = chi_arena_alloc(arena, GROUPS_MAX * sizeof *groups);
    size_t count = find_groups(s, 1e-9 * largest, groups);
    if (count == 0)
        return false;
    uint32_t *best = chi_arena_alloc(arena, count * sizeof *best);
    uint32_t *last = chi_arena_alloc(arena, count * sizeof *last);
    split_groups(groups, count, best, last);
    size_t at = count - 1;
    while (best[at] > 1) {
        uint32_t part = groups[last[at]];
        link_set(arena, s, part, totals->firms, links);
        at = index_of(groups, count, groups[at] & ~part);
    }
    link_set(arena, s, groups[at], totals->firms, links);
    return true;
}

/* --- a bound without a search ---------------------------------------------------------------- */

static int falling(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x > y ? -1 : x < y;
}

/* The totals that are not 0, the largest first. */
static size_t sort_totals(const double *totals, size_t firms, double *sorted)
{
    size_t count = 0;
    for (size_t i = 0; i < firms; i++)
        if (totals[i] != 0.0)
            sorted[count++] = totals[i];
    qsort(sorted, count, sizeof *sorted, falling);
    return count;
}

/* Links that the totals of one side demand. A link carries at most the other side's total, so each
 * needs as many as the largest of those take to reach it. */
static size_t count_demand(
    const double *one, size_t ones, const double *two, size_t twos, double slack)
{
    size_t links = 0, most = 0;
    double sum = 0.0;
    for (size_t i = ones; i-- > 0;) { /* the smallest first: what it takes only grows */
        while (most < twos && (most == 0 || sum < one[i] - slack))
            sum += two[most++];
        links += most;
    }
    return links;
}

/* The most pairs of a total of each side that are equal: both lists fall. */
static size_t count_pairs(
    const double *one, size_t ones, const double *two, size_t twos, double slack)
{
    size_t pairs = 0;
    for (size_t i = 0, j = 0; i < ones && j < twos;) {
        bool equal = fabs(one[i] - two[j]) <= slack;
        bool first = equal || one[i] > two[j], second = equal || one[i] <= two[j];
        pairs += equal;
        i += first;
        j += second;
    }
    return pairs;
}

/* A network is a set of connected groups whose totals match; a group of s sides has at least s - 1
 * links. Groups of two sides are pairs of equal totals; all others have three sides at least. So
 * with p pairs there are at most p + (sides - 2 p) / 3 groups. */
size_t chi_net_bound_links(chi_arena *arena, const chi_net_totals *totals)
{
    size_t n = totals->firms;
    double *lent = chi_arena_alloc(arena, (n + 1) * sizeof *lent);
    double *borrowed = chi_arena_alloc(arena, (n + 1) * sizeof *borrowed);
    size_t rows = sort_totals(totals->lent, n, lent);
    size_t columns = sort_totals(totals->borrowed, n, borrowed);
    if (rows == 0 || columns == 0)
        return 0;
    /* Totals that differ by less are taken to match, as in the search. */
    double slack = 1e-9 * fmax(lent[0], borrowed[0]);
    size_t all = rows + columns;
    size_t pairs = count_pairs(lent, rows, borrowed, columns, slack);
    size_t by_groups = all - (all + pairs) / 3;
    size_t by_rows = count_demand(lent, rows, borrowed, columns, slack);
    size_t by_columns = count_demand(borrowed, columns, lent, rows, slack);
    size_t most = by_rows > by_columns ? by_rows : by_columns;
    return most > by_groups ? most : by_groups;
}

chi_net_sparse chi_net_minimum_density(chi_arena *arena, const chi_net_totals *totals)
{
    size_t n = totals->firms;
    chi_net_sparse sparse = {0};
    sides s = find_sides(totals);
    sparse.generic = s.count ? s.count - 1 : 0;
    size_t room = 2 * n + 2;
    sparse.links.from = chi_arena_alloc(arena, room * sizeof(uint32_t));
    sparse.links.to = chi_arena_alloc(arena, room * sizeof(uint32_t));
    sparse.links.amount = chi_arena_alloc(arena, room * sizeof(double));
    sparse.proven = search(arena, totals, &s, &sparse.links);
    if (!sparse.proven)
        chi_net_tree_links(arena, n, totals->lent, totals->borrowed, &sparse.links);
    size_t bound = sparse.proven ? sparse.links.count : chi_net_bound_links(arena, totals);
    sparse.lower_bound = bound < sparse.links.count ? bound : sparse.links.count;
    sparse.proven = sparse.lower_bound == sparse.links.count;
    return sparse;
}

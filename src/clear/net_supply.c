/* Supply chains: the network made ready, and one scenario step by step on what it touches. */
#include "clear/net_supply.h"

#include "base/check.h"
#include "clear/contagion.lane.h"

#include <string.h>

/* Losses are wide when more than one firm in so many has moved. */
enum { WIDE_SHARE = 12 };

/* --- building ------------------------------------------------------------------------------- */

typedef struct builder {
    const chi_net_supply_input *in;
    const chi_net_matrix *sellers;
    double *purchases;   /* per customer, all sectors */
    double *from_sector; /* per sector, of the customer at hand; zero between customers */
} builder;

/* A customer's suppliers in order of sector, then of number, into the net's groups. */
static void group_customer(chi_net_supply *net, builder *b, uint32_t *order, uint32_t customer)
{
    const chi_net_matrix *sellers = b->sellers;
    size_t from = sellers->start[customer], end = sellers->start[customer + 1], count = 0;
    uint32_t home = b->in->sector[customer];
    for (size_t k = from; k < end; k++) {
        uint32_t sector = b->in->sector[sellers->column[k]];
        b->from_sector[sector] += sellers->weight[k];
        order[count++] = (uint32_t)(k - from);
    }
    /* Insertion by sector keeps suppliers in rising order; rows are short. */
    for (size_t a = 1; a < count; a++) {
        uint32_t keep = order[a], sector = b->in->sector[sellers->column[from + keep]];
        size_t at = a;
        for (; at > 0 && b->in->sector[sellers->column[from + order[at - 1]]] > sector; at--)
            order[at] = order[at - 1];
        order[at] = keep;
    }
    uint32_t group_sector = UINT32_MAX;
    double ratio = b->in->costs && b->in->costs[customer] > 0.0
                       ? b->purchases[customer] / b->in->costs[customer]
                       : 1.0;
    for (size_t a = 0; a < count; a++) {
        size_t k = from + order[a];
        uint32_t sector = b->in->sector[sellers->column[k]];
        uint8_t use = b->in->essential[sector * b->in->sectors + home];
        if (use == 0)
            continue;
        double base = use == 2 ? b->from_sector[sector] : b->purchases[customer];
        double share = sellers->weight[k] / base * ratio;
        if (use == 1) {
            net->others.column[net->others.entries] = sellers->column[k];
            net->others.weight[net->others.entries++] = share;
            continue;
        }
        if (sector != group_sector) {
            group_sector = sector;
            net->first_edge[net->groups++] = net->edges;
        }
        net->supplier[net->edges] = sellers->column[k];
        net->down[net->edges++] = share;
    }
    for (size_t k = from; k < end; k++)
        b->from_sector[b->in->sector[sellers->column[k]]] = 0.0;
}

static void build_groups(
    chi_arena *arena, chi_net_supply *net, const chi_net_supply_input *in, double *purchases)
{
    size_t n = in->firms, edges = net->sellers.entries, longest = 0;
    net->first_group = chi_arena_alloc(arena, (n + 1) * sizeof(size_t));
    net->first_edge = chi_arena_alloc(arena, (edges + 1) * sizeof(size_t));
    net->others = (chi_net_matrix){.rows = n, .columns = n};
    net->others.start = chi_arena_alloc(arena, (n + 1) * sizeof(size_t));
    net->others.column = chi_arena_alloc(arena, (edges + 1) * sizeof(uint32_t));
    net->others.weight = chi_arena_alloc(arena, (edges + 1) * sizeof(double));
    net->supplier = chi_arena_alloc(arena, (edges + 1) * sizeof(uint32_t));
    net->down = chi_arena_alloc(arena, (edges + 1) * sizeof(double));
    for (size_t j = 0; j < n; j++) {
        size_t length = net->sellers.start[j + 1] - net->sellers.start[j];
        longest = length > longest ? length : longest;
    }
    builder b = {.in = in, .sellers = &net->sellers, .purchases = purchases};
    b.from_sector = chi_arena_alloc(arena, (in->sectors + 1) * sizeof(double));
    uint32_t *order = chi_arena_alloc(arena, (longest + 1) * sizeof *order);
    for (uint32_t j = 0; j < n; j++) {
        net->first_group[j] = net->groups;
        group_customer(net, &b, order, j);
        net->others.start[j + 1] = net->others.entries;
    }
    net->first_group[n] = net->groups;
    net->first_edge[net->groups] = net->edges;
}

static void lay_out(chi_arena *arena, const chi_net_matrix *m, chi_net_slices *slices)
{
    slices->columns_stay = true;
    chi_net_slices_fill(arena, slices, m->rows, m->start, m->column, m->weight);
}

chi_net_supply chi_net_supply_build(chi_arena *arena, const chi_net_supply_input *in)
{
    size_t n = in->firms;
    chi_net_supply net = {.firms = n, .sectors = in->sectors, .replaceable = in->replaceable};
    net.sellers = chi_net_matrix_build(
        arena, n, n, in->edges.count, in->edges.to, in->edges.from, in->edges.amount);
    net.buyers = chi_net_matrix_transpose(arena, &net.sellers);
    net.up = net.buyers;
    net.up.weight = chi_arena_alloc(arena, (net.up.entries + 1) * sizeof(double));
    net.sector = chi_arena_alloc(arena, (n + 1) * sizeof(uint32_t));
    memcpy(net.sector, in->sector, n * sizeof(uint32_t));
    net.sales = chi_arena_alloc(arena, (n + 1) * sizeof(double));
    double *purchases = chi_arena_alloc(arena, (n + 1) * sizeof(double));
    for (size_t i = 0; i < n; i++) {
        net.sales[i] = chi_net_row_sum(&net.buyers, i);
        purchases[i] = chi_net_row_sum(&net.sellers, i);
        net.total_sales += net.sales[i];
        double base = in->revenue && in->revenue[i] > 0.0 ? in->revenue[i] : net.sales[i];
        net.leaky += base > net.sales[i];
        for (size_t k = net.up.start[i]; k < net.up.start[i + 1]; k++)
            net.up.weight[k] = net.buyers.weight[k] / base;
    }
    build_groups(arena, &net, in, purchases);
    lay_out(arena, &net.others, &net.others_slices);
    lay_out(arena, &net.up, &net.up_slices);
    return net;
}

/* --- one scenario ---------------------------------------------------------------------------- */

chi_net_supply_state chi_net_supply_state_new(chi_arena *arena, const chi_net_supply *net)
{
    size_t n = net->firms + 1;
    chi_net_supply_state s = {.net = net};
    s.lost_down = chi_arena_alloc(arena, n * sizeof(double));
    s.lost_up = chi_arena_alloc(arena, n * sizeof(double));
    s.missing = chi_arena_alloc(arena, n * sizeof(double));
    s.fresh = chi_arena_alloc(arena, n * sizeof(double));
    s.shock = chi_arena_alloc(arena, n * sizeof(double));
    s.sector_lost = chi_arena_alloc(arena, (net->sectors + 1) * sizeof(double));
    s.sector_sales = chi_arena_alloc(arena, (net->sectors + 1) * sizeof(double));
    s.sector_alive = chi_arena_alloc(arena, (net->sectors + 1) * sizeof(uint32_t));
    s.sector_firms = chi_arena_alloc(arena, (net->sectors + 1) * sizeof(uint32_t));
    s.sector_moved = chi_arena_alloc(arena, net->sectors + 1);
    s.queued = chi_arena_alloc(arena, n);
    s.touched = chi_arena_alloc(arena, n);
    s.list = chi_arena_alloc(arena, n * sizeof(uint32_t));
    s.all = chi_arena_alloc(arena, n * sizeof(uint32_t));
    size_t up = net->up_slices.positions, others = net->others_slices.positions;
    s.zeros = chi_arena_alloc(arena, ((up > others ? up : others) + 1) * sizeof(double));
    s.product = chi_arena_alloc(arena, ((up > others ? up : others) + 1) * sizeof(double));
    s.moved_down = chi_arena_alloc(arena, n * sizeof(uint32_t));
    s.moved_up = chi_arena_alloc(arena, n * sizeof(uint32_t));
    for (size_t i = 0; i < net->firms; i++) {
        s.sector_sales[net->sector[i]] += net->sales[i];
        s.sector_firms[net->sector[i]] += net->sales[i] > 0.0;
    }
    memcpy(s.sector_alive, s.sector_firms, net->sectors * sizeof(uint32_t));
    return s;
}

static void touch(chi_net_supply_state *s, uint32_t firm)
{
    if (!s->touched[firm]) {
        s->touched[firm] = 1;
        s->all[s->all_count++] = firm;
    }
}

/* Output of the firm downward is now 1 - lost; keeps the sector's total. */
static void set_down(chi_net_supply_state *s, uint32_t firm, double lost)
{
    uint32_t sector = s->net->sector[firm];
    double sales = s->net->sales[firm];
    s->sector_lost[sector] += sales * (lost - s->lost_down[firm]);
    if (sales > 0.0 && lost >= 1.0 && s->lost_down[firm] < 1.0)
        s->sector_alive[sector]--;
    s->sector_moved[sector] = 1;
    s->lost_down[firm] = lost;
    touch(s, firm);
}

/* What customers miss of a firm: its lost output, less what others of its sector can replace. */
static double missing_of(const chi_net_supply_state *s, uint32_t firm)
{
    double lost = s->lost_down[firm];
    if (!s->net->replaceable || lost == 0.0)
        return lost;
    uint32_t sector = s->net->sector[firm];
    double left = s->sector_sales[sector] - s->sector_lost[sector];
    /* As published: a sector without output divides by 1. */
    double base = s->sector_alive[sector] ? left : 1.0;
    double sales = s->net->sales[firm];
    double share = sales < base ? sales / base : 1.0;
    return share * lost;
}

/* Once many have moved all firms count as touched, so that sums over them have one order whatever
 * comes next. */
static bool is_wide(chi_net_supply_state *s)
{
    size_t n = s->net->firms;
    if (WIDE_SHARE * s->moved_down_count <= n)
        return false;
    for (uint32_t i = 0; i < n && s->all_count < n; i++)
        touch(s, i);
    return true;
}

/* Firms whose missing output changed, of those touched, into moved_down. */
static void find_moved_down(chi_net_supply_state *s, const uint32_t *changed, size_t count)
{
    s->moved_down_count = 0;
    const uint32_t *look = s->net->replaceable ? s->all : changed;
    size_t look_count = s->net->replaceable ? s->all_count : count;
    for (size_t k = 0; k < look_count; k++) {
        uint32_t firm = look[k];
        if (s->net->replaceable && !s->sector_moved[s->net->sector[firm]])
            continue;
        double missing = missing_of(s, firm);
        if (missing != s->missing[firm]) {
            s->missing[firm] = missing;
            s->moved_down[s->moved_down_count++] = firm;
        }
    }
    for (size_t k = 0; k < look_count; k++)
        s->sector_moved[s->net->sector[look[k]]] = 0;
}

/* All that lie behind `moved` in `graph`, each once, into s->list. */
static size_t collect(
    chi_net_supply_state *s, const chi_net_matrix *graph, const uint32_t *moved, size_t count)
{
    size_t found = 0;
    if (2 * count > s->net->firms) {
        for (uint32_t i = 0; i < s->net->firms; i++)
            s->list[i] = i;
        return s->net->firms;
    }
    for (size_t m = 0; m < count; m++) {
        for (size_t k = graph->start[moved[m]]; k < graph->start[moved[m] + 1]; k++) {
            uint32_t firm = graph->column[k];
            if (!s->queued[firm]) {
                s->queued[firm] = 1;
                s->list[found++] = firm;
            }
        }
    }
    for (size_t k = 0; k < found; k++)
        s->queued[s->list[k]] = 0;
    return found;
}

/* All rows times x into s->product, at positions; the same sums as one row at a time. */
static void whole_product(
    chi_net_supply_state *s, const chi_net_matrix *m, const chi_net_slices *slices, const double *x)
{
    slices->kernels.times(slices, s->zeros, x, s->product);
    for (size_t c = 0; c < slices->chunks; c++) {
        size_t at = CHI_NET_LANES * c;
        if (slices->wide[c])
            s->product[at] = chi_net_row_times(m, slices->row[at], x);
    }
}

/* Share of output a customer loses for want of inputs: the worst essential group, or the sum of
 * the others. */
static double loss_of_inputs(const chi_net_supply_state *s, uint32_t firm, double sum)
{
    const chi_net_supply *net = s->net;
    double worst = 0.0;
    for (size_t g = net->first_group[firm], end = net->first_group[firm + 1]; g < end; g++) {
        double loss = 0.0;
        for (size_t k = net->first_edge[g]; k < net->first_edge[g + 1]; k++)
            loss += net->down[k] * s->missing[net->supplier[k]];
        worst = loss > worst ? loss : worst;
    }
    return lane_output_lost(worst, sum, s->shock[firm]);
}

/* One step downward: new losses from the old ones. Returns the largest rise. */
static double step_down(chi_net_supply_state *s)
{
    size_t count = collect(s, &s->net->buyers, s->moved_down, s->moved_down_count);
    double largest = 0.0;
    size_t changed = 0;
    const chi_net_supply *net = s->net;
    bool whole = count == net->firms;
    if (whole)
        whole_product(s, &net->others, &net->others_slices, s->missing);
    for (size_t k = 0; k < count; k++) {
        uint32_t firm = s->list[k];
        double sum = whole ? s->product[net->others_slices.at[firm]]
                           : chi_net_row_times(&net->others, firm, s->missing);
        s->fresh[k] = loss_of_inputs(s, firm, sum);
    }
    for (size_t k = 0; k < count; k++) {
        uint32_t firm = s->list[k];
        double rise = s->fresh[k] - s->lost_down[firm];
        if (rise == 0.0)
            continue;
        largest = rise > largest ? rise : largest;
        set_down(s, firm, s->fresh[k]);
        s->list[changed++] = firm;
    }
    find_moved_down(s, s->list, changed);
    return largest;
}

static double step_up(chi_net_supply_state *s)
{
    size_t count = collect(s, &s->net->sellers, s->moved_up, s->moved_up_count);
    double largest = 0.0;
    s->moved_up_count = 0;
    const chi_net_supply *net = s->net;
    bool whole = count == net->firms;
    if (whole)
        whole_product(s, &net->up, &net->up_slices, s->lost_up);
    for (size_t k = 0; k < count; k++) {
        uint32_t firm = s->list[k];
        double loss = whole ? s->product[net->up_slices.at[firm]]
                            : chi_net_row_times(&net->up, firm, s->lost_up);
        loss = loss > s->shock[firm] ? loss : s->shock[firm];
        s->fresh[k] = loss < 1.0 ? loss : 1.0;
    }
    for (size_t k = 0; k < count; k++) {
        uint32_t firm = s->list[k];
        double rise = s->fresh[k] - s->lost_up[firm];
        if (rise == 0.0)
            continue;
        largest = rise > largest ? rise : largest;
        s->lost_up[firm] = s->fresh[k];
        s->moved_up[s->moved_up_count++] = firm;
        touch(s, firm);
    }
    return largest;
}

static void start(chi_net_supply_state *s, const uint32_t *hit, const double *by, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        s->shock[hit[k]] = by[k];
        s->lost_up[hit[k]] = by[k];
        set_down(s, hit[k], by[k]);
        s->moved_up[k] = hit[k];
    }
    s->moved_up_count = count;
    find_moved_down(s, hit, count);
}

void chi_net_supply_reset(chi_net_supply_state *s)
{
    for (size_t k = 0; k < s->all_count; k++) {
        uint32_t firm = s->all[k];
        s->lost_down[firm] = s->lost_up[firm] = s->missing[firm] = s->shock[firm] = 0.0;
        s->touched[firm] = 0;
        uint32_t sector = s->net->sector[firm];
        s->sector_lost[sector] = 0.0;
        s->sector_alive[sector] = s->sector_firms[sector];
    }
    s->all_count = 0;
}

void chi_net_supply_sum(const chi_net_supply *net, const uint32_t *order, size_t count,
    const double *lost_down, const double *lost_up, size_t stride, chi_net_supply_result *result)
{
    double total = net->total_sales > 0.0 ? net->total_sales : 1.0;
    for (size_t k = 0; k < count; k++) {
        double weight = net->sales[order[k]];
        double down = lost_down[stride * order[k]], up = lost_up[stride * order[k]];
        result->esri += weight * (down > up ? down : up);
        result->esri_down += weight * down;
        result->esri_up += weight * up;
    }
    result->esri /= total;
    result->esri_down /= total;
    result->esri_up /= total;
}

/* Steps until the end, or, if asked to, until losses are wide. True at the end. */
static bool run(chi_net_supply_state *s, double eps, size_t steps_max, bool until_wide,
    chi_net_supply_result *result)
{
    while (result->iterations < steps_max) {
        if (is_wide(s) && until_wide)
            return false;
        double down = step_down(s);
        double up = step_up(s);
        result->iterations++;
        if (down <= eps && up <= eps) {
            result->converged = true;
            break;
        }
    }
    chi_net_supply_sum(s->net, s->all, s->all_count, s->lost_down, s->lost_up, 1, result);
    return true;
}

chi_net_supply_result chi_net_supply_run(chi_net_supply_state *s, const uint32_t *hit,
    const double *by, size_t count, double eps, size_t steps_max)
{
    CHI_ASSERT(s->all_count == 0);
    chi_net_supply_result result = {0};
    start(s, hit, by, count);
    run(s, eps, steps_max, false, &result);
    return result;
}

bool chi_net_supply_begin(chi_net_supply_state *s, uint32_t hit, double eps, size_t steps_max,
    chi_net_supply_result *result)
{
    CHI_ASSERT(s->all_count == 0);
    double all = 1.0;
    *result = (chi_net_supply_result){0};
    start(s, &hit, &all, 1);
    return run(s, eps, steps_max, true, result);
}

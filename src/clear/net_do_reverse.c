/* `network reverse` and `network loops` on tables. */
#include "clear/net_do.h"

#include "base/check.h"
#include "clear/net_loops.h"
#include "clear/net_reverse.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CUTS_MAX = 400 };

static double *numbers(chi_net_input *in, size_t count)
{
    return chi_arena_alloc(in->arena, (count + 1) * sizeof(double));
}

/* What each firm loses per unit of shock: its outside assets, times its part in the direction. */
static double *find_fall(chi_net_input *in, bool *ok)
{
    double *fall = chi_net_input_column(in, "direction", 0.0, false, ok);
    if (!*ok)
        return NULL;
    bool directed = fall != NULL;
    if (!fall)
        fall = numbers(in, in->network.firms);
    for (size_t i = 0; i < in->network.firms; i++) {
        if (directed && fall[i] > 1.0) {
            chi_net_table_error(in->balances, i, "direction", 714,
                "direction of %s is %g: the share of its outside assets that it loses at a shock "
                "of 100 %%, between 0 and 1",
                in->network.names[i], fall[i]);
            *ok = false;
            return NULL;
        }
        fall[i] = in->network.outside[i] * (directed ? fall[i] : 1.0);
    }
    return fall;
}

static void tell_target(
    chi_net_input *in, chi_net_report *report, const chi_net_reverse *found, uint32_t target)
{
    const char *name = in->network.names[target];
    for (size_t k = 0; k < found->count; k++) {
        if (found->breaks[k].firm != target)
            continue;
        chi_net_report_word(report, "firm", name);
        chi_net_report_fact(report, "smallest_shock", found->breaks[k].size);
        if (k < found->failed_at_start)
            chi_net_report_note(report, "%s fails without any shock.", name);
        else
            chi_net_report_note(report,
                "%s fails beyond a shock of %.6g %%; it is number %zu to fall%s.", name,
                100.0 * found->breaks[k].size, k + 1,
                found->breaks[k].knocked ? ", knocked over by others" : "");
        return;
    }
    chi_net_report_note(report, "%s does not fail at any shock up to 100 %%.", name);
}

static void tell_count(chi_net_report *report, const chi_net_reverse *found, size_t count)
{
    if (found->count < count) {
        chi_net_report_note(
            report, "Even a shock of 100 %% brings down only %zu firms.", found->count);
        return;
    }
    double size = found->breaks[count - 1].size;
    chi_net_report_fact(report, "smallest_shock", size);
    chi_net_report_note(report, "%zu firm%s down beyond a shock of %.6g %%.", count,
        count == 1 ? " is" : "s are", 100.0 * size);
}

static void add_breaks(chi_net_input *in, chi_net_report *report, const chi_net_reverse *found)
{
    double *number = numbers(in, found->count), *size = numbers(in, found->count);
    double *money = numbers(in, found->count);
    const char **firm = chi_arena_alloc(in->arena, (found->count + 1) * sizeof *firm);
    const char **how = chi_arena_alloc(in->arena, (found->count + 1) * sizeof *how);
    size_t count = 0;
    for (size_t k = found->failed_at_start; k < found->count; k++, count++) {
        const chi_net_break *b = &found->breaks[k];
        number[count] = (double)(k + 1);
        size[count] = b->size;
        money[count] = b->size * in->network.outside[b->firm];
        firm[count] = in->network.names[b->firm];
        how[count] = b->knocked ? "knocked over" : "reaches its threshold";
    }
    report->rows = count;
    chi_net_report_fact(report, "failed_without_shock", (double)found->failed_at_start);
    if (found->failed_at_start)
        chi_net_report_note(report, "%zu firm%s without any shock and come%s first in the count.",
            found->failed_at_start, found->failed_at_start == 1 ? " fails" : "s fail",
            found->failed_at_start == 1 ? "s" : "");
    report->rows_name = "breaks";
    chi_net_report_numbers(report, "order", CHI_NET_COUNT, number);
    chi_net_report_texts(report, "firm", firm);
    chi_net_report_numbers(report, "shock", CHI_NET_SHARE, size);
    chi_net_report_texts(report, "how", how);
    chi_net_report_quiet(report, "own_outside_loss", CHI_NET_MONEY, money);
}

static bool by_ray(chi_net_input *in, chi_net_report *report, uint32_t target)
{
    bool ok = true;
    double *fall = find_fall(in, &ok);
    if (!ok)
        return false;
    chi_net_build build;
    chi_net_build_problem(in->arena, &in->network, in->job->alpha, in->job->beta, &build);
    size_t n = in->network.firms, count = in->job->count < n ? in->job->count : n;
    size_t most = in->job->firm ? n : count;
    chi_net_reverse found =
        chi_net_reverse_follow(in->arena, &build.problem, fall, 1.0, target, most);
    if (!found.converged) {
        chi_net_input_error(in, 715, "the ray of shocks could not be followed to its end");
        return false;
    }
    report->title = "Reverse stress: who falls first as outside assets lose value";
    if (in->job->firm)
        tell_target(in, report, &found, target);
    else
        tell_count(report, &found, count);
    chi_net_report_fact(report, "followed_to", found.reached);
    chi_net_report_note(
        report, "Sizes are exact breakpoints of the clearing vector along the ray.");
    add_breaks(in, report, &found);
    return true;
}

bool chi_net_do_reverse(chi_net_input *in, chi_net_report *report)
{
    if (!chi_net_input_read(in, CHI_NET_NEEDS_BALANCES | CHI_NET_NEEDS_EXPOSURES))
        return false;
    uint32_t target = UINT32_MAX;
    if (in->job->firm) {
        target = chi_net_input_firm(in, in->job->firm);
        if (target == UINT32_MAX)
            return false;
    }
    const char *method = in->job->method ? in->job->method : "ray";
    chi_net_report_word(report, "method", method);
    if (strcmp(method, "ray") == 0)
        return by_ray(in, report, target);
    if (strcmp(method, "single") == 0)
        return chi_net_do_reverse_single(in, report, target);
    if (strcmp(method, "any") == 0)
        return chi_net_do_reverse_any(in, report, target);
    chi_net_input_error(
        in, 711, "--method of reverse is ray, single or any, not \"%.40s\"", method);
    return false;
}

/* --- loops ----------------------------------------------------------------------------------- */

/* Rows of the report: one for each edge of each loop. */
typedef struct rows {
    double *loop, *loop_amount, *amount, *through, *left, *failed, *shortfall;
    const char **debtor, **creditor;
    size_t count;
} rows;

typedef struct cut {
    uint32_t from, to;
    double through, left, failed, shortfall;
} cut;

/* Failures and unpaid debt when one debt is cancelled (from == to: none is). */
static void clear_without(
    chi_net_input *in, uint32_t from, uint32_t to, double *failed, double *shortfall)
{
    chi_network network = in->network;
    chi_net_edges all = network.exposures, some = {0};
    some.from = chi_arena_alloc(in->arena, (all.count + 1) * sizeof *some.from);
    some.to = chi_arena_alloc(in->arena, (all.count + 1) * sizeof *some.to);
    some.amount = chi_arena_alloc(in->arena, (all.count + 1) * sizeof *some.amount);
    uint32_t *tier = chi_arena_alloc(in->arena, (all.count + 1) * sizeof *tier);
    for (size_t k = 0; k < all.count; k++) {
        if (all.from[k] == from && all.to[k] == to)
            continue;
        some.from[some.count] = all.from[k];
        some.to[some.count] = all.to[k];
        some.amount[some.count] = all.amount[k];
        tier[some.count++] = network.tier ? network.tier[k] : 0;
    }
    network.exposures = some;
    network.tier = tier;
    chi_net_build build;
    chi_net_build_problem(in->arena, &network, in->job->alpha, in->job->beta, &build);
    chi_net_clearing c = chi_net_clear_greatest(in->arena, &build.problem);
    *failed = *shortfall = 0.0;
    for (size_t i = 0; i < network.firms; i++) {
        *failed += c.failed[i];
        double gap =
            build.problem.debt[i] - chi_net_cash(&build.problem, i, c.value[i], c.failed[i]);
        *shortfall += c.failed[i] && gap > 0.0 ? gap : 0.0;
    }
}

static cut make_cut(chi_net_input *in, const chi_net_matrix *debts, const chi_net_loops *loops,
    uint32_t from, uint32_t to)
{
    cut c = {.from = from, .to = to, .failed = (double)NAN, .shortfall = (double)NAN};
    for (size_t k = 0; k < loops->count; k++) {
        const chi_net_loop *loop = &loops->at[k];
        for (uint32_t i = 0; i < loop->length; i++)
            c.through += loop->firm[i] == from && loop->firm[(i + 1) % loop->length] == to;
    }
    c.left = (double)chi_net_largest_without(in->arena, debts, from, to);
    if (in->balances && in->network.firms <= 20000)
        clear_without(in, from, to, &c.failed, &c.shortfall);
    return c;
}

static const cut *find_cut(chi_net_input *in, const chi_net_matrix *debts,
    const chi_net_loops *loops, cut *cuts, size_t *count, uint32_t from, uint32_t to)
{
    for (size_t k = 0; k < *count; k++) {
        if (cuts[k].from == from && cuts[k].to == to)
            return &cuts[k];
    }
    if (*count == CUTS_MAX)
        return NULL;
    cuts[*count] = make_cut(in, debts, loops, from, to);
    return &cuts[(*count)++];
}

static double edge_amount(const chi_net_matrix *debts, uint32_t from, uint32_t to)
{
    for (size_t k = debts->start[from]; k < debts->start[from + 1]; k++) {
        if (debts->column[k] == to)
            return debts->weight[k];
    }
    CHI_NEVER("a loop has an edge that is not there");
}

static void fill_rows(
    chi_net_input *in, const chi_net_matrix *debts, const chi_net_loops *loops, rows *r)
{
    size_t room = 1, cut_count = 0;
    for (size_t k = 0; k < loops->count; k++)
        room += loops->at[k].length;
    double **fields[7] = {
        &r->loop, &r->loop_amount, &r->amount, &r->through, &r->left, &r->failed, &r->shortfall};
    for (size_t f = 0; f < 7; f++)
        *fields[f] = numbers(in, room);
    r->debtor = chi_arena_alloc(in->arena, room * sizeof *r->debtor);
    r->creditor = chi_arena_alloc(in->arena, room * sizeof *r->creditor);
    cut *cuts = chi_arena_alloc(in->arena, CUTS_MAX * sizeof *cuts);
    for (size_t k = 0; k < loops->count; k++) {
        const chi_net_loop *loop = &loops->at[k];
        for (uint32_t i = 0; i < loop->length; i++) {
            uint32_t from = loop->firm[i], to = loop->firm[(i + 1) % loop->length];
            const cut *c = find_cut(in, debts, loops, cuts, &cut_count, from, to);
            size_t at = r->count++;
            r->loop[at] = (double)(k + 1);
            r->loop_amount[at] = loop->amount;
            r->amount[at] = edge_amount(debts, from, to);
            r->debtor[at] = in->network.names[from];
            r->creditor[at] = in->network.names[to];
            r->through[at] = c ? c->through : (double)NAN;
            r->left[at] = c ? c->left : (double)NAN;
            r->failed[at] = c ? c->failed : (double)NAN;
            r->shortfall[at] = c ? c->shortfall : (double)NAN;
        }
    }
}

static void tell_loops(chi_net_input *in, chi_net_report *report, const chi_net_loops *loops)
{
    char money[48];
    chi_net_report_fact(report, "components", (double)loops->components);
    chi_net_report_fact(report, "largest_component", (double)loops->largest);
    chi_net_report_fact(report, "loops_count", (double)loops->count);
    chi_net_report_note(report,
        "%zu strongly connected component%s with two firms or more; the largest has %zu of %zu "
        "firms.",
        loops->components, loops->components == 1 ? "" : "s",
        loops->components ? loops->largest : 0, in->network.firms);
    if (loops->count == 0) {
        chi_net_report_note(report, "No debt comes back to its debtor.");
        return;
    }
    chi_net_report_note(report,
        "The largest loop carries %s: so much could be cancelled all "
        "around it.",
        chi_net_money(loops->at[0].amount, money));
    if (!loops->complete)
        chi_net_report_note(report,
            "There are more loops than the %zu shown; --top asks for more, --least for larger "
            "edges. Loops of more than %d firms are not listed.",
            loops->count, (int)CHI_NET_LOOP_FIRMS_MAX);
}

bool chi_net_do_loops(chi_net_input *in, chi_net_report *report)
{
    if (!chi_net_input_read(in, CHI_NET_NEEDS_EXPOSURES))
        return false;
    const chi_net_edges *e = &in->network.exposures;
    size_t n = in->network.firms;
    chi_net_matrix debts =
        chi_net_matrix_build(in->arena, n, n, e->count, e->from, e->to, e->amount);
    chi_net_loops loops =
        chi_net_find_loops(in->arena, &debts, in->job->least_amount, in->job->top);
    rows r = {0};
    fill_rows(in, &debts, &loops, &r);
    report->title = "Loops: money that is owed around in circles";
    report->rows_name = "edges";
    report->rows = r.count;
    report->top = 0;
    chi_net_report_numbers(report, "loop", CHI_NET_COUNT, r.loop);
    chi_net_report_numbers(report, "loop_amount", CHI_NET_MONEY, r.loop_amount);
    chi_net_report_texts(report, "debtor", r.debtor);
    chi_net_report_texts(report, "creditor", r.creditor);
    chi_net_report_numbers(report, "amount", CHI_NET_MONEY, r.amount);
    chi_net_report_numbers(report, "loops_cut", CHI_NET_COUNT, r.through);
    chi_net_report_numbers(report, "component_left", CHI_NET_COUNT, r.left);
    double failed = 0.0, shortfall = 0.0;
    if (in->balances) {
        clear_without(in, 0, 0, &failed, &shortfall);
        chi_net_report_fact(report, "failed", failed);
        chi_net_report_fact(report, "shortfall", shortfall);
        chi_net_report_numbers(report, "failed_after_cut", CHI_NET_COUNT, r.failed);
        chi_net_report_numbers(report, "shortfall_after_cut", CHI_NET_MONEY, r.shortfall);
    }
    tell_loops(in, report, &loops);
    if (in->balances) {
        char money[48];
        chi_net_report_note(report, "As it stands %.0f firms fail and %s stays unpaid.", failed,
            chi_net_money(shortfall, money));
    }
    return true;
}

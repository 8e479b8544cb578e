/* `network reverse --method single` and `any` on tables. */
#include "clear/net_do.h"

#include "clear/net_directed.h"

#include <math.h>

#define EXACT_NOTE "Losses are exact breakpoints of the clearing vector."

/* Rows: the firms with a loss, the smallest (or, if `largest`, the largest) first. */
static void add_losses(chi_net_input *in, chi_net_report *report, const double *loss, bool largest)
{
    size_t n = in->network.firms, count = 0;
    double *money = chi_arena_alloc(in->arena, (n + 1) * sizeof *money);
    double *share = chi_arena_alloc(in->arena, (n + 1) * sizeof *share);
    double *key = chi_arena_alloc(in->arena, (n + 1) * sizeof *key);
    const char **firm = chi_arena_alloc(in->arena, (n + 1) * sizeof *firm);
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(loss[i]) || (largest && loss[i] == 0.0))
            continue;
        money[count] = loss[i];
        share[count] = in->network.outside[i] > 0.0 ? loss[i] / in->network.outside[i] : 0.0;
        key[count] = largest ? loss[i] : -loss[i];
        firm[count++] = in->network.names[i];
    }
    report->rows = count;
    report->rows_name = "losses";
    chi_net_report_texts(report, "firm", firm);
    chi_net_report_numbers(report, "loss", CHI_NET_MONEY, money);
    chi_net_report_numbers(report, "of_outside_assets", CHI_NET_SHARE, share);
    chi_net_report_rank(report, key);
}

/* "X fails", "3 firms are down": what the shock is to bring about. */
static const char *aim_of(chi_net_input *in, uint32_t target, size_t count)
{
    if (target != UINT32_MAX)
        return chi_arena_format(in->arena, "%s fails", in->network.names[target]);
    return chi_arena_format(in->arena, "%zu firm%s down", count, count == 1 ? " is" : "s are");
}

static void tell_met(chi_net_report *report, const char *aim)
{
    chi_net_report_fact(report, "smallest_loss", 0.0);
    chi_net_report_note(report, "%s without any shock.", aim);
}

static bool not_followed(chi_net_input *in)
{
    chi_net_input_error(in, 715, "the shocks could not be followed to their end");
    return false;
}

bool chi_net_do_reverse_single(chi_net_input *in, chi_net_report *report, uint32_t target)
{
    chi_net_build build;
    chi_net_build_problem(in->arena, &in->network, in->job->alpha, in->job->beta, &build);
    size_t n = in->network.firms, count = in->job->count < n ? in->job->count : n;
    chi_net_singles s =
        chi_net_directed_singles(in->arena, &build.problem, (chi_net_aim){target, count});
    if (!s.converged)
        return not_followed(in);
    report->title = "Reverse stress: the loss of one firm alone that is enough";
    const char *aim = aim_of(in, target, count);
    if (target != UINT32_MAX)
        chi_net_report_word(report, "firm", in->network.names[target]);
    if (s.met) {
        tell_met(report, aim);
        return true;
    }
    char money[48];
    if (s.best == UINT32_MAX) {
        chi_net_report_note(report,
            "No firm alone is enough: whichever of %zu loses all its outside assets, it is not so "
            "that %s.",
            n, aim);
    } else {
        chi_net_report_fact(report, "smallest_loss", s.loss[s.best]);
        chi_net_report_word(report, "cheapest", in->network.names[s.best]);
        chi_net_report_note(report,
            "%s if %s alone loses more than %s of its outside assets; no other firm alone does it "
            "with less.",
            aim, in->network.names[s.best], chi_net_money(s.loss[s.best], money));
    }
    chi_net_report_note(report, EXACT_NOTE);
    chi_net_report_note(report, "Searched: every firm alone, from no loss to all it has.");
    add_losses(in, report, s.loss, false);
    return true;
}

static void tell_bound(chi_net_report *report, const chi_net_directed *d)
{
    char found[48], bound[48];
    chi_net_report_fact(report, "smallest_loss_found", d->total);
    if (!d->bounded) {
        chi_net_report_word(report, "proven", "no");
        chi_net_report_note(report,
            "With costs of default or holdings of equity no bound from below is known: a smaller "
            "shock may be enough.");
        return;
    }
    bool proven = d->total - d->lower_bound <= 1e-9 * d->total;
    chi_net_report_fact(report, "lower_bound", d->lower_bound);
    chi_net_report_word(report, "proven", proven ? "yes" : "no");
    if (proven)
        chi_net_report_note(report, "No shock with a smaller sum is enough: proven.");
    else
        chi_net_report_note(report,
            "No shock with a sum below %s is enough; between that and %s nothing is proven.",
            chi_net_money(d->lower_bound, bound), chi_net_money(d->total, found));
}

bool chi_net_do_reverse_any(chi_net_input *in, chi_net_report *report, uint32_t target)
{
    if (target == UINT32_MAX) {
        chi_net_input_error(in, 711, "--method any needs --firm, the firm that is to fail");
        return false;
    }
    chi_net_build build;
    chi_net_build_problem(in->arena, &in->network, in->job->alpha, in->job->beta, &build);
    chi_net_directed d = chi_net_directed_any(in->arena, &build.problem, target);
    if (!d.converged)
        return not_followed(in);
    report->title = "Reverse stress: the smallest sum of losses found that is enough";
    chi_net_report_word(report, "firm", in->network.names[target]);
    const char *aim = aim_of(in, target, 0);
    if (d.met) {
        tell_met(report, aim);
        return true;
    }
    if (!isfinite(d.total)) {
        chi_net_report_note(report,
            "%s does not fail even if every firm loses all its outside assets.",
            in->network.names[target]);
        return true;
    }
    char money[48];
    chi_net_report_note(report, "%s if the firms below lose more than %s in all.", aim,
        chi_net_money(d.total, money));
    tell_bound(report, &d);
    chi_net_report_note(report, EXACT_NOTE);
    chi_net_report_note(report,
        "Searched: every firm alone; firms emptied one after another, those first of whose losses "
        "most can reach %s; the same without those emptied in vain.",
        in->network.names[target]);
    add_losses(in, report, d.loss, true);
    return true;
}

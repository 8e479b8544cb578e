/* Reads the counters of a run: shares, quantiles, causes, losses. */
#include "result/result.h"

#include "base/check.h"
#include "num/hash.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

ch_share chi_wilson(uint64_t count, uint64_t of)
{
    if (of == 0)
        return (ch_share){0.0, 0.0, 1.0};
    double n = (double)of, p = (double)count / n, z2 = CHI_Z95 * CHI_Z95;
    double middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    double half = CHI_Z95 / (1.0 + z2 / n) * sqrt(p * (1.0 - p) / n + z2 / (4.0 * n * n));
    double low = count == 0 ? 0.0 : middle - half, high = count == of ? 1.0 : middle + half;
    return (ch_share){p, low < 0.0 ? 0.0 : low, high > 1.0 ? 1.0 : high};
}

static uint64_t failed_paths(const ch_result *result, size_t firm, uint32_t months)
{
    uint64_t sum = 0;
    for (uint32_t m = 0; m < months; m++)
        sum += result->total->failed[firm * result->plan->months + m];
    return sum;
}

/* --- texts of causes ---------------------------------------------------------------------- */

static const char *row_name(const ch_model *model, chi_cause cause)
{
    switch ((chi_cause_kind)cause.kind) {
    case CHI_CAUSE_PRINCIPAL:
    case CHI_CAUSE_INTEREST:
        return chi_model_text(model, model->loan[cause.row].name);
    case CHI_CAUSE_LINE:
        return chi_model_text(model, model->line[cause.row].name);
    case CHI_CAUSE_CUSTOMER:
        return chi_model_text(model, model->customer[cause.row].name);
    case CHI_CAUSE_DEAL:
        return chi_model_text(model, model->deal[cause.row].name);
    case CHI_CAUSE_COVENANT:
        return chi_model_text(model, model->covenant[cause.row].name);
    default:
        return "";
    }
}

static const char *cause_text(ch_result *result, chi_cause cause)
{
    const char *name = row_name(result->model, cause);
    switch ((chi_cause_kind)cause.kind) {
    case CHI_CAUSE_EVENT:
        return "default set by the scenario";
    case CHI_CAUSE_PRINCIPAL:
        return chi_arena_format(&result->arena, "%s: principal not paid", name);
    case CHI_CAUSE_INTEREST:
        return chi_arena_format(&result->arena, "%s: interest not paid", name);
    case CHI_CAUSE_LINE:
    case CHI_CAUSE_CUSTOMER:
    case CHI_CAUSE_DEAL:
        return chi_arena_format(&result->arena, "%s: not paid", name);
    case CHI_CAUSE_COVENANT:
        return chi_arena_format(&result->arena, "%s: breached and not cured", name);
    case CHI_CAUSE_INTENSITY:
        return "default intensity";
    default:
        return "losses used up its equity";
    }
}

static const char *root_text(ch_result *result, uint32_t root)
{
    const ch_model *model = result->model;
    uint32_t row;
    switch (chi_plan_root_of(result->plan, root, &row)) {
    case CHI_ROOT_CANCELLED:
        return chi_arena_format(
            &result->arena, "%s cancelled", chi_model_text(model, model->customer[row].name));
    case CHI_ROOT_FIRM:
        return chi_arena_format(
            &result->arena, "%s failed", chi_model_text(model, model->firm[row].name));
    case CHI_ROOT_SHUT:
        return chi_arena_format(
            &result->arena, "market %s shut", chi_model_text(model, model->market[row].name));
    default:
        return ""; /* no event from outside: its dues exceeded its cash and funding */
    }
}

/* More paths first; then the order of the plan, so that equal counts have one order. */
static int by_count(const void *a, const void *b)
{
    const chi_fall_count *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    if (x->firm != y->firm)
        return x->firm < y->firm ? -1 : 1;
    if (x->cause != y->cause)
        return x->cause < y->cause ? -1 : 1;
    return x->root < y->root ? -1 : x->root > y->root;
}

static ch_cause make_cause(ch_result *result, const chi_fall_count *fall, uint64_t of)
{
    chi_cause cause = chi_plan_cause_of(result->plan, fall->cause);
    return (ch_cause){.cause = cause_text(result, cause),
        .kind = chi_cause_kind_name((chi_cause_kind)cause.kind),
        .root = root_text(result, fall->root),
        .share = chi_wilson(fall->count, of),
        .paths = fall->count};
}

static void list_causes(ch_result *result, chi_fall_count *falls, size_t count)
{
    size_t firms = result->model->firm_count;
    result->causes = chi_arena_alloc(&result->arena, (firms + 1) * sizeof *result->causes);
    result->cause_counts =
        chi_arena_alloc(&result->arena, (firms + 1) * sizeof *result->cause_counts);
    for (size_t f = 0; f < firms; f++) {
        uint64_t of = failed_paths(result, f, result->plan->months);
        CHI_VEC(ch_cause) list = {0};
        for (size_t i = 0; i < count; i++)
            if (falls[i].firm == f)
                *CHI_PUSH(&result->arena, &list) = make_cause(result, &falls[i], of);
        result->causes[f] = list.at;
        result->cause_counts[f] = list.count;
    }
}

/* --- losses ------------------------------------------------------------------------------- */

static int by_loss(const void *a, const void *b)
{
    const ch_loss *x = a, *y = b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    if (x->mean != y->mean)
        return x->mean > y->mean ? -1 : 1;
    return x->firm < y->firm ? -1 : x->firm > y->firm;
}

static void list_losses(ch_result *result)
{
    const chi_recorder *total = result->total;
    CHI_VEC(ch_loss) list = {0};
    for (size_t i = 0; i < total->loss_room; i++) {
        const chi_loss_sum *loss = &total->loss[i];
        if (loss->count == 0)
            continue;
        chi_sum128 all = loss->sum[CHI_BY_CLAIM];
        chi_sum128_merge(&all, &loss->sum[CHI_BY_STAKE]);
        chi_sum128_merge(&all, &loss->sum[CHI_BY_PRICE]);
        double sum = chi_sum128_value(&all), paths = (double)total->paths;
        uint64_t failed = failed_paths(result, loss->from, result->plan->months);
        *CHI_PUSH(&result->arena, &list) = (ch_loss){.firm = loss->to,
            .from = loss->from,
            .mean = sum / paths,
            .claims = chi_sum128_value(&loss->sum[CHI_BY_CLAIM]) / paths,
            .stakes = chi_sum128_value(&loss->sum[CHI_BY_STAKE]) / paths,
            .prices = chi_sum128_value(&loss->sum[CHI_BY_PRICE]) / paths,
            .mean_given_failure = failed ? sum / (double)failed : 0.0};
    }
    if (list.count)
        qsort(list.at, list.count, sizeof *list.at, by_loss);
    result->losses = list.at;
    result->loss_count = list.count;
}

/* --- hash --------------------------------------------------------------------------------- */

static uint64_t hash_of(const ch_result *result, const chi_fall_count *falls, size_t count)
{
    const chi_recorder *t = result->total;
    const chi_counts *n = &result->plan->counts;
    uint64_t hash = CHI_HASH64_START;
    uint64_t head[] = {result->model->hash, result->seed, result->first, t->paths,
        result->plan->months, t->state_hash};
    hash = chi_hash64(hash, head, sizeof head);
    hash = chi_hash64(hash, t->failed, n->firms * result->plan->months * sizeof *t->failed);
    hash = chi_hash64(hash, t->cash, n->sims * result->plan->months * t->bins * sizeof *t->cash);
    hash = chi_hash64(hash, falls, count * sizeof *falls);
    for (size_t i = 0; i < result->loss_count; i++)
        hash = chi_hash64(hash, &result->losses[i].mean, sizeof(double));
    return hash;
}

void chi_result_finish(ch_result *result)
{
    const chi_recorder *total = result->total;
    chi_fall_count *falls = chi_arena_alloc(&result->arena, CHI_FALL_ROOM * sizeof *falls);
    size_t count = 0;
    for (size_t i = 0; i < CHI_FALL_ROOM; i++)
        if (total->fall[i].count)
            falls[count++] = total->fall[i];
    qsort(falls, count, sizeof *falls, by_count);
    list_causes(result, falls, count);
    list_losses(result);
    chi_result_list_wakes(result);
    result->hash = hash_of(result, falls, count);
}

/* --- getters ------------------------------------------------------------------------------ */

const ch_model *ch_result_model(const ch_result *result)
{
    return result->model;
}

uint64_t ch_result_seed(const ch_result *result)
{
    return result->seed;
}

uint64_t ch_result_paths(const ch_result *result)
{
    return result->total->paths;
}

uint32_t ch_result_months(const ch_result *result)
{
    return result->plan->months;
}

uint64_t ch_result_hash(const ch_result *result)
{
    return result->hash;
}

int ch_result_partial(const ch_result *result)
{
    return result->partial;
}

double ch_result_largest_residual(const ch_result *result)
{
    return result->total->residual;
}

uint64_t ch_result_unsettled(const ch_result *result)
{
    return result->total->unsettled;
}

ch_share ch_result_alive(const ch_result *result, size_t firm, uint32_t month)
{
    CHI_ASSERT(firm < result->model->firm_count && month < result->plan->months);
    uint64_t paths = result->total->paths;
    return chi_wilson(paths - failed_paths(result, firm, month + 1), paths);
}

double ch_result_cash(const ch_result *result, size_t firm, uint32_t month, double probability)
{
    CHI_ASSERT(firm < result->model->firm_count && month < result->plan->months);
    CHI_ASSERT(probability > 0.0 && probability < 1.0);
    uint32_t sim = result->plan->sim_of_firm[firm];
    if (sim == CHI_NONE)
        return (double)NAN;
    const uint32_t *bins =
        result->total->cash + ((size_t)sim * result->plan->months + month) * result->total->bins;
    uint64_t count = 0, seen = 0;
    for (size_t i = 0; i < result->total->bins; i++)
        count += bins[i];
    if (count == 0)
        return (double)NAN;
    double rank = probability * (double)count;
    for (size_t i = 0; i < result->total->bins; i++) {
        seen += bins[i];
        if (bins[i] && (double)seen >= rank)
            return chi_cash_bin_value(result->total, i);
    }
    CHI_NEVER("a quantile below one lies in some bin");
}

size_t ch_result_cause_count(const ch_result *result, size_t firm)
{
    CHI_ASSERT(firm < result->model->firm_count);
    return result->cause_counts[firm];
}

ch_cause ch_result_cause(const ch_result *result, size_t firm, size_t index)
{
    CHI_ASSERT(index < ch_result_cause_count(result, firm));
    return result->causes[firm][index];
}

size_t ch_result_loss_count(const ch_result *result)
{
    return result->loss_count;
}

ch_loss ch_result_loss(const ch_result *result, size_t index)
{
    CHI_ASSERT(index < result->loss_count);
    return result->losses[index];
}

void ch_result_free(ch_result *result)
{
    if (!result)
        return;
    chi_arena_free(&result->arena);
    chi_memory_free(result);
}

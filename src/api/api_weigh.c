/* Implements ch_weigh_file(): the model as it stands, then each estimate at its low and its high,
 * on the same paths. */
#include "api/load.h"

#include "base/check.h"
#include "result/weights.h"

#include <math.h>
#include <string.h>

/* The three runs of an estimate, in the order in which changes are taken. */
enum { LOW, STANDS, HIGH, ENDS };

typedef struct weighing {
    chi_source source;
    ch_run_options options;
    ch_weights *weights;
    ch_result *stands;
    ch_progress_fn progress; /* the caller's */
    void *context;
    uint64_t runs_done, runs;
} weighing;

static int report(void *context, uint64_t done, uint64_t total)
{
    const weighing *w = context;
    return w->progress ? w->progress(w->context, w->runs_done * total + done, w->runs * total) : 0;
}

static bool has_range(ch_evidence evidence)
{
    return isfinite(evidence.low) && isfinite(evidence.high) && evidence.low < evidence.high &&
           evidence.basis != CH_REPORTED;
}

/* One run; its model is freed with the result by end_free(). */
typedef struct end {
    ch_model *model;
    ch_result *result;
} end;

static void end_free(end *e)
{
    ch_result_free(e->result);
    ch_model_free(e->model);
}

/* CH_E_INPUT if the model would be wrong, or its states not finite. A change that cannot move a
 * result has no run. */
static ch_status run_end(weighing *w, const char *path, bool high, end *out)
{
    chi_vary vary = {path, high};
    ch_diags *diags = NULL;
    ch_status status = chi_load_source(&w->source, &vary, &out->model, &diags);
    ch_diags_free(diags);
    if (status != CH_OK || ch_model_hash(out->model) == ch_model_hash(w->weights->base) ||
        ch_model_firm_count(out->model) != ch_model_firm_count(w->weights->base))
        return status;
    status = ch_run(out->model, &w->options, &out->result, &diags);
    ch_diags_free(diags);
    return status;
}

static ch_difference difference(const weighing *w, const ch_result *later, const ch_result *first)
{
    ch_difference months[CH_MONTHS_MAX];
    int paired = ch_result_differences(later, first, w->weights->firm, months);
    CHI_ASSERT(paired == 1);
    return months[w->weights->months - 1];
}

/* The largest change between two of the three. */
static ch_difference largest(const weighing *w, const ch_result *const run[ENDS])
{
    static const int pairs[][2] = {{LOW, HIGH}, {LOW, STANDS}, {STANDS, HIGH}};
    ch_difference most = difference(w, run[pairs[0][1]], run[pairs[0][0]]);
    for (size_t i = 1; i < 3; i++) {
        ch_difference d = difference(w, run[pairs[i][1]], run[pairs[i][0]]);
        if (fabs(d.difference) > fabs(most.difference))
            most = d;
    }
    return most;
}

static ch_status weigh_one(weighing *w, ch_evidence evidence)
{
    ch_weights *weights = w->weights;
    end ends[2] = {{NULL, NULL}, {NULL, NULL}};
    ch_status status = run_end(w, evidence.path, false, &ends[0]);
    w->runs_done++;
    if (status == CH_OK)
        status = run_end(w, evidence.path, true, &ends[1]);
    w->runs_done++;
    if (status == CH_OK) {
        const ch_result *run[ENDS] = {ends[0].result ? ends[0].result : w->stands, w->stands,
            ends[1].result ? ends[1].result : w->stands};
        uint32_t last = weights->months - 1;
        weights->weight[weights->count++] = (ch_weight){.evidence = evidence,
            .low = ch_result_alive(run[LOW], weights->firm, last).share,
            .high = ch_result_alive(run[HIGH], weights->firm, last).share,
            .change = largest(w, run)};
    } else if (status == CH_E_INPUT) {
        weights->left[weights->left_count++] = evidence;
        status = CH_OK;
    }
    end_free(&ends[0]);
    end_free(&ends[1]);
    return status;
}

static size_t first_simulated(const ch_model *model)
{
    size_t firm = 1;
    while (!ch_model_firm_is_simulated(model, firm)) /* a model has one */
        firm++;
    return firm;
}

/* The model as it stands, and room for what is found. */
static ch_status weigh_base(weighing *w, ch_diags **diags)
{
    ch_weights *weights = w->weights;
    ch_status status = chi_load_source(&w->source, NULL, &weights->base, diags);
    if (status != CH_OK)
        return status;
    ch_diags_free(*diags);
    *diags = NULL;
    size_t count = ch_model_evidence_count(weights->base);
    w->runs = 1;
    for (size_t i = 0; i < count; i++)
        w->runs += has_range(ch_model_evidence(weights->base, i)) ? 2 : 0;
    weights->weight = chi_memory_alloc((count + 1) * sizeof *weights->weight);
    weights->left = chi_memory_alloc((count + 1) * sizeof *weights->left);
    weights->missing = chi_memory_alloc((count + 1) * sizeof *weights->missing);
    if (!weights->weight || !weights->left || !weights->missing)
        return CH_E_MEMORY;
    status = ch_run(weights->base, &w->options, &w->stands, diags);
    if (status != CH_OK && status != CH_E_CANCELLED)
        return status;
    w->runs_done = 1;
    weights->firm = first_simulated(weights->base);
    weights->months = ch_result_months(w->stands);
    weights->paths = ch_result_paths(w->stands);
    weights->alive = ch_result_alive(w->stands, weights->firm, weights->months - 1);
    return status;
}

/* Whether there is something to show: all, or what was weighed before an interruption. */
static bool finished(ch_status status)
{
    return status == CH_OK || status == CH_E_CANCELLED;
}

static ch_status weigh_all(weighing *w, ch_diags **diags)
{
    ch_status status = weigh_base(w, diags);
    ch_weights *weights = w->weights;
    size_t count = weights->base ? ch_model_evidence_count(weights->base) : 0;
    for (size_t i = 0; finished(status) && i < count; i++) {
        ch_evidence evidence = ch_model_evidence(weights->base, i);
        if (!has_range(evidence))
            continue;
        if (status == CH_OK)
            status = weigh_one(w, evidence);
        if (status == CH_E_CANCELLED)
            weights->missing[weights->missing_count++] = evidence;
    }
    ch_result_free(w->stands);
    if (finished(status))
        chi_weights_sort(weights);
    return status;
}

ch_status ch_weigh_file(const char *path, const char *scenario, const ch_run_options *options,
    ch_weights **out, ch_diags **diags)
{
    CHI_ASSERT(path != NULL && options != NULL && out != NULL && diags != NULL);
    *out = NULL;
    *diags = NULL;
    if (strcmp(path, "-") == 0 || options->struct_size != sizeof *options)
        return CH_E_ARGUMENT;
    weighing w = {.options = *options, .progress = options->progress};
    w.context = options->progress_context;
    w.options.keep_ends = 1;
    w.options.compile = 0;
    w.options.progress = report;
    w.options.progress_context = &w;
    chi_arena arena;
    chi_arena_init(&arena);
    char *text;
    ch_status status = CH_E_MEMORY;
    jmp_buf failure;
    arena.on_failure = &failure;
    w.weights = chi_memory_alloc(sizeof *w.weights);
    if (w.weights && setjmp(failure) == 0)
        status = chi_file_read(&arena, path, &text, &w.source.size);
    arena.on_failure = NULL;
    if (status == CH_OK) {
        w.source.name = path;
        w.source.text = text;
        w.source.scenario = scenario;
        status = weigh_all(&w, diags);
    }
    chi_arena_free(&arena);
    if (finished(status))
        *out = w.weights;
    else
        ch_weights_free(w.weights);
    return status;
}

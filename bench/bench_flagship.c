/* The flagship's run: path-months per second on one core by instruction set, memory, time to load.
 *
 * usage: bench_flagship                          the lines that bench/run collects
 *        bench_flagship --memory PATHS           high-water mark of a run of so many paths
 *        bench_flagship --threads REST           two threads against one, after REST seconds idle
 *        bench_flagship --survival FIRM SCENARIO PATHS    one number a month, for comparison
 *
 * The model is CARDHOUSE_BENCH_MODEL, or else the flagship as seen from the repository's root.
 * One thread is timed by the processor's time that it used, since other programs share the machine.
 */
#include "bench.h"

#include "base/arena.h"
#include "cardhouse/cardhouse.h"
#include "engine/plan.h"
#include "flops.h"
#include "num/isa.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { ROUNDS = 9, LOADS = 20, PATHS = 8192 };
static const char flagship[] = "examples/coreweave/2025-06-30.yaml";

static double used_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static ch_model *load(const char *scenario)
{
    const char *path = getenv("CARDHOUSE_BENCH_MODEL");
    ch_model *model = NULL;
    ch_diags *diags = NULL;
    ch_status status = ch_model_load_file(path ? path : flagship, scenario, &model, &diags);
    ch_diags_free(diags);
    if (status != CH_OK) {
        fprintf(stderr, "bench_flagship: %s cannot be used\n", path ? path : flagship);
        exit(2);
    }
    return model;
}

/* Ours to say: machine code of the model, compiled before the first measured run. */
static uint32_t compiled;

static ch_result *run(const ch_model *model, uint64_t paths, uint32_t threads, uint64_t seed)
{
    ch_run_options options = ch_run_options_default();
    options.compile = compiled;
    options.paths = paths;
    options.threads = threads;
    options.seed = seed;
    ch_result *result = NULL;
    ch_diags *diags = NULL;
    ch_status status = ch_run(model, &options, &result, &diags);
    if (status != CH_OK || ch_diags_count(diags) > 0) {
        if (ch_diags_count(diags) > 0)
            fprintf(stderr, "bench_flagship: %s\n", ch_diags_at(diags, 0)->message);
        fputs("bench_flagship: the run failed\n", stderr);
        exit(70);
    }
    ch_diags_free(diags);
    return result;
}

/* Seconds of the processor for one run. */
static double time_run(const ch_model *model, uint64_t paths)
{
    double start = used_seconds();
    ch_result_free(run(model, paths, 1, 1));
    return used_seconds() - start;
}

/* What a run costs before its first path (plan, counters) is taken out by the difference of a long
 * run and a short one; both are best of the same rounds. */
static double path_month_ns(const ch_model *model)
{
    double longer = 1e30, shorter = 1e30;
    for (int round = 0; round < ROUNDS; round++) {
        double seconds = time_run(model, PATHS);
        longer = seconds < longer ? seconds : longer;
        seconds = time_run(model, 64);
        shorter = seconds < shorter ? seconds : shorter;
    }
    return (longer - shorter) / (double)(PATHS - 64) / ch_model_months(model) * 1e9;
}

/* A cache of its own, so that the first compiled run finds nothing. */
static void forget_compiled(char *folder)
{
    if (!mkdtemp(folder) || setenv("XDG_CACHE_HOME", folder, 1) != 0) {
        fputs("bench_flagship: no folder for compiled models\n", stderr);
        exit(3);
    }
}

static void measure_isas(const ch_model *model)
{
    char folder[] = "/tmp/cardhouse-bench-XXXXXX", command[64];
    forget_compiled(folder);
    static const chi_isa isas[] = {CHI_ISA_V4, CHI_ISA_V3, CHI_ISA_BASE};
    const char *wish = getenv("CARDHOUSE_ISA");
    char kept[8] = "";
    if (wish)
        snprintf(kept, sizeof kept, "%s", wish);
    for (size_t i = 0; i < sizeof isas / sizeof isas[0]; i++) {
        const char *name = chi_isa_name(isas[i]);
        setenv("CARDHOUSE_ISA", name, 1);
        if (chi_isa_best() != isas[i])
            continue; /* this processor does not have it */
        char variant[48];
        snprintf(variant, sizeof variant, "cardhouse_%s", name);
        bench_print("path_month", variant, path_month_ns(model), "ns");
        if (isas[i] == CHI_ISA_BASE)
            continue;
        compiled = 1;
        double start = bench_seconds();
        ch_result_free(run(model, 64, 1, 1));
        snprintf(variant, sizeof variant, "cardhouse_%s_first_run", name);
        bench_print("compile", variant, bench_seconds() - start, "s");
        snprintf(variant, sizeof variant, "cardhouse_%s_compiled", name);
        bench_print("path_month", variant, path_month_ns(model), "ns");
        compiled = 0;
    }
    snprintf(command, sizeof command, "rm -r %s", folder);
    if (system(command) != 0)
        fprintf(stderr, "bench_flagship: %s was not removed\n", folder);
    if (*kept)
        setenv("CARDHOUSE_ISA", kept, 1);
    else
        unsetenv("CARDHOUSE_ISA");
}

static void measure_load(void)
{
    double best = 1e30;
    for (int i = 0; i < LOADS; i++) {
        double start = used_seconds();
        ch_model_free(load(NULL));
        double seconds = used_seconds() - start;
        best = seconds < best ? seconds : best;
    }
    bench_print("load_and_check", "cardhouse", best * 1e3, "ms");
}

static void count_operations(const ch_model *model)
{
    chi_arena arena;
    chi_arena_init(&arena);
    const chi_plan *plan = chi_plan_build(model, ch_model_months(model), &arena);
    chi_flops count = chi_flops_count(plan);
    bench_print("operations", "random", count.random, "flop");
    bench_print("operations", "drivers", count.drivers, "flop");
    bench_print("operations", "due", count.due, "flop");
    bench_print("operations", "fund", count.fund, "flop");
    bench_print("operations", "settle", count.settle, "flop");
    bench_print("operations", "close", count.close, "flop");
    bench_print("operations", "path_month", chi_flops_total(&count), "flop");
    chi_arena_free(&arena);
}

static int memory(uint64_t paths)
{
    ch_model *model = load(NULL);
    ch_result_free(run(model, paths, 1, 1));
    ch_model_free(model);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    char variant[48];
    snprintf(variant, sizeof variant, "cardhouse_%llu_paths", (unsigned long long)paths);
    bench_print("memory", variant, (double)usage.ru_maxrss / 1024.0, "MiB");
    return 0;
}

/* Wall-clock time, so only of use on a machine that does nothing else. */
static int threads(unsigned rest)
{
    ch_model *model = load(NULL);
    double best[2] = {1e30, 1e30};
    sleep(rest);
    for (int round = 0; round < 3; round++)
        for (uint32_t k = 0; k < 2; k++) {
            double start = bench_seconds();
            ch_result_free(run(model, 4 * PATHS, k + 1, 1));
            double seconds = bench_seconds() - start;
            best[k] = seconds < best[k] ? seconds : best[k];
        }
    bench_print("threads", "two_against_one", best[0] / best[1], "ratio");
    ch_model_free(model);
    return 0;
}

static int survival(const char *firm, const char *scenario, uint64_t paths)
{
    ch_model *model = load(strcmp(scenario, "base") == 0 ? NULL : scenario);
    size_t row = 0;
    while (row < ch_model_firm_count(model) && strcmp(ch_model_firm_id(model, row), firm) != 0)
        row++;
    if (row == ch_model_firm_count(model)) {
        fprintf(stderr, "bench_flagship: no firm %s\n", firm);
        return 2;
    }
    ch_result *result = run(model, paths, 1, 7);
    for (uint32_t m = 0; m < ch_result_months(result); m++)
        printf("%.9f\n", ch_result_alive(result, row, m).share);
    ch_result_free(result);
    ch_model_free(model);
    return 0;
}

int main(int count, char **words)
{
    if (count == 3 && strcmp(words[1], "--memory") == 0)
        return memory(strtoull(words[2], NULL, 10));
    if (count == 3 && strcmp(words[1], "--threads") == 0)
        return threads((unsigned)strtoul(words[2], NULL, 10));
    if (count == 5 && strcmp(words[1], "--survival") == 0)
        return survival(words[2], words[3], strtoull(words[4], NULL, 10));
    if (count != 1) {
        fputs("usage: bench_flagship [--memory PATHS | --threads REST | --survival FIRM SCENARIO "
              "PATHS]\n",
            stderr);
        return 2;
    }
    ch_model *model = load(NULL);
    measure_isas(model);
    measure_load();
    count_operations(model);
    ch_model_free(model);
    return 0;
}

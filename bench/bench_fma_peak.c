/* The machine's own limit: fused multiply-adds in doubles on one core, with nothing else to do.
 * Twelve independent chains keep two units of four cycles' latency busy. */
#include "bench.h"

#if defined(__x86_64__)
#include <immintrin.h>

enum { STEPS = 20000, CHAINS = 12, ROUNDS = 200 };
static volatile double sink;

__attribute__((target("avx2,fma"))) static void chains_avx2(void)
{
    const __m256d factor = _mm256_set1_pd(0.999), term = _mm256_set1_pd(0.001);
    __m256d x[CHAINS];
    for (int k = 0; k < CHAINS; k++)
        x[k] = _mm256_set1_pd(k);
    for (int i = 0; i < STEPS; i++)
#pragma GCC unroll 12
        for (int k = 0; k < CHAINS; k++)
            x[k] = _mm256_fmadd_pd(x[k], factor, term);
    for (int k = 1; k < CHAINS; k++)
        x[0] = _mm256_add_pd(x[0], x[k]);
    sink = _mm256_cvtsd_f64(x[0]);
}

__attribute__((target("avx512f"))) static void chains_avx512(void)
{
    const __m512d factor = _mm512_set1_pd(0.999), term = _mm512_set1_pd(0.001);
    __m512d x[CHAINS];
    for (int k = 0; k < CHAINS; k++)
        x[k] = _mm512_set1_pd(k);
    for (int i = 0; i < STEPS; i++)
#pragma GCC unroll 12
        for (int k = 0; k < CHAINS; k++)
            x[k] = _mm512_fmadd_pd(x[k], factor, term);
    for (int k = 1; k < CHAINS; k++)
        x[0] = _mm512_add_pd(x[0], x[k]);
    sink = _mm512_cvtsd_f64(x[0]);
}

/* Additions that wait for each other take one cycle each: the clock, where no counter shows it. */
static void dependent_additions(void)
{
    unsigned long x = 0;
    for (int i = 0; i < STEPS * 10; i++)
        __asm__ volatile("add $1, %0" : "+r"(x));
}

int main(void)
{
    double best;
    BENCH_BEST(best, ROUNDS, dependent_additions());
    bench_print("clock", "one_core", STEPS * 10 / best / 1e9, "GHz");
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        BENCH_BEST(best, ROUNDS, chains_avx2());
        bench_print("fma_peak_f64", "v3", 2.0 * 4 * CHAINS * STEPS / best / 1e9, "GFLOP/s");
    }
    if (__builtin_cpu_supports("avx512f")) {
        BENCH_BEST(best, ROUNDS, chains_avx512());
        bench_print("fma_peak_f64", "v4", 2.0 * 8 * CHAINS * STEPS / best / 1e9, "GFLOP/s");
    }
    return 0;
}
#else
int main(void)
{
    return 0; /* no kernel for this processor: no line */
}
#endif

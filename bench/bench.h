/* A stopwatch and a printer for the programs of this folder. Other programs share the machine and
 * its clock varies, so the shortest of many short rounds is what is reported. */
#ifndef CARDHOUSE_BENCH_H
#define CARDHOUSE_BENCH_H

#include <stdio.h>
#include <time.h>

static inline double bench_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Sets `best` to the least number of seconds that `statement` took in `rounds` rounds. */
#define BENCH_BEST(best, rounds, statement)                                                        \
    do {                                                                                           \
        (best) = 1e30;                                                                             \
        for (int bench_round = 0; bench_round < (rounds); bench_round++) {                         \
            double bench_start = bench_seconds();                                                  \
            statement;                                                                             \
            double bench_time = bench_seconds() - bench_start;                                     \
            if (bench_time < (best))                                                               \
                (best) = bench_time;                                                               \
        }                                                                                          \
    } while (0)

static inline void bench_print(
    const char *subject, const char *variant, double value, const char *unit)
{
    printf("%s,%s,%.6g,%s\n", subject, variant, value, unit);
}

#endif

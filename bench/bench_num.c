/* Random normals and elementary functions against GSL and the C library. */
#include "bench.h"
#include "num/hash.h"
#include "num/isa.h"
#include "num/math_columns.h"
#include "num/philox.h"
#include "num/sum.h"

#include <math.h>

#if defined(BENCH_HAS_GSL)
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#endif

enum { TILE = 256, MONTHS = 16, REPEATS = 16, ROUNDS = 400 };
static double in[TILE], out[TILE], second[TILE];
static volatile double sink; /* keeps what is measured from being left out */

/* Each tile several times in a round, so that reading the clock does not count. */
#define REPEAT(statement)                                                                          \
    for (int repeat = 0; repeat < REPEATS; repeat++)                                               \
    statement

static void print_repeated(const char *subject, const char *variant, double seconds)
{
    bench_print(subject, variant, seconds / (TILE * REPEATS) * 1e9, "ns");
}

/* One tile of 256 paths, month by month, as the engine draws. */
static void draw_months(chi_draw_fn *draw)
{
    for (uint32_t month = 0; month < MONTHS; month++)
        draw(42, 0, TILE, month, 7, out, second);
    sink = out[1];
}

static void bench_draws(void)
{
    const double values = 2.0 * TILE * MONTHS;
    for (int isa = 0; isa <= (int)chi_isa_best(); isa++) {
        chi_draws draws = chi_draws_for(isa);
        const char *name = chi_isa_name((chi_isa)isa);
        int rounds = isa == CHI_ISA_BASE ? ROUNDS / 10 : ROUNDS;
        double best;
        BENCH_BEST(best, rounds, draw_months(draws.uniforms));
        bench_print("uniform", name, best / values * 1e9, "ns");
        BENCH_BEST(best, rounds, draw_months(draws.normals));
        bench_print("normal", name, best / values * 1e9, "ns");
    }
}

#if defined(BENCH_HAS_GSL)
typedef double gsl_draw_fn(const gsl_rng *, double);

static void gsl_fill(gsl_draw_fn *draw, const gsl_rng *generator)
{
    for (int i = 0; i < TILE; i++)
        out[i] = draw(generator, 1.0);
    sink = out[1];
}

static void bench_gsl(void)
{
    static const struct {
        const char *name;
        gsl_draw_fn *draw;
    } methods[] = {{"gsl_ziggurat", gsl_ran_gaussian_ziggurat}, {"gsl_polar", gsl_ran_gaussian},
        {"gsl_ratio", gsl_ran_gaussian_ratio_method}};
    gsl_rng *generator = gsl_rng_alloc(gsl_rng_mt19937);
    for (size_t i = 0; generator && i < sizeof methods / sizeof *methods; i++) {
        double best;
        BENCH_BEST(best, ROUNDS / 4, REPEAT(gsl_fill(methods[i].draw, generator)));
        print_repeated("normal", methods[i].name, best);
    }
    gsl_rng_free(generator);
}

static double gsl_inverse(double p)
{
    return gsl_cdf_ugaussian_Pinv(p);
}
#endif

typedef double scalar_fn(double);

static void apply(scalar_fn *function)
{
    for (int i = 0; i < TILE; i++)
        out[i] = function(in[i]);
    sink = out[1];
}

static void bench_column(const char *subject, const char *isa, chi_column_fn *column)
{
    double best;
    BENCH_BEST(best, ROUNDS, REPEAT(column(in, out, TILE)));
    print_repeated(subject, isa, best);
}

static void bench_functions(void)
{
    double best;
    for (int i = 0; i < TILE; i++)
        in[i] = (i * 97 % TILE + 0.5) / TILE;
    for (int isa = 0; isa <= (int)chi_isa_best(); isa++) {
        chi_columns columns = chi_columns_for(isa);
        const char *name = chi_isa_name((chi_isa)isa);
        bench_column("exp", name, columns.exp);
        bench_column("log", name, columns.log);
        bench_column("normal_inverse", name, columns.normal_inverse);
        BENCH_BEST(best, ROUNDS, REPEAT(columns.sincos_2pi(in, out, second, TILE)));
        print_repeated("sincos", name, best);
    }
    BENCH_BEST(best, ROUNDS, REPEAT(apply(exp)));
    print_repeated("exp", "libm", best);
    BENCH_BEST(best, ROUNDS, REPEAT(apply(log)));
    print_repeated("log", "libm", best);
#if defined(BENCH_HAS_GSL)
    BENCH_BEST(best, ROUNDS, REPEAT(apply(gsl_inverse)));
    print_repeated("normal_inverse", "gsl", best);
#endif
}

static void add_plain(void)
{
    double sum = 0;
    for (int i = 0; i < TILE; i++)
        sum += in[i];
    sink = sum;
}

static void add_exact(void)
{
    chi_sum128 sum = chi_sum128_new(-20);
    chi_sum128_add_column(&sum, in, TILE);
    sink = (double)sum.low;
}

static void bench_sums(void)
{
    double best;
    BENCH_BEST(best, ROUNDS, REPEAT(add_plain()));
    print_repeated("sum", "doubles_in_order", best);
    BENCH_BEST(best, ROUNDS, REPEAT(add_exact()));
    print_repeated("sum", "exact", best);
    BENCH_BEST(best, ROUNDS, REPEAT(sink = (double)chi_hash64_column(0, in, TILE)));
    print_repeated("hash", "column", best);
}

int main(void)
{
    bench_draws();
#if defined(BENCH_HAS_GSL)
    bench_gsl();
#endif
    bench_functions();
    bench_sums();
    return 0;
}

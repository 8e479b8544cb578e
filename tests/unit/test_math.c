/* The elementary functions: error in units in the last place against MPFR, edges, and equal bits of
 * one lane, every instruction set's columns, gcc and clang (the golden hashes are one constant). */
#include "num/isa.h"
#include "num/math.lane.h"
#include "num/math_columns.h"
#include "support/effort.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <mpfr.h>

enum { COUNT = 20000, PRECISION = 128 };

static const double infinity = (double)INFINITY, nan_value = (double)NAN;

static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u; /* SplitMix64, only to choose arguments */
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static double next_uniform(uint64_t *state)
{
    return ((double)(next_random(state) >> 12) + 0.5) * 0x1p-52;
}

/* |got - exact| over the distance between doubles at exact. */
static double ulps(double got, mpfr_t exact)
{
    mpfr_t error;
    mpfr_init2(error, PRECISION);
    mpfr_sub_d(error, exact, got, MPFR_RNDN);
    double size = fabs(mpfr_get_d(exact, MPFR_RNDN));
    int exponent = 0;
    frexp(size, &exponent);
    int unit = exponent - 53 < -1074 ? -1074 : exponent - 53;
    mpfr_mul_2si(error, error, -unit, MPFR_RNDN);
    double result = fabs(mpfr_get_d(error, MPFR_RNDU));
    mpfr_clear(error);
    return result;
}

typedef void exact_fn(mpfr_t result, double x);
typedef double lane_fn(double x);

static void exact_exp(mpfr_t result, double x)
{
    mpfr_set_d(result, x, MPFR_RNDN);
    mpfr_exp(result, result, MPFR_RNDN);
}

static void exact_log(mpfr_t result, double x)
{
    mpfr_set_d(result, x, MPFR_RNDN);
    mpfr_log(result, result, MPFR_RNDN);
}

static void exact_radius(mpfr_t result, double u)
{
    exact_log(result, u);
    mpfr_mul_si(result, result, -2, MPFR_RNDN);
    mpfr_sqrt(result, result, MPFR_RNDN);
}

static void turn(mpfr_t result, double u)
{
    mpfr_const_pi(result, MPFR_RNDN);
    mpfr_mul_2si(result, result, 1, MPFR_RNDN);
    mpfr_mul_d(result, result, u - floor(u), MPFR_RNDN);
}

static void exact_sine(mpfr_t result, double u)
{
    turn(result, u);
    mpfr_sin(result, result, MPFR_RNDN);
}

static void exact_cosine(mpfr_t result, double u)
{
    turn(result, u);
    mpfr_cos(result, result, MPFR_RNDN);
}

/* Newton's method on ln(mass of the tail beyond x), from the lane's own answer; each step doubles
 * the digits, so that four leave nothing of where it began. */
static void exact_normal_inverse(mpfr_t x, double p)
{
    mpfr_t mass, wanted, density, step;
    mpfr_inits2(PRECISION, mass, wanted, density, step, (mpfr_ptr)NULL);
    double start = lane_normal_inverse(p);
    int upper = p > 0.5;
    mpfr_set_d(wanted, p, MPFR_RNDN);
    if (upper)
        mpfr_ui_sub(wanted, 1, wanted, MPFR_RNDN);
    mpfr_set_d(x, fabs(start), MPFR_RNDN); /* now x > 0 with P(X > x) = wanted */
    for (int i = 0; i < 4; i++) {
        mpfr_sqrt_ui(step, 2, MPFR_RNDN);
        mpfr_div(mass, x, step, MPFR_RNDN);
        mpfr_erfc(mass, mass, MPFR_RNDN);
        mpfr_div_2ui(mass, mass, 1, MPFR_RNDN);
        mpfr_sqr(density, x, MPFR_RNDN);
        mpfr_div_si(density, density, -2, MPFR_RNDN);
        mpfr_exp(density, density, MPFR_RNDN);
        mpfr_const_pi(step, MPFR_RNDN);
        mpfr_mul_2ui(step, step, 1, MPFR_RNDN);
        mpfr_sqrt(step, step, MPFR_RNDN);
        mpfr_div(density, density, step, MPFR_RNDN);
        mpfr_div(step, mass, wanted, MPFR_RNDN);
        mpfr_log(step, step, MPFR_RNDN);
        mpfr_mul(step, step, mass, MPFR_RNDN);
        mpfr_div(step, step, density, MPFR_RNDN);
        mpfr_add(x, x, step, MPFR_RNDN);
    }
    if (!upper)
        mpfr_neg(x, x, MPFR_RNDN);
    mpfr_clears(mass, wanted, density, step, (mpfr_ptr)NULL);
}

static double the_exp(double x)
{
    return lane_exp(x);
}

static double the_log(double x)
{
    return lane_log(x);
}

static double the_radius(double u)
{
    return lane_radius(u);
}

static double the_sine(double u)
{
    double sine, cosine;
    lane_sincos_2pi(u, &sine, &cosine);
    return sine;
}

static double the_cosine(double u)
{
    double sine, cosine;
    lane_sincos_2pi(u, &sine, &cosine);
    return cosine;
}

static double the_normal_inverse(double p)
{
    return lane_normal_inverse(p);
}

/* Arguments: log-uniform in size when `spread`, else uniform between low and high. */
typedef struct range {
    double low, high;
    int spread;
} range;

static double argument(range r, uint64_t *state)
{
    double u = next_uniform(state);
    return r.spread ? exp(log(r.low) + u * (log(r.high) - log(r.low)))
                    : r.low + u * (r.high - r.low);
}

static void check_error(
    const char *name, lane_fn *lane, exact_fn *exact, range r, int count, double allowed_ulp)
{
    mpfr_t wanted;
    mpfr_init2(wanted, PRECISION);
    uint64_t state = 42;
    double worst = 0, at = 0;
    for (int i = 0, n = with_effort(count); i < n; i++) {
        double x = argument(r, &state);
        exact(wanted, x);
        double error = ulps(lane(x), wanted);
        if (!(error <= worst))
            worst = error, at = x;
    }
    mpfr_clear(wanted);
    printf("%-16s [%g, %g]: largest error %.3f ulp at %a\n", name, r.low, r.high, worst, at);
    if (!(worst <= allowed_ulp))
        fail_msg("%s: %.3f ulp at %a, allowed %g", name, worst, at, allowed_ulp);
}

static void exp_error(void **state)
{
    (void)state;
    check_error("exp", the_exp, exact_exp, (range){-745.5, 709.78, 0}, COUNT, 1.0);
    check_error("exp", the_exp, exact_exp, (range){-1.0, 1.0, 0}, COUNT, 1.0);
    check_error("exp", the_exp, exact_exp, (range){1e-20, 700.0, 1}, COUNT, 1.0);
    check_error("exp", the_exp, exact_exp, (range){-745.2, -708.0, 0}, COUNT, 1.0);
}

static void log_error(void **state)
{
    (void)state;
    check_error("log", the_log, exact_log, (range){5e-324, 1.7e308, 1}, COUNT, 1.0);
    check_error("log", the_log, exact_log, (range){0.5, 2.0, 0}, COUNT, 1.0);
    check_error("log", the_log, exact_log, (range){0.99, 1.01, 0}, COUNT, 1.0);
    check_error("log", the_log, exact_log, (range){0.70, 0.7072, 0}, COUNT, 1.0);
    check_error("log", the_log, exact_log, (range){1.41, 1.4143, 0}, COUNT, 1.0);
    check_error("log", the_log, exact_log, (range){0.0, 1.0, 0}, COUNT, 1.0);
}

static void sincos_error(void **state)
{
    (void)state;
    check_error("sin 2 pi u", the_sine, exact_sine, (range){0.0, 1.0, 0}, COUNT, 2.0);
    check_error("cos 2 pi u", the_cosine, exact_cosine, (range){0.0, 1.0, 0}, COUNT, 2.0);
    check_error("sin 2 pi u", the_sine, exact_sine, (range){-50.0, 50.0, 0}, COUNT, 2.0);
    check_error("cos 2 pi u", the_cosine, exact_cosine, (range){0.2499, 0.2501, 0}, COUNT, 2.0);
    check_error("sin 2 pi u", the_sine, exact_sine, (range){1e-300, 0.125, 1}, COUNT, 2.0);
}

static void radius_error(void **state)
{
    (void)state;
    check_error("radius", the_radius, exact_radius, (range){0.0, 1.0, 0}, COUNT, 2.0);
    check_error("radius", the_radius, exact_radius, (range){0.7, 0.7075, 0}, COUNT, 2.0);
    check_error("radius", the_radius, exact_radius, (range){0.99, 1.0 - 0x1p-53, 0}, COUNT, 2.0);
    check_error("radius", the_radius, exact_radius, (range){0x1p-53, 0.5, 1}, COUNT, 2.0);
}

static void normal_inverse_error(void **state)
{
    (void)state;
    exact_fn *exact = exact_normal_inverse;
    check_error("normal inverse", the_normal_inverse, exact, (range){0.0, 1.0, 0}, 1500, 3.0);
    check_error("normal inverse", the_normal_inverse, exact, (range){0.45, 0.55, 0}, 1500, 3.0);
    check_error("normal inverse", the_normal_inverse, exact, (range){0.019, 0.021, 0}, 1500, 3.0);
    check_error("normal inverse", the_normal_inverse, exact, (range){0.97, 0.99, 0}, 1500, 3.0);
    check_error("normal inverse", the_normal_inverse, exact, (range){1e-16, 0.5, 1}, 1500, 3.0);
    check_error("normal inverse", the_normal_inverse, exact, (range){5e-324, 1e-10, 1}, 1500, 3.0);
}

static void exp_edges(void **state)
{
    (void)state;
    assert_true(lane_exp(0.0) == 1.0 && lane_exp(-0.0) == 1.0);
    assert_true(lane_exp(infinity) == infinity && lane_exp(1e300) == infinity);
    assert_true(lane_exp(0x1.62e42fefa39efp9) < infinity); /* the last finite one */
    assert_true(lane_exp(0x1.62e42fefa39f0p9) == infinity);
    assert_true(lane_exp(-infinity) == 0.0 && lane_exp(-1e300) == 0.0);
    assert_true(lane_exp(-0x1.74910d52d3051p9) == 0x1p-1074); /* the last above zero */
    assert_true(lane_exp(-0x1.74910d52d3053p9) == 0.0);
    assert_true(lane_exp(5e-324) == 1.0);
    assert_true(isnan(lane_exp(nan_value)));
}

static void log_edges(void **state)
{
    (void)state;
    assert_int_equal(lane_bits(lane_log(1.0)), 0); /* +0 */
    assert_true(lane_log(0.0) == -infinity && lane_log(-0.0) == -infinity);
    assert_true(lane_log(infinity) == infinity);
    assert_true(isnan(lane_log(-5e-324)) && isnan(lane_log(-1.0)) && isnan(lane_log(-infinity)));
    assert_true(isnan(lane_log(nan_value)));
}

static void sincos_edges(void **state)
{
    (void)state;
    static const struct {
        double u, sine, cosine;
    } cases[] = {{0.0, 0, 1}, {0.25, 1, 0}, {0.5, 0, -1}, {0.75, -1, 0}, {1.0, 0, 1},
        {-0.25, -1, 0}, {0x1p48 + 0.25, 1, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(the_sine(cases[i].u) == cases[i].sine);
        assert_true(the_cosine(cases[i].u) == cases[i].cosine);
    }
    assert_true(isnan(the_sine(nan_value)) && isnan(the_cosine(infinity)));
}

static void normal_inverse_edges(void **state)
{
    (void)state;
    assert_true(lane_normal_inverse(0.5) == 0.0);
    assert_true(lane_normal_inverse(0.0) == -infinity && lane_normal_inverse(1.0) == infinity);
    assert_true(isnan(lane_normal_inverse(-5e-324)) && isnan(lane_normal_inverse(1.0 + 0x1p-52)));
    assert_true(isnan(lane_normal_inverse(nan_value)) && isnan(lane_normal_inverse(infinity)));
    uint64_t random = 7;
    for (int i = 0; i < COUNT; i++) {
        double p = next_uniform(&random);
        if ((1.0 - p) + p == 1.0 && 1.0 - (1.0 - p) == p)
            assert_true(lane_normal_inverse(1.0 - p) == -lane_normal_inverse(p));
    }
}

/* Neighbouring grid points, and points on both sides of each seam, must not fall back. */
static void normal_inverse_rises(void **state)
{
    (void)state;
    static const double seams[] = {0.02, 0.98, 0x1.e8a37a45fc32ep-37, 0.25, 0.5, 0.75};
    double before = -infinity;
    for (int i = 0; i <= 1 << 16; i++) {
        double x = lane_normal_inverse(i / 65536.0);
        assert_true(x > before || i == 0);
        before = x;
    }
    for (size_t s = 0; s < sizeof seams / sizeof *seams; s++) {
        double p = seams[s] * (1 - 0x1p-30);
        before = lane_normal_inverse(p);
        for (int i = 0; i < 4096; i++) {
            p += seams[s] * 0x1p-41;
            double x = lane_normal_inverse(p);
            assert_true(x > before);
            before = x;
        }
    }
}

static uint64_t hash_values(uint64_t hash, const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (int shift = 0; shift < 64; shift += 8)
            hash = (hash ^ (lane_bits(values[i]) >> shift & 0xff)) * 1099511628211u;
    return hash;
}

static uint64_t check_column(
    const char *name, chi_column_fn *column, lane_fn *lane, const double *in)
{
    static double out[COUNT];
    column(in, out, COUNT);
    for (int i = 0; i < COUNT; i++)
        if (lane_bits(out[i]) != lane_bits(lane(in[i])) && !(isnan(out[i]) && isnan(lane(in[i]))))
            fail_msg("%s: %a gives %a in a column, %a alone", name, in[i], out[i], lane(in[i]));
    return hash_values(14695981039346656037u, out, COUNT);
}

/* All copies give the lane's bits; the hashes, being constants, hold gcc and clang to them too. */
static void columns_equal_lanes(void **state)
{
    (void)state;
    static double wide[COUNT], positive[COUNT], unit[COUNT], sine[COUNT], cosine[COUNT];
    uint64_t random = 99;
    for (int i = 0; i < COUNT; i++) {
        unit[i] = next_uniform(&random);
        wide[i] = 1500.0 * (unit[i] - 0.5);
        positive[i] = lane_from_bits(next_random(&random) >> 2);
    }
    static const double odd[] = {0.0, 5e-324, 0x1p-1022, 1.0, -1.0, infinity, -infinity};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        wide[100 + i] = odd[i], positive[100 + i] = fabs(odd[i]),
                   unit[100 + i] = i < 4 ? odd[i] : 0.5;
    for (int isa = 0; isa <= (int)chi_isa_best(); isa++) {
        chi_columns columns = chi_columns_for(isa);
        uint64_t exps = check_column("exp", columns.exp, the_exp, wide);
        uint64_t logs = check_column("log", columns.log, the_log, positive);
        uint64_t inverses =
            check_column("normal inverse", columns.normal_inverse, the_normal_inverse, unit);
        columns.sincos_2pi(unit, sine, cosine, COUNT);
        for (int i = 0; i < COUNT; i++) {
            assert_int_equal(lane_bits(sine[i]), lane_bits(the_sine(unit[i])));
            assert_int_equal(lane_bits(cosine[i]), lane_bits(the_cosine(unit[i])));
        }
        uint64_t turns =
            hash_values(hash_values(14695981039346656037u, sine, COUNT), cosine, COUNT);
        assert_int_equal(exps, 0xfdf8b47a2e21c559u);
        assert_int_equal(logs, 0x3463a55289763e7cu);
        assert_int_equal(inverses, 0xe6e74afc55114bdbu);
        assert_int_equal(turns, 0x8f729fac953efa30u);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exp_error),
        cmocka_unit_test(log_error),
        cmocka_unit_test(sincos_error),
        cmocka_unit_test(radius_error),
        cmocka_unit_test(normal_inverse_error),
        cmocka_unit_test(exp_edges),
        cmocka_unit_test(log_edges),
        cmocka_unit_test(sincos_edges),
        cmocka_unit_test(normal_inverse_edges),
        cmocka_unit_test(normal_inverse_rises),
        cmocka_unit_test(columns_equal_lanes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

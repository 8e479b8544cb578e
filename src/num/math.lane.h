/* Elementary functions as lanes: exp, log, sine and cosine of a turn, the normal's inverse.
 *
 * Why not the C library's: its bits differ between versions, and its vector forms between widths.
 * These use only + - * /, sqrt and fma, each of which IEEE 754 rounds correctly, in an order that
 * is written out, so that every compiler and instruction set yields the same bits, one path or
 * eight at a time. They are straight lines of code, which compilers vectorise; where the processor
 * lacks fma the C library's is called, which is slow and equal.
 *
 * Ranges are reduced as in W. J. Cody and W. Waite, "Software Manual for the Elementary Functions"
 * (1980); coefficients are minimax fits computed by tools/minimax.py. Largest errors, in units in
 * the last place of the result, against MPFR (tests/unit/test_math.c): see each function. */
#ifndef CHI_NUM_MATH_LANE_H
#define CHI_NUM_MATH_LANE_H

#include "num/lane.h"

#include <float.h>
#include <stdint.h>

/* What "same bits" rests on: doubles are computed as doubles, in the order that is written. */
_Static_assert(FLT_EVAL_METHOD == 0 && DBL_MANT_DIG == 53, "doubles must be IEEE 754 binary64");
#if defined(__FAST_MATH__)
#error "the bits of results depend on the written order: compile without -ffast-math"
#endif

CH_LANE uint64_t lane_bits(double x)
{
    uint64_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    return bits;
}

CH_LANE double lane_from_bits(uint64_t bits)
{
    double x;
    __builtin_memcpy(&x, &bits, sizeof x);
    return x;
}

CH_LANE double lane_sqrt(double x)
{
    return __builtin_sqrt(x);
}

/* Added to |x| < 2^51 this leaves x, rounded to an integer, in the low bits of the sum. */
#define LANE_ROUNDER 0x1.8p52

/* ln 2 in two parts; the first has so few bits that its product with an exponent is exact. */
#define LANE_LN2_HIGH 0x1.62e42fefa38p-1
#define LANE_LN2_LOW 0x1.ef35793c7673p-45
#define LANE_TWO_LN2 0x1.62e42fefa39efp0

/* (exp(r) - 1 - r) / r^2 for |r| <= ln(2)/2; relative error of exp 2^-61. By pairs, not one
 * coefficient after the other (G. Estrin, "Organization of computer systems: the fixed plus
 * variable structure computer", 1960): a driver's path waits for it. */
CH_LANE double lane_exp_tail(double r)
{
    double r2 = r * r, r4 = r2 * r2;
    double a = lane_fma(0x1.5555555555557p-3, r, 0.5);
    double b = lane_fma(0x1.11111111100dap-7, r, 0x1.5555555555558p-5);
    double c = lane_fma(0x1.a01a01abe90a6p-13, r, 0x1.6c16c16c15068p-10);
    double d = lane_fma(0x1.71de022e47e49p-19, r, 0x1.a01a01ada30c8p-16);
    double e = lane_fma(0x1.af4df050824e4p-26, r, 0x1.27e4cb0bd7ef8p-22);
    e = lane_fma(0x1.1f8e8cb7fe507p-29, r2, e);
    double low = lane_fma(b, r2, a), high = lane_fma(d, r2, c);
    return lane_fma(lane_fma(e, r4, high), r4, low);
}

/* exp(x). Error below 1 ulp, subnormal results included. Above 709.78 it is +inf, below -745.13
 * it is 0, of a NaN it is that NaN. exp(0) is 1. */
CH_LANE double lane_exp(double x)
{
    /* Beyond 746 all is over: x keeps its sign and becomes 746. A NaN passes. */
    double bound = lane_from_bits((lane_bits(x) & 0x8000000000000000u) | lane_bits(746.0));
    x = __builtin_fabs(x) > 746.0 ? bound : x;
    double rounded = lane_fma(x, 0x1.71547652b82fep0, LANE_ROUNDER);
    double k = rounded - LANE_ROUNDER;
    double r = lane_fma(k, -LANE_LN2_LOW, lane_fma(k, -LANE_LN2_HIGH, x));
    double p = 1.0 + lane_fma(r * r, lane_exp_tail(r), r);
    /* 2^k in two factors: so overflow, and rounding to a subnormal, happen once and by themselves.
     */
    uint64_t biased = lane_bits(rounded) - lane_bits(LANE_ROUNDER) + 2046;
    uint64_t half = biased >> 1;
    return p * lane_from_bits(half << 52) * lane_from_bits((biased - half) << 52);
}

/* x = 2^k (1 + f) for positive normal x, with 1 + f between sqrt(1/2) and sqrt(2). Returns f. */
CH_LANE double lane_split(double x, double *k)
{
    const uint64_t low_bits = 0x3fe6a09e667f3bcdu; /* sqrt(1/2) */
    const uint64_t one_bits = 0x3ff0000000000000u;
    uint64_t bits = lane_bits(x) + (one_bits - low_bits);
    /* The exponent becomes a double by being the low bits of 2^52. */
    *k = lane_from_bits((bits >> 52) | 0x4330000000000000u) - (0x1p52 + 1023.0);
    return lane_from_bits((bits & 0x000fffffffffffffu) + low_bits) - 1.0;
}

/* ln(x) + shift * ln(2) for positive normal x; shift is an integer. With x = 2^k (1 + f) and
 * s = f / (2 + f): ln(1 + f) = 2 artanh(s). */
CH_LANE double lane_log_normal(double x, double shift)
{
    double exponent, f = lane_split(x, &exponent);
    double k = exponent + shift;
    double s = f / (2.0 + f);
    double z = s * s;
    double q = 0x1.2f044d4a0f303p-3; /* (2 artanh(s) / s - 2) / z; relative error of ln 2^-59 */
    q = lane_fma(q, z, 0x1.39a1dbaddf95cp-3);
    q = lane_fma(q, z, 0x1.74663d5eeeedfp-3);
    q = lane_fma(q, z, 0x1.c71c521284145p-3);
    q = lane_fma(q, z, 0x1.24924941e3049p-2);
    q = lane_fma(q, z, 0x1.999999997ff07p-2);
    q = lane_fma(q, z, 0x1.5555555555592p-1);
    /* 2 s = f - s f, so ln(1 + f) = f - s (f - z q); k ln 2 + f is kept with its rounding error. */
    double sum = lane_fma(k, LANE_LN2_HIGH, f);
    double lost = lane_fma(k, LANE_LN2_HIGH, -sum) + f;
    double rest = lane_fma(s, lane_fma(-z, q, f), lane_fma(-k, LANE_LN2_LOW, -lost));
    return sum - rest;
}

/* Natural logarithm. Error below 1 ulp, subnormal arguments included. log(0) = -inf, of +inf
 * +inf, of negative numbers and NaN it is NaN. */
CH_LANE double lane_log(double x)
{
    double y = x < 0x1p-1022 ? x * 0x1p54 : x;
    double shift = x < 0x1p-1022 ? -54.0 : 0.0;
    double result = lane_log_normal(y, shift);
    double zero_or_less = x == 0.0 ? -__builtin_inf() : __builtin_nan("");
    result = x == __builtin_inf() ? x : result;
    return x > 0.0 ? result : zero_or_less;
}

/* sin and cos of 2 pi u, for |u| <= 2^48; error below 2 ulp. The reduction to a quarter turn is
 * exact, because a turn is 1. */
CH_LANE void lane_sincos_2pi(double u, double *sine, double *cosine)
{
    const double half_pi = 0x1.921fb54442d18p0;
    double rounded = lane_fma(4.0, u, LANE_ROUNDER);
    double r = lane_fma(4.0, u, LANE_ROUNDER - rounded);
    uint64_t quarter = lane_bits(rounded);
    double z = r * r;
    double p = 0x1.e405257f1f388p-25; /* (sin(pi/2 r) / r - pi/2) / z; relative error 2^-58 */
    p = lane_fma(p, z, -0x1.e300aac89fdc1p-19);
    p = lane_fma(p, z, 0x1.50783020f61f9p-13);
    p = lane_fma(p, z, -0x1.32d2cce339b9fp-8);
    p = lane_fma(p, z, 0x1.466bc67758df5p-4);
    p = lane_fma(p, z, -0x1.4abbce625be47p-1);
    double s = r * lane_fma(p, z, half_pi);
    double q = -0x1.afef1fbe38939p-28; /* (cos(pi/2 r) - 1) / z; relative error 2^-61 */
    q = lane_fma(q, z, 0x1.f9c3d5f8083ebp-22);
    q = lane_fma(q, z, -0x1.a6d1e13ad716fp-16);
    q = lane_fma(q, z, 0x1.e1f506749bdb5p-11);
    q = lane_fma(q, z, -0x1.55d3c7e3bf5b2p-6);
    q = lane_fma(q, z, 0x1.03c1f081b5a4fp-2);
    q = lane_fma(q, z, -0x1.3bd3cc9be45dep+0);
    double c = lane_fma(q, z, 1.0);
    /* Quarters 1 and 3 swap the two; 2 and 3 turn the sine's sign, 1 and 2 the cosine's. */
    double swapped_s = (quarter & 1) ? c : s;
    double swapped_c = (quarter & 1) ? s : c;
    *sine = lane_from_bits(lane_bits(swapped_s) ^ ((quarter & 2) << 62));
    *cosine = lane_from_bits(lane_bits(swapped_c) ^ (((quarter + 1) & 2) << 62));
}

/* sqrt(-2 ln u) for normal u in (0, 1): the distance from the origin of two independent normals.
 * Error below 2 ulp. With u = 2^k (1 + f) as for the logarithm, -2 ln(1 + f) is
 * -2 f + f^2 (1 + f p), p a polynomial: a division would wait for the divider, which the square
 * root keeps busy. */
CH_LANE double lane_radius(double u)
{
    double k, f = lane_split(u, &k);
    double f2 = f * f, f4 = f2 * f2, f8 = f4 * f4;
    /* by pairs, like exp; relative error of the square 2^-54 */
    double p0 = lane_fma(0x1.000000000047dp-1, f, -0x1.55555555551f3p-1);
    double p2 = lane_fma(0x1.5555555559c9bp-2, f, -0x1.9999999a2b083p-2);
    double p4 = lane_fma(0x1.ffffff81799dfp-3, f, -0x1.249248e2b5e24p-2);
    double p6 = lane_fma(0x1.9999cab4ffb0ep-3, f, -0x1.c71c8e55b6ddcp-3);
    double p8 = lane_fma(0x1.554d2e59d624bp-3, f, -0x1.7459bc6389e50p-3);
    double p10 = lane_fma(0x1.2547b3b271cefp-3, f, -0x1.3b4b9a3079497p-3);
    double p12 = lane_fma(0x1.eef7b1c281a80p-4, f, -0x1.0f3d3bd4ec344p-3);
    double p14 = lane_fma(0x1.15db34678684fp-3, f, -0x1.e9457335d6da2p-4);
    double p16 = lane_fma(0x1.cfedc6eda437dp-5, f, -0x1.0308946aa7b44p-3);
    double low = lane_fma(lane_fma(p6, f2, p4), f4, lane_fma(p2, f2, p0));
    double high = lane_fma(lane_fma(p14, f2, p12), f4, lane_fma(p10, f2, p8));
    double p = lane_fma(lane_fma(p16, f8, high), f8, low);
    return lane_sqrt(lane_fma(f2, lane_fma(f, p, 1.0), lane_fma(k, -LANE_TWO_LN2, -2.0 * f)));
}

/* Two independent standard normals from two independent uniforms in (0, 1): G. E. P. Box and
 * M. E. Muller, "A note on the generation of random normal deviates" (1958). u must be a normal
 * number. Error below 4 ulp. */
CH_LANE void lane_box_muller(double u, double v, double *first, double *second)
{
    double sine, cosine;
    lane_sincos_2pi(v, &sine, &cosine);
    double radius = lane_radius(u);
    *first = radius * cosine;
    *second = radius * sine;
}

/* x / q for the centre, a polynomial in w = -ln(4 h (1 - h)) <= 2.546; relative error 2^-53. */
CH_LANE double lane_normal_inverse_centre(double w)
{
    double p = 0x1.b9ed9d0e9bb67p-42;
    p = lane_fma(p, w, -0x1.42096337b0845p-37);
    p = lane_fma(p, w, 0x1.4dd2fa24061aap-34);
    p = lane_fma(p, w, -0x1.39b6ad9e4c1b4p-33);
    p = lane_fma(p, w, -0x1.76ec25a953421p-30);
    p = lane_fma(p, w, 0x1.2664a97de86eap-29);
    p = lane_fma(p, w, 0x1.1389d5200668fp-24);
    p = lane_fma(p, w, -0x1.c26521ad589b2p-24);
    p = lane_fma(p, w, -0x1.807b697d6ddc5p-19);
    p = lane_fma(p, w, 0x1.7f7376a2e735cp-18);
    p = lane_fma(p, w, 0x1.147b5e29e5dc8p-13);
    p = lane_fma(p, w, -0x1.7bc0ded3651cdp-12);
    p = lane_fma(p, w, -0x1.b0d7e3753f505p-8);
    p = lane_fma(p, w, 0x1.0b9a8ec5d73a0p-5);
    p = lane_fma(p, w, 0x1.4ffddeaa22ca5p-1);
    return lane_fma(p, w, 0x1.40d931ff62706p+1);
}

/* sqrt(2) r - x for the tails, a rational function of r = sqrt(-ln h): one for 1.977 <= r < 5 and
 * one from there to 27.3, where the doubles end; relative error of x 2^-55. No terms cancel. */
CH_LANE double lane_normal_inverse_tail(double r)
{
    const double far = lane_le(5.0, r);
    const double t = r - lane_select(far, 5.0, 2.0);
    double p = lane_select(far, 0x1.bfd0b5eac6758p-41, 0x1.122ded4802975p-25);
    p = lane_fma(p, t, lane_select(far, 0x1.532765dc9d4eep-28, 0x1.15192b10e82b6p-15));
    p = lane_fma(p, t, lane_select(far, 0x1.4dbaa310d792ap-20, 0x1.c23c8c735a46ap-10));
    p = lane_fma(p, t, lane_select(far, 0x1.785b052c29902p-14, 0x1.c32afc6c9c13ap-6));
    p = lane_fma(p, t, lane_select(far, 0x1.542f6eb6c5031p-9, 0x1.898e77e519ff1p-3));
    p = lane_fma(p, t, lane_select(far, 0x1.14e71ee28f9e5p-5, 0x1.533202d4c5219p-1));
    p = lane_fma(p, t, lane_select(far, 0x1.92b4ea14fd99ep-3, 0x1.1e2cc15f52d4dp+0));
    p = lane_fma(p, t, lane_select(far, 0x1.a7143ee02599fp-2, 0x1.7a26c87afe344p-1));
    double q = lane_select(far, 0x1.e0d78b662efcep-31, 0x1.e79ffabc1de09p-18);
    q = lane_fma(q, t, lane_select(far, 0x1.30b692ab12ac4p-22, 0x1.107bb37ca5b48p-11));
    q = lane_fma(q, t, lane_select(far, 0x1.aae56a96db64ap-16, 0x1.6963b92b9eb4ep-7));
    q = lane_fma(q, t, lane_select(far, 0x1.e8f47818123e6p-11, 0x1.a7d083859b3afp-4));
    q = lane_fma(q, t, lane_select(far, 0x1.0b4936d4af2ebp-6, 0x1.0138440d7b512p-1));
    q = lane_fma(q, t, lane_select(far, 0x1.2603e653bcfe9p-3, 0x1.5315df304f5fcp+0));
    q = lane_fma(q, t, lane_select(far, 0x1.3900804b23a0ep-1, 0x1.ce7b6647dcdc8p+0));
    q = lane_fma(q, t, 1.0);
    return p / q;
}

/* The standard normal's inverse distribution function. Error below 4.5 ulp. -inf at 0, +inf at 1,
 * NaN outside [0, 1]; antisymmetric: inverse(1 - p) = -inverse(p) where 1 - p is exact. The
 * division into a centre and two tails follows M. J. Wichura, algorithm AS 241 (1988); the
 * centre's variable follows M. B. Giles, "Approximating the erfinv function" (2010). */
CH_LANE double lane_normal_inverse(double p)
{
    const double h = 1.0 - p < p ? 1.0 - p : p; /* the nearer tail's mass; a NaN stays */
    const double q = 0.5 - h;
    const double tail = lane_lt(h, 0.02);
    const double w = -lane_log(lane_select(tail, h, 4.0 * h * (1.0 - h)));
    const double r = lane_sqrt(w);
    const double outer = lane_fma(r, 0x1.6a09e667f3bcdp0, -lane_normal_inverse_tail(r));
    double x = lane_select(tail, outer, q * lane_normal_inverse_centre(w));
    x = h == 0.0 ? __builtin_inf() : x;
    return p < 0.5 ? -x : x;
}

#endif

/* Exact sums in 128-bit fixed point; see num/sum.h. Two 64-bit words rather than a compiler's
 * 128-bit type, which not every target has. */
#include "num/sum.h"

#include "base/check.h"
#include "num/math.lane.h"

#include <math.h>

enum { MANTISSA_BITS = 52, EXPONENT_BIAS = 1075 /* of a mantissa read as an integer */ };

chi_sum128 chi_sum128_new(int quantum_exponent)
{
    CHI_ASSERT(quantum_exponent >= -900 && quantum_exponent <= 900);
    return (chi_sum128){.quantum_exponent = quantum_exponent};
}

static void refuse(chi_sum128 *sum, uint32_t count)
{
    sum->refused_count +=
        count < UINT32_MAX - sum->refused_count ? count : UINT32_MAX - sum->refused_count;
}

static void add_words(chi_sum128 *sum, uint64_t low, uint64_t high)
{
    uint64_t total = sum->low + low;
    uint64_t carry = total < low;
    sum->low = total;
    /* Cannot overflow for fewer than 2^46 values; the conversion wraps on gcc and clang. */
    sum->high = (int64_t)((uint64_t)sum->high + high + carry);
}

/* mantissa / 2^shift to the nearest integer, ties to even. */
static uint64_t round_shift(uint64_t mantissa, int shift)
{
    if (shift > MANTISSA_BITS + 1)
        return 0;
    uint64_t whole = mantissa >> shift, rest = mantissa & ((UINT64_C(1) << shift) - 1);
    uint64_t half = UINT64_C(1) << (shift - 1);
    return whole + (rest > half || (rest == half && (whole & 1)));
}

/* The quanta of a value, as two words in two's complement; 0 if it is NaN, infinite or too large.
 */
static inline int quanta_of(double value, int quantum_exponent, uint64_t *low, uint64_t *high)
{
    CHI_ASSERT(quantum_exponent >= -900 && quantum_exponent <= 900);
    uint64_t bits = lane_bits(value);
    int exponent = (int)(bits >> MANTISSA_BITS & 0x7ff);
    uint64_t mantissa = bits & ((UINT64_C(1) << MANTISSA_BITS) - 1);
    if (exponent > 0)
        mantissa |= UINT64_C(1) << MANTISSA_BITS;
    else
        exponent = 1;
    int shift = exponent - EXPONENT_BIAS - quantum_exponent; /* value = mantissa 2^shift quanta */
    if (exponent == 0x7ff || shift > CHI_SUM128_VALUE_BITS - MANTISSA_BITS - 1)
        return 0;
    *low = mantissa;
    *high = 0;
    if (shift > 0) {
        *low = mantissa << shift;
        *high = mantissa >> (64 - shift);
    } else if (shift < 0) {
        *low = round_shift(mantissa, -shift);
    }
    if (bits >> 63) {
        *low = ~*low + 1;
        *high = ~*high + (*low == 0);
    }
    return 1;
}

void chi_sum128_add(chi_sum128 *sum, double value)
{
    uint64_t low, high;
    CHI_ASSERT(sum);
    if (quanta_of(value, sum->quantum_exponent, &low, &high))
        add_words(sum, low, high);
    else
        refuse(sum, 1);
}

void chi_sum128_add_to_both(chi_sum128 *sum, chi_sum128 *other, double value)
{
    uint64_t low, high;
    CHI_ASSERT(sum && other && sum->quantum_exponent == other->quantum_exponent);
    if (quanta_of(value, sum->quantum_exponent, &low, &high)) {
        add_words(sum, low, high);
        add_words(other, low, high);
    } else {
        refuse(sum, 1);
        refuse(other, 1);
    }
}

/* Adds `count` values, at most PIECE, if all are smaller than 2^51 quanta: then adding 1.5 * 2^52
 * rounds each to an integer that sits in the low bits, and 2^11 of those fit a 64-bit word. */
enum { PIECE = 2048, LANES = 8 };

static int add_small(chi_sum128 *sum, const double *values, size_t count, double scale)
{
    uint64_t total[LANES] = {0}, refused[LANES] = {0};
    for (size_t i = 0; i < count; i += LANES)
        for (size_t k = 0; k < LANES; k++) {
            double quanta = values[i + k] * scale;
            refused[k] |= __builtin_fabs(quanta) < 0x1p51 ? 0u : 1u; /* a NaN is refused */
            total[k] += lane_bits(quanta + LANE_ROUNDER) - lane_bits(LANE_ROUNDER);
        }
    for (size_t k = 1; k < LANES; k++) {
        refused[0] |= refused[k];
        total[0] += total[k];
    }
    if (refused[0])
        return 0;
    add_words(sum, total[0], total[0] >> 63 ? UINT64_MAX : 0);
    return 1;
}

void chi_sum128_add_column(chi_sum128 *sum, const double *values, size_t count)
{
    CHI_ASSERT(sum && (values || count == 0));
    CHI_ASSERT(sum->quantum_exponent >= -900 && sum->quantum_exponent <= 900);
    double scale = ldexp(1.0, -sum->quantum_exponent);
    while (count > 0) {
        size_t size = count < PIECE ? count : PIECE;
        size_t wide = size - size % LANES;
        size_t done = add_small(sum, values, wide, scale) ? wide : 0;
        for (size_t i = done; i < size; i++)
            chi_sum128_add(sum, values[i]);
        values += size;
        count -= size;
    }
}

void chi_sum128_merge(chi_sum128 *sum, const chi_sum128 *other)
{
    CHI_ASSERT(sum && other && sum->quantum_exponent == other->quantum_exponent);
    uint32_t refused = other->refused_count;
    add_words(sum, other->low, (uint64_t)other->high);
    refuse(sum, refused);
}

double chi_sum128_value(const chi_sum128 *sum)
{
    CHI_ASSERT(sum && sum->quantum_exponent >= -900 && sum->quantum_exponent <= 900);
    if (sum->refused_count > 0)
        return lane_from_bits(0x7ff8000000000000u);
    uint64_t low = sum->low, high = (uint64_t)sum->high;
    int negative = sum->high < 0;
    if (negative) {
        low = ~low + 1;
        high = ~high + (low == 0);
    }
    int shift = 0;
    /* Down to 63 bits, the last of which stands for all that fell off below it; the conversion to
     * double then rounds as it would have rounded the whole. */
    while (high > 0 || low >> 63) {
        low = low >> 1 | high << 63 | (low & 1);
        high >>= 1;
        shift++;
    }
    double size = ldexp((double)(int64_t)low, shift + sum->quantum_exponent);
    return negative ? -size : size;
}

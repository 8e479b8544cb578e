/* Sums whose bits do not depend on order, threads or tiles: each value is rounded once to a
 * multiple of the quantum, a power of two, and the multiples are added as 128-bit integers, which
 * is exact.
 *
 * The error of a sum of n values is at most n / 2 quanta, known beforehand. With a quantum of 2^-20
 * million (about one unit of currency) values up to 1e18 million fit. */
#ifndef CHI_NUM_SUM_H
#define CHI_NUM_SUM_H

#include <stddef.h>
#include <stdint.h>

/* A value must be smaller than 2^80 quanta, so that 2^46 of them cannot overflow. */
enum { CHI_SUM128_VALUE_BITS = 80 };

typedef struct chi_sum128 {
    uint64_t low; /* the count of quanta, two's complement */
    int64_t high;
    int32_t quantum_exponent; /* the quantum is 2^quantum_exponent */
    uint32_t refused_count; /* values not added: NaN, infinite or too large; stops at its maximum */
} chi_sum128;

/* The empty sum; quantum_exponent between -900 and 900. */
chi_sum128 chi_sum128_new(int quantum_exponent);

/* Adds value, rounded to the nearest multiple of the quantum (ties to the even one). A value that
 * cannot be added is counted in refused_count, and the sum's value is then NaN: a wrong total never
 * looks like a right one. */
void chi_sum128_add(chi_sum128 *sum, double value);

/* The same to two sums of one quantum, in little more than the time of one. */
void chi_sum128_add_to_both(chi_sum128 *sum, chi_sum128 *other, double value);

/* The same for each value of a column; faster, and the same bits. */
void chi_sum128_add_column(chi_sum128 *sum, const double *values, size_t count);

/* Adds another sum of the same quantum. */
void chi_sum128_merge(chi_sum128 *sum, const chi_sum128 *other);

/* The sum, rounded once to the nearest double (ties to even); NaN if a value was refused. */
double chi_sum128_value(const chi_sum128 *sum);

#endif

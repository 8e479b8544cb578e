/* Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3").
 *
 * A draw is a pure function: key = seed, counter = (path low, path high, month, stream). */
#ifndef CHI_NUM_PHILOX_H
#define CHI_NUM_PHILOX_H

#include <stddef.h>
#include <stdint.h>

typedef struct chi_philox_block {
    uint32_t word[4];
} chi_philox_block;

/* Reference form, one block. */
chi_philox_block chi_philox(uint64_t seed, uint64_t path, uint32_t month, uint32_t stream);

/* A stream's number is a hash of its name, so that adding a firm does not reshuffle the others'
 * luck (FNV-1a, 32 bits; model reading refuses two names with one number). */
uint32_t chi_stream_id(const char *name);

/* For paths first .. first+count-1 of one (month, stream): two values a block, from words (0,1)
 * and words (2,3). count is a multiple of 8. Uniforms lie in (0,1): (52 bits + 1/2) / 2^52.
 * Normals are Box-Muller of those two uniforms. Bits do not depend on instruction set, compiler or
 * count. Chosen by `isa`; see num/isa.h. */
typedef void chi_draw_fn(uint64_t seed, uint64_t first, size_t count, uint32_t month,
    uint32_t stream, double *a, double *b);

/* Several streams at once: row r of `a` and of `b` begins r * stride doubles later and is what
 * stream[r] gives; the first `normals` rows are normals, the others uniforms. */
typedef void chi_draw_rows_fn(uint64_t seed, uint64_t first, size_t count, uint32_t month,
    const uint32_t *stream, size_t rows, size_t normals, size_t stride, double *a, double *b);

typedef struct chi_draws {
    chi_draw_fn *uniforms, *normals;
    chi_draw_rows_fn *rows;
} chi_draws;
chi_draws chi_draws_for(int isa);

/* One path, scalar, same bits as the above (for the oracle). */
void chi_uniforms_one(uint64_t seed, uint64_t path, uint32_t month, uint32_t stream, double out[2]);
void chi_normals_one(uint64_t seed, uint64_t path, uint32_t month, uint32_t stream, double out[2]);

#endif

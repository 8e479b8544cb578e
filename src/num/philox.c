/* The reference form of the random numbers, for the oracle, for tests and for the choice of copy.
 */
#include "num/philox.h"

#include "base/check.h"
#include "num/isa.h"
#include "num/philox.lane.h"

chi_philox_block chi_philox(uint64_t seed, uint64_t path, uint32_t month, uint32_t stream)
{
    chi_philox_block counter = {{(uint32_t)path, (uint32_t)(path >> 32), month, stream}};
    return lane_philox(counter, seed);
}

/* FNV-1a, 32 bits: G. Fowler, L. C. Noll, K.-P. Vo; offset and prime as in their published note. */
uint32_t chi_stream_id(const char *name)
{
    CHI_ASSERT(name);
    uint32_t hash = 2166136261u;
    for (const unsigned char *at = (const unsigned char *)name; *at; at++)
        hash = (hash ^ *at) * 16777619u;
    return hash;
}

void chi_uniforms_one(uint64_t seed, uint64_t path, uint32_t month, uint32_t stream, double out[2])
{
    chi_philox_block block = chi_philox(seed, path, month, stream);
    out[0] = lane_uniform(block.word[0], block.word[1]);
    out[1] = lane_uniform(block.word[2], block.word[3]);
}

void chi_normals_one(uint64_t seed, uint64_t path, uint32_t month, uint32_t stream, double out[2])
{
    double uniform[2];
    chi_uniforms_one(seed, path, month, stream, uniform);
    lane_box_muller(uniform[0], uniform[1], &out[0], &out[1]);
}

/* The copies of philox_draw.isa.c. */
#define COPY(isa)                                                                                  \
    chi_draw_fn chi_draw_uniforms_##isa, chi_draw_normals_##isa;                                   \
    chi_draw_rows_fn chi_draw_rows_##isa;                                                          \
    static const chi_draws draws_##isa = {                                                         \
        chi_draw_uniforms_##isa, chi_draw_normals_##isa, chi_draw_rows_##isa};
CHI_ISA_COPIES(COPY)

chi_draws chi_draws_for(int isa)
{
    CHI_ASSERT(isa >= CHI_ISA_BASE && isa < CHI_ISA_COUNT);
    return CHI_ISA_CHOOSE(isa, draws);
}

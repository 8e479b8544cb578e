/* Chooses the instruction set once per call site; cheap enough to ask again. */
#include "num/isa.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[CHI_ISA_COUNT] = {"base", "v3", "v4"};

static chi_isa isa_of_processor(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    int v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
             __builtin_cpu_supports("bmi2");
    int v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
             __builtin_cpu_supports("avx512cd");
    return v4 ? CHI_ISA_V4 : v3 ? CHI_ISA_V3 : CHI_ISA_BASE;
#else
    return CHI_ISA_BASE;
#endif
}

chi_isa chi_isa_best(void)
{
    chi_isa best = isa_of_processor();
    const char *wish = getenv("CARDHOUSE_ISA");
    for (int isa = 0; wish && isa < CHI_ISA_COUNT; isa++)
        if (strcmp(wish, names[isa]) == 0 && (chi_isa)isa < best)
            return (chi_isa)isa;
    return best;
}

const char *chi_isa_name(chi_isa isa)
{
    return names[isa];
}

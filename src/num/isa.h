/* One source, several instruction sets. A file X.isa.c is compiled once per set with CHI_ISA naming
 * the copy; its external functions are wrapped in CHI_ISA_NAME().
 * CHI_ISA_COPIES(X) is X(base) X(v3) X(v4), as far as there are copies, for declarations;
 * CHI_ISA_CHOOSE(isa, name) is the copy of `name` for a set. All copies give the same bits; tests
 * prove it. */
#ifndef CHI_NUM_ISA_H
#define CHI_NUM_ISA_H

#define CHI_PASTE2(a, b) a##_##b
#define CHI_PASTE(a, b) CHI_PASTE2(a, b)
#define CHI_ISA_NAME(name) CHI_PASTE(name, CHI_ISA)

typedef enum chi_isa { CHI_ISA_BASE, CHI_ISA_V3, CHI_ISA_V4, CHI_ISA_COUNT } chi_isa;

/* The best set this processor has (x86-64 baseline, v3 = AVX2+FMA, v4 = AVX-512). The environment
 * variable CARDHOUSE_ISA=base|v3|v4 lowers it, for tests and benchmarks. */
chi_isa chi_isa_best(void);
const char *chi_isa_name(chi_isa isa);

#if defined(__x86_64__)
#define CHI_ISA_COPIES(X) X(base) X(v3) X(v4)
#define CHI_ISA_CHOOSE(isa, name)                                                                  \
    ((isa) == CHI_ISA_V4 ? name##_v4 : (isa) == CHI_ISA_V3 ? name##_v3 : name##_base)
#else
#define CHI_ISA_COPIES(X) X(base)
#define CHI_ISA_CHOOSE(isa, name) ((void)(isa), name##_base)
#endif

/* No two columns of a loop overlap; clang and gcc spell that differently. Put before the loop.
 * Empty where clang would warn that calls of the library's fma keep it from vectorising. */
#if defined(__clang__) && defined(__x86_64__) && !defined(__FMA__)
#define CHI_LOOP
#elif defined(__clang__)
#define CHI_LOOP _Pragma("clang loop vectorize(assume_safety) interleave(enable)")
#else
#define CHI_LOOP _Pragma("GCC ivdep")
#endif

#endif

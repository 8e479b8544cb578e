/* Writes the months of a plan down as straight-line C.
 *
 * tile_*.isa.c walk over the plan and say which kernel runs on which columns. Compiled with
 * CHI_EMIT, the same text does not run the kernels but writes the calls here, with the places of
 * the columns as constants. What the compiler then sees has no loop but that over the few paths of
 * one vector, and no load of what it has just computed.
 *
 * A month is cut into parts (CHI_PART). Numbers are kept apart from the text, so that parts of
 * different months that differ in numbers alone are one function; what is equal in all its months
 * is written into the text after all, the rest is read from a table. */
#ifndef CHI_ENGINE_EMIT_H
#define CHI_ENGINE_EMIT_H

#include "engine/plan.h"

struct chi_tile;
typedef struct chi_emit chi_emit;

/* The C of all months of the plan, for `cc -shared`; it exports cardhouse_run and cardhouse_month,
 * see native_frame.h. The arena's. */
const char *chi_emit_source(const chi_plan *plan, chi_arena *arena, size_t *size);

/* An argument of a kernel: a column, a number, or a word, which is part of the text. */
typedef struct chi_emit_arg {
    const double *column;
    double number;
    uint64_t word;
    char kind; /* 'c', 'n' or 'w' */
} chi_emit_arg;

static inline chi_emit_arg chi_emit_column(const double *column)
{
    return (chi_emit_arg){.column = column, .kind = 'c'};
}

static inline chi_emit_arg chi_emit_number(double number)
{
    return (chi_emit_arg){.number = number, .kind = 'n'};
}

static inline chi_emit_arg chi_emit_word(uint64_t word)
{
    return (chi_emit_arg){.word = word, .kind = 'w'};
}

/* kernel(arguments); or, with `asks`, if (kernel(arguments)) { */
void chi_emit_call(struct chi_tile *tile, int asks, const char *kernel, size_t count,
    const chi_emit_arg *arguments);
/* if (condition) { */
void chi_emit_if(struct chi_tile *tile, const char *condition);
/* The end of what CHI_WHEN or CHI_IF began; 0. */
int chi_emit_end(struct chi_tile *tile);
void chi_emit_rare(struct chi_tile *tile, const char *condition, const char *function, uint32_t row,
    const double *column);
void chi_emit_part(struct chi_tile *tile);

#ifdef CHI_EMIT
#define CHI_ARG(x)                                                                                 \
    _Generic((x), double *                                                                         \
             : chi_emit_column, const double *                                                     \
             : chi_emit_column, double                                                             \
             : chi_emit_number, default                                                            \
             : chi_emit_word)(x)
#define CHI_ARGS1(a) CHI_ARG(a)
#define CHI_ARGS2(a, ...) CHI_ARG(a), CHI_ARGS1(__VA_ARGS__)
#define CHI_ARGS3(a, ...) CHI_ARG(a), CHI_ARGS2(__VA_ARGS__)
#define CHI_ARGS4(a, ...) CHI_ARG(a), CHI_ARGS3(__VA_ARGS__)
#define CHI_ARGS5(a, ...) CHI_ARG(a), CHI_ARGS4(__VA_ARGS__)
#define CHI_ARGS6(a, ...) CHI_ARG(a), CHI_ARGS5(__VA_ARGS__)
#define CHI_ARGS7(a, ...) CHI_ARG(a), CHI_ARGS6(__VA_ARGS__)
#define CHI_ARGS8(a, ...) CHI_ARG(a), CHI_ARGS7(__VA_ARGS__)
#define CHI_ARGS9(a, ...) CHI_ARG(a), CHI_ARGS8(__VA_ARGS__)
#define CHI_ARGS10(a, ...) CHI_ARG(a), CHI_ARGS9(__VA_ARGS__)
#define CHI_ARGS11(a, ...) CHI_ARG(a), CHI_ARGS10(__VA_ARGS__)
#define CHI_ARGS12(a, ...) CHI_ARG(a), CHI_ARGS11(__VA_ARGS__)
#define CHI_TWELFTH(a, b, c, d, e, f, g, h, i, j, k, l, name, ...) name
#define CHI_ARGS(...)                                                                              \
    CHI_TWELFTH(__VA_ARGS__, CHI_ARGS12, CHI_ARGS11, CHI_ARGS10, CHI_ARGS9, CHI_ARGS8, CHI_ARGS7,  \
        CHI_ARGS6, CHI_ARGS5, CHI_ARGS4, CHI_ARGS3, CHI_ARGS2, CHI_ARGS1, )                        \
    (__VA_ARGS__)
#define CHI_EMIT_CALL(tile, asks, kernel, ...)                                                     \
    chi_emit_call(tile, asks, kernel,                                                              \
        sizeof((chi_emit_arg[]){CHI_ARGS(__VA_ARGS__)}) / sizeof(chi_emit_arg),                    \
        (chi_emit_arg[]){CHI_ARGS(__VA_ARGS__)})

#define CHI_DO(tile, kernel, ...) CHI_EMIT_CALL(tile, 0, "k_" #kernel, __VA_ARGS__)
#define CHI_WHEN(tile, kernel, ...)                                                                \
    for (int once_ = (CHI_EMIT_CALL(tile, 1, "k_" #kernel, __VA_ARGS__), 1); once_;                \
         once_ = chi_emit_end(tile))
#define CHI_IF(tile, condition)                                                                    \
    for (int once_ = (chi_emit_if(tile, #condition), 1); once_; once_ = chi_emit_end(tile))
#define CHI_RARE(tile, condition, function, row, column)                                           \
    chi_emit_rare(tile, #condition, #function, row, column)
#define CHI_PART(tile) chi_emit_part(tile)
/* `month` is a number, not a part of the text: it is all that one month's draws differ in. */
#define CHI_DRAW(tile, month, first_stream, rows, normals, now, next)                              \
    CHI_EMIT_CALL(tile, 0, "draw", (double)(month), first_stream, rows, normals, now, next)
#endif

#endif

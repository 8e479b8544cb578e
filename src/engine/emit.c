/* Straight-line C from the walk over the plan. */
#include "engine/emit.h"

#include "base/check.h"
#include "base/write.h"
#include "engine/native.h"
#include "num/hash.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Stand in a part's text where a number goes; the second kind in a minimum or maximum. */
#define NUMBER_MARK '#'
#define HIDDEN_MARK '@'

/* A piece of text that is one function of the source. */
typedef struct part {
    const char *text;
    size_t size, numbers;
    uint64_t hash;
    const double *first; /* the numbers of its first use */
    uint8_t *varies;     /* numbers: 1 if another use has another number */
} part;

/* A part in its place of a month. */
typedef struct use {
    size_t part;
    const double *number;
} use;

struct chi_emit {
    chi_arena *arena;
    chi_text_buffer text; /* of the part being written */
    CHI_VEC(double) number;
    CHI_VEC(part) part;
    CHI_VEC(use) use;
    CHI_VEC(double) constant; /* numbers that are the same in all months, each once */
    int depth;                /* of open braces */
};

void chi_tile_start_emit(chi_tile *tile), chi_tile_month_emit(chi_tile *tile);

/* Text of lanes and kernels, made by the build. */
extern const char chi_native_prelude[];
extern const size_t chi_native_prelude_size;

static void put(chi_text_buffer *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void put(chi_text_buffer *out, const char *format, ...)
{
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    CHI_ASSERT(size >= 0 && (size_t)size < sizeof line);
    chi_text_buffer_write(out, line, (size_t)size);
}

/* --- what the walk says -------------------------------------------------------------------- */

/* Registers of expressions and other scratch live from one kernel to the next, never from part to
 * part: as variables of the function, most need no memory at all. */
static bool is_scratch(const chi_tile *tile, const double *column)
{
    return column >= tile->state.scratch &&
           column < tile->state.scratch + CHI_SCRATCH_COLUMNS * tile->state.stride;
}

static void put_column(const chi_tile *tile, const double *column)
{
    chi_text_buffer *out = &tile->emit->text;
    size_t last = (tile->state.columns + chi_tile_own_columns(tile->plan)) * tile->state.stride;
    if (!column) {
        put(out, ", 0");
    } else if (is_scratch(tile, column)) {
        put(out, ", X+%zu", (size_t)(column - tile->state.scratch));
    } else {
        CHI_ASSERT(column >= tile->state.block && column < tile->state.block + last);
        put(out, ", S+%zu", (size_t)(column - tile->state.block));
    }
}

static void put_argument(chi_tile *tile, const chi_emit_arg *argument, char number_mark)
{
    chi_emit *emit = tile->emit;
    if (argument->kind == 'c') {
        put_column(tile, argument->column);
    } else if (argument->kind == 'n') {
        put(&emit->text, ", %c", number_mark);
        *CHI_PUSH(emit->arena, &emit->number) = argument->number;
    } else {
        put(&emit->text, ", %" PRIu64 "u", argument->word);
    }
}

enum { CHI_ZEROS_MAX = 256 }; /* columns */

/* Zeros one column at a time: of a long loop the compiler makes one, and then does not see that the
 * zeros are there, nor which of them are overwritten at once. Not so in the opening state: it has
 * many and comes once a path. */
static void put_zeros(chi_tile *tile, const double *first, size_t words)
{
    for (size_t at = 0; at < words; at += CHI_NATIVE_PATHS) {
        put(&tile->emit->text, "k_zero(%d", CHI_NATIVE_PATHS);
        put_column(tile, first + at);
        put(&tile->emit->text, ", %du);\n", CHI_NATIVE_PATHS);
    }
}

void chi_emit_call(
    chi_tile *tile, int asks, const char *kernel, size_t count, const chi_emit_arg *arguments)
{
    chi_text_buffer *out = &tile->emit->text;
    bool opens = tile->emit->use.count == 0;
    if (strcmp(kernel, "k_zero") == 0 && !opens &&
        arguments[1].word <= CHI_ZEROS_MAX * (uint64_t)CHI_NATIVE_PATHS) {
        put_zeros(tile, arguments[0].column, arguments[1].word);
        return;
    }
    put(out, asks ? "if (SELDOM(%s(%d" : "%s(%d", kernel, CHI_NATIVE_PATHS);
    bool hides = strncmp(kernel, "k_min", 5) == 0 || strncmp(kernel, "k_max", 5) == 0;
    for (size_t i = 0; i < count; i++)
        put_argument(tile, &arguments[i], hides ? HIDDEN_MARK : NUMBER_MARK);
    put(out, asks ? "))) {\n" : ");\n");
    tile->emit->depth += asks;
}

void chi_emit_if(chi_tile *tile, const char *condition)
{
    put(&tile->emit->text, "if (SELDOM(%s)) {\n", condition);
    tile->emit->depth++;
}

int chi_emit_end(chi_tile *tile)
{
    put(&tile->emit->text, "}\n");
    tile->emit->depth--;
    return 0;
}

void chi_emit_rare(
    chi_tile *tile, const char *condition, const char *function, uint32_t row, const double *column)
{
    chi_text_buffer *out = &tile->emit->text;
    put(out, "if (SELDOM(%s)) {\n", condition);
    if (column && is_scratch(tile, column)) { /* for the call it has a place in memory */
        size_t at = (size_t)(column - tile->state.block);
        size_t x = (size_t)(column - tile->state.scratch);
        put(out, "k_copy(%d, S+%zu, X+%zu);\n", CHI_NATIVE_PATHS, at, x);
        put(out, "F->rare[CHI_RARE_%s](F->tile, %uu, S+%zu);\n", function, row, at);
        put(out, "k_copy(%d, X+%zu, S+%zu);\n}\n", CHI_NATIVE_PATHS, x, at);
        return;
    }
    /* S itself, if no column is asked for: so the compiler knows that the call may change columns
     */
    put(out, "F->rare[CHI_RARE_%s](F->tile, %uu", function, row);
    put_column(tile, column ? column : tile->state.block);
    put(out, ");\n}\n");
}

/* --- parts --------------------------------------------------------------------------------- */

static size_t find_part(chi_emit *emit)
{
    chi_text_buffer *text = &emit->text;
    uint64_t hash = chi_hash64(CHI_HASH64_START, text->at, text->size);
    for (size_t i = 0; i < emit->part.count; i++) {
        part *p = &emit->part.at[i];
        if (p->hash != hash || p->size != text->size || memcmp(p->text, text->at, p->size) != 0)
            continue;
        for (size_t k = 0; k < p->numbers; k++)
            p->varies[k] |= memcmp(&p->first[k], &emit->number.at[k], sizeof(double)) != 0;
        return i;
    }
    *CHI_PUSH(emit->arena, &emit->part) = (part){.text = text->at,
        .size = text->size,
        .numbers = emit->number.count,
        .hash = hash,
        .first = emit->number.at,
        .varies = chi_arena_alloc(emit->arena, emit->number.count + 1)};
    return emit->part.count - 1;
}

void chi_emit_part(chi_tile *tile)
{
    chi_emit *emit = tile->emit;
    if (emit->depth > 0 || emit->text.size == 0)
        return;
    size_t found = find_part(emit);
    *CHI_PUSH(emit->arena, &emit->use) = (use){found, emit->number.at};
    emit->text = (chi_text_buffer){.arena = emit->arena};
    memset(&emit->number, 0, sizeof emit->number);
}

/* --- the source ---------------------------------------------------------------------------- */

static void put_number(chi_text_buffer *out, double number)
{
    if (number - number == 0.0)
        put(out, "(%a)", number);
    else
        put(out, number != number ? "(0.0/0.0)" : number < 0.0 ? "(-1.0/0.0)" : "(1.0/0.0)");
}

/* Zeros and ones, which make whole terms vanish, are written into the text. Other numbers are kept
 * where the compiler does not see them: it would make several instructions of a minimum or maximum
 * that is one. They are equal in all months, and so stay in the cache. */
static void put_constant(chi_text_buffer *out, chi_emit *emit, double number, char mark)
{
    size_t at = 0;
    if (number == 1.0 || (number == 0.0 && mark == NUMBER_MARK)) {
        put_number(out, number);
        return;
    }
    /* one place for one number, so that the compiler sees where the same is computed twice */
    while (at < emit->constant.count && memcmp(&emit->constant.at[at], &number, sizeof number) != 0)
        at++;
    if (at == emit->constant.count)
        *CHI_PUSH(emit->arena, &emit->constant) = number;
    put(out, "constants[%zu]", at);
}

static void put_part(chi_text_buffer *out, chi_emit *emit, const part *p, size_t index)
{
    size_t number = 0, slot = 0, from = 0;
    put(out,
        "static void part_%zu(double *restrict S, const double *restrict M, const chi_native_frame "
        "*F)\n{\n"
        "const chi_tile_flags *flags = F->flags;\ndouble X[%d] __attribute__((aligned(64)));\n"
        "(void)flags; (void)M; (void)S; (void)X;\n",
        index, CHI_SCRATCH_COLUMNS * CHI_NATIVE_PATHS);
    for (size_t i = 0; i < p->size; i++) {
        char mark = p->text[i];
        if (mark != NUMBER_MARK && mark != HIDDEN_MARK)
            continue;
        chi_text_buffer_write(out, p->text + from, i - from);
        from = i + 1;
        if (p->varies[number])
            put(out, "M[%zu]", slot++);
        else
            put_constant(out, emit, p->first[number], mark);
        number++;
    }
    chi_text_buffer_write(out, p->text + from, p->size - from);
    put(out, "}\n\n");
}

/* The numbers that a use has for itself. */
static void put_numbers(chi_text_buffer *out, const part *p, const use *at)
{
    for (size_t k = 0; k < p->numbers; k++)
        if (p->varies[k]) {
            put_number(out, at->number[k]);
            put(out, ",\n");
        }
}

/* One function a step, which calls the parts of its month. */
static void put_steps(
    chi_text_buffer *out, const chi_emit *emit, const size_t *first, uint32_t steps)
{
    put(out, "static const double numbers[] = {\n");
    for (size_t i = 0; i < emit->use.count; i++)
        put_numbers(out, &emit->part.at[emit->use.at[i].part], &emit->use.at[i]);
    put(out, "0.0};\n\n");
    size_t before = 0;
    for (uint32_t s = 0; s < steps; s++) {
        put(out, "static void step_%u(double *S, const chi_native_frame *F)\n{\n", s);
        for (size_t i = first[s]; i < first[s + 1]; i++) {
            const part *p = &emit->part.at[emit->use.at[i].part];
            put(out, "part_%zu(S, numbers + %zu, F);\n", emit->use.at[i].part, before);
            for (size_t k = 0; k < p->numbers; k++)
                before += p->varies[k];
        }
        put(out, "}\n\n");
    }
    put(out, "static void (*const steps[])(double *, const chi_native_frame *) = {\n");
    for (uint32_t s = 0; s < steps; s++)
        put(out, "step_%u,\n", s);
    put(out, "};\n\n__attribute__((visibility(\"default\")))\n"
             "void cardhouse_month(const chi_native_frame *F, uint32_t month)\n{\n"
             "    steps[month](F->state, F);\n}\n\n");
}

/* All months, one after the other, and the cash of simulated firms after each. */
static void put_run(chi_text_buffer *out, const chi_tile *tile)
{
    const chi_plan *plan = tile->plan;
    put(out, "static const size_t kept[][2] = { /* alive, cash */\n");
    for (uint32_t s = 0; s < plan->counts.sims; s++) {
        uint32_t firm = plan->firm_of_sim[s];
        put(out, "{%zu, %zu},\n", (size_t)(CHI_T(tile, alive, firm) - tile->state.block),
            (size_t)(CHI_T(tile, cash, firm) - tile->state.block));
    }
    /* A function of its own: with one call for each firm and month compilers take minutes. */
    put(out,
        "{0, 0}};\n\n__attribute__((noinline))\n"
        "static void keep(const chi_native_frame *F, double *to, uint32_t month)\n{\n"
        "    *F->month = month + 1;\n"
        "    for (size_t s = 0; s < %zu; s++)\n"
        "        k_keep_cash(%d, to + s * %u, F->state + kept[s][0], F->state + kept[s][1]);\n"
        "}\n\n",
        plan->counts.sims, CHI_NATIVE_PATHS, plan->months * CHI_TILE_PATHS_MAX);
    put(out, "__attribute__((visibility(\"default\")))\n"
             "void cardhouse_run(const chi_native_frame *F)\n{\n"
             "double *S = F->state;\nstep_0(S, F);\n*F->month = 0;\n");
    for (uint32_t m = 0; m < plan->months; m++)
        put(out, "step_%u(S, F);\nkeep(F, F->kept+%u, %u);\n", m + 1, m * CHI_TILE_PATHS_MAX, m);
    put(out, "}\n");
}

const char *chi_emit_source(const chi_plan *plan, chi_arena *arena, size_t *size)
{
    chi_tile tile;
    chi_tile_init(&tile, plan, CHI_NATIVE_PATHS, arena);
    chi_emit emit = {.arena = arena, .text = {.arena = arena}};
    size_t *first = chi_arena_alloc(arena, (plan->months + 2) * sizeof *first);
    tile.emit = &emit;
    chi_tile_start_emit(&tile);
    chi_emit_part(&tile);
    first[1] = emit.use.count;
    for (uint32_t m = 0; m < plan->months; m++) {
        tile.month = m;
        chi_tile_month_emit(&tile);
        chi_emit_part(&tile);
        first[m + 2] = emit.use.count;
    }
    chi_text_buffer out = {.arena = arena};
    /* what is hidden is reached without a table of addresses */
    put(&out, "#pragma GCC visibility push(hidden)\n");
    chi_text_buffer_write(&out, chi_native_prelude, chi_native_prelude_size);
    chi_text_buffer parts = {.arena = arena};
    for (size_t i = 0; i < emit.part.count; i++)
        put_part(&parts, &emit, &emit.part.at[i], i);
    put(&out, "extern const double constants[];\n"
              "const double cardhouse_constants[] __asm__(\"constants\") = {\n");
    for (size_t i = 0; i < emit.constant.count; i++) {
        put_number(&out, emit.constant.at[i]);
        put(&out, ",\n");
    }
    put(&out, "0.0};\n\n");
    chi_text_buffer_write(&out, parts.at, parts.size);
    put_steps(&out, &emit, first, plan->months + 1);
    put_run(&out, &tile);
    *size = out.size;
    return out.at;
}

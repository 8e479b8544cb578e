/* Memory that is freed all at once: one arena per load, run or result.
 *
 * Failure has one road. The function at the API boundary sets `on_failure` with setjmp; every
 * allocation below it either succeeds or jumps there with the arena still whole, so that code in
 * between needs no checks and nothing leaks: the boundary frees the arena and returns CH_E_MEMORY.
 * Code between the boundary and an allocation must therefore own nothing but arena memory. */
#ifndef CHI_BASE_ARENA_H
#define CHI_BASE_ARENA_H

#include <setjmp.h>
#include <stddef.h>

typedef struct chi_arena_block chi_arena_block;

typedef struct chi_arena {
    chi_arena_block *blocks; /* newest first */
    jmp_buf *on_failure;     /* NULL: chi_arena_alloc returns NULL when memory ends */
    size_t bytes;            /* handed out, for tests */
} chi_arena;

/* All memory of the library comes from here: NULL restores malloc and free. Used by the tests that
 * fail the n-th allocation; not for use while other threads allocate. */
typedef struct chi_allocator {
    void *(*alloc)(size_t size);
    void (*free)(void *memory);
} chi_allocator;
void chi_allocator_set(const chi_allocator *allocator);
void *chi_memory_alloc(size_t size); /* NULL when memory ends; zeroed */
void chi_memory_free(void *memory);

void chi_arena_init(chi_arena *arena);
void chi_arena_free(chi_arena *arena); /* frees everything; the arena can be used again */

/* Empties the arena but keeps its largest block for the next use: for work that is done again and
 * again, which otherwise spends its time in the system's allocator. */
void chi_arena_clear(chi_arena *arena);

/* Takes the road of failure; returns if the arena has none. For code that must first release what
 * is not arena memory: it allocates with on_failure NULL, cleans up, and then calls this. */
void chi_arena_fail(chi_arena *arena);

/* Gives memory of more than CHI_ARENA_LARGE bytes back before the rest; smaller memory stays until
 * the arena is freed. */
#define CHI_ARENA_LARGE ((size_t)1 << 24)
void chi_arena_release(chi_arena *arena, void *memory);

/* Zeroed, aligned to 64 bytes when size >= 64 and to 16 otherwise. Owned by the arena. */
void *chi_arena_alloc(chi_arena *arena, size_t size);
/* The same, but not zeroed: for arrays that are written before they are read. */
void *chi_arena_room(chi_arena *arena, size_t size);
void *chi_arena_grow(chi_arena *arena, void *old, size_t old_size, size_t new_size);
char *chi_arena_text(chi_arena *arena, const char *text, size_t size); /* copy, NUL-terminated */
char *chi_arena_format(chi_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A growable array: CHI_VEC(double) values; *CHI_PUSH(arena, &values) = 1.0; */
#define CHI_VEC(type)                                                                              \
    struct {                                                                                       \
        type *at;                                                                                  \
        size_t count, room;                                                                        \
    }

/* Makes room for one more (zeroed) element and yields a pointer to it. */
#define CHI_PUSH(arena, vec)                                                                       \
    ((vec)->count == (vec)->room                                                                   \
            ? ((vec)->at = chi_arena_grow((arena), (vec)->at, (vec)->room * sizeof *(vec)->at,     \
                   ((vec)->room ? 2 * (vec)->room : 8) * sizeof *(vec)->at),                       \
                  (void)((vec)->room = (vec)->room ? 2 * (vec)->room : 8))                         \
            : (void)0,                                                                             \
        &(vec)->at[(vec)->count++])

#endif

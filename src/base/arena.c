/* Arenas: blocks of growing size in a list, freed together. */
#include "base/arena.h"

#include "base/check.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES_MIN = 1 << 16, ALIGN_SMALL = 16, ALIGN_LARGE = 64 };

struct chi_arena_block {
    chi_arena_block *next;
    size_t used, size;  /* bytes of data[] */
    size_t dirty;       /* bytes of data[] that may not be zero, from an earlier use */
    const void *single; /* large memory that has the block to itself and may be released */
    char data[];
};

static void *default_alloc(size_t size)
{
    return calloc(1, size);
}

static chi_allocator the_allocator = {default_alloc, free};

void chi_allocator_set(const chi_allocator *allocator)
{
    the_allocator = allocator ? *allocator : (chi_allocator){default_alloc, free};
}

void *chi_memory_alloc(size_t size)
{
    void *memory = the_allocator.alloc(size);
    if (memory && the_allocator.alloc != default_alloc)
        memset(memory, 0, size);
    return memory;
}

void chi_memory_free(void *memory)
{
    if (memory)
        the_allocator.free(memory);
}

void chi_arena_init(chi_arena *arena)
{
    *arena = (chi_arena){0};
}

void chi_arena_free(chi_arena *arena)
{
    chi_arena_block *block = arena->blocks;
    while (block) {
        chi_arena_block *next = block->next;
        chi_memory_free(block);
        block = next;
    }
    *arena = (chi_arena){0};
}

void chi_arena_clear(chi_arena *arena)
{
    chi_arena_block *largest = arena->blocks;
    for (chi_arena_block *block = arena->blocks; block; block = block->next)
        largest = block->size > largest->size ? block : largest;
    for (chi_arena_block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        if (block != largest)
            chi_memory_free(block);
    }
    if (largest) {
        largest->next = NULL;
        largest->dirty = largest->used > largest->dirty ? largest->used : largest->dirty;
        largest->used = 0;
        largest->single = NULL;
    }
    arena->blocks = largest;
    arena->bytes = 0;
}

void chi_arena_release(chi_arena *arena, void *memory)
{
    for (chi_arena_block **at = &arena->blocks; *at; at = &(*at)->next) {
        chi_arena_block *block = *at;
        if (block->single != memory)
            continue;
        *at = block->next;
        chi_memory_free(block);
        return;
    }
}

void chi_arena_fail(chi_arena *arena)
{
    if (arena->on_failure)
        longjmp(*arena->on_failure, 1);
}

static void *fail(chi_arena *arena)
{
    chi_arena_fail(arena);
    return NULL;
}

/* Offset in a block at which `align` bytes of alignment hold. */
static size_t aligned_offset(const chi_arena_block *block, size_t align)
{
    uintptr_t at = (uintptr_t)block->data + block->used;
    return block->used + (size_t)(-at & (align - 1));
}

void *chi_arena_room(chi_arena *arena, size_t size)
{
    size_t align = size >= ALIGN_LARGE ? ALIGN_LARGE : ALIGN_SMALL;
    if (size > SIZE_MAX / 4)
        return fail(arena);
    chi_arena_block *block = arena->blocks;
    if (!block || aligned_offset(block, align) + size > block->size) {
        size_t want = block ? 2 * block->size : BLOCK_BYTES_MIN;
        if (want > CHI_ARENA_LARGE)
            want = CHI_ARENA_LARGE;
        if (want < size + ALIGN_LARGE)
            want = size + ALIGN_LARGE;
        chi_arena_block *fresh = chi_memory_alloc(sizeof *fresh + want);
        if (!fresh)
            return fail(arena);
        fresh->next = block;
        fresh->size = want;
        fresh->used = fresh->dirty = 0;
        fresh->single = NULL;
        arena->blocks = block = fresh;
    }
    size_t offset = aligned_offset(block, align);
    CHI_ASSERT(offset + size <= block->size);
    bool single = block->used == 0 && block->dirty == 0 && size > CHI_ARENA_LARGE;
    block->used = single ? block->size : offset + size;
    block->single = single ? block->data + offset : NULL;
    arena->bytes += size;
    return block->data + offset;
}

void *chi_arena_alloc(chi_arena *arena, size_t size)
{
    char *memory = chi_arena_room(arena, size);
    if (!memory)
        return NULL;
    const chi_arena_block *block = arena->blocks;
    size_t offset = (size_t)(memory - block->data);
    if (offset < block->dirty)
        memset(memory, 0, size < block->dirty - offset ? size : block->dirty - offset);
    return memory;
}

void *chi_arena_grow(chi_arena *arena, void *old, size_t old_size, size_t new_size)
{
    CHI_ASSERT(new_size >= old_size);
    void *fresh = chi_arena_alloc(arena, new_size);
    if (fresh && old_size)
        memcpy(fresh, old, old_size);
    return fresh;
}

char *chi_arena_text(chi_arena *arena, const char *text, size_t size)
{
    char *copy = chi_arena_alloc(arena, size + 1);
    if (copy && size)
        memcpy(copy, text, size);
    return copy;
}

char *chi_arena_format(chi_arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    CHI_ASSERT(size >= 0);
    char *text = chi_arena_alloc(arena, (size_t)size + 1);
    if (text)
        vsnprintf(text, (size_t)size + 1, format, again);
    va_end(again);
    return text;
}

/* Names of one sort, found by hashing: files may have thousands of contracts. */
#include "model/read.h"

#include "base/check.h"
#include "num/hash.h"

#include <string.h>

static uint64_t hash_text(const char *text)
{
    uint64_t hash = chi_hash64(CHI_HASH64_START, text, strlen(text));
    return hash ^ (hash >> 29);
}

/* The slot of a text, or the free slot where it would be. */
static uint32_t *slot_of(const chi_names *names, const char *text)
{
    size_t mask = names->slot_count - 1;
    for (size_t i = hash_text(text) & mask;; i = (i + 1) & mask) {
        uint32_t *slot = &names->slots[i];
        if (*slot == 0 || strcmp(names->list.at[*slot - 1].text, text) == 0)
            return slot;
    }
}

static void grow(chi_arena *arena, chi_names *names)
{
    names->slot_count = names->slot_count ? 2 * names->slot_count : 16;
    names->slots = chi_arena_alloc(arena, names->slot_count * sizeof *names->slots);
    for (size_t i = 0; i < names->list.count; i++)
        *slot_of(names, names->list.at[i].text) = (uint32_t)i + 1;
}

void chi_names_add(chi_arena *arena, chi_names *names, const char *text, uint32_t row, ch_span span)
{
    if (2 * (names->list.count + 1) > names->slot_count)
        grow(arena, names);
    uint32_t *slot = slot_of(names, text);
    CHI_ASSERT(*slot == 0);
    *CHI_PUSH(arena, &names->list) = (chi_name){text, row, span};
    *slot = (uint32_t)names->list.count;
}

const chi_name *chi_names_find(const chi_names *names, const char *text)
{
    if (names->slot_count == 0)
        return NULL;
    uint32_t slot = *slot_of(names, text);
    return slot ? &names->list.at[slot - 1] : NULL;
}

const char *chi_names_nearest(chi_reader *reader, const chi_names *names, const char *text)
{
    size_t count = names->list.count;
    if (ch_diags_errors(reader->diags) >= CHI_DIAGS_MAX)
        return NULL; /* it would not be shown, and searching costs time */
    const char **list = chi_arena_alloc(reader->arena, (count + 1) * sizeof *list);
    for (size_t i = 0; i < count; i++)
        list[i] = names->list.at[i].text;
    return chi_nearest_name(text, list, count);
}

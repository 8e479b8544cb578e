/* Names of firms and their numbers: a hash table that keeps the order of appearance. */
#include "base/check.h"
#include "clear/net_table.h"
#include "num/hash.h"

#include <string.h>

enum { FIRST_SLOTS = 64 };

static uint64_t hash(chi_net_slice name)
{
    uint64_t h = chi_hash64(CHI_HASH64_START, name.at, name.size);
    return h ^ (h >> 29);
}

void chi_net_names_init(chi_net_names *names, chi_arena *arena)
{
    *names = (chi_net_names){.arena = arena, .slot_count = FIRST_SLOTS};
    names->slots = chi_arena_alloc(arena, FIRST_SLOTS * sizeof *names->slots);
}

static size_t slot_of(const chi_net_names *names, chi_net_slice name)
{
    size_t slot = (size_t)hash(name) & (names->slot_count - 1);
    for (;; slot = (slot + 1) & (names->slot_count - 1)) {
        uint32_t number = names->slots[slot];
        if (!number)
            return slot;
        chi_net_slice other = names->at[number - 1];
        if (other.size == name.size && memcmp(other.at, name.at, name.size) == 0)
            return slot;
    }
}

static void grow(chi_net_names *names)
{
    names->slot_count *= 2;
    names->slots = chi_arena_alloc(names->arena, names->slot_count * sizeof *names->slots);
    for (size_t k = 0; k < names->count; k++)
        names->slots[slot_of(names, names->at[k])] = (uint32_t)k + 1;
}

uint32_t chi_net_names_find(chi_net_names *names, chi_net_slice name, bool add)
{
    size_t slot = slot_of(names, name);
    if (names->slots[slot])
        return names->slots[slot] - 1;
    if (!add)
        return UINT32_MAX;
    if (names->count == names->room) {
        size_t room = names->room ? 2 * names->room : FIRST_SLOTS;
        names->at = chi_arena_grow(
            names->arena, names->at, names->room * sizeof *names->at, room * sizeof *names->at);
        names->room = room;
    }
    CHI_ASSERT(names->count < UINT32_MAX - 1);
    names->at[names->count] = name;
    names->slots[slot] = (uint32_t)++names->count;
    if (2 * names->count > names->slot_count)
        grow(names);
    return (uint32_t)names->count - 1;
}

const char *chi_net_names_text(const chi_net_names *names, uint32_t number)
{
    CHI_ASSERT(number < names->count);
    return chi_arena_text(names->arena, names->at[number].at, names->at[number].size);
}

const char **chi_net_names_all(const chi_net_names *names)
{
    const char **all = chi_arena_alloc(names->arena, (names->count + 1) * sizeof *all);
    for (uint32_t k = 0; k < names->count; k++)
        all[k] = chi_net_names_text(names, k);
    return all;
}

size_t chi_net_word_find(const char *word, const char *const *words, size_t count)
{
    size_t place = 0;
    while (place < count && strcmp(word, words[place]) != 0)
        place++;
    return place;
}

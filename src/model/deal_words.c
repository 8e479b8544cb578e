/* Names in messages about contracts by the ACTUS standard: the code that knows the standard speaks
 * its dictionary, the file has two names for each term. */
#include "model/deals.h"

#include "model/schema_deals.h"

#include <string.h>

/* Terms that have two names, and what stands outside the list of terms. */
#define PAIR(X, own, name, type, doc) {own, name},
static const struct {
    const char *own, *name;
} pairs[] = {CHI_DEAL_TERMS(PAIR, ){"type", "contractType"}, {"start", "statusDate"}};
enum { PAIRS = sizeof pairs / sizeof *pairs };

/* Does the mapping, or one in it, have the key? */
static bool has_key(const chi_node *node, const char *key)
{
    if (node->kind == CHI_SCALAR)
        return false;
    for (const chi_node *child = node->first; child; child = child->next)
        if ((child->key && strcmp(child->key, key) == 0) || has_key(child, key))
            return true;
    return false;
}

/* Is the contract written in the dictionary's words? Both names of a term may be the same. */
static bool speaks_dictionary(const chi_node *contract)
{
    bool dictionary = false;
    for (size_t i = 0; i < PAIRS; i++) {
        if (strcmp(pairs[i].own, pairs[i].name) == 0 || strcmp(pairs[i].own, "type") == 0)
            continue;
        if (has_key(contract, pairs[i].own))
            return false;
        dictionary = dictionary || has_key(contract, pairs[i].name);
    }
    return dictionary;
}

/* Parts have keys of their own, or stand in a list with their roles. */
static const char *part_word(const deal_reader *r, const char *word)
{
    static const char *const roles[][2] = {
        {"FIL", "first"}, {"SEL", "second"}, {"UDL", "underlying"}, {"COVE", "covers"}};
    if (has_key(r->map->node, "contractStructure"))
        return NULL;
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (strcmp(word, roles[i][0]) == 0)
            return roles[i][1];
    if (strcmp(word, "contractStructure") != 0)
        return NULL;
    return r->type == CHI_DEAL_SWAPS   ? "first` or `second"
           : r->type == CHI_DEAL_CAPFL ? "underlying"
                                       : "covers";
}

const char *chi_deal_word(const void *context, const char *word)
{
    const deal_reader *r = context;
    for (size_t i = 0; i < PAIRS; i++)
        if (strcmp(word, pairs[i].name) == 0) {
            bool theirs = has_key(r->map->node, pairs[i].name) ||
                          (!has_key(r->map->node, pairs[i].own) && speaks_dictionary(r->map->node));
            return theirs ? pairs[i].name : pairs[i].own;
        }
    if (strcmp(word, "contractRole") == 0 && !has_key(r->map->node, word))
        return chi_arena_format(
            r->reader->arena, "%s` and `%s", r->words->long_key, r->words->short_key);
    return part_word(r, word);
}

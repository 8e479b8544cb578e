/* One estimate at its low or its high: a change to the tree before it is read. */
#include "model/passes.h"

#include "model/amount.h"

/* The number that a mapping with evidence gives; of dated steps the only one. NULL if it gives none
 * or several. */
static chi_node *number_of(const chi_node *map)
{
    static const char *const keys[] = {"value", "amount", "by", "index"};
    chi_node *number = NULL;
    for (size_t i = 0; i < sizeof keys / sizeof *keys && !number; i++)
        number = chi_node_get(map, keys[i]);
    if (number && chi_is_dated(number))
        number = number->size == 1 ? number->first : NULL;
    return number && number->kind == CHI_SCALAR ? number : NULL;
}

bool chi_vary_apply(chi_reader *reader, const chi_vary *vary)
{
    chi_node *map = chi_node_find(reader->root, vary->path);
    if (!map || map->kind != CHI_MAPPING)
        return false;
    chi_node *low = chi_node_get(map, "low"), *high = chi_node_get(map, "high");
    if (!low || !high || low->kind != CHI_SCALAR || high->kind != CHI_SCALAR)
        return false;
    const chi_node *end = vary->high ? high : low;
    bool range = map->size > 0 && !chi_node_get(map, "value") && !chi_node_get(map, "amount") &&
                 !chi_node_get(map, "by") && !chi_node_get(map, "index");
    /* a range that each path draws from shrinks to its end */
    chi_node *number = range ? (vary->high ? low : high) : number_of(map);
    if (number)
        chi_node_replace(number, end);
    return number != NULL;
}

/* Mappings of the file and their keys, checked against the table of the format. */
#include "model/read.h"

#include "base/check.h"

#include <string.h>

enum { NAME_BYTES_MAX = 64, WORDS_BYTES_MAX = 400 };

ch_span chi_key_span(const chi_node *node)
{
    return node->key_span.line ? node->key_span : node->span;
}

ch_span chi_map_span(const chi_map *map)
{
    return map->node ? chi_key_span(map->node) : (ch_span){0};
}

static const char *shape_text(const chi_node *node)
{
    if (node->kind == CHI_MAPPING)
        return "a mapping";
    if (node->kind == CHI_SEQUENCE)
        return "a list";
    return node->size == 0 && !node->quoted ? "nothing" : "a single value";
}

void chi_shape_error(chi_reader *reader, const chi_node *node, const char *wanted)
{
    if (node->key)
        chi_diag(reader->diags, 203, chi_key_span(node), NULL, "`%s` must be %s, not %s", node->key,
            wanted, shape_text(node));
    else
        chi_diag(reader->diags, 203, node->span, NULL, "here must stand %s, not %s", wanted,
            shape_text(node));
}

/* Names of the other kinds at the same place that have this key: "`x` is a key of ...". */
static const char *kinds_with_key(chi_reader *reader, const chi_kind *kind, const char *key)
{
    const char *text = NULL;
    for (int i = 0; i < CHI_KIND_COUNT; i++) {
        const chi_kind *other = chi_kind_at((chi_kind_id)i);
        if (other == kind || strcmp(other->place, kind->place) != 0 || !chi_kind_field(other, key))
            continue;
        text = text ? chi_arena_format(reader->arena, "%s, %s", text, other->title) : other->title;
    }
    return text;
}

static const char *list_of_keys(chi_reader *reader, const chi_kind *kind)
{
    char *text = chi_arena_alloc(reader->arena, WORDS_BYTES_MAX);
    size_t used = 0;
    for (size_t i = 0; i < kind->field_count; i++) {
        const char *key = kind->fields[i].key;
        size_t size = strlen(key) + 2;
        if (used + size >= WORDS_BYTES_MAX)
            break;
        memcpy(text + used, i ? ", " : "", i ? 2 : 0);
        used += i ? 2 : 0;
        memcpy(text + used, key, strlen(key));
        used += strlen(key);
    }
    return text;
}

static void report_unknown_key(chi_reader *reader, const chi_kind *kind, const chi_node *child)
{
    const char **keys = chi_arena_alloc(reader->arena, kind->field_count * sizeof *keys);
    for (size_t i = 0; i < kind->field_count; i++)
        keys[i] = kind->fields[i].key;
    const char *near = chi_nearest_name(child->key, keys, kind->field_count);
    const char *others = kinds_with_key(reader, kind, child->key);
    if (others)
        chi_diag(reader->diags, 204, chi_key_span(child),
            chi_arena_format(reader->arena, "it is a key of %s", others), "%s has no key `%s`",
            kind->title, child->key);
    else if (near)
        chi_diag(reader->diags, 201, chi_key_span(child),
            chi_arena_format(reader->arena, "did you mean `%s`?", near), "%s has no key `%s`",
            kind->title, child->key);
    else
        chi_diag(reader->diags, 201, chi_key_span(child),
            chi_arena_format(reader->arena, "its keys are %s", list_of_keys(reader, kind)),
            "%s has no key `%s`", kind->title, child->key);
}

static void check_keys(chi_reader *reader, const chi_map *map)
{
    for (const chi_node *child = map->node->first; child; child = child->next)
        if (!chi_kind_field(map->kind, child->key))
            report_unknown_key(reader, map->kind, child);
    for (size_t i = 0; i < map->kind->field_count; i++) {
        const chi_field *field = &map->kind->fields[i];
        if (field->need == CHI_REQUIRED && !chi_node_get(map->node, field->key))
            chi_diag(reader->diags, 202, chi_map_span(map),
                chi_arena_format(
                    reader->arena, "`%s` is %s", field->key, chi_type_form(field->type)),
                "%s needs the key `%s`", map->kind->title, field->key);
    }
}

/* The default source and basis of a mapping: its own, else those around it. */
static void read_note(chi_reader *reader, chi_map *map)
{
    if (!chi_kind_field(map->kind, "source"))
        return;
    if (chi_map_node(map, "source"))
        map->source = chi_get_text(reader, map, "source");
    if (chi_map_node(map, "basis")) {
        uint32_t basis = chi_get_choice(reader, map, "basis");
        map->basis = basis == CHI_NONE ? CHI_UNSTATED : basis;
    }
}

bool chi_map_open(chi_reader *reader, chi_map *map, const chi_node *node, const char *path,
    chi_kind_id kind, const chi_map *outer)
{
    *map = (chi_map){NULL, chi_kind_at(kind), path, "", CHI_UNSTATED};
    if (outer) {
        map->source = outer->source;
        map->basis = outer->basis;
    }
    if (!node)
        return true;
    if (node->kind != CHI_MAPPING) {
        chi_shape_error(reader, node, "a mapping");
        return false;
    }
    map->node = node;
    check_keys(reader, map);
    read_note(reader, map);
    return true;
}

chi_map chi_map_under(chi_reader *reader, const chi_map *map, const char *key, chi_kind_id kind)
{
    chi_map inner;
    const char *path = chi_map_path(reader, map, key);
    chi_map_open(reader, &inner, chi_map_node(map, key), path, kind, map);
    return inner;
}

const chi_field *chi_map_field(const chi_map *map, const char *key)
{
    const chi_field *field = chi_kind_field(map->kind, key);
    CHI_ASSERT(field); /* what is not in the table is not in the format */
    return field;
}

const chi_node *chi_map_node(const chi_map *map, const char *key)
{
    (void)chi_map_field(map, key);
    return map->node ? chi_node_get(map->node, key) : NULL;
}

const char *chi_map_path(chi_reader *reader, const chi_map *map, const char *key)
{
    return *map->path ? chi_arena_format(reader->arena, "%s.%s", map->path, key) : key;
}

const chi_node *chi_map_children(chi_reader *reader, const chi_map *map, const char *key)
{
    const chi_node *node = chi_map_node(map, key);
    if (!node)
        return NULL;
    if (node->kind != CHI_MAPPING) {
        chi_shape_error(reader, node, "a mapping");
        return NULL;
    }
    return node->first;
}

static bool is_name(const char *text)
{
    if (!((*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') || *text == '_'))
        return false;
    size_t size = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
    return text[size] == '\0' && text[size - 1] != '-' && size <= NAME_BYTES_MAX;
}

static bool is_reserved(const char *text)
{
    static const char *const words[] = {"outside", "min", "max", "abs", "alive", "live",
        "threshold", "ebitda", "net_debt", "liquidity",
#define ITEM(id, name, meaning) name,
        CHI_ITEM_LIST(ITEM)
#undef ITEM
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i], text) == 0)
            return true;
    return false;
}

bool chi_name_check(chi_reader *reader, const chi_node *node, const char *what)
{
    if (!is_name(node->key)) {
        bool comma = strchr(node->key, ')') && node->kind == CHI_SCALAR && node->size == 0;
        chi_diag(reader->diags, 215, chi_key_span(node),
            comma ? "between braces a comma ends a value: put the expression in quotes" : NULL,
            "`%s` cannot be the name of %s", node->key, what);
        return false;
    }
    if (is_reserved(node->key)) {
        chi_diag(reader->diags, 216, chi_key_span(node), NULL,
            "`%s` has a meaning of its own and cannot be the name of %s", node->key, what);
        return false;
    }
    return true;
}

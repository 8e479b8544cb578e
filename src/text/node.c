/* The tree of a text: parsing from end to end, and finding one's way in it. */
#include "text/node.h"

#include "base/check.h"
#include "base/str.h"
#include "text/node_build.h"

#include <string.h>

static bool is_empty(const chi_node *root)
{
    return !root || (root->kind == CHI_SCALAR && !root->quoted && root->size == 0);
}

static void parse_into(chi_node_builder *build, const char *text, size_t size)
{
    size_t errors = ch_diags_errors(build->diags);
    if (!chi_text_check(build->diags, build->file, text, size) ||
        !chi_text_check_lines(build->diags, build->file, text, size))
        return;
    chi_yaml_parse(build, text, size);
    if (!build->no_memory && ch_diags_errors(build->diags) == errors && is_empty(build->root))
        chi_diag(
            build->diags, 105, chi_span_make(build->file, 1, 1, 1), NULL, "the file has no values");
}

chi_node *chi_node_parse(
    chi_arena *arena, ch_diags *diags, const char *name, const char *text, size_t size)
{
    CHI_ASSERT(arena && diags && name && (text || size == 0));
    if (size > CHI_TEXT_BYTES_MAX) {
        uint32_t file = chi_diags_add_file(diags, name, NULL, 0);
        chi_diag(diags, 106, chi_span_make(file, 1, 1, 1), NULL,
            "the file has %zu bytes; at most %d can be read", size, (int)CHI_TEXT_BYTES_MAX);
        return NULL;
    }
    size_t errors = ch_diags_errors(diags);
    uint32_t file = chi_diags_add_file(diags, name, text ? text : "", size);
    if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        size -= 3;
    }
    /* the builder is large; it lives in the arena, like everything it makes */
    chi_node_builder *build = chi_arena_alloc(arena, sizeof *build);
    if (!build)
        return NULL;
    *build = (chi_node_builder){.arena = arena, .diags = diags, .file = file};
    jmp_buf *on_failure = arena->on_failure;
    arena->on_failure = NULL;
    parse_into(build, text ? text : "", size);
    arena->on_failure = on_failure;
    if (build->no_memory) {
        chi_arena_fail(arena);
        return NULL;
    }
    return ch_diags_errors(diags) == errors ? build->root : NULL;
}

static chi_node *get_sized(const chi_node *mapping, const char *key, size_t size)
{
    if (!mapping || mapping->kind != CHI_MAPPING)
        return NULL;
    for (chi_node *child = mapping->first; child; child = child->next)
        if (chi_text_equal(key, size, child->key))
            return child;
    return NULL;
}

chi_node *chi_node_get(const chi_node *mapping, const char *key)
{
    return get_sized(mapping, key, strlen(key));
}

static chi_node *get_index(const chi_node *sequence, const char *digits, size_t size)
{
    size_t index = 0;
    if (size == 0 || size > 9)
        return NULL;
    for (size_t i = 0; i < size; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return NULL;
        index = 10 * index + (size_t)(digits[i] - '0');
    }
    chi_node *child = sequence->first;
    while (child && index-- > 0)
        child = child->next;
    return child;
}

chi_node *chi_node_find(const chi_node *root, const char *path)
{
    chi_node *node = (chi_node *)root;
    while (node && *path) {
        bool bracket = *path == '[';
        if (bracket || *path == '.')
            path++;
        size_t size = strcspn(path, bracket ? "]" : ".[");
        if (size == 0 || node->kind == CHI_SCALAR)
            return NULL;
        node =
            node->kind == CHI_MAPPING ? get_sized(node, path, size) : get_index(node, path, size);
        path += size;
        if (bracket && *path++ != ']')
            return NULL;
    }
    return node;
}

void chi_node_replace(chi_node *node, const chi_node *value)
{
    CHI_ASSERT(node && value);
    node->kind = value->kind;
    node->quoted = value->quoted;
    node->span = value->span;
    node->text = value->text;
    node->size = value->size;
    node->first = value->first;
}

ch_span chi_node_span_at(const chi_node *scalar, size_t offset, size_t size)
{
    CHI_ASSERT(scalar && scalar->kind == CHI_SCALAR && offset <= scalar->size);
    ch_span span = scalar->span;
    uint32_t quote = scalar->quoted ? 1 : 0;
    uint32_t width = span.end_column - span.column;
    if (span.line != span.end_line ||
        width != chi_utf8_count(scalar->text, scalar->size) + 2 * quote)
        return span;
    if (size > scalar->size - offset)
        size = scalar->size - offset;
    uint32_t column = span.column + quote + (uint32_t)chi_utf8_count(scalar->text, offset);
    uint32_t count = (uint32_t)chi_utf8_count(scalar->text + offset, size);
    return chi_span_make(span.file, span.line, column, count ? count : 1);
}

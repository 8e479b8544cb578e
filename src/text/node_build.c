/* The tree grows here, event by event, and everything strict about our YAML is decided here. */
#include "text/node_build.h"

#include "base/check.h"
#include "base/str.h"

#include <string.h>

enum { CHUNK_NODES = 256, SORT_FROM = 16 };

static bool is_dead(const chi_node_builder *build)
{
    return build->no_memory || build->stopped;
}

static chi_node *new_node(chi_node_builder *build, chi_node_kind kind, ch_span span)
{
    if (build->nodes >= CHI_TEXT_NODES_MAX) {
        chi_diag(build->diags, 108, span, NULL, "the file has more than %d values",
            (int)CHI_TEXT_NODES_MAX);
        build->stopped = true;
        return NULL;
    }
    if (build->chunk_left == 0) {
        size_t count = build->nodes ? CHUNK_NODES : 16;
        build->chunk = chi_arena_alloc(build->arena, count * sizeof *build->chunk);
        if (!build->chunk) {
            build->no_memory = true;
            return NULL;
        }
        build->chunk_left = count;
    }
    build->nodes++;
    build->chunk_left--;
    chi_node *node = build->chunk++;
    node->kind = kind;
    node->span = span;
    return node;
}

static const char *copy_text(chi_node_builder *build, chi_text_slice slice)
{
    const char *copy = chi_arena_text(build->arena, slice.text, slice.size);
    build->no_memory |= !copy;
    return copy;
}

static chi_build_frame *top(chi_node_builder *build)
{
    return build->depth ? &build->frames[build->depth - 1] : NULL;
}

static bool key_comes_next(chi_node_builder *build)
{
    const chi_build_frame *frame = top(build);
    return frame && frame->node->kind == CHI_MAPPING && !frame->key;
}

/* Hangs a node below the open container, as its next value. */
static void attach(chi_node_builder *build, chi_node *node)
{
    chi_build_frame *frame = top(build);
    if (!frame) {
        build->root = node;
        return;
    }
    node->key = frame->key;
    node->key_span = frame->key_span;
    frame->key = NULL;
    if (frame->last_child)
        frame->last_child->next = node;
    else
        frame->node->first = node;
    frame->last_child = node;
    frame->node->size++;
    if (frame->height < 1)
        frame->height = 1;
}

static chi_build_anchor *find_anchor(chi_node_builder *build, chi_text_slice name)
{
    for (size_t i = 0; i < build->anchor_count; i++) {
        chi_build_anchor *anchor = &build->anchors[i];
        if (anchor->name_size == name.size && memcmp(anchor->name, name.text, name.size) == 0)
            return anchor;
    }
    return NULL;
}

/* Index + 1 of a fresh or redefined anchor whose value is not known yet; 0 if there is none. */
static size_t open_anchor(chi_node_builder *build, chi_text_slice name, ch_span span)
{
    if (!name.text || is_dead(build))
        return 0;
    chi_build_anchor *anchor = find_anchor(build, name);
    if (!anchor && build->anchor_count == CHI_TEXT_ANCHORS_MAX) {
        chi_diag(build->diags, 109, span, NULL, "the file has more than %d anchors",
            (int)CHI_TEXT_ANCHORS_MAX);
        build->stopped = true;
        return 0;
    }
    if (!anchor) {
        if (!build->anchors)
            build->anchors =
                chi_arena_alloc(build->arena, CHI_TEXT_ANCHORS_MAX * sizeof *build->anchors);
        const char *copy = build->anchors ? copy_text(build, name) : NULL;
        if (!copy) {
            build->no_memory = true;
            return 0;
        }
        anchor = &build->anchors[build->anchor_count++];
        anchor->name = copy;
        anchor->name_size = name.size;
    }
    anchor->node = NULL;
    return (size_t)(anchor - build->anchors) + 1;
}

static void close_anchor(
    chi_node_builder *build, size_t number, chi_node *node, size_t nodes, size_t height)
{
    if (number == 0)
        return;
    chi_build_anchor *anchor = &build->anchors[number - 1];
    anchor->node = node;
    anchor->nodes = nodes;
    anchor->height = height;
}

static void bad_key(chi_node_builder *build, ch_span span, const char *what)
{
    chi_diag(build->diags, 116, span, NULL, "%s cannot be a key", what);
}

/* Takes a scalar as the key of the value that follows. */
static void take_key(chi_node_builder *build, chi_text_slice text, bool quoted, ch_span span)
{
    chi_build_frame *frame = top(build);
    if (!quoted && chi_text_equal(text.text, text.size, "<<"))
        chi_diag(build->diags, 113, span, NULL, "merge keys (<<) are not accepted");
    if (text.size == 0)
        bad_key(build, span, "an empty text");
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.text[i] < 0x20) {
            bad_key(build, span, "a text with a line break, a tab or another control character");
            break;
        }
    frame->key = copy_text(build, text);
    frame->key_span = span;
}

/* A place for a value that has none because nothing is written there, as in `key:`. */
static ch_span place_of_nothing(chi_node_builder *build)
{
    const chi_build_frame *frame = top(build);
    if (!frame)
        return chi_span_make(build->file, 1, 1, 1);
    ch_span near = frame->node->span;
    if (frame->key)
        near = frame->key_span;
    else if (frame->last_child)
        near = frame->last_child->span;
    if (!frame->key && !frame->last_child)
        return chi_span_make(build->file, near.line, near.column, 1);
    return chi_span_make(build->file, near.end_line, near.end_column, 1);
}

void chi_build_scalar(
    chi_node_builder *build, chi_text_slice text, bool quoted, ch_span span, chi_text_slice anchor)
{
    if (is_dead(build))
        return;
    if (!text.text)
        text = (chi_text_slice){"", 0};
    if (span.line == 0)
        span = place_of_nothing(build);
    if (memchr(text.text, 0, text.size)) {
        chi_diag(build->diags, 103, span, "remove \\0 from the text",
            "a text cannot contain a NUL character");
        text.size = strlen(text.text);
    }
    size_t number = open_anchor(build, anchor, span);
    if (key_comes_next(build) && number == 0) {
        take_key(build, text, quoted, span);
        return;
    }
    if (key_comes_next(build)) {
        bad_key(build, span, "a value with an anchor");
        take_key(build, text, quoted, span);
        return;
    }
    chi_node *node = new_node(build, CHI_SCALAR, span);
    if (!node)
        return;
    node->text = copy_text(build, text);
    node->size = text.size;
    node->quoted = quoted;
    attach(build, node);
    close_anchor(build, number, node, 1, 0);
}

void chi_build_begin(
    chi_node_builder *build, chi_node_kind kind, ch_span span, chi_text_slice anchor)
{
    if (is_dead(build))
        return;
    if (build->depth == CHI_TEXT_DEPTH_MAX) {
        chi_diag(build->diags, 107, span, NULL, "values are nested more than %d levels deep",
            (int)CHI_TEXT_DEPTH_MAX);
        build->stopped = true;
        return;
    }
    size_t before = build->nodes;
    size_t number = open_anchor(build, anchor, span);
    chi_node *node = new_node(build, kind, span);
    if (!node || is_dead(build))
        return;
    bool as_key = key_comes_next(build);
    if (as_key)
        bad_key(build, span, kind == CHI_MAPPING ? "a mapping" : "a sequence");
    else
        attach(build, node);
    build->frames[build->depth++] =
        (chi_build_frame){.node = node, .anchor = number, .node_start = before, .as_key = as_key};
}

/* Merges the sorted halves [0, middle) and [middle, count) of `nodes` into `out`; equal keys keep
 * their order. */
static void merge(chi_node **nodes, size_t middle, size_t count, chi_node **out)
{
    size_t left = 0, right = middle;
    for (size_t i = 0; i < count; i++) {
        bool take_left =
            right == count || (left < middle && strcmp(nodes[left]->key, nodes[right]->key) <= 0);
        out[i] = take_left ? nodes[left++] : nodes[right++];
    }
}

/* Merge sort, bottom up: its time does not depend on the keys, as that of a hash table would. */
static chi_node **sorted_children(chi_node_builder *build, const chi_node *mapping)
{
    size_t count = mapping->size;
    chi_node **nodes = chi_arena_alloc(build->arena, 2 * count * sizeof(chi_node *));
    if (!nodes)
        return NULL;
    chi_node **out = nodes + count;
    size_t at = 0;
    for (chi_node *child = mapping->first; child; child = child->next)
        nodes[at++] = child;
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t start = 0; start < count; start += 2 * width) {
            size_t rest = count - start;
            merge(nodes + start, width < rest ? width : rest, 2 * width < rest ? 2 * width : rest,
                out + start);
        }
        chi_node **swap = nodes;
        nodes = out;
        out = swap;
    }
    return nodes;
}

static void report_duplicate(chi_node_builder *build, const chi_node *first, const chi_node *second)
{
    if (second->key[0])
        chi_diag_related(build->diags, 115, second->key_span, first->key_span, NULL,
            "key '%s' occurs twice", second->key);
}

/* Reports every key that already occurred in the same mapping. */
static void check_duplicates(chi_node_builder *build, const chi_node *mapping)
{
    if (mapping->size <= SORT_FROM) {
        for (const chi_node *a = mapping->first; a; a = a->next)
            for (const chi_node *b = mapping->first; b != a; b = b->next)
                if (strcmp(a->key, b->key) == 0) {
                    report_duplicate(build, b, a);
                    break;
                }
        return;
    }
    chi_node **nodes = sorted_children(build, mapping);
    if (!nodes) {
        build->no_memory = true;
        return;
    }
    size_t first = 0;
    for (size_t i = 1; i < mapping->size; i++) {
        if (strcmp(nodes[i]->key, nodes[first]->key) == 0)
            report_duplicate(build, nodes[first], nodes[i]);
        else
            first = i;
    }
}

void chi_build_end(chi_node_builder *build, ch_span end)
{
    if (is_dead(build))
        return;
    CHI_ASSERT(build->depth > 0);
    chi_build_frame *frame = top(build);
    chi_node *node = frame->node;
    const ch_span *last = end.line ? &end : frame->last_child ? &frame->last_child->span : NULL;
    if (last && last->end_line >= node->span.line) {
        node->span.end_line = last->end_line;
        node->span.end_column = last->end_column;
    }
    if (node->kind == CHI_MAPPING)
        check_duplicates(build, node);
    build->depth--;
    chi_build_frame *parent = top(build);
    if (parent && parent->height < frame->height + 1)
        parent->height = frame->height + 1;
    if (frame->as_key) {
        parent->key = "";
        parent->key_span = node->span;
        return;
    }
    close_anchor(build, frame->anchor, node, build->nodes - frame->node_start, frame->height);
}

/* Copies a node with everything below it. The depth was checked against CHI_TEXT_DEPTH_MAX. */
static chi_node *copy_tree(chi_node_builder *build, const chi_node *source)
{
    chi_node *copy = new_node(build, source->kind, source->span);
    if (!copy)
        return NULL;
    chi_node fresh = *source;
    fresh.next = NULL;
    fresh.first = NULL;
    *copy = fresh;
    chi_node *last = NULL;
    for (const chi_node *child = source->first; child; child = child->next) {
        chi_node *child_copy = copy_tree(build, child);
        if (!child_copy)
            return NULL;
        if (last)
            last->next = child_copy;
        else
            copy->first = child_copy;
        last = child_copy;
    }
    return copy;
}

/* The anchor that an alias may copy now, or NULL after a diagnostic. */
static chi_build_anchor *usable_anchor(chi_node_builder *build, chi_text_slice name, ch_span span)
{
    chi_build_anchor *anchor = find_anchor(build, name);
    int size = name.size < 200 ? (int)name.size : 200;
    if (!anchor) {
        chi_diag(
            build->diags, 110, span, NULL, "alias *%.*s has no anchor before it", size, name.text);
        return NULL;
    }
    if (!anchor->node) {
        chi_diag(build->diags, 111, span, NULL, "alias *%.*s stands inside its own value", size,
            name.text);
        return NULL;
    }
    if (build->depth + anchor->height > CHI_TEXT_DEPTH_MAX) {
        chi_diag(build->diags, 107, span, NULL,
            "with alias *%.*s values are nested more than %d levels deep", size, name.text,
            (int)CHI_TEXT_DEPTH_MAX);
        return NULL;
    }
    return anchor;
}

void chi_build_alias(chi_node_builder *build, chi_text_slice name, ch_span span)
{
    if (is_dead(build))
        return;
    if (key_comes_next(build)) {
        bad_key(build, span, "an alias");
        top(build)->key = "";
        top(build)->key_span = span;
        return;
    }
    chi_build_anchor *anchor = usable_anchor(build, name, span);
    size_t nodes = anchor ? anchor->nodes : 1;
    if (nodes > CHI_TEXT_ALIAS_NODES_MAX - build->alias_nodes) {
        chi_diag(build->diags, 109, span, NULL, "aliases expand to more than %d values",
            (int)CHI_TEXT_ALIAS_NODES_MAX);
        build->stopped = true;
        return;
    }
    build->alias_nodes += nodes;
    chi_node *node = anchor ? copy_tree(build, anchor->node) : new_node(build, CHI_SCALAR, span);
    if (!node)
        return;
    if (!anchor)
        node->text = "";
    attach(build, node);
    chi_build_frame *frame = top(build);
    if (anchor && frame && frame->height < anchor->height + 1)
        frame->height = anchor->height + 1;
}

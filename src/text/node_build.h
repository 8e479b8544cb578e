/* Builds a tree of nodes from parser events; between yaml_fy.c, which knows the parser, and node.c.
 *
 * The builder never jumps: a parser is alive while it works. When memory ends it sets no_memory and
 * ignores what follows. */
#ifndef CHI_TEXT_NODE_BUILD_H
#define CHI_TEXT_NODE_BUILD_H

#include "text/node.h"

typedef struct chi_text_slice {
    const char *text; /* NULL: absent */
    size_t size;
} chi_text_slice;

/* A mapping or sequence that is still open. */
typedef struct chi_build_frame {
    chi_node *node, *last_child;
    const char *key; /* of the value that comes next; NULL: a key comes next */
    ch_span key_span;
    size_t anchor;     /* index + 1 of the anchor on this node, 0 if none */
    size_t height;     /* levels below this node so far */
    size_t node_start; /* nodes of the tree when it began */
    bool as_key;       /* stands where a key should; dropped at its end */
} chi_build_frame;

typedef struct chi_build_anchor {
    const char *name;
    size_t name_size;
    chi_node *node; /* NULL until the value is complete */
    size_t nodes, height;
} chi_build_anchor;

typedef struct chi_node_builder {
    chi_arena *arena; /* its on_failure is NULL while building */
    ch_diags *diags;
    uint32_t file;
    chi_node *root;
    size_t depth; /* of open frames */
    chi_build_frame frames[CHI_TEXT_DEPTH_MAX];
    chi_build_anchor *anchors; /* CHI_TEXT_ANCHORS_MAX of them, made at the first */
    size_t anchor_count;
    size_t nodes, alias_nodes;
    chi_node *chunk; /* nodes are allocated many at a time */
    size_t chunk_left;
    bool no_memory; /* nothing more can be built */
    bool stopped;   /* a limit was passed; a diagnostic says which */
} chi_node_builder;

void chi_build_begin(
    chi_node_builder *build, chi_node_kind kind, ch_span span, chi_text_slice anchor);
/* `end` is used for flow style only, where the container ends in a bracket; line 0 otherwise. */
void chi_build_end(chi_node_builder *build, ch_span end);
void chi_build_scalar(
    chi_node_builder *build, chi_text_slice text, bool quoted, ch_span span, chi_text_slice anchor);
void chi_build_alias(chi_node_builder *build, chi_text_slice name, ch_span span);

/* Feeds a text to the builder and reports everything the parser finds wrong with it. */
void chi_yaml_parse(chi_node_builder *build, const char *text, size_t size);

/* Reports bytes that are not UTF-8, NUL and other controls. False if there are any. */
bool chi_text_check(ch_diags *diags, uint32_t file, const char *text, size_t size);
/* Reports directives and long runs of empty lines: the parser takes time for both that grows with
 * the square of their length. */
bool chi_text_check_lines(ch_diags *diags, uint32_t file, const char *text, size_t size);
/* Line and column, from 1, of a byte offset. */
ch_span chi_text_place(uint32_t file, const char *text, size_t size, size_t offset);

#endif

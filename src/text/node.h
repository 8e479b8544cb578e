/* The tree that a YAML or JSON text becomes: every node keeps its place.
 *
 * Scalars stay text: `no` is the string "no", 1e3 the string "1e3"; meaning is given by whoever
 * reads the node. Nodes live in the arena of the load and are never changed after parsing, except
 * by chi_node_replace() for scenarios that set a value. */
#ifndef CHI_TEXT_NODE_H
#define CHI_TEXT_NODE_H

#include "base/arena.h"
#include "base/diag.h"

#include <stdbool.h>

typedef enum chi_node_kind { CHI_SCALAR, CHI_SEQUENCE, CHI_MAPPING } chi_node_kind;

typedef struct chi_node chi_node;
struct chi_node {
    chi_node_kind kind;
    bool quoted;      /* a scalar in quotes */
    ch_span span;     /* of the node itself */
    ch_span key_span; /* of its key, when it is a value of a mapping */
    const char *key;  /* its key, or NULL */
    const char *text; /* scalar: its text, NUL-terminated ("" for `key:`); else NULL */
    size_t size;      /* scalar: bytes of text; else number of children */
    chi_node *first;  /* first child */
    chi_node *next;   /* next sibling */
    void *mark;       /* free for the reader: "this key was used" */
};

enum { /* limits of one text; a file beyond them is an error with the limit named */
    CHI_TEXT_BYTES_MAX = 64 << 20,
    CHI_TEXT_DEPTH_MAX = 64,
    CHI_TEXT_NODES_MAX = 2 << 20,
    CHI_TEXT_ALIAS_NODES_MAX = 1 << 20, /* of them made by aliases */
    CHI_TEXT_ANCHORS_MAX = 1024,
    CHI_TEXT_BLANK_LINES_MAX = 256, /* in a row */
};

/* Parses strict YAML 1.2 (JSON is a subset) and registers the text with the diagnostics. Returns
 * NULL after adding diagnostics. `name` is what messages call the file. Forbidden, each with its
 * own diagnostic: tags, merge keys, several documents, duplicate keys, complex keys, bad UTF-8,
 * tabs as indentation, nesting beyond CHI_TEXT_DEPTH_MAX. Aliases are copies of their anchor's
 * value, made under a budget; their spans point to the anchor. When memory ends it takes the
 * arena's road of failure; if the arena has none, it returns NULL without a diagnostic. */
chi_node *chi_node_parse(
    chi_arena *arena, ch_diags *diags, const char *name, const char *text, size_t size);

/* Reads a whole file ("-" is standard input). CH_E_IO when it cannot be read (errno says why),
 * CH_E_INPUT when it has more than CHI_TEXT_BYTES_MAX bytes. On success *text is NUL-terminated
 * arena memory of *size bytes; on failure it is NULL. */
ch_status chi_file_read(chi_arena *arena, const char *path, char **text, size_t *size);
/* The same with another limit. */
ch_status chi_file_read_limit(
    chi_arena *arena, const char *path, size_t bytes_max, char **text, size_t *size);

chi_node *chi_node_get(const chi_node *mapping, const char *key); /* NULL if absent */
/* Follows "firms.meridian.opening.cash"; "[2]" or ".2" indexes sequences, from 0. NULL if absent.
 */
chi_node *chi_node_find(const chi_node *root, const char *path);
/* Gives a node the value (and the span) of another; it keeps its key and its place in its parent.
 * Children are shared, not copied. */
void chi_node_replace(chi_node *node, const chi_node *value);
/* The place of `size` bytes at `offset` in a scalar's text, for a caret inside it. The whole scalar
 * when its text stands differently in the file (escapes, several lines). */
ch_span chi_node_span_at(const chi_node *scalar, size_t offset, size_t size);

#endif

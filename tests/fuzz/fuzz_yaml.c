/* Any bytes through chi_node_parse: no crash, no leak, and what is promised of the tree holds. */
#include "base/check.h"
#include "base/str.h"
#include "text/node.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libfyaml 0.7.12 forgets a small table when a long quoted text has a syntax error. Leaks of ours
 * are still seen here, and those of our use of it by tests/unit/test_node.c. */
const char *__lsan_default_suppressions(void)
{
    return "leak:libfyaml";
}

static int swallow(void *context, const char *text, size_t size)
{
    (void)context, (void)text, (void)size;
    return 0;
}

/* Byte offset of a line and column, or SIZE_MAX. */
static size_t offset_of(const char *text, size_t size, uint32_t line, uint32_t column)
{
    size_t at = 0;
    for (; line > 1 && at < size; at++)
        line -= text[at] == '\n';
    for (; column > 1 && at < size; column--) {
        uint32_t code;
        at += chi_utf8_next(text + at, size - at, &code);
    }
    return line == 1 && column == 1 ? at : SIZE_MAX;
}

/* A text without quotes on one line stands in the file where its span says. */
static void check_place(const chi_node *node, const char *text, size_t size)
{
    if (node->quoted || node->size == 0 || node->span.line != node->span.end_line)
        return;
    size_t start = offset_of(text, size, node->span.line, node->span.column);
    CHI_ASSERT(start != SIZE_MAX && node->size <= size - start);
    CHI_ASSERT(memcmp(text + start, node->text, node->size) == 0);
    CHI_ASSERT(offset_of(text, size, node->span.line, node->span.end_column) == start + node->size);
}

static void check_node(const chi_node *node, int depth, const char *text, size_t size)
{
    CHI_ASSERT(depth <= CHI_TEXT_DEPTH_MAX + 1);
    CHI_ASSERT(node->span.line > 0 && node->span.column > 0);
    CHI_ASSERT(node->span.end_line >= node->span.line);
    if (node->kind == CHI_SCALAR) {
        CHI_ASSERT(strlen(node->text) == node->size && !node->first);
        check_place(node, text, size);
        chi_node_span_at(node, node->size / 2, node->size);
        return;
    }
    size_t count = 0;
    for (const chi_node *child = node->first; child; child = child->next, count++) {
        CHI_ASSERT((child->key != NULL) == (node->kind == CHI_MAPPING));
        CHI_ASSERT(!child->key || child->key[0]);
        check_node(child, depth + 1, text, size);
    }
    CHI_ASSERT(count == node->size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    chi_arena arena;
    chi_arena_init(&arena);
    ch_diags *diags = chi_diags_new();
    const chi_node *root = chi_node_parse(&arena, diags, "f.yaml", (const char *)data, size);
    CHI_ASSERT((root != NULL) == (ch_diags_errors(diags) == 0));
    size_t mark = size >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    if (root)
        check_node(root, 1, (const char *)data + mark, size - mark);
    ch_diags_print(diags, CH_DIAG_TEXT, swallow, NULL);
    ch_diags_print(diags, CH_DIAG_JSON, swallow, NULL);
    ch_diags_free(diags);
    chi_arena_free(&arena);
    return 0;
}

/* Any bytes either become a tree of nodes or are refused with a diagnostic; nothing else happens.
 */
#include "base/check.h"
#include "text/node.h"

#include <setjmp.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    chi_arena arena;
    jmp_buf out_of_memory;
    chi_arena_init(&arena);
    ch_diags *diags = chi_diags_new();
    if (!diags)
        return 0;
    arena.on_failure = &out_of_memory;
    if (setjmp(out_of_memory) == 0) {
        chi_node *root = chi_node_parse(&arena, diags, "fuzz.yaml", (const char *)data, size);
        CHI_ASSERT(root != NULL || ch_diags_errors(diags) > 0);
    }
    chi_arena_free(&arena);
    ch_diags_free(diags);
    return 0;
}

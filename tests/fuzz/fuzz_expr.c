/* Any bytes as an expression: a tree within its limits, or diagnostics. */
#include "base/check.h"
#include "text/expr.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t count_nodes(const chi_expr *expr)
{
    CHI_ASSERT((unsigned)expr->kind < CHI_EXPR_KIND_COUNT && expr->span.line == 1);
    CHI_ASSERT(
        (expr->name != NULL) == (expr->kind == CHI_EXPR_NAME || expr->kind == CHI_EXPR_CALL));
    bool leaf = expr->kind <= CHI_EXPR_CALL;
    bool one = expr->kind == CHI_EXPR_NEGATE || expr->kind == CHI_EXPR_ABS;
    CHI_ASSERT((expr->left == NULL) == leaf && (expr->right == NULL) == (leaf || one));
    return 1 + (expr->left ? count_nodes(expr->left) : 0) +
           (expr->right ? count_nodes(expr->right) : 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const chi_quantity_context millions = {6, "USD"};
    chi_arena arena;
    chi_arena_init(&arena);
    const char *text = chi_arena_text(&arena, (const char *)data, size);
    const chi_node scalar = {
        .kind = CHI_SCALAR, .text = text, .size = size, .span = {0, 1, 1, 1, (uint32_t)size + 1}};
    for (int form = CHI_EXPR_VALUE; form <= CHI_EXPR_EITHER; form++) {
        ch_diags *diags = chi_diags_new();
        const chi_expr *expr =
            chi_expr_parse(&arena, diags, &scalar, &millions, (chi_expr_form)form);
        CHI_ASSERT((expr != NULL) == (ch_diags_count(diags) == 0));
        if (expr)
            CHI_ASSERT(count_nodes(expr) <= CHI_EXPR_NODES_MAX);
        ch_diags_free(diags);
    }
    chi_arena_free(&arena);
    return 0;
}

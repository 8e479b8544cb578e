/* Small expressions in a scalar: "sofr + 6.5%", "net_debt / ebitda.ltm <= 6.00x".
 *
 *   test       = value [("<=" | "<" | ">=" | ">" | "==") value]
 *   value      = term {("+" | "-") term}
 *   term       = factor {("*" | "/") factor}
 *   factor     = "-" factor | quantity | name | call | "(" value ")"
 *   call       = ("min" | "max") "(" value {"," value} ")" | "abs" "(" value ")"
 *              | name "(" name ")"
 *
 * Quantities are those of quantity.h without yes and no. A name begins with a letter or "_" and
 * goes on with letters, digits, "_", "." and, where a letter or digit follows, "-": in `ddtl-2` and
 * `customer-a` the sign belongs to the name, so that minus between two names needs spaces around
 * it. `115/month` is a flow; after "/" the words month, quarter and year are never names. Nothing
 * is evaluated and no name is looked up here. */
#ifndef CHI_TEXT_EXPR_H
#define CHI_TEXT_EXPR_H

#include "text/quantity.h"

typedef enum chi_expr_kind {
    CHI_EXPR_QUANTITY,
    CHI_EXPR_NAME,
    CHI_EXPR_CALL, /* name(argument), such as alive(firm) */
    CHI_EXPR_NEGATE,
    CHI_EXPR_ABS,
    CHI_EXPR_ADD,
    CHI_EXPR_SUBTRACT,
    CHI_EXPR_MULTIPLY,
    CHI_EXPR_DIVIDE,
    CHI_EXPR_MIN, /* min(a, b, c) is min(min(a, b), c) */
    CHI_EXPR_MAX,
    CHI_EXPR_LESS_EQUAL, /* this and the ones below: only at the top of a test */
    CHI_EXPR_LESS,
    CHI_EXPR_GREATER_EQUAL,
    CHI_EXPR_GREATER,
    CHI_EXPR_EQUAL,
    CHI_EXPR_KIND_COUNT
} chi_expr_kind;

typedef struct chi_expr chi_expr;
struct chi_expr {
    chi_expr_kind kind;
    ch_span span;          /* from its first character to its last */
    chi_quantity quantity; /* QUANTITY */
    const char *name;      /* NAME: the name; CALL: the function */
    const char *argument;  /* CALL: the name between the parentheses */
    ch_span argument_span;
    chi_expr *left, *right; /* operands; NEGATE and ABS have only left */
};

enum {
    CHI_EXPR_BYTES_MAX = 4096,
    CHI_EXPR_NESTING_MAX = 64, /* parentheses, calls and signs inside each other */
    CHI_EXPR_NODES_MAX = 1024, /* also bounds the height of the tree: 1+1+1 leans to the left */
};

typedef enum chi_expr_form {
    CHI_EXPR_VALUE, /* no comparison */
    CHI_EXPR_TEST,  /* one comparison, or a call such as alive(firm) alone */
    CHI_EXPR_EITHER,
} chi_expr_form;

/* Parses a scalar. NULL after reporting everything wrong, with carets inside the scalar. */
chi_expr *chi_expr_parse(chi_arena *arena, ch_diags *diags, const chi_node *scalar,
    const chi_quantity_context *context, chi_expr_form form);

/* "+", "<=", "min": for messages. */
const char *chi_expr_kind_text(chi_expr_kind kind);
bool chi_expr_is_comparison(chi_expr_kind kind);

#endif

/* Tokens of an expression; between expr_lex.c and expr.c. */
#ifndef CHI_TEXT_EXPR_LEX_H
#define CHI_TEXT_EXPR_LEX_H

#include "text/expr.h"

typedef enum chi_token_kind {
    CHI_TOKEN_END,
    CHI_TOKEN_QUANTITY,
    CHI_TOKEN_NAME,
    CHI_TOKEN_PLUS,
    CHI_TOKEN_MINUS,
    CHI_TOKEN_TIMES,
    CHI_TOKEN_OVER,
    CHI_TOKEN_OPEN,
    CHI_TOKEN_CLOSE,
    CHI_TOKEN_COMMA,
    CHI_TOKEN_LESS_EQUAL,
    CHI_TOKEN_LESS,
    CHI_TOKEN_GREATER_EQUAL,
    CHI_TOKEN_GREATER,
    CHI_TOKEN_EQUAL,
} chi_token_kind;

typedef struct chi_token {
    chi_token_kind kind;
    size_t offset, size; /* in the scalar's text */
    chi_quantity quantity;
} chi_token;

typedef struct chi_expr_lexer {
    const chi_node *scalar;
    const chi_quantity_context *context;
    ch_diags *diags;
    size_t at;
    bool failed; /* something was reported */
} chi_expr_lexer;

/* The next token. What is not one is reported and stands as a quantity of 0, so that the rest of
 * the expression is looked at too. */
chi_token chi_expr_lex(chi_expr_lexer *lexer);

#endif

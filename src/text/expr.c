/* Parses expressions by recursive descent. Depth and size are bounded, and a mistake in a number or
 * a character does not hide those after it; a mistake in the structure ends the parse. */
#include "text/expr.h"

#include "base/check.h"
#include "base/str.h"
#include "text/expr_lex.h"

#include <string.h>

typedef struct parser {
    chi_arena *arena;
    chi_expr_lexer lexer;
    chi_token token;     /* the one looked at */
    size_t previous_end; /* where the token before it ended */
    size_t depth, nodes;
    bool stopped; /* the structure is wrong: no more is reported */
} parser;

const char *chi_expr_kind_text(chi_expr_kind kind)
{
    static const char *const texts[CHI_EXPR_KIND_COUNT] = {"a quantity", "a name", "a call", "-",
        "abs", "+", "-", "*", "/", "min", "max", "<=", "<", ">=", ">", "=="};
    CHI_ASSERT((unsigned)kind < CHI_EXPR_KIND_COUNT);
    return texts[kind];
}

bool chi_expr_is_comparison(chi_expr_kind kind)
{
    return kind >= CHI_EXPR_LESS_EQUAL && kind < CHI_EXPR_KIND_COUNT;
}

static void advance(parser *p)
{
    p->previous_end = p->token.offset + p->token.size;
    p->token = chi_expr_lex(&p->lexer);
}

static ch_span span_between(const parser *p, size_t start, size_t end)
{
    return chi_node_span_at(p->lexer.scalar, start, end - start);
}

static ch_span token_span(const parser *p)
{
    return chi_node_span_at(p->lexer.scalar, p->token.offset, p->token.size);
}

/* Reports a mistake of structure at a place, once; the rest is only read for wrong tokens. */
static chi_expr *stop(parser *p, uint32_t code, ch_span span, const char *hint, const char *message)
{
    if (!p->stopped)
        chi_diag(p->lexer.diags, code, span, hint, "%s", message);
    p->stopped = true;
    return NULL;
}

/* Reports what stands where `wanted` should stand. */
static chi_expr *stop_at_token(parser *p, const char *wanted)
{
    bool end = p->token.kind == CHI_TOKEN_END;
    int size = p->token.size < 40 ? (int)p->token.size : 40;
    if (!p->stopped && end)
        chi_diag(p->lexer.diags, 130, token_span(p), NULL, "the expression ends where %s is wanted",
            wanted);
    else if (!p->stopped)
        chi_diag(p->lexer.diags, 131, token_span(p), NULL, "'%.*s' stands where %s is wanted", size,
            p->lexer.scalar->text + p->token.offset, wanted);
    p->stopped = true;
    return NULL;
}

static chi_expr *new_expr(parser *p, chi_expr_kind kind, size_t start)
{
    if (p->nodes == CHI_EXPR_NODES_MAX)
        return stop(p, 132, p->lexer.scalar->span, NULL, "the expression has more than 1024 parts");
    p->nodes++;
    chi_expr *expr = chi_arena_alloc(p->arena, sizeof *expr);
    if (!expr) {
        p->stopped = true;
        return NULL;
    }
    expr->kind = kind;
    expr->span = span_between(p, start, p->previous_end);
    return expr;
}

static chi_expr *binary(
    parser *p, chi_expr_kind kind, size_t start, chi_expr *left, chi_expr *right)
{
    if (!left || !right)
        return NULL;
    chi_expr *expr = new_expr(p, kind, start);
    if (expr) {
        expr->left = left;
        expr->right = right;
    }
    return expr;
}

static const char *token_text(parser *p, chi_token token)
{
    return chi_arena_text(p->arena, p->lexer.scalar->text + token.offset, token.size);
}

static chi_expr *parse_value(parser *p);

static bool expect(parser *p, chi_token_kind kind, const char *wanted)
{
    if (p->stopped || p->token.kind != kind) {
        stop_at_token(p, wanted);
        return false;
    }
    advance(p);
    return true;
}

/* min, max or abs; the token looked at is the opening parenthesis. */
static chi_expr *parse_function(parser *p, chi_expr_kind kind, size_t start)
{
    advance(p);
    size_t count = 1;
    chi_expr *expr = parse_value(p);
    while (expr && p->token.kind == CHI_TOKEN_COMMA) {
        advance(p);
        count++;
        expr = binary(p, kind, start, expr, parse_value(p));
    }
    if (!expr || !expect(p, CHI_TOKEN_CLOSE, "')'"))
        return NULL;
    ch_span span = span_between(p, start, p->previous_end);
    if (kind == CHI_EXPR_ABS && count > 1)
        return stop(p, 133, span, "write abs(x)", "abs takes one argument");
    if (kind != CHI_EXPR_ABS && count < 2)
        return stop(
            p, 133, span, "write min(a, b) or max(a, b)", "min and max take two or more arguments");
    if (kind == CHI_EXPR_ABS) {
        chi_expr *inner = expr;
        expr = new_expr(p, CHI_EXPR_ABS, start);
        if (expr)
            expr->left = inner;
    }
    if (expr)
        expr->span = span;
    return expr;
}

/* name(argument); the token looked at is the opening parenthesis. */
static chi_expr *parse_call(parser *p, chi_token name)
{
    advance(p);
    if (p->token.kind != CHI_TOKEN_NAME) {
        int size = name.size < 40 ? (int)name.size : 40;
        if (!p->stopped)
            chi_diag(p->lexer.diags, 133, token_span(p),
                "functions of numbers are min, max and abs", "%.*s() takes one name", size,
                p->lexer.scalar->text + name.offset);
        p->stopped = true;
        return NULL;
    }
    chi_token argument = p->token;
    ch_span argument_span = token_span(p);
    advance(p);
    if (!expect(p, CHI_TOKEN_CLOSE, "')'"))
        return NULL;
    chi_expr *expr = new_expr(p, CHI_EXPR_CALL, name.offset);
    if (!expr)
        return NULL;
    expr->name = token_text(p, name);
    expr->argument = token_text(p, argument);
    expr->argument_span = argument_span;
    return expr->name && expr->argument ? expr : NULL;
}

static chi_expr *parse_name(parser *p)
{
    chi_token name = p->token;
    const char *text = p->lexer.scalar->text + name.offset;
    advance(p);
    if (p->token.kind == CHI_TOKEN_OPEN) {
        if (chi_text_equal(text, name.size, "min"))
            return parse_function(p, CHI_EXPR_MIN, name.offset);
        if (chi_text_equal(text, name.size, "max"))
            return parse_function(p, CHI_EXPR_MAX, name.offset);
        if (chi_text_equal(text, name.size, "abs"))
            return parse_function(p, CHI_EXPR_ABS, name.offset);
        return parse_call(p, name);
    }
    chi_expr *expr = new_expr(p, CHI_EXPR_NAME, name.offset);
    if (expr)
        expr->name = token_text(p, name);
    return expr && expr->name ? expr : NULL;
}

static chi_expr *parse_factor(parser *p);

static chi_expr *parse_negation(parser *p)
{
    size_t start = p->token.offset;
    advance(p);
    chi_expr *inner = parse_factor(p);
    chi_expr *expr = inner ? new_expr(p, CHI_EXPR_NEGATE, start) : NULL;
    if (expr)
        expr->left = inner;
    return expr;
}

static chi_expr *parse_parentheses(parser *p)
{
    size_t start = p->token.offset;
    advance(p);
    chi_expr *expr = parse_value(p);
    if (!expr || !expect(p, CHI_TOKEN_CLOSE, "')'"))
        return NULL;
    expr->span = span_between(p, start, p->previous_end);
    return expr;
}

static chi_expr *parse_primary(parser *p)
{
    chi_expr *expr = NULL;
    switch (p->token.kind) {
    case CHI_TOKEN_QUANTITY: {
        chi_token token = p->token;
        advance(p);
        expr = new_expr(p, CHI_EXPR_QUANTITY, token.offset);
        if (expr)
            expr->quantity = token.quantity;
        return expr;
    }
    case CHI_TOKEN_NAME:
        return parse_name(p);
    case CHI_TOKEN_OPEN:
        return parse_parentheses(p);
    case CHI_TOKEN_MINUS:
        return parse_negation(p);
    default:
        return stop_at_token(p, "a number or a name");
    }
}

static chi_expr *parse_factor(parser *p)
{
    if (p->depth == CHI_EXPR_NESTING_MAX)
        return stop(
            p, 132, token_span(p), NULL, "the expression is nested more than 64 levels deep");
    if (p->stopped)
        return NULL;
    p->depth++;
    chi_expr *expr = parse_primary(p);
    p->depth--;
    return expr;
}

static chi_expr *parse_term(parser *p)
{
    size_t start = p->token.offset;
    chi_expr *expr = parse_factor(p);
    while (expr && (p->token.kind == CHI_TOKEN_TIMES || p->token.kind == CHI_TOKEN_OVER)) {
        chi_expr_kind kind = p->token.kind == CHI_TOKEN_TIMES ? CHI_EXPR_MULTIPLY : CHI_EXPR_DIVIDE;
        advance(p);
        expr = binary(p, kind, start, expr, parse_factor(p));
    }
    return expr;
}

static chi_expr *parse_value(parser *p)
{
    size_t start = p->token.offset;
    chi_expr *expr = parse_term(p);
    while (expr && (p->token.kind == CHI_TOKEN_PLUS || p->token.kind == CHI_TOKEN_MINUS)) {
        chi_expr_kind kind = p->token.kind == CHI_TOKEN_PLUS ? CHI_EXPR_ADD : CHI_EXPR_SUBTRACT;
        advance(p);
        expr = binary(p, kind, start, expr, parse_term(p));
    }
    return expr;
}

/* The comparison that a token stands for, or CHI_EXPR_KIND_COUNT. */
static chi_expr_kind comparison_of(chi_token_kind kind)
{
    return kind >= CHI_TOKEN_LESS_EQUAL && kind <= CHI_TOKEN_EQUAL
               ? (chi_expr_kind)(CHI_EXPR_LESS_EQUAL + (int)(kind - CHI_TOKEN_LESS_EQUAL))
               : CHI_EXPR_KIND_COUNT;
}

static chi_expr *parse_top(parser *p, chi_expr_form form)
{
    size_t start = p->token.offset;
    chi_expr *expr = parse_value(p);
    chi_expr_kind kind = comparison_of(p->token.kind);
    if (expr && kind != CHI_EXPR_KIND_COUNT) {
        if (form == CHI_EXPR_VALUE)
            return stop(p, 134, token_span(p), "write a value without a comparison",
                "a comparison is not accepted here");
        advance(p);
        expr = binary(p, kind, start, expr, parse_value(p));
    }
    if (expr && comparison_of(p->token.kind) != CHI_EXPR_KIND_COUNT)
        return stop(p, 134, token_span(p), "state each comparison on its own",
            "a second comparison cannot follow the first");
    if (expr && p->token.kind != CHI_TOKEN_END)
        return stop_at_token(p, "an operator (+ - * /) or the end");
    if (expr && form == CHI_EXPR_TEST && expr->kind != CHI_EXPR_CALL &&
        !chi_expr_is_comparison(expr->kind))
        return stop(p, 134, p->lexer.scalar->span,
            "compare with <=, <, >=, > or ==", "a test needs a comparison");
    return expr;
}

chi_expr *chi_expr_parse(chi_arena *arena, ch_diags *diags, const chi_node *scalar,
    const chi_quantity_context *context, chi_expr_form form)
{
    CHI_ASSERT(arena && diags && scalar);
    if (scalar->kind != CHI_SCALAR) {
        chi_diag(diags, 131, scalar->span,
            "write one value or an expression such as 0.31 * revenue",
            "%s stands where an expression is wanted",
            scalar->kind == CHI_MAPPING ? "a mapping" : "a list");
        return NULL;
    }
    if (scalar->size > CHI_EXPR_BYTES_MAX) {
        chi_diag(diags, 132, scalar->span, NULL, "the expression has more than %d bytes",
            (int)CHI_EXPR_BYTES_MAX);
        return NULL;
    }
    parser p = {.arena = arena, .lexer = {.scalar = scalar, .context = context, .diags = diags}};
    p.token = chi_expr_lex(&p.lexer);
    chi_expr *expr = parse_top(&p, form);
    while (p.token.kind != CHI_TOKEN_END) /* wrong tokens further on are worth knowing too */
        advance(&p);
    return p.stopped || p.lexer.failed ? NULL : expr;
}

/* Cuts an expression into tokens. */
#include "text/expr_lex.h"

#include "base/check.h"
#include "base/str.h"

#include <string.h>

static char char_at(const chi_expr_lexer *lexer, size_t at)
{
    return at < lexer->scalar->size ? lexer->scalar->text[at] : '\0';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_name_part(char c)
{
    return is_name_start(c) || is_digit(c);
}

static size_t name_size(const chi_expr_lexer *lexer, size_t at)
{
    size_t size = 0;
    for (;; size++) {
        char c = char_at(lexer, at + size);
        bool joint = (c == '-' || c == '.') && is_name_part(char_at(lexer, at + size + 1));
        if (!is_name_part(c) && !joint)
            return size;
    }
}

/* "USD 2.3bn": a currency before a number begins a quantity, not a name. */
static bool begins_money(const chi_expr_lexer *lexer, size_t at)
{
    for (size_t i = 0; i < 3; i++)
        if (char_at(lexer, at + i) < 'A' || char_at(lexer, at + i) > 'Z')
            return false;
    at += 3;
    while (char_at(lexer, at) == ' ')
        at++;
    return is_digit(char_at(lexer, at));
}

static void report(chi_expr_lexer *lexer, uint32_t code, size_t offset, size_t size,
    const char *hint, const char *message)
{
    ch_span span = chi_node_span_at(lexer->scalar, offset, size);
    chi_diag(lexer->diags, code, span, hint, "%s", message);
    lexer->failed = true;
}

/* Bytes to skip after a wrong number: what belongs to it in the reader's eyes. */
static size_t wrong_size(const chi_expr_lexer *lexer, size_t at)
{
    size_t size = 0;
    for (;; size++) {
        char c = char_at(lexer, at + size);
        if (!is_name_part(c) && c != '.' && c != '_' && c != '%' && (unsigned char)c < 0x80)
            return size ? size : 1;
    }
}

static chi_token lex_quantity(chi_expr_lexer *lexer)
{
    chi_token token = {CHI_TOKEN_QUANTITY, lexer->at, 0, {0.0, CHI_UNIT_NUMBER}};
    chi_quantity_error error;
    const char *text = lexer->scalar->text + lexer->at;
    token.size = chi_quantity_scan(
        text, lexer->scalar->size - lexer->at, lexer->context, &token.quantity, &error);
    if (token.size == 0) {
        report(lexer, error.code, lexer->at + error.offset, error.size, error.hint, error.message);
        size_t end = error.offset + wrong_size(lexer, lexer->at + error.offset);
        token.size = end;
        if (token.size > lexer->scalar->size - lexer->at)
            token.size = lexer->scalar->size - lexer->at;
    }
    lexer->at += token.size;
    return token;
}

/* Reports a character that no token begins with. Returns the token that its writer must have meant,
 * so that one slip is one diagnostic; a token of size 0 if there is none. */
static chi_token lex_unexpected(chi_expr_lexer *lexer)
{
    static const struct {
        const char *mark, *hint;
        chi_token_kind kind; /* END: skipped */
    } marks[] = {{"\xE2\x88\x92", "use the hyphen-minus, -", CHI_TOKEN_MINUS},
        {"\xE2\x80\x93", "use the hyphen-minus, -", CHI_TOKEN_MINUS},
        {"\xC3\x97", "write *", CHI_TOKEN_TIMES}, {"\xC3\xB7", "write /", CHI_TOKEN_OVER},
        {"\xE2\x89\xA4", "write <=", CHI_TOKEN_LESS_EQUAL},
        {"\xE2\x89\xA5", "write >=", CHI_TOKEN_GREATER_EQUAL},
        {"=", "write == to compare", CHI_TOKEN_EQUAL}, {"^", "write x * x", CHI_TOKEN_TIMES},
        {"&", "state each test on its own", CHI_TOKEN_PLUS},
        {"|", "state each test on its own", CHI_TOKEN_PLUS},
        {"!", "compare with <=, <, >=, > or ==", CHI_TOKEN_END},
        {"$", "write USD 2.3bn", CHI_TOKEN_END},
        {"%", "% follows a number, as in 9.62%", CHI_TOKEN_END}};
    const char *text = lexer->scalar->text + lexer->at;
    uint32_t code;
    size_t size = chi_utf8_next(text, lexer->scalar->size - lexer->at, &code);
    if (size == 0)
        size = 1;
    const char *hint = "expressions have numbers, names, + - * / and parentheses";
    chi_token meant = {CHI_TOKEN_END, lexer->at, 0, {0.0, CHI_UNIT_NUMBER}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (chi_text_equal(text, size, marks[i].mark)) {
            hint = marks[i].hint;
            meant.kind = marks[i].kind;
            meant.size = meant.kind == CHI_TOKEN_END ? 0 : size;
        }
    ch_span span = chi_node_span_at(lexer->scalar, lexer->at, size);
    chi_diag(
        lexer->diags, 131, span, hint, "'%.*s' cannot stand in an expression", (int)size, text);
    lexer->failed = true;
    lexer->at += size;
    return meant;
}

/* The sign at a place: its bytes, or 0 if there is none. */
static size_t sign_at(const chi_expr_lexer *lexer, size_t at, chi_token_kind *kind)
{
    static const struct {
        const char text[3];
        chi_token_kind kind;
    } signs[] = {{"<=", CHI_TOKEN_LESS_EQUAL}, {">=", CHI_TOKEN_GREATER_EQUAL},
        {"==", CHI_TOKEN_EQUAL}, {"<", CHI_TOKEN_LESS}, {">", CHI_TOKEN_GREATER},
        {"+", CHI_TOKEN_PLUS}, {"-", CHI_TOKEN_MINUS}, {"*", CHI_TOKEN_TIMES},
        {"/", CHI_TOKEN_OVER}, {"(", CHI_TOKEN_OPEN}, {")", CHI_TOKEN_CLOSE},
        {",", CHI_TOKEN_COMMA}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t size = strlen(signs[i].text);
        if (lexer->scalar->size - at >= size &&
            memcmp(lexer->scalar->text + at, signs[i].text, size) == 0) {
            *kind = signs[i].kind;
            return size;
        }
    }
    return 0;
}

chi_token chi_expr_lex(chi_expr_lexer *lexer)
{
    CHI_ASSERT(lexer->at <= lexer->scalar->size);
    while (lexer->at < lexer->scalar->size) {
        char c = char_at(lexer, lexer->at);
        if (c == ' ' || c == '\t' || c == '\n') {
            lexer->at++;
            continue;
        }
        chi_token token = {CHI_TOKEN_NAME, lexer->at, 0, {0.0, CHI_UNIT_NUMBER}};
        if (is_digit(c) || c == '.' || begins_money(lexer, lexer->at))
            return lex_quantity(lexer);
        token.size =
            is_name_start(c) ? name_size(lexer, lexer->at) : sign_at(lexer, lexer->at, &token.kind);
        if (token.size) {
            lexer->at += token.size;
            return token;
        }
        token = lex_unexpected(lexer);
        if (token.size)
            return token;
    }
    return (chi_token){CHI_TOKEN_END, lexer->at, 0, {0.0, CHI_UNIT_NUMBER}};
}

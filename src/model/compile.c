/* From the tree of an expression to postfix code, with names resolved and measures checked. */
#include "model/amount.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

typedef struct compiler {
    chi_reader *reader;
    const chi_scope *scope;
    chi_code *code;
    bool failed;
} compiler;

static const char *measure_text(chi_measure measure)
{
    return measure == CHI_MEASURE_MONEY ? "money" : "a number";
}

static const uint32_t operands[CHI_OP_COUNT] = {
#define OPERANDS(id, count, text) count,
    CHI_OP_LIST(OPERANDS)
#undef OPERANDS
};

void chi_code_push(chi_code *code, chi_arena *arena, chi_op op)
{
    code->height = code->height + 1 - operands[op.code];
    if (code->height > code->depth)
        code->depth = code->height;
    code->varies = code->varies || (operands[op.code] == 0 && op.code != CHI_OP_CONST);
    *CHI_PUSH(arena, &code->ops) = op;
}

void chi_code_append(chi_code *code, chi_arena *arena, const chi_code *tail)
{
    for (size_t i = 0; i < tail->ops.count; i++)
        chi_code_push(code, arena, tail->ops.at[i]);
}

static void push(compiler *c, chi_op_code code, uint32_t index, uint32_t item, double constant)
{
    chi_code_push(c->code, c->reader->arena, (chi_op){code, index, item, 0, constant});
}

/* --- names ---------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    chi_item item;
} items[] = {
#define ITEM(id, name, meaning) {name, id},
    CHI_ITEM_LIST(ITEM)
#undef ITEM
};
enum { ITEM_COUNT = sizeof items / sizeof *items };

/* Items that are written out: first (operation) second. */
static const struct {
    const char *name;
    chi_item first, second;
    chi_op_code op;
} derived[] = {{"ebitda", CHI_ITEM_REVENUE, CHI_ITEM_COST, CHI_OP_SUB},
    {"net_debt", CHI_ITEM_DEBT, CHI_ITEM_CASH, CHI_OP_SUB},
    {"liquidity", CHI_ITEM_CASH, CHI_ITEM_AVAILABLE, CHI_OP_ADD}};
enum { DERIVED_COUNT = sizeof derived / sizeof *derived };

/* Pushes an item of the scope's firm; false if the name is none. */
static bool push_item(compiler *c, const char *name)
{
    uint32_t firm = c->scope->firm;
    for (size_t i = 0; i < ITEM_COUNT; i++)
        if (strcmp(items[i].name, name) == 0) {
            push(c, CHI_OP_ITEM, firm, items[i].item, 0.0);
            return true;
        }
    for (size_t i = 0; i < DERIVED_COUNT; i++)
        if (strcmp(derived[i].name, name) == 0) {
            push(c, CHI_OP_ITEM, firm, derived[i].first, 0.0);
            push(c, CHI_OP_ITEM, firm, derived[i].second, 0.0);
            push(c, derived[i].op, 0, 0, 0.0);
            return true;
        }
    return false;
}

static bool is_item(const char *name)
{
    for (size_t i = 0; i < ITEM_COUNT; i++)
        if (strcmp(items[i].name, name) == 0)
            return true;
    for (size_t i = 0; i < DERIVED_COUNT; i++)
        if (strcmp(derived[i].name, name) == 0)
            return true;
    return false;
}

static const chi_names *own_lines(const compiler *c)
{
    return c->scope->kind == CHI_SCOPE_LINE ? &c->reader->lines[c->scope->firm] : NULL;
}

static void report_unknown(compiler *c, const chi_expr *expr)
{
    const chi_names *lines = own_lines(c), *drivers = &c->reader->drivers;
    size_t room =
        drivers->list.count + (lines ? lines->list.count : 0) + ITEM_COUNT + DERIVED_COUNT;
    const char **list = chi_arena_alloc(c->reader->arena, (room + 1) * sizeof *list);
    size_t count = 0;
    for (size_t i = 0; i < drivers->list.count; i++)
        list[count++] = drivers->list.at[i].text;
    for (size_t i = 0; lines && i < lines->list.count; i++)
        list[count++] = lines->list.at[i].text;
    for (size_t i = 0; c->scope->kind != CHI_SCOPE_DRIVERS && i < ITEM_COUNT; i++)
        list[count++] = items[i].name;
    for (size_t i = 0; c->scope->kind != CHI_SCOPE_DRIVERS && i < DERIVED_COUNT; i++)
        list[count++] = derived[i].name;
    const char *near = chi_nearest_name(expr->name, list, count);
    chi_diag(c->reader->diags, 305, expr->span,
        near ? chi_arena_format(c->reader->arena, "did you mean `%s`?", near) : NULL,
        "`%s` is not defined here", expr->name);
}

static chi_measure fail(compiler *c)
{
    c->failed = true;
    push(c, CHI_OP_CONST, 0, 0, 0.0);
    return CHI_MEASURE_ANY;
}

static chi_measure refuse(compiler *c, ch_span span, const char *name, const char *where)
{
    chi_diag(c->reader->diags, 306, span, NULL, "`%s` cannot be used here: %s", name, where);
    return fail(c);
}

static chi_measure emit_threshold(compiler *c, const chi_expr *expr)
{
    if (c->scope->kind != CHI_SCOPE_COVENANT)
        return refuse(c, expr->span, expr->name, "it belongs to the tests of covenants");
    if (c->scope->threshold_used)
        *c->scope->threshold_used = true;
    push(c, CHI_OP_THRESHOLD, c->scope->covenant, 0, 0.0);
    return c->scope->threshold;
}

static chi_measure emit_name(compiler *c, const chi_expr *expr)
{
    const chi_names *lines = own_lines(c);
    if (strcmp(expr->name, "threshold") == 0)
        return emit_threshold(c, expr);
    if (is_item(expr->name)) {
        if (c->scope->kind == CHI_SCOPE_DRIVERS)
            return refuse(c, expr->span, expr->name, "only drivers can be named");
        push_item(c, expr->name);
        return CHI_MEASURE_MONEY;
    }
    const chi_name *line = lines ? chi_names_find(lines, expr->name) : NULL;
    if (line) {
        push(c, CHI_OP_LINE, line->row, 0, 0.0);
        return CHI_MEASURE_MONEY;
    }
    const chi_name *driver = chi_names_find(&c->reader->drivers, expr->name);
    if (driver) {
        push(c, CHI_OP_DRIVER, driver->row, 0, 0.0);
        return CHI_MEASURE_NUMBER;
    }
    report_unknown(c, expr);
    return fail(c);
}

static chi_measure emit_alive(compiler *c, const chi_expr *expr)
{
    const chi_name *firm = chi_names_find(&c->reader->firms, expr->argument);
    if (!firm) {
        const char *near = chi_names_nearest(c->reader, &c->reader->firms, expr->argument);
        chi_diag(c->reader->diags, 301, expr->argument_span,
            near ? chi_arena_format(c->reader->arena, "did you mean `%s`?", near) : NULL,
            "there is no firm `%s`", expr->argument);
        return fail(c);
    }
    push(c, CHI_OP_ALIVE, firm->row, 0, 0.0);
    return CHI_MEASURE_NUMBER;
}

static chi_measure emit_live(compiler *c, const chi_expr *expr)
{
    const chi_name *name = chi_names_find(&c->reader->contracts, expr->argument);
    const chi_contract *contract = name ? &c->reader->contract.at[name->row] : NULL;
    if (!name) {
        const char *near = chi_names_nearest(c->reader, &c->reader->contracts, expr->argument);
        chi_diag(c->reader->diags, 303, expr->argument_span,
            near ? chi_arena_format(c->reader->arena, "did you mean `%s`?", near) : NULL,
            "there is no contract `%s`", expr->argument);
        return fail(c);
    }
    if (contract->row == CHI_NONE)
        return fail(c);
    if (contract->kind != CHI_CONTRACT_CUSTOMER) {
        chi_diag(c->reader->diags, 312, expr->argument_span, NULL,
            "live() takes a take-or-pay contract; `%s` is %s", expr->argument,
            chi_kind_at(contract->schema)->title);
        return fail(c);
    }
    push(c, CHI_OP_LIVE, contract->row, 0, 0.0);
    return CHI_MEASURE_NUMBER;
}

static chi_measure emit_call(compiler *c, const chi_expr *expr)
{
    bool alive = strcmp(expr->name, "alive") == 0, live = strcmp(expr->name, "live") == 0;
    if (!alive && !live) {
        chi_diag(c->reader->diags, 305, expr->span,
            "functions are min, max, abs, alive(firm) and live(contract)", "`%s` is not a function",
            expr->name);
        return fail(c);
    }
    if (c->scope->kind == CHI_SCOPE_DRIVERS)
        return refuse(c, expr->span, expr->name, "only drivers can be named");
    return alive ? emit_alive(c, expr) : emit_live(c, expr);
}

/* --- measures ------------------------------------------------------------------------------- */

static chi_measure emit_quantity(compiler *c, const chi_expr *expr)
{
    push(c, CHI_OP_CONST, 0, 0, expr->quantity.value);
    if (fabs(expr->quantity.value) * c->reader->build.unit_scale > CHI_MONEY_MAX) {
        chi_diag(c->reader->diags, 210, expr->span,
            chi_arena_format(c->reader->arena, "plain numbers are in %s already",
                c->reader->build.text.at + c->reader->build.unit),
            "the number is out of range: it is more than a thousand trillion");
        c->failed = true;
    }
    switch (expr->quantity.unit) {
    case CHI_UNIT_NUMBER:
        return CHI_MEASURE_ANY;
    case CHI_UNIT_FRACTION:
    case CHI_UNIT_MULTIPLE:
        return CHI_MEASURE_NUMBER;
    case CHI_UNIT_MONEY:
    case CHI_UNIT_NUMBER_PER_MONTH:
    case CHI_UNIT_MONEY_PER_MONTH:
        return CHI_MEASURE_MONEY;
    default:
        break;
    }
    chi_diag(c->reader->diags, 228, expr->span, NULL, "%s cannot stand in an expression",
        chi_unit_text(expr->quantity.unit));
    c->failed = true;
    return CHI_MEASURE_ANY;
}

static void report_measures(compiler *c, const chi_expr *expr, chi_measure left, chi_measure right)
{
    c->failed = true;
    chi_diag(c->reader->diags, 228, expr->span, NULL, "%s and %s cannot be joined by `%s`",
        measure_text(left), measure_text(right), chi_expr_kind_text(expr->kind));
}

/* What adding or comparing gives: both sides must be of one measure. */
static chi_measure join_sum(compiler *c, const chi_expr *expr, chi_measure a, chi_measure b)
{
    if (a != CHI_MEASURE_ANY && b != CHI_MEASURE_ANY && a != b) {
        if (!c->failed)
            report_measures(c, expr, a, b);
        return CHI_MEASURE_ANY;
    }
    return a == CHI_MEASURE_ANY ? b : a;
}

static chi_measure join_product(compiler *c, const chi_expr *expr, chi_measure a, chi_measure b)
{
    if (a == CHI_MEASURE_MONEY && b == CHI_MEASURE_MONEY) {
        report_measures(c, expr, a, b);
        return CHI_MEASURE_ANY;
    }
    if (a == CHI_MEASURE_MONEY || b == CHI_MEASURE_MONEY)
        return CHI_MEASURE_MONEY;
    return a == CHI_MEASURE_ANY || b == CHI_MEASURE_ANY ? CHI_MEASURE_ANY : CHI_MEASURE_NUMBER;
}

static chi_measure join_ratio(compiler *c, const chi_expr *expr, chi_measure a, chi_measure b)
{
    if (a == CHI_MEASURE_NUMBER && b == CHI_MEASURE_MONEY) {
        report_measures(c, expr, a, b);
        return CHI_MEASURE_ANY;
    }
    if (b == CHI_MEASURE_MONEY)
        return CHI_MEASURE_NUMBER;
    return a;
}

static chi_measure emit(compiler *c, const chi_expr *expr);

static chi_measure emit_pair(compiler *c, const chi_expr *expr)
{
    static const chi_op_code ops[CHI_EXPR_KIND_COUNT] = {[CHI_EXPR_ADD] = CHI_OP_ADD,
        [CHI_EXPR_SUBTRACT] = CHI_OP_SUB,
        [CHI_EXPR_MULTIPLY] = CHI_OP_MUL,
        [CHI_EXPR_DIVIDE] = CHI_OP_DIV,
        [CHI_EXPR_MIN] = CHI_OP_MIN,
        [CHI_EXPR_MAX] = CHI_OP_MAX,
        /* a test holds while this difference is at least 0 */
        [CHI_EXPR_GREATER_EQUAL] = CHI_OP_SUB,
        [CHI_EXPR_GREATER] = CHI_OP_SUB,
        [CHI_EXPR_LESS_EQUAL] = CHI_OP_SUB,
        [CHI_EXPR_LESS] = CHI_OP_SUB};
    bool turned = expr->kind == CHI_EXPR_LESS || expr->kind == CHI_EXPR_LESS_EQUAL;
    chi_measure first = emit(c, turned ? expr->right : expr->left);
    chi_measure second = emit(c, turned ? expr->left : expr->right);
    push(c, ops[expr->kind], 0, 0, 0.0);
    if (expr->kind == CHI_EXPR_MULTIPLY)
        return join_product(c, expr, first, second);
    if (expr->kind == CHI_EXPR_DIVIDE)
        return join_ratio(c, expr, first, second);
    return turned ? join_sum(c, expr, second, first) : join_sum(c, expr, first, second);
}

static chi_measure emit(compiler *c, const chi_expr *expr)
{
    chi_measure measure;
    switch (expr->kind) {
    case CHI_EXPR_QUANTITY:
        return emit_quantity(c, expr);
    case CHI_EXPR_NAME:
        return emit_name(c, expr);
    case CHI_EXPR_CALL:
        return emit_call(c, expr);
    case CHI_EXPR_NEGATE:
    case CHI_EXPR_ABS:
        measure = emit(c, expr->left);
        push(c, expr->kind == CHI_EXPR_ABS ? CHI_OP_ABS : CHI_OP_NEG, 0, 0, 0.0);
        return measure;
    case CHI_EXPR_EQUAL:
        chi_diag(c->reader->diags, 230, expr->span,
            "use <= or >=", "amounts cannot be tested for equality");
        return fail(c);
    default:
        return emit_pair(c, expr);
    }
}

bool chi_compile(chi_reader *reader, const chi_expr *expr, const chi_scope *scope, chi_code *code,
    chi_measure *measure)
{
    compiler c = {reader, scope, code, false};
    *measure = emit(&c, expr);
    return !c.failed;
}

/* --- results -------------------------------------------------------------------------------- */

double chi_code_value(const chi_code *code)
{
    double stack[CHI_EXPR_DEPTH_MAX + 1] = {0};
    size_t top = 0;
    if (code->depth > CHI_EXPR_DEPTH_MAX)
        return 0.0;
    for (size_t i = 0; i < code->ops.count; i++) {
        const chi_op *op = &code->ops.at[i];
        CHI_ASSERT(op->code == CHI_OP_CONST || operands[op->code] > 0);
        if (op->code == CHI_OP_CONST) {
            stack[top++] = op->constant;
            continue;
        }
        top -= operands[op->code] - 1;
        stack[top - 1] = chi_op_apply(op->code, stack[top - 1], stack[top]);
    }
    return stack[0];
}

uint32_t chi_code_store(chi_reader *reader, const chi_code *code, ch_span span)
{
    chi_builder *build = &reader->build;
    if (code->depth > CHI_EXPR_DEPTH_MAX) {
        chi_diag(reader->diags, 227, span, NULL,
            "the expression holds %u values at once; at most %d are possible", code->depth,
            (int)CHI_EXPR_DEPTH_MAX);
        return CHI_NONE;
    }
    chi_expr_row row = {{(uint32_t)build->op.count, (uint32_t)code->ops.count}, code->depth, 0};
    for (size_t i = 0; i < code->ops.count; i++)
        *CHI_PUSH(reader->arena, &build->op) = code->ops.at[i];
    *CHI_PUSH(reader->arena, &build->expr) = row;
    return (uint32_t)build->expr.count - 1;
}

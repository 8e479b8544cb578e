/* Expressions of a model as data: postfix code over columns, and the amounts that use it. */
#ifndef CHI_MODEL_OPS_H
#define CHI_MODEL_OPS_H

#include <stdint.h>

#define CHI_NONE UINT32_MAX

typedef struct chi_slice {
    uint32_t first, count;
} chi_slice;

/* An amount in month m is `constant`, or values[table + m] if table is not CHI_NONE, times the
 * value of expression `expr` if that is not CHI_NONE. */
typedef struct chi_amount {
    double constant;
    uint32_t table, expr;
} chi_amount;

/* X(enum, operands taken from the stack, text in listings) */
#define CHI_OP_LIST(X)                                                                             \
    X(CHI_OP_CONST, 0, "const")         /* push constant */                                        \
    X(CHI_OP_TABLE, 0, "table")         /* push values[index + month] */                           \
    X(CHI_OP_DRIVER, 0, "driver")       /* push value of driver `index` this month */              \
    X(CHI_OP_ITEM, 0, "item")           /* push item `item` of firm `index`, see CHI_ITEM_LIST */  \
    X(CHI_OP_LINE, 0, "line")           /* push this month's amount of line `index` */             \
    X(CHI_OP_ALIVE, 0, "alive")         /* push 1 while firm `index` has not failed, else 0 */     \
    X(CHI_OP_LIVE, 0, "live")           /* push 1 while customer contract `index` runs, else 0 */  \
    X(CHI_OP_THRESHOLD, 0, "threshold") /* push the threshold of covenant `index` */               \
    X(CHI_OP_ADD, 2, "+")                                                                          \
    X(CHI_OP_SUB, 2, "-")                                                                          \
    X(CHI_OP_MUL, 2, "*")                                                                          \
    X(CHI_OP_DIV, 2, "/")                                                                          \
    X(CHI_OP_MIN, 2, "min")                                                                        \
    X(CHI_OP_MAX, 2, "max")                                                                        \
    X(CHI_OP_NEG, 1, "neg")                                                                        \
    X(CHI_OP_ABS, 1, "abs")

typedef enum chi_op_code {
#define CHI_OP_ENUM(id, operands, text) id,
    CHI_OP_LIST(CHI_OP_ENUM)
#undef CHI_OP_ENUM
        CHI_OP_COUNT
} chi_op_code;

/* A firm's own lines that expressions may name. In lines of operations, targets and draw conditions
 * cash, debt and available are those before the month's payments; in covenants all are the state
 * after them. The others are this month's dues. Property changes as its lines are computed.
 * `ebitda`, `net_debt` and `liquidity` are written out by the reader: revenue - cost, debt - cash,
 * cash + available.
 * X(enum, name in expressions, meaning) */
#define CHI_ITEM_LIST(X)                                                                           \
    X(CHI_ITEM_CASH, "cash", "unrestricted cash")                                                  \
    X(CHI_ITEM_DEBT, "debt", "principal owed on all loans, with arrears")                          \
    X(CHI_ITEM_AVAILABLE, "available", "undrawn part of the firm's revolvers that can be drawn")   \
    X(CHI_ITEM_PROPERTY, "property", "property and equipment after depreciation")                  \
    X(CHI_ITEM_REVENUE, "revenue", "this month's bills and other revenue")                         \
    X(CHI_ITEM_COST, "cost", "this month's operating cost")                                        \
    X(CHI_ITEM_INTEREST, "interest", "this month's interest and fees due")                         \
    X(CHI_ITEM_PRINCIPAL, "principal", "this month's principal due")                               \
    X(CHI_ITEM_CAPEX, "capex", "this month's capital expenditure, before any is deferred")         \
    X(CHI_ITEM_DEPRECIATION, "depreciation", "this month's depreciation")

typedef enum chi_item {
#define CHI_ITEM_ENUM(id, name, meaning) id,
    CHI_ITEM_LIST(CHI_ITEM_ENUM)
#undef CHI_ITEM_ENUM
        CHI_ITEM_COUNT
} chi_item;

typedef struct chi_op {
    uint32_t code;  /* chi_op_code */
    uint32_t index; /* row, or offset into values */
    uint32_t item;  /* chi_item for CHI_OP_ITEM */
    uint32_t unused;
    double constant;
} chi_op;

typedef struct chi_expr_row {
    chi_slice ops;  /* rows of op; leaves exactly one value */
    uint32_t depth; /* registers needed, <= CHI_EXPR_DEPTH_MAX */
    uint32_t unused;
} chi_expr_row;

/* Applies an operation that takes operands: two, or `a` alone. NaN for a leaf. */
double chi_op_apply(uint32_t code, double a, double b);

#endif

/* Amounts that may be numbers, dated steps or expressions, and the code of expressions. */
#ifndef CHI_MODEL_AMOUNT_H
#define CHI_MODEL_AMOUNT_H

#include "model/read.h"
#include "text/expr.h"

/* Which names an expression may use. */
typedef enum chi_scope_kind {
    CHI_SCOPE_DRIVERS, /* drivers */
    CHI_SCOPE_LINE,    /* drivers, items and lines of the firm, alive(), live() */
    CHI_SCOPE_ITEMS,   /* drivers, items of the firm, alive(), live() */
    CHI_SCOPE_COVENANT /* the same and `threshold` */
} chi_scope_kind;

/* What a value is measured in. A plain number takes the measure of what it stands beside. */
typedef enum chi_measure { CHI_MEASURE_ANY, CHI_MEASURE_NUMBER, CHI_MEASURE_MONEY } chi_measure;

typedef struct chi_scope {
    chi_scope_kind kind;
    uint32_t firm;         /* whose items and lines */
    uint32_t covenant;     /* whose threshold */
    chi_measure threshold; /* what it is measured in */
    bool *threshold_used;  /* set when an expression names it; may be NULL */
} chi_scope;

/* Postfix code that is being made. */
typedef struct chi_code {
    CHI_VEC(chi_op) ops;
    uint32_t height, depth; /* registers in use now, and at most */
    bool varies;            /* false: it is a constant */
} chi_code;

/* Appends the code of an expression. False after an error. */
bool chi_compile(chi_reader *reader, const chi_expr *expr, const chi_scope *scope, chi_code *code,
    chi_measure *measure);
void chi_code_push(chi_code *code, chi_arena *arena, chi_op op);
void chi_code_append(chi_code *code, chi_arena *arena, const chi_code *tail);
double chi_code_value(const chi_code *code); /* of code that does not vary */
/* Makes a row of the code; CHI_NONE after saying that it needs too many registers. */
uint32_t chi_code_store(chi_reader *reader, const chi_code *code, ch_span span);

chi_amount chi_get_amount(
    chi_reader *reader, const chi_map *map, const char *key, const chi_scope *scope);
/* A scalar, dated steps, or a mapping with its evidence. `field` gives units and range. */
chi_amount chi_read_amount(chi_reader *reader, const chi_map *outer, const chi_node *node,
    const chi_field *field, const char *path, const chi_scope *scope);
/* The amount of an opened mapping that has one of amount, value, by, and may have times. */
chi_amount chi_read_amount_map(
    chi_reader *reader, const chi_map *map, const chi_field *field, const chi_scope *scope);
/* Refuses an amount below zero. In a run it would count as zero, so that a cost written with a
 * minus would vanish. What an expression comes to is not known here. */
void chi_amount_check_sign(
    chi_reader *reader, const chi_node *node, const chi_amount *amount, const char *name);
/* A dated step schedule as a table of values; CHI_NONE after an error. */
uint32_t chi_read_steps(chi_reader *reader, const chi_node *node, const chi_field *field);
/* True for a mapping whose keys are dates. */
bool chi_is_dated(const chi_node *node);

#endif

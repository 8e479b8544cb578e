/* Shared by the passes of model reading; see model/read.c for their order.
 *
 * Every pass goes on after an error where that makes sense, so that the user sees all mistakes of a
 * file at once. Rows made after an error are thrown away: freezing happens only without errors. */
#ifndef CHI_MODEL_READ_H
#define CHI_MODEL_READ_H

#include "base/diag.h"
#include "model/deal_query.h"
#include "model/model.h"
#include "model/schema.h"
#include "text/node.h"
#include "text/quantity.h"

#define CHI_MONEY_MAX 1e15 /* of one amount, in units of the currency: a thousand trillion */

/* Names of one sort with the number and the place of each; see model/names.c. */
typedef struct chi_name {
    const char *text;
    uint32_t row;
    ch_span span;
} chi_name;

typedef struct chi_names {
    CHI_VEC(chi_name) list; /* in the order of the file */
    uint32_t *slots;        /* open addressing; index into list + 1, 0 free */
    size_t slot_count;
} chi_names;

void chi_names_add(
    chi_arena *arena, chi_names *names, const char *text, uint32_t row, ch_span span);
const chi_name *chi_names_find(const chi_names *names, const char *text); /* NULL if absent */

/* One mapping of the file that is being read. */
typedef struct chi_map {
    const chi_node *node; /* NULL: the mapping is absent and every key takes its fallback */
    const chi_kind *kind;
    const char *path;   /* "contracts.ddtl-2" */
    const char *source; /* default for the numbers in it; "" if none */
    uint32_t basis;     /* chi_basis, likewise */
} chi_map;

/* What a contract's name stands for. */
typedef enum chi_contract_kind {
    CHI_CONTRACT_LOAN,
    CHI_CONTRACT_CUSTOMER,
    CHI_CONTRACT_DEAL
} chi_contract_kind;
typedef struct chi_contract {
    chi_map map;
    chi_contract_kind kind;
    chi_kind_id schema;
    uint32_t row;         /* of loan, customer or deal */
    uint32_t deal, type;  /* ACTUS: row of deal, chi_deal_type */
    uint32_t beneficiary; /* ACTUS: the long party, once it is read; CHI_NONE */
} chi_contract;

/* What all notes of one market have in common. */
typedef struct chi_notes {
    chi_loan terms;
    chi_share *shares;
    uint32_t share_count;
} chi_notes;

/* A number's evidence, whose texts are stored after all others: they are not part of the hash. */
typedef struct chi_pending {
    const char *path, *text, *source;
    chi_evidence row;
} chi_pending;

typedef struct chi_reader {
    chi_arena *arena;
    ch_diags *diags;
    chi_builder build;
    chi_node *root;
    const char *scenario; /* "" for the base */
    const char *currency;
    bool loans_unclear; /* some loan's borrower or principal could not be read */
    bool dated;         /* start and months are known; without them dates are not checked */
    chi_day horizon;    /* last day of the last month */
    chi_map top;
    chi_names drivers, firms, contracts, markets;
    chi_map *firm_map, *market_map;
    CHI_VEC(chi_pending) evidence;
    chi_notes *notes; /* by market row */
    CHI_VEC(chi_contract) contract;
    chi_names *lines; /* of each firm, by firm row */
    chi_deal_check_fn *check_deal;
} chi_reader;

/* The nearest name for a suggestion; NULL if none is near, or so many errors stand already that
 * this one will not be shown. */
const char *chi_names_nearest(chi_reader *reader, const chi_names *names, const char *text);
/* A new table of one number a month, all 0; CHI_NONE after saying that there are too many. */
uint32_t chi_table_add(chi_reader *reader, ch_span span);

/* --- map.c: mappings and their keys -------------------------------------------------------- */

/* Enters a mapping: checks that it is one, that its keys are of its kind and that none is missing.
 * `outer` gives the default source and basis (NULL: none). False if it cannot be read at all. */
bool chi_map_open(chi_reader *reader, chi_map *map, const chi_node *node, const char *path,
    chi_kind_id kind, const chi_map *outer);
/* Enters the mapping under a key that may be absent. */
chi_map chi_map_under(chi_reader *reader, const chi_map *map, const char *key, chi_kind_id kind);
const chi_node *chi_map_node(const chi_map *map, const char *key);   /* NULL if absent */
const chi_field *chi_map_field(const chi_map *map, const char *key); /* never NULL */
const char *chi_map_path(chi_reader *reader, const chi_map *map, const char *key);
ch_span chi_key_span(const chi_node *node); /* of the key, or of the node if it has none */
/* The place to blame for the mapping as a whole. */
ch_span chi_map_span(const chi_map *map);
/* True for a name that can be used in a file: letters, digits, - and _, not a reserved word. */
bool chi_name_check(chi_reader *reader, const chi_node *node, const char *what);
/* Says that a value must be a mapping, a list or a single value. */
void chi_shape_error(chi_reader *reader, const chi_node *node, const char *wanted);
/* The children of a key that must be a mapping of names; NULL if absent or not a mapping. */
const chi_node *chi_map_children(chi_reader *reader, const chi_map *map, const char *key);

/* --- field.c: single values ------------------------------------------------------------------ */

const char *chi_get_text(chi_reader *reader, const chi_map *map, const char *key);
uint32_t chi_get_choice(chi_reader *reader, const chi_map *map, const char *key);
/* The number of the word that a scalar is, CHI_NONE after an error. */
uint32_t chi_read_choice(chi_reader *reader, const chi_node *node, const char *detail);
bool chi_get_yes(chi_reader *reader, const chi_map *map, const char *key);
uint32_t chi_get_months(chi_reader *reader, const chi_map *map, const char *key);
/* False if the key is absent or its value is no date. */
bool chi_get_date(chi_reader *reader, const chi_map *map, const char *key, chi_day *day);
bool chi_date_parse(const char *text, chi_day *day); /* a day, or a month's last day */
bool chi_read_date(chi_reader *reader, const chi_node *node, const char *text, chi_day *day);
/* COUNT, NUMBER, SHARE, RATE, MONEY by the key's type, with its evidence. */
double chi_get_number(chi_reader *reader, const chi_map *map, const char *key);
/* Row of the thing named; CHI_NONE if the key is absent or after an error. */
uint32_t chi_get_firm(chi_reader *reader, const chi_map *map, const char *key);
uint32_t chi_get_driver(chi_reader *reader, const chi_map *map, const char *key);
/* Reads a firm's name; CHI_NONE after an error. */
uint32_t chi_read_firm(chi_reader *reader, const chi_node *node, const char *text);
/* Row of the thing that a scalar names; `code` is the diagnostic if there is no such `what`. */
uint32_t chi_read_name(chi_reader *reader, const chi_node *node, uint32_t code, const char *what,
    const chi_names *names);

/* Number of the month in which a day lies: month m has the days after month_date(m - 1) up to
 * month_date(m); -1 at or before the start. */
int chi_reader_month(const chi_reader *reader, chi_day day);
/* Month of a date that must lie in the horizon; says so and returns 0 if it does not. */
uint32_t chi_month_inside(chi_reader *reader, const chi_node *node, chi_day day);

/* --- value.c: numbers with units and evidence; amount.h has schedules and expressions ------- */

/* Reads a scalar as a number of the field's type into *value. False after an error. */
bool chi_read_scalar(chi_reader *reader, const chi_node *node, const char *text,
    const chi_field *field, double *value);
/* The units that a field takes, a set of CHI_UNIT_BITs. */
unsigned chi_field_accepts(const chi_field *field);
chi_quantity_context chi_reader_context(const chi_reader *reader);
/* Reads a scalar, or a mapping with value and evidence, of a field's type. */
bool chi_read_number(chi_reader *reader, const chi_map *map, const chi_node *node,
    const chi_field *field, const char *path, double *number);
/* The `low` and `high` of a mapping, NaN where absent; `value` must lie between. */
void chi_bounds_read(
    chi_reader *reader, const chi_map *map, const chi_field *field, double value, double bounds[2]);
void chi_evidence_store(chi_reader *reader); /* moves what was added into the model */
void chi_evidence_add(chi_reader *reader, const chi_map *map, const char *path,
    const chi_node *node, const chi_map *value, double low, double high);

#endif

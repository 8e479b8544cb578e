/* ACTUS contracts: terms in, flat table of dated events out.
 *
 * The way: a mapping of dictionary names becomes chi_actus_terms (actus_terms.c), is checked
 * (actus_check.c) and compiled once (actus_loan.c, actus_trade.c over actus_build.c) into events
 * that hold everything a scenario cannot change: days, year fractions, order, where market values
 * are found. What is left is a sweep of lanes over them (actus.lane.h, actus_sweep.isa.c).
 * Contracts made of contracts run their parts and join the results (actus_nest.c).
 *
 * Written from the ACTUS technical specification v1.1 and dictionary v1.4 and checked against the
 * public ACTUS cases. Comments name terms and states by the standard's abbreviations. */
#ifndef CHI_CONTRACT_ACTUS_H
#define CHI_CONTRACT_ACTUS_H

#include "base/arena.h"
#include "base/diag.h"
#include "contract/actus.lane.h"
#include "contract/actus_events.h"
#include "contract/actus_own.lane.h"
#include "contract/actus_words.h"
#include "text/calendar.h"
#include "text/daycount.h"
#include "text/node.h"
#include "text/schedule.h"

/* A contract that another one is made of or refers to. */
typedef struct chi_actus_terms chi_actus_terms;
typedef struct chi_actus_part {
    uint8_t role;                 /* chi_actus_part_role */
    const char *id;               /* contract identifier, or NULL */
    const char *market_object;    /* market object code, or NULL */
    const chi_actus_terms *terms; /* NULL when only an id or a market object is given */
} chi_actus_part;

typedef struct chi_actus_list {
    size_t count;
    const double *numbers; /* only the one that the term's kind needs */
    const chi_moment *moments;
    const chi_cycle *cycles;
    const uint8_t *words;
} chi_actus_list;

/* Numbers that are not given are NaN, moments CHI_MOMENT_NONE, cycles have count -1, words 0, texts
 * NULL, lists count 0. actus_words.h has the list of all terms. */
struct chi_actus_terms {
    const chi_node *node; /* where the terms stand, for messages */
    const char *id;
    const chi_calendar *business_days;
    chi_daycount dcc;
    chi_business_rule bdc;
    bool scales_interest, scales_notional;
    const chi_actus_part *parts;
    size_t part_count;
#define CHI_ACTUS_FIELD_NUMBER(field, name) double field;
#define CHI_ACTUS_FIELD_MOMENT(field, name) chi_moment field;
#define CHI_ACTUS_FIELD_CYCLE(field, name) chi_cycle field;
#define CHI_ACTUS_FIELD_WORD(field, name, words) uint8_t field;
#define CHI_ACTUS_FIELD_TEXT(field, name) const char *field;
#define CHI_ACTUS_FIELD_LIST(field, name, kind, words) chi_actus_list field;
    CHI_ACTUS_NUMBERS(CHI_ACTUS_FIELD_NUMBER)
    CHI_ACTUS_MOMENTS(CHI_ACTUS_FIELD_MOMENT)
    CHI_ACTUS_CYCLES(CHI_ACTUS_FIELD_CYCLE)
    CHI_ACTUS_PERIODS(CHI_ACTUS_FIELD_CYCLE)
    CHI_ACTUS_WORDS(CHI_ACTUS_FIELD_WORD)
    CHI_ACTUS_TEXTS(CHI_ACTUS_FIELD_TEXT)
    CHI_ACTUS_LISTS(CHI_ACTUS_FIELD_LIST)
    CHI_CARDHOUSE_NUMBERS(CHI_ACTUS_FIELD_NUMBER)
    CHI_CARDHOUSE_MOMENTS(CHI_ACTUS_FIELD_MOMENT)
    CHI_CARDHOUSE_TEXTS(CHI_ACTUS_FIELD_TEXT)
    CHI_CARDHOUSE_WORDS(CHI_ACTUS_FIELD_WORD)
    CHI_CARDHOUSE_LISTS(CHI_ACTUS_FIELD_LIST)
};

/* Something seen from outside the contract: a credit event, a call, a prepayment, a payment. */
typedef struct chi_actus_observed {
    chi_moment time;
    uint8_t kind;        /* chi_actus_kind */
    uint8_t performance; /* chi_actus_performance; 0 if not stated */
    double value;
    const char *contract; /* id, or NULL */
} chi_actus_observed;

typedef enum chi_actus_showing {
    CHI_SHOWN,
    CHI_HIDDEN, /* acts, but is not shown: before the purchase, or not an event of the standard */
    CHI_UNPAID, /* shown, but what it pays joins the arrears */
} chi_actus_showing;

/* One event. Amount and slot mean what the operation says (actus_events.h). */
typedef struct chi_actus_event {
    chi_moment pay;
    chi_day calc; /* interest runs up to this day */
    double years; /* year fraction since the event before */
    double amount;
    uint32_t slot;  /* row of market values; first year fraction of an annuity; of a plain payment:
                     * 1 for the second currency */
    uint8_t op;     /* chi_actus_op */
    uint8_t kind;   /* chi_actus_kind */
    uint8_t hidden; /* chi_actus_showing */
    uint8_t rank;   /* order at equal times */
} chi_actus_event;
_Static_assert(sizeof(chi_actus_event) <= 32, "an event has at most 32 bytes");

/* A market value that a plan needs. */
typedef struct chi_actus_slot {
    uint32_t object; /* index into the book's names */
    chi_moment time;
    chi_moment from; /* start of the period of an overnight rate; CHI_MOMENT_NONE: one value */
} chi_actus_slot;

/* What happens next in a contract made of contracts (actus_joint.h). */
typedef struct chi_actus_join {
    double amount; /* money, quantity or years, as the action says */
    chi_moment pay;
    uint32_t part;
    uint32_t from;  /* the part's events from this one up to `at` have happened too, silently */
    uint32_t at;    /* event of the part's plan, or slot of the book */
    uint8_t action; /* chi_actus_join_action */
    uint8_t kind;   /* chi_actus_kind of what is shown */
    uint8_t leg;    /* 1 or 2 for the legs of SWAPS, else 0 */
} chi_actus_join;

typedef struct chi_actus_date {
    chi_moment time;
    chi_day accrual;
} chi_actus_date;

/* The dates of a schedule, its end last, each with its business day and its accrual day. */
typedef struct chi_actus_dates {
    chi_schedule schedule;
    size_t room;
    chi_moment *times;
    chi_moment *pays;
    chi_day *accruals;
} chi_actus_dates;
/* Redemption, interest and resets mostly share one schedule: a few of the contract are kept. */
enum { CHI_ACTUS_DATES_KEPT = 4 };

/* A compiled contract: a stretch of the book's events and what the lanes need beside them. */
typedef struct chi_actus_plan {
    const chi_actus_terms *terms;
    uint32_t first, count; /* events of the book */
    uint32_t years_end;    /* end of the annuity's year fractions in the book */
    uint32_t late;         /* in the book's years: what arrears grow by, for each unpaid event */
    bool converts;         /* payments are in the settlement currency */
    chi_moment maturity;   /* CHI_MOMENT_NONE if it has none */
    chi_moment exercise;   /* XD given by the terms */
    chi_actus_state start; /* after the status date, before the first event */
    chi_actus_constants constants;
} chi_actus_plan;

/* Many plans with their events, market slots and year fractions in common arrays. */
typedef struct chi_actus_book {
    chi_arena *arena;
    ch_diags *diags; /* NULL: errors are only counted */
    size_t errors;
    CHI_VEC(const char *) objects;
    CHI_VEC(chi_actus_slot) slots; /* each object and time once */
    uint32_t *slot_table;          /* open addressing: index + 1 into slots, 0 empty */
    size_t slot_room;              /* of the table, a power of two or 0 */
    uint32_t slot_last;            /* the slot asked for last */
    CHI_VEC(chi_actus_event) events;
    CHI_VEC(double) years;
    CHI_VEC(chi_actus_join) joins; /* of contracts made of contracts, with the plans of parts */
    CHI_VEC(chi_actus_plan) parts;
    CHI_VEC(chi_actus_date) counted;             /* redemption dates that annuities count */
    chi_actus_dates dates[CHI_ACTUS_DATES_KEPT]; /* of the contract in work */
    uint32_t dates_made;                         /* so far for it; the oldest is replaced */
    chi_actus_event *unsorted; /* room for sorting the contract in work, and its keys */
    uint64_t *keys;
    size_t sort_room;
} chi_actus_book;

/* One line of a result. */
typedef struct chi_actus_row {
    chi_moment time;
    uint8_t kind;
    uint8_t leg; /* 1 or 2 for the legs of SWAPS, else 0 */
    bool hidden; /* not an event of the contract; only chi_actus_run_part() keeps such rows */
    const char *currency;
    double payoff;
    chi_actus_state state;  /* after the event */
    double exercise_amount; /* OPTNS, FUTUR, CEG, CEC */
    chi_moment exercise_date;
    chi_actus_state before; /* for --explain: the state before, */
    chi_day calc;           /* interest runs up to this day */
    double years, observed; /* year fraction and market value that entered; NaN if none */
    double amount;          /* the event's own amount */
    double unpaid;          /* what fell due and was not paid */
    double fx;              /* rate at which the payoff was converted; 1 if it was not */
    uint8_t op;
} chi_actus_row;

typedef struct chi_actus_rows {
    chi_actus_row *at;
    size_t count, room;
} chi_actus_rows;

/* Market data of a case: objects with their observations in order of time. */
typedef struct chi_actus_series {
    const char *object;
    size_t count;
    const chi_moment *times;
    const double *values;
} chi_actus_series;

/* Market data that many cases share: objects in order of name. */
typedef struct chi_actus_market {
    size_t count;
    const chi_actus_series *series;
} chi_actus_market;

/* A case: a contract with the world it is run in. */
typedef struct chi_actus_case {
    const char *id;
    const chi_actus_terms *terms; /* NULL when they are wrong */
    ch_span span;
    chi_moment to; /* CHI_MOMENT_NONE: to the end */
    const chi_actus_series *series;
    size_t series_count;
    const chi_actus_market *market; /* of objects that are not among the series; may be NULL */
    const chi_actus_observed *observed;
    size_t observed_count;
    chi_actus_rows rows; /* filled by chi_actus_run_case() */
} chi_actus_case;

enum {
    CHI_ACTUS_EVENTS_MAX = 400000, /* of one contract */
    CHI_ACTUS_PARTS_MAX = 1000,
    CHI_ACTUS_LIST_MAX = 10000, /* entries of an array term, observations of a market object */
    CHI_ACTUS_NEST_MAX = 4,
    CHI_ACTUS_ANNUITY_STEPS_MAX = 200000000, /* dates counted by the level payments of one */
};
#define CHI_ACTUS_BYTES_MAX ((size_t)2 << 30) /* of the contracts of a file with their events */
/* True if there is room for another contract; else reports it. */
bool chi_actus_has_room(const chi_arena *arena, ch_diags *diags, ch_span span, const char *id);

/* Reads terms from a mapping. Adds diagnostics and returns NULL when they are wrong. `parent` gives
 * what a part leaves out (statusDate, currency, role by position) and may be NULL. */
typedef struct chi_actus_reader {
    chi_arena *arena;
    ch_diags *diags;
    size_t errors;
    struct { /* calendars read so far */
        const char *name;
        const chi_calendar *calendar;
    } calendars[16];
    size_t calendar_count;
} chi_actus_reader;
void chi_actus_reader_init(chi_actus_reader *reader, chi_arena *arena, ch_diags *diags);
/* Makes a user's calendar known. False when there are 16 already. */
bool chi_actus_reader_add_calendar(
    chi_actus_reader *reader, const char *name, const chi_calendar *calendar);
chi_actus_terms *chi_actus_terms_new(chi_arena *arena); /* nothing given */
const chi_actus_terms *chi_actus_terms_read(
    chi_actus_reader *reader, const chi_node *node, const char *id, const chi_actus_terms *parent);
bool chi_actus_number_parse(const chi_node *node, double *value);
bool chi_actus_word_parse(const char *list, const char *text, uint8_t *word);

/* Reports what is missing or impossible. True if the terms can be compiled. */
bool chi_actus_check(ch_diags *diags, const chi_actus_terms *terms, chi_moment to);
/* A message about one term: id, name, then the text. */
void chi_actus_term_error(ch_diags *diags, uint32_t code, const chi_actus_terms *terms,
    const char *name, const char *hint, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* Accrual day of a time under the contract's business-day rule. */
chi_day chi_actus_accrual_day(const chi_actus_terms *t, chi_moment time);

static inline bool chi_given(double number)
{
    return number == number; /* not NaN */
}
static inline bool chi_given_at(chi_moment moment)
{
    return moment != CHI_MOMENT_NONE;
}
static inline bool chi_given_cycle(chi_cycle cycle)
{
    return cycle.count >= 0;
}
double chi_actus_sign(const chi_actus_terms *terms);  /* R(CNTRL) */
bool chi_actus_is_nest(const chi_actus_terms *terms); /* SWAPS, CAPFL, CEG, CEC */

/* Compiles one contract that is not made of others. `to` cuts the table; CHI_MOMENT_NONE leaves it
 * whole. False after diagnostics. */
void chi_actus_book_init(chi_actus_book *book, chi_arena *arena, ch_diags *diags);
bool chi_actus_compile(chi_actus_book *book, const chi_actus_terms *terms, chi_moment to,
    const chi_actus_observed *observed, size_t observed_count, chi_actus_plan *plan);
/* Runs a plan with the market of a case; rows are appended. False after diagnostics. */
bool chi_actus_run(const chi_actus_book *book, const chi_actus_plan *plan,
    const chi_actus_case *world, chi_actus_rows *rows);
/* Compiles and runs a case of any type into world->rows. False after diagnostics. */
bool chi_actus_run_case(chi_arena *arena, ch_diags *diags, chi_actus_case *world);
bool chi_actus_run_nest(chi_arena *arena, ch_diags *diags, const chi_actus_terms *terms,
    chi_actus_case *world, chi_actus_rows *rows);
/* Value of a market object at a time: the last observation at or before it. */
bool chi_actus_observe(
    const chi_actus_case *world, const char *object, chi_moment time, double *value);

#endif

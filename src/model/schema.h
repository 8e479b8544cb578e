/* The file format as one table: every mapping a model file may have, every key of it, what the key
 * means and which values it takes.
 *
 * The rows are in model/schema_fields.h. From them come the reader's checks, the suggestions for
 * mistyped keys, schema/cardhouse.schema.json for editors and docs/reference/file-format.md; what
 * is not in the table is not in the format. */
#ifndef CHI_MODEL_SCHEMA_H
#define CHI_MODEL_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

/* What the value of a key is. X(enum, name in the reference, how it is written) */
#define CHI_TYPE_LIST(X)                                                                           \
    X(TEXT, "text", "any text")                                                                    \
    X(CHOICE, "word", "one of the words listed")                                                   \
    X(NAME, "name", "the name of something defined in the file")                                   \
    X(NAMES, "list of names", "a list of names: `[a, b]`")                                         \
    X(WORDS, "list of words", "one or more of the words listed: `[a, b]`")                         \
    X(YES_NO, "yes or no", "`yes` or `no`")                                                        \
    X(COUNT, "whole number", "a whole number, such as `36`")                                       \
    X(MONTHS, "months", "a number of months: `3 months`, `1 year`, `3`")                           \
    X(DATE, "date", "a day, `2025-06-30`, or a month, `2025-06`, which means its last day")        \
    X(NUMBER, "number", "a number: `0.6`, `4.30%`, `1.2x`")                                        \
    X(SHARE, "share", "a share: `60%` or `0.6`")                                                   \
    X(RATE, "rate", "a fraction a year: `4.5%` or `0.045`")                                        \
    X(THRESHOLD, "threshold",                                                                      \
        "a number (`6.0x`, `200`), or a range `{low: 6.0x, high: "                                 \
        "9.0x}` if it is not disclosed")                                                           \
    X(MONEY, "money", "money: `1150` in the file's unit, or with its own unit, `2.3bn`")           \
    X(FLOW, "amount a month",                                                                      \
        "an amount a month: a number, `24/quarter`, dated steps, or "                              \
        "an expression")                                                                           \
    X(LEVEL, "amount", "money, dated steps, or an expression")                                     \
    X(FACTOR, "factor", "a number, dated steps, or an expression that gives a number")             \
    X(INTENSITY, "intensity",                                                                      \
        "a fraction a year: `2%`, dated steps, or an expression over "                             \
        "drivers")                                                                                 \
    X(LOAN_RATE, "rate of a loan",                                                                 \
        "a rate: `9.25%`, `sofr + 6.5%`, `max(sofr, 0.5%) + 4%`, "                                 \
        "or a mapping")                                                                            \
    X(INSTALMENTS, "instalments",                                                                  \
        "payments by date, `{2025-10-31: 229}`, or so much a "                                     \
        "period, `115/quarter`")                                                                   \
    X(STEPS, "dated steps",                                                                        \
        "values by date, each holding until the next: `{2025-07: 300, "                            \
        "2026-01: 250}`")                                                                          \
    X(SHARES, "shares", "firms and their shares, which sum to 100%: `{a: 60%, outside: 40%}`")     \
    X(STAKES, "shares of firms", "firms and a share each: `{a: 60%, b: 15%}`")                     \
    X(SHEET, "items", "names and amounts of money: `{cash: 1150, property: 16610}`")               \
    X(TEST, "test", "two expressions compared: `net_debt <= 6 * 12 * ebitda`")                     \
    X(CYCLE, "cycle",                                                                              \
        "a time: `3 months`, `90d`, or a cycle of the standard: `P3ML1`, L0 for a long stub")      \
    X(MOMENT, "date or moment", "a date as above, or `2025-06-30T23:59:59`")                       \
    X(TERMS, "list of terms", "a list, as the standard has it, or one value for all")              \
    X(CROSS_DEFAULT, "yes, no or a mapping", "`yes`, `no`, or `{threshold: 50}`")                  \
    X(CORRELATIONS, "correlations", "a list of `[driver, driver, correlation]`")                   \
    X(MAPPING, "mapping", "a mapping")                                                             \
    X(NAMED, "named mappings", "names, each with a mapping")                                       \
    X(LINES, "lines", "names, each with an amount a month or with a mapping")                      \
    X(SCENARIOS, "scenarios", "names, each with a list of events")                                 \
    X(ANY, "value", "whatever stands at the path that is set")

typedef enum chi_type {
#define CHI_TYPE_ENUM(id, name, form) CHI_TYPE_##id,
    CHI_TYPE_LIST(CHI_TYPE_ENUM)
#undef CHI_TYPE_ENUM
        CHI_TYPES
} chi_type;

typedef enum chi_need { CHI_OPTIONAL, CHI_REQUIRED } chi_need;

typedef struct chi_field {
    const char *key;
    chi_type type;
    chi_need need;
    const char *fallback; /* value taken when the key is absent, as it would be written; "" none */
    double low, high;     /* accepted range of a number, inclusive */
    const char *detail;   /* CHOICE, WORDS: "a|b"; NAME: what is named; MAPPING ...: the kinds */
    const char *doc;      /* one sentence */
} chi_field;

typedef struct chi_kind {
    const char *id;    /* "delayed_draw_loan" */
    const char *title; /* as a message calls it: "a delayed-draw loan" */
    const char *place; /* where it stands: "contracts.NAME" */
    const char *doc;
    const chi_field *fields;
    size_t field_count;
} chi_kind;

/* X(enum, id, title, place, doc); the fields of kind ID are CHI_FIELDS_ID in schema_fields.h. */
#define CHI_KIND_LIST(X)                                                                           \
    X(MODEL, "model", "the model", "the top of the file", "A whole file.")                         \
    X(DRIVER_VASICEK, "driver_vasicek", "a vasicek driver", "drivers.NAME",                        \
        "A rate that is pulled to a mean: dx = speed (mean - x) dt + volatility dW, with jumps "   \
        "added. It may fall below zero.")                                                          \
    X(DRIVER_GBM, "driver_gbm", "a gbm driver", "drivers.NAME",                                    \
        "An index that grows at random and stays positive (geometric Brownian motion), with "      \
        "jumps that multiply it.")                                                                 \
    X(DRIVER_PATH, "driver_path", "a path driver", "drivers.NAME",                                 \
        "A value that follows given dates and has no chance in it.")                               \
    X(DRIVER_CONSTANT, "driver_constant", "a constant driver", "drivers.NAME",                     \
        "A value that never moves, unless a scenario shifts it.")                                  \
    X(DRIVER_CHAIN, "driver_chain", "a chain driver", "drivers.NAME",                              \
        "A window that is open (1) or shut (0) and changes at random times.")                      \
    X(JUMPS, "jumps", "jumps", "drivers.NAME.jumps",                                               \
        "Sudden moves at random times (a Poisson process).")                                       \
    X(FIRM_SIMULATED, "firm_simulated", "a simulated firm", "firms.NAME",                          \
        "A firm whose own cash decides whether it lives: it has an opening balance sheet.")        \
    X(FIRM_REDUCED, "firm_reduced", "a reduced-form firm", "firms.NAME",                           \
        "A firm known only by its default intensity and its equity.")                              \
    X(DEFAULT, "default", "a default", "firms.NAME.default", "How a reduced-form firm fails.")     \
    X(OPENING, "opening", "an opening sheet", "firms.NAME.opening",                                \
        "The balance sheet at `start`. Assets equal liabilities and equity; the liability `debt` " \
        "equals the principal of the firm's loans less `debt_discount`.")                          \
    X(OPERATIONS, "operations", "operations", "firms.NAME.operations",                             \
        "What the firm earns and spends each month, beside its contracts.")                        \
    X(CAPEX, "capex", "capital expenditure", "firms.NAME.operations.capex",                        \
        "Spending that adds to property.")                                                         \
    X(LINE_IN, "line_in", "a line of revenue", "firms.NAME.operations.revenue.NAME",               \
        "Money that another firm pays each month.")                                                \
    X(LINE_OUT, "line_out", "a line of cost", "firms.NAME.operations.cost.NAME",                   \
        "Money that the firm pays each month. Also the lines of `tax` and `capex`.")               \
    X(LINE_SWING, "line_swing", "a line of working capital",                                       \
        "firms.NAME.operations.working_capital.NAME",                                              \
        "Money that comes in if it is positive and goes out if it is negative.")                   \
    X(LINE_BOOK, "line_book", "a line of depreciation", "firms.NAME.operations.depreciation.NAME", \
        "What property loses each month; no cash.")                                                \
    X(FUNDING, "funding", "funding", "firms.NAME.funding",                                         \
        "How the firm meets a shortfall, in the order of its ladder.")                             \
    X(FAILURE, "failure", "a failure", "firms.NAME.failure", "What is left when the firm fails.")  \
    X(COVENANT, "covenant", "a covenant", "firms.NAME.covenants.NAME",                             \
        "A promise that is tested on the state after the month's payments.")                       \
    X(LOAN, "loan", "a loan", "contracts.NAME",                                                    \
        "Principal lent once, with interest: ACTUS types PAM and LAM.")                            \
    X(DELAYED_DRAW_LOAN, "delayed_draw_loan", "a delayed-draw loan", "contracts.NAME",             \
        "A loan that is drawn in parts until a date; what is repaid cannot be drawn again.")       \
    X(REVOLVER, "revolver", "a revolver", "contracts.NAME",                                        \
        "A credit line that is drawn and repaid at will until it matures.")                        \
    X(RATE, "rate", "a rate of a loan", "contracts.NAME.rate",                                     \
        "A floating rate: multiplier * max(index, floor) + spread.")                               \
    X(CROSS_DEFAULT, "cross_default", "a cross-default clause", "contracts.NAME.cross_default",    \
        "When default on other debt of the borrower is a default here.")                           \
    X(TAKE_OR_PAY, "take_or_pay", "a take-or-pay contract", "contracts.NAME",                      \
        "Capacity that the buyer pays for whether it uses it or not.")                             \
    X(ADVANCE, "advance", "an advance", "contracts.NAME.advance",                                  \
        "Money that the buyer paid or will pay ahead, worked off by a share of each bill.")        \
    X(ACTUS, "actus", "a standard contract", "contracts.NAME",                                     \
        "A contract of one of the eighteen types of the ACTUS standard, with the terms of its "    \
        "dictionary or Cardhouse's names for them; docs/contracts.md says which type has which "   \
        "parties and terms. `kind` may be left out.")                                              \
    X(ACTUS_LEG, "actus_leg", "a part of a standard contract", "contracts.NAME.first",             \
        "Also `second` and `underlying`: a contract inside another one.")                          \
    X(MARKET, "market", "a funding market", "markets.NAME",                                        \
        "Where firms whose ladder names it issue new notes.")                                      \
    X(EVENT_CANCEL, "event_cancel", "a cancellation", "scenarios.NAME[]",                          \
        "A take-or-pay contract ends.")                                                            \
    X(EVENT_DEFAULT, "event_default", "a default event", "scenarios.NAME[]", "A firm fails.")      \
    X(EVENT_SHUT, "event_shut", "a shutting of a market", "scenarios.NAME[]",                      \
        "A market issues nothing.")                                                                \
    X(EVENT_SHIFT, "event_shift", "a shift of a driver", "scenarios.NAME[]",                       \
        "A driver stands higher or lower than it would.")                                          \
    X(EVENT_SET, "event_set", "a changed value", "scenarios.NAME[]",                               \
        "A value of the file is replaced before the file is read.")                                \
    X(HOLDING, "holding", "a holding", "holdings.NAME",                                            \
        "A stake of one firm in the equity of another. When the issuer fails, the holder loses "   \
        "what the stake was worth.")                                                               \
    X(SUPPLY, "supply", "a supply", "supply.NAME",                                                 \
        "What a firm needs from another: when the supplier fails, the customer earns less.")       \
    X(COMMON_ASSET, "common_asset", "a common asset", "common_assets.NAME",                        \
        "Something that several firms own and whose price falls when one that fails sells it.")    \
    X(CONTAGION, "contagion", "contagion", "contagion",                                            \
        "How failures and losses of value count beyond the claims that are not paid.")             \
    X(VALUE, "value", "a number with its evidence", "in place of any number",                      \
        "A number with what stands behind it. Exactly one of `value`, `amount` and `by`.")

typedef enum chi_kind_id {
#define CHI_KIND_ENUM(id, name, title, place, doc) CHI_KIND_##id,
    CHI_KIND_LIST(CHI_KIND_ENUM)
#undef CHI_KIND_ENUM
        CHI_KIND_COUNT
} chi_kind_id;

const chi_kind *chi_kind_at(chi_kind_id id);
const chi_field *chi_kind_field(const chi_kind *kind, const char *key); /* NULL if absent */
const char *chi_type_name(chi_type type);
const char *chi_type_form(chi_type type);

/* Calls for each of the words of "a|b|c". Word number `index` is copied to `word` (cut at `room`);
 * false past the end. */
bool chi_detail_word(const char *detail, size_t index, char *word, size_t room);

#endif

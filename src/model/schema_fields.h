/* The keys of every kind of mapping: see model/schema.h. One row is one key.
 *
 * X(key, type, need, value when absent, lowest, highest, detail, what it means) */
#ifndef CHI_MODEL_SCHEMA_FIELDS_H
#define CHI_MODEL_SCHEMA_FIELDS_H

#include <math.h>

#define NO_LOW (-(double)INFINITY)
#define NO_HIGH ((double)INFINITY)
#define BIG 1e9 /* of numbers without a unit: beyond it a slip is likelier than a meaning */

/* What may stand beside the fields of a mapping: the default for its numbers that state none. */
#define CHI_FIELDS_NOTE(X)                                                                         \
    X("source", TEXT, OPTIONAL, "", 0, 0, "", "Where the numbers of this mapping come from.")      \
    X("basis", CHOICE, OPTIONAL, "", 0, 0, "reported|derived|estimate",                            \
        "What the numbers of this mapping are: stated by someone, arithmetic, or judgement.")

#define CHI_FIELDS_MODEL(X)                                                                        \
    X("format", COUNT, REQUIRED, "", 1, 1, "", "Version of the file format; this is format 1.")    \
    X("title", TEXT, REQUIRED, "", 0, 0, "", "What the model is about, printed above results.")    \
    X("currency", TEXT, REQUIRED, "", 0, 0, "", "Currency of all money, such as USD.")             \
    X("unit", CHOICE, OPTIONAL, "unit", 0, 0, "unit|thousand|million|billion",                     \
        "What a plain amount of money is counted in.")                                             \
    X("start", DATE, REQUIRED, "", 0, 0, "",                                                       \
        "Date of the opening sheets: a month's last day, or a day up to the 28th.")                \
    X("months", COUNT, REQUIRED, "", 1, 600, "", "Horizon; month 1 ends a month after `start`.")   \
    X("drivers", NAMED, OPTIONAL, "", 0, 0,                                                        \
        "driver_vasicek|driver_gbm|driver_path|driver_constant|driver_chain",                      \
        "Risk factors: rates, indices, windows.")                                                  \
    X("correlations", CORRELATIONS, OPTIONAL, "", -1, 1, "",                                       \
        "Correlations of the drivers' monthly innovations; pairs not listed have none.")           \
    X("firms", NAMED, REQUIRED, "", 0, 0, "firm_simulated|firm_reduced",                           \
        "The firms; `outside` is always there and means everyone else.")                           \
    X("contracts", NAMED, OPTIONAL, "", 0, 0, "loan|delayed_draw_loan|revolver|take_or_pay|actus", \
        "Obligations between firms.")                                                              \
    X("markets", NAMED, OPTIONAL, "", 0, 0, "market", "Where new notes are issued.")               \
    X("holdings", NAMED, OPTIONAL, "", 0, 0, "holding", "Stakes of firms in each other.")          \
    X("supply", NAMED, OPTIONAL, "", 0, 0, "supply", "Which firms cannot earn without which.")     \
    X("common_assets", NAMED, OPTIONAL, "", 0, 0, "common_asset",                                  \
        "What several firms own and would have to sell at one price.")                             \
    X("contagion", MAPPING, OPTIONAL, "", 0, 0, "contagion", "How losses travel.")                 \
    X("scenarios", SCENARIOS, OPTIONAL, "", 0, 0,                                                  \
        "event_cancel|event_default|event_shut|event_shift|event_set",                             \
        "Overlays on the model, chosen one at a time.")                                            \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_DRIVER_VASICEK(X)                                                               \
    X("process", CHOICE, REQUIRED, "", 0, 0, "vasicek", "Kind of the driver.")                     \
    X("start", NUMBER, REQUIRED, "", -BIG, BIG, "", "Value at the start.")                         \
    X("mean", NUMBER, REQUIRED, "", -BIG, BIG, "", "Value it is pulled to.")                       \
    X("speed", NUMBER, REQUIRED, "", 0.001, 100, "", "Strength of the pull, a year.")              \
    X("volatility", NUMBER, REQUIRED, "", 0, BIG, "", "Standard deviation of a year's move.")      \
    X("jumps", MAPPING, OPTIONAL, "", 0, 0, "jumps", "Sudden moves, added to the value.")          \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_DRIVER_GBM(X)                                                                   \
    X("process", CHOICE, REQUIRED, "", 0, 0, "gbm", "Kind of the driver.")                         \
    X("start", NUMBER, OPTIONAL, "1", 1e-12, BIG, "", "Value at the start.")                       \
    X("drift", RATE, REQUIRED, "", -10, 10, "", "Growth a year, before jumps.")                    \
    X("volatility", RATE, REQUIRED, "", 0, 10, "", "Standard deviation of a year's logarithm.")    \
    X("jumps", MAPPING, OPTIONAL, "", 0, 0, "jumps", "Sudden moves; `mean` is relative.")          \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_DRIVER_PATH(X)                                                                  \
    X("process", CHOICE, REQUIRED, "", 0, 0, "path", "Kind of the driver.")                        \
    X("by", STEPS, REQUIRED, "", -BIG, BIG, "", "Values by date.")                                 \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_DRIVER_CONSTANT(X)                                                              \
    X("process", CHOICE, REQUIRED, "", 0, 0, "constant", "Kind of the driver.")                    \
    X("value", NUMBER, REQUIRED, "", -BIG, BIG, "", "Its value.")                                  \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_DRIVER_CHAIN(X)                                                                 \
    X("process", CHOICE, REQUIRED, "", 0, 0, "chain", "Kind of the driver.")                       \
    X("start", CHOICE, OPTIONAL, "open", 0, 0, "open|shut", "State at the start.")                 \
    X("shut_rate", INTENSITY, REQUIRED, "", 0, 1000, "", "While open, expected shuttings a year.") \
    X("open_rate", INTENSITY, REQUIRED, "", 0, 1000, "", "While shut, expected openings a year.")  \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_JUMPS(X)                                                                        \
    X("rate", RATE, REQUIRED, "", 0, 60, "", "Expected jumps a year.")                             \
    X("mean", NUMBER, REQUIRED, "", -BIG, BIG, "", "Mean size.")                                   \
    X("volatility", NUMBER, OPTIONAL, "0", 0, BIG, "", "Standard deviation of the size.")          \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_FIRM_SIMULATED(X)                                                               \
    X("name", TEXT, OPTIONAL, "", 0, 0, "", "Name to print; the key if absent.")                   \
    X("opening", MAPPING, REQUIRED, "", 0, 0, "opening", "Balance sheet at the start.")            \
    X("operations", MAPPING, OPTIONAL, "", 0, 0, "operations", "Monthly earnings and spending.")   \
    X("funding", MAPPING, OPTIONAL, "", 0, 0, "funding", "How a shortfall is met.")                \
    X("grace", MONTHS, OPTIONAL, "0 months", 0, 120, "",                                           \
        "How long arrears on operating dues may stand before the firm fails.")                     \
    X("failure", MAPPING, OPTIONAL, "", 0, 0, "failure", "What is left when it fails.")            \
    X("covenants", NAMED, OPTIONAL, "", 0, 0, "covenant", "Promises to lenders.")                  \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_FIRM_REDUCED(X)                                                                 \
    X("name", TEXT, OPTIONAL, "", 0, 0, "", "Name to print; the key if absent.")                   \
    X("default", MAPPING, OPTIONAL, "", 0, 0, "default",                                           \
        "How it fails of itself; never if absent.")                                                \
    X("equity", MONEY, OPTIONAL, "", 0, NO_HIGH, "",                                               \
        "Losses it can bear before it fails; without limit if absent.")                            \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_DEFAULT(X)                                                                      \
    X("intensity", INTENSITY, OPTIONAL, "0", 0, 1000, "", "Expected defaults a year.")             \
    X("recovery", SHARE, OPTIONAL, "40%", 0, 1, "", "Share of claims that it pays in default.")    \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_OPENING(X)                                                                      \
    X("assets", SHEET, REQUIRED, "", NO_LOW, NO_HIGH, "",                                          \
        "Assets; `cash`, `restricted_cash` and `property` have a meaning, others are free.")       \
    X("liabilities", SHEET, OPTIONAL, "", NO_LOW, NO_HIGH, "",                                     \
        "Liabilities; `debt` is what the firm's loans must add up to, others are free.")           \
    X("equity", SHEET, REQUIRED, "", NO_LOW, NO_HIGH, "", "Equity; all items are free.")           \
    X("debt_discount", MONEY, OPTIONAL, "0", NO_LOW, NO_HIGH, "",                                  \
        "Principal of the loans that the sheet does not show as debt.")                            \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_OPERATIONS(X)                                                                   \
    X("revenue", LINES, OPTIONAL, "", 0, 0, "line_in", "Revenue beside contracts.")                \
    X("cost", LINES, OPTIONAL, "", 0, 0, "line_out", "Operating cost.")                            \
    X("tax", LINES, OPTIONAL, "", 0, 0, "line_out", "Taxes; not part of cost.")                    \
    X("capex", MAPPING, OPTIONAL, "", 0, 0, "capex", "Capital expenditure.")                       \
    X("working_capital", LINES, OPTIONAL, "", 0, 0, "line_swing", "Swings of working capital.")    \
    X("depreciation", LINES, OPTIONAL, "", 0, 0, "line_book", "What property loses.")              \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_CAPEX(X)                                                                        \
    X("committed", LINES, OPTIONAL, "", 0, 0, "line_out", "Spending that is owed.")                \
    X("uncommitted", LINES, OPTIONAL, "", 0, 0, "line_out",                                        \
        "Spending that the ladder step `defer-capex` may put off.")                                \
    CHI_FIELDS_NOTE(X)

/* The three ways to write how much, and the factor on it. */
#define CHI_FIELDS_AMOUNT(X)                                                                       \
    X("amount", FLOW, OPTIONAL, "", NO_LOW, NO_HIGH, "", "How much a month.")                      \
    X("value", FLOW, OPTIONAL, "", NO_LOW, NO_HIGH, "", "The same as `amount`.")                   \
    X("by", STEPS, OPTIONAL, "", NO_LOW, NO_HIGH, "", "How much a month, by date.")                \
    X("times", FACTOR, OPTIONAL, "", -BIG, BIG, "", "Factor on the amount.")                       \
    X("low", FLOW, OPTIONAL, "", NO_LOW, NO_HIGH, "", "Lowest amount that is plausible.")          \
    X("high", FLOW, OPTIONAL, "", NO_LOW, NO_HIGH, "", "Highest amount that is plausible.")

#define CHI_FIELDS_SENIORITY(X, fallback)                                                          \
    X("seniority", CHOICE, OPTIONAL, fallback, 0, 0,                                               \
        "operating|senior_secured|senior_unsecured|subordinated",                                  \
        "Order in which the payer's dues are paid.")

#define CHI_FIELDS_LINE_IN(X)                                                                      \
    CHI_FIELDS_AMOUNT(X)                                                                           \
    X("from", NAME, OPTIONAL, "outside", 0, 0, "firm", "Who pays.")                                \
    CHI_FIELDS_SENIORITY(X, "operating")                                                           \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_LINE_OUT(X)                                                                     \
    CHI_FIELDS_AMOUNT(X)                                                                           \
    X("to", NAME, OPTIONAL, "outside", 0, 0, "firm", "Who is paid.")                               \
    CHI_FIELDS_SENIORITY(X, "operating")                                                           \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_LINE_SWING(X)                                                                   \
    CHI_FIELDS_AMOUNT(X)                                                                           \
    X("from", NAME, OPTIONAL, "outside", 0, 0, "firm", "The other end of the swings.")             \
    CHI_FIELDS_SENIORITY(X, "operating")                                                           \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_LINE_BOOK(X)                                                                    \
    CHI_FIELDS_AMOUNT(X)                                                                           \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_FUNDING(X)                                                                      \
    X("target", LEVEL, OPTIONAL, "0", 0, NO_HIGH, "", "Cash aimed at after payments.")             \
    X("ladder", NAMES, OPTIONAL, "", 0, 0,                                                         \
        "delayed-draw loan, revolver, deposit, market or defer-capex",                             \
        "Steps in the order in which they are tried.")                                             \
    X("repay_revolvers", YES_NO, OPTIONAL, "yes", 0, 0, "",                                        \
        "Whether cash above the target repays revolvers.")                                         \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_FAILURE(X)                                                                      \
    X("property_recovery", SHARE, OPTIONAL, "40%", 0, 1, "",                                       \
        "Share of property that a sale brings.")                                                   \
    X("cost", SHARE, OPTIONAL, "5%", 0, 1, "", "Share of the estate that the failure costs.")      \
    X("keep_own", SHARE, OPTIONAL, "100%", 0, 1, "",                                               \
        "Share of its own cash left when it cannot pay in full (Rogers-Veraart alpha).")           \
    X("keep_received", SHARE, OPTIONAL, "100%", 0, 1, "",                                          \
        "Share of payments received left when it cannot pay in full (Rogers-Veraart beta).")       \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_COVENANT(X)                                                                     \
    X("test", TEST, REQUIRED, "", 0, 0, "", "What must hold.")                                     \
    X("threshold", THRESHOLD, OPTIONAL, "", NO_LOW, NO_HIGH, "",                                   \
        "What the word `threshold` stands for in the test; drawn once a path from a range.")       \
    X("every", MONTHS, OPTIONAL, "3 months", 1, 120, "", "Time between tests.")                    \
    X("first", DATE, OPTIONAL, "", 0, 0, "", "First test; one period after the start if absent.")  \
    X("cure", MONTHS, OPTIONAL, "0 months", 0, 120, "",                                            \
        "How long a breach may stand before it is an event of default.")                           \
    X("loan", NAME, OPTIONAL, "", 0, 0, "loan", "Whose covenant it is; all loans if absent.")      \
    X("effect", WORDS, OPTIONAL, "[default]", 0, 0, "draw_stop|default", "What a breach does.")    \
    CHI_FIELDS_NOTE(X)

#include "model/schema_contagion.h"
#include "model/schema_contracts.h"
#include "model/schema_deals.h"

#endif

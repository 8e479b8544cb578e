/* The model: one immutable flat block of rows that refer to each other by index.
 *
 * Made by model reading (src/model/) or, in tests, by the random generator; read by everything
 * after. Money is in the model's unit (for example USD million); rates and intensities are
 * fractions a year; months count from 0, month m being the m-th month after `start`. Row 0 of
 * `firm` is `outside`, the other end of every flow that has no named party. */
#ifndef CHI_MODEL_MODEL_H
#define CHI_MODEL_MODEL_H

#include "base/arena.h"
#include "cardhouse/ch_model.h"
#include "model/contagion_rows.h"
#include "model/deal.h"
#include "model/evidence.h"
#include "model/ops.h"
#include "model/rung.h"
#include "text/date.h"

#include <stdbool.h>

enum { /* limits of one model; each has a diagnostic that names it */
    CHI_MONTHS_MAX = CH_MONTHS_MAX,
    CHI_FIRMS_MAX = 4096,
    CHI_DRIVERS_MAX = 256,
    CHI_CONTRACTS_MAX = 16384,
    CHI_EXPR_DEPTH_MAX = 16, /* registers of one expression */
    CHI_CLASSES = 4,         /* seniority classes, see chi_class */
    CHI_JUMPS_MAX = 16,      /* jumps of one driver in one month; more have no weight in a double */
};

/* --- drivers ------------------------------------------------------------------------------ */

typedef enum chi_process { CHI_PATH, CHI_VASICEK, CHI_GBM, CHI_CHAIN } chi_process;

/* Exact monthly transitions (docs/method.md): Vasicek x' = mean + (x - mean) e^(-speed dt) + s z;
 * GBM x' = x exp((drift - vol^2/2) dt + vol sqrt(dt) z); jumps are added (Vasicek) or multiplied
 * (GBM). A chain is 1 = open or 0 = shut; an amount gives each intensity a year. */
typedef struct chi_driver {
    uint32_t name;
    uint32_t process; /* chi_process */
    uint32_t stream;  /* chi_stream_id(name) */
    uint32_t normal;  /* row of the correlation factor, CHI_NONE if it draws no normal */
    chi_amount path;  /* CHI_PATH: its value */
    double start, mean, speed, drift, volatility;
    double jump_rate, jump_mean, jump_volatility; /* a year; sizes: additive or of the logarithm */
    chi_amount shut_rate, open_rate;              /* CHI_CHAIN, a year */
} chi_driver;

/* --- firms -------------------------------------------------------------------------------- */

typedef enum chi_firm_kind { CHI_OUTSIDE, CHI_REDUCED, CHI_SIMULATED } chi_firm_kind;

typedef struct chi_firm {
    uint32_t name, title;                   /* id in the file; name to print */
    uint32_t kind;                          /* chi_firm_kind */
    uint32_t stream;                        /* of the default draw */
    double cash, restricted_cash, property; /* opening, simulated firms */
    double asset_total, liability_total;    /* opening sheet, 0 if none is given */
    double equity;         /* book equity; reduced-form: the buffer for losses, infinite if none */
    chi_amount intensity;  /* reduced-form: default intensity a year; constant 0 if none */
    chi_amount target;     /* liquidity that funding aims to hold after payments */
    uint32_t grace_months; /* months that arrears on operating dues may stand */
    uint32_t repays_revolvers;      /* 1: cash above target repays revolvers */
    double keep_own, keep_received; /* Rogers-Veraart: share of own cash (alpha) and of payments
                                       received (beta) left when it cannot pay in full */
    double recovery_property;       /* share of property realised in a failure */
    double default_cost;            /* share of the estate lost in a failure */
    double recovery;                /* reduced-form: share of claims it pays in default */
    chi_slice lines, rungs;         /* rows of line (in order of evaluation), rung */
} chi_firm;

typedef enum chi_line_kind {
    CHI_LINE_REVENUE,           /* counterparty pays the firm */
    CHI_LINE_COST,              /* firm pays the counterparty */
    CHI_LINE_TAX,               /* firm pays the counterparty; not part of cost */
    CHI_LINE_CAPEX,             /* committed; adds to property */
    CHI_LINE_CAPEX_UNCOMMITTED, /* may be deferred by the funding ladder; adds to property */
    CHI_LINE_WORKING_CAPITAL,   /* positive: counterparty pays the firm; negative: the reverse */
    CHI_LINE_DEPRECIATION       /* no cash; lowers property */
} chi_line_kind;

/* Seniority of a due within its debtor, paid in this order. */
#define CHI_CLASS_LIST(X)                                                                          \
    X(CHI_CLASS_OPERATING, "operating")                                                            \
    X(CHI_CLASS_SECURED, "senior_secured")                                                         \
    X(CHI_CLASS_UNSECURED, "senior_unsecured")                                                     \
    X(CHI_CLASS_SUBORDINATED, "subordinated")
typedef enum chi_class {
#define CHI_CLASS_ENUM(id, name) id,
    CHI_CLASS_LIST(CHI_CLASS_ENUM)
#undef CHI_CLASS_ENUM
} chi_class;

/* A line of a firm's operations. Negative amounts count as zero, but for working capital. */
typedef struct chi_line {
    uint32_t name;
    uint32_t kind; /* chi_line_kind */
    uint32_t firm, counterparty;
    uint32_t class; /* chi_class of the due it makes */
    uint32_t unused;
    chi_amount amount; /* a month; may use lines earlier in the order of evaluation */
} chi_line;

/* --- contracts ---------------------------------------------------------------------------- */

typedef struct chi_share {
    uint32_t firm;
    uint32_t unused;
    double fraction; /* of the contract; the shares of one contract sum to 1 */
} chi_share;

typedef enum chi_loan_kind {
    CHI_LOAN_PAM,      /* principal at maturity */
    CHI_LOAN_LAM,      /* linear amortiser */
    CHI_LOAN_DRAWN,    /* delayed-draw loan */
    CHI_LOAN_REVOLVER, /* draws and repays */
    CHI_LOAN_ISSUED,   /* notes that a funding market issues for one firm; starts at zero */
    CHI_LOAN_ACTUS     /* dues and state come from the terms of its deal */
} chi_loan_kind;

/* ACTUS names in capitals where the standard has one. Amounts are positive. */
typedef struct chi_loan {
    uint32_t name;
    uint32_t kind; /* chi_loan_kind */
    uint32_t borrower;
    chi_slice lenders; /* rows of share */
    uint32_t class;
    uint32_t day_count;         /* DCC, chi_daycount */
    chi_day initial_exchange;   /* IED; at or before start: the loan stands at `notional` */
    chi_day maturity;           /* MD */
    uint32_t interest_months;   /* IPCL in months; 0: only at maturity */
    uint32_t redemption_months; /* PRCL in months; 0: none before maturity */
    chi_day interest_anchor;    /* IPANX: some interest date; the cycle runs through it both ways */
    chi_day redemption_anchor;  /* PRANX: first redemption */
    uint32_t instalments; /* values[instalments + m]: principal due at the end of month m; NONE */
    uint32_t capitalises; /* 1: interest is added to principal (IPCI) instead of paid */
    uint32_t index;       /* driver of the floating rate, CHI_NONE if fixed */
    uint32_t market;      /* ISSUED: row of market; else CHI_NONE */
    uint32_t draw_end_month;   /* draws allowed in months < this */
    uint32_t condition;        /* expression >= 0 needed for a draw; CHI_NONE */
    uint32_t cross_default;    /* 1: defaults when other debt of the borrower does */
    uint32_t grace_months;     /* months that arrears on this loan may stand */
    uint32_t deal;             /* ACTUS: row of deal; else 0 */
    double notional;           /* NT: principal at start, or lent at IED if that is later */
    double accrued;            /* IPAC: interest accrued at start */
    double redemption;         /* PRNXT, each redemption date */
    double draw_instalment;    /* share of what was drawn after start due each redemption date */
    double multiplier, spread; /* rate = multiplier * max(index, floor) + spread; fixed: spread */
    double floor;              /* of the index; -infinity if none */
    double commitment;         /* total that may be drawn in all; revolver: outstanding at once */
    double undrawn_fee;        /* a year on the undrawn part, paid with interest */
    double other_use;          /* of the commitment, for example letters of credit */
    double cross_threshold;    /* the other debt in default must be at least this much */
} chi_loan;

typedef struct chi_market {
    uint32_t name;
    uint32_t chain; /* driver that says open or shut; CHI_NONE: always open */
    uint32_t base;  /* driver added to the spread; CHI_NONE */
    uint32_t tenor_months;
    chi_amount spread;   /* a year */
    chi_amount capacity; /* a month, for each issuer */
    double discount;     /* share of the face kept by the buyers as fee at issue */
} chi_market;

/* Take-or-pay: the buyer owes the month's amount whether it uses the capacity or not. */
typedef struct chi_customer {
    uint32_t name;
    uint32_t seller, buyer;
    uint32_t class;                  /* of the buyer's due */
    uint32_t stream;                 /* of the cancellation draw */
    uint32_t first_month, end_month; /* bills in first_month <= m < end_month */
    uint32_t advance_month;          /* month in which `advance` is paid; CHI_NONE if none */
    chi_amount amount;               /* bill of a month */
    chi_amount cancellation;         /* intensity a year; constant 0 if it cannot be cancelled */
    double advance_open;             /* advance already received at start and not yet worked off */
    double advance;                  /* paid in advance_month */
    double advance_share;            /* of each bill settled from the advance while it lasts */
} chi_customer;

/* --- constraints, scenarios, evidence ------------------------------------------------------ */

typedef struct chi_covenant {
    uint32_t name;
    uint32_t firm;
    uint32_t loan; /* whose default a breach is; CHI_NONE: all loans of the firm */
    uint32_t expr; /* holds while >= 0 (or > 0 if strict) */
    uint32_t strict;
    uint32_t first_month, every_months; /* tested at the end of first_month, then every so often */
    uint32_t cure_months; /* months that a breach may stand before it is an event of default */
    uint32_t stops_draws; /* 1: no draws on its loans while in breach */
    uint32_t defaults;    /* 1: an uncured breach is an event of default */
    uint32_t stream;      /* of the threshold draw */
    uint32_t unused;
    double threshold_low, threshold_high; /* undisclosed threshold: uniform between; else equal */
} chi_covenant;

typedef enum chi_event_kind {
    CHI_EVENT_CANCEL,  /* target: customer row */
    CHI_EVENT_DEFAULT, /* target: firm row */
    CHI_EVENT_SHUT,    /* target: market row; from month to end_month */
    CHI_EVENT_SHIFT    /* target: driver row; value added to it from month to end_month */
} chi_event_kind;

typedef struct chi_event {
    uint32_t kind; /* chi_event_kind */
    uint32_t target;
    uint32_t month, end_month; /* month >= 0; end_month exclusive */
    double value;
} chi_event;

/* One list of tables: X(row type, name, what a row is). Strings are byte offsets into `text`. */
#define CHI_TABLE_LIST(X)                                                                          \
    X(char, text, "bytes of all strings, each NUL-terminated; offset 0 is the empty string")       \
    X(double, values, "dated amounts, `months` of them for each table")                            \
    X(chi_op, op, "operations of expressions")                                                     \
    X(chi_expr_row, expr, "expressions")                                                           \
    X(chi_driver, driver, "drivers")                                                               \
    X(double, factor, "lower Cholesky factor of the correlation, normals x normals, row-major")    \
    X(chi_firm, firm, "firms; row 0 is outside")                                                   \
    X(chi_line, line, "lines of operations, grouped by firm")                                      \
    X(chi_rung, rung, "funding ladders, grouped by firm")                                          \
    X(chi_share, share, "lenders' shares, grouped by loan")                                        \
    X(chi_loan, loan, "financial contracts")                                                       \
    X(chi_market, market, "funding markets")                                                       \
    X(chi_customer, customer, "take-or-pay contracts")                                             \
    X(chi_covenant, covenant, "covenants")                                                         \
    X(chi_holding, holding, "stakes of firms in each other")                                       \
    X(chi_supply, supply, "what firms need from each other")                                       \
    X(chi_asset, asset, "common assets")                                                           \
    X(chi_owner, owner, "who owns common assets, grouped by asset")                                \
    X(chi_rank, rank, "advances that do not rank as senior unsecured")                             \
    X(chi_contagion, contagion, "how losses travel: no row or one")                                \
    X(chi_event, event, "events of the chosen scenario, by month")                                 \
    X(chi_deal, deal, "contracts by the ACTUS standard")                                           \
    X(chi_term, term, "their terms, grouped by deal")                                              \
    X(chi_deal_event, deal_event, "what happens to them on stated days, grouped by deal")          \
    X(chi_cover, cover, "what guarantees and collateral lean on, grouped by deal")                 \
    X(chi_repayment, repayment, "scheduled principal, grouped by loan and by day")                 \
    X(chi_evidence, evidence, "numbers of the file with source and basis")

/* Only this struct's tables are the model; the block owns them. */
struct ch_model {
    uint64_t hash;         /* of all that can move a result: not of evidence and file places */
    uint32_t months;       /* horizon */
    uint32_t normal_count; /* correlated normals a month */
    chi_day start;
    uint32_t title, currency, unit; /* strings */
    uint32_t scenario;              /* name of the scenario, "" for the base */
    double unit_scale;              /* 1e6 for million */
#define CHI_TABLE_FIELD(type, name, doc)                                                           \
    const type *name;                                                                              \
    uint32_t name##_count;
    CHI_TABLE_LIST(CHI_TABLE_FIELD)
#undef CHI_TABLE_FIELD
    size_t block_size;
    void *block;
};

/* Growable tables, then frozen into the block. Used by the reader and by the tests' generator. */
typedef struct chi_builder {
    chi_arena *arena;
    uint32_t hashed_text; /* bytes of text that belong to the hash; 0: all */
    uint32_t months, normal_count;
    chi_day start;
    uint32_t title, currency, unit, scenario;
    double unit_scale;
#define CHI_TABLE_VEC(type, name, doc) CHI_VEC(type) name;
    CHI_TABLE_LIST(CHI_TABLE_VEC)
#undef CHI_TABLE_VEC
} chi_builder;

void chi_builder_init(chi_builder *builder, chi_arena *arena);
uint32_t chi_builder_text(chi_builder *builder, const char *text); /* offset of a copy */

/* Checks the ranges of references (assertions: the reader must have refused bad ones), copies every
 * table into one zeroed block and hashes it. NULL when memory ends. Freed with ch_model_free(). */
ch_model *chi_model_freeze(const chi_builder *builder);

static inline const char *chi_model_text(const ch_model *model, uint32_t offset)
{
    return model->text + offset;
}

static inline chi_amount chi_amount_constant(double value)
{
    return (chi_amount){value, CHI_NONE, CHI_NONE};
}

/* Last day of month m (0-based) of a model that starts on `start`: start + (m + 1) months, at the
 * month's end if start is one. */
chi_day chi_month_date(chi_day start, uint32_t month);

#endif

/* The plan: what happens in which month, as data, the same for the oracle and the tiles.
 *
 * Everything that does not depend on the path is worked out here once: dated instants of loans,
 * monthly values of amounts, who owes whom in which class, which covenants are tested when. */
#ifndef CHI_ENGINE_PLAN_H
#define CHI_ENGINE_PLAN_H

#include "contract/loan.h"
#include "engine/plan_deals.h"
#include "engine/state.h"

#define CHI_EQUITY_MAX 1e300 /* a buffer of this or more has no limit */

/* Years in a month: transitions and intensities use equal months. */
#define CHI_MONTH_YEARS (1.0 / 12.0)

/* A lane of the network inside a path: what `debtor` owes `creditor` in one class. */
typedef struct chi_pair {
    uint32_t debtor, class, creditor;
} chi_pair;

/* A default or cancellation that a random intensity brings. */
typedef struct chi_hazard {
    uint32_t is_firm; /* else a customer contract */
    uint32_t row;     /* of firm or customer */
    uint32_t stream;
    chi_amount intensity;
    uint32_t same_factor; /* 1: its expression is that of the hazard before, in drivers alone */
    const double *used;   /* months: intensity used up by then, if that is known; else NULL */
} chi_hazard;

/* A lender's part of a loan. */
typedef struct chi_bond {
    uint32_t debtor, loan;
    double fraction;
} chi_bond;

/* Kinds of causes of a failure. X(enum, name in results) */
#define CHI_CAUSE_KIND_LIST(X)                                                                     \
    X(CHI_CAUSE_EVENT, "event")         /* the scenario says so */                                 \
    X(CHI_CAUSE_PRINCIPAL, "payment")   /* principal of a loan not paid */                         \
    X(CHI_CAUSE_INTEREST, "payment")    /* interest of a loan not paid */                          \
    X(CHI_CAUSE_LINE, "payment")        /* an operating due not paid */                            \
    X(CHI_CAUSE_CUSTOMER, "payment")    /* a bill not paid */                                      \
    X(CHI_CAUSE_DEAL, "payment")        /* a due of a standard contract not paid */                \
    X(CHI_CAUSE_COVENANT, "covenant")   /* a covenant breached and not cured */                    \
    X(CHI_CAUSE_INTENSITY, "intensity") /* reduced-form: the default intensity */                  \
    X(CHI_CAUSE_LOSSES, "losses")       /* reduced-form: losses used up the equity */
typedef enum chi_cause_kind {
#define CHI_CAUSE_ENUM(id, name) id,
    CHI_CAUSE_KIND_LIST(CHI_CAUSE_ENUM)
#undef CHI_CAUSE_ENUM
        CHI_CAUSE_KIND_COUNT
} chi_cause_kind;

typedef struct chi_cause {
    uint32_t kind; /* chi_cause_kind */
    uint32_t row;  /* loan, line, customer, deal or covenant; unused otherwise */
} chi_cause;

/* Root events: 0 none, then customers cancelled, firms failed, markets shut. */
typedef enum chi_root_kind {
    CHI_ROOT_NONE,
    CHI_ROOT_CANCELLED, /* a customer contract was cancelled */
    CHI_ROOT_FIRM,      /* another firm failed */
    CHI_ROOT_SHUT       /* a funding market was shut when money was needed */
} chi_root_kind;

struct chi_plan {
    const ch_model *model;
    chi_counts counts;
    uint32_t months;
    uint32_t *sim_of_firm; /* firms: index among simulated firms, CHI_NONE */
    uint32_t *firm_of_sim; /* sims */
    chi_pair *pair;        /* pairs, those of simulated debtors first */
    uint32_t pairs_of_sims;
    uint32_t *touched, *touched_first; /* firms that the failure of a firm touches; firms + 1 */
    uint32_t *inflow, *inflow_first;   /* pairs by simulated creditor; sims + 1 */
    uint32_t *outflow, *outflow_first; /* pairs by simulated debtor and class; sims x classes + 1 */
    uint32_t *line_pair;               /* lines: counterparty's or firm's due, by kind; CHI_NONE */
    uint32_t *line_pair_in;            /* lines: working capital that comes in; CHI_NONE */
    uint32_t *customer_pair;           /* customers: buyer to seller */
    uint32_t *advance_class;           /* customers: what the claim on an advance ranks as */
    uint32_t *share_pair;              /* shares: borrower to lender */
    uint32_t *share_draw_pair;         /* shares: lender to borrower, for draws; CHI_NONE */
    uint32_t *debt, *debt_first;       /* loans by borrower; firms + 1 */
    uint32_t *owed, *owed_first;       /* lines by who owes on them; firms + 1 */
    chi_instant *instant;              /* sorted by month, then loan */
    uint32_t *instant_first;           /* months + 1 */
    double *tail_years; /* loans x months: from the last instant to the month's end */
    double *lend;       /* loans x months: lent at IED in that month */
    uint8_t *can_draw;  /* loans x months: the facility is open for draws */
    uint8_t *can_lose;  /* loans: a facility of which some lender can fail */
    uint8_t *reads;     /* sims x CHI_ITEM_COUNT: some expression reads the item */
    uint8_t *has_due;   /* loans x months: an instant falls in the month */
    double *rate_start; /* loans: Ipnr at start */
    double *shift;      /* drivers x months: added by the scenario */
    uint8_t *shut;      /* markets x months: shut by the scenario */
    chi_hazard *hazard;
    uint32_t *uniform_of_driver; /* drivers: row of its uniform, CHI_NONE */
    uint32_t *jump_of_driver;    /* drivers: row of its jump normal, CHI_NONE */
    uint32_t *driver_of_normal;  /* normals: the driver that draws it */
    uint32_t *uniform_stream, *jump_stream;
    bool drivers_in_order; /* no chain's rate names itself or a driver that moves after it */
    uint32_t *stream; /* all streams: normals, jumps, uniforms; hazards; covenants' thresholds */
    double *jump_cdf; /* drivers x CHI_JUMPS_MAX: P(count <= j) in one month */
    uint32_t *jump_terms;          /* drivers: how many of those are needed */
    chi_bond *bond;                /* by lender, where claims may be worth less than their face */
    uint32_t *bond_first;          /* firms + 1, like the next; only where anything is marked */
    uint32_t *stake, *stake_first; /* holdings by holder */
    uint32_t wave_months;          /* how long a hit counts as what brought a firm down */
    chi_deals_plan deals;
    uint32_t cause_count;
    uint32_t root_count;
    double cash_total; /* cash and restricted cash of all firms at start */
    double scale;      /* money: power of two above the largest amounts, for fixed point */
};

/* Numbers of spare memory that a path needs for the time of one call: see path.h. */
static inline size_t chi_plan_spare(const chi_plan *plan)
{
    return plan->counts.firms * CHI_CLASSES + 2 * plan->counts.loans;
}

/* Where the streams of a kind begin in `stream`. A month draws from those before the hazards. */
static inline size_t chi_plan_hazard_streams(const chi_plan *plan)
{
    return plan->counts.normals + plan->counts.jumps + plan->counts.uniforms;
}

static inline size_t chi_plan_covenant_streams(const chi_plan *plan)
{
    return chi_plan_hazard_streams(plan) + plan->counts.hazards;
}

/* Builds the plan for the model's first `months` months. Memory is the arena's. */
chi_plan *chi_plan_build(const ch_model *model, uint32_t months, chi_arena *arena);

/* An item of a simulated firm that some expression reads, as its row; others are not kept:
 * CHI_NONE. */
static inline uint32_t chi_plan_item(const chi_plan *plan, uint32_t firm, chi_item item)
{
    uint32_t sim = plan->sim_of_firm[firm];
    uint32_t row = sim * CHI_ITEM_COUNT + (uint32_t)item;
    return sim != CHI_NONE && plan->reads[row] ? row : CHI_NONE;
}

/* Value of an amount in a month without its expression. */
static inline double chi_amount_at(const ch_model *model, const chi_amount *amount, uint32_t month)
{
    return amount->table == CHI_NONE ? amount->constant : model->values[amount->table + month];
}

/* Value of a driver at the start, for the first rate of what follows it. */
double chi_driver_start(const ch_model *model, uint32_t driver);

/* Who pays and who receives on a line; working capital that comes in is not owed in arrears. */
static inline uint32_t chi_line_debtor(const chi_line *line)
{
    return line->kind == CHI_LINE_REVENUE ? line->counterparty : line->firm;
}

static inline uint32_t chi_line_creditor(const chi_line *line)
{
    return line->kind == CHI_LINE_REVENUE ? line->firm : line->counterparty;
}

/* Does what one lender of the facility does not give count against it? With several lenders a draw
 * is asked of all by share, so that none is asked beyond its own part of the commitment. */
static inline bool chi_plan_forgoes(const chi_plan *plan, uint32_t loan)
{
    return plan->can_lose[loan] && plan->model->loan[loan].lenders.count > 1;
}

/* Is covenant `row` tested at the end of `month`? */
static inline bool chi_covenant_due(const chi_covenant *covenant, uint32_t month)
{
    return month >= covenant->first_month &&
           (month - covenant->first_month) % covenant->every_months == 0;
}

/* Numbering of causes: dense over kinds and rows. */
uint32_t chi_plan_cause(const chi_plan *plan, chi_cause_kind kind, uint32_t row);
chi_cause chi_plan_cause_of(const chi_plan *plan, uint32_t cause);
const char *chi_cause_kind_name(chi_cause_kind kind);

/* Numbering of root events. */
uint32_t chi_plan_root(const chi_plan *plan, chi_root_kind kind, uint32_t row);
chi_root_kind chi_plan_root_of(const chi_plan *plan, uint32_t root, uint32_t *row);

/* A list of `count` times CHI_NONE, for the parts of the plan. */
uint32_t *chi_plan_ids(chi_arena *arena, size_t count);

/* Hazards, draws and streams: plan_draws.c. */
void chi_plan_draws(chi_plan *plan, chi_arena *arena);

/* Stakes, claims and supplies: plan_contagion.c. Money is that of the largest amount in them. */
void chi_plan_contagion(chi_plan *plan, chi_arena *arena);
double chi_plan_contagion_money(const ch_model *model);

/* Prints the plan, month by month. */
ch_status chi_plan_write(const chi_plan *plan, ch_write_fn write, void *context);

#endif

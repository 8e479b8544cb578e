/* Contracts made of contracts (SWAPS, CAPFL, CEG, CEC), compiled: the parts are plans of one book,
 * and a list of joins says in which order their events happen and what becomes of their payoffs.
 * Nothing in it depends on a scenario, so that a block of paths is swept through it as through a
 * plain plan. */
#ifndef CHI_CONTRACT_ACTUS_JOINT_H
#define CHI_CONTRACT_ACTUS_JOINT_H

#include "contract/actus_joint.lane.h"
#include "contract/actus_sweep.h"

/* X(id, shown, what it does): `shown` joins add to the value. "The part's event" moves the part's
 * state and has a payoff; exposure, collateral, claim and fee are registers, zero at first. */
#define CHI_ACTUS_JOINS(X)                                                                         \
    X(EVENT, true, "the part's event")                                                             \
    X(HOLD, false, "the part's event, shown with the next join")                                   \
    X(NET, true, "the part's event, and what was held")                                            \
    X(DIFFERENCE, true, "how far the part's event and what was held lie apart, signed")            \
    X(PAY, true, "pays the amount")                                                                \
    X(EXPOSE, false, "exposure is the amount")                                                     \
    X(OWED, false, "exposure grows by what the part owes before the event, so many years later")   \
    X(OBSERVED, false, "exposure grows by the amount times a market value")                        \
    X(STATED, false, "exposure grows by the amount")                                               \
    X(COVER, false, "collateral grows by the amount times a market value")                         \
    X(COVER_STATED, false, "collateral grows by the amount")                                       \
    X(CLAIM, false, "claim is the covered exposure, of CEC at most the collateral")                \
    X(CLAIM_STATED, false, "claim is the amount")                                                  \
    X(FEE, true, "pays the fee of so many years on the exposure")                                  \
    X(FEE_ACCRUED, false, "fee of so many years on the exposure")                                  \
    X(FEE_STATED, false, "fee is the amount")                                                      \
    X(SETTLE, true, "pays claim and fee")

typedef enum chi_actus_join_action {
#define CHI_ACTUS_JOIN_ENUM(id, shown, text) CHI_JOIN_##id,
    CHI_ACTUS_JOINS(CHI_ACTUS_JOIN_ENUM)
#undef CHI_ACTUS_JOIN_ENUM
        CHI_JOIN_COUNT
} chi_actus_join_action;

static const bool chi_actus_join_shown[CHI_JOIN_COUNT] = {
#define CHI_ACTUS_JOIN_SHOWN(id, shown, text) shown,
    CHI_ACTUS_JOINS(CHI_ACTUS_JOIN_SHOWN)
#undef CHI_ACTUS_JOIN_SHOWN
};

/* A contract made of contracts, compiled: a stretch of the book's joins over plans of the book. */
typedef struct chi_actus_joint {
    const chi_actus_terms *terms;
    size_t first_part, part_count; /* plans of the book */
    size_t first, count;           /* joins of the book */
    double role, ratio, fee_rate;  /* R, CECV, R FER CECV */
    bool counts_interest;          /* what is owed includes accrued interest (CEGE NI) */
    bool has_collateral;           /* CEC */
} chi_actus_joint;

static inline const chi_actus_plan *chi_actus_part_plan(
    const chi_actus_book *book, const chi_actus_joint *joint, size_t part)
{
    return &book->parts.at[joint->first_part + part];
}

/* Compiles a contract for which chi_actus_is_nest() holds and that chi_actus_check() has passed.
 * The book must outlive the joint. False after diagnostics. */
bool chi_actus_compile_joint(chi_actus_book *book, const chi_actus_terms *terms, chi_moment to,
    const chi_actus_observed *observed, size_t observed_count, chi_actus_joint *joint);
/* Its parts of chi_actus_compile_joint() for one family of types. */
bool chi_actus_join_legs(chi_actus_book *book, chi_moment to, chi_actus_joint *joint);
bool chi_actus_join_cover(chi_actus_book *book, const chi_actus_observed *observed,
    size_t observed_count, chi_moment to, chi_actus_joint *joint);

/* As chi_actus_sweep(); weight_rows is by join. `states` is room for joint->part_count columns. */
void chi_actus_sweep_joint(const chi_actus_book *book, const chi_actus_joint *joint,
    const chi_actus_valuation *valuation, chi_actus_columns *states);

/* A plan on its way through one world, event by event. */
typedef struct chi_actus_runner {
    const chi_actus_book *book;
    const chi_actus_plan *plan;
    const chi_actus_case *world;
    const chi_actus_series **series; /* by object of the book; NULL: not observed */
    chi_moment exercise;
    uint32_t late;  /* the next unpaid event's growth in the book's years */
    double fx;      /* rate of exchange of the instant */
    double arrears; /* what fell due and was not paid, with interest */
    chi_actus_columns columns;
} chi_actus_runner;
void chi_actus_runner_open(chi_actus_runner *runner, const chi_actus_book *book,
    const chi_actus_plan *plan, const chi_actus_case *world);
/* Event `index` of the plan, after all before it. False after a diagnostic. */
bool chi_actus_runner_step(chi_actus_runner *runner, uint32_t index, chi_actus_row *row);

#endif

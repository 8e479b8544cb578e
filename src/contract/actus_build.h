/* The workbench on which one contract becomes events: what the makers of schedules share. */
#ifndef CHI_CONTRACT_ACTUS_BUILD_H
#define CHI_CONTRACT_ACTUS_BUILD_H

#include "contract/actus.h"

/* A time in which the debtor does not pay, from one observed credit event to the cure. */
typedef struct chi_actus_lapse {
    chi_moment from, defaults, cure; /* CHI_MOMENT_NONE: no default, no cure */
} chi_actus_lapse;

typedef struct chi_actus_build {
    chi_actus_book *book;
    const chi_actus_terms *t;
    chi_moment to;
    const chi_actus_observed *observed;
    size_t observed_count;
    chi_actus_plan *plan;
    double role;       /* R(CNTRL) */
    bool seasoned;     /* initial exchange at or before the status date */
    bool has_exchange; /* lent: nothing happens before the initial exchange */
    bool end_stated;   /* the maturity stands in the terms and is not moved off a holiday */
    chi_moment end;    /* T: maturity, or the end of the projection */
    chi_moment called; /* CLM: when the call was observed */
    bool failed;       /* a diagnostic has been given */
    const chi_actus_lapse *lapses; /* in order of time */
    size_t lapse_count;
    uint32_t next_date;     /* ANN: the first redemption date that the last annuity counted */
    uint64_t annuity_steps; /* dates that all annuities count */
} chi_actus_build;

typedef enum chi_actus_placing {
    CHI_PLACE_SHIFTED, /* off a holiday, as the business-day rule says */
    CHI_PLACE_STATED,  /* stays; accrual follows the rule all the same */
} chi_actus_placing;

/* Appends an event of the operation's kind. The pointer holds until the next one is appended. */
chi_actus_event *chi_actus_push(
    chi_actus_build *b, chi_actus_op op, chi_moment time, chi_actus_placing placing, double amount);
/* The same on date k of a schedule, moved off a holiday. */
chi_actus_event *chi_actus_push_date(
    chi_actus_build *b, chi_actus_op op, const chi_actus_dates *dates, int32_t k, double amount);
/* Row of market values for an object at the unshifted time of an event. */
uint32_t chi_actus_slot_of(chi_actus_build *b, const char *object, chi_moment time);
/* The same for an overnight rate joined over a period. */
uint32_t chi_actus_slot_over(
    chi_actus_build *b, const char *object, chi_moment from, chi_moment time);

/* A schedule from anchor, or base + cycle where there is none, to b->end. False if neither anchor
 * nor cycle is given, or after a diagnostic that names the limit. */
bool chi_actus_schedule(chi_actus_build *b, chi_moment anchor, chi_cycle cycle, const char *name,
    chi_schedule *schedule);
/* The same from a given base to a given end. */
bool chi_actus_schedule_to(chi_actus_build *b, chi_moment anchor, chi_cycle cycle, chi_moment end,
    const char *name, chi_schedule *schedule);
/* All dates of a schedule; they hold until the next call. */
const chi_actus_dates *chi_actus_dates_of(chi_actus_build *b, const chi_schedule *schedule);
/* The events of a schedule's regular dates; its end is left out. */
void chi_actus_push_regular(
    chi_actus_build *b, const chi_schedule *schedule, chi_actus_op op, double amount);
/* An event at the end of the contract. */
chi_actus_event *chi_actus_push_end(chi_actus_build *b, chi_actus_op op, double amount);

/* Purchase, termination and monitoring, which every type may have. */
void chi_actus_push_common(chi_actus_build *b);
/* Resets of the rate from the market or to the rate that is known. `purpose` RESET or SWAP_RESET.
 */
void chi_actus_push_resets(chi_actus_build *b, chi_actus_op reset, chi_actus_op known);

/* Y(from, to) by the contract's convention. */
double chi_actus_years(const chi_actus_build *b, chi_day from, chi_day to);

/* Sorts the keys of a contract's events and copies those, as they are, to the book's spare room
 * (`unsorted`). Returns the keys in order; they hold until the next sort. */
const uint64_t *chi_actus_sort(chi_actus_book *book, const chi_actus_event *at, size_t count);
enum { CHI_ACTUS_INDEX_BITS = 24 }; /* of a key: where in the spare room its event lies */
static inline size_t chi_actus_place_of(uint64_t key)
{
    return key & ((1u << CHI_ACTUS_INDEX_BITS) - 1);
}
/* Sorts, cuts and dates the events. */
void chi_actus_finish(chi_actus_build *b);

/* Makers; they set the plan's start and constants and push events. */
void chi_actus_make_loan(chi_actus_build *b);
void chi_actus_make_trade(chi_actus_build *b);
/* Parts of the loan maker that have their own file (actus_plan.c): the maturity, and redemption. */
void chi_actus_find_end(chi_actus_build *b);
void chi_actus_push_redemption(chi_actus_build *b);

/* What the standard leaves out (actus_extend.c): observed prepayments with their penalty and draws;
 * resets in arrears; interest in advance; the spread in force at a reset. */
void chi_actus_push_behaviour(chi_actus_build *b);
void chi_actus_push_arrears(chi_actus_build *b);
void chi_actus_push_advance(chi_actus_build *b, const chi_schedule *schedule);
double chi_actus_spread_at(const chi_actus_terms *t, chi_moment time);
/* The spread of a grid on a date of resets, if there is one. */
void chi_actus_push_grid(chi_actus_build *b, const chi_actus_dates *dates, int32_t k, uint8_t rank);
/* Interest on a date of a PIK window, partly in kind. */
void chi_actus_push_pik(chi_actus_build *b, const chi_actus_dates *dates, int32_t k);
bool chi_actus_is_pik(const chi_actus_terms *t, chi_moment time);
/* ANN: the level payment fixed on date k of a schedule of resets. */
void chi_actus_push_annuity(chi_actus_build *b, const chi_actus_dates *dates, int32_t k);
/* A level payment fixed anew, silently, after a change of the notional (ANN). */
void chi_actus_push_silent_annuity(chi_actus_build *b, chi_moment time, uint8_t rank);

/* Arrears and default (actus_credit.c): the credit events seen of the debtor, after all others; how
 * an event that falls into a lapse is shown, with what its amount grows by until the cure. */
void chi_actus_push_credit(chi_actus_build *b);
uint8_t chi_actus_showing_of(chi_actus_build *b, const chi_actus_event *event);

/* LAX: segment `index` of a list of anchors with cycles; runs up to the next anchor. */
bool chi_actus_segment(chi_actus_build *b, const chi_actus_list *anchors,
    const chi_actus_list *cycles, size_t index, chi_moment end, const char *name,
    chi_schedule *schedule);

#endif

/* The rare steps of a month, for one path at a time.
 *
 * Shortages and failures happen in a few per cent of path-months; doing them path by path keeps
 * the column loops lean. Oracle (stride 1) and tiles call the same functions. */
#ifndef CHI_ENGINE_PATH_H
#define CHI_ENGINE_PATH_H

#include "engine/ledger.h"
#include "engine/plan.h"

enum { CHI_CLEAR_ROUNDS_MAX = 1000 };
#define CHI_CLEAR_TOLERANCE 1e-13 /* of a paid fraction, from one round to the next */

/* What a loss by somebody's failure is on. X(enum, key in results) */
#define CHI_CHANNEL_LIST(X)                                                                        \
    X(CHI_BY_CLAIM, "claims") /* claims not paid */                                                \
    X(CHI_BY_STAKE, "stakes") /* stakes in the firm that failed */                                 \
    X(CHI_BY_PRICE, "prices") /* common assets that it sold */
typedef enum chi_channel {
#define CHI_CHANNEL_ENUM(id, key) id,
    CHI_CHANNEL_LIST(CHI_CHANNEL_ENUM)
#undef CHI_CHANNEL_ENUM
        CHI_CHANNEL_COUNT
} chi_channel;

/* A holder's loss by somebody's failure, with the wave of that failure. */
typedef struct chi_lost {
    uint32_t from, to;
    uint32_t channel; /* chi_channel */
    uint32_t wave;    /* chi_wave_of(round, first) of the failure of `from` */
    double amount;
} chi_lost;
typedef void (*chi_lost_fn)(void *context, uint64_t path, const chi_lost *lost);

/* A wave in one number: the round of a failure, and the firm whose failure was round 0. */
static inline uint32_t chi_wave_of(uint32_t round, uint32_t first)
{
    return round * CHI_FIRMS_MAX + first;
}

static inline uint32_t chi_wave_round(uint32_t wave)
{
    return wave / CHI_FIRMS_MAX;
}

static inline uint32_t chi_wave_first(uint32_t wave)
{
    return wave % CHI_FIRMS_MAX;
}

/* One path of a state: what it may change, who listens. */
typedef struct chi_path {
    const chi_plan *plan;
    chi_state *state;
    size_t lane;            /* which path of the state */
    uint32_t month;         /* 0-based */
    uint32_t months_closed; /* months whose dates have passed: month in step 2, month + 1 in 7 */
    chi_ledger *ledger;     /* NULL in tiles */
    double *spare;          /* chi_plan_spare() numbers, for the time of one call */
    chi_lost_fn lost;
    void *context;
    uint64_t path_number;
    int unsettled; /* set when clearing stopped at CHI_CLEAR_ROUNDS_MAX */
} chi_path;

/* Values of this path in the state. */
#define CHI_P(path, field, i) CHI_AT((path)->state, field, i, (path)->lane)

/* Where claims on the loans of the firm at hand stand in spare memory, by loan; nothing else uses
 * this part of it. */
static inline double *chi_path_claims(const chi_path *path)
{
    const chi_counts *n = &path->plan->counts;
    return path->spare + n->firms * CHI_CLASSES + n->loans;
}

/* Step 5 where a firm is short: the greatest clearing fractions, by iteration from full payment
 * (Eisenberg and Noe 2001; with default costs Rogers and Veraart 2013). Fills `paid`. */
void chi_path_clear(chi_path *path);

/* The iteration itself, from the present fractions down; with `sunk_only` firms that are not sunk
 * pay in full. False if it was stopped at CHI_CLEAR_ROUNDS_MAX. */
bool chi_path_lower(chi_path *path, bool sunk_only);

/* Can the firm not pay all its dues under the current fractions? */
bool chi_path_is_short(const chi_path *path, uint32_t sim);

/* Books what default costs take from firms that are short: it goes outside. */
void chi_path_costs(chi_path *path);

/* Step 3: last month's arrears are owed again, after all that is new. */
void chi_path_add_arrears(chi_path *path);

/* Step 5: the payments of a path on which `paid` is not all 1; `cash` is that before any. */
void chi_path_pay(chi_path *path);

/* Arrears are what was due and not paid; true if there are any. */
bool chi_path_book_arrears(chi_path *path);
void chi_path_reset_paid(chi_path *path);

/* Step 6: months in a row with arrears, and `overdue`; true if any firm has some. */
bool chi_path_run_clocks(chi_path *path);

/* Has any clock of the firm passed its grace? */
bool chi_path_past_grace(const chi_path *path, uint32_t firm);

/* Resources of a simulated firm under the current fractions, and what default costs take. */
double chi_path_resources(const chi_path *path, uint32_t sim, double *cost);

/* Steps 6 and 7 where something can end a simulated firm, see `trigger`: events of default,
 * cross-default as a least fixed point, acceleration, failure, recovery, losses, ended contracts.
 */
void chi_path_test(chi_path *path);

/* Step 2: the reduced-form firms with `struck` default at once, before they owe this month. */
void chi_path_strike(chi_path *path);

/* What a loan's holders can claim: principal, interest and fee to the last month's end that has
 * passed, and arrears. */
double chi_path_claim(const chi_path *path, uint32_t loan);

/* A reduced-form firm whose losses, with `more`, reach its equity has the failure as its root. */
void chi_path_note_ruin(chi_path *path, uint32_t firm, uint32_t by, double more);

/* --- path_mark.c, path_common.c: contagion beyond claims ----------------------------------- */

/* Opening books, equities, stakes, prices and output; after all else has its opening state. */
void chi_path_open(chi_path *path);

/* Adds what contracts by the ACTUS standard other than debts are worth to each firm: path_deals.c.
 */
void chi_path_deal_books(const chi_path *path, double *book);

/* Step 7, after failures: equities with stakes and claims at what they are worth. Sets `unsettled`.
 */
void chi_path_mark(chi_path *path);

/* Step 7: holders of a failed issuer lose what they carried their stakes at. */
void chi_path_drop_stakes(chi_path *path, uint32_t issuer);
/* What the stakes of a failed holder are sold for, to outside. */
double chi_path_sell_stakes(chi_path *path, uint32_t holder);
/* Step 7: a failed firm's common assets are sold and their prices fall. Returns what it gets for a
 * unit of its property's book value, before its own recovery. */
double chi_path_dump(chi_path *path, uint32_t firm);

/* Step 3: what each firm can earn without the suppliers that have failed. */
void chi_path_supply(chi_path *path);

/* --- path_wave.c: who falls with whom ----------------------------------------------------- */

/* `to` loses `lost` by the failure of `from`: it is recorded, and a hit. */
void chi_path_book_loss(
    chi_path *path, chi_channel channel, uint32_t from, uint32_t to, double lost);

/* The failure of `by` hits a firm that lives: a claim, a stake, a price, a contract, a supply. */
void chi_path_hit(chi_path *path, uint32_t firm, uint32_t by);

/* A firm that lives passes the hit that it took on to one that is marked down with it, unless that
 * one was hit lately itself. */
void chi_path_hit_through(chi_path *path, uint32_t firm, uint32_t via);

/* Notes the wave of a firm that is about to be tested: one round after the last that hit it. With
 * `alone` it fails by itself whatever hit it. */
void chi_path_set_wave(chi_path *path, uint32_t firm, bool alone);

/* Step 5, after the fractions are known: in which round of fictitious defaults each firm ran short
 * (Eisenberg and Noe 2001, section 3.1), so that those short by others' default are hit by them. */
void chi_path_find_rounds(chi_path *path);

/* Ends the customer contract on this path and notes `root` with the other party. */
void chi_path_end_customer(chi_path *path, uint32_t customer, uint32_t root, chi_entry_kind why);

/* --- shared by the files of the rare steps --------------------------------------------------- */

void chi_path_move_cash(chi_path *path, uint32_t from, uint32_t to, double amount);
/* Books a loss of `holder` in the failure of `from`. */
void chi_path_lose(
    chi_path *path, chi_subject subject, uint32_t row, uint32_t from, uint32_t holder, double lost);
/* A claim held in a state column: without fractions it is added to the sum of its class, with
 * fractions it is settled and zero. */
void chi_path_due_claim(chi_path *path, chi_subject subject, uint32_t row, uint32_t from,
    uint32_t to, double *amount, uint32_t class, double *claims, const double *fraction);

/* --- contracts by the ACTUS standard, path_deals.c: nothing in a model without them ----------- */

/* Of a loan that is one: its claim; and the end of its states when it is settled or paid off. */
double chi_path_debt_claim(const chi_path *path, uint32_t loan);
void chi_path_debt_end(chi_path *path, uint32_t loan);
/* Steps 3, 5 and 6 for the others; chi_path_late_deal: the first that `firm` has not paid. */
void chi_path_add_deal_arrears(chi_path *path);
bool chi_path_book_deal_arrears(chi_path *path);
double chi_path_deal_arrears(const chi_path *path, uint32_t firm);
uint32_t chi_path_late_deal(const chi_path *path, uint32_t firm);
/* Step 7, in the order in which a failure uses them. Lenders take their collateral; assets of the
 * estate are sold; positions end; what the firm owes on deals is claimed; guarantors take over what
 * a lender would lose on its share of a loan, and the sum that they take is returned. */
void chi_path_take_collateral(chi_path *path, uint32_t firm);
double chi_path_taken(const chi_path *path, uint32_t share);
void chi_path_sell_assets(chi_path *path, uint32_t firm);
void chi_path_close_deals(chi_path *path, uint32_t firm);
void chi_path_deal_claims(chi_path *path, uint32_t firm, double *claims, const double *fraction);
double chi_path_call_guarantees(
    chi_path *path, uint32_t loan, uint32_t share, double claim, double fraction);

/* Does the scenario make this firm default in this month? */
bool chi_plan_forced(const chi_plan *plan, uint32_t firm, uint32_t month);

#endif

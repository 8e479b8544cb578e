/* What a month does path by path, because it is rare, called from column code by name.
 *
 * Every function takes the tile, a row (of whatever the function is about) and a column. Generated
 * code reaches them through a table in the order of the list, and reads the flags to know when.
 * X(function, what it does) */
#ifndef CHI_ENGINE_RARE_H
#define CHI_ENGINE_RARE_H

#include <stdint.h>

#define CHI_RARE_LIST(X)                                                                           \
    X(start_deals, "opening states of contracts by the ACTUS standard")                            \
    X(reset, "start: nothing is late, short or struck")                                            \
    X(cancel, "step 1, 2: customer contract `row` ends where the column is not 0")                 \
    X(note_strike, "step 2: some reduced-form firm is struck this month")                          \
    X(strike, "step 2: struck reduced-form firms default on the paths marked in the column")       \
    X(add_debt_arrears, "expressions: arrears of the loans of firm `row` are added to the column") \
    X(due_deals, "step 3: what falls due on contracts by the ACTUS standard")                      \
    X(add_arrears, "step 3: arrears are owed again")                                               \
    X(withdraw, "step 4: deposit `row` gives what is needed, the column, which falls")             \
    X(reset_paid, "step 5: last month's part payments are over")                                   \
    X(clear, "step 5: clears the paths marked in the column")                                      \
    X(keep_cash, "step 5: keeps the cash of the paths that pay in part")                           \
    X(pay, "step 5: gives it back, and pays on these paths")                                       \
    X(book_arrears, "step 5: arrears and clocks")                                                  \
    X(book_deals, "step 5: lending that was not paid out, and dividends")                          \
    X(past_grace, "step 6: sets the column where simulated firm `row` is past its grace")          \
    X(open, "start: stakes, prices and output of all paths")                                       \
    X(supply, "step 3: what firms can earn without suppliers that have failed, on all paths")      \
    X(mark, "step 7: stakes and claims at what they are worth, on all paths")                      \
    X(fall, "step 7: events of default and failures on the paths marked in the column")

/* What tells whether a rare function has anything to do. */
typedef struct chi_tile_flags {
    uint64_t late_count;  /* paths with arrears or running clocks */
    uint64_t short_count; /* paths on which `paid` is not all 1 */
    uint64_t strikes;     /* a reduced-form firm defaults on some path */
    uint64_t fell;        /* somebody has fallen since losses were last looked at */
} chi_tile_flags;

struct chi_tile;
typedef void chi_rare_fn(struct chi_tile *tile, uint32_t row, double *column);
#define CHI_RARE_DECLARE(function, doc) chi_rare_fn chi_rare_##function;
CHI_RARE_LIST(CHI_RARE_DECLARE)
#undef CHI_RARE_DECLARE

typedef enum chi_rare_id {
#define CHI_RARE_ID(function, doc) CHI_RARE_##function,
    CHI_RARE_LIST(CHI_RARE_ID)
#undef CHI_RARE_ID
        CHI_RARE_COUNT
} chi_rare_id;

#endif

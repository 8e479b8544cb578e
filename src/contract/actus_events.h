/* Types of contracts, events with their order at one instant, and the operations that events are
 * compiled to. One list per fact. */
#ifndef CHI_CONTRACT_ACTUS_EVENTS_H
#define CHI_CONTRACT_ACTUS_EVENTS_H

/* X(id, what it is) */
#define CHI_ACTUS_TYPES(X)                                                                         \
    X(PAM, "principal at maturity")                                                                \
    X(LAM, "linear amortizer")                                                                     \
    X(NAM, "negative amortizer")                                                                   \
    X(ANN, "annuity")                                                                              \
    X(LAX, "exotic linear amortizer")                                                              \
    X(CLM, "call money")                                                                           \
    X(UMP, "undefined maturity profile")                                                           \
    X(CSH, "cash")                                                                                 \
    X(COM, "commodity")                                                                            \
    X(STK, "stock")                                                                                \
    X(FXOUT, "foreign exchange outright")                                                          \
    X(SWPPV, "plain vanilla interest rate swap")                                                   \
    X(SWAPS, "swap of two contracts")                                                              \
    X(CAPFL, "cap or floor")                                                                       \
    X(OPTNS, "option")                                                                             \
    X(FUTUR, "future")                                                                             \
    X(CEG, "guarantee")                                                                            \
    X(CEC, "collateral")

typedef enum chi_actus_type {
    CHI_ACTUS_NO_TYPE,
#define CHI_ACTUS_TYPE_ENUM(id, text) CHI_ACTUS_##id,
    CHI_ACTUS_TYPES(CHI_ACTUS_TYPE_ENUM)
#undef CHI_ACTUS_TYPE_ENUM
        CHI_ACTUS_TYPE_COUNT
} chi_actus_type;

/* X(id, rank, what it is): the order of events at one instant is the order of ranks; where the
 * public cases show it they decide, else the dictionary. PRF after RR contradicts the dictionary's
 * numbers and is what the cases have. */
#define CHI_ACTUS_KINDS(X)                                                                         \
    X(IED, 10, "initial exchange")                                                                 \
    X(FP, 20, "fee payment")                                                                       \
    X(PD, 28, "principal drawing")                                                                 \
    X(PR, 30, "principal redemption")                                                              \
    X(PI, 30, "principal increase")                                                                \
    X(PY, 34, "penalty payment")                                                                   \
    X(PP, 36, "prepayment")                                                                        \
    X(IP, 40, "interest payment")                                                                  \
    X(IPFX, 42, "interest payment, fixed leg")                                                     \
    X(IPFL, 44, "interest payment, floating leg")                                                  \
    X(IPCI, 50, "interest capitalisation")                                                         \
    X(DV, 52, "dividend")                                                                          \
    X(RRF, 60, "rate reset to a known rate")                                                       \
    X(RR, 60, "rate reset")                                                                        \
    X(PRF, 70, "fixing of the redemption amount")                                                  \
    X(PRD, 80, "purchase")                                                                         \
    X(TD, 90, "termination")                                                                       \
    X(SC, 100, "scaling index fixing")                                                             \
    X(IPCB, 100, "fixing of the interest base")                                                    \
    X(MD, 110, "maturity")                                                                         \
    X(XD, 120, "exercise")                                                                         \
    X(STD, 130, "settlement")                                                                      \
    X(CE, 134, "credit event")                                                                     \
    X(MR, 136, "margin call")                                                                      \
    X(AD, 140, "monitoring")

typedef enum chi_actus_kind {
    CHI_ACTUS_NO_KIND,
#define CHI_ACTUS_KIND_ENUM(id, rank, text) CHI_EVENT_##id,
    CHI_ACTUS_KINDS(CHI_ACTUS_KIND_ENUM)
#undef CHI_ACTUS_KIND_ENUM
        CHI_EVENT_COUNT
} chi_actus_kind;

/* The call of call money is known before the interest that it stops. */
enum { CHI_ACTUS_RANK_CALL = 15 };
/* A rate set in arrears is known before anything of its period is paid, and interest in advance is
 * paid at the new rate. */
enum { CHI_ACTUS_RANK_ARREARS = 25, CHI_ACTUS_RANK_ADVANCE = 65 };
/* A payment fixed anew after a draw or prepayment counts no interest that is paid at the same
 * instant. */
enum { CHI_ACTUS_RANK_REFIX = 55 };

/* The spread of a grid is known before the reset; what is added to interest in kind, after the cash
 * part is paid; the margin of a default is taken off a rate while it is reset. */
enum { CHI_ACTUS_RANK_GRID = 59, CHI_ACTUS_RANK_GRID_ARREARS = 24, CHI_ACTUS_RANK_PIK = 45 };
enum { CHI_ACTUS_RANK_MARGIN_OFF = 58, CHI_ACTUS_RANK_MARGIN_ON = 72 };

/* The rate of exchange of an instant comes before all that is paid at it. */
enum { CHI_ACTUS_RANK_FX = 0 };

/* X(id, kind of the event, family, what amount is). Families say how an event accrues and whether
 * it reads the market: LOAN accrues, LOAN_SEEN also reads a row of market values, TRADE does not
 * accrue, TRADE_SEEN reads, SWAP accrues two legs, SWAP_SEEN also reads. */
#define CHI_ACTUS_OPS(X)                                                                           \
    X(IED, IED, LOAN, "accrued interest at the exchange, signed")                                  \
    X(FEE_FIXED, FP, LOAN, "fee, signed")                                                          \
    X(FEE_ACCRUED, FP, LOAN, "")                                                                   \
    X(REDEEM, PR, LOAN, "")                                                                        \
    X(REDEEM_NET, PR, LOAN, "")                                                                    \
    X(REDEEM_STEP, PR, LOAN, "redemption, unsigned")                                               \
    X(INCREASE_STEP, PI, LOAN, "increase, unsigned")                                               \
    X(INTEREST, IP, LOAN, "")                                                                      \
    X(CAPITALISE, IPCI, LOAN, "")                                                                  \
    X(RESET, RR, LOAN_SEEN, "spread")                                                              \
    X(RESET_KNOWN, RRF, LOAN, "new rate")                                                          \
    X(ANNUITY, PRF, LOAN, "years to the next redemption")                                          \
    X(PURCHASE, PRD, LOAN, "price")                                                                \
    X(TERMINATE, TD, LOAN, "price")                                                                \
    X(SCALE, SC, LOAN_SEEN, "")                                                                    \
    X(BASE, IPCB, LOAN, "")                                                                        \
    X(MATURE, MD, LOAN, "")                                                                        \
    X(PREPAY, PP, LOAN, "prepayment, unsigned")                                                    \
    X(PENALTY_FIXED, PY, LOAN, "penalty, signed")                                                  \
    X(PENALTY, PY, LOAN, "prepayment on which the penalty is due, unsigned")                       \
    X(DRAW, PD, LOAN, "draw asked for, unsigned")                                                  \
    X(RESET_ARREARS, RR, LOAN_SEEN, "spread")                                                      \
    X(INTEREST_ADVANCE, IP, LOAN, "years of the period that begins")                               \
    X(INTEREST_PART, IP, LOAN, "share paid in cash")                                               \
    X(INTEREST_TEST, IP, LOAN_SEEN, "share paid in cash if the test fails")                        \
    X(PIK_MARGIN, IPCI, LOAN, "margin in kind for the period")                                     \
    X(PIK_MARGIN_TEST, IPCI, LOAN_SEEN, "margin in kind for the period if the test fails")         \
    X(GRID, RR, LOAN_SEEN, "")                                                                     \
    X(FX, AD, TRADE_SEEN, "")                                                                      \
    X(PENALTY_RATE, PY, LOAN_SEEN, "years since the day of the event before")                      \
    X(CREDIT_EVENT, CE, LOAN, "change of the rate")                                                \
    X(CURE, CE, LOAN, "change of the rate")                                                        \
    X(CALL, XD, LOAN, "1 if it settles later: interest is then fixed and no longer accrued")       \
    X(CALL_INTEREST, IP, LOAN, "")                                                                 \
    X(CALL_SETTLE, STD, LOAN, "")                                                                  \
    X(NOTHING, AD, LOAN, "")                                                                       \
    X(PAY, PRD, TRADE, "payment, signed")                                                          \
    X(PAY_CLOSE, TD, TRADE, "payment, signed")                                                     \
    X(DIVIDEND, DV, TRADE_SEEN, "")                                                                \
    X(FX_SETTLE, STD, TRADE_SEEN, "")                                                              \
    X(EXERCISE, XD, TRADE_SEEN, "")                                                                \
    X(EXERCISE_SETTLE, STD, TRADE, "")                                                             \
    X(SWAP_START, IED, SWAP, "")                                                                   \
    X(SWAP_FIXED, IPFX, SWAP, "")                                                                  \
    X(SWAP_FLOATING, IPFL, SWAP, "")                                                               \
    X(SWAP_NET, IP, SWAP, "")                                                                      \
    X(SWAP_RESET, RR, SWAP_SEEN, "spread")                                                         \
    X(SWAP_RESET_KNOWN, RRF, SWAP, "new rate")                                                     \
    X(SWAP_PAY, PRD, SWAP, "payment, signed")                                                      \
    X(SWAP_PAY_CLOSE, TD, SWAP, "payment, signed")                                                 \
    X(SWAP_NOTHING, AD, SWAP, "")                                                                  \
    X(SWAP_END, MD, SWAP, "")

typedef enum chi_actus_op {
#define CHI_ACTUS_OP_ENUM(id, kind, family, amount) CHI_ACTUS_OP_##id,
    CHI_ACTUS_OPS(CHI_ACTUS_OP_ENUM)
#undef CHI_ACTUS_OP_ENUM
        CHI_ACTUS_OP_COUNT
} chi_actus_op;

typedef enum chi_actus_family {
    CHI_FAMILY_LOAN,
    CHI_FAMILY_LOAN_SEEN,
    CHI_FAMILY_TRADE,
    CHI_FAMILY_TRADE_SEEN,
    CHI_FAMILY_SWAP,
    CHI_FAMILY_SWAP_SEEN,
} chi_actus_family;

#endif

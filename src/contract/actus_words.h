/* The words of the ACTUS dictionary that Cardhouse reads, and its own lists of events and
 * operations. One list per fact. */
#ifndef CHI_CONTRACT_ACTUS_WORDS_H
#define CHI_CONTRACT_ACTUS_WORDS_H

/* X(id, what it is, maker of its events) */
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
#define CHI_ACTUS_OP_ENUM(id, kind, family, amount) CHI_OP_##id,
    CHI_ACTUS_OPS(CHI_ACTUS_OP_ENUM)
#undef CHI_ACTUS_OP_ENUM
        CHI_OP_COUNT
} chi_actus_op;

typedef enum chi_actus_family {
    CHI_FAMILY_LOAN,
    CHI_FAMILY_LOAN_SEEN,
    CHI_FAMILY_TRADE,
    CHI_FAMILY_TRADE_SEEN,
    CHI_FAMILY_SWAP,
    CHI_FAMILY_SWAP_SEEN,
} chi_actus_family;

/* X(field, name in the dictionary) */
#define CHI_ACTUS_NUMBERS(X)                                                                       \
    X(nt, "notionalPrincipal")                                                                     \
    X(nt2, "notionalPrincipal2")                                                                   \
    X(ipnr, "nominalInterestRate")                                                                 \
    X(ipnr2, "nominalInterestRate2")                                                               \
    X(ipac, "accruedInterest")                                                                     \
    X(ipac2, "accruedInterest2")                                                                   \
    X(prnxt, "nextPrincipalRedemptionPayment")                                                     \
    X(rrmlt, "rateMultiplier")                                                                     \
    X(rrsp, "rateSpread")                                                                          \
    X(rrnxt, "nextResetRate")                                                                      \
    X(rrlc, "lifeCap")                                                                             \
    X(rrlf, "lifeFloor")                                                                           \
    X(rrpc, "periodCap")                                                                           \
    X(rrpf, "periodFloor")                                                                         \
    X(pdied, "premiumDiscountAtIED")                                                               \
    X(pprd, "priceAtPurchaseDate")                                                                 \
    X(ptd, "priceAtTerminationDate")                                                               \
    X(ipcba, "interestCalculationBaseAmount")                                                      \
    X(scixcdd, "scalingIndexAtContractDealDate")                                                   \
    X(scixsd, "scalingIndexAtStatusDate")                                                          \
    X(scnt, "notionalScalingMultiplier")                                                           \
    X(scip, "interestScalingMultiplier")                                                           \
    X(fer, "feeRate")                                                                              \
    X(feac, "feeAccrued")                                                                          \
    X(cecv, "coverageOfCreditEnhancement")                                                         \
    X(pfut, "futuresPrice")                                                                        \
    X(ops1, "optionStrike1")                                                                       \
    X(ops2, "optionStrike2")                                                                       \
    X(xa, "exerciseAmount")                                                                        \
    X(qt, "quantity")                                                                              \
    X(mvo, "marketValueObserved")                                                                  \
    X(pyrt, "penaltyRate")                                                                         \
    X(cla, "creditLineAmount")

#define CHI_ACTUS_MOMENTS(X)                                                                       \
    X(sd, "statusDate")                                                                            \
    X(cdd, "contractDealDate")                                                                     \
    X(ied, "initialExchangeDate")                                                                  \
    X(md, "maturityDate")                                                                          \
    X(amd, "amortizationDate")                                                                     \
    X(prd, "purchaseDate")                                                                         \
    X(td, "terminationDate")                                                                       \
    X(pranx, "cycleAnchorDateOfPrincipalRedemption")                                               \
    X(ipanx, "cycleAnchorDateOfInterestPayment")                                                   \
    X(rranx, "cycleAnchorDateOfRateReset")                                                         \
    X(scanx, "cycleAnchorDateOfScalingIndex")                                                      \
    X(ipcbanx, "cycleAnchorDateOfInterestCalculationBase")                                         \
    X(feanx, "cycleAnchorDateOfFee")                                                               \
    X(dvanx, "cycleAnchorDateOfDividendPayment")                                                   \
    X(ipced, "capitalizationEndDate")                                                              \
    X(xd, "exerciseDate")

#define CHI_ACTUS_CYCLES(X)                                                                        \
    X(prcl, "cycleOfPrincipalRedemption")                                                          \
    X(ipcl, "cycleOfInterestPayment")                                                              \
    X(rrcl, "cycleOfRateReset")                                                                    \
    X(sccl, "cycleOfScalingIndex")                                                                 \
    X(ipcbcl, "cycleOfInterestCalculationBase")                                                    \
    X(fecl, "cycleOfFee")                                                                          \
    X(dvcl, "cycleOfDividendPayment")

#define CHI_ACTUS_PERIODS(X)                                                                       \
    X(stp, "settlementPeriod")                                                                     \
    X(xdn, "xDayNotice")

/* X(field, name, words): the value is the place of the word in the list, from 1; words joined by =
 * mean the same. */
#define CHI_ACTUS_WORDS(X)                                                                         \
    X(type, "contractType",                                                                        \
        "PAM LAM NAM ANN LAX CLM UMP CSH COM STK FXOUT SWPPV SWAPS CAPFL OPTNS FUTUR CEG CEC")     \
    X(role, "contractRole", "RPA RPL RFL PFL RF PF BUY SEL LG ST COL CNO OBL GUA UDL UDLP UDLM")   \
    X(eomc, "endOfMonthConvention", "SD EOM")                                                      \
    X(ipcb, "interestCalculationBase", "NT NTIED NTL")                                             \
    X(feb, "feeBasis", "A N")                                                                      \
    X(ds, "deliverySettlement", "S D")                                                             \
    X(opxt, "optionExerciseType", "E B A")                                                         \
    X(optp, "optionType", "C P CP")                                                                \
    X(cege, "guaranteedExposure", "NO NI MV")                                                      \
    X(prf, "contractPerformance", "PF DL DQ DF MA TE")                                             \
    X(ppef, "prepaymentEffect", "N A M")                                                           \
    X(pytp, "penaltyType", "N=O A R I")                                                            \
    X(ippnt, "cyclePointOfInterestPayment", "E B")                                                 \
    X(rrpnt, "cyclePointOfRateReset", "B E")

/* The roles in which R(CNTRL) is -1. */
#define CHI_ACTUS_NEGATIVE_ROLES "RPL PFL PF SEL ST GUA UDLM"

typedef enum chi_actus_word {
    CHI_WORD_EOM = 2,
    CHI_WORD_NT = 1,
    CHI_WORD_NTIED = 2,
    CHI_WORD_NTL = 3,
    CHI_WORD_FEE_ABSOLUTE = 1,
    CHI_WORD_FEE_NOTIONAL = 2,
    CHI_WORD_CASH = 1,
    CHI_WORD_PHYSICAL = 2,
    CHI_WORD_CALL = 1,
    CHI_WORD_PUT = 2,
    CHI_WORD_COLLAR = 3,
    CHI_WORD_NO = 1,
    CHI_WORD_NI = 2,
    CHI_WORD_MV = 3,
    CHI_WORD_SMALLER = 2,          /* PPEF A */
    CHI_WORD_PENALTY_ABSOLUTE = 2, /* PYTP A */
    CHI_WORD_PENALTY_RELATIVE = 3, /* PYTP R */
    CHI_WORD_ADVANCE = 2,          /* IPPNT B */
    CHI_WORD_ARREARS = 2,          /* RRPNT E */
    CHI_WORD_COMPOUNDED = 1,
    CHI_WORD_DEC = 1,
    CHI_WORD_INC = 2,
    CHI_WORD_FIX = 1,
    CHI_WORD_VAR = 2,
} chi_actus_word;

typedef enum chi_actus_part_role {
    CHI_PART_NONE,
    CHI_PART_UDL,  /* underlying */
    CHI_PART_FIL,  /* first leg */
    CHI_PART_SEL,  /* second leg */
    CHI_PART_COVE, /* covered by the guarantee or collateral */
    CHI_PART_COVI, /* covering */
} chi_actus_part_role;
#define CHI_ACTUS_PART_ROLES "UDL FIL SEL COVE COVI"

#define CHI_ACTUS_TEXTS(X)                                                                         \
    X(cur, "currency")                                                                             \
    X(cur2, "currency2")                                                                           \
    X(curs, "settlementCurrency")                                                                  \
    X(moc, "marketObjectCode")                                                                     \
    X(rrmo, "marketObjectCodeOfRateReset")                                                         \
    X(scmo, "marketObjectCodeOfScalingIndex")                                                      \
    X(dvmo, "marketObjectCodeOfDividends")                                                         \
    X(unit, "unit")

/* X(field, name, kind: n numbers, m moments, c cycles, w words; words) */
#define CHI_ACTUS_LISTS(X)                                                                         \
    X(arpranx, "arrayCycleAnchorDateOfPrincipalRedemption", 'm', "")                               \
    X(arprcl, "arrayCycleOfPrincipalRedemption", 'c', "")                                          \
    X(arprnxt, "arrayNextPrincipalRedemptionPayment", 'n', "")                                     \
    X(arincdec, "arrayIncreaseDecrease", 'w', "DEC INC")                                           \
    X(aripanx, "arrayCycleAnchorDateOfInterestPayment", 'm', "")                                   \
    X(aripcl, "arrayCycleOfInterestPayment", 'c', "")                                              \
    X(arrranx, "arrayCycleAnchorDateOfRateReset", 'm', "")                                         \
    X(arrrcl, "arrayCycleOfRateReset", 'c', "")                                                    \
    X(arrate, "arrayRate", 'n', "")                                                                \
    X(arfixvar, "arrayFixedVariable", 'w', "FIX=F VAR=V")                                          \
    X(cetc, "creditEventTypeCovered", 'w', "PF DL DQ DF MA TE")

/* Cardhouse's own terms, in a mapping `cardhouse` beside those of the dictionary:
 * overnight: the observed object is an overnight rate, joined over the period that ends at a reset;
 * lookback: business days by which the observations lead; indexFloor: of what is observed;
 * spreads from spreadDates on; pikShare of the interest is capitalised from pikFrom to pikUntil. */
#define CHI_CARDHOUSE_NUMBERS(X)                                                                   \
    X(lookback, "lookback")                                                                        \
    X(index_floor, "indexFloor")                                                                   \
    X(pik_share, "pikShare")
#define CHI_CARDHOUSE_MOMENTS(X)                                                                   \
    X(pik_from, "pikFrom")                                                                         \
    X(pik_until, "pikUntil")
#define CHI_CARDHOUSE_WORDS(X) X(overnight, "overnight", "compounded averaged")
#define CHI_CARDHOUSE_LISTS(X)                                                                     \
    X(spread_dates, "spreadDates", 'm', "")                                                        \
    X(spreads, "spreads", 'n', "")

/* Read, checked to be known, and without effect on the cash flows that are computed. */
#define CHI_ACTUS_SILENT                                                                           \
    "cardhouse contractID contractIdentifier contractStructure dayCountConvention calendar "       \
    "businessDayConvention scalingEffect contractDescription creatorID creatorId counterpartyID "  \
    "counterpartyId clearingHouse seniority nonPerformingDate gracePeriod delinquencyPeriod "      \
    "delinquencyRate fixingDays fixingPeriod prepaymentPeriod objectCodeOfPrepaymentModel "        \
    "cycleAnchorDateOfOptionality cycleOfOptionality optionExerciseEndDate exDividendDate "        \
    "cycleAnchorDateOfMargining cycleOfMargining maintenanceMarginLowerBound "                     \
    "maintenanceMarginUpperBound initialMargin variationMargin cycleAnchorDateOfMonitoring "       \
    "cycleOfMonitoring maximumPenaltyFreeDisbursement nextDividendPaymentAmount "                  \
    "nonPerformingState contractDealTime investorsCurrency"

#endif

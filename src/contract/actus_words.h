/* The terms of the ACTUS dictionary that Cardhouse reads, and its own. One list per fact. */
#ifndef CHI_CONTRACT_ACTUS_WORDS_H
#define CHI_CONTRACT_ACTUS_WORDS_H

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
    X(cla, "creditLineAmount")                                                                     \
    X(dqr, "delinquencyRate")

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
    X(opanx, "cycleAnchorDateOfOptionality")                                                       \
    X(ipced, "capitalizationEndDate")                                                              \
    X(xd, "exerciseDate")

#define CHI_ACTUS_CYCLES(X)                                                                        \
    X(prcl, "cycleOfPrincipalRedemption")                                                          \
    X(ipcl, "cycleOfInterestPayment")                                                              \
    X(rrcl, "cycleOfRateReset")                                                                    \
    X(sccl, "cycleOfScalingIndex")                                                                 \
    X(ipcbcl, "cycleOfInterestCalculationBase")                                                    \
    X(fecl, "cycleOfFee")                                                                          \
    X(dvcl, "cycleOfDividendPayment")                                                              \
    X(opcl, "cycleOfOptionality")

#define CHI_ACTUS_PERIODS(X)                                                                       \
    X(stp, "settlementPeriod")                                                                     \
    X(xdn, "xDayNotice")                                                                           \
    X(grp, "gracePeriod")

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
    CHI_WORD_SMALLER = 2,              /* PPEF A */
    CHI_WORD_PENALTY_ABSOLUTE = 2,     /* PYTP A */
    CHI_WORD_PENALTY_RELATIVE = 3,     /* PYTP R */
    CHI_WORD_PENALTY_DIFFERENTIAL = 4, /* PYTP I */
    CHI_WORD_BERMUDAN = 2,
    CHI_WORD_ADVANCE = 2, /* IPPNT B */
    CHI_WORD_ARREARS = 2, /* RRPNT E */
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
 * spreads from spreadDates on; a grid of spreads by the observed gridObject; pikShare of the
 * interest is capitalised from pikFrom to pikUntil, and where pikObject is given only if it is
 * below pikBelow, with pikMargin on top; defaultMargin while the debtor is in default. */
#define CHI_CARDHOUSE_NUMBERS(X)                                                                   \
    X(lookback, "lookback")                                                                        \
    X(index_floor, "indexFloor")                                                                   \
    X(pik_share, "pikShare")                                                                       \
    X(pik_below, "pikBelow")                                                                       \
    X(pik_margin, "pikMargin")                                                                     \
    X(default_margin, "defaultMargin")
#define CHI_CARDHOUSE_MOMENTS(X)                                                                   \
    X(pik_from, "pikFrom")                                                                         \
    X(pik_until, "pikUntil")
#define CHI_CARDHOUSE_TEXTS(X)                                                                     \
    X(pik_object, "pikObject")                                                                     \
    X(grid_object, "gridObject")
#define CHI_CARDHOUSE_WORDS(X) X(overnight, "overnight", "compounded averaged")
#define CHI_CARDHOUSE_LISTS(X)                                                                     \
    X(spread_dates, "spreadDates", 'm', "")                                                        \
    X(spreads, "spreads", 'n', "")                                                                 \
    X(grid_levels, "gridLevels", 'n', "")                                                          \
    X(grid_spreads, "gridSpreads", 'n', "")

/* Read, checked to be known, and without effect on the cash flows that are computed. */
#define CHI_ACTUS_SILENT                                                                           \
    "cardhouse contractID contractIdentifier contractStructure dayCountConvention calendar "       \
    "businessDayConvention scalingEffect contractDescription creatorID creatorId counterpartyID "  \
    "counterpartyId clearingHouse seniority nonPerformingDate delinquencyPeriod "                  \
    "fixingDays fixingPeriod prepaymentPeriod objectCodeOfPrepaymentModel "                        \
    "optionExerciseEndDate exDividendDate "                                                        \
    "cycleAnchorDateOfMargining cycleOfMargining maintenanceMarginLowerBound "                     \
    "maintenanceMarginUpperBound initialMargin variationMargin cycleAnchorDateOfMonitoring "       \
    "cycleOfMonitoring maximumPenaltyFreeDisbursement nextDividendPaymentAmount "                  \
    "nonPerformingState contractDealTime investorsCurrency"

#endif

/* The keys of contracts by the ACTUS standard: the third part of model/schema_fields.h. Every term
 * has two names, Cardhouse's and the dictionary's. */
#ifndef CHI_MODEL_SCHEMA_DEALS_H
#define CHI_MODEL_SCHEMA_DEALS_H

/* T(X, own name, name in the dictionary, type, what it means); X is handed on. */
#define CHI_DEAL_TERMS(T, X)                                                                       \
    T(X, "notional", "notionalPrincipal", MONEY,                                                   \
        "Principal (NT); of a guarantee the most it pays.")                                        \
    T(X, "notional2", "notionalPrincipal2", NUMBER, "Amount of the second currency (NT2).")        \
    T(X, "rate", "nominalInterestRate", RATE,                                                      \
        "Interest a year (IPNR), of a floating one the first; of a swap the fixed rate.")          \
    T(X, "rate2", "nominalInterestRate2", RATE, "First rate of a swap's floating leg (IPNR2).")    \
    T(X, "accrued", "accruedInterest", MONEY, "Interest accrued at the start (IPAC).")             \
    T(X, "accrued2", "accruedInterest2", MONEY, "The same of the floating leg (IPAC2).")           \
    T(X, "redemption", "nextPrincipalRedemptionPayment", MONEY,                                    \
        "Instalment (PRNXT); of NAM and ANN with its interest.")                                   \
    T(X, "multiplier", "rateMultiplier", NUMBER, "Factor on the index (RRMLT).")                   \
    T(X, "spread", "rateSpread", RATE, "Added to the index (RRSP).")                               \
    T(X, "next_rate", "nextResetRate", RATE, "Rate of the next reset, known already (RRNXT).")     \
    T(X, "cap", "lifeCap", RATE, "Highest rate (RRLC).")                                           \
    T(X, "floor", "lifeFloor", RATE, "Lowest rate (RRLF).")                                        \
    T(X, "period_cap", "periodCap", RATE, "Highest rise at one reset (RRPC).")                     \
    T(X, "period_floor", "periodFloor", RATE, "Highest fall at one reset (RRPF).")                 \
    T(X, "premium", "premiumDiscountAtIED", MONEY,                                                 \
        "Paid on top of the principal when it is lent; negative for a discount (PDIED).")          \
    T(X, "purchase_price", "priceAtPurchaseDate", MONEY, "Price at the purchase (PPRD).")          \
    T(X, "termination_price", "priceAtTerminationDate", MONEY, "Price at the termination (PTD).")  \
    T(X, "interest_base", "interestCalculationBaseAmount", MONEY, "Base of interest (IPCBA).")     \
    T(X, "index_at_deal", "scalingIndexAtContractDealDate", NUMBER,                                \
        "Value that the scaling index is divided by (SCIXCDD).")                                   \
    T(X, "index_at_start", "scalingIndexAtStatusDate", NUMBER, "The same at the start (SCIXSD).")  \
    T(X, "notional_scale", "notionalScalingMultiplier", NUMBER, "Factor at the start (SCNT).")     \
    T(X, "interest_scale", "interestScalingMultiplier", NUMBER, "Factor at the start (SCIP).")     \
    T(X, "fee", "feeRate", NUMBER, "Fee (FER): an amount, or a rate on the notional.")             \
    T(X, "fee_accrued", "feeAccrued", MONEY, "Fee accrued at the start (FEAC).")                   \
    T(X, "coverage", "coverageOfCreditEnhancement", NUMBER, "Share that is covered (CECV).")       \
    T(X, "future_price", "futuresPrice", NUMBER, "Agreed price of one unit (PFUT).")               \
    T(X, "strike", "optionStrike1", NUMBER, "Strike (OPS1).")                                      \
    T(X, "strike2", "optionStrike2", NUMBER, "Strike of the put of a collar (OPS2).")              \
    T(X, "exercise_amount", "exerciseAmount", NUMBER,                                              \
        "What an exercise before the start gave (XA).")                                            \
    T(X, "units", "quantity", NUMBER, "Number of units (QT).")                                     \
    T(X, "value", "marketValueObserved", MONEY,                                                    \
        "Value of one unit, where no driver gives it (MVO).")                                      \
    T(X, "penalty", "penaltyRate", NUMBER, "Penalty of a prepayment (PYRT).")                      \
    T(X, "line", "creditLineAmount", MONEY, "The most that may be drawn (CLA).")                   \
    T(X, "initial_exchange", "initialExchangeDate", DATE,                                          \
        "Day on which it is lent or begins (IED); the start if absent.")                           \
    T(X, "maturity", "maturityDate", DATE, "Its end (MD).")                                        \
    T(X, "amortization", "amortizationDate", DATE, "End of the annuity's plan (AMD).")             \
    T(X, "purchase", "purchaseDate", DATE, "Day on which it is bought (PRD).")                     \
    T(X, "termination", "terminationDate", DATE, "Day on which it is sold or ended (TD).")         \
    T(X, "first_redemption", "cycleAnchorDateOfPrincipalRedemption", DATE, "First one (PRANX).")   \
    T(X, "first_interest", "cycleAnchorDateOfInterestPayment", DATE, "First one (IPANX).")         \
    T(X, "first_reset", "cycleAnchorDateOfRateReset", DATE, "First one (RRANX).")                  \
    T(X, "first_scaling", "cycleAnchorDateOfScalingIndex", DATE, "First one (SCANX).")             \
    T(X, "first_base", "cycleAnchorDateOfInterestCalculationBase", DATE, "First one (IPCBANX).")   \
    T(X, "first_fee", "cycleAnchorDateOfFee", DATE, "First one (FEANX).")                          \
    T(X, "first_dividend", "cycleAnchorDateOfDividendPayment", DATE, "First one (DVANX).")         \
    T(X, "capitalises_until", "capitalizationEndDate", DATE,                                       \
        "Until then interest is added to principal (IPCED).")                                      \
    T(X, "exercise", "exerciseDate", DATE, "Day of the exercise (XD).")                            \
    T(X, "redemption_cycle", "cycleOfPrincipalRedemption", CYCLE,                                  \
        "Time between instalments (PRCL).")                                                        \
    T(X, "interest", "cycleOfInterestPayment", CYCLE, "Time between interest payments (IPCL).")    \
    T(X, "reset", "cycleOfRateReset", CYCLE,                                                       \
        "Time between resets (RRCL); with an index that of interest if absent.")                   \
    T(X, "scaling_cycle", "cycleOfScalingIndex", CYCLE, "Time between scalings (SCCL).")           \
    T(X, "base_cycle", "cycleOfInterestCalculationBase", CYCLE, "Time between bases (IPCBCL).")    \
    T(X, "fee_cycle", "cycleOfFee", CYCLE, "Time between fees (FECL).")                            \
    T(X, "dividend_cycle", "cycleOfDividendPayment", CYCLE, "Time between dividends (DVCL).")      \
    T(X, "settlement", "settlementPeriod", CYCLE, "Time from exercise to payment (STP).")          \
    T(X, "notice", "xDayNotice", CYCLE, "Time from a call to its payment (XDN).")                  \
    T(X, "end_of_month", "endOfMonthConvention", TEXT, "`SD` or `EOM` (EOMC).")                    \
    T(X, "business_days", "businessDayConvention", TEXT, "`SCF`, `CSMF` and so on (BDC).")         \
    T(X, "holidays", "calendar", TEXT, "`NC`, `MF`, `TARGET`, `US` or `FED` (CLDR).")              \
    T(X, "day_count", "dayCountConvention", TEXT,                                                  \
        "How days become years of interest (DCC); ACT/360 if absent.")                             \
    T(X, "base", "interestCalculationBase", TEXT, "`NT`, `NTIED` or `NTL` (IPCB).")                \
    T(X, "fee_basis", "feeBasis", TEXT, "`A`, an amount, or `N`, a rate on the notional (FEB).")   \
    T(X, "settles", "deliverySettlement", TEXT,                                                    \
        "`S`, the balance of the month, or `D`, each payment (DS); S if absent.")                  \
    T(X, "exercise_type", "optionExerciseType", TEXT, "`E`, `B` or `A` (OPXT).")                   \
    T(X, "option", "optionType", TEXT, "`C`, `P` or `CP` (OPTP).")                                 \
    T(X, "exposure", "guaranteedExposure", TEXT,                                                   \
        "`NO`, principal, or `NI`, with interest (CEGE); NI if absent.")                           \
    T(X, "prepayment_effect", "prepaymentEffect", TEXT, "`N`, `A` or `M` (PPEF).")                 \
    T(X, "penalty_type", "penaltyType", TEXT, "`N`, `A` or `R` (PYTP).")                           \
    T(X, "interest_point", "cyclePointOfInterestPayment", TEXT, "`E` or `B`, in advance (IPPNT).") \
    T(X, "reset_point", "cyclePointOfRateReset", TEXT, "`B` or `E`, in arrears (RRPNT).")          \
    T(X, "scaling", "scalingEffect", TEXT, "`I00`, `0N0` or `IN0` (SCEF).")                        \
    T(X, "second_currency", "currency2", TEXT, "Its second currency (CUR2).")                      \
    T(X, "index", "marketObjectCodeOfRateReset", DRIVER, "Driver that the rate follows (RRMO).")   \
    T(X, "price", "marketObjectCode", DRIVER,                                                      \
        "Driver that gives the price of one unit, or of the second currency (MOC).")               \
    T(X, "scaling_index", "marketObjectCodeOfScalingIndex", DRIVER, "Driver that scales (SCMO).")  \
    T(X, "dividends", "marketObjectCodeOfDividends", DRIVER,                                       \
        "Driver that is the dividend (DVMO).")                                                     \
    T(X, "redemption_dates", "arrayCycleAnchorDateOfPrincipalRedemption", LIST, "LAX (ARPRANX).")  \
    T(X, "redemption_cycles", "arrayCycleOfPrincipalRedemption", LIST, "LAX (ARPRCL).")            \
    T(X, "redemptions", "arrayNextPrincipalRedemptionPayment", LIST, "LAX (ARPRNXT).")             \
    T(X, "directions", "arrayIncreaseDecrease", LIST, "LAX: `INC` or `DEC` each (ARINCDEC).")      \
    T(X, "interest_dates", "arrayCycleAnchorDateOfInterestPayment", LIST, "LAX (ARIPANX).")        \
    T(X, "interest_cycles", "arrayCycleOfInterestPayment", LIST, "LAX (ARIPCL).")                  \
    T(X, "reset_dates", "arrayCycleAnchorDateOfRateReset", LIST, "LAX (ARRRANX).")                 \
    T(X, "reset_cycles", "arrayCycleOfRateReset", LIST, "LAX (ARRRCL).")                           \
    T(X, "rates", "arrayRate", LIST, "LAX: rate or spread of each segment (ARRATE).")              \
    T(X, "fixed_or_variable", "arrayFixedVariable", LIST, "LAX: `FIX` or `VAR` each (ARFIXVAR).")  \
    T(X, "own_terms", "cardhouse", OWN, "Terms that the standard lacks; docs/contracts.md.")

/* Ranges and detail of the types of terms. */
#define CHI_TERM_MONEY(X, key, doc) X(key, MONEY, OPTIONAL, "", NO_LOW, NO_HIGH, "", doc)
#define CHI_TERM_NUMBER(X, key, doc) X(key, NUMBER, OPTIONAL, "", -BIG, BIG, "", doc)
#define CHI_TERM_RATE(X, key, doc) X(key, RATE, OPTIONAL, "", -1, 10, "", doc)
#define CHI_TERM_DATE(X, key, doc) X(key, MOMENT, OPTIONAL, "", 0, 0, "", doc)
#define CHI_TERM_CYCLE(X, key, doc) X(key, CYCLE, OPTIONAL, "", 0, 0, "", doc)
#define CHI_TERM_TEXT(X, key, doc) X(key, TEXT, OPTIONAL, "", 0, 0, "", doc)
#define CHI_TERM_DRIVER(X, key, doc) X(key, NAME, OPTIONAL, "", 0, 0, "driver", doc)
#define CHI_TERM_LIST(X, key, doc) X(key, TERMS, OPTIONAL, "", 0, 0, "", doc)
#define CHI_TERM_OWN(X, key, doc) X(key, ANY, OPTIONAL, "", 0, 0, "", doc)

#define CHI_TERM_OF_OWN(X, own, name, type, doc) CHI_TERM_##type(X, own, doc)
#define CHI_TERM_OF_DICTIONARY(X, own, name, type, doc)                                            \
    CHI_TERM_##type(X, name, "The same as `" own "`.")

#define CHI_DEAL_TYPE_WORDS                                                                        \
    "PAM|LAM|NAM|ANN|LAX|CLM|UMP|CSH|COM|STK|FXOUT|SWPPV|SWAPS|CAPFL|OPTNS|FUTUR|CEG|CEC"

#define CHI_FIELDS_DEAL_TERMS(X)                                                                   \
    X("type", CHOICE, OPTIONAL, "", 0, 0, CHI_DEAL_TYPE_WORDS, "ACTUS type.")                      \
    X("contractType", CHOICE, OPTIONAL, "", 0, 0, CHI_DEAL_TYPE_WORDS, "The same as `type`.")      \
    CHI_DEAL_TERMS(CHI_TERM_OF_OWN, X)                                                             \
    CHI_DEAL_TERMS(CHI_TERM_OF_DICTIONARY, X)                                                      \
    X("statusDate", MOMENT, OPTIONAL, "", 0, 0, "", "The start of the model, if it is given.")     \
    X("currency", TEXT, OPTIONAL, "", 0, 0, "", "The currency of the model, if it is given.")      \
    X("contractID", TEXT, OPTIONAL, "", 0, 0, "", "Known and without effect.")                     \
    X("contractDealDate", TEXT, OPTIONAL, "", 0, 0, "", "Known and without effect.")

#define CHI_FIELDS_ACTUS_LEG(X)                                                                    \
    CHI_FIELDS_DEAL_TERMS(X)                                                                       \
    X("contractRole", TEXT, OPTIONAL, "", 0, 0, "", "Role in the part; by its place if absent.")   \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_ACTUS(X)                                                                        \
    X("kind", CHOICE, OPTIONAL, "actus", 0, 0, "actus", "Kind of the contract.")                   \
    X("lender", NAME, OPTIONAL, "", 0, 0, "firm", "PAM to UMP: who lent it all.")                  \
    X("lenders", SHARES, OPTIONAL, "", 0, 1, "firm", "PAM to UMP: who lent which share.")          \
    X("borrower", NAME, OPTIONAL, "", 0, 0, "firm",                                                \
        "PAM to UMP: who owes; of a deposit the bank.")                                            \
    X("receiver", NAME, OPTIONAL, "", 0, 0, "firm",                                                \
        "SWPPV, SWAPS: who receives the fixed rate, or the first leg.")                            \
    X("payer", NAME, OPTIONAL, "", 0, 0, "firm", "SWPPV, SWAPS: who pays it.")                     \
    X("buyer", NAME, OPTIONAL, "", 0, 0, "firm",                                                   \
        "CAPFL, OPTNS, FUTUR, FXOUT, COM: who has the right or the goods.")                        \
    X("seller", NAME, OPTIONAL, "", 0, 0, "firm", "The other party of these.")                     \
    X("holder", NAME, OPTIONAL, "", 0, 0, "firm", "CSH, STK: whose asset it is.")                  \
    X("custodian", NAME, OPTIONAL, "", 0, 0, "firm", "CSH: who keeps the cash.")                   \
    X("issuer", NAME, OPTIONAL, "", 0, 0, "firm", "STK: whose shares they are.")                   \
    X("beneficiary", NAME, OPTIONAL, "", 0, 0, "firm", "CEG, CEC: the lender that is covered.")    \
    X("guarantor", NAME, OPTIONAL, "", 0, 0, "firm", "CEG: who pays in its place.")                \
    X("provider", NAME, OPTIONAL, "", 0, 0, "firm", "CEC: who holds the collateral.")              \
    X("creatorID", NAME, OPTIONAL, "", 0, 0, "firm", "ACTUS: the firm whose role is stated.")      \
    X("counterpartyID", NAME, OPTIONAL, "", 0, 0, "firm", "ACTUS: the other firm.")                \
    X("contractRole", TEXT, OPTIONAL, "", 0, 0, "", "ACTUS: role of the creator, such as RPA.")    \
    CHI_FIELDS_DEAL_TERMS(X)                                                                       \
    X("first", MAPPING, OPTIONAL, "", 0, 0, "actus_leg", "SWAPS: the leg that the receiver gets.") \
    X("second", MAPPING, OPTIONAL, "", 0, 0, "actus_leg",                                          \
        "SWAPS: the leg that the receiver pays.")                                                  \
    X("underlying", MAPPING, OPTIONAL, "", 0, 0, "actus_leg", "CAPFL: the loan without bounds.")   \
    X("contractStructure", ANY, OPTIONAL, "", 0, 0, "",                                            \
        "ACTUS: a list of `object`, `referenceType` and `referenceRole`.")                         \
    X("covers", NAMES, OPTIONAL, "", 0, 0, "loan", "CEG, CEC: the debts that are covered.")        \
    X("collateral", NAMES, OPTIONAL, "", 0, 0, "standard contract",                                \
        "CEC: contracts of type CSH, COM or STK that the provider holds.")                         \
    X("flows", INSTALMENTS, OPTIONAL, "", NO_LOW, NO_HIGH, "",                                     \
        "UMP: principal paid in by date, negative for taken out.")                                 \
    X("prepayments", INSTALMENTS, OPTIONAL, "", 0, NO_HIGH, "", "Principal prepaid, by date.")     \
    X("draws", INSTALMENTS, OPTIONAL, "", 0, NO_HIGH, "", "Principal drawn, by date.")             \
    X("called", DATE, OPTIONAL, "", 0, 0, "", "CLM: day of the call.")                             \
    X("seniority", CHOICE, OPTIONAL, "", 0, 0,                                                     \
        "operating|senior_secured|senior_unsecured|subordinated",                                  \
        "Order in which a payer's dues are paid; by type if absent, see docs/contracts.md.")       \
    X("cross_default", CROSS_DEFAULT, OPTIONAL, "no", 0, 0, "cross_default",                       \
        "PAM to UMP: whether default on other debt of the borrower is a default here.")            \
    X("grace", MONTHS, OPTIONAL, "0 months", 0, 120, "",                                           \
        "PAM to UMP: how long arrears on it may stand.")                                           \
    CHI_FIELDS_NOTE(X)

#endif

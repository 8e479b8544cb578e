/* The keys of contracts, markets and scenario events; the second half of model/schema_fields.h. */
#ifndef CHI_MODEL_SCHEMA_CONTRACTS_H
#define CHI_MODEL_SCHEMA_CONTRACTS_H

#define CHI_FIELDS_PARTIES(X)                                                                      \
    X("borrower", NAME, REQUIRED, "", 0, 0, "firm", "Who owes.")                                   \
    X("lender", NAME, OPTIONAL, "", 0, 0, "firm", "Who lent it all; or use `lenders`.")            \
    X("lenders", SHARES, OPTIONAL, "", 0, 1, "firm", "Who lent which share.")

#define CHI_FIELDS_DEBT(X)                                                                         \
    X("rate", LOAN_RATE, REQUIRED, "", -1, 10, "rate", "Interest a year.")                         \
    X("maturity", DATE, REQUIRED, "", 0, 0, "", "When all that is left is due.")                   \
    X("interest", MONTHS, REQUIRED, "", 0, 120, "",                                                \
        "Time between interest payments; `0 months` pays at maturity only.")                       \
    X("first_interest", DATE, OPTIONAL, "", 0, 0, "",                                              \
        "Some interest date; the cycle is counted back from maturity if absent.")                  \
    X("day_count", CHOICE, OPTIONAL, "ACT/360", 0, 0,                                              \
        "ACT/360|ACT/365F|ACT/ACT ISDA|30/360|30E/360|30E/360 ISDA|28E/336",                       \
        "How days become years of interest.")                                                      \
    X("accrued", MONEY, OPTIONAL, "0", 0, NO_HIGH, "", "Interest accrued at the start.")           \
    CHI_FIELDS_SENIORITY(X, "senior_secured")                                                      \
    X("cross_default", CROSS_DEFAULT, OPTIONAL, "no", 0, 0, "cross_default",                       \
        "Whether default on other debt of the borrower is a default here.")                        \
    X("grace", MONTHS, OPTIONAL, "0 months", 0, 120, "", "How long arrears on it may stand.")

#define CHI_FIELDS_REDEMPTION(X)                                                                   \
    X("instalments", INSTALMENTS, OPTIONAL, "", 0, NO_HIGH, "",                                    \
        "Principal due by date, or so much a period; the rest is due at maturity.")                \
    X("redemption_cycle", MONTHS, OPTIONAL, "0 months", 0, 120, "", "Time between instalments.")   \
    X("first_redemption", DATE, OPTIONAL, "", 0, 0, "",                                            \
        "First instalment; one period after the start if absent.")

#define CHI_FIELDS_FACILITY(X)                                                                     \
    X("commitment", MONEY, REQUIRED, "", 0, NO_HIGH, "", "The most that can be drawn.")            \
    X("drawn", MONEY, REQUIRED, "", 0, NO_HIGH, "", "Principal at the start.")                     \
    X("other_use", MONEY, OPTIONAL, "0", 0, NO_HIGH, "",                                           \
        "Part of the commitment used otherwise, such as letters of credit.")                       \
    X("undrawn_fee", RATE, OPTIONAL, "0", 0, 1, "", "Fee a year on what is not drawn.")            \
    X("availability_end", DATE, OPTIONAL, "", 0, 0, "", "Last day for draws; maturity if absent.") \
    X("draw_condition", TEST, OPTIONAL, "", 0, 0, "", "What must hold for a draw.")

#define CHI_FIELDS_LOAN(X)                                                                         \
    X("kind", CHOICE, REQUIRED, "", 0, 0, "loan", "Kind of the contract.")                         \
    CHI_FIELDS_PARTIES(X)                                                                          \
    X("type", CHOICE, OPTIONAL, "PAM", 0, 0, "PAM|LAM",                                            \
        "ACTUS type: PAM repays at maturity, LAM in equal parts.")                                 \
    X("notional", MONEY, REQUIRED, "", 0, NO_HIGH, "", "Principal at the start, or lent later.")   \
    X("initial_exchange", DATE, OPTIONAL, "", 0, 0, "",                                            \
        "Day on which it is lent, if that is after the start.")                                    \
    CHI_FIELDS_DEBT(X)                                                                             \
    X("redemption", MONEY, OPTIONAL, "0", 0, NO_HIGH, "", "LAM: principal due each period.")       \
    CHI_FIELDS_REDEMPTION(X)                                                                       \
    X("capitalises", YES_NO, OPTIONAL, "no", 0, 0, "",                                             \
        "Whether interest is added to principal instead of paid.")                                 \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_DELAYED_DRAW_LOAN(X)                                                            \
    X("kind", CHOICE, REQUIRED, "", 0, 0, "delayed_draw_loan", "Kind of the contract.")            \
    CHI_FIELDS_PARTIES(X)                                                                          \
    CHI_FIELDS_FACILITY(X)                                                                         \
    CHI_FIELDS_DEBT(X)                                                                             \
    CHI_FIELDS_REDEMPTION(X)                                                                       \
    X("draw_instalment", SHARE, OPTIONAL, "0", 0, 1, "",                                           \
        "Share of what is drawn after the start that is due each period.")                         \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_REVOLVER(X)                                                                     \
    X("kind", CHOICE, REQUIRED, "", 0, 0, "revolver", "Kind of the contract.")                     \
    CHI_FIELDS_PARTIES(X)                                                                          \
    CHI_FIELDS_FACILITY(X)                                                                         \
    CHI_FIELDS_DEBT(X)                                                                             \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_RATE(X)                                                                         \
    X("index", NAME, REQUIRED, "", 0, 0, "driver", "Driver that the rate follows.")                \
    X("spread", RATE, OPTIONAL, "0", -1, 10, "", "Added to the index.")                            \
    X("floor", RATE, OPTIONAL, "", -1, 10, "", "Lowest value of the index.")                       \
    X("multiplier", NUMBER, OPTIONAL, "1", -100, 100, "", "Factor on the index.")                  \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_CROSS_DEFAULT(X)                                                                \
    X("threshold", MONEY, OPTIONAL, "0", 0, NO_HIGH, "",                                           \
        "The other debt in default must be at least this much.")                                   \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_TAKE_OR_PAY(X)                                                                  \
    X("kind", CHOICE, REQUIRED, "", 0, 0, "take_or_pay", "Kind of the contract.")                  \
    X("seller", NAME, REQUIRED, "", 0, 0, "firm", "Who provides.")                                 \
    X("buyer", NAME, REQUIRED, "", 0, 0, "firm", "Who pays.")                                      \
    X("amount", FLOW, REQUIRED, "", NO_LOW, NO_HIGH, "", "Bill of a month.")                       \
    X("from", DATE, OPTIONAL, "", 0, 0, "", "First month billed; the first if absent.")            \
    X("until", DATE, OPTIONAL, "", 0, 0, "", "Last month billed; the last if absent.")             \
    X("advance", MAPPING, OPTIONAL, "", 0, 0, "advance", "Money paid ahead.")                      \
    X("cancellation", INTENSITY, OPTIONAL, "0", 0, 1000, "", "Expected cancellations a year.")     \
    CHI_FIELDS_SENIORITY(X, "operating")                                                           \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_ADVANCE(X)                                                                      \
    X("open", MONEY, OPTIONAL, "0", 0, NO_HIGH, "", "Received before the start, not worked off.")  \
    X("amount", MONEY, OPTIONAL, "0", 0, NO_HIGH, "", "Paid at the date `at`.")                    \
    X("at", DATE, OPTIONAL, "", 0, 0, "", "When `amount` is paid.")                                \
    X("share", SHARE, REQUIRED, "", 0, 1, "", "Share of each bill settled from the advance.")      \
    CHI_FIELDS_SENIORITY(X, "senior_unsecured")                                                    \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_MARKET(X)                                                                       \
    X("open", NAME, OPTIONAL, "", 0, 0, "driver",                                                  \
        "Chain driver that opens and shuts it; always open if absent.")                            \
    X("base", NAME, OPTIONAL, "", 0, 0, "driver", "Driver that the spread is added to.")           \
    X("spread", INTENSITY, REQUIRED, "", -1, 10, "", "Interest a year above the base.")            \
    X("capacity", FLOW, REQUIRED, "", 0, NO_HIGH, "", "The most one firm can issue a month.")      \
    X("discount", SHARE, OPTIONAL, "0", 0, 1, "", "Share of the face kept by the buyers.")         \
    X("tenor", MONTHS, REQUIRED, "", 1, 1200, "", "Life of the notes; beyond the horizon.")        \
    X("interest", MONTHS, OPTIONAL, "6 months", 1, 120, "", "Time between interest payments.")     \
    X("day_count", CHOICE, OPTIONAL, "30/360", 0, 0,                                               \
        "ACT/360|ACT/365F|ACT/ACT ISDA|30/360|30E/360|30E/360 ISDA|28E/336",                       \
        "How days become years of interest.")                                                      \
    CHI_FIELDS_SENIORITY(X, "senior_unsecured")                                                    \
    X("cross_default", CROSS_DEFAULT, OPTIONAL, "no", 0, 0, "cross_default",                       \
        "Whether default on other debt of the issuer is a default of the notes.")                  \
    X("grace", MONTHS, OPTIONAL, "0 months", 0, 120, "", "How long arrears on them may stand.")    \
    X("lender", NAME, OPTIONAL, "", 0, 0, "firm", "Who buys all the notes; or use `lenders`.")     \
    X("lenders", SHARES, OPTIONAL, "", 0, 1, "firm", "Who buys which share of the notes.")         \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_EVENT_CANCEL(X)                                                                 \
    X("at", DATE, REQUIRED, "", 0, 0, "", "When.")                                                 \
    X("cancel", NAME, REQUIRED, "", 0, 0, "take-or-pay contract", "What ends.")

#define CHI_FIELDS_EVENT_DEFAULT(X)                                                                \
    X("at", DATE, REQUIRED, "", 0, 0, "", "When.")                                                 \
    X("default", NAME, REQUIRED, "", 0, 0, "firm", "Who fails.")

#define CHI_FIELDS_EVENT_SHUT(X)                                                                   \
    X("at", DATE, REQUIRED, "", 0, 0, "", "First month shut.")                                     \
    X("until", DATE, OPTIONAL, "", 0, 0, "", "Last month shut; the last of all if absent.")        \
    X("shut", NAME, REQUIRED, "", 0, 0, "market", "What shuts.")

#define CHI_FIELDS_EVENT_SHIFT(X)                                                                  \
    X("at", DATE, REQUIRED, "", 0, 0, "", "First month shifted.")                                  \
    X("until", DATE, OPTIONAL, "", 0, 0, "", "Last month shifted; the last of all if absent.")     \
    X("shift", NAME, REQUIRED, "", 0, 0, "driver", "What is shifted.")                             \
    X("by", NUMBER, REQUIRED, "", -BIG, BIG, "", "What is added to it.")

#define CHI_FIELDS_EVENT_SET(X)                                                                    \
    X("set", TEXT, REQUIRED, "", 0, 0, "", "Path of the value, with dots: firms.a.opening.")       \
    X("to", ANY, REQUIRED, "", 0, 0, "", "New value.")

#define CHI_FIELDS_VALUE(X)                                                                        \
    CHI_FIELDS_AMOUNT(X)                                                                           \
    CHI_FIELDS_NOTE(X)

#endif

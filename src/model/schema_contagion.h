/* The keys of holdings, supplies, common assets and contagion; a part of model/schema_fields.h. */
#ifndef CHI_MODEL_SCHEMA_CONTAGION_H
#define CHI_MODEL_SCHEMA_CONTAGION_H

#define CHI_FIELDS_HOLDING(X)                                                                      \
    X("issuer", NAME, REQUIRED, "", 0, 0, "firm", "Whose equity it is.")                           \
    X("holder", NAME, REQUIRED, "", 0, 0, "firm", "Who owns it.")                                  \
    X("share", SHARE, REQUIRED, "", 0, 1, "", "Share of the issuer's equity.")                     \
    X("value", MONEY, OPTIONAL, "", 0, NO_HIGH, "",                                                \
        "What the holder carries it at; the share of the issuer's book equity if absent.")         \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_SUPPLY(X)                                                                       \
    X("supplier", NAME, REQUIRED, "", 0, 0, "firm", "Who provides.")                               \
    X("customer", NAME, REQUIRED, "", 0, 0, "firm", "Whose revenue hangs on it.")                  \
    X("dependency", SHARE, REQUIRED, "", 0, 1, "",                                                 \
        "Share of the customer's revenue that is lost without the supplier.")                      \
    X("essential", YES_NO, OPTIONAL, "no", 0, 0, "",                                               \
        "Whether it limits output by itself; shortages of the others add up.")                     \
    X("replaced_after", MONTHS, OPTIONAL, "", 1, 1200, "",                                         \
        "How long until another supplier takes over; never if absent.")                            \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_COMMON_ASSET(X)                                                                 \
    X("impact", SHARE, REQUIRED, "", 0, 0.99, "", "Share of its price lost by a sale of `sale`.")  \
    X("sale", MONEY, REQUIRED, "", 1e-9, NO_HIGH, "",                                              \
        "The sale, at the prices of the start, to which `impact` belongs.")                        \
    X("property", STAKES, OPTIONAL, "", 0, 1, "firm",                                              \
        "Simulated firms, and the share of their property that is of this kind.")                  \
    X("held", SHEET, OPTIONAL, "", 0, NO_HIGH, "",                                                 \
        "Firms that are not simulated, and how much they own at the start.")                       \
    CHI_FIELDS_NOTE(X)

#define CHI_FIELDS_CONTAGION(X)                                                                    \
    X("window", MONTHS, OPTIONAL, "", 1, 600, "",                                                  \
        "How long a hit by a failure counts as what brought a firm down; always if absent.")       \
    X("claims", CHOICE, OPTIONAL, "face", 0, 0, "face|debtrank|threshold",                         \
        "What loans to a firm that lives are worth: their face; the share of its equity at the "   \
        "start that is left; or `recovery` once no more than `threshold` of that is left.")        \
    X("threshold", SHARE, OPTIONAL, "0", 0, 1, "", "With `threshold`: share of equity left.")      \
    X("recovery", SHARE, OPTIONAL, "40%", 0, 1, "", "With `threshold`: value below it.")           \
    CHI_FIELDS_NOTE(X)

#endif

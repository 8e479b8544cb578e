/* Valuation of claims before maturity: the NEVA family (Barucca et al. 2020).
 *
 * Every firm's equity is its outside assets less all it owes plus its claims, each claim at the
 * share V of its face that the debtor's own equity makes it worth. From face value downward the
 * iteration reaches the greatest solution, because no V falls when equity rises. */
#ifndef CHI_CLEAR_NET_VALUE_H
#define CHI_CLEAR_NET_VALUE_H

#include "clear/net_matrix.h"

/* X(enum, name) */
#define CHI_NET_RULE_LIST(X)                                                                       \
    X(CHI_NET_FURFINE, "furfine")                                                                  \
    X(CHI_NET_FURFINE_RECOVERY, "furfine_recovery")                                                \
    X(CHI_NET_EISENBERG_NOE, "eisenberg_noe")                                                      \
    X(CHI_NET_LINEAR_DEBTRANK, "linear_debtrank")                                                  \
    X(CHI_NET_MERTON, "merton")                                                                    \
    X(CHI_NET_MERTON_FIXED, "merton_fixed_recovery")                                               \
    X(CHI_NET_BLACKCOX, "blackcox")

typedef enum chi_net_rule {
#define CHI_NET_RULE_ENUM(id, name) id,
    CHI_NET_RULE_LIST(CHI_NET_RULE_ENUM)
#undef CHI_NET_RULE_ENUM
        CHI_NET_RULE_COUNT
} chi_net_rule;

const char *chi_net_rule_name(chi_net_rule rule);
chi_net_rule chi_net_rule_find(const char *name); /* CHI_NET_RULE_COUNT if there is none */
bool chi_net_rule_needs_sigma(chi_net_rule rule);

typedef struct chi_net_valuation_input {
    const chi_net_matrix *claims; /* row: creditor, column: debtor, weight: face amount */
    const double *outside;        /* outside assets after the shock */
    const double *book;           /* outside assets before it */
    const double *external;       /* owed to outsiders */
    const double *sigma;          /* volatility of outside assets over the horizon; may be NULL */
    double recovery;              /* share recovered, in the rules that fix one */
} chi_net_valuation_input;

typedef struct chi_net_valuation {
    double *book_equity; /* before the shock, claims at face */
    double *equity, *value, *first_round;
    size_t sweeps;
    double error; /* estimate, money: last step times rate / (1 - rate) */
    bool converged;
} chi_net_valuation;

chi_net_valuation chi_net_value(
    chi_arena *arena, const chi_net_valuation_input *input, chi_net_rule rule);

/* No equity of `found` is further than this from that of the greatest solution, money. The map is
 * monotone, so walks from face value down and from nothing up, rounded outward, keep it between
 * them. Proven for rules without sigma; for those with it, if the rule itself is computed to 1e-13.
 * Where the walk from below stops short, as it does where solutions are several, it is wide. */
double chi_net_value_bound(chi_arena *arena, const chi_net_valuation_input *input,
    chi_net_rule rule, const chi_net_valuation *found);

#endif

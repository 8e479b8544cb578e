/* Day counts: the fraction of a year between two days under a named convention. */
#ifndef CHI_TEXT_DAYCOUNT_H
#define CHI_TEXT_DAYCOUNT_H

#include "text/date.h"

/* X(enum, name in model files and daycount.csv, ACTUS code or "") */
#define CHI_DAYCOUNT_LIST(X)                                                                       \
    X(CHI_DC_ACT_360, "ACT/360", "A360")                                                           \
    X(CHI_DC_ACT_365F, "ACT/365F", "A365")                                                         \
    X(CHI_DC_ACT_ACT_ISDA, "ACT/ACT ISDA", "AA")                                                   \
    X(CHI_DC_30_360, "30/360", "")                                                                 \
    X(CHI_DC_30E_360, "30E/360", "30E360")                                                         \
    X(CHI_DC_30E_360_ISDA, "30E/360 ISDA", "30E360ISDA")                                           \
    X(CHI_DC_28E_336, "28E/336", "28E336")                                                         \
    X(CHI_DC_30U_360, "30U/360", "")                                                               \
    X(CHI_DC_30EP_360, "30E+/360", "")                                                             \
    X(CHI_DC_ACT_ACT_ICMA, "ACT/ACT ICMA", "")                                                     \
    X(CHI_DC_ACT_ACT_AFB, "ACT/ACT AFB", "")                                                       \
    X(CHI_DC_ACT_364, "ACT/364", "")                                                               \
    X(CHI_DC_ACT_365L, "ACT/365L", "")                                                             \
    X(CHI_DC_NL_365, "NL/365", "")

typedef enum chi_daycount {
#define CHI_DAYCOUNT_ENUM(id, name, actus) id,
    CHI_DAYCOUNT_LIST(CHI_DAYCOUNT_ENUM)
#undef CHI_DAYCOUNT_ENUM
        CHI_DC_COUNT
} chi_daycount;

/* A notional coupon period of ACT/ACT ICMA; `frequency` such periods make a year. */
typedef struct chi_daycount_period {
    chi_day start, end;
    int frequency;
} chi_daycount_period;

/* What some conventions need beside the two days; 0 where unknown. */
typedef struct chi_daycount_context {
    chi_day termination;                /* 30E/360 ISDA; INT32_MIN if none */
    chi_day period_start, period_end;   /* notional coupon period, ACT/ACT ICMA */
    int frequency;                      /* coupons a year, ACT/ACT ICMA, ACT/365L */
    const chi_daycount_period *periods; /* several periods in order, ACT/ACT ICMA; may be NULL */
    size_t period_count;
} chi_daycount_context;

/* Years from `from` to `to` (negative if reversed). context may be NULL. NaN when the convention
 * needs more context than it got: ACT/ACT ICMA without periods that cover both days, ACT/365L
 * without a frequency. */
double chi_year_fraction(
    chi_daycount kind, chi_day from, chi_day to, const chi_daycount_context *context);

/* Accepts the names and the ACTUS codes of the list. False if unknown. */
bool chi_daycount_parse(const char *text, chi_daycount *kind);

/* Denominator of the conventions that money-market rates use: 360, 364 or 365; 0 for the others. */
int chi_daycount_fixed_basis(chi_daycount kind);

/* One rate for a period of overnight rates, compounded in arrears: the growth of 1 over all
 * fixings, annualised over the days of the period (2021 ISDA Definitions 7.2). `basis` is 360 or
 * 365. NaN if there are no days. */
double chi_overnight_compounded(const double *rates, const int *days, size_t count, int basis);
/* The same averaged by days instead (no interest on interest). */
double chi_overnight_averaged(const double *rates, const int *days, size_t count);

#endif

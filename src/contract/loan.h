/* A loan's terms become dated instants: the part of a loan that is the same on every path. */
#ifndef CHI_CONTRACT_LOAN_H
#define CHI_CONTRACT_LOAN_H

#include "model/model.h"

/* All ACTUS events of one loan at one date. Weights are 0 or 1. */
typedef struct chi_instant {
    uint32_t loan, month;
    chi_day day;
    uint32_t unused;
    double years;       /* year fraction since the loan's last instant */
    double pays;        /* IP: interest and fee fall due */
    double capitalises; /* IPCI: interest is added to principal */
    double redemption;  /* PR: scheduled principal */
    double draw_share;  /* PR: of what was drawn after start */
    double matures;     /* MD */
    double resets;      /* RR: the rate follows the index from here on */
} chi_instant;

typedef CHI_VEC(chi_instant) chi_instants;

/* Appends the instants of loan `row` up to the model's horizon, in order of date. Loans that can
 * be drawn also get one at each month's end, where draws happen. */
void chi_loan_instants(const ch_model *model, uint32_t row, chi_arena *arena, chi_instants *out);

/* The same over an own horizon, for the principal ladder, which looks past the model's. */
void chi_loan_instants_until(
    const ch_model *model, uint32_t row, uint32_t months, chi_arena *arena, chi_instants *out);

/* Principal falls due in the month that contains the day; CHI_NONE if before or at start. */
uint32_t chi_month_of(const ch_model *model, chi_day day, uint32_t months);

/* Year fraction between two days under the loan's day count. */
double chi_loan_years(const chi_loan *loan, chi_day from, chi_day to);

#endif

/* A model put into words, for `cardhouse check`. */
#ifndef CHI_MODEL_DESCRIBE_H
#define CHI_MODEL_DESCRIBE_H

#include "model/grid.h"
#include "model/read.h"

typedef struct chi_describer {
    const ch_model *model;
    chi_arena *arena;
    chi_writer *writer;
    chi_names numbers; /* rows of evidence by path */
} chi_describer;

/* Writes title, dates, drivers, firms, contracts, claims, opening sheets, the principal ladder and
 * the state of the evidence; at most 100 columns wide. */
void chi_model_describe(const ch_model *model, chi_arena *arena, chi_writer *writer);

/* Its parts; describe_debt.c, describe_deals.c, describe_contagion.c and describe_evidence.c. */
void chi_describe_deals(chi_describer *d);
const char *chi_describe_debt_rate(chi_describer *d, const chi_loan *loan); /* of a standard one */
void chi_describe_contagion(chi_describer *d);
void chi_describe_claims(chi_describer *d);
void chi_describe_ladder(chi_describer *d);
void chi_describe_interest(chi_describer *d);
void chi_describe_evidence(chi_describer *d);

/* A number as the file writes it, by its path; NULL if the file does not give it. */
const char *chi_describe_written(const chi_describer *d, const char *path);
const char *chi_describe_name(const chi_describer *d, uint32_t text);
void chi_describe_head(chi_describer *d, const char *head);
/* Rate of a loan at the start of the model, a year. */
double chi_loan_rate_at_start(const ch_model *model, const chi_loan *loan);
/* Interest and fees that accrue on a loan from the start to a day, on its schedule at the start. */
double chi_loan_interest_until(const ch_model *model, uint32_t row, chi_day until);
/* An amount in one month, its expression taken with every driver at its start; NaN if it names
 * anything else. */
double chi_amount_at_start(const ch_model *model, const chi_amount *amount, uint32_t month);

#endif

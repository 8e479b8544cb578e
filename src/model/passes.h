/* The passes of model reading, in their order; run by model/read.c. */
#ifndef CHI_MODEL_PASSES_H
#define CHI_MODEL_PASSES_H

#include "model/amount.h"
#include "model/read.h"
#include "model/read_file.h"

/* Replaces nodes by the `set` events of the chosen scenario, and finds the scenario by name. */
void chi_overlay_apply(chi_reader *reader);
/* Puts one number at an end of its range; false if there is no such number alone. */
bool chi_vary_apply(chi_reader *reader, const chi_vary *vary);
/* Title, currency, unit, start, months. */
void chi_head_read(chi_reader *reader);
/* Names of drivers, firms, contracts and markets, each with its row. */
void chi_index_read(chi_reader *reader);
void chi_drivers_read(chi_reader *reader);
void chi_correlations_read(chi_reader *reader);
void chi_loan_read(chi_reader *reader, const chi_contract *contract);
void chi_deal_read(chi_reader *reader, chi_contract *contract);
void chi_covers_read(chi_reader *reader); /* what guarantees and collateral lean on */
void chi_customer_read(chi_reader *reader, const chi_contract *contract);
void chi_markets_read(chi_reader *reader);
void chi_firms_read(chi_reader *reader);   /* sheets against claims and loans, defaults, failures */
void chi_lines_read(chi_reader *reader);   /* operations, sorted */
void chi_funding_read(chi_reader *reader); /* ladders, and the notes that markets issue */
void chi_covenants_read(chi_reader *reader);
void chi_contagion_read(chi_reader *reader); /* holdings, supplies, common assets, contagion */
void chi_events_read(chi_reader *reader);
void chi_streams_check(chi_reader *reader);

/* --- shared by contracts and markets ------------------------------------------------------- */

/* Appends the shares of a mapping's `lender` or `lenders`. `borrower` must not be among them. */
chi_slice chi_lenders_read(chi_reader *reader, const chi_map *map, uint32_t borrower);
/* Fills class, day count, cycle of interest, cross default and grace of a loan or of notes. */
void chi_debt_terms_read(chi_reader *reader, const chi_map *map, chi_loan *loan);
void chi_cross_default_read(chi_reader *reader, const chi_map *map, chi_loan *loan);
/* The type of the standard that a word is, CHI_DEAL_NONE if none. */
uint32_t chi_deal_type_of(const char *word);
/* The rate of a loan. */
void chi_rate_read(chi_reader *reader, const chi_map *map, chi_loan *loan);
/* Redemption terms of loan `row`, and its rows of scheduled principal. */
void chi_redemption_read(chi_reader *reader, const chi_map *map, chi_loan *loan, uint32_t row);
/* Sum of what a firm's loans owe at the start. */
double chi_principal_at_start(const chi_reader *reader, uint32_t firm);

/* Reads a test `a <= b` as an expression that is >= 0 while it holds; CHI_NONE after an error. */
uint32_t chi_test_read(
    chi_reader *reader, const chi_map *map, const char *key, const chi_scope *scope, bool *strict);

/* Lower Cholesky factor of a symmetric matrix of `size` rows, row-major. Returns `size`, or the
 * first row at which the matrix stops being positive definite. */
size_t chi_cholesky(const double *matrix, size_t size, double *factor);

#endif

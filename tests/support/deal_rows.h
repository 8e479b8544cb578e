/* Rows of contracts by the ACTUS standard, written straight into a builder. */
#ifndef TESTS_SUPPORT_DEAL_ROWS_H
#define TESTS_SUPPORT_DEAL_ROWS_H

#include "model/model.h"

/* Begins a deal; its terms must follow before the next one begins. Status date, currency, type and
 * role are written; a debt also gets a row of loan, whose lender is the creator. */
chi_deal *deal_begin(
    chi_builder *b, const char *name, chi_deal_type type, uint32_t creator, uint32_t counterparty);
/* A term of the deal begun last. Of part 1 and 2 the first term must be "role". */
void deal_term(chi_builder *b, uint32_t part, const char *name, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* A date as a term, `days` after the start. */
void deal_date(chi_builder *b, uint32_t part, const char *name, chi_day day);
/* A dated event of the deal begun last, in order of date. */
void deal_event(chi_builder *b, chi_deal_event_kind kind, chi_day day, double amount);
/* What the deal begun last leans on. */
void deal_covers(chi_builder *b, uint32_t loan);
void deal_collateral(chi_builder *b, uint32_t deal);

#endif

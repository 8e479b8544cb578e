/* Files of contracts: an object of cases in the form of the public ACTUS tests, or a CSV table with
 * one contract a row. */
#ifndef CHI_CONTRACT_ACTUS_CASE_H
#define CHI_CONTRACT_ACTUS_CASE_H

#include "contract/actus.h"

typedef struct chi_actus_cases {
    size_t count;
    chi_actus_case *at;
} chi_actus_cases;

/* Reads every case. Cases that are wrong have terms NULL and their diagnostics. False if the file
 * as a whole is wrong. */
bool chi_actus_cases_read(chi_actus_reader *reader, const chi_node *root, chi_actus_cases *cases);
bool chi_actus_cases_read_csv(chi_actus_reader *reader, const char *name, const char *text,
    size_t size, chi_actus_cases *cases);

/* Reads a CSV table with the columns object, time and value. False after diagnostics. */
bool chi_actus_market_read(chi_arena *arena, ch_diags *diags, const char *name, const char *text,
    size_t size, chi_actus_market *market);
const chi_actus_series *chi_actus_market_find(const chi_actus_market *market, const char *object);

/* Writers. JSON: object of case id -> array of events with the field names of the public cases.
 * CSV: the same as a long table. Text: a table for people. */
ch_status chi_actus_write_json(const chi_actus_cases *cases, ch_write_fn write, void *context);
ch_status chi_actus_write_csv(const chi_actus_cases *cases, ch_write_fn write, void *context);
ch_status chi_actus_write_text(const chi_actus_cases *cases, ch_write_fn write, void *context);
/* One case with, for each event, the numbers that entered it. */
ch_status chi_actus_write_explained(const chi_actus_case *one, ch_write_fn write, void *context);

const char *chi_actus_kind_name(uint8_t kind);
const char *chi_actus_type_name(uint8_t type);

#endif

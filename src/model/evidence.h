/* Rows that no result depends on: what stands behind the numbers, and what `check` prints. */
#ifndef CHI_MODEL_EVIDENCE_H
#define CHI_MODEL_EVIDENCE_H

#include "cardhouse/ch_diag.h"
#include "text/date.h"

#include <stdint.h>

/* Principal due on a day, as scheduled at the start, also beyond the horizon: for the ladder. */
typedef struct chi_repayment {
    uint32_t loan;
    chi_day day;
    double amount;
} chi_repayment;

typedef enum chi_basis { CHI_REPORTED, CHI_DERIVED, CHI_ESTIMATE, CHI_UNSTATED } chi_basis;

/* One number of the file with what stands behind it. */
typedef struct chi_evidence {
    uint32_t path;   /* "firms.coreweave.opening.cash" */
    uint32_t text;   /* as written */
    uint32_t source; /* "" if none */
    uint32_t basis;  /* chi_basis */
    ch_span span;
    uint32_t unused;
    double low, high; /* NaN if not given */
} chi_evidence;

#endif

/* Cardhouse: loading a model. A model is immutable after loading and must outlive its runs. */
#ifndef CARDHOUSE_CH_MODEL_H
#define CARDHOUSE_CH_MODEL_H

#include "cardhouse/ch_base.h"
#include "cardhouse/ch_diag.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { CH_MONTHS_MAX = 600 };

typedef struct ch_model ch_model;

/* Reads, checks and freezes a model file. `scenario` names one of its scenarios; NULL or "base" is
 * the model as it stands. *diags receives all diagnostics, warnings too, also on success (NULL if
 * there are none); the caller frees it. Errors: CH_E_INPUT (see *diags), CH_E_IO, CH_E_MEMORY. */
ch_status ch_model_load_file(
    const char *path, const char *scenario, ch_model **out, ch_diags **diags);

/* The same from memory; `name` is what diagnostics call it. */
ch_status ch_model_load_text(const char *text, size_t size, const char *name, const char *scenario,
    ch_model **out, ch_diags **diags);

uint64_t ch_model_hash(const ch_model *model);        /* of the content; same on every machine */
const char *ch_model_title(const ch_model *model);    /* owned by the model */
const char *ch_model_currency(const ch_model *model); /* "USD million" */
const char *ch_model_scenario(const ch_model *model); /* "base" if none is laid over it */
uint32_t ch_model_months(const ch_model *model);      /* horizon, up to CH_MONTHS_MAX */
size_t ch_model_firm_count(const ch_model *model);    /* firm 0 is `outside` */
const char *ch_model_firm_id(const ch_model *model, size_t firm);   /* as in the file */
const char *ch_model_firm_name(const ch_model *model, size_t firm); /* for a reader */
/* Simulated firms have a survival curve of their own cash; others fail by intensity or losses. */
int ch_model_firm_is_simulated(const ch_model *model, size_t firm);
void ch_model_start(const ch_model *model, char out[11]); /* day of the opening sheets, ISO 8601 */
/* Writes the last day of month `month` (0-based; month 0 ends one month after the start). */
void ch_model_month_date(const ch_model *model, uint32_t month, char out[11]);

/* What stands behind one number of the file. Strings are owned by the model. */
typedef enum ch_basis { CH_REPORTED, CH_DERIVED, CH_ESTIMATE, CH_UNSTATED } ch_basis;
typedef struct ch_evidence {
    const char *path;   /* "firms.coreweave.opening.cash" */
    const char *text;   /* the number as written */
    const char *source; /* "" if none is given */
    ch_basis basis;
    double low, high; /* in the unit of the number; NaN if not given */
} ch_evidence;
size_t ch_model_evidence_count(const ch_model *model);
ch_evidence ch_model_evidence(const ch_model *model, size_t index); /* index < count */

/* Writes what `cardhouse check` prints: firms, contracts, who owes whom, ties of the opening
 * sheets and the principal ladder, numbers without a source. CH_E_IO if write asks to stop. */
ch_status ch_model_describe(const ch_model *model, ch_write_fn write, void *context);

/* Names of the scenarios of a file in its order; *names and its strings belong to *list. */
typedef struct ch_scenarios ch_scenarios;
ch_status ch_scenarios_load_file(const char *path, ch_scenarios **out, ch_diags **diags);
size_t ch_scenarios_count(const ch_scenarios *list);
const char *ch_scenarios_name(const ch_scenarios *list, size_t index);
void ch_scenarios_free(ch_scenarios *list);

void ch_model_free(ch_model *model);

#ifdef __cplusplus
}
#endif
#endif

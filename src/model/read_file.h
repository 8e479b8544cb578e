/* From a text to a frozen model; what the public API calls. */
#ifndef CHI_MODEL_READ_FILE_H
#define CHI_MODEL_READ_FILE_H

#include "model/deal_query.h"
#include "model/model.h"
#include "text/node.h"

/* One number of the file at an end of its range: the mapping at `path` gives it as `low` or `high`.
 */
typedef struct chi_vary {
    const char *path;
    bool high;
} chi_vary;

/* Reads a tree into rows and freezes them. NULL after adding diagnostics, or when memory ends
 * without any. `scenario` "" or "base" is the model as it stands; `check_deal` knows the terms of
 * contracts by the ACTUS standard. With `vary`, which may be NULL, after the scenario; NULL without
 * diagnostics also where there is no such number. */
ch_model *chi_model_read(chi_arena *arena, ch_diags *diags, chi_node *root, const char *scenario,
    const chi_vary *vary, chi_deal_check_fn *check_deal, bool *no_memory);

#endif

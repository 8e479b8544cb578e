/* Loading a model from a text that is in memory: shared by the files of this folder. */
#ifndef CHI_API_LOAD_H
#define CHI_API_LOAD_H

#include "cardhouse/ch_model.h"
#include "model/read_file.h"

typedef struct chi_source {
    const char *name; /* what messages call it */
    const char *text;
    size_t size;
    const char *scenario; /* NULL or "base": as it stands */
} chi_source;

/* ch_model_load_text() with one number at an end of its range; CH_E_INPUT without diagnostics if
 * there is no such number. `vary` may be NULL. */
ch_status chi_load_source(
    const chi_source *source, const chi_vary *vary, ch_model **out, ch_diags **diags);

#endif

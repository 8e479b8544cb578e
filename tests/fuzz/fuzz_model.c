/* Any bytes either become a model or are refused with a diagnostic, never both and never neither;
 * the model can then be put into words. */
#include "base/check.h"
#include "cardhouse/ch_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int ignore(void *context, const char *text, size_t size)
{
    (void)context, (void)text, (void)size;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ch_model *model = NULL;
    ch_diags *diags = NULL;
    ch_status status =
        ch_model_load_text((const char *)data, size, "fuzz.yaml", NULL, &model, &diags);
    CHI_ASSERT((status == CH_OK) == (model != NULL));
    CHI_ASSERT((status == CH_E_INPUT) == (ch_diags_errors(diags) > 0));
    if (model)
        CHI_ASSERT(ch_model_describe(model, ignore, NULL) == CH_OK);
    ch_diags_print(diags, CH_DIAG_TEXT, ignore, NULL);
    ch_model_free(model);
    ch_diags_free(diags);
    return 0;
}

/* A model from a text that must be without fault. */
#ifndef TESTS_SUPPORT_TEXT_MODEL_H
#define TESTS_SUPPORT_TEXT_MODEL_H

#include "support/cmocka_all.h"
#include "support/collect.h"

#include "cardhouse/cardhouse.h"

/* The caller frees it. Fails the test with the diagnostics if the text has a fault. */
static inline ch_model *text_model(const char *text, size_t size)
{
    ch_model *model = NULL;
    ch_diags *diags = NULL;
    if (ch_model_load_text(text, size, "text", NULL, &model, &diags) != CH_OK)
        fail_msg("%s", collect_diags(diags, CH_DIAG_TEXT));
    ch_diags_free(diags);
    return model;
}

#endif

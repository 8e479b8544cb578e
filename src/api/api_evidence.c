/* Implements the getters of ch_model.h that say what a model rests on: its day, its scenario and
 * the basis of its numbers. */
#include "base/check.h"
#include "model/model.h"
#include "text/date.h"

_Static_assert((int)CH_REPORTED == (int)CHI_REPORTED && (int)CH_DERIVED == (int)CHI_DERIVED &&
                   (int)CH_ESTIMATE == (int)CHI_ESTIMATE && (int)CH_UNSTATED == (int)CHI_UNSTATED,
    "public and internal lists of bases agree");

const char *ch_model_scenario(const ch_model *model)
{
    CHI_ASSERT(model != NULL);
    const char *name = chi_model_text(model, model->scenario);
    return *name ? name : "base";
}

void ch_model_start(const ch_model *model, char out[11])
{
    CHI_ASSERT(model != NULL);
    chi_day_format(model->start, out);
}

size_t ch_model_evidence_count(const ch_model *model)
{
    CHI_ASSERT(model != NULL);
    return model->evidence_count;
}

ch_evidence ch_model_evidence(const ch_model *model, size_t index)
{
    CHI_ASSERT(model != NULL);
    CHI_ASSERT(index < model->evidence_count);
    const chi_evidence *row = &model->evidence[index];
    return (ch_evidence){
        .path = chi_model_text(model, row->path),
        .text = chi_model_text(model, row->text),
        .source = chi_model_text(model, row->source),
        .basis = (ch_basis)row->basis,
        .low = row->low,
        .high = row->high,
    };
}

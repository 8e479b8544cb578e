/* A model put into words, for `cardhouse check`. */
#ifndef CHI_MODEL_DESCRIBE_H
#define CHI_MODEL_DESCRIBE_H

#include "base/write.h"
#include "model/model.h"

/* Writes title, dates, drivers, firms, contracts, claims, opening sheets, the principal ladder and
 * the state of the evidence; at most 100 columns wide. */
void chi_model_describe(const ch_model *model, chi_arena *arena, chi_writer *writer);

#endif

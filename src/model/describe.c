/* A model put into words. */
#include "model/describe.h"

void chi_model_describe(const ch_model *model, chi_arena *arena, chi_writer *writer)
{
    (void)arena;
    chi_write_format(writer, "%s\n", chi_model_text(model, model->title));
}

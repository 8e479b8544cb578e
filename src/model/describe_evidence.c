/* What the numbers of a model rest on. */
#include "model/describe.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

static const char *const basis_names[] = {"reported", "derived", "estimate", "not stated"};
enum { BASES = sizeof basis_names / sizeof *basis_names };

static bool has_source(const ch_model *model, const chi_evidence *row)
{
    return *chi_model_text(model, row->source) != '\0';
}

static void describe_counts(chi_describer *d)
{
    const ch_model *model = d->model;
    size_t by_basis[BASES] = {0}, without = 0;
    for (uint32_t i = 0; i < model->evidence_count; i++) {
        by_basis[model->evidence[i].basis]++;
        without += !has_source(model, &model->evidence[i]);
    }
    chi_describe_head(d, "Numbers");
    chi_write_format(d->writer, "  %u in all:", model->evidence_count);
    for (size_t i = 0; i < BASES; i++)
        chi_write_format(d->writer, " %zu %s,", by_basis[i], basis_names[i]);
    chi_write_format(d->writer, " %zu without a source\n", without);
}

static const char *bound(chi_describer *d, double value, bool percent)
{
    if (isnan(value))
        return "?";
    return percent ? chi_percent_text(d->arena, value) : chi_number_text(d->arena, value, 4);
}

/* In percent where the number itself is. */
static const char *range_of(chi_describer *d, const chi_evidence *row)
{
    bool percent = strchr(chi_describe_name(d, row->text), '%') != NULL;
    if (isnan(row->low) && isnan(row->high))
        return "";
    return chi_arena_format(
        d->arena, "%s to %s", bound(d, row->low, percent), bound(d, row->high, percent));
}

static void describe_estimates(chi_describer *d)
{
    const ch_model *model = d->model;
    chi_grid grid = chi_grid_make(d->arena, "lLl");
    size_t count = 0;
    for (uint32_t i = 0; i < model->evidence_count; i++) {
        const chi_evidence *row = &model->evidence[i];
        if (row->basis != CHI_ESTIMATE)
            continue;
        count++;
        CHI_GRID_ROW(&grid, chi_describe_name(d, row->path), chi_describe_name(d, row->text),
            range_of(d, row));
    }
    if (count == 0)
        return;
    chi_describe_head(d, "Estimates, with the range where one is given");
    chi_grid_write(&grid, d->writer);
}

static void describe_unsourced(chi_describer *d)
{
    const ch_model *model = d->model;
    chi_grid grid = chi_grid_make(d->arena, "lL");
    size_t count = 0;
    for (uint32_t i = 0; i < model->evidence_count; i++) {
        const chi_evidence *row = &model->evidence[i];
        if (has_source(model, row))
            continue;
        count++;
        CHI_GRID_ROW(&grid, chi_describe_name(d, row->path), chi_describe_name(d, row->text));
    }
    if (count == 0)
        return;
    chi_describe_head(d, "Numbers without a source");
    chi_grid_write(&grid, d->writer);
}

void chi_describe_evidence(chi_describer *d)
{
    describe_counts(d);
    describe_estimates(d);
    describe_unsourced(d);
}

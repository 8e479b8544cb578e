/* Layout of the state block, from the list of fields. */
#include "engine/state.h"

#include "base/check.h"

static size_t stride_of(size_t paths)
{
    return paths <= 8 ? paths : paths + 8;
}

size_t chi_state_columns(const chi_counts *counts)
{
    const chi_counts *n = counts;
    size_t columns = 0;
#define COUNT(name, count, begins, doc) columns += (count);
    CHI_STATE_LIST(COUNT)
#undef COUNT
    return columns;
}

size_t chi_state_doubles(const chi_counts *counts, size_t paths)
{
    return chi_state_columns(counts) * stride_of(paths);
}

void chi_state_place(chi_state *state, const chi_counts *counts, size_t paths, double *memory)
{
    const chi_counts *n = counts;
    CHI_ASSERT(paths == 1 || paths == 8 || paths % 64 == 0);
    state->paths = paths;
    state->stride = stride_of(paths);
    state->block = memory;
    state->columns = 0;
#define PLACE(name, count, begins, doc)                                                            \
    state->name = memory + state->columns * state->stride;                                         \
    state->columns += (count);
    CHI_STATE_LIST(PLACE)
#undef PLACE
}

const char *chi_state_column_name(const chi_counts *counts, size_t column, size_t *row)
{
    const chi_counts *n = counts;
#define FIND(name, count, begins, doc)                                                             \
    if (column < (count)) {                                                                        \
        *row = column;                                                                             \
        return #name;                                                                              \
    }                                                                                              \
    column -= (count);
    CHI_STATE_LIST(FIND)
#undef FIND
    *row = 0;
    return "";
}

const char *chi_state_column_rows(const chi_counts *counts, size_t column)
{
    const chi_counts *n = counts;
#define FIND(name, count, begins, doc)                                                             \
    if (column < (count))                                                                          \
        return #count;                                                                             \
    column -= (count);
    CHI_STATE_LIST(FIND)
#undef FIND
    return "";
}

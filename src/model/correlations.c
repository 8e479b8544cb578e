/* The correlation of the drivers' monthly innovations, and which pair is to blame if it cannot be.
 */
#include "model/passes.h"

#include "base/check.h"

#include <math.h>
#include <stdlib.h>

/* One entry of the list: [driver, driver, correlation]. */
typedef struct entry {
    const chi_node *node;
    uint32_t a, b; /* rows of driver */
    size_t i, j;   /* rows of the matrix, i > j */
    double value;
} entry;

typedef struct entries {
    CHI_VEC(entry) list;
} entries;

static double *identity(chi_reader *reader, size_t size)
{
    double *matrix = chi_arena_alloc(reader->arena, (size * size + 1) * sizeof *matrix);
    for (size_t i = 0; i < size; i++)
        matrix[i * size + i] = 1.0;
    return matrix;
}

static void set_pair(double *matrix, size_t size, const entry *pair, double value)
{
    matrix[pair->i * size + pair->j] = value;
    matrix[pair->j * size + pair->i] = value;
}

/* The row of the matrix of one name of an entry. False after an error. */
static bool read_side(chi_reader *reader, const chi_node *node, uint32_t *driver, size_t *row)
{
    *driver = chi_read_name(reader, node, 302, "driver", &reader->drivers);
    if (*driver == CHI_NONE)
        return false;
    uint32_t normal = reader->build.driver.at[*driver].normal;
    *row = normal;
    if (normal == CHI_NONE)
        chi_diag(reader->diags, 422, node->span, NULL,
            "`%s` cannot be correlated: it has no volatility", node->text);
    return normal != CHI_NONE;
}

static bool read_entry(chi_reader *reader, const chi_node *node, entry *pair)
{
    *pair = (entry){.node = node};
    if (node->kind != CHI_SEQUENCE || node->size != 3) {
        chi_diag(reader->diags, 236, node->span, NULL,
            "a correlation is a list of two drivers and a number");
        return false;
    }
    const chi_node *first = node->first, *second = first->next, *value = second->next;
    const chi_field *field = chi_map_field(&reader->top, "correlations");
    bool good = read_side(reader, first, &pair->a, &pair->i);
    good = read_side(reader, second, &pair->b, &pair->j) && good;
    const char *path = chi_arena_format(reader->arena, "correlations.%s.%s",
        first->kind == CHI_SCALAR ? first->text : "",
        second->kind == CHI_SCALAR ? second->text : "");
    good = chi_read_number(reader, &reader->top, value, field, path, &pair->value) && good;
    if (good && pair->i == pair->j) {
        chi_diag(reader->diags, 405, node->span, NULL, "a driver's correlation with itself is 1");
        return false;
    }
    if (pair->i < pair->j) {
        size_t i = pair->i;
        pair->i = pair->j;
        pair->j = i;
    }
    return good;
}

/* Two entries for one pair leave one of them without a meaning. */
static bool is_repeated(chi_reader *reader, const entries *pairs, const entry *fresh)
{
    for (size_t k = 0; k < pairs->list.count; k++)
        if (pairs->list.at[k].i == fresh->i && pairs->list.at[k].j == fresh->j) {
            chi_diag_related(reader->diags, 405, fresh->node->span, pairs->list.at[k].node->span,
                NULL, "the correlation of this pair is given twice");
            return true;
        }
    return false;
}

/* True if the matrix of the first `count` pairs, with the last one scaled, can be a correlation. */
static bool holds(chi_reader *reader, const entries *pairs, size_t count, double scale)
{
    size_t size = reader->build.normal_count;
    double *matrix = identity(reader, size);
    double *factor = identity(reader, size);
    for (size_t k = 0; k < count; k++)
        set_pair(matrix, size, &pairs->list.at[k],
            pairs->list.at[k].value * (k + 1 == count ? scale : 1.0));
    return chi_cholesky(matrix, size, factor) == size;
}

/* Blames a pair that cannot stand with those before it, and says how far it may go. */
static void blame(chi_reader *reader, const entries *pairs)
{
    size_t good = 0, count = pairs->list.count;
    while (count - good > 1) {
        size_t middle = good + (count - good) / 2;
        if (holds(reader, pairs, middle, 1.0))
            good = middle;
        else
            count = middle;
    }
    double low = 0.0, high = 1.0;
    for (int step = 0; step < 20; step++) {
        double middle = 0.5 * (low + high);
        if (holds(reader, pairs, count, middle))
            low = middle;
        else
            high = middle;
    }
    const entry *pair = &pairs->list.at[count - 1];
    const chi_name *names = reader->drivers.list.at;
    double limit = floor(low * fabs(pair->value) * 1000.0) / 10.0;
    chi_diag(reader->diags, 404, pair->node->span,
        chi_arena_format(
            reader->arena, "with the pairs above it, its size may be at most %.1f%%", limit),
        "the correlation of `%s` and `%s`, %.4g%%, contradicts the others", names[pair->a].text,
        names[pair->b].text, 100.0 * pair->value);
}

static void read_list(chi_reader *reader, const chi_node *list, entries *pairs)
{
    if (!list)
        return;
    if (list->kind != CHI_SEQUENCE) {
        chi_shape_error(reader, list, "a list");
        return;
    }
    for (const chi_node *node = list->first; node; node = node->next) {
        entry pair;
        if (read_entry(reader, node, &pair) && !is_repeated(reader, pairs, &pair))
            *CHI_PUSH(reader->arena, &pairs->list) = pair;
    }
}

void chi_correlations_read(chi_reader *reader)
{
    size_t size = reader->build.normal_count;
    entries pairs = {0};
    read_list(reader, chi_map_node(&reader->top, "correlations"), &pairs);
    double *matrix = identity(reader, size);
    double *factor = identity(reader, size);
    for (size_t k = 0; k < pairs.list.count; k++)
        set_pair(matrix, size, &pairs.list.at[k], pairs.list.at[k].value);
    if (chi_cholesky(matrix, size, factor) < size)
        blame(reader, &pairs);
    for (size_t k = 0; k < size * size; k++)
        *CHI_PUSH(reader->arena, &reader->build.factor) = factor[k];
}

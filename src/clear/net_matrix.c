/* Sparse matrices of networks: building, products, strongly connected components. */
#include "clear/net_matrix.h"

#include "base/check.h"

#include <string.h>

/* An empty matrix with room for its entries. */
static chi_net_matrix matrix_new(chi_arena *arena, size_t rows, size_t columns, size_t entries)
{
    chi_net_matrix matrix = {.rows = rows, .columns = columns, .entries = entries};
    size_t room = entries ? entries : 1;
    matrix.start = chi_arena_alloc(arena, (rows + 1) * sizeof *matrix.start);
    matrix.column = chi_arena_alloc(arena, room * sizeof *matrix.column);
    matrix.weight = chi_arena_alloc(arena, room * sizeof *matrix.weight);
    return matrix;
}

/* Fills `flipped`, which has room, with the transpose of `matrix`. */
static void flip(const chi_net_matrix *matrix, chi_net_matrix *flipped)
{
    for (size_t k = 0; k < matrix->entries; k++)
        flipped->start[matrix->column[k] + 1]++;
    for (size_t r = 0; r < flipped->rows; r++)
        flipped->start[r + 1] += flipped->start[r];
    for (size_t row = 0; row < matrix->rows; row++) {
        for (size_t k = matrix->start[row]; k < matrix->start[row + 1]; k++) {
            size_t at = flipped->start[matrix->column[k]]++;
            flipped->column[at] = (uint32_t)row;
            flipped->weight[at] = matrix->weight[k];
        }
    }
    for (size_t r = flipped->rows; r > 0; r--)
        flipped->start[r] = flipped->start[r - 1];
    flipped->start[0] = 0;
}

chi_net_matrix chi_net_matrix_transpose(chi_arena *arena, const chi_net_matrix *matrix)
{
    chi_net_matrix flipped = matrix_new(arena, matrix->columns, matrix->rows, matrix->entries);
    flip(matrix, &flipped);
    return flipped;
}

/* A stable counting sort of entries by `key`, into `sorted`, which has room: with two passes
 * (column, then row) columns rise within rows and equal pairs keep the order of the input. */
static void sort_by(chi_net_matrix *sorted, size_t count, const uint32_t *key,
    const uint32_t *other, const double *weight)
{
    for (size_t k = 0; k < count; k++) {
        CHI_ASSERT(key[k] < sorted->rows && other[k] < sorted->columns);
        sorted->start[key[k] + 1]++;
    }
    for (size_t r = 0; r < sorted->rows; r++)
        sorted->start[r + 1] += sorted->start[r];
    for (size_t k = 0; k < count; k++) {
        size_t at = sorted->start[key[k]]++;
        sorted->column[at] = other[k];
        sorted->weight[at] = weight[k];
    }
    for (size_t r = sorted->rows; r > 0; r--)
        sorted->start[r] = sorted->start[r - 1];
    sorted->start[0] = 0;
}

/* Adds up entries of one pair and drops zeros, in place. */
static void merge_entries(chi_net_matrix *matrix)
{
    size_t write = 0;
    size_t read = 0;
    for (size_t row = 0; row < matrix->rows; row++) {
        size_t end = matrix->start[row + 1];
        matrix->start[row] = write;
        while (read < end) {
            uint32_t column = matrix->column[read];
            double sum = 0.0;
            for (; read < end && matrix->column[read] == column; read++)
                sum += matrix->weight[read];
            if (sum != 0.0) {
                matrix->column[write] = column;
                matrix->weight[write++] = sum;
            }
        }
    }
    matrix->start[matrix->rows] = write;
    matrix->entries = write;
}

chi_net_matrix chi_net_matrix_build(chi_arena *arena, size_t rows, size_t columns, size_t count,
    const uint32_t *row, const uint32_t *column, const double *weight)
{
    CHI_ASSERT(rows < UINT32_MAX && columns < UINT32_MAX);
    chi_net_matrix matrix = matrix_new(arena, rows, columns, count);
    /* The half-way copy is as large as the matrix and goes at once. It has no road of failure of
     * its own: when memory ends it is freed before the caller's is taken. */
    chi_arena scratch;
    chi_arena_init(&scratch);
    chi_net_matrix by_column = matrix_new(&scratch, columns, rows, count);
    if (!by_column.start || !by_column.column || !by_column.weight) {
        chi_arena_free(&scratch);
        chi_arena_fail(arena);
        return (chi_net_matrix){0};
    }
    sort_by(&by_column, count, column, row, weight);
    flip(&by_column, &matrix);
    chi_arena_free(&scratch);
    merge_entries(&matrix);
    return matrix;
}

double chi_net_row_times(const chi_net_matrix *matrix, size_t row, const double *x)
{
    double sum = 0.0;
    const uint32_t *column = matrix->column;
    const double *weight = matrix->weight;
    for (size_t k = matrix->start[row], end = matrix->start[row + 1]; k < end; k++)
        sum += weight[k] * x[column[k]];
    return sum;
}

double chi_net_row_sum(const chi_net_matrix *matrix, size_t row)
{
    double sum = 0.0;
    for (size_t k = matrix->start[row]; k < matrix->start[row + 1]; k++)
        sum += matrix->weight[k];
    return sum;
}

void chi_net_multiply(
    const chi_net_matrix *matrix, const double *base, const double *x, double *out)
{
    for (size_t row = 0; row < matrix->rows; row++)
        out[row] = (base ? base[row] : 0.0) + chi_net_row_times(matrix, row, x);
}

/* State of the walk of Tarjan's algorithm. */
typedef struct walk {
    const chi_net_matrix *matrix;
    uint32_t *order, *low, *stack, *path;
    size_t *next; /* next entry to look at, per vertex on the path */
    bool *on_stack;
    uint32_t counter;
    size_t stack_size, components;
} walk;

static void walk_enter(walk *w, uint32_t vertex)
{
    w->order[vertex] = w->low[vertex] = ++w->counter;
    w->next[vertex] = w->matrix->start[vertex];
    w->stack[w->stack_size++] = vertex;
    w->on_stack[vertex] = true;
}

/* Everything reachable from `vertex` has been seen: closes its component if it is the root. */
static void walk_leave(walk *w, uint32_t vertex, uint32_t *component)
{
    if (w->low[vertex] != w->order[vertex])
        return;
    uint32_t member;
    do {
        member = w->stack[--w->stack_size];
        w->on_stack[member] = false;
        component[member] = (uint32_t)w->components;
    } while (member != vertex);
    w->components++;
}

static void walk_from(walk *w, uint32_t root, uint32_t *component)
{
    size_t depth = 0;
    w->path[depth++] = root;
    walk_enter(w, root);
    while (depth) {
        uint32_t vertex = w->path[depth - 1];
        if (w->next[vertex] < w->matrix->start[vertex + 1]) {
            uint32_t target = w->matrix->column[w->next[vertex]++];
            if (!w->order[target]) {
                w->path[depth++] = target;
                walk_enter(w, target);
            } else if (w->on_stack[target] && w->order[target] < w->low[vertex]) {
                w->low[vertex] = w->order[target];
            }
            continue;
        }
        walk_leave(w, vertex, component);
        if (--depth) {
            uint32_t parent = w->path[depth - 1];
            if (w->low[vertex] < w->low[parent])
                w->low[parent] = w->low[vertex];
        }
    }
}

size_t chi_net_components(chi_arena *arena, const chi_net_matrix *matrix, uint32_t *component)
{
    CHI_ASSERT(matrix->rows == matrix->columns);
    size_t n = matrix->rows ? matrix->rows : 1;
    walk w = {.matrix = matrix};
    w.order = chi_arena_alloc(arena, n * sizeof *w.order);
    w.low = chi_arena_alloc(arena, n * sizeof *w.low);
    w.stack = chi_arena_alloc(arena, n * sizeof *w.stack);
    w.path = chi_arena_alloc(arena, n * sizeof *w.path);
    w.next = chi_arena_alloc(arena, n * sizeof *w.next);
    w.on_stack = chi_arena_alloc(arena, n * sizeof *w.on_stack);
    for (uint32_t i = 0; i < matrix->rows; i++) {
        if (!w.order[i])
            walk_from(&w, i, component);
    }
    return w.components;
}

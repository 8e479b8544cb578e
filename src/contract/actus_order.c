/* The order of a contract's events: a merge sort of keys that takes the schedules as runs. */
#include "contract/actus_build.h"

#include <string.h>

/* Order of an event: time, then rank; equal ones keep the order in which they were pushed. */
static uint64_t order_key(const chi_actus_event *e, size_t index)
{
    uint64_t time = (uint64_t)((int64_t)e->pay - INT32_MIN);
    return time << 32 | (uint64_t)e->rank << CHI_ACTUS_INDEX_BITS | index;
}

/* End of the sorted run that begins at `from`. */
static size_t run_end(const uint64_t *at, size_t from, size_t count)
{
    size_t end = from + 1;
    while (end < count && at[end - 1] < at[end])
        end++;
    return end;
}

/* Merges [a, b) and [b, c) of `from` into `to`; without a branch on the keys, which nothing could
 * foretell. */
static void merge(
    uint64_t *restrict to, const uint64_t *restrict from, size_t a, size_t b, size_t c)
{
    size_t i = a, j = b, k = a;
    while (i < b && j < c) {
        uint64_t x = from[i], y = from[j];
        size_t first = x < y;
        to[k++] = first ? x : y;
        i += first;
        j += 1 - first;
    }
    while (i < b)
        to[k++] = from[i++];
    while (j < c)
        to[k++] = from[j++];
}

/* Natural merge sort: the schedules are runs already, so that few passes are needed. Returns the
 * sorted keys. */
static const uint64_t *sort_keys(uint64_t *from, uint64_t *to, size_t count)
{
    for (size_t runs = 2; runs > 1;) {
        runs = 0;
        for (size_t a = 0; a < count; runs++) {
            size_t b = run_end(from, a, count);
            size_t c = b < count ? run_end(from, b, count) : b;
            if (a == 0 && c == count && b == c)
                return from;
            merge(to, from, a, b, c);
            a = c;
        }
        uint64_t *swapped = from;
        from = to;
        to = swapped;
    }
    return from;
}

const uint64_t *chi_actus_sort(chi_actus_book *book, const chi_actus_event *at, size_t count)
{
    if (book->sort_room < count) {
        book->sort_room = 2 * count;
        book->keys = chi_arena_alloc(book->arena, 2 * book->sort_room * sizeof *book->keys);
        book->unsorted = chi_arena_alloc(book->arena, book->sort_room * sizeof *book->unsorted);
    }
    memcpy(book->unsorted, at, count * sizeof *at);
    for (size_t i = 0; i < count; i++)
        book->keys[i] = order_key(&at[i], i);
    return sort_keys(book->keys, book->keys + book->sort_room, count);
}

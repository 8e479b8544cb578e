/* Two runs on the same paths: what one has and the other has not, counted path by path. */
#include "result/result.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

ch_difference chi_paired(uint64_t only_here, uint64_t only_base, uint64_t of)
{
    ch_difference d = {.only_here = only_here, .only_base = only_base, .paths = of};
    double b = (double)only_here, c = (double)only_base, n = (double)of + 2.0;
    double middle = (b - c) / n, half = CHI_Z95 * sqrt(b + c + 1.0 - (b - c) * middle) / n;
    d.difference = of ? (b - c) / (double)of : 0.0;
    d.low = of && middle - half > -1.0 ? middle - half : -1.0;
    d.high = of && middle + half < 1.0 ? middle + half : 1.0;
    return d;
}

static bool pairs_with(const ch_result *result, const ch_result *base)
{
    const chi_ends *a = &result->total->ends, *b = &base->total->ends;
    return a->month && b->month && a->first == b->first && a->paths == b->paths &&
           result->seed == base->seed && result->plan->months == base->plan->months &&
           result->model->firm_count == base->model->firm_count;
}

/* A path on which the firm fails in month `here` of one run and `there` of the other, from 1, 0 for
 * never: it differs from the earlier failure until the later. Counts are changes until they are
 * summed; below zero they wrap, and back. */
static void count_path(uint16_t here, uint16_t there, ch_difference *out)
{
    if (here == there)
        return;
    bool later = here == 0 || (there != 0 && there < here);
    uint16_t from = later ? there : here, to = later ? here : there;
    if (later) {
        out[from - 1].only_here++;
        if (to != 0)
            out[to - 1].only_here--;
    } else {
        out[from - 1].only_base++;
        if (to != 0)
            out[to - 1].only_base--;
    }
}

int ch_result_differences(
    const ch_result *result, const ch_result *base, size_t firm, ch_difference *out)
{
    CHI_ASSERT(firm < result->model->firm_count);
    CHI_ASSERT(out != NULL);
    if (!pairs_with(result, base))
        return 0;
    const chi_ends *ends = &result->total->ends;
    const uint16_t *here = ends->month + firm * ends->paths;
    const uint16_t *there = base->total->ends.month + firm * ends->paths;
    uint64_t paths = 0, only_here = 0, only_base = 0;
    memset(out, 0, result->plan->months * sizeof *out);
    for (uint64_t i = 0; i < ends->paths; i++)
        if (here[i] != CHI_END_UNKNOWN && there[i] != CHI_END_UNKNOWN) {
            count_path(here[i], there[i], out);
            paths++;
        }
    for (uint32_t m = 0; m < result->plan->months; m++) {
        only_here += out[m].only_here;
        only_base += out[m].only_base;
        out[m] = chi_paired(only_here, only_base, paths);
    }
    return 1;
}

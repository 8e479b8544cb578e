/* What an interruption left out, in the words that every output and the program use. */
#include "base/check.h"
#include "result/page.h"
#include "result/result.h"
#include "result/weights.h"

#include <stdio.h>
#include <string.h>

int ch_weights_interrupted(const ch_weights *weights, char *out, size_t size)
{
    CHI_ASSERT(weights != NULL && out != NULL && size > 0);
    size_t weighed = weights->count + weights->left_count;
    out[0] = 0;
    if (weights->missing_count == 0)
        return 0;
    snprintf(
        out, size, "%zu of %zu estimates were weighed", weighed, weighed + weights->missing_count);
    return 1;
}

static void append(char *out, size_t size, const char *piece)
{
    size_t used = strlen(out);
    snprintf(out + used, size - used, "%s%s", used ? "; " : "", piece);
}

int ch_result_interrupted(
    const ch_result *result, const ch_write_options *options, char *out, size_t size)
{
    CHI_ASSERT(result != NULL && options != NULL && out != NULL && size > 0);
    char piece[200], cells[2][CHI_CELL_BYTES];
    out[0] = 0;
    if (result->partial) {
        snprintf(piece, sizeof piece, "%s of %s paths were finished",
            chi_count(result->total->paths, cells[0]), chi_count(result->asked, cells[1]));
        append(out, size, piece);
    }
    if (options->missing)
        append(out, size, options->missing);
    if (options->weights && ch_weights_interrupted(options->weights, piece, sizeof piece))
        append(out, size, piece);
    return out[0] != 0;
}

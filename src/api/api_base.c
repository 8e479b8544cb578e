/* Implements what ch_base.h declares beyond statuses. */
#include "base/check.h"
#include "base/diag.h"
#include "cardhouse/ch_base.h"

const char *ch_nearest_name(const char *word, const char *const *names, size_t count)
{
    CHI_ASSERT(word != NULL);
    CHI_ASSERT(names != NULL || count == 0);
    return chi_nearest_name(word, names, count);
}

/* The end of a process that found a bug of ours. */
#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void chi_check_failed(const char *file, int line, const char *text)
{
    fprintf(stderr, "cardhouse: internal error: %s:%d: %s\n", file, line, text);
    fflush(stderr);
    _Exit(70);
}

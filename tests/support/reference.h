/* Where the reference data lies: beside the repository, or where CARDHOUSE_REFERENCE says. */
#ifndef TESTS_SUPPORT_REFERENCE_H
#define TESTS_SUPPORT_REFERENCE_H

#include <stdio.h>
#include <stdlib.h>

/* Writes the path of a file of the reference data. Returns 0 when it is not there. */
static inline int reference_path(const char *name, char *path, size_t size)
{
    const char *folder = getenv("CARDHOUSE_REFERENCE");
    snprintf(path, size, "%s/%s", folder ? folder : CARDHOUSE_ROOT "/../shared/reference", name);
    FILE *file = fopen(path, "rb");
    if (file)
        fclose(file);
    return file != NULL;
}

#endif

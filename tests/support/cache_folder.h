/* A cache of their own for tests that compile models; nothing is left behind. */
#ifndef CARDHOUSE_TESTS_CACHE_FOLDER_H
#define CARDHOUSE_TESTS_CACHE_FOLDER_H

#include <stdio.h>
#include <stdlib.h>

typedef struct cache_folder {
    char path[32];
} cache_folder;

static inline cache_folder cache_folder_make(void)
{
    cache_folder folder = {"/tmp/cardhouse-cache-XXXXXX"};
    assert_non_null(mkdtemp(folder.path));
    setenv("XDG_CACHE_HOME", folder.path, 1);
    return folder;
}

static inline void cache_folder_remove(const cache_folder *folder)
{
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", folder->path);
    assert_int_equal(system(command), 0);
    unsetenv("XDG_CACHE_HOME");
}

#endif

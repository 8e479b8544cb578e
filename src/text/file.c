/* Whole files into memory. */
#include "text/node.h"

#include "base/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { FIRST_READ_BYTES = 1 << 16 };

/* A first guess at the bytes to read; large tables are then read without a copy. */
static size_t expected_bytes(FILE *stream, size_t bytes_max)
{
    struct stat info;
    if (fstat(fileno(stream), &info) != 0 || !S_ISREG(info.st_mode) || info.st_size <= 0)
        return FIRST_READ_BYTES;
    size_t size = (size_t)info.st_size;
    return size < bytes_max ? size + 1 : FIRST_READ_BYTES;
}

/* Reads to the end of the stream. *text stays NULL when memory ends, with CH_E_MEMORY. */
static ch_status read_stream(
    chi_arena *arena, FILE *stream, size_t bytes_max, char **text, size_t *size)
{
    size_t room = expected_bytes(stream, bytes_max), used = 0;
    char *bytes = chi_arena_alloc(arena, room + 1);
    while (bytes) {
        used += fread(bytes + used, 1, room - used, stream);
        if (ferror(stream))
            return CH_E_IO;
        if (used > bytes_max)
            return CH_E_INPUT;
        if (used < room) {
            bytes[used] = '\0';
            *text = bytes;
            *size = used;
            return CH_OK;
        }
        bytes = chi_arena_grow(arena, bytes, room, 2 * room + 1);
        room *= 2;
    }
    return CH_E_MEMORY;
}

ch_status chi_file_read_limit(
    chi_arena *arena, const char *path, size_t bytes_max, char **text, size_t *size)
{
    CHI_ASSERT(arena && path && text && size);
    *text = NULL;
    *size = 0;
    bool standard_input = strcmp(path, "-") == 0;
    FILE *stream = standard_input ? stdin : fopen(path, "rb");
    if (!stream)
        return CH_E_IO;
    /* the stream is open, so that the arena must not jump */
    jmp_buf *on_failure = arena->on_failure;
    arena->on_failure = NULL;
    ch_status status = read_stream(arena, stream, bytes_max, text, size);
    arena->on_failure = on_failure;
    int error = errno;
    if (!standard_input)
        fclose(stream);
    errno = error;
    if (status == CH_E_MEMORY)
        chi_arena_fail(arena);
    return status;
}

ch_status chi_file_read(chi_arena *arena, const char *path, char **text, size_t *size)
{
    return chi_file_read_limit(arena, path, CHI_TEXT_BYTES_MAX, text, size);
}

/* Cardhouse: statuses and limits that every other public header uses.
 *
 * Conventions of the whole API. Functions return a ch_status unless they are getters that cannot
 * fail; results come through out-pointers, which are set to NULL on failure. The caller's strings
 * are copied. Objects handed out are owned by the caller and have exactly one free function, which
 * accepts NULL. There is no global state; a model may be shared by threads, a run may not. */
#ifndef CARDHOUSE_CH_BASE_H
#define CARDHOUSE_CH_BASE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One list of statuses: name, exit code of the program that ends with it, text. */
#define CH_STATUS_LIST(X)                                                                          \
    X(CH_OK, 0, "done")                                                                            \
    X(CH_E_INPUT, 2, "the input has errors; see the diagnostics")                                  \
    X(CH_E_ARGUMENT, 2, "an argument is out of range")                                             \
    X(CH_E_MEMORY, 3, "out of memory")                                                             \
    X(CH_E_IO, 3, "a file could not be read or written")                                           \
    X(CH_E_INTERNAL, 70, "an internal check failed; please report it")                             \
    X(CH_E_CANCELLED, 130, "interrupted")

typedef enum ch_status {
#define CH_STATUS_ENUM(name, exit_code, text) name,
    CH_STATUS_LIST(CH_STATUS_ENUM)
#undef CH_STATUS_ENUM
        CH_STATUS_COUNT
} ch_status;

/* Text of a status, for a message. Never NULL. The string is static. */
const char *ch_status_text(ch_status status);

/* Exit code that a program ending with this status should return. */
int ch_status_exit_code(ch_status status);

/* Version of the library, "major.minor.patch". The string is static. */
const char *ch_version(void);

/* The nearest of `count` names to `word` by edit distance, for a suggestion after a slip of the
 * pen; NULL if none is near enough. The string is the caller's. */
const char *ch_nearest_name(const char *word, const char *const *names, size_t count);

/* Receives text. Returns 0 to go on, anything else to stop with CH_E_IO. */
typedef int (*ch_write_fn)(void *context, const char *text, size_t size);

#ifdef __cplusplus
}
#endif
#endif

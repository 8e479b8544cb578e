/* Buffered writing over a ch_write_fn, and growing texts in memory. Nothing here allocates but
 * chi_text_buffer. */
#ifndef CHI_BASE_WRITE_H
#define CHI_BASE_WRITE_H

#include "base/arena.h"
#include "cardhouse/ch_base.h"

#include <stdbool.h>

typedef struct chi_writer {
    ch_write_fn write;
    void *context;
    bool failed; /* write asked to stop; everything after is dropped */
    size_t used;
    char buffer[4096];
} chi_writer;

void chi_writer_init(chi_writer *writer, ch_write_fn write, void *context);
void chi_write(chi_writer *writer, const char *text, size_t size);
void chi_write_text(chi_writer *writer, const char *text); /* NUL-terminated */
void chi_write_repeat(chi_writer *writer, char c, size_t count);
/* Texts longer than 1023 bytes are cut; use chi_write for those of unknown length. */
void chi_write_format(chi_writer *writer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Text for a terminal: controls and bytes that are not UTF-8 become U+FFFD. */
void chi_write_plain(chi_writer *writer, const char *text, size_t size);
/* A JSON string with its quotes (RFC 8259, section 7); bytes that are not UTF-8 become U+FFFD. */
void chi_write_json_string(chi_writer *writer, const char *text, size_t size);
/* Hands over what is buffered. CH_E_IO if any write asked to stop. */
ch_status chi_writer_finish(chi_writer *writer);

/* A ch_write_fn that appends to a text in an arena: context is a chi_text_buffer. It asks to stop
 * when memory ends. at is NUL-terminated, or NULL while empty. */
typedef struct chi_text_buffer {
    chi_arena *arena;
    char *at;
    size_t size, room;
} chi_text_buffer;
int chi_text_buffer_write(void *text_buffer, const char *text, size_t size);

#endif

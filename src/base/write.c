/* Buffered writing: many small pieces become few calls of the caller's function. */
#include "base/write.h"

#include "base/check.h"
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void chi_writer_init(chi_writer *writer, ch_write_fn write, void *context)
{
    CHI_ASSERT(write);
    writer->write = write;
    writer->context = context;
    writer->failed = false;
    writer->used = 0;
}

static void flush(chi_writer *writer)
{
    if (writer->used && !writer->failed)
        writer->failed = writer->write(writer->context, writer->buffer, writer->used) != 0;
    writer->used = 0;
}

void chi_write(chi_writer *writer, const char *text, size_t size)
{
    if (size > sizeof writer->buffer - writer->used)
        flush(writer);
    if (size > sizeof writer->buffer) {
        if (!writer->failed)
            writer->failed = writer->write(writer->context, text, size) != 0;
        return;
    }
    if (size)
        memcpy(writer->buffer + writer->used, text, size);
    writer->used += size;
}

void chi_write_text(chi_writer *writer, const char *text)
{
    chi_write(writer, text, strlen(text));
}

void chi_write_repeat(chi_writer *writer, char c, size_t count)
{
    for (size_t i = 0; i < count; i++)
        chi_write(writer, &c, 1);
}

void chi_write_format(chi_writer *writer, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    int size = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    CHI_ASSERT(size >= 0);
    chi_write(writer, text, (size_t)size < sizeof text ? (size_t)size : sizeof text - 1);
}

void chi_write_plain(chi_writer *writer, const char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        uint32_t code;
        size_t bytes = chi_utf8_next(text + at, size - at, &code);
        if (bytes && !chi_char_is_control(code))
            chi_write(writer, text + at, bytes);
        else
            chi_write_text(writer, "\xEF\xBF\xBD");
        at += bytes ? bytes : 1;
    }
}

static void write_json_char(chi_writer *writer, uint32_t code, const char *bytes, size_t size)
{
    static const char shorts[] = "b\bf\fn\nr\rt\t";
    if (code == '"' || code == '\\') {
        char escaped[2] = {'\\', (char)code};
        chi_write(writer, escaped, 2);
        return;
    }
    if (code >= 0x20 && code != 0x7F) {
        chi_write(writer, bytes, size);
        return;
    }
    for (size_t i = 0; i + 1 < sizeof shorts; i += 2)
        if ((uint32_t)shorts[i + 1] == code) {
            char escaped[2] = {'\\', shorts[i]};
            chi_write(writer, escaped, 2);
            return;
        }
    chi_write_format(writer, "\\u%04x", (unsigned)code);
}

void chi_write_json_string(chi_writer *writer, const char *text, size_t size)
{
    chi_write(writer, "\"", 1);
    for (size_t at = 0; at < size;) {
        uint32_t code;
        size_t bytes = chi_utf8_next(text + at, size - at, &code);
        if (bytes)
            write_json_char(writer, code, text + at, bytes);
        else
            chi_write_text(writer, "\xEF\xBF\xBD");
        at += bytes ? bytes : 1;
    }
    chi_write(writer, "\"", 1);
}

ch_status chi_writer_finish(chi_writer *writer)
{
    flush(writer);
    return writer->failed ? CH_E_IO : CH_OK;
}

int chi_text_buffer_write(void *text_buffer, const char *text, size_t size)
{
    chi_text_buffer *buffer = text_buffer;
    if (buffer->room - buffer->size <= size) {
        size_t room = 2 * buffer->room + size + 256;
        char *fresh = chi_arena_grow(buffer->arena, buffer->at, buffer->size, room);
        if (!fresh)
            return 1;
        buffer->at = fresh;
        buffer->room = room;
    }
    memcpy(buffer->at + buffer->size, text, size);
    buffer->size += size;
    buffer->at[buffer->size] = '\0';
    return 0;
}

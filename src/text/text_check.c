/* Looks at the bytes of a text before any parser does: what is not text is refused here. */
#include "base/check.h"
#include "base/str.h"
#include "text/node_build.h"

#include <string.h>

enum { BAD_BYTES_SHOWN = 5 }; /* a binary file has thousands; these say what it is */

ch_span chi_text_place(uint32_t file, const char *text, size_t size, size_t offset)
{
    CHI_ASSERT(offset <= size);
    uint32_t line = 1;
    size_t start = 0;
    for (size_t i = 0; i < offset; i++) {
        bool crlf = text[i] == '\r' && i + 1 < size && text[i + 1] == '\n';
        if (text[i] == '\n' || (text[i] == '\r' && !crlf)) {
            line++;
            start = i + 1;
        }
    }
    uint32_t column = (uint32_t)chi_utf8_count(text + start, offset - start) + 1;
    return chi_span_make(file, line, column, 1);
}

/* The characters that YAML 1.2.2, section 5.1, lets a file contain. */
static bool is_readable(uint32_t code)
{
    if (code < 0x20)
        return code == '\t' || code == '\n' || code == '\r';
    if (code < 0xA0)
        return code < 0x7F || code == 0x85;
    return code != 0xFEFF && code != 0xFFFE && code != 0xFFFF;
}

/* Reports the bad character at `offset`; returns its size in bytes. */
static size_t report_bad(
    ch_diags *diags, uint32_t file, const char *text, size_t size, size_t offset)
{
    ch_span place = chi_text_place(file, text, size, offset);
    uint32_t code;
    size_t bytes = chi_utf8_next(text + offset, size - offset, &code);
    if (bytes == 0) {
        bool utf16 = offset == 0 && size >= 2 &&
                     (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0);
        chi_diag(diags, 102, place, utf16 ? "the file begins like UTF-16; save it as UTF-8" : NULL,
            "byte 0x%02X at offset %zu is not UTF-8", (unsigned)(unsigned char)text[offset],
            offset);
        return 1;
    }
    if (code == 0)
        chi_diag(diags, 103, place, NULL, "a NUL byte at offset %zu", offset);
    else
        chi_diag(diags, 104, place, NULL, "control character U+%04X at offset %zu", (unsigned)code,
            offset);
    return bytes;
}

bool chi_text_check(ch_diags *diags, uint32_t file, const char *text, size_t size)
{
    int shown = 0;
    for (size_t at = 0; at < size && shown < BAD_BYTES_SHOWN;) {
        unsigned char byte = (unsigned char)text[at];
        if (byte >= 0x20 && byte < 0x7F) {
            at++;
            continue;
        }
        uint32_t code;
        size_t bytes = chi_utf8_next(text + at, size - at, &code);
        if (bytes == 0 || !is_readable(code)) {
            bytes = report_bad(diags, file, text, size, at);
            shown++;
        }
        at += bytes;
    }
    return shown == 0;
}

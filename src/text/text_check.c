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
    for (size_t i = 0; i < offset; i++)
        if (text[i] == '\n') {
            line++;
            start = i + 1;
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
    if (code == '\r')
        chi_diag(diags, 104, place, "end lines with LF or CR LF",
            "a carriage return without a line feed at offset %zu", offset);
    else if (code == 0)
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
        bool alone = byte == '\r' && (at + 1 == size || text[at + 1] != '\n');
        if (bytes == 0 || alone || !is_readable(code)) {
            bytes = report_bad(diags, file, text, size, at);
            shown++;
        }
        at += bytes;
    }
    return shown == 0;
}

/* Is there nothing on a line but white space and a comment? */
static bool is_blank(const char *line, size_t size, bool *comment)
{
    size_t at = 0;
    while (at < size && (line[at] == ' ' || line[at] == '\t' || line[at] == '\r'))
        at++;
    *comment = at < size && line[at] == '#';
    return at == size || *comment;
}

static bool begins_with(const char *line, size_t size, const char *word)
{
    size_t word_size = strlen(word);
    if (size < word_size || memcmp(line, word, word_size) != 0)
        return false;
    bool comment;
    return is_blank(line + word_size, size - word_size, &comment) && !comment;
}

bool chi_text_check_lines(ch_diags *diags, uint32_t file, const char *text, size_t size)
{
    bool outside = true; /* of a document: a % here begins a directive */
    uint32_t line_number = 1, blank_lines = 0;
    for (size_t at = 0; at < size; line_number++) {
        const char *line = text + at;
        const char *newline = memchr(line, '\n', size - at);
        size_t line_size = newline ? (size_t)(newline - line) : size - at;
        at += line_size + 1;
        bool comment;
        bool blank = is_blank(line, line_size, &comment);
        blank_lines = blank && !comment ? blank_lines + 1 : 0;
        if (blank_lines > CHI_TEXT_BLANK_LINES_MAX) {
            chi_diag(diags, 119, chi_span_make(file, line_number, 1, 1), NULL,
                "more than %d empty lines in a row", (int)CHI_TEXT_BLANK_LINES_MAX);
            return false;
        }
        if (outside && line[0] == '%' && !begins_with(line, line_size, "%YAML 1.2")) {
            bool version = line_size > 5 && memcmp(line, "%YAML", 5) == 0;
            chi_diag(diags, 118, chi_span_make(file, line_number, 1, 1), NULL,
                version ? "only YAML 1.2 is accepted" : "directives are not accepted");
            return false;
        }
        if (!blank)
            outside = begins_with(line, line_size, "...") || (outside && line[0] == '%');
    }
    return true;
}

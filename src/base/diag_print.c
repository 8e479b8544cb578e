/* Shows diagnostics: as text with the line and a caret, or as JSON lines for editors.
 *
 * Nothing here allocates, so that a program whose memory has ended can still say why. */
#include "base/diag_list.h"

#include "base/check.h"
#include "base/str.h"
#include "base/write.h"

#include <string.h>

enum {
    EXCERPT_COLUMNS = 90, /* terminal columns of a source line that are shown */
    EXCERPT_LEAD = 40,    /* of them before the caret, when the line must be cut */
    TAB_COLUMNS = 4,
};

/* Where a search for a line stands, so that places in ascending order are found in one pass. */
typedef struct line_cursor {
    uint32_t file, line; /* line 0: not started */
    size_t offset;       /* of the first byte of the line */
} line_cursor;

typedef struct slice {
    const char *text; /* NULL if the line is not known */
    size_t size;
} slice;

static const char *severity_text(ch_severity severity)
{
    return severity == CH_ERROR ? "error" : severity == CH_WARNING ? "warning" : "note";
}

/* Bytes to the end of the line that starts at `offset`, without its line break. */
static size_t line_size(const chi_diag_file *file, size_t offset)
{
    size_t size = 0;
    while (offset + size < file->size && file->text[offset + size] != '\n' &&
           file->text[offset + size] != '\r')
        size++;
    return size;
}

/* Start of the next line; file->size + 1 after the last one. */
static size_t next_line(const chi_diag_file *file, size_t offset)
{
    size_t end = offset + line_size(file, offset);
    if (end >= file->size)
        return file->size + 1;
    bool crlf = file->text[end] == '\r' && end + 1 < file->size && file->text[end + 1] == '\n';
    return end + (crlf ? 2 : 1);
}

static slice find_line(const ch_diags *diags, uint32_t file, uint32_t line, line_cursor *cursor)
{
    for (const chi_diag_line *kept = diags->lines; kept; kept = kept->next)
        if (kept->file == file && kept->line == line)
            return (slice){kept->text, kept->size};
    if (file >= diags->files.count || !diags->files.at[file].text)
        return (slice){NULL, 0};
    const chi_diag_file *source = &diags->files.at[file];
    if (cursor->line == 0 || cursor->file != file || cursor->line > line)
        *cursor = (line_cursor){file, 1, 0};
    while (cursor->line < line && cursor->offset <= source->size) {
        cursor->offset = next_line(source, cursor->offset);
        cursor->line++;
    }
    if (cursor->offset > source->size)
        return (slice){NULL, 0};
    return (slice){source->text + cursor->offset, line_size(source, cursor->offset)};
}

/* One character of a line: its bytes and the terminal columns it takes at column `at`. */
static size_t char_at(slice line, size_t offset, size_t at, size_t *columns)
{
    uint32_t code;
    size_t bytes = chi_utf8_next(line.text + offset, line.size - offset, &code);
    if (!bytes) {
        *columns = 1;
        return 1;
    }
    if (code == '\t')
        *columns = TAB_COLUMNS - at % TAB_COLUMNS;
    else
        *columns = chi_char_is_control(code) ? 1 : (size_t)chi_char_width(code);
    return bytes;
}

/* Terminal column (from 0) at which the 1-based character `column` of a line begins. */
static size_t terminal_column(slice line, uint32_t column)
{
    size_t at = 0, offset = 0;
    for (uint32_t i = 1; i < column && offset < line.size; i++) {
        size_t columns;
        offset += char_at(line, offset, at, &columns);
        at += columns;
    }
    return at;
}

/* Writes the part of a line that lies in terminal columns [from, to). */
static void write_part(chi_writer *writer, slice line, size_t from, size_t to)
{
    size_t at = 0;
    for (size_t offset = 0; offset < line.size && at < to;) {
        size_t columns;
        size_t bytes = char_at(line, offset, at, &columns);
        if (at >= from && at + columns <= to) {
            if (line.text[offset] == '\t')
                chi_write_repeat(writer, ' ', columns);
            else
                chi_write_plain(writer, line.text + offset, bytes);
        } else if (at + columns > from) {
            size_t first = at > from ? at : from, last = at + columns < to ? at + columns : to;
            chi_write_repeat(writer, ' ', last - first);
        }
        at += columns;
        offset += bytes;
    }
}

static void write_gutter(chi_writer *writer, uint32_t line, size_t digits)
{
    char number[16] = "";
    size_t used = 0;
    for (uint32_t rest = line; rest; rest /= 10)
        number[sizeof number - ++used] = (char)('0' + rest % 10);
    chi_write_repeat(writer, ' ', 1 + digits - used);
    chi_write(writer, number + sizeof number - used, used);
    chi_write_text(writer, " | ");
}

static size_t digits_of(uint32_t line)
{
    size_t digits = 1;
    while (line >= 10) {
        line /= 10;
        digits++;
    }
    return digits;
}

/* The line of a span, and under it a caret for every column the span covers. */
static void write_excerpt(chi_writer *writer, slice line, ch_span span)
{
    size_t first = terminal_column(line, span.column);
    size_t all = terminal_column(line, UINT32_MAX);
    size_t last = span.end_line == span.line ? terminal_column(line, span.end_column) : all;
    if (last <= first)
        last = first + 1;
    size_t from = 0, to = all;
    if (all > EXCERPT_COLUMNS) {
        from = first > EXCERPT_LEAD ? first - EXCERPT_LEAD : 0;
        if (from + EXCERPT_COLUMNS > all)
            from = all > EXCERPT_COLUMNS ? all - EXCERPT_COLUMNS : 0;
        to = from + EXCERPT_COLUMNS;
    }
    bool cut_before = from > 0, cut_after = to < all;
    size_t digits = digits_of(span.line);
    write_gutter(writer, span.line, digits);
    chi_write_text(writer, cut_before ? "..." : "");
    write_part(writer, line, from, to);
    chi_write_text(writer, cut_after ? "...\n" : "\n");
    write_gutter(writer, 0, digits);
    size_t visible_last = last < to || last == first + 1 ? last : to;
    chi_write_repeat(writer, ' ', first - from + (cut_before ? 3 : 0));
    chi_write_repeat(writer, '^', visible_last > first ? visible_last - first : 1);
    chi_write_text(writer, "\n");
}

static void write_place(chi_writer *writer, const ch_diags *diags, ch_span span)
{
    const char *name = ch_diags_file(diags, span.file);
    chi_write_plain(writer, name, strlen(name));
    chi_write_format(writer, ":%u:%u: ", (unsigned)span.line, (unsigned)span.column);
}

static void print_text(
    chi_writer *writer, const ch_diags *diags, const ch_diag *diag, line_cursor cursors[2])
{
    if (diag->span.line)
        write_place(writer, diags, diag->span);
    chi_write_format(writer, "%s CH%04u: ", severity_text(diag->severity), (unsigned)diag->code);
    chi_write_plain(writer, diag->message, strlen(diag->message));
    chi_write_text(writer, "\n");
    slice line = {NULL, 0};
    if (diag->span.line)
        line = find_line(diags, diag->span.file, diag->span.line, &cursors[0]);
    if (line.text)
        write_excerpt(writer, line, diag->span);
    if (diag->related.line) {
        write_place(writer, diags, diag->related);
        chi_write_text(writer, "the other place\n");
        line = find_line(diags, diag->related.file, diag->related.line, &cursors[1]);
        if (line.text)
            write_excerpt(writer, line, diag->related);
    }
    if (*diag->hint) {
        chi_write_text(writer, "  hint: ");
        chi_write_plain(writer, diag->hint, strlen(diag->hint));
        chi_write_text(writer, "\n");
    }
}

static void write_json_span(chi_writer *writer, const ch_diags *diags, ch_span span)
{
    const char *name = span.line ? ch_diags_file(diags, span.file) : "";
    chi_write_text(writer, "\"file\":");
    chi_write_json_string(writer, name, strlen(name));
    chi_write_format(writer, ",\"line\":%u,\"column\":%u,\"end_line\":%u,\"end_column\":%u",
        (unsigned)span.line, (unsigned)span.column, (unsigned)span.end_line,
        (unsigned)span.end_column);
}

static void print_json(chi_writer *writer, const ch_diags *diags, const ch_diag *diag)
{
    chi_write_format(writer, "{\"severity\":\"%s\",\"code\":\"CH%04u\",",
        severity_text(diag->severity), (unsigned)diag->code);
    write_json_span(writer, diags, diag->span);
    chi_write_text(writer, ",\"message\":");
    chi_write_json_string(writer, diag->message, strlen(diag->message));
    chi_write_text(writer, ",\"hint\":");
    chi_write_json_string(writer, diag->hint, strlen(diag->hint));
    chi_write_text(writer, ",\"related\":");
    if (diag->related.line) {
        chi_write_text(writer, "{");
        write_json_span(writer, diags, diag->related);
        chi_write_text(writer, "}}\n");
    } else {
        chi_write_text(writer, "null}\n");
    }
}

ch_status ch_diags_print(
    const ch_diags *diags, ch_diag_style style, ch_write_fn write, void *context)
{
    if (!write)
        return CH_E_ARGUMENT;
    chi_writer writer;
    chi_writer_init(&writer, write, context);
    line_cursor cursors[2] = {{0, 0, 0}, {0, 0, 0}};
    for (size_t i = 0; i < ch_diags_count(diags) && !writer.failed; i++) {
        const ch_diag *diag = ch_diags_at(diags, i);
        if (style == CH_DIAG_JSON)
            print_json(&writer, diags, diag);
        else
            print_text(&writer, diags, diag, cursors);
    }
    return chi_writer_finish(&writer);
}

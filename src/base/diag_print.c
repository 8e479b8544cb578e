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
    WINDOW_BEFORE = 200, /* characters of a line that are looked at, before and from a caret on: */
    WINDOW_AFTER = 400,  /* a line of 60 MB with a hundred mistakes must not take minutes */
};

/* Where a search stands, so that places in ascending order are found in one pass. */
typedef struct place_cursor {
    uint32_t file, line; /* line 0: not started */
    size_t line_start;   /* byte offset of the line */
    uint32_t column;     /* of the character at `offset` */
    size_t offset;
} place_cursor;

/* The part of a line around a caret. */
typedef struct window {
    const char *text; /* NULL if the line is not known */
    size_t size;
    uint32_t first_column; /* of its first character */
    bool cut_before, cut_after;
} window;

static const char *severity_text(ch_severity severity)
{
    return severity == CH_ERROR ? "error" : severity == CH_WARNING ? "warning" : "note";
}

/* A line ends in LF or CR LF; a carriage return elsewhere is a character like any other. */
static bool ends_line(const char *text, size_t size, size_t offset)
{
    if (text[offset] == '\r')
        offset++;
    return offset >= size || text[offset] == '\n';
}

/* Start of the next line; size + 1 after the last one. */
static size_t next_line(const char *text, size_t size, size_t offset)
{
    const char *newline = offset < size ? memchr(text + offset, '\n', size - offset) : NULL;
    return newline ? (size_t)(newline - text) + 1 : size + 1;
}

/* Offset of the character after the one at `offset`, which is not at the end. */
static size_t next_char(const char *text, size_t size, size_t offset)
{
    uint32_t code;
    size_t bytes = chi_utf8_next(text + offset, size - offset, &code);
    return offset + (bytes ? bytes : 1);
}

/* Moves a cursor within its line to a column, or to the end of the line. */
static void find_column(const char *text, size_t size, uint32_t column, place_cursor *cursor)
{
    if (cursor->column > column) {
        cursor->column = 1;
        cursor->offset = cursor->line_start;
    }
    while (cursor->column < column && cursor->offset < size &&
           !ends_line(text, size, cursor->offset)) {
        cursor->offset = next_char(text, size, cursor->offset);
        cursor->column++;
    }
}

/* What stands around a cursor on its line. */
static window window_at(const char *text, size_t size, const place_cursor *cursor)
{
    window view = {.first_column = cursor->column};
    size_t start = cursor->offset, end = cursor->offset;
    for (int i = 0; i < WINDOW_BEFORE && start > cursor->line_start; i++) {
        start--;
        while (start > cursor->line_start && ((unsigned char)text[start] & 0xC0) == 0x80)
            start--;
        view.first_column--;
    }
    for (int i = 0; i < WINDOW_AFTER && end < size && !ends_line(text, size, end); i++)
        end = next_char(text, size, end);
    view.text = text + start;
    view.size = end - start;
    view.cut_before = start > cursor->line_start;
    view.cut_after = end < size && !ends_line(text, size, end);
    return view;
}

/* The window around the place of a span; text NULL if it is not known. */
static window find_window(const ch_diags *diags, ch_span span, place_cursor *cursor)
{
    for (const chi_diag_line *kept = diags->lines; kept; kept = kept->next)
        if (kept->file == span.file && kept->line == span.line) {
            place_cursor alone = {.line = 1, .column = 1};
            find_column(kept->text, kept->size, span.column, &alone);
            return window_at(kept->text, kept->size, &alone);
        }
    if (span.file >= diags->files.count || !diags->files.at[span.file].text)
        return (window){0};
    const chi_diag_file *source = &diags->files.at[span.file];
    if (cursor->line == 0 || cursor->file != span.file || cursor->line > span.line)
        *cursor = (place_cursor){span.file, 1, 0, 1, 0};
    while (cursor->line < span.line && cursor->line_start <= source->size) {
        size_t from = cursor->offset > cursor->line_start ? cursor->offset : cursor->line_start;
        cursor->line_start = next_line(source->text, source->size, from);
        cursor->line++;
        cursor->offset = cursor->line_start;
        cursor->column = 1;
    }
    if (cursor->line_start > source->size)
        return (window){0};
    find_column(source->text, source->size, span.column, cursor);
    return window_at(source->text, source->size, cursor);
}

/* One character of a line: its bytes and the terminal columns it takes at column `at`. */
static size_t char_at(const window *line, size_t offset, size_t at, size_t *columns)
{
    uint32_t code;
    size_t bytes = chi_utf8_next(line->text + offset, line->size - offset, &code);
    *columns = 1;
    if (!bytes)
        return 1;
    if (code == '\t')
        *columns = TAB_COLUMNS - at % TAB_COLUMNS;
    else if (!chi_char_is_control(code))
        *columns = (size_t)chi_char_width(code);
    return bytes;
}

/* Terminal column of the window (from 0) at which the character `column` of the line begins. */
static size_t terminal_column(const window *line, uint32_t column)
{
    size_t at = 0, offset = 0;
    for (uint32_t i = line->first_column; i < column && offset < line->size; i++) {
        size_t columns;
        offset += char_at(line, offset, at, &columns);
        at += columns;
    }
    return at;
}

/* Writes the part of a line that lies in terminal columns [from, to). */
static void write_part(chi_writer *writer, const window *line, size_t from, size_t to)
{
    size_t at = 0;
    for (size_t offset = 0; offset < line->size && at < to;) {
        size_t columns;
        size_t bytes = char_at(line, offset, at, &columns);
        if (at >= from && at + columns <= to) {
            if (line->text[offset] == '\t')
                chi_write_repeat(writer, ' ', columns);
            else
                chi_write_plain(writer, line->text + offset, bytes);
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
static void write_excerpt(chi_writer *writer, const window *line, ch_span span)
{
    size_t first = terminal_column(line, span.column);
    size_t all = terminal_column(line, UINT32_MAX);
    size_t last = span.end_line == span.line ? terminal_column(line, span.end_column) : all;
    if (last <= first)
        last = first + 1;
    size_t from = 0, to = all;
    if (all > EXCERPT_COLUMNS || line->cut_before || line->cut_after) {
        from = first > EXCERPT_LEAD ? first - EXCERPT_LEAD : 0;
        if (from + EXCERPT_COLUMNS > all)
            from = all > EXCERPT_COLUMNS ? all - EXCERPT_COLUMNS : 0;
        to = from + EXCERPT_COLUMNS < all ? from + EXCERPT_COLUMNS : all;
    }
    bool cut_before = from > 0 || line->cut_before, cut_after = to < all || line->cut_after;
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

/* The excerpt of a place, if its line is known. */
static void write_source(
    chi_writer *writer, const ch_diags *diags, ch_span span, place_cursor *cursor)
{
    window line = find_window(diags, span, cursor);
    if (line.text)
        write_excerpt(writer, &line, span);
}

static void write_place(chi_writer *writer, const ch_diags *diags, ch_span span)
{
    const char *name = ch_diags_file(diags, span.file);
    chi_write_plain(writer, name, strlen(name));
    chi_write_format(writer, ":%u:%u: ", (unsigned)span.line, (unsigned)span.column);
}

static void print_text(
    chi_writer *writer, const ch_diags *diags, const ch_diag *diag, place_cursor cursors[2])
{
    if (diag->span.line)
        write_place(writer, diags, diag->span);
    chi_write_format(writer, "%s CH%04u: ", severity_text(diag->severity), (unsigned)diag->code);
    chi_write_plain(writer, diag->message, strlen(diag->message));
    chi_write_text(writer, "\n");
    if (diag->span.line)
        write_source(writer, diags, diag->span, &cursors[0]);
    if (diag->related.line) {
        write_place(writer, diags, diag->related);
        chi_write_text(writer, "the other place\n");
        write_source(writer, diags, diag->related, &cursors[1]);
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
    place_cursor cursors[2] = {{0}, {0}};
    for (size_t i = 0; i < ch_diags_count(diags) && !writer.failed; i++) {
        const ch_diag *diag = ch_diags_at(diags, i);
        if (style == CH_DIAG_JSON)
            print_json(&writer, diags, diag);
        else
            print_text(&writer, diags, diag, cursors);
    }
    return chi_writer_finish(&writer);
}

/* Filling, cutting and padding of text by columns; numbers as text. */
#include "result/page.h"

#include "base/check.h"
#include "base/str.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Writes what takes columns; blanks wait until something follows them on the line. */
static void emit(chi_page *page, const char *text, size_t size)
{
    if (size == 1 && *text == ' ') {
        page->blanks++;
        return;
    }
    chi_write_repeat(page->writer, ' ', page->blanks);
    page->blanks = 0;
    chi_write(page->writer, text, size);
}

void chi_page_blanks(chi_page *page, size_t count)
{
    page->blanks += count;
}

void chi_page_tone(chi_page *page, chi_tone tone)
{
    static const char *const codes[] = {"0", "1", "2", "1;32", "1;33", "1;31"};
    if (page->color)
        chi_write_format(page->writer, "\033[%sm", codes[tone]);
}

/* Reads one character; what must not reach a terminal, or is beyond ASCII where only that is
 * wanted, becomes one replacement. Returns the bytes read. */
static size_t next_char(const chi_page *page, const char *text, size_t size, const char **shown,
    size_t *bytes, size_t *columns)
{
    uint32_t code = 0;
    size_t read = chi_utf8_next(text, size, &code);
    bool good = read > 0 && !chi_char_is_control(code);
    *shown = text;
    *bytes = read;
    *columns = good ? (size_t)chi_char_width(code) : 1;
    if (page->ascii && code >= 0x80 && good) {
        *shown = code == 0x2013 || code == 0x2014 ? "-" : "?";
        *bytes = *columns = 1;
    } else if (!good) {
        *shown = page->ascii ? "?" : "\xEF\xBF\xBD";
        *bytes = strlen(*shown);
    }
    return read ? read : 1;
}

/* Writes at most `columns` columns of the text; returns the columns written. */
static size_t put_columns(chi_page *page, const char *text, size_t size, size_t columns)
{
    size_t used = 0;
    for (size_t at = 0; at < size;) {
        const char *shown;
        size_t bytes, wide;
        at += next_char(page, text + at, size - at, &shown, &bytes, &wide);
        if (used + wide > columns)
            break;
        emit(page, shown, bytes);
        used += wide;
    }
    return used;
}

static size_t count_columns(const chi_page *page, const char *text, size_t size)
{
    size_t used = 0;
    for (size_t at = 0; at < size;) {
        const char *shown;
        size_t bytes, wide;
        at += next_char(page, text + at, size - at, &shown, &bytes, &wide);
        used += wide;
    }
    return used;
}

size_t chi_page_columns(const chi_page *page, const char *text)
{
    return count_columns(page, text, strlen(text));
}

void chi_page_text(chi_page *page, const char *text)
{
    put_columns(page, text, strlen(text), SIZE_MAX);
}

void chi_page_format(chi_page *page, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    chi_page_text(page, text);
}

void chi_page_left(chi_page *page, const char *text, size_t columns)
{
    size_t used;
    if (chi_page_columns(page, text) > columns && columns > 3) {
        used = put_columns(page, text, strlen(text), columns - (page->ascii ? 2 : 1));
        chi_page_text(page, page->ascii ? ".." : "\xE2\x80\xA6");
        used += page->ascii ? 2 : 1;
    } else {
        used = put_columns(page, text, strlen(text), columns);
    }
    chi_page_blanks(page, columns - used);
}

void chi_page_right(chi_page *page, const char *text, size_t columns)
{
    size_t used = chi_page_columns(page, text);
    if (used < columns)
        chi_page_blanks(page, columns - used);
    chi_page_left(page, text, used < columns ? used : columns);
}

void chi_page_line(chi_page *page)
{
    page->blanks = 0;
    chi_write(page->writer, "\n", 1);
}

void chi_page_heading(chi_page *page, const char *text, const char *note)
{
    size_t noted = chi_page_columns(page, note), used = chi_page_columns(page, text);
    chi_page_line(page);
    chi_page_tone(page, CHI_BOLD);
    if (used + noted + 2 > page->width) {
        chi_page_wrap(page, 0, text);
        chi_page_tone(page, CHI_PLAIN);
        return;
    }
    chi_page_text(page, text);
    chi_page_tone(page, CHI_PLAIN);
    if (noted) {
        chi_page_blanks(page, page->width - used - noted);
        chi_page_text(page, note);
    }
    chi_page_line(page);
}

void chi_page_wrap(chi_page *page, size_t indent, const char *text)
{
    size_t used = 0;
    CHI_ASSERT(indent + 10 < page->width);
    while (*text) {
        size_t size = strcspn(text, " ");
        while (text[size] == ' ' && text[size + 1] == '%') /* a number keeps its percent sign */
            size += 1 + strcspn(text + size + 1, " ");
        size_t wide = count_columns(page, text, size);
        if (used > 0 && used + 1 + wide > page->width) {
            chi_page_line(page);
            used = 0;
        }
        if (used == 0)
            chi_page_blanks(page, indent);
        else
            chi_page_blanks(page, 1);
        used += (used == 0 ? indent : 1) + wide;
        put_columns(page, text, size, page->width - indent);
        text += size;
        text += strspn(text, " ");
    }
    chi_page_line(page);
}

const char *chi_percent(double share, char out[CHI_CELL_BYTES])
{
    if (isnan(share))
        return strcpy(out, "-");
    snprintf(out, CHI_CELL_BYTES, "%.1f %%", 100 * share);
    return out;
}

const char *chi_interval(const chi_page *page, ch_share share, char out[CHI_CELL_BYTES])
{
    if (isnan(share.low) || isnan(share.high))
        return strcpy(out, "-");
    snprintf(out, CHI_CELL_BYTES, "%.1f%s%.1f %%", 100 * share.low,
        page->ascii ? "-" : "\xE2\x80\x93", 100 * share.high);
    return out;
}

const char *chi_points(double difference, char out[CHI_CELL_BYTES])
{
    if (isnan(difference))
        return strcpy(out, "-");
    snprintf(out, CHI_CELL_BYTES, "%+.1f", 100 * difference);
    return strcmp(out, "-0.0") ? out : strcpy(out, "+0.0");
}

const char *chi_points_range(
    ch_difference difference, const char *between, char out[CHI_CELL_BYTES])
{
    char low[CHI_CELL_BYTES], high[CHI_CELL_BYTES];
    snprintf(out, CHI_CELL_BYTES, "%.16s%.8s%.16s", chi_points(difference.low, low), between,
        chi_points(difference.high, high));
    return out;
}

/* Copies a decimal, a comma before each group of three digits of its whole part. */
static void group_digits(const char *plain, char out[CHI_CELL_BYTES])
{
    size_t used = 0;
    if (*plain == '-')
        out[used++] = *plain++;
    size_t whole = strspn(plain, "0123456789");
    for (size_t i = 0; plain[i] && used + 2 < CHI_CELL_BYTES; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0)
            out[used++] = ',';
        out[used++] = plain[i];
    }
    out[used] = 0;
}

const char *chi_money(double amount, char out[CHI_CELL_BYTES])
{
    char plain[CHI_CELL_BYTES];
    double size = fabs(amount);
    if (isnan(amount))
        return strcpy(out, "-");
    if (size > 1e15) {
        snprintf(out, CHI_CELL_BYTES, "%.3g", amount);
        return out;
    }
    int decimals = size >= 99.95 || size < 5e-4 ? 0 : size >= 0.9995 ? 1 : 3;
    snprintf(plain, sizeof plain, "%.*f", decimals, amount);
    group_digits(strcmp(plain, "-0") ? plain : "0", out);
    return out;
}

const char *chi_count(uint64_t number, char out[CHI_CELL_BYTES])
{
    char plain[CHI_CELL_BYTES];
    snprintf(plain, sizeof plain, "%llu", (unsigned long long)number);
    group_digits(plain, out);
    return out;
}

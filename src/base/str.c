/* UTF-8 and names, without the C library's locale: results must not depend on the machine. */
#include "base/str.h"

#include "base/check.h"
#include "base/diag.h"

#include <string.h>

/* Number of continuation bytes and the range of the first one, by lead byte. */
static size_t tail_of(unsigned lead, unsigned *low, unsigned *high)
{
    *low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    *high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF)
        return 1;
    if (lead >= 0xE0 && lead <= 0xEF)
        return 2;
    return lead >= 0xF0 && lead <= 0xF4 ? 3 : 0;
}

size_t chi_utf8_next(const char *text, size_t size, uint32_t *code)
{
    if (size == 0)
        return 0;
    unsigned lead = (unsigned char)text[0];
    if (lead < 0x80) {
        *code = lead;
        return 1;
    }
    unsigned low, high;
    size_t tail = tail_of(lead, &low, &high);
    if (tail == 0 || tail >= size)
        return 0;
    uint32_t value = lead & (0x3Fu >> tail);
    for (size_t i = 1; i <= tail; i++) {
        unsigned byte = (unsigned char)text[i];
        if (byte < low || byte > high)
            return 0;
        low = 0x80;
        high = 0xBF;
        value = value << 6 | (byte & 0x3F);
    }
    *code = value;
    return tail + 1;
}

size_t chi_utf8_count(const char *text, size_t size)
{
    size_t count = 0;
    for (size_t at = 0; at < size; count++) {
        uint32_t code;
        size_t bytes = chi_utf8_next(text + at, size - at, &code);
        at += bytes ? bytes : 1;
    }
    return count;
}

size_t chi_utf8_clip(const char *text, size_t size)
{
    size_t tail = 0; /* continuation bytes at the end */
    while (tail < 3 && tail < size && ((unsigned char)text[size - tail - 1] & 0xC0) == 0x80)
        tail++;
    if (tail == size)
        return size;
    unsigned low, high;
    bool cut = tail_of((unsigned char)text[size - tail - 1], &low, &high) > tail;
    return cut ? size - tail - 1 : size;
}

size_t chi_utf8_put(uint32_t code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t tail = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char marks[4] = {0, 0xC0, 0xE0, 0xF0};
    out[0] = (char)(marks[tail] | code >> (6 * tail));
    for (size_t i = 1; i <= tail; i++)
        out[i] = (char)(0x80 | (code >> (6 * (tail - i)) & 0x3F));
    return tail + 1;
}

typedef struct range {
    uint32_t first, last;
} range;

static bool in_ranges(uint32_t code, const range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    return false;
}

/* The blocks that matter in practice, from Unicode's EastAsianWidth.txt and general categories Mn,
 * Me and Cf. A character outside them counts as one column, which only shifts a caret. */
int chi_char_width(uint32_t code)
{
    static const range zero[] = {{0x300, 0x36F}, {0x483, 0x489}, {0x591, 0x5BD}, {0x610, 0x61A},
        {0x64B, 0x65F}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F}, {0x20D0, 0x20FF},
        {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xE0100, 0xE01EF}};
    static const range two[] = {{0x1100, 0x115F}, {0x2E80, 0x303E}, {0x3041, 0x4DBF},
        {0x4E00, 0xA4CF}, {0xA960, 0xA97F}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF}, {0xFE30, 0xFE6F},
        {0xFF01, 0xFF60}, {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF},
        {0x1F900, 0x1FAFF}, {0x20000, 0x3FFFD}};
    if (code < 0x300)
        return 1;
    if (in_ranges(code, zero, sizeof zero / sizeof *zero))
        return 0;
    return in_ranges(code, two, sizeof two / sizeof *two) ? 2 : 1;
}

bool chi_char_is_control(uint32_t code)
{
    static const range controls[] = {
        {0, 0x1F}, {0x7F, 0x9F}, {0x2028, 0x202E}, {0x2066, 0x2069}, {0xFEFF, 0xFEFF}};
    return in_ranges(code, controls, sizeof controls / sizeof *controls);
}

bool chi_text_equal(const char *text, size_t size, const char *word)
{
    return strlen(word) == size && memcmp(text, word, size) == 0;
}

enum { NAME_BYTES_MAX = 63 }; /* longer words are not misspelt names */

/* Case and the choice between "-" and "_" are no difference between names. */
static char folded(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c == '_' ? '-' : c;
}

static unsigned least(unsigned a, unsigned b, unsigned c)
{
    unsigned least_two = a < b ? a : b;
    return least_two < c ? least_two : c;
}

/* Insertions, deletions, substitutions and swaps of neighbours that turn a into b: the restricted
 * form of F. J. Damerau, Communications of the ACM 7 (1964). */
static unsigned edit_distance(const char *a, size_t a_size, const char *b, size_t b_size)
{
    unsigned rows[3][NAME_BYTES_MAX + 2];
    unsigned *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_size; j++)
        above[j] = (unsigned)j;
    for (size_t i = 1; i <= a_size; i++) {
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_size; j++) {
            char x = folded(a[i - 1]), y = folded(b[j - 1]);
            row[j] = least(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == folded(b[j - 2]) && y == folded(a[i - 2]) &&
                before[j - 2] + 1 < row[j])
                row[j] = before[j - 2] + 1;
        }
        unsigned *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[b_size];
}

const char *chi_nearest_name(const char *word, const char *const *names, size_t count)
{
    CHI_ASSERT(word && (names || count == 0));
    size_t size = strlen(word);
    if (size == 0 || size > NAME_BYTES_MAX)
        return NULL;
    /* a third of the letters may differ: enough for slips, too few for chance */
    unsigned best_distance = size < 3 ? 1 : (unsigned)(size / 3) + 1;
    const char *best = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t name_size = names[i] ? strlen(names[i]) : 0;
        if (name_size == 0 || name_size > NAME_BYTES_MAX)
            continue;
        unsigned distance = edit_distance(word, size, names[i], name_size);
        if (distance < best_distance) {
            best_distance = distance;
            best = names[i];
        }
    }
    return best;
}

/* The list of everything wrong with what the user wrote, kept in order of place. */
#include "base/diag.h"

#include "base/check.h"
#include "base/diag_codes.h"
#include "base/diag_list.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { CODE_CLOSING = 199, MESSAGE_BYTES = CHI_DIAG_BYTES_MAX + 1 };

static const struct {
    uint32_t code;
    ch_severity severity;
    const char *hint;
} known_codes[] = {
#define CHI_DIAG_ROW(number, severity, title, hint) {number, severity, hint},
    CHI_DIAG_LIST(CHI_DIAG_ROW)
#undef CHI_DIAG_ROW
};

static size_t code_index(uint32_t code)
{
    for (size_t i = 0; i < sizeof known_codes / sizeof *known_codes; i++)
        if (known_codes[i].code == code)
            return i;
    CHI_NEVER("a diagnostic code that is not in base/diag_codes.h");
}

ch_diags *chi_diags_new(void)
{
    return chi_memory_alloc(sizeof(ch_diags)); /* zeroed, which is an empty list */
}

void ch_diags_free(ch_diags *diags)
{
    if (!diags)
        return;
    chi_arena_free(&diags->arena);
    chi_memory_free(diags);
}

/* CHI_PUSH without the road of failure: NULL when memory ends, and the array stays whole. */
static chi_diag_file *push_file(ch_diags *diags)
{
    if (diags->files.count == diags->files.room) {
        size_t room = diags->files.room ? 2 * diags->files.room : 8;
        chi_diag_file *at = chi_arena_grow(
            &diags->arena, diags->files.at, diags->files.count * sizeof *at, room * sizeof *at);
        if (!at)
            return NULL;
        diags->files.at = at;
        diags->files.room = room;
    }
    return &diags->files.at[diags->files.count++];
}

uint32_t chi_diags_add_file(ch_diags *diags, const char *name, const char *text, size_t size)
{
    CHI_ASSERT(diags && name);
    uint32_t number = diags->file_count++;
    chi_diag_file *file = number == diags->files.count ? push_file(diags) : NULL;
    if (!file)
        return number;
    *file = (chi_diag_file){0};
    file->name = chi_arena_text(&diags->arena, name, strlen(name));
    if (text && size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        size -= 3;
    }
    if (text)
        file->text = chi_arena_text(&diags->arena, text, size);
    file->size = file->text ? size : 0;
    return number;
}

void chi_diags_add_line(
    ch_diags *diags, uint32_t file, uint32_t line, const char *text, size_t size)
{
    CHI_ASSERT(diags && text);
    chi_diag_line *kept = chi_arena_alloc(&diags->arena, sizeof *kept);
    if (!kept)
        return;
    kept->text = chi_arena_text(&diags->arena, text, size);
    if (!kept->text)
        return;
    kept->file = file;
    kept->line = line;
    kept->size = size;
    kept->next = diags->lines;
    diags->lines = kept;
}

/* True if a stands before b; those without a place stand last. */
static bool is_before(const ch_span *a, const ch_span *b)
{
    if ((a->line == 0) != (b->line == 0))
        return b->line == 0;
    if (a->file != b->file)
        return a->file < b->file;
    if (a->line != b->line)
        return a->line < b->line;
    return a->column < b->column;
}

/* Frees one slot for `severity` in a full list; false if the newcomer is what must go. */
static bool make_room(ch_diags *diags, ch_severity severity)
{
    if (diags->count < CHI_DIAGS_MAX)
        return true;
    if (severity != CH_ERROR)
        return false;
    for (size_t i = diags->count; i-- > 0;)
        if (diags->list[i].severity != CH_ERROR) {
            memmove(
                &diags->list[i], &diags->list[i + 1], (diags->count - i - 1) * sizeof *diags->list);
            diags->count--;
            diags->dropped++;
            return true;
        }
    return false;
}

/* Says in the closing note how many are not shown. */
static void close_list(ch_diags *diags)
{
    snprintf(diags->closing_text, sizeof diags->closing_text,
        "%zu further diagnostics are not shown", diags->dropped);
    diags->closing = (ch_diag){CH_NOTE, CODE_CLOSING, {0}, {0}, diags->closing_text,
        known_codes[code_index(CODE_CLOSING)].hint};
}

void chi_diags_words(ch_diags *diags, chi_word_fn *word_of, const void *context)
{
    CHI_ASSERT(diags);
    diags->word_of = word_of;
    diags->word_context = context;
}

static bool in_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static size_t word_size(const char *text)
{
    size_t size = 0;
    while (in_word(text[size]))
        size++;
    return size;
}

/* Does a quotation begin or end here? Not with the apostrophe of a word. */
static bool turns_quote(const char *text, char before, bool quoted)
{
    return *text == '\'' && (quoted ? !in_word(text[1]) : !in_word(before));
}

/* The text with its words as the reader of the message knows them. */
static const char *reworded(const ch_diags *diags, const char *text, char out[MESSAGE_BYTES])
{
    size_t used = 0;
    bool quoted = false;
    char before = ' ';
    while (*text && used + 1 < MESSAGE_BYTES) {
        char word[MESSAGE_BYTES];
        size_t size = word_size(text);
        quoted = quoted != turns_quote(text, before, quoted);
        snprintf(word, sizeof word, "%.*s", (int)size, text);
        const char *other =
            size > 0 && !quoted && before != '-' ? diags->word_of(diags->word_context, word) : NULL;
        size = size > 0 ? size : 1;
        int wrote = other ? snprintf(out + used, MESSAGE_BYTES - used, "`%s`", other)
                          : snprintf(out + used, MESSAGE_BYTES - used, "%.*s", (int)size, text);
        used += (size_t)wrote;
        before = text[size - 1];
        text += size;
    }
    out[used < MESSAGE_BYTES ? used : MESSAGE_BYTES - 1] = 0;
    return out;
}

void chi_diag_text(ch_diags *diags, uint32_t code, ch_span span, ch_span related,
    const char *message, const char *hint)
{
    CHI_ASSERT(diags && message);
    char words[2][MESSAGE_BYTES];
    if (diags->word_of)
        message = reworded(diags, message, words[0]);
    if (diags->word_of && hint)
        hint = reworded(diags, hint, words[1]);
    size_t index = code_index(code);
    ch_diag diag = {known_codes[index].severity, code, span, related, NULL, NULL};
    if (!hint)
        hint = known_codes[index].hint;
    diags->errors += diag.severity == CH_ERROR;
    size_t message_size = strnlen(message, CHI_DIAG_BYTES_MAX);
    size_t hint_size = strnlen(hint, CHI_DIAG_BYTES_MAX);
    bool kept = make_room(diags, diag.severity);
    if (kept) {
        diag.message = chi_arena_text(&diags->arena, message, chi_utf8_clip(message, message_size));
        diag.hint = chi_arena_text(&diags->arena, hint, chi_utf8_clip(hint, hint_size));
    }
    if (!kept || !diag.message || !diag.hint) {
        diags->dropped++;
        close_list(diags);
        return;
    }
    size_t at = diags->count++;
    for (; at > 0 && is_before(&span, &diags->list[at - 1].span); at--)
        diags->list[at] = diags->list[at - 1];
    diags->list[at] = diag;
    if (diags->dropped)
        close_list(diags);
}

void chi_diag(
    ch_diags *diags, uint32_t code, ch_span span, const char *hint, const char *format, ...)
{
    char message[CHI_DIAG_BYTES_MAX + 1];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    chi_diag_text(diags, code, span, (ch_span){0}, message, hint);
}

void chi_diag_related(ch_diags *diags, uint32_t code, ch_span span, ch_span related,
    const char *hint, const char *format, ...)
{
    char message[CHI_DIAG_BYTES_MAX + 1];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    chi_diag_text(diags, code, span, related, message, hint);
}

ch_span chi_span_make(uint32_t file, uint32_t line, uint32_t column, uint32_t width)
{
    return (ch_span){file, line, column, line, column + width};
}

size_t ch_diags_count(const ch_diags *diags)
{
    return diags ? diags->count + (diags->dropped > 0) : 0;
}

size_t ch_diags_errors(const ch_diags *diags)
{
    return diags ? diags->errors : 0;
}

const ch_diag *ch_diags_at(const ch_diags *diags, size_t index)
{
    if (!diags || index >= ch_diags_count(diags))
        return NULL;
    return index < diags->count ? &diags->list[index] : &diags->closing;
}

const char *ch_diags_file(const ch_diags *diags, uint32_t file)
{
    if (!diags || file >= diags->files.count || !diags->files.at[file].name)
        return "";
    return diags->files.at[file].name;
}

/* Characters and names: UTF-8 decoding, widths on a terminal, the nearest of several names. */
#ifndef CHI_BASE_STR_H
#define CHI_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CHI_UTF8_REPLACEMENT = 0xFFFD };

/* Bytes of the well-formed UTF-8 character at text, with its code point in *code; 0 if the bytes
 * there are not one (Unicode 15, table 3-7: no overlong forms, no surrogates). */
size_t chi_utf8_next(const char *text, size_t size, uint32_t *code);
/* Characters of a text; every byte that is not UTF-8 counts as one. */
size_t chi_utf8_count(const char *text, size_t size);
/* Largest size <= `size` that does not cut a character in two. */
size_t chi_utf8_clip(const char *text, size_t size);
/* Writes a code point; returns the bytes written (1 to 4). */
size_t chi_utf8_put(uint32_t code, char out[4]);

/* Columns that a character takes on a terminal: 0 (combining), 1 or 2 (East Asian wide). */
int chi_char_width(uint32_t code);
/* True for what must not reach a terminal as it is: controls, bidirectional overrides. */
bool chi_char_is_control(uint32_t code);

bool chi_text_equal(const char *text, size_t size, const char *word);

#endif

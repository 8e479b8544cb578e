/* The words that can stand after a number; used by quantity.c alone. */
#ifndef CHI_TEXT_QUANTITY_UNITS_H
#define CHI_TEXT_QUANTITY_UNITS_H

#include <stddef.h>

/* What a unit word does to the number before it. */
typedef enum chi_word_kind {
    CHI_WORD_SCALE,    /* money: times a power of ten */
    CHI_WORD_FRACTION, /* times a power of ten */
    CHI_WORD_MULTIPLE,
    CHI_WORD_DAYS,
    CHI_WORD_MONTHS,
} chi_word_kind;

typedef struct chi_unit_word {
    const char *word;
    chi_word_kind kind;
    int amount; /* power of ten, or days, or months */
} chi_unit_word;

const chi_unit_word *chi_unit_word_find(const char *text, size_t size); /* NULL if unknown */

/* What to write instead of a word that is not a unit. */
void chi_unit_word_hint(const char *text, size_t size, char *hint, size_t room);

#endif

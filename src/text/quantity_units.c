/* The unit words, and what to say about words that are not. */
#include "text/quantity_units.h"

#include "base/check.h"
#include "base/str.h"
#include "text/quantity.h"

#include <stdio.h>
#include <string.h>

static const chi_unit_word unit_words[] = {
    {"%", CHI_WORD_FRACTION, -2},
    {"bp", CHI_WORD_FRACTION, -4},
    {"bps", CHI_WORD_FRACTION, -4},
    {"x", CHI_WORD_MULTIPLE, 0},
    {"k", CHI_WORD_SCALE, 3},
    {"thousand", CHI_WORD_SCALE, 3},
    {"m", CHI_WORD_SCALE, 6},
    {"mn", CHI_WORD_SCALE, 6},
    {"million", CHI_WORD_SCALE, 6},
    {"bn", CHI_WORD_SCALE, 9},
    {"billion", CHI_WORD_SCALE, 9},
    {"tn", CHI_WORD_SCALE, 12},
    {"trillion", CHI_WORD_SCALE, 12},
    {"d", CHI_WORD_DAYS, 1},
    {"day", CHI_WORD_DAYS, 1},
    {"days", CHI_WORD_DAYS, 1},
    {"w", CHI_WORD_DAYS, 7},
    {"week", CHI_WORD_DAYS, 7},
    {"weeks", CHI_WORD_DAYS, 7},
    {"mo", CHI_WORD_MONTHS, 1},
    {"month", CHI_WORD_MONTHS, 1},
    {"months", CHI_WORD_MONTHS, 1},
    {"q", CHI_WORD_MONTHS, 3},
    {"quarter", CHI_WORD_MONTHS, 3},
    {"quarters", CHI_WORD_MONTHS, 3},
    {"y", CHI_WORD_MONTHS, 12},
    {"year", CHI_WORD_MONTHS, 12},
    {"years", CHI_WORD_MONTHS, 12},
};
enum { UNIT_WORDS = sizeof unit_words / sizeof *unit_words };

/* Words that people write and that mean more than one thing, or are spelled otherwise here. */
static const struct {
    const char *word, *hint;
} refused_words[] = {
    {"M", "M is thousand to some and million to others; write k or m"},
    {"MM", "write m for million"},
    {"mm", "write m for million"},
    {"b", "write bn for billion"},
    {"B", "write bn for billion"},
    {"t", "write tn for trillion, or k for thousand"},
    {"T", "write tn for trillion"},
    {"pct", "write %"},
    {"percent", "write %"},
    {"yr", "write y or years"},
    {"yrs", "write y or years"},
    {"h", "the shortest period is a day"},
    {"hours", "the shortest period is a day"},
    {"pa", "rates are per year already; write % alone"},
    {"X", "write x"},
};

static const struct {
    const char *text, *example;
} units[CHI_UNIT_COUNT] = {
#define CHI_UNIT_ROW(name, text, example) {text, example},
    CHI_UNIT_LIST(CHI_UNIT_ROW)
#undef CHI_UNIT_ROW
};

const char *chi_unit_text(chi_unit unit)
{
    CHI_ASSERT((unsigned)unit < CHI_UNIT_COUNT);
    return units[unit].text;
}

const char *chi_unit_example(chi_unit unit)
{
    CHI_ASSERT((unsigned)unit < CHI_UNIT_COUNT);
    return units[unit].example;
}

const chi_unit_word *chi_unit_word_find(const char *text, size_t size)
{
    for (size_t i = 0; i < UNIT_WORDS; i++)
        if (chi_text_equal(text, size, unit_words[i].word))
            return &unit_words[i];
    return NULL;
}

void chi_unit_word_hint(const char *text, size_t size, char *hint, size_t room)
{
    for (size_t i = 0; i < sizeof refused_words / sizeof *refused_words; i++)
        if (chi_text_equal(text, size, refused_words[i].word)) {
            snprintf(hint, room, "%s", refused_words[i].hint);
            return;
        }
    char word[16] = "";
    const char *names[UNIT_WORDS];
    for (size_t i = 0; i < UNIT_WORDS; i++)
        names[i] = unit_words[i].word;
    if (size < sizeof word)
        memcpy(word, text, size);
    const char *nearest = chi_nearest_name(word, names, UNIT_WORDS);
    if (nearest)
        snprintf(hint, room, "did you mean '%s'?", nearest);
    else
        snprintf(hint, room,
            "accepted: k m bn tn (money), %% bp, x, d w mo q y or their words (periods)");
}

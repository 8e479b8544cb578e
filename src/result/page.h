/* The pieces of a page for a terminal: text that fits a width, numbers as an analyst reads them.
 *
 * A page is plain characters. With `ascii` nothing beyond ASCII is written; with `color` headings
 * and the verdict are marked with ANSI sequences, which take no columns. */
#ifndef CHI_RESULT_PAGE_H
#define CHI_RESULT_PAGE_H

#include "base/write.h"
#include "cardhouse/ch_result.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct chi_page {
    chi_writer *writer;
    const ch_result *result, *base; /* base may be NULL */
    const ch_model *model;
    const ch_weights *weights; /* may be NULL */
    bool paired;               /* the firm's differences are known, by month: */
    ch_difference difference[CH_MONTHS_MAX];
    size_t width;  /* columns */
    size_t blanks; /* not yet written: blanks at the end of a line never are */
    bool ascii, color;
} chi_page;

typedef enum chi_tone { CHI_PLAIN, CHI_BOLD, CHI_DIM, CHI_GOOD, CHI_DOUBTFUL, CHI_BAD } chi_tone;

enum { CHI_CELL_BYTES = 48 }; /* of a formatted number */

/* Switches the tone; CHI_PLAIN ends it. Nothing without colours. */
void chi_page_tone(chi_page *page, chi_tone tone);
/* Text of the user or of ours, made safe for the terminal. */
void chi_page_text(chi_page *page, const char *text);
void chi_page_format(chi_page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
void chi_page_blanks(chi_page *page, size_t count);
/* The same in exactly `columns` columns: cut with a mark, or filled with blanks. */
void chi_page_left(chi_page *page, const char *text, size_t columns);
void chi_page_right(chi_page *page, const char *text, size_t columns);
void chi_page_line(chi_page *page); /* ends the line */
/* A heading with an empty line before it; `note` stands at the right end. */
void chi_page_heading(chi_page *page, const char *text, const char *note);
/* Words filled into lines of the page's width, each line after `indent` blanks. */
void chi_page_wrap(chi_page *page, size_t indent, const char *text);
/* Columns that a text takes. */
size_t chi_page_columns(const chi_page *page, const char *text);

/* "83.4 %"; "-" for what is not a number. */
const char *chi_percent(double share, char out[CHI_CELL_BYTES]);
/* "82.9-83.9 %", with an en dash where there is one. */
const char *chi_interval(const chi_page *page, ch_share share, char out[CHI_CELL_BYTES]);
/* "-22.2", in points of a hundred, with its sign. */
const char *chi_points(double difference, char out[CHI_CELL_BYTES]);
/* "-22.8 to -21.6" with " to " between. */
const char *chi_points_range(
    ch_difference difference, const char *between, char out[CHI_CELL_BYTES]);
/* "1,203", "12.4", "0.125": grouped, about four digits. */
const char *chi_money(double amount, char out[CHI_CELL_BYTES]);
const char *chi_count(uint64_t number, char out[CHI_CELL_BYTES]);

/* The survival curve of a firm in characters, with its band; the base's as points. */
void chi_page_curve(chi_page *page, size_t firm);

/* Sections, each with its heading; nothing if there is nothing to say (page_sections.c). */
void chi_page_causes(chi_page *page, size_t firm); /* page_causes.c */
/* The most frequent cause over all root events, or root event over all causes. False if the firm
 * fails on no path. */
bool chi_page_first_cause(const chi_page *page, size_t firm, bool by_root, ch_cause *first);
void chi_page_others(chi_page *page, const size_t *shown, size_t count); /* firms not shown yet */
void chi_page_losses(chi_page *page);
void chi_page_waves(chi_page *page); /* who falls with whom (page_waves.c) */
void chi_page_estimates(chi_page *page);
/* Estimates in the order of what they change, `shown_max` of them; SIZE_MAX: all, and those that
 * were not varied (page_weights.c). */
void chi_page_weights(chi_page *page, const ch_weights *weights, size_t shown_max);
const char *chi_estimate_text(ch_evidence number, char *out, size_t size);
void chi_page_proof(chi_page *page); /* seed, hash, conservation: how to get the same again */

#endif

/* Writes JSON (RFC 8259): every command's --json comes from here.
 *
 *   chi_json json;
 *   chi_json_init(&json, write, context, 2);
 *   chi_json_object(&json);
 *   chi_json_key(&json, "seed");   chi_json_uint(&json, 7);
 *   chi_json_end(&json);
 *   return chi_json_finish(&json);
 *
 * Mistakes in the order of calls, numbers that are not finite, and an unfinished text are mistakes
 * of ours and end the program. */
#ifndef CHI_TEXT_JSON_OUT_H
#define CHI_TEXT_JSON_OUT_H

#include "base/write.h"

#include <stdbool.h>
#include <stdint.h>

enum { CHI_JSON_DEPTH_MAX = 32, CHI_JSON_NUMBER_BYTES = 32 };

typedef struct chi_json {
    chi_writer writer;
    int line_depth;
    int depth;
    bool key_written; /* a key waits for its value */
    bool done;        /* the whole value is written */
    struct {
        bool is_object;
        size_t count;
    } open[CHI_JSON_DEPTH_MAX];
} chi_json;

/* The members of the outermost `line_depth` levels stand on lines of their own; deeper ones share a
 * line. 0: one line in all. */
void chi_json_init(chi_json *json, ch_write_fn write, void *context, int line_depth);

void chi_json_object(chi_json *json); /* opens { */
void chi_json_array(chi_json *json);  /* opens [ */
void chi_json_end(chi_json *json);    /* closes what was opened last */
void chi_json_key(chi_json *json, const char *key);

void chi_json_string(chi_json *json, const char *text); /* NULL is written as null */
void chi_json_text(chi_json *json, const char *text, size_t size);
void chi_json_number(chi_json *json, double value); /* the fewest digits that read back the same */
void chi_json_number17(
    chi_json *json, double value); /* 17 significant digits, zeros at the end cut */
void chi_json_int(chi_json *json, int64_t value);
void chi_json_uint(chi_json *json, uint64_t value);
void chi_json_hex64(chi_json *json, uint64_t value); /* a string of 16 hexadecimal digits */
void chi_json_bool(chi_json *json, bool value);
void chi_json_null(chi_json *json);

/* A key with its value. */
void chi_json_key_string(chi_json *json, const char *key, const char *text);
void chi_json_key_number(chi_json *json, const char *key, double value);
void chi_json_key_uint(chi_json *json, const char *key, uint64_t value);
void chi_json_key_bool(chi_json *json, const char *key, bool value);

/* Ends the text with a line break and hands it over. CH_E_IO if a write asked to stop. */
ch_status chi_json_finish(chi_json *json);

/* The fewest digits that read back as the same double, with "." whatever the locale. The value must
 * be finite. Returns the size. */
size_t chi_number_format(double value, char out[CHI_JSON_NUMBER_BYTES]);
/* The same with 17 significant digits, zeros at the end cut (%.17g). */
size_t chi_number_format17(double value, char out[CHI_JSON_NUMBER_BYTES]);

#endif

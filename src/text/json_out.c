/* The JSON writer keeps a small stack, so that commas, line breaks and brackets are never wrong. */
#include "text/json_out.h"

#include "base/check.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void chi_json_init(chi_json *json, ch_write_fn write, void *context, int line_depth)
{
    CHI_ASSERT(json && line_depth >= 0);
    chi_writer_init(&json->writer, write, context);
    json->line_depth = line_depth;
    json->depth = 0;
    json->key_written = json->done = false;
}

static void break_line(chi_json *json)
{
    chi_write(&json->writer, "\n", 1);
    chi_write_repeat(&json->writer, ' ', 2 * (size_t)json->depth);
}

/* What stands before a member: a comma, and a line break on the outer levels. */
static void separate(chi_json *json)
{
    size_t *count = &json->open[json->depth - 1].count;
    if ((*count)++)
        chi_write(&json->writer, ",", 1);
    if (json->depth <= json->line_depth)
        break_line(json);
}

/* Checks that a value can stand here and writes what stands before it. */
static void begin_value(chi_json *json)
{
    CHI_ASSERT(!json->done);
    if (json->depth == 0)
        return;
    bool is_object = json->open[json->depth - 1].is_object;
    CHI_ASSERT(is_object == json->key_written);
    if (!is_object)
        separate(json);
    json->key_written = false;
}

static void end_value(chi_json *json)
{
    json->done = json->depth == 0;
}

static void open_container(chi_json *json, bool is_object)
{
    begin_value(json);
    CHI_ASSERT(json->depth < CHI_JSON_DEPTH_MAX);
    json->open[json->depth].is_object = is_object;
    json->open[json->depth].count = 0;
    json->depth++;
    chi_write(&json->writer, is_object ? "{" : "[", 1);
}

void chi_json_object(chi_json *json)
{
    open_container(json, true);
}

void chi_json_array(chi_json *json)
{
    open_container(json, false);
}

void chi_json_end(chi_json *json)
{
    CHI_ASSERT(json->depth > 0 && !json->key_written);
    json->depth--;
    bool is_object = json->open[json->depth].is_object;
    if (json->open[json->depth].count && json->depth < json->line_depth)
        break_line(json);
    chi_write(&json->writer, is_object ? "}" : "]", 1);
    end_value(json);
}

void chi_json_key(chi_json *json, const char *key)
{
    CHI_ASSERT(json->depth > 0 && json->open[json->depth - 1].is_object && !json->key_written);
    separate(json);
    chi_write_json_string(&json->writer, key, strlen(key));
    chi_write(&json->writer, json->depth <= json->line_depth ? ": " : ":",
        json->depth <= json->line_depth ? 2 : 1);
    json->key_written = true;
}

void chi_json_text(chi_json *json, const char *text, size_t size)
{
    begin_value(json);
    chi_write_json_string(&json->writer, text, size);
    end_value(json);
}

static void write_word(chi_json *json, const char *word)
{
    begin_value(json);
    chi_write_text(&json->writer, word);
    end_value(json);
}

void chi_json_string(chi_json *json, const char *text)
{
    if (text)
        chi_json_text(json, text, strlen(text));
    else
        write_word(json, "null");
}

/* A number that is no small integer, with the fewest digits from `digits` on that read back. */
static size_t format_digits(double value, int digits, char out[CHI_JSON_NUMBER_BYTES])
{
    int size = 0;
    for (; digits <= 17; digits++) {
        size = snprintf(out, CHI_JSON_NUMBER_BYTES, "%.*g", digits, value);
        if (strtod(out, NULL) == value)
            break;
    }
    CHI_ASSERT(size > 0 && size < CHI_JSON_NUMBER_BYTES);
    /* a host program may have set a locale with a decimal comma */
    for (int i = 0; i < size; i++)
        if (!(out[i] >= '0' && out[i] <= '9') && !strchr("+-eE", out[i]))
            out[i] = '.';
    return (size_t)size;
}

static size_t format_from(double value, int digits, char out[CHI_JSON_NUMBER_BYTES])
{
    CHI_ASSERT(isfinite(value));
    if (value == floor(value) && fabs(value) < 1e15) /* 0 also for -0 */
        return (size_t)snprintf(out, CHI_JSON_NUMBER_BYTES, "%" PRId64, (int64_t)value);
    return format_digits(value, digits, out);
}

size_t chi_number_format(double value, char out[CHI_JSON_NUMBER_BYTES])
{
    return format_from(value, 15, out);
}

size_t chi_number_format17(double value, char out[CHI_JSON_NUMBER_BYTES])
{
    return format_from(value, 17, out);
}

static void write_number(chi_json *json, const char *text, size_t size)
{
    begin_value(json);
    chi_write(&json->writer, text, size);
    end_value(json);
}

void chi_json_number(chi_json *json, double value)
{
    char text[CHI_JSON_NUMBER_BYTES];
    write_number(json, text, chi_number_format(value, text));
}

void chi_json_number17(chi_json *json, double value)
{
    char text[CHI_JSON_NUMBER_BYTES];
    write_number(json, text, chi_number_format17(value, text));
}

void chi_json_int(chi_json *json, int64_t value)
{
    char text[CHI_JSON_NUMBER_BYTES];
    snprintf(text, sizeof text, "%" PRId64, value);
    write_word(json, text);
}

void chi_json_uint(chi_json *json, uint64_t value)
{
    char text[CHI_JSON_NUMBER_BYTES];
    snprintf(text, sizeof text, "%" PRIu64, value);
    write_word(json, text);
}

void chi_json_hex64(chi_json *json, uint64_t value)
{
    char text[CHI_JSON_NUMBER_BYTES];
    snprintf(text, sizeof text, "%016" PRIx64, value);
    chi_json_string(json, text);
}

void chi_json_bool(chi_json *json, bool value)
{
    write_word(json, value ? "true" : "false");
}

void chi_json_null(chi_json *json)
{
    write_word(json, "null");
}

void chi_json_key_string(chi_json *json, const char *key, const char *text)
{
    chi_json_key(json, key);
    chi_json_string(json, text);
}

void chi_json_key_number(chi_json *json, const char *key, double value)
{
    chi_json_key(json, key);
    chi_json_number(json, value);
}

void chi_json_key_uint(chi_json *json, const char *key, uint64_t value)
{
    chi_json_key(json, key);
    chi_json_uint(json, value);
}

void chi_json_key_bool(chi_json *json, const char *key, bool value)
{
    chi_json_key(json, key);
    chi_json_bool(json, value);
}

ch_status chi_json_finish(chi_json *json)
{
    CHI_ASSERT(json->done && json->depth == 0);
    chi_write(&json->writer, "\n", 1);
    return chi_writer_finish(&json->writer);
}

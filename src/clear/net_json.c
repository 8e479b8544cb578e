/* JSON out for network results. */
#include "clear/net_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void chi_net_json_init(chi_net_json *json, ch_write_fn write, void *context)
{
    memset(json, 0, sizeof *json);
    chi_writer_init(&json->writer, write, context);
}

ch_status chi_net_json_finish(chi_net_json *json)
{
    chi_write_text(&json->writer, "\n");
    return chi_writer_finish(&json->writer);
}

static void separate(chi_net_json *json)
{
    if (json->comma)
        chi_write_text(&json->writer, ",");
    json->comma = true;
}

void chi_net_json_open(chi_net_json *json, char bracket)
{
    separate(json);
    chi_write(&json->writer, &bracket, 1);
    json->comma = false;
    json->depth++;
}

void chi_net_json_close(chi_net_json *json, char bracket)
{
    chi_write(&json->writer, &bracket, 1);
    json->comma = true;
    json->depth--;
}

void chi_net_json_key(chi_net_json *json, const char *key)
{
    separate(json);
    if (json->depth <= 1)
        chi_write_text(&json->writer, "\n");
    chi_write_json_string(&json->writer, key, strlen(key));
    chi_write_text(&json->writer, ":");
    json->comma = false;
}

void chi_net_format_number(double value, char out[32])
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(out, 32, "%.*g", digits, value);
        if (strtod(out, NULL) == value)
            return;
    }
}

void chi_net_json_number(chi_net_json *json, double value)
{
    char text[32] = "null";
    if (isfinite(value))
        chi_net_format_number(value, text);
    separate(json);
    chi_write_text(&json->writer, text);
}

void chi_net_json_integer(chi_net_json *json, int64_t value)
{
    separate(json);
    chi_write_format(&json->writer, "%lld", (long long)value);
}

void chi_net_json_text(chi_net_json *json, const char *text)
{
    separate(json);
    chi_write_json_string(&json->writer, text, strlen(text));
}

void chi_net_json_bool(chi_net_json *json, bool value)
{
    separate(json);
    chi_write_text(&json->writer, value ? "true" : "false");
}

void chi_net_json_field(chi_net_json *json, const char *key, double value)
{
    chi_net_json_key(json, key);
    chi_net_json_number(json, value);
}

void chi_net_json_count(chi_net_json *json, const char *key, size_t value)
{
    chi_net_json_key(json, key);
    chi_net_json_integer(json, (int64_t)value);
}

void chi_net_json_string(chi_net_json *json, const char *key, const char *text)
{
    chi_net_json_key(json, key);
    chi_net_json_text(json, text);
}

void chi_net_json_vector(chi_net_json *json, const char *key, const double *values, size_t count)
{
    chi_net_json_key(json, key);
    chi_net_json_open(json, '[');
    for (size_t i = 0; i < count; i++)
        chi_net_json_number(json, values[i]);
    chi_net_json_close(json, ']');
}

void chi_net_json_flags(chi_net_json *json, const char *key, const uint8_t *flags, size_t count)
{
    chi_net_json_key(json, key);
    chi_net_json_open(json, '[');
    for (size_t i = 0; i < count; i++)
        chi_net_json_integer(json, flags[i]);
    chi_net_json_close(json, ']');
}

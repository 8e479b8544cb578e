/* JSON out for network results. */
#include "clear/net_json.h"

#include "base/check.h"

#include <math.h>

void chi_net_json_init(chi_net_json *json, ch_write_fn write, void *context)
{
    chi_json_init(&json->json, write, context, 1);
}

ch_status chi_net_json_finish(chi_net_json *json)
{
    return chi_json_finish(&json->json);
}

void chi_net_json_open(chi_net_json *json, char bracket)
{
    CHI_ASSERT(bracket == '{' || bracket == '[');
    if (bracket == '{')
        chi_json_object(&json->json);
    else
        chi_json_array(&json->json);
}

void chi_net_json_close(chi_net_json *json, char bracket)
{
    CHI_ASSERT(bracket == '}' || bracket == ']');
    chi_json_end(&json->json);
}

void chi_net_json_key(chi_net_json *json, const char *key)
{
    chi_json_key(&json->json, key);
}

void chi_net_json_number(chi_net_json *json, double value)
{
    if (isfinite(value))
        chi_json_number(&json->json, value);
    else
        chi_json_null(&json->json);
}

void chi_net_json_integer(chi_net_json *json, int64_t value)
{
    chi_json_int(&json->json, value);
}

void chi_net_json_text(chi_net_json *json, const char *text)
{
    chi_json_string(&json->json, text);
}

void chi_net_json_bool(chi_net_json *json, bool value)
{
    chi_json_bool(&json->json, value);
}

void chi_net_json_field(chi_net_json *json, const char *key, double value)
{
    chi_net_json_key(json, key);
    chi_net_json_number(json, value);
}

void chi_net_json_count(chi_net_json *json, const char *key, size_t value)
{
    chi_json_key_uint(&json->json, key, value);
}

void chi_net_json_string(chi_net_json *json, const char *key, const char *text)
{
    chi_json_key_string(&json->json, key, text);
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

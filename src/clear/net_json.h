/* JSON out: objects, arrays and numbers with their commas, one writer for all network results.
 * Numbers carry the fewest digits that read back to the same double. */
#ifndef CHI_CLEAR_NET_JSON_H
#define CHI_CLEAR_NET_JSON_H

#include "base/write.h"

#include <stdint.h>

typedef struct chi_net_json {
    chi_writer writer;
    bool comma; /* something precedes in the present object or array */
    size_t depth;
} chi_net_json;

void chi_net_json_init(chi_net_json *json, ch_write_fn write, void *context);
ch_status chi_net_json_finish(chi_net_json *json); /* ends the line and flushes */

void chi_net_json_open(chi_net_json *json, char bracket); /* '{' or '[' */
void chi_net_json_close(chi_net_json *json, char bracket);
void chi_net_json_key(chi_net_json *json, const char *key);
void chi_net_json_number(chi_net_json *json, double value); /* null if not finite */
void chi_net_json_integer(chi_net_json *json, int64_t value);
void chi_net_json_text(chi_net_json *json, const char *text);
void chi_net_json_bool(chi_net_json *json, bool value);

/* With their keys: */
void chi_net_json_field(chi_net_json *json, const char *key, double value);
void chi_net_json_count(chi_net_json *json, const char *key, size_t value);
void chi_net_json_string(chi_net_json *json, const char *key, const char *text);
void chi_net_json_vector(chi_net_json *json, const char *key, const double *values, size_t count);
void chi_net_json_flags(chi_net_json *json, const char *key, const uint8_t *flags, size_t count);

/* A double as text, at most 31 characters; out has room for 32. */
void chi_net_format_number(double value, char out[32]);

#endif

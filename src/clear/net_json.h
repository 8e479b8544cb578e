/* JSON out for network results: the writer of text/json_out.h with the few shapes results have. */
#ifndef CHI_CLEAR_NET_JSON_H
#define CHI_CLEAR_NET_JSON_H

#include "text/json_out.h"

typedef struct chi_net_json {
    chi_json json;
} chi_net_json;

void chi_net_json_init(chi_net_json *json, ch_write_fn write, void *context);
ch_status chi_net_json_finish(chi_net_json *json);

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

#endif

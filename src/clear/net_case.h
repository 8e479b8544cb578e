/* Case files: JSON with a list of cases, each a small network with what to compute on it. Readers
 * of their pieces, and one function for each kind of case that computes and writes its results
 * under the names the file uses. */
#ifndef CHI_CLEAR_NET_CASE_H
#define CHI_CLEAR_NET_CASE_H

#include "clear/net_json.h"
#include "clear/net_network.h"
#include "text/node.h"

/* What a case function works with. Errors go to diags; `failed` is set with them. */
typedef struct chi_net_case {
    chi_arena *arena;
    ch_diags *diags;
    const char *folder; /* of the case file, with its last slash; "" if none: tables are there */
    const chi_node *root;
    chi_net_json *json;
    bool failed;
    size_t threads;
} chi_net_case;

/* The subcommands of `cardhouse network`. */
typedef enum chi_net_command {
    CHI_NET_CLEAR,
    CHI_NET_VALUE,
    CHI_NET_DISTRESS,
    CHI_NET_RECONSTRUCT,
    CHI_NET_FIRESALE,
    CHI_NET_SUPPLY,
    CHI_NET_REVERSE,
    CHI_NET_LOOPS,
    CHI_NET_COMMAND_COUNT
} chi_net_command;

const char *chi_net_command_name(chi_net_command command);

/* Runs every case of a parsed file through the command and writes an object: id -> results. */
ch_status chi_net_cases_run(chi_net_case *context, chi_net_command command, const chi_node *file);

/* One function per kind; each opens nothing and closes nothing, but writes the case's fields. */
void chi_net_case_clearing(chi_net_case *c);
void chi_net_case_holdings(chi_net_case *c);
void chi_net_case_valuation(chi_net_case *c);
void chi_net_case_debtrank(chi_net_case *c);
void chi_net_case_communicability(chi_net_case *c);
void chi_net_case_reconstruction(chi_net_case *c);
void chi_net_case_posterior(chi_net_case *c);
void chi_net_case_firesale(chi_net_case *c);
void chi_net_case_supply(chi_net_case *c);

/* Readers. On an error they add a diagnostic at the place, set failed, and return something safe
 * (0, NULL, no edges). A missing key with `required` false gives the same without a diagnostic. */
const chi_node *chi_net_case_get(chi_net_case *c, const chi_node *map, const char *key);
bool chi_net_number(const char *text, size_t size, double *value); /* plain decimal, finite */
double chi_net_case_number(chi_net_case *c, const chi_node *map, const char *key, double fallback);
const char *chi_net_case_text(
    chi_net_case *c, const chi_node *map, const char *key, const char *fallback);
size_t chi_net_case_length(chi_net_case *c, const chi_node *map, const char *key);
/* `count` numbers, each >= least. NULL if absent or null. */
double *chi_net_case_vector(
    chi_net_case *c, const chi_node *map, const char *key, size_t count, double least);
chi_net_edges chi_net_case_edges(
    chi_net_case *c, const chi_node *map, const char *key, size_t firms);
size_t chi_net_case_firms(chi_net_case *c); /* n, at least 1 */
void chi_net_case_error(chi_net_case *c, const chi_node *at, uint32_t code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif

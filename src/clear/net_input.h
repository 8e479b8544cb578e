/* A network from its tables: balances, exposures, holdings, checked against each other. */
#ifndef CHI_CLEAR_NET_INPUT_H
#define CHI_CLEAR_NET_INPUT_H

#include "cardhouse/network.h"
#include "clear/net_network.h"
#include "clear/net_table.h"

typedef struct chi_net_input {
    chi_arena *arena;
    ch_diags *diags;
    const ch_network_job *job;
    chi_network network;
    chi_net_names names;
    chi_net_table *balances, *exposures, *holdings; /* NULL if not given */
} chi_net_input;

/* What a command needs. */
enum {
    CHI_NET_NEEDS_BALANCES = 1,
    CHI_NET_NEEDS_EXPOSURES = 2,
    CHI_NET_SUPPLIES = 4,  /* edges are supplier,customer,amount */
    CHI_NET_PORTFOLIOS = 8 /* the edge file holds firm,asset,amount; not read here */
};

/* Reads and checks; false after diagnostics. Rules for odd input: a firm that owes itself, a
 * negative amount, an unknown or repeated firm and more shares than there are, are errors; the same
 * pair twice adds up; the creditor or holder "outside" stands for everybody else. */
bool chi_net_input_read(chi_net_input *input, unsigned needs);

/* A column of the balances per firm; NULL if the table or the column is missing. If `required`, a
 * missing one is an error. A bad number is an error. `ok` becomes false on errors. */
double *chi_net_input_column(
    chi_net_input *input, const char *name, double least, bool required, bool *ok);

/* The firm called `name`; UINT32_MAX after a diagnostic. */
uint32_t chi_net_input_firm(chi_net_input *input, const char *name);

/* A diagnostic without a place, for options. */
void chi_net_input_error(chi_net_input *input, uint32_t code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif

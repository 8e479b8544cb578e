/* Fire sales: firms under a leverage limit sell what others hold too, and prices fall for all.
 *
 * Two rules. "published" repeats, step for step, the teaching program of Cont and Schaanning's
 * model from Oxford, with defaults, repayment from cash and orders that are filled a step later.
 * "cont_schaanning" is the model of Cont and Schaanning (2017): whoever is above the largest
 * leverage sells the share of its portfolio that brings it back to target, all at once, half of
 * the price fall being lost on what is sold; repeated until nobody sells. */
#ifndef CHI_CLEAR_NET_FIRESALE_H
#define CHI_CLEAR_NET_FIRESALE_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct chi_net_firesale_input {
    size_t firms, assets;
    const double *cash, *other, *liabilities; /* per firm, money */
    const double *loan;                       /* part of liabilities that can be repaid early */
    const double *holdings;                   /* firms * assets: value at a price of 1 */
    size_t shocked;                           /* asset whose price falls first */
    double shock;                             /* by this share */
    double impact;                            /* price fall when 5 % of an asset is sold, < 1 */
    double leverage_min;                      /* equity / assets below which a firm defaults */
    double leverage_buffer;                   /* below which it sells */
    double leverage_target;                   /* to which it sells */
    size_t steps;
} chi_net_firesale_input;

typedef struct chi_net_firesale {
    size_t *defaults;        /* per step, from step 0: steps + 1 of them */
    double *fraction_sold;   /* per step: of all tradable units, so far */
    double *prices;          /* per asset, at the end */
    double *assets, *equity; /* per firm, at the end, money */
    uint8_t *alive;
    size_t steps; /* taken */
} chi_net_firesale;

chi_net_firesale chi_net_firesale_published(chi_arena *arena, const chi_net_firesale_input *input);
chi_net_firesale chi_net_firesale_cont_schaanning(
    chi_arena *arena, const chi_net_firesale_input *input);

#endif

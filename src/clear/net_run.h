/* One network job from files to text. */
#ifndef CHI_CLEAR_NET_RUN_H
#define CHI_CLEAR_NET_RUN_H

#include "cardhouse/network.h"
#include "clear/net_case.h"

ch_status chi_net_run(
    chi_arena *arena, const ch_network_job *job, ch_diags *diags, ch_write_fn write, void *context);

#endif

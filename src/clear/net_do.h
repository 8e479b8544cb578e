/* The commands on tables: each computes and fills a report. False after diagnostics. */
#ifndef CHI_CLEAR_NET_DO_H
#define CHI_CLEAR_NET_DO_H

#include "clear/net_input.h"
#include "clear/net_report.h"

bool chi_net_do_clear(chi_net_input *input, chi_net_report *report);
bool chi_net_do_value(chi_net_input *input, chi_net_report *report);
bool chi_net_do_distress(chi_net_input *input, chi_net_report *report);
bool chi_net_do_reconstruct(chi_net_input *input, chi_net_report *report);
bool chi_net_do_firesale(chi_net_input *input, chi_net_report *report);
bool chi_net_do_supply(chi_net_input *input, chi_net_report *report);
bool chi_net_do_reverse(chi_net_input *input, chi_net_report *report);
bool chi_net_do_loops(chi_net_input *input, chi_net_report *report);

/* The parts of `reverse` that look for a direction; target: UINT32_MAX for none. */
bool chi_net_do_reverse_single(chi_net_input *input, chi_net_report *report, uint32_t target);
bool chi_net_do_reverse_any(chi_net_input *input, chi_net_report *report, uint32_t target);

#endif

/* Cardhouse: the whole public API. */
#ifndef CARDHOUSE_CARDHOUSE_H
#define CARDHOUSE_CARDHOUSE_H

#include "cardhouse/ch_base.h"
#include "cardhouse/ch_contract.h"
#include "cardhouse/ch_diag.h"
#include "cardhouse/ch_model.h"
#include "cardhouse/ch_result.h"
#include "cardhouse/ch_run.h"
#include "cardhouse/ch_weigh.h"
#include "cardhouse/network.h"

#endif

/* The steps of funding ladders. */
#ifndef CHI_MODEL_RUNG_H
#define CHI_MODEL_RUNG_H

#include <stdint.h>

/* One step of a firm's funding ladder, in the order in which they are tried. */
typedef enum chi_rung_kind {
    CHI_RUNG_DRAW,
    CHI_RUNG_ISSUE,
    CHI_RUNG_DEFER,
    CHI_RUNG_WITHDRAW
} chi_rung_kind;
typedef struct chi_rung {
    uint32_t kind; /* chi_rung_kind */
    uint32_t loan; /* DRAW: facility; ISSUE: notes of the market; WITHDRAW: deposit; DEFER: NONE */
} chi_rung;

#endif

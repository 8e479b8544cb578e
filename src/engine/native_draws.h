/* What generated code has of its own; part of the generated file, used nowhere else. */
#ifndef CHI_ENGINE_NATIVE_DRAWS_H
#define CHI_ENGINE_NATIVE_DRAWS_H

#include "engine/native_frame.h"

/* The assembler's name is that of the constant in num/lane.h, so that the compiler does not see
 * what its value is. */
const double cardhouse_zero __asm__("chi_lane_zero") = 0.0;

/* What is asked is mostly not so: what follows then lies out of the way. */
#define SELDOM(question) __builtin_expect(!!(question), 0)

/* Draws of a month. */
#define draw(n, month, stream, rows, normals, now, next)                                           \
    F->draw(F->seed, F->first_path, n, (uint32_t)(month), F->streams + (stream), rows, normals, n, \
        now, next)

#endif

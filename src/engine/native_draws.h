/* Draws as generated code calls them; part of the generated file, used nowhere else. */
#ifndef CHI_ENGINE_NATIVE_DRAWS_H
#define CHI_ENGINE_NATIVE_DRAWS_H

#include "engine/native_frame.h"

#define draw(n, month, stream, rows, normals, now, next)                                           \
    F->draw(F->seed, F->first_path, n, (uint32_t)(month), F->streams + (stream), rows, normals, n, \
        now, next)

#endif

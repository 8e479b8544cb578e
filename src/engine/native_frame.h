/* What generated code is handed each month; its text is part of the generated file. */
#ifndef CHI_ENGINE_NATIVE_FRAME_H
#define CHI_ENGINE_NATIVE_FRAME_H

#include "engine/rare.h"

#include <stddef.h>
#include <stdint.h>

typedef struct chi_native_frame {
    double *state; /* all columns, then those that the tile keeps for itself */
    const chi_tile_flags *flags;
    struct chi_tile *tile;     /* for rare functions */
    chi_rare_fn *const *rare;  /* in the order of CHI_RARE_LIST */
    uint64_t seed, first_path; /* for draws */
    const uint32_t *streams;   /* of the plan */
    void (*draw)(uint64_t seed, uint64_t first, size_t count, uint32_t month,
        const uint32_t *stream, size_t rows, size_t normals, size_t stride, double *a, double *b);
    /* of cardhouse_run: the tile's month, and where cash goes, see chi_record_make_room */
    uint32_t *month;
    double *kept;
} chi_native_frame;

/* cardhouse_month: month `month` - 1 of the tile; 0 is the opening state. */
typedef void chi_native_month_fn(const chi_native_frame *frame, uint32_t month);
/* cardhouse_run: the opening state and all months; after each, the cash of simulated firms. */
typedef void chi_native_run_fn(const chi_native_frame *frame);

#endif

/* Writes what the oracle drew and computed on some paths, so that other programs can be fed the
 * same luck and compared state by state: one line of JSON a path.
 *
 * usage: dump_luck MODEL SCENARIO PATHS
 *
 * {"hazard": [...], "threshold": [...], "months": [{"normal": [...], ..., "cash": [...]}, ...]} */
#include "base/arena.h"
#include "cardhouse/cardhouse.h"
#include "engine/oracle.h"
#include "text/json_out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void column(chi_json *json, const char *name, const double *at, size_t count)
{
    chi_json_key(json, name);
    chi_json_array(json);
    for (size_t i = 0; i < count; i++)
        chi_json_number(json, at[i]);
    chi_json_end(json);
}

/* Draws of a month, of which the state holds those of an even and of an odd one. */
#define DRAWN(X)                                                                                   \
    X(normal, normals)                                                                             \
    X(uniform, uniforms)                                                                           \
    X(jump, jumps)

/* The states that the months carry on. */
#define SHOWN(X)                                                                                   \
    X(driver, drivers)                                                                             \
    X(alive, firms)                                                                                \
    X(cash, firms)                                                                                 \
    X(restricted, firms)                                                                           \
    X(property, firms)                                                                             \
    X(loss, firms)                                                                                 \
    X(root, firms)                                                                                 \
    X(blocked, firms)                                                                              \
    X(failed, firms)                                                                               \
    X(cause, firms)                                                                                \
    X(notional, loans)                                                                             \
    X(accrued, loans)                                                                              \
    X(rate, loans)                                                                                 \
    X(fee, loans)                                                                                  \
    X(drawn, loans)                                                                                \
    X(forgone, loans)                                                                              \
    X(loan_arrears, loans)                                                                         \
    X(loan_clock, loans)                                                                           \
    X(live, customers)                                                                             \
    X(advance, customers)                                                                          \
    X(customer_arrears, customers)                                                                 \
    X(line_arrears, lines)

static void write_path(chi_json *json, chi_oracle *o, uint64_t path)
{
    const chi_counts *n = &o->plan->counts;
    chi_oracle_start(o, 1, path);
    chi_json_object(json);
    column(json, "hazard", o->state.hazard, n->hazards);
    column(json, "threshold", o->state.threshold, n->covenants);
    chi_json_key(json, "months");
    chi_json_array(json);
    for (uint32_t m = 0; m < o->plan->months; m++) {
        chi_oracle_month(o);
        chi_json_object(json);
#define DRAW(field, count)                                                                         \
    column(json, #field, m % 2 == 0 ? o->state.field : o->state.field##_next, n->count);
        DRAWN(DRAW)
#undef DRAW
#define COLUMN(field, count) column(json, #field, o->state.field, n->count);
        SHOWN(COLUMN)
#undef COLUMN
        chi_json_end(json);
    }
    chi_json_end(json);
    chi_json_end(json);
}

static int to_stdout(void *context, const char *text, size_t size)
{
    (void)context;
    return fwrite(text, 1, size, stdout) != size;
}

static int dump(const ch_model *model, uint64_t paths)
{
    chi_arena arena;
    chi_arena_init(&arena);
    jmp_buf failure;
    arena.on_failure = &failure;
    if (setjmp(failure) != 0) {
        fputs("dump_luck: out of memory\n", stderr);
        return 3;
    }
    chi_oracle oracle;
    chi_oracle_init(&oracle, chi_plan_build(model, model->months, &arena), &arena);
    ch_status status = CH_OK;
    for (uint64_t path = 0; path < paths && status == CH_OK; path++) {
        chi_json json;
        chi_json_init(&json, to_stdout, NULL, 0);
        write_path(&json, &oracle, path);
        status = chi_json_finish(&json);
    }
    chi_arena_free(&arena);
    return status == CH_OK ? 0 : 3;
}

int main(int count, char **words)
{
    if (count != 4) {
        fputs("usage: dump_luck MODEL SCENARIO PATHS\n", stderr);
        return 2;
    }
    ch_model *model;
    ch_diags *diags;
    const char *scenario = strcmp(words[2], "base") == 0 ? NULL : words[2];
    ch_status status = ch_model_load_file(words[1], scenario, &model, &diags);
    ch_diags_free(diags);
    if (status != CH_OK) {
        fprintf(stderr, "dump_luck: %s cannot be used; see cardhouse check\n", words[1]);
        return 2;
    }
    int result = dump(model, strtoull(words[3], NULL, 10));
    ch_model_free(model);
    return result;
}

/* Implements the contracts of ch_contract.h: files in, events out. */
#include "base/check.h"
#include "cardhouse/ch_contract.h"
#include "contract/actus_case.h"

#include <string.h>

struct ch_contracts {
    chi_arena arena;
    chi_actus_market market;
    chi_actus_cases cases;
    size_t wrong;
};

/* What a load owns until it hands it over. */
typedef struct load {
    ch_contracts *contracts;
    ch_diags *diags;
    jmp_buf on_failure;
    chi_actus_reader reader;
} load;

static load *load_begin(void)
{
    load *l = chi_memory_alloc(sizeof *l);
    ch_contracts *contracts = chi_memory_alloc(sizeof *contracts);
    ch_diags *diags = chi_diags_new();
    if (!l || !contracts || !diags) {
        chi_memory_free(l);
        chi_memory_free(contracts);
        ch_diags_free(diags);
        return NULL;
    }
    chi_arena_init(&contracts->arena);
    contracts->arena.on_failure = &l->on_failure;
    l->contracts = contracts;
    l->diags = diags;
    chi_actus_reader_init(&l->reader, &contracts->arena, diags);
    return l;
}

static ch_status load_end(load *l, ch_status status, ch_contracts **out, ch_diags **diags)
{
    l->contracts->arena.on_failure = NULL;
    if (status == CH_OK)
        *out = l->contracts;
    else
        ch_contracts_free(l->contracts);
    if (diags && ch_diags_count(l->diags) > 0)
        *diags = l->diags;
    else
        ch_diags_free(l->diags);
    chi_memory_free(l);
    return status;
}

static ch_status read_calendar(load *l, const ch_calendar_file *file)
{
    char *text;
    const char *error;
    size_t size;
    int line;
    chi_arena *arena = &l->contracts->arena;
    ch_status status = chi_file_read(arena, file->path, &text, &size);
    if (status == CH_E_MEMORY)
        return status;
    if (status != CH_OK) {
        chi_diag(l->diags, 611, (ch_span){0}, "", "calendar %s: %s could not be read", file->name,
            file->path);
        return status;
    }
    uint32_t number = chi_diags_add_file(l->diags, file->path, text, size);
    const chi_calendar *calendar = chi_calendar_parse(arena, text, size, &line, &error);
    if (!calendar)
        chi_diag(l->diags, 611, (ch_span){number, (uint32_t)line, 1, (uint32_t)line, 1}, NULL,
            "calendar %s: %s", file->name, error);
    else if (!chi_actus_reader_add_calendar(
                 &l->reader, chi_arena_text(arena, file->name, strlen(file->name)), calendar))
        chi_diag(l->diags, 611, (ch_span){0}, NULL, "there are more than 16 calendars");
    return ch_diags_errors(l->diags) > 0 ? CH_E_INPUT : CH_OK;
}

static ch_status read_market(load *l, const char *path)
{
    char *text;
    size_t size;
    chi_arena *arena = &l->contracts->arena;
    ch_status status = chi_file_read(arena, path, &text, &size);
    if (status == CH_E_MEMORY)
        return status;
    if (status != CH_OK) {
        chi_diag(l->diags, 640, (ch_span){0}, "", "%s could not be read", path);
        return status;
    }
    return chi_actus_market_read(arena, l->diags, path, text, size, &l->contracts->market)
               ? CH_OK
               : CH_E_INPUT;
}

/* Runs what was read. A contract that fails keeps its place without events. */
static void run_all(load *l)
{
    ch_contracts *c = l->contracts;
    for (size_t i = 0; i < c->cases.count; i++) {
        chi_actus_case *one = &c->cases.at[i];
        one->market = &c->market;
        if (one->terms && !chi_actus_run_case(&c->arena, l->diags, one)) {
            one->terms = NULL;
            one->rows = (chi_actus_rows){0};
        }
        c->wrong += one->terms == NULL;
    }
}

static ch_status read_text(load *l, const char *name, const char *text, size_t size)
{
    chi_arena *arena = &l->contracts->arena;
    size_t length = strlen(name);
    bool good;
    if (length > 4 && strcmp(name + length - 4, ".csv") == 0)
        good = chi_actus_cases_read_csv(&l->reader, name, text, size, &l->contracts->cases);
    else {
        chi_node *root = chi_node_parse(arena, l->diags, name, text, size);
        good = root && chi_actus_cases_read(&l->reader, root, &l->contracts->cases);
    }
    if (!good)
        return CH_E_INPUT;
    run_all(l);
    return CH_OK;
}

ch_status ch_contracts_load_text(
    const char *text, size_t size, const char *name, ch_contracts **out, ch_diags **diags)
{
    CHI_ASSERT(out && (text || size == 0));
    *out = NULL;
    if (diags)
        *diags = NULL;
    load *l = load_begin();
    if (!l)
        return CH_E_MEMORY;
    if (setjmp(l->on_failure))
        return load_end(l, CH_E_MEMORY, out, diags);
    return load_end(l, read_text(l, name ? name : "contracts", text, size), out, diags);
}

ch_status ch_contracts_load_file(const char *path, const ch_calendar_file *calendars,
    size_t calendar_count, ch_contracts **out, ch_diags **diags)
{
    const ch_contracts_world world = {calendars, calendar_count, NULL};
    return ch_contracts_load_file_in(path, &world, out, diags);
}

ch_status ch_contracts_load_file_in(
    const char *path, const ch_contracts_world *world, ch_contracts **out, ch_diags **diags)
{
    CHI_ASSERT(out && path && world && (world->calendars || world->calendar_count == 0));
    *out = NULL;
    if (diags)
        *diags = NULL;
    load *l = load_begin();
    if (!l)
        return CH_E_MEMORY;
    if (setjmp(l->on_failure))
        return load_end(l, CH_E_MEMORY, out, diags);
    char *text;
    size_t size;
    ch_status status = CH_OK;
    for (size_t i = 0; i < world->calendar_count && status == CH_OK; i++)
        status = read_calendar(l, &world->calendars[i]);
    if (status == CH_OK && world->market)
        status = read_market(l, world->market);
    if (status == CH_OK)
        status = chi_file_read(&l->contracts->arena, path, &text, &size);
    if (status == CH_E_INPUT && ch_diags_errors(l->diags) == 0)
        chi_diag(l->diags, 106, (ch_span){0}, NULL, "%s has more than %d bytes", path,
            (int)CHI_TEXT_BYTES_MAX);
    if (status == CH_OK)
        status = read_text(l, path, text, size);
    return load_end(l, status, out, diags);
}

void ch_contracts_free(ch_contracts *contracts)
{
    if (!contracts)
        return;
    chi_arena_free(&contracts->arena);
    chi_memory_free(contracts);
}

size_t ch_contracts_count(const ch_contracts *contracts)
{
    CHI_ASSERT(contracts);
    return contracts->cases.count;
}

size_t ch_contracts_wrong(const ch_contracts *contracts)
{
    CHI_ASSERT(contracts);
    return contracts->wrong;
}

const char *ch_contracts_id(const ch_contracts *contracts, size_t index)
{
    CHI_ASSERT(contracts && index < contracts->cases.count);
    return contracts->cases.at[index].id;
}

size_t ch_contracts_event_count(const ch_contracts *contracts, size_t index)
{
    CHI_ASSERT(contracts && index < contracts->cases.count);
    return contracts->cases.at[index].rows.count;
}

ch_event ch_contracts_event(const ch_contracts *contracts, size_t index, size_t event)
{
    CHI_ASSERT(event < ch_contracts_event_count(contracts, index));
    const chi_actus_row *row = &contracts->cases.at[index].rows.at[event];
    return (ch_event){
        .day = chi_moment_day(row->time),
        .end_of_day = row->time & 1,
        .type = chi_actus_kind_name(row->kind),
        .currency = row->currency,
        .payoff = row->payoff,
        .notional = row->state.nt,
        .rate = row->state.ipnr,
        .accrued = row->state.ipac,
        .exercise_amount = row->exercise_amount,
        .exercise_day =
            chi_given_at(row->exercise_date) ? chi_moment_day(row->exercise_date) : CH_DAY_NONE,
    };
}

ch_status ch_contracts_write_json(const ch_contracts *contracts, ch_write_fn write, void *context)
{
    CHI_ASSERT(contracts && write);
    return chi_actus_write_json(&contracts->cases, write, context);
}

ch_status ch_contracts_write_csv(const ch_contracts *contracts, ch_write_fn write, void *context)
{
    CHI_ASSERT(contracts && write);
    return chi_actus_write_csv(&contracts->cases, write, context);
}

ch_status ch_contracts_write_text(const ch_contracts *contracts, ch_write_fn write, void *context)
{
    CHI_ASSERT(contracts && write);
    return chi_actus_write_text(&contracts->cases, write, context);
}

ch_status ch_contracts_explain(
    const ch_contracts *contracts, const char *id, ch_write_fn write, void *context)
{
    CHI_ASSERT(contracts && id && write);
    for (size_t i = 0; i < contracts->cases.count; i++) {
        const chi_actus_case *one = &contracts->cases.at[i];
        if (strcmp(one->id, id) == 0)
            return one->terms ? chi_actus_write_explained(one, write, context) : CH_E_ARGUMENT;
    }
    return CH_E_ARGUMENT;
}

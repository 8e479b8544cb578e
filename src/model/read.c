/* Reading a model: the passes in their order. Each finds what the ones before it have read. */
#include "model/read_file.h"

#include "base/check.h"
#include "model/passes.h"

#include <string.h>

static void read_money(chi_reader *reader)
{
    static const double scales[] = {1.0, 1e3, 1e6, 1e9};
    static const char *const words[] = {"", " thousand", " million", " billion"};
    const chi_node *node = chi_map_node(&reader->top, "currency");
    const char *currency = chi_get_text(reader, &reader->top, "currency");
    uint32_t unit = chi_get_choice(reader, &reader->top, "unit");
    unit = unit == CHI_NONE ? 0 : unit;
    if (node && node->kind == CHI_SCALAR &&
        (strlen(currency) != 3 || strspn(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)) {
        chi_diag(reader->diags, 225, node->span, NULL, "`%s` is not a currency", currency);
        currency = "";
    }
    chi_builder *build = &reader->build;
    reader->currency = *currency ? currency : NULL;
    build->unit_scale = scales[unit];
    build->currency = chi_builder_text(build, currency);
    build->unit =
        chi_builder_text(build, chi_arena_format(reader->arena, "%s%s", currency, words[unit]));
}

static void read_time(chi_reader *reader)
{
    chi_builder *build = &reader->build;
    size_t errors = ch_diags_errors(reader->diags);
    bool started = chi_get_date(reader, &reader->top, "start", &build->start);
    const chi_node *node = chi_map_node(&reader->top, "start");
    build->months = (uint32_t)chi_get_number(reader, &reader->top, "months");
    if (build->months < 1 || build->months > CHI_MONTHS_MAX)
        build->months = 1;
    if (started && chi_ymd_of(build->start).day > 28 && !chi_is_month_end(build->start)) {
        chi_diag(reader->diags, 223, node->span, NULL,
            "the model cannot start on the %dth: not every month has one",
            chi_ymd_of(build->start).day);
    }
    reader->dated =
        started && chi_map_node(&reader->top, "months") && ch_diags_errors(reader->diags) == errors;
    reader->horizon = chi_month_date(build->start, build->months - 1);
}

void chi_head_read(chi_reader *reader)
{
    chi_builder *build = &reader->build;
    (void)chi_get_number(reader, &reader->top, "format");
    build->title = chi_builder_text(build, chi_get_text(reader, &reader->top, "title"));
    build->scenario = chi_builder_text(build, reader->scenario);
    read_money(reader);
    read_time(reader);
}

/* A stream's number is a hash of its name; two things with one number would share their luck. */
static void add_stream(
    chi_reader *reader, chi_names *seen, uint32_t stream, const char *name, ch_span span)
{
    const char *number = chi_arena_format(reader->arena, "%08x", (unsigned)stream);
    const chi_name *same = chi_names_find(seen, number);
    if (!same)
        chi_names_add(reader->arena, seen, number, 0, span);
    else
        chi_diag_related(reader->diags, 316, span, same->span, NULL,
            "`%s` would draw the same random numbers as another name", name);
}

void chi_streams_check(chi_reader *reader)
{
    const chi_builder *build = &reader->build;
    const char *text = build->text.at;
    chi_names seen = {0};
    for (size_t i = 0; i < build->driver.count; i++)
        if (build->driver.at[i].name)
            add_stream(reader, &seen, build->driver.at[i].stream, text + build->driver.at[i].name,
                reader->drivers.list.at[i].span);
    for (size_t i = 1; i < build->firm.count; i++)
        add_stream(reader, &seen, build->firm.at[i].stream, text + build->firm.at[i].name,
            reader->firms.list.at[i - 1].span);
    for (size_t i = 0; i < reader->contract.count; i++) {
        const chi_contract *contract = &reader->contract.at[i];
        if (contract->kind == CHI_CONTRACT_CUSTOMER && contract->row != CHI_NONE)
            add_stream(reader, &seen, build->customer.at[contract->row].stream,
                contract->map.node->key, chi_map_span(&contract->map));
    }
    for (size_t i = 0; i < build->covenant.count; i++)
        add_stream(reader, &seen, build->covenant.at[i].stream, text + build->covenant.at[i].name,
            (ch_span){0});
}

static void read_contracts(chi_reader *reader)
{
    for (size_t i = 0; i < reader->contract.count; i++) {
        chi_contract *contract = &reader->contract.at[i];
        reader->loans_unclear = reader->loans_unclear || contract->row == CHI_NONE;
        if (contract->row == CHI_NONE)
            continue;
        if (contract->schema == CHI_KIND_ACTUS)
            chi_deal_read(reader, contract);
        else if (contract->kind == CHI_CONTRACT_LOAN)
            chi_loan_read(reader, contract);
        else
            chi_customer_read(reader, contract);
    }
    chi_covers_read(reader);
}

static void check_simulated(chi_reader *reader)
{
    for (size_t i = 0; i < reader->build.firm.count; i++)
        if (reader->build.firm.at[i].kind == CHI_SIMULATED)
            return;
    const chi_node *firms = chi_map_node(&reader->top, "firms");
    if (firms)
        chi_diag(reader->diags, 416, chi_key_span(firms), NULL,
            "no firm is simulated: none has an `opening` sheet");
}

ch_model *chi_model_read(chi_arena *arena, ch_diags *diags, chi_node *root, const char *scenario,
    const chi_vary *vary, chi_deal_check_fn *check_deal, bool *no_memory)
{
    chi_reader *reader = chi_arena_alloc(arena, sizeof *reader);
    CHI_ASSERT(root && scenario);
    *no_memory = false;
    reader->arena = arena;
    reader->diags = diags;
    reader->root = root;
    reader->check_deal = check_deal;
    reader->scenario = strcmp(scenario, "base") == 0 ? "" : scenario;
    chi_builder_init(&reader->build, arena);
    chi_overlay_apply(reader);
    if (vary && !chi_vary_apply(reader, vary))
        return NULL;
    if (!chi_map_open(reader, &reader->top, root, "", CHI_KIND_MODEL, NULL))
        return NULL;
    chi_head_read(reader);
    chi_index_read(reader);
    chi_drivers_read(reader);
    chi_correlations_read(reader);
    read_contracts(reader);
    chi_markets_read(reader);
    chi_firms_read(reader);
    chi_funding_read(reader);
    chi_covenants_read(reader);
    chi_lines_read(reader);
    chi_contagion_read(reader);
    chi_events_read(reader);
    check_simulated(reader);
    chi_streams_check(reader);
    if (ch_diags_errors(diags) > 0)
        return NULL;
    chi_evidence_store(reader);
    ch_model *model = chi_model_freeze(&reader->build);
    *no_memory = model == NULL;
    return model;
}

/* Implements ch_model.h: loading, and the getters of a model's head and firms. */
#include "api/load.h"

#include "base/check.h"
#include "base/diag.h"
#include "contract/deal.h"
#include "model/describe.h"
#include "model/model.h"

#include <string.h>

/* What a load owns; everything in between lives in the arena. */
typedef struct load {
    chi_arena arena;
    jmp_buf on_failure;
    ch_diags *diags;
} load;

static load *load_begin(void)
{
    load *l = chi_memory_alloc(sizeof *l);
    ch_diags *diags = chi_diags_new();
    if (!l || !diags) {
        chi_memory_free(l);
        ch_diags_free(diags);
        return NULL;
    }
    chi_arena_init(&l->arena);
    l->diags = diags;
    l->arena.on_failure = &l->on_failure;
    return l;
}

/* Gives the diagnostics to the caller, if there are any, and frees the rest. */
static ch_status load_end(load *l, ch_status status, ch_diags **diags)
{
    bool keep = diags && status != CH_E_MEMORY && ch_diags_count(l->diags) > 0;
    if (keep)
        *diags = l->diags;
    else
        ch_diags_free(l->diags);
    chi_arena_free(&l->arena);
    chi_memory_free(l);
    return status;
}

static ch_status read_text(load *l, const chi_source *source, const chi_vary *vary, ch_model **out)
{
    bool no_memory = false;
    chi_node *root = chi_node_parse(&l->arena, l->diags, source->name, source->text, source->size);
    if (!root)
        return CH_E_INPUT;
    const char *scenario = source->scenario ? source->scenario : "";
    *out = chi_model_read(&l->arena, l->diags, root, scenario, vary, chi_deal_check, &no_memory);
    if (*out)
        return CH_OK;
    return no_memory ? CH_E_MEMORY : CH_E_INPUT;
}

ch_status chi_load_source(
    const chi_source *source, const chi_vary *vary, ch_model **out, ch_diags **diags)
{
    *out = NULL;
    if (diags)
        *diags = NULL;
    load *l = load_begin();
    if (!l)
        return CH_E_MEMORY;
    if (setjmp(l->on_failure))
        return load_end(l, CH_E_MEMORY, diags);
    ch_status status = read_text(l, source, vary, out);
    return load_end(l, status, diags);
}

ch_status ch_model_load_text(const char *text, size_t size, const char *name, const char *scenario,
    ch_model **out, ch_diags **diags)
{
    CHI_ASSERT(out && (text || size == 0));
    const chi_source source = {name ? name : "model", text, size, scenario};
    return chi_load_source(&source, NULL, out, diags);
}

ch_status ch_model_load_file(
    const char *path, const char *scenario, ch_model **out, ch_diags **diags)
{
    CHI_ASSERT(out && path);
    *out = NULL;
    if (diags)
        *diags = NULL;
    load *l = load_begin();
    if (!l)
        return CH_E_MEMORY;
    if (setjmp(l->on_failure))
        return load_end(l, CH_E_MEMORY, diags);
    char *text;
    size_t size;
    ch_status status = chi_file_read(&l->arena, path, &text, &size);
    if (status == CH_E_INPUT)
        chi_diag(l->diags, 106, (ch_span){0}, NULL, "%s has more than %d bytes", path,
            (int)CHI_TEXT_BYTES_MAX);
    if (status == CH_OK)
        status = read_text(l, &(chi_source){path, text, size, scenario}, NULL, out);
    return load_end(l, status, diags);
}

/* --- getters -------------------------------------------------------------------------------- */

uint64_t ch_model_hash(const ch_model *model)
{
    CHI_ASSERT(model);
    return model->hash;
}

const char *ch_model_title(const ch_model *model)
{
    CHI_ASSERT(model);
    return chi_model_text(model, model->title);
}

const char *ch_model_currency(const ch_model *model)
{
    CHI_ASSERT(model);
    return chi_model_text(model, model->unit);
}

uint32_t ch_model_months(const ch_model *model)
{
    CHI_ASSERT(model);
    return model->months;
}

size_t ch_model_firm_count(const ch_model *model)
{
    CHI_ASSERT(model);
    return model->firm_count;
}

const char *ch_model_firm_id(const ch_model *model, size_t firm)
{
    CHI_ASSERT(model && firm < model->firm_count);
    return chi_model_text(model, model->firm[firm].name);
}

const char *ch_model_firm_name(const ch_model *model, size_t firm)
{
    CHI_ASSERT(model && firm < model->firm_count);
    return chi_model_text(model, model->firm[firm].title);
}

int ch_model_firm_is_simulated(const ch_model *model, size_t firm)
{
    CHI_ASSERT(model && firm < model->firm_count);
    return model->firm[firm].kind == CHI_SIMULATED;
}

void ch_model_month_date(const ch_model *model, uint32_t month, char out[11])
{
    CHI_ASSERT(model && month < model->months);
    chi_day_format(chi_month_date(model->start, month), out);
}

ch_status ch_model_describe(const ch_model *model, ch_write_fn write, void *context)
{
    CHI_ASSERT(model && write);
    struct {
        chi_arena arena;
        jmp_buf on_failure;
        chi_writer writer;
    } *work = chi_memory_alloc(sizeof *work);
    if (!work)
        return CH_E_MEMORY;
    chi_arena_init(&work->arena);
    work->arena.on_failure = &work->on_failure;
    chi_writer_init(&work->writer, write, context);
    ch_status status = CH_E_MEMORY;
    if (setjmp(work->on_failure) == 0) {
        chi_model_describe(model, &work->arena, &work->writer);
        status = chi_writer_finish(&work->writer);
    }
    chi_arena_free(&work->arena);
    chi_memory_free(work);
    return status;
}

/* --- scenarios ------------------------------------------------------------------------------ */

struct ch_scenarios {
    chi_arena arena;
    size_t count;
    const char **names;
};

static ch_status list_scenarios(load *l, const char *path, ch_scenarios *list)
{
    char *text;
    size_t size;
    ch_status status = chi_file_read(&l->arena, path, &text, &size);
    if (status != CH_OK)
        return status;
    chi_node *root = chi_node_parse(&l->arena, l->diags, path, text, size);
    if (!root)
        return CH_E_INPUT;
    const chi_node *all = chi_node_get(root, "scenarios");
    if (!all || all->kind != CHI_MAPPING)
        return CH_OK;
    list->names = chi_arena_alloc(&list->arena, (all->size + 1) * sizeof *list->names);
    for (const chi_node *node = all->first; node && list->names; node = node->next) {
        const char *name = chi_arena_text(&list->arena, node->key, strlen(node->key));
        if (!name)
            return CH_E_MEMORY;
        list->names[list->count++] = name;
    }
    return list->names ? CH_OK : CH_E_MEMORY;
}

ch_status ch_scenarios_load_file(const char *path, ch_scenarios **out, ch_diags **diags)
{
    CHI_ASSERT(out && path);
    *out = NULL;
    if (diags)
        *diags = NULL;
    load *l = load_begin();
    ch_scenarios *volatile list = l ? chi_memory_alloc(sizeof *list) : NULL;
    if (!l || !list)
        return l ? load_end(l, CH_E_MEMORY, diags) : CH_E_MEMORY;
    chi_arena_init(&((ch_scenarios *)list)->arena);
    ch_status status = CH_E_MEMORY;
    if (setjmp(l->on_failure) == 0)
        status = list_scenarios(l, path, list);
    if (status == CH_OK)
        *out = list;
    else
        ch_scenarios_free(list);
    return load_end(l, status, diags);
}

size_t ch_scenarios_count(const ch_scenarios *list)
{
    return list ? list->count : 0;
}

const char *ch_scenarios_name(const ch_scenarios *list, size_t index)
{
    CHI_ASSERT(list && index < list->count);
    return list->names[index];
}

void ch_scenarios_free(ch_scenarios *list)
{
    if (!list)
        return;
    chi_arena_free(&list->arena);
    chi_memory_free(list);
}

/* From growable tables to the one immutable block. */
#include "model/model.h"

#include "base/check.h"
#include "num/hash.h"

#include <string.h>

void chi_builder_init(chi_builder *builder, chi_arena *arena)
{
    memset(builder, 0, sizeof *builder);
    builder->arena = arena;
    builder->unit_scale = 1.0;
    (void)chi_builder_text(builder, "");
}

uint32_t chi_builder_text(chi_builder *builder, const char *text)
{
    size_t size = strlen(text) + 1;
    if (size == 1 && builder->text.count > 0)
        return 0;
    uint32_t offset = (uint32_t)builder->text.count;
    for (size_t i = 0; i < size; i++)
        *CHI_PUSH(builder->arena, &builder->text) = text[i];
    return offset;
}

static size_t aligned(size_t size)
{
    return (size + 63) & ~(size_t)63;
}

static void check_contracts(const ch_model *model)
{
    for (uint32_t i = 0; i < model->loan_count; i++) {
        const chi_loan *loan = &model->loan[i];
        CHI_ASSERT(loan->borrower < model->firm_count && loan->class < CHI_CLASSES);
        CHI_ASSERT(loan->lenders.first + loan->lenders.count <= model->share_count);
        CHI_ASSERT(loan->index == CHI_NONE || loan->index < model->driver_count);
        CHI_ASSERT(loan->kind != CHI_LOAN_ISSUED || loan->market < model->market_count);
    }
    for (uint32_t i = 0; i < model->customer_count; i++)
        CHI_ASSERT(model->customer[i].seller < model->firm_count &&
                   model->customer[i].buyer < model->firm_count);
}

static void check_contagion(const ch_model *model)
{
    for (uint32_t i = 0; i < model->holding_count; i++)
        CHI_ASSERT(model->holding[i].issuer < model->firm_count &&
                   model->holding[i].holder < model->firm_count);
    for (uint32_t i = 0; i < model->supply_count; i++)
        CHI_ASSERT(model->supply[i].supplier < model->firm_count &&
                   model->supply[i].customer < model->firm_count &&
                   model->firm[model->supply[i].customer].kind == CHI_SIMULATED);
    for (uint32_t i = 0; i < model->asset_count; i++)
        CHI_ASSERT(
            model->asset[i].owners.first + model->asset[i].owners.count <= model->owner_count);
    for (uint32_t i = 0; i < model->owner_count; i++)
        CHI_ASSERT(model->owner[i].firm < model->firm_count);
    for (uint32_t i = 0; i < model->rank_count; i++)
        CHI_ASSERT(
            model->rank[i].customer < model->customer_count && model->rank[i].class < CHI_CLASSES);
    CHI_ASSERT(model->contagion_count <= 1);
}

static void check_deals(const ch_model *model)
{
    for (uint32_t i = 0; i < model->deal_count; i++) {
        const chi_deal *deal = &model->deal[i];
        CHI_ASSERT(deal->type > CHI_DEAL_NONE && deal->type < CHI_DEAL_TYPE_COUNT);
        CHI_ASSERT(deal->creator < model->firm_count && deal->counterparty < model->firm_count);
        CHI_ASSERT(deal->class < CHI_CLASSES);
        CHI_ASSERT(deal->loan == CHI_NONE || model->loan[deal->loan].deal == i);
        CHI_ASSERT(deal->driver == CHI_NONE || deal->driver < model->driver_count);
        CHI_ASSERT(deal->terms.first + deal->terms.count <= model->term_count);
        for (uint32_t k = deal->covers.first; k < deal->covers.first + deal->covers.count; k++)
            CHI_ASSERT(model->cover[k].row < model->loan_count);
        for (uint32_t k = 0; k < deal->collateral.count; k++)
            CHI_ASSERT(model->cover[deal->collateral.first + k].row < model->deal_count);
    }
}

static void check_references(const ch_model *model)
{
    CHI_ASSERT(model->firm_count >= 1 && model->firm[0].kind == CHI_OUTSIDE);
    CHI_ASSERT(model->months >= 1 && model->months <= CHI_MONTHS_MAX);
    CHI_ASSERT(model->factor_count == model->normal_count * model->normal_count);
    CHI_ASSERT(model->values_count % model->months == 0);
    for (uint32_t i = 0; i < model->line_count; i++)
        CHI_ASSERT(model->line[i].firm < model->firm_count &&
                   model->line[i].counterparty < model->firm_count &&
                   model->line[i].class < CHI_CLASSES);
    for (uint32_t i = 0; i < model->expr_count; i++)
        CHI_ASSERT(model->expr[i].depth <= CHI_EXPR_DEPTH_MAX &&
                   model->expr[i].ops.first + model->expr[i].ops.count <= model->op_count);
    check_contracts(model);
    check_contagion(model);
    check_deals(model);
}

/* What stands behind the numbers cannot move a result, nor can the ladder, which is a view of the
 * loans; of the texts only those before the evidence count. */
static bool hashed(const char *table)
{
    return strcmp(table, "evidence") != 0 && strcmp(table, "repayment") != 0 &&
           strcmp(table, "text") != 0;
}

/* Tables that came later and are not hashed where they are empty, so that models without them keep
 * their hash. */
static bool counts_when_empty(const char *table)
{
    static const char *const later[] = {"holding", "supply", "asset", "owner", "rank", "contagion",
        "deal", "term", "deal_event", "cover"};
    for (size_t i = 0; i < sizeof later / sizeof *later; i++)
        if (strcmp(table, later[i]) == 0)
            return false;
    return true;
}

static uint64_t hash_model(const ch_model *model, uint32_t text_bytes)
{
    uint64_t hash = chi_hash64(CHI_HASH64_START, model->text, text_bytes);
#define HASH(type, field, doc)                                                                     \
    if (hashed(#field) && (model->field##_count > 0 || counts_when_empty(#field))) {               \
        hash = chi_hash64(hash, &model->field##_count, sizeof model->field##_count);               \
        hash = chi_hash64(hash, model->field, model->field##_count * sizeof(type));                \
    }
    CHI_TABLE_LIST(HASH)
#undef HASH
    hash = chi_hash64(hash, &model->months, sizeof model->months);
    hash = chi_hash64(hash, &model->start, sizeof model->start);
    return chi_hash64(hash, &model->unit_scale, sizeof model->unit_scale);
}

ch_model *chi_model_freeze(const chi_builder *builder)
{
    size_t size = 64;
#define ADD_SIZE(type, name, doc) size += aligned(builder->name.count * sizeof(type));
    CHI_TABLE_LIST(ADD_SIZE)
#undef ADD_SIZE
    ch_model *model = chi_memory_alloc(sizeof *model);
    char *block = chi_memory_alloc(size);
    if (!model || !block) {
        chi_memory_free(model);
        chi_memory_free(block);
        return NULL;
    }
    model->months = builder->months;
    model->normal_count = builder->normal_count;
    model->start = builder->start;
    model->title = builder->title;
    model->currency = builder->currency;
    model->unit = builder->unit;
    model->scenario = builder->scenario;
    model->unit_scale = builder->unit_scale;
    model->block = block;
    model->block_size = size;
    char *at = block + (-(uintptr_t)block & 63);
#define COPY(type, field, doc)                                                                     \
    if (builder->field.count)                                                                      \
        memcpy(at, builder->field.at, builder->field.count * sizeof(type));                        \
    model->field = (const type *)(const void *)at;                                                 \
    model->field##_count = (uint32_t)builder->field.count;                                         \
    at += aligned(builder->field.count * sizeof(type));
    CHI_TABLE_LIST(COPY)
#undef COPY
    check_references(model);
    model->hash =
        hash_model(model, builder->hashed_text ? builder->hashed_text : model->text_count);
    return model;
}

void ch_model_free(ch_model *model)
{
    if (!model)
        return;
    chi_memory_free(model->block);
    chi_memory_free(model);
}

chi_day chi_month_date(chi_day start, uint32_t month)
{
    chi_day at = chi_day_add_months(start, (int)month + 1);
    return chi_is_month_end(start) ? chi_month_end(at) : at;
}

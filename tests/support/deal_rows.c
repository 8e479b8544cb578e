/* Deals written straight into a builder. */
#include "support/deal_rows.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *role;
} types[] = {{"", ""},
#define TYPE_ROW(type, group, long_key, short_key, role, class, doc) {#type, role},
    CHI_DEAL_TYPES(TYPE_ROW)
#undef TYPE_ROW
};

static chi_deal *last_deal(chi_builder *b)
{
    return &b->deal.at[b->deal.count - 1];
}

static void add_loan(chi_builder *b, chi_deal *deal)
{
    *CHI_PUSH(b->arena, &b->share) = (chi_share){deal->creator, 0, 1.0};
    deal->loan = (uint32_t)b->loan.count;
    *CHI_PUSH(b->arena, &b->loan) = (chi_loan){.name = deal->name,
        .kind = CHI_LOAN_ACTUS,
        .borrower = deal->counterparty,
        .lenders = {(uint32_t)b->share.count - 1, 1},
        .class = deal->class,
        .instalments = CHI_NONE,
        .index = CHI_NONE,
        .market = CHI_NONE,
        .condition = CHI_NONE,
        .deal = (uint32_t)b->deal.count - 1,
        .initial_exchange = b->start,
        .maturity = b->start + 1,
        .multiplier = 1.0,
        .floor = -HUGE_VAL};
}

chi_deal *deal_begin(
    chi_builder *b, const char *name, chi_deal_type type, uint32_t creator, uint32_t counterparty)
{
    chi_deal *deal = CHI_PUSH(b->arena, &b->deal);
    *deal = (chi_deal){.name = chi_builder_text(b, name),
        .type = type,
        .creator = creator,
        .counterparty = counterparty,
        .class = CHI_CLASS_SECURED,
        .loan = CHI_NONE,
        .driver = CHI_NONE,
        .scale = 1.0,
        .size = 1000.0};
    deal->terms.first = (uint32_t)b->term.count;
    deal->observed.first = (uint32_t)b->deal_event.count;
    deal->covers.first = deal->collateral.first = (uint32_t)b->cover.count;
    if (type <= CHI_DEAL_UMP)
        add_loan(b, deal);
    deal_term(b, 0, "contractType", "%s", types[type].name);
    deal_term(b, 0, "contractRole", "%s", types[type].role);
    deal_date(b, 0, "statusDate", b->start);
    deal_term(b, 0, "currency", "USD");
    return last_deal(b);
}

void deal_term(chi_builder *b, uint32_t part, const char *name, const char *format, ...)
{
    char text[64];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    uint32_t at = chi_builder_text(b, name);
    *CHI_PUSH(b->arena, &b->term) = (chi_term){part, at, chi_builder_text(b, text), 0};
    last_deal(b)->terms.count++;
}

void deal_date(chi_builder *b, uint32_t part, const char *name, chi_day day)
{
    char text[11];
    chi_day_format(day, text);
    deal_term(b, part, name, "%s", text);
}

void deal_event(chi_builder *b, chi_deal_event_kind kind, chi_day day, double amount)
{
    *CHI_PUSH(b->arena, &b->deal_event) = (chi_deal_event){(uint32_t)kind, day, amount};
    last_deal(b)->observed.count++;
}

void deal_covers(chi_builder *b, uint32_t loan)
{
    *CHI_PUSH(b->arena, &b->cover) = (chi_cover){loan};
    last_deal(b)->covers.count++;
    last_deal(b)->collateral.first++;
}

void deal_collateral(chi_builder *b, uint32_t deal)
{
    *CHI_PUSH(b->arena, &b->cover) = (chi_cover){deal};
    last_deal(b)->collateral.count++;
}

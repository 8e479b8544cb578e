/* Standard contracts in words: hedges, trades, assets, guarantees and collateral. Debts by the
 * standard stand with the other debts. */
#include "model/deals.h"
#include "model/describe.h"

#include <stdlib.h>
#include <string.h>

/* A term of the contract itself as it was read; NULL if it has none. */
static const char *term_of(const chi_describer *d, const chi_deal *deal, const char *name)
{
    const ch_model *model = d->model;
    for (uint32_t i = deal->terms.first; i < deal->terms.first + deal->terms.count; i++)
        if (model->term[i].part == 0 &&
            strcmp(chi_model_text(model, model->term[i].name), name) == 0)
            return chi_model_text(model, model->term[i].text);
    return NULL;
}

/* "1,000 notional", with a name for what it is; "" if it is not stated. */
static const char *amount_of(
    chi_describer *d, const chi_deal *deal, const char *term, const char *words, bool percent)
{
    const char *text = term_of(d, deal, term);
    if (!text)
        return "";
    double value = strtod(text, NULL);
    const char *number =
        percent ? chi_percent_text(d->arena, value) : chi_number_text(d->arena, value, 3);
    return chi_arena_format(d->arena, "%s %s", words, number);
}

static const char *join(chi_describer *d, const char *a, const char *b)
{
    return !*a ? b : !*b ? a : chi_arena_format(d->arena, "%s, %s", a, b);
}

static const char *terms_text(chi_describer *d, const chi_deal *deal)
{
    static const struct {
        const char *term, *words;
        bool percent;
    } shown[] = {{"notionalPrincipal", "notional", false}, {"nominalInterestRate", "fixed", true},
        {"lifeCap", "cap", true}, {"lifeFloor", "floor", true}, {"futuresPrice", "at", false},
        {"optionStrike1", "strike", false}, {"quantity", "quantity", false},
        {"coverageOfCreditEnhancement", "coverage", true}};
    const char *text = "", *index = term_of(d, deal, "marketObjectCodeOfRateReset");
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        text = join(d, text, amount_of(d, deal, shown[i].term, shown[i].words, shown[i].percent));
    if (index)
        text = join(d, text, chi_arena_format(d->arena, "floating %s", index));
    if (deal->driver != CHI_NONE)
        text = join(d, text,
            chi_arena_format(
                d->arena, "price %s", chi_describe_name(d, d->model->driver[deal->driver].name)));
    return text;
}

static const char *covered_text(chi_describer *d, const chi_deal *deal)
{
    const char *text = "";
    for (uint32_t k = deal->covers.first; k < deal->covers.first + deal->covers.count; k++)
        text = join(d, text, chi_describe_name(d, d->model->loan[d->model->cover[k].row].name));
    for (uint32_t k = 0; k < deal->collateral.count; k++) {
        uint32_t row = d->model->cover[deal->collateral.first + k].row;
        const char *name = chi_describe_name(d, d->model->deal[row].name);
        text = k == 0 ? chi_arena_format(d->arena, "%s by %s", text, name) : join(d, text, name);
    }
    return text;
}

const char *chi_describe_debt_rate(chi_describer *d, const chi_loan *loan)
{
    const chi_deal *deal = &d->model->deal[loan->deal];
    const char *index = term_of(d, deal, "marketObjectCodeOfRateReset");
    const char *spread = term_of(d, deal, "rateSpread");
    const char *factor = term_of(d, deal, "rateMultiplier");
    if (!index)
        return chi_percent_text(d->arena, loan->spread);
    if (factor)
        index = chi_arena_format(
            d->arena, "%s %s", chi_number_text(d->arena, strtod(factor, NULL), 3), index);
    return spread ? chi_arena_format(d->arena, "%s + %s", index,
                        chi_percent_text(d->arena, strtod(spread, NULL)))
                  : index;
}

void chi_describe_deals(chi_describer *d)
{
    chi_grid grid = chi_grid_make(d->arena, "lllLlL");
    for (uint32_t i = 0; i < d->model->deal_count; i++) {
        const chi_deal *deal = &d->model->deal[i];
        const chi_deal_words *words = chi_deal_words_of(deal->type);
        const char *maturity = term_of(d, deal, "maturityDate");
        if (deal->loan != CHI_NONE)
            continue;
        CHI_GRID_ROW(&grid, chi_describe_name(d, deal->name), words->type,
            chi_describe_name(d, d->model->firm[deal->creator].name),
            chi_arena_format(
                d->arena, "with %s", chi_describe_name(d, d->model->firm[deal->counterparty].name)),
            maturity ? chi_arena_format(d->arena, "to %s", maturity) : "",
            words->group == CHI_GROUP_COVER ? join(d, terms_text(d, deal), covered_text(d, deal))
                                            : terms_text(d, deal));
    }
    if (grid.cells.count == 0)
        return;
    chi_describe_head(d, "Standard contracts");
    chi_grid_write(&grid, d->writer);
}

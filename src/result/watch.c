/* Names what became infinite or not a number, in the words of the file.
 *
 * What is computed from a broken number breaks too, so the first thing in the month's order is
 * wanted: the amount or test that came out wrong of good numbers; failing that a column of the
 * state that was good when the month began. */
#include "result/watch.h"

#include "base/check.h"

#include <string.h>

/* --- owners of amounts -------------------------------------------------------------------- */

static const char *text(const chi_watch *watch, uint32_t offset)
{
    return chi_model_text(watch->oracle->plan->model, offset);
}

static const char *firm_name(const chi_watch *watch, size_t firm)
{
    return text(watch, watch->oracle->plan->model->firm[firm].name);
}

static const char *line_words(const chi_watch *watch, size_t row)
{
    static const char *const kinds[] = {[CHI_LINE_REVENUE] = "revenue",
        [CHI_LINE_COST] = "cost",
        [CHI_LINE_TAX] = "tax",
        [CHI_LINE_CAPEX] = "capex",
        [CHI_LINE_CAPEX_UNCOMMITTED] = "uncommitted capex",
        [CHI_LINE_WORKING_CAPITAL] = "working capital",
        [CHI_LINE_DEPRECIATION] = "depreciation"};
    const chi_line *line = &watch->oracle->plan->model->line[row];
    return chi_arena_format(watch->arena, "%s '%s' of firm '%s'", kinds[line->kind],
        text(watch, line->name), firm_name(watch, line->firm));
}

static const char *customer_words(const chi_watch *watch, size_t row)
{
    const chi_customer *customer = &watch->oracle->plan->model->customer[row];
    return chi_arena_format(watch->arena, "contract '%s' between '%s' and '%s'",
        text(watch, customer->name), firm_name(watch, customer->seller),
        firm_name(watch, customer->buyer));
}

static const char *loan_words(const chi_watch *watch, size_t row)
{
    const chi_loan *loan = &watch->oracle->plan->model->loan[row];
    return chi_arena_format(watch->arena, "contract '%s' of firm '%s'", text(watch, loan->name),
        firm_name(watch, loan->borrower));
}

static const char *covenant_words(const chi_watch *watch, size_t row)
{
    const chi_covenant *covenant = &watch->oracle->plan->model->covenant[row];
    return chi_arena_format(watch->arena, "covenant '%s' of firm '%s'", text(watch, covenant->name),
        firm_name(watch, covenant->firm));
}

static const char *deal_words(const chi_watch *watch, size_t row)
{
    const chi_deal *deal = &watch->oracle->plan->model->deal[row];
    return chi_arena_format(watch->arena, "contract '%s' between '%s' and '%s'",
        text(watch, deal->name), firm_name(watch, deal->creator),
        firm_name(watch, deal->counterparty));
}

/* Amounts in fields of a firm, a market, a driver. */
static const char *amount_of_row(const chi_watch *watch, const chi_amount *amount)
{
    const ch_model *model = watch->oracle->plan->model;
#define NAMED(rows, member, words)                                                                 \
    for (uint32_t i = 0; i < model->rows##_count; i++)                                             \
        if (amount == &model->rows[i].member)                                                      \
            return chi_arena_format(watch->arena, words " '%s'", text(watch, model->rows[i].name));
    NAMED(firm, target, "the funding target of firm")
    NAMED(market, spread, "the spread of market")
    NAMED(market, capacity, "the capacity of market")
    NAMED(driver, shut_rate, "the shut_rate of driver")
    NAMED(driver, open_rate, "the open_rate of driver")
#undef NAMED
    return "an amount";
}

static const char *amount_words(const chi_watch *watch, const chi_amount *amount)
{
    const chi_plan *plan = watch->oracle->plan;
    const ch_model *model = plan->model;
    for (uint32_t i = 0; i < model->line_count; i++)
        if (amount == &model->line[i].amount)
            return line_words(watch, i);
    for (uint32_t i = 0; i < model->customer_count; i++)
        if (amount == &model->customer[i].amount)
            return chi_arena_format(watch->arena, "the amount of %s", customer_words(watch, i));
    for (uint32_t h = 0; h < plan->counts.hazards; h++) {
        const chi_hazard *hazard = &plan->hazard[h];
        if (amount == &hazard->intensity && hazard->is_firm)
            return chi_arena_format(
                watch->arena, "the default intensity of firm '%s'", firm_name(watch, hazard->row));
        if (amount == &hazard->intensity)
            return chi_arena_format(watch->arena, "the cancellation intensity of %s",
                customer_words(watch, hazard->row));
    }
    return amount_of_row(watch, amount);
}

static const char *test_words(const chi_watch *watch, uint32_t expr)
{
    const ch_model *model = watch->oracle->plan->model;
    for (uint32_t c = 0; c < model->covenant_count; c++)
        if (model->covenant[c].expr == expr)
            return covenant_words(watch, c);
    for (uint32_t l = 0; l < model->loan_count; l++)
        if (model->loan[l].condition == expr)
            return chi_arena_format(watch->arena, "the draw_condition of %s", loan_words(watch, l));
    return "a test";
}

/* --- columns ------------------------------------------------------------------------------ */

static size_t deal_of_leg(const chi_plan *plan, size_t leg)
{
    size_t deal = 0;
    while (deal + 1 < plan->counts.deals && plan->deals.row[deal + 1].first_leg <= leg)
        deal++;
    return deal;
}

/* Whose row it is; NULL if it is nobody's that the file names. `rows` is a count of the list. */
static const char *row_words(const chi_watch *watch, const char *rows, size_t row)
{
    const chi_plan *plan = watch->oracle->plan;
    const ch_model *model = plan->model;
    if (!strncmp(rows, "n->firms", 8) || !strcmp(rows, "n->marks") || !strcmp(rows, "n->supplied"))
        return chi_arena_format(watch->arena, "firm '%s'",
            firm_name(watch, strchr(rows, '*') ? row / CHI_CLASSES : row));
    if (!strncmp(rows, "n->sims", 7)) {
        size_t each = strstr(rows, "ITEM") ? CHI_ITEM_COUNT : strchr(rows, '*') ? CHI_CLASSES : 1;
        return chi_arena_format(
            watch->arena, "firm '%s'", firm_name(watch, plan->firm_of_sim[row / each]));
    }
    if (!strcmp(rows, "n->loans"))
        return loan_words(watch, row);
    if (!strcmp(rows, "n->customers"))
        return customer_words(watch, row);
    if (!strcmp(rows, "n->lines"))
        return line_words(watch, row);
    if (!strcmp(rows, "n->covenants"))
        return covenant_words(watch, row);
    if (!strcmp(rows, "n->legs"))
        return deal_words(watch, deal_of_leg(plan, row));
    if (!strcmp(rows, "n->deals"))
        return deal_words(watch, row);
    if (!strcmp(rows, "n->holdings"))
        return chi_arena_format(
            watch->arena, "holding '%s'", text(watch, model->holding[row].name));
    if (!strcmp(rows, "n->assets"))
        return chi_arena_format(watch->arena, "asset '%s'", text(watch, model->asset[row].name));
    if (!strcmp(rows, "n->pairs"))
        return chi_arena_format(
            watch->arena, "firm '%s'", firm_name(watch, plan->pair[row].debtor));
    return NULL;
}

static const char *column_words(const chi_watch *watch, size_t column)
{
    const chi_plan *plan = watch->oracle->plan;
    size_t row;
    const char *field = chi_state_column_name(&plan->counts, column, &row);
    const char *rows = chi_state_column_rows(&plan->counts, column);
    if (!strcmp(rows, "n->drivers"))
        return chi_arena_format(
            watch->arena, "driver '%s'", text(watch, plan->model->driver[row].name));
    const char *owner = row_words(watch, rows, row);
    return owner ? chi_arena_format(watch->arena, "%s of %s", field, owner)
                 : chi_arena_format(watch->arena, "%s %zu", field, row);
}

/* --- watching ----------------------------------------------------------------------------- */

static bool is_off(const chi_watch *watch, size_t column)
{
    double x = watch->oracle->state.block[column];
    return x - x != 0.0;
}

/* What a guarantee without a limit may still pay is infinite as it should be. */
static bool may_be_infinite(const chi_watch *watch, size_t column)
{
    const chi_state *state = &watch->oracle->state;
    const double *at = state->block + column;
    return at >= state->deal_left && at < state->deal_left + watch->oracle->plan->counts.deals &&
           *at == *at;
}

/* The first column that broke this month; as many as there are if none did. */
static size_t find_column(const chi_watch *watch)
{
    size_t columns = watch->oracle->state.columns, c = 0;
    while (c < columns && (!is_off(watch, c) || watch->before[c] || may_be_infinite(watch, c)))
        c++;
    return c;
}

/* What broke this month and how; NULL if nothing did. */
static const char *broken_thing(const chi_watch *watch, bool *infinite)
{
    const chi_broken *broken = &watch->oracle->broken;
    size_t column = find_column(watch);
    if (column < watch->oracle->state.columns && (!broken->happened || broken->inherited)) {
        double x = watch->oracle->state.block[column];
        *infinite = x == x;
        return column_words(watch, column);
    }
    if (!broken->happened)
        return NULL;
    *infinite = broken->infinite;
    return broken->amount ? amount_words(watch, broken->amount) : test_words(watch, broken->expr);
}

void chi_watch_init(chi_watch *watch, chi_oracle *oracle, chi_arena *arena)
{
    *watch = (chi_watch){.oracle = oracle,
        .arena = arena,
        .before = chi_arena_alloc(arena, oracle->state.columns * sizeof(bool))};
}

bool chi_watch_month(chi_watch *watch, ch_diags *diags)
{
    const chi_oracle *oracle = watch->oracle;
    bool infinite = false;
    for (size_t c = 0; c < oracle->state.columns; c++)
        watch->before[c] = is_off(watch, c);
    chi_oracle_month(watch->oracle);
    const char *thing = broken_thing(watch, &infinite);
    if (thing)
        chi_diag(diags, 590, (ch_span){0}, NULL, "%s is %s on path %llu in month %u", thing,
            infinite ? "infinite" : "not a number", (unsigned long long)oracle->path,
            oracle->month);
    return thing == NULL;
}

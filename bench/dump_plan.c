/* Writes a model and its plan as JSON, so that programs in other languages can simulate the same.
 *
 * usage: dump_plan MODEL [SCENARIO]
 *
 * Tables are written by column: {"loan": {"borrower": [...], ...}, ...}. CHI_NONE is written as -1;
 * infinite numbers as the texts "inf" and "-inf". */
#include "base/arena.h"
#include "cardhouse/cardhouse.h"
#include "engine/plan.h"
#include "num/driver.lane.h"
#include "text/json_out.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void number(chi_json *json, double value)
{
    if (isinf(value))
        chi_json_string(json, value > 0.0 ? "inf" : "-inf");
    else
        chi_json_number(json, value);
}

static void id(chi_json *json, uint32_t value)
{
    chi_json_int(json, value == CHI_NONE ? -1 : (int64_t)value);
}

/* One column of a table: the member `field` of every row. */
#define COLUMN(table, field, writer)                                                               \
    do {                                                                                           \
        chi_json_key(json, #field);                                                                \
        chi_json_array(json);                                                                      \
        for (size_t i = 0; i < model->table##_count; i++)                                          \
            writer(json, model->table[i].field);                                                   \
        chi_json_end(json);                                                                        \
    } while (0)
#define IDS(table, field) COLUMN(table, field, id)
#define NUMBERS(table, field) COLUMN(table, field, number)

static void text_column(chi_json *json, const ch_model *model, size_t count, const void *rows,
    size_t size, const char *key)
{
    chi_json_key(json, key);
    chi_json_array(json);
    for (size_t i = 0; i < count; i++) /* `name` is the first member of each row */
        chi_json_string(
            json, chi_model_text(model, *(const uint32_t *)((const char *)rows + i * size)));
    chi_json_end(json);
}
#define NAMES(table)                                                                               \
    text_column(json, model, model->table##_count, model->table, sizeof model->table[0], "name")

static void amount(chi_json *json, chi_amount value)
{
    chi_json_array(json);
    number(json, value.constant);
    id(json, value.table);
    id(json, value.expr);
    chi_json_end(json);
}
#define AMOUNTS(table, field) COLUMN(table, field, amount)

static void slice(chi_json *json, chi_slice value)
{
    chi_json_array(json);
    chi_json_uint(json, value.first);
    chi_json_uint(json, value.count);
    chi_json_end(json);
}
#define SLICES(table, field) COLUMN(table, field, slice)

/* --- tables of the model -------------------------------------------------------------------- */

static void open_table(chi_json *json, const char *name)
{
    chi_json_key(json, name);
    chi_json_object(json);
}

static void write_firms(chi_json *json, const ch_model *model)
{
    open_table(json, "firm");
    NAMES(firm);
    IDS(firm, kind);
    NUMBERS(firm, cash);
    NUMBERS(firm, restricted_cash);
    NUMBERS(firm, property);
    NUMBERS(firm, equity);
    AMOUNTS(firm, intensity);
    AMOUNTS(firm, target);
    IDS(firm, grace_months);
    IDS(firm, repays_revolvers);
    NUMBERS(firm, keep_own);
    NUMBERS(firm, keep_received);
    NUMBERS(firm, recovery_property);
    NUMBERS(firm, default_cost);
    NUMBERS(firm, recovery);
    SLICES(firm, lines);
    SLICES(firm, rungs);
    chi_json_end(json);
    open_table(json, "line");
    NAMES(line);
    IDS(line, kind);
    IDS(line, firm);
    IDS(line, counterparty);
    IDS(line, class);
    AMOUNTS(line, amount);
    chi_json_end(json);
    open_table(json, "rung");
    IDS(rung, kind);
    IDS(rung, loan);
    chi_json_end(json);
}

static void write_loans(chi_json *json, const ch_model *model)
{
    open_table(json, "loan");
    NAMES(loan);
    IDS(loan, kind);
    IDS(loan, borrower);
    SLICES(loan, lenders);
    IDS(loan, class);
    IDS(loan, index);
    IDS(loan, market);
    IDS(loan, condition);
    IDS(loan, cross_default);
    IDS(loan, grace_months);
    NUMBERS(loan, notional);
    NUMBERS(loan, accrued);
    NUMBERS(loan, multiplier);
    NUMBERS(loan, spread);
    NUMBERS(loan, floor);
    NUMBERS(loan, commitment);
    NUMBERS(loan, undrawn_fee);
    NUMBERS(loan, other_use);
    NUMBERS(loan, cross_threshold);
    chi_json_key(json, "stands");
    chi_json_array(json);
    for (size_t i = 0; i < model->loan_count; i++)
        chi_json_bool(json, model->loan[i].initial_exchange <= model->start);
    chi_json_end(json);
    chi_json_end(json);
    open_table(json, "share");
    IDS(share, firm);
    NUMBERS(share, fraction);
    chi_json_end(json);
    open_table(json, "market");
    NAMES(market);
    IDS(market, chain);
    IDS(market, base);
    AMOUNTS(market, spread);
    AMOUNTS(market, capacity);
    NUMBERS(market, discount);
    chi_json_end(json);
}

static void write_others(chi_json *json, const ch_model *model)
{
    open_table(json, "customer");
    NAMES(customer);
    IDS(customer, seller);
    IDS(customer, buyer);
    IDS(customer, class);
    IDS(customer, first_month);
    IDS(customer, end_month);
    IDS(customer, advance_month);
    AMOUNTS(customer, amount);
    NUMBERS(customer, advance_open);
    NUMBERS(customer, advance);
    NUMBERS(customer, advance_share);
    chi_json_end(json);
    open_table(json, "covenant");
    NAMES(covenant);
    IDS(covenant, firm);
    IDS(covenant, loan);
    IDS(covenant, expr);
    IDS(covenant, strict);
    IDS(covenant, first_month);
    IDS(covenant, every_months);
    IDS(covenant, cure_months);
    IDS(covenant, stops_draws);
    IDS(covenant, defaults);
    NUMBERS(covenant, threshold_low);
    NUMBERS(covenant, threshold_high);
    chi_json_end(json);
    open_table(json, "event");
    IDS(event, kind);
    IDS(event, target);
    IDS(event, month);
    chi_json_end(json);
    open_table(json, "op");
    IDS(op, code);
    IDS(op, index);
    IDS(op, item);
    NUMBERS(op, constant);
    chi_json_end(json);
    open_table(json, "expr");
    SLICES(expr, ops);
    chi_json_end(json);
}

/* Constants of the exact monthly transitions come from the product's own lanes. */
static void write_drivers(chi_json *json, const ch_model *model)
{
    open_table(json, "driver");
    NAMES(driver);
    IDS(driver, process);
    IDS(driver, normal);
    AMOUNTS(driver, path);
    NUMBERS(driver, start);
    NUMBERS(driver, mean);
    NUMBERS(driver, jump_mean);
    NUMBERS(driver, jump_volatility);
    AMOUNTS(driver, shut_rate);
    AMOUNTS(driver, open_rate);
    const char *const keys[] = {"decay", "deviation", "growth"};
    for (size_t k = 0; k < 3; k++) {
        chi_json_key(json, keys[k]);
        chi_json_array(json);
        for (size_t i = 0; i < model->driver_count; i++) {
            const chi_driver *d = &model->driver[i];
            bool vasicek = d->process == CHI_VASICEK;
            double deviation =
                vasicek ? lane_vasicek_deviation(d->speed, d->volatility, CHI_MONTH_YEARS)
                        : d->volatility * sqrt(CHI_MONTH_YEARS);
            double growth = lane_gbm_growth(d->drift, d->volatility, CHI_MONTH_YEARS);
            number(json, k == 0   ? lane_vasicek_decay(d->speed, CHI_MONTH_YEARS)
                         : k == 1 ? deviation
                                  : growth);
        }
        chi_json_end(json);
    }
    chi_json_end(json);
}

/* --- the plan ------------------------------------------------------------------------------- */

static void doubles(chi_json *json, const char *key, const double *at, size_t count)
{
    chi_json_key(json, key);
    chi_json_array(json);
    for (size_t i = 0; i < count; i++)
        number(json, at[i]);
    chi_json_end(json);
}

static void ids(chi_json *json, const char *key, const uint32_t *at, size_t count)
{
    chi_json_key(json, key);
    chi_json_array(json);
    for (size_t i = 0; i < count; i++)
        id(json, at[i]);
    chi_json_end(json);
}

static void flags(chi_json *json, const char *key, const uint8_t *at, size_t count)
{
    chi_json_key(json, key);
    chi_json_array(json);
    for (size_t i = 0; i < count; i++)
        chi_json_uint(json, at[i]);
    chi_json_end(json);
}

#define INSTANT(field, writer)                                                                     \
    do {                                                                                           \
        chi_json_key(json, #field);                                                                \
        chi_json_array(json);                                                                      \
        for (size_t i = 0; i < plan->instant_first[plan->months]; i++)                             \
            writer(json, plan->instant[i].field);                                                  \
        chi_json_end(json);                                                                        \
    } while (0)

static void write_instants(chi_json *json, const chi_plan *plan)
{
    open_table(json, "instant");
    INSTANT(loan, id);
    INSTANT(month, id);
    INSTANT(years, number);
    INSTANT(pays, number);
    INSTANT(capitalises, number);
    INSTANT(redemption, number);
    INSTANT(draw_share, number);
    INSTANT(matures, number);
    INSTANT(resets, number);
    chi_json_end(json);
}

static void write_hazards(chi_json *json, const chi_plan *plan)
{
    chi_json_key(json, "hazard");
    chi_json_array(json);
    for (size_t i = 0; i < plan->counts.hazards; i++) {
        chi_json_object(json);
        chi_json_key_uint(json, "is_firm", plan->hazard[i].is_firm);
        chi_json_key_uint(json, "row", plan->hazard[i].row);
        chi_json_key(json, "intensity");
        amount(json, plan->hazard[i].intensity);
        chi_json_end(json);
    }
    chi_json_end(json);
}

static void write_pairs(chi_json *json, const chi_plan *plan)
{
    chi_json_key(json, "pair");
    chi_json_array(json);
    for (size_t i = 0; i < plan->counts.pairs; i++) {
        chi_json_array(json);
        chi_json_uint(json, plan->pair[i].debtor);
        chi_json_uint(json, plan->pair[i].class);
        chi_json_uint(json, plan->pair[i].creditor);
        chi_json_end(json);
    }
    chi_json_end(json);
}

static void write_plan(chi_json *json, const chi_plan *plan)
{
    const ch_model *model = plan->model;
    size_t months = plan->months;
    write_pairs(json, plan);
    ids(json, "line_pair", plan->line_pair, model->line_count);
    ids(json, "line_pair_in", plan->line_pair_in, model->line_count);
    ids(json, "customer_pair", plan->customer_pair, model->customer_count);
    ids(json, "share_pair", plan->share_pair, model->share_count);
    ids(json, "share_draw_pair", plan->share_draw_pair, model->share_count);
    write_instants(json, plan);
    write_hazards(json, plan);
    doubles(json, "tail_years", plan->tail_years, model->loan_count * months);
    doubles(json, "lend", plan->lend, model->loan_count * months);
    doubles(json, "rate_start", plan->rate_start, model->loan_count);
    doubles(json, "shift", plan->shift, model->driver_count * months);
    doubles(json, "jump_cdf", plan->jump_cdf, model->driver_count * CHI_JUMPS_MAX);
    ids(json, "jump_terms", plan->jump_terms, model->driver_count);
    ids(json, "uniform_of_driver", plan->uniform_of_driver, model->driver_count);
    ids(json, "jump_of_driver", plan->jump_of_driver, model->driver_count);
    ids(json, "touched_first", plan->touched_first, model->firm_count + 1);
    ids(json, "touched", plan->touched, plan->touched_first[model->firm_count]);
    flags(json, "can_draw", plan->can_draw, model->loan_count * months);
    flags(json, "shut", plan->shut, model->market_count * months);
    chi_json_key_number(json, "cash_total", plan->cash_total);
}

static int to_stdout(void *context, const char *text, size_t size)
{
    (void)context;
    return fwrite(text, 1, size, stdout) != size;
}

static int dump(const ch_model *model)
{
    chi_arena arena;
    chi_arena_init(&arena);
    jmp_buf failure;
    arena.on_failure = &failure;
    if (setjmp(failure) != 0) {
        fputs("dump_plan: out of memory\n", stderr);
        return 3;
    }
    const chi_plan *plan = chi_plan_build(model, model->months, &arena);
    chi_json writer, *json = &writer;
    chi_json_init(json, to_stdout, NULL, 1);
    chi_json_object(json);
    chi_json_key_string(json, "title", chi_model_text(model, model->title));
    chi_json_key_string(json, "scenario", ch_model_scenario(model));
    chi_json_key_uint(json, "months", plan->months);
    chi_json_key_uint(json, "normals", model->normal_count);
    doubles(json, "values", model->values, model->values_count);
    doubles(json, "factor", model->factor, (size_t)model->normal_count * model->normal_count);
    write_drivers(json, model);
    write_firms(json, model);
    write_loans(json, model);
    write_others(json, model);
    write_plan(json, plan);
    chi_json_end(json);
    ch_status status = chi_json_finish(json);
    chi_arena_free(&arena);
    return status == CH_OK ? 0 : 3;
}

int main(int count, char **words)
{
    if (count != 2 && count != 3) {
        fputs("usage: dump_plan MODEL [SCENARIO]\n", stderr);
        return 2;
    }
    ch_model *model;
    ch_diags *diags;
    ch_status status = ch_model_load_file(words[1], count == 3 ? words[2] : NULL, &model, &diags);
    ch_diags_free(diags);
    if (status != CH_OK) {
        fprintf(stderr, "dump_plan: %s cannot be used; see cardhouse check\n", words[1]);
        return 2;
    }
    int result = dump(model);
    ch_model_free(model);
    return result;
}

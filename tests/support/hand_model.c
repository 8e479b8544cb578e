/* Rows with defaults that change nothing, and the oracle on the model they make. */
#include "support/hand_model.h"

#include "support/cmocka_all.h"

#include "base/check.h"
#include "num/philox.h"
#include "text/daycount.h"

#include <math.h>
#include <string.h>

void hand_begin(hand *h, uint32_t months)
{
    chi_arena_init(&h->arena);
    chi_builder_init(&h->b, &h->arena);
    h->b.months = months;
    h->b.start = chi_day_of(2025, 6, 30);
    h->b.title = chi_builder_text(&h->b, "by hand");
    (void)hand_add_firm(h, hand_firm(h, "outside", CHI_OUTSIDE));
}

ch_model *hand_freeze(hand *h)
{
    ch_model *model = chi_model_freeze(&h->b);
    chi_arena_free(&h->arena);
    assert_non_null(model);
    return model;
}

/* --- firms -------------------------------------------------------------------------------- */

chi_firm hand_firm(hand *h, const char *name, chi_firm_kind kind)
{
    return (chi_firm){.name = chi_builder_text(&h->b, name),
        .kind = kind,
        .stream = chi_stream_id(name),
        .equity = HUGE_VAL,
        .intensity = chi_amount_constant(0.0),
        .target = chi_amount_constant(0.0),
        .keep_own = 1.0,
        .keep_received = 1.0};
}

uint32_t hand_add_firm(hand *h, chi_firm row)
{
    *CHI_PUSH(&h->arena, &h->b.firm) = row;
    return (uint32_t)h->b.firm.count - 1;
}

uint32_t hand_sim(hand *h, const char *name, double cash)
{
    chi_firm row = hand_firm(h, name, CHI_SIMULATED);
    row.cash = cash;
    return hand_add_firm(h, row);
}

chi_firm *hand_firm_at(hand *h, uint32_t firm)
{
    return &h->b.firm.at[firm];
}

static void extend(chi_slice *slice, size_t row)
{
    if (slice->count == 0)
        slice->first = (uint32_t)row;
    CHI_ASSERT(slice->first + slice->count == row);
    slice->count++;
}

chi_line *hand_line(
    hand *h, uint32_t firm, const char *name, chi_line_kind kind, uint32_t other, double amount)
{
    extend(&h->b.firm.at[firm].lines, h->b.line.count);
    chi_line *line = CHI_PUSH(&h->arena, &h->b.line);
    *line = (chi_line){.name = chi_builder_text(&h->b, name),
        .kind = kind,
        .firm = firm,
        .counterparty = other,
        .class = CHI_CLASS_OPERATING,
        .amount = chi_amount_constant(amount)};
    return line;
}

void hand_rung(hand *h, uint32_t firm, chi_rung_kind kind, uint32_t loan)
{
    extend(&h->b.firm.at[firm].rungs, h->b.rung.count);
    *CHI_PUSH(&h->arena, &h->b.rung) = (chi_rung){kind, loan};
}

/* --- contracts ---------------------------------------------------------------------------- */

chi_loan *hand_loan(
    hand *h, const char *name, uint32_t borrower, uint32_t lender, double notional, uint32_t months)
{
    *CHI_PUSH(&h->arena, &h->b.share) = (chi_share){lender, 0, 1.0};
    chi_loan *loan = CHI_PUSH(&h->arena, &h->b.loan);
    *loan = (chi_loan){.name = chi_builder_text(&h->b, name),
        .kind = CHI_LOAN_PAM,
        .borrower = borrower,
        .lenders = {(uint32_t)h->b.share.count - 1, 1},
        .class = CHI_CLASS_SECURED,
        .day_count = CHI_DC_30E_360,
        .initial_exchange = h->b.start,
        .maturity = chi_month_date(h->b.start, months - 1),
        .instalments = CHI_NONE,
        .index = CHI_NONE,
        .market = CHI_NONE,
        .condition = CHI_NONE,
        .draw_end_month = h->b.months,
        .notional = notional,
        .multiplier = 1.0,
        .floor = -HUGE_VAL};
    loan->interest_anchor = loan->maturity;
    return loan;
}

void hand_share(hand *h, uint32_t lender, double fraction)
{
    chi_loan *loan = &h->b.loan.at[h->b.loan.count - 1];
    h->b.share.at[h->b.share.count - 1].fraction -= fraction;
    *CHI_PUSH(&h->arena, &h->b.share) = (chi_share){lender, 0, fraction};
    loan->lenders.count++;
}

uint32_t hand_last_loan(const hand *h)
{
    return (uint32_t)h->b.loan.count - 1;
}

chi_customer *hand_customer(
    hand *h, const char *name, uint32_t seller, uint32_t buyer, double amount)
{
    chi_customer *customer = CHI_PUSH(&h->arena, &h->b.customer);
    *customer = (chi_customer){.name = chi_builder_text(&h->b, name),
        .seller = seller,
        .buyer = buyer,
        .class = CHI_CLASS_OPERATING,
        .stream = chi_stream_id(name),
        .end_month = h->b.months,
        .advance_month = CHI_NONE,
        .amount = chi_amount_constant(amount),
        .cancellation = chi_amount_constant(0.0)};
    return customer;
}

chi_driver *hand_driver(hand *h, const char *name, chi_process process, double start)
{
    chi_driver *driver = CHI_PUSH(&h->arena, &h->b.driver);
    *driver = (chi_driver){.name = chi_builder_text(&h->b, name),
        .process = process,
        .stream = chi_stream_id(name),
        .normal = CHI_NONE,
        .path = chi_amount_constant(start),
        .start = start,
        .shut_rate = chi_amount_constant(0.0),
        .open_rate = chi_amount_constant(0.0)};
    return driver;
}

uint32_t hand_market(hand *h, const char *name, double spread, double capacity, double discount)
{
    *CHI_PUSH(&h->arena, &h->b.market) = (chi_market){.name = chi_builder_text(&h->b, name),
        .chain = CHI_NONE,
        .base = CHI_NONE,
        .tenor_months = 60,
        .spread = chi_amount_constant(spread),
        .capacity = chi_amount_constant(capacity),
        .discount = discount};
    return (uint32_t)h->b.market.count - 1;
}

void hand_event(
    hand *h, chi_event_kind kind, uint32_t target, uint32_t month, uint32_t end, double value)
{
    *CHI_PUSH(&h->arena, &h->b.event) = (chi_event){kind, target, month, end, value};
}

/* --- expressions -------------------------------------------------------------------------- */

static uint32_t store_expr(hand *h, const chi_op *ops, uint32_t count)
{
    uint32_t first = (uint32_t)h->b.op.count;
    for (uint32_t i = 0; i < count; i++)
        *CHI_PUSH(&h->arena, &h->b.op) = ops[i];
    *CHI_PUSH(&h->arena, &h->b.expr) = (chi_expr_row){{first, count}, 2, 0};
    return (uint32_t)h->b.expr.count - 1;
}

uint32_t hand_driver_expr(hand *h, uint32_t driver)
{
    return store_expr(h, &(chi_op){.code = CHI_OP_DRIVER, .index = driver}, 1);
}

uint32_t hand_item_expr(hand *h, uint32_t firm, chi_item item, double less)
{
    const chi_op ops[] = {{.code = CHI_OP_ITEM, .index = firm, .item = item},
        {.code = CHI_OP_CONST, .constant = less}, {.code = CHI_OP_SUB}};
    return store_expr(h, ops, 3);
}

chi_covenant *hand_covenant(hand *h, const char *name, uint32_t firm, chi_item item, double level)
{
    chi_covenant *covenant = CHI_PUSH(&h->arena, &h->b.covenant);
    *covenant = (chi_covenant){.name = chi_builder_text(&h->b, name),
        .firm = firm,
        .loan = CHI_NONE,
        .expr = hand_item_expr(h, firm, item, level),
        .every_months = 1,
        .defaults = 1,
        .stream = chi_stream_id(name)};
    return covenant;
}

chi_amount hand_table(hand *h, const double *values)
{
    uint32_t table = (uint32_t)h->b.values.count;
    for (uint32_t m = 0; m < h->b.months; m++)
        *CHI_PUSH(&h->arena, &h->b.values) = values[m];
    return (chi_amount){0.0, table, CHI_NONE};
}

/* --- runs --------------------------------------------------------------------------------- */

static void add_loss(void *context, uint64_t path, const chi_lost *lost)
{
    (void)path;
    assert_true(lost->from < 16 && lost->to < 16);
    ((hand_run *)context)->lost[lost->from][lost->to] += lost->amount;
}

void hand_run_model(hand_run *run, ch_model *model)
{
    memset(run, 0, sizeof *run);
    run->model = model;
    chi_arena_init(&run->arena);
    run->plan = chi_plan_build(run->model, run->model->months, &run->arena);
    memset(run->plan->reads, 1, run->plan->counts.sims * CHI_ITEM_COUNT); /* tests read all items */
    chi_oracle_init(&run->oracle, run->plan, &run->arena);
    run->ledger.arena = &run->arena;
    run->oracle.ledger = &run->ledger;
    run->oracle.lost = add_loss;
    run->oracle.context = run;
    chi_oracle_start(&run->oracle, 1, 0);
}

void hand_run_start(hand_run *run, hand *h)
{
    hand_run_model(run, hand_freeze(h));
}

void hand_run_text(hand_run *run, const char *text)
{
    ch_model *model = NULL;
    ch_diags *diags = NULL;
    (void)ch_model_load_text(text, strlen(text), "hand", "", &model, &diags);
    if (!model)
        fail_msg("%s", diags ? ch_diags_at(diags, 0)->message : "not read");
    ch_diags_free(diags);
    hand_run_model(run, model);
}

void hand_run_path(hand_run *run, uint64_t seed, uint64_t path)
{
    run->ledger.entries.count = 0;
    memset(run->lost, 0, sizeof run->lost);
    chi_oracle_start(&run->oracle, seed, path);
}

/* Cash of all firms is the same after every month. */
static void check_money(const hand_run *run)
{
    double sum = 0.0, size = 1.0;
    for (uint32_t f = 0; f < run->model->firm_count; f++) {
        sum += STATE(run, cash, f) + STATE(run, restricted, f);
        size += fabs(STATE(run, cash, f) + STATE(run, restricted, f));
    }
    assert_true(fabs(sum - run->plan->cash_total) <= 1e-12 * size);
}

void hand_run_months(hand_run *run, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        chi_oracle_month(&run->oracle);
        check_money(run);
    }
}

void hand_run_end(hand_run *run)
{
    chi_arena_free(&run->arena);
    ch_model_free(run->model);
}

size_t hand_entries(const hand_run *run, uint32_t month, chi_entry_kind kind, double *sum)
{
    size_t count = 0;
    double total = 0.0;
    for (size_t i = 0; i < run->ledger.entries.count; i++) {
        const chi_entry *entry = &run->ledger.entries.at[i];
        if (entry->month != month || entry->kind != (uint32_t)kind)
            continue;
        total += entry->amount;
        count++;
    }
    if (sum)
        *sum = total;
    return count;
}

void hand_near(double have, double want, const char *what, int line)
{
    double size = fmax(1.0, fmax(fabs(have), fabs(want)));
    if (!(fabs(have - want) <= 1e-12 * size))
        fail_msg("line %d: %s is %.15g, want %.15g", line, what, have, want);
}

/* What a run keeps: parts merge to the same result in any order, quantiles keep their resolution,
 * losses are exact sums. */
#include "support/cmocka_all.h"
#include "support/hand_model.h"
#include "support/random_model.h"

#include "cardhouse/cardhouse.h"
#include "engine/pool.h"
#include "result/result.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 64, BLOCKS = 4 };

/* --- merging ------------------------------------------------------------------------------ */

/* One block of 64 paths, recorded by itself. */
static chi_recorder *record_block(const chi_plan *plan, uint64_t first, chi_arena *arena)
{
    chi_pool_options options = {
        .seed = 1, .first = first, .paths = BLOCK, .workers = 1, .tile_paths = BLOCK};
    return chi_pool_run(plan, &options, arena).total;
}

static uint64_t hash_of(const ch_model *model, const chi_plan *plan, const chi_recorder *total)
{
    ch_result result = {.model = model, .plan = plan, .total = total, .seed = 1};
    chi_arena_init(&result.arena);
    chi_result_finish(&result);
    chi_arena_free(&result.arena);
    return result.hash;
}

/* Blocks merged in the order given; pairs first if `by_pairs`. */
static uint64_t merged(const ch_model *model, const uint32_t *order, bool by_pairs)
{
    chi_arena arena;
    chi_arena_init(&arena);
    chi_plan *plan = chi_plan_build(model, model->months, &arena);
    chi_recorder *part[BLOCKS];
    for (uint32_t i = 0; i < BLOCKS; i++)
        part[i] = record_block(plan, (uint64_t)order[i] * BLOCK, &arena);
    if (by_pairs) {
        chi_recorder_merge(part[2], part[3]);
        chi_recorder_merge(part[0], part[1]);
        chi_recorder_merge(part[0], part[2]);
    } else {
        for (uint32_t i = 1; i < BLOCKS; i++)
            chi_recorder_merge(part[0], part[i]);
    }
    uint64_t hash = hash_of(model, plan, part[0]);
    chi_arena_free(&arena);
    return hash;
}

static void test_merge_in_any_order(void **state)
{
    (void)state;
    static const uint32_t orders[][BLOCKS] = {{0, 1, 2, 3}, {3, 1, 0, 2}, {2, 3, 1, 0}};
    for (uint64_t seed = 11; seed < 14; seed++) {
        ch_model *model = random_model(seed, random_size_default);
        ch_run_options options = ch_run_options_default();
        options.paths = (uint64_t)BLOCK * BLOCKS;
        ch_result *result;
        ch_diags *diags;
        assert_int_equal(ch_run(model, &options, &result, &diags), CH_OK);
        for (size_t i = 0; i < 3; i++)
            for (int pairs = 0; pairs < 2; pairs++)
                assert_true(merged(model, orders[i], pairs) == ch_result_hash(result));
        ch_result_free(result);
        ch_model_free(model);
    }
}

/* --- quantiles ---------------------------------------------------------------------------- */

/* A recorder for one firm and month with 64 paths of given cash. */
typedef struct sample {
    chi_arena arena;
    ch_model *model;
    chi_plan *plan;
    chi_recorder *recorder;
    ch_result result;
    uint32_t firm;
} sample;

static void begin_sample(sample *s, const double *cash, const double *alive)
{
    hand h;
    hand_begin(&h, 1);
    s->firm = hand_sim(&h, "firm", 1e6);
    s->model = hand_freeze(&h);
    chi_arena_init(&s->arena);
    s->plan = chi_plan_build(s->model, 1, &s->arena);
    s->recorder = chi_recorder_new(s->plan, &s->arena);
    chi_state columns;
    double *memory =
        chi_arena_alloc(&s->arena, chi_state_doubles(&s->plan->counts, BLOCK) * sizeof(double));
    chi_state_place(&columns, &s->plan->counts, BLOCK, memory);
    memcpy(CHI_COL(&columns, cash, s->firm), cash, BLOCK * sizeof *cash);
    memcpy(CHI_COL(&columns, alive, s->firm), alive, BLOCK * sizeof *alive);
    chi_record_month(s->recorder, &columns, BLOCK, 0);
    s->result = (ch_result){.model = s->model, .plan = s->plan, .total = s->recorder};
}

static void end_sample(sample *s)
{
    chi_arena_free(&s->arena);
    ch_model_free(s->model);
}

/* The k-th smallest of 64 is the quantile k / 64, within 0.2 % of its value. */
static void test_quantiles_are_order_statistics(void **state)
{
    (void)state;
    double cash[BLOCK], alive[BLOCK];
    for (int i = 0; i < BLOCK; i++) {
        int k = i * 37 % BLOCK; /* not in order */
        cash[k] = i < 20 ? -3e6 * pow(1.7, -i) : 7.0 * pow(1.33, i - 20);
        alive[k] = 1.0;
    }
    sample s;
    begin_sample(&s, cash, alive);
    for (int i = 0; i < BLOCK - 1; i++) {
        double want = i < 20 ? -3e6 * pow(1.7, -i) : 7.0 * pow(1.33, i - 20);
        double have = ch_result_cash(&s.result, s.firm, 0, (i + 1.0) / BLOCK);
        if (!(fabs(have - want) <= 0.002 * fabs(want)))
            fail_msg("quantile %d: have %.9g, want %.9g", i + 1, have, want);
    }
    end_sample(&s);
}

/* Paths on which the firm has failed do not count; without any there is no quantile. */
static void test_quantiles_of_the_living(void **state)
{
    (void)state;
    double cash[BLOCK], alive[BLOCK];
    for (int i = 0; i < BLOCK; i++) {
        cash[i] = i % 2 ? 100.0 : 900.0;
        alive[i] = i % 2;
    }
    sample s;
    begin_sample(&s, cash, alive);
    assert_true(fabs(ch_result_cash(&s.result, s.firm, 0, 0.99) - 100.0) <= 0.2);
    end_sample(&s);
    memset(alive, 0, sizeof alive);
    begin_sample(&s, cash, alive);
    assert_true(isnan(ch_result_cash(&s.result, s.firm, 0, 0.5)));
    end_sample(&s);
}

/* Zero is zero, and amounts below a millionth of the largest of the model count as zero. */
static void test_smallest_cash(void **state)
{
    (void)state;
    double cash[BLOCK] = {0.0}, alive[BLOCK];
    for (int i = 0; i < BLOCK; i++)
        alive[i] = 1.0;
    sample s;
    begin_sample(&s, cash, alive);
    assert_true(ch_result_cash(&s.result, s.firm, 0, 0.5) == 0.0);
    double smallest = s.plan->scale * 0x1p-28;
    assert_true(smallest < 1e-5 * 1e6);
    end_sample(&s);
    for (int i = 0; i < BLOCK; i++)
        cash[i] = i % 2 ? 1.01 * smallest : 0.99 * smallest;
    begin_sample(&s, cash, alive);
    assert_true(ch_result_cash(&s.result, s.firm, 0, 0.5) == 0.0);
    double more = ch_result_cash(&s.result, s.firm, 0, 0.9);
    assert_true(fabs(more - 1.01 * smallest) <= 0.003 * smallest);
    end_sample(&s);
}

/* --- losses ------------------------------------------------------------------------------- */

static double loss_of(const double *amounts, size_t count, size_t stride)
{
    hand h;
    hand_begin(&h, 1);
    uint32_t firm = hand_sim(&h, "firm", 1e6);
    ch_model *model = hand_freeze(&h);
    chi_arena arena;
    chi_arena_init(&arena);
    chi_plan *plan = chi_plan_build(model, 1, &arena);
    chi_recorder *recorder = chi_recorder_new(plan, &arena);
    recorder->path_end = count;
    recorder->paths = count;
    for (size_t i = 0; i < count; i++)
        chi_record_loss(recorder, i,
            &(chi_lost){firm, 0, CHI_BY_CLAIM, chi_wave_of(0, firm), amounts[i * stride % count]});
    chi_record_loss(recorder, count,
        &(chi_lost){
            firm, 0, CHI_BY_CLAIM, chi_wave_of(0, firm), 1e5}); /* padding of the last tile */
    ch_result result = {.model = model, .plan = plan, .total = recorder};
    chi_arena_init(&result.arena);
    chi_result_finish(&result);
    assert_int_equal(ch_result_loss_count(&result), 1);
    ch_loss loss = ch_result_loss(&result, 0);
    assert_int_equal(loss.firm, 0);
    assert_int_equal(loss.from, firm);
    assert_true(loss.mean_given_failure == 0.0); /* no path was recorded as failed */
    chi_arena_free(&result.arena);
    chi_arena_free(&arena);
    ch_model_free(model);
    return loss.mean;
}

/* Each loss is rounded once to the quantum, 2^-70 of the scale (2^30 here); their sum is exact, and
 * any order gives the same bits. */
static void test_losses_are_exact(void **state)
{
    (void)state;
    enum { COUNT = 1000 };
    double tenths[COUNT], mixed[COUNT];
    for (int i = 0; i < COUNT; i++) {
        tenths[i] = 0.1;
        mixed[i] = pow(10.0, i % 7 - 3) / (i + 1.0);
    }
    double tenth = loss_of(tenths, COUNT, 1), want = loss_of(mixed, COUNT, 1);
    assert_true(fabs(tenth - 0.1) <= 0x1p-41);
    assert_true(loss_of(mixed, COUNT, 7) == want && loss_of(mixed, COUNT, 333) == want);
}

/* --- results of a run ---------------------------------------------------------------------- */

/* A firm that fails on every path in its third month, with its cause and root. */
static void test_result_of_certain_failure(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 4);
    uint32_t seller = hand_sim(&h, "seller", 0.0);
    uint32_t bank = hand_add_firm(&h, hand_firm(&h, "bank", CHI_REDUCED));
    hand_customer(&h, "capacity", seller, 0, 10.0);
    hand_line(&h, seller, "rent", CHI_LINE_COST, 0, 9.0);
    hand_loan(&h, "loan", seller, bank, 50.0, 24);
    hand_event(&h, CHI_EVENT_CANCEL, 0, 2, 3, 0.0);
    ch_model *model = hand_freeze(&h);
    ch_run_options options = ch_run_options_default();
    options.paths = 100;
    ch_result *result;
    ch_diags *diags;
    assert_int_equal(ch_run(model, &options, &result, &diags), CH_OK);
    assert_true(ch_result_alive(result, seller, 1).share == 1.0);
    assert_true(ch_result_alive(result, seller, 2).share == 0.0);
    assert_int_equal(ch_result_cause_count(result, seller), 1);
    ch_cause cause = ch_result_cause(result, seller, 0);
    assert_string_equal(cause.cause, "rent: not paid");
    assert_string_equal(cause.kind, "payment");
    assert_string_equal(cause.root, "capacity cancelled");
    assert_int_equal(cause.paths, 100);
    assert_true(isnan(ch_result_cash(result, seller, 2, 0.5)));
    assert_int_equal(ch_result_loss_count(result), 2);
    ch_loss loss = ch_result_loss(result, 0);
    assert_int_equal(loss.firm, bank);
    NEAR(loss.mean, 50.0);
    NEAR(loss.mean_given_failure, 50.0);
    NEAR(ch_result_loss(result, 1).mean, 7.0);
    ch_result_free(result);
    ch_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_merge_in_any_order),
        cmocka_unit_test(test_quantiles_are_order_statistics),
        cmocka_unit_test(test_quantiles_of_the_living), cmocka_unit_test(test_smallest_cash),
        cmocka_unit_test(test_losses_are_exact), cmocka_unit_test(test_result_of_certain_failure)};
    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}

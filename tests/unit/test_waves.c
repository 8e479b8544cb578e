/* Who falls with whom, worked out by hand: rounds inside one month's clearing, over months, what a
 * failure of its own luck is, and what a result says of it. */
#include "support/cmocka_all.h"
#include "support/hand_model.h"

#include "cardhouse/cardhouse.h"

static void has_wave(const hand_run *run, uint32_t firm, uint32_t round, uint32_t first)
{
    assert_true(STATE(run, failed, firm) > 0.0);
    assert_int_equal(chi_wave_round((uint32_t)STATE(run, wave, firm)), round);
    assert_int_equal(chi_wave_first((uint32_t)STATE(run, wave, firm)), first);
}

/* a owes b 10 and has nothing, b owes c 10 and has `cash`, c owes 8 and has nothing. */
static void chain(hand *h, uint32_t at[3], double cash)
{
    hand_begin(h, 3);
    /* c comes first: rounds do not follow the order of the model */
    at[2] = hand_sim(h, "c", 0.0);
    at[1] = hand_sim(h, "b", cash);
    at[0] = hand_sim(h, "a", 0.0);
    hand_line(h, at[2], "rent", CHI_LINE_COST, 0, 8.0);
    hand_line(h, at[1], "parts", CHI_LINE_COST, at[2], 10.0);
    hand_line(h, at[0], "goods", CHI_LINE_COST, at[1], 10.0);
}

/* Eisenberg and Noe's fictitious defaults: a fails of itself, b because a does not pay, c because b
 * does not. All three are short in the same month's clearing. */
static void test_rounds_of_one_month(void **state)
{
    (void)state;
    hand h;
    hand_run run;
    uint32_t at[3];
    chain(&h, at, 0.0);
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    for (uint32_t i = 0; i < 3; i++)
        has_wave(&run, at[i], i, at[0]);
    hand_run_end(&run);
    /* with 9 of its own b pays c 9, which is enough for c */
    chain(&h, at, 9.0);
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    has_wave(&run, at[0], 0, at[0]);
    has_wave(&run, at[1], 1, at[0]);
    assert_true(STATE(&run, alive, at[2]) == 1.0);
    hand_run_end(&run);
}

/* Two debtors of which only both together are too much: d falls one round after the later one. */
static void test_the_latest_round_counts(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 2);
    uint32_t a = hand_sim(&h, "a", 0.0);
    uint32_t b = hand_sim(&h, "b", 0.0);
    uint32_t d = hand_sim(&h, "d", 12.0);
    hand_line(&h, a, "to-b", CHI_LINE_COST, b, 10.0);
    hand_line(&h, a, "to-d", CHI_LINE_COST, d, 10.0);
    hand_line(&h, b, "to-d", CHI_LINE_COST, d, 10.0);
    hand_line(&h, d, "rent", CHI_LINE_COST, 0, 20.0);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    has_wave(&run, a, 0, a);
    has_wave(&run, b, 1, a);
    has_wave(&run, d, 2, a);
    hand_run_end(&run);
}

/* A firm that is short but may still cure has brought nobody down: its creditor fails first. */
static void test_grace_begins_nothing(void **state)
{
    (void)state;
    hand h;
    uint32_t at[3];
    chain(&h, at, 0.0);
    hand_firm_at(&h, at[0])->grace_months = 5;
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    assert_true(STATE(&run, alive, at[0]) == 1.0);
    has_wave(&run, at[1], 0, at[1]);
    hand_run_end(&run);
}

/* A bank whose lost claim uses up its buffer falls in the next month; one that fails by a scenario
 * does so of itself, whatever it lost. With a window of a year the hit is then forgotten. */
static void later(uint32_t months, double equity, uint32_t round)
{
    hand h;
    hand_begin(&h, 16);
    uint32_t firm = hand_sim(&h, "firm", 0.0);
    chi_firm row = hand_firm(&h, "bank", CHI_REDUCED);
    row.equity = equity;
    uint32_t bank = hand_add_firm(&h, row);
    uint32_t shop = hand_sim(&h, "shop", 1.0);
    hand_line(&h, shop, "rent", CHI_LINE_COST, 0, 0.0)->amount =
        hand_table(&h, (double[]){0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, months == 12 ? 9 : 0,
                           months == 13 ? 9 : 0, 0, 0, 0});
    *CHI_PUSH(&h.arena, &h.b.contagion) = (chi_contagion){.window = 12};
    hand_loan(&h, "loan", firm, bank, 50.0, 24);
    hand_loan(&h, "shop-loan", firm, shop, 5.0, 24);
    hand_event(&h, CHI_EVENT_DEFAULT, firm, 0, 1, 0.0);
    if (equity > 50.0)
        hand_event(&h, CHI_EVENT_DEFAULT, bank, 3, 4, 0.0);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 16);
    has_wave(&run, firm, 0, firm);
    has_wave(&run, bank, equity > 50.0 ? 0u : 1u, equity > 50.0 ? bank : firm);
    assert_true(STATE(&run, failed, bank) == (equity > 50.0 ? 4.0 : 2.0));
    has_wave(&run, shop, round, round ? firm : shop);
    hand_run_end(&run);
}

static void test_waves_over_months(void **state)
{
    (void)state;
    later(12, 40.0, 1);
    later(13, 60.0, 0); /* hit in month 1, failed in month 13: twelve months have passed */
}

/* The result of the chain with certainty: parties by round, and what the first brings down. */
static void test_result_by_round(void **state)
{
    (void)state;
    hand h;
    uint32_t at[3];
    chain(&h, at, 0.0);
    ch_model *model = hand_freeze(&h);
    ch_run_options options = ch_run_options_default();
    options.paths = 100;
    ch_result *result;
    ch_diags *diags;
    assert_int_equal(ch_run(model, &options, &result, &diags), CH_OK);
    assert_int_equal(ch_result_wave_months(result), 3); /* all */
    assert_int_equal(ch_result_first_paths(result, at[0]), 100);
    assert_int_equal(ch_result_first_paths(result, at[1]), 0);
    for (uint32_t i = 0; i < 3; i++)
        for (uint32_t round = 0; round < CH_ROUNDS; round++)
            assert_int_equal(ch_result_round(result, at[i], round).paths, round == i ? 100 : 0);
    NEAR(ch_result_round(result, at[1], 0).loss, 10.0);
    NEAR(ch_result_round(result, at[2], 1).loss, 10.0);
    NEAR(ch_result_round(result, 0, 2).loss, 8.0);
    /* rows: b loses in round 0; b fails and c loses in 1; c fails and outside loses in 2 */
    assert_int_equal(ch_result_wake_count(result), 5);
    ch_wake first = ch_result_wake(result, 0), last = ch_result_wake(result, 4);
    assert_true(first.first == at[0] && first.firm == at[1] && first.round == 0);
    NEAR(first.loss_given_first, 10.0);
    assert_true(last.firm == at[2] && last.round == 2 && last.paths == 100);
    assert_true(last.failed.share == 1.0);
    ch_result_free(result);
    ch_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rounds_of_one_month),
        cmocka_unit_test(test_the_latest_round_counts),
        cmocka_unit_test(test_grace_begins_nothing),
        cmocka_unit_test(test_waves_over_months),
        cmocka_unit_test(test_result_by_round),
    };
    return cmocka_run_group_tests_name("waves", tests, NULL, NULL);
}

/* Stakes, claims below their face, common assets and supplies of tiny models, worked out by hand.
 */
#include "support/cmocka_all.h"
#include "support/hand_model.h"
#include "support/random_model.h"
#include "support/text_model.h"

#include "clear/net_value.h"

#include <math.h>

static uint32_t simulated(hand *h, const char *name, double cash, double equity)
{
    uint32_t firm = hand_sim(h, name, cash);
    hand_firm_at(h, firm)->equity = equity;
    return firm;
}

static uint32_t reduced(hand *h, const char *name, double equity)
{
    chi_firm row = hand_firm(h, name, CHI_REDUCED);
    row.equity = equity;
    return hand_add_firm(h, row);
}

static void holding(hand *h, uint32_t issuer, uint32_t holder, double share)
{
    double equity = hand_firm_at(h, issuer)->equity;
    *CHI_PUSH(&h->arena, &h->b.holding) = (chi_holding){.name = chi_builder_text(&h->b, "stake"),
        .issuer = issuer,
        .holder = holder,
        .share = share,
        .open = share * fmax(equity, 0.0),
        .per_equity = share};
}

static void rule(hand *h, chi_claim_rule claims, double threshold, double recovery)
{
    *CHI_PUSH(&h->arena, &h->b.contagion) =
        (chi_contagion){claims, CHI_MONTHS_MAX, threshold, recovery};
}

/* --- stakes ------------------------------------------------------------------------------- */

/* The issuer's equity of 100 falls by 10 of rent to 90: the holder's 20 % by 2. When the issuer
 * fails in the second month, with nothing left after its loan, the holder loses the 18 it carried.
 */
static void test_stake_follows_and_is_lost(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 4);
    uint32_t issuer = simulated(&h, "issuer", 100.0, 100.0);
    uint32_t holder = reduced(&h, "holder", 20.0);
    hand_line(&h, issuer, "rent", CHI_LINE_COST, 0, 10.0);
    hand_loan(&h, "loan", issuer, 0, 90.0, 24);
    holding(&h, issuer, holder, 0.2);
    hand_event(&h, CHI_EVENT_DEFAULT, issuer, 1, 2, 0.0);
    hand_run run;
    hand_run_start(&run, &h);
    NEAR(STATE(&run, stake, 0), 20.0);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, equity, issuer), 90.0);
    NEAR(STATE(&run, stake, 0), 18.0);
    NEAR(STATE(&run, loss, holder), 2.0);
    NEAR(STATE(&run, equity, holder), 18.0);
    NEAR(run.lost[issuer][holder], 0.0);
    hand_run_months(&run, 1);
    NEAR(run.lost[issuer][holder], 18.0);
    NEAR(STATE(&run, stake, 0), 0.0);
    NEAR(STATE(&run, loss, holder), 20.0);
    assert_true(STATE(&run, alive, holder) == 1.0);
    hand_run_months(&run, 1); /* its equity of 20 is used up */
    assert_true(STATE(&run, failed, holder) == 3.0);
    assert_int_equal(chi_wave_round((uint32_t)STATE(&run, wave, holder)), 1);
    assert_int_equal(chi_wave_first((uint32_t)STATE(&run, wave, holder)), issuer);
    hand_run_end(&run);
}

/* Equity pays after all debts (Elsinger 2009): an estate of 100 less rent of 20 pays the loan of
 * 50, and 20 % of the 30 that are left go to the holder, 80 % stay. */
static void test_owners_come_last(void **state)
{
    (void)state;
    for (int simulates = 0; simulates < 2; simulates++) {
        hand h;
        hand_begin(&h, 2);
        uint32_t issuer = simulated(&h, "issuer", 100.0, 50.0);
        uint32_t holder =
            simulates ? simulated(&h, "holder", 5.0, 30.0) : reduced(&h, "holder", 30.0);
        hand_line(&h, issuer, "rent", CHI_LINE_COST, 0, 10.0);
        hand_loan(&h, "loan", issuer, 0, 50.0, 24);
        holding(&h, issuer, holder, 0.2);
        hand_event(&h, CHI_EVENT_DEFAULT, issuer, 1, 2, 0.0);
        hand_run run;
        hand_run_start(&run, &h);
        hand_run_months(&run, 2);
        NEAR(CASH(&run, issuer), 24.0);
        NEAR(CASH(&run, holder), simulates ? 11.0 : 6.0);
        NEAR(run.lost[issuer][holder], 8.0 - 6.0); /* carried at 20 % of 40 */
        NEAR(STATE(&run, equity, holder), 30.0 - 10.0 + 6.0);
        hand_run_end(&run);
    }
}

/* Two firms that own parts of each other (Elsinger 2009): with a at 100 and b at 80, a holding half
 * of b and b 40 % of a, a's loss of 10 comes back to it: a = 50 + b / 2, b = 40 + 0.4 a. */
static void test_owners_of_each_other(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 2);
    uint32_t a = simulated(&h, "a", 60.0, 100.0), b = simulated(&h, "b", 40.0, 80.0);
    hand_line(&h, a, "rent", CHI_LINE_COST, 0, 0.0)->amount = hand_table(&h, (double[]){10.0, 0.0});
    holding(&h, b, a, 0.5);
    holding(&h, a, b, 0.4);
    hand_run run;
    hand_run_start(&run, &h);
    for (int month = 0; month < 2; month++) {
        hand_run_months(&run, 1);
        assert_true(fabs(STATE(&run, equity, a) - 87.5) <= 1e-9);
        assert_true(fabs(STATE(&run, equity, b) - 75.0) <= 1e-9);
    }
    hand_run_end(&run);
}

/* Equity is never negative for who holds it: of an issuer at -30 the stake is worth nothing, and a
 * later gain to +10 brings back 10 % of it. */
static void test_limited_liability(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 2);
    uint32_t issuer = simulated(&h, "issuer", 200.0, 20.0);
    uint32_t holder = reduced(&h, "holder", 50.0);
    hand_line(&h, issuer, "sales", CHI_LINE_REVENUE, 0, 0.0)->amount =
        hand_table(&h, (double[]){0.0, 40.0});
    hand_line(&h, issuer, "rent", CHI_LINE_COST, 0, 0.0)->amount =
        hand_table(&h, (double[]){50.0, 0.0});
    hand_firm_at(&h, issuer)->lines.count = 2;
    holding(&h, issuer, holder, 0.1);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, equity, issuer), -30.0);
    NEAR(STATE(&run, loss, holder), 2.0);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, equity, issuer), 10.0);
    NEAR(STATE(&run, loss, holder), 1.0);
    hand_run_end(&run);
}

/* What moves book equity and what does not: working capital, borrowing and redemption do not,
 * interest as it accrues and an unpaid bill do. */
static void test_book_equity(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 3);
    uint32_t firm = simulated(&h, "firm", 100.0, 40.0);
    uint32_t bank = reduced(&h, "bank", 500.0), fund = reduced(&h, "fund", 100.0);
    hand_line(&h, firm, "swing", CHI_LINE_WORKING_CAPITAL, 0, 0.0)->amount =
        hand_table(&h, (double[]){30.0, -20.0, 5.0});
    chi_loan *loan = hand_loan(&h, "loan", firm, bank, 60.0, 24);
    loan->kind = CHI_LOAN_LAM;
    loan->redemption = 5.0;
    loan->redemption_months = 1;
    loan->redemption_anchor = chi_month_date(h.b.start, 0);
    loan->spread = 0.12;
    holding(&h, firm, fund, 0.1);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 3);
    /* 1 % a month on 60, 55 and 50, not yet paid */
    NEAR(STATE(&run, equity, firm), 40.0 - 0.60 - 0.55 - 0.50);
    NEAR(CASH(&run, firm), 100.0 + 15.0 - 15.0);
    hand_run_end(&run);
}

/* Contracts by the ACTUS standard count in book equity: metal at its price, a debt with its
 * interest. The price goes from 5 to 6 in the second month, 10 units are held; 60 at 1 % a month
 * are owed. */
static void test_standard_contracts_in_books(void **state)
{
    (void)state;
    static const char text[] =
        "format: 1\ntitle: T\ncurrency: USD\nstart: 2025-06-30\nmonths: 2\n"
        "drivers: {metal: {process: path, by: {2025-06: 5, 2025-08: 6}}}\n"
        "firms:\n"
        "  acme:\n"
        "    opening: {assets: {cash: 90, metal: 50}, liabilities: {debt: 60}, equity: {own: 80}}\n"
        "  bank: {equity: 500}\n"
        "  fund: {equity: 50}\n"
        "holdings: {stake: {issuer: acme, holder: fund, share: 50%}}\n"
        "contracts:\n"
        "  stock: {type: COM, buyer: acme, seller: outside, quantity: 10, price: metal}\n"
        "  bond: {type: PAM, lender: bank, borrower: acme, notional: 60, rate: 12%,\n"
        "    maturity: 2027-06-30, day_count: 30E/360}\n";
    ch_model *model = text_model(text, sizeof text - 1);
    chi_arena arena;
    chi_arena_init(&arena);
    chi_plan *plan = chi_plan_build(model, 2, &arena);
    chi_oracle oracle;
    chi_oracle_init(&oracle, plan, &arena);
    chi_oracle_start(&oracle, 1, 0);
    chi_oracle_month(&oracle);
    NEAR(CHI_O(&oracle, equity, 1), 80.0 - 0.6);
    chi_oracle_month(&oracle);
    NEAR(CHI_O(&oracle, equity, 1), 80.0 - 1.2 + 10.0);
    NEAR(CHI_O(&oracle, stake, 0), 44.4);
    chi_arena_free(&arena);
    ch_model_free(model);
}

/* The estate of a holder sells its stakes: 25 % of an equity of 80 at its recovery of 60 %. */
static void test_stake_of_a_failed_holder(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 3);
    uint32_t issuer = simulated(&h, "issuer", 80.0, 80.0);
    uint32_t holder = simulated(&h, "holder", 0.0, 20.0);
    hand_firm_at(&h, holder)->recovery_property = 0.6;
    uint32_t bank = reduced(&h, "bank", 100.0);
    hand_loan(&h, "loan", holder, bank, 50.0, 24);
    holding(&h, issuer, holder, 0.25);
    hand_event(&h, CHI_EVENT_DEFAULT, holder, 0, 1, 0.0);
    hand_event(&h, CHI_EVENT_DEFAULT, issuer, 1, 2, 0.0);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 2);
    NEAR(CASH(&run, bank), 0.6 * 20.0);
    NEAR(run.lost[holder][bank], 50.0 - 12.0);
    NEAR(run.lost[issuer][holder], 0.0); /* it was sold before */
    hand_run_end(&run);
}

/* --- claims ------------------------------------------------------------------------------- */

/* Linear DebtRank: a loses half of its equity, so b's claim of 40 on it is worth 20 and b has 5 of
 * 25 left; c's claim of 30 on b is worth a fifth. Nobody has failed. When a earns it back, all is
 * well.
 */
static void test_debtrank(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 2);
    uint32_t a = simulated(&h, "a", 90.0, 50.0);
    uint32_t b = reduced(&h, "b", 25.0), c = reduced(&h, "c", 30.0);
    hand_line(&h, a, "swings", CHI_LINE_REVENUE, 0, 0.0)->amount =
        hand_table(&h, (double[]){0.0, 25.0});
    hand_line(&h, a, "rent", CHI_LINE_COST, 0, 0.0)->amount = hand_table(&h, (double[]){25.0, 0.0});
    hand_firm_at(&h, a)->lines.count = 2;
    hand_loan(&h, "to-a", a, b, 40.0, 24);
    hand_loan(&h, "to-b", b, c, 30.0, 24);
    rule(&h, CHI_CLAIM_DEBTRANK, 0.0, 0.0);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, loss, b), 20.0);
    NEAR(STATE(&run, equity, b), 5.0);
    NEAR(STATE(&run, loss, c), 0.8 * 30.0);
    NEAR(run.lost[a][b] + run.lost[b][c], 0.0); /* marks are not losses by a failure */
    hand_run_months(&run, 1);
    NEAR(STATE(&run, loss, b), 0.0);
    NEAR(STATE(&run, loss, c), 0.0);
    hand_run_end(&run);
}

/* A creditor whose marks use up its equity fails in the next month, of losses. */
static void test_debtrank_brings_down(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 3);
    uint32_t a = simulated(&h, "a", 90.0, 50.0), b = reduced(&h, "b", 15.0);
    hand_line(&h, a, "rent", CHI_LINE_COST, 0, 25.0);
    hand_loan(&h, "to-a", a, b, 40.0, 24);
    rule(&h, CHI_CLAIM_DEBTRANK, 0.0, 0.0);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 2);
    assert_true(STATE(&run, failed, b) == 2.0);
    chi_cause cause = chi_plan_cause_of(run.plan, (uint32_t)STATE(&run, cause, b));
    assert_int_equal(cause.kind, CHI_CAUSE_LOSSES);
    assert_int_equal(chi_wave_round((uint32_t)STATE(&run, wave, b)), 0); /* a has not failed */
    hand_run_end(&run);
}

/* With a threshold claims are whole until no more than that share of equity is left. */
static void test_threshold(void **state)
{
    (void)state;
    for (int reached = 0; reached < 2; reached++) {
        hand h;
        hand_begin(&h, 1);
        uint32_t a = simulated(&h, "a", 90.0, 50.0), b = reduced(&h, "b", 500.0);
        hand_line(&h, a, "rent", CHI_LINE_COST, 0, reached ? 40.0 : 39.0);
        hand_loan(&h, "to-a", a, b, 40.0, 24);
        rule(&h, CHI_CLAIM_THRESHOLD, 0.2, 0.7);
        hand_run run;
        hand_run_start(&run, &h);
        hand_run_months(&run, 1);
        NEAR(STATE(&run, loss, b), reached ? 0.3 * 40.0 : 0.0);
        hand_run_end(&run);
    }
}

/* Random networks of loans against the command on tables (net_value.h): the same claims, equities
 * and shock must give the same equities. The shock is a firm that owes everybody and fails. */
enum { NETWORK = 8 };

static double uniform(uint64_t *state)
{
    return (double)(random_bits(state) >> 11) * 0x1p-53;
}

static void compare_with_table(uint64_t seed)
{
    double outside[NETWORK], book[NETWORK], external[NETWORK], equity[NETWORK], amounts[64];
    uint32_t from[64], to[64], firm[NETWORK], count = 0;
    hand h;
    hand_begin(&h, 1);
    uint32_t bad = simulated(&h, "bad", 0.0, 1.0);
    for (uint32_t i = 0; i < NETWORK; i++) {
        equity[i] = 10.0 + 90.0 * uniform(&seed);
        firm[i] = reduced(&h, "firm", equity[i]);
        outside[i] = 1000.0;
        external[i] = 1000.0 - equity[i];
    }
    for (uint32_t i = 0; i < NETWORK; i++)
        for (uint32_t j = 0; j < NETWORK; j++)
            if (i != j && uniform(&seed) < 0.3) {
                amounts[count] = 40.0 * uniform(&seed);
                hand_loan(&h, "loan", firm[i], firm[j], amounts[count], 24);
                external[i] -= amounts[count];
                external[j] += amounts[count];
                from[count] = j;
                to[count++] = i;
            }
    for (uint32_t i = 0; i < NETWORK; i++) {
        double shock = 0.4 * equity[i] * uniform(&seed);
        book[i] = outside[i];
        outside[i] -= shock;
        hand_loan(&h, "shock", bad, firm[i], shock, 24);
    }
    rule(&h, CHI_CLAIM_DEBTRANK, 0.0, 0.0);
    hand_event(&h, CHI_EVENT_DEFAULT, bad, 0, 1, 0.0);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    chi_net_matrix claims =
        chi_net_matrix_build(&run.arena, NETWORK, NETWORK, count, from, to, amounts);
    chi_net_valuation_input input = {
        .claims = &claims, .outside = outside, .book = book, .external = external};
    chi_net_valuation found = chi_net_value(&run.arena, &input, CHI_NET_LINEAR_DEBTRANK);
    for (uint32_t i = 0; i < NETWORK; i++) {
        assert_true(fabs(found.book_equity[i] - equity[i]) <= 1e-9);
        if (!(fabs(STATE(&run, equity, firm[i]) - found.equity[i]) <= 1e-7))
            fail_msg("firm %u: model %.12g, table %.12g", i, STATE(&run, equity, firm[i]),
                found.equity[i]);
    }
    hand_run_end(&run);
}

static void test_debtrank_of_tables(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 200; seed++)
        compare_with_table(seed);
}

/* --- common assets ------------------------------------------------------------------------ */

/* a fails with property of 100, half of it machines, whose price falls by 10 % for 50 sold: it gets
 * 95 % for them. b writes 10 % of 60 down, c of 40. Then b fails with 54 of book value, which are
 * 60 units: the price falls to 0.9^(1 + 60/50), and c is written down again. */
static void test_fire_sale(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 3);
    uint32_t a = simulated(&h, "a", 0.0, 10.0), b = simulated(&h, "b", 0.0, 10.0);
    uint32_t c = reduced(&h, "c", 100.0), bank = reduced(&h, "bank", 1000.0);
    hand_firm_at(&h, a)->property = 100.0;
    hand_firm_at(&h, a)->recovery_property = 0.8;
    hand_firm_at(&h, b)->property = 200.0;
    hand_firm_at(&h, b)->recovery_property = 0.8;
    hand_loan(&h, "to-a", a, bank, 90.0, 24);
    *CHI_PUSH(&h.arena, &h.b.asset) =
        (chi_asset){chi_builder_text(&h.b, "machines"), 0, {0, 3}, log(0.9) / 50.0};
    *CHI_PUSH(&h.arena, &h.b.owner) = (chi_owner){a, 0, 0.5};
    *CHI_PUSH(&h.arena, &h.b.owner) = (chi_owner){b, 0, 0.3};
    *CHI_PUSH(&h.arena, &h.b.owner) = (chi_owner){c, 0, 40.0};
    hand_event(&h, CHI_EVENT_DEFAULT, a, 0, 1, 0.0);
    hand_event(&h, CHI_EVENT_DEFAULT, b, 1, 2, 0.0);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, price, 0), 0.9);
    NEAR(CASH(&run, bank), 0.8 * (50.0 + 50.0 * 0.95));
    NEAR(STATE(&run, property, b), 194.0);
    NEAR(STATE(&run, loss, c), 4.0);
    NEAR(run.lost[a][b], 6.0);
    NEAR(run.lost[a][c], 4.0);
    hand_run_months(&run, 1);
    double sold = 0.3 * 194.0 / 0.9, after = 0.9 * pow(0.9, sold / 50.0);
    NEAR(STATE(&run, price, 0), after);
    NEAR(STATE(&run, loss, c), 40.0 * (1.0 - after));
    NEAR(CASH(&run, b), 0.8 * (194.0 * 0.7 + 194.0 * 0.3 * 0.5 * (1.0 + after / 0.9)));
    hand_run_end(&run);
}

/* --- supplies ----------------------------------------------------------------------------- */

static void supply(hand *h, uint32_t supplier, uint32_t customer, double dependency,
    uint32_t months, bool essential)
{
    *CHI_PUSH(&h->arena, &h->b.supply) = (chi_supply){.supplier = supplier,
        .customer = customer,
        .essential = essential,
        .months = months,
        .dependency = dependency};
}

/* A supplier that defaults in month 2 is missing from that month on, for two months; a simulated
 * one that fails in month 3 from the next. Essential 60 %; the others 30 % and 20 % of revenue. */
static void test_supply(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 6);
    uint32_t firm = simulated(&h, "firm", 0.0, 10.0);
    uint32_t chips = reduced(&h, "chips", 10.0), power = reduced(&h, "power", 10.0);
    uint32_t rent = simulated(&h, "rent", 0.0, 10.0), buyer = reduced(&h, "buyer", 10.0);
    hand_line(&h, firm, "sales", CHI_LINE_REVENUE, 0, 10.0);
    hand_customer(&h, "capacity", firm, buyer, 20.0);
    supply(&h, chips, firm, 0.6, 2, true);
    supply(&h, power, firm, 0.3, CHI_NONE, false);
    supply(&h, rent, firm, 0.2, CHI_NONE, false);
    hand_event(&h, CHI_EVENT_DEFAULT, chips, 1, 2, 0.0);
    hand_event(&h, CHI_EVENT_DEFAULT, power, 4, 5, 0.0);
    hand_event(&h, CHI_EVENT_DEFAULT, rent, 2, 3, 0.0);
    /* month 3 has chips missing only; month 4 rent only, chips are replaced */
    static const double output[] = {1.0, 0.4, 0.4, 0.8, 0.5, 0.5};
    double cash = 0.0;
    hand_run run;
    hand_run_start(&run, &h);
    for (int month = 0; month < 6; month++) {
        hand_run_months(&run, 1);
        cash += 30.0 * output[month];
        NEAR(STATE(&run, output, firm), output[month]);
        NEAR(CASH(&run, firm), cash);
    }
    hand_run_end(&run);
}

/* A firm that lives but lacks supply passes the shortage on, a month later: half of half. */
static void test_supply_in_a_chain(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 3);
    uint32_t mine = reduced(&h, "mine", 10.0);
    uint32_t maker = simulated(&h, "maker", 0.0, 10.0), shop = simulated(&h, "shop", 0.0, 10.0);
    hand_line(&h, shop, "sales", CHI_LINE_REVENUE, 0, 8.0);
    supply(&h, mine, maker, 0.5, CHI_NONE, true);
    supply(&h, maker, shop, 0.5, CHI_NONE, false);
    hand_event(&h, CHI_EVENT_DEFAULT, mine, 0, 1, 0.0);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, output, maker), 0.5);
    NEAR(STATE(&run, output, shop), 1.0);
    hand_run_months(&run, 1);
    NEAR(STATE(&run, output, shop), 0.75);
    NEAR(CASH(&run, shop), 8.0 + 6.0);
    hand_run_end(&run);
}

/* --- tiers -------------------------------------------------------------------------------- */

/* 60 of estate against a secured loan of 50 and an advance of 25: the advance gets 10, or all of it
 * if it ranks before the loan, or 20 and the loan 40 if it ranks beside it. */
static void test_rank_of_an_advance(void **state)
{
    (void)state;
    static const uint32_t classes[] = {
        CHI_CLASS_UNSECURED, CHI_CLASS_OPERATING, CHI_CLASS_SECURED, CHI_CLASS_SUBORDINATED};
    static const double paid[] = {10.0, 25.0, 20.0, 10.0};
    for (int k = 0; k < 4; k++) {
        hand h;
        hand_begin(&h, 1);
        uint32_t firm = simulated(&h, "firm", 60.0, 0.0);
        uint32_t bank = reduced(&h, "bank", 100.0), buyer = reduced(&h, "buyer", 100.0);
        hand_loan(&h, "loan", firm, bank, 50.0, 24);
        hand_customer(&h, "capacity", firm, buyer, 0.0)->advance_open = 25.0;
        *CHI_PUSH(&h.arena, &h.b.rank) = (chi_rank){0, classes[k]};
        hand_event(&h, CHI_EVENT_DEFAULT, firm, 0, 1, 0.0);
        hand_run run;
        hand_run_start(&run, &h);
        hand_run_months(&run, 1);
        NEAR(CASH(&run, buyer), paid[k]);
        NEAR(CASH(&run, bank), 60.0 - paid[k]);
        hand_run_end(&run);
    }
}

/* --- all at once -------------------------------------------------------------------------- */

/* b is a's debtor, creditor, shareholder, customer and supplier. b defaults in month 2: its claims
 * pay 40 %, its contract and supply end. Then a fails. Money is conserved in every month (checked
 * in hand_run_months), and each loss is what the roles say. */
static void test_five_roles(void **state)
{
    (void)state;
    hand h;
    hand_begin(&h, 6);
    uint32_t a = simulated(&h, "a", 20.0, 60.0);
    hand_firm_at(&h, a)->property = 100.0;
    hand_firm_at(&h, a)->recovery_property = 0.5;
    uint32_t b = reduced(&h, "b", 200.0);
    hand_firm_at(&h, b)->recovery = 0.4;
    hand_line(&h, a, "sales", CHI_LINE_REVENUE, 0, 10.0);
    hand_line(&h, a, "parts", CHI_LINE_COST, b, 3.0);
    hand_firm_at(&h, a)->lines.count = 2;
    hand_customer(&h, "capacity", a, b, 4.0);
    hand_loan(&h, "from-b", a, b, 80.0, 5);
    hand_loan(&h, "to-b", b, a, 10.0, 24);
    supply(&h, b, a, 0.5, CHI_NONE, true);
    holding(&h, a, b, 0.25);
    rule(&h, CHI_CLAIM_DEBTRANK, 0.0, 0.0);
    hand_event(&h, CHI_EVENT_DEFAULT, b, 1, 2, 0.0);
    hand_run run;
    hand_run_start(&run, &h);
    hand_run_months(&run, 1);
    NEAR(CASH(&run, a), 20.0 + 10.0 + 4.0 - 3.0);
    NEAR(STATE(&run, equity, a), 71.0);
    NEAR(STATE(&run, stake, 0), 0.25 * 71.0);
    hand_run_months(&run, 1);
    NEAR(run.lost[b][a], 6.0);
    NEAR(CASH(&run, a), 31.0 + 4.0 + 5.0 - 3.0); /* 40 % of 10, half of the sales, parts for ever */
    hand_run_months(&run, 2);
    NEAR(CASH(&run, a), 37.0 + 2.0 * 2.0);
    hand_run_months(&run, 1); /* 80 fall due in month 5; 43 are there: 43 now, then the estate */
    assert_true(STATE(&run, failed, a) == 5.0);
    assert_int_equal(chi_wave_first((uint32_t)STATE(&run, wave, a)), b);
    assert_int_equal(chi_wave_round((uint32_t)STATE(&run, wave, a)), 1);
    NEAR(run.lost[a][b], 0.0); /* its claim went to its estate: 43 and 37 of 50 */
    NEAR(CASH(&run, a), 50.0 - 37.0);
    hand_run_end(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stake_follows_and_is_lost),
        cmocka_unit_test(test_owners_come_last),
        cmocka_unit_test(test_owners_of_each_other),
        cmocka_unit_test(test_limited_liability),
        cmocka_unit_test(test_book_equity),
        cmocka_unit_test(test_standard_contracts_in_books),
        cmocka_unit_test(test_stake_of_a_failed_holder),
        cmocka_unit_test(test_debtrank),
        cmocka_unit_test(test_debtrank_brings_down),
        cmocka_unit_test(test_threshold),
        cmocka_unit_test(test_debtrank_of_tables),
        cmocka_unit_test(test_fire_sale),
        cmocka_unit_test(test_supply),
        cmocka_unit_test(test_supply_in_a_chain),
        cmocka_unit_test(test_rank_of_an_advance),
        cmocka_unit_test(test_five_roles),
    };
    return cmocka_run_group_tests_name("contagion", tests, NULL, NULL);
}

/* Properties of ACTUS contracts that hold whatever the terms: restarting, mirroring, sums, blocks
 * of scenarios. Contracts are random; the seed is printed with a failure. */
#include "contract/actus_sweep.h"
#include "support/cmocka_all.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CONTRACTS = 1000, PATHS = 64, RATES = 400 };

static uint64_t luck;

static uint32_t draw(uint32_t below) /* splitmix64, Steele et al. 2014 */
{
    uint64_t z = (luck += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (uint32_t)((z ^ (z >> 31)) >> 32) % below;
}

static bool chance(uint32_t percent)
{
    return draw(100) < percent;
}

static chi_moment at(int year, int month, int day)
{
    return chi_moment_of(chi_day_of(year, month, day));
}

static chi_cycle random_cycle(void)
{
    static const chi_cycle cycles[] = {{1, 'M', false}, {1, 'M', true}, {3, 'M', false},
        {3, 'M', true}, {6, 'M', true}, {12, 'M', false}, {7, 'D', true}, {45, 'D', false}};
    return cycles[draw(sizeof cycles / sizeof *cycles)];
}

/* A loan of one of the amortising types or PAM, complete and well-formed. */
static chi_actus_terms *random_loan(chi_arena *arena, const chi_calendar *calendar)
{
    static const uint8_t types[] = {CHI_ACTUS_PAM, CHI_ACTUS_LAM, CHI_ACTUS_NAM, CHI_ACTUS_ANN};
    static const chi_daycount counts[] = {CHI_DC_ACT_360, CHI_DC_ACT_365F, CHI_DC_ACT_ACT_ISDA};
    chi_actus_terms *t = chi_actus_terms_new(arena);
    t->id = "random";
    t->cur = "USD";
    t->type = types[draw(4)];
    t->role = (uint8_t)(1 + draw(2)); /* RPA or RPL */
    t->business_days = calendar;
    t->bdc = (chi_business_rule)draw(CHI_BR_COUNT);
    t->eomc = (uint8_t)(1 + draw(2));
    t->dcc = counts[draw(3)];
    t->nt = 100.0 * (double)(1 + draw(100000));
    t->ipnr = (double)draw(2000) / 1e4;
    t->ied = at(2020, 1, 1) + 2 * (chi_moment)draw(400);
    t->sd = t->ied - 2 * (chi_moment)(1 + draw(20));
    t->md = t->ied + 2 * (chi_moment)(400 + draw(3000));
    t->ipcl = random_cycle();
    t->ipanx = t->ied + 2 * (chi_moment)(1 + draw(100));
    if (t->type != CHI_ACTUS_PAM) {
        t->prcl = t->ipcl;
        t->pranx = t->ipanx;
    }
    if (t->type == CHI_ACTUS_LAM || t->type == CHI_ACTUS_NAM)
        t->prnxt = t->nt / (double)(2 + draw(60));
    if (chance(50)) {
        t->rrcl = random_cycle();
        t->rranx = t->ied + 2 * (chi_moment)(1 + draw(200));
        t->rrsp = (double)draw(500) / 1e4;
        t->rrmo = "RATE";
        if (chance(30))
            t->rrlc = 0.05;
        if (chance(30))
            t->rrlf = 0.01;
    }
    if (chance(30)) {
        t->fecl = random_cycle();
        t->feb = (uint8_t)(1 + draw(2));
        t->fer = t->feb == CHI_WORD_FEE_ABSOLUTE ? 10.0 : 0.002;
    }
    return t;
}

/* A world in which the rate moves every ten days. */
static void fill_world(chi_arena *arena, chi_actus_case *world, const chi_actus_terms *t)
{
    chi_moment *times = chi_arena_alloc(arena, RATES * sizeof *times);
    double *values = chi_arena_alloc(arena, RATES * sizeof *values);
    for (int i = 0; i < RATES; i++) {
        times[i] = at(2019, 1, 1) + 20 * i;
        values[i] = (double)draw(800) / 1e4;
    }
    chi_actus_series *series = chi_arena_alloc(arena, sizeof *series);
    *series = (chi_actus_series){"RATE", RATES, times, values};
    *world = (chi_actus_case){
        .id = "random", .terms = t, .to = CHI_MOMENT_NONE, .series = series, .series_count = 1};
}

static bool close_to(double a, double b, double scale)
{
    return fabs(a - b) <= 1e-9 * (1.0 + fabs(a) + scale);
}

/* Terms that say on the status date what the contract has become by then. */
static chi_actus_terms restart_terms(const chi_actus_case *world, chi_moment sd)
{
    chi_actus_terms t = *world->terms;
    chi_actus_state s = {0};
    chi_day since = 0;
    bool reset_done = false,
         fixed = chi_given_at(t.pranx) && sd >= t.pranx - 2; /* PRF, one day before the first PR */
    for (size_t i = 0; i < world->rows.count && world->rows.at[i].time <= sd; i++) {
        const chi_actus_row *row = &world->rows.at[i];
        s = row->state;
        since = row->calc;
        reset_done |= row->kind == CHI_EVENT_RRF;
    }
    double sign = chi_actus_sign(&t);
    double fer = t.feb == CHI_WORD_FEE_NOTIONAL ? t.fer : 0.0;
    s = lane_actus_accrue(s, chi_year_fraction(t.dcc, since, chi_moment_accrual(sd), NULL), fer);
    t.sd = sd;
    t.nt = sign * s.nt;
    t.ipnr = s.ipnr;
    t.ipac = sign * s.ipac;
    t.feac = sign * s.feac;
    if (t.type != CHI_ACTUS_PAM && (t.type != CHI_ACTUS_ANN || fixed || chi_given(t.prnxt)))
        t.prnxt = sign * s.prnxt;
    if (reset_done)
        t.rrnxt = (double)NAN;
    return t;
}

/* Restarting from a status date must equal cutting the full schedule there. */
static void check_restart(chi_arena *arena, ch_diags *diags, const chi_actus_case *full)
{
    chi_moment first = full->rows.at[0].time, last = full->rows.at[full->rows.count - 1].time;
    chi_moment sd =
        chi_moment_of(chi_moment_day(first + 2 + (chi_moment)draw((uint32_t)(last - first))));
    chi_actus_terms terms = restart_terms(full, sd);
    if (terms.nt <= 0.0 || sd >= last)
        return;
    chi_actus_case again = *full;
    again.terms = &terms;
    again.rows = (chi_actus_rows){0};
    assert_true(chi_actus_run_case(arena, diags, &again));
    size_t k = 0;
    while (k < full->rows.count && full->rows.at[k].time <= sd)
        k++;
    assert_int_equal(again.rows.count, full->rows.count - k);
    for (size_t i = 0; i < again.rows.count; i++, k++) {
        const chi_actus_row *a = &again.rows.at[i], *b = &full->rows.at[k];
        assert_int_equal(a->time, b->time);
        assert_int_equal(a->kind, b->kind);
        if (!close_to(a->payoff, b->payoff, terms.nt) ||
            !close_to(a->state.nt, b->state.nt, terms.nt) ||
            !close_to(a->state.ipac, b->state.ipac, terms.nt))
            fail_msg("type %d row %zu: %.17g is not %.17g", terms.type, k, a->payoff, b->payoff);
    }
}

/* What the creator receives, the other side pays, to the last bit. */
static void check_mirror(chi_arena *arena, ch_diags *diags, const chi_actus_case *full)
{
    chi_actus_terms terms = *full->terms;
    chi_actus_case other = *full;
    terms.role = (uint8_t)(3 - terms.role);
    other.terms = &terms;
    other.rows = (chi_actus_rows){0};
    assert_true(chi_actus_run_case(arena, diags, &other));
    assert_int_equal(other.rows.count, full->rows.count);
    for (size_t i = 0; i < other.rows.count; i++) {
        assert_true(other.rows.at[i].payoff == -full->rows.at[i].payoff);
        assert_true(other.rows.at[i].state.nt == -full->rows.at[i].state.nt);
        assert_true(other.rows.at[i].state.ipnr == full->rows.at[i].state.ipnr);
    }
}

static void check_redemptions(const chi_actus_case *full)
{
    double sum = 0.0;
    for (size_t i = 0; i < full->rows.count; i++) {
        const chi_actus_row *row = &full->rows.at[i];
        if (row->kind == CHI_EVENT_PR)
            sum += row->payoff;
        if (row->kind == CHI_EVENT_MD) /* which may pay interest of a reset shifted onto it too */
            sum += row->payoff - row->years * row->before.ipnr * row->before.ipcb -
                   row->before.ipac - row->before.feac;
    }
    double lent = chi_actus_sign(full->terms) * full->terms->nt;
    assert_true(close_to(sum, lent, fabs(lent)));
    assert_true(full->rows.at[full->rows.count - 1].state.nt == 0.0);
}

static void for_random_loans(void (*check)(chi_arena *, ch_diags *, const chi_actus_case *))
{
    chi_arena shared;
    chi_arena_init(&shared);
    const chi_calendar *calendars[] = {
        chi_calendar_builtin(&shared, "TARGET"), chi_calendar_builtin(&shared, "NC")};
    for (uint64_t seed = 1; seed <= CONTRACTS; seed++) {
        luck = seed;
        chi_arena arena;
        chi_arena_init(&arena);
        ch_diags *diags = chi_diags_new();
        chi_actus_terms *terms = random_loan(&arena, calendars[draw(2)]);
        chi_actus_case full;
        fill_world(&arena, &full, terms);
        if (!chi_actus_run_case(&arena, diags, &full))
            fail_msg("seed %d: %s", (int)seed, ch_diags_at(diags, 0)->message);
        check(&arena, diags, &full);
        ch_diags_free(diags);
        chi_arena_free(&arena);
    }
    chi_arena_free(&shared);
}

static void test_restart(void **state)
{
    (void)state;
    for_random_loans(check_restart);
}

static void test_mirror(void **state)
{
    (void)state;
    for_random_loans(check_mirror);
}

static void redemptions(chi_arena *arena, ch_diags *diags, const chi_actus_case *full)
{
    (void)arena;
    (void)diags;
    check_redemptions(full);
}

static void test_redemptions_sum_to_notional(void **state)
{
    (void)state;
    for_random_loans(redemptions);
}

static void sweep(const chi_actus_book *book, const chi_actus_plan *plan, const double *market,
    size_t paths, double *value)
{
    chi_actus_valuation valuation = {.paths = paths, .market = market, .value = value};
    chi_actus_sweep(book, plan, &valuation);
}

/* Values of a block of paths, and of each path filling a block of its own. */
static void check_block(chi_arena *arena, ch_diags *diags, const chi_actus_case *full)
{
    chi_actus_book book;
    chi_actus_plan plan;
    chi_actus_book_init(&book, arena, diags);
    assert_true(chi_actus_compile(&book, full->terms, full->to, NULL, 0, &plan));
    size_t slots = book.slots.count + 1;
    double *market = chi_arena_alloc(arena, slots * PATHS * sizeof *market);
    double *alone = chi_arena_alloc(arena, slots * CHI_ACTUS_BLOCK * sizeof *alone);
    double together[PATHS], one[CHI_ACTUS_BLOCK], other[PATHS];
    for (size_t i = 0; i < slots * PATHS; i++)
        market[i] = (double)draw(1000) / 1e4;
    sweep(&book, &plan, market, PATHS, together);
    size_t path = draw(PATHS);
    for (size_t slot = 0; slot < slots; slot++)
        for (int i = 0; i < CHI_ACTUS_BLOCK; i++)
            alone[slot * CHI_ACTUS_BLOCK + (size_t)i] = market[slot * PATHS + path];
    sweep(&book, &plan, alone, CHI_ACTUS_BLOCK, one);
    for (int i = 0; i < CHI_ACTUS_BLOCK; i++)
        assert_memory_equal(&one[i], &together[path], sizeof(double));
    static const char *const isas[] = {"base", "v3"};
    for (int i = 0; i < 2; i++) {
        setenv("CARDHOUSE_ISA", isas[i], 1);
        sweep(&book, &plan, market, PATHS, other);
        unsetenv("CARDHOUSE_ISA");
        assert_memory_equal(other, together, sizeof other);
    }
}

/* Terms and events of Cardhouse's own, on top of a random loan. */
static void add_own_terms(chi_arena *arena, chi_actus_terms *t)
{
    double *numbers = chi_arena_alloc(arena, 3 * sizeof *numbers);
    for (int i = 0; i < 3; i++)
        numbers[i] = 0.02 * (double)(i + 1);
    if (chance(50) && t->rrmo) {
        t->grid_object = "RATE";
        t->grid_levels = (chi_actus_list){.count = 2, .numbers = numbers};
        t->grid_spreads = (chi_actus_list){.count = 3, .numbers = numbers};
    }
    if (chance(50)) {
        t->pik_share = 0.75;
        t->pik_margin = chance(50) ? 0.01 : (double)NAN;
        t->pik_object = chance(50) ? "RATE" : NULL;
        t->pik_below = t->pik_object ? 0.04 : (double)NAN;
    }
    t->default_margin = chance(50) ? 0.02 : (double)NAN;
    t->dqr = 0.08;
    t->curs = chance(30) ? "EUR" : NULL;
    t->pytp = t->rrmo ? CHI_WORD_PENALTY_DIFFERENTIAL : 0;
    t->ppef = (uint8_t)(1 + draw(2));
}

/* What the creator receives, the other side pays, arrears and draws included. */
static void check_mirror_of_own(chi_arena *arena, ch_diags *diags, const chi_actus_case *world)
{
    chi_actus_terms terms = *world->terms;
    chi_actus_case other = *world;
    terms.role = (uint8_t)(3 - terms.role);
    other.terms = &terms;
    other.rows = (chi_actus_rows){0};
    assert_true(chi_actus_run_case(arena, diags, &other));
    assert_int_equal(other.rows.count, world->rows.count);
    for (size_t i = 0; i < other.rows.count; i++)
        assert_true(other.rows.at[i].payoff == -world->rows.at[i].payoff);
}

/* A sweep pays the sum of the rows of the same contract in the same world, to the last bit. */
static void check_rows(chi_arena *arena, ch_diags *diags, const chi_actus_case *full)
{
    chi_actus_terms terms = *full->terms;
    chi_actus_observed events[6];
    add_own_terms(arena, &terms);
    for (int i = 0; i < 6; i++)
        events[i] = (chi_actus_observed){.time = terms.ied + 2 * (chi_moment)draw(1000),
            .kind = i < 4    ? CHI_EVENT_CE
                    : i == 4 ? CHI_EVENT_PP
                             : CHI_EVENT_PD,
            .performance = (uint8_t)(1 + draw(4)),
            .value = 0.25 * terms.nt};
    chi_actus_case world = *full;
    world.terms = &terms;
    world.observed = events;
    world.observed_count = 6;
    world.rows = (chi_actus_rows){0};
    chi_actus_series series[2] = {full->series[0], full->series[0]};
    series[1].object = "USD/EUR";
    world.series = series;
    world.series_count = 2;
    if (!chi_actus_run_case(arena, diags, &world))
        fail_msg("type %d: %s", terms.type, ch_diags_at(diags, 0)->message);
    check_mirror_of_own(arena, diags, &world);
    double sum = 0.0, value[CHI_ACTUS_BLOCK];
    for (size_t i = 0; i < world.rows.count; i++)
        sum += world.rows.at[i].payoff;
    chi_actus_book book;
    chi_actus_plan plan;
    chi_actus_book_init(&book, arena, diags);
    assert_true(chi_actus_compile(&book, &terms, world.to, events, 6, &plan));
    double *market =
        chi_arena_alloc(arena, (book.slots.count + 1) * CHI_ACTUS_BLOCK * sizeof *market);
    for (size_t i = 0; i < book.slots.count * CHI_ACTUS_BLOCK; i++)
        assert_true(
            chi_actus_observe(&world, book.objects.at[book.slots.at[i / CHI_ACTUS_BLOCK].object],
                book.slots.at[i / CHI_ACTUS_BLOCK].time, &market[i]));
    sweep(&book, &plan, market, CHI_ACTUS_BLOCK, value);
    if (value[0] != sum)
        fail_msg("type %d: swept %.17g, rows %.17g", terms.type, value[0], sum);
}

static void test_sweeps_equal_rows(void **state)
{
    (void)state;
    for_random_loans(check_rows);
}

static void test_blocks_equal_single_paths(void **state)
{
    (void)state;
    for_random_loans(check_block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_restart),
        cmocka_unit_test(test_mirror),
        cmocka_unit_test(test_redemptions_sum_to_notional),
        cmocka_unit_test(test_sweeps_equal_rows),
        cmocka_unit_test(test_blocks_equal_single_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Contracts made of contracts: a sweep over a block of scenarios pays on every path, to the last
 * bit, the sum of the rows that the contract has when it is run alone in that path's world. */
#include "contract/actus_joint.h"
#include "support/cmocka_all.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CONTRACTS = 600, PATHS = 64 };

static uint64_t luck;

static uint32_t draw(uint32_t below) /* splitmix64, Steele et al. 2014 */
{
    uint64_t z = (luck += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (uint32_t)((z ^ (z >> 31)) >> 32) % below;
}

static chi_moment at(int year, int month, int day)
{
    return chi_moment_of(chi_day_of(year, month, day));
}

static chi_cycle random_cycle(void)
{
    static const chi_cycle cycles[] = {
        {1, 'M', false}, {3, 'M', true}, {6, 'M', false}, {12, 'M', true}};
    return cycles[draw(4)];
}

/* A floating loan, some of them lent before the status date. */
static chi_actus_terms *random_loan(chi_arena *arena, const chi_calendar *calendar, const char *id)
{
    static const uint8_t types[] = {CHI_ACTUS_PAM, CHI_ACTUS_LAM, CHI_ACTUS_NAM, CHI_ACTUS_ANN};
    chi_actus_terms *t = chi_actus_terms_new(arena);
    t->id = id;
    t->cur = "USD";
    t->type = types[draw(4)];
    t->role = (uint8_t)(1 + draw(2)); /* RPA or RPL */
    t->business_days = calendar;
    t->bdc = (chi_business_rule)draw(CHI_BR_COUNT);
    t->dcc = draw(2) ? CHI_DC_ACT_360 : CHI_DC_30E_360;
    t->nt = 100.0 * (double)(1 + draw(100000));
    t->ipnr = (double)draw(2000) / 1e4;
    t->sd = at(2020, 1, 1);
    t->ied = t->sd - 400 + 2 * (chi_moment)draw(400);
    t->ied = chi_moment_of(chi_moment_day(t->ied));
    t->ipac = t->ied <= t->sd ? 1.25 : (double)NAN;
    t->md = at(2023, 1, 1) + 2 * (chi_moment)draw(1000);
    t->ipcl = t->rrcl = random_cycle();
    t->ipanx = t->rranx = t->ied + 2 * (chi_moment)(1 + draw(100));
    if (t->type != CHI_ACTUS_PAM) {
        t->prcl = t->ipcl;
        t->pranx = t->ipanx;
    }
    if (t->type == CHI_ACTUS_LAM || t->type == CHI_ACTUS_NAM)
        t->prnxt = t->nt / (double)(5 + draw(60));
    t->rrsp = (double)draw(500) / 1e4;
    t->rrmo = "RATE";
    return t;
}

static void set_fees(chi_actus_terms *t)
{
    if (draw(3) == 0)
        return;
    t->feb = (uint8_t)(1 + draw(2));
    t->fer = t->feb == CHI_WORD_FEE_ABSOLUTE ? 10.0 : 0.002;
    t->fecl = (chi_cycle){3, 'M', true};
    t->feanx = at(2020, 2, 3);
    t->dcc = CHI_DC_ACT_365F;
}

/* A contract of each of the four types in turn. */
static chi_actus_terms *random_nest(chi_arena *arena, const chi_calendar *calendar, uint64_t seed)
{
    static const uint8_t types[] = {CHI_ACTUS_SWAPS, CHI_ACTUS_CAPFL, CHI_ACTUS_CEG, CHI_ACTUS_CEC};
    chi_actus_terms *t = chi_actus_terms_new(arena);
    chi_actus_part *parts = chi_arena_alloc(arena, 3 * sizeof *parts);
    chi_actus_terms *goods = chi_actus_terms_new(arena);
    t->id = "nest";
    t->cur = goods->cur = "USD";
    t->type = types[seed % 4];
    t->role = (uint8_t)(7 + draw(2)); /* BUY, SEL */
    t->business_days = goods->business_days = calendar;
    t->sd = goods->sd = at(2020, 1, 1);
    t->bdc = CHI_BR_SCF;
    t->ds = (uint8_t)(1 + draw(2));
    t->stp = (chi_cycle){5, 'D', false};
    t->rrlc = 0.06;
    t->rrlf = draw(2) ? 0.03 : (double)NAN;
    t->cecv = draw(2) ? 0.8 : (double)NAN;
    t->cege = (uint8_t)(1 + draw(3));
    t->md = draw(2) ? at(2023, 1, 2) : CHI_MOMENT_NONE;
    if (draw(4) == 0) {
        t->prd = at(2020, 5, 5);
        t->pprd = 17.5;
    }
    if (draw(4) == 0) {
        t->td = at(2022, 5, 5);
        t->ptd = 7.5;
    }
    goods->id = "goods";
    goods->type = CHI_ACTUS_COM;
    goods->role = 7;
    goods->moc = draw(4) ? "GOODS" : NULL;
    goods->mvo = 3.25;
    goods->qt = 10.0;
    bool covers = t->type == CHI_ACTUS_CEG || t->type == CHI_ACTUS_CEC;
    bool swaps = t->type == CHI_ACTUS_SWAPS;
    for (int i = 0; i < 2; i++) {
        chi_actus_terms *loan = random_loan(arena, calendar, i ? "two" : "one");
        loan->moc = "GOODS";
        parts[i] = (chi_actus_part){.role = covers   ? CHI_PART_COVE
                                            : !swaps ? CHI_PART_UDL
                                            : i      ? CHI_PART_SEL
                                                     : CHI_PART_FIL,
            .id = loan->id,
            .terms = loan};
    }
    parts[2] = (chi_actus_part){.role = CHI_PART_COVI, .id = "goods", .terms = goods};
    t->parts = parts;
    t->part_count = covers ? 3 : swaps ? 2 : 1;
    if (covers)
        set_fees(t);
    return t;
}

/* The market that one path has seen: an observation at the time of each slot. */
static void fill_world(chi_arena *arena, const chi_actus_book *book, const double *market,
    size_t path, chi_actus_case *world)
{
    static const char *const objects[] = {"RATE", "GOODS"};
    chi_actus_series *series = chi_arena_alloc(arena, 2 * sizeof *series);
    for (int k = 0; k < 2; k++) {
        size_t count = 0;
        chi_moment *times = chi_arena_alloc(arena, (book->slots.count + 1) * sizeof *times);
        double *values = chi_arena_alloc(arena, (book->slots.count + 1) * sizeof *values);
        times[count++] = at(2000, 1, 1);
        for (size_t slot = 0; slot < book->slots.count; slot++) {
            if (strcmp(book->objects.at[book->slots.at[slot].object], objects[k]) != 0)
                continue;
            size_t i = count++;
            for (; times[i - 1] > book->slots.at[slot].time; i--) {
                times[i] = times[i - 1];
                values[i] = values[i - 1];
            }
            times[i] = book->slots.at[slot].time;
            values[i] = market[slot * PATHS + path];
        }
        series[k] = (chi_actus_series){objects[k], count, times, values};
    }
    world->series = series;
    world->series_count = 2;
}

static void sweep(
    const chi_actus_book *book, const chi_actus_joint *joint, const double *market, double *value)
{
    chi_arena arena;
    chi_arena_init(&arena);
    chi_actus_columns *states =
        chi_arena_alloc(&arena, (joint->part_count + 1) * sizeof(chi_actus_columns));
    chi_actus_valuation valuation = {.paths = PATHS, .market = market, .value = value};
    chi_actus_sweep_joint(book, joint, &valuation, states);
    chi_arena_free(&arena);
}

static void check_nest(
    chi_arena *arena, ch_diags *diags, const chi_calendar *calendar, uint64_t seed, int *payments)
{
    const chi_actus_observed event = {.time = at(2021, 1, 1) + 2 * (chi_moment)draw(900),
        .kind = CHI_EVENT_CE,
        .performance = 4, /* DF */
        .contract = "two"};
    const chi_actus_terms *t = random_nest(arena, calendar, seed);
    chi_moment to = draw(3) ? CHI_MOMENT_NONE : at(2022, 6, 30);
    chi_actus_book book;
    chi_actus_joint joint;
    double together[PATHS], other[PATHS];
    chi_actus_book_init(&book, arena, diags);
    if (!chi_actus_compile_joint(&book, t, to, &event, 1, &joint))
        fail_msg("seed %d: %s", (int)seed, ch_diags_at(diags, 0)->message);
    double *market = chi_arena_alloc(arena, (book.slots.count + 1) * PATHS * sizeof *market);
    for (size_t i = 0; i < book.slots.count * PATHS; i++)
        market[i] = (double)draw(1000) / 1e4;
    sweep(&book, &joint, market, together);
    for (int k = 0; k < 3; k++) {
        size_t path = draw(PATHS);
        chi_actus_case world = {
            .id = "nest", .terms = t, .to = to, .observed = &event, .observed_count = 1};
        fill_world(arena, &book, market, path, &world);
        if (!chi_actus_run_nest(arena, diags, t, &world, &world.rows))
            fail_msg("seed %d: %s", (int)seed, ch_diags_at(diags, 0)->message);
        double sum = 0.0;
        for (size_t i = 0; i < world.rows.count; i++) {
            sum += world.rows.at[i].payoff;
            *payments += world.rows.at[i].payoff != 0.0;
        }
        if (sum != together[path])
            fail_msg("seed %d type %d path %zu: %.17g is not %.17g", (int)seed, t->type, path,
                together[path], sum);
    }
    static const char *const isas[] = {"base", "v3"};
    for (int i = 0; i < 2; i++) {
        setenv("CARDHOUSE_ISA", isas[i], 1);
        sweep(&book, &joint, market, other);
        unsetenv("CARDHOUSE_ISA");
        assert_memory_equal(other, together, sizeof other);
    }
}

static void test_blocks_equal_rows(void **state)
{
    (void)state;
    chi_arena shared;
    chi_arena_init(&shared);
    const chi_calendar *calendar = chi_calendar_builtin(&shared, "TARGET");
    int payments[4] = {0};
    for (uint64_t seed = 1; seed <= CONTRACTS; seed++) {
        luck = seed;
        chi_arena arena;
        chi_arena_init(&arena);
        ch_diags *diags = chi_diags_new();
        check_nest(&arena, diags, calendar, seed, &payments[seed % 4]);
        ch_diags_free(diags);
        chi_arena_free(&arena);
    }
    for (int i = 0; i < 4; i++)
        assert_true(payments[i] > CONTRACTS);
    chi_arena_free(&shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_equal_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

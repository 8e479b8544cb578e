/* Compiling ACTUS contracts into events and sweeping them over rate scenarios, by type and mixed.
 * One core. Every loan runs five years in quarters on a Monday-to-Friday calendar; payments are
 * discounted by scenario. */
#include "bench.h"
#include "contract/actus_joint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LOANS = 10000, PATHS = 1024, DAY_ROWS = 4096, ROUNDS = 2, SPREAD_DAYS = 360 };

typedef struct desk {
    chi_arena arena;
    chi_actus_book book;
    chi_actus_terms *terms[LOANS];
    chi_actus_plan plans[LOANS];
    chi_actus_joint joints[LOANS]; /* of contracts made of contracts */
    uint32_t *rows[LOANS];         /* discount row of each event or join */
    chi_moment to;
} desk;

/* [block of paths][row][path of the block], so that a block's table fits a second-level cache. */
static double *market, *discounts;
static double values[CHI_ACTUS_BLOCK];
static chi_actus_columns states[2];
static volatile double sink; /* keeps what is measured from being left out */

static double *cell(double *table, size_t row, size_t path)
{
    size_t block = path / CHI_ACTUS_BLOCK;
    return table + (block * DAY_ROWS + row) * CHI_ACTUS_BLOCK + path % CHI_ACTUS_BLOCK;
}

/* Seconds of this thread on a processor: other programs share the machine. */
static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static chi_moment day_at(int year, int month, int day)
{
    return chi_moment_of(chi_day_of(year, month, day));
}

/* A contract of a type; `k` spreads the dates over a year. */
static chi_actus_terms *make_terms(chi_arena *arena, const chi_calendar *calendar, int type, int k)
{
    const chi_cycle quarter = {3, 'M', true};
    chi_actus_terms *t = chi_actus_terms_new(arena);
    t->id = "loan";
    t->cur = "USD";
    t->cur2 = "EUR";
    t->type = (uint8_t)type;
    t->role = (uint8_t)(1 + k % 2);
    t->business_days = calendar;
    t->bdc = CHI_BR_SCMF;
    t->dcc = CHI_DC_ACT_360;
    t->sd = day_at(2024, 12, 31);
    t->ied = t->sd + 2 + 2 * (k % SPREAD_DAYS);
    t->md = chi_cycle_add(t->ied, quarter, 20, false);
    t->nt = 1e6 + k;
    t->ipnr = 0.05;
    t->ipnr2 = 0.05;
    t->ipcl = quarter;
    t->ipanx = chi_cycle_add(t->ied, quarter, 1, false);
    if (type == CHI_ACTUS_LAM || type == CHI_ACTUS_NAM || type == CHI_ACTUS_ANN) {
        t->prcl = quarter;
        t->pranx = t->ipanx;
    }
    if (type == CHI_ACTUS_LAM || type == CHI_ACTUS_NAM)
        t->prnxt = t->nt / (type == CHI_ACTUS_LAM ? 20 : 15);
    t->rrcl = quarter;
    t->rranx = t->ipanx;
    t->rrsp = 0.02;
    t->rrmo = t->moc = t->dvmo = "RATE";
    return t;
}

/* Terms that only some types have. */
static void complete_terms(chi_arena *arena, chi_actus_terms *t)
{
    if (t->type == CHI_ACTUS_LAX) {
        chi_moment *anchors = chi_arena_alloc(arena, sizeof *anchors);
        chi_cycle *cycles = chi_arena_alloc(arena, sizeof *cycles);
        double *amounts = chi_arena_alloc(arena, sizeof *amounts);
        double *spreads = chi_arena_alloc(arena, sizeof *spreads);
        uint8_t *words = chi_arena_alloc(arena, 1);
        *anchors = t->ipanx;
        *cycles = t->ipcl;
        *amounts = t->nt / 20.0;
        *spreads = t->rrsp;
        *words = CHI_WORD_VAR;
        t->arpranx = t->aripanx = t->arrranx = (chi_actus_list){.count = 1, .moments = anchors};
        t->arprcl = t->aripcl = t->arrrcl = (chi_actus_list){.count = 1, .cycles = cycles};
        t->arprnxt = (chi_actus_list){.count = 1, .numbers = amounts};
        t->arrate = (chi_actus_list){.count = 1, .numbers = spreads};
        t->arfixvar = (chi_actus_list){.count = 1, .words = words};
    }
    if (t->type == CHI_ACTUS_STK) {
        t->dvcl = t->ipcl;
        t->dvanx = t->ipanx;
        t->td = t->md;
        t->ptd = 100.0;
    }
    if (t->type == CHI_ACTUS_UMP) {
        t->td = t->md;
        t->ptd = t->nt;
    }
    t->nt2 = t->nt;
    t->ds = CHI_WORD_CASH;
    t->ops1 = t->pfut = 0.04;
    t->optp = CHI_WORD_CALL;
}

/* A contract of a type; one made of contracts stands over two loans and a stock of goods. */
static chi_actus_terms *make_contract(
    chi_arena *arena, const chi_calendar *calendar, int type, int k)
{
    chi_actus_terms *t = make_terms(arena, calendar, type, k);
    complete_terms(arena, t);
    if (!chi_actus_is_nest(t))
        return t;
    bool swaps = type == CHI_ACTUS_SWAPS, cap = type == CHI_ACTUS_CAPFL;
    chi_actus_part *parts = chi_arena_alloc(arena, 3 * sizeof *parts);
    parts[0] = (chi_actus_part){.role = swaps ? CHI_PART_FIL
                                        : cap ? CHI_PART_UDL
                                              : CHI_PART_COVE,
        .id = "loan",
        .terms = make_terms(arena, calendar, CHI_ACTUS_LAM, k)};
    parts[1] = (chi_actus_part){.role = CHI_PART_SEL,
        .id = "other",
        .terms = make_terms(arena, calendar, CHI_ACTUS_PAM, k + 1)};
    chi_actus_terms *goods = make_terms(arena, calendar, CHI_ACTUS_COM, k);
    parts[2] = (chi_actus_part){.role = CHI_PART_COVI, .id = "goods", .terms = goods};
    goods->role = t->role = 7; /* BUY */
    t->nt = (double)NAN;
    t->rrlc = 0.04;
    t->parts = parts;
    t->part_count = 3;
    return t;
}

static bool compile_one(desk *d, int k)
{
    const chi_actus_observed event = {.time = day_at(2027, 1, 4),
        .kind = CHI_EVENT_CE,
        .performance = 4, /* DF */
        .contract = "loan"};
    if (chi_actus_is_nest(d->terms[k]))
        return chi_actus_compile_joint(&d->book, d->terms[k], d->to, &event, 1, &d->joints[k]);
    return chi_actus_compile(&d->book, d->terms[k], d->to, NULL, 0, &d->plans[k]);
}

static void compile_all(desk *d)
{
    d->book.events.count = d->book.years.count = 0;
    d->book.joins.count = d->book.parts.count = 0;
    for (int k = 0; k < LOANS; k++)
        if (!compile_one(d, k))
            abort();
}

/* The day of a payment as a row of discount factors. */
static uint32_t row_of(const desk *d, int k, chi_moment pay)
{
    return (uint32_t)(pay - d->terms[k]->sd) / 2 % DAY_ROWS;
}

static void set_rows(desk *d, int k)
{
    const chi_actus_joint *joint = &d->joints[k];
    const chi_actus_plan *plan = &d->plans[k];
    bool is_nest = chi_actus_is_nest(d->terms[k]);
    size_t count = is_nest ? joint->count : plan->count;
    d->rows[k] = chi_arena_alloc(&d->arena, (count + 1) * sizeof *d->rows[k]);
    for (size_t e = 0; e < count; e++)
        d->rows[k][e] = row_of(d, k,
            is_nest ? d->book.joins.at[joint->first + e].pay
                    : d->book.events.at[plan->first + e].pay);
}

static void open_desk(desk *d, const int *types, int type_count)
{
    chi_arena_init(&d->arena);
    const chi_calendar *calendar = chi_calendar_builtin(&d->arena, "TARGET");
    for (int k = 0; k < LOANS; k++)
        d->terms[k] = make_contract(&d->arena, calendar, types[k % type_count], k);
    d->to = CHI_MOMENT_NONE;
    chi_actus_book_init(&d->book, &d->arena, NULL);
    compile_all(d);
    for (int k = 0; k < LOANS; k++)
        set_rows(d, k);
    if (d->book.slots.count > DAY_ROWS)
        abort();
}

static void sweep_all(desk *d)
{
    for (size_t path = 0; path < PATHS; path += CHI_ACTUS_BLOCK)
        for (int k = 0; k < LOANS; k++) {
            chi_actus_valuation v = {CHI_ACTUS_BLOCK, cell(market, 0, path),
                cell(discounts, 0, path), d->rows[k], values};
            if (chi_actus_is_nest(d->terms[k]))
                chi_actus_sweep_joint(&d->book, &d->joints[k], &v, states);
            else
                chi_actus_sweep(&d->book, &d->plans[k], &v);
            sink += values[0];
        }
}

static double best_of(void (*work)(desk *), desk *d)
{
    double best = 1e30;
    for (int round = 0; round < ROUNDS; round++) {
        double start = cpu_seconds();
        work(d);
        double time = cpu_seconds() - start;
        best = time < best ? time : best;
    }
    return best;
}

static void measure(const char *name, const int *types, int type_count)
{
    static desk d;
    open_desk(&d, types, type_count);
    double best = best_of(compile_all, &d);
    char subject[64];
    snprintf(subject, sizeof subject, "actus_compile_%s", name);
    bench_print(subject, "cardhouse", LOANS / best, "per_s");
    best = best_of(sweep_all, &d);
    snprintf(subject, sizeof subject, "actus_sweep_%s", name);
    bench_print(subject, "cardhouse", (double)LOANS * PATHS / best, "per_s");
    snprintf(subject, sizeof subject, "actus_events_%s", name);
    bench_print(subject, "per_contract", (double)d.book.events.count / LOANS, "events");
    chi_arena_free(&d.arena);
}

/* --- beside QuantLib (bench_quantlib.cpp) --------------------------------------------------- */

/* Forward rate of three months from `day` on a flat curve, as an index would fix it. */
static double forward_rate(chi_day day, double rate)
{
    double days = (double)(chi_day_add_months(day, 3) - day);
    return (exp(rate * days / 365.0) - 1.0) / (days / 360.0);
}

/* The same loans: linear over twenty quarters, floating plus 2 %, no calendar, with forward rates
 * and discount factors of flat curves, one a scenario. */
static void open_amortising(desk *d)
{
    static const int lam = CHI_ACTUS_LAM;
    open_desk(d, &lam, 1);
    const chi_calendar *open = chi_calendar_builtin(&d->arena, "NC");
    for (int k = 0; k < LOANS; k++) {
        d->terms[k]->business_days = open;
        d->terms[k]->role = 1;
        d->terms[k]->rranx = d->terms[k]->ied;
    }
    d->book.slots.count = 0;
    d->book.slot_room = 0;
    compile_all(d);
    const chi_day today = chi_moment_day(d->terms[0]->sd);
    for (int k = 0; k < LOANS; k++) {
        const chi_actus_plan *plan = &d->plans[k];
        d->rows[k] = chi_arena_alloc(&d->arena, (plan->count + 1) * sizeof *d->rows[k]);
        for (uint32_t e = 0; e < plan->count; e++)
            d->rows[k][e] =
                (uint32_t)(chi_moment_day(d->book.events.at[plan->first + e].pay) - today);
    }
    for (size_t path = 0; path < PATHS; path++) {
        double rate = 0.03 + 1e-5 * (double)path;
        for (size_t slot = 0; slot < d->book.slots.count; slot++)
            *cell(market, slot, path) =
                forward_rate(chi_moment_day(d->book.slots.at[slot].time), rate);
        for (size_t day = 0; day < DAY_ROWS; day++)
            *cell(discounts, day, path) = exp(-rate * (double)day / 365.0);
    }
}

static void measure_amortising(void)
{
    static desk d;
    open_amortising(&d);
    double best = best_of(sweep_all, &d);
    bench_print("actus_amortising", "cardhouse", best / ((double)LOANS * PATHS) * 1e9, "ns");
    chi_actus_valuation v = {CHI_ACTUS_BLOCK, market, discounts, d.rows[0], values};
    chi_actus_sweep(&d.book, &d.plans[0], &v);
    printf("actus_amortising_value,cardhouse,%.10g,money\n", values[0]);
    chi_arena_free(&d.arena);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int type;
    } types[] = {
#define TYPE(id, text) {#id, CHI_ACTUS_##id},
        CHI_ACTUS_TYPES(TYPE)
#undef TYPE
    };
    enum { TYPES = sizeof types / sizeof *types };
    int mixed[TYPES], count = 0;
    market = malloc(sizeof(double) * DAY_ROWS * PATHS);
    discounts = malloc(sizeof(double) * DAY_ROWS * PATHS);
    if (!market || !discounts)
        return 1;
    for (size_t i = 0; i < (size_t)DAY_ROWS * PATHS; i++) {
        market[i] = 0.03 + 1e-9 * (double)(i % 1000);
        discounts[i] = 0.9 + 1e-9 * (double)(i % 777);
    }
    for (int i = 0; i < TYPES; i++) {
        if (argc > 1 && strcmp(argv[1], types[i].name) != 0)
            continue;
        mixed[count++] = types[i].type;
        measure(types[i].name, &types[i].type, 1);
    }
    if (argc == 1)
        measure("mixed", mixed, count);
    measure_amortising();
    free(market);
    free(discounts);
    return 0;
}

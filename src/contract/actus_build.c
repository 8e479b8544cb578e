/* Events onto the table: placing, market slots, schedules, order, cuts, year fractions. */
#include "contract/actus_build.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

static const uint8_t kind_of_op[CHI_ACTUS_OP_COUNT] = {
#define CHI_ACTUS_OP_KIND(id, kind, family, amount) CHI_EVENT_##kind,
    CHI_ACTUS_OPS(CHI_ACTUS_OP_KIND)
#undef CHI_ACTUS_OP_KIND
};

static const uint8_t rank_of_kind[CHI_EVENT_COUNT] = {0,
#define CHI_ACTUS_KIND_RANK(id, rank, text) rank,
    CHI_ACTUS_KINDS(CHI_ACTUS_KIND_RANK)
#undef CHI_ACTUS_KIND_RANK
};

void chi_actus_book_init(chi_actus_book *book, chi_arena *arena, ch_diags *diags)
{
    memset(book, 0, sizeof *book);
    book->arena = arena;
    book->diags = diags;
}

chi_day chi_actus_accrual_day(const chi_actus_terms *t, chi_moment time)
{
    chi_day day = chi_accrual_day(t->business_days, t->bdc, chi_moment_day(time));
    return day + (time & 1);
}

/* Day counts by coupon periods: those of the interest cycle from its anchor, unshifted, also before
 * it and after the last, so that a stub is measured by the regular periods it lies in. */
static double years_by_coupons(const chi_actus_terms *t, chi_day from, chi_day to)
{
    if (to < from)
        return -years_by_coupons(t, to, from);
    chi_moment anchor = chi_given_at(t->ipanx) ? t->ipanx : chi_given_at(t->ied) ? t->ied : t->sd;
    chi_ymd a = chi_ymd_of(chi_moment_accrual(anchor)), b = chi_ymd_of(from);
    int32_t k = (12 * (b.year - a.year) + b.month - a.month) / t->ipcl.count - 2;
    bool month_end = t->eomc == CHI_WORD_EOM && chi_is_month_end(chi_moment_day(anchor));
    double years = 0.0;
    for (chi_day start = from; start < to; k++) {
        chi_day begin = chi_moment_accrual(chi_cycle_add(anchor, t->ipcl, k, month_end));
        chi_day end = chi_moment_accrual(chi_cycle_add(anchor, t->ipcl, k + 1, month_end));
        if (end <= start)
            continue;
        chi_day stop = to < end ? to : end;
        chi_daycount_context context = {.termination = INT32_MIN,
            .frequency = 12 / t->ipcl.count,
            .period_start = begin,
            .period_end = end};
        /* What decides the basis of ACT/365L is the whole period. */
        years += t->dcc == CHI_DC_ACT_ACT_ICMA ? chi_year_fraction(t->dcc, start, stop, &context)
                                               : chi_year_fraction(t->dcc, begin, end, &context) *
                                                     (double)(stop - start) / (double)(end - begin);
        start = stop;
    }
    return years;
}

double chi_actus_years(const chi_actus_build *b, chi_day from, chi_day to)
{
    chi_daycount_context context = {.termination = INT32_MIN};
    /* The same day is not nothing under every rule about the ends of months; without a convention
     * there is no interest. */
    if (from == to || b->t->dcc == CHI_DC_COUNT)
        return 0.0;
    if (b->t->dcc == CHI_DC_ACT_ACT_ICMA || b->t->dcc == CHI_DC_ACT_365L)
        return years_by_coupons(b->t, from, to);
    if (b->t->dcc == CHI_DC_30E_360_ISDA && chi_given_at(b->plan->maturity))
        context.termination = chi_moment_accrual(b->plan->maturity);
    return chi_year_fraction(b->t->dcc, from, to, &context);
}

static uint8_t rank_of(chi_actus_op op)
{
    return op == CHI_ACTUS_OP_CALL               ? CHI_ACTUS_RANK_CALL
           : op == CHI_ACTUS_OP_RESET_ARREARS    ? CHI_ACTUS_RANK_ARREARS
           : op == CHI_ACTUS_OP_INTEREST_ADVANCE ? CHI_ACTUS_RANK_ADVANCE
                                                 : rank_of_kind[kind_of_op[op]];
}

static chi_actus_event *append(
    chi_actus_build *b, chi_actus_op op, chi_moment pay, chi_day calc, double amount)
{
    chi_actus_event *event = CHI_PUSH(b->book->arena, &b->book->events);
    event->pay = pay;
    event->calc = calc;
    event->years = 0.0;
    event->amount = amount;
    event->slot = 0;
    event->op = (uint8_t)op;
    event->kind = kind_of_op[op];
    event->hidden = CHI_SHOWN;
    event->rank = rank_of(op);
    return event;
}

chi_actus_event *chi_actus_push(
    chi_actus_build *b, chi_actus_op op, chi_moment time, chi_actus_placing placing, double amount)
{
    const chi_actus_terms *t = b->t;
    chi_day day = chi_moment_day(time), shifted = day;
    bool accrues_shifted = chi_accrues_shifted(t->bdc);
    if (placing == CHI_PLACE_SHIFTED || accrues_shifted)
        shifted = chi_pay_day(t->business_days, t->bdc, day);
    chi_moment pay = 2 * (placing == CHI_PLACE_SHIFTED ? shifted : day) + (time & 1);
    return append(b, op, pay, (accrues_shifted ? shifted : day) + (time & 1), amount);
}

chi_actus_event *chi_actus_push_date(
    chi_actus_build *b, chi_actus_op op, const chi_actus_dates *dates, int32_t k, double amount)
{
    return append(b, op, dates->pays[k], dates->accruals[k], amount);
}

static uint32_t object_of(chi_actus_book *book, const char *object)
{
    for (size_t i = 0; i < book->objects.count; i++)
        if (book->objects.at[i] == object || strcmp(book->objects.at[i], object) == 0)
            return (uint32_t)i;
    *CHI_PUSH(book->arena, &book->objects) = object;
    return (uint32_t)book->objects.count - 1;
}

static bool same_slot(const chi_actus_slot *a, chi_actus_slot b)
{
    return a->time == b.time && a->object == b.object && a->from == b.from;
}

/* Place of a slot in the table: its own, or the empty one where it belongs. */
static size_t slot_place(const chi_actus_book *book, chi_actus_slot slot)
{
    uint64_t mixed = ((uint64_t)slot.object << 32 | (uint32_t)slot.time) * 0x9E3779B97F4A7C15u;
    size_t at = (size_t)(mixed >> 32) & (book->slot_room - 1);
    for (; book->slot_table[at]; at = (at + 1) & (book->slot_room - 1)) {
        if (same_slot(&book->slots.at[book->slot_table[at] - 1], slot))
            break;
    }
    return at;
}

static void grow_slot_table(chi_actus_book *book)
{
    book->slot_room = book->slot_room ? 2 * book->slot_room : 64;
    book->slot_table = chi_arena_alloc(book->arena, book->slot_room * sizeof *book->slot_table);
    for (size_t i = 0; i < book->slots.count; i++)
        book->slot_table[slot_place(book, book->slots.at[i])] = (uint32_t)i + 1;
}

uint32_t chi_actus_slot_of(chi_actus_build *b, const char *object, chi_moment time)
{
    CHI_ASSERT(object != NULL);
    chi_actus_book *book = b->book;
    chi_actus_slot slot = {object_of(book, object), time, CHI_MOMENT_NONE};
    /* Contracts with the same dates ask for the same slots in the same order. */
    uint32_t guess = book->slot_last + 1;
    if (guess < book->slots.count && same_slot(&book->slots.at[guess], slot))
        return book->slot_last = guess;
    while (2 * book->slots.count >= book->slot_room)
        grow_slot_table(book);
    size_t place = slot_place(book, slot);
    if (!book->slot_table[place]) {
        *CHI_PUSH(book->arena, &book->slots) = slot;
        book->slot_table[place] = (uint32_t)book->slots.count;
    }
    return book->slot_last = book->slot_table[place] - 1;
}

uint32_t chi_actus_slot_over(
    chi_actus_build *b, const char *object, chi_moment from, chi_moment time)
{
    CHI_ASSERT(object != NULL);
    chi_actus_book *book = b->book;
    /* How the rates are joined is the contract's own affair, so that the slot is not shared. */
    *CHI_PUSH(book->arena, &book->slots) = (chi_actus_slot){object_of(book, object), time, from};
    return (uint32_t)book->slots.count - 1;
}

/* How many schedules of the contract are kept. */
static uint32_t dates_kept(const chi_actus_book *book)
{
    return book->dates_made < CHI_ACTUS_DATES_KEPT ? book->dates_made
                                                   : (uint32_t)CHI_ACTUS_DATES_KEPT;
}

static bool same_cycle(chi_cycle a, chi_cycle b)
{
    return a.count == b.count && a.unit == b.unit && a.short_stub == b.short_stub;
}

bool chi_actus_schedule_to(chi_actus_build *b, chi_moment anchor, chi_cycle cycle, chi_moment end,
    const char *name, chi_schedule *schedule)
{
    if (!chi_given_at(anchor) && !chi_given_cycle(cycle))
        return false;
    chi_cycle by = chi_given_cycle(cycle) ? cycle : (chi_cycle){0, 'D', false};
    if (!chi_given_at(anchor))
        anchor = chi_cycle_add(chi_given_at(b->t->ied) ? b->t->ied : b->t->sd, by, 1, false);
    for (uint32_t i = 0; i < dates_kept(b->book); i++) {
        const chi_schedule *made = &b->book->dates[i].schedule;
        if (made->anchor == anchor && made->end == end && same_cycle(made->cycle, by)) {
            *schedule = *made;
            return true;
        }
    }
    if (chi_schedule_make(anchor, by, end, b->t->eomc == CHI_WORD_EOM, schedule))
        return true;
    chi_actus_term_error(b->book->diags, 607, b->t, name, NULL,
        "makes more than %d dates before the end of the contract", CHI_SCHEDULE_DATES_MAX);
    b->failed = true;
    return false;
}

bool chi_actus_schedule(chi_actus_build *b, chi_moment anchor, chi_cycle cycle, const char *name,
    chi_schedule *schedule)
{
    return chi_actus_schedule_to(b, anchor, cycle, b->end, name, schedule);
}

static bool same_schedule(const chi_schedule *a, const chi_schedule *b)
{
    return a->anchor == b->anchor && a->end == b->end && a->regular == b->regular &&
           a->to_month_end == b->to_month_end && same_cycle(a->cycle, b->cycle);
}

const chi_actus_dates *chi_actus_dates_of(chi_actus_build *b, const chi_schedule *schedule)
{
    chi_actus_book *book = b->book;
    uint32_t kept =
        book->dates_made < CHI_ACTUS_DATES_KEPT ? book->dates_made : (uint32_t)CHI_ACTUS_DATES_KEPT;
    for (uint32_t i = 0; i < kept; i++)
        if (same_schedule(schedule, &book->dates[i].schedule))
            return &book->dates[i];
    chi_actus_dates *dates = &book->dates[book->dates_made++ % CHI_ACTUS_DATES_KEPT];
    size_t count = (size_t)schedule->regular + 1;
    if (dates->room < count) {
        dates->room = 2 * count;
        dates->times = chi_arena_alloc(book->arena, dates->room * sizeof *dates->times);
        dates->pays = chi_arena_alloc(book->arena, dates->room * sizeof *dates->pays);
        dates->accruals = chi_arena_alloc(book->arena, dates->room * sizeof *dates->accruals);
    }
    dates->schedule = *schedule;
    chi_schedule_fill(schedule, dates->times);
    bool accrues_shifted = chi_accrues_shifted(b->t->bdc);
    for (size_t k = 0; k < count; k++) {
        chi_day late = dates->times[k] & 1, day = (dates->times[k] - late) / 2;
        chi_day shifted = chi_pay_day(b->t->business_days, b->t->bdc, day);
        dates->pays[k] = 2 * shifted + late;
        dates->accruals[k] = (accrues_shifted ? shifted : day) + late;
    }
    return dates;
}

/* Room for so many events more: what is then appended need not look. */
static chi_actus_event *reserve_events(chi_actus_book *book, size_t more)
{
    size_t need = book->events.count + more, room = 2 * need;
    if (need > book->events.room) {
        book->events.at = chi_arena_grow(book->arena, book->events.at,
            book->events.room * sizeof *book->events.at, room * sizeof *book->events.at);
        book->events.room = room;
    }
    return book->events.at + book->events.count;
}

void chi_actus_push_regular(
    chi_actus_build *b, const chi_schedule *schedule, chi_actus_op op, double amount)
{
    const chi_actus_dates *dates = chi_actus_dates_of(b, schedule);
    size_t count = (size_t)schedule->regular;
    chi_actus_event *event = reserve_events(b->book, count);
    uint8_t kind = kind_of_op[op], rank = rank_of(op);
    for (size_t k = 0; k < count; k++, event++) {
        *event = (chi_actus_event){.pay = dates->pays[k],
            .calc = dates->accruals[k],
            .amount = amount,
            .op = (uint8_t)op,
            .kind = kind,
            .rank = rank};
    }
    b->book->events.count += count;
}

chi_actus_event *chi_actus_push_end(chi_actus_build *b, chi_actus_op op, double amount)
{
    chi_actus_placing placing = b->end_stated ? CHI_PLACE_STATED : CHI_PLACE_SHIFTED;
    return chi_actus_push(b, op, b->end, placing, amount);
}

void chi_actus_push_common(chi_actus_build *b)
{
    for (size_t i = 0; i < b->observed_count; i++)
        if (b->observed[i].kind == CHI_EVENT_AD)
            chi_actus_push(b,
                b->t->type == CHI_ACTUS_SWPPV ? CHI_ACTUS_OP_SWAP_NOTHING : CHI_ACTUS_OP_NOTHING,
                b->observed[i].time, CHI_PLACE_STATED, 0.0);
}

void chi_actus_push_resets(chi_actus_build *b, chi_actus_op reset, chi_actus_op known)
{
    const chi_actus_terms *t = b->t;
    chi_schedule s;
    if (!chi_actus_schedule(b, t->rranx, t->rrcl, "cycleOfRateReset", &s))
        return;
    bool rate_is_known = chi_given(t->rrnxt);
    const chi_actus_dates *dates = chi_actus_dates_of(b, &s);
    for (int32_t k = 0; k < s.regular; k++) {
        chi_moment time = dates->times[k];
        chi_actus_event *event =
            chi_actus_push_date(b, reset, dates, k, chi_actus_spread_at(t, time));
        /* The known rate is for the first reset after the status date, and is then spent. */
        if (rate_is_known && event->pay > t->sd) {
            rate_is_known = false;
            event->op = (uint8_t)known;
            event->kind = CHI_EVENT_RRF;
            event->amount = t->rrnxt;
        } else if (event->pay > t->sd) {
            event->slot = chi_actus_slot_of(b, t->rrmo, time);
            chi_actus_push_grid(b, dates, k, CHI_ACTUS_RANK_GRID);
        }
        if (t->type == CHI_ACTUS_ANN)
            chi_actus_push_annuity(b, dates, k);
    }
}

static bool closes(uint8_t op)
{
    return op == CHI_ACTUS_OP_MATURE || op == CHI_ACTUS_OP_TERMINATE ||
           op == CHI_ACTUS_OP_CALL_SETTLE || op == CHI_ACTUS_OP_SWAP_END ||
           op == CHI_ACTUS_OP_SWAP_PAY_CLOSE || op == CHI_ACTUS_OP_PAY_CLOSE;
}

/* True if the event is outside what the contract shows and does. */
static bool is_cut(const chi_actus_build *b, const chi_actus_event *e)
{
    const chi_actus_terms *t = b->t;
    bool is_silent_start = e->hidden && e->op == CHI_ACTUS_OP_ANNUITY;
    /* After a call nothing happens but its settlement. */
    if (chi_given_at(b->called) && e->pay > b->called && e->op != CHI_ACTUS_OP_CALL_INTEREST &&
        e->op != CHI_ACTUS_OP_CALL_SETTLE && e->op != CHI_ACTUS_OP_NOTHING &&
        e->op != CHI_ACTUS_OP_FX)
        return true;
    if (e->pay <= t->sd && !is_silent_start)
        return true;
    if (b->has_exchange && !b->seasoned && e->pay < t->ied && e->kind != CHI_EVENT_PRD)
        return true;
    /* The settlement of a call that was made in time is shown wherever it falls (case clm07). */
    bool settles_call = chi_given_at(b->called) && e->pay > b->called;
    return chi_given_at(b->to) && e->pay > b->to && !settles_call;
}

/* Year fractions between neighbours; what comes before the exchange or after a call has none. */
static void date_events(chi_actus_build *b, chi_actus_event *at, size_t count)
{
    bool runs = b->seasoned;
    chi_day before = runs ? chi_moment_accrual(b->t->sd) : 0;
    double since = 0.0; /* from the last day with events before this one */
    for (size_t i = 0; i < count; i++) {
        chi_actus_event *e = &at[i];
        if (e->op == CHI_ACTUS_OP_IED || e->op == CHI_ACTUS_OP_SWAP_START) {
            runs = true;
            before = e->calc;
        } else if (runs && e->op != CHI_ACTUS_OP_GRID && e->op != CHI_ACTUS_OP_FX) {
            e->years = e->calc == before ? 0.0 : chi_actus_years(b, before, e->calc);
            since = e->calc == before ? since : e->years;
            if (e->op == CHI_ACTUS_OP_PENALTY_RATE)
                e->amount = since;
            before = e->calc;
            runs = e->op != CHI_ACTUS_OP_CALL;
        }
    }
}

/* What converts the payments of an instant: units of the settlement currency for one of the
 * contract's, observed as CUR/CURS. */
static void push_exchange_rates(chi_actus_build *b)
{
    const chi_actus_terms *t = b->t;
    const char *rate = chi_arena_format(b->book->arena, "%s/%s", t->cur, t->curs);
    size_t count = b->book->events.count;
    for (size_t i = b->plan->first; i < count; i++) {
        const chi_actus_event event = b->book->events.at[i];
        bool pays = !(event.kind == CHI_EVENT_RR || event.kind == CHI_EVENT_RRF ||
                      event.kind == CHI_EVENT_PRF || event.kind == CHI_EVENT_SC ||
                      event.kind == CHI_EVENT_IPCB || event.kind == CHI_EVENT_IPCI ||
                      event.kind == CHI_EVENT_AD || event.kind == CHI_EVENT_XD);
        if (!pays || event.hidden || event.pay <= t->sd)
            continue;
        uint32_t slot = chi_actus_slot_of(b, rate, event.pay);
        chi_actus_event *fx = chi_actus_push(b, CHI_ACTUS_OP_FX, event.pay, CHI_PLACE_STATED, 0.0);
        fx->calc = event.calc;
        fx->slot = slot;
        fx->rank = CHI_ACTUS_RANK_FX;
        fx->hidden = CHI_HIDDEN;
    }
}

static void refuse_events(chi_actus_build *b)
{
    chi_actus_term_error(b->book->diags, 607, b->t, "contractType", NULL,
        "makes more than %d events", CHI_ACTUS_EVENTS_MAX);
    b->failed = true;
}

/* Copies what is left after the cuts from the spare room to `at`, in order. Returns how many. */
static size_t keep_events(
    chi_actus_build *b, chi_actus_event *at, const uint64_t *keys, size_t count)
{
    const chi_actus_terms *t = b->t;
    const chi_actus_event *before = NULL;
    size_t kept = 0;
    bool closed = false;
    for (size_t i = 0; i < count && (!closed || b->lapse_count > 0); i++) {
        const chi_actus_event *from = &b->book->unsorted[chi_actus_place_of(keys[i])];
        bool repeats_fx = from->op == CHI_ACTUS_OP_FX && before && before->op == CHI_ACTUS_OP_FX &&
                          before->pay == from->pay;
        bool survives = from->op == CHI_ACTUS_OP_CURE || from->op == CHI_ACTUS_OP_FX;
        before = from;
        if (is_cut(b, from) || repeats_fx || (closed && !survives))
            continue;
        bool before_purchase = chi_given_at(t->prd) && t->prd > t->sd && from->pay <= t->prd &&
                               from->kind != CHI_EVENT_PRD;
        at[kept] = *from;
        at[kept].hidden = before_purchase ? CHI_HIDDEN : from->hidden;
        if (b->lapse_count > 0)
            at[kept].hidden = chi_actus_showing_of(b, &at[kept]);
        closed |= closes(at[kept++].op);
    }
    return kept;
}

/* True if nothing but the status date, the initial exchange and the end cut the contract. */
static bool is_plain(const chi_actus_build *b)
{
    return b->lapse_count == 0 && !chi_given_at(b->called) && !chi_given_at(b->t->prd) &&
           !b->plan->converts && !b->seasoned && b->has_exchange;
}

/* keep_events() for such a contract: it keeps one stretch of time. What comes before the initial
 * exchange is cut, and so is what comes no later than the status date. */
static size_t keep_plain(
    const chi_actus_build *b, chi_actus_event *at, const uint64_t *keys, size_t count)
{
    const chi_actus_event *from = b->book->unsorted;
    chi_moment last = chi_given_at(b->to) ? b->to : INT32_MAX;
    size_t i = 0, kept = 0;
    while (i < count && from[chi_actus_place_of(keys[i])].pay < b->t->ied)
        i++;
    for (bool closed = false; i < count && !closed; i++) {
        const chi_actus_event *event = &from[chi_actus_place_of(keys[i])];
        if (event->pay > last)
            break;
        closed = closes(event->op);
        at[kept++] = *event;
    }
    return kept;
}

void chi_actus_finish(chi_actus_build *b)
{
    chi_actus_plan *plan = b->plan;
    if (plan->converts)
        push_exchange_rates(b);
    size_t count = b->book->events.count - plan->first, kept;
    if (count >= (size_t)1 << CHI_ACTUS_INDEX_BITS) {
        refuse_events(b);
        return;
    }
    if (count == 0) /* cash, and what has nothing but dates that are past */
        return;
    chi_actus_event *at = b->book->events.at + plan->first;
    const uint64_t *keys = chi_actus_sort(b->book, at, count);
    plan->late = (uint32_t)b->book->years.count;
    kept = is_plain(b) ? keep_plain(b, at, keys, count) : keep_events(b, at, keys, count);
    b->book->events.count = plan->first + kept;
    plan->count = (uint32_t)kept;
    if (kept > CHI_ACTUS_EVENTS_MAX) {
        refuse_events(b);
        return;
    }
    if (b->has_exchange)
        date_events(b, at, kept);
}

bool chi_actus_compile(chi_actus_book *book, const chi_actus_terms *terms, chi_moment to,
    const chi_actus_observed *observed, size_t observed_count, chi_actus_plan *plan)
{
    CHI_ASSERT(!chi_actus_is_nest(terms));
    book->dates_made = 0;
    *plan = (chi_actus_plan){.terms = terms,
        .first = (uint32_t)book->events.count,
        .maturity = CHI_MOMENT_NONE,
        .exercise = terms->xd,
        .converts = terms->curs && terms->cur && strcmp(terms->curs, terms->cur) != 0,
        .start = {.nsc = 1.0, .isc = 1.0},
        .constants = {.role = chi_actus_sign(terms),
            .multiplier = 1.0,
            .life_cap = (double)INFINITY,
            .life_floor = -(double)INFINITY,
            .period_cap = (double)INFINITY,
            .period_floor = -(double)INFINITY,
            .index_floor = chi_given(terms->index_floor) ? terms->index_floor : -(double)INFINITY,
            .line = chi_given(terms->cla) ? terms->cla : (double)INFINITY}};
    chi_actus_build b = {.book = book,
        .t = terms,
        .to = to,
        .observed = observed,
        .observed_count = observed_count,
        .plan = plan,
        .role = plan->constants.role,
        .end = CHI_MOMENT_NONE,
        .called = CHI_MOMENT_NONE};
    bool is_loan = terms->type <= CHI_ACTUS_UMP;
    if (is_loan)
        chi_actus_make_loan(&b);
    else
        chi_actus_make_trade(&b);
    if (!b.failed)
        chi_actus_finish(&b);
    if (b.failed)
        book->errors++;
    return !b.failed;
}

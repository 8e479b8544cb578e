/* Implements the dates, day counts and schedules of ch_contract.h, and the table of day counts. */
#include "base/check.h"
#include "cardhouse/ch_contract.h"
#include "text/calendar.h"
#include "text/daycount.h"
#include "text/daycount_table.h"
#include "text/node.h"
#include "text/schedule.h"

#include <math.h>
#include <string.h>

static bool in_range(ch_day day)
{
    return day >= chi_day_of(CHI_YEAR_MIN, 1, 1) && day <= chi_day_of(CHI_YEAR_MAX, 12, 31);
}

ch_status ch_day_parse(const char *text, ch_day *day)
{
    CHI_ASSERT(text && day);
    return chi_day_parse(text, strlen(text), day) ? CH_OK : CH_E_ARGUMENT;
}

ch_status ch_day_format(ch_day day, char out[11])
{
    CHI_ASSERT(out);
    out[0] = 0;
    if (!in_range(day))
        return CH_E_ARGUMENT;
    chi_day_format(day, out);
    return CH_OK;
}

enum { PERIODS_MAX = 1000 };

ch_status ch_year_fraction(const char *convention, ch_day from, ch_day to,
    const ch_daycount_context *context, double *years)
{
    CHI_ASSERT(convention && years);
    _Static_assert(
        sizeof(ch_coupon_period) == sizeof(chi_daycount_period) &&
            offsetof(ch_coupon_period, end) == offsetof(chi_daycount_period, end) &&
            offsetof(ch_coupon_period, frequency) == offsetof(chi_daycount_period, frequency),
        "public and internal periods agree");
    chi_daycount kind;
    chi_daycount_context inside = {.termination = CH_DAY_NONE};
    chi_daycount_period periods[1];
    *years = (double)NAN;
    if (!chi_daycount_parse(convention, &kind) || !in_range(from) || !in_range(to))
        return CH_E_ARGUMENT;
    if (context) {
        inside.termination = context->termination;
        inside.frequency = context->frequency;
    }
    if (kind != CHI_DC_ACT_ACT_ICMA || !context || context->period_count == 0) {
        *years = chi_year_fraction(kind, from, to, &inside);
        return isnan(*years) ? CH_E_ARGUMENT : CH_OK;
    }
    /* One period at a time, so that the caller's list needs no copy. */
    chi_day low = from < to ? from : to, high = from < to ? to : from;
    double sum = 0.0;
    int covered = 0;
    for (size_t i = 0; i < context->period_count; i++) {
        const ch_coupon_period *p = &context->periods[i];
        chi_day start = low > p->start ? low : p->start, end = high < p->end ? high : p->end;
        if (end <= start)
            continue;
        periods[0] = (chi_daycount_period){p->start, p->end, p->frequency};
        inside.periods = periods;
        inside.period_count = 1;
        sum += chi_year_fraction(kind, start, end, &inside);
        covered += end - start;
    }
    if (covered != high - low || isnan(sum))
        return CH_E_ARGUMENT;
    *years = from <= to ? sum : -sum;
    return CH_OK;
}

/* The basis of a convention for overnight rates; 0 if the arguments are wrong. */
static int overnight_basis(const char *convention, const int *days, size_t count)
{
    chi_daycount kind;
    if (!chi_daycount_parse(convention, &kind))
        return 0;
    for (size_t i = 0; i < count; i++)
        if (days[i] < 0)
            return 0;
    return chi_daycount_fixed_basis(kind);
}

ch_status ch_overnight_compounded(
    const char *convention, const double *rates, const int *days, size_t count, double *rate)
{
    CHI_ASSERT(convention && rate && ((rates && days) || count == 0));
    int basis = overnight_basis(convention, days, count);
    *rate = basis ? chi_overnight_compounded(rates, days, count, basis) : (double)NAN;
    return isfinite(*rate) ? CH_OK : CH_E_ARGUMENT;
}

ch_status ch_overnight_averaged(
    const char *convention, const double *rates, const int *days, size_t count, double *rate)
{
    CHI_ASSERT(convention && rate && ((rates && days) || count == 0));
    int basis = overnight_basis(convention, days, count);
    *rate = basis ? chi_overnight_averaged(rates, days, count) : (double)NAN;
    return isfinite(*rate) ? CH_OK : CH_E_ARGUMENT;
}

ch_status ch_schedule(ch_day anchor, const char *cycle, ch_day end, int end_of_month, ch_day *dates,
    size_t room, size_t *count)
{
    CHI_ASSERT(cycle && count && (dates || room == 0));
    chi_cycle by;
    chi_schedule schedule;
    *count = 0;
    if (!in_range(anchor) || !in_range(end) || !chi_cycle_parse(cycle, strlen(cycle), &by) ||
        by.count == 0 ||
        !chi_schedule_make(
            chi_moment_of(anchor), by, chi_moment_of(end), end_of_month != 0, &schedule))
        return CH_E_ARGUMENT;
    *count = (size_t)schedule.regular + 1;
    for (size_t k = 0; k < *count && k < room; k++)
        dates[k] = chi_moment_day(chi_schedule_at(&schedule, (int32_t)k));
    return CH_OK;
}

ch_status ch_business_day(
    const char *calendar, const char *rule, ch_day day, ch_day *pay, ch_day *accrual)
{
    CHI_ASSERT(calendar && rule && pay && accrual);
    chi_arena arena;
    chi_business_rule shift;
    jmp_buf on_failure;
    *pay = *accrual = CH_DAY_NONE;
    if (!in_range(day) || !chi_business_rule_parse(rule, &shift))
        return CH_E_ARGUMENT;
    chi_arena_init(&arena);
    arena.on_failure = &on_failure;
    if (setjmp(on_failure)) {
        chi_arena_free(&arena);
        return CH_E_MEMORY;
    }
    const chi_calendar *days = chi_calendar_builtin(&arena, calendar);
    if (days) {
        *pay = chi_pay_day(days, shift, day);
        *accrual = chi_accrual_day(days, shift, day);
    }
    chi_arena_free(&arena);
    return days ? CH_OK : CH_E_ARGUMENT;
}

/* What reading a table owns; everything else lives in the arena. */
typedef struct table_load {
    chi_arena arena;
    jmp_buf on_failure;
    ch_diags *diags;
} table_load;

ch_status ch_daycount_table(
    const char *path, int as_json, ch_write_fn write, void *context, ch_diags **diags)
{
    CHI_ASSERT(path && write && diags);
    *diags = NULL;
    table_load *l = chi_memory_alloc(sizeof *l);
    if (!l || !(l->diags = chi_diags_new())) {
        chi_memory_free(l);
        return CH_E_MEMORY;
    }
    chi_arena_init(&l->arena);
    l->arena.on_failure = &l->on_failure;
    ch_status status = CH_E_MEMORY;
    if (!setjmp(l->on_failure)) {
        char *text;
        size_t size;
        ch_status read = chi_file_read(&l->arena, path, &text, &size);
        if (read == CH_OK)
            read = chi_daycount_table_write(
                &l->arena, l->diags, path, text, size, as_json != 0, write, context);
        l->arena.on_failure = NULL;
        chi_arena_free(&l->arena);
        if (ch_diags_count(l->diags) > 0)
            *diags = l->diags;
        else
            ch_diags_free(l->diags);
        chi_memory_free(l);
        return read;
    }
    chi_arena_free(&l->arena);
    ch_diags_free(l->diags);
    chi_memory_free(l);
    return status;
}

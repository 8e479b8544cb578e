/* One row of a table of day counts at a time: read, computed, written. */
#include "text/daycount_table.h"

#include "text/calendar.h"
#include "text/csv.h"
#include "text/daycount.h"
#include "text/json_out.h"
#include "text/number.h"
#include "text/schedule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMN_ID, COLUMN_KIND, COLUMN_CONVENTION, COLUMN_START, COLUMN_END, COLUMN_OPTIONS };
enum { LIST_MAX = 100000 }; /* periods, rates or days of one row */

typedef struct options {
    chi_daycount_context context;
    bool midnight, end_of_month;
    const char *calendar;
    const double *rates;
    const int *days;
    size_t rate_count, day_count;
} options;

/* What the rows share. */
typedef struct table {
    chi_arena *arena;
    chi_csv csv;
    bool as_json;
    chi_json json;
    chi_writer writer;
} table;

static const char *const column_names[] = {"id", "kind", "convention", "start", "end", "options"};

static bool report(table *t, size_t column, const char *expected)
{
    chi_csv_field id = chi_csv_text(&t->csv, COLUMN_ID);
    chi_csv_report(&t->csv, column, 610, NULL, "row %.*s: %s: expected %s",
        (int)(id.size < 60 ? id.size : 60), id.text, column_names[column], expected);
    return false;
}

static const char *text_of(table *t, size_t column)
{
    chi_csv_field field = chi_csv_text(&t->csv, column);
    return chi_arena_text(t->arena, field.text, field.size);
}

static bool read_int(const char *text, size_t size, int *value)
{
    double number;
    if (!chi_number_parse(text, size, &number) || number != floor(number) || fabs(number) > 1e6)
        return false;
    *value = (int)number;
    return true;
}

/* Numbers separated by spaces. False if one is not a number. */
static bool read_numbers(table *t, const char *text, double **out, size_t *count)
{
    CHI_VEC(double) list = {0};
    while (*text) {
        size_t size = strcspn(text, " ");
        double value;
        if (!chi_number_parse(text, size, &value) || list.count == LIST_MAX)
            return false;
        *CHI_PUSH(t->arena, &list) = value;
        text += size + strspn(text + size, " ");
    }
    *out = list.at;
    *count = list.count;
    return true;
}

static bool read_days(table *t, const char *text, options *o)
{
    double *numbers;
    if (!read_numbers(t, text, &numbers, &o->day_count))
        return false;
    int *days = chi_arena_alloc(t->arena, (o->day_count + 1) * sizeof *days);
    for (size_t i = 0; i < o->day_count; i++) {
        if (numbers[i] < 0.0 || numbers[i] > 1e6 || numbers[i] != floor(numbers[i]))
            return false;
        days[i] = (int)numbers[i];
    }
    o->days = days;
    return true;
}

/* FROM/TO/N */
static bool read_period(const char *text, chi_daycount_period *period)
{
    size_t size = strlen(text);
    return size > 22 && text[10] == '/' && text[21] == '/' &&
           chi_day_parse(text, 10, &period->start) && chi_day_parse(text + 11, 10, &period->end) &&
           read_int(text + 22, size - 22, &period->frequency) && period->frequency > 0 &&
           period->end > period->start;
}

static bool read_option(table *t, const char *text, options *o, bool *in_periods)
{
    chi_daycount_context *c = &o->context;
    double *rates;
    const char *value = strchr(text, '=');
    size_t key = value ? (size_t)(value - text) : strlen(text);
    value = value ? value + 1 : "";
    *in_periods = *in_periods && !strchr(text, '=');
    if (strncmp(text, "periods", key) == 0 && key == 7) {
        *in_periods = true;
        text = value;
    }
    if (*in_periods) {
        /* The list grows by one; rows with many periods are rare. */
        chi_daycount_period *list = chi_arena_grow(t->arena, (void *)c->periods,
            c->period_count * sizeof *list, (c->period_count + 1) * sizeof *list);
        c->periods = list;
        return c->period_count < LIST_MAX / 100 && read_period(text, &list[c->period_count++]);
    }
    if (strcmp(text, "midnight") == 0)
        return o->midnight = true;
    if (key == 11 && memcmp(text, "termination", key) == 0)
        return chi_day_parse(value, strlen(value), &c->termination);
    if (key == 4 && memcmp(text, "freq", key) == 0)
        return read_int(value, strlen(value), &c->frequency) && c->frequency > 0;
    if (key == 3 && memcmp(text, "eom", key) == 0) {
        o->end_of_month = strcmp(value, "EOM") == 0;
        return o->end_of_month || strcmp(value, "SD") == 0;
    }
    if (key == 8 && memcmp(text, "calendar", key) == 0) {
        o->calendar = value;
        return true;
    }
    if (key == 5 && memcmp(text, "rates", key) == 0) {
        bool good = read_numbers(t, value, &rates, &o->rate_count);
        o->rates = rates;
        return good;
    }
    return key == 4 && memcmp(text, "days", key) == 0 && read_days(t, value, o);
}

static bool read_options(table *t, options *o)
{
    char *text = (char *)text_of(t, COLUMN_OPTIONS);
    bool in_periods = false;
    *o = (options){.context = {.termination = INT32_MIN}, .calendar = "NC"};
    while (*text) {
        char *end = text + strcspn(text, ";");
        bool more = *end == ';';
        *end = 0;
        if (*text && !read_option(t, text, o, &in_periods))
            return report(t, COLUMN_OPTIONS,
                "termination=DATE, freq=N, periods=FROM/TO/N;..., midnight, eom=SD or EOM, "
                "calendar=NAME, rates=... and days=..., separated by semicolons");
        text = end + more;
    }
    return true;
}

static bool read_date(table *t, size_t column, chi_day *day)
{
    const char *text = text_of(t, column);
    if (chi_day_parse(text, strlen(text), day))
        return true;
    return report(t, column, "a date as YYYY-MM-DD");
}

/* A row of the output table; the id is quoted where it must be, values never need it. */
static void put_row(table *t, const char *value, size_t size)
{
    const char *id = text_of(t, COLUMN_ID);
    bool quoted = strpbrk(id, ",\"\r\n") != NULL;
    chi_write_text(&t->writer, quoted ? "\"" : "");
    for (; *id; id++)
        chi_write(&t->writer, *id == '"' ? "\"\"" : id, *id == '"' ? 2 : 1);
    chi_write_text(&t->writer, quoted ? "\"," : ",");
    chi_write(&t->writer, value, size);
    chi_write_text(&t->writer, "\n");
}

static void put_number(table *t, double value)
{
    char text[CHI_JSON_NUMBER_BYTES];
    if (t->as_json)
        chi_json_key_number(&t->json, text_of(t, COLUMN_ID), value);
    else
        put_row(t, text, chi_number_format(value, text));
}

static void put_text(table *t, const char *text)
{
    if (t->as_json)
        chi_json_key_string(&t->json, text_of(t, COLUMN_ID), text);
    else
        put_row(t, text, strlen(text));
}

static bool count_days(table *t, const options *o)
{
    chi_daycount kind;
    chi_day from, to;
    if (!read_date(t, COLUMN_START, &from) || !read_date(t, COLUMN_END, &to))
        return false;
    if (!chi_daycount_parse(text_of(t, COLUMN_CONVENTION), &kind))
        return report(t, COLUMN_CONVENTION, "a day count, for example ACT/360 or 30E/360 ISDA");
    double years = chi_year_fraction(kind, from, to + o->midnight, &o->context);
    if (isnan(years))
        return report(t, COLUMN_OPTIONS,
            kind == CHI_DC_ACT_365L ? "freq=N" : "periods=FROM/TO/N;... that cover the two days");
    put_number(t, years);
    return true;
}

static bool list_dates(table *t, const options *o)
{
    const char *text = text_of(t, COLUMN_CONVENTION);
    chi_cycle cycle;
    chi_day from, to;
    chi_schedule s;
    if (!read_date(t, COLUMN_START, &from) || !read_date(t, COLUMN_END, &to))
        return false;
    text += strncmp(text, "cycle=", 6) == 0 ? 6 : 0;
    if (!chi_cycle_parse(text, strlen(text), &cycle) || cycle.count == 0)
        return report(t, COLUMN_CONVENTION, "a cycle, for example cycle=P3ML1");
    if (!chi_schedule_make(
            chi_moment_of(from), cycle, chi_moment_of(to) + o->midnight, o->end_of_month, &s))
        return report(t, COLUMN_CONVENTION, "a cycle that makes at most 200000 dates");
    char *dates = chi_arena_alloc(t->arena, 11 * ((size_t)s.regular + 1) + 1), *at = dates;
    for (int32_t k = 0; k <= s.regular; k++, at += 11) {
        chi_day_format(chi_moment_day(chi_schedule_at(&s, k)), at);
        at[10] = k < s.regular ? ';' : 0;
    }
    put_text(t, dates);
    return true;
}

static bool shift_day(table *t, const options *o)
{
    chi_business_rule rule;
    chi_day day;
    char pay[11], calc[11];
    if (!read_date(t, COLUMN_START, &day))
        return false;
    if (!chi_business_rule_parse(text_of(t, COLUMN_CONVENTION), &rule))
        return report(t, COLUMN_CONVENTION, "NOS, SCF, SCMF, CSF, CSMF, SCP, SCMP, CSP or CSMP");
    const chi_calendar *calendar = chi_calendar_builtin(t->arena, o->calendar);
    if (!calendar)
        return report(t, COLUMN_OPTIONS, "calendar=NC, MF, TARGET, US or FED");
    chi_day_format(chi_pay_day(calendar, rule, day), pay);
    chi_day_format(chi_accrual_day(calendar, rule, day), calc);
    put_text(t, chi_arena_format(t->arena, "pay=%s;calc=%s", pay, calc));
    return true;
}

static bool join_rates(table *t, const options *o, bool compounds)
{
    chi_daycount kind;
    if (!chi_daycount_parse(text_of(t, COLUMN_CONVENTION), &kind) ||
        !chi_daycount_fixed_basis(kind))
        return report(t, COLUMN_CONVENTION, "ACT/360, ACT/364 or ACT/365F");
    int basis = chi_daycount_fixed_basis(kind);
    double rate = (double)NAN;
    if (o->rate_count == o->day_count)
        rate = compounds ? chi_overnight_compounded(o->rates, o->days, o->rate_count, basis)
                         : chi_overnight_averaged(o->rates, o->days, o->rate_count);
    if (!isfinite(rate))
        return report(t, COLUMN_OPTIONS, "rates=... and as many days=..., with at least one day");
    put_number(t, rate);
    return true;
}

static bool compute(table *t)
{
    const char *kind = text_of(t, COLUMN_KIND);
    options o;
    if (!read_options(t, &o))
        return false;
    if (strcmp(kind, "daycount") == 0)
        return count_days(t, &o);
    if (strcmp(kind, "schedule") == 0)
        return list_dates(t, &o);
    if (strcmp(kind, "businessday") == 0)
        return shift_day(t, &o);
    if (strcmp(kind, "compound") == 0 || strcmp(kind, "average") == 0)
        return join_rates(t, &o, *kind == 'c');
    return report(t, COLUMN_KIND, "daycount, schedule, businessday, compound or average");
}

ch_status chi_daycount_table_write(chi_arena *arena, ch_diags *diags, const char *name,
    const char *text, size_t size, bool as_json, ch_write_fn write, void *context)
{
    table *t = chi_arena_alloc(arena, sizeof *t);
    t->arena = arena;
    t->as_json = as_json;
    chi_csv_init(&t->csv, arena, diags, name, text, size);
    if (!chi_csv_header(&t->csv, column_names, 3, 6))
        return CH_E_INPUT;
    if (as_json) {
        chi_json_init(&t->json, write, context, 1);
        chi_json_object(&t->json);
    } else {
        chi_writer_init(&t->writer, write, context);
        chi_write_text(&t->writer, "id,value\n");
    }
    while (chi_csv_next(&t->csv))
        compute(t);
    ch_status status;
    if (as_json) {
        chi_json_end(&t->json);
        status = chi_json_finish(&t->json);
    } else
        status = chi_writer_finish(&t->writer);
    return status == CH_OK && t->csv.errors > 0 ? CH_E_INPUT : status;
}

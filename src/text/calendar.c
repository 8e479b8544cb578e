/* Calendars: rules are read once and laid out as one bit a day for the years 1900 to 2199, so that
 * the common question costs a table look-up; outside them the rules are asked. */
#include "text/calendar.h"

#include "base/check.h"
#include "text/calendar_data.h"

#include <string.h>

enum {
    RULES_MAX = 4096,
    TABLE_FIRST_YEAR = 1900,
    TABLE_LAST_YEAR = 2199,
    CLOSED_RUN_MAX = 30, /* a longer row of closed days is a mistake in the calendar */
};

typedef enum rule_kind { FIXED, FIXED_OBSERVED, FIXED_SUNDAY, EASTER, WEEKDAY, DATE } rule_kind;

typedef struct day_rule {
    rule_kind kind;
    int a, b, c;  /* month, day | offset | nth, weekday, month | the date */
    int from, to; /* years */
} day_rule;

struct chi_calendar {
    bool weekend[7]; /* Monday first */
    bool is_open;
    day_rule *rules;
    size_t rule_count;
    chi_day table_start, table_end;
    uint8_t *closed; /* a bit a day from table_start */
};

static const char *const weekday_names[7] = {
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

/* Gregorian Easter: Meeus/Jones/Butcher (Meeus, Astronomical Algorithms, chapter 8). */
static chi_day easter_sunday(int year)
{
    int a = year % 19, b = year / 100, c = year % 100;
    int d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
    int h = (19 * a + b - d - g + 15) % 30, i = c / 4, k = c % 4;
    int l = (32 + 2 * e + 2 * i - h - k) % 7, m = (a + 11 * h + 22 * l) / 451;
    int n = h + l - 7 * m + 114;
    return chi_day_of(year, n / 31, n % 31 + 1);
}

static chi_day nth_weekday(int year, int month, int nth, int weekday)
{
    if (nth > 0) {
        chi_day first = chi_day_of(year, month, 1);
        return first + (weekday - chi_weekday(first) + 7) % 7 + 7 * (nth - 1);
    }
    chi_day last = chi_day_of(year, month, chi_days_in_month(year, month));
    return last - (chi_weekday(last) - weekday + 7) % 7 + 7 * (nth + 1);
}

/* The day on which a rule closes in `year`, `observed` if that is another one. */
static chi_day rule_day(const day_rule *r, int year, chi_day *observed)
{
    chi_day day = r->kind == EASTER    ? easter_sunday(year) + r->a
                  : r->kind == WEEKDAY ? nth_weekday(year, r->c, r->a, r->b)
                  : r->kind == DATE    ? r->a
                                       : chi_day_of(year, r->a, r->b);
    int weekday = chi_weekday(day);
    *observed = day;
    if (r->kind == FIXED_OBSERVED && weekday == 5)
        *observed = day - 1;
    if ((r->kind == FIXED_OBSERVED || r->kind == FIXED_SUNDAY) && weekday == 6)
        *observed = day + 1;
    return day;
}

static bool is_closed_by_rules(const chi_calendar *calendar, chi_day day)
{
    if (calendar->weekend[chi_weekday(day)])
        return true;
    int year = chi_ymd_of(day).year;
    for (size_t i = 0; i < calendar->rule_count; i++) {
        const day_rule *r = &calendar->rules[i];
        /* 1 January observed on 31 December belongs to the next year's rule. */
        for (int y = year; y <= year + 1; y++) {
            chi_day observed;
            if (y < r->from || y > r->to)
                continue;
            if (rule_day(r, y, &observed) == day || observed == day)
                return true;
        }
    }
    return false;
}

bool chi_is_business_day(const chi_calendar *calendar, chi_day day)
{
    if (calendar->is_open)
        return true;
    if (day < calendar->table_start || day >= calendar->table_end)
        return !is_closed_by_rules(calendar, day);
    int32_t at = day - calendar->table_start;
    return !((calendar->closed[at >> 3] >> (at & 7)) & 1);
}

bool chi_calendar_is_open(const chi_calendar *calendar)
{
    return calendar->is_open;
}

static void close_day(chi_calendar *calendar, chi_day day)
{
    if (day < calendar->table_start || day >= calendar->table_end)
        return;
    int32_t at = day - calendar->table_start;
    calendar->closed[at >> 3] = (uint8_t)(calendar->closed[at >> 3] | (1u << (at & 7)));
}

static void fill_table(chi_arena *arena, chi_calendar *calendar)
{
    calendar->table_start = chi_day_of(TABLE_FIRST_YEAR, 1, 1);
    calendar->table_end = chi_day_of(TABLE_LAST_YEAR + 1, 1, 1);
    size_t days = (size_t)(calendar->table_end - calendar->table_start);
    calendar->closed = chi_arena_alloc(arena, days / 8 + 1);
    for (chi_day day = calendar->table_start; day < calendar->table_end; day++)
        if (calendar->weekend[chi_weekday(day)])
            close_day(calendar, day);
    for (size_t i = 0; i < calendar->rule_count; i++) {
        const day_rule *r = &calendar->rules[i];
        int from = r->from > TABLE_FIRST_YEAR ? r->from : TABLE_FIRST_YEAR;
        int to = r->to < TABLE_LAST_YEAR + 1 ? r->to : TABLE_LAST_YEAR + 1;
        for (int year = from; year <= to; year++) {
            chi_day observed;
            close_day(calendar, rule_day(r, year, &observed));
            close_day(calendar, observed);
        }
    }
}

/* One line of a text, cut into words. */
typedef struct words {
    char text[128];
    const char *at[8];
    int count;
} words;

static const char *split(const char *line, size_t size, words *out)
{
    const char *hash = memchr(line, '#', size);
    size = hash ? (size_t)(hash - line) : size;
    if (size >= sizeof out->text)
        return "the line is longer than 127 characters";
    memcpy(out->text, line, size);
    out->text[size] = 0;
    out->count = 0;
    char *at = out->text;
    for (;;) {
        at += strspn(at, " \t\r");
        if (!*at)
            return NULL;
        if (out->count == 8)
            return "the line has more than 8 words";
        out->at[out->count++] = at;
        at += strcspn(at, " \t\r");
        if (*at)
            *at++ = 0;
    }
}

static bool parse_int(const char *text, int low, int high, int *value)
{
    int sign = *text == '-' ? -1 : 1, sum = 0;
    text += *text == '-';
    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || sum > 100000)
            return false;
        sum = 10 * sum + (*text - '0');
    }
    *value = sign * sum;
    return *value >= low && *value <= high;
}

static bool parse_weekday(const char *text, int *weekday)
{
    for (*weekday = 0; *weekday < 7; ++*weekday)
        if (strcmp(text, weekday_names[*weekday]) == 0)
            return true;
    return false;
}

/* "MM-DD", checked against a leap year. */
static bool parse_month_day(const char *text, int *month, int *day)
{
    char date[11] = "2000-";
    chi_day at;
    if (strlen(text) != 5)
        return false;
    memcpy(date + 5, text, 6);
    if (!chi_day_parse(date, 10, &at))
        return false;
    *month = chi_ymd_of(at).month;
    *day = chi_ymd_of(at).day;
    return *day < 29 || *month != 2;
}

/* The years that may end a rule; `at` is the first word after the rule proper. Every rule acts in
 * some year of the table, so that has_long_closure() sees all that can be closed together. */
static const char *parse_years(const words *w, int at, day_rule *r)
{
    r->from = CHI_YEAR_MIN;
    r->to = CHI_YEAR_MAX;
    if (at < w->count && !parse_int(w->at[at], CHI_YEAR_MIN, TABLE_LAST_YEAR, &r->from))
        return "expected the first year of the rule, at most 2199";
    int low = r->from > TABLE_FIRST_YEAR ? r->from : TABLE_FIRST_YEAR;
    if (at + 1 < w->count && !parse_int(w->at[at + 1], low, CHI_YEAR_MAX, &r->to))
        return "expected the last year of the rule, at least 1900 and not before its first";
    return at + 2 < w->count ? "the line has words after the rule" : NULL;
}

static const char *parse_rule(const words *w, day_rule *r)
{
    const char *head = w->at[0];
    chi_day day;
    if (chi_day_parse(head, strlen(head), &day)) {
        int year = chi_ymd_of(day).year;
        *r = (day_rule){DATE, day, 0, 0, year, year};
        if (year < TABLE_FIRST_YEAR || year > TABLE_LAST_YEAR)
            return "single dates must lie in the years 1900 to 2199";
        return w->count > 1 ? "the line has words after the date" : NULL;
    }
    if (strcmp(head, "fixed") == 0 || strcmp(head, "sunday") == 0) {
        bool observed = w->count > 2 && *head == 'f' && strcmp(w->at[2], "observed") == 0;
        r->kind = observed ? FIXED_OBSERVED : *head == 's' ? FIXED_SUNDAY : FIXED;
        if (w->count < 2 || !parse_month_day(w->at[1], &r->a, &r->b))
            return "expected a month and day as MM-DD, other than 02-29";
        return parse_years(w, observed ? 3 : 2, r);
    }
    if (strcmp(head, "easter") == 0) {
        r->kind = EASTER;
        if (w->count < 2 || !parse_int(w->at[1], -100, 100, &r->a))
            return "expected the number of days from Easter Sunday, -100 to 100";
        return parse_years(w, 2, r);
    }
    if (strcmp(head, "weekday") == 0) {
        r->kind = WEEKDAY;
        if (w->count < 4 || !parse_int(w->at[1], -4, 4, &r->a) || r->a == 0 ||
            !parse_weekday(w->at[2], &r->b) || !parse_int(w->at[3], 1, 12, &r->c))
            return "expected a number from 1 to 4 or -1 to -4, a day of the week and a month";
        return parse_years(w, 4, r);
    }
    return "expected weekend, fixed, sunday, easter, weekday or a date as YYYY-MM-DD";
}

static const char *parse_line(
    chi_arena *arena, chi_calendar *calendar, size_t *room, const char *line, size_t size)
{
    words w;
    const char *error = split(line, size, &w);
    if (error || w.count == 0)
        return error;
    calendar->is_open = false;
    if (strcmp(w.at[0], "weekend") == 0) {
        for (int i = 1; i < w.count; i++) {
            int weekday;
            if (!parse_weekday(w.at[i], &weekday))
                return "expected days of the week in lower case, for example saturday";
            calendar->weekend[weekday] = true;
        }
        return w.count == 1 ? "expected at least one day of the week" : NULL;
    }
    if (calendar->rule_count == RULES_MAX)
        return "a calendar has at most 4096 rules";
    if (calendar->rule_count == *room) {
        size_t bytes = *room * sizeof(day_rule);
        calendar->rules =
            chi_arena_grow(arena, calendar->rules, bytes, bytes + 64 * sizeof(day_rule));
        *room += 64;
    }
    return parse_rule(&w, &calendar->rules[calendar->rule_count++]);
}

/* Every long row of closed days is a mistake, and would make shifting a date endless. */
static bool has_long_closure(const chi_calendar *calendar)
{
    int run = 0;
    for (chi_day day = calendar->table_start; day < calendar->table_end; day++) {
        run = chi_is_business_day(calendar, day) ? 0 : run + 1;
        if (run > CLOSED_RUN_MAX)
            return true;
    }
    return false;
}

const chi_calendar *chi_calendar_parse(
    chi_arena *arena, const char *text, size_t size, int *error_line, const char **error)
{
    chi_calendar *calendar = chi_arena_alloc(arena, sizeof *calendar);
    size_t room = 0;
    calendar->is_open = true;
    *error_line = 0;
    *error = NULL;
    for (size_t at = 0; at < size && !*error;) {
        const char *end = memchr(text + at, '\n', size - at);
        size_t length = end ? (size_t)(end - (text + at)) : size - at;
        ++*error_line;
        *error = parse_line(arena, calendar, &room, text + at, length);
        at += length + 1;
    }
    if (*error)
        return NULL;
    if (calendar->is_open)
        return calendar;
    fill_table(arena, calendar);
    if (has_long_closure(calendar)) {
        *error_line = 0;
        *error = "the calendar has more than 30 closed days in a row";
        return NULL;
    }
    return calendar;
}

const chi_calendar *chi_calendar_builtin(chi_arena *arena, const char *name)
{
    for (int i = 0; i < chi_calendar_text_count; i++)
        if (strcmp(name, chi_calendar_texts[i].name) == 0) {
            int line;
            const char *error, *rules = chi_calendar_texts[i].rules;
            const chi_calendar *calendar =
                chi_calendar_parse(arena, rules, strlen(rules), &line, &error);
            CHI_ASSERT(calendar != NULL);
            return calendar;
        }
    return NULL;
}

static const char *const rule_names[CHI_BR_COUNT] = {
#define CHI_BUSINESS_RULE_ROW(id, name) name,
    CHI_BUSINESS_RULE_LIST(CHI_BUSINESS_RULE_ROW)
#undef CHI_BUSINESS_RULE_ROW
};

bool chi_business_rule_parse(const char *text, chi_business_rule *rule)
{
    for (int i = 0; i < CHI_BR_COUNT; i++)
        if (strcmp(text, rule_names[i]) == 0) {
            *rule = (chi_business_rule)i;
            return true;
        }
    return false;
}

/* The nearest business day in the direction `step`. The walk ends because no calendar has a long
 * row of closed days (has_long_closure). */
static chi_day walk(const chi_calendar *calendar, chi_day day, int step)
{
    while (!chi_is_business_day(calendar, day))
        day += step;
    return day;
}

chi_day chi_pay_day(const chi_calendar *calendar, chi_business_rule rule, chi_day day)
{
    if (rule == CHI_BR_NONE || calendar->is_open || chi_is_business_day(calendar, day))
        return day;
    bool follows =
        rule == CHI_BR_SCF || rule == CHI_BR_CSF || rule == CHI_BR_SCMF || rule == CHI_BR_CSMF;
    bool modified =
        rule == CHI_BR_SCMF || rule == CHI_BR_CSMF || rule == CHI_BR_SCMP || rule == CHI_BR_CSMP;
    chi_day shifted = walk(calendar, day, follows ? 1 : -1);
    if (modified) {
        chi_ymd at = chi_ymd_of(day);
        int moved = at.day + (shifted - day); /* the day of the month if it is the same month */
        if (moved < 1 || moved > chi_days_in_month(at.year, at.month))
            shifted = walk(calendar, day, follows ? -1 : 1);
    }
    return shifted;
}

bool chi_accrues_shifted(chi_business_rule rule)
{
    return rule == CHI_BR_SCF || rule == CHI_BR_SCMF || rule == CHI_BR_SCP || rule == CHI_BR_SCMP;
}

chi_day chi_accrual_day(const chi_calendar *calendar, chi_business_rule rule, chi_day day)
{
    return chi_accrues_shifted(rule) ? chi_pay_day(calendar, rule, day) : day;
}

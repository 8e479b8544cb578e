/* Business-day calendars and the eight rules that move a date off a holiday.
 *
 * A calendar is a small text of rules, one a line; the built-in ones are such texts too
 * (text/calendar_data.c), so that a user's file can say everything they say:
 *
 *     # anything after a hash is a comment
 *     weekend saturday sunday          days of every week that are off
 *     fixed 12-25 [FROM [TO]]          the same date every year, in the years FROM to TO
 *     fixed 12-25 observed [FROM [TO]] and when it falls on Saturday the Friday before is off,
 *                                      when on Sunday the Monday after
 *     sunday 12-25 [FROM [TO]]         and when it falls on Sunday the Monday after is off
 *     easter -2 [FROM [TO]]            days from Easter Sunday (Gregorian)
 *     weekday 3 monday 1 [FROM [TO]]   the third Monday of January; -1 counts from the end
 *     2026-07-03                       one date
 */
#ifndef CHI_TEXT_CALENDAR_H
#define CHI_TEXT_CALENDAR_H

#include "base/arena.h"
#include "text/date.h"

typedef struct chi_calendar chi_calendar;

/* NULL if there is no built-in calendar of that name. NC (also NOCALENDAR) has no holidays, MF has
 * Saturdays and Sundays off, TARGET is the euro payment system's, US the US federal holidays. */
const chi_calendar *chi_calendar_builtin(chi_arena *arena, const char *name);

/* Reads a text of rules. NULL if it is wrong: then *error_line is the line and *error says why
 * (static text). */
const chi_calendar *chi_calendar_parse(
    chi_arena *arena, const char *text, size_t size, int *error_line, const char **error);

bool chi_is_business_day(const chi_calendar *calendar, chi_day day);
bool chi_calendar_is_open(const chi_calendar *calendar); /* no holidays at all */

/* X(enum, name): SC shifts first and accrues to the shifted day, CS accrues to the unshifted one;
 * F following, P preceding, M modified (not out of the month). */
#define CHI_BUSINESS_RULE_LIST(X)                                                                  \
    X(CHI_BR_NONE, "NOS")                                                                          \
    X(CHI_BR_SCF, "SCF")                                                                           \
    X(CHI_BR_SCMF, "SCMF")                                                                         \
    X(CHI_BR_CSF, "CSF")                                                                           \
    X(CHI_BR_CSMF, "CSMF")                                                                         \
    X(CHI_BR_SCP, "SCP")                                                                           \
    X(CHI_BR_SCMP, "SCMP")                                                                         \
    X(CHI_BR_CSP, "CSP")                                                                           \
    X(CHI_BR_CSMP, "CSMP")

typedef enum chi_business_rule {
#define CHI_BUSINESS_RULE_ENUM(id, name) id,
    CHI_BUSINESS_RULE_LIST(CHI_BUSINESS_RULE_ENUM)
#undef CHI_BUSINESS_RULE_ENUM
        CHI_BR_COUNT
} chi_business_rule;

bool chi_business_rule_parse(const char *text, chi_business_rule *rule);

/* The day on which what is scheduled for `day` is paid. */
chi_day chi_pay_day(const chi_calendar *calendar, chi_business_rule rule, chi_day day);
bool chi_accrues_shifted(chi_business_rule rule); /* an SC rule */
/* The day up to which it accrues. */
chi_day chi_accrual_day(const chi_calendar *calendar, chi_business_rule rule, chi_day day);

#endif

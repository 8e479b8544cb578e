/* Cardhouse: dates, day counts, schedules and ACTUS contracts.
 *
 * Days are int32 counts from 1970-01-01 in the Gregorian calendar, for the years 1583 to 9999. All
 * functions are pure: they may be called from any thread. Money is in the contract's currency,
 * rates and fractions are plain numbers (0.05 is 5 %). */
#ifndef CARDHOUSE_CH_CONTRACT_H
#define CARDHOUSE_CH_CONTRACT_H

#include "cardhouse/ch_base.h"
#include "cardhouse/ch_diag.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- dates and day counts ------------------------------------------------------------------- */

typedef int32_t ch_day;

#define CH_DAY_NONE INT32_MIN

/* "YYYY-MM-DD" to a day. CH_E_ARGUMENT if it is not a date of the calendar. */
ch_status ch_day_parse(const char *text, ch_day *day);
/* A day as "YYYY-MM-DD". CH_E_ARGUMENT outside the years 1583 to 9999. */
ch_status ch_day_format(ch_day day, char out[11]);

/* A notional coupon period; `frequency` such periods make a year. */
typedef struct ch_coupon_period {
    ch_day start, end;
    int frequency;
} ch_coupon_period;

/* What some day counts need beside two days. Zeroed (with termination CH_DAY_NONE) it says
 * nothing. */
typedef struct ch_daycount_context {
    ch_day termination;              /* 30E/360 ISDA: end of the contract, CH_DAY_NONE if unknown */
    int frequency;                   /* ACT/365L: payments a year, 0 if unknown */
    const ch_coupon_period *periods; /* ACT/ACT ICMA: coupon periods in order of time */
    size_t period_count;
} ch_daycount_context;

/* Years between two days by a convention named as in docs/contracts.md ("30/360", "ACT/ACT ICMA",
 * or an ACTUS code such as "A365"); negative if `to` is before `from`. context may be NULL.
 * CH_E_ARGUMENT: the name is unknown, a day is out of range, or the convention needs context that
 * is not there. */
ch_status ch_year_fraction(const char *convention, ch_day from, ch_day to,
    const ch_daycount_context *context, double *years);

/* One rate of a period from its overnight rates, each for a number of days: compounded in arrears,
 * or averaged. `convention` is ACT/360 or ACT/365F. CH_E_ARGUMENT: another convention, a negative
 * number of days, or no days at all. */
ch_status ch_overnight_compounded(
    const char *convention, const double *rates, const int *days, size_t count, double *rate);
ch_status ch_overnight_averaged(
    const char *convention, const double *rates, const int *days, size_t count, double *rate);

/* --- schedules ------------------------------------------------------------------------------ */

/* Dates from `anchor` by `cycle` ("P3ML1": every three months, short last period; L0: long) to
 * `end`, which is the last date. end_of_month 1: when the anchor is the last day of its month, so
 * are all dates. *count receives the number of dates; at most `room` are written. CH_E_ARGUMENT:
 * the cycle is not one, or there would be more than 200,000 dates. */
ch_status ch_schedule(ch_day anchor, const char *cycle, ch_day end, int end_of_month, ch_day *dates,
    size_t room, size_t *count);

/* The day on which something scheduled for `day` is paid, and the day up to which it accrues, under
 * a business-day rule ("SCF", "CSMP", ...) and a calendar ("NC", "MF", "TARGET", "US", "FED").
 * CH_E_ARGUMENT: a name is unknown or the day out of range; CH_E_MEMORY. */
ch_status ch_business_day(
    const char *calendar, const char *rule, ch_day day, ch_day *pay, ch_day *accrual);

/* --- a table of day counts ------------------------------------------------------------------ */

/* Reads a CSV file with the columns id, kind, convention, start, end and options (in any order,
 * others ignored) and writes for each row its id and value: CH_CSV as a table id,value, CH_JSON as
 * an object. Rows that are wrong are left out and reported. *diags as in ch_model_load_file().
 * CH_E_INPUT: a row is wrong, or the file; CH_E_IO; CH_E_MEMORY. */
ch_status ch_daycount_table(
    const char *path, int as_json, ch_write_fn write, void *context, ch_diags **diags);

/* --- contracts ------------------------------------------------------------------------------ */

/* Contracts of a file with their events. */
typedef struct ch_contracts ch_contracts;

/* A calendar of the user's: rules as docs/contracts.md describes them. */
typedef struct ch_calendar_file {
    const char *name; /* as terms call it */
    const char *path;
} ch_calendar_file;

/* Reads a file of contracts and computes their events. A name ending in ".csv" is a table with one
 * contract a row and dictionary names as header; anything else is an object of cases in the form of
 * the public ACTUS tests. `calendars` (may be NULL) are known beside the built-in ones. A contract
 * that is wrong has no events; ch_contracts_wrong() counts them and *diags says why. Errors:
 * CH_E_INPUT (the file as a whole is wrong), CH_E_IO, CH_E_MEMORY. */
ch_status ch_contracts_load_file(const char *path, const ch_calendar_file *calendars,
    size_t calendar_count, ch_contracts **out, ch_diags **diags);
/* What contracts may need beside their own file. */
typedef struct ch_contracts_world {
    const ch_calendar_file *calendars; /* may be NULL */
    size_t calendar_count;
    const char *market; /* path of a CSV table with the columns object, time and value: observations
                         * of market objects for all contracts that do not hold them themselves; may
                         * be NULL */
} ch_contracts_world;
/* As ch_contracts_load_file(). */
ch_status ch_contracts_load_file_in(
    const char *path, const ch_contracts_world *world, ch_contracts **out, ch_diags **diags);
/* The same from memory, JSON or YAML; `name` is what diagnostics call it. */
ch_status ch_contracts_load_text(
    const char *text, size_t size, const char *name, ch_contracts **out, ch_diags **diags);
void ch_contracts_free(ch_contracts *contracts);

size_t ch_contracts_count(const ch_contracts *contracts);
size_t ch_contracts_wrong(const ch_contracts *contracts); /* how many of them have no events */
const char *ch_contracts_id(const ch_contracts *contracts, size_t index); /* owned by contracts */

/* An event: what is paid, and the state after it. Strings are owned by the contracts. */
typedef struct ch_event {
    ch_day day;
    int end_of_day;   /* 1: 23:59:59 of the day, else 00:00 */
    const char *type; /* "IP", "MD", ... */
    const char *currency;
    double payoff;          /* positive: to the creator of the contract */
    double notional;        /* signed by the creator's role */
    double rate;            /* nominal interest rate */
    double accrued;         /* interest, signed */
    double exercise_amount; /* OPTNS, FUTUR, CEG, CEC */
    ch_day exercise_day;    /* CH_DAY_NONE if there was no exercise */
} ch_event;
size_t ch_contracts_event_count(const ch_contracts *contracts, size_t index);
ch_event ch_contracts_event(const ch_contracts *contracts, size_t index, size_t event);

/* JSON: an object of case id -> array of events with the field names of the public cases. CSV: the
 * same as a table. Text: tables for a terminal. CH_E_IO if write asks to stop. */
ch_status ch_contracts_write_json(const ch_contracts *contracts, ch_write_fn write, void *context);
ch_status ch_contracts_write_csv(const ch_contracts *contracts, ch_write_fn write, void *context);
ch_status ch_contracts_write_text(const ch_contracts *contracts, ch_write_fn write, void *context);
/* One contract with the numbers that entered each event. CH_E_ARGUMENT: there is none of that id,
 * or it is wrong. */
ch_status ch_contracts_explain(
    const ch_contracts *contracts, const char *id, ch_write_fn write, void *context);

#ifdef __cplusplus
}
#endif
#endif

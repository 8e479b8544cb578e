/* Results as the public cases write them, as a table, and explained. */
#include "contract/actus_case.h"

#include "text/json_out.h"

#include <math.h>
#include <string.h>

/* Zero without a sign. */
static double plain(double value)
{
    return value == 0.0 ? 0.0 : value;
}

/* The fields that the public cases give for a type. */
static bool shows_exercise(const chi_actus_case *one)
{
    uint8_t type = one->terms->type;
    return type == CHI_ACTUS_OPTNS || type == CHI_ACTUS_FUTUR || type == CHI_ACTUS_CEG ||
           type == CHI_ACTUS_CEC;
}

static void write_figure(chi_json *json, const char *key, double value)
{
    chi_json_key(json, key);
    chi_json_number17(json, value);
}

static void write_row(chi_json *json, const chi_actus_case *one, const chi_actus_row *row)
{
    char date[20];
    chi_json_object(json);
    chi_moment_format(row->time, date);
    chi_json_key_string(json, "eventDate", date);
    chi_json_key_string(json, "eventType", chi_actus_kind_name(row->kind));
    write_figure(json, "payoff", row->payoff);
    chi_json_key_string(json, "currency", row->currency);
    write_figure(json, "notionalPrincipal", row->state.nt);
    if (shows_exercise(one)) {
        write_figure(json, "exerciseAmount", row->exercise_amount);
        if (chi_given_at(row->exercise_date)) {
            chi_moment_format(row->exercise_date, date);
            chi_json_key_string(json, "exerciseDate", date);
        }
    } else {
        write_figure(json, "nominalInterestRate", row->state.ipnr);
        write_figure(json, "accruedInterest", row->state.ipac);
    }
    chi_json_end(json);
}

ch_status chi_actus_write_json(const chi_actus_cases *cases, ch_write_fn write, void *context)
{
    chi_json json;
    chi_json_init(&json, write, context, 2);
    chi_json_object(&json);
    for (size_t i = 0; i < cases->count; i++) {
        const chi_actus_case *one = &cases->at[i];
        if (!one->terms)
            continue;
        chi_json_key(&json, one->id);
        chi_json_array(&json);
        for (size_t k = 0; k < one->rows.count; k++)
            write_row(&json, one, &one->rows.at[k]);
        chi_json_end(&json);
    }
    chi_json_end(&json);
    return chi_json_finish(&json);
}

static void write_number(chi_writer *w, double value)
{
    char text[CHI_JSON_NUMBER_BYTES];
    size_t size = chi_number_format(plain(value), text);
    chi_write(w, text, size);
}

/* A field of a CSV table, in quotes where it must be. */
static void write_field(chi_writer *w, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        chi_write_text(w, text);
        return;
    }
    chi_write_text(w, "\"");
    for (; *text; text++)
        chi_write(w, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
    chi_write_text(w, "\"");
}

ch_status chi_actus_write_csv(const chi_actus_cases *cases, ch_write_fn write, void *context)
{
    chi_writer w;
    chi_writer_init(&w, write, context);
    chi_write_text(&w, "case,eventDate,eventType,payoff,currency,notionalPrincipal,"
                       "nominalInterestRate,accruedInterest,exerciseAmount,exerciseDate\n");
    for (size_t i = 0; i < cases->count; i++) {
        const chi_actus_case *one = &cases->at[i];
        for (size_t k = 0; one->terms && k < one->rows.count; k++) {
            const chi_actus_row *row = &one->rows.at[k];
            bool exercise = shows_exercise(one);
            char date[20];
            write_field(&w, one->id);
            chi_moment_format(row->time, date);
            chi_write_format(&w, ",%s,%s,", date, chi_actus_kind_name(row->kind));
            write_number(&w, row->payoff);
            chi_write_text(&w, ",");
            write_field(&w, row->currency);
            chi_write_text(&w, ",");
            write_number(&w, row->state.nt);
            for (int column = 0; column < 3; column++) {
                chi_write_text(&w, ",");
                if (exercise == (column == 2))
                    write_number(&w, column == 0   ? row->state.ipnr
                                     : column == 1 ? row->state.ipac
                                                   : row->exercise_amount);
            }
            chi_write_text(&w, ",");
            if (chi_given_at(row->exercise_date)) {
                chi_moment_format(row->exercise_date, date);
                chi_write_text(&w, date);
            }
            chi_write_text(&w, "\n");
        }
    }
    return chi_writer_finish(&w);
}

/* A time for people: midnight at the start of a day is not worth saying. */
static void format_time(chi_moment time, char out[20])
{
    chi_moment_format(time, out);
    if (!(time & 1))
        out[10] = 0;
}

static void write_head(chi_writer *w, const chi_actus_case *one)
{
    chi_write_plain(w, one->id, strlen(one->id));
    chi_write_format(w, " (%s)\n", chi_actus_type_name(one->terms->type));
}

ch_status chi_actus_write_text(const chi_actus_cases *cases, ch_write_fn write, void *context)
{
    chi_writer w;
    bool first = true;
    chi_writer_init(&w, write, context);
    for (size_t i = 0; i < cases->count; i++) {
        const chi_actus_case *one = &cases->at[i];
        if (!one->terms)
            continue;
        chi_write_text(&w, first ? "" : "\n");
        first = false;
        write_head(&w, one);
        bool exercise = shows_exercise(one);
        chi_write_format(&w, "  %-19s  %-4s  %18s  %-3s  %18s  %12s%s\n", "date", "type", "payoff",
            "", "notional", exercise ? "exercise" : "rate", exercise ? "" : "         accrued");
        for (size_t k = 0; k < one->rows.count; k++) {
            const chi_actus_row *row = &one->rows.at[k];
            char date[20];
            format_time(row->time, date);
            chi_write_format(&w, "  %-19s  %-4s  %18.4f  %-3.3s  %18.4f", date,
                chi_actus_kind_name(row->kind), plain(row->payoff), row->currency,
                plain(row->state.nt));
            if (exercise)
                chi_write_format(&w, "  %12.4f\n", plain(row->exercise_amount));
            else
                chi_write_format(&w, "  %11.6f%%  %14.4f\n", plain(100.0 * row->state.ipnr),
                    plain(row->state.ipac));
        }
    }
    return chi_writer_finish(&w);
}

static const struct {
    const char *name, *amount;
} ops[CHI_ACTUS_OP_COUNT] = {
#define CHI_ACTUS_OP_NAME(id, kind, family, amount) {#id, amount},
    CHI_ACTUS_OPS(CHI_ACTUS_OP_NAME)
#undef CHI_ACTUS_OP_NAME
};

static void explain_state(chi_writer *w, const char *when, chi_actus_state s)
{
    chi_write_format(w, "    %s: notional %.15g, rate %.15g, accrued interest %.15g, base %.15g\n",
        when, plain(s.nt), plain(s.ipnr), plain(s.ipac), plain(s.ipcb));
    chi_write_format(
        w, "            next redemption %.15g, fee %.15g", plain(s.prnxt), plain(s.feac));
    if (s.nsc != 1.0 || s.isc != 1.0)
        chi_write_format(w, ", scaling of notional %.15g, of interest %.15g", s.nsc, s.isc);
    if (s.second != 0.0)
        chi_write_format(w, ", second leg, exercise amount or spread of a grid %.15g", s.second);
    chi_write_text(w, "\n");
}

static void explain_row(chi_writer *w, const chi_actus_row *row)
{
    char date[20];
    format_time(row->time, date);
    chi_write_format(w, "  %s %s pays %.15g %s\n", date, chi_actus_kind_name(row->kind),
        plain(row->payoff), row->currency);
    bool is_lane = row->op != CHI_ACTUS_OP_NOTHING || row->years != 0.0;
    if (!is_lane)
        return;
    explain_state(w, "before", row->before);
    double interest = (row->years * row->before.ipnr) * row->before.ipcb;
    chi_day_format(row->calc, date);
    if (row->years != 0.0)
        chi_write_format(w, "    accrues to %s: %.15g years x %.15g x %.15g = %.15g\n", date,
            row->years, row->before.ipnr, row->before.ipcb, interest);
    if (!isnan(row->observed))
        chi_write_format(w, "    observed: %.15g\n", row->observed);
    if (ops[row->op].amount[0])
        chi_write_format(w, "    %s: %.15g\n", ops[row->op].amount, plain(row->amount));
    if (row->payoff != 0.0 && row->fx != 1.0)
        chi_write_format(w, "    converted at %.15g %s\n", row->fx, row->currency);
    if (row->unpaid != 0.0)
        chi_write_format(w, "    not paid: %.15g joins the arrears\n", row->unpaid);
    explain_state(w, "after ", row->state);
}

ch_status chi_actus_write_explained(const chi_actus_case *one, ch_write_fn write, void *context)
{
    chi_writer w;
    chi_writer_init(&w, write, context);
    write_head(&w, one);
    for (size_t k = 0; k < one->rows.count; k++)
        explain_row(&w, &one->rows.at[k]);
    return chi_writer_finish(&w);
}

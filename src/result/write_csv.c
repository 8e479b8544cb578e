/* Results as one long table, for spreadsheets and data frames. */
#include "result/write.h"

#include <stdio.h>
#include <string.h>

/* A field in quotes where it must be (RFC 4180, section 2). */
void chi_write_csv_field(chi_writer *w, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        chi_write_text(w, text);
        return;
    }
    chi_write_text(w, "\"");
    for (; *text; text++) {
        if (*text == '"')
            chi_write_text(w, "\"");
        chi_write(w, text, 1);
    }
    chi_write_text(w, "\"");
}

static void put_numbers(chi_writer *w, double value, double low, double high)
{
    chi_write_number(w, value, "");
    chi_write_text(w, ",");
    chi_write_number(w, low, "");
    chi_write_text(w, ",");
    chi_write_number(w, high, "");
    chi_write_text(w, "\n");
}

static void put_month(
    chi_writer *w, const ch_model *model, const char *measure, size_t firm, uint32_t month)
{
    char date[11];
    ch_model_month_date(model, month, date);
    chi_write_format(w, "%s,", measure);
    chi_write_csv_field(w, ch_model_firm_id(model, firm));
    chi_write_format(w, ",%u,%s,", month + 1, date);
}

static void put_firm(chi_writer *w, const ch_result *result, size_t firm)
{
    const ch_model *model = ch_result_model(result);
    for (uint32_t month = 0; month < ch_result_months(result); month++) {
        ch_share alive = ch_result_alive(result, firm, month);
        put_month(w, model, "survival", firm, month);
        put_numbers(w, alive.share, alive.low, alive.high);
    }
    if (!ch_model_firm_is_simulated(model, firm))
        return;
    for (int i = 0; i < CHI_QUANTILES; i++)
        for (uint32_t month = 0; month < ch_result_months(result); month++) {
            char measure[16] = "cash_";
            strcat(measure, chi_quantiles[i].name);
            put_month(w, model, measure, firm, month);
            chi_write_number(
                w, ch_result_cash(result, firm, month, chi_quantiles[i].probability), "");
            chi_write_text(w, ",,\n");
        }
}

static void put_differences(
    chi_writer *w, const ch_result *result, const ch_result *base, size_t firm)
{
    ch_difference difference[CH_MONTHS_MAX];
    if (!base || !ch_result_differences(result, base, firm, difference))
        return;
    for (uint32_t month = 0; month < ch_result_months(result); month++) {
        const ch_difference *d = &difference[month];
        put_month(w, ch_result_model(result), "survival_difference", firm, month);
        put_numbers(w, d->difference, d->low, d->high);
    }
}

/* Measures without a month: "cause: KIND: CAUSE" is a share of the firm's failed paths. */
static void put_causes(chi_writer *w, const ch_result *result, size_t firm)
{
    for (size_t i = 0; i < ch_result_cause_count(result, firm); i++) {
        ch_cause cause = ch_result_cause(result, firm, i);
        char measure[512];
        snprintf(measure, sizeof measure, "cause: %s: %s", cause.kind, cause.cause);
        if (*cause.root) {
            size_t used = strlen(measure);
            snprintf(measure + used, sizeof measure - used, " <- %s", cause.root);
        }
        chi_write_csv_field(w, measure);
        chi_write_text(w, ",");
        chi_write_csv_field(w, ch_model_firm_id(ch_result_model(result), firm));
        chi_write_text(w, ",,,");
        put_numbers(w, cause.share.share, cause.share.low, cause.share.high);
    }
}

static void put_loss(
    chi_writer *w, const ch_model *model, const char *measure, const ch_loss *loss, double value)
{
    char text[512];
    snprintf(text, sizeof text, "%s from %s", measure, ch_model_firm_id(model, loss->from));
    chi_write_csv_field(w, text);
    chi_write_text(w, ",");
    chi_write_csv_field(w, ch_model_firm_id(model, loss->firm));
    chi_write_text(w, ",,,");
    chi_write_number(w, value, "");
    chi_write_text(w, ",,\n");
}

/* A row of its own kind, so that the columns stay what they are; first, so that it is seen. */
static void put_partial(chi_writer *w, const ch_result *result, const ch_write_options *options)
{
    char missing[CHI_MISSING_BYTES], measure[CHI_MISSING_BYTES + 16];
    if (!ch_result_interrupted(result, options, missing, sizeof missing))
        return;
    snprintf(measure, sizeof measure, "partial: %s", missing);
    chi_write_csv_field(w, measure);
    chi_write_format(w, ",,,,%llu,,\n", (unsigned long long)ch_result_paths(result));
}

void chi_write_csv(chi_writer *writer, const ch_result *result, const ch_write_options *options)
{
    const ch_model *model = ch_result_model(result);
    const ch_result *base = options->base;
    chi_write_text(writer, "measure,firm,month,date,value,low,high\n");
    put_partial(writer, result, options);
    for (size_t firm = 1; firm < ch_model_firm_count(model); firm++) {
        put_firm(writer, result, firm);
        put_differences(writer, result, base, firm);
        put_causes(writer, result, firm);
    }
    for (size_t i = 0; i < ch_result_loss_count(result); i++) {
        ch_loss loss = ch_result_loss(result, i);
        put_loss(writer, model, "loss_mean", &loss, loss.mean);
        put_loss(writer, model, "loss_mean_given_failure", &loss, loss.mean_given_failure);
    }
    chi_write_csv_waves(writer, result);
}

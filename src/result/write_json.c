/* Results as JSON, schema 1. The layout is stable: other programs read it. */
#include "result/write.h"

#include "cardhouse/ch_weigh.h"

#include <stdbool.h>
#include <string.h>

static void put_string(chi_writer *w, const char *key, const char *text)
{
    chi_write_format(w, "\"%s\":", key);
    chi_write_json_string(w, text, strlen(text));
}

static void put_number(chi_writer *w, const char *key, double value)
{
    chi_write_format(w, "\"%s\":", key);
    chi_write_number(w, value, "null");
}

static void put_head(chi_writer *w, const ch_result *result, const ch_write_options *options)
{
    char missing[CHI_MISSING_BYTES];
    const ch_model *model = ch_result_model(result);
    char start[11];
    ch_model_start(model, start);
    chi_write_text(w, "{\"schema\":1,");
    put_string(w, "version", ch_version());
    chi_write_text(w, ",\n\"model\":{");
    put_string(w, "title", ch_model_title(model));
    chi_write_format(w, ",\"hash\":\"%016llx\"},\n", (unsigned long long)ch_model_hash(model));
    put_string(w, "scenario", ch_model_scenario(model));
    chi_write_format(w, ",\"seed\":%llu,\"paths\":%llu,\"months\":%u,",
        (unsigned long long)ch_result_seed(result), (unsigned long long)ch_result_paths(result),
        ch_result_months(result));
    put_string(w, "start", start);
    chi_write_text(w, ",");
    put_string(w, "currency", ch_model_currency(model));
    bool partial = ch_result_interrupted(result, options, missing, sizeof missing) != 0;
    chi_write_format(w, ",\"partial\":%s,\n", partial ? "true" : "false");
    if (partial) {
        put_string(w, "interrupted", missing);
        chi_write_text(w, ",\n");
    }
    chi_write_format(
        w, "\"result_hash\":\"%016llx\",\n", (unsigned long long)ch_result_hash(result));
    chi_write_text(w, "\"conservation\":{");
    put_number(w, "largest_relative_residual", ch_result_largest_residual(result));
    chi_write_format(w, ",\"unsettled\":%llu},\n", (unsigned long long)ch_result_unsettled(result));
}

static void put_base(chi_writer *w, const ch_result *base)
{
    chi_write_text(w, "\"base\":{");
    put_string(w, "scenario", ch_model_scenario(ch_result_model(base)));
    chi_write_format(
        w, ",\"result_hash\":\"%016llx\"},\n", (unsigned long long)ch_result_hash(base));
}

static void put_interval(chi_writer *w, const ch_difference *difference)
{
    put_number(w, "alive", difference->difference);
    chi_write_text(w, ",");
    put_number(w, "low", difference->low);
    chi_write_text(w, ",");
    put_number(w, "high", difference->high);
}

static void put_difference(chi_writer *w, const ch_difference *difference)
{
    chi_write_text(w, ",\"difference\":{");
    put_interval(w, difference);
    chi_write_format(w, ",\"only_here\":%llu,\"only_base\":%llu}",
        (unsigned long long)difference->only_here, (unsigned long long)difference->only_base);
}

static void put_survival(chi_writer *w, const ch_result *result, const ch_result *base, size_t firm)
{
    ch_difference difference[CH_MONTHS_MAX];
    bool paired = base && ch_result_differences(result, base, firm, difference);
    chi_write_text(w, "\"survival\":[");
    for (uint32_t month = 0; month < ch_result_months(result); month++) {
        ch_share alive = ch_result_alive(result, firm, month);
        char date[11];
        ch_model_month_date(ch_result_model(result), month, date);
        chi_write_format(
            w, "%s\n{\"month\":%u,\"date\":\"%s\",", month ? "," : "", month + 1, date);
        put_number(w, "alive", alive.share);
        chi_write_text(w, ",");
        put_number(w, "low", alive.low);
        chi_write_text(w, ",");
        put_number(w, "high", alive.high);
        if (paired)
            put_difference(w, &difference[month]);
        chi_write_text(w, "}");
    }
    chi_write_text(w, "],\n");
}

/* Cash is known of simulated firms only; the list of others is empty. */
static void put_cash(chi_writer *w, const ch_result *result, size_t firm)
{
    bool simulated = ch_model_firm_is_simulated(ch_result_model(result), firm) != 0;
    chi_write_text(w, "\"cash\":[");
    for (uint32_t month = 0; simulated && month < ch_result_months(result); month++) {
        chi_write_format(w, "%s\n{\"month\":%u", month ? "," : "", month + 1);
        for (int i = 0; i < CHI_QUANTILES; i++) {
            chi_write_text(w, ",");
            put_number(w, chi_quantiles[i].name,
                ch_result_cash(result, firm, month, chi_quantiles[i].probability));
        }
        chi_write_text(w, "}");
    }
    chi_write_text(w, "],\n");
}

static void put_causes(chi_writer *w, const ch_result *result, size_t firm)
{
    chi_write_text(w, "\"causes\":[");
    for (size_t i = 0; i < ch_result_cause_count(result, firm); i++) {
        ch_cause cause = ch_result_cause(result, firm, i);
        chi_write_text(w, i ? ",\n{" : "\n{");
        put_string(w, "cause", cause.cause);
        chi_write_text(w, ",");
        put_string(w, "kind", cause.kind);
        chi_write_text(w, ",");
        put_string(w, "root", cause.root);
        chi_write_format(w, ",\"paths\":%llu,", (unsigned long long)cause.paths);
        put_number(w, "share", cause.share.share);
        chi_write_text(w, ",");
        put_number(w, "low", cause.share.low);
        chi_write_text(w, ",");
        put_number(w, "high", cause.share.high);
        chi_write_text(w, "}");
    }
    chi_write_text(w, "]");
}

static void put_firms(chi_writer *w, const ch_result *result, const ch_result *base)
{
    const ch_model *model = ch_result_model(result);
    chi_write_text(w, "\"firms\":[");
    for (size_t firm = 1; firm < ch_model_firm_count(model); firm++) {
        chi_write_text(w, firm > 1 ? ",\n{" : "\n{");
        put_string(w, "id", ch_model_firm_id(model, firm));
        chi_write_text(w, ",");
        put_string(w, "name", ch_model_firm_name(model, firm));
        chi_write_format(
            w, ",\"simulated\":%s,\n", ch_model_firm_is_simulated(model, firm) ? "true" : "false");
        put_survival(w, result, base, firm);
        put_cash(w, result, firm);
        put_causes(w, result, firm);
        chi_write_text(w, "}");
    }
    chi_write_text(w, "],\n");
}

static void put_losses(chi_writer *w, const ch_result *result)
{
    const ch_model *model = ch_result_model(result);
    chi_write_text(w, "\"losses\":[");
    for (size_t i = 0; i < ch_result_loss_count(result); i++) {
        ch_loss loss = ch_result_loss(result, i);
        chi_write_text(w, i ? ",\n{" : "\n{");
        put_string(w, "firm", ch_model_firm_id(model, loss.firm));
        chi_write_text(w, ",");
        put_string(w, "from", ch_model_firm_id(model, loss.from));
        chi_write_text(w, ",");
        put_number(w, "mean", loss.mean);
        chi_write_text(w, ",");
        put_number(w, "mean_given_failure", loss.mean_given_failure);
        chi_write_text(w, ",");
        put_number(w, "claims", loss.claims);
        chi_write_text(w, ",");
        put_number(w, "stakes", loss.stakes);
        chi_write_text(w, ",");
        put_number(w, "prices", loss.prices);
        chi_write_text(w, "}");
    }
    chi_write_text(w, "],\n");
}

static void put_weight(chi_writer *w, ch_weight weight)
{
    chi_write_text(w, "{");
    put_string(w, "path", weight.evidence.path);
    chi_write_text(w, ",");
    put_string(w, "text", weight.evidence.text);
    chi_write_text(w, ",");
    put_number(w, "low", weight.evidence.low);
    chi_write_text(w, ",");
    put_number(w, "high", weight.evidence.high);
    chi_write_text(w, ",");
    put_number(w, "alive_at_low", weight.low);
    chi_write_text(w, ",");
    put_number(w, "alive_at_high", weight.high);
    chi_write_text(w, ",\"change\":{");
    put_interval(w, &weight.change);
    chi_write_text(w, "}}");
}

static void put_weights(chi_writer *w, const ch_model *model, const ch_weights *weights)
{
    chi_write_text(w, ",\n\"estimates\":{");
    put_string(w, "firm", ch_model_firm_id(model, ch_weights_firm(weights)));
    chi_write_format(w, ",\"month\":%u,\"paths\":%llu,", ch_weights_months(weights),
        (unsigned long long)ch_weights_paths(weights));
    put_number(w, "alive", ch_weights_alive(weights).share);
    chi_write_text(w, ",\"varied\":[");
    for (size_t i = 0; i < ch_weights_count(weights); i++) {
        chi_write_text(w, i ? ",\n" : "\n");
        put_weight(w, ch_weights_at(weights, i));
    }
    chi_write_text(w, "],\n\"not_varied\":[");
    for (size_t i = 0; i < ch_weights_left_count(weights); i++) {
        const char *path = ch_weights_left(weights, i).path;
        chi_write_text(w, i ? "," : "");
        chi_write_json_string(w, path, strlen(path));
    }
    chi_write_text(w, "],\n\"not_reached\":[");
    for (size_t i = 0; i < ch_weights_missing_count(weights); i++) {
        const char *path = ch_weights_missing(weights, i).path;
        chi_write_text(w, i ? "," : "");
        chi_write_json_string(w, path, strlen(path));
    }
    chi_write_text(w, "]}");
}

void chi_write_json(chi_writer *writer, const ch_result *result, const ch_write_options *options)
{
    const ch_result *base = options->base;
    put_head(writer, result, options);
    if (base)
        put_base(writer, base);
    put_firms(writer, result, base);
    put_losses(writer, result);
    chi_write_json_waves(writer, result);
    if (options->weights)
        put_weights(writer, ch_result_model(result), options->weights);
    chi_write_text(writer, "}\n");
}

/* The waves of a run in JSON and CSV: losses and failures by party and by round. */
#include "result/write.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static void put_number(chi_writer *w, const char *key, double value)
{
    chi_write_format(w, ",\"%s\":", key);
    chi_write_number(w, value, "null");
}

static void put_id(chi_writer *w, const ch_result *result, const char *key, size_t firm)
{
    const char *id = ch_model_firm_id(ch_result_model(result), firm);
    chi_write_format(w, "\"%s\":", key);
    chi_write_json_string(w, id, strlen(id));
}

/* Rounds in which anything happened to anybody. */
static uint32_t rounds_used(const ch_result *result)
{
    uint32_t used = 1;
    for (size_t firm = 0; firm < ch_model_firm_count(ch_result_model(result)); firm++)
        for (uint32_t round = used; round < CH_ROUNDS; round++) {
            ch_round found = ch_result_round(result, firm, round);
            if (found.paths || found.loss != 0.0)
                used = round + 1;
        }
    return used;
}

static void put_party(chi_writer *w, const ch_result *result, size_t firm, uint32_t rounds)
{
    put_id(w, result, "firm", firm);
    chi_write_text(w, ",\"rounds\":[");
    for (uint32_t round = 0; round < rounds; round++) {
        ch_round found = ch_result_round(result, firm, round);
        chi_write_format(w, "%s{\"round\":%u,\"paths\":%llu", round ? "," : "", round,
            (unsigned long long)found.paths);
        put_number(w, "failed", found.failed.share);
        put_number(w, "loss", found.loss);
        chi_write_text(w, "}");
    }
    chi_write_text(w, "]");
}

static void put_wake(chi_writer *w, const ch_result *result, const ch_wake *wake)
{
    chi_write_format(w, "{\"round\":%u,", wake->round);
    put_id(w, result, "firm", wake->firm);
    chi_write_format(w, ",\"paths\":%llu", (unsigned long long)wake->paths);
    put_number(w, "share", wake->failed.share);
    put_number(w, "low", wake->failed.low);
    put_number(w, "high", wake->failed.high);
    put_number(w, "loss", wake->loss);
    put_number(w, "loss_given_first", wake->loss_given_first);
    chi_write_text(w, "}");
}

static void put_waves(chi_writer *w, const ch_result *result)
{
    size_t count = ch_result_wake_count(result), last = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        ch_wake wake = ch_result_wake(result, i);
        if (i == 0 || wake.first != last) {
            chi_write_text(w, i ? "]},\n{" : "\n{");
            put_id(w, result, "first", wake.first);
            chi_write_format(w, ",\"paths\":%llu,\"rows\":[\n",
                (unsigned long long)ch_result_first_paths(result, wake.first));
        } else {
            chi_write_text(w, ",\n");
        }
        last = wake.first;
        put_wake(w, result, &wake);
    }
    chi_write_text(w, count ? "]}]" : "]");
}

/* All firms together. */
static void put_round(chi_writer *w, const ch_result *result, uint32_t round)
{
    double failures = 0.0, loss = 0.0;
    for (size_t firm = 0; firm < ch_model_firm_count(ch_result_model(result)); firm++) {
        ch_round found = ch_result_round(result, firm, round);
        failures += found.failed.share;
        loss += found.loss;
    }
    chi_write_format(w, "%s{\"round\":%u", round ? "," : "", round);
    put_number(w, "failures", failures);
    put_number(w, "loss", loss);
    chi_write_text(w, "}");
}

void chi_write_json_waves(chi_writer *w, const ch_result *result)
{
    uint32_t rounds = rounds_used(result);
    chi_write_format(
        w, "\"contagion\":{\"window_months\":%u,\n\"rounds\":[", ch_result_wave_months(result));
    for (uint32_t round = 0; round < rounds; round++)
        put_round(w, result, round);
    chi_write_text(w, "],\n\"parties\":[");
    for (size_t firm = 0; firm < ch_model_firm_count(ch_result_model(result)); firm++) {
        chi_write_text(w, firm ? ",\n{" : "\n{");
        put_party(w, result, firm, rounds);
        chi_write_text(w, "}");
    }
    chi_write_text(w, "],\n\"waves\":[");
    put_waves(w, result);
    chi_write_text(w, "}");
}

/* One measure of a firm without a month. */
static void put_row(
    chi_writer *w, const ch_result *result, const char *measure, size_t firm, const ch_share *share)
{
    chi_write_csv_field(w, measure);
    chi_write_text(w, ",");
    chi_write_csv_field(w, ch_model_firm_id(ch_result_model(result), firm));
    chi_write_text(w, ",,,");
    chi_write_number(w, share->share, "");
    chi_write_text(w, ",");
    chi_write_number(w, share->low, "");
    chi_write_text(w, ",");
    chi_write_number(w, share->high, "");
    chi_write_text(w, "\n");
}

void chi_write_csv_waves(chi_writer *w, const ch_result *result)
{
    char measure[200];
    for (size_t i = 0; i < ch_result_wake_count(result); i++) {
        ch_wake wake = ch_result_wake(result, i);
        if (wake.paths == 0 || wake.firm == wake.first)
            continue;
        snprintf(measure, sizeof measure, "falls in round %u with %.150s", wake.round,
            ch_model_firm_id(ch_result_model(result), wake.first));
        put_row(w, result, measure, wake.firm, &wake.failed);
    }
}

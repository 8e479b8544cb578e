/* Implements ch_result_write(): checks its arguments and hands over to a writer. */
#include "base/check.h"
#include "cardhouse/ch_weigh.h"
#include "result/write.h"

enum { WIDTH_MIN = 60, WIDTH_MAX = 200, WIDTH_USUAL = 100 };

/* The options with what is usual where nothing is said; false if they are not good. */
static bool options_used(const ch_write_options *options, ch_write_options *used)
{
    *used = (ch_write_options){.struct_size = sizeof *used};
    if (options) {
        if (options->struct_size != sizeof *used)
            return false;
        *used = *options;
    }
    if (used->width == 0)
        used->width = WIDTH_USUAL;
    return used->width >= WIDTH_MIN && used->width <= WIDTH_MAX;
}

ch_status ch_weights_write(
    const ch_weights *weights, const ch_write_options *options, ch_write_fn write, void *context)
{
    CHI_ASSERT(weights != NULL && write != NULL);
    ch_write_options used;
    if (!options_used(options, &used))
        return CH_E_ARGUMENT;
    chi_writer writer;
    chi_writer_init(&writer, write, context);
    chi_write_weights(&writer, weights, &used);
    return chi_writer_finish(&writer);
}

ch_status ch_result_write(const ch_result *result, ch_format format,
    const ch_write_options *options, ch_write_fn write, void *context)
{
    CHI_ASSERT(result != NULL);
    CHI_ASSERT(write != NULL);
    ch_write_options used;
    if (!options_used(options, &used))
        return CH_E_ARGUMENT;
    /* a comparison is one of paths with themselves: same number, same seed, same months */
    if (used.base && (ch_result_seed(used.base) != ch_result_seed(result) ||
                         ch_result_months(used.base) != ch_result_months(result) ||
                         ch_model_firm_count(ch_result_model(used.base)) !=
                             ch_model_firm_count(ch_result_model(result))))
        return CH_E_ARGUMENT;
    chi_writer writer;
    chi_writer_init(&writer, write, context);
    switch (format) {
    case CH_JSON:
        chi_write_json(&writer, result, &used);
        break;
    case CH_CSV:
        chi_write_csv(&writer, result, &used);
        break;
    case CH_TEXT:
        chi_write_page(&writer, result, &used);
        break;
    default:
        return CH_E_ARGUMENT;
    }
    return chi_writer_finish(&writer);
}

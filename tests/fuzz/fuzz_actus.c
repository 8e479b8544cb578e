/* Any bytes either become contracts with finite events or are refused with a diagnostic. */
#include "base/check.h"
#include "cardhouse/ch_contract.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int ignore(void *context, const char *text, size_t size)
{
    (void)context;
    (void)text;
    (void)size;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ch_contracts *contracts;
    ch_diags *diags;
    /* The first byte chooses the form of the file. */
    const char *name = size > 0 && data[0] % 4 == 0 ? "fuzz.csv" : "fuzz.json";
    const char *text = size > 0 ? (const char *)data + 1 : "";
    ch_status status =
        ch_contracts_load_text(text, size > 0 ? size - 1 : 0, name, &contracts, &diags);
    if (status != CH_OK)
        CHI_ASSERT(status == CH_E_INPUT && ch_diags_errors(diags) > 0);
    for (size_t i = 0; contracts && i < ch_contracts_count(contracts); i++)
        for (size_t k = 0; k < ch_contracts_event_count(contracts, i); k++) {
            ch_event event = ch_contracts_event(contracts, i, k);
            CHI_ASSERT(isfinite(event.payoff) && isfinite(event.notional));
        }
    if (contracts) {
        CHI_ASSERT(ch_contracts_wrong(contracts) == 0 || ch_diags_errors(diags) > 0);
        CHI_ASSERT(ch_contracts_write_json(contracts, ignore, NULL) == CH_OK);
        CHI_ASSERT(ch_contracts_write_text(contracts, ignore, NULL) == CH_OK);
    }
    ch_contracts_free(contracts);
    ch_diags_free(diags);
    return 0;
}

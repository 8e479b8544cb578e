/* Any bytes as a quantity: never a number that is not finite, never an error without its place. */
#include "base/check.h"
#include "text/number.h"
#include "text/quantity.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const chi_quantity_context millions = {6, "USD"};
    const char *text = (const char *)data;
    chi_quantity quantity;
    chi_quantity_error error;
    for (unsigned accept = 0; accept < 2; accept++) {
        unsigned wanted = accept ? CHI_ACCEPT_PERIOD | CHI_ACCEPT_TIME : CHI_ACCEPT_ANY;
        bool good =
            chi_quantity_parse(text, size, accept ? NULL : &millions, wanted, &quantity, &error);
        CHI_ASSERT(good == (error.code == 0));
        CHI_ASSERT(good || error.message[0]);
        CHI_ASSERT(error.offset <= size && error.size <= size - error.offset);
        CHI_ASSERT(isfinite(quantity.value) && (unsigned)quantity.unit < CHI_UNIT_COUNT);
    }
    size_t used = chi_quantity_scan(text, size, &millions, &quantity, &error);
    CHI_ASSERT(used <= size && (used > 0) == (error.code == 0));
    CHI_ASSERT(error.offset <= size && error.size <= size - error.offset);
    double value;
    if (chi_number_parse(text, size, &value))
        CHI_ASSERT(isfinite(value));
    return 0;
}

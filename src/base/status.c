/* The status list, read out. */
#include "cardhouse/ch_base.h"

static const struct {
    int exit_code;
    const char *text;
} table[CH_STATUS_COUNT] = {
#define CH_STATUS_ROW(name, exit_code, text) {exit_code, text},
    CH_STATUS_LIST(CH_STATUS_ROW)
#undef CH_STATUS_ROW
};

const char *ch_status_text(ch_status status)
{
    return (unsigned)status < CH_STATUS_COUNT ? table[status].text : "unknown status";
}

int ch_status_exit_code(ch_status status)
{
    return (unsigned)status < CH_STATUS_COUNT ? table[status].exit_code : 70;
}

const char *ch_version(void)
{
    return CARDHOUSE_VERSION;
}

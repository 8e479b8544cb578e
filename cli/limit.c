/* Limits of --fail-if: "[FIRM.]survival@MONTHSm < PERCENT". */
#include "cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool complain_limit(const char *text, const char *why)
{
    cli_complain("--fail-if '%s': %s; an example: 'survival@24m < 90%%'", text, why);
    return false;
}

static const char *skip_blanks(const char *at)
{
    while (*at == ' ')
        at++;
    return at;
}

/* The first simulated firm, or 0. */
static size_t firm_default(const ch_model *model)
{
    for (size_t firm = 1; firm < ch_model_firm_count(model); firm++)
        if (ch_model_firm_is_simulated(model, firm))
            return firm;
    return 0;
}

static size_t firm_find(const ch_model *model, const char *name, size_t size)
{
    for (size_t firm = 1; firm < ch_model_firm_count(model); firm++) {
        const char *id = ch_model_firm_id(model, firm);
        if (strlen(id) == size && !memcmp(id, name, size))
            return firm;
    }
    return 0;
}

/* Reads "< 90%" or ">= 0.9". */
static bool bound_read(const char *at, cli_limit *limit)
{
    char *end = NULL;
    at = skip_blanks(at);
    if (*at != '<' && *at != '>')
        return false;
    limit->less = *at++ == '<';
    limit->equal = *at == '=';
    at = skip_blanks(at + limit->equal);
    if ((*at < '0' || *at > '9') && *at != '.')
        return false;
    limit->bound = strtod(at, &end);
    end = (char *)skip_blanks(end);
    if (*end == '%') {
        limit->bound /= 100;
        end = (char *)skip_blanks(end + 1);
    }
    return *end == 0 && limit->bound >= 0 && limit->bound <= 1;
}

bool cli_limit_parse(const char *text, const ch_model *model, uint32_t months, cli_limit *limit)
{
    *limit = (cli_limit){.text = text, .firm = firm_default(model)};
    const char *at = skip_blanks(text);
    const char *measure = strstr(at, "survival@");
    if (!measure)
        return complain_limit(text, "the measure must be survival@MONTHSm");
    if (measure > at) {
        if (measure[-1] != '.')
            return complain_limit(text, "a firm is named as in coreweave.survival@24m");
        limit->firm = firm_find(model, at, (size_t)(measure - 1 - at));
    }
    if (limit->firm == 0)
        return complain_limit(text, "the model has no such firm");
    char *end = NULL;
    at = measure + strlen("survival@");
    unsigned long month = *at >= '0' && *at <= '9' ? strtoul(at, &end, 10) : 0;
    if (!end || *end != 'm')
        return complain_limit(text, "months are written as 24m");
    if (month < 1 || month > months)
        return complain_limit(text, "the month must lie in the months that are run");
    limit->month = (uint32_t)month - 1;
    if (!bound_read(end + 1, limit))
        return complain_limit(text, "the bound must be <, <=, > or >= and a share up to 100%");
    return true;
}

bool cli_limit_holds(const cli_limit *limit, const ch_model *model, const ch_result *result)
{
    double share = ch_result_alive(result, limit->firm, limit->month).share;
    bool holds = limit->less ? share < limit->bound : share > limit->bound;
    holds = holds || (limit->equal && fabs(share - limit->bound) <= 0);
    if (holds)
        cli_complain("limit failed: %s: survival of %s after %u months is %.2f %%", limit->text,
            ch_model_firm_id(model, limit->firm), limit->month + 1, 100 * share);
    return holds;
}

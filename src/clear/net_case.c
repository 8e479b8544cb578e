/* Case files: which kind a case is, which command it belongs to, and the run over all of them. */
#include "clear/net_case.h"

#include "base/check.h"

#include <string.h>

const char *chi_net_command_name(chi_net_command command)
{
    static const char *const names[CHI_NET_COMMAND_COUNT] = {
        "clear", "value", "distress", "reconstruct", "firesale", "supply", "reverse", "loops"};
    CHI_ASSERT(command < CHI_NET_COMMAND_COUNT);
    return names[command];
}

/* A kind is known by a key that only its cases have. The first match counts. */
typedef struct kind {
    const char *key;
    chi_net_command command;
    void (*run)(chi_net_case *c);
} kind;

static const kind kinds[] = {
    {"debt_tiers", CHI_NET_CLEAR, chi_net_case_holdings},
    {"sigma_assets", CHI_NET_VALUE, chi_net_case_valuation},
    {"shock_to_external_assets", CHI_NET_VALUE, chi_net_case_valuation},
    {"initial_stress", CHI_NET_DISTRESS, chi_net_case_debtrank},
    {"network", CHI_NET_DISTRESS, chi_net_case_debtrank},
    {"capital", CHI_NET_DISTRESS, chi_net_case_debtrank},
    {"buffer", CHI_NET_DISTRESS, chi_net_case_communicability},
    {"price_impact", CHI_NET_FIRESALE, chi_net_case_firesale},
    {"essential", CHI_NET_SUPPLY, chi_net_case_supply},
    {"lambda", CHI_NET_RECONSTRUCT, chi_net_case_posterior},
    {"external_assets", CHI_NET_CLEAR, chi_net_case_clearing},
    {"liabilities", CHI_NET_RECONSTRUCT, chi_net_case_reconstruction},
};

static const kind *find_kind(const chi_node *root)
{
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        if (chi_node_get(root, kinds[k].key))
            return &kinds[k];
    }
    return NULL;
}

/* A file is {"cases": [...]}, a bare list of cases, or one case. */
static const chi_node *first_case(const chi_node *file, bool *list)
{
    const chi_node *cases = chi_node_get(file, "cases");
    *list = true;
    if (cases && cases->kind == CHI_SEQUENCE)
        return cases->first;
    if (file->kind == CHI_SEQUENCE)
        return file->first;
    *list = false;
    return file->kind == CHI_MAPPING && find_kind(file) ? file : NULL;
}

static void run_case(chi_net_case *c, chi_net_command command, size_t number)
{
    if (c->root->kind != CHI_MAPPING) {
        chi_net_case_error(c, c->root, 701, "case %zu is not an object", number);
        return;
    }
    const kind *what = find_kind(c->root);
    if (!what) {
        chi_net_case_error(c, c->root, 701, "nothing in case %zu says what kind it is", number);
        return;
    }
    if (what->command != command) {
        chi_net_case_error(c, c->root, 712, "it belongs to `cardhouse network %s`, not to `%s`",
            chi_net_command_name(what->command), chi_net_command_name(command));
        return;
    }
    const char *id = chi_net_case_text(c, c->root, "id", NULL);
    char numbered[32] = "case";
    if (!id) {
        size_t digits = number, at = sizeof numbered - 1;
        do {
            numbered[--at] = (char)('0' + digits % 10);
            digits /= 10;
        } while (digits);
        id = &numbered[at];
    }
    chi_net_json_key(c->json, id);
    chi_net_json_open(c->json, '{');
    what->run(c);
    chi_net_json_close(c->json, '}');
}

ch_status chi_net_cases_run(chi_net_case *c, chi_net_command command, const chi_node *file)
{
    bool list;
    const chi_node *at = first_case(file, &list);
    c->root = NULL;
    bool failed = false;
    if (!at) {
        chi_net_case_error(c, file, 701, "the file holds no cases");
        failed = true;
    }
    chi_net_json_open(c->json, '{');
    for (size_t number = 0; at; at = at->next, number++) {
        c->root = at;
        c->failed = false;
        run_case(c, command, number);
        failed |= c->failed;
        if (!list)
            break;
    }
    chi_net_json_close(c->json, '}');
    return failed ? CH_E_INPUT : CH_OK;
}

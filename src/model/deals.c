/* Contracts by the ACTUS standard: parties and terms. The terms become a tree of dictionary names
 * that keeps the places of the file, which src/contract checks, and rows that a run reads. */
#include "model/deals.h"

#include "base/check.h"
#include "num/philox.h"
#include "text/daycount.h"

#include <math.h>
#include <string.h>

static const chi_deal_words type_words[CHI_DEAL_TYPE_COUNT] = {{"", 0, "", "", "", "", ""},
#define TYPE_WORDS(type, group, long_key, short_key, role, class, doc)                             \
    {#type, CHI_GROUP_##group, long_key, short_key, role, class, doc},
    CHI_DEAL_TYPES(TYPE_WORDS)
#undef TYPE_WORDS
};

const chi_deal_words *chi_deal_words_of(uint32_t type)
{
    CHI_ASSERT(type < CHI_DEAL_TYPE_COUNT);
    return &type_words[type];
}

uint32_t chi_deal_type_of(const char *word)
{
    for (uint32_t type = 1; type < CHI_DEAL_TYPE_COUNT; type++)
        if (strcmp(type_words[type].type, word) == 0)
            return type;
    return CHI_DEAL_NONE;
}

/* --- parties -------------------------------------------------------------------------------- */

static const char *const party_keys[] = {"lender", "lenders", "borrower", "receiver", "payer",
    "buyer", "seller", "holder", "custodian", "issuer", "beneficiary", "guarantor", "provider"};

/* Parties that the type does not have. */
static void refuse_parties(deal_reader *r)
{
    const chi_deal_words *words = r->words;
    for (size_t i = 0; i < sizeof party_keys / sizeof *party_keys; i++) {
        const char *key = party_keys[i];
        const chi_node *node = chi_map_node(r->map, key);
        bool lenders = words->group == CHI_GROUP_DEBT && strcmp(key, "lenders") == 0;
        if (node && !lenders && strcmp(key, words->long_key) != 0 &&
            strcmp(key, words->short_key) != 0)
            chi_diag(r->reader->diags, 652, chi_key_span(node), NULL,
                "`%s` is no party of %s; its parties are `%s` and `%s`", key, words->type,
                words->long_key, words->short_key);
    }
}

static uint32_t party(deal_reader *r, const char *key)
{
    if (chi_map_node(r->map, key))
        return chi_get_firm(r->reader, r->map, key);
    chi_diag(r->reader->diags, 652, chi_map_span(r->map), NULL, "%s needs the party `%s`",
        r->words->type, key);
    return CHI_NONE;
}

static void check_pair(deal_reader *r, uint32_t creator, uint32_t counterparty)
{
    const chi_kind *simulated = chi_kind_at(CHI_KIND_FIRM_SIMULATED);
    chi_reader *reader = r->reader;
    if (creator == CHI_NONE || counterparty == CHI_NONE)
        return;
    if (creator == counterparty)
        chi_diag(reader->diags, 411, chi_map_span(r->map), NULL,
            "`%s` would have a contract with itself",
            reader->build.text.at + reader->build.firm.at[creator].name);
    else if (r->words->group != CHI_GROUP_DEBT && r->words->group != CHI_GROUP_COVER &&
             reader->firm_map[creator].kind != simulated &&
             reader->firm_map[counterparty].kind != simulated)
        chi_diag(reader->diags, 421, chi_map_span(r->map), NULL,
            "neither side of `%s` is simulated", r->map->node->key);
}

/* The parties by the standard's names: the creator in its role, and the counterparty. */
static const char *read_creator(deal_reader *r, chi_deal *deal)
{
    const chi_node *role = chi_map_node(r->map, "contractRole");
    deal->creator = party(r, "creatorID");
    deal->counterparty = party(r, "counterpartyID");
    for (size_t i = 0; i < sizeof party_keys / sizeof *party_keys; i++)
        if (chi_map_node(r->map, party_keys[i]))
            chi_diag(r->reader->diags, 652, chi_key_span(chi_map_node(r->map, party_keys[i])), NULL,
                "`%s` and `creatorID` both say who the parties are", party_keys[i]);
    if (role && role->kind == CHI_SCALAR)
        return role->text;
    chi_diag(r->reader->diags, 652, role ? role->span : chi_map_span(r->map),
        "RPA lends, RPL borrows, BUY buys, SEL sells", "%s needs the `contractRole` of its creator",
        r->words->type);
    return r->words->role;
}

static const char *read_parties(deal_reader *r, chi_deal *deal)
{
    if (chi_map_node(r->map, "creatorID") || chi_map_node(r->map, "counterpartyID"))
        return read_creator(r, deal);
    refuse_parties(r);
    if (chi_map_node(r->map, "contractRole"))
        chi_diag(r->reader->diags, 652, chi_map_node(r->map, "contractRole")->span, NULL,
            "`contractRole` needs `creatorID` and `counterpartyID`");
    deal->counterparty = party(r, r->words->short_key);
    if (r->words->group != CHI_GROUP_DEBT)
        deal->creator = party(r, r->words->long_key);
    return r->words->role;
}

/* --- debts ---------------------------------------------------------------------------------- */

/* The lenders of a debt; its parties may be the standard's, in either role. */
static void read_lenders(deal_reader *r, chi_deal *deal, chi_loan *loan, const char **role)
{
    chi_reader *reader = r->reader;
    bool borrows = strcmp(*role, "RPL") == 0;
    if (!chi_map_node(r->map, "creatorID") && !chi_map_node(r->map, "counterpartyID")) {
        loan->lenders = chi_lenders_read(reader, r->map, deal->counterparty);
        deal->creator =
            loan->lenders.count ? reader->build.share.at[loan->lenders.first].firm : CHI_NONE;
        return;
    }
    if (!borrows && strcmp(*role, "RPA") != 0)
        chi_diag(reader->diags, 652, chi_map_span(r->map), "RPA lends, RPL borrows",
            "`%s` is no role in %s of a model", *role, r->words->type);
    if (borrows) {
        uint32_t lender = deal->counterparty;
        deal->counterparty = deal->creator;
        deal->creator = lender;
        *role = r->words->role;
    }
    loan->lenders = (chi_slice){(uint32_t)reader->build.share.count, 1};
    *CHI_PUSH(reader->arena, &reader->build.share) = (chi_share){deal->creator, 0, 1.0};
}

static void check_borrower(deal_reader *r, uint32_t firm)
{
    const chi_node *node = chi_map_node(r->map, "borrower");
    if (firm == 0)
        chi_diag(r->reader->diags, 417, node ? node->span : chi_map_span(r->map), NULL,
            "`outside` cannot borrow: it has no cash");
}

static void open_loan(deal_reader *r, chi_deal *deal, chi_loan *loan, const char **role)
{
    *loan = (chi_loan){.name = deal->name,
        .kind = CHI_LOAN_ACTUS,
        .instalments = CHI_NONE,
        .index = CHI_NONE,
        .market = CHI_NONE,
        .condition = CHI_NONE,
        .multiplier = 1.0,
        .floor = -(double)INFINITY,
        .deal = r->row};
    read_lenders(r, deal, loan, role);
    check_borrower(r, deal->counterparty);
    loan->borrower = deal->counterparty;
    loan->class = deal->class;
    loan->grace_months = chi_get_months(r->reader, r->map, "grace");
    chi_cross_default_read(r->reader, r->map, loan);
}

static uint32_t interest_months(const chi_node *terms)
{
    const chi_node *cycle = chi_node_get(terms, "cycleOfInterestPayment");
    chi_cycle parsed;
    bool monthly = cycle && cycle->kind == CHI_SCALAR &&
                   chi_cycle_parse(cycle->text, cycle->size, &parsed) && parsed.unit == 'M';
    return monthly ? (uint32_t)parsed.count : 0;
}

/* What `check` shows and what the opening sheet is compared with. */
static void close_loan(deal_reader *r, const chi_deal_query *q, chi_loan *loan, uint32_t row)
{
    chi_builder *build = &r->reader->build;
    const chi_node *day_count = chi_node_get(q->terms, "dayCountConvention");
    chi_daycount convention = CHI_DC_ACT_360;
    if (day_count && day_count->kind == CHI_SCALAR)
        (void)chi_daycount_parse(day_count->text, &convention);
    loan->day_count = convention;
    loan->notional = loan->commitment = q->notional;
    loan->accrued = q->accrued;
    loan->spread = q->rate;
    loan->initial_exchange = q->initial_exchange;
    loan->maturity = q->maturity;
    loan->interest_anchor = q->maturity;
    loan->interest_months = interest_months(q->terms);
    for (size_t i = 0; i < q->repayments.count; i++) {
        *CHI_PUSH(r->reader->arena, &build->repayment) = q->repayments.at[i];
        build->repayment.at[build->repayment.count - 1].loan = row;
    }
}

/* --- one contract --------------------------------------------------------------------------- */

static double market_at_start(void *context, const char *object)
{
    deal_reader *r = context;
    const chi_name *name = chi_names_find(&r->reader->drivers, object);
    return name ? chi_driver_at_start(r->reader, name->row) : (double)NAN;
}

/* The largest amount that it may move: its principal, or its quantity at today's price. */
static double size_of(deal_reader *r, const chi_deal *deal)
{
    double quantity = chi_deal_number(r, "quantity", 1.0);
    double price = deal->driver == CHI_NONE ? chi_deal_number(r, "marketValueObserved", 0.0)
                                            : chi_driver_at_start(r->reader, deal->driver);
    double strike =
        fmax(chi_deal_number(r, "optionStrike1", 0.0), chi_deal_number(r, "futuresPrice", 0.0));
    return fmax(fabs(chi_deal_number(r, "notionalPrincipal", 0.0)),
        fabs(quantity) * fmax(fabs(price), strike));
}

static uint32_t class_of(deal_reader *r)
{
    static const char *const classes[CHI_CLASSES] = {
#define CLASS_WORD(id, name) name,
        CHI_CLASS_LIST(CLASS_WORD)
#undef CLASS_WORD
    };
    if (chi_map_node(r->map, "seniority")) {
        uint32_t class = chi_get_choice(r->reader, r->map, "seniority");
        return class == CHI_NONE ? CHI_CLASS_SECURED : class;
    }
    for (uint32_t k = 0; k < CHI_CLASSES; k++)
        if (strcmp(classes[k], r->words->class) == 0)
            return k;
    CHI_NEVER("the list of types names a class");
}

static void set_prices(deal_reader *r, chi_deal *deal)
{
    const chi_node *price = chi_node_get(r->tree, "marketObjectCode");
    const chi_name *name = price && price->kind == CHI_SCALAR
                               ? chi_names_find(&r->reader->drivers, price->text)
                               : NULL;
    bool priced = r->words->group == CHI_GROUP_ASSET || r->words->group == CHI_GROUP_TRADE;
    deal->driver = priced && name ? name->row : CHI_NONE;
    if (deal->type == CHI_DEAL_OPTNS || deal->type == CHI_DEAL_FUTUR)
        deal->scale = chi_deal_number(r, "quantity", 1.0);
    deal->size = size_of(r, deal);
    if (deal->type == CHI_DEAL_FXOUT && !price)
        chi_diag(r->reader->diags, 653, chi_map_span(r->map), "price: the driver of the rate",
            "FXOUT needs `price`, what a unit of the second currency costs");
    if ((deal->type == CHI_DEAL_STK || deal->type == CHI_DEAL_COM) && !price &&
        !chi_node_get(r->tree, "marketValueObserved"))
        chi_diag(r->reader->diags, 653, chi_map_span(r->map), "`price`, a driver, or `value`",
            "%s needs a price: it is an asset", r->words->type);
}

/* Asks src/contract about the terms. False after diagnostics. */
static bool ask(deal_reader *r, const chi_deal *deal, chi_deal_query *query)
{
    chi_reader *reader = r->reader;
    *query = (chi_deal_query){.arena = reader->arena,
        .diags = reader->diags,
        .terms = r->tree,
        .id = r->map->node->key,
        .type = r->type,
        .events = deal->observed.count ? &reader->build.deal_event.at[deal->observed.first] : NULL,
        .event_count = deal->observed.count,
        .start = reader->build.start,
        .horizon = reader->horizon,
        .market = market_at_start,
        .context = r};
    chi_diags_words(reader->diags, chi_deal_word, r);
    bool good = reader->dated && reader->check_deal(query);
    chi_diags_words(reader->diags, NULL, NULL);
    return good;
}

static void read_deal(deal_reader *r, chi_contract *contract, chi_deal *deal, chi_loan *loan)
{
    chi_reader *reader = r->reader;
    chi_builder *build = &reader->build;
    size_t errors = ch_diags_errors(reader->diags);
    chi_deal_query query;
    const char *role = read_parties(r, deal);
    deal->class = class_of(r);
    if (deal->loan != CHI_NONE)
        open_loan(r, deal, loan, &role);
    check_pair(r, deal->creator, deal->counterparty);
    chi_deal_terms_read(r, role);
    deal->terms.count = (uint32_t)build->term.count - deal->terms.first;
    deal->observed.count = (uint32_t)build->deal_event.count - deal->observed.first;
    set_prices(r, deal);
    /* Terms that could not be read would be missed a second time. */
    bool good = ch_diags_errors(reader->diags) == errors && ask(r, deal, &query);
    if (good)
        contract->beneficiary = query.role > 0.0 ? deal->creator : deal->counterparty;
    if (deal->loan != CHI_NONE && good)
        close_loan(r, &query, loan, deal->loan);
    reader->loans_unclear = reader->loans_unclear || (deal->loan != CHI_NONE && !good);
}

void chi_deal_read(chi_reader *reader, chi_contract *contract)
{
    chi_builder *build = &reader->build;
    chi_deal deal = {.name = chi_builder_text(build, contract->map.node->key),
        .type = contract->type,
        .loan = contract->kind == CHI_CONTRACT_LOAN ? contract->row : CHI_NONE,
        .creator = CHI_NONE,
        .counterparty = CHI_NONE,
        .driver = CHI_NONE,
        .terms.first = (uint32_t)build->term.count,
        .observed.first = (uint32_t)build->deal_event.count,
        .scale = 1.0};
    chi_loan loan = {.borrower = CHI_NONE};
    deal_reader r = {.reader = reader,
        .map = &contract->map,
        .row = contract->deal,
        .type = contract->type,
        .words = chi_deal_words_of(contract->type)};
    contract->beneficiary = CHI_NONE;
    read_deal(&r, contract, &deal, &loan);
    if (deal.loan != CHI_NONE)
        build->loan.at[deal.loan] = loan;
    build->deal.at[contract->deal] = deal;
}

/* --- what guarantees and collateral lean on ------------------------------------------------- */

static bool lends(const chi_builder *build, uint32_t loan, uint32_t firm)
{
    chi_slice lenders = build->loan.at[loan].lenders;
    for (uint32_t s = lenders.first; s < lenders.first + lenders.count; s++)
        if (build->share.at[s].firm == firm)
            return true;
    return false;
}

/* A contract that a list names; NULL after saying why it does not fit. */
static const chi_contract *find_contract(chi_reader *reader, const chi_node *node, const char *text)
{
    const chi_name *name = chi_names_find(&reader->contracts, text);
    if (name)
        return &reader->contract.at[name->row];
    const char *near = chi_names_nearest(reader, &reader->contracts, text);
    chi_diag(reader->diags, 303, node->span,
        near ? chi_arena_format(reader->arena, "did you mean `%s`?", near) : NULL,
        "there is no contract `%s`", text);
    return NULL;
}

static void add_covered(
    chi_reader *reader, const chi_contract *cover, chi_deal *deal, const chi_node *node)
{
    const chi_contract *debt = find_contract(reader, node, node->text);
    if (!debt || debt->row == CHI_NONE)
        return;
    if (debt->kind != CHI_CONTRACT_LOAN) {
        chi_diag(reader->diags, 654, node->span, NULL, "`%s` is no debt that could be covered",
            node->text);
        return;
    }
    if (cover->beneficiary != CHI_NONE && reader->build.loan.at[debt->row].borrower != CHI_NONE &&
        !lends(&reader->build, debt->row, cover->beneficiary))
        chi_diag(reader->diags, 654, node->span, NULL, "`%s` is no lender of `%s`",
            reader->build.text.at + reader->build.firm.at[cover->beneficiary].name, node->text);
    *CHI_PUSH(reader->arena, &reader->build.cover) = (chi_cover){debt->row};
    deal->covers.count++;
}

static void add_collateral(
    chi_reader *reader, const chi_contract *cover, chi_deal *deal, const chi_node *node)
{
    const chi_contract *asset = find_contract(reader, node, node->text);
    if (!asset || asset->row == CHI_NONE)
        return;
    bool is_asset =
        asset->schema == CHI_KIND_ACTUS && chi_deal_words_of(asset->type)->group == CHI_GROUP_ASSET;
    uint32_t provider = cover->beneficiary == deal->creator ? deal->counterparty : deal->creator;
    if (!is_asset)
        chi_diag(reader->diags, 654, node->span, "a contract of type CSH, COM or STK",
            "`%s` is no asset that could be collateral", node->text);
    else if (cover->beneficiary != CHI_NONE && asset->beneficiary != CHI_NONE &&
             asset->beneficiary != provider)
        chi_diag(reader->diags, 654, node->span, NULL, "`%s` does not belong to `%s`", node->text,
            reader->build.text.at + reader->build.firm.at[provider].name);
    if (!is_asset)
        return;
    *CHI_PUSH(reader->arena, &reader->build.cover) = (chi_cover){asset->deal};
    deal->collateral.count++;
}

typedef void add_fn(chi_reader *, const chi_contract *, chi_deal *, const chi_node *);

/* The names under a key, and those that the standard's list of parts gives in a role. */
static size_t each_name(chi_reader *reader, const chi_contract *cover, chi_deal *deal,
    const char *key, const char *role, add_fn *add)
{
    size_t count = 0;
    const chi_node *list = chi_map_node(&cover->map, key);
    const chi_node *parts = chi_map_node(&cover->map, "contractStructure");
    if (list && list->kind != CHI_SEQUENCE)
        chi_shape_error(reader, list, "a list of names");
    const chi_node *node = list && list->kind == CHI_SEQUENCE ? list->first : NULL;
    for (; node; node = node->next, count++)
        if (node->kind == CHI_SCALAR)
            add(reader, cover, deal, node);
        else
            chi_shape_error(reader, node, "a name");
    node = parts && parts->kind == CHI_SEQUENCE ? parts->first : NULL;
    for (; node; node = node->next) {
        const chi_node *in = node->kind == CHI_MAPPING ? chi_node_get(node, "referenceRole") : NULL;
        const chi_node *object = in ? chi_node_get(node, "object") : NULL;
        if (!object || in->kind != CHI_SCALAR || strcmp(in->text, role) != 0)
            continue;
        if (object->kind == CHI_MAPPING)
            object = chi_node_get(object, "contractIdentifier");
        if (object && object->kind == CHI_SCALAR) {
            add(reader, cover, deal, object);
            count++;
        } else {
            chi_diag(reader->diags, 654, node->span, "object: {contractIdentifier: NAME}",
                "a part in the role %s must name a contract of the model", role);
        }
    }
    return count;
}

void chi_covers_read(chi_reader *reader)
{
    for (size_t i = 0; i < reader->contract.count; i++) {
        const chi_contract *contract = &reader->contract.at[i];
        if (contract->schema != CHI_KIND_ACTUS || contract->row == CHI_NONE)
            continue;
        chi_deal *deal = &reader->build.deal.at[contract->deal];
        bool covers = chi_deal_words_of(contract->type)->group == CHI_GROUP_COVER;
        bool holds = contract->type == CHI_DEAL_CEC;
        const chi_node *named = chi_map_node(&contract->map, "covers");
        const chi_node *assets = chi_map_node(&contract->map, "collateral");
        if ((named && !covers) || (assets && !holds))
            chi_diag(reader->diags, 653, chi_key_span(named && !covers ? named : assets), NULL,
                "%s has no `%s`", chi_deal_words_of(contract->type)->type,
                named && !covers ? "covers" : "collateral");
        deal->covers.first = (uint32_t)reader->build.cover.count;
        if (covers && each_name(reader, contract, deal, "covers", "COVE", add_covered) == 0)
            chi_diag(reader->diags, 654, chi_map_span(&contract->map), "covers: [loan]",
                "`%s` does not say what it covers", contract->map.node->key);
        deal->collateral.first = (uint32_t)reader->build.cover.count;
        if (holds && each_name(reader, contract, deal, "collateral", "COVI", add_collateral) == 0)
            chi_diag(reader->diags, 654, chi_map_span(&contract->map), "collateral: [asset]",
                "`%s` does not say what the collateral is", contract->map.node->key);
    }
}

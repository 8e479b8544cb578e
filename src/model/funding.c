/* Funding ladders and markets. A market that stands in a firm's ladder becomes a loan of its own,
 * the notes it issues for that firm: they start at zero. */
#include "model/passes.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

enum { RUNGS_MAX = 100, SHARES_MAX = 1 << 20 };

/* --- markets -------------------------------------------------------------------------------- */

static uint32_t read_window(chi_reader *reader, const chi_map *map)
{
    uint32_t driver = chi_get_driver(reader, map, "open");
    if (driver != CHI_NONE && reader->build.driver.at[driver].process != CHI_CHAIN)
        chi_diag(reader->diags, 311, chi_map_node(map, "open")->span, NULL,
            "a market opens with a chain driver; `%s` is none", chi_map_node(map, "open")->text);
    return driver;
}

static void check_tenor(chi_reader *reader, const chi_map *map, uint32_t tenor)
{
    if (reader->dated && chi_map_node(map, "tenor") && tenor <= reader->build.months)
        chi_diag(reader->diags, 410, chi_map_node(map, "tenor")->span,
            chi_arena_format(reader->arena, "more than %u months", reader->build.months),
            "notes of %u months would mature within the model", tenor);
}

/* Terms that all notes of a market share. The shares are kept apart until a firm issues. */
static void read_terms(chi_reader *reader, const chi_map *map, uint32_t row)
{
    chi_notes *notes = &reader->notes[row];
    chi_slice lenders = chi_lenders_read(reader, map, CHI_NONE);
    notes->share_count = lenders.count;
    notes->shares = chi_arena_alloc(reader->arena, (lenders.count + 1) * sizeof *notes->shares);
    for (uint32_t i = 0; i < lenders.count; i++)
        notes->shares[i] = reader->build.share.at[lenders.first + i];
    reader->build.share.count = lenders.first;
    chi_debt_terms_read(reader, map, &notes->terms);
}

static void read_market(chi_reader *reader, const chi_map *map, uint32_t row)
{
    chi_scope scope = {.kind = CHI_SCOPE_DRIVERS};
    chi_market market = {.name = chi_builder_text(&reader->build, map->node->key),
        .chain = read_window(reader, map),
        .base = chi_get_driver(reader, map, "base"),
        .tenor_months = chi_get_months(reader, map, "tenor"),
        .spread = chi_get_amount(reader, map, "spread", &scope),
        .capacity = chi_get_amount(reader, map, "capacity", &scope),
        .discount = chi_get_number(reader, map, "discount")};
    check_tenor(reader, map, market.tenor_months);
    reader->build.market.at[row] = market;
    read_terms(reader, map, row);
    if (market.base != CHI_NONE && reader->build.driver.at[market.base].process == CHI_CHAIN)
        chi_diag(reader->diags, 311, chi_map_node(map, "base")->span, NULL,
            "a rate cannot follow `%s`, which is open or shut", chi_map_node(map, "base")->text);
}

void chi_markets_read(chi_reader *reader)
{
    size_t count = reader->markets.list.count;
    reader->notes = chi_arena_alloc(reader->arena, (count + 1) * sizeof *reader->notes);
    for (uint32_t i = 0; i < reader->markets.list.count; i++)
        if (reader->market_map[i].node)
            read_market(reader, &reader->market_map[i], i);
}

/* The notes of a market for one firm: issued at month ends, each at the rate of its month, which is
 * fixed; they outlive the model. */
static uint32_t add_notes(chi_reader *reader, uint32_t row, uint32_t firm)
{
    const chi_map *map = &reader->market_map[row];
    chi_builder *build = &reader->build;
    if (build->loan.count >= CHI_CONTRACTS_MAX ||
        build->share.count + reader->notes[row].share_count > SHARES_MAX) {
        chi_diag(reader->diags, 231, chi_map_span(map), NULL,
            "a model has at most %d loans with %d shares, issued notes included",
            (int)CHI_CONTRACTS_MAX, (int)SHARES_MAX);
        return CHI_NONE;
    }
    const chi_market *market = &build->market.at[row];
    const char *name = chi_arena_format(
        reader->arena, "%s:%s", map->node->key, build->text.at + build->firm.at[firm].name);
    const chi_notes *notes = &reader->notes[row];
    chi_loan loan = notes->terms;
    loan.name = chi_builder_text(build, name);
    loan.kind = CHI_LOAN_ISSUED;
    loan.borrower = firm;
    loan.initial_exchange = loan.interest_anchor = build->start;
    loan.maturity = chi_day_add_months(build->start, (int)(build->months + market->tenor_months));
    loan.instalments = loan.condition = CHI_NONE;
    loan.index = CHI_NONE; /* each issue keeps its rate; see lane_loan_pool_rate */
    loan.market = row;
    loan.draw_end_month = build->months;
    loan.multiplier = 1.0;
    loan.floor = -(double)INFINITY;
    loan.lenders = (chi_slice){(uint32_t)build->share.count, notes->share_count};
    for (uint32_t i = 0; i < notes->share_count; i++) {
        *CHI_PUSH(reader->arena, &build->share) = notes->shares[i];
        if (notes->shares[i].firm == firm)
            chi_diag(reader->diags, 411, chi_map_span(map), NULL,
                "`%s` would buy the notes that it issues",
                build->text.at + build->firm.at[firm].name);
    }
    *CHI_PUSH(reader->arena, &build->loan) = loan;
    return (uint32_t)build->loan.count - 1;
}

/* --- ladders -------------------------------------------------------------------------------- */

static bool is_repeated(chi_reader *reader, const chi_node *list, const chi_node *rung)
{
    for (const chi_node *other = list->first; other != rung; other = other->next)
        if (other->kind == CHI_SCALAR && strcmp(other->text, rung->text) == 0) {
            chi_diag_related(reader->diags, 315, rung->span, other->span, NULL,
                "`%s` stands twice in the ladder", rung->text);
            return true;
        }
    return false;
}

static const char *name_of(const chi_reader *reader, uint32_t firm)
{
    return reader->build.text.at + reader->build.firm.at[firm].name;
}

/* A contract as a step: a deposit or call money that this firm alone has lent, without notice. */
static bool read_withdrawal(chi_reader *reader, const chi_node *rung, uint32_t firm,
    const chi_contract *contract, chi_rung *out)
{
    const chi_loan *loan = &reader->build.loan.at[contract->row];
    if (loan->borrower == CHI_NONE || loan->lenders.count == 0)
        return false;
    bool notice =
        chi_map_node(&contract->map, "notice") || chi_map_node(&contract->map, "xDayNotice");
    bool open = (contract->type == CHI_DEAL_UMP || contract->type == CHI_DEAL_CLM) && !notice;
    if (!open)
        chi_diag(reader->diags, 312, rung->span, "a UMP or CLM without notice",
            "`%s` cannot be withdrawn at once: it is %s", rung->text,
            notice ? "called with notice" : "no deposit and no call money");
    else if (loan->lenders.count != 1 || reader->build.share.at[loan->lenders.first].firm != firm)
        chi_diag(reader->diags, 313, rung->span, NULL,
            "`%s` is in the ladder of `%s`, which is not its only lender", rung->text,
            name_of(reader, firm));
    *out = (chi_rung){CHI_RUNG_WITHDRAW, contract->row};
    return open;
}

/* A contract as a step: a facility that this firm borrows. */
static bool read_draw(chi_reader *reader, const chi_node *rung, uint32_t firm,
    const chi_contract *contract, chi_rung *out)
{
    if (contract->row == CHI_NONE)
        return false;
    if (contract->schema == CHI_KIND_ACTUS && contract->kind == CHI_CONTRACT_LOAN)
        return read_withdrawal(reader, rung, firm, contract, out);
    if (contract->schema != CHI_KIND_DELAYED_DRAW_LOAN && contract->schema != CHI_KIND_REVOLVER) {
        chi_diag(reader->diags, 312, rung->span, "a delayed-draw loan, a revolver or a market",
            "`%s` cannot be drawn: it is %s", rung->text, chi_kind_at(contract->schema)->title);
        return false;
    }
    uint32_t borrower = reader->build.loan.at[contract->row].borrower;
    if (borrower == CHI_NONE)
        return false;
    if (borrower != firm) {
        chi_diag(reader->diags, 313, rung->span, NULL,
            "`%s` is in the ladder of `%s`, but `%s` borrows it", rung->text, name_of(reader, firm),
            name_of(reader, borrower));
        return false;
    }
    *out = (chi_rung){CHI_RUNG_DRAW, contract->row};
    return true;
}

static void report_rung(chi_reader *reader, const chi_node *rung)
{
    const chi_names *a = &reader->contracts, *b = &reader->markets;
    size_t count = 0;
    const char **list =
        chi_arena_alloc(reader->arena, (a->list.count + b->list.count + 1) * sizeof *list);
    for (size_t i = 0; i < a->list.count; i++)
        list[count++] = a->list.at[i].text;
    for (size_t i = 0; i < b->list.count; i++)
        list[count++] = b->list.at[i].text;
    list[count++] = "defer-capex";
    const char *near = chi_nearest_name(rung->text, list, count);
    chi_diag(reader->diags, 304, rung->span,
        near ? chi_arena_format(reader->arena, "did you mean `%s`?", near) : NULL,
        "there is no facility or market `%s`", rung->text);
}

static bool read_rung(chi_reader *reader, const chi_node *rung, uint32_t firm, chi_rung *out)
{
    const chi_name *contract = chi_names_find(&reader->contracts, rung->text);
    const chi_name *market = chi_names_find(&reader->markets, rung->text);
    if (strcmp(rung->text, "defer-capex") == 0) {
        *out = (chi_rung){CHI_RUNG_DEFER, CHI_NONE};
        return true;
    }
    if (contract)
        return read_draw(reader, rung, firm, &reader->contract.at[contract->row], out);
    if (market) {
        if (!reader->market_map[market->row].node)
            return false;
        *out = (chi_rung){CHI_RUNG_ISSUE, add_notes(reader, market->row, firm)};
        return out->loan != CHI_NONE;
    }
    report_rung(reader, rung);
    return false;
}

static void read_ladder(chi_reader *reader, const chi_map *funding, uint32_t firm)
{
    const chi_node *list = chi_map_node(funding, "ladder");
    uint32_t first = (uint32_t)reader->build.rung.count;
    if (list && list->kind != CHI_SEQUENCE) {
        chi_shape_error(reader, list, "a list");
        list = NULL;
    }
    if (list && list->size > RUNGS_MAX) {
        chi_diag(
            reader->diags, 231, list->span, NULL, "a ladder has at most %d steps", (int)RUNGS_MAX);
        list = NULL;
    }
    for (const chi_node *rung = list ? list->first : NULL; rung; rung = rung->next) {
        chi_rung row;
        if (rung->kind != CHI_SCALAR)
            chi_shape_error(reader, rung, "a name");
        else if (!is_repeated(reader, list, rung) && read_rung(reader, rung, firm, &row))
            *CHI_PUSH(reader->arena, &reader->build.rung) = row;
    }
    reader->build.firm.at[firm].rungs =
        (chi_slice){first, (uint32_t)reader->build.rung.count - first};
}

/* What is left of a facility is of no use to a firm that has no step for it. */
static void check_use(chi_reader *reader)
{
    const chi_builder *build = &reader->build;
    if (ch_diags_errors(reader->diags) > 0)
        return; /* a ladder that could not be read would make this a false alarm */
    uint8_t *used = chi_arena_alloc(reader->arena, build->loan.count + 1);
    for (size_t i = 0; i < build->rung.count; i++)
        if (build->rung.at[i].loan != CHI_NONE)
            used[build->rung.at[i].loan] = 1;
    for (size_t i = 0; i < reader->contract.count; i++) {
        const chi_contract *contract = &reader->contract.at[i];
        if (contract->kind != CHI_CONTRACT_LOAN || contract->row == CHI_NONE ||
            contract->schema == CHI_KIND_LOAN || contract->schema == CHI_KIND_ACTUS ||
            used[contract->row])
            continue;
        const chi_loan *loan = &build->loan.at[contract->row];
        double left = loan->commitment - loan->notional - loan->other_use;
        if (loan->draw_end_month > 0 && left > 1e-9 * loan->commitment)
            chi_diag(reader->diags, 420, chi_map_span(&contract->map), NULL,
                "%.10g of `%s` can be drawn, but no ladder names it", left,
                contract->map.node->key);
    }
}

void chi_funding_read(chi_reader *reader)
{
    for (size_t i = 0; i < reader->firms.list.count; i++) {
        uint32_t row = reader->firms.list.at[i].row;
        const chi_map *map = &reader->firm_map[row];
        if (map->kind != chi_kind_at(CHI_KIND_FIRM_SIMULATED))
            continue;
        chi_map funding = chi_map_under(reader, map, "funding", CHI_KIND_FUNDING);
        chi_scope scope = {.kind = CHI_SCOPE_ITEMS, .firm = row};
        chi_amount target = chi_get_amount(reader, &funding, "target", &scope);
        reader->build.firm.at[row].target = target;
        reader->build.firm.at[row].repays_revolvers =
            chi_get_yes(reader, &funding, "repay_revolvers");
        read_ladder(reader, &funding, row);
    }
    check_use(reader);
}

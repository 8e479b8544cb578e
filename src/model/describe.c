/* A model put into words: head, drivers, firms, contracts, sheets. */
#include "model/describe.h"
#include "model/deals.h"

#include <math.h>
#include <string.h>

const char *chi_describe_name(const chi_describer *d, uint32_t text)
{
    return chi_model_text(d->model, text);
}

void chi_describe_head(chi_describer *d, const char *head)
{
    chi_write_format(d->writer, "\n%s\n", head);
}

static const char *number(const chi_describer *d, double value)
{
    return chi_number_text(d->arena, value, 3);
}

static const char *percent(const chi_describer *d, double value)
{
    return chi_percent_text(d->arena, value);
}

static const char *date(const chi_describer *d, chi_day day)
{
    char *text = chi_arena_alloc(d->arena, 11);
    chi_day_format(day, text);
    return text;
}

/* What is known of an amount before a run: "290 to 310", "870 x ..." before an expression. */
static const char *amount(const chi_describer *d, const chi_amount *a)
{
    const ch_model *model = d->model;
    const char *text;
    if (a->table != CHI_NONE) {
        double low = model->values[a->table], high = low;
        for (uint32_t m = 0; m < model->months; m++) {
            low = fmin(low, model->values[a->table + m]);
            high = fmax(high, model->values[a->table + m]);
        }
        text = low == high
                   ? number(d, low)
                   : chi_arena_format(d->arena, "%s to %s", number(d, low), number(d, high));
    } else {
        text = number(d, a->constant);
    }
    if (a->expr == CHI_NONE)
        return text;
    return strcmp(text, "1") == 0 ? "varies" : chi_arena_format(d->arena, "%s x ...", text);
}

const char *chi_describe_written(const chi_describer *d, const char *path)
{
    const chi_name *found = chi_names_find(&d->numbers, path);
    return found ? chi_describe_name(d, d->model->evidence[found->row].text) : NULL;
}

static void index_numbers(chi_describer *d)
{
    for (uint32_t i = 0; i < d->model->evidence_count; i++) {
        const char *path = chi_describe_name(d, d->model->evidence[i].path);
        if (!chi_names_find(&d->numbers, path))
            chi_names_add(d->arena, &d->numbers, path, i, (ch_span){0});
    }
}

/* --- head and drivers ------------------------------------------------------------------------ */

static void describe_model(chi_describer *d)
{
    const ch_model *model = d->model;
    const char *title = chi_describe_name(d, model->title);
    chi_write_plain(d->writer, title, strlen(title));
    chi_write_format(d->writer, "\n%s, %s to %s, %u months, in %s\n",
        model->scenario ? chi_describe_name(d, model->scenario) : "base", date(d, model->start),
        date(d, chi_month_date(model->start, model->months - 1)), model->months,
        chi_describe_name(d, model->unit));
}

/* A number of a driver as the file writes it. */
static const char *as_written(
    const chi_describer *d, const chi_driver *driver, const char *key, double value)
{
    const char *path =
        chi_arena_format(d->arena, "drivers.%s.%s", chi_describe_name(d, driver->name), key);
    const char *text = chi_describe_written(d, path);
    return text ? text : number(d, value);
}

static const char *movement(const chi_describer *d, const chi_driver *driver)
{
    const char *volatility = as_written(d, driver, "volatility", driver->volatility);
    if (driver->process == CHI_VASICEK)
        return chi_arena_format(d->arena, "mean %s, speed %s, volatility %s",
            as_written(d, driver, "mean", driver->mean),
            as_written(d, driver, "speed", driver->speed), volatility);
    if (driver->process == CHI_GBM)
        return chi_arena_format(d->arena, "drift %s, volatility %s",
            as_written(d, driver, "drift", driver->drift), volatility);
    if (driver->process == CHI_CHAIN)
        return chi_arena_format(d->arena, "shuts %s, opens %s times a year",
            as_written(d, driver, "shut_rate", driver->shut_rate.constant),
            as_written(d, driver, "open_rate", driver->open_rate.constant));
    return driver->path.table == CHI_NONE ? "" : amount(d, &driver->path);
}

static void add_driver(chi_describer *d, chi_grid *grid, const chi_driver *driver)
{
    static const char *const processes[] = {"path", "vasicek", "gbm", "chain"};
    bool constant = driver->process == CHI_PATH && driver->path.table == CHI_NONE;
    const char *start = driver->process == CHI_CHAIN
                            ? (driver->start > 0.5 ? "open" : "shut")
                            : as_written(d, driver, constant ? "value" : "start", driver->start);
    const char *moves = movement(d, driver);
    if (driver->jump_rate > 0.0)
        moves = chi_arena_format(d->arena, "%s, %s jumps a year of %s", moves,
            as_written(d, driver, "jumps.rate", driver->jump_rate),
            as_written(d, driver, "jumps.mean", driver->jump_mean));
    CHI_GRID_ROW(grid, chi_describe_name(d, driver->name),
        constant ? "constant" : processes[driver->process], start, moves);
}

static void describe_drivers(chi_describer *d)
{
    if (d->model->driver_count == 0)
        return;
    chi_describe_head(d, "Drivers");
    chi_grid grid = chi_grid_make(d->arena, "llrL");
    for (uint32_t i = 0; i < d->model->driver_count; i++)
        add_driver(d, &grid, &d->model->driver[i]);
    chi_grid_write(&grid, d->writer);
}

/* --- firms ------------------------------------------------------------------------------------ */

static const char *own_default(const chi_describer *d, const chi_firm *firm)
{
    if (firm->kind == CHI_SIMULATED)
        return "by its cash";
    if (firm->intensity.table == CHI_NONE && firm->intensity.expr == CHI_NONE)
        return firm->intensity.constant > 0.0
                   ? chi_arena_format(d->arena, "%s a year", percent(d, firm->intensity.constant))
                   : "by losses only";
    return "varies";
}

static void describe_firms(chi_describer *d)
{
    chi_describe_head(d, "Firms");
    chi_grid grid = chi_grid_make(d->arena, "lLlrrl");
    CHI_GRID_ROW(&grid, "", "", "", "cash", "equity", "fails");
    for (uint32_t i = 1; i < d->model->firm_count; i++) {
        const chi_firm *firm = &d->model->firm[i];
        bool simulated = firm->kind == CHI_SIMULATED;
        CHI_GRID_ROW(&grid, chi_describe_name(d, firm->name), chi_describe_name(d, firm->title),
            simulated ? "simulated" : "reduced-form", simulated ? number(d, firm->cash) : "",
            number(d, firm->equity), own_default(d, firm));
    }
    chi_grid_write(&grid, d->writer);
}

static double principal_of(const chi_describer *d, uint32_t firm)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < d->model->loan_count; i++)
        if (d->model->loan[i].borrower == firm &&
            d->model->loan[i].initial_exchange <= d->model->start)
            sum += d->model->loan[i].notional;
    return sum;
}

static void describe_sheets(chi_describer *d)
{
    chi_describe_head(d, "Opening sheets");
    chi_grid grid = chi_grid_make(d->arena, "lrrrrr");
    CHI_GRID_ROW(&grid, "", "assets", "liabilities", "equity", "off by", "principal of loans");
    for (uint32_t i = 1; i < d->model->firm_count; i++) {
        const chi_firm *firm = &d->model->firm[i];
        if (firm->kind != CHI_SIMULATED)
            continue;
        double off = firm->asset_total - firm->liability_total - firm->equity;
        if (fabs(off) < 1e-9 * fabs(firm->asset_total))
            off = 0.0; /* the dust of adding up decimal numbers */
        CHI_GRID_ROW(&grid, chi_describe_name(d, firm->name), number(d, firm->asset_total),
            number(d, firm->liability_total), number(d, firm->equity), number(d, off),
            number(d, principal_of(d, i)));
    }
    chi_grid_write(&grid, d->writer);
}

/* --- contracts ----------------------------------------------------------------------------------
 */

static const char *lenders(const chi_describer *d, const chi_loan *loan)
{
    const char *text = "";
    for (uint32_t i = loan->lenders.first; i < loan->lenders.first + loan->lenders.count; i++) {
        const chi_share *share = &d->model->share[i];
        const char *name = chi_describe_name(d, d->model->firm[share->firm].name);
        const char *gap = *text ? ", " : "";
        text = share->fraction == 1.0 ? name
                                      : chi_arena_format(d->arena, "%s%s%s %s", text, gap, name,
                                            percent(d, share->fraction));
    }
    return text;
}

/* What the notes of a market will pay: its base and its spread as the file writes it. */
static const char *issue_rate(const chi_describer *d, const chi_loan *loan)
{
    const chi_market *market = &d->model->market[loan->market];
    const char *path =
        chi_arena_format(d->arena, "markets.%s.spread", chi_describe_name(d, market->name));
    const char *spread = chi_describe_written(d, path);
    if (market->spread.table != CHI_NONE)
        spread = "by date";
    else if (!spread || market->spread.constant != 1.0)
        spread = chi_arena_format(d->arena, "%s%s", percent(d, market->spread.constant),
            market->spread.expr == CHI_NONE ? "" : ", varies");
    if (market->base == CHI_NONE)
        return spread;
    return chi_arena_format(
        d->arena, "%s + %s", chi_describe_name(d, d->model->driver[market->base].name), spread);
}

static const char *rate_text(const chi_describer *d, const chi_loan *loan)
{
    if (loan->kind == CHI_LOAN_ISSUED)
        return issue_rate(d, loan);
    if (loan->index == CHI_NONE)
        return percent(d, loan->spread);
    const char *index = chi_describe_name(d, d->model->driver[loan->index].name);
    if (loan->multiplier != 1.0)
        index = chi_arena_format(d->arena, "%s %s", number(d, loan->multiplier), index);
    return chi_arena_format(d->arena, "%s + %s", index, percent(d, loan->spread));
}

static void add_loans(chi_describer *d, chi_grid *grid, uint32_t borrower)
{
    static const char *const kinds[] = {"loan", "LAM loan", "draws", "revolver", "notes", ""};
    for (uint32_t i = 0; i < d->model->loan_count; i++) {
        const chi_loan *loan = &d->model->loan[i];
        if (loan->borrower != borrower)
            continue;
        bool facility = loan->kind == CHI_LOAN_DRAWN || loan->kind == CHI_LOAN_REVOLVER;
        bool standard = loan->kind == CHI_LOAN_ACTUS;
        CHI_GRID_ROW(grid, chi_describe_name(d, loan->name),
            standard ? chi_deal_words_of(d->model->deal[loan->deal].type)->type : kinds[loan->kind],
            number(d, loan->notional), facility ? number(d, loan->commitment) : "",
            standard ? chi_describe_debt_rate(d, loan) : rate_text(d, loan),
            loan->kind == CHI_LOAN_ISSUED ? "when issued"
            : standard && loan->maturity > chi_month_date(d->model->start, d->model->months - 1) &&
                    d->model->deal[loan->deal].type >= CHI_DEAL_CLM
                ? "open"
                : date(d, loan->maturity),
            lenders(d, loan));
    }
}

static void describe_loans(chi_describer *d)
{
    for (uint32_t f = 1; f < d->model->firm_count; f++) {
        chi_grid grid = chi_grid_make(d->arena, "llrrllL");
        CHI_GRID_ROW(&grid, "", "", "drawn", "limit", "rate", "matures", "lenders");
        add_loans(d, &grid, f);
        if (grid.cells.count == 7)
            continue;
        chi_write_format(d->writer, "\nDebt of %s\n", chi_describe_name(d, d->model->firm[f].name));
        chi_grid_write(&grid, d->writer);
    }
}

static void describe_customers(chi_describer *d)
{
    if (d->model->customer_count == 0)
        return;
    chi_describe_head(d, "Take-or-pay");
    chi_grid grid = chi_grid_make(d->arena, "llllrl");
    CHI_GRID_ROW(&grid, "", "seller", "buyer", "a month", "advance", "months");
    for (uint32_t i = 0; i < d->model->customer_count; i++) {
        const chi_customer *c = &d->model->customer[i];
        CHI_GRID_ROW(&grid, chi_describe_name(d, c->name),
            chi_describe_name(d, d->model->firm[c->seller].name),
            chi_describe_name(d, d->model->firm[c->buyer].name), amount(d, &c->amount),
            c->advance_open > 0.0 ? number(d, c->advance_open) : "",
            chi_arena_format(d->arena, "%u to %u", c->first_month + 1, c->end_month));
    }
    chi_grid_write(&grid, d->writer);
}

static const char *const line_kinds[] = {
    "revenue", "cost", "tax", "capex", "capex, uncommitted", "working capital", "depreciation"};

/* An expression as the file writes it; else what is known of the amount. */
static const char *line_amount(const chi_describer *d, const chi_line *line)
{
    static const char *const sections[] = {
        "revenue", "cost", "tax", "committed", "uncommitted", "working_capital", "depreciation"};
    bool capex = line->kind == CHI_LINE_CAPEX || line->kind == CHI_LINE_CAPEX_UNCOMMITTED;
    const char *path = chi_arena_format(d->arena, "firms.%s.operations.%s%s.%s",
        chi_describe_name(d, d->model->firm[line->firm].name), capex ? "capex." : "",
        sections[line->kind], chi_describe_name(d, line->name));
    const char *text = chi_describe_written(d, path);
    bool whole = line->amount.expr != CHI_NONE && line->amount.table == CHI_NONE &&
                 line->amount.constant == 1.0;
    return whole && text ? text : amount(d, &line->amount);
}

static void add_line(chi_describer *d, chi_grid *grid, const chi_line *line)
{
    bool book = line->kind == CHI_LINE_DEPRECIATION;
    bool in = line->kind == CHI_LINE_REVENUE || line->kind == CHI_LINE_WORKING_CAPITAL;
    CHI_GRID_ROW(grid, chi_describe_name(d, d->model->firm[line->firm].name),
        line_kinds[line->kind], chi_describe_name(d, line->name), line_amount(d, line),
        book ? ""
        : in ? "from"
             : "to",
        book ? "" : chi_describe_name(d, d->model->firm[line->counterparty].name));
}

/* By firm and kind, not in the order in which they are computed. */
static void describe_lines(chi_describer *d)
{
    if (d->model->line_count == 0)
        return;
    chi_describe_head(d, "Operations a month");
    chi_grid grid = chi_grid_make(d->arena, "lllLll");
    for (uint32_t f = 1; f < d->model->firm_count; f++) {
        chi_slice lines = d->model->firm[f].lines;
        for (uint32_t kind = 0; kind < sizeof line_kinds / sizeof *line_kinds; kind++)
            for (uint32_t i = lines.first; i < lines.first + lines.count; i++)
                if (d->model->line[i].kind == kind)
                    add_line(d, &grid, &d->model->line[i]);
    }
    chi_grid_write(&grid, d->writer);
}

static void describe_covenants(chi_describer *d)
{
    if (d->model->covenant_count == 0)
        return;
    chi_describe_head(d, "Covenants");
    chi_grid grid = chi_grid_make(d->arena, "lllll");
    for (uint32_t i = 0; i < d->model->covenant_count; i++) {
        const chi_covenant *c = &d->model->covenant[i];
        const char *level = c->threshold_low == c->threshold_high
                                ? ""
                                : chi_arena_format(d->arena, "level between %s and %s",
                                      number(d, c->threshold_low), number(d, c->threshold_high));
        CHI_GRID_ROW(&grid, chi_describe_name(d, d->model->firm[c->firm].name),
            chi_describe_name(d, c->name),
            c->loan == CHI_NONE ? "all loans" : chi_describe_name(d, d->model->loan[c->loan].name),
            chi_arena_format(d->arena, "every %u mo., %s", c->every_months,
                c->defaults ? c->stops_draws ? "draw stop, default" : "default" : "draw stop"),
            level);
    }
    chi_grid_write(&grid, d->writer);
}

void chi_model_describe(const ch_model *model, chi_arena *arena, chi_writer *writer)
{
    chi_describer d = {.model = model, .arena = arena, .writer = writer};
    index_numbers(&d);
    describe_model(&d);
    describe_drivers(&d);
    describe_firms(&d);
    describe_loans(&d);
    chi_describe_deals(&d);
    describe_customers(&d);
    describe_lines(&d);
    describe_covenants(&d);
    chi_describe_contagion(&d);
    chi_describe_claims(&d);
    describe_sheets(&d);
    chi_describe_ladder(&d);
    chi_describe_interest(&d);
    chi_describe_evidence(&d);
}

/* Contracts by the ACTUS standard on one path, where somebody pays late or fails: arrears, claims,
 * collateral taken, guarantees called, positions closed out, assets sold. */
#include "engine/path.h"

#include "clear/clear.lane.h"
#include "contract/deal.lane.h"

static const chi_deal_row *row_of(const chi_path *path, uint32_t deal)
{
    return &path->plan->deals.row[deal];
}

static const chi_deal *deal_of(const chi_path *path, uint32_t deal)
{
    return &path->plan->model->deal[deal];
}

static bool is_open(const chi_path *path, uint32_t deal)
{
    size_t months = path->plan->months + 1;
    return path->plan->deals.open[deal * months + path->months_closed] != 0;
}

static chi_actus_state leg_state(const chi_path *path, uint32_t leg)
{
    return (chi_actus_state){CHI_P(path, leg_nt, leg), CHI_P(path, leg_ipnr, leg),
        CHI_P(path, leg_ipac, leg), CHI_P(path, leg_feac, leg), CHI_P(path, leg_nsc, leg),
        CHI_P(path, leg_isc, leg), CHI_P(path, leg_ipcb, leg), CHI_P(path, leg_prnxt, leg),
        CHI_P(path, leg_second, leg)};
}

static double tail_years(const chi_path *path, uint32_t leg)
{
    if (path->months_closed == 0)
        return 0.0;
    size_t row = (size_t)leg * path->plan->months;
    return path->plan->deals.tail_years[row + path->months_closed - 1];
}

/* Nothing is owed on the leg any more; later events of it pay nothing. */
static void end_leg(chi_path *path, uint32_t leg)
{
    CHI_P(path, leg_nt, leg) = CHI_P(path, leg_ipac, leg) = CHI_P(path, leg_feac, leg) = 0.0;
    CHI_P(path, leg_ipcb, leg) = CHI_P(path, leg_prnxt, leg) = CHI_P(path, leg_second, leg) = 0.0;
}

/* --- debts ---------------------------------------------------------------------------------- */

double chi_path_debt_claim(const chi_path *path, uint32_t loan)
{
    uint32_t deal = path->plan->model->loan[loan].deal;
    const chi_deal_row *row = row_of(path, deal);
    uint32_t leg = row->first_leg;
    return lane_debt_claim(leg_state(path, leg), tail_years(path, leg),
        path->plan->deals.leg[leg]->constants.fee_rate, row->role, CHI_P(path, loan_arrears, loan));
}

void chi_path_debt_end(chi_path *path, uint32_t loan)
{
    end_leg(path, row_of(path, path->plan->model->loan[loan].deal)->first_leg);
}

/* --- arrears -------------------------------------------------------------------------------- */

void chi_path_add_deal_arrears(chi_path *path)
{
    for (uint32_t d = 0; d < path->plan->counts.deals; d++) {
        if (deal_of(path, d)->loan != CHI_NONE)
            continue;
        double in = CHI_P(path, deal_arrears_in, d), out = CHI_P(path, deal_arrears_out, d);
        CHI_P(path, deal_in, d) += in;
        CHI_P(path, deal_out, d) += out;
        CHI_P(path, pair, row_of(path, d)->pair_in) += in;
        CHI_P(path, pair, row_of(path, d)->pair_out) += out;
    }
}

bool chi_path_book_deal_arrears(chi_path *path)
{
    bool late = false;
    for (uint32_t d = 0; d < path->plan->counts.deals; d++) {
        const chi_deal *deal = deal_of(path, d);
        size_t in = (size_t)deal->counterparty * CHI_CLASSES + deal->class;
        size_t out = (size_t)deal->creator * CHI_CLASSES + deal->class;
        if (deal->loan != CHI_NONE)
            continue;
        CHI_P(path, deal_arrears_in, d) = CHI_P(path, deal_in, d) * (1.0 - CHI_P(path, paid, in));
        CHI_P(path, deal_arrears_out, d) =
            CHI_P(path, deal_out, d) * (1.0 - CHI_P(path, paid, out));
        late = late || CHI_P(path, deal_arrears_in, d) != 0.0 ||
               CHI_P(path, deal_arrears_out, d) != 0.0;
    }
    return late;
}

double chi_path_deal_arrears(const chi_path *path, uint32_t firm)
{
    double owed = 0.0;
    for (uint32_t d = 0; d < path->plan->counts.deals; d++) {
        if (deal_of(path, d)->counterparty == firm)
            owed += CHI_P(path, deal_arrears_in, d);
        if (deal_of(path, d)->creator == firm)
            owed += CHI_P(path, deal_arrears_out, d);
    }
    return owed;
}

uint32_t chi_path_late_deal(const chi_path *path, uint32_t firm)
{
    for (uint32_t d = 0; d < path->plan->counts.deals; d++)
        if ((deal_of(path, d)->counterparty == firm && CHI_P(path, deal_arrears_in, d) > 0.0) ||
            (deal_of(path, d)->creator == firm && CHI_P(path, deal_arrears_out, d) > 0.0))
            return d;
    return CHI_NONE;
}

/* --- assets --------------------------------------------------------------------------------- */

static bool is_asset(const chi_deal *deal)
{
    return deal->type == CHI_DEAL_CSH || deal->type == CHI_DEAL_COM || deal->type == CHI_DEAL_STK;
}

/* What is still held, at the prices of this month: stated, or quantity times the driver. */
static double asset_value(const chi_path *path, uint32_t d)
{
    const chi_deal *deal = deal_of(path, d);
    const chi_actus_terms *t = row_of(path, d)->terms->terms;
    if (!is_asset(deal) || !is_open(path, d))
        return 0.0;
    if (deal->type == CHI_DEAL_CSH)
        return CHI_P(path, deal_live, d) * t->nt;
    double quantity = chi_given(t->qt) ? t->qt : 1.0;
    double price = deal->driver != CHI_NONE ? CHI_P(path, driver, deal->driver)
                   : chi_given(t->mvo)      ? t->mvo
                                            : 0.0;
    return CHI_P(path, deal_live, d) * lane_max(quantity * price, 0.0);
}

void chi_path_sell_assets(chi_path *path, uint32_t firm)
{
    for (uint32_t d = 0; d < path->plan->counts.deals; d++) {
        uint32_t other = row_of(path, d)->other;
        if (row_of(path, d)->owner != firm || !is_asset(deal_of(path, d)))
            continue;
        double value = asset_value(path, d);
        bool repaid = deal_of(path, d)->type == CHI_DEAL_CSH;
        CHI_P(path, deal_live, d) = 0.0;
        if (!(value > 0.0) || (repaid && CHI_P(path, alive, other) == 0.0))
            continue;
        if (repaid && path->plan->sim_of_firm[other] != CHI_NONE) {
            /* A custodian that must find the money pays next month. */
            double *owed = row_of(path, d)->role > 0.0 ? &CHI_P(path, deal_owed_in, d)
                                                       : &CHI_P(path, deal_owed_out, d);
            *owed += value;
            continue;
        }
        uint32_t buyer = repaid ? other : 0;
        chi_path_move_cash(path, buyer, firm, value);
        chi_ledger_add(path->ledger, CHI_ENTRY_SALE, CHI_OF_DEAL, d, buyer, firm, value);
    }
}

/* --- collateral ----------------------------------------------------------------------------- */

double chi_path_taken(const chi_path *path, uint32_t share)
{
    return path->plan->counts.taken ? CHI_P(path, taken, share) : 0.0;
}

/* Sells the part `used` of the assets behind a deal that holds collateral. */
static void use_up(chi_path *path, uint32_t d, double used, double value)
{
    chi_slice rows = deal_of(path, d)->collateral;
    for (uint32_t k = rows.first; k < rows.first + rows.count; k++)
        CHI_P(path, deal_live, path->plan->model->cover[k].row) *= 1.0 - used / value;
}

static double collateral_value(const chi_path *path, uint32_t d)
{
    chi_slice rows = deal_of(path, d)->collateral;
    double value = 0.0;
    for (uint32_t k = rows.first; k < rows.first + rows.count; k++)
        value += asset_value(path, path->plan->model->cover[k].row);
    return value;
}

/* Exposure of one lender: its claim, or its part of the principal (NO). */
static double exposure(const chi_path *path, uint32_t d, uint32_t loan, uint32_t s, double claim)
{
    if (row_of(path, d)->terms->terms->cege != CHI_WORD_NO)
        return claim;
    return path->plan->model->share[s].fraction * CHI_P(path, notional, loan);
}

/* The lender takes what the assets bring, up to its claim and the coverage. */
static void take_share(chi_path *path, uint32_t d, uint32_t loan, uint32_t s, double claim)
{
    const chi_deal_row *row = row_of(path, d);
    double rest = path->plan->model->share[s].fraction * claim - CHI_P(path, taken, s);
    double value = collateral_value(path, d);
    double most = lane_min(
        row->terms->coverage * exposure(path, d, loan, s, rest), CHI_P(path, deal_left, d));
    double used = lane_min(lane_min(value, most), rest);
    uint32_t borrower = path->plan->model->loan[loan].borrower;
    if (!(used > 0.0))
        return;
    use_up(path, d, used, value);
    CHI_P(path, taken, s) += used;
    CHI_P(path, deal_left, d) -= used;
    chi_path_move_cash(path, 0, row->owner, used);
    chi_ledger_add(path->ledger, CHI_ENTRY_COLLATERAL, CHI_OF_DEAL, d, 0, row->owner, used);
    if (row->other != borrower)
        chi_path_lose(path, CHI_OF_DEAL, d, borrower, row->other, used);
}

void chi_path_take_collateral(chi_path *path, uint32_t firm)
{
    const ch_model *model = path->plan->model;
    for (uint32_t d = 0; d < path->plan->counts.deals; d++) {
        chi_slice covers = deal_of(path, d)->covers;
        if (deal_of(path, d)->type != CHI_DEAL_CEC || CHI_P(path, deal_live, d) == 0.0)
            continue;
        for (uint32_t k = covers.first; k < covers.first + covers.count; k++) {
            uint32_t loan = model->cover[k].row;
            chi_slice lenders = model->loan[loan].lenders;
            if (model->loan[loan].borrower != firm)
                continue;
            double claim = chi_path_claim(path, loan);
            for (uint32_t s = lenders.first; s < lenders.first + lenders.count; s++)
                if (model->share[s].firm == row_of(path, d)->owner)
                    take_share(path, d, loan, s, claim);
        }
    }
}

/* --- guarantees ----------------------------------------------------------------------------- */

static bool covers(const chi_path *path, uint32_t d, uint32_t loan)
{
    chi_slice rows = deal_of(path, d)->covers;
    for (uint32_t k = rows.first; k < rows.first + rows.count; k++)
        if (path->plan->model->cover[k].row == loan)
            return true;
    return false;
}

double chi_path_call_guarantees(
    chi_path *path, uint32_t loan, uint32_t s, double claim, double fraction)
{
    double lost = claim - claim * fraction, called = 0.0;
    uint32_t borrower = path->plan->model->loan[loan].borrower;
    for (uint32_t d = 0; d < path->plan->counts.deals; d++) {
        const chi_deal_row *row = row_of(path, d);
        if (deal_of(path, d)->type != CHI_DEAL_CEG || CHI_P(path, deal_live, d) == 0.0 ||
            row->owner != path->plan->model->share[s].firm || row->other == borrower ||
            CHI_P(path, alive, row->other) == 0.0 || !covers(path, d, loan))
            continue;
        double most = lane_min(
            row->terms->coverage * exposure(path, d, loan, s, claim), CHI_P(path, deal_left, d));
        double pays = lane_min(lost - called, most);
        if (!(pays > 0.0))
            continue;
        called += pays;
        CHI_P(path, deal_left, d) -= pays;
        if (row->role > 0.0)
            CHI_P(path, deal_owed_in, d) += pays;
        else
            CHI_P(path, deal_owed_out, d) += pays;
        chi_ledger_add(
            path->ledger, CHI_ENTRY_CALLED, CHI_OF_DEAL, d, row->other, row->owner, pays);
        chi_path_lose(path, CHI_OF_DEAL, d, borrower, row->other, pays);
    }
    return called;
}

/* --- closing out ---------------------------------------------------------------------------- */

static double trade_value(const chi_path *path, uint32_t d)
{
    const chi_deal_row *row = row_of(path, d);
    const chi_actus_constants *c = &row->terms->leg[0].constants;
    double second = CHI_P(path, leg_second, row->first_leg);
    if (deal_of(path, d)->driver == CHI_NONE || second != 0.0)
        return row->role * second;
    double seen = CHI_P(path, driver, deal_of(path, d)->driver);
    if (deal_of(path, d)->type == CHI_DEAL_FXOUT)
        return c->notional - seen * c->notional2;
    return row->role * lane_actus_exercise(seen, c);
}

/* What the deal is worth to its creator when it ends now. */
static double close_value(const chi_path *path, uint32_t d)
{
    const chi_deal_row *row = row_of(path, d);
    uint32_t leg = row->first_leg;
    switch (deal_of(path, d)->type) {
    case CHI_DEAL_SWPPV:
        return lane_swap_value(
            leg_state(path, leg), &row->terms->leg[0].constants, tail_years(path, leg));
    case CHI_DEAL_SWAPS:
        return lane_leg_value(leg_state(path, leg), tail_years(path, leg)) +
               lane_leg_value(leg_state(path, leg + 1), tail_years(path, leg + 1));
    case CHI_DEAL_CAPFL: {
        double change = lane_leg_value(leg_state(path, leg), tail_years(path, leg)) -
                        lane_leg_value(leg_state(path, leg + 1), tail_years(path, leg + 1));
        return row->role * lane_max(change, -change);
    }
    default:
        return trade_value(path, d);
    }
}

/* Assets at their prices, other positions at what they would be closed out at, and what is due. */
void chi_path_deal_books(const chi_path *path, double *book)
{
    for (uint32_t d = 0; d < path->plan->counts.deals; d++) {
        const chi_deal *deal = deal_of(path, d);
        bool covers = deal->type == CHI_DEAL_CEG || deal->type == CHI_DEAL_CEC;
        double value = CHI_P(path, deal_arrears_in, d) + CHI_P(path, deal_owed_in, d) -
                       CHI_P(path, deal_arrears_out, d) - CHI_P(path, deal_owed_out, d);
        if (is_asset(deal))
            book[row_of(path, d)->owner] += asset_value(path, d);
        else if (deal->loan == CHI_NONE && !covers && is_open(path, d))
            value += CHI_P(path, deal_live, d) * deal->scale * close_value(path, d);
        book[deal->creator] += value;
        book[deal->counterparty] -= value;
    }
}

/* Ends a position of which a party fails: what it owes becomes a claim on it, what it is owed falls
 * due next month. */
static void close_position(chi_path *path, uint32_t d)
{
    const chi_deal *deal = deal_of(path, d);
    double value = is_open(path, d) ? deal->scale * close_value(path, d) : 0.0;
    double in = lane_max(value, 0.0), out = lane_max(-value, 0.0);
    CHI_P(path, deal_owed_in, d) += in;
    CHI_P(path, deal_owed_out, d) += out;
    CHI_P(path, deal_live, d) = 0.0;
    for (uint32_t k = 0; k < row_of(path, d)->terms->legs; k++)
        end_leg(path, row_of(path, d)->first_leg + k);
    chi_ledger_add(path->ledger, CHI_ENTRY_CLOSED, CHI_OF_DEAL, d,
        in > 0.0 ? deal->counterparty : deal->creator,
        in > 0.0 ? deal->creator : deal->counterparty, in + out);
}

/* Shares of a failed issuer are worth nothing; cash with a failed custodian is a claim. */
static void end_asset(chi_path *path, uint32_t d, uint32_t firm)
{
    const chi_deal_row *row = row_of(path, d);
    double value = asset_value(path, d);
    if (row->other != firm || deal_of(path, d)->type == CHI_DEAL_COM)
        return;
    CHI_P(path, deal_live, d) = 0.0;
    if (deal_of(path, d)->type == CHI_DEAL_STK && value > 0.0)
        chi_path_lose(path, CHI_OF_DEAL, d, firm, row->owner, value);
    if (deal_of(path, d)->type != CHI_DEAL_CSH)
        return;
    if (row->role > 0.0)
        CHI_P(path, deal_owed_in, d) += value;
    else
        CHI_P(path, deal_owed_out, d) += value;
}

void chi_path_close_deals(chi_path *path, uint32_t firm)
{
    for (uint32_t d = 0; d < path->plan->counts.deals; d++) {
        const chi_deal *deal = deal_of(path, d);
        if (deal->loan != CHI_NONE || (deal->creator != firm && deal->counterparty != firm) ||
            CHI_P(path, deal_live, d) == 0.0)
            continue;
        if (is_asset(deal))
            end_asset(path, d, firm);
        else if (deal->type != CHI_DEAL_CEG && deal->type != CHI_DEAL_CEC)
            close_position(path, d);
        else if (deal->type == CHI_DEAL_CEG && row_of(path, d)->other == firm)
            CHI_P(path, deal_live, d) = 0.0;
    }
}

void chi_path_deal_claims(chi_path *path, uint32_t firm, double *claims, const double *fraction)
{
    for (uint32_t d = 0; d < path->plan->counts.deals; d++) {
        const chi_deal *deal = deal_of(path, d);
        if (deal->counterparty == firm) {
            chi_path_due_claim(path, CHI_OF_DEAL, d, firm, deal->creator,
                &CHI_P(path, deal_arrears_in, d), deal->class, claims, fraction);
            chi_path_due_claim(path, CHI_OF_DEAL, d, firm, deal->creator,
                &CHI_P(path, deal_owed_in, d), deal->class, claims, fraction);
        }
        if (deal->creator == firm) {
            chi_path_due_claim(path, CHI_OF_DEAL, d, firm, deal->counterparty,
                &CHI_P(path, deal_arrears_out, d), deal->class, claims, fraction);
            chi_path_due_claim(path, CHI_OF_DEAL, d, firm, deal->counterparty,
                &CHI_P(path, deal_owed_out, d), deal->class, claims, fraction);
        }
    }
}

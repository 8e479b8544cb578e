/* What stakes and claims are worth at a month's end, on one path (docs/method.md, contagion).
 *
 * The book equity of a firm has in it the stakes that it holds in others and, under some rules, the
 * claims on firms that live at less than their face. Both hang on the others' equity, so that all
 * are solved together: first the stakes with all claims at face, which have one solution, then from
 * there downwards with the claims, which leads to the greatest (Elsinger 2009; Barucca et al.
 * 2020).
 */
#include "engine/path.h"

#include "clear/contagion.lane.h"

#define TOLERANCE 1e-11 /* of a firm's equity, from one round to the next */

enum { ROUNDS_MAX = 1000 };

/* Columns of spare memory, one number for each firm. */
typedef struct sheet {
    double *own;   /* equity without what changes in stakes and claims have done to it */
    double *now;   /* equity as it is known */
    double *lives; /* 1 if it is known, see counts() */
    double *lost;  /* share of a claim on the firm that is written off */
    double *claim; /* of each loan */
} sheet;

/* Is the firm's equity known, so that others' can hang on it? */
static bool counts(const chi_path *path, uint32_t firm)
{
    const chi_firm *terms = &path->plan->model->firm[firm];
    return firm != 0 && CHI_P(path, alive, firm) != 0.0 &&
           (terms->kind == CHI_SIMULATED || terms->equity < CHI_EQUITY_MAX);
}

/* --- books -------------------------------------------------------------------------------- */

static void add_loans(const chi_path *path, const sheet *s)
{
    const ch_model *model = path->plan->model;
    double *book = s->own;
    for (uint32_t l = 0; l < model->loan_count; l++) {
        const chi_loan *loan = &model->loan[l];
        double claim = s->claim[l] = chi_path_claim(path, l);
        book[loan->borrower] -= claim;
        for (uint32_t k = loan->lenders.first; k < loan->lenders.first + loan->lenders.count; k++)
            book[model->share[k].firm] += model->share[k].fraction * claim;
    }
}

static void add_trade(const chi_path *path, double *book)
{
    const ch_model *model = path->plan->model;
    for (uint32_t k = 0; k < model->line_count; k++) {
        if (model->line[k].kind == CHI_LINE_DEPRECIATION)
            continue;
        book[chi_line_debtor(&model->line[k])] -= CHI_P(path, line_arrears, k);
        book[chi_line_creditor(&model->line[k])] += CHI_P(path, line_arrears, k);
    }
    for (uint32_t c = 0; c < model->customer_count; c++) {
        double owed = CHI_P(path, customer_arrears, c) - CHI_P(path, advance, c);
        book[model->customer[c].buyer] -= owed;
        book[model->customer[c].seller] += owed;
    }
}

/* Working capital brings money and takes away a receivable: no income. What came in is what the
 * other side paid; what went out fell due, paid or not. */
static void add_swings(chi_path *path)
{
    const ch_model *model = path->plan->model;
    for (uint32_t k = 0; k < model->line_count; k++) {
        const chi_line *line = &model->line[k];
        if (line->kind != CHI_LINE_WORKING_CAPITAL || CHI_P(path, alive, line->firm) == 0.0)
            continue;
        uint32_t other = line->counterparty;
        double amount = CHI_P(path, amount, k);
        /* a simulated firm that fell in this month's step 7 has paid before */
        bool there = CHI_P(path, alive, other) != 0.0 ||
                     (path->plan->sim_of_firm[other] != CHI_NONE &&
                         CHI_P(path, failed, other) == path->month + 1.0);
        double in = there ? lane_max(amount, 0.0) : 0.0;
        double net = in * CHI_P(path, paid, (size_t)other * CHI_CLASSES + line->class) -
                     lane_max(-amount, 0.0);
        CHI_P(path, swing, line->firm) += net;
        CHI_P(path, swing, other) -= net;
    }
}

/* What firms have and are owed less what they owe, as far as the model knows it. */
static void list_books(const chi_path *path, const sheet *s)
{
    for (uint32_t f = 0; f < path->plan->counts.firms; f++)
        s->own[f] = CHI_P(path, cash, f) + CHI_P(path, restricted, f) + CHI_P(path, property, f);
    add_loans(path, s);
    add_trade(path, s->own);
    chi_path_deal_books(path, s->own);
}

static sheet sheet_of(const chi_path *path)
{
    size_t firms = path->plan->counts.firms;
    double *at = path->spare;
    return (sheet){at, at + firms, at + 2 * firms, at + 3 * firms, at + 4 * firms};
}

static void open_books(chi_path *path)
{
    sheet s = sheet_of(path);
    list_books(path, &s);
    for (uint32_t f = 0; f < path->plan->counts.marks; f++) {
        CHI_P(path, book, f) = s.own[f];
        CHI_P(path, equity, f) = counts(path, f) ? path->plan->model->firm[f].equity : 0.0;
    }
}

void chi_path_open(chi_path *path)
{
    const chi_plan *plan = path->plan;
    if (plan->counts.marks > 0)
        open_books(path);
    for (uint32_t h = 0; h < plan->counts.holdings; h++)
        CHI_P(path, stake, h) = plan->model->holding[h].open;
    for (uint32_t f = 0; f < plan->counts.supplied; f++)
        CHI_P(path, output, f) = 1.0;
    for (uint32_t a = 0; a < plan->counts.assets; a++)
        CHI_P(path, price, a) = 1.0;
}

/* Equity without marks: of a simulated firm that of the start and what its books have gained, of
 * another its buffer less the claims it has lost. */
static void list_own(chi_path *path, const sheet *s)
{
    const chi_plan *plan = path->plan;
    double *own = s->own;
    list_books(path, s);
    add_swings(path);
    for (uint32_t f = 0; f < plan->counts.firms; f++) {
        double start = plan->model->firm[f].equity;
        if (!counts(path, f))
            own[f] = 0.0;
        else if (plan->sim_of_firm[f] != CHI_NONE)
            own[f] = start + (own[f] - CHI_P(path, book, f) - CHI_P(path, swing, f));
        else
            own[f] = start - (CHI_P(path, loss, f) - CHI_P(path, marked, f));
    }
}

/* --- the fixed point ---------------------------------------------------------------------- */

static double claim_value(const chi_path *path, uint32_t debtor, double equity)
{
    const ch_model *model = path->plan->model;
    double book = model->firm[debtor].equity;
    switch ((chi_claim_rule)model->contagion->rule) {
    case CHI_CLAIM_DEBTRANK:
        return lane_claim_linear(equity, book);
    case CHI_CLAIM_THRESHOLD:
        return lane_claim_threshold(
            equity, model->contagion->threshold * book, model->contagion->recovery);
    default:
        return 1.0;
    }
}

static double stake_value(const chi_path *path, uint32_t row, const double *equity)
{
    const chi_holding *holding = &path->plan->model->holding[row];
    double lives = CHI_P(path, alive, holding->issuer) * CHI_P(path, alive, holding->holder);
    return lives * lane_stake(holding->per_equity, equity[holding->issuer]);
}

static double equity_of(const chi_path *path, const sheet *s, uint32_t firm)
{
    const chi_plan *plan = path->plan;
    double equity = s->own[firm];
    for (uint32_t k = plan->stake_first[firm]; k < plan->stake_first[firm + 1]; k++)
        equity +=
            stake_value(path, plan->stake[k], s->now) - plan->model->holding[plan->stake[k]].open;
    for (uint32_t k = plan->bond_first[firm]; k < plan->bond_first[firm + 1]; k++) {
        const chi_bond *bond = &plan->bond[k];
        equity -= s->lost[bond->debtor] * (bond->fraction * s->claim[bond->loan]);
    }
    return equity;
}

static void write_off(const chi_path *path, const sheet *s, uint32_t firm)
{
    s->lost[firm] = 1.0 - claim_value(path, firm, s->now[firm]);
}

/* Rounds until no equity moves, each firm on the newest of the others. False if it was stopped at
 * ROUNDS_MAX. */
static bool settle(const chi_path *path, const sheet *s, bool claims)
{
    uint32_t firms = (uint32_t)path->plan->counts.firms;
    for (uint32_t f = 0; claims && f < firms; f++)
        if (s->lives[f] != 0.0)
            write_off(path, s, f);
    for (int round = 0; round < ROUNDS_MAX; round++) {
        double most = 0.0;
        for (uint32_t f = 0; f < firms; f++) {
            if (s->lives[f] == 0.0)
                continue;
            double equity = equity_of(path, s, f);
            double change = lane_max(equity - s->now[f], s->now[f] - equity);
            most = lane_max(most, change / (1.0 + lane_max(equity, -equity)));
            s->now[f] = equity;
            if (claims)
                write_off(path, s, f);
        }
        if (most <= TOLERANCE)
            return true;
    }
    return false;
}

/* --- what follows ------------------------------------------------------------------------- */

/* Who has a claim or a stake in a firm that was hit is hit through it, as far as it is marked. */
static void pass_hits(chi_path *path, const sheet *s)
{
    const ch_model *model = path->plan->model;
    for (uint32_t l = 0; l < model->loan_count; l++) {
        const chi_loan *loan = &model->loan[l];
        if (s->lost[loan->borrower] == 0.0)
            continue;
        for (uint32_t k = loan->lenders.first; k < loan->lenders.first + loan->lenders.count; k++)
            chi_path_hit_through(path, model->share[k].firm, loan->borrower);
    }
    for (uint32_t h = 0; h < model->holding_count; h++)
        if (stake_value(path, h, s->now) < CHI_P(path, stake, h))
            chi_path_hit_through(path, model->holding[h].holder, model->holding[h].issuer);
}

/* A reduced-form firm's marks are part of the losses that its equity must bear. */
static void book_mark(chi_path *path, uint32_t firm, double mark)
{
    double change = mark - CHI_P(path, marked, firm);
    CHI_P(path, loss, firm) += change;
    CHI_P(path, marked, firm) = mark;
    chi_ledger_add(path->ledger, CHI_ENTRY_MARKED, CHI_OF_FIRM, firm, firm, firm, change);
}

void chi_path_mark(chi_path *path)
{
    const chi_plan *plan = path->plan;
    size_t firms = plan->counts.firms;
    sheet s = sheet_of(path);
    list_own(path, &s);
    for (size_t f = 0; f < firms; f++) {
        s.lives[f] = counts(path, (uint32_t)f) ? 1.0 : 0.0;
        s.now[f] = s.lives[f] * CHI_P(path, equity, f);
        s.lost[f] = 0.0;
    }
    bool settled = settle(path, &s, false);
    if (plan->model->contagion_count > 0 && plan->model->contagion->rule != CHI_CLAIM_FACE)
        settled = settle(path, &s, true) && settled;
    path->unsettled = !settled;
    pass_hits(path, &s);
    for (uint32_t f = 0; f < firms; f++) {
        CHI_P(path, equity, f) = s.now[f];
        if (counts(path, f) && plan->sim_of_firm[f] == CHI_NONE)
            book_mark(path, f, s.own[f] - s.now[f]);
    }
    for (uint32_t h = 0; h < plan->counts.holdings; h++)
        CHI_P(path, stake, h) = stake_value(path, h, s.now);
}

/* --- failures ----------------------------------------------------------------------------- */

/* What the estate of a simulated firm has left after all claims goes to its owners by share. */
static double pay_owner(chi_path *path, uint32_t row, double left)
{
    const chi_holding *holding = &path->plan->model->holding[row];
    double paid = holding->share * left;
    if (!(paid > 0.0))
        return 0.0;
    CHI_P(path, cash, holding->issuer) -= paid;
    CHI_P(path, cash, holding->holder) += paid;
    if (path->plan->sim_of_firm[holding->holder] == CHI_NONE)
        CHI_P(path, loss, holding->holder) -= paid;
    chi_ledger_add(path->ledger, CHI_ENTRY_RECOVERY, CHI_OF_HOLDING, row, holding->issuer,
        holding->holder, paid);
    return paid;
}

void chi_path_drop_stakes(chi_path *path, uint32_t issuer)
{
    const ch_model *model = path->plan->model;
    bool estate = path->plan->sim_of_firm[issuer] != CHI_NONE;
    double left = estate ? lane_max(CHI_P(path, cash, issuer), 0.0) : 0.0;
    for (uint32_t h = 0; h < path->plan->counts.holdings; h++) {
        const chi_holding *holding = &model->holding[h];
        if (holding->issuer != issuer || CHI_P(path, alive, holding->holder) == 0.0)
            continue;
        double lost = lane_max(CHI_P(path, stake, h) - pay_owner(path, h, left), 0.0);
        CHI_P(path, stake, h) = 0.0;
        if (!(lost > 0.0))
            continue;
        chi_ledger_add(
            path->ledger, CHI_ENTRY_STAKE_LOST, CHI_OF_HOLDING, h, holding->holder, issuer, lost);
        chi_path_book_loss(path, CHI_BY_STAKE, issuer, holding->holder, lost);
        /* the month's mark takes the stake from the equity; here only its ruin is noted */
        chi_path_note_ruin(path, holding->holder, issuer, lost);
    }
}

double chi_path_sell_stakes(chi_path *path, uint32_t holder)
{
    const ch_model *model = path->plan->model;
    double sum = 0.0;
    for (uint32_t h = 0; h < path->plan->counts.holdings; h++) {
        if (model->holding[h].holder != holder)
            continue;
        sum += model->firm[holder].recovery_property * CHI_P(path, stake, h);
        CHI_P(path, stake, h) = 0.0;
    }
    chi_ledger_add(path->ledger, CHI_ENTRY_STAKE_SOLD, CHI_OF_FIRM, holder, 0, holder, sum);
    return sum;
}

/* Failure of a firm on one path: what began it, what its estate pays, who loses, what ends. */
#include "engine/path.h"

#include "clear/clear.lane.h"
#include "contract/loan.lane.h"

bool chi_plan_forced(const chi_plan *plan, uint32_t firm, uint32_t month)
{
    const ch_model *model = plan->model;
    for (uint32_t e = 0; e < model->event_count; e++)
        if (model->event[e].kind == CHI_EVENT_DEFAULT && model->event[e].target == firm &&
            model->event[e].month == month)
            return true;
    return false;
}

double chi_path_claim(const chi_path *path, uint32_t loan)
{
    if (path->plan->model->loan[loan].kind == CHI_LOAN_ACTUS)
        return chi_path_debt_claim(path, loan);
    chi_loan_state s = {CHI_P(path, notional, loan), CHI_P(path, accrued, loan),
        CHI_P(path, rate, loan), CHI_P(path, fee, loan)};
    double years = 0.0;
    if (path->months_closed > 0)
        years = path->plan->tail_years[(size_t)loan * path->plan->months + path->months_closed - 1];
    return lane_loan_claim(s, years, CHI_P(path, loan_arrears, loan));
}

/* The first outside event that hits a firm is its root; what happens after its failure is not. */
static void note_root(chi_path *path, uint32_t firm, uint32_t root)
{
    if (CHI_P(path, alive, firm) != 0.0 && CHI_P(path, root, firm) == 0.0)
        CHI_P(path, root, firm) = root;
}

void chi_path_end_customer(chi_path *path, uint32_t row, uint32_t root, chi_entry_kind why)
{
    const chi_customer *customer = &path->plan->model->customer[row];
    if (CHI_P(path, live, row) == 0.0)
        return;
    CHI_P(path, live, row) = 0.0;
    chi_ledger_add(path->ledger, why, CHI_OF_CUSTOMER, row, customer->buyer, customer->seller, 0.0);
    note_root(path, customer->seller, root);
    note_root(path, customer->buyer, root);
}

/* Works out the claims on all loans of a firm, which stand still while it is tested and wound up,
 * and leaves them in the path's spare memory. Returns them, by loan. */
static const double *note_claims(chi_path *path, uint32_t firm)
{
    const chi_plan *plan = path->plan;
    double *claim = chi_path_claims(path);
    for (uint32_t k = plan->debt_first[firm]; k < plan->debt_first[firm + 1]; k++)
        claim[plan->debt[k]] = chi_path_claim(path, plan->debt[k]);
    return claim;
}

/* --- events of default -------------------------------------------------------------------- */

/* Is covenant c an uncured breach that makes loans of this firm default? */
static bool is_broken(const chi_path *path, uint32_t c, uint32_t firm)
{
    const chi_covenant *covenant = &path->plan->model->covenant[c];
    return covenant->firm == firm && covenant->defaults &&
           CHI_P(path, breach, c) > covenant->cure_months;
}

/* The first broken covenant of the firm from `c` on; covenant_count if there is none. */
static uint32_t next_broken(const chi_path *path, uint32_t firm, uint32_t c)
{
    while (c < path->plan->model->covenant_count && !is_broken(path, c, firm))
        c++;
    return c;
}

/* `broken`: the first broken covenant of its borrower. */
static bool loan_defaults(const chi_path *path, uint32_t loan, uint32_t broken)
{
    const ch_model *model = path->plan->model;
    const chi_loan *terms = &model->loan[loan];
    if (CHI_P(path, loan_clock, loan) > terms->grace_months)
        return true;
    for (uint32_t c = broken; c < model->covenant_count;
         c = next_broken(path, terms->borrower, c + 1))
        if (model->covenant[c].loan == CHI_NONE || model->covenant[c].loan == loan)
            return true;
    return false;
}

/* Debt of the firm that is in default. */
static double debt_in_default(const chi_path *path, uint32_t firm, const bool *in_default)
{
    const chi_plan *plan = path->plan;
    const double *claim = chi_path_claims(path);
    double sum = 0.0;
    for (uint32_t k = plan->debt_first[firm]; k < plan->debt_first[firm + 1]; k++)
        if (in_default[plan->debt[k]])
            sum += claim[plan->debt[k]];
    return sum;
}

/* The least set of defaulted loans that contains the primary ones and is closed under the
 * cross-default clauses. Adding one loan can only raise the sum the others look at, so the loop
 * ends after at most as many rounds as there are loans and its order does not matter. */
static void close_cross_default(chi_path *path, uint32_t firm, bool *in_default)
{
    const chi_plan *plan = path->plan;
    const double *claims = chi_path_claims(path);
    double sum = debt_in_default(path, firm, in_default);
    for (bool changed = sum > 0.0; changed;) {
        changed = false;
        for (uint32_t k = plan->debt_first[firm]; k < plan->debt_first[firm + 1]; k++) {
            uint32_t i = plan->debt[k];
            const chi_loan *loan = &plan->model->loan[i];
            if (in_default[i] || !loan->cross_default || sum < loan->cross_threshold ||
                !(claims[i] > 0.0))
                continue;
            in_default[i] = changed = true;
            sum += claims[i];
            chi_ledger_add(
                path->ledger, CHI_ENTRY_CROSS_DEFAULT, CHI_OF_LOAN, i, firm, firm, claims[i]);
        }
    }
}

/* The loan with the most unpaid of those past their grace: creditors of one class are short by the
 * same share, so this is the due that the money was missing for. CHI_NONE if there is none. */
static uint32_t largest_missed_loan(const chi_path *path, uint32_t firm)
{
    const chi_plan *plan = path->plan;
    uint32_t largest = CHI_NONE;
    for (uint32_t k = plan->debt_first[firm]; k < plan->debt_first[firm + 1]; k++) {
        uint32_t i = plan->debt[k];
        if (CHI_P(path, loan_clock, i) > plan->model->loan[i].grace_months &&
            (largest == CHI_NONE ||
                CHI_P(path, loan_arrears, i) > CHI_P(path, loan_arrears, largest)))
            largest = i;
    }
    return largest;
}

/* What the failure began with: the first of scenario, loans, operating dues, bills, covenants. */
static uint32_t first_cause(const chi_path *path, uint32_t firm)
{
    const chi_plan *plan = path->plan;
    const ch_model *model = plan->model;
    if (chi_plan_forced(plan, firm, path->month))
        return chi_plan_cause(plan, CHI_CAUSE_EVENT, 0);
    uint32_t loan = largest_missed_loan(path, firm);
    if (loan != CHI_NONE)
        return chi_plan_cause(plan,
            CHI_P(path, missed_principal, loan) != 0.0 ? CHI_CAUSE_PRINCIPAL : CHI_CAUSE_INTEREST,
            loan);
    if (CHI_P(path, clock, firm) > model->firm[firm].grace_months) {
        for (uint32_t k = plan->owed_first[firm]; k < plan->owed_first[firm + 1]; k++)
            if (CHI_P(path, line_arrears, plan->owed[k]) > 0.0)
                return chi_plan_cause(plan, CHI_CAUSE_LINE, plan->owed[k]);
        for (uint32_t i = 0; i < model->customer_count; i++)
            if (CHI_P(path, customer_arrears, i) > 0.0 && model->customer[i].buyer == firm)
                return chi_plan_cause(plan, CHI_CAUSE_CUSTOMER, i);
        if (chi_path_late_deal(path, firm) != CHI_NONE)
            return chi_plan_cause(plan, CHI_CAUSE_DEAL, chi_path_late_deal(path, firm));
    }
    uint32_t broken = next_broken(path, firm, 0);
    if (broken < model->covenant_count)
        return chi_plan_cause(plan, CHI_CAUSE_COVENANT, broken);
    return chi_plan_cause(plan, CHI_CAUSE_EVENT, 0);
}

/* --- the estate --------------------------------------------------------------------------- */

void chi_path_move_cash(chi_path *path, uint32_t from, uint32_t to, double amount)
{
    CHI_P(path, cash, from) -= amount;
    CHI_P(path, cash, to) += amount;
}

void chi_path_note_ruin(chi_path *path, uint32_t to, uint32_t from, double more)
{
    const chi_firm *holder = &path->plan->model->firm[to];
    if (holder->kind == CHI_REDUCED && CHI_P(path, loss, to) + more >= holder->equity)
        note_root(path, to, chi_plan_root(path->plan, CHI_ROOT_FIRM, from));
}

void chi_path_book_loss(
    chi_path *path, chi_channel channel, uint32_t from, uint32_t to, double lost)
{
    chi_lost loss = {from, to, channel, (uint32_t)CHI_P(path, wave, from), lost};
    if (path->lost)
        path->lost(path->context, path->path_number, &loss);
    if (lost > 0.0)
        chi_path_hit(path, to, from);
}

void chi_path_lose(
    chi_path *path, chi_subject subject, uint32_t row, uint32_t from, uint32_t holder, double lost)
{
    CHI_P(path, loss, holder) += lost;
    chi_path_note_ruin(path, holder, from, 0.0);
    chi_ledger_add(path->ledger, CHI_ENTRY_LOSS, subject, row, holder, from, lost);
    chi_path_book_loss(path, CHI_BY_CLAIM, from, holder, lost);
}

/* One claim on the failed firm. */
typedef struct estate_claim {
    chi_subject subject;
    uint32_t row, from, to;
    double amount, fraction, spared; /* spared: what somebody else takes over */
} estate_claim;

/* The fraction of it is paid, the rest is lost. */
static void settle_claim(chi_path *path, const estate_claim *c)
{
    if (!(c->amount > 0.0))
        return;
    double paid = c->amount * c->fraction, lost = c->amount - paid - c->spared;
    chi_path_move_cash(path, c->from, c->to, paid);
    chi_ledger_add(path->ledger, CHI_ENTRY_RECOVERY, c->subject, c->row, c->from, c->to, paid);
    chi_path_lose(path, c->subject, c->row, c->from, c->to, lost);
}

static void settle_loan(chi_path *path, uint32_t i, const double *fraction)
{
    const ch_model *model = path->plan->model;
    const chi_loan *loan = &model->loan[i];
    double claim = chi_path_claims(path)[i];
    bool guaranteed = model->cover_count > 0;
    for (uint32_t s = loan->lenders.first; s < loan->lenders.first + loan->lenders.count; s++) {
        double owed = model->share[s].fraction * claim - chi_path_taken(path, s);
        estate_claim c = {
            CHI_OF_LOAN, i, loan->borrower, model->share[s].firm, owed, fraction[loan->class], 0.0};
        if (guaranteed)
            c.spared = chi_path_call_guarantees(path, i, s, owed, c.fraction);
        settle_claim(path, &c);
        if (path->plan->counts.taken)
            CHI_P(path, taken, s) = 0.0;
    }
    if (loan->kind == CHI_LOAN_ACTUS)
        chi_path_debt_end(path, i);
    CHI_P(path, notional, i) = CHI_P(path, accrued, i) = CHI_P(path, fee, i) = 0.0;
    CHI_P(path, loan_arrears, i) = CHI_P(path, loan_clock, i) = 0.0;
}

/* What is left of a claim after collateral. */
static double open_claim(const chi_path *path, uint32_t i)
{
    chi_slice lenders = path->plan->model->loan[i].lenders;
    double claim = chi_path_claims(path)[i];
    for (uint32_t s = 0; path->plan->counts.taken && s < lenders.count; s++)
        claim -= chi_path_taken(path, lenders.first + s);
    return claim;
}

void chi_path_due_claim(chi_path *path, chi_subject subject, uint32_t row, uint32_t from,
    uint32_t to, double *amount, uint32_t class, double *claims, const double *fraction)
{
    if (!fraction) {
        claims[class] += *amount;
        return;
    }
    settle_claim(path, &(estate_claim){subject, row, from, to, *amount, fraction[class], 0.0});
    *amount = 0.0;
}

/* All claims on `firm`: without fractions sums them by class, with fractions settles them. Trade
 * claims keep their class; an advance not worked off has its own. */
static void each_claim(chi_path *path, uint32_t firm, double *claims, const double *fraction)
{
    const chi_plan *plan = path->plan;
    const ch_model *model = plan->model;
    for (uint32_t k = plan->debt_first[firm]; k < plan->debt_first[firm + 1]; k++)
        if (fraction)
            settle_loan(path, plan->debt[k], fraction);
        else
            claims[model->loan[plan->debt[k]].class] += open_claim(path, plan->debt[k]);
    for (uint32_t k = plan->owed_first[firm]; k < plan->owed_first[firm + 1]; k++) {
        uint32_t i = plan->owed[k];
        const chi_line *line = &model->line[i];
        chi_path_due_claim(path, CHI_OF_LINE, i, firm, chi_line_creditor(line),
            &CHI_P(path, line_arrears, i), line->class, claims, fraction);
    }
    for (uint32_t i = 0; i < model->customer_count; i++) {
        const chi_customer *customer = &model->customer[i];
        if (customer->buyer == firm)
            chi_path_due_claim(path, CHI_OF_CUSTOMER, i, firm, customer->seller,
                &CHI_P(path, customer_arrears, i), customer->class, claims, fraction);
        if (customer->seller == firm)
            chi_path_due_claim(path, CHI_OF_CUSTOMER, i, firm, customer->buyer,
                &CHI_P(path, advance, i), plan->advance_class[i], claims, fraction);
    }
    chi_path_deal_claims(path, firm, claims, fraction);
}

/* Turns what the firm has into cash, less the cost of failure, which goes outside. */
static double realise(chi_path *path, uint32_t firm, double factor)
{
    const chi_firm *terms = &path->plan->model->firm[firm];
    double sale = factor * (terms->recovery_property * CHI_P(path, property, firm));
    chi_ledger_add(path->ledger, CHI_ENTRY_SALE, CHI_OF_FIRM, firm, 0, firm, sale);
    chi_path_move_cash(path, 0, firm, sale);
    CHI_P(path, property, firm) = 0.0;
    chi_path_move_cash(path, 0, firm, chi_path_sell_stakes(path, firm));
    chi_path_sell_assets(path, firm);
    double released = CHI_P(path, restricted, firm);
    chi_ledger_add(path->ledger, CHI_ENTRY_RELEASED, CHI_OF_FIRM, firm, firm, firm, released);
    CHI_P(path, cash, firm) += released;
    CHI_P(path, restricted, firm) = 0.0;
    double cost = terms->default_cost * lane_max(CHI_P(path, cash, firm), 0.0);
    chi_ledger_add(path->ledger, CHI_ENTRY_FAILURE_COST, CHI_OF_FIRM, firm, firm, 0, cost);
    chi_path_move_cash(path, firm, 0, cost);
    return lane_max(CHI_P(path, cash, firm), 0.0);
}

/* What a lender that fails has promised and not lent is lost to the facilities. */
static void end_promises(chi_path *path, uint32_t firm)
{
    const ch_model *model = path->plan->model;
    for (uint32_t i = 0; i < model->loan_count; i++) {
        chi_slice lenders = model->loan[i].lenders;
        double failed = 0.0;
        bool hit = false, any = false;
        if (!path->plan->can_lose[i])
            continue;
        for (uint32_t s = lenders.first; s < lenders.first + lenders.count; s++) {
            bool lives = CHI_P(path, alive, model->share[s].firm) != 0.0;
            failed += lives ? 0.0 : model->share[s].fraction;
            any = any || lives;
            hit = hit || model->share[s].firm == firm;
        }
        if (!hit)
            continue;
        double left = any ? 1.0 - failed : 0.0;
        CHI_P(path, promised, i) = left;
        CHI_P(path, per_promised, i) = left > 0.0 ? 1.0 / left : 0.0;
    }
}

/* The firm ends; what its loans' holders can claim has been noted. */
static void fall(chi_path *path, uint32_t firm, uint32_t cause)
{
    const ch_model *model = path->plan->model;
    const chi_firm *terms = &model->firm[firm];
    CHI_P(path, alive, firm) = 0.0;
    CHI_P(path, failed, firm) = path->month + 1.0;
    CHI_P(path, cause, firm) = cause;
    if (CHI_P(path, root, firm) == 0.0)
        CHI_P(path, root, firm) = CHI_P(path, blocked, firm);
    chi_ledger_add(path->ledger, CHI_ENTRY_FAILS, CHI_OF_FIRM, firm, firm, firm, 0.0);
    chi_path_take_collateral(path, firm);
    chi_path_close_deals(path, firm);
    double claims[CHI_CLASSES] = {0}, fraction[CHI_CLASSES];
    each_claim(path, firm, claims, NULL);
    double factor = chi_path_dump(path, firm);
    double rest = terms->kind == CHI_SIMULATED ? realise(path, firm, factor) : 0.0;
    for (int k = 0; k < CHI_CLASSES; k++) {
        fraction[k] =
            terms->kind == CHI_SIMULATED ? lane_paid_fraction(rest, claims[k]) : terms->recovery;
        rest = lane_max(rest - fraction[k] * claims[k], 0.0);
    }
    each_claim(path, firm, NULL, fraction);
    chi_path_drop_stakes(path, firm);
    end_promises(path, firm);
    CHI_P(path, clock, firm) = 0.0;
    uint32_t root = chi_plan_root(path->plan, CHI_ROOT_FIRM, firm);
    for (uint32_t i = 0; i < model->customer_count; i++)
        if (model->customer[i].seller == firm || model->customer[i].buyer == firm)
            chi_path_end_customer(path, i, root, CHI_ENTRY_ENDS);
    const uint32_t *first = path->plan->touched_first;
    for (uint32_t k = first[firm]; k < first[firm + 1]; k++) {
        note_root(path, path->plan->touched[k], root);
        chi_path_hit(path, path->plan->touched[k], firm);
    }
}

/* --- the step ----------------------------------------------------------------------------- */

/* Accelerated loans are payable at once; a firm that can pay them from its cash lives on. */
static bool pays_accelerated(chi_path *path, uint32_t firm, const bool *in_default)
{
    const chi_plan *plan = path->plan;
    const ch_model *model = plan->model;
    double claims = debt_in_default(path, firm, in_default);
    /* Without claims there is nothing to pay, even where rounding left cash just below zero. */
    if (claims > 0.0 && lane_covers(CHI_P(path, cash, firm), claims) == 0.0)
        return false;
    for (uint32_t k = plan->debt_first[firm]; k < plan->debt_first[firm + 1]; k++) {
        uint32_t i = plan->debt[k];
        const chi_loan *loan = &model->loan[i];
        if (!in_default[i])
            continue;
        double claim = chi_path_claims(path)[i];
        chi_ledger_add(path->ledger, CHI_ENTRY_ACCELERATED, CHI_OF_LOAN, i, firm, firm, claim);
        for (uint32_t s = loan->lenders.first; s < loan->lenders.first + loan->lenders.count; s++) {
            chi_path_move_cash(path, firm, model->share[s].firm, model->share[s].fraction * claim);
            chi_ledger_add(path->ledger, CHI_ENTRY_PAID, CHI_OF_LOAN, i, firm, model->share[s].firm,
                model->share[s].fraction * claim);
        }
        if (loan->kind == CHI_LOAN_ACTUS)
            chi_path_debt_end(path, i);
        CHI_P(path, notional, i) = CHI_P(path, accrued, i) = CHI_P(path, fee, i) = 0.0;
        CHI_P(path, loan_arrears, i) = CHI_P(path, loan_clock, i) = 0.0;
        CHI_P(path, stopped, i) = 2.0; /* the facility is closed */
    }
    return true;
}

/* Marks the loans whose own clauses put them in default; is there one? */
static bool find_defaults(chi_path *path, uint32_t firm, bool *in_default)
{
    const chi_plan *plan = path->plan;
    uint32_t broken = next_broken(path, firm, 0);
    bool any = false;
    for (uint32_t k = plan->debt_first[firm]; k < plan->debt_first[firm + 1]; k++) {
        uint32_t i = plan->debt[k];
        double claim = loan_defaults(path, i, broken) ? chi_path_claim(path, i) : 0.0;
        in_default[i] = claim > 0.0;
        any = any || in_default[i];
        if (in_default[i])
            chi_ledger_add(
                path->ledger, CHI_ENTRY_EVENT_OF_DEFAULT, CHI_OF_LOAN, i, firm, firm, claim);
    }
    return any;
}

static void test_simulated(chi_path *path, uint32_t firm, bool *in_default)
{
    const chi_plan *plan = path->plan;
    bool ends = chi_plan_forced(plan, firm, path->month) ||
                CHI_P(path, clock, firm) > plan->model->firm[firm].grace_months;
    /* mostly a covenant of a facility on which nothing is owed */
    if (!find_defaults(path, firm, in_default) && !ends)
        return;
    (void)note_claims(path, firm);
    close_cross_default(path, firm, in_default);
    uint32_t cause = first_cause(path, firm);
    if (ends || !pays_accelerated(path, firm, in_default))
        fall(path, firm, cause);
}

void chi_path_test(chi_path *path)
{
    const chi_plan *plan = path->plan;
    bool in_default[CHI_CONTRACTS_MAX];
    for (uint32_t sim = 0; sim < plan->counts.sims; sim++) {
        uint32_t firm = plan->firm_of_sim[sim];
        if (CHI_P(path, alive, firm) != 0.0 && CHI_P(path, trigger, sim) != 0.0)
            chi_path_set_wave(path, firm, chi_plan_forced(plan, firm, path->month));
    }
    for (uint32_t sim = 0; sim < plan->counts.sims; sim++) {
        uint32_t firm = plan->firm_of_sim[sim];
        if (CHI_P(path, alive, firm) != 0.0 && CHI_P(path, trigger, sim) != 0.0)
            test_simulated(path, firm, in_default);
    }
}

static chi_cause_kind cause_of_strike(const chi_path *path, uint32_t firm)
{
    return chi_plan_forced(path->plan, firm, path->month)                    ? CHI_CAUSE_EVENT
           : CHI_P(path, loss, firm) >= path->plan->model->firm[firm].equity ? CHI_CAUSE_LOSSES
                                                                             : CHI_CAUSE_INTENSITY;
}

void chi_path_strike(chi_path *path)
{
    const chi_plan *plan = path->plan;
    for (uint32_t f = 1; f < plan->model->firm_count; f++)
        if (CHI_P(path, struck, f) != 0.0)
            chi_path_set_wave(path, f, cause_of_strike(path, f) != CHI_CAUSE_LOSSES);
    for (uint32_t f = 1; f < plan->model->firm_count; f++) {
        if (CHI_P(path, struck, f) == 0.0)
            continue;
        (void)note_claims(path, f);
        fall(path, f, chi_plan_cause(plan, cause_of_strike(path, f), 0));
        CHI_P(path, struck, f) = 0.0;
    }
}

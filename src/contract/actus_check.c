/* What terms must say before they can be compiled: nothing is guessed, and what would be computed
 * wrongly is refused. */
#include "contract/actus.h"

#include "base/check.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

typedef struct checker {
    ch_diags *diags;
    const chi_actus_terms *t;
    bool good;
} checker;

static void missing(checker *c, const char *name, const char *why)
{
    c->good = false;
    chi_actus_term_error(
        c->diags, 603, c->t, name, NULL, "is not given%s%s", *why ? "; " : "", why);
}

static void wrong(checker *c, const char *name, const char *text)
{
    c->good = false;
    chi_actus_term_error(c->diags, 604, c->t, name, NULL, "%s", text);
}

static void unsupported(checker *c, const char *name, const char *text)
{
    c->good = false;
    chi_actus_term_error(c->diags, 605, c->t, name, NULL, "%s", text);
}

static void need_number(checker *c, double value, const char *name)
{
    if (!chi_given(value))
        missing(c, name, "");
}

static void need_moment(checker *c, chi_moment value, const char *name)
{
    if (!chi_given_at(value))
        missing(c, name, "");
}

static bool settles_elsewhere(const chi_actus_terms *t)
{
    return t->curs && t->cur && strcmp(t->curs, t->cur) != 0;
}

/* Day counts that need coupon periods take them from the interest cycle. */
static bool counts_coupons(const chi_actus_terms *t)
{
    return t->dcc == CHI_DC_ACT_ACT_ICMA || t->dcc == CHI_DC_ACT_365L;
}

static void check_coupons(checker *c)
{
    const chi_actus_terms *t = c->t;
    if (!counts_coupons(t))
        return;
    if (t->type == CHI_ACTUS_LAX || chi_actus_is_nest(t))
        unsupported(c, "dayCountConvention",
            "counts coupon periods, which LAX and contracts made of contracts do not have");
    else if (t->ipcl.count <= 0 || t->ipcl.unit != 'M' || 12 % t->ipcl.count != 0)
        wrong(c, "dayCountConvention",
            "counts coupon periods: cycleOfInterestPayment must be 1, 2, 3, 4, 6 or 12 months");
}

static void check_dates(checker *c)
{
    const chi_actus_terms *t = c->t;
    need_moment(c, t->sd, "statusDate");
    if (chi_given_at(t->prd) && t->prd > t->sd)
        need_number(c, t->pprd, "priceAtPurchaseDate");
    if (chi_given_at(t->td) && t->td > t->sd)
        need_number(c, t->ptd, "priceAtTerminationDate");
    if (chi_given_at(t->prd) && chi_given_at(t->td) && t->prd > t->td)
        wrong(c, "purchaseDate", "is after terminationDate");
    check_coupons(c);
    if (settles_elsewhere(t) && (chi_actus_is_nest(t) || t->type == CHI_ACTUS_FXOUT))
        unsupported(c, "settlementCurrency",
            "other than currency is not supported for FXOUT and contracts made of contracts");
}

static void check_rates(checker *c)
{
    const chi_actus_terms *t = c->t;
    bool resets = chi_given_at(t->rranx) || chi_given_cycle(t->rrcl);
    if (resets && !t->rrmo)
        missing(c, "marketObjectCodeOfRateReset", "resets need an observed rate");
    if (chi_given(t->rrlc) && chi_given(t->rrlf) && t->rrlc < t->rrlf)
        wrong(c, "lifeCap", "is below lifeFloor");
    if (chi_given(t->rrpc) && t->rrpc < 0.0)
        wrong(c, "periodCap", "is negative; it bounds how far the rate rises at one reset");
    if (chi_given(t->rrpf) && t->rrpf < 0.0)
        wrong(c, "periodFloor", "is negative; it bounds how far the rate falls at one reset");
    if (chi_given(t->index_floor) && !resets)
        wrong(c, "cardhouse", "has an indexFloor, but the rate is never reset");
    if (t->spreads.count != t->spread_dates.count)
        wrong(c, "cardhouse", "needs as many spreads as spreadDates");
    for (size_t i = 1; i < t->spread_dates.count; i++)
        if (t->spread_dates.moments[i] <= t->spread_dates.moments[i - 1]) {
            wrong(c, "cardhouse", "has spreadDates that are not in rising order");
            break;
        }
}

/* A grid of spreads: levels of what is observed, and one spread more than levels. */
static void check_grid(checker *c)
{
    const chi_actus_terms *t = c->t;
    if (!t->grid_object && t->grid_levels.count == 0 && t->grid_spreads.count == 0)
        return;
    bool resets = chi_given_at(t->rranx) || chi_given_cycle(t->rrcl);
    if (!t->grid_object)
        wrong(
            c, "cardhouse", "needs a gridObject that is observed, with gridLevels and gridSpreads");
    if (t->grid_levels.count == 0 || t->grid_spreads.count != t->grid_levels.count + 1)
        wrong(c, "cardhouse", "needs gridLevels, and one more of gridSpreads");
    for (size_t i = 1; i < t->grid_levels.count; i++)
        if (t->grid_levels.numbers[i] <= t->grid_levels.numbers[i - 1]) {
            wrong(c, "cardhouse", "has gridLevels that are not in rising order");
            break;
        }
    if (!resets)
        wrong(c, "cardhouse", "has a grid of spreads, but the rate is never reset");
    if (t->type > CHI_ACTUS_ANN || t->rrpnt == CHI_WORD_ARREARS)
        unsupported(c, "cardhouse",
            "a grid of spreads is supported for PAM, LAM, NAM and ANN whose rate is set in "
            "advance");
}

static bool same_cycle(chi_cycle a, chi_cycle b)
{
    return a.count == b.count && a.unit == b.unit && a.short_stub == b.short_stub;
}

/* A rate set at the end of its period must not be needed before: nothing may happen inside. */
static void check_arrears(checker *c)
{
    const chi_actus_terms *t = c->t;
    if (t->overnight && t->rrpnt != CHI_WORD_ARREARS)
        wrong(c, "cyclePointOfRateReset", "must be E when overnight rates are joined");
    if (chi_given(t->lookback) && (!t->overnight || t->lookback < 0.0 || t->lookback > 30.0 ||
                                      t->lookback != floor(t->lookback)))
        wrong(c, "cardhouse", "needs a lookback of 0 to 30 business days, with overnight");
    if (t->overnight && !chi_daycount_fixed_basis(t->dcc))
        wrong(c, "dayCountConvention", "must be A360 or A365 when overnight rates are joined");
    if (t->rrpnt != CHI_WORD_ARREARS)
        return;
    bool plain = t->type == CHI_ACTUS_PAM || t->type == CHI_ACTUS_LAM;
    if (!plain)
        unsupported(c, "cyclePointOfRateReset", "E is supported for PAM and LAM");
    if (!chi_given_cycle(t->rrcl) || !same_cycle(t->rrcl, t->ipcl) ||
        (chi_given_at(t->rranx) && t->rranx != t->ipanx))
        wrong(c, "cycleOfRateReset", "and its anchor must be those of interest payment under E");
    if (t->type == CHI_ACTUS_LAM && (!same_cycle(t->prcl, t->ipcl) || t->pranx != t->ipanx))
        wrong(c, "cycleOfPrincipalRedemption", "and its anchor must be those of interest under E");
    if (chi_given(t->rrnxt) || chi_given_at(t->prd) || chi_given_at(t->td) ||
        chi_given_cycle(t->fecl) || chi_given_at(t->feanx))
        unsupported(c, "cyclePointOfRateReset",
            "E cannot be combined with nextResetRate, a purchase, a termination or fees");
}

static void check_interest(checker *c)
{
    const chi_actus_terms *t = c->t;
    if (t->ippnt == CHI_WORD_ADVANCE) {
        if (t->type != CHI_ACTUS_PAM && t->type != CHI_ACTUS_LAM)
            unsupported(c, "cyclePointOfInterestPayment", "B is supported for PAM and LAM");
        if (t->rrpnt == CHI_WORD_ARREARS || chi_given_at(t->ipced) || chi_given(t->pik_share))
            wrong(c, "cyclePointOfInterestPayment",
                "B cannot be combined with rates in arrears or capitalisation");
        if (chi_given_at(t->ied) && t->ied <= t->sd && !chi_given(t->ipac))
            missing(c, "accruedInterest", "interest paid in advance and not yet earned, negative");
    }
    if (chi_given(t->pik_share) && (t->pik_share < 0.0 || t->pik_share > 1.0))
        wrong(c, "cardhouse", "needs a pikShare from 0 to 1");
    bool pik_terms = chi_given_at(t->pik_from) || chi_given_at(t->pik_until) || t->pik_object ||
                     chi_given(t->pik_below) || chi_given(t->pik_margin);
    if (pik_terms && !chi_given(t->pik_share))
        wrong(c, "cardhouse", "has terms of interest in kind; they need a pikShare");
    if ((t->pik_object != NULL) != chi_given(t->pik_below))
        wrong(c, "cardhouse", "needs pikObject and pikBelow for a test of interest in kind");
    if (chi_given(t->pik_share) && t->type > CHI_ACTUS_LAX)
        unsupported(c, "cardhouse", "pikShare is supported for PAM, LAM, NAM, ANN and LAX");
}

static void check_credit(checker *c)
{
    const chi_actus_terms *t = c->t;
    if (chi_given(t->dqr) && t->dqr < 0.0)
        wrong(c, "delinquencyRate", "is negative");
    if (chi_given(t->dqr) && t->dcc == CHI_DC_COUNT)
        missing(c, "dayCountConvention", "interest on arrears needs it");
    if (chi_given(t->default_margin) && (t->type > CHI_ACTUS_LAX || t->rrpnt == CHI_WORD_ARREARS))
        unsupported(c, "cardhouse",
            "defaultMargin is supported for PAM, LAM, NAM, ANN and LAX whose rate is set in "
            "advance");
}

static void check_fees(checker *c)
{
    const chi_actus_terms *t = c->t;
    if (!chi_given_at(t->feanx) && !chi_given_cycle(t->fecl))
        return;
    need_number(c, t->fer, "feeRate");
    if (t->feb == 0)
        missing(c, "feeBasis", "A (an amount) or N (a rate on the notional)");
}

static void check_scaling(checker *c)
{
    const chi_actus_terms *t = c->t;
    if (!t->scales_interest && !t->scales_notional)
        return;
    if (!chi_given_at(t->scanx) && !chi_given_cycle(t->sccl))
        return;
    if (!t->scmo)
        missing(c, "marketObjectCodeOfScalingIndex", "scaling needs an observed index");
    double base = chi_given(t->scixcdd) ? t->scixcdd : t->scixsd;
    if (!chi_given(base))
        missing(c, "scalingIndexAtContractDealDate", "the index is divided by it");
    else if (base == 0.0)
        wrong(c, "scalingIndexAtContractDealDate", "is zero; the index is divided by it");
}

/* Amounts that change the cash flows and for which the standard has no equation. */
static void check_unsupported(checker *c)
{
    const chi_actus_terms *t = c->t;
    if (t->ppef == CHI_WORD_SMALLER && t->type == CHI_ACTUS_LAX)
        unsupported(c, "prepaymentEffect",
            "A is not supported for LAX; N and M keep the steps and end the loan earlier");
    if (t->pytp == CHI_WORD_PENALTY_DIFFERENTIAL && !t->rrmo)
        missing(c, "marketObjectCodeOfRateReset", "penaltyType I compares the rate with it");
    if (t->pytp > 1 && t->pytp != CHI_WORD_PENALTY_DIFFERENTIAL && !chi_given(t->pyrt))
        missing(c, "penaltyRate", "penaltyType needs it");
    if (chi_given(t->cla) && t->cla < t->nt)
        wrong(c, "creditLineAmount", "is below notionalPrincipal");
    if (chi_given(t->cla) && t->type > CHI_ACTUS_ANN)
        unsupported(c, "creditLineAmount", "is supported for PAM, LAM, NAM and ANN");
}

static void check_steps(checker *c)
{
    const chi_actus_terms *t = c->t;
    size_t anchors = t->arpranx.count;
    if (anchors == 0)
        missing(c, "arrayCycleAnchorDateOfPrincipalRedemption", "");
    const struct {
        const char *name;
        const chi_actus_list *list, *anchors;
        bool needed;
    } lists[] = {
        {"arrayCycleOfPrincipalRedemption", &t->arprcl, &t->arpranx, false},
        {"arrayNextPrincipalRedemptionPayment", &t->arprnxt, &t->arpranx, true},
        {"arrayIncreaseDecrease", &t->arincdec, &t->arpranx, false},
        {"arrayCycleOfInterestPayment", &t->aripcl, &t->aripanx, false},
        {"arrayCycleOfRateReset", &t->arrrcl, &t->arrranx, false},
        {"arrayRate", &t->arrate, &t->arrranx, true},
        {"arrayFixedVariable", &t->arfixvar, &t->arrranx, false},
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        size_t count = lists[i].list->count;
        if (count == 0 && lists[i].needed && lists[i].anchors->count > 0)
            missing(c, lists[i].name, "");
        if (count > 1 && count != lists[i].anchors->count)
            wrong(c, lists[i].name,
                "does not have as many entries as its anchor dates (one entry may stand for all)");
    }
    const chi_actus_list *anchor_lists[] = {&t->arpranx, &t->aripanx, &t->arrranx};
    for (int k = 0; k < 3; k++)
        for (size_t i = 1; i < anchor_lists[k]->count; i++)
            if (anchor_lists[k]->moments[i] <= anchor_lists[k]->moments[i - 1]) {
                wrong(c, "arrayCycleAnchorDateOfPrincipalRedemption",
                    "and the other anchor dates must be in rising order");
                break;
            }
    for (size_t i = 0; i < t->arprnxt.count; i++)
        if (t->arprnxt.numbers[i] < 0.0)
            wrong(c, "arrayNextPrincipalRedemptionPayment",
                "has a negative amount; arrayIncreaseDecrease says the direction");
    for (size_t i = 0; i < t->arfixvar.count; i++)
        if (t->arfixvar.words[i] == CHI_WORD_VAR && !t->rrmo)
            missing(c, "marketObjectCodeOfRateReset", "variable rates need an observed rate");
    if (chi_given(t->rrnxt))
        wrong(c, "nextResetRate", "is not used by LAX; give the rate in arrayRate with FIX");
}

static void check_redemption(checker *c)
{
    const chi_actus_terms *t = c->t;
    bool amortises =
        t->type == CHI_ACTUS_LAM || t->type == CHI_ACTUS_NAM || t->type == CHI_ACTUS_ANN;
    if (t->type == CHI_ACTUS_LAX)
        check_steps(c);
    if (t->type == CHI_ACTUS_PAM)
        need_moment(c, t->md, "maturityDate");
    if (!amortises)
        return;
    if (!chi_given_cycle(t->prcl))
        missing(c, "cycleOfPrincipalRedemption", "");
    if (chi_given(t->prnxt) && t->prnxt < 0.0)
        wrong(c, "nextPrincipalRedemptionPayment", "is negative; the role gives the direction");
    bool has_end = chi_given_at(t->md) || (t->type == CHI_ACTUS_ANN && chi_given_at(t->amd));
    if (!has_end && !chi_given(t->prnxt))
        missing(c, "maturityDate", "without it nextPrincipalRedemptionPayment is needed");
    if (t->type == CHI_ACTUS_NAM)
        need_number(c, t->prnxt, "nextPrincipalRedemptionPayment");
    if (chi_given_at(t->amd) && t->amd <= t->ied)
        wrong(c, "amortizationDate", "is not after initialExchangeDate");
}

static void check_loan(checker *c, chi_moment to)
{
    const chi_actus_terms *t = c->t;
    need_moment(c, t->ied, "initialExchangeDate");
    need_number(c, t->nt, "notionalPrincipal");
    if (chi_given(t->nt) && t->nt < 0.0)
        wrong(c, "notionalPrincipal", "is negative; the direction comes from contractRole");
    if (t->dcc == CHI_DC_COUNT && (chi_given(t->ipnr) || t->feb == CHI_WORD_FEE_NOTIONAL))
        missing(c, "dayCountConvention", "interest needs it");
    if ((chi_given_at(t->rranx) || chi_given_cycle(t->rrcl)) && !chi_given(t->ipnr))
        missing(c, "nominalInterestRate", "a rate that is reset needs a first value");
    if (chi_given_at(t->md) && chi_given_at(t->ied) && t->md <= t->ied)
        wrong(c, "maturityDate", "is not after initialExchangeDate");
    if (t->type == CHI_ACTUS_UMP && !chi_given_at(to) && !chi_given_at(t->td))
        missing(c, "terminationDate", "without it the case must say `to`");
    check_redemption(c);
    check_rates(c);
    check_arrears(c);
    check_interest(c);
    check_grid(c);
    check_credit(c);
    check_fees(c);
    check_scaling(c);
    check_unsupported(c);
}

static void check_swap(checker *c)
{
    const chi_actus_terms *t = c->t;
    need_moment(c, t->ied, "initialExchangeDate");
    need_moment(c, t->md, "maturityDate");
    need_number(c, t->nt, "notionalPrincipal");
    need_number(c, t->ipnr, "nominalInterestRate");
    need_number(c, t->ipnr2, "nominalInterestRate2");
    if (t->dcc == CHI_DC_COUNT)
        missing(c, "dayCountConvention", "interest needs it");
    if (chi_given_at(t->md) && chi_given_at(t->ied) && t->md <= t->ied)
        wrong(c, "maturityDate", "is not after initialExchangeDate");
    check_rates(c);
}

static void check_exercise(checker *c)
{
    const chi_actus_terms *t = c->t;
    bool future = t->type == CHI_ACTUS_FUTUR;
    need_moment(c, t->md, "maturityDate");
    if (future)
        need_number(c, t->pfut, "futuresPrice");
    else {
        need_number(c, t->ops1, "optionStrike1");
        if (t->optp == 0)
            missing(c, "optionType", "C, P or CP");
        if (t->optp == CHI_WORD_COLLAR)
            need_number(c, t->ops2, "optionStrike2");
        if (t->opxt == CHI_WORD_BERMUDAN && !chi_given_at(t->xd) && !chi_given_cycle(t->opcl))
            missing(c, "cycleOfOptionality", "it says when a B option can be exercised");
    }
    if (t->ds == CHI_WORD_PHYSICAL)
        unsupported(c, "deliverySettlement", "D is not supported here; S settles in cash");
    bool stated = chi_given_at(t->xd), past = stated && t->xd <= t->sd;
    if (past)
        need_number(c, t->xa, "exerciseAmount");
    if (stated && chi_given_at(t->md) && t->xd > t->md)
        wrong(c, "exerciseDate", "is after maturityDate");
    bool has_object = t->moc != NULL;
    for (size_t i = 0; i < t->part_count; i++)
        has_object |= t->parts[i].market_object != NULL;
    if (!has_object)
        missing(c, "contractStructure", "it names the underlying's marketObjectCode");
}

static void check_trade(checker *c, chi_moment to)
{
    const chi_actus_terms *t = c->t;
    bool dividends = chi_given_at(t->dvanx) || chi_given_cycle(t->dvcl);
    if (t->type == CHI_ACTUS_CSH)
        need_number(c, t->nt, "notionalPrincipal");
    if (t->type == CHI_ACTUS_STK && dividends) {
        if (!t->dvmo)
            missing(c, "marketObjectCodeOfDividends", "dividends are observed");
        if (!chi_given_at(to) && !chi_given_at(t->td))
            missing(c, "terminationDate", "without it the case must say `to`");
    }
    if (t->type == CHI_ACTUS_FXOUT) {
        need_moment(c, t->md, "maturityDate");
        need_number(c, t->nt, "notionalPrincipal");
        need_number(c, t->nt2, "notionalPrincipal2");
        if (!t->cur2)
            missing(c, "currency2", "");
    }
    if (t->type == CHI_ACTUS_SWPPV)
        check_swap(c);
    if (t->type == CHI_ACTUS_OPTNS || t->type == CHI_ACTUS_FUTUR)
        check_exercise(c);
}

static size_t count_parts(const chi_actus_terms *t, uint8_t role, bool with_terms)
{
    size_t count = 0;
    for (size_t i = 0; i < t->part_count; i++)
        count += t->parts[i].role == role && (!with_terms || t->parts[i].terms);
    return count;
}

/* True if a covered contract has no end of its own. */
static bool is_open_ended(const chi_actus_terms *t)
{
    for (size_t i = 0; i < t->part_count; i++) {
        const chi_actus_terms *part = t->parts[i].terms;
        if (!part || t->parts[i].role == CHI_PART_COVI || chi_given_at(part->td))
            continue;
        if ((part->type == CHI_ACTUS_CLM && !chi_given_at(part->md)) ||
            part->type == CHI_ACTUS_UMP || part->type == CHI_ACTUS_STK || is_open_ended(part))
            return true;
    }
    return false;
}

/* The parts of SWAPS and CAPFL run to the end of the case, what is covered to its own end. */
static void check_part(checker *c, const chi_actus_terms *part, chi_moment to)
{
    checker own = {c->diags, part, true};
    bool covers = c->t->type == CHI_ACTUS_CEG || c->t->type == CHI_ACTUS_CEC;
    if (settles_elsewhere(part))
        unsupported(&own, "settlementCurrency", "other than currency is not supported for a part");
    /* What has no end of its own runs to that of the guarantee. */
    if (covers)
        to = c->t->md;
    if (covers && c->t->cege == CHI_WORD_NI && counts_coupons(part))
        unsupported(&own, "dayCountConvention",
            "counts coupon periods; a guarantee of interest (NI) cannot");
    c->good &= own.good && chi_actus_check(c->diags, part, to);
}

static void check_nest(checker *c, chi_moment to)
{
    const chi_actus_terms *t = c->t;
    if (t->type == CHI_ACTUS_SWAPS &&
        (count_parts(t, CHI_PART_FIL, true) != 1 || count_parts(t, CHI_PART_SEL, true) != 1))
        missing(c, "contractStructure", "SWAPS needs one FIL and one SEL with terms");
    if (t->type == CHI_ACTUS_CAPFL) {
        if (count_parts(t, CHI_PART_UDL, true) != 1)
            missing(c, "contractStructure", "CAPFL needs one UDL with terms");
        if (!chi_given(t->rrlc) && !chi_given(t->rrlf))
            missing(c, "lifeCap", "CAPFL needs lifeCap, lifeFloor or both");
        check_rates(c);
    }
    if (t->type == CHI_ACTUS_CEG || t->type == CHI_ACTUS_CEC) {
        size_t covered = count_parts(t, CHI_PART_COVE, false);
        bool exposed = count_parts(t, CHI_PART_COVE, true) == covered || chi_given(t->nt);
        if (covered == 0)
            missing(c, "contractStructure", "it names what is covered (COVE)");
        else if (!exposed)
            missing(c, "notionalPrincipal", "without it every covered contract needs its terms");
        if (!chi_given_at(t->md) && (count_parts(t, CHI_PART_COVE, true) == 0 || is_open_ended(t)))
            missing(c, "maturityDate", "without it a covered contract needs terms and an end");
        if (t->type == CHI_ACTUS_CEC && count_parts(t, CHI_PART_COVI, true) == 0)
            missing(c, "contractStructure", "it names what covers (COVI), with terms");
        if (chi_given(t->cecv) && t->cecv < 0.0)
            wrong(c, "coverageOfCreditEnhancement", "is negative");
        check_fees(c);
        if ((chi_given_at(t->feanx) || chi_given_cycle(t->fecl)) && t->dcc == CHI_DC_COUNT)
            missing(c, "dayCountConvention", "the accrued fee needs it");
    }
    for (size_t i = 0; i < t->part_count; i++)
        if (t->parts[i].terms && t->parts[i].role != CHI_PART_COVI)
            check_part(c, t->parts[i].terms, to);
}

bool chi_actus_check(ch_diags *diags, const chi_actus_terms *t, chi_moment to)
{
    checker c = {diags, t, true};
    CHI_ASSERT(t != NULL);
    if (t->type == 0) {
        missing(&c, "contractType", "");
        return false;
    }
    check_dates(&c);
    if (t->role == 0)
        missing(&c, "contractRole", "RPA lends, RPL borrows, BUY buys, SEL sells");
    if (!t->cur)
        missing(&c, "currency", "");
    if (t->type <= CHI_ACTUS_UMP)
        check_loan(&c, to);
    else if (chi_actus_is_nest(t))
        check_nest(&c, to);
    else
        check_trade(&c, to);
    return c.good;
}

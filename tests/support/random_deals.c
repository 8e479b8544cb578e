/* Random contracts by the ACTUS standard, of all eighteen types. */
#include "support/random_deals.h"

#include "support/deal_rows.h"
#include "support/random_model.h"

#include <stdio.h>

typedef struct maker {
    chi_builder *b;
    uint64_t *state;
} maker;

static uint32_t pick(maker *m, uint32_t count)
{
    return count ? (uint32_t)(random_bits(m->state) % count) : 0;
}

static bool chance(maker *m, double p)
{
    return (double)(random_bits(m->state) >> 11) * 0x1p-53 < p;
}

static double between(maker *m, double low, double high)
{
    return low + (high - low) * ((double)(random_bits(m->state) >> 11) * 0x1p-53);
}

static void number(maker *m, uint32_t part, const char *name, double low, double high)
{
    double value = between(m, low, high);
    deal_term(m->b, part, name, "%.17g", value);
}

static chi_day some_day(maker *m, uint32_t least, uint32_t range)
{
    return m->b->start + (chi_day)(least + pick(m, range));
}

/* A driver that is no window. */
static uint32_t driver(maker *m)
{
    for (int tries = 0; tries < 8; tries++) {
        uint32_t d = pick(m, (uint32_t)m->b->driver.count);
        if (m->b->driver.at[d].process != CHI_CHAIN)
            return d;
    }
    return 0;
}

static const char *driver_name(const maker *m, uint32_t d)
{
    return m->b->text.at + m->b->driver.at[d].name;
}

static void cycle(maker *m, uint32_t part, const char *name, const char *anchor, chi_day first)
{
    static const char *const cycles[] = {"P1ML1", "P2ML1", "P3ML0", "P45DL1"};
    deal_term(m->b, part, name, "%s", cycles[pick(m, 4)]);
    deal_date(m->b, part, anchor, first + (chi_day)(5 + pick(m, 40)));
}

static void conventions(maker *m, uint32_t part)
{
    static const char *const counts[] = {"A360", "A365", "30E360", "AA"};
    static const char *const rules[] = {"SCF", "CSMF", "SCMP", "NOS"};
    deal_term(m->b, part, "dayCountConvention", "%s", counts[pick(m, 4)]);
    deal_term(m->b, part, "businessDayConvention", "%s", rules[pick(m, 4)]);
    deal_term(m->b, part, "calendar", "%s", chance(m, 0.5) ? "MF" : "NC");
}

/* Interest that follows a driver, with bounds. Drivers are near 1: the multiplier makes a rate. */
static void floats(maker *m, uint32_t part, chi_day first)
{
    uint32_t d = driver(m);
    cycle(m, part, "cycleOfRateReset", "cycleAnchorDateOfRateReset", first);
    deal_term(m->b, part, "marketObjectCodeOfRateReset", "%s", driver_name(m, d));
    number(m, part, "rateMultiplier", 0.02, 0.08);
    number(m, part, "rateSpread", -0.03, 0.05);
    if (chance(m, 0.3))
        number(m, part, "periodCap", 0.0, 0.02);
}

/* Principal, dates, interest: what every loan has. */
static void loan_terms(maker *m, uint32_t part, chi_day lent, chi_day end)
{
    number(m, part, "notionalPrincipal", 10.0, 150.0);
    deal_date(m->b, part, "initialExchangeDate", lent);
    deal_date(m->b, part, "maturityDate", end);
    number(m, part, "nominalInterestRate", -0.01, 0.12);
    conventions(m, part);
    cycle(m, part, "cycleOfInterestPayment", "cycleAnchorDateOfInterestPayment", lent);
    if (chance(m, 0.5))
        floats(m, part, lent);
}

/* Principal that goes up and down by steps. */
static void step_terms(maker *m, chi_day lent, chi_day end)
{
    chi_builder *b = m->b;
    number(m, 0, "notionalPrincipal", 50.0, 150.0);
    deal_date(b, 0, "initialExchangeDate", lent);
    deal_date(b, 0, "maturityDate", end);
    number(m, 0, "nominalInterestRate", 0.0, 0.12);
    conventions(m, 0);
    for (int k = 0; k < 2; k++)
        deal_date(b, 0, "arrayCycleAnchorDateOfPrincipalRedemption", lent + 20 + (chi_day)k * 100);
    deal_term(b, 0, "arrayCycleOfPrincipalRedemption", "P1ML1");
    for (int k = 0; k < 2; k++)
        number(m, 0, "arrayNextPrincipalRedemptionPayment", 1.0, 9.0);
    for (int k = 0; k < 2; k++)
        deal_term(b, 0, "arrayIncreaseDecrease", "%s", chance(m, 0.5) ? "INC" : "DEC");
    deal_date(b, 0, "arrayCycleAnchorDateOfInterestPayment", lent + 15);
    deal_term(b, 0, "arrayCycleOfInterestPayment", "P2ML1");
}

/* What has no end of its own: call money and deposits. */
static void open_terms(maker *m, chi_day lent)
{
    number(m, 0, "notionalPrincipal", 10.0, 150.0);
    deal_date(m->b, 0, "initialExchangeDate", lent);
    number(m, 0, "nominalInterestRate", -0.01, 0.1);
    conventions(m, 0);
    cycle(m, 0, "cycleOfInterestPayment", "cycleAnchorDateOfInterestPayment", lent);
}

static void fees_and_scaling(maker *m, chi_deal_type type, chi_day lent)
{
    chi_builder *b = m->b;
    if (chance(m, 0.2)) {
        deal_term(b, 0, "feeBasis", "N");
        number(m, 0, "feeRate", 0.0, 0.02);
        cycle(m, 0, "cycleOfFee", "cycleAnchorDateOfFee", lent);
    }
    if (type != CHI_DEAL_PAM || chance(m, 0.7))
        return;
    uint32_t d = driver(m);
    deal_term(b, 0, "scalingEffect", "%s", chance(m, 0.5) ? "IN0" : "0N0");
    cycle(m, 0, "cycleOfScalingIndex", "cycleAnchorDateOfScalingIndex", lent);
    deal_term(b, 0, "marketObjectCodeOfScalingIndex", "%s", driver_name(m, d));
    deal_term(b, 0, "scalingIndexAtContractDealDate", "1.0");
}

static void dated_events(maker *m, chi_deal_type type, chi_day first)
{
    chi_builder *b = m->b;
    if (type == CHI_DEAL_UMP) {
        double up = between(m, 1.0, 50.0), down = between(m, 1.0, 80.0);
        deal_event(b, CHI_DEAL_INCREASE, first + 30, up);
        deal_event(b, CHI_DEAL_REDEEM, first + 90, down);
    } else if (type == CHI_DEAL_CLM && chance(m, 0.6)) {
        deal_event(b, CHI_DEAL_CALL, first + 60, 0.0);
        deal_term(b, 0, "xDayNotice", "P%uD", pick(m, 60));
    } else if (type <= CHI_DEAL_ANN && chance(m, 0.3)) {
        chi_deal_event_kind kind = chance(m, 0.5) ? CHI_DEAL_PREPAY : CHI_DEAL_DRAW;
        deal_event(b, kind, first + 45, between(m, 1.0, 30.0));
    }
}

static void make_debt(maker *m, chi_deal_type type)
{
    chi_builder *b = m->b;
    bool later = chance(m, 0.4);
    chi_day lent = later ? some_day(m, 1, 250) : b->start - 40 + (chi_day)pick(m, 40);
    chi_day first = lent > b->start ? lent : b->start;
    chi_day end = first + 60 + (chi_day)pick(m, 700);
    if (type == CHI_DEAL_UMP || type == CHI_DEAL_CLM)
        open_terms(m, lent);
    else if (type == CHI_DEAL_LAX)
        step_terms(m, lent, end);
    else
        loan_terms(m, 0, lent, end);
    if (type == CHI_DEAL_LAM || type == CHI_DEAL_NAM || type == CHI_DEAL_ANN) {
        cycle(m, 0, "cycleOfPrincipalRedemption", "cycleAnchorDateOfPrincipalRedemption", lent);
        if (type != CHI_DEAL_ANN)
            number(m, 0, "nextPrincipalRedemptionPayment", 0.5, 9.0);
    }
    fees_and_scaling(m, type, lent);
    dated_events(m, type, first);
    chi_loan *loan = &b->loan.at[b->loan.count - 1];
    loan->grace_months = pick(m, 3);
    loan->cross_default = chance(m, 0.5);
}

static void leg(maker *m, uint32_t part, const char *role, chi_day end, bool changes)
{
    deal_term(m->b, part, "role", "%s", role);
    deal_term(m->b, part, "contractType", "PAM");
    chi_day begins = chance(m, 0.3) ? m->b->start + 35 : m->b->start - 10;
    loan_terms(m, part, begins, end);
    if (changes)
        floats(m, part, begins > m->b->start ? begins : m->b->start);
}

static void make_hedge(maker *m, chi_deal_type type)
{
    chi_builder *b = m->b;
    chi_day end = some_day(m, 60, 600);
    deal_term(b, 0, "deliverySettlement", "%s", chance(m, 0.5) ? "S" : "D");
    if (type == CHI_DEAL_CAPFL)
        number(m, 0, chance(m, 0.5) ? "lifeCap" : "lifeFloor", 0.02, 0.08);
    if (type == CHI_DEAL_SWPPV) {
        loan_terms(m, 0, chance(m, 0.5) ? b->start - 20 : b->start + 40, end + 60);
        number(m, 0, "nominalInterestRate2", 0.0, 0.1);
    } else if (type == CHI_DEAL_SWAPS) {
        leg(m, 1, "FIL", end, false);
        leg(m, 2, "SEL", end, false);
    } else {
        leg(m, 1, "UDL", end, false);
    }
}

static void make_trade(maker *m, chi_deal_type type)
{
    chi_builder *b = m->b;
    uint32_t d = driver(m);
    b->deal.at[b->deal.count - 1].driver = d;
    deal_date(b, 0, "maturityDate", some_day(m, 20, 500));
    deal_term(b, 0, "settlementPeriod", "P%uD", pick(m, 40));
    deal_term(b, 0, "deliverySettlement", "S");
    if (type == CHI_DEAL_FXOUT) {
        number(m, 0, "notionalPrincipal", 10.0, 60.0);
        number(m, 0, "notionalPrincipal2", 10.0, 60.0);
        deal_term(b, 0, "currency2", "EUR");
        return;
    }
    b->deal.at[b->deal.count - 1].scale = between(m, 1.0, 60.0);
    deal_term(b, 0, "marketObjectCode", "%s", driver_name(m, d));
    if (chance(m, 0.3)) {
        deal_date(b, 0, "purchaseDate", b->start + 15);
        number(m, 0, "priceAtPurchaseDate", 0.0, 2.0);
    }
    if (type == CHI_DEAL_FUTUR) {
        number(m, 0, "futuresPrice", 0.5, 1.5);
    } else {
        number(m, 0, "optionStrike1", 0.5, 1.5);
        deal_term(b, 0, "optionType", "%s", chance(m, 0.5) ? "C" : "P");
    }
}

static void make_asset(maker *m, chi_deal_type type)
{
    chi_builder *b = m->b;
    uint32_t d = driver(m);
    if (type == CHI_DEAL_CSH) {
        number(m, 0, "notionalPrincipal", 1.0, 40.0);
        return;
    }
    b->deal.at[b->deal.count - 1].driver = d;
    b->deal.at[b->deal.count - 1].class =
        type == CHI_DEAL_STK ? CHI_CLASS_SUBORDINATED : CHI_CLASS_OPERATING;
    number(m, 0, "quantity", 1.0, 40.0);
    if (chance(m, 0.5)) {
        deal_date(b, 0, "purchaseDate", b->start + 45);
        number(m, 0, "priceAtPurchaseDate", 0.0, 1.0);
        deal_date(b, 0, "terminationDate", b->start + 245);
        number(m, 0, "priceAtTerminationDate", 0.0, 1.0);
    }
    if (type == CHI_DEAL_STK && chance(m, 0.7)) {
        cycle(m, 0, "cycleOfDividendPayment", "cycleAnchorDateOfDividendPayment", b->start);
        deal_term(b, 0, "marketObjectCodeOfDividends", "%s", driver_name(m, d));
    }
}

/* Loans of which `firm` is a lender. */
static void cover_loans(maker *m, uint32_t firm)
{
    chi_builder *b = m->b;
    for (uint32_t l = 0; l < b->loan.count; l++) {
        chi_slice lenders = b->loan.at[l].lenders;
        for (uint32_t s = lenders.first; s < lenders.first + lenders.count; s++)
            if (b->share.at[s].firm == firm) {
                deal_covers(b, l);
                break;
            }
    }
}

static void make_cover(maker *m, chi_deal_type type)
{
    chi_builder *b = m->b;
    uint32_t provider = b->deal.at[b->deal.count - 1].counterparty;
    number(m, 0, "coverageOfCreditEnhancement", 0.3, 1.2);
    deal_term(b, 0, "guaranteedExposure", "%s", chance(m, 0.5) ? "NO" : "NI");
    if (chance(m, 0.5))
        number(m, 0, "notionalPrincipal", 10.0, 80.0);
    cover_loans(m, b->deal.at[b->deal.count - 1].creator);
    if (type == CHI_DEAL_CEG && chance(m, 0.5)) {
        deal_term(b, 0, "feeBasis", "A");
        number(m, 0, "feeRate", 0.0, 1.0);
        deal_date(b, 0, "maturityDate", b->start + 300);
        cycle(m, 0, "cycleOfFee", "cycleAnchorDateOfFee", b->start);
    }
    for (uint32_t d = 0; type == CHI_DEAL_CEC && d + 1 < b->deal.count; d++)
        if (b->deal.at[d].type >= CHI_DEAL_CSH && b->deal.at[d].type <= CHI_DEAL_STK &&
            b->deal.at[d].creator == provider)
            deal_collateral(b, d);
}

/* Who can give collateral: the holder of an asset. */
static uint32_t some_holder(maker *m, uint32_t than)
{
    for (uint32_t d = 0; d < m->b->deal.count; d++) {
        const chi_deal *deal = &m->b->deal.at[d];
        if (deal->type >= CHI_DEAL_CSH && deal->type <= CHI_DEAL_STK && deal->creator != than)
            return deal->creator;
    }
    return CHI_NONE;
}

void random_deals(chi_builder *b, uint32_t count, uint64_t *state)
{
    maker m = {b, state};
    uint32_t firms = (uint32_t)b->firm.count;
    for (uint32_t i = 0; i < count && firms > 1; i++) {
        char name[32];
        chi_deal_type type = (chi_deal_type)(1 + pick(&m, CHI_DEAL_TYPE_COUNT - 1));
        uint32_t creator = pick(&m, firms), other = pick(&m, firms - 1);
        other = other >= creator ? other + 1 : other;
        if (type <= CHI_DEAL_UMP && other == 0) { /* outside does not borrow */
            other = creator;
            creator = 0;
        }
        if (type == CHI_DEAL_CEC && some_holder(&m, creator) != CHI_NONE)
            other = some_holder(&m, creator);
        snprintf(name, sizeof name, "deal-%u", i);
        deal_begin(b, name, type, creator, other);
        if (type <= CHI_DEAL_UMP)
            make_debt(&m, type);
        else if (type <= CHI_DEAL_STK)
            make_asset(&m, type);
        else if (type == CHI_DEAL_CEG || type == CHI_DEAL_CEC)
            make_cover(&m, type);
        else if (type >= CHI_DEAL_SWPPV && type <= CHI_DEAL_CAPFL)
            make_hedge(&m, type);
        else
            make_trade(&m, type);
    }
}

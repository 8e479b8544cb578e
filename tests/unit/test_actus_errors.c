/* Terms that are wrong, incomplete or endless: each is refused with its id, the term and what is
 * needed, and never answered with a number. Through the public API. */
#include "cardhouse/ch_contract.h"
#include "support/cmocka_all.h"
#include "support/collect.h"
#include "support/failing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A loan that is complete; rows replace or add terms. */
#define LOAN                                                                                       \
    "\"contractType\":\"PAM\",\"contractID\":\"loan\",\"contractRole\":\"RPA\","                   \
    "\"currency\":\"USD\",\"statusDate\":\"2020-01-01\",\"initialExchangeDate\":\"2020-02-01\","   \
    "\"notionalPrincipal\":\"1000\",\"nominalInterestRate\":\"0.05\","                             \
    "\"dayCountConvention\":\"A365\""
#define COUNTED                                                                                    \
    "\"contractType\":\"PAM\",\"contractID\":\"loan\",\"contractRole\":\"RPA\","                   \
    "\"currency\":\"USD\",\"statusDate\":\"2020-01-01\",\"initialExchangeDate\":\"2020-02-01\","   \
    "\"notionalPrincipal\":\"1000\",\"nominalInterestRate\":\"0.05\""
#define AMORTISING                                                                                 \
    "\"contractID\":\"loan\",\"contractRole\":\"RPA\",\"currency\":\"USD\","                       \
    "\"statusDate\":\"2020-01-01\",\"initialExchangeDate\":\"2020-02-01\","                        \
    "\"notionalPrincipal\":\"1000\",\"nominalInterestRate\":\"0.05\","                             \
    "\"dayCountConvention\":\"A365\",\"cycleOfPrincipalRedemption\":\"P1ML1\""
#define OPTION                                                                                     \
    "\"contractType\":\"OPTNS\",\"contractID\":\"loan\",\"contractRole\":\"BUY\","                 \
    "\"currency\":\"USD\",\"statusDate\":\"2020-01-01\",\"maturityDate\":\"2020-06-30\","          \
    "\"optionType\":\"C\",\"optionStrike1\":\"80\""

static const struct {
    const char *terms, *rest; /* rest of the case after the terms */
    int code;
    const char *says;
} rows[] = {
    {LOAN, "", 603, "maturityDate is not given"},
    {LOAN ",\"maturityDate\":\"2019-01-01\"", "", 604, "maturityDate is not after"},
    {LOAN ",\"maturityDate\":\"2021-02-30\"", "", 601, "maturityDate is '2021-02-30'"},
    {LOAN ",\"maturityDate\":\"2021-02-01T12:00\"", "", 601, "T00:00:00 or T23:59:59"},
    {LOAN ",\"maturityDate\":\"2021-02-01\",\"cycleOfInterestPayment\":\"P0D\"", "", 601,
        "cycleOfInterestPayment is 'P0D'"},
    {LOAN ",\"maturityDate\":\"2021-02-01\",\"cycleOfInterestPayment\":\"monthly\"", "", 601,
        "expected a cycle"},
    {LOAN ",\"maturityDate\":\"9999-12-31\",\"cycleOfInterestPayment\":\"P1DL1\"", "", 607,
        "more than 200000 dates"},
    {LOAN ",\"maturityDate\":\"2021-02-01\",\"maturitydate\":\"2022-02-01\"", "", 602,
        "'maturitydate' is not a term"},
    {LOAN ",\"maturityDate\":\"2021-02-01\",\"lifeCap\":\"abc\"", "", 601, "lifeCap is 'abc'"},
    {LOAN ",\"maturityDate\":\"2021-02-01\",\"lifeCap\":\"0x10\"", "", 601, "expected a number"},
    {LOAN ",\"maturityDate\":\"2021-02-01\",\"lifeCap\":\"inf\"", "", 601, "expected a number"},
    {LOAN ",\"maturityDate\":\"2021-02-01\",\"lifeCap\":\"0.01\",\"lifeFloor\":\"0.02\"", "", 604,
        "lifeCap is below lifeFloor"},
    {LOAN ",\"maturityDate\":\"2021-02-01\",\"cycleOfRateReset\":\"P1ML1\"", "", 603,
        "marketObjectCodeOfRateReset is not given"},
    {LOAN ",\"maturityDate\":\"2021-02-01\",\"cycleOfRateReset\":\"P6ML1\","
          "\"marketObjectCodeOfRateReset\":\"SOFR\"",
        "", 606, "no observation of SOFR at or before 2020-08-01"},
    {LOAN ",\"maturityDate\":\"2021-02-01\",\"cycleOfRateReset\":\"P6ML1\","
          "\"marketObjectCodeOfRateReset\":\"SOFR\"",
        ",\"dataObserved\":{\"SOFR\":{\"data\":[{\"timestamp\":\"2020-08-02\",\"value\":\"1\"}]}}",
        606, "no observation of SOFR"},
    {LOAN ",\"maturityDate\":\"2021-02-01\"", ",\"to\":\"soon\"", 608, "to: expected a date"},
    {LOAN ",\"maturityDate\":\"2021-02-01\"", ",\"dataObserved\":{\"SOFR\":{\"data\":[1]}}", 608,
        "expected a timestamp"},
    {LOAN ",\"maturityDate\":\"2021-02-01\"",
        ",\"eventsObserved\":[{\"time\":\"2020-05-01\",\"type\":\"CE\"}]", 605,
        "PAM cannot act on an observed CE"},
    {LOAN ",\"maturityDate\":\"2021-02-01\",\"calendar\":\"MOON\"", "", 601, "calendar is 'MOON'"},
    {LOAN ",\"maturityDate\":\"2021-02-01\",\"scalingEffect\":\"XYZ\"", "", 601, "scalingEffect"},
    {LOAN ",\"maturityDate\":\"2021-02-01\",\"settlementCurrency\":\"EUR\"", "", 606,
        "no observation of USD/EUR at or before 2020-02-01"},
    {COUNTED ",\"maturityDate\":\"2021-02-01\",\"dayCountConvention\":\"ACT/ACT ICMA\"", "", 604,
        "cycleOfInterestPayment must be 1, 2, 3"},
    {LOAN ",\"maturityDate\":\"2021-02-01\",\"penaltyType\":\"I\"", "", 603,
        "marketObjectCodeOfRateReset is not given; penaltyType I"},
    {AMORTISING ",\"contractType\":\"NAM\",\"nextPrincipalRedemptionPayment\":\"40\","
                "\"cyclePointOfInterestPayment\":\"B\"",
        "", 605, "B is supported for PAM and LAM"},
    {LOAN ",\"maturityDate\":\"2021-02-01\",\"cardhouse\":{\"overnite\":\"compounded\"}", "", 602,
        "'overnite' is not one of"},
    {LOAN ",\"maturityDate\":\"2021-02-01\",\"cardhouse\":{\"pikShare\":\"2\"}", "", 604,
        "pikShare from 0 to 1"},
    {LOAN ",\"maturityDate\":\"2021-02-01\",\"cardhouse\":{\"pikShare\":\"1\",\"pikBelow\":\"2\"}",
        "", 604, "needs pikObject and pikBelow"},
    {LOAN ",\"maturityDate\":\"2021-02-01\",\"cardhouse\":{\"pikMargin\":\"1\"}", "", 604,
        "they need a pikShare"},
    {LOAN ",\"maturityDate\":\"2021-02-01\",\"cardhouse\":{\"gridLevels\":[3],"
          "\"gridSpreads\":[0.01,0.02]}",
        "", 604, "needs a gridObject"},
    {LOAN ",\"maturityDate\":\"2021-02-01\",\"cardhouse\":{\"gridObject\":\"X\","
          "\"gridLevels\":[3,2],\"gridSpreads\":[0.01,0.02,0.03]}",
        "", 604, "gridLevels that are not in rising order"},
    {LOAN ",\"maturityDate\":\"2021-02-01\",\"cardhouse\":{\"gridObject\":\"X\","
          "\"gridLevels\":[3],\"gridSpreads\":[0.01]}",
        "", 604, "one more of gridSpreads"},
    {LOAN ",\"maturityDate\":\"2021-02-01\",\"delinquencyRate\":\"-0.01\"", "", 604,
        "delinquencyRate is negative"},
    {LOAN ",\"maturityDate\":\"2021-02-01\"",
        ",\"eventsObserved\":[{\"time\":\"2020-05-01\",\"type\":\"CE\",\"contractId\":\"other\","
        "\"states\":{\"contractPerformance\":\"DL\"}}]",
        605, "PAM cannot act on an observed CE"},
    {LOAN ",\"maturityDate\":\"2021-02-01\",\"cyclePointOfRateReset\":\"E\"", "", 604,
        "must be those of interest payment under E"},
    {LOAN ",\"maturityDate\":\"2021-02-01\"",
        ",\"eventsObserved\":[{\"time\":\"2020-05-01\",\"type\":\"PP\",\"value\":\"-1\"}]", 608,
        "a value above zero"},
    {LOAN ",\"maturityDate\":\"2021-02-01\",\"cycleOfFee\":\"P1ML1\"", "", 603,
        "feeRate is not given"},
    {LOAN ",\"maturityDate\":\"2021-02-01\",\"terminationDate\":\"2020-06-01\"", "", 603,
        "priceAtTerminationDate is not given"},
    {LOAN ",\"maturityDate\":\"2021-02-01\",\"notionalPrincipal2\":\"\",\"contractDealDate\":[1]",
        "", 601, "(a list or mapping)"},
    {AMORTISING ",\"contractType\":\"LAM\"", "", 603, "nextPrincipalRedemptionPayment is needed"},
    {AMORTISING ",\"contractType\":\"NAM\",\"nextPrincipalRedemptionPayment\":\"4\"", "", 604,
        "does not cover the interest"},
    {AMORTISING ",\"contractType\":\"LAM\",\"nextPrincipalRedemptionPayment\":\"0.00000001\"", "",
        604, "200000 payments"},
    {AMORTISING ",\"contractType\":\"LAM\",\"nextPrincipalRedemptionPayment\":\"0.01\"", "", 604,
        "year 9999"},
    {AMORTISING ",\"contractType\":\"LAX\"", "", 603,
        "arrayCycleAnchorDateOfPrincipalRedemption is not given"},
    {AMORTISING ",\"contractType\":\"LAX\","
                "\"arrayCycleAnchorDateOfPrincipalRedemption\":\"2021-01-01\","
                "\"arrayCycleOfPrincipalRedemption\":\"P1YL1\","
                "\"arrayNextPrincipalRedemptionPayment\":\"0\"",
        "", 604, "do not redeem the notional"},
    {AMORTISING ",\"contractType\":\"LAX\","
                "\"arrayCycleAnchorDateOfPrincipalRedemption\":[\"2021-01-01\",\"2020-01-01\"],"
                "\"arrayNextPrincipalRedemptionPayment\":[1,2]",
        "", 604, "rising order"},
    {LOAN ",\"maturityDate\":\"2019-01-01\"", "", 604,
        "maturityDate is not after initialExchangeDate (it is '2019-01-01')"},
    {"\"contractType\":\"CLM\",\"contractID\":\"loan\",\"contractRole\":\"RPA\","
     "\"currency\":\"USD\",\"statusDate\":\"2020-01-01\",\"initialExchangeDate\":\"2020-02-01\","
     "\"notionalPrincipal\":\"1000\"",
        "", 603, "a call (XD) must be observed"},
    {"\"contractType\":\"CEG\",\"contractRole\":\"BUY\",\"currency\":\"USD\","
     "\"statusDate\":\"2020-01-01\",\"contractStructure\":[{\"object\":{\"contractType\":\"UMP\","
     "\"contractID\":\"x\",\"contractRole\":\"RPA\",\"initialExchangeDate\":\"2020-02-01\","
     "\"notionalPrincipal\":\"1000\"},\"referenceType\":\"CNT\",\"referenceRole\":\"COVE\"}]",
        ",\"to\":\"2021-01-01\"", 603, "needs terms and an end"},
    {AMORTISING ",\"contractType\":\"ANN\",\"maturityDate\":\"2420-02-01\","
                "\"cycleOfRateReset\":\"P1DL1\","
                "\"marketObjectCodeOfRateReset\":\"SOFR\"",
        "", 607, "more than 200000000 in all"},
    {OPTION, "", 603, "contractStructure is not given"},
    {OPTION ",\"marketObjectCode\":\"X\",\"optionExerciseType\":\"B\"", "", 603,
        "cycleOfOptionality is not given"},
    {OPTION ",\"marketObjectCode\":\"X\",\"optionExerciseType\":\"B\","
            "\"cycleAnchorDateOfOptionality\":\"2020-02-01\",\"cycleOfOptionality\":\"P1ML1\"",
        ",\"eventsObserved\":[{\"time\":\"2020-03-02\",\"type\":\"XD\"}]", 604,
        "do not name the day of the observed exercise"},
    {OPTION ",\"marketObjectCode\":\"X\"",
        ",\"eventsObserved\":[{\"time\":\"2020-03-02\",\"type\":\"XD\"}]", 605,
        "OPTNS cannot act on an observed XD"},
    {OPTION ",\"marketObjectCode\":\"X\",\"deliverySettlement\":\"D\"", "", 605, "settles in cash"},
    {"\"contractType\":\"SWAPS\",\"contractRole\":\"RFL\",\"currency\":\"USD\","
     "\"statusDate\":\"2020-01-01\"",
        "", 603, "one FIL and one SEL"},
    {"\"contractType\":\"CEG\",\"contractRole\":\"BUY\",\"currency\":\"USD\","
     "\"statusDate\":\"2020-01-01\",\"contractStructure\":[{\"object\":{\"contractIdentifier\":"
     "\"x\"},\"referenceType\":\"CID\",\"referenceRole\":\"COVE\"}]",
        "", 603, "notionalPrincipal is not given"},
    {"\"contractType\":\"CEG\",\"contractStructure\":[3]", "", 601, "referenceRole"},
    {"\"contractType\":\"BOND\"", "", 601, "contractType is 'BOND'"},
    {"\"contractID\":\"x\"", "", 603, "contractType is not given"},
};

static void check_row(size_t i)
{
    char text[4096];
    ch_contracts *contracts;
    ch_diags *diags;
    snprintf(text, sizeof text, "{\"c\":{\"terms\":{%s}%s}}", rows[i].terms, rows[i].rest);
    assert_int_equal(
        ch_contracts_load_text(text, strlen(text), "case.json", &contracts, &diags), CH_OK);
    assert_int_equal(ch_contracts_wrong(contracts), 1);
    assert_int_equal(ch_contracts_event_count(contracts, 0), 0);
    char *said = collect_diags(diags, CH_DIAG_TEXT);
    bool found = false;
    for (size_t k = 0; k < ch_diags_count(diags); k++)
        found |= (int)ch_diags_at(diags, k)->code == rows[i].code &&
                 strstr(ch_diags_at(diags, k)->message, rows[i].says) &&
                 ch_diags_at(diags, k)->span.line > 0;
    if (!found)
        fail_msg("row %zu: no CH%04d with '%s' in:\n%s", i, rows[i].code, rows[i].says, said);
    free(said);
    ch_diags_free(diags);
    ch_contracts_free(contracts);
}

static void test_bad_terms(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_row(i);
}

static const char good[] =
    "{\"c\":{\"terms\":{" LOAN
    ",\"maturityDate\":\"2021-02-01\",\"cycleOfInterestPayment\":\"P3ML1\","
    "\"calendar\":\"MF\",\"businessDayConvention\":\"SCF\"}}, \"d\":{\"terms\":{" AMORTISING
    ",\"contractType\":\"ANN\",\"maturityDate\":\"2021-02-01\"}}}";

static void test_events_through_the_api(void **state)
{
    (void)state;
    ch_contracts *contracts;
    ch_diags *diags;
    assert_int_equal(
        ch_contracts_load_text(good, strlen(good), "good.json", &contracts, &diags), CH_OK);
    assert_null(diags);
    assert_int_equal(ch_contracts_count(contracts), 2);
    assert_string_equal(ch_contracts_id(contracts, 0), "c");
    assert_int_equal(ch_contracts_event_count(contracts, 0), 6);
    ch_event first = ch_contracts_event(contracts, 0, 0);
    assert_string_equal(first.type, "IED");
    assert_true(first.payoff == -1000.0 && first.notional == 1000.0 && first.rate == 0.05);
    collected out = {0};
    assert_int_equal(ch_contracts_write_json(contracts, collect_write, &out), CH_OK);
    assert_non_null(strstr(out.text, "2020-05-01T00:00"));
    collect_free(&out);
    assert_int_equal(ch_contracts_write_csv(contracts, collect_write, &out), CH_OK);
    assert_non_null(strstr(out.text, "c,2020-02-01T00:00,IED,-1000,USD,1000,0.05,0,,"));
    collect_free(&out);
    assert_int_equal(ch_contracts_explain(contracts, "d", collect_write, &out), CH_OK);
    assert_non_null(strstr(out.text, "next redemption"));
    collect_free(&out);
    assert_int_equal(ch_contracts_explain(contracts, "nobody", collect_write, &out), CH_E_ARGUMENT);
    ch_contracts_free(contracts);
    collect_free(&out);
}

/* One case wrong leaves the others. */
static void test_the_good_remain(void **state)
{
    (void)state;
    static const char text[] =
        "{\"bad\":3,\"c\":{\"terms\":{" LOAN ",\"maturityDate\":\"2021-02-01\"}}}";
    ch_contracts *contracts;
    ch_diags *diags;
    assert_int_equal(
        ch_contracts_load_text(text, strlen(text), "mixed.json", &contracts, &diags), CH_OK);
    assert_int_equal(ch_contracts_wrong(contracts), 1);
    assert_int_equal(ch_contracts_event_count(contracts, 1), 3);
    ch_contracts_free(contracts);
    ch_diags_free(diags);
}

static void test_memory_ends(void **state)
{
    (void)state;
    for (size_t number = 1;; number++) {
        ch_contracts *contracts;
        ch_diags *diags;
        failing_from(number);
        ch_status status =
            ch_contracts_load_text(good, strlen(good), "good.json", &contracts, &diags);
        bool failed = failing_happened();
        failing_stop();
        if (!failed) {
            assert_int_equal(status, CH_OK);
            ch_contracts_free(contracts);
            return;
        }
        assert_int_equal(status, CH_E_MEMORY);
        assert_null(contracts);
        ch_diags_free(diags);
    }
}

static void test_day_functions(void **state)
{
    (void)state;
    ch_day from, to, pay, accrual, dates[4];
    double years, rate;
    size_t count;
    char text[11];
    assert_int_equal(ch_day_parse("2024-02-29", &from), CH_OK);
    assert_int_equal(ch_day_parse("2023-02-29", &to), CH_E_ARGUMENT);
    assert_int_equal(ch_day_parse("2024-08-29", &to), CH_OK);
    assert_int_equal(ch_day_format(to, text), CH_OK);
    assert_string_equal(text, "2024-08-29");
    assert_int_equal(ch_day_format(INT32_MAX, text), CH_E_ARGUMENT);
    assert_int_equal(ch_year_fraction("30/360", from, to, NULL, &years), CH_OK);
    assert_true(years == 0.5);
    assert_int_equal(ch_year_fraction("ACT/ACT ICMA", from, to, NULL, &years), CH_E_ARGUMENT);
    ch_coupon_period periods[] = {{from, to, 2}};
    ch_daycount_context context = {CH_DAY_NONE, 0, periods, 1};
    assert_int_equal(ch_year_fraction("ACT/ACT ICMA", to, from, &context, &years), CH_OK);
    assert_true(years == -0.5);
    assert_int_equal(
        ch_year_fraction("ACT/ACT ICMA", from, to + 1, &context, &years), CH_E_ARGUMENT);
    assert_int_equal(ch_year_fraction("ACT/1", from, to, NULL, &years), CH_E_ARGUMENT);
    assert_int_equal(ch_schedule(from, "P3ML1", to, 1, dates, 4, &count), CH_OK);
    assert_int_equal(count, 3);
    assert_int_equal(dates[2], to);
    assert_int_equal(ch_schedule(from, "P0D", to, 1, dates, 4, &count), CH_E_ARGUMENT);
    assert_int_equal(ch_business_day("MF", "SCF", from + 2, &pay, &accrual), CH_OK);
    assert_int_equal(pay, from + 4);
    assert_int_equal(ch_business_day("MARS", "SCF", from, &pay, &accrual), CH_E_ARGUMENT);
    double rates[] = {0.04, 0.05};
    int days[] = {1, 3};
    assert_int_equal(ch_overnight_averaged("ACT/360", rates, days, 2, &rate), CH_OK);
    assert_true(rate > 0.0475 - 1e-15 && rate < 0.0475 + 1e-15);
    assert_int_equal(ch_overnight_compounded("30/360", rates, days, 2, &rate), CH_E_ARGUMENT);
    days[0] = -1;
    assert_int_equal(ch_overnight_compounded("ACT/360", rates, days, 2, &rate), CH_E_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_terms),
        cmocka_unit_test(test_events_through_the_api),
        cmocka_unit_test(test_the_good_remain),
        cmocka_unit_test(test_memory_ends),
        cmocka_unit_test(test_day_functions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// The amortising floating loans of bench_actus.c in QuantLib, as its users write them: a leg of
// floating coupons on falling notionals with the redemptions, an index that forecasts from a curve,
// a flat curve on a quote that each scenario moves. One core.
#include <ql/cashflows/cashflows.hpp>
#include <ql/cashflows/couponpricer.hpp>
#include <ql/cashflows/iborcoupon.hpp>
#include <ql/cashflows/simplecashflow.hpp>
#include <ql/currencies/america.hpp>
#include <ql/indexes/iborindex.hpp>
#include <ql/quotes/simplequote.hpp>
#include <ql/settings.hpp>
#include <ql/termstructures/yield/flatforward.hpp>
#include <ql/time/calendars/nullcalendar.hpp>
#include <ql/time/daycounters/actual360.hpp>
#include <ql/time/daycounters/actual365fixed.hpp>
#include <ql/time/schedule.hpp>

#include <cstdio>
#include <ctime>
#include <vector>

using namespace QuantLib;

static double cpu_seconds()
{
    timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

int main()
{
    const int loans = 400, scenarios = 25, periods = 20, spread_days = 360;
    const Date today(31, December, 2024);
    Settings::instance().evaluationDate() = today;
    auto rate = ext::make_shared<SimpleQuote>(0.03);
    Handle<YieldTermStructure> curve(
        ext::make_shared<FlatForward>(today, Handle<Quote>(rate), Actual365Fixed(), Continuous));
    auto index = ext::make_shared<IborIndex>("RATE", Period(3, Months), 0, USDCurrency(),
        NullCalendar(), Unadjusted, false, Actual360(), curve);
    std::vector<Leg> legs;
    for (int k = 0; k < loans; k++) {
        const double notional = 1e6 + k;
        const Date start = today + 1 + k % spread_days;
        Schedule schedule = MakeSchedule()
                                .from(start)
                                .to(start + Period(3 * periods, Months))
                                .withTenor(Period(3, Months))
                                .withCalendar(NullCalendar())
                                .withConvention(Unadjusted)
                                .withRule(DateGeneration::Forward);
        std::vector<Real> notionals;
        for (int i = 0; i < periods; i++)
            notionals.push_back(notional * (periods - i) / periods);
        Leg leg = IborLeg(schedule, index)
                      .withNotionals(notionals)
                      .withPaymentDayCounter(Actual360())
                      .withPaymentAdjustment(Unadjusted)
                      .withFixingDays(0)
                      .withSpreads(0.02);
        leg.push_back(ext::make_shared<SimpleCashFlow>(-notional, start));
        for (int i = 1; i <= periods; i++)
            leg.push_back(ext::make_shared<SimpleCashFlow>(notional / periods, schedule.date(i)));
        setCouponPricer(leg, ext::make_shared<BlackIborCouponPricer>());
        legs.push_back(leg);
    }
    double sum = 0.0, best = 1e30;
    for (int round = 0; round < 3; round++) {
        const double begin = cpu_seconds();
        for (int s = 0; s < scenarios; s++) {
            rate->setValue(0.03 + 1e-5 * (s + round));
            for (const Leg &leg : legs)
                sum += CashFlows::npv(leg, **curve, false, today, today);
        }
        const double time = cpu_seconds() - begin;
        best = time < best ? time : best;
    }
    rate->setValue(0.03);
    std::printf("actus_amortising,quantlib,%.6g,ns\n", best / (loans * scenarios) * 1e9);
    std::printf("actus_amortising_value,quantlib,%.10g,money\n",
        CashFlows::npv(legs[0], **curve, false, today, today));
    return sum == 0.0;
}

/* Reads the waves of a run: who falls with whom, in which round, and who loses by it. */
#include "result/result.h"

#include "base/check.h"

uint32_t ch_result_wave_months(const ch_result *result)
{
    return result->plan->wave_months;
}

uint64_t ch_result_first_paths(const ch_result *result, size_t firm)
{
    const chi_recorder *total = result->total;
    CHI_ASSERT(firm < result->model->firm_count);
    uint32_t first = total->firsts > 1 ? (uint32_t)firm : 0;
    return chi_wake_at(total, first, 0, (uint32_t)firm)->falls;
}

static ch_wake make_wake(const ch_result *result, uint32_t first, uint32_t round, uint32_t firm)
{
    const chi_wake *wake = chi_wake_at(result->total, first, round, firm);
    uint64_t of = ch_result_first_paths(result, first), paths = result->total->paths;
    double sum = chi_sum128_value(&wake->loss);
    return (ch_wake){.first = first,
        .firm = firm,
        .round = round,
        .paths = wake->falls,
        .failed = chi_wilson(wake->falls, of),
        .loss = paths ? sum / (double)paths : 0.0,
        .loss_given_first = of ? sum / (double)of : 0.0};
}

/* A firm that falls first stands in its own round 0; that row says nothing new without a loss. */
void chi_result_list_wakes(ch_result *result)
{
    uint32_t firms = (uint32_t)result->model->firm_count;
    CHI_VEC(ch_wake) list = {0};
    for (uint32_t first = 0; result->total->firsts > 1 && first < firms; first++)
        for (uint32_t round = 0; round < CH_ROUNDS; round++)
            for (uint32_t firm = 0; firm < firms; firm++) {
                ch_wake wake = make_wake(result, first, round, firm);
                if ((wake.paths && firm != first) || wake.loss != 0.0)
                    *CHI_PUSH(&result->arena, &list) = wake;
            }
    result->wakes = list.at;
    result->wake_count = list.count;
}

ch_round ch_result_round(const ch_result *result, size_t firm, uint32_t round)
{
    const chi_recorder *total = result->total;
    CHI_ASSERT(firm < result->model->firm_count && round < CH_ROUNDS);
    ch_round found = {0};
    chi_sum128 sum = chi_wake_at(total, 0, round, (uint32_t)firm)->loss;
    found.paths = chi_wake_at(total, 0, round, (uint32_t)firm)->falls;
    for (uint32_t first = 1; first < total->firsts; first++) {
        const chi_wake *wake = chi_wake_at(total, first, round, (uint32_t)firm);
        found.paths += wake->falls;
        chi_sum128_merge(&sum, &wake->loss);
    }
    found.failed = chi_wilson(found.paths, total->paths);
    found.loss = total->paths ? chi_sum128_value(&sum) / (double)total->paths : 0.0;
    return found;
}

size_t ch_result_wake_count(const ch_result *result)
{
    return result->wake_count;
}

ch_wake ch_result_wake(const ch_result *result, size_t index)
{
    CHI_ASSERT(index < result->wake_count);
    return result->wakes[index];
}

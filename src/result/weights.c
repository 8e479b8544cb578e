/* Getters of ch_weigh.h. */
#include "result/weights.h"

#include "base/arena.h"
#include "base/check.h"

#include <math.h>

const ch_model *ch_weights_model(const ch_weights *weights)
{
    return weights->base;
}

size_t ch_weights_firm(const ch_weights *weights)
{
    return weights->firm;
}

uint32_t ch_weights_months(const ch_weights *weights)
{
    return weights->months;
}

uint64_t ch_weights_paths(const ch_weights *weights)
{
    return weights->paths;
}

ch_share ch_weights_alive(const ch_weights *weights)
{
    return weights->alive;
}

size_t ch_weights_count(const ch_weights *weights)
{
    return weights->count;
}

ch_weight ch_weights_at(const ch_weights *weights, size_t index)
{
    CHI_ASSERT(index < weights->count);
    return weights->weight[index];
}

size_t ch_weights_left_count(const ch_weights *weights)
{
    return weights->left_count;
}

ch_evidence ch_weights_left(const ch_weights *weights, size_t index)
{
    CHI_ASSERT(index < weights->left_count);
    return weights->left[index];
}

size_t ch_weights_missing_count(const ch_weights *weights)
{
    return weights->missing_count;
}

ch_evidence ch_weights_missing(const ch_weights *weights, size_t index)
{
    CHI_ASSERT(index < weights->missing_count);
    return weights->missing[index];
}

/* Some hundred at most, and a stable order: insertion will do. */
void chi_weights_sort(ch_weights *weights)
{
    for (size_t i = 1; i < weights->count; i++) {
        ch_weight weight = weights->weight[i];
        double size = fabs(weight.change.difference);
        size_t at = i;
        for (; at > 0 && fabs(weights->weight[at - 1].change.difference) < size; at--)
            weights->weight[at] = weights->weight[at - 1];
        weights->weight[at] = weight;
    }
}

void ch_weights_free(ch_weights *weights)
{
    if (!weights)
        return;
    chi_memory_free(weights->weight);
    chi_memory_free(weights->left);
    chi_memory_free(weights->missing);
    ch_model_free(weights->base);
    chi_memory_free(weights);
}

/* Chooses the copy of the column loops for this processor and drives them over a plan's events. */
#include "contract/actus_joint.h"

#include "base/check.h"
#include "num/isa.h"

typedef void step_fn(const chi_actus_step *step, chi_actus_columns *columns, double *payoff);
typedef void sweep_fn(const chi_actus_book *book, const chi_actus_plan *plan,
    const chi_actus_valuation *v, size_t at);
typedef void joint_fn(const chi_actus_book *book, const chi_actus_joint *joint,
    const chi_actus_valuation *v, chi_actus_columns *states, size_t at);

typedef struct copies {
    step_fn *step;
    sweep_fn *sweep;
    joint_fn *joint;
} copies;

#define COPY(isa)                                                                                  \
    step_fn chi_actus_step_columns_##isa;                                                          \
    sweep_fn chi_actus_sweep_block_##isa;                                                          \
    joint_fn chi_actus_sweep_joint_block_##isa;                                                    \
    static const copies copies_##isa = {chi_actus_step_columns_##isa, chi_actus_sweep_block_##isa, \
        chi_actus_sweep_joint_block_##isa};
CHI_ISA_COPIES(COPY)

static copies copies_of(chi_isa isa)
{
    return CHI_ISA_CHOOSE(isa, copies);
}

void chi_actus_columns_set(chi_actus_columns *columns, chi_actus_state s)
{
    for (int i = 0; i < CHI_ACTUS_BLOCK; i++)
        lane_actus_store(columns, i, s);
}

chi_actus_state chi_actus_columns_get(const chi_actus_columns *c, int i)
{
    CHI_ASSERT(i >= 0 && i < CHI_ACTUS_BLOCK);
    return lane_actus_load(c, i);
}

void chi_actus_sweep_step(const chi_actus_step *step, chi_actus_columns *columns, double *payoff)
{
    copies_of(chi_isa_best()).step(step, columns, payoff);
}

bool chi_actus_op_observes(uint8_t op)
{
    CHI_ASSERT(op < CHI_ACTUS_OP_COUNT);
    return chi_actus_families[op] == CHI_FAMILY_LOAN_SEEN ||
           chi_actus_families[op] == CHI_FAMILY_TRADE_SEEN ||
           chi_actus_families[op] == CHI_FAMILY_SWAP_SEEN;
}

void chi_actus_sweep(
    const chi_actus_book *book, const chi_actus_plan *plan, const chi_actus_valuation *valuation)
{
    CHI_ASSERT(valuation->paths % CHI_ACTUS_BLOCK == 0);
    sweep_fn *sweep_block = copies_of(chi_isa_best()).sweep;
    for (size_t at = 0; at < valuation->paths; at += CHI_ACTUS_BLOCK)
        sweep_block(book, plan, valuation, at);
}

void chi_actus_sweep_joint(const chi_actus_book *book, const chi_actus_joint *joint,
    const chi_actus_valuation *valuation, chi_actus_columns *states)
{
    CHI_ASSERT(valuation->paths % CHI_ACTUS_BLOCK == 0);
    joint_fn *sweep_block = copies_of(chi_isa_best()).joint;
    for (size_t at = 0; at < valuation->paths; at += CHI_ACTUS_BLOCK)
        sweep_block(book, joint, valuation, states, at);
}

/* The loops of net_bounds.h. Eight firms at a time, the last eight over firms that may have been
 * seen before, which changes nothing: largest and least numbers do not depend on order or
 * repetition. */
#include "clear/net_bounds.h"
#include "clear/net_eight.h"

#include "base/check.h"
#include "num/isa.h"

#include <float.h>
#include <math.h>
#include <string.h>

chi_net_answer_fn CHI_ISA_NAME(chi_net_answer);
chi_net_weigh_fn CHI_ISA_NAME(chi_net_weigh);
chi_net_bound_fn CHI_ISA_NAME(chi_net_bound);
chi_net_cash_fn CHI_ISA_NAME(chi_net_cash);

enum { BLOCK = 8 };

#define SIZE(a) ((eight)((eight_flags)(a)&0x7fffffffffffffff))

/* Eight numbers in a row, and eight from anywhere: vectors as arguments have no one way of passing
 * over all instruction sets. */
typedef double eight_near __attribute__((vector_size(64), aligned(8), may_alias));
#define LOAD(from) (*(const eight_near *)(from))
#define STORE(to, x) (*(eight_near *)(to) = (x))
#define LOAD_AT(from, at)                                                                          \
    ((eight){(from)[(at)[0]], (from)[(at)[1]], (from)[(at)[2]], (from)[(at)[3]], (from)[(at)[4]],  \
        (from)[(at)[5]], (from)[(at)[6]], (from)[(at)[7]]})

static double largest_of(const eight *each)
{
    double most = (*each)[0];
    for (size_t l = 1; l < BLOCK; l++)
        most = (*each)[l] > most ? (*each)[l] : most;
    return most;
}

static double least_of(const eight *each)
{
    double least = (*each)[0];
    for (size_t l = 1; l < BLOCK; l++)
        least = (*each)[l] < least ? (*each)[l] : least;
    return least;
}

/* The first of eight firms, the `from`-th in turn. */
static inline size_t block_at(size_t from, size_t firms)
{
    return from + BLOCK <= firms ? from : firms - BLOCK;
}

bool CHI_ISA_NAME(chi_net_answer)(const chi_net_answers *answers, size_t firms, double tie)
{
    CHI_ASSERT(firms >= BLOCK);
    chi_net_answers a = *answers;
    eight one = ALL(1.0), zero = ALL(0.0), allowed = ALL(tie), worst = zero;
    for (size_t from = 0; from < firms; from += BLOCK) {
        size_t i = block_at(from, firms);
        eight receipt = LOAD_AT(a.received, &a.at[i]), paid = LOAD_AT(a.paid, &a.at[i]);
        eight debt = LOAD(&a.debt[i]), value = LOAD(&a.outside[i]) + receipt;
        eight_flags fails = paid<one, pays = paid> zero;
        eight excess = value - debt, mistaken = CHOOSE(fails, excess, -excess) - allowed * debt;
        /* Who pays nothing may have been told to. */
        mistaken = CHOOSE(pays, mistaken, zero);
        worst = LARGER(mistaken, worst);
        STORE(&a.receipt[i], receipt);
        STORE(&a.output[i], paid);
        STORE(&a.value[i], CHOOSE(fails & pays, paid * debt, value));
    }
    CHI_LOOP
    for (size_t i = 0; i < firms; i++)
        a.failed[i] = a.output[i] < 1.0;
    return !(largest_of(&worst) > 0.0);
}

/* Mismatches of value and receipts, what rounding may have hidden of them added on, against w. */
void CHI_ISA_NAME(chi_net_weigh)(chi_net_bounds *bounds, size_t firms)
{
    CHI_ASSERT(firms >= BLOCK);
    chi_net_bounds b = *bounds;
    eight one = ALL(1.0), zero = ALL(0.0), far = ALL((double)INFINITY), rounding = ALL(DBL_EPSILON);
    eight residual = zero, factor = zero, weight_least = far, slack_least = far;
    for (size_t from = 0; from < firms; from += BLOCK) {
        size_t i = block_at(from, firms);
        eight_flags begin, end;
        memcpy(&begin, &b.start[i], sizeof begin);
        memcpy(&end, &b.start[i + 1], sizeof end);
        eight terms = __builtin_convertvector(end - begin, eight) + ALL(8.0);
        eight paid = LOAD(&b.output[i]), value = LOAD(&b.value[i]);
        eight have = LOAD(&b.outside[i]) + LOAD(&b.receipt[i]);
        eight r = SIZE(have - value) + terms * rounding * (have + SIZE(value));
        eight_flags moves = (paid < one) & (paid > zero);
        eight weight = LOAD_AT(b.weight, &b.at[i]), slack = LOAD_AT(b.slack, &b.at[i]);
        r = CHOOSE(moves, r, zero);
        eight ratio = CHOOSE(moves, r / (LOAD(&b.debt[i]) * slack), zero);
        residual = LARGER(r, residual);
        factor = LARGER(ratio, factor);
        weight = CHOOSE(moves, weight, far);
        slack = CHOOSE(moves, slack, far);
        weight_least = SMALLER(weight, weight_least);
        slack_least = SMALLER(slack, slack_least);
    }
    bounds->residual = largest_of(&residual);
    bounds->factor = largest_of(&factor);
    bounds->weight_least = least_of(&weight_least);
    bounds->slack_least = least_of(&slack_least);
}

/* Of the firms that move: into bound[], and the largest. */
static void bound_moving(chi_net_bounds *bounds, size_t firms)
{
    chi_net_bounds b = *bounds;
    eight one = ALL(1.0), zero = ALL(0.0), factor = ALL(b.factor), error = zero, share = zero;
    for (size_t from = 0; from < firms; from += BLOCK) {
        size_t i = block_at(from, firms);
        eight paid = LOAD(&b.output[i]), part = LOAD_AT(b.weight, &b.at[i]) * factor;
        part = CHOOSE((paid < one) & (paid > zero), part, zero);
        eight bound = part * LOAD(&b.debt[i]);
        share = LARGER(part, share);
        error = LARGER(bound, error);
        STORE(&b.bound[i], bound);
    }
    bounds->share = largest_of(&share);
    bounds->error = largest_of(&error);
}

/* A firm that does not move can be off by what its debtors may be off; at most by `share` of its
 * claims. */
void CHI_ISA_NAME(chi_net_bound)(chi_net_bounds *bounds, size_t firms)
{
    CHI_ASSERT(firms >= BLOCK);
    bound_moving(bounds, firms);
    chi_net_bounds b = *bounds;
    eight one = ALL(1.0), zero = ALL(0.0), far = ALL((double)INFINITY), nearest = far;
    eight share = ALL(b.share), rounding = ALL(2.0 * DBL_EPSILON);
    eight_flags close = {0};
    for (size_t from = 0; from < firms; from += BLOCK) {
        size_t i = block_at(from, firms);
        eight_flags begin, end;
        memcpy(&begin, &b.start[i], sizeof begin);
        memcpy(&end, &b.start[i + 1], sizeof end);
        eight terms = __builtin_convertvector(end - begin, eight) + ALL(16.0), rough = far;
        eight paid = LOAD(&b.output[i]), value = LOAD(&b.value[i]), debt = LOAD(&b.debt[i]);
        if (b.face) {
            eight face = LOAD(&b.face[i]);
            rough = share * face + terms * rounding * (LOAD(&b.outside[i]) + face + SIZE(value));
        }
        eight bound = CHOOSE((paid < one) & (paid > zero), LOAD(&b.bound[i]), -rough);
        eight margin = CHOOSE(debt > zero, SIZE(value - debt), far);
        close |= (margin <= SIZE(bound)) & (debt > zero);
        eight ratio = margin / debt;
        ratio = CHOOSE(debt > zero, ratio, far);
        nearest = SMALLER(ratio, nearest);
        STORE(&b.bound[i], bound);
    }
    bounds->nearest = least_of(&nearest);
    bounds->close = false;
    for (size_t l = 0; l < BLOCK; l++)
        bounds->close |= close[l] != 0;
}

bool CHI_ISA_NAME(chi_net_cash)(
    size_t firms, const double *outside, const double *bottom, const double *debt, double alpha)
{
    double poor = 0.0;
    eight zero = ALL(0.0), share = ALL(alpha);
    eight_flags any = {0};
    size_t i = 0;
    for (; i + BLOCK <= firms; i += BLOCK) {
        eight own = share * LOAD(&outside[i]) - LOAD(&bottom[i]);
        any |= ~(own > zero) & (LOAD(&debt[i]) != zero);
    }
    for (; i < firms; i++)
        poor += !(alpha * outside[i] - bottom[i] > 0.0) && debt[i] != 0.0 ? 1.0 : 0.0;
    for (size_t l = 0; l < BLOCK; l++)
        poor += any[l] != 0 ? 1.0 : 0.0;
    return poor == 0.0;
}

/* Counting paths. */
#include "engine/record.h"

#include "base/check.h"
#include "cardhouse/ch_result.h"
#include "engine/close.column.h"
#include "num/hash.h"
#include "num/isa.h"
#include "num/math.lane.h"

/* The fixed-point quantum of losses: 2^-70 of the scale, far below any amount of money. */
static int quantum(const chi_plan *plan)
{
    int exponent = (int)(lane_bits(plan->scale) >> 52) - 1023;
    return exponent - 70;
}

enum { ROWS = 4 }; /* of cash, counted side by side */

static size_t failed_bytes(const chi_plan *plan)
{
    return plan->counts.firms * plan->months * sizeof(uint64_t);
}

#define COPY(isa)                                                                                  \
    chi_cash_bins_fn chi_cash_bins_##isa;                                                          \
    chi_cash_hash_fn chi_cash_hash_##isa;
CHI_ISA_COPIES(COPY)

static size_t bins_of(uint32_t step_bits)
{
    return 2 * ((size_t)CHI_CASH_OCTAVES << step_bits) + 1;
}

static size_t cash_bytes(const chi_plan *plan, uint32_t step_bits)
{
    return plan->counts.sims * plan->months * bins_of(step_bits) * sizeof(uint32_t);
}

/* The finest bins that fit; a fact of the model, so that results do not depend on the machine. */
static uint32_t step_bits_of(const chi_plan *plan)
{
    uint32_t bits = CHI_CASH_STEP_BITS;
    while (bits > CHI_CASH_STEP_BITS_MIN && cash_bytes(plan, bits) > CHI_CASH_BYTES_MAX)
        bits--;
    return bits;
}

/* Losses run along the pairs of the plan, from sellers to buyers for advances, from issuers to
 * holders, between the owners of one asset, and from borrowers to those who cover their debts. */
static size_t loss_room_of(const chi_plan *plan)
{
    size_t room = 16;
    size_t lines = plan->counts.pairs + plan->counts.customers + plan->counts.holdings +
                   plan->model->cover_count;
    for (uint32_t a = 0; a < plan->counts.assets; a++) {
        size_t owners = plan->model->asset[a].owners.count;
        lines += owners * owners;
    }
    while (room < 2 * lines)
        room *= 2;
    return room;
}

/* By the firm that fell first, if that fits: a fact of the model, like the bins of cash. */
static size_t firsts_of(const chi_plan *plan)
{
    size_t firms = plan->counts.firms;
    return firms * firms * CH_ROUNDS * sizeof(chi_wake) <= CHI_WAKE_BYTES_MAX ? firms : 1;
}

static size_t wake_count(const chi_recorder *r)
{
    return r->firsts * CH_ROUNDS * r->plan->counts.firms;
}

static chi_cash_scale scale_of(const chi_recorder *recorder)
{
    uint32_t shift = 52 - recorder->step_bits;
    size_t half = recorder->bins / 2;
    return (chi_cash_scale){(lane_bits(recorder->plan->scale) >> shift) - half, half, shift};
}

chi_recorder *chi_recorder_new(const chi_plan *plan, chi_arena *arena)
{
    chi_recorder *r = chi_arena_alloc(arena, sizeof *r);
    r->plan = plan;
    r->step_bits = step_bits_of(plan);
    r->bins = bins_of(r->step_bits);
    r->bins_of = CHI_ISA_CHOOSE(chi_isa_best(), chi_cash_bins);
    r->hash_of = CHI_ISA_CHOOSE(chi_isa_best(), chi_cash_hash);
    r->scale = scale_of(r);
    r->failed = chi_arena_alloc(arena, failed_bytes(plan));
    r->cash = chi_arena_alloc(arena, cash_bytes(plan, r->step_bits) + ROWS * sizeof *r->cash);
    r->fall = chi_arena_alloc(arena, CHI_FALL_ROOM * sizeof *r->fall);
    r->loss_room = loss_room_of(plan);
    r->loss = chi_arena_alloc(arena, r->loss_room * sizeof *r->loss);
    for (size_t i = 0; i < r->loss_room; i++)
        for (int k = 0; k < CHI_CHANNEL_COUNT; k++)
            r->loss[i].sum[k] = chi_sum128_new(quantum(plan));
    r->firsts = firsts_of(plan);
    r->wake = chi_arena_alloc(arena, wake_count(r) * sizeof *r->wake);
    for (size_t i = 0; i < wake_count(r); i++)
        r->wake[i].loss = chi_sum128_new(quantum(plan));
    return r;
}

/* --- cash --------------------------------------------------------------------------------- */

double chi_cash_bin_value(const chi_recorder *recorder, size_t bin)
{
    chi_cash_scale scale = recorder->scale;
    if (bin == scale.half)
        return 0.0;
    uint64_t at = scale.low + (bin > scale.half ? bin - scale.half : scale.half - bin);
    double middle =
        0.5 * (lane_from_bits(at << scale.shift) + lane_from_bits((at + 1) << scale.shift));
    return bin > scale.half ? middle : -middle;
}

/* Counts rows of cash, the first being number `row`, with paths CHI_TILE_PATHS_MAX apart. Side by
 * side, because many paths of one row are in one bin and each would wait for the count before; with
 * places behind all rows for those on which the firm has failed, because nobody could predict a
 * branch. */
CH_LANE void count_rows(
    chi_recorder *recorder, size_t row, const size_t rows, const double *cash, size_t paths)
{
    uint32_t bin[ROWS][CHI_TILE_PATHS_MAX];
    size_t all = recorder->plan->counts.sims * recorder->plan->months;
    for (size_t k = 0; k < rows; k++) {
        uint32_t none = (uint32_t)((all - row - k) * recorder->bins + k);
        recorder->bins_of(recorder->scale, paths, cash + k * CHI_TILE_PATHS_MAX, none, bin[k]);
    }
    uint32_t *bins = recorder->cash + row * recorder->bins;
    for (size_t i = 0; i < paths; i++)
        for (size_t k = 0; k < rows; k++)
            bins[k * recorder->bins + bin[k][i]]++;
}

void chi_record_month(chi_recorder *recorder, const chi_state *state, size_t paths, uint32_t month)
{
    const chi_plan *plan = recorder->plan;
    double cash[CHI_TILE_PATHS_MAX];
    CHI_ASSERT(paths <= CHI_TILE_PATHS_MAX);
    for (uint32_t s = 0; s < plan->counts.sims; s++) {
        uint32_t firm = plan->firm_of_sim[s];
        k_keep_cash(paths, cash, CHI_COL(state, alive, firm), CHI_COL(state, cash, firm));
        count_rows(recorder, (size_t)s * plan->months + month, 1, cash, paths);
    }
}

void chi_record_make_room(chi_recorder *recorder, chi_arena *arena)
{
    const chi_plan *plan = recorder->plan;
    recorder->kept = chi_arena_alloc(
        arena, plan->counts.sims * plan->months * CHI_TILE_PATHS_MAX * sizeof *recorder->kept + 1);
}

void chi_record_kept(chi_recorder *recorder, size_t paths)
{
    size_t rows = recorder->plan->counts.sims * recorder->plan->months;
    size_t r = 0;
    for (; r + ROWS <= rows; r += ROWS)
        count_rows(recorder, r, ROWS, recorder->kept + r * CHI_TILE_PATHS_MAX, paths);
    for (; r < rows; r++)
        count_rows(recorder, r, 1, recorder->kept + r * CHI_TILE_PATHS_MAX, paths);
}

/* --- failures and losses ------------------------------------------------------------------ */

static void count_fall(
    chi_recorder *r, uint32_t firm, uint32_t cause, uint32_t root, uint64_t count)
{
    uint64_t key = (uint64_t)firm << 42 ^ (uint64_t)cause << 21 ^ root;
    size_t at = (size_t)chi_mix64(key) & (CHI_FALL_ROOM - 1);
    for (size_t tries = 0; tries < CHI_FALL_ROOM; tries++, at = (at + 1) & (CHI_FALL_ROOM - 1)) {
        chi_fall_count *place = &r->fall[at];
        if (place->count == 0)
            *place = (chi_fall_count){.firm = firm, .cause = cause, .root = root};
        if (place->firm == firm && place->cause == cause && place->root == root) {
            place->count += count;
            return;
        }
    }
    r->falls_untold += count;
}

static chi_loss_sum *loss_place(chi_recorder *r, uint32_t from, uint32_t to)
{
    size_t last = r->loss_room - 1;
    size_t at = (size_t)chi_mix64((uint64_t)from << 32 ^ to) & last;
    for (size_t tries = 0; tries <= last; tries++, at = (at + 1) & last) {
        chi_loss_sum *place = &r->loss[at];
        if (place->count == 0) {
            place->from = from;
            place->to = to;
        }
        if (place->from == from && place->to == to)
            return place;
    }
    CHI_NEVER("a loss along no pair of the plan");
}

static chi_wake *wake_of(chi_recorder *r, uint32_t first, uint32_t round, uint32_t firm)
{
    first = r->firsts > 1 ? first : 0;
    round = round < CH_ROUNDS ? round : CH_ROUNDS - 1;
    return &r->wake[((size_t)first * CH_ROUNDS + round) * r->plan->counts.firms + firm];
}

const chi_wake *chi_wake_at(const chi_recorder *r, uint32_t first, uint32_t round, uint32_t firm)
{
    CHI_ASSERT(first < r->firsts && round < CH_ROUNDS && firm < r->plan->counts.firms);
    return wake_of((chi_recorder *)r, first, round, firm);
}

void chi_record_loss(void *context, uint64_t path, const chi_lost *lost)
{
    chi_recorder *recorder = context;
    if (path >= recorder->path_end)
        return;
    chi_loss_sum *place = loss_place(recorder, lost->from, lost->to);
    place->count++;
    chi_wake *wake =
        wake_of(recorder, chi_wave_first(lost->wave), chi_wave_round(lost->wave), lost->to);
    chi_sum128_add_to_both(&place->sum[lost->channel], &wake->loss, lost->amount);
}

/* A wave begins with a failure: a firm brought down by one that was short but lives on to the end
 * counts as the first itself. */
static void count_wave(chi_recorder *r, const chi_state *state, uint32_t firm, size_t lane)
{
    uint32_t wave = (uint32_t)CHI_AT(state, wave, firm, lane), first = chi_wave_first(wave);
    bool began = CHI_AT(state, failed, first, lane) != 0.0;
    wake_of(r, began ? first : firm, began ? chi_wave_round(wave) : 0, firm)->falls++;
}

/* Asked of whole columns: most firms fail on none of a few paths. */
static bool any_failed(const double *failed, size_t paths)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < paths; i++)
        bits |= lane_bits(failed[i]); /* never a negative zero */
    return bits != 0;
}

static void count_falls(chi_recorder *r, const chi_state *state, uint32_t firm, size_t paths)
{
    for (size_t i = 0; i < paths; i++) {
        double failed = CHI_AT(state, failed, firm, i);
        if (failed == 0.0)
            continue;
        r->failed[(size_t)firm * r->plan->months + (size_t)failed - 1]++;
        count_fall(r, firm, (uint32_t)CHI_AT(state, cause, firm, i),
            (uint32_t)CHI_AT(state, root, firm, i), 1);
        count_wave(r, state, firm, i);
    }
}

static void keep_ends(
    const chi_ends *ends, uint32_t firm, const double *failed, uint64_t first, size_t paths)
{
    uint16_t *month = ends->month + firm * ends->paths + (first - ends->first);
    CHI_ASSERT(first >= ends->first && first + paths <= ends->first + ends->paths);
    for (size_t i = 0; i < paths; i++)
        month[i] = (uint16_t)failed[i];
}

void chi_record_end(chi_recorder *recorder, const chi_state *state, size_t paths, uint64_t first,
    const double *residual)
{
    const chi_plan *plan = recorder->plan;
    recorder->paths += paths;
    for (uint32_t f = 0; f < plan->counts.firms; f++) {
        const double *failed = CHI_COL(state, failed, f);
        if (recorder->ends.month)
            keep_ends(&recorder->ends, f, failed, first, paths);
        if (any_failed(failed, paths))
            count_falls(recorder, state, f, paths);
    }
    recorder->state_hash +=
        recorder->hash_of(first, paths, plan->counts.firms, state->cash, state->stride);
    for (size_t i = 0; i < paths; i++)
        recorder->residual = lane_max(recorder->residual, residual[i]);
}

void chi_recorder_merge(chi_recorder *total, const chi_recorder *part)
{
    const chi_plan *plan = total->plan;
    CHI_ASSERT(part->plan == plan);
    total->paths += part->paths;
    for (size_t i = 0; i < plan->counts.firms * plan->months; i++)
        total->failed[i] += part->failed[i];
    for (size_t i = 0; i < plan->counts.sims * plan->months * total->bins; i++)
        total->cash[i] += part->cash[i];
    for (size_t i = 0; i < CHI_FALL_ROOM; i++)
        if (part->fall[i].count)
            count_fall(total, part->fall[i].firm, part->fall[i].cause, part->fall[i].root,
                part->fall[i].count);
    for (size_t i = 0; i < part->loss_room; i++)
        if (part->loss[i].count) {
            chi_loss_sum *place = loss_place(total, part->loss[i].from, part->loss[i].to);
            place->count += part->loss[i].count;
            for (int k = 0; k < CHI_CHANNEL_COUNT; k++)
                chi_sum128_merge(&place->sum[k], &part->loss[i].sum[k]);
        }
    for (size_t i = 0; i < wake_count(total); i++) {
        total->wake[i].falls += part->wake[i].falls;
        chi_sum128_merge(&total->wake[i].loss, &part->wake[i].loss);
    }
    total->falls_untold += part->falls_untold;
    total->unsettled += part->unsettled;
    total->residual = lane_max(total->residual, part->residual);
    total->state_hash += part->state_hash;
}

/* Who falls with whom: the waves in which failures reach other firms.
 *
 * A failure of round 0 is a firm's own. A firm that fails within the plan's wave_months of having
 * been hit by a failure of round r falls in round r + 1 of the wave that the same first firm began.
 * It says who came before, not what would have been enough. */
#include "engine/path.h"

#include "clear/clear.lane.h"

/* --- hits --------------------------------------------------------------------------------- */

static bool is_recent(const chi_path *path, uint32_t firm)
{
    double since = path->month + 1.0 - CHI_P(path, hit_month, firm);
    return CHI_P(path, hit, firm) != 0.0 && since < path->plan->wave_months;
}

/* Of several hits the one of the latest round counts: the others had not been enough. */
static void note_hit(chi_path *path, uint32_t firm, uint32_t round, uint32_t first)
{
    uint32_t wave = chi_wave_of(round, first);
    uint32_t before = is_recent(path, firm) ? (uint32_t)CHI_P(path, hit, firm) : 0;
    if (CHI_P(path, alive, firm) == 0.0 || firm == 0 || firm == first)
        return;
    if (before == 0 || round > chi_wave_round(before))
        CHI_P(path, hit, firm) = wave;
    CHI_P(path, hit_month, firm) = path->month + 1.0;
}

void chi_path_hit(chi_path *path, uint32_t firm, uint32_t by)
{
    uint32_t wave = (uint32_t)CHI_P(path, wave, by);
    note_hit(path, firm, chi_wave_round(wave) + 1, chi_wave_first(wave));
}

void chi_path_hit_through(chi_path *path, uint32_t firm, uint32_t via)
{
    if (CHI_P(path, alive, via) == 0.0 || !is_recent(path, via) || is_recent(path, firm))
        return;
    uint32_t wave = (uint32_t)CHI_P(path, hit, via);
    note_hit(path, firm, chi_wave_round(wave) + 1, chi_wave_first(wave));
}

/* A firm that ran short but neither has failed nor may fail now has begun nothing. */
static bool has_begun(const chi_path *path, uint32_t first)
{
    uint32_t sim = path->plan->sim_of_firm[first];
    return CHI_P(path, alive, first) == 0.0 ||
           (sim != CHI_NONE && CHI_P(path, trigger, sim) != 0.0);
}

void chi_path_set_wave(chi_path *path, uint32_t firm, bool alone)
{
    uint32_t hit = is_recent(path, firm) ? (uint32_t)CHI_P(path, hit, firm) : 0;
    if (alone || hit == 0 || !has_begun(path, chi_wave_first(hit)))
        hit = chi_wave_of(0, firm);
    CHI_P(path, wave, firm) = hit;
}

/* --- rounds of fictitious defaults --------------------------------------------------------- */

static bool pays_all(const chi_path *path, uint32_t sim)
{
    for (size_t k = 0; k < CHI_CLASSES; k++)
        if (CHI_P(path, paid, (size_t)path->plan->firm_of_sim[sim] * CHI_CLASSES + k) != 1.0)
            return false;
    return true;
}

/* Is anybody short who would not be if all others paid? */
static bool reaches_others(const chi_path *path)
{
    const chi_plan *plan = path->plan;
    for (uint32_t s = 0; s < plan->counts.sims; s++) {
        double due = 0.0, cash = CHI_P(path, cash, plan->firm_of_sim[s]);
        for (size_t k = 0; k < CHI_CLASSES; k++)
            due += CHI_P(path, class_due, s * CHI_CLASSES + k);
        if (!pays_all(path, s) && lane_is_short(cash + CHI_P(path, expected, s), due) == 0.0)
            return true;
    }
    return false;
}

/* Copies `paid` out of the state or back into it. */
static void swap_paid(chi_path *path, bool give_back)
{
    for (size_t k = 0; k < path->plan->counts.firms * CHI_CLASSES; k++)
        if (give_back)
            CHI_P(path, paid, k) = path->spare[k];
        else
            path->spare[k] = CHI_P(path, paid, k);
}

/* Marks who is short under the present fractions; true if anybody is who was not before. */
static bool mark_short(chi_path *path, uint32_t round)
{
    bool found = false;
    for (uint32_t s = 0; s < path->plan->counts.sims; s++)
        if (CHI_P(path, sunk, s) == 0.0 && chi_path_is_short(path, s)) {
            CHI_P(path, sunk, s) = round;
            found = true;
        }
    return found;
}

/* The debtor of the round before whose default costs this firm most. CHI_NONE if there is none. */
static uint32_t worst_debtor(const chi_path *path, uint32_t sim)
{
    const chi_plan *plan = path->plan;
    uint32_t worst = CHI_NONE;
    double most = 0.0, round = CHI_P(path, sunk, sim);
    for (uint32_t k = plan->inflow_first[sim]; k < plan->inflow_first[sim + 1]; k++) {
        const chi_pair *pair = &plan->pair[plan->inflow[k]];
        uint32_t debtor = plan->sim_of_firm[pair->debtor];
        if (debtor == CHI_NONE || CHI_P(path, sunk, debtor) != round - 1.0)
            continue;
        double missed = CHI_P(path, pair, plan->inflow[k]) *
                        (1.0 - CHI_P(path, paid, (size_t)pair->debtor * CHI_CLASSES + pair->class));
        if (missed > most) {
            most = missed;
            worst = pair->debtor;
        }
    }
    return worst;
}

static void hit_by_debtors(chi_path *path, uint32_t last)
{
    const chi_plan *plan = path->plan;
    for (uint32_t round = 2; round <= last; round++)
        for (uint32_t s = 0; s < plan->counts.sims; s++) {
            uint32_t firm = plan->firm_of_sim[s];
            uint32_t by = CHI_P(path, sunk, s) == round ? worst_debtor(path, s) : CHI_NONE;
            if (by == CHI_NONE)
                continue;
            uint32_t wave = is_recent(path, by) ? (uint32_t)CHI_P(path, hit, by) : by;
            note_hit(path, firm, chi_wave_round(wave) + 1, chi_wave_first(wave));
        }
}

void chi_path_find_rounds(chi_path *path)
{
    uint32_t round = 1;
    for (uint32_t s = 0; s < path->plan->counts.sims; s++)
        CHI_P(path, sunk, s) = 0.0;
    if (!reaches_others(path))
        return;
    swap_paid(path, false);
    chi_path_reset_paid(path);
    while (mark_short(path, round)) {
        (void)chi_path_lower(path, true);
        round++;
    }
    swap_paid(path, true);
    hit_by_debtors(path, round - 1);
}

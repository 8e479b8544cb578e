/* The part of the plan about chance: hazards, draws of a month, streams. */
#include "engine/plan.h"

#include "base/check.h"
#include "num/math.lane.h"

static bool can_happen(const chi_amount *intensity)
{
    return intensity->table != CHI_NONE || intensity->expr != CHI_NONE || intensity->constant != 0;
}

/* Are both multiples of the same expression of nothing but drivers and numbers? */
static bool same_in_drivers(const ch_model *model, const chi_amount *a, const chi_amount *b)
{
    if (a->expr == CHI_NONE || b->expr == CHI_NONE)
        return false;
    chi_slice x = model->expr[a->expr].ops, y = model->expr[b->expr].ops;
    bool same = x.count == y.count;
    for (uint32_t k = 0; same && k < x.count; k++) {
        const chi_op *p = &model->op[x.first + k], *q = &model->op[y.first + k];
        bool moves = p->code == CHI_OP_ITEM || p->code == CHI_OP_LINE || p->code == CHI_OP_ALIVE ||
                     p->code == CHI_OP_LIVE || p->code == CHI_OP_THRESHOLD;
        same = !moves && p->code == q->code && p->index == q->index && p->item == q->item &&
               p->constant == q->constant;
    }
    return same;
}

/* Sums of an intensity that is the same on all paths; NULL for one that is not. Nothing of the
 * plan's months but numbers goes into it, so that it is worked out here and not on every path. */
static const double *sum_intensity(
    const chi_plan *plan, const chi_amount *intensity, chi_arena *arena)
{
    if (intensity->expr != CHI_NONE)
        return NULL;
    double *used = chi_arena_alloc(arena, plan->months * sizeof *used), sum = 0.0;
    for (uint32_t m = 0; m < plan->months; m++) {
        sum += lane_positive(chi_amount_at(plan->model, intensity, m)) * CHI_MONTH_YEARS;
        used[m] = sum;
    }
    return used;
}

static void list_hazards(chi_plan *plan, chi_arena *arena)
{
    const ch_model *model = plan->model;
    CHI_VEC(chi_hazard) list = {0};
    for (uint32_t f = 0; f < model->firm_count; f++)
        if (model->firm[f].kind == CHI_REDUCED && can_happen(&model->firm[f].intensity))
            *CHI_PUSH(arena, &list) =
                (chi_hazard){1, f, model->firm[f].stream, model->firm[f].intensity, 0, NULL};
    for (uint32_t c = 0; c < model->customer_count; c++)
        if (can_happen(&model->customer[c].cancellation))
            *CHI_PUSH(arena, &list) = (chi_hazard){
                0, c, model->customer[c].stream, model->customer[c].cancellation, 0, NULL};
    for (size_t h = 0; h < list.count; h++)
        list.at[h].used = sum_intensity(plan, &list.at[h].intensity, arena);
    for (size_t h = 1; h < list.count; h++)
        list.at[h].same_factor =
            same_in_drivers(model, &list.at[h - 1].intensity, &list.at[h].intensity);
    plan->hazard = list.at;
    plan->counts.hazards = list.count;
}

static bool names_before(const ch_model *model, const chi_amount *rate, uint32_t driver)
{
    if (rate->expr == CHI_NONE)
        return true;
    chi_slice ops = model->expr[rate->expr].ops;
    for (uint32_t k = ops.first; k < ops.first + ops.count; k++)
        if (model->op[k].code == CHI_OP_DRIVER && model->op[k].index >= driver)
            return false;
    return true;
}

static bool drivers_in_order(const ch_model *model)
{
    for (uint32_t d = 0; d < model->driver_count; d++)
        if (model->driver[d].process == CHI_CHAIN &&
            (!names_before(model, &model->driver[d].open_rate, d) ||
                !names_before(model, &model->driver[d].shut_rate, d)))
            return false;
    return true;
}

/* Poisson distribution of the jumps in one month, as far as a double can tell. */
static void list_jump_terms(chi_plan *plan, uint32_t row)
{
    double mean = plan->model->driver[row].jump_rate * CHI_MONTH_YEARS;
    double term = lane_exp(-mean), sum = term;
    double *cdf = plan->jump_cdf + (size_t)row * CHI_JUMPS_MAX;
    uint32_t terms = 0;
    while (terms < CHI_JUMPS_MAX) {
        cdf[terms++] = sum;
        if (1.0 - sum < 1e-15)
            break;
        term *= mean / terms;
        sum += term;
    }
    plan->jump_terms[row] = terms;
}

static void list_draws(chi_plan *plan, chi_arena *arena)
{
    const ch_model *model = plan->model;
    size_t count = model->driver_count;
    plan->counts.drivers = count;
    plan->counts.normals = model->normal_count;
    plan->uniform_of_driver = chi_plan_ids(arena, count);
    plan->jump_of_driver = chi_plan_ids(arena, count);
    plan->driver_of_normal = chi_plan_ids(arena, model->normal_count);
    plan->uniform_stream = chi_plan_ids(arena, count);
    plan->jump_stream = chi_plan_ids(arena, count);
    plan->jump_cdf = chi_arena_alloc(arena, (count * CHI_JUMPS_MAX + 1) * sizeof(double));
    plan->jump_terms = chi_arena_alloc(arena, (count + 1) * sizeof(uint32_t));
    for (uint32_t d = 0; d < count; d++) {
        const chi_driver *driver = &model->driver[d];
        if (driver->normal != CHI_NONE)
            plan->driver_of_normal[driver->normal] = d;
        bool jumps = driver->jump_rate > 0.0 && driver->process != CHI_CHAIN;
        if (driver->process == CHI_CHAIN || jumps) {
            plan->uniform_of_driver[d] = (uint32_t)plan->counts.uniforms;
            plan->uniform_stream[plan->counts.uniforms++] = driver->stream ^ 0x5bd1e995u;
        }
        if (jumps) {
            plan->jump_of_driver[d] = (uint32_t)plan->counts.jumps;
            plan->jump_stream[plan->counts.jumps++] = driver->stream ^ 0x9e3779b9u;
            list_jump_terms(plan, d);
        }
    }
    for (uint32_t i = 0; i < model->normal_count; i++)
        CHI_ASSERT(plan->driver_of_normal[i] != CHI_NONE);
}

/* In one list, so that tiles can draw from many streams at once. */
static void list_streams(chi_plan *plan, chi_arena *arena)
{
    const ch_model *model = plan->model;
    uint32_t *at = chi_plan_ids(arena, chi_plan_covenant_streams(plan) + model->covenant_count);
    plan->stream = at;
    for (size_t r = 0; r < plan->counts.normals; r++)
        *at++ = model->driver[plan->driver_of_normal[r]].stream;
    for (size_t j = 0; j < plan->counts.jumps; j++)
        *at++ = plan->jump_stream[j];
    for (size_t u = 0; u < plan->counts.uniforms; u++)
        *at++ = plan->uniform_stream[u];
    for (size_t h = 0; h < plan->counts.hazards; h++)
        *at++ = plan->hazard[h].stream;
    for (uint32_t c = 0; c < model->covenant_count; c++)
        *at++ = model->covenant[c].stream;
}

void chi_plan_draws(chi_plan *plan, chi_arena *arena)
{
    list_hazards(plan, arena);
    list_draws(plan, arena);
    list_streams(plan, arena);
    plan->drivers_in_order = drivers_in_order(plan->model);
}

/* Opening state, and steps 1 and 2 of a month: events, drivers, defaults and cancellations drawn.
 */
#include "engine/tile.h"

#include "engine/drivers.column.h"

/* --- opening state ------------------------------------------------------------------------ */

/* Fields that follow each other in one go. */
static void start_at_zero(chi_tile *tile)
{
    const chi_counts *n = &tile->plan->counts;
    double *first = tile->state.block;
    size_t columns = 0;
#define START(name, count, begins, doc)                                                            \
    if ((begins) == CHI_SET) {                                                                     \
        if (columns > 0)                                                                           \
            fill_zero(tile, first, columns);                                                       \
        columns = 0;                                                                               \
    } else {                                                                                       \
        first = columns == 0 ? tile->state.name : first;                                           \
        columns += (count);                                                                        \
    }
    CHI_STATE_LIST(START)
#undef START
    if (columns > 0)
        fill_zero(tile, first, columns);
}

static void start_firms(chi_tile *tile)
{
    const ch_model *model = tile->plan->model;
    for (uint32_t f = 0; f < model->firm_count; f++) {
        const chi_firm *firm = &model->firm[f];
        fill(tile, CHI_T(tile, alive, f), 1.0);
        fill(tile, CHI_T(tile, cash, f), firm->cash);
        fill(tile, CHI_T(tile, restricted, f), firm->restricted_cash);
        fill(tile, CHI_T(tile, property, f), firm->property);
    }
    CHI_DO(tile, fill_rows, tile->state.paid, 1.0,
        model->firm_count * CHI_CLASSES * tile->state.stride);
}

static void start_contracts(chi_tile *tile)
{
    const ch_model *model = tile->plan->model;
    for (uint32_t l = 0; l < model->loan_count; l++) {
        const chi_loan *loan = &model->loan[l];
        int stands = loan->initial_exchange <= model->start;
        fill(tile, CHI_T(tile, notional, l), stands ? loan->notional : 0.0);
        fill(tile, CHI_T(tile, accrued, l), stands ? loan->accrued : 0.0);
        fill(tile, CHI_T(tile, rate, l), tile->plan->rate_start[l]);
        fill(tile, CHI_T(tile, promised, l), 1.0);
        fill(tile, CHI_T(tile, per_promised, l), 1.0);
    }
    for (uint32_t c = 0; c < model->customer_count; c++) {
        fill(tile, CHI_T(tile, live, c), 1.0);
        fill(tile, CHI_T(tile, advance, c), model->customer[c].advance_open);
    }
}

/* Draws made once for a path: hazards' exponentials and undisclosed thresholds. As many streams at
 * once as there are registers to take the second values, which nobody needs. */
static void start_draws(chi_tile *tile)
{
    const ch_model *model = tile->plan->model;
    double *spare = CHI_T(tile, scratch, 0);
    size_t hazards = tile->plan->counts.hazards;
    for (size_t h = 0; h < hazards; h += CHI_EXPR_DEPTH_MAX) {
        size_t rows = hazards - h < CHI_EXPR_DEPTH_MAX ? hazards - h : CHI_EXPR_DEPTH_MAX;
        CHI_DRAW(tile, 0, chi_plan_hazard_streams(tile->plan) + h, rows, (size_t)0,
            CHI_T(tile, hazard, h), spare);
    }
    for (size_t h = 0; h < hazards; h++)
        CHI_DO(tile, exponential, CHI_T(tile, hazard, h));
    for (uint32_t c = 0; c < model->covenant_count; c++) {
        const chi_covenant *covenant = &model->covenant[c];
        double *level = CHI_T(tile, threshold, c);
        double low = covenant->threshold_low, range = covenant->threshold_high - low;
        if (range == 0.0) {
            fill(tile, level, low);
            continue;
        }
        CHI_DRAW(
            tile, 0, chi_plan_covenant_streams(tile->plan) + c, (size_t)1, (size_t)0, level, spare);
        CHI_DO(tile, between, level, low, range);
    }
}

void chi_tile_start(chi_tile *tile)
{
    const ch_model *model = tile->plan->model;
    start_at_zero(tile);
    fill(tile, tile->moved, 0.0);
    fill(tile, tile->residual, 0.0);
    fill(tile, tile->finite, 0.0);
    CHI_RARE(tile, 1, reset, 0, NULL);
    for (uint32_t d = 0; d < model->driver_count; d++) {
        fill(tile, CHI_T(tile, latent, d), model->driver[d].start);
        fill(tile, CHI_T(tile, driver, d), model->driver[d].start);
    }
    start_firms(tile);
    start_contracts(tile);
    if (tile->plan->counts.deals > 0)
        CHI_RARE(tile, 1, start_deals, 0, NULL);
    start_draws(tile);
    CHI_RARE(tile, 1, open, 0, NULL);
}

/* --- random numbers ----------------------------------------------------------------------- */

/* One call of the generator serves two months, an even one and the odd one after it. The rows of
 * normals, jumps and uniforms lie one behind the other, and so do those of the second. */
static void draw_two_months(chi_tile *tile)
{
    const chi_counts *n = &tile->plan->counts;
    size_t rows = n->normals + n->jumps + n->uniforms;
    if (rows > 0)
        CHI_DRAW(tile, tile->month / 2, (size_t)0, rows, n->normals + n->jumps, tile->state.normal,
            tile->state.normal_next);
}

/* --- drivers ------------------------------------------------------------------------------ */

/* Correlated normal of row r: the Cholesky row times the independent normals, in their order; zero
 * factors are left out. 0 for a driver without volatility, which draws no normal. */
static const double *correlate(chi_tile *tile, uint32_t r, double *out)
{
    const ch_model *model = tile->plan->model;
    if (r == CHI_NONE) {
        fill(tile, out, 0.0);
        return out;
    }
    const double *factor = model->factor + (size_t)r * model->normal_count;
    bool begun = false;
    for (uint32_t j = 0; j <= r; j++) {
        double weight = factor[j];
        if (weight == 0.0)
            continue;
        if (begun)
            CHI_DO(tile, add_share, out, weight, CHI_T(tile, normal, j));
        else
            CHI_DO(tile, weigh_first, out, weight, CHI_T(tile, normal, j));
        begun = true;
    }
    if (!begun)
        fill(tile, out, 0.0);
    return out;
}

/* Sum of this month's jumps: mostly there is none. Counts are whole numbers, so that terms may be
 * added four at once. */
static void jumps(chi_tile *tile, uint32_t d, double *out)
{
    const chi_plan *plan = tile->plan;
    const chi_driver *driver = &plan->model->driver[d];
    const double *u = CHI_T(tile, uniform, plan->uniform_of_driver[d]);
    const double *cdf = plan->jump_cdf + (size_t)d * CHI_JUMPS_MAX;
    double level[CHI_JUMPS_MAX + 4];
    for (uint32_t k = 0; k < CHI_JUMPS_MAX + 4; k++)
        level[k] = k < plan->jump_terms[d] ? cdf[k] : 2.0; /* no uniform is above it */
    CHI_DO(tile, above, out, u, level[0]);
    CHI_WHEN(tile, any, out)
    {
        for (uint32_t k = 1; k < plan->jump_terms[d]; k += 4)
            CHI_DO(tile, count_above4, out, u, level[k], level[k + 1], level[k + 2], level[k + 3]);
        CHI_DO(tile, jumps, out, driver->jump_mean, driver->jump_volatility,
            CHI_T(tile, jump, plan->jump_of_driver[d]));
    }
}

static void move_vasicek(chi_tile *tile, uint32_t d, double shift)
{
    const chi_driver *driver = &tile->plan->model->driver[d];
    double *x = CHI_T(tile, latent, d), *seen = CHI_T(tile, driver, d);
    const double *z = correlate(tile, driver->normal, CHI_T(tile, scratch, 0));
    double *jump = CHI_T(tile, scratch, 1);
    double decay = lane_vasicek_decay(driver->speed, CHI_MONTH_YEARS);
    double deviation = lane_vasicek_deviation(driver->speed, driver->volatility, CHI_MONTH_YEARS);
    if (tile->plan->jump_of_driver[d] == CHI_NONE) {
        CHI_DO(tile, vasicek, x, seen, driver->mean, decay, deviation, z, shift);
        return;
    }
    jumps(tile, d, jump);
    CHI_DO(tile, vasicek_jump, x, seen, driver->mean, decay, deviation, z, jump, shift);
}

static void move_gbm(chi_tile *tile, uint32_t d, double shift)
{
    const chi_driver *driver = &tile->plan->model->driver[d];
    const double *z = correlate(tile, driver->normal, CHI_T(tile, scratch, 0));
    double *jump = CHI_T(tile, scratch, 1);
    double growth = lane_gbm_growth(driver->drift, driver->volatility, CHI_MONTH_YEARS);
    double deviation = driver->volatility * lane_sqrt(CHI_MONTH_YEARS);
    if (tile->plan->jump_of_driver[d] == CHI_NONE)
        fill(tile, jump, 0.0);
    else
        jumps(tile, d, jump);
    CHI_DO(tile, gbm, CHI_T(tile, latent, d), CHI_T(tile, driver, d), growth, deviation, z, jump,
        shift);
}

static void move_chain(chi_tile *tile, uint32_t d, double shift)
{
    const chi_driver *driver = &tile->plan->model->driver[d];
    /* Both rates may use the registers of expressions, so the first is put aside. */
    double *opening = CHI_T(tile, scratch, 0);
    CHI_DO(tile, copy, opening, as_column(tile, chi_tile_value(tile, &driver->open_rate, 2), 1));
    const double *shutting = as_column(tile, chi_tile_value(tile, &driver->shut_rate, 2), 1);
    CHI_DO(tile, chain, CHI_T(tile, latent, d), CHI_T(tile, driver, d),
        CHI_T(tile, uniform, tile->plan->uniform_of_driver[d]), opening, shutting, CHI_MONTH_YEARS,
        shift);
}

static void move_driver(chi_tile *tile, uint32_t d)
{
    const ch_model *model = tile->plan->model;
    const chi_driver *driver = &model->driver[d];
    double shift = tile->plan->shift[(size_t)d * tile->plan->months + tile->month];
    if (driver->process == CHI_VASICEK) {
        move_vasicek(tile, d, shift);
    } else if (driver->process == CHI_GBM) {
        move_gbm(tile, d, shift);
    } else if (driver->process == CHI_CHAIN) {
        move_chain(tile, d, shift);
    } else {
        double value = chi_amount_at(model, &driver->path, tile->month);
        fill(tile, CHI_T(tile, latent, d), value);
        fill(tile, CHI_T(tile, driver, d), value + shift);
    }
}

static void swap(double **a, double **b)
{
    double *kept = *a;
    *a = *b;
    *b = kept;
}

/* Puts the next month in the place of this one, or back: what moves drivers sees no difference. */
static void turn(chi_tile *tile, bool forward)
{
    swap(&tile->state.normal, &tile->state.normal_next);
    swap(&tile->state.jump, &tile->state.jump_next);
    swap(&tile->state.uniform, &tile->state.uniform_next);
    swap(&tile->state.latent, &tile->latent_next);
    swap(&tile->state.driver, &tile->driver_next);
    tile->month = forward ? tile->month + 1 : tile->month - 1;
}

static bool is_random(const chi_driver *driver)
{
    return driver->process != CHI_PATH;
}

static void move_next(chi_tile *tile, uint32_t d)
{
    if (is_random(&tile->plan->model->driver[d]))
        CHI_DO(tile, copy, tile->latent_next + d * tile->state.stride, CHI_T(tile, latent, d));
    turn(tile, true);
    move_driver(tile, d);
    turn(tile, false);
}

/* In their order, but geometric Brownian motions ahead of those others that nothing they need
 * depends on: their exponentials take longest, and what follows waits for them. With `both` each
 * for this month and the next: two steps side by side wait less than one. */
static void move_in_order(chi_tile *tile, bool both)
{
    const chi_driver *driver = tile->plan->model->driver;
    uint32_t count = tile->plan->model->driver_count;
    for (uint32_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count && driver[end].process != CHI_CHAIN;)
            end++;
        for (uint32_t pass = 0; pass < 2; pass++)
            for (uint32_t d = first; d < end; d++) {
                bool late = driver[d].process != CHI_GBM && driver[d].process != CHI_CHAIN;
                if (late != (pass == 1))
                    continue;
                move_driver(tile, d);
                if (both)
                    move_next(tile, d);
            }
    }
}

/* This month's drivers, and with `both` next month's: nothing but drivers moves drivers. A chain
 * that names itself or a driver after it needs this month's values of all before it moves on. */
static void move_drivers(chi_tile *tile, bool both)
{
    size_t words = tile->plan->counts.drivers * tile->state.stride;
    move_in_order(tile, both && tile->plan->drivers_in_order);
    if (!both || tile->plan->drivers_in_order)
        return;
    CHI_DO(tile, copy_rows, tile->latent_next, tile->state.latent, words);
    CHI_DO(tile, copy_rows, tile->driver_next, tile->state.driver, words);
    turn(tile, true);
    move_in_order(tile, false);
    turn(tile, false);
}

/* What was worked out along with last month. */
static void take_drivers(chi_tile *tile)
{
    size_t stride = tile->state.stride;
    for (uint32_t d = 0; d < tile->plan->model->driver_count; d++) {
        CHI_DO(tile, copy, CHI_T(tile, latent, d), tile->latent_next + d * stride);
        CHI_DO(tile, copy, CHI_T(tile, driver, d), tile->driver_next + d * stride);
    }
}

/* --- defaults and cancellations ------------------------------------------------------------ */

/* A hazard of which something may arrive on some path this month: where no more than `used` is left
 * of the exponential. */
static void arrive(chi_tile *tile, uint32_t h, double used)
{
    const chi_hazard *hazard = &tile->plan->hazard[h];
    const double *on =
        hazard->is_firm ? CHI_T(tile, alive, hazard->row) : CHI_T(tile, live, hazard->row);
    double *hit = hazard->is_firm ? CHI_T(tile, struck, hazard->row) : CHI_T(tile, scratch, 0);
    CHI_DO(tile, arrive, hit, CHI_T(tile, hazard, h), on, used);
    CHI_WHEN(tile, any, hit)
    {
        if (hazard->is_firm)
            CHI_RARE(tile, 1, note_strike, hazard->row, hit);
        else
            CHI_RARE(tile, 1, cancel, hazard->row, hit);
    }
}

/* Hazards `first` to `end` - 1, whose intensities the plan has summed: one question for all. */
static void known_hazards(chi_tile *tile, uint32_t first, uint32_t end)
{
    const chi_hazard *hazard = tile->plan->hazard;
    double *left = CHI_T(tile, scratch, CHI_EXPR_DEPTH_MAX);
    fill(tile, left, LANE_HAZARD_SPENT);
    for (uint32_t h = first; h < end; h += 4) {
        const double *column[4];
        double used[4];
        for (uint32_t k = 0; k < 4; k++) { /* the last ones stand in for those that are not there */
            uint32_t at = h + k < end ? h + k : end - 1;
            column[k] = CHI_T(tile, hazard, at);
            used[k] = hazard[at].used[tile->month];
        }
        CHI_DO(tile, least_left4, left, column[0], column[1], column[2], column[3], used[0],
            used[1], used[2], used[3]);
    }
    CHI_WHEN(tile, any_at_most_zero, left)
    for (uint32_t h = first; h < end; h++)
        arrive(tile, h, hazard[h].used[tile->month]);
}

static void draw_hazards(chi_tile *tile)
{
    const chi_plan *plan = tile->plan;
    chi_operand factor = {NULL, 1.0};
    for (uint32_t h = 0; h < plan->counts.hazards; h++) {
        const chi_hazard *hazard = &plan->hazard[h];
        double *left = CHI_T(tile, hazard, h);
        if (hazard->used) {
            uint32_t first = h;
            while (h + 1 < plan->counts.hazards && plan->hazard[h + 1].used)
                h++;
            known_hazards(tile, first, h + 1);
            continue;
        }
        if (!hazard->same_factor) /* else the registers still hold it */
            factor = chi_tile_factor(tile, &hazard->intensity, 2);
        chi_operand rate = chi_tile_times(tile, &hazard->intensity, factor, 1);
        CHI_WHEN(tile, use_up, left, as_column(tile, rate, 1), CHI_MONTH_YEARS)
        arrive(tile, h, 0.0);
    }
}

/* Losses change only where somebody fell: then those that used up a reduced-form firm's equity
 * strike it, as the scenario does in its month. Scratch 0: where anybody is struck. */
static void strike_firms(chi_tile *tile)
{
    const ch_model *model = tile->plan->model;
    double *hit = CHI_T(tile, scratch, 0);
    fill(tile, hit, 0.0);
    for (uint32_t f = 1; f < model->firm_count; f++) {
        const chi_firm *firm = &model->firm[f];
        double *struck = CHI_T(tile, struck, f);
        if (firm->kind != CHI_REDUCED)
            continue;
        if (chi_plan_forced(tile->plan, f, tile->month))
            CHI_DO(tile, copy, struck, CHI_T(tile, alive, f));
        else if (firm->equity < 1e300)
            CHI_IF(tile, flags->fell > 0)
        CHI_DO(tile, strike, struck, CHI_T(tile, alive, f), firm->equity, CHI_T(tile, loss, f));
        CHI_DO(tile, or, hit, struck);
    }
    CHI_RARE(tile, 1, strike, 0, hit);
}

static bool forces_default(const chi_tile *tile)
{
    const ch_model *model = tile->plan->model;
    for (uint32_t f = 1; f < model->firm_count; f++)
        if (model->firm[f].kind == CHI_REDUCED && chi_plan_forced(tile->plan, f, tile->month))
            return true;
    return false;
}

static void scenario_cancellations(chi_tile *tile)
{
    const ch_model *model = tile->plan->model;
    for (uint32_t e = 0; e < model->event_count; e++)
        if (model->event[e].kind == CHI_EVENT_CANCEL && model->event[e].month == tile->month)
            CHI_RARE(
                tile, 1, cancel, model->event[e].target, CHI_T(tile, live, model->event[e].target));
}

void chi_tile_drivers(chi_tile *tile)
{
    scenario_cancellations(tile);
    if (tile->month % 2 == 0) {
        draw_two_months(tile);
        CHI_PART(tile);
        move_drivers(tile, tile->month + 1 < tile->plan->months);
    } else {
        take_drivers(tile);
    }
    draw_hazards(tile);
    if (forces_default(tile))
        strike_firms(tile);
    else
        CHI_IF(tile, (flags->strikes | flags->fell) > 0)
    strike_firms(tile);
}

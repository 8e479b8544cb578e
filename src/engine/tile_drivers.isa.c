/* Opening state, and steps 1 and 2 of a month: events, drivers, defaults and cancellations drawn.
 */
#include "engine/tile.h"

#include "num/driver.lane.h"

#include <string.h>

/* --- opening state ------------------------------------------------------------------------ */

static void start_firms(chi_tile *tile)
{
    const ch_model *model = tile->plan->model;
    for (uint32_t f = 0; f < model->firm_count; f++) {
        const chi_firm *firm = &model->firm[f];
        fill(tile, CHI_T(tile, alive, f), 1.0);
        fill(tile, CHI_T(tile, cash, f), firm->cash);
        fill(tile, CHI_T(tile, restricted, f), firm->restricted_cash);
        fill(tile, CHI_T(tile, property, f), firm->property);
        for (size_t k = 0; k < CHI_CLASSES; k++)
            fill(tile, CHI_T(tile, paid, f * CHI_CLASSES + k), 1.0);
    }
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
    }
    for (uint32_t c = 0; c < model->customer_count; c++) {
        fill(tile, CHI_T(tile, live, c), 1.0);
        fill(tile, CHI_T(tile, advance, c), model->customer[c].advance_open);
    }
}

/* Draws made once for a path: hazards' exponentials and undisclosed thresholds. */
static void start_draws(chi_tile *tile)
{
    const ch_model *model = tile->plan->model;
    size_t n = tile->state.paths;
    double *restrict spare = CHI_T(tile, scratch, 0);
    for (uint32_t h = 0; h < tile->plan->counts.hazards; h++) {
        double *restrict left = CHI_T(tile, hazard, h);
        tile->draws.uniforms(
            tile->seed, tile->first, n, 0, tile->plan->hazard[h].stream, left, spare);
        CHI_LANES(tile, i) left[i] = -lane_log(left[i]);
    }
    for (uint32_t c = 0; c < model->covenant_count; c++) {
        const chi_covenant *covenant = &model->covenant[c];
        double *restrict level = CHI_T(tile, threshold, c);
        double low = covenant->threshold_low, range = covenant->threshold_high - low;
        if (range == 0.0) {
            fill(tile, level, low);
            continue;
        }
        tile->draws.uniforms(tile->seed, tile->first, n, 0, covenant->stream, level, spare);
        CHI_LANES(tile, i) level[i] = low + range * level[i];
    }
}

void chi_tile_start(chi_tile *tile)
{
    const ch_model *model = tile->plan->model;
    memset(tile->state.block, 0, tile->state.columns * tile->state.stride * sizeof(double));
    memset(tile->moved, 0, tile->state.paths * sizeof(double));
    memset(tile->residual, 0, tile->state.paths * sizeof(double));
    memset(tile->finite, 0, tile->state.paths * sizeof(double));
    tile->month = 0;
    tile->late_count = tile->short_count = 0;
    tile->unsettled = 0;
    tile->strikes = tile->fell = 0;
    for (uint32_t d = 0; d < model->driver_count; d++) {
        fill(tile, CHI_T(tile, latent, d), model->driver[d].start);
        fill(tile, CHI_T(tile, driver, d), model->driver[d].start);
    }
    start_firms(tile);
    start_contracts(tile);
    start_draws(tile);
}

/* --- random numbers ----------------------------------------------------------------------- */

/* One call of the generator serves two months: the even one takes the first value. */
static void draw_pairs(
    chi_tile *tile, chi_draw_fn *draw, uint32_t stream, double *restrict now, double *restrict next)
{
    size_t n = tile->state.paths;
    if (tile->month % 2 == 0)
        draw(tile->seed, tile->first, n, tile->month / 2, stream, now, next);
    else
        CHI_LANES(tile, i) now[i] = next[i];
}

static void draw_month(chi_tile *tile)
{
    const chi_plan *plan = tile->plan;
    for (uint32_t r = 0; r < plan->counts.normals; r++)
        draw_pairs(tile, tile->draws.normals, plan->model->driver[plan->driver_of_normal[r]].stream,
            CHI_T(tile, normal, r), CHI_T(tile, normal_next, r));
    for (uint32_t u = 0; u < plan->counts.uniforms; u++)
        draw_pairs(tile, tile->draws.uniforms, plan->uniform_stream[u], CHI_T(tile, uniform, u),
            CHI_T(tile, uniform_next, u));
    for (uint32_t j = 0; j < plan->counts.jumps; j++)
        draw_pairs(tile, tile->draws.normals, plan->jump_stream[j], CHI_T(tile, jump, j),
            CHI_T(tile, jump_next, j));
}

/* --- drivers ------------------------------------------------------------------------------ */

/* Correlated normal of row r: the Cholesky row times the independent normals, in their order; zero
 * factors are left out. 0 for a driver without volatility, which draws no normal. */
static const double *correlate(chi_tile *tile, uint32_t r, double *restrict out)
{
    const ch_model *model = tile->plan->model;
    if (r == CHI_NONE) {
        fill(tile, out, 0.0);
        return out;
    }
    const double *factor = model->factor + (size_t)r * model->normal_count;
    double start = 0.0;
    bool begun = false;
    for (uint32_t j = 0; j <= r; j++) {
        const double *restrict z = CHI_T(tile, normal, j);
        double weight = factor[j];
        if (weight == 0.0)
            continue;
        if (begun)
            CHI_LANES(tile, i) out[i] = out[i] + weight * z[i];
        else
            CHI_LANES(tile, i) out[i] = start + weight * z[i];
        begun = true;
    }
    if (!begun)
        fill(tile, out, 0.0);
    return out;
}

/* Sum of this month's jumps. Counts are whole numbers, so that terms may be added four at once. */
static void jumps(chi_tile *tile, uint32_t d, double *restrict out)
{
    const chi_plan *plan = tile->plan;
    const chi_driver *driver = &plan->model->driver[d];
    const double *restrict u = CHI_T(tile, uniform, plan->uniform_of_driver[d]);
    const double *restrict z = CHI_T(tile, jump, plan->jump_of_driver[d]);
    const double *cdf = plan->jump_cdf + (size_t)d * CHI_JUMPS_MAX;
    double level[CHI_JUMPS_MAX];
    for (uint32_t k = 0; k < CHI_JUMPS_MAX; k++)
        level[k] = k < plan->jump_terms[d] ? cdf[k] : 2.0; /* no uniform is above it */
    fill(tile, out, 0.0);
    for (uint32_t k = 0; k < plan->jump_terms[d]; k += 4) {
        double p = level[k], q = level[k + 1], r = level[k + 2], t = level[k + 3];
        CHI_LANES(tile, i)
        out[i] = out[i] +
                 ((lane_lt(p, u[i]) + lane_lt(q, u[i])) + (lane_lt(r, u[i]) + lane_lt(t, u[i])));
    }
    double mean = driver->jump_mean, volatility = driver->jump_volatility;
    CHI_LANES(tile, i) out[i] = lane_jumps(out[i], mean, volatility, z[i]);
}

static void move_vasicek(chi_tile *tile, uint32_t d, double shift)
{
    const chi_driver *driver = &tile->plan->model->driver[d];
    double *restrict x = CHI_T(tile, latent, d), *restrict seen = CHI_T(tile, driver, d);
    const double *restrict z = correlate(tile, driver->normal, CHI_T(tile, scratch, 0));
    double *restrict jump = CHI_T(tile, scratch, 1);
    double decay = lane_vasicek_decay(driver->speed, CHI_MONTH_YEARS), none = 0.0;
    double deviation = lane_vasicek_deviation(driver->speed, driver->volatility, CHI_MONTH_YEARS);
    double mean = driver->mean;
    if (tile->plan->jump_of_driver[d] == CHI_NONE) {
        CHI_LANES(tile, i)
        {
            x[i] = lane_vasicek(x[i], mean, decay, deviation, z[i]) + none;
            seen[i] = x[i] + shift;
        }
        return;
    }
    jumps(tile, d, jump);
    CHI_LANES(tile, i)
    {
        x[i] = lane_vasicek(x[i], mean, decay, deviation, z[i]) + jump[i];
        seen[i] = x[i] + shift;
    }
}

static void move_gbm(chi_tile *tile, uint32_t d, double shift)
{
    const chi_driver *driver = &tile->plan->model->driver[d];
    double *restrict x = CHI_T(tile, latent, d), *restrict seen = CHI_T(tile, driver, d);
    const double *restrict z = correlate(tile, driver->normal, CHI_T(tile, scratch, 0));
    double *restrict jump = CHI_T(tile, scratch, 1);
    double growth = lane_gbm_growth(driver->drift, driver->volatility, CHI_MONTH_YEARS);
    double deviation = driver->volatility * lane_sqrt(CHI_MONTH_YEARS);
    if (tile->plan->jump_of_driver[d] == CHI_NONE)
        fill(tile, jump, 0.0);
    else
        jumps(tile, d, jump);
    CHI_LANES(tile, i)
    {
        x[i] = lane_gbm(x[i], growth, deviation, z[i], jump[i]);
        seen[i] = x[i] + shift;
    }
}

static void move_chain(chi_tile *tile, uint32_t d, double shift)
{
    const chi_driver *driver = &tile->plan->model->driver[d];
    double *restrict open = CHI_T(tile, latent, d), *restrict seen = CHI_T(tile, driver, d);
    const double *restrict u = CHI_T(tile, uniform, tile->plan->uniform_of_driver[d]);
    /* Both rates may use the registers of expressions, so the first is put aside. */
    double *restrict opening = CHI_T(tile, scratch, 0);
    const double *rate = as_column(tile, chi_tile_value(tile, &driver->open_rate, 2), 1);
    CHI_LANES(tile, i) opening[i] = rate[i];
    const double *shutting = as_column(tile, chi_tile_value(tile, &driver->shut_rate, 2), 1);
    CHI_LANES(tile, i)
    {
        open[i] = lane_le(u[i], lane_chain_open(open[i], lane_max(opening[i], 0.0),
                                    lane_max(shutting[i], 0.0), CHI_MONTH_YEARS));
        seen[i] = open[i] + shift;
    }
}

static void move_drivers(chi_tile *tile)
{
    const ch_model *model = tile->plan->model;
    for (uint32_t d = 0; d < model->driver_count; d++) {
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
}

/* --- defaults and cancellations ------------------------------------------------------------ */

static void cancel_where(chi_tile *tile, uint32_t customer, const double *hit)
{
    uint32_t root = chi_plan_root(tile->plan, CHI_ROOT_CANCELLED, customer);
    for (size_t i = 0; i < tile->state.paths; i++)
        if (hit[i] != 0.0) {
            chi_path path = chi_tile_path(tile, i, tile->month);
            chi_path_end_customer(&path, customer, root, CHI_ENTRY_CANCELLED);
        }
}

/* Uses up this month's intensity; has anything arrived on some path? */
static int use_up(chi_tile *tile, double *restrict left, const chi_amount *intensity)
{
    chi_operand value = chi_tile_value(tile, intensity, 1);
    const double *restrict rate = value.column;
    double same = value.uniform;
    uint64_t arrived = 0;
    if (rate)
        CHI_LANES(tile, i)
        {
            left[i] = lane_hazard_left(left[i], rate[i], CHI_MONTH_YEARS);
            arrived |= (uint64_t)(left[i] <= 0.0);
        }
    else
        CHI_LANES(tile, i)
        {
            left[i] = lane_hazard_left(left[i], same, CHI_MONTH_YEARS);
            arrived |= (uint64_t)(left[i] <= 0.0);
        }
    return arrived != 0;
}

static void draw_hazards(chi_tile *tile)
{
    const chi_plan *plan = tile->plan;
    for (uint32_t h = 0; h < plan->counts.hazards; h++) {
        const chi_hazard *hazard = &plan->hazard[h];
        double *restrict left = CHI_T(tile, hazard, h);
        if (!use_up(tile, left, &hazard->intensity))
            continue;
        const double *restrict on =
            hazard->is_firm ? CHI_T(tile, alive, hazard->row) : CHI_T(tile, live, hazard->row);
        double *restrict hit =
            hazard->is_firm ? CHI_T(tile, struck, hazard->row) : CHI_T(tile, scratch, 0);
        CHI_LANES(tile, i)
        {
            double arrives = lane_le(left[i], 0.0);
            hit[i] = on[i] * arrives;
            left[i] = lane_select(arrives, LANE_HAZARD_SPENT, left[i]);
        }
        if (hazard->is_firm)
            tile->strikes |= any(tile, hit);
        else if (any(tile, hit))
            cancel_where(tile, hazard->row, hit);
    }
}

/* Marks where a reduced-form firm falls to the scenario or to losses that used up its equity.
 * Losses change only where somebody fell. */
static void mark_struck(chi_tile *tile, uint32_t f)
{
    double *restrict struck = CHI_T(tile, struck, f);
    const double *restrict alive = CHI_T(tile, alive, f);
    const double *restrict loss = CHI_T(tile, loss, f);
    double equity = tile->plan->model->firm[f].equity;
    if (chi_plan_forced(tile->plan, f, tile->month)) {
        tile->strikes = 1;
        CHI_LANES(tile, i) struck[i] = alive[i];
    } else if (tile->fell && equity < 1e300) {
        CHI_LANES(tile, i)
        struck[i] = lane_or(struck[i], alive[i] * lane_le(equity, loss[i]));
        tile->strikes |= any(tile, struck);
    }
}

static void strike_firms(chi_tile *tile)
{
    const ch_model *model = tile->plan->model;
    for (uint32_t f = 1; f < model->firm_count; f++)
        if (model->firm[f].kind == CHI_REDUCED)
            mark_struck(tile, f);
    tile->fell = tile->strikes;
    if (!tile->strikes)
        return;
    double *restrict hit = CHI_T(tile, scratch, 0);
    fill(tile, hit, 0.0);
    for (uint32_t f = 1; f < model->firm_count; f++) {
        const double *restrict struck = CHI_T(tile, struck, f);
        if (model->firm[f].kind == CHI_REDUCED)
            CHI_LANES(tile, i) hit[i] = lane_or(hit[i], struck[i]);
    }
    for (size_t i = 0; i < tile->state.paths; i++)
        if (hit[i] != 0.0) {
            chi_path path = chi_tile_path(tile, i, tile->month);
            chi_path_strike(&path);
        }
    tile->strikes = 0;
}

static void scenario_cancellations(chi_tile *tile)
{
    const ch_model *model = tile->plan->model;
    for (uint32_t e = 0; e < model->event_count; e++)
        if (model->event[e].kind == CHI_EVENT_CANCEL && model->event[e].month == tile->month)
            cancel_where(tile, model->event[e].target, CHI_T(tile, live, model->event[e].target));
}

void chi_tile_drivers(chi_tile *tile)
{
    scenario_cancellations(tile);
    draw_month(tile);
    move_drivers(tile);
    draw_hazards(tile);
    strike_firms(tile);
}

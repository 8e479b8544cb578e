/* Drivers: how each risk factor moves. */
#include "model/amount.h"
#include "model/passes.h"

#include "base/check.h"
#include "num/philox.h"

#include <math.h>
#include <string.h>

static const chi_kind_id kind_of_process[] = {CHI_KIND_DRIVER_VASICEK, CHI_KIND_DRIVER_GBM,
    CHI_KIND_DRIVER_PATH, CHI_KIND_DRIVER_CONSTANT, CHI_KIND_DRIVER_CHAIN};
static const char processes[] = "vasicek|gbm|path|constant|chain";

/* Merton (1976): J is the relative size, 1 + J is lognormal with mean 1 + mean and standard
 * deviation `volatility` of its logarithm. Vasicek jumps are added as they are. */
static void read_jumps(chi_reader *reader, const chi_map *map, chi_driver *driver)
{
    if (!chi_map_node(map, "jumps"))
        return;
    chi_map jumps = chi_map_under(reader, map, "jumps", CHI_KIND_JUMPS);
    driver->jump_rate = chi_get_number(reader, &jumps, "rate");
    driver->jump_mean = chi_get_number(reader, &jumps, "mean");
    driver->jump_volatility = chi_get_number(reader, &jumps, "volatility");
    if (driver->process != CHI_GBM)
        return;
    if (driver->jump_mean <= -1.0) {
        chi_diag(reader->diags, 210, chi_map_span(&jumps),
            "write the relative size, for example -20%",
            "the mean of a gbm's jumps must be above -100%%");
        return;
    }
    double volatility = driver->jump_volatility;
    driver->jump_mean = log1p(driver->jump_mean) - 0.5 * volatility * volatility;
}

static void read_moving(chi_reader *reader, const chi_map *map, chi_driver *driver)
{
    driver->start = chi_get_number(reader, map, "start");
    driver->volatility = chi_get_number(reader, map, "volatility");
    if (driver->process == CHI_VASICEK) {
        driver->mean = chi_get_number(reader, map, "mean");
        driver->speed = chi_get_number(reader, map, "speed");
    } else {
        driver->drift = chi_get_number(reader, map, "drift");
    }
    read_jumps(reader, map, driver);
    if (driver->volatility > 0.0)
        driver->normal = reader->build.normal_count++;
}

/* A path without a value at its start would be zero there, which nobody means. */
static bool has_first_value(const chi_reader *reader, const chi_node *steps)
{
    for (const chi_node *step = steps->first; step; step = step->next) {
        chi_day day;
        if (chi_date_parse(step->key, &day) && chi_reader_month(reader, day) <= 0)
            return true;
    }
    return false;
}

static void read_path(chi_reader *reader, const chi_map *map, chi_driver *driver)
{
    const chi_node *by = chi_map_node(map, "by");
    if (!by)
        return;
    uint32_t table = chi_read_steps(reader, by, chi_map_field(map, "by"));
    chi_evidence_add(
        reader, map, chi_map_path(reader, map, "by"), by, NULL, (double)NAN, (double)NAN);
    if (table == CHI_NONE)
        return;
    if (!has_first_value(reader, by))
        chi_diag(reader->diags, 224, chi_key_span(by->first), NULL,
            "`%s` has no value in the first month", map->node->key);
    driver->path = (chi_amount){0.0, table, CHI_NONE};
    driver->start = reader->build.values.at[table];
}

static void read_chain(chi_reader *reader, const chi_map *map, chi_driver *driver)
{
    chi_scope scope = {.kind = CHI_SCOPE_DRIVERS};
    driver->start = chi_get_choice(reader, map, "start") == 0 ? 1.0 : 0.0;
    driver->shut_rate = chi_get_amount(reader, map, "shut_rate", &scope);
    driver->open_rate = chi_get_amount(reader, map, "open_rate", &scope);
}

static void read_driver(chi_reader *reader, const chi_map *map, uint32_t row)
{
    chi_driver driver = {.name = chi_builder_text(&reader->build, map->node->key),
        .stream = chi_stream_id(map->node->key),
        .normal = CHI_NONE,
        .process = CHI_PATH,
        .path = chi_amount_constant(0.0),
        .shut_rate = chi_amount_constant(0.0),
        .open_rate = chi_amount_constant(0.0)};
    if (map->kind == chi_kind_at(CHI_KIND_DRIVER_VASICEK)) {
        driver.process = CHI_VASICEK;
        read_moving(reader, map, &driver);
    } else if (map->kind == chi_kind_at(CHI_KIND_DRIVER_GBM)) {
        driver.process = CHI_GBM;
        read_moving(reader, map, &driver);
    } else if (map->kind == chi_kind_at(CHI_KIND_DRIVER_PATH)) {
        read_path(reader, map, &driver);
    } else if (map->kind == chi_kind_at(CHI_KIND_DRIVER_CHAIN)) {
        driver.process = CHI_CHAIN;
        read_chain(reader, map, &driver);
    } else {
        driver.start = chi_get_number(reader, map, "value");
        driver.path = chi_amount_constant(driver.start);
    }
    reader->build.driver.at[row] = driver;
}

/* Finds the kind of a driver from its `process`. False after an error. */
static bool open_driver(chi_reader *reader, const chi_node *node, chi_map *map)
{
    const char *path = chi_arena_format(reader->arena, "drivers.%s", node->key);
    if (node->kind != CHI_MAPPING) {
        chi_shape_error(reader, node, "a mapping");
        return false;
    }
    const chi_node *process = chi_node_get(node, "process");
    if (!process) {
        chi_diag(reader->diags, 202, chi_key_span(node),
            "`process` is one of vasicek, gbm, path, constant, chain",
            "a driver needs the key `process`");
        return false;
    }
    uint32_t index = chi_read_choice(reader, process, processes);
    return index != CHI_NONE &&
           chi_map_open(reader, map, node, path, kind_of_process[index], &reader->top);
}

void chi_drivers_read(chi_reader *reader)
{
    for (size_t i = 0; i < reader->drivers.list.count; i++) {
        chi_driver *row = CHI_PUSH(reader->arena, &reader->build.driver);
        row->normal = CHI_NONE;
        row->path = row->shut_rate = row->open_rate = chi_amount_constant(0.0);
    }
    const chi_node *child = chi_map_children(reader, &reader->top, "drivers");
    for (; child; child = child->next) {
        const chi_name *name = chi_names_find(&reader->drivers, child->key);
        chi_map map;
        if (name && open_driver(reader, child, &map))
            read_driver(reader, &map, name->row);
    }
}

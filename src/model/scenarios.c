/* Scenarios: overlays that change the file before it is read, and events that become rows. */
#include "model/passes.h"

#include "base/check.h"

#include <string.h>

/* What each kind of event is recognised by. */
static const struct {
    const char *key;
    chi_kind_id kind;
} actions[] = {{"cancel", CHI_KIND_EVENT_CANCEL}, {"default", CHI_KIND_EVENT_DEFAULT},
    {"shut", CHI_KIND_EVENT_SHUT}, {"shift", CHI_KIND_EVENT_SHIFT}, {"set", CHI_KIND_EVENT_SET}};
enum { ACTIONS = sizeof actions / sizeof *actions };

static bool is_chosen(const chi_reader *reader, const chi_node *scenario)
{
    return strcmp(reader->scenario, scenario->key) == 0;
}

/* --- overlays ------------------------------------------------------------------------------- */

static void list_scenarios(chi_reader *reader, const chi_node *all)
{
    const char *text = "base";
    size_t count = 0;
    const char **names =
        chi_arena_alloc(reader->arena, ((all ? all->size : 0) + 1) * sizeof *names);
    for (const chi_node *node = all ? all->first : NULL; node; node = node->next) {
        names[count++] = node->key;
        text = chi_arena_format(reader->arena, "%s, %s", text, node->key);
    }
    const char *near = chi_nearest_name(reader->scenario, names, count);
    if (near)
        text = chi_arena_format(reader->arena, "did you mean `%s`? There are: %s", near, text);
    else
        text = chi_arena_format(reader->arena, "there are: %s", text);
    chi_diag(reader->diags, 308, all ? chi_key_span(all) : reader->root->span, text,
        "the model has no scenario `%s`", reader->scenario);
}

static void apply_set(chi_reader *reader, const chi_node *set, const chi_node *to, bool chosen)
{
    if (set->kind != CHI_SCALAR)
        return; /* reported when the event is read */
    chi_node *target = chi_node_find(reader->root, set->text);
    bool allowed = strncmp(set->text, "scenarios", 9) != 0;
    if (!target || target == reader->root || !allowed) {
        chi_diag(reader->diags, 309, set->span, NULL, "the model has no value at `%s`", set->text);
        return;
    }
    if (chosen && to)
        chi_node_replace(target, to);
}

void chi_overlay_apply(chi_reader *reader)
{
    const chi_node *all = chi_node_get(reader->root, "scenarios");
    if (all && all->kind != CHI_MAPPING)
        all = NULL; /* reported when events are read */
    bool found = *reader->scenario == '\0';
    for (const chi_node *node = all ? all->first : NULL; node; node = node->next) {
        found = found || is_chosen(reader, node);
        const chi_node *event = node->kind == CHI_SEQUENCE ? node->first : NULL;
        for (; event; event = event->next) {
            const chi_node *set = chi_node_get(event, "set");
            if (set)
                apply_set(reader, set, chi_node_get(event, "to"), is_chosen(reader, node));
        }
    }
    if (!found)
        list_scenarios(reader, all);
}

/* --- events --------------------------------------------------------------------------------- */

static uint32_t read_customer(chi_reader *reader, const chi_map *map)
{
    const chi_node *node = chi_map_node(map, "cancel");
    uint32_t row =
        node ? chi_read_name(reader, node, 303, "contract", &reader->contracts) : CHI_NONE;
    if (row == CHI_NONE || reader->contract.at[row].row == CHI_NONE)
        return CHI_NONE;
    const chi_contract *contract = &reader->contract.at[row];
    if (contract->kind == CHI_CONTRACT_CUSTOMER)
        return contract->row;
    chi_diag(reader->diags, 312, node->span, "a take-or-pay contract",
        "`%s` cannot be cancelled: it is %s", node->text, chi_kind_at(contract->schema)->title);
    return CHI_NONE;
}

static uint32_t read_target(
    chi_reader *reader, const chi_map *map, chi_kind_id kind, chi_event *event)
{
    const chi_node *node;
    switch (kind) {
    case CHI_KIND_EVENT_CANCEL:
        event->kind = CHI_EVENT_CANCEL;
        return read_customer(reader, map);
    case CHI_KIND_EVENT_DEFAULT:
        event->kind = CHI_EVENT_DEFAULT;
        event->target = chi_get_firm(reader, map, "default");
        if (event->target == 0)
            chi_diag(reader->diags, 417, chi_map_node(map, "default")->span, NULL,
                "`outside` cannot fail");
        return event->target;
    case CHI_KIND_EVENT_SHUT:
        event->kind = CHI_EVENT_SHUT;
        node = chi_map_node(map, "shut");
        return node ? chi_read_name(reader, node, 304, "market", &reader->markets) : CHI_NONE;
    default:
        event->kind = CHI_EVENT_SHIFT;
        event->value = chi_get_number(reader, map, "by");
        return chi_get_driver(reader, map, "shift");
    }
}

static void read_until(chi_reader *reader, const chi_map *map, chi_event *event)
{
    chi_day day;
    event->end_month = reader->build.months;
    if (!chi_kind_field(map->kind, "until") || !chi_get_date(reader, map, "until", &day))
        return;
    int last = chi_reader_month(reader, day);
    if (reader->dated && last < (int)event->month)
        chi_diag(
            reader->diags, 413, chi_map_node(map, "until")->span, NULL, "`until` is before `at`");
    else if (last < (int)reader->build.months)
        event->end_month = (uint32_t)last + 1;
}

static void read_event(chi_reader *reader, const chi_map *map, chi_kind_id kind, bool chosen)
{
    chi_event event = {0};
    chi_day day;
    if (chi_get_date(reader, map, "at", &day))
        event.month = chi_month_inside(reader, chi_map_node(map, "at"), day);
    read_until(reader, map, &event);
    event.target = read_target(reader, map, kind, &event);
    if (chosen)
        *CHI_PUSH(reader->arena, &reader->build.event) = event;
}

/* The one thing that an event does; ACTIONS after an error. */
static size_t action_of(chi_reader *reader, const chi_node *node)
{
    size_t found = ACTIONS, count = 0;
    for (size_t i = 0; i < ACTIONS; i++)
        if (chi_node_get(node, actions[i].key)) {
            found = i;
            count++;
        }
    if (count == 1)
        return found;
    chi_diag(reader->diags, 233, node->span, "one of cancel, default, shut, shift, set",
        count ? "an event does one thing" : "the event does not say what happens");
    return ACTIONS;
}

static void read_scenario(chi_reader *reader, const chi_node *scenario)
{
    size_t number = 0;
    if (scenario->kind != CHI_SEQUENCE) {
        chi_shape_error(reader, scenario, "a list of events");
        return;
    }
    for (const chi_node *node = scenario->first; node; node = node->next, number++) {
        if (node->kind != CHI_MAPPING) {
            chi_shape_error(reader, node, "an event");
            continue;
        }
        size_t action = action_of(reader, node);
        if (action == ACTIONS)
            continue;
        chi_map map;
        const char *path =
            chi_arena_format(reader->arena, "scenarios.%s[%zu]", scenario->key, number);
        chi_map_open(reader, &map, node, path, actions[action].kind, NULL);
        if (actions[action].kind != CHI_KIND_EVENT_SET)
            read_event(reader, &map, actions[action].kind, is_chosen(reader, scenario));
        else
            (void)chi_get_text(reader, &map, "set");
    }
}

/* By month, and within a month in the order of the file: few events, so insertion will do. */
static void sort_events(chi_builder *build)
{
    for (size_t i = 1; i < build->event.count; i++) {
        chi_event event = build->event.at[i];
        size_t at = i;
        for (; at > 0 && build->event.at[at - 1].month > event.month; at--)
            build->event.at[at] = build->event.at[at - 1];
        build->event.at[at] = event;
    }
}

void chi_events_read(chi_reader *reader)
{
    const chi_node *child = chi_map_children(reader, &reader->top, "scenarios");
    for (; child; child = child->next) {
        if (strcmp(child->key, "base") == 0)
            chi_diag(reader->diags, 216, child->key_span, NULL,
                "`base` is the model without a scenario");
        read_scenario(reader, child);
    }
    sort_events(&reader->build);
}

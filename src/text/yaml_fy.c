/* YAML events from libfyaml to the builder; the only file that knows libfyaml.
 *
 * Events are used, not documents: they keep the order of the file, need no recursion, and leave
 * aliases and duplicate keys to us. libfyaml counts lines and columns of marks from 0, and those of
 * collected errors from 1; columns are characters. */
#include "text/node_build.h"

#include <libfyaml.h>
#include <string.h>

/* Errors are collected; nothing may reach stderr. */
static void ignore_output(struct fy_diag *diag, void *user, const char *text, size_t size)
{
    (void)diag, (void)user, (void)text, (void)size;
}

static ch_span span_of(
    const chi_node_builder *build, const struct fy_mark *start, const struct fy_mark *end)
{
    if (!start)
        return (ch_span){build->file, 0, 0, 0, 0};
    if (!end)
        end = start;
    return (ch_span){build->file, (uint32_t)start->line + 1, (uint32_t)start->column + 1,
        (uint32_t)end->line + 1, (uint32_t)end->column + 1};
}

static ch_span token_span(const chi_node_builder *build, struct fy_token *token)
{
    return span_of(build, fy_token_start_mark(token), fy_token_end_mark(token));
}

static ch_span event_span(const chi_node_builder *build, struct fy_event *event)
{
    return span_of(build, fy_event_start_mark(event), fy_event_end_mark(event));
}

static chi_text_slice token_slice(struct fy_token *token)
{
    chi_text_slice slice = {NULL, 0};
    if (token)
        slice.text = fy_token_get_text(token, &slice.size);
    return slice;
}

static void refuse_tag(chi_node_builder *build, struct fy_token *tag)
{
    if (!tag)
        return;
    chi_text_slice text = token_slice(tag);
    int size = text.size < 200 ? (int)text.size : 200;
    chi_diag(build->diags, 112, token_span(build, tag), NULL, "tag '%.*s' is not accepted", size,
        text.text ? text.text : "");
}

static void take_scalar(chi_node_builder *build, struct fy_event *event)
{
    struct fy_token *token = event->scalar.value;
    ch_span span = token ? token_span(build, token) : event_span(build, event);
    enum fy_scalar_style style = token ? fy_token_scalar_style(token) : FYSS_PLAIN;
    bool quoted = style != FYSS_PLAIN;
    /* the marks of a quoted text stand inside its quotes */
    if (style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED) {
        span.column -= span.column > 1;
        span.end_column++;
    }
    refuse_tag(build, event->scalar.tag);
    chi_build_scalar(build, token_slice(token), quoted, span, token_slice(event->scalar.anchor));
}

static void take_begin(chi_node_builder *build, struct fy_event *event, chi_node_kind kind)
{
    bool sequence = kind == CHI_SEQUENCE;
    struct fy_token *anchor = sequence ? event->sequence_start.anchor : event->mapping_start.anchor;
    refuse_tag(build, sequence ? event->sequence_start.tag : event->mapping_start.tag);
    chi_build_begin(build, kind, event_span(build, event), token_slice(anchor));
}

/* Where a container in brackets ends; no place for one that ends by indentation. */
static void take_end(chi_node_builder *build, struct fy_event *event, struct fy_token *token)
{
    ch_span none = {build->file, 0, 0, 0, 0};
    const struct fy_mark *start = fy_event_start_mark(event), *end = fy_event_end_mark(event);
    bool bracket = token && start && end && end->input_pos == start->input_pos + 1;
    chi_build_end(build, bracket ? token_span(build, token) : none);
}

static void take_document(chi_node_builder *build, struct fy_event *event, size_t documents)
{
    ch_span span = event_span(build, event);
    if (span.line == 0)
        span = chi_span_make(build->file, 1, 1, 1);
    if (documents > 1) {
        chi_diag(build->diags, 114, span, NULL, "a second document begins here");
        build->stopped = true;
        return;
    }
}

static void take_event(chi_node_builder *build, struct fy_event *event, size_t *documents)
{
    switch (event->type) {
    case FYET_DOCUMENT_START:
        take_document(build, event, ++*documents);
        break;
    case FYET_SCALAR:
        take_scalar(build, event);
        break;
    case FYET_ALIAS:
        chi_build_alias(build, token_slice(event->alias.anchor), event_span(build, event));
        break;
    case FYET_MAPPING_START:
        take_begin(build, event, CHI_MAPPING);
        break;
    case FYET_SEQUENCE_START:
        take_begin(build, event, CHI_SEQUENCE);
        break;
    case FYET_MAPPING_END:
        take_end(build, event, event->mapping_end.mapping_end);
        break;
    case FYET_SEQUENCE_END:
        take_end(build, event, event->sequence_end.sequence_end);
        break;
    default:
        break;
    }
}

/* Column of a tab in the white space at the beginning of a line, or 0. */
static uint32_t tab_indent_column(const char *text, size_t size, uint32_t line)
{
    const char *end = text + size;
    while (line > 1 && text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        text = newline ? newline + 1 : end;
        line--;
    }
    const char *start = text;
    while (text < end && *text == ' ')
        text++;
    return text < end && *text == '\t' ? (uint32_t)(text - start) + 1 : 0;
}

/* One error of the parser in our words where we know better, in its own otherwise. */
static void report_error(
    chi_node_builder *build, const struct fy_diag_error *error, const char *text, size_t size)
{
    ch_span span = chi_span_make(build->file, error->line > 0 ? (uint32_t)error->line : 1,
        error->column > 0 ? (uint32_t)error->column : 1, 1);
    /* a tab is often noticed only as a plain text that goes on from the line before it */
    for (uint32_t line = span.line; line <= span.line + 1; line++) {
        uint32_t column = tab_indent_column(text, size, line);
        if (column) {
            chi_diag(build->diags, 117, chi_span_make(build->file, line, column, 1), NULL,
                "a tab stands in the indentation");
            return;
        }
    }
    const char *message = error->msg ? error->msg : "this is not YAML";
    ch_span opened = {0};
    if (strstr(message, "without a closing") && build->depth > 0) {
        opened = build->frames[build->depth - 1].node->span;
        opened = chi_span_make(build->file, opened.line, opened.column, 1);
    }
    chi_diag_text(build->diags, 101, span, opened, message, NULL);
}

static void report_errors(
    chi_node_builder *build, struct fy_diag *diag, const char *text, size_t size)
{
    void *at = NULL;
    const struct fy_diag_error *error;
    size_t count = 0;
    for (; (error = fy_diag_errors_iterate(diag, &at)); count++)
        report_error(build, error, text, size);
    if (count == 0)
        chi_diag(build->diags, 101, chi_span_make(build->file, 1, 1, 1), NULL,
            "the file cannot be read as YAML");
}

static void parse_events(
    chi_node_builder *build, struct fy_parser *parser, const char *text, size_t size)
{
    if (fy_parser_set_string(parser, text, size) != 0) {
        build->no_memory = true;
        return;
    }
    size_t documents = 0;
    bool done = false;
    while (!done && !build->no_memory && !build->stopped) {
        struct fy_event *event = fy_parser_parse(parser);
        if (!event)
            break;
        take_event(build, event, &documents);
        done = event->type == FYET_STREAM_END;
        fy_parser_event_free(parser, event);
    }
    if (!done && !build->no_memory && !build->stopped)
        report_errors(build, fy_parser_get_cfg(parser)->diag, text, size);
}

void chi_yaml_parse(chi_node_builder *build, const char *text, size_t size)
{
    struct fy_diag_cfg diag_cfg;
    fy_diag_cfg_default(&diag_cfg);
    diag_cfg.output_fn = ignore_output;
    diag_cfg.fp = NULL;
    struct fy_diag *diag = fy_diag_create(&diag_cfg);
    if (!diag) {
        build->no_memory = true;
        return;
    }
    fy_diag_set_collect_errors(diag, true);
    struct fy_parse_cfg cfg = {0};
    cfg.flags = FYPCF_QUIET | FYPCF_DISABLE_DEPTH_LIMIT | FYPCF_DEFAULT_VERSION_1_2 |
                FYPCF_JSON_NONE | FYPCF_ALLOW_DUPLICATE_KEYS;
    cfg.diag = diag;
    struct fy_parser *parser = fy_parser_create(&cfg);
    if (parser) {
        parse_events(build, parser, text, size);
        fy_parser_destroy(parser);
    } else {
        build->no_memory = true;
    }
    fy_diag_destroy(diag);
}

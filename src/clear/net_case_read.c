/* Readers for the pieces of a case file: numbers, vectors, edges, each error at its place. */
#include "clear/net_case.h"

#include "base/check.h"
#include "text/number.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void chi_net_case_error(chi_net_case *c, const chi_node *at, uint32_t code, const char *format, ...)
{
    char message[400];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    const char *id = chi_net_case_text(NULL, c->root, "id", "");
    ch_span span = at ? at->span : c->root ? c->root->span : (ch_span){0};
    if (*id)
        chi_diag(c->diags, code, span, NULL, "case \"%.80s\": %s", id, message);
    else
        chi_diag(c->diags, code, span, NULL, "%s", message);
    c->failed = true;
}

static bool is_null(const chi_node *node)
{
    return !node || (node->kind == CHI_SCALAR && !node->quoted &&
                        (node->size == 0 || strcmp(node->text, "null") == 0 ||
                            strcmp(node->text, "~") == 0));
}

const chi_node *chi_net_case_get(chi_net_case *c, const chi_node *map, const char *key)
{
    const chi_node *node = chi_node_get(map, key);
    if (is_null(node)) {
        chi_net_case_error(c, map, 701, "\"%s\" is missing", key);
        return NULL;
    }
    return node;
}

bool chi_net_number(const char *text, size_t size, double *value)
{
    *value = 0.0;
    return chi_number_parse(text, size, value) && isfinite(*value);
}

static double scalar_number(chi_net_case *c, const chi_node *node, const char *what)
{
    double value = 0.0;
    if (node->kind != CHI_SCALAR || !chi_net_number(node->text, node->size, &value)) {
        chi_net_case_error(c, node, 702, "%s is not a number", what);
        return 0.0;
    }
    return value;
}

double chi_net_case_number(chi_net_case *c, const chi_node *map, const char *key, double fallback)
{
    const chi_node *node = chi_node_get(map, key);
    return is_null(node) ? fallback : scalar_number(c, node, key);
}

const char *chi_net_case_text(
    chi_net_case *c, const chi_node *map, const char *key, const char *fallback)
{
    (void)c;
    const chi_node *node = chi_node_get(map, key);
    return node && node->kind == CHI_SCALAR && node->text ? node->text : fallback;
}

size_t chi_net_case_length(chi_net_case *c, const chi_node *map, const char *key)
{
    const chi_node *node = chi_node_get(map, key);
    if (is_null(node))
        return 0;
    if (node->kind != CHI_SEQUENCE) {
        chi_net_case_error(c, node, 701, "\"%s\" is not a list", key);
        return 0;
    }
    return node->size;
}

double *chi_net_case_vector(
    chi_net_case *c, const chi_node *map, const char *key, size_t count, double least)
{
    const chi_node *node = chi_node_get(map, key);
    if (is_null(node))
        return NULL;
    double *values = chi_arena_alloc(c->arena, (count + 1) * sizeof *values);
    if (node->kind != CHI_SEQUENCE || node->size != count) {
        chi_net_case_error(
            c, node, 701, "\"%s\" should be a list of %zu numbers, one for each firm", key, count);
        return values;
    }
    size_t i = 0;
    for (const chi_node *at = node->first; at; at = at->next, i++) {
        values[i] = scalar_number(c, at, key);
        if (values[i] < least)
            chi_net_case_error(c, at, 703, "%s of firm %zu is %s; it cannot be less than %g", key,
                i, at->text ? at->text : "?", least);
    }
    return values;
}

size_t chi_net_case_firms(chi_net_case *c)
{
    const chi_node *node = chi_net_case_get(c, c->root, "n");
    if (!node)
        return 1;
    double n = scalar_number(c, node, "n");
    if (!(n >= 1.0) || n > 1e7 || n != floor(n)) {
        chi_net_case_error(c, node, 701, "n should be a whole number of firms, at least 1");
        return 1;
    }
    return (size_t)n;
}

static uint32_t edge_firm(chi_net_case *c, const chi_node *at, size_t firms)
{
    double value = scalar_number(c, at, "the firm of an edge");
    if (value < 0.0 || value >= (double)firms || value != floor(value)) {
        chi_net_case_error(c, at, 705, "there is no firm %s; firms are numbered from 0 to %zu",
            at->text ? at->text : "?", firms - 1);
        return 0;
    }
    return (uint32_t)value;
}

static void read_edge(
    chi_net_case *c, const chi_node *row, size_t firms, chi_net_edges *edges, size_t k)
{
    if (row->kind != CHI_SEQUENCE || row->size != 3) {
        chi_net_case_error(c, row, 701, "an edge is a list of two firms and an amount");
        return;
    }
    const chi_node *to = row->first->next, *amount = to->next;
    edges->from[k] = edge_firm(c, row->first, firms);
    edges->to[k] = edge_firm(c, to, firms);
    edges->amount[k] = scalar_number(c, amount, "the amount of an edge");
    if (edges->from[k] == edges->to[k] && !c->failed)
        chi_net_case_error(
            c, row, 704, "firm %u has an edge of %s to itself", edges->from[k], amount->text);
    if (edges->amount[k] < 0.0)
        chi_net_case_error(c, amount, 703,
            "the amount %s from firm %u to firm %u is negative; write it the other way round",
            amount->text, edges->from[k], edges->to[k]);
}

chi_net_edges chi_net_case_edges(
    chi_net_case *c, const chi_node *map, const char *key, size_t firms)
{
    chi_net_edges edges = {0};
    const chi_node *node = chi_net_case_get(c, map, key);
    size_t count = node ? chi_net_case_length(c, map, key) : 0;
    edges.from = chi_arena_alloc(c->arena, (count + 1) * sizeof *edges.from);
    edges.to = chi_arena_alloc(c->arena, (count + 1) * sizeof *edges.to);
    edges.amount = chi_arena_alloc(c->arena, (count + 1) * sizeof *edges.amount);
    if (count == 0)
        return edges;
    size_t k = 0;
    for (const chi_node *row = node->first; row; row = row->next, k++)
        read_edge(c, row, firms, &edges, k);
    edges.count = count;
    return edges;
}

/* Networks as graphs for other programs: DOT (Graphviz) and GraphML. Firms carry the columns of
 * the report, edges their amounts. */
#include "base/check.h"
#include "clear/net_report.h"

#include <math.h>
#include <string.h>

static const char *name_of(const chi_net_report *r, uint32_t firm)
{
    CHI_ASSERT(r->network && r->network->names && firm < r->network->firms);
    return r->network->names[firm];
}

static void put_amount(chi_writer *writer, double amount)
{
    char number[CHI_JSON_NUMBER_BYTES];
    chi_number_format(amount, number);
    chi_write_text(writer, number);
}

ch_status chi_net_report_dot(const chi_net_report *r, ch_write_fn write, void *context)
{
    chi_writer *writer = chi_arena_alloc(r->arena, sizeof *writer);
    chi_writer_init(writer, write, context);
    const chi_net_edges *edges = &r->network->exposures;
    chi_write_text(writer, "digraph network {\n");
    for (uint32_t i = 0; i < r->network->firms; i++) {
        const char *name = name_of(r, i);
        chi_write_text(writer, "  ");
        chi_write_json_string(writer, name, strlen(name));
        bool marked = r->marked && r->marked[i];
        chi_write_text(writer, marked ? " [style=filled, fillcolor=tomato];\n" : ";\n");
    }
    for (size_t k = 0; k < edges->count; k++) {
        const char *from = name_of(r, edges->from[k]), *to = name_of(r, edges->to[k]);
        chi_write_text(writer, "  ");
        chi_write_json_string(writer, from, strlen(from));
        chi_write_text(writer, " -> ");
        chi_write_json_string(writer, to, strlen(to));
        chi_write_text(writer, " [label=\"");
        put_amount(writer, edges->amount[k]);
        chi_write_text(writer, "\"];\n");
    }
    chi_write_text(writer, "}\n");
    return chi_writer_finish(writer);
}

static void put_xml(chi_writer *writer, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '&':
            chi_write_text(writer, "&amp;");
            break;
        case '<':
            chi_write_text(writer, "&lt;");
            break;
        case '>':
            chi_write_text(writer, "&gt;");
            break;
        case '"':
            chi_write_text(writer, "&quot;");
            break;
        default:
            chi_write(writer, text, 1);
        }
    }
}

static void put_data(chi_writer *writer, const chi_net_report *r, size_t row)
{
    for (size_t c = 0; c < r->column_count; c++) {
        const chi_net_column *column = &r->columns[c];
        if (!column->texts && !isfinite(column->values[row]))
            continue;
        chi_write_format(writer, "      <data key=\"c%zu\">", c);
        if (column->texts)
            put_xml(writer, column->texts[row]);
        else
            put_amount(writer, column->values[row]);
        chi_write_text(writer, "</data>\n");
    }
}

ch_status chi_net_report_graphml(const chi_net_report *r, ch_write_fn write, void *context)
{
    chi_writer *writer = chi_arena_alloc(r->arena, sizeof *writer);
    chi_writer_init(writer, write, context);
    const chi_net_edges *edges = &r->network->exposures;
    chi_write_text(writer, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                           "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n");
    bool per_firm = r->rows == r->network->firms;
    for (size_t c = 0; c < r->column_count && per_firm; c++) {
        chi_write_format(writer, "  <key id=\"c%zu\" for=\"node\" attr.name=\"", c);
        put_xml(writer, r->columns[c].name);
        chi_write_text(writer,
            r->columns[c].texts ? "\" attr.type=\"string\"/>\n" : "\" attr.type=\"double\"/>\n");
    }
    chi_write_text(writer, "  <key id=\"amount\" for=\"edge\" attr.name=\"amount\" "
                           "attr.type=\"double\"/>\n"
                           "  <graph id=\"network\" edgedefault=\"directed\">\n");
    for (uint32_t i = 0; i < r->network->firms; i++) {
        chi_write_text(writer, "    <node id=\"");
        put_xml(writer, name_of(r, i));
        chi_write_text(writer, "\">\n");
        if (per_firm)
            put_data(writer, r, i);
        chi_write_text(writer, "    </node>\n");
    }
    for (size_t k = 0; k < edges->count; k++) {
        chi_write_text(writer, "    <edge source=\"");
        put_xml(writer, name_of(r, edges->from[k]));
        chi_write_text(writer, "\" target=\"");
        put_xml(writer, name_of(r, edges->to[k]));
        chi_write_text(writer, "\"><data key=\"amount\">");
        put_amount(writer, edges->amount[k]);
        chi_write_text(writer, "</data></edge>\n");
    }
    chi_write_text(writer, "  </graph>\n</graphml>\n");
    return chi_writer_finish(writer);
}

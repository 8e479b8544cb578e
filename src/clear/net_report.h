/* What a network command found, as a table of rows with facts and sentences around it, and the
 * ways to write it: for a reader, as JSON, as CSV, as a graph. */
#ifndef CHI_CLEAR_NET_REPORT_H
#define CHI_CLEAR_NET_REPORT_H

#include "clear/net_json.h"
#include "clear/net_network.h"

typedef enum chi_net_kind {
    CHI_NET_MONEY,  /* double */
    CHI_NET_SHARE,  /* double, shown in percent */
    CHI_NET_NUMBER, /* double, shown with four digits */
    CHI_NET_COUNT,  /* double holding a whole number */
    CHI_NET_TEXT    /* const char * */
} chi_net_kind;

enum { CHI_NET_REPORT_COLUMNS = 16, CHI_NET_REPORT_FACTS = 40, CHI_NET_REPORT_NOTES = 40 };

typedef struct chi_net_column {
    const char *name; /* in JSON and CSV; blanks for underscores in the table */
    chi_net_kind kind;
    const double *values;
    const char *const *texts;
    bool quiet; /* not in the table for readers */
} chi_net_column;

typedef struct chi_net_report {
    chi_arena *arena;
    const char *command, *title;
    const char *rows_name; /* key of the rows in JSON: "firms", "links" */
    size_t rows, column_count;
    chi_net_column columns[CHI_NET_REPORT_COLUMNS];
    uint32_t *order; /* of rows in the table; NULL: as they are */
    size_t top;      /* rows shown in the table at most; 0: all */
    struct {
        const char *name;
        double value;
        const char *text; /* if not NULL, instead of the value */
    } facts[CHI_NET_REPORT_FACTS];
    size_t fact_count;
    const char *notes[CHI_NET_REPORT_NOTES]; /* sentences */
    size_t note_count;
    /* for graphs: */
    const chi_network *network;
    const uint8_t *marked; /* firms drawn filled; may be NULL */
} chi_net_report;

chi_net_report chi_net_report_new(chi_arena *arena, const char *command, const char *title);
void chi_net_report_numbers(
    chi_net_report *report, const char *name, chi_net_kind kind, const double *values);
void chi_net_report_texts(chi_net_report *report, const char *name, const char *const *texts);
/* Not shown in the table for readers. */
void chi_net_report_quiet(
    chi_net_report *report, const char *name, chi_net_kind kind, const double *values);
void chi_net_report_fact(chi_net_report *report, const char *name, double value);
void chi_net_report_word(chi_net_report *report, const char *name, const char *text);
void chi_net_report_note(chi_net_report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Orders the table by falling key; ties keep their order. */
void chi_net_report_rank(chi_net_report *report, const double *key);

ch_status chi_net_report_table(const chi_net_report *report, ch_write_fn write, void *context);
ch_status chi_net_report_json(const chi_net_report *report, ch_write_fn write, void *context);
ch_status chi_net_report_csv(const chi_net_report *report, ch_write_fn write, void *context);
ch_status chi_net_report_dot(const chi_net_report *report, ch_write_fn write, void *context);
ch_status chi_net_report_graphml(const chi_net_report *report, ch_write_fn write, void *context);

/* "1,203.4", about six digits, thousands grouped. */
const char *chi_net_money(double amount, char out[48]);

#endif

/* Writers of results. All of them read the public getters of ch_result.h and nothing else, so that
 * any program can write its own. */
#ifndef CHI_RESULT_WRITE_H
#define CHI_RESULT_WRITE_H

#include "base/write.h"
#include "cardhouse/ch_result.h"

enum { CHI_MISSING_BYTES = 600 }; /* room for ch_result_interrupted() */

/* JSON, schema 1; numbers that do not exist are null. With a base each month of
 * survival has the difference that the two runs make, and so has the table; with weights there is
 * the key `estimates`. */
void chi_write_json(chi_writer *writer, const ch_result *result, const ch_write_options *options);

/* One row for each number: measure,firm,month,date,value,low,high (RFC 4180, LF line ends). */
void chi_write_csv(chi_writer *writer, const ch_result *result, const ch_write_options *options);

/* Their parts about waves: the value of the key `contagion`, and rows "falls in round R with
 * FIRST".
 */
void chi_write_json_waves(chi_writer *writer, const ch_result *result);
void chi_write_csv_waves(chi_writer *writer, const ch_result *result);

/* A field of a table in quotes where it must be (RFC 4180, section 2). */
void chi_write_csv_field(chi_writer *writer, const char *text);

/* The page for a terminal. */
void chi_write_page(chi_writer *writer, const ch_result *result, const ch_write_options *options);

/* All weights, as a section of a page. */
void chi_write_weights(
    chi_writer *writer, const ch_weights *weights, const ch_write_options *options);

/* The shortest decimal that reads back as the same double, with a point whatever the locale;
 * `absent` for infinities and what is not a number. */
void chi_write_number(chi_writer *writer, double value, const char *absent);

/* Probabilities of the cash quantiles that are written, with their names. */
enum { CHI_QUANTILES = 5 };
typedef struct chi_quantile {
    const char *name;
    double probability;
} chi_quantile;
extern const chi_quantile chi_quantiles[CHI_QUANTILES];

#endif

/* The one list of diagnostics: number, severity, title for the manual, default hint.
 * Ranges: 01xx text and syntax; 02xx shape and values of a model file; 03xx names and references;
 * 04xx balances and consistency; 05xx command line and runs; 06xx debt contracts (schedule,
 * daycount); 07xx networks. Each code has a fixture in tests/errors. */
#ifndef CHI_BASE_DIAG_CODES_H
#define CHI_BASE_DIAG_CODES_H

/* X(number, severity, title, hint) */
#define CHI_DIAG_LIST(X)                                                                           \
    X(101, CH_ERROR, "the file is not valid YAML", "")                                             \
    X(102, CH_ERROR, "the file is not valid UTF-8", "save the file as UTF-8")

#endif

/* The one list of diagnostics: number, severity, title for the manual, default hint.
 * Ranges: 01xx text and syntax; 02xx shape and values of a model file; 03xx names and references;
 * 04xx balances and consistency; 05xx command line and runs; 06xx debt contracts (schedule,
 * daycount); 07xx networks. Each code has a fixture in tests/errors. */
#ifndef CHI_BASE_DIAG_CODES_H
#define CHI_BASE_DIAG_CODES_H

/* X(number, severity, title, hint) */
#define CHI_DIAG_LIST(X)                                                                           \
    X(101, CH_ERROR, "the file is not valid YAML", "")                                             \
    X(102, CH_ERROR, "the file is not valid UTF-8", "save the file as UTF-8")                      \
    X(103, CH_ERROR, "the text has a NUL byte", "remove it; is this a text file?")                 \
    X(104, CH_ERROR, "the text has a control character", "remove it")                              \
    X(105, CH_ERROR, "the file is empty", "a model file is a mapping of keys to values")           \
    X(106, CH_ERROR, "the file is too large", "move large tables into CSV files")                  \
    X(107, CH_ERROR, "the values are nested too deeply", "")                                       \
    X(108, CH_ERROR, "the file has too many values", "move large tables into CSV files")           \
    X(109, CH_ERROR, "aliases expand to too many values", "write the values out")                  \
    X(110, CH_ERROR, "an alias has no anchor", "an anchor (&name) must stand before its aliases")  \
    X(111, CH_ERROR, "an alias stands inside the value it repeats", "write the value out")         \
    X(112, CH_ERROR, "a tag is not accepted", "remove it; the meaning of a value follows its key") \
    X(113, CH_ERROR, "a merge key is not accepted", "write the keys out, or alias whole values")   \
    X(114, CH_ERROR, "the file has more than one document", "keep one document in a file")         \
    X(115, CH_ERROR, "a key occurs twice", "remove or rename one of the two")                      \
    X(116, CH_ERROR, "a key is not a plain word", "a key is one word or one quoted text")          \
    X(117, CH_ERROR, "a tab is used as indentation", "indent with spaces")                         \
    X(118, CH_ERROR, "a directive is not accepted", "remove the line that begins with %")          \
    X(199, CH_NOTE, "further diagnostics are not shown", "correct the ones above first")

#endif

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
    X(120, CH_ERROR, "a value is not a quantity", "write a number such as 1150 or 2.3bn")          \
    X(121, CH_ERROR, "a unit is not known", "")                                                    \
    X(122, CH_ERROR, "a number is written in a way that is not accepted", "")                      \
    X(123, CH_ERROR, "a number is out of range", "")                                               \
    X(124, CH_ERROR, "a date does not exist", "dates are written 2028-03-28, months 2025-11")      \
    X(125, CH_ERROR, "an amount's currency is not clear", "")                                      \
    X(126, CH_ERROR, "a quantity of the wrong kind", "")                                           \
    X(127, CH_ERROR, "a period is not a whole number of days or months", "")                       \
    X(130, CH_ERROR, "an expression is not complete", "")                                          \
    X(131, CH_ERROR, "an expression has something unexpected in it", "")                           \
    X(132, CH_ERROR, "an expression is too long or too deep", "give parts of it names")            \
    X(133, CH_ERROR, "a function is called with the wrong arguments", "")                          \
    X(134, CH_ERROR, "a comparison stands where none is accepted, or is missing", "")              \
    X(140, CH_ERROR, "a table is not valid CSV", "")                                               \
    X(141, CH_ERROR, "a row of a table has too many or too few fields", "")                        \
    X(142, CH_ERROR, "a column of a table is missing", "")                                         \
    X(143, CH_ERROR, "a column of a table occurs twice", "remove or rename one of the two")        \
    X(144, CH_ERROR, "a field of a table is not a number", "numbers are written 1150 or -3.5e6")   \
    X(199, CH_NOTE, "further diagnostics are not shown", "correct the ones above first")

#endif

/* The one list of diagnostics: number, severity, title for the manual, default hint.
 * Ranges: 01xx text and syntax; 02xx shape and values of a model file; 03xx names and references;
 * 04xx balances and consistency; 05xx command line and runs; 06xx debt contracts (schedule,
 * daycount), from 0650 on those of a model, from 0670 on its stakes, supplies and contagion; 07xx
 * networks. Each code of text and of a model has a fixture in tests/errors; those of contracts and
 * networks stand in unit tests and golden sessions. */
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
    X(119, CH_ERROR, "too many empty lines in a row", "remove them")                               \
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
    X(199, CH_NOTE, "further diagnostics are not shown", "correct the ones above first")           \
    X(201, CH_ERROR, "a key is not known", "")                                                     \
    X(202, CH_ERROR, "a key is missing", "")                                                       \
    X(203, CH_ERROR, "a value has the wrong shape", "")                                            \
    X(204, CH_ERROR, "a key belongs to another kind", "")                                          \
    X(206, CH_ERROR, "a word is not accepted", "")                                                 \
    X(207, CH_ERROR, "a truth is not yes or no", "write yes or no")                                \
    X(210, CH_ERROR, "a number is outside its range", "")                                          \
    X(211, CH_WARNING, "a rate is above 100% a year", "write 9.62% if that is meant")              \
    X(212, CH_ERROR, "a date does not exist", "dates are written 2028-03-28, months 2025-11")      \
    X(215, CH_ERROR, "a name has characters that names may not have",                              \
        "letters, digits, - and _, beginning with a letter, at most 64")                           \
    X(216, CH_ERROR, "a name has a meaning of its own", "choose another name")                     \
    X(217, CH_ERROR, "an amount is given twice, not at all or not as one number", "")              \
    X(218, CH_ERROR, "low, value and high are not in order", "low <= value <= high")               \
    X(219, CH_ERROR, "two dates of a schedule fall in one month", "keep one of them")              \
    X(220, CH_ERROR, "a debt has no lender or two forms of them",                                  \
        "lender: bank, or lenders: {bank: 60%, outside: 40%}")                                     \
    X(221, CH_ERROR, "a number is not whole", "")                                                  \
    X(223, CH_ERROR, "a model starts on a day that not every month has",                           \
        "a month's last day, or a day up to the 28th")                                             \
    X(224, CH_ERROR, "a path has no value at the start",                                           \
        "give it a value at the day the model starts")                                             \
    X(225, CH_ERROR, "a currency is not known", "three capital letters, such as USD")              \
    X(227, CH_ERROR, "an expression needs too many values at once",                                \
        "make parts of it lines of their own")                                                     \
    X(228, CH_ERROR, "money and numbers are mixed in an expression", "")                           \
    X(230, CH_ERROR, "a test of this form is not accepted", "use <=, <, >= or >")                  \
    X(231, CH_ERROR, "a model is too large", "")                                                   \
    X(233, CH_ERROR, "an event does nothing or more than one thing", "")                           \
    X(236, CH_ERROR, "a correlation is not a pair and a number", "[sofr, demand, -10%]")           \
    X(237, CH_ERROR, "a rate is not of the form of a loan's rate",                                 \
        "sofr + 6.5%, 1.2 * max(sofr, 0.5%) + 2%")                                                 \
    X(301, CH_ERROR, "a firm is not defined", "define it under firms, or use outside")             \
    X(302, CH_ERROR, "a driver is not defined", "define it under drivers")                         \
    X(303, CH_ERROR, "a contract is not defined", "define it under contracts")                     \
    X(304, CH_ERROR, "a market or facility is not defined",                                        \
        "define it under markets or contracts")                                                    \
    X(305, CH_ERROR, "a name in an expression is not defined",                                     \
        "drivers, the firm's items and its own lines can be named")                                \
    X(306, CH_ERROR, "a name cannot be used at this place", "")                                    \
    X(307, CH_ERROR, "a line's name is taken", "choose another name")                              \
    X(308, CH_ERROR, "a scenario is not defined", "")                                              \
    X(309, CH_ERROR, "a scenario sets a value that is not there",                                  \
        "a path such as firms.a.operations.cost.power; it must exist")                             \
    X(310, CH_ERROR, "a contract and a market have one name", "rename one of the two")             \
    X(311, CH_ERROR, "a driver of the wrong kind", "")                                             \
    X(312, CH_ERROR, "a contract of the wrong kind", "")                                           \
    X(313, CH_ERROR, "a ladder names a facility of another firm",                                  \
        "a firm draws only what it borrows")                                                       \
    X(314, CH_ERROR, "a covenant names a loan of another firm",                                    \
        "a covenant belongs to the borrower")                                                      \
    X(315, CH_ERROR, "a step stands twice in a ladder", "keep the first")                          \
    X(316, CH_ERROR, "two names share a stream of random numbers", "rename one of the two")        \
    X(317, CH_ERROR, "a threshold is not given or not used", "")                                   \
    X(319, CH_ERROR, "lines need each other in a circle",                                          \
        "break the circle: cash, debt and property are those of last month")                       \
    X(401, CH_ERROR, "shares do not sum to 100%", "")                                              \
    X(402, CH_ERROR, "an opening sheet does not balance", "")                                      \
    X(403, CH_ERROR, "debt on the sheet is not what the loans add up to", "")                      \
    X(404, CH_ERROR, "correlations contradict each other", "")                                     \
    X(405, CH_ERROR, "a correlation is given twice, or with itself", "")                           \
    X(406, CH_ERROR, "more is drawn than committed", "")                                           \
    X(407, CH_ERROR, "a date lies outside the model", "")                                          \
    X(408, CH_ERROR, "a loan matures before it stands", "")                                        \
    X(409, CH_ERROR, "a facility is available after maturity",                                     \
        "availability ends at maturity at the latest")                                             \
    X(410, CH_ERROR, "notes of a market mature within the model", "")                              \
    X(411, CH_ERROR, "a firm deals with itself", "name another firm, or outside")                  \
    X(412, CH_ERROR, "instalments are more than the principal", "")                                \
    X(413, CH_ERROR, "a period ends before it begins", "")                                         \
    X(414, CH_ERROR, "a repayment is not complete", "")                                            \
    X(415, CH_ERROR, "an instalment lies outside the life of its loan", "")                        \
    X(416, CH_ERROR, "no firm is simulated", "give at least one firm an opening sheet")            \
    X(417, CH_ERROR, "a firm of the wrong kind", "")                                               \
    X(419, CH_ERROR, "an advance is not complete", "{amount: 450, at: 2026-01, share: 20%}")       \
    X(420, CH_WARNING, "a facility can be drawn, but no ladder names it",                          \
        "name it in funding.ladder of its borrower")                                               \
    X(421, CH_WARNING, "neither side of a contract is simulated",                                  \
        "it moves no simulated cash; give one side an opening sheet")                              \
    X(422, CH_ERROR, "a driver without volatility is correlated",                                  \
        "vasicek and gbm drivers with volatility can be")                                          \
    X(601, CH_ERROR, "a contract term has a wrong value", "")                                      \
    X(602, CH_ERROR, "a name is not a term of the ACTUS dictionary",                               \
        "docs/contracts.md lists the terms that are read")                                         \
    X(603, CH_ERROR, "a contract lacks a term", "")                                                \
    X(604, CH_ERROR, "contract terms contradict each other", "")                                   \
    X(605, CH_ERROR, "a contract term is not supported",                                           \
        "docs/contracts.md says what is computed")                                                 \
    X(606, CH_ERROR, "an observation is missing", "give it under dataObserved, or with --market")  \
    X(607, CH_ERROR, "a contract passes a limit", "")                                              \
    X(608, CH_ERROR, "a file of contracts has the wrong shape",                                    \
        "an object of cases as in the public ACTUS tests, or a CSV table of terms")                \
    X(610, CH_ERROR, "a row of a day-count table is wrong", "")                                    \
    X(611, CH_ERROR, "a calendar file is wrong", "docs/contracts.md describes its rules")          \
    X(640, CH_ERROR, "a file of market data is wrong",                                             \
        "its columns are object, time and value, one observation a row")                           \
    X(670, CH_ERROR, "more than all of a firm's equity is held",                                   \
        "shares of one issuer sum to at most 100%")                                                \
    X(671, CH_ERROR, "a firm would hold or supply itself", "name two firms")                       \
    X(672, CH_ERROR, "firms own each other whole", "somebody outside the circle must own a share") \
    X(673, CH_ERROR, "outside cannot stand here", "name a firm of the file")                       \
    X(674, CH_ERROR, "a stake in a firm whose equity is not known",                                \
        "give the issuer `equity`, or an `opening` sheet")                                         \
    X(675, CH_ERROR, "two rows say the same relation", "keep one of them")                         \
    X(676, CH_ERROR, "a carrying value cannot follow the issuer's equity",                         \
        "leave `value` away: the stake is then worth its share of book equity")                    \
    X(677, CH_ERROR, "a firm is not of the kind that is meant here", "")                           \
    X(678, CH_ERROR, "more than all property of a firm is of common kinds",                        \
        "the shares of one firm sum to at most 100%")                                              \
    X(679, CH_ERROR, "claims cannot be valued by an equity that is not positive",                  \
        "use `claims: face`, or give the debtor positive equity")                                  \
    X(680, CH_ERROR, "a key has no effect under this rule", "it belongs to `claims: threshold`")   \
    X(650, CH_ERROR, "a term of a contract has both its names", "keep one of the two")             \
    X(651, CH_ERROR, "a contract needs what a model does not have",                                \
        "docs/contracts.md says what a model computes")                                            \
    X(652, CH_ERROR, "the parties of a contract are wrong",                                        \
        "docs/contracts.md has the parties of each type")                                          \
    X(653, CH_ERROR, "a standard contract is not complete or has what is not its own", "")         \
    X(654, CH_ERROR, "what a guarantee or collateral leans on does not fit", "")                   \
    X(701, CH_ERROR, "a network file has the wrong shape", "")                                     \
    X(702, CH_ERROR, "a network file has a bad number", "write it as in 1250.75")                  \
    X(703, CH_ERROR, "an amount is out of range", "")                                              \
    X(704, CH_ERROR, "a firm has an edge to itself", "remove it, or net it before")                \
    X(705, CH_ERROR, "a firm of a network is not known", "")                                       \
    X(706, CH_ERROR, "a firm of a network occurs twice", "")                                       \
    X(707, CH_ERROR, "a table lacks a column", "")                                                 \
    X(708, CH_ERROR, "a row has the wrong number of fields", "")                                   \
    X(709, CH_ERROR, "totals cannot be met", "")                                                   \
    X(710, CH_ERROR, "more of a firm's equity is held than there is", "")                          \
    X(711, CH_ERROR, "options of a network command do not fit", "")                                \
    X(712, CH_ERROR, "a case belongs to another command", "")                                      \
    X(713, CH_ERROR, "a network file cannot be read", "")                                          \
    X(714, CH_ERROR, "a share is not between 0 and 1", "")                                         \
    X(715, CH_ERROR, "a network calculation did not converge", "")                                 \
    X(590, CH_ERROR, "a state is infinite or not a number",                                        \
        "look for a division by something that can be zero, or growth without bound")              \
    X(591, CH_WARNING, "the model could not be compiled",                                          \
        "leave --compile away, or give it a C compiler (CC) and a private folder")                 \
    /* the end: every row above ends with a continuation, so that rows merge cleanly */

#endif

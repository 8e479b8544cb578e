/* Checks of our own mistakes. They stay on in release builds: a wrong number is worse than a stop.
 */
#ifndef CHI_BASE_CHECK_H
#define CHI_BASE_CHECK_H

/* Prints the place and ends the process with exit code 70 (design section 6). */
_Noreturn void chi_check_failed(const char *file, int line, const char *text);

#define CHI_ASSERT(condition)                                                                      \
    ((condition) ? (void)0 : chi_check_failed(__FILE__, __LINE__, #condition))

/* For places that cannot be reached. */
#define CHI_NEVER(text) chi_check_failed(__FILE__, __LINE__, text)

#endif

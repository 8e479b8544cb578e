/* The built-in calendars as texts of rules; text/calendar.h describes the language. */
#ifndef CHI_TEXT_CALENDAR_DATA_H
#define CHI_TEXT_CALENDAR_DATA_H

typedef struct chi_calendar_text {
    const char *name;
    const char *rules;
} chi_calendar_text;

extern const chi_calendar_text chi_calendar_texts[];
extern const int chi_calendar_text_count;

#endif

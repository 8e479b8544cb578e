/* Built-in calendars, as data with their sources. */
#include "text/calendar_data.h"

const chi_calendar_text chi_calendar_texts[] = {
    {"NC", "# No calendar: every day is a business day (ACTUS dictionary, term CLDR).\n"},
    {"NOCALENDAR", "# An older spelling of NC.\n"},
    {"MF", "# Monday to Friday (ACTUS dictionary, term CLDR).\n"
           "weekend saturday sunday\n"},
    {"TARGET",
        "# Closing days of the euro payment system TARGET, T2 since March 2023.\n"
        "# Source: European Central Bank, press releases of 3 September 1998 (1999), 31 March\n"
        "# 1999 (2000), 25 May 2000 (2001) and 14 December 2000 (long-term calendar from 2002).\n"
        "weekend saturday sunday\n"
        "fixed 01-01\n"
        "easter -2 2000\n"
        "easter 1 2000\n"
        "fixed 05-01 2000\n"
        "fixed 12-25\n"
        "fixed 12-26 2000\n"
        "1999-12-31\n"
        "2001-12-31\n"},
    {"US",
        "# Federal holidays of the United States. Source: 5 U.S.C. 6103(a), and 6103(b) with\n"
        "# Executive Order 11582 for days observed when a holiday falls on a weekend; Public Laws\n"
        "# 90-363 (Monday holidays, from 1971), 94-97 (Veterans Day back to 11 November, from\n"
        "# 1978), 98-144 (Martin Luther King, from 1986), 117-17 (Juneteenth, from 2021).\n"
        "weekend saturday sunday\n"
        "fixed 01-01 observed\n"
        "weekday 3 monday 1 1986\n"
        "fixed 02-22 observed 1880 1970\n"
        "weekday 3 monday 2 1971\n"
        "fixed 05-30 observed 1889 1970\n"
        "weekday -1 monday 5 1971\n"
        "fixed 06-19 observed 2021\n"
        "fixed 07-04 observed\n"
        "weekday 1 monday 9 1894\n"
        "weekday 2 monday 10 1971\n"
        "fixed 11-11 observed 1938 1970\n"
        "weekday 4 monday 10 1971 1977\n"
        "fixed 11-11 observed 1978\n"
        "weekday 4 thursday 11 1942\n"
        "fixed 12-25 observed\n"},
    {"FED",
        "# Holidays of the Federal Reserve Banks: those of the United States from 1971, but a\n"
        "# holiday on a Saturday leaves the Friday before open. Source: Board of Governors of the\n"
        "# Federal Reserve System, Holidays Observed (K.8).\n"
        "weekend saturday sunday\n"
        "sunday 01-01\n"
        "weekday 3 monday 1 1986\n"
        "weekday 3 monday 2 1971\n"
        "weekday -1 monday 5 1971\n"
        "sunday 06-19 2021\n"
        "sunday 07-04\n"
        "weekday 1 monday 9\n"
        "weekday 2 monday 10 1971\n"
        "sunday 11-11 1978\n"
        "weekday 4 thursday 11\n"
        "sunday 12-25\n"},
};

const int chi_calendar_text_count = sizeof chi_calendar_texts / sizeof *chi_calendar_texts;

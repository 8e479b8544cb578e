/* Reads quantities. A number is collected as decimal digits and a power of ten, into which the unit
 * is folded (9.62% becomes 962e-4), so that one call of strtod rounds once. The text given to
 * strtod has no decimal point, so that the locale has no say. */
#include "text/quantity.h"

#include "base/check.h"
#include "base/str.h"
#include "text/date.h"
#include "text/quantity_units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A number as written: digits times ten to the exponent. */
typedef struct decimal {
    bool negative;
    size_t count;
    int exponent;
    char digits[CHI_NUMBER_DIGITS_MAX + 1];
} decimal;

/* The state of one reading. */
typedef struct scan {
    const char *text;
    size_t size, at;
    const chi_quantity_context *context;
    chi_quantity_error *error;
    bool whole; /* the text is one quantity: what looks like a mistake in one is one */
} scan;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char char_at(const scan *s, size_t at)
{
    return at < s->size ? s->text[at] : '\0';
}

static size_t skip_spaces(const scan *s, size_t at)
{
    while (char_at(s, at) == ' ')
        at++;
    return at;
}

/* Bytes of letters (or one %) at a place. */
static size_t word_size(const scan *s, size_t at)
{
    if (char_at(s, at) == '%')
        return 1;
    size_t size = 0;
    while (is_letter(char_at(s, at + size)))
        size++;
    return size;
}

/* Bytes to show of a wrong part: up to the next space, and one whole character at least. */
static size_t part_size(const scan *s, size_t at)
{
    size_t size = 0;
    while (at + size < s->size && s->text[at + size] != ' ' && size < 40)
        size++;
    return size ? chi_utf8_clip(s->text + at, size) : (at < s->size ? 1 : 0);
}

static bool fail(
    scan *s, uint32_t code, size_t offset, size_t size, const char *hint, const char *message)
{
    s->error->code = code;
    s->error->offset = offset < s->size ? offset : s->size;
    s->error->size = size;
    snprintf(s->error->message, sizeof s->error->message, "%s", message);
    snprintf(s->error->hint, sizeof s->error->hint, "%s", hint);
    return false;
}

/* fail() with the wrong part quoted: `before`, the part, `after`. */
static bool fail_quoting(scan *s, uint32_t code, size_t offset, size_t size, const char *hint,
    const char *before, const char *after)
{
    char message[200];
    int shown = (int)(size < 40 ? size : chi_utf8_clip(s->text + offset, 40));
    snprintf(message, sizeof message, "%s'%.*s'%s", before, shown, s->text + offset, after);
    return fail(s, code, offset, size, hint, message);
}

static bool push_digits(scan *s, decimal *number, bool after_point)
{
    size_t start = s->at;
    for (; is_digit(char_at(s, s->at)); s->at++) {
        char digit = s->text[s->at];
        if (number->count == 0 && digit == '0') {
            number->exponent -= after_point;
            continue;
        }
        if (number->count == CHI_NUMBER_DIGITS_MAX)
            return fail(s, 123, start, s->at - start, "a double keeps 17 digits",
                "the number has too many digits");
        number->digits[number->count++] = digit;
        number->exponent -= after_point;
    }
    return true;
}

static bool scan_exponent(scan *s, decimal *number)
{
    char next = char_at(s, s->at + 1);
    bool sign = next == '-' || next == '+';
    size_t start = s->at;
    if ((char_at(s, s->at) | 0x20) != 'e' || !is_digit(char_at(s, s->at + 1 + sign)))
        return true;
    int exponent = 0;
    for (s->at += 1 + sign; is_digit(char_at(s, s->at)); s->at++)
        exponent =
            exponent > CHI_NUMBER_EXPONENT_MAX ? exponent : 10 * exponent + (s->text[s->at] - '0');
    if (exponent > CHI_NUMBER_EXPONENT_MAX)
        return fail_quoting(s, 123, start, s->at - start, "numbers lie below 1e308",
            "the exponent ", " is too large");
    number->exponent += next == '-' ? -exponent : exponent;
    return true;
}

/* Separators that stand where a number has just ended. */
static bool check_separators(scan *s, size_t start)
{
    char c = char_at(s, s->at), next = char_at(s, s->at + 1);
    if (((c == ',' && s->whole) || c == '_' || c == '\'') && is_digit(next))
        return fail(s, 122, s->at, 1,
            c == ',' ? "write 1000 or 1.5: digits without a comma, and a point before decimals"
                     : "write the digits without separators, as in 1000",
            c == ',' ? "a number cannot contain a comma" : "a number cannot contain a separator");
    if (c == '.' && is_digit(next))
        return fail(s, 122, s->at, 1, "write digits with one point before the decimals",
            "a number cannot contain two points");
    if (c == '.' && !is_letter(next))
        return fail(
            s, 122, start, s->at + 1 - start, "write 5 or 5.0", "a number cannot end in a point");
    if (c == ' ' && is_digit(next))
        return fail(s, 122, s->at, 1, "write the digits without spaces, as in 1000",
            "a number cannot contain a space");
    return true;
}

/* Reads a number without its unit. */
static bool scan_decimal(scan *s, decimal *number)
{
    *number = (decimal){.negative = char_at(s, s->at) == '-'};
    size_t start = s->at;
    if (char_at(s, s->at) == '-' || char_at(s, s->at) == '+')
        s->at++;
    if (char_at(s, s->at) == '.' && is_digit(char_at(s, s->at + 1)))
        return fail(s, 122, start, s->at + 1 - start, "write 0.5, not .5",
            "a number cannot begin with a point");
    if (!is_digit(char_at(s, s->at)))
        return fail_quoting(s, 120, start, part_size(s, start),
            "write a number such as 1150 or 2.3bn", "", " is not a number");
    if (!push_digits(s, number, false))
        return false;
    if (char_at(s, s->at) == '.' && is_digit(char_at(s, s->at + 1))) {
        s->at++;
        if (!push_digits(s, number, true))
            return false;
    }
    return scan_exponent(s, number) && check_separators(s, start);
}

/* The nearest double to the number times ten to the power `shift`. */
static bool to_double(scan *s, const decimal *number, int shift, size_t start, double *value)
{
    *value = 0.0;
    if (number->count == 0)
        return true;
    char text[CHI_NUMBER_DIGITS_MAX + 24];
    snprintf(text, sizeof text, "%s%.*se%d", number->negative ? "-" : "", (int)number->count,
        number->digits, number->exponent + shift);
    *value = strtod(text, NULL);
    if (!(fabs(*value) <= 1.7976931348623157e308) || fabs(*value) < 2.2250738585072014e-308)
        return fail(s, 123, start, s->at - start, "numbers lie between 1e-307 and 1e308",
            "the number is too large or too small");
    return true;
}

static bool fail_word(scan *s, size_t at, size_t size)
{
    char hint[200];
    chi_unit_word_hint(s->text + at, size, hint, sizeof hint);
    return fail_quoting(s, 121, at, size, hint, "", " is not a unit");
}

/* Is there a currency, three capital letters that end there? */
static bool is_currency(const scan *s, size_t at)
{
    for (size_t i = 0; i < 3; i++)
        if (char_at(s, at + i) < 'A' || char_at(s, at + i) > 'Z')
            return false;
    char next = char_at(s, at + 3);
    return !is_letter(next) && next != '_';
}

static bool check_currency(scan *s, size_t at)
{
    const char *wanted = s->context->currency;
    if (!wanted || chi_text_equal(s->text + at, 3, wanted))
        return true;
    char hint[120];
    snprintf(hint, sizeof hint, "the model's currency is %.8s; convert the amount", wanted);
    return fail_quoting(s, 125, at, 3, hint, "amounts in ", " are not accepted");
}

/* Reads "/quarter"; *months is 0 if there is no period after a slash. */
static bool scan_per(scan *s, int *months)
{
    *months = 0;
    size_t slash = skip_spaces(s, s->at);
    if (char_at(s, slash) != '/')
        return true;
    size_t at = skip_spaces(s, slash + 1), size = word_size(s, at);
    const char *text = s->text + (at < s->size ? at : s->size);
    char next = char_at(s, at + size);
    if (is_digit(next) || next == '_' || next == '-' || next == '.' || next == '(')
        return true;
    const chi_unit_word *word = chi_unit_word_find(text, size);
    if (!word || size < 3)
        return true;
    if (word->kind == CHI_WORD_DAYS)
        return fail_quoting(s, 121, at, size, "give it per month, per quarter or per year",
            "a flow per ", " has no fixed amount in a month");
    if (word->kind != CHI_WORD_MONTHS || text[size - 1] == 's')
        return true;
    *months = word->amount;
    s->at = at + size;
    return true;
}

/* The number's unit as far as it is not yet decided by a currency. */
typedef struct suffix {
    const chi_unit_word *word; /* NULL: none */
    size_t word_at;
    size_t currency_at; /* SIZE_MAX: none */
    int per_months;     /* 0: not a flow */
} suffix;

static bool scan_suffix(scan *s, suffix *found)
{
    size_t at = skip_spaces(s, s->at), size = word_size(s, at);
    found->word = size && !is_currency(s, at) ? chi_unit_word_find(s->text + at, size) : NULL;
    found->word_at = at;
    if (found->word)
        s->at = at + size;
    else if (size && at == s->at && !is_currency(s, at))
        return fail_word(s, at, size);
    bool money = !found->word || found->word->kind == CHI_WORD_SCALE;
    at = skip_spaces(s, s->at);
    if (money && is_currency(s, at)) {
        if (found->currency_at != SIZE_MAX)
            return fail(s, 125, at, 3, "name the currency once", "two currencies");
        found->currency_at = at;
        s->at = at + 3;
    }
    if (found->word &&
        (found->word->kind == CHI_WORD_DAYS || found->word->kind == CHI_WORD_MONTHS ||
            found->word->kind == CHI_WORD_MULTIPLE))
        return true;
    return scan_per(s, &found->per_months);
}

/* A whole number of months or days. */
static bool to_period(
    scan *s, const decimal *number, const chi_unit_word *word, size_t start, chi_quantity *out)
{
    double count;
    if (!to_double(s, number, 0, start, &count))
        return false;
    out->unit = word->kind == CHI_WORD_DAYS ? CHI_UNIT_DAYS : CHI_UNIT_MONTHS;
    out->value = count * word->amount;
    if (number->negative)
        return fail(s, 127, start, s->at - start, "write how long it lasts, without a sign",
            "a period cannot be negative");
    if (out->value > 120000.0)
        return fail(s, 127, start, s->at - start, "a period has at most 120000 months or days",
            "the period is too long");
    if (out->value != floor(out->value))
        return fail(s, 127, start, s->at - start, "write it in days, or in whole months",
            out->unit == CHI_UNIT_DAYS ? "not a whole number of days"
                                       : "not a whole number of months");
    return true;
}

/* Gives the number its meaning. */
static bool to_quantity(
    scan *s, const decimal *number, const suffix *found, size_t start, chi_quantity *out)
{
    const chi_unit_word *word = found->word;
    if (word && (word->kind == CHI_WORD_DAYS || word->kind == CHI_WORD_MONTHS))
        return to_period(s, number, word, start, out);
    bool currency = found->currency_at != SIZE_MAX, flow = found->per_months != 0;
    bool scaled = word && word->kind == CHI_WORD_SCALE;
    int unit_exponent = s->context->unit_exponent;
    if (currency && !check_currency(s, found->currency_at))
        return false;
    if (currency && !scaled && unit_exponent != 0)
        return fail(s, 125, start, s->at - start,
            "add k, m or bn after the number, or leave the currency out: plain numbers are in "
            "the model's unit",
            "an amount with a currency needs its scale");
    bool money = scaled || currency;
    int shift = word ? word->amount : 0;
    out->unit = money ? (flow ? CHI_UNIT_MONEY_PER_MONTH : CHI_UNIT_MONEY)
                      : (flow ? CHI_UNIT_NUMBER_PER_MONTH : CHI_UNIT_NUMBER);
    if (word && word->kind == CHI_WORD_FRACTION)
        out->unit = flow ? CHI_UNIT_FRACTION_PER_MONTH : CHI_UNIT_FRACTION;
    if (word && word->kind == CHI_WORD_MULTIPLE)
        out->unit = CHI_UNIT_MULTIPLE;
    if (money)
        shift -= unit_exponent;
    if (!to_double(s, number, shift, start, &out->value))
        return false;
    if (flow)
        out->value /= found->per_months;
    return true;
}

/* Digits that follow a place, counted up to nine. */
static size_t digits_at(const scan *s, size_t at, int *value)
{
    size_t count = 0;
    *value = 0;
    while (is_digit(char_at(s, at + count)) && count < 9)
        *value = 10 * *value + (s->text[at + count++] - '0');
    return count;
}

static bool fail_date(scan *s, size_t size, const char *message)
{
    return fail(s, 124, s->at, size, "dates are written 2028-03-28, months 2025-11", message);
}

/* Reads 2028-03-28 or 2025-11. *is_date stays false if the text does not look like a date. */
static bool scan_date(scan *s, bool *is_date, chi_quantity *out)
{
    int year, month, day = 1;
    size_t at = s->at;
    size_t year_digits = digits_at(s, at, &year);
    char mark = char_at(s, at + year_digits);
    size_t month_digits = digits_at(s, at + year_digits + 1, &month);
    *is_date = false;
    bool slashes = s->whole && mark == '/' && year_digits && month_digits &&
                   char_at(s, at + year_digits + 1 + month_digits) == '/';
    if (!slashes && (mark != '-' || year_digits != 4 || month_digits == 0))
        return true;
    *is_date = true;
    size_t end = at + year_digits + 1 + month_digits;
    bool has_day = char_at(s, end) == mark && is_digit(char_at(s, end + 1));
    size_t day_digits = has_day ? digits_at(s, end + 1, &day) : 2;
    if (has_day)
        end += 1 + day_digits;
    if (slashes || month_digits != 2 || day_digits != 2)
        return fail_date(s, end - at, "the date is not written as year-month-day");
    if (year < CHI_YEAR_MIN || month < 1 || month > 12)
        return fail_date(s, end - at, "there is no such month");
    if (day < 1 || day > chi_days_in_month(year, month))
        return fail_date(s, end - at, "there is no such day in that month");
    out->unit = has_day ? CHI_UNIT_DATE : CHI_UNIT_MONTH;
    out->value = chi_day_of(year, month, day);
    s->at = end;
    return true;
}

/* What begins neither with a digit nor with a currency. */
static bool fail_start(scan *s)
{
    static const struct {
        const char *mark, *hint;
    } marks[] = {{"$", "write USD 2.3bn"}, {"\xE2\x82\xAC", "write EUR 2.3bn"},
        {"\xC2\xA3", "write GBP 2.3bn"}, {"\xE2\x88\x92", "use the hyphen-minus, -"},
        {"(", "write a negative number with a minus sign"}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t size = strlen(marks[i].mark);
        if (s->size - s->at >= size && memcmp(s->text + s->at, marks[i].mark, size) == 0)
            return fail_quoting(
                s, 120, s->at, size, marks[i].hint, "a quantity cannot begin with ", "");
    }
    if (s->at >= s->size)
        return fail(s, 120, s->at, 0, "write a number such as 1150 or 2.3bn", "a value is missing");
    return fail_quoting(s, 120, s->at, part_size(s, s->at), "write a number such as 1150 or 2.3bn",
        "", " is not a number");
}

static bool scan_quantity(scan *s, suffix *found, chi_quantity *out)
{
    size_t start = s->at;
    *found = (suffix){.currency_at = SIZE_MAX};
    bool is_date;
    if (!scan_date(s, &is_date, out) || is_date)
        return is_date && s->error->code == 0;
    size_t number_at = is_currency(s, s->at) ? skip_spaces(s, s->at + 3) : s->at;
    char c = char_at(s, number_at);
    if (!is_digit(c) && c != '-' && c != '+' && c != '.')
        return fail_start(s);
    if (number_at != s->at)
        found->currency_at = s->at;
    s->at = number_at;
    decimal number;
    return scan_decimal(s, &number) && scan_suffix(s, found) &&
           to_quantity(s, &number, found, start, out);
}

static scan scan_start(const char *text, size_t size, const chi_quantity_context *context,
    chi_quantity *quantity, chi_quantity_error *error)
{
    static const chi_quantity_context plain = {0, NULL};
    CHI_ASSERT((text || size == 0) && quantity && error);
    error->code = 0;
    error->offset = error->size = 0;
    error->message[0] = error->hint[0] = '\0';
    *quantity = (chi_quantity){0.0, CHI_UNIT_NUMBER};
    return (scan){size ? text : "", size, 0, context ? context : &plain, error, false};
}

size_t chi_quantity_scan(const char *text, size_t size, const chi_quantity_context *context,
    chi_quantity *quantity, chi_quantity_error *error)
{
    scan s = scan_start(text, size, context, quantity, error);
    suffix found;
    if (scan_quantity(&s, &found, quantity))
        return s.at;
    *quantity = (chi_quantity){0.0, CHI_UNIT_NUMBER};
    return 0;
}

static bool scan_bool(const scan *s, chi_quantity *out)
{
    const char *text = s->text + s->at;
    size_t size = s->size - s->at;
    bool yes = chi_text_equal(text, size, "yes") || chi_text_equal(text, size, "true");
    bool no = chi_text_equal(text, size, "no") || chi_text_equal(text, size, "false");
    *out = (chi_quantity){yes ? 1.0 : 0.0, CHI_UNIT_BOOL};
    return yes || no;
}

/* What a field accepts, as a hint. */
static void describe(unsigned accept, char *hint, size_t room)
{
    size_t used = 0;
    for (int i = 0; i < CHI_UNIT_COUNT && used < room; i++)
        if (accept & CHI_UNIT_BIT(i)) {
            int wrote = snprintf(hint + used, room - used, "%s%s (%s)",
                used ? ", " : "accepted: ", chi_unit_text((chi_unit)i),
                chi_unit_example((chi_unit)i));
            used += (size_t)wrote;
        }
}

static bool check_accepted(
    scan *s, const suffix *found, unsigned accept, size_t start, const chi_quantity *quantity)
{
    if (accept == CHI_ACCEPT_ANY || (accept & CHI_UNIT_BIT(quantity->unit)))
        return true;
    char hint[200] = "", message[100];
    describe(accept, hint, sizeof hint);
    bool million = found->word && strcmp(found->word->word, "m") == 0;
    if (million && (accept & CHI_ACCEPT_PERIOD))
        snprintf(hint, sizeof hint, "m means million; write months, as in 3 months");
    snprintf(message, sizeof message, "%s is not accepted here", chi_unit_text(quantity->unit));
    return fail(s, 126, start, s->size - start, hint, message);
}

/* What stands after a quantity that should have been the whole text. */
static bool fail_rest(scan *s, size_t at)
{
    size_t size = word_size(s, at);
    if (size && at > 0 && s->text[at - 1] == ' ')
        return fail_word(s, at, size);
    if (char_at(s, at) == '/')
        return fail_quoting(s, 121, at, part_size(s, at),
            "a flow is written /month, /quarter or /year", "", " is not a period");
    return fail_quoting(s, 120, at, part_size(s, at),
        "write one quantity, such as 1150, 2.3bn or 9.62%", "", " cannot stand here");
}

static bool parse_whole(scan *s, unsigned accept, chi_quantity *quantity)
{
    while (s->size > 0 && s->text[s->size - 1] == ' ')
        s->size--;
    s->at = skip_spaces(s, 0);
    size_t start = s->at;
    suffix found = {.currency_at = SIZE_MAX};
    if (!scan_bool(s, quantity)) {
        if (!scan_quantity(s, &found, quantity))
            return false;
        size_t rest = skip_spaces(s, s->at);
        if (rest < s->size)
            return fail_rest(s, rest);
    }
    return check_accepted(s, &found, accept, start, quantity);
}

bool chi_quantity_parse(const char *text, size_t size, const chi_quantity_context *context,
    unsigned accept, chi_quantity *quantity, chi_quantity_error *error)
{
    scan s = scan_start(text, size, context, quantity, error);
    s.whole = true;
    bool good = parse_whole(&s, accept, quantity);
    if (!good)
        *quantity = (chi_quantity){0.0, CHI_UNIT_NUMBER};
    return good;
}

bool chi_quantity_read(const chi_node *node, const chi_quantity_context *context, unsigned accept,
    ch_diags *diags, chi_quantity *quantity)
{
    CHI_ASSERT(node && diags && quantity);
    if (node->kind != CHI_SCALAR) {
        char hint[200] = "write one value";
        describe(accept, hint, sizeof hint);
        chi_diag(diags, 120, node->span, hint, "%s stands where one value is wanted",
            node->kind == CHI_MAPPING ? "a mapping" : "a list");
        *quantity = (chi_quantity){0.0, CHI_UNIT_NUMBER};
        return false;
    }
    chi_quantity_error error;
    if (chi_quantity_parse(node->text, node->size, context, accept, quantity, &error))
        return true;
    ch_span span = chi_node_span_at(node, error.offset, error.size);
    chi_diag(diags, error.code, span, error.hint, "%s", error.message);
    return false;
}

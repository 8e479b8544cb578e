/* Loans, delayed-draw loans and revolvers: terms, parties, and that they agree with each other. */
#include "model/passes.h"

#include "base/check.h"
#include "text/daycount.h"

#include <math.h>
#include <string.h>

/* --- parties -------------------------------------------------------------------------------- */

static bool check_self(chi_reader *reader, const chi_node *node, uint32_t lender, uint32_t borrower)
{
    if (lender != borrower || lender == CHI_NONE)
        return true;
    chi_diag(reader->diags, 411, chi_key_span(node), NULL,
        "`%s` would owe itself: it is borrower and lender",
        reader->build.text.at + reader->build.firm.at[lender].name);
    return false;
}

static void add_share(chi_reader *reader, uint32_t firm, double fraction)
{
    *CHI_PUSH(reader->arena, &reader->build.share) = (chi_share){firm, 0, fraction};
}

/* Shares written to a few digits, such as three times 33.3333%, are made to sum to 1 exactly:
 * what a borrower pays must be what its lenders get. */
static void settle_shares(chi_reader *reader, size_t first, double sum)
{
    chi_builder *build = &reader->build;
    double left = 1.0;
    for (size_t i = first; i < build->share.count; i++) {
        build->share.at[i].fraction /= sum;
        if (i + 1 == build->share.count)
            build->share.at[i].fraction = left;
        left -= build->share.at[i].fraction;
    }
}

static void read_lenders(
    chi_reader *reader, const chi_map *map, const chi_node *list, uint32_t borrower)
{
    const double tolerance = 1e-6; /* shares are written to a few digits */
    const chi_field *field = chi_map_field(map, "lenders");
    double sum = 0.0;
    bool good = true;
    size_t first = reader->build.share.count;
    if (list->kind != CHI_MAPPING) {
        chi_shape_error(reader, list, "a mapping of firms to shares");
        return;
    }
    for (const chi_node *child = list->first; child; child = child->next) {
        uint32_t firm = chi_read_firm(reader, child, child->key);
        double share;
        const char *path = chi_arena_format(reader->arena, "%s.lenders.%s", map->path, child->key);
        good = chi_read_number(reader, map, child, field, path, &share) && good;
        sum += share;
        if (firm != CHI_NONE && check_self(reader, child, firm, borrower))
            add_share(reader, firm, share);
    }
    if (good && fabs(sum - 1.0) <= tolerance)
        settle_shares(reader, first, sum);
    else if (good)
        chi_diag(reader->diags, 401, chi_key_span(list),
            chi_arena_format(reader->arena,
                sum < 1.0 ? "add {outside: %.10g%%}" : "take %.10g%% away",
                100.0 * fabs(1.0 - sum)),
            "the shares sum to %.10g%%, not 100%%", 100.0 * sum);
}

chi_slice chi_lenders_read(chi_reader *reader, const chi_map *map, uint32_t borrower)
{
    uint32_t first = (uint32_t)reader->build.share.count;
    const chi_node *one = chi_map_node(map, "lender"), *list = chi_map_node(map, "lenders");
    if (one && list) {
        chi_diag_related(reader->diags, 220, chi_key_span(list), chi_key_span(one), NULL,
            "`lender` and `lenders` are both given");
    } else if (list) {
        read_lenders(reader, map, list, borrower);
    } else if (one) {
        uint32_t firm = chi_get_firm(reader, map, "lender");
        if (firm != CHI_NONE && check_self(reader, one, firm, borrower))
            add_share(reader, firm, 1.0);
    } else {
        chi_diag(reader->diags, 220, chi_map_span(map), NULL, "%s needs `lender` or `lenders`",
            map->kind->title);
    }
    return (chi_slice){first, (uint32_t)reader->build.share.count - first};
}

/* --- terms ---------------------------------------------------------------------------------- */

void chi_cross_default_read(chi_reader *reader, const chi_map *map, chi_loan *loan)
{
    const chi_node *node = chi_map_node(map, "cross_default");
    if (node && node->kind == CHI_MAPPING) {
        chi_map clause = chi_map_under(reader, map, "cross_default", CHI_KIND_CROSS_DEFAULT);
        loan->cross_default = 1;
        loan->cross_threshold = chi_get_number(reader, &clause, "threshold");
    } else {
        loan->cross_default = chi_get_yes(reader, map, "cross_default");
    }
}

void chi_debt_terms_read(chi_reader *reader, const chi_map *map, chi_loan *loan)
{
    char word[32];
    uint32_t convention = chi_get_choice(reader, map, "day_count");
    chi_daycount day_count = CHI_DC_ACT_360;
    if (convention != CHI_NONE) {
        bool known = chi_detail_word(
                         chi_map_field(map, "day_count")->detail, convention, word, sizeof word) &&
                     chi_daycount_parse(word, &day_count);
        CHI_ASSERT(known);
    }
    uint32_t class = chi_get_choice(reader, map, "seniority");
    loan->class = class == CHI_NONE ? CHI_CLASS_SECURED : class;
    loan->day_count = day_count;
    loan->interest_months = chi_get_months(reader, map, "interest");
    loan->grace_months = chi_get_months(reader, map, "grace");
    chi_cross_default_read(reader, map, loan);
}

static void check_maturity(chi_reader *reader, const chi_map *map, const chi_loan *loan)
{
    if (!reader->dated || loan->maturity > loan->initial_exchange)
        return;
    char from[11], to[11];
    chi_day_format(loan->initial_exchange, from);
    chi_day_format(loan->maturity, to);
    chi_diag(reader->diags, 408, chi_map_node(map, "maturity")->span, NULL,
        "maturity %s is not after %s, when the loan stands", to, from);
}

static void read_dates(chi_reader *reader, const chi_map *map, chi_loan *loan)
{
    chi_day day;
    loan->initial_exchange = reader->build.start;
    if (chi_kind_field(map->kind, "initial_exchange") &&
        chi_get_date(reader, map, "initial_exchange", &day) && day > reader->build.start) {
        chi_month_inside(reader, chi_map_node(map, "initial_exchange"), day);
        loan->initial_exchange = day;
    }
    if (chi_get_date(reader, map, "maturity", &loan->maturity))
        check_maturity(reader, map, loan);
    else
        loan->maturity = loan->initial_exchange + 1;
    loan->interest_anchor = loan->maturity;
    if (chi_get_date(reader, map, "first_interest", &day))
        loan->interest_anchor = day;
}

/* Months that end on or before a day. */
static uint32_t months_until(const chi_reader *reader, chi_day day)
{
    int month = chi_reader_month(reader, day);
    if (month < 0)
        return 0;
    if (month >= (int)reader->build.months)
        return reader->build.months;
    return (uint32_t)month + (chi_month_date(reader->build.start, (uint32_t)month) == day);
}

/* Without every loan's principal the sheets cannot be compared with the loans. */
static double read_principal(chi_reader *reader, const chi_map *map, const char *key)
{
    size_t errors = ch_diags_errors(reader->diags);
    double principal = chi_get_number(reader, map, key);
    if (!chi_map_node(map, key) || ch_diags_errors(reader->diags) > errors)
        reader->loans_unclear = true;
    return principal;
}

static void read_facility(chi_reader *reader, const chi_map *map, uint32_t firm, chi_loan *loan)
{
    chi_day end;
    loan->commitment = chi_get_number(reader, map, "commitment");
    loan->notional = read_principal(reader, map, "drawn");
    loan->other_use = chi_get_number(reader, map, "other_use");
    loan->undrawn_fee = chi_get_number(reader, map, "undrawn_fee");
    double used = loan->notional + loan->other_use;
    if (used > loan->commitment * (1.0 + 1e-9) && chi_map_node(map, "drawn"))
        chi_diag(reader->diags, 406, chi_map_node(map, "drawn")->span, NULL,
            "drawn%s %.10g is above the commitment of %.10g",
            loan->other_use > 0.0 ? " and other use" : "", used, loan->commitment);
    if (!chi_get_date(reader, map, "availability_end", &end))
        end = loan->maturity;
    else if (end > loan->maturity)
        chi_diag(reader->diags, 409, chi_map_node(map, "availability_end")->span, NULL,
            "`availability_end` is after maturity");
    loan->draw_end_month = reader->dated ? months_until(reader, end) : 0;
    chi_scope scope = {.kind = CHI_SCOPE_ITEMS, .firm = firm};
    bool strict = false;
    if (firm != CHI_NONE && chi_map_node(map, "draw_condition"))
        loan->condition = chi_test_read(reader, map, "draw_condition", &scope, &strict);
    if (strict)
        chi_diag(reader->diags, 230, chi_map_node(map, "draw_condition")->span,
            "use <= or >=", "a draw condition cannot be strict");
}

static uint32_t read_borrower(chi_reader *reader, const chi_map *map, bool facility)
{
    const chi_node *node = chi_map_node(map, "borrower");
    uint32_t firm = node ? chi_get_firm(reader, map, "borrower") : CHI_NONE;
    if (firm == CHI_NONE)
        return firm;
    if (firm == 0)
        chi_diag(reader->diags, 417, node->span, NULL, "`outside` cannot borrow: it has no cash");
    else if (facility && reader->firm_map[firm].kind != chi_kind_at(CHI_KIND_FIRM_SIMULATED))
        chi_diag(reader->diags, 417, node->span, "give it an `opening` sheet, or use kind: loan",
            "`%s` cannot draw: it is not simulated", node->text);
    return firm;
}

static uint32_t kind_of_loan(chi_reader *reader, const chi_contract *contract)
{
    const chi_map *map = &contract->map;
    if (contract->schema == CHI_KIND_DELAYED_DRAW_LOAN)
        return CHI_LOAN_DRAWN;
    if (contract->schema == CHI_KIND_REVOLVER)
        return CHI_LOAN_REVOLVER;
    bool repays = chi_map_node(map, "redemption") || chi_map_node(map, "instalments");
    if (!chi_map_node(map, "type"))
        return repays ? CHI_LOAN_LAM : CHI_LOAN_PAM;
    bool linear = chi_get_choice(reader, map, "type") == 1;
    if (!linear && repays)
        chi_diag(reader->diags, 414, chi_map_node(map, "type")->span, "write type: LAM",
            "a loan of type PAM repays at maturity only");
    if (linear && !repays)
        chi_diag(reader->diags, 414, chi_map_node(map, "type")->span,
            "`redemption` with `redemption_cycle`, or `instalments`",
            "a loan of type LAM must say what it repays");
    return linear ? CHI_LOAN_LAM : CHI_LOAN_PAM;
}

void chi_loan_read(chi_reader *reader, const chi_contract *contract)
{
    const chi_map *map = &contract->map;
    bool facility = contract->schema != CHI_KIND_LOAN;
    chi_loan loan = {.name = chi_builder_text(&reader->build, map->node->key),
        .kind = kind_of_loan(reader, contract),
        .borrower = read_borrower(reader, map, facility),
        .instalments = CHI_NONE,
        .market = CHI_NONE,
        .condition = CHI_NONE};
    reader->loans_unclear = reader->loans_unclear || loan.borrower == CHI_NONE;
    loan.lenders = chi_lenders_read(reader, map, loan.borrower);
    read_dates(reader, map, &loan);
    chi_debt_terms_read(reader, map, &loan);
    chi_rate_read(reader, map, &loan);
    loan.accrued = chi_get_number(reader, map, "accrued");
    if (facility) {
        read_facility(reader, map, loan.borrower, &loan);
    } else {
        loan.notional = loan.commitment = read_principal(reader, map, "notional");
        loan.capitalises = chi_get_yes(reader, map, "capitalises");
    }
    if (contract->schema == CHI_KIND_DELAYED_DRAW_LOAN)
        loan.draw_instalment = chi_get_number(reader, map, "draw_instalment");
    chi_redemption_read(reader, map, &loan, contract->row);
    reader->build.loan.at[contract->row] = loan;
}

double chi_principal_at_start(const chi_reader *reader, uint32_t firm)
{
    double sum = 0.0;
    for (size_t i = 0; i < reader->build.loan.count; i++) {
        const chi_loan *loan = &reader->build.loan.at[i];
        if (loan->borrower == firm && loan->initial_exchange <= reader->build.start)
            sum += loan->notional;
    }
    return sum;
}

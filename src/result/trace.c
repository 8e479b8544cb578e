/* Replays one path and tells its story. */
#include "result/trace.h"

#include "base/write.h"
#include "result/watch.h"

#include <stdio.h>
#include <string.h>

static const char *const entry_text[CHI_ENTRY_COUNT] = {
#define ENTRY_TEXT(id, text) [id] = text,
    CHI_ENTRY_LIST(ENTRY_TEXT)
#undef ENTRY_TEXT
};

static const char *const event_text[CHI_EVENT_COUNT] = {"",
#define EVENT_TEXT(id, rank, text) #id " " text,
    CHI_ACTUS_KINDS(EVENT_TEXT)
#undef EVENT_TEXT
};

static const char *firm_name(const ch_model *model, uint32_t firm)
{
    return chi_model_text(model, model->firm[firm].name);
}

/* Name of what an entry is about; a pair and a firm are named by their parties instead. */
static const char *subject_name(const ch_model *model, const chi_entry *entry)
{
    switch ((chi_subject)entry->subject) {
    case CHI_OF_LOAN:
        return chi_model_text(model, model->loan[entry->row].name);
    case CHI_OF_LINE:
        return chi_model_text(model, model->line[entry->row].name);
    case CHI_OF_CUSTOMER:
        return chi_model_text(model, model->customer[entry->row].name);
    case CHI_OF_COVENANT:
        return chi_model_text(model, model->covenant[entry->row].name);
    case CHI_OF_MARKET:
        return chi_model_text(model, model->market[entry->row].name);
    case CHI_OF_HOLDING:
        return chi_model_text(model, model->holding[entry->row].name);
    case CHI_OF_ASSET:
        return chi_model_text(model, model->asset[entry->row].name);
    case CHI_OF_DEAL:
        return chi_model_text(model, model->deal[entry->row].name);
    default:
        return "";
    }
}

/* Dues of a loan are booked once and owed to every lender by share. */
static bool is_of_all_lenders(const ch_model *model, const chi_entry *entry)
{
    return entry->subject == CHI_OF_LOAN && model->loan[entry->row].lenders.count > 1 &&
           (entry->kind == CHI_ENTRY_INTEREST || entry->kind == CHI_ENTRY_PRINCIPAL ||
               entry->kind == CHI_ENTRY_CAPITALISED || entry->kind == CHI_ENTRY_ARREARS);
}

static void write_entry(chi_writer *w, const chi_plan *plan, const chi_entry *entry)
{
    const ch_model *model = plan->model;
    char parties[80];
    if (is_of_all_lenders(model, entry))
        snprintf(parties, sizeof parties, "%s -> its lenders", firm_name(model, entry->from));
    else if (entry->from == entry->to)
        snprintf(parties, sizeof parties, "%s", firm_name(model, entry->from));
    else
        snprintf(parties, sizeof parties, "%s -> %s", firm_name(model, entry->from),
            firm_name(model, entry->to));
    const char *class = "";
    if (entry->subject == CHI_OF_PAIR) {
        static const char *const classes[] = {
#define CLASS_TEXT(id, name) name,
            CHI_CLASS_LIST(CLASS_TEXT)
#undef CLASS_TEXT
        };
        class = classes[plan->pair[entry->row].class];
    }
    const char *subject = entry->subject == CHI_OF_PAIR ? class : subject_name(model, entry);
    const char *text =
        entry->kind == CHI_ENTRY_EVENT ? event_text[entry->detail] : entry_text[entry->kind];
    bool amount = entry->amount != 0.0;
    chi_write_format(w, "  %-32.60s %-24.40s %-*.70s", parties, subject, amount ? 30 : 0, text);
    if (entry->kind == CHI_ENTRY_RATE)
        chi_write_format(w, " %11.4f%%", 100.0 * entry->amount);
    else if (entry->kind == CHI_ENTRY_BREACH)
        chi_write_format(w, " %9.0f mo.", entry->amount);
    else if (amount)
        chi_write_format(w, " %12.3f", entry->amount);
    chi_write_text(w, "\n");
}

/* Three decimals have no minus zero. */
static double shown(double amount)
{
    return amount > -0.0005 && amount < 0.0005 ? 0.0 : amount;
}

/* Amounts that would print as nothing are left out; events are not. */
static bool is_worth_a_line(const chi_entry *entry)
{
    bool event = entry->kind == CHI_ENTRY_BREACH || entry->kind == CHI_ENTRY_STOPPED ||
                 entry->kind == CHI_ENTRY_EVENT_OF_DEFAULT || entry->kind == CHI_ENTRY_FAILS ||
                 entry->kind == CHI_ENTRY_ENDS || entry->kind == CHI_ENTRY_CANCELLED ||
                 entry->kind == CHI_ENTRY_SHUT || entry->kind == CHI_ENTRY_RATE ||
                 entry->kind == CHI_ENTRY_EVENT || entry->kind == CHI_ENTRY_CLOSED;
    return event || shown(entry->amount) != 0.0;
}

/* --- the month's end ---------------------------------------------------------------------- */

static void write_firms(chi_writer *w, const chi_oracle *o)
{
    const chi_plan *plan = o->plan;
    for (uint32_t s = 0; s < plan->counts.sims; s++) {
        uint32_t firm = plan->firm_of_sim[s];
        double debt = 0.0;
        for (uint32_t l = 0; l < plan->model->loan_count; l++)
            if (plan->model->loan[l].borrower == firm)
                debt += CHI_O(o, notional, l) + CHI_O(o, loan_arrears, l);
        chi_write_format(w, "  = %s%s: cash %.3f, debt %.3f, property %.3f",
            firm_name(plan->model, firm), CHI_O(o, alive, firm) != 0.0 ? "" : " (failed)",
            shown(CHI_O(o, cash, firm)), shown(debt), shown(CHI_O(o, property, firm)));
        if (plan->counts.marks > 0)
            chi_write_format(w, ", equity %.3f", shown(CHI_O(o, equity, firm)));
        chi_write_text(w, "\n");
    }
    for (uint32_t a = 0; a < plan->counts.assets; a++)
        chi_write_format(w, "  = price of %s: %.6g\n",
            chi_model_text(plan->model, plan->model->asset[a].name), CHI_O(o, price, a));
    for (uint32_t d = 0; d < plan->model->driver_count; d++)
        chi_write_format(w, "%s%s %.6g", d ? ", " : "  ~ ",
            chi_model_text(plan->model, plan->model->driver[d].name), CHI_O(o, driver, d));
    if (plan->model->driver_count)
        chi_write_text(w, "\n");
}

static void write_month(chi_writer *w, const chi_oracle *o, uint32_t month, size_t first)
{
    char date[11];
    chi_day_format(chi_month_date(o->plan->model->start, month), date);
    chi_write_format(w, "\nmonth %u, to %s\n", month + 1, date);
    for (size_t i = first; i < o->ledger->entries.count; i++)
        if (is_worth_a_line(&o->ledger->entries.at[i]))
            write_entry(w, o->plan, &o->ledger->entries.at[i]);
    write_firms(w, o);
}

/* --- chains of causes --------------------------------------------------------------------- */

/* Does the entry belong to the story of how `firm` failed? */
static bool in_chain(const chi_entry *entry, uint32_t firm)
{
    bool about = entry->from == firm || entry->to == firm;
    switch ((chi_entry_kind)entry->kind) {
    case CHI_ENTRY_CANCELLED:
    case CHI_ENTRY_ENDS:
        return about;
    case CHI_ENTRY_LOSS:
        return entry->from == firm;
    case CHI_ENTRY_SHUT:
    case CHI_ENTRY_SHORT:
    case CHI_ENTRY_ARREARS:
    case CHI_ENTRY_BREACH:
    case CHI_ENTRY_STOPPED:
    case CHI_ENTRY_EVENT_OF_DEFAULT:
    case CHI_ENTRY_CROSS_DEFAULT:
    case CHI_ENTRY_ACCELERATED:
    case CHI_ENTRY_CLOSED:
    case CHI_ENTRY_CALLED:
    case CHI_ENTRY_FAILS:
    case CHI_ENTRY_STAKE_LOST:
    case CHI_ENTRY_PRICE_FELL:
    case CHI_ENTRY_MARKED:
    case CHI_ENTRY_OUTPUT:
        return entry->from == firm;
    default:
        return false;
    }
}

/* Only the first of a run of the same kind on the same subject tells something new. */
static bool told_before(const chi_ledger *ledger, size_t index)
{
    const chi_entry *entry = &ledger->entries.at[index];
    for (size_t i = 0; i < index; i++) {
        const chi_entry *old = &ledger->entries.at[i];
        if (old->kind == entry->kind && old->subject == entry->subject && old->row == entry->row &&
            old->from == entry->from && old->to == entry->to && entry->month - old->month <= 1 &&
            entry->kind != CHI_ENTRY_FAILS)
            return true;
    }
    return false;
}

static void write_chain(chi_writer *w, const chi_plan *plan, const chi_ledger *ledger, size_t at)
{
    const chi_entry *end = &ledger->entries.at[at];
    char date[11];
    chi_day_format(chi_month_date(plan->model->start, end->month), date);
    chi_write_format(w, "\nchain of causes: %s fails in month %u (%s)\n",
        firm_name(plan->model, end->from), end->month + 1, date);
    for (size_t i = 0; i <= at; i++) {
        const chi_entry *entry = &ledger->entries.at[i];
        if (!in_chain(entry, end->from) || told_before(ledger, i))
            continue;
        chi_write_format(w, "  %3u", entry->month + 1);
        write_entry(w, plan, entry);
    }
}

static void write_chains(chi_writer *w, const chi_plan *plan, const chi_ledger *ledger)
{
    size_t failures = 0;
    for (size_t i = 0; i < ledger->entries.count; i++)
        if (ledger->entries.at[i].kind == CHI_ENTRY_FAILS) {
            write_chain(w, plan, ledger, i);
            failures++;
        }
    if (failures == 0)
        chi_write_text(w, "\nNo firm fails on this path.\n");
}

ch_status chi_trace_write(
    const chi_plan *plan, const chi_replay *replay, ch_write_fn write, void *context)
{
    chi_writer w;
    chi_writer_init(&w, write, context);
    chi_ledger ledger = {.arena = replay->arena};
    chi_oracle oracle;
    chi_watch watch;
    chi_oracle_init(&oracle, plan, replay->arena);
    oracle.ledger = &ledger;
    chi_oracle_start(&oracle, replay->seed, replay->path);
    chi_watch_init(&watch, &oracle, replay->arena);
    chi_write_format(&w, "path %llu, seed %llu: %s\n", (unsigned long long)replay->path,
        (unsigned long long)replay->seed, chi_model_text(plan->model, plan->model->title));
    chi_write_text(&w, "Dues first, then what is paid between each pair of firms by class.\n");
    while (oracle.month < plan->months) {
        size_t first = ledger.entries.count;
        if (!chi_watch_month(&watch, replay->diags)) {
            ch_status status = chi_writer_finish(&w);
            return status == CH_OK ? CH_E_INPUT : status;
        }
        write_month(&w, &oracle, oracle.month - 1, first);
    }
    write_chains(&w, plan, &ledger);
    return chi_writer_finish(&w);
}

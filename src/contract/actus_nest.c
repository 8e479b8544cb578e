/* Contracts made of contracts: SWAPS and CAPFL run their parts and join the rows. (CEG and CEC,
 * which only look at what they cover, are in actus_cover.c.) */
#include "contract/actus_nest.h"

#include "base/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t rank_of_kind[CHI_EVENT_COUNT] = {0,
#define CHI_ACTUS_KIND_RANK(id, rank, text) rank,
    CHI_ACTUS_KINDS(CHI_ACTUS_KIND_RANK)
#undef CHI_ACTUS_KIND_RANK
};

chi_actus_row chi_actus_row_of(
    const chi_actus_terms *t, chi_moment time, chi_actus_kind kind, double payoff)
{
    return (chi_actus_row){.time = time,
        .kind = (uint8_t)kind,
        .currency = t->cur,
        .payoff = payoff,
        .exercise_date = CHI_MOMENT_NONE,
        .observed = (double)NAN,
        .op = CHI_ACTUS_OP_NOTHING};
}

typedef struct row_place {
    int64_t key;
    size_t index;
} row_place;

static int compare_places(const void *a, const void *b)
{
    const row_place *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

/* By time, rank and leg; equal ones keep their order. */
void chi_actus_rows_sort(chi_arena *arena, chi_actus_rows *rows)
{
    row_place *places = chi_arena_alloc(arena, (rows->count + 1) * sizeof *places);
    chi_actus_row *sorted = chi_arena_alloc(arena, (rows->count + 1) * sizeof *sorted);
    for (size_t i = 0; i < rows->count; i++) {
        const chi_actus_row *row = &rows->at[i];
        int64_t key = ((int64_t)row->time << 16) | (rank_of_kind[row->kind] << 8) | row->leg;
        places[i] = (row_place){key, i};
    }
    qsort(places, rows->count, sizeof *places, compare_places);
    for (size_t i = 0; i < rows->count; i++)
        sorted[i] = rows->at[places[i].index];
    rows->at = sorted;
    rows->room = rows->count;
}

void chi_actus_rows_cut(const chi_actus_terms *t, chi_moment to, chi_actus_rows *rows)
{
    size_t kept = 0;
    bool closed = false;
    for (size_t i = 0; i < rows->count && !closed; i++) {
        const chi_actus_row *row = &rows->at[i];
        bool past = row->time <= t->sd || (chi_given_at(to) && row->time > to);
        bool before_purchase = chi_given_at(t->prd) && t->prd > t->sd && row->time <= t->prd &&
                               row->kind != CHI_EVENT_PRD;
        closed = row->kind == CHI_EVENT_TD && row->leg == 0;
        if (!past && !before_purchase)
            rows->at[kept++] = *row;
    }
    rows->count = kept;
}

bool chi_actus_run_part(chi_arena *arena, ch_diags *diags, const chi_actus_terms *terms,
    const chi_actus_case *world, chi_moment to, chi_actus_part_run *part)
{
    *part = (chi_actus_part_run){.terms = terms};
    if (!chi_actus_has_room(arena, diags, world->span, terms->id))
        return false;
    if (chi_actus_is_nest(terms)) {
        chi_actus_term_error(diags, 605, terms, "contractType", NULL,
            "is itself made of contracts; that is not supported as a part of another");
        return false;
    }
    chi_actus_book book;
    chi_actus_plan plan;
    chi_actus_book_init(&book, arena, diags);
    if (!chi_actus_compile(&book, terms, to, NULL, 0, &plan) ||
        !chi_actus_run(&book, &plan, world, &part->rows))
        return false;
    part->start = plan.start;
    part->maturity = plan.maturity;
    return true;
}

static const chi_actus_terms *part_of(const chi_actus_terms *t, uint8_t role)
{
    for (size_t i = 0; i < t->part_count; i++)
        if (t->parts[i].role == role && t->parts[i].terms)
            return t->parts[i].terms;
    CHI_NEVER("the parts were checked");
}

static bool nets(uint8_t kind)
{
    return kind == CHI_EVENT_IED || kind == CHI_EVENT_IP || kind == CHI_EVENT_PR ||
           kind == CHI_EVENT_MD;
}

/* Cash settlement: what both legs do at the same instant becomes one row. */
static void net_legs(chi_actus_rows *rows)
{
    size_t kept = 0;
    for (size_t i = 0; i < rows->count; i++) {
        chi_actus_row *row = &rows->at[kept];
        *row = rows->at[i];
        kept++;
        if (i + 1 == rows->count || !nets(row->kind) || row->leg != 1)
            continue;
        const chi_actus_row *other = &rows->at[i + 1];
        if (other->time != row->time || other->kind != row->kind || other->leg != 2)
            continue;
        row->payoff += other->payoff;
        row->state.nt += other->state.nt;
        row->state.ipac += other->state.ipac;
        row->state.ipnr = 0.0;
        row->leg = 0;
        i++;
    }
    rows->count = kept;
}

/* Purchase and termination: SWAPS pays the price with the role's sign at purchase and without it
 * at termination (cases swaps09 and swaps10); CAPFL as options do. */
static void push_prices(chi_arena *arena, const chi_actus_terms *t, chi_actus_rows *rows)
{
    double role = chi_actus_sign(t);
    bool swaps = t->type == CHI_ACTUS_SWAPS;
    if (chi_given_at(t->prd) && t->prd > t->sd)
        *CHI_PUSH(arena, rows) =
            chi_actus_row_of(t, t->prd, CHI_EVENT_PRD, swaps ? role * t->pprd : -(role * t->pprd));
    if (chi_given_at(t->td) && t->td > t->sd)
        *CHI_PUSH(arena, rows) =
            chi_actus_row_of(t, t->td, CHI_EVENT_TD, swaps ? t->ptd : role * t->ptd);
}

static bool run_swaps(chi_arena *arena, ch_diags *diags, const chi_actus_terms *t,
    chi_actus_case *world, chi_actus_rows *rows)
{
    for (uint8_t leg = 1; leg <= 2; leg++) {
        chi_actus_part_run part;
        uint8_t role = leg == 1 ? CHI_PART_FIL : CHI_PART_SEL;
        if (!chi_actus_run_part(arena, diags, part_of(t, role), world, world->to, &part))
            return false;
        for (size_t i = 0; i < part.rows.count; i++) {
            part.rows.at[i].leg = leg;
            *CHI_PUSH(arena, rows) = part.rows.at[i];
        }
    }
    push_prices(arena, t, rows);
    chi_actus_rows_sort(arena, rows);
    chi_actus_rows_cut(t, world->to, rows);
    if (t->ds == CHI_WORD_CASH)
        net_legs(rows);
    return true;
}

/* CAPFL: what the bounds change of each interest payment of the underlying. */
static bool run_cap(chi_arena *arena, ch_diags *diags, const chi_actus_terms *t,
    chi_actus_case *world, chi_actus_rows *rows)
{
    const chi_actus_terms *child = part_of(t, CHI_PART_UDL);
    chi_actus_terms bounded = *child;
    chi_actus_part_run free_run, bounded_run;
    bounded.rrlc = chi_given(t->rrlc) ? t->rrlc : child->rrlc;
    bounded.rrlf = chi_given(t->rrlf) ? t->rrlf : child->rrlf;
    bounded.rrpc = chi_given(t->rrpc) ? t->rrpc : child->rrpc;
    bounded.rrpf = chi_given(t->rrpf) ? t->rrpf : child->rrpf;
    if (!chi_actus_run_part(arena, diags, child, world, world->to, &free_run) ||
        !chi_actus_run_part(arena, diags, &bounded, world, world->to, &bounded_run))
        return false;
    CHI_ASSERT(free_run.rows.count == bounded_run.rows.count);
    double role = chi_actus_sign(t);
    for (size_t i = 0; i < free_run.rows.count; i++) {
        const chi_actus_row *a = &free_run.rows.at[i], *b = &bounded_run.rows.at[i];
        if (a->kind != CHI_EVENT_IP)
            continue;
        double difference = fabs(a->payoff - b->payoff);
        *CHI_PUSH(arena, rows) = chi_actus_row_of(t, a->time, CHI_EVENT_IP, role * difference);
    }
    push_prices(arena, t, rows);
    chi_actus_rows_sort(arena, rows);
    chi_actus_rows_cut(t, world->to, rows);
    return true;
}

bool chi_actus_run_nest(chi_arena *arena, ch_diags *diags, const chi_actus_terms *terms,
    chi_actus_case *world, chi_actus_rows *rows)
{
    CHI_ASSERT(chi_actus_is_nest(terms));
    if (terms->type == CHI_ACTUS_SWAPS)
        return run_swaps(arena, diags, terms, world, rows);
    if (terms->type == CHI_ACTUS_CAPFL)
        return run_cap(arena, diags, terms, world, rows);
    return chi_actus_run_cover(arena, diags, terms, world, rows);
}

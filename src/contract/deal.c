/* Deals: rows to trees, trees to terms, terms to legs. */
#include "contract/deal.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

#define SAME_TYPE(type, group, long_key, short_key, role, class, doc)                              \
    _Static_assert((int)CHI_DEAL_##type == (int)CHI_ACTUS_##type, #type);
CHI_DEAL_TYPES(SAME_TYPE)

/* --- from rows to a tree -------------------------------------------------------------------- */

static chi_node *add_child(chi_arena *arena, chi_node *parent, chi_node **last, chi_node_kind kind)
{
    chi_node *node = chi_arena_alloc(arena, sizeof *node);
    node->kind = kind;
    if (*last)
        (*last)->next = node;
    else
        parent->first = node;
    *last = node;
    parent->size++;
    return node;
}

static void set_text(chi_node *node, const char *text)
{
    node->text = text;
    node->size = strlen(text);
}

/* A term; several rows of one name become a list. */
static uint32_t add_term(const ch_model *model, chi_slice rows, uint32_t at, chi_arena *arena,
    chi_node *to, chi_node **last)
{
    const chi_term *term = &model->term[at];
    uint32_t next = at + 1, end = rows.first + rows.count;
    const char *name = chi_model_text(model, term->name);
    while (next < end && model->term[next].part == term->part &&
           strcmp(chi_model_text(model, model->term[next].name), name) == 0)
        next++;
    chi_node *node = add_child(arena, to, last, next == at + 1 ? CHI_SCALAR : CHI_SEQUENCE);
    node->key = name;
    if (next == at + 1) {
        set_text(node, chi_model_text(model, term->text));
        return next;
    }
    chi_node *entry = NULL;
    for (uint32_t i = at; i < next; i++)
        set_text(
            add_child(arena, node, &entry, CHI_SCALAR), chi_model_text(model, model->term[i].text));
    return next;
}

/* Cardhouse's own terms stand in a mapping of their own, part by part. */
static bool is_own(const char *name)
{
    return strncmp(name, "cardhouse.", 10) == 0;
}

static uint32_t add_own(const ch_model *model, chi_slice rows, uint32_t at, chi_arena *arena,
    chi_node *to, chi_node **last)
{
    chi_node *own = add_child(arena, to, last, CHI_MAPPING), *child = NULL;
    own->key = "cardhouse";
    uint32_t end = rows.first + rows.count, part = model->term[at].part;
    while (at < end && model->term[at].part == part &&
           is_own(chi_model_text(model, model->term[at].name))) {
        at = add_term(model, rows, at, arena, own, &child);
        child->key += 10;
    }
    return at;
}

/* All rows of one part, from `at` on. */
static uint32_t add_terms(
    const ch_model *model, chi_slice rows, uint32_t at, chi_arena *arena, chi_node *to)
{
    chi_node *last = to->first;
    while (last && last->next)
        last = last->next;
    uint32_t end = rows.first + rows.count, part = at < end ? model->term[at].part : 0;
    while (at < end && model->term[at].part == part)
        at = is_own(chi_model_text(model, model->term[at].name))
                 ? add_own(model, rows, at, arena, to, &last)
                 : add_term(model, rows, at, arena, to, &last);
    return at;
}

const chi_node *chi_deal_terms(const ch_model *model, uint32_t row, chi_arena *arena)
{
    chi_slice rows = model->deal[row].terms;
    uint32_t end = rows.first + rows.count;
    chi_node *root = chi_arena_alloc(arena, sizeof *root);
    root->kind = CHI_MAPPING;
    uint32_t at = add_terms(model, rows, rows.first, arena, root);
    if (at == end)
        return root;
    chi_node *last = root->first, *part = NULL;
    while (last->next)
        last = last->next;
    chi_node *structure = add_child(arena, root, &last, CHI_SEQUENCE);
    structure->key = "contractStructure";
    while (at < end) {
        chi_node *mapping = add_child(arena, structure, &part, CHI_MAPPING), *child = NULL;
        chi_node *role = add_child(arena, mapping, &child, CHI_SCALAR);
        role->key = "referenceRole"; /* the first row of a part */
        set_text(role, chi_model_text(model, model->term[at].text));
        chi_node *type = add_child(arena, mapping, &child, CHI_SCALAR);
        type->key = "referenceType";
        set_text(type, "CNT");
        chi_node *object = add_child(arena, mapping, &child, CHI_MAPPING);
        object->key = "object";
        at = add_terms(model, rows, at + 1, arena, object);
    }
    return root;
}

/* --- refusals ------------------------------------------------------------------------------- */

/* What a month's engine has no numbers for. */
static bool check_engine(ch_diags *diags, const chi_actus_terms *t)
{
    size_t errors = diags ? ch_diags_errors(diags) : 0;
    bool debt = t->type <= CHI_ACTUS_UMP;
    if (t->overnight)
        chi_actus_term_error(diags, 651, t, "cardhouse", "a driver has one value a month",
            "joins overnight rates, which a model does not have");
    if (debt && chi_given_at(t->prd))
        chi_actus_term_error(diags, 651, t, "purchaseDate",
            "in a model both parties hold it from the start", "cannot stand with a debt");
    if (t->type == CHI_ACTUS_FXOUT && t->ds != CHI_WORD_CASH)
        chi_actus_term_error(diags, 651, t, "deliverySettlement",
            "write S: the difference is settled in cash", "D delivers a second currency");
    for (size_t i = 0; i < t->part_count; i++)
        if (t->parts[i].terms)
            check_engine(diags, t->parts[i].terms);
    return !diags || ch_diags_errors(diags) == errors;
}

/* --- legs ----------------------------------------------------------------------------------- */

static const chi_actus_terms *part_of(const chi_actus_terms *t, uint8_t role)
{
    for (size_t i = 0; i < t->part_count; i++)
        if (t->parts[i].role == role && t->parts[i].terms)
            return t->parts[i].terms;
    CHI_NEVER("the parts were checked");
}

static bool add_leg(chi_deal_plan *plan, const chi_actus_terms *terms, chi_moment to,
    const chi_actus_observed *observed, size_t count)
{
    CHI_ASSERT(plan->legs < CHI_DEAL_LEGS_MAX);
    if (chi_actus_is_nest(terms)) {
        chi_actus_term_error(plan->book.diags, 605, terms, "contractType", NULL,
            "is itself made of contracts; that is not supported as a part of another");
        return false;
    }
    return chi_actus_compile(&plan->book, terms, to, observed, count, &plan->leg[plan->legs++]);
}

/* A leg of plain payments. */
static chi_actus_plan *open_payments(chi_deal_plan *plan)
{
    chi_actus_plan *leg = &plan->leg[plan->legs++];
    *leg = (chi_actus_plan){.terms = plan->terms,
        .first = (uint32_t)plan->book.events.count,
        .maturity = CHI_MOMENT_NONE,
        .exercise = CHI_MOMENT_NONE,
        .start = {.nsc = 1.0, .isc = 1.0},
        .constants = {.role = plan->role}};
    return leg;
}

static void pay(chi_deal_plan *plan, chi_actus_plan *leg, chi_moment time, chi_moment to,
    chi_actus_kind kind, double amount)
{
    if (time <= plan->terms->sd || (chi_given_at(to) && time > to))
        return;
    *CHI_PUSH(plan->book.arena, &plan->book.events) = (chi_actus_event){.pay = time,
        .calc = chi_moment_accrual(time),
        .amount = amount,
        .op = CHI_ACTUS_OP_PAY,
        .kind = (uint8_t)kind};
    leg->count++;
}

/* Purchase and termination of what is made of contracts, with the signs of the public cases. */
static void add_prices(chi_deal_plan *plan, chi_moment to)
{
    const chi_actus_terms *t = plan->terms;
    bool swaps = t->type == CHI_ACTUS_SWAPS;
    if (!chi_given_at(t->prd) && !chi_given_at(t->td))
        return;
    chi_actus_plan *leg = open_payments(plan);
    if (chi_given_at(t->prd))
        pay(plan, leg, t->prd, to, CHI_EVENT_PRD,
            swaps ? plan->role * t->pprd : -(plan->role * t->pprd));
    if (chi_given_at(t->td))
        pay(plan, leg, t->td, to, CHI_EVENT_TD, swaps ? t->ptd : plan->role * t->ptd);
}

/* Nothing of the parts happens before the purchase or after the termination. */
static void cut_parts(chi_deal_plan *plan)
{
    const chi_actus_terms *t = plan->terms;
    for (uint32_t leg = 0; leg < 2; leg++)
        for (uint32_t e = 0; e < plan->leg[leg].count; e++) {
            chi_actus_event *event = &plan->book.events.at[plan->leg[leg].first + e];
            if (chi_given_at(t->prd) && t->prd > t->sd && event->pay <= t->prd)
                event->hidden = 1;
        }
}

static bool make_swaps(chi_deal_plan *plan, chi_moment to)
{
    const chi_actus_terms *t = plan->terms;
    bool ends = chi_given_at(t->td) && (!chi_given_at(to) || t->td < to);
    plan->sum = t->ds == CHI_WORD_CASH ? CHI_SUM_NET : CHI_SUM_GROSS;
    if (!add_leg(plan, part_of(t, CHI_PART_FIL), ends ? t->td : to, NULL, 0) ||
        !add_leg(plan, part_of(t, CHI_PART_SEL), ends ? t->td : to, NULL, 0))
        return false;
    cut_parts(plan);
    add_prices(plan, to);
    return true;
}

static bool make_cap(chi_deal_plan *plan, chi_moment to)
{
    const chi_actus_terms *t = plan->terms, *child = part_of(t, CHI_PART_UDL);
    chi_actus_terms *bounded = chi_actus_terms_new(plan->book.arena);
    bool ends = chi_given_at(t->td) && (!chi_given_at(to) || t->td < to);
    *bounded = *child;
    bounded->rrlc = chi_given(t->rrlc) ? t->rrlc : child->rrlc;
    bounded->rrlf = chi_given(t->rrlf) ? t->rrlf : child->rrlf;
    bounded->rrpc = chi_given(t->rrpc) ? t->rrpc : child->rrpc;
    bounded->rrpf = chi_given(t->rrpf) ? t->rrpf : child->rrpf;
    plan->sum = CHI_SUM_DIFFERENCE;
    if (!add_leg(plan, child, ends ? t->td : to, NULL, 0) ||
        !add_leg(plan, bounded, ends ? t->td : to, NULL, 0))
        return false;
    CHI_ASSERT(plan->leg[0].count == plan->leg[1].count);
    cut_parts(plan);
    add_prices(plan, to);
    return true;
}

/* --- guarantees and collateral -------------------------------------------------------------- */

static bool check_cover(ch_diags *diags, const chi_actus_terms *t)
{
    size_t errors = diags ? ch_diags_errors(diags) : 0;
    bool fees = chi_given_at(t->feanx) || chi_given_cycle(t->fecl);
    if (chi_given(t->cecv) && t->cecv < 0.0)
        chi_actus_term_error(diags, 604, t, "coverageOfCreditEnhancement", NULL, "is negative");
    if (chi_given(t->nt) && t->nt < 0.0)
        chi_actus_term_error(diags, 604, t, "notionalPrincipal", NULL, "is negative");
    if (t->cege == CHI_WORD_MV)
        chi_actus_term_error(diags, 651, t, "guaranteedExposure", "NO or NI",
            "MV needs the market value of a debt, which a model does not have");
    if (fees && (t->feb == 0 || !chi_given(t->fer)))
        chi_actus_term_error(diags, 603, t, t->feb == 0 ? "feeBasis" : "feeRate", NULL,
            "is not given; the fee dates need it");
    if (fees && !chi_given_at(t->md))
        chi_actus_term_error(diags, 603, t, "maturityDate", NULL, "is not given; the fees need it");
    if (fees && t->feb == CHI_WORD_FEE_NOTIONAL && (!chi_given(t->nt) || t->dcc == CHI_DC_COUNT))
        chi_actus_term_error(diags, 651, t,
            chi_given(t->nt) ? "dayCountConvention" : "notionalPrincipal", NULL,
            "is not given; a fee that accrues needs it in a model");
    return !diags || ch_diags_errors(diags) == errors;
}

static bool make_cover(chi_deal_plan *plan, chi_moment to)
{
    const chi_actus_terms *t = plan->terms;
    chi_schedule s;
    plan->coverage = chi_given(t->cecv) ? t->cecv : 1.0;
    plan->most = chi_given(t->nt) ? t->nt * plan->coverage : (double)INFINITY;
    if (!check_cover(plan->book.diags, t))
        return false;
    if (!chi_given_at(t->feanx) && !chi_given_cycle(t->fecl))
        return true;
    chi_cycle cycle = chi_given_cycle(t->fecl) ? t->fecl : (chi_cycle){0, 'D', false};
    chi_moment anchor = chi_given_at(t->feanx) ? t->feanx : chi_cycle_add(t->sd, cycle, 1, false);
    if (!chi_schedule_make(anchor, cycle, t->md, t->eomc == CHI_WORD_EOM, &s)) {
        chi_actus_term_error(plan->book.diags, 607, t, "cycleOfFee", NULL,
            "makes more than %d dates before the end of the contract", CHI_SCHEDULE_DATES_MAX);
        return false;
    }
    chi_actus_plan *leg = open_payments(plan);
    chi_moment before = CHI_MOMENT_NONE;
    /* The long party is the one that is covered: it pays the fee. */
    for (int32_t k = 0; k <= s.regular; k++) {
        chi_moment time = chi_schedule_at(&s, k);
        double fee = -plan->role * t->fer;
        if (t->feb == CHI_WORD_FEE_NOTIONAL)
            fee *= chi_given_at(before)
                       ? plan->most * chi_year_fraction(t->dcc, chi_actus_accrual_day(t, before),
                                          chi_actus_accrual_day(t, time), NULL)
                       : 0.0;
        pay(plan, leg, time, to, CHI_EVENT_FP, fee);
        before = time;
    }
    return true;
}

/* --- one deal ------------------------------------------------------------------------------- */

static const chi_actus_observed *observed_of(const chi_deal_input *input)
{
    static const uint8_t kinds[] = {[CHI_DEAL_REDEEM] = CHI_EVENT_PR,
        [CHI_DEAL_INCREASE] = CHI_EVENT_PI,
        [CHI_DEAL_PREPAY] = CHI_EVENT_PP,
        [CHI_DEAL_DRAW] = CHI_EVENT_PD,
        [CHI_DEAL_CALL] = CHI_EVENT_XD};
    chi_actus_observed *list =
        chi_arena_alloc(input->arena, (input->event_count + 1) * sizeof *list);
    for (size_t i = 0; i < input->event_count; i++)
        list[i] = (chi_actus_observed){.time = chi_moment_of(input->events[i].day),
            .kind = kinds[input->events[i].kind],
            .value = input->events[i].amount};
    return list;
}

static bool nets(const chi_actus_terms *t)
{
    return t->type == CHI_ACTUS_SWPPV && t->ds == CHI_WORD_CASH;
}

static bool is_cover(const chi_actus_terms *t)
{
    return t->type == CHI_ACTUS_CEG || t->type == CHI_ACTUS_CEC;
}

bool chi_deal_compile(const chi_deal_input *input, chi_deal_plan *plan)
{
    chi_actus_reader reader;
    chi_actus_reader_init(&reader, input->arena, input->diags);
    memset(plan, 0, sizeof *plan);
    const chi_actus_terms *t = chi_actus_terms_read(&reader, input->terms, input->id, NULL);
    if (!t)
        return false;
    CHI_ASSERT(t->type == input->type);
    chi_actus_book_init(&plan->book, input->arena, input->diags);
    plan->terms = t;
    plan->role = chi_actus_sign(t);
    plan->from = chi_given_at(t->prd) && t->prd > t->sd ? t->prd : t->sd;
    plan->until = chi_given_at(t->td) ? t->td : INT32_MAX;
    if (is_cover(t))
        return make_cover(plan, input->to);
    bool good = chi_actus_check(input->diags, t, input->to);
    if (!check_engine(input->diags, t) || !good)
        return false;
    if (t->type == CHI_ACTUS_SWAPS)
        return make_swaps(plan, input->to);
    if (t->type == CHI_ACTUS_CAPFL)
        return make_cap(plan, input->to);
    plan->sum = nets(t) ? CHI_SUM_NET : CHI_SUM_GROSS;
    return add_leg(plan, t, input->to, observed_of(input), input->event_count);
}

double chi_deal_years(const chi_actus_plan *leg, chi_day from, chi_day to)
{
    const chi_actus_terms *t = leg->terms;
    chi_daycount_context context = {.termination = INT32_MIN};
    if (t->dcc == CHI_DC_COUNT || to <= from)
        return 0.0;
    if (t->dcc == CHI_DC_30E_360_ISDA && chi_given_at(leg->maturity))
        context.termination = chi_moment_accrual(leg->maturity);
    return chi_year_fraction(t->dcc, from, to, &context);
}

/* --- the reader's question ------------------------------------------------------------------ */

/* Principal that falls due by day when every market object stays where it is at the start. */
static void list_repayments(chi_deal_query *q, const chi_deal_plan *plan)
{
    const chi_actus_plan *leg = &plan->leg[0];
    chi_actus_columns columns;
    double payoff[CHI_ACTUS_BLOCK], market[CHI_ACTUS_BLOCK];
    chi_actus_columns_set(&columns, leg->start);
    for (uint32_t e = 0; e < leg->count; e++) {
        const chi_actus_event *event = &plan->book.events.at[leg->first + e];
        chi_actus_step step = {event, &leg->constants, market, NULL, 0};
        if (event->op == CHI_ACTUS_OP_ANNUITY) {
            step.years = plan->book.years.at + event->slot;
            step.year_count = leg->years_end - event->slot;
        }
        if (chi_actus_op_observes(event->op)) {
            uint32_t object = plan->book.slots.at[event->slot].object;
            double value = q->market(q->context, plan->book.objects.at[object]);
            for (int i = 0; i < CHI_ACTUS_BLOCK; i++)
                market[i] = value;
        }
        double before = chi_actus_columns_get(&columns, 0).nt;
        chi_actus_sweep_step(&step, &columns, payoff);
        double due = plan->role * (before - chi_actus_columns_get(&columns, 0).nt);
        if (event->op != CHI_ACTUS_OP_IED && event->op != CHI_ACTUS_OP_CAPITALISE && due > 0.0)
            *CHI_PUSH(q->arena, &q->repayments) =
                (chi_repayment){0, chi_moment_day(event->pay), due};
    }
}

static bool lends(uint8_t op)
{
    return op == CHI_ACTUS_OP_IED || op == CHI_ACTUS_OP_INCREASE_STEP || op == CHI_ACTUS_OP_DRAW;
}

static void answer_debt(chi_deal_query *q, const chi_deal_plan *plan)
{
    const chi_actus_terms *t = plan->terms;
    const chi_actus_plan *leg = &plan->leg[0];
    bool stands = t->ied <= t->sd;
    q->initial_exchange = chi_moment_day(t->ied);
    q->notional = t->nt;
    q->rate = chi_given(t->ipnr) ? t->ipnr : 0.0;
    q->accrued = stands ? plan->role * leg->start.ipac : 0.0;
    q->maturity = chi_given_at(leg->maturity) ? chi_moment_day(leg->maturity) : q->horizon + 1;
    for (uint32_t e = 0; e < leg->count; e++)
        q->lends = q->lends || lends(plan->book.events.at[leg->first + e].op);
    list_repayments(q, plan);
}

/* Own terms may name market objects that the reader has not looked at. */
static bool check_market(chi_deal_query *q, const chi_deal_plan *plan)
{
    bool good = true;
    for (size_t i = 0; i < plan->book.objects.count && q->type != CHI_DEAL_FXOUT; i++) {
        const char *object = plan->book.objects.at[i];
        if (!isnan(q->market(q->context, object)))
            continue;
        good = false;
        chi_diag(q->diags, 302, q->terms->span, "the market values of a model are its drivers",
            "there is no driver `%s`, which contract %s looks at", object, q->id);
    }
    return good;
}

bool chi_deal_check(chi_deal_query *q)
{
    chi_deal_plan plan;
    chi_deal_input input = {.arena = q->arena,
        .diags = q->diags,
        .terms = q->terms,
        .id = q->id,
        .type = q->type,
        .events = q->events,
        .event_count = q->event_count,
        .to = 2 * q->horizon + 1};
    if (!chi_deal_compile(&input, &plan) || !check_market(q, &plan))
        return false;
    q->role = plan.role;
    if (q->type > CHI_DEAL_UMP)
        return true;
    bool ends = chi_given_at(plan.leg[0].maturity) && q->type != CHI_DEAL_UMP;
    if (ends) { /* the ladder goes on beyond the horizon */
        input.to = CHI_MOMENT_NONE;
        if (!chi_deal_compile(&input, &plan))
            return false;
    }
    answer_debt(q, &plan);
    return true;
}

/* Paths on which somebody pays late: what is added to the dues, paid in part, counted in months.
 *
 * They are few in any month, so the tiles run their column loops as if all paid in full and mend
 * these paths one by one. */
#include "engine/path.h"

#include "clear/clear.lane.h"

static void owe(chi_path *path, uint32_t pair, double amount)
{
    CHI_P(path, pair, pair) += amount;
}

void chi_path_add_arrears(chi_path *path)
{
    const chi_plan *plan = path->plan;
    const ch_model *model = plan->model;
    for (uint32_t c = 0; c < model->customer_count; c++) {
        double arrears = CHI_P(path, customer_arrears, c);
        if (arrears == 0.0)
            continue;
        CHI_P(path, customer_due, c) += arrears;
        owe(path, plan->customer_pair[c], arrears);
    }
    for (uint32_t l = 0; l < model->loan_count; l++) {
        chi_slice lenders = model->loan[l].lenders;
        double arrears = CHI_P(path, loan_arrears, l);
        if (arrears == 0.0)
            continue;
        CHI_P(path, loan_due, l) += arrears;
        for (uint32_t s = lenders.first; s < lenders.first + lenders.count; s++)
            owe(path, plan->share_pair[s], model->share[s].fraction * arrears);
    }
    for (uint32_t k = 0; k < model->line_count; k++) {
        const chi_line *line = &model->line[k];
        if (line->kind == CHI_LINE_DEPRECIATION)
            continue;
        double arrears = CHI_P(path, line_arrears, k);
        if (arrears == 0.0)
            continue;
        CHI_P(path, line_due, k) += arrears;
        owe(path, line->kind == CHI_LINE_REVENUE ? plan->line_pair_in[k] : plan->line_pair[k],
            arrears);
    }
    chi_path_add_deal_arrears(path);
}

void chi_path_pay(chi_path *path)
{
    const chi_plan *plan = path->plan;
    for (uint32_t s = 0; s < plan->counts.sims; s++)
        for (size_t k = 0; k < CHI_CLASSES; k++) {
            size_t firm = plan->firm_of_sim[s];
            CHI_P(path, cash, firm) -= CHI_P(path, class_due, s * CHI_CLASSES + k) *
                                       CHI_P(path, paid, firm * CHI_CLASSES + k);
        }
    for (uint32_t p = 0; p < plan->counts.pairs; p++) {
        const chi_pair *pair = &plan->pair[p];
        double flow = CHI_P(path, pair, p) *
                      CHI_P(path, paid, (size_t)pair->debtor * CHI_CLASSES + pair->class);
        if (plan->sim_of_firm[pair->debtor] == CHI_NONE)
            CHI_P(path, cash, pair->debtor) -= flow;
        CHI_P(path, cash, pair->creditor) += flow;
    }
}

/* What is left of a due; notes whether anything is. */
static double left_of(
    const chi_path *path, uint32_t debtor, uint32_t class, double due, bool *any_left)
{
    double left = due * (1.0 - CHI_P(path, paid, (size_t)debtor * CHI_CLASSES + class));
    *any_left = *any_left || left != 0.0;
    return left;
}

bool chi_path_book_arrears(chi_path *path)
{
    const ch_model *model = path->plan->model;
    bool late = false;
    for (uint32_t c = 0; c < model->customer_count; c++)
        CHI_P(path, customer_arrears, c) = left_of(path, model->customer[c].buyer,
            model->customer[c].class, CHI_P(path, customer_due, c), &late);
    for (uint32_t l = 0; l < model->loan_count; l++)
        CHI_P(path, loan_arrears, l) = left_of(
            path, model->loan[l].borrower, model->loan[l].class, CHI_P(path, loan_due, l), &late);
    for (uint32_t k = 0; k < model->line_count; k++)
        if (model->line[k].kind != CHI_LINE_DEPRECIATION)
            CHI_P(path, line_arrears, k) = left_of(path, chi_line_debtor(&model->line[k]),
                model->line[k].class, CHI_P(path, line_due, k), &late);
    return chi_path_book_deal_arrears(path) || late;
}

void chi_path_reset_paid(chi_path *path)
{
    for (size_t k = 0; k < path->plan->counts.firms * CHI_CLASSES; k++)
        CHI_P(path, paid, k) = 1.0;
}

static double operating_arrears(const chi_path *path, uint32_t firm)
{
    const chi_plan *plan = path->plan;
    const ch_model *model = plan->model;
    double owed = 0.0;
    for (uint32_t k = plan->owed_first[firm]; k < plan->owed_first[firm + 1]; k++)
        owed += CHI_P(path, line_arrears, plan->owed[k]);
    for (uint32_t c = 0; c < model->customer_count; c++)
        if (model->customer[c].buyer == firm)
            owed += CHI_P(path, customer_arrears, c);
    return owed + chi_path_deal_arrears(path, firm);
}

/* Months in a row with arrears: on operating dues together, on each loan. */
static bool run_clocks(chi_path *path, uint32_t firm)
{
    const chi_plan *plan = path->plan;
    bool late = operating_arrears(path, firm) > 0.0;
    CHI_P(path, clock, firm) = late ? CHI_P(path, clock, firm) + 1.0 : 0.0;
    for (uint32_t k = plan->debt_first[firm]; k < plan->debt_first[firm + 1]; k++) {
        uint32_t l = plan->debt[k];
        bool missed = CHI_P(path, loan_arrears, l) > 0.0;
        if (missed && CHI_P(path, loan_clock, l) <= 0.0)
            CHI_P(path, missed_principal, l) = CHI_P(path, principal, l) > 0.0 ? 1.0 : 0.0;
        CHI_P(path, loan_clock, l) = missed ? CHI_P(path, loan_clock, l) + 1.0 : 0.0;
        late = late || missed;
    }
    return late;
}

bool chi_path_run_clocks(chi_path *path)
{
    bool any = false;
    for (uint32_t s = 0; s < path->plan->counts.sims; s++) {
        bool late = run_clocks(path, path->plan->firm_of_sim[s]);
        CHI_P(path, overdue, s) = late ? 1.0 : 0.0;
        any = any || late;
    }
    return any;
}

bool chi_path_past_grace(const chi_path *path, uint32_t firm)
{
    const chi_plan *plan = path->plan;
    if (CHI_P(path, clock, firm) > plan->model->firm[firm].grace_months)
        return true;
    for (uint32_t k = plan->debt_first[firm]; k < plan->debt_first[firm + 1]; k++)
        if (CHI_P(path, loan_clock, plan->debt[k]) > plan->model->loan[plan->debt[k]].grace_months)
            return true;
    return false;
}

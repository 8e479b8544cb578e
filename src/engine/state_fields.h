/* The one list of what changes during a run: X(name, columns, beginning, meaning).
 *
 * A column holds one number per path. `n` is a chi_counts. A path begins with zeros, or, where
 * CHI_SET is said, with whatever the path before left: all rows of such a field are written, at the
 * start or in a month, before anybody reads them. Oracle and tiles use this same list; the test
 * that they agree compares every column of it after every month. */
#define CHI_STATE_LIST(X)                                                                          \
    /* drivers */                                                                                  \
    X(normal, n->normals, CHI_SET, "independent normals of the even month of two")                 \
    X(jump, n->jumps, CHI_SET, "normals of its jump sizes")                                        \
    X(uniform, n->uniforms, CHI_SET, "its uniforms, for chains and jump counts")                   \
    X(normal_next, n->normals, CHI_SET, "those of the odd month, drawn along with them")           \
    X(jump_next, n->jumps, CHI_SET, "those of the odd month")                                      \
    X(uniform_next, n->uniforms, CHI_SET, "those of the odd month")                                \
    X(latent, n->drivers, CHI_SET, "driver as its process moves")                                  \
    X(driver, n->drivers, CHI_SET, "driver as seen: latent plus the scenario's shift")             \
    X(hazard, n->hazards, CHI_SET,                                                                 \
        "what is left of the unit exponential of a default or cancellation")                       \
    X(threshold, n->covenants, CHI_SET, "threshold of a covenant on this path")                    \
    /* firms */                                                                                    \
    X(alive, n->firms, CHI_SET, "1 until the firm fails")                                          \
    X(cash, n->firms, CHI_SET,                                                                     \
        "unrestricted cash; of outside and reduced-form firms: net receipts")                      \
    X(restricted, n->firms, CHI_SET, "restricted cash")                                            \
    X(property, n->firms, CHI_SET, "property and equipment")                                       \
    X(loss, n->firms, CHI_ZERO, "claims lost in others' failures")                                 \
    X(clock, n->firms, CHI_ZERO, "months in a row with operating arrears")                         \
    X(root, n->firms, CHI_ZERO, "first outside event that hit the firm, a chi_root; 0 if none")    \
    X(blocked, n->firms, CHI_ZERO,                                                                 \
        "market that was shut when money was last needed, a chi_root; 0 if none")                  \
    X(failed, n->firms, CHI_ZERO, "month of failure from 1; 0 while alive")                        \
    X(cause, n->firms, CHI_ZERO,                                                                   \
        "obligation or clause that failed first, a row of the plan's causes")                      \
    X(wave, n->firms, CHI_ZERO, "round of its failure and the firm that fell first, a chi_wave")   \
    X(hit, n->firms, CHI_ZERO,                                                                     \
        "the wave it would be in if it failed of what hit it last; 0: none")                       \
    X(hit_month, n->firms, CHI_ZERO, "month from 1 of that hit")                                   \
    X(sunk, n->sims, CHI_ZERO,                                                                     \
        "round from 1 in which it ran short when payments last fell short; 0: not")                \
    X(equity, n->marks, CHI_ZERO,                                                                  \
        "book equity at the last month's end, with stakes and claims as marked")                   \
    X(book, n->marks, CHI_ZERO, "what the firm had and was owed less what it owed at the start")   \
    X(marked, n->marks, CHI_ZERO, "part of `loss` that is a mark and may come back")               \
    X(swing, n->marks, CHI_ZERO, "working capital received less paid")                             \
    X(stake, n->holdings, CHI_ZERO, "what a stake is carried at")                                  \
    X(output, n->supplied, CHI_ZERO, "share of its revenue that the firm's suppliers allow")       \
    X(price, n->assets, CHI_ZERO, "price of a common asset; 1 at the start")                       \
    /* contracts */                                                                                \
    X(notional, n->loans, CHI_SET, "Nt: principal outstanding")                                    \
    X(accrued, n->loans, CHI_SET, "Ipac: interest accrued to the last instant")                    \
    X(rate, n->loans, CHI_SET, "Ipnr: rate a year")                                                \
    X(fee, n->loans, CHI_ZERO, "Feac: undrawn fee accrued")                                        \
    X(drawn, n->loans, CHI_ZERO, "drawn or issued after start, in all")                            \
    X(promised, n->loans, CHI_SET, "share of the commitment whose lenders have not failed")        \
    X(per_promised, n->loans, CHI_SET, "1 over that; 0 if there are none")                         \
    X(forgone, n->loans, CHI_ZERO,                                                                 \
        "part of draws that a lender did not give, lost to the facility")                          \
    X(loan_arrears, n->loans, CHI_ZERO, "due and not paid")                                        \
    X(loan_clock, n->loans, CHI_ZERO, "months in a row with arrears")                              \
    X(missed_principal, n->loans, CHI_ZERO, "1 if principal fell due when the arrears began")      \
    X(stopped, n->loans, CHI_ZERO, "1 while draws are stopped")                                    \
    X(live, n->customers, CHI_SET, "1 while the customer contract runs")                           \
    X(advance, n->customers, CHI_SET, "advance not yet worked off")                                \
    X(customer_arrears, n->customers, CHI_ZERO, "due and not paid")                                \
    X(line_arrears, n->lines, CHI_ZERO, "due and not paid")                                        \
    X(breach, n->covenants, CHI_ZERO, "tests failed in a row")                                     \
    /* contracts by the ACTUS standard: legs hold its states, signed, by its names */              \
    X(leg_nt, n->legs, CHI_ZERO, "Nt")                                                             \
    X(leg_ipnr, n->legs, CHI_ZERO, "Ipnr")                                                         \
    X(leg_ipac, n->legs, CHI_ZERO, "Ipac")                                                         \
    X(leg_feac, n->legs, CHI_ZERO, "Feac")                                                         \
    X(leg_nsc, n->legs, CHI_ZERO, "Nsc")                                                           \
    X(leg_isc, n->legs, CHI_ZERO, "Isc")                                                           \
    X(leg_ipcb, n->legs, CHI_ZERO, "Ipcb")                                                         \
    X(leg_prnxt, n->legs, CHI_ZERO, "Prnxt")                                                       \
    X(leg_second, n->legs, CHI_ZERO, "interest of a floating leg, or exercise amount")             \
    X(leg_lent, n->legs, CHI_ZERO, "due from the lenders of a debt this month")                    \
    X(leg_face, n->legs, CHI_ZERO, "added to its principal by that")                               \
    X(deal_live, n->deals, CHI_ZERO,                                                               \
        "1 while it runs; of assets the share still held; 0 when it has ended")                    \
    X(deal_left, n->deals, CHI_ZERO, "what a guarantee or collateral may still pay")               \
    X(deal_owed_in, n->deals, CHI_ZERO, "called or closed out, due to the creator next month")     \
    X(deal_owed_out, n->deals, CHI_ZERO, "called or closed out, due from the creator next month")  \
    X(deal_arrears_in, n->deals, CHI_ZERO, "due to the creator and not paid")                      \
    X(deal_arrears_out, n->deals, CHI_ZERO, "due from the creator and not paid")                   \
    X(deal_in, n->deals, CHI_ZERO, "to be paid to the creator this month, arrears included")       \
    X(deal_out, n->deals, CHI_ZERO, "to be paid by the creator this month, arrears included")      \
    X(dividend, n->deals, CHI_ZERO, "dividend of shares this month, positive to the creator")      \
    X(seen, n->seen, CHI_ZERO, "market values that are needed after their month")                  \
    X(taken, n->taken, CHI_ZERO, "paid from collateral on a lender's share, in a failure")         \
    /* one month's work */                                                                         \
    X(item, n->sims *CHI_ITEM_COUNT, CHI_ZERO,                                                     \
        "items of simulated firms that are read; see CHI_ITEM_LIST")                               \
    X(amount, n->lines, CHI_ZERO, "this month's amount of a line")                                 \
    X(line_due, n->lines, CHI_ZERO, "to be paid on a line, arrears included")                      \
    X(customer_due, n->customers, CHI_SET, "to be paid on a customer contract, arrears included")  \
    X(interest, n->loans, CHI_SET, "interest and fees due this month")                             \
    X(principal, n->loans, CHI_SET, "principal due this month")                                    \
    X(loan_due, n->loans, CHI_SET, "to be paid on a loan, arrears included")                       \
    X(draw, n->loans, CHI_ZERO,                                                                    \
        "face asked for in the last month in which it could be drawn or was lent")                 \
    X(pair, n->pairs, CHI_SET, "due from a debtor to a creditor in a class")                       \
    X(class_due, n->sims *CHI_CLASSES, CHI_ZERO, "due of a simulated firm by class")               \
    X(paid, n->firms *CHI_CLASSES, CHI_SET, "fraction of a class that is paid")                    \
    X(expected, n->sims, CHI_ZERO, "receipts of the month if everybody pays")                      \
    X(need, n->sims, CHI_SET, "money missing after the funding ladder; negative: to spare")        \
    X(struck, n->firms, CHI_ZERO, "1 in the month in which a reduced-form firm defaults")          \
    X(overdue, n->sims, CHI_ZERO, "1 while the firm has arrears of any kind")                      \
    X(trigger, n->sims, CHI_ZERO, "1 if anything that can end the firm happened this month")       \
    X(scratch, CHI_SCRATCH_COLUMNS, CHI_SET, "registers of expressions")

/* The one list of what changes during a run: X(name, columns, meaning).
 *
 * A column holds one number per path. `n` is a chi_counts. Oracle and tiles use this same list;
 * the test that they agree compares every column of it after every month. */
#define CHI_STATE_LIST(X)                                                                          \
    /* drivers */                                                                                  \
    X(normal, n->normals, "independent normals of this month")                                     \
    X(jump, n->jumps, "normals of this month's jump sizes")                                        \
    X(uniform, n->uniforms, "uniforms of this month, for chains and jump counts")                  \
    X(normal_next, n->normals, "those of next month, drawn in pairs of months")                    \
    X(jump_next, n->jumps, "those of next month")                                                  \
    X(uniform_next, n->uniforms, "those of next month")                                            \
    X(latent, n->drivers, "driver as its process moves")                                           \
    X(driver, n->drivers, "driver as seen: latent plus the scenario's shift")                      \
    X(hazard, n->hazards, "what is left of the unit exponential of a default or cancellation")     \
    X(threshold, n->covenants, "threshold of a covenant on this path")                             \
    /* firms */                                                                                    \
    X(alive, n->firms, "1 until the firm fails")                                                   \
    X(cash, n->firms, "unrestricted cash; of outside and reduced-form firms: net receipts")        \
    X(restricted, n->firms, "restricted cash")                                                     \
    X(property, n->firms, "property and equipment")                                                \
    X(loss, n->firms, "claims lost in others' failures")                                           \
    X(clock, n->firms, "months in a row with operating arrears")                                   \
    X(root, n->firms, "first outside event that hit the firm, a chi_root; 0 if none")              \
    X(blocked, n->firms, "market that was shut when money was last needed, a chi_root; 0 if none") \
    X(failed, n->firms, "month of failure from 1; 0 while alive")                                  \
    X(cause, n->firms, "obligation or clause that failed first, a row of the plan's causes")       \
    X(wave, n->firms, "round of its failure and the firm that fell first, a chi_wave")             \
    X(hit, n->firms, "the wave it would be in if it failed of what hit it last; 0: none")          \
    X(hit_month, n->firms, "month from 1 of that hit")                                             \
    X(sunk, n->sims, "round from 1 in which it ran short when payments last fell short; 0: not")   \
    X(equity, n->marks, "book equity at the last month's end, with stakes and claims as marked")   \
    X(book, n->marks, "what the firm had and was owed less what it owed at the start")             \
    X(marked, n->marks, "part of `loss` that is a mark and may come back")                         \
    X(swing, n->marks, "working capital received less paid")                                       \
    X(stake, n->holdings, "what a stake is carried at")                                            \
    X(output, n->supplied, "share of its revenue that the firm's suppliers allow")                 \
    X(price, n->assets, "price of a common asset; 1 at the start")                                 \
    /* contracts */                                                                                \
    X(notional, n->loans, "Nt: principal outstanding")                                             \
    X(accrued, n->loans, "Ipac: interest accrued to the last instant")                             \
    X(rate, n->loans, "Ipnr: rate a year")                                                         \
    X(fee, n->loans, "Feac: undrawn fee accrued")                                                  \
    X(drawn, n->loans, "drawn or issued after start, in all")                                      \
    X(promised, n->loans, "share of the commitment whose lenders have not failed")                 \
    X(per_promised, n->loans, "1 over that; 0 if there are none")                                  \
    X(forgone, n->loans, "part of draws that a lender did not give, lost to the facility")         \
    X(loan_arrears, n->loans, "due and not paid")                                                  \
    X(loan_clock, n->loans, "months in a row with arrears")                                        \
    X(missed_principal, n->loans, "1 if principal fell due when the arrears began")                \
    X(stopped, n->loans, "1 while draws are stopped")                                              \
    X(live, n->customers, "1 while the customer contract runs")                                    \
    X(advance, n->customers, "advance not yet worked off")                                         \
    X(customer_arrears, n->customers, "due and not paid")                                          \
    X(line_arrears, n->lines, "due and not paid")                                                  \
    X(breach, n->covenants, "tests failed in a row")                                               \
    /* contracts by the ACTUS standard: legs hold its states, signed, by its names */              \
    X(leg_nt, n->legs, "Nt")                                                                       \
    X(leg_ipnr, n->legs, "Ipnr")                                                                   \
    X(leg_ipac, n->legs, "Ipac")                                                                   \
    X(leg_feac, n->legs, "Feac")                                                                   \
    X(leg_nsc, n->legs, "Nsc")                                                                     \
    X(leg_isc, n->legs, "Isc")                                                                     \
    X(leg_ipcb, n->legs, "Ipcb")                                                                   \
    X(leg_prnxt, n->legs, "Prnxt")                                                                 \
    X(leg_second, n->legs, "interest of a floating leg, or exercise amount")                       \
    X(leg_lent, n->legs, "due from the lenders of a debt this month")                              \
    X(leg_face, n->legs, "added to its principal by that")                                         \
    X(deal_live, n->deals, "1 while it runs; of assets the share still held; 0 when it has ended") \
    X(deal_left, n->deals, "what a guarantee or collateral may still pay")                         \
    X(deal_owed_in, n->deals, "called or closed out, due to the creator next month")               \
    X(deal_owed_out, n->deals, "called or closed out, due from the creator next month")            \
    X(deal_arrears_in, n->deals, "due to the creator and not paid")                                \
    X(deal_arrears_out, n->deals, "due from the creator and not paid")                             \
    X(deal_in, n->deals, "to be paid to the creator this month, arrears included")                 \
    X(deal_out, n->deals, "to be paid by the creator this month, arrears included")                \
    X(dividend, n->deals, "dividend of shares this month, positive to the creator")                \
    X(seen, n->seen, "market values that are needed after their month")                            \
    X(taken, n->taken, "paid from collateral on a lender's share, in a failure")                   \
    /* one month's work */                                                                         \
    X(item, n->sims *CHI_ITEM_COUNT, "items of simulated firms that are read; see CHI_ITEM_LIST")  \
    X(amount, n->lines, "this month's amount of a line")                                           \
    X(line_due, n->lines, "to be paid on a line, arrears included")                                \
    X(customer_due, n->customers, "to be paid on a customer contract, arrears included")           \
    X(interest, n->loans, "interest and fees due this month")                                      \
    X(principal, n->loans, "principal due this month")                                             \
    X(loan_due, n->loans, "to be paid on a loan, arrears included")                                \
    X(draw, n->loans, "face asked for this month")                                                 \
    X(pair, n->pairs, "due from a debtor to a creditor in a class")                                \
    X(class_due, n->sims *CHI_CLASSES, "due of a simulated firm by class")                         \
    X(paid, n->firms *CHI_CLASSES, "fraction of a class that is paid")                             \
    X(expected, n->sims, "receipts of the month if everybody pays")                                \
    X(need, n->sims, "money missing after the funding ladder; negative: to spare")                 \
    X(struck, n->firms, "1 in the month in which a reduced-form firm defaults")                    \
    X(overdue, n->sims, "1 while the firm has arrears of any kind")                                \
    X(trigger, n->sims, "1 if anything that can end the firm happened this month")                 \
    X(scratch, CHI_SCRATCH_COLUMNS, "registers of expressions")

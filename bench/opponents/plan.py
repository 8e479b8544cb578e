"""The plan that dump_plan wrote, as the NumPy and Numba programs use it: tables and state columns.

Words are those of src/model/model.h and src/engine/plan.h. -1 stands for "none".
"""
import json
from types import SimpleNamespace

OUTSIDE, REDUCED, SIMULATED = 0, 1, 2
PATH, VASICEK, GBM, CHAIN = 0, 1, 2, 3
REVENUE, COST, TAX, CAPEX, CAPEX_UNCOMMITTED, WORKING_CAPITAL, DEPRECIATION = range(7)
DRAW, ISSUE, DEFER = 0, 1, 2
FACILITY, REVOLVER = 2, 3
CANCEL, DEFAULT, SHUT, SHIFT = range(4)
CLASSES, UNSECURED, JUMPS_MAX = 4, 2, 16
(ITEM_CASH, ITEM_DEBT, ITEM_AVAILABLE, ITEM_PROPERTY, ITEM_REVENUE, ITEM_COST, ITEM_INTEREST,
    ITEM_PRINCIPAL, ITEM_CAPEX, ITEM_DEPRECIATION) = range(10)
ITEMS = 10
OPS = ("const", "table", "driver", "item", "line", "alive", "live", "threshold",
    "add", "sub", "mul", "div", "min", "max", "neg", "abs")
(CAUSE_EVENT, CAUSE_PRINCIPAL, CAUSE_INTEREST, CAUSE_LINE, CAUSE_CUSTOMER, CAUSE_COVENANT,
    CAUSE_INTENSITY, CAUSE_LOSSES) = range(8)
SLACK, TOLERANCE, ROUNDS = 1e-9, 1e-13, 1000


def number(value):
    return float(value) if isinstance(value, str) else value


def load(path):
    with open(path, encoding="utf-8") as file:
        raw = json.load(file)
    plan = SimpleNamespace(**raw)
    for name, table in raw.items():
        if isinstance(table, dict):
            rows = SimpleNamespace(**{
                key: column if key == "name" else [number(x) for x in column]
                for key, column in table.items()})
            rows.count = len(next(iter(table.values())))
            setattr(plan, name, rows)
    plan.sims = [f for f in range(plan.firm.count) if plan.firm.kind[f] == SIMULATED]
    plan.sim_of = {f: s for s, f in enumerate(plan.sims)}
    plan.reduced = [f for f in range(plan.firm.count) if plan.firm.kind[f] == REDUCED]
    lenders = [(l, plan.share.firm[s]) for l in range(plan.loan.count)
        for s in shares_of(plan, l) if plan.share_draw_pair[s] >= 0]
    if any(firm in plan.sim_of for _, firm in lenders):
        raise SystemExit("a simulated lender of a facility: these programs do not know that case")
    number_causes(plan)
    lay_out(plan)
    return plan


def number_causes(plan):
    rows = (1, plan.loan.count, plan.loan.count, plan.line.count, plan.customer.count,
        plan.covenant.count, 1, 1)
    plan.cause_first = [sum(rows[:k]) for k in range(len(rows))]
    plan.cause_count = sum(rows)
    plan.root_cancelled = 1
    plan.root_firm = 1 + plan.customer.count
    plan.root_shut = plan.root_firm + plan.firm.count
    plan.root_count = plan.root_shut + plan.market.count


def lay_out(plan):
    """Columns of the state: plan.at[field] is the first, in this order. Dues and their arrears lie
    in the same order, so that a program can treat them as two blocks."""
    firms, sims, loans = plan.firm.count, len(plan.sims), plan.loan.count
    customers, lines, covenants = plan.customer.count, plan.line.count, plan.covenant.count
    fields = (("normal", plan.normals), ("uniform", count_of(plan.uniform_of_driver)),
        ("jump", count_of(plan.jump_of_driver)), ("driver", plan.driver.count),
        ("latent", plan.driver.count), ("hazard", len(plan.hazard)), ("threshold", covenants),
        ("cash", firms), ("alive", firms), ("restricted", firms), ("property", firms),
        ("loss", firms), ("clock", firms), ("root", firms), ("blocked", firms), ("failed", firms),
        ("cause", firms), ("late", sims), ("overdue", sims),
        ("notional", loans), ("accrued", loans), ("rate", loans), ("fee", loans), ("drawn", loans),
        ("forgone", loans),
        ("loan_clock", loans), ("missed", loans), ("closed", loans), ("stopped", loans),
        ("live", customers), ("advance", customers), ("breach", covenants),
        ("customer_arrears", customers), ("line_arrears", lines), ("loan_arrears", loans),
        ("customer_due", customers), ("line_due", lines), ("loan_due", loans),
        ("item", sims * ITEMS), ("interest", loans), ("principal", loans),
        ("pair", len(plan.pair)), ("amount", lines), ("class_due", sims * CLASSES),
        ("expected", sims), ("need", sims), ("debt", sims))
    plan.at, plan.columns = {}, 0
    for field, count in fields:
        plan.at[field] = plan.columns
        plan.columns += count


def count_of(rows):
    return sum(row >= 0 for row in rows)


def shares_of(plan, loan):
    first, count = plan.loan.lenders[loan]
    return range(first, first + count)


def lenders_of(plan, loan):
    """(firm, share of the loan) of each lender."""
    return [(plan.share.firm[s], plan.share.fraction[s]) for s in shares_of(plan, loan)]


def can_lose(plan, loan):
    """Is it a facility of which some lender can fail?"""
    return plan.loan.kind[loan] in (FACILITY, REVOLVER) and \
        any(firm != 0 for firm, _ in lenders_of(plan, loan))


def forgoes(plan, loan):
    """What one of several lenders does not give counts against the commitment."""
    return can_lose(plan, loan) and len(lenders_of(plan, loan)) > 1


def loans_of(plan, firm):
    return [l for l in range(plan.loan.count) if plan.loan.borrower[l] == firm]


def slice_of(pair):
    return range(pair[0], pair[0] + pair[1])


def debtor_of_line(plan, k):
    return plan.line.counterparty[k] if plan.line.kind[k] == REVENUE else plan.line.firm[k]


def creditor_of_line(plan, k):
    return plan.line.firm[k] if plan.line.kind[k] == REVENUE else plan.line.counterparty[k]


def opening(plan):
    """One number per column: the state at the start."""
    state = [0.0] * plan.columns
    at = plan.at
    for f in range(plan.firm.count):
        state[at["alive"] + f] = 1.0
        state[at["cash"] + f] = plan.firm.cash[f]
        state[at["restricted"] + f] = plan.firm.restricted_cash[f]
        state[at["property"] + f] = plan.firm.property[f]
    for l in range(plan.loan.count):
        if plan.loan.stands[l]:
            state[at["notional"] + l] = plan.loan.notional[l]
            state[at["accrued"] + l] = plan.loan.accrued[l]
        state[at["rate"] + l] = plan.rate_start[l]
    for c in range(plan.customer.count):
        state[at["live"] + c] = 1.0
        state[at["advance"] + c] = plan.customer.advance_open[c]
    for d in range(plan.driver.count):
        state[at["driver"] + d] = state[at["latent"] + d] = plan.driver.start[d]
    return state


def forced(plan, firm):
    """Months in which the scenario makes the firm default."""
    return [plan.event.month[e] for e in range(plan.event.count)
        if plan.event.kind[e] == DEFAULT and plan.event.target[e] == firm]


def used_items(plan):
    """(firm, item) pairs that some expression reads; only those are summed."""
    return {(plan.op.index[k], plan.op.item[k]) for k in range(plan.op.count)
        if OPS[plan.op.code[k]] == "item"}

"""The run in Numba: one path after the other, compiled, its state in one small array.

The month is generated (month.py) as straight-line code with constant places, which the compiler
keeps in registers where it can. It passes over firms that have failed, months without arrears and
funding ladders that are not needed. Rare steps are ordinary compiled functions with loops.
"""
import hashlib
import math
import re
import sys
import types
from collections import namedtuple
from pathlib import Path

import numba
import numpy as np

from opponents import symbols
from opponents.month import YEARS, Month
from opponents.plan import (CLASSES, DEPRECIATION, REDUCED, REVOLVER, ROUNDS, SIMULATED, SLACK,
    TOLERANCE, UNSECURED, can_lose, creditor_of_line, debtor_of_line, forced, forgoes, opening)
from opponents.with_numpy import BINS, HALF, TOP_OCTAVE

CALL = re.compile(r"^(\s*)R\.(\w+)\((.*)\)$")


def constants(plan):
    """Everything the rare steps read, as numbers and arrays that the compiler may freeze."""
    at, loan, customer = plan.at, plan.loan, plan.customer
    line, covenant, firm = plan.line, plan.covenant, plan.firm
    months = plan.months
    c = {field.upper(): first for field, first in at.items()}
    c |= dict(F=firm.count, L=loan.count, NC=customer.count, NL=line.count, NV=covenant.count,
        SIMS=len(plan.sims), PAIRS=len(plan.pair), MONTHS=months, COLUMNS=plan.columns,
        YEARS=YEARS, CLASSES=CLASSES, SLACK=SLACK, TOLERANCE=TOLERANCE, ROUNDS=ROUNDS,
        UNSECURED=UNSECURED, REVOLVER=REVOLVER, BINS=BINS, HALF=HALF, SIMULATED=SIMULATED,
        LOW=((1023 + TOP_OCTAVE) << 6) - HALF, NORMALS=plan.normals,
        UNIFORMS=at["jump"] - at["uniform"], HAZARDS=len(plan.hazard),
        FIRM_HAZARDS=sum(h["is_firm"] for h in plan.hazard), CASH_TOTAL=plan.cash_total,
        ROOT_FIRM=plan.root_firm, ROOT_CANCELLED=plan.root_cancelled, exp=math.exp,
        ROOT_COUNT=plan.root_count, CAUSE_COUNT=plan.cause_count, np=np, math=math)
    for k, name in enumerate(("EVENT", "PRINCIPAL", "INTEREST", "LINE", "CUSTOMER", "COVENANT",
            "INTENSITY", "LOSSES")):
        c["CAUSE_" + name] = plan.cause_first[k]

    def ints(values):
        return np.array(list(values), np.int64)

    def reals(values):
        return np.array(list(values), np.float64)

    c |= dict(S0=reals(opening(plan)), SIM_FIRM=ints(plan.sims),
        SIM_OF=ints(plan.sim_of.get(f, -1) for f in range(firm.count)),
        PAIR_PAID=ints(d * CLASSES + k for d, k, _ in plan.pair),
        PAIR_DEBTOR=ints(p[0] for p in plan.pair), PAIR_CREDITOR=ints(p[2] for p in plan.pair),
        LINE_DEBTOR=ints(debtor_of_line(plan, k) for k in range(line.count)),
        LINE_CREDITOR=ints(creditor_of_line(plan, k) for k in range(line.count)),
        LINE_PAIR=ints(o if o >= 0 else i for o, i in zip(plan.line_pair, plan.line_pair_in)),
        LINE_CLASS=ints(line.__dict__["class"]),
        LINE_HELD=ints(k != DEPRECIATION for k in line.kind),
        CUSTOMER_CLASS=ints(customer.__dict__["class"]), LOAN_CLASS=ints(loan.__dict__["class"]),
        SELLER=ints(customer.seller), BUYER=ints(customer.buyer),
        CUSTOMER_PAIR=ints(plan.customer_pair), SHARE_PAIR=ints(plan.share_pair),
        SHARE_FIRM=ints(plan.share.firm), SHARE_PART=reals(plan.share.fraction),
        LENDERS=ints(x for pair in loan.lenders for x in pair).reshape(-1, 2),
        BORROWER=ints(loan.borrower), LOAN_GRACE=reals(loan.grace_months),
        CROSS=ints(loan.cross_default), CROSS_LEVEL=reals(loan.cross_threshold),
        LOAN_KIND=ints(loan.kind), INDEX=ints(loan.index), FLOOR=reals(loan.floor),
        MULTIPLIER=reals(loan.multiplier), SPREAD=reals(loan.spread),
        FEE_RATE=reals(loan.undrawn_fee),
        CAN_LOSE=ints(can_lose(plan, l) for l in range(loan.count)),
        FORGOES=ints(forgoes(plan, l) for l in range(loan.count)),
        LIMIT=reals(loan.commitment[l] - loan.other_use[l]
            - (0.0 if loan.kind[l] == REVOLVER else loan.notional[l]) for l in range(loan.count)),
        CAN_DRAW=reals(plan.can_draw).reshape(loan.count, months),
        TAIL=reals(plan.tail_years).reshape(loan.count, months),
        KIND=ints(firm.kind), EQUITY=reals(firm.equity), GRACE=reals(firm.grace_months),
        KEEP_OWN=reals(firm.keep_own), KEEP_RECEIVED=reals(firm.keep_received),
        RECOVERY_PROPERTY=reals(firm.recovery_property), DEFAULT_COST=reals(firm.default_cost),
        RECOVERY=reals(firm.recovery), COVENANT_FIRM=ints(covenant.firm),
        COVENANT_LOAN=ints(covenant.loan), COVENANT_DEFAULTS=ints(covenant.defaults),
        CURE=reals(covenant.cure_months), LEVEL_LOW=reals(covenant.threshold_low),
        LEVEL_RANGE=reals(b - a for a, b in zip(covenant.threshold_low, covenant.threshold_high)),
        FORCED=np.array([[m in forced(plan, f) for m in range(months)]
            for f in range(firm.count)]),
        HAZARD_ROW=ints(h["row"] for h in plan.hazard),
        USED_UP=reals((m + 1) * YEARS * h["intensity"][0] if h["intensity"][1:] == [-1, -1] else 0.0
            for h in plan.hazard for m in range(months)).reshape(-1, months))
    first = [0] * (months + 1)
    for m in plan.instant.month:
        first[m + 1] += 1
    c["AT_FIRST"] = np.cumsum(ints(first))
    c |= dict(TOUCHED=ints(plan.touched), TOUCHED_FIRST=ints(plan.touched_first), REDUCED=REDUCED)
    for key in ("years", "pays", "capitalises", "redemption", "draw_share", "matures", "resets"):
        c["AT_" + key.upper()] = reals(getattr(plan.instant, key))
    c["AT_LOAN"] = ints(plan.instant.loan)
    return c


RARE = '''
def end_customer(S, c, root):
    if S[LIVE + c] != 0.0:
        S[LIVE + c] = 0.0
        for firm in (SELLER[c], BUYER[c]):
            note_root(S, firm, root)

def note_root(S, firm, root):
    if S[ALIVE + firm] != 0.0 and S[ROOT + firm] == 0.0:
        S[ROOT + firm] = root

def cancel(S, C, rng, c, h):
    S[HAZARD + h] = np.inf
    end_customer(S, c, ROOT_CANCELLED + c)

def cancel_all(S, C, rng, c):
    end_customer(S, c, ROOT_CANCELLED + c)

def draw(S, C, rng):
    for r in range(NORMALS):
        S[NORMAL + r] = rng.standard_normal()
    for u in range(UNIFORMS):
        S[UNIFORM + u] = rng.random()

def jumps(S, C, rng, u, j, cdf, mean, volatility):
    S[JUMP + j] = 0.0
    x = S[UNIFORM + u]
    if x > cdf[0]:
        count = 0
        while count < len(cdf) and cdf[count] < x:
            count += 1
        S[JUMP + j] = mean * count + volatility * math.sqrt(count) * rng.standard_normal()

def clear_month(S, C, rng):
    for k in range(LOAN_DUE, AMOUNT):
        S[k] = 0.0

def debt(S, C, rng, sim, paying):
    total = 0.0
    firm = SIM_FIRM[sim]
    for l in range(L):
        if BORROWER[l] == firm:
            total += S[NOTIONAL + l] + S[LOAN_ARREARS + l]
            if paying:
                total += S[PRINCIPAL + l]
    S[DEBT + sim] = total

def instants(S, C, rng, m):
    for k in range(AT_FIRST[m], AT_FIRST[m + 1]):
        l = AT_LOAN[k]
        if S[ALIVE + BORROWER[l]] == 0.0:
            continue
        years = AT_YEARS[k]
        notional = S[NOTIONAL + l]
        if FEE_RATE[l] != 0.0:
            used = notional if LOAN_KIND[l] == REVOLVER else S[DRAWN + l]
            promised = 1.0
            if CAN_LOSE[l]:
                promised = 0.0
                for s in range(LENDERS[l, 0], LENDERS[l, 0] + LENDERS[l, 1]):
                    promised += SHARE_PART[s] * S[ALIVE + SHARE_FIRM[s]]
            if FORGOES[l]:
                used += S[FORGONE + l]
            base = promised * max(LIMIT[l] - used, 0.0)
            fee = S[FEE + l] + years * (FEE_RATE[l] * CAN_DRAW[l, m]) * base
            if AT_PAYS[k] != 0.0:
                S[INTEREST + l] += fee
                fee = 0.0
            S[FEE + l] = fee
        accrued = S[ACCRUED + l] + years * S[RATE + l] * notional
        if AT_MATURES[k] != 0.0 or AT_REDEMPTION[k] != 0.0 or AT_DRAW_SHARE[k] != 0.0:
            paid = min(notional, AT_REDEMPTION[k] + AT_DRAW_SHARE[k] * S[DRAWN + l])
            if AT_MATURES[k] != 0.0:
                paid = notional
            notional -= paid
            S[PRINCIPAL + l] += paid
        if AT_PAYS[k] != 0.0:
            S[INTEREST + l] += accrued
            accrued = 0.0
        if AT_CAPITALISES[k] != 0.0:
            notional += accrued
            accrued = 0.0
        S[ACCRUED + l] = accrued
        S[NOTIONAL + l] = notional
        if AT_RESETS[k] != 0.0:
            rate = MULTIPLIER[l] * max(S[DRIVER + INDEX[l]], FLOOR[l]) + SPREAD[l]
            S[RATE + l] = max(rate, 0.0)

def add_arrears(S, C, rng):
    if not is_late(S):
        return
    for c in range(NC):
        S[PAIR + CUSTOMER_PAIR[c]] += S[CUSTOMER_ARREARS + c]
    for k in range(NL):
        if LINE_HELD[k]:
            S[PAIR + LINE_PAIR[k]] += S[LINE_ARREARS + k]
    for l in range(L):
        for s in range(LENDERS[l, 0], LENDERS[l, 0] + LENDERS[l, 1]):
            S[PAIR + SHARE_PAIR[s]] += SHARE_PART[s] * S[LOAN_ARREARS + l]

def is_late(S):
    for s in range(SIMS):
        if S[LATE + s] != 0.0:
            return True
    return False

def strike(S, C, rng, m):
    for h in range(FIRM_HAZARDS):
        if S[HAZARD + h] <= USED_UP[h, m]:
            S[HAZARD + h] = np.inf
            f = HAZARD_ROW[h]
            if S[ALIVE + f] != 0.0 and not FORCED[f, m] and S[LOSS + f] < EQUITY[f]:
                fall(S, C, f, CAUSE_INTENSITY, m, m)
    for f in range(1, F):
        if KIND[f] != SIMULATED and S[ALIVE + f] != 0.0:
            if FORCED[f, m]:
                fall(S, C, f, CAUSE_EVENT, m, m)
            elif S[LOSS + f] >= EQUITY[f]:
                fall(S, C, f, CAUSE_LOSSES, m, m)

def claim_of(S, l, closed):
    tail = TAIL[l, closed - 1] if closed > 0 else 0.0
    return (S[NOTIONAL + l] + S[ACCRUED + l] + tail * S[RATE + l] * S[NOTIONAL + l] + S[FEE + l]
        + S[LOAN_ARREARS + l])

def paid_fraction(rest, due):
    if due - SLACK * due <= rest:
        return 1.0
    return max(rest, 0.0) / (due if due > 0.0 else 1.0)

def settle_claim(S, C, firm, to, claim, paid):
    if claim > 0.0:
        S[CASH + firm] -= claim * paid
        S[CASH + to] += claim * paid
        S[LOSS + to] += claim - claim * paid
        C.losses[firm, to] += claim - claim * paid
        if KIND[to] == REDUCED and S[LOSS + to] >= EQUITY[to]:
            note_root(S, to, ROOT_FIRM + firm)

def fall(S, C, firm, cause, m, closed):
    S[ALIVE + firm] = 0.0
    S[FAILED + firm] = m + 1.0
    S[CAUSE + firm] = cause
    if S[ROOT + firm] == 0.0:
        S[ROOT + firm] = S[BLOCKED + firm]
    claims = np.zeros(CLASSES)
    for l in range(L):
        if BORROWER[l] == firm:
            claims[LOAN_CLASS[l]] += claim_of(S, l, closed)
    for k in range(NL):
        if LINE_DEBTOR[k] == firm:
            claims[LINE_CLASS[k]] += S[LINE_ARREARS + k]
    for c in range(NC):
        if BUYER[c] == firm:
            claims[CUSTOMER_CLASS[c]] += S[CUSTOMER_ARREARS + c]
        if SELLER[c] == firm:
            claims[UNSECURED] += S[ADVANCE + c]
    paid = np.empty(CLASSES)
    rest = 0.0
    if KIND[firm] == SIMULATED:
        sale = RECOVERY_PROPERTY[firm] * S[PROPERTY + firm]
        S[CASH] -= sale
        S[CASH + firm] += sale + S[RESTRICTED + firm]
        S[PROPERTY + firm] = 0.0
        S[RESTRICTED + firm] = 0.0
        cost = DEFAULT_COST[firm] * max(S[CASH + firm], 0.0)
        S[CASH + firm] -= cost
        S[CASH] += cost
        rest = max(S[CASH + firm], 0.0)
    for k in range(CLASSES):
        paid[k] = RECOVERY[firm]
        if KIND[firm] == SIMULATED:
            paid[k] = paid_fraction(rest, claims[k])
            rest = max(rest - paid[k] * claims[k], 0.0)
    for l in range(L):
        if BORROWER[l] == firm:
            claim = claim_of(S, l, closed)
            for s in range(LENDERS[l, 0], LENDERS[l, 0] + LENDERS[l, 1]):
                settle_claim(S, C, firm, SHARE_FIRM[s], SHARE_PART[s] * claim, paid[LOAN_CLASS[l]])
            for field in (NOTIONAL, ACCRUED, FEE, LOAN_ARREARS, LOAN_CLOCK):
                S[field + l] = 0.0
    for k in range(NL):
        if LINE_DEBTOR[k] == firm:
            settle_claim(S, C, firm, LINE_CREDITOR[k], S[LINE_ARREARS + k], paid[LINE_CLASS[k]])
            S[LINE_ARREARS + k] = 0.0
            S[LINE_DUE + k] = 0.0
    for c in range(NC):
        if BUYER[c] == firm:
            settle_claim(S, C, firm, SELLER[c], S[CUSTOMER_ARREARS + c], paid[CUSTOMER_CLASS[c]])
            S[CUSTOMER_ARREARS + c] = 0.0
        if SELLER[c] == firm:
            settle_claim(S, C, firm, BUYER[c], S[ADVANCE + c], paid[UNSECURED])
            S[ADVANCE + c] = 0.0
    S[CLOCK + firm] = 0.0
    if SIM_OF[firm] >= 0:
        S[LATE + SIM_OF[firm]] = 0.0
        S[OVERDUE + SIM_OF[firm]] = 0.0
    for c in range(NV):
        if COVENANT_FIRM[c] == firm:
            S[BREACH + c] = 0.0
    for c in range(NC):
        if SELLER[c] == firm or BUYER[c] == firm:
            end_customer(S, c, ROOT_FIRM + firm)
    for k in range(TOUCHED_FIRST[firm], TOUCHED_FIRST[firm + 1]):
        note_root(S, TOUCHED[k], ROOT_FIRM + firm)

def resources(S, sim, paid):
    firm = SIM_FIRM[sim]
    inflow = 0.0
    for p in range(PAIRS):
        if PAIR_CREDITOR[p] == firm:
            inflow += S[PAIR + p] * paid[PAIR_PAID[p]]
    due = 0.0
    for k in range(CLASSES):
        due += S[CLASS_DUE + sim * CLASSES + k]
    cash = S[CASH + firm]
    if due - SLACK * due <= cash + inflow:
        return cash + inflow, 0.0
    own = KEEP_OWN[firm] * cash if cash > 0.0 else cash
    have = own + KEEP_RECEIVED[firm] * inflow
    return have, cash + inflow - have

def settle(S, C, rng, short):
    if not short and not is_late(S):
        return
    paid = np.ones(F * CLASSES)
    for _ in range(ROUNDS):
        most = 0.0
        for sim in range(SIMS):
            have, cost = resources(S, sim, paid)
            for k in range(CLASSES):
                due = S[CLASS_DUE + sim * CLASSES + k]
                fraction = paid_fraction(have, due)
                have -= fraction * due
                at = SIM_FIRM[sim] * CLASSES + k
                most = max(most, paid[at] - fraction)
                paid[at] = min(paid[at], fraction)
        if most <= TOLERANCE:
            break
    for sim in range(SIMS):
        have, cost = resources(S, sim, paid)
        if cost > 0.0:
            S[CASH + SIM_FIRM[sim]] -= cost
            S[CASH] += cost
    for p in range(PAIRS):
        unpaid = S[PAIR + p] * (1.0 - paid[PAIR_PAID[p]])
        S[CASH + PAIR_DEBTOR[p]] += unpaid
        S[CASH + PAIR_CREDITOR[p]] -= unpaid
    for c in range(NC):
        owed = S[CUSTOMER_DUE + c] + S[CUSTOMER_ARREARS + c]
        S[CUSTOMER_ARREARS + c] = owed * (1.0 - paid[BUYER[c] * CLASSES + CUSTOMER_CLASS[c]])
    for k in range(NL):
        if LINE_HELD[k]:
            owed = S[LINE_DUE + k] + S[LINE_ARREARS + k]
            S[LINE_ARREARS + k] = owed * (1.0 - paid[LINE_DEBTOR[k] * CLASSES + LINE_CLASS[k]])
    for l in range(L):
        owed = S[LOAN_DUE + l] + S[LOAN_ARREARS + l]
        S[LOAN_ARREARS + l] = owed * (1.0 - paid[BORROWER[l] * CLASSES + LOAN_CLASS[l]])
    for sim in range(SIMS):
        run_clocks(S, sim)

def run_clocks(S, sim):
    firm = SIM_FIRM[sim]
    owed = 0.0
    for k in range(NL):
        if LINE_DEBTOR[k] == firm:
            owed += S[LINE_ARREARS + k]
    for c in range(NC):
        if BUYER[c] == firm:
            owed += S[CUSTOMER_ARREARS + c]
    S[CLOCK + firm] = S[CLOCK + firm] + 1.0 if owed > 0.0 else 0.0
    late = S[CLOCK + firm] > 0.0
    overdue = S[CLOCK + firm] > GRACE[firm]
    for l in range(L):
        if BORROWER[l] != firm:
            continue
        if S[LOAN_ARREARS + l] > 0.0:
            if S[LOAN_CLOCK + l] <= 0.0:
                S[MISSED + l] = 1.0 if S[PRINCIPAL + l] > 0.0 else 0.0
            S[LOAN_CLOCK + l] += 1.0
            late = True
            overdue = overdue or S[LOAN_CLOCK + l] > LOAN_GRACE[l]
        else:
            S[LOAN_CLOCK + l] = 0.0
    S[LATE + sim] = 1.0 if late else 0.0
    S[OVERDUE + sim] = 1.0 if overdue else 0.0

def covenant_ends(S, c, firm):
    return COVENANT_FIRM[c] == firm and COVENANT_DEFAULTS[c] and S[BREACH + c] > CURE[c]

def test(S, C, rng, hit, m):
    if not hit:
        return
    for sim in range(SIMS):
        firm = SIM_FIRM[sim]
        ends = S[OVERDUE + sim] > 0.0 or FORCED[firm, m]
        for c in range(NV):
            ends = ends or covenant_ends(S, c, firm)
        if ends and S[ALIVE + firm] != 0.0:
            test_firm(S, C, firm, m)

def test_firm(S, C, firm, m):
    claims = np.zeros(L)
    found = np.zeros(L, np.bool_)
    total = 0.0
    for l in range(L):
        if BORROWER[l] != firm:
            continue
        claims[l] = claim_of(S, l, m + 1)
        found[l] = S[LOAN_CLOCK + l] > LOAN_GRACE[l]
        for c in range(NV):
            if covenant_ends(S, c, firm) and (COVENANT_LOAN[c] == -1 or COVENANT_LOAN[c] == l):
                found[l] = True
        found[l] = found[l] and claims[l] > 0.0
        if found[l]:
            total += claims[l]
    changed = True
    while changed:
        changed = False
        for l in range(L):
            if BORROWER[l] == firm and not found[l] and CROSS[l] and claims[l] > 0.0:
                if total > 0.0 and total >= CROSS_LEVEL[l]:
                    found[l] = True
                    changed = True
                    total += claims[l]
    cause = first_cause(S, firm, m)
    ends = FORCED[firm, m] or S[CLOCK + firm] > GRACE[firm]
    if ends or (total > 0.0 and total - SLACK * total > S[CASH + firm]):
        fall(S, C, firm, cause, m, m + 1)
        return
    for l in range(L):
        if found[l]:
            for s in range(LENDERS[l, 0], LENDERS[l, 0] + LENDERS[l, 1]):
                S[CASH + firm] -= SHARE_PART[s] * claims[l]
                S[CASH + SHARE_FIRM[s]] += SHARE_PART[s] * claims[l]
            for field in (NOTIONAL, ACCRUED, FEE, LOAN_ARREARS, LOAN_CLOCK):
                S[field + l] = 0.0
            S[CLOSED + l] = 2.0
            S[STOPPED + l] = 2.0

def first_cause(S, firm, m):
    if FORCED[firm, m]:
        return CAUSE_EVENT
    most = 0.0
    cause = -1
    for l in range(L):
        if BORROWER[l] == firm and S[LOAN_CLOCK + l] > LOAN_GRACE[l]:
            if cause < 0 or S[LOAN_ARREARS + l] > most:
                most = S[LOAN_ARREARS + l]
                cause = l + (CAUSE_PRINCIPAL if S[MISSED + l] != 0.0 else CAUSE_INTEREST)
    if cause >= 0:
        return cause
    if S[CLOCK + firm] > GRACE[firm]:
        for k in range(NL):
            if LINE_DEBTOR[k] == firm and S[LINE_ARREARS + k] > 0.0:
                return CAUSE_LINE + k
        for c in range(NC):
            if BUYER[c] == firm and S[CUSTOMER_ARREARS + c] > 0.0:
                return CAUSE_CUSTOMER + c
    for c in range(NV):
        if covenant_ends(S, c, firm):
            return CAUSE_COVENANT + c
    return CAUSE_EVENT

def record(S, C, rng, m):
    total, size = 0.0, 1.0
    for f in range(F):
        money = S[CASH + f] + S[RESTRICTED + f]
        total += money
        size += abs(money)
    C.residual[0] = max(C.residual[0], abs(total - CASH_TOTAL) / size)
    bits = S.view(np.int64)
    for s in range(SIMS):
        firm = SIM_FIRM[s]
        if S[ALIVE + firm] != 0.0:
            magnitude = (bits[CASH + firm] & 0x7fffffffffffffff) >> 46
            step = min(max(magnitude - LOW, 0), HALF)
            at = HALF - step if S[CASH + firm] < 0.0 else HALF + step
            C.cash[s, m, at] += 1

def start(S, C, rng):
    for k in range(COLUMNS):
        S[k] = S0[k]
    for h in range(HAZARDS):
        S[HAZARD + h] = -math.log(1.0 - rng.random())
    for c in range(NV):
        S[THRESHOLD + c] = LEVEL_LOW[c]
        if LEVEL_RANGE[c] != 0.0:
            S[THRESHOLD + c] += LEVEL_RANGE[c] * rng.random()

def finish(S, C):
    for f in range(F):
        if S[FAILED + f] != 0.0:
            C.failed[f, int(S[FAILED + f]) - 1] += 1
            C.causes[f, int(S[CAUSE + f]), int(S[ROOT + f])] += 1
'''

RUN = '''
def run(C, rng, paths):
    S = np.empty(COLUMNS)
    for path in range(paths):
        start(S, C, rng)
        for m in range(MONTHS):
%s
        finish(S, C)
'''


def compile_run(plan, fastmath, folder):
    """The function run(C, rng, paths). What the compiler makes is kept in `folder`, under a name
    that changes with all that went in: it takes a minute."""
    writer = symbols.ScalarWriter(plan)
    writer.depth = 3
    Month(writer).write()
    body = "\n".join(CALL.sub(call_text, line) for line in writer.lines)
    source = RARE + RUN % body
    names = constants(plan)
    names |= {name: np.array(values) for name, values in writer.names.items()}
    known = hashlib.sha256(f"{source}{fastmath}".encode())
    for name in sorted(names):
        value = names[name]
        known.update(name.encode())
        known.update(value.tobytes() if isinstance(value, np.ndarray) else repr(value).encode())
    path = Path(folder) / f"month_{known.hexdigest()[:16]}.py"
    if not path.exists():
        path.write_text(source, encoding="utf-8")
    module = types.ModuleType(path.stem)  # by this name the compiler's cache finds it again
    module.__dict__.update(names)
    sys.modules[path.stem], names = module, module.__dict__
    exec(compile(source, str(path), "exec"), names)  # our own text, built above
    functions = re.findall(r"^def (\w+)", source, re.M)
    for name in functions:  # the compiler sees globals as constants; all must be compiled ones
        names[name] = numba.njit(fastmath=fastmath, error_model="numpy", cache=True)(names[name])
    return names["run"], source


def call_text(found):
    space, name, args = found.groups()
    return f"{space}{name}(S, C, rng{', ' + args if args else ''})"


Counters = namedtuple("Counters", "failed causes losses cash residual")


class Paths:
    """Counters of a run; run() adds paths to them."""

    def __init__(self, plan, seed, fastmath, folder, bits="SFC64"):
        self.plan, self.paths = plan, 0
        self.rng = np.random.Generator(getattr(np.random, bits)(seed))
        firms = plan.firm.count
        self.C = Counters(np.zeros((firms, plan.months), np.int64),
            np.zeros((firms, plan.cause_count, plan.root_count), np.int64),
            np.zeros((firms, firms)),
            np.zeros((len(plan.sims), plan.months, BINS), np.int64), np.zeros(1))
        self.function, self.source = compile_run(plan, fastmath, folder)

    def run(self, paths):
        self.function(self.C, self.rng, paths)
        self.paths += paths

    @property
    def failed(self):
        return self.C.failed

    @property
    def losses(self):
        return self.C.losses

    @property
    def residual(self):
        return self.C.residual[0]

    def survival(self, firm):
        return 1.0 - np.cumsum(self.C.failed[firm]) / self.paths

"""The run in NumPy, vectorised over a chunk of paths: columns are rows of one array.

The month is generated (month.py) as calls that write into buffers; shortages and failures are
worked out on the few paths that have them, gathered into a small array.
"""
import numpy as np

from opponents import symbols
from opponents.month import YEARS, Month
from opponents.plan import (CAUSE_COVENANT, CAUSE_CUSTOMER, CAUSE_EVENT, CAUSE_INTENSITY,
    CAUSE_INTEREST, CAUSE_LINE, CAUSE_LOSSES, CAUSE_PRINCIPAL, CLASSES, DEPRECIATION, REVOLVER,
    ROUNDS, SIMULATED, SLACK, TOLERANCE, UNSECURED, can_lose, creditor_of_line,
    debtor_of_line, forced, forgoes, lenders_of, loans_of, opening, shares_of)

OCTAVES, STEPS, TOP_OCTAVE = 34, 64, 30  # of cash: bins as in src/engine/record.h
HALF = OCTAVES * STEPS
BINS = 2 * HALF + 1


def compile_months(plan):
    """The function run(R): all months of one chunk."""
    writer = symbols.ColumnWriter(plan)
    writer.depth = 2
    Month(writer).write()
    head = ["def run(R):", "    S, B = R.S, R.S.shape[1]"]
    head += [f"    {name} = S[{row}]" for name, row in writer.bound.items()]
    head += [f"    {name} = np.empty(B{'' if kind == 'col' else ', bool'})"
        for name, kind in writer.made + writer.lets]
    head += ["    for m in range(R.plan.months):"]
    source = "\n".join(head) + "\n" + writer.source()
    names = dict(writer.names, np=np)
    exec(compile(source, "<month for NumPy>", "exec"), names)  # our own text, built above
    return names["run"], source


class Chunk:
    """State of a chunk of paths, counters of the run, and the rare steps."""

    def __init__(self, plan, width, seed, bits="Philox"):
        self.plan, self.at, self.width = plan, plan.at, width
        self.rng = np.random.Generator(getattr(np.random, bits)(seed))
        self.S = np.empty((plan.columns, width + 8))[:, :width]  # rows on different cache sets
        self.opening = np.array(opening(plan))[:, None]
        self.run_months, self.source = compile_months(plan)
        self.failed = np.zeros((plan.firm.count, plan.months), np.int64)
        self.causes = {}
        self.cash = np.zeros((len(plan.sims), plan.months * BINS), np.int64)
        self.kept = np.empty((len(plan.sims), plan.months, width))
        self.losses = np.zeros((plan.firm.count, plan.firm.count))
        self.paths, self.residual = 0, 0.0
        self.prepare()

    # --- constants of the rare steps

    def prepare(self):
        plan, firms = self.plan, self.plan.firm.count
        self.low = self.at["cash"]
        self.firm_hazards = [h["row"] for h in plan.hazard if h["is_firm"]]
        self.firm_hazard_of = {row: h for h, row in enumerate(self.firm_hazards)}
        self.used_up = np.array([[(m + 1) * YEARS * h["intensity"][0]
            if h["intensity"][1:] == [-1, -1] else 0.0 for h in plan.hazard if h["is_firm"]]
            for m in range(plan.months)]).reshape(plan.months, -1, 1)
        self.equity = np.array([plan.firm.equity[f] if f in plan.reduced else np.inf
            for f in range(firms)])[:, None]
        self.forced = {f: set(forced(plan, f)) for f in range(firms)}
        self.hazard_of_customer = {h["row"]: k for k, h in enumerate(plan.hazard)
            if not h["is_firm"]}
        self.prepare_dues()
        self.prepare_instants()

    def prepare_dues(self):
        """Dues lie in the order customers, lines, loans; matrices take them to pairs and firms."""
        plan, firms = self.plan, self.plan.firm.count
        customer, line, loan = plan.customer, plan.line, plan.loan
        self.due_debtor = np.array([customer.buyer[c] for c in range(customer.count)]
            + [debtor_of_line(plan, k) for k in range(line.count)] + list(loan.borrower))
        self.due_class = np.array(list(customer.__dict__["class"]) + list(line.__dict__["class"])
            + list(loan.__dict__["class"]))
        self.due_class[[customer.count + k for k in range(line.count)
            if line.kind[k] == DEPRECIATION]] = 0
        self.loan_class = np.array(loan.__dict__["class"])
        self.to_pairs = np.zeros((len(plan.pair), len(self.due_debtor)))
        for c in range(customer.count):
            self.to_pairs[plan.customer_pair[c], c] = 1.0
        for k in range(line.count):
            pair = plan.line_pair[k] if plan.line_pair[k] >= 0 else plan.line_pair_in[k]
            if pair >= 0:
                self.to_pairs[pair, customer.count + k] = 1.0
        self.shares = np.zeros((firms, loan.count))
        for l in range(loan.count):
            for s in shares_of(plan, l):
                self.to_pairs[plan.share_pair[s], customer.count + line.count + l] += \
                    plan.share.fraction[s]
                self.shares[plan.share.firm[s], l] += plan.share.fraction[s]
        self.pair_paid = np.array([debtor * CLASSES + rank for debtor, rank, _ in plan.pair])
        self.back = np.zeros((firms, len(plan.pair)))
        self.into = np.zeros((len(plan.sims), len(plan.pair)))
        for p, (debtor, _, creditor) in enumerate(plan.pair):
            self.back[debtor, p] += 1.0
            self.back[creditor, p] -= 1.0
            if creditor in plan.sim_of:
                self.into[plan.sim_of[creditor], p] = 1.0
        self.tail = np.array(plan.tail_years).reshape(loan.count, plan.months)

    def prepare_instants(self):
        plan, loan, at = self.plan, self.plan.loan, self.plan.instant
        self.instants_of = [[] for _ in range(plan.months)]
        for k in range(at.count):
            l = at.loan[k]
            revolves = loan.kind[l] == REVOLVER
            limit = loan.commitment[l] - loan.other_use[l] - (0.0 if revolves else loan.notional[l])
            fee = loan.undrawn_fee[l] * plan.can_draw[l * plan.months + at.month[k]]
            self.instants_of[at.month[k]].append((at.years[k], at.pays[k], at.capitalises[k],
                at.redemption[k], at.draw_share[k], at.matures[k], at.resets[k],
                fee * at.years[k], limit, loan.undrawn_fee[l] != 0.0, loan.floor[l],
                loan.multiplier[l], loan.spread[l], l, loan.index[l], loan.borrower[l], revolves))

    # --- one chunk

    def run(self, paths):
        """Simulates at least `paths` paths."""
        for _ in range(-(-paths // self.width)):
            self.S[:] = self.opening
            S, at, plan = self.S, self.at, self.plan
            for h in range(len(plan.hazard)):
                self.rng.standard_exponential(out=self.row("hazard", h))
            for c in range(plan.covenant.count):
                low, high = plan.covenant.threshold_low[c], plan.covenant.threshold_high[c]
                S[at["threshold"] + c] = low if low == high else \
                    self.rng.uniform(low, high, self.width)
            self.late, self.new_losses = np.empty(0, np.intp), False
            self.run_months(self)
            self.finish()

    def row(self, field, row):
        return self.S[self.at[field] + row]

    def block(self, field, count):
        return self.S[self.at[field]:self.at[field] + count]

    def finish(self):
        plan = self.plan
        failed = self.block("failed", plan.firm.count)
        for f, k in zip(*np.nonzero(failed)):
            self.failed[f, int(failed[f, k]) - 1] += 1
            key = (int(f), int(self.row("cause", f)[k]), int(self.row("root", f)[k]))
            self.causes[key] = self.causes.get(key, 0) + 1
        self.count_cash()
        self.paths += self.width

    def count_cash(self):
        """Bins are equal steps of the logarithm, read from the bits; the dead were kept as NaN."""
        bits = self.kept.view(np.int64)
        low = ((1023 + TOP_OCTAVE) << 6) - HALF
        step = np.clip(((bits & (2**63 - 1)) >> 46) - low, 0, HALF)
        bins = np.where(bits < 0, HALF - step, HALF + step)
        bins += (np.arange(self.plan.months) * BINS)[:, None]
        alive = self.kept == self.kept
        for s in range(len(self.plan.sims)):
            self.cash[s] += np.bincount(bins[s][alive[s]], minlength=self.cash.shape[1])

    # --- random numbers

    def draw(self):
        for r in range(self.plan.normals):
            self.rng.standard_normal(out=self.row("normal", r))
        for u in range(self.at["jump"] - self.at["uniform"]):
            self.rng.random(out=self.row("uniform", u))

    def jumps(self, uniform, jump, cdf, mean, volatility):
        u, size = self.row("uniform", uniform), self.row("jump", jump)
        size.fill(0.0)
        where = np.flatnonzero(u > cdf[0])
        if where.size:
            count = np.searchsorted(cdf, u[where])
            shock = self.rng.standard_normal(where.size)
            size[where] = mean * count + volatility * np.sqrt(count) * shock

    # --- common steps that loop over rows

    def clear_month(self):
        self.S[self.at["loan_due"]:self.at["amount"]] = 0.0

    def debt(self, sim, paying):
        loans = loans_of(self.plan, self.plan.sims[sim])
        out = self.row("debt", sim)
        out.fill(0.0)
        for l in loans:
            out += self.row("notional", l)
            if paying and l in self.redeemed:
                out += self.row("principal", l)
        if self.late.size:
            rows = np.array(loans)[:, None] + self.at["loan_arrears"]
            out[self.late] += self.S[rows, self.late].sum(0)

    def instants(self, m):
        self.redeemed = set()
        for (years, pays, capitalises, scheduled, share, matures, resets, fee_years, limit, has_fee,
                floor, multiplier, spread, l, index, borrower, revolves) in self.instants_of[m]:
            notional, accrued = self.row("notional", l), self.row("accrued", l)
            rate, interest = self.row("rate", l), self.row("interest", l)
            if has_fee:
                used = notional if revolves else self.row("drawn", l)
                fee = self.row("fee", l)
                if forgoes(self.plan, l):
                    used = used + self.row("forgone", l)
                lives = self.row("alive", borrower)
                if can_lose(self.plan, l):
                    lives = lives * sum(fraction * self.row("alive", firm)
                        for firm, fraction in lenders_of(self.plan, l))
                fee += fee_years * (lives * np.maximum(limit - used, 0.0))
                if pays:
                    interest += fee
                    fee.fill(0.0)
            step = years * rate
            step *= notional
            accrued += step
            if matures:
                paid = notional.copy()
            elif scheduled or share:
                paid = np.minimum(notional, scheduled + share * self.row("drawn", l))
            if matures or scheduled or share:
                notional -= paid
                self.redeemed.add(l)
                principal = self.row("principal", l)
                principal += paid
            if pays:
                interest += accrued
                accrued.fill(0.0)
            if capitalises:
                notional += accrued
                accrued.fill(0.0)
            if resets:
                np.maximum(self.row("driver", index), floor, out=rate)
                rate *= multiplier
                rate += spread
                np.maximum(rate, 0.0, out=rate)

    def add_arrears(self):
        if self.late.size:
            arrears = self.S[self.at["customer_arrears"]:self.at["customer_due"], self.late]
            first = self.at["pair"]
            pairs = self.to_pairs @ arrears
            self.S[first:first + len(pairs), self.late] += pairs

    # --- events and failures

    def end_customer(self, s, c, root, where):
        """On the columns `where` of the gathered state s."""
        customer = self.plan.customer
        live = self.one(s, "live", c)
        hit = where[live[where] != 0.0]
        live[hit] = 0.0
        for firm in (customer.seller[c], customer.buyer[c]):
            self.note_root(s, firm, root, hit)

    def note_root(self, s, firm, root, hit):
        """The first outside event that hits a firm which lives."""
        roots = self.one(s, "root", firm)
        first = (roots[hit] == 0.0) & (self.one(s, "alive", firm)[hit] != 0.0)
        roots[hit[first]] = root

    def cancel(self, c, hazard):
        left = self.row("hazard", hazard)
        where = np.flatnonzero(left <= 0.0)
        left[where] = np.inf
        self.end_customer(self.S[self.low:], c, self.plan.root_cancelled + c, where)

    def cancel_all(self, c):
        every = np.arange(self.width)
        self.end_customer(self.S[self.low:], c, self.plan.root_cancelled + c, every)

    def strike(self, m):
        firms = len(self.firm_hazards)
        struck = self.S[self.at["hazard"]:self.at["hazard"] + firms] <= self.used_up[m]
        worn = self.new_losses and \
            self.block("loss", self.plan.firm.count) >= self.equity
        self.new_losses = False
        for f in self.plan.reduced:
            hit = np.zeros(self.width, bool) if m not in self.forced[f] else \
                np.ones(self.width, bool)
            h = self.firm_hazard_of.get(f)
            if h is not None and struck[h].any():
                hit |= struck[h]
                self.row("hazard", h)[struck[h]] = np.inf
            if worn is not False:
                hit |= worn[f]
            where = np.flatnonzero(hit)
            if where.size:
                self.strike_firm(f, where, m)

    def strike_firm(self, f, where, m):
        where = where[self.row("alive", f)[where] != 0.0]
        if not where.size:
            return
        s = self.S[self.low:, where]
        first = self.plan.cause_first
        cause = np.where(s[self.at["loss"] - self.low + f] >= self.equity[f],
            first[CAUSE_LOSSES], first[CAUSE_INTENSITY])
        if m in self.forced[f]:
            cause[:] = first[CAUSE_EVENT]
        self.fall(s, f, cause, m, m)
        self.S[self.low:, where] = s

    def claims(self, s, closed):
        """Claims on all loans, loans x columns of s; `closed` months have passed."""
        view = self.view
        loans = self.plan.loan.count
        tail = self.tail[:, closed - 1:closed] if closed else 0.0
        notional = view(s, "notional", loans)
        return notional + view(s, "accrued", loans) + tail * view(s, "rate", loans) * notional \
            + view(s, "fee", loans) + view(s, "loan_arrears", loans)

    def view(self, s, field, count):
        first = self.at[field] - self.low
        return s[first:first + count]

    def one(self, s, field, row):
        return s[self.at[field] - self.low + row]

    def fall(self, s, firm, cause, m, closed):
        """The firm fails on every column of s: sells, pays by class, others lose, contracts end."""
        plan, one = self.plan, self.one
        one(s, "alive", firm)[:] = 0.0
        one(s, "failed", firm)[:] = m + 1.0
        one(s, "cause", firm)[:] = cause
        roots = one(s, "root", firm)
        np.copyto(roots, one(s, "blocked", firm), where=roots == 0.0)
        cash = self.view(s, "cash", plan.firm.count)
        loans = loans_of(plan, firm)
        debts = [(int(self.loan_class[l]), self.shares[:, l], claim)
            for l, claim in zip(loans, self.claims(s, closed)[loans])]
        debts += self.trade_claims(s, firm)
        if plan.firm.kind[firm] == SIMULATED:
            self.realise(s, firm, cash)
        rest = np.maximum(cash[firm], 0.0)
        for rank in range(CLASSES):
            mine = [(to, claim) for k, to, claim in debts if k == rank]
            due = sum((claim for _, claim in mine), np.zeros(s.shape[1]))
            if plan.firm.kind[firm] == SIMULATED:
                paid = self.paid_fraction(rest, due)
                rest = np.maximum(rest - paid * due, 0.0)
            else:
                paid = np.full(s.shape[1], plan.firm.recovery[firm])
            for to, claim in mine:
                self.settle_claim(s, firm, to, claim, paid, cash)
        self.wipe(s, firm, loans)
        every = np.arange(s.shape[1])
        for c in range(plan.customer.count):
            if firm in (plan.customer.seller[c], plan.customer.buyer[c]):
                self.end_customer(s, c, plan.root_firm + firm, every)
        for k in range(plan.touched_first[firm], plan.touched_first[firm + 1]):
            self.note_root(s, plan.touched[k], plan.root_firm + firm, every)

    def trade_claims(self, s, firm):
        plan, found = self.plan, []
        unit = np.eye(plan.firm.count)
        for k in range(plan.line.count):
            if debtor_of_line(plan, k) == firm and plan.line.kind[k] != DEPRECIATION:
                found.append((plan.line.__dict__["class"][k], unit[creditor_of_line(plan, k)],
                    self.one(s, "line_arrears", k)))
        for c in range(plan.customer.count):
            if plan.customer.buyer[c] == firm:
                found.append((plan.customer.__dict__["class"][c], unit[plan.customer.seller[c]],
                    self.one(s, "customer_arrears", c)))
            if plan.customer.seller[c] == firm:
                found.append((UNSECURED, unit[plan.customer.buyer[c]], self.one(s, "advance", c)))
        return [(rank, to, claim) for rank, to, claim in found if claim.any()]

    def realise(self, s, firm, cash):
        terms, one = self.plan.firm, self.one
        sale = terms.recovery_property[firm] * one(s, "property", firm)
        cash[0] -= sale
        cash[firm] += sale + one(s, "restricted", firm)
        one(s, "property", firm)[:] = 0.0
        one(s, "restricted", firm)[:] = 0.0
        cost = terms.default_cost[firm] * np.maximum(cash[firm], 0.0)
        cash[firm] -= cost
        cash[0] += cost

    def settle_claim(self, s, firm, to, claim, paid, cash):
        claim = np.maximum(claim, 0.0)
        got = claim * paid
        lost = claim - got
        cash[firm] -= got
        for creditor in np.flatnonzero(to):
            cash[creditor] += to[creditor] * got
            self.one(s, "loss", creditor)[:] += to[creditor] * lost
            self.losses[firm, creditor] += to[creditor] * lost.sum()
            if creditor in self.plan.reduced:
                worn = self.one(s, "loss", creditor) >= self.equity[creditor]
                hit = np.flatnonzero(worn & (claim > 0.0))
                self.note_root(s, creditor, self.plan.root_firm + firm, hit)
        self.new_losses = True

    def wipe(self, s, firm, loans):
        plan = self.plan
        for field in ("notional", "accrued", "fee", "loan_arrears", "loan_clock"):
            self.view(s, field, plan.loan.count)[loans] = 0.0
        for k in range(plan.line.count):
            if debtor_of_line(plan, k) == firm:
                self.one(s, "line_arrears", k)[:] = 0.0
        for c in range(plan.customer.count):
            if plan.customer.buyer[c] == firm:
                self.one(s, "customer_arrears", c)[:] = 0.0
            if plan.customer.seller[c] == firm:
                self.one(s, "advance", c)[:] = 0.0
        for c in range(plan.covenant.count):
            if plan.covenant.firm[c] == firm:
                self.one(s, "breach", c)[:] = 0.0
        self.one(s, "clock", firm)[:] = 0.0
        if firm in plan.sim_of:
            self.one(s, "late", plan.sim_of[firm])[:] = 0.0
            self.one(s, "overdue", plan.sim_of[firm])[:] = 0.0

    # --- shortages

    @staticmethod
    def paid_fraction(rest, due):
        part = np.maximum(rest, 0.0) / np.where(due > 0.0, due, 1.0)
        return np.where(due - SLACK * due <= rest, 1.0, part)

    def settle(self, short):
        where = np.flatnonzero(short)
        if self.late.size:
            where = np.union1d(where, self.late)
        if not where.size:
            return
        s = self.S[self.low:, where]
        paid = np.ones((self.plan.firm.count * CLASSES, where.size))
        self.clear(s, paid)
        pairs = self.view(s, "pair", len(self.plan.pair))
        cash = self.view(s, "cash", self.plan.firm.count)
        cash += self.back @ (pairs * (1.0 - paid[self.pair_paid]))
        first, last = self.at["customer_arrears"] - self.low, self.at["customer_due"] - self.low
        count = last - first
        s[first:last] = (s[last:last + count] + s[first:last]) \
            * (1.0 - paid[self.due_debtor * CLASSES + self.due_class])
        self.run_clocks(s)
        late = self.view(s, "late", len(self.plan.sims)).any(0)
        self.S[self.low:, where] = s
        self.late = where[late]

    def clear(self, s, paid):
        """The greatest clearing fractions, from full payment down; default costs go outside."""
        plan = self.plan
        pairs = self.view(s, "pair", len(plan.pair))
        cash = self.view(s, "cash", plan.firm.count)
        dues = self.view(s, "class_due", len(plan.sims) * CLASSES)
        for _ in range(ROUNDS):
            most = 0.0
            inflow = self.into @ (pairs * paid[self.pair_paid])
            for sim, firm in enumerate(plan.sims):
                due = dues[sim * CLASSES:(sim + 1) * CLASSES]
                have = self.resources(cash[firm], inflow[sim], due.sum(0), firm)
                for rank in range(CLASSES):
                    fraction = self.paid_fraction(have, due[rank])
                    have = have - fraction * due[rank]
                    old = paid[firm * CLASSES + rank]
                    most = max(most, (old - fraction).max())
                    np.minimum(old, fraction, out=old)
            if most <= TOLERANCE:
                break
        inflow = self.into @ (pairs * paid[self.pair_paid])
        for sim, firm in enumerate(plan.sims):
            due = dues[sim * CLASSES:(sim + 1) * CLASSES].sum(0)
            have = self.resources(cash[firm], inflow[sim], due, firm)
            cost = np.maximum(cash[firm] + inflow[sim] - have, 0.0)
            cash[firm] -= cost
            cash[0] += cost

    def resources(self, cash, inflow, due, firm):
        own = np.where(cash > 0.0, self.plan.firm.keep_own[firm] * cash, cash)
        part = own + self.plan.firm.keep_received[firm] * inflow
        return np.where(due - SLACK * due <= cash + inflow, cash + inflow, part)

    def run_clocks(self, s):
        plan, one = self.plan, self.one
        first = self.at["customer_arrears"] - self.low
        trade = plan.customer.count + plan.line.count
        clocks = self.view(s, "loan_clock", plan.loan.count)
        arrears = self.view(s, "loan_arrears", plan.loan.count)
        missed = self.view(s, "missed", plan.loan.count)
        behind = arrears > 0.0
        principal = self.view(s, "principal", plan.loan.count) > 0.0
        np.copyto(missed, principal, where=behind & (clocks <= 0.0))
        clocks[:] = np.where(behind, clocks + 1.0, 0.0)
        for sim, firm in enumerate(plan.sims):
            mine = np.flatnonzero(self.due_debtor[:trade] == firm)
            owed = s[first + mine].sum(0)
            clock = one(s, "clock", firm)
            clock[:] = np.where(owed > 0.0, clock + 1.0, 0.0)
            loans = loans_of(plan, firm)
            grace = np.array([plan.loan.grace_months[l] for l in loans])[:, None]
            own = clocks[loans]
            one(s, "late", sim)[:] = (clock > 0.0) | (own > 0.0).any(0)
            one(s, "overdue", sim)[:] = (clock > plan.firm.grace_months[firm]) \
                | (own > grace).any(0)

    # --- test and fall

    def test(self, hit, m):
        where = np.flatnonzero(hit)
        if not where.size:
            return
        s = self.S[self.low:, where]
        for sim, firm in enumerate(self.plan.sims):
            ends = self.one(s, "overdue", sim) > 0.0
            if m in self.forced[firm]:
                ends[:] = True
            for c in range(self.plan.covenant.count):
                if self.plan.covenant.firm[c] == firm and self.plan.covenant.defaults[c]:
                    ends |= self.one(s, "breach", c) > self.plan.covenant.cure_months[c]
            mine = np.flatnonzero(ends & (self.one(s, "alive", firm) != 0.0))
            if mine.size:
                part = s[:, mine]
                self.test_firm(part, firm, m)
                s[:, mine] = part
        self.S[self.low:, where] = s

    def in_default(self, s, firm, claims):
        """Loans in default, closed under the cross-default clauses; loans x columns."""
        plan = self.plan
        found = np.zeros(claims.shape, bool)
        loans = loans_of(plan, firm)
        clocks = self.view(s, "loan_clock", plan.loan.count)
        for l in loans:
            found[l] = clocks[l] > plan.loan.grace_months[l]
            for c in range(plan.covenant.count):
                if plan.covenant.firm[c] == firm and plan.covenant.defaults[c] \
                        and plan.covenant.loan[c] in (-1, l):
                    found[l] |= self.one(s, "breach", c) > plan.covenant.cure_months[c]
        found &= claims > 0.0
        cross = [l for l in loans if plan.loan.cross_default[l]]
        level = np.array([plan.loan.cross_threshold[l] for l in cross])[:, None]
        while True:
            total = (claims * found).sum(0)
            other = total - (claims * found)[cross]
            more = ~found[cross] & (other > 0.0) & (other >= level) & (claims[cross] > 0.0)
            if not more.any():
                return found
            found[cross] |= more

    def test_firm(self, s, firm, m):
        plan = self.plan
        claims = self.claims(s, m + 1)
        found = self.in_default(s, firm, claims)
        cause = self.first_cause(s, firm, m)
        ends = self.one(s, "clock", firm) > plan.firm.grace_months[firm]
        if m in self.forced[firm]:
            ends[:] = True
        due = (claims * found).sum(0)
        pays = ~ends & ((due <= 0.0) | (due - SLACK * due <= self.one(s, "cash", firm)))
        for k in np.flatnonzero(pays):
            self.pay_accelerated(s[:, k:k + 1], firm, claims[:, k] * found[:, k], found[:, k])
        falls = np.flatnonzero(~pays)
        if falls.size:
            part = s[:, falls]
            self.fall(part, firm, cause[falls], m, m + 1)
            s[:, falls] = part

    def pay_accelerated(self, s, firm, due, found):
        cash = self.view(s, "cash", self.plan.firm.count)
        cash[firm] -= due.sum()
        cash += (self.shares @ due)[:, None]
        for field in ("notional", "accrued", "fee", "loan_arrears", "loan_clock"):
            self.view(s, field, self.plan.loan.count)[found] = 0.0
        for field in ("closed", "stopped"):
            self.view(s, field, self.plan.loan.count)[found] = 2.0

    def first_cause(self, s, firm, m):
        """The last to write wins, so causes are tried from the last to the first."""
        plan, first = self.plan, self.plan.cause_first
        cause = np.full(s.shape[1], first[CAUSE_EVENT])
        if m in self.forced[firm]:
            return cause
        for c in reversed(range(plan.covenant.count)):
            if plan.covenant.firm[c] == firm and plan.covenant.defaults[c]:
                hit = self.one(s, "breach", c) > plan.covenant.cure_months[c]
                cause[hit] = first[CAUSE_COVENANT] + c
        behind = self.one(s, "clock", firm) > plan.firm.grace_months[firm]
        for c in reversed(range(plan.customer.count)):
            if plan.customer.buyer[c] == firm:
                cause[behind & (self.one(s, "customer_arrears", c) > 0.0)] = \
                    first[CAUSE_CUSTOMER] + c
        for k in reversed(range(plan.line.count)):
            if debtor_of_line(plan, k) == firm:
                cause[behind & (self.one(s, "line_arrears", k) > 0.0)] = first[CAUSE_LINE] + k
        loans = np.array(loans_of(plan, firm))
        grace = np.array(plan.loan.grace_months)[loans, None]
        past = self.view(s, "loan_clock", plan.loan.count)[loans] > grace
        arrears = np.where(past, self.view(s, "loan_arrears", plan.loan.count)[loans], -1.0)
        most, hit = loans[arrears.argmax(0)], past.any(0)
        missed = self.view(s, "missed", plan.loan.count)[most, np.arange(s.shape[1])] != 0.0
        named = np.where(missed, first[CAUSE_PRINCIPAL], first[CAUSE_INTEREST]) + most
        cause[hit] = named[hit]
        return cause

    # --- record

    def record(self, m):
        plan = self.plan
        cash = self.block("cash", plan.firm.count)
        restricted = self.block("restricted", plan.firm.count)
        off = cash.sum(0)
        for firm in plan.sims:
            off += restricted[firm]
        off -= plan.cash_total
        size = np.abs(cash).sum(0)
        self.residual = max(self.residual, (np.abs(off) / (1.0 + size)).max())
        for s, firm in enumerate(plan.sims):
            kept = self.kept[s, m]
            np.copyto(kept, cash[firm])
            kept[self.row("alive", firm) == 0.0] = np.nan

    def survival(self, firm):
        return 1.0 - np.cumsum(self.failed[firm]) / self.paths

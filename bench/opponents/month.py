"""One month of the model, steps 1 to 9 of its order, written through a writer of symbols.py.

What is common to all paths is written out row by row, as one would by hand for this model: only the
lines, loans and covenants that exist, only the items that some expression reads, debt summed once
where the C program sums it wherever it is named. What is rare (shortages, failures) is left to the
functions of the two programs, named R.something here.
"""
from opponents.plan import (CANCEL, CAPEX, CAPEX_UNCOMMITTED, CHAIN, CLASSES, COST, DEFER,
    DEPRECIATION, DRAW, GBM, ITEM_AVAILABLE, ITEM_CAPEX, ITEM_CASH, ITEM_COST, ITEM_DEBT,
    ITEM_DEPRECIATION, ITEM_INTEREST, ITEM_PRINCIPAL, ITEM_PROPERTY, ITEM_REVENUE, ITEMS, JUMPS_MAX,
    OPS, PATH, REVENUE, REVOLVER, SLACK, VASICEK, WORKING_CAPITAL, can_lose, forced, forgoes,
    lenders_of, loans_of, shares_of, slice_of, used_items)
from opponents.symbols import choose, exponential, gate, largest, least, node, unary

YEARS = 1.0 / 12.0


class Month:
    def __init__(self, writer):
        self.w, self.plan = writer, writer.plan
        self.months = self.plan.months
        self.used = used_items(self.plan)
        self.shifted = [any(self.shifts(d)) for d in range(self.plan.driver.count)]

    def shifts(self, d):
        return self.plan.shift[d * self.months:(d + 1) * self.months]

    def row(self, table, l):
        return table[l * self.months:(l + 1) * self.months]

    def can_draw(self, l):
        return self.row(self.plan.can_draw, l)

    # --- amounts and expressions

    def table(self, offset):
        if offset < 0:
            return None
        return self.w.by_month(f"v{offset}", self.plan.values[offset:offset + self.months])

    def amount(self, amount):
        constant, table, expr = amount
        value = node(constant) if table < 0 else self.table(table)
        return value if expr < 0 else value * self.expr(expr)

    def driver(self, d):
        if self.plan.driver.process[d] == PATH:
            constant, table, _ = self.plan.driver.path[d]
            values = [constant] * self.months if table < 0 else \
                self.plan.values[table:table + self.months]
            return self.w.by_month(f"path{d}", [v + s for v, s in zip(values, self.shifts(d))])
        return self.w.col("driver", d)

    def item(self, firm, item):
        col = self.w.col
        if item == ITEM_CASH:
            return col("cash", firm)
        if item == ITEM_PROPERTY:
            return col("property", firm)
        if item == ITEM_DEBT:
            return col("debt", self.plan.sim_of[firm])
        if item == ITEM_AVAILABLE:
            return self.available(firm)
        return col("item", self.plan.sim_of[firm] * ITEMS + item)

    def available(self, firm):
        total, loan, col = node(0.0), self.plan.loan, self.w.col
        for l in loans_of(self.plan, firm):
            if loan.kind[l] == REVOLVER and any(self.can_draw(l)):
                room = largest(loan.commitment[l] - loan.other_use[l] - self.drawn(l), 0.0)
                open_room = gate(col("stopped", l) <= 0.0, self.promised(l) * room)
                total = total + self.w.by_month(f"can{l}", self.can_draw(l)) * open_room
        return col("alive", firm) * total

    def drawn(self, l):
        """What counts against the commitment."""
        used = self.w.col("notional" if self.plan.loan.kind[l] == REVOLVER else "drawn", l)
        return used + self.w.col("forgone", l) if forgoes(self.plan, l) else used

    def promised(self, l):
        """The part of the commitment whose lenders live."""
        total = node(0.0)
        for firm, fraction in lenders_of(self.plan, l):
            total = total + (node(fraction) if firm == 0 else fraction * self.w.col("alive", firm))
        return total if can_lose(self.plan, l) else node(1.0)

    def leaf(self, k, code):
        op, col = self.plan.op, self.w.col
        if code == "const":
            return node(op.constant[k])
        if code == "table":
            return self.table(op.index[k])
        if code == "driver":
            return self.driver(op.index[k])
        if code == "item":
            return self.item(op.index[k], op.item[k])
        return col({"line": "amount"}.get(code, code), op.index[k])

    def expr(self, row):
        stack = []
        for k in slice_of(self.plan.expr.ops[row]):
            code = OPS[self.plan.op.code[k]]
            if code in ("neg", "abs"):
                stack.append(unary(code, stack.pop()))
            elif code in ("add", "sub", "mul", "div", "min", "max"):
                b, a = stack.pop(), stack.pop()
                stack.append({"add": lambda: a + b, "sub": lambda: a - b, "mul": lambda: a * b,
                    "div": lambda: a / b, "min": lambda: least(a, b),
                    "max": lambda: largest(a, b)}[code]())
            else:
                stack.append(self.leaf(k, code))
        return stack.pop()

    # --- 1 and 2: events and drivers

    def events(self):
        for e in range(self.plan.event.count):
            if self.plan.event.kind[e] == CANCEL:
                with self.w.block(f"if m == {self.plan.event.month[e]}:"):
                    self.w.put(f"R.cancel_all({self.plan.event.target[e]})")

    def correlated(self, r):
        factor = self.plan.factor[r * self.plan.normals:(r + 1) * self.plan.normals]
        total = node(0.0)
        for j in range(r + 1):
            if factor[j] != 0.0:
                total = total + factor[j] * self.w.col("normal", j)
        return total

    def move(self, d):
        driver, w = self.plan.driver, self.w
        x = w.col("latent" if self.shifted[d] else "driver", d)
        if driver.process[d] == CHAIN:
            opening = largest(self.amount(driver.open_rate[d]), 0.0)
            opening = w.let(opening) if opening.kind == "col" else opening
            total = opening + largest(self.amount(driver.shut_rate[d]), 0.0)
            total = w.let(largest(total, 1e-300)) if total.kind == "col" else total
            level = opening / total
            level = w.let(level) if level.kind == "col" else level
            chance = level + (x - level) * exponential(-YEARS * total)
            u = w.col("uniform", self.plan.uniform_of_driver[d])
            w.set(x, gate(u <= chance, 1.0))
        else:
            jump = self.plan.jump_of_driver[d]
            jumps = w.col("jump", jump) if jump >= 0 else node(0.0)
            shock = node(0.0)
            if driver.normal[d] >= 0:
                shock = driver.deviation[d] * self.correlated(driver.normal[d])
            if driver.process[d] == VASICEK:
                mean = driver.mean[d]
                w.set(x, mean + (x - mean) * driver.decay[d] + shock + jumps)
            else:
                assert driver.process[d] == GBM
                w.set(x, x * exponential(driver.growth[d] + shock + jumps))
        if self.shifted[d]:
            w.set(w.col("driver", d), x + w.by_month(f"shift{d}", self.shifts(d)))

    def drivers(self):
        plan, w = self.plan, self.w
        w.put("R.draw()")
        for d in range(plan.driver.count):
            if plan.jump_of_driver[d] >= 0:
                terms = plan.jump_cdf[d * JUMPS_MAX:d * JUMPS_MAX + plan.jump_terms[d]]
                w.put(f"R.jumps({plan.uniform_of_driver[d]}, {plan.jump_of_driver[d]}, "
                    f"{w.table(f'cdf{d}', terms)}, {plan.driver.jump_mean[d]!r}, "
                    f"{plan.driver.jump_volatility[d]!r})")
            if plan.driver.process[d] != PATH:
                self.move(d)

    def hazards(self):
        """Constant intensities of firms are left to R.strike(): their month is known at the start.
        A hazard that has struck is set out of reach there and in R.cancel()."""
        for h, hazard in enumerate(self.plan.hazard):
            if hazard["is_firm"] and hazard["intensity"][1:] == [-1, -1]:
                continue
            left = self.w.col("hazard", h)
            self.w.set(left, left - YEARS * largest(self.amount(hazard["intensity"]), 0.0))
            if not hazard["is_firm"]:
                with self.w.any(left <= 0.0):
                    self.w.put(f"R.cancel({hazard['row']}, {h})")
        self.w.put("R.strike(m)")

    # --- 3: due

    def add_item(self, firm, item, value):
        if firm in self.plan.sim_of and (firm, item) in self.used:
            target = self.item(firm, item)
            self.w.set(target, target + value)

    def add_pair(self, p, value):
        target = self.w.col("pair", p)
        self.w.set(target, target + value)

    def bill(self, c):
        w, customer = self.w, self.plan.customer
        due, advance = w.col("customer_due", c), w.col("advance", c)
        live = w.col("live", c)
        w.set(due, 0.0)
        bills = [customer.first_month[c] <= m < customer.end_month[c] for m in range(self.months)]
        with w.when(f"bills{c}", bills):
            billed = w.let(live * largest(self.amount(customer.amount[c]), 0.0))
            credit = w.let(least(advance, customer.advance_share[c] * billed))
            w.set(advance, advance - credit)
            w.set(due, billed - credit)
            self.add_item(customer.seller[c], ITEM_REVENUE, billed)
            self.add_item(customer.buyer[c], ITEM_COST, billed)
        if 0 <= customer.advance_month[c] < self.months:
            with w.block(f"if m == {customer.advance_month[c]}:"):
                paid = w.let(customer.advance[c] * live)
                w.set(advance, advance + paid)
                w.set(due, due + paid)
        self.add_pair(self.plan.customer_pair[c], due)

    def loan_due(self, l):
        w, loan = self.w, self.plan.loan
        months = {self.plan.instant.month[k] for k in range(self.plan.instant.count)
            if self.plan.instant.loan[k] == l}
        with w.when(f"due{l}", [m in months for m in range(self.months)]):
            due = w.col("loan_due", l)
            w.set(due, w.col("interest", l) + w.col("principal", l))
            self.add_item(loan.borrower[l], ITEM_INTEREST, w.col("interest", l))
            self.add_item(loan.borrower[l], ITEM_PRINCIPAL, w.col("principal", l))
            for s in shares_of(self.plan, l):
                self.add_pair(self.plan.share_pair[s], self.plan.share.fraction[s] * due)

    def line(self, k):
        w, line, plan = self.w, self.plan.line, self.plan
        firm, kind, there = line.firm[k], line.kind[k], line.counterparty[k]
        amount, due = w.col("amount", k), w.col("line_due", k)
        alive = w.col("alive", firm)
        w.set(amount, self.amount(line.amount[k]))
        if kind == DEPRECIATION:
            charge = w.let(alive * largest(amount, 0.0))
            self.add_item(firm, ITEM_DEPRECIATION, charge)
            w.set(w.col("property", firm), largest(w.col("property", firm) - charge, 0.0))
            return
        if kind == WORKING_CAPITAL:
            both = alive if there == 0 else alive * w.col("alive", there)
            self.add_pair(plan.line_pair_in[k], both * largest(amount, 0.0))
            w.set(due, alive * largest(unary("neg", amount), 0.0))
            self.add_pair(plan.line_pair[k], due)
            return
        w.set(due, alive * largest(amount, 0.0))
        if kind == REVENUE and there != 0:
            w.set(due, due * w.col("alive", there))
            self.add_item(there, ITEM_COST, due)
        item = {REVENUE: ITEM_REVENUE, COST: ITEM_COST, CAPEX: ITEM_CAPEX,
            CAPEX_UNCOMMITTED: ITEM_CAPEX}.get(kind)
        if item is not None:
            self.add_item(firm, item, due)
        if kind == CAPEX:
            w.set(w.col("property", firm), w.col("property", firm) + due)
        self.add_pair(plan.line_pair_in[k] if kind == REVENUE else plan.line_pair[k], due)

    def debts(self, paying):
        """Debt of every simulated firm: once after the month's instants, when principal that is due
        is still owed, and once after payments."""
        for s, firm in enumerate(self.plan.sims):
            if (firm, ITEM_DEBT) in self.used:
                self.w.put(f"R.debt({s}, {paying})")

    def dues(self):
        w, plan = self.w, self.plan
        w.put("R.clear_month()")
        for c in range(plan.customer.count):
            self.bill(c)
        w.put("R.instants(m)")
        for l in range(plan.loan.count):
            self.loan_due(l)
        self.debts(True)
        for firm in plan.sims:
            with w.only_alive(firm):
                for k in slice_of(plan.firm.lines[firm]):
                    self.line(k)
        w.put("R.add_arrears()")

    # --- 4: fund

    def sums(self):
        w, plan = self.w, self.plan
        into, out = {}, {}
        for p, (debtor, rank, creditor) in enumerate(plan.pair):
            if debtor in plan.sim_of:
                out.setdefault((plan.sim_of[debtor], rank), []).append(w.col("pair", p))
            if creditor in plan.sim_of:
                into.setdefault(plan.sim_of[creditor], []).append(w.col("pair", p))
        for (sim, rank), pairs in out.items():
            w.set(w.col("class_due", sim * CLASSES + rank), sum(pairs[1:], pairs[0]))
        for sim, pairs in into.items():
            w.set(w.col("expected", sim), sum(pairs[1:], pairs[0]))
        self.ranks = {s: sorted(r for (sim, r) in out if sim == s) for s in range(len(plan.sims))}

    def owed(self, sim):
        ranks = [self.w.col("class_due", sim * CLASSES + r) for r in self.ranks[sim]]
        return sum(ranks[1:], ranks[0]) if ranks else node(0.0)

    def lend(self, l, face, proceeds, need, counts):
        """Lenders that live provide their shares; principal rises by what they lend."""
        w, plan = self.w, self.plan
        weight = node(0.0)
        for s in shares_of(plan, l):
            firm, fraction = plan.share.firm[s], plan.share.fraction[s]
            share = node(fraction) if firm == 0 else fraction * w.col("alive", firm)
            weight = weight + share
            self.add_pair(plan.share_draw_pair[s], proceeds * (share * face))
        got = w.let(weight * face)
        paid = got if proceeds == 1.0 else w.let(proceeds * got)
        expected = w.col("expected", plan.sim_of[plan.loan.borrower[l]])
        w.set(expected, expected + paid)
        if need is not None:
            w.set(need, need - paid)
        w.set(w.col("notional", l), w.col("notional", l) + got)
        if counts:
            w.set(w.col("drawn", l), w.col("drawn", l) + got)
            if forgoes(plan, l):
                w.set(w.col("forgone", l), w.col("forgone", l) + (face - got))

    def draw(self, l, need):
        w, loan = self.w, self.plan.loan
        revolves = loan.kind[l] == REVOLVER
        most = loan.commitment[l] - loan.other_use[l] - (0.0 if revolves else loan.notional[l])
        with w.when(f"can{l}", self.can_draw(l)):
            allowed = w.col("stopped", l) <= 0.0
            if loan.condition[l] >= 0:
                allowed = allowed & (self.expr(loan.condition[l]) >= 0.0)
            room = largest(most - self.drawn(l), 0.0)
            limit = gate(allowed, w.col("alive", loan.borrower[l]) * room)
            wanted = largest(need, 0.0)
            if can_lose(self.plan, l):
                promised = w.let(self.promised(l))
                wanted = gate(promised > 0.0, wanted / largest(promised, 1e-300))
                limit = gate(promised > 0.0, limit)
            face = w.let(least(wanted, limit))
            self.lend(l, face, 1.0, need, True)

    def issue(self, l, need):
        w, plan = self.w, self.plan
        firm, row = plan.loan.borrower[l], plan.loan.market[l]
        market, alive = plan.market, w.col("alive", firm)
        allowed = w.by_month(f"open{row}", [1.0 - s for s in self.row(plan.shut, row)])
        with w.when(f"can{l}", self.can_draw(l)):
            is_open = allowed
            if market.chain[row] >= 0:
                is_open = w.let(allowed * self.driver(market.chain[row]))
            blocks = (need > 0.0) & (node(is_open) <= 0.0) & (alive > 0.0)
            w.set_where(w.col("blocked", firm), blocks, float(plan.root_shut + row))
            proceeds = 1.0 - market.discount[row]
            most = largest(self.amount(market.capacity[row]), 0.0)
            wanted = least(largest(need, 0.0) * (1.0 / proceeds), most)
            face = w.let(gate(w.col("stopped", l) <= 0.0, alive * is_open * wanted))
            new_rate = self.amount(market.spread[row])
            if market.base[row] >= 0:
                new_rate = self.driver(market.base[row]) + new_rate
            notional, rate = w.col("notional", l), w.col("rate", l)
            total = largest(notional + face, 1e-300)
            pooled = (notional * rate + face * largest(new_rate, 0.0)) / total
            w.set(rate, choose(face > 0.0, pooled, rate))
            self.lend(l, face, proceeds, need, True)

    def deferrable(self, firm):
        return [k for k in slice_of(self.plan.firm.lines[firm])
            if self.plan.line.kind[k] == CAPEX_UNCOMMITTED]

    def defer(self, firm, need):
        w, plan, lines = self.w, self.plan, self.deferrable(firm)
        if not lines:
            return
        dues = [w.col("line_due", k) for k in lines]
        total = w.let(sum(dues[1:], dues[0]))
        wanted = w.let(least(largest(need, 0.0), total))
        fraction = w.let(wanted / largest(total, 1e-300))
        w.set(need, need - wanted)
        for k, due in zip(lines, dues):
            cut = w.let(fraction * due)
            w.set(due, due - cut)
            p = plan.line_pair[k]
            debtor, rank, creditor = plan.pair[p]
            targets = [w.col("pair", p)]
            if debtor in plan.sim_of:
                targets.append(w.col("class_due", plan.sim_of[debtor] * CLASSES + rank))
            if creditor in plan.sim_of:
                targets.append(w.col("expected", plan.sim_of[creditor]))
            for target in targets:
                w.set(target, target - cut)

    def fund_firm(self, sim):
        w, plan = self.w, self.plan
        firm = plan.sims[sim]
        need = w.col("need", sim)
        target = self.amount(plan.firm.target[firm])
        w.set(need, w.col("alive", firm) * (target + self.owed(sim) - w.col("cash", firm)
            - w.col("expected", sim)))
        rungs = list(slice_of(plan.firm.rungs[firm]))
        if rungs:
            with w.any(need > 0.0):
                for r in rungs:
                    kind, l = plan.rung.kind[r], plan.rung.loan[r]
                    if kind == DRAW:
                        self.draw(l, need)
                    elif kind == DEFER:
                        self.defer(firm, need)
                    else:
                        self.issue(l, need)
        for k in self.deferrable(firm):
            w.set(w.col("property", firm), w.col("property", firm) + w.col("line_due", k))
        if any(plan.rung.kind[r] not in (DRAW, DEFER) for r in rungs):
            w.set(w.col("blocked", firm), gate(need > SLACK, w.col("blocked", firm)))

    def fund(self):
        w, plan = self.w, self.plan
        self.sums()
        for l in range(plan.loan.count):
            lent = self.row(plan.lend, l)
            if any(lent):
                with w.when(f"lends{l}", [x != 0.0 for x in lent]):
                    alive = w.col("alive", plan.loan.borrower[l])
                    face = w.let(w.by_month(f"lent{l}", lent) * alive)
                    self.lend(l, face, 1.0, None, False)
        for sim, firm in enumerate(plan.sims):
            with w.only_alive(firm):
                self.fund_firm(sim)

    # --- 5: clear

    def settle(self):
        """Everybody pays in full; R.settle() first sets right the paths where somebody cannot."""
        w, plan = self.w, self.plan
        rest, short = [], None
        for sim, firm in enumerate(plan.sims):
            owed = w.let(self.owed(sim))
            rest.append(w.let(w.col("expected", sim) - owed))
            lacks = w.col("cash", firm) + rest[-1] < -SLACK * owed - SLACK
            short = lacks if short is None else short | lacks
        short = w.let(short)
        w.put(f"R.settle({short.args[0]})")
        for sim, firm in enumerate(plan.sims):
            w.set(w.col("cash", firm), w.col("cash", firm) + rest[sim])
        for p, (debtor, _, creditor) in enumerate(plan.pair):
            if debtor not in plan.sim_of:
                w.set(w.col("cash", debtor), w.col("cash", debtor) - w.col("pair", p))
            if creditor not in plan.sim_of:
                w.set(w.col("cash", creditor), w.col("cash", creditor) + w.col("pair", p))
        for firm in plan.sims:
            self.sweep(firm)

    def sweep(self, firm):
        w, plan = self.w, self.plan
        if not plan.firm.repays_revolvers[firm]:
            return
        with w.only_alive(firm):
            target = self.amount(plan.firm.target[firm])
            for r in slice_of(plan.firm.rungs[firm]):
                l = plan.rung.loan[r]
                if plan.rung.kind[r] != DRAW or plan.loan.kind[l] != REVOLVER:
                    continue
                cash, notional = w.col("cash", firm), w.col("notional", l)
                repaid = w.let(least(notional, largest(cash - target, 0.0)))
                w.set(notional, notional - repaid)
                w.set(cash, cash - repaid)
                for s in shares_of(plan, l):
                    to = w.col("cash", plan.share.firm[s])
                    w.set(to, to + plan.share.fraction[s] * repaid)

    # --- 6 to 9: test, fall, record

    def covenant(self, c):
        w, covenant = self.w, self.plan.covenant
        breach, firm = w.col("breach", c), covenant.firm[c]
        first, every = covenant.first_month[c], covenant.every_months[c]
        due = [m >= first and (m - first) % every == 0 for m in range(self.months)]
        with w.when(f"tested{c}", due):
            room = self.expr(covenant.expr[c])
            fails = room <= 0.0 if covenant.strict[c] else room < 0.0
            w.set(breach, gate(fails, w.col("alive", firm) * (breach + 1.0)))
        if not all(due):
            with w.when(f"untested{c}", [not d for d in due]):
                w.set(breach, gate(breach > 0.0, breach + 1.0))

    def stop_draws(self, firm):
        w, plan, covenant = self.w, self.plan, self.plan.covenant
        made = {}
        for l in loans_of(plan, firm):
            if not any(self.can_draw(l)):
                continue
            key = tuple(c for c in range(covenant.count) if covenant.firm[c] == firm
                and covenant.stops_draws[c] and covenant.loan[c] in (-1, l))
            if key not in made:
                stop = w.col("late", plan.sim_of[firm]) > 0.0
                for c in key:
                    stop = stop | (w.col("breach", c) > 0.0)
                made[key] = w.let(gate(stop, 1.0))
            with w.when(f"can{l}", self.can_draw(l)):
                w.set(w.col("stopped", l), largest(made[key], w.col("closed", l)))

    def triggers(self):
        w, plan, covenant = self.w, self.plan, self.plan.covenant
        hit = None
        for sim, firm in enumerate(plan.sims):
            ends = w.col("overdue", sim) > 0.0
            months = forced(plan, firm)
            if months:
                flags = w.by_month(f"forced{firm}", [m in months for m in range(self.months)])
                ends = ends | ((w.col("alive", firm) * flags) > 0.0)
            for c in range(covenant.count):
                if covenant.firm[c] == firm and covenant.defaults[c]:
                    ends = ends | (w.col("breach", c) > float(covenant.cure_months[c]))
            hit = ends if hit is None else hit | ends
        hit = w.let(hit)
        w.put(f"R.test({hit.args[0]}, m)")

    def close(self):
        self.debts(False)
        for c in range(self.plan.covenant.count):
            with self.w.only_alive(self.plan.covenant.firm[c]):
                self.covenant(c)
        for firm in self.plan.sims:
            with self.w.only_alive(firm):
                self.stop_draws(firm)
        self.triggers()
        self.w.put("R.record(m)")

    def write(self):
        self.events()
        self.drivers()
        self.hazards()
        self.dues()
        self.fund()
        self.settle()
        self.close()

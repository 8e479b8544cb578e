"""Feeds the NumPy program what the oracle drew and compares every state after every month.

usage: same_luck.py PLAN.json LUCK.jsonl      (written by dump_plan and dump_luck)

Prints the first states that differ by more than 1e-6 of their size; exit code 1 if any does. It is
how the NumPy program is shown to do the same work, path by path, and not only on average.
"""
import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from opponents import plan as plans  # noqa: E402
from opponents.with_numpy import Chunk  # noqa: E402

DRAWN = ("normal", "uniform", "jump")
SHOWN_MAX = 10


class Fed(Chunk):
    """A chunk whose draws are given."""

    def __init__(self, plan, luck):
        super().__init__(plan, len(luck), seed=1)
        self.luck, self.month, self.differences = luck, 0, []
        self.S[:] = self.opening
        for field in ("hazard", "threshold"):
            drawn = np.array([path[field] for path in luck]).T
            self.block(field, len(drawn))[:] = drawn
        self.late, self.new_losses = np.empty(0, np.intp), False
        self.run_months(self)

    def given(self, field):
        return np.array([path["months"][self.month][field] for path in self.luck]).T

    def draw(self):
        for field in ("normal", "uniform"):
            drawn = self.given(field)
            self.block(field, len(drawn))[:] = drawn

    def jumps(self, uniform, jump, cdf, mean, volatility):
        count = np.searchsorted(cdf, self.row("uniform", uniform))
        shock = self.given("jump")[jump]
        self.row("jump", jump)[:] = mean * count + volatility * np.sqrt(count) * shock

    def record(self, m):
        super().record(m)
        for field in self.luck[0]["months"][m]:
            if field in DRAWN:
                continue
            want = self.given(field)
            got = self.block(field, len(want))
            off = np.abs(want - got) > 1e-6 * (1.0 + np.abs(want))
            if field == "driver":  # NumPy reads given paths from their table
                given = [kind == plans.PATH for kind in self.plan.driver.process]
                off[given] = False
            for row, path in np.argwhere(off):
                self.differences.append((m, field, int(row), int(path), float(want[row, path]),
                    float(got[row, path])))
        self.month += 1


def main():
    plan = plans.load(sys.argv[1])
    with open(sys.argv[2], encoding="utf-8") as file:
        luck = [json.loads(line) for line in file]
    fed = Fed(plan, luck)
    for month, field, row, path, want, got in fed.differences[:SHOWN_MAX]:
        print(f"month {month + 1}, path {path}: {field} {row} is {got:.12g}, not {want:.12g}")
    print(f"{len(fed.differences)} states differ on {len(luck)} paths, {plan.months} months")
    return 1 if fed.differences else 0


if __name__ == "__main__":
    sys.exit(main())

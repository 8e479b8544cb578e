#!/usr/bin/env python3
"""What an expert writes in SciPy, on the networks bench_network.c reads: clearing by fixed point,
by fictitious default with sparse LU and with BiCGSTAB, linear DebtRank by fixed point; and the
network files themselves.

    bench_network_scipy.py                          some sizes, beside build/bench/bench_network
    bench_network_scipy.py full                     a million firms too, minutes
    bench_network_scipy.py make N mild|deep FILE    writes a random network, ten edges a firm
    bench_network_scipy.py run FILE TAG             SciPy alone on one file

Lines are "subject,variant,value,unit", best of several runs. All solve to 1e-12. CPU time of this
process, one thread, so that a busy machine does not decide.
"""
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
try:
    import numpy as np
    import scipy.sparse as sp
    import scipy.sparse.linalg as sla
except ImportError as missing:
    sys.exit(print(f"networks are not measured: {missing}", file=sys.stderr))

PROGRAM = Path(__file__).resolve().parent.parent / "build" / "bench" / "bench_network"
SIZES = [(firms, mode) for firms in (1000, 10000, 100000) for mode in ("mild", "deep")]
ALL_SIZES = SIZES + [(1000000, "mild")]
LU_FIRMS_MAX = 3000  # fill-in takes minutes and gigabytes beyond


def make(firms, mode, path):
    rng = np.random.default_rng(7)
    debtor = np.repeat(np.arange(firms), 10)
    creditor = rng.integers(0, firms, firms * 10)
    keep = debtor != creditor
    debtor, creditor = debtor[keep], creditor[keep]
    amount = rng.lognormal(0, 1, len(debtor))
    owed = np.bincount(debtor, amount, firms)
    claims = np.bincount(creditor, amount, firms)
    if mode == "deep":  # all fail, 2 % of each debt is owed outside
        outsiders, outside = 0.02 * owed / 0.98, 0.001 * owed
    else:
        outsiders = 0.5 * owed
        outside = np.maximum(0.01,
            owed + outsiders - claims + rng.normal(0.17, 1, firms) * 0.6 * owed)
    with open(path, "wb") as file:
        np.array([firms, len(debtor)], dtype=np.uint64).tofile(file)
        debtor.astype(np.uint32).tofile(file)
        creditor.astype(np.uint32).tofile(file)
        for column in (amount, outside, outsiders):
            column.tofile(file)


def load(path):
    with open(path, "rb") as file:
        firms, edges = (int(x) for x in np.fromfile(file, np.uint64, 2))
        debtor = np.fromfile(file, np.uint32, edges)
        creditor = np.fromfile(file, np.uint32, edges)
        amount = np.fromfile(file, np.float64, edges)
        outside = np.fromfile(file, np.float64, firms)
        outsiders = np.fromfile(file, np.float64, firms)
    return firms, debtor, creditor, amount, outside, outsiders


def fixed_point(shares, debt, outside):
    paid = debt.copy()
    while True:
        new = np.minimum(debt, outside + shares @ paid)
        if np.max(np.abs(new - paid)) <= 1e-12 * debt.max():
            return new
        paid = new


def solve_lu(matrix, right):
    return sla.spsolve(matrix.tocsc(), right)


def solve_bicgstab(matrix, right):
    answer, failed = sla.bicgstab(matrix, right, rtol=1e-13, atol=0.0)
    return answer if not failed else sla.spsolve(matrix.tocsc(), right)


def fictitious_default(shares, debt, outside, solve):
    paid, failed = debt.copy(), np.zeros(len(debt), bool)
    while True:
        value = outside + shares @ paid
        new = failed | (value < debt * (1 - 1e-13))
        if (new == failed).all():
            return paid
        failed = new
        inside = shares[failed]
        right = outside[failed] + inside[:, ~failed] @ debt[~failed]
        matrix = sp.identity(failed.sum(), format="csr") - inside[:, failed]
        paid = debt.copy()
        paid[failed] = solve(matrix, right)


def debtrank(impact, start):
    stress, passed = start.copy(), np.zeros(len(start))
    while True:
        step = np.minimum(1, stress) - passed
        if step.max() <= 1e-12:
            return stress
        passed += step
        stress = stress + impact @ step


def best_of(function, seconds=1.0):
    best, total = float("inf"), 0.0
    while total < seconds:
        began = time.process_time()
        function()
        took = time.process_time() - began
        best, total = min(best, took), total + max(took, 1e-4)
    return 1e3 * best


def say(what, tag, variant, milliseconds):
    print(f"network_{what}_{tag},scipy_{variant},{milliseconds:.4f},ms", flush=True)


def run(path, tag):
    firms, debtor, creditor, amount, outside, outsiders = load(path)
    debt = np.bincount(debtor, amount, firms) + outsiders
    claims = np.bincount(creditor, amount, firms)
    shares = sp.csr_matrix((amount / debt[debtor], (creditor, debtor)), shape=(firms, firms))
    capital = np.maximum(claims / 0.9, 1e-9)
    impact = sp.csr_matrix((amount / capital[creditor], (creditor, debtor)), shape=(firms, firms))
    start = np.full(firms, 0.01)
    say("clear", tag, "fixed_point", best_of(lambda: fixed_point(shares, debt, outside)))
    if firms <= LU_FIRMS_MAX:
        say("clear", tag, "default_lu",
            best_of(lambda: fictitious_default(shares, debt, outside, solve_lu)))
    say("clear", tag, "default_bicgstab",
        best_of(lambda: fictitious_default(shares, debt, outside, solve_bicgstab)))
    say("debtrank", tag, "fixed_point", best_of(lambda: debtrank(impact, start)))


def run_all(full):
    with tempfile.TemporaryDirectory() as folder:
        for firms, mode in ALL_SIZES if full else SIZES:
            path, tag = str(Path(folder) / "network"), f"{firms}_{mode}"
            make(firms, mode, path)
            run(path, tag)
            if PROGRAM.exists():
                subprocess.run([PROGRAM, path, tag], check=True)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        run_all(False)
    elif sys.argv[1] == "full":
        run_all(True)
    elif sys.argv[1] == "make":
        make(int(sys.argv[2]), sys.argv[3], sys.argv[4])
    else:
        run(sys.argv[2], sys.argv[3])

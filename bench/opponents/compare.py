"""The flagship's run side by side: Cardhouse, NumPy, Numba; used by bench/run.

First all three must agree, in the base model and in every scenario: NumPy, fed with what the C
program draws, in every state after every month; all with their own draws in survival of the
flagship's firm after 12, 24 and 36 months, within four combined standard errors. Then they take
turns, and the best of each is kept.
"""
import json
import math
import re
import subprocess
import sys

FIRM, MODEL = "coreweave", "examples/coreweave/2025-06-30.yaml"
CHECKED_MONTHS, ERRORS = (12, 24, 36), 4.0
LUCK_PATHS = 128
CHECK_PATHS = {"cardhouse": 200000, "numpy": 50000, "numba": 100000}
TIMED_PATHS = {"numpy": 32768, "numba": 8192}
WIDTHS = (1024, 2048, 4096, 8192, 16384, 32768)


class Server:
    """The process that runs the other programs; it stays, so that they are compiled once."""

    def __init__(self, python, root):
        self.process = subprocess.Popen([str(python), str(root / "bench/opponents/serve.py")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, *words):
        self.process.stdin.write(" ".join(str(w) for w in words) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the NumPy and Numba programs ended; their message is above")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Comparison:
    def __init__(self, root, build, python):
        self.root, self.build, self.python = root, build, python
        self.work = build / "opponents"
        self.work.mkdir(exist_ok=True)
        self.scenarios = ["base"] + self.scenario_names()
        self.plans = {name: self.dump(name) for name in self.scenarios}
        with open(self.plans["base"], encoding="utf-8") as file:
            self.firm = json.load(file)["firm"]["name"].index(FIRM)
        self.server = Server(python, root)
        self.numpy = None

    def scenario_names(self):
        text = (self.root / MODEL).read_text(encoding="utf-8")
        return re.findall(r"^  ([\w-]+):", text.split("\nscenarios:")[1], re.M)

    def dump(self, scenario):
        path = self.work / f"{scenario}.json"
        words = [] if scenario == "base" else [scenario]
        with open(path, "w", encoding="utf-8") as file:
            subprocess.run([self.build / "dump_plan", self.root / MODEL, *words], stdout=file,
                check=True)
        return path

    # --- do they agree?

    def ours(self, scenario):
        command = [self.build / "bench_flagship", "--survival", FIRM, scenario,
            str(CHECK_PATHS["cardhouse"])]
        run = subprocess.run(command, cwd=self.root, check=True, capture_output=True, text=True)
        return [float(line) for line in run.stdout.split()]

    def same_luck(self, scenario):
        """Does NumPy, fed with our draws, come to the same states? Prints what differs."""
        luck = self.work / "luck.jsonl"
        with open(luck, "w", encoding="utf-8") as file:
            subprocess.run([self.build / "dump_luck", self.root / MODEL, scenario, str(LUCK_PATHS)],
                stdout=file, check=True)
        check = subprocess.run([self.python, self.root / "bench/opponents/same_luck.py",
            self.plans[scenario], luck], stdout=subprocess.PIPE, text=True, check=False)
        luck.unlink()
        if check.returncode != 0:
            print(f"{scenario}: {check.stdout}", file=sys.stderr)
        return check.returncode == 0

    def agree(self):
        """True if all do; prints every comparison that does not."""
        good = True
        for scenario, plan in self.plans.items():
            good &= self.same_luck(scenario)
            mine = self.ours(scenario)
            methods = ("numpy:8192", "numba")
            for method in methods + (("numba_fastmath",) if scenario == "base" else ()):
                paths = CHECK_PATHS[re.split("[:_]", method)[0]]
                theirs = self.server.ask("survival", method, plan, self.firm, paths)
                for month in CHECKED_MONTHS:
                    p, q = mine[month - 1], theirs["alive"][month - 1]
                    error = math.sqrt(variance(p, CHECK_PATHS["cardhouse"])
                        + variance(q, theirs["paths"]))
                    if abs(p - q) > ERRORS * error:
                        good = False
                        print(f"{scenario}, month {month}: cardhouse {p:.4f}, {method} {q:.4f}, "
                            f"{abs(p - q) / error:.1f} standard errors apart", file=sys.stderr)
        return good

    # --- how fast?

    def find_width(self):
        """NumPy's best chunk, by the best of three short runs each."""
        plan, best = self.plans["base"], {}
        for _ in range(3):
            for width in WIDTHS:
                ns = self.server.ask("time", f"numpy:{width}", plan, max(width, 4096))
                best[width] = min(ns, best.get(width, ns))
        self.numpy = f"numpy:{min(best, key=best.get)}"
        return {f"numpy_chunk_{width}": ns for width, ns in best.items()}

    def round(self):
        """One turn of each: variant -> nanoseconds of a path-month."""
        plan = self.plans["base"]
        return {"numpy": self.server.ask("time", self.numpy, plan, TIMED_PATHS["numpy"]),
            "numba": self.server.ask("time", "numba", plan, TIMED_PATHS["numba"]),
            "numba_fastmath": self.server.ask("time", "numba_fastmath", plan, TIMED_PATHS["numba"])}


def variance(p, paths):
    """Of a share; never zero, so that two runs without a failure agree with one that has one."""
    return max(p * (1.0 - p), 1.0 / paths) / paths

"""Runs the NumPy and Numba programs on request; started by compare.py in an environment with both.

Reads one request a line, answers with one line of JSON:
  time METHOD PLAN PATHS           nanoseconds of the processor for one path-month
  survival METHOD PLAN FIRM PATHS  share of paths alive at the end of each month
  versions                         of NumPy and Numba
METHOD is numpy:WIDTH (paths in a chunk), numba or numba_fastmath.
"""
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from opponents import plan as plans  # noqa: E402

made, loaded = {}, {}


def program(method, path):
    """A program, made once: Numba's takes a minute to compile."""
    key = (method, path)
    if key not in made:
        if path not in loaded:
            loaded[path] = plans.load(path)
        if method.startswith("numpy"):
            from opponents.with_numpy import Chunk
            made[key] = Chunk(loaded[path], int(method.split(":")[1]), seed=11)
        else:
            from opponents.with_numba import Paths
            made[key] = Paths(loaded[path], 11, method == "numba_fastmath", Path(path).parent)
            made[key].run(1)
    return made[key]


def answer(words):
    if words[0] == "versions":
        import numba
        import numpy
        return {"numpy": numpy.__version__, "numba": numba.__version__}
    one = program(words[1], words[2])
    if words[0] == "survival":
        before, failed = one.paths, one.failed.copy()
        one.run(int(words[4]))
        alive = 1.0 - (one.failed - failed)[int(words[3])].cumsum() / (one.paths - before)
        assert one.residual < 1e-9, "cash is not conserved"
        return {"paths": one.paths - before, "alive": alive.tolist()}
    before, start = one.paths, time.process_time()
    one.run(int(words[3]))
    used = time.process_time() - start
    return used * 1e9 / (one.paths - before) / one.plan.months


def main():
    for line in sys.stdin:
        print(json.dumps(answer(line.split())), flush=True)


if __name__ == "__main__":
    main()

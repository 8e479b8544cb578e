"""Normals of NumPy's generators, one thread, best of many rounds; lines as bench_*.c print them."""
import time

import numpy

COUNT = 8192  # fits the nearest cache: the generator is measured, not memory
ROUNDS = 300


def main():
    out = numpy.empty(COUNT)
    for name in ("Philox", "PCG64", "SFC64", "MT19937"):
        generator = numpy.random.Generator(getattr(numpy.random, name)(42))
        best = float("inf")
        for _ in range(ROUNDS):
            start = time.perf_counter()
            generator.standard_normal(out=out)
            best = min(best, time.perf_counter() - start)
        print(f"normal,numpy_{numpy.__version__}_{name},{best / COUNT * 1e9:.6g},ns")


if __name__ == "__main__":
    main()

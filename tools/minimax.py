#!/usr/bin/env python3
"""Computes the coefficients of src/num/math.lane.h and says whether the header has them.

Polynomials: Remez exchange. On n + 1 points the weighted error is made to alternate with equal
size, then the points move to the extrema, until both agree. Coefficients are rounded to doubles
one at a time, lowest first, and the rest fitted again, so that the rounding of the leading ones is
made good by the others (not where the interval holds 0 in its inside: there the rest would not be
a Chebyshev system, and all are rounded at the end).

Rational functions: linear least squares with the denominator of the step before as weight
(C. K. Sanathanan and J. Koerner, 1963), then weights that grow where the error is large
(C. L. Lawson, 1961). All in 60 digits. Needs: pip install mpmath.

usage: tools/minimax.py [exp|log|radius|sin|cos|centre|tail|far]...
"""
import os
import re
import sys

import mpmath as mp

mp.mp.dps = 60
HEADER = os.path.join(os.path.dirname(__file__), "..", "src", "num", "math.lane.h")


def polynomial(coefficients, x):
    return mp.polyval(coefficients[::-1], x)


def extrema(error, low, high, count):
    """Where |error| is largest between sign changes: `count` places, if there are as many."""
    steps = 40 * count
    grid = [low + (high - low) * (1 - mp.cos(mp.pi * i / steps)) / 2 for i in range(steps + 1)]
    values = [error(x) for x in grid]
    points, start = [], 0
    for i in range(1, steps + 2):
        if i <= steps and mp.sign(values[i]) == mp.sign(values[start]):
            continue
        j = max(range(start, i), key=lambda k: abs(values[k]))
        points.append(peak(error, grid, values, j))
        start = i
    while len(points) > count:
        points.pop(0 if abs(points[0][1]) < abs(points[-1][1]) else -1)
    return points


def peak(error, grid, values, j):
    """The grid's j-th point, moved to the top of the parabola through it and its neighbours."""
    x, v = grid[j], values[j]
    if not 0 < j < len(grid) - 1:
        return x, v
    x0, v0, x2, v2 = grid[j - 1], values[j - 1], grid[j + 1], values[j + 1]
    above = (x - x0) ** 2 * (v - v2) - (x - x2) ** 2 * (v - v0)
    below = 2 * ((x - x0) * (v - v2) - (x - x2) * (v - v0))
    if below != 0 and x0 < x - above / below < x2 and abs(error(x - above / below)) > abs(v):
        x = x - above / below
    return x, error(x)


def remez(target, weight, low, high, degree, fixed=()):
    """Coefficients, the first of them given; the largest weight(x) |target(x) - p(x)|."""
    n = degree + 2 - len(fixed)
    width = high - low
    points = [low + width * (1 - mp.cos(mp.pi * (2 * i + 1) / (2 * n))) / 2 for i in range(n)]
    for _ in range(40):
        rows = [[x ** k for k in range(len(fixed), degree + 1)] + [(-1) ** i / weight(x)]
                for i, x in enumerate(points)]
        right = [target(x) - (polynomial(list(fixed), x) if fixed else 0) for x in points]
        solution = mp.lu_solve(mp.matrix(rows), mp.matrix(right))
        found = list(fixed) + [solution[k] for k in range(n - 1)]

        def error(x):
            return weight(x) * (target(x) - polynomial(found, x))
        tops = extrema(error, low, high, n)
        sizes = [abs(v) for _, v in tops]
        if len(tops) < n or max(sizes) <= min(sizes) * mp.mpf("1.001"):
            break
        points = [x for x, _ in tops]
    return found, max(sizes)


def remez_rounded(target, weight, low, high, degree):
    fixed = []
    while len(fixed) <= degree:
        found, _ = remez(target, weight, low, high, degree, fixed)
        fixed.append(mp.mpf(float(found[len(fixed)])))
    return fixed


def rational(target, weight, low, high, degrees):
    """Coefficients of numerator and denominator (which begins with 1)."""
    top, bottom = degrees
    n = 6 * (top + bottom + 2)
    stretch = mp.log(1 + high - low)  # points are denser at the low end
    points = [low + mp.exp(stretch * (1 - mp.cos(mp.pi * (2 * i + 1) / (2 * n))) / 2) - 1
              for i in range(n)]
    values, weights = [target(x) for x in points], [weight(x) for x in points]
    divisor, emphasis, best = [mp.mpf(1)] * n, [mp.mpf(1)] * n, None
    for step in range(12):
        rows, right = mp.matrix(n, top + 1 + bottom), mp.matrix(n, 1)
        for i, x in enumerate(points):
            scale = weights[i] / divisor[i] * mp.sqrt(emphasis[i])
            for k in range(top + 1):
                rows[i, k] = scale * x ** k
            for k in range(1, bottom + 1):
                rows[i, top + k] = -scale * values[i] * x ** k
            right[i] = scale * values[i]
        solution = list(mp.lu_solve(rows.T * rows, rows.T * right))
        p, q = solution[:top + 1], [mp.mpf(1)] + solution[top + 1:]
        divisor = [polynomial(q, x) for x in points]
        errors = [abs(weights[i] * (values[i] - polynomial(p, x) / divisor[i]))
                  for i, x in enumerate(points)]
        if best is None or max(errors) < best[0]:
            best = (max(errors), p, q)
        if step >= 6:
            emphasis = [e * error / max(errors) for e, error in zip(emphasis, errors)]
            emphasis = [e * n / sum(emphasis) for e in emphasis]
    return rounded(best[1]), rounded(best[2])


def rounded(coefficients):
    return [mp.mpf(float(c)) for c in coefficients]


def upper_quantile(r):
    """x with P(X > x) = exp(-r^2) for a standard normal X, by Newton's method on the logarithm."""
    log_mass = -mp.mpf(r) ** 2
    x = mp.sqrt(2) * mp.erfinv(1 - 2 * mp.exp(log_mass)) if r < 2 else mp.sqrt(-2 * log_mass)
    for _ in range(100):
        mass = mp.erfc(x / mp.sqrt(2)) / 2
        step = (mp.log(mass) - log_mass) * mass / mp.npdf(x)
        x += step
        if abs(step) < mp.mpf(10) ** -50:
            return x
    raise ArithmeticError("Newton's method did not converge")


def centre_ratio(w):
    """x / q where q = 1/2 - h and w = -ln(4 h (1 - h)) = -ln(1 - 4 q^2)."""
    if w == 0:
        return mp.sqrt(2 * mp.pi)
    q = mp.sqrt(1 - mp.exp(-w)) / 2
    return mp.sqrt(2) * mp.erfinv(2 * q) / q


def at_zero(f, limit):
    return lambda x: limit if abs(x) < mp.mpf(10) ** -40 else f(x)


def fit_exp():
    h = mp.log(2) / 2
    f = at_zero(lambda r: (mp.exp(r) - 1 - r) / r ** 2, mp.mpf(1) / 2)
    c = rounded(remez(f, lambda r: mp.mpf(1), -h, h * mp.mpf("1.0003"), 10)[0])
    return [c], lambda r: 1 + r + r * r * polynomial(c, r), mp.exp, -h, h


def fit_log():
    s = (mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)
    f = at_zero(lambda z: (2 * mp.atanh(mp.sqrt(z)) / mp.sqrt(z) - 2) / z, mp.mpf(2) / 3)
    high = s * s * mp.mpf("1.0001")
    c = remez_rounded(f, lambda z: z / 2 + mp.mpf(10) ** -12, mp.mpf(0), high, 6)
    approximation = lambda x: x * (2 + x * x * polynomial(c, x * x))
    return [c], approximation, lambda x: 2 * mp.atanh(x), s / 99, s


def fit_radius():
    low, high = mp.sqrt(mp.mpf(1) / 2) - 1, mp.sqrt(mp.mpf(2)) - 1
    f = at_zero(lambda x: (-2 * mp.log(1 + x) + 2 * x - x * x) / x ** 3, mp.mpf(-2) / 3)
    weight = at_zero(lambda x: abs(x ** 3 / (2 * mp.log(1 + x))), mp.mpf(10) ** -40)
    c = rounded(remez(f, weight, low, high * mp.mpf("1.0001"), 17)[0])
    return ([c], lambda x: -2 * x + x * x * (1 + x * polynomial(c, x)),
            lambda x: -2 * mp.log(1 + x), low, high * mp.mpf("0.9999"))


def fit_sin():
    p = mp.pi / 2
    f = at_zero(lambda z: (mp.sin(p * mp.sqrt(z)) / mp.sqrt(z) - p) / z, -p ** 3 / 6)
    c = remez_rounded(f, lambda z: z / p + mp.mpf(10) ** -12, mp.mpf(0), mp.mpf("0.2501"), 5)
    return [c], lambda r: r * (p + r * r * polynomial(c, r * r)), lambda r: mp.sin(p * r), 0.01, 0.5


def fit_cos():
    p = mp.pi / 2
    f = at_zero(lambda z: (mp.cos(p * mp.sqrt(z)) - 1) / z, -p ** 2 / 2)
    c = remez_rounded(f, lambda z: z + mp.mpf(10) ** -12, mp.mpf(0), mp.mpf("0.2501"), 6)
    return [c], lambda r: 1 + r * r * polynomial(c, r * r), lambda r: mp.cos(p * r), 0.01, 0.5


def fit_centre():
    high = mp.mpf("2.546")
    c = remez_rounded(centre_ratio, lambda w: 1 / centre_ratio(w), mp.mpf(0), high, 15)
    return [c], lambda w: polynomial(c, w), centre_ratio, 0, high


def fit_quantile(low, high, shift, degrees):
    root = mp.mpf(float(mp.sqrt(2)))
    p, q = rational(lambda t: root * (t + shift) - upper_quantile(t + shift),
                    lambda t: 1 / upper_quantile(t + shift), low - shift, high - shift, degrees)
    return ([p, q], lambda r: root * r - polynomial(p, r - shift) / polynomial(q, r - shift),
            upper_quantile, low, high)


FITS = {
    "exp": fit_exp, "log": fit_log, "radius": fit_radius, "sin": fit_sin, "cos": fit_cos,
    "centre": fit_centre,
    "tail": lambda: fit_quantile(mp.mpf("1.9775"), mp.mpf(5), mp.mpf(2), (7, 7)),
    "far": lambda: fit_quantile(mp.mpf(5), mp.mpf("27.3"), mp.mpf(5), (7, 7)),
}


def main():
    hexadecimal = r"-?0x[0-9a-f.]+p[+-]?[0-9]+"
    known = {float.fromhex(c) for c in re.findall(hexadecimal, open(HEADER).read())}
    for name in sys.argv[1:] or FITS:
        lists, approximation, exact, low, high = FITS[name]()
        grid = [low + (high - low) * mp.mpf(i) / 1000 for i in range(1001)]
        worst = max(abs(approximation(x) / exact(x) - 1) for x in grid)
        print(f"{name}: largest relative error 2^{mp.nstr(mp.log(worst, 2), 4)}")
        for coefficients in lists:
            for k, c in enumerate(coefficients):
                note = "" if float(c) in known or c in (0.5, 1) else "  not in the header"
                print(f"    [{k}] {float(c).hex()}  {mp.nstr(c, 8)}{note}")


if __name__ == "__main__":
    main()

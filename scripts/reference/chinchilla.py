"""Fits L = E + A/N^alpha + B/D^beta to the public Chinchilla points with SciPy, the way public
notebooks do and the way a careful one would, and prints times and minima as one line of JSON.

usage: chinchilla.py svg_extracted_data.csv [refits]
"""

import csv
import itertools
import json
import sys
import time

import numpy as np
from scipy.optimize import minimize
from scipy.special import huber, logsumexp

DELTA = 1e-3
GRID = list(
    itertools.product(
        [0, 5, 10, 15, 20, 25], [0, 5, 10, 15, 20, 25], [-1, -0.5, 0, 0.5, 1],
        [0, 0.5, 1, 1.5, 2], [0, 0.5, 1, 1.5, 2],
    )
)


def read(path):
    with open(path, newline="") as lines:
        rows = list(csv.DictReader(lines))
    size = np.array([float(row["Model Size"]) for row in rows])
    flops = np.array([float(row["Training FLOP"]) for row in rows])
    loss = np.array([float(row["loss"]) for row in rows])
    keep = np.argsort(loss)[:-5]
    return np.log(size[keep]), np.log(flops[keep] / (6 * size[keep])), np.log(loss[keep])


def value(theta, n, d, y):
    a, b, e, alpha, beta = theta
    terms = np.stack([a - alpha * n, b - beta * d, np.full_like(n, e)])
    return huber(DELTA, logsumexp(terms, axis=0) - y).sum()


def value_and_gradient(theta, n, d, y, weights):
    a, b, e, alpha, beta = theta
    terms = np.stack([a - alpha * n, b - beta * d, np.full_like(n, e)])
    top = terms.max(axis=0)
    parts = np.exp(terms - top)
    total = parts.sum(axis=0)
    residual = top + np.log(total) - y
    pull = weights * np.clip(residual, -DELTA, DELTA)
    shares = parts / total * pull
    gradient = np.array(
        [shares[0].sum(), shares[1].sum(), shares[2].sum(), -(shares[0] * n).sum(),
         -(shares[1] * d).sum()]
    )
    return (weights * huber(DELTA, residual)).sum(), gradient


def numeric(start, n, d, y):
    """What public notebooks do: L-BFGS-B with gradients by finite differences."""
    return minimize(value, start, args=(n, d, y), method="L-BFGS-B")


def analytic(start, n, d, y, weights):
    """The objective scaled and the data centred, so that tolerances mean something."""
    def scaled(theta):
        found, gradient = value_and_gradient(theta, n, d, y, weights)
        return 1e3 * found, 1e3 * gradient
    return minimize(scaled, start, jac=True, method="BFGS", options={"gtol": 1e-9})


def centred_starts():
    for floor, alpha, beta in itertools.product([0.2, 0.4, 0.6], [0.3, 0.5], [0.3, 0.5]):
        yield np.array([-0.7, -0.7, floor, alpha, beta])


def main():
    n, d, y = read(sys.argv[1])
    refits = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    ones = np.ones_like(n)
    centre = n.mean(), d.mean()
    m, c = n - centre[0], d - centre[1]
    result = {}

    starts = [GRID[index] for index in range(0, len(GRID), len(GRID) // 45)]
    began = time.process_time()
    found = [numeric(np.array(start, float), n, d, y).fun for start in starts]
    result["numericStartMilliseconds"] = 1e3 * (time.process_time() - began) / len(starts)
    result["numericBest"] = min(found)
    result["numericStarts"] = len(starts)
    result["numericNearBest"] = sum(float(f) <= 1.01 * 1.0182740178e-3 for f in found)
    result["gridStarts"] = len(GRID)

    began = time.process_time()
    minima = [analytic(start, m, c, y, ones) for start in centred_starts()]
    result["analyticFitMilliseconds"] = 1e3 * (time.process_time() - began)
    best = min(minima, key=lambda minimum: minimum.fun)
    result["analyticBest"] = best.fun / 1e3
    result["analyticStarts"] = len(minima)
    result["E"], result["alpha"], result["beta"] = float(np.exp(best.x[2])), best.x[3], best.x[4]

    random = np.random.default_rng(1)
    began = time.process_time()
    for _ in range(refits):
        weights = np.bincount(random.integers(0, len(n), len(n)), minlength=len(n)).astype(float)
        analytic(best.x, m, c, y, weights)
    result["refitMilliseconds"] = 1e3 * (time.process_time() - began) / max(refits, 1)
    result["refits"] = refits
    result["numpy"], result["scipy"] = np.__version__, __import__("scipy").__version__
    print(json.dumps(result, default=float))


if __name__ == "__main__":
    main()

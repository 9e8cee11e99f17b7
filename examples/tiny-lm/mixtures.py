"""Trains one size and budget on 96 mixtures of four domains, in one process.

    MLFLOW_TRACKING_URI=http://127.0.0.1:7070 python mixtures.py

64 mixtures drawn as RegMix draws them (a Dirichlet about equal shares whose strength is drawn too),
the 4 corners, 6 edges and 4 faces of the simplex and its centre, and repeats with other seeds of
the centre and of three drawn mixtures. A finished run is not repeated.
"""

import itertools

import train  # first: it sets the environment that JAX reads when imported

import numpy as np

from domains import NAMES
from sweep import run

WIDTH, TOKENS, BATCH, RATE = 28, 1 << 19, 4, 8e-3  # the best of `sweep.py` at this size and budget
DRAWN = 64
STRENGTHS = np.geomspace(0.1, 5.0, 15)  # times the shares of the centre
REPEATS_OF_CENTRE, REPEATED, REPEATS = 5, 3, 4
STEP = 100  # shares are hundredths


def rounded(shares):
    """Whole hundredths that sum to one, the largest remainders rounded up."""
    exact = np.asarray(shares) * STEP
    units = np.floor(exact).astype(int)
    for index in np.argsort(units - exact, kind="stable")[: STEP - units.sum()]:
        units[index] += 1
    return units / STEP


def drawn():
    """DRAWN different mixtures, the same every time."""
    random, seen = np.random.default_rng(20), {}
    while len(seen) < DRAWN:
        strength = random.choice(STRENGTHS)
        shares = rounded(random.dirichlet(np.full(len(NAMES), strength)))
        if shares.max() < 1:
            seen.setdefault(tuple(shares))
    return list(seen)


def faces():
    """The middles of all corners, edges and faces, and of the whole simplex."""
    for size in range(1, len(NAMES) + 1):
        for chosen in itertools.combinations(range(len(NAMES)), size):
            yield tuple(rounded([1 / size if i in chosen else 0.0 for i in range(len(NAMES))]))


def settings():
    random, fixed = drawn(), list(faces())
    plan = [(shares, 0) for pair in itertools.zip_longest(random, fixed) for shares in pair if shares]
    plan += [(fixed[-1], seed) for seed in range(1, REPEATS_OF_CENTRE + 1)]
    plan += [(shares, seed) for shares in random[:REPEATED] for seed in range(1, REPEATS + 1)]
    for shares, seed in plan:
        text = ",".join(f"{name}={share:g}" for name, share in zip(NAMES, shares))
        yield train.Settings(
            width=WIDTH, tokens=TOKENS, batch=BATCH, peak=RATE, seed=seed, mixture=text
        )


if __name__ == "__main__":
    run(settings(), "tiny-lm-mixtures", __doc__)

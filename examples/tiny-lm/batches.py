"""Trains two sizes at constant rates over seven batches and five rates, 70 runs in one process: what
a larger batch saves in steps and costs in tokens.

    MLFLOW_TRACKING_URI=http://127.0.0.1:7070 python batches.py

The rate stays at its peak after the warm-up, so that a loss on the way is one that a shorter run
would have ended with. A finished run is not repeated.
"""

import itertools

import train  # first: it sets the environment that JAX reads when imported

from sweep import run

WIDTHS, TOKENS, EVALUATIONS = (16, 28), 1 << 21, 20
BATCHES = (8, 16, 32, 64, 128, 256, 512)  # sequences
RATES = (2e-3, 4e-3, 8e-3, 1.6e-2, 3.2e-2)


def settings():
    for width, batch, rate in itertools.product(WIDTHS, BATCHES, RATES):
        yield train.Settings(
            width=width, tokens=TOKENS, batch=batch, peak=rate, final=rate, evaluations=EVALUATIONS
        )


if __name__ == "__main__":
    run(settings(), "tiny-lm-batches", __doc__)

"""Trains the whole grid in one process: 3 sizes x 3 budgets x 5 batches x 6 peak rates, with a sixth
batch for the largest budget and a seventh rate for the smallest size, whose optima lie highest:
304 runs.

    MLFLOW_TRACKING_URI=http://127.0.0.1:7070 python sweep.py

A run already finished in the experiment is not repeated, so a stopped sweep goes on where it was.
Cells go from cheap to dear: whatever has been trained when it is stopped is whole cells.
"""

import argparse
import itertools
import math
import time

import train  # first: it sets the environment that JAX reads when imported

import mlflow

WIDTHS = (16, 28, 48)
BUDGETS = (1 << 18, 1 << 19, 1 << 20)
BATCHES = (1, 2, 4, 8, 16)  # sequences
BATCH_OF_LARGEST_BUDGET = 32
RATES = (1e-3, 2e-3, 4e-3, 8e-3, 1.6e-2, 3.2e-2)
RATE_OF_SMALLEST_SIZE = 6.4e-2


def settings():
    cells = sorted(itertools.product(WIDTHS, BUDGETS), key=lambda cell: cell[0] ** 1.2 * cell[1])
    for width, tokens in cells:
        batches = BATCHES + ((BATCH_OF_LARGEST_BUDGET,) if tokens == max(BUDGETS) else ())
        rates = RATES + ((RATE_OF_SMALLEST_SIZE,) if width == min(WIDTHS) else ())
        for batch, peak in itertools.product(batches, rates):
            yield train.Settings(width=width, tokens=tokens, batch=batch, peak=peak)


def finished(experiment):
    """Names of the finished runs of the experiment."""
    client, names, page = mlflow.MlflowClient(), set(), None
    while True:
        runs = client.search_runs([experiment.experiment_id], max_results=1000, page_token=page)
        names |= {run.info.run_name for run in runs if run.info.status == "FINISHED"}
        page = runs.token
        if not page:
            return names


def run(settings, default_experiment, description):
    """Trains what the experiment of the command line has not finished yet."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--experiment", default=default_experiment)
    done = finished(mlflow.set_experiment(parser.parse_args().experiment))
    todo = [one for one in settings if one.name not in done]
    began = time.monotonic()
    for number, one in enumerate(todo, 1):
        with mlflow.start_run(run_name=one.name):
            loss = train.train(one)
            if not math.isfinite(loss):
                mlflow.set_tag("diverged", "true")
        minutes = (time.monotonic() - began) / 60
        print(f"{number}/{len(todo)} {minutes:.1f} min {one.name} {loss:.4f}", flush=True)


if __name__ == "__main__":
    run(settings(), "tiny-lm", __doc__)

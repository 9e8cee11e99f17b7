"""Fits RegMix's regressor, LightGBM with its notebook's settings, to the public 1M runs, and prints
predictions on the held runs and times as one line of JSON.

usage: mixtures.py FOLDER, which holds train_mixture_1m.csv and its three companions
"""

import csv
import json
import sys
import time

import lightgbm
import numpy as np

SETTINGS = {
    "task": "train", "boosting_type": "gbdt", "objective": "regression", "metric": ["l1", "l2"],
    "num_iterations": 1000, "seed": 42, "learning_rate": 1e-2, "verbosity": -1, "num_threads": 1,
}


def read(path):
    with open(path, newline="") as lines:
        rows = list(csv.reader(lines))
    return rows[0][1:], {row[0]: [float(cell) for cell in row[1:]] for row in rows[1:]}


def pair(folder, split):
    _, mixtures = read(f"{folder}/{split}_mixture_1m.csv")
    targets, losses = read(f"{folder}/{split}_pile_loss_1m.csv")
    keys = list(mixtures)
    shares = np.array([mixtures[key] for key in keys])
    return targets, shares / shares.sum(1, keepdims=True), np.array([losses[key] for key in keys])


def fit(shares, losses, held, held_losses, is_stopped):
    """`is_stopped`: the notebook stops on the held runs, which leaks a little of them."""
    train = lightgbm.Dataset(shares, losses)
    if not is_stopped:
        return lightgbm.train(SETTINGS, train)
    return lightgbm.train(
        SETTINGS, train, valid_sets=[lightgbm.Dataset(held, held_losses, reference=train)],
        callbacks=[lightgbm.early_stopping(stopping_rounds=3, verbose=False)],
    )


def main():
    targets, shares, losses = pair(sys.argv[1], "train")
    _, held, held_losses = pair(sys.argv[1], "test")
    result = {"version": lightgbm.__version__, "stopped": {}, "full": {}}
    seconds = {"stopped": 0.0, "full": 0.0}
    models = {}
    for column, name in enumerate(targets):
        for kind in ["stopped", "full"]:
            began = time.process_time()
            model = fit(
                shares, losses[:, column], held, held_losses[:, column], kind == "stopped"
            )
            seconds[kind] += (time.process_time() - began) / len(targets)
            key = name.removeprefix("metric/the_pile_").removesuffix("_val_loss")
            result[kind][key] = model.predict(held).tolist()
            models[kind, key] = model
    result["stoppedFitSeconds"] = seconds["stopped"]
    result["fullFitSeconds"] = seconds["full"]

    draws = np.random.default_rng(42).dirichlet(shares.mean(0), 100_000)
    for kind in ["stopped", "full"]:
        model = models[kind, "pile_cc"]
        times = []
        for _ in range(3):
            began = time.process_time()
            model.predict(draws, num_threads=1)
            times.append(time.process_time() - began)
        result[f"{kind}SimulationSeconds"] = min(times)
        result[f"{kind}Trees"] = model.num_trees()
    print(json.dumps(result))


if __name__ == "__main__":
    main()

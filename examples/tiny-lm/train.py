"""Trains one tiny language model on one processor core and logs it with the `mlflow` client.

    MLFLOW_TRACKING_URI=http://127.0.0.1:7070 python train.py --width 28 --tokens 1048576

Nothing here knows which server listens: `MLFLOW_TRACKING_URI` decides.
"""

import argparse
import dataclasses
import functools
import math
import os

os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import jax
import jax.numpy as jnp
import mlflow
import numpy as np

import corpus
import model

LENGTH = 32
HEADS = 2
HELD_OUT_WINDOWS = 4096  # 131,072 bytes
LOGGED_POINTS = 50


@dataclasses.dataclass(frozen=True)
class Settings:
    """One training. `batch` is in sequences of LENGTH bytes; `tokens` is the whole budget."""

    width: int = 28
    layers: int = 2
    tokens: int = 1 << 20
    batch: int = 4
    peak: float = 6e-3
    seed: int = 0

    @property
    def steps(self):
        return self.tokens // (self.batch * LENGTH)

    @property
    def name(self):
        return f"w{self.width}-d{self.tokens}-b{self.batch * LENGTH}-lr{self.peak:.3g}-s{self.seed}"


@functools.cache
def data():
    """Training windows, and 4,096 held-out windows spread evenly over all held-out files."""
    training, held_out = corpus.windows(LENGTH)
    chosen = np.linspace(0, len(held_out) - 1, HELD_OUT_WINDOWS).astype(int)
    return jnp.asarray(training), jnp.asarray(held_out[chosen].reshape(-1, 32, LENGTH + 1))


def log_settings(settings, total, blocks):
    mlflow.log_params({
        "n_params": total,
        "nonEmbeddingParameterCount": blocks,
        "train_tokens": settings.steps * settings.batch * LENGTH,
        "learning_rate": settings.peak,
        "global_batch_size": settings.batch,
        "seq_length": LENGTH,
        "width": settings.width,
        "layers": settings.layers,
        "heads": HEADS,
        "optimizer": "adamw",
        "beta1": model.BETA1,
        "beta2": model.BETA2,
        "weight_decay": model.WEIGHT_DECAY,
        "final_learning_rate": model.FINAL_LEARNING_RATE,
        "warmup_fraction": 0.05,
        "seed": settings.seed,
    })


def held_out_loss(state, held_out):
    return float(model.held_out_loss(state[0], held_out, HEADS))


def train(settings):
    """Runs the training inside the active MLflow run; returns the held-out loss in nats per byte.

    A training whose loss is no longer finite is stopped: it logs what it has and returns NaN.
    """
    rows, held_out = data()
    key = jax.random.key(settings.seed)
    order = jax.random.permutation(jax.random.fold_in(key, 1), len(rows)).astype(jnp.int32)
    weights = model.initialise(key, settings.width, settings.layers)
    zeros = lambda: jax.tree.map(jnp.zeros_like, weights)
    total, blocks = model.parameter_counts(weights)
    log_settings(settings, total, blocks)
    if settings.steps * settings.batch > len(rows):
        raise SystemExit(f"the corpus has only {len(rows) * LENGTH} bytes to train on")

    state, steps, done = (weights, zeros(), zeros()), settings.steps, 0
    while done < steps:
        count = min(max(1, steps // LOGGED_POINTS), steps - done)
        state, loss, norm, rate = model.train_steps(
            state, rows, order, done, count, steps, settings.peak, HEADS, settings.batch
        )
        done += count
        mlflow.log_metrics({
            "loss": float(loss),
            "grad_norm": float(norm),
            "lr": float(rate),
            "tokens": done * settings.batch * LENGTH,
        }, step=done)
        if not math.isfinite(float(loss)):
            break
        if any(abs(done - steps * part / 4) < count / 2 for part in (1, 2, 3)):
            mlflow.log_metric("val_loss", held_out_loss(state, held_out), done)
    final = held_out_loss(state, held_out)
    mlflow.log_metric("val_loss", final, done)
    return final


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--experiment", help="default: what the server or MLFLOW_EXPERIMENT_NAME says")
    for field in dataclasses.fields(Settings):
        parser.add_argument(f"--{field.name}", type=field.type, default=field.default)
    arguments = vars(parser.parse_args())
    experiment = arguments.pop("experiment")
    settings = Settings(**arguments)
    if experiment:
        mlflow.set_experiment(experiment)
    with mlflow.start_run(run_name=settings.name):
        print(f"{settings.name}: held-out loss {train(settings):.4f} nats per byte")


if __name__ == "__main__":
    main()

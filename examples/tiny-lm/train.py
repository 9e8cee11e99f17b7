"""Trains one tiny language model on one processor core and logs it with the `mlflow` client.

    MLFLOW_TRACKING_URI=http://127.0.0.1:7070 python train.py --width 28 --tokens 1048576
    … python train.py --tokens 524288 --peak 0.008 --mixture code=0.4,prose=0.3,tests=0.2,tables=0.1

Without `--mixture` it trains on the text of `corpus.py`, with it on the domains of `domains.py`.
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
import domains
import model

LENGTH = 32
HEADS = 2
HELD_OUT_WINDOWS = 4096  # 131,072 bytes, shared equally by the domains of a mixture
LOGGED_POINTS = 50


@dataclasses.dataclass(frozen=True)
class Settings:
    """One training. `batch` is in sequences of LENGTH bytes; `tokens` is the whole budget.

    The rate falls from `peak` to `final`; where they are equal it stays. `evaluations` says how
    often the held-out loss is taken. `mixture` says which share of the tokens comes from which domain: `code=0.4,prose=0.6`.
    """

    width: int = 28
    layers: int = 2
    tokens: int = 1 << 20
    batch: int = 4
    peak: float = 6e-3
    final: float = model.FINAL_LEARNING_RATE
    evaluations: int = 4
    seed: int = 0
    mixture: str = ""

    @property
    def shares(self):
        """{domain: share of the tokens}, every domain named; empty without a mixture."""
        if not self.mixture:
            return {}
        given = dict(part.split("=", 1) for part in self.mixture.split(","))
        unknown = sorted(set(given) - set(domains.NAMES))
        shares = {name: float(given.get(name, 0)) for name in domains.NAMES}
        total = sum(shares.values())
        if unknown or abs(total - 1) > 1e-6 or min(shares.values()) < 0:
            raise SystemExit(
                f"a mixture names {', '.join(domains.NAMES)} with shares from 0 that sum to 1, "
                f"such as code=0.4,prose=0.6; {self.mixture} does not"
            )
        return shares

    @property
    def steps(self):
        return self.tokens // (self.batch * LENGTH)

    @property
    def name(self):
        name = f"w{self.width}-d{self.tokens}-b{self.batch * LENGTH}-lr{self.peak:.3g}-s{self.seed}"
        parts = [f"{domain}{share:g}" for domain, share in self.shares.items() if share]
        return "-".join([name] + (["constant"] if self.final == self.peak else []) + parts)


@functools.cache
def data():
    """Training windows, and 4,096 held-out windows spread evenly over all held-out files."""
    training, held_out = corpus.windows(LENGTH)
    return jnp.asarray(training), {"val_loss": spread(held_out, HELD_OUT_WINDOWS)}


def spread(held_out, count):
    """`count` of the windows, spread evenly, in batches of 32."""
    chosen = np.linspace(0, len(held_out) - 1, count).astype(int)
    return jnp.asarray(held_out[chosen].reshape(-1, 32, LENGTH + 1))


@functools.cache
def domain_data():
    """Training windows of all domains after one another, where each domain's begin, and one
    held-out set a domain."""
    parts = domains.windows(LENGTH)
    counts = {name: len(training) for name, (training, _) in parts.items()}
    share = HELD_OUT_WINDOWS // len(parts)
    held_out = {f"val_loss/{name}": spread(text, share) for name, (_, text) in parts.items()}
    rows = np.concatenate([training for training, _ in parts.values()])
    return jnp.asarray(rows), counts, held_out


def mixed_order(settings, counts):
    """(order of the windows, {domain: how many}): each domain's windows shuffled, as many of them
    as its share asks for, met in random order. A domain too small for its share is repeated."""
    total = settings.steps * settings.batch
    exact = {name: share * total for name, share in settings.shares.items()}
    wanted = {name: int(count) for name, count in exact.items()}
    by_remainder = sorted(exact, key=lambda name: wanted[name] - exact[name])
    for name in by_remainder[: total - sum(wanted.values())]:
        wanted[name] += 1
    random, chosen, offset = np.random.default_rng(settings.seed), [], 0
    for name, count in counts.items():
        epochs = -(-wanted[name] // count)
        windows = [random.permutation(count) + offset for _ in range(epochs)]
        chosen.append(np.concatenate(windows + [np.zeros(0, int)])[: wanted[name]])
        offset += count
    order = random.permutation(np.concatenate(chosen))
    return jnp.asarray(order, jnp.int32), wanted


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
        "final_learning_rate": settings.final,
        "warmup_fraction": 0.05,
        "seed": settings.seed,
    })


def log_mixture(settings, counts, wanted):
    """What was asked for, what the order of windows makes of it, and how many bytes there are."""
    total = sum(wanted.values())
    mlflow.log_params(
        {f"mixture/{name}": share for name, share in settings.shares.items()}
        | {f"achievedMixture/{name}": count / total for name, count in wanted.items()}
        | {f"availableTokens/{name}": count * LENGTH for name, count in counts.items()}
    )


def held_out_losses(state, held_out):
    """Every held-out loss, and as `val_loss` their mean, in nats per byte."""
    losses = {
        name: float(model.held_out_loss(state[0], batches, HEADS))
        for name, batches in held_out.items()
    }
    return losses | {"val_loss": sum(losses.values()) / len(losses)}


def training_set(settings):
    """(training windows, the order they are met in, held-out sets by metric). Logs the mixture."""
    if settings.mixture:
        rows, counts, held_out = domain_data()
        order, wanted = mixed_order(settings, counts)
        log_mixture(settings, counts, wanted)
        return rows, order, held_out
    rows, held_out = data()
    if settings.steps * settings.batch > len(rows):
        raise SystemExit(f"the corpus has only {len(rows) * LENGTH} bytes to train on")
    key = jax.random.fold_in(jax.random.key(settings.seed), 1)
    return rows, jax.random.permutation(key, len(rows)).astype(jnp.int32), held_out


def train(settings):
    """Runs the training inside the active MLflow run; returns the held-out loss in nats per byte.

    A training whose loss is no longer finite is stopped: it logs what it has and returns NaN.
    """
    key = jax.random.key(settings.seed)
    weights = model.initialise(key, settings.width, settings.layers)
    zeros = lambda: jax.tree.map(jnp.zeros_like, weights)
    total, blocks = model.parameter_counts(weights)
    log_settings(settings, total, blocks)
    rows, order, held_out = training_set(settings)

    state, steps, done = (weights, zeros(), zeros()), settings.steps, 0
    while done < steps:
        count = min(max(1, steps // LOGGED_POINTS), steps - done)
        state, loss, norm, rate = model.train_steps(
            state, rows, order, done, count, steps, settings.peak, settings.final, HEADS,
            settings.batch,
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
        parts = (steps * part / settings.evaluations for part in range(1, settings.evaluations))
        if any(abs(done - part) < count / 2 for part in parts):
            mlflow.log_metrics(held_out_losses(state, held_out), done)
    final = held_out_losses(state, held_out)
    mlflow.log_metrics(final, done)
    return final["val_loss"]


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

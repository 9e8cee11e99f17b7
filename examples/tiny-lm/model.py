"""A decoder-only transformer and AdamW in plain JAX, small enough for one processor core."""

import functools
import math

import jax
import jax.numpy as jnp

VOCABULARY = 256
BETA1, BETA2, EPSILON = 0.9, 0.95, 1e-8
WEIGHT_DECAY, CLIP_NORM = 0.1, 1.0
FINAL_LEARNING_RATE = 1e-5


def initialise(key, width, layers):
    """Weights as nested dictionaries; matrices have variance 1 / inputs, outputs start near zero."""

    def matrix(key, rows, columns, scale=1.0):
        return scale / math.sqrt(rows) * jax.random.normal(key, (rows, columns), jnp.float32)

    keys = iter(jax.random.split(key, 2 + 6 * layers))
    block = lambda: {
        "attention_norm": jnp.ones(width),
        "query_key_value": matrix(next(keys), width, 3 * width),
        "attention_out": matrix(next(keys), width, width, 1 / math.sqrt(2 * layers)),
        "mlp_norm": jnp.ones(width),
        "mlp_in": matrix(next(keys), width, 4 * width),
        "mlp_out": matrix(next(keys), 4 * width, width, 1 / math.sqrt(2 * layers)),
    }
    return {
        "embedding": 0.5 * jax.random.normal(next(keys), (VOCABULARY, width), jnp.float32),
        "blocks": [block() for _ in range(layers)],
        "final_norm": jnp.ones(width),
        "output": matrix(next(keys), width, VOCABULARY, 0.5),
    }


def parameter_counts(weights):
    """(all parameters, parameters of the blocks and norms: neither embedding nor output matrix)."""
    total = sum(leaf.size for leaf in jax.tree.leaves(weights))
    return total, total - weights["embedding"].size - weights["output"].size


def normalise(x, gain):
    return x * jax.lax.rsqrt(jnp.mean(x * x, -1, keepdims=True) + 1e-6) * gain


def rotate(x):
    """Rotary positions; x is (batch, position, head, size) with an even size."""
    half = x.shape[-1] // 2
    frequencies = 1000.0 ** (-jnp.arange(half) / half)
    angles = jnp.arange(x.shape[1])[:, None] * frequencies
    cos, sin = jnp.cos(angles)[:, None, :], jnp.sin(angles)[:, None, :]
    a, b = x[..., :half], x[..., half:]
    return jnp.concatenate([a * cos - b * sin, a * sin + b * cos], -1)


def attend(x, block, heads):
    batch, length, width = x.shape
    qkv = (x @ block["query_key_value"]).reshape(batch, length, 3, heads, width // heads)
    query, key, value = rotate(qkv[:, :, 0]), rotate(qkv[:, :, 1]), qkv[:, :, 2]
    scores = jnp.einsum("bqhd,bkhd->bhqk", query, key) / math.sqrt(width // heads)
    scores = jnp.where(jnp.tril(jnp.ones((length, length), bool)), scores, -1e9)
    mixed = jnp.einsum("bhqk,bkhd->bqhd", jax.nn.softmax(scores), value)
    return mixed.reshape(batch, length, width) @ block["attention_out"]


def mean_loss(weights, rows, heads):
    """Mean cross-entropy in nats per byte; rows is (batch, length + 1) bytes."""
    inputs, targets = rows[:, :-1], rows[:, 1:].astype(jnp.int32)
    x = weights["embedding"][inputs]
    for block in weights["blocks"]:
        x = x + attend(normalise(x, block["attention_norm"]), block, heads)
        hidden = jnp.square(jax.nn.relu(normalise(x, block["mlp_norm"]) @ block["mlp_in"]))
        x = x + hidden @ block["mlp_out"]
    logits = normalise(x, weights["final_norm"]) @ weights["output"]
    chosen = jnp.sum(logits * jax.nn.one_hot(targets, VOCABULARY), -1)
    return jnp.mean(jax.nn.logsumexp(logits, -1) - chosen)


def learning_rate(step, steps, peak, final):
    """Linear warm-up over the first 5 % of the steps, then a cosine to `final`."""
    warm_up = jnp.maximum(1.0, 0.05 * steps)
    progress = jnp.clip((step - warm_up) / jnp.maximum(1.0, steps - warm_up), 0, 1)
    decayed = final + (peak - final) * (1 + jnp.cos(jnp.pi * progress)) / 2
    return jnp.where(step < warm_up, peak * (step + 1) / warm_up, decayed)


@functools.partial(jax.jit, static_argnames=("heads", "batch"), donate_argnums=(0,))
def train_steps(state, rows, order, start, count, steps, peak, final, heads, batch):
    """`count` optimiser steps of AdamW with clipped gradients, from step `start` of `steps` on.

    `rows` are all training windows, `order` the order they are met in. Counts and rate are
    arguments, so that one compilation serves every run of one size and batch. Returns the new
    state, the mean loss of these steps, and gradient norm and rate of the last one.
    """
    state, total, norm, rate = jax.lax.fori_loop(
        start,
        start + count,
        functools.partial(_step, rows, order, steps, peak, final, heads, batch),
        (state, 0.0, 0.0, 0.0),
    )
    return state, total / count, norm, rate


def _step(rows, order, steps, peak, final, heads, batch, step, carry):
    (weights, first, second), total, _, _ = carry
    chosen = rows[jax.lax.dynamic_slice(order, (step * batch,), (batch,))]
    loss, gradient = jax.value_and_grad(mean_loss)(weights, chosen, heads)
    norm = jnp.sqrt(sum(jnp.sum(leaf * leaf) for leaf in jax.tree.leaves(gradient)))
    rate = learning_rate(step, steps, peak, final)
    done = jnp.float32(step) + 1
    scale1, scale2 = 1 / (1 - BETA1**done), 1 / (1 - BETA2**done)
    clip = jnp.minimum(1.0, CLIP_NORM / norm)
    first = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * clip * g, first, gradient)
    second = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * (clip * g) ** 2, second, gradient)

    def update(weight, m, v):
        decay = WEIGHT_DECAY if weight.ndim == 2 else 0.0
        return weight - rate * (m * scale1 / (jnp.sqrt(v * scale2) + EPSILON) + decay * weight)

    weights = jax.tree.map(update, weights, first, second)
    return (weights, first, second), total + loss, norm, rate


@functools.partial(jax.jit, static_argnames=("heads",))
def held_out_loss(weights, batches, heads):
    """Mean loss over (count, batch, length + 1) held-out bytes."""
    return jnp.mean(jax.lax.map(lambda rows: mean_loss(weights, rows, heads), batches))

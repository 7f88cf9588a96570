"""Grows a network (`ivr/audio/hearing/network.py`) that says of each frame of a clip whether this and that is so.

Adam with one cycle of the step (Loshchilov and Hutter, 2019; Smith, 2018), by JAX, over batches.py.
"""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from ivr.audio.features import Rows
from tests.training.batches import BATCH, Batch, Clip, batches

CHANNELS = 32
APART = (1, 2, 4, 8, 1, 2, 4, 8)
"""How far each layer looks, in frames: together 0.6 s to both sides, longer than a burst of losses."""
STEP = 4e-3
DROPPED = 0.05

Weights = dict[str, Any]


def grow(clips: Sequence[Clip], rounds: int, seed: int) -> Weights:
    """The weights, after so many rounds over all clips."""
    import jax
    import optax

    chance = np.random.default_rng(seed)
    some = np.concatenate([one.looks for one in clips[::10]])
    fixed = {"mean": some.mean(axis=0), "scale": some.std(axis=0) + 1e-3}
    weights = _begun(chance, some.shape[1], clips[0].meant.shape[1])
    steps = rounds * -(-len(clips) // BATCH)
    optimiser = optax.adamw(optax.cosine_onecycle_schedule(steps, STEP), weight_decay=0.01)
    state = optimiser.init(weights)

    def learn(weights: Weights, state: Any, batch: Batch, key: Any) -> tuple[Weights, Any, Any]:
        loss, slopes = jax.value_and_grad(_loss)(weights, batch, key)
        changes, state = optimiser.update(slopes, state, weights)
        return optax.apply_updates(weights, changes), state, loss

    step = jax.jit(learn)
    keys = iter(jax.random.split(jax.random.key(seed), steps))
    for number in range(rounds):
        losses = []
        for batch in batches(clips, fixed, chance):
            weights, state, loss = step(weights, state, batch, next(keys))
            losses.append(loss)
        print(f"round {number + 1} of {rounds}: {np.mean(np.array(losses)):.4f} nats a frame and class", flush=True)
    return {**fixed, **jax.tree.map(np.asarray, weights)}


def _begun(chance: np.random.Generator, looks: int, classes: int) -> Weights:
    def drawn(rows: int, columns: int) -> Rows:
        return np.asarray(chance.standard_normal((rows, columns)) * np.sqrt(1 / rows), np.float32)

    def none(count: int) -> Rows:
        return np.zeros(count, np.float32)

    layers = [{"weight": drawn(3 * CHANNELS, CHANNELS), "bias": none(CHANNELS)} for _ in APART]
    ends = {"first": drawn(looks, CHANNELS), "bias": none(CHANNELS), "last": drawn(CHANNELS, classes)}
    return {**ends, "offset": none(classes), "layers": layers}


def _loss(weights: Weights, batch: Batch, key: Any) -> Any:
    """Nats a frame and class."""
    import jax
    import jax.numpy as jnp

    there = batch.there[:, :, None]
    told = jax.nn.relu(batch.looks @ weights["first"] + weights["bias"]) * there
    kept = jax.random.bernoulli(key, 1 - DROPPED, (len(APART), len(batch.looks), 1, CHANNELS)) / (1 - DROPPED)
    for number, (apart, layer) in enumerate(zip(APART, weights["layers"], strict=True)):
        padded = jnp.pad(told, ((0, 0), (apart, apart), (0, 0)))
        three = jnp.concatenate([padded[:, : -2 * apart], told, padded[:, 2 * apart :]], axis=2)
        told = (told + jax.nn.relu(three @ layer["weight"] + layer["bias"]) * kept[number]) * there
    number = told @ weights["last"] + weights["offset"]
    missed = jax.nn.softplus(number) - number * batch.meant
    return jnp.sum(missed * there) / jnp.sum(there) / missed.shape[2]


def written(weights: Weights, recipe: str, looks: Sequence[str]) -> str:
    """The weights as the ear reads them, a row a line; `recipe` is the command that makes them again."""
    plain = {name: weights[name] for name in ("mean", "scale", "first", "bias", "last", "offset")}
    layers = [{"apart": apart, **one} for apart, one in zip(APART, weights["layers"], strict=True)]
    steps = ",\n".join(f"  {{{_lines(one)}}}" for one in layers)
    told = _lines({"made_by": recipe, "looks": list(looks), **plain})
    return f'{{\n {told},\n "layers": [\n{steps}\n ]\n}}\n'


def _lines(told: Weights) -> str:
    return ",\n ".join(f"{json.dumps(name)}: {_plain(value)}" for name, value in told.items())


def _plain(value: Any) -> str:
    """JSON, five digits a weight."""
    if np.ndim(value) == 2:
        return "[\n  " + ",\n  ".join(map(_plain, value)) + "\n ]"
    if isinstance(value, np.ndarray):
        return json.dumps([float(f"{one:.5g}") for one in value])
    return json.dumps(float(f"{value:.5g}") if isinstance(value, np.floating) else value)

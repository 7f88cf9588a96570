"""Grows a network (`ivr/audio/hearing/network.py`) that says of each frame of a clip whether this and that is so.

Adam with one cycle of the step (Loshchilov and Hutter, 2019; Smith, 2018), by JAX. Clips are cut at random, so that it
knows windows of all lengths, and coloured at random, so that it does not learn ten voices' spectra by heart.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ivr.audio.features import Rows
from ivr.audio.hearing.bands import BANDS

CHANNELS = 32
APART = (1, 2, 4, 8, 1, 2, 4, 8)
"""How far each layer looks, in frames: together 0.6 s to both sides, longer than a burst of losses."""
BATCH, STEP = 64, 4e-3
DROPPED = 0.05
SHORTEST, LENGTHS = 40, 50
"""Frames of the shortest cut; cuts are filled up to a multiple of the second."""
COLOURED = (2.0, 1.2, 0.6)
"""dB, deviation of a slope, a bow and a wave over the bands."""

Weights = dict[str, Any]
Bools = npt.NDArray[np.bool_]


class Clip(NamedTuple):
    """What is looked at of each frame (rows), and what is so in it."""

    looks: Rows
    meant: Bools


class Batch(NamedTuple):
    """Clips of one length, 1 where there is a frame."""

    looks: Rows
    meant: Rows
    there: Rows


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


def batches(clips: Sequence[Clip], fixed: Weights, chance: np.random.Generator) -> Iterator[Batch]:
    """All clips in random order, those of one batch about as long, each cut and coloured at random."""
    order = chance.permutation(len(clips))
    for first in range(0, len(order), BATCH * 16):
        part = [_cut(clips[n], chance) for n in order[first : first + BATCH * 16]]
        part.sort(key=lambda one: len(one.looks))
        groups = [part[start : start + BATCH] for start in range(0, len(part), BATCH)]
        for number in chance.permutation(len(groups)):
            yield _together(groups[number], fixed, chance)


def _cut(clip: Clip, chance: np.random.Generator) -> Clip:
    """Half of the time a part of it."""
    count = len(clip.looks)
    if count <= SHORTEST or chance.random() < 0.5:
        return clip
    length = int(chance.integers(SHORTEST, count))
    first = int(chance.integers(0, count - length))
    return Clip(clip.looks[first : first + length], clip.meant[first : first + length])


def _together(clips: Sequence[Clip], fixed: Weights, chance: np.random.Generator) -> Batch:
    length = -(-max(len(one.looks) for one in clips) // LENGTHS) * LENGTHS
    looks = np.zeros((BATCH, length, clips[0].looks.shape[1]), np.float32)
    meant = np.zeros((BATCH, length, clips[0].meant.shape[1]), np.float32)
    there = np.zeros((BATCH, length), np.float32)
    for number, one in enumerate(clips):
        count = len(one.looks)
        looks[number, :count] = (one.looks - fixed["mean"]) / fixed["scale"]
        meant[number, :count], there[number, :count] = one.meant, 1
    looks[:, :, :BANDS] += _colours(chance)[:, None] / fixed["scale"][:BANDS] * there[:, :, None]
    return Batch(looks, meant, there)


def _colours(chance: np.random.Generator) -> Rows:
    """dB for each band of each clip."""
    place = np.linspace(-1, 1, BANDS)
    shapes = np.stack([place, np.cos(np.pi * place), np.sin(2 * np.pi * place)]) * np.array(COLOURED)[:, None]
    return np.asarray(chance.standard_normal((BATCH, len(shapes))) @ shapes, np.float32)


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

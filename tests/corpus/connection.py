"""A longer connection: several things happen to a sound, one after the other.

A kind of clip is one thing that happens on a line. On real lines several do: a gate in the telephone, two codecs on
the way, a packet lost here and there. What learns from one thing at a time takes two at once for something else.
"""

from collections.abc import Callable

import numpy as np

from tests.corpus import device
from tests.corpus.codecs import codecs, named
from tests.corpus.model import Floats, Scene
from tests.corpus.quiet import comfort

FAMILIES = ("alaw", "mulaw", "gsm", "amr", "g729")
Step = Callable[[Scene, Floats], Floats]


def recoded(scene: Scene, x: Floats) -> Floats:
    """Through a codec of any family."""
    found = named(str(scene.chance.choice(FAMILIES))) or list(codecs().values())
    return found[int(scene.chance.integers(len(found)))].passed(x)


def noised(scene: Scene, x: Floats) -> Floats:
    """Over some comfort noise."""
    return x + comfort(scene, -62)[: len(x)]


SENT: tuple[tuple[Step, float], ...] = (
    (device.placed, 0.1), (noised, 0.25), (device.curved, 0.5), (device.overdriven, 0.12), (device.cleaned, 0.1),
    (device.steered, 0.2), (device.gated, 0.25), (recoded, 0.4), (recoded, 0.15),
)  # fmt: skip
"""What happens to a sound where it is sent, in this order, and how often."""
CARRIED: tuple[tuple[Step, float], ...] = (
    (device.steered, 0.08), (device.gated, 0.12), (recoded, 0.45), (noised, 0.1), (recoded, 0.15),
)  # fmt: skip
"""And further on, after what makes the kind of clip."""
LOUDER, SOFTER = 5.0, -9.0


def sent(scene: Scene, x: Floats) -> Floats:
    """What leaves the caller's telephone, and his network, of a sound."""
    return _through(SENT, scene, x) if np.any(x) else x


def carried(scene: Scene, x: Floats) -> Floats:
    """What comes out of the networks between: coded again, through another gate, at another level."""
    x = _through(CARRIED, scene, x)
    return x * 10 ** (scene.chance.uniform(SOFTER, LOUDER) / 20) if scene.maybe(0.3) else x


def _through(steps: tuple[tuple[Step, float], ...], scene: Scene, x: Floats) -> Floats:
    for step, likely in steps:
        if scene.maybe(likely) and np.any(x):
            x = np.clip(step(scene, x), -1.5, 1.5)
    return x

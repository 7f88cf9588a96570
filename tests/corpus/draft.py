"""A clip in the making: its voice, what stands beside it, and what has been done to it on the way."""

from dataclasses import dataclass, field

import numpy as np

from tests.corpus.connection import sent
from tests.corpus.model import Bools, Floats, Scene


@dataclass
class Draft:
    """Everything a label can be measured from.

    `noise` is what the definitions weigh against a voice; `beside` are the sounds of the line itself (tones, music on
    hold, the own prompt coming back) that are no noise: they are heard, but not weighed.
    """

    scene: Scene
    speech: Floats | None = None
    noise: Floats = field(default_factory=lambda: np.zeros(0))
    beside: Floats = field(default_factory=lambda: np.zeros(0))
    reference: Floats | None = None
    """The voice as the caller's mouth made it, where the room or the handset changed it; else `speech` is."""
    speaker: str = ""
    family: str = ""
    far: Floats | None = None
    gone: Bools | None = None
    """The frames that were lost, however concealed."""
    lost: Bools | None = None
    """The frames for which the line hands over None."""
    damaged: bool = False
    """Bit errors or shuffled frames."""
    heard: Floats = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        silence = self.scene.zeros()
        self.noise = self.noise if len(self.noise) else silence
        self.beside = self.beside if len(self.beside) else silence
        voice = silence if self.speech is None else self.speech
        if not len(self.heard):
            there = voice + self.noise
            self.heard = (sent(self.scene, there) if self.scene.longer else there) + self.beside

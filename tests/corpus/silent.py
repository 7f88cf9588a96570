"""Kinds of clips on which nobody speaks."""

from collections.abc import Callable

import numpy as np

from ivr.audio.hearing.bands import TALKER
from tests.corpus import music, quiet, tones
from tests.corpus.band import band
from tests.corpus.codecs import named
from tests.corpus.draft import Draft
from tests.corpus.kinds import Kind, finished, table
from tests.corpus.line import bursts, coded, concealed, echo, lost_before, some_filling
from tests.corpus.measures import at_level, band_powers, gain_for
from tests.corpus.model import FRAME, Bools, Floats, Scene
from tests.corpus.noises import drowning, noise
from tests.corpus.rhythm import drummed
from tests.corpus.studio import produced
from tests.corpus.talk import babble, level, someone, talk

CALM = 10.1, 14.5
"""The weighted SNR in dB that a talker would have over noise that is still no noisy line."""
Maker = Callable[[Scene], Floats]


def _no_packets(scene: Scene) -> Draft:
    """No packets at all, or none after some comfort noise."""
    lost: Bools = np.ones(scene.size // FRAME, bool)
    if scene.maybe(0.4):
        lost[: int(scene.chance.integers(len(lost) - 50))] = False
    x = quiet.comfort(scene) * ~np.repeat(lost, FRAME)
    return Draft(scene, noise=x, gone=lost, lost=lost)


def _torn(scene: Scene) -> Draft:
    """Comfort noise of which 5 to 50 % is lost in bursts."""
    lost = bursts(scene.size // FRAME, scene.chance, scene.chance.uniform(0.05, 0.5))
    draft = finished(Draft(scene, noise=quiet.comfort(scene)))
    filling = some_filling(scene)
    draft.heard, ours = lost_before(scene.chance, draft.heard, lambda x: concealed(scene, x, lost, filling))
    draft.gone, draft.lost = lost, lost if filling == "zero" and ours else None
    return draft


def _digital(scene: Scene) -> Draft:
    law = named("alaw")[0]
    return Draft(scene, heard=law.passed(scene.zeros()) if scene.maybe(0.5) else scene.zeros())


def _noise(make: Maker) -> Kind:
    """Noise at the level it was made with."""

    def drafted(scene: Scene) -> Draft:
        return finished(Draft(scene, noise=make(scene)))

    return drafted


def _small(make: Maker, low: float, high: float) -> Kind:
    """A small sound at a level between two in dBov, over comfort noise."""

    def drafted(scene: Scene) -> Draft:
        x = at_level(make(scene), scene.chance.uniform(low, high)) + quiet.comfort(scene, -55)
        return finished(Draft(scene, noise=x))

    return drafted


def _line_sound(make: Maker) -> Kind:
    """A sound of the line itself at −38 to −14 dBov, over comfort noise."""

    def drafted(scene: Scene) -> Draft:
        sound = make(scene) * 10 ** (level(scene) / 20)
        return finished(Draft(scene, noise=quiet.comfort(scene, -50), beside=sound))

    return drafted


def _faint(below: float) -> Kind:
    """Noise of one of the split's families and nobody, but a talker would be understood; up to `below` dB fainter."""

    def drafted(scene: Scene) -> Draft | None:
        names = drowning(scene.split)
        family = names[int(scene.chance.integers(len(names)))]
        sound = calm(scene, noise(scene, family), below)
        return None if sound is None else finished(Draft(scene, noise=sound, family=family))

    return drafted


def calm(scene: Scene, sound: Floats, below: float) -> Floats | None:
    """A sound as loud as may be while a talker would be understood, or up to `below` dB fainter; None if it can't."""
    gain = gain_for(TALKER, band_powers(sound), float(scene.chance.uniform(*CALM)))
    return None if gain is None else sound * 10 ** ((gain - scene.chance.uniform(0, below)) / 20)


def _loud_hum(scene: Scene) -> Draft | None:
    """Hum with many harmonics, as loud as it may be while a talker would be understood."""
    sound = calm(scene, quiet.hum(scene, 24), 0)
    return None if sound is None else finished(Draft(scene, noise=sound + quiet.comfort(scene, -55)))


def _far_babble(scene: Scene) -> Draft:
    voices = at_level(babble(scene, int(scene.chance.integers(3, 12))), scene.chance.uniform(-65, -39))
    return finished(Draft(scene, noise=voices + quiet.comfort(scene, -60)))


def _echo(make: Maker) -> Kind:
    """The far end's sound coming back, over comfort noise."""

    def drafted(scene: Scene) -> Draft:
        far = make(scene)
        back = echo(scene, far)
        return finished(Draft(scene, noise=quiet.comfort(scene, -48), beside=back, far=far))

    return drafted


def prompt(scene: Scene) -> Floats:
    """A prompt as the far end sends it: one of the split's voices at −26 to −14 dBov, coded at times."""
    said = talk(scene, someone(scene))
    said = at_level(said, scene.chance.uniform(-28, -18))
    return coded(said, scene.chance) if scene.maybe(0.5) else said


def _played(scene: Scene) -> Floats:
    make = music.recorded if scene.maybe(0.5) else music.composed
    return at_level(make(scene), scene.chance.uniform(-30, -18))


def _two(scene: Scene) -> Draft:
    """Tones over music, or one after the other: a line in a switch."""
    first, second = (SOUNDS[int(n)] for n in scene.chance.choice(len(SOUNDS), 2, replace=False))
    turn = int(scene.chance.uniform(0.3, 0.7) * scene.size)
    sound = first(scene) * 10 ** (level(scene) / 20)
    other = second(scene) * 10 ** (level(scene) / 20)
    sound[turn:] = other[turn:]
    return finished(Draft(scene, noise=quiet.comfort(scene, -50), beside=sound))


SOUNDS: tuple[Maker, ...] = (
    music.recorded, music.composed, band, tones.keys, tones.ring_back, tones.busy, tones.information, tones.fax_answer,
)  # fmt: skip
LEARNT: dict[str, Kind] = {
    "a band on hold": _line_sound(band),
    "drums on hold": _line_sound(lambda scene: produced(scene, drummed(scene))),
    "other music on hold": _line_sound(lambda scene: produced(scene, music.recorded(scene))),
    "layered music on hold": _line_sound(lambda scene: produced(scene, music.layered(scene))),
    "two sounds of a line": _two,
}
KINDS = table(
    {
        "no packets": _no_packets,
        "lossy comfort noise": _torn,
        "digital silence": _digital,
        "comfort noise": _noise(quiet.comfort),
        "quantised comfort noise": _noise(quiet.quantised),
        "comfort noise with gaps": _noise(quiet.gapped),
        "hum": _small(quiet.hum, -45, -14),
        "loud hum": _loud_hum,
        "knocks": _small(quiet.knocks, -55, -24),
        "breath": _small(quiet.breath, -60, -26),
        "clicks": _noise(lambda scene: quiet.clicks(scene) + quiet.comfort(scene, -55)),
        "rustle": _small(quiet.rustle, -55, -20),
        "far babble": _far_babble,
        "faint noise": _faint(0),
        "fainter noise": _faint(25),
        "dtmf": _line_sound(tones.keys),
        "single dtmf": _line_sound(lambda scene: tones.keys(scene, 1)),
        "ring-back": _line_sound(tones.ring_back),
        "busy": _line_sound(tones.busy),
        "dial tone": _line_sound(tones.dial),
        "information tones": _line_sound(tones.information),
        "fax call": _line_sound(tones.fax_call),
        "fax answer": _line_sound(tones.fax_answer),
        "modem": _line_sound(tones.keyed),
        "music on hold": _line_sound(music.recorded),
        "composed music": _line_sound(music.composed),
        "own echo": _echo(prompt),
        "own music echo": _echo(_played),
    },
    lambda split: {} if split == "test" else LEARNT,
)

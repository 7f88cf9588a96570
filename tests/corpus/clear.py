"""Kinds of clips on which somebody can be understood."""

import numpy as np

from tests.corpus import music, quiet, tones
from tests.corpus.codecs import codecs, named
from tests.corpus.draft import Draft
from tests.corpus.kinds import Kind, finished, table
from tests.corpus.line import concealed, concealed_by, echo, handset, lost_before, room, scattered, some_filling
from tests.corpus.measures import activity, at_active, at_level, band_powers, gain_for, sounding, speech_powers
from tests.corpus.model import FRAME, RATE, Floats, Scene
from tests.corpus.noises import families, noise
from tests.corpus.shapes import place
from tests.corpus.silent import prompt
from tests.corpus.talk import level, someone, talk, whispered, word

LEAST, MOST, HIGHEST = 6.1, 20.0, 14.5


def spoken(scene: Scene) -> Draft:
    """Somebody talking over faint comfort noise."""
    name = someone(scene)
    return Draft(scene, talk(scene, name), quiet.bed(scene, -58), speaker=name)


def scaled(speech: Floats, sound: Floats, want: float) -> Floats | None:
    """The sound at the level that leaves the voice a weighted SNR of `want` dB; None if no level does.

    The weighted SNR ends at 15 dB, so what is wanted beyond its last 0.5 dB is taken off the level.
    """
    gain = gain_for(speech_powers(speech), band_powers(sound), min(want, HIGHEST))
    return None if gain is None else sound * 10 ** ((gain - max(want - HIGHEST, 0.0)) / 20)


def margin(scene: Scene) -> float:
    """A weighted SNR of 6 to 20 dB, half of the time under 11 dB."""
    return LEAST + (MOST - LEAST) * float(scene.chance.random() ** 1.5)


def _clean(scene: Scene) -> Draft:
    name = someone(scene)
    return finished(Draft(scene, talk(scene, name), speaker=name))


def _comfort(scene: Scene) -> Draft:
    name = someone(scene)
    return finished(Draft(scene, talk(scene, name), quiet.comfort(scene), speaker=name))


def _word(scene: Scene) -> Draft:
    name = someone(scene)
    return finished(Draft(scene, word(scene, name), quiet.bed(scene, -50), speaker=name))


def _soft(scene: Scene) -> Draft:
    name = someone(scene)
    said = at_active(talk(scene, name), scene.chance.uniform(-42, -16 if scene.longer else -34))
    said = whispered(said, scene.chance) if scene.maybe(0.6) else said
    return finished(Draft(scene, said, quiet.comfort(scene, -60), speaker=name))


def _shout(scene: Scene) -> Draft:
    name, chance = someone(scene), scene.chance
    said = at_active(talk(scene, name), chance.uniform(-18, -11))
    top = np.abs(said).max() * chance.uniform(0.25, 0.7)
    clipped = np.clip(said, -top, top)
    return finished(Draft(scene, clipped, quiet.bed(scene, -50), reference=said, speaker=name))


def _hands_free(scene: Scene) -> Draft:
    draft = spoken(scene)
    assert draft.speech is not None
    said = room(draft.speech, scene.chance)
    return finished(Draft(scene, said, quiet.bed(scene, -48), reference=draft.speech, speaker=draft.speaker))


def _discontinuous(scene: Scene) -> Draft:
    """Speech whose pauses are not sent: digital silence or faint comfort noise between the words."""
    draft = spoken(scene)
    assert draft.speech is not None
    sent = sounding(draft.speech)
    filler = quiet.comfort(scene, -60) if scene.maybe(0.5) else scene.zeros()
    return finished(Draft(scene, draft.speech * sent, np.where(sent, draft.noise, filler), speaker=draft.speaker))


def _handset(scene: Scene) -> Draft:
    draft = spoken(scene)
    assert draft.speech is not None
    said = handset(draft.speech, scene.chance)
    return finished(Draft(scene, said, quiet.bed(scene, -50), reference=draft.speech, speaker=draft.speaker))


def _barge_in(scene: Scene) -> Draft:
    name, far = someone(scene), prompt(scene)
    back = echo(scene, far) + quiet.bed(scene, -55)
    said = word(scene, name) if scene.maybe(0.3) else talk(scene, name)
    return finished(Draft(scene, said, back, speaker=name, far=far))


def _light_loss(scene: Scene) -> Draft:
    draft = finished(spoken(scene))
    lost = scattered(scene.size // FRAME, scene.chance, scene.chance.uniform(0.01, 0.075))
    filling = some_filling(scene)
    draft.heard, ours = lost_before(scene.chance, draft.heard, lambda x: concealed(scene, x, lost, filling))
    draft.gone, draft.lost = lost, lost if filling == "zero" and ours else None
    return draft


def _light_loss_in(prefix: str) -> Kind:
    """The same through a codec whose decoder conceals what is lost."""

    def drafted(scene: Scene) -> Draft | None:
        draft, found = spoken(scene), named(prefix)
        if not found:
            return None
        draft.gone = lost = scattered(scene.size // FRAME, scene.chance, scene.chance.uniform(0.01, 0.075))
        codec = found[int(scene.chance.integers(len(found)))]
        draft.heard, _ = lost_before(scene.chance, draft.heard, lambda x: concealed_by(codec, x, lost))
        return draft

    return drafted


def _through(prefix: str) -> Kind:
    """Speech through one of the codecs whose name starts so; plain speech where there is none."""

    def drafted(scene: Scene) -> Draft:
        draft, found = spoken(scene), named(prefix)
        if found:
            draft.heard = found[int(scene.chance.integers(len(found)))].passed(draft.heard)
        return draft

    return drafted


def _transcoded(scene: Scene) -> Draft:
    draft, found = spoken(scene), list(codecs().values())
    for _ in range(2):
        draft.heard = found[int(scene.chance.integers(len(found)))].passed(draft.heard)
    return draft


def _keys(scene: Scene) -> Draft:
    """Speech with one key before or after it."""
    draft = spoken(scene)
    assert draft.speech is not None
    keyed = int(scene.chance.uniform(0.08, 0.25) * RATE)
    pair = float(scene.chance.choice(tones.ROWS)), float(scene.chance.choice(tones.COLUMNS))
    first = scene.maybe(0.5)
    said = draft.speech.copy()
    said[slice(0, keyed + 800) if first else slice(scene.size - keyed - 800, None)] = 0
    beside = scene.zeros()
    tone = tones.sines(keyed, *pair) * 10 ** (level(scene) / 20)
    place(beside, tone, 400 if first else scene.size - keyed - 400)
    return finished(Draft(scene, said, draft.noise, beside, speaker=draft.speaker))


def over(make: Kind, sound: Floats, family: str, scene: Scene) -> Draft | None:
    draft = make(scene)
    assert draft is not None
    assert draft.speech is not None
    noise_there = scaled(draft.speech, sound, margin(scene))
    if noise_there is None:
        return None
    return finished(Draft(scene, draft.speech, noise_there, speaker=draft.speaker, family=family))


def _music(scene: Scene) -> Draft | None:
    return over(spoken, music.composed(scene), "", scene)


def _hum(scene: Scene) -> Draft:
    """Speech over hum with many harmonics; what lies below the bands that count may be louder than the voice."""
    draft, sound = spoken(scene), quiet.hum(scene, 24)
    assert draft.speech is not None
    loud = scaled(draft.speech, sound, margin(scene))
    if loud is None:
        loud = at_level(sound, activity(draft.speech)[0] + scene.chance.uniform(-12, 6))
    return finished(Draft(scene, draft.speech, loud + draft.noise, speaker=draft.speaker))


def _knocks(scene: Scene) -> Draft | None:
    return over(spoken, quiet.knocks(scene), "", scene)


def _noise(family: str) -> Kind:
    def drafted(scene: Scene) -> Draft | None:
        return over(spoken, noise(scene, family), family, scene)

    return drafted


def _families(split: str) -> dict[str, Kind]:
    return {f"speech+{family}": _noise(family) for family in families(split)}


KINDS = table(
    {
        "clean": _clean,
        "speech+comfort noise": _comfort,
        "one word": _word,
        "soft speech": _soft,
        "shout": _shout,
        "hands-free": _hands_free,
        "handset": _handset,
        "discontinuous": _discontinuous,
        "barge-in": _barge_in,
        "light loss": _light_loss,
        "light loss, amr": _light_loss_in("amr"),
        "light loss, g.729": _light_loss_in("g729"),
        "a-law": _through("alaw"),
        "mu-law": _through("mulaw"),
        "gsm": _through("gsm"),
        "amr": _through("amr"),
        "g.729": _through("g729"),
        "transcoded": _transcoded,
        "speech+key": _keys,
        "speech+composed music": _music,
        "speech+hum": _hum,
        "speech+knocks": _knocks,
    },
    _families,
)

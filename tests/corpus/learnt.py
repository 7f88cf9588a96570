"""Kinds of clips that only what is learnt from has: more of what a line may sound like than the test split asks for.

What a judge of sounds has met a dozen times in a dozen forms it takes for the world. A second generator, written by
somebody who knew nothing of this one, showed where that ended: doors, cups, chairs and barking dogs, what a noise
suppressor leaves, a television behind a wall, a word after a tone, and packets whose place is filled in other ways.
"""

import numpy as np

from tests.corpus import quiet
from tests.corpus.clear import margin, over, scaled, spoken
from tests.corpus.draft import Draft
from tests.corpus.fillings import WAYS
from tests.corpus.garbling import disordered
from tests.corpus.kinds import Kind, Table, finished
from tests.corpus.line import coded, handset, room
from tests.corpus.measures import activity, at_active, at_level
from tests.corpus.model import Floats, Scene
from tests.corpus.music import composed
from tests.corpus.noises import drowning, noise
from tests.corpus.noisy import speaking, torn
from tests.corpus.shapes import banded, convolved, decay
from tests.corpus.silent import SOUNDS, calm
from tests.corpus.studio import levelled
from tests.corpus.suppression import suppressed
from tests.corpus.talk import babble, level, someone, talk, word
from tests.corpus.things import THINGS, Thing, scattered, stir
from tests.corpus.truth import GARBLED, intelligibility

LOUDEST = 1.5
"""How far a blow may go over full scale, where it is cut off."""
TRIES = 5

# ---- nobody speaks


def _still(scene: Scene, sound: Floats) -> Draft | None:
    """A sound over faint noise, so faint that a talker would be understood."""
    made = calm(scene, sound, 25 if scene.maybe(0.4) else 3) if np.any(sound) else None
    if made is None:
        return None
    made = made * min(1.0, LOUDEST / float(np.abs(made).max()))
    return finished(Draft(scene, noise=made + quiet.comfort(scene, -52)))


def _row_of(make: Thing) -> Kind:
    return lambda scene: _still(scene, scattered(scene, make))


def _family(scene: Scene) -> Floats:
    names = drowning(scene.split)
    return noise(scene, names[int(scene.chance.integers(len(names)))])


def _place(scene: Scene) -> Draft | None:
    """A place where something is going on: things, a noise, a hum."""
    parts = [stir(scene), _family(scene), quiet.hum(scene, 12), quiet.breath(scene)]
    gains = 10 ** (scene.chance.uniform(-30, 0, len(parts)) / 20)
    return _still(scene, sum((part * gain for part, gain in zip(parts, gains, strict=True)), scene.zeros()))


def _residue(scene: Scene) -> Draft | None:
    """What a noise suppressor leaves where nobody speaks."""
    sound = _family(scene) if scene.maybe(0.5) else quiet.comfort(scene)
    left = suppressed(scene.chance, at_level(sound, -30))
    return _still(scene, at_level(left, 0)) if np.any(left) else None


def _next_door(scene: Scene) -> Draft | None:
    """Voices, at times with music, behind a wall: only their reverberation, dull."""
    chance = scene.chance
    sound = babble(scene, int(chance.integers(2, 8)))
    sound = sound + composed(scene) * 10 ** (chance.uniform(-15, 5) / 20) if scene.maybe(0.4) else sound
    seconds = chance.uniform(0.2, 0.8)
    heard = banded(
        convolved(sound, decay(chance, seconds, seconds / 8)), chance.uniform(60, 250), chance.uniform(500, 1600)
    )
    made = at_level(heard, chance.uniform(-65, -39))
    return finished(Draft(scene, noise=made + quiet.comfort(scene, -58)))


SILENT: dict[str, Kind] = {
    **{name: _row_of(make) for name, make in THINGS.items()},
    "a place": _place,
    "suppressor's residue": _residue,
    "voices next door": _next_door,
}

# ---- somebody is understood


def _tone(scene: Scene) -> Floats:
    return SOUNDS[int(scene.chance.integers(len(SOUNDS)))](scene)


def _beside_tone(scene: Scene) -> Draft:
    """Speech while the line itself sounds, 3 to 25 dB softer."""
    draft = spoken(scene)
    assert draft.speech is not None
    sound = _tone(scene) * 10 ** ((activity(draft.speech)[0] - scene.chance.uniform(3, 25)) / 20)
    return finished(Draft(scene, draft.speech, draft.noise, sound, speaker=draft.speaker))


def _after_tone(scene: Scene) -> Draft:
    """A sound of the line, then somebody, or the other way round."""
    chance, name = scene.chance, someone(scene)
    turn = int(chance.uniform(0.15, 0.6) * scene.size)
    said, sound = talk(scene, name), _tone(scene) * 10 ** (level(scene) / 20)
    if scene.maybe(0.7):
        said[:turn], sound[turn:] = 0, 0
    else:
        said[-turn:], sound[:-turn] = 0, 0
    return finished(Draft(scene, said, quiet.comfort(scene, -50), sound, speaker=name))


def _suppressed(scene: Scene) -> Draft | None:
    """Speech over a noise that a suppressor works on."""
    draft = spoken(scene)
    assert draft.speech is not None
    sound = scaled(draft.speech, _family(scene), margin(scene))
    if sound is None:
        return None
    made = Draft(scene, draft.speech, sound, speaker=draft.speaker)
    made.heard = suppressed(scene.chance, made.heard)
    return finished(made)


def _in_turn(scene: Scene) -> Draft:
    """Two people who speak in turn, one of them farther away."""
    chance, first, second = scene.chance, someone(scene), someone(scene)
    turn = int(chance.uniform(0.3, 0.7) * scene.size)
    said, other = talk(scene, first), talk(scene, second)
    far = at_active(room(other, chance), activity(said)[0] - chance.uniform(0, 14))
    said[turn:] = far[turn:]
    return finished(Draft(scene, said, quiet.comfort(scene, -56), speaker=first))


def _word_elsewhere(scene: Scene) -> Draft | None:
    """One word in a room, in a poor handset or over a noise."""
    name = someone(scene)
    said = word(scene, name)
    heard = room(said, scene.chance) if scene.maybe(0.4) else said
    heard = handset(heard, scene.chance) if scene.maybe(0.4) else heard
    sound = stir(scene) if scene.maybe(0.3) else _family(scene)
    there = scaled(said, sound, margin(scene)) if scene.maybe(0.6) else quiet.comfort(scene, -52)
    return None if there is None else finished(Draft(scene, heard, there, reference=said, speaker=name))


def _late(scene: Scene) -> Draft:
    """Somebody who says nothing for a while, or nothing more after a while."""
    draft = spoken(scene)
    assert draft.speech is not None
    cut = int(scene.chance.uniform(0.3, 0.65) * scene.size)
    draft.speech[slice(0, cut) if scene.maybe(0.6) else slice(scene.size - cut, None)] = 0
    return finished(Draft(scene, draft.speech, draft.noise, speaker=draft.speaker))


def _levelled(scene: Scene) -> Draft:
    """Speech that a microphone levels out, at times overdriven, in a room or not."""
    draft, chance = spoken(scene), scene.chance
    assert draft.speech is not None
    said = room(draft.speech, chance) if scene.maybe(0.4) else draft.speech
    said = at_active(levelled(scene, said + draft.noise), level(scene))
    top = np.abs(said).max() * chance.uniform(0.2, 1)
    made = Draft(scene, draft.speech, draft.noise, reference=draft.speech, speaker=draft.speaker)
    made.heard = np.clip(said, -top, top) if scene.maybe(0.4) else said
    return finished(made)


def _among_things(scene: Scene) -> Draft | None:
    return over(spoken, stir(scene), "", scene)


CLEAR: dict[str, Kind] = {
    "beside a tone": _beside_tone,
    "after a tone": _after_tone,
    "suppressed": _suppressed,
    "in turn": _in_turn,
    "one word, elsewhere": _word_elsewhere,
    "late": _late,
    "levelled": _levelled,
    "among things": _among_things,
}

# ---- nobody is understood


def _disordered(scene: Scene) -> Draft | None:
    """Speech whose coded bytes are in disorder, the more of them the more can be understood."""
    draft, strength = speaking(scene), float(scene.chance.uniform(0.1, 0.5))
    draft.damaged, right = True, draft.heard
    for _ in range(TRIES):
        draft.heard = coded(disordered(scene.chance, right, strength), scene.chance)
        score = intelligibility(draft)
        if score is not None and score <= GARBLED and np.abs(draft.heard).max() > 1e-3:
            return draft
        strength = min(1.0, strength * 1.6)
    return None


NOISY: dict[str, Kind] = {
    **{f"burst loss, {way}": torn(way) for way in (*WAYS, "any")},
    "bytes in disorder": _disordered,
}


def with_learnt(common: Table, more: dict[str, Kind]) -> Table:
    """The kinds of a class, and more of them for train and tune."""
    return {split: kinds if split == "test" else {**kinds, **more} for split, kinds in common.items()}

"""Kinds of clips on which nobody can be understood."""

from ivr.audio.hearing.bands import TALKER
from tests.corpus import quiet
from tests.corpus.codecs import codecs, named
from tests.corpus.draft import Draft
from tests.corpus.kinds import Kind, finished, levelled, table
from tests.corpus.line import FILLINGS, bursts, coded, concealed, concealed_by, echo, lost_before, shuffled
from tests.corpus.measures import band_powers, dbov, gain_for, speech_powers
from tests.corpus.model import FRAME, Bools, Floats, Scene
from tests.corpus.noises import drowning, noise
from tests.corpus.silent import prompt
from tests.corpus.talk import someone, talk
from tests.corpus.truth import GARBLED, HEAVY, intelligibility

TRIES = 4
LEAST, MOST = -14.5, -3.1


def _drowned(family: str, over_echo: bool = False) -> Kind:
    """Speech under noise of a family, the deeper the more of it can be understood; also while the prompt comes back."""

    def drafted(scene: Scene) -> Draft | None:
        name = someone(scene)
        speech, sound = talk(scene, name), noise(scene, family)
        far = prompt(scene) if over_echo else None
        back = scene.zeros() if far is None else echo(scene, far)
        powers, of_sound = speech_powers(speech), band_powers(sound)
        want, overall = MOST, float(scene.chance.uniform(-36, -12))
        for _ in range(TRIES):
            want = float(scene.chance.uniform(LEAST, want))
            gain = gain_for(powers, of_sound, want)
            if gain is None:
                return None
            loud = sound * 10 ** (gain / 20)
            draft = levelled(Draft(scene, speech, loud, back, speaker=name, family=family, far=far), overall)
            score = intelligibility(draft)
            if score is not None and score <= GARBLED:
                return finished(draft)
        return None

    return drafted


def _drowned_barge_in(scene: Scene) -> Draft | None:
    """Speech under noise of any family while the own prompt comes back."""
    names = drowning(scene.split)
    return _drowned(names[int(scene.chance.integers(len(names)))], over_echo=True)(scene)


def _noise_over_echo(scene: Scene) -> Draft | None:
    """Noise and nobody, while the own prompt comes back."""
    names = drowning(scene.split)
    draft, far = _alone(names[int(scene.chance.integers(len(names)))])(scene), prompt(scene)
    if draft is None:
        return None
    back = echo(scene, far)
    return finished(Draft(scene, noise=draft.noise, beside=back, family=draft.family, far=far))


def _alone(family: str) -> Kind:
    """Noise of a family and nobody, so loud that a talker at −26 dBov would be drowned."""

    def drafted(scene: Scene) -> Draft | None:
        sound = noise(scene, family)
        gain = gain_for(TALKER, band_powers(sound), float(scene.chance.uniform(LEAST, MOST)))
        if gain is None or gain + dbov(sound) > -4:
            return None
        return finished(Draft(scene, noise=sound * 10 ** (gain / 20), family=family))

    return drafted


def speaking(scene: Scene) -> Draft:
    name = someone(scene)
    return Draft(scene, talk(scene, name), quiet.bed(scene, -55), speaker=name)


def torn(filling: str) -> Kind:
    """Speech of which 32 to 60 % is lost in bursts."""

    def drafted(scene: Scene) -> Draft | None:
        draft = finished(speaking(scene))
        lost = _much(draft)
        if lost is None:
            return None
        draft.heard, ours = lost_before(scene.chance, draft.heard, lambda x: concealed(scene, x, lost, filling))
        draft.gone, draft.lost = lost, lost if filling == "zero" and ours else None
        if scene.split != "test" and scene.maybe(0.3):  # a switch further on has coded what it got once more
            draft.heard, draft.lost = coded(draft.heard, scene.chance), None
        return draft

    return drafted


def _torn_and_coded(scene: Scene) -> Draft | None:
    """The same silenced or repeated, and then coded by a switch further on at a low rate."""
    draft = torn(("zero", "repeat", "noise")[int(scene.chance.integers(3))])(scene)
    found = [codec for codec in codecs().values() if codec.name not in ("alaw", "mulaw")]
    if draft is None or not found:
        return None
    draft.heard = found[int(scene.chance.integers(len(found)))].passed(draft.heard)
    draft.lost = None
    return draft


def _torn_in(prefix: str) -> Kind:
    """The same through a codec whose decoder conceals what is lost."""

    def drafted(scene: Scene) -> Draft | None:
        draft, found = speaking(scene), named(prefix)
        lost = _much(draft)
        if lost is None or not found:
            return None
        codec = found[int(scene.chance.integers(len(found)))]
        draft.heard, _ = lost_before(scene.chance, draft.heard, lambda x: concealed_by(codec, x, lost))
        draft.gone = lost
        return draft

    return drafted


def _much(draft: Draft) -> Bools | None:
    """Bursts in which a third of the frames is lost, and of the voice's too; None where chance had it otherwise."""
    scene, speech = draft.scene, draft.speech
    lost = bursts(scene.size // FRAME, scene.chance, scene.chance.uniform(0.32, 0.6))
    assert speech is not None
    return lost if min(lost.mean(), _share_lost(speech.reshape(-1, FRAME), lost)) >= HEAVY else None


def _share_lost(frames: Floats, lost: Bools) -> float:
    """The share of the voice's active frames that were lost."""
    power = (frames * frames).mean(1)
    active = power > power.max() * 1e-3
    return float(lost[active].mean())


def _bit_errors(prefix: str) -> Kind:
    """Speech through a codec whose frames have bit errors, more of them the more can be understood."""

    def drafted(scene: Scene) -> Draft | None:
        draft, found = speaking(scene), named(prefix)
        if not found:
            return None
        codec, rate = found[int(scene.chance.integers(len(found)))], 0.015
        sent = codec.sent(draft.heard)
        draft.damaged = True
        for _ in range(2 * TRIES):
            rate *= scene.chance.uniform(1.2, 2.5)
            draft.heard = codec.received(codec.damaged(sent, scene.chance, min(rate, 0.35)), scene.size)
            score = intelligibility(draft)
            if score is not None and score <= GARBLED:
                return draft
        return None

    return drafted


def _garbled(scene: Scene) -> Draft:
    draft = speaking(scene)
    draft.damaged = True
    draft.heard = coded(shuffled(draft.heard, scene.chance), scene.chance)
    return draft


def _families(split: str) -> dict[str, Kind]:
    names = drowning(split)
    drowned = {f"speech under {family}": _drowned(family) for family in names}
    return drowned | {f"{family} alone": _alone(family) for family in names}


KINDS = table(
    {
        **{f"burst loss, {filling}": torn(filling) for filling in FILLINGS},
        "burst loss, coded again": _torn_and_coded,
        "burst loss, amr": _torn_in("amr"),
        "burst loss, g.729": _torn_in("g729"),
        "gsm bit errors": _bit_errors("gsm"),
        "amr bit errors": _bit_errors("amr"),
        "g.729 bit errors": _bit_errors("g729"),
        "a-law bit errors": _bit_errors("alaw"),
        "mu-law bit errors": _bit_errors("mulaw"),
        "garbled": _garbled,
        "drowned barge-in": _drowned_barge_in,
        "noise over echo": _noise_over_echo,
    },
    _families,
)

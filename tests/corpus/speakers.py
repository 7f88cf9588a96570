"""Who speaks in which split, and all that each of them says."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np

from tests.corpus.codecs import shorts
from tests.corpus.decode import decoded, load, save
from tests.corpus.espeak import spoken
from tests.corpus.measures import activity, at_active, dbov
from tests.corpus.model import RATE, SPLITS, Floats, Shorts
from tests.corpus.places import cache_folder, files, warn

MOST = 300
LEVEL = -26.0
LEAST_RANGE = 22.0
NOT_SPEECH = re.compile(r"silence|beep|tone|monkeys|confbridge-(join|leave)")


@dataclass(frozen=True)
class Speaker:
    """One voice: its files below usr/share, or the espeak-ng voice it is."""

    name: str
    split: str
    patterns: tuple[str, ...] = ()
    voice: str = ""


def _recorded(split: str, name: str, *patterns: str) -> Speaker:
    return Speaker(name, split, patterns)


def _stamps(split: str, language: str) -> Speaker:
    return Speaker(f"tuxpaint-{language}", split, (f"tuxpaint/stamps/**/*_desc_{language}.ogg",))


def _letters(split: str, language: str) -> Speaker:
    return Speaker(f"klettres-{language}", split, (f"klettres/{language}/*/*.ogg",))


def _espeak(split: str, voice: str) -> Speaker:
    return Speaker(f"espeak {voice}", split, voice=voice)


ALLISON = ("asterisk/sounds/en_US_f_Allison/**/*.wav", "asterisk/sounds/es_MX_f_Allison/**/*.wav")
SPEAKERS = (
    _recorded("train", "allison", *ALLISON),
    _recorded("train", "fillets-small", "games/fillets-ng/sound/**/*-m-*.ogg"),
    _recorded("train", "fillets-big", "games/fillets-ng/sound/**/*-v-*.ogg"),
    _stamps("train", "ca"),
    _stamps("train", "es"),
    _letters("train", "ml"),
    _letters("train", "nds"),
    _letters("train", "fr"),
    _espeak("train", "cmn-latn-pinyin+f2"),
    _espeak("train", "en+m3"),
    _recorded("tune", "armelle", "asterisk/sounds/fr/**/*.gsm", "asterisk/sounds/fr/**/*.wav"),
    _stamps("tune", "be"),
    _letters("tune", "cs"),
    _letters("tune", "nl"),
    _espeak("tune", "de+f4"),
    _recorded("test", "menardi", "asterisk/sounds/it_IT_f_Menardi/**/*.wav"),
    _recorded("test", "librivox", "pocketsphinx/test/data/librivox/*.wav"),
    _stamps("test", "fr"),
    _letters("test", "it"),
    _letters("test", "es"),
    _espeak("test", "cmn-latn-pinyin+m1"),
    _espeak("test", "es+f1"),
)
BY_NAME = {speaker.name: speaker for speaker in SPEAKERS}


def trimmed(x: Floats) -> Floats:
    """The sound without the silence before and after it (35 dB below its loudest 20 ms, 60 ms kept)."""
    power = np.convolve(x * x, np.ones(160) / 160, "same")
    loud = np.flatnonzero(power > power.max() * 10**-3.5)
    return x[max(loud[0] - 480, 0) : loud[-1] + 480]


def usable(x: Floats) -> bool:
    """Whether a recording is long and loud enough, and its pauses at least 22 dB below its active level."""
    if len(x) < 0.25 * RATE or dbov(x) < -55:
        return False
    level, active = activity(x)
    floor = np.sort(np.square(x[: len(x) // 160 * 160]).reshape(-1, 160).mean(1))
    quiet = 10 * np.log10(floor[len(floor) // 20] + 1e-12)
    return active > 0 and quiet < level - LEAST_RANGE


def _made(speaker: Speaker) -> list[Shorts]:
    sounds = spoken(speaker.voice) if speaker.voice else filter(usable, map(decoded, _recordings(speaker)))
    return [shorts(at_active(trimmed(x), LEVEL)) for x in islice(sounds, MOST)]


def _recordings(speaker: Speaker) -> list[Path]:
    """A speaker's files in a fixed random order, the other sounds of the package left out."""
    found = [path for pattern in speaker.patterns for path in files(pattern)]
    found = [path for path in found if not NOT_SPEECH.search(path.name) and "silence" not in path.parts]
    return [found[i] for i in np.random.default_rng(len(found)).permutation(len(found))]


@cache
def utterances(name: str) -> list[Shorts]:
    """All utterances of a speaker at an active level of −26 dBov; empty where they are not unpacked."""
    folder = cache_folder()
    if folder is None:
        return _made(BY_NAME[name])
    path = folder / f"{name.replace(' ', '-')}.npy"
    if not path.exists():
        made = _made(BY_NAME[name])
        if not made:
            warn(f"nothing of the speaker {name} is unpacked")
            return []
        save(path, made)
    return load(path)


@cache
def words(name: str) -> list[Shorts]:
    """The utterances of a speaker that last less than a second."""
    return [x for x in utterances(name) if len(x) < RATE]


@cache
def speakers(split: str) -> tuple[str, ...]:
    """The speakers of a split of whom something is unpacked."""
    if split not in SPLITS:
        raise ValueError(f"no such split: {split}")
    return tuple(s.name for s in SPEAKERS if s.split == split and utterances(s.name))

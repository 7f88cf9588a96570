"""Scores the detector on a seeded set: `python tests/audio/score_first.py [--tune] [--count N] [--misses]`.

Without --tune: a speaker (Menardi), espeak-ng voices and noise families (wind, babble, crackle) that no threshold
was set on. Prints confusion, F1 per class, results per kind, seconds to a verdict, and microseconds a frame.
"""

import argparse
import collections
import time
from dataclasses import dataclass, field

import numpy as np
import signals as s

from ivr.audio.detector import Detector

TUNE = (("allison", "armelle", "cmn-latn-pinyin+f2", "en+m3", "de+f4"), ("white", "pink", "static", "street", "buzz"))
TEST = (("menardi", "menardi", "cmn-latn-pinyin+m1", "es+f1", "en+m7"), ("wind", "babble", "crackle"))


@dataclass
class Clip:
    """One scored clip: the frames of the caller and of the far end, its true label and its kind."""

    label: str
    kind: str
    near: list
    far: list = field(default_factory=list)


def noise_of(family, seconds, chance, tuning):
    """Noise of a family; babble is made of speakers that are not the one to be heard."""
    if family == "babble":
        speakers = ("allison", "armelle") if tuning else ("armelle", "en+m1")
        return s.babble(seconds, chance, speakers, int(chance.integers(6, 14)))
    return s.NOISES[family](seconds, chance)


def coded(x, chance):
    """Through A-law, mu-law or nothing."""
    return (s.alaw, s.mulaw, lambda y: y)[chance.integers(3)](x)


def comfort(seconds, chance, low=-65, high=-48):
    """Comfort noise."""
    return s.at_level((s.white, s.pink)[chance.integers(2)](seconds, chance), chance.uniform(low, high))


def speech(speakers, seconds, chance):
    """Somebody talking at −35 to −15 dBFS, at least a quarter of the time."""
    while True:
        x = s.talk(speakers[chance.integers(len(speakers))], seconds, chance)
        if s.active_mask(x).mean() > 0.25:
            return s.at_active(x, chance.uniform(-35, -15))


def clear_clips(split, seconds, chance):
    """People who can be heard."""
    speakers, families = split
    yield Clip("clear", "clean", s.frames(coded(speech(speakers, seconds, chance), chance)))
    x = speech(speakers, seconds, chance) + comfort(seconds, chance)
    yield Clip("clear", "comfort", s.frames(coded(x, chance)))
    for _ in range(3):
        family = families[chance.integers(len(families))]
        x = speech(speakers, seconds, chance)
        x = s.mixed(x, noise_of(family, seconds, chance, split is TUNE), chance.uniform(6, 16))
        yield Clip("clear", family, s.frames(coded(x, chance)))
    x = speech(speakers, seconds, chance) + comfort(seconds, chance)
    lost = chance.random(len(x) // 160) < 0.05
    yield Clip("clear", "light loss", s.lose(coded(x, chance), lost, bool(chance.integers(2))))
    far = s.at_active(s.talk(speakers[0], seconds, chance), -20)
    near = speech(speakers, seconds, chance)
    near = s.at_active(near, chance.uniform(-26, -16)) + s.echo(far, chance.uniform(0, 0.3), chance.uniform(-35, -20))
    yield Clip("clear", "barge-in", s.frames(coded(near, chance)), s.frames(far))
    word = s.espeak("wei2", ("cmn-latn-pinyin+f2", "cmn-latn-pinyin+m1")[chance.integers(2)])
    x = comfort(seconds, chance)
    start = int(chance.uniform(0.5, seconds - 1) * s.RATE)
    x[start : start + len(word)] += s.at_active(word, chance.uniform(-35, -15))
    yield Clip("clear", "one word", s.frames(coded(x, chance)))


def noisy_clips(split, seconds, chance):
    """People who cannot be made out, and lines on which nobody could be."""
    speakers, families = split
    for _ in range(5):
        family = families[chance.integers(len(families))]
        x = speech(speakers, seconds, chance)
        x = s.mixed(x, noise_of(family, seconds, chance, split is TUNE), chance.uniform(-12, -3))
        x *= min(1.0, 0.2 / np.sqrt(np.mean(x * x)))
        yield Clip("noisy", family, s.frames(coded(x, chance)))
    for family in families:
        if family != "babble":
            x = s.at_level(noise_of(family, seconds, chance, split is TUNE), 0)
            x = s.at_level(x, drowning(x, chance))
            yield Clip("noisy", family + " alone", s.frames(coded(x, chance)))
    for _ in range(2):
        x = speech(speakers, seconds, chance) + comfort(seconds, chance)
        lost = s.burst_loss(len(x) // 160, chance, chance.uniform(0.33, 0.55))
        if lost[: len(x) // 160].mean() >= 0.3:
            yield Clip("noisy", "burst loss", s.lose(coded(x, chance), lost, bool(chance.integers(2))))


def drowning(x, chance):
    """A level in dBFS at which the noise leaves a talker at −26 dBFS a weighted SNR of −3 to −10 dB."""
    want = chance.uniform(-10, -3.5)
    talker = s.TALKER
    for level in np.arange(-40, -5, 0.5):
        noise = s.band_powers(s.at_level(x, level))
        if s.IMPORTANCE @ np.clip(10 * np.log10(talker / (noise + 1e-14)), -15, 15) < want:
            return level
    return -6.0


def silent_clips(split, seconds, chance):
    """Nobody."""
    speakers, _ = split
    nothing = np.zeros(int(seconds * s.RATE))
    yield Clip("silent", "no packets", [None] * int(seconds * 50))
    yield Clip("silent", "digital silence", s.frames(coded(nothing, chance)))
    for _ in range(3):
        yield Clip("silent", "comfort noise", s.frames(coded(comfort(seconds, chance, -65, -42), chance)))
    floor = comfort(seconds, chance, -70, -55)
    level = chance.uniform(-35, -12)
    tones = {
        "dtmf": s.dtmf(seconds, chance),
        "ring-back": s.cadence(s.tone(seconds, 450), 1, 4),
        "busy": s.cadence(s.tone(seconds, 450), 0.35, 0.35),
        "fax": s.cadence(s.tone(seconds, 1100), 0.5, 3),
        "fax answer": s.tone(seconds, 2100),
        "dial tone": s.tone(seconds, 350, 440),
        "us ring": s.cadence(s.tone(seconds, 440, 480), 2, 4),
        "music": s.music(seconds, chance),
    }
    for kind, x in tones.items():
        yield Clip("silent", kind, s.frames(coded(x * 10 ** (level / 20) + floor, chance)))
    small = {"breath": s.breath, "clicks": s.clicks, "hum": s.hum}
    for kind, make in small.items():
        x = make(seconds, chance)
        x = s.at_level(x, chance.uniform(-58, -40)) if np.any(x) else x
        yield Clip("silent", kind, s.frames(coded(x + floor, chance)))
    far_off = s.at_level(s.babble(seconds, chance, ("armelle", "allison"), 8), chance.uniform(-62, -50))
    yield Clip("silent", "far babble", s.frames(coded(far_off + floor, chance)))
    for _ in range(3):
        far = s.at_active(s.talk(speakers[0], seconds, chance), chance.uniform(-25, -15))
        back = s.echo(far, chance.uniform(0, 0.3), chance.uniform(-35, -20))
        yield Clip("silent", "own echo", s.frames(coded(back + floor, chance)), s.frames(far))


def clips(split, count, seconds, seed):
    """The whole set, `count` rounds of all kinds."""
    chance = s.rng(seed)
    for _ in range(count):
        length = seconds or float(chance.choice([2.0, 4.0, 6.0]))
        for make in (clear_clips, noisy_clips, silent_clips):
            yield from make(split, length, chance)


def judged(clip):
    """The detector's verdict on a clip."""
    detector = Detector()
    for at, frame in enumerate(clip.near):
        verdict = detector.hear(frame, clip.far[at] if clip.far else None)
        if verdict:
            return verdict
    return detector.finish()


def report(results, misses):
    """Prints the tables."""
    labels = ("silent", "clear", "noisy")
    table = collections.Counter((clip.label, v.label.value) for clip, v in results)
    print("true \\ said " + "".join(name.rjust(8) for name in labels))
    scores = []
    for a in labels:
        print(a.ljust(12) + "".join(str(table[a, b]).rjust(8) for b in labels))
        said = sum(table[b, a] for b in labels)
        true = sum(table[a, b] for b in labels)
        scores.append(2 * table[a, a] / max(said + true, 1))
    print("F1          " + "".join(f"{x:8.3f}" for x in scores) + f"   macro {sum(scores) / 3:.3f}")
    clear = [v for clip, v in results if clip.label == "clear"]
    print(f"clear callers kept (not called noisy or silent): {sum(v.label == 'clear' for v in clear) / len(clear):.3f}")
    print(f"clear callers not hung up on as noisy: {sum(v.label != 'noisy' for v in clear) / len(clear):.3f}")
    kinds = collections.defaultdict(list)
    for clip, v in results:
        kinds[clip.label, clip.kind].append((v.label == clip.label, v.decided_at))
    for (label, kind), rows in sorted(kinds.items()):
        right = sum(ok for ok, _ in rows)
        print(f"{label:7} {kind:16} {right:4}/{len(rows):<4} median {np.median([t for _, t in rows]):.2f} s")
    if misses:
        for clip, v in results:
            if v.label != clip.label:
                print(clip.label, "->", v.label.value, clip.kind, v.decided_at, v.evidence)


def speed(results):
    """Microseconds a frame in a fresh detector that is never allowed to stop early, beside one plain FFT a frame."""
    taken = frames = 0
    for clip, _ in results[:: max(1, len(results) // 60)]:
        detector = Detector(noisy_after=1e9, clear_after=1e9)
        start = time.perf_counter()
        for at, frame in enumerate(clip.near):
            detector.hear(frame, clip.far[at] if clip.far else None)
        taken += time.perf_counter() - start
        frames += len(clip.near)
    x = np.zeros(512)
    start = time.perf_counter()
    for _ in range(5000):
        np.fft.rfft(x)
    one = (time.perf_counter() - start) / 5000
    each = taken / frames
    print(f"{each * 1e6:.1f} µs a frame; one numpy FFT of 512 costs {one * 1e6:.1f} µs: ratio {each / one:.2f}")


def main():
    """Makes the set, scores it, prints."""
    ask = argparse.ArgumentParser()
    ask.add_argument("--tune", action="store_true")
    ask.add_argument("--count", type=int, default=20)
    ask.add_argument("--seconds", type=float, default=0)
    ask.add_argument("--seed", type=int, default=95585)
    ask.add_argument("--misses", action="store_true")
    told = ask.parse_args()
    results = [(clip, judged(clip)) for clip in clips(TUNE if told.tune else TEST, told.count, told.seconds, told.seed)]
    report(results, told.misses)
    speed(results)


if __name__ == "__main__":
    main()

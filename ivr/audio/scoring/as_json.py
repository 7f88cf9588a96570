"""A detector's score as JSON: every figure of the tables, shares rounded to four places, null where there is none."""

from typing import Any

from ivr.audio.scoring.arithmetic import FAILED, LABELS, Heard, Interval, KindScore, Score
from ivr.audio.scoring.speed import Speed


def as_json(name: str, score: Score, speed: Speed | None, misses: bool) -> dict[str, Any]:
    """The object of one detector; with `misses` also every clip that was told wrong."""
    median, late = score.latency or (None, None)
    told = {
        "name": name,
        "right": score.right,
        "macro_f1": _round(score.macro_f1),
        "macro_f1_95": _interval(score.macro_f1_interval),
        "kept": _round(score.kept),
        "kept_95": _interval(score.kept_interval),
        "not_called_noisy": _round(score.not_called_noisy),
        "classes": {label: _class(score, label) for label in LABELS},
        "confusion": _confusion(score),
        "kinds": [_kind(one) for one in score.kinds()],
        "decided_at": {"median": median, "p95": late},
        "speed": _speed(speed) if speed else None,
        "failed": len(score.failures),
        "first_failure": first_failure(score),
    }
    return told | ({"misses": [_miss(one) for one in score.misses]} if misses else {})


def first_failure(score: Score) -> str | None:
    """The first clip of which the detector said nothing that counts, and why."""
    return next((f"{one.file}: {one.said.error}" for one in score.failures), None)


def _class(score: Score, label: str) -> dict[str, Any]:
    one = score.of(label)
    return {
        "clips": one.clips,
        "precision": _round(one.precision),
        "recall": _round(one.recall),
        "f1": _round(one.f1),
    }


def _confusion(score: Score) -> dict[str, dict[str, int]]:
    """By what a clip is, then by what was said of it."""
    rows = zip(LABELS, score.confusion.tolist(), strict=True)
    return {label: dict(zip((*LABELS, FAILED), row, strict=True)) for label, row in rows}


def _kind(one: KindScore) -> dict[str, Any]:
    return {
        "label": one.label,
        "kind": one.kind,
        "clips": one.clips,
        "right": one.right,
        "share": _round(one.right / one.clips),
        "median_decided_at": one.median,
    }


def _speed(speed: Speed) -> dict[str, float]:
    """Microseconds a frame, and how many FFTs that is."""
    return {"frame_us": round(speed.frame, 2), "fft_us": round(speed.fft, 2), "ratio": round(speed.ratio, 2)}


def _miss(one: Heard) -> dict[str, Any]:
    said = one.said
    return {
        "file": one.file,
        "label": one.label,
        "said": said.label,
        "kind": one.kind,
        "decided_at": said.decided_at,
        "confidence": said.confidence,
        "error": said.error or None,
    }


def _interval(interval: Interval | None) -> list[float] | None:
    return [round(end, 4) for end in interval] if interval else None


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)

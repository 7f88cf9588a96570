"""The compiled helpers `frames.c`, `voicing.c`, `judge.c`, `figures.c`, `glimpses.c`, `trees.c`.

They are there where `ivr.setup` could build them; else numpy, and for the voice Python, does the same at a higher cost.
"""

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ivr.native import HOME

Rows = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
Doubles = npt.NDArray[np.float64]
Analyse = Callable[[npt.NDArray[np.int16], Rows, int], None]
Walk = Callable[[Rows], Ints]
Tell = Callable[[Rows, Rows], None]
Measure = Callable[[Rows, Rows], list[float]]
Follow = Callable[[ctypes.Structure, Rows, bytes], list[int]]
FILE = HOME / ".deps/hearing.so"
PLACE = np.dtype([("threshold", np.float32), ("figure", np.int32), ("ways", np.int32, 2)])
LANES = 8
MOST, WIDTH = 300, 35
"""Rows of a window that the C side has room for, and columns it takes a row to have."""
MEASURED = 12
"""Numbers that `judge.c` measures."""
LOOKS, CHANNELS, FARTHEST = 37, 32, 16
"""What `glimpses.c` looks at of a frame, the channels of its network, and how far in frames a layer may look."""


class _Matrix(ctypes.Structure):
    _fields_ = [
        ("rows", ctypes.c_int),
        ("columns", ctypes.c_int),
        ("filled", ctypes.c_int),
        ("values", ctypes.c_void_p),
    ]


class _Tables(ctypes.Structure):
    _fields_ = [(name, _Matrix) for name in ("cosine", "sine", "bands", "lags")]


def helper(matrices: tuple[Rows, Rows, Rows, Rows], frame: int, file: Path = FILE) -> Analyse | None:
    """`analyse` of features.py in C, for its matrices and its samples in a frame; None where it was not built."""
    function = _function("analyse", file)
    if function is None:
        return None
    filled = [_filled(one) for one in matrices]
    tables = _Tables(*(_matrix(one, whole) for one, whole in zip(matrices, filled, strict=True)))
    function.argtypes = (
        ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_int
    )  # fmt: skip
    function.restype = None
    at = ctypes.addressof(tables)

    def analyse(samples: npt.NDArray[np.int16], out: Rows, calls: int) -> None:
        if not (out.flags.c_contiguous and samples.flags.c_contiguous and len(samples) == (len(out) + calls) * frame):
            raise ValueError(f"{len(samples)} samples do not make {len(out)} rows of {calls} calls")
        function(at, samples.ctypes.data, calls, len(out) // calls, out.ctypes.data, out.shape[1])

    analyse.tables = tables, filled  # type: ignore[attr-defined]  # kept alive as long as what uses them
    return analyse


def teller(weight: Rows, talker: Rows, file: Path = FILE) -> Tell | None:
    """`tell_plainly` of figures.py in C, for what each band weighs and a talker has in it; None where not built."""
    function = _function("figures", file)
    if function is None:
        return None
    function.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
    function.restype = None
    held = np.ascontiguousarray(weight, np.float32), np.ascontiguousarray(talker, np.float32)
    fixed = held[0].ctypes.data, held[1].ctypes.data

    def tell(window: Rows, out: Rows) -> None:
        rows = _window(window)
        function(rows.ctypes.data, len(rows), *fixed, out.ctypes.data)

    tell.bands = held  # type: ignore[attr-defined]  # kept alive as long as what uses them
    return tell


def measurer(talker: Doubles, importance: Doubles, file: Path = FILE) -> Measure | None:
    """`measure_plainly` of judge.py in C, for each band's power in a talker and importance; None where not built."""
    function = _function("measure", file)
    if function is None:
        return None
    function.argtypes = (
        ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p
    )  # fmt: skip
    function.restype = None
    held = np.ascontiguousarray(talker, np.float64), np.ascontiguousarray(importance, np.float64)
    fixed = held[0].ctypes.data, held[1].ctypes.data

    def measure(window: Rows, past: Rows) -> list[float]:
        rows, before, out = _window(window), _window(past), np.zeros(MEASURED)
        function(rows.ctypes.data, len(rows), before.ctypes.data, len(before), *fixed, out.ctypes.data)
        return out.tolist()

    measure.bands = held  # type: ignore[attr-defined]  # kept alive as long as what uses them
    return measure


def follower(state: type[ctypes.Structure], file: Path = FILE) -> Follow | None:
    """`follow_plainly` of voicing.py in C, for the state it keeps; None where it was not built."""
    function = _function("follow", file)
    if function is None:
        return None
    function.argtypes = (ctypes.POINTER(state), ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)
    function.restype = None

    def follow(kept: ctypes.Structure, rows: Rows, echo: bytes) -> list[int]:
        if not (rows.flags.c_contiguous and rows.shape == (len(echo), WIDTH)):
            raise ValueError(f"{rows.shape} are not {len(echo)} rows of {WIDTH}")
        found = np.empty(len(echo), np.int32)
        function(kept, rows.ctypes.data, len(echo), echo, found.ctypes.data)
        return found.tolist()

    return follow


def walker(places: npt.NDArray[Any], first: Ints, depth: int, file: Path = FILE) -> Walk | None:
    """Where `depth` steps lead from each of the `first` places, with given figures; None where it was not built."""
    function = _function("walk", file)
    if function is None:
        return None
    assert places.dtype == PLACE, "as the C side reads it"
    function.argtypes = (
        ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_void_p
    )  # fmt: skip
    function.restype = None
    held, starts = np.ascontiguousarray(places), np.ascontiguousarray(first, np.int32)
    fixed = held.ctypes.data, starts.ctypes.data

    def walk(figures: Rows) -> Ints:
        figures, last = np.ascontiguousarray(figures, np.float32), np.empty(len(starts), np.int32)
        function(fixed[0], figures.ctypes.data, fixed[1], len(starts), depth, last.ctypes.data)
        return last

    walk.places = held  # type: ignore[attr-defined]  # kept alive as long as what uses them
    return walk


def glimpser(
    weight: Rows, weights: Rows, apart: Ints, classes: int, file: Path = FILE
) -> Callable[[Rows], Rows] | None:
    """`plainly` of glimpses.py in C, for what each band weighs and its network; None where it was not built."""
    function = _function("glimpsed", file)
    if function is None:
        return None
    layer = (3 * CHANNELS + 1) * CHANNELS
    count = 2 * LOOKS + (LOOKS + 1) * CHANNELS + len(apart) * layer + classes * (CHANNELS + 1)
    if len(weights) != count or apart.max() > FARTHEST:
        raise ValueError(f"glimpses.c is not made for such a network: {len(weights)} weights, {apart} frames apart")
    function.argtypes = (
        ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p
    )  # fmt: skip
    function.restype = None
    held = (
        np.ascontiguousarray(weight, np.float32), np.ascontiguousarray(weights, np.float32),
        np.ascontiguousarray(apart, np.int32),
    )  # fmt: skip
    bands, numbers, distances = (one.ctypes.data for one in held)

    def chances(window: Rows) -> Rows:
        rows, out = _window(window), np.empty((len(window), classes), np.float32)
        function(rows.ctypes.data, len(rows), bands, numbers, distances, len(apart), out.ctypes.data)
        return out

    chances.held = held  # type: ignore[attr-defined]  # kept alive as long as what uses them
    return chances


def _function(name: str, file: Path) -> Any:  # noqa: ANN401 - ctypes has no type for it
    try:
        return ctypes.CDLL(str(file))[name]
    except (OSError, AttributeError):
        return None


def _window(rows: Rows) -> Rows:
    """Rows as C reads them; raises ValueError for what is no window."""
    if len(rows) > MOST or rows.shape[1] != WIDTH:
        raise ValueError(f"{len(rows)} rows of {rows.shape[1]} are no window: {MOST} of {WIDTH} at most")
    return np.ascontiguousarray(rows, np.float32)


def _filled(matrix: Rows) -> Rows:
    """Its rows filled up with zeros to whole lanes."""
    return np.pad(matrix, ((0, 0), (0, -matrix.shape[1] % LANES))).astype(np.float32, order="C")


def _matrix(told: Rows, filled: Rows) -> _Matrix:
    return _Matrix(told.shape[0], told.shape[1], filled.shape[1], filled.ctypes.data)

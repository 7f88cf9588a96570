"""The compiled helper `frames.c`, where `ivr.setup` could build it; else numpy does the same at a higher cost."""

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ivr.native import HOME

Rows = npt.NDArray[np.float32]
Analyse = Callable[[npt.NDArray[np.int16], Rows, int], None]
FILE = HOME / ".deps/frames.so"
LANES = 8


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
    try:
        function: Any = ctypes.CDLL(str(file)).analyse
    except (OSError, AttributeError):
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


def _filled(matrix: Rows) -> Rows:
    """Its rows filled up with zeros to whole lanes."""
    return np.pad(matrix, ((0, 0), (0, -matrix.shape[1] % LANES))).astype(np.float32, order="C")


def _matrix(told: Rows, filled: Rows) -> _Matrix:
    return _Matrix(told.shape[0], told.shape[1], filled.shape[1], filled.ctypes.data)

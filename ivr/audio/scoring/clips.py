"""A folder of labelled WAV files: `labels.csv` read, or every mistake in it; clips cut to their first seconds."""

import csv
import io
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path

from ivr.audio.hearing.wav import WavError, read_format
from ivr.audio.listen import Recording
from ivr.audio.scoring.arithmetic import LABELS
from ivr.faults import Fault, Faults

LIST = "labels.csv"
"""The list's name in the folder."""
NEEDED = ("file", "label", "kind")
"""The columns it must have; `far` may be there, others are ignored."""


@dataclass(frozen=True)
class Clip:
    """One labelled file, as the list names it, with the places of what the caller sent and of what the line played."""

    file: str
    label: str
    kind: str
    near: Path
    far: Path | None = None


def read_clips(folder: Path) -> list[Clip]:
    """The clips of a folder; raises Faults with every mistake in its list."""
    return _Reader(folder).clips()


def frames_of(path: Path) -> list[bytes]:
    """All 20 ms frames of a file, 8 kHz 16-bit mono, as `ivr listen` hears them."""
    with Recording(path) as recording:
        return list(recording.frames())


def cut(clips: Sequence[Clip], seconds: float, folder: Path) -> Iterator[Clip]:
    """The clips with only their first seconds; what is cut is written to `folder`."""
    for number, clip in enumerate(clips):
        near = _cut(clip.near, seconds, folder / f"{number}.wav")
        far = clip.far and _cut(clip.far, seconds, folder / f"{number}.far.wav")
        yield replace(clip, near=near, far=far)


def _cut(path: Path, seconds: float, out: Path) -> Path:
    with path.open("rb") as file:
        form = read_format(file, path.stat().st_size)
        kept = ceil(seconds * form.rate)
        if form.frames <= kept:
            return path
        file.seek(form.start)
        align = form.channels * form.width
        data = file.read(kept * align)
    shape = (form.code, form.channels, form.rate, form.rate * align, align, 8 * form.width)
    head = struct.pack("<4sI8sIHHIIHH", b"RIFF", 36 + len(data), b"WAVEfmt ", 16, *shape)
    out.write_bytes(head + struct.pack("<4sI", b"data", len(data)) + data)
    return out


class _Reader:
    """Walks the list once, collecting faults instead of stopping at the first."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.list = folder, folder / LIST
        self.faults: list[Fault] = []
        self.seen: dict[tuple[str, str], int] = {}

    def clips(self) -> list[Clip]:
        rows = self._rows()
        line, names = next(rows, (1, []))
        for name in NEEDED:
            if name not in names:
                self._fault(line, f"the column `{name}` is missing; write the header {','.join((*NEEDED, 'far'))}")
        if not self.faults:
            found = [self._clip(line, names, cells) for line, cells in rows]
            if not found and not self.faults:
                self._fault(line + 1, "no file is listed; write one line for each, such as a.wav,clear,street")
        if self.faults:
            raise Faults(self.faults)
        return [clip for clip in found if clip]

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """Line and cells of every row that is not empty."""
        reader = csv.reader(io.StringIO(self._text(), newline=""), strict=True)
        line = 1
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield line, [cell.strip() for cell in cells]
                line = reader.line_num + 1
        except csv.Error as error:
            self._fault(line, f'this is not CSV ({error}); write cells with commas between them, quoted with "')

    def _text(self) -> str:
        try:
            return self.list.read_bytes().decode("utf-8-sig")
        except OSError as error:
            text = f"the list cannot be read ({error.strerror}); it must begin with the header {','.join(NEEDED)}"
            raise Faults([Fault(str(self.list), 1, 1, text)]) from None
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            text = "this is not UTF-8 text; save the list as UTF-8"
            raise Faults([Fault(str(self.list), line, 1, text)]) from None

    def _clip(self, line: int, names: list[str], cells: list[str]) -> Clip | None:
        if len(cells) > len(names):
            self._fault(line, f"{len(cells)} cells stand under {len(names)} columns; put text with commas in quotes")
            return None
        row = dict(zip(names, cells, strict=False))
        file, label, far = row.get("file", ""), row.get("label", ""), row.get("far", "")
        if label not in LABELS:
            self._fault(line, f"`{label}` is not a label; write {', '.join(LABELS[:-1])} or {LABELS[-1]}")
        self._once(line, file, far)
        near, other = self._wav(line, "file", file), self._wav(line, "far", far) if far else None
        return Clip(file, label, row.get("kind") or "-", near, other) if near else None

    def _once(self, line: int, file: str, far: str) -> None:
        first = self.seen.setdefault((file, far), line)
        if file and first != line:
            self._fault(line, f"`{file}` was already listed in line {first}; take one of the two out")

    def _wav(self, line: int, column: str, name: str) -> Path | None:
        """The file's place, if it is there and a WAV."""
        if not name:
            self._fault(line, f"the cell `{column}` is empty; write the name of a WAV file in this folder")
            return None
        path = self.folder / name
        try:
            with path.open("rb") as file:
                read_format(file, path.stat().st_size)
        except WavError as error:
            self._fault(line, f"`{name}` {error}; save it as a WAV file with samples")
        except (OSError, ValueError) as error:  # ValueError: a name that no file can have
            why = error.strerror if isinstance(error, OSError) else str(error)
            self._fault(line, f"`{name}` cannot be read ({why}); put it into {self.folder} or correct the name")
        else:
            return path
        return None

    def _fault(self, line: int, text: str) -> None:
        self.faults.append(Fault(str(self.list), line, 1, text))

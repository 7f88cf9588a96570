"""The flow that each new call runs: the published version, or the file as long as nothing was ever published; drafts.

Looked at about once a second. What cannot run here is refused and told, and what ran goes on.
"""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

from ivr import flowmark
from ivr.check import House
from ivr.faults import Faults
from ivr.flow import Flow
from ivr.flowfile import load, parse
from ivr.flowtrial import FlowTrial
from ivr.flowwatch import FlowWatch, Stamp, stamp
from ivr.store import Store
from ivr.versions import Draft, Release, Versions
from ivr.vetting import checked

LINE = "line"
"""Who takes a version back that has been shown to be worse."""
SCALE = 1 << 32


class LiveFlows:
    """Holds what runs: `current` for all calls but those a version on trial has its share of, and those to a draft."""

    def __init__(self, path: Path, house: House, store: Store, tell: Callable[[str], None]) -> None:
        self._path, self._house, self._store, self._tell = path, house, store, tell
        self._versions = Versions(store)
        self._release: Release | None = None
        self._file: FlowWatch | None = None
        self._trial: FlowTrial | None = None
        self._tried: Flow | None = None
        self._drafts: dict[int, tuple[Draft, Flow | None]] = {}
        self._differs = ""
        self._looked: tuple[int, Stamp] = (0, ())
        self.current = self._start()
        self.look()

    def choose(self, call: str, dialled: str) -> Flow:
        """The flow for a new call; where the draft that was dialled cannot run, the current one: never a dead line."""
        _, star, number = dialled.partition("*")
        if star:
            _, draft = self._drafts.get(int(number) if number.isdecimal() else 0, (None, None))
            if draft is None:
                self._tell(f"there is no draft {number} that could run: {dialled} meets the flow that callers meet")
            return draft or self.current
        tried = self._tried is not None and self._release and in_share(call, self._release.share)
        return self._tried if self._tried and tried else self.current

    def look(self) -> None:
        """Takes up what was published, dialled for, or changed since the last look."""
        self._take_up(self._versions.running(self._path.stem))
        if self._release is None:
            assert self._file
            self._file.look()
            self.current = self._file.current
        else:
            self._tell_difference()
            self._judge()
        self._look_at_drafts()

    # -- what runs -------------------------------------------------------------------------------

    def _start(self) -> Flow:
        """A line starts with what is published; only where that cannot run here, or nothing is, with the file."""
        release = self._versions.running(self._path.stem)
        try:
            if release:
                return self._version(release.beside or release.version)
        except Faults as faults:
            self._release = release
            self._tell(f"ALARM the published version cannot run here; the file runs as it is now:\n{faults}")
        self._file = FlowWatch(self._path, self._house, self._store, self._tell)
        return self._file.current

    def _take_up(self, release: Release | None) -> None:
        if release is None or (self._release and release.id == self._release.id):
            return
        self._release = release
        try:
            current = self._version(release.beside or release.version)
            tried = self._version(release.version) if release.beside else None
        except Faults as faults:
            self._tell(f"version {release.version} cannot run here; the running flow stays:\n{faults}")
            return
        self._tell(_told(release, tried or current))
        self.current, self._tried = current, tried
        self._trial = FlowTrial(self._store, release, tried.hash, current.hash) if tried else None

    def _version(self, number: int) -> Flow:
        version = self._versions.get(self._path.stem, number)
        assert version, f"version {number} runs but was never published"
        return self._read(self._versions.text(version.hash), f"{version.flow} version {number}")

    def _read(self, text: str, name: str) -> Flow:
        return checked(lambda: parse(text, name), self._house)

    def _tell_difference(self) -> None:
        """Once for each state of the file: an admin who edits it might think that it runs."""
        assert self._release
        now = (self._release.id, stamp(self._path))
        if now == self._looked:
            return
        self._looked = now
        try:
            text = flowmark.unmarked(load(self._path).text)
            digest = hashlib.sha256(text.encode()).hexdigest()
        except Faults:
            digest = str(now)
        told = "" if digest == self.current.hash or (self._tried and digest == self._tried.hash) else digest
        if told and told != self._differs and self._release:
            self._tell(
                f"{self._path.name} differs from what runs (version {self._release.version}):"
                f" `ivr flow diff {self._path.stem}` shows how, `ivr flow publish {self._path.stem}` lets it run"
            )
        self._differs = told

    # -- a version on trial ----------------------------------------------------------------------

    def _judge(self) -> None:
        """Takes a version back that has been shown to be worse than the one beside it."""
        trial = self._trial
        if trial is None or not (found := trial.look()):
            return
        release = trial.release
        why = f"version {release.version} went back by itself: {found}"
        now = time.time()
        with self._store.together():
            self._versions.release(release.flow, release.beside, LINE, now, why)
            self._store.alarm("flow", why, now)
        self._tell(f"ALARM {why}")
        self._take_up(self._versions.running(release.flow))

    # -- drafts ----------------------------------------------------------------------------------

    def _look_at_drafts(self) -> None:
        drafts = {draft.number: draft for draft in self._versions.drafts()}
        for number in [one for one in self._drafts if self._drafts[one][0] != drafts.get(one)]:
            del self._drafts[number]
        for number, draft in drafts.items():
            if number not in self._drafts:
                self._drafts[number] = (draft, self._draft(draft))

    def _draft(self, draft: Draft) -> Flow | None:
        try:
            flow = self._read(self._versions.text(draft.hash), f"draft {draft.number}")
        except Faults as faults:
            self._tell(f"draft {draft.number} cannot run here:\n{faults}")
            return None
        self._tell(f"draft {draft.number} ({draft.flow}) can be dialled: 95585*{draft.number}")
        return flow


def in_share(call: str, share: float) -> bool:
    """Whether a call is one of the share: by its id, so that the same call is always told the same."""
    return int.from_bytes(hashlib.sha256(call.encode()).digest()[:4]) < share * SCALE


def _told(release: Release, flow: Flow) -> str:
    whom = f"{release.share:.0%} of the new calls" if release.beside else "new calls"
    return f"version {release.version} was taken up for {whom} ({flow.hash[:12]}), by {release.author}: {release.why}"

"""The notices that a running line says: read about once a second, and only such whose audio is in its place."""

from collections.abc import Callable

from ivr.notices import Notice, Notices, due
from ivr.store import Store

Place = Callable[[str], bool]
"""Puts a notice's audio where it is played; whether it is there."""


class LiveNotices:
    """Holds the notices that are on, or will be."""

    def __init__(self, store: Store, place: Place, tell: Callable[[str], None]) -> None:
        self._store, self._place, self._tell = store, place, tell
        self._notices = Notices(store)
        self._said: list[Notice] = []
        self._refused: set[int] = set()

    def look(self, now: float) -> None:
        """Takes up what was switched on or off."""
        open_ = [notice for notice in self._notices.all() if not notice.ended(now)]
        for notice in self._said:
            if notice not in open_:
                self._tell(f"notice {notice.number} has ended")
        said = [notice for notice in open_ if self._fit(notice, now)]
        for notice in said:
            if notice not in self._said:
                self._tell(f"notice {notice.number} will be said: {notice.text}")
        self._said = said

    def due(self, now: float) -> tuple[tuple[str, str], ...]:
        """What a call that comes now is to be told: (queue, prompt)."""
        return due(self._said, now) if self._said else ()

    def _fit(self, notice: Notice, now: float) -> bool:
        """Whether its audio is there: no call meets a missing file. Told once, with an alarm, where it is not."""
        there = self._place(notice.prompt)
        if not there and notice.number not in self._refused:
            text = f"notice {notice.number} has no audio and is not said: switch it off and on again"
            self._store.alarm("notice", text, now)
            self._tell(f"ALARM {text}")
        (self._refused.discard if there else self._refused.add)(notice.number)
        return there

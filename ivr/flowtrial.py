"""The calls of a version that is being tried beside another, counted from the records as they are saved."""

from datetime import datetime
from typing import Any

from ivr.store import Store
from ivr.trial import Trial
from ivr.versions import Release


class FlowTrial:
    """Follows one release; begun anew by the next controller, it counts the same calls in the same order."""

    def __init__(self, store: Store, release: Release, new: str, old: str) -> None:
        self.release = release
        self.trial = Trial()
        self._store, self._new, self._old = store, new, old
        self._place = store.saved_before(release.at)
        self._counted: set[str] = set()

    def look(self) -> str:
        """Counts the calls that have ended since; one sentence once the new version has been shown to be worse."""
        for place, record in self._store.saved(self._place):
            self._place = place
            if self._counts(record):
                self._counted.add(record["id"])
                found = self.trial.add(record["flow_hash"] == self._new, record["outcome"], bool(record["failures"]))
                if found:
                    return found
        return ""

    def _counts(self, record: dict[str, Any]) -> bool:
        """Whether a record is that of a caller's call under one of the two versions, since the trial began."""
        if record["flow_hash"] not in (self._new, self._old) or "*" in record["dialled"] or not record["rang_at"]:
            return False
        rang = datetime.fromisoformat(record["rang_at"]).timestamp()
        return rang >= self.release.at and record["id"] not in self._counted

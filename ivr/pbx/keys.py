"""One truth about keys out of two reports of it.

Asterisk tells each key twice: over AMI (`DTMFEnd`, always) and as the reply of the command it cut short
(only when one was running). AMI misses none and keeps the order, so its word is the key; a reply is a
claim that AMI will say the same in a moment. Only when AMI stays mute is the claim believed itself, and
AMI's late word for it is then passed over.
"""

from collections import deque

PATIENCE = 0.15
"""Seconds a claim waits for AMI before it is believed."""
FORGET = 5.0
"""Seconds after which AMI's late word for a believed key is no longer expected."""


class Keys:
    """The keys of one call, each once and in order. Pure: time is an argument."""

    def __init__(self) -> None:
        self._confirmed: deque[str] = deque(maxlen=64)
        self._claims: deque[tuple[str, float]] = deque()
        self._believed: deque[tuple[str, float]] = deque(maxlen=64)

    def told(self, key: str, now: float = 0.0) -> list[str]:
        """AMI told a key: the keys to deliver now."""
        while self._believed and now - self._believed[0][1] > FORGET:
            self._believed.popleft()
        if self._believed and self._believed[0][0] == key:
            self._believed.popleft()
            return []
        for claim in self._claims:
            if claim[0] == key:
                self._claims.remove(claim)
                return [key]
        self._confirmed.append(key)
        return [key]

    def claimed(self, key: str, now: float) -> bool:
        """A command's reply named a key; whether AMI has told it already."""
        if key in self._confirmed:
            while self._confirmed.popleft() != key:
                pass
            return True
        self._claims.append((key, now))
        return False

    def begun(self) -> None:
        """A command begins: no reply will name a key any more that AMI told before."""
        self._confirmed.clear()

    def overdue(self, now: float, patience: float = PATIENCE) -> list[str]:
        """Claims that AMI did not confirm in time: they are believed now."""
        late = []
        while self._claims and now - self._claims[0][1] >= patience:
            key, _ = self._claims.popleft()
            self._believed.append((key, now))
            late.append(key)
        return late

    @property
    def waiting(self) -> bool:
        """Whether a claim waits for AMI's word."""
        return bool(self._claims)

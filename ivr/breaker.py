"""A circuit breaker (Nygard, Release It!, ch. 5): who fails again and again is left alone, then tried once."""

from dataclasses import dataclass

MOST = 5
"""Failures in a row after which nobody is asked any more."""
PAUSE = 30.0
"""Seconds before one is asked again."""


@dataclass
class Breaker:
    """Of one service. Moments are seconds of any one clock."""

    failures: int = 0
    until: float = 0.0

    def allows(self, now: float) -> bool:
        """Whether the service may be asked; after the pause, by one call at a time."""
        if self.failures < MOST:
            return True
        if now < self.until:
            return False
        self.until = now + PAUSE
        return True

    def worked(self) -> None:
        """The service answered."""
        self.failures = 0

    def failed(self, now: float) -> bool:
        """It did not; whether this is what closes the door."""
        self.failures += 1
        self.until = now + PAUSE
        return self.failures == MOST

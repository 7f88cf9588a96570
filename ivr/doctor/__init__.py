"""Is everything in order that a call needs? Each check gives findings: what was found and, for a fault, its mend."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ivr.settings import Settings


@dataclass(frozen=True)
class Finding:
    """What one check found; a `mend` makes it a fault and says what to do."""

    check: str
    text: str
    mend: str = ""

    @property
    def ok(self) -> bool:
        """Whether all is well."""
        return not self.mend


Check = Callable[[Settings], Iterator[Finding]]


def examine(settings: Settings) -> Iterator[Finding]:
    """Every finding, the machine first, then Asterisk, then what the line plays and keeps."""
    from ivr.doctor import machine  # here, because each of them needs Finding

    python = list(machine.packages(settings))
    yield from python
    if not all(one.ok for one in python):
        return  # what follows needs those packages itself
    from ivr.doctor import asterisk, content, manager, services

    checks: tuple[Check, ...] = (
        machine.hearing, machine.disk, machine.folders, machine.ports, asterisk.version, asterisk.modules,
        asterisk.files, manager.rights, manager.login, content.synthesiser, content.prompts, content.flows,
        content.calendars, content.queues, content.notices, services.services,
    )  # fmt: skip
    for check in checks:
        yield from check(settings)

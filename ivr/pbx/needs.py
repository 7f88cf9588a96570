"""What calls need of Asterisk's own files, as the Asterisk that has read them tells it on its command line.

An admin edits these files, and Asterisk starts whatever is in them: a name that is wrong in one leaves a line that says
it is ready and that nobody can reach.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ivr.faults import Fault

QUESTIONS = (
    "pjsip show transports", "pjsip show endpoints", "dialplan show", "core show applications", "queue show",
    "moh show classes", "features show", "module show",
)  # fmt: skip
"""What it is asked; the answers are what `unmet` reads."""
ANY = "of any number"
EXTENSIONS = {
    "public": "95585", "hotline": "s", "pick-up": "s", "closing": "s", "queue-position": "s", "agent": ANY,
    "caller-side": "s", "agent-side": "s",
}  # fmt: skip
"""Where calls go in extensions.conf, by context."""
VITAL = ("chan_pjsip.so", "res_agi.so", "app_queue.so", "app_audiosocket.so", "app_mixmonitor.so")
"""Modules without which no caller is served."""
STEP_TOLD_BY = "func_talkdetect.so"
"""The module that tells when a caller is heard."""
FEATURES = {"silent-phrase": "*1", "noisy-phrase": "*2"}

_TRANSPORT = re.compile(r"^ *Transport:  [\w-]+ +(?:udp|tcp|tls|ws|wss) ", re.MULTILINE)
_ENDPOINT = re.compile(r"^ *Endpoint:  ([\w.-]+)", re.MULTILINE)
_APPLICATION = re.compile(r"^ *(\w+): ", re.MULTILINE)
_QUEUE = re.compile(r"^ *(\S+) has \d+ calls", re.MULTILINE)
_CONTEXT = re.compile(r"^\[ (?:Included )?[Cc]ontext '([^']+)'")
_EXTENSION = re.compile(r"^  '([^']+)' => ")
_STEP = re.compile(r"\d+\. (\w+)\(.*\[([^\[\]:]+):(\d+)\]$")
_SAID = re.compile(r"(?:WARNING|ERROR)\[\d+\](?:\[C-\w+\])? [\w.]+: (.*\.conf.*)$", re.MULTILINE)
_PLACE = re.compile(r"(?:at |in |, )?line (\d+) of '?([\w.-]+\.conf)'?")


@dataclass(frozen=True)
class Unmet:
    """What is not in order: without a `vital` thing no caller is served, the others cost callers something."""

    fault: Fault
    vital: bool = True


def unmet(answers: Mapping[str, str], conf: Path, queues: frozenset[str], agents: frozenset[str]) -> list[Unmet]:
    """All of it, from the answers to QUESTIONS; `conf` is the folder of the files, the others what ought to be there.

    Of what was not answered at all nothing is told.
    """
    reader = _Reader(answers, conf)
    found = [*reader.telephony(agents), *reader.modules(), *reader.dialplan(), *reader.waiting(queues)]
    return sorted(found, key=lambda one: one.fault)


def said(log: str, conf: Path) -> list[Fault]:
    """What Asterisk said of these files while it read them; what it says again of later lines is left out."""
    faults: dict[tuple[str, str], Fault] = {}
    for words in _SAID.findall(log):
        place = _PLACE.search(words)
        file, line = (place[2], int(place[1])) if place else (re.findall(r"[\w.-]+\.conf", words)[-1], 1)
        path = str(conf / file) if (conf / file).exists() else file
        text = f"Asterisk says: {_PLACE.sub('', words).strip(' !-.,')}"
        faults.setdefault((file, text), Fault(path, line, 1, text))
    return sorted(faults.values())


def running_ones(shown: str) -> set[str]:
    """The modules that `module show` lists as running."""
    return {line.split()[0] for line in shown.splitlines() if ".so " in line and "Not Running" not in line}


class _Reader:
    """Reads the answers; each method is one kind of need."""

    def __init__(self, answers: Mapping[str, str], conf: Path) -> None:
        self._answers, self._conf = answers, conf

    def telephony(self, agents: frozenset[str]) -> Iterator[Unmet]:
        """Callers and agents reach Asterisk."""
        transports, endpoints = self._answer("pjsip show transports"), self._answer("pjsip show endpoints")
        if transports and not _TRANSPORT.search(transports):
            text = "Asterisk has no SIP transport, so that nobody reaches it; write a section with `type=transport`"
            yield self._unmet("pjsip.conf", "transport-udp", text)
        names = set(_ENDPOINT.findall(endpoints))
        if endpoints and not names - agents:
            text = "Asterisk has no endpoint for callers; write a section with `type=endpoint` and `context=public`"
            yield self._unmet("pjsip.conf", "public", text)
        if gone := ", ".join(sorted(agents - names)) if endpoints else "":
            text = f"Asterisk has no endpoint for the agents {gone}; mend the templates whose names begin with agent"
            yield self._unmet("pjsip.conf", "agent", text)

    def modules(self) -> Iterator[Unmet]:
        """What every call goes through has been loaded."""
        shown = self._answer("module show")
        up = running_ones(shown)
        if down := ", ".join(name for name in VITAL if name not in up) if shown else "":
            text = f"{down} did not start, without which no caller is served; load it, and look into Asterisk's log"
            yield self._unmet("modules.conf", "modules", text)
        if shown and STEP_TOLD_BY not in up:
            text = (
                f"{STEP_TOLD_BY} did not start, so that nobody tells whether a recording's sides are in step; load it"
            )
            yield self._unmet("modules.conf", "modules", text, vital=False)

    def dialplan(self) -> Iterator[Unmet]:
        """Calls find the places they go to, and every step is one that Asterisk knows."""
        shown, applications = self._answer("dialplan show"), self._answer("core show applications")
        known = {word.lower() for word in _APPLICATION.findall(applications)}
        there: dict[str, set[str]] = {}
        context = ""
        for line in shown.splitlines():
            if begun := _CONTEXT.match(line):
                context = begun[1]
            elif named := _EXTENSION.match(line):
                there.setdefault(context, set()).add(named[1])
            if known and (step := _STEP.search(line)) and step[1].lower() not in known:
                text = f"Asterisk has no application {step[1]}; write another, or load its module in modules.conf"
                yield Unmet(Fault(str(self._conf / step[2]), int(step[3]), 1, text))
        for name, extension in EXTENSIONS.items() if shown else ():
            if not (name in there if extension == ANY else extension in there.get(name, set())):
                text = (
                    f"calls go to extension {extension} of [{name}], which is not there; write it as the project has it"
                )
                yield self._unmet("extensions.conf", name, text)
        if "s" in there.get("hotline", set()) and "[controller]" not in shown:
            text = "[hotline] asks no controller; write its step `n(controller),AGI(…)` as the project has it"
            yield self._unmet("extensions.conf", "hotline", text)

    def waiting(self, queues: frozenset[str]) -> Iterator[Unmet]:
        """There are the queues, and what callers and agents have while they wait and talk."""
        shown, music, features = map(self._answer, ("queue show", "moh show classes", "features show"))
        for name in sorted(queues - set(_QUEUE.findall(shown))) if shown else ():
            text = f"Asterisk did not take up the queue {name}; look for the mistake in its section"
            yield self._unmet("queues.conf", name, text)
        if music and "Class: default" not in music:
            text = "there is no music [default], so that callers wait in silence; write that section"
            yield self._unmet("musiconhold.conf", "default", text, vital=False)
        for name, code in FEATURES.items() if features else ():
            if not re.search(rf"^{name} .*{re.escape(code)} *$", features, re.MULTILINE):
                text = f"{code} does nothing in a call: [applicationmap] has no {name}; write it as the project has it"
                yield self._unmet("features.conf", "applicationmap", text, vital=False)

    def _answer(self, question: str) -> str:
        return self._answers.get(question, "").strip()

    def _unmet(self, file: str, section: str, text: str, *, vital: bool = True) -> Unmet:
        """At the section, where it is written."""
        path = self._conf / file
        try:
            lines = path.read_text(errors="replace").splitlines()
        except OSError:
            lines = []
        line = next((number for number, one in enumerate(lines, 1) if one.startswith(f"[{section}]")), 1)
        return Unmet(Fault(str(path), line, 1, text), vital)

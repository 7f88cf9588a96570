"""`line_check`: hears whether somebody is there and can be understood, without a greeting."""

from collections.abc import Callable
from dataclasses import dataclass

from ivr.ask import Run, doubted, listen
from ivr.call import Call
from ivr.flow import Node, Prompt, Seconds, Share


@dataclass(frozen=True)
class LineCheck(Node, type="line_check"):
    """Listens once, after or while a prompt plays if there is one; a voice, a key or noise ends it at once."""

    outcomes = ("speech", "key", "noise", "doubt", "silence")
    acts = frozenset({"speech", "key"})
    chance = frozenset({"noise", "doubt"})
    instead = {"doubt": "speech"}
    hears = True
    keeps_keys = True
    prompt: Prompt = Prompt("")
    listen: Seconds = Seconds(3.0)
    sure: Share = Share(0.8)

    def longest(self, seconds: Callable[[str], float]) -> float:
        return (seconds(self.prompt) if self.prompt else 0.0) + self.listen

    def run(self, call: Call) -> Run:
        sound = yield from listen(call, (self.prompt,) if self.prompt else (), self.listen)
        return doubted(call, sound, self.sure)

"""The port on a terminal: a call whose caller, agent and clock are typed words; seconds pass as told."""

from collections.abc import Callable
from typing import Any

from ivr.commands import JoinQueue, Listen, LookUp, Record, Say, Transfer
from ivr.events import DeskLeft, Done, Heard, HungUp, KeyPressed, LineNoisy, LookedUp, QueueLeft, Recorded
from ivr.simulatedline import ANSWER, RING, E, SimulatedLine, Step
from ivr.words import Unfit, Word

KEY, SPEECH, MESSAGE, LOST = 0.2, 1.0, 10.0, 2.0
"""Seconds that a key, a word and a message take, and after which an agent is lost."""
LOOKED_UP = 0.5
"""Seconds a service takes to answer."""


class Simulator(SimulatedLine[E]):
    """One simulated call; `take` does a word and returns what came of it."""

    def begin_again(self) -> None:
        """The call rings, and nobody has said a word."""
        self.words: list[Word] = []
        super().begin_again()

    def take(self, word: Word) -> list[Step]:
        """Does a word; raises Unfit, with nothing done, where it makes no sense."""
        before = len(self.steps)
        if self.session.ended:
            raise Unfit("the call has ended: write undo or quit")
        _WORDS[word.name](self, word)
        self.settle()
        self.words.append(word)
        return self.steps[before:]

    def undo(self) -> Word:
        """Takes the last word back, by running the call again without it."""
        if not self.words:
            raise Unfit("there is nothing to undo: this is where the call begins")
        *kept, last = self.words
        self.begin_again()
        for word in kept:
            self.take(word)
        return last

    def _keys(self, word: Word) -> None:
        for key in word.text:
            saying = isinstance(self.command, Say) and self.command.interruptible
            self.tell(KeyPressed(self.now + KEY, key))
            if isinstance(self.command, Record) and key in "#*":
                self.tell(Recorded(self.now, self.session.number, "message.wav", self.now - self.begun, "key"))
            elif saying and isinstance(self.command, Say):
                self.tell(Done(self.now, self.session.number))
            self.instant()
            if self.session.ended:
                return

    def _wait(self, word: Word) -> None:
        until = self.now + word.seconds
        while not self.session.ended and self.command and self.deadline() <= until:
            self.expire()
            self.settle()
        self.now = max(self.now, until)

    def _silence(self, _word: Word) -> None:
        self.expire()

    def _speech(self, word: Word) -> None:
        if isinstance(self.command, Record):
            self._message(word)
            return
        self._hear("speech")

    def _noise(self, _word: Word) -> None:
        if isinstance(self.command, Listen):
            self._hear("noise")
        else:
            self.tell(LineNoisy(self.now + SPEECH))

    def _hear(self, sound: str) -> None:
        if not isinstance(self.command, Listen):
            raise Unfit(f"nobody listens for a voice here: {self.waits}")
        self.tell(Heard(self.now + SPEECH, self.session.number, sound))

    def _message(self, _word: Word) -> None:
        if not isinstance(self.command, Record):
            raise Unfit(f"a message can be left only where the line takes one: {self.waits}")
        self.tell(Recorded(self.now + MESSAGE, self.session.number, "message.wav", MESSAGE, "silence"))

    def _agent(self, word: Word) -> None:
        if isinstance(self.command, Transfer):
            self.desk(self.command.desk, word.how)
            return
        self.answered(self._queued(), word.text, word.how)

    def _looked_up(self, word: Word) -> None:
        if not isinstance(self.command, LookUp):
            raise Unfit(f"no service is asked here: {self.waits}")
        wanted = dict(self.command.facts)
        given = dict(part.split("=", 1) for part in word.text.split())
        if unknown := given.keys() - wanted.keys():
            raise Unfit(
                f"the flow takes no `{min(unknown)}` from the answer; it takes {', '.join(wanted) or 'nothing'}"
            )
        self.tell(LookedUp(self.now + LOOKED_UP, self.session.number, word.name, given))

    def _staffed(self, word: Word) -> None:
        self.agents, self.staffed_at = word.text, self.now

    def _agent_lost(self, _word: Word) -> None:
        rang = self._queued() + RING
        answered = rang + ANSWER
        self.tell(QueueLeft(answered + LOST, self.session.number, "agent_lost", "1001", rang, answered))

    def _no_agent(self, _word: Word) -> None:
        self._queued()
        self.agents, before = "", self.agents
        self.expire()
        self.agents = before

    def _full(self, _word: Word) -> None:
        self.tell(QueueLeft(self._queued(), self.session.number, "full"))

    def _queued(self) -> float:
        if not isinstance(self.command, JoinQueue):
            raise Unfit(f"an agent can answer only a caller in a queue: {self.waits}")
        return self.now

    def _hang_up(self, _word: Word) -> None:
        if isinstance(self.command, JoinQueue):
            self.tell(QueueLeft(self.now, self.session.number, "hungup"))
        if isinstance(self.command, Transfer):
            self.tell(DeskLeft(self.now, self.session.number, "hungup", self.command.desk))
        if isinstance(self.command, Record):
            self.tell(Recorded(self.now, self.session.number, "message.wav", self.now - self.begun, "hangup"))
            self.instant()
        self.tell(HungUp(self.now, "caller"))


_WORDS: dict[str, Callable[[Simulator[Any], Word], None]] = {
    "keys": Simulator._keys,
    "wait": Simulator._wait,
    "silence": Simulator._silence,
    "speech": Simulator._speech,
    "noise": Simulator._noise,
    "message": Simulator._message,
    "agent": Simulator._agent,
    "agents": Simulator._staffed,
    "agentlost": Simulator._agent_lost,
    "noagent": Simulator._no_agent,
    "full": Simulator._full,
    "found": Simulator._looked_up,
    "unknown": Simulator._looked_up,
    "unavailable": Simulator._looked_up,
    "hangup": Simulator._hang_up,
}

"""The engine: `Session.advance(event) -> list[Command]`, a pure function of what happened to the call.

Failure policy, once and here: whatever fails leads to the node's `failed` outcome, else to the flow's
`always.failed`; if that fails in turn, the call is handed to the dialplan's fallback queue: a person. What fails after
the talk with the agent ends the call.
"""

from collections.abc import Callable
from typing import Any

from ivr import outcomes
from ivr.ask import KEYED, CommandFailed, Run, announced
from ivr.call import ALWAYS, NOISY, Call, Step
from ivr.commands import Command, HandOver, HangUp, PauseRecording, PickUp, Say, WaitKey
from ivr.events import (
    Answer,
    CalendarTold,
    Closing,
    DeskLeft,
    Done,
    Event,
    Failed,
    Heard,
    HungUp,
    KeyPressed,
    LineNoisy,
    LookedUp,
    Offered,
    QueueLeft,
    Recorded,
    Resumed,
)
from ivr.flow import END, Flow, Node, Placed

MOST_FAILURES = 5
"""After so many failures in one call the flow is given up and the call handed over."""
MOST_STEPS = 2000
"""Nodes one call may enter; a flow that runs in a circle by itself ends here, with a person."""
LAST = frozenset({HangUp, HandOver})
"""The commands after which the flow tells the call nothing more."""
ASKING = frozenset({"menu", "queue", "message"})
"""The stages before which a caller hears the notices."""


class Session:
    """One call on its way through a flow. It has no clock: time comes in as events."""

    __slots__ = ("_closing", "_place", "_run", "call", "ended", "flow", "handed_over", "keys", "number", "pending")

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.call = Call()
        self.ended = False
        self.handed_over = False
        self.number = 0
        self.keys = 0
        self.pending: Command | None = None
        self._closing = False
        self._place: Placed | None = None
        self._run: Run | None = None

    def advance(self, event: Event) -> list[Command]:
        """What the call is told to do next, now that `event` has happened; empty while it waits on."""
        call = self.call
        if event.at > call.now:
            if type(self.pending) is WaitKey:
                call.waits.append((call.now, event.at))
            call.now = event.at
        return [] if self.ended else _HAPPENED[type(event)](self, event)

    # -- what can happen -------------------------------------------------------------------------

    def _offered(self, event: Offered) -> list[Command]:
        call = self.call
        if self.number:
            return []
        call.caller, call.name, call.dialled, call.rang_at = event.caller, event.name, event.dialled, event.at
        call.notices = event.notices
        if event.at_limit:
            call.marks.append("busy")
            return self._finish("busy")
        return self._issue(PickUp())

    def _key(self, event: KeyPressed) -> list[Command]:
        self.keys += 1
        self.call.keys.append(event.key)
        return self._go_on(event) if type(self.pending) in KEYED else []

    def _answered(self, event: Answer) -> list[Command]:
        if event.to != self.number or self.pending is None:
            return []
        command = self.pending
        if isinstance(event, QueueLeft):
            self._note_talk(event)
            if event.status == "hungup":
                self.pending = None
                return []
        elif type(command) is PauseRecording:
            self._note_pause(command.on, event)
        elif type(command) is PickUp:
            return self._picked_up(event)
        if type(command) in LAST:
            return []
        return self._go_on(event) if self._run else self._finish("closing")

    def _picked_up(self, event: Answer) -> list[Command]:
        if type(event) is Failed:
            return self._finish("failed")
        self.call.answered_at = event.at
        return self._goodbye() if self._closing else self._walk(self.flow.start)

    def _noisy(self, event: LineNoisy) -> list[Command]:
        target = self.flow.always.get("line_noisy")
        if not target or not self._run or self.call.stage == "queue" or "noisy" in self.call.marks:
            return []
        self.call.facts["line_confidence"] = f"{event.confidence:.2f}"
        if not event.sure:
            self.call.note = NOISY
            return []
        self.call.led.append((ALWAYS, "line_noisy"))
        return self._walk(target)

    def _close(self, _event: Closing) -> list[Command]:
        """The line shuts down: goodbye to the caller, then the end. A call being picked up is picked up first."""
        self._closing = True
        return [] if type(self.pending) in LAST or type(self.pending) is PickUp else self._goodbye()

    def _resumed(self, _event: Resumed) -> list[Command]:
        return [self.pending] if self.pending else []

    def _hung_up(self, event: HungUp) -> list[Command]:
        call = self.call
        call.ended_at, call.ended_by = call.now, "agent" if self._agent_ended() else event.by
        call.rtp = event.rtp
        self._drop_run()
        self.pending = None
        self.ended = True
        call.outcome = outcomes.outcome(call)
        return []

    def _agent_ended(self) -> bool:
        """Whether the agent hung up first: the talk was over while the caller was still there."""
        talk = self.call.talk
        return talk is not None and talk.status == "answered"

    def _note_talk(self, left: QueueLeft) -> None:
        """Keeps what came of the queue, whatever node asked for it."""
        talk = self.call.talk
        if left.connected or not talk or (left.answered and not talk.connected):
            self.call.talk = left

    def _note_pause(self, on: bool, answer: Answer) -> None:
        """Keeps which part of the recording is masked."""
        pauses = self.call.pauses
        if type(answer) is not Done:
            return
        if on:
            pauses.append((answer.at, 0.0))
        elif pauses:
            pauses[-1] = (pauses[-1][0], answer.at)

    # -- the walk through the flow ---------------------------------------------------------------

    def _walk(self, name: str) -> list[Command]:
        """Enters a node and goes on from there."""
        return self._go_on(None) if self._enter(name) else self._stop(name)

    def _go_on(self, answer: Event | None) -> list[Command]:
        """Lets the node go on, and the nodes behind it, until one has a command to carry out."""
        while run := self._run:
            try:
                # A fresh generator is started by None.
                command = run.send(answer)  # type: ignore[arg-type]
            except StopIteration as stop:
                name = self._leads(stop.value)
            except CommandFailed as failure:
                name = self._failed(str(failure))
            except Exception as bug:  # noqa: BLE001 - a bug in a node must end with a person, not a dead line
                name = self._failed(f"{type(bug).__name__}: {bug}")
            else:
                self.number += 1
                self.pending = command
                return [command]
            answer = None
            if not self._enter(name):
                return self._stop(name)
        return []

    def _enter(self, name: str) -> bool:
        """Begins a node; False where the walk is over."""
        call = self.call
        place = self.flow.nodes.get(name)
        if place is None or len(call.path) >= MOST_STEPS:
            return False
        self._place, node = place, place.node
        notices = self._notices(node) if call.notices else ()
        call.path.append(Step(name, call.now))
        if node.stage:
            call.stage = node.stage
        self._run = announced(call, notices, node.run(call)) if notices else node.run(call)
        return True

    def _notices(self, node: Node) -> tuple[str, ...]:
        """What is said before a node: notices for all before the first that asks or queues, a queue's before it."""
        if node.stage not in ASKING:
            return ()
        queue, call = getattr(node, "queue", "") if node.stage == "queue" else "", self.call
        said = tuple(prompt for where, prompt in call.notices if where in ("", queue))
        call.notices = tuple(one for one in call.notices if one[1] not in said)
        call.path.extend(Step(prompt, call.now) for prompt in said)
        return said

    def _stop(self, name: str) -> list[Command]:
        """The flow's end, or, where it leads nowhere or in a circle, a person."""
        return self._finish("normal") if name == END else self._hand_over()

    def _leads(self, outcome: str) -> str:
        """The name that an outcome of the present node leads to."""
        place = self._place
        if place and (name := place.then.get(outcome)):
            self.call.led.append((place.name, outcome))
            return name
        return self._failed(f"the outcome {outcome!r} leads nowhere")

    def _failed(self, reason: str) -> str:
        """Where the call goes now that the present node has failed; empty means: to a person."""
        call, place = self.call, self._place
        name = place.name if place else ""
        call.failures.append(f"{name}: {reason}")
        own = place.then.get("failed") if place else None
        if place and not own and _served(call, place.node):
            return END
        target = own or self.flow.always.get("failed", "")
        call.led.append((name if own else ALWAYS, "failed"))
        return "" if target == name or len(call.failures) >= MOST_FAILURES else target

    # -- commands --------------------------------------------------------------------------------

    def _issue(self, command: Command) -> list[Command]:
        self.number += 1
        self.pending = command
        return [command]

    def _hand_over(self) -> list[Command]:
        self.handed_over = True
        self.call.marks.append("fallback")
        self._drop_run()
        return self._issue(HandOver())

    def _goodbye(self) -> list[Command]:
        self._drop_run()
        return self._issue(Say(("line-closing",), interruptible=False))

    def _finish(self, reason: str) -> list[Command]:
        self._drop_run()
        return self._issue(HangUp(reason))

    def _drop_run(self) -> None:
        run, self._run = self._run, None
        if run:
            run.close()


def _served(call: Call, node: Node) -> bool:
    """Whether the caller has had their person, and has been asked for nothing since: they are not queued again."""
    return call.connected and call.stage == "queue" and node.stage != "queue"


_HAPPENED: dict[type[Event], Callable[[Session, Any], list[Command]]] = {
    Offered: Session._offered,
    KeyPressed: Session._key,
    HungUp: Session._hung_up,
    LineNoisy: Session._noisy,
    Closing: Session._close,
    Resumed: Session._resumed,
    **dict.fromkeys(
        (Answer, CalendarTold, DeskLeft, Done, Failed, Heard, LookedUp, QueueLeft, Recorded), Session._answered
    ),
}
"""Who takes up which event."""

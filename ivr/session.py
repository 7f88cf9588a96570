"""The engine: `Session.advance(event) -> list[Command]`, a pure function of what happened to the call.

Failure policy, once and here: whatever fails leads to the node's `failed` outcome, else to the flow's
`always.failed`; if that fails in turn, the call is handed to the dialplan's fallback queue: a person.
"""

from collections.abc import Generator

from ivr import outcomes
from ivr.ask import ANSWERS, CommandFailed, Run
from ivr.call import Call, Step
from ivr.commands import Command, HandOver, HangUp, PauseRecording, PickUp, Say
from ivr.events import (
    Answer,
    Closing,
    Done,
    Event,
    Failed,
    HungUp,
    KeyPressed,
    LineNoisy,
    Offered,
    QueueLeft,
    Recorded,
    Resumed,
)
from ivr.flow import END, Flow, Placed

MOST_FAILURES = 5
"""After so many failures in one call the flow is given up and the call handed over."""
MOST_STEPS = 2000
"""Nodes one call may enter; a flow that runs in a circle by itself ends here, with a person."""


class Session:
    """One call on its way through a flow. It has no clock: time comes in as events."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.call = Call()
        self.ended = False
        self.handed_over = False
        self.number = 0
        self.keys = 0
        self.pending: Command | None = None
        self._place: Placed | None = None
        self._run: Run | None = None

    def advance(self, event: Event) -> list[Command]:
        """What the call is told to do next, now that `event` has happened; empty while it waits on."""
        call = self.call
        call.now = max(call.now, event.at)
        if self.ended:
            return []
        match event:
            case Offered():
                return self._offered(event)
            case HungUp():
                return self._hung_up(event.by)
            case Closing():
                return self._close()
            case Resumed():
                return [self.pending] if self.pending else []
            case LineNoisy():
                return self._noisy(event)
            case KeyPressed():
                self.keys += 1
                call.keys.append(event.key)
        return self._answered(event) if self._answers(event) else []

    def _answers(self, event: Event) -> bool:
        if self.pending is None:
            return False
        if isinstance(event, Answer):
            return event.to == self.number
        return isinstance(event, ANSWERS.get(type(self.pending), ()))

    def _offered(self, event: Offered) -> list[Command]:
        call = self.call
        call.caller, call.name, call.dialled, call.rang_at = event.caller, event.name, event.dialled, event.at
        if event.at_limit:
            call.marks.append("busy")
            return self._finish("busy")
        return self._issue(PickUp())

    def _answered(self, event: Event) -> list[Command]:
        command, self.pending = self.pending, None
        self._note(command, event)
        if isinstance(command, HangUp | HandOver) or (isinstance(event, QueueLeft) and event.status == "hungup"):
            return []
        if isinstance(command, PickUp):
            if isinstance(event, Failed):
                return self._finish("failed")
            self.call.answered_at = event.at
            return self._enter(self.flow.start)
        if self._run is None:
            return self._finish("closing")
        return self._step(self._run, event)

    def _note(self, command: Command | None, event: Event) -> None:
        """Keeps what an answer says of the call, whatever node asked for it."""
        call = self.call
        if isinstance(event, QueueLeft) and (event.answered or not call.talk):
            call.talk = event
        if isinstance(event, Recorded):
            call.message = event.path
        if isinstance(command, PauseRecording) and isinstance(event, Done):
            if command.on:
                call.pauses.append((event.at, 0.0))
            elif call.pauses:
                call.pauses[-1] = (call.pauses[-1][0], event.at)

    def _step(self, run: Run, event: Event | None) -> list[Command]:
        try:
            return self._issue(next(run) if event is None else run.send(event))
        except StopIteration as stop:
            return self._leave(str(stop.value))
        except CommandFailed as failure:
            return self._fail(str(failure))
        except Exception as bug:  # noqa: BLE001 - a bug in a node must end with a person, not a dead line
            return self._fail(f"{type(bug).__name__}: {bug}")

    def _issue(self, command: Command) -> list[Command]:
        self.number += 1
        self.pending = command
        return [command]

    def _enter(self, name: str) -> list[Command]:
        if name == END:
            return self._finish("normal")
        if len(self.call.path) >= MOST_STEPS:
            return self._hand_over()
        self._place = place = self.flow.nodes[name]
        self.call.path.append(Step(name, self.call.now))
        self.call.stage = place.node.stage or self.call.stage
        self._run = place.node.run(self.call)
        return self._step(self._run, None)

    def _leave(self, outcome: str) -> list[Command]:
        place = self._place
        target = place.then.get(outcome) if place else None
        if target is None and outcome == "ended":
            return self._finish("normal")
        if target is None:
            return self._fail(f"the outcome {outcome!r} leads nowhere")
        return self._enter(target)

    def _fail(self, reason: str) -> list[Command]:
        call, place = self.call, self._place
        name = place.name if place else ""
        call.failures.append(f"{name}: {reason}")
        target = (place.then.get("failed") if place else None) or self.flow.always.get("failed")
        if target is None or target == name or len(call.failures) >= MOST_FAILURES:
            return self._hand_over()
        return self._enter(target)

    def _hand_over(self) -> list[Command]:
        self.handed_over = True
        self.call.marks.append("fallback")
        self._drop_run()
        return self._issue(HandOver())

    def _noisy(self, event: LineNoisy) -> list[Command]:
        target = self.flow.always.get("line_noisy")
        if not target or not self._run or self.call.stage == "queue" or "noisy" in self.call.marks:
            return []
        self.call.facts["line_confidence"] = f"{event.confidence:.2f}"
        return self._enter(target)

    def _close(self) -> list[Command]:
        """The line shuts down: goodbye to the caller, then the end."""
        self._drop_run()
        return self._issue(Say(("line-closing",), interruptible=False))

    def _finish(self, reason: str) -> list[Command]:
        self._drop_run()
        return self._issue(HangUp(reason))

    def _hung_up(self, by: str) -> list[Command]:
        call = self.call
        call.ended_at, call.ended_by = call.now, "agent" if self._agent_ended() else by
        self._drop_run()
        self.pending = None
        self.ended = True
        call.outcome = outcomes.outcome(call)
        return []

    def _agent_ended(self) -> bool:
        """Whether the agent hung up first: the talk was over while the caller was still there."""
        talk = self.call.talk
        return talk is not None and talk.status == "answered"

    def _drop_run(self) -> None:
        run, self._run = self._run, None
        if isinstance(run, Generator):
            run.close()

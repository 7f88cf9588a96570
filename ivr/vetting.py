"""All that can be told of a flow before it meets a caller: what it names, what it proves, what it lets callers key."""

from collections.abc import Callable
from dataclasses import replace

from ivr.check import House, check, spoken, strange, unled
from ivr.checkkeys import keyed
from ivr.faults import Fault, Faults
from ivr.flow import Flow, HalfRead
from ivr.prove import Proof, partly, prove
from ivr.states import Route, Space, space


def proof_of(flow: Flow, house: House) -> Proof:
    """What is proved of a flow, and every mistake in it."""
    reached = space(flow)
    proof = prove(flow, house.seconds(spoken(flow, house.language)), reached)
    there = {**dict.fromkeys(check(flow, house), ""), **dict.fromkeys(keyed(flow), "done")}
    shown = {fault: route for fault, outcome in there.items() if (route := _to(flow, fault, outcome, reached))}
    return replace(proof, faults=sorted({*there, *proof.faults}), shown={**shown, **proof.shown})


def _to(flow: Flow, fault: Fault, outcome: str, reached: Space) -> Route | None:
    """The way of a call to the node that a fault is told at, and out of it, so that it is seen what comes of it."""
    where = (fault.file, (fault.line, fault.column))
    for place in flow.nodes.values():
        file = place.file or flow.file
        if where in ((file, at) for at in (place.at, *place.settings_at.values())):
            states = (state for state in reached.steps if state.node == place.name)
            ways = ((state, [one for one in reached.steps[state] if one.edge[1] == outcome][:1]) for state in states)
            return next((reached.route(state, *steps) for state, steps in ways), None)
    return None


def half(read: HalfRead, house: House) -> list[Fault]:
    """Every mistake that shows in a flow which could be read in part; each is one, however the rest was meant."""
    flow = read.flow
    return sorted({*read, *strange(flow, house), *unled(read), *keyed(flow), *partly(flow)})


def checked(read: Callable[[], Flow], house: House) -> Flow:
    """The flow that is read, which can run here, whatever is proved of it; else raises Faults with all there is."""
    try:
        flow = read()
    except HalfRead as broken:
        raise Faults(half(broken, house)) from None
    if faults := check(flow, house):
        raise Faults(faults)
    return flow


def vetted(read: Callable[[], Flow], house: House, ran: Callable[[Flow], bool]) -> tuple[Flow, list[Fault]]:
    """The flow that is read, which may go live, and what there is to tell of it all the same; else raises Faults.

    Limits that it exceeds keep no line from starting: a prompt may have become longer. Nor does a proof that fails for
    a flow that `ran` here before: it was the rules that changed, not the flow.
    """
    try:
        flow = read()
    except HalfRead as broken:
        raise Faults(half(broken, house)) from None
    proof = proof_of(flow, house)
    told = sorted([*proof.faults, *proof.beyond])
    if check(flow, house) or (proof.faults and not ran(flow)):
        raise Faults(told)
    return flow, told

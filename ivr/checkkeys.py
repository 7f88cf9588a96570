"""What a caller keys: keys that one outcome takes from another, and private data that would be recorded."""

from collections.abc import Iterator

from ivr import checkdigit
from ivr.check import fault_at
from ivr.faults import Fault
from ivr.flow import Flow, Placed
from ivr.nodes.branch import ANYTHING, OTHERWISE, Branch
from ivr.nodes.gather import Gather

PRIVATE = {checkdigit.ID: "an identity number", checkdigit.LUHN: "a card's number"}
"""Numbers that must not be recorded, by their check digit."""


def keyed(flow: Flow) -> Iterator[Fault]:
    """Every mistake of this kind."""
    gathers = [(place, place.node) for place in flow.nodes.values() if isinstance(place.node, Gather)]
    hidden = {str(node.fact): place.name for place, node in gathers if node.private}
    for place, node in gathers:
        yield from _shadowed(flow, place, node)
        yield from _recorded(flow, place, node, hidden)
    for place in flow.nodes.values():
        if isinstance(place.node, Branch) and ANYTHING in place.node.choices:
            text = f"`{ANYTHING}` of node `{place.name}` fits every value, so that `{OTHERWISE}` is never followed"
            yield fault_at(flow, place, "", f"{text}; lead `{OTHERWISE}` there and take `{ANYTHING}` out")


def _shadowed(flow: Flow, place: Placed, node: Gather) -> Iterator[Fault]:
    """A digit that ends the number can never be one of it."""
    if node.end.isdecimal():
        text = f"the key {node.end} ends the number of node `{place.name}`, and so can never be one of its digits"
        yield fault_at(flow, place, "end", f"{text}; end it with # or *")


def _recorded(flow: Flow, place: Placed, node: Gather, hidden: dict[str, str]) -> Iterator[Fault]:
    """What is private by its kind, or elsewhere in the flow, and taken here while the recording runs."""
    if node.private:
        return
    mend = "pause it meanwhile: add `private: yes`"
    if node.check in PRIVATE:
        text = f"node `{place.name}` takes {PRIVATE[node.check]} while the call is recorded"
        yield fault_at(flow, place, "check", f"{text}; {mend}")
    elif node.fact in hidden:
        text = f"node `{place.name}` takes the fact `{node.fact}` while the call is recorded"
        yield fault_at(flow, place, "fact", f"{text}, which is private in node `{hidden[node.fact]}`; {mend}")

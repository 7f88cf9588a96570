"""The colours of a drawn flow: nodes by what a call does there, and what is new, changed, gone or not walked."""

from ivr.drawing import CHANGED, GONE, MISSED, NEW
from ivr.flow import Placed

PLAIN, LINE, FAINT, INK = "#ffffff", "#64748b", "#cbd5e1", "#0f172a"
STATES = {NEW: "#15803d", GONE: "#b91c1c", CHANGED: "#b45309", MISSED: "#dc2626"}
FILLS = {"greeting": "#dbeafe", "menu": "#fef3c7", "queue": "#dcfce7", "message": "#ffedd5"}


def stage(place: Placed) -> str:
    """What a call does at a node, where that has a colour: a goodbye with a mark belongs to the greeting."""
    found = place.node.stage or ("greeting" if getattr(place.node, "mark", None) else "")
    return found if found in FILLS else ""
